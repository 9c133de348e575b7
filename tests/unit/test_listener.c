/* SPDX-License-Identifier: Apache-2.0 */
/* The X2/X3 listeners with a played owner and played NEs over mutual TLS: identity, framing,
 * keepalives behind the barrier, back-pressure, caps and deadlines.  TS 103 221-2 V1.10.1 clauses 5
 * and 6.2.4. */
#include "ingest/listener.h"
#include "base/tls.h"
#include "base/tlsconn.h"
#include "ingest/x23_conn.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"
#include "tests/unit/testcert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define DAY 86400L
#define BOTH 0 /* listeners of the configuration */
#define X2_ONLY 1

/* What the owner saw. */
static struct {
	unsigned pdus, errors, ups, downs, faults, refused, turns;
	unsigned room; /* PDUs taken before -EAGAIN */
	uint32_t last_seq;
	bool in_order;
	bool resume_inside; /* room comes back while the owner still says no */
	enum reject_code why, down_why, fault_why, refused_why;
	size_t fault_len, fault_type;
	char refused_code[32], ne_name[32];
	uint32_t ne, refused_ne;
	bool alone;
	uint64_t barrier;
} own;

/* A played NE. */
struct ne {
	struct tlsconn *c;
	bool up, over;
	unsigned acks;
	uint32_t ack[2048];
	uint8_t *send;			/* written when up */
	size_t send_n, send_cap, slice; /* octets per TLS record; 0: at once */
	bool leave;			/* close after that */
};

static char *dir;
static struct testcert *ca, *server_cert, *ne1_cert, *ne2_cert, *alien_cert;
static char crl_none[256], crl_ne1[256], crl_live[256];
static struct event_base *base;
static struct tlsloop *loop;
static struct conf conf;
static struct listener *l;
static struct listener_ne table[2];
static struct ne a, b;

/* ---- the owner */

static int
own_pdu(struct x23_conn *c, const struct x23_pdu *p, int error, enum reject_code why, void *arg)
{
	(void)arg;
	if (own.room == 0) {
		if (own.resume_inside) {
			own.room = 10;
			listener_pause(l, false);
		}
		return -EAGAIN;
	}
	own.room--;
	own.pdus++;
	assert_true(c->recv_ns > 0);
	if (error) {
		own.errors++;
		own.why = why;
		return 0;
	}
	if (p->present & 1u << X23_ATTR_SEQ) {
		if (own.pdus > 1 && p->seq != own.last_seq + 1)
			own.in_order = false;
		own.last_seq = p->seq;
	}
	return 0;
}

static uint64_t
own_barrier(void *arg)
{
	(void)arg;
	return own.barrier;
}

static void
own_turn(void *arg)
{
	(void)arg;
	own.turns++;
}

static void
own_up(struct x23_conn *c, void *arg)
{
	(void)arg;
	own.ups++;
	own.ne = c->ne;
	snprintf(own.ne_name, sizeof(own.ne_name), "%s", c->ne_name);
}

static void
own_fault(struct x23_conn *c, enum reject_code why, struct octets raw, const struct x23_pdu *pdu,
    void *arg)
{
	(void)c;
	(void)arg;
	own.faults++;
	own.fault_why = why;
	own.fault_len = raw.n;
	own.fault_type = pdu ? pdu->type : 0;
}

static void
own_down(struct x23_conn *c, enum reject_code why, const char *sentence, bool alone, void *arg)
{
	(void)c;
	(void)arg;
	assert_non_null(sentence);
	own.downs++;
	own.down_why = why;
	own.alone = alone;
}

static void
own_refused(const struct listener_refused *r, void *arg)
{
	(void)arg;
	own.refused++;
	own.refused_why = r->why;
	own.refused_ne = r->ne;
	snprintf(own.refused_code, sizeof(own.refused_code), "%s", r->code);
	assert_int_equal(strncmp(r->peer, "127.0.0.1:", 10), 0);
	assert_non_null(r->sentence);
	assert_non_null(r->listener);
}

static const struct listener_cb own_cb = {
    own_pdu, own_barrier, own_turn, own_up, own_fault, own_down, own_refused};

