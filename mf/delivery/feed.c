/* SPDX-License-Identifier: Apache-2.0 */
/* Readers, cursors and records in flight of one destination; see feed.h. */
#include "delivery/feed.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEED_SKIP_MAX 4096 /* records of others in one call */
#define FEED_PEEK_MAX 256  /* records looked at for the age of the oldest */

#define FEED_DAMAGE_LOG 1024 /* of so many damaged places one is logged; all are counted */

/* Records that cannot be read; after a reconnect they are met again. */
struct feed_told {
	uint64_t first, n;
};
#define FEED_TOLD_N 16

/* One class. */
struct feed_class {
	bool takes, has_head;
	struct spool_reader *rd;
	struct spool_pos at, head;	    /* where the reader stands; durable end */
	struct spool_pos own;		    /* feed_skip met a record of this destination here */
	uint64_t sent_rec;		    /* records with a lower number were sent before */
	struct feed_told told[FEED_TOLD_N]; /* the last ones, as a ring */
	uint32_t told_n;
	uint32_t damages; /* places, for the log */
	bool unread;	  /* the disk did not answer: told */
	bool unpeeked;	  /* nor when only the oldest record's age was wanted: logged */
	uint32_t in_flight_n;
	struct spool_pos oldest; /* where that record lies; zero: not known */
	struct spool_pos peeked; /* cursor for which oldest_ns holds */
	int64_t oldest_ns;
};

/* One record in flight, 48 octets. */
struct feed_flight {
	uint64_t end; /* on the connection */
	struct spool_pos next;
	uint64_t recv_ns;
	uint32_t warrant, len;
	uint8_t class, kind;
};

struct feed {
	struct dest_env *env;
	uint32_t dest;
	char name[64];
	struct feed_class class[DEST_CLASS_N];
	struct feed_flight *ring;
	uint32_t ring_head, ring_n;
	uint64_t in_flight_len;
	uint32_t window_len; /* limit of in_flight_len */
	struct feed_totals done;
};

static bool
feed_pos_before(const struct spool_pos *a, const struct spool_pos *b)
{
	return a->seg < b->seg || (a->seg == b->seg && a->off < b->off);
}

/* Whether there is something to read: also a place that got another number, for what was given up
 * there. */
static bool
feed_behind(const struct feed_class *k)
{
	return feed_pos_before(&k->at, &k->head) ||
	       (k->at.seg == k->head.seg && k->at.off == k->head.off && k->at.rec < k->head.rec);
}

static struct cursor_pos *
feed_entry(const struct feed *f, enum ho_class class)
{
	return cursor_at(f->env->cursor, f->dest, class, NULL);
}

static void
feed_open(struct feed *f, enum ho_class class)
{
	struct feed_class *k = &f->class[class];

	k->at = feed_entry(f, class)->pos;
	k->rd = spool_reader_open(f->env->spool_dir, f->env->lea, class, &k->at);
	assert(k->rd != NULL);
}

struct feed *
feed_new(struct dest_env *env, uint32_t dest, const char *name, bool hi2, bool hi3)
{
	struct feed *f = calloc(1, sizeof(*f));

	assert(f != NULL);
	f->env = env;
	f->dest = dest;
	f->window_len = DEST_IN_FLIGHT_LEN;
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->ring = calloc(DEST_IN_FLIGHT_N, sizeof(*f->ring));
	assert(f->ring != NULL);
	for (int c = 0; c < DEST_CLASS_N; c++) {
		f->class[c].takes = c == HO_IRI ? hi2 : hi3;
		if (f->class[c].takes)
			feed_open(f, (enum ho_class)c);
		else
			cursor_drop(env->cursor, dest, (enum ho_class)c);
	}
	return f;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	for (int c = 0; c < DEST_CLASS_N; c++)
		if (f->class[c].rd != NULL)
			spool_reader_close(f->class[c].rd);
	free(f->ring);
	free(f);
}

bool
feed_takes(const struct feed *f, enum ho_class class)
{
	return class < DEST_CLASS_N && f->class[class].takes;
}

