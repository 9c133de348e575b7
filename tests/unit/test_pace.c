/* SPDX-License-Identifier: Apache-2.0 */
/* What may wait in front of a link, on links that exist only as numbers: a short one, a fast one,
 * far ones, one that changes, one that is seldom used. */
#include "delivery/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define STEP_US 1000
#define BUFFERS (3u << 20) /* of the kernel and of the connection */

/* A link: what is put on it is acknowledged at RATE, LUMP octets at once, RTT_US later. */
struct link {
	struct pace pace;
	int64_t now_us;
	uint64_t put, acked, rate, lump;
	double carried;
	uint32_t rtt_us;
	uint64_t history[4096]; /* carried, per step */
	size_t step;
	uint64_t ahead_max;
};

static void
link_new(struct link *l, uint64_t rate, uint32_t rtt_us)
{
	*l = (struct link){.rate = rate, .rtt_us = rtt_us, .now_us = 1000, .lump = 1448};
	pace_init(&l->pace);
}

/* One millisecond with up to OFFER octets to send. */
static void
link_step(struct link *l, uint64_t offer)
{
	size_t late = l->rtt_us / STEP_US;
	uint64_t seen;

	l->now_us += STEP_US;
	l->carried += (double)l->rate * STEP_US / 1e6;
	if (l->carried > (double)l->put)
		l->carried = (double)l->put;
	l->history[l->step++ % 4096] = (uint64_t)l->carried;
	seen = l->step > late ? l->history[(l->step - 1 - late) % 4096] : 0;
	if (seen - l->acked >= l->lump || seen == l->put)
		l->acked = seen;
	if (pace_due(&l->pace, l->now_us))
		pace_sample(&l->pace, l->now_us, l->acked, l->rtt_us);
	pace_idle(&l->pace, false);
	while (offer > 0 && l->put - l->acked < l->pace.limit_len &&
	       l->put - l->acked < BUFFERS + l->rate) {
		uint64_t n = offer < 1400 ? offer : 1400;

		l->put += n;
		offer -= n;
	}
	if (offer == 0)
		pace_idle(&l->pace, true);
	if (l->put - l->acked > l->ahead_max)
		l->ahead_max = l->put - l->acked;
}

static void
link_run(struct link *l, unsigned ms, uint64_t offer)
{
	l->ahead_max = 0;
	for (unsigned i = 0; i < ms; i++)
		link_step(l, offer);
}

/* 256 kbit/s: what waits takes less than a second, and while the rate is learned from lumps of
 * acknowledgements, one and a half. */
static void
short_link_has_little_in_front(void **state)
{
	static const uint64_t lumps[] = {1, 1448, 4096, 8192};

	(void)state;
	for (size_t i = 0; i < sizeof(lumps) / sizeof(lumps[0]); i++) {
		struct link l;

		link_new(&l, 32768, 30000);
		l.lump = lumps[i];
		link_run(&l, 5000, 1 << 20);
		assert_true(l.ahead_max <= 32768 * 3 / 2);
		link_run(&l, 15000, 1 << 20);
		assert_true(l.ahead_max <= 32768);
		assert_true(l.put > 32768 * 19); /* and the link is in use all the time */
		assert_in_range(l.pace.rate, 32768 * 3 / 4, 32768 * 3 / 2);
	}
}

/* 1 Gbit/s near by: no limit after a second, and no throughput is lost from then on. */
static void
fast_link_is_not_limited(void **state)
{
	struct link l;
	uint64_t before;

	(void)state;
	link_new(&l, 125000000, 1000);
	link_run(&l, 1000, 4 << 20);
	assert_false(pace_limited(&l.pace));
	before = l.acked;
	link_run(&l, 1000, 4 << 20);
	assert_true(l.acked - before > 123000000);
}

/* Far and middling: a second of round trip, and 10 Mbit/s. */
static void
far_link_is_filled(void **state)
{
	static const uint32_t rtt_us[] = {50000, 250000, 600000, 1000000};

	(void)state;
	for (size_t i = 0; i < sizeof(rtt_us) / sizeof(rtt_us[0]); i++) {
		struct link l;
		uint64_t before;

		link_new(&l, 1250000, rtt_us[i]);
		link_run(&l, 20000, 1 << 20);
		before = l.acked;
		link_run(&l, 10000, 1 << 20);
		assert_true(l.acked - before > 12000000);
		assert_true(l.ahead_max < UINT64_C(1875000) * (500 + rtt_us[i] / 500) / 1000);
	}
}

static void
link_that_becomes_short_is_noticed(void **state)
{
	struct link l;

	(void)state;
	link_new(&l, 125000000, 1000);
	link_run(&l, 1000, 4 << 20);
	link_run(&l, 1000, 0);
	l.rate = 32768; /* a second's worth of BUFFERS goes in before that is seen */
	link_run(&l, 8000, 1 << 20);
	assert_true(l.pace.rate < 65536);
	l.rate = 125000000;
	link_run(&l, 3000, 4 << 20);
	assert_false(pace_limited(&l.pace));
}

/* Little to send says nothing about a link: neither that it is slow, nor that it is fast. */
static void
seldom_used_link_keeps_its_rate(void **state)
{
	struct link l;

	(void)state;
	link_new(&l, 1250000, 1000);
	link_run(&l, 3000, 1 << 20);
	assert_in_range(l.pace.rate, 1000000, 1500000);
	link_run(&l, 2000, 0);
	link_run(&l, 20000, 10);
	assert_in_range(l.pace.rate, 1000000, 1500000);
	link_new(&l, 1250000, 1000);
	link_run(&l, 20000, 10);
	assert_true(l.pace.limit_len < PACE_MIN_LEN + 1024);
}

static void
wait_fits_the_rate(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p);
	assert_in_range(pace_wait_us(&p, p.limit_len), 1000, 20000);
	assert_int_equal(pace_wait_us(&p, 16u << 20), 20000);
	p.rate = 15u << 20;
	assert_int_equal(pace_wait_us(&p, p.limit_len), 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_link_has_little_in_front),
	    cmocka_unit_test(fast_link_is_not_limited),
	    cmocka_unit_test(far_link_is_filled),
	    cmocka_unit_test(link_that_becomes_short_is_noticed),
	    cmocka_unit_test(seldom_used_link_keeps_its_rate),
	    cmocka_unit_test(wait_fits_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
