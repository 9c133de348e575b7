/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery of the ingest role; see recover.h. */
#include "ingest/recover.h"

#include "base/clock.h"
#include "base/log.h"
#include "session/state.h"
#include "spool/journal.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The queue that is being replayed. */
struct recover_now {
	struct recover *r;
	uint32_t lea;
	enum ho_class class;
	struct spool_pos
	    known; /* the state file speaks of what lies before it; seg 0: of nothing */
	/* state records that mean something only with the PS-PDU behind them */
	struct state_pdu *pdu; /* further PDUs of it */
	size_t pdu_n, pdu_max;
	struct flowsum gone;  /* the flow that it reports */
	struct flowsum extra; /* a packet of the same PDU */
	bool has_gone, has_extra;
	uint64_t first_rec;  /* of the first record that was read; UINT64_MAX: none yet */
	uint64_t pending_ns; /* time and session of that PS-PDU: another one is not meant */
	uint8_t pending_key[16];
};

/* Nothing of a queue was read before that record. */
struct recover_first {
	uint32_t lea;
	enum ho_class class;
	uint64_t rec;
};

/* What the journal tells about sessions; their queues are read later, in any order. */
struct recover_link {
	uint32_t warrant;
	uint16_t kind; /* STATE_LINK, STATE_SESSION */
	uint32_t cin;
	int64_t time_ns;
	uint8_t session[16];
	union {
		struct state_link link;
		struct state_session about;
	};
};

static void
recover_on_queue(const struct checkpoint_q *q, void *arg)
{
	struct recover *r = arg;

	if (r->q_n == r->q_max) {
		r->q_max = r->q_max ? r->q_max * 2 : 16;
		r->q = realloc(r->q, r->q_max * sizeof(*r->q));
		assert(r->q != NULL);
	}
	r->q[r->q_n++] = *q;
}

static void
recover_on_ctx(const struct checkpoint_ctx *x, void *arg)
{
	struct recover *r = arg;

	seqctx_restore(r->seqctx, x->ctx, x->last, x->ts_ns);
}

static void
recover_on_kept(uint64_t name, void *arg)
{
	struct recover *r = arg;

	kept_restore(r->kept, name);
}

static void
recover_high(struct recover *r, int64_t ns)
{
	if (ns > r->high_ns)
		r->high_ns = ns;
}

static void
recover_book(struct account *a, int64_t first_ns, uint64_t n)
{
	a->received += n;
	if (a->first_ns == 0)
		a->first_ns = first_ns;
	if (first_ns > a->last_ns)
		a->last_ns = first_ns;
}

/* Numbers that were seen but not kept stand in the journal; they are noted without a digest, see
 * mediate.c.  The time of the PDU is not in the spool: whether a number was a restart was judged
 * when it came and is only repeated here.  A record that another queue told already changes
 * nothing. */
static void
recover_seq(const struct recover_now *now, const struct spool_meta *m)
{
	struct seqctx_table *t = now->r->seqctx;
	int64_t recv_ns = (int64_t)m->recv_ns;

	if ((m->flags & SPOOL_F_XSEQ) == 0 || m->ctx == 0)
		return;
	switch (seqctx_check(t, m->ctx, m->xseq, m->digest, INT64_MIN).verdict) {
	case SEQCTX_DUPLICATE:
		break;
	case SEQCTX_NEW:
	case SEQCTX_GAP:
		seqctx_note(t, m->ctx, m->xseq, m->digest, recv_ns, SEQCTX_NEW);
		break;
	case SEQCTX_LATE:
	case SEQCTX_REUSE:
	case SEQCTX_AGAIN:
	case SEQCTX_RESTART:
		if (m->flags & SPOOL_F_RESTART)
			seqctx_note(t, m->ctx, m->xseq, m->digest, recv_ns, SEQCTX_RESTART);
		else
			seqctx_note(t, m->ctx, m->xseq, m->digest, INT64_MIN, SEQCTX_NEW);
		break;
	}
}

