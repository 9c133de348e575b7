/* SPDX-License-Identifier: Apache-2.0 */
/* Staging: records are laid out as they will lie in the file, in blocks that the writer takes
 * whole.  No allocation per record. */
#include "spool/queue.h"

#include "base/clock.h"
#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct queue_block *
block_get(struct spool *s)
{
	struct queue_block *b = s->blocks_free;

	if (b) {
		s->blocks_free = b->next;
		return b;
	}
	b = calloc(1, sizeof(*b));
	assert(b);
	b->data = aligned_alloc(4096, QUEUE_BLOCK_LEN);
	assert(b->data);
	return b;
}

static void
file_put(struct writer_file *f)
{
	if (--f->refs > 0)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

static void
block_put(struct spool *s, struct queue_block *b)
{
	file_put(b->file);
	b->file = NULL;
	b->q = NULL;
	b->clean = false;
	b->next = s->blocks_free;
	s->blocks_free = b;
}

void
queue_blocks_wipe(struct spool *s)
{
	for (struct queue_block *b = s->blocks_free; b; b = b->next)
		if (!b->clean) {
			if (madvise(b->data, QUEUE_BLOCK_LEN, MADV_DONTNEED) != 0)
				explicit_bzero(b->data, QUEUE_BLOCK_LEN);
			b->clean = true;
		}
}

void
queue_blocks_free(struct spool *s)
{
	struct queue_block *b;

	while ((b = s->blocks_free)) {
		s->blocks_free = b->next;
		free(b->data);
		free(b);
	}
}

void
queue_free(struct spool_q *q)
{
	struct queue_block *b;

	while ((b = q->first)) {
		q->first = b->next;
		block_put(q->s, b);
	}
	if (q->file)
		file_put(q->file);
	free(q->segs);
	free(q);
}

/* A block behind what Q has staged. */
static struct queue_block *
block_add(struct spool_q *q)
{
	struct queue_block *b = block_get(q->s);

	b->next = NULL;
	b->q = q;
	b->file = q->file;
	b->file->refs++;
	b->off = q->tail.off;
	b->used = b->taken = 0;
	b->refs = 0;
	if (q->last)
		q->last->next = b;
	else
		q->first = b;
	q->last = b;
	return b;
}

/* Write the full block at hand from here, into the page cache, and use it again: it stays in the
 * processor's cache, and the batch has only to make it durable.  What cannot be written now is left
 * to the batch, which knows what to do about it. */
static void
write_early(struct spool_q *q)
{
	struct queue_block *b = q->last;

	if (q->first != b || b->file != q->file || !b->file->ready)
		return;
	while (b->taken < b->used) {
		ssize_t n = pwrite(b->file->fd, b->data + b->taken, b->used - b->taken,
		    (off_t)(b->off + b->taken));

		if (n <= 0)
			return;
		b->taken += (uint32_t)n;
		b->file->early = true;
	}
	if (b->refs > 0) { /* the writer still reads its beginning */
		b->q = NULL;
		q->first = q->last = NULL;
		block_add(q);
		return;
	}
	b->off += b->used;
	b->used = b->taken = 0;
}

static inline void
stage(struct spool_q *q, const void *from, size_t n)
{
	const uint8_t *p = from;

	while (n > 0) {
		struct queue_block *b;
		size_t m;

		if (q->last && q->last->used == QUEUE_BLOCK_LEN)
			write_early(q);
		b = q->last;
		if (!b || b->used == QUEUE_BLOCK_LEN || b->file != q->file)
			b = block_add(q);
		m = QUEUE_BLOCK_LEN - b->used < n ? QUEUE_BLOCK_LEN - b->used : n;
		memcpy(b->data + b->used, p, m);
		b->used += (uint32_t)m;
		q->tail.off += (uint32_t)m;
		p += m;
		n -= m;
	}
}

/* Room for N octets in the block at hand, or NULL: then stage() them piece by piece. */
static inline uint8_t *
stage_whole(struct spool_q *q, uint64_t n)
{
	struct queue_block *b = q->last;
	uint8_t *p;

	if (!b || b->file != q->file || QUEUE_BLOCK_LEN - b->used < n)
		return NULL;
	p = b->data + b->used;
	b->used += (uint32_t)n;
	q->tail.off += (uint32_t)n;
	return p;
}

static inline uint8_t *
put(uint8_t *p, struct octets o)
{
	if (o.n > 0)
		memcpy(p, o.p, o.n);
	return p + o.n;
}

static inline void
record_fill(struct segment_rec *r, const struct spool_q *q, const struct spool_meta *m, uint64_t n,
    uint32_t body_crc)
{
	r->nonce = q->file->head.nonce;
	r->n = (uint32_t)n;
	r->rec = q->tail.rec;
	r->meta = *m;
	r->body_crc = body_crc;
	r->window = (uint32_t)(q->tail.rec - q->durable.rec);
	r->crc = segment_rec_crc(r);
}

/* Over the edge of a block, or the first one. */
static __attribute__((noinline)) void
stage_pieces(struct spool_q *q, const struct spool_meta *m, const struct ho_record *rec, uint64_t n,
    uint64_t need, uint32_t body_crc)
{
	static const uint8_t zero[8];
	struct segment_rec r;

	record_fill(&r, q, m, n, body_crc);
	stage(q, &r, sizeof(r));
	stage(q, rec->head.p, rec->head.n);
	stage(q, rec->body.p, rec->body.n);
	stage(q, rec->tail.p, rec->tail.n);
	stage(q, zero, need - SEGMENT_REC_LEN - n);
}

/* Records begin at multiples of 8, in the block too. */
static inline void
stage_record(struct spool_q *q, const struct spool_meta *m, const struct ho_record *rec, uint64_t n,
    uint64_t need, uint32_t body_crc)
{
	uint8_t *p = stage_whole(q, need);

	if (!p) {
		stage_pieces(q, m, rec, n, need, body_crc);
		return;
	}
	memset(p + need - 8, 0, 8); /* the padding is in there */
	record_fill((struct segment_rec *)(void *)p, q, m, n, body_crc);
	p = put(p + SEGMENT_REC_LEN, rec->head);
	p = put(p, rec->body);
	put(p, rec->tail);
}

static void
mark_dirty(struct spool_q *q, uint64_t n)
{
	struct spool *s = q->s;

	q->dirty_len += n;
	s->open_len += n;
	s->turn_len += n;
	if (q->dirty)
		return;
	q->dirty = true;
	q->dirty_next = NULL;
	*s->dirty_end = q;
	s->dirty_end = &q->dirty_next;
}

/* ---- segments */

uint64_t
queue_first_len(const struct spool *s)
{
	return s->conf.segment_len < SEGMENT_FIRST_LEN ? s->conf.segment_len : SEGMENT_FIRST_LEN;
}

uint64_t
queue_seg_min(const struct spool_q *q, uint64_t need)
{
	uint64_t first = queue_first_len(q->s);
	uint64_t len = (SEGMENT_HEAD_LEN + need + 4095) & ~UINT64_C(4095);

	return len > first ? len : first;
}

void
queue_seg_add(struct spool_q *q, uint64_t seg, uint64_t len)
{
	if (q->segs_n == q->segs_cap) {
		q->segs_cap = q->segs_cap * 2 + 8;
		q->segs = realloc(q->segs, q->segs_cap * sizeof(*q->segs));
		assert(q->segs);
	}
	q->segs[q->segs_n++] = (struct segment_entry){.seg = seg, .len = len};
	q->lea->used_len += len;
	spool_lea_grew(q->s, q->lea);
}

/* Length of a new segment: grows to the configured one, shrinks to what the quota leaves. */
static uint64_t
seg_len(const struct spool_q *q, uint64_t need)
{
	uint64_t min = queue_seg_min(q, need), len = q->next_len > min ? q->next_len : min;
	uint64_t quota = q->lea->lea == 0 ? 0 : q->s->conf.quota_len, left;

	if (quota == 0)
		return len;
	left = quota > q->lea->used_len ? (quota - q->lea->used_len) & ~UINT64_C(4095) : 0;
	if (len > left)
		len = left > min ? left : min;
	return len;
}

static uint64_t
nonce_new(void)
{
	uint64_t v = 0;

	while (v == 0)
		random_octets(&v, sizeof(v));
	return v;
}

static void
end_mark(struct spool_q *q)
{
	struct segment_rec r = {.nonce = q->file->head.nonce, .n = SEGMENT_END, .rec = q->tail.rec};

	if (q->tail.off + SEGMENT_REC_LEN > q->file->head.len)
		return;
	r.window = (uint32_t)(q->tail.rec - q->durable.rec);
	r.crc = segment_rec_crc(&r);
	stage(q, &r, sizeof(r));
	mark_dirty(q, sizeof(r));
}

/* End the current segment and lay the next one out; its file is made when the writer comes to it.
 */
static void
roll(struct spool_q *q, uint64_t need)
{
	struct writer_file *f = calloc(1, sizeof(*f));
	uint64_t len = seg_len(q, need);

	assert(f);
	if (q->segs_n > 0)
		q->segs[q->segs_n - 1].end = q->tail.off;
	if (q->file) {
		end_mark(q);
		file_put(q->file);
	}
	if (q->next_seg == 0)
		q->next_seg = (uint64_t)(clock_wall_ns() / 1000000);
	f->pool = &q->lea->pool;
	f->dir = q->dir;
	f->fd = -1;
	f->refs = 1;
	f->head = (struct segment_head){.lea = q->lea->lea,
	    .class = (uint8_t)q->class,
	    .seg = q->next_seg++,
	    .first_rec = q->tail.rec,
	    .nonce = nonce_new(),
	    .len = len,
	    .begun_ns = (uint64_t)clock_wall_ns()};
	q->file = f;
	q->tail.seg = f->head.seg;
	q->tail.off = SEGMENT_HEAD_LEN;
	q->next_len = len * 2 < q->s->conf.segment_len ? len * 2 : q->s->conf.segment_len;
	queue_seg_add(q, f->head.seg, len);
	q->segs[q->segs_n - 1].rec = f->head.first_rec;
}

/* ---- append */

int
spool_append(struct spool_q *q, const struct spool_meta *m, const struct ho_record *rec,
    uint32_t body_crc, struct spool_pos *at)
{
	uint64_t n = (uint64_t)rec->head.n + rec->body.n + rec->tail.n, need = segment_rec_space(n);
	uint32_t crc;

	if (n >= SEGMENT_END || SEGMENT_HEAD_LEN + need > q->s->conf.segment_len)
		return -EMSGSIZE;
	if (!q->file || q->tail.off + need > q->file->head.len)
		roll(q, need);
	if (at)
		*at = q->tail;
	crc = crc32c(0, rec->head.p, rec->head.n);
	crc = crc32c_combine(crc, body_crc, rec->body.n);
	crc = crc32c(crc, rec->tail.p, rec->tail.n);
	stage_record(q, m, rec, n, need, crc);
	q->tail.rec++;
	mark_dirty(q, need);
	spool_appended(q);
	return 0;
}

/* ---- batch */

static void
part_add(struct spool *s, struct queue_block *b)
{
	if (s->batch.parts_n == s->parts_cap) {
		s->parts_cap = s->parts_cap * 2 + 64;
		s->batch.parts = realloc(s->batch.parts, s->parts_cap * sizeof(*s->batch.parts));
		assert(s->batch.parts);
	}
	s->batch.parts[s->batch.parts_n++] = (struct writer_part){.file = b->file,
	    .block = b,
	    .p = b->data + b->taken,
	    .n = b->used - b->taken,
	    .off = b->off + b->taken};
	b->taken = b->used;
	b->refs++;
}

void
queue_take(struct spool_q *q)
{
	struct queue_block *b, *next;

	for (b = q->first; b; b = next) {
		next = b->next;
		if (b->file != q->file)
			b->file->sealed = true;
		if (b->used > b->taken || b->file->early)
			part_add(q->s, b);
		b->file->early = false;
		if (!next && b->used < QUEUE_BLOCK_LEN && b->file == q->file)
			break;
		b->q = NULL;
		if (b->refs == 0)
			block_put(q->s, b);
	}
	q->first = q->last = b;
}

/* A block with nothing to write goes back even when it has room: a quiet queue holds no memory, and
 * the next one is warm. */
void
queue_parts_done(struct spool *s)
{
	for (size_t i = 0; i < s->batch.parts_n; i++) {
		struct queue_block *b = s->batch.parts[i].block;
		struct spool_q *q = b->q;

		b->file->ready = true;
		if (--b->refs > 0 || (q && b->taken < b->used))
			continue;
		if (q) {
			if (q->first != b || q->last != b)
				continue;
			q->first = q->last = NULL;
		}
		block_put(s, b);
	}
	s->batch.parts_n = 0;
}
