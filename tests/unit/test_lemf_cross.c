/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon encodes, read by the receiver's decoder, which shares no code with it: every kind
 * at the edges of lengths and numbers must come back without a single violation or remark and with
 * the same values; and each side must understand the other's TRI PDUs. */
#include "lemf_rules.h"
#include "lemf_tri.h"
#include "tests/unit/handover_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof(*(a)))

static struct sample s;
static uint8_t octets[SAMPLE_PDU_MAX];

/* Decode OCTETS strictly. */
static void
read_strictly(struct lemf_pdu *p, size_t n)
{
	int rc = lemf_pdu_decode(p, (struct octets){octets, n});

	if (rc == 0)
		lemf_rules_check(p);
	for (unsigned i = 0; i < p->tree.fault_n; i++)
		print_message("# %s at %zu: %s (%s)\n", p->tree.faults[i].code,
		    p->tree.faults[i].at, p->tree.faults[i].what, p->tree.faults[i].where);
	assert_int_equal(rc, 0);
	assert_int_equal(p->tree.fault_n, 0);
}

static void
check(struct lemf_pdu *p, const char *kind)
{
	struct lemf_item it;

	assert_int_equal(p->head.cls, s.ev.class == HO_IRI ? LEMF_IRI : LEMF_CC);
	assert_true(octets_eq(p->head.liid, s.liid));
	assert_true(p->head.has_cin && p->head.cin == s.cin);
	assert_true(p->head.has_seq && p->head.seq == s.seq);
	assert_true(p->head.time_us == s.ev.time_ns / 1000);
	assert_true(lemf_pdu_item(p, NULL, &it));
	assert_string_equal(it.kind, kind);
	if (s.ev.kind == LI_IP || s.ev.kind == LI_SIP || s.ev.kind == LI_RTP) {
		assert_true(octets_eq(it.content, s.ev.body));
		assert_non_null(it.direction);
	}
	if (s.ev.kind == LI_XIRI)
		assert_string_equal(it.event, "pDUSessionEstablishment");
}

static void
run_kind(enum li_kind kind, enum ho_class class, const char *name)
{
	static const uint32_t numbers[] = {0, 127, 128, 255, 256, 0x80000000, 0xFFFFFFFF};
	static const size_t lengths[] = {1, 100, 127, 128, 255, 256, 1400, 65535};
	static uint8_t id[255];
	struct lemf_pdu p;
	int n;

	memset(id, 'i', sizeof(id));
	lemf_pdu_init(&p);
	for (size_t i = 0; i < N(numbers) * N(lengths); i++) {
		sample_init(&s, kind, class, lengths[i % N(lengths)]);
		s.seq = numbers[i % N(numbers)];
		s.cin = numbers[i / N(lengths)];
		s.ev.direction = i % 5;
		s.pdu.nfid = (struct octets){id, i % 3 * 127};
		s.pdu.ipid = (struct octets){id, i % 2 * 255};
		s.delivery_cc = i % 2 ? "BE" : NULL;
		s.auth_cc = i % 3 ? "NL" : NULL;
		s.gtime = i % 4 == 0;
		sample_warrant(&s);
		n = sample_encode(&s, octets);
		assert_true(n > 0);
		read_strictly(&p, (size_t)n);
		check(&p, name);
	}
	lemf_pdu_fini(&p);
}

static void
test_kinds(void **state)
{
	(void)state;
	run_kind(LI_IP, HO_CC, "iPCC");
	run_kind(LI_SIP, HO_IRI, "iPMMIRI");
	run_kind(LI_RTP, HO_VOICE, "iPMMCC");
	run_kind(LI_XIRI, HO_IRI, "threeGPP33128DefinedIRI");
}

static void
test_tri(void **state)
{
	static const enum tri_kind kinds[] = {TRI_TEST_PDU, TRI_PADDING_PDU, TRI_KEEPALIVE,
	    TRI_OPERATOR_LEA_MESSAGE, TRI_OPTION_REQUEST, TRI_OPTION_COMPLETE, TRI_PDU_ACK_REQUEST};
	static const char *const names[] = {"testPDU", "paddingPDU", "keep-alive",
	    "operatorLeaMessage", "optionRequest", "optionComplete", "pDUAcknowledgementRequest"};
	struct octets text = {(const uint8_t *)"quota", 5};
	struct lemf_pdu p;

	(void)state;
	lemf_pdu_init(&p);
	sample_init(&s, LI_IP, HO_CC, 1);
	for (size_t i = 0; i < N(kinds); i++) {
		int n = tri_encode(&s.w, 0, 0x80000000, kinds[i], text, true, 1767225600123456789,
		    octets, sizeof(octets));

		assert_true(n > 0);
		read_strictly(&p, (size_t)n);
		assert_int_equal(p.head.cls, LEMF_TRI);
		assert_string_equal(p.head.kind, names[i]);
		assert_true(p.head.seq == 0x80000000);
	}
	lemf_pdu_fini(&p);
}

/* The receiver's answers, read by the daemon. */
static void
test_answers(void **state)
{
	static const struct {
		enum tri_kind ask, answer;
	} pairs[] = {{TRI_KEEPALIVE, TRI_KEEPALIVE_RESPONSE},
	    {TRI_OPTION_REQUEST, TRI_OPTION_RESPONSE}, {TRI_PDU_ACK_REQUEST, TRI_PDU_ACK_RESPONSE}};
	struct lemf_pdu p;

	(void)state;
	lemf_pdu_init(&p);
	sample_init(&s, LI_IP, HO_CC, 1);
	for (size_t i = 0; i < N(pairs) * 2; i++) {
		bool accept = i % 2;
		int n = tri_encode(&s.w, 0, 300, pairs[i / 2].ask, (struct octets){NULL, 0}, false,
		    1767225600123456789, octets, sizeof(octets));
		struct tri_pdu got;
		uint8_t *answer;
		size_t len;

		read_strictly(&p, (size_t)n);
		answer = lemf_tri_encode(&p, lemf_tri_wanted(&p), p.head.seq, accept, &len);
		assert_non_null(answer);
		assert_int_equal(tri_decode((struct octets){answer, len}, 65536, &got), len);
		assert_int_equal(got.kind, pairs[i / 2].answer);
		assert_int_equal(got.seq, 300);
		if (got.kind == TRI_OPTION_RESPONSE)
			assert_int_equal(got.accepts_ack, accept);
		free(answer);
	}
	lemf_pdu_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds), cmocka_unit_test(test_tri),
	    cmocka_unit_test(test_answers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
