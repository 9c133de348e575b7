/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery of a queue: which segments are there, where the last one ends, what was torn.  FORMAT
 * "Each case". */
#include "spool/queue.h"
#include "spool/seg_in.h"
#include "spool/spool_reader.h"

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

/* What the walk through the last segment came to. */
struct tail {
	uint64_t off, rec;    /* behind the last record kept */
	uint64_t durable;     /* records below this number were known durable by a later one */
	uint64_t durable_off; /* end of the last one of them; 0: behind OFF */
	uint64_t damaged;     /* records that are lost in front of OFF */
	bool sealed, torn;
};

/* ---- directories */

/* Its name is made durable also when somebody else made it: with OTHERS; what the folder of the
 * spool itself lies in is closed to a role in its sandbox. */
static int
make_dir(const char *path, bool others)
{
	char parent[SEGMENT_PATH_MAX], *slash;

	if (mkdir(path, SEGMENT_DIR_MODE) < 0 && (errno != EEXIST || !others))
		return errno == EEXIST ? 0 : -errno;
	snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (!slash || slash == parent)
		return 0;
	*slash = 0;
	return file_dir_sync(parent);
}

static int
make_dirs(const struct spool_q *q)
{
	char lea_dir[SEGMENT_PATH_MAX];
	int rc = make_dir(q->s->dir, false);

	if (rc == 0) {
		snprintf(lea_dir, sizeof(lea_dir), "%s", q->dir);
		*strrchr(lea_dir, '/') = 0;
		rc = make_dir(lea_dir, true);
	}
	return rc < 0 ? rc : make_dir(q->dir, true);
}

