/* SPDX-License-Identifier: Apache-2.0 */
/* tri_encode(), tri_decode(), handover_inner(), handover_payload_kind(), xiri_parse(): round trips,
 * framing, other forms of length, and octets that were changed at random (fixed seed): no crash, no
 * read outside. */
#include "tests/unit/handover_sample.h"
#include "handover/ber.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "PS-PDU.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define PDU_MAX 65536

static struct sample s;
static uint8_t pdu[SAMPLE_PDU_MAX], again[SAMPLE_PDU_MAX];

static const enum tri_kind kinds[] = {TRI_TEST_PDU, TRI_PADDING_PDU, TRI_KEEPALIVE,
    TRI_KEEPALIVE_RESPONSE, TRI_FIRST_SEGMENT, TRI_LAST_SEGMENT, TRI_CIN_RESET,
    TRI_OPERATOR_LEA_MESSAGE, TRI_OPTION_REQUEST, TRI_OPTION_RESPONSE, TRI_OPTION_COMPLETE,
    TRI_PDU_ACK_REQUEST, TRI_PDU_ACK_RESPONSE};

static struct octets
text(const char *z)
{
	return (struct octets){(const uint8_t *)z, strlen(z)};
}

static int
encode(enum tri_kind kind, uint32_t seq, bool error)
{
	return tri_encode(
	    &s.w, 0, seq, kind, text("a few words"), error, 1767225600123456789, pdu, sizeof(pdu));
}

static PS_PDU_t *
asn1_decode(int n)
{
	PS_PDU_t *p = NULL;
	asn_dec_rval_t rv = ber_decode(NULL, &asn_DEF_PS_PDU, (void **)&p, pdu, (size_t)n);
	asn_enc_rval_t er;

	assert_int_equal(rv.code, RC_OK);
	assert_int_equal(rv.consumed, n);
	er = der_encode_to_buffer(&asn_DEF_PS_PDU, p, again, sizeof(again));
	assert_int_equal(er.encoded, n);
	assert_memory_equal(again, pdu, n);
	return p;
}

static int
decode(const void *p, size_t n, struct tri_pdu *out)
{
	return tri_decode((struct octets){p, n}, PDU_MAX, out);
}

static int
setup(void **state)
{
	(void)state;
	sample_init(&s, LI_IP, HO_CC, 10);
	return 0;
}

/* ---- round trips */

static void
every_kind(void **state)
{
	static const uint32_t seqs[] = {0, 127, 128, 255, 256, 0x80000000, 0xFFFFFFFF};

	(void)state;
	for (size_t k = 0; k < N(kinds); k++) {
		for (size_t i = 0; i < N(seqs); i++) {
			struct tri_pdu t;
			int n = encode(kinds[k], seqs[i], false);

			assert_true(n > 0);
			ASN_STRUCT_FREE(asn_DEF_PS_PDU, asn1_decode(n));
			assert_int_equal(decode(pdu, (size_t)n, &t), n);
			assert_int_equal(t.kind, kinds[k]);
			assert_int_equal(t.seq, seqs[i]);
			assert_int_equal(t.accepts_ack, kinds[k] == TRI_OPTION_RESPONSE);
		}
	}
}

static void
declined_option(void **state)
{
	struct tri_pdu t;
	int n = encode(TRI_OPTION_RESPONSE, 1, true);

	(void)state;
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, asn1_decode(n));
	assert_int_equal(decode(pdu, (size_t)n, &t), n);
	assert_int_equal(t.kind, TRI_OPTION_RESPONSE);
	assert_false(t.accepts_ack);
}

static void
message(void **state)
{
	(void)state;
	for (int error = 0; error < 2; error++) {
		int n = encode(TRI_OPERATOR_LEA_MESSAGE, 1, error);
		PS_PDU_t *p = asn1_decode(n);
		const OperatorLeaMessage_t *m =
		    &p->payload.choice.tRIPayload.choice.operatorLeaMessage;

		assert_int_equal(m->messagePriority, error ? MESSAGE_ERROR : MESSAGE_INFORMATIONAL);
		assert_int_equal(m->message.size, 11);
		assert_memory_equal(m->message.buf, "a few words", 11);
		ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	}
}

