/* SPDX-License-Identifier: Apache-2.0 */
/* Files of segments; see recycle.h, and FORMAT "Order of writes". */
#include "spool/recycle.h"

#include "base/file.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZERO_LEN 65536

static void
spare_add(struct writer_pool *p, uint64_t number, uint64_t len)
{
	if (p->spare_n == p->spare_cap) {
		p->spare_cap = p->spare_cap * 2 + WRITER_SPARE_MAX;
		p->spare = realloc(p->spare, p->spare_cap * sizeof(*p->spare));
		assert(p->spare);
	}
	p->spare[p->spare_n++] = (struct segment_entry){.seg = number, .len = len};
}

/* What an earlier run left. */
static void
load(struct writer_pool *p)
{
	struct segment_entry *list;
	size_t n;

	if (p->loaded)
		return;
	p->loaded = true;
	p->next = 1;
	if (mkdir(p->dir, SEGMENT_DIR_MODE) < 0 && errno != EEXIST)
		log_err("SPOOL-DIR", "%s: %s", p->dir, strerror(errno));
	if (segment_list(p->dir, ".free", &list, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		spare_add(p, list[i].seg, list[i].len);
		p->next = list[i].seg + 1;
	}
	free(list);
}

/* The spare with the length nearest above LEN, else the longest; among equals the one put there
 * last, whose pages are most likely still in memory.  Out of the list. */
static bool
spare_take(struct writer_pool *p, uint64_t len, uint64_t *number)
{
	size_t best = 0;

	if (p->spare_n == 0)
		return false;
	for (size_t i = 1; i < p->spare_n; i++) {
		uint64_t a = p->spare[i].len, b = p->spare[best].len;

		if (b >= len ? a >= len && a <= b : a >= b)
			best = i;
	}
	*number = p->spare[best].seg;
	p->spare_n--;
	memmove(&p->spare[best], &p->spare[best + 1], (p->spare_n - best) * sizeof(*p->spare));
	return true;
}

static int
zero_fill(int fd, uint64_t from, uint64_t to)
{
	static const uint8_t zero[ZERO_LEN];
	int rc = 0;

	for (; from < to && rc == 0; from += ZERO_LEN)
		rc = segment_write(
		    fd, zero, to - from < ZERO_LEN ? (size_t)(to - from) : ZERO_LEN, from);
	return rc;
}

/* Space for all of it is reserved here, so that a write into it does not fail later. */
static int
set_len(int fd, uint64_t len)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size == len && (uint64_t)st.st_blocks * 512 >= len)
		return 0;
	if (ftruncate(fd, (off_t)len) < 0)
		return -errno;
	if (fallocate(fd, 0, 0, (off_t)len) == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	return zero_fill(fd, (uint64_t)st.st_size < len ? (uint64_t)st.st_size : len, len);
}

static int
write_head(int fd, const struct segment_head *h)
{
	uint8_t block[SEGMENT_HEAD_LEN];
	int rc;

	segment_head_encode(h, block);
	rc = segment_write(fd, block, sizeof(block), 0);
	return rc < 0 ? rc : segment_sync(fd);
}

static int
name_it(struct writer_file *f, const char *from)
{
	char to[SEGMENT_PATH_MAX];
	int rc = segment_file_path(to, f->dir, f->head.seg, ".seg");

	if (rc < 0)
		return rc;
	if (rename(from, to) < 0)
		return -errno;
	rc = file_dir_sync(f->dir);
	return rc < 0 ? rc : file_dir_sync(f->pool->dir);
}

int
recycle_begin(struct writer_file *f)
{
	struct writer_pool *p = f->pool;
	char path[SEGMENT_PATH_MAX];
	uint64_t number;
	int fd, rc;

	load(p);
	if (!spare_take(p, f->head.len, &number))
		number = p->next++;
	rc = segment_file_path(path, p->dir, number, ".free");
	if (rc < 0)
		return rc;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, SEGMENT_MODE);
	if (fd < 0)
		return -errno;
	rc = set_len(fd, f->head.len);
	if (rc == 0)
		rc = write_head(fd, &f->head);
	if (rc == 0)
		rc = name_it(f, path);
	if (rc < 0) {
		close(fd);
		unlink(path); /* gives back what was allocated of it */
		return rc;
	}
	f->fd = fd;
	return 0;
}

void
recycle_put(struct writer_pool *p, const char *queue_dir, uint64_t seg)
{
	char from[SEGMENT_PATH_MAX], to[SEGMENT_PATH_MAX];
	struct stat st;

	load(p);
	if (segment_file_path(from, queue_dir, seg, ".seg") < 0 ||
	    segment_file_path(to, p->dir, p->next, ".free") < 0 || stat(from, &st) < 0)
		return;
	if (p->spare_n < WRITER_SPARE_MAX && rename(from, to) == 0)
		spare_add(p, p->next++, (uint64_t)st.st_size);
	else if (unlink(from) < 0 && errno != ENOENT)
		log_err("SPOOL-RELEASE", "%s: %s", from, strerror(errno));
}

void
recycle_purge(struct writer_pool *p)
{
	char path[SEGMENT_PATH_MAX];

	load(p);
	while (p->spare_n > 0)
		if (segment_file_path(path, p->dir, p->spare[--p->spare_n].seg, ".free") == 0)
			unlink(path);
}