/* ---- the NE */

static ssize_t
ne_data(struct tlsconn *c, struct octets data, void *arg)
{
	struct ne *n = arg;
	size_t used = 0;

	(void)c;
	for (; data.n - used >= 48; used += 48) {
		assert_int_equal(octets_get16(data.p + used + 2), X23_TYPE_KEEPALIVE_ACK);
		assert_int_equal(octets_get32(data.p + used + 4), 48);
		n->ack[n->acks++ % 2048] = octets_get32(data.p + used + 44);
	}
	return (ssize_t)used;
}

static void
ne_event(struct tlsconn *c, enum tlsconn_event ev, void *arg)
{
	struct ne *n = arg;

	if (ev != TLSCONN_UP) {
		n->over = true;
		return;
	}
	n->up = true;
	for (size_t off = 0, len; off < n->send_n; off += len) {
		len = n->slice && n->slice < n->send_n - off ? n->slice : n->send_n - off;
		tlsconn_write(c, n->send + off, len);
	}
	n->send_n = 0;
	tlsconn_flush(c);
	if (n->leave) {
		assert_int_equal(tlsconn_pending(c), 0);
		tlsconn_free(c);
		n->c = NULL;
	}
}

static const struct tlsconn_cb ne_cb = {ne_data, ne_event, NULL};

static void
put(struct ne *n, const void *p, size_t len)
{
	if (n->send_n + len > n->send_cap) {
		n->send_cap = (n->send_n + len) * 2;
		n->send = realloc(n->send, n->send_cap);
	}
	memcpy(n->send + n->send_n, p, len);
	n->send_n += len;
}

static void
put_pdu(struct ne *n, uint16_t type, uint16_t format, uint32_t seq, uint32_t payload_len)
{
	uint8_t h[48] = {0, 6};
	uint8_t *body = calloc(1, payload_len + 1);

	octets_put16(h + 2, type);
	octets_put32(h + 4, 48);
	octets_put32(h + 8, payload_len);
	octets_put16(h + 12, format);
	octets_put16(h + 14, type <= X23_TYPE_X3 ? X23_DIR_TO_TARGET : 0);
	octets_put16(h + 40, X23_ATTR_SEQ);
	octets_put16(h + 42, 4);
	octets_put32(h + 44, seq);
	put(n, h, 48);
	put(n, body, payload_len);
	free(body);
}

static void
put_keepalive(struct ne *n, uint32_t seq)
{
	put_pdu(n, X23_TYPE_KEEPALIVE, 0, seq, 0);
}

static void
dial(struct ne *n, const struct testcert *who, size_t listener, int version)
{
	struct conf_tls f = {(char *)who->cert_file, (char *)who->key_file, ca->cert_file, NULL};
	SSL_CTX *ctx = tls_ctx_new(&f, false, true);

	SSL_CTX_set_max_proto_version(ctx, version);
	n->up = n->over = false;
	n->c =
	    tlsconn_connect(loop, ctx, "127.0.0.1", listener_port(l, listener), 100000, &ne_cb, n);
	SSL_CTX_free(ctx);
}

static void
say(struct ne *n)
{
	assert_int_equal(tlsconn_write(n->c, n->send, n->send_n), 0);
	n->send_n = 0;
	tlsconn_flush(n->c);
}

static void
hang_up(struct ne *n)
{
	tlsconn_free(n->c);
	n->c = NULL;
}

/* ---- the frame */

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

static void
turn_until(struct timeval t, bool *done)
{
	struct event *ev = evtimer_new(base, on_deadline, done);

	evtimer_add(ev, &t);
	event_base_loop(base, EVLOOP_ONCE);
	event_free(ev);
}