static void
feed_start_over(struct feed *f, enum ho_class class, const struct spool_pos *head)
{
	struct feed_class *k = &f->class[class];
	struct cursor_pos *e = feed_entry(f, class);
	char text[200];

	snprintf(text, sizeof(text),
	    "the %s queue ends at record %llu, in front of the cursor (%llu): everything there is "
	    "is sent again",
	    ho_class_name(class), (unsigned long long)head->rec, (unsigned long long)e->pos.rec);
	f->env->alarm(f->env->arg, true, "CURSOR-LOST", f->name, text);
	memset(&e->pos, 0, sizeof(e->pos));
	cursor_touch(f->env->cursor);
	k->at = e->pos;
	k->told_n = 0;
	spool_reader_seek(k->rd, &k->at);
}

/* Recovery cut the segment in front of where we stand: there is nothing behind the cut, and what
 * comes next begins there. */
static void
feed_back(struct feed *f, enum ho_class class, const struct spool_pos *head)
{
	struct feed_class *k = &f->class[class];

	feed_entry(f, class)->pos = *head;
	cursor_touch(f->env->cursor);
	f->env->moved(f->env->arg);
	k->at = *head;
	k->told_n = 0;
	spool_reader_seek(k->rd, &k->at);
}

void
feed_head(struct feed *f, enum ho_class class, const struct spool_pos *head)
{
	struct feed_class *k = &f->class[class];

	if (!feed_takes(f, class))
		return;
	if (k->in_flight_n == 0 && feed_pos_before(head, &k->at)) {
		if (head->seg == k->at.seg)
			feed_back(f, class, head);
		else
			feed_start_over(f, class, head);
	}
	k->head = *head;
	k->has_head = true;
}

/* Nothing of the class is in flight: what the reader has passed is done with. */
static void
feed_settle(struct feed *f, enum ho_class class)
{
	struct feed_class *k = &f->class[class];
	struct cursor_pos *e;

	if (k->in_flight_n > 0)
		return;
	e = feed_entry(f, class);
	if (feed_pos_before(&e->pos, &k->at) || e->pos.rec < k->at.rec) {
		e->pos = k->at;
		cursor_touch(f->env->cursor);
		f->env->moved(f->env->arg);
	}
}

static __attribute__((noinline)) void
feed_damaged(struct feed *f, enum ho_class class, const struct spool_rec *rec)
{
	struct feed_class *k = &f->class[class];
	uint64_t first = rec->pos.rec, n = rec->next.rec > first ? rec->next.rec - first : 1;
	char text[200];

	for (uint32_t i = 0; i < k->told_n && i < FEED_TOLD_N; i++)
		if (first >= k->told[i].first && first + n <= k->told[i].first + k->told[i].n)
			return; /* before the last reconnect */
	k->told[k->told_n++ % FEED_TOLD_N] = (struct feed_told){first, n};
	feed_entry(f, class)->lost += n;
	cursor_touch(f->env->cursor);
	snprintf(text, sizeof(text),
	    "records %llu to %llu of the %s queue cannot be read: they are not delivered",
	    (unsigned long long)first, (unsigned long long)(first + n - 1), ho_class_name(class));
	if (k->damages++ % FEED_DAMAGE_LOG == 0)
		log_err("SPOOL-DAMAGED", "%s: %s", f->name, text);
	f->env->alarm(f->env->arg, true, "SPOOL-DAMAGED", f->name, text);
}

/* The disk did not answer (RC), or does again (RC 0).  Asked for when that is news: the texts here
 * and above are zeroed before anything else. */
static __attribute__((noinline)) void
feed_unread_now(struct feed *f, enum ho_class class, int rc)
{
	struct feed_class *k = &f->class[class];
	char text[200], object[96];

	k->unread = rc < 0;
	snprintf(object, sizeof(object), "%s/%s", f->name, ho_class_name(class));
	if (rc < 0)
		snprintf(text, sizeof(text),
		    "record %llu of the %s queue cannot be read: %s; it and what lies behind wait, "
		    "and are tried again",
		    (unsigned long long)k->at.rec, ho_class_name(class), strerror(-rc));
	else
		snprintf(text, sizeof(text), "the %s queue can be read", ho_class_name(class));
	f->env->alarm(f->env->arg, rc < 0, "SPOOL-READ", object, text);
}

