/* SPDX-License-Identifier: Apache-2.0 */
/* Journal entries of the ingest role; see anomaly.h. */
#include "ingest/anomaly.h"

#include "base/clock.h"
#include "base/crc32c.h"
#include "base/log.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define ANOMALY_HELD                                                                               \
	1024		/* different entries counted together between two flushes; a power of two */
#define ANOMALY_NES 256 /* slots for the budgets of NEs; NEs that share one share the budget */
#define ANOMALY_TEXT_MAX 400

struct anomaly_held {
	struct journal_entry entry; /* count 0: free */
	uint64_t ctx;
	bool xseq_there;
	uint32_t xseq;
};

struct anomaly_budget {
	int64_t second;
	uint32_t used;
};

struct anomaly_log {
	struct spool *spool;
	struct spool_q *q;
	struct anomaly_held held[ANOMALY_HELD];
	size_t held_n;
	struct anomaly_budget budget[ANOMALY_NES], sessions, numbers;
};

struct anomaly_log *
anomaly_log_new(struct spool *s)
{
	struct anomaly_log *l = calloc(1, sizeof(*l));

	assert(l != NULL);
	l->spool = s;
	return l;
}

void
anomaly_log_free(struct anomaly_log *l)
{
	free(l);
}

static void
anomaly_fill(struct anomaly_held *h, const struct anomaly *a, int64_t now_ns)
{
	struct journal_entry *e = &h->entry;

	memset(h, 0, sizeof(*h));
	e->kind = (uint16_t)a->kind;
	e->code = a->code;
	e->ne = a->ne;
	e->warrant = a->warrant;
	e->cin = a->cin;
	e->count = a->count > 0 ? a->count : 1;
	e->time_ns = (uint64_t)now_ns;
	e->first = a->first;
	e->last = a->last;
	e->pdu_len = (uint32_t)a->raw.n;
	h->ctx = a->ctx;
	if (a->pdu == NULL)
		return;
	memcpy(e->xid, a->pdu->xid, sizeof(e->xid));
	e->correlation = a->pdu->correlation;
	e->pdu_type = a->pdu->type;
	e->format = a->pdu->format;
	e->pdu_len = (uint32_t)a->pdu->raw.n;
	h->xseq = a->pdu->seq;
	h->xseq_there = (a->pdu->present & (UINT32_C(1) << X23_ATTR_SEQ)) != 0;
}

static void
anomaly_digest(struct journal_entry *e, const struct anomaly *a)
{
	struct octets raw = a->pdu != NULL ? a->pdu->raw : a->raw;
	unsigned n = sizeof(e->digest);

	if (raw.n > 0 && EVP_Digest(raw.p, raw.n, e->digest, &n, EVP_sha256(), NULL) != 1)
		memset(e->digest, 0, sizeof(e->digest));
}

/* Append one entry.  False: no room, keep it. */
static bool
anomaly_append(struct anomaly_log *l, struct anomaly_held *h, const char *text)
{
	struct spool_meta m = {.warrant = h->entry.warrant,
	    .recv_ns = h->entry.time_ns,
	    .ctx = h->ctx,
	    .xseq = h->xseq};
	struct ho_record rec = {0};
	size_t text_n = text != NULL ? strlen(text) : 0;

	if (l->q == NULL)
		l->q = spool_queue(l->spool, 0, HO_JOURNAL);
	if (l->q == NULL)
		return false;
	if (text_n > ANOMALY_TEXT_MAX)
		text_n = ANOMALY_TEXT_MAX;
	h->entry.text_n = (uint16_t)text_n;
	m.kind = SPOOL_REC_JOURNAL;
	m.flags = h->xseq_there ? SPOOL_F_XSEQ : 0;
	rec.head = (struct octets){(const uint8_t *)&h->entry, sizeof(h->entry)};
	rec.body = (struct octets){(const uint8_t *)text, text_n};
	return spool_append(l->q, &m, &rec, crc32c(0, text, text_n), NULL) == 0;
}

static bool
anomaly_same(const struct journal_entry *a, const struct journal_entry *b)
{
	/* first of what was shed is its class, from which recovery counts */
	return a->kind == b->kind && a->code == b->code && a->ne == b->ne &&
	       a->warrant == b->warrant && a->cin == b->cin &&
	       memcmp(a->xid, b->xid, sizeof(a->xid)) == 0 &&
	       (a->kind != JOURNAL_SHED || a->first == b->first);
}

