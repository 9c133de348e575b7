/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-ne: the encoder, the invented payloads, faults, queue and numbers, checked by a decoder that
 * lives only here. */
#include "config.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tools/ne_fault.h"
#include "tools/ne_opt.h"
#include "tools/ne_payload.h"
#include "tools/ne_pdu.h"
#include "tools/ne_queue.h"
#include "tools/ne_seq.h"

static const uint8_t xid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static uint32_t
be(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | *p++;
	return v;
}

/* Value of attribute TYPE, found by walking the header; its length to *len.  NULL: not there. */
static const uint8_t *
attr(const uint8_t *pdu, unsigned type, size_t *len)
{
	size_t off = 40, end = be(pdu + 4, 4);

	while (off < end) {
		*len = be(pdu + off + 2, 2);
		assert_true(off + 4 + *len <= end);
		if (be(pdu + off, 2) == type)
			return pdu + off + 4;
		off += 4 + *len;
	}
	return NULL;
}

static void
full_pdu(struct ne_pdu *p)
{
	ne_pdu_init(p);
	p->minor = 5;
	p->type = 1;
	p->format = 9;
	p->dir = 3;
	p->xid = xid;
	p->corr = UINT64_C(0x1122334455667788);
	p->did = (struct octets){(const uint8_t *)"d", 1};
	p->nfid = (struct octets){(const uint8_t *)"cscf.example", 12};
	p->ipid = (struct octets){(const uint8_t *)"poi-1", 5};
	p->seq = 0xfffffffe;
	p->ts_ns = INT64_C(1700000000123456789);
	p->ip_version = 4;
	memcpy(p->src, "\xc0\x00\x02\x01", 4);
	memcpy(p->dst, "\xc0\x00\x02\x02", 4);
	p->has_ports = true;
	p->sport = 5060;
	p->dport = 5062;
	p->proto = 17;
	p->target = (struct octets){(const uint8_t *)"<x>y</x>", 8};
	p->payload = (struct octets){(const uint8_t *)"hello", 5};
}