/* Next record of one class that is ours.  1, 0, -EAGAIN, -EBUSY. */
static int
feed_next_of(struct feed *f, enum ho_class class, struct spool_rec *rec, unsigned *skip)
{
	struct feed_class *k = &f->class[class];

	while (feed_behind(k)) {
		int r = spool_reader_next(k->rd, &k->head, rec);
		bool unread = r < 0 && r != -EBADMSG;

		if (k->unread != unread)
			feed_unread_now(f, class, unread ? r : 0);
		if (unread)
			return -EBUSY;
		if (r == 0) { /* perhaps in a new segment, which frees the old one */
			k->at = spool_reader_pos(k->rd);
			break;
		}
		k->at = rec->next;
		if (r == 1 && rec->meta.kind == SPOOL_REC_STATE)
			continue;
		if (r == 1 && rec->meta.dest == f->dest)
			return 1;
		if (r == 1)
			f->env->other(f->env->arg, rec->meta.dest, class, &rec->pos);
		else
			feed_damaged(f, class, rec);
		if (++*skip > FEED_SKIP_MAX) {
			feed_settle(f, class);
			return -EAGAIN;
		}
	}
	feed_settle(f, class);
	return 0;
}

bool
feed_full(const struct feed *f)
{
	return f->ring_n == DEST_IN_FLIGHT_N || f->in_flight_len >= f->window_len;
}

int
feed_next(struct feed *f, enum ho_class *class, struct spool_rec *rec)
{
	unsigned skip = 0;
	int none = 0;

	if (feed_full(f))
		return 0;
	for (int c = 0; c < DEST_CLASS_N; c++) {
		struct feed_class *k = &f->class[c];
		int r;

		if (!k->takes || !k->has_head || !feed_behind(k))
			continue;
		r = feed_next_of(f, (enum ho_class)c, rec, &skip);
		*class = (enum ho_class)c;
		if (r == 1 || r == -EAGAIN)
			return r;
		none = r < 0 ? r : none; /* the other classes go on */
	}
	return none;
}

/* Own records behind the first one wait together with what lies between them. */
static int
feed_skip_of(struct feed *f, enum ho_class class)
{
	struct feed_class *k = &f->class[class];
	struct spool_rec rec;
	unsigned skip = 0;
	int r;

	if (!k->takes || !k->has_head || k->in_flight_n > 0 || !feed_behind(k) ||
	    (k->own.seg != 0 && k->at.seg == k->own.seg && k->at.off == k->own.off))
		return 0;
	r = feed_next_of(f, class, &rec, &skip);
	if (r != 1)
		return r == -EAGAIN ? r : 0;
	feed_unread(f, class, &rec);
	k->own = rec.pos;
	feed_settle(f, class);
	return 0;
}

int
feed_skip(struct feed *f)
{
	int r = 0;

	for (int c = 0; c < DEST_CLASS_N; c++)
		if (feed_skip_of(f, (enum ho_class)c) != 0)
			r = -EAGAIN;
	return r;
}

void
feed_rest(struct feed *f)
{
	for (int c = 0; c < DEST_CLASS_N; c++)
		if (f->class[c].rd != NULL && !feed_pos_before(&f->class[c].at, &f->class[c].head))
			spool_reader_rest(f->class[c].rd);
}

void
feed_unread(struct feed *f, enum ho_class class, const struct spool_rec *rec)
{
	f->class[class].at = rec->pos;
	spool_reader_seek(f->class[class].rd, &f->class[class].at);
}

