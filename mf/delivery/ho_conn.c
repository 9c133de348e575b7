/* SPDX-License-Identifier: Apache-2.0 */
/* One HI2/HI3 connection; see ho_conn.h. */
#include "delivery/ho_conn.h"

#include "base/clock.h"
#include "base/tls.h"
#include "base/tlsconn.h"
#include "delivery/pace.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define HO_WAITS_N 64u	     /* questions without an answer; power of two */
#define HO_TRI_MAX 512u	     /* octets of a TRI PDU of ours */
#define HO_STAGE_LEN 16384u  /* plaintext of one TLS record */
#define HO_IGNORED_MAX 1000u /* harmless PDUs from the LEMF between two ticks */
#define HO_BROKEN_MS 1000
#define HO_TICK_MIN_MS 5
#define HO_TICK_MAX_MS 250

enum ho_conn_state {
	HO_CONNECTING, /* TCP, TLS */
	HO_OPTIONS,
	HO_UP,
	HO_OVER /* down() is on its way, or was called */
};

/* A keep-alive or acknowledgement request that waits for its answer. */
struct ho_wait {
	uint32_t number;
	uint64_t end; /* plaintext octets sent before it, itself included */
	int64_t sent_ns;
};

/* Answers come in order: only the oldest can be answered. */
struct ho_waits {
	struct ho_wait w[HO_WAITS_N];
	unsigned head, n;
};

struct ho_conn {
	struct event_base *base;
	const struct dest_conf *conf;
	struct ho_conn_numbers *numbers;
	const struct ho_conn_cb *cb;
	void *arg;
	struct tlsconn *tc; /* NULL when over */
	struct event *tick, *over;
	enum ho_conn_state state;
	enum ho_level level; /* in use, when up */
	bool no_options, late;
	struct ho_waits keepalive, ack;
	int64_t state_ms;     /* when the state began */
	int64_t sent_ms;      /* last time something was written: TIME1 */
	int64_t progress_ms;  /* last sign that the LEMF reads: TIME2, TIME3 */
	int64_t broken_ms;    /* since when it takes no data; 0: it does */
	int64_t open_ms;      /* first octet without a barrier behind it */
	size_t open_len;      /* octets without a barrier behind them */
	uint32_t barrier_len; /* ask after so many */
	uint64_t data_end, acked_end;
	uint64_t tcp_acked;
	unsigned ignored;
	int64_t rtt_us;
	struct pace pace;
	uint64_t ahead_len; /* octets in front of the wire: measured, and put since */
	char code[32], text[256];
	size_t stage_n;
	uint64_t rested;	     /* data_end when it was */
	uint8_t stage[HO_STAGE_LEN]; /* waits to become one TLS record */
};

static int64_t
ho_now_ms(void)
{
	return clock_mono_ns() / 1000000;
}

