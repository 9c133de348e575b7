/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon encodes, read by the receiver's decoder, which shares no code with it: every kind
 * at the edges of lengths and numbers must come back without a single violation or remark and with
 * the same values; and each side must understand the other's TRI PDUs. */
#include "lemf_rules.h"
#include "lemf_tri.h"
#include "tests/unit/handover_sample.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof(*(a)))

static struct sample s;
static uint8_t octets[SAMPLE_PDU_MAX];

/* The samples of what is moved as it came are shorter than the modules allow: an IPCC with half an
 * OID, records of TS 33.108 with two members. */
static bool
of_sample(const struct lemf_fault *f, enum li_kind kind)
{
	if (kind == LI_PAYLOAD)
		return !strcmp(f->code, "OID") && strstr(f->where, "iPCCObjId");
	if (kind != LI_EPS_IRI && kind != LI_UMTS_IRI)
		return false;
	return strstr(f->where, "iRI-Begin-record") && f->level == LEMF_ERROR &&
	       (!strcmp(f->code, "MISSING") || !strcmp(f->code, "SIZE") || !strcmp(f->code, "OID"));
}

/* Decode OCTETS strictly; what the sample of KIND itself lacks is left aside. */
static void
read_sample(struct lemf_pdu *p, size_t n, enum li_kind kind)
{
	int rc = lemf_pdu_decode(p, (struct octets){octets, n});
	unsigned faults = 0;

	if (rc == 0)
		lemf_rules_check(p);
	for (unsigned i = 0; i < p->tree.fault_n; i++) {
		const struct lemf_fault *f = &p->tree.faults[i];

		if (of_sample(f, kind))
			continue;
		faults++;
		print_message("# %s at %zu: %s (%s)\n", f->code, f->at, f->what, f->where);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(faults, 0);
}

static void
read_strictly(struct lemf_pdu *p, size_t n)
{
	read_sample(p, n, LI_KIND_N);
}

/* Is the content the event's body, octet for octet? */
static bool
is_moved(enum li_kind kind)
{
	switch (kind) {
	case LI_IP:
	case LI_SIP:
	case LI_RTP:
	case LI_ACCESS:
	case LI_HEADER:
	case LI_SUMMARY:
	case LI_L2:
	case LI_MSRP:
	case LI_UPF:
	case LI_MAIL_CC:
	case LI_MSG_IRI:
	case LI_MSG_CC:
	case LI_OPAQUE:
		return true;
	default:
		return false;
	}
}

/* What the receiver takes the content for; NONE: it depends on the octets. */
static enum lemf_body
body_of(enum li_kind kind)
{
	switch (kind) {
	case LI_IP:
	case LI_HEADER:
	case LI_SUMMARY:
	case LI_EPS_CC:
	case LI_UMTS_CC:
		return LEMF_BODY_IP;
	case LI_SIP:
		return LEMF_BODY_SIP;
	case LI_RTP:
		return LEMF_BODY_RTP;
	case LI_L2:
		return LEMF_BODY_ETHERNET;
	case LI_MSRP:
		return LEMF_BODY_MSRP;
	case LI_XCC:
		return LEMF_BODY_GTPU;
	case LI_MAIL_CC:
		return LEMF_BODY_MAIL;
	case LI_MSG_IRI:
	case LI_MSG_CC:
	case LI_OPAQUE:
		return LEMF_BODY_MESSAGE;
	default:
		return LEMF_BODY_NONE;
	}
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
	if (kind)
		assert_string_equal(it.kind, kind);
	if (s.ev.kind == LI_IP || s.ev.kind == LI_SIP || s.ev.kind == LI_RTP)
		assert_non_null(it.direction);
	if (is_moved(s.ev.kind))
		assert_true(octets_eq(it.content, s.ev.body));
	if (body_of(s.ev.kind) != LEMF_BODY_NONE)
		assert_int_equal(it.body, body_of(s.ev.kind));
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
		read_sample(&p, (size_t)n, kind);
		check(&p, name);
	}
	lemf_pdu_fini(&p);
}

/* The arm that each kind of event goes to; NULL: as it came. */
static const char *
arm_of(enum li_kind kind, enum ho_class class)
{
	switch (kind) {
	case LI_IP:
		return class == HO_IRI ? "iPIRIPacketReport" : "iPCC";
	case LI_SIP:
		return class == HO_IRI ? "iPMMIRI" : "iPMMCC";
	case LI_RTP:
	case LI_MSRP:
		return class == HO_IRI ? "iPMMIRI" : "iPMMCC";
	case LI_XIRI:
		return "threeGPP33128DefinedIRI";
	case LI_ACCESS:
		return "iPIRI";
	case LI_HEADER:
	case LI_SUMMARY:
		return "iPIRIPacketReport";
	case LI_L2:
		return "l2CC";
	case LI_UPF:
	case LI_XCC:
		return "threeGPP33128DefinedCC";
	case LI_EPS_IRI:
		return "ePSIRI";
	case LI_UMTS_IRI:
		return "uMTSIRI";
	case LI_EPS_CC:
		return "ePSCC";
	case LI_UMTS_CC:
		return "uMTSCC";
	case LI_MAIL_IRI:
		return "emailIRI";
	case LI_MAIL_CC:
		return "emailCC";
	case LI_MSG_IRI:
		return "messagingIRI";
	case LI_MSG_CC:
		return "messagingCC";
	case LI_OPAQUE:
		return class == HO_IRI ? "messagingIRI" : "messagingCC";
	case LI_PAYLOAD:
	case LI_KIND_N:
		break;
	}
	return NULL;
}

