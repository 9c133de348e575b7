/* SPDX-License-Identifier: Apache-2.0 */
/* What is written of a PDU that is not handed over, or whose number is not the next: books, totals
 * and journal, with the session that is meant.  See mediate_priv.h. */
#include "ingest/mediate_priv.h"

/* Refused for what the warrant has narrowed: expected, so it is counted together. */
bool
mediate_is_scope(enum reject_code why)
{
	return why == REJECT_SERVICE || why == REJECT_EXCLUDED || why == REJECT_NOT_TARGET ||
	       why == REJECT_COUNTRY;
}

void
mediate_reject(struct mediate *m, const struct mediate_now *now, struct task_warrant *w,
    enum reject_code why, uint32_t cin)
{
	struct anomaly a = {.kind = JOURNAL_REJECT,
	    .code = (uint16_t)why,
	    .ne = now->src->ne,
	    .ctx = now->ctx,
	    .pdu = now->pdu,
	    .count_only = mediate_is_scope(why)};

	m->totals.rejected[why]++;
	if (w != NULL) {
		account_received(w->account, now->recv_ns);
		if (why == REJECT_OUT_OF_SCOPE) {
			w->account->out_of_scope++;
			return;
		}
		w->account->rejected[why]++;
		a.warrant = w->row.id;
		a.cin = cin;
	}
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
}

void
mediate_sequence_entry(
    struct mediate *m, const struct mediate_now *now, const struct seqctx_result *r)
{
	struct anomaly a = {.ne = now->src->ne,
	    .first = r->first,
	    .last = r->last,
	    .ctx = now->ctx,
	    .pdu = now->pdu};

	switch (r->verdict) {
	case SEQCTX_NEW:
		return;
	case SEQCTX_DUPLICATE:
	case SEQCTX_AGAIN:
		return; /* one entry per warrant, with the books */
	case SEQCTX_GAP:
		a.kind = JOURNAL_GAP;
		m->totals.gaps++;
		m->totals.missing += (uint64_t)(uint32_t)(r->last - r->first) + 1;
		m->cb(MEDIATE_GAP, now->src->ne, 0, HO_JOURNAL, m->arg);
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

/* Would the warrant have taken what is missing?  What is wrong with this PDU, or narrowed away,
 * says nothing of the others. */
static bool
mediate_serves(enum reject_code why)
{
	return why != REJECT_UNSIGNED && why != REJECT_OUT_OF_SCOPE && why != REJECT_COUNTRY &&
	       why != REJECT_NOT_YET_VALID && why != REJECT_EXPIRED && why != REJECT_SUSPENDED &&
	       why != REJECT_NE_NOT_ALLOWED;
}

/* What was found of the numbers, for each warrant and the session that the PDU was for.  Once per
 * PDU, when all warrants have been through: their sessions are there. */
void
mediate_numbers(struct mediate *m, struct mediate_now *now)
{
	struct anomaly a = {.kind = JOURNAL_NUMBERS,
	    .code = now->verdict == SEQCTX_GAP	  ? NUMBERS_MISSING
		    : now->verdict == SEQCTX_LATE ? NUMBERS_LATE
						  : NUMBERS_USED,
	    .ne = now->src->ne,
	    .first = now->pdu->seq,
	    .last = now->pdu->seq,
	    .ctx = now->ctx,
	    .pdu = now->pdu};

	if (now->verdict != SEQCTX_GAP && now->verdict != SEQCTX_LATE &&
	    now->verdict != SEQCTX_REUSE)
		return;
	if (now->verdict == SEQCTX_GAP) {
		a.first = now->first;
		a.last = now->last;
		a.count = now->last - now->first + 1;
	}
	for (size_t i = 0; i < now->n; i++) {
		struct mediate_judged *j = &m->judged[i];

		if (!mediate_serves(j->why))
			continue;
		a.warrant = j->w->row.id;
		a.cin = j->s != NULL ? mediate_cin(j) : mediate_refused_cin(m, now, j->w, j->why);
		anomaly_write(m->conf.anomalies, &a, now->recv_ns);
	}
}

void
mediate_duplicate(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j)
{
	struct task_warrant *w = j->w;
	struct anomaly a = {.kind = JOURNAL_DUPLICATE,
	    .ne = now->src->ne,
	    .warrant = w->row.id,
	    .cin = mediate_cin(j),
	    .ctx = now->ctx,
	    .pdu = now->pdu,
	    .count_only = true};

	account_received(w->account, now->recv_ns);
	w->account->duplicate++;
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
}

void
mediate_shed(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j,
    enum ho_class class, enum reject_code why)
{
	struct task_warrant *w = j->w;
	/* first carries the class, so that the books can be replayed */
	struct anomaly a = {.kind = JOURNAL_SHED,
	    .code = why,
	    .ne = now->src->ne,
	    .warrant = w->row.id,
	    .cin = mediate_cin(j),
	    .first = class,
	    .ctx = now->ctx,
	    .pdu = now->pdu,
	    .count_only = true};

	account_received(w->account, now->recv_ns);
	w->account->shed[class]++;
	m->totals.rejected[why]++;
	anomaly_write(m->conf.anomalies, &a, now->recv_ns);
	shed_note(m->shed, w, class, why == REJECT_OUTAGE, now->recv_ns);
}
