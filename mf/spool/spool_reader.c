/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a queue; see spool_reader.h, FORMAT "What is believed" and "Each case". */
#include "spool/spool_reader.h"

#include "base/clock.h"
#include "base/log.h"
#include "spool/seg_in.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct spool_reader {
	char dir[SEGMENT_PATH_MAX];
	uint32_t lea;
	enum ho_class class;
	struct spool_pos pos;
	bool rec_unknown;	/* began at the oldest segment, whose header is bad */
	struct seg_in in;	/* open: segment pos.seg */
	struct segment_rec rec; /* step() looks at this one */
	int64_t failing_ns;	/* since when there is EIO at the position; 0: there is none */
};

/* What a step came to, beside 1, 0 and -EBADMSG: look again. */
#define AGAIN 2

void
spool_reader_close(struct spool_reader *r)
{
	if (!r)
		return;
	seg_in_fini(&r->in);
	free(r);
}

void
spool_reader_rest(struct spool_reader *r)
{
	seg_in_rest(&r->in);
}

struct spool_pos
spool_reader_pos(const struct spool_reader *r)
{
	return r->pos;
}

static void
go(struct spool_reader *r, uint64_t seg, uint64_t rec, uint64_t off)
{
	if (r->in.head.seg != seg)
		seg_in_close(&r->in);
	r->pos = (struct spool_pos){.seg = seg, .rec = rec, .off = (uint32_t)off & ~7u};
}

void
spool_reader_seek(struct spool_reader *r, const struct spool_pos *pos)
{
	go(r, pos->seg, pos->rec, pos->off);
	r->rec_unknown = false;
}

struct spool_reader *
spool_reader_open(const char *dir, uint32_t lea, enum ho_class class, const struct spool_pos *from)
{
	struct spool_reader *r = calloc(1, sizeof(*r));

	int rc;

	assert(r);
	rc = segment_dir_path(r->dir, dir, lea, class);
	assert(rc == 0);
	(void)rc;
	r->lea = lea;
	r->class = class;
	seg_in_init(&r->in);
	if (from)
		spool_reader_seek(r, from);
	return r;
}

/* Go on at (SEG, REC, OFF); report it when records are missing between.  A count that cannot be
 * known is reported as 1. */
static int
skip_to(struct spool_reader *r, struct spool_rec *out, uint64_t seg, uint64_t rec, uint64_t off)
{
	struct spool_pos was = r->pos;
	bool known = !r->rec_unknown;

	go(r, seg, rec, off);
	r->rec_unknown = false;
	if (known && rec == was.rec)
		return AGAIN;
	memset(out, 0, sizeof(*out));
	out->pos = was;
	out->next = r->pos;
	if (!known || rec < was.rec)
		out->pos.rec = rec - 1;
	return -EBADMSG;
}

static int
skip_to_head(struct spool_reader *r, struct spool_rec *out, const struct spool_pos *head)
{
	return skip_to(r, out, head->seg, head->rec, head->off);
}

/* What says that a segment is not there, or is no segment; any other error says nothing. */
static bool
is_missing(int rc)
{
	return rc == -ENOENT || rc == -EBADMSG || rc == -ELOOP;
}

/* Open the first good segment with a number in FROM..TO.  0, -ENOENT, -errno. */
static int
open_next(struct spool_reader *r, uint64_t from, uint64_t to, uint64_t *seg)
{
	struct segment_entry *list;
	size_t n;
	int rc = segment_list(r->dir, ".seg", &list, &n);

	if (rc < 0)
		return rc;
	rc = -ENOENT;
	for (size_t i = 0; i < n && is_missing(rc); i++) {
		*seg = list[i].seg;
		if (*seg >= from && *seg <= to)
			rc = seg_in_open(&r->in, r->dir, r->lea, r->class, *seg);
	}
	free(list);
	return is_missing(rc) ? -ENOENT : rc;
}

/* Zeroed position: begin at the oldest segment. */
static int
begin_oldest(struct spool_reader *r, struct spool_rec *out, const struct spool_pos *head)
{
	struct segment_entry *list;
	uint64_t seg;
	size_t n;
	int rc = segment_list(r->dir, ".seg", &list, &n);

	if (rc < 0)
		return rc;
	if (n == 0 || list[0].seg > head->seg) {
		free(list);
		return skip_to_head(r, out, head);
	}
	seg = list[0].seg;
	free(list);
	rc = seg_in_open(&r->in, r->dir, r->lea, r->class, seg);
	if (rc < 0 && !is_missing(rc))
		return rc;
	r->rec_unknown = rc < 0;
	if (rc < 0 && seg == head->seg)
		return skip_to_head(r, out, head);
	go(r, seg, rc == 0 ? r->in.head.first_rec : 0, SEGMENT_HEAD_LEN);
	return AGAIN;
}

/* The segment at the position is missing or its header is bad. */
static int
enter_other(struct spool_reader *r, struct spool_rec *out, const struct spool_pos *head)
{
	uint64_t seg;
	int rc = open_next(r, r->pos.seg + 1, head->seg, &seg);

	if (rc < 0 && !is_missing(rc))
		return rc;
	log_err("SPOOL-MISSING", "%s: segment %016" PRIx64 " is missing or has no good header",
	    r->dir, r->pos.seg);
	if (rc < 0)
		return skip_to_head(r, out, head);
	return skip_to(r, out, seg, r->in.head.first_rec, SEGMENT_HEAD_LEN);
}

