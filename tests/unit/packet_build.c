/* SPDX-License-Identifier: Apache-2.0 */
/* Packets for tests; see packet_build.h. */
#include "packet_build.h"

#include <assert.h>
#include <string.h>

struct octets
packet_build_octets(const struct packet_build *b)
{
	return (struct octets){b->buf + b->at, PACKET_BUILD_MAX - b->at};
}

uint8_t *
packet_build_front(struct packet_build *b, size_t n)
{
	assert(n <= b->at);
	b->at -= n;
	return memset(b->buf + b->at, 0, n);
}

void
packet_build_start(struct packet_build *b, const void *content, size_t n)
{
	b->at = PACKET_BUILD_MAX;
	memcpy(packet_build_front(b, n), content, n);
}

void
packet_build_ip4(struct packet_build *b, uint8_t proto, uint8_t src, uint8_t dst)
{
	size_t n = PACKET_BUILD_MAX - b->at;
	uint8_t *h = packet_build_front(b, 20);

	h[0] = 0x45;
	octets_put16(h + 2, (uint16_t)(n + 20));
	octets_put16(h + 4, 0x1234);
	octets_put16(h + 6, 0x4000);
	h[8] = 64;
	h[9] = proto;
	octets_put16(h + 10, 0xbeef);
	octets_put32(h + 12, UINT32_C(0x0a000000) + src);
	octets_put32(h + 16, UINT32_C(0x0a000000) + dst);
}

void
packet_build_ip6(struct packet_build *b, uint8_t proto, uint8_t src, uint8_t dst)
{
	size_t n = PACKET_BUILD_MAX - b->at;
	uint8_t *h = packet_build_front(b, 40);

	h[0] = 0x60;
	octets_put16(h + 4, (uint16_t)n);
	h[6] = proto;
	h[7] = 64;
	octets_put32(h + 8, UINT32_C(0x20010db8));
	h[23] = src;
	octets_put32(h + 24, UINT32_C(0x20010db8));
	h[39] = dst;
}

void
packet_build_udp(struct packet_build *b, uint16_t src, uint16_t dst)
{
	size_t n = PACKET_BUILD_MAX - b->at;
	uint8_t *h = packet_build_front(b, 8);

	octets_put16(h, src);
	octets_put16(h + 2, dst);
	octets_put16(h + 4, (uint16_t)(n + 8));
	octets_put16(h + 6, 0xcafe);
}

void
packet_build_tcp(struct packet_build *b, uint16_t src, uint16_t dst, unsigned options_n)
{
	uint8_t *h = packet_build_front(b, 20 + options_n);

	memset(h, 1, 20 + options_n);
	octets_put16(h, src);
	octets_put16(h + 2, dst);
	h[12] = (uint8_t)((20 + options_n) / 4 << 4);
}

void
packet_build_ether(struct packet_build *b, uint16_t type)
{
	uint8_t *h = packet_build_front(b, 14);

	memcpy(h, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02", 12);
	octets_put16(h + 12, type);
}

void
packet_build_vlan(struct packet_build *b, uint16_t vlan, uint16_t type)
{
	uint8_t *h = packet_build_front(b, 4);

	octets_put16(h, vlan);
	octets_put16(h + 2, type);
}

void
packet_build_gre(struct packet_build *b, uint16_t type, bool checksum, bool key, bool seq)
{
	size_t options = (checksum ? 4u : 0u) + (key ? 4u : 0u) + (seq ? 4u : 0u);
	uint8_t *h = packet_build_front(b, 4 + options);

	h[0] = (uint8_t)((checksum ? 0x80 : 0) | (key ? 0x20 : 0) | (seq ? 0x10 : 0));
	octets_put16(h + 2, type);
}

void
packet_build_vxlan(struct packet_build *b)
{
	uint8_t *h = packet_build_front(b, 8);

	h[0] = 0x08;
	h[6] = 42;
}

void
packet_build_gtpu(struct packet_build *b, uint32_t teid, int qfi)
{
	size_t n = PACKET_BUILD_MAX - b->at, more = qfi < 0 ? 0 : 8;
	uint8_t *h = packet_build_front(b, 8 + more);

	h[0] = qfi < 0 ? 0x30 : 0x34;
	h[1] = 255;
	octets_put16(h + 2, (uint16_t)(n + more));
	octets_put32(h + 4, teid);
	if (qfi < 0)
		return;
	h[11] = 0x85;
	h[12] = 1;
	h[13] = 0x10;
	h[14] = (uint8_t)(0xc0 | qfi);
}

void
packet_build_pppoe(struct packet_build *b, uint16_t protocol)
{
	size_t n = PACKET_BUILD_MAX - b->at;
	uint8_t *h = packet_build_front(b, 8);

	h[0] = 0x11;
	octets_put16(h + 4, (uint16_t)(n + 2));
	octets_put16(h + 6, protocol);
}

uint32_t
packet_build_random(uint32_t n)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % n;
}

static uint16_t
packet_build_any_version(struct packet_build *b, uint8_t proto)
{
	uint8_t src = (uint8_t)(1 + packet_build_random(200)),
		dst = (uint8_t)(1 + packet_build_random(200));

	if (packet_build_random(2)) {
		packet_build_ip4(b, proto, src, dst);
		return 0x0800;
	}
	packet_build_ip6(b, proto, src, dst);
	return 0x86dd;
}

void
packet_build_any_ip(struct packet_build *b)
{
	uint16_t src = (uint16_t)(20000 + packet_build_random(20000)),
		 dst = (uint16_t)(10000 + packet_build_random(9000));

	switch (packet_build_random(4)) {
	case 0:
		packet_build_udp(b, src, dst);
		packet_build_any_version(b, 17);
		return;
	case 1:
		packet_build_tcp(b, src, dst, packet_build_random(11) * 4);
		packet_build_any_version(b, 6);
		return;
	case 2:
		packet_build_any_version(b, 50); /* ESP */
		return;
	default:
		packet_build_any_version(b, 1); /* ICMP */
	}
}

static uint16_t
packet_build_type(const struct packet_build *b)
{
	return b->buf[b->at] >> 4 == 4 ? 0x0800 : 0x86dd;
}

void
packet_build_tunnels(struct packet_build *b, unsigned layers)
{
	while (layers-- > 0) {
		uint16_t type = packet_build_type(b);

		switch (packet_build_random(5)) {
		case 0:
			packet_build_any_version(b, type == 0x0800 ? 4 : 41);
			break;
		case 1:
			packet_build_gre(b, type, packet_build_random(2), packet_build_random(2),
			    packet_build_random(2));
			packet_build_any_version(b, 47);
			break;
		case 2:
			packet_build_ether(b, type);
			packet_build_gre(b, 0x6558, false, true, false);
			packet_build_any_version(b, 47);
			break;
		case 3:
			packet_build_ether(b, type);
			packet_build_vxlan(b);
			packet_build_udp(b, 5555, 4789);
			packet_build_any_version(b, 17);
			break;
		default:
			packet_build_gtpu(b, 7, (int)packet_build_random(64) - 1);
			packet_build_udp(b, 2152, 2152);
			packet_build_any_version(b, 17);
		}
	}
}
