/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence contexts; see seqctx.h.  TS 103 221-2 V1.10.1 clause 5.3.9.
 *
 * A context keeps its highest number, the time of it, and a ring of digests of the numbers behind
 * it; "newer": the PDU's time is after the time of the highest number.
 *
 * First PDU of the context: NEW (nothing is claimed missing: the MDF may have begun in the middle).
 *
 * Ahead of the highest by less than 2^31 (2^32-1 > 0 is 1 ahead): NEW when it is the next, else GAP
 * of what lies between.
 *
 * In the ring: DUPLICATE with the same digest; else RESTART for number 0 and newer; else AGAIN when
 * what had the number was not kept, REUSE when it was, LATE when there was none.
 *
 * Behind the ring: RESTART when newer and below window_max, else LATE.
 *
 * In doubt the PDU is kept: only an equal digest makes a DUPLICATE, so a repetition from behind the
 * ring is delivered twice, never lost. */
#include "ingest/seqctx.h"
#include "base/crc32c.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <stdlib.h>
#include <time.h>

#define SEEN_FIRST 16 /* digests of a new context */
#define SEEN_BUDGET                                                                                \
	(UINT64_C(32) << 20) /* digests of all contexts (256 MiB); beyond it rings do not grow */
#define TABLE_FIRST 256
#define NS_PER_S INT64_C(1000000000)

struct seqctx {
	uint64_t name;	 /* 0: free place */
	uint64_t *seen;	 /* digest of number n at n & (seen_n - 1); 0: not seen */
	uint32_t seen_n; /* a power of two */
	uint32_t last;	 /* highest number */
	uint32_t count;	 /* how far back the ring has a meaning, up to seen_n */
	int64_t ts_ns;	 /* time of the highest number */
	int64_t used_ns; /* our clock, for seqctx_expire */
};

struct seqctx_table {
	struct seqctx *slot; /* open addressing, linear probing, at most 3/4 full */
	size_t slot_n, n;
	uint64_t seen_total;
	uint32_t window_max;
	struct seqctx *recent; /* of the check before */
};

static void *
must(void *p)
{
	if (!p)
		abort();
	return p;
}

static uint32_t
pow2_up(uint32_t v)
{
	uint32_t p = SEEN_FIRST;

	while (p < v && p < UINT32_C(1) << 30)
		p *= 2;
	return p;
}

struct seqctx_table *
seqctx_new(uint32_t window_max)
{
	struct seqctx_table *t = must(calloc(1, sizeof(*t)));

	t->window_max = pow2_up(window_max);
	t->slot_n = TABLE_FIRST;
	t->slot = must(calloc(t->slot_n, sizeof(*t->slot)));
	return t;
}

void
seqctx_free(struct seqctx_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->slot_n; i++)
		free(t->slot[i].seen);
	free(t->slot);
	free(t);
}

/* ---- names and digests */

static uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 m = (unsigned __int128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) *
			      (b ^ UINT64_C(0xd1b54a32d192ed03));

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t
mix_octets(uint64_t h, const uint8_t *p, size_t n)
{
	uint64_t w;

	h = mix(h, n);
	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&w, p, 8);
		h = mix(h, w);
	}
	if (n > 0) {
		w = 0;
		memcpy(&w, p, n);
		h = mix(h, w);
	}
	return h;
}

uint64_t
seqctx_hash(uint32_t ne, const struct x23_pdu *pdu)
{
	uint64_t h = mix((uint64_t)ne << 16 | pdu->type, pdu->correlation);

	h = mix_octets(h, pdu->xid, sizeof(pdu->xid));
	h = mix_octets(h, pdu->did.p, pdu->did.n);
	h = mix_octets(h, pdu->nfid.p, pdu->nfid.n);
	h = mix_octets(h, pdu->ipid.p, pdu->ipid.n);
	return h ? h : 1;
}

uint64_t
seqctx_digest(const struct x23_pdu *pdu, uint32_t payload_crc)
{
	size_t head_n = pdu->raw.n - pdu->payload.n - X23_OFF_FORMAT;

	/* Everything but version, type (in the name of the context) and lengths: a number used
	 * again after a restart has another time. */
	return (uint64_t)payload_crc << 32 | crc32c(0, pdu->raw.p + X23_OFF_FORMAT, head_n);
}

/* ---- the table */

static struct seqctx *
table_place(struct seqctx *slot, size_t slot_n, uint64_t name)
{
	size_t i = (size_t)name & (slot_n - 1);

	while (slot[i].name != 0 && slot[i].name != name)
		i = (i + 1) & (slot_n - 1);
	return &slot[i];
}

