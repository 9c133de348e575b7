/* SPDX-License-Identifier: Apache-2.0 */
/* SIP: forms of messages, values inside of headers, the course of dialogs, names and services of a
 * PDU. Messages of our own. */
#include "session/conference.h"
#include "session/payload.h"
#include "session/sip_value.h"
#include "session_fixture.h"
#include "spec/ts103221_2.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define O(text) ((struct octets){(const uint8_t *)(text), sizeof(text) - 1})

static struct payload payload;
static uint8_t buf[16384], text_copy[8192];
static struct x23_pdu pdu;

static struct sip_msg
parse(const char *text, int rc)
{
	struct sip_msg m;
	uint8_t *copy = malloc(strlen(text) + 1); /* the sanitizer sees every octet too many */

	memcpy(copy, text, strlen(text));
	assert_int_equal(sip_parse((struct octets){copy, strlen(text)}, &m) == 0, rc == 0);
	free(copy);
	return m;
}

static void
test_forms(void **state)
{
	struct sip_msg m;

	(void)state;
	m = parse("\r\nINVITE sip:b@x SIP/2.0\r\ni : 1@x\r\nf:<sip:a@x;tag=no>\r\nT:\r\n "
		  "<sip:b@x>\r\n\t;x=1; TAG = 22\r\ncseq: 77\r\n INVITE\r\n\r\nTo: <x>;tag=9",
	    0);
	assert_true(m.request);
	assert_int_equal(m.method, SIP_INVITE);
	assert_int_equal(m.cseq, 77);
	assert_int_equal(m.call_id.n, 3);
	assert_int_equal(m.from_tag.n, 0);
	assert_int_equal(m.to_tag.n, 2);
	assert_int_equal(m.uri.n, 7);
	assert_int_equal(m.body.n, 13);
	m = parse(
	    "SIP/2.0 200 OK\nTo: \"a;tag=1 \\\" <\" <sip:b@x>\nCSeq: 4294967295 BYE\nCall-ID:x\n\n",
	    0);
	assert_false(m.request);
	assert_int_equal(m.status, 200);
	assert_int_equal(m.method, SIP_BYE);
	assert_int_equal(m.cseq, UINT32_MAX);
	assert_int_equal(m.to_tag.n, 0);
	m = parse("SIP/2.0 487", 0);
	assert_int_equal(m.status, 487);
	m = parse("MESSAGE sip:b@x SIP/2.0\r\nCSeq: 99999999999 MESSAGE\r\nContact", 0);
	assert_int_equal(m.cseq, 0);
	m = parse("invite sip:b@x SIP/2.0\r\n\r\n", 0); /* methods are case-sensitive */
	assert_int_equal(m.method, SIP_OTHER);
	parse("", -1);
	parse("\r\n\r\n", -1);
	parse("SIP/2.0 99 x", -1);
	parse("SIP/2.0 2000 x", -1);
	parse("SIP/2.0 abc", -1);
	parse("INVITE sip:b@x SIP/3.0\r\n\r\n", -1);
	parse("INVITE  SIP/2.0\r\n\r\n", -1);
	parse(" INVITE sip:b@x SIP/2.0\r\n\r\n", -1);
}

static struct octets
keep(const char *text)
{
	memcpy(text_copy, text, strlen(text));
	return (struct octets){text_copy, strlen(text)};
}

static void
is(struct octets o, const char *want)
{
	if (o.n != strlen(want) || (o.n > 0 && memcmp(o.p, want, o.n) != 0))
		fail_msg("'%.*s' is not '%s'", (int)o.n, (const char *)o.p, want);
}

