/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_conn.h. */
#include "lemf_conn.h"
#include "lemf_tri.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_MAX (256u * 1024) /* octets per wake-up */
#define OUT_MAX (1024u * 1024) /* answers that wait: a peer that never reads is closed */
#define SLOW_TICK_MS 100

struct lemf_conn {
	struct lemf_rx *rx;
	struct lemf_conn *next, **link;
	uint64_t id, octet_n;
	long pdu_n;
	const char *kind;
	char peer[64];
	int fd;
	SSL *ssl;
	bool up, stalled, garbage_sent;
	struct event *rd, *wr, *tick;
	uint8_t *in, *out;
	size_t in_n, in_cap, out_n, out_cap;
};

static void
conn_free(struct lemf_conn *c, const char *why)
{
	struct lemf_rx *rx = c->rx;
	char more[160];

	snprintf(more, sizeof(more),
	    ",\"state\":\"down\",\"why\":\"%s\",\"pdus\":%ld,\"octets\":%" PRIu64, why, c->pdu_n,
	    c->octet_n);
	if (rx->store)
		lemf_store_note(rx->store, "conn", c->id, clock_wall_ns(), more);
	log_info(
	    "LEMF-CONN-DOWN", "connection %" PRIu64 ": %s after %ld PDUs", c->id, why, c->pdu_n);
	if (c->ssl) {
		if (c->up)
			SSL_shutdown(c->ssl);
		SSL_free(c->ssl);
		ERR_clear_error();
	}
	close(c->fd);
	event_free(c->rd);
	event_free(c->wr);
	event_free(c->tick);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	rx->open_n--;
	free(c->in);
	free(c->out);
	free(c);
}

/* One read.  Octets; 0 end of stream; -EAGAIN; other -errno. */
static ssize_t
conn_read(struct lemf_conn *c, uint8_t *p, size_t n)
{
	ssize_t got;
	int rc;

	if (!c->ssl) {
		got = recv(c->fd, p, n, 0);
		return got < 0 ? (errno == EINTR ? -EAGAIN : -errno) : got;
	}
	ERR_clear_error();
	rc = SSL_read(c->ssl, p, (int)n);
	if (rc > 0)
		return rc;
	switch (SSL_get_error(c->ssl, rc)) {
	case SSL_ERROR_WANT_WRITE:
		event_add(c->wr, NULL);
		return -EAGAIN;
	case SSL_ERROR_WANT_READ:
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		return errno ? -errno : -ECONNRESET;
	default:
		return -EPROTO;
	}
}

static int
conn_flush(struct lemf_conn *c)
{
	size_t at = 0;

	while (at < c->out_n) {
		ssize_t n = c->ssl ? SSL_write(c->ssl, c->out + at, (int)(c->out_n - at))
				   : send(c->fd, c->out + at, c->out_n - at, MSG_NOSIGNAL);

		if (n <= 0) {
			int e = c->ssl ? SSL_get_error(c->ssl, (int)n) : 0;

			if (c->ssl ? e != SSL_ERROR_WANT_WRITE && e != SSL_ERROR_WANT_READ
				   : errno != EAGAIN && errno != EINTR)
				return -EPIPE;
			event_add(c->wr, NULL);
			break;
		}
		at += (size_t)n;
	}
	if (at)
		memmove(c->out, c->out + at, c->out_n - at);
	c->out_n -= at;
	return c->out_n > OUT_MAX ? -EPIPE : 0;
}

static void
queue_out(struct lemf_conn *c, const void *p, size_t n)
{
	if (c->out_cap - c->out_n < n) {
		c->out_cap = (c->out_n + n) * 2;
		c->out = realloc(c->out, c->out_cap);
		assert(c->out);
	}
	memcpy(c->out + c->out_n, p, n);
	c->out_n += n;
}

static void
answer(struct lemf_conn *c, const struct lemf_pdu *pdu)
{
	const struct lemf_manners *m = &c->rx->manners;
	enum lemf_tri_answer what = lemf_tri_wanted(pdu);
	uint32_t seq = pdu->head.seq;
	char more[128];
	uint8_t *p;
	size_t n;

	if (what == LEMF_TRI_NONE ||
	    (what == LEMF_TRI_KEEPALIVE_RESPONSE && !m->keepalive_response) ||
	    (what == LEMF_TRI_OPTION_RESPONSE && !m->option_response))
		return;
	if (what == LEMF_TRI_ACK_RESPONSE && !m->accept_ack)
		return;
	if (what == LEMF_TRI_KEEPALIVE_RESPONSE && m->wrong_number)
		seq++;
	p = lemf_tri_encode(pdu, what, seq, m->accept_ack, &n);
	if (!p)
		return;
	queue_out(c, p, n);
	free(p);
	c->rx->answer_n++;
	snprintf(more, sizeof(more), ",\"answer\":\"%s\",\"seq\":%" PRIu32 ",\"after\":%ld",
	    lemf_tri_answer_name(what), seq, c->pdu_n);
	lemf_store_note(c->rx->store, "answer", c->id, clock_wall_ns(), more);
}

