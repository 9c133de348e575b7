/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor file; see cursor.h. */
#include "delivery/cursor.h"

#include "base/clock.h"
#include "base/crc32c.h"
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CURSOR_HEAD_LEN 40u
#define CURSOR_CRC_AT 32u
#define CURSOR_POS_LEN 40u
#define CURSOR_WARRANT_LEN 40u
#define CURSOR_ENTRIES_MAX (1u << 22) /* of each kind; bounds what a damaged count can ask for */

static const uint8_t cursor_magic[8] = {'O', 'M', 'D', 'F', 'C', 'U', 'R', 1};

struct cursor {
	int fd;
	uint32_t lea;
	uint64_t generation; /* of the newest valid slot; its slot is generation & 1 */
	bool dirty;
	struct cursor_pos *pos;
	size_t pos_n, pos_cap;
	struct cursor_warrant *warrant;
	size_t warrant_n, warrant_cap;
	uint32_t *hash; /* open addressing: index into warrant[] + 1; 0 empty */
	size_t hash_n;	/* power of two, at least twice warrant_n */
	size_t last;	/* the warrant counted last */
	uint8_t *buf;
	size_t buf_cap;
};

const char *
cursor_found_name(enum cursor_found f)
{
	switch (f) {
	case CURSOR_NEW:
		return "new";
	case CURSOR_OK:
		return "ok";
	case CURSOR_OLDER:
		return "older";
	case CURSOR_LOST:
		return "lost";
	}
	return "?";
}

/* ---- memory */

static void *
cursor_grow(void *p, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return p;
	*cap = need * 2 + 16;
	p = realloc(p, *cap * size);
	assert(p != NULL);
	return p;
}

static size_t
cursor_hash(const struct cursor *c, uint32_t warrant)
{
	return (size_t)(warrant * UINT32_C(2654435761)) & (c->hash_n - 1);
}

static void
cursor_hash_add(struct cursor *c, size_t i)
{
	size_t h = cursor_hash(c, c->warrant[i].warrant);

	while (c->hash[h] != 0)
		h = (h + 1) & (c->hash_n - 1);
	c->hash[h] = (uint32_t)i + 1;
}

static void
cursor_rehash(struct cursor *c)
{
	if (c->hash_n < (c->warrant_n + 1) * 2) {
		free(c->hash);
		c->hash_n = c->hash_n == 0 ? 64 : c->hash_n;
		while (c->hash_n < (c->warrant_n + 1) * 2)
			c->hash_n *= 2;
		c->hash = calloc(c->hash_n, sizeof(*c->hash));
		assert(c->hash != NULL);
		for (size_t i = 0; i < c->warrant_n; i++)
			cursor_hash_add(c, i);
	}
}

static struct cursor_warrant *
cursor_warrant_at(struct cursor *c, uint32_t warrant)
{
	size_t h;

	if (c->last < c->warrant_n && c->warrant[c->last].warrant == warrant)
		return &c->warrant[c->last];
	cursor_rehash(c);
	for (h = cursor_hash(c, warrant); c->hash[h] != 0; h = (h + 1) & (c->hash_n - 1))
		if (c->warrant[c->hash[h] - 1].warrant == warrant) {
			c->last = c->hash[h] - 1;
			return &c->warrant[c->last];
		}
	c->warrant =
	    cursor_grow(c->warrant, &c->warrant_cap, c->warrant_n + 1, sizeof(*c->warrant));
	c->last = c->warrant_n++;
	memset(&c->warrant[c->last], 0, sizeof(*c->warrant));
	c->warrant[c->last].warrant = warrant;
	cursor_hash_add(c, c->last);
	return &c->warrant[c->last];
}

/* ---- one slot as octets */

static size_t
cursor_len(size_t pos_n, size_t warrant_n)
{
	return CURSOR_HEAD_LEN + pos_n * CURSOR_POS_LEN + warrant_n * CURSOR_WARRANT_LEN;
}

static uint32_t
cursor_crc(const uint8_t *slot, size_t len)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32c(0, slot, CURSOR_CRC_AT);

	crc = crc32c(crc, zero, sizeof(zero));
	return crc32c(crc, slot + CURSOR_CRC_AT + 4, len - CURSOR_CRC_AT - 4);
}

static uint8_t *
cursor_put_pos(uint8_t *p, const struct cursor_pos *e)
{
	octets_put32(p, e->dest);
	octets_put32(p + 4, e->class);
	octets_put64(p + 8, e->pos.seg);
	octets_put64(p + 16, e->pos.rec);
	octets_put32(p + 24, e->pos.off);
	octets_put32(p + 28, 0);
	octets_put64(p + 32, e->lost);
	return p + CURSOR_POS_LEN;
}

