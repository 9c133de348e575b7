/* SPDX-License-Identifier: Apache-2.0 */
/* X2/X3 decoder: PDUs made by an encoder of the test's own, the malformed and borderline cases,
 * splits at every octet, random damage. TS 103 221-2 V1.10.1 clauses 5.2 to 5.4. */
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define HEADER_MAX 65536
#define PAYLOAD_MAX 1048576

struct pdu {
	uint8_t o[4096];
	size_t n;
};

static void
begin(struct pdu *b, uint8_t minor, uint16_t type, uint16_t format, uint16_t direction)
{
	memset(b, 0, sizeof(*b));
	b->o[1] = minor;
	octets_put16(b->o + 2, type);
	octets_put32(b->o + 4, 40);
	octets_put16(b->o + 12, format);
	octets_put16(b->o + 14, direction);
	for (int i = 0; i < 16; i++)
		b->o[16 + i] = (uint8_t)(0xa0 + i);
	octets_put64(b->o + 32, UINT64_C(0x1122334455667788));
	b->n = 40;
}

static void
attr(struct pdu *b, uint16_t type, const void *v, size_t n)
{
	octets_put16(b->o + b->n, type);
	octets_put16(b->o + b->n + 2, (uint16_t)n);
	memcpy(b->o + b->n + 4, v, n);
	b->n += 4 + n;
	octets_put32(b->o + 4, (uint32_t)b->n);
}

static void
payload(struct pdu *b, const void *v, size_t n)
{
	memcpy(b->o + b->n, v, n);
	b->n += n;
	octets_put32(b->o + 8, (uint32_t)n);
}

/* Every attribute once, and an unknown one. */
static void
full(struct pdu *b)
{
	static const uint8_t ip6a[16] = {0x20, 1, 0xd, 0xb8, 1}, ip6b[16] = {0x20, 1, 0xd, 0xb8, 2},
			     axri[28];

	begin(b, 6, X23_TYPE_X3, X23_FMT_IPV4, X23_DIR_TO_TARGET);
	attr(b, 1, "a", 1);
	attr(b, 2, "bc", 2);
	attr(b, 3, "", 0);
	attr(b, 4, "private", 7);
	attr(b, 5, "did-1", 5);
	attr(b, 6, "upf.example", 11);
	attr(b, 7, "poi-7", 5);
	attr(b, 8, "\0\0\1\2", 4);
	attr(b, 9, "\x65\x53\xf1\0\x07\x5b\xcd\x15", 8);
	attr(b, 10, "\x0a\0\0\1", 4);
	attr(b, 11, "\x0a\0\0\2", 4);
	attr(b, 12, ip6a, 16);
	attr(b, 13, ip6b, 16);
	attr(b, 14, "\x13\xc4", 2);
	attr(b, 15, "\x13\xc6", 2);
	attr(b, 16, "\x11", 1);
	attr(b, 17, "<imsi>1</imsi>", 14);
	attr(b, 18, "<imei>2</imei>", 14);
	attr(b, 19, "text/plain", 10);
	attr(b, 20, "8bit", 4);
	attr(b, 21, axri, 28);
	attr(b, 22, "v=0", 3);
	attr(b, 23, "later edition", 13);
	payload(b, "\x45payload", 8);
}

static int
decode(const struct pdu *b, struct x23_pdu *out, size_t *used, enum reject_code *why)
{
	/* exactly as many octets as there are, so that the address sanitizer sees a read too far */
	uint8_t *copy = malloc(b->n ? b->n : 1);
	int r;

	memcpy(copy, b->o, b->n);
	r = x23_pdu_decode((struct octets){copy, b->n}, HEADER_MAX, PAYLOAD_MAX, out, used, why);
	free(copy);
	return r;
}

static enum reject_code
rejected(const struct pdu *b)
{
	struct x23_pdu p;
	enum reject_code why;
	size_t used;
	int r = decode(b, &p, &used, &why);

	if (r == 0)
		return REJECT_NONE;
	assert_int_equal(r, -EINVAL);
	assert_int_equal(used, b->n);
	assert_int_equal(p.type, octets_get16(b->o + 2));
	return why;
}

