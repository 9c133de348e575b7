/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts and connections over loopback with real certificates: who gets in, who does not and
 * under which code; octets both ways, pauses, leftovers, acknowledgement by TCP, frees inside
 * callbacks. */
#include "base/tls.h"
#include "base/tlsconn.h"
#include "tests/unit/testcert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define DAY 86400L
#define LEFT_MAX (1024 * 1024)

/* One end of the connection under test. */
struct end {
	struct tlsconn *c;
	int ups, closes, fails;
	char code[32];
	char sentence[200];
	uint64_t got, sent, to_send; /* octets of the pattern */
	size_t unit;		     /* consume whole units only; 0: all */
	bool greedy;		     /* consume nothing */
	uint64_t pause_at;	     /* pause when GOT reaches it; 0: never */
	bool free_up, free_data, free_end, close_sent;
	unsigned datas, drained;
};

static char *dir;
static struct testcert *ca, *other_ca, *server_cert, *client_cert, *expired, *wrong_ca, *wrong_eku,
    *weak, *revoked;
static char crl_none[256], crl_one[256];
static struct event_base *base;
static struct tlsloop *loop;
static struct end srv, cli;
static SSL_CTX *server_ctx, *client_ctx;

static uint8_t
pattern(uint64_t i)
{
	return (uint8_t)(i * 31 + (i >> 8) + (i >> 16));
}

/* ---- callbacks */

static ssize_t
on_data(struct tlsconn *c, struct octets data, void *arg)
{
	struct end *e = arg;
	size_t n = e->unit ? data.n - data.n % e->unit : data.n;

	e->datas++;
	if (e->greedy)
		return 0;
	if (e->pause_at && e->got + n >= e->pause_at) {
		n = (size_t)(e->pause_at - e->got);
		e->pause_at = 0;
		tlsconn_pause(c, true);
	}
	for (size_t i = 0; i < n; i++)
		if (data.p[i] != pattern(e->got + i))
			fail_msg("octet %llu differs", (unsigned long long)(e->got + i));
	e->got += n;
	if (e->free_data) {
		tlsconn_free(c);
		e->c = NULL;
		return -1;
	}
	return (ssize_t)n;
}

static void
pump(struct end *e)
{
	uint8_t buf[50000];

	while (e->sent < e->to_send && tlsconn_pending(e->c) < 400000) {
		size_t n = sizeof(buf);

		if (n > e->to_send - e->sent)
			n = (size_t)(e->to_send - e->sent);
		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(e->sent + i);
		if (tlsconn_write(e->c, buf, n) != 0)
			return;
		e->sent += n;
	}
	tlsconn_flush(e->c);
	if (e->close_sent && e->sent == e->to_send && tlsconn_pending(e->c) == 0) {
		tlsconn_free(e->c);
		e->c = NULL;
	}
}

static void
on_event(struct tlsconn *c, enum tlsconn_event ev, void *arg)
{
	struct end *e = arg;
	const char *sentence;

	if (ev == TLSCONN_UP) {
		e->ups++;
		if (e->free_up) {
			tlsconn_free(c);
			e->c = NULL;
			return;
		}
		pump(e);
		return;
	}
	if (ev == TLSCONN_CLOSED)
		e->closes++;
	else
		e->fails++;
	snprintf(e->code, sizeof(e->code), "%s", tlsconn_error(c, &sentence));
	snprintf(e->sentence, sizeof(e->sentence), "%s", sentence);
	if (e->free_end) {
		tlsconn_free(c);
		e->c = NULL;
	}
}

static void
on_drained(struct tlsconn *c, void *arg)
{
	struct end *e = arg;

	(void)c;
	e->drained++;
	pump(e);
}

static const struct tlsconn_cb cb = {on_data, on_event, on_drained};

/* ---- the frame */

static SSL_CTX *
ctx_of(const struct testcert *who, const struct testcert *trust, const char *crl, bool server,
    bool tls12)
{
	struct conf_tls f = {
	    (char *)who->cert_file, (char *)who->key_file, (char *)trust->cert_file, (char *)crl};
	SSL_CTX *ctx = tls_ctx_new(&f, server, tls12);

	assert_non_null(ctx);
	return ctx;
}

/* A client that does not keep to our profile. */
static SSL_CTX *
loose_client(const struct testcert *who, int version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_max_proto_version(ctx, version);
	if (who) {
		assert_int_equal(
		    SSL_CTX_use_certificate_file(ctx, who->cert_file, SSL_FILETYPE_PEM), 1);
		assert_int_equal(
		    SSL_CTX_use_PrivateKey_file(ctx, who->key_file, SSL_FILETYPE_PEM), 1);
	}
	return ctx;
}

