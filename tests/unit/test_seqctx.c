/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence contexts: each rule that stands at the top of mf/ingest/seqctx.c.  TS 103 221-2 V1.10.1
 * clause 5.3.9. */
#include "ingest/seqctx.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define CTX UINT64_C(0x1234567890)
#define S INT64_C(1000000000)

static struct seqctx_table *t;

static int
setup(void **state)
{
	(void)state;
	t = seqctx_new(1024);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	seqctx_free(t);
	return 0;
}

/* Check and note; digest and time follow the number unless told. */
static struct seqctx_result
feed(uint64_t ctx, uint32_t seq, uint64_t digest, int64_t ts_ns)
{
	struct seqctx_result r = seqctx_check(t, ctx, seq, digest, ts_ns);

	seqctx_note(t, ctx, seq, digest, ts_ns, r.verdict);
	return r;
}

static void
is(struct seqctx_result r, enum seqctx_verdict v, uint32_t first, uint32_t last)
{
	assert_int_equal(r.verdict, v);
	assert_int_equal(r.first, first);
	assert_int_equal(r.last, last);
}

static void
run_up(uint32_t from, uint32_t n, int64_t ts_ns)
{
	for (uint32_t i = 0; i < n; i++)
		is(feed(CTX, from + i, 1000 + from + i, ts_ns + i), SEQCTX_NEW, 0, 0);
}

static void
gap_and_late(void **state)
{
	(void)state;
	run_up(0, 3, S);
	is(feed(CTX, 7, 1007, 2 * S), SEQCTX_GAP, 3, 6);
	is(feed(CTX, 5, 1005, 3 * S), SEQCTX_LATE, 0, 0);
	is(feed(CTX, 5, 1005, 3 * S), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 8, 1008, 3 * S), SEQCTX_NEW, 0, 0);
	is(feed(CTX, 4, 1004, S), SEQCTX_LATE, 0, 0);
}

static void
first_of_context(void **state)
{
	(void)state;
	is(feed(CTX, 77, 1, S), SEQCTX_NEW, 0, 0);
	is(feed(CTX + 1, 0, 1, S), SEQCTX_NEW, 0, 0);
	is(feed(CTX, 79, 1, S), SEQCTX_GAP, 78, 78);
	assert_int_equal(seqctx_count(t), 2);
}

static void
duplicate_and_reuse(void **state)
{
	(void)state;
	run_up(0, 10, S);
	is(feed(CTX, 9, 1009, S + 9), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 3, 1003, S + 3), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 3, 4444, S + 3), SEQCTX_REUSE, 0, 0);
	is(feed(CTX, 3, 4444, S + 3), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 0, 4445, S), SEQCTX_REUSE, 0, 0); /* number 0, but not newer */
	is(feed(CTX, 10, 0, 2 * S), SEQCTX_NEW, 0, 0); /* digest 0 is a digest */
	is(feed(CTX, 10, 0, 2 * S), SEQCTX_DUPLICATE, 0, 0);
}

/* What was not kept is noted with digest 0: a number that comes again is no new use of it. */
static void
again(void **state)
{
	(void)state;
	run_up(0, 5, S);
	seqctx_note(t, CTX, 5, 0, S + 5, SEQCTX_NEW);
	is(seqctx_check(t, CTX, 5, 1005, S + 5), SEQCTX_AGAIN, 0, 0);
	seqctx_note(t, CTX, 5, 0, S + 5, SEQCTX_AGAIN);
	is(feed(CTX, 5, 1005, S + 5), SEQCTX_AGAIN, 0, 0);
	is(feed(CTX, 5, 1005, S + 5), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 5, 4444, S + 5), SEQCTX_REUSE, 0, 0);
	is(feed(CTX, 6, 1006, S + 6), SEQCTX_NEW, 0, 0);
}

