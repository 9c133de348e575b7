/* SPDX-License-Identifier: Apache-2.0 */
/* Every crash case of mf/spool/FORMAT: found, nothing invented, nothing hidden. */
#include "spool_fixture.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A queue with one segment, closed; its octets in IMAGE. */
struct kept {
	uint64_t seg;
	char path[SEGMENT_PATH_MAX];
	uint8_t *image;
	size_t len;
};

static void
keep(struct fixture *f, struct kept *k)
{
	k->seg = spool_tail(f->q).seg;
	fixture_close(f);
	fixture_seg_path(f, k->seg, k->path);
	k->image = fixture_load(k->path, &k->len);
}

/* Back to the one segment, LEN octets of P; segments begun since are removed. */
static void
put_back(struct fixture *f, const struct kept *k, const uint8_t *p, size_t len)
{
	char path[SEGMENT_PATH_MAX];

	fixture_close(f);
	for (uint64_t s = k->seg + 1; s < k->seg + 4; s++) {
		fixture_seg_path(f, s, path);
		unlink(path);
	}
	fixture_store(k->path, p, len);
}

/* After recovery with KEEP records left: new ones follow, and old and new are all there is. */
static void
check_cut(struct fixture *f, uint64_t left)
{
	struct spool_pos head;
	struct fixture_read r;

	fixture_open(f);
	assert_int_equal(spool_tail(f->q).rec, left);
	for (uint32_t i = 0; i < 3; i++)
		fixture_append(f->q, 1000 + i, 77);
	fixture_wait(f);
	head = spool_head(f->q);
	r = fixture_read(f, NULL, &head);
	assert_int_equal(r.good, left + 3);
	assert_int_equal(r.gaps + r.wrong, 0);
	fixture_close(f);
	fixture_open(f); /* and the same after another start */
	assert_int_equal(spool_tail(f->q).rec, left + 3);
	fixture_close(f);
}

enum tear {
	TEAR_ZERO,
	TEAR_GARBAGE,
	TEAR_SHORT,
	TEAR_N
};

static void
tear_at(struct fixture *f, const struct kept *k, size_t at, size_t end, enum tear how)
{
	uint8_t *p = malloc(k->len);

	memcpy(p, k->image, k->len);
	for (size_t i = at; i < end; i++)
		p[i] = how == TEAR_GARBAGE ? (uint8_t)(i * 151 + 7) : 0;
	put_back(f, k, p, how == TEAR_SHORT ? at : k->len);
	free(p);
}

static void
torn_everywhere(void **state)
{
	struct fixture *f = *state;
	struct spool_pos last, end;
	struct kept k;

	f->conf.segment_len = 16384;
	fixture_open(f);
	fixture_fill(f, 0, 4, 100);
	last = fixture_append(f->q, 4, 61);
	fixture_wait(f);
	end = spool_tail(f->q);
	keep(f, &k);
	for (size_t at = last.off; at < last.off + 96 + 61; at++) {
		for (enum tear how = 0; how < TEAR_N; how++) {
			tear_at(f, &k, at, end.off, how);
			check_cut(f, 4);
			if (at >= last.off + 8) /* a trace was left: not continued behind it */
				assert_int_equal(fixture_files(f, "cc"), 2);
		}
	}
	tear_at(f, &k, last.off + 96 + 61, end.off, TEAR_GARBAGE); /* padding means nothing */
	check_cut(f, 5);
	free(k.image);
}

/* Two records of one commit, the first torn: both are cut, and the second never comes back. */
static void
torn_in_window(void **state)
{
	struct fixture *f = *state;
	struct spool_pos a;
	struct kept k;

	fixture_open(f);
	fixture_fill(f, 0, 3, 100);
	a = fixture_append(f->q, 3, 77);
	fixture_append(f->q, 4, 77);
	fixture_append(f->q, 5, 77);
	fixture_wait(f);
	keep(f, &k);
	for (size_t at = a.off; at < a.off + 96 + 77; at++) {
		k.image[at] ^= 0x10;
		put_back(f, &k, k.image, k.len);
		k.image[at] ^= 0x10;
		check_cut(f, 3);
	}
	free(k.image);
}

/* Even when the end mark at the cut is damaged later, there is nothing behind it to come back. */
static void
cut_is_erased(void **state)
{
	struct fixture *f = *state;
	struct spool_pos a, end;
	struct kept k;

	fixture_open(f);
	fixture_fill(f, 0, 3, 100);
	a = fixture_append(f->q, 3, 77);
	fixture_append(f->q, 4, 77);
	fixture_wait(f);
	end = spool_tail(f->q);
	keep(f, &k);
	k.image[a.off + 100] ^= 1;
	put_back(f, &k, k.image, k.len);
	free(k.image);
	fixture_open(f);
	keep(f, &k);
	for (size_t i = a.off + 96; i < end.off; i++)
		assert_int_equal(k.image[i], 0);
	free(k.image);
}

