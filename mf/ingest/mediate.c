/* SPDX-License-Identifier: Apache-2.0 */
/* The straight path of one X2/X3 PDU; see mediate.h. */
#include "ingest/mediate.h"

#include "base/clock.h"
#include "base/crc32c.h"
#include "ingest/shed.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MEDIATE_HEAD_MAX 2048 /* octets of BER around a body, generously */
#define MEDIATE_CTX_IDLE_NS (24 * 3600 * CLOCK_NS_PER_S)

/* What one warrant makes of the PDU at hand. */
struct mediate_judged {
	struct task_warrant *w;
	enum reject_code why;
	struct session *s;   /* NULL: not known yet, or not taken */
	enum ho_class class; /* queue, when taken */
};

/* The PDU at hand. */
struct mediate_now {
	const struct x23_pdu *pdu;
	uint32_t ne;
	int64_t recv_ns;
	uint32_t payload_crc, body_crc;
	uint64_t ctx, digest;
	enum seqctx_verdict verdict;
	bool numbered; /* attribute 8 is there */
	size_t n;      /* judged[] */
};

struct mediate {
	struct mediate_conf conf;
	struct task_set *tasks;
	struct shed *shed;
	struct kept *kept; /* from recovery, for a while; else NULL */
	mediate_event_cb cb;
	void *arg;
	struct mediate_totals totals;
	struct mediate_judged *judged; /* judged_max, grows */
	size_t judged_max;
	struct payload payload;
	/* the last session key and its hashed name: PDUs of one stream come in runs */
	uint8_t key_in[16 + PAYLOAD_KEY_MAX], key_name[16];
	size_t key_n;
	int64_t read_ns, now_ns; /* clock_warrant_ns() when the read of READ_NS was begun on */
};

static void
mediate_on_shed(bool begins, uint32_t lea, enum ho_class class, void *arg)
{
	struct mediate *m = arg;

	m->cb(begins ? MEDIATE_SHED : MEDIATE_SHED_END, 0, lea, class, m->arg);
}

struct mediate *
mediate_new(const struct mediate_conf *conf, mediate_event_cb cb, void *arg)
{
	struct mediate *m = calloc(1, sizeof(*m));

	assert(m != NULL);
	m->conf = *conf;
	m->cb = cb;
	m->arg = arg;
	m->shed = shed_new(conf->spool, conf->sessions, mediate_on_shed, m);
	return m;
}

void
mediate_free(struct mediate *m)
{
	if (m == NULL)
		return;
	task_set_free(m->tasks);
	shed_free(m->shed);
	kept_free(m->kept);
	free(m->judged);
	free(m);
}

void
mediate_tasks(struct mediate *m, struct task_set *s)
{
	task_set_free(m->tasks);
	m->tasks = s;
}

struct task_set *
mediate_task_set(const struct mediate *m)
{
	return m->tasks;
}

const struct mediate_totals *
mediate_totals(const struct mediate *m)
{
	return &m->totals;
}

/* One reject: books, totals, journal.  Out of scope is no fault: it is only counted. */
static void
mediate_reject(
    struct mediate *m, const struct mediate_now *now, struct task_warrant *w, enum reject_code why)
{
	struct anomaly a = {.kind = JOURNAL_REJECT,
	    .code = (uint16_t)why,
	    .ne = now->ne,
	    .ctx = now->ctx,
	    .pdu = now->pdu};

	m->totals.rejected[why]++;
	if (w != NULL) {
		account_received(w->account, now->recv_ns);
		if (why == REJECT_OUT_OF_SCOPE) {
			w->account->out_of_scope++;
			return;
		}
		w->account->rejected[why]++;
		a.warrant = w->row.id;
	}
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
}

/* "Now" for the PDUs of one read. */
static int64_t
mediate_clock(struct mediate *m, int64_t recv_ns)
{
	if (m->read_ns != recv_ns) {
		m->read_ns = recv_ns;
		m->now_ns = clock_warrant_ns();
	}
	return m->now_ns;
}

/* Fill judged[] with what the warrants of the XID say by themselves.  Returns true when at least
 * one takes the PDU. */
