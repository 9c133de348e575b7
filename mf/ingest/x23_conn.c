/* SPDX-License-Identifier: Apache-2.0 */
/* The octets of one identified X2/X3 connection: framing in place, PDUs to the owner, keepalives
 * behind the durability barrier. TS 103 221-2 V1.10.1 clauses 5.1, 5.2, 6.2.4.  See listener.h for
 * the rules. */
#include "ingest/x23_conn.h"
#include "base/clock.h"
#include "ingest/clif.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define ACK_BATCH 32 /* acknowledgements per tlsconn_write */
#define ACK_UNSENT                                                                                 \
	(64 * 1024) /* octets of acknowledgements that an NE may leave unread, beside the kernel's \
		       buffer */

/* What xconn_feed says beside 0. */
#define XCONN_GONE 1	/* X was freed */
#define XCONN_STALLED 2 /* too many keepalives wait */

void
xconn_gate(struct xconn *x)
{
	if (x->identified)
		tlsconn_pause(x->tc, (x->l->paused && !x->clif) || x->l->stopped || x->stalled);
}

void
xconn_free(struct xconn *x)
{
	struct listener *l = x->l;

	if (x->prev)
		x->prev->next = x->next;
	else
		l->first = x->next;
	if (x->next)
		x->next->prev = x->prev;
	l->conn_n--;
	if (!x->identified)
		l->pending_n--;
	tlsconn_free(x->tc);
	clif_free(x->clif);
	free(x->ack);
	free(x);
	listener_gate(l);
}

static bool
xconn_alone(const struct xconn *x)
{
	for (const struct xconn *o = x->l->first; o; o = o->next)
		if (o != x && o->identified && o->pub.ne == x->pub.ne &&
		    o->pub.instance == x->pub.instance)
			return false;
	return true;
}

void
xconn_close(struct xconn *x, enum reject_code why, const char *sentence)
{
	assert(x->identified);
	x->l->cb.down(&x->pub, why, sentence, xconn_alone(x), x->l->arg);
	xconn_free(x);
}

void
xconn_fault(struct xconn *x, enum reject_code why, struct octets raw, const struct x23_pdu *pdu)
{
	x->pub.rejects++;
	x->l->cb.fault(&x->pub, why, raw, pdu, x->l->arg);
	xconn_close(x, why, reject_code_hint(why));
}

void
xconn_rest(struct xconn *x)
{
	if (x->ack_n == 0) {
		free(x->ack);
		x->ack = NULL;
		x->ack_at = 0;
	}
	tlsconn_rest(x->tc);
}

/* ---- keepalives */

static void
ack_send(struct xconn *x, uint8_t (*buf)[X23_KEEPALIVE_LEN], size_t n)
{
	if (n > 0 && tlsconn_write(x->tc, buf, n * X23_KEEPALIVE_LEN) == 0)
		x->pub.acks += n;
}

void
xconn_durable(struct xconn *x)
{
	uint8_t buf[ACK_BATCH][X23_KEEPALIVE_LEN];
	size_t n = 0;
	bool any = false;

	if (x->clif) {
		clif_durable(x);
		return;
	}
	while (x->ack_n > 0 && x->ack[x->ack_at].barrier <= x->l->durable &&
	       tlsconn_pending(x->tc) < ACK_UNSENT) {
		const struct xack *a = &x->ack[x->ack_at];

		x23_keepalive_ack(a->minor, a->seq, buf[n++]);
		x->ack_at = (x->ack_at + 1) % XCONN_ACKS;
		x->ack_n--;
		any = true;
		if (n == ACK_BATCH) {
			ack_send(x, buf, n);
			n = 0;
		}
	}
	ack_send(x, buf, n);
	if (!any)
		return;
	tlsconn_flush(x->tc);
	if (x->stalled) {
		x->stalled = false;
		xconn_gate(x);
	}
	if (x->quiet && x->ack_n == 0)
		xconn_rest(x);
}

/* A keepalive without a number is answered with 0, like others do. */
static int
xconn_keepalive(struct xconn *x, const struct x23_pdu *p)
{
	struct xack *a;

	if (x->ack_n == XCONN_ACKS) {
		x->stalled = true;
		xconn_gate(x);
		return -EAGAIN;
	}
	if (x->ack == NULL)
		x->ack = malloc(XCONN_ACKS * sizeof(*x->ack));
	if (x->ack == NULL)
		abort();
	a = &x->ack[(x->ack_at + x->ack_n++) % XCONN_ACKS];
	*a = (struct xack){x->l->cb.barrier(x->l->arg), p->seq, p->minor};
	x->pub.keepalives++;
	return 0;
}

