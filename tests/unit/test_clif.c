/* SPDX-License-Identifier: Apache-2.0 */
/* The cloud interface: HTTP heads, bodies, JSON objects as PDUs, and whole requests over mutual TLS
 * to a real listener with a played owner. */
#include "tests/unit/listener_rig.h"
#include "ingest/clif_http.h"
#include "ingest/clif_json.h"
#include "ingest/clif_pdu.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define XID "12345678-9abc-def0-1234-56789abcdef0"
#define OK_PDU "{\"type\":\"x2\",\"format\":\"SIP\",\"direction\":\"toTarget\",\"xid\":\"" XID "\"}"
#define BAD_PDU "{\"type\":\"x2\",\"format\":\"SIP\",\"direction\":\"toTarget\",\"xid\":\"no\"}"
#define HEAD "POST /clif/v1/pdus HTTP/1.1\r\nHost: mdf\r\n"

static struct octets
z(const char *s)
{
	return (struct octets){(const uint8_t *)s, strlen(s)};
}

/* ---- heads */

static void
head_taken(void **state)
{
	static const char text[] = HEAD "content-length: 12\r\nContent-Type: application/json ; "
					"charset=utf-8\r\nExpect: 100-continue\r\n"
					"Connection: keep-alive, close\r\n\r\nrest";
	struct clif_head h;
	size_t used;

	(void)state;
	assert_int_equal(clif_head_parse(z(text), &h, &used), 0);
	assert_int_equal(used, sizeof(text) - 1 - 4);
	assert_true(h.has_length && h.length == 12 && h.expects && h.close && !h.chunked);
	assert_true(clif_is(h.type, "application/json"));
	for (size_t n = 0; n < used; n++)
		assert_int_equal(
		    clif_head_parse((struct octets){(const uint8_t *)text, n}, &h, &used), -EAGAIN);
}

static void
head_refused(void **state)
{
	static const char *const bad[] = {"POST  /x HTTP/1.1\r\nHost: a\r\n\r\n",
	    "POST /x HTTP/1.1\nHost: a\r\n\r\n", "POST /x HTTP/1.1\r\nHost: a\n\r\n",
	    "POST /x HTTP/1.1\r\n\r\n", "POST /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
	    "POST /x HTTP/1.1\r\nHost : a\r\n\r\n", "POST /x HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n",
	    HEAD "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
	    HEAD "Content-Length: +1\r\n\r\n", HEAD "Content-Length: 1, 1\r\n\r\n",
	    HEAD "Content-Length: 9999999999999999\r\n\r\n", HEAD "Content-Length:\r\n\r\n",
	    HEAD "X: \x01\r\n\r\n", "\r\nPOST /x HTTP/1.1\r\nHost: a\r\n\r\n",
	    "POST /x HTTP/1.1 \r\nHost: a\r\n\r\n", "\x16\x03\x01\n"};
	struct clif_head h;
	size_t used;
	char *large = malloc(20001);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(clif_head_parse(z(bad[i]), &h, &used), -EBADMSG);
	assert_int_equal(clif_head_parse(z("GET / HTTP/1.0\r\n\r\n"), &h, &used), -EPROTONOSUPPORT);
	memset(large, 'a', 20000);
	large[20000] = '\0';
	memcpy(large, HEAD "X:", sizeof(HEAD) + 1);
	assert_int_equal(clif_head_parse(z(large), &h, &used), -EMSGSIZE);
	free(large);
}

/* ---- bodies */

static int
values(const char *text, bool many, const char *first)
{
	struct clif_reader r;
	struct octets v;
	int n = 0, rc;

	clif_reader_init(&r, z(text), many);
	while ((rc = clif_reader_next(&r, &v)) > 0)
		if (n++ == 0 && first)
			assert_true(clif_is(v, first));
	return rc < 0 ? rc : n;
}

