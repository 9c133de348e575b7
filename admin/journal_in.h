/* SPDX-License-Identifier: Apache-2.0 */
/* The journal queue (LEA 0) into rows: entries and cursor in one transaction, so each entry becomes
 * exactly one row; then the segments wholly behind the cursor may be recycled.  The oldest rows
 * beyond the setting journal_rows_max are deleted. */
#ifndef ADMIN_JOURNAL_IN_H
#define ADMIN_JOURNAL_IN_H

#include "spool/journal.h"
#include "spool/spool.h"

struct store;
struct journal_in;

#define JOURNAL_IN_BATCH 2000 /* entries per transaction */

/* DIR: the spool directory.  RELEASE is told the first segment still needed, after each commit that
 * moved it.  Returns new. */
struct journal_in *journal_in_open(
    struct store *s, const char *dir, void (*release)(void *arg, uint64_t seg), void *arg);
/* Where audit rows go (borrowed; NULL: entries that need one wait).  Entries about dynamic triggers
 * and the fall-back to metadata make an audit row and a warrant event too, in the same
 * transaction. */
struct auditlog;
void journal_in_audit_to(struct journal_in *j, struct auditlog *log);
/* HOOK sees each entry inside the transaction, with what stands behind it; entries of kind
 * JOURNAL_HASH are its own and make no row here.  Less than 0: the batch is tried again later. */
typedef int (*journal_in_hook)(void *arg, const struct journal_entry *e, struct octets more);
void journal_in_watch(struct journal_in *j, journal_in_hook hook, void *arg);
void journal_in_close(struct journal_in *j);
/* The durable end of the queue. */
void journal_in_head(struct journal_in *j, const struct spool_pos *head);
/* Store one batch.  Returns 1 (there is more), 0 (at the head), -EIO (database: try again later).
 */
int journal_in_step(struct journal_in *j);
uint64_t journal_in_backlog(const struct journal_in *j); /* entries */
/* Say again which segment is needed (ingest restarted). */
void journal_in_release_again(struct journal_in *j);

#endif