/* The same damage to a record that was durable before the next was appended: one gap, the rest
 * stays. */
static void
damaged_before_durable(void **state)
{
	struct fixture *f = *state;
	struct spool_pos a, head;
	struct fixture_read r;
	struct kept k;

	fixture_open(f);
	fixture_fill(f, 0, 3, 100);
	a = fixture_append(f->q, 3, 77);
	fixture_wait(f);
	fixture_fill(f, 4, 2, 77);
	keep(f, &k);
	for (size_t at = a.off; at < a.off + 96 + 77; at += 3) {
		k.image[at] ^= 0x10;
		put_back(f, &k, k.image, k.len);
		k.image[at] ^= 0x10;
		fixture_open(f);
		head = spool_head(f->q);
		assert_int_equal(head.rec, 6);
		r = fixture_read(f, NULL, &head);
		assert_int_equal(r.good, 5);
		assert_int_equal(r.skipped, 1);
		assert_int_equal(r.wrong, 0);
		fixture_close(f);
	}
	free(k.image);
}

/* Damage in the last batch, which only the caller knows to be durable: one gap, the rest stays, and
 * no number is used again. */
static void
damaged_known_durable(void **state)
{
	struct fixture *f = *state;
	struct spool_pos at[3], head;
	struct fixture_read r;
	struct kept k;

	fixture_open(f);
	fixture_fill(f, 0, 3, 100);
	for (uint32_t i = 0; i < 3; i++)
		at[i] = fixture_append(f->q, 3 + i, 77);
	fixture_wait(f);
	f->known = spool_tail(f->q);
	keep(f, &k);
	for (size_t i = 0; i < 3 * (96 + 77); i += 3) {
		size_t off = at[i / (96 + 77)].off + i % (96 + 77);

		k.image[off] ^= 0x10;
		put_back(f, &k, k.image, k.len);
		k.image[off] ^= 0x10;
		fixture_open(f);
		assert_int_equal(spool_tail(f->q).rec, 6);
		fixture_append(f->q, 6, 77);
		fixture_wait(f);
		head = spool_head(f->q);
		r = fixture_read(f, NULL, &head);
		assert_int_equal(r.good, 6);
		assert_int_equal(r.skipped, 1);
		assert_int_equal(r.wrong, 0);
		fixture_close(f);
	}
	free(k.image);
}

/* One bit wrong, at every octet of a segment that is not the last. */
static void
flip_everywhere(void **state)
{
	struct fixture *f = *state;
	struct spool_pos at[64], head;
	char path[SEGMENT_PATH_MAX];
	uint32_t n = 0, in_first = 0;
	struct fixture_read r;
	uint8_t *p;
	size_t len;

	f->conf.segment_len = 16384;
	fixture_open(f);
	while (n < 60) {
		at[n] = fixture_append(f->q, n, 150 + n % 7);
		in_first += at[n].seg == at[0].seg;
		n++;
	}
	fixture_wait(f);
	head = spool_head(f->q);
	assert_true(in_first < n);
	fixture_seg_path(f, at[0].seg, path);
	p = fixture_load(path, &len);
	for (size_t i = 0; i < len; i += i < 2 * SEGMENT_HEAD_LEN ? 1 : 5) {
		uint32_t hit = 0;

		for (uint32_t k = 0; k < in_first; k++)
			hit += i >= at[k].off && i < at[k].off + 96 + 150 + k % 7;
		p[i] ^= (uint8_t)(1u << i % 8);
		fixture_store(path, p, len);
		p[i] ^= (uint8_t)(1u << i % 8);
		r = fixture_read(f, NULL, &head);
		assert_int_equal(r.wrong, 0);
		assert_int_equal(r.skipped, hit);
		assert_int_equal(r.good, n - hit);
	}
	free(p);
}

static void
on_replay(const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg)
{
	uint64_t *good = arg;

	assert_true(fixture_good(m, o));
	assert_int_equal(at->rec, m->seq);
	(*good)++;
}

/* One bit wrong in the last segment, then a restart: only damage of the very last record may pass
 * for a torn tail. */
static void
flip_then_recover(void **state)
{
	struct fixture *f = *state;
	struct spool_pos at[6], from = {0};
	struct kept k;

	f->conf.segment_len = 16384;
	fixture_open(f);
	for (uint32_t i = 0; i < 6; i++) {
		at[i] = fixture_append(f->q, i, 50);
		fixture_wait(f);
	}
	keep(f, &k);
	for (size_t i = 0; i < SEGMENT_HEAD_LEN + 6 * 152; i += i < SEGMENT_HEAD_LEN ? 11 : 1) {
		uint64_t good = 0, hit = 6;

		for (uint32_t n = 0; n < 6; n++)
			hit = i >= at[n].off && i < at[n].off + 96 + 50 ? n : hit;
		k.image[i] ^= 1;
		put_back(f, &k, k.image, k.len);
		k.image[i] ^= 1;
		fixture_open(f);
		assert_int_equal(spool_tail(f->q).rec, hit == 5 ? 5 : 6);
		spool_replay(f->q, &from, on_replay, &good);
		assert_int_equal(good, hit < 6 ? 5 : 6);
	}
	free(k.image);
}

