/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on long work. */
#ifndef ADMIN_OP_WORK_H
#define ADMIN_OP_WORK_H

#include "admin/ops.h"

int op_work_list(struct op_call *c);
int op_work_show(struct op_call *c);
int op_work_cancel(struct op_call *c);

#endif
