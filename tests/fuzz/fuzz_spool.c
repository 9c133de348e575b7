/* SPDX-License-Identifier: Apache-2.0 */
/* A queue as a crash, a bad disk or another hand left it: recovery, then reading from any place.
 *
 * Recovery ends, and a second one comes to the same end.  A reader always gets on, and gives out
 * only records that stand in the files with both checksums right.
 *
 * Input: options (1: a position was known durable, 2: the reader begins at a position of the input,
 * 4: no recovery, the head comes from the input, 8: a read fails, once), then segments.  A segment
 * is an octet (which of its headers is wrong; how long the file is), the gap in front of its
 * number, and parts up to the part SEG_END.  A part is an octet of enum part and what it needs;
 * checksums are made right but where the part says otherwise. */
#define FUZZ_DISK_ITSELF
#include "base/log.h"
#include "fuzz_disk.h"
#include "fuzz_util.h"
#include "spool/queue.h"
#include "spool/spool_reader.h"

#include <errno.h>

#define SEGS_MAX 4
#define IMAGE_MAX 20480
#define LEA 7
#define TURNS_MAX 20000
#define NONCE UINT64_C(0x1122334455667788)

enum part {
	SEG_END, /* of this segment's parts */
	RECORD,
	RECORD_NUMBER, /* another number than the next */
	RECORD_BODY,   /* wrong checksum of the octets */
	RECORD_HEAD,   /* wrong checksum of the header */
	RECORD_NONCE,  /* of the file's earlier life */
	RECORD_LEN,    /* says another length, with a right checksum */
	END_MARK,
	RAW,
	ZEROS,
	PART_N
};

/* Options of a segment. */
#define BAD_FIRST 1
#define BAD_SECOND 2
#define RAW_HEAD 4
#define FULL_LEN 8   /* the file has its whole length, else it ends behind its parts */
#define LOSE 16	     /* the file is not there */
#define SHORT 32     /* the file is cut */
#define OTHER_LEN 64 /* the header says another length */

struct image {
	uint64_t seg, nonce, first_rec;
	uint8_t *o;
	size_t n;
	size_t data_n; /* behind it nothing was ever written */
	bool lost;
};

static struct image image[SEGS_MAX];
static size_t image_n;
static uint8_t memory[SEGS_MAX][IMAGE_MAX];

#define QUEUE_DIR "/spool/7/cc"

/* ---- the disk */

#define DISK_DIR 900 /* descriptor of a folder; those of files are 1000 and the index */
#define DISK_FILE 1000

static int descriptors;		/* that are open */
static unsigned fail_at, reads; /* this read fails; 0: none */
static size_t listed, foreign;
static char listed_seg[32];

int
disk_open(const char *path, int flags)
{
	char want[SEGMENT_PATH_MAX];

	if (flags & O_DIRECTORY) {
		descriptors++;
		return DISK_DIR;
	}
	for (size_t i = 0; i < image_n; i++)
		if (!image[i].lost &&
		    segment_file_path(want, QUEUE_DIR, image[i].seg, ".seg") == 0 &&
		    strcmp(want, path) == 0) {
			descriptors++;
			return DISK_FILE + (int)i;
		}
	errno = ENOENT;
	return -1;
}

int
disk_close(int fd)
{
	assert(fd == DISK_DIR || (fd >= DISK_FILE && fd < DISK_FILE + SEGS_MAX));
	assert(descriptors-- > 0);
	return 0;
}

static struct image *
disk_image(int fd)
{
	assert(fd >= DISK_FILE && fd < DISK_FILE + (int)image_n);
	return &image[fd - DISK_FILE];
}

ssize_t
disk_pread(int fd, void *p, size_t n, off_t off)
{
	struct image *m = disk_image(fd);

	if (fail_at != 0 && ++reads == fail_at) {
		errno = EIO;
		return -1;
	}
	if ((size_t)off >= m->n)
		return 0;
	if (n > m->n - (size_t)off)
		n = m->n - (size_t)off;
	memcpy(p, m->o + off, n);
	return (ssize_t)n;
}

