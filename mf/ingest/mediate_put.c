/* SPDX-License-Identifier: Apache-2.0 */
/* Records: numbers, encoding, aggregation, segments, integrity, spool.  See mediate_priv.h.
 * The last record of a PDU carries its X2/X3 number, so that a crash between two of them makes a
 * repetition, never a loss. */
#include "ingest/mediate_priv.h"

#include "base/clock.h"
#include "base/crc32c.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PUT_ITEM_MORE 4096 /* octets around a body in one aggregated item, generously */

/* The counter that numbers CLASS of S. */
static uint32_t *
put_number(const struct task_warrant *w, struct session *s, enum ho_class class)
{
	if (w->profile->scope_liid)
		return &w->account->liid_next;
	return &s->next[session_series(class)];
}

static void
put_meta(const struct task_warrant *w, const struct session *s, enum ho_class class,
    int64_t recv_ns, struct spool_meta *meta)
{
	memset(meta, 0, sizeof(*meta));
	meta->warrant = w->row.id;
	/* whether it is signed was asked before anything was made of it */
	meta->dest = class == HO_IRI ? w->row.dest_hi2 : w->row.dest_hi3;
	meta->cin = s->cin;
	meta->recv_ns = (uint64_t)recv_ns;
	memcpy(meta->key, s->key, sizeof(meta->key));
	meta->kind = SPOOL_REC_HO;
	meta->pad = s->dialog.state; /* for recovery, see recover.c */
	if (w->profile->scope_liid)
		meta->flags = SPOOL_F_LIID;
	if (w->profile->integrity != TASKSET_INTEGRITY_NONE)
		meta->iri_type = (uint8_t)((w->profile->hash_alg ? w->profile->hash_alg : 2) << 4);
}

/* Meta of the record that stands for the PDU itself. */
static void
put_meta_pdu(
    const struct mediate_now *now, const struct li_event *ev, bool first, struct spool_meta *meta)
{
	meta->ctx = now->ctx;
	meta->digest = now->digest;
	meta->xseq = now->pdu->seq;
	meta->iri_type |= ev->iri_type;
	meta->flags |=
	    (uint8_t)((now->numbered ? SPOOL_F_XSEQ : 0) |
		      (now->verdict == SEQCTX_REUSE ? SPOOL_F_REUSE : 0) |
		      (ev->begins || first ? SPOOL_F_BEGIN : 0) | (ev->ends ? SPOOL_F_END : 0) |
		      (now->verdict == SEQCTX_RESTART ? SPOOL_F_RESTART : 0));
}

/* Append a PS-PDU and keep the books.  Returns 0 or the error of spool_append(). */
static int
put_append(struct mediate *m, struct task_warrant *w, struct session *s, enum ho_class class,
    struct spool_meta *meta, const struct ho_record *rec, uint32_t body_crc)
{
	struct spool_q *q = mediate_queue(m, w, class);
	struct spool_pos at;
	int r;

	if (q == NULL)
		return -ENOSPC;
	r = spool_append(q, meta, rec, body_crc, &at);
	if (r < 0)
		return r;
	session_spooled(s, class, at.rec, meta->dest, false);
	++*put_number(w, s, class);
	if (class == HO_IRI) {
		s->signalled = true;
		s->link_new = false; /* it was said */
	} else {
		s->cc_class = (uint8_t) class;
	}
	w->account->spooled[class]++;
	account_record(w->account, class, (int64_t)meta->recv_ns);
	w->account->spooled_len += rec->head.n + rec->body.n + rec->tail.n;
	m->totals.records++;
	if (w->profile->integrity != TASKSET_INTEGRITY_NONE) {
		struct integrity_stream stream = {.lea = w->row.lea,
		    .warrant = w->row.id,
		    .cin = s->cin,
		    .iri = class == HO_IRI,
		    .class = (uint8_t) class};

		memcpy(stream.session, s->key, sizeof(stream.session));
		integrity_add(m->integrity, &m->iconf[w->row.profile], &stream, meta->seq, rec,
		    (int64_t)meta->recv_ns);
	}
	return 0;
}

/* CRC of what moves: the event's body, or a part of it, or what it was encrypted to. */
static uint32_t
put_crc(const struct mediate_now *now, const struct payload *p, const struct ho_record *rec)
{
	if (rec->body.p == p->ev.body.p && rec->body.n == p->ev.body.n)
		return now->body_crc;
	return crc32c(0, rec->body.p, rec->body.n);
}

