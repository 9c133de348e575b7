/* SPDX-License-Identifier: Apache-2.0 */
/* The spool while nothing breaks: append, commit, read, restart, release, recycle, quota, space. */
#include "spool_fixture.h"

#include "spool/journal.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

static void
roundtrip(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head;
	struct fixture_read r;

	fixture_open(f);
	assert_int_equal(spool_head(f->q).seg, 0);
	fixture_fill(f, 0, 1000, 900);
	head = spool_head(f->q);
	assert_int_equal(head.rec, 1000);
	r = fixture_read(f, NULL, &head);
	assert_int_equal(r.good, 1000);
	assert_int_equal(r.gaps + r.wrong, 0);
	assert_memory_equal(&r.end, &head, sizeof(head));
	assert_true(fixture_files(f, "cc") > 8); /* several segments */
	assert_true(f->durable_n > 0);
}

/* Nothing durable is given out before it is: a reader sees exactly what is in front of the head. */
static void
head_limits(void **state)
{
	struct fixture *f = *state;
	struct spool_pos at[50], head;

	fixture_open(f);
	for (uint32_t i = 0; i < 50; i++)
		at[i] = fixture_append(f->q, i, 3000);
	assert_int_equal(spool_head(f->q).rec, 0);
	assert_int_equal(spool_tail(f->q).rec, 50);
	fixture_wait(f);
	for (uint32_t i = 0; i < 50; i++)
		assert_int_equal(fixture_read(f, NULL, &at[i]).good, i);
	head = spool_head(f->q);
	for (uint32_t i = 0; i < 50; i++)
		assert_int_equal(fixture_read(f, &at[i], &head).good, 50 - i);
}

static void
seek_back(void **state)
{
	struct fixture *f = *state;
	struct spool_reader *r;
	struct spool_pos at, head;
	struct spool_rec rec;

	fixture_open(f);
	fixture_fill(f, 0, 10, 500);
	at = fixture_append(f->q, 10, 500);
	fixture_fill(f, 11, 400, 500);
	head = spool_head(f->q);
	r = spool_reader_open(f->dir, FIXTURE_LEA, HO_CC, NULL);
	while (spool_reader_next(r, &head, &rec) == 1)
		continue;
	spool_reader_seek(r, &at);
	assert_int_equal(spool_reader_next(r, &head, &rec), 1);
	assert_int_equal(rec.meta.seq, 10);
	assert_memory_equal(&rec.pos, &at, sizeof(at));
	spool_reader_close(r);
}

static void
reader_before_writer(void **state)
{
	struct fixture *f = *state;
	struct spool_reader *r = spool_reader_open(f->dir, FIXTURE_LEA, HO_CC, NULL);
	struct spool_pos head = {0};
	struct spool_rec rec;

	assert_int_equal(spool_reader_next(r, &head, &rec), 0);
	fixture_open(f);
	fixture_fill(f, 0, 3, 100);
	head = spool_head(f->q);
	for (int i = 0; i < 3; i++)
		assert_int_equal(spool_reader_next(r, &head, &rec), 1);
	assert_int_equal(spool_reader_next(r, &head, &rec), 0);
	fixture_fill(f, 3, 1, 100);
	head = spool_head(f->q);
	assert_int_equal(spool_reader_next(r, &head, &rec), 1);
	assert_int_equal(rec.meta.seq, 3);
	spool_reader_close(r);
}

static void
large_records(void **state)
{
	static const size_t len[] = {
	    0, 1, 7, 8, 262144, 262145, 3000000, 17 << 20, 100, (17 << 20) + 3, 5};
	struct fixture *f = *state;
	struct spool_meta m = {0};
	struct ho_record rec = {0};
	struct spool_pos head;

	f->conf.segment_len = 32 << 20;
	fixture_open(f);
	for (uint32_t i = 0; i < sizeof(len) / sizeof(len[0]); i++)
		fixture_append(f->q, i, len[i]);
	fixture_wait(f);
	head = spool_head(f->q);
	assert_int_equal(fixture_read(f, NULL, &head).good, sizeof(len) / sizeof(len[0]));
	rec.body.n = 32 << 20;
	assert_int_equal(spool_append(f->q, &m, &rec, 0, NULL), -EMSGSIZE);
}

struct replay {
	uint64_t n, wrong;
	struct spool_pos last;
};

