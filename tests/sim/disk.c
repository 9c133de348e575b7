/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual disk: files as sectors in the page cache and on the medium, names as a table and a
 * list of changes that are not durable yet.  What a power cut leaves: of every sector that was not
 * synced, the old or the new one; of the changes of names, a part (plan.loose_names: any part that
 * makes sense; else the first so many, as a journal keeps them). */
#include "tests/sim/net.h"
#include "tests/sim/sim.h"

#include "base/crc32c.h"
#include "spool/segment.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTORS_PER_PAGE 8
#define DISK_LEN (UINT64_C(64) << 20)

#define S_DIRTY 1   /* the cache is newer */
#define S_DATA 2    /* written, as the cache has it */
#define S_MEDIUM 4  /* written, on the medium */
#define S_FRESH 8   /* written since the sync under way began */
#define S_FAILED 16 /* the medium never got it, and nobody knows */

struct vinode {
	unsigned refs;		      /* names and descriptors, now and durable */
	bool dir, size_dirty, memory; /* memory: takes no space */
	off_t size, medium_size, alloc;
	size_t cap; /* sectors */
	uint8_t *cache, *medium, *flag;
	struct vinode *next;
};

struct name {
	char *path;
	struct vinode *v;
};

struct names {
	struct name *n;
	size_t count, cap;
};

enum change_kind {
	CHANGE_MAKE,
	CHANGE_RENAME,
	CHANGE_UNLINK
};
struct change {
	enum change_kind kind;
	char *from, *to;
	struct vinode *v;
};

static struct names now, durable;
static struct change *changes;
static size_t changes_n, changes_cap;
static struct vinode *inodes;
static bool full, fail_sync;

/* ---- inodes */

void
disk_hold(struct vinode *v)
{
	v->refs++;
}

void
disk_put(struct vinode *v)
{
	struct vinode **p = &inodes;

	if (--v->refs > 0)
		return;
	while (*p != v)
		p = &(*p)->next;
	*p = v->next;
	free(v->cache);
	free(v->medium);
	free(v->flag);
	free(v);
}

static struct vinode *
inode_new(bool dir)
{
	struct vinode *v = calloc(1, sizeof(*v)), **p = &inodes;

	assert(v != NULL);
	v->dir = dir;
	while (*p != NULL) /* at the end: the order is that of making */
		p = &(*p)->next;
	*p = v;
	return v;
}

static void
inode_grow(struct vinode *v, off_t len)
{
	size_t need = ((size_t)len + DISK_SECTOR - 1) / DISK_SECTOR;

	if (need <= v->cap)
		return;
	need += need / 2 + 8;
	v->cache = realloc(v->cache, need * DISK_SECTOR);
	v->medium = realloc(v->medium, need * DISK_SECTOR);
	v->flag = realloc(v->flag, need);
	assert(v->cache != NULL && v->medium != NULL && v->flag != NULL);
	memset(v->cache + v->cap * DISK_SECTOR, 0, (need - v->cap) * DISK_SECTOR);
	memset(v->medium + v->cap * DISK_SECTOR, 0, (need - v->cap) * DISK_SECTOR);
	memset(v->flag + v->cap, 0, need - v->cap);
	v->cap = need;
}

/* A file without a name, for memfd_create. */
struct vinode *
disk_loose_file(void)
{
	struct vinode *v = inode_new(false);

	v->refs = 1;
	v->memory = true;
	return v;
}

/* ---- names */

static struct name *
names_find(struct names *t, const char *path)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->n[i].path, path) == 0)
			return &t->n[i];
	return NULL;
}

static void
names_drop(struct names *t, const char *path)
{
	struct name *e = names_find(t, path);

	if (e == NULL)
		return;
	free(e->path);
	disk_put(e->v);
	*e = t->n[--t->count];
}

static void
names_set(struct names *t, const char *path, struct vinode *v)
{
	disk_hold(v);
	names_drop(t, path);
	if (t->count == t->cap) {
		t->cap = t->cap * 2 + 64;
		t->n = realloc(t->n, t->cap * sizeof(*t->n));
		assert(t->n != NULL);
	}
	t->n[t->count].path = strdup(path);
	assert(t->n[t->count].path != NULL);
	t->n[t->count++].v = v;
}

static void
names_clear(struct names *t)
{
	while (t->count > 0) {
		free(t->n[--t->count].path);
		disk_put(t->n[t->count].v);
	}
}

static bool
names_parent_is(struct names *t, const char *path)
{
	char dir[256];
	char *slash;
	struct name *e;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash == NULL || slash == dir)
		return true;
	*slash = '\0';
	e = names_find(t, dir);
	return e != NULL && e->v->dir;
}