static void
bodies(void **state)
{
	char *deep = malloc(10001);

	(void)state;
	assert_int_equal(values("{\"a\":\"]}\\\"\"}", false, "{\"a\":\"]}\\\"\"}"), 1);
	assert_int_equal(values(" [ {} , [1,2],\"x\" , 12 ] ", false, "{}"), 3 + 1);
	assert_int_equal(values("[]", false, NULL), 0);
	assert_int_equal(values("{}\n\n{}\r\n{}\n", true, "{}"), 3);
	assert_int_equal(values("[{},{}]\n{}", true, "[{},{}]"), 2);
	assert_int_equal(values("", false, NULL), -EBADMSG);
	assert_int_equal(values("", true, NULL), -EBADMSG);
	assert_int_equal(values("{} {}", false, NULL), -EBADMSG);
	assert_int_equal(values("[{} {}]", false, NULL), -EBADMSG);
	assert_int_equal(values("[{},{}", false, NULL), -EBADMSG);
	assert_int_equal(values("[{}]x", false, NULL), -EBADMSG);
	assert_int_equal(values("[,{}]", false, NULL), -EBADMSG);
	assert_int_equal(values("{\"a\"", false, NULL), -EBADMSG);
	assert_int_equal(values("{\"a\":\"\\", false, NULL), -EBADMSG);
	memset(deep, '[', 10000);
	deep[10000] = '\0';
	assert_int_equal(values(deep, true, NULL), -EMSGSIZE);
	memset(deep + 1, ',', 9999);
	assert_int_equal(values(deep, true, NULL), -EMSGSIZE);
	free(deep);
}

/* ---- objects */

static struct clif_buf buf;
static char why[CLIF_WHY_LEN];

static int
encode(const char *text)
{
	json_t *o = json_loads(text, JSON_DECODE_ANY, NULL);
	int rc;

	assert_non_null(o);
	rc = clif_pdu_encode(o, &buf, why);
	json_decref(o);
	return rc;
}

#define FULL(more) "{\"type\":\"x3\",\"format\":8,\"direction\":3,\"xid\":\"" XID "\"" more "}"

static void
object_taken(void **state)
{
	struct x23_pdu p;
	enum reject_code code;
	size_t used, off = 0;
	uint16_t type;
	struct octets v;

	(void)state;
	assert_int_equal(
	    encode(FULL(",\"correlation\":\"18446744073709551615\",\"sequence\":4294967295,"
			"\"time\":\"2026-01-02T03:04:05.678901234Z\",\"nfid\":\"nf\",\"ipid\":"
			"\"point\",\"did\":\"d\",\"src\":\"192.0.2.1\",\"dst\":\"2001:db8::1\","
			"\"src_port\":5060,\"dst_port\":65535,\"ip_proto\":17,\"mime_type\":"
			"\"text/plain\",\"mime_encoding\":\"8bit\",\"sdp\":\"v=0\","
			"\"matched_target\":[\"a\",\"b\"],\"payload\":\"AAECAw==\"")),
	    0);
	assert_int_equal(
	    x23_pdu_decode((struct octets){buf.p, buf.n}, 65536, 65536, &p, &used, &code), 0);
	assert_int_equal(used, buf.n);
	assert_int_equal(p.type, X23_TYPE_X3);
	assert_int_equal(p.format, X23_FMT_RTP);
	assert_int_equal(p.direction, X23_DIR_FROM_TARGET);
	assert_memory_equal(
	    p.xid, "\x12\x34\x56\x78\x9a\xbc\xde\xf0\x12\x34\x56\x78\x9a\xbc\xde\xf0", 16);
	assert_true(p.correlation == UINT64_MAX);
	assert_int_equal(p.seq, UINT32_MAX);
	assert_int_equal(p.ts_s, 1767323045);
	assert_int_equal(p.ts_ns, 678901234);
	assert_true(clif_is(p.nfid, "nf") && clif_is(p.ipid, "point") && clif_is(p.did, "d"));
	assert_true(clif_is(p.mime_type, "text/plain") && clif_is(p.mime_encoding, "8bit"));
	assert_true(clif_is(p.sdp, "v=0"));
	assert_int_equal(p.src.n, 4);
	assert_int_equal(p.dst.n, 16);
	assert_int_equal(p.src_port, 5060);
	assert_int_equal(p.dst_port, 65535);
	assert_int_equal(p.ip_proto, 17);
	assert_int_equal(p.payload.n, 4);
	assert_memory_equal(p.payload.p, "\0\1\2\3", 4);
	for (int targets = 0; x23_attr_next(p.attributes, &off, &type, &v);)
		if (type == X23_ATTR_MATCHED_TARGET)
			assert_true(clif_is(v, targets++ ? "b" : "a"));
	assert_int_equal(encode(FULL(",\"text\":\"h\\u00e4\"")), 0);
	assert_int_equal(buf.n, 43);
	assert_memory_equal(buf.p + 40, "h\xc3\xa4", 3);
}

