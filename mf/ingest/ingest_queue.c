/* SPDX-License-Identifier: Apache-2.0 */
/* Heads that go to the readers, segments that come back, and checkpoints between; see ingest.h. */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/log.h"
#include "ingest/evidence.h"
#include "ingest/notice.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ingest_q *
ingest_queue(struct ingest *g, uint32_t lea, enum ho_class class)
{
	struct ingest_q *q;

	LIST_FOREACH(q, &g->queues, entry)
	if (q->lea == lea && q->class == class)
		return q;
	q = calloc(1, sizeof(*q));
	assert(q != NULL);
	q->lea = lea;
	q->class = class;
	LIST_INSERT_HEAD(&g->queues, q, entry);
	return q;
}

void
ingest_queues_free(struct ingest *g)
{
	struct ingest_q *q;

	while ((q = LIST_FIRST(&g->queues)) != NULL) {
		LIST_REMOVE(q, entry);
		free(q);
	}
	free(g->told);
	free(g->pending_q);
	checkpoint_free(g->pending);
}

/* ---- heads */

static void
ingest_head_send(struct ingest *g, struct ingest_q *iq, const struct spool_pos *head)
{
	struct role_msg_head m;

	memset(&m, 0, sizeof(m));
	m.lea = iq->lea;
	m.class = iq->class;
	m.head = *head;
	g->rolled |= iq->told.seg != 0 && iq->told.seg != head->seg;
	iq->told = *head;
	role_send(g->role, iq->class == HO_JOURNAL ? ROLE_ADMIN : ROLE_DELIVER, iq->lea,
	    ROLE_MSG_HEAD, &m, sizeof(m), -1);
}

static void
ingest_head_moved(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg)
{
	struct ingest *g = arg;
	struct ingest_q *iq = ingest_queue(g, lea, class);
	struct spool_pos head = spool_head(q);

	if (head.seg != iq->told.seg || head.off != iq->told.off || head.rec != iq->told.rec)
		ingest_head_send(g, iq, &head);
}

void
ingest_heads(struct ingest *g)
{
	spool_each(g->spool, ingest_head_moved, g);
}

struct ingest_again {
	struct ingest *g;
	uint32_t lea;
};

static void
ingest_head_again(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg)
{
	struct ingest_again *a = arg;
	struct spool_pos head = spool_head(q);

	if (lea == a->lea)
		ingest_head_send(a->g, ingest_queue(a->g, lea, class), &head);
}

void
ingest_heads_again(struct ingest *g, uint32_t lea)
{
	struct ingest_again a = {g, lea};

	spool_each(g->spool, ingest_head_again, &a);
}

/* ---- releases: a segment goes when neither its reader nor recovery needs it */

/* Segments of Q below this may go as far as their hashes are concerned. */
static uint64_t
ingest_release_hashed(struct ingest *g, struct ingest_q *q)
{
	if (!g->role->conf->segment_hash || q->class == HO_JOURNAL)
		return UINT64_MAX;
	q->waits = spool_durable(g->spool) < q->hash_barrier;
	g->release_waits |= q->waits;
	return q->waits ? 0 : q->hashed;
}

static void
ingest_release(struct ingest *g, struct ingest_q *q)
{
	uint64_t seg = q->wanted < q->needed ? q->wanted : q->needed,
		 hashed = ingest_release_hashed(g, q);
	struct spool_q *sq;

	seg = hashed < seg ? hashed : seg;

	if (seg <= q->released)
		return;
	sq = spool_queue(g->spool, q->lea, q->class);
	if (sq == NULL)
		return;
	q->released = seg;
	spool_release(sq, seg);
}

void
ingest_on_release(struct ingest *g, const struct role_msg_release *m)
{
	struct ingest_q *q;

	if (m->class >= HO_CLASS_N || (m->class == HO_JOURNAL) != (m->lea == 0))
		return;
	q = ingest_queue(g, m->lea, (enum ho_class)m->class);
	if (m->seg > q->wanted)
		q->wanted = m->seg;
	ingest_release(g, q);
}

void
ingest_on_hash(struct ingest *g, const struct role_msg_hash *m)
{
	struct evidence e = {.entry = {.code = HASHED_SEGMENT,
				 .count = (uint32_t)(m->end_rec - m->first_rec),
				 .time_ns = (uint64_t)clock_wall_ns()},
	    .hash = {.lea = m->lea,
		.class = (uint8_t)m->class,
		.alg = 2,
		.value_n = sizeof(m->value),
		.seg = m->seg,
		.first_rec = m->first_rec,
		.end_rec = m->end_rec,
		.len = m->len}};
	struct ingest_q *q;

	if (m->class >= HO_JOURNAL || m->lea == 0)
		return;
	memcpy(e.hash.value, m->value, sizeof(m->value));
	q = ingest_queue(g, m->lea, (enum ho_class)m->class);
	if (m->seg < q->hashed || !evidence_write(g->spool, &e))
		return; /* deliver says it again when it starts */
	q->hashed = m->seg + 1;
	q->hash_barrier = spool_barrier(g->spool);
	spool_turn(g->spool);
}

void
ingest_released(struct ingest *g)
{
	struct ingest_q *q;

	if (!g->release_waits)
		return;
	g->release_waits = false;
	LIST_FOREACH(q, &g->queues, entry)
	if (q->waits)
		ingest_release(g, q);
}

/* ---- notices of faults */

static void
ingest_told_send(struct ingest *g, uint64_t id, int result)
{
	struct role_msg_notice_done m = {.id = id, .result = result};

	role_send(g->role, ROLE_ADMIN, 0, ROLE_MSG_NOTICE_DONE, &m, sizeof(m), -1);
}

