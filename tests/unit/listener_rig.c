/* SPDX-License-Identifier: Apache-2.0 */
/* The played owner and the played NEs; see listener_rig.h. */
#include "tests/unit/listener_rig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct rig_owner own;
char *dir;
struct testcert *ca, *server_cert, *ne1_cert, *ne2_cert, *alien_cert;
char crl_none[256], crl_ne1[256], crl_live[256];
struct event_base *base;
struct tlsloop *loop;
struct conf conf;
struct listener *l;
struct listener_ne table[2];
struct ne a, b;

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

const struct listener_cb rig_owner_cb = {
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

void
rig_put(struct ne *n, const void *p, size_t len)
{
	if (n->send_n + len > n->send_cap) {
		n->send_cap = (n->send_n + len) * 2;
		n->send = realloc(n->send, n->send_cap);
	}
	memcpy(n->send + n->send_n, p, len);
	n->send_n += len;
}

void
rig_put_pdu(struct ne *n, uint16_t type, uint16_t format, uint32_t seq, uint32_t payload_len)
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
	rig_put(n, h, 48);
	rig_put(n, body, payload_len);
	free(body);
}

void
rig_put_keepalive(struct ne *n, uint32_t seq)
{
	rig_put_pdu(n, X23_TYPE_KEEPALIVE, 0, seq, 0);
}

void
rig_dial(struct ne *n, const struct testcert *who, size_t listener, int version)
{
	struct conf_tls f = {(char *)who->cert_file, (char *)who->key_file, ca->cert_file, NULL};
	SSL_CTX *ctx = tls_ctx_new(&f, false, true);

	SSL_CTX_set_max_proto_version(ctx, version);
	n->up = n->over = false;
	n->c =
	    tlsconn_connect(loop, ctx, "127.0.0.1", listener_port(l, listener), 100000, &ne_cb, n);
	SSL_CTX_free(ctx);
}

void
rig_say(struct ne *n)
{
	assert_int_equal(tlsconn_write(n->c, n->send, n->send_n), 0);
	n->send_n = 0;
	tlsconn_flush(n->c);
}

void
rig_hang_up(struct ne *n)
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

void
rig_turn_until(struct timeval t, bool *done)
{
	struct event *ev = evtimer_new(base, on_deadline, done);

	evtimer_add(ev, &t);
	event_base_loop(base, EVLOOP_ONCE);
	event_free(ev);
}

void
rig_settle(void)
{
	for (int i = 0; i < 3; i++) {
		bool done = false;

		while (!done)
			rig_turn_until((struct timeval){0, 10000}, &done);
	}
}

void
rig_copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	int c;

	while ((c = getc(in)) != EOF)
		putc(c, out);
	fclose(in);
	fclose(out);
}

void
rig_start(void)
{
	l = listener_new(base, &conf, &rig_owner_cb, NULL);
	assert_non_null(l);
	listener_nes(l, table, 2);
	listener_start(l);
}

int
rig_setup(void **state)
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
	rig_copy_file(crl_none, crl_live);
	conf = (struct conf){.header_max = 65536,
	    .payload_max = 1 << 20,
	    .connections_max = 100,
	    .handshakes_max = 64,
	    .handshake_s = 10,
	    .read_moderation_us = 200,
	    .listener_n = 2};
	conf.listener[0] = (struct conf_listener){
	    (char *)"both", (char *)"127.0.0.1", 0, true, true, true, files, NULL, false};
	conf.listener[1] = (struct conf_listener){
	    (char *)"x2", (char *)"127.0.0.1", 0, true, false, true, files, NULL, false};
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
	rig_start();
	return 0;
}

int
rig_teardown(void **state)
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

int
rig_make_certs(void **state)
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

int
rig_drop_certs(void **state)
{
	struct testcert *all[] = {ca, server_cert, ne1_cert, ne2_cert, alien_cert};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		testcert_free(all[i]);
	testcert_rmdir(dir);
	return 0;
}
