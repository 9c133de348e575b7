/* SPDX-License-Identifier: Apache-2.0 */
/* The straight path of one X2/X3 PDU; see mediate.h. */
#include "ingest/mediate_priv.h"

#include "base/clock.h"
#include "base/crc32c.h"
#include "base/random.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MEDIATE_CTX_IDLE_NS (24 * 3600 * CLOCK_NS_PER_S)
#define MEDIATE_AXRI_MAX 64 /* further XIDs of one PDU (attribute 21) */

static void
mediate_on_shed(bool begins, uint32_t lea, enum ho_class class, bool outage, void *arg)
{
	struct mediate *m = arg;

	m->cb((begins ? MEDIATE_SHED : MEDIATE_SHED_END) +
		  (outage ? MEDIATE_OUTAGE - MEDIATE_SHED : 0),
	    0, lea, class, m->arg);
}

struct mediate *
mediate_new(const struct mediate_conf *conf, mediate_event_cb cb, void *arg)
{
	struct mediate *m = calloc(1, sizeof(*m));

	assert(m != NULL);
	m->conf = *conf;
	m->trust = conf->trust;
	m->cb = cb;
	m->arg = arg;
	m->shed = shed_new(conf->spool, conf->sessions, mediate_on_shed, m);
	m->outage = outage_new();
	m->copies = copies_new();
	m->integrity = integrity_new(mediate_emit, m, 0);
	random_octets(&m->copy_seed, sizeof(m->copy_seed));
	return m;
}

