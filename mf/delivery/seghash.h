/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of the segments of one queue that nobody needs any more, before they are given back: a
 * slice at a time, so that delivery goes on between, and mostly from the page cache.  What is
 * hashed is the file as it stands on disk, from its first octet to its last; sha256sum of a copy
 * gives the same. */
#ifndef DELIVERY_SEGHASH_H
#define DELIVERY_SEGHASH_H

#include "spool/spool.h"

#define SEGHASH_SLICE (1u << 20) /* octets in one call */
#define SEGHASH_VALUE_LEN 32

struct seghash;

struct seghash_done {
	uint64_t seg;
	uint64_t first_rec, end_rec; /* records of the queue in it: [first, end) */
	uint64_t len;		     /* octets of the file */
	uint8_t value[SEGHASH_VALUE_LEN];
};

/* DIR: the spool's directory. Returns new. */
struct seghash *seghash_new(const char *dir, uint32_t lea, enum ho_class class);
void seghash_free(struct seghash *h);
/* Begin again with the oldest segment there is. */
void seghash_restart(struct seghash *h);

/* Go on with the segments in front of BELOW (finished: the queue has gone on to a later one).
 * Returns 1 and *out when one is done; 0 when there is none left; -EAGAIN: a slice was read, call
 * again in the next turn of the loop.  A segment that cannot be read or that went away meanwhile is
 * passed over (logged). */
int seghash_step(struct seghash *h, uint64_t below, struct seghash_done *out);

#endif