/* Turn the loop until COND, at most about 10 s. */
#define UNTIL(cond)                                                                                \
	do {                                                                                       \
		for (int i_ = 0; !(cond) && i_ < 1000; i_++) {                                     \
			bool d_ = false;                                                           \
			while (!(cond) && !d_)                                                     \
				turn_until((struct timeval){0, 10000}, &d_);                       \
		}                                                                                  \
		if (!(cond))                                                                       \
			fail_msg("did not happen in time: " #cond);                                \
	} while (0)

static void
settle(void)
{
	for (int i = 0; i < 3; i++) {
		bool done = false;

		while (!done)
			turn_until((struct timeval){0, 10000}, &done);
	}
}

static void
copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	int c;

	while ((c = getc(in)) != EOF)
		putc(c, out);
	fclose(in);
	fclose(out);
}

static void
start(void)
{
	l = listener_new(base, &conf, &own_cb, NULL);
	assert_non_null(l);
	listener_nes(l, table, 2);
	listener_start(l);
}

static int
setup(void **state)
{
	struct conf_tls files = {
	    server_cert->cert_file, server_cert->key_file, ca->cert_file, crl_live};

	(void)state;
	base = event_base_new();
	loop = tlsloop_new(base, 0);
	memset(&own, 0, sizeof(own));
	own.room = UINT32_MAX;
	own.in_order = true;
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	copy_file(crl_none, crl_live);
	conf = (struct conf){.header_max = 65536,
	    .payload_max = 1 << 20,
	    .connections_max = 100,
	    .handshakes_max = 64,
	    .handshake_s = 10,
	    .read_moderation_us = 200,
	    .listener_n = 2};
	conf.listener[0] =
	    (struct conf_listener){(char *)"both", (char *)"127.0.0.1", 0, true, true, true, files};
	conf.listener[1] =
	    (struct conf_listener){(char *)"x2", (char *)"127.0.0.1", 0, true, false, true, files};
	table[0] = (struct listener_ne){.id = 7,
	    .enabled = true,
	    .x2 = true,
	    .x3 = true,
	    .name = "ne-one",
	    .san = "urn:example:ne1",
	    .tls12 = true};
	table[1] = (struct listener_ne){.id = 8,
	    .enabled = true,
	    .x2 = true,
	    .x3 = true,
	    .name = "ne-two",
	    .san = "NE2.example"};
	start();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tlsconn_free(a.c);
	tlsconn_free(b.c);
	free(a.send);
	free(b.send);
	listener_free(l);
	tlsloop_free(loop);
	event_base_free(base);
	return 0;
}

static int
make_certs(void **state)
{
	(void)state;
	dir = testcert_dir();
	ca = testcert_new(dir, "ca", NULL, NULL, NULL, -DAY, DAY, 0);
	server_cert = testcert_new(dir, "mdf", ca, "DNS:mdf.example", "serverAuth", -DAY, DAY, 0);
	ne1_cert = testcert_new(
	    dir, "ne1", ca, "DNS:other.example,URI:urn:example:ne1", "clientAuth", -DAY, DAY, 0);
	ne2_cert = testcert_new(dir, "ne2", ca, "DNS:ne2.example", "clientAuth", -DAY, DAY, 0);
	alien_cert = testcert_new(
	    dir, "alien", ca, "DNS:ne3.example,URI:URN:EXAMPLE:NE1", "clientAuth", -DAY, DAY, 0);
	testcert_crl(dir, "none", ca, NULL, crl_none);
	testcert_crl(dir, "ne1", ca, ne1_cert, crl_ne1);
	snprintf(crl_live, sizeof(crl_live), "%s/live.crl", dir);
	return 0;
}

static int
drop_certs(void **state)
{
	struct testcert *all[] = {ca, server_cert, ne1_cert, ne2_cert, alien_cert};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		testcert_free(all[i]);
	testcert_rmdir(dir);
	return 0;
}

/* ---- PDUs */

static void
pdus_in_every_slice(void **state)
{
	static const size_t slice[] = {1, 7, 48, 1000, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(slice) / sizeof(slice[0]); i++) {
		own.pdus = own.downs = 0;
		a.slice = slice[i];
		a.leave = true;
		for (uint32_t s = 0; s < 40; s++)
			put_pdu(&a, s % 2 ? X23_TYPE_X2 : X23_TYPE_X3, X23_FMT_IPV4, s, s * 7);
		dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
		UNTIL(own.downs == 1);
		assert_int_equal(own.pdus, 40);
		assert_true(own.in_order);
		assert_int_equal(own.down_why, REJECT_NONE);
		assert_true(own.alone);
		assert_int_equal(own.errors + own.faults + own.refused, 0);
	}
	assert_int_equal(own.ne, 7);
	assert_string_equal(own.ne_name, "ne-one");
	assert_true(own.turns > 0);
}

