/* SPDX-License-Identifier: Apache-2.0 */
/* Two persons.  An operation with OP_TWO is not done when it is called: it is run once for show
 * (in a savepoint that is rolled back), which gives a statement, the text of what would hold after
 * it; the caller signs the statement and it waits; a second person signs the same octets, the
 * operation runs, and when the statement comes out differently now, it is refused.
 *
 *   {"op": "warrant.submit", "args": {..., "plan": true}}
 *       > {"plan": ..., "doc", "sha256", "until"}
 *   {..., "args": {the same, "signature": {"key", "sig"}}}
 *       > {"approval": "<uuid>", "state": "waiting", ...}
 *   {"op": "approval.approve", "args": {"approval", "signature"}} > the result of the operation
 *
 * What was planned is remembered for APPROVAL_PLAN_NS with every argument that the operation chose
 * itself, so the second call needs only the arguments of the first.
 *
 * Statement of a change: {"after":"<hash>","args":{...},"before":"<hash>","op":"destination.set",
 * "object":"...","submitted_ns":"...","type":"openmdf.change.v1"}; an operation may set op_call.doc
 * to one of its own (a warrant: session/task_doc.h; a destination: mf/trust), with the member
 * "submitted_ns" (decimal text of op_call.submitted_ns) in it or in its member "order".  BEFORE and
 * AFTER are hashes of the object without what depends on the time or the row; rules stand as their
 * SHA-256.  An operation that finds that it only narrows sets op_call.alone and is done at once.
 * With ops_ctx.open nothing waits and nothing is signed. */
#ifndef ADMIN_APPROVAL_H
#define ADMIN_APPROVAL_H

#include "admin/ops.h"

struct keylist;

#define APPROVAL_PLAN_NS (INT64_C(1800) * 1000000000)	   /* from plan to signature */
#define APPROVAL_WAIT_NS (INT64_C(7 * 86400) * 1000000000) /* from there to the second person */
#define APPROVAL_CHANGE_TYPE "openmdf.change.v1"

/* In place of running C->op, which has OP_TWO.  As op.fn. */
int approval_hold(struct op_call *c);
/* Run C->op, which both have signed: C->args complete, C->submitted_ns and C->second set.  *DOC:
 * the statement as it comes out now, canonical, new (free). */
int approval_run(struct op_call *c, char **doc);

/* The keys that count now; borrowed until the next call, or NULL and the fault. */
struct keylist *approval_keys(struct op_call *c);
/* Argument SIGNATURE ({"key", "sig"}).  0, or < 0 and the fault. */
struct keylist_sig;
int approval_signature(struct op_call *c, json_t *signature, struct keylist_sig *out);

/* What waits for WARRANT (row) is void now: it was edited, or ended. */
int approval_void(struct op_call *c, int64_t warrant, const char *why);

#endif