static void
base64(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} good[] = {{"", 0}, {"AA==", 1}, {"AAA=", 2}, {"AAAA", 3}, {"+/+/AA==", 4}};
	static const char *const bad[] = {
	    "A", "AA", "AAA", "AB==", "AAB=", "====", "A===", "AA=A", "AA==AAAA", "AA A", "AA-_"};
	char text[300];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), FULL(",\"payload\":\"%s\""), good[i].text);
		assert_int_equal(encode(text), 0);
		assert_int_equal(buf.n, 40 + good[i].n);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), FULL(",\"payload\":\"%s\""), bad[i]);
		assert_int_equal(encode(text), -EINVAL);
		assert_string_equal(why, "payload: must be base64 with padding");
	}
}

static void
object_refused(void **state)
{
	static const char *const bad[] = {"[]", "1", "{}", BAD_PDU, FULL(",\"other\":1"),
	    FULL(",\"sequence\":-1"), FULL(",\"sequence\":4294967296"), FULL(",\"sequence\":\"1\""),
	    FULL(",\"correlation\":-1"), FULL(",\"correlation\":\"18446744073709551616\""),
	    FULL(",\"correlation\":\"0x1\""), FULL(",\"correlation\":1.5"),
	    FULL(",\"time\":\"2026-02-30T00:00:00Z\""), FULL(",\"time\":\"1969-12-31T23:59:59Z\""),
	    FULL(",\"time\":\"2107-01-01T00:00:00Z\""), FULL(",\"time\":1"),
	    FULL(",\"src\":\"192.0.2.256\""), FULL(",\"src\":null"), FULL(",\"src_port\":65536"),
	    FULL(",\"ip_proto\":256"), FULL(",\"nfid\":\"\""), FULL(",\"matched_target\":[]"),
	    FULL(",\"matched_target\":[1]"), FULL(",\"text\":\"a\",\"payload\":\"\""),
	    FULL(",\"text\":1"),
	    "{\"type\":\"x4\",\"format\":8,\"direction\":3,\"xid\":\"" XID "\"}",
	    "{\"type\":\"x3\",\"format\":\"FOO\",\"direction\":3,\"xid\":\"" XID "\"}",
	    "{\"type\":\"x3\",\"format\":65536,\"direction\":3,\"xid\":\"" XID "\"}",
	    "{\"type\":\"x3\",\"format\":8,\"direction\":\"up\",\"xid\":\"" XID "\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		assert_int_equal(encode(bad[i]), -EINVAL);
		assert_true(buf.n >= 40 && why[0] != '\0');
	}
	free(buf.p);
	buf = (struct clif_buf){0};
}

/* ---- whole requests */

static struct client {
	struct tlsconn *c;
	bool up, over;
	char got[100000];
	size_t n;
} k;

static ssize_t
client_data(struct tlsconn *c, struct octets data, void *arg)
{
	(void)c;
	(void)arg;
	assert_true(k.n + data.n < sizeof(k.got));
	memcpy(k.got + k.n, data.p, data.n);
	k.n += data.n;
	k.got[k.n] = '\0';
	return (ssize_t)data.n;
}

static void
client_event(struct tlsconn *c, enum tlsconn_event ev, void *arg)
{
	(void)c;
	(void)arg;
	k.up = ev == TLSCONN_UP;
	k.over = ev != TLSCONN_UP;
}

static void
dial(const struct testcert *who)
{
	static const struct tlsconn_cb cb = {client_data, client_event, NULL};
	struct conf_tls f = {(char *)who->cert_file, (char *)who->key_file, ca->cert_file, NULL};
	SSL_CTX *ctx = tls_ctx_new(&f, false, true);

	tlsconn_free(k.c);
	memset(&k, 0, sizeof(k));
	k.c = tlsconn_connect(loop, ctx, "127.0.0.1", listener_port(l, BOTH), 1 << 20, &cb, NULL);
	SSL_CTX_free(ctx);
}

static void
say(const char *text)
{
	k.n = 0;
	assert_int_equal(tlsconn_write(k.c, text, strlen(text)), 0);
	tlsconn_flush(k.c);
}

static void
post(const char *type, const char *text)
{
	char *all = NULL;

	assert_true(asprintf(&all, HEAD "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", type,
			strlen(text), text) > 0);
	say(all);
	free(all);
}