static uint8_t *
cursor_put_warrant(uint8_t *p, const struct cursor_warrant *w)
{
	octets_put32(p, w->warrant);
	octets_put32(p + 4, 0);
	octets_put64(p + 8, w->iri);
	octets_put64(p + 16, w->cc);
	octets_put64(p + 24, w->notices);
	octets_put64(p + 32, w->octets);
	return p + CURSOR_WARRANT_LEN;
}

/* The state as generation GEN in c->buf; returns its length. */
static size_t
cursor_encode(struct cursor *c, uint64_t gen)
{
	size_t len = cursor_len(c->pos_n, c->warrant_n);
	uint8_t *p;

	c->buf = cursor_grow(c->buf, &c->buf_cap, len, 1);
	p = c->buf;
	memset(p, 0, CURSOR_HEAD_LEN);
	memcpy(p, cursor_magic, sizeof(cursor_magic));
	octets_put32(p + 8, CURSOR_VERSION);
	octets_put32(p + 12, c->lea);
	octets_put64(p + 16, gen);
	octets_put32(p + 24, (uint32_t)c->pos_n);
	octets_put32(p + 28, (uint32_t)c->warrant_n);
	p += CURSOR_HEAD_LEN;
	for (size_t i = 0; i < c->pos_n; i++)
		p = cursor_put_pos(p, &c->pos[i]);
	for (size_t i = 0; i < c->warrant_n; i++)
		p = cursor_put_warrant(p, &c->warrant[i]);
	octets_put32(c->buf + CURSOR_CRC_AT, cursor_crc(c->buf, len));
	return len;
}

static void
cursor_decode(struct cursor *c, const uint8_t *slot)
{
	size_t pos_n = octets_get32(slot + 24), warrant_n = octets_get32(slot + 28);
	const uint8_t *p = slot + CURSOR_HEAD_LEN;

	c->generation = octets_get64(slot + 16);
	for (size_t i = 0; i < pos_n; i++, p += CURSOR_POS_LEN) {
		struct cursor_pos *e =
		    cursor_at(c, octets_get32(p), (enum ho_class)octets_get32(p + 4), NULL);

		e->pos.seg = octets_get64(p + 8);
		e->pos.rec = octets_get64(p + 16);
		e->pos.off = octets_get32(p + 24);
		e->lost = octets_get64(p + 32);
	}
	for (size_t i = 0; i < warrant_n; i++, p += CURSOR_WARRANT_LEN) {
		struct cursor_warrant *w = cursor_warrant_at(c, octets_get32(p));

		w->iri = octets_get64(p + 8);
		w->cc = octets_get64(p + 16);
		w->notices = octets_get64(p + 24);
		w->octets = octets_get64(p + 32);
	}
	c->dirty = false;
}

/* ---- the file */

static off_t
cursor_stripe(unsigned slot, size_t i)
{
	return (off_t)(2 * i + slot) * CURSOR_STRIPE;
}

/* LEN octets of SLOT to P; returns 0, -ENODATA when the file ends before, -errno. */
static int
cursor_read(int fd, unsigned slot, uint8_t *p, size_t len)
{
	for (size_t done = 0; done < len;) {
		size_t in = done % CURSOR_STRIPE;
		size_t n = len - done < CURSOR_STRIPE - in ? len - done : CURSOR_STRIPE - in;
		off_t at = cursor_stripe(slot, done / CURSOR_STRIPE) + (off_t)in;
		ssize_t r = pread(fd, p + done, n, at);

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == 0)
			return -ENODATA;
		done += r > 0 ? (size_t)r : 0;
	}
	return 0;
}

static int
cursor_write(int fd, unsigned slot, const uint8_t *p, size_t len)
{
	for (size_t done = 0; done < len;) {
		size_t in = done % CURSOR_STRIPE;
		size_t n = len - done < CURSOR_STRIPE - in ? len - done : CURSOR_STRIPE - in;
		off_t at = cursor_stripe(slot, done / CURSOR_STRIPE) + (off_t)in;
		ssize_t w = pwrite(fd, p + done, n, at);

		if (w < 0 && errno != EINTR)
			return -errno;
		done += w > 0 ? (size_t)w : 0;
	}
	return 0;
}

static bool
cursor_head_ours(const struct cursor *c, const uint8_t *head)
{
	return memcmp(head, cursor_magic, sizeof(cursor_magic)) == 0 &&
	       octets_get32(head + 8) == CURSOR_VERSION && octets_get32(head + 12) == c->lea;
}

