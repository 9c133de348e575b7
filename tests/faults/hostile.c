/* SPDX-License-Identifier: Apache-2.0 */
/* Many connections to an X2/X3 listener from one process, for the fault campaigns.
 *   hostile idle PORT CERT KEY CA N WINDOW KEEPALIVE_MS SOURCES   N connections, WINDOW handshakes
 *       at a time, from SOURCES addresses 127.0.1.x; each then sends a keepalive every KEEPALIVE_MS
 *   hostile flood PORT CERT KEY CA N WINDOW KEEPALIVE_MS SOURCES   handshakes without end, WINDOW
 * at a time: every third is broken off after the first flight, the others when they are up A line
 * of JSON each second on standard output and one at the end (SIGTERM). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define KEEPALIVE_LEN 48

enum state {
	FREE,
	SHAKING,
	UP
};

struct peer {
	SSL *ssl;
	int fd;
	enum state state;
	int64_t begun_ms, next_ms, sent_ms; /* SENT_MS 0: nothing is owed */
	uint32_t seq;
	uint8_t in[KEEPALIVE_LEN];
	size_t in_n;
};

static volatile sig_atomic_t end;
static SSL_CTX *ctx;
static struct peer *peers;
static unsigned n, window, sources, shaking;
static int keepalive_ms, ep;
static uint16_t port;
static bool flood;
static uint64_t up, handshakes, failed, lost, acked, wrong, aborted;
static int64_t ack_max_ms, up_max_ms;
static unsigned at_source;

