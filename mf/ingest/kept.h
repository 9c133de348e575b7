/* SPDX-License-Identifier: Apache-2.0 */
/* Which warrants have which PDU, for those records that the last state file did not know.  A crash
 * may leave a PDU in the queue of one LEA and not in that of another; its NE has no acknowledgement
 * and sends it again, and then it is a duplicate for the one and not for the other. Lives from
 * recovery until such repetitions are out of question.  Fingerprints of 64 bits. */
#ifndef INGEST_KEPT_H
#define INGEST_KEPT_H

#include <stdbool.h>
#include <stdint.h>

struct kept;

struct kept *kept_new(void);
void kept_free(struct kept *k);

/* WARRANT has number SEQ with DIGEST of context CTX. */
void kept_add(struct kept *k, uint64_t ctx, uint32_t seq, uint64_t digest, uint32_t warrant);
/* For the state file: each fingerprint; and back. */
void kept_each(const struct kept *k, void (*cb)(uint64_t name, void *arg), void *arg);
void kept_restore(struct kept *k, uint64_t name);
bool kept_has(const struct kept *k, uint64_t ctx, uint32_t seq, uint64_t digest, uint32_t warrant);

#endif
