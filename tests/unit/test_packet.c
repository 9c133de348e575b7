/* SPDX-License-Identifier: Apache-2.0 */
/* Reading packets: headers, fragments, extension headers, frames, tunnels; and the hash by which
 * copies are known. */
#include "packet_build.h"
#include "session/packet.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct packet_build b;
static struct packet p, inner;
static const char secret[] = "SECRETCONTENT";
#define SECRET_N (sizeof(secret) - 1)

static int
parse(void)
{
	return packet_parse(packet_build_octets(&b), &p);
}

static void
test_ipv4_udp(void **state)
{
	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_udp(&b, 1111, 2222);
	packet_build_ip4(&b, 17, 1, 2);
	assert_int_equal(parse(), 0);
	assert_int_equal(p.version, 4);
	assert_int_equal(p.proto, 17);
	assert_true(p.has_ports);
	assert_int_equal(p.src_port, 1111);
	assert_int_equal(p.dst_port, 2222);
	assert_int_equal(p.ip_header_n, 20);
	assert_int_equal(p.header_n, 28);
	assert_int_equal(p.content.n, SECRET_N);
	assert_memory_equal(p.content.p, secret, SECRET_N);
	assert_memory_equal(p.dst.p, "\x0a\0\0\x02", 4);
}

static void
test_trailing_octets_are_cut(void **state)
{
	(void)state;
	packet_build_start(&b, "PADDINGPADDING", 14); /* behind the packet, in the frame */
	uint8_t *h = packet_build_front(&b, 28);
	h[0] = 0x45;
	h[3] = 28;
	h[9] = 17;
	assert_int_equal(parse(), 0);
	assert_int_equal(p.ip.n, 28);
	assert_int_equal(p.content.n, 0);
	h[3] = 0; /* segmentation offload: no length */
	assert_int_equal(parse(), 0);
	assert_int_equal(p.ip.n, 42);
	h[3] = 19; /* shorter than its header */
	assert_int_equal(parse(), -EBADMSG);
	assert_int_equal(p.version, 0);
}

static void
test_unsound_headers(void **state)
{
	uint8_t o[60] = {0x44};

	(void)state;
	assert_int_equal(packet_parse((struct octets){NULL, 0}, &p), -EBADMSG);
	assert_int_equal(packet_parse((struct octets){o, 60}, &p), -EBADMSG);
	o[0] = 0x45;
	assert_int_equal(packet_parse((struct octets){o, 19}, &p), -EBADMSG);
	o[0] = 0x4f; /* options past the end */
	assert_int_equal(packet_parse((struct octets){o, 59}, &p), -EBADMSG);
	o[0] = 0x60;
	assert_int_equal(packet_parse((struct octets){o, 39}, &p), -EBADMSG);
	o[0] = 0x50;
	assert_int_equal(packet_parse((struct octets){o, 60}, &p), -EBADMSG);
}

/* What a header does not hold whole is not shown, and not taken for content of nothing. */
static void
test_transport_header_not_whole(void **state)
{
	(void)state;
	packet_build_start(&b, secret, 6);
	packet_build_ip4(&b, 17, 1, 2);
	assert_int_equal(parse(), 0);
	assert_int_equal(p.header_n, 20);
	packet_build_start(&b, secret, SECRET_N);
	packet_build_tcp(&b, 1, 2, 0);
	b.buf[b.at + 12] = 0xf0; /* 60 octets, and 33 are there */
	packet_build_ip6(&b, 6, 1, 2);
	assert_int_equal(parse(), 0);
	assert_int_equal(p.header_n, 40);
	b.buf[b.at + 52] = 0x40; /* 16: less than a TCP header */
	assert_int_equal(parse(), 0);
	assert_int_equal(p.header_n, 40);
	b.buf[b.at + 52] = 0x50;
	assert_int_equal(parse(), 0);
	assert_int_equal(p.header_n, 60);
}