static void
on_term(int sig)
{
	(void)sig;
	end = 1;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
peer_drop(struct peer *p)
{
	if (p->state == SHAKING)
		shaking--;
	else if (p->state == UP)
		up--;
	SSL_free(p->ssl);
	close(p->fd);
	p->state = FREE;
	p->ssl = NULL;
}

static void
peer_connect(struct peer *p, int64_t now)
{
	struct sockaddr_in from = {.sin_family = AF_INET},
			   to = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = p};
	int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	from.sin_addr.s_addr = htonl(0x7f000101u + at_source++ % sources);
	memset(p, 0, sizeof(*p));
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		die("socket");
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(p->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(p->fd, (struct sockaddr *)&from, sizeof(from)) != 0)
		die("bind");
	if (connect(p->fd, (struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)
		die("connect");
	p->ssl = SSL_new(ctx);
	if (!p->ssl || SSL_set_fd(p->ssl, p->fd) != 1)
		exit(1);
	SSL_set_connect_state(p->ssl);
	p->state = SHAKING;
	p->begun_ms = now;
	shaking++;
	if (epoll_ctl(ep, EPOLL_CTL_ADD, p->fd, &ev) != 0)
		die("epoll_ctl");
}

/* TS 103 221-2 clause 5.1: version 0.6, type 3, no payload, sequence number (attribute 8). */
static void
peer_keepalive(struct peer *p, int64_t now)
{
	uint8_t k[KEEPALIVE_LEN] = {0, 6, 0, 3, 0, 0, 0, KEEPALIVE_LEN, [40] = 0, 8, 0, 4};

	p->seq++;
	for (int i = 0; i < 4; i++)
		k[44 + i] = (uint8_t)(p->seq >> (24 - 8 * i));
	p->next_ms = now + keepalive_ms;
	p->sent_ms = now;
	if (SSL_write(p->ssl, k, sizeof(k)) != (int)sizeof(k)) {
		lost++;
		peer_drop(p);
	}
}

static void
peer_read(struct peer *p, int64_t now)
{
	int r;

	while ((r = SSL_read(p->ssl, p->in + p->in_n, (int)(KEEPALIVE_LEN - p->in_n))) > 0) {
		p->in_n += (size_t)r;
		if (p->in_n < KEEPALIVE_LEN)
			continue;
		p->in_n = 0;
		if (p->in[3] != 4 || p->in[47] != (uint8_t)p->seq || p->sent_ms == 0)
			wrong++;
		if (p->sent_ms != 0 && now - p->sent_ms > ack_max_ms)
			ack_max_ms = now - p->sent_ms;
		p->sent_ms = 0;
		acked++;
	}
	if (SSL_get_error(p->ssl, r) == SSL_ERROR_WANT_READ)
		return;
	lost++;
	peer_drop(p);
}

static void
peer_shake(struct peer *p, int64_t now)
{
	int r = SSL_do_handshake(p->ssl), e = r == 1 ? 0 : SSL_get_error(p->ssl, r);

	if (flood && (p - peers) % 3 == 0 && SSL_get_state(p->ssl) != TLS_ST_BEFORE &&
	    e != SSL_ERROR_WANT_WRITE && now > p->begun_ms) {
		aborted++;
		peer_drop(p);
		return;
	}
	if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE)
		return;
	if (e != 0) {
		failed++;
		peer_drop(p);
		return;
	}
	handshakes++;
	if (now - p->begun_ms > up_max_ms)
		up_max_ms = now - p->begun_ms;
	if (flood) {
		peer_drop(p);
		return;
	}
	p->state = UP;
	shaking--;
	up++;
	p->next_ms = now + keepalive_ms * (int64_t)(p - peers) / (int64_t)n; /* spread */
}

static void
turn(int64_t now)
{
	struct epoll_event ev[256];
	int got = epoll_wait(ep, ev, 256, 10);

	for (int i = 0; i < got; i++) {
		struct peer *p = ev[i].data.ptr;

		if (p->state == SHAKING)
			peer_shake(p, now);
		if (p->state == UP)
			peer_read(p, now);
	}
	for (unsigned i = 0; i < n; i++) {
		struct peer *p = &peers[i];

		if (p->state == FREE && shaking < window && !end)
			peer_connect(p, now);
		else if (p->state == UP && now >= p->next_ms && p->sent_ms == 0)
			peer_keepalive(p, now);
	}
}

static void
report(int64_t now)
{
	uint64_t owed = 0;

	for (unsigned i = 0; i < n; i++)
		owed +=
		    peers[i].state == UP && peers[i].sent_ms != 0 && now - peers[i].sent_ms > 10000;
	printf("{\"up\":%" PRIu64 ",\"handshakes\":%" PRIu64 ",\"failed\":%" PRIu64
	       ",\"aborted\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"acked\":%" PRIu64
	       ",\"wrong\":%" PRIu64 ",\"owed\":%" PRIu64 ",\"ack_max_ms\":%" PRId64
	       ",\"handshake_max_ms\":%" PRId64 "}\n",
	    up, handshakes, failed, aborted, lost, acked, wrong, owed, ack_max_ms, up_max_ms);
	fflush(stdout);
}

static void
setup(char **argv)
{
	struct rlimit r;

	flood = strcmp(argv[1], "flood") == 0;
	port = (uint16_t)atoi(argv[2]);
	n = (unsigned)atoi(argv[6]);
	window = (unsigned)atoi(argv[7]);
	keepalive_ms = atoi(argv[8]);
	sources = (unsigned)atoi(argv[9]);
	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx || SSL_CTX_use_certificate_chain_file(ctx, argv[3]) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, argv[4], SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_load_verify_locations(ctx, argv[5], NULL) != 1)
		exit(1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	peers = calloc(n, sizeof(*peers));
	ep = epoll_create1(EPOLL_CLOEXEC);
	if (!peers || ep < 0 || n == 0 || sources == 0)
		exit(1);
}

int
main(int argc, char **argv)
{
	int64_t told = 0, now;

	if (argc != 10) {
		fprintf(stderr,
		    "usage: hostile idle|flood PORT CERT KEY CA N WINDOW KEEPALIVE_MS SOURCES\n");
		return 2;
	}
	setup(argv);
	while (!end) {
		now = now_ms();
		turn(now);
		if (now - told >= 1000) {
			told = now;
			report(now);
		}
	}
	report(now_ms());
	for (unsigned i = 0; i < n; i++)
		if (peers[i].state != FREE)
			peer_drop(&peers[i]);
	SSL_CTX_free(ctx);
	free(peers);
	return 0;
}