/* Move what is younger than BEFORE_NS to a table of SLOT_N places. */
static void
table_rebuild(struct seqctx_table *t, size_t slot_n, int64_t before_ns)
{
	struct seqctx *slot = must(calloc(slot_n, sizeof(*slot)));

	for (size_t i = 0; i < t->slot_n; i++) {
		struct seqctx *c = &t->slot[i];

		if (c->name == 0)
			continue;
		if (c->used_ns < before_ns) {
			t->seen_total -= c->seen_n;
			free(c->seen);
			t->n--;
			continue;
		}
		*table_place(slot, slot_n, c->name) = *c;
	}
	free(t->slot);
	t->slot = slot;
	t->slot_n = slot_n;
	t->recent = NULL;
}

static struct seqctx *
table_find(struct seqctx_table *t, uint64_t name)
{
	struct seqctx *c;

	if (t->recent && t->recent->name == name)
		return t->recent;
	c = table_place(t->slot, t->slot_n, name);
	if (c->name == 0)
		return NULL;
	return t->recent = c;
}

static struct seqctx *
table_add(struct seqctx_table *t, uint64_t name)
{
	struct seqctx *c;

	if ((t->n + 1) * 4 > t->slot_n * 3)
		table_rebuild(t, t->slot_n * 2, INT64_MIN);
	c = table_place(t->slot, t->slot_n, name);
	*c = (struct seqctx){.name = name, .seen_n = SEEN_FIRST, .ts_ns = INT64_MIN};
	c->seen = must(calloc(SEEN_FIRST, sizeof(*c->seen)));
	t->seen_total += SEEN_FIRST;
	t->n++;
	return t->recent = c;
}

/* ---- the ring of a context */

static uint64_t *
seen_at(const struct seqctx *c, uint32_t seq)
{
	return &c->seen[seq & (c->seen_n - 1)];
}

/* Twice the ring, when the context has filled it and memory allows. */
static void
seen_grow(struct seqctx_table *t, struct seqctx *c)
{
	uint32_t n = c->seen_n * 2;
	uint64_t *seen;

	if (n > t->window_max || t->seen_total + c->seen_n > SEEN_BUDGET)
		return;
	seen = must(calloc(n, sizeof(*seen)));
	for (uint32_t i = 0; i < c->seen_n; i++)
		seen[(c->last - i) & (n - 1)] = *seen_at(c, c->last - i);
	t->seen_total += c->seen_n;
	free(c->seen);
	c->seen = seen;
	c->seen_n = n;
}

/* SEQ becomes the highest number; the places of the numbers between are emptied. */
static void
seen_advance(struct seqctx *c, uint32_t seq)
{
	uint32_t d = seq - c->last;

	if (d >= c->seen_n)
		memset(c->seen, 0, c->seen_n * sizeof(*c->seen));
	else
		for (uint32_t s = c->last + 1; s != seq; s++)
			*seen_at(c, s) = 0;
	c->last = seq;
}

static void
seen_restart(struct seqctx *c, uint32_t seq)
{
	memset(c->seen, 0, c->seen_n * sizeof(*c->seen));
	c->last = seq;
	c->count = 0;
}

static uint64_t
digest_mark(uint64_t digest)
{
	return digest ? digest : 1;
}

/* ---- judging */

static struct seqctx_result
judge_behind(const struct seqctx_table *t, const struct seqctx *c, uint32_t seq, uint64_t digest,
    int64_t ts_ns)
{
	uint32_t behind = c->last - seq;
	bool newer = ts_ns > c->ts_ns;
	struct seqctx_result r = {SEQCTX_LATE, 0, 0};
	uint64_t seen = behind < c->seen_n ? *seen_at(c, seq) : 0;

	if (seen && seen == digest_mark(digest))
		r.verdict = SEQCTX_DUPLICATE;
	else if (newer && (seq == 0 || (behind >= c->seen_n && seq < t->window_max)))
		r.verdict = SEQCTX_RESTART;
	else if (seen)
		r.verdict = seen == digest_mark(0) ? SEQCTX_AGAIN : SEQCTX_REUSE;
	if (r.verdict == SEQCTX_RESTART && seq > 0)
		r.last = seq - 1;
	return r;
}

struct seqctx_result
seqctx_check(struct seqctx_table *t, uint64_t ctx, uint32_t seq, uint64_t digest, int64_t ts_ns)
{
	const struct seqctx *c = table_find(t, ctx);
	uint32_t d;

	if (!c)
		return (struct seqctx_result){SEQCTX_NEW, 0, 0};
	d = seq - c->last;
	if (d == 0 || d > INT32_MAX)
		return judge_behind(t, c, seq, digest, ts_ns);
	if (d == 1)
		return (struct seqctx_result){SEQCTX_NEW, 0, 0};
	return (struct seqctx_result){SEQCTX_GAP, c->last + 1, seq - 1};
}

