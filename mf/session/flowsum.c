/* SPDX-License-Identifier: Apache-2.0 */
/* Flows counted for summary reports; see flowsum.h.  Rows with a free list; a hash of open chains
 * by flow, a second one by session, a list by age.  What the ticks look at stands apart from the
 * rows, close together. */
#include "session/flowsum.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifndef BUCKETS
#define BUCKETS 65536 /* of each hash; a power of two */
#endif
#define NONE 0 /* row 0 is nobody's: what is zeroed is empty, and its pages come with use */

static_assert(sizeof(struct flowsum) == 232, "state records hold it without hidden padding");

enum {
	BY_FLOW,
	BY_SESSION,
	BY_AGE,
	LISTS
};

struct flowsum_link {
	uint32_t next, prev;
};

/* Of the row with the same number. */
struct flowsum_slot {
	int64_t begun_ns, touched_ns;
	uint32_t warrant;
	uint32_t bucket[2]; /* BY_FLOW, BY_SESSION */
	bool used;
	struct flowsum_link link[LISTS];
};

struct flowsum_table {
	struct flowsum *row;	   /* row_max */
	struct flowsum_slot *slot; /* row_max */
	uint32_t *bucket[2];	   /* first row or NONE */
	uint32_t oldest, newest;   /* BY_AGE: next is the younger one */
	uint32_t *free_row;	   /* row_max */
	uint32_t free_n,
	    row_max;  /* row_max: FLOWSUM_MAX and 1, more after a recovery that needed it */
	uint32_t top; /* rows from here on were never used */
	size_t n;
};

struct flowsum_table *
flowsum_new(void)
{
	struct flowsum_table *t = calloc(1, sizeof(*t));

	assert(t != NULL);
	t->row_max = FLOWSUM_MAX + 1;
	t->row = calloc(t->row_max, sizeof(*t->row));
	t->slot = calloc(t->row_max, sizeof(*t->slot));
	t->free_row = calloc(t->row_max, sizeof(*t->free_row));
	assert(t->row != NULL && t->slot != NULL && t->free_row != NULL);
	for (int i = 0; i < 2; i++) {
		t->bucket[i] = calloc(BUCKETS, sizeof(uint32_t));
		assert(t->bucket[i] != NULL);
	}
	t->top = 1;
	return t;
}

void
flowsum_free(struct flowsum_table *t)
{
	if (t == NULL)
		return;
	free(t->row);
	free(t->slot);
	free(t->free_row);
	free(t->bucket[0]);
	free(t->bucket[1]);
	free(t);
}

size_t
flowsum_n(const struct flowsum_table *t)
{
	return t->n;
}

/* SESSION is a keyed hash already; addresses and ports are the target's choice, but the table is
 * bounded and a chain within one session costs nobody else. */
static uint64_t
flowsum_mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *o = p;
	uint64_t v;

	for (; n >= 8; n -= 8, o += 8) {
		memcpy(&v, o, 8);
		h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return h;
}

static uint32_t
flowsum_hash_session(uint32_t warrant, const uint8_t session[16])
{
	uint64_t h = flowsum_mix(warrant, session, 16) * UINT64_C(0xbf58476d1ce4e5b9);

	return (uint32_t)(h >> 48) & (BUCKETS - 1);
}

static uint32_t
flowsum_hash_flow(
    uint32_t warrant, const uint8_t session[16], const struct flow_key *flow, uint8_t kind)
{
	uint64_t h = flowsum_mix((uint64_t)warrant << 8 | kind, session, 16);

	h = flowsum_mix(h, flow, sizeof(*flow)) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(h >> 48) & (BUCKETS - 1);
}

static uint32_t
flowsum_find(const struct flowsum_table *t, uint32_t bucket, uint32_t warrant,
    const uint8_t session[16], const struct flow_key *flow, uint8_t kind)
{
	for (uint32_t i = t->bucket[BY_FLOW][bucket]; i != NONE;
	     i = t->slot[i].link[BY_FLOW].next) {
		const struct flowsum *f = &t->row[i];

		if (f->warrant == warrant && f->kind == kind &&
		    memcmp(&f->flow, flow, sizeof(*flow)) == 0 &&
		    memcmp(f->session, session, 16) == 0)
			return i;
	}
	return NONE;
}