static void
test_headers(void **state)
{
	static const char text[] =
	    "NOTIFY sip:t@[2001:db8::1]:5070;x=y SIP/2.0\r\n"
	    "v: SIP/2.0/UDP a;branch=z1 , SIP / 2.0 / TCP b\r\n ;branch=z2\r\n"
	    "Via: SIP/2.0/UDP c;received=10.0.0.9;branch=\"z1\"\r\n"
	    "m: \"x, <y>\" <sip:c,d@h>;a=1, <sip:focus@h>;isFocus\r\n"
	    "From: sip:bare@h;tag=f1\r\nFrom: <sip:second@h>;tag=f2\r\n"
	    "P-Charging-Vector: icid-value=\"AB;=1\";icid-generated-at=1.2.3.4\r\n"
	    "Replaces: other@h;to-tag=1;from-tag=2\r\nJoin: third@h;to-tag=1\r\n"
	    "r: <sip:x@y?Replaces=4%40h%3Bto-tag%3D1>\r\n"
	    "o: conference;id=7\r\nSubscription-State: TERMINATED ;reason=noresource\r\n"
	    "a: *;+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"\r\n"
	    "c: text/plain ;x=\"y;z\"\r\nl: 3\r\nContent-Length: 9\r\n\r\nabcdef";
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_parse(keep(text), &m), 0);
	is(m.uri, "sip:t@[2001:db8::1]:5070;x=y");
	assert_int_equal(m.via_n, 3);
	assert_int_equal(m.via[0], m.via[2]);
	assert_int_not_equal(m.via[0], m.via[1]);
	is(m.via_last, "SIP/2.0/UDP c;received=10.0.0.9;branch=\"z1\"");
	is(m.contact, "\"x, <y>\" <sip:c,d@h>;a=1");
	assert_true(m.focus);
	is(m.from_tag, "f1");
	is(m.icid, "AB;=1");
	is(m.replaces, "other@h");
	is(m.join, "third@h");
	is(m.refer_to, "sip:x@y?Replaces=4%40h%3Bto-tag%3D1");
	is(m.event, "conference");
	assert_true(m.no_resource);
	assert_true(m.speech);
	assert_false(m.messaging);
	is(m.body, "abc");
}

/* A message that was cut: in its body, behind its headers, within one. */
static void
test_cut(void **state)
{
	struct sip_msg m;

	(void)state;
	sip_parse(keep("INVITE sip:b@x SIP/2.0\r\nCall-ID: 1@x\r\nl: 400\r\n\r\nv=0\r\no="), &m);
	is(m.body, "v=0\r\no=");
	sip_parse(keep("INVITE sip:b@x SIP/2.0\r\nCall-ID: 1@x\r\nFrom: <sip:a"), &m);
	is(m.call_id, "1@x");
	is(m.from, "<sip:a");
	is(m.body, "");
	sip_parse(keep("INVITE sip:b@x SIP/2.0\r\nCall-ID: 1@x\r\n\r\n"), &m);
	is(m.body, "");
}

static void
test_values(void **state)
{
	uint8_t a[16];
	struct octets v, list = O(" a <x,y> ,, \"b,\\\"c\" , d ");

	(void)state;
	assert_true(sip_value_next(&list, &v));
	is(v, "a <x,y>");
	assert_true(sip_value_next(&list, &v));
	is(v, "\"b,\\\"c\"");
	assert_true(sip_value_next(&list, &v));
	is(v, "d");
	assert_false(sip_value_next(&list, &v));
	is(sip_value_uri(O("\"<no>\" <sip:a@b;c=d>;e")), "sip:a@b;c=d");
	is(sip_value_uri(O("sip:a@b;tag=1")), "sip:a@b");
	is(sip_value_uri(O("<sip:a@b")), "sip:a@b");
	is(sip_value_bare(O("sip:a@b:5060;x?y=1")), "sip:a@b");
	is(sip_value_bare(O("sips:[::1]:5")), "sips:[::1]");
	is(sip_value_bare(O("tel:+12;phone-context=x")), "tel:+12");
	is(sip_value_host(O("sip:a:pw@[2001:db8::5]:1")), "2001:db8::5");
	is(sip_value_host(O("10.1.1.1:5060")), "10.1.1.1");
	is(sip_value_host(O("sip:")), "");
	assert_int_equal(sip_value_address(O("10.1.1.1"), a), 4);
	assert_int_equal(sip_value_address(O("2001:db8::5"), a), 16);
	assert_int_equal(sip_value_address(O("0.0.0.0"), a), 0);
	assert_int_equal(sip_value_address(O("::"), a), 0);
	assert_int_equal(sip_value_address(O("host.example"), a), 0);
	assert_true(sip_value_param(O("x;a;B = \"q\" ;c"), "b", &v));
	is(v, "q");
	assert_false(sip_value_param(O("<x;b=1>;c=\";b=2\""), "b", &v));
}

/* ---- the course of dialogs */