/* ---- PS-PDUs */

static void
recover_integrity(const struct recover_now *now, const struct spool_meta *m, struct octets o)
{
	struct recover *r = now->r;
	uint8_t alg = m->iri_type >> 4;
	/* limits and key come with the tasks, see integrity_reconf() */
	struct integrity_conf conf = {.sign_alg = 2,
	    .hash_n = UINT32_MAX,
	    .hash_ms = UINT32_MAX,
	    .sign_n = UINT32_MAX,
	    .sign_ms = UINT32_MAX};
	struct integrity_stream s = {.lea = now->lea,
	    .warrant = m->warrant,
	    .cin = m->cin,
	    .iri = now->class == HO_IRI,
	    .class = (uint8_t)now->class};

	if (alg == 0 || alg > 4 || r->integrity == NULL)
		return;
	memcpy(s.session, m->key, sizeof(s.session));
	conf.hash_alg = alg;
	if (integrity_replay(r->integrity, &conf, &s, m->seq, o, (int64_t)m->recv_ns) < 0)
		r->unsound++;
}

/* One X2/X3 PDU is in the books; its number was kept for its warrant. */
static void
recover_pdu(const struct recover_now *now, const struct spool_meta *m, struct account *a)
{
	if (m->flags & SPOOL_F_XSEQ)
		kept_add(now->r->kept, m->ctx, m->xseq, m->digest, m->warrant);
	recover_book(a, (int64_t)m->recv_ns, 1);
}

static void
recover_count(struct recover *r, const struct flowsum *f, bool extra)
{
	struct account *a = account_get(r->accounts, f->warrant);

	if (extra)
		a->extra++;
	a->summed++;
	if (r->flows != NULL)
		flowsum_add(r->flows, f, NULL, NULL);
}

/* The state records in front of the PS-PDU count now, if it is theirs: a crash may have left them
 * without it. */
static void
recover_pending(struct recover_now *now, const struct spool_meta *m, struct account *a)
{
	struct spool_meta one = *m;

	if (m->recv_ns != now->pending_ns ||
	    memcmp(m->key, now->pending_key, sizeof(m->key)) != 0) {
		now->pdu_n = 0;
		now->has_gone = now->has_extra = false;
		return;
	}
	for (size_t i = 0; i < now->pdu_n; i++) {
		one.ctx = now->pdu[i].ctx;
		one.digest = now->pdu[i].digest;
		one.xseq = now->pdu[i].xseq;
		one.flags = (uint8_t)now->pdu[i].flags;
		recover_seq(now, &one);
		if (a == NULL)
			continue;
		recover_pdu(now, &one, a);
		a->summed++;
	}
	if (now->has_gone && a != NULL && now->r->flows != NULL)
		flowsum_drop(now->r->flows, now->gone.warrant, now->gone.session, &now->gone.flow,
		    (enum flowsum_kind)now->gone.kind);
	if (now->has_extra && a != NULL)
		recover_count(now->r, &now->extra, true);
	now->pdu_n = 0;
	now->has_gone = now->has_extra = false;
}

static void
recover_record(struct recover_now *now, const struct spool_meta *m, struct octets o)
{
	struct recover *r = now->r;
	size_t before = session_n(r->sessions);
	bool liid = m->flags & SPOOL_F_LIID;
	struct session *s = session_replay(r->sessions, now->lea,
	    liid ? SESSION_SERIES_N : (enum session_series)session_series(now->class), m->warrant,
	    m->key, m->cin, m->seq, (int64_t)m->recv_ns);
	struct account *a = account_get(r->accounts, m->warrant);

	if (s == NULL)
		r->conflicts++;
	else if (now->class == HO_IRI) {
		s->dialog.state = dialog_read_state(m->pad);
		s->signalled = true;
	}
	if (s != NULL && now->class != HO_IRI)
		s->cc_class = (uint8_t)now->class;
	if (s != NULL && (m->flags & SPOOL_F_END))
		session_close(r->sessions, s);
	if (liid && m->seq >= a->liid_next)
		a->liid_next = m->seq + 1;
	if (m->flags & SPOOL_F_EXTRA)
		a->extra++;
	else
		recover_pdu(now, m, a);
	recover_pending(now, m, a);
	a->sessions += (uint32_t)(session_n(r->sessions) - before);
	a->spooled[now->class]++;
	account_record(a, now->class, (int64_t)m->recv_ns);
	a->spooled_len += o.n;
	recover_integrity(now, m, o);
}

