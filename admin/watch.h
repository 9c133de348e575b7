/* SPDX-License-Identifier: Apache-2.0 */
/* What admin does by itself with time: notices of faults each second; completeness, reconciliation
 * and the clock each evidence_every_s (60) and at midnight UTC. */
#ifndef ADMIN_WATCH_H
#define ADMIN_WATCH_H

#include "admin/ops.h"
#include "role.h"
#include "spool/journal.h"
#include "spool/spool.h"

struct watch;

/* ROLE and X are borrowed.  Returns new. */
struct watch *watch_new(struct role *role, struct ops_ctx *x);
void watch_free(struct watch *w);
/* For journal_in_watch(). */
int watch_journal(void *arg, const struct journal_entry *e, struct octets more);
void watch_ingest(struct watch *w, bool up);
void watch_notice_done(struct watch *w, const struct msg *m);

#endif