static int
framing(const struct pdu *b)
{
	struct x23_pdu p;
	enum reject_code why;
	size_t used;

	return decode(b, &p, &used, &why);
}

static void
text_is(struct octets o, const char *s)
{
	assert_true(octets_eq(o, (struct octets){(const uint8_t *)s, strlen(s)}));
}

static void
all_attributes(void **state)
{
	struct pdu b;
	struct x23_pdu p;
	enum reject_code why;
	size_t used, off = 0, n = 0;
	uint16_t type;
	struct octets v;

	(void)state;
	full(&b);
	assert_int_equal(
	    x23_pdu_decode((struct octets){b.o, b.n}, HEADER_MAX, PAYLOAD_MAX, &p, &used, &why), 0);
	assert_int_equal(used, b.n);
	assert_int_equal(p.minor, 6);
	assert_int_equal(p.type, X23_TYPE_X3);
	assert_int_equal(p.format, X23_FMT_IPV4);
	assert_int_equal(p.direction, X23_DIR_TO_TARGET);
	assert_int_equal(p.xid[15], 0xaf);
	assert_true(p.correlation == UINT64_C(0x1122334455667788));
	assert_int_equal(p.present, 0x7ffffe);
	text_is(p.did, "did-1");
	text_is(p.nfid, "upf.example");
	text_is(p.ipid, "poi-7");
	assert_int_equal(p.seq, 0x102);
	assert_int_equal(p.ts_s, 1700000000);
	assert_int_equal(p.ts_ns, 123456789);
	assert_int_equal(p.src.n, 4); /* the first of the two kinds */
	assert_int_equal(p.dst.p[3], 2);
	assert_int_equal(p.src_port, 5060);
	assert_int_equal(p.dst_port, 5062);
	assert_int_equal(p.ip_proto, 17);
	text_is(p.mime_type, "text/plain");
	text_is(p.mime_encoding, "8bit");
	text_is(p.sdp, "v=0");
	text_is(p.payload, "\x45payload");
	assert_int_equal(p.raw.n, b.n);
	while (x23_attr_next(p.attributes, &off, &type, &v))
		assert_int_equal(type, ++n);
	assert_int_equal(n, 23);
	assert_int_equal(off, p.attributes.n);
}

static void
first_counts_repeatables_stay(void **state)
{
	struct pdu b;
	struct x23_pdu p;
	enum reject_code why;
	size_t used;

	(void)state;
	begin(&b, 5, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_FROM_TARGET);
	attr(&b, 8, "\0\0\0\5", 4);
	attr(&b, 8, "\0\0\0\6", 4);
	attr(&b, 8, "x", 1); /* not read any more */
	attr(&b, 6, "one", 3);
	attr(&b, 6, "two", 3);
	attr(&b, 17, "a", 1);
	attr(&b, 17, "b", 1);
	assert_int_equal(
	    x23_pdu_decode((struct octets){b.o, b.n}, HEADER_MAX, PAYLOAD_MAX, &p, &used, &why), 0);
	assert_int_equal(p.seq, 5);
	text_is(p.nfid, "one");
	assert_int_equal(p.payload.n, 0);
}

