/* SPDX-License-Identifier: Apache-2.0 */
/* The writing half of a connection: coalesced output, and which plaintext the peer's TCP has
 * acknowledged; see tlsconn.h. */
#include "base/tlsconn_priv.h"

#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define OUT_KEEP (1024 * 1024) /* an empty output buffer larger than this is given back */

void
tlsconn_append(struct tlsconn *c, const void *p, size_t n)
{
	if (c->out_off > 0 && c->out_off + c->out_n + n > c->out_cap) {
		memmove(c->out, c->out + c->out_off, c->out_n);
		c->out_off = 0;
	}
	if (c->out_n + n > c->out_cap) {
		size_t cap = c->out_cap ? c->out_cap : 4096;

		while (cap < c->out_n + n)
			cap *= 2;
		c->out = tlsconn_must(realloc(c->out, cap));
		c->out_cap = cap;
	}
	memcpy(c->out + c->out_off + c->out_n, p, n);
	c->out_n += n;
	c->cipher += n;
}

static void
out_clear(struct tlsconn *c)
{
	c->out_off = c->out_n = 0;
	if (c->out_cap > OUT_KEEP) {
		free(c->out);
		c->out = NULL;
		c->out_cap = 0;
	}
}

void
tlsconn_out_rest(struct tlsconn *c)
{
	if (c->out_n == 0) {
		free(c->out);
		c->out = NULL;
		c->out_cap = 0;
	}
	tlsconn_tcp_acked(c);
	if (c->mark_n == 0) {
		free(c->mark);
		c->mark = NULL;
		c->mark_at = c->mark_cap = 0;
	}
}

/* A timer, not event_active(): the loop must look at its sockets in between. */
void
tlsconn_later(struct tlsconn *c)
{
	static const struct timeval now = {0, 0};

	event_add(&c->ev_later, &now);
}

void
tlsconn_send(struct tlsconn *c)
{
	ssize_t n;

	if (c->out_n == 0 || c->freed)
		return;
	n = send(c->fd, c->out + c->out_off, c->out_n, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		/* The read side tells the end, after what the peer had sent before. */
		c->out_broken = true;
		out_clear(c);
		event_del(&c->ev_w);
		return;
	}
	if (n > 0) {
		c->out_off += (size_t)n;
		c->out_n -= (size_t)n;
	}
	if (c->out_n > 0) {
		event_add(&c->ev_w, NULL);
		return;
	}
	out_clear(c);
	event_del(&c->ev_w);
	if (c->cb.drained && c->state == CONN_UP) {
		c->tell_drained = true;
		tlsconn_later(c);
	}
}

/* Remember where the plaintext written so far ends in the ciphertext. */
static void
mark_add(struct tlsconn *c)
{
	if (c->mark_n == c->mark_cap)
		tlsconn_tcp_acked(c);
	if (c->mark_n == c->mark_cap) {
		size_t cap = c->mark_cap ? c->mark_cap * 2 : 4;
		struct conn_mark *m = tlsconn_must(malloc(cap * sizeof(*m)));

		for (size_t i = 0; i < c->mark_n; i++)
			m[i] = c->mark[(c->mark_at + i) & (c->mark_cap - 1)];
		free(c->mark);
		c->mark = m;
		c->mark_at = 0;
		c->mark_cap = cap;
	}
	c->mark[(c->mark_at + c->mark_n++) & (c->mark_cap - 1)] =
	    (struct conn_mark){c->cipher, c->plain};
}

int
tlsconn_write(struct tlsconn *c, const void *data, size_t n)
{
	const uint8_t *p = data;

	if (c->state != CONN_UP || c->freed || c->out_broken)
		return -EPIPE;
	while (n > 0) {
		size_t piece = n < TLSCONN_RECORD ? n : TLSCONN_RECORD, wrote = piece;

		if (!c->ssl) {
			tlsconn_append(c, p, piece);
		} else if (SSL_write_ex(c->ssl, p, piece, &wrote) != 1) {
			ERR_clear_error();
			c->out_broken = true;
			return -EPIPE;
		}
		c->plain += wrote;
		p += wrote;
		n -= wrote;
		mark_add(c);
	}
	return 0;
}

void
tlsconn_flush(struct tlsconn *c)
{
	if (c->freed || event_pending(&c->ev_w, EV_WRITE, NULL))
		return; /* the kernel is full: the write event goes on */
	tlsconn_send(c);
}

size_t
tlsconn_pending(const struct tlsconn *c)
{
	return c->out_n;
}

size_t
tlsconn_unacked(const struct tlsconn *c)
{
	int queued = 0;

	if (!c->freed && ioctl(c->fd, SIOCOUTQ, &queued) != 0)
		queued = 0;
	return c->out_n + (size_t)queued;
}

uint64_t
tlsconn_acked(const struct tlsconn *c, size_t unacked)
{
	return c->cipher > unacked ? c->cipher - unacked : 0;
}

uint32_t
tlsconn_rtt_us(const struct tlsconn *c)
{
	struct tcp_info info;
	socklen_t n = sizeof(info);

	if (c->freed || getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 ||
	    n < offsetof(struct tcp_info, tcpi_min_rtt) + sizeof(info.tcpi_min_rtt))
		return 0; /* an older kernel does not tell */
	return info.tcpi_min_rtt == UINT32_MAX ? 0 : info.tcpi_min_rtt;
}

uint64_t
tlsconn_written(const struct tlsconn *c)
{
	return c->plain;
}

uint64_t
tlsconn_tcp_acked(struct tlsconn *c)
{
	uint64_t acked;

	/* What is acknowledged is counted from what waits; a broken connection threw that away and
	 * must not be read as "nothing waits". */
	if (c->freed || c->out_broken)
		return c->plain_acked;
	acked = c->cipher - tlsconn_unacked(c);
	while (c->mark_n > 0 && c->mark[c->mark_at].cipher <= acked) {
		c->plain_acked = c->mark[c->mark_at].plain;
		c->mark_at = (c->mark_at + 1) & (c->mark_cap - 1);
		c->mark_n--;
	}
	return c->plain_acked;
}
