/* SPDX-License-Identifier: Apache-2.0 */
/* What no single PDU makes: summary reports, exclusions, fall-back to metadata, and the notices
 * about them.  See mediate_priv.h. */
#include "ingest/mediate_priv.h"

#include "base/clock.h"
#include "base/log.h"
#include "ingest/notice.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOW_LEAS_N 8 /* agencies looked at in one tick */

/* ---- summary reports */

/* A PDU that has an event too is counted by recovery only when that event follows. */
int
mediate_summarise(
    struct mediate *m, const struct mediate_now *now, struct mediate_judged *j, struct session *s)
{
	struct task_warrant *w = j->w;
	const struct packet *pkt = &j->out.pkt;
	struct spool_meta meta = {.recv_ns = (uint64_t)now->recv_ns,
	    .ctx = now->ctx,
	    .digest = now->digest,
	    .xseq = now->pdu->seq,
	    .flags = now->numbered ? SPOOL_F_XSEQ : 0};
	struct flowsum f;

	memset(&f, 0, sizeof(f));
	flowsum_of(w->row.id, s->key, pkt, FLOWSUM_CONTENT, m->payload.ev.direction,
	    m->payload.ev.time_ns, now->recv_ns, &f);
	if (mediate_queue(m, w, HO_IRI) == NULL ||
	    flowsum_room(m->conf.flows, &f, mediate_on_flow, m) < 0)
		return -ENOSPC;
	if (j->out.n > 0) { /* the PDU is counted with its event */
		meta.ctx = meta.digest = 0;
		meta.flags = SPOOL_F_EXTRA;
		w->account->extra++;
		mediate_groups(m, s); /* nothing stands between the state record and the event */
	} else {
		account_received(w->account, now->recv_ns);
	}
	w->account->summed++;
	mediate_state(m, w, HO_IRI, s, &meta, STATE_FLOW, 1, &f, sizeof(f));
	flowsum_add(m->conf.flows, &f, mediate_on_flow, m); /* there is room */
	return 0;
}

/* Nobody is left whom the flow could be reported to. */
static bool
flow_lost(const struct flowsum *f, const char *why)
{
	log_err("SUMMARY-LOST", "warrant %u: %llu packets of a flow are not reported: %s",
	    f->warrant, (unsigned long long)f->packets, why);
	return true;
}

bool
mediate_on_flow(const struct flowsum *f, uint8_t trigger, void *arg)
{
	struct mediate *m = arg;
	struct task_warrant *w = task_warrant_by_id(m->tasks, f->warrant);
	struct session *s = session_follow(session_find(m->conf.sessions, f->warrant, f->session));
	int64_t now_ns = clock_wall_ns();
	struct li_summary sum = {.trigger = trigger,
	    .indications = f->indications,
	    .packets = f->packets,
	    .octets = f->octets,
	    .first_ns = f->first_ns,
	    .last_ns = f->last_ns};
	struct x23_pdu none = {.type = X23_TYPE_X2};
	struct li_event ev = {.pdu = &none,
	    .kind = LI_SUMMARY,
	    .class = HO_IRI,
	    .iri_type = PAYLOAD_REPORT,
	    .direction = f->direction,
	    .ts_qualifier = 2,
	    .time_ns = now_ns,
	    .recv_ns = now_ns,
	    .body = {f->header, f->header_n},
	    .service = SERVICE_DATA,
	    .detail = &sum};
	struct spool_meta meta = {.recv_ns = (uint64_t)now_ns};
	struct flowsum gone = *f;
	int r;

	if (w == NULL || s == NULL || mediate_dest(m, w, HO_IRI) == 0)
		return flow_lost(f, "its warrant has no destination of IRI any more");
	if (mediate_queue(m, w, HO_IRI) == NULL)
		return false;
	/* for recovery: with the record that has this key and time it is reported */
	gone.packets = gone.octets = 0;
	if (f->kind == FLOWSUM_CONTENT)
		mediate_state(m, w, HO_IRI, s, &meta, STATE_FLOW, 1, &gone, sizeof(gone));
	r = mediate_put_own(m, w, s, &ev, now_ns);
	if (r == -ENOSPC)
		return false;
	return r == 0 || flow_lost(f, "its report cannot be encoded");
}

