/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, GTP-U, packet headers, TS 33.108, unstructured and opaque PDUs; names by address; the
 * mapping table. */
#include "base/clock.h"
#include "session/mapping.h"
#include "session/payload.h"
#include "session_fixture.h"
#include "spec/dhcp.h"
#include "spec/ts102232_3.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct payload payload;
static struct x23_pdu pdu;
static uint8_t buf[8192], msg[2048];

static enum reject_code
examine(uint16_t type, uint16_t format, const void *p, size_t n)
{
	struct fixture_pdu f = {.type = type,
	    .format = format,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = 1,
	    .nfid = "nf",
	    .payload = {p, n}};

	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	return payload_examine(&pdu, 5 * CLOCK_NS_PER_S, &payload);
}

/* An IPv4 packet with UDP in TO: 192.0.2.1:SRC > 198.51.100.1:DST. */
static size_t
udp4(uint8_t *to, uint16_t src, uint16_t dst, const void *content, size_t n)
{
	memset(to, 0, 28);
	to[0] = 0x45;
	octets_put16(to + 2, (uint16_t)(28 + n));
	to[8] = 64;
	to[9] = 17;
	memcpy(to + 12, "\xc0\0\2\1\xc6\x33\x64\1", 8);
	octets_put16(to + 20, src);
	octets_put16(to + 22, dst);
	octets_put16(to + 24, (uint16_t)(8 + n));
	memcpy(to + 28, content, n);
	return 28 + n;
}

static size_t
ethernet(uint8_t *to, uint16_t type)
{
	memcpy(to, "\2\0\x5e\x10\0\1\2\0\x5e\x10\0\2", 12);
	octets_put16(to + 12, type);
	return 14;
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

static void
test_ethernet(void **state)
{
	size_t n = ethernet(msg, 0x0800);

	(void)state;
	n += udp4(msg + n, 5000, 6000, "x", 1);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_ETHERNET, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_L2);
	assert_int_equal(payload.ev.class, HO_CC);
	assert_int_equal(payload.ev.service, SERVICE_L2 | SERVICE_DATA);
	assert_ptr_equal(payload.ev.body.p, pdu.payload.p);
	assert_ptr_equal(payload.frame.p, pdu.payload.p);
	assert_ptr_equal(payload.packet.p, pdu.payload.p + 14);
	assert_int_equal(payload.packet.n, n - 14);
	assert_int_equal(payload.more_n, 0);
	assert_int_equal(payload.name_n, 0);
	/* ARP and PPPoE discovery have no packet and no event of their own */
	ethernet(msg, 0x0806);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_ETHERNET, msg, n), REJECT_NONE);
	assert_int_equal(payload.packet.n, 0);
	ethernet(msg, 0x8863);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_ETHERNET, msg, n), REJECT_NONE);
	assert_int_equal(payload.more_n, 0);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_ETHERNET, msg, 13), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_ETHERNET, msg, n), REJECT_FORMAT_TYPE);
}

/* DHCP in a frame: the frame goes as content, the message as IRI of the same session. */
static void
test_ethernet_dhcp(void **state)
{
	uint8_t dhcp[DHCP_OFF_OPTIONS + 4] = {DHCP_BOOTREPLY, 1, 6};
	const struct li_access *a;
	size_t n = ethernet(msg, 0x0800);

	(void)state;
	memcpy(dhcp + DHCP_OFF_YIADDR, "\xc0\0\2\x0a", 4);
	octets_put32(dhcp + DHCP_OFF_COOKIE, DHCP_COOKIE);
	memcpy(dhcp + DHCP_OFF_OPTIONS, "\x35\1\5\xff", 4);
	n += udp4(msg + n, DHCP_PORT_SERVER, DHCP_PORT_CLIENT, dhcp, sizeof(dhcp));
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_ETHERNET, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_L2);
	assert_int_equal(payload.more_n, 1);
	assert_int_equal(payload.more[0].kind, LI_ACCESS);
	assert_int_equal(payload.more[0].class, HO_IRI);
	assert_int_equal(payload.more[0].body.n, sizeof(dhcp));
	assert_ptr_equal(payload.more[0].pdu, &pdu);
	assert_true(payload.more[0].time_ns == payload.ev.time_ns);
	assert_ptr_equal(payload.more[0].key.p, payload.ev.key.p);
	assert_int_equal(payload.ev.key.p[0], NAME_POINT); /* the session of the other frames */
	a = payload.more[0].detail;
	assert_memory_equal(a->ip4.p, "\xc0\0\2\x0a", 4);
	assert_int_equal(payload.access_event, ACCESS_ACCEPT);
	/* not DHCP at the port of DHCP: content only */
	msg[14 + 28] = 9;
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_ETHERNET, msg, n), REJECT_NONE);
	assert_int_equal(payload.more_n, 0);
	assert_int_equal(payload.name_n, 0);
}