/* What lies in a directory that is not there is gone. */
static void
names_prune(struct names *t)
{
	for (size_t i = 0; i < t->count;)
		if (names_parent_is(t, t->n[i].path)) {
			i++;
		} else {
			names_drop(t, t->n[i].path);
			i = 0;
		}
}

static void
change_apply(struct names *t, const struct change *c)
{
	switch (c->kind) {
	case CHANGE_MAKE:
		names_set(t, c->from, c->v);
		break;
	case CHANGE_RENAME:
		names_drop(t, c->from);
		names_set(t, c->to, c->v);
		break;
	case CHANGE_UNLINK:
		names_drop(t, c->from);
		break;
	}
}

static void
change_free(struct change *c)
{
	free(c->from);
	free(c->to);
	disk_put(c->v);
}

static void
change_note(enum change_kind kind, const char *from, const char *to, struct vinode *v)
{
	if (changes_n == changes_cap) {
		changes_cap = changes_cap * 2 + 32;
		changes = realloc(changes, changes_cap * sizeof(*changes));
		assert(changes != NULL);
	}
	disk_hold(v);
	changes[changes_n++] =
	    (struct change){kind, strdup(from), to != NULL ? strdup(to) : NULL, v};
}

static bool
change_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return path != NULL && strncmp(path, dir, n) == 0 && path[n] == '/' &&
	       strchr(path + n + 1, '/') == NULL;
}

/* Keep what is marked, and what happened before it to the same file. */
static void
changes_keep(bool *keep, bool drop_rest)
{
	size_t n = 0;

	for (size_t i = changes_n; i-- > 0;)
		for (size_t k = 0; k < i && keep[i]; k++)
			keep[k] |= changes[k].v == changes[i].v;
	for (size_t i = 0; i < changes_n; i++) {
		if (keep[i])
			change_apply(&durable, &changes[i]);
		if (keep[i] || drop_rest)
			change_free(&changes[i]);
		else
			changes[n++] = changes[i];
	}
	changes_n = n;
}

/* Changes in DIR (NULL: all) are durable.  Without loose names a journal takes all of them. */
static void
changes_commit(const char *dir)
{
	bool *keep = calloc(changes_n + 1, sizeof(*keep));

	assert(keep != NULL);
	for (size_t i = 0; i < changes_n; i++)
		keep[i] = dir == NULL || !sim->plan.loose_names ||
			  change_in(changes[i].from, dir) || change_in(changes[i].to, dir);
	changes_keep(keep, false);
	free(keep);
}

struct vinode *
disk_find(const char *path, bool *dir)
{
	struct name *e = names_find(&now, path);

	if (dir != NULL)
		*dir = e != NULL && e->v->dir;
	return e != NULL ? e->v : NULL;
}

struct vinode *
disk_create(const char *path, bool dir)
{
	struct vinode *v;

	if (!names_parent_is(&now, path))
		return NULL;
	v = inode_new(dir);
	names_set(&now, path, v);
	change_note(CHANGE_MAKE, path, NULL, v);
	return v;
}

int
disk_mkdir(const char *path)
{
	if (disk_find(path, NULL) != NULL)
		return -EEXIST;
	return disk_create(path, true) != NULL ? 0 : -ENOENT;
}

int
disk_rename(const char *from, const char *to)
{
	struct vinode *v = disk_find(from, NULL);

	if (v == NULL || !names_parent_is(&now, to))
		return -ENOENT;
	sim_trace("rename %s to %s", from, to);
	change_note(CHANGE_RENAME, from, to, v);
	disk_hold(v);
	names_drop(&now, from);
	names_set(&now, to, v);
	disk_put(v);
	return 0;
}

int
disk_unlink(const char *path)
{
	struct vinode *v = disk_find(path, NULL);

	if (v == NULL || v->dir)
		return v == NULL ? -ENOENT : -EISDIR;
	sim_trace("unlink %s", path);
	change_note(CHANGE_UNLINK, path, NULL, v);
	names_drop(&now, path);
	return 0;
}

const char *
disk_entry(const char *path, size_t i, struct vinode **v)
{
	size_t n = strlen(path);

	for (size_t k = 0; k < now.count; k++)
		if (change_in(now.n[k].path, path) && i-- == 0) {
			*v = now.n[k].v;
			return now.n[k].path + n + 1;
		}
	return NULL;
}

/* ---- octets */

uint64_t
disk_free_len(void)
{
	uint64_t used = 0;

	for (const struct vinode *v = inodes; v != NULL; v = v->next)
		used += (uint64_t)v->alloc;
	return full || used > DISK_LEN ? 0 : DISK_LEN - used;
}