static void
large_pdus(void **state)
{
	(void)state;
	for (uint32_t s = 0; s < 5; s++)
		put_pdu(&a, X23_TYPE_X3, X23_FMT_IPV4, s, 1 << 20);
	dial(&a, ne2_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 5);
	assert_true(own.in_order);
	assert_string_equal(own.ne_name, "ne-two"); /* DNS names without regard to case */
}

static void
one_pdu_per_connection(void **state)
{
	(void)state;
	for (uint32_t s = 0; s < 30; s++) {
		a.leave = true;
		put_pdu(&a, X23_TYPE_X2, X23_FMT_SIP, s, 200);
		dial(&a, ne1_cert, s % 2, s % 3 ? TLS1_3_VERSION : TLS1_2_VERSION);
		UNTIL(own.downs == s + 1);
	}
	assert_int_equal(own.pdus, 30);
	assert_true(own.in_order);
}

static void
faulty_pdus_leave_the_link_up(void **state)
{
	(void)state;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_RTP, 1, 10);
	put_pdu(&a, X23_TYPE_X2, 77, 2, 10);
	put_pdu(&a, 9, X23_FMT_IPV4, 3, 10);
	put_pdu(&a, X23_TYPE_KEEPALIVE_ACK, 0, 4, 0);
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 5);
	assert_int_equal(own.errors, 4);
	assert_int_equal(own.why, REJECT_TYPE_UNKNOWN);
	assert_int_equal(own.downs, 0);
}

static void
faulted(enum reject_code why, size_t len)
{
	UNTIL(own.downs == 1 && a.over);
	assert_int_equal(own.pdus, 1);
	assert_int_equal(own.faults, 1);
	assert_int_equal(own.fault_why, why);
	assert_int_equal(own.down_why, why);
	assert_int_equal(own.fault_len, len);
}

static void
broken_framing_closes(void **state)
{
	static const uint8_t short_header[40] = {0, 6, 0, 1, 0, 0, 0, 39};

	(void)state;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	put(&a, short_header, 40);
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 6, 10);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_FRAMING, 40 + 58);
}

static void
other_version_closes(void **state)
{
	static const uint8_t five[40] = {5, 0, 0, 1, 0, 0, 0, 40};

	(void)state;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	put(&a, five, 40);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_VERSION, 40);
}

static void
too_large_closes(void **state)
{
	static const uint8_t large[12] = {0, 6, 0, 1, 0, 0, 0, 40, 0, 0x10, 0, 1};

	(void)state;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	put(&a, large, 12);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_TOO_LARGE, 12);
}

static void
x3_on_an_x2_listener(void **state)
{
	(void)state;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	put_pdu(&a, X23_TYPE_X3, X23_FMT_IPV4, 5, 10);
	dial(&a, ne1_cert, X2_ONLY, TLS1_3_VERSION);
	faulted(REJECT_INTERFACE, 58);
	assert_int_equal(own.fault_type, X23_TYPE_X3);
}

static void
x3_of_an_x2_ne(void **state)
{
	(void)state;
	table[0].x3 = false;
	listener_nes(l, table, 2);
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	put_pdu(&a, X23_TYPE_X3, X23_FMT_IPV4, 5, 10);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_INTERFACE, 58);
}

static void
partial_pdu_is_told(void **state)
{
	(void)state;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 6, 10);
	a.send_n -= 3;
	a.leave = true;
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.downs == 1);
	assert_int_equal(own.pdus, 1);
	assert_int_equal(own.fault_why, REJECT_FRAMING);
	assert_int_equal(own.fault_len, 55);
}

/* ---- keepalives and back-pressure */

