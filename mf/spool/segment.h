/* SPDX-License-Identifier: Apache-2.0 */
/* Segment files: the octets of mf/spool/FORMAT, file names, directory listing.  No state, no
 * policy. */
#ifndef SPOOL_SEGMENT_H
#define SPOOL_SEGMENT_H

#include "base/crc32c.h"
#include "spool/spool.h"

#include <stddef.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the structs below are images of little-endian octets on disk"
#endif

#define SEGMENT_HEAD_LEN 4096 /* records begin here */
#define SEGMENT_HEAD_COPY 2048
#define SEGMENT_LEN_MIN 16384
#define SEGMENT_FIRST_LEN (UINT32_C(1) << 20) /* a queue begins with this much */
#define SEGMENT_MODE 0640
#define SEGMENT_DIR_MODE 0750
#define SEGMENT_PATH_MAX 512

struct segment_head {
	uint8_t magic[8];
	uint16_t version;
	uint8_t class, pad;
	uint32_t lea;
	uint64_t seg, first_rec, nonce, len, begun_ns;
	uint32_t pad2, crc;
};
_Static_assert(sizeof(struct segment_head) == 64, "FORMAT");

struct segment_rec {
	uint64_t nonce;
	uint32_t crc; /* over nonce and what follows */
	uint32_t n;
	uint64_t rec;
	struct spool_meta meta;
	uint32_t body_crc;
	uint32_t window; /* records in front that were not durable at append */
};
#define SEGMENT_REC_LEN 96
#define SEGMENT_REC_CRC_FROM 12
#define SEGMENT_END UINT32_MAX
_Static_assert(sizeof(struct spool_meta) == 64, "FORMAT");
_Static_assert(sizeof(struct segment_rec) == SEGMENT_REC_LEN, "FORMAT");
_Static_assert(offsetof(struct segment_rec, meta) == 24, "FORMAT");
_Static_assert(offsetof(struct segment_rec, window) == 92, "FORMAT");

/* Octets that a record of N octets takes in a segment. */
static inline uint64_t
segment_rec_space(uint64_t n)
{
	return SEGMENT_REC_LEN + ((n + 7) & ~UINT64_C(7));
}

static inline uint32_t
segment_rec_crc(const struct segment_rec *r)
{
	return crc32c(crc32c(0, &r->nonce, sizeof(r->nonce)),
	    (const uint8_t *)r + SEGMENT_REC_CRC_FROM, SEGMENT_REC_LEN - SEGMENT_REC_CRC_FROM);
}

/* Fill the 4096 octets of BLOCK; magic, version and CRC are set here. */
void segment_head_encode(const struct segment_head *h, uint8_t *block);
/* Either copy in BLOCK that names (LEA, CLASS, SEG).  0, or -EBADMSG. */
int segment_head_decode(
    const uint8_t *block, uint32_t lea, enum ho_class class, uint64_t seg, struct segment_head *h);

/* Name of the directory of a class; never NULL. */
const char *segment_class_dir(enum ho_class class);
/* Paths to BUF of SEGMENT_PATH_MAX octets; 0 or -ENAMETOOLONG. */
int segment_dir_path(char *buf, const char *dir, uint32_t lea, enum ho_class class);
int segment_spare_path(char *buf, const char *dir, uint32_t lea);
int segment_file_path(char *buf, const char *queue_dir, uint64_t seg, const char *suffix);

struct segment_entry {
	uint64_t seg, len;
	uint64_t rec; /* number of its first record */
	uint64_t end; /* where its records end; 0: neither is known */
};
/* Files DIR/<16 hex><SUFFIX> in ascending order.  *list is new (free it), NULL when there are none.
 * 0 (also for a missing directory) or -errno. */
int segment_list(const char *dir, const char *suffix, struct segment_entry **list, size_t *n);

/* N octets at OFF, and fdatasync: an interrupted call is made again, a short write goes on.  0 or
 * -errno. */
int segment_write(int fd, const void *p, size_t n, uint64_t off);
int segment_sync(int fd);

#endif
