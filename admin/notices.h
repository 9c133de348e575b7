/* SPDX-License-Identifier: Apache-2.0 */
/* Notices of faults: which agency is told of which fault, and of its end.  They follow the alarms:
 * an alarm of the list in notices.c that stands longer than notice_after_s becomes one notice for
 * each agency that it concerns, with the warrants of that agency only; when the alarm is over, so
 * is the notice.  Each begins and ends with an operatorLeaMessage per warrant, which ingest puts
 * into the agency's own IRI queue; what ingest has not confirmed as durable is sent again.  TKUEV
 * section 13, ATIS-1000069. */
#ifndef ADMIN_NOTICES_H
#define ADMIN_NOTICES_H

#include "admin/ops.h"
#include "role.h"

struct notices;

typedef void (*notices_send_cb)(void *arg, const struct role_msg_notice *m);
/* X and ARG are borrowed.  Returns new. */
struct notices *notices_new(struct ops_ctx *x, notices_send_cb send, void *arg);
void notices_free(struct notices *n);
/* Once per second.  READY: all roles had time to say which alarms stand; before that nothing ends.
 */
void notices_tick(struct notices *n, int64_t now_ns, bool ready);
/* Ingest is another process: what it has not confirmed goes again. */
void notices_again(struct notices *n);
void notices_done(struct notices *n, const struct role_msg_notice_done *m, int64_t now_ns);

/* Tell the agency that the notice ROW (a row of NOTICE_SHOW) has changed.  0 or -EIO. */
int notices_update(struct op_call *c, json_t *row);

#endif
