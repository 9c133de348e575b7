/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a warrant: which operation is possible in which state, what it becomes, and the row
 * of its history.
 *
 *   draft > submitted > approved > active <> suspended > expired | revoked > closed > shredded
 *
 * submit       draft > submitted (the creator has signed) > approved (the approver has, too); an
 *              edit of what is submitted makes it a draft again, and the signature void
 * activate     approved > active: by itself LIFE_LEAD_NS before the window, or by an LI admin where
 *              the regime demands a human step
 * suspend, stop   one person, at once; resume, extend, confirm, set of what is in force: two
 * expire       at the end of the window, or when a provisional warrant's paper did not come
 * close        when nothing waits for delivery and the books balance
 *
 * The data plane checks the window for each PDU itself; these states are what people see and what
 * it is told.  Time is clock_warrant_ns(). */
#ifndef ADMIN_LIFE_H
#define ADMIN_LIFE_H

#include "admin/ops.h"

#define LIFE_LEAD_NS (INT64_C(60) * 1000000000)	  /* active so long before the window */
#define LIFE_GRACE_NS (INT64_C(600) * 1000000000) /* closed no sooner after the end: late PDUs */

enum life_state { /* bits, for sets of them */
	LIFE_DRAFT = 1,
	LIFE_SUBMITTED = 2,
	LIFE_APPROVED = 4,
	LIFE_ACTIVE = 8,
	LIFE_SUSPENDED = 16,
	LIFE_EXPIRED = 32,
	LIFE_REVOKED = 64,
	LIFE_CLOSED = 128,
	LIFE_SHREDDED = 256,
	LIFE_LIVE = LIFE_APPROVED | LIFE_ACTIVE | LIFE_SUSPENDED
};
const char *life_state_name(enum life_state s);
enum life_state life_state_of(json_t *warrant); /* as shown; 0: none of them */
/* The states in which operation OP ("warrant.stop") is possible; 0: not one of a warrant's life. */
unsigned life_from(const char *op);

/* The warrant of the call as C->before, its row as :id, its name as the object; and whether OP may
 * run on it now.  0, or < 0 and the fault. */
int life_begin(struct op_call *c, const char *op);
/* The first row of the history: WARRANT (row) was entered in STATE. */
int life_enter(struct op_call *c, int64_t warrant, const char *state);
/* Note the step of C->op in the history and go to state TO. */
int life_move(struct op_call *c, enum life_state from, enum life_state to);
/* The same warrant with a new revision. */
int life_revise(struct op_call *c);
/* C->after and the result. */
int life_end(struct op_call *c);
/* Nobody has approved it: a draft again. */
int life_unsubmit(struct op_call *c, int64_t warrant);

/* Statement (C->doc) and plan (C->plan) of the warrant as it stands now in the database.  STRICT:
 * refuse what the plan finds wrong. */
int life_statement(struct op_call *c, bool strict);
/* What would change, for people, and "change", whose hash is signed.  W: as shown; new. */
json_t *life_plan(struct op_call *c, json_t *w, json_t *regime);
/* The first reason of PLAN not to go on.  0, or < 0 and the fault. */
int life_plan_refuses(struct op_call *c, json_t *plan);
/* Put the elements of its tenant into a warrant (W, row :id) that is a tenant's and names none.  0,
 * or < 0 and the fault. */
int life_nes_name(struct op_call *c, json_t *w);
/* May something be activated by this clock?  REGIME: effective. */
int life_clock(struct op_call *c, json_t *regime);

/* Why warrant row ID is not done yet by the merged status; static text or NULL. */
const char *life_waits(json_t *status, int64_t id);

/* ---- steps that the program takes itself: every second */
struct event_base;
struct life;
struct life *life_open(struct event_base *base, struct ops_ctx *x);
void life_close(struct life *l);
/* One turn, for tests.  Returns the steps taken. */
unsigned life_turn(struct ops_ctx *x);

#endif