/* The octets of payload [2] that peers are known to send. */
static void
known_octets(void **state)
{
	static const uint8_t keepalive[] = {0xA2, 4, 0xA2, 2, 0x83, 0},
			     request[] = {0xA2, 8, 0xA2, 6, 0xA9, 4, 0xA0, 2, 0x80, 0};
	int n = encode(TRI_KEEPALIVE, 1, false);

	(void)state;
	assert_memory_equal(pdu + n - sizeof(keepalive), keepalive, sizeof(keepalive));
	n = encode(TRI_OPTION_REQUEST, 1, false);
	assert_memory_equal(pdu + n - sizeof(request), request, sizeof(request));
}

static void
limits(void **state)
{
	static char long_text[257];
	int n = encode(TRI_KEEPALIVE, 1, false);

	(void)state;
	memset(long_text, 'x', 256);
	for (int cap = 0; cap < n; cap++)
		assert_int_equal(tri_encode(&s.w, 0, 1, TRI_KEEPALIVE, text(""), false,
				     1767225600123456789, pdu, (size_t)cap),
		    -ENOSPC);
	assert_int_equal(tri_encode(&s.w, 0, 1, TRI_OPERATOR_LEA_MESSAGE, text(long_text), false, 0,
			     pdu, sizeof(pdu)),
	    -EINVAL);
	assert_int_equal(
	    tri_encode(&s.w, 0, 1, TRI_OPERATOR_LEA_MESSAGE, text(""), false, 0, pdu, sizeof(pdu)),
	    -EINVAL);
	assert_int_equal(
	    tri_encode(&s.w, 0, 1, (enum tri_kind)14, text(""), false, 0, pdu, sizeof(pdu)),
	    -EINVAL);
}

/* ---- framing */