static void
keepalives_wait_for_the_disk(void **state)
{
	(void)state;
	own.barrier = 5;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 0, 10);
	put_keepalive(&a, 100);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 1);
	settle();
	assert_int_equal(a.acks, 0);
	listener_durable(l, 4);
	settle();
	assert_int_equal(a.acks, 0);
	own.barrier = 6;
	put_keepalive(&a, 101);
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 1, 10);
	put_keepalive(&a, 102);
	say(&a);
	UNTIL(own.pdus == 2);
	listener_durable(l, 5);
	UNTIL(a.acks == 1);
	settle();
	assert_int_equal(a.acks, 1);
	listener_durable(l, 6);
	UNTIL(a.acks == 3);
	assert_int_equal(a.ack[0], 100);
	assert_int_equal(a.ack[1], 101);
	assert_int_equal(a.ack[2], 102);
	put_keepalive(&a, 103); /* its batch is durable already */
	say(&a);
	UNTIL(a.acks == 4);
}

static void
keepalive_flood(void **state)
{
	(void)state;
	own.barrier = 1;
	for (uint32_t s = 0; s < 3 * XCONN_ACKS; s++)
		put_keepalive(&a, s);
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 0, 10);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	settle();
	assert_int_equal(own.pdus, 0);
	listener_durable(l, 1);
	UNTIL(a.acks == 3 * XCONN_ACKS && own.pdus == 1);
	for (uint32_t s = 0; s < 3 * XCONN_ACKS; s++)
		assert_int_equal(a.ack[s], s);
}

static void
no_room_pauses_and_loses_nothing(void **state)
{
	json_t *status;

	(void)state;
	own.room = 3;
	a.leave = true;
	for (uint32_t s = 0; s < 100; s++)
		put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, s, 1000);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 3);
	settle();
	assert_int_equal(own.pdus, 3);
	status = listener_status(l);
	assert_true(json_is_true(json_object_get(status, "paused")));
	assert_int_equal(json_array_size(json_object_get(status, "connections")), 1);
	json_decref(status);
	own.room = 50;
	listener_pause(l, false);
	UNTIL(own.pdus == 53);
	settle();
	assert_int_equal(own.downs, 0); /* the NE has left, but its PDUs come first */
	own.room = 100;
	listener_pause(l, false);
	UNTIL(own.downs == 1);
	assert_int_equal(own.pdus, 100);
	assert_int_equal(own.faults, 0);
	assert_true(own.in_order);
}

static void
room_again_at_once(void **state)
{
	(void)state;
	own.room = 3;
	own.resume_inside = true;
	for (uint32_t s = 0; s < 100; s++)
		put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, s, 1000);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 100);
	assert_true(own.in_order);
}

static void
stop_hands_over_what_was_read(void **state)
{
	(void)state;
	own.room = 2;
	own.barrier = 9;
	for (uint32_t s = 0; s < 10; s++)
		put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, s, 100);
	put_keepalive(&a, 55);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 2);
	settle();
	own.room = 100;
	listener_stop(l);
	assert_int_equal(own.pdus, 10);
	listener_durable(l, 9);
	UNTIL(a.acks == 1);
	assert_int_equal(a.ack[0], 55);
}

/* An NE that sends keepalives and reads nothing: what we keep for it is bounded, and it gets every
 * answer once it reads. */
static void
answers_nobody_reads(void **state)
{
	uint32_t n = 100000;
	json_t *s, *c;

	(void)state;
	listener_durable(l, 1);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	tlsconn_pause(a.c, true);
	for (uint32_t i = 0; i < n; i++)
		put_keepalive(&a, i);
	say(&a);
	for (int i = 0; i < 10; i++)
		settle();
	s = listener_status(l);
	c = json_array_get(json_object_get(s, "connections"), 0);
	assert_true(json_integer_value(json_object_get(c, "acks")) > 0);
	assert_true(
	    json_integer_value(json_object_get(c, "keepalives")) < n); /* not read any more */
	json_decref(s);
	tlsconn_pause(a.c, false);
	UNTIL(a.acks == n);
	assert_int_equal(a.ack[(n - 1) % 2048], n - 1);
}

/* ---- who gets in, and stays */

