/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-ne: frames of every link type, SIP and SDP of a target, its RTP and its packets.  All octets
 * are made here. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tools/ne_packet.h"
#include "tools/ne_payload.h"
#include "tools/ne_poi.h"
#include "tools/ne_sip.h"

struct frame {
	uint8_t b[4096];
	size_t n;
};

struct seen {
	struct ne_pdu pdu;
	char payload[4096];
	char target[256];
};

static struct seen got[32];
static size_t got_n;

static void
on_pdu(const struct ne_pdu *p, void *arg)
{
	struct seen *s = &got[got_n++];

	(void)arg;
	assert_true(got_n <= 32 && p->payload.n < sizeof(s->payload));
	s->pdu = *p;
	memcpy(s->payload, p->payload.p, p->payload.n);
	s->payload[p->payload.n] = '\0';
	snprintf(s->target, sizeof(s->target), "%.*s", (int)p->target.n, (const char *)p->target.p);
}

static void
bytes(struct frame *f, const void *p, size_t n)
{
	memcpy(f->b + f->n, p, n);
	f->n += n;
}

static void
u16(struct frame *f, unsigned v)
{
	uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	bytes(f, b, 2);
}

/* IPv4 from 192.0.2.SRC to 192.0.2.DST; frag is the flags and offset field. */
static void
ipv4(struct frame *f, unsigned proto, uint8_t src, uint8_t dst, unsigned frag, size_t len)
{
	uint8_t h[20] = {0x45, 0, (uint8_t)((len + 20) >> 8), (uint8_t)(len + 20), 0, 1,
	    (uint8_t)(frag >> 8), (uint8_t)frag, 64, (uint8_t)proto, 0, 0, 192, 0, 2, src, 192, 0,
	    2, dst};

	bytes(f, h, 20);
}

static void
udp(struct frame *f, uint8_t src, unsigned sport, uint8_t dst, unsigned dport, const void *p,
    size_t n)
{
	ipv4(f, 17, src, dst, 0, n + 8);
	u16(f, sport);
	u16(f, dport);
	u16(f, (unsigned)n + 8);
	u16(f, 0);
	bytes(f, p, n);
}

static void
tcp(struct frame *f, uint8_t src, unsigned sport, uint8_t dst, unsigned dport, uint32_t seq,
    const char *text, size_t n)
{
	uint8_t rest[16] = {(uint8_t)(seq >> 24), (uint8_t)(seq >> 16), (uint8_t)(seq >> 8),
	    (uint8_t)seq, 0, 0, 0, 0, 0x50, 0x18};

	ipv4(f, 6, src, dst, 0, n + 20);
	u16(f, sport);
	u16(f, dport);
	bytes(f, rest, 16);
	bytes(f, text, n);
}

static const uint8_t eth[12] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};

static void
check_udp(int link, const struct frame *f, uint8_t version)
{
	struct ne_packet k;

	assert_int_equal(ne_packet_parse(link, (struct octets){f->b, f->n}, &k), 0);
	assert_int_equal(k.ip_version, version);
	assert_int_equal(k.proto, 17);
	assert_int_equal(k.sport, 7);
	assert_int_equal(k.dport, 9);
	assert_int_equal(k.l4.n, 3);
	assert_memory_equal(k.l4.p, "abc", 3);
}

static void
test_links(void **state)
{
	static const uint8_t sll[16] = {0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0};
	static const uint8_t sll2[20] = {8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1};
	static const uint8_t vlans[10] = {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0},
			     null_head[4] = {2, 0, 0, 0};
	struct frame f = {.n = 0};

	(void)state;
	udp(&f, 1, 7, 2, 9, "abc", 3);
	check_udp(NE_LINK_RAW, &f, 4);
	f.n = 0;
	bytes(&f, eth, 12);
	u16(&f, 0x0800);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	bytes(&f, "\0\0\0\0", 4); /* padding of the link is cut */
	check_udp(NE_LINK_ETHERNET, &f, 4);
	f.n = 0;
	bytes(&f, eth, 12);
	bytes(&f, vlans, 10);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	check_udp(NE_LINK_ETHERNET, &f, 4);
	f.n = 0;
	bytes(&f, sll, 16);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	check_udp(NE_LINK_SLL, &f, 4);
	f.n = 0;
	bytes(&f, sll2, 20);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	check_udp(NE_LINK_SLL2, &f, 4);
	f.n = 0;
	bytes(&f, null_head, 4);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	check_udp(NE_LINK_NULL, &f, 4);
}

