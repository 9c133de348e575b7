/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery of the ingest role; see recover.h. */
#include "ingest/recover.h"

#include "base/log.h"
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

static void
recover_record(const struct recover_now *now, const struct spool_meta *m, size_t n)
{
	struct recover *r = now->r;
	size_t before = session_n(r->sessions);
	struct session *s = session_replay(r->sessions, now->lea, now->class, m->warrant, m->key,
	    m->cin, m->seq, (int64_t)m->recv_ns);
	struct account *a = account_get(r->accounts, m->warrant);

	if (s == NULL)
		r->conflicts++;
	else if (now->class == HO_IRI)
		s->dialog.state = dialog_read_state(m->pad);
	if (s != NULL && (m->flags & SPOOL_F_END))
		session_close(r->sessions, s);
	if (m->flags & SPOOL_F_XSEQ)
		kept_add(r->kept, m->ctx, m->xseq, m->digest, m->warrant);
	recover_book(a, (int64_t)m->recv_ns, 1);
	a->sessions += (uint32_t)(session_n(r->sessions) - before);
	a->spooled[now->class]++;
	a->spooled_len += n;
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
	if (e.warrant == 0)
		return;
	a = account_get(r->accounts, e.warrant);
	if (e.kind == JOURNAL_REJECT && e.code < REJECT_CODE_N)
		a->rejected[e.code] += e.count;
	else if (e.kind == JOURNAL_DUPLICATE)
		a->duplicate += e.count;
	else if (e.kind == JOURNAL_SHED && e.first < ACCOUNT_CLASS_N)
		a->shed[e.first] += e.count;
	else
		return;
	recover_book(a, (int64_t)e.time_ns, e.count);
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
	case SEQCTX_RESTART:
		if (m->flags & SPOOL_F_RESTART)
			seqctx_note(t, m->ctx, m->xseq, m->digest, recv_ns, SEQCTX_RESTART);
		else
			seqctx_note(t, m->ctx, m->xseq, m->digest, INT64_MIN, SEQCTX_NEW);
		break;
	}
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

static void
recover_on_record(
    const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg)
{
	struct recover_now *now = arg;
	bool known = recover_is_known(at, &now->known);

	recover_high(now->r, (int64_t)m->recv_ns);
	if (m->kind == SPOOL_REC_HO || (m->kind == SPOOL_REC_JOURNAL && recover_is_reject(o)))
		recover_seq(now, m);
	if (known)
		return;
	now->r->replayed++;
	if (m->kind == SPOOL_REC_JOURNAL)
		recover_journal(now->r, o);
	else if (m->kind == SPOOL_REC_NOTICE)
		recover_notice(now, m);
	else if (m->kind == SPOOL_REC_HO && now->class < ACCOUNT_CLASS_N)
		recover_record(now, m, o.n);
}

static int
recover_queue(struct recover *r, uint32_t lea, enum ho_class class)
{
	struct recover_now now = {.r = r, .lea = lea, .class = class};
	struct spool_pos from = {0};
	const struct checkpoint_q *known = NULL;
	struct spool_q *q;

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
	return spool_replay(q, &from, recover_on_record, &now);
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
	    .queue = recover_on_queue,
	    .ctx = recover_on_ctx,
	    .kept = recover_on_kept,
	    .arg = r};
	int64_t high_ns = 0;
	int rc = checkpoint_read(r->file, &sink, &high_ns);

	if (rc == 0)
		recover_high(r, high_ns);
	else if (rc != -ENOENT)
		log_warn("STATE-DAMAGED", "%s: %s: everything is read from the spool instead",
		    r->file, strerror(-rc));
	rc = recover_queues(r);
	if (r->conflicts > 0)
		log_err("STATE-CONFLICT",
		    "%llu spool records have a CIN that belongs to another session",
		    (unsigned long long)r->conflicts);
	return rc;
}

void
recover_fini(struct recover *r)
{
	free(r->q);
	r->q = NULL;
	r->q_n = r->q_max = 0;
}