static void
framing(void **state)
{
	struct tri_pdu t;
	int n = encode(TRI_KEEPALIVE_RESPONSE, 77, false);

	(void)state;
	for (int i = 0; i < n; i++)
		assert_int_equal(decode(pdu, (size_t)i, &t), -EAGAIN);
	memcpy(pdu + n, pdu, (size_t)n);
	assert_int_equal(decode(pdu, (size_t)n * 2, &t), n);
	assert_int_equal(tri_decode((struct octets){pdu, (size_t)n}, (size_t)n - 1, &t), -EMSGSIZE);
	assert_int_equal(decode("\x30\x84\xFF\xFF\xFF\xFF", 6, &t), -EMSGSIZE);
	assert_int_equal(decode("\x30\x88\x00\x00\x00\x00\xFF\xFF\xFF\xFF", 10, &t), -EMSGSIZE);
	assert_int_equal(decode("\x30\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10, &t), -EBADMSG);
	assert_int_equal(decode("\x30\x89", 2, &t), -EBADMSG);
	assert_int_equal(decode("\x31\x00", 2, &t), -EBADMSG);
	assert_int_equal(decode("\x30\x00", 2, &t), -EBADMSG);
	assert_int_equal(decode("GET / HTTP/1.1", 14, &t), -EBADMSG);
}

static void
no_tri(void **state)
{
	struct tri_pdu t;
	int n = sample_encode(&s, pdu);

	(void)state;
	assert_int_equal(decode(pdu, (size_t)n, &t), n);
	assert_int_equal(t.kind, 0);
	assert_int_equal(t.seq, s.seq);
}

/* ---- other forms of length: the same PDU with long or indefinite lengths in every constructed TLV
 */

static size_t
reshape(struct octets in, bool indefinite, uint8_t *out)
{
	struct ber_tlv t;
	size_t n = 0;

	while (ber_next(&in, &t) == 0) {
		size_t id_n = (t.all.p[0] & 31) == 31 ? 2 : 1, at;

		memcpy(out + n, t.all.p, id_n);
		n += id_n;
		if (t.id & BER_CONSTRUCTED) {
			size_t len;

			at = n;
			n += indefinite ? 1 : 3;
			len = reshape(t.content, indefinite, out + n);
			n += len;
			out[at] = indefinite ? 0x80 : 0x82;
			if (indefinite) {
				out[n++] = 0;
				out[n++] = 0;
			} else {
				octets_put16(out + at + 1, (uint16_t)len);
			}
		} else {
			out[n++] = 0x82;
			octets_put16(out + n, (uint16_t)t.content.n);
			n += 2;
			memcpy(out + n, t.content.p, t.content.n);
			n += t.content.n;
		}
	}
	return n;
}

static void
other_lengths(void **state)
{
	(void)state;
	for (int indefinite = 0; indefinite < 2; indefinite++) {
		int n = encode(TRI_OPTION_RESPONSE, 300, false);
		struct tri_pdu t;
		size_t m = reshape((struct octets){pdu, (size_t)n}, indefinite, again);

		for (size_t i = 0; i < m; i++)
			assert_int_equal(decode(again, i, &t), -EAGAIN);
		assert_int_equal(decode(again, m, &t), m);
		assert_int_equal(t.kind, TRI_OPTION_RESPONSE);
		assert_int_equal(t.seq, 300);
		assert_true(t.accepts_ack);
		if (indefinite)
			assert_int_equal(tri_decode((struct octets){again, 40}, 40, &t), -EMSGSIZE);
	}
}

static void
nested_too_deep(void **state)
{
	struct tri_pdu t;
	struct octets deep = {again, 60000};

	(void)state;
	for (size_t i = 0; i < deep.n; i += 2)
		memcpy(again + i, i ? "\xA2\x80" : "\x30\x80", 2);
	assert_int_equal(tri_decode(deep, PDU_MAX, &t), -EAGAIN);
	assert_int_equal(tri_decode(deep, deep.n, &t), -EMSGSIZE);
	memset(again + 30000, 0, 30000); /* now every one is closed */
	assert_true(tri_decode(deep, PDU_MAX, &t) < 0);
	assert_false(ber_sound(deep));
}

/* ---- inner PDUs */

static void
inner(void **state)
{
	static const enum li_kind kind[] = {LI_IP, LI_SIP, LI_RTP, LI_XIRI};
	static const enum ho_class class[] = {HO_CC, HO_IRI, HO_CC, HO_IRI};

	(void)state;
	for (size_t i = 0; i < N(kind); i++) {
		struct octets payload;
		struct sample outer;
		bool is_iri, has_cin;
		uint32_t cin;
		int n, m;

		sample_init(&s, kind[i], class[i], 300);
		s.cin = 0xFFFFFFFF;
		n = sample_encode(&s, pdu);
		assert_int_equal(handover_inner((struct octets){pdu, (size_t)n}, &payload, &is_iri,
				     &has_cin, &cin),
		    0);
		assert_int_equal(is_iri, class[i] == HO_IRI);
		assert_true(has_cin);
		assert_int_equal(cin, s.cin);
		assert_int_equal(handover_payload_kind(payload), is_iri ? 1 : 2);
		assert_ptr_equal(payload.p + payload.n, pdu + n);

		/* and moved under another header */
		sample_init(&outer, LI_PAYLOAD, class[i], 0);
		outer.ev.body = payload;
		m = sample_encode(&outer, again);
		assert_memory_equal(again + m - payload.n, payload.p, payload.n);
	}
}

static void
inner_other(void **state)
{
	struct octets payload;
	bool is_iri, has_cin;
	uint32_t cin;
	int n = encode(TRI_KEEPALIVE, 1, false);

	(void)state;
	assert_int_equal(
	    handover_inner((struct octets){pdu, (size_t)n}, &payload, &is_iri, &has_cin, &cin),
	    -ENOTSUP);
	assert_int_equal(
	    handover_inner((struct octets){pdu, (size_t)n - 1}, &payload, &is_iri, &has_cin, &cin),
	    -EBADMSG);
	assert_int_equal(
	    handover_inner((struct octets){pdu, (size_t)n + 1}, &payload, &is_iri, &has_cin, &cin),
	    -EBADMSG);
}

static void
inner_without_cin(void **state)
{
	static const uint8_t p[] = {0x30, 0x1D, 0xA1, 0x0A, 0xA3, 0x05, 0xA0, 0x03, 0x80, 0x01,
	    0x41, 0x84, 0x01, 0x00, 0xA2, 0x0F, 0xA1, 0x0D, 0x30, 0x0B, 0xA2, 0x09, 0xA2, 0x07,
	    0x80, 0x01, 0x05, 0xA1, 0x02, 0x80, 0x00};
	struct octets payload;
	bool is_iri, has_cin;
	uint32_t cin;

	(void)state;
	assert_int_equal(
	    handover_inner((struct octets){p, sizeof(p)}, &payload, &is_iri, &has_cin, &cin), 0);
	assert_false(has_cin);
	assert_false(is_iri);
}

static void
payload_kinds(void **state)
{
	static const struct {
		const char *p;
		size_t n;
		int rc;
	} t[] = {
	    {"\xA0\x02\x30\x00", 4, 1},
	    {"\xA1\x02\x30\x00", 4, 2},
	    {"\xA1\x80\x30\x80\x00\x00\x00\x00", 8, 2},
	    {"\xA2\x02\x83\x00", 4, 0},
	    {"\xA7\x00", 2, 0},
	    {"\xA0\x00", 2, -EBADMSG},		       /* nothing in it */
	    {"\xA0\x02\x31\x00", 4, -EBADMSG},	       /* not an item */
	    {"\xA0\x02\x30\x01", 4, -EBADMSG},	       /* passes its end */
	    {"\xA0\x02\x30\x00\x00", 5, -EBADMSG},     /* octets behind */
	    {"\xA0\x04\x30\x02\x80\x05", 6, -EBADMSG}, /* a member passes its item */
	    {"\xA8\x00", 2, 0},			       /* an arm of a later version */
	    {"\x30\x00", 2, -EBADMSG},
	    {"\x80\x00", 2, -EBADMSG},
	    {"", 0, -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < N(t); i++)
		assert_int_equal(
		    handover_payload_kind((struct octets){(const uint8_t *)t[i].p, t[i].n}),
		    t[i].rc);
}

/* ---- xIRI */

static void
xiri(void **state)
{
	static const uint32_t arms[] = {1, 6, 30, 31, 127, 128, 161, 190, 5000};

	(void)state;
	for (size_t i = 0; i < N(arms); i++) {
		for (size_t len = 0; len < 70000; len = len * 3 + 41) {
			struct xiri_view x;
			size_t n = sample_xiri(pdu, arms[i], 18, 15, len);
			bool whole;

			assert_int_equal(xiri_parse((struct octets){pdu, n}, &x), 0);
			assert_int_equal(x.event_tag, arms[i]);
			assert_int_equal(x.release, 18);
			assert_int_equal(x.version, 15);
			assert_int_equal(x.oid.n, 5);
			whole = x.event.p + x.event.n == pdu + n;
			assert_true(whole);
			assert_int_equal(xiri_parse((struct octets){pdu, n - 1}, &x), -EBADMSG);
			n = sample_xiri(pdu, arms[i], 18, 15, len);
			pdu[n - len - 1] ^= 1; /* a length inside no longer fits */
			if (len > 0 && len < 127)
				assert_int_equal(xiri_parse((struct octets){pdu, n}, &x), -EBADMSG);
		}
	}
}

static void
xiri_refused(void **state)
{
	struct xiri_view x;
	size_t n = sample_xiri(pdu, 6, 18, 15, 4);
	static const size_t wrong[] = {0, 2, 3, 4, 5, 8, 9, 11};

	(void)state;
	for (size_t i = 0; i < N(wrong); i++) {
		pdu[wrong[i]] ^= 0x40;
		assert_int_equal(xiri_parse((struct octets){pdu, n}, &x), -EBADMSG);
		pdu[wrong[i]] ^= 0x40;
	}
	assert_int_equal(xiri_parse((struct octets){pdu, n}, &x), 0);
	assert_int_equal(xiri_parse((struct octets){pdu, 0}, &x), -EBADMSG);
}

static void
iri_types(void **state)
{
	(void)state;
	assert_int_equal(xiri_iri_type(1), IRI_REPORT);
	assert_int_equal(xiri_iri_type(6), IRI_BEGIN);
	assert_int_equal(xiri_iri_type(7), IRI_CONTINUE);
	assert_int_equal(xiri_iri_type(8), IRI_END);
	assert_int_equal(xiri_iri_type(9), IRI_BEGIN);
	assert_int_equal(xiri_iri_type(10), IRI_REPORT);
	assert_int_equal(xiri_iri_type(178), IRI_END);
	assert_int_equal(xiri_iri_type(181), IRI_BEGIN);
	assert_int_equal(xiri_iri_type(182), IRI_REPORT);
	assert_int_equal(xiri_iri_type(0xFFFFFFFF), IRI_REPORT);
}

/* ---- changed octets */

static uint32_t
next_random(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 16);
}

/* A copy on the heap, so that AddressSanitizer sees one octet too many. */
static void
feed(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	struct octets in = {copy, n}, payload;
	struct xiri_view x;
	struct tri_pdu t;
	bool is_iri, has_cin;
	uint32_t cin;
	int used;

	assert_non_null(copy);
	memcpy(copy, p, n);
	used = tri_decode(in, PDU_MAX, &t);
	assert_true(used < 0 || (size_t)used <= n);
	if (handover_inner(in, &payload, &is_iri, &has_cin, &cin) == 0)
		assert_true(payload.p >= copy && payload.p + payload.n <= copy + n);
	handover_payload_kind(in);
	if (xiri_parse(in, &x) == 0)
		assert_true(x.event.p >= copy && x.event.p + x.event.n <= copy + n);
	sample_init(&s, LI_XIRI, HO_IRI, 0);
	s.ev.body = in;
	sample_encode(&s, pdu);
	s.ev.body = (struct octets){s.body, sample_xiri(s.body, 6, 18, 15, 3)};
	s.pdu.attributes = in;
	assert_true(sample_encode(&s, pdu) > 0);
	free(copy);
}

static void
changed(void **state)
{
	static uint8_t base[8][1024], work[1100];
	size_t n[8];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		int len = encode(kinds[i * 2 + 1], 1000 + (uint32_t)i, false);

		memcpy(base[i], pdu, (size_t)len);
		n[i] = (size_t)len;
	}
	for (size_t i = 4; i < 6; i++) {
		sample_init(&s, i == 4 ? LI_SIP : LI_XIRI, HO_IRI, 60);
		n[i] = (size_t)sample_encode(&s, base[i]);
	}
	n[6] = sample_xiri(base[6], 144, 18, 15, 30);
	memcpy(base[7], s.pdu.attributes.p, s.pdu.attributes.n);
	n[7] = s.pdu.attributes.n;
	for (size_t i = 0; i < 60000; i++) {
		size_t b = i % 8, len = n[b];

		memcpy(work, base[b], len);
		for (uint32_t c = next_random() % 4 + 1; c > 0; c--) {
			size_t at = next_random() % len;

			work[at] = next_random() & 1
				       ? (uint8_t)next_random()
				       : (uint8_t)(work[at] ^ 1u << next_random() % 8);
		}
		if (next_random() % 8 == 0)
			len = next_random() % (len + 1);
		feed(work, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(every_kind, setup),
	    cmocka_unit_test_setup(declined_option, setup),
	    cmocka_unit_test_setup(message, setup),
	    cmocka_unit_test_setup(known_octets, setup),
	    cmocka_unit_test_setup(limits, setup),
	    cmocka_unit_test_setup(framing, setup),
	    cmocka_unit_test_setup(no_tri, setup),
	    cmocka_unit_test_setup(other_lengths, setup),
	    cmocka_unit_test_setup(nested_too_deep, setup),
	    cmocka_unit_test_setup(inner, setup),
	    cmocka_unit_test_setup(inner_other, setup),
	    cmocka_unit_test_setup(inner_without_cin, setup),
	    cmocka_unit_test_setup(payload_kinds, setup),
	    cmocka_unit_test_setup(xiri, setup),
	    cmocka_unit_test_setup(xiri_refused, setup),
	    cmocka_unit_test_setup(iri_types, setup),
	    cmocka_unit_test_setup(changed, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