bool
feed_sent(struct feed *f, enum ho_class class, const struct spool_rec *rec, uint64_t end)
{
	struct feed_class *k = &f->class[class];
	struct feed_flight *x;
	bool again = rec->pos.rec < k->sent_rec;

	assert(f->ring_n < DEST_IN_FLIGHT_N);
	x = &f->ring[(f->ring_head + f->ring_n++) & (DEST_IN_FLIGHT_N - 1)];
	x->end = end;
	x->next = rec->next;
	x->recv_ns = rec->meta.recv_ns;
	x->warrant = rec->meta.warrant;
	x->len = (uint32_t)rec->octets.n;
	x->class = (uint8_t) class;
	x->kind = rec->meta.kind;
	k->in_flight_n++;
	f->in_flight_len += rec->octets.n;
	if (!again)
		k->sent_rec = rec->pos.rec + 1;
	return again;
}

uint32_t
feed_acked(struct feed *f, uint64_t end)
{
	const struct spool_pos *last[DEST_CLASS_N] = {0};
	int64_t now_ns = clock_wall_ns();
	uint32_t n = 0;

	for (; f->ring_n > 0; n++) {
		const struct feed_flight *x = &f->ring[f->ring_head];

		if (x->end > end)
			break;
		cursor_count(f->env->cursor, x->warrant, (enum ho_class)x->class,
		    (enum spool_kind)x->kind, x->len);
		if (x->kind == SPOOL_REC_HO)
			cursor_delayed(f->env->cursor, x->warrant, (int64_t)x->recv_ns, now_ns);
		last[x->class] = &x->next;
		f->class[x->class].in_flight_n--;
		f->in_flight_len -= x->len;
		f->done.records++;
		f->done.octets += x->len;
		f->ring_head = (f->ring_head + 1) & (DEST_IN_FLIGHT_N - 1);
		f->ring_n--;
	}
	for (int c = 0; c < DEST_CLASS_N; c++)
		if (last[c] != NULL) {
			feed_entry(f, (enum ho_class)c)->pos = *last[c];
			cursor_touch(f->env->cursor);
			feed_settle(f, (enum ho_class)c);
		}
	if (n > 0)
		f->env->moved(f->env->arg);
	return n;
}

void
feed_rewind(struct feed *f)
{
	f->ring_head = f->ring_n = 0;
	f->in_flight_len = 0;
	for (int c = 0; c < DEST_CLASS_N; c++) {
		struct feed_class *k = &f->class[c];

		if (!k->takes)
			continue;
		k->in_flight_n = 0;
		k->at = feed_entry(f, (enum ho_class)c)->pos;
		spool_reader_seek(k->rd, &k->at);
	}
}

void
feed_window(struct feed *f, uint32_t len)
{
	f->window_len = len;
}

/* ---- questions */

struct feed_totals
feed_in_flight(const struct feed *f)
{
	return (struct feed_totals){f->ring_n, f->in_flight_len};
}

struct feed_totals
feed_done(const struct feed *f)
{
	return f->done;
}

struct spool_pos
feed_cursor(const struct feed *f, enum ho_class class)
{
	assert(feed_takes(f, class));
	return feed_entry(f, class)->pos;
}

/* The cursor; for one that was never set, as near as is known. */
static struct spool_pos
feed_from(const struct feed *f, enum ho_class class)
{
	const struct feed_class *k = &f->class[class];
	struct spool_pos pos = feed_entry(f, class)->pos;

	if (pos.seg != 0)
		return pos;
	return k->oldest.seg != 0 ? k->oldest : k->at;
}

uint64_t
feed_backlog(const struct feed *f, enum ho_class class)
{
	uint64_t from;

	if (!feed_takes(f, class) || !f->class[class].has_head)
		return 0;
	from = feed_entry(f, class)->pos.seg != 0 || f->class[class].in_flight_n == 0
		   ? feed_from(f, class).rec
		   : 0;
	return f->class[class].head.rec > from ? f->class[class].head.rec - from : 0;
}

uint64_t
feed_lost(const struct feed *f)
{
	uint64_t n = 0;

	for (int c = 0; c < DEST_CLASS_N; c++)
		if (f->class[c].takes)
			n += feed_entry(f, (enum ho_class)c)->lost;
	return n;
}

