/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle tree of an append-only log.  RFC 9162 clause 2.1: leaf = SHA-256(0x00 | entry),
 * node = SHA-256(0x01 | left | right); the tree of n leaves splits at the largest power of two
 * below n.  A subtree (LEVEL, INDEX) is complete: leaves [INDEX << LEVEL, (INDEX + 1) << LEVEL).
 * Nothing here allocates. */
#ifndef TRUST_MERKLE_H
#define TRUST_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#define MERKLE_LEN 32
#define MERKLE_LEVELS 63    /* a log has fewer than 2^63 leaves */
#define MERKLE_PATH_MAX 128 /* hashes of one proof */

void merkle_leaf(const void *entry, size_t n, uint8_t out[MERKLE_LEN]);
void merkle_node(
    const uint8_t left[MERKLE_LEN], const uint8_t right[MERKLE_LEN], uint8_t out[MERKLE_LEN]);

/* A tree that grows at its right edge: where bit L of N is set, TOP[L] is the complete subtree of
 * level L that stands there. */
struct merkle {
	uint64_t n;
	uint8_t top[MERKLE_LEVELS][MERKLE_LEN];
};
void merkle_add(struct merkle *m, const uint8_t leaf[MERKLE_LEN]);
/* Append a whole complete subtree.  0, or -EINVAL when it does not fit on that edge. */
int merkle_add_tree(struct merkle *m, unsigned level, const uint8_t hash[MERKLE_LEN]);
/* Root of what is there; of nothing: SHA-256 of no octets. */
void merkle_root(const struct merkle *m, uint8_t out[MERKLE_LEN]);

/* Gives the hash of the complete subtree (LEVEL, INDEX): 0 or a negative errno, which then is
 * what the caller below returns. */
typedef int (*merkle_read_cb)(void *arg, unsigned level, uint64_t index, uint8_t out[MERKLE_LEN]);
/* Root of the first SIZE leaves. */
int merkle_root_at(merkle_read_cb read, void *arg, uint64_t size, uint8_t out[MERKLE_LEN]);
/* PATH of leaf INDEX (from 0) in the tree of SIZE leaves, RFC 9162 clause 2.1.3.1.  *N: hashes.
 * -EINVAL: INDEX is not below SIZE. */
int merkle_inclusion(merkle_read_cb read, void *arg, uint64_t index, uint64_t size,
    uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], size_t *n);
/* PROOF that the tree of NEW leaves continues that of OLD, clause 2.1.4.1.  -EINVAL: 0 < OLD <= NEW
 * does not hold. */
int merkle_consistency(merkle_read_cb read, void *arg, uint64_t old, uint64_t new,
    uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], size_t *n);

/* 0, or -EBADMSG.  Clauses 2.1.3.2 and 2.1.4.2. */
int merkle_inclusion_check(const uint8_t leaf[MERKLE_LEN], uint64_t index, uint64_t size,
    const uint8_t path[][MERKLE_LEN], size_t n, const uint8_t root[MERKLE_LEN]);
int merkle_consistency_check(uint64_t old, const uint8_t old_root[MERKLE_LEN], uint64_t new,
    const uint8_t new_root[MERKLE_LEN], const uint8_t path[][MERKLE_LEN], size_t n);

/* The next complete subtree when the leaves [BEGIN, END) are laid out from the left in the fewest:
 * its level.  BEGIN < END. */
unsigned merkle_next(uint64_t begin, uint64_t end);

#endif