static void
check_changes_nothing(void **state)
{
	(void)state;
	run_up(0, 5, S);
	for (int i = 0; i < 3; i++)
		is(seqctx_check(t, CTX, 9, 1, 2 * S), SEQCTX_GAP, 5, 8);
	is(seqctx_check(t, CTX, 5, 1, 2 * S), SEQCTX_NEW, 0, 0);
	is(seqctx_check(t, 1, 5, 1, 2 * S), SEQCTX_NEW, 0, 0);
	assert_int_equal(seqctx_count(t), 1);
}

static void
wraps(void **state)
{
	(void)state;
	run_up(UINT32_MAX - 3, 4, S);
	is(feed(CTX, 0, 50, 2 * S), SEQCTX_NEW, 0, 0);
	is(feed(CTX, UINT32_MAX, 1000u + UINT32_MAX, S), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 3, 53, 3 * S), SEQCTX_GAP, 1, 2);
	is(feed(CTX, 1, 51, 3 * S), SEQCTX_LATE, 0, 0);
}

static void
gap_over_the_wrap(void **state)
{
	(void)state;
	run_up(UINT32_MAX - 1, 1, S);
	is(feed(CTX, 1, 1, 2 * S), SEQCTX_GAP, UINT32_MAX, 0);
}

static void
restart_at_zero(void **state)
{
	(void)state;
	run_up(0, 20, S);
	is(feed(CTX, 0, 7000, 5 * S), SEQCTX_RESTART, 0, 0);
	is(feed(CTX, 1, 7001, 5 * S), SEQCTX_NEW, 0, 0);
	is(feed(CTX, 2, 7002, 5 * S), SEQCTX_NEW, 0, 0);
	is(feed(CTX, 0, 7000, 5 * S), SEQCTX_DUPLICATE, 0, 0);
}

static void
restart_far_behind(void **state)
{
	(void)state;
	run_up(50000, 10, S);
	is(feed(CTX, 4, 1, 5 * S), SEQCTX_RESTART, 0, 3);
	is(feed(CTX, 5, 2, 5 * S), SEQCTX_NEW, 0, 0);
	is(feed(CTX, 3, 3, 5 * S), SEQCTX_LATE, 0, 0);
}

static void
old_and_unknown_is_kept(void **state)
{
	(void)state;
	run_up(50000, 10, 10 * S);
	is(feed(CTX, 4, 1, S), SEQCTX_LATE, 0, 0);	    /* low, but older */
	is(feed(CTX, 40000, 1, 99 * S), SEQCTX_LATE, 0, 0); /* newer, but no low number */
	is(feed(CTX, 50010, 1, 11 * S), SEQCTX_NEW, 0, 0);  /* the context is as it was */
}

static void
window_grows_and_forgets(void **state)
{
	(void)state;
	run_up(0, 3000, S);
	is(feed(CTX, 3000 - 1024, 1000 + 3000 - 1024, S), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 2999, 3999, S), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 3000 - 1025, 1000 + 3000 - 1025, S), SEQCTX_LATE, 0,
	    0); /* behind: kept, in doubt */
}

static void
growing_keeps_what_was_seen(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 600; n++) {
		run_up(n, 1, S);
		for (uint32_t back = n < 16 ? n : 16; back > 0; back--)
			is(feed(CTX, n - back, 1000 + n - back, S), SEQCTX_DUPLICATE, 0, 0);
	}
	for (uint32_t n = 100; n < 600; n++)
		is(feed(CTX, n, 1000 + n, S), SEQCTX_DUPLICATE, 0, 0);
}

/* The place of a missing number in the ring still held a number long gone. */
static void
gap_in_a_full_ring(void **state)
{
	(void)state;
	run_up(0, 3000, S);
	is(feed(CTX, 3010, 4010, 2 * S), SEQCTX_GAP, 3000, 3009);
	is(feed(CTX, 3005, 1000 + 3005 - 1024, 2 * S), SEQCTX_LATE, 0, 0);
}

