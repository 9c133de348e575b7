/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the audit log. */
#ifndef ADMIN_OP_LOG_H
#define ADMIN_OP_LOG_H

#include "admin/ops.h"

/* Text of CODE of a journal entry of KIND; NULL: none. */
const char *op_journal_code(int kind, int code);
int op_audit_show(struct op_call *c);
int op_audit_verify(struct op_call *c);
int op_audit_head(struct op_call *c);
int op_audit_heads(struct op_call *c);
int op_audit_proof(struct op_call *c);
int op_audit_consistency(struct op_call *c);
int op_audit_export(struct op_call *c);
int op_audit_cosign(struct op_call *c);

#endif
