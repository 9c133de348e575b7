/* SPDX-License-Identifier: Apache-2.0 */
/* Hash records for the journal; see evidence.h. */
#include "ingest/evidence.h"

#include "base/crc32c.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool
evidence_write(struct spool *s, const struct evidence *e)
{
	struct spool_q *q = spool_queue(s, 0, HO_JOURNAL);
	struct spool_meta m = {
	    .warrant = e->entry.warrant, .recv_ns = e->entry.time_ns, .kind = SPOOL_REC_JOURNAL};
	struct journal_entry entry = e->entry;
	struct ho_record rec = {0};

	if (q == NULL)
		return false;
	entry.kind = JOURNAL_HASH;
	entry.text_n = sizeof(e->hash);
	rec.head = (struct octets){(const uint8_t *)&entry, sizeof(entry)};
	rec.body = (struct octets){(const uint8_t *)&e->hash, sizeof(e->hash)};
	return spool_append(q, &m, &rec, crc32c(0, rec.body.p, rec.body.n), NULL) == 0;
}

void
evidence_check(struct evidence *e, const struct integrity_stream *st, bool signature, uint32_t seq,
    struct octets value, uint8_t data_type, uint8_t alg, int64_t now_ns)
{
	memset(e, 0, sizeof(*e));
	e->entry.code = signature ? HASHED_SIGNATURE : HASHED_CHECK;
	e->entry.warrant = st->warrant;
	e->entry.time_ns = (uint64_t)now_ns;
	e->hash.lea = st->lea;
	e->hash.cin = st->cin;
	e->hash.seq = seq;
	e->hash.class = st->class;
	e->hash.data_type = data_type;
	e->hash.alg = alg;
	memcpy(e->hash.session, st->session, sizeof(e->hash.session));
	e->hash.value_n =
	    (uint8_t)(value.n < sizeof(e->hash.value) ? value.n : sizeof(e->hash.value));
	memcpy(e->hash.value, value.p, e->hash.value_n);
}

void
evidence_cover(struct evidence *e, uint32_t seq)
{
	if (e->entry.count == 0 || seq < e->entry.first)
		e->entry.first = seq;
	if (e->entry.count == 0 || seq > e->entry.last)
		e->entry.last = seq;
	e->entry.count++;
}

/* ---- recovery */

struct evidence_row {
	struct evidence e;
	bool sent, recorded;
};

struct evidence_log {
	struct evidence_row *row;
	size_t n, max;
	uint32_t *slot; /* row + 1 by hash; 0: free.  Twice as many as rows, a power of two */
	size_t slot_n;
};

struct evidence_log *
evidence_log_new(void)
{
	struct evidence_log *l = calloc(1, sizeof(*l));

	assert(l != NULL);
	return l;
}

void
evidence_log_free(struct evidence_log *l)
{
	if (l == NULL)
		return;
	free(l->row);
	free(l->slot);
	free(l);
}

static bool
evidence_same(const struct evidence *a, const struct evidence *b)
{
	return a->entry.warrant == b->entry.warrant && a->hash.seq == b->hash.seq &&
	       a->entry.code == b->entry.code && a->hash.cin == b->hash.cin &&
	       memcmp(a->hash.session, b->hash.session, sizeof(a->hash.session)) == 0;
}

static size_t
evidence_slot(const struct evidence_log *l, const struct evidence *e)
{
	uint64_t h = octets_get64(e->hash.session) ^ (uint64_t)e->hash.seq << 32 ^
		     (uint64_t)e->entry.warrant << 8 ^ e->entry.code;
	size_t i = (size_t)(h * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (l->slot_n - 1);

	while (l->slot[i] != 0 && !evidence_same(&l->row[l->slot[i] - 1].e, e))
		i = (i + 1) & (l->slot_n - 1);
	return i;
}

static void
evidence_grow(struct evidence_log *l)
{
	l->max = l->max ? l->max * 2 : 64;
	l->row = realloc(l->row, l->max * sizeof(*l->row));
	free(l->slot);
	l->slot_n = l->max * 2;
	l->slot = calloc(l->slot_n, sizeof(*l->slot));
	assert(l->row != NULL && l->slot != NULL);
	for (size_t i = 0; i < l->n; i++)
		l->slot[evidence_slot(l, &l->row[i].e)] = (uint32_t)i + 1;
}

/* The row of that check, made when it is not there. */
static struct evidence_row *
evidence_row(struct evidence_log *l, const struct evidence *e)
{
	size_t i;

	if (l->n == l->max)
		evidence_grow(l);
	i = evidence_slot(l, e);
	if (l->slot[i] == 0) {
		l->row[l->n++] = (struct evidence_row){.e = *e};
		l->slot[i] = (uint32_t)l->n;
	}
	return &l->row[l->slot[i] - 1];
}

void
evidence_log_sent(struct evidence_log *l, const struct integrity_stream *st, uint32_t seq,
    struct octets pdu, int64_t time_ns)
{
	struct integrity_view v;
	struct evidence_row *r;
	struct evidence e;
	uint32_t n;

	if (integrity_parse(pdu, &v) < 0)
		return;
	evidence_check(&e, st, v.signature, seq, v.value, v.data_type, v.alg, time_ns);
	while (integrity_number(&v.numbers, &n))
		evidence_cover(&e, n);
	r = evidence_row(l, &e);
	r->e = e;
	r->sent = true;
}

void
evidence_log_recorded(struct evidence_log *l, struct octets entry)
{
	struct evidence e;

	if (entry.n < sizeof(e.entry) + sizeof(e.hash))
		return;
	memcpy(&e.entry, entry.p, sizeof(e.entry));
	memcpy(&e.hash, entry.p + sizeof(e.entry), sizeof(e.hash));
	if (e.entry.kind != JOURNAL_HASH)
		return;
	if (e.entry.code == HASHED_CHECK || e.entry.code == HASHED_SIGNATURE)
		evidence_row(l, &e)->recorded = true;
}

size_t
evidence_log_settle(struct evidence_log *l, struct spool *s, int64_t now_ns)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct evidence_row *r = &l->row[i];

		if (r->sent == r->recorded)
			continue;
		if (r->recorded) {
			r->e.hash.alg = (uint8_t)r->e.entry.code; /* which series it was of */
			r->e.entry.code = HASHED_VOID;
			r->e.entry.time_ns = (uint64_t)now_ns;
		}
		n += evidence_write(s, &r->e);
	}
	return n;
}