/* The answer that came: its status, its members. */
static void
answered(int status, long taken, size_t rejected, const char *code)
{
	char line[32];
	json_t *o;

	UNTIL(k.n > 0 && strstr(k.got, "\r\n\r\n") && k.got[k.n - 1] == '}');
	snprintf(line, sizeof(line), "HTTP/1.1 %d ", status);
	assert_int_equal(strncmp(k.got, line, strlen(line)), 0);
	o = json_loads(strstr(k.got, "\r\n\r\n") + 4, 0, NULL);
	assert_non_null(o);
	if (taken >= 0) {
		assert_int_equal(json_integer_value(json_object_get(o, "taken")), taken);
		assert_int_equal(json_array_size(json_object_get(o, "rejected")), rejected);
	}
	if (code)
		assert_string_equal(json_string_value(json_object_get(o, "code")), code);
	json_decref(o);
}

static int
clif_setup(void **state)
{
	rig_setup(state);
	listener_free(l);
	conf.listener[BOTH].clif = true;
	rig_start();
	dial(ne1_cert);
	UNTIL(k.up || k.over);
	return 0;
}

static int
clif_teardown(void **state)
{
	tlsconn_free(k.c);
	k.c = NULL;
	return rig_teardown(state);
}

static void
one_and_many(void **state)
{
	(void)state;
	post("application/json", OK_PDU);
	answered(200, 1, 0, NULL);
	post("application/json; charset=utf-8", "[" OK_PDU "," OK_PDU "]");
	answered(200, 2, 0, NULL);
	post("application/x-ndjson", OK_PDU "\n" OK_PDU "\n" OK_PDU "\n");
	answered(200, 3, 0, NULL);
	assert_int_equal(own.pdus, 6);
	assert_int_equal(own.errors + own.faults + own.downs, 0);
	assert_string_equal(own.ne_name, "ne-one");
	assert_true(own.turns >= 3);
}

static void
bad_pdus(void **state)
{
	(void)state;
	post("application/json", "[" OK_PDU "," BAD_PDU ",7,{1}," OK_PDU "]");
	answered(207, 2, 3, NULL);
	assert_non_null(strstr(
	    k.got, "{\"index\":1,\"code\":\"ATTRIBUTE\",\"error\":\"xid: must be a UUID\"}"));
	assert_non_null(strstr(k.got, "\"index\":3,\"code\":\"PAYLOAD\""));
	assert_int_equal(own.pdus, 5);
	assert_int_equal(own.errors, 3);
	post("application/json", BAD_PDU);
	answered(422, 0, 1, NULL);
	post("application/json",
	    "{\"type\":\"x2\",\"format\":\"RTP\",\"direction\":2,\"xid\":\"" XID "\"}");
	answered(422, 0, 1, NULL);
	assert_int_equal(own.why, REJECT_FORMAT_TYPE);
	post("application/json", "[" OK_PDU ", oops");
	answered(400, 1, 2, "CLIF-JSON");
	post("application/json", OK_PDU);
	answered(200, 1, 0, NULL);
	assert_int_equal(own.faults + own.downs, 0);
}

static void
other_interface(void **state)
{
	(void)state;
	table[0].x3 = false;
	listener_nes(l, table, 2);
	post("application/json", FULL(""));
	answered(422, 0, 1, NULL);
	assert_int_equal(own.why, REJECT_INTERFACE);
	assert_int_equal(own.downs, 0);
}

static void
barrier(void **state)
{
	(void)state;
	own.barrier = 5;
	post("application/json", OK_PDU);
	UNTIL(own.pdus == 1);
	rig_settle();
	assert_int_equal(k.n, 0);
	listener_durable(l, 4);
	rig_settle();
	assert_int_equal(k.n, 0);
	listener_durable(l, 5);
	answered(200, 1, 0, NULL);
}

/* Requests that come together are answered one after another. */
static void
pipelined(void **state)
{
	(void)state;
	own.barrier = 1;
	say(HEAD "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]" HEAD
		 "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]" HEAD
		 "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n[1]");
	UNTIL(own.pdus == 1);
	rig_settle();
	listener_durable(l, 1);
	UNTIL(strstr(k.got, "422"));
	assert_int_equal(own.errors, 1);
}

