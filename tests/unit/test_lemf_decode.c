/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver's decoder on octets made here: reference layout of an IPCC PS-PDU, every length
 * form, every truncation, violations with their offsets, unknown members, changed octets; and the
 * receiver's answers. */
#include "lemf_packet.h"
#include "lemf_pdu.h"
#include "lemf_session.h"
#include "lemf_tri.h"

#include <assert.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct msg {
	uint8_t p[4096];
	size_t n;
};

/* Octets from text: hex pairs, blanks ignored; braces stand for a short length and the contents
 * that it counts. */
static struct msg
hex(const char *text)
{
	struct msg m = {.n = 0};
	size_t open[32], depth = 0;
	unsigned v;

	for (; *text; text++) {
		if (*text == '{') {
			open[depth++] = m.n++;
		} else if (*text == '}') {
			depth--;
			m.p[open[depth]] = (uint8_t)(m.n - open[depth] - 1);
			assert_true(m.n - open[depth] - 1 < 128);
		} else if (*text != ' ' && sscanf(text, "%2x", &v) == 1) {
			m.p[m.n++] = (uint8_t)v;
			text++;
		}
	}
	return m;
}

static struct octets
view(const struct msg *m)
{
	return (struct octets){m->p, m->n};
}

/* 202 octets: LIID "LIID0001", operator "oper01", NE "ne000001", CIN 0x01020304, seq 5, 100-octet
 * packet. */
static struct msg
reference(void)
{
	struct msg m =
	    hex("30 81C7 A1 4A 80 07 04000202 05012B 81 08 4C49494430303031 82 02 4E4C A3 1E A0 12 "
		"80 06 6F7065723031 81 08 6E65303030303031"
		" 81 04 01020304 82 02 4E4C 84 01 05 A7 0B 80 04 6553F100 81 03 03D090 88 01 01"
		" A2 79 A1 77 30 75 80 01 00 A2 70 A2 6E 80 04 05031402 A1 66 80 64"
		" 45000064 00000000 4011 0000 C0A80001 C0A80002 1388 0050 0050 0000");

	while (m.n < 202)
		m.p[m.n++] = 0x5a;
	return m;
}

static size_t
put_len(uint8_t *p, size_t n, int form)
{
	if (form == 0x82) {
		p[0] = 0x82;
		octets_put16(p + 1, (uint16_t)n);
		return 3;
	}
	if (n < 0x80) {
		p[0] = (uint8_t)n;
		return 1;
	}
	p[0] = 0x82;
	octets_put16(p + 1, (uint16_t)n);
	return 3;
}

/* Write the elements of IN again with another form of length for constructed ones: 0x80 indefinite,
 * 0x82 fixed. */
static size_t
reform(struct octets in, uint8_t *out, int form)
{
	size_t at = 0, n = 0, inner;
	struct lemf_ber_error err;
	struct lemf_tlv t;
	uint8_t buf[4096];

	for (; at < in.n; at += t.total_len) {
		assert_int_equal(lemf_ber_read(in, at, in.n, &t, &err), 0);
		out[n++] = in.p[at];
		if (!t.constructed) {
			n += put_len(out + n, t.val.n, 0);
			memcpy(out + n, t.val.p, t.val.n);
			n += t.val.n;
			continue;
		}
		inner = reform(t.val, buf, form);
		if (form == 0x80)
			out[n++] = 0x80;
		else
			n += put_len(out + n, inner, form);
		memcpy(out + n, buf, inner);
		n += inner;
		if (form == 0x80) {
			out[n++] = 0;
			out[n++] = 0;
		}
	}
	return n;
}

