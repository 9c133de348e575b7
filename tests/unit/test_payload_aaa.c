/* SPDX-License-Identifier: Apache-2.0 */
/* DHCP, DHCPv6 and RADIUS messages: events, addresses, times, names, the course of an access
 * session; messages that lie about their lengths. */
#include "base/clock.h"
#include "session/payload.h"
#include "session_fixture.h"
#include "spec/dhcp.h"
#include "spec/radius.h"
#include "spec/ts102232_3.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define NOW_NS (1700000000 * CLOCK_NS_PER_S)

static struct payload payload;
static struct x23_pdu pdu;
static uint8_t buf[8192], msg[2048];
static size_t msg_n;

static enum reject_code
examine_octets(uint16_t format, const uint8_t *p, size_t n)
{
	struct fixture_pdu f = {
	    .type = X23_TYPE_X2, .format = format, .x = 1, .nfid = "bras-1", .payload = {p, n}};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	return payload_examine(&pdu, NOW_NS, &payload);
}

static enum reject_code
examine(uint16_t format)
{
	return examine_octets(format, msg, msg_n);
}

static const struct li_access *
access_of(void)
{
	return payload.ev.detail;
}

static bool
is(struct octets a, const char *text)
{
	return a.n == strlen(text) && (a.n == 0 || memcmp(a.p, text, a.n) == 0);
}

static bool
has_name(uint8_t kind, uint8_t act, const void *a, size_t n)
{
	for (size_t i = 0; i < payload.name_n; i++)
		if (payload.name[i].kind == kind && payload.name[i].act == act &&
		    payload.name[i].a.n == n && memcmp(payload.name[i].a.p, a, n) == 0)
			return true;
	return false;
}

/* The first access name with TAG and ACT; empty: none. */
static struct octets
access_name(char tag, uint8_t act)
{
	for (size_t i = 0; i < payload.name_n; i++)
		if (payload.name[i].kind == NAME_ACCESS && payload.name[i].act == act &&
		    payload.name[i].a.p[0] == tag)
			return payload.name[i].a;
	return (struct octets){NULL, 0};
}

/* ---- DHCP */

static const uint8_t mac[6] = {0x02, 0, 0x5e, 0x10, 0, 1};

static void
option(uint8_t code, const void *v, uint8_t n)
{
	msg[msg_n++] = code;
	msg[msg_n++] = n;
	memcpy(msg + msg_n, v, n);
	msg_n += n;
}

static void
dhcp(uint8_t op, uint8_t type)
{
	memset(msg, 0, sizeof(msg));
	msg[DHCP_OFF_OP] = op;
	msg[DHCP_OFF_HTYPE] = DHCP_HTYPE_ETHERNET;
	msg[DHCP_OFF_HLEN] = 6;
	memcpy(msg + DHCP_OFF_CHADDR, mac, 6);
	octets_put32(msg + DHCP_OFF_COOKIE, DHCP_COOKIE);
	msg_n = DHCP_OFF_OPTIONS;
	if (type > 0)
		option(DHCP_MESSAGE_TYPE, &type, 1);
}

static void
dhcp_end(void)
{
	msg[msg_n++] = DHCP_END;
}

static void
expect_access(uint16_t format, uint8_t event, uint8_t iri)
{
	assert_int_equal(examine(format), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_ACCESS);
	assert_int_equal(payload.ev.class, HO_IRI);
	assert_int_equal(payload.ev.service, SERVICE_DATA);
	assert_int_equal(payload.access_event, event);
	assert_int_equal(payload.ev.iri_type, iri);
	assert_ptr_equal(payload.ev.body.p, pdu.payload.p);
	assert_int_equal(payload.ev.body.n, pdu.payload.n);
}