static bool
mediate_judge(struct mediate *m, struct mediate_now *now, const struct taskset_xid *run)
{
	int64_t pdu_ns = payload_time(now->pdu, now->recv_ns),
		now_ns = mediate_clock(m, now->recv_ns);
	bool any = false;

	if (now->n > m->judged_max) {
		m->judged_max = now->n * 2;
		m->judged = realloc(m->judged, m->judged_max * sizeof(*m->judged));
		assert(m->judged != NULL);
	}
	for (size_t i = 0; i < now->n; i++) {
		struct mediate_judged *j = &m->judged[i];

		j->w = task_warrant(m->tasks, run[i].warrant);
		j->why = task_judge(
		    m->tasks, j->w, now->ne, now->pdu->type, pdu_ns, now_ns, m->conf.grace_ns);
		any |= j->why == REJECT_NONE;
	}
	return any;
}

/* Name of the session of the PDU, the same for all its warrants; valid until the next PDU. */
static const uint8_t *
mediate_name(struct mediate *m, const struct mediate_now *now)
{
	const struct octets key = m->payload.ev.key;

	if (m->key_n != 16 + key.n || memcmp(m->key_in, now->pdu->xid, 16) != 0 ||
	    (key.n > 0 && memcmp(m->key_in + 16, key.p, key.n) != 0)) {
		assert(key.n <= PAYLOAD_KEY_MAX);
		memcpy(m->key_in, now->pdu->xid, 16);
		if (key.n > 0)
			memcpy(m->key_in + 16, key.p, key.n);
		m->key_n = 16 + key.n;
		session_key(m->conf.sessions, now->pdu->xid, key, m->key_name);
	}
	return m->key_name;
}

static uint32_t
mediate_dest(const struct task_warrant *w, enum ho_class class)
{
	return class == HO_IRI ? w->row.dest_hi2 : w->row.dest_hi3;
}

/* Everything that may fail for want of room comes before the first change.  Returns 0 or -EAGAIN.
 */
static int
mediate_room(struct mediate *m, const struct mediate_now *now)
{
	size_t takers = 1;

	for (size_t i = 0; i < now->n; i++) {
		struct mediate_judged *j = &m->judged[i];
		struct task_warrant *w = j->w;
		enum ho_class class = m->payload.ev.class;

		if (j->why != REJECT_NONE)
			continue;
		takers++;
		j->s = session_find(m->conf.sessions, w->row.id, mediate_name(m, now));
		if (class != HO_IRI && j->s != NULL && j->s->cc_class != 0)
			class = (enum ho_class)j->s->cc_class;
		j->class = class;
		if (w->queue[class] == NULL && mediate_dest(w, class) != 0)
			w->queue[class] = spool_queue(m->conf.spool, w->row.lea, class);
		if (w->queue[class] == NULL && mediate_dest(w, class) != 0) {
			m->cb(MEDIATE_QUEUE, now->ne, w->row.lea, class, m->arg);
			return -EAGAIN;
		}
	}
	return spool_room(m->conf.spool, takers * (now->pdu->payload.n + MEDIATE_HEAD_MAX))
		   ? 0
		   : -EAGAIN;
}

static void
mediate_sequence_entry(
    struct mediate *m, const struct mediate_now *now, const struct seqctx_result *r)
{
	struct anomaly a = {
	    .ne = now->ne, .first = r->first, .last = r->last, .ctx = now->ctx, .pdu = now->pdu};

	switch (r->verdict) {
	case SEQCTX_NEW:
		return;
	case SEQCTX_DUPLICATE:
		return; /* one entry per warrant, with the books */
	case SEQCTX_GAP:
		a.kind = JOURNAL_GAP;
		m->totals.gaps++;
		m->totals.missing += (uint64_t)(uint32_t)(r->last - r->first) + 1;
		m->cb(MEDIATE_GAP, now->ne, 0, HO_JOURNAL, m->arg);
		break;
	case SEQCTX_LATE:
		a.kind = JOURNAL_GAP_FILLED;
		a.first = a.last = now->pdu->seq;
		break;
	case SEQCTX_REUSE:
		a.kind = JOURNAL_REUSE;
		a.first = a.last = now->pdu->seq;
		break;
	case SEQCTX_RESTART:
		a.kind = JOURNAL_RESTART;
		break;
	}
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
}