static void
test_gtpu(void **state)
{
	static const uint8_t extended[] = {
	    0x34, 255, 0, 8 + 28, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0x10, 9, 0};
	size_t n;

	(void)state;
	memcpy(msg, "\x30\xff\0\x1c\0\0\0\1", 8);
	n = 8 + udp4(msg + 8, 1, 2, "", 0);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_GTPU, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_IP);
	assert_ptr_equal(payload.ev.body.p, pdu.payload.p + 8);
	assert_int_equal(payload.ev.body.n, 28);
	assert_int_equal(payload.gtp.n, n);
	assert_int_equal(payload.packet.n, 28);
	assert_null(payload.ev.detail);
	assert_false(payload.detail.upf.has_qfi);
	memcpy(msg, extended, sizeof(extended));
	n = sizeof(extended) + udp4(msg + sizeof(extended), 1, 2, "", 0);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_GTPU, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_IP);
	assert_true(payload.detail.upf.has_qfi && payload.detail.upf.qfi == 9);
	/* End Marker: no packet in it */
	assert_int_equal(
	    examine(X23_TYPE_X3, X23_FMT_GTPU, "\x30\xfe\0\0\0\0\0\1", 8), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_UPF);
	assert_int_equal(payload.detail.upf.arm, 1);
	assert_int_equal(payload.ev.body.n, 8);
	assert_ptr_equal(payload.ev.detail, &payload.detail.upf);
	/* the outer packet around it */
	n = udp4(msg, 2152, 2152, "\x30\xfe\0\0\0\0\0\1", 8);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_GTPU, msg, n), REJECT_NONE);
	assert_int_equal(payload.gtp.n, 8);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_GTPU, "\x50\xff\0\0", 4), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_GTPU, "", 0), REJECT_PAYLOAD);
}

static void
test_headers(void **state)
{
	size_t n = udp4(msg, 5000, 6000, "secret", 6);

	(void)state;
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_IPV4, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_HEADER);
	assert_int_equal(payload.ev.class, HO_IRI);
	assert_int_equal(payload.ev.iri_type, PAYLOAD_REPORT);
	assert_int_equal(payload.ev.body.n, 28); /* no octet of what it carries */
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_IPV6, msg, n), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_IPV4, msg, 19), REJECT_PAYLOAD);
}

/* Attribute-value pairs alone: a header is composed of them. */
static void
test_thin_header(void **state)
{
	static const uint8_t want[28] = {
	    0x45, 0, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x13, 0x88, 0, 53};

	(void)state;
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_IPV4, "", 0), REJECT_PAYLOAD);
	pdu.src = (struct octets){(const uint8_t *)"\1\2\3\4", 4};
	pdu.dst = (struct octets){(const uint8_t *)"\5\6\7\10", 4};
	assert_int_equal(payload_examine(&pdu, 1, &payload), REJECT_NONE);
	assert_int_equal(payload.ev.body.n, 20);
	assert_int_equal(payload.ev.body.p[9], 255); /* the protocol is not known */
	pdu.present |= UINT32_C(1) << X23_ATTR_SRC_PORT | UINT32_C(1) << X23_ATTR_IP_PROTO;
	pdu.src_port = 5000;
	pdu.dst_port = 53;
	pdu.ip_proto = 17;
	assert_int_equal(payload_examine(&pdu, 1, &payload), REJECT_NONE);
	assert_int_equal(payload.ev.body.n, sizeof(want));
	assert_memory_equal(payload.ev.body.p, want, sizeof(want));
	pdu.ip_proto = 6;
	assert_int_equal(payload_examine(&pdu, 1, &payload), REJECT_NONE);
	assert_int_equal(payload.ev.body.n, 40);
	assert_int_equal(payload.ev.body.p[32], 0x50);
	pdu.format = X23_FMT_IPV6; /* but the addresses are of IPv4 */
	assert_int_equal(payload_examine(&pdu, 1, &payload), REJECT_PAYLOAD);
	pdu.src = pdu.dst = (struct octets){msg, 16};
	assert_int_equal(payload_examine(&pdu, 1, &payload), REJECT_NONE);
	assert_int_equal(payload.ev.body.n, 60);
	assert_int_equal(payload.ev.body.p[6], 6);
}