/* A listening socket on loopback. */
static void
tcp_listen(int *listen_fd, uint16_t *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);

	*listen_fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(*listen_fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(*listen_fd, 5), 0);
	assert_int_equal(getsockname(*listen_fd, (struct sockaddr *)&in, &len), 0);
	*port = ntohs(in.sin_port);
}

/* Client connects, server accepts; a NULL context is plain TCP. */
static void
join_with(SSL_CTX *sc, SSL_CTX *cc, size_t left_max)
{
	int l;
	uint16_t port;

	tcp_listen(&l, &port);
	cli.c = tlsconn_connect(loop, cc, "127.0.0.1", port, LEFT_MAX, &cb, &cli);
	assert_non_null(cli.c);
	srv.c = tlsconn_accept(loop, sc, accept(l, NULL, NULL), left_max, &cb, &srv);
	close(l);
}

static void
join(void)
{
	join_with(server_ctx, client_ctx, LEFT_MAX);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

/* Turn the loop until COND, at most 3 minutes: memcheck on a busy machine is a hundred times
 * slower. */
#define UNTIL(cond)                                                                                \
	do {                                                                                       \
		bool late_ = false;                                                                \
		struct timeval long_ = {180, 0};                                                   \
		struct event *ev_ = evtimer_new(base, on_deadline, &late_);                        \
		evtimer_add(ev_, &long_);                                                          \
		while (!(cond) && !late_)                                                          \
			event_base_loop(base, EVLOOP_ONCE);                                        \
		event_free(ev_);                                                                   \
		if (!(cond))                                                                       \
			fail_msg("did not happen in time: " #cond " (server %s, client %s)",       \
			    srv.code, cli.code);                                                   \
	} while (0)

/* Some turns more, for what must not happen. */
static void
settle(void)
{
	bool over = false;
	struct timeval t = {0, 30000};
	struct event *ev = evtimer_new(base, on_deadline, &over);

	evtimer_add(ev, &t);
	while (!over)
		event_base_loop(base, EVLOOP_ONCE);
	event_free(ev);
}

static int
setup(void **state)
{
	(void)state;
	base = event_base_new();
	loop = tlsloop_new(base, 200);
	memset(&srv, 0, sizeof(srv));
	memset(&cli, 0, sizeof(cli));
	server_ctx = ctx_of(server_cert, ca, crl_one, true, true);
	client_ctx = ctx_of(client_cert, ca, NULL, false, true);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tlsconn_free(srv.c);
	tlsconn_free(cli.c);
	tlsloop_free(loop);
	SSL_CTX_free(server_ctx);
	SSL_CTX_free(client_ctx);
	event_base_free(base);
	return 0;
}

static int
make_certs(void **state)
{
	(void)state;
	dir = testcert_dir();
	ca = testcert_new(dir, "ca", NULL, NULL, NULL, -DAY, DAY, 0);
	other_ca = testcert_new(dir, "otherca", NULL, NULL, NULL, -DAY, DAY, 0);
	server_cert = testcert_new(dir, "mdf", ca, "DNS:mdf.example", "serverAuth", -DAY, DAY, 0);
	client_cert = testcert_new(dir, "ne1", ca,
	    "DNS:ne1.example,URI:urn:example:ne1,IP:127.0.0.1", "clientAuth", -DAY, DAY, 0);
	expired = testcert_new(dir, "old", ca, "DNS:ne1.example", "clientAuth", -2 * DAY, -DAY, 0);
	wrong_ca =
	    testcert_new(dir, "alien", other_ca, "DNS:ne1.example", "clientAuth", -DAY, DAY, 0);
	wrong_eku = testcert_new(dir, "eku", ca, "DNS:ne1.example", "serverAuth", -DAY, DAY, 0);
	weak = testcert_new(dir, "weak", ca, "DNS:ne1.example", "clientAuth", -DAY, DAY, 1024);
	revoked = testcert_new(dir, "revoked", ca, "DNS:ne1.example", "clientAuth", -DAY, DAY, 0);
	testcert_crl(dir, "none", ca, NULL, crl_none);
	testcert_crl(dir, "one", ca, revoked, crl_one);
	return 0;
}

static int
drop_certs(void **state)
{
	struct testcert *all[] = {
	    ca, other_ca, server_cert, client_cert, expired, wrong_ca, wrong_eku, weak, revoked};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		testcert_free(all[i]);
	testcert_rmdir(dir);
	return 0;
}

/* ---- octets */

static void
both_ways(uint64_t n)
{
	srv.to_send = cli.to_send = n;
	UNTIL(srv.got == n && cli.got == n);
	assert_int_equal(srv.ups, 1);
	assert_int_equal(cli.ups, 1);
	assert_int_equal(srv.fails + cli.fails, 0);
	assert_true(tlsconn_written(cli.c) == n);
	UNTIL(tlsconn_tcp_acked(cli.c) == n && tlsconn_tcp_acked(srv.c) == n);
	assert_int_equal(tlsconn_unacked(cli.c), 0);
	tlsconn_free(cli.c);
	cli.c = NULL;
	UNTIL(srv.closes == 1);
}

static void
tls13_both_ways(void **state)
{
	(void)state;
	join();
	both_ways(9000001);
	assert_string_equal(SSL_get_version(tlsconn_ssl(srv.c)), "TLSv1.3");
	assert_non_null(tlsconn_peer(srv.c));
	assert_int_equal(strncmp(tlsconn_peer_addr(srv.c), "127.0.0.1:", 10), 0);
}

static void
tls12_both_ways(void **state)
{
	(void)state;
	SSL_CTX_set_max_proto_version(client_ctx, TLS1_2_VERSION);
	join();
	both_ways(3000000);
	assert_string_equal(SSL_get_version(tlsconn_ssl(srv.c)), "TLSv1.2");
	assert_true(SSL_get_secure_renegotiation_support(tlsconn_ssl(srv.c)) >= 0);
	assert_int_equal(SSL_SESSION_has_ticket(SSL_get_session(tlsconn_ssl(srv.c))), 0);
}

static void
plain_both_ways(void **state)
{
	(void)state;
	join_with(NULL, NULL, LEFT_MAX);
	both_ways(5000000);
	assert_null(tlsconn_ssl(srv.c));
	assert_null(tlsconn_peer(srv.c));
}

static void
without_moderation(void **state)
{
	(void)state;
	tlsloop_free(loop);
	loop = tlsloop_new(base, 0);
	join();
	both_ways(4000000);
}

static void
units(size_t unit, SSL_CTX *sc, SSL_CTX *cc)
{
	uint64_t n = 3000000 / unit * unit;

	srv.unit = unit;
	cli.to_send = n + 7;
	cli.close_sent = true;
	join_with(sc, cc, LEFT_MAX);
	UNTIL(srv.closes == 1);
	assert_true(srv.got == n);
	assert_int_equal(tlsconn_leftover(srv.c).n, 7);
	tlsconn_free(srv.c);
}

static void
leftovers_are_kept(void **state)
{
	static const size_t unit[] = {1000, 1400, 16385, 70001, 300000, 999999};

	(void)state;
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		memset(&srv, 0, sizeof(srv));
		memset(&cli, 0, sizeof(cli));
		units(unit[i], server_ctx, client_ctx);
		memset(&srv, 0, sizeof(srv));
		memset(&cli, 0, sizeof(cli));
		units(unit[i], NULL, NULL);
		srv.c = cli.c = NULL;
	}
}