void
mediate_free(struct mediate *m)
{
	if (m == NULL)
		return;
	mediate_trust_free(m->trust);
	integrity_free(m->integrity);
	task_set_free(m->tasks);
	shed_free(m->shed);
	outage_free(m->outage);
	kept_free(m->kept);
	copies_free(m->copies);
	for (size_t i = 0; i < MEDIATE_GROUPS; i++) {
		free(m->group[i].items);
		free(m->group[i].pdu);
	}
	free(m->iconf);
	free(m->lea);
	free(m->judged);
	free(m);
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

/* The clock jumped forward and nobody has confirmed it: a PDU goes out only when the window is open
 * by both readings. */
static enum reject_code
mediate_doubt(struct mediate *m, const struct mediate_judged *j, uint16_t type, int64_t pdu_ns,
    int64_t now_ns)
{
	int64_t doubt = clock_doubt_ns();

	if (doubt == 0 || j->why != REJECT_NONE)
		return j->why;
	return task_judge_window(j->w, type, pdu_ns, now_ns + doubt, m->conf.grace_ns);
}

/* Fill judged[] with what the warrants of the XID say by themselves.  Returns true when at least
 * one takes the PDU. */
static bool
mediate_judge(struct mediate *m, struct mediate_now *now, const struct taskset_xid *run)
{
	int64_t pdu_ns = payload_time(now->pdu, now->recv_ns),
		now_ns = mediate_clock(m, now->recv_ns);
	uint16_t type = now->pdu->type;
	bool any = false;

	if (now->pdu->format == X23_FMT_ETHERNET)
		type = TASK_TYPE_ANY; /* DHCP in a frame is IRI */
	if (now->n > m->judged_max) {
		m->judged_max = now->n * 2;
		m->judged = realloc(m->judged, m->judged_max * sizeof(*m->judged));
		assert(m->judged != NULL);
	}
	for (size_t i = 0; i < now->n; i++) {
		struct mediate_judged *j = &m->judged[i];

		j->w = task_warrant(m->tasks, run[i].warrant);
		j->s = NULL;
		j->by = 0;
		j->triggered = false;
		if (!mediate_signed(m, j->w)) {
			j->why = REJECT_UNSIGNED;
			continue;
		}
		j->why = task_judge(
		    m->tasks, j->w, now->src->ne, type, pdu_ns, now_ns, m->conf.grace_ns);
		if (j->why == REJECT_NE_NOT_ALLOWED && j->w->row.trigger &&
		    now->pdu->type == X23_TYPE_X3) {
			j->why = task_judge_window(j->w, type, pdu_ns, now_ns, m->conf.grace_ns);
			j->triggered = true; /* if an IRI has named its media */
		}
		j->why = mediate_doubt(m, j, type, pdu_ns, now_ns);
		any |= j->why == REJECT_NONE;
	}
	return any;
}

uint32_t
mediate_dest(struct mediate *m, struct task_warrant *w, enum ho_class class)
{
	if (!mediate_signed(m, w))
		return 0;
	return class == HO_IRI ? w->row.dest_hi2 : w->row.dest_hi3;
}

struct spool_q *
mediate_queue(struct mediate *m, struct task_warrant *w, enum ho_class class)
{
	if (w->queue[class] == NULL)
		w->queue[class] = spool_queue(m->conf.spool, w->row.lea, class);
	return w->queue[class];
}

/* What the warrant and the profile of its LEA make of the PDU. */
static enum reject_code
mediate_shape(struct mediate *m, struct mediate_judged *j)
{
	struct scope_out *out = &j->out;

	if (scope_is_plain(&m->payload, &m->scope, j->w)) {
		out->n = 1;
		out->ev[0] = m->payload.ev;
		out->summarise = out->excluded = false;
		return REJECT_NONE;
	}
	return scope_apply(&m->payload, &m->scope, j->w, out);
}

/* Events without a destination go nowhere.  The queue of each other one must be open. */
static enum reject_code
mediate_route(struct mediate *m, struct mediate_judged *j, int *error)
{
	struct scope_out *out = &j->out;
	size_t n = 0;

	for (size_t i = 0; i < out->n; i++) {
		enum ho_class class = out->ev[i].class;

		if (mediate_dest(m, j->w, class) == 0)
			continue;
		if (class != HO_IRI) {
			if (j->s != NULL && j->s->cc_class != 0)
				class = (enum ho_class)j->s->cc_class;
			j->class = class;
		}
		if (mediate_queue(m, j->w, class) == NULL) {
			m->cb(MEDIATE_QUEUE, 0, j->w->row.lea, class, m->arg);
			*error = -EAGAIN;
		}
		if (n != i)
			out->ev[n] = out->ev[i];
		n++;
	}
	out->n = n;
	if (out->summarise && mediate_dest(m, j->w, HO_IRI) != 0)
		return mediate_queue(m, j->w, HO_IRI) != NULL ? REJECT_NONE : REJECT_NO_DESTINATION;
	return n > 0 ? REJECT_NONE : REJECT_NO_DESTINATION;
}

/* Octets that the PDU may need in the spool for one warrant. */
static size_t
mediate_need(const struct mediate_now *now, const struct task_warrant *w)
{
	size_t n = now->pdu->payload.n, need = n + n / 8 + 2 * MEDIATE_HEAD_MAX;

	if (w->profile->segment_len > 0)
		need += (n / w->profile->segment_len + 1) * 1024;
	return need;
}

/* What the session, or the SDP of its signalling, tells of the service of the PDU. */
static void
mediate_service(struct mediate *m, struct mediate_now *now, const struct mediate_judged *j)
{
	const struct taskset_warrant *r = &j->w->row;

	if (r->services == SERVICE_ANY && r->rule_n == 0 &&
	    (m->scope.ne == NULL || m->scope.ne->rule_n == 0))
		return;
	if (m->payload.ev.kind == LI_SIP || m->payload.ev.kind == LI_RTP)
		m->payload.ev.service = mediate_service_of(m, now, j->w);
}

/* Everything that may fail for want of room comes before the first change.  Returns 0 or -EAGAIN.
 */
static int
mediate_room(struct mediate *m, struct mediate_now *now)
{
	size_t need = now->pdu->payload.n + MEDIATE_HEAD_MAX;
	uint16_t service = m->payload.ev.service;
	int error = 0;

	for (size_t i = 0; i < now->n; i++) {
		struct mediate_judged *j = &m->judged[i];

		if (j->why != REJECT_NONE)
			continue;
		if (j->triggered && !mediate_triggered(m, now, j->w)) {
			j->why = REJECT_NE_NOT_ALLOWED;
			continue;
		}
		m->payload.ev.service = service;
		mediate_service(m, now, j);
		j->why = mediate_shape(m, j);
		if (j->why != REJECT_NONE)
			continue;
		j->s = mediate_seek(m, now, j->w, &j->by);
		j->why = mediate_route(m, j, &error);
		need += mediate_need(now, j->w);
	}
	return error == 0 && spool_room(m->conf.spool, need) ? 0 : -EAGAIN;
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
	now->first = r.first;
	now->last = r.last;
	if (!again && r.verdict != SEQCTX_NEW)
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

/* What copies_check() tells NEs apart by: the elements of a group count each. */
static uint32_t
mediate_source(const struct mediate_now *now)
{
	return now->src->ne ^ (uint32_t)now->src->instance;
}

static int64_t
mediate_copies_ns(const struct task_warrant *w)
{
	return (int64_t)w->profile->copies_ms * 1000000;
}

static bool
mediate_asks_copies(const struct task_warrant *w)
{
	return w->several && w->profile->copies != TASKSET_COPIES_PASS;
}

/* Did the same octets come through another NE?  Asked only where that can be. */
static bool
mediate_is_copy(struct mediate *m, struct mediate_now *now, struct task_warrant *w, uint32_t *other)
{
	if (!mediate_asks_copies(w))
		return false;
	if (!now->hashed) {
		bool ip = m->payload.packet.n > 0 || m->payload.ev.kind == LI_IP;

		packet_copy_hash(m->payload.packet.n > 0 ? m->payload.packet : now->pdu->payload,
		    ip, m->copy_seed ^ now->pdu->type, now->copy_hash);
		now->hashed = true;
	}
	return copies_check(m->copies, w->row.id, now->copy_hash, mediate_source(now), now->recv_ns,
	    mediate_copies_ns(w), other);
}

static void
mediate_copy_note(
    struct mediate *m, const struct mediate_now *now, const struct task_warrant *w, bool taken)
{
	if (now->hashed && mediate_asks_copies(w))
		copies_note(m->copies, w->row.id, now->copy_hash, mediate_source(now), now->recv_ns,
		    mediate_copies_ns(w), taken);
}

static void
mediate_copy(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j,
    uint32_t other)
{
	struct task_warrant *w = j->w;
	struct anomaly a = {.kind = JOURNAL_COPY,
	    .ne = now->src->ne,
	    .warrant = w->row.id,
	    .cin = mediate_cin(j),
	    .first = other,
	    .ctx = now->ctx,
	    .pdu = now->pdu,
	    .count_only = true};

	account_received(w->account, now->recv_ns);
	w->account->copies++;
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
	mediate_copy_note(m, now, w, false);
}

/* Returns 0 or -ENOSPC. */
static int
mediate_hand_over(struct mediate *m, struct mediate_now *now, struct mediate_judged *j)
{
	struct task_warrant *w = j->w;
	struct session *s = mediate_bind(m, now, j);
	bool ends = false;
	int r = 0;

	if (j->out.summarise)
		r = mediate_summarise(m, now, j, s);
	if (r == 0 && j->out.n > 0)
		r = mediate_put(m, now, j, s);
	if (r < 0)
		return r;
	for (size_t i = 0; i < j->out.n; i++)
		ends |= j->out.ev[i].ends;
	session_touch(m->conf.sessions, s, now->recv_ns);
	mediate_seen(m, now, w, s);
	s->formats |= UINT32_C(1) << (now->pdu->format < 31 ? now->pdu->format : 31);
	mediate_unbind(m, now, w, s);
	j->s = s;
	if (ends)
		mediate_close(m, s);
	if (m->kept != NULL && now->verdict == SEQCTX_DUPLICATE)
		kept_add(m->kept, now->ctx, now->pdu->seq, now->digest, w->row.id);
	mediate_copy_note(m, now, w, j->out.n == 0 || !j->out.ev[0].copy);
	return 0;
}

/* One warrant's part.  Returns 0 or -ENOSPC; *kept when it has the PDU (now or from before). */
static int
mediate_one(struct mediate *m, struct mediate_now *now, struct mediate_judged *j, bool *kept)
{
	uint32_t other;
	enum ho_class class;
	int r;

	if (j->why != REJECT_NONE) {
		mediate_reject(m, now, j->w, j->why, mediate_refused_cin(m, now, j->w, j->why));
		if (j->why == REJECT_EXCLUDED)
			mediate_excluded(m, now, j);
		return 0;
	}
	if (mediate_is_duplicate(m, now, j->w)) {
		*kept = true;
		mediate_duplicate(m, now, j);
		return 0;
	}
	if (mediate_is_copy(m, now, j->w, &other)) {
		*kept = true;
		if (j->w->profile->copies == TASKSET_COPIES_DROP) {
			mediate_copy(m, now, j, other);
			return 0;
		}
		for (size_t i = 0; i < j->out.n; i++)
			j->out.ev[i].copy = true;
	}
	class = j->out.n == 0 || j->out.ev[0].class == HO_IRI ? HO_IRI : j->class;
	if (outage_sheds(j->w, class)) {
		mediate_shed(m, now, j, class, REJECT_OUTAGE);
		return 0;
	}
	if (spool_over_quota(j->w->queue[class], mediate_need(now, j->w))) {
		mediate_shed(m, now, j, class, REJECT_QUOTA);
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
	now->ctx = now->numbered ? seqctx_hash(now->src->ne, now->pdu) ^ now->src->instance : 0;
	now->body_crc = now->payload_crc;
	if (body.p != now->pdu->payload.p || body.n != now->pdu->payload.n)
		now->body_crc = crc32c(0, body.p, body.n);
}

static void
mediate_ne(struct mediate *m, uint32_t ne)
{
	if (m->scope.ne == NULL || m->scope.ne->id != ne)
		m->scope.ne = task_ne_by_id(m->tasks, ne);
}

/* The next attribute 21 of PDU from *OFF (0 at first) on: *other is the PDU as it is for that XID.
 * False: there is none.  The decoder has seen to its length. */
static bool
mediate_axri(const struct x23_pdu *pdu, size_t *off, struct x23_pdu *other)
{
	struct octets value;
	uint16_t type;

	while (x23_attr_next(pdu->attributes, off, &type, &value) == 1) {
		if (type != X23_ATTR_AXRI || value.n < 24)
			continue;
		*other = *pdu;
		memcpy(other->xid, value.p, sizeof(other->xid));
		other->correlation = octets_get64(value.p + 16);
		other->present &= ~(UINT32_C(1) << X23_ATTR_SEQ);
		if (value.n >= 28) {
			other->present |= UINT32_C(1) << X23_ATTR_SEQ;
			other->seq = octets_get32(value.p + 24);
		}
		return true;
	}
	return false;
}

/* Attribute 21 with the XID of the PDU itself and another Correlation ID: both are one.  Not
 * inline: OTHER would be zeroed for every PDU. */
static __attribute__((noinline)) void
mediate_associate(struct mediate *m, struct mediate_now *now)
{
	struct x23_pdu other;
	size_t off = 0;

	for (unsigned i = 0; i < MEDIATE_AXRI_MAX && mediate_axri(now->pdu, &off, &other); i++)
		if (memcmp(other.xid, now->pdu->xid, sizeof(other.xid)) == 0)
			mediate_also(m, now, other.correlation);
}

/* The PDU for one XID: see mediate_pdu(). */
static int
mediate_xid(struct mediate *m, const struct mediate_src *src, const struct x23_pdu *pdu,
    int64_t recv_ns, enum reject_code fault, uint32_t *done)
{
	struct mediate_now now = {.pdu = pdu, .src = src, .recv_ns = recv_ns};
	const struct taskset_xid *run = task_lookup(m->tasks, pdu->xid, &now.n);
	bool takers = run != NULL && mediate_judge(m, &now, run), kept = *done > 1, scope;

	m->payload.ev.class = HO_IRI;
	m->payload.ev.body = pdu->payload;
	m->payload.name_n = 0;
	m->payload.packet.n = 0;
	mediate_ne(m, src->ne);
	if (takers && fault == REJECT_NONE)
		fault = payload_examine(pdu, recv_ns, &m->payload);
	now.sound = takers && fault == REJECT_NONE;
	if (takers && fault == REJECT_NONE && (pdu->present & UINT32_C(1) << X23_ATTR_AXRI) != 0)
		mediate_associate(m, &now);
	if (fault != REJECT_NONE)
		mediate_fault(m, &now, fault);
	if (mediate_room(m, &now) < 0) {
		m->read_ns = 0; /* it is judged again, at another time */
		return -EAGAIN;
	}
	if (run == NULL) {
		m->totals.received++;
		/* of a PDU that is wrong in itself the XID may not be readable */
		mediate_reject(m, &now, NULL, fault != REJECT_NONE ? fault : REJECT_XID_UNKNOWN, 0);
		return 0;
	}
	/* what only its content puts out of scope has its place in the numbers of the others */
	scope = takers || !mediate_all_out_of_scope(m, now.n);
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
	if (now.verdict != SEQCTX_NEW)
		mediate_numbers(m, &now);
	m->totals.processed += kept;
	m->totals.duplicates += now.verdict == SEQCTX_DUPLICATE && kept;
	if (scope)
		mediate_note(m, &now, kept);
	return 0;
}

/* The further XIDs of a PDU (attribute 21), from number AT (1 is the first) on, of which *done says
 * how far it came.  As mediate_pdu(). */
static int
mediate_further(struct mediate *m, const struct mediate_src *src, const struct x23_pdu *pdu,
    int64_t recv_ns, uint32_t at, uint32_t *done)
{
	uint32_t in = *done & 0xffffff;
	struct mediate_now now = {.pdu = pdu, .src = src, .recv_ns = recv_ns};
	struct x23_pdu other;
	size_t off = 0;
	int r;

	for (uint32_t i = 1; mediate_axri(pdu, &off, &other); i++) {
		/* the same XID: see mediate_associate() */
		if (i < at || memcmp(other.xid, pdu->xid, sizeof(other.xid)) == 0)
			continue;
		if (i > MEDIATE_AXRI_MAX) { /* not taken for any XID behind it: said, not dropped */
			mediate_reject(m, &now, NULL, REJECT_ATTRIBUTE, 0);
			break;
		}
		r = mediate_xid(m, src, &other, recv_ns, REJECT_NONE, &in);
		if (r < 0) {
			*done = i << 24 | in;
			return r;
		}
		in = 0;
	}
	*done = 0;
	return 0;
}

int
mediate_pdu(struct mediate *m, const struct mediate_src *src, const struct x23_pdu *pdu,
    int64_t recv_ns, enum reject_code fault, uint32_t *done)
{
	uint32_t at = *done >> 24;

	if (at == 0) {
		int r = mediate_xid(m, src, pdu, recv_ns, fault, done);

		if (r < 0)
			return r;
		at = 1;
	}
	if ((pdu->present & (UINT32_C(1) << X23_ATTR_AXRI)) == 0 || fault != REJECT_NONE) {
		*done = 0;
		return 0;
	}
	return mediate_further(m, src, pdu, recv_ns, at, done);
}

void
mediate_turn(struct mediate *m)
{
	if (m->group_n > 0)
		mediate_groups(m, NULL);
}

bool
mediate_settle(struct mediate *m)
{
	mediate_turn(m);
	return integrity_close_all(m->integrity) == 0;
}

struct integrity *
mediate_integrity(struct mediate *m)
{
	return m->integrity;
}

static void
mediate_on_idle(struct session *s, void *arg)
{
	struct mediate *m = arg;
	struct anomaly a = {
	    .kind = JOURNAL_SESSION, .warrant = s->warrant, .cin = s->cin, .text = "closed: idle"};

	anomaly_write(m->conf.anomalies, &a, clock_wall_ns());
	mediate_close(m, s);
}

void
mediate_tick(struct mediate *m, int64_t now_ns)
{
	session_idle(m->conf.sessions, now_ns - m->conf.idle_ns, mediate_on_idle, m);
	mediate_flow_tick(m, now_ns);
	mediate_fallback_tick(m);
	mediate_groups(m, NULL);
	integrity_tick(m->integrity, now_ns);
	seqctx_expire(m->conf.seqctx, now_ns - MEDIATE_CTX_IDLE_NS);
	if (m->tasks != NULL)
		outage_tick(m->outage, m->tasks, clock_mono_ns());
	shed_tick(m->shed, now_ns);
	anomaly_flush(m->conf.anomalies, now_ns);
	mediate_sweep(m, now_ns);
}
