/* SPDX-License-Identifier: Apache-2.0 */
/* What a role has seen of each warrant or destination, so that the database cannot take back what a
 * person did: which statement about it is the newest, and that it was stopped.  A file of its own
 * that only this role writes; it survives a restart. */
#ifndef TRUST_RATCHET_H
#define TRUST_RATCHET_H

#include <stdbool.h>
#include <stdint.h>

struct ratchet;

struct ratchet_row {
	uint8_t uuid[16];     /* of the warrant; DID of the destination */
	int64_t submitted_ns; /* of the newest statement */
	int64_t until_ns;     /* the earliest end seen under that statement */
	uint32_t suspended;   /* 1: it was suspended under that statement */
	uint32_t crc;	      /* of the members before */
};

/* FILE: NULL: only in memory.  Nothing in it is ever forgotten (40 octets each): a stop must hold
 * as long as the statement it ended could be put back.  Never NULL; a file that cannot be read is
 * begun again. */
struct ratchet *ratchet_open(const char *file);
void ratchet_close(struct ratchet *t);
/* May ROW come after what was seen?  Then it is remembered, and NULL returned; else why not (static
 * text). */
const char *ratchet_check(struct ratchet *t, const struct ratchet_row *row);
/* UUID text (lower case) to OUT. */
bool ratchet_uuid(const char *text, uint8_t out[16]);
/* Make what was remembered durable; cheap when there is nothing. */
void ratchet_sync(struct ratchet *t);

#endif
