/* SPDX-License-Identifier: Apache-2.0 */
/* MIME payloads: e-mail, short and multimedia messages, chat, events; parts, encodings, JSON. */
#include "session/json_flat.h"
#include "session/mime.h"
#include "session/payload.h"
#include "session/payload_event.h"
#include "session_fixture.h"
#include "spec/ts102232_2.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define O(text) ((struct octets){(const uint8_t *)(text), sizeof(text) - 1})
#define FROM X23_DIR_FROM_TARGET
#define TO X23_DIR_TO_TARGET

static struct payload payload;
static uint8_t buf[16384];
static struct x23_pdu pdu;

static void
is(struct octets o, const char *want)
{
	if (o.n != strlen(want) || (o.n > 0 && memcmp(o.p, want, o.n) != 0))
		fail_msg("'%.*s' is not '%s'", (int)o.n, (const char *)o.p, want);
}

/* "src:port>dst:port", last octets of 10.0.0.x; NULL: none. */
static enum reject_code
examine(uint16_t type, uint16_t direction, const char *mime, struct octets body)
{
	struct fixture_pdu f = {
	    .type = type, .format = X23_FMT_MIME, .direction = direction, .x = 1, .payload = body};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	if (mime != NULL)
		pdu.mime_type = (struct octets){(const uint8_t *)mime, strlen(mime)};
	return payload_examine(&pdu, 5, &payload);
}

static enum reject_code
examine_ports(uint16_t direction, const char *mime, struct octets body, uint16_t src, uint16_t dst)
{
	static const uint8_t a[4] = {10, 0, 0, 1}, b[4] = {10, 0, 0, 2};
	struct fixture_pdu f = {.type = X23_TYPE_X2,
	    .format = X23_FMT_MIME,
	    .direction = direction,
	    .x = 1,
	    .payload = body};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	pdu.mime_type = (struct octets){(const uint8_t *)mime, mime != NULL ? strlen(mime) : 0};
	pdu.src = (struct octets){a, 4};
	pdu.dst = (struct octets){b, 4};
	pdu.src_port = src;
	pdu.dst_port = dst;
	return payload_examine(&pdu, 5, &payload);
}

static int
named(char kind, const char *text)
{
	int n = 0;

	for (size_t i = 0; i < payload.name_n; i++)
		n += payload.name[i].kind == kind && payload.name[i].act == NAME_BIND &&
		     payload.name[i].a.n == strlen(text) &&
		     memcmp(payload.name[i].a.p, text, strlen(text)) == 0;
	return n;
}

#define MAIL                                                                                       \
	"Received: by x\r\nFrom: \"A, B\" <a@x.example>\r\nTo: c@y.example (C),\r\n "              \
	"<d@y.example>\r\n"                                                                        \
	"Cc: Team: e@z, f@z;\r\nMessage-ID: <1@x>\r\nDate: now\r\nSubject: s\r\nContent-Type: "    \
	"text/plain\r\n\r\nbody\r\n"

static void
test_mail(void **state)
{
	const struct li_mail *m = &payload.detail.mail;

	(void)state;
	assert_int_equal(examine_ports(FROM, NULL, O(MAIL), 4711, 587), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MAIL_IRI);
	assert_int_equal(payload.ev.class, HO_IRI);
	assert_int_equal(payload.ev.iri_type, PAYLOAD_REPORT);
	assert_int_equal(payload.ev.service, SERVICE_EMAIL);
	assert_ptr_equal(payload.ev.detail, m);
	assert_int_equal(m->event, EMAIL_SEND);
	assert_int_equal(m->protocol, EMAIL_SMTP);
	assert_int_equal(m->status, EMAIL_STATUS_UNKNOWN);
	is(m->sender, "a@x.example");
	assert_int_equal(m->recipient_n, 4);
	assert_int_equal(m->recipient_total, 4);
	is(m->recipient[0], "c@y.example");
	is(m->recipient[1], "d@y.example");
	is(m->recipient[2], "e@z");
	is(m->recipient[3], "f@z");
	is(m->message_id, "1@x");
	assert_int_equal(m->client_port, 4711);
	assert_int_equal(m->server_port, 587);
	assert_memory_equal(m->server.p, "\x0a\0\0\2", 4);
	assert_int_equal(m->client_octets, sizeof(MAIL) - 1);
	assert_int_equal(m->server_octets, 0);
	assert_int_equal(named(NAME_MESSAGE, "1@x"), 1);
	assert_memory_equal(payload.ev.key.p,
	    "m\0\3"
	    "1@x",
	    6);
	assert_int_equal(examine(X23_TYPE_X3, FROM, "message/rfc822", O(MAIL)), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MAIL_CC);
	assert_int_equal(payload.ev.class, HO_CC);
	assert_int_equal(payload.ev.body.n, sizeof(MAIL) - 1);
	assert_memory_equal(payload.ev.key.p,
	    "m\0\3"
	    "1@x",
	    6);
}