static void
test_every_field(void **state)
{
	struct ne_pdu p;
	struct ne_marks m;
	uint8_t b[512];
	size_t n, len;

	(void)state;
	full_pdu(&p);
	n = ne_pdu_encode(&p, b, &m);
	assert_int_equal(n, ne_pdu_len(&p));
	assert_memory_equal(b, "\x00\x05\x00\x01", 4);
	assert_int_equal(be(b + 8, 4), 5);
	assert_int_equal(be(b + 4, 4) + 5, n);
	assert_memory_equal(b + 12, "\x00\x09\x00\x03", 4);
	assert_memory_equal(b + 16, xid, 16);
	assert_memory_equal(b + 32, "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
	assert_memory_equal(attr(b, 5, &len), "d", 1);
	assert_memory_equal(attr(b, 6, &len), "cscf.example", 12);
	assert_int_equal(len, 12);
	assert_memory_equal(attr(b, 7, &len), "poi-1", 5);
	assert_int_equal(be(attr(b, 8, &len), 4), 0xfffffffe);
	assert_int_equal(len, 4);
	assert_int_equal(be(attr(b, 9, &len), 4), 1700000000);
	assert_int_equal(be(attr(b, 9, &len) + 4, 4), 123456789);
	assert_memory_equal(attr(b, 10, &len), "\xc0\x00\x02\x01", 4);
	assert_memory_equal(attr(b, 11, &len), "\xc0\x00\x02\x02", 4);
	assert_int_equal(len, 4);
	assert_null(attr(b, 12, &len));
	assert_int_equal(be(attr(b, 14, &len), 2), 5060);
	assert_int_equal(be(attr(b, 15, &len), 2), 5062);
	assert_int_equal(*attr(b, 16, &len), 17);
	assert_int_equal(len, 1);
	assert_memory_equal(attr(b, 17, &len), "<x>y</x>", 8);
	assert_memory_equal(b + n - 5, "hello", 5);
	assert_int_equal(be(b + m.seq_off, 4), 0xfffffffe);
	assert_int_equal(be(b + m.ts_off, 4), 1700000000);
	assert_int_equal(m.payload_off, n - 5);
}

static void
test_ipv6_and_least(void **state)
{
	struct ne_pdu p;
	uint8_t b[512];
	size_t len;

	(void)state;
	full_pdu(&p);
	p.ip_version = 6;
	p.src[15] = 1;
	p.dst[15] = 2;
	ne_pdu_encode(&p, b, NULL);
	assert_null(attr(b, 10, &len));
	assert_int_equal(attr(b, 12, &len)[15], 1);
	assert_int_equal(len, 16);
	assert_int_equal(attr(b, 13, &len)[15], 2);
	ne_pdu_init(&p);
	p.no_seq = true;
	assert_int_equal(ne_pdu_encode(&p, b, NULL), 40);
	assert_int_equal(be(b + 4, 4), 40);
}

static void
test_keepalive(void **state)
{
	uint8_t b[48], want[48] = {0, 5, 0, 3, 0, 0, 0, 48};

	(void)state;
	want[41] = 8;
	want[43] = 4;
	want[47] = 7;
	ne_pdu_keepalive(5, 7, b);
	assert_memory_equal(b, want, 48);
}

static void
test_bodies(void **state)
{
	struct ne_payload_key key = {42, 3, 9, 2};
	static uint8_t b[4096], again[4096];
	uint32_t stream;
	uint64_t k;
	uint16_t dir;
	size_t n;

	(void)state;
	n = ne_payload_build(5, key, 300, b, &dir);
	assert_int_equal(n, 300);
	assert_int_equal(b[0], 0x45);
	assert_int_equal(be(b + 2, 2), 300);
	assert_int_equal(dir, 2);
	assert_int_equal(ne_payload_check((struct octets){b + 28, n - 28}, &stream, &k), 0);
	assert_int_equal(stream, 3);
	assert_int_equal(k, 9);
	ne_payload_build(5, key, 300, again, &dir);
	assert_memory_equal(b, again, 300);
	b[100] ^= 1;
	assert_int_equal(ne_payload_check((struct octets){b + 28, n - 28}, &stream, &k), -EBADMSG);
	n = ne_payload_build(8, key, 172, b, &dir);
	assert_int_equal(n, 172);
	assert_int_equal(ne_payload_check((struct octets){b + 12, 160}, &stream, &k), 0);
	assert_int_equal(ne_payload_build(7, key, 10, b, &dir), 42); /* never under its headers */
	assert_memory_equal(b + 12, "\x08\x00\x45", 3);
	n = ne_payload_build(6, key, 200, b, &dir);
	assert_int_equal(be(b + 4, 2), 160);
	assert_int_equal(ne_payload_check((struct octets){b + 48, n - 48}, &stream, &k), 0);
}

static void
test_dialog(void **state)
{
	static const char *const starts[] = {
	    "INVITE ", "SIP/2.0 180", "SIP/2.0 200", "ACK ", "BYE ", "SIP/2.0 200"};
	static const uint16_t dirs[] = {3, 2, 2, 3, 3, 2};
	char want[64], *body;
	uint8_t b[4096];
	uint16_t dir;
	uint64_t k;

	(void)state;
	for (k = 0; k < 12; k++) {
		struct ne_payload_key key = {1, 5, k, 1};
		size_t n = ne_payload_build(9, key, 0, b, &dir);

		b[n] = '\0';
		assert_memory_equal(b, starts[k % 6], strlen(starts[k % 6]));
		assert_int_equal(dir, dirs[k % 6]);
		snprintf(want, sizeof(want), "\r\nCall-ID: %016llx@",
		    (unsigned long long)ne_payload_call(1, 5, k / 6));
		assert_non_null(strstr((char *)b, want));
		body = strstr((char *)b, "\r\n\r\n");
		assert_non_null(body);
		snprintf(want, sizeof(want), "\r\nContent-Length: %zu\r\n\r\n", strlen(body) - 4);
		assert_non_null(strstr((char *)b, want));
	}
	assert_true(ne_payload_call(1, 5, 0) != ne_payload_call(1, 5, 1));
}

/* Every constructed element is filled exactly by its children; returns how many elements. */
static int
walk_ber(const uint8_t *p, size_t n)
{
	size_t off = 0, len, head;
	int count = 0;

	while (off < n) {
		assert_true(off + 2 <= n);
		len = p[off + 1];
		head = 2;
		if (len & 0x80) {
			head += len & 0x7f;
			len = be(p + off + 2, len & 0x7f);
		}
		assert_true(off + head + len <= n);
		count += 1 + (p[off] & 0x20 ? walk_ber(p + off + head, len) : 0);
		off += head + len;
	}
	return count;
}

static void
test_xiri(void **state)
{
	static const uint8_t arms[] = {1, 6, 3, 12, 7, 8, 2};
	uint8_t b[1024];
	uint64_t k;
	uint16_t dir;

	(void)state;
	for (k = 0; k < 14; k++) {
		struct ne_payload_key key = {1, 5, k, 1};
		size_t n = ne_payload_build(2, key, 0, b, &dir), head = b[1] & 0x80 ? 3 : 2;

		assert_int_equal(b[0], 0x30);
		assert_memory_equal(b + head, "\x81\x05\x04\x13\x12\x0f\x01\xa2", 8);
		assert_true(walk_ber(b, n) > 12);
		assert_int_equal(b[head + 7 + (b[head + 8] & 0x80 ? 3 : 2)], 0xa0 | arms[k % 7]);
	}
}

/* Of every format and type: the same octets again, inside the room, and what stands in front. */
static void
test_formats(void **state)
{
	static const struct {
		uint16_t format, type;
		const char *starts;
		size_t n;
	} cases[] = {{1, 1, "\x30", 1}, {1, 2, "\x30", 1}, {2, 2, "\x30", 1}, {3, 1, "\xa1", 1},
	    {3, 2, "\x30", 1}, {10, 1, "\x01\x01\x06", 3}, {11, 1, "\x01", 1},
	    {12, 2, "\x34\xff", 2}, {13, 2, "MSRP ", 5}, {14, 1, "\xa1", 1},
	    {15, 1, "Received:", 9}, {16, 2, "NE01", 4}, {17, 1, "\xa0", 1}, {17, 2, "\xa1", 1},
	    {18, 2, "NE01", 4}, {4, 1, "NE01", 4}};
	static uint8_t b[8192], again[8192];
	uint16_t dir;
	size_t i, n;
	uint64_t k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (k = 0; k < 20; k++) {
			struct ne_payload_key key = {9, 70000, k, cases[i].type};

			n = ne_payload_build(cases[i].format, key, 200, b, &dir);
			assert_true(n >= 14 && n <= 200 + 4096);
			assert_true(dir == 2 || dir == 3);
			assert_int_equal(
			    ne_payload_build(cases[i].format, key, 200, again, &dir), n);
			assert_memory_equal(b, again, n);
			if (k == 0)
				assert_memory_equal(b, cases[i].starts, cases[i].n);
			if (cases[i].format <= 3 || cases[i].format == 14 || cases[i].format == 17)
				assert_true(walk_ber(b, n) > 3);
			if (cases[i].format == 11)
				assert_int_equal(be(b + 2, 2), n);
		}
	}
}

