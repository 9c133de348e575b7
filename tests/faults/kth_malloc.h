/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of the daemon in which the k-th allocation fails; see kth_malloc.c. */
#ifndef KTH_MALLOC_H
#define KTH_MALLOC_H

#include <stdbool.h>

struct piece {
	const char *name;
	bool may_refuse; /* a library without the daemon's allocator reports it as its error */
	const char *(*make)(void); /* what it needs; returns its folder */
	/* The piece itself: 0 done, 1 refused with a reason; anything else is told by abort().  It
	 * is told when the part that fails begins. */
	int (*run)(void (*begin)(void), void (*end)(void));
	void (*again)(void); /* in a new process, with what is on disk after any end of run() */
};

/* The folder that make() named, in any process. */
const char *kth_dir(void);

extern const struct piece piece_open_db, piece_operation;

#endif