void
disk_full(bool on)
{
	full = on;
}

bool
disk_is_dir(const struct vinode *v)
{
	return v->dir;
}

off_t
disk_size(const struct vinode *v)
{
	return v->size;
}

off_t
disk_alloc(const struct vinode *v)
{
	return v->alloc;
}

static int
inode_reserve(struct vinode *v, off_t len)
{
	len = (len + 4095) & ~(off_t)4095;
	if (len <= v->alloc || v->memory)
		return 0;
	if ((uint64_t)(len - v->alloc) > disk_free_len())
		return -ENOSPC;
	v->alloc = len;
	return 0;
}

ssize_t
disk_read(struct vinode *v, void *buf, size_t n, off_t off)
{
	if (off >= v->size)
		return 0;
	if ((off_t)n > v->size - off)
		n = (size_t)(v->size - off);
	memcpy(buf, v->cache + off, n);
	return (ssize_t)n;
}

ssize_t
disk_write(struct vinode *v, const void *buf, size_t n, off_t off)
{
	int r = n > 0 ? inode_reserve(v, off + (off_t)n) : 0;

	if (r < 0)
		return r;
	inode_grow(v, off + (off_t)n);
	memcpy(v->cache + off, buf, n);
	for (size_t s = (size_t)off / DISK_SECTOR; n > 0 && s * DISK_SECTOR < (size_t)off + n; s++)
		v->flag[s] |= S_DIRTY | S_DATA | S_FRESH;
	if (off + (off_t)n > v->size) {
		v->size = off + (off_t)n;
		v->size_dirty = true;
	}
	return (ssize_t)n;
}

int
disk_truncate(struct vinode *v, off_t len)
{
	inode_grow(v, len);
	if (len < v->size) {
		size_t from = ((size_t)len + DISK_SECTOR - 1) / DISK_SECTOR;

		memset(v->cache + len, 0, v->cap * DISK_SECTOR - (size_t)len);
		if (len % DISK_SECTOR != 0)
			v->flag[len / DISK_SECTOR] |= S_DIRTY | S_FRESH;
		for (size_t s = from; s < v->cap; s++)
			v->flag[s] = (uint8_t)((v->flag[s] & S_MEDIUM) | S_DIRTY | S_FRESH);
		if (v->alloc > ((len + 4095) & ~(off_t)4095))
			v->alloc = (len + 4095) & ~(off_t)4095;
	}
	v->size_dirty |= len != v->size;
	v->size = len;
	return 0;
}

int
disk_allocate(struct vinode *v, off_t len)
{
	int r = inode_reserve(v, len);

	if (r < 0)
		return r;
	inode_grow(v, len);
	if (len > v->size) {
		v->size = len;
		v->size_dirty = true;
	}
	return 0;
}

static bool
page_has_data(const struct vinode *v, size_t page)
{
	for (size_t s = page * SECTORS_PER_PAGE; s < (page + 1) * SECTORS_PER_PAGE && s < v->cap;
	     s++)
		if (v->flag[s] & S_DATA)
			return true;
	return false;
}

off_t
disk_seek(const struct vinode *v, off_t off, bool hole)
{
	for (size_t page = (size_t)off / 4096; (off_t)(page * 4096) < v->size; page++)
		if (page_has_data(v, page) != hole)
			return (off_t)(page * 4096) > off ? (off_t)(page * 4096) : off;
	return hole ? v->size : -ENXIO;
}

/* ---- durable */

static void
sector_to_medium(struct vinode *v, size_t s)
{
	memcpy(v->medium + s * DISK_SECTOR, v->cache + s * DISK_SECTOR, DISK_SECTOR);
	v->flag[s] = (uint8_t)((v->flag[s] & ~S_MEDIUM) | (v->flag[s] & S_DATA ? S_MEDIUM : 0));
}

/* What a sync under way has taken along: the sectors as they were when it began. */
struct taken {
	size_t n, *sector;
	uint8_t *octets;
	off_t size;
};

static void
sync_take(struct vinode *v, struct taken *t)
{
	t->n = 0;
	t->size = v->size;
	t->sector = malloc((v->cap + 1) * sizeof(*t->sector));
	t->octets = malloc(v->cap * DISK_SECTOR + 1);
	assert(t->sector != NULL && t->octets != NULL);
	for (size_t s = 0; s < v->cap; s++) {
		v->flag[s] &= (uint8_t)~S_FRESH;
		if ((v->flag[s] & S_DIRTY) == 0)
			continue;
		memcpy(t->octets + t->n * DISK_SECTOR, v->cache + s * DISK_SECTOR, DISK_SECTOR);
		t->sector[t->n++] = s;
	}
}