/* The oldest record behind the cursor, looked up in the spool. */
static int64_t
feed_peek(struct feed *f, enum ho_class class, const struct spool_pos *from)
{
	struct feed_class *k = &f->class[class];
	struct spool_reader *rd = spool_reader_open(f->env->spool_dir, f->env->lea, class, from);
	struct spool_rec rec;
	int64_t ns = 0;
	int r = 0;

	assert(rd != NULL);
	for (int i = 0; i < FEED_PEEK_MAX && ns == 0; i++) {
		r = spool_reader_next(rd, &k->head, &rec);
		if (r == 0 || (r < 0 && r != -EBADMSG))
			break;
		if (i == 0 && from->seg == 0)
			k->oldest = rec.pos;
		if (r == 1 && rec.meta.dest == f->dest)
			ns = (int64_t)rec.meta.recv_ns;
	}
	spool_reader_close(rd);
	if ((r < 0 && r != -EBADMSG) != k->unpeeked) {
		k->unpeeked = !k->unpeeked;
		if (k->unpeeked && !k->unread)
			log_warn("SPOOL-READ", "%s/%s: the age of the oldest record: %s", f->name,
			    ho_class_name(class), strerror(-r));
	}
	return ns;
}

int64_t
feed_oldest_ns(struct feed *f, enum ho_class class)
{
	struct feed_class *k = &f->class[class];
	struct spool_pos cursor;

	if (feed_backlog(f, class) == 0)
		return 0;
	for (uint32_t i = 0; k->in_flight_n > 0 && i < f->ring_n; i++) {
		const struct feed_flight *x = &f->ring[(f->ring_head + i) & (DEST_IN_FLIGHT_N - 1)];

		if (x->class == class)
			return (int64_t)x->recv_ns;
	}
	cursor = feed_entry(f, class)->pos;
	if (k->oldest_ns == 0 || memcmp(&cursor, &k->peeked, sizeof(cursor)) != 0) {
		k->peeked = cursor;
		k->oldest_ns = feed_peek(f, class, &cursor);
	}
	return k->oldest_ns;
}

/* Roughly: whole segments between count as full. */
static uint64_t
feed_len(const struct feed *f, const struct spool_pos *from, const struct spool_pos *head)
{
	if (from->seg == 0 || !feed_pos_before(from, head))
		return 0;
	return (head->seg - from->seg) * f->env->segment_len + head->off - from->off;
}

static uint64_t
feed_backlog_len(const struct feed *f, enum ho_class class)
{
	struct spool_pos from = feed_from(f, class);

	return feed_len(f, &from, &f->class[class].head);
}

uint64_t
feed_unsent_len(const struct feed *f, enum ho_class class)
{
	const struct feed_class *k = &f->class[class];

	if (!k->takes || !k->has_head)
		return 0;
	return feed_len(f, k->at.seg != 0 ? &k->at : &k->oldest, &k->head);
}

json_t *
feed_status(struct feed *f)
{
	json_t *all = json_object();

	for (int c = 0; c < DEST_CLASS_N; c++) {
		struct feed_class *k = &f->class[c];
		enum ho_class class = (enum ho_class)c;
		const struct cursor_pos *e;
		int64_t oldest;

		if (!k->takes)
			continue;
		oldest = feed_oldest_ns(f, class);
		e = feed_entry(f, class);
		json_object_set_new(all, ho_class_name(class),
		    json_pack("{s:I, s:I, s:I, s:I, s:f, s:I}", "cursor", (json_int_t)e->pos.rec,
			"head", (json_int_t)k->head.rec, "backlog_records",
			(json_int_t)feed_backlog(f, class), "backlog_octets",
			(json_int_t)feed_backlog_len(f, class), "age_s",
			oldest == 0 ? 0.0 : (double)(clock_wall_ns() - oldest) / 1e9, "lost",
			(json_int_t)e->lost));
	}
	return all;
}
