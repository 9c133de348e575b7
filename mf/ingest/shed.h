/* SPDX-License-Identifier: Apache-2.0 */
/* Bursts of shedding: when a LEA's quota is used up, its LEMF is told by an operatorLeaMessage in
 * its IRI queue, once when it begins and once when it is over (TS 102 232-1, TRIPayload [8]).
 * Counting is the mediator's. */
#ifndef INGEST_SHED_H
#define INGEST_SHED_H

#include "session/session.h"
#include "session/task.h"
#include "spool/spool.h"

struct shed;

typedef void (*shed_cb)(bool begins, uint32_t lea, enum ho_class class, bool outage, void *arg);

/* Notices are numbered by session_notices(). */
struct shed *shed_new(struct spool *s, struct session_table *sessions, shed_cb cb, void *arg);
void shed_free(struct shed *s);

/* A PDU of CLASS was shed for W; OUTAGE: because its link is down, else for want of room. */
void shed_note(
    struct shed *s, struct task_warrant *w, enum ho_class class, bool outage, int64_t now_ns);
/* End the bursts that have been quiet for some seconds. */
void shed_tick(struct shed *s, int64_t now_ns);
#endif