static void
sync_done(struct vinode *v, struct taken *t, bool failed)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t s = t->sector[i];

		if ((v->flag[s] & S_FRESH) == 0) /* else it is dirty again */
			v->flag[s] &= (uint8_t)~S_DIRTY;
		if (failed || sim->broken == BREAK_FSYNC) {
			v->flag[s] |= S_FAILED;
			continue;
		}
		memcpy(v->medium + s * DISK_SECTOR, t->octets + i * DISK_SECTOR, DISK_SECTOR);
		v->flag[s] = (uint8_t)((v->flag[s] & ~(S_MEDIUM | S_FAILED)) |
				       (v->flag[s] & S_DATA ? S_MEDIUM : 0));
	}
	if (!failed) {
		v->medium_size = t->size;
		v->size_dirty = v->size != t->size;
	}
	free(t->sector);
	free(t->octets);
}

static int64_t
sync_time(void)
{
	struct sim_rng *r = &sim->rng;

	if (rng_once_in(r, 200) && !sim->calm)
		return rng_time(r, 100 * SIM_MS, 20 * SIM_S);
	return rng_time(r, 100 * SIM_US, 8 * SIM_MS);
}

void
disk_fail_next_sync(void)
{
	fail_sync = true;
}

int
disk_sync(struct vinode *v, const char *path, bool names)
{
	struct taken t;
	bool failed = fail_sync && !v->dir;

	disk_hold(v); /* a kill meanwhile leaves it held: no harm */
	sync_take(v, &t);
	task_sleep(sync_time());
	if (failed) {
		fail_sync = false;
		sim->ios++;
		sim_trace("EIO: %s", path);
	}
	sync_done(v, &t, failed);
	if (names && !failed)
		changes_commit(v->dir ? path : NULL);
	disk_put(v);
	return failed ? -EIO : 0;
}

int
disk_sync_all(void)
{
	task_sleep(sync_time());
	for (struct vinode *v = inodes; v != NULL; v = v->next) {
		struct taken t;

		sync_take(v, &t);
		sync_done(v, &t, false);
	}
	changes_commit(NULL);
	return 0;
}

/* ---- power cut */

static void
inode_power_cut(struct vinode *v)
{
	struct sim_rng *r = &sim->fault;
	unsigned chance = (unsigned)rng_below(r, 3); /* all, none, some of what was dirty */

	for (size_t s = 0; s < v->cap; s++) {
		if ((v->flag[s] & S_DIRTY) && (chance == 0 || (chance == 2 && rng_below(r, 2))))
			sector_to_medium(v, s);
		memcpy(v->cache + s * DISK_SECTOR, v->medium + s * DISK_SECTOR, DISK_SECTOR);
		v->flag[s] = v->flag[s] & S_MEDIUM ? S_MEDIUM | S_DATA : 0;
	}
	if (v->size_dirty && rng_below(r, 2))
		v->medium_size = v->size;
	v->size = v->medium_size;
	v->size_dirty = false;
	for (size_t i = (size_t)v->size; i < v->cap * DISK_SECTOR && i % DISK_SECTOR != 0; i++)
		v->cache[i] = v->medium[i] = 0;
}

void
disk_power_cut(void)
{
	size_t first = rng_below(&sim->fault, changes_n + 1);
	bool *keep = calloc(changes_n + 1, sizeof(*keep));

	assert(keep != NULL);
	for (size_t i = 0; i < changes_n; i++)
		keep[i] = sim->plan.loose_names ? rng_below(&sim->fault, 2) != 0 : i < first;
	changes_keep(keep, true);
	free(keep);
	names_prune(&durable);
	names_clear(&now);
	for (size_t i = 0; i < durable.count; i++)
		names_set(&now, durable.n[i].path, durable.n[i].v);
	for (struct vinode *v = inodes; v != NULL; v = v->next)
		inode_power_cut(v);
	fail_sync = false;
}

/* ---- outside the contract */

static struct vinode *
damage_pick(const char **path)
{
	struct vinode *v = NULL;
	size_t n = 0;

	for (size_t i = 0; i < now.count; i++)
		if (!now.n[i].v->dir && now.n[i].v->cap > 0 &&
		    strstr(now.n[i].path, ".seg") != NULL &&
		    strstr(now.n[i].path, "/journal/") == NULL && rng_once_in(&sim->fault, ++n)) {
			v = now.n[i].v;
			*path = now.n[i].path;
		}
	return v;
}

