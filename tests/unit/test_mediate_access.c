/* SPDX-License-Identifier: Apache-2.0 */
/* Access sessions through the mediator: AAA messages open, change and close them; the packets of
 * another network element find them by the address. */
#include "base/clock.h"
#include "mediate_rig.h"
#include "spec/dhcp.h"
#include "spec/radius.h"
#include "spec/ts102232_1.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define RECS 32

static struct rig_rec recs[RECS];
static uint8_t msg[1024];
static size_t msg_n;

struct bench {
	struct rig rig;
	struct fixture f;
	uint32_t seq;
};

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	rig_init(&b->rig);
	fixture_init(&b->f, 64);
	fixture_ne(&b->f, 1);
	fixture_ne(&b->f, 2);
	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	rig_fini(&b->rig);
	fixture_fini(&b->f);
	free(b);
	return 0;
}

static void
radius(uint8_t code, uint8_t identifier)
{
	memset(msg, 0, sizeof(msg));
	msg[0] = code;
	msg[1] = identifier;
	msg_n = RADIUS_HEADER;
	octets_put16(msg + 2, RADIUS_HEADER);
}

static void
attribute(uint8_t type, const void *v, size_t n)
{
	msg[msg_n++] = type;
	msg[msg_n++] = (uint8_t)(n + 2);
	memcpy(msg + msg_n, v, n);
	msg_n += n;
	octets_put16(msg + 2, (uint16_t)msg_n);
}

static void
line(const char *station)
{
	attribute(RADIUS_USER_NAME, "user", 4);
	attribute(RADIUS_NAS_IP_ADDRESS, "\x0a\1\1\1", 4);
	attribute(RADIUS_CALLING_STATION_ID, station, strlen(station));
}

static void
accounting(uint8_t status, const char *station, const char *id, const char *address)
{
	radius(RADIUS_ACCOUNTING_REQUEST, 99);
	attribute(RADIUS_ACCT_STATUS_TYPE, (uint8_t[]){0, 0, 0, status}, 4);
	line(station);
	attribute(RADIUS_ACCT_SESSION_ID, id, strlen(id));
	attribute(RADIUS_FRAMED_IP_ADDRESS, address, 4);
}

static void
send_x2(struct bench *b, uint16_t format)
{
	struct fixture_pdu p = {.type = X23_TYPE_X2,
	    .format = format,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = 7,
	    .nfid = "aaa",
	    .numbered = true,
	    .seq = b->seq++,
	    .payload = {msg, msg_n}};

	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
}

/* A packet from ADDRESS over X3 of another element; each flow has a Correlation ID of its own. */
static void
send_packet(struct bench *b, const char *address, uint64_t correlation)
{
	uint8_t packet[128];
	struct fixture_pdu p = {.type = X23_TYPE_X3,
	    .format = X23_FMT_IPV4,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = 7,
	    .correlation = correlation,
	    .nfid = "gw",
	    .payload = {packet, fixture_ipv4(packet, 64, (uint32_t)correlation)}};

	memcpy(packet + 12, address, 4);
	assert_int_equal(rig_pdu(&b->rig, 2, &p), 0);
}

#define A1 "\xc0\0\2\x0a"
#define A2 "\xc0\0\2\x0b"

static void
test_radius_session(void **state)
{
	static const uint8_t types[] = {IRI_REPORT, IRI_BEGIN, IRI_CONTINUE, IRI_CONTINUE, IRI_END};
	struct bench *b = *state;
	uint32_t cin;

	radius(RADIUS_ACCESS_REQUEST, 5);
	line("line-1");
	send_x2(b, X23_FMT_RADIUS);
	radius(RADIUS_ACCESS_ACCEPT, 5); /* says nothing of line or user */
	attribute(RADIUS_FRAMED_IP_ADDRESS, A1, 4);
	send_x2(b, X23_FMT_RADIUS);
	accounting(RADIUS_ACCT_START, "line-1", "S1", A1);
	send_x2(b, X23_FMT_RADIUS);
	send_packet(b, A1, 1001);
	accounting(RADIUS_ACCT_INTERIM, "line-1", "S1", A1);
	send_x2(b, X23_FMT_RADIUS);
	accounting(RADIUS_ACCT_STOP, "line-1", "S1", A1);
	send_x2(b, X23_FMT_RADIUS);
	send_packet(b, A1, 1002);
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 5);
	cin = recs[0].meta.cin;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(recs[i].meta.iri_type, types[i]);
		assert_int_equal(recs[i].meta.cin, cin);
		assert_int_equal(recs[i].meta.seq, i);
	}
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 2);
	assert_int_equal(recs[0].meta.cin, cin);
	assert_int_not_equal(recs[1].meta.cin, cin); /* the address is nobody's any more */
}

