/* SPDX-License-Identifier: Apache-2.0 */
/* The X2/X3 listeners with a played owner and played NEs: framing, keepalives behind the barrier,
 * back-pressure.  TS 103 221-2 V1.10.1 clauses 5 and 6.2.4.  Who gets in: test_listener_peers.c. */
#include "tests/unit/listener_rig.h"

#include <unistd.h>

/* ---- PDUs */

static void
pdus_in_every_slice(void **state)
{
	static const size_t slice[] = {1, 7, 48, 1000, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(slice) / sizeof(slice[0]); i++) {
		own.pdus = own.downs = 0;
		a.slice = slice[i];
		a.leave = true;
		for (uint32_t s = 0; s < 40; s++)
			rig_put_pdu(&a, s % 2 ? X23_TYPE_X2 : X23_TYPE_X3, X23_FMT_IPV4, s, s * 7);
		rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
		UNTIL(own.downs == 1);
		assert_int_equal(own.pdus, 40);
		assert_true(own.in_order);
		assert_int_equal(own.down_why, REJECT_NONE);
		assert_true(own.alone);
		assert_int_equal(own.errors + own.faults + own.refused, 0);
	}
	assert_int_equal(own.ne, 7);
	assert_string_equal(own.ne_name, "ne-one");
	assert_true(own.turns > 0);
}

static void
large_pdus(void **state)
{
	(void)state;
	for (uint32_t s = 0; s < 5; s++)
		rig_put_pdu(&a, X23_TYPE_X3, X23_FMT_IPV4, s, 1 << 20);
	rig_dial(&a, ne2_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 5);
	assert_true(own.in_order);
	assert_string_equal(own.ne_name, "ne-two"); /* DNS names without regard to case */
}

static void
one_pdu_per_connection(void **state)
{
	(void)state;
	for (uint32_t s = 0; s < 30; s++) {
		a.leave = true;
		rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_SIP, s, 200);
		rig_dial(&a, ne1_cert, s % 2, s % 3 ? TLS1_3_VERSION : TLS1_2_VERSION);
		UNTIL(own.downs == s + 1);
	}
	assert_int_equal(own.pdus, 30);
	assert_true(own.in_order);
}

static void
faulty_pdus_leave_the_link_up(void **state)
{
	(void)state;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_RTP, 1, 10);
	rig_put_pdu(&a, X23_TYPE_X2, 77, 2, 10);
	rig_put_pdu(&a, 9, X23_FMT_IPV4, 3, 10);
	rig_put_pdu(&a, X23_TYPE_KEEPALIVE_ACK, 0, 4, 0);
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 5);
	assert_int_equal(own.errors, 3); /* on a format that is not known the owner decides */
	assert_int_equal(own.why, REJECT_TYPE_UNKNOWN);
	assert_int_equal(own.downs, 0);
}

static void
faulted(enum reject_code why, size_t len)
{
	UNTIL(own.downs == 1 && a.over);
	assert_int_equal(own.pdus, 1);
	assert_int_equal(own.faults, 1);
	assert_int_equal(own.fault_why, why);
	assert_int_equal(own.down_why, why);
	assert_int_equal(own.fault_len, len);
}

static void
broken_framing_closes(void **state)
{
	static const uint8_t short_header[40] = {0, 6, 0, 1, 0, 0, 0, 39};

	(void)state;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	rig_put(&a, short_header, 40);
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 6, 10);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_FRAMING, 40 + 58);
}

static void
other_version_closes(void **state)
{
	static const uint8_t five[40] = {5, 0, 0, 1, 0, 0, 0, 40};

	(void)state;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	rig_put(&a, five, 40);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_VERSION, 40);
}

static void
too_large_closes(void **state)
{
	static const uint8_t large[12] = {0, 6, 0, 1, 0, 0, 0, 40, 0, 0x10, 0, 1};

	(void)state;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	rig_put(&a, large, 12);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_TOO_LARGE, 12);
}

static void
x3_on_an_x2_listener(void **state)
{
	(void)state;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	rig_put_pdu(&a, X23_TYPE_X3, X23_FMT_IPV4, 5, 10);
	rig_dial(&a, ne1_cert, X2_ONLY, TLS1_3_VERSION);
	faulted(REJECT_INTERFACE, 58);
	assert_int_equal(own.fault_type, X23_TYPE_X3);
}

static void
x3_of_an_x2_ne(void **state)
{
	(void)state;
	table[0].x3 = false;
	listener_nes(l, table, 2);
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	rig_put_pdu(&a, X23_TYPE_X3, X23_FMT_IPV4, 5, 10);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	faulted(REJECT_INTERFACE, 58);
}

static void
partial_pdu_is_told(void **state)
{
	(void)state;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 5, 10);
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 6, 10);
	a.send_n -= 3;
	a.leave = true;
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.downs == 1);
	assert_int_equal(own.pdus, 1);
	assert_int_equal(own.fault_why, REJECT_FRAMING);
	assert_int_equal(own.fault_len, 55);
}

/* ---- keepalives and back-pressure */

