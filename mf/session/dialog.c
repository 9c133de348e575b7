/* SPDX-License-Identifier: Apache-2.0 */
/* The course of a SIP communication; see dialog.h.  TS 102 232-5 leaves the types to the dialog. */
/* clang-format off */
/*   initial INVITE                                          Begin    > early (after the end only with a higher CSeq)
 *   first thing seen of a running dialog or conference      Begin    > as far as it has come
 *   its other hops, forks, legs, retransmissions, answers,
 *   ACK, PRACK, UPDATE, re-INVITE, REFER, CANCEL, NOTIFY    Continue
 *   final error to the last open INVITE, no dialog is up    End      (not 401, 407, 422, 494: the caller tries again)
 *   BYE                                                     Continue
 *   final answer to the BYE of the last dialog              End      (not 401, 407)
 *   notification that the conference is deleted             End
 *   success of an INVITE that had failed                    Begin
 *   anything outside a dialog, or after its end             Report */
/* clang-format on */
/* An INVITE that passes several hops, or is forked, is one transaction for each topmost Via (RFC
 * 3261 17.1.3): the final answer names that Via again.  So a fork that fails ends its own
 * transaction, and the call ends when the one towards the caller has its answer. */
#include "session/dialog.h"

#include "session/sip_value.h"

enum {
	BEGIN = 1,
	END = 2,
	CONTINUE = 3,
	REPORT = 4
};

static uint16_t
dialog_fold(uint32_t h)
{
	return (uint16_t)(h >> 16 ^ h);
}

static uint16_t
dialog_call(const struct sip_msg *m)
{
	return dialog_fold(sip_value_hash(SIP_VALUE_HASH, m->call_id));
}

/* The same for messages of either side. */
static uint16_t
dialog_tags(const struct sip_msg *m)
{
	return dialog_fold(sip_value_hash(SIP_VALUE_HASH, m->from_tag) +
			   sip_value_hash(SIP_VALUE_HASH, m->to_tag));
}

static void
dialog_phase_set(struct dialog *d, enum dialog_state phase)
{
	d->state = (uint8_t)((d->state & ~DIALOG_PHASE) | phase);
}

static unsigned
dialog_count(const struct dialog *d)
{
	return d->state >> DIALOG_COUNT_SHIFT;
}

/* 15 stays: how many more there are is not known. */
static void
dialog_count_add(struct dialog *d, int by)
{
	unsigned n = dialog_count(d);

	if (n == DIALOG_COUNT_MAX || (by < 0 && n == 0))
		return;
	n = by < 0 ? n - 1 : n + 1;
	d->state = (uint8_t)((d->state & ~(DIALOG_COUNT_MAX << DIALOG_COUNT_SHIFT)) |
			     n << DIALOG_COUNT_SHIFT);
}

static unsigned
dialog_bits(uint8_t b)
{
	unsigned n = 0;

	for (; b != 0; b &= (uint8_t)(b - 1))
		n++;
	return n;
}

/* Leg of SET (open or up); -1: none. */
static int
dialog_leg(const struct dialog *d, uint8_t set, uint16_t call, uint16_t id)
{
	for (int i = 0; i < DIALOG_LEGS; i++)
		if ((set >> i & 1) != 0 && d->leg[i].call == call && d->leg[i].id == id)
			return i;
	return -1;
}

/* False: there is no room. */
static bool
dialog_leg_add(struct dialog *d, uint8_t *set, uint16_t call, uint16_t id)
{
	for (int i = 0; i < DIALOG_LEGS; i++) {
		if (((d->open | d->up) >> i & 1) != 0)
			continue;
		d->leg[i].call = call;
		d->leg[i].id = id;
		*set |= (uint8_t)(1U << i);
		return true;
	}
	return false;
}

static void
dialog_leg_drop(uint8_t *set, int i)
{
	*set &= (uint8_t) ~(1U << i);
}

static void
dialog_finish(struct dialog *d, enum dialog_state phase)
{
	d->state = (uint8_t)phase;
	d->open = d->up = 0;
}

/* An INVITE is on its way. */
static void
dialog_invite_open(const struct sip_msg *m, struct dialog *d)
{
	uint16_t call = dialog_call(m);

	if (dialog_leg(d, d->open, call, m->via[0]) < 0)
		dialog_leg_add(d, &d->open, call, m->via[0]);
}

/* No INVITE of another call is open. */
static bool
dialog_only_call(const struct dialog *d, uint16_t call)
{
	for (int i = 0; i < DIALOG_LEGS; i++)
		if ((d->open >> i & 1) != 0 && d->leg[i].call != call)
			return false;
	return true;
}

/* The open INVITE whose Via comes first in the answer M; -1: none that is known. */
static int
dialog_hop(const struct sip_msg *m, const struct dialog *d)
{
	size_t n = m->via_n > 0 ? m->via_n : 1;
	int i = -1;

	for (size_t v = 0; v < n && i < 0; v++)
		i = dialog_leg(d, d->open, dialog_call(m), m->via[v]);
	return i;
}