/* A record or a ULIC header of MODULE: TAG { 80 OID ... }. */
static size_t
domain(uint8_t *to, uint8_t tag, uint8_t module)
{
	memcpy(to, (uint8_t[]){tag, 10, 0x80, 8, 4, 0, 2, 2, 4, module, 15, 5}, 12);
	return 12;
}

static void
test_33108(void **state)
{
	size_t n;

	(void)state;
	n = domain(msg, 0xa1, 8);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_EPS_IRI, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_EPS_IRI);
	assert_int_equal(payload.ev.iri_type, PAYLOAD_BEGIN);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS33108, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_EPS_IRI);
	domain(msg, 0xa2, 1);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS33108, msg, n), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_UMTS_IRI);
	assert_int_equal(payload.ev.iri_type, PAYLOAD_END);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_EPS_IRI, msg, n), REJECT_PAYLOAD);
	domain(msg, 0xa2, 3); /* circuit switched */
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS33108, msg, n), REJECT_FORMAT_NOT_MAPPED);
	msg[5] = 1; /* not the tree of 3GPP */
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS33108, msg, n), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS33108, msg, n - 1), REJECT_PAYLOAD);
	/* SEQUENCE OF records */
	msg[0] = 0x30;
	msg[1] = 24;
	domain(msg + 2, 0xa1, 8);
	domain(msg + 14, 0xa2, 8);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_TS33108, msg, 26), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_EPS_IRI);
}

static void
test_33108_cc(void **state)
{
	static const uint8_t modules[] = {9, 2};
	static const uint8_t kinds[] = {LI_EPS_CC, LI_UMTS_CC};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		memcpy(msg, "\x30\x0f", 2);
		domain(msg + 2, 0xa1, modules[i]);
		memcpy(msg + 14, "\x82\1x", 3);
		assert_int_equal(examine(X23_TYPE_X3, X23_FMT_TS33108, msg, 17), REJECT_NONE);
		assert_int_equal(payload.ev.kind, kinds[i]);
		assert_int_equal(payload.ev.class, HO_CC);
		assert_int_equal(
		    examine(X23_TYPE_X3, X23_FMT_TS33108, msg, 18), REJECT_PAYLOAD); /* more */
		assert_int_equal(examine(X23_TYPE_X3, X23_FMT_TS33108, msg, 16), REJECT_PAYLOAD);
	}
	msg[11] = 8;
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_TS33108, msg, 17), REJECT_FORMAT_NOT_MAPPED);
	assert_int_equal(
	    examine(X23_TYPE_X3, X23_FMT_TS33108, "\x30\x84\xff\xff\xff\xff", 6), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_TS33108, "", 0), REJECT_PAYLOAD);
}

static void
test_others(void **state)
{
	(void)state;
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_UNSTRUCTURED, "\0\1", 2), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_UPF);
	assert_int_equal(payload.detail.upf.arm, 2);
	assert_int_equal(payload.detail.upf.payload, 3);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_UNSTRUCTURED, "", 0), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_PROPRIETARY, "?", 1), REJECT_NONE);
	assert_int_equal(payload.ev.kind, LI_OPAQUE);
	assert_int_equal(payload.ev.class, HO_IRI);
	assert_int_equal(payload.ev.service, SERVICE_ANY);
	assert_int_equal(examine(X23_TYPE_X2, X23_FMT_PROPRIETARY, "", 0), REJECT_PAYLOAD);
	assert_int_equal(examine(X23_TYPE_X3, 18, "", 0), REJECT_FORMAT_UNKNOWN);
	pdu.type = X23_TYPE_KEEPALIVE;
	assert_int_equal(payload_examine(&pdu, 1, &payload), REJECT_TYPE_UNKNOWN);
}