void
mediate_state(struct mediate *m, struct task_warrant *w, enum ho_class class,
    const struct session *s, struct spool_meta *meta, uint16_t kind, uint16_t n, const void *p,
    size_t len)
{
	struct spool_q *q = class == HO_JOURNAL ? spool_queue(m->conf.spool, 0, HO_JOURNAL)
						: mediate_queue(m, w, class);
	struct state_hdr h = {kind, n, 0};
	struct ho_record rec = {{(const uint8_t *)&h, sizeof(h)}, {p, len}, {NULL, 0}};

	if (q == NULL)
		return;
	meta->warrant = w->row.id;
	meta->kind = SPOOL_REC_STATE;
	meta->cin = s->cin;
	memcpy(meta->key, s->key, sizeof(meta->key));
	spool_append(q, meta, &rec, crc32c(0, p, len), NULL);
}

/* A TRI PDU about PDU number SEQ of S. */
static void
put_flag(struct mediate *m, struct task_warrant *w, struct session *s, enum ho_class class,
    uint32_t seq, enum tri_kind kind, int64_t recv_ns)
{
	struct spool_q *q = mediate_queue(m, w, class);
	struct spool_meta meta;
	struct ho_record rec = {0};
	struct spool_pos at;
	uint8_t buf[1024];
	int n = tri_encode(
	    &w->ho, s->cin, seq, kind, (struct octets){NULL, 0}, false, recv_ns, buf, sizeof(buf));

	if (q == NULL || n <= 0)
		return;
	put_meta(w, s, class, recv_ns, &meta);
	meta.kind = SPOOL_REC_FLAG;
	meta.seq = seq;
	rec.body = (struct octets){buf, (size_t)n};
	if (spool_append(q, &meta, &rec, crc32c(0, buf, (size_t)n), &at) == 0)
		session_spooled(s, class, at.rec, meta.dest, false);
}

/* ---- one event */

struct put_one {
	struct mediate_judged *j;
	struct session *s;
	struct li_event *ev;
	enum ho_class class;
	bool first; /* of the session */
	bool last;  /* record of the PDU */
};

/* One PS-PDU of one event. */
static int
put_single(struct mediate *m, const struct mediate_now *now, const struct put_one *p,
    const struct li_event *ev, bool last)
{
	struct task_warrant *w = p->j->w;
	struct spool_meta meta;
	struct ho_record rec;
	int r;

	put_meta(w, p->s, p->class, now->recv_ns, &meta);
	meta.seq = *put_number(w, p->s, p->class);
	if (last)
		put_meta_pdu(now, ev, p->first, &meta);
	else
		meta.flags |= SPOOL_F_EXTRA;
	meta.iri_type |= ev->iri_type;
	r = handover_encode(&w->ho, p->s->cin, meta.seq, ev, &rec);
	if (r == 0)
		r = put_append(m, w, p->s, p->class, &meta, &rec, put_crc(now, &m->payload, &rec));
	if (r == 0 && !last)
		w->account->extra++;
	return r;
}

static bool
put_cuts(const struct li_event *ev, uint32_t segment_len)
{
	return segment_len > 0 && ev->body.n > segment_len &&
	       (ev->kind == LI_MAIL_CC || ev->kind == LI_MSG_CC ||
		   (ev->kind == LI_OPAQUE && ev->class != HO_IRI));
}

/* Contents that are longer than the profile wants: several PS-PDUs with flags around them. */
static int
put_segments(struct mediate *m, const struct mediate_now *now, const struct put_one *p)
{
	struct task_warrant *w = p->j->w;
	size_t len = w->profile->segment_len, n = (p->ev->body.n + len - 1) / len;
	struct li_message part;
	struct li_event ev = *p->ev;
	int r = 0;

	if (ev.kind == LI_MSG_CC)
		part = *(const struct li_message *)ev.detail;
	for (size_t i = 0; i < n && r == 0; i++) {
		bool end = i + 1 == n;
		uint32_t seq = *put_number(w, p->s, p->class);

		ev.body.p = p->ev->body.p + i * len;
		ev.body.n = end ? p->ev->body.n - i * len : len;
		if (ev.kind == LI_MSG_CC) {
			part.in_sequence = true;
			part.sequence = (uint32_t)i;
			part.sequence_end = end;
			ev.detail = &part;
		}
		if (i == 0)
			put_flag(m, w, p->s, p->class, seq, TRI_FIRST_SEGMENT, now->recv_ns);
		r = put_single(m, now, p, &ev, end && p->last);
		if (end && r == 0)
			put_flag(m, w, p->s, p->class, seq, TRI_LAST_SEGMENT, now->recv_ns);
	}
	return r;
}