static void
test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sample_kinds_n; i++) {
		print_message("# %s\n", sample_kinds[i].label);
		run_kind(sample_kinds[i].kind, sample_kinds[i].class,
		    arm_of(sample_kinds[i].kind, sample_kinds[i].class));
	}
}

/* Encrypted by the daemon, opened by the receiver: the PDU that would have been sent in clear. */
static void
test_encrypted(void **state)
{
	static uint8_t clear[SAMPLE_PDU_MAX];
	struct lemf_key key = {.n = 24};
	struct lemf_pdu p;
	uint64_t counter = 0;
	int n, clear_n;

	(void)state;
	for (size_t i = 0; i < key.n; i++)
		key.octets[i] = (uint8_t)(i * 11 + 1);
	for (unsigned type = 3; type <= 4; type++, key.n = 32) {
		struct handover_crypt *crypt = handover_crypt_new((uint8_t)type,
		    (struct octets){key.octets, key.n}, INT64_C(1767225600000000000));

		assert_non_null(crypt);
		counter = UINT64_C(1767225600) << 32;
		lemf_pdu_init(&p);
		for (size_t i = 0; i < sample_kinds_n; i++) {
			sample_init(&s, sample_kinds[i].kind, sample_kinds[i].class, 90 + i);
			s.seq = (uint32_t)i * 77777;
			clear_n = sample_encode(&s, clear);
			s.w.crypt = crypt;
			n = sample_encode(&s, octets);
			assert_true(n > 0 && clear_n > 0);
			p.key = NULL;
			read_strictly(&p, (size_t)n);
			assert_string_equal(p.head.kind, "encryptionContainer");
			p.key = &key;
			read_sample(&p, (size_t)n, s.ev.kind);
			assert_true(p.head.encrypted && p.head.counter == counter);
			assert_true(octets_eq(p.tree.raw, (struct octets){clear, (size_t)clear_n}));
			counter += (uint64_t)clear_n;
			octets[n - 4] ^= 1; /* the last block: padding or content */
			octets[n - 20] ^= 1;
			lemf_pdu_decode(&p, (struct octets){octets, (size_t)n});
			assert_false(
			    p.head.encrypted &&
			    octets_eq(p.tree.raw, (struct octets){clear, (size_t)clear_n}));
			p.key = &(struct lemf_key){.n = key.n};
			assert_int_equal(
			    lemf_pdu_decode(&p, (struct octets){octets, (size_t)n}), -EBADMSG);
			assert_string_equal(p.tree.faults[0].code, "DECRYPT");
		}
		lemf_pdu_fini(&p);
		handover_crypt_free(crypt);
	}
}

static void
test_tri(void **state)
{
	static const enum tri_kind kinds[] = {TRI_TEST_PDU, TRI_PADDING_PDU, TRI_KEEPALIVE,
	    TRI_OPERATOR_LEA_MESSAGE, TRI_FIRST_SEGMENT, TRI_LAST_SEGMENT, TRI_CIN_RESET,
	    TRI_OPTION_REQUEST, TRI_OPTION_COMPLETE, TRI_PDU_ACK_REQUEST};
	static const char *const names[] = {"testPDU", "paddingPDU", "keep-alive",
	    "operatorLeaMessage", "firstSegmentFlag", "lastSegmentFlag", "cINReset",
	    "optionRequest", "optionComplete", "pDUAcknowledgementRequest"};
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

static void
test_hi1(void **state)
{
	struct octets text = {(const uint8_t *)"FAULT 1", 7};
	const struct lemf_node *node;
	struct lemf_pdu p;
	int n;

	(void)state;
	lemf_pdu_init(&p);
	sample_init(&s, LI_IP, HO_CC, 1);
	n = hi1_alarm_encode(
	    &s.w, 7, 0x80000000, text, 1767225600123456789, octets, sizeof(octets));
	assert_true(n > 0);
	read_strictly(&p, (size_t)n);
	assert_int_equal(p.head.cls, LEMF_OTHER);
	assert_string_equal(p.head.kind, "hI1-Operation");
	node = lemf_tree_find(
	    &p.tree, NULL, "payload.hI1-Operation.alarms-indicator.alarm-information");
	assert_non_null(node);
	assert_memory_equal(p.tree.raw.p + node->tlv.at + 2, text.p, text.n);
	node = lemf_tree_find(
	    &p.tree, NULL, "payload.hI1-Operation.alarms-indicator.lawfulInterceptionIdentifier");
	assert_non_null(node);
	assert_memory_equal(p.tree.raw.p + node->tlv.at + 2, s.w.liid, s.w.liid_n);
	assert_non_null(lemf_tree_find(
	    &p.tree, NULL, "payload.hI1-Operation.alarms-indicator.timeStamp.utcTime"));
	assert_int_equal(
	    hi1_alarm_encode(&s.w, 7, 1, (struct octets){text.p, 0}, 0, octets, sizeof(octets)),
	    -EINVAL);
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_encrypted), cmocka_unit_test(test_tri),
	    cmocka_unit_test(test_hi1), cmocka_unit_test(test_answers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