static void
on_replay(const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg)
{
	struct replay *r = arg;

	r->wrong += !fixture_good(m, o) || at->rec != m->seq;
	r->last = *at;
	r->n++;
}

static void
restart(void **state)
{
	struct fixture *f = *state;
	struct spool_pos tail, from = {0};
	struct replay r;
	uint32_t n = 0;

	for (uint32_t round = 0; round < 6; round++) {
		fixture_open(f);
		assert_int_equal(spool_tail(f->q).rec, n);
		r = (struct replay){0};
		assert_int_equal(spool_replay(f->q, &from, on_replay, &r), 0);
		assert_int_equal(r.wrong, 0);
		assert_int_equal(r.n, n);
		fixture_fill(f, n, 70, 700);
		n += 70;
		tail = spool_tail(f->q);
		fixture_close(f);
	}
	fixture_open(f);
	assert_int_equal(spool_tail(f->q).seg, tail.seg); /* went on where it was */
	assert_int_equal(spool_tail(f->q).off, tail.off);
	assert_int_equal(spool_tail(f->q).rec, tail.rec);
}

/* close commits what is pending */
static void
close_commits(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	fixture_append(f->q, 0, 100);
	spool_turn(f->s);
	fixture_append(f->q, 1, 100);
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(spool_tail(f->q).rec, 2);
}

static void
empty_queue_numbers_on(void **state)
{
	struct fixture *f = *state;
	uint64_t seg;

	fixture_open(f);
	fixture_fill(f, 0, 300, 900);
	seg = spool_tail(f->q).seg;
	spool_release(f->q, UINT64_MAX);
	fixture_close(f);
	assert_int_equal(fixture_files(f, "cc"), 1);
	fixture_open(f);
	assert_int_equal(spool_tail(f->q).seg, seg);
	assert_int_equal(spool_tail(f->q).rec, 300);
}

/* Recycled files keep their old octets behind the new ones: none of them is taken for a record, by
 * readers or by recovery. */
static void
recycle(void **state)
{
	struct fixture *f = *state;
	struct spool_pos from, head;
	struct fixture_read r;
	uint32_t n = 0;

	for (int round = 0; round < 20; round++) {
		fixture_open(f);
		from = spool_tail(f->q);
		assert_int_equal(from.rec, n);
		fixture_fill(
		    f, n, 150, 900); /* same lengths each round: old records lie at likely places */
		n += 150;
		head = spool_head(f->q);
		r = fixture_read(f, round ? &from : NULL, &head);
		assert_int_equal(r.good, 150);
		assert_int_equal(r.wrong + r.gaps, 0);
		spool_release(f->q, head.seg);
		fixture_close(f);
		assert_true(fixture_files(f, "spare") <= 12);
		assert_int_equal(fixture_files(f, "cc"), 1);
	}
	assert_true(fixture_files(f, "spare") > 0);
}

/* Files of one queue become segments of another of the same LEA, with old records at the places and
 * numbers where new ones would lie. */
static void
recycle_across_queues(void **state)
{
	struct fixture *f = *state;
	struct spool_pos first, head;
	struct spool_q *iri;

	fixture_open(f);
	iri = spool_queue(f->s, FIXTURE_LEA, HO_IRI);
	first = fixture_append(iri, 0, 600);
	for (uint32_t i = 1; spool_tail(iri).seg == first.seg; i++)
		fixture_append(iri, i, 600);
	fixture_wait(f);
	spool_release(iri, spool_head(iri).seg);
	fixture_close(f);
	assert_int_equal(fixture_files(f, "spare"), 1); /* begins with record 0 at this offset */
	for (uint32_t n = 1; n < 40; n++) {
		fixture_open(f);
		assert_int_equal(spool_tail(f->q).rec, n - 1);
		fixture_append(f->q, n - 1, 600);
		fixture_wait(f);
		head = spool_head(f->q);
		assert_int_equal(fixture_read(f, NULL, &head).good, n);
		fixture_close(f);
	}
	assert_int_equal(fixture_files(f, "spare"), 0);
}

static void
release_keeps(void **state)
{
	struct fixture *f = *state;
	struct spool_pos at, head;

	fixture_open(f);
	fixture_fill(f, 0, 200, 900);
	at = fixture_append(f->q, 200, 900);
	fixture_fill(f, 201, 200, 900);
	spool_release(f->q, at.seg);
	fixture_close(f);
	fixture_open(f);
	head = spool_head(f->q);
	assert_int_equal(fixture_read(f, &at, &head).good, 201);
	assert_true(fixture_read(f, NULL, &head).good >= 201);
	assert_int_equal(fixture_read(f, NULL, &head).gaps, 0); /* the oldest there is */
}

