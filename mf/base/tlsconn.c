/* SPDX-License-Identifier: Apache-2.0 */
/* TLS and plain TCP connections on libevent; see tlsconn.h.  One recv per wake-up into a scratch
 * shared by the loop; OpenSSL reads from that scratch and writes to a buffer per connection through
 * a BIO of ours, so it never sees the socket.  By the end of a wake-up OpenSSL has taken the whole
 * scratch, so the scratch never belongs to a connection between wake-ups. */
#include "base/tlsconn_error.h"
#include "base/tlsconn_priv.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Most plaintext that one recv can yield: what OpenSSL kept of a record, and the scratch. */
#define PLAIN_NEW (TLSCONN_RECV + 2 * TLSCONN_RECORD)
/* Leftovers up to this are copied to the scratch; larger ones grow in place. */
#define LEFT_SMALL 16384
/* A read below this is followed by a pause of moderation_us. */
#define MODERATION_LEN (64 * 1024)
/* Receives that empty the socket at close, so that the last octets are not lost to a RST. */
#define LINGER_READS 8

/* ---- memory */

static void
left_reserve(struct tlsconn *c, size_t cap)
{
	if (cap <= c->left_cap)
		return;
	c->left_cap = (cap + 4095) & ~(size_t)4095;
	c->left = tlsconn_must(realloc(c->left, c->left_cap));
}

/* Keep the N octets at P, which may lie in c->left itself. */
static void
left_keep(struct tlsconn *c, const uint8_t *p, size_t n)
{
	if (c->left && p >= c->left && p < c->left + c->left_cap) {
		memmove(c->left, p, n);
		if (c->left_cap > LEFT_SMALL * 4 && n < c->left_cap / 4) {
			c->left_cap = n + 4096;
			c->left = tlsconn_must(realloc(c->left, c->left_cap));
		}
	} else if (n > 0) {
		left_reserve(c, n);
		memcpy(c->left, p, n);
	}
	c->left_n = n;
}

/* ---- the BIO between OpenSSL and the scratch */

static int
conn_bio_read(BIO *b, char *buf, int n)
{
	struct tlsconn *c = BIO_get_data(b);
	struct tlsloop *l = c->l;
	size_t have = l->ct_of == c ? l->ct_n - l->ct_off : 0;

	BIO_clear_retry_flags(b);
	if (have == 0) {
		BIO_set_retry_read(b);
		return -1;
	}
	if ((size_t)n < have)
		have = (size_t)n;
	memcpy(buf, l->ct + l->ct_off, have);
	l->ct_off += have;
	return (int)have;
}

static int
conn_bio_write(BIO *b, const char *buf, int n)
{
	struct tlsconn *c = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	if (n > 0 && !c->out_broken)
		tlsconn_append(c, buf, (size_t)n);
	return n;
}

static long
conn_bio_ctrl(BIO *b, int cmd, long num, void *ptr)
{
	(void)b;
	(void)num;
	(void)ptr;
	return cmd == BIO_CTRL_FLUSH;
}

/* ---- the scratch holds nothing of a warrant for long */

static const struct timeval wipe_after = {1, 0};

static void
loop_on_wipe(evutil_socket_t fd, short what, void *arg)
{
	struct tlsloop *l = arg;
	size_t n = l->used_max + LEFT_SMALL + 2 * TLSCONN_RECORD;

	(void)fd;
	(void)what;
	if (l->used) {
		l->used = false;
		event_add(&l->wipe, &wipe_after);
		return;
	}
	OPENSSL_cleanse(l->ct, l->used_max);
	OPENSSL_cleanse(l->plain, n < TLSCONN_PLAIN ? n : TLSCONN_PLAIN);
	l->used_max = 0;
}

static void
loop_used(struct tlsloop *l, size_t n)
{
	if (l->used_max == 0)
		event_add(&l->wipe, &wipe_after);
	l->used = true;
	if (n > l->used_max)
		l->used_max = n;
}