/* ---- aggregation */

static void
group_write(struct mediate *m, struct mediate_group *g)
{
	struct task_warrant *w = g->w;
	struct x23_pdu pdu = {
	    .nfid = {g->nfid, g->nfid_n},
	    .ipid = {g->ipid, g->ipid_n},
	};
	struct li_event ev = {
	    .pdu = &pdu, .class = g->class, .link_cin = g->iri ? session_link(g->s) : 0};
	struct spool_meta state = {.recv_ns = g->meta.recv_ns};
	struct ho_record rec;
	int r;

	g->w = NULL; /* what is done here may look for groups of the session */
	m->group_n--;
	g->meta.seq = *put_number(w, g->s, g->class);
	if (g->n > 1)
		mediate_state(m, w, g->class, g->s, &state, STATE_PDUS, (uint16_t)(g->n - 1),
		    g->pdu, (g->n - 1) * sizeof(*g->pdu));
	r = handover_group(&w->ho, g->s->cin, g->meta.seq, g->iri,
	    (struct octets){g->items, g->items_n}, &ev, (int64_t)g->meta.recv_ns, &rec);
	if (r == 0)
		r = put_append(
		    m, w, g->s, g->class, &g->meta, &rec, crc32c(0, rec.body.p, rec.body.n));
	if (r == 0)
		w->account->summed += g->n - 1;
	else /* cannot be: it was checked when the items came */
		w->account->rejected[REJECT_TOO_LARGE] += g->n;
}

void
mediate_groups(struct mediate *m, const struct session *s)
{
	for (size_t i = 0; i < MEDIATE_GROUPS && m->group_n > 0; i++)
		if (m->group[i].w != NULL && (s == NULL || m->group[i].s == s))
			group_write(m, &m->group[i]);
}

/* The group that the event belongs to; else an empty one, made room for when there is none. */
static struct mediate_group *
group_for(struct mediate *m, const struct put_one *p)
{
	struct mediate_group *empty = NULL;

	for (size_t i = 0; i < MEDIATE_GROUPS; i++) {
		struct mediate_group *g = &m->group[i];

		if (g->w == p->j->w && g->s == p->s && g->class == p->class)
			return g;
		if (g->w == NULL)
			empty = g;
	}
	if (empty == NULL) {
		empty = &m->group[0];
		group_write(m, empty);
	}
	return empty;
}

static void
group_begin(struct mediate *m, const struct mediate_now *now, const struct put_one *p,
    struct mediate_group *g)
{
	g->w = p->j->w;
	g->s = p->s;
	g->class = p->class;
	g->iri = p->class == HO_IRI;
	g->items_n = g->n = 0;
	put_meta(g->w, p->s, p->class, now->recv_ns, &g->meta);
	put_meta_pdu(now, p->ev, p->first, &g->meta);
	g->nfid_n = (uint8_t)(now->pdu->nfid.n > 255 ? 255 : now->pdu->nfid.n);
	g->ipid_n = (uint8_t)(now->pdu->ipid.n > 255 ? 255 : now->pdu->ipid.n);
	if (g->nfid_n > 0)
		memcpy(g->nfid, now->pdu->nfid.p, g->nfid_n);
	if (g->ipid_n > 0)
		memcpy(g->ipid, now->pdu->ipid.p, g->ipid_n);
	m->group_n++;
}

static void
group_note(const struct mediate_now *now, struct mediate_group *g)
{
	if (g->n > 0) { /* the first stands in the meta of the record */
		if (g->n > g->pdu_max) {
			g->pdu_max = g->n * 2;
			g->pdu = realloc(g->pdu, g->pdu_max * sizeof(*g->pdu));
			assert(g->pdu != NULL);
		}
		g->pdu[g->n - 1] = (struct state_pdu){
		    now->ctx, now->digest, now->pdu->seq, now->numbered ? SPOOL_F_XSEQ : 0};
	}
	g->n++;
}

