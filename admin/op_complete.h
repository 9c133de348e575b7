/* SPDX-License-Identifier: Apache-2.0 */
/* The account of each session (CIN) of a warrant: what was issued, whether it is delivered, and
 * what was lost, by name.
 *
 * Delivered: ingest knows where in its queue the last record of a session lies, deliver how far
 * each destination has acknowledged its queue.  So "all" and "waiting" are exact; how many wait is
 * told as the most it can be (the records of the queue up to there, or the numbers issued, what is
 * less). "unknown": the destination is gone or does not answer; or the session's last record is
 * older than what ingest has read again since its start, and the queue is not delivered up to
 * there; or records were damaged on disk, and some of the warrant is missing.
 *
 * The numbers issued are those of the session: none when the profile counts per LIID, and counted
 * anew where it begins again after a restart (cINReset).  What came for a session that was joined
 * into another stands with it up to then.
 *
 * Lost: the journal's entries by session, summed (journal_sum of the database: also of rows that
 * were deleted).  What the journal could put to no session stands under "no_session": PDUs that
 * came before one was known or whose header names none, and what ingest counted together beyond
 * ANOMALY_SESSIONS sessions in a second.  Sessions and "no_session" together are "total".  What is
 * out of scope is only counted for the warrant.  A gap is one of the network element: it counts for
 * each warrant of the XID and the session of the PDU at which it was noticed; "NUMBERS" "LATE" says
 * how many of the missing ones came after all. */
#ifndef ADMIN_OP_COMPLETE_H
#define ADMIN_OP_COMPLETE_H

#include "admin/ops.h"

#define OP_COMPLETE_SESSIONS 500      /* shown when no limit is given, the newest */
#define OP_COMPLETE_SESSIONS_MAX 5000 /* whatever is asked for */
#define OP_COMPLETE_RANGES 20	      /* of numbers, per loss; the newest */

/* Session S (as admin/session_tree.h says) of warrant row WARRANT with its sides and losses; new.
 */
json_t *op_complete_session(struct op_call *c, int64_t warrant, json_t *s);
int op_completeness_sessions(struct op_call *c);

#endif
