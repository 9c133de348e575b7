/* SPDX-License-Identifier: Apache-2.0 */
/* How a file becomes a segment and stops being one; the spare files of a LEA.  Only the writer
 * thread calls this. */
#ifndef SPOOL_RECYCLE_H
#define SPOOL_RECYCLE_H

#include "spool/writer.h"

/* Take a spare or make a file, allocate it, write its header, make it durable, give it its name:
 * f->fd is open.  0 or -errno; -ENOSPC can be tried again. */
int recycle_begin(struct writer_file *f);
/* Segment SEG in QUEUE_DIR is not needed: keep it as a spare or remove it. */
void recycle_put(struct writer_pool *p, const char *queue_dir, uint64_t seg);
/* Remove the spares: free space is under the floor. */
void recycle_purge(struct writer_pool *p);

#endif
