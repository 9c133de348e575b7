/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence contexts: gaps, duplicates, reuse, wrap and POI restart per (type, XID, DID, NFID, IPID,
 * Correlation ID) and NE. TS 103 221-2 V1.10.1 clause 5.3.9: from 0, +1 per PDU, X2 and X3 apart,
 * wraps after 2^32-1, not per connection. */
#ifndef INGEST_SEQCTX_H
#define INGEST_SEQCTX_H

#include "flow.h"

struct seqctx_table;

/* WINDOW_MAX: numbers remembered per context at most (65536); a context starts small and grows. */
struct seqctx_table *seqctx_new(uint32_t window_max);
void seqctx_free(struct seqctx_table *t);

/* 64-bit name of the context of PDU from NE (never 0). */
uint64_t seqctx_hash(uint32_t ne, const struct x23_pdu *pdu);
/* 64-bit digest of a PDU for "same number, same PDU?": crc32c of the payload and crc32c of what
 * else makes it that PDU. */
uint64_t seqctx_digest(const struct x23_pdu *pdu, uint32_t payload_crc);

enum seqctx_verdict {
	SEQCTX_NEW,	  /* next number, or the first of the context */
	SEQCTX_GAP,	  /* new, and numbers first..last are missing before it */
	SEQCTX_LATE,	  /* fills a gap */
	SEQCTX_DUPLICATE, /* same number, same digest */
	SEQCTX_REUSE,	  /* same number, other digest */
	SEQCTX_AGAIN,	  /* same number; what came with it was noted without a digest: not kept */
	SEQCTX_RESTART /* the POI began again at a low number (first..last: 0..number-1 missing when
			  number > 0) */
};
struct seqctx_result {
	enum seqctx_verdict verdict;
	uint32_t first, last; /* SEQCTX_GAP; SEQCTX_RESTART when number > 0 */
};

/* The rules stand in seqctx.c; in doubt a PDU is kept (LATE or REUSE), only an equal digest makes a
 * DUPLICATE. Judge without changing anything, then note what came (NEW, GAP, LATE, REUSE,
 * AGAIN, RESTART), with digest 0 when it was not kept.  TS_NS: time of the PDU, for telling a
 * restart from a late one. */
struct seqctx_result seqctx_check(
    struct seqctx_table *t, uint64_t ctx, uint32_t seq, uint64_t digest, int64_t ts_ns);
void seqctx_note(struct seqctx_table *t, uint64_t ctx, uint32_t seq, uint64_t digest, int64_t ts_ns,
    enum seqctx_verdict v);

/* Forget contexts idle since BEFORE_NS.  Returns how many. */
size_t seqctx_expire(struct seqctx_table *t, int64_t before_ns);
/* Recovery: seqctx_restore() what the snapshot holds, then seqctx_note(..., SEQCTX_NEW) each record
 * of the spool in its order, also those that the snapshot knew: they fill the window again. */
/* For the state snapshot: (ctx, last number, last time) of each; restore with seqctx_restore. */
typedef void (*seqctx_cb)(uint64_t ctx, uint32_t last, int64_t ts_ns, void *arg);
void seqctx_each(struct seqctx_table *t, seqctx_cb cb, void *arg);
void seqctx_restore(struct seqctx_table *t, uint64_t ctx, uint32_t last, int64_t ts_ns);
size_t seqctx_count(const struct seqctx_table *t);
uint64_t seqctx_octets(const struct seqctx_table *t); /* of memory */

#endif