static int64_t
coarse_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Make the ring reach back to SEQ, within the limits. */
static void
seen_cover(struct seqctx_table *t, struct seqctx *c, uint32_t seq)
{
	uint32_t before;

	do {
		before = c->seen_n;
		if (c->last - seq >= c->seen_n && c->last - seq < t->window_max)
			seen_grow(t, c);
	} while (c->seen_n != before);
	if (c->last - seq < c->seen_n && c->count <= c->last - seq)
		c->count = c->last - seq + 1; /* full so far: it grows before it forgets */
}

/* Recovery tells a number as new that the snapshot knew already: remember it, or begin anew by the
 * rule of judge_behind(). */
static void
note_replayed(struct seqctx_table *t, struct seqctx *c, uint32_t seq, int64_t ts_ns)
{
	bool far = c->last - seq >= t->window_max;

	if (ts_ns > c->ts_ns && (seq == 0 || (far && seq < t->window_max))) {
		seen_restart(c, seq);
		c->ts_ns = ts_ns;
	} else {
		seen_cover(t, c, seq);
	}
}

/* The ring is to keep what it reaches back to when the highest number moves D ahead. */
static void
seen_keep(struct seqctx_table *t, struct seqctx *c, uint32_t d)
{
	uint32_t before;

	do {
		before = c->seen_n;
		if (d < t->window_max && c->count + d > c->seen_n)
			seen_grow(t, c);
	} while (c->seen_n != before);
	c->count = d < c->seen_n && c->count + d < c->seen_n ? c->count + d : c->seen_n;
}

/* A number ahead, or the first. */
static void
note_ahead(struct seqctx_table *t, struct seqctx *c, uint32_t seq, int64_t ts_ns, bool known)
{
	if (known) {
		seen_keep(t, c, seq - c->last);
		seen_advance(c, seq);
	} else {
		c->last = seq;
		c->count = 1;
	}
	if (ts_ns > c->ts_ns)
		c->ts_ns = ts_ns;
}

void
seqctx_note(struct seqctx_table *t, uint64_t ctx, uint32_t seq, uint64_t digest, int64_t ts_ns,
    enum seqctx_verdict v)
{
	struct seqctx *c;
	bool known;

	if (v == SEQCTX_DUPLICATE)
		return;
	c = table_find(t, ctx);
	known = c != NULL;
	if (!c)
		c = table_add(t, ctx);
	c->used_ns = coarse_now_ns();
	switch (v) {
	case SEQCTX_NEW:
	case SEQCTX_GAP:
		if (known && seq - c->last - 1 >= INT32_MAX)
			note_replayed(t, c, seq, ts_ns);
		else
			note_ahead(t, c, seq, ts_ns, known);
		break;
	case SEQCTX_RESTART:
		seen_restart(c, seq);
		c->ts_ns = ts_ns;
		break;
	case SEQCTX_LATE:
	case SEQCTX_REUSE:
	case SEQCTX_AGAIN:
	case SEQCTX_DUPLICATE:
		break;
	}
	if (c->last - seq < c->seen_n)
		*seen_at(c, seq) = digest_mark(digest);
}

/* ---- life */

size_t
seqctx_expire(struct seqctx_table *t, int64_t before_ns)
{
	size_t before = t->n, old = 0;

	for (size_t i = 0; i < t->slot_n; i++)
		old += t->slot[i].name != 0 && t->slot[i].used_ns < before_ns;
	if (old > 0)
		table_rebuild(t, t->slot_n, before_ns);
	return before - t->n;
}

void
seqctx_each(struct seqctx_table *t, seqctx_cb cb, void *arg)
{
	for (size_t i = 0; i < t->slot_n; i++)
		if (t->slot[i].name != 0)
			cb(t->slot[i].name, t->slot[i].last, t->slot[i].ts_ns, arg);
}

void
seqctx_restore(struct seqctx_table *t, uint64_t ctx, uint32_t last, int64_t ts_ns)
{
	struct seqctx *c;

	if (ctx == 0)
		return; /* no name of a context */
	c = table_find(t, ctx);
	if (!c)
		c = table_add(t, ctx);
	seen_restart(c, last);
	c->ts_ns = ts_ns;
	c->used_ns = coarse_now_ns();
}

uint64_t
seqctx_octets(const struct seqctx_table *t)
{
	return t->slot_n * sizeof(*t->slot) + t->seen_total * sizeof(*t->slot->seen);
}

size_t
seqctx_count(const struct seqctx_table *t)
{
	return t->n;
}