struct tlsloop *
tlsloop_new(struct event_base *base, unsigned moderation_us)
{
	struct tlsloop *l = tlsconn_must(calloc(1, sizeof(*l)));

	l->base = base;
	l->moderation.tv_sec = moderation_us / 1000000;
	l->moderation.tv_usec = moderation_us % 1000000;
	l->ct = tlsconn_must(malloc(TLSCONN_RECV));
	l->plain = tlsconn_must(malloc(TLSCONN_PLAIN));
	l->bio = tlsconn_must(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tlsconn"));
	BIO_meth_set_read(l->bio, conn_bio_read);
	BIO_meth_set_write(l->bio, conn_bio_write);
	BIO_meth_set_ctrl(l->bio, conn_bio_ctrl);
	evtimer_assign(&l->wipe, base, loop_on_wipe, l);
	return l;
}

void
tlsloop_free(struct tlsloop *l)
{
	if (!l)
		return;
	event_del(&l->wipe);
	BIO_meth_free(l->bio);
	free(l->ct);
	free(l->plain);
	free(l);
}

/* ---- handlers hold the connection, so that tlsconn_free is legal inside callbacks */

static void
conn_hold(struct tlsconn *c)
{
	c->busy++;
}

static void
conn_release(struct tlsconn *c)
{
	if (--c->busy > 0 || !c->freed)
		return;
	free(c->left);
	free(c->out);
	free(c->mark);
	free(c);
}

static void
conn_tell(struct tlsconn *c, enum tlsconn_event ev)
{
	if (!c->freed && !c->mute)
		c->cb.event(c, ev, c->arg);
}

/* ---- reading and ending */

static void
conn_read_arm(struct tlsconn *c)
{
	bool want = !c->freed && !c->mute && !c->ending &&
		    (c->state == CONN_HANDSHAKE || (c->state == CONN_UP && !c->paused));

	if (want)
		event_add(&c->ev_r, NULL);
	else
		event_del(&c->ev_r);
	if (!want)
		event_del(&c->ev_moderate);
}

/* The connection is over; told by conn_end_tell() when no data stand before it. */
static void
conn_end(struct tlsconn *c, enum tlsconn_event ev)
{
	if (c->ending)
		return;
	c->ending = true;
	c->end = ev;
	conn_read_arm(c);
}

static void
conn_end_tell(struct tlsconn *c)
{
	if (!c->ending || c->state == CONN_ENDED || (c->paused && c->left_n > 0) || c->freed)
		return;
	c->state = CONN_ENDED;
	event_del(&c->ev_w);
	conn_tell(c, c->end);
}

static void
conn_fail_tcp(struct tlsconn *c, int error)
{
	if (!c->ending)
		c->code = tlsconn_error_tcp(error, c->sentence, sizeof(c->sentence));
	conn_end(c, TLSCONN_FAILED);
}

static void
conn_fail_tls(struct tlsconn *c)
{
	if (!c->ending)
		c->code = tlsconn_error_tls(c->ssl, c->first, c->sentence, sizeof(c->sentence));
	conn_end(c, TLSCONN_FAILED);
}

static void
conn_fail_text(struct tlsconn *c, const char *code, const char *sentence)
{
	if (!c->ending) {
		c->code = code;
		snprintf(c->sentence, sizeof(c->sentence), "%s", sentence);
	}
	conn_end(c, TLSCONN_FAILED);
}

/* Give BUF[0,n) (leftover first) to the owner and keep what it leaves. */
static void
conn_deliver(struct tlsconn *c, uint8_t *buf, size_t n)
{
	ssize_t used = 0;

	if (n > 0 && !c->paused && !c->mute) {
		used = c->cb.data(c, (struct octets){buf, n}, c->arg);
		if (c->freed)
			return;
		if (used < 0) {
			c->mute = true;
			conn_read_arm(c);
			return;
		}
		assert((size_t)used <= n);
	}
	left_keep(c, buf + used, n - (size_t)used);
	if (!c->paused && c->left_n > c->left_max)
		conn_fail_text(c, "TCP-OVERFLOW", "more octets without an end than may be kept");
}

/* SSL_read to BUF of CAP octets until it has no more.  Returns octets. */
static size_t
conn_decrypt(struct tlsconn *c, uint8_t *buf, size_t cap)
{
	size_t n = 0, got;

	for (;;) {
		assert(n < cap);
		if (SSL_read_ex(c->ssl, buf + n, cap - n, &got) != 1)
			break;
		n += got;
	}
	switch (SSL_get_error(c->ssl, 0)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		break;
	case SSL_ERROR_ZERO_RETURN:
		conn_end(c, TLSCONN_CLOSED);
		break;
	default:
		conn_fail_tls(c);
	}
	ERR_clear_error();
	return n;
}

static void
conn_take_tls(struct tlsconn *c)
{
	if (c->left_n <= LEFT_SMALL) {
		if (c->left_n > 0)
			memcpy(c->l->plain, c->left, c->left_n);
		conn_deliver(c, c->l->plain,
		    c->left_n +
			conn_decrypt(c, c->l->plain + c->left_n, TLSCONN_PLAIN - c->left_n));
	} else {
		left_reserve(c, c->left_n + PLAIN_NEW + 1);
		conn_deliver(
		    c, c->left, c->left_n + conn_decrypt(c, c->left + c->left_n, PLAIN_NEW + 1));
	}
}

static void
conn_handshake(struct tlsconn *c)
{
	int r = SSL_do_handshake(c->ssl);
	int e = r == 1 ? SSL_ERROR_NONE : SSL_get_error(c->ssl, r);

	if (e != SSL_ERROR_NONE && e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
		conn_fail_tls(c);
	ERR_clear_error();
	tlsconn_send(c);
	if (e != SSL_ERROR_NONE)
		return;
	c->state = CONN_UP;
	if (c->paused)
		conn_read_arm(c);
	conn_tell(c, TLSCONN_UP);
}

/* What the kernel or a handshake says at the end of the stream. */
static void
conn_eof(struct tlsconn *c)
{
	if (c->state == CONN_HANDSHAKE)
		conn_fail_text(
		    c, "TLS-CLOSED", "the peer closed the connection during the handshake");
	else
		conn_end(c, TLSCONN_CLOSED);
}

/* One recv, and everything that follows from it.  Returns octets received, 0 when there were none.
 */
static size_t
conn_recv(struct tlsconn *c)
{
	struct tlsloop *l = c->l;
	bool scratch = c->left_n <= LEFT_SMALL;
	uint8_t *to = l->ct;
	ssize_t n;

	if (!c->ssl) {
		if (!scratch)
			left_reserve(c, c->left_n + TLSCONN_RECV);
		else if (c->left_n > 0)
			memcpy(l->plain, c->left, c->left_n);
		to = (scratch ? l->plain : c->left) + c->left_n;
	}
	n = recv(c->fd, to, TLSCONN_RECV, 0);
	if (n == 0)
		conn_eof(c);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		conn_fail_tcp(c, errno);
	if (n <= 0)
		return 0;
	loop_used(l, (size_t)n);
	if (c->first < 0)
		c->first = to[0];
	if (!c->ssl) {
		conn_deliver(c, to - c->left_n, c->left_n + (size_t)n);
		return (size_t)n;
	}
	l->ct_of = c;
	l->ct_off = 0;
	l->ct_n = (size_t)n;
	if (c->state == CONN_HANDSHAKE)
		conn_handshake(c);
	/* a handshake's end often brings no data yet: then OpenSSL needs no buffer for them */
	if (c->state == CONN_UP && !c->freed && !c->mute &&
	    (l->ct_off < l->ct_n || SSL_has_pending(c->ssl)))
		conn_take_tls(c);
	l->ct_of = NULL;
	return (size_t)n;
}

static void
conn_read_turn(struct tlsconn *c, bool moderated)
{
	size_t n;

	conn_hold(c);
	n = conn_recv(c);
	if (!c->freed) {
		tlsconn_send(c); /* what the callback or a key update wrote */
		conn_end_tell(c);
	}
	if (!c->freed && c->state == CONN_UP && !c->paused && !c->ending && !c->mute) {
		if (n > 0 && n < MODERATION_LEN && evutil_timerisset(&c->l->moderation)) {
			if (!moderated)
				event_del(&c->ev_r);
			event_add(&c->ev_moderate, &c->l->moderation);
		} else if (moderated) {
			event_add(&c->ev_r, NULL);
		}
	}
	conn_release(c);
}

static void
conn_on_read(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_read_turn(arg, false);
}

static void
conn_on_moderated(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_read_turn(arg, true);
}

static void
conn_begin(struct tlsconn *c)
{
	if (c->ssl) {
		c->state = CONN_HANDSHAKE;
		conn_handshake(c);
	} else {
		c->state = CONN_UP;
		conn_tell(c, TLSCONN_UP);
	}
	if (!c->freed)
		conn_read_arm(c);
}

static void
conn_connected(struct tlsconn *c)
{
	int error = 0;
	socklen_t len = sizeof(error);

	event_del(&c->ev_w);
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error)
		conn_fail_tcp(c, error);
	else
		conn_begin(c);
}

static void
conn_on_write(evutil_socket_t fd, short what, void *arg)
{
	struct tlsconn *c = arg;

	(void)fd;
	(void)what;
	conn_hold(c);
	if (c->state == CONN_CONNECTING)
		conn_connected(c);
	else
		tlsconn_send(c);
	conn_end_tell(c);
	conn_release(c);
}

/* What must not happen inside the owner's call. */
static void
conn_on_later(evutil_socket_t fd, short what, void *arg)
{
	struct tlsconn *c = arg;

	(void)fd;
	(void)what;
	conn_hold(c);
	if (c->tell_up) {
		c->tell_up = false;
		conn_begin(c);
	}
	if (!c->freed && !c->paused && c->left_n > 0)
		conn_deliver(c, c->left, c->left_n);
	if (!c->freed) {
		tlsconn_send(c);
		conn_end_tell(c);
	}
	if (!c->freed && c->tell_drained && c->state == CONN_UP && c->out_n == 0) {
		c->tell_drained = false;
		c->cb.drained(c, c->arg);
	}
	conn_release(c);
}

/* ---- making and freeing */

static void
conn_addr(struct tlsconn *c, const struct sockaddr *sa)
{
	char host[INET6_ADDRSTRLEN] = "";

	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host));
		snprintf(c->addr, sizeof(c->addr), "%s:%u", host, ntohs(in.sin_port));
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof(host));
		snprintf(c->addr, sizeof(c->addr), "[%s]:%u", host, ntohs(in6.sin6_port));
	} else {
		snprintf(c->addr, sizeof(c->addr), "local");
	}
}