/* ---- what recovery reads again */

/* Octets of records from FROM to the end of the queue. */
static uint64_t
octets_from(const struct fixture *f, const struct spool_pos *from)
{
	struct spool_reader *r = spool_reader_open(f->dir, FIXTURE_LEA, HO_CC, from);
	struct spool_pos head = spool_tail(f->q);
	struct spool_rec rec;
	uint64_t n = 0;
	int rc;

	while ((rc = spool_reader_next(r, &head, &rec)) != 0) {
		assert_int_equal(rc, 1);
		n += segment_rec_space(rec.octets.n);
	}
	spool_reader_close(r);
	return n;
}

static void
on_replayed(const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg)
{
	(void)at;
	(void)m;
	(void)o;
	++*(unsigned *)arg;
}

/* It begins at a segment, reaches back pending_max octets and not a segment more, whether the
 * segments are of this process or of one before. */
static void
reaches_back(void **state)
{
	struct fixture *f = *state;
	struct spool_pos back = {0};
	unsigned replayed = 0;

	f->conf.pending_max = 200000;
	for (uint32_t run = 0; run < 4; run++) {
		fixture_open(f);
		if (run > 0)
			assert_int_equal(spool_replay(f->q, &back, on_replayed, &replayed), 0);
		for (uint32_t i = 0; i < 20; i++) {
			uint64_t n;

			fixture_fill(f, run * 2000 + i * 10, 10, 900);
			back = spool_back(f->q);
			n = octets_from(f, &back);
			assert_int_equal(back.off, SEGMENT_HEAD_LEN);
			if (run > 1)
				assert_true(n >= 200000);
			assert_true(n < 200000 + 2 * f->conf.segment_len);
		}
		fixture_close(f);
	}
	assert_true(replayed > 0);
}

/* Of segments that end early more are needed, but not any number. */
static void
reaches_back_over_short_ones(void **state)
{
	struct fixture *f = *state;
	struct spool_pos back = {0}, tail;
	unsigned replayed = 0;

	f->conf.pending_max = 100000;
	for (uint32_t run = 0; run < 30; run++) {
		uint8_t *p;
		size_t n;
		char path[SEGMENT_PATH_MAX];

		fixture_open(f);
		if (run > 0)
			assert_int_equal(spool_replay(f->q, &back, on_replayed, &replayed), 0);
		fixture_fill(f, run * 100, 3, 900);
		back = spool_back(f->q);
		tail = spool_tail(f->q);
		fixture_close(f);
		fixture_seg_path(f, tail.seg, path); /* a torn tail: the next run cuts it */
		p = fixture_load(path, &n);
		p[run % 3 == 2 ? SEGMENT_HEAD_LEN + 8 : tail.off - 100] ^= 1; /* empty */
		fixture_store(path, p, n);
		free(p);
		if (run == 7) /* cut short, so that all of them hold less than that */
			assert_true(tail.seg - back.seg == 7);
	}
	assert_true(tail.seg - back.seg >= 3);
	assert_true(tail.seg - back.seg <= 8 * 100000 / 65536 + 1);
}

/* A queue of another size: limits. */
static void
reach_is_limited(void **state)
{
	struct spool_conf c = {.pending_max = 64 << 20};

	(void)state;
	assert_int_equal(spool_reach(&c), 64 << 20);
	c.pending_max = UINT64_C(1) << 34;
	assert_int_equal(spool_reach(&c), 256 << 20);
	c.quota_len = UINT64_C(1) << 30;
	assert_int_equal(spool_reach(&c), 16 << 20);
}

/* ---- names */

static unsigned dir_syncs;
static const char *dir_watched;
int __real_file_dir_sync(const char *dir);
int __wrap_file_dir_sync(const char *dir);

int
__wrap_file_dir_sync(const char *dir)
{
	dir_syncs += dir_watched != NULL && strcmp(dir, dir_watched) == 0;
	return __real_file_dir_sync(dir);
}

/* The folder of an agency may be there, made by another role, without being durable: its name is
 * made so before anything in it counts. */
