/* SPDX-License-Identifier: Apache-2.0 */
/* What the spool tests share: a spool in a temporary directory and records whose octets follow from
 * their number. */
#ifndef SPOOL_FIXTURE_H
#define SPOOL_FIXTURE_H

#include "spool/segment.h"
#include "spool/spool.h"
#include "spool/spool_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define FIXTURE_LEA 7

struct fixture {
	char dir[128]; /* removed at the end */
	struct spool_conf conf;
	struct event_base *base;
	struct spool *s;
	struct spool_q *q;	/* (FIXTURE_LEA, HO_CC) */
	struct spool_pos known; /* what fixture_open gives to spool_queue_known; zero: nothing */
	unsigned durable_n, quota_n, floor_n, quota_lea;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Open and close the spool; the directory stays. */
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);

/* Append record number SEQ of N octets. */
struct spool_pos fixture_append(struct spool_q *q, uint32_t seq, size_t n);
/* Run the loop until all that was appended is durable. */
void fixture_wait(struct fixture *f);
/* COUNT records from SEQ on, their lengths varied around N, durable at the end. */
void fixture_fill(struct fixture *f, uint32_t seq, uint32_t count, size_t n);
/* Whether octets and meta are what fixture_append wrote for this meta.seq. */
bool fixture_good(const struct spool_meta *m, struct octets o);

/* What a reader finds up to HEAD from FROM. */
struct fixture_read {
	uint64_t good, skipped, gaps; /* records, records, -EBADMSG answers */
	uint64_t wrong;		      /* given out and not what was written: must stay 0 */
	struct spool_pos end;
};
struct fixture_read fixture_read(
    const struct fixture *f, const struct spool_pos *from, const struct spool_pos *head);

/* Path of a segment; files in a folder. */
void fixture_seg_path(const struct fixture *f, uint64_t seg, char *path);
unsigned fixture_files(const struct fixture *f, const char *folder);
/* A whole file in memory (free it), and back. */
uint8_t *fixture_load(const char *path, size_t *n);
void fixture_store(const char *path, const uint8_t *p, size_t n);

#endif