static void
check_reference(struct lemf_pdu *p)
{
	struct lemf_item it;
	struct lemf_ip ip;
	char text[200];

	assert_string_equal(p->head.liid_text, "LIID0001");
	assert_true(
	    p->head.has_cin && p->head.cin == 0x01020304 && p->head.has_seq && p->head.seq == 5);
	assert_true(p->head.time_us == INT64_C(0x6553F100) * 1000000 + 0x03D090);
	assert_int_equal(p->head.cls, LEMF_CC);
	assert_true(lemf_pdu_item(p, NULL, &it));
	assert_string_equal(it.kind, "iPCC");
	assert_string_equal(it.oid, "5.3.20.2");
	assert_string_equal(it.direction, "fromTarget");
	assert_int_equal(it.content.n, 100);
	assert_true(lemf_packet_ip(it.content, &ip));
	assert_string_equal(
	    lemf_packet_tuple(&ip, text, sizeof(text)), "192.168.0.1:5000 > 192.168.0.2:80 udp");
	assert_string_equal(lemf_node_oid(lemf_tree_find(&p->tree, NULL, "pSHeader.li-psDomainId"),
				text, sizeof(text)),
	    "0.4.0.2.2.5.1.43");
	assert_false(lemf_pdu_item(p, it.node, &it));
}

static void
test_reference(void **state)
{
	struct msg m = reference();
	struct lemf_ber_error err;
	struct lemf_pdu p;
	size_t len;

	(void)state;
	lemf_pdu_init(&p);
	assert_int_equal(m.n, 202);
	assert_int_equal(lemf_ber_split(view(&m), &len, &err), 0);
	assert_int_equal(len, 202);
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_int_equal(p.tree.fault_n, 0);
	check_reference(&p);
	lemf_pdu_fini(&p);
}

static void
test_length_forms(void **state)
{
	static const int forms[] = {0x80, 0x82};
	struct msg m = reference(), other;
	struct lemf_ber_error err;
	struct lemf_pdu p;
	size_t len;

	(void)state;
	lemf_pdu_init(&p);
	for (size_t i = 0; i < 2; i++) {
		other.n = reform(view(&m), other.p, forms[i]);
		assert_int_equal(lemf_ber_split(view(&other), &len, &err), 0);
		assert_int_equal(len, other.n);
		assert_int_equal(lemf_pdu_decode(&p, view(&other)), 0);
		check_reference(&p);
		assert_true(p.tree.level_n[LEMF_REMARK] > 5);
		assert_int_equal(p.tree.level_n[LEMF_ERROR] + p.tree.level_n[LEMF_BROKEN], 0);
		assert_string_equal(
		    p.tree.faults[0].code, forms[i] == 0x80 ? "BER-INDEFINITE" : "BER-LONG-LEN");
	}
	lemf_pdu_fini(&p);
}

static void
test_truncations(void **state)
{
	struct msg m = reference(), forms[3];
	struct lemf_ber_error err;
	struct lemf_pdu p;
	size_t len;

	(void)state;
	forms[0] = m;
	forms[1].n = reform(view(&m), forms[1].p, 0x80);
	forms[2].n = reform(view(&m), forms[2].p, 0x82);
	lemf_pdu_init(&p);
	for (size_t f = 0; f < 3; f++)
		for (size_t n = 0; n < forms[f].n; n++) {
			uint8_t *exact = malloc(n + 1);
			struct octets cut = {exact, n};
			int rc;

			memcpy(exact, forms[f].p, n);
			rc = lemf_ber_split(cut, &len, &err);
			assert_true(rc == -EAGAIN || (rc == 0 && len > n));
			assert_int_equal(lemf_pdu_decode(&p, cut), -EBADMSG);
			assert_true(p.tree.level_n[LEMF_BROKEN] > 0 && p.tree.faults[0].at <= n);
			free(exact);
		}
	lemf_pdu_fini(&p);
}

/* M decodes with a fault CODE at octet AT. */
static void
expect(const struct msg *m, const char *code, size_t at)
{
	struct lemf_pdu p;
	bool found = false;

	lemf_pdu_init(&p);
	lemf_pdu_decode(&p, view(m));
	for (unsigned i = 0; i < p.tree.fault_n; i++)
		found =
		    found || (!strcmp(p.tree.faults[i].code, code) && p.tree.faults[i].at == at);
	if (!found)
		for (unsigned i = 0; i < p.tree.fault_n; i++)
			print_message("# %s at %zu %s\n", p.tree.faults[i].code,
			    p.tree.faults[i].at, p.tree.faults[i].where);
	assert_true(found);
	lemf_pdu_fini(&p);
}