/* An INVITE has its final answer on hop HOP.  When that is not known, the answer has left all the
 * hops behind that are known of the call; success ends the other forks too. */
static void
dialog_invite_close(const struct sip_msg *m, struct dialog *d, int hop)
{
	uint16_t call = dialog_call(m);

	for (int i = 0; i < DIALOG_LEGS; i++)
		if (d->leg[i].call == call && (i == hop || hop < 0 || m->status < 300))
			dialog_leg_drop(&d->open, i);
}

/* A dialog is up.  Dialogs that are counted but not known (after a restart) take their place before
 * it counts as a new one. */
static void
dialog_up(const struct sip_msg *m, struct dialog *d)
{
	uint16_t call = dialog_call(m), id = dialog_tags(m);
	bool counted = dialog_count(d) > dialog_bits(d->up);

	dialog_phase_set(d, DIALOG_CONFIRMED);
	if (dialog_leg(d, d->up, call, id) >= 0)
		return;
	if (!dialog_leg_add(d, &d->up, call, id) || !counted)
		dialog_count_add(d, 1);
}

/* A dialog is no more.  True when it was the last. */
static bool
dialog_down(const struct sip_msg *m, struct dialog *d)
{
	int i = dialog_leg(d, d->up, dialog_call(m), dialog_tags(m));

	if (i >= 0)
		dialog_leg_drop(&d->up, i);
	else if (dialog_count(d) == 0 && (d->state & DIALOG_CONFERENCE) != 0)
		return false; /* known by its notifications: somebody left */
	else if (dialog_count(d) > 0 && dialog_count(d) <= dialog_bits(d->up))
		return false; /* all are known, and it is none of them */
	dialog_count_add(d, -1);
	return dialog_count(d) == 0;
}

static bool
dialog_running(const struct dialog *d)
{
	return dialog_phase(d) == DIALOG_EARLY || dialog_phase(d) == DIALOG_CONFIRMED ||
	       dialog_phase(d) == DIALOG_BYE;
}

/* Errors that the caller answers with the same call again: authentication (401, 407, 494), a longer
 * interval (422). */
static bool
dialog_try_again(uint16_t status)
{
	return status == 401 || status == 407 || status == 422 || status == 494;
}

/* Of a dialog (RFC 3261 12, 3262, 3311, 6086), as opposed to REGISTER and the like. */
static bool
dialog_of_call(enum sip_method m)
{
	return m == SIP_INVITE || m == SIP_ACK || m == SIP_BYE || m == SIP_CANCEL ||
	       m == SIP_PRACK || m == SIP_UPDATE || m == SIP_INFO;
}

static uint8_t
dialog_reinvite(const struct sip_msg *m, struct dialog *d)
{
	if (dialog_over(d))
		return REPORT;
	if (dialog_running(d))
		return CONTINUE;
	dialog_up(m, d);
	return BEGIN;
}

static uint8_t
dialog_invite(const struct sip_msg *m, struct dialog *d)
{
	if (m->to_tag.n > 0)
		return dialog_reinvite(m, d);
	if (dialog_running(d)) { /* retransmission, hop, fork, another leg, tried again */
		if (dialog_phase(d) == DIALOG_EARLY && m->cseq > d->invite_cseq)
			d->invite_cseq = m->cseq;
		dialog_invite_open(m, d);
		return CONTINUE;
	}
	if (dialog_over(d) && m->cseq <= d->invite_cseq)
		return REPORT; /* a retransmission that is late */
	dialog_finish(d, DIALOG_EARLY);
	d->invite_cseq = m->cseq;
	dialog_invite_open(m, d);
	return BEGIN;
}

/* First thing seen of a call: where does it stand? */
static uint8_t
dialog_first(const struct sip_msg *m, struct dialog *d)
{
	if (!dialog_of_call(m->method) || m->status >= 300)
		return REPORT;
	if (!m->request && m->method == SIP_INVITE) {
		d->invite_cseq = m->cseq;
		if (m->status >= 200)
			dialog_up(m, d);
		else
			dialog_phase_set(d, DIALOG_EARLY);
		return BEGIN;
	}
	if (m->request && m->method == SIP_CANCEL) {
		dialog_phase_set(d, DIALOG_EARLY);
		d->invite_cseq = m->cseq; /* of the INVITE that it cancels, RFC 3261 9.1 */
		return BEGIN;
	}
	if (!m->request || m->to_tag.n == 0)
		return REPORT;
	dialog_up(m, d);
	if (m->method == SIP_BYE)
		dialog_phase_set(d, DIALOG_BYE);
	return BEGIN;
}

