/* SPDX-License-Identifier: Apache-2.0 */
/* A destination's reader and cursor on a real spool that is damaged and cut. */
#include "spool_fixture.h"

#include "delivery/cursor.h"
#include "delivery/destination.h"
#include "delivery/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEST 4 /* of fixture_append() */

struct bench {
	struct fixture *f;
	struct dest_env env;
	struct feed *feed;
	unsigned lost; /* CURSOR-LOST */
};

static void
on_alarm(void *arg, bool raised, const char *code, const char *name, const char *text)
{
	struct bench *b = arg;

	(void)name;
	(void)text;
	b->lost += raised && strcmp(code, "CURSOR-LOST") == 0;
}

static void
on_moved(void *arg)
{
	(void)arg;
}

static void
on_other(void *arg, uint32_t id, enum ho_class class, const struct spool_pos *at)
{
	(void)arg;
	(void)id;
	(void)class;
	(void)at;
	fail_msg("every record is ours");
}

static void
bench_open(struct bench *b, struct fixture *f)
{
	enum cursor_found found;
	char path[160];

	memset(b, 0, sizeof(*b));
	b->f = f;
	snprintf(path, sizeof(path), "%s/cursor", f->dir);
	b->env = (struct dest_env){.cursor = cursor_open(path, FIXTURE_LEA, &found),
	    .spool_dir = f->dir,
	    .lea = FIXTURE_LEA,
	    .segment_len = f->conf.segment_len,
	    .alarm = on_alarm,
	    .moved = on_moved,
	    .other = on_other,
	    .arg = b};
	assert_non_null(b->env.cursor);
	b->feed = feed_new(&b->env, DEST, "lemf", false, true);
}

static void
bench_close(struct bench *b)
{
	feed_free(b->feed);
	cursor_close(b->env.cursor);
}

static void
bench_head(struct bench *b)
{
	struct spool_pos head = spool_head(b->f->q);

	feed_head(b->feed, HO_CC, &head);
}

/* Send what there is, at most MAX records.  Their number; *FIRST, when not NULL: seq of the first.
 */
static unsigned
bench_send(struct bench *b, unsigned max, uint32_t *first)
{
	struct spool_rec rec;
	enum ho_class class;
	unsigned n = 0;

	for (; n < max && feed_next(b->feed, &class, &rec) == 1; n++) {
		assert_true(fixture_good(&rec.meta, rec.octets));
		if (n == 0 && first != NULL)
			*first = rec.meta.seq;
		feed_sent(b->feed, class, &rec, rec.meta.seq + 1);
	}
	return n;
}

/* Change an octet of the record at POS. */
static void
bench_damage(struct bench *b, const struct spool_pos *pos)
{
	char path[SEGMENT_PATH_MAX];
	uint8_t *p;
	size_t n;

	fixture_seg_path(b->f, pos->seg, path);
	p = fixture_load(path, &n);
	p[pos->off + SEGMENT_REC_LEN + 10] ^= 1;
	fixture_store(path, p, n);
	free(p);
}

/* The machine lost its power, and recovery has cut the queue in front of what the LEMF has
 * acknowledged: what comes then is new, and nothing that it has comes again. */
static void
cut_behind_cursor(void **state)
{
	struct bench b;
	struct spool_pos head;
	uint32_t first = 0;

	fixture_open(*state);
	bench_open(&b, *state);
	fixture_fill(b.f, 0, 20, 500);
	head = spool_head(b.f->q);
	fixture_fill(b.f, 20, 10, 500);
	bench_head(&b);
	assert_int_equal(bench_send(&b, 100, NULL), 30);
	assert_int_equal(feed_acked(b.feed, 30), 30);
	feed_head(b.feed, HO_CC, &head); /* 20 records */
	assert_int_equal(bench_send(&b, 100, NULL), 0);
	assert_int_equal(b.lost, 0);
	assert_int_equal(feed_cursor(b.feed, HO_CC).rec, 20);
	bench_head(&b);
	assert_int_equal(bench_send(&b, 100, &first), 10);
	assert_int_equal(first, 20);
	bench_close(&b);
}

/* A spool with an end in an older segment is another one: everything in it is sent. */
static void
other_spool(void **state)
{
	struct bench b;
	struct spool_pos head;

	fixture_open(*state);
	bench_open(&b, *state);
	fixture_fill(b.f, 0, 20, 500);
	head = spool_head(b.f->q);
	fixture_fill(b.f, 20, 400, 500);
	assert_true(spool_head(b.f->q).seg > head.seg);
	bench_head(&b);
	assert_int_equal(bench_send(&b, 1000, NULL), 420);
	assert_int_equal(feed_acked(b.feed, 420), 420);
	feed_head(b.feed, HO_CC, &head);
	assert_int_equal(b.lost, 1);
	assert_int_equal(bench_send(&b, 1000, NULL), 20);
	bench_close(&b);
}

/* Each record that cannot be read is counted once, also when it lies in front of one that was
 * counted before the connection was lost. */
static void
damage_is_counted_once(void **state)
{
	struct bench b;
	struct spool_pos at[30];

	fixture_open(*state);
	bench_open(&b, *state);
	for (uint32_t i = 0; i < 30; i++)
		at[i] = fixture_append(b.f->q, i, 500);
	fixture_wait(b.f);
	bench_head(&b);
	bench_damage(&b, &at[20]);
	assert_int_equal(bench_send(&b, 100, NULL), 29);
	assert_int_equal(feed_lost(b.feed), 1);
	feed_rewind(b.feed);
	bench_damage(&b, &at[5]);
	feed_rest(b.feed); /* nothing of the file is kept in memory */
	assert_int_equal(bench_send(&b, 100, NULL), 28);
	assert_int_equal(feed_lost(b.feed), 2);
	feed_rewind(b.feed);
	assert_int_equal(bench_send(&b, 100, NULL), 28);
	assert_int_equal(feed_lost(b.feed), 2);
	assert_int_equal(feed_acked(b.feed, 30), 28);
	bench_close(&b);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(cut_behind_cursor),
	    TEST(other_spool),
	    TEST(damage_is_counted_once),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
