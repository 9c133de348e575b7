/* SPDX-License-Identifier: Apache-2.0 */
/* Two persons.  An operation with OP_TWO is not done when it is called: it is run once for show
 * (in a savepoint that is rolled back), which gives a statement, the text of what would hold after
 * it; the caller signs the statement and it waits; a second person signs the same octets, the
 * operation runs, and when the statement comes out differently now, it is refused.
 *
 *   {"op": "warrant.submit", "args": {..., "plan": true}}       > {"plan": ..., "doc", "sha256"}
 *   {..., "args": {..., "signature": {"key", "sig"}}}           > {"approval": "<uuid>", "state":
 * "waiting"}
 *   {"op": "approval.approve", "args": {"approval", "signature"}} > the result of the operation
 *
 * Statement of a change: {"after":"<hash>","args":{...},"before":"<hash>","op":"destination.set",
 * "object":"...","submitted_ns":"...","type":"openmdf.change.v1"}; an operation may set op_call.doc
 * to one of its own (a warrant: session/task_doc.h; a destination: mf/trust).  With ops_ctx.open
 * nothing waits and nothing is signed. */
#ifndef ADMIN_APPROVAL_H
#define ADMIN_APPROVAL_H

#include "admin/ops.h"

/* In place of running C->op, which has OP_TWO.  As op.fn. */
int approval_hold(struct op_call *c);

#endif