static void
flowsum_chain_in(struct flowsum_table *t, int which, uint32_t bucket, uint32_t i)
{
	uint32_t first = t->bucket[which][bucket];

	t->slot[i].bucket[which] = bucket;
	t->slot[i].link[which] = (struct flowsum_link){first, NONE};
	if (first != NONE)
		t->slot[first].link[which].prev = i;
	t->bucket[which][bucket] = i;
}

static void
flowsum_chain_out(struct flowsum_table *t, int which, uint32_t i)
{
	struct flowsum_link l = t->slot[i].link[which];

	if (l.prev != NONE)
		t->slot[l.prev].link[which].next = l.next;
	else
		t->bucket[which][t->slot[i].bucket[which]] = l.next;
	if (l.next != NONE)
		t->slot[l.next].link[which].prev = l.prev;
}

static void
flowsum_age_out(struct flowsum_table *t, uint32_t i)
{
	struct flowsum_link l = t->slot[i].link[BY_AGE];

	if (l.prev != NONE)
		t->slot[l.prev].link[BY_AGE].next = l.next;
	else
		t->oldest = l.next;
	if (l.next != NONE)
		t->slot[l.next].link[BY_AGE].prev = l.prev;
	else
		t->newest = l.prev;
}

static void
flowsum_age_in(struct flowsum_table *t, uint32_t i)
{
	t->slot[i].link[BY_AGE] = (struct flowsum_link){NONE, t->newest};
	if (t->newest != NONE)
		t->slot[t->newest].link[BY_AGE].next = i;
	else
		t->oldest = i;
	t->newest = i;
}

static void
flowsum_remove(struct flowsum_table *t, uint32_t i)
{
	flowsum_chain_out(t, BY_FLOW, i);
	flowsum_chain_out(t, BY_SESSION, i);
	flowsum_age_out(t, i);
	t->slot[i].used = false;
	t->free_row[t->free_n++] = i;
	t->n--;
}

static void
flowsum_merge(struct flowsum *f, const struct flowsum *one)
{
	f->packets += one->packets;
	f->octets += one->octets;
	if (one->first_ns < f->first_ns)
		f->first_ns = one->first_ns;
	if (one->last_ns > f->last_ns)
		f->last_ns = one->last_ns;
	if (one->direction != f->direction)
		f->direction = 3; /* combined */
}

static void
flowsum_insert(struct flowsum_table *t, uint32_t bucket, const struct flowsum *one)
{
	uint32_t i = t->free_n > 0 ? t->free_row[--t->free_n] : t->top++;
	struct flowsum_slot *s = &t->slot[i];

	t->row[i] = *one;
	if (one->header_n > FLOWSUM_HEADER_MAX) /* of a file */
		t->row[i].header_n = FLOWSUM_HEADER_MAX;
	s->begun_ns = s->touched_ns = one->begun_ns;
	s->warrant = one->warrant;
	s->used = true;
	flowsum_chain_in(t, BY_FLOW, bucket, i);
	flowsum_chain_in(t, BY_SESSION, flowsum_hash_session(one->warrant, one->session), i);
	flowsum_age_in(t, i);
	t->n++;
}

static void
flowsum_grow(struct flowsum_table *t)
{
	uint32_t max = t->row_max * 2;

	t->row = realloc(t->row, max * sizeof(*t->row));
	t->slot = realloc(t->slot, max * sizeof(*t->slot));
	t->free_row = realloc(t->free_row, max * sizeof(*t->free_row));
	assert(t->row != NULL && t->slot != NULL && t->free_row != NULL);
	memset(t->slot + t->row_max, 0, (max - t->row_max) * sizeof(*t->slot));
	t->row_max = max;
}

/* The flow that has been idle longest goes when there are too many. */
static int
flowsum_evict(struct flowsum_table *t, flowsum_cb cb, void *arg)
{
	if (t->n < FLOWSUM_MAX)
		return 0;
	if (!cb(&t->row[t->oldest], FLOWSUM_FLOW_TIMEOUT, arg))
		return -EAGAIN;
	flowsum_remove(t, t->oldest);
	return 0;
}

int
flowsum_room(struct flowsum_table *t, const struct flowsum *one, flowsum_cb cb, void *arg)
{
	uint32_t bucket;

	if (t->n < FLOWSUM_MAX)
		return 0;
	bucket = flowsum_hash_flow(one->warrant, one->session, &one->flow, one->kind);
	if (flowsum_find(t, bucket, one->warrant, one->session, &one->flow, one->kind) != NONE)
		return 0;
	return flowsum_evict(t, cb, arg);
}