/* Two lines of one user at the same time stay two sessions. */
static void
test_two_lines(void **state)
{
	struct bench *b = *state;

	accounting(RADIUS_ACCT_START, "line-1", "S1", A1);
	send_x2(b, X23_FMT_RADIUS);
	accounting(RADIUS_ACCT_START, "line-2", "S2", A2);
	send_x2(b, X23_FMT_RADIUS);
	send_packet(b, A2, 1);
	send_packet(b, A1, 2);
	accounting(RADIUS_ACCT_STOP, "line-1", "S1", A1);
	send_x2(b, X23_FMT_RADIUS);
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 3);
	assert_int_equal(recs[0].meta.iri_type, IRI_BEGIN);
	assert_int_equal(recs[1].meta.iri_type, IRI_BEGIN);
	assert_int_not_equal(recs[0].meta.cin, recs[1].meta.cin);
	assert_int_equal(recs[2].meta.cin, recs[0].meta.cin);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs + 3, RECS - 3), 2);
	assert_int_equal(recs[3].meta.cin, recs[1].meta.cin);
	assert_int_equal(recs[4].meta.cin, recs[0].meta.cin);
}

static void
dhcp(uint8_t op, uint8_t type, uint8_t client, const char *address)
{
	memset(msg, 0, sizeof(msg));
	msg[DHCP_OFF_OP] = op;
	msg[DHCP_OFF_HLEN] = 6;
	msg[DHCP_OFF_CHADDR + 5] = client;
	memcpy(msg + (type == DHCP_ACK ? DHCP_OFF_YIADDR : DHCP_OFF_CIADDR), address, 4);
	octets_put32(msg + DHCP_OFF_COOKIE, DHCP_COOKIE);
	memcpy(msg + DHCP_OFF_OPTIONS, (uint8_t[]){DHCP_MESSAGE_TYPE, 1, type, DHCP_END}, 4);
	msg_n = DHCP_OFF_OPTIONS + 4;
}

/* The next session of a line or a client is another one. */
static void
test_again(void **state)
{
	struct bench *b = *state;

	for (uint8_t i = 0; i < 2; i++) {
		radius(RADIUS_ACCESS_REQUEST, i);
		msg[4] = i; /* authenticator */
		line("line-1");
		send_x2(b, X23_FMT_RADIUS);
		accounting(RADIUS_ACCT_START, "line-1", i == 0 ? "S1" : "S2", A1);
		send_x2(b, X23_FMT_RADIUS);
		accounting(RADIUS_ACCT_STOP, "line-1", i == 0 ? "S1" : "S2", A1);
		send_x2(b, X23_FMT_RADIUS);
	}
	for (uint8_t i = 0; i < 2; i++) {
		dhcp(DHCP_BOOTREPLY, DHCP_ACK, 1, A1);
		msg[DHCP_OFF_XID] = i;
		send_x2(b, X23_FMT_DHCP);
		dhcp(DHCP_BOOTREQUEST, DHCP_RELEASE, 1, A1);
		msg[DHCP_OFF_XID] = i + 5;
		send_x2(b, X23_FMT_DHCP);
	}
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 10);
	assert_int_equal(recs[1].meta.cin, recs[0].meta.cin);
	assert_int_equal(recs[2].meta.cin, recs[0].meta.cin);
	assert_int_not_equal(recs[3].meta.cin, recs[0].meta.cin);
	assert_int_equal(recs[3].meta.iri_type, IRI_REPORT);
	assert_int_equal(recs[4].meta.cin, recs[3].meta.cin);
	assert_int_equal(recs[4].meta.iri_type, IRI_BEGIN);
	assert_int_equal(recs[5].meta.cin, recs[3].meta.cin);
	assert_int_equal(recs[7].meta.cin, recs[6].meta.cin);
	assert_int_not_equal(recs[8].meta.cin, recs[6].meta.cin);
	assert_int_equal(recs[8].meta.iri_type, IRI_BEGIN);
	assert_int_equal(recs[9].meta.cin, recs[8].meta.cin);
}