/* Words of a step: [+TAG] METHOD CSEQ or [+TAG] STATUS CSEQ METHOD, then any of @VIA,VIA #CALL
 * <FROMTAG focus state=S; behind the bar the type that is expected. */
static size_t
compose(const char *step, char *out, size_t cap, char *want)
{
	char words[200], *save = NULL, *w, method[16] = "", to[32] = "", from[32] = "f",
			 via[64] = "", call[32] = "c", body[200] = "";
	unsigned status = 0, cseq = 0;
	bool focus = false;

	snprintf(words, sizeof(words), "%s", step);
	*want = strchr(words, '|')[2];
	*strchr(words, '|') = '\0';
	for (w = strtok_r(words, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		if (*w == '+')
			snprintf(to, sizeof(to), ";tag=%s", w[1] ? w + 1 : "t");
		else if (*w == '@')
			snprintf(via, sizeof(via), "Via: %s\r\n", w + 1);
		else if (*w == '#')
			snprintf(call, sizeof(call), "%s", w + 1);
		else if (*w == '<')
			snprintf(from, sizeof(from), "%s", w + 1);
		else if (strcmp(w, "focus") == 0)
			focus = true;
		else if (strncmp(w, "state=", 6) == 0)
			snprintf(body, sizeof(body),
			    "<?xml version='1.0'?>\n<c:conference-info xmlns:c='u'\n state = '%s' "
			    "entity=\"sip:conf@h\">",
			    w + 6);
		else if (*w > '9')
			snprintf(method, sizeof(method), "%s", w);
		else if (status == 0 && strlen(w) == 3)
			status = (unsigned)atoi(w);
		else
			cseq = (unsigned)atoi(w);
	}
	w = out;
	if (status != 0)
		w += snprintf(w, cap, "SIP/2.0 %u x\r\n", status);
	else
		w += snprintf(w, cap, "%s sip:b@x SIP/2.0\r\n", method);
	w += snprintf(w, cap - (size_t)(w - out),
	    "%sf: <sip:a@x>;tag=%s\r\nt: <sip:b@x>%s\r\ni: %s\r\nCSeq: %u %s\r\nm: "
	    "<sip:conf@h>%s\r\n"
	    "Content-Type: %s\r\n\r\n%s",
	    via, from, to, call, cseq, method, focus ? ";isfocus" : "",
	    *body ? "application/conference-info+xml" : "text/plain", body);
	return (size_t)(w - out);
}

static uint8_t
step(const char *s, struct dialog *d, char *want)
{
	char text[1024];
	size_t n = compose(s, text, sizeof(text), want);
	struct sip_msg m;

	assert_int_equal(sip_parse((struct octets){(const uint8_t *)text, n}, &m), 0);
	conference_read(&m);
	return dialog_step(&m, d);
}

/* RESTART: before each step only what the spool keeps is left. */
static void
play(bool restart, const char *const *steps)
{
	struct dialog d = {0};

	for (; *steps != NULL; steps++) {
		struct dialog kept = {.state = d.state, .invite_cseq = d.invite_cseq};
		char want, got;

		if (restart)
			d = kept;
		got = "?BECR"[step(*steps, &d, &want)];
		if (got != want)
			fail_msg("%s: %c came, state %02x", *steps, got, d.state);
	}
}

#define PLAY(...) play(false, (const char *const[]){__VA_ARGS__, NULL})
#define PLAY_RESTART(...) play(true, (const char *const[]){__VA_ARGS__, NULL})

#define CALL                                                                                       \
	"INVITE 1 | B", "INVITE 1 | C", "100 1 INVITE | C", "+ 180 1 INVITE | C", "+ PRACK 2 | C", \
	    "+ 200 2 PRACK | C", "+ UPDATE 3 | C", "+ 200 3 UPDATE | C", "+ 200 1 INVITE | C",     \
	    "+ 200 1 INVITE | C", "+ ACK 1 | C", "+ INVITE 4 | C", "+ 488 4 INVITE | C",           \
	    "+ ACK 4 | C", "+ INFO 5 | C", "+ REFER 6 | C", "+ 202 6 REFER | C", "+ BYE 7 | C",    \
	    "+ 200 7 BYE | E", "+ 200 7 BYE | R", "+ ACK 1 | R"

static void
test_calls(void **state)
{
	(void)state;
	PLAY(CALL);
	PLAY_RESTART(CALL);
	/* the callee hangs up: its tag is the From tag then */
	PLAY("<A INVITE 1 | B", "<A +B 200 1 INVITE | C", "<B +A BYE 9 | C", "<B +A 200 9 BYE | E");
	/* both at once */
	PLAY("<A INVITE 1 | B", "<A +B 200 1 INVITE | C", "<B +A BYE 9 | C", "<A +B BYE 2 | C",
	    "<B +A 200 9 BYE | E", "<A +B 200 2 BYE | R");
	/* authentication, then busy; again later */
	PLAY("INVITE 1 @a | B", "+ 407 1 INVITE @a | C", "+ ACK 1 @a | C", "INVITE 2 @b | C",
	    "+ 407 1 INVITE @a | C", "+ 486 2 INVITE @b | E", "+ ACK 2 @b | R", "INVITE 2 @b | R",
	    "INVITE 3 @c | B");
	PLAY_RESTART("INVITE 1 | B", "+ 407 1 INVITE | C", "+ ACK 1 | C", "INVITE 2 | C",
	    "+ 407 1 INVITE | C", "+ 486 2 INVITE | E", "+ ACK 2 | R", "INVITE 2 | R");
	/* given up by the caller */
	PLAY("INVITE 1 @a | B", "+ 180 1 INVITE @a | C", "CANCEL 1 @a | C", "200 1 CANCEL @a | C",
	    "+ 487 1 INVITE @a | E");
	/* the other side is gone; asked for a password */
	PLAY("INVITE 1 | B", "+ 200 1 INVITE | C", "+ BYE 2 | C", "+ 481 2 BYE | E");
	PLAY("INVITE 1 | B", "+ 200 1 INVITE | C", "+ BYE 2 | C", "+ 407 2 BYE | C", "+ BYE 3 | C",
	    "+ 200 3 BYE | E");
	/* answered after it was given up */
	PLAY("INVITE 1 | B", "408 1 INVITE | E", "+ 200 1 INVITE | B", "+ BYE 2 | C",
	    "+ 200 2 BYE | E");
	/* seen from the middle */
	PLAY("+ INVITE 5 | B", "+ 200 5 INVITE | C", "+ BYE 6 | C", "+ 200 6 BYE | E");
	PLAY("+ 180 1 INVITE | B", "+ 486 1 INVITE | E");
	PLAY("+ 200 1 INVITE | B", "+ 486 1 INVITE | C");
	PLAY("+ BYE 6 | B", "+ 200 6 BYE | E");
	PLAY("CANCEL 1 | B", "+ 487 1 INVITE | E");
	/* no dialog */
	PLAY("REGISTER 1 | R", "401 1 REGISTER | R", "MESSAGE 1 | R", "200 1 MESSAGE | R",
	    "OPTIONS 1 | R", "+ NOTIFY 1 | R", "SUBSCRIBE 2 | R", "PUBLISH 3 | R",
	    "486 1 INVITE | R", "200 9 BYE | R", "INVITE 1 | B", "+ NOTIFY 2 | C",
	    "REGISTER 4 | R");
}

static void
test_forks(void **state)
{
	(void)state;
	/* seen by the caller: one final answer, whatever the tags of the early dialogs */
	PLAY("INVITE 1 @u | B", "+x 180 1 INVITE @u | C", "+y 180 1 INVITE @u | C",
	    "+x 486 1 INVITE @u | E");
	/* seen at the proxy: one hop in, two out */
	PLAY("INVITE 1 @u | B", "INVITE 1 @p1,u | C", "INVITE 1 @p2,u | C",
	    "+x 486 1 INVITE @p1,u | C", "+y 180 1 INVITE @p2,u | C", "+y 180 1 INVITE @u | C",
	    "+y 603 1 INVITE @p2,u | C", "+y 603 1 INVITE @u | E");
	/* only the outer hops are seen */
	PLAY("INVITE 1 @p1,u | B", "INVITE 1 @p2,u | C", "+x 404 1 INVITE @p1,u | C",
	    "+y 486 1 INVITE @p2,u | E");
	/* one fork answers, the other is cancelled */
	PLAY("INVITE 1 @u | B", "INVITE 1 @p1,u | C", "INVITE 1 @p2,u | C",
	    "+x 200 1 INVITE @p1,u | C", "+x 200 1 INVITE @u | C", "CANCEL 1 @p2,u | C",
	    "+y 487 1 INVITE @p2,u | C", "+x BYE 2 | C", "+x 200 2 BYE | E");
	/* both answer: the caller drops one */
	PLAY("INVITE 1 @u | B", "+x 200 1 INVITE @u | C", "+y 200 1 INVITE @u | C", "+y BYE 2 | C",
	    "+y 200 2 BYE | C", "+y 200 2 BYE | C", "+x BYE 3 | C", "+x 200 3 BYE | E");
	PLAY_RESTART(
	    "INVITE 1 @u | B", "+x 200 1 INVITE @u | C", "+x BYE 3 | C", "+x 200 3 BYE | E");
	/* a request that is seen as it came in, its answers as they came back */
	PLAY("INVITE 1 @u | B", "+x 486 1 INVITE @p,u | E");
	/* the other way about */
	PLAY("INVITE 1 @p,u | B", "+x 486 1 INVITE @u | E");
	/* more forks than are told apart */
	PLAY("INVITE 1 @1 | B", "INVITE 1 @2 | C", "INVITE 1 @3 | C", "INVITE 1 @4 | C",
	    "INVITE 1 @5 | C", "INVITE 1 @6 | C", "INVITE 1 @7 | C", "+a 200 1 INVITE @7 | C",
	    "+a BYE 2 | C", "+a 200 2 BYE | E");
}

static void
test_legs(void **state)
{
	(void)state;
	/* back-to-back agent: two calls of one session */
	PLAY("INVITE 1 #c1 @u | B", "INVITE 7 #c2 @b | C", "+x 486 7 INVITE #c2 @b | C",
	    "+y 486 1 INVITE #c1 @u | E");
	PLAY("INVITE 1 #c1 @u | B", "INVITE 7 #c2 @b | C", "+x 200 7 INVITE #c2 @b | C",
	    "+y 200 1 INVITE #c1 @u | C", "+x BYE 8 #c2 | C", "+x 200 8 BYE #c2 | C",
	    "+y BYE 2 #c1 | C", "+y 200 2 BYE #c1 | E");
	/* attended transfer: the new call replaces the old one within the session */
	PLAY("INVITE 1 #c1 | B", "+x 200 1 INVITE #c1 | C", "+x REFER 2 #c1 | C",
	    "INVITE 1 #c2 | C", "+y 200 1 INVITE #c2 | C", "+x BYE 3 #c1 | C",
	    "+x 200 3 BYE #c1 | C", "+y BYE 2 #c2 | C", "+y 200 2 BYE #c2 | E");
	/* the old one ends before the new one is answered */
	PLAY("INVITE 1 #c1 | B", "+x 200 1 INVITE #c1 | C", "INVITE 1 #c2 @b | C",
	    "+x BYE 3 #c1 | C", "+x 200 3 BYE #c1 | C", "+y 200 1 INVITE #c2 @b | C",
	    "+y BYE 2 #c2 | C", "+y 200 2 BYE #c2 | E");
	/* another leg fails while the call is up */
	PLAY("INVITE 1 #c1 | B", "+x 200 1 INVITE #c1 | C", "INVITE 1 #c2 | C",
	    "486 1 INVITE #c2 | C", "+x BYE 3 #c1 | C", "+x 200 3 BYE #c1 | E");
}

static void
test_conference(void **state)
{
	(void)state;
	/* join and leave are Continue; the last BYE ends it */
	PLAY("INVITE 1 #c1 | B", "+x 200 1 INVITE #c1 focus | C", "+x ACK 1 #c1 | C",
	    "SUBSCRIBE 2 #s | C", "+s NOTIFY 1 #s state=full | C", "INVITE 1 #c2 | C",
	    "+y 200 1 INVITE #c2 focus | C", "+s NOTIFY 2 #s state=partial | C", "+y BYE 2 #c2 | C",
	    "+y 200 2 BYE #c2 | C", "+s NOTIFY 3 #s state=partial | C", "+x BYE 3 #c1 | C",
	    "+x 200 3 BYE #c1 | E", "+s NOTIFY 4 #s state=deleted | R");
	/* known by its notifications alone: somebody's BYE does not end it */
	PLAY("+s NOTIFY 1 #s state=full | B", "200 1 NOTIFY #s | C", "+q BYE 9 #q | C",
	    "+q 200 9 BYE #q | C", "+s NOTIFY 2 #s state=deleted | E",
	    "+s NOTIFY 3 #s state=full | R", "INVITE 1 #n | B");
	/* deleted while legs are up */
	PLAY("INVITE 1 #c1 | B", "+x 200 1 INVITE #c1 focus | C",
	    "+s NOTIFY 4 #s state=deleted | E", "+x BYE 3 #c1 | R");
	PLAY("+s NOTIFY 4 #s state=deleted | R");
}

/* More dialogs than are counted: none of them ends the session any more. */
static void
test_many(void **state)
{
	struct dialog d = {0};
	char text[64], want;

	(void)state;
	assert_int_equal(step("INVITE 1 #c | B", &d, &want), PAYLOAD_BEGIN);
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "+t%d 200 1 INVITE #c%d | C", i, i);
		assert_int_equal(step(text, &d, &want), PAYLOAD_CONTINUE);
	}
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "+t%d 200 2 BYE #c%d | C", i, i);
		assert_int_equal(step(text, &d, &want), PAYLOAD_CONTINUE);
	}
	assert_int_equal(dialog_read_state(0x26), 0);
	assert_int_equal(dialog_read_state(0x2a), 0x2a);
}

