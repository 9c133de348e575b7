/* SPDX-License-Identifier: Apache-2.0 */
/* Summary reports over crashes: what was counted is reported once, whatever a crash left in the
 * spool. */
#include "base/crc32c.h"
#include "mediate_rig.h"
#include "packet_build.h"
#include "session/state.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define RECS 2048
#define MORE 500 /* flows beyond a full table */

static struct rig_rec recs[RECS];
static struct packet_build b;

struct bench {
	struct rig rig;
	struct fixture f;
	uint32_t seq;
};

static int
setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));

	rig_init(&t->rig);
	fixture_init(&t->f, 64);
	fixture_ne(&t->f, 1);
	fixture_warrant(&t->f, 100, 1, 1)->content = TASKSET_SUMMARY;
	fixture_warrant(&t->f, 101, 2, 2)->content = TASKSET_SUMMARY;
	rig_tasks(&t->rig, &t->f);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *t = *state;

	rig_fini(&t->rig);
	fixture_fini(&t->f);
	free(t);
	return 0;
}

static void
offer(struct bench *t, uint32_t x, uint16_t type, uint16_t format, struct octets payload)
{
	struct fixture_pdu p = {.type = type,
	    .format = format,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = x,
	    .correlation = 77,
	    .nfid = "nf",
	    .numbered = true,
	    .seq = t->seq++,
	    .payload = payload};

	assert_int_equal(rig_pdu(&t->rig, 1, &p), 0);
}

/* A packet of flow I. */
static void
offer_flow(struct bench *t, uint32_t x, uint32_t i)
{
	packet_build_start(&b, "content", 7);
	packet_build_udp(&b, (uint16_t)(1 + i % 50000), (uint16_t)(1 + i / 50000));
	packet_build_ip4(&b, 17, 1, 2);
	offer(t, x, X23_TYPE_X3, X23_FMT_IPV4, packet_build_octets(&b));
}

static void
crash(struct bench *t)
{
	rig_commit(&t->rig);
	rig_close(&t->rig);
	rig_open(&t->rig);
	rig_tasks(&t->rig, &t->f);
}

/* packetCount [4] behind trigger [3] of the summaries of LEA. */
static uint64_t
reported(struct bench *t, uint32_t lea, size_t *reports)
{
	size_t n = rig_read(&t->rig, lea, HO_IRI, recs, RECS);
	uint64_t sum = 0;

	*reports = 0;
	for (size_t i = 0; i < n && i < RECS; i++)
		for (size_t k = 0; k + 5 < recs[i].n && k + 5 < RIG_BODY_MAX; k++) {
			const uint8_t *o = recs[i].octets + k;

			if (o[0] != 0x83 || o[1] != 1 || o[3] != 0x84 || o[4] != 1)
				continue;
			sum += o[5];
			++*reports;
		}
	return sum;
}

static void
on_each(const struct flowsum *f, uint8_t trigger, void *arg)
{
	uint64_t *sum = arg;

	(void)trigger;
	*sum += f->packets;
}

static uint64_t
counted(struct bench *t)
{
	uint64_t sum = 0;

	flowsum_each(t->rig.flows, on_each, &sum);
	return sum;
}

/* The queues are read one after the other: for a while there are more flows than ever at once. */
static void
test_full_table(void **state)
{
	struct bench *t = *state;
	uint64_t sent = 0, sum;
	size_t n1, n2;

	for (uint32_t i = 0; i < FLOWSUM_MAX; i++, sent++)
		offer_flow(t, 1, i);
	for (uint32_t i = 0; i < MORE; i++, sent++)
		offer_flow(t, 2, i);
	for (uint32_t i = 0; i < MORE; i++, sent++)
		offer_flow(t, 1, FLOWSUM_MAX + i);
	for (uint32_t i = 0; i < MORE; i++, sent++)
		offer_flow(t, 2, MORE + i);
	assert_int_equal(flowsum_n(t->rig.flows), FLOWSUM_MAX);
	sum = reported(t, 1, &n1) + reported(t, 2, &n2);
	assert_int_equal(n1 + n2, 3 * MORE);
	assert_int_equal(sum + counted(t), sent);
	crash(t);
	assert_int_equal(flowsum_n(t->rig.flows), FLOWSUM_MAX);
	assert_int_equal(sum + counted(t), sent);
	assert_true(account_balanced(rig_account(&t->rig, 100)));
	assert_int_equal(rig_account(&t->rig, 100)->received, FLOWSUM_MAX + MORE);
	offer_flow(t, 2, 5 * MORE);
	assert_int_equal(flowsum_n(t->rig.flows), FLOWSUM_MAX);
}