static void
gap_larger_than_the_window(void **state)
{
	(void)state;
	run_up(0, 100, S);
	is(feed(CTX, 1000000, 1, 2 * S), SEQCTX_GAP, 100, 999999);
	is(feed(CTX, 999999, 2, 2 * S), SEQCTX_LATE, 0, 0);
	is(feed(CTX, 1000001, 3, 2 * S), SEQCTX_NEW, 0, 0);
}

static void
many_contexts(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 3; round++)
		for (uint64_t c = 1; c <= 5000; c++)
			is(feed(c * UINT64_C(0x9e3779b97f4a7c15), round, c, S + round), SEQCTX_NEW,
			    0, 0);
	assert_int_equal(seqctx_count(t), 5000);
	assert_int_equal(seqctx_expire(t, 0), 0);
	assert_int_equal(seqctx_expire(t, INT64_MAX), 5000);
	assert_int_equal(seqctx_count(t), 0);
	is(feed(CTX, 5, 1, S), SEQCTX_NEW, 0, 0);
}

static void
each_one(uint64_t ctx, uint32_t last, int64_t ts_ns, void *arg)
{
	seqctx_restore(arg, ctx, last, ts_ns);
}

static void
snapshot_and_replay(void **state)
{
	struct seqctx_table *old = t;

	(void)state;
	run_up(0, 200, S);
	t = seqctx_new(1024);
	seqctx_each(old, each_one, t);
	for (uint32_t i = 100; i < 210;
	     i++) /* the spool has more than the snapshot, and some that it knew */
		seqctx_note(t, CTX, i, 1000 + i, S + i, SEQCTX_NEW);
	is(feed(CTX, 209, 1209, S + 209), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 100, 1100, S + 100), SEQCTX_DUPLICATE, 0, 0);
	is(feed(CTX, 212, 1, 2 * S), SEQCTX_GAP, 210, 211);
	seqctx_free(old);
}

static void
names_of_contexts(void **state)
{
	struct x23_pdu a = {.type = X23_TYPE_X2, .correlation = 7}, b;
	uint64_t h = seqctx_hash(1, &a);

	(void)state;
	a.nfid = (struct octets){(const uint8_t *)"nf-one-long", 11};
	assert_true(h != 0);
	assert_true(seqctx_hash(1, &a) != h);
	b = a;
	assert_true(seqctx_hash(1, &a) == seqctx_hash(1, &b));
	assert_true(seqctx_hash(2, &a) != seqctx_hash(1, &a));
	b.type = X23_TYPE_X3;
	assert_true(seqctx_hash(1, &b) != seqctx_hash(1, &a));
	b = a;
	b.correlation = 8;
	assert_true(seqctx_hash(1, &b) != seqctx_hash(1, &a));
	b = a;
	b.xid[15] = 1;
	assert_true(seqctx_hash(1, &b) != seqctx_hash(1, &a));
	b = a;
	b.ipid = a.nfid;
	b.nfid.n = 0;
	assert_true(seqctx_hash(1, &b) != seqctx_hash(1, &a));
}

static void
digests(void **state)
{
	uint8_t o[60] = {0, 6, 0, 2};
	struct x23_pdu p = {.raw = {o, 60}, .payload = {o + 48, 12}};
	uint64_t d = seqctx_digest(&p, 1);

	(void)state;
	assert_true(seqctx_digest(&p, 2) != d);
	o[47] ^= 1;
	assert_true(seqctx_digest(&p, 1) != d);
	o[47] ^= 1;
	o[1] = 5;
	assert_true(seqctx_digest(&p, 1) == d);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(gap_and_late), T(first_of_context),
	    T(duplicate_and_reuse), T(again), T(check_changes_nothing), T(wraps),
	    T(gap_over_the_wrap), T(restart_at_zero), T(restart_far_behind),
	    T(old_and_unknown_is_kept), T(window_grows_and_forgets), T(growing_keeps_what_was_seen),
	    T(gap_in_a_full_ring), T(gap_larger_than_the_window), T(many_contexts),
	    T(snapshot_and_replay), T(names_of_contexts), T(digests)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