/* Everything found counts as durable from here on, so make it so. */
static int
sync_all(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	rc = syncfs(fd) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

/* ---- the last segment */

/* A file that was never used before is not read where it has no data. */
static void
trim(struct seg_in *in)
{
	off_t hole = lseek(in->fd, 0, SEEK_HOLE);

	if (hole >= SEGMENT_HEAD_LEN && lseek(in->fd, hole, SEEK_DATA) < 0 && errno == ENXIO &&
	    (uint64_t)hole < in->len)
		in->len = (uint64_t)hole;
}

static uint64_t
find_durable(struct seg_in *in)
{
	uint64_t off = SEGMENT_HEAD_LEN, rec = in->head.first_rec, durable = 0;
	struct segment_rec h;

	while (seg_in_find(in, &off, in->len, rec, &h)) {
		if (h.window <= h.rec && h.rec - h.window > durable)
			durable = h.rec - h.window;
		if (h.n == SEGMENT_END)
			break;
		off += segment_rec_space(h.n);
		rec = h.rec + 1;
	}
	return durable;
}

/* Some trace of the record that should follow: without one the end is clean. */
static bool
is_trace(struct seg_in *in, const struct tail *t)
{
	const uint8_t *p = seg_in_at(in, t->off, SEGMENT_REC_LEN, in->len);
	struct segment_rec h;

	if (!p)
		return false;
	memcpy(&h, p, sizeof(h));
	if (h.nonce == in->head.nonce)
		return true;
	h.nonce = in->head.nonce; /* is only the nonce damaged? */
	return h.crc == segment_rec_crc(&h);
}

/* The next header that is believed; counts what is lost before it.  False: the end. */
static bool
walk_header(struct seg_in *in, struct tail *t, struct segment_rec *h)
{
	uint64_t off = t->off;

	if (!seg_in_rec(in, off, in->len, h) || h->rec < t->rec) {
		off += 8;
		if (!seg_in_find(in, &off, in->len, t->rec, h)) {
			t->torn = is_trace(in, t);
			return false;
		}
	}
	if (h->rec > t->rec && t->rec >= t->durable) {
		t->torn = true;
		return false;
	}
	t->damaged += h->rec - t->rec;
	t->off = off;
	t->rec = h->rec;
	return true;
}

static void
walk_records(struct seg_in *in, struct tail *t)
{
	struct segment_rec h;

	t->off = SEGMENT_HEAD_LEN;
	t->rec = in->head.first_rec;
	while (walk_header(in, t, &h)) {
		if (t->rec >= t->durable && t->durable_off == 0)
			t->durable_off = t->off;
		if (h.n == SEGMENT_END) {
			t->sealed = true;
			return;
		}
		if (!seg_in_body(in, t->off, in->len, &h)) {
			if (t->rec >= t->durable) {
				t->torn = true;
				return;
			}
			t->damaged++;
		}
		t->off += segment_rec_space(h.n);
		t->rec++;
	}
}

/* KNOWN: records below it were durable, whatever the segment says itself. */
static void
walk(struct seg_in *in, uint64_t known, struct tail *t)
{
	t->durable = find_durable(in);
	if (t->durable < known)
		t->durable = known;
	walk_records(in, t);
	if (t->sealed || t->rec >= known)
		return;
	t->damaged += known - t->rec; /* the last ones: their numbers are not used again */
	t->rec = known;
	t->torn = true;
}

/* Zero what lies behind the cut, so that nothing of it can come back, then end the segment there.
 */
static int
cut(int fd, const struct seg_in *in, const struct tail *t)
{
	static const uint8_t zero[ZERO_LEN];
	struct segment_rec r = {.nonce = in->head.nonce, .n = SEGMENT_END, .rec = t->rec};
	int rc = 0;

	for (uint64_t off = t->off; off < in->len && rc == 0; off += ZERO_LEN)
		rc = segment_write(
		    fd, zero, in->len - off < ZERO_LEN ? (size_t)(in->len - off) : ZERO_LEN, off);
	r.crc = segment_rec_crc(&r);
	if (rc == 0 && t->off <= in->len && t->off + SEGMENT_REC_LEN <= in->head.len)
		rc = segment_write(fd, &r, sizeof(r), t->off);
	return rc < 0 ? rc : segment_sync(fd);
}

/* The last records may stand in the page cache alone, and look clean, when a sync failed before:
 * what nobody knew to be durable is written once more, so that the sync to come takes it along. */
static int
write_again(int fd, struct seg_in *in, const struct tail *t)
{
	uint64_t to = t->sealed ? t->off + SEGMENT_REC_LEN : t->off;
	int rc = 0;

	if (to > in->len)
		to = in->len; /* the file was cut */
	for (uint64_t off = t->durable_off; off != 0 && off < to && rc == 0;) {
		size_t n = to - off < ZERO_LEN ? (size_t)(to - off) : ZERO_LEN;
		const uint8_t *p = seg_in_at(in, off, n, to);

		rc = p ? segment_write(fd, p, n, off) : -EIO;
		off += n;
	}
	return rc;
}

static void
report(const struct spool_q *q, uint64_t seg, const struct tail *t)
{
	if (t->damaged > 0)
		log_err("SPOOL-DAMAGED",
		    "%s/%016" PRIx64 ".seg: %" PRIu64 " durable records are damaged and left out",
		    q->dir, seg, t->damaged);
	if (t->torn)
		log_warn("SPOOL-TORN",
		    "%s/%016" PRIx64 ".seg: torn tail cut at octet %" PRIu64 ", record %" PRIu64,
		    q->dir, seg, t->off, t->rec);
}

/* Go on writing in the segment. */
static void
resume(struct spool_q *q, const struct seg_in *in, int fd)
{
	struct writer_file *f = calloc(1, sizeof(*f));

	assert(f);
	f->pool = &q->lea->pool;
	f->dir = q->dir;
	f->head = in->head;
	f->fd = fd;
	f->begun = true;
	f->refs = 1;
	q->file = f;
}

static int
open_rw(const struct spool_q *q, uint64_t seg)
{
	char path[SEGMENT_PATH_MAX];
	int rc = segment_file_path(path, q->dir, seg, ".seg"), fd;

	if (rc < 0)
		return rc;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

/* The segment in which KNOWN lies is gone, or all are. */
static bool
is_beyond(const struct spool_pos *known, uint64_t last_seg)
{
	return known && known->seg > last_seg;
}

static int
recover_last(struct spool_q *q, struct seg_in *in, const struct segment_entry *last,
    const struct spool_pos *known)
{
	bool whole = in->len == in->head.len, ends = is_beyond(known, last->seg);
	struct tail t = {0};
	int fd, rc;

	trim(in);
	walk(in, known && known->seg == last->seg ? known->rec : 0, &t);
	if (in->err != 0)
		return -in->err; /* nothing is cut for what could not be read */
	report(q, last->seg, &t);
	q->segs[q->segs_n - 1].rec = in->head.first_rec;
	q->tail = (struct spool_pos){.seg = last->seg, .rec = t.rec, .off = (uint32_t)t.off};
	fd = open_rw(q, last->seg);
	if (fd < 0)
		return fd;
	rc = write_again(fd, in, &t);
	if (rc == 0 && t.torn)
		rc = cut(fd, in, &t);
	if (rc == 0 && whole && !t.torn && !t.sealed && !ends) {
		resume(q, in, fd);
		return 0;
	}
	close(fd);
	return rc;
}

/* The last segment has no good header: number on above what it and those like it in front can hold,
 * and above what is KNOWN, since it may have been cut.  0, or -errno: one of them could not be read
 * now, and its numbers are not guessed. */
static int
give_up_last(struct spool_q *q, struct seg_in *in, const struct segment_entry *list, size_t n,
    const struct spool_pos *known)
{
	uint64_t rec = 0;
	int rc = -EBADMSG;

	log_err("SPOOL-MISSING", "%s/%016" PRIx64 ".seg: no good header, its records are given up",
	    q->dir, list[n - 1].seg);
	for (size_t i = n; rc == -EBADMSG && i-- > 0;) {
		rec += list[i].len / SEGMENT_REC_LEN;
		rc = seg_in_open(in, q->dir, q->lea->lea, q->class, list[i].seg);
	}
	if (rc == 0)
		rec += in->head.first_rec;
	if (known && known->rec > rec)
		rec = known->rec;
	q->tail = (struct spool_pos){.seg = list[n - 1].seg, .rec = rec, .off = SEGMENT_HEAD_LEN};
	q->segs[q->segs_n - 1].rec = rec;
	return rc == -EBADMSG ? 0 : rc;
}

static int
recover_tail(
    struct spool_q *q, const struct segment_entry *list, size_t n, const struct spool_pos *known)
{
	struct seg_in in;
	int rc;

	seg_in_init(&in);
	rc = seg_in_open(&in, q->dir, q->lea->lea, q->class, list[n - 1].seg);
	if (rc == 0)
		rc = recover_last(q, &in, &list[n - 1], known);
	else if (rc == -EBADMSG)
		rc = give_up_last(q, &in, list, n, known);
	seg_in_fini(&in);
	return rc;
}

static void
take_list(struct spool_q *q, const struct segment_entry *list, size_t n)
{
	uint64_t last_len = list[n - 1].len, max = q->s->conf.segment_len;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && list[i].seg != list[i - 1].seg + 1)
			log_err("SPOOL-MISSING",
			    "%s: segments %016" PRIx64 " to %016" PRIx64 " are missing", q->dir,
			    list[i - 1].seg + 1, list[i].seg - 1);
		queue_seg_add(q, list[i].seg, list[i].len);
	}
	q->next_seg = list[n - 1].seg + 1;
	q->next_len = last_len * 2 < max ? last_len * 2 : max;
}

