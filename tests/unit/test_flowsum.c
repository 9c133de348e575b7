/* SPDX-License-Identifier: Apache-2.0 */
/* Flows counted for summary reports: header, counting, reports, bounds. */
#include "packet_build.h"
#include "session/flowsum.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define S INT64_C(1000000000)

static struct flowsum_table *t;
static struct packet_build b;
static const uint8_t session_a[16] = "session a", session_b[16] = "session b";

/* What the callback got. */
static struct {
	unsigned n, refuse;
	uint8_t trigger;
	struct flowsum last;
	uint64_t packets, octets;
} got;

static bool
on_report(const struct flowsum *f, uint8_t trigger, void *arg)
{
	assert_null(arg);
	if (got.refuse > 0) {
		got.refuse--;
		return false;
	}
	got.n++;
	got.trigger = trigger;
	got.last = *f;
	got.packets += f->packets;
	got.octets += f->octets;
	return true;
}

static int
setup(void **state)
{
	(void)state;
	memset(&got, 0, sizeof(got));
	t = flowsum_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	flowsum_free(t);
	return 0;
}

static struct flowsum
udp(uint32_t warrant, const uint8_t session[16], uint16_t port, int64_t now)
{
	struct packet p;
	struct flowsum f;

	packet_build_start(&b, "SECRETCONTENT", 13);
	packet_build_udp(&b, port, 53);
	packet_build_ip4(&b, 17, 1, 2);
	assert_int_equal(packet_parse(packet_build_octets(&b), &p), 0);
	flowsum_of(warrant, session, &p, FLOWSUM_CONTENT, 0, now, now, &f);
	return f;
}

static void
add(uint32_t warrant, const uint8_t session[16], uint16_t port, int64_t now)
{
	struct flowsum f = udp(warrant, session, port, now);

	assert_int_equal(flowsum_add(t, &f, on_report, NULL), 0);
}

static void
test_header_ipv4(void **state)
{
	struct flowsum f = udp(1, session_a, 1000, 5 * S);

	(void)state;
	assert_int_equal(f.header_n, 28);
	assert_int_equal(f.octets, 41);
	assert_int_equal(f.packets, 1);
	assert_int_equal(f.indications, 0x180f); /* bits 0 to 3, 11, 12 */
	assert_int_equal(octets_get16(f.header + 2), 0);
	assert_int_equal(f.header[6], 0);
	assert_int_equal(f.header[8], 0);
	assert_int_equal(octets_get16(f.header + 10), 0);
	assert_int_equal(octets_get16(f.header + 4), 0x1234); /* no bit for the identification */
	assert_int_equal(octets_get16(f.header + 20), 1000);
	assert_int_equal(octets_get32(f.header + 24), 0);
}

static void
test_header_ipv6_tcp(void **state)
{
	struct packet p;
	struct flowsum f;

	(void)state;
	packet_build_start(&b, "SECRETCONTENT", 13);
	packet_build_tcp(&b, 80, 81, 40);
	packet_build_front(&b, 24)[0] = 6;
	b.buf[b.at + 1] = 2;
	packet_build_ip6(&b, 0, 1, 2);
	assert_int_equal(packet_parse(packet_build_octets(&b), &p), 0);
	flowsum_of(1, session_a, &p, FLOWSUM_CONTENT, 0, S, S, &f);
	assert_int_equal(f.header_n, 100);
	assert_int_equal(f.header[6], 6); /* as if there had been no extension header */
	assert_int_equal(f.indications, 0x07f0);
	assert_int_equal(octets_get16(f.header + 4), 0);
	for (int i = 44; i < 52; i++)
		assert_int_equal(f.header[i], 0);
	assert_int_equal(f.header[52], 0xf0);
	assert_int_equal(f.header[53], 0);
	assert_int_equal(octets_get32(f.header + 54), 0);
	assert_int_equal(f.header[58], 1); /* urgent pointer: stays */
	assert_null(memmem(f.header, sizeof(f.header), "SECR", 4));
}