ssize_t
disk_pwrite(int fd, const void *p, size_t n, off_t off)
{
	struct image *m = disk_image(fd);

	assert((size_t)off + n <= IMAGE_MAX);
	memcpy(m->o + off, p, n);
	if ((size_t)off + n > m->n)
		m->n = (size_t)off + n;
	if ((size_t)off + n > m->data_n)
		m->data_n = (size_t)off + n;
	return (ssize_t)n;
}

off_t
disk_lseek(int fd, off_t off, int whence)
{
	struct image *m = disk_image(fd);

	if (whence == SEEK_HOLE)
		return (off_t)m->data_n;
	assert(whence == SEEK_DATA);
	errno = ENXIO;
	return (size_t)off < m->data_n ? off : -1;
}

int
disk_fstat(int fd, struct stat *st)
{
	st->st_size = (off_t)disk_image(fd)->n;
	return 0;
}

int
disk_fstatat(int dir, const char *name, struct stat *st, int flags)
{
	(void)dir;
	(void)name;
	(void)flags;
	st->st_mode = S_IFREG;
	st->st_size = (off_t)image[listed - 1].n;
	return 0;
}

int
disk_mkdir(const char *path, mode_t mode)
{
	(void)path;
	(void)mode;
	errno = EEXIST;
	return -1;
}

int
disk_sync(int fd)
{
	(void)fd;
	return 0;
}

DIR *
disk_opendir(const char *path)
{
	assert(strcmp(path, QUEUE_DIR) == 0);
	listed = foreign = 0;
	return (DIR *)(void *)listed_seg;
}

struct dirent *
disk_readdir(DIR *d)
{
	/* names that are none of ours */
	static const char *const others[] = {
	    ".", "spare", "00000000000000AB.seg", "zzzzzzzzzzzzzzzz.seg", "ffffffffffffffff.seg"};
	static struct dirent e;

	(void)d;
	if (foreign < sizeof(others) / sizeof(others[0])) {
		snprintf(e.d_name, sizeof(e.d_name), "%s", others[foreign++]);
		return &e;
	}
	while (listed < image_n && image[listed].lost)
		listed++;
	if (listed == image_n)
		return NULL;
	snprintf(
	    e.d_name, sizeof(e.d_name), "%016llx.seg", (unsigned long long)image[listed++].seg);
	return &e;
}

int
disk_closedir(DIR *d)
{
	(void)d;
	return 0;
}

/* ---- writing what the input says */

static size_t
put_record(struct image *m, struct fuzz_in *f, enum part part, uint64_t *rec)
{
	struct segment_rec r = {
	    .nonce = m->nonce, .n = part == END_MARK ? SEGMENT_END : fuzz_u8(f)};
	struct octets body = fuzz_take(f, part == END_MARK ? 0 : r.n);
	struct octets meta = fuzz_take(f, fuzz_u8(f) & 31);
	size_t space = segment_rec_space(part == END_MARK ? 0 : body.n);

	if (m->n + space > IMAGE_MAX)
		return 0;
	if (part != END_MARK)
		r.n = (uint32_t)body.n;
	if (part == RECORD_NUMBER)
		*rec += fuzz_u8(f) - 8u;
	if (part == RECORD_NONCE)
		r.nonce ^= 1 + fuzz_u8(f);
	r.rec = *rec;
	r.window = fuzz_u8(f);
	if (meta.n > 0)
		memcpy(&r.meta, meta.p, meta.n);
	r.body_crc = crc32c(0, body.p, body.n) ^ (part == RECORD_BODY);
	if (part == RECORD_LEN)
		r.n += (uint32_t)fuzz_number(f, 4) >> (fuzz_u8(f) & 31);
	r.crc = segment_rec_crc(&r) ^ (part == RECORD_HEAD);
	memcpy(m->o + m->n, &r, sizeof(r));
	if (body.n > 0)
		memcpy(m->o + m->n + sizeof(r), body.p, body.n);
	*rec += part != END_MARK;
	return space;
}

