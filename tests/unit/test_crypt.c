/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregation and payload encryption: groups decoded by asn1c; what is encrypted is decrypted here
 * by itself and compared with the clear PDU of the same event. */
#include "tests/unit/handover_sample.h"
#include "spec/ts102232_1.h"

#include <openssl/evp.h>

#include <assert.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "EncryptedPayload.h"
#include "PS-PDU.h"

#define T0 INT64_C(1767225600000000000)
#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct sample s;
static uint8_t pdu[SAMPLE_PDU_MAX], clear[SAMPLE_PDU_MAX], again[SAMPLE_PDU_MAX],
    items[SAMPLE_PDU_MAX];
static const uint8_t key[32] = "0123456789abcdef0123456789ABCDEF";

static const struct {
	enum li_kind kind;
	enum ho_class class;
	long part;
} kinds[] = {{LI_IP, HO_CC, 3}, {LI_SIP, HO_IRI, 5}, {LI_RTP, HO_VOICE, 5}, {LI_XIRI, HO_IRI, 7},
    {LI_PAYLOAD, HO_CC, 1}};

static void *
decode(asn_TYPE_descriptor_t *td, const uint8_t *p, size_t n, bool whole)
{
	void *st = NULL;
	asn_dec_rval_t rv = ber_decode(NULL, td, &st, p, n);
	asn_enc_rval_t er;

	assert_int_equal(rv.code, RC_OK);
	if (whole)
		assert_int_equal(rv.consumed, n);
	er = der_encode_to_buffer(td, st, again, sizeof(again));
	assert_int_equal(er.encoded, rv.consumed);
	assert_memory_equal(again, p, rv.consumed);
	return st;
}

static size_t
join(const struct ho_record *r, uint8_t *out)
{
	memcpy(out, r->head.p, r->head.n);
	if (r->body.n)
		memcpy(out + r->head.n, r->body.p, r->body.n);
	memcpy(out + r->head.n + r->body.n, r->tail.p, r->tail.n);
	return r->head.n + r->body.n + r->tail.n;
}

/* ---- groups */

static size_t
add_item(size_t have, enum li_kind kind, enum ho_class class, size_t n, int64_t time_ns)
{
	int rc;

	sample_init(&s, kind, class, n);
	s.ev.time_ns = time_ns;
	rc = handover_item(&s.w, s.cin, s.seq, &s.ev, items + have, sizeof(items) - have);
	assert_true(rc > 0);
	assert_int_equal(items[have], ITEM_TAG);
	assert_int_equal(
	    handover_item(&s.w, s.cin, s.seq, &s.ev, items + have, (size_t)rc - 1), -ENOSPC);
	assert_int_equal(handover_item(&s.w, s.cin, s.seq, &s.ev, items + have, (size_t)rc), rc);
	return have + (size_t)rc;
}

static PS_PDU_t *
group(bool iri, size_t items_n)
{
	struct ho_record r;
	size_t n;
	PS_PDU_t *p;

	assert_int_equal(
	    handover_group(&s.w, 5, 6, iri, (struct octets){items, items_n}, &s.ev, T0 + 9000, &r),
	    0);
	n = join(&r, pdu);
	p = decode(&asn_DEF_PS_PDU, pdu, n, true);
	assert_int_equal(p->pSHeader.sequenceNumber, 6);
	assert_int_equal(*p->pSHeader.timeStampQualifier, TimeStampQualifier_timeOfAggregation);
	assert_int_equal(p->pSHeader.microSecondTimeStamp->microSeconds, 9);
	return p;
}