static void
conn_tls_setup(struct tlsconn *c, SSL_CTX *ctx, bool server)
{
	BIO *b = tlsconn_must(BIO_new(c->l->bio));

	BIO_set_data(b, c);
	BIO_set_init(b, 1);
	c->ssl = tlsconn_must(SSL_new(ctx));
	SSL_set_bio(c->ssl, b, b);
	if (server)
		SSL_set_accept_state(c->ssl);
	else
		SSL_set_connect_state(c->ssl);
}

static struct tlsconn *
conn_new(struct tlsloop *l, SSL_CTX *ctx, int fd, bool server, size_t leftover_max,
    const struct tlsconn_cb *cb, void *arg)
{
	struct tlsconn *c = tlsconn_must(calloc(1, sizeof(*c)));
	int on = 1;

	c->l = l;
	c->cb = *cb;
	c->arg = arg;
	c->fd = fd;
	c->first = -1;
	c->left_max = leftover_max;
	evutil_make_socket_nonblocking(fd);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	event_assign(&c->ev_r, l->base, fd, EV_READ | EV_PERSIST, conn_on_read, c);
	event_assign(&c->ev_w, l->base, fd, EV_WRITE | EV_PERSIST, conn_on_write, c);
	event_assign(&c->ev_moderate, l->base, -1, 0, conn_on_moderated, c);
	event_assign(&c->ev_later, l->base, -1, 0, conn_on_later, c);
	if (ctx)
		conn_tls_setup(c, ctx, server);
	return c;
}