static void
put_parts(struct image *m, struct fuzz_in *f, uint64_t *rec)
{
	struct octets raw;
	enum part part;

	while (f->n > 0 && (part = (enum part)(fuzz_u8(f) % PART_N)) != SEG_END) {
		if (part == RAW) {
			raw = fuzz_take(f, fuzz_u8(f));
			if (m->n + raw.n > IMAGE_MAX)
				return;
			memcpy(m->o + m->n, raw.p, raw.n);
			m->n += raw.n;
		} else if (part == ZEROS) {
			m->n += fuzz_u8(f) * 8u;
			m->n = m->n > IMAGE_MAX ? IMAGE_MAX : m->n;
		} else {
			m->n += put_record(m, f, part, rec);
		}
	}
}

static void
put_head(struct image *m, struct fuzz_in *f, uint8_t options)
{
	struct segment_head h = {.class = HO_CC,
	    .lea = LEA,
	    .seg = m->seg,
	    .first_rec = m->first_rec,
	    .nonce = m->nonce,
	    .len = SEGMENT_LEN_MIN,
	    .begun_ns = 1};
	struct octets raw = fuzz_take(f, options & RAW_HEAD ? sizeof(h) : 0);

	if (options & OTHER_LEN)
		h.len = fuzz_number(f, 5);
	segment_head_encode(&h, m->o);
	if (raw.n > 0)
		memcpy(m->o, raw.p, raw.n);
	if (options & BAD_FIRST)
		m->o[fuzz_u8(f) & 63] ^= 1;
	if (options & BAD_SECOND)
		m->o[SEGMENT_HEAD_COPY + (fuzz_u8(f) & 63)] ^= 1;
}

static void
put_segments(struct fuzz_in *f)
{
	uint64_t seg = 1, rec = 0;

	for (image_n = 0; image_n < SEGS_MAX && f->n > 0; image_n++) {
		struct image *m = &image[image_n];
		uint8_t options = fuzz_u8(f);

		seg += 1u + (fuzz_u8(f) & 3);
		memset(memory[image_n], 0, image[image_n].n);
		*m = (struct image){.seg = seg,
		    .nonce = NONCE + image_n,
		    .first_rec = rec,
		    .o = memory[image_n],
		    .lost = options & LOSE};
		m->n = SEGMENT_HEAD_LEN;
		put_head(m, f, options);
		put_parts(m, f, &rec);
		m->data_n = m->n;
		if ((options & FULL_LEN) && m->n < SEGMENT_LEN_MIN)
			m->n = SEGMENT_LEN_MIN;
		if (options & SHORT) {
			size_t n = m->n - m->n * fuzz_u8(f) / 512;

			memset(m->o + n, 0, m->n - n);
			m->n = n;
			m->data_n = n < m->data_n ? n : m->data_n;
		}
	}
}

/* ---- what must hold */

/* The record stands there, and both checksums are right. */
static void
check_record(const struct spool_pos *at, const struct spool_meta *meta, struct octets o)
{
	struct segment_rec r;
	const uint8_t *p = NULL;

	for (size_t i = 0; i < image_n; i++)
		if (image[i].seg == at->seg && at->off + sizeof(r) + o.n <= image[i].n)
			p = image[i].o + at->off;
	assert(p != NULL);
	memcpy(&r, p, sizeof(r));
	assert(r.crc == segment_rec_crc(&r) && r.n == o.n && r.rec == at->rec);
	assert(memcmp(&r.meta, meta, sizeof(r.meta)) == 0);
	assert(o.n == 0 || memcmp(p + sizeof(r), o.p, o.n) == 0);
	assert(crc32c(0, o.p, o.n) == r.body_crc);
}

static bool
behind(const struct spool_pos *a, const struct spool_pos *b)
{
	return a->seg > b->seg || (a->seg == b->seg && a->off > b->off);
}