static void
wrong_lengths(void **state)
{
	static const struct {
		uint16_t type;
		size_t n;
		enum reject_code want;
	} row[] = {{8, 3, REJECT_ATTRIBUTE}, {8, 5, REJECT_ATTRIBUTE}, {8, 0, REJECT_ATTRIBUTE},
	    {8, 8, REJECT_NONE}, {9, 12, REJECT_ATTRIBUTE}, {9, 4, REJECT_ATTRIBUTE},
	    {10, 16, REJECT_ATTRIBUTE}, {11, 3, REJECT_ATTRIBUTE}, {12, 4, REJECT_ATTRIBUTE},
	    {13, 17, REJECT_ATTRIBUTE}, {14, 1, REJECT_ATTRIBUTE}, {15, 4, REJECT_ATTRIBUTE},
	    {16, 0, REJECT_ATTRIBUTE}, {16, 2, REJECT_ATTRIBUTE}, {21, 23, REJECT_ATTRIBUTE},
	    {21, 24, REJECT_NONE}, {21, 28, REJECT_NONE}, {21, 29, REJECT_ATTRIBUTE},
	    {6, 0, REJECT_NONE}, {1, 0, REJECT_NONE}, {23, 0, REJECT_NONE}, {0, 3, REJECT_NONE},
	    {65535, 9, REJECT_NONE}};
	static const uint8_t zero[64];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct pdu b;

		begin(&b, 6, X23_TYPE_X3, X23_FMT_IPV4, X23_DIR_TO_TARGET);
		attr(&b, row[i].type, zero, row[i].n);
		assert_int_equal(rejected(&b), row[i].want);
	}
}

static void
sequence_of_eight_octets(void **state)
{
	struct pdu b;
	struct x23_pdu p;
	enum reject_code why;
	size_t used;

	(void)state;
	begin(&b, 2, X23_TYPE_X3, X23_FMT_IPV4, X23_DIR_TO_TARGET);
	attr(&b, 8, "\1\2\3\4\5\6\7\x08", 8);
	assert_int_equal(decode(&b, &p, &used, &why), 0);
	assert_int_equal(p.seq, 0x05060708);
}

static void
timestamp_nanoseconds(void **state)
{
	struct pdu b;

	(void)state;
	begin(&b, 6, X23_TYPE_X3, X23_FMT_IPV4, X23_DIR_TO_TARGET);
	attr(&b, 9, "\xff\xff\xff\xff\x3b\x9a\xc9\xff", 8);
	assert_int_equal(rejected(&b), REJECT_NONE);
	begin(&b, 6, X23_TYPE_X3, X23_FMT_IPV4, X23_DIR_TO_TARGET);
	attr(&b, 9, "\0\0\0\0\x3b\x9a\xca\0", 8);
	assert_int_equal(rejected(&b), REJECT_ATTRIBUTE);
}

static void
long_names_are_cut(void **state)
{
	struct pdu b;
	struct x23_pdu p;
	enum reject_code why;
	size_t used;
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name));
	begin(&b, 6, X23_TYPE_X3, X23_FMT_IPV4, X23_DIR_TO_TARGET);
	attr(&b, 5, name, 300);
	attr(&b, 6, name, 256);
	attr(&b, 7, name, 255);
	assert_int_equal(decode(&b, &p, &used, &why), 0);
	assert_int_equal(p.did.n, 255);
	assert_int_equal(p.nfid.n, 255);
	assert_int_equal(p.ipid.n, 255);
}

/* Vectors section 4, cases 1 to 3 and 8. */
static void
short_buffers(void **state)
{
	struct pdu b;
	static const size_t n[] = {0, 5, 11, 12, 39};

	(void)state;
	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		begin(&b, 5, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_TO_TARGET);
		b.n = n[i];
		assert_int_equal(framing(&b), -EAGAIN);
	}
}