/* Where the records end that a later one knew to be durable.  Damage behind cannot be told from a
 * torn tail (spool/FORMAT), and is cut as one. */
static size_t
damage_limit(const struct vinode *v)
{
	struct segment_rec r;
	size_t off = SEGMENT_HEAD_LEN, limit = 0;
	uint64_t known = 0;

	for (int pass = 0; pass < 2; pass++)
		for (off = SEGMENT_HEAD_LEN; off + sizeof(r) <= (size_t)v->size;) {
			memcpy(&r, v->cache + off, sizeof(r));
			if (r.crc != segment_rec_crc(&r))
				break;
			if (pass == 0 && r.window <= r.rec && r.rec - r.window > known)
				known = r.rec - r.window;
			if (pass == 1 && r.rec <= known)
				limit = off;
			if (r.n == SEGMENT_END)
				break;
			off += segment_rec_space(r.n);
		}
	return limit;
}

/* A sector that holds something, the medium's and not being changed. */
static bool
damage_sector(const struct vinode *v, size_t *at)
{
	size_t n = 0, limit = damage_limit(v);

	for (size_t s = 0; s < v->cap && (s + 1) * DISK_SECTOR <= limit; s++)
		if ((v->flag[s] & (S_MEDIUM | S_DIRTY | S_FAILED)) == S_MEDIUM &&
		    rng_once_in(&sim->fault, ++n))
			*at = s;
	return n > 0;
}

bool
disk_damage(void)
{
	const char *path = "";
	struct vinode *v = damage_pick(&path);
	size_t s = 0, other = 0;
	uint8_t *p;

	if (v == NULL || !damage_sector(v, &s) || !damage_sector(v, &other))
		return false;
	p = v->medium + s * DISK_SECTOR;
	switch (rng_below(&sim->fault, 3)) {
	case 0:
		p[rng_below(&sim->fault, DISK_SECTOR)] ^=
		    (uint8_t)(1u << rng_below(&sim->fault, 8));
		sim_trace("damage: a bit of %s sector %zu", path, s);
		break;
	case 1: /* a write that went elsewhere: this sector holds what belongs to another */
		memcpy(p, v->medium + other * DISK_SECTOR, DISK_SECTOR);
		sim_trace("damage: %s sector %zu holds sector %zu", path, s, other);
		break;
	default: /* a write that never happened */
		memset(p, 0, DISK_SECTOR);
		sim_trace("damage: %s sector %zu was not written", path, s);
	}
	memcpy(v->cache + s * DISK_SECTOR, p, DISK_SECTOR);
	sim->damages++;
	return true;
}

/* For BREAK_ROT: octets of a record are changed and its checksums made to agree. */
void
disk_rot_hidden(void)
{
	const char *path = "";
	struct vinode *v = damage_pick(&path);
	struct segment_rec r;
	size_t off = SEGMENT_HEAD_LEN;

	while (v != NULL && off + sizeof(r) < (size_t)v->size) {
		uint8_t *body = v->cache + off + sizeof(r);

		memcpy(&r, v->cache + off, sizeof(r));
		if (r.crc != segment_rec_crc(&r) || r.n == SEGMENT_END)
			return;
		body[r.n - 20] ^= 1;
		r.body_crc = crc32c(0, body, r.n);
		r.crc = segment_rec_crc(&r);
		memcpy(v->cache + off, &r, sizeof(r));
		off += segment_rec_space(r.n);
	}
}

uint8_t *
disk_copy(const char *path, size_t *n)
{
	struct vinode *v = disk_find(path, NULL);
	uint8_t *p;

	if (v == NULL || v->size == 0)
		return NULL;
	p = malloc((size_t)v->size);
	assert(p != NULL);
	*n = (size_t)v->size;
	memcpy(p, v->cache, *n);
	return p;
}

void
disk_put_back(const char *path, const uint8_t *p, size_t n)
{
	struct vinode *v = disk_find(path, NULL);

	if (v == NULL)
		return;
	disk_truncate(v, 0);
	disk_write(v, p, n, 0);
	for (size_t s = 0; s < v->cap; s++)
		sector_to_medium(v, s);
	v->medium_size = v->size;
	v->size_dirty = false;
}

void
disk_reset(void)
{
	struct vinode *v;

	for (size_t i = 0; i < changes_n; i++)
		change_free(&changes[i]);
	changes_n = 0;
	names_clear(&now);
	names_clear(&durable);
	while ((v = inodes) != NULL) { /* held by what was killed in a sync */
		v->refs = 1;
		disk_put(v);
	}
	full = fail_sync = false;
	disk_create("/state", true);
	changes_commit(NULL);
}
