/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one segment file: what readers and recovery have in common.  Decides what is believed
 * (FORMAT), not what to do about the rest. */
#ifndef SPOOL_SEG_IN_H
#define SPOOL_SEG_IN_H

#include "spool/segment.h"

struct seg_in {
	int fd; /* -1: closed */
	struct segment_head head;
	uint64_t len; /* octets that may be looked at: header's length or the file's, whichever is
			 less */
	uint8_t *buf; /* kept over open and close; freed by fini */
	size_t buf_cap, buf_n;
	uint64_t buf_off;
	int err;      /* the disk did not answer (errno): what was not found may be there */
	bool give_up; /* what gives EIO is damaged */
};

void seg_in_init(struct seg_in *in);
void seg_in_fini(struct seg_in *in);

/* Open segment SEG in QUEUE_DIR.  0, -ENOENT, -EBADMSG (neither copy of the header is good),
 * -errno: the disk did not answer. */
int seg_in_open(
    struct seg_in *in, const char *queue_dir, uint32_t lea, enum ho_class class, uint64_t seg);
void seg_in_close(struct seg_in *in);
/* Nothing is read for a while: wipe and give back what was read ahead. */
void seg_in_rest(struct seg_in *in);
/* Forget what was read ahead. */
void seg_in_forget(struct seg_in *in);

/* N octets at OFF, not looking at or behind LIMIT.  Valid until the next call; NULL: not there. */
const uint8_t *seg_in_at(struct seg_in *in, uint64_t off, size_t n, uint64_t limit);

/* Header at OFF, when it is believed. */
bool seg_in_rec(struct seg_in *in, uint64_t off, uint64_t limit, struct segment_rec *r);
/* Octets of the record R at OFF, when their CRC agrees; else NULL. */
const uint8_t *seg_in_body(
    struct seg_in *in, uint64_t off, uint64_t limit, const struct segment_rec *r);
/* First believed header at or behind *OFF whose number is at least MIN_REC; *off is set to its
 * place. */
bool seg_in_find(
    struct seg_in *in, uint64_t *off, uint64_t limit, uint64_t min_rec, struct segment_rec *r);

#endif
