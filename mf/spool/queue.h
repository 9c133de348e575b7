/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the spool's loop side: what spool.c (policy), queue.c (staging) and recover.c share.
 * Nobody else includes this. */
#ifndef SPOOL_QUEUE_H
#define SPOOL_QUEUE_H

#include "spool/segment.h"
#include "spool/writer.h"

#include <event2/event.h>

#define QUEUE_BLOCK_LEN (256u * 1024)

/* Octets of one file on their way to the disk. */
struct queue_block {
	struct queue_block *next;
	struct spool_q *q;	  /* whose chain it is in; NULL: only the batch has it */
	struct writer_file *file; /* a reference */
	uint64_t off;		  /* of data[0] in the file */
	uint32_t used, taken;	  /* filled; of these handed to the writer */
	unsigned refs;		  /* parts in the batch under way */
	bool clean;		  /* holds nothing */
	uint8_t *data;
};

struct queue_lea {
	struct queue_lea *next;
	uint32_t lea;
	uint64_t used_len; /* octets of its segments */
	unsigned level, level_told;
	struct writer_pool pool;
	struct spool_q *q[HO_CLASS_N];
};

struct spool_q {
	struct spool *s;
	struct queue_lea *lea;
	enum ho_class class;
	char dir[SEGMENT_PATH_MAX];
	struct segment_entry *segs; /* in use, ascending; never empty once there was one */
	size_t segs_n, segs_cap;
	struct writer_file *file; /* being written; NULL: the next append begins one */
	struct spool_pos tail, durable, flight;
	uint64_t next_seg, next_len;
	struct queue_block *first, *last; /* with octets not yet handed over, and room */
	uint64_t dirty_len;
	bool dirty;
	struct spool_q *dirty_next;
};

struct spool {
	struct spool_conf conf;
	char *dir;
	spool_event_cb cb;
	void *arg;
	struct writer writer;
	struct event *writer_ev, *commit_ev, *floor_ev;
	struct queue_lea *leas;
	struct spool_q *dirty, **dirty_end;
	struct queue_block *blocks_free;
	/* the batch under way, and the one that appends join */
	struct writer_batch batch;
	size_t parts_cap;
	struct spool_q **flight;
	size_t flight_n, flight_cap;
	uint64_t flight_len, open_len, turn_len;
	int64_t turn_ns;	      /* turn_len counts since then */
	uint64_t open_no, durable_no; /* in flight: open_no - 1 > durable_no */
	bool in_flight, want, calm, timer_armed, floor_low, full, levels_changed;
};

/* spool.c */
void spool_lea_grew(struct spool *s, struct queue_lea *lea);
/* Q has more staged: commit when it is enough. */
void spool_appended(struct spool_q *q);

/* queue.c */
uint64_t queue_first_len(const struct spool *s);
void queue_seg_add(struct spool_q *q, uint64_t seg, uint64_t len);
/* Octets that a new segment needs at least for a record that takes NEED. */
uint64_t queue_seg_min(const struct spool_q *q, uint64_t need);
/* Move what Q has staged into the batch. */
void queue_take(struct spool_q *q);
/* The batch is durable: give its blocks and files back. */
void queue_parts_done(struct spool *s);
void queue_free(struct spool_q *q);
void queue_blocks_free(struct spool *s);
/* Give back to the system what free blocks still hold of records. */
void queue_blocks_wipe(struct spool *s);

/* recover.c: find segments and end of Q.  0 or -errno. */
int recover_queue(struct spool_q *q, const struct spool_pos *known);

#endif