/* The whole slot as new memory to *ALL, NULL when it is not valid.  Returns 0, or -errno when the
 * disk cannot be read. */
static int
cursor_read_slot(const struct cursor *c, unsigned slot, uint8_t **all)
{
	uint8_t head[CURSOR_HEAD_LEN];
	uint32_t pos_n, warrant_n;
	size_t len;
	int r = cursor_read(c->fd, slot, head, sizeof(head));

	*all = NULL;
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	if (!cursor_head_ours(c, head))
		return 0;
	pos_n = octets_get32(head + 24);
	warrant_n = octets_get32(head + 28);
	if (pos_n > CURSOR_ENTRIES_MAX || warrant_n > CURSOR_ENTRIES_MAX)
		return 0;
	len = cursor_len(pos_n, warrant_n);
	*all = malloc(len);
	assert(*all != NULL);
	r = cursor_read(c->fd, slot, *all, len);
	if (r == 0 && octets_get32(*all + CURSOR_CRC_AT) == cursor_crc(*all, len) &&
	    (octets_get64(*all + 16) & 1) == slot)
		return 0;
	free(*all);
	*all = NULL;
	return r == -ENODATA ? 0 : r;
}

/* A slot that was never written has no octets, or only zeros in front. */
static bool
cursor_slot_blank(const struct cursor *c, unsigned slot)
{
	uint8_t head[CURSOR_HEAD_LEN] = {0};
	static const uint8_t zero[CURSOR_HEAD_LEN];

	return cursor_read(c->fd, slot, head, 1) == -ENODATA ||
	       (cursor_read(c->fd, slot, head, sizeof(head)) == 0 &&
		   memcmp(head, zero, sizeof(head)) == 0);
}

static enum cursor_found
cursor_choose(struct cursor *c, uint8_t *const slot[2])
{
	struct stat st;

	if (slot[0] == NULL && slot[1] == NULL)
		return fstat(c->fd, &st) == 0 && st.st_size == 0 ? CURSOR_NEW : CURSOR_LOST;
	if (slot[0] != NULL && slot[1] != NULL) {
		cursor_decode(
		    c, slot[octets_get64(slot[0] + 16) > octets_get64(slot[1] + 16) ? 0 : 1]);
		return CURSOR_OK;
	}
	cursor_decode(c, slot[0] != NULL ? slot[0] : slot[1]);
	/* only after the very first store one slot is blank by right */
	return c->generation == 1 && cursor_slot_blank(c, slot[0] == NULL ? 0 : 1) ? CURSOR_OK
										   : CURSOR_OLDER;
}

/* What is damaged stays so.  A slot that the end of the file cuts off could else become valid by
 * the hole behind it, once the other slot has made the file longer.  Returns 0 or -errno. */
static int
cursor_void(const struct cursor *c, unsigned slot)
{
	static const uint8_t nothing[sizeof(cursor_magic)];
	uint8_t head[CURSOR_HEAD_LEN] = {0}; /* cut off: as the hole will read */

	if (pread(c->fd, head, sizeof(head), cursor_stripe(slot, 0)) <= 0 ||
	    !cursor_head_ours(c, head))
		return 0;
	return cursor_write(c->fd, slot, nothing, sizeof(nothing));
}

/* Returns 0 and *FOUND, or -errno. */
static int
cursor_load(struct cursor *c, enum cursor_found *found)
{
	uint8_t *slot[2] = {NULL, NULL};
	int r = cursor_read_slot(c, 0, &slot[0]);

	if (r == 0)
		r = cursor_read_slot(c, 1, &slot[1]);
	if (r == 0)
		*found = cursor_choose(c, slot);
	for (unsigned i = 0; i < 2 && r == 0; i++)
		r = slot[i] == NULL ? cursor_void(c, i) : 0;
	free(slot[0]);
	free(slot[1]);
	return r;
}

