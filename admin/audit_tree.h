/* SPDX-License-Identifier: Apache-2.0 */
/* The Merkle tree of the audit log out of the database: complete subtrees from 256 leaves on are
 * stored, what is below is made from the leaves of the rows. */
#ifndef ADMIN_AUDIT_TREE_H
#define ADMIN_AUDIT_TREE_H

#include "db/store.h"
#include "trust/merkle.h"

#define AUDIT_TREE_LEVEL 8 /* the lowest level that is stored */

/* A merkle_read_cb; ARG: the store.  -EIO: rows or nodes are missing. */
int audit_tree_read(void *arg, unsigned level, uint64_t index, uint8_t out[MERKLE_LEN]);
/* The tree of the first SIZE rows. */
int audit_tree_load(struct store *s, uint64_t size, struct merkle *m);
/* Store the subtrees that are complete with LEAF behind M. */
int audit_tree_store(struct store *s, const struct merkle *m, const uint8_t leaf[MERKLE_LEN]);
/* Number and leaf of the last row; 0 and zeros when there is none.  -EIO: it cannot be read. */
int audit_tree_last(struct store *s, uint64_t *seq, uint8_t leaf[MERKLE_LEN]);

#endif