static void
names_of_others(void **state)
{
	struct fixture *f = *state;
	char lea[160];

	snprintf(lea, sizeof(lea), "%s/%d", f->dir, FIXTURE_LEA);
	assert_int_equal(mkdir(lea, 0750), 0);
	dir_syncs = 0;
	dir_watched = f->dir;
	fixture_open(f);
	dir_watched = NULL;
	assert_true(dir_syncs > 0);
}

static void
quota(void **state)
{
	struct fixture *f = *state;
	unsigned seen = 0;
	uint32_t n = 0;

	f->conf.quota_len = 20 * 65536;
	fixture_open(f);
	while (!spool_over_quota(f->q, 5000)) {
		fixture_append(f->q, n++, 5000);
		fixture_wait(f);
		seen |= 1u << spool_lea_level(f->s, FIXTURE_LEA) / 5;
		assert_true(spool_lea_len(f->s, FIXTURE_LEA) <= f->conf.quota_len);
	}
	assert_int_equal(seen, 1u | 1u << 10 | 1u << 16 | 1u << 19 | 1u << 20);
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	assert_int_equal(f->quota_n, 4);
	assert_int_equal(f->quota_lea, FIXTURE_LEA);
	fixture_append(f->q, n, 5000); /* a notice is taken all the same */
	fixture_wait(f);
	spool_release(f->q, spool_head(f->q).seg);
	assert_int_equal(spool_lea_level(f->s, FIXTURE_LEA), 0);
	assert_false(spool_over_quota(f->q, 5000));
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(spool_lea_len(f->s, FIXTURE_LEA), 65536);
	assert_int_equal(spool_lea_level(f->s, 0), 0);
}

static void
barriers(void **state)
{
	struct fixture *f = *state;
	struct spool_q *iri;
	uint64_t a, b, c;

	fixture_open(f);
	iri = spool_queue(f->s, FIXTURE_LEA, HO_IRI);
	assert_true(spool_durable(f->s) >= spool_barrier(f->s)); /* nothing to wait for */
	fixture_append(f->q, 0, 100);
	a = spool_barrier(f->s);
	assert_true(spool_durable(f->s) < a);
	fixture_append(iri, 1, 100);
	assert_int_equal(spool_barrier(f->s), a);
	spool_turn(f->s); /* under way */
	assert_int_equal(spool_barrier(f->s), a);
	fixture_append(f->q, 2, 100);
	b = spool_barrier(f->s);
	assert_true(b > a);
	spool_turn(f->s);
	while (spool_durable(f->s) < a)
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_true(spool_head(f->q).rec >= 1 && spool_head(iri).rec == 1);
	fixture_wait(f);
	assert_int_equal(spool_head(f->q).rec, 2);
	c = spool_barrier(f->s);
	assert_int_equal(c, b);
	assert_true(spool_durable(f->s) >= c);
}

/* Without spool_turn the time limit commits. */
static void
timer_commits(void **state)
{
	struct fixture *f = *state;
	uint64_t no;

	fixture_open(f);
	fixture_append(f->q, 0, 100);
	no = spool_barrier(f->s);
	while (spool_durable(f->s) < no)
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_int_equal(spool_head(f->q).rec, 1);
}

static void
pending_limit(void **state)
{
	struct fixture *f = *state;
	uint32_t n = 0;

	f->conf.pending_max = 200000;
	fixture_open(f);
	while (spool_room(f->s, 10000) && n < 1000)
		fixture_append(f->q, n++, 10000);
	assert_true(n > 10 && n <= 20);
	while (!spool_room(f->s, 10000))
		event_base_loop(f->base, EVLOOP_ONCE);
	fixture_wait(f);
	assert_int_equal(spool_head(f->q).rec, n);
}

static void
floor_stops(void **state)
{
	struct fixture *f = *state;

	f->conf.free_floor_len = UINT64_MAX;
	fixture_open(f);
	while (f->floor_n == 0)
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_true(spool_full(f->s));
	assert_false(spool_room(f->s, 1));
}

/* Append until the disk is full, few records at a time: nearly all of them are durable then. */
static uint32_t
fill_up(struct fixture *f)
{
	uint32_t n = 0;
	uint64_t no;

	while (!spool_full(f->s) && n < 3000) {
		fixture_append(f->q, n++, 1000);
		no = spool_barrier(f->s);
		spool_turn(f->s);
		while (!spool_full(f->s) && spool_durable(f->s) < no)
			event_base_loop(f->base, EVLOOP_ONCE);
	}
	return n;
}