static void
mediate_sequence(struct mediate *m, struct mediate_now *now, bool again)
{
	struct seqctx_result r;

	now->verdict = SEQCTX_NEW;
	if (!now->numbered)
		return;
	r = seqctx_check(m->conf.seqctx, now->ctx, now->pdu->seq, now->digest,
	    payload_time(now->pdu, now->recv_ns));
	now->verdict = r.verdict;
	if (!again)
		mediate_sequence_entry(m, now, &r);
}

void
mediate_kept(struct mediate *m, struct kept *k)
{
	kept_free(m->kept);
	m->kept = k;
}

const struct kept *
mediate_kept_set(const struct mediate *m)
{
	return m->kept;
}

static bool
mediate_has(const struct mediate *m, const struct mediate_now *now, const struct task_warrant *w)
{
	return kept_has(m->kept, now->ctx, now->pdu->seq, now->digest, w->row.id);
}

/* A PDU that a crash left with some of its warrants is no duplicate for the others. */
static bool
mediate_is_duplicate(
    const struct mediate *m, const struct mediate_now *now, const struct task_warrant *w)
{
	if (now->verdict != SEQCTX_DUPLICATE || m->kept == NULL || mediate_has(m, now, w))
		return now->verdict == SEQCTX_DUPLICATE;
	for (size_t i = 0; i < now->n; i++)
		if (mediate_has(m, now, m->judged[i].w))
			return false;
	return true; /* older than the state file: durable for all */
}

static void
mediate_duplicate(struct mediate *m, const struct mediate_now *now, struct task_warrant *w)
{
	struct anomaly a = {.kind = JOURNAL_DUPLICATE,
	    .ne = now->ne,
	    .warrant = w->row.id,
	    .ctx = now->ctx,
	    .pdu = now->pdu,
	    .count_only = true};

	account_received(w->account, now->recv_ns);
	w->account->duplicate++;
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
}

static void
mediate_shed(
    struct mediate *m, const struct mediate_now *now, struct task_warrant *w, enum ho_class class)
{
	/* first carries the class, so that the books can be replayed */
	struct anomaly a = {.kind = JOURNAL_SHED,
	    .code = REJECT_QUOTA,
	    .ne = now->ne,
	    .warrant = w->row.id,
	    .first = class,
	    .ctx = now->ctx,
	    .pdu = now->pdu,
	    .count_only = true};

	account_received(w->account, now->recv_ns);
	w->account->shed[class]++;
	m->totals.rejected[REJECT_QUOTA]++;
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
	shed_note(m->shed, w, class, now->recv_ns);
}

static struct session *
mediate_session(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j)
{
	struct task_warrant *w = j->w;
	struct session *s = j->s;

	if (s != NULL)
		return s;
	w->account->sessions++;
	s = session_new(m->conf.sessions, w->row.id, w->row.lea, mediate_name(m, now),
	    (struct octets){w->row.liid, w->row.liid_n}, now->pdu->xid, m->payload.ev.key,
	    now->recv_ns);
	if (s->tries > 0) {
		struct anomaly a = {.kind = JOURNAL_SESSION,
		    .ne = now->ne,
		    .warrant = w->row.id,
		    .pdu = now->pdu,
		    .text = "CIN collision resolved"};

		anomaly_write(m->conf.anomalies, &a, now->recv_ns);
	}
	return s;
}