void
mediate_flows_end(struct mediate *m, uint32_t warrant, const uint8_t *session)
{
	if (flowsum_n(m->conf.flows) > 0)
		flowsum_flush(m->conf.flows, warrant, session, mediate_on_flow, m);
}

/* A warrant that ends with SET, or whose window is over (so does mdfctl warrant stop), has its
 * reports now. */
struct flow_pace {
	struct task_set *set;
	int64_t now_ns;
	bool only_over; /* intervals do not matter */
};

static int64_t
flow_interval(uint32_t warrant, void *arg)
{
	const struct flow_pace *p = arg;
	const struct task_warrant *w = task_warrant_by_id(p->set, warrant);

	if (w == NULL || w->row.suspended || p->now_ns >= w->row.until_ns)
		return -1;
	return p->only_over ? INT64_MAX : (int64_t)w->profile->summary_s * CLOCK_NS_PER_S;
}

void
mediate_flows_leave(struct mediate *m, struct task_set *next)
{
	struct flow_pace p = {next, clock_warrant_ns(), true};

	if (flowsum_n(m->conf.flows) > 0)
		flowsum_tick(m->conf.flows, clock_wall_ns(), flow_interval, &p, mediate_on_flow, m);
}

void
mediate_flow_tick(struct mediate *m, int64_t now_ns)
{
	struct flow_pace p = {m->tasks, clock_warrant_ns(), false};

	if (m->tasks != NULL && flowsum_n(m->conf.flows) > 0 && !spool_full(m->conf.spool))
		flowsum_tick(m->conf.flows, now_ns, flow_interval, &p, mediate_on_flow, m);
}

/* ---- exclusions */

/* Counted per session and announced by a summary report, and once by a notice. */
void
mediate_excluded(struct mediate *m, struct mediate_now *now, struct mediate_judged *j)
{
	struct task_warrant *w = j->w;
	struct flowsum f;
	struct session *s;

	if (mediate_dest(m, w, HO_IRI) == 0 || mediate_queue(m, w, HO_IRI) == NULL)
		return;
	if (!w->account->announced) {
		w->account->announced = true;
		notice_warrant(m->conf.spool, m->conf.sessions, w,
		    "Exclusion rules are active: traffic that matches them is counted, not "
		    "delivered",
		    false, now->recv_ns);
	}
	j->s = mediate_seek(m, now, w, &j->by);
	s = mediate_bind(m, now, j);
	session_touch(m->conf.sessions, s, now->recv_ns);
	memset(&f, 0, sizeof(f));
	flowsum_of(w->row.id, s->key, &j->out.pkt, FLOWSUM_EXCLUDED, m->payload.ev.direction,
	    m->payload.ev.time_ns, now->recv_ns, &f);
	flowsum_add(m->conf.flows, &f, mediate_on_flow, m);
}

/* ---- fall-back to metadata only */

static struct mediate_lea *
flow_lea(struct mediate *m, uint32_t lea, bool make)
{
	for (size_t i = 0; i < m->lea_n; i++)
		if (m->lea[i].lea == lea)
			return &m->lea[i];
	if (!make)
		return NULL;
	m->lea = realloc(m->lea, (m->lea_n + 1) * sizeof(*m->lea));
	assert(m->lea != NULL);
	m->lea[m->lea_n] = (struct mediate_lea){.lea = lea};
	return &m->lea[m->lea_n++];
}

bool
mediate_metadata(const struct mediate *m, const struct task_warrant *w)
{
	if (!w->profile->fallback)
		return false;
	for (size_t i = 0; i < m->lea_n; i++)
		if (m->lea[i].lea == w->row.lea)
			return m->lea[i].fallback;
	return false;
}

