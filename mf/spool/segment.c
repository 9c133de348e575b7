/* SPDX-License-Identifier: Apache-2.0 */
/* Segment files; see segment.h and FORMAT. */
#include "spool/segment.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "OMDFSPL1"
#define VERSION 1
#define NAME_DIGITS 16

static const char *const class_dir[HO_CLASS_N] = {"iri", "voice", "cc", "journal"};

static uint32_t
head_crc(const struct segment_head *h)
{
	return crc32c(0, h, offsetof(struct segment_head, crc));
}

void
segment_head_encode(const struct segment_head *h, uint8_t *block)
{
	struct segment_head c = *h;

	memcpy(c.magic, MAGIC, sizeof(c.magic));
	c.version = VERSION;
	c.pad = 0;
	c.pad2 = 0;
	c.crc = head_crc(&c);
	memset(block, 0, SEGMENT_HEAD_LEN);
	memcpy(block, &c, sizeof(c));
	memcpy(block + SEGMENT_HEAD_COPY, &c, sizeof(c));
}

static bool
head_ok(const struct segment_head *h, uint32_t lea, enum ho_class class, uint64_t seg)
{
	return memcmp(h->magic, MAGIC, sizeof(h->magic)) == 0 && h->version == VERSION &&
	       h->crc == head_crc(h) && h->lea == lea && h->class == class && h->seg == seg &&
	       h->nonce != 0 && h->len >= SEGMENT_LEN_MIN && h->len <= UINT32_MAX;
}

int
segment_head_decode(
    const uint8_t *block, uint32_t lea, enum ho_class class, uint64_t seg, struct segment_head *h)
{
	for (size_t at = 0; at <= SEGMENT_HEAD_COPY; at += SEGMENT_HEAD_COPY) {
		memcpy(h, block + at, sizeof(*h));
		if (head_ok(h, lea, class, seg))
			return 0;
	}
	return -EBADMSG;
}

const char *segment_class_dir(enum ho_class class)
{
	assert((unsigned)class < HO_CLASS_N);
	return class_dir[class];
}

static int
fits(int n)
{
	return n >= 0 && n < SEGMENT_PATH_MAX ? 0 : -ENAMETOOLONG;
}

int
segment_dir_path(char *buf, const char *dir, uint32_t lea, enum ho_class class)
{
	return fits(snprintf(
	    buf, SEGMENT_PATH_MAX, "%s/%" PRIu32 "/%s", dir, lea, segment_class_dir(class)));
}

int
segment_spare_path(char *buf, const char *dir, uint32_t lea)
{
	return fits(snprintf(buf, SEGMENT_PATH_MAX, "%s/%" PRIu32 "/spare", dir, lea));
}

int
segment_file_path(char *buf, const char *queue_dir, uint64_t seg, const char *suffix)
{
	return fits(snprintf(buf, SEGMENT_PATH_MAX, "%s/%016" PRIx64 "%s", queue_dir, seg, suffix));
}

static bool
name_parse(const char *name, const char *suffix, uint64_t *seg)
{
	if (strlen(name) != NAME_DIGITS + strlen(suffix) || strcmp(name + NAME_DIGITS, suffix))
		return false;
	for (int i = 0; i < NAME_DIGITS; i++)
		if (!isxdigit((unsigned char)name[i]) || isupper((unsigned char)name[i]))
			return false;
	*seg = strtoull(name, NULL, 16);
	return *seg <= INT64_MAX; /* none of ours: numbers grow by one from the time in ms */
}

static int
by_number(const void *a, const void *b)
{
	const struct segment_entry *x = a, *y = b;

	return x->seg < y->seg ? -1 : x->seg > y->seg;
}

static void
list_add(struct segment_entry **list, size_t *n, uint64_t seg, uint64_t len)
{
	if ((*n & (*n + 1)) == 0 || !*list) { /* room for 2^k - 1 is full: double */
		*list = realloc(*list, (*n * 2 + 2) * sizeof(**list));
		assert(*list);
	}
	(*list)[(*n)++] = (struct segment_entry){.seg = seg, .len = len};
}

int
segment_list(const char *dir, const char *suffix, struct segment_entry **list, size_t *n)
{
	struct dirent *e;
	struct stat st;
	uint64_t seg;
	DIR *d = opendir(dir);

	*list = NULL;
	*n = 0;
	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while ((e = readdir(d)))
		if (name_parse(e->d_name, suffix, &seg) &&
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			list_add(list, n, seg, (uint64_t)st.st_size);
	closedir(d);
	if (*n > 1)
		qsort(*list, *n, sizeof(**list), by_number);
	return 0;
}

int
segment_write(int fd, const void *from, size_t n, uint64_t off)
{
	const uint8_t *p = from;

	while (n > 0) {
		ssize_t done = pwrite(fd, p, n, (off_t)off);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done == 0)
			return -EIO;
		if (done < 0)
			continue;
		p += done;
		off += (uint64_t)done;
		n -= (size_t)done;
	}
	return 0;
}

int
segment_sync(int fd)
{
	while (fdatasync(fd) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}