/* An access session: answers have the number of their request, the session its name throughout. */
static void
test_radius(void **state)
{
	static const uint8_t codes[] = {1, 2, 4, 5, 4, 5, 4, 5};
	uint8_t b[4096], id = 0;
	uint16_t dir;
	uint64_t k;

	(void)state;
	for (k = 0; k < 16; k++) {
		struct ne_payload_key key = {9, 3, k, 1};
		size_t n = ne_payload_build(11, key, 0, b, &dir);

		b[n] = '\0';
		assert_int_equal(b[0], codes[k % 8]);
		assert_int_equal(dir, k % 2 ? 2 : 3);
		if (k % 2)
			assert_int_equal(b[1], id);
		id = b[1];
		if (codes[k % 8] == 4)
			assert_non_null(memmem(b, n, k < 8 ? "0000000003-0" : "0000000003-1", 12));
	}
}

static void
test_dhcp(void **state)
{
	static const uint8_t types[] = {1, 2, 3, 5, 3, 5, 7};
	uint32_t transaction[7];
	uint8_t b[4096];
	uint16_t dir;
	uint64_t k;

	(void)state;
	for (k = 0; k < 7; k++) {
		struct ne_payload_key key = {9, 3, k, 1};

		assert_int_equal(ne_payload_build(10, key, 0, b, &dir), 300);
		assert_memory_equal(b + 236, "\x63\x82\x53\x63\x35\x01", 6);
		assert_int_equal(b[242], types[k]);
		assert_int_equal(b[0], dir == 2 ? 2 : 1);
		assert_memory_equal(b + 28, "\2\0\0\0\0\3", 6);
		transaction[k] = be(b + 4, 4);
	}
	assert_int_equal(transaction[0], transaction[3]);
	assert_int_equal(transaction[4], transaction[5]);
	assert_true(transaction[3] != transaction[4] && transaction[5] != transaction[6]);
}