static void ho_conn_fail(struct ho_conn *c, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
ho_conn_fail(struct ho_conn *c, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (c->state == HO_OVER)
		return;
	c->state = HO_OVER;
	snprintf(c->code, sizeof(c->code), "%s", code);
	va_start(ap, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
	event_del(c->tick);
	tlsconn_free(c->tc);
	c->tc = NULL;
	event_active(c->over, EV_TIMEOUT, 0); /* the owner hears it from the loop */
}

static void
ho_conn_on_over(evutil_socket_t fd, short what, void *arg)
{
	struct ho_conn *c = arg;

	(void)fd;
	(void)what;
	c->cb->down(c->arg, c->code, c->text);
}

/* ---- writing */

/* Octets of plaintext given to this connection so far. */
static uint64_t
ho_conn_end(const struct ho_conn *c)
{
	return tlsconn_written(c->tc) + c->stage_n;
}

/* A connection that takes no more is over, but what the LEMF answered before is still to be read:
 * the read side tells the end, or the next ticks do. */
static int
ho_conn_write(struct ho_conn *c, const uint8_t *p, size_t n)
{
	if (c->broken_ms == 0 && tlsconn_write(c->tc, p, n) == 0)
		return 0;
	if (c->broken_ms == 0)
		c->broken_ms = ho_now_ms();
	return -1;
}

static int
ho_conn_unstage(struct ho_conn *c)
{
	size_t n = c->stage_n;

	c->stage_n = 0;
	return n > 0 ? ho_conn_write(c, c->stage, n) : 0;
}

/* Small PDUs share a TLS record; of large ones only the rest is copied. */
static int
ho_conn_put(struct ho_conn *c, const uint8_t *p, size_t n)
{
	c->ahead_len += n;
	while (n > 0) {
		size_t take = n < HO_STAGE_LEN - c->stage_n ? n : HO_STAGE_LEN - c->stage_n;

		if (c->stage_n == 0 && n >= HO_STAGE_LEN) {
			take = n - n % HO_STAGE_LEN;
			if (ho_conn_write(c, p, take) < 0)
				return -1;
		} else {
			memcpy(c->stage + c->stage_n, p, take);
			c->stage_n += take;
			if (c->stage_n == HO_STAGE_LEN && ho_conn_unstage(c) < 0)
				return -1;
		}
		p += take;
		n -= take;
	}
	return 0;
}

static void
ho_conn_send_out(struct ho_conn *c)
{
	if (ho_conn_unstage(c) == 0)
		tlsconn_flush(c->tc);
}

/* ---- questions and answers */

static struct ho_wait *
ho_waits_front(struct ho_waits *q)
{
	return q->n > 0 ? &q->w[q->head] : NULL;
}

static int
ho_conn_tri(struct ho_conn *c, enum tri_kind kind, uint32_t number)
{
	static const struct octets none;
	uint8_t buf[HO_TRI_MAX];
	int n = tri_encode(
	    &c->conf->filler, 0, number, kind, none, false, clock_wall_ns(), buf, sizeof(buf));

	assert(n > 0);
	if (ho_conn_put(c, buf, (size_t)n) < 0)
		return -1;
	c->sent_ms = ho_now_ms();
	return 0;
}

/* Send a question that Q waits for.  Returns false when too many wait already. */
static bool
ho_conn_ask(struct ho_conn *c, struct ho_waits *q, enum tri_kind kind, uint32_t *number)
{
	struct ho_wait *w;

	if (q->n == HO_WAITS_N)
		return false;
	if (ho_conn_tri(c, kind, *number) < 0)
		return false;
	w = &q->w[(q->head + q->n++) & (HO_WAITS_N - 1)];
	w->number = (*number)++;
	w->end = ho_conn_end(c);
	w->sent_ns = clock_mono_ns();
	return true;
}

/* A question behind all data, whose answer proves the data. */
static void
ho_conn_ask_barrier(struct ho_conn *c)
{
	bool asked = c->level == HO_LEVEL_A
			 ? ho_conn_ask(c, &c->ack, TRI_PDU_ACK_REQUEST, &c->numbers->ack)
			 : ho_conn_ask(c, &c->keepalive, TRI_KEEPALIVE, &c->numbers->keepalive);

	if (asked)
		c->open_len = 0;
}

static void
ho_conn_progress(struct ho_conn *c)
{
	c->progress_ms = ho_now_ms();
	if (c->late) {
		c->late = false;
		c->cb->late(c->arg, false);
	}
}

static void
ho_conn_acked(struct ho_conn *c, uint64_t end)
{
	if (end > c->acked_end) {
		c->acked_end = end;
		c->cb->acked(c->arg, end);
	}
}

/* The answer NUMBER to the oldest question of Q; PROVES: it acknowledges data. */
static void
ho_conn_answer(
    struct ho_conn *c, struct ho_waits *q, const char *what, uint32_t number, bool proves)
{
	struct ho_wait *w = ho_waits_front(q), *before = ho_waits_front(&c->ack);
	bool passed_over;
	uint64_t end;

	if (w == NULL || w->end > tlsconn_written(c->tc)) { /* nor one that did not leave yet */
		ho_conn_fail(c, "ANSWER-UNASKED", "%s %u was never asked for", what, number);
		return;
	}
	if (w->number != number) {
		ho_conn_fail(
		    c, "ANSWER-WRONG", "%s has number %u, expected %u", what, number, w->number);
		return;
	}
	c->rtt_us = (clock_mono_ns() - w->sent_ns) / 1000;
	end = w->end;
	/* a LEMF that answers keep-alives, but not the acknowledgement asked for before, must not
	 * keep that one waiting for ever */
	passed_over = before != NULL && before->end < end;
	q->head = (q->head + 1) & (HO_WAITS_N - 1);
	q->n--;
	if (!passed_over)
		ho_conn_progress(c);
	if (proves)
		ho_conn_acked(c, end);
}

/* ---- coming up */

static void
ho_conn_up(struct ho_conn *c, enum ho_level level)
{
	c->level = level;
	c->state = HO_UP;
	c->state_ms = ho_now_ms();
	c->cb->up(c->arg, level);
}

static void
ho_conn_refused(struct ho_conn *c, const char *why)
{
	if (c->conf->level == HO_LEVEL_A)
		ho_conn_fail(c, "LEVEL-REFUSED",
		    "PDU acknowledgement is demanded and the LEMF %s: nothing is delivered; set "
		    "level auto or b to deliver by keep-alives",
		    why);
	else
		ho_conn_up(c, HO_LEVEL_B);
}

static void
ho_conn_option_response(struct ho_conn *c, const struct tri_pdu *p)
{
	if (c->state != HO_OPTIONS) {
		c->ignored++; /* too late: level B was taken */
		return;
	}
	if (ho_conn_tri(c, TRI_OPTION_COMPLETE, p->seq) < 0)
		return;
	ho_conn_send_out(c);
	if (c->state == HO_OVER)
		return;
	ho_conn_progress(c);
	if (p->accepts_ack)
		ho_conn_up(c, HO_LEVEL_A);
	else
		ho_conn_refused(c, "declines it");
}

/* NULL when the certificate is that of our LEMF, else the code of the error. */
static const char *
ho_conn_peer_fault(struct ho_conn *c)
{
	X509 *peer = tlsconn_peer(c->tc);
	const char *name = c->conf->server_name;
	uint8_t pin[32];

	if (!c->conf->tls)
		return NULL;
	if (peer == NULL)
		return "TLS-NO-CERT";
	if (name[0] != '\0' && !tls_san_has(peer, name, strlen(name)))
		return "PEER-NAME";
	if (c->conf->pin_n == 0)
		return NULL;
	tls_spki(peer, pin);
	for (size_t i = 0; i < c->conf->pin_n; i++)
		if (memcmp(pin, c->conf->pin[i], sizeof(pin)) == 0)
			return NULL;
	return "PEER-PIN";
}

static void
ho_conn_connected(struct ho_conn *c)
{
	const char *fault = ho_conn_peer_fault(c);

	if (fault != NULL) {
		ho_conn_fail(c, fault, "%s",
		    strcmp(fault, "PEER-PIN") == 0
			? "the key of the LEMF's certificate is none of the pinned ones"
			: "the LEMF's certificate does not carry the expected name");
		return;
	}
	c->sent_ms = c->progress_ms = c->state_ms = ho_now_ms();
	if (c->conf->level == HO_LEVEL_C || c->conf->level == HO_LEVEL_B) {
		ho_conn_up(c, c->conf->level);
	} else if (c->no_options && c->conf->level == HO_LEVEL_AUTO) {
		ho_conn_up(c, HO_LEVEL_B);
	} else {
		c->state = HO_OPTIONS;
		if (ho_conn_tri(c, TRI_OPTION_REQUEST, c->numbers->option++) < 0)
			return;
		ho_conn_send_out(c);
		if (c->state == HO_OPTIONS)
			c->cb->options(c->arg);
	}
}

/* ---- what the transport says */

static void
ho_conn_pdu(struct ho_conn *c, const struct tri_pdu *p)
{
	switch (p->kind) {
	case TRI_KEEPALIVE_RESPONSE:
		ho_conn_answer(
		    c, &c->keepalive, "keep-aliveResponse", p->seq, c->level == HO_LEVEL_B);
		break;
	case TRI_PDU_ACK_RESPONSE:
		ho_conn_answer(c, &c->ack, "pDUAcknowledgementResponse", p->seq, true);
		break;
	case TRI_OPTION_RESPONSE:
		ho_conn_option_response(c, p);
		break;
	case TRI_TEST_PDU:
	case TRI_PADDING_PDU:
	case TRI_KEEPALIVE:
		c->ignored++;
		break;
	default:
		ho_conn_fail(c, "ANSWER-UNEXPECTED",
		    "the LEMF sent a PDU that it has no reason to send (TRI kind %u)", p->kind);
	}
	if (c->ignored > HO_IGNORED_MAX)
		ho_conn_fail(c, "ANSWER-FLOOD", "the LEMF floods us with PDUs nobody asked for");
}

static ssize_t
ho_conn_on_data(struct tlsconn *tc, struct octets data, void *arg)
{
	struct ho_conn *c = arg;
	size_t used = 0;

	(void)tc;
	while (used < data.n) {
		struct octets in = {data.p + used, data.n - used};
		struct tri_pdu pdu = {0};
		int r = tri_decode(in, HO_CONN_ANSWER_MAX, &pdu);

		if (r == -EAGAIN)
			break;
		if (r <= 0) {
			ho_conn_fail(c, "ANSWER-GARBAGE", "what the LEMF sent is not a PS-PDU");
			return -1;
		}
		used += (size_t)r;
		ho_conn_pdu(c, &pdu);
		if (c->state == HO_OVER)
			return -1;
	}
	return (ssize_t)used;
}

static void
ho_conn_on_event(struct tlsconn *tc, enum tlsconn_event ev, void *arg)
{
	struct ho_conn *c = arg;
	const char *text = "", *code;

	if (ev == TLSCONN_UP) {
		ho_conn_connected(c);
	} else if (ev == TLSCONN_CLOSED) {
		ho_conn_fail(c, "CLOSED", "the LEMF closed the connection");
	} else {
		char why[200];

		code = tlsconn_error(tc, &text);
		snprintf(why, sizeof(why), "%s", text != NULL ? text : "");
		ho_conn_fail(c, code, "%s", why);
	}
}

static void
ho_conn_on_drained(struct tlsconn *tc, void *arg)
{
	struct ho_conn *c = arg;

	(void)tc;
	if (c->state == HO_UP)
		c->cb->room(c->arg);
}

static const struct tlsconn_cb ho_conn_tls_cb = {
    ho_conn_on_data,
    ho_conn_on_event,
    ho_conn_on_drained,
};

/* ---- time */

/* Since when the LEMF owes us a sign of life (ms); 0: it owes nothing.  Octets on their way count
 * as progress until the question itself has arrived at the peer's TCP: a slow reader is not a dead
 * one. */
static int64_t
ho_conn_owed_since(struct ho_conn *c)
{
	struct ho_wait *w = ho_waits_front(&c->ack), *k = ho_waits_front(&c->keepalive);
	uint64_t before = c->tcp_acked, end;
	int64_t since;

	if (w == NULL || (k != NULL && k->sent_ns < w->sent_ns))
		w = k;
	if (w == NULL && !(c->level == HO_LEVEL_C && c->acked_end < c->data_end))
		return 0;
	c->tcp_acked = tlsconn_tcp_acked(c->tc);
	end = w != NULL ? w->end : c->data_end;
	if (c->tcp_acked > before && before < end)
		ho_conn_progress(c);
	since = w != NULL ? w->sent_ns / 1000000 : 0;
	return since > c->progress_ms ? since : c->progress_ms;
}

static void
ho_conn_tick_up(struct ho_conn *c, int64_t now)
{
	int64_t since;

	ho_conn_measure(c);
	if (c->level == HO_LEVEL_C && c->acked_end < c->data_end)
		ho_conn_acked(c, tlsconn_tcp_acked(c->tc));
	if (c->state == HO_UP && c->open_len > 0 && now - c->open_ms >= c->conf->barrier_ms)
		ho_conn_barrier(c);
	if (c->state == HO_UP && c->conf->time1_ms > 0 && c->keepalive.n == 0 &&
	    now - c->sent_ms >= c->conf->time1_ms) {
		ho_conn_ask(c, &c->keepalive, TRI_KEEPALIVE, &c->numbers->keepalive);
		ho_conn_flush(c);
	}
	if (c->state != HO_UP)
		return;
	since = ho_conn_owed_since(c);
	if (since == 0 || now - since < c->conf->time2_ms)
		return;
	if (now - since >= c->conf->time3_ms) {
		ho_conn_fail(c, "ANSWER-TIMEOUT",
		    "no answer for %u ms (TIME3): the connection is opened again",
		    c->conf->time3_ms);
	} else if (!c->late) {
		c->late = true;
		c->cb->late(c->arg, true);
	}
}

static void
ho_conn_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct ho_conn *c = arg;
	int64_t now = ho_now_ms();

	(void)fd;
	(void)what;
	c->ignored = 0;
	if (c->broken_ms != 0 && now - c->broken_ms >= HO_BROKEN_MS)
		ho_conn_fail(c, "WRITE", "the connection does not take data");
	switch (c->state) {
	case HO_CONNECTING:
		if (now - c->state_ms >= c->conf->connect_ms)
			ho_conn_fail(c, "CONNECT-TIMEOUT",
			    "no connection within %u ms (TCP and TLS)", c->conf->connect_ms);
		break;
	case HO_OPTIONS:
		if (now - c->state_ms >= c->conf->time2_ms)
			ho_conn_refused(c, "does not answer the option request");
		break;
	case HO_UP:
		ho_conn_tick_up(c, now);
		break;
	case HO_OVER:
		break;
	}
}

/* A quarter of the shortest time that matters. */
static struct timeval
ho_conn_tick_time(const struct dest_conf *c)
{
	uint32_t ms = c->barrier_ms < c->time2_ms ? c->barrier_ms : c->time2_ms;

	if (c->time1_ms > 0 && c->time1_ms < ms)
		ms = c->time1_ms;
	if (c->connect_ms < ms)
		ms = c->connect_ms;
	ms /= 4;
	if (c->level == HO_LEVEL_C && ms > 50)
		ms = 50; /* nothing wakes us when TCP acknowledges */
	ms = ms < HO_TICK_MIN_MS ? HO_TICK_MIN_MS : ms > HO_TICK_MAX_MS ? HO_TICK_MAX_MS : ms;
	return (struct timeval){0, (suseconds_t)ms * 1000};
}

/* ---- the owner's side */

struct ho_conn *
ho_conn_open(struct event_base *base, struct tlsloop *loop, SSL_CTX *ctx,
    const struct dest_conf *conf, size_t at, bool no_options, struct ho_conn_numbers *numbers,
    const struct ho_conn_cb *cb, void *arg)
{
	struct ho_conn *c = calloc(1, sizeof(*c));
	struct timeval tick = ho_conn_tick_time(conf);
	const struct dest_address *a = &conf->address[at];
	SSL *ssl;

	assert(c != NULL && at < conf->address_n);
	c->base = base;
	c->conf = conf;
	c->barrier_len = conf->barrier_len;
	pace_init(&c->pace);
	c->numbers = numbers;
	c->cb = cb;
	c->arg = arg;
	c->no_options = no_options;
	c->state_ms = ho_now_ms();
	c->tick = event_new(base, -1, EV_PERSIST, ho_conn_on_tick, c);
	c->over = event_new(base, -1, 0, ho_conn_on_over, c);
	assert(c->tick != NULL && c->over != NULL);
	event_add(c->tick, &tick);
	c->tc =
	    tlsconn_connect(loop, ctx, a->host, a->port, HO_CONN_ANSWER_MAX, &ho_conn_tls_cb, c);
	if (c->tc == NULL) {
		ho_conn_fail(c, "SOCKET", "no connection to %s: %s", a->host, strerror(errno));
		return c;
	}
	ssl = tlsconn_ssl(c->tc);
	if (ssl != NULL && conf->server_name[0] != '\0' && strchr(conf->server_name, ':') == NULL)
		SSL_set_tlsext_host_name(ssl, conf->server_name);
	return c;
}

void
ho_conn_free(struct ho_conn *c)
{
	if (c == NULL)
		return;
	event_free(c->tick);
	event_free(c->over);
	tlsconn_free(c->tc);
	free(c);
}

bool
ho_conn_room(const struct ho_conn *c)
{
	return c->state == HO_UP && c->broken_ms == 0 &&
	       tlsconn_pending(c->tc) + c->stage_n < HO_CONN_LOW_WATER &&
	       c->ahead_len < c->pace.limit_len;
}

void
ho_conn_measure(struct ho_conn *c)
{
	int64_t now_us = clock_mono_ns() / 1000;
	bool due = pace_due(&c->pace, now_us);
	size_t unacked;

	if (c->state != HO_UP || c->broken_ms != 0 || (!due && !pace_limited(&c->pace)))
		return;
	unacked = tlsconn_unacked(c->tc);
	c->ahead_len = unacked + c->stage_n;
	if (due)
		pace_sample(&c->pace, now_us, tlsconn_acked(c->tc, unacked), tlsconn_rtt_us(c->tc));
}

void
ho_conn_idle(struct ho_conn *c, bool idle)
{
	pace_idle(&c->pace, idle);
}

int64_t
ho_conn_wait_us(const struct ho_conn *c)
{
	if (c->state != HO_UP || c->broken_ms != 0 || c->ahead_len < c->pace.limit_len)
		return 0;
	return pace_wait_us(&c->pace, c->ahead_len);
}

bool
ho_conn_look(struct ho_conn *c)
{
	if (c->level != HO_LEVEL_C)
		return false;
	if (c->state == HO_UP && c->acked_end < c->data_end)
		ho_conn_acked(c, tlsconn_tcp_acked(c->tc));
	return true;
}

void
ho_conn_rest(struct ho_conn *c)
{
	if (c->stage_n > 0 || c->rested == c->data_end)
		return;
	c->rested = c->data_end;
	OPENSSL_cleanse(c->stage, sizeof(c->stage));
	if (c->tc != NULL)
		tlsconn_rest(c->tc);
}

uint64_t
ho_conn_send(struct ho_conn *c, struct octets pdu)
{
	if (c->state != HO_UP)
		return 0;
	if (ho_conn_put(c, pdu.p, pdu.n) < 0)
		return 0;
	if (c->level == HO_LEVEL_C && c->acked_end >= c->data_end)
		c->progress_ms = ho_now_ms();
	c->data_end = ho_conn_end(c);
	if (c->open_len == 0)
		c->open_ms = c->sent_ms = ho_now_ms();
	c->open_len += pdu.n;
	if (c->level != HO_LEVEL_C && c->open_len >= c->barrier_len)
		ho_conn_ask_barrier(c);
	return c->state == HO_UP ? c->data_end : 0;
}

void
ho_conn_flush(struct ho_conn *c)
{
	if (c->state == HO_UP)
		ho_conn_send_out(c);
}

void
ho_conn_barrier_len(struct ho_conn *c, uint32_t len)
{
	c->barrier_len = len;
}

void
ho_conn_barrier(struct ho_conn *c)
{
	if (c->state != HO_UP || c->open_len == 0)
		return;
	if (c->level == HO_LEVEL_C) {
		c->open_len = 0;
		c->sent_ms = ho_now_ms();
		return;
	}
	ho_conn_ask_barrier(c);
	ho_conn_flush(c);
}

int
ho_conn_test_pdu(struct ho_conn *c)
{
	if (c->state != HO_UP || ho_conn_tri(c, TRI_TEST_PDU, c->numbers->test++) < 0)
		return -ENOTCONN;
	ho_conn_flush(c);
	return 0;
}

void
ho_conn_recheck(struct ho_conn *c, SSL_CTX *ctx)
{
	const char *why = NULL;
	X509 *peer = c->tc != NULL ? tlsconn_peer(c->tc) : NULL;

	if (ctx != NULL && peer != NULL && c->state != HO_CONNECTING &&
	    tls_cert_stale(ctx, peer, &why))
		ho_conn_fail(c, "TLS-CERT-STALE", "the LEMF's certificate is not good any more: %s",
		    why != NULL ? why : "");
}

bool
ho_conn_handshaking(const struct ho_conn *c)
{
	SSL *ssl = c->tc != NULL && c->state == HO_CONNECTING ? tlsconn_ssl(c->tc) : NULL;

	return ssl != NULL && !SSL_in_before(ssl);
}

int64_t
ho_conn_rtt_us(const struct ho_conn *c)
{
	return c->rtt_us;
}

const char *
ho_conn_cert_until(const struct ho_conn *c, char *buf)
{
	X509 *cert = c->tc != NULL && tlsconn_ssl(c->tc) != NULL ? tlsconn_peer(c->tc) : NULL;
	int64_t ns = cert != NULL ? tls_cert_until_ns(cert) : 0;

	return ns > 0 ? clock_format(ns, buf) : NULL;
}

uint64_t
ho_conn_rate(const struct ho_conn *c, uint32_t *limit_len)
{
	*limit_len = c->pace.limit_len;
	return c->pace.rate;
}