static void
mediate_meta(const struct mediate *m, const struct mediate_now *now, const struct task_warrant *w,
    const struct session *s, bool first, struct spool_meta *meta)
{
	const struct li_event *ev = &m->payload.ev;

	memset(meta, 0, sizeof(*meta));
	meta->warrant = w->row.id;
	meta->dest = mediate_dest(w, ev->class);
	meta->cin = s->cin;
	meta->seq = s->next[session_series(ev->class)];
	meta->recv_ns = (uint64_t)now->recv_ns;
	meta->ctx = now->ctx;
	meta->digest = now->digest;
	memcpy(meta->key, s->key, sizeof(meta->key));
	meta->xseq = now->pdu->seq;
	meta->kind = SPOOL_REC_HO;
	meta->iri_type = ev->iri_type;
	meta->pad = s->dialog.state; /* for recovery, see recover.c */
	meta->flags =
	    (uint8_t)((now->numbered ? SPOOL_F_XSEQ : 0) |
		      (now->verdict == SEQCTX_REUSE ? SPOOL_F_REUSE : 0) |
		      (ev->begins || first ? SPOOL_F_BEGIN : 0) | (ev->ends ? SPOOL_F_END : 0) |
		      (now->verdict == SEQCTX_RESTART ? SPOOL_F_RESTART : 0));
}

/* CRC of what moves: the event's body, or a part of it (the event of an xIRI). */
static uint32_t
mediate_crc(const struct mediate_now *now, const struct li_event *ev, const struct ho_record *rec)
{
	if (rec->body.p == ev->body.p && rec->body.n == ev->body.n)
		return now->body_crc;
	return crc32c(0, rec->body.p, rec->body.n);
}

/* Session, number, PS-PDU, spool.  Returns 0, or -ENOSPC with nothing changed but the session's
 * existence. */
static int
mediate_hand_over(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j)
{
	struct li_event *ev = &m->payload.ev;
	struct task_warrant *w = j->w;
	struct session *s = mediate_session(m, now, j);
	bool first = s->next[0] == 0 && s->next[1] == 0;
	struct dialog before = s->dialog;
	struct spool_meta meta;
	struct ho_record rec;
	int r;

	payload_step(&m->payload, &s->dialog);
	mediate_meta(m, now, w, s, first, &meta);
	r = handover_encode(&w->ho, s->cin, meta.seq, ev, &rec);
	if (r == 0)
		r = spool_append(w->queue[j->class], &meta, &rec, mediate_crc(now, ev, &rec), NULL);
	if (r < 0) {
		s->dialog = before;
		if (r == -ENOSPC)
			return r;
		mediate_reject(
		    m, now, w, r == -EMSGSIZE ? REJECT_TOO_LARGE : REJECT_FORMAT_NOT_MAPPED);
		return 0;
	}
	s->next[session_series(ev->class)]++;
	if (ev->class != HO_IRI)
		s->cc_class = (uint8_t)j->class;
	session_touch(m->conf.sessions, s, now->recv_ns);
	if (ev->ends)
		session_close(m->conf.sessions, s);
	if (m->kept != NULL && now->verdict == SEQCTX_DUPLICATE)
		kept_add(m->kept, now->ctx, now->pdu->seq, now->digest, w->row.id);
	account_received(w->account, now->recv_ns);
	w->account->spooled[j->class]++;
	w->account->spooled_len += rec.head.n + rec.body.n + rec.tail.n;
	m->totals.records++;
	return 0;
}

/* One warrant's part.  Returns 0 or -ENOSPC; *kept when it has the PDU (now or from before). */
static int
mediate_one(
    struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j, bool *kept)
{
	enum ho_class class = j->class;
	int r;

	if (j->why != REJECT_NONE) {
		mediate_reject(m, now, j->w, j->why);
		return 0;
	}
	if (mediate_is_duplicate(m, now, j->w)) {
		*kept = true;
		mediate_duplicate(m, now, j->w);
		return 0;
	}
	if (mediate_dest(j->w, class) == 0) {
		mediate_reject(m, now, j->w, REJECT_NO_DESTINATION);
		return 0;
	}
	if (spool_over_quota(j->w->queue[class], m->payload.ev.body.n + MEDIATE_HEAD_MAX)) {
		mediate_shed(m, now, j->w, class);
		return 0;
	}
	r = mediate_hand_over(m, now, j);
	*kept |= r == 0;
	return r;
}

/* A number that was seen but not kept is noted without its digest: no gap, and a resent one is
 * taken. */