/* Two sessions turn out to be one. */
static void
test_join(void **state)
{
	struct dialog a = {0}, b = {0}, none = {0};
	char want;

	(void)state;
	step("INVITE 1 #c1 | B", &a, &want);
	step("+x 200 1 INVITE #c1 | C", &a, &want);
	step("INVITE 1 #c2 | B", &b, &want);
	step("+y 200 1 INVITE #c2 | C", &b, &want);
	dialog_join(&a, &b);
	dialog_join(&a, &none);
	assert_int_equal(step("+x 200 2 BYE #c1 | C", &a, &want), PAYLOAD_CONTINUE);
	assert_int_equal(step("+y 200 2 BYE #c2 | E", &a, &want), PAYLOAD_END);
	dialog_join(&none, &b);
	assert_int_equal(step("+y 200 2 BYE #c2 | E", &none, &want), PAYLOAD_END);
}

/* ---- names and services of a PDU */

static enum reject_code
examine(const char *text, uint16_t direction)
{
	struct fixture_pdu f = {.type = X23_TYPE_X2,
	    .format = X23_FMT_SIP,
	    .direction = direction,
	    .x = 1,
	    .payload = {(const uint8_t *)text, strlen(text)}};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	return payload_examine(&pdu, 5, &payload);
}

static int
named(char kind, enum name_act act, const void *p, size_t n)
{
	int found = 0;

	for (size_t i = 0; i < payload.name_n; i++)
		found += payload.name[i].kind == kind && payload.name[i].act == act &&
			 payload.name[i].a.n == n && memcmp(payload.name[i].a.p, p, n) == 0;
	return found;
}