static void
recover_evidence(const struct recover_now *now, const struct spool_meta *m, struct octets o)
{
	struct integrity_stream s = {.lea = now->lea,
	    .warrant = m->warrant,
	    .cin = m->cin,
	    .iri = now->class == HO_IRI,
	    .class = (uint8_t)now->class};

	memcpy(s.session, m->key, sizeof(s.session));
	if (now->r->evidence != NULL)
		evidence_log_sent(now->r->evidence, &s, m->seq, o, (int64_t)m->recv_ns);
}

/* An integrityCheck. */
static void
recover_check(const struct recover_now *now, const struct spool_meta *m, struct octets o)
{
	if (session_replay(now->r->sessions, now->lea,
		m->iri_type & 1 ? SESSION_SIGNATURE : SESSION_HASH, m->warrant, m->key, m->cin,
		m->seq, (int64_t)m->recv_ns) == NULL)
		now->r->conflicts++;
	recover_evidence(now, m, o);
	recover_integrity(now, m, o);
}

/* ---- state records */

static void
recover_names(struct recover *r, struct octets rows, size_t n)
{
	struct name_row row;

	for (size_t i = 0; i < n && r->names != NULL && rows.n >= (i + 1) * sizeof(row); i++) {
		memcpy(&row, rows.p + i * sizeof(row), sizeof(row));
		if (row.bound)
			names_bind(r->names, &row);
		else
			names_unbind(r->names, row.warrant, row.kind, row.name);
	}
}

static void
recover_note(struct recover *r, uint16_t kind, const struct spool_meta *m, struct octets o)
{
	struct recover_link *l;

	if (o.n < (kind == STATE_LINK ? sizeof(l->link) : sizeof(l->about)))
		return;
	if (r->link_n == r->link_max) {
		r->link_max = r->link_max ? r->link_max * 2 : 64;
		r->link = realloc(r->link, r->link_max * sizeof(*r->link));
		assert(r->link != NULL);
	}
	l = &r->link[r->link_n++];
	l->warrant = m->warrant;
	l->kind = kind;
	l->cin = m->cin;
	l->time_ns = (int64_t)m->recv_ns;
	memcpy(l->session, m->key, sizeof(l->session));
	if (kind == STATE_LINK)
		memcpy(&l->link, o.p, sizeof(l->link));
	else
		memcpy(&l->about, o.p, sizeof(l->about));
}

static void
recover_about(struct recover *r, const struct recover_link *l)
{
	struct session *s = session_find(r->sessions, l->warrant, l->session);

	if (s == NULL)
		return;
	if (l->about.ne != 0)
		session_seen_ne(s, l->about.ne);
	s->correlated |= l->about.correlated != 0;
	s->media = l->about.media != 0;
}

/* S (NULL: it was joined before its first record) goes on in OTHER, whose last record tells already
 * how far the dialogs of both have come. */
static void
recover_join(
    struct recover *r, const struct recover_link *l, struct session *s, struct session *other)
{
	struct dialog d;

	other = session_follow(other);
	d = other->dialog;
	if (s == NULL)
		s = session_replay(r->sessions, other->lea, SESSION_SERIES_N, l->warrant,
		    l->session, l->cin, 0, l->time_ns);
	if (s == NULL)
		return;
	session_join(r->sessions, s, other);
	if (other->signalled && other->last_ns + CLOCK_NS_PER_S > l->time_ns)
		other->dialog = d;
}