static bool
ingest_notice_append(
    struct ingest *g, struct task_warrant *w, const struct role_msg_notice *m, const char *text)
{
	int64_t now_ns = clock_wall_ns();

	if (m->tri && !notice_warrant(g->spool, g->sessions, w, text, m->error != 0, now_ns))
		return false;
	return !m->hi1 || notice_hi1(g->spool, g->sessions, w, text, now_ns);
}

void
ingest_on_notice(struct ingest *g, const struct role_msg_notice *m)
{
	struct task_set *set = mediate_task_set(g->mediate);
	struct task_warrant *w = set != NULL ? task_warrant_by_id(set, m->warrant) : NULL;
	char text[257];

	if (set == NULL)
		return; /* it comes again */
	snprintf(text, sizeof(text), "%.*s", m->text_n, m->text);
	if (w == NULL || w->row.lea != m->lea || !ingest_notice_append(g, w, m, text)) {
		ingest_told_send(g, m->id, -ENOENT);
		return;
	}
	if (g->told_n == g->told_max) {
		g->told_max = g->told_max ? g->told_max * 2 : 16;
		g->told = realloc(g->told, g->told_max * sizeof(*g->told));
		assert(g->told != NULL);
	}
	g->told[g->told_n++] = (struct ingest_told){m->id, spool_barrier(g->spool)};
	spool_turn(g->spool);
}

void
ingest_told(struct ingest *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->told_n; i++)
		if (spool_durable(g->spool) >= g->told[i].barrier)
			ingest_told_send(g, g->told[i].id, 0);
		else
			g->told[n++] = g->told[i];
	g->told_n = n;
}

/* What recovery would read stays. */
void
ingest_needed(struct ingest *g, const struct checkpoint_q *cq, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ingest_q *q;

		if (cq[i].class >= HO_CLASS_N)
			continue;
		q = ingest_queue(g, cq[i].lea, (enum ho_class)cq[i].class);
		q->needed = cq[i].window.seg;
		ingest_release(g, q);
	}
}

/* ---- checkpoints */

static void
ingest_save_queue(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg)
{
	struct ingest *g = arg;
	struct checkpoint_q cq;

	memset(&cq, 0, sizeof(cq));
	cq.lea = lea;
	cq.class = class;
	cq.pos = spool_tail(q);
	cq.window = spool_back(q);
	if (g->pending_n == g->pending_max) {
		g->pending_max = g->pending_max ? g->pending_max * 2 : 16;
		g->pending_q = realloc(g->pending_q, g->pending_max * sizeof(cq));
		assert(g->pending_q != NULL);
	}
	g->pending_q[g->pending_n++] = cq;
	checkpoint_add_queue(g->pending, &cq);
}

static void
ingest_save_ctx(uint64_t ctx, uint32_t last, int64_t ts_ns, void *arg)
{
	struct checkpoint_ctx x = {.ctx = ctx, .ts_ns = ts_ns, .last = last};

	checkpoint_add_ctx(arg, &x);
}

static void
ingest_save_kept(uint64_t name, void *arg)
{
	checkpoint_add_kept(arg, name);
}

void
ingest_save(struct ingest *g)
{
	int64_t now_ns = clock_wall_ns(), began_ns = clock_mono_ns();

	if (g->pending != NULL)
		return;
	if (!mediate_settle(g->mediate))
		return;
	anomaly_flush(g->anomalies, now_ns); /* the books have them already */
	g->pending = checkpoint_new(clock_warrant_ns());
	g->pending_n = 0;
	spool_each(g->spool, ingest_save_queue, g);
	seqctx_each(g->seqctx, ingest_save_ctx, g->pending);
	if (mediate_kept_set(g->mediate) != NULL)
		kept_each(mediate_kept_set(g->mediate), ingest_save_kept, g->pending);
	checkpoint_add_sessions(g->pending, g->sessions);
	checkpoint_add_accounts(g->pending, g->accounts);
	checkpoint_add_names(g->pending, g->names);
	checkpoint_add_flows(g->pending, g->flows);
	g->barrier = spool_barrier(g->spool);
	g->rolled = false;
	g->save_cost_ns = clock_mono_ns() - began_ns;
	g->saved_mono_ns = clock_mono_ns();
	spool_turn(g->spool);
	ingest_save_durable(g);
}

void
ingest_save_rolled(struct ingest *g)
{
	int64_t wait_ns = 20 * g->save_cost_ns;

	if (wait_ns < INGEST_SAVE_MIN_NS)
		wait_ns = INGEST_SAVE_MIN_NS;
	if (g->rolled && clock_mono_ns() - g->saved_mono_ns >= wait_ns)
		ingest_save(g);
}

void
ingest_save_durable(struct ingest *g)
{
	int64_t began_ns = clock_mono_ns();
	int r;

	if (g->pending == NULL || spool_durable(g->spool) < g->barrier)
		return;
	r = checkpoint_write(g->pending, g->state_file);
	g->save_cost_ns += clock_mono_ns() - began_ns;
	checkpoint_free(g->pending);
	g->pending = NULL;
	role_alarm(g->role, r < 0, "STATE-WRITE", "ingest",
	    "the state file cannot be written (%s): segments are kept and a restart takes longer",
	    strerror(-r));
	if (r < 0)
		return;
	g->saved_ns = clock_wall_ns();
	g->saved_n++;
	ingest_needed(g, g->pending_q, g->pending_n);
}