static int
named_text(char kind, enum name_act act, const char *text)
{
	return named(kind, act, text, strlen(text));
}

static int
named_at(char kind, enum name_act act, const char *ip, uint16_t port)
{
	uint8_t a[18];
	size_t n = strchr(ip, ':') != NULL ? 16 : 4;

	assert_int_equal(inet_pton(n == 16 ? AF_INET6 : AF_INET, ip, a), 1);
	octets_put16(a + n, port);
	return named(kind, act, a, n + (port != 0 ? 2 : 0));
}

static int
count(char kind)
{
	int n = 0;

	for (size_t i = 0; i < payload.name_n; i++)
		n += payload.name[i].kind == kind;
	return n;
}

static void
test_names(void **state)
{
	(void)state;
	assert_int_equal(
	    examine("INVITE sip:b@10.9.9.9 SIP/2.0\r\nVia: SIP/2.0/TCP p.example;branch=2\r\n"
		    "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=1;received=10.0.0.2\r\n"
		    "Call-ID: abc\r\nContact: <sip:a@10.0.0.3:5060>\r\nReplaces: old;to-tag=1\r\n"
		    "P-Charging-Vector: icid-value=ic\r\nCSeq: 1 INVITE\r\n"
		    "Content-Type: multipart/mixed;boundary=\"b\"\r\n\r\n--b\r\nContent-Type: "
		    "x/y\r\n\r\nz\r\n"
		    "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 "
		    "10.0.0.4\r\nm=audio 4000 "
		    "RTP/AVP 0\r\n--b--\r\n",
		X23_DIR_FROM_TARGET),
	    REJECT_NONE);
	assert_memory_equal(payload.ev.key.p, "S\0\3abc", 6);
	assert_int_equal(payload.ev.service, SERVICE_VOICE);
	assert_int_equal(named_text(NAME_CALL, NAME_BIND, "abc"), 1);
	assert_int_equal(named_text(NAME_CALL, NAME_BIND, "old"), 1);
	assert_int_equal(named_text(NAME_ICID, NAME_BIND, "ic"), 1);
	assert_int_equal(named_text(NAME_CONFERENCE, NAME_SEEK, "sip:b@10.9.9.9"), 1);
	assert_int_equal(named_at(NAME_MEDIA, NAME_BIND, "10.0.0.4", 4000), 1);
	assert_int_equal(named_at(NAME_MEDIA, NAME_BIND, "10.0.0.4", 4001), 1);
	for (int i = 1; i <= 4; i++)
		assert_int_equal(
		    named_at(NAME_ADDRESS, NAME_LINK,
			(const char *[]){"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"}[i - 1], 0),
		    1);
	assert_int_equal(named_at(NAME_ADDRESS, NAME_LINK, "10.9.9.9", 0), 0);
	assert_int_equal(examine("INVITE sip:b@10.9.9.9 SIP/2.0\r\nVia: SIP/2.0/UDP "
				 "10.0.0.1\r\nContact: <sip:10.0.0.3>\r\n\r\n",
			     X23_DIR_TO_TARGET),
	    REJECT_NONE);
	assert_int_equal(named_at(NAME_ADDRESS, NAME_LINK, "10.9.9.9", 0), 1);
	assert_int_equal(count(NAME_ADDRESS), 1);
}