static void
test_dhcp_events(void **state)
{
	static const struct {
		uint8_t op, type, event, iri;
		bool yiaddr;
	} rows[] = {
	    {1, DHCP_DISCOVER, ACCESS_ATTEMPT, PAYLOAD_REPORT, false},
	    {2, DHCP_OFFER, ACCESS_ATTEMPT, PAYLOAD_REPORT, true},
	    {1, DHCP_REQUEST, ACCESS_ATTEMPT, PAYLOAD_REPORT, false},
	    {2, DHCP_ACK, ACCESS_ACCEPT, PAYLOAD_BEGIN, true},
	    {2, DHCP_ACK, ACCESS_UNKNOWN, PAYLOAD_REPORT, false},
	    {2, DHCP_NAK, ACCESS_REJECT, PAYLOAD_REPORT, false},
	    {1, DHCP_DECLINE, ACCESS_END, PAYLOAD_END, false},
	    {1, DHCP_RELEASE, ACCESS_END, PAYLOAD_END, false},
	    {1, DHCP_INFORM, ACCESS_UNKNOWN, PAYLOAD_REPORT, false},
	    {1, 9, ACCESS_UNKNOWN, PAYLOAD_REPORT, false},
	    {1, 0, ACCESS_ATTEMPT, PAYLOAD_REPORT, false},
	    {2, 0, ACCESS_ACCEPT, PAYLOAD_BEGIN, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		dhcp(rows[i].op, rows[i].type);
		if (rows[i].yiaddr)
			memcpy(msg + DHCP_OFF_YIADDR, "\x0a\0\0\x02", 4);
		dhcp_end();
		expect_access(X23_FMT_DHCP, rows[i].event, rows[i].iri);
		assert_int_equal(access_of()->auth_type, ACCESS_AUTH_DHCP);
	}
}

static void
test_dhcp_ack(void **state)
{
	static const uint8_t relay[] = {
	    1, 4, 'p', 'o', 'r', 't', 2, 2, 0xff, 0x01, 6, 3, 's', 'u', 'b'};
	const struct li_access *a;

	(void)state;
	dhcp(DHCP_BOOTREPLY, DHCP_ACK);
	memcpy(msg + DHCP_OFF_YIADDR, "\xc0\0\x02\x0a", 4);
	option(DHCP_PAD, "", 0);
	msg_n--; /* a pad has no length */
	option(DHCP_LEASE_TIME, "\0\0\x0e\x10", 4);
	option(DHCP_SERVER_ID, "\xc0\0\x02\x01", 4);
	option(DHCP_HOST_NAME, "laptop", 6);
	option(DHCP_RELAY_AGENT, relay, sizeof(relay));
	dhcp_end();
	expect_access(X23_FMT_DHCP, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	a = access_of();
	assert_memory_equal(a->ip4.p, "\xc0\0\x02\x0a", 4);
	assert_int_equal(a->ip_version, ACCESS_IPV4);
	assert_int_equal(a->assignment, ACCESS_ASSIGNMENT_DYNAMIC);
	assert_true(a->start_ns == NOW_NS);
	assert_true(a->expected_end_ns == NOW_NS + 3600 * CLOCK_NS_PER_S);
	assert_true(is(a->cpe_id, "02:00:5e:10:00:01 laptop"));
	assert_true(is(a->port_id, "port"));
	assert_true(is(a->location, "ff01")); /* no text: in hexadecimal digits */
	assert_true(is(a->username, "sub"));
	assert_memory_equal(a->pop_ip.p, "\xc0\0\x02\x01", 4);
	assert_true(has_name(NAME_ADDRESS, NAME_MOVE, "\xc0\0\x02\x0a", 4));
	assert_int_equal(access_name('d', NAME_BIND).n, 1 + 1 + 6 + 1 + pdu.nfid.n + 4);
	assert_memory_equal(access_name('d', NAME_BIND).p + 2, mac, 6);
	assert_int_equal(payload.ev.key.p[0], NAME_ACCESS);
	octets_put32(msg + DHCP_OFF_OPTIONS + 3 + 1 + 2, DHCP_LEASE_INFINITE);
	expect_access(X23_FMT_DHCP, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	assert_true(access_of()->expected_end_ns == 0);
}

static void
test_dhcp_release(void **state)
{
	(void)state;
	dhcp(DHCP_BOOTREQUEST, DHCP_RELEASE);
	memcpy(msg + DHCP_OFF_CIADDR, "\xc0\0\x02\x0a", 4);
	dhcp_end();
	expect_access(X23_FMT_DHCP, ACCESS_END, PAYLOAD_END);
	assert_int_equal(access_of()->end_reason, END_REGULAR_LOGOFF);
	assert_true(access_of()->end_ns == NOW_NS);
	assert_true(has_name(NAME_ADDRESS, NAME_UNBIND, "\xc0\0\x02\x0a", 4));
	assert_true(access_name('d', NAME_BIND).n > 0);
	assert_true(access_name('d', NAME_UNBIND).n > 0);
	/* declined: it never had it, so only the requested address tells which */
	dhcp(DHCP_BOOTREQUEST, DHCP_DECLINE);
	option(DHCP_REQUESTED_ADDRESS, "\xc0\0\x02\x0b", 4);
	dhcp_end();
	expect_access(X23_FMT_DHCP, ACCESS_END, PAYLOAD_END);
	assert_int_equal(access_of()->end_reason, END_UNDEFINED);
	assert_true(has_name(NAME_ADDRESS, NAME_UNBIND, "\xc0\0\x02\x0b", 4));
	/* offered: not yet the target's */
	dhcp(DHCP_BOOTREPLY, DHCP_OFFER);
	memcpy(msg + DHCP_OFF_YIADDR, "\xc0\0\x02\x0b", 4);
	dhcp_end();
	expect_access(X23_FMT_DHCP, ACCESS_ATTEMPT, PAYLOAD_REPORT);
	assert_int_equal(access_of()->ip4.n, 4);
	assert_int_equal(payload.name_n, 1);
	/* wished for, not given */
	dhcp(DHCP_BOOTREQUEST, DHCP_REQUEST);
	option(DHCP_REQUESTED_ADDRESS, "\xc0\0\x02\x0b", 4);
	dhcp_end();
	expect_access(X23_FMT_DHCP, ACCESS_ATTEMPT, PAYLOAD_REPORT);
	assert_int_equal(access_of()->ip4.n, 0);
	assert_false(has_name(NAME_ADDRESS, NAME_SEEK, "\xc0\0\x02\x0b", 4));
}

static void
test_dhcp_nasty(void **state)
{
	(void)state;
	/* options in the file and server name fields */
	dhcp(DHCP_BOOTREPLY, 0);
	option(DHCP_OVERLOAD, "\3", 1);
	dhcp_end();
	memcpy(msg + DHCP_OFF_FILE, "\x35\1\5\xff", 4);
	memcpy(msg + DHCP_OFF_SNAME, "\x0c\1h\xff", 4);
	memcpy(msg + DHCP_OFF_YIADDR, "\x0a\0\0\x02", 4);
	expect_access(X23_FMT_DHCP, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	assert_true(is(access_of()->cpe_id, "02:00:5e:10:00:01 h"));
	/* an option that passes the end: what was before it stands */
	dhcp(DHCP_BOOTREPLY, DHCP_NAK);
	msg[msg_n++] = DHCP_HOST_NAME;
	msg[msg_n++] = 200;
	expect_access(X23_FMT_DHCP, ACCESS_REJECT, PAYLOAD_REPORT);
	/* hardware address longer than its field, client identifier instead of none */
	dhcp(DHCP_BOOTREQUEST, DHCP_DISCOVER);
	msg[DHCP_OFF_HLEN] = 255;
	expect_access(X23_FMT_DHCP, ACCESS_ATTEMPT, PAYLOAD_REPORT);
	assert_int_equal(access_of()->cpe_id.n, 16 * 3 - 1);
	msg[DHCP_OFF_HLEN] = 0;
	option(DHCP_CLIENT_ID, "\0id", 3);
	expect_access(X23_FMT_DHCP, ACCESS_ATTEMPT, PAYLOAD_REPORT);
	assert_true(is(access_of()->cpe_id, "00:69:64"));
	/* wrong type lengths, wrong operation, cut */
	dhcp(DHCP_BOOTREQUEST, 0);
	option(DHCP_MESSAGE_TYPE, "\1\1", 2);
	expect_access(X23_FMT_DHCP, ACCESS_ATTEMPT, PAYLOAD_REPORT);
	msg[0] = 3;
	assert_int_equal(examine(X23_FMT_DHCP), REJECT_PAYLOAD);
	msg[0] = 1;
	msg_n = DHCP_OFF_OPTIONS - 1;
	assert_int_equal(examine(X23_FMT_DHCP), REJECT_PAYLOAD);
	assert_int_equal(examine_octets(X23_FMT_DHCP, (const uint8_t *)"x", 1), REJECT_PAYLOAD);
}

/* ---- DHCPv6 */

static void
option6(uint16_t code, const void *v, size_t n)
{
	octets_put16(msg + msg_n, code);
	octets_put16(msg + msg_n + 2, (uint16_t)n);
	memcpy(msg + msg_n + 4, v, n);
	msg_n += 4 + n;
}

static const uint8_t duid[] = {0, 1, 0, 1, 0x2a, 0, 0, 1, 2, 0, 0x5e, 0x10, 0, 1};

static void
dhcp6(uint8_t type)
{
	memset(msg, 0, sizeof(msg));
	msg[0] = type;
	msg_n = 4;
	option6(DHCP6_CLIENT_ID, duid, sizeof(duid));
}

/* IA_NA with 2001:db8::2 and IA_PD with 2001:db8:1::/48, valid so long. */
static void
leases(uint32_t valid_s)
{
	uint8_t na[12 + 4 + 24] = {0, 0, 0, 1}, pd[12 + 4 + 25] = {0, 0, 0, 1};

	octets_put16(na + 12, DHCP6_IA_ADDRESS);
	octets_put16(na + 14, 24);
	memcpy(na + 16, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	octets_put32(na + 36, valid_s);
	octets_put16(pd + 12, DHCP6_IA_PREFIX);
	octets_put16(pd + 14, 25);
	octets_put32(pd + 20, valid_s);
	pd[24] = 48;
	memcpy(pd + 25, "\x20\x01\x0d\xb8\0\1", 6);
	option6(DHCP6_IA_NA, na, sizeof(na));
	option6(DHCP6_IA_PD, pd, sizeof(pd));
}

#define ADDRESS6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
#define PREFIX6 "\x20\x01\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0\0\x30"

static void
test_dhcp6(void **state)
{
	static const uint8_t attempts[] = {1, 2, 3, 4, 5, 6};

	(void)state;
	for (size_t i = 0; i < sizeof(attempts); i++) {
		dhcp6(attempts[i]);
		leases(100);
		expect_access(X23_FMT_DHCP, ACCESS_ATTEMPT, PAYLOAD_REPORT);
		assert_false(has_name(NAME_ADDRESS, NAME_MOVE, ADDRESS6, 16));
	}
	dhcp6(DHCP6_REPLY);
	leases(100);
	option6(DHCP6_FQDN, "\0\4host\7example\0", 15);
	expect_access(X23_FMT_DHCP, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	assert_memory_equal(access_of()->ip6.p, ADDRESS6, 16);
	assert_int_equal(access_of()->ip6_prefix_len, 128);
	assert_int_equal(access_of()->ip_version, ACCESS_IPV6);
	assert_true(is(access_of()->cpe_id, "02:00:5e:10:00:01 host.example"));
	assert_true(access_of()->expected_end_ns == NOW_NS + 100 * CLOCK_NS_PER_S);
	assert_true(has_name(NAME_ADDRESS, NAME_MOVE, ADDRESS6, 16));
	assert_true(has_name(NAME_ADDRESS, NAME_MOVE, PREFIX6, 17));
	assert_true(access_name('D', NAME_BIND).n > 0);
	dhcp6(DHCP6_REPLY);
	leases(0);
	option6(DHCP6_STATUS, "\0\3", 2);
	expect_access(X23_FMT_DHCP, ACCESS_REJECT, PAYLOAD_REPORT);
	assert_true(has_name(NAME_ADDRESS, NAME_UNBIND, ADDRESS6, 16));
	dhcp6(DHCP6_REPLY);
	option6(DHCP6_STATUS, "\0\0", 2);
	expect_access(X23_FMT_DHCP, ACCESS_UNKNOWN, PAYLOAD_REPORT);
	dhcp6(DHCP6_RELEASE);
	leases(0);
	expect_access(X23_FMT_DHCP, ACCESS_END, PAYLOAD_END);
	assert_memory_equal(access_of()->ip6.p, ADDRESS6, 16);
	assert_true(has_name(NAME_ADDRESS, NAME_UNBIND, PREFIX6, 17));
	dhcp6(DHCP6_INFORMATION);
	expect_access(X23_FMT_DHCP, ACCESS_UNKNOWN, PAYLOAD_REPORT);
}

/* Put the message into a relay message. */
static void
relay(uint8_t type, const char *interface, const char *remote)
{
	uint8_t inner[1024];
	size_t n = msg_n;

	memcpy(inner, msg, n);
	memset(msg, 0, sizeof(msg));
	msg[0] = type;
	msg_n = DHCP6_RELAY_HEADER;
	option6(DHCP6_INTERFACE_ID, interface, strlen(interface));
	option6(DHCP6_RELAY_MESSAGE, inner, n);
	option6(DHCP6_REMOTE_ID, remote, strlen(remote));
}

static void
test_dhcp6_relay(void **state)
{
	(void)state;
	dhcp6(DHCP6_REPLY);
	leases(DHCP_LEASE_INFINITE);
	relay(DHCP6_RELAY_REPL, "ge-1", "\0\0\1\2modem");
	relay(DHCP6_RELAY_REPL, "core", "\0\0\1\2far");
	expect_access(X23_FMT_DHCP, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	assert_true(is(access_of()->port_id, "ge-1")); /* of the relay next to the client */
	assert_true(access_of()->expected_end_ns == 0);
	for (int i = 0; i < 7; i++)
		relay(DHCP6_RELAY_FORW, "", "");
	assert_int_equal(examine(X23_FMT_DHCP), REJECT_NONE);
	for (int i = 0; i < 3; i++)
		relay(DHCP6_RELAY_FORW, "", "");
	assert_int_equal(examine(X23_FMT_DHCP), REJECT_PAYLOAD); /* deeper than hops can be */
	dhcp6(DHCP6_SOLICIT);
	msg_n = 4; /* nothing in it */
	assert_int_equal(examine(X23_FMT_DHCP), REJECT_PAYLOAD);
	dhcp6(DHCP6_SOLICIT);
	octets_put16(msg + 6, 0xffff);
	assert_int_equal(examine(X23_FMT_DHCP), REJECT_PAYLOAD);
	dhcp6(14);
	assert_int_equal(examine(X23_FMT_DHCP), REJECT_PAYLOAD);
}

/* ---- RADIUS */

static void
attribute(uint8_t type, const void *v, size_t n)
{
	msg[msg_n] = type;
	msg[msg_n + 1] = (uint8_t)(n + 2);
	memcpy(msg + msg_n + 2, v, n);
	msg_n += n + 2;
	octets_put16(msg + 2, (uint16_t)msg_n);
}

static void
number(uint8_t type, uint32_t v)
{
	uint8_t o[4];

	octets_put32(o, v);
	attribute(type, o, 4);
}

static void
text(uint8_t type, const char *v)
{
	attribute(type, v, strlen(v));
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
accounting(uint32_t status)
{
	radius(RADIUS_ACCOUNTING_REQUEST, 9);
	number(RADIUS_ACCT_STATUS_TYPE, status);
	text(RADIUS_USER_NAME, "user@isp");
	attribute(RADIUS_NAS_IP_ADDRESS, "\x0a\1\1\1", 4);
	text(RADIUS_ACCT_SESSION_ID, "0000A1");
	text(RADIUS_CALLING_STATION_ID, "02-00-5E-10-00-01");
	attribute(RADIUS_FRAMED_IP_ADDRESS, "\xc0\0\x02\x0a", 4);
}

static void
test_radius_events(void **state)
{
	static const struct {
		uint8_t code, event, iri;
	} rows[] = {
	    {RADIUS_ACCESS_REQUEST, ACCESS_ATTEMPT, PAYLOAD_REPORT},
	    {RADIUS_ACCESS_CHALLENGE, ACCESS_ATTEMPT, PAYLOAD_REPORT},
	    {RADIUS_ACCESS_ACCEPT, ACCESS_ACCEPT, PAYLOAD_BEGIN},
	    {RADIUS_ACCESS_REJECT, ACCESS_REJECT, PAYLOAD_REPORT},
	    {RADIUS_ACCOUNTING_REQUEST, ACCESS_UNKNOWN, PAYLOAD_REPORT}, /* no status */
	    {RADIUS_ACCOUNTING_RESPONSE, ACCESS_UNKNOWN, PAYLOAD_REPORT},
	    {RADIUS_STATUS_SERVER, ACCESS_UNKNOWN, PAYLOAD_REPORT},
	    {RADIUS_DISCONNECT_REQUEST, ACCESS_INTERIM_UPDATE, PAYLOAD_BEGIN},
	    {RADIUS_DISCONNECT_ACK, ACCESS_UNKNOWN, PAYLOAD_REPORT},
	    {RADIUS_COA_REQUEST, ACCESS_INTERIM_UPDATE, PAYLOAD_BEGIN},
	    {RADIUS_COA_NAK, ACCESS_UNKNOWN, PAYLOAD_REPORT},
	    {250, ACCESS_UNKNOWN, PAYLOAD_REPORT},
	};
	static const struct {
		uint32_t status;
		uint8_t event, iri;
	} acct[] = {
	    {RADIUS_ACCT_START, ACCESS_ACCEPT, PAYLOAD_BEGIN},
	    {RADIUS_ACCT_STOP, ACCESS_END, PAYLOAD_END},
	    {RADIUS_ACCT_INTERIM, ACCESS_INTERIM_UPDATE, PAYLOAD_BEGIN},
	    {RADIUS_ACCT_FAILED, ACCESS_FAILED, PAYLOAD_REPORT},
	    {7, ACCESS_UNKNOWN, PAYLOAD_REPORT},
	    {0xffffffff, ACCESS_UNKNOWN, PAYLOAD_REPORT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		radius(rows[i].code, 1);
		expect_access(X23_FMT_RADIUS, rows[i].event, rows[i].iri);
		assert_int_equal(access_of()->auth_type, ACCESS_AUTH_RADIUS);
	}
	for (size_t i = 0; i < sizeof(acct) / sizeof(acct[0]); i++) {
		accounting(acct[i].status);
		expect_access(X23_FMT_RADIUS, acct[i].event, acct[i].iri);
	}
	accounting(RADIUS_ACCT_STOP);
	number(RADIUS_ACCT_TERMINATE_CAUSE, 5);
	expect_access(X23_FMT_RADIUS, ACCESS_EXPIRED, PAYLOAD_END);
	assert_int_equal(access_of()->end_reason, END_CONNECTION_TIMEOUT);
}

static void
test_radius_accept(void **state)
{
	static const uint8_t line[] = {
	    0, 0, 0x0d, 0xe9, 1, 6, 'a', 't', 'm', '1', 2, 5, 'r', 'e', 'm'};
	const struct li_access *a;

	(void)state;
	radius(RADIUS_ACCESS_ACCEPT, 7);
	text(RADIUS_USER_NAME, "user@isp");
	attribute(RADIUS_FRAMED_IP_ADDRESS, "\xc0\0\x02\x0a", 4);
	attribute(RADIUS_FRAMED_IP_ADDRESS, "\xc0\0\x02\x0b", 4); /* the first counts */
	attribute(RADIUS_FRAMED_IPV6_PREFIX, "\0\x40\x20\x01\x0d\xb8\0\1\0\0", 10);
	attribute(RADIUS_FRAMED_INTERFACE_ID, "\0\0\0\0\0\0\0\5", 8);
	attribute(RADIUS_DELEGATED_IPV6_PREFIX, "\0\x30\x20\x01\x0d\xb8\0\1", 8);
	number(RADIUS_SESSION_TIMEOUT, 600);
	number(RADIUS_NAS_PORT_TYPE, 15);
	number(RADIUS_NAS_PORT, 77);
	attribute(RADIUS_VENDOR_SPECIFIC, line, sizeof(line));
	text(RADIUS_NAS_IDENTIFIER, "bras-with-a-name-longer-than-20");
	text(RADIUS_CALLED_STATION_ID, "service");
	for (int i = 0; i < 6; i++)
		text(RADIUS_FRAMED_ROUTE, "198.51.100.0/24 0.0.0.0 1");
	expect_access(X23_FMT_RADIUS, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	a = access_of();
	assert_true(is(a->username, "user@isp"));
	assert_memory_equal(a->ip4.p, "\xc0\0\x02\x0a", 4);
	assert_memory_equal(a->ip6.p, "\x20\x01\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0\5", 16);
	assert_int_equal(a->ip6_prefix_len, 128);
	assert_int_equal(a->ip_version, ACCESS_IPV4_AND_6);
	assert_true(a->start_ns == NOW_NS);
	assert_true(a->expected_end_ns == NOW_NS + 600 * CLOCK_NS_PER_S);
	assert_int_equal(a->access_type, ACCESS_TYPE_LAN);
	assert_true(a->has_port && a->port == 77);
	assert_true(is(a->port_id, "atm1"));
	assert_true(is(a->location, "rem"));
	assert_true(is(a->network_id, "bras-with-a-name-longer-than-20"));
	assert_true(is(a->callback, "service"));
	assert_int_equal(a->framed_route_n, 4);
	assert_false(a->has_octets);
	assert_true(has_name(NAME_ADDRESS, NAME_MOVE, "\xc0\0\x02\x0a", 4));
	assert_true(
	    has_name(NAME_ADDRESS, NAME_MOVE, "\x20\x01\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0\0\x40", 17));
	assert_true(has_name(NAME_ADDRESS, NAME_MOVE, PREFIX6, 17));
}

static void
test_radius_stop(void **state)
{
	const struct li_access *a;

	(void)state;
	accounting(RADIUS_ACCT_STOP);
	number(RADIUS_ACCT_INPUT_OCTETS, 5);
	number(RADIUS_ACCT_OUTPUT_OCTETS, 6);
	number(RADIUS_ACCT_OUTPUT_GIGAWORDS, 2);
	number(RADIUS_ACCT_SESSION_TIME, 100);
	number(RADIUS_ACCT_DELAY_TIME, 10);
	number(RADIUS_ACCT_TERMINATE_CAUSE, 2);
	expect_access(X23_FMT_RADIUS, ACCESS_END, PAYLOAD_END);
	a = access_of();
	assert_true(a->has_octets);
	assert_true(a->octets_out == 5); /* what came in at the port is what the target sent */
	assert_true(a->octets_in == (UINT64_C(2) << 32) + 6);
	assert_true(a->end_ns == NOW_NS - 10 * CLOCK_NS_PER_S);
	assert_true(a->start_ns == a->end_ns - 100 * CLOCK_NS_PER_S);
	assert_int_equal(a->end_reason, END_CONNECTION_LOSS);
	assert_memory_equal(a->pop_ip.p, "\x0a\1\1\1", 4);
	assert_true(has_name(NAME_ADDRESS, NAME_UNBIND, "\xc0\0\x02\x0a", 4));
	assert_true(access_name('i', NAME_BIND).n > 0);
	assert_true(access_name('i', NAME_UNBIND).n > 0);
	assert_true(access_name('t', NAME_UNBIND).n > 0);
	number(RADIUS_EVENT_TIMESTAMP, 1600000000);
	number(200, 0);
	expect_access(X23_FMT_RADIUS, ACCESS_END, PAYLOAD_END);
	assert_true(access_of()->end_ns == INT64_C(1600000000) * CLOCK_NS_PER_S);
}

static enum reject_code
examine_between(const char *src, uint16_t src_port, const char *dst, uint16_t dst_port)
{
	struct fixture_pdu f = {
	    .type = X23_TYPE_X2, .format = X23_FMT_RADIUS, .x = 1, .payload = {msg, msg_n}};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	pdu.src = (struct octets){(const uint8_t *)src, 4};
	pdu.dst = (struct octets){(const uint8_t *)dst, 4};
	pdu.src_port = src_port;
	pdu.dst_port = dst_port;
	return payload_examine(&pdu, NOW_NS, &payload);
}

/* A reply is tied to its request by the client's end and the identifier. */
static void
test_radius_names(void **state)
{
	uint8_t request[64];
	struct octets name;
	size_t n;

	(void)state;
	radius(RADIUS_ACCESS_REQUEST, 7);
	text(RADIUS_USER_NAME, "user@isp");
	attribute(RADIUS_NAS_IP_ADDRESS, "\x0a\1\1\1", 4);
	assert_int_equal(examine_between("\x0a\1\1\1", 5000, "\x0a\1\1\2", 1812), REJECT_NONE);
	name = access_name('r', NAME_MOVE);
	n = name.n;
	assert_in_range(n, 1, sizeof(request));
	memcpy(request, name.p, n);
	assert_true(access_name('t', NAME_BIND).n > 0); /* no station, no port: the user */
	assert_true(access_name('u', NAME_MOVE).n > 0);
	radius(RADIUS_ACCESS_ACCEPT, 7);
	assert_int_equal(examine_between("\x0a\1\1\2", 1812, "\x0a\1\1\1", 5000), REJECT_NONE);
	name = access_name('r', NAME_SEEK);
	assert_int_equal(name.n, n);
	assert_memory_equal(name.p, request, n);
	radius(RADIUS_ACCESS_ACCEPT, 8);
	assert_int_equal(examine_between("\x0a\1\1\2", 1812, "\x0a\1\1\1", 5000), REJECT_NONE);
	assert_memory_not_equal(access_name('r', NAME_SEEK).p, request, n);
	/* without addresses the element stands for the client */
	radius(RADIUS_ACCESS_REQUEST, 7);
	assert_int_equal(examine(X23_FMT_RADIUS), REJECT_NONE);
	name = access_name('r', NAME_MOVE);
	assert_int_equal(name.p[1], 6);
	assert_memory_equal(name.p + 2, "bras-1", 6);
	/* the interim update of a session finds it by its identifier, whatever else is missing */
	accounting(RADIUS_ACCT_START);
	assert_int_equal(examine(X23_FMT_RADIUS), REJECT_NONE);
	name = access_name('i', NAME_BIND);
	n = name.n;
	memcpy(request, name.p, n);
	radius(RADIUS_ACCOUNTING_REQUEST, 1);
	attribute(RADIUS_NAS_IP_ADDRESS, "\x0a\1\1\1", 4);
	text(RADIUS_ACCT_SESSION_ID, "0000A1");
	assert_int_equal(examine(X23_FMT_RADIUS), REJECT_NONE);
	assert_memory_equal(access_name('i', NAME_BIND).p, request, n);
}

static void
test_radius_nasty(void **state)
{
	(void)state;
	radius(RADIUS_ACCESS_REQUEST, 1);
	assert_int_equal(examine_octets(X23_FMT_RADIUS, msg, 19), REJECT_PAYLOAD);
	octets_put16(msg + 2, 21); /* longer than what is there */
	assert_int_equal(examine(X23_FMT_RADIUS), REJECT_PAYLOAD);
	octets_put16(msg + 2, 19);
	assert_int_equal(examine(X23_FMT_RADIUS), REJECT_PAYLOAD);
	radius(0, 1);
	assert_int_equal(examine(X23_FMT_RADIUS), REJECT_PAYLOAD);
	/* octets behind the length are padding, and move */
	radius(RADIUS_ACCESS_REQUEST, 1);
	msg_n += 3;
	expect_access(X23_FMT_RADIUS, ACCESS_ATTEMPT, PAYLOAD_REPORT);
	/* attributes of length 0 and 1, and past the end */
	for (uint8_t n = 0; n < 9; n++) {
		radius(RADIUS_ACCESS_ACCEPT, 1);
		text(RADIUS_USER_NAME, "u");
		attribute(RADIUS_FRAMED_IP_ADDRESS, "\1\2\3\4", 4);
		msg[msg_n - 5] = n;
		expect_access(X23_FMT_RADIUS, ACCESS_ACCEPT, PAYLOAD_BEGIN);
		assert_true(is(access_of()->username, "u"));
		assert_int_equal(access_of()->ip4.n, n == 6 ? 4 : 0);
	}
	radius(RADIUS_ACCESS_ACCEPT, 1);
	text(RADIUS_USER_NAME, "u");
	msg[msg_n - 2]++; /* one octet past the end */
	expect_access(X23_FMT_RADIUS, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	assert_int_equal(access_of()->username.n, 0);
	/* values of wrong length, addresses that are none, prefixes that lie */
	radius(RADIUS_ACCESS_ACCEPT, 1);
	attribute(RADIUS_NAS_PORT, "\1\2\3", 3);
	attribute(RADIUS_FRAMED_IP_ADDRESS, "\xff\xff\xff\xfe", 4);
	attribute(RADIUS_FRAMED_IPV6_PREFIX, "\0\x81\0", 3);
	attribute(RADIUS_FRAMED_IPV6_PREFIX, "\0\x40\1\2\3", 5);
	attribute(RADIUS_DELEGATED_IPV6_PREFIX, "\0\0", 2);
	attribute(RADIUS_FRAMED_IPV6_ADDRESS, "\1", 1);
	attribute(RADIUS_VENDOR_SPECIFIC, "\0\0\x0d\xe9\1\x09", 6);
	attribute(RADIUS_VENDOR_SPECIFIC, "\0\0\x0d\xe9\1\0", 6);
	attribute(RADIUS_VENDOR_SPECIFIC, "\0", 1);
	number(RADIUS_NAS_PORT_TYPE, 0xffffffff);
	number(RADIUS_ACCT_TERMINATE_CAUSE, 0xffffffff);
	expect_access(X23_FMT_RADIUS, ACCESS_ACCEPT, PAYLOAD_BEGIN);
	assert_false(access_of()->has_port);
	assert_int_equal(access_of()->ip4.n, 0);
	assert_int_equal(access_of()->ip6.n, 0);
	assert_int_equal(access_of()->port_id.n, 0);
	assert_int_equal(access_of()->access_type, ACCESS_TYPE_UNDEFINED);
}

/* ---- both */

static void
test_thin(void **state)
{
	static const uint8_t v4[4] = {192, 0, 2, 1}, other[4] = {198, 51, 100, 1},
			     v6[16] = {0x20, 1};
	struct fixture_pdu f = {.type = X23_TYPE_X2, .format = X23_FMT_DHCP, .x = 1};

	(void)state;
	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	assert_int_equal(payload_examine(&pdu, NOW_NS, &payload), REJECT_PAYLOAD);
	pdu.src = (struct octets){v4, 4};
	pdu.dst = (struct octets){other, 4};
	pdu.direction = X23_DIR_FROM_TARGET;
	assert_int_equal(payload_examine(&pdu, NOW_NS, &payload), REJECT_NONE);
	assert_int_equal(payload.access_event, ACCESS_UNKNOWN);
	assert_ptr_equal(access_of()->ip4.p, v4);
	assert_int_equal(payload.ev.body.n, 0);
	assert_true(has_name(NAME_ADDRESS, NAME_SEEK, v4, 4));
	pdu.direction = X23_DIR_TO_TARGET;
	assert_int_equal(payload_examine(&pdu, NOW_NS, &payload), REJECT_NONE);
	assert_ptr_equal(access_of()->ip4.p, other);
	pdu.format = X23_FMT_RADIUS;
	pdu.src = pdu.dst = (struct octets){v6, 16};
	assert_int_equal(payload_examine(&pdu, NOW_NS, &payload), REJECT_NONE);
	assert_ptr_equal(access_of()->ip6.p, v6);
	assert_int_equal(access_of()->ip_version, ACCESS_IPV6);
	assert_int_equal(access_of()->auth_type, ACCESS_AUTH_RADIUS);
}

/* Events one after another in one session: what goes out for each. */
static void
play(const uint8_t *base, const uint8_t *event, const char *types)
{
	struct li_access a = {0};
	struct dialog d = {0};

	for (size_t i = 0; types[i] != '\0'; i++) {
		uint8_t type = payload_access_step(base[i], &a, &d);

		assert_int_equal("?BECR"[type], types[i]);
		assert_int_equal(a.event, event[i]);
	}
}

static void
test_course(void **state)
{
	(void)state;
	/* attempt, accept, accounting start, interim, stop; a late one after it */
	play((const uint8_t[]){0, 1, 1, 6, 8, 8}, (const uint8_t[]){0, 1, 6, 6, 8, 8}, "RBCCEE");
	/* attempt, challenge, refused */
	play((const uint8_t[]){0, 0, 2}, (const uint8_t[]){0, 0, 2}, "RRR");
	/* seen from the middle */
	play((const uint8_t[]){6, 6, 13}, (const uint8_t[]){7, 6, 13}, "BCE");
	/* accept was lost */
	play((const uint8_t[]){0, 6, 10, 3}, (const uint8_t[]){0, 1, 10, 3}, "RBCC");
	/* renewal, then refused; then anew */
	play((const uint8_t[]){1, 0, 1, 2, 1}, (const uint8_t[]){1, 0, 6, 2, 1}, "BCCEB");
	/* what is no event of the session */
	play((const uint8_t[]){10, 3, 8}, (const uint8_t[]){10, 3, 8}, "RRE");
}

/* payload_step() changes the event for one warrant; the next one starts anew. */
static void
test_step(void **state)
{
	struct dialog a = {0}, b = {.state = DIALOG_CONFIRMED};

	(void)state;
	accounting(RADIUS_ACCT_START);
	assert_int_equal(examine(X23_FMT_RADIUS), REJECT_NONE);
	payload_step(&payload, &b);
	assert_int_equal(access_of()->event, ACCESS_INTERIM_UPDATE);
	assert_int_equal(payload.ev.iri_type, PAYLOAD_CONTINUE);
	assert_false(payload.ev.begins);
	payload_step(&payload, &a);
	assert_int_equal(access_of()->event, ACCESS_ACCEPT);
	assert_int_equal(payload.ev.iri_type, PAYLOAD_BEGIN);
	assert_true(payload.ev.begins);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dhcp_events),
	    cmocka_unit_test(test_dhcp_ack),
	    cmocka_unit_test(test_dhcp_release),
	    cmocka_unit_test(test_dhcp_nasty),
	    cmocka_unit_test(test_dhcp6),
	    cmocka_unit_test(test_dhcp6_relay),
	    cmocka_unit_test(test_radius_events),
	    cmocka_unit_test(test_radius_accept),
	    cmocka_unit_test(test_radius_stop),
	    cmocka_unit_test(test_radius_names),
	    cmocka_unit_test(test_radius_nasty),
	    cmocka_unit_test(test_thin),
	    cmocka_unit_test(test_course),
	    cmocka_unit_test(test_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
