/* SPDX-License-Identifier: Apache-2.0 */
/* The straight path of one X2/X3 PDU: XID > warrants > judge > duplicates and gaps > session, CIN,
 * number > PS-PDU > spool, for each warrant on its own. A PDU counts as processed only when all of
 * its records stand in the open batch.  Knows no connection and no other role. */
#ifndef INGEST_MEDIATE_H
#define INGEST_MEDIATE_H

#include "ingest/anomaly.h"
#include "ingest/kept.h"
#include "ingest/keys.h"
#include "ingest/seqctx.h"
#include "session/flowsum.h"
#include "session/names.h"
#include "handover/integrity.h"
#include "session/session.h"
#include "session/task.h"
#include "spool/spool.h"

#include <openssl/evp.h>

struct mediate;
struct mediate_trust;

/* Warrant WARRANT is not served, because WHY; NULL: it is again, or is gone.  WARRANT 0: the key
 * list. */
typedef void (*mediate_unsigned_cb)(void *arg, uint32_t warrant, const char *why);
/* Warrants have to be signed.  ROOT: the key that the key lists are rooted in (taken; NULL: nothing
 * is served).  DIR: folder in which is kept what was seen (trust/keychain.h, ratchet.h).  New. */
struct mediate_trust *mediate_trust_new(
    EVP_PKEY *root, const char *dir, mediate_unsigned_cb cb, void *arg);
void mediate_trust_free(struct mediate_trust *t);

struct mediate_conf {
	struct mediate_trust *trust; /* NULL: nobody asks for signatures (laboratory) */
	struct spool *spool;
	struct session_table *sessions;
	struct account_table *accounts;
	struct seqctx_table *seqctx;
	struct anomaly_log *anomalies;
	struct names *names;
	struct flowsum_table *flows;
	struct keys *keys; /* of the LEAs; NULL: none */
	int64_t grace_ns;  /* see task_judge() */
	int64_t idle_ns;   /* sessions without PDUs close after this */
};

/* Gaps and shedding, for alarms.  LEA is 0 for a gap, XID_N for shedding. */
enum mediate_event {
	MEDIATE_GAP,	  /* numbers are missing in what NE sends */
	MEDIATE_SHED,	  /* a burst of shedding begins for LEA, CLASS */
	MEDIATE_SHED_END, /* it is over */
	MEDIATE_OUTAGE,	  /* the same because a link is down for longer than an order lets wait */
	MEDIATE_OUTAGE_END,
	MEDIATE_QUEUE,	  /* a queue could not be opened: errno is set */
	MEDIATE_METADATA, /* LEA's warrants fall back to metadata only, by rule */
	MEDIATE_METADATA_END,
	MEDIATE_KEY /* a key of LEA is missing or wrong: its warrants stand still */
};
typedef void (*mediate_event_cb)(
    enum mediate_event ev, uint32_t ne, uint32_t lea, enum ho_class class, void *arg);

/* CONF is copied, its members borrowed, but trust is taken.  Returns new. */
struct mediate *mediate_new(const struct mediate_conf *conf, mediate_event_cb cb, void *arg);
void mediate_free(struct mediate *m);

/* Put the task set S in force (taken); the one before is freed. */
void mediate_tasks(struct mediate *m, struct task_set *s);
/* The keys of the LEAs were read again. */
void mediate_rekey(struct mediate *m);
/* NULL before the first. */
struct task_set *mediate_task_set(const struct mediate *m);

/* Who sent a PDU: the NE's row, and which element of a group (a hash of its certificate name). */
struct mediate_src {
	uint32_t ne;
	uint64_t instance; /* 0: the NE is no group */
};

/* One PDU from SRC, read at RECV_NS.  FAULT: what is wrong with it as far as decoding went, else
 * REJECT_NONE. *DONE belongs to the connection and is 0 before a new PDU; it remembers how far a
 * PDU came that has to be offered again. Returns 0: processed; -EAGAIN: no room, stop reading and
 * offer the same PDU with the same DONE later. */
int mediate_pdu(struct mediate *m, const struct mediate_src *src, const struct x23_pdu *pdu,
    int64_t recv_ns, enum reject_code fault, uint32_t *done);
/* Once, with the first task set after a start: sessions whose profile wants it get a cINReset. */
void mediate_restarted(struct mediate *m);
/* Finish what waits to be put together with further PDUs: before each barrier, and at the end of
 * each turn. */
void mediate_turn(struct mediate *m);
/* Before the state is captured: no run of integrity hashes stays open.  False: one could not be
 * closed, the state must not be captured now. */
bool mediate_settle(struct mediate *m);
/* For recovery: it replays records into it. */
struct integrity *mediate_integrity(struct mediate *m);
/* OCTETS of CLASS wait to be delivered to LEA. */
void mediate_backlog(struct mediate *m, uint32_t lea, enum ho_class class, uint64_t octets);
/* Nothing can be delivered to destination DEST of LEA since DOWN_NS (clock_mono_ns()); 0: its link
 * is up. */
void mediate_link(struct mediate *m, uint32_t lea, uint32_t dest, int64_t down_ns);

/* What recovery found behind the state file (taken); NULL ends its use. */
void mediate_kept(struct mediate *m, struct kept *k);
/* It goes into the state file as long as it is used; NULL: it is not. */
const struct kept *mediate_kept_set(const struct mediate *m);

/* In idle time: look at warrants that were not checked yet, for about FOR_NS.  True: there are
 * more.
 */
bool mediate_trust_turn(struct mediate *m, int64_t for_ns);
struct mediate_trust_state {
	bool enforced;
	unsigned key_list;	    /* version in force; 0: none */
	uint64_t n[3];		    /* warrants by enum task_trust */
	uint64_t checked, verified; /* since the start: warrants, pairs of signatures */
};
void mediate_trust_status(const struct mediate *m, struct mediate_trust_state *out);

/* Once per second: close idle sessions, flush counted entries, forget old sequence contexts. */
void mediate_tick(struct mediate *m, int64_t now_ns);

struct mediate_totals {
	uint64_t received,
	    processed;	  /* PDUs with and without fault; with at least one record made */
	uint64_t records; /* PS-PDUs made */
	uint64_t duplicates, gaps, missing; /* PDUs dropped; gaps found; numbers missing in them */
	uint64_t rejected[REJECT_CODE_N];   /* PDUs (XID unknown) or (PDU, warrant) pairs */
};
const struct mediate_totals *mediate_totals(const struct mediate *m);

#endif