static void
leftover_has_a_limit(void **state)
{
	(void)state;
	srv.greedy = true;
	cli.to_send = 2 * LEFT_MAX;
	join_with(server_ctx, client_ctx, 100000);
	UNTIL(srv.fails == 1);
	assert_string_equal(srv.code, "TCP-OVERFLOW");
}

static void
pause_and_resume(void **state)
{
	uint64_t n = 20000000;
	unsigned datas;

	(void)state;
	srv.pause_at = 5000;
	cli.to_send = n;
	join();
	UNTIL(srv.got == 5000);
	settle();
	datas = srv.datas;
	settle();
	assert_int_equal(srv.datas, datas);
	assert_true(srv.got == 5000);
	assert_true(tlsconn_tcp_acked(cli.c) < cli.sent); /* the kernel's buffers are full */
	assert_true(tlsconn_unacked(cli.c) > 0);
	srv.pause_at = 7000000;
	tlsconn_pause(srv.c, false);
	UNTIL(srv.got == 7000000);
	settle();
	assert_true(srv.got == 7000000);
	tlsconn_pause(srv.c, false);
	UNTIL(srv.got == n);
	UNTIL(tlsconn_tcp_acked(cli.c) == n);
	assert_true(cli.drained > 0);
}

/* The peer sends and leaves while nobody reads: first the data, then the end. */
static void
end_waits_for_the_data(void **state)
{
	(void)state;
	srv.pause_at = 100;
	cli.to_send = 5000;
	cli.close_sent = true;
	join();
	UNTIL(srv.got == 100);
	settle();
	assert_int_equal(srv.closes, 0);
	tlsconn_pause(srv.c, false);
	UNTIL(srv.closes == 1);
	assert_true(srv.got == 5000);
}

