/* SPDX-License-Identifier: Apache-2.0 */
/* The hashes of all queues of a deliver role: in the turns of its loop, IRI first.  A segment is
 * given back only behind the message with its hash. */
#ifndef DELIVERY_HASHING_H
#define DELIVERY_HASHING_H

#include "delivery/destination.h"
#include "role.h"

struct hashing;

struct hashing_env {
	struct event_base *base;
	const char *dir; /* of the spool */
	uint32_t lea;
	void *arg;
	void (*hash)(void *arg, const struct role_msg_hash *m);
	void (*moved)(void *arg, enum ho_class class); /* hashing_below() has grown */
};

/* Returns new; *env is copied. */
struct hashing *hashing_new(const struct hashing_env *env);
void hashing_free(struct hashing *h);
/* Segments of CLASS below SEG are not needed. */
void hashing_want(struct hashing *h, enum ho_class class, uint64_t seg);
/* Segments of CLASS below this have been hashed, as far as they were there. */
uint64_t hashing_below(const struct hashing *h, enum ho_class class);
/* Ingest is another process: it may have ended before it had written down what it was told.  What
 * is still there is hashed again. */
void hashing_again(struct hashing *h);

#endif