static void
recover_links(struct recover *r)
{
	for (size_t i = 0; i < r->link_n; i++) {
		const struct recover_link *l = &r->link[i];
		struct session *s, *other;

		if (l->kind == STATE_SESSION) {
			recover_about(r, l);
			continue;
		}
		s = session_find(r->sessions, l->warrant, l->session);
		other = session_find(r->sessions, l->warrant, l->link.other);
		if (other == NULL || s == other)
			continue;
		if (l->link.joined)
			recover_join(r, l, s, other);
		else if (s != NULL)
			session_follow(s)->parent = other;
	}
}

static void
recover_expect(struct recover_now *now, const struct spool_meta *m)
{
	now->pending_ns = m->recv_ns;
	memcpy(now->pending_key, m->key, sizeof(now->pending_key));
}

static void
recover_flow(struct recover_now *now, const struct spool_meta *m, struct octets o, bool known)
{
	struct flowsum f;

	if (o.n < sizeof(f))
		return;
	memcpy(&f, o.p, sizeof(f));
	if (f.packets == 0) {
		now->gone = f;
		now->has_gone = !known;
		recover_expect(now, m);
		return;
	}
	if (known)
		return;
	if (m->flags & SPOOL_F_EXTRA) {
		now->extra = f; /* counted with the event of its PDU, the next record */
		now->has_extra = true;
		recover_expect(now, m);
		return;
	}
	recover_pdu(now, m, account_get(now->r->accounts, m->warrant));
	recover_count(now->r, &f, false);
}

static void
recover_pdus(struct recover_now *now, struct octets o, size_t n)
{
	if (n > o.n / sizeof(*now->pdu))
		n = o.n / sizeof(*now->pdu);
	if (n > now->pdu_max) {
		now->pdu_max = n;
		now->pdu = realloc(now->pdu, n * sizeof(*now->pdu));
		assert(now->pdu != NULL);
	}
	if (n > 0)
		memcpy(now->pdu, o.p, n * sizeof(*now->pdu));
	now->pdu_n = n;
}

static void
recover_state(struct recover_now *now, const struct spool_meta *m, struct octets o, bool known)
{
	struct state_hdr h;

	if (o.n < sizeof(h))
		return;
	memcpy(&h, o.p, sizeof(h));
	o.p += sizeof(h);
	o.n -= sizeof(h);
	switch ((enum state_kind)h.kind) {
	case STATE_PDUS:
		recover_pdus(now, o, h.n);
		recover_expect(now, m);
		break;
	case STATE_FLOW:
		recover_flow(now, m, o, known);
		break;
	case STATE_NAMES:
		if (!known)
			recover_names(now->r, o, h.n);
		break;
	case STATE_LINK:
		if (!known)
			recover_note(now->r, h.kind, m, o);
		break;
	case STATE_SESSION:
		if (!known)
			recover_note(now->r, h.kind, m, o);
		break;
	case STATE_RESET:
		if (!known)
			session_reset(
			    session_find(now->r->sessions, m->warrant, m->key), now->class);
		break;
	}
}

static void
recover_notice(const struct recover_now *now, const struct spool_meta *m)
{
	struct session *s = session_notices(now->r->sessions, now->lea);

	if (s != NULL && m->seq >= s->next[0])
		s->next[0] = m->seq + 1;
}

static void
recover_journal(struct recover *r, struct octets o)
{
	struct journal_entry e;
	struct account *a;

	if (o.n < sizeof(e))
		return;
	memcpy(&e, o.p, sizeof(e));
	if (r->evidence != NULL)
		evidence_log_recorded(r->evidence, o);
	if (e.warrant == 0)
		return;
	a = account_get(r->accounts, e.warrant);
	if (e.kind == JOURNAL_REJECT && e.code < REJECT_CODE_N)
		a->rejected[e.code] += e.count;
	else if (e.kind == JOURNAL_DUPLICATE)
		a->duplicate += e.count;
	else if (e.kind == JOURNAL_COPY)
		a->copies += e.count;
	else if (e.kind == JOURNAL_SHED && e.first < ACCOUNT_CLASS_N)
		a->shed[e.first] += e.count;
	else
		return;
	recover_book(a, (int64_t)e.time_ns, e.count);
}

