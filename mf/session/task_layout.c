/* SPDX-License-Identifier: Apache-2.0 */
/* See task_layout.h. */
#include "session/task_layout.h"

#include <errno.h>
#include <string.h>

int
task_layout_read(const void *image, size_t len, struct task_layout *l, const char **why)
{
	*why = "header";
	if (len < sizeof(l->hdr))
		return -EINVAL;
	memcpy(&l->hdr, image, sizeof(l->hdr));
	if (l->hdr.magic != TASKSET_MAGIC || l->hdr.layout != TASKSET_LAYOUT)
		return -EINVAL;
	l->ne = sizeof(l->hdr);
	l->warrant = l->ne + (uint64_t)l->hdr.ne_n * sizeof(struct taskset_ne);
	l->xid = l->warrant + (uint64_t)l->hdr.warrant_n * sizeof(struct taskset_warrant);
	l->allow = l->xid + (uint64_t)l->hdr.xid_n * sizeof(struct taskset_xid);
	l->profile = l->allow + (uint64_t)l->hdr.allow_n * sizeof(uint32_t);
	l->rule = l->profile + (uint64_t)l->hdr.profile_n * sizeof(struct taskset_profile);
	l->dest = l->rule + (uint64_t)l->hdr.rule_n * sizeof(struct taskset_rule);
	l->strings = l->dest + (uint64_t)l->hdr.dest_n * sizeof(struct taskset_dest);
	l->end = l->strings + l->hdr.strings_n;
	*why = "length";
	return l->end == len ? 0 : -EINVAL;
}