static void
one_write_and_gone(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		memset(&srv, 0, sizeof(srv));
		memset(&cli, 0, sizeof(cli));
		cli.to_send = 129;
		cli.close_sent = true;
		srv.to_send =
		    i % 2 ? 500 : 0; /* answers to a peer that has left must not cost its data */
		join();
		UNTIL(srv.closes + srv.fails == 1);
		assert_true(srv.got == 129);
		tlsconn_free(srv.c);
		srv.c = NULL;
	}
}

static void
freed_inside_callbacks(void **state)
{
	(void)state;
	srv.free_up = true;
	cli.free_end = true;
	join();
	UNTIL(cli.closes + cli.fails == 1 && srv.c == NULL);
	memset(&srv, 0, sizeof(srv));
	memset(&cli, 0, sizeof(cli));
	srv.free_data = true;
	cli.to_send = 10;
	cli.free_end = true;
	join();
	UNTIL(cli.closes + cli.fails == 1 && srv.c == NULL);
	memset(&srv, 0, sizeof(srv));
	memset(&cli, 0, sizeof(cli));
	cli.free_up = true;
	srv.free_end = true;
	join();
	UNTIL(srv.c == NULL);
	assert_int_equal(srv.ups, 1);
	tlsconn_free(NULL);
}

static void
nobody_listens(void **state)
{
	int l;
	uint16_t port;

	(void)state;
	tcp_listen(&l, &port);
	close(l);
	cli.c = tlsconn_connect(loop, client_ctx, "127.0.0.1", port, LEFT_MAX, &cb, &cli);
	UNTIL(cli.fails == 1);
	assert_string_equal(cli.code, "TCP-REFUSED");
	assert_null(tlsconn_connect(loop, client_ctx, "name.example", port, LEFT_MAX, &cb, &cli));
	assert_int_equal(tlsconn_write(cli.c, "x", 1), -EPIPE);
}

/* ---- who gets in */

static void
refuses(SSL_CTX *client, const char *code)
{
	join_with(server_ctx, client, LEFT_MAX);
	UNTIL(srv.fails == 1);
	assert_string_equal(srv.code, code);
	assert_int_equal(srv.ups, 0);
	assert_true(strlen(srv.sentence) > 10);
	UNTIL(cli.fails + cli.closes == 1 || cli.c == NULL);
	SSL_CTX_free(client);
}

#define REFUSES(name, who, version, code)                                                          \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		refuses(loose_client(who, version), code);                                         \
	}

REFUSES(no_cert_13, NULL, TLS1_3_VERSION, "TLS-NO-CERT")
REFUSES(no_cert_12, NULL, TLS1_2_VERSION, "TLS-NO-CERT")
REFUSES(expired_13, expired, TLS1_3_VERSION, "TLS-CERT-EXPIRED")
REFUSES(expired_12, expired, TLS1_2_VERSION, "TLS-CERT-EXPIRED")
REFUSES(revoked_13, revoked, TLS1_3_VERSION, "TLS-CERT-REVOKED")
REFUSES(wrong_ca_13, wrong_ca, TLS1_3_VERSION, "TLS-CERT-CA")
REFUSES(wrong_purpose_13, wrong_eku, TLS1_3_VERSION, "TLS-CERT-PURPOSE")
REFUSES(weak_key_13, weak, TLS1_3_VERSION, "TLS-CERT-WEAK")
REFUSES(tls11, client_cert, TLS1_1_VERSION, "TLS-VERSION")

static void
tls12_where_13_is_asked(void **state)
{
	(void)state;
	SSL_CTX_free(server_ctx);
	server_ctx = ctx_of(server_cert, ca, NULL, true, false);
	refuses(loose_client(client_cert, TLS1_2_VERSION), "TLS-VERSION");
	assert_string_equal(cli.code, "TLS-VERSION");
}

static void
no_cipher_in_common(void **state)
{
	SSL_CTX *c = loose_client(client_cert, TLS1_2_VERSION);

	(void)state;
	SSL_CTX_set_cipher_list(c, "ECDHE-ECDSA-AES256-SHA");
	refuses(c, "TLS-CIPHER");
}

static void
group_not_ours(void **state)
{
	SSL_CTX *c = loose_client(client_cert, TLS1_3_VERSION);

	(void)state;
	SSL_CTX_set1_groups_list(c, "P-521");
	refuses(c, "TLS-CIPHER");
}