static void
read_all(const struct spool_pos *from, const struct spool_pos *head)
{
	struct spool_reader *r = spool_reader_open("/spool", LEA, HO_CC, from);
	struct spool_pos was = spool_reader_pos(r);
	struct spool_rec rec;
	int rc, turns = 0;

	while ((rc = spool_reader_next(r, head, &rec)) != 0) {
		assert(++turns < TURNS_MAX);
		if (rc == -EIO) { /* a read failed, once: it is tried again from the same place */
			assert(fail_at != 0 && reads >= fail_at);
			continue;
		}
		assert(rc == 1 || rc == -EBADMSG);
		assert(!behind(&was, &rec.next) || behind(&was, head));
		was = rec.next;
		assert(memcmp(&was, &(struct spool_pos){0}, sizeof(was)) != 0);
		if (rc == 1)
			check_record(&rec.pos, &rec.meta, rec.octets);
		else
			assert(rec.next.rec != rec.pos.rec);
	}
	spool_reader_close(r);
}

struct seen {
	uint64_t n, digest;
};

static void
on_replay(const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg)
{
	struct seen *s = arg;

	check_record(at, m, o);
	s->n++;
	s->digest = s->digest * UINT64_C(1099511628211) + at->rec * 31 + at->off;
}

static struct spool_pos
recover(const struct spool_pos *known, struct seen *seen)
{
	struct queue_lea lea = {.lea = LEA};
	static char dir[] = "/spool";
	struct spool s = {.dir = dir, .conf = {.segment_len = 1 << 20}, .leas = &lea};
	struct spool_q *q = calloc(1, sizeof(*q));
	struct spool_pos tail;
	uint64_t last;
	int rc;

	assert(q != NULL);
	q->s = &s;
	q->lea = &lea;
	q->class = HO_CC;
	snprintf(q->dir, sizeof(q->dir), QUEUE_DIR);
	rc = recover_queue(q, known);
	if (rc == -EIO) { /* nothing was cut for what could not be read */
		assert(fail_at != 0 && reads >= fail_at);
		queue_free(q);
		fail_at = 0;
		return recover(known, seen);
	}
	assert(rc == 0);
	tail = spool_tail(q);
	last = q->segs_n == 0 ? 0 : q->segs[q->segs_n - 1].seg;
	assert(q->segs_n == 0 || tail.seg == last);
	if (known != NULL && known->seg > last)
		assert(q->next_seg == known->seg + 1 && tail.rec >= known->rec && q->file == NULL);
	else
		assert(q->next_seg == (q->segs_n == 0 ? 0 : last + 1));
	*seen = (struct seen){0};
	rc = spool_replay(q, &(struct spool_pos){0}, on_replay, seen);
	if (rc == -EIO) { /* told: the role ends, and begins anew */
		assert(fail_at != 0 && reads >= fail_at);
		fail_at = 0;
		*seen = (struct seen){0};
		rc = spool_replay(q, &(struct spool_pos){0}, on_replay, seen);
	}
	assert(rc == 0);
	if (q->file != NULL) { /* queue.c closes a descriptor of the system */
		disk_close(q->file->fd);
		q->file->fd = -1;
	}
	queue_free(q);
	return tail;
}

static struct spool_pos
position(struct fuzz_in *f)
{
	uint8_t size = fuzz_u8(f);

	return (struct spool_pos){.seg = fuzz_number(f, size & 1 ? 8 : 1) >> (size & 1),
	    .rec = fuzz_number(f, size & 2 ? 8 : 1),
	    .off = (uint32_t)fuzz_number(f, size & 4 ? 4 : 2)};
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct fuzz_in f = {in, n};
	uint8_t options = fuzz_u8(&f);
	struct spool_pos known = {0}, from = {0}, tail, again;
	struct seen first, second;

	log_init("fuzz", (enum log_level)0);
	if (options & 1)
		known = position(&f);
	if (options & 2)
		from = position(&f);
	tail = options & 4 ? position(&f) : from;
	tail.off &= ~7u; /* ingest tells places of records only */
	reads = 0;
	fail_at = options & 8 ? fuzz_u8(&f) & 63 : 0;
	put_segments(&f);
	if (!(options & 4)) {
		tail = recover(options & 1 ? &known : NULL, &first);
		again = recover(options & 1 ? &known : NULL, &second);
		assert(memcmp(&tail, &again, sizeof(tail)) == 0);
		assert(first.n == second.n && first.digest == second.digest);
	}
	read_all(&(struct spool_pos){0}, &tail);
	read_all(&from, &tail);
	assert(descriptors == 0);
	return 0;
}