static void
group_cc(void **state)
{
	size_t n = 0;
	PS_PDU_t *p;

	(void)state;
	for (int k = 0; k < 5; k++)
		n = add_item(n, LI_IP, HO_CC, (size_t)k * 100, T0 + k * 1000);
	p = group(false, n);
	assert_int_equal(p->payload.present, Payload_PR_cCPayloadSequence);
	assert_int_equal(p->payload.choice.cCPayloadSequence.list.count, 5);
	for (int k = 0; k < 5; k++) {
		const CCPayload_t *c = p->payload.choice.cCPayloadSequence.list.array[k];

		assert_int_equal(c->microSecondTimeStamp->microSeconds, k);
		assert_int_equal(*c->timeStampQualifier, TIME_QUALIFIER_INTERCEPTION);
		assert_int_equal(c->cCContents.present, CCContents_PR_iPCC);
		assert_int_equal(
		    c->cCContents.choice.iPCC.iPCCContents.choice.iPPackets.size, k * 100);
	}
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

static void
group_iri(void **state)
{
	size_t n = add_item(0, LI_SIP, HO_IRI, 300, T0 + 1000);
	PS_PDU_t *p;

	(void)state;
	n = add_item(n, LI_XIRI, HO_IRI, 40, T0 + 2000);
	p = group(true, n);
	assert_int_equal(p->payload.choice.iRIPayloadSequence.list.count, 2);
	for (int k = 0; k < 2; k++)
		assert_int_equal(p->payload.choice.iRIPayloadSequence.list.array[k]
				     ->microSecondTimeStamp->microSeconds,
		    k + 1);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

static void
group_gtime(void **state)
{
	PS_PDU_t *p;
	struct ho_record r;
	int n;

	(void)state;
	sample_init(&s, LI_IP, HO_CC, 10);
	s.gtime = true;
	sample_warrant(&s);
	n = handover_item(&s.w, s.cin, s.seq, &s.ev, items, sizeof(items));
	assert_true(n > 0);
	assert_int_equal(
	    handover_group(&s.w, 5, 6, false, (struct octets){items, (size_t)n}, &s.ev, T0, &r), 0);
	p = decode(&asn_DEF_PS_PDU, pdu, join(&r, pdu), true);
	assert_memory_equal(
	    p->payload.choice.cCPayloadSequence.list.array[0]->timeStamp->buf, "20260101", 8);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	assert_int_equal(
	    handover_group(&s.w, 5, 6, false, (struct octets){NULL, 0}, &s.ev, T0, &r), -EBADMSG);
}

/* ---- encryption */

static size_t
decrypt(const OCTET_STRING_t *o, uint8_t type, uint32_t seq, uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t iv[16];
	int n = 0, end = 0;

	for (int k = 0; k < 16; k++)
		iv[k] = (uint8_t)(seq >> (24 - 8 * (k % 4)));
	assert_int_equal(o->size % 16, 0);
	assert_int_equal(
	    EVP_DecryptInit_ex(c, type == 3 ? EVP_aes_192_cbc() : EVP_aes_256_cbc(), NULL, key, iv),
	    1);
	EVP_CIPHER_CTX_set_padding(c, 0);
	assert_int_equal(EVP_DecryptUpdate(c, out, &n, o->buf, o->size), 1);
	assert_int_equal(EVP_DecryptFinal_ex(c, out + n, &end), 1);
	EVP_CIPHER_CTX_free(c);
	return (size_t)(n + end);
}

/* The PDU in pdu[0..N) holds, encrypted, the Payload of the clear one. */
static uint64_t
check(size_t n, size_t clear_n, uint8_t type, uint32_t seq, long part)
{
	static uint8_t plain[SAMPLE_PDU_MAX];
	PS_PDU_t *p = decode(&asn_DEF_PS_PDU, pdu, n, true);
	const EncryptionContainer_t *e = &p->payload.choice.encryptionContainer;
	EncryptedPayload_t *x;
	uint64_t counter = 0;
	asn_enc_rval_t er;
	size_t plain_n;

	assert_int_equal(p->payload.present, Payload_PR_encryptionContainer);
	assert_int_equal(p->pSHeader.sequenceNumber, seq);
	assert_int_equal(e->encryptionType, type);
	assert_int_equal(*e->encryptedPayloadType, part);
	plain_n = decrypt(&e->encryptedPayload, type, seq, plain);
	x = decode(&asn_DEF_EncryptedPayload, plain, plain_n, false);
	for (int k = 0; k < x->byteCounter.size; k++)
		counter = counter << 8 | x->byteCounter.buf[k];
	er = der_encode_to_buffer(&asn_DEF_EncryptedPayload, x, again, sizeof(again));
	assert_true(plain_n - (size_t)er.encoded < 16);
	for (size_t k = (size_t)er.encoded; k < plain_n; k++)
		assert_int_equal(plain[k], 0);
	er = der_encode_to_buffer(&asn_DEF_Payload, &x->payload, again, sizeof(again));
	assert_true((size_t)er.encoded < clear_n);
	assert_memory_equal(clear + clear_n - er.encoded, again, er.encoded);
	ASN_STRUCT_FREE(asn_DEF_EncryptedPayload, x);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	return counter;
}

static void
encrypted(void **state)
{
	static const size_t lengths[] = {1, 15, 16, 17, 100, 1400, 60000};
	static const int64_t starts[] = {0, T0, INT64_C(4294967295) * 1000000000};

	(void)state;
	for (uint8_t type = 3; type <= 4; type++)
		for (size_t st = 0; st < N(starts); st++) {
			struct handover_crypt *c = handover_crypt_new(
			    type, (struct octets){key, type == 3 ? 24 : 32}, starts[st]);
			uint64_t want = (uint64_t)(starts[st] / 1000000000) << 32;

			assert_non_null(c);
			for (size_t k = 0; k < N(kinds) * N(lengths); k++) {
				int n, clear_n;

				sample_init(&s, kinds[k % N(kinds)].kind, kinds[k % N(kinds)].class,
				    lengths[k / N(kinds)]);
				s.seq = (uint32_t)k * UINT32_C(130000001);
				clear_n = sample_encode(&s, clear);
				s.w.crypt = c;
				n = sample_encode(&s, pdu);
				assert_true(n > clear_n);
				assert_int_equal(check((size_t)n, (size_t)clear_n, type, s.seq,
						     kinds[k % N(kinds)].part),
				    want);
				want += (uint64_t)clear_n;
			}
			handover_crypt_free(c);
		}
}

static void
encrypted_group(void **state)
{
	struct handover_crypt *c = handover_crypt_new(4, (struct octets){key, 32}, T0);
	struct ho_record r;
	size_t n = add_item(0, LI_IP, HO_CC, 50, T0), clear_n;

	(void)state;
	n = add_item(n, LI_IP, HO_CC, 60, T0);
	assert_int_equal(
	    handover_group(&s.w, 1, 77, false, (struct octets){items, n}, &s.ev, T0, &r), 0);
	clear_n = join(&r, clear);
	s.w.crypt = c;
	assert_int_equal(
	    handover_group(&s.w, 1, 77, false, (struct octets){items, n}, &s.ev, T0, &r), 0);
	check(join(&r, pdu), clear_n, 4, 77, 3);
	handover_crypt_free(c);
}

static void
tri_stays_clear(void **state)
{
	struct handover_crypt *c = handover_crypt_new(4, (struct octets){key, 32}, T0);
	PS_PDU_t *p;
	int n;

	(void)state;
	sample_init(&s, LI_IP, HO_CC, 10);
	s.w.crypt = c;
	n = tri_encode(
	    &s.w, 1, 2, TRI_FIRST_SEGMENT, (struct octets){NULL, 0}, false, T0, pdu, sizeof(pdu));
	assert_true(n > 0);
	p = decode(&asn_DEF_PS_PDU, pdu, (size_t)n, true);
	assert_int_equal(p->payload.present, Payload_PR_tRIPayload);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	handover_crypt_free(c);
}

static void
wrong_keys(void **state)
{
	(void)state;
	assert_null(handover_crypt_new(3, (struct octets){key, 32}, 0));
	assert_null(handover_crypt_new(4, (struct octets){key, 24}, 0));
	assert_null(handover_crypt_new(5, (struct octets){key, 24}, 0));
	handover_crypt_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(group_cc),
	    cmocka_unit_test(group_iri),
	    cmocka_unit_test(group_gtime),
	    cmocka_unit_test(encrypted),
	    cmocka_unit_test(encrypted_group),
	    cmocka_unit_test(tri_stays_clear),
	    cmocka_unit_test(wrong_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