static void
refused_as(const struct testcert *who, size_t listener, int version, const char *code,
    enum reject_code why, uint32_t ne)
{
	dial(&a, who, listener, version);
	UNTIL(own.refused == 1);
	assert_string_equal(own.refused_code, code);
	assert_int_equal(own.refused_why, why);
	assert_int_equal(own.refused_ne, ne);
	assert_int_equal(own.ups, 0);
	UNTIL(a.over);
}

static void
unknown_ne(void **state)
{
	(void)state;
	refused_as(alien_cert, BOTH, TLS1_3_VERSION, "NE-UNKNOWN", REJECT_PEER_UNKNOWN, 0);
}

static void
disabled_ne(void **state)
{
	(void)state;
	table[0].enabled = false;
	listener_nes(l, table, 2);
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "NE-DISABLED", REJECT_PEER_REVOKED, 7);
}

static void
tls12_not_for_this_ne(void **state)
{
	(void)state;
	refused_as(ne2_cert, BOTH, TLS1_2_VERSION, "TLS-VERSION", REJECT_PEER_TLS, 8);
}

static void
ne_not_for_this_listener(void **state)
{
	(void)state;
	table[1].x2 = false;
	listener_nes(l, table, 2);
	refused_as(ne2_cert, X2_ONLY, TLS1_3_VERSION, "NE-INTERFACE", REJECT_INTERFACE, 8);
}

static void
pinned_key(void **state)
{
	(void)state;
	table[0].pins_n = 2;
	tls_spki(ne1_cert->cert, table[0].pin[1]);
	listener_nes(l, table, 2);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	table[0].pins_n = 1; /* the pin that it has is taken away */
	listener_nes(l, table, 2);
	assert_int_equal(own.downs, 1);
	assert_int_equal(own.down_why, REJECT_PEER_REVOKED);
	UNTIL(a.over);
	hang_up(&a);
	own.ups = 0;
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "NE-PIN", REJECT_PEER_PIN, 7);
}

static void
revoked_while_connected(void **state)
{
	(void)state;
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	dial(&b, ne2_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 2);
	copy_file(crl_ne1, crl_live);
	assert_int_equal(listener_reload(l), 0);
	assert_int_equal(own.downs, 1);
	assert_int_equal(own.down_why, REJECT_PEER_REVOKED);
	UNTIL(a.over);
	assert_false(b.over);
	hang_up(&a);
	own.ups = 0;
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "TLS-CERT-REVOKED", REJECT_PEER_REVOKED, 0);
	copy_file(server_cert->cert_file, crl_live); /* no CRL at all: the old one stays in force */
	assert_int_equal(listener_reload(l), -EINVAL);
	hang_up(&a);
	own.refused = 0;
	refused_as(ne1_cert, BOTH, TLS1_3_VERSION, "TLS-CERT-REVOKED", REJECT_PEER_REVOKED, 0);
}

/* The minute's work without waiting for it. */
static void
new_crl_is_found(void **state)
{
	(void)state;
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	unlink(crl_live);
	copy_file(crl_ne1, crl_live);
	l->ticks = 58;
	UNTIL(own.downs == 1);
	assert_int_equal(own.down_why, REJECT_PEER_REVOKED);
	UNTIL(a.over);
}

static void
removed_ne(void **state)
{
	(void)state;
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	dial(&b, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 2);
	listener_nes(l, table, 2);
	assert_int_equal(own.downs, 0);
	hang_up(&b);
	UNTIL(own.downs == 1);
	assert_false(own.alone);
	listener_nes(l, table + 1, 1);
	assert_int_equal(own.downs, 2);
	assert_true(own.alone);
	listener_nes(l, NULL, 0);
}

/* ---- caps and deadlines */

static int
mute_socket(size_t listener)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons(listener_port(l, listener))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

static void
handshakes_of_one_address(void **state)
{
	int fd[3];

	(void)state;
	conf.handshakes_max = 8; /* a quarter of them for one address */
	for (int i = 0; i < 3; i++)
		fd[i] = mute_socket(BOTH);
	UNTIL(own.refused == 1);
	assert_string_equal(own.refused_code, "HANDSHAKES-MAX");
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	UNTIL(own.refused == 3);
	assert_string_equal(own.refused_code, "TLS-CLOSED");
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
}

