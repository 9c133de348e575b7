/* SPDX-License-Identifier: Apache-2.0 */
/* The spool's policy: when to commit, quotas, free space, events.  Staging is in queue.c, recovery
 * in recover.c, the disk in writer.c. */
#include "spool/spool.h"

#include "base/clock.h"
#include "base/log.h"
#include "spool/queue.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define QUOTA_IRI_MORE 16 /* IRI may use the quota and this part of it more */
#define SEGMENT_LEN (UINT64_C(64) << 20)
#define COMMIT_LEN (1u << 20)
#define COMMIT_US 5000
#define COMMIT_FILES 8 /* the more of them in the last batch, the longer until the next one */
#define PENDING_MAX (UINT64_C(64) << 20)
#define CALM_LEN 16384 /* octets per ms: below, each turn commits; above, thresholds decide */
#define BACK_MAX (UINT64_C(256) << 20) /* recovery reads no more of a queue again */
#define BACK_QUOTA 64		       /* nor this part of the quota */
#define BACK_FILES                                                                                 \
	8 /* and takes no more than so many times that in files, which may be cut short */
#define NS_PER_MS 1000000
#define FLOOR_S 1 /* between looks at the free space */

/* ---- commit */

static void
commit(struct spool *s)
{
	struct spool_q *q;

	assert(!s->in_flight);
	if (!s->dirty)
		return;
	s->flight_n = 0;
	for (q = s->dirty; q; q = q->dirty_next) {
		queue_take(q);
		q->flight = q->tail;
		q->dirty = false;
		q->dirty_len = 0;
		if (s->flight_n == s->flight_cap) {
			s->flight_cap = s->flight_cap * 2 + 16;
			s->flight = realloc(s->flight, s->flight_cap * sizeof(*s->flight));
			assert(s->flight);
		}
		s->flight[s->flight_n++] = q;
	}
	s->dirty = NULL;
	s->dirty_end = &s->dirty;
	s->flight_len = s->open_len;
	s->open_len = 0;
	s->open_no++;
	s->in_flight = true;
	s->want = false;
	writer_submit(&s->writer, &s->batch);
}

/* A commit costs per file: with many receivers it comes less often. */
static void
timer_arm(struct spool *s)
{
	uint64_t us = (uint64_t)s->conf.commit_us * (1 + s->flight_n / COMMIT_FILES);
	struct timeval t = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

	if (s->timer_armed)
		return;
	s->timer_armed = true;
	evtimer_add(s->commit_ev, &t);
}

/* Commit when the writer is idle and it is time; else the timer will. */
static void
commit_maybe(struct spool *s)
{
	if (!s->dirty || s->in_flight)
		return;
	if (s->want || s->calm)
		commit(s);
	else
		timer_arm(s);
}

static void
on_commit_time(evutil_socket_t fd, short what, void *arg)
{
	struct spool *s = arg;

	(void)fd;
	(void)what;
	s->timer_armed = false;
	s->want = s->dirty != NULL;
	commit_maybe(s);
}

void
spool_appended(struct spool_q *q)
{
	struct spool *s = q->s;

	timer_arm(s);
	if (q->dirty_len < s->conf.commit_len)
		return;
	s->want = true;
	if (!s->in_flight)
		commit(s);
}

/* Is there little input?  Judged over the last millisecond or more, so that many small turns count
 * as load. */
static void
calm_judge(struct spool *s)
{
	int64_t now = clock_mono_ns(), ms = (now - s->turn_ns) / NS_PER_MS;

	if (ms < 1)
		return;
	s->calm = s->turn_len / (uint64_t)ms < CALM_LEN;
	s->turn_len = 0;
	s->turn_ns = now;
}

void
spool_turn(struct spool *s)
{
	calm_judge(s);
	commit_maybe(s);
}

uint64_t
spool_barrier(const struct spool *s)
{
	return s->dirty ? s->open_no : s->open_no - 1;
}

uint64_t
spool_durable(const struct spool *s)
{
	return s->durable_no;
}

/* ---- events */