#define HEAD "80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 "

static void
test_violations(void **state)
{
	struct msg m;

	(void)state;
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 03 "
		"000005 } A2 04 A2 02 83 00 }");
	expect(&m, "INT-LONG", 28);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 05 "
		"0100000000 } A2 04 A2 02 83 00 }");
	expect(&m, "INT-RANGE", 28);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 01 "
		"FF } A2 04 A2 02 83 00 }");
	expect(&m, "INT-NEGATIVE", 28);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 } A2 04 "
		"A2 02 83 00 }");
	expect(&m, "MISSING", 28);
	m = hex("30 { A1 { 80 07 0400020205022B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 01 "
		"05 } A2 04 A2 02 83 00 }");
	expect(&m, "OID", 4);
	m = hex("30 { A1 { 80 07 0400020205012B 81 00 A3 0A A0 05 80 03 616263 81 01 07 84 01 05 } "
		"A2 04 A2 02 83 00 }");
	expect(&m, "SIZE", 13);
	m = hex("30 { A1 { 80 07 0400020205012B 84 01 05 81 01 4C A3 0A A0 05 80 03 616263 81 01 "
		"07 } A2 04 A2 02 83 00 }");
	expect(&m, "ORDER", 16);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 01 "
		"05 } A2 05 A2 03 83 01 00 }");
	expect(&m, "NULL", 35);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 01 "
		"05 } A2 04 A2 02 83 00 } 00");
	expect(&m, "TRAILING", 37);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 01 "
		"05 } A2 04 A2 02 83 00 9F 1F 01 00 }");
	expect(&m, "UNKNOWN", 37);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 01 "
		"05 82 02 4E2A } A2 04 A2 02 83 00 }");
	expect(&m, "CHARSET", 31);
	m = hex("30 { A1 { 80 07 0400020205012B 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 81 "
		"05 } A2 04 A2 02 83 00 }");
	expect(&m, "BER-PAST-END", 28);
}

/* Unknown members and alternatives, and members of later versions, are no fault. */
static void
test_tolerance(void **state)
{
	struct msg m = hex("30 { A1 { " HEAD "84 01 05 9F1F 02 4142 BF20 03 80 01 00 }"
			   " A2 { A1 { 30 { 80 01 04 A2 { BF33 02 0500 } 88 01 00 } } } }");
	struct lemf_pdu p;
	struct lemf_item it;

	(void)state;
	lemf_pdu_init(&p);
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_int_equal(p.tree.level_n[LEMF_ERROR], 0);
	assert_int_equal(p.tree.level_n[LEMF_REMARK], 4);
	assert_true(lemf_pdu_item(&p, NULL, &it));
	assert_string_equal(it.direction, "notapplicable");
	assert_string_equal(it.kind, "?");
	/* A LIID in two segments, a version with one more arc. */
	m = hex("30 { A1 { 80 09 0400020205011100FF 81 01 4C A3 0A A0 05 80 03 616263 81 01 07 84 "
		"01 05 88 01 7F 9F 1F 00 } A2 04 A2 02 83 00 }");
	m.p[14] = 0x01; /* ...17.0.1 */
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_true(p.head.keepalive && p.head.seq == 5);
	assert_int_equal(p.tree.level_n[LEMF_ERROR], 0);
	m = hex("30 { A1 { 80 07 0400020205012B A1 06 04 01 4C 04 01 4D A3 0A A0 05 80 03 616263 "
		"81 01 07 84 01 05 } A2 04 A2 02 83 00 }");
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_string_equal(p.head.liid_text, "LM");
	lemf_pdu_fini(&p);
}

