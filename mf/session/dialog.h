/* SPDX-License-Identifier: Apache-2.0 */
/* How far the SIP communication of one session has come, and the record type of each message of it.
 * A session may hold several dialogs: forks (RFC 3261 12.1), the legs of a back-to-back agent or of
 * a conference, the new call of a transfer.  It ends with the last of them.  Small: one lives in
 * each session; its state alone goes into each record of the spool, and has to be enough to go on
 * from. Not decided here: which session a message belongs to. */
#ifndef SESSION_DIALOG_H
#define SESSION_DIALOG_H

#include "flow.h"
#include "session/sip.h"

enum dialog_state {	      /* low three bits of dialog.state */
	DIALOG_NONE = 0,      /* nothing of a dialog was seen */
	DIALOG_EARLY = 1,     /* initial INVITE, no final answer yet */
	DIALOG_CONFIRMED = 2, /* answered, or seen in the middle */
	DIALOG_BYE = 3,	      /* BYE of the last dialog seen, its answer not */
	DIALOG_ENDED = 4,
	DIALOG_FAILED = 5, /* ended without an answer: one that comes late opens it again */
	DIALOG_N = 6
};
#define DIALOG_PHASE 0x07      /* dialog.state: enum dialog_state */
#define DIALOG_CONFERENCE 0x08 /* dialog.state: a conference, by its focus or its notifications */
#define DIALOG_COUNT_SHIFT 4   /* dialog.state: confirmed dialogs; 15: 15 or more, for good */
#define DIALOG_COUNT_MAX 15

#define DIALOG_LEGS 6 /* that are told apart; more are only counted */

/* Zeroed at first.  After a restart only state and invite_cseq are there. */
struct dialog {
	uint8_t state;
	uint8_t open, up; /* bit i: leg[i] is an INVITE without final answer, a dialog */
	uint16_t service; /* bits of enum li_service that its SDP or features told; 0: nothing */
	uint32_t invite_cseq; /* of the initial INVITE; 0: not known */
	struct {
		uint16_t call; /* hash of the Call-ID */
		uint16_t id;   /* hash of the topmost Via (open), of both tags (up) */
	} leg[DIALOG_LEGS];
};

static inline enum dialog_state
dialog_phase(const struct dialog *d)
{
	return (enum dialog_state)(d->state & DIALOG_PHASE);
}

static inline bool
dialog_over(const struct dialog *d)
{
	return dialog_phase(d) == DIALOG_ENDED || dialog_phase(d) == DIALOG_FAILED;
}

/* A state that was read from a file: itself, or 0 when it is none. */
static inline uint8_t
dialog_read_state(uint8_t state)
{
	return (state & DIALOG_PHASE) < DIALOG_N ? state : 0;
}

/* Services of message M of the session: what it tells itself counts; a BYE and the like tell
 * nothing, there the call does.  So with a subscription: its answers are of what it is.  OTHERWISE:
 * what was taken for it before the session was known. */
static inline uint16_t
dialog_service(const struct sip_msg *m, const struct dialog *d, uint16_t otherwise)
{
	bool call = m->method >= SIP_INVITE && m->method <= SIP_INFO;
	bool begins = m->request && m->method == SIP_INVITE && m->to_tag.n == 0;
	bool answer = !m->request && (m->method == SIP_SUBSCRIBE || m->method == SIP_NOTIFY ||
					 m->method == SIP_PUBLISH);

	if (answer)
		return d->service != 0 ? d->service : SERVICE_ANY;
	return call && !begins && m->service == 0 && d->service != 0 ? d->service : otherwise;
}

/* Message M of the session comes: moves *D and returns its IRIType (1 Begin, 2 End, 3 Continue, 4
 * Report). */
uint8_t dialog_step(const struct sip_msg *m, struct dialog *d);

/* The session of FROM becomes part of the one of TO: their dialogs go on together. */
void dialog_join(struct dialog *to, const struct dialog *from);

#endif