/* A lease moves from one client of the target to another. */
static void
test_dhcp_moves(void **state)
{
	static const uint8_t types[] = {
	    IRI_REPORT, IRI_BEGIN, IRI_CONTINUE, IRI_CONTINUE, IRI_END, IRI_BEGIN};
	struct bench *b = *state;

	dhcp(DHCP_BOOTREQUEST, DHCP_DISCOVER, 1, "\0\0\0\0");
	send_x2(b, X23_FMT_DHCP);
	dhcp(DHCP_BOOTREPLY, DHCP_ACK, 1, A1);
	send_x2(b, X23_FMT_DHCP);
	send_packet(b, A1, 1);
	dhcp(DHCP_BOOTREQUEST, DHCP_REQUEST, 1, A1); /* renewal */
	send_x2(b, X23_FMT_DHCP);
	dhcp(DHCP_BOOTREPLY, DHCP_ACK, 1, A1);
	send_x2(b, X23_FMT_DHCP);
	dhcp(DHCP_BOOTREQUEST, DHCP_RELEASE, 1, A1);
	send_x2(b, X23_FMT_DHCP);
	dhcp(DHCP_BOOTREPLY, DHCP_ACK, 2, A1);
	send_x2(b, X23_FMT_DHCP);
	send_packet(b, A1, 2);
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(recs[i].meta.iri_type, types[i]);
	for (size_t i = 1; i < 5; i++)
		assert_int_equal(recs[i].meta.cin, recs[0].meta.cin);
	assert_int_not_equal(recs[5].meta.cin, recs[0].meta.cin);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs + 6, RECS - 6), 2);
	assert_int_equal(recs[6].meta.cin, recs[0].meta.cin);
	assert_int_equal(recs[7].meta.cin, recs[5].meta.cin);
}

/* DHCP in a frame of a tap: the frame in HI3, the access event in HI2, one session. */
static void
test_frame(void **state)
{
	struct bench *b = *state;
	uint8_t frame[14 + 28 + 512] = {[12] = 8, [14] = 0x45};
	struct fixture_pdu p = {.type = X23_TYPE_X3,
	    .format = X23_FMT_ETHERNET,
	    .direction = X23_DIR_TO_TARGET,
	    .x = 7,
	    .nfid = "tap",
	    .payload = {frame, 14 + 28}};

	assert_int_equal(rig_pdu(&b->rig, 2, &p), 0);
	dhcp(DHCP_BOOTREPLY, DHCP_ACK, 1, A1);
	octets_put16(frame + 16, (uint16_t)(28 + msg_n));
	frame[14 + 9] = 17;
	octets_put16(frame + 34, DHCP_PORT_SERVER);
	octets_put16(frame + 36, DHCP_PORT_CLIENT);
	octets_put16(frame + 38, (uint16_t)(8 + msg_n));
	memcpy(frame + 42, msg, msg_n);
	p.payload.n = 42 + msg_n;
	assert_int_equal(rig_pdu(&b->rig, 2, &p), 0);
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 1);
	assert_int_equal(recs[0].meta.iri_type, IRI_BEGIN);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs + 1, RECS - 1), 2);
	assert_int_equal(recs[1].meta.cin, recs[0].meta.cin);
	assert_int_equal(recs[2].meta.cin, recs[0].meta.cin);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_radius_session, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_two_lines, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_again, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_dhcp_moves, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_frame, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