/* Every attribute of the table, repeated and unknown ones too, in the order of their numbers. */
static void
test_attributes(void **state)
{
	struct ne_attrs a = {NULL, 0};
	struct ne_pdu p;
	uint8_t b[1024];
	unsigned before = 0, type, n = 0;
	size_t len, off;

	(void)state;
	assert_int_equal(ne_attr_any(&a, "23:0102"), 0);
	assert_int_equal(ne_attr_any(&a, "1:aa:bb"), 0);
	assert_int_equal(ne_attr_any(&a, "4=free"), 0);
	assert_int_equal(ne_attr_any(&a, "5"), -EINVAL);
	assert_int_equal(ne_attr_any(&a, "5:0"), -EINVAL);
	assert_int_equal(ne_attr_text(&a, 18, "<x>1</x>"), 0);
	assert_int_equal(ne_attr_text(&a, 18, "<x>2</x>"), 0);
	assert_int_equal(ne_attr_text(&a, 17, "<y>3</y>"), 0);
	assert_int_equal(ne_attr_text(&a, 20, "base64"), 0);
	assert_int_equal(ne_attr_text(&a, 22, "v=0"), 0);
	assert_int_equal(
	    ne_attr_axri(&a, "01020304-0506-0708-090a-0b0c0d0e0f10,00000000000000ff,9"), 0);
	assert_int_equal(ne_attr_axri(&a, "01020304-0506-0708-090a-0b0c0d0e0f10"), 0);
	assert_int_equal(ne_attr_axri(&a, "0102"), -EINVAL);
	full_pdu(&p);
	p.mime = (struct octets){(const uint8_t *)"t/p", 3};
	p.extra = a.list;
	p.extra_n = a.n;
	assert_int_equal(ne_pdu_encode(&p, b, NULL), ne_pdu_len(&p));
	for (off = 40; off < be(b + 4, 4); off += 4 + be(b + off + 2, 2), n++) {
		type = be(b + off, 2);
		assert_true(type >= before);
		before = type;
	}
	assert_int_equal(n, 22);
	assert_memory_equal(attr(b, 1, &len), "\xaa\xbb", 2);
	assert_memory_equal(attr(b, 17, &len), "<x>y</x>", 8); /* the first one stays first */
	assert_memory_equal(attr(b, 19, &len), "t/p", 3);
	assert_memory_equal(attr(b, 21, &len) + 16, "\0\0\0\0\0\0\0\xff\0\0\0\x09", 12);
	assert_int_equal(len, 28);
	ne_attr_free(&a);
}

static void
test_faults(void **state)
{
	struct ne_pdu p;
	uint8_t good[512], b[512];
	size_t n, m, len, kind, same = 0;

	(void)state;
	full_pdu(&p);
	n = ne_pdu_encode(&p, good, NULL);
	for (kind = 0; kind < NE_BAD_N; kind++) {
		memcpy(b, good, n);
		m = ne_fault_break((enum ne_bad)kind, b, n);
		assert_true(m <= n);
		same += m == n && memcmp(b, good, n) == 0;
		assert_int_equal(ne_fault_bad(ne_fault_bad_name((enum ne_bad)kind)), (int)kind);
	}
	assert_int_equal(same, 0);
	memcpy(b, good, n);
	m = ne_fault_break(NE_BAD_ATTR_LENGTH, b, n);
	assert_int_equal(be(b + 4, 4) + be(b + 8, 4), m); /* framing stays whole */
	assert_non_null(attr(b, 8, &len));
	assert_int_equal(len, 3);
	assert_non_null(attr(b, 17, &len));
	memcpy(b, good, n);
	ne_fault_break(NE_BAD_ATTR_OVERRUN, b, n);
	assert_int_equal(be(b + be(b + 4, 4) - 8 - 2, 2), 12); /* last one, of 8 octets */
	memcpy(b, good, n);
	m = ne_fault_break(NE_BAD_NO_ATTRIBUTES, b, n);
	assert_int_equal(m, 45);
	assert_memory_equal(b + 40, "hello", 5);
}