static void
absurd_lengths(void **state)
{
	static const struct {
		uint32_t header, payload;
		int want;
	} row[] = {{39, 0, -EBADMSG}, {0, 0, -EBADMSG}, {0xffffffff, 0, -EMSGSIZE},
	    {40, 0xffffffff, -EMSGSIZE}, {0xffffffff, 0xffffffff, -EMSGSIZE},
	    {HEADER_MAX + 1, 0, -EMSGSIZE}, {40, PAYLOAD_MAX + 1, -EMSGSIZE},
	    {40, PAYLOAD_MAX, -EAGAIN}, {HEADER_MAX, PAYLOAD_MAX, -EAGAIN},
	    {0xffffffd8, 40, -EMSGSIZE}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct pdu b;

		begin(&b, 6, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_TO_TARGET);
		octets_put32(b.o + 4, row[i].header);
		octets_put32(b.o + 8, row[i].payload);
		assert_int_equal(framing(&b), row[i].want);
		b.n = 12; /* the first 12 octets are enough to refuse */
		assert_int_equal(framing(&b), row[i].want);
	}
	/* limits of the full 32 bits: the sum must not wrap */
	{
		struct pdu b;
		struct x23_pdu p;
		enum reject_code why;
		size_t used;

		begin(&b, 6, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_TO_TARGET);
		octets_put32(b.o + 8, 0xffffffff);
		assert_int_equal(x23_pdu_decode((struct octets){b.o, b.n}, 0xffffffff, 0xffffffff,
				     &p, &used, &why),
		    -EAGAIN);
	}
}

static void
attribute_overrun(void **state)
{
	struct pdu b;

	(void)state;
	for (unsigned cut = 1; cut <= 3;
	     cut++) { /* the length passes the end, or half a TLV header is left */
		begin(&b, 6, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_TO_TARGET);
		attr(&b, 6, "abc", 3);
		octets_put32(b.o + 4, (uint32_t)(b.n - cut));
		payload(&b, "", 0);
		assert_int_equal(framing(&b), -EBADMSG);
		octets_put32(b.o + 4, 40 + cut);
		assert_int_equal(framing(&b), -EBADMSG);
	}
	/* told before the payload is there */
	begin(&b, 6, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_TO_TARGET);
	attr(&b, 6, "abc", 3);
	octets_put16(b.o + 42, 4);
	octets_put32(b.o + 8, 1000);
	assert_int_equal(framing(&b), -EBADMSG);
}

static void
versions(void **state)
{
	struct pdu b;

	(void)state;
	for (unsigned minor = 0; minor < 256; minor++) {
		begin(&b, (uint8_t)minor, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_TO_TARGET);
		assert_int_equal(rejected(&b), REJECT_NONE);
	}
	for (unsigned major = 1; major < 256; major++) {
		begin(&b, 0, X23_TYPE_X2, X23_FMT_SIP, X23_DIR_TO_TARGET);
		b.o[0] = (uint8_t)major;
		assert_int_equal(framing(&b), -ENOTSUP);
	}
}

static void
types_formats_directions(void **state)
{
	static const bool on[2][X23_FMT_N] = {
	    {0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1},
	    {0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1}};
	struct pdu b;

	(void)state;
	for (uint16_t type = 1; type <= 2; type++) {
		for (uint16_t f = 0; f < X23_FMT_N; f++) {
			begin(&b, 6, type, f, X23_DIR_UNKNOWN);
			assert_int_equal(
			    rejected(&b), on[type - 1][f] ? REJECT_NONE : REJECT_FORMAT_TYPE);
		}
		begin(&b, 6, type, 18, X23_DIR_UNKNOWN);
		assert_int_equal(rejected(&b), REJECT_NONE);
		begin(&b, 6, type, 0xffff, X23_DIR_UNKNOWN);
		assert_int_equal(rejected(&b), REJECT_NONE);
		for (uint16_t d = 0; d < 8; d++) {
			begin(&b, 6, type, X23_FMT_IPV6, d);
			assert_int_equal(
			    rejected(&b), d >= 1 && d <= 5 ? REJECT_NONE : REJECT_DIRECTION);
		}
	}
	begin(&b, 6, 0, X23_FMT_IPV4, 1);
	assert_int_equal(rejected(&b), REJECT_TYPE_UNKNOWN);
	begin(&b, 6, 5, X23_FMT_IPV4, 1);
	assert_int_equal(rejected(&b), REJECT_TYPE_UNKNOWN);
}

