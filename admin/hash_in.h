/* SPDX-License-Identifier: Apache-2.0 */
/* Hash records: what the journal tells of segments and integrity checks, and files that a person
 * records.  Each becomes a row and a leaf of the audit log, both in one transaction.  A record
 * names its warrant by a random handle, never by its LIID. */
#ifndef ADMIN_HASH_IN_H
#define ADMIN_HASH_IN_H

#include "admin/ops.h"
#include "spool/journal.h"
#include "spool/spool.h"

/* Take one journal entry of kind JOURNAL_HASH; MORE: what stands behind it.  Inside the open
 * transaction of the store.  What is known already changes nothing; the same name with another
 * value is an audit row with the outcome "error" and leaves the first one.  Returns 0 or -EIO. */
int hash_in(struct ops_ctx *x, const struct journal_entry *e, struct octets more);

/* A leaf of the audit log by the program itself.  DETAIL is taken.  Returns 0 and *seq, or -EIO. */
int hash_leaf(struct ops_ctx *x, const char *op, const char *object, const char *outcome,
    const char *reason, json_t *detail, uint64_t *seq);
/* The handle of warrant ROW, 32 hexadecimal digits, made on first use. 0 or -EIO. */
int hash_handle(struct ops_ctx *x, int64_t row, char out[33]);
/* What the leaf of a record says, out of its row; new. */
json_t *hash_detail(json_t *row);

#endif
