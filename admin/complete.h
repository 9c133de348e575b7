/* SPDX-License-Identifier: Apache-2.0 */
/* Completeness: the account of each warrant and UTC day, out of the counters that the roles give in
 * their status.  Those counters only grow, and they survive crashes (state file and spool of
 * ingest, cursor file of deliver); a look at them each minute and at midnight is kept here.
 *
 *   received + extra + waiting at begin = delivered + waiting at end + summed + duplicate + copies
 * + out of scope + rejected + shed + lost
 *
 * Limits: what came between the last look before midnight and the one at midnight is counted there
 * exactly; when admin does not run over midnight, what came since its last look counts for the day
 * of the next one, and from/to of the account say so.
 *
 * Counters, as kept in BASE and LAST: {"received", "extra", "delivered", "waiting", "lost",
 * "summed", "duplicate", "copies", "out_of_scope", "rejected": {code: n}, "shed": {class: n},
 * "octets", "delay_ns"}.
 *
 * Exact, also over kill -9 of any role: all of the above.  max_delay_ms (from received to
 * acknowledged, by the wall clock, of what was acknowledged on that day) misses what a deliver role
 * acknowledged between the last look and its own crash.  The account of one session (CIN) is
 * admin/op_complete.h; its numbers are its PS-PDUs when the profile counts per CIN. */
#ifndef ADMIN_COMPLETE_H
#define ADMIN_COMPLETE_H

#include "admin/ops.h"

/* Keep what STATUS (merged, admin/status.h) says now; a warrant of an agency that did not answer is
 * left out.  In one transaction.  Returns 0 or -EIO. */
int complete_take(struct ops_ctx *x, json_t *status, int64_t now_ns);
/* The same in slices: each STEP does about MS of it (0: all) in a transaction of its own, for one
 * moment of all warrants.  1 (more), 0 or -EIO. */
struct complete_take {
	struct ops_ctx *x;
	json_t *status, *sent;
	int64_t now_ns;
	size_t at; /* of the warrants */
};
void complete_take_begin(
    struct complete_take *t, struct ops_ctx *x, json_t *status, int64_t now_ns);
int complete_take_step(struct complete_take *t, unsigned ms);
void complete_take_end(struct complete_take *t);
/* Close the days before today: the hash of each account becomes a leaf of the log.  Returns the
 * number closed, or -EIO. */
int complete_close(struct ops_ctx *x, int64_t now_ns);
/* The account of a row of COMPLETE_SHOW or COMPLETE_LIST, or of an open day with counters of now:
 * what stands in the columns, the differences, "balanced".  New. */
json_t *complete_account(json_t *row);
/* What the deliver roles say of each warrant, for complete_counters(); new. */
json_t *complete_sent(json_t *status, int64_t now_ns);
/* The counters of WARRANT (a member of status.warrants); new. */
json_t *complete_counters(json_t *warrant, json_t *sent);
/* NOW and LAST are of one day: the longer delay of both. */
void complete_keep_delay(json_t *now, json_t *last);
json_t *complete_zero(void); /* counters of a warrant that was never seen; new */
/* UTC day of NS as "2026-11-21" to BUF of 11; and its first instant. */
char *complete_day(int64_t ns, char buf[11]);
int64_t complete_midnight(int64_t ns);
/* True when every role that STATUS needs for agency LEA (name) has answered. */
bool complete_answered(json_t *status, const char *lea);

#endif
