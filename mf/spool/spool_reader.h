/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a spool queue from another process: only up to a head that the writer has announced as
 * durable.  Each record's CRC32C is checked before it is given out.  mf/spool/FORMAT says what a
 * reader must believe. */
#ifndef SPOOL_READER_H
#define SPOOL_READER_H

#include "spool/spool.h"

struct spool_reader;

struct spool_rec {
	struct spool_meta meta;
	struct octets
	    octets; /* the PS-PDU or journal entry; valid until the next call on the reader */
	struct spool_pos pos;  /* of this record */
	struct spool_pos next; /* behind it: a cursor that has passed it */
};

/* Directory of a queue is DIR/<lea>/<class>/.  FROM zeroed: the oldest record there is.  Returns
 * new; never fails for a missing directory (there is nothing to read yet). */
struct spool_reader *spool_reader_open(
    const char *dir, uint32_t lea, enum ho_class class, const struct spool_pos *from);
void spool_reader_close(struct spool_reader *r);

/* Next record in front of HEAD.  Returns 1 and *out; 0 when HEAD is reached; -EBADMSG when a record
 * is damaged or a segment is missing: *out holds pos and next (the place where reading goes on;
 * next.rec - pos.rec records are skipped, at least 1), the caller records the gap and calls again;
 * another -errno when the disk does not answer: nothing is skipped, call again later.  A place that
 * gives EIO for SPOOL_READER_PATIENCE_S is damaged. */
#define SPOOL_READER_PATIENCE_S 600
int spool_reader_next(struct spool_reader *r, const struct spool_pos *head, struct spool_rec *out);

/* Go back to POS (resend). */
void spool_reader_seek(struct spool_reader *r, const struct spool_pos *pos);

/* Keep nothing of what was read in memory. */
void spool_reader_rest(struct spool_reader *r);

/* Where the next call will read. */
struct spool_pos spool_reader_pos(const struct spool_reader *r);

#endif