static void
test_ipv6_extension(void **state)
{
	uint8_t h[40] = {0x60, 0, 0, 0, 0, 19, 0, 64}, hop[8] = {17},
		u[11] = {0, 7, 0, 9, 0, 11, 0, 0, 'a', 'b', 'c'};
	struct frame f = {.n = 0};

	(void)state;
	bytes(&f, h, 40);
	bytes(&f, hop, 8);
	bytes(&f, u, 11);
	check_udp(NE_LINK_RAW, &f, 6);
}

/* Any cut of a good frame is refused or parsed without a look past its end (ASan watches). */
static void
test_cut(void **state)
{
	struct frame f = {.n = 0};
	struct ne_packet k;
	uint8_t *exact;
	size_t n;

	(void)state;
	bytes(&f, eth, 12);
	u16(&f, 0x0800);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	for (n = 0; n < f.n; n++) {
		exact = malloc(n + 1);
		memcpy(exact + 1, f.b, n);
		assert_true(
		    ne_packet_parse(NE_LINK_ETHERNET, (struct octets){exact + 1, n}, &k) < 0);
		free(exact);
	}
	f.n = 0;
	ipv4(&f, 17, 1, 2, 0x2000, 8); /* first fragment */
	bytes(&f, "\0\1\0\2\0\3\0\4", 8);
	assert_int_equal(ne_packet_parse(NE_LINK_RAW, (struct octets){f.b, f.n}, &k), 0);
	assert_true(k.fragment);
	assert_false(k.has_ports);
	assert_int_equal(ne_packet_parse(999, (struct octets){f.b, f.n}, &k), -ENOTSUP);
}

