/* SPDX-License-Identifier: Apache-2.0 */
/* Invented payloads: the body, packets and frames around it, and who makes the rest. */
#include <errno.h>
#include "base/crc32c.h"
#include "spec/ts103221_2.h"
#include "tools/ne_payload.h"

#define ETH_LEN 14
#define IPV4_LEN 20
#define IPV6_LEN 40
#define UDP_LEN 8
#define RTP_LEN 12
#define GTPU_LEN 8
#define GTPU_QFI_LEN 16
#define DHCP_LEN 300

uint64_t
ne_payload_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void
fill(struct ne_payload_key key, uint8_t *out, size_t n)
{
	uint64_t state = key.seed ^ (uint64_t)key.stream << 32 ^ key.k, v;
	uint8_t last[8];

	for (; n >= 8; n -= 8, out += 8) {
		v = ne_payload_mix(state++);
		octets_put64(out, v);
	}
	octets_put64(last, ne_payload_mix(state));
	memcpy(out, last, n);
}

void
ne_payload_body(struct ne_payload_key key, uint8_t *out, size_t n)
{
	if (n < NE_BODY_MIN) {
		fill(key, out, n);
		return;
	}
	memcpy(out, "NE01", 4);
	octets_put32(out + 4, key.stream);
	octets_put64(out + 8, key.k);
	fill(key, out + 16, n - NE_BODY_MIN);
	octets_put32(out + n - 4, crc32c(0, out, n - 4));
}

int
ne_payload_check(struct octets body, uint32_t *stream, uint64_t *k)
{
	if (body.n < NE_BODY_MIN || memcmp(body.p, "NE01", 4) ||
	    octets_get32(body.p + body.n - 4) != crc32c(0, body.p, body.n - 4))
		return -EBADMSG;
	*stream = octets_get32(body.p + 4);
	*k = octets_get64(body.p + 8);
	return 0;
}

