/* SPDX-License-Identifier: Apache-2.0 */
/* Hash records on their way to the journal: of segments before they are given back, of integrity
 * checks when they are appended, and after a crash of those checks whose record was lost, or whose
 * record was kept although they were never sent. */
#ifndef INGEST_EVIDENCE_H
#define INGEST_EVIDENCE_H

#include "handover/integrity.h"
#include "spool/journal.h"
#include "spool/spool.h"

struct evidence {
	struct journal_entry entry;
	struct journal_hash hash;
};

/* Append E to the journal in the open batch.  False: the journal queue cannot be opened. */
bool evidence_write(struct spool *s, const struct evidence *e);

/* An integrity check: fill E.  SEQ: its number in its series; what it covers comes by
 * evidence_cover(). */
void evidence_check(struct evidence *e, const struct integrity_stream *st, bool signature,
    uint32_t seq, struct octets value, uint8_t data_type, uint8_t alg, int64_t now_ns);
void evidence_cover(struct evidence *e, uint32_t seq);

/* Recovery: what behind the state file was sent, and what was recorded. */
struct evidence_log;
struct evidence_log *evidence_log_new(void);
void evidence_log_free(struct evidence_log *l);
/* A check record of a queue; PDU its octets. */
void evidence_log_sent(struct evidence_log *l, const struct integrity_stream *st, uint32_t seq,
    struct octets pdu, int64_t time_ns);
/* A journal entry of kind JOURNAL_HASH; others change nothing. */
void evidence_log_recorded(struct evidence_log *l, struct octets entry);
/* Write what is missing: records of checks that have none, and voids.  Returns how many. */
size_t evidence_log_settle(struct evidence_log *l, struct spool *s, int64_t now_ns);

#endif
