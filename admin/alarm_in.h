/* SPDX-License-Identifier: Apache-2.0 */
/* Alarms that the roles send: rows, audit rows when they are new or end, events. */
#ifndef ADMIN_ALARM_IN_H
#define ADMIN_ALARM_IN_H

#include "admin/ops.h"
#include "role.h"

/* The message ALARM of PEER (LEA for deliver). */
void alarm_in(struct ops_ctx *x, enum role_id peer, uint32_t lea, json_t *alarm);
/* A role that comes up sends its alarms again: what it had raised before is over. */
void alarm_in_clear(struct ops_ctx *x, enum role_id peer, uint32_t lea);
/* The same of every role. */
void alarm_in_clear_all(struct store *s);

#endif
