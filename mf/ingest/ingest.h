/* SPDX-License-Identifier: Apache-2.0 */
/* The ingest role: listeners, mediator, spool, checkpoint and the messages to the other roles put
 * together.  Private to mf/ingest/ingest*.c; the role itself is ingest_ops of role.h. */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "base/clock_file.h"
#include "ingest/listener.h"
#include "ingest/mediate.h"
#include "role.h"
#include "session/checkpoint.h"

#include <sys/queue.h>

struct event;

#define INGEST_KEYLESS_MAX 64

/* A queue as this role sees it beyond the spool. */
struct ingest_q {
	LIST_ENTRY(ingest_q) entry;
	uint32_t lea;
	enum ho_class class;
	struct spool_pos told; /* last head that went to the reader */
	uint64_t wanted;       /* reader needs nothing below this segment */
	uint64_t needed;       /* recovery needs this segment and later ones; 0: all */
	uint64_t released;     /* passed to spool_release */
	uint64_t hashed;       /* hashes of the segments below are in the journal */
	uint64_t hash_barrier; /* batch with the last of them */
	bool waits;	       /* for that batch */
};

/* A notice that waits for its batch. */
struct ingest_told {
	uint64_t id, barrier;
};

/* What an NE sent since this process began. */
struct ingest_ne {
	LIST_ENTRY(ingest_ne) entry;
	uint64_t instance; /* of a group; 0: the NE is none */
	uint32_t id, connections;
	char name[64];
	uint64_t pdus, octets, faults;
	int64_t first_ns, last_ns;
	int64_t gap_ns;	 /* last gap; 0: no alarm stands */
	int64_t lost_ns; /* of a group: when its last connection was lost; 0: no alarm stands */
};

/* Owner part of a connection. */
struct ingest_conn {
	struct ingest_ne *ne;
	struct mediate_src src;
	uint32_t done; /* see mediate_pdu() */
};

struct ingest {
	struct role *role;
	char spool_dir[512], state_file[512];
	struct clock_file clock;
	struct spool *spool;
	struct session_table *sessions;
	struct account_table *accounts;
	struct seqctx_table *seqctx;
	struct names *names;
	struct flowsum_table *flows;
	struct keys *keys;
	uint32_t keyless[INGEST_KEYLESS_MAX]; /* LEAs with an alarm about their keys */
	size_t keyless_n;
	bool restarted; /* what a restart means for the LEAs was told */
	struct anomaly_log *anomalies;
	struct mediate *mediate;
	struct listener *listener;
	struct event *tick; /* each second */
	struct event *idle; /* looks at signatures that nobody has asked for yet */
	EVP_PKEY *root;	    /* until the mediator has it */
	bool paused;	    /* no room: the listener waits */
	uint64_t pauses;
	char queue_alarm[48];  /* queue that could not be opened; empty: none */
	int64_t kept_until_ns; /* monotonic; see mediate_kept() */
	int64_t refused_ns;    /* last failed handshake; 0: no alarm stands */
	int64_t refused_s;     /* second that the next two count in */
	unsigned refused_n;    /* failed handshakes */
	unsigned refused_more; /* of them: not listed one by one */
	uint64_t refused[REJECT_CODE_N];
	LIST_HEAD(, ingest_q) queues;
	LIST_HEAD(, ingest_ne) nes;
	/* checkpoint */
	struct checkpoint *pending; /* made, waits until BARRIER is durable; NULL: none */
	uint64_t barrier;
	struct checkpoint_q *pending_q;
	size_t pending_n, pending_max;
	int64_t saved_mono_ns, saved_ns;
	int64_t save_cost_ns;	  /* loop time of the last one, with its fsync */
	struct ingest_told *told; /* notices to be confirmed to admin */
	size_t told_n, told_max;
	bool release_waits; /* ingest_released() has something to do */
	bool rolled;	    /* a queue went on to a new segment since the last one */
	uint64_t saved_n, replayed;
};

/* ingest_queue.c: heads, releases, checkpoints */
struct ingest_q *ingest_queue(struct ingest *g, uint32_t lea, enum ho_class class);
/* Tell readers of heads that moved; ALL: of LEA (0: the journal), moved or not. */
void ingest_heads(struct ingest *g);
void ingest_heads_again(struct ingest *g, uint32_t lea);
void ingest_on_release(struct ingest *g, const struct role_msg_release *m);
/* The hash of a segment: into the journal; the segment may go when that is durable. */
void ingest_on_hash(struct ingest *g, const struct role_msg_hash *m);
void ingest_released(struct ingest *g);
/* A notice to an agency; admin is told when it is durable. */
void ingest_on_notice(struct ingest *g, const struct role_msg_notice *m);
void ingest_told(struct ingest *g);
/* Begin a checkpoint; it is put in place by ingest_save_durable() once all it speaks of is on disk.
 */
void ingest_save(struct ingest *g);
/* Begin one when a queue went on to a new segment: the segments that a checkpoint sets free are
 * written again while they are still in memory, which costs a third of writing fresh ones. Not
 * oftener than INGEST_SAVE_MIN_NS, and for at most a twentieth of the loop's time. */
#define INGEST_SAVE_MIN_NS (CLOCK_NS_PER_S / 4)
void ingest_save_rolled(struct ingest *g);
void ingest_save_durable(struct ingest *g);
/* What the state file found at start says about segments that recovery needs. */
void ingest_needed(struct ingest *g, const struct checkpoint_q *q, size_t n);
void ingest_queues_free(struct ingest *g);

/* ingest_x.c: what the listeners report */
extern const struct listener_cb ingest_listener_cb;
/* Give the NEs of the task set to the listener. */
void ingest_nes(struct ingest *g);
void ingest_nes_free(struct ingest *g);
struct ingest_ne *ingest_ne(struct ingest *g, uint32_t id, uint64_t instance, const char *name);
/* Clear alarms that have been quiet. */
void ingest_x_tick(struct ingest *g, int64_t now_ns);

/* ingest_status.c: returns new. */
json_t *ingest_status(struct role *r, bool brief);
/* Answer ROLE_MSG_SESSIONS_REQ. */
void ingest_sessions(struct ingest *g, const struct role_msg_sessions *req);

#endif