static size_t
anomaly_hash(const struct journal_entry *e)
{
	uint64_t h = octets_get64(e->xid) ^ octets_get64(e->xid + 8) ^ (uint64_t)e->kind << 48 ^
		     (uint64_t)e->code << 32 ^ (uint64_t)e->ne << 20 ^ e->warrant ^
		     (uint64_t)e->cin << 24;

	return (size_t)(h * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (ANOMALY_HELD - 1);
}

static bool
anomaly_within(struct anomaly_budget *b, uint32_t max, int64_t now_ns)
{
	int64_t second = now_ns / CLOCK_NS_PER_S;

	if (b->second != second) {
		b->second = second;
		b->used = 0;
	}
	if (b->used >= max)
		return false;
	b->used++;
	return true;
}

/* The place of one that equals E, or the free one where it would be. */
static size_t
anomaly_slot(const struct anomaly_log *l, const struct journal_entry *e)
{
	size_t i = anomaly_hash(e);

	while (l->held[i].entry.count != 0 && !anomaly_same(&l->held[i].entry, e))
		i = (i + 1) & (ANOMALY_HELD - 1);
	return i;
}

/* Count with an equal one, or keep it as the first. */
static void
anomaly_hold(struct anomaly_log *l, const struct anomaly *a, int64_t now_ns)
{
	struct anomaly_held h;
	size_t i;

	anomaly_fill(&h, a, now_ns);
	i = anomaly_slot(l, &h.entry);
	if (l->held[i].entry.count == 0 && h.entry.cin != 0 &&
	    !anomaly_within(&l->sessions, ANOMALY_SESSIONS, now_ns)) {
		h.entry.cin = 0;
		i = anomaly_slot(l, &h.entry);
	}
	if (l->held[i].entry.count != 0) {
		l->held[i].entry.count += h.entry.count;
		if (a->kind == JOURNAL_NUMBERS) /* in one range, with others */
			l->held[i].entry.last = h.entry.last;
		return;
	}
	if (l->held_n >= ANOMALY_HELD / 2) {
		anomaly_flush(l, now_ns);
		if (l->held_n >= ANOMALY_HELD - 1) {
			log_err("SPOOL-JOURNAL", "no room for a journal entry of kind %s",
			    journal_kind_name(a->kind));
			return; /* cannot be: the listeners are paused long before */
		}
		i = anomaly_slot(l, &h.entry);
	}
	anomaly_digest(&h.entry, a);
	l->held[i] = h;
	l->held_n++;
}

void
anomaly_write(struct anomaly_log *l, const struct anomaly *a, int64_t now_ns)
{
	struct anomaly_held h;

	/* what a gap is for many warrants takes nothing from the gaps themselves */
	struct anomaly_budget *b =
	    a->kind == JOURNAL_NUMBERS ? &l->numbers : &l->budget[a->ne % ANOMALY_NES];

	if (!a->count_only && anomaly_within(b, ANOMALY_SINGLE, now_ns)) {
		anomaly_fill(&h, a, now_ns);
		anomaly_digest(&h.entry, a);
		if (anomaly_append(l, &h, a->text))
			return;
	}
	anomaly_hold(l, a, now_ns);
}

void
anomaly_flush(struct anomaly_log *l, int64_t now_ns)
{
	struct anomaly_held *kept;
	size_t kept_n = 0;

	(void)now_ns;
	if (l->held_n == 0)
		return;
	kept = malloc(sizeof(l->held));
	assert(kept != NULL);
	for (size_t i = 0; i < ANOMALY_HELD; i++)
		if (l->held[i].entry.count != 0 && !anomaly_append(l, &l->held[i], NULL))
			kept[kept_n++] = l->held[i];
	memset(l->held, 0, sizeof(l->held));
	for (size_t k = 0; k < kept_n; k++) {
		size_t i = anomaly_hash(&kept[k].entry);

		while (l->held[i].entry.count != 0)
			i = (i + 1) & (ANOMALY_HELD - 1);
		l->held[i] = kept[k];
	}
	l->held_n = kept_n;
	free(kept);
}
