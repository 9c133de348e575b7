/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of segments; see seghash.h. */
#include "delivery/seghash.h"

#include "base/log.h"
#include "spool/segment.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGHASH_READ (256u * 1024) /* octets of one read: they stay in the second-level cache */

struct seghash {
	char dir[SEGMENT_PATH_MAX];
	uint32_t lea;
	enum ho_class class;
	uint64_t next; /* segments below are done */
	int fd;	       /* of the segment being read; -1: none */
	struct stat st;
	uint64_t at;
	struct seghash_done now;
	EVP_MD_CTX *md;
	uint8_t *buf;
};

struct seghash *
seghash_new(const char *dir, uint32_t lea, enum ho_class class)
{
	struct seghash *h = calloc(1, sizeof(*h));
	int r;

	assert(h != NULL);
	r = segment_dir_path(h->dir, dir, lea, class);
	assert(r == 0);
	(void)r;
	h->lea = lea;
	h->class = class;
	h->fd = -1;
	h->md = EVP_MD_CTX_new();
	h->buf = malloc(SEGHASH_READ);
	assert(h->md != NULL && h->buf != NULL);
	return h;
}

static void
seghash_close(struct seghash *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}

void
seghash_free(struct seghash *h)
{
	if (h == NULL)
		return;
	seghash_close(h);
	EVP_MD_CTX_free(h->md);
	free(h->buf);
	free(h);
}

void
seghash_restart(struct seghash *h)
{
	seghash_close(h);
	h->next = 0;
}

/* Number of the first record of SEG, as its header says; 0 when it cannot be read. */
static uint64_t
seghash_first(const struct seghash *h, uint64_t seg, int *keep)
{
	uint8_t block[SEGMENT_HEAD_LEN];
	struct segment_head head = {0};
	char path[SEGMENT_PATH_MAX];
	int fd;

	if (segment_file_path(path, h->dir, seg, ".seg") < 0)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && pread(fd, block, sizeof(block), 0) == (ssize_t)sizeof(block) &&
	    segment_head_decode(block, h->lea, h->class, seg, &head) < 0)
		head.first_rec = 0;
	if (keep != NULL)
		*keep = fd;
	else if (fd >= 0)
		close(fd);
	return head.first_rec;
}

/* Open the oldest segment that is not done, when it lies in front of BELOW. */
static bool
seghash_open(struct seghash *h, uint64_t below)
{
	struct segment_entry *list;
	size_t n, i = 0;
	bool found = false;

	if (segment_list(h->dir, ".seg", &list, &n) < 0)
		return false;
	while (i < n && list[i].seg < h->next)
		i++;
	if (i < n && list[i].seg < below) {
		found = true;
		memset(&h->now, 0, sizeof(h->now));
		h->now.seg = list[i].seg;
		h->next = list[i].seg + 1;
		h->now.first_rec = seghash_first(h, list[i].seg, &h->fd);
		h->now.end_rec = i + 1 < n ? seghash_first(h, list[i + 1].seg, NULL) : 0;
	}
	free(list);
	if (!found)
		return false;
	h->at = 0;
	if (h->fd < 0 || fstat(h->fd, &h->st) < 0 ||
	    EVP_DigestInit_ex(h->md, EVP_sha256(), NULL) != 1) {
		log_err("SPOOL-HASH", "segment %llu of the %s queue cannot be hashed: %s",
		    (unsigned long long)h->now.seg, ho_class_name(h->class), strerror(errno));
		seghash_close(h);
		return true;
	}
	h->now.len = (uint64_t)h->st.st_size;
	return true;
}

/* True when the file still is that segment: it was not given back and written anew meanwhile. */
static bool
seghash_same(const struct seghash *h)
{
	char path[SEGMENT_PATH_MAX];
	struct stat st;

	return segment_file_path(path, h->dir, h->now.seg, ".seg") == 0 && stat(path, &st) == 0 &&
	       st.st_ino == h->st.st_ino && st.st_dev == h->st.st_dev &&
	       st.st_size == h->st.st_size;
}

/* One slice.  False: the file ended before its length, or cannot be read. */
static bool
seghash_slice(struct seghash *h)
{
	uint64_t end = h->at + SEGHASH_SLICE;

	while (h->at < end && h->at < h->now.len) {
		uint64_t left = h->now.len - h->at;
		ssize_t n = pread(
		    h->fd, h->buf, left < SEGHASH_READ ? (size_t)left : SEGHASH_READ, (off_t)h->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || EVP_DigestUpdate(h->md, h->buf, (size_t)n) != 1)
			return false;
		h->at += (uint64_t)n;
	}
	return true;
}

int
seghash_step(struct seghash *h, uint64_t below, struct seghash_done *out)
{
	unsigned n = sizeof(h->now.value);

	if (h->fd < 0) {
		if (!seghash_open(h, below))
			return 0;
		if (h->fd < 0)
			return -EAGAIN;
	}
	if (!seghash_slice(h)) {
		log_err("SPOOL-HASH", "segment %llu of the %s queue cannot be read: no hash",
		    (unsigned long long)h->now.seg, ho_class_name(h->class));
		seghash_close(h);
		return -EAGAIN;
	}
	if (h->at < h->now.len)
		return -EAGAIN;
	seghash_close(h);
	if (EVP_DigestFinal_ex(h->md, h->now.value, &n) != 1 || !seghash_same(h))
		return -EAGAIN;
	*out = h->now;
	return 1;
}