/* Names that only a PDU of an unknown session needs. */
static void
test_media_names(void **state)
{
	static const uint8_t rtp[12] = {0x80, 8};
	size_t n;

	(void)state;
	n = udp4(msg, 40000, 40002, rtp, sizeof(rtp));
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV4, msg, n), REJECT_NONE);
	assert_int_equal(payload.name_n, 0);
	payload_names_media(&payload);
	assert_true(has_name(NAME_MEDIA, NAME_BIND, "\xc6\x33\x64\1\x9c\x42", 6));
	assert_true(has_name(NAME_MEDIA, NAME_BIND, "\xc0\0\2\1\x9c\x40", 6));
	assert_true(has_name(NAME_ADDRESS, NAME_SEEK, "\xc0\0\2\1", 4)); /* from the target */
	assert_false(has_name(NAME_ADDRESS, NAME_SEEK, "\xc6\x33\x64\1", 4));
	/* a name server is nobody's media */
	n = udp4(msg, 40000, 53, rtp, sizeof(rtp));
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV4, msg, n), REJECT_NONE);
	payload_names_media(&payload);
	assert_true(has_name(NAME_MEDIA, NAME_SEEK, "\xc6\x33\x64\1\0\x35", 6));
	assert_false(has_name(NAME_MEDIA, NAME_BIND, "\xc6\x33\x64\1\0\x35", 6));
	/* RTP without a packet around it: the attributes tell; the access is its parent */
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_RTP, rtp, sizeof(rtp)), REJECT_NONE);
	pdu.src = (struct octets){(const uint8_t *)"\1\2\3\4", 4};
	pdu.dst = (struct octets){(const uint8_t *)"\5\6\7\10", 4};
	pdu.dst_port = 1;
	pdu.direction = X23_DIR_TO_TARGET;
	payload_names_media(&payload);
	assert_true(has_name(NAME_MEDIA, NAME_BIND, "\5\6\7\10\0\1", 6));
	assert_int_equal(payload.name_n, 2);
	assert_true(has_name(NAME_ADDRESS, NAME_LINK, "\5\6\7\10", 4));
}

/* An address of IPv6 finds the session to which its prefix was delegated. */
static void
test_prefix_names(void **state)
{
	uint8_t ip6[40] = {0x60}, want[17] = {0};

	(void)state;
	memset(ip6 + 8, 0xff, 16);
	assert_int_equal(examine(X23_TYPE_X3, X23_FMT_IPV6, ip6, 40), REJECT_NONE);
	payload_names_media(&payload);
	assert_int_equal(payload.name_n, 6);
	assert_true(has_name(NAME_ADDRESS, NAME_SEEK, ip6 + 8, 16));
	memset(want, 0xff, 7);
	want[16] = 56;
	assert_true(has_name(NAME_ADDRESS, NAME_SEEK, want, 17));
	want[7] = 0xf0;
	want[16] = 60;
	assert_true(has_name(NAME_ADDRESS, NAME_SEEK, want, 17));
}

static void
test_correlation_name(void **state)
{
	static const uint8_t ip4[20] = {0x45};
	struct fixture_pdu f = {.type = X23_TYPE_X3,
	    .format = X23_FMT_IPV4,
	    .x = 1,
	    .correlation = 9,
	    .payload = {ip4, 20}};

	(void)state;
	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	assert_int_equal(payload_examine(&pdu, 1, &payload), REJECT_NONE);
	assert_int_equal(payload.name_n, 1);
	assert_true(has_name(NAME_CORRELATION, NAME_BIND, "\0\0\0\0\0\0\0\x09", 8));
	assert_int_equal(payload.name[0].kind, NAME_CORRELATION);
	/* more names than there is room for: left out, nothing else */
	for (int i = 0; i < 100; i++)
		payload_name(&payload, NAME_CALL, NAME_SEEK, (struct octets){buf, 300}, true);
	assert_int_equal(payload.name_n, PAYLOAD_NAMES_MAX);
	assert_int_equal(payload.name[5].a.n, PAYLOAD_NAME_MAX);
	assert_null(payload_scratch(&payload, PAYLOAD_SCRATCH));
}

/* Every format on both interfaces has one row, and the row does what it says. */
static void
test_mapping(void **state)
{
	bool seen[X23_FMT_N][2] = {{false}};
	size_t n;
	const struct mapping_row *row = mapping_rows(&n);

	(void)state;
	assert_int_equal(n, 2 * X23_FMT_N);
	for (size_t i = 0; i < n; i++) {
		enum reject_code why = examine(row[i].type, row[i].format, "\xff", 1);

		assert_false(seen[row[i].format][row[i].type - 1]);
		seen[row[i].format][row[i].type - 1] = true;
		assert_true(row[i].permitted == (why != REJECT_FORMAT_TYPE));
		assert_int_not_equal(why, REJECT_FORMAT_NOT_MAPPED);
		assert_true(strlen(row[i].container) > 0 && strlen(row[i].clause) > 0);
		assert_true(strlen(row[i].format_name) > 0 && strlen(row[i].note) > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ethernet),
	    cmocka_unit_test(test_ethernet_dhcp),
	    cmocka_unit_test(test_gtpu),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_thin_header),
	    cmocka_unit_test(test_33108),
	    cmocka_unit_test(test_33108_cc),
	    cmocka_unit_test(test_others),
	    cmocka_unit_test(test_media_names),
	    cmocka_unit_test(test_prefix_names),
	    cmocka_unit_test(test_correlation_name),
	    cmocka_unit_test(test_mapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