static bool
recover_is_known(const struct spool_pos *at, const struct spool_pos *known)
{
	return at->seg < known->seg || (at->seg == known->seg && at->off < known->off);
}

static bool
recover_is_reject(struct octets o)
{
	struct journal_entry e;

	if (o.n < sizeof(e))
		return false;
	memcpy(&e, o.p, sizeof(e));
	return e.kind == JOURNAL_REJECT;
}

/* How far its session has come in the queue, for the question what of it is delivered. */
static void
recover_where(const struct recover_now *now, const struct spool_pos *at, const struct spool_meta *m)
{
	struct session *s;

	if (now->class >= ACCOUNT_CLASS_N || m->cin == 0 ||
	    (m->kind != SPOOL_REC_HO && m->kind != SPOOL_REC_CHECK && m->kind != SPOOL_REC_FLAG))
		return;
	s = session_find(now->r->sessions, m->warrant, m->key);
	if (s != NULL && s->cin == m->cin)
		session_spooled(s, now->class, at->rec, m->dest,
		    m->kind != SPOOL_REC_HO || m->seq > 0 || (m->flags & SPOOL_F_LIID) != 0);
}

static void
recover_first(struct recover_now *now, uint64_t rec)
{
	struct recover *r = now->r;

	r->first = realloc(r->first, (r->first_n + 1) * sizeof(*r->first));
	assert(r->first != NULL);
	r->first[r->first_n++] = (struct recover_first){now->lea, now->class, rec};
}

static void
recover_before_class(const struct recover *r, struct session *s, enum ho_class class)
{
	for (size_t i = 0; i < r->first_n; i++)
		if (r->first[i].lea == s->lea && r->first[i].class == class) {
			session_spool_before(s, class, r->first[i].rec);
			return;
		}
	session_spool_before(s, class, UINT64_MAX); /* no such queue (any more): not known */
}

/* What a session has in front of all that was read. */
static void
recover_before(struct session *s, void *arg)
{
	if (s->warrant == 0)
		return;
	if (s->signalled || s->next[SESSION_IRI] > 0)
		recover_before_class(arg, s, HO_IRI);
	if (s->cc_class != 0)
		recover_before_class(arg, s, (enum ho_class)s->cc_class);
}

static void
recover_on_record(
    const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg)
{
	struct recover_now *now = arg;
	bool known = recover_is_known(at, &now->known);

	if (now->first_rec == UINT64_MAX)
		now->first_rec = at->rec;
	recover_high(now->r, (int64_t)m->recv_ns);
	if (m->kind == SPOOL_REC_HO || m->kind == SPOOL_REC_STATE ||
	    (m->kind == SPOOL_REC_JOURNAL && recover_is_reject(o)))
		recover_seq(now, m);
	if (m->kind == SPOOL_REC_STATE)
		recover_state(now, m, o, known);
	if (known && m->kind == SPOOL_REC_HO)
		recover_pending(now, m, NULL);
	if (known) {
		recover_where(now, at, m);
		return;
	}
	now->r->replayed++;
	if (m->kind == SPOOL_REC_JOURNAL)
		recover_journal(now->r, o);
	else if (m->kind == SPOOL_REC_NOTICE)
		recover_notice(now, m);
	else if (m->kind == SPOOL_REC_HO && now->class < ACCOUNT_CLASS_N)
		recover_record(now, m, o);
	else if (m->kind == SPOOL_REC_CHECK && now->class < ACCOUNT_CLASS_N)
		recover_check(now, m, o);
	recover_where(now, at, m);
}

