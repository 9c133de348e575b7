/* SPDX-License-Identifier: Apache-2.0 */
/* The durable spool: per LEA and class a queue of recycled, preallocated segment files.  Octets on
 * disk: mf/spool/FORMAT. Writer side (ingest): spool_*.  Reader side (deliver, admin):
 * spool_reader.h.  One writer thread does pwritev and fdatasync; all functions here belong to the
 * loop thread. */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include "base/octets.h"
#include "flow.h"

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct spool;
struct spool_q;

/* A place in a queue: the next record starts at OFF of segment SEG; REC records lie before it since
 * the queue began. */
struct spool_pos {
	uint64_t seg;
	uint64_t rec;
	uint32_t off;
	uint32_t pad;
};

enum spool_kind {
	SPOOL_REC_HO = 1,     /* a PS-PDU made from an X2/X3 PDU */
	SPOOL_REC_NOTICE = 2, /* a PS-PDU made by us: gap or overload notice (operatorLeaMessage) */
	SPOOL_REC_JOURNAL = 3, /* a journal entry, see journal.h */
	SPOOL_REC_STATE = 4,   /* for recovery only, see session/state.h: never handed over */
	SPOOL_REC_CHECK = 5,   /* a PS-PDU made by us: integrityCheck; iri_type 1: a signature */
	SPOOL_REC_FLAG = 6     /* a PS-PDU made by us: segment flags, cINReset; its seq is no number
				  of a series */
};

/* What is kept with each record, beside its octets.  Enough to rebuild sequence numbers, sessions,
 * duplicate detection and counters. */
struct spool_meta {
	uint32_t warrant; /* warrant row; 0 in the journal when no warrant is concerned */
	uint32_t dest;	  /* destination row; 0 in the journal */
	uint32_t cin;
	uint32_t seq;	  /* handover sequence number */
	uint64_t recv_ns; /* receive time, wall clock */
	uint64_t ctx;	  /* hash of the X2/X3 sequence context; 0: none */
	uint64_t digest;  /* digest of the X2/X3 PDU for duplicate detection */
	uint8_t key[16];  /* hashed session key */
	uint32_t xseq;	  /* X2/X3 sequence number (attribute 8) */
	uint8_t kind;	  /* enum spool_kind */
	uint8_t flags;	  /* SPOOL_F_... */
	uint8_t iri_type; /* 0 for CC */
	uint8_t pad;	  /* the mediator's: how far the dialog is after this record */
};
#define SPOOL_F_XSEQ 1	   /* xseq is there */
#define SPOOL_F_REUSE 2	   /* same X2/X3 number with another payload: kept and flagged */
#define SPOOL_F_BEGIN 4	   /* opens the session */
#define SPOOL_F_END 8	   /* closes the session */
#define SPOOL_F_RESTART 16 /* the POI began its X2/X3 numbers again with this one */
#define SPOOL_F_LIID 32	   /* seq is counted per LIID, not per session */
#define SPOOL_F_EXTRA 64   /* one more record of a PDU, or of none: not counted as received */

struct spool_conf {
	const char *dir;      /* queues live in DIR/<lea>/<class>/ */
	uint64_t segment_len; /* octets, multiple of 4096, 16 KiB..4 GiB; a record takes up to this
				 less 4200; default 64 MiB */
	uint64_t
	    quota_len; /* octets of segments per LEA (not of LEA 0, the journal); 0: no quota */
	uint64_t free_floor_len; /* keep this much of the file system free */
	uint32_t commit_len;	 /* commit at this many octets per queue with data, default 1 MiB */
	uint32_t
	    commit_us; /* or after this time, default 5000; longer when batches have many files */
	uint64_t pending_max; /* octets appended and not yet durable, in memory; default 64 MiB */
};

enum spool_event {
	SPOOL_EV_DURABLE, /* spool_durable() has grown */
	SPOOL_EV_QUOTA, /* a queue's LEA crossed 50/80/95/100 % (either way); see spool_lea_level()
			 */
	SPOOL_EV_FLOOR	/* free space fell under the floor, or came back; see spool_full() */
};
/* LEA is set for SPOOL_EV_QUOTA. */
typedef void (*spool_event_cb)(enum spool_event ev, uint32_t lea, void *arg);