static void
test_33128(void **state)
{
	/* IRIPayload {OID 4.19.19.3.3, event [105] {...}, targetIdentifiers {iMSI, matchedOn}} in
	 * threeGPP33128DefinedIRI [19]. */
	struct msg m = hex(
	    "30 { A1 { " HEAD "84 01 05 } A2 { A0 { 30 { 80 01 04 A2 { 93 { 30 { 81 05 0413130303 "
	    "A2 { BF69 { A1 { A1 { A1 { 81 04 C0000201 } A2 { 81 04 C0000202 } 83 03 534950 } } "
	    "82 01 01 } }"
	    " A3 { 30 { A1 { 82 0F 323034303431323334353637383930 } 82 01 03 } } } } } } } } }");
	struct lemf_pdu p;
	struct lemf_item it;
	const struct lemf_node *n;

	(void)state;
	lemf_pdu_init(&p);
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_int_equal(p.tree.fault_n, 0);
	assert_true(lemf_pdu_item(&p, NULL, &it));
	assert_string_equal(it.kind, "threeGPP33128DefinedIRI");
	assert_string_equal(it.oid, "4.19.19.3.3");
	assert_string_equal(it.event, "iMSMessage");
	assert_int_equal(it.event_tag, 105);
	assert_string_equal(it.iri_type, "iRI-Report");
	n = lemf_tree_find(&p.tree, it.node,
	    "iRIContents.threeGPP33128DefinedIRI.IRIPayload.targetIdentifiers.IRITargetIdentifier."
	    "identifier.iMSI");
	assert_non_null(n);
	assert_memory_equal(n->val.p, "204041234567890", 15);
	/* CCPayload {OID 4.19.19.3.4, extendedUPFCCPDU {uPFIPCC, qFI 9}} in [23]. */
	m = hex("30 { A1 { " HEAD "84 01 05 } A2 { A1 { 30 { 80 01 01 A2 { 97 { 30 { 81 05 "
		"0413130304 A2 { A2 { A1 { 81 09 450000090000000040 }"
		" 82 01 09 } } } } } } } } }");
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_int_equal(p.tree.fault_n, 0);
	assert_true(lemf_pdu_item(&p, NULL, &it));
	assert_string_equal(it.event, "extendedUPFCCPDU");
	assert_int_equal(it.body, LEMF_BODY_IP);
	assert_int_equal(it.content.n, 9);
	assert_string_equal(it.oid, "4.19.19.3.4");
	lemf_pdu_fini(&p);
}

static void
test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {{"20261121100000Z", INT64_C(1795255200000000)},
	    {"20261121100000.5Z", INT64_C(1795255200500000)},
	    {"20261121110000.000001+0100", INT64_C(1795255200000001)},
	    {"20261121100000", INT64_C(1795255200000000)}};
	static const char *const bad[] = {"", "2026112110000Z", "20261321100000Z",
	    "20261121250000Z", "20261121100000X", "20261121100000+01"};
	int64_t us;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(
		    lemf_time_us(
			(struct octets){(const uint8_t *)good[i].text, strlen(good[i].text)}, &us),
		    0);
		assert_true(us == good[i].us);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    lemf_time_us((struct octets){(const uint8_t *)bad[i], strlen(bad[i])}, &us),
		    -EINVAL);
}

/* The answers decode as what they are, with the header of the request. */
static void
test_answers(void **state)
{
	struct msg m = hex("30 { A1 { " HEAD "84 01 05 } A2 04 A2 02 83 00 }"),
		   want = hex("30 { A1 { " HEAD "84 01 05 } A2 04 A2 02 84 00 }");
	struct lemf_pdu p, q;
	uint8_t *out;
	size_t n;

	(void)state;
	lemf_pdu_init(&p);
	lemf_pdu_init(&q);
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_int_equal(lemf_tri_wanted(&p), LEMF_TRI_KEEPALIVE_RESPONSE);
	out = lemf_tri_encode(&p, LEMF_TRI_KEEPALIVE_RESPONSE, 5, true, &n);
	assert_int_equal(n, want.n);
	assert_memory_equal(out, want.p, n);
	free(out);
	out = lemf_tri_encode(&p, LEMF_TRI_KEEPALIVE_RESPONSE, UINT32_MAX, true, &n);
	assert_int_equal(lemf_pdu_decode(&q, (struct octets){out, n}), 0);
	assert_int_equal(q.tree.fault_n, 0);
	assert_true(q.head.seq == UINT32_MAX);
	free(out);
	/* An unknown option is declined, the known one accepted. */
	m = hex("30 { A1 { " HEAD "84 01 05 } A2 { A9 06 A0 04 80 00 85 00 } }");
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_int_equal(lemf_tri_wanted(&p), LEMF_TRI_NONE);
	m = hex("30 { A1 { " HEAD "84 01 05 } A2 { A2 { A9 { A0 { 80 00 85 00 } } } } }");
	assert_int_equal(lemf_pdu_decode(&p, view(&m)), 0);
	assert_int_equal(lemf_tri_wanted(&p), LEMF_TRI_OPTION_RESPONSE);
	out = lemf_tri_encode(&p, LEMF_TRI_OPTION_RESPONSE, 5, true, &n);
	want = hex("A2 0C A2 0A AA 08 A0 02 80 00 A1 02 85 00");
	assert_memory_equal(out + n - want.n, want.p, want.n);
	free(out);
	lemf_pdu_fini(&p);
	lemf_pdu_fini(&q);
}