int
flowsum_add(struct flowsum_table *t, const struct flowsum *one, flowsum_cb cb, void *arg)
{
	uint32_t bucket = flowsum_hash_flow(one->warrant, one->session, &one->flow, one->kind);
	uint32_t i = flowsum_find(t, bucket, one->warrant, one->session, &one->flow, one->kind);

	if (i != NONE) {
		flowsum_merge(&t->row[i], one);
		if (one->begun_ns > t->slot[i].touched_ns)
			t->slot[i].touched_ns = one->begun_ns;
		flowsum_age_out(t, i);
		flowsum_age_in(t, i);
		return 0;
	}
	if (cb != NULL && flowsum_evict(t, cb, arg) < 0)
		return -EAGAIN;
	if (t->free_n == 0 && t->top == t->row_max)
		flowsum_grow(t);
	flowsum_insert(t, bucket, one);
	return 0;
}

/* Why row I is due, or 0. */
static uint8_t
flowsum_due(const struct flowsum_slot *s, int64_t now_ns, int64_t interval_ns)
{
	if (interval_ns < 0)
		return FLOWSUM_REPORT_END;
	if (now_ns - s->begun_ns >= interval_ns)
		return FLOWSUM_TIMER_EXPIRATION;
	return now_ns - s->touched_ns >= FLOWSUM_IDLE_NS ? FLOWSUM_FLOW_TIMEOUT : 0;
}

void
flowsum_tick(struct flowsum_table *t, int64_t now_ns, flowsum_interval_fn interval,
    void *interval_arg, flowsum_cb cb, void *arg)
{
	uint32_t warrant = 0;
	int64_t interval_ns = 0;
	bool asked = false;

	for (uint32_t i = 0; i < t->top && t->n > 0; i++) {
		const struct flowsum_slot *s = &t->slot[i];
		uint8_t trigger;

		if (!s->used)
			continue;
		if (!asked || s->warrant != warrant) {
			warrant = s->warrant;
			interval_ns = interval(warrant, interval_arg);
			asked = true;
		}
		trigger = flowsum_due(s, now_ns, interval_ns);
		if (trigger == 0)
			continue;
		if (!cb(&t->row[i], trigger, arg))
			return;
		flowsum_remove(t, i);
	}
}

static void
flowsum_flush_session(
    struct flowsum_table *t, uint32_t warrant, const uint8_t *session, flowsum_cb cb, void *arg)
{
	uint32_t next, i = t->bucket[BY_SESSION][flowsum_hash_session(warrant, session)];

	for (; i != NONE; i = next) {
		const struct flowsum *f = &t->row[i];

		next = t->slot[i].link[BY_SESSION].next;
		if (f->warrant != warrant || memcmp(f->session, session, 16) != 0)
			continue;
		if (!cb(f, FLOWSUM_FLOW_END, arg))
			return;
		flowsum_remove(t, i);
	}
}

void
flowsum_flush(
    struct flowsum_table *t, uint32_t warrant, const uint8_t *session, flowsum_cb cb, void *arg)
{
	if (session != NULL) {
		flowsum_flush_session(t, warrant, session, cb, arg);
		return;
	}
	for (uint32_t i = 0; i < t->top && t->n > 0; i++) {
		if (!t->slot[i].used || t->slot[i].warrant != warrant)
			continue;
		if (!cb(&t->row[i], FLOWSUM_REPORT_END, arg))
			return;
		flowsum_remove(t, i);
	}
}

void
flowsum_drop(struct flowsum_table *t, uint32_t warrant, const uint8_t session[16],
    const struct flow_key *flow, enum flowsum_kind kind)
{
	uint32_t bucket = flowsum_hash_flow(warrant, session, flow, (uint8_t)kind);
	uint32_t i = flowsum_find(t, bucket, warrant, session, flow, (uint8_t)kind);

	if (i != NONE)
		flowsum_remove(t, i);
}

void
flowsum_each(const struct flowsum_table *t, flowsum_each_cb cb, void *arg)
{
	for (uint32_t i = t->oldest; i != NONE; i = t->slot[i].link[BY_AGE].next)
		cb(&t->row[i], 0, arg);
}
