/* SPDX-License-Identifier: Apache-2.0 */
/* Our ASN.1 modules (asn1/): every vector decodes with something known in it and gives the same
 * octets back. */
#include "tests/unit/hi_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "EncryptedPayload.h"
#include "EpsCC-PDU.h"
#include "LINotificationPayload.h"
#include "PS-PDU.h"
#include "TS33128CCPayload.h"
#include "TS33128IRIPayload.h"
#include "TS33128XIRIPayload.h"
#include "UmtsCC-PDU.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define PDU_MAX 2048

static uint8_t pdu[PDU_MAX], again[PDU_MAX];

static asn_TYPE_descriptor_t *
type(const char *name)
{
	static asn_TYPE_descriptor_t *const types[] = {&asn_DEF_PS_PDU, &asn_DEF_TS33128IRIPayload,
	    &asn_DEF_TS33128XIRIPayload, &asn_DEF_TS33128CCPayload, &asn_DEF_LINotificationPayload,
	    &asn_DEF_EncryptedPayload, &asn_DEF_EpsCC_PDU, &asn_DEF_UmtsCC_PDU};

	for (size_t i = 0; i < N(types); i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	fail_msg("no type %s", name);
	return NULL;
}

static uint8_t
nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static size_t
unhex(const char *hex)
{
	size_t n = strlen(hex) / 2;

	assert_true(n <= PDU_MAX);
	for (size_t i = 0; i < n; i++)
		pdu[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	return n;
}

static void
vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(hi_vectors); i++) {
		asn_TYPE_descriptor_t *td = type(hi_vectors[i].type);
		size_t n = unhex(hi_vectors[i].hex);
		void *st = NULL;
		asn_dec_rval_t rv = ber_decode(NULL, td, &st, pdu, n);
		asn_enc_rval_t er;

		print_message("# %s: %s\n", hi_vectors[i].type, hi_vectors[i].what);
		assert_int_equal(rv.code, RC_OK);
		assert_int_equal(rv.consumed, n);
		er = der_encode_to_buffer(td, st, again, sizeof(again));
		assert_int_equal(er.encoded, n);
		assert_memory_equal(again, pdu, n);
		assert_int_equal(asn_check_constraints(td, st, NULL, NULL), 0);
		ASN_STRUCT_FREE(*td, st);
	}
}

/* The traps that EDITIONS names: an unknown arm is no error, and nothing is present. */
static void
unknown_arm(void **state)
{
	static const uint8_t unknown[] = {0x30, 0x1A, 0xA1, 0x14, 0x80, 0x01, 0x04, 0x81, 0x01,
	    0x4C, 0xA3, 0x08, 0xA0, 0x03, 0x80, 0x01, 0x4F, 0x81, 0x01, 0x09, 0x84, 0x02, 0x00,
	    0x80, 0xA2, 0x02, 0xAA, 0x00};
	PS_PDU_t *p = NULL;
	asn_dec_rval_t rv =
	    ber_decode(NULL, &asn_DEF_PS_PDU, (void **)&p, unknown, sizeof(unknown));

	(void)state;
	assert_int_equal(rv.code, RC_OK);
	assert_int_equal(p->pSHeader.sequenceNumber, 128);
	assert_int_equal(p->payload.present, Payload_PR_NOTHING);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors),
	    cmocka_unit_test(unknown_arm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