static void
test_conference_names(void **state)
{
	(void)state;
	examine("SIP/2.0 200 OK\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nTo: "
		"<sip:factory@h>;tag=1\r\nContact: "
		"<sip:conf7@h:5060;x=1>;isfocus\r\n\r\n",
	    X23_DIR_TO_TARGET);
	assert_int_equal(named_text(NAME_CONFERENCE, NAME_BIND, "sip:conf7@h"), 1);
	examine("NOTIFY sip:t@x SIP/2.0\r\nCall-ID: s\r\nEvent: conference\r\nContent-Type: "
		"application/conference-info+xml\r\n\r\n<conference-info entity=\"sip:conf7@h\" "
		"state=\"full\">",
	    X23_DIR_TO_TARGET);
	assert_int_equal(named_text(NAME_CONFERENCE, NAME_BIND, "sip:conf7@h"), 1);
	assert_int_equal(payload.ev.service, SERVICE_VOICE | SERVICE_VIDEO);
	examine("REFER sip:conf7@h SIP/2.0\r\nCall-ID: r\r\nRefer-To: "
		"<sip:u@v?Replaces=x%40y%3Bto-tag%3D1>\r\n\r\n",
	    X23_DIR_FROM_TARGET);
	assert_int_equal(named_text(NAME_CONFERENCE, NAME_SEEK, "sip:conf7@h"), 1);
	assert_int_equal(named_text(NAME_CALL, NAME_SEEK, "x@y"), 1);
}