static void
tell_levels(struct spool *s)
{
	if (!s->levels_changed)
		return;
	s->levels_changed = false;
	for (struct queue_lea *l = s->leas; l; l = l->next) {
		if (l->level == l->level_told)
			continue;
		l->level_told = l->level;
		s->cb(SPOOL_EV_QUOTA, l->lea, s->arg);
	}
}

static void
tell_full(struct spool *s)
{
	bool full = s->floor_low || atomic_load(&s->writer.no_space);

	if (full == s->full)
		return;
	s->full = full;
	if (full)
		log_err("SPOOL-FLOOR",
		    "%s: free space is used up; nothing is taken in until there is some again",
		    s->dir);
	else
		log_notice("SPOOL-FLOOR", "%s: free space is back", s->dir);
	s->cb(SPOOL_EV_FLOOR, 0, s->arg);
}

/* The batch under way is durable. */
static bool
complete(struct spool *s)
{
	if (!s->in_flight || !writer_done(&s->writer))
		return false;
	for (size_t i = 0; i < s->flight_n; i++)
		s->flight[i]->durable = s->flight[i]->flight;
	queue_parts_done(s);
	s->durable_no = s->open_no - 1;
	s->flight_len = 0;
	s->in_flight = false;
	return true;
}

static void
on_writer(evutil_socket_t fd, short what, void *arg)
{
	struct spool *s = arg;
	uint64_t n;

	(void)fd;
	(void)what;
	if (read(s->writer.event_fd, &n, sizeof(n)) < 0)
		n = 0; /* woken by spool_lea_grew */
	if (complete(s)) {
		commit_maybe(s); /* the disk works while the callback does */
		s->cb(SPOOL_EV_DURABLE, 0, s->arg);
	}
	tell_full(s);
	tell_levels(s);
}

static void
purge(struct spool *s)
{
	for (struct queue_lea *l = s->leas; l; l = l->next)
		writer_chore(
		    &s->writer, (struct writer_chore){.kind = WRITER_PURGE, .pool = &l->pool});
}

static void
on_floor_time(evutil_socket_t fd, short what, void *arg)
{
	struct spool *s = arg;
	struct statvfs v;

	(void)fd;
	(void)what;
	if (s->conf.free_floor_len > 0 && statvfs(s->dir, &v) == 0)
		s->floor_low = (uint64_t)v.f_bavail * v.f_frsize < s->conf.free_floor_len;
	/* Each time, not once: what readers release meanwhile becomes spare files, and nobody would
	 * ever use them while nothing is taken in. */
	if (s->floor_low || atomic_load(&s->writer.no_space))
		purge(s);
	tell_full(s);
	queue_blocks_wipe(s);
}

/* ---- quota */

static uint64_t
quota(const struct spool *s, const struct queue_lea *l)
{
	return l->lea == 0 ? 0 : s->conf.quota_len; /* the journal has none */
}

static unsigned
level(const struct spool *s, const struct queue_lea *l)
{
	uint64_t q = quota(s, l), pct;

	if (q == 0)
		return 0;
	if (l->used_len + queue_first_len(s) > q)
		return 100; /* no segment may be begun */
	pct = l->used_len * 100 / q;
	return pct >= 95 ? 95 : pct >= 80 ? 80 : pct >= 50 ? 50 : 0;
}

/* Told from the loop, not from inside an append. */
void
spool_lea_grew(struct spool *s, struct queue_lea *lea)
{
	lea->level = level(s, lea);
	if (lea->level == lea->level_told)
		return;
	s->levels_changed = true;
	event_active(s->writer_ev, EV_READ, 0);
}

bool
spool_over_quota(struct spool_q *q, size_t len)
{
	uint64_t need = segment_rec_space(len), max = quota(q->s, q->lea);

	if (q->class == HO_IRI)
		max += max / QUOTA_IRI_MORE; /* CC is shed first */
	if (max == 0 || (q->file && q->tail.off + need <= q->file->head.len))
		return false;
	return q->lea->used_len + queue_seg_min(q, need) > max;
}