/* Segments behind the last one that is there were durable: their numbers are not used again, and
 * readers find the hole. */
static void
pass_over(struct spool_q *q, const struct spool_pos *known)
{
	if (known->rec > q->tail.rec) {
		log_err("SPOOL-MISSING",
		    "%s: segments up to %016" PRIx64 " are missing, with %" PRIu64
		    " durable records",
		    q->dir, known->seg, known->rec - q->tail.rec);
		if (q->segs_n == 0)
			q->tail = (struct spool_pos){.seg = known->seg, .off = SEGMENT_HEAD_LEN};
		q->tail.rec = known->rec;
	}
	q->next_seg = known->seg + 1;
}

int
recover_queue(struct spool_q *q, const struct spool_pos *known)
{
	struct segment_entry *list = NULL;
	size_t n = 0;
	int rc = make_dirs(q);

	q->next_len = queue_first_len(q->s);
	if (rc == 0)
		rc = segment_list(q->dir, ".seg", &list, &n);
	if (rc == 0 && n > 0) {
		take_list(q, list, n);
		rc = recover_tail(q, list, n, known);
		if (rc == 0)
			rc = sync_all(q->dir);
	}
	if (rc == 0 && is_beyond(known, n > 0 ? list[n - 1].seg : 0))
		pass_over(q, known);
	free(list);
	q->durable = q->tail;
	return rc;
}

/* Learn where segments begin and end, see spool_back().  Those between FROM and AT of which nothing
 * was learnt are empty: cut at their first record. */
static void
replay_note(struct spool_q *q, const struct spool_pos *from, const struct spool_pos *at)
{
	struct segment_entry *e = q->segs;
	size_t i = q->segs_n;

	while (i > 0 && e[i - 1].seg > at->seg)
		i--;
	if (i == 0 || e[--i].seg != at->seg)
		return;
	if (at->off == SEGMENT_HEAD_LEN || e[i].end != 0)
		e[i].end = at->off;
	if (at->off != SEGMENT_HEAD_LEN)
		return;
	e[i].rec = at->rec;
	for (; i > 0 && e[i - 1].end == 0; i--) {
		if (e[i - 1].seg < from->seg ||
		    (e[i - 1].seg == from->seg && from->off != SEGMENT_HEAD_LEN))
			return;
		e[i - 1].rec = at->rec;
		e[i - 1].end = SEGMENT_HEAD_LEN;
	}
}

int
spool_replay(struct spool_q *q, const struct spool_pos *from, spool_replay_cb cb, void *arg)
{
	struct spool_reader *r = spool_reader_open(q->s->dir, q->lea->lea, q->class, from);
	struct spool_pos head = spool_tail(q);
	struct spool_rec rec;
	int rc;

	while ((rc = spool_reader_next(r, &head, &rec)) != 0) {
		if (rc == 1 || rc == -EBADMSG) {
			replay_note(q, from, &rec.pos);
			replay_note(q, from, &rec.next);
		}
		if (rc == 1)
			cb(&rec.pos, &rec.meta, rec.octets, arg);
		else if (rc != -EBADMSG)
			break;
		else
			log_err("SPOOL-DAMAGED",
			    "%s: %" PRIu64 " records behind number %" PRIu64 " cannot be read",
			    q->dir, rec.next.rec - rec.pos.rec, rec.pos.rec);
	}
	if (rc == 0)
		replay_note(q, from, &head);
	spool_reader_close(r);
	return rc;
}