static void
test_numbers(void **state)
{
	struct ne_seq *s = ne_seq_new(0xffffffff);
	struct ne_seq_key a = {7, 0, 0, 1}, b = {7, 0, 0, 2}, c = {0, 0, 0, 1};
	uint64_t i;

	(void)state;
	assert_int_equal(ne_seq_next(s, a, 0), 0xffffffff);
	assert_int_equal(ne_seq_next(s, a, 0), 0);
	assert_int_equal(ne_seq_next(s, b, 0), 0xffffffff);
	assert_int_equal(ne_seq_next(s, a, 2), 3);
	for (i = 0; i < 5000; i++) { /* past several enlargements */
		c.corr = i + 100;
		assert_int_equal(ne_seq_next(s, c, 0), 0xffffffff);
	}
	c.corr = 100;
	assert_int_equal(ne_seq_next(s, c, 0), 0);
	assert_int_equal(ne_seq_next(s, a, 0), 4);
	ne_seq_free(s);
}

static void
add(struct ne_queue *q, uint64_t n, size_t len, uint32_t flags)
{
	memset(ne_queue_reserve(q, len), (int)n, len);
	ne_queue_commit(q, len, n, flags, 0);
}

static void
test_queue(void **state)
{
	struct ne_queue q;
	uint64_t n, dropped = 0;

	(void)state;
	ne_queue_init(&q);
	for (n = 0; n < 3000; n++) { /* entries and octets grow, and move to the front */
		add(&q, n, 200, 0);
		if (n % 3 == 2)
			ne_queue_drop(&q, ++dropped);
	}
	assert_int_equal(q.head, 1000);
	assert_int_equal(ne_queue_len(&q), 2000 * 200);
	for (n = q.head; n < q.tail; n++) {
		struct ne_entry *e = ne_queue_entry(&q, n);

		assert_int_equal(e->n, n);
		assert_int_equal(*ne_queue_octets(&q, e->end - 200), (uint8_t)n);
		assert_int_equal(*ne_queue_octets(&q, e->end - 1), (uint8_t)n);
	}
	q.tx = 1500;
	q.tx_off = ne_queue_entry(&q, 1499)->end;
	assert_int_equal(ne_queue_rewind(&q), 500);
	assert_int_equal(q.tx, 1000);
	assert_int_equal(q.tx_off, q.start);
	assert_true(ne_queue_entry(&q, 1499)->flags & NE_Q_SENT);
	assert_false(ne_queue_entry(&q, 1500)->flags & NE_Q_SENT);
	ne_queue_fini(&q);
}

static void
test_specs(void **state)
{
	struct ne_gen_spec g;
	struct ne_fault f;
	const char *why;
	uint8_t id[16];

	(void)state;
	assert_int_equal(ne_opt_generate("format=sip,count=3,rate=2.5,sessions=4", &g, &why), 0);
	assert_int_equal(g.format, 9);
	assert_int_equal(g.type, 1);
	assert_int_equal(g.corr, NE_CORR_CALL);
	assert_int_equal(g.count, 3);
	assert_int_equal(ne_opt_generate("ipv4,size=1400,duration=2", &g, &why), 0);
	assert_int_equal(g.count, 0);
	assert_int_equal(ne_opt_generate("format=1,type=x3", &g, &why), 0);
	assert_int_equal(g.type, 2);
	assert_int_equal(ne_opt_generate("count=3", &g, &why), -EINVAL);
	assert_int_equal(ne_opt_generate("format=nonsense", &g, &why), -EINVAL);
	assert_int_equal(ne_opt_fault("malformed:attr-overrun:12", &f), 0);
	assert_int_equal(f.sub, NE_BAD_ATTR_OVERRUN);
	assert_int_equal(f.at, 12);
	assert_int_equal(ne_opt_fault("gap:3:2", &f), 0);
	assert_int_equal(f.arg, 2);
	assert_int_equal(ne_opt_fault("malformed:nonsense:1", &f), -EINVAL);
	assert_int_equal(ne_opt_fault("", &f), -EINVAL);
	assert_int_equal(ne_attr_uuid("01020304-0506-0708-090a-0b0c0d0e0f10", id), 0);
	assert_memory_equal(id, xid, 16);
	assert_int_equal(ne_attr_uuid("0102", id), -EINVAL);
	assert_int_equal(ne_attr_uuid("01020304-0506-0708-090a-0b0c0d0e0f1", id), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_field),
	    cmocka_unit_test(test_ipv6_and_least),
	    cmocka_unit_test(test_keepalive),
	    cmocka_unit_test(test_bodies),
	    cmocka_unit_test(test_dialog),
	    cmocka_unit_test(test_xiri),
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_radius),
	    cmocka_unit_test(test_dhcp),
	    cmocka_unit_test(test_attributes),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_queue),
	    cmocka_unit_test(test_specs),
	};

	return cmocka_run_group_tests_name("ne", tests, NULL, NULL);
}
