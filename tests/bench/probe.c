/* SPDX-License-Identifier: Apache-2.0 */
/* One network element and one LEMF in one process, on one clock, for what a load generator does not
 * tell.
 *   probe latency PORT CRT KEY SINKPORT SINKCRT SINKKEY XID RATE SECONDS
 *     sends X2 PDUs (SIP) one by one at RATE a second, takes the PS-PDUs that come of them; prints
 *     percentiles of the time between, microseconds, as JSON
 *   probe many PORT CRT KEY N XID BURST RATE
 *     opens N connections, says "up"; on each line "go SECONDS FIRST" of its standard input sends
 *     bursts of BURST X3 PDUs (1 400 octets), RATE bursts a second, over the first FIRST
 *     connections in turn, then says how many PDUs; ends with its input
 */
#include "base/octets.h"
#include "spec/ts103221_2.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PDU_LEN 1400
#define PROBE_MAX 200000 /* PDUs of a latency run */
#define NS_PER_S 1000000000L

static int64_t sent_ns[PROBE_MAX], got_ns[PROBE_MAX];
static volatile size_t got_n;

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t
mono_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void
sleep_until(int64_t ns)
{
	struct timespec t = {ns / NS_PER_S, ns % NS_PER_S};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static SSL_CTX *
ctx_new(const SSL_METHOD *method, const char *crt, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, crt) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
		fprintf(stderr, "probe: %s, %s: cannot be used\n", crt, key);
		exit(2);
	}
	SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	return ctx;
}

static SSL *
ne_connect(SSL_CTX *ctx, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	SSL *ssl = SSL_new(ctx);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1) {
		fprintf(stderr, "probe: no handshake with port %d\n", port);
		exit(1);
	}
	return ssl;
}

/* ---- PDUs */

static void
xid_parse(const char *text, uint8_t xid[16])
{
	for (size_t i = 0; i < 16; text++) {
		unsigned v;

		if (*text == '-')
			continue;
		if (sscanf(text, "%2x", &v) != 1)
			die("xid");
		xid[i++] = (uint8_t)v;
		text++;
	}
}

static size_t
pdu_make(uint8_t *p, uint16_t type, uint16_t format, const uint8_t xid[16], uint64_t correlation,
    uint32_t seq, struct octets body)
{
	struct timespec now;
	uint8_t *at = p + X23_HEADER_MIN;

	clock_gettime(CLOCK_REALTIME, &now);
	memset(p, 0, X23_HEADER_MIN);
	p[1] = X23_MINOR;
	octets_put16(p + X23_OFF_TYPE, type);
	octets_put16(p + X23_OFF_FORMAT, format);
	octets_put16(p + X23_OFF_DIRECTION, X23_DIR_FROM_TARGET);
	memcpy(p + X23_OFF_XID, xid, 16);
	octets_put64(p + X23_OFF_CORRELATION, correlation);
	octets_put16(at, X23_ATTR_SEQ);
	octets_put16(at + 2, 4);
	octets_put32(at + 4, seq);
	octets_put16(at + 8, X23_ATTR_TIMESTAMP);
	octets_put16(at + 10, 8);
	octets_put32(at + 12, (uint32_t)now.tv_sec);
	octets_put32(at + 16, (uint32_t)now.tv_nsec);
	at += 20;
	octets_put32(p + X23_OFF_HEADER_LEN, (uint32_t)(at - p));
	octets_put32(p + X23_OFF_PAYLOAD_LEN, (uint32_t)body.n);
	memcpy(at, body.p, body.n);
	return (size_t)(at - p) + body.n;
}

/* ---- latency */

struct sink {
	int listener;
	SSL_CTX *ctx;
	SSL *ssl;
	size_t want;
};

static int
listen_on(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 8) < 0)
		die("listen");
	return fd;
}

/* Whole TLVs at the front of BUF: counted, their octets taken. */
static size_t
sink_count(const uint8_t *buf, size_t n, int64_t now)
{
	size_t at = 0;

	for (;;) {
		size_t head = 2, len, k;

		if (n - at < 2)
			return at;
		k = buf[at + 1] & 0x7f;
		len = k;
		if (buf[at + 1] & 0x80) {
			if (n - at < 2 + k)
				return at;
			len = 0;
			for (size_t i = 0; i < k; i++)
				len = len << 8 | buf[at + 2 + i];
			head += k;
		}
		if (n - at < head + len)
			return at;
		at += head + len;
		if (got_n < PROBE_MAX)
			got_ns[got_n] = now;
		got_n++;
	}
}