static void
group_grow(struct mediate_group *g, size_t need)
{
	if (need <= g->items_max)
		return;
	g->items_max = need * 2;
	g->items = realloc(g->items, g->items_max);
	assert(g->items != NULL);
}

/* Encode the event behind the items that G has. */
static int
group_item(const struct put_one *p, struct mediate_group *g)
{
	return handover_item(&p->j->w->ho, p->s->cin, *put_number(p->j->w, p->s, p->class), p->ev,
	    g->items + g->items_n, g->items_max - g->items_n);
}

/* Put the event behind others of its session.  Returns 0, or an error as of handover_encode(). */
static int
put_grouped(struct mediate *m, const struct mediate_now *now, const struct put_one *p)
{
	const struct taskset_profile *prof = p->j->w->profile;
	struct mediate_group *g = group_for(m, p);
	size_t need = (g->w != NULL ? g->items_n : 0) + p->ev->body.n + PUT_ITEM_MORE;
	int n;

	if (g->w != NULL && prof->aggregate_len > 0 && need > prof->aggregate_len) {
		group_write(m, g);
		need = p->ev->body.n + PUT_ITEM_MORE;
	}
	group_grow(g, need);
	if (g->w == NULL)
		group_begin(m, now, p, g);
	n = group_item(p, g);
	if (n == -ENOSPC) { /* more than usual around the body: recipients, target identifiers */
		group_grow(g, g->items_n + p->ev->body.n + 2 * HANDOVER_HEAD_MAX);
		n = group_item(p, g);
	}
	if (n < 0) {
		if (g->n == 0) {
			g->w = NULL;
			m->group_n--;
		}
		return n;
	}
	g->items_n += (size_t)n;
	group_note(now, g);
	if (g->n >= prof->aggregate_n)
		group_write(m, g);
	return 0;
}

/* ---- all events of a PDU */

static int
put_event(struct mediate *m, const struct mediate_now *now, const struct put_one *p, bool alone)
{
	const struct taskset_profile *prof = p->j->w->profile;

	if (alone && prof->aggregate_n > 1 && !p->ev->begins && !p->ev->ends && p->last)
		return put_grouped(m, now, p);
	if (m->group_n > 0)
		mediate_groups(m, p->s);
	if (put_cuts(p->ev, prof->segment_len))
		return put_segments(m, now, p);
	return put_single(m, now, p, p->ev, p->last);
}

static void
put_refused(struct mediate *m, const struct mediate_now *now, const struct put_one *p, int r)
{
	struct task_warrant *w = p->j->w;

	mediate_reject(m, now, w,
	    r == -EMSGSIZE  ? REJECT_TOO_LARGE
	    : r == -EBADMSG ? REJECT_PAYLOAD
			    : REJECT_FORMAT_NOT_MAPPED,
	    p->s->cin);
	if (p->last)
		return;
	w->account->received--; /* the PDU is counted with its last event */
	w->account->extra++;
}

int
mediate_put(
    struct mediate *m, const struct mediate_now *now, struct mediate_judged *j, struct session *s)
{
	bool first = s->next[SESSION_IRI] == 0 && s->next[SESSION_CC] == 0;
	struct dialog before = s->dialog;
	struct scope_out *out = &j->out;
	size_t done = 0;
	int r = 0;

	for (size_t i = 0; i < out->n; i++) {
		struct put_one p = {.j = j,
		    .s = s,
		    .ev = &out->ev[i],
		    .class = out->ev[i].class == HO_IRI ? HO_IRI : j->class,
		    .first = first,
		    .last = i + 1 == out->n};

		payload_step_event(&m->payload, p.ev, &s->dialog);
		if (p.ev->class == HO_IRI)
			p.ev->link_cin = session_link(s);
		r = put_event(m, now, &p, out->n == 1 && !out->summarise);
		if (r == -ENOSPC && done == 0) {
			s->dialog = before;
			return r;
		}
		if (r == 0)
			done++;
		else
			put_refused(m, now, &p, r);
	}
	if (done == 0)
		s->dialog = before;
	else if (r == 0)
		account_received(j->w->account, now->recv_ns);
	return 0;
}