static void
mediate_note(struct mediate *m, const struct mediate_now *now, bool kept)
{
	if (now->numbered && now->verdict != SEQCTX_DUPLICATE)
		seqctx_note(m->conf.seqctx, now->ctx, now->pdu->seq, kept ? now->digest : 0,
		    payload_time(now->pdu, now->recv_ns), now->verdict);
}

static bool
mediate_all_out_of_scope(const struct mediate *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (m->judged[i].why != REJECT_OUT_OF_SCOPE)
			return false;
	return n > 0;
}

/* What is wrong with the PDU itself is wrong for every warrant that would have taken it. */
static void
mediate_fault(struct mediate *m, const struct mediate_now *now, enum reject_code fault)
{
	for (size_t i = 0; i < now->n; i++)
		if (m->judged[i].why == REJECT_NONE)
			m->judged[i].why = fault;
}

static void
mediate_prepare(struct mediate *m, struct mediate_now *now)
{
	const struct octets body = m->payload.ev.body;

	now->numbered = (now->pdu->present & (UINT32_C(1) << X23_ATTR_SEQ)) != 0;
	now->payload_crc = crc32c(0, now->pdu->payload.p, now->pdu->payload.n);
	now->digest = seqctx_digest(now->pdu, now->payload_crc);
	now->ctx = now->numbered ? seqctx_hash(now->ne, now->pdu) : 0;
	now->body_crc = now->payload_crc;
	if (body.p != now->pdu->payload.p || body.n != now->pdu->payload.n)
		now->body_crc = crc32c(0, body.p, body.n);
}

int
mediate_pdu(struct mediate *m, uint32_t ne, const struct x23_pdu *pdu, int64_t recv_ns,
    enum reject_code fault, uint32_t *done)
{
	struct mediate_now now = {.pdu = pdu, .ne = ne, .recv_ns = recv_ns};
	const struct taskset_xid *run = task_lookup(m->tasks, pdu->xid, &now.n);
	bool takers = run != NULL && mediate_judge(m, &now, run), kept = *done > 1, scope;

	m->payload.ev.class = HO_IRI;
	m->payload.ev.body = pdu->payload;
	if (takers && fault == REJECT_NONE)
		fault = payload_examine(pdu, recv_ns, &m->payload);
	if (fault != REJECT_NONE)
		mediate_fault(m, &now, fault);
	if (mediate_room(m, &now) < 0) {
		m->read_ns = 0; /* it is judged again, at another time */
		return -EAGAIN;
	}
	if (run == NULL) {
		m->totals.received++;
		mediate_reject(m, &now, NULL, REJECT_XID_UNKNOWN);
		return 0;
	}
	scope = !mediate_all_out_of_scope(m, now.n);
	if (scope)
		mediate_prepare(m, &now);
	if (scope)
		mediate_sequence(m, &now, *done > 0);
	if (*done == 0) {
		m->totals.received++;
		*done = 1;
	}
	for (size_t i = *done - 1; i < now.n; i++, (*done)++)
		if (mediate_one(m, &now, &m->judged[i], &kept) < 0) {
			m->read_ns = 0;
			return -EAGAIN;
		}
	*done = 0;
	m->totals.processed += kept;
	m->totals.duplicates += now.verdict == SEQCTX_DUPLICATE && kept;
	if (scope)
		mediate_note(m, &now, kept);
	return 0;
}

static void
mediate_on_idle(struct session *s, void *arg)
{
	struct mediate *m = arg;
	struct anomaly a = {.kind = JOURNAL_SESSION, .warrant = s->warrant, .text = "closed: idle"};

	anomaly_write(m->conf.anomalies, &a, clock_wall_ns());
}

void
mediate_tick(struct mediate *m, int64_t now_ns)
{
	session_idle(m->conf.sessions, now_ns - m->conf.idle_ns, mediate_on_idle, m);
	seqctx_expire(m->conf.seqctx, now_ns - MEDIATE_CTX_IDLE_NS);
	shed_tick(m->shed, now_ns);
	anomaly_flush(m->conf.anomalies, now_ns);
}
