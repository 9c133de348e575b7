/* SPDX-License-Identifier: Apache-2.0 */
/* What an X2/X3 connection brings, in pieces of any length, with pauses: what is made of it does
 * not depend on the pieces.  The connection code is the real one; the transport is played.
 *
 * Input: an octet of options, one for the limits, one for the pieces, then the stream.
 *   options 1: X2 allowed  2: X3 allowed  4: the owner pauses now and then  8: nothing is durable
 *           before the end  16: lengths are made to fit, so that a stream gets beyond its first PDU
 */
#include "base/crc32c.h"
#include "base/tlsconn.h"
#include "ingest/clif.h"
#include "ingest/x23_conn.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"
#include "fuzz_util.h"

#include <errno.h>

#define ACKS_MAX 65536

/* What came of a stream. */
struct result {
	uint64_t pdus, errors, keepalives;
	uint32_t digest;
	enum reject_code fault;
	bool down;
	uint8_t acks[ACKS_MAX];
	size_t acks_n;
};

static struct result *now;
static struct listener l;
static uint64_t barrier_no;
static unsigned pause_at, calls;
static bool freed;
static struct octets left;

/* ---- the transport */

void
tlsconn_free(struct tlsconn *c)
{
	(void)c;
	freed = true;
}

int
tlsconn_write(struct tlsconn *c, const void *data, size_t n)
{
	(void)c;
	assert(!freed);
	if (now->acks_n + n <= ACKS_MAX) {
		memcpy(now->acks + now->acks_n, data, n);
		now->acks_n += n;
	}
	return 0;
}

void
tlsconn_flush(struct tlsconn *c)
{
	(void)c;
}

size_t
tlsconn_pending(const struct tlsconn *c)
{
	(void)c;
	return 0;
}

void
tlsconn_pause(struct tlsconn *c, bool paused)
{
	(void)c;
	(void)paused;
}

void
tlsconn_rest(struct tlsconn *c)
{
	(void)c;
	assert(!freed);
}

struct octets
tlsconn_leftover(const struct tlsconn *c)
{
	(void)c;
	return left;
}

void
clif_free(struct clif *c)
{
	(void)c;
}

void
clif_durable(struct xconn *x)
{
	(void)x;
	abort();
}

void
clif_drain(struct xconn *x)
{
	(void)x;
	abort();
}

void
listener_gate(struct listener *li)
{
	(void)li;
}

void
listener_pause(struct listener *li, bool paused)
{
	li->paused = paused;
}

/* ---- the owner */

static void
mix(const void *p, size_t n)
{
	now->digest = crc32c(now->digest, p, n);
}

static void
mix_part(struct octets o, const struct x23_pdu *p)
{
	assert(o.n == 0 || (o.p >= p->raw.p && o.p + o.n <= p->raw.p + p->raw.n));
	mix(&o.n, sizeof(o.n));
	mix(o.p, o.n);
}

static void
look(const struct x23_pdu *p)
{
	const struct octets part[] = {p->did, p->nfid, p->ipid, p->src, p->dst, p->mime_type,
	    p->mime_encoding, p->sdp, p->attributes, p->payload, p->raw};
	struct octets v;
	size_t off = 0;
	uint16_t type;
	uint32_t seen = 0;

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		mix_part(part[i], p);
	assert(p->raw.n == X23_HEADER_MIN + p->attributes.n + p->payload.n);
	assert(p->did.n <= 255 && p->nfid.n <= 255 && p->ipid.n <= 255 && p->ts_ns < 1000000000);
	while (x23_attr_next(p->attributes, &off, &type, &v)) {
		mix_part(v, p);
		if (type > 0 && type <= X23_ATTR_N)
			seen |= UINT32_C(1) << type;
	}
	assert(off == p->attributes.n && (p->present & ~seen) == 0);
	mix(&p->seq, sizeof(p->seq));
	mix(&p->ts_s, sizeof(p->ts_s));
	assert(x23_type_name(p->type) != NULL && x23_format_name(p->format) != NULL);
}

static int
on_pdu(struct x23_conn *c, const struct x23_pdu *p, int error, enum reject_code why, void *arg)
{
	(void)c;
	(void)arg;
	assert(!freed && (error == 0) == (why == REJECT_NONE));
	if (pause_at > 0 && ++calls % pause_at == 0) {
		if (calls & 1) { /* there is room again before we return */
			l.resumes++;
		}
		return -EAGAIN;
	}
	now->pdus++;
	now->errors += error != 0;
	mix(&why, sizeof(why));
	look(p);
	return 0;
}

static uint64_t
on_barrier(void *arg)
{
	(void)arg;
	return ++barrier_no;
}

static void
on_fault(
    struct x23_conn *c, enum reject_code why, struct octets raw, const struct x23_pdu *p, void *arg)
{
	(void)c;
	(void)arg;
	assert(raw.n > 0 && (p != NULL) == (why == REJECT_INTERFACE));
	now->fault = why;
}