static uint16_t
service(const char *line, const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s\r\nCall-ID: 1\r\n%s", line, more);
	assert_int_equal(examine(text, X23_DIR_TO_TARGET), REJECT_NONE);
	return payload.ev.service;
}

static void
test_services(void **state)
{
	static const uint8_t chat = SERVICE_MESSAGING | SERVICE_RCS;
	struct dialog d = {0};

	(void)state;
	/* a subscription is of what its event package is for; an answer of what its session is */
	assert_int_equal(service("SUBSCRIBE sip:x SIP/2.0", "Event: conference\r\n"),
	    SERVICE_VOICE | SERVICE_VIDEO);
	assert_int_equal(service("PUBLISH sip:x SIP/2.0", "Event: vq-rtcpxr\r\n"), SERVICE_VOICE);
	assert_int_equal(service("NOTIFY sip:x SIP/2.0", "Event: reg\r\n"), SERVICE_ANY);
	assert_int_equal(service("SIP/2.0 200 OK", "CSeq: 1 SUBSCRIBE\r\n"), SERVICE_VOICE);
	memset(&d, 0, sizeof(d));
	assert_int_equal(dialog_service(&payload.sip, &d, payload.ev.service), SERVICE_ANY);
	d.service = SERVICE_VOICE | SERVICE_VIDEO;
	assert_int_equal(
	    dialog_service(&payload.sip, &d, payload.ev.service), SERVICE_VOICE | SERVICE_VIDEO);
	memset(&d, 0, sizeof(d));
	assert_int_equal(service("REGISTER sip:x SIP/2.0", ""), SERVICE_ANY);
	assert_int_equal(service("SUBSCRIBE sip:x SIP/2.0", ""), SERVICE_ANY);
	assert_int_equal(service("MESSAGE sip:x SIP/2.0", ""), SERVICE_MESSAGING);
	assert_int_equal(
	    service("MESSAGE sip:x SIP/2.0", "Accept-Contact: *;+g.oma.sip-im\r\n"), chat);
	assert_int_equal(service("SIP/2.0 200 OK", "CSeq: 1 MESSAGE\r\n"), SERVICE_MESSAGING);
	assert_int_equal(service("INVITE sip:x SIP/2.0", ""), SERVICE_VOICE);
	assert_int_equal(service("INVITE sip:x SIP/2.0",
			     "Content-Type: application/sdp\r\n\r\nm=message 9 TCP/MSRP *\r\n"),
	    chat);
	dialog_step(&payload.sip, &d);
	assert_int_equal(service("BYE sip:x SIP/2.0", "To: <x>;tag=1\r\n"), SERVICE_VOICE);
	assert_int_equal(dialog_service(&payload.sip, &d, payload.ev.service), chat);
	assert_int_equal(
	    service("INVITE sip:x SIP/2.0",
		"c: application/sdp\r\n\r\nm=message 9 TCP/MSRP *\nm=audio 5 RTP/AVP 0\n"),
	    chat | SERVICE_VOICE);
	assert_int_equal(
	    service("INVITE sip:x SIP/2.0",
		"P-Preferred-Service: urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session\r\n"),
	    chat);
	assert_int_equal(service("INVITE sip:x SIP/2.0",
			     "P-Asserted-Service: urn:urn-7:3gpp-service.ims.icsi.mcptt\r\n"),
	    SERVICE_PTT);
}