static void
keepalives(void **state)
{
	struct pdu b;
	struct x23_pdu p;
	enum reject_code why;
	size_t used;
	uint8_t ack[48];

	(void)state;
	begin(&b, 5, X23_TYPE_KEEPALIVE, 1, 0); /* format 1 is seen in the field */
	attr(&b, 8, "\0\0\0\7", 4);
	assert_int_equal(decode(&b, &p, &used, &why), 0);
	assert_int_equal(p.seq, 7);
	begin(&b, 5, X23_TYPE_KEEPALIVE, 0, 0);
	payload(&b, "junk", 4);
	assert_int_equal(decode(&b, &p, &used, &why), 0);
	assert_int_equal(used, 44);
	assert_int_equal(p.present, 0);
	assert_int_equal(p.seq, 0);
	x23_keepalive_ack(5, 7, ack);
	memset(&b, 0, sizeof(b));
	memcpy(b.o, "\0\5\0\4\0\0\0\x30", 8);
	memcpy(b.o + 40, "\0\x08\0\4\0\0\0\7", 8);
	assert_memory_equal(ack, b.o, 48);
}

static void
split_everywhere(void **state)
{
	struct pdu a, b;
	uint8_t two[8192];
	struct x23_pdu p;
	enum reject_code why;
	size_t used;

	(void)state;
	full(&a);
	full(&b);
	memcpy(two, a.o, a.n);
	memcpy(two + a.n, b.o, b.n);
	for (size_t n = 0; n < a.n; n++) {
		uint8_t *part = malloc(n ? n : 1);

		memcpy(part, two, n);
		assert_int_equal(x23_pdu_decode((struct octets){part, n}, HEADER_MAX, PAYLOAD_MAX,
				     &p, &used, &why),
		    -EAGAIN);
		assert_int_equal(used, 0);
		free(part);
	}
	for (size_t n = a.n; n <= a.n + b.n; n++) { /* two PDUs in one read */
		assert_int_equal(x23_pdu_decode((struct octets){two, n}, HEADER_MAX, PAYLOAD_MAX,
				     &p, &used, &why),
		    0);
		assert_int_equal(used, a.n);
	}
}

/* Nothing but clean answers, whatever the octets are. */
static void
random_damage(void **state)
{
	unsigned seed = 20261121;
	struct pdu b;
	struct x23_pdu p;
	enum reject_code why;
	size_t used;

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		int r;

		full(&b);
		for (unsigned k = 0; k < 1 + i % 6; k++) {
			seed = seed * 1103515245 + 12345;
			b.o[(seed >> 16) % b.n] = (uint8_t)(seed >> 8);
		}
		seed = seed * 1103515245 + 12345;
		if (i % 3 == 0)
			b.n = (seed >> 16) % (b.n + 1);
		r = decode(&b, &p, &used, &why);
		assert_true(r == 0 || r == -EAGAIN || r == -EBADMSG || r == -ENOTSUP ||
			    r == -EMSGSIZE || r == -EINVAL);
		assert_true((r == 0 || r == -EINVAL) == (used >= 40));
		assert_true(used <= b.n);
		assert_true((r == -EINVAL) == (why != REJECT_NONE));
	}
}

static void
names(void **state)
{
	(void)state;
	assert_string_equal(x23_type_name(X23_TYPE_X3), "X3");
	assert_string_equal(x23_type_name(99), "?");
	assert_string_equal(x23_format_name(X23_FMT_SIP), "SIP");
	assert_string_equal(x23_format_name(18), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_attributes),
	    cmocka_unit_test(first_counts_repeatables_stay), cmocka_unit_test(wrong_lengths),
	    cmocka_unit_test(sequence_of_eight_octets), cmocka_unit_test(timestamp_nanoseconds),
	    cmocka_unit_test(long_names_are_cut), cmocka_unit_test(short_buffers),
	    cmocka_unit_test(absurd_lengths), cmocka_unit_test(attribute_overrun),
	    cmocka_unit_test(versions), cmocka_unit_test(types_formats_directions),
	    cmocka_unit_test(keepalives), cmocka_unit_test(split_everywhere),
	    cmocka_unit_test(random_damage), cmocka_unit_test(names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
