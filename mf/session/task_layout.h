/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of a taskset image begin (taskset.h).  Rows follow each other without padding, so
 * they need not be aligned: copy them out. */
#ifndef SESSION_TASK_LAYOUT_H
#define SESSION_TASK_LAYOUT_H

#include "session/taskset.h"

#include <stddef.h>

struct task_layout {
	struct taskset_hdr hdr;
	uint64_t ne, warrant, xid, allow, profile, rule, dest, strings, end; /* octets */
};

/* Returns 0, or -EINVAL with *why when the header or the length is not that of an image. */
int task_layout_read(const void *image, size_t len, struct task_layout *l, const char **why);

#endif