static void
connections_have_a_limit(void **state)
{
	(void)state;
	conf.connections_max = 1;
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	dial(&b, ne2_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.refused == 1 && b.over);
	assert_string_equal(own.refused_code, "CONNECTIONS-MAX");
	assert_int_equal(own.downs, 0);
}

static void
deadlines(void **state)
{
	int fd;

	(void)state;
	conf.handshake_s = 1;
	table[0].time_p2_s = 1;
	table[1].time_p2_s = 100;
	listener_nes(l, table, 2);
	dial(&b, ne2_cert, BOTH, TLS1_3_VERSION);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 2);
	fd = mute_socket(X2_ONLY);
	UNTIL(own.refused == 1 && own.downs == 1);
	assert_string_equal(own.refused_code, "TLS-TIMEOUT");
	assert_int_equal(own.down_why, REJECT_IDLE);
	UNTIL(a.over);
	assert_false(b.over);
	close(fd);
}

static void
no_descriptors_left(void **state)
{
	struct rlimit old, low;
	unsigned turns = 0;
	bool done = false;
	int fd;

	(void)state;
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	fd = dup(0);
	close(fd);
	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	low.rlim_cur = (rlim_t)fd;
	setrlimit(RLIMIT_NOFILE, &low);
	for (; !done; turns++)
		turn_until((struct timeval){0, 100000}, &done);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(own.ups, 0);
	assert_true(turns < 50); /* no spinning */
	UNTIL(own.ups == 1);
}

static void
not_before_start(void **state)
{
	(void)state;
	listener_free(l);
	l = listener_new(base, &conf, &own_cb, NULL);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	settle();
	assert_false(a.up);
	listener_nes(l, table, 2);
	listener_start(l);
	UNTIL(own.ups == 1);
}

static void
status_tells(void **state)
{
	json_t *s, *c;

	(void)state;
	put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 0, 10);
	own.barrier = 1;
	put_keepalive(&a, 1);
	dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 1);
	s = listener_status(l);
	assert_int_equal(json_array_size(json_object_get(s, "listeners")), 2);
	c = json_array_get(json_object_get(s, "connections"), 0);
	assert_string_equal(json_string_value(json_object_get(c, "ne_name")), "ne-one");
	assert_string_equal(json_string_value(json_object_get(c, "tls")), "TLSv1.3");
	assert_int_equal(json_integer_value(json_object_get(c, "octets")), 58);
	assert_int_equal(json_integer_value(json_object_get(c, "acks_waiting")), 1);
	json_decref(s);
}

static void
address_that_is_taken(void **state)
{
	(void)state;
	conf.listener[1].port = listener_port(l, 0);
	assert_null(listener_new(base, &conf, &own_cb, NULL));
	conf.listener[1].port = 0;
	conf.listener[1].address = (char *)"mdf.example";
	assert_null(listener_new(base, &conf, &own_cb, NULL));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(pdus_in_every_slice), T(large_pdus),
	    T(one_pdu_per_connection), T(faulty_pdus_leave_the_link_up), T(broken_framing_closes),
	    T(other_version_closes), T(too_large_closes), T(x3_on_an_x2_listener),
	    T(x3_of_an_x2_ne), T(partial_pdu_is_told), T(keepalives_wait_for_the_disk),
	    T(keepalive_flood), T(answers_nobody_reads), T(no_room_pauses_and_loses_nothing),
	    T(room_again_at_once), T(stop_hands_over_what_was_read), T(unknown_ne), T(disabled_ne),
	    T(tls12_not_for_this_ne), T(ne_not_for_this_listener), T(pinned_key),
	    T(revoked_while_connected), T(new_crl_is_found), T(removed_ne),
	    T(handshakes_of_one_address), T(connections_have_a_limit), T(deadlines),
	    T(no_descriptors_left), T(not_before_start), T(status_tells), T(address_that_is_taken)};

	return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
