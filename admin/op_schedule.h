/* SPDX-License-Identifier: Apache-2.0 */
/* When a report is due. */
#ifndef ADMIN_OP_SCHEDULE_H
#define ADMIN_OP_SCHEDULE_H

#include "admin/ops.h"

/* First time after AFTER_NS that EVERY ("daily", "weekly": Mondays, "monthly": the 1st,
 * "quarterly") is due at AT_MIN minutes of the day, ZONE_MIN minutes east of UTC. */
int64_t schedule_next(const char *every, int at_min, int zone_min, int64_t after_ns);
/* Last one that is not after UNTIL_NS. */
int64_t schedule_last(const char *every, int at_min, int zone_min, int64_t until_ns);

/* The arguments of a report.make for schedule :schedule of C.  0, or the fault. */
int op_schedule_period(struct op_call *c);

#endif