static void
keepalives_wait_for_the_disk(void **state)
{
	(void)state;
	own.barrier = 5;
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 0, 10);
	rig_put_keepalive(&a, 100);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 1);
	rig_settle();
	assert_int_equal(a.acks, 0);
	listener_durable(l, 4);
	rig_settle();
	assert_int_equal(a.acks, 0);
	own.barrier = 6;
	rig_put_keepalive(&a, 101);
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 1, 10);
	rig_put_keepalive(&a, 102);
	rig_say(&a);
	UNTIL(own.pdus == 2);
	listener_durable(l, 5);
	UNTIL(a.acks == 1);
	rig_settle();
	assert_int_equal(a.acks, 1);
	listener_durable(l, 6);
	UNTIL(a.acks == 3);
	assert_int_equal(a.ack[0], 100);
	assert_int_equal(a.ack[1], 101);
	assert_int_equal(a.ack[2], 102);
	rig_put_keepalive(&a, 103); /* its batch is durable already */
	rig_say(&a);
	UNTIL(a.acks == 4);
}

static void
keepalive_flood(void **state)
{
	(void)state;
	own.barrier = 1;
	for (uint32_t s = 0; s < 3 * XCONN_ACKS; s++)
		rig_put_keepalive(&a, s);
	rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, 0, 10);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	rig_settle();
	assert_int_equal(own.pdus, 0);
	listener_durable(l, 1);
	UNTIL(a.acks == 3 * XCONN_ACKS && own.pdus == 1);
	for (uint32_t s = 0; s < 3 * XCONN_ACKS; s++)
		assert_int_equal(a.ack[s], s);
}

static void
no_room_pauses_and_loses_nothing(void **state)
{
	json_t *status;

	(void)state;
	own.room = 3;
	a.leave = true;
	for (uint32_t s = 0; s < 100; s++)
		rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, s, 1000);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 3);
	rig_settle();
	assert_int_equal(own.pdus, 3);
	status = listener_status(l);
	assert_true(json_is_true(json_object_get(status, "paused")));
	assert_int_equal(json_array_size(json_object_get(status, "connections")), 1);
	json_decref(status);
	own.room = 50;
	listener_pause(l, false);
	UNTIL(own.pdus == 53);
	rig_settle();
	assert_int_equal(own.downs, 0); /* the NE has left, but its PDUs come first */
	own.room = 100;
	listener_pause(l, false);
	UNTIL(own.downs == 1);
	assert_int_equal(own.pdus, 100);
	assert_int_equal(own.faults, 0);
	assert_true(own.in_order);
}

static void
room_again_at_once(void **state)
{
	(void)state;
	own.room = 3;
	own.resume_inside = true;
	for (uint32_t s = 0; s < 100; s++)
		rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, s, 1000);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 100);
	assert_true(own.in_order);
}

static void
stop_hands_over_what_was_read(void **state)
{
	(void)state;
	own.room = 2;
	own.barrier = 9;
	for (uint32_t s = 0; s < 10; s++)
		rig_put_pdu(&a, X23_TYPE_X2, X23_FMT_IPV4, s, 100);
	rig_put_keepalive(&a, 55);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.pdus == 2);
	rig_settle();
	own.room = 100;
	listener_stop(l);
	assert_int_equal(own.pdus, 10);
	listener_durable(l, 9);
	UNTIL(a.acks == 1);
	assert_int_equal(a.ack[0], 55);
}

/* An NE that sends keepalives and reads nothing: what we keep for it is bounded, and it gets every
 * answer once it reads. */
static void
answers_nobody_reads(void **state)
{
	uint32_t n = 100000;
	json_t *s, *c;

	(void)state;
	listener_durable(l, 1);
	rig_dial(&a, ne1_cert, BOTH, TLS1_3_VERSION);
	UNTIL(own.ups == 1);
	tlsconn_pause(a.c, true);
	for (uint32_t i = 0; i < n; i++)
		rig_put_keepalive(&a, i);
	rig_say(&a);
	for (int i = 0; i < 10; i++)
		rig_settle();
	s = listener_status(l);
	c = json_array_get(json_object_get(s, "connections"), 0);
	assert_true(json_integer_value(json_object_get(c, "acks")) > 0);
	assert_true(
	    json_integer_value(json_object_get(c, "keepalives")) < n); /* not read any more */
	json_decref(s);
	tlsconn_pause(a.c, false);
	UNTIL(a.acks == n);
	assert_int_equal(a.ack[(n - 1) % 2048], n - 1);
}
int
main(void)
{
	const struct CMUnitTest tests[] = {T(pdus_in_every_slice), T(large_pdus),
	    T(one_pdu_per_connection), T(faulty_pdus_leave_the_link_up), T(broken_framing_closes),
	    T(other_version_closes), T(too_large_closes), T(x3_on_an_x2_listener),
	    T(x3_of_an_x2_ne), T(partial_pdu_is_told), T(keepalives_wait_for_the_disk),
	    T(keepalive_flood), T(answers_nobody_reads), T(no_room_pauses_and_loses_nothing),
	    T(room_again_at_once), T(stop_hands_over_what_was_read)};

	return cmocka_run_group_tests(tests, rig_make_certs, rig_drop_certs);
}