static void
take_pdu(struct lemf_conn *c, struct octets raw, int64_t now)
{
	struct lemf_rx *rx = c->rx;
	static const uint8_t garbage[64] = {0xde, 0xad, 0xbe, 0xef};

	lemf_pdu_decode(&rx->pdu, raw);
	lemf_store_pdu(rx->store, c->id, now, raw, &rx->pdu.head);
	c->pdu_n++;
	rx->pdu_n++;
	rx->class_n[rx->pdu.head.cls]++;
	answer(c, &rx->pdu);
	if (rx->manners.garbage_after >= 0 && c->pdu_n >= rx->manners.garbage_after &&
	    !c->garbage_sent) {
		c->garbage_sent = true;
		queue_out(c, garbage, sizeof(garbage));
	}
	if (rx->exit_after >= 0 && rx->pdu_n >= (uint64_t)rx->exit_after)
		event_base_loopexit(rx->base, NULL);
}

static void
note_bad(struct lemf_conn *c, const struct lemf_ber_error *err)
{
	char more[160];

	c->rx->bad_n++;
	snprintf(more, sizeof(more), ",\"code\":\"%s\",\"at\":%" PRIu64, err->code,
	    c->octet_n - c->in_n + err->at);
	lemf_store_note(c->rx->store, "bad", c->id, clock_wall_ns(), more);
	log_warn("LEMF-STREAM", "connection %" PRIu64 ": %s: %s (stream offset %" PRIu64 ")", c->id,
	    err->code, err->what, c->octet_n - c->in_n + err->at);
}

/* PDUs out of what was read.  Returns NULL, or why the connection ends. */
static const char *
split(struct lemf_conn *c, int64_t now)
{
	const struct lemf_manners *m = &c->rx->manners;
	const char *why = NULL;
	size_t at = 0, len;

	while (at < c->in_n && !why) {
		struct octets rest = {c->in + at, c->in_n - at};
		struct lemf_ber_error err;
		int rc;

		if (m->close_after >= 0 && c->pdu_n >= m->close_after)
			return "closed on request";
		if (m->stop_reading_after >= 0 && c->pdu_n >= m->stop_reading_after)
			break;
		rc = lemf_ber_split(rest, &len, &err);
		if (rc == -EAGAIN || (rc == 0 && len > rest.n))
			break;
		if (rc) {
			err.at += at;
			note_bad(c, &err);
			why = "not a stream of PS-PDUs";
			break;
		}
		take_pdu(c, (struct octets){rest.p, len}, now);
		at += len;
	}
	if (at)
		memmove(c->in, c->in + at, c->in_n - at);
	c->in_n -= at;
	return why;
}

/* MORE: the last read had something, so there may be records in OpenSSL's buffer that no event
 * tells of.  (SSL_has_pending() alone is also true of the begin of a record whose rest is still on
 * its way.) */
static void
want_read(struct lemf_conn *c, bool more)
{
	const struct lemf_manners *m = &c->rx->manners;
	struct timeval tick = {0, SLOW_TICK_MS * 1000};

	if (c->stalled || (m->stop_reading_after >= 0 && c->pdu_n >= m->stop_reading_after)) {
		event_del(c->rd);
		event_del(c->tick);
	} else if (m->slow > 0 && c->up) {
		event_del(c->rd);
		event_add(c->tick, &tick);
	} else {
		event_add(c->rd, NULL);
		if (more && c->ssl && SSL_has_pending(c->ssl))
			event_active(c->rd, EV_READ, 1);
	}
}

/* What was read, stored; then the answers go. */
static bool
settle(struct lemf_conn *c, const char *why)
{
	struct lemf_rx *rx = c->rx;
	int rc = rx->store ? lemf_store_commit(rx->store) : 0;

	if (rc) {
		log_err("LEMF-STORE", "storing failed: %s; nothing was answered", strerror(-rc));
		rx->exit_code = LEMF_EXIT_FAIL;
		event_base_loopbreak(rx->base);
		return false;
	}
	if (conn_flush(c) && !why)
		why = "writing failed";
	if (why) {
		conn_free(c, why);
		return false;
	}
	return true;
}