static void
no_room(void **state)
{
	(void)state;
	own.room = 2;
	post("application/json", "[" OK_PDU "," OK_PDU "," OK_PDU "]");
	answered(503, 2, 0, "CLIF-BUSY");
	assert_non_null(strstr(k.got, "Retry-After: 1\r\n"));
	assert_non_null(strstr(k.got, "\"next\":2"));
	post("application/json", OK_PDU); /* still paused */
	answered(503, 0, 0, "CLIF-BUSY");
	own.room = 10;
	listener_pause(l, false);
	post("application/json", OK_PDU);
	answered(200, 1, 0, NULL);
	assert_int_equal(own.pdus, 3);
	assert_int_equal(own.downs, 0);
}

static void
in_slices(void **state)
{
	static const char text[] = HEAD
	    "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		assert_int_equal(tlsconn_write(k.c, text + i, 1), 0);
		tlsconn_flush(k.c);
		if (i % 10 == 0)
			rig_settle();
	}
	UNTIL(k.n > 0);
	assert_string_equal(k.got, "HTTP/1.1 100 Continue\r\n\r\n");
	say("[]");
	answered(200, 0, 0, NULL);
}

static void
refused(void **state)
{
	static const struct {
		const char *text;
		int status;
		const char *code;
	} bad[] = {{"GET /clif/v1/pdus HTTP/1.1\r\nHost: a\r\n\r\n", 405, "CLIF-METHOD"},
	    {"POST /clif HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404, "CLIF-PATH"},
	    {HEAD "\r\n", 411, "CLIF-LENGTH"},
	    {HEAD "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 411, "CLIF-LENGTH"},
	    {HEAD "Content-Length: 99999999\r\n\r\n", 413, "CLIF-SIZE"},
	    {HEAD "Content-Length: 2\r\nContent-Type: text/plain\r\n\r\n{}", 415, "CLIF-TYPE"},
	    {"POST /clif/v1/pdus HTTP/1.0\r\nHost: a\r\n\r\n", 505, "CLIF-HTTP"},
	    {"hello\r\n", 400, "CLIF-HTTP"}};

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		dial(ne1_cert);
		UNTIL(k.up);
		own.downs = 0;
		say(bad[i].text);
		answered(bad[i].status, -1, 0, bad[i].code);
		UNTIL(k.over && own.downs == 1);
		assert_int_equal(own.faults, i + 1);
		assert_int_equal(own.fault_len, strlen(bad[i].text));
		assert_true(own.down_why == REJECT_FRAMING || own.down_why == REJECT_TOO_LARGE);
	}
	assert_int_equal(own.pdus, 0);
}

static void
close_in_order(void **state)
{
	(void)state;
	say(HEAD
	    "Connection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]");
	answered(200, 0, 0, NULL);
	UNTIL(k.over && own.downs == 1);
	assert_int_equal(own.down_why, REJECT_NONE);
	dial(ne1_cert);
	UNTIL(k.up);
	say(HEAD "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n[");
	rig_settle();
	tlsconn_free(k.c);
	k.c = NULL;
	UNTIL(own.downs == 2);
	assert_int_equal(own.fault_why, REJECT_FRAMING); /* the end of a request is missing */
}

static void
stop_answers(void **state)
{
	(void)state;
	own.barrier = 9;
	post("application/json", OK_PDU);
	UNTIL(own.pdus == 1);
	listener_stop(l);
	listener_durable(l, 9);
	answered(200, 1, 0, NULL);
}

static void
stranger(void **state)
{
	(void)state;
	dial(alien_cert);
	UNTIL(own.refused == 1);
	assert_int_equal(own.refused_why, REJECT_PEER_UNKNOWN);
}

#define C(f) cmocka_unit_test_setup_teardown(f, clif_setup, clif_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(head_taken),
	    cmocka_unit_test(head_refused),
	    cmocka_unit_test(bodies),
	    cmocka_unit_test(object_taken),
	    cmocka_unit_test(base64),
	    cmocka_unit_test(object_refused),
	    C(one_and_many),
	    C(bad_pdus),
	    C(other_interface),
	    C(barrier),
	    C(pipelined),
	    C(no_room),
	    C(in_slices),
	    C(refused),
	    C(close_in_order),
	    C(stop_answers),
	    C(stranger),
	};

	return cmocka_run_group_tests(tests, rig_make_certs, rig_drop_certs);
}
