/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of packets that came through several NEs. */
#include "base/octets.h"
#include "session/copies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#define S INT64_C(1000000000)
#define WINDOW (5 * S)

static struct copies *c;
static int64_t now;

static int
setup(void **state)
{
	(void)state;
	now = 1000 * S;
	c = copies_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	copies_free(c);
	return 0;
}

static void
hash_of(uint64_t n, uint8_t out[16])
{
	octets_put64(out, n * UINT64_C(0x9e3779b97f4a7c15));
	octets_put64(out + 8, n);
}

/* One PDU through check and note; true: it was delivered. */
static bool
offer(uint32_t warrant, uint64_t n, uint32_t ne, uint32_t *first)
{
	uint8_t hash[16];
	uint32_t f;
	bool copy;

	hash_of(n, hash);
	copy = copies_check(c, warrant, hash, ne, now, WINDOW, first ? first : &f);
	copies_note(c, warrant, hash, ne, now, WINDOW, !copy);
	return !copy;
}

static void
test_one_of_two(void **state)
{
	uint32_t first = 0;

	(void)state;
	assert_true(offer(1, 7, 11, &first));
	assert_int_equal(first, 0);
	assert_false(offer(1, 7, 12, &first));
	assert_int_equal(first, 11);
	assert_true(offer(2, 7, 12, NULL)); /* another warrant */
	assert_true(offer(1, 8, 12, NULL)); /* another packet */
}

/* A repetition through the same NE is a packet of its own; its copies are known one by one. */
static void
test_repetitions_stay(void **state)
{
	(void)state;
	assert_true(offer(1, 7, 11, NULL));
	assert_true(offer(1, 7, 11, NULL));
	assert_false(offer(1, 7, 12, NULL));
	assert_false(offer(1, 7, 12, NULL));
	assert_true(offer(1, 7, 12, NULL)); /* the third, which 11 has not sent yet */
	assert_false(offer(1, 7, 11, NULL));
	assert_true(offer(1, 7, 11, NULL));
}

static void
test_window(void **state)
{
	(void)state;
	assert_true(offer(1, 7, 11, NULL));
	now += WINDOW;
	assert_false(offer(1, 7, 12, NULL));
	now += 1;
	assert_true(offer(1, 7, 13, NULL)); /* counted anew */
	assert_false(offer(1, 7, 11, NULL));
	assert_int_equal(copies_n(c), 1);
}

static void
test_rejected_is_not_taken(void **state)
{
	uint8_t hash[16];
	uint32_t first;

	(void)state;
	hash_of(7, hash);
	assert_false(copies_check(c, 1, hash, 11, now, WINDOW, &first));
	copies_note(c, 1, hash, 11, now, WINDOW, false);
	assert_true(offer(1, 7, 12, NULL));
}

static void
test_many_nes(void **state)
{
	(void)state;
	assert_true(offer(1, 7, 1, NULL));
	for (uint32_t ne = 2; ne < 40; ne++)
		assert_false(offer(1, 7, ne, NULL));
	assert_true(offer(1, 7, 1, NULL));
}

/* Counters stop: from then on all pass, nothing is lost. */
static void
test_counters_stop(void **state)
{
	(void)state;
	for (int i = 0; i < 600; i++)
		assert_true(offer(1, 7, 11, NULL));
	for (int i = 0; i < 255; i++)
		assert_false(offer(1, 7, 12, NULL));
	assert_true(offer(1, 7, 12, NULL));
}

/* Full and beyond: the newest COPIES_MAX are known, whatever went before. */
static void
test_bounded(void **state)
{
	const uint64_t n = COPIES_MAX + COPIES_MAX / 3;
	uint32_t first;
	uint8_t hash[16];

	(void)state;
	for (uint64_t i = 0; i < n; i++)
		assert_true(offer(1, i, 11, NULL));
	assert_int_equal(copies_n(c), COPIES_MAX);
	for (uint64_t i = 0; i < n; i++) {
		hash_of(i, hash);
		if (copies_check(c, 1, hash, 12, now, WINDOW, &first) != (i >= n - COPIES_MAX))
			fail_msg("packet %u", (unsigned)i);
	}
}

/* About 100 ns are expected; the limit only finds what is out of all proportion. */
static void
test_speed(void **state)
{
	struct timespec a, b;
	const uint64_t n = 400000;
	double ns;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (uint64_t i = 0; i < n; i++)
		offer((uint32_t)(i & 7), i / 2, 11 + (i & 1), NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ns = ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / (double)n;
	print_message("# check and note: %.0f ns\n", ns);
	assert_true(ns < 5000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_one_of_two, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_repetitions_stay, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_window, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rejected_is_not_taken, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_many_nes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_counters_stop, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_speed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