static void
read_some(struct lemf_conn *c, size_t budget)
{
	struct lemf_rx *rx = c->rx;
	const char *why = NULL;
	ssize_t n = 0;

	while (budget > 0 && !why) {
		size_t room = budget < READ_MAX ? budget : READ_MAX;

		if (c->in_cap - c->in_n < room) {
			c->in_cap = c->in_n + room + READ_MAX;
			c->in = realloc(c->in, c->in_cap);
			assert(c->in);
		}
		n = conn_read(c, c->in + c->in_n, room);
		if (n <= 0)
			break;
		budget -= (size_t)n;
		c->octet_n += (uint64_t)n;
		rx->octet_n += (uint64_t)n;
		c->in_n += rx->store ? (size_t)n : 0;
		if (!c->ssl)
			break;
	}
	if (n == 0)
		why = c->in_n ? "closed by the peer inside a PDU" : "closed by the peer";
	else if (n < 0 && n != -EAGAIN)
		why = n == -EPROTO ? "TLS failure" : "connection failure";
	rx->last_rx_ns = clock_mono_ns();
	if (rx->store && c->in_n) {
		const char *bad = split(c, clock_wall_ns());

		why = bad ? bad : why;
	}
	if (settle(c, why))
		want_read(c, n > 0);
}

static bool
handshake(struct lemf_conn *c)
{
	int rc = 1, e;
	char more[160];

	if (c->ssl) {
		ERR_clear_error();
		rc = SSL_accept(c->ssl);
	}
	if (rc != 1) {
		e = SSL_get_error(c->ssl, rc);
		if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) {
			event_add(e == SSL_ERROR_WANT_READ ? c->rd : c->wr, NULL);
			return false;
		}
		log_warn("LEMF-TLS", "connection %" PRIu64 ": handshake failed: %s", c->id,
		    ERR_reason_error_string(ERR_peek_last_error())
			? ERR_reason_error_string(ERR_peek_last_error())
			: "closed by the peer");
		conn_free(c, "handshake failed");
		return false;
	}
	c->up = true;
	snprintf(more, sizeof(more),
	    ",\"state\":\"up\",\"peer\":\"%s\",\"listener\":\"%s\",\"transport\":\"%s\"", c->peer,
	    c->kind, c->ssl ? SSL_get_version(c->ssl) : "tcp");
	if (c->rx->store)
		lemf_store_note(c->rx->store, "conn", c->id, clock_wall_ns(), more);
	log_info("LEMF-CONN-UP", "connection %" PRIu64 " from %s, %s, %s", c->id, c->peer, c->kind,
	    c->ssl ? SSL_get_version(c->ssl) : "tcp");
	return true;
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	struct lemf_conn *c = arg;

	(void)fd, (void)what;
	if (!c->up && !handshake(c))
		return;
	if (c->rx->manners.slow > 0)
		want_read(c, false);
	else
		read_some(c, READ_MAX);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct lemf_conn *c = arg;
	size_t n = (size_t)c->rx->manners.slow * SLOW_TICK_MS / 1000;

	(void)fd, (void)what;
	read_some(c, n > 0 ? n : 1);
}

static void
on_write(evutil_socket_t fd, short what, void *arg)
{
	struct lemf_conn *c = arg;

	(void)fd, (void)what;
	if (!c->up)
		on_read(fd, what, arg);
	else if (conn_flush(c))
		conn_free(c, "writing failed");
}

void
lemf_conn_accept(struct lemf_rx *rx, int fd, const char *kind, const char *peer)
{
	struct lemf_conn *c;
	int small = 8192;

	if (rx->manners.refuse) {
		close(fd);
		return;
	}
	c = calloc(1, sizeof(*c));
	assert(c);
	if (rx->manners.slow > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	c->rx = rx;
	c->id = rx->next_conn++;
	c->kind = kind;
	c->fd = fd;
	snprintf(c->peer, sizeof(c->peer), "%s", peer);
	if (rx->ctx) {
		c->ssl = SSL_new(rx->ctx);
		assert(c->ssl && SSL_set_fd(c->ssl, fd) == 1);
	}
	c->rd = event_new(rx->base, fd, EV_READ, on_read, c);
	c->wr = event_new(rx->base, fd, EV_WRITE, on_write, c);
	c->tick = event_new(rx->base, -1, 0, on_tick, c);
	assert(c->rd && c->wr && c->tick);
	c->next = rx->conns;
	c->link = &rx->conns;
	if (c->next)
		c->next->link = &c->next;
	rx->conns = c;
	rx->conn_n++;
	rx->open_n++;
	c->stalled = rx->manners.stall_handshake != 0;
	if (!c->stalled && (c->ssl || handshake(c)))
		want_read(c, false);
}

void
lemf_conn_close_all(struct lemf_rx *rx)
{
	while (rx->conns)
		conn_free(rx->conns, "closed by the receiver");
}

void
lemf_conn_resume_all(struct lemf_rx *rx)
{
	struct lemf_conn *c, *next;

	for (c = rx->conns; c; c = next) {
		next = c->next;
		if (!rx->manners.stall_handshake)
			c->stalled = false;
		if (c->up && c->in_n) /* PDUs may be waiting that reading was stopped in front of */
			read_some(c, 1);
		else
			want_read(c, true);
	}
}
