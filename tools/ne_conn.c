/* SPDX-License-Identifier: Apache-2.0 */
/* States of a connection: WAIT > CONNECTING > HANDSHAKE > UP > CLOSING > DONE, or back to WAIT when
 * it is lost.  TS 103 221-2 clause 6.2.4: keepalive each TIME_P1, reconnect when unanswered for
 * TIME_P2. */
#include "config.h"
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "spec/ts103221_2.h"
#include "tools/ne_conn.h"
#include "tools/ne_pdu.h"

#define SEND_UNIT (64 * 1024) /* octets encrypted before a send */
#define RECORD_MAX 16384
#define BACKOFF_MIN_NS (CLOCK_NS_PER_S / 10)
#define CLOSE_NS (2 * CLOCK_NS_PER_S)
#define OPEN_NS (10 * CLOCK_NS_PER_S)
#define STEADY_NS (2 * CLOCK_NS_PER_S) /* up for this long: a later loss is a new one */
#define FOREVER INT64_MAX

/* ---- TLS context */

static int
ctx_versions(SSL_CTX *x, const struct ne_conf *c)
{
	int v = !c->tls ? 0 : strcmp(c->tls, "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;

	if (!SSL_CTX_set_min_proto_version(x, v ? v : TLS1_2_VERSION) ||
	    !SSL_CTX_set_max_proto_version(x, v))
		return 0;
	if (c->ciphers && strncmp(c->ciphers, "TLS_", 4) == 0)
		return SSL_CTX_set_ciphersuites(x, c->ciphers);
	return c->ciphers ? SSL_CTX_set_cipher_list(x, c->ciphers) : 1;
}

SSL_CTX *
ne_conn_ctx(const struct ne_conf *conf, const struct ne_id *ne)
{
	SSL_CTX *x = SSL_CTX_new(TLS_client_method());
	const char *what = "TLS version or ciphers";

	assert(x);
	if (!ctx_versions(x, conf))
		goto fail;
	what = "--cert";
	if (SSL_CTX_use_certificate_chain_file(x, ne->cert) != 1)
		goto fail;
	what = "--key";
	if (SSL_CTX_use_PrivateKey_file(x, ne->key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(x) != 1)
		goto fail;
	what = "--ca";
	if (conf->ca && SSL_CTX_load_verify_locations(x, conf->ca, NULL) != 1)
		goto fail;
	SSL_CTX_set_verify(x, conf->ca ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
	return x;
fail:
	fprintf(stderr, "mdf-ne: %s: %s\n", what, ERR_reason_error_string(ERR_peek_last_error()));
	SSL_CTX_free(x);
	return NULL;
}

/* ---- life */

void
ne_conn_init(struct ne_conn *c, unsigned index, const struct ne_conf *conf,
    struct ne_ledger *ledger, SSL_CTX *ctx)
{
	memset(c, 0, sizeof(*c));
	c->index = index;
	c->conf = conf;
	c->ledger = ledger;
	c->ctx = ctx;
	c->fd = -1;
	c->backoff_ns = BACKOFF_MIN_NS;
	c->obuf = malloc(NE_OUT_ROOM);
	assert(c->obuf);
	ne_queue_init(&c->q);
}

static void
drop_socket(struct ne_conn *c)
{
	SSL_free(c->ssl);
	c->ssl = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->o_at = c->o_n = 0;
}

void
ne_conn_fini(struct ne_conn *c)
{
	drop_socket(c);
	free(c->obuf);
	ne_queue_fini(&c->q);
}

static void
say(const struct ne_conn *c, const char *text)
{
	if (c->conf->verbose)
		fprintf(stderr, "mdf-ne: connection %u: %s\n", c->index, text);
}

static void
fail(struct ne_conn *c, enum ne_why why)
{
	drop_socket(c);
	c->state = NE_FAILED;
	c->why = why;
	ne_ledger_event(c->ledger, c->index, "failed");
}

static int64_t
ns(double s)
{
	return (int64_t)(s * 1e9);
}

/* Forget what was in flight on this connection; what is not acknowledged will be sent again. */
static void
forget_flight(struct ne_conn *c)
{
	uint64_t again = ne_queue_rewind(&c->q);

	if (c->conf->resend_max)
		c->stats.resent_n += again;
	c->ka_n = 0;
	c->ka_seq = 0;
	c->ka_covers = c->q.head;
	if (c->conf->resend_max == 0)
		c->acked = c->q.head; /* what was in flight can never be acknowledged */
	c->ka_wanted = false;
	c->rx_n = 0;
	c->conn_sent = 0;
}

static void
lost(struct ne_conn *c, int64_t now_ns, const char *why)
{
	say(c, why);
	snprintf(c->last_loss, sizeof(c->last_loss), "%s", why);
	drop_socket(c);
	forget_flight(c);
	c->stats.lost_n++;
	ne_ledger_event(c->ledger, c->index, "lost");
	if (!c->down_ns)
		c->down_ns = now_ns;
	c->state = NE_WAIT;
	c->retry_at_ns = now_ns + c->backoff_ns;
	c->backoff_ns *= 2;
	if (c->backoff_ns > ns(c->conf->backoff_s))
		c->backoff_ns = ns(c->conf->backoff_s);
}

/* A TLS error: an alert before anything was acknowledged means that we are not wanted. */
static void
tls_error(struct ne_conn *c, int64_t now_ns)
{
	unsigned long e = ERR_peek_last_error();
	int reason = ERR_GET_REASON(e);
	bool alert = ERR_GET_LIB(e) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET;
	const char *text = ERR_reason_error_string(e);

	ERR_clear_error();
	if ((alert && !c->ever_acked) || (c->state == NE_HANDSHAKE && e && !c->ever_acked)) {
		fprintf(stderr, "mdf-ne: connection %u: TLS refused: %s\n", c->index,
		    text ? text : "no reason given");
		fail(c, NE_WHY_REFUSED);
		return;
	}
	lost(c, now_ns, text ? text : "TLS ended");
}

/* ---- output */

static void read_tls(struct ne_conn *c, int64_t now_ns);

/* The peer is gone; what it said before (an alert, an acknowledgement) may still be there to read.
 */
static void
send_failed(struct ne_conn *c, int64_t now_ns, const char *why)
{
	uint8_t buf[4096];
	ssize_t n = c->state == NE_UP ? recv(c->fd, buf, sizeof(buf), 0) : 0;

	if (n > 0) {
		BIO_write(c->in, buf, (int)n);
		read_tls(c, now_ns);
	}
	if (c->fd >= 0)
		lost(c, now_ns, why);
}

/* Send what is encrypted.  Returns 1 when all is gone, 0 when the socket is full, -1 when the
 * connection was lost. */
static int
flush(struct ne_conn *c, int64_t now_ns)
{
	ssize_t n;

	for (;;) {
		if (c->o_at == c->o_n) {
			c->o_at = c->o_n = 0;
			if (BIO_ctrl_pending(c->out) == 0)
				return 1;
			c->o_n = (size_t)BIO_read(c->out, c->obuf, NE_OUT_ROOM);
		}
		n = send(c->fd, c->obuf + c->o_at, c->o_n - c->o_at, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (n < 0) {
			send_failed(c, now_ns, strerror(errno));
			return -1;
		}
		c->o_at += (size_t)n;
		c->progress_ns = now_ns;
	}
}

static void
tls_write(struct ne_conn *c, const void *p, size_t n)
{
	int w = SSL_write(c->ssl, p, (int)n);

	assert(w == (int)n); /* a memory BIO takes all */
}

static const struct ne_fault *
keepalive_fault(const struct ne_conn *c)
{
	size_t i;

	for (i = 0; i < c->conf->faults_n; i++)
		if (c->conf->faults[i].kind == NE_FAULT_WRONG_KEEPALIVE ||
		    c->conf->faults[i].kind == NE_FAULT_NO_KEEPALIVE)
			return &c->conf->faults[i];
	return NULL;
}

static void
write_wrong_keepalive(struct ne_conn *c, int sub)
{
	uint8_t p[52] = {0};

	ne_pdu_keepalive(c->conf->minor, c->ka_seq, p);
	if (sub == 0)
		octets_put32(p + X23_OFF_HEADER_LEN, X23_HEADER_MIN);
	else if (sub == 1)
		octets_put32(p + X23_OFF_PAYLOAD_LEN, 4);
	else
		octets_put16(p + X23_OFF_TYPE, X23_TYPE_KEEPALIVE_ACK);
	tls_write(c, p, sub == 0 ? 40 : sub == 1 ? 52 : 48);
}

static void
write_keepalive(struct ne_conn *c, int64_t now_ns)
{
	const struct ne_fault *f = keepalive_fault(c);
	uint8_t p[X23_KEEPALIVE_LEN];

	c->ka_wanted = false;
	c->ka_at_ns = now_ns;
	if ((f && f->kind == NE_FAULT_NO_KEEPALIVE) || c->ka_n == NE_KA_MAX)
		return;
	if (f)
		write_wrong_keepalive(c, f->sub);
	c->ka[c->ka_n].seq = c->ka_seq;
	c->ka[c->ka_n].covers = c->q.tx;
	c->ka[c->ka_n].n = c->last_n;
	c->ka[c->ka_n++].at_ns = now_ns;
	c->ka_covers = c->q.tx;
	ne_pdu_keepalive(c->conf->minor, c->ka_seq++, p);
	tls_write(c, p, sizeof(p));
	c->stats.keepalives_n++;
}

/* Octets up to OFF are with TLS: count the PDUs that are now wholly sent. */
static void
advance(struct ne_conn *c, uint64_t off)
{
	struct ne_queue *q = &c->q;

	c->stats.sent_octets += off - q->tx_off;
	q->tx_off = off;
	while (q->tx < q->tail && ne_queue_entry(q, q->tx)->end <= off) {
		c->last_n = ne_queue_entry(q, q->tx)->n;
		q->tx++;
		c->conn_sent++;
		c->stats.sent_n++;
	}
	if (c->conf->resend_max == 0)
		ne_queue_drop(q, q->tx);
}

static bool
at_boundary(const struct ne_queue *q)
{
	return q->tx_off == (q->tx > q->head ? ne_queue_entry(q, q->tx - 1)->end : q->start);
}

/* An entry with flags.  Returns false when nothing may follow now. */
static bool
write_special(struct ne_conn *c, struct ne_entry *e, int64_t now_ns)
{
	struct ne_queue *q = &c->q;
	const uint8_t *p = ne_queue_octets(q, q->tx_off);
	size_t left = (size_t)(e->end - q->tx_off);

	if ((e->flags & NE_Q_ONCE) && (e->flags & NE_Q_SENT)) {
		q->tx_off = e->end;
		q->tx++;
		return true;
	}
	if (e->flags & NE_Q_STALL) {
		tls_write(c, p, left / 2);
		e->flags &= ~NE_Q_STALL;
		c->stall_until_ns = now_ns + ns(c->conf->stall_s);
		return false;
	}
	if ((e->flags & NE_Q_SLOW) && left > 0) {
		if (now_ns < c->slow_at_ns)
			return false;
		tls_write(c, p, 1);
		advance(c, q->tx_off + 1);
		c->slow_at_ns = now_ns + (int64_t)e->arg * 1000000;
		return false;
	}
	tls_write(c, p, left);
	advance(c, e->end);
	if (e->flags & NE_Q_CLOSE)
		c->stall_until_ns = now_ns; /* leave at once */
	return !(e->flags & NE_Q_CLOSE);
}

/* Packed: as many octets as a record takes, up to a flagged entry or, before a keepalive, to the
 * end of this PDU. */
static uint64_t
packed_end(const struct ne_conn *c)
{
	const struct ne_queue *q = &c->q;
	uint64_t end = q->end, i;

	if (c->ka_wanted)
		end = ne_queue_entry(q, q->tx)->end;
	else if (q->flagged_n)
		for (i = q->tx, end = q->tx_off;
		     i < q->tail && !ne_queue_entry(q, i)->flags && end - q->tx_off < RECORD_MAX;
		     i++)
			end = ne_queue_entry(q, i)->end;
	return end - q->tx_off > RECORD_MAX ? q->tx_off + RECORD_MAX : end;
}

/* One PDU or record.  Returns false when nothing may follow now. */
static bool
write_next(struct ne_conn *c, int64_t now_ns)
{
	struct ne_queue *q = &c->q;
	struct ne_entry *e;
	uint64_t end;

	if (c->ka_wanted && at_boundary(q)) {
		write_keepalive(c, now_ns);
		return true;
	}
	if (q->tx == q->tail || (c->conf->one_per_connection && c->conn_sent > 0))
		return false;
	e = ne_queue_entry(q, q->tx);
	if (e->flags & ~(e->flags & NE_Q_ONCE ? 0 : NE_Q_SENT))
		return write_special(c, e, now_ns);
	end = c->conf->shape == NE_SHAPE_PACKED ? packed_end(c) : e->end;
	if (end == q->tx_off) /* packed, and the next entry was sent before */
		end = e->end;
	tls_write(c, ne_queue_octets(q, q->tx_off), (size_t)(end - q->tx_off));
	advance(c, end);
	return true;
}

static void
pump(struct ne_conn *c, int64_t now_ns)
{
	size_t unit = c->conf->shape == NE_SHAPE_SEND ? 1 : SEND_UNIT;
	bool more = true;
	int rc;

	while (more) {
		if (c->stall_until_ns)
			more = false;
		while (more && BIO_ctrl_pending(c->out) + (c->o_n - c->o_at) < unit)
			more = write_next(c, now_ns);
		rc = flush(c, now_ns);
		if (rc <= 0)
			return;
	}
}

/* ---- input */

static void
acked(struct ne_conn *c, uint32_t seq, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < c->ka_n && c->ka[i].seq != seq; i++)
		;
	if (i == c->ka_n) {
		c->stats.stray_acks_n++;
		return;
	}
	c->stats.acks_n++;
	c->stats.acked_n += c->ka[i].covers - c->acked;
	c->acked = c->ka[i].covers;
	ne_queue_drop(&c->q, c->ka[i].covers);
	ne_ledger_ack(c->ledger, c->index, seq, c->ka[i].n);
	c->ka_n -= i + 1;
	memmove(c->ka, c->ka + i + 1, c->ka_n * sizeof(c->ka[0]));
	c->ever_acked = true;
	c->down_ns = 0;
	c->backoff_ns = BACKOFF_MIN_NS;
	c->progress_ns = now_ns;
}

/* Acknowledgements have 48 octets; anything else an MDF sends is counted and left out, a wrong
 * frame ends the connection. */
static void
received(struct ne_conn *c, const uint8_t *p, size_t n, int64_t now_ns)
{
	while (n && c->state == NE_UP) {
		size_t take = sizeof(c->rx) - c->rx_n < n ? sizeof(c->rx) - c->rx_n : n, len;

		memcpy(c->rx + c->rx_n, p, take);
		c->rx_n += take;
		p += take;
		n -= take;
		while (c->rx_n >= X23_HEADER_MIN && c->state == NE_UP) {
			len = octets_get32(c->rx + X23_OFF_HEADER_LEN);
			if (len < X23_HEADER_MIN || len > sizeof(c->rx) ||
			    octets_get32(c->rx + X23_OFF_PAYLOAD_LEN)) {
				lost(
				    c, now_ns, "the MDF sent something that is no acknowledgement");
				return;
			}
			if (c->rx_n < len)
				break;
			if (octets_get16(c->rx + X23_OFF_TYPE) == X23_TYPE_KEEPALIVE_ACK &&
			    len == X23_KEEPALIVE_LEN && octets_get16(c->rx + 40) == X23_ATTR_SEQ &&
			    octets_get16(c->rx + 42) == 4)
				acked(c, octets_get32(c->rx + 44), now_ns);
			else
				c->stats.stray_acks_n++;
			c->rx_n -= len;
			memmove(c->rx, c->rx + len, c->rx_n);
		}
	}
}

/* Our last word to a peer that we do not want; nobody waits for it. */
static void
send_alert(struct ne_conn *c)
{
	int n = BIO_read(c->out, c->obuf, NE_OUT_ROOM);

	if (n > 0 && send(c->fd, c->obuf, (size_t)n, MSG_NOSIGNAL) < 0)
		say(c, "the alert could not be sent");
}

static void
handshake(struct ne_conn *c, int64_t now_ns)
{
	int rc = SSL_do_handshake(c->ssl), err = SSL_get_error(c->ssl, rc);

	if (rc != 1 && err != SSL_ERROR_WANT_READ && err != SSL_ERROR_WANT_WRITE) {
		send_alert(c);
		tls_error(c, now_ns);
		return;
	}
	if (rc == 1) {
		c->state = NE_UP;
		c->stats.connects_n++;
		c->stats.reconnects_n += c->ever_up;
		ne_ledger_event(c->ledger, c->index, c->ever_up ? "reconnect" : "connect");
		c->ever_up = true;
		c->ka_at_ns = c->progress_ns = c->up_at_ns = now_ns;
		say(c, "up");
	}
	flush(c, now_ns);
}

static void
read_tls(struct ne_conn *c, int64_t now_ns)
{
	uint8_t buf[16384];
	int n, err;

	while (c->state == NE_UP || c->state == NE_CLOSING) {
		n = SSL_read(c->ssl, buf, sizeof(buf));
		if (n > 0) {
			received(c, buf, (size_t)n, now_ns);
			continue;
		}
		err = SSL_get_error(c->ssl, n);
		if (err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE)
			return;
		if (c->state == NE_CLOSING)
			c->close_by_ns = now_ns;
		else if (err == SSL_ERROR_ZERO_RETURN)
			lost(c, now_ns, "the MDF closed");
		else
			tls_error(c, now_ns);
		return;
	}
}

static void
on_readable(struct ne_conn *c, int64_t now_ns)
{
	uint8_t buf[32768];
	ssize_t n = recv(c->fd, buf, sizeof(buf), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		if (c->state == NE_CLOSING)
			c->close_by_ns = now_ns;
		else
			lost(c, now_ns,
			    n < 0 ? "connection reset" : "the MDF closed without a word");
		return;
	}
	BIO_write(c->in, buf, (int)n);
	if (c->state == NE_HANDSHAKE)
		handshake(c, now_ns);
	if (c->state == NE_UP || c->state == NE_CLOSING)
		read_tls(c, now_ns);
}

/* ---- opening and closing */

static void
start_tls(struct ne_conn *c, int64_t now_ns)
{
	c->ssl = SSL_new(c->ctx);
	c->in = BIO_new(BIO_s_mem());
	c->out = BIO_new(BIO_s_mem());
	assert(c->ssl && c->in && c->out);
	SSL_set_bio(c->ssl, c->in, c->out);
	if (c->conf->server_name) {
		SSL_set_tlsext_host_name(c->ssl, c->conf->server_name);
		SSL_set1_host(c->ssl, c->conf->server_name);
	}
	SSL_set_connect_state(c->ssl);
	c->state = NE_HANDSHAKE;
	handshake(c, now_ns);
}

static void
open_socket(struct ne_conn *c, int64_t now_ns)
{
	int one = 1;

	c->fd = socket(c->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0) {
		lost(c, now_ns, strerror(errno));
		return;
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->state = NE_CONNECTING;
	c->close_by_ns = now_ns + OPEN_NS;
	if (connect(c->fd, (struct sockaddr *)&c->addr, c->addr_len) == 0)
		start_tls(c, now_ns);
	else if (errno != EINPROGRESS)
		lost(c, now_ns, strerror(errno));
}

static void
connected(struct ne_conn *c, int64_t now_ns)
{
	int err = 0;
	socklen_t n = sizeof(err);

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &n);
	if (err)
		lost(c, now_ns, strerror(err));
	else
		start_tls(c, now_ns);
}

/* Close in order: close_notify, then wait for the peer's end so that nothing is cut off. */
static void
begin_close(struct ne_conn *c, int64_t now_ns)
{
	SSL_shutdown(c->ssl);
	c->state = NE_CLOSING;
	c->close_by_ns = now_ns + CLOSE_NS;
	if (flush(c, now_ns) == 1)
		shutdown(c->fd, SHUT_WR);
}

/* After closing: the end, or the next connection at once. */
static void
closed(struct ne_conn *c, int64_t now_ns)
{
	drop_socket(c);
	if (c->source_ended && c->q.tx == c->q.tail) {
		c->state = NE_DONE;
		return;
	}
	if (!c->conf->wait_ack_s && c->conf->resend_max)
		ne_queue_drop(&c->q, c->q.tx);
	forget_flight(c);
	c->state = NE_WAIT;
	c->retry_at_ns = now_ns;
}

/* ---- timers */

static bool
all_acked(const struct ne_conn *c)
{
	return c->acked == c->q.tail || c->conf->wait_ack_s <= 0;
}

/* Has this connection done what it is for? */
static bool
finished(const struct ne_conn *c)
{
	if (c->conf->one_per_connection && c->conn_sent > 0)
		return c->conf->wait_ack_s <= 0 || c->acked == c->q.tx;
	return c->source_ended && c->q.tx == c->q.tail && all_acked(c);
}

static void
want_keepalive(struct ne_conn *c, int64_t now_ns)
{
	uint64_t uncovered = c->q.tx - c->ka_covers;
	bool ending = c->q.tx == c->q.tail && c->source_ended;

	if (c->conf->keepalive_s > 0 && now_ns - c->ka_at_ns >= ns(c->conf->keepalive_s))
		c->ka_wanted = true;
	if (c->conf->wait_ack_s <= 0 && c->conf->resend_max == 0)
		return;
	if (uncovered && c->ka_n < 4 && c->conf->resend_max &&
	    (c->q.tx_off - (c->ka_covers > c->q.head ? ne_queue_entry(&c->q, c->ka_covers - 1)->end
						     : c->q.start)) *
		    4 >
		c->conf->resend_max)
		c->ka_wanted = true;
	if (c->conf->wait_ack_s > 0 && uncovered &&
	    (ending || (c->conf->one_per_connection && c->conn_sent > 0)))
		c->ka_wanted = true;
}

static int64_t
run_up(struct ne_conn *c, int64_t now_ns)
{
	if (c->stall_until_ns && now_ns >= c->stall_until_ns) {
		c->stall_until_ns = 0;
		c->retry_at_ns = now_ns;
		lost(c, now_ns, "ended on purpose");
		c->retry_at_ns = now_ns;
		return now_ns;
	}
	if (c->ka_n && now_ns - c->ka[0].at_ns > ns(c->conf->ack_timeout_s)) {
		lost(c, now_ns, "TIME_P2: no acknowledgement");
		return c->retry_at_ns;
	}
	if (now_ns - c->up_at_ns > STEADY_NS)
		c->down_ns = 0;
	want_keepalive(c, now_ns);
	pump(c, now_ns);
	if (c->state == NE_UP && !c->ka_wanted) {
		want_keepalive(c, now_ns);
		if (c->ka_wanted)
			pump(c, now_ns);
	}
	if (c->state == NE_UP && finished(c) && c->o_at == c->o_n)
		begin_close(c, now_ns);
	else if (c->state == NE_UP && c->source_ended && c->q.tx == c->q.tail &&
		 c->conf->wait_ack_s > 0 && now_ns - c->progress_ns > ns(c->conf->wait_ack_s))
		fail(c, NE_WHY_GIVEN_UP);
	return c->state == NE_UP ? FOREVER : now_ns;
}

/* The nearest timer of a connection that is up. */
static int64_t
next_timer(const struct ne_conn *c)
{
	int64_t t = FOREVER, v[5] = {FOREVER, FOREVER, FOREVER, FOREVER, FOREVER};
	int i;

	if (c->conf->keepalive_s > 0)
		v[0] = c->ka_at_ns + ns(c->conf->keepalive_s);
	if (c->ka_n)
		v[1] = c->ka[0].at_ns + ns(c->conf->ack_timeout_s) + 1;
	if (c->stall_until_ns)
		v[2] = c->stall_until_ns;
	if (c->slow_at_ns && c->q.tx < c->q.tail &&
	    (ne_queue_entry(&c->q, c->q.tx)->flags & NE_Q_SLOW))
		v[3] = c->slow_at_ns;
	if (c->source_ended && c->conf->wait_ack_s > 0)
		v[4] = c->progress_ns + ns(c->conf->wait_ack_s) + 1;
	for (i = 0; i < 5; i++)
		t = v[i] < t ? v[i] : t;
	return t;
}

static int64_t
run_wait(struct ne_conn *c, int64_t now_ns)
{
	if (c->source_ended && c->q.head == c->q.tail && c->ever_up) {
		c->state = NE_DONE;
		return FOREVER;
	}
	if (c->down_ns && now_ns - c->down_ns > ns(c->conf->retry_s)) {
		fail(c, c->ever_up ? NE_WHY_GIVEN_UP : NE_WHY_CONNECT);
		return FOREVER;
	}
	if (now_ns >= c->retry_at_ns)
		open_socket(c, now_ns);
	return c->state == NE_WAIT ? c->retry_at_ns : FOREVER;
}

int64_t
ne_conn_run(struct ne_conn *c, int64_t now_ns)
{
	int64_t t = FOREVER;

	if (c->state == NE_WAIT)
		t = run_wait(c, now_ns);
	else if (c->state == NE_UP)
		t = run_up(c, now_ns);
	else if (c->state == NE_CLOSING && now_ns >= c->close_by_ns)
		closed(c, now_ns);
	else if ((c->state == NE_CONNECTING || c->state == NE_HANDSHAKE) &&
		 now_ns >= c->close_by_ns)
		lost(c, now_ns, "no answer");
	if (c->state == NE_UP)
		return next_timer(c);
	if (c->state == NE_CLOSING || c->state == NE_CONNECTING || c->state == NE_HANDSHAKE)
		return c->close_by_ns;
	return c->state == NE_WAIT ? c->retry_at_ns : t;
}

void
ne_conn_ready(struct ne_conn *c, int64_t now_ns, short revents)
{
	if (c->state == NE_CONNECTING) {
		connected(c, now_ns);
		return;
	}
	if (c->ssl && (revents & POLLOUT) && flush(c, now_ns) == 1 && c->state == NE_CLOSING)
		shutdown(c->fd, SHUT_WR);
	if (c->ssl && (revents & (POLLIN | POLLERR | POLLHUP)))
		on_readable(c, now_ns);
}

short
ne_conn_events(const struct ne_conn *c)
{
	if (c->fd < 0)
		return 0;
	if (c->state == NE_CONNECTING)
		return POLLOUT;
	return c->o_at < c->o_n ? POLLIN | POLLOUT : POLLIN;
}

bool
ne_conn_room(const struct ne_conn *c)
{
	uint64_t max = c->conf->resend_max ? c->conf->resend_max : 256 * 1024,
		 unsent = c->q.end - c->q.tx_off;

	return unsent < 512 * 1024 && ne_queue_len(&c->q) < max;
}
