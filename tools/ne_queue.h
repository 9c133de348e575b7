/* SPDX-License-Identifier: Apache-2.0 */
/* PDUs of one connection from "made" to "acknowledged", in one run of octets.  Sending again after
 * a reconnect is nothing but going back to the first PDU that is still here. */
#ifndef TOOLS_NE_QUEUE_H
#define TOOLS_NE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NE_Q_ONCE 1u  /* never sent again */
#define NE_Q_CLOSE 2u /* close the connection after it */
#define NE_Q_STALL 4u /* half of it, then silence; afterwards it is a normal one */
#define NE_Q_SLOW 8u  /* octet by octet */
#define NE_Q_SENT 16u /* was sent before */

struct ne_entry {
	uint64_t end; /* absolute offset of the octet behind it */
	uint64_t n;   /* PDU of the run */
	uint32_t flags;
	uint32_t arg;
};

struct ne_queue {
	uint8_t *buf;
	size_t room;
	uint64_t base;	/* absolute offset of buf[0] */
	uint64_t start; /* first octet still wanted */
	uint64_t end;
	struct ne_entry *entries; /* ring; room a power of 2 */
	size_t entries_room;
	uint64_t head, tail; /* absolute numbers of the first entry here, and behind the last */
	uint64_t tx;	     /* first entry not wholly sent on this connection */
	uint64_t tx_off;     /* absolute offset of the next octet to send */
	uint64_t flagged_n;  /* entries that ever had a flag: packing looks at each only then */
};

void ne_queue_init(struct ne_queue *q);
void ne_queue_fini(struct ne_queue *q);
/* Room for LEN octets at the end; valid until the next call. */
uint8_t *ne_queue_reserve(struct ne_queue *q, size_t len);
void ne_queue_commit(struct ne_queue *q, size_t len, uint64_t n, uint32_t flags, uint32_t arg);
static inline struct ne_entry *
ne_queue_entry(const struct ne_queue *q, uint64_t i)
{
	return &q->entries[i & (q->entries_room - 1)];
}
static inline const uint8_t *
ne_queue_octets(const struct ne_queue *q, uint64_t off)
{
	return q->buf + (off - q->base);
}
/* Drop every entry before number I. */
void ne_queue_drop(struct ne_queue *q, uint64_t i);
/* Start sending from the first entry again, without those marked once.  Returns how many had been
 * sent before. */
uint64_t ne_queue_rewind(struct ne_queue *q);
/* Octets held. */
static inline uint64_t
ne_queue_len(const struct ne_queue *q)
{
	return q->end - q->start;
}

#endif
