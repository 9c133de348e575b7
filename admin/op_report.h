/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of reports, of their schedule and of the review of a sample. */
#ifndef ADMIN_OP_REPORT_H
#define ADMIN_OP_REPORT_H

#include "admin/ops.h"

int op_report_kinds(struct op_call *c);
int op_report_make(struct op_call *c);
int op_report_list(struct op_call *c);
int op_report_show(struct op_call *c);
int op_report_get(struct op_call *c);
int op_report_proof(struct op_call *c);
int op_schedule_add(struct op_call *c);
int op_schedule_list(struct op_call *c);
int op_schedule_remove(struct op_call *c);
int op_schedule_run(struct op_call *c);
int op_review_open(struct op_call *c);
int op_review_list(struct op_call *c);
int op_review_show(struct op_call *c);
int op_review_record(struct op_call *c);
int op_review_close(struct op_call *c);

/* May the caller make and read reports of KIND?  0, or -EACCES and the fault. */
struct report_kind;
int op_report_may(struct op_call *c, const struct report_kind *kind);

/* Reports are made in slices between the other work of the admin role, and when their schedule
 * says so.  X->prepare is set to what makes them. */
struct event_base;
struct reports;
struct reports *reports_open(struct event_base *base, struct ops_ctx *x);
void reports_close(struct reports *r);

#endif