static void
test_mutations(void **state)
{
	static const char text[] =
	    "INVITE sip:b@x SIP/2.0\r\nCall-ID: 1@x\r\nf: \"q\" <sip:a@x>;tag=1\r\nt: "
	    "<sip:b@x>\r\n "
	    ";tag=2\r\nv: a;branch=1, b\r\nm: <sip:1.1.1.1>;isfocus\r\nr: "
	    "<x?Replaces=%41>\r\nCSeq: 1 "
	    "INVITE\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\nc: "
	    "application/sdp\r\nContent-Type: "
	    "application/sdp\r\n\r\nc=IN IP4 1.1.1.1\nm=audio 4/3 RTP/AVP\na=rtcp:5\n--b--";
	struct dialog d = {0};

	(void)state;
	srandom(7);
	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)random() % sizeof(text);
		uint8_t *copy = malloc(n + 1);
		struct fixture_pdu f = {
		    .type = X23_TYPE_X2, .format = X23_FMT_SIP, .x = 1, .payload = {NULL, 0}};

		memcpy(copy, text, n);
		for (int k = random() % 4; n > 0 && k > 0; k--)
			copy[(size_t)random() % n] =
			    (uint8_t) "\r\n \t:;<>\"\\=,-\0a"[random() % 15];
		fixture_pdu(&f, buf, sizeof(buf), &pdu);
		pdu.payload = (struct octets){copy, n};
		if (payload_examine(&pdu, 5, &payload) == REJECT_NONE) {
			assert_true(payload.ev.body.p == copy);
			payload_step(&payload, &d);
			assert_true(payload.ev.iri_type >= 1 && payload.ev.iri_type <= 4);
		}
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_calls),
	    cmocka_unit_test(test_forks),
	    cmocka_unit_test(test_legs),
	    cmocka_unit_test(test_conference),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_join),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_conference_names),
	    cmocka_unit_test(test_services),
	    cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