static void
many_segments(struct fixture *f, uint64_t *first, struct spool_pos *head)
{
	f->conf.segment_len = 16384;
	fixture_open(f);
	*first = fixture_append(f->q, 0, 500).seg;
	fixture_fill(f, 1, 199, 500);
	*head = spool_head(f->q);
	assert_true(head->seg > *first + 5);
}

static void
check_sum(struct fixture *f, const struct spool_pos *head, bool gap)
{
	struct fixture_read r = fixture_read(f, &(struct spool_pos){.seg = 0}, head);

	assert_int_equal(r.wrong, 0);
	assert_int_equal(r.good + r.skipped, 200);
	assert_int_equal(r.gaps, gap);
	assert_true(!gap || r.skipped > 5);
	assert_int_equal(r.end.rec, 200);
}

static void
missing_middle(void **state)
{
	struct fixture *f = *state;
	char path[SEGMENT_PATH_MAX];
	struct spool_pos head;
	uint64_t first;

	many_segments(f, &first, &head);
	fixture_seg_path(f, first + 2, path);
	unlink(path);
	check_sum(f, &head, true);
	fixture_seg_path(f, first + 3, path); /* two in a row are one gap */
	unlink(path);
	check_sum(f, &head, true);
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(spool_tail(f->q).rec, 200);
	check_sum(f, &head, true);
}

static void
missing_last(void **state)
{
	struct fixture *f = *state;
	char path[SEGMENT_PATH_MAX];
	struct spool_pos head;
	uint64_t first;

	many_segments(f, &first, &head);
	fixture_seg_path(f, head.seg, path);
	unlink(path);
	check_sum(f, &head, true);
}

/* The last segments gone, or all, and the caller knows that they were there (a disk that lied about
 * flushing): no number is used again, and the reader reports what is gone, before and after new
 * records come. */
static void
missing_last_known(void **state)
{
	struct fixture *f = *state;
	char path[SEGMENT_PATH_MAX];
	struct spool_pos head, cursor;
	struct fixture_read r;
	uint64_t first;

	for (unsigned gone = 1; gone <= 3; gone++) {
		many_segments(f, &first, &head);
		cursor = (struct spool_pos){.seg = first, .off = SEGMENT_HEAD_LEN};
		f->known = head;
		fixture_close(f);
		for (uint64_t seg = head.seg; seg >= first; seg--) {
			if (gone < 3 && seg + gone <= head.seg)
				break;
			fixture_seg_path(f, seg, path);
			assert_int_equal(unlink(path), 0);
		}
		fixture_open(f);
		assert_int_equal(spool_tail(f->q).rec, 200);
		for (unsigned i = 0; i < 2; i++) {
			head = spool_head(f->q);
			r = fixture_read(f, &cursor, &head);
			assert_int_equal(r.good + r.skipped, 200 + 5 * i);
			assert_int_equal(r.gaps, 1);
			assert_int_equal(r.wrong, 0);
			assert_true((r.good > 5) == (gone < 3));
			r = fixture_read(f, &f->known, &head); /* it had all */
			assert_int_equal(r.good, 5 * i);
			assert_int_equal(r.gaps + r.wrong, 0);
			if (i == 0)
				fixture_fill(f, 200, 5, 200);
		}
		assert_true(head.seg > f->known.seg);
		fixture_close(f);
		fixture_teardown(state);
		fixture_setup(state);
		f = *state;
	}
}

static void
missing_first_with_cursor(void **state)
{
	struct fixture *f = *state;
	char path[SEGMENT_PATH_MAX];
	struct spool_pos head, cursor;
	struct fixture_read r;
	uint64_t first;

	many_segments(f, &first, &head);
	cursor = (struct spool_pos){.seg = first, .off = SEGMENT_HEAD_LEN};
	fixture_seg_path(f, first, path);
	unlink(path);
	r = fixture_read(f, &cursor, &head);
	assert_int_equal(r.good + r.skipped, 200);
	assert_int_equal(r.gaps, 1);
}

static void
spoil_heads(struct fixture *f, uint64_t seg)
{
	char path[SEGMENT_PATH_MAX];
	uint8_t *p;
	size_t n;

	fixture_seg_path(f, seg, path);
	p = fixture_load(path, &n);
	p[20] ^= 1;
	p[SEGMENT_HEAD_COPY + 30] ^= 1;
	fixture_store(path, p, n);
	free(p);
}