static void
test_no_ports_in_other_protocols(void **state)
{
	static const uint8_t proto[] = {1, 2, 4, 41, 47, 50, 58, 89, 254};

	(void)state;
	for (size_t i = 0; i < sizeof(proto); i++) {
		packet_build_start(&b, secret, SECRET_N);
		packet_build_ip4(&b, proto[i], 1, 2);
		assert_int_equal(parse(), 0);
		assert_false(p.has_ports);
		assert_int_equal(p.header_n, 20);
		assert_int_equal(p.content.n, SECRET_N);
	}
	packet_build_start(&b, secret, SECRET_N); /* SCTP: a chunk is content */
	packet_build_ip4(&b, 132, 1, 2);
	assert_int_equal(parse(), 0);
	assert_true(p.has_ports);
	assert_int_equal(p.header_n, 32);
}

static void
test_fragments(void **state)
{
	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_udp(&b, 1, 2);
	packet_build_ip4(&b, 17, 1, 2);
	octets_put16(b.buf + b.at + 6, 0x2000); /* first, more to come */
	assert_int_equal(parse(), 0);
	assert_false(p.fragment);
	assert_int_equal(p.header_n, 28);
	octets_put16(b.buf + b.at + 6, 0x2001);
	assert_int_equal(parse(), 0);
	assert_true(p.fragment);
	assert_false(p.has_ports);
	assert_int_equal(p.header_n, 20);

	packet_build_start(&b, "\x11\0looks like an extension header", 32);
	uint8_t *h = packet_build_front(&b, 8);
	h[0] = 60; /* would be destination options: they are content of a later fragment */
	octets_put16(h + 2, 8);
	packet_build_ip6(&b, 44, 1, 2);
	assert_int_equal(parse(), 0);
	assert_true(p.fragment);
	assert_int_equal(p.proto, 60);
	assert_int_equal(p.header_n, 48);
}

static void
test_ipv6_extensions(void **state)
{
	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_udp(&b, 5, 6);
	packet_build_front(&b, 12)[0] = 17; /* AH, 12 octets */
	b.buf[b.at + 1] = 1;
	packet_build_front(&b, 16)[0] = 51; /* destination options */
	b.buf[b.at + 1] = 1;
	packet_build_front(&b, 8)[0] = 60; /* hop by hop */
	packet_build_ip6(&b, 0, 1, 2);
	assert_int_equal(parse(), 0);
	assert_int_equal(p.proto, 17);
	assert_int_equal(p.src_port, 5);
	assert_int_equal(p.ip_header_n, 76);
	assert_int_equal(p.header_n, 84);
	b.buf[b.at + 41] = 200; /* hop by hop past the end */
	assert_int_equal(parse(), 0);
	assert_int_equal(p.proto, 0);
	assert_int_equal(p.header_n, 40);
}

static void
test_frames(void **state)
{
	struct frame f;
	struct octets ip;

	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_ip4(&b, 1, 1, 2);
	size_t n = packet_build_octets(&b).n;
	packet_build_vlan(&b, 77, 0x0800);
	packet_build_vlan(&b, 0x6000 | 12, 0x8100);
	packet_build_ether(&b, 0x88a8);
	assert_int_equal(frame_parse(packet_build_octets(&b), &f), 0);
	assert_int_equal(f.vlan, 77);
	assert_int_equal(f.type, 0x0800);
	assert_int_equal(frame_ip(&f).n, n);
	assert_int_equal(f.src[5], 2);

	packet_build_start(&b, secret, SECRET_N);
	packet_build_ip6(&b, 59, 1, 2);
	n = packet_build_octets(&b).n;
	packet_build_pppoe(&b, 0x0057);
	packet_build_ether(&b, 0x8864);
	assert_int_equal(frame_parse(packet_build_octets(&b), &f), 0);
	ip = frame_ip(&f);
	assert_int_equal(ip.n, n);
	assert_int_equal(ip.p[0], 0x60);

	packet_build_start(&b, secret, SECRET_N);
	packet_build_ip4(&b, 1, 1, 2);
	packet_build_front(&b, 4)[2] = 1; /* bottom of the stack */
	packet_build_front(&b, 4);
	packet_build_ether(&b, 0x8847);
	frame_parse(packet_build_octets(&b), &f);
	assert_int_equal(frame_ip(&f).p[0], 0x45);

	packet_build_start(&b, secret, SECRET_N); /* ARP */
	packet_build_ether(&b, 0x0806);
	frame_parse(packet_build_octets(&b), &f);
	assert_int_equal(frame_ip(&f).n, 0);
	assert_int_equal(frame_parse((struct octets){b.buf, 13}, &f), -EBADMSG);
}