static uint32_t
next_random(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s;
}

static void
look_at_all(struct lemf_pdu *p)
{
	struct lemf_item it;
	struct lemf_ip ip;
	struct lemf_rtp rtp;
	struct octets inner;
	char a[64], b[16];

	for (bool more = lemf_pdu_item(p, NULL, &it); more; more = lemf_pdu_item(p, it.node, &it)) {
		if (lemf_packet_ip(it.content, &ip))
			lemf_packet_tuple(&ip, a, sizeof(a));
		lemf_packet_rtp(it.content, &rtp);
		lemf_packet_gtpu(it.content, &inner);
		lemf_packet_sip(it.content, a, sizeof(a), b, sizeof(b));
	}
}

/* Changed, cut and doubled octets: nothing but a verdict may come of it. */
static void
test_mutations(void **state)
{
	struct msg seeds[4];
	struct lemf_pdu p;
	uint32_t rnd = 0x20261121;
	unsigned good = 0;

	(void)state;
	seeds[0] = reference();
	seeds[1].n = reform(view(&seeds[0]), seeds[1].p, 0x80);
	seeds[2] = hex(
	    "30 { A1 { " HEAD "84 01 05 } A2 { A0 { 30 { 80 01 04 A2 { 93 { 30 { 81 05 0413130303 "
	    "A2 { BF69 { A1 { A1 { A1 { 81 04 C0000201 } A2 { 81 04 C0000202 } 83 03 534950 } } "
	    "82 01 01 } }"
	    " A3 { 30 { A1 { 82 0F 323034303431323334353637383930 } 82 01 03 } } } } } } } } }");
	seeds[3] = hex("30 { A1 { " HEAD "84 01 05 } A2 { A2 { A9 { A0 { 80 00 85 00 } } } } }");
	lemf_pdu_init(&p);
	for (unsigned i = 0; i < 60000; i++) {
		const struct msg *m = &seeds[i & 3];
		size_t n = m->n, out;
		uint8_t *exact, *answer;

		if (next_random(&rnd) % 4 == 0)
			n = next_random(&rnd) % (m->n + 1);
		exact = malloc(n + 1);
		memcpy(exact, m->p, n);
		for (unsigned k = next_random(&rnd) % 4 + 1; k > 0 && n > 0; k--)
			exact[next_random(&rnd) % n] = next_random(&rnd) & 1
							   ? (uint8_t)next_random(&rnd)
							   : (uint8_t)(0x80 | (rnd & 7));
		good += lemf_pdu_decode(&p, (struct octets){exact, n}) == 0;
		look_at_all(&p);
		if (lemf_tri_wanted(&p) != LEMF_TRI_NONE) {
			answer = lemf_tri_encode(&p, lemf_tri_wanted(&p), p.head.seq, i & 4, &out);
			free(answer);
		}
		free(exact);
	}
	assert_true(good > 1000);
	lemf_pdu_fini(&p);
}

