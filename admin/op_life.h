/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of approvals, the life of a warrant, regimes. */
#ifndef ADMIN_OP_LIFE_H
#define ADMIN_OP_LIFE_H

#include "admin/ops.h"

int op_approval_list(struct op_call *c);
int op_approval_show(struct op_call *c);
int op_approval_approve(struct op_call *c);
int op_approval_reject(struct op_call *c);
int op_approval_withdraw(struct op_call *c);
int op_approval_expire(struct op_call *c); /* by the program, admin/life.h */

int op_warrant_submit(struct op_call *c);
int op_warrant_activate(struct op_call *c);
int op_warrant_extend(struct op_call *c);
int op_warrant_confirm(struct op_call *c);
int op_warrant_expire(struct op_call *c); /* by the program */
int op_warrant_close(struct op_call *c);
int op_warrant_history(struct op_call *c);
/* Put "timeline" into the warrant W as shown; not for persons who may not read its history. */
void op_warrant_timeline(struct op_call *c, json_t *w);
int op_warrant_plan(struct op_call *c);

int op_regime_list(struct op_call *c);
int op_regime_show(struct op_call *c);
int op_regime_import(struct op_call *c);

#endif