/* Answer to an INVITE of a running session.  Several calls have CSeq numbers of their own, so the
 * number counts only while one call is being set up. */
static uint8_t
dialog_invite_answer(const struct sip_msg *m, struct dialog *d)
{
	bool early = dialog_phase(d) == DIALOG_EARLY;
	int hop = dialog_hop(m, d);

	if (m->status < 200)
		return CONTINUE;
	if (m->status < 300) {
		dialog_invite_close(m, d, hop);
		dialog_up(m, d);
		return CONTINUE;
	}
	if (early && hop < 0 && m->cseq < d->invite_cseq && dialog_only_call(d, dialog_call(m)))
		return CONTINUE; /* of an attempt before this one */
	dialog_invite_close(m, d, hop);
	if (!early || d->open != 0 || dialog_try_again(m->status))
		return CONTINUE;
	dialog_finish(d, DIALOG_FAILED);
	return END;
}

static uint8_t
dialog_answer(const struct sip_msg *m, struct dialog *d)
{
	if (m->method == SIP_INVITE)
		return dialog_invite_answer(m, d);
	if (m->method != SIP_BYE || m->status < 200 || m->status == 401 || m->status == 407)
		return CONTINUE;
	if (!dialog_down(m, d)) {
		dialog_phase_set(d, DIALOG_CONFIRMED);
		return CONTINUE;
	}
	if (d->open != 0) { /* another call of the session is being set up */
		dialog_phase_set(d, DIALOG_EARLY);
		return CONTINUE;
	}
	dialog_finish(d, DIALOG_ENDED);
	return END;
}

/* NOTIFY of a conference, RFC 4575. */
static uint8_t
dialog_conference(const struct sip_msg *m, struct dialog *d)
{
	if (dialog_over(d))
		return REPORT;
	if (m->conference_over) {
		bool ran = dialog_running(d);

		dialog_finish(d, DIALOG_ENDED);
		return ran ? END : REPORT;
	}
	d->state |= DIALOG_CONFERENCE;
	if (dialog_running(d))
		return CONTINUE;
	dialog_phase_set(d, DIALOG_CONFIRMED);
	return BEGIN;
}

static uint8_t
dialog_type(const struct sip_msg *m, struct dialog *d)
{
	if (m->method == SIP_REGISTER || m->method == SIP_PUBLISH)
		return REPORT;
	if (dialog_phase(d) == DIALOG_NONE || dialog_phase(d) >= DIALOG_N)
		dialog_finish(d, DIALOG_NONE);
	if (m->request && m->method == SIP_NOTIFY && m->conference.n > 0)
		return dialog_conference(m, d);
	if (m->request && m->method == SIP_INVITE)
		return dialog_invite(m, d);
	if (dialog_phase(d) == DIALOG_FAILED && !m->request && m->method == SIP_INVITE &&
	    m->status >= 200 && m->status < 300) {
		dialog_finish(d, DIALOG_NONE);
		return dialog_first(m, d);
	}
	if (dialog_over(d))
		return REPORT;
	if (dialog_phase(d) == DIALOG_NONE)
		return dialog_first(m, d);
	if (!m->request)
		return dialog_answer(m, d);
	if (m->method == SIP_BYE && dialog_count(d) <= 1)
		dialog_phase_set(d, DIALOG_BYE);
	return CONTINUE;
}

uint8_t
dialog_step(const struct sip_msg *m, struct dialog *d)
{
	uint8_t type = dialog_type(m, d);

	if (m->focus && dialog_running(d))
		d->state |= DIALOG_CONFERENCE;
	if (type == BEGIN)
		d->service = 0;
	if (dialog_of_call(m->method))
		d->service |= m->service;
	return type;
}

void
dialog_join(struct dialog *to, const struct dialog *from)
{
	uint8_t mark = (uint8_t)((to->state | from->state) & DIALOG_CONFERENCE);
	unsigned count = dialog_count(to) + dialog_count(from);

	if (!dialog_running(from)) {
		if (dialog_phase(to) == DIALOG_NONE)
			*to = *from;
		return;
	}
	if (!dialog_running(to)) {
		*to = *from;
		return;
	}
	for (int i = 0; i < DIALOG_LEGS; i++) {
		bool open = (from->open >> i & 1) != 0;
		uint8_t *set = open ? &to->open : &to->up;

		if ((open || (from->up >> i & 1) != 0) &&
		    dialog_leg(to, *set, from->leg[i].call, from->leg[i].id) < 0)
			dialog_leg_add(to, set, from->leg[i].call, from->leg[i].id);
	}
	if (count > DIALOG_COUNT_MAX)
		count = DIALOG_COUNT_MAX;
	to->state = (uint8_t)(count << DIALOG_COUNT_SHIFT | mark |
			      (count > 0 ? DIALOG_CONFIRMED : DIALOG_EARLY));
	to->service |= from->service;
}