static int
recover_queue(struct recover *r, uint32_t lea, enum ho_class class)
{
	struct recover_now now = {.r = r, .lea = lea, .class = class, .first_rec = UINT64_MAX};
	struct spool_pos from = {0};
	const struct checkpoint_q *known = NULL;
	struct spool_q *q;
	int rc;

	for (size_t i = 0; i < r->q_n; i++)
		if (r->q[i].lea == lea && r->q[i].class == (uint32_t) class)
			known = &r->q[i];
	/* the state file was put in place when all it speaks of was durable */
	q = spool_queue_known(r->spool, lea, class, known != NULL ? &known->pos : NULL);
	if (q == NULL)
		return errno > 0 ? -errno : -EIO;
	if (known != NULL) {
		now.known = known->pos;
		from = known->window;
	}
	rc = spool_replay(q, &from, recover_on_record, &now);
	if (now.first_rec == UINT64_MAX && known != NULL)
		now.first_rec = known->pos.rec;
	recover_first(&now, now.first_rec);
	free(now.pdu);
	return rc;
}

static bool
recover_queue_exists(const struct recover *r, const char *lea, enum ho_class class)
{
	char path[PATH_MAX];
	struct stat st;

	return snprintf(path, sizeof(path), "%s/%s/%s", r->spool_dir, lea, ho_class_name(class)) <
		   (int)sizeof(path) &&
	       stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
recover_lea(struct recover *r, const char *name)
{
	char *end;
	unsigned long lea = strtoul(name, &end, 10);
	int rc = 0;

	if (*name < '0' || *name > '9' || *end != '\0' || lea > UINT32_MAX)
		return 0;
	for (int c = 0; c < HO_CLASS_N && rc == 0; c++)
		if ((lea == 0) == (c == HO_JOURNAL) &&
		    recover_queue_exists(r, name, (enum ho_class)c))
			rc = recover_queue(r, (uint32_t)lea, (enum ho_class)c);
	return rc;
}

/* The journal goes first: a number that was rejected and later taken must end as taken. */
static int
recover_queues(struct recover *r)
{
	DIR *d = opendir(r->spool_dir);
	struct dirent *e;
	int rc;

	if (d == NULL)
		return errno == ENOENT ? 0 : -errno;
	rc = recover_lea(r, "0");
	while (rc == 0 && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, "0") != 0)
			rc = recover_lea(r, e->d_name);
	closedir(d);
	return rc;
}

int
recover_run(struct recover *r)
{
	struct checkpoint_sink sink = {.sessions = r->sessions,
	    .accounts = r->accounts,
	    .names = r->names,
	    .flows = r->flows,
	    .queue = recover_on_queue,
	    .ctx = recover_on_ctx,
	    .kept = recover_on_kept,
	    .arg = r};
	int64_t high_ns = 0;
	int rc = checkpoint_read(r->file, &sink, &high_ns);

	if (rc == 0) {
		r->saved_high_ns = high_ns;
		recover_high(r, high_ns);
	} else if (rc != -ENOENT)
		log_warn("STATE-DAMAGED", "%s: %s: everything is read from the spool instead",
		    r->file, strerror(-rc));
	rc = recover_queues(r);
	recover_links(r);
	session_each(r->sessions, recover_before, r);
	if (r->unsound > 0)
		log_err("STATE-INTEGRITY",
		    "%llu integrity checks in the spool do not name what lies before them: "
		    "something "
		    "there is damaged; what they cover is not covered again",
		    (unsigned long long)r->unsound);
	if (r->conflicts > 0)
		log_err("STATE-CONFLICT",
		    "%llu spool records have a CIN that belongs to another session",
		    (unsigned long long)r->conflicts);
	return rc;
}

void
recover_fini(struct recover *r)
{
	free(r->first);
	r->first = NULL;
	free(r->link);
	r->link = NULL;
	free(r->q);
	r->q = NULL;
	r->q_n = r->q_max = 0;
}