static int
enter(struct spool_reader *r, struct spool_rec *out, const struct spool_pos *head)
{
	uint64_t first;
	int rc = seg_in_open(&r->in, r->dir, r->lea, r->class, r->pos.seg);

	if (rc < 0)
		return is_missing(rc) ? enter_other(r, out, head) : rc;
	first = r->in.head.first_rec;
	if (r->pos.off < SEGMENT_HEAD_LEN)
		r->pos.off = SEGMENT_HEAD_LEN;
	if (r->pos.off > SEGMENT_HEAD_LEN)
		return AGAIN;
	if (first > r->pos.rec)
		return skip_to(r, out, r->pos.seg, first, SEGMENT_HEAD_LEN);
	if (first < r->pos.rec) /* the writer cut a torn record that we had passed */
		log_warn("SPOOL-CURSOR",
		    "%s: segment %016" PRIx64 " begins with record %" PRIu64 ", expected %" PRIu64,
		    r->dir, r->pos.seg, first, r->pos.rec);
	r->pos.rec = first;
	return AGAIN;
}

/* Nothing more is believed in this segment, which ends at record REC as far as is known. */
static int
leave(struct spool_reader *r, struct spool_rec *out, const struct spool_pos *head)
{
	if (r->pos.seg == head->seg)
		return skip_to_head(r, out, head);
	go(r, r->pos.seg + 1, r->pos.rec, SEGMENT_HEAD_LEN);
	return AGAIN;
}

static int
give(struct spool_reader *r, struct spool_rec *out, uint64_t limit, const struct segment_rec *h)
{
	uint64_t next = r->pos.off + segment_rec_space(h->n);
	const uint8_t *p = seg_in_body(&r->in, r->pos.off, limit, h);

	if (!p)
		return skip_to(r, out, r->pos.seg, h->rec + 1, next);
	out->meta = h->meta;
	out->octets = (struct octets){p, h->n};
	out->pos = r->pos;
	r->pos.off = (uint32_t)next;
	r->pos.rec++;
	out->next = r->pos;
	return 1;
}

static int
step(struct spool_reader *r, struct spool_rec *out, const struct spool_pos *head)
{
	uint64_t limit = r->pos.seg == head->seg ? head->off : r->in.len;
	uint64_t off = r->pos.off;
	struct segment_rec *h = &r->rec;

	if (off + SEGMENT_REC_LEN > limit)
		return leave(r, out, head);
	if (!seg_in_rec(&r->in, off, limit, h) || h->rec < r->pos.rec) {
		off += 8;
		if (!seg_in_find(&r->in, &off, limit, r->pos.rec, h))
			return leave(r, out, head);
	}
	if (h->rec > r->pos.rec)
		return skip_to(r, out, r->pos.seg, h->rec, off);
	r->pos.off = (uint32_t)off;
	return h->n == SEGMENT_END ? leave(r, out, head) : give(r, out, limit, h);
}

static int
next(struct spool_reader *r, const struct spool_pos *head, struct spool_rec *out)
{
	int rc = AGAIN;

	while (rc == AGAIN) {
		if (head->seg == 0)
			return 0;
		if (r->pos.seg == head->seg && r->pos.off == head->off)
			/* another number at the same place: the segment was given up */
			return r->pos.rec == head->rec ? 0 : skip_to_head(r, out, head);
		if (r->pos.seg > head->seg || (r->pos.seg == head->seg && r->pos.off > head->off)) {
			log_err("SPOOL-CURSOR", "%s: the cursor lies behind the end of the queue",
			    r->dir);
			r->rec_unknown |= head->rec < r->pos.rec; /* an old copy was put back */
			rc = skip_to_head(r, out, head);
		} else if (r->pos.seg == 0) {
			rc = begin_oldest(r, out, head);
		} else if (r->in.fd < 0) {
			rc = enter(r, out, head);
		} else {
			rc = step(r, out, head);
		}
		if (r->in.err != 0)
			return -r->in.err;
	}
	return rc;
}

int
spool_reader_next(struct spool_reader *r, const struct spool_pos *head, struct spool_rec *out)
{
	struct spool_pos was = r->pos;
	bool unknown = r->rec_unknown;
	int64_t now = 0;
	int rc;

	if (r->failing_ns != 0)
		now = clock_mono_ns();
	r->in.give_up = now != 0 && now - r->failing_ns >= SPOOL_READER_PATIENCE_S * CLOCK_NS_PER_S;
	r->in.err = 0;
	rc = next(r, head, out);
	if (rc >= 0 || rc == -EBADMSG) {
		r->failing_ns = 0;
		return rc;
	}
	seg_in_close(&r->in); /* it is opened anew */
	r->pos = was;
	r->rec_unknown = unknown;
	if (r->failing_ns == 0)
		r->failing_ns = clock_mono_ns();
	return rc;
}
