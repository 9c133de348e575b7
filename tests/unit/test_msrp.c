/* SPDX-License-Identifier: Apache-2.0 */
/* MSRP: framing, and what a PDU of it is named. */
#include "session/msrp.h"
#include "session/payload.h"
#include "session_fixture.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct payload payload;
static uint8_t buf[8192], text_copy[4096];
static struct x23_pdu pdu;

#define PATHS                                                                                      \
	"To-Path: msrp://relay.example:1/r1;tcp msrp://b.example:7/bob1;tcp\r\nFrom-Path: "        \
	"msrps://a.example:9/ali1;tcp\r\n"
#define SEND                                                                                       \
	"MSRP d93kswow SEND\r\n" PATHS "Message-ID: 12339sdqwer\r\nByte-Range: "                   \
	"1-16/16\r\nContent-Type: text/plain\r\n\r\nHi, I'm "                                      \
	"Alice!\r\n\r\n-------d93kswow$\r\n"
#define OK "MSRP d93kswow 200 OK\r\n" PATHS "-------d93kswow$\r\n"

static long
parse(const char *text, struct msrp_msg *m)
{
	size_t n = strlen(text);
	uint8_t *exact = malloc(n + 1);
	struct msrp_msg first;
	long r;

	memcpy(exact, text, n);
	r = msrp_parse((struct octets){exact, n}, &first);
	free(exact);
	memcpy(text_copy, text, n);
	assert_int_equal(msrp_parse((struct octets){text_copy, n}, m), r);
	return r;
}

static void
is(struct octets o, const char *want)
{
	assert_int_equal(o.n, strlen(want));
	assert_memory_equal(o.p, want, o.n);
}

static void
test_forms(void **state)
{
	struct msrp_msg m;

	(void)state;
	assert_int_equal(parse(SEND, &m), sizeof(SEND) - 1);
	assert_true(m.request);
	is(m.method, "SEND");
	is(m.transaction, "d93kswow");
	is(m.message_id, "12339sdqwer");
	is(m.content_type, "text/plain");
	is(m.body, "Hi, I'm Alice!\r\n");
	assert_int_equal(m.flag, '$');
	assert_true(m.ranged && m.first == 1 && m.last == 16 && m.total == 16);
	assert_int_equal(parse(OK, &m), sizeof(OK) - 1);
	assert_int_equal(m.status, 200);
	assert_int_equal(parse(OK SEND, &m), sizeof(OK) - 1);
	/* chunks; an end line of another transaction is content */
	assert_true(parse("MSRP abcd SEND\r\n" PATHS
			  "Byte-Range: 5-*/*\r\n\r\n-------abce$\r\n-------abcd+\r\n",
			&m) > 0);
	is(m.body, "-------abce$");
	assert_int_equal(m.flag, '+');
	assert_true(m.last == UINT64_MAX && m.total == UINT64_MAX);
	assert_true(
	    parse("MSRP abcd REPORT\r\n" PATHS "Status: 000 200 OK\r\n-------abcd#\r\n", &m) > 0);
	assert_true(parse("MSRP abcd SEND\r\n" PATHS "\r\n-------abcd$\r\n", &m) > 0);
	is(m.body, "");
}

static void
test_faults(void **state)
{
	static const char *const bad[] = {
	    "",
	    "MSRP d93kswow SEND\r\n",
	    "MSRP d93kswow SEND\r\n" PATHS,
	    "MSRP d93kswow SEND\r\n" PATHS "\r\nHi\r\n",
	    "MSRP d93kswow SEND\r\n" PATHS "\r\nHi\r\n-------d93kswow$", /* cut in its last line */
	    "MSRP d93kswow SEND\r\n" PATHS "\r\nHi\r\n-------d93kswox$\r\n",
	    "MSRP d93kswow SEND\r\n" PATHS "\r\nHi\r\n-------d93kswow!\r\n",
	    "MSRP abc SEND\r\n" PATHS "-------abc$\r\n", /* transaction ID of 3 */
	    "MSRP ab/d SEND\r\n" PATHS "-------ab/d$\r\n",
	    "MSRP abcd send\r\n" PATHS "-------abcd$\r\n",
	    "MSRP abcd 0200 OK\r\n" PATHS "-------abcd$\r\n",
	    "MSRP abcd 2x0 OK\r\nTo-Path: x\r\n-------abcd$\r\n",
	    "MSRP abcd SEND\r\nTo-Path: msrp://a/b;tcp\r\n-------abcd$\r\n", /* no From-Path */
	    "MSRP abcd SEND\r\n" PATHS "Byte-Range: 1-2\r\n-------abcd$\r\n",
	    "MSRP abcd SEND\r\n" PATHS "Byte-Range: 0-2/2\r\n-------abcd$\r\n",
	    "MSRP abcd SEND\r\n" PATHS "Byte-Range: 5-2/9\r\n-------abcd$\r\n",
	    "MSRP abcd SEND\r\n" PATHS "Byte-Range: 1-9/8\r\n-------abcd$\r\n",
	    "MSRP abcd SEND\r\n" PATHS "Byte-Range: 1-2/2\r\n\r\nabc\r\n-------abcd$\r\n",
	    "SIP/2.0 200 OK\r\n\r\n",
	};
	struct msrp_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i], &m) >= 0)
			fail_msg("%zu: %s", i, bad[i]);
}

static enum reject_code
examine(const char *text, uint16_t type)
{
	struct fixture_pdu f = {.type = type,
	    .format = X23_FMT_MSRP,
	    .x = 1,
	    .payload = {(const uint8_t *)text, strlen(text)}};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	return payload_examine(&pdu, 5, &payload);
}

static int
named(enum name_act act, const char *text)
{
	int n = 0;

	for (size_t i = 0; i < payload.name_n; i++)
		n += payload.name[i].kind == NAME_CHAT && payload.name[i].act == act &&
		     payload.name[i].a.n == strlen(text) &&
		     memcmp(payload.name[i].a.p, text, strlen(text)) == 0;
	return n;
}

static void
test_pdu(void **state)
{
	(void)state;
	assert_int_equal(examine(SEND OK, X23_TYPE_X3), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSRP);
	assert_int_equal(payload.ev.class, HO_CC);
	assert_int_equal(payload.ev.service, SERVICE_MESSAGING | SERVICE_RCS);
	assert_int_equal(payload.ev.body.n, sizeof(SEND OK) - 1);
	assert_int_equal(named(NAME_BIND, "r1"), 1);
	assert_int_equal(named(NAME_BIND, "bob1"), 1);
	assert_int_equal(named(NAME_BIND, "ali1"), 1);
	assert_int_equal(examine(SEND "x", X23_TYPE_X3), REJECT_PAYLOAD);
	assert_int_equal(examine("", X23_TYPE_X3), REJECT_PAYLOAD);
	assert_int_equal(examine(SEND, X23_TYPE_X2), REJECT_FORMAT_TYPE);
}

static void
test_mutations(void **state)
{
	static const char text[] = SEND OK;
	struct msrp_msg m;

	(void)state;
	srandom(5);
	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)random() % sizeof(text);
		uint8_t *copy = malloc(n + 1);
		long r;

		memcpy(copy, text, n);
		for (int k = random() % 3; n > 0 && k > 0; k--)
			copy[(size_t)random() % n] = (uint8_t) "\r\n -$/*:1\0"[random() % 10];
		r = msrp_parse((struct octets){copy, n}, &m);
		assert_true(r < 0 || (r > 0 && (size_t)r <= n));
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_pdu),
	    cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