/* Deep nesting and floods of elements end in a verdict. */
static void
test_hostile(void **state)
{
	struct lemf_ber_error err;
	struct lemf_pdu p;
	uint8_t *big = malloc(3u << 20);
	size_t len, n = 0;

	(void)state;
	lemf_pdu_init(&p);
	memset(big, 0x80, 3u << 20);
	for (size_t i = 0; i < 2000; i += 2)
		big[i] = i ? 0xa0 : 0x30;
	assert_int_equal(lemf_ber_split((struct octets){big, 2000}, &len, &err), -EBADMSG);
	assert_string_equal(err.code, "BER-DEEP");
	/* 1.4 million sequence numbers in one integrityCheck. */
	memcpy(big, "\x30\x84\0\x2f\xff\xfa", 6);
	n = 6;
	memcpy(big + n,
	    "\xa2\x84\0\x2f\xff\xf4\xa2\x84\0\x2f\xff\xee\xa0\x84\0\x2f\xff\xe8\xa0\x84\0\x2f\xff"
	    "\xe2",
	    24);
	n += 24;
	for (; n + 3 <= 3u << 20; n += 3)
		memcpy(big + n, "\2\1\1", 3);
	memset(big + n, 0, (3u << 20) - n);
	lemf_pdu_decode(&p, (struct octets){big, 3u << 20});
	assert_true(p.tree.node_n <= LEMF_NODES_MAX);
	lemf_pdu_fini(&p);
	free(big);
}

static void
add(struct lemf_sessions *s, struct lemf_pdu *p, const char *liid, uint32_t cin,
    enum lemf_class cls, uint32_t seq, uint64_t conn, const char *octets)
{
	struct lemf_record rec = {.n = s->entry_n,
	    .conn = conn,
	    .time_ns = 1000,
	    .raw = {(const uint8_t *)octets, strlen(octets)}};

	p->head = (struct lemf_head){
	    .has_cin = true, .cin = cin, .has_seq = true, .seq = seq, .cls = cls, .time_us = seq};
	snprintf(p->head.liid_text, sizeof(p->head.liid_text), "%s", liid);
	lemf_sessions_add(&rec, p, 0, s);
}

static void
test_sessions(void **state)
{
	struct lemf_sessions s = {0};
	struct lemf_pdu p;

	(void)state;
	lemf_pdu_init(&p);
	for (uint32_t i = 0; i < 500; i++)
		add(&s, &p, "many", i, LEMF_CC, i & 1, 1, "x");
	add(&s, &p, "a", 9, LEMF_CC, 0, 1, "zero");
	add(&s, &p, "a", 9, LEMF_CC, 5, 1, "five");
	add(&s, &p, "a", 9, LEMF_CC, 5, 2, "five");
	add(&s, &p, "a", 9, LEMF_CC, 5, 2, "other");
	add(&s, &p, "a", 9, LEMF_CC, 3, 2, "three");
	add(&s, &p, "a", 9, LEMF_IRI, UINT32_MAX, 2, "last");
	lemf_sessions_sort(&s);
	assert_int_equal(s.n, 501);
	assert_string_equal(s.list[0].liid, "a");
	assert_int_equal(s.list[0].series[LEMF_CC].missing_n, 3);
	assert_int_equal(s.list[0].series[LEMF_CC].gap_n, 2);
	assert_int_equal(s.list[0].series[LEMF_CC].duplicate_n, 1);
	assert_int_equal(s.list[0].series[LEMF_CC].conflict_n, 1);
	assert_int_equal(s.list[0].series[LEMF_CC].order_n, 1);
	assert_int_equal(s.list[0].series[LEMF_CC].same_conn_n, 1);
	assert_true(s.list[0].series[LEMF_IRI].missing_n == UINT32_MAX);
	assert_int_equal(s.list[2].series[LEMF_CC].missing_n, 1);
	assert_int_equal(s.list[1].series[LEMF_CC].missing_n, 0);
	lemf_sessions_fini(&s);
	lemf_pdu_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_reference),
	    cmocka_unit_test(test_length_forms), cmocka_unit_test(test_truncations),
	    cmocka_unit_test(test_violations), cmocka_unit_test(test_tolerance),
	    cmocka_unit_test(test_33128), cmocka_unit_test(test_times),
	    cmocka_unit_test(test_answers), cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_hostile), cmocka_unit_test(test_sessions)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