static void
bad_head_middle(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head;
	uint64_t first;

	many_segments(f, &first, &head);
	spoil_heads(f, first + 2);
	check_sum(f, &head, true);
	spoil_heads(f, first + 2); /* whole again */
	check_sum(f, &head, false);
	spoil_heads(f, first);
	assert_int_equal(fixture_read(f, NULL, &head).wrong, 0);
}

/* Numbers go on above what the unreadable segment can have held; all of it is reported. */
static void
bad_head_last(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head;
	struct fixture_read r;
	uint64_t first;

	many_segments(f, &first, &head);
	fixture_close(f);
	spoil_heads(f, head.seg);
	fixture_open(f);
	assert_true(spool_tail(f->q).rec >= 200);
	fixture_append(f->q, 5000, 80);
	fixture_wait(f);
	head = spool_head(f->q);
	r = fixture_read(f, NULL, &head);
	assert_int_equal(r.wrong, 0);
	assert_int_equal(r.gaps, 1);
	assert_int_equal(r.good + r.skipped, head.rec);
	assert_true(r.skipped >= 1);
}

static void
cursor_not_at_a_record(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head, cursor, at;
	struct fixture_read r;

	fixture_open(f);
	fixture_fill(f, 0, 10, 200);
	at = fixture_append(f->q, 10, 200);
	fixture_fill(f, 11, 20, 200);
	head = spool_head(f->q);
	for (uint32_t by = 1; by < 250; by += 13) {
		cursor = at;
		cursor.off += by;
		r = fixture_read(f, &cursor, &head);
		assert_int_equal(r.wrong, 0);
		assert_int_equal(r.good + r.skipped, head.rec - 10);
		assert_int_equal(r.skipped, by >= 8); /* records lie at multiples of 8 */
	}
}

static void
cursor_behind_head(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head, cursor;
	struct fixture_read r;

	fixture_open(f);
	fixture_fill(f, 0, 10, 200);
	head = cursor = spool_head(f->q);
	cursor.off += 4000;
	cursor.rec += 17;
	r = fixture_read(f, &cursor, &head);
	assert_int_equal(r.gaps, 1);
	assert_int_equal(r.good, 0);
	cursor.seg += 3;
	r = fixture_read(f, &cursor, &head);
	assert_int_equal(r.gaps, 1);
	assert_int_equal(r.end.rec, 10);
}

static void
queue_lost(void **state)
{
	struct fixture *f = *state;
	char path[SEGMENT_PATH_MAX];
	struct spool_pos head, cursor;
	struct fixture_read r;

	fixture_open(f);
	fixture_fill(f, 0, 10, 200);
	cursor = spool_head(f->q);
	fixture_close(f);
	fixture_seg_path(f, cursor.seg, path);
	unlink(path);
	usleep(2000); /* numbers come from the clock */
	fixture_open(f);
	assert_int_equal(spool_tail(f->q).rec, 0);
	fixture_fill(f, 0, 4, 200);
	head = spool_head(f->q);
	assert_true(head.seg > cursor.seg);
	r = fixture_read(f, &cursor, &head);
	assert_int_equal(r.good, 4);
	assert_int_equal(r.gaps, 1);
}

/* A reader that had passed the last record, which then was cut: what is new is read, nothing twice.
 */
static void
cursor_passed_the_cut(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head, cursor, last;
	struct fixture_read r;
	struct kept k;

	fixture_open(f);
	fixture_fill(f, 0, 10, 200);
	last = fixture_append(f->q, 10, 200);
	fixture_wait(f);
	cursor = spool_head(f->q);
	keep(f, &k);
	k.image[last.off + 120] ^= 4;
	put_back(f, &k, k.image, k.len);
	free(k.image);
	fixture_open(f);
	fixture_fill(f, 50, 5, 200);
	head = spool_head(f->q);
	r = fixture_read(f, &cursor, &head);
	assert_int_equal(r.good, 5);
	assert_int_equal(r.gaps + r.wrong, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(torn_everywhere),
	    TEST(torn_in_window),
	    TEST(damaged_known_durable),
	    TEST(cut_is_erased),
	    TEST(damaged_before_durable),
	    TEST(flip_everywhere),
	    TEST(flip_then_recover),
	    TEST(missing_middle),
	    TEST(missing_last),
	    TEST(missing_last_known),
	    TEST(missing_first_with_cursor),
	    TEST(bad_head_middle),
	    TEST(bad_head_last),
	    TEST(cursor_not_at_a_record),
	    TEST(cursor_behind_head),
	    TEST(queue_lost),
	    TEST(cursor_passed_the_cut),
	};

	if (access("/dev/shm", W_OK) == 0) /* thousands of starts: a real disk takes long */
		setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