static const char sdp_a[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 "
			    "0\r\nm=audio 4000 RTP/AVP 8\r\n";
static const char sdp_b[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 "
			    "0\r\nm=audio 5000 RTP/AVP 8\r\nc=IN IP4 192.0.2.2\r\n";

static size_t
message(char *out, size_t room, const char *start, const char *from, const char *to, const char *id,
    const char *body)
{
	return (size_t)snprintf(out, room,
	    "%s\r\nf: <%s>;tag=1\r\nTo: \"B\" <%s>\r\nCall-ID: %s\r\nCSeq: 1 "
	    "INVITE\r\n%sContent-Length: %zu\r\n\r\n%s",
	    start, from, to, id, *body ? "Content-Type: application/sdp\r\n" : "", strlen(body),
	    body);
}

static struct octets
oct(const char *s)
{
	return (struct octets){(const uint8_t *)s, strlen(s)};
}

static void
test_match(void **state)
{
	char m[1024];

	(void)state;
	message(m, sizeof(m), "INVITE sip:bob@b.example:5070;x=1 SIP/2.0",
	    "sip:alice@A.Example;p=2", "sip:bob@b.example", "1", "");
	assert_int_equal(ne_sip_match(oct(m), "sip:alice@a.example"), NE_SIP_FROM);
	assert_int_equal(ne_sip_match(oct(m), "sip:bob@b.example"), NE_SIP_TO);
	assert_int_equal(ne_sip_match(oct(m), "sip:Alice@a.example"), 0);
	assert_int_equal(ne_sip_match(oct(m), "sip:ice@a.example"), 0);
	assert_int_equal(ne_sip_match(oct(m), "sip:bob@b.example.org"), 0);
	snprintf(m, sizeof(m),
	    "INVITE sip:x@y SIP/2.0\r\nP-Asserted-Identity: <tel:+4912>, <sip:q@y>\r\nm: "
	    "<sip:c@y>\r\n\r\n");
	assert_int_equal(ne_sip_match(oct(m), "tel:+4912"), NE_SIP_FROM);
	assert_int_equal(ne_sip_match(oct(m), "sip:q@y"), NE_SIP_FROM);
	assert_int_equal(ne_sip_match(oct(m), "sip:c@y"), NE_SIP_OTHER);
	assert_true(ne_sip_is(oct("SIP/2.0 200 OK\r\n")));
	assert_false(ne_sip_is(oct("GET / HTTP/1.1\r\n")));
	assert_false(ne_sip_is(oct("")));
}

static void
test_media(void **state)
{
	struct ne_media m[4];
	char text[1024];

	(void)state;
	message(text, sizeof(text), "SIP/2.0 200 OK", "sip:a@a", "sip:b@b", "1", sdp_b);
	assert_int_equal(ne_sip_media(oct(text), m, 4), 1);
	assert_int_equal(m[0].port, 5000);
	assert_memory_equal(
	    m[0].ip, "\xc0\x00\x02\x02", 4); /* c= of the media, not of the session */
	assert_int_equal(ne_sip_media(oct("SIP/2.0 200 OK\r\n\r\n"), m, 4), 0);
}

static void
test_framing(void **state)
{
	char a[1024], both[2048];
	size_t n = message(a, sizeof(a), "BYE sip:b@b SIP/2.0", "sip:a@a", "sip:b@b", "1", "body!"),
	       len, cut;

	(void)state;
	snprintf(both, sizeof(both), "%s%s", a, a);
	assert_int_equal(ne_sip_frame(oct(both), &len), 0);
	assert_int_equal(len, n);
	for (cut = 0; cut < n; cut++)
		assert_int_equal(
		    ne_sip_frame((struct octets){(const uint8_t *)a, cut}, &len), -EAGAIN);
	assert_int_equal(ne_sip_frame(oct("GET / HTTP/1.1\r\n\r\n"), &len), -EBADMSG);
}

static void
feed(struct ne_poi *poi, struct frame *f, int64_t ts)
{
	uint8_t *exact = malloc(f->n);

	memcpy(exact, f->b, f->n);
	ne_poi_frame(poi, NE_LINK_RAW, (struct octets){exact, f->n}, ts);
	free(exact);
	f->n = 0;
}

static void
send_sip(struct ne_poi *poi, bool from_a, const char *start, const char *id, const char *body,
    int64_t ts)
{
	struct frame f = {.n = 0};
	char m[1024];
	size_t n =
	    message(m, sizeof(m), start, "sip:alice@a.example", "sip:bob@b.example", id, body);

	udp(&f, from_a ? 1 : 2, 5060, from_a ? 2 : 1, 5060, m, n);
	feed(poi, &f, ts);
}

static void
send_rtp(struct ne_poi *poi, uint8_t src, unsigned sport, uint8_t dst, unsigned dport, uint8_t pt)
{
	uint8_t rtp[20] = {0x80, pt};
	struct frame f = {.n = 0};

	udp(&f, src, sport, dst, dport, rtp, sizeof(rtp));
	feed(poi, &f, 50);
}

static void
test_call(void **state)
{
	struct ne_poi *poi = ne_poi_new(false, on_pdu, NULL);
	uint64_t corr;

	(void)state;
	got_n = 0;
	assert_int_equal(ne_poi_target(poi, "sip:bob@b.example"), 0);
	assert_int_equal(ne_poi_target(poi, "ip:192.0.2.2"), 0);
	send_sip(poi, true, "INVITE sip:bob@b.example SIP/2.0", "call-1", sdp_a, 10);
	send_sip(poi, false, "SIP/2.0 200 OK", "call-1", sdp_b, 20);
	assert_int_equal(got_n, 2);
	corr = got[0].pdu.corr;
	assert_int_equal(got[0].pdu.type, 1);
	assert_int_equal(got[0].pdu.format, 9);
	assert_int_equal(got[0].pdu.dir, 2); /* to bob */
	assert_int_equal(got[0].pdu.ts_ns, 10);
	assert_int_equal(got[0].pdu.sport, 5060);
	assert_int_equal(got[0].pdu.proto, 17);
	assert_memory_equal(got[0].pdu.src, "\xc0\x00\x02\x01", 4);
	assert_memory_equal(got[0].payload, "INVITE ", 7);
	assert_string_equal(got[0].target, "<sipUri>sip:bob@b.example</sipUri>");
	assert_int_equal(got[1].pdu.dir, 3); /* bob's answer */
	assert_int_equal(got[1].pdu.corr, corr);
	send_rtp(poi, 1, 4000, 2, 5000, 8);
	send_rtp(poi, 2, 5000, 1, 4000, 8);
	send_rtp(poi, 2, 5000, 1, 4000, 200); /* RTCP on the same port, and on the next */
	send_rtp(poi, 1, 4001, 2, 5001, 201);
	assert_int_equal(got_n, 6);
	for (size_t i = 4; i < 6; i++) {
		assert_int_equal(got[i].pdu.format, 8);
		assert_int_equal(got[i].pdu.corr, corr);
		assert_int_equal(got[i].pdu.dir, i == 4 ? 3 : 2);
	}
	got_n = 4;
	assert_int_equal(got[2].pdu.format, 8);
	assert_int_equal(got[2].pdu.type, 2);
	assert_int_equal(got[2].pdu.dir, 2);
	assert_int_equal(got[2].pdu.corr, corr);
	assert_int_equal(got[2].pdu.payload.n, 20);
	assert_int_equal(got[3].pdu.dir, 3);
	send_rtp(poi, 2, 6000, 1, 6000, 8); /* no port of the call: a plain packet of the address */
	assert_int_equal(got_n, 5);
	assert_int_equal(got[4].pdu.format, 5);
	assert_int_equal(got[4].pdu.dir, 3);
	assert_true(got[4].pdu.corr != corr);
	assert_int_equal(got[4].pdu.payload.n, 48);
	assert_string_equal(got[4].target, "<ipv4Address>192.0.2.2</ipv4Address>");
	ne_poi_free(poi);
}

static void
test_others_left_out(void **state)
{
	struct ne_poi *poi = ne_poi_new(false, on_pdu, NULL);

	(void)state;
	got_n = 0;
	assert_int_equal(ne_poi_target(poi, "sip:carol@b.example"), 0);
	send_sip(poi, true, "INVITE sip:bob@b.example SIP/2.0", "call-2", sdp_a, 10);
	send_rtp(poi, 2, 5000, 1, 4000, 8);
	assert_int_equal(got_n, 0);
	assert_int_equal(ne_poi_stats(poi)->other_n, 2);
	assert_int_equal(ne_poi_target(poi, "nonsense"), -EINVAL);
	assert_int_equal(ne_poi_target(poi, "ip:1.2.3"), -EINVAL);
	assert_int_equal(ne_poi_target(poi, "mac:02:00"), -EINVAL);
	ne_poi_free(poi);
}

/* Two messages in three segments, one of them twice. */
static void
test_sip_over_tcp(void **state)
{
	struct ne_poi *poi = ne_poi_new(false, on_pdu, NULL);
	struct frame f = {.n = 0};
	char m[2048];
	size_t n;

	(void)state;
	got_n = 0;
	assert_int_equal(ne_poi_target(poi, "sip:alice@a.example"), 0);
	n = message(m, sizeof(m), "INVITE sip:bob@b.example SIP/2.0", "sip:alice@a.example",
	    "sip:bob@b.example", "t1", sdp_a);
	n += message(m + n, sizeof(m) - n, "ACK sip:bob@b.example SIP/2.0", "sip:alice@a.example",
	    "sip:bob@b.example", "t1", "");
	tcp(&f, 1, 40000, 2, 5060, 1000, m, 100);
	feed(poi, &f, 1);
	tcp(&f, 1, 40000, 2, 5060, 1000, m, 100);
	feed(poi, &f, 2);
	tcp(&f, 1, 40000, 2, 5060, 1100, m + 100, 300);
	feed(poi, &f, 3);
	tcp(&f, 1, 40000, 2, 5060, 1400, m + 400, n - 400);
	feed(poi, &f, 4);
	assert_int_equal(got_n, 2);
	assert_memory_equal(got[0].payload, "INVITE ", 7);
	assert_memory_equal(got[1].payload, "ACK ", 4);
	assert_int_equal(got[0].pdu.payload.n + got[1].pdu.payload.n, n);
	assert_int_equal(got[1].pdu.dir, 3);
	assert_int_equal(got[1].pdu.proto, 6);
	ne_poi_free(poi);
}

static void
test_mac(void **state)
{
	struct ne_poi *poi = ne_poi_new(false, on_pdu, NULL);
	struct frame f = {.n = 0};

	(void)state;
	got_n = 0;
	assert_int_equal(ne_poi_target(poi, "mac:02:00:00:00:00:01"), 0);
	bytes(&f, eth, 12);
	u16(&f, 0x0800);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	ne_poi_frame(poi, NE_LINK_ETHERNET, (struct octets){f.b, f.n}, 1);
	assert_int_equal(got_n, 1);
	assert_int_equal(got[0].pdu.dir, 3);
	assert_int_equal(got[0].pdu.payload.n, 31);
	ne_poi_free(poi);
}

/* The target's RADIUS session: its requests, their answers, and while it lasts its packets. */
static void
test_radius(void **state)
{
	struct ne_poi *poi = ne_poi_new(false, on_pdu, NULL);
	struct frame f = {.n = 0};
	uint8_t b[4096];
	uint16_t dir;
	size_t n, i, k;

	(void)state;
	got_n = 0;
	assert_int_equal(ne_poi_target(poi, "nai:ne3@isp.invalid"), 0);
	for (k = 0; k < 8; k++) {
		for (i = 3; i < 5; i++) { /* the other user's stay out */
			struct ne_payload_key key = {9, (uint32_t)i, k, 1};
			unsigned nas = 40000 + (unsigned)i, port = k < 2 ? 1812 : 1813;

			n = ne_payload_build(11, key, 0, b, &dir);
			udp(&f, k % 2 ? 2 : 1, k % 2 ? port : nas, k % 2 ? 1 : 2,
			    k % 2 ? nas : port, b, n);
			feed(poi, &f, 1);
		}
		ipv4(&f, 17, 1, 2, 0, 8);
		memcpy(f.b + 12, "\x0a\0\3\1", 4); /* Framed-IP-Address */
		bytes(&f, "\0\1\0\2\0\x08\0\0", 8);
		feed(poi, &f, 2);
	}
	/* packets after: the request 0 no; accept 1 .. interim 5 yes; stop 6, 7 no */
	assert_int_equal(ne_poi_stats(poi)->radius_n, 8);
	assert_int_equal(ne_poi_stats(poi)->ip_n, 5);
	assert_int_equal(got[0].pdu.format, 11);
	assert_int_equal(got[0].pdu.type, 1);
	assert_int_equal(got[0].pdu.dir, 3);
	assert_int_equal(got[1].pdu.dir, 2);
	assert_int_equal(got[2].pdu.format, 5);
	assert_int_equal(got[2].pdu.corr, got[0].pdu.corr);
	assert_string_equal(got[0].target, "<nai>ne3@isp.invalid</nai>");
	ne_poi_free(poi);
}

static void
test_dhcp_and_gtpu(void **state)
{
	static const struct {
		uint16_t format;
		unsigned port;
		const char *target;
	} cases[] = {{10, 67, "mac:02:00:00:00:00:03"}, {12, 2152, "ip:10.0.3.1"},
	    {12, 2152, "ip:10.0.4.1"}};
	struct frame f = {.n = 0};
	uint8_t b[4096];
	uint16_t dir;
	uint64_t k;
	size_t i, n;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct ne_poi *poi = ne_poi_new(false, on_pdu, NULL);

		got_n = 0;
		assert_int_equal(ne_poi_target(poi, cases[i].target), 0);
		for (k = 0; k < 4; k++) {
			struct ne_payload_key key = {9, 3, k, 1};

			n = ne_payload_build(cases[i].format, key, 100, b, &dir);
			udp(&f, 1, cases[i].port, 2, cases[i].port, b, n);
			feed(poi, &f, 1);
			if (i == 2)
				continue;
			assert_int_equal(got_n, k + 1);
			assert_int_equal(got[k].pdu.format, cases[i].format);
			assert_int_equal(got[k].pdu.type, i + 1);
			assert_int_equal(got[k].pdu.dir, dir);
			assert_int_equal(got[k].pdu.payload.n, n);
		}
		assert_int_equal(got_n, i == 2 ? 0 : 4);
		ne_poi_free(poi);
	}
}

/* A chat by the port of the SDP, cut into segments anyhow. */
static void
test_msrp(void **state)
{
	static const char sdp[] =
	    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 "
	    "0\r\nm=message 7654 TCP/MSRP *\r\n";
	struct ne_poi *poi = ne_poi_new(false, on_pdu, NULL);
	struct frame f = {.n = 0};
	uint32_t seq[2] = {500, 900};
	uint8_t b[4096];
	uint16_t dir;
	uint64_t k;
	size_t n, at, cut;

	(void)state;
	got_n = 0;
	assert_int_equal(ne_poi_target(poi, "sip:alice@a.example"), 0);
	send_sip(poi, true, "INVITE sip:bob@b.example SIP/2.0", "chat-1", sdp, 10);
	for (k = 0; k < 5; k++) {
		struct ne_payload_key key = {9, 3, k, 2};
		size_t from;

		n = ne_payload_build(13, key, 0, b, &dir);
		from = dir == 3;
		for (at = 0; at < n; at += cut) {
			cut = n - at < 70 ? n - at : 70;
			tcp(&f, from ? 1 : 2, from ? 7654 : 9000, from ? 2 : 1, from ? 9000 : 7654,
			    seq[from], (char *)b + at, cut);
			seq[from] += (uint32_t)cut;
			feed(poi, &f, 20);
		}
		assert_int_equal(got_n, k + 2);
		assert_int_equal(got[k + 1].pdu.format, 13);
		assert_int_equal(got[k + 1].pdu.dir, dir);
		assert_int_equal(got[k + 1].pdu.corr, got[0].pdu.corr);
		assert_int_equal(got[k + 1].pdu.payload.n, n);
	}
	ne_poi_free(poi);
}

static void
test_ethernet(void **state)
{
	struct ne_poi *poi = ne_poi_new(true, on_pdu, NULL);
	struct frame f = {.n = 0};

	(void)state;
	got_n = 0;
	assert_int_equal(ne_poi_target(poi, "ip:192.0.2.1"), 0);
	bytes(&f, eth, 12);
	u16(&f, 0x0800);
	udp(&f, 1, 7, 2, 9, "abc", 3);
	ne_poi_frame(poi, NE_LINK_ETHERNET, (struct octets){f.b, f.n}, 1);
	assert_int_equal(got_n, 1);
	assert_int_equal(got[0].pdu.format, 7);
	assert_int_equal(got[0].pdu.payload.n, f.n);
	ne_poi_free(poi);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_ipv6_extension),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_match),
	    cmocka_unit_test(test_media),
	    cmocka_unit_test(test_framing),
	    cmocka_unit_test(test_call),
	    cmocka_unit_test(test_others_left_out),
	    cmocka_unit_test(test_sip_over_tcp),
	    cmocka_unit_test(test_mac),
	    cmocka_unit_test(test_radius),
	    cmocka_unit_test(test_dhcp_and_gtpu),
	    cmocka_unit_test(test_msrp),
	    cmocka_unit_test(test_ethernet),
	};

	return cmocka_run_group_tests_name("ne_pcap", tests, NULL, NULL);
}