struct tlsconn *
tlsconn_accept(struct tlsloop *l, SSL_CTX *ctx, int fd, size_t leftover_max,
    const struct tlsconn_cb *cb, void *arg)
{
	struct tlsconn *c = conn_new(l, ctx, fd, true, leftover_max, cb, arg);
	struct sockaddr_storage sa = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(sa);

	getpeername(fd, (struct sockaddr *)&sa, &len);
	conn_addr(c, (struct sockaddr *)&sa);
	c->tell_up = true;
	tlsconn_later(c);
	return c;
}

static socklen_t
conn_parse(const char *address, uint16_t port, struct sockaddr_storage *sa)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	if (inet_pton(AF_INET, address, &in.sin_addr) == 1) {
		memcpy(sa, &in, sizeof(in));
		return sizeof(in);
	}
	if (inet_pton(AF_INET6, address, &in6.sin6_addr) == 1) {
		memcpy(sa, &in6, sizeof(in6));
		return sizeof(in6);
	}
	errno = EINVAL;
	return 0;
}

struct tlsconn *
tlsconn_connect(struct tlsloop *l, SSL_CTX *ctx, const char *address, uint16_t port,
    size_t leftover_max, const struct tlsconn_cb *cb, void *arg)
{
	struct sockaddr_storage sa;
	socklen_t len = conn_parse(address, port, &sa);
	struct tlsconn *c;
	int fd;

	if (len == 0)
		return NULL;
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	c = conn_new(l, ctx, fd, false, leftover_max, cb, arg);
	conn_addr(c, (struct sockaddr *)&sa);
	c->state = CONN_CONNECTING;
	if (connect(fd, (struct sockaddr *)&sa, len) == 0 || errno == EINPROGRESS) {
		event_add(&c->ev_w, NULL);
	} else {
		conn_fail_tcp(c, errno);
		tlsconn_later(c);
	}
	return c;
}