/* Start the writer thread.  Returns new, or NULL with errno.  An error of fdatasync or pwrite other
 * than ENOSPC is fatal: log_fatal. */
struct spool *spool_open(
    const struct spool_conf *conf, struct event_base *base, spool_event_cb cb, void *arg);
/* Commit what is pending, wait for it, stop the thread, close. */
void spool_close(struct spool *s);

/* The queue of (LEA, CLASS); opened on first use: directory made, segments found, last one scanned
 * to its end (torn tail cut and logged as SPOOL-TORN, missing segment as SPOOL-MISSING, damaged
 * record as SPOOL-DAMAGED).  LEA 0 with HO_JOURNAL is the journal. Returns a queue owned by S, or
 * NULL with errno. */
struct spool_q *spool_queue(struct spool *s, uint32_t lea, enum ho_class class);
/* The same when it is not open yet, and records before KNOWN (NULL: none) are known to have been
 * durable: one that is damaged is then no torn tail, and what lies behind it is kept. */
struct spool_q *spool_queue_known(
    struct spool *s, uint32_t lea, enum ho_class class, const struct spool_pos *known);

/* Iterate valid records of Q from FROM (zeroed: the oldest) to its end, before anything is
 * appended.  Used for recovery. CB gets the place of the record and the octets (valid during the
 * call).  Returns 0, or -errno when the disk does not answer: what was iterated is not all. */
typedef void (*spool_replay_cb)(
    const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg);
int spool_replay(struct spool_q *q, const struct spool_pos *from, spool_replay_cb cb, void *arg);

/* True when an append of LEN octets may be made now: memory for pending octets, free space.  False:
 * stop reading from the NEs; SPOOL_EV_DURABLE or SPOOL_EV_FLOOR will come. */
bool spool_room(struct spool *s, size_t len);
/* True when the LEA's quota would be passed: shed (count, notice), do not append. IRI has a
 * sixteenth more than CC, so that CC is shed first. */
bool spool_over_quota(struct spool_q *q, size_t len);

/* Append one record in the open batch: the three runs of REC are copied.  BODY_CRC is crc32c of
 * rec->body (computed once per PDU, combined per receiver).  The place of the record goes to *at
 * when not NULL.  Returns 0, -EMSGSIZE (larger than a segment). Does not refuse for want of space
 * or memory: ask spool_room() before.  No callback is made from inside. */
int spool_append(struct spool_q *q, const struct spool_meta *m, const struct ho_record *rec,
    uint32_t body_crc, struct spool_pos *at);

/* Number of the batch that appends now join; a batch is durable when spool_durable() >= its number.
 * For a barrier with nothing appended, spool_barrier() gives the number to wait for (it may be
 * durable already). */
uint64_t spool_barrier(const struct spool *s);
uint64_t spool_durable(const struct spool *s);
/* To be called at the end of each loop turn: commits now if the writer is idle and there is little
 * input; otherwise thresholds decide. */
void spool_turn(struct spool *s);

/* End of what is durable in Q, for SPOOL messages to the reader. */
struct spool_pos spool_head(const struct spool_q *q);
/* End of what was appended, durable or not. */
struct spool_pos spool_tail(const struct spool_q *q);
/* Octets of a queue that recovery has to read again at least, to know what network elements send
 * again: pending_max, within limits. */
uint64_t spool_reach(const struct spool_conf *c);
/* Where that begins: at the first record of a segment, one before the last or older.  While the
 * disk is full it is that one: space is worth more then than repetitions that are recognised. */
struct spool_pos spool_back(const struct spool_q *q);
/* The reader does not need segments below SEG any more, and neither does recovery: recycle them. */
void spool_release(struct spool_q *q, uint64_t seg); /* the segment being written stays */

/* Iterate the open queues (for status and notification). */
typedef void (*spool_q_cb)(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg);
void spool_each(struct spool *s, spool_q_cb cb, void *arg);
/* Octets in segments of a LEA; level is 0, 50, 80, 95 or 100. */
uint64_t spool_lea_len(const struct spool *s, uint32_t lea);
unsigned spool_lea_level(const struct spool *s, uint32_t lea);
/* Free space is under the floor, or the disk answered ENOSPC: nothing is appended until it is over.
 */
bool spool_full(const struct spool *s);

#endif