static void
flow_announce(
    struct mediate *m, struct task_set *set, struct task_warrant *w, bool begins, const char *why)
{
	struct anomaly a = {
	    .kind = JOURNAL_METADATA, .code = begins, .warrant = w->row.id, .text = why};
	int64_t now_ns = clock_wall_ns();
	char text[200];

	if (!mediate_vouch(m, set, w))
		return;
	snprintf(text, sizeof(text), "%s: %s",
	    begins ? "Content is reduced to metadata from now on"
		   : "Full content is delivered again",
	    why);
	anomaly_write(m->conf.anomalies, &a, now_ns);
	notice_warrant(m->conf.spool, m->conf.sessions, w, text, begins, now_ns);
}

void
mediate_fallback_change(struct mediate *m, struct task_set *next)
{
	for (uint32_t i = 0; i < task_warrant_n(next); i++) {
		struct task_warrant *w = task_warrant(next, i);
		const struct task_warrant *old = task_warrant_by_id(m->tasks, w->row.id);

		if (w->row.metadata != (old != NULL && old->row.metadata) && !w->row.suspended)
			flow_announce(m, next, w, w->row.metadata, "ordered by the operator");
	}
}

/* The CC backlog at which a fall-back of LEA begins; 0: no profile of it consents. */
static uint64_t
flow_limit(const struct mediate *m, uint32_t lea)
{
	for (uint32_t i = 0; i < task_warrant_n(m->tasks); i++) {
		const struct task_warrant *w = task_warrant(m->tasks, i);

		if (w->row.lea == lea && w->profile->fallback)
			return (uint64_t)w->profile->fallback_kib * 1024;
	}
	return 0;
}

/* Who was told of a begin is told of the end, also when the process, the warrants or the consent
 * have changed in between. */
static void
flow_tell(struct mediate *m, const struct mediate_lea *l)
{
	for (uint32_t i = 0; i < task_warrant_n(m->tasks); i++) {
		struct task_warrant *w = task_warrant(m->tasks, i);
		bool want = l->fallback && w->profile->fallback;

		if (w->row.lea != l->lea)
			continue;
		w->metadata_rule = want;
		if (w->row.suspended || w->account->metadata == want)
			continue;
		w->account->metadata = want;
		flow_announce(m, m->tasks, w, want,
		    l->fallback != want ? "the agency does not consent any more"
					: "the delivery link is short");
	}
}

/* Begins at the profile's backlog of CC and ends when a quarter of it is left. */
static void
flow_fallback(struct mediate *m, struct mediate_lea *l)
{
	uint64_t all = l->backlog[HO_VOICE] + l->backlog[HO_CC];
	bool before = l->fallback, first = l->told != task_version(m->tasks) + 1;

	if (first)
		l->limit = flow_limit(m, l->lea);
	l->told = task_version(m->tasks) + 1;
	l->fallback = l->limit > 0 && all >= (before ? l->limit / 4 : l->limit);
	if (l->fallback != before)
		m->cb(l->fallback ? MEDIATE_METADATA : MEDIATE_METADATA_END, 0, l->lea, HO_CC,
		    m->arg);
	if (first || l->fallback != before)
		flow_tell(m, l);
}

void
mediate_backlog(struct mediate *m, uint32_t lea, enum ho_class class, uint64_t octets)
{
	struct mediate_lea *l = flow_lea(m, lea, true);

	if (class >= ACCOUNT_CLASS_N)
		return;
	l->backlog[class] = octets;
	l->known |= class == HO_CC; /* the last one to be told after a start */
	if (m->tasks != NULL && l->known)
		flow_fallback(m, l);
}

void
mediate_fallback_tick(struct mediate *m)
{
	unsigned n = 0;

	for (size_t i = 0; m->tasks != NULL && i < m->lea_n && n < FLOW_LEAS_N; i++)
		if (m->lea[i].known && m->lea[i].told != task_version(m->tasks) + 1) {
			flow_fallback(m, &m->lea[i]);
			n++;
		}
}
