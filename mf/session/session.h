/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: what one CIN names for one warrant, and its handover numbering.  A closed session keeps
 * its CIN and its next numbers for good, so that no number ever names two PDUs.  Nothing is
 * allocated for a PDU of a known session.
 *
 * CIN = first 31 bits of SHA-256(deployment key, LIID, XID, correlation key), so that two mediators
 * of one deployment agree; 0 stays free for TRI PDUs.  A CIN that the LEA has already for another
 * session: again with a counter (1, 2, ...) appended.  Uniqueness is kept per LEA, which contains
 * "per LIID", also for two warrants of one LIID. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "flow.h"
#include "session/payload.h"

#include <sys/queue.h>

#define SESSION_SECRET_LEN 32 /* octets of the deployment key */
#define SESSION_NES_MAX 4     /* NEs remembered per session, for people */

/* Number series of a session. */
enum session_series {
	SESSION_IRI = 0,
	SESSION_CC = 1,
	SESSION_HASH = 2, /* integrityCheck PDUs: hashes, signatures */
	SESSION_SIGNATURE = 3,
	SESSION_SERIES_N = 4
};

struct session {
	TAILQ_ENTRY(session) lru; /* open sessions only, longest idle first */
	uint32_t warrant, lea;
	uint8_t key[16]; /* keyed hash of (XID, correlation key) */
	uint32_t cin;
	uint32_t next[SESSION_SERIES_N]; /* next sequence number, see enum session_series */
	int64_t first_ns, last_ns;	 /* wall clock of its first and last PDU */
	struct dialog dialog;
	uint16_t tries;		      /* collisions before this CIN was free */
	struct session *joined;	      /* what came for this one goes there; NULL: not joined */
	struct session *parent;	      /* the access that a service session uses; NULL: not known */
	uint32_t link_cin;	      /* the session joined last; 0: none */
	uint32_t ne[SESSION_NES_MAX]; /* rows of NEs that sent for it, 0: none */
	uint32_t formats; /* bit i: payload format i came for it; bit 31: a format not known */
	bool open;
	bool correlated; /* its key is a Correlation ID */
	bool media;	 /* a media name of it opens CC of other NEs */
	bool signalled;	 /* IRI was handed over */
	bool link_new;	 /* link_cin was not handed over yet */
	/* Of IRI and CC (SESSION_IRI, SESSION_CC), in the queue of its class: records up to its
	 * last one, 0: none known; its destination, or SESSION_DEST_ANY: perhaps several.  Not in
	 * the state file: recovery takes it from the spool, see session_spool_before(). */
	uint64_t rec[2];
	uint32_t dest[2];
	bool rec_most[2]; /* rec is not where the last one is, it lies before that */
	uint8_t cc_class; /* queue of its CC, HO_VOICE or HO_CC: one, as CC has one numbering and
			   * its order is kept; 0: none came yet */
};

#define SESSION_DEST_ANY UINT32_MAX

/* Index into next[]. */
static inline unsigned session_series(enum ho_class class)
{
	return class == HO_IRI ? SESSION_IRI : SESSION_CC;
}

struct session_table;

struct session_table *session_table_new(const uint8_t secret[SESSION_SECRET_LEN]);
void session_table_free(struct session_table *t);

/* The name of a session in its warrant: 128-bit SipHash-2-4 of XID and KEY under the deployment
 * key. */
void session_key(
    const struct session_table *t, const uint8_t xid[16], struct octets key, uint8_t out[16]);

/* NULL: not known. */
struct session *session_find(struct session_table *t, uint32_t warrant, const uint8_t key[16]);

/* A new open session.  KEY is the result of session_key() for (XID, CORRELATION).  It must not be
 * known yet.  Valid as long as the table. */
struct session *session_new(struct session_table *t, uint32_t warrant, uint32_t lea,
    const uint8_t key[16], struct octets liid, const uint8_t xid[16], struct octets correlation,
    int64_t now_ns);

/* A PDU came: open it again if it was closed, and remember the time.  Returns true when it was
 * closed. */
bool session_touch(struct session_table *t, struct session *s, int64_t now_ns);
void session_close(struct session_table *t, struct session *s);

/* Close all sessions without a PDU since BEFORE_NS; CB (may be NULL) sees each after it was closed.
 * Returns how many. */
typedef void (*session_cb)(struct session *s, void *arg);
size_t session_idle(struct session_table *t, int64_t before_ns, session_cb cb, void *arg);

/* N sessions are going to be restored: make room for them at once. */
void session_reserve(struct session_table *t, size_t n);
/* S (its warrant, LEA, key and CIN) is going to be restored soon: have the places of the indexes
 * brought to the processor's cache. */
void session_expect(const struct session_table *t, const struct session *s);
/* Put back what was known before a restart.  FROM: every field but lru counts.  An existing session
 * takes the higher numbers. Returns the session, or NULL when (LEA, CIN) belongs to another one
 * already (a damaged state file). */
struct session *session_restore(struct session_table *t, const struct session *from);
/* The numbering of our own notices (TRI PDUs, CIN 0) to LEA: a session of warrant 0, never open,
 * kept like the others. */
struct session *session_notices(struct session_table *t, uint32_t lea);

/* What came for S goes into TO from now on (S is closed); no circles are made: S and TO are
 * followed first.  Returns the session that remains. */
struct session *session_join(struct session_table *t, struct session *s, struct session *to);
/* S, or what it was joined into. */
struct session *session_follow(struct session *s);
/* Its numbers of CLASS begin again; S may be NULL. */
void session_reset(struct session *s, enum ho_class class);
/* NE sent for S.  Returns true when it was not known of S and is remembered now. */
bool session_seen_ne(struct session *s, uint32_t ne);
/* CIN of the session that an IRI of S names in its header: the one that was joined last, once; then
 * the access that it uses; without one, the joined one again.  0: none. */
uint32_t session_link(const struct session *s);

/* A record of the spool: the session had CIN and number SEQ of SERIES (SESSION_SERIES_N: none of
 * its own) at TIME_NS. */
struct session *session_replay(struct session_table *t, uint32_t lea, enum session_series series,
    uint32_t warrant, const uint8_t key[16], uint32_t cin, uint32_t seq, int64_t time_ns);

/* Record number REC of the queue of CLASS, for destination DEST, is of S.  EARLIER: S may have had
 * records before that nobody has seen. */
static inline void
session_spooled(struct session *s, enum ho_class class, uint64_t rec, uint32_t dest, bool earlier)
{
	unsigned i = session_series(class);

	if (s->rec[i] == 0)
		s->dest[i] = earlier ? SESSION_DEST_ANY : dest;
	else if (s->dest[i] != dest)
		s->dest[i] = SESSION_DEST_ANY;
	s->rec[i] = rec + 1;
	s->rec_most[i] = false;
}
/* What S has in the queue of CLASS lies before record REC, if no record of it was seen. */
void session_spool_before(struct session *s, enum ho_class class, uint64_t rec);

void session_each(struct session_table *t, session_cb cb, void *arg);
size_t session_n(const struct session_table *t);
size_t session_open_n(const struct session_table *t);

#endif
