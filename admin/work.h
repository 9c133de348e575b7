/* SPDX-License-Identifier: Apache-2.0 */
/* Long work: an operation that goes on while nobody waits for its answer, in slices between the
 * other work of the admin role.  It belongs to the person who began it, who can leave it, find it
 * again with its result, and cancel it.  Ended work is kept for a day, in the database too, so that
 * it is found again after a restart: without results that tell of targets or are large, which the
 * work then says.  What was under way when the role ended is "interrupted".  What the operation
 * itself stores and audits is as when somebody waits. */
#ifndef ADMIN_WORK_H
#define ADMIN_WORK_H

#include "admin/ops.h"

#define WORK_RUNNING_MAX 4 /* of all persons */
#define WORK_KEPT_MAX 50   /* of one person */
#define WORK_KEEP_NS (INT64_C(86400) * 1000000000)
#define WORK_SLICE_MS 4
#define WORK_RESULT_MAX 65536 /* octets of a result that is stored */
#define WORK_STORED_MAX 2000  /* works that are read at the start */

struct event_base;
struct works;
struct work;

/* X->works is set. */
struct works *works_open(struct event_base *base, struct ops_ctx *x);
/* What is in slices now ends with a fault, and nothing new begins; before those who wait for the
 * answers are gone. */
void works_stop(struct works *ws);
void works_close(struct works *ws);

/* Run R for ACTOR in the background.  Returns {"ok": true, "result": the work} (new), or the answer
 * of an operation that is refused at once, which leaves no work. */
json_t *works_run(struct ops_ctx *x, const struct ops_actor *actor, const struct ops_request *r);

/* ---- for operations; all of it does nothing more when somebody waits for C */

/* STEP(c) works for about WORK_SLICE_MS and returns 1 (more), 0 or < 0 (the fault is set); it is
 * called until then, between other work, and then GO(c, r).  Without a loop (x->works NULL) at
 * once. */
void work_slices(
    struct op_call *c, int (*step)(struct op_call *c), void (*go)(struct op_call *c, int r));
/* DONE of TOTAL; TOTAL < 0: not known. */
void work_progress(struct op_call *c, int64_t done, int64_t total);
/* May C still be done?  0; < 0 and the fault: it was cancelled, or its person may no longer. */
int work_gate(struct op_call *c);
/* C ends: what it was about. */
void work_object(struct op_call *c);

/* The work of C's person as work.show gives it: all of it, the newest first; one, NULL when there
 * is none.  New. */
json_t *works_list(struct op_call *c);
json_t *works_show(struct op_call *c, const char *id);
/* 0; -ENOENT; -EALREADY: it has ended. */
int works_cancel(struct op_call *c, const char *id);

#endif