static void
test_no_packet(void **state)
{
	struct packet none = {.seen_n = 60};
	struct flowsum f;

	(void)state;
	flowsum_of(1, session_a, &none, FLOWSUM_CONTENT, 0, S, S, &f);
	assert_int_equal(f.header_n, 0);
	assert_int_equal(f.octets, 60);
}

static void
test_counts(void **state)
{
	(void)state;
	add(1, session_a, 1000, 10 * S);
	add(1, session_a, 1000, 12 * S);
	add(1, session_a, 1001, 13 * S);
	add(1, session_b, 1000, 14 * S);
	add(2, session_a, 1000, 15 * S);
	assert_int_equal(flowsum_n(t), 4);
	flowsum_flush(t, 1, session_a, on_report, NULL);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.packets, 3);
	assert_int_equal(got.octets, 3 * 41);
	assert_int_equal(got.trigger, FLOWSUM_FLOW_END);
	assert_int_equal(flowsum_n(t), 2);
	flowsum_flush(t, 2, NULL, on_report, NULL);
	assert_int_equal(got.n, 3);
	assert_int_equal(got.trigger, FLOWSUM_REPORT_END);
	assert_int_equal(got.last.first_ns, 15 * S);
	assert_int_equal(flowsum_n(t), 1);
}

/* Traffic that is left out is counted per session, whatever its flow; beside that of content. */
static void
test_excluded_is_one_per_session(void **state)
{
	(void)state;
	for (uint16_t port = 1; port < 10; port++) {
		struct packet p;
		struct flowsum f;

		packet_build_start(&b, "x", 1);
		packet_build_udp(&b, port, 53);
		packet_build_ip4(&b, 17, 1, 2);
		assert_int_equal(packet_parse(packet_build_octets(&b), &p), 0);
		flowsum_of(1, session_a, &p, FLOWSUM_EXCLUDED, port & 1, S, S, &f);
		assert_int_equal(flowsum_add(t, &f, on_report, NULL), 0);
	}
	assert_int_equal(flowsum_n(t), 1);
	flowsum_flush(t, 1, session_a, on_report, NULL);
	assert_int_equal(got.last.packets, 9);
	assert_int_equal(got.last.direction, 3);
}

static int64_t
interval(uint32_t warrant, void *arg)
{
	(void)arg;
	return warrant == 1 ? 60 * S : 300 * S;
}

static void
test_tick(void **state)
{
	(void)state;
	add(1, session_a, 1, 100 * S);
	add(2, session_a, 1, 100 * S);
	flowsum_tick(t, 129 * S, interval, NULL, on_report, NULL);
	assert_int_equal(got.n, 0);
	for (int64_t s = 110; s < 400; s += 20) {
		add(2, session_a, 1, s * S); /* never idle */
		if (s < 160)
			add(1, session_a, 1, s * S);
	}
	flowsum_tick(t, 160 * S, interval, NULL, on_report, NULL);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.trigger, FLOWSUM_TIMER_EXPIRATION);
	assert_int_equal(got.last.warrant, 1);
	flowsum_tick(t, 399 * S, interval, NULL, on_report, NULL);
	assert_int_equal(got.n, 1);
	flowsum_tick(t, 400 * S, interval, NULL, on_report, NULL);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.last.packets, 16);
	add(2, session_a, 1, 500 * S);
	flowsum_tick(t, 500 * S + FLOWSUM_IDLE_NS, interval, NULL, on_report, NULL);
	assert_int_equal(got.trigger, FLOWSUM_FLOW_TIMEOUT);
	assert_int_equal(flowsum_n(t), 0);
}

static void
test_refused_stays(void **state)
{
	(void)state;
	add(1, session_a, 1, 100 * S);
	add(1, session_a, 2, 100 * S);
	got.refuse = 1;
	flowsum_tick(t, 200 * S, interval, NULL, on_report, NULL);
	assert_int_equal(got.n, 0);
	assert_int_equal(flowsum_n(t), 2);
	got.refuse = 1;
	flowsum_flush(t, 1, session_a, on_report, NULL);
	assert_int_equal(flowsum_n(t), 2);
	flowsum_tick(t, 200 * S, interval, NULL, on_report, NULL);
	assert_int_equal(got.packets, 2);
	assert_int_equal(flowsum_n(t), 0);
}

