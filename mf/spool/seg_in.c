/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one segment file; see seg_in.h. */
#include "spool/seg_in.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef CHUNK_LEN /* the fuzz target takes less */
#define CHUNK_LEN (64u * 1024)
#endif

void
seg_in_init(struct seg_in *in)
{
	*in = (struct seg_in){.fd = -1};
}

void
seg_in_forget(struct seg_in *in)
{
	in->buf_n = 0;
}

void
seg_in_close(struct seg_in *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
	seg_in_forget(in);
}

void
seg_in_rest(struct seg_in *in)
{
	seg_in_forget(in);
	if (in->buf_cap > 0)
		explicit_bzero(in->buf, in->buf_cap);
	free(in->buf);
	in->buf = NULL;
	in->buf_cap = 0;
}

void
seg_in_fini(struct seg_in *in)
{
	seg_in_close(in);
	seg_in_rest(in);
}

/* Read N octets at OFF.  Returns what there is; less when the file ends, or with in->err. */
static size_t
read_at(struct seg_in *in, void *p, size_t n, uint64_t off)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(in->fd, (uint8_t *)p + done, n - done, (off_t)(off + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno != EIO || !in->give_up))
			in->err = errno;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static int
read_head(struct seg_in *in, uint32_t lea, enum ho_class class, uint64_t seg)
{
	uint8_t block[SEGMENT_HEAD_LEN];
	struct stat st;
	int rc;

	if (fstat(in->fd, &st) < 0)
		return -errno;
	if (read_at(in, block, sizeof(block), 0) != sizeof(block))
		return in->err != 0 ? -in->err : -EBADMSG;
	rc = segment_head_decode(block, lea, class, seg, &in->head);
	if (rc == 0)
		in->len = in->head.len < (uint64_t)st.st_size ? in->head.len : (uint64_t)st.st_size;
	return rc;
}

int
seg_in_open(
    struct seg_in *in, const char *queue_dir, uint32_t lea, enum ho_class class, uint64_t seg)
{
	char path[SEGMENT_PATH_MAX];
	int rc = segment_file_path(path, queue_dir, seg, ".seg");

	seg_in_close(in);
	in->err = 0;
	if (rc < 0)
		return rc;
	in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in->fd < 0)
		return -errno;
	rc = read_head(in, lea, class, seg);
	if (rc < 0)
		seg_in_close(in);
	return rc;
}

static void
grow(struct seg_in *in, size_t n)
{
	if (n <= in->buf_cap)
		return;
	in->buf_cap = n < CHUNK_LEN ? CHUNK_LEN : n;
	in->buf = realloc(in->buf, in->buf_cap);
	assert(in->buf);
}

/* Read ahead from OFF: N octets at least, a chunk when LIMIT allows. */
static bool
fill(struct seg_in *in, uint64_t off, size_t n, uint64_t limit)
{
	size_t want = n < CHUNK_LEN ? CHUNK_LEN : n;
	int before = in->err;

	if (want > limit - off)
		want = (size_t)(limit - off);
	grow(in, want);
	in->buf_off = off;
	in->buf_n = 0; /* the buffer is not what it says while it is read */
	in->buf_n = read_at(in, in->buf, want, off);
	if (in->buf_n >= n)
		in->err = before; /* behind what is wanted: it comes again when it is */
	return in->buf_n >= n;
}

const uint8_t *
seg_in_at(struct seg_in *in, uint64_t off, size_t n, uint64_t limit)
{
	if (limit > in->len)
		limit = in->len;
	if (in->fd < 0 || off > limit || n > limit - off)
		return NULL;
	if (off < in->buf_off || off + n > in->buf_off + in->buf_n)
		if (!fill(in, off, n, limit))
			return NULL;
	return in->buf + (off - in->buf_off);
}

bool
seg_in_rec(struct seg_in *in, uint64_t off, uint64_t limit, struct segment_rec *r)
{
	const uint8_t *p = seg_in_at(in, off, SEGMENT_REC_LEN, limit);

	if (!p)
		return false;
	memcpy(r, p, sizeof(*r));
	if (r->nonce != in->head.nonce || r->crc != segment_rec_crc(r) ||
	    r->rec < in->head.first_rec)
		return false;
	/* the length it was made with: that of a file that was cut grows again */
	return r->n == SEGMENT_END || segment_rec_space(r->n) <= in->head.len - off;
}

const uint8_t *
seg_in_body(struct seg_in *in, uint64_t off, uint64_t limit, const struct segment_rec *r)
{
	const uint8_t *p = seg_in_at(in, off + SEGMENT_REC_LEN, r->n, limit);

	return p && crc32c(0, p, r->n) == r->body_crc ? p : NULL;
}

/* Offset of the next nonce at a multiple of 8, or LIMIT. */
static uint64_t
next_nonce(struct seg_in *in, uint64_t off, uint64_t limit)
{
	const uint8_t *p;

	for (; off + SEGMENT_REC_LEN <= limit; off += 8) {
		p = seg_in_at(in, off, 8, limit);
		if (!p || memcmp(p, &in->head.nonce, 8) == 0)
			return p ? off : limit;
	}
	return limit;
}

bool
seg_in_find(
    struct seg_in *in, uint64_t *off, uint64_t limit, uint64_t min_rec, struct segment_rec *r)
{
	if (limit > in->len)
		limit = in->len;
	for (uint64_t at = next_nonce(in, *off, limit); at < limit;
	     at = next_nonce(in, at + 8, limit)) {
		if (seg_in_rec(in, at, limit, r) && r->rec >= min_rec) {
			*off = at;
			return true;
		}
	}
	return false;
}