static void
test_gtpu(void **state)
{
	struct gtpu g;

	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_gtpu(&b, 0x01020304, 9);
	assert_int_equal(gtpu_parse(packet_build_octets(&b), &g), 0);
	assert_int_equal(g.teid, 0x01020304);
	assert_true(g.has_qfi);
	assert_int_equal(g.qfi, 9);
	assert_int_equal(g.inner.n, SECRET_N);
	b.buf[b.at + 12] = 0; /* extension of no length: would never end */
	assert_int_equal(gtpu_parse(packet_build_octets(&b), &g), -EBADMSG);
	b.buf[b.at + 12] = 100;
	assert_int_equal(gtpu_parse(packet_build_octets(&b), &g), -EBADMSG);

	packet_build_start(&b, secret, SECRET_N);
	packet_build_gtpu(&b, 1, -1);
	assert_int_equal(gtpu_parse(packet_build_octets(&b), &g), 0);
	assert_false(g.has_qfi);
	b.buf[b.at + 1] = 1; /* echo request */
	assert_int_equal(gtpu_parse(packet_build_octets(&b), &g), 0);
	assert_int_equal(g.inner.n, 0);
	b.buf[b.at] = 0x50; /* GTPv2 */
	assert_int_equal(gtpu_parse(packet_build_octets(&b), &g), -EBADMSG);
}

static void
test_tunnels_are_taken_off(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		unsigned layers = round % (PACKET_LAYERS_MAX + 1);
		struct octets first;

		packet_build_start(&b, secret, SECRET_N);
		packet_build_any_ip(&b);
		first = packet_build_octets(&b);
		packet_build_tunnels(&b, layers);
		assert_int_equal(parse(), 0);
		assert_int_equal(packet_innermost(&p, &inner), layers);
		assert_ptr_equal(inner.ip.p, first.p);
		assert_int_equal(inner.ip.n, first.n);
		/* never an octet of the content in what headers-only shows */
		assert_null(memmem(p.ip.p, p.header_n, secret, 4));
		assert_null(memmem(inner.ip.p, inner.header_n, secret, 4));
	}
}

static void
test_depth_is_bounded(void **state)
{
	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_ip4(&b, 1, 1, 2);
	for (int i = 0; i < 50; i++)
		packet_build_ip4(&b, 4, 3, 4);
	assert_int_equal(parse(), 0);
	assert_int_equal(packet_innermost(&p, &inner), PACKET_LAYERS_MAX);
	assert_int_equal(inner.proto, 4);
}

static void
test_flow_key(void **state)
{
	struct flow_key one, other, directed;

	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_udp(&b, 9, 8);
	packet_build_ip4(&b, 17, 2, 1);
	parse();
	packet_flow(&p, true, &one);
	packet_flow(&p, false, &directed);
	packet_build_start(&b, secret, 1);
	packet_build_udp(&b, 8, 9);
	packet_build_ip4(&b, 17, 1, 2);
	parse();
	packet_flow(&p, true, &other);
	assert_memory_equal(&one, &other, sizeof(one));
	assert_memory_not_equal(&directed, &other, sizeof(one));
}

