/* SPDX-License-Identifier: Apache-2.0 */
/* Reconciliation: what is approved, against what the data plane works with, what came, and what
 * went out.  It looks with a connection to the database of its own that cannot write, and at what
 * the roles say of themselves.  Each difference is a row, an alarm and an audit row, and is cleared
 * when it is gone.
 *
 * RECONCILE-TASK-MISSING   a warrant is active, and ingest does not know it
 * RECONCILE-TASK-UNKNOWN   ingest serves a warrant that does not exist or was never started
 * RECONCILE-TASKS          the sets differ (more than are listed), or an old one is in force
 * RECONCILE-XID-UNKNOWN    PDUs came under an XID of no warrant since the last look
 * RECONCILE-PRODUCT        product went to an agency for a warrant that is none of this agency
 * RECONCILE-LINK           a link is served that is not registered
 * RECONCILE-SILENT         an active warrant got no PDU for silent_after_s
 * RECONCILE-NO-CC          IRI came for silent_after_s, content is ordered, and none came */
#ifndef ADMIN_RECONCILE_H
#define ADMIN_RECONCILE_H

#include "admin/ops.h"

#define RECONCILE_IDS_MAX 2000 /* warrants that ingest lists one by one */

#define RECONCILE_ALARMS_MAX 500 /* differences with an alarm of their own; the others are rows */

struct rec_job;

/* What the last look saw; zeroed at the beginning. */
struct reconcile {
	int64_t unknown; /* PDUs with an unknown XID */
	bool seen;
	unsigned stale;	      /* looks in a row at which an old task set was in force */
	struct rec_job *busy; /* the look that is under way */
};

/* A look in slices: compare, through a connection of its own to the database of X, with STATUS
 * (borrowed, kept until the end), then make rows and audit rows of what is new and end what is
 * gone. NULL: another one is under way. */
struct rec_job *reconcile_begin(
    struct reconcile *r, struct ops_ctx *x, json_t *status, int64_t now_ns);
/* About MS of it.  All but the last rows are stored in transactions of their own; the last are left
 * to reconcile_end().  1 (more), 0 (all but the end), or -EIO. */
int reconcile_step(struct rec_job *j, unsigned ms);
/* The last rows, inside a transaction.  0 or -EIO. */
int reconcile_end(struct rec_job *j);
/* It ends; what was not stored is not. */
void reconcile_free(struct rec_job *j);
/* Rows or parts that were looked at, and all of them. */
void reconcile_progress(const struct rec_job *j, int64_t *done, int64_t *total);

/* Compare, at once.  Returns a new array of {"code", "object", "text"}. */
json_t *reconcile_look(struct reconcile *r, struct store *store, json_t *status, int64_t now_ns);
/* Make rows and audit rows of what is new in FOUND, and end what is not in it, at once.  Inside a
 * transaction or not.  0 or -EIO. */
int reconcile_apply(struct ops_ctx *x, json_t *found, int64_t now_ns);

#endif