struct some_flow {
	struct flowsum f;
};

static void
on_some(const struct flowsum *f, uint8_t trigger, void *arg)
{
	(void)trigger;
	((struct some_flow *)arg)->f = *f;
}

/* A state record as a crash leaves it: without the PS-PDU that it speaks of. */
static void
leave(struct bench *t, const struct flowsum *f, uint8_t flags)
{
	struct state_hdr h = {STATE_FLOW, 1, 0};
	struct ho_record rec = {
	    {(const uint8_t *)&h, sizeof(h)}, {(const uint8_t *)f, sizeof(*f)}, {NULL, 0}};
	struct spool_meta meta = {.warrant = f->warrant,
	    .kind = SPOOL_REC_STATE,
	    .flags = flags,
	    .recv_ns = (uint64_t)t->rig.now_ns};

	memcpy(meta.key, f->session, sizeof(meta.key));
	assert_int_equal(spool_append(spool_queue(t->rig.spool, 1, HO_IRI), &meta, &rec,
			     crc32c(0, f, sizeof(*f)), NULL),
	    0);
}

static void
offer_sip(struct bench *t)
{
	static const char sip[] =
	    "MESSAGE sip:b@x SIP/2.0\r\nCall-ID: 1@x\r\nCSeq: 1 MESSAGE\r\nFrom: "
	    "<sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nContent-Length: 0\r\n\r\n";

	offer(
	    t, 1, X23_TYPE_X2, X23_FMT_SIP, (struct octets){(const uint8_t *)sip, sizeof(sip) - 1});
}

static void
test_report_lost(void **state)
{
	struct bench *t = *state;
	struct some_flow one;

	for (int i = 0; i < 3; i++)
		offer_flow(t, 1, 7);
	flowsum_each(t->rig.flows, on_some, &one);
	assert_int_equal(one.f.packets, 3);
	one.f.packets = one.f.octets = 0;
	leave(t, &one.f, 0); /* "it is reported with the next record", and then there was none */
	crash(t);
	assert_int_equal(counted(t), 3);
	offer_sip(t); /* of the same session, but it reports nothing */
	crash(t);
	assert_int_equal(counted(t), 3);
	offer_flow(t, 1, 7);
	assert_int_equal(counted(t), 4);
}

static void
test_event_lost(void **state)
{
	struct bench *t = *state;
	struct some_flow one;
	uint8_t *dhcp;

	offer_flow(t, 1, 7);
	flowsum_each(t->rig.flows, on_some, &one);
	leave(t, &one.f, SPOOL_F_EXTRA); /* its event never came: the PDU will be sent again */
	offer_sip(t);
	crash(t);
	assert_int_equal(counted(t), 1);
	packet_build_start(&b, "\x63\x82\x53\x63\x35\x01\x01\xff", 8); /* DHCPDISCOVER */
	dhcp = packet_build_front(&b, 236);
	memcpy(dhcp, "\1\1\6\0abcd", 8);
	memcpy(dhcp + 28, "\2\0\0\0\0\2", 6);
	packet_build_udp(&b, 68, 67);
	packet_build_ip4(&b, 17, 0, 255);
	packet_build_ether(&b, 0x0800);
	offer(t, 1, X23_TYPE_X3, X23_FMT_ETHERNET, packet_build_octets(&b));
	assert_int_equal(counted(t), 2);
	crash(t);
	assert_int_equal(counted(t), 2);
	assert_int_equal(rig_account(&t->rig, 100)->received, 3);
	assert_true(account_balanced(rig_account(&t->rig, 100)));
}

/* All flows are reported when the warrant's window is over, and not a second time. */
static void
test_window_over(void **state)
{
	struct bench *t = *state;
	size_t n;

	for (uint32_t i = 0; i < 10; i++)
		offer_flow(t, 1, i % 4);
	t->f.warrant[0].until_ns = t->rig.now_ns - INT64_C(60000000000);
	rig_tasks(&t->rig, &t->f);
	assert_int_equal(flowsum_n(t->rig.flows), 0);
	assert_int_equal(reported(t, 1, &n), 10);
	assert_int_equal(n, 4);
	crash(t);
	assert_int_equal(flowsum_n(t->rig.flows), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_full_table, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_report_lost, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_event_lost, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_window_over, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