static void
test_copy_hash(void **state)
{
	uint8_t h[6][16];
	struct octets o;

	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_udp(&b, 9, 8);
	packet_build_ip4(&b, 17, 2, 1);
	o = packet_build_octets(&b);
	packet_copy_hash(o, true, 1, h[0]);
	b.buf[b.at + 1] = 0xb8;			 /* DSCP */
	b.buf[b.at + 8]--;			 /* time to live */
	octets_put16(b.buf + b.at + 10, 0x1111); /* checksum */
	packet_copy_hash(o, true, 1, h[1]);
	assert_memory_equal(h[0], h[1], 16);
	packet_copy_hash(o, false, 1, h[2]);
	assert_memory_not_equal(h[0], h[2], 16);
	packet_copy_hash(o, true, 2, h[2]);
	assert_memory_not_equal(h[0], h[2], 16);
	b.buf[b.at + 4]++; /* identification: another packet */
	packet_copy_hash(o, true, 1, h[2]);
	assert_memory_not_equal(h[0], h[2], 16);
	b.buf[b.at + 4]--;
	for (size_t i = 28; i < o.n; i++) { /* every octet of the content counts */
		b.buf[b.at + i] ^= 1;
		packet_copy_hash(o, true, 1, h[3]);
		assert_memory_not_equal(h[0], h[3], 16);
		b.buf[b.at + i] ^= 1;
	}
	packet_build_tunnels(&b, 3); /* the same packet within tunnels */
	packet_copy_hash(packet_build_octets(&b), true, 1, h[4]);
	assert_memory_equal(h[0], h[4], 16);

	packet_build_start(&b, secret, SECRET_N);
	packet_build_ip6(&b, 59, 2, 1);
	packet_copy_hash(packet_build_octets(&b), true, 1, h[0]);
	b.buf[b.at] |= 0x0f;
	b.buf[b.at + 1] |= 0xf0;
	b.buf[b.at + 7]--;
	packet_copy_hash(packet_build_octets(&b), true, 1, h[1]);
	assert_memory_equal(h[0], h[1], 16);
	b.buf[b.at + 1] |= 0x01; /* flow label */
	packet_copy_hash(packet_build_octets(&b), true, 1, h[1]);
	assert_memory_not_equal(h[0], h[1], 16);
}

/* Octets that may be anything, from a buffer of just their size: the sanitizers look on. */
static void
test_any_octets(void **state)
{
	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct octets o;
		uint8_t hash[16], *cut;
		size_t n;
		struct frame f;
		struct gtpu g;

		packet_build_start(&b, secret, SECRET_N);
		packet_build_any_ip(&b);
		packet_build_tunnels(&b, packet_build_random(4));
		o = packet_build_octets(&b);
		for (uint32_t i = packet_build_random(6); i > 0; i--)
			b.buf[b.at + packet_build_random((uint32_t)o.n)] =
			    (uint8_t)packet_build_random(256);
		n = packet_build_random((uint32_t)o.n + 1);
		cut = malloc(n + 1);
		assert_non_null(cut);
		memcpy(cut, o.p, n);
		o = (struct octets){cut, n};
		if (packet_parse(o, &p) == 0) {
			packet_innermost(&p, &inner);
			assert_in_range(p.header_n, p.ip_header_n, p.ip.n);
			assert_int_equal(p.header_n + p.content.n, p.ip.n);
			assert_in_range(inner.header_n, inner.ip_header_n, inner.ip.n);
		}
		packet_copy_hash(o, true, 3, hash);
		if (frame_parse(o, &f) == 0)
			frame_ip(&f);
		gtpu_parse(o, &g);
		free(cut);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ipv4_udp),
	    cmocka_unit_test(test_trailing_octets_are_cut),
	    cmocka_unit_test(test_unsound_headers),
	    cmocka_unit_test(test_transport_header_not_whole),
	    cmocka_unit_test(test_no_ports_in_other_protocols),
	    cmocka_unit_test(test_fragments),
	    cmocka_unit_test(test_ipv6_extensions),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_gtpu),
	    cmocka_unit_test(test_tunnels_are_taken_off),
	    cmocka_unit_test(test_depth_is_bounded),
	    cmocka_unit_test(test_flow_key),
	    cmocka_unit_test(test_copy_hash),
	    cmocka_unit_test(test_any_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
