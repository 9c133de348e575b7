/* SPDX-License-Identifier: Apache-2.0 */
/* Notices to an LEA: operatorLeaMessage (TS 102 232-1 clause 6.3.4 TRI) in its IRI queue, numbered
 * in a series of their own.  Best effort: journal and alarm say the same. */
#ifndef INGEST_NOTICE_H
#define INGEST_NOTICE_H

#include "session/session.h"
#include "session/task.h"
#include "spool/spool.h"

/* TEXT: at most 255 octets, never a target identity.  ERROR: priority error, else informational.
 * HO, WARRANT and DEST: of the warrant that it speaks for. */
/* False: there is no queue, or it does not fit. */
bool notice_send(struct spool *spool, struct session_table *sessions, uint32_t lea,
    uint32_t warrant, uint32_t dest, const struct handover_warrant *ho, const char *text,
    bool error, int64_t now_ns);
/* The same for W. */
bool notice_warrant(struct spool *spool, struct session_table *sessions,
    const struct task_warrant *w, const char *text, bool error, int64_t now_ns);
/* TEXT as HI1 notification (alarms-indicator), numbered in the same series. */
bool notice_hi1(struct spool *spool, struct session_table *sessions, const struct task_warrant *w,
    const char *text, int64_t now_ns);

#endif