static void
on_down(struct x23_conn *c, enum reject_code why, const char *sentence, bool alone, void *arg)
{
	(void)arg;
	assert(why == now->fault && sentence[0] != '\0' && alone);
	now->keepalives = c->keepalives;
	now->down = true;
}

static void
on_turn(void *arg)
{
	(void)arg;
}

/* ---- one stream */

static struct xconn *
dial(const struct conf *conf, uint8_t options)
{
	struct xconn *x = calloc(1, sizeof(*x));

	assert(x != NULL);
	memset(&l, 0, sizeof(l));
	l.conf = conf;
	l.cb = (struct listener_cb){.pdu = on_pdu,
	    .barrier = on_barrier,
	    .turn = on_turn,
	    .fault = on_fault,
	    .down = on_down};
	l.first = x;
	l.conn_n = 1;
	x->l = &l;
	x->identified = true;
	x->x2 = options & 1;
	x->x3 = options & 2;
	barrier_no = 0;
	calls = 0;
	freed = false;
	return x;
}

static void
durable(struct xconn *x)
{
	l.durable = barrier_no;
	xconn_durable(x);
}

/* Like tlsconn: what is left over stands in front of what is new. */
static void
feed(struct xconn *x, const uint8_t *in, size_t n, unsigned piece, bool late)
{
	uint32_t dice = piece;
	size_t from = 0, to = 0, idle = 0;

	while (!freed && (to < n || from < to) && idle < 4) {
		size_t len = piece == 0 ? n : 1 + (dice >> 16) % (piece * 4);
		uint8_t *copy;
		ssize_t used;

		dice = dice * 1103515245 + 12345;
		idle = to == n ? idle + 1 : 0;
		to = len > n - to ? n : to + len;
		copy = malloc(to - from);
		assert(copy != NULL);
		memcpy(copy, in + from, to - from);
		l.paused = false;
		used = xconn_data(NULL, (struct octets){copy, to - from}, x);
		assert(used >= -1 && used <= (ssize_t)(to - from) && (used == -1) == freed);
		free(copy);
		if (used > 0) {
			from += (size_t)used;
			idle = 0;
		}
		if (!freed && (!late || x->stalled))
			durable(x);
	}
	if (freed)
		return;
	durable(x);
	left = (struct octets){in + from, to - from};
	l.paused = false;
	xconn_drain(x); /* nothing that could have been taken is left, but after a pause */
	if (!freed) {
		durable(x);
		now->keepalives = x->pub.keepalives;
		assert(x->ack_n == 0 && x->pub.acks == x->pub.keepalives);
		xconn_sent(NULL, x);
		xconn_free(x);
	}
}

static void
play(const struct conf *conf, const uint8_t *in, size_t n, unsigned piece, uint8_t options,
    struct result *r)
{
	memset(r, 0, offsetof(struct result, acks));
	r->acks_n = 0;
	now = r;
	pause_at = piece != 0 && (options & 4) ? 2 + piece % 7 : 0;
	feed(dial(conf, options), in, n, piece, options & 8);
}

/* Each header gets a length of payload that keeps the next header in reach. */
static void
fit(uint8_t *p, size_t n)
{
	for (size_t at = 0; n - at >= X23_HEADER_MIN;) {
		uint32_t header, payload, rest = (uint32_t)(n - at);

		p[at] = 0;
		header = X23_HEADER_MIN +
			 octets_get32(p + at + X23_OFF_HEADER_LEN) % (rest - X23_HEADER_MIN + 1);
		payload = octets_get32(p + at + X23_OFF_PAYLOAD_LEN) % (rest - header + 1);
		octets_put32(p + at + X23_OFF_HEADER_LEN, header);
		octets_put32(p + at + X23_OFF_PAYLOAD_LEN, payload);
		at += header + payload;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct result whole, pieces;
	struct fuzz_in f = {in, n};
	uint8_t options = fuzz_u8(&f), limit = fuzz_u8(&f), piece = fuzz_u8(&f);
	struct conf conf = {.header_max = limit & 15 ? 40 + (limit & 15u) * 64 : 65536,
	    .payload_max = limit >> 4 ? (limit >> 4) * 64u : 1 << 20};
	char *copy = fuzz_text((struct octets){f.p, f.n});

	if (options & 16)
		fit((uint8_t *)copy, f.n);
	play(&conf, (uint8_t *)copy, f.n, 0, options, &whole);
	play(&conf, (uint8_t *)copy, f.n, 1u + piece, options, &pieces);
	assert(whole.pdus == pieces.pdus && whole.errors == pieces.errors);
	assert(whole.digest == pieces.digest && whole.fault == pieces.fault);
	assert(whole.down == pieces.down);
	assert(
	    whole.down || (whole.keepalives == pieces.keepalives && whole.acks_n == pieces.acks_n &&
			      memcmp(whole.acks, pieces.acks, whole.acks_n) == 0));
	free(copy);
	return 0;
}