static void
plain_text_spoken(void **state)
{
	(void)state;
	cli.to_send = 100; /* the pattern begins with octet 0 */
	join_with(server_ctx, NULL, LEFT_MAX);
	UNTIL(srv.fails == 1);
	assert_string_equal(srv.code, "TLS-PLAIN");
}

static void
gone_in_the_handshake(void **state)
{
	(void)state;
	cli.free_up = true;
	join_with(server_ctx, NULL, LEFT_MAX);
	UNTIL(srv.fails == 1);
	assert_string_equal(srv.code, "TLS-CLOSED");
}

static void
client_checks_the_server(void **state)
{
	(void)state;
	SSL_CTX_free(server_ctx);
	server_ctx = ctx_of(wrong_ca, other_ca, NULL, true, true);
	join();
	UNTIL(cli.fails == 1);
	assert_string_equal(cli.code, "TLS-CERT-CA");
	UNTIL(srv.fails == 1);
	assert_string_equal(srv.code, "TLS-ALERT");
	tlsconn_free(cli.c);
	tlsconn_free(srv.c);
	memset(&srv, 0, sizeof(srv));
	memset(&cli, 0, sizeof(cli));
	SSL_CTX_free(server_ctx);
	server_ctx =
	    ctx_of(client_cert, ca, NULL, true, true); /* a client's certificate serves nothing */
	join();
	UNTIL(cli.fails == 1);
	assert_string_equal(cli.code, "TLS-CERT-PURPOSE");
}

/* ---- contexts and certificates */

static void
files_that_do_not_fit(void **state)
{
	struct conf_tls f = {server_cert->cert_file, client_cert->key_file, ca->cert_file, NULL};

	(void)state;
	assert_null(tls_ctx_new(&f, true, false));
	f.key = server_cert->key_file;
	f.ca = (char *)"/nonexistent/ca.pem";
	assert_null(tls_ctx_new(&f, true, false));
	f.ca = ca->cert_file;
	f.crl = server_cert->cert_file; /* holds no CRL */
	assert_null(tls_ctx_new(&f, true, false));
	f.crl = NULL;
	f.cert = weak->cert_file;
	f.key = weak->key_file;
	assert_null(tls_ctx_new(&f, true, false));
}

static void
names_and_keys(void **state)
{
	uint8_t a[32], b[32];

	(void)state;
	assert_true(tls_san_has(client_cert->cert, "ne1.example", 11));
	assert_true(tls_san_has(client_cert->cert, "NE1.Example", 11));
	assert_true(tls_san_has(client_cert->cert, "urn:example:ne1", 15));
	assert_false(tls_san_has(client_cert->cert, "urn:Example:ne1", 15));
	assert_false(tls_san_has(client_cert->cert, "ne1.exampl", 10));
	assert_false(tls_san_has(client_cert->cert, "ne1", 3)); /* the common name is no name */
	assert_false(tls_san_has(client_cert->cert, "", 0));
	assert_false(tls_san_has(ca->cert, "ca", 2));
	tls_spki(client_cert->cert, a);
	tls_spki(server_cert->cert, b);
	assert_memory_not_equal(a, b, 32);
	tls_spki(client_cert->cert, b);
	assert_memory_equal(a, b, 32);
}

static void
stale_certificates(void **state)
{
	const char *why;
	SSL_CTX *none = ctx_of(server_cert, ca, crl_none, true, false);

	(void)state;
	assert_false(tls_cert_stale(server_ctx, client_cert->cert, &why));
	assert_null(why);
	assert_true(tls_cert_stale(server_ctx, revoked->cert, &why));
	assert_string_equal(why, "its certificate was revoked");
	assert_false(tls_cert_stale(none, revoked->cert, &why));
	assert_true(tls_cert_stale(none, expired->cert, &why));
	assert_string_equal(why, "its certificate has expired");
	SSL_CTX_free(none);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(tls13_both_ways), T(tls12_both_ways),
	    T(plain_both_ways), T(without_moderation), T(leftovers_are_kept),
	    T(leftover_has_a_limit), T(pause_and_resume), T(end_waits_for_the_data),
	    T(one_write_and_gone), T(freed_inside_callbacks), T(nobody_listens), T(no_cert_13),
	    T(no_cert_12), T(expired_13), T(expired_12), T(revoked_13), T(wrong_ca_13),
	    T(wrong_purpose_13), T(weak_key_13), T(tls11), T(tls12_where_13_is_asked),
	    T(no_cipher_in_common), T(group_not_ours), T(plain_text_spoken),
	    T(gone_in_the_handshake), T(client_checks_the_server), T(files_that_do_not_fit),
	    T(names_and_keys), T(stale_certificates)};

	return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
