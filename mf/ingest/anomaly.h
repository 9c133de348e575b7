/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what was not handed over, and why, to the journal queue: rejects, gaps, duplicates, NE
 * events.  Never the content: a SHA-256 of the PDU. At most ANOMALY_SINGLE entries of their own per
 * NE and second; beyond that, and for duplicates and shed PDUs always, equal ones are counted
 * together and written by anomaly_flush().  Of those, at most ANOMALY_SESSIONS per second are kept
 * apart by session; what is beyond is counted for the warrant, with no session (CIN 0). */
#ifndef INGEST_ANOMALY_H
#define INGEST_ANOMALY_H

#include "flow.h"
#include "spool/journal.h"
#include "spool/spool.h"

#define ANOMALY_SINGLE 1000
#define ANOMALY_SESSIONS 256

struct anomaly_log;

struct anomaly {
	enum journal_kind kind;
	uint16_t code; /* enum reject_code; for JOURNAL_SHED too */
	uint32_t ne, warrant;
	uint32_t cin;		   /* session of WARRANT; 0: none known */
	uint32_t count;		   /* 0 means 1 */
	uint32_t first, last;	   /* sequence numbers of a gap */
	uint64_t ctx;		   /* sequence context, for recovery; 0: none */
	const struct x23_pdu *pdu; /* concerned, or NULL */
	struct octets raw;	   /* digest of this, when PDU is NULL */
	const char *text;	   /* NULL: none.  Never content, never a target identity */
	bool count_only;	   /* no entry of its own */
};

/* S is borrowed.  Returns new. */
struct anomaly_log *anomaly_log_new(struct spool *s);
void anomaly_log_free(struct anomaly_log *l);

void anomaly_write(struct anomaly_log *l, const struct anomaly *a, int64_t now_ns);
/* Append what was counted together to the open batch.  Before every barrier, and once per second.
 */
void anomaly_flush(struct anomaly_log *l, int64_t now_ns);

#endif
