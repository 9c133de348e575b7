/* SPDX-License-Identifier: Apache-2.0 */
/* Payload formats: the table, body checks, session keys, times and directions. */
#include "base/clock.h"
#include "session/payload.h"
#include "session_fixture.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct payload payload;
static uint8_t buf[8192];
static struct x23_pdu pdu;

static enum reject_code
examine(uint16_t type, uint16_t format, const void *p, size_t n)
{
	struct fixture_pdu f = {.type = type, .format = format, .x = 1, .payload = {p, n}};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	return payload_examine(&pdu, 5 * CLOCK_NS_PER_S, &payload);
}

static void
test_table(void **state)
{
	static const uint8_t ip4[20] = {0x45}, ip6[40] = {0x60}, rtp[12] = {0x80, 8},
			     rtcp[8] = {0x80, 200};

	(void)state;
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV4, ip4, 20), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_IP);
	assert_int_equal(payload.ev.class, HO_CC);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV6, ip6, 40), REJECT_NONE);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_RTP, rtp, 12), REJECT_NONE);
	assert_int_equal(payload.ev.class, HO_VOICE);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_RTP, rtcp, 8), REJECT_NONE);
	for (uint16_t f = 0; f < 40; f++) {
		enum reject_code x2 = examine(X23_TYPE_X2, f, ip4, 20),
				 x3 = examine(X23_TYPE_X3, f, ip4, 20);

		if (f == X23_FMT_PROPRIETARY || f >= X23_FMT_N) {
			assert_int_equal(x2, REJECT_NONE);
			assert_int_equal(x3, REJECT_NONE);
			assert_int_equal(payload.ev.kind, LI_OPAQUE);
			assert_int_equal(payload.ev.class, HO_CC);
			continue;
		}
		assert_int_equal(
		    x2 == REJECT_FORMAT_TYPE, f == 0 || strchr("\7\10\14\15\20", f) != NULL);
		assert_int_equal(
		    x3 == REJECT_FORMAT_TYPE, f == 0 || strchr("\11\12\13\16", f) != NULL);
	}
}

static void
test_bodies(void **state)
{
	static const uint8_t ip4[20] = {0x45}, short4[20] = {0x44}, rtp1[12] = {0x40};

	(void)state;
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV4, ip4, 19), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV4, ip4, 0), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV4, short4, 20), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV6, ip4, 20), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_RTP, rtp1, 12), REJECT_PAYLOAD);
	assert_int_equal(
	    examine(X23_TYPE_X3, X23_FMT_RTP, "\x80\0\0\0\0\0\0\0\0\0\0", 11), REJECT_PAYLOAD);
	assert_int_equal(
	    examine(X23_TYPE_X2, X23_FMT_SIP, "GET / HTTP/1.1\r\n\r\n", 18), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_SIP, "\r\n\r\n", 4), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS33128, "0123", 4), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_PS_PAYLOAD, "\xa0", 1), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS102232_1, "\x30\x80", 2), REJECT_PAYLOAD);
}

/* IRI inside an X3 PDU and CC inside an X2 PDU would pass the scope of the warrant by. */
static void
test_inner_scope(void **state)
{
	static const uint8_t iri[] = {0xa0, 0x02, 0x30, 0x00}, cc[] = {0xa1, 0x02, 0x30, 0x00};

	(void)state;
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_PS_PAYLOAD, iri, 4), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_PS_PAYLOAD, cc, 4), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_PS_PAYLOAD, iri, 4), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_PAYLOAD);
	assert_int_equal(payload.ev.class, HO_IRI);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_PS_PAYLOAD, cc, 4), REJECT_NONE);
	assert_int_equal(payload.ev.class, HO_CC);
}

static void
test_time_direction(void **state)
{
	static const uint8_t to[] = {[1] = 2, [2] = 1, [3] = 0, [4] = 3, [5] = 4};
	static const uint8_t ip4[20] = {0x45};
	struct fixture_pdu f = {
	    .type = X23_TYPE_X3, .format = X23_FMT_IPV4, .x = 1, .payload = {ip4, 20}};

	(void)state;
	for (uint16_t d = 1; d <= 5; d++) {
		f.direction = d;
		fixture_pdu(&f, buf, sizeof(buf), &pdu);
		assert_int_equal(payload_examine(&pdu, 7, &payload), REJECT_NONE);
		assert_int_equal(payload.ev.direction, to[d]);
		assert_int_equal(payload.ev.ts_qualifier, 2);
		assert_int_equal(payload.ev.time_ns, 7);
	}
	f.ts_s = 1700000000;
	f.ts_ns = 123;
	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	assert_int_equal(payload_examine(&pdu, 7, &payload), REJECT_NONE);
	assert_int_equal(payload.ev.ts_qualifier, 1);
	assert_true(payload.ev.time_ns == INT64_C(1700000000000000123));
	pdu.direction = 0;
	assert_int_equal(payload_examine(&pdu, 7, &payload), REJECT_DIRECTION);
	pdu.direction = 6;
	assert_int_equal(payload_examine(&pdu, 7, &payload), REJECT_DIRECTION);
}

static void
key(const struct fixture_pdu *f, uint8_t *out, size_t *n)
{
	fixture_pdu(f, buf, sizeof(buf), &pdu);
	assert_int_equal(payload_examine(&pdu, 7, &payload), REJECT_NONE);
	*n = payload.ev.key.n;
	memcpy(out, payload.ev.key.p, *n);
}

static void
test_keys(void **state)
{
	static const uint8_t ip4[20] = {0x45};
	static const char sip[] = "BYE sip:b@x SIP/2.0\r\nCall-ID: abc@d\r\n\r\n";
	struct fixture_pdu a = {.type = X23_TYPE_X3,
			       .format = X23_FMT_IPV4,
			       .nfid = "n",
			       .ipid = "xy",
			       .payload = {ip4, 20}},
			   b = a,
			   s = {.type = X23_TYPE_X2,
			       .format = X23_FMT_SIP,
			       .payload = {(const uint8_t *)sip, sizeof(sip) - 1}};
	uint8_t ka[PAYLOAD_KEY_MAX], kb[PAYLOAD_KEY_MAX];
	size_t na, nb;

	(void)state;
	b.nfid = "nx";
	b.ipid = "y";
	key(&a, ka, &na);
	key(&b, kb, &nb);
	assert_false(
	    na == nb && memcmp(ka, kb, na) == 0); /* the same octets in a row, other names */
	a.correlation = b.correlation = 9;
	key(&a, ka, &na);
	key(&b, kb, &nb);
	assert_int_equal(na, nb);
	assert_memory_equal(ka, kb, na);
	key(&s, ka, &na);
	assert_int_equal(na, 3 + 5);
	assert_memory_equal(ka, "S\0\5abc@d", 8);
	s.correlation = 9;
	key(&s, ka, &na);
	assert_memory_equal(ka, kb, nb); /* X2 and X3 of one Correlation ID */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_bodies),
	    cmocka_unit_test(test_inner_scope),
	    cmocka_unit_test(test_time_direction),
	    cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