/* Say goodbye; take what the peer still sent, because closing with unread octets resets the
 * connection and destroys what we sent last. */
static void
conn_linger(struct tlsconn *c)
{
	if (c->ssl && c->state == CONN_UP && !c->out_broken)
		SSL_shutdown(c->ssl);
	ERR_clear_error();
	if (c->out_n > 0 && !c->out_broken)
		(void)!send(c->fd, c->out + c->out_off, c->out_n, MSG_NOSIGNAL);
	shutdown(c->fd, SHUT_WR);
	for (int i = 0; i < LINGER_READS; i++)
		if (recv(c->fd, NULL, TLSCONN_RECV, MSG_TRUNC | MSG_DONTWAIT) <= 0)
			break;
}

void
tlsconn_free(struct tlsconn *c)
{
	if (!c || c->freed)
		return;
	conn_hold(c);
	event_del(&c->ev_r);
	event_del(&c->ev_w);
	event_del(&c->ev_moderate);
	event_del(&c->ev_later);
	if (c->state != CONN_CONNECTING)
		conn_linger(c);
	c->freed = true;
	close(c->fd);
	SSL_free(c->ssl);
	c->ssl = NULL;
	conn_release(c);
}

/* ---- the rest */

void
tlsconn_pause(struct tlsconn *c, bool paused)
{
	if (c->freed || c->paused == paused)
		return;
	c->paused = paused;
	conn_read_arm(c);
	if (!paused) /* also inside DATA, where what will be left over is not known yet */
		tlsconn_later(c);
}

void
tlsconn_rest(struct tlsconn *c)
{
	if (c->freed || c->state != CONN_UP)
		return;
	tlsconn_out_rest(c);
	if (c->left_n == 0) {
		free(c->left);
		c->left = NULL;
		c->left_cap = 0;
	}
	if (c->ssl)
		SSL_free_buffers(c->ssl); /* not those with half a record */
}

struct octets
tlsconn_leftover(const struct tlsconn *c)
{
	return (struct octets){c->left, c->left_n};
}

SSL *
tlsconn_ssl(struct tlsconn *c)
{
	return c->ssl;
}

X509 *
tlsconn_peer(struct tlsconn *c)
{
	return c->ssl ? SSL_get0_peer_certificate(c->ssl) : NULL;
}

const char *
tlsconn_peer_addr(const struct tlsconn *c)
{
	return c->addr;
}

const char *
tlsconn_error(const struct tlsconn *c, const char **sentence)
{
	if (sentence)
		*sentence = c->sentence;
	return c->code ? c->code : "NONE";
}
