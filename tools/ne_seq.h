/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence numbers of the sender: one counter per (PDU type, NE, XID, Correlation ID), TS 103 221-2
 * clause 5.3.9.  They live as long as the program, whatever happens to connections. */
#ifndef TOOLS_NE_SEQ_H
#define TOOLS_NE_SEQ_H

#include <stddef.h>
#include <stdint.h>

struct ne_seq_key {
	uint64_t corr;
	uint32_t xid; /* index */
	uint16_t ne;  /* stands for DID, NFID and IPID */
	uint16_t type;
};

struct ne_seq;

struct ne_seq *ne_seq_new(uint32_t first);
void ne_seq_free(struct ne_seq *s);
/* Next number of a context, after leaving out SKIP numbers.  Wraps after 2^32 - 1. */
uint32_t ne_seq_next(struct ne_seq *s, struct ne_seq_key key, uint32_t skip);

#endif
