/* SPDX-License-Identifier: Apache-2.0 */
/* The taskset image (mf/session/taskset.h) of what the database says now. */
#ifndef ADMIN_TASKSET_BUILD_H
#define ADMIN_TASKSET_BUILD_H

#include <stddef.h>
#include <stdint.h>

struct store;

/* A warrant stays in the image so long after its end: late PDUs of its window are still taken, and
 * a reject says EXPIRED, not XID-UNKNOWN. */
#define TASKSET_KEEP_NS (INT64_C(7) * 86400 * 1000000000)

/* Build the image of NOW_NS; *out is new memory of *len octets.  Drafts are left out.  Returns 0 or
 * -EIO. */
int taskset_build(struct store *s, int64_t now_ns, void **out, size_t *len, uint64_t *version);
/* An image with the warrant of row WARRANT only, whatever its state, for task_doc() with index 0;
 * no warrant in it when there is no such row. */
int taskset_build_one(struct store *s, int64_t warrant, void **out, size_t *len);

#endif