/* A small file system at PATH.  False, and a line that says so, when this user cannot make one:
 * cmocka's skip() is a failure to TAP. */
static bool
small_disk(const char *path)
{
	if (geteuid() == 0 && mount("none", path, "tmpfs", 0, "size=1m") == 0)
		return true;
	print_message("# not run: only root can mount a small file system\n");
	return false;
}

/* Fill a small file system; what was appended waits and is there when space comes back. */
static void
no_space(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head;
	char path[SEGMENT_PATH_MAX + 16];
	uint32_t n;

	if (!small_disk(f->dir))
		return;
	fixture_open(f);
	n = fill_up(f);
	assert_true(n < 3000);
	assert_true(f->floor_n == 1);
	assert_false(spool_room(f->s, 1));
	head = spool_head(f->q);
	assert_true(head.rec < n);
	assert_int_equal(fixture_read(f, NULL, &head).good, head.rec);
	snprintf(path, sizeof(path), "%s", f->dir);
	assert_int_equal(mount("none", path, NULL, MS_REMOUNT, "size=8m"), 0);
	fixture_wait(f);
	assert_int_equal(spool_head(f->q).rec, n);
	while (spool_full(f->s))
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_true(spool_room(f->s, 1));
	head = spool_head(f->q);
	assert_int_equal(fixture_read(f, NULL, &head).good, n);
	fixture_close(f);
	umount(f->dir);
}

/* Released segments are enough to go on, although a batch waits. */
static void
release_makes_space(void **state)
{
	struct fixture *f = *state;
	uint32_t n;

	if (!small_disk(f->dir))
		return;
	fixture_open(f);
	n = fill_up(f);
	spool_release(f->q, spool_head(f->q).seg);
	fixture_wait(f);
	assert_int_equal(spool_head(f->q).rec, n);
	fixture_close(f);
	umount(f->dir);
}

/* The same by a limit on the file length, for those who are not root. */
static void
file_limit(void **state)
{
	struct fixture *f = *state;
	struct rlimit old, small = {32768, 32768};
	uint64_t no;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	fixture_open(f);
	setrlimit(RLIMIT_FSIZE, &small);
	fixture_append(f->q, 0, 1000);
	no = spool_barrier(f->s);
	spool_turn(f->s);
	while (!spool_full(f->s))
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_true(spool_durable(f->s) < no);
	setrlimit(RLIMIT_FSIZE, &old);
	fixture_wait(f);
	assert_int_equal(spool_head(f->q).rec, 1);
}

/* Codes are a registry: every one has its own name and a hint. */
static void
reject_names(void **state)
{
	(void)state;
	for (int a = 0; a < REJECT_CODE_N; a++) {
		assert_string_not_equal(reject_code_name((enum reject_code)a), "UNKNOWN");
		assert_true(strlen(reject_code_hint((enum reject_code)a)) > 10);
		for (int b = 0; b < a; b++)
			assert_string_not_equal(reject_code_name((enum reject_code)a),
			    reject_code_name((enum reject_code)b));
	}
	assert_string_equal(reject_code_name(REJECT_XID_UNKNOWN), "XID-UNKNOWN");
	assert_string_equal(reject_code_name((enum reject_code)9999), "UNKNOWN");
	for (int k = JOURNAL_REJECT; k <= JOURNAL_SESSION; k++)
		assert_string_not_equal(journal_kind_name((enum journal_kind)k), "UNKNOWN");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(roundtrip),
	    TEST(head_limits),
	    TEST(seek_back),
	    TEST(reader_before_writer),
	    TEST(large_records),
	    TEST(restart),
	    TEST(close_commits),
	    TEST(empty_queue_numbers_on),
	    TEST(recycle),
	    TEST(recycle_across_queues),
	    TEST(release_keeps),
	    TEST(reaches_back),
	    TEST(reaches_back_over_short_ones),
	    TEST(reach_is_limited),
	    TEST(names_of_others),
	    TEST(quota),
	    TEST(barriers),
	    TEST(timer_commits),
	    TEST(pending_limit),
	    TEST(floor_stops),
	    TEST(no_space),
	    TEST(release_makes_space),
	    TEST(file_limit),
	    cmocka_unit_test(reject_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