static struct queue_lea *
lea_find(const struct spool *s, uint32_t lea)
{
	struct queue_lea *l = s->leas;

	while (l && l->lea != lea)
		l = l->next;
	return l;
}

uint64_t
spool_lea_len(const struct spool *s, uint32_t lea)
{
	const struct queue_lea *l = lea_find(s, lea);

	return l ? l->used_len : 0;
}

unsigned
spool_lea_level(const struct spool *s, uint32_t lea)
{
	const struct queue_lea *l = lea_find(s, lea);

	return l ? l->level : 0;
}

bool
spool_full(const struct spool *s)
{
	return s->full;
}

bool
spool_room(struct spool *s, size_t len)
{
	uint64_t pending = s->open_len + s->flight_len;

	if (s->full)
		return false;
	if (pending == 0 || pending + len <= s->conf.pending_max)
		return true;
	s->want = true; /* room comes only by a commit */
	commit_maybe(s);
	return false;
}

/* ---- queues */

static struct queue_lea *
lea_get(struct spool *s, uint32_t lea)
{
	struct queue_lea *l = lea_find(s, lea);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));
	assert(l);
	l->lea = lea;
	if (segment_spare_path(l->pool.dir, s->dir, lea) < 0) {
		free(l);
		errno = ENAMETOOLONG;
		return NULL;
	}
	l->next = s->leas;
	s->leas = l;
	return l;
}

struct spool_q *
spool_queue(struct spool *s, uint32_t lea, enum ho_class class)
{
	return spool_queue_known(s, lea, class, NULL);
}

struct spool_q *
spool_queue_known(struct spool *s, uint32_t lea, enum ho_class class, const struct spool_pos *known)
{
	struct queue_lea *l = lea_get(s, lea);
	struct spool_q *q;
	int rc;

	assert((unsigned)class < HO_CLASS_N);
	if (!l || l->q[class])
		return l ? l->q[class] : NULL;
	q = calloc(1, sizeof(*q));
	assert(q);
	q->s = s;
	q->lea = l;
	q->class = class;
	rc = segment_dir_path(q->dir, s->dir, lea, class);
	if (rc == 0)
		rc = recover_queue(q, known);
	if (rc < 0) {
		log_err(
		    "SPOOL-DIR", "queue %u/%s: %s", lea, segment_class_dir(class), strerror(-rc));
		for (size_t i = 0; i < q->segs_n; i++)
			l->used_len -= q->segs[i].len;
		queue_free(q);
		errno = -rc;
		return NULL;
	}
	l->q[class] = q;
	return q;
}

struct spool_pos
spool_head(const struct spool_q *q)
{
	return q->durable;
}

struct spool_pos
spool_tail(const struct spool_q *q)
{
	return q->tail;
}

uint64_t
spool_reach(const struct spool_conf *c)
{
	uint64_t n = c->pending_max < BACK_MAX ? c->pending_max : BACK_MAX;
	uint64_t part = c->quota_len / BACK_QUOTA;

	return part != 0 && part < n ? part : n;
}

struct spool_pos
spool_back(const struct spool_q *q)
{
	uint64_t reach = q->s->full ? 0 : spool_reach(&q->s->conf), n = 0, len = 0;
	struct spool_pos pos = q->tail;

	for (size_t i = q->segs_n; i-- > 0;) {
		const struct segment_entry *e = &q->segs[i];
		bool last = i + 1 == q->segs_n;
		uint64_t end = last ? q->tail.off : e->end;

		if (end == 0)
			break; /* recovery did not go back so far either */
		pos = (struct spool_pos){.seg = e->seg, .rec = e->rec, .off = SEGMENT_HEAD_LEN};
		n += end - SEGMENT_HEAD_LEN;
		len += e->len;
		if (!last && (n >= reach || len >= BACK_FILES * reach))
			break;
	}
	return pos;
}

