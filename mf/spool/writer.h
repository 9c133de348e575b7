/* SPDX-License-Identifier: Apache-2.0 */
/* The writer thread: begins segments, writes parts, makes them durable, recycles files.  One batch
 * at a time.
 *
 * Threads.  The loop thread owns blocks, queues and batches; it hands a batch over with
 * writer_submit and has it back when writer_done() is true.  In between the writer reads the batch
 * and the octets named by it, and changes only the `fd` and `begun` of its files.  Full blocks
 * of a segment that is begun are written by the loop itself, while they are in the cache.  Spare
 * pools belong to the writer alone.  Chores (release, purge) go through a list under the lock, so
 * that they are done while a batch waits for space. */
#ifndef SPOOL_WRITER_H
#define SPOOL_WRITER_H

#include "spool/segment.h"

#include <pthread.h>
#include <stdatomic.h>

#define WRITER_SPARE_MAX                                                                           \
	12 /* files kept per LEA; a burst that is delivered late frees as many at once */

/* Spare files of one LEA. */
struct writer_pool {
	char dir[SEGMENT_PATH_MAX];
	bool loaded;
	uint64_t next; /* number of the next file made or put here */
	struct segment_entry *spare;
	size_t spare_n, spare_cap;
};

/* A segment being written.  Made by the loop; refs counts its uses by queue and parts, in the loop.
 */
struct writer_file {
	struct writer_pool *pool;
	const char *dir; /* of the queue, borrowed */
	struct segment_head head;
	int fd;
	bool begun;  /* the file is there under its name */
	bool sealed; /* nothing follows: durable before the next segment begins */
	bool ready;  /* the loop's: a batch that names it is done, so fd may be used */
	bool early;  /* the loop's: octets were written outside a batch, the next one syncs them */
	unsigned refs;
};

struct writer_part {
	struct writer_file *file;
	void *block; /* the loop's */
	const uint8_t *p;
	size_t n;
	uint64_t off;
};

struct writer_batch {
	struct writer_part *parts; /* by file, ascending in each */
	size_t parts_n;
};

enum writer_chore_kind {
	WRITER_RELEASE,
	WRITER_PURGE
};
struct writer_chore {
	enum writer_chore_kind kind;
	struct writer_pool *pool;
	const char *dir; /* of the queue, borrowed */
	uint64_t seg;
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	struct writer_batch *batch;  /* under lock; NULL: idle */
	bool stop, give_up;	     /* under lock */
	struct writer_chore *chores; /* under lock */
	size_t chores_n, chores_cap;
	atomic_bool done;     /* the batch submitted last is durable */
	atomic_bool no_space; /* the disk answered ENOSPC; tried again until it is over */
	int event_fd;	      /* readable when done or no_space changed */
};

/* 0 or -errno. */
int writer_start(struct writer *w);
/* B is borrowed until writer_done() or writer_stop(). */
void writer_submit(struct writer *w, struct writer_batch *b);
bool writer_done(const struct writer *w);
void writer_chore(struct writer *w, struct writer_chore c);
/* Wait for the batch under way and the chores, then end the thread; a batch that waits for space is
 * given up.  True when everything was written. */
bool writer_stop(struct writer *w);
/* Block until the batch under way is done, or is waiting for space.  True when done. */
bool writer_wait(struct writer *w);

#endif