/* The folder of PATH, and the file itself, durable as names. */
static int
cursor_open_file(const char *path)
{
	char dir[4096];
	char *slash;
	int fd, r;

	if (snprintf(dir, sizeof(dir), "%s", path) >= (int)sizeof(dir) ||
	    (slash = strrchr(dir, '/')) == NULL) {
		errno = ENAMETOOLONG;
		return -1;
	}
	*slash = '\0';
	for (char *p = dir + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		(void)mkdir(dir, 0700); /* what is wrong shows at open */
	}
	(void)mkdir(dir, 0700);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	r = fd < 0 ? -errno : file_dir_sync(dir);
	if (r == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	errno = -r;
	return -1;
}

static int
cursor_sync(const struct cursor *c)
{
	int r;

	while ((r = fdatasync(c->fd)) < 0 && errno == EINTR)
		;
	return r;
}

/* The state that was found may stand in the page cache alone, when a sync failed before: written
 * once more in its own place it is durable, before anything is released for it. */
static int
cursor_again(struct cursor *c)
{
	size_t len = cursor_encode(c, c->generation);
	int r = cursor_write(c->fd, (unsigned)(c->generation & 1), c->buf, len);

	return r == 0 && cursor_sync(c) < 0 ? -errno : r;
}

struct cursor *
cursor_open(const char *path, uint32_t lea, enum cursor_found *found)
{
	int fd = cursor_open_file(path);
	struct cursor *c;
	int r;

	if (fd < 0)
		return NULL;
	c = calloc(1, sizeof(*c));
	assert(c != NULL);
	c->fd = fd;
	c->lea = lea;
	r = cursor_load(c, found);
	if (r == 0 && (*found == CURSOR_OK || *found == CURSOR_OLDER))
		r = cursor_again(c);
	if (r < 0) {
		cursor_close(c);
		errno = -r;
		return NULL;
	}
	return c;
}

void
cursor_close(struct cursor *c)
{
	if (c == NULL)
		return;
	close(c->fd);
	free(c->pos);
	free(c->warrant);
	free(c->hash);
	free(c->buf);
	free(c);
}

int
cursor_store(struct cursor *c)
{
	uint64_t gen = c->generation + 1;
	size_t len;
	int r;

	if (!c->dirty)
		return 0;
	len = cursor_encode(c, gen);
	r = cursor_write(c->fd, (unsigned)(gen & 1), c->buf, len);
	if (r < 0)
		return r;
	if (cursor_sync(c) < 0)
		return errno == ENOSPC || errno == EDQUOT ? -errno : 1;
	c->generation = gen;
	c->dirty = false;
	return 0;
}

/* ---- positions and counts */

struct cursor_pos *
cursor_at(struct cursor *c, uint32_t dest, enum ho_class class, bool *made)
{
	struct cursor_pos *e;

	if (made != NULL)
		*made = false;
	for (size_t i = 0; i < c->pos_n; i++)
		if (c->pos[i].dest == dest && c->pos[i].class == (uint32_t) class)
			return &c->pos[i];
	c->pos = cursor_grow(c->pos, &c->pos_cap, c->pos_n + 1, sizeof(*c->pos));
	e = &c->pos[c->pos_n++];
	memset(e, 0, sizeof(*e));
	e->dest = dest;
	e->class = (uint32_t) class;
	c->dirty = true;
	if (made != NULL)
		*made = true;
	return e;
}

void
cursor_drop(struct cursor *c, uint32_t dest, enum ho_class class)
{
	for (size_t i = 0; i < c->pos_n; i++)
		if (c->pos[i].dest == dest && c->pos[i].class == (uint32_t) class) {
			c->pos[i] = c->pos[--c->pos_n];
			c->dirty = true;
			return;
		}
}

const struct cursor_pos *
cursor_each(const struct cursor *c, size_t i)
{
	return i < c->pos_n ? &c->pos[i] : NULL;
}

void
cursor_count(
    struct cursor *c, uint32_t warrant, enum ho_class class, enum spool_kind kind, size_t len)
{
	struct cursor_warrant *w = cursor_warrant_at(c, warrant);

	if (kind != SPOOL_REC_HO)
		w->notices++;
	else if (class == HO_IRI)
		w->iri++;
	else
		w->cc++;
	w->octets += len;
	c->dirty = true;
}

void
cursor_delayed(struct cursor *c, uint32_t warrant, int64_t recv_ns, int64_t now_ns)
{
	struct cursor_warrant *w = cursor_warrant_at(c, warrant);
	int64_t day = now_ns / (86400 * CLOCK_NS_PER_S);

	if (day != w->delay_day)
		w->delay_ns = 0;
	w->delay_day = day;
	if (now_ns - recv_ns > w->delay_ns)
		w->delay_ns = now_ns - recv_ns;
}

const struct cursor_warrant *
cursor_warrant_each(const struct cursor *c, size_t i)
{
	return i < c->warrant_n ? &c->warrant[i] : NULL;
}

void
cursor_touch(struct cursor *c)
{
	c->dirty = true;
}

bool
cursor_dirty(const struct cursor *c)
{
	return c->dirty;
}