static void *
sink_run(void *arg)
{
	static uint8_t buf[1 << 18];
	struct sink *s = arg;
	size_t n = 0, used;

	while (got_n < s->want) {
		int r = SSL_read(s->ssl, buf + n, (int)(sizeof(buf) - n));

		if (r <= 0)
			break;
		n += (size_t)r;
		used = sink_count(buf, n, mono_ns());
		memmove(buf, buf + used, n - used);
		n -= used;
	}
	return NULL;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
latency_send(SSL *ne, const uint8_t xid[16], size_t n, long rate)
{
	static const char body[] = "OPTIONS sip:b@b.example SIP/2.0\r\n"
				   "Via: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\n"
				   "From: <sip:a@a.example>;tag=1\r\nTo: <sip:b@b.example>\r\n"
				   "Call-ID: probe@a.example\r\nCSeq: 1 OPTIONS\r\n"
				   "Content-Length: 0\r\n\r\n";
	int64_t at = mono_ns();
	uint8_t pdu[1024];

	for (size_t i = 0; i < n; i++, at += NS_PER_S / rate) {
		size_t len;

		sleep_until(at);
		len = pdu_make(pdu, X23_TYPE_X2, X23_FMT_SIP, xid, 1, (uint32_t)i,
		    (struct octets){(const uint8_t *)body, sizeof(body) - 1});
		sent_ns[i] = mono_ns();
		if (SSL_write(ne, pdu, (int)len) != (int)len)
			die("send");
	}
}

static int
latency(char **v)
{
	long rate = atol(v[9]);
	size_t n = (size_t)(atof(v[10]) * (double)rate), warm = n / 10;
	struct sink s = {.want = n};
	SSL_CTX *ne_ctx = ctx_new(TLS_client_method(), v[3], v[4]);
	uint8_t xid[16];
	pthread_t thread;
	SSL *ne;
	int fd;

	if (n > PROBE_MAX || n < 20)
		die("too many or too few PDUs");
	xid_parse(v[8], xid);
	s.ctx = ctx_new(TLS_server_method(), v[6], v[7]);
	s.listener = listen_on(atoi(v[5]));
	fd = accept(s.listener, NULL, NULL);
	s.ssl = SSL_new(s.ctx);
	if (fd < 0 || SSL_set_fd(s.ssl, fd) != 1 || SSL_accept(s.ssl) != 1)
		die("accept");
	ne = ne_connect(ne_ctx, atoi(v[2]));
	pthread_create(&thread, NULL, sink_run, &s);
	latency_send(ne, xid, n, rate);
	for (int i = 0; i < 1000 && got_n < n; i++)
		usleep(10000);
	if (got_n != n) {
		fprintf(stderr, "probe: %zu PDUs sent, %zu arrived\n", n, got_n);
		return 1;
	}
	pthread_join(thread, NULL);
	for (size_t i = 0; i < n; i++)
		got_ns[i] -= sent_ns[i];
	n -= warm;
	qsort(got_ns + warm, n, sizeof(got_ns[0]), by_size);
	printf("{\"n\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f}\n", n,
	    (double)got_ns[warm + n / 2] / 1e3, (double)got_ns[warm + n * 99 / 100] / 1e3,
	    (double)got_ns[warm + n - 1] / 1e3);
	SSL_shutdown(ne);
	return 0;
}

/* ---- many connections */

static uint64_t
many_send(SSL **ssl, uint32_t *seq, size_t first, const uint8_t xid[16], long burst, long rate,
    double seconds)
{
	static uint8_t buf[16384], body[PDU_LEN - X23_HEADER_MIN - 20];
	long turns = (long)(seconds * (double)rate);
	int64_t at = mono_ns();
	uint64_t n = 0;

	body[0] = 0x45;
	for (long i = 0; i < turns; i++, at += NS_PER_S / rate) {
		size_t c = (size_t)i % first;

		sleep_until(at);
		for (long b = 0; b < burst;) {
			size_t len = 0;

			for (; b < burst && len + PDU_LEN <= sizeof(buf); b++)
				len += pdu_make(buf + len, X23_TYPE_X3, X23_FMT_IPV4, xid, c + 1,
				    seq[c]++, (struct octets){body, sizeof(body)});
			if (SSL_write(ssl[c], buf, (int)len) != (int)len)
				die("send");
		}
		n += (uint64_t)burst;
	}
	return n;
}

static int
many(char **v)
{
	size_t n = (size_t)atol(v[5]), first;
	SSL_CTX *ctx = ctx_new(TLS_client_method(), v[3], v[4]);
	SSL **ssl = calloc(n, sizeof(*ssl));
	uint32_t *seq = calloc(n, sizeof(*seq));
	uint8_t xid[16];
	char line[100];
	double seconds;

	if (ssl == NULL || seq == NULL)
		die("memory");
	xid_parse(v[6], xid);
	for (size_t i = 0; i < n; i++)
		ssl[i] = ne_connect(ctx, atoi(v[2]));
	puts("up");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL &&
	       sscanf(line, "go %lf %zu", &seconds, &first) == 2 && first > 0 && first <= n) {
		printf("%llu\n", (unsigned long long)many_send(
				     ssl, seq, first, xid, atol(v[7]), atol(v[8]), seconds));
		fflush(stdout);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 11 && strcmp(argv[1], "latency") == 0)
		return latency(argv);
	if (argc == 9 && strcmp(argv[1], "many") == 0)
		return many(argv);
	fprintf(stderr, "usage: see the top of probe.c\n");
	return 2;
}