void
spool_release(struct spool_q *q, uint64_t seg)
{
	size_t n = 0;

	if (seg > q->durable.seg)
		seg = q->durable.seg;
	for (; n + 1 < q->segs_n && q->segs[n].seg < seg; n++) {
		writer_chore(&q->s->writer, (struct writer_chore){.kind = WRITER_RELEASE,
						.pool = &q->lea->pool,
						.dir = q->dir,
						.seg = q->segs[n].seg});
		q->lea->used_len -= q->segs[n].len;
	}
	if (n == 0)
		return;
	q->segs_n -= n;
	memmove(q->segs, q->segs + n, q->segs_n * sizeof(*q->segs));
	spool_lea_grew(q->s, q->lea);
}

void
spool_each(struct spool *s, spool_q_cb cb, void *arg)
{
	for (struct queue_lea *l = s->leas; l; l = l->next)
		for (int c = 0; c < HO_CLASS_N; c++)
			if (l->q[c])
				cb(l->q[c], l->lea, (enum ho_class)c, arg);
}

/* ---- open, close */

static bool
conf_ok(const struct spool_conf *c)
{
	return c->segment_len % 4096 == 0 && c->segment_len >= SEGMENT_LEN_MIN &&
	       c->segment_len < UINT32_MAX && strlen(c->dir) + 64 < SEGMENT_PATH_MAX;
}

static void
conf_default(struct spool_conf *c)
{
	c->segment_len = c->segment_len ? c->segment_len : SEGMENT_LEN;
	c->commit_len = c->commit_len ? c->commit_len : COMMIT_LEN;
	c->commit_us = c->commit_us ? c->commit_us : COMMIT_US;
	c->pending_max = c->pending_max ? c->pending_max : PENDING_MAX;
}

static void
events_start(struct spool *s, struct event_base *base)
{
	struct timeval t = {.tv_sec = FLOOR_S};

	s->writer_ev = event_new(base, s->writer.event_fd, EV_READ | EV_PERSIST, on_writer, s);
	s->commit_ev = evtimer_new(base, on_commit_time, s);
	s->floor_ev = event_new(base, -1, EV_PERSIST, on_floor_time, s);
	assert(s->writer_ev && s->commit_ev && s->floor_ev);
	event_add(s->writer_ev, NULL);
	event_add(s->floor_ev, &t);
	event_active(s->floor_ev, EV_TIMEOUT, 0); /* the first look is in the first turn */
}

struct spool *
spool_open(const struct spool_conf *conf, struct event_base *base, spool_event_cb cb, void *arg)
{
	struct spool *s = calloc(1, sizeof(*s));
	int rc = -EINVAL;

	assert(s);
	s->conf = *conf;
	conf_default(&s->conf);
	if (conf_ok(&s->conf))
		rc = writer_start(&s->writer);
	if (rc < 0) {
		free(s);
		errno = -rc;
		return NULL;
	}
	s->dir = strdup(conf->dir);
	assert(s->dir);
	s->conf.dir = s->dir;
	s->cb = cb;
	s->arg = arg;
	s->dirty_end = &s->dirty;
	s->open_no = 1;
	s->calm = true;
	events_start(s, base);
	return s;
}

static void
leas_free(struct spool *s)
{
	struct queue_lea *l;

	while ((l = s->leas)) {
		s->leas = l->next;
		for (int c = 0; c < HO_CLASS_N; c++)
			if (l->q[c])
				queue_free(l->q[c]);
		free(l->pool.spare);
		free(l);
	}
}

void
spool_close(struct spool *s)
{
	if (!s)
		return;
	if (s->in_flight && writer_wait(&s->writer))
		complete(s);
	if (!s->in_flight) {
		commit(s);
		if (s->in_flight && writer_wait(&s->writer))
			complete(s);
	}
	if (!writer_stop(&s->writer) || s->dirty)
		log_err("SPOOL-FLOOR",
		    "%s: closed without space for what was pending; it was not "
		    "acknowledged",
		    s->dir);
	queue_parts_done(s);
	event_free(s->writer_ev);
	event_free(s->commit_ev);
	event_free(s->floor_ev);
	leas_free(s);
	queue_blocks_free(s);
	free(s->batch.parts);
	free(s->flight);
	free(s->dir);
	free(s);
}