static void
test_mail_events(void **state)
{
	static const struct {
		uint16_t direction, src, dst;
		uint8_t event, protocol;
		bool from_server;
	} row[] = {
	    {TO, 25, 4711, EMAIL_RECEIVE, EMAIL_SMTP, true},
	    {TO, 4711, 25, EMAIL_RECEIVE, EMAIL_SMTP, false},
	    {TO, 995, 4711, EMAIL_DOWNLOAD, EMAIL_POP3, true},
	    {TO, 143, 4711, EMAIL_DOWNLOAD, EMAIL_IMAP4, true},
	    {FROM, 4711, 993, EMAIL_UPLOAD, EMAIL_IMAP4, false},
	    {FROM, 4711, 443, EMAIL_SEND, EMAIL_WEBMAIL, false},
	    {TO, 4711, 4712, EMAIL_RECEIVE, EMAIL_PROTOCOL_UNDEFINED, true},
	    {FROM, 0, 0, EMAIL_SEND, EMAIL_PROTOCOL_UNDEFINED, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct li_mail *m = &payload.detail.mail;

		examine_ports(
		    row[i].direction, "Message/RFC822; x=y", O(MAIL), row[i].src, row[i].dst);
		assert_int_equal(m->event, row[i].event);
		assert_int_equal(m->protocol, row[i].protocol);
		assert_int_equal(m->server.p[3], row[i].from_server ? 1 : 2);
	}
}

static void
test_mail_forms(void **state)
{
	const struct li_mail *m = &payload.detail.mail;

	(void)state;
	/* inside of MIME headers; encoded; nothing but its type */
	examine(X23_TYPE_X2, FROM, NULL,
	    O("Content-Type: message/rfc822\r\n\r\nFrom: q@q\r\nTo: w@w\r\n\r\n"));
	assert_int_equal(payload.ev.kind, LI_MAIL_IRI);
	is(m->sender, "q@q");
	examine(X23_TYPE_X2, FROM, NULL,
	    O("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: "
	      "Base64\r\n\r\nRnJvbTogcUBxClRv\r\nOiB3QHcKCg=="));
	is(m->sender, "q@q");
	is(m->recipient[0], "w@w");
	examine(X23_TYPE_X2, FROM, "message/rfc822", O(""));
	assert_int_equal(payload.ev.kind, LI_MAIL_IRI);
	assert_int_equal(m->recipient_n, 0);
	/* a text that looks like a mail by chance */
	examine(X23_TYPE_X2, FROM, "text/plain", O("From: me\r\nTo: you\r\n\r\nhi"));
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	examine(X23_TYPE_X2, FROM, "text/plain", O(MAIL));
	assert_int_equal(payload.ev.kind, LI_MAIL_IRI);
}

#define CPIM                                                                                       \
	"From: MR SANDERS <im:piglet@x>\r\nTo: Depressed Donkey <sip:eeyore@x>\r\ncc: "            \
	"<tel:+49301>\r\n"                                                                         \
	"DateTime: 2000-12-13T13:40:00-08:00\r\nNS: imdn "                                         \
	"<urn:ietf:params:imdn>\r\nimdn.Message-ID: 34jk\r\n"                                      \
	"Subject: weather\r\n\r\nContent-Type: text/plain\r\n\r\nhi"

static void
test_cpim(void **state)
{
	const struct li_message *m = &payload.detail.message;
	uint32_t id;

	(void)state;
	assert_int_equal(examine(X23_TYPE_X2, FROM, "message/cpim", O(CPIM)), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	assert_int_equal(payload.ev.service, SERVICE_MESSAGING | SERVICE_RCS);
	assert_int_equal(m->category, 0);
	assert_int_equal(m->event, 1);
	assert_int_equal(m->party_n, 3);
	assert_int_equal(m->party[0].qualifier, 1);
	assert_int_equal(m->party[0].copy, 255);
	assert_int_equal(m->party[1].arm, IDENTITY_SIP);
	is(m->party[1].identity, "sip:eeyore@x");
	assert_int_equal(m->party[2].arm, IDENTITY_TEL);
	assert_int_equal(m->party[2].copy, 2);
	is(m->message_id, "34jk");
	is(m->subject, "weather");
	assert_int_equal(payload.ev.body.n, sizeof(CPIM) - 1);
	assert_int_equal(named(NAME_MESSAGE, "34jk"), 1);
	id = m->event_id;
	assert_int_equal(examine(X23_TYPE_X3, TO, "Message/CPIM", O(CPIM)), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSG_CC);
	assert_int_equal(m->event_id, id);
	assert_int_not_equal(id, 0);
	is(m->content_type, "Message/CPIM");
	/* in a multipart; a notification of its delivery */
	examine(X23_TYPE_X2, TO, "multipart/mixed; boundary=b",
	    O("--b\r\nContent-Type: message/cpim\r\n\r\nFrom: <sip:a@b>\r\n\r\nContent-type: "
	      "message/imdn+xml\r\n\r\n"
	      "<imdn/>\r\n--b--\r\n"));
	assert_int_equal(m->party_n, 1);
	assert_int_equal(m->category, 2);
	assert_int_equal(m->event, 8);
	/* what says it is one and is not */
	assert_int_equal(examine(X23_TYPE_X2, TO, "message/cpim", O("garbage")), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	assert_int_equal(m->party_n, 0);
	assert_int_equal(m->event, 2);
}

static void
sms(uint16_t direction, const char *hex, const char *mime)
{
	uint8_t b[200];
	size_t n = 0;

	for (; hex[0] != '\0'; hex += 2) {
		unsigned v;

		sscanf(hex, "%2x", &v);
		b[n++] = (uint8_t)v;
	}
	assert_int_equal(examine(X23_TYPE_X2, direction, mime, (struct octets){b, n}), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	assert_int_equal(payload.ev.service, SERVICE_MESSAGING);
}

static void
test_sms(void **state)
{
	static const char type[] = "application/vnd.3gpp.sms";
	const struct li_message *m = &payload.detail.message;

	(void)state;
	/* SUBMIT to +491711234567, alone and in RP-DATA from the mobile */
	for (int i = 0; i < 2; i++) {
		sms(FROM,
		    i == 0 ? "01000C919471112143650000"
			     "05E8329BFD06"
			   : "00010003919471"
			     "12"
			     "01000C919471112143650000"
			     "05E8329BFD06",
		    type);
		assert_int_equal(m->event, 1);
		assert_int_equal(m->party_n, 1);
		assert_int_equal(m->party[0].qualifier, 2);
		assert_int_equal(m->party[0].arm, IDENTITY_MSISDN);
		assert_int_equal(m->party[0].identity.n, 7);
		assert_memory_equal(m->party[0].identity.p, "\x91\x94\x71\x11\x21\x43\x65", 7);
	}
	/* DELIVER from "Info" */
	sms(TO,
	    "0407D049B7F90D"
	    "0000"
	    "11111111111100"
	    "00",
	    type);
	assert_int_equal(m->event, 2);
	assert_int_equal(m->party[0].qualifier, 1);
	assert_int_equal(m->party[0].arm, IDENTITY_ALPHANUMERIC);
	is(m->party[0].identity, "Info");
	/* status report, acknowledgements, error */
	sms(TO,
	    "02050C919471112143651111111111110011111111111100"
	    "00",
	    type);
	assert_int_equal(m->category, 2);
	assert_int_equal(m->party_n, 1);
	sms(TO, "0305", type);
	assert_int_equal(m->status, 3);
	sms(TO, "05050126", type);
	assert_int_equal(m->status, 2);
	assert_int_equal(m->category, 2);
	/* 20 digits do not fit an MSISDN */
	sms(FROM,
	    "0100149121436587092143658709"
	    "000000",
	    type);
	assert_int_equal(m->party[0].arm, IDENTITY_ALPHANUMERIC);
	is(m->party[0].identity, "12345678901234567890");
	/* not what it says: still delivered */
	sms(FROM, "01", type);
	assert_int_equal(m->party_n, 0);
	sms(FROM, "01FFFF", type);
	assert_int_equal(m->party_n, 0);
	assert_int_equal(m->event, 1);
}

static void
test_mms(void **state)
{
	static const char type[] = "application/vnd.wap.mms-message";
	static const uint8_t send[] =
	    "\x8c\x80\x98T1\0\x8d\x90\x89\x0e\x80+4912/TYPE=PLMN\0"
	    "\x97+4934/TYPE=PLMN\0\x82x@y.example\0\x96\x07\xeaHello\0\x8b<m1>\0\x84\xb3";
	static const uint8_t conf[] = {0x8c, 0x81, 0x92, 0x80, 0x8b, 'm', '2', 0};
	uint8_t fixed[sizeof(send)];
	const struct li_message *m = &payload.detail.message;

	(void)state;
	memcpy(fixed, send, sizeof(send));
	fixed[9] = 1 + 16; /* token, text and NUL */
	examine(X23_TYPE_X2, FROM, type, (struct octets){fixed, sizeof(fixed) - 1});
	assert_int_equal(m->party_n, 3);
	assert_int_equal(m->event, 1);
	is(m->party[0].identity, "tel:+4912");
	assert_int_equal(m->party[0].arm, IDENTITY_TEL);
	is(m->party[1].identity, "tel:+4934");
	assert_int_equal(m->party[1].qualifier, 2);
	is(m->party[2].identity, "x@y.example");
	assert_int_equal(m->party[2].arm, IDENTITY_EMAIL);
	assert_int_equal(m->party[2].copy, 2);
	is(m->subject, "Hello");
	is(m->message_id, "<m1>");
	examine(X23_TYPE_X2, TO, type, (struct octets){conf, sizeof(conf)});
	assert_int_equal(m->category, 2);
	assert_int_equal(m->event, 7);
	assert_int_equal(m->status, 3);
	is(m->message_id, "m2");
}

static void
test_other(void **state)
{
	const struct li_message *m = &payload.detail.message;

	(void)state;
	assert_int_equal(
	    examine(X23_TYPE_X2, X23_DIR_UNKNOWN, "image/png", O("\x89PNG")), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	assert_int_equal(m->category, 255);
	is(payload.ev.body, "\x89PNG");
	assert_int_equal(examine(X23_TYPE_X3, FROM, "image/png", O("\x89PNG")), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSG_CC);
	is(m->content_type, "image/png");
	/* type and encoding from its own headers; the content is what they describe */
	examine(X23_TYPE_X3, FROM, NULL,
	    O("MIME-Version: 1.0\r\nContent-Type: text/x; y=z\r\nContent-Transfer-Encoding: "
	      "7bit\r\n\r\nhi"));
	is(m->content_type, "text/x; y=z");
	is(m->content_encoding, "7bit");
	is(payload.ev.body, "hi");
	/* neither attribute nor headers */
	assert_int_equal(examine(X23_TYPE_X3, FROM, NULL, O("hello")), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_MSG_CC);
	is(m->content_type, "");
	is(payload.ev.body, "hello");
	assert_int_equal(examine(X23_TYPE_X3, FROM, NULL, O("")), REJECT_PAYLOAD);
	/* the attributes alone are worth an IRI */
	assert_int_equal(examine(X23_TYPE_X2, FROM, "text/plain", O("")), REJECT_NONE);
}

static void
event(const char *json)
{
	examine_ports(FROM, PAYLOAD_EVENT_TYPE,
	    (struct octets){(const uint8_t *)json, strlen(json)}, 4711, 993);
}

static void
test_events(void **state)
{
	const struct li_mail *m = &payload.detail.mail;
	const struct li_message *g = &payload.detail.message;

	(void)state;
	event("{\"service\":\"email\",\"event\":\"logon\",\"user\":\"b\\u00e4r\\\"\",\"x\":{\"y\":["
	      "1,\"}\"]},\"octets_sent\": 12}");
	assert_int_equal(payload.ev.kind, LI_MAIL_IRI);
	assert_int_equal(m->event, EMAIL_LOGON);
	assert_int_equal(m->protocol, EMAIL_IMAP4);
	assert_int_equal(m->aaa_result, AAA_SUCCEEDED);
	is(m->username, "b\xc3\xa4r\"");
	assert_int_equal(m->client_octets, 12);
	assert_int_equal(m->server_port, 993);
	event("{ \"event\" : \"logon-failure\" , \"service\":\"email\", "
	      "\"protocol\":\"pop3\",\"to\":[\"a@b\", \"c@d\"]}");
	assert_int_equal(m->event, EMAIL_LOGON_FAILURE);
	assert_int_equal(m->protocol, EMAIL_POP3);
	assert_int_equal(m->status, EMAIL_FAILED);
	assert_int_equal(m->aaa_result, AAA_FAILED);
	assert_int_equal(m->recipient_n, 2);
	is(m->recipient[1], "c@d");
	event(
	    "{\"service\":\"email\",\"event\":\"delete\",\"message_id\":\"1@x\",\"user\":\"u@v\"}");
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	assert_int_equal(payload.ev.service, SERVICE_EMAIL);
	assert_int_equal(g->category, 0);
	assert_int_equal(g->event, 3);
	assert_int_equal(named(NAME_MESSAGE, "1@x"), 1);
	event("{\"service\":\"messaging\",\"event\":\"logoff\",\"session\":\"chat\"}");
	assert_int_equal(g->category, 1);
	assert_int_equal(g->event, 2);
	assert_int_equal(named(NAME_CHAT, "chat"), 1);
	/* not in order: handed over as it is */
	event("{\"service\":\"email\",\"event\":\"logon\"");
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	event("{\"service\":\"fax\",\"event\":\"logon\"}");
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	event("[]");
	assert_int_equal(payload.ev.kind, LI_MSG_IRI);
	assert_int_equal(payload.ev.body.n, 2);
}

static void
test_parts(void **state)
{
	uint8_t out[64];
	struct octets part,
	    body =
		O("preamble\r\n--b\r\n\r\none\r\n--bb\r\n--b \r\ntwo\n--b--\r\nend\r\n--b\r\nno");

	(void)state;
	assert_true(mime_part(&body, O("b"), &part));
	is(part, "\r\none\r\n--bb\r\n");
	assert_true(mime_part(&body, O("b"), &part));
	is(part, "two\n");
	assert_false(mime_part(&body, O("b"), &part));
	is(mime_decode(O("QUJ\r\nD RA==x"), O(" BASE64 "), out, sizeof(out)), "ABCD");
	is(mime_decode(O("QUJDRA=="), O("base64"), out, 2), "AB");
	is(mime_decode(O("a=3Db=\r\nc=\nd=zz"), O("quoted-printable"), out, sizeof(out)), "a=bcd");
	is(mime_decode(O("x"), O("8bit"), out, sizeof(out)), "x");
	is(mime_unescape(O("%41%4g%"), out), "A%4g%");
	is(json_flat_string(O("\"\\ud83d\\ude00\\ud83d\\n\\u0041\\\""), out),
	    "\xf0\x9f\x98\x80\xef\xbf\xbd\nA?");
}

static void
test_mutations(void **state)
{
	static const struct {
		const char *type;
		struct octets body;
	} seed[] = {
	    {NULL, O(MAIL)},
	    {"message/cpim", O(CPIM)},
	    {"application/vnd.3gpp.sms", O("\0\1\0\3\x91\x94\x71\x12\1\0\x0c\x91\x94\x71\x11\x21"
					   "\x43\x65\0\0\5\xe8\x32\x9b\xfd\6")},
	    {"application/vnd.wap.mms-message",
		O("\x8c\x80\x89\5\x80+49\0\x97\7\xeaHello\0\x96x\0")},
	    {PAYLOAD_EVENT_TYPE, O("{\"service\":\"email\",\"event\":\"logon\",\"to\":["
				   "\"a\\u00e4\",\"b\"],\"user\":\"\\ud83d\\ude00\"}")},
	    {"multipart/mixed;boundary=b",
		O("--b\r\nContent-Type: message/cpim\r\n\r\nFrom: a\r\n\r\n--b--")},
	};

	(void)state;
	srandom(11);
	for (int i = 0; i < 60000; i++) {
		size_t s = (size_t)i % (sizeof(seed) / sizeof(seed[0])),
		       n = (size_t)random() % (seed[s].body.n + 1);
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, seed[s].body.p, n);
		for (int k = random() % 4; n > 0 && k > 0; k--)
			copy[(size_t)random() % n] = (uint8_t)random();
		examine(i % 2 ? X23_TYPE_X2 : X23_TYPE_X3, i % 3 ? FROM : TO, seed[s].type, O("x"));
		pdu.payload = (struct octets){copy, n};
		payload_examine(&pdu, 5, &payload);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mail),
	    cmocka_unit_test(test_mail_events),
	    cmocka_unit_test(test_mail_forms),
	    cmocka_unit_test(test_cpim),
	    cmocka_unit_test(test_sms),
	    cmocka_unit_test(test_mms),
	    cmocka_unit_test(test_other),
	    cmocka_unit_test(test_events),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