static void
test_drop(void **state)
{
	struct flowsum f = udp(1, session_a, 7, S);

	(void)state;
	add(1, session_a, 7, S);
	add(1, session_a, 8, S);
	flowsum_drop(t, 1, session_b, &f.flow, FLOWSUM_CONTENT);
	assert_int_equal(flowsum_n(t), 2);
	flowsum_drop(t, 1, session_a, &f.flow, FLOWSUM_CONTENT);
	assert_int_equal(flowsum_n(t), 1);
}

static unsigned each_n;

static void
on_each(const struct flowsum *f, uint8_t trigger, void *arg)
{
	(void)trigger;
	(void)arg;
	each_n += f->packets > 0;
}

static void
test_bounded(void **state)
{
	struct flowsum f = udp(1, session_a, 1, S);

	(void)state;
	for (uint32_t i = 0; i < FLOWSUM_MAX + 1000; i++) {
		memcpy(f.flow.a, &i, sizeof(i));
		f.begun_ns = S + i;
		if (i == FLOWSUM_MAX) { /* the first is not the one idle longest any more */
			struct flowsum again = f;
			uint32_t zero = 0;

			memcpy(again.flow.a, &zero, sizeof(zero));
			assert_int_equal(flowsum_add(t, &again, on_report, NULL), 0);
			got.refuse = 1;
			assert_int_equal(flowsum_add(t, &f, on_report, NULL), -EAGAIN);
			assert_int_equal(flowsum_n(t), FLOWSUM_MAX);
		}
		assert_int_equal(flowsum_add(t, &f, on_report, NULL), 0);
	}
	assert_int_equal(got.n, 1000);
	assert_int_equal(got.trigger, FLOWSUM_FLOW_TIMEOUT);
	assert_int_equal(got.last.begun_ns, S + 1000);
	assert_int_equal(flowsum_n(t), FLOWSUM_MAX);
	flowsum_each(t, on_each, NULL);
	assert_int_equal(each_n, FLOWSUM_MAX);
	flowsum_flush(t, 1, session_a, on_report, NULL);
	assert_int_equal(got.packets, FLOWSUM_MAX + 1001);
	assert_int_equal(flowsum_n(t), 0);
}

/* Room is made before the state record is written; recovery may go beyond the bound. */
static void
test_room(void **state)
{
	struct flowsum f = udp(1, session_a, 1, S);

	(void)state;
	for (uint32_t i = 0; i < FLOWSUM_MAX; i++) {
		memcpy(f.flow.a, &i, sizeof(i));
		f.begun_ns = S + i;
		assert_int_equal(flowsum_add(t, &f, on_report, NULL), 0);
	}
	assert_int_equal(flowsum_room(t, &f, on_report, NULL), 0); /* it is there */
	assert_int_equal(got.n, 0);
	f.flow.a[15] ^= 1;
	got.refuse = 1;
	assert_int_equal(flowsum_room(t, &f, on_report, NULL), -EAGAIN);
	assert_int_equal(flowsum_n(t), FLOWSUM_MAX);
	assert_int_equal(flowsum_room(t, &f, on_report, NULL), 0);
	assert_int_equal(got.n, 1);
	assert_int_equal(flowsum_n(t), FLOWSUM_MAX - 1);
	for (uint32_t i = 0; i < 1000; i++) {
		memcpy(f.flow.a, &i, sizeof(i));
		assert_int_equal(flowsum_add(t, &f, NULL, NULL), 0);
	}
	assert_int_equal(flowsum_n(t), FLOWSUM_MAX + 999);
	flowsum_flush(t, 1, NULL, on_report, NULL);
	assert_int_equal(got.packets, FLOWSUM_MAX + 1000);
	assert_int_equal(flowsum_n(t), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_header_ipv4, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_header_ipv6_tcp, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_no_packet, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_counts, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_excluded_is_one_per_session, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_tick, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_refused_stays, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_drop, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_room, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
