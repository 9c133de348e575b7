/* SPDX-License-Identifier: Apache-2.0 */
/* Payload formats: the table, body checks, session keys, times and directions; SIP parsing and the
 * course of dialogs. */
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

static struct sip_msg
parse(const char *text, int rc)
{
	struct sip_msg m;
	uint8_t *copy =
	    malloc(strlen(text) + 1); /* so that the sanitizer sees every octet too many */

	memcpy(copy, text, strlen(text));
	assert_int_equal(sip_parse((struct octets){copy, strlen(text)}, &m) == 0, rc == 0);
	m.call_id.p = NULL;
	free(copy);
	return m;
}

static void
test_sip_forms(void **state)
{
	struct sip_msg m;

	(void)state;
	m = parse("\r\nINVITE sip:b@x SIP/2.0\r\ni : 1@x\r\nf:<sip:a@x;tag=no>\r\nT:\r\n "
		  "<sip:b@x>\r\n\t;x=1; TAG = 2\r\ncseq: 77\r\n INVITE\r\n\r\nTo: "
		  "<x>;tag=9",
	    0);
	assert_true(m.request);
	assert_int_equal(m.method, SIP_INVITE);
	assert_int_equal(m.cseq, 77);
	assert_int_equal(m.call_id.n, 3);
	assert_false(m.from_tag);
	assert_true(m.to_tag);
	m = parse(
	    "SIP/2.0 200 OK\nTo: \"a;tag=1 \\\" <\" <sip:b@x>\nCSeq: 4294967295 BYE\nCall-ID:x\n\n",
	    0);
	assert_false(m.request);
	assert_int_equal(m.status, 200);
	assert_int_equal(m.method, SIP_BYE);
	assert_int_equal(m.cseq, UINT32_MAX);
	assert_false(m.to_tag);
	m = parse("SIP/2.0 487", 0);
	assert_int_equal(m.status, 487);
	m = parse("MESSAGE sip:b@x SIP/2.0\r\nCSeq: 99999999999 MESSAGE\r\nContact", 0);
	assert_int_equal(m.cseq, 0);
	m = parse("invite sip:b@x SIP/2.0\r\n\r\n", 0); /* methods are case-sensitive */
	assert_int_equal(m.method, SIP_OTHER);
	parse("", -1);
	parse("SIP/2.0 99 x", -1);
	parse("SIP/2.0 2000 x", -1);
	parse("SIP/2.0 abc", -1);
	parse("INVITE sip:b@x SIP/3.0\r\n\r\n", -1);
	parse("INVITE  SIP/2.0\r\n\r\n", -1);
	parse(" INVITE sip:b@x SIP/2.0\r\n\r\n", -1);
}

/* "METHOD cseq" or "status cseq METHOD", a '+' in front: with To tag; expected type behind the bar.
 */
static void
play(const char *const *step)
{
	struct dialog d = {0};

	for (; *step != NULL; step++) {
		char name[16] = "";
		struct sip_msg m = {0};
		const char *p = *step;
		unsigned n = 0;
		char want;

		m.to_tag = *p == '+';
		p += m.to_tag;
		m.request = *p > '9';
		if (m.request)
			assert_int_equal(sscanf(p, "%15s %u | %c", name, &n, &want), 3);
		else
			assert_int_equal(
			    sscanf(p, "%hu %u %15s | %c", &m.status, &n, name, &want), 4);
		m.cseq = n;
		for (int i = SIP_INVITE; i <= SIP_REFER; i++)
			if (strcmp(sip_method_name((enum sip_method)i), name) == 0)
				m.method = (enum sip_method)i;
		if ("?BECR"[payload_sip_step(&m, &d)] != want)
			fail_msg("%s: not what came", *step);
	}
}

#define PLAY(...) play((const char *const[]){__VA_ARGS__, NULL})

static void
test_dialogs(void **state)
{
	(void)state;
	/* a call */
	PLAY("INVITE 1 | B", "INVITE 1 | C", "100 1 INVITE | C", "+180 1 INVITE | C",
	    "+PRACK 2 | C", "+200 2 PRACK | C", "+200 1 INVITE | C", "+ACK 1 | C", "+INVITE 3 | C",
	    "+488 3 INVITE | C", "+ACK 3 | C", "+INFO 4 | C", "+BYE 5 | C", "+200 5 BYE | E",
	    "+200 5 BYE | R");
	/* authentication, then busy */
	PLAY("INVITE 1 | B", "+407 1 INVITE | C", "+ACK 1 | C", "INVITE 2 | C", "+407 1 INVITE | C",
	    "+486 2 INVITE | E", "+ACK 2 | R", "INVITE 2 | R", "INVITE 3 | B");
	/* given up by the caller */
	PLAY("INVITE 1 | B", "+180 1 INVITE | C", "CANCEL 1 | C", "200 1 CANCEL | C",
	    "+487 1 INVITE | E");
	/* the other side is gone */
	PLAY("INVITE 1 | B", "+200 1 INVITE | C", "+BYE 2 | C", "+481 2 BYE | E");
	PLAY("INVITE 1 | B", "+200 1 INVITE | C", "+BYE 2 | C", "+407 2 BYE | C", "+BYE 3 | C",
	    "+200 3 BYE | E");
	/* seen from the middle */
	PLAY("+INVITE 5 | B", "+200 5 INVITE | C", "+BYE 6 | C", "+200 6 BYE | E");
	PLAY("+180 1 INVITE | B", "+486 1 INVITE | E");
	PLAY("+200 1 INVITE | B", "+486 1 INVITE | C");
	PLAY("+BYE 6 | B", "+200 6 BYE | E");
	PLAY("CANCEL 1 | B", "+487 1 INVITE | E");
	/* no dialog */
	PLAY("REGISTER 1 | R", "401 1 REGISTER | R", "MESSAGE 1 | R", "200 1 MESSAGE | R",
	    "OPTIONS 1 | R", "+NOTIFY 1 | R", "SUBSCRIBE 2 | R", "PUBLISH 3 | R",
	    "486 1 INVITE | R", "200 9 BYE | R", "INVITE 1 | B", "+NOTIFY 2 | C", "REGISTER 4 | R");
}

static void
test_sip_mutations(void **state)
{
	static const char text[] =
	    "INVITE sip:b@x SIP/2.0\r\nCall-ID: 1@x\r\nf: \"q\" <sip:a@x>;tag=1\r\nt: "
	    "<sip:b@x>\r\n ;tag=2\r\nCSeq: 1 INVITE\r\n\r\n";
	struct sip_msg m;

	(void)state;
	srandom(7);
	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)random() % sizeof(text);
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, text, n);
		for (int k = random() % 4; n > 0 && k > 0; k--)
			copy[(size_t)random() % n] = (uint8_t) "\r\n \t:;<>\"\\=\0a"[random() % 13];
		if (sip_parse((struct octets){copy, n}, &m) == 0 && m.call_id.n > 0)
			assert_true(m.call_id.p >= copy && m.call_id.p + m.call_id.n <= copy + n);
		free(copy);
	}
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
	    cmocka_unit_test(test_sip_forms),
	    cmocka_unit_test(test_dialogs),
	    cmocka_unit_test(test_sip_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