/* ---- PDUs */

int
xconn_offer(struct xconn *x, const struct x23_pdu *p, int error, enum reject_code why)
{
	uint64_t resumes = x->l->resumes;
	int r = x->l->cb.pdu(&x->pub, p, error, why, x->l->arg);

	if (r == -EAGAIN) {
		listener_pause(x->l, true);
		if (x->l->resumes != resumes) /* there was room again before the owner returned */
			listener_pause(x->l, false);
		return r;
	}
	x->pub.pdus++;
	x->pub.octets += p->raw.n;
	if (error)
		x->pub.rejects++;
	return 0;
}

/* One framed PDU.  Returns 0, -EAGAIN (it stays), XCONN_GONE. */
static int
xconn_pdu(struct xconn *x, const struct x23_pdu *p, int error, enum reject_code why)
{
	if (p->type == X23_TYPE_KEEPALIVE && !error)
		return xconn_keepalive(x, p);
	if (p->type == X23_TYPE_KEEPALIVE_ACK && !error) /* ours to send, not an NE's */
		return xconn_offer(x, p, -EINVAL, REJECT_TYPE_UNKNOWN);
	if ((p->type == X23_TYPE_X2 && !x->x2) || (p->type == X23_TYPE_X3 && !x->x3)) {
		xconn_fault(x, REJECT_INTERFACE, p->raw, p);
		return XCONN_GONE;
	}
	return xconn_offer(x, p, error, why);
}

static enum reject_code
frame_reject(int error)
{
	switch (error) {
	case -ENOTSUP:
		return REJECT_VERSION;
	case -EMSGSIZE:
		return REJECT_TOO_LARGE;
	default:
		return REJECT_FRAMING;
	}
}

/* Every complete PDU of DATA that can be taken; *used grows. */
static int
xconn_feed(struct xconn *x, struct octets data, size_t *used)
{
	const struct conf *conf = x->l->conf;
	struct x23_pdu p; /* out here: it is zeroed where it is declared, and by the decoder */

	while (*used < data.n) {
		struct octets rest = {data.p + *used, data.n - *used};
		enum reject_code why;
		size_t n;
		int r = x23_pdu_decode(rest, conf->header_max, conf->payload_max, &p, &n, &why);

		if (r == -EAGAIN)
			return 0;
		if (r && r != -EINVAL) {
			xconn_fault(x, frame_reject(r), rest, NULL);
			return XCONN_GONE;
		}
		r = xconn_pdu(x, &p, r, why);
		if (r == XCONN_GONE)
			return r;
		if (r == -EAGAIN)
			return x->stalled ? XCONN_STALLED : 0;
		*used += n;
	}
	return 0;
}

static void
xconn_clock(struct xconn *x)
{
	x->pub.recv_ns = x->last_ns = clock_wall_ns();
}

ssize_t
xconn_data(struct tlsconn *tc, struct octets data, void *arg)
{
	struct xconn *x = arg;
	struct listener *l = x->l;
	size_t used = 0;
	int r;

	(void)tc;
	xconn_clock(x);
	x->quiet = data.n == X23_KEEPALIVE_LEN;
	do {
		r = xconn_feed(x, data, &used);
		if (l->cb.turn)
			l->cb.turn(l->arg);
		if (r == XCONN_GONE)
			return -1;
		xconn_durable(x);
	} while (r == XCONN_STALLED && !x->stalled && !l->paused);
	if (used > 0) {
		x->last_s = clock_mono_ns() / CLOCK_NS_PER_S;
		x->rest_s = 0;
	}
	return (ssize_t)used;
}

void
xconn_sent(struct tlsconn *tc, void *arg)
{
	(void)tc;
	xconn_durable(arg);
}

void
xconn_drain(struct xconn *x)
{
	struct octets left = tlsconn_leftover(x->tc);
	size_t used = 0;

	if (x->clif) {
		clif_drain(x);
		return;
	}
	if (left.n == 0)
		return;
	xconn_clock(x);
	xconn_feed(x, left, &used);
}