static uint16_t
ip_checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += octets_get16(p + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* 10.S.S.1 > 198.51.100.7 and back. */
static void
put_ipv4(struct ne_payload_key key, bool from, uint8_t *o, size_t len)
{
	uint8_t near[4] = {10, (uint8_t)(key.stream >> 8), (uint8_t)key.stream, 1};
	static const uint8_t far_end[4] = {198, 51, 100, 7};

	memset(o, 0, IPV4_LEN);
	o[0] = 0x45;
	octets_put16(o + 2, (uint16_t)len);
	octets_put16(o + 4, (uint16_t)key.k);
	o[8] = 64;
	o[9] = 17;
	memcpy(o + 12, from ? near : far_end, 4);
	memcpy(o + 16, from ? far_end : near, 4);
	octets_put16(o + 10, ip_checksum(o, IPV4_LEN));
}

/* 2001:db8::S and 2001:db8:ffff::7. */
static void
put_ipv6(struct ne_payload_key key, bool from, uint8_t *o, size_t len)
{
	uint8_t *near = from ? o + 8 : o + 24, *far_end = from ? o + 24 : o + 8;

	memset(o, 0, IPV6_LEN);
	o[0] = 0x60;
	octets_put16(o + 4, (uint16_t)(len - IPV6_LEN));
	o[6] = 17;
	o[7] = 64;
	octets_put32(near, 0x20010db8);
	octets_put32(near + 12, key.stream);
	octets_put32(far_end, 0x20010db8);
	octets_put16(far_end + 4, 0xffff);
	far_end[15] = 7;
}

/* A UDP checksum of zero means "none" over IPv4; over IPv6 it must be right. */
static void
put_udp(uint8_t *ip, size_t head, size_t n, bool from)
{
	uint8_t *o = ip + head;
	uint32_t sum = 0;
	size_t i;

	octets_put16(o, from ? 40000 : 9);
	octets_put16(o + 2, from ? 9 : 40000);
	octets_put16(o + 4, (uint16_t)n);
	octets_put16(o + 6, 0);
	if (head == IPV4_LEN)
		return;
	for (i = 8; i < IPV6_LEN; i += 2)
		sum += octets_get16(ip + i);
	sum += (uint32_t)n + 17;
	for (i = 0; i < n; i++)
		sum += i % 2 ? o[i] : (uint32_t)o[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	octets_put16(o + 6, sum == 0xffff ? 0xffff : (uint16_t)~sum);
}

size_t
ne_payload_ip(uint8_t version, struct ne_payload_key key, bool from, size_t size, uint8_t *o)
{
	size_t head = version == 4 ? IPV4_LEN : IPV6_LEN;

	if (size > 65535)
		size = 65535;
	if (version == 4)
		put_ipv4(key, from, o, size);
	else
		put_ipv6(key, from, o, size);
	ne_payload_body(key, o + head + UDP_LEN, size - head - UDP_LEN);
	put_udp(o, head, size - head, from);
	return size;
}

static size_t
build_ethernet(struct ne_payload_key key, bool from, size_t size, uint8_t *o)
{
	uint8_t near[6] = {2, 0, 0, 0, (uint8_t)(key.stream >> 8), (uint8_t)key.stream};
	static const uint8_t far_end[6] = {2, 0, 0, 1, 0, 7};

	memcpy(o, from ? far_end : near, 6);
	memcpy(o + 6, from ? near : far_end, 6);
	octets_put16(o + 12, 0x0800);
	return ETH_LEN + ne_payload_ip(4, key, from, size - ETH_LEN, o + ETH_LEN);
}

static size_t
build_rtp(struct ne_payload_key key, bool from, size_t size, uint8_t *o)
{
	o[0] = 0x80;
	o[1] = 8; /* PCMA */
	octets_put16(o + 2, (uint16_t)(key.k / 2));
	octets_put32(o + 4, (uint32_t)(key.k / 2 * 160));
	octets_put32(
	    o + 8, (uint32_t)ne_payload_mix(key.seed ^ ((uint64_t)key.stream << 1 | from)));
	ne_payload_body(key, o + RTP_LEN, size - RTP_LEN);
	return size;
}

/* TS 29.281: G-PDU with an IPv4 packet behind a PDU Session Container (TS 38.415) with a QFI of 1
 * to 9. */
static size_t
build_gtpu(struct ne_payload_key key, bool from, size_t size, uint8_t *o)
{
	size_t n = ne_payload_ip(4, key, from, size - GTPU_QFI_LEN, o + GTPU_QFI_LEN);

	o[0] = 0x34; /* an extension header follows */
	o[1] = 255;
	octets_put16(o + 2, (uint16_t)(n + GTPU_QFI_LEN - GTPU_LEN));
	octets_put32(o + 4, key.stream + 1);
	octets_put32(o + 8, 0x85); /* no sequence number, no N-PDU; container */
	o[12] = 1;		   /* of 4 octets */
	o[13] = from ? 0x10 : 0;
	o[14] = (uint8_t)(key.stream % 9 + 1);
	o[15] = 0;
	return n + GTPU_QFI_LEN;
}

size_t
ne_payload_min(uint16_t format)
{
	switch (format) {
	case X23_FMT_IPV4:
		return IPV4_LEN + UDP_LEN;
	case X23_FMT_IPV6:
		return IPV6_LEN + UDP_LEN;
	case X23_FMT_ETHERNET:
		return ETH_LEN + IPV4_LEN + UDP_LEN;
	case X23_FMT_RTP:
		return RTP_LEN;
	case X23_FMT_GTPU:
		return GTPU_QFI_LEN + IPV4_LEN + UDP_LEN;
	case X23_FMT_DHCP:
		return DHCP_LEN;
	default:
		return 0;
	}
}

unsigned
ne_payload_steps(uint16_t format)
{
	static const uint8_t steps[X23_FMT_N] = {[X23_FMT_SIP] = NE_SIP_STEPS,
	    [X23_FMT_TS33128] = NE_XIRI_STEPS,
	    [X23_FMT_DHCP] = NE_DHCP_STEPS,
	    [X23_FMT_RADIUS] = NE_RADIUS_STEPS,
	    [X23_FMT_MSRP] = NE_MSRP_STEPS,
	    [X23_FMT_EPS_IRI] = NE_EPS_STEPS,
	    [X23_FMT_MIME] = NE_MIME_STEPS};

	return format < X23_FMT_N && steps[format] ? steps[format] : 1;
}

/* Formats that are made of signalling: the dialogue decides size and direction. */
static size_t
build_signalling(
    uint16_t format, struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir)
{
	switch (format) {
	case X23_FMT_TS102232_1:
		return ne_payload_pspdu(key, size, out, dir);
	case X23_FMT_PS_PAYLOAD:
		return ne_payload_inner(key, size, out, dir);
	case X23_FMT_TS33128:
		return key.type == X23_TYPE_X3 ? ne_payload_xcc(key, size, out, dir)
					       : ne_payload_xiri(key, out, dir);
	case X23_FMT_TS33108:
		return key.type == X23_TYPE_X2 ? ne_payload_eps_iri(key, out, dir)
					       : ne_payload_eps_cc(key, size, out, dir);
	case X23_FMT_SIP:
		return ne_payload_sip(key, out, dir);
	case X23_FMT_DHCP:
		return ne_payload_dhcp(key, size, out, dir);
	case X23_FMT_RADIUS:
		return ne_payload_radius(key, out, dir);
	case X23_FMT_MSRP:
		return ne_payload_msrp(key, out, dir);
	case X23_FMT_EPS_IRI:
		return ne_payload_eps_iri(key, out, dir);
	case X23_FMT_MIME:
		return ne_payload_mime(key, out, dir);
	default: /* proprietary, unstructured, unknown */
		ne_payload_body(key, out, size);
		return size;
	}
}

size_t
ne_payload_build(
    uint16_t format, struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir)
{
	bool from = key.k % 2 == 0;

	if (size < ne_payload_min(format))
		size = ne_payload_min(format);
	*dir = from ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	switch (format) {
	case X23_FMT_IPV4:
		return ne_payload_ip(4, key, from, size, out);
	case X23_FMT_IPV6:
		return ne_payload_ip(6, key, from, size, out);
	case X23_FMT_ETHERNET:
		return build_ethernet(key, from, size, out);
	case X23_FMT_RTP:
		return build_rtp(key, from, size, out);
	case X23_FMT_GTPU:
		return build_gtpu(key, from, size, out);
	default:
		return build_signalling(format, key, size, out, dir);
	}
}