int
mediate_put_own(struct mediate *m, struct task_warrant *w, struct session *s,
    const struct li_event *ev, int64_t now_ns)
{
	struct spool_meta meta;
	struct ho_record rec;
	int r;

	put_meta(w, s, ev->class, now_ns, &meta);
	meta.seq = *put_number(w, s, ev->class);
	meta.flags |= SPOOL_F_EXTRA;
	meta.iri_type |= ev->iri_type;
	r = handover_encode(&w->ho, s->cin, meta.seq, ev, &rec);
	if (r == 0)
		r = put_append(m, w, s, ev->class, &meta, &rec, crc32c(0, rec.body.p, rec.body.n));
	if (r == 0)
		w->account->extra++;
	return r;
}

/* ---- after a restart */

/* Numbers of CLASS of S begin again, and the LEA is told so. */
static void
put_reset(struct mediate *m, struct task_warrant *w, struct session *s, enum ho_class class)
{
	int64_t now_ns = clock_wall_ns();
	struct spool_meta meta = {.recv_ns = (uint64_t)now_ns};

	if (s->next[session_series(class)] == 0 || mediate_dest(m, w, class) == 0)
		return;
	put_flag(m, w, s, class, 0, TRI_CIN_RESET, now_ns);
	mediate_state(m, w, class, s, &meta, STATE_RESET, 0, NULL, 0);
	session_reset(s, class);
}

static void
put_restarted(struct session *s, void *arg)
{
	struct mediate *m = arg;
	struct task_warrant *w = task_warrant_by_id(m->tasks, s->warrant);

	mediate_rule_check(m, s);
	if (!s->open || w == NULL || !w->profile->restart_reset || w->profile->scope_liid ||
	    w->row.suspended)
		return;
	put_reset(m, w, s, HO_IRI);
	put_reset(m, w, s, s->cc_class != 0 ? (enum ho_class)s->cc_class : HO_CC);
}

void
mediate_restarted(struct mediate *m)
{
	session_each(m->conf.sessions, put_restarted, m);
}

/* ---- integrity */

/* Number SEQ goes to the hash records too. */
static void
put_evidence(struct mediate *m, const struct integrity_stream *st, const struct integrity_check *c,
    uint32_t seq, int64_t now_ns)
{
	struct evidence e;

	evidence_check(&e, st, c->signature, seq, c->value, c->data_type, c->alg, now_ns);
	for (size_t i = 0; i < c->seq_n; i++)
		evidence_cover(&e, c->seq[i]);
	evidence_write(m->conf.spool, &e);
}

int
mediate_emit(const struct integrity_stream *st, const struct integrity_check *c, void *arg,
    struct integrity_emitted *out)
{
	struct mediate *m = arg;
	struct task_warrant *w =
	    m->tasks != NULL ? task_warrant_by_id(m->tasks, st->warrant) : NULL;
	struct session *s = session_find(m->conf.sessions, st->warrant, st->session);
	enum session_series series = c->signature ? SESSION_SIGNATURE : SESSION_HASH;
	int64_t now_ns = clock_wall_ns();
	struct spool_meta meta;
	struct ho_record rec = {0};
	struct spool_pos at;
	struct spool_q *q;
	int r;

	if (w == NULL || s == NULL)
		return -ENOENT;
	q = mediate_queue(m, w, (enum ho_class)st->class);
	if (mediate_dest(m, w, (enum ho_class)st->class) == 0)
		return -ENOENT;
	if (q == NULL || spool_queue(m->conf.spool, 0, HO_JOURNAL) == NULL)
		return -EAGAIN;
	r = integrity_encode(&w->ho, s->cin, s->next[series], c, now_ns, &rec.body, &out->body);
	if (r < 0)
		return r;
	put_meta(w, s, (enum ho_class)st->class, now_ns, &meta);
	meta.kind = SPOOL_REC_CHECK;
	meta.seq = out->seq = s->next[series];
	meta.flags = 0;
	meta.iri_type |= c->signature;
	r = spool_append(q, &meta, &rec, crc32c(0, rec.body.p, rec.body.n), &at);
	if (r == 0) {
		session_spooled(s, (enum ho_class)st->class, at.rec, meta.dest, false);
		s->next[series]++;
		put_evidence(m, st, c, out->seq, now_ns);
	}
	return r;
}
