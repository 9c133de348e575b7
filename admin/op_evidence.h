/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of hash records, completeness, notices, reconciliation. */
#ifndef ADMIN_OP_EVIDENCE_H
#define ADMIN_OP_EVIDENCE_H

#include "admin/ops.h"

int op_hash_add(struct op_call *c);
int op_hash_list(struct op_call *c);
int op_hash_show(struct op_call *c);
int op_hash_verify(struct op_call *c);
int op_hash_proof(struct op_call *c);
int op_completeness_show(struct op_call *c);
int op_completeness_list(struct op_call *c);
int op_notice_list(struct op_call *c);
int op_notice_show(struct op_call *c);
int op_notice_note(struct op_call *c);
int op_notice_ack(struct op_call *c);
int op_reconcile_list(struct op_call *c);
int op_reconcile_run(struct op_call *c);
/* The part before the transaction, in slices; as ops_ctx.prepare. */
void op_reconcile_prepare(struct op_call *c, void (*go)(struct op_call *c, int r));
int op_clock_show(struct op_call *c);
int op_clock_confirm(struct op_call *c);

#endif
