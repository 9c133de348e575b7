/* SPDX-License-Identifier: Apache-2.0 */
/* The mappers at their edges: values that no type holds, absent members, what is refused, and that
 * the choices of the header comments are what comes out. */
#include "tests/unit/handover_sample.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "PS-PDU.h"

static struct sample s;
static uint8_t pdu[SAMPLE_PDU_MAX], again[SAMPLE_PDU_MAX];
static PS_PDU_t *p;

#define same(a, b) (assert_int_equal((a).size, (b).n), assert_memory_equal((a).buf, (b).p, (b).n))
#define OCTETS(s) ((struct octets){(const uint8_t *)(s), sizeof(s) - 1})

static void
let_go(void)
{
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	p = NULL;
}

/* Encode S; decode it into P; its values keep to their types; asn1c encodes it to the same octets.
 */
static void
through(void)
{
	int n = sample_encode(&s, pdu);
	asn_dec_rval_t rv;
	asn_enc_rval_t er;
	char why[256];
	size_t why_n = sizeof(why);

	let_go();
	assert_true(n > 0);
	rv = ber_decode(NULL, &asn_DEF_PS_PDU, (void **)&p, pdu, (size_t)n);
	assert_int_equal(rv.code, RC_OK);
	assert_int_equal(rv.consumed, n);
	if (asn_check_constraints(&asn_DEF_PS_PDU, p, why, &why_n) < 0)
		fail_msg("%s", why);
	er = der_encode_to_buffer(&asn_DEF_PS_PDU, p, again, sizeof(again));
	assert_int_equal(er.encoded, n);
	assert_memory_equal(again, pdu, (size_t)n);
}

static const IRIContents_t *
iri(void)
{
	through();
	return &p->payload.choice.iRIPayloadSequence.list.array[0]->iRIContents;
}

static void
nasty(void **state)
{
	size_t n = 0;

	(void)state;
	while (sample_nasty(&s, n)) {
		through();
		n++;
	}
	assert_true(n > 200);
	let_go();
}

static void
header_members(void **state)
{
	const CommunicationIdentifier_t *c;

	(void)state;
	for (int i = 0; i < 4; i++) {
		sample_init(&s, i & 1 ? LI_SIP : LI_IP, i & 1 ? HO_IRI : HO_CC, 10);
		s.ev.link_cin = 0x80000001;
		s.ev.copy = i & 2;
		through();
		c = &p->pSHeader.communicationIdentifier;
		if (i & 1) {
			assert_int_equal(c->cINExtension->present, CorrelationValues_PR_iri_to_iri);
			same(c->cINExtension->choice.iri_to_iri, OCTETS("\x80\0\0\1"));
		} else {
			assert_null(c->cINExtension); /* only HI2 carries links */
		}
		if (i & 2)
			same(*p->pSHeader.interceptionPointID, OCTETS("COPY"));
		else
			assert_null(p->pSHeader.interceptionPointID);
	}
	let_go();
}

/* An item of an aggregated PDU: the contents of the PDU of its own, and a time. */
static void
items(void **state)
{
	static uint8_t item[SAMPLE_PDU_MAX];
	struct ho_record rec;

	(void)state;
	for (size_t i = 0; i < sample_kinds_n * 2; i++) {
		const struct sample_kind *k = &sample_kinds[i / 2];
		bool is_iri = k->class == HO_IRI;
		int n;

		sample_init(&s, k->kind, k->class, 50);
		s.gtime = i & 1;
		sample_warrant(&s);
		n = handover_item(&s.w, s.cin, s.seq, &s.ev, item, sizeof(item));
		assert_true(n > 0);
		assert_int_equal(handover_group(&s.w, s.cin, s.seq, is_iri,
				     (struct octets){item, (size_t)n}, &s.ev, s.ev.time_ns, &rec),
		    0);
		n = 0;
		memcpy(pdu, rec.head.p, rec.head.n);
		memcpy(pdu + rec.head.n, rec.body.p, rec.body.n);
		memcpy(pdu + rec.head.n + rec.body.n, rec.tail.p, rec.tail.n);
		n = (int)(rec.head.n + rec.body.n + rec.tail.n);
		let_go();
		assert_int_equal(
		    ber_decode(NULL, &asn_DEF_PS_PDU, (void **)&p, pdu, (size_t)n).code, RC_OK);
		assert_int_equal(
		    der_encode_to_buffer(&asn_DEF_PS_PDU, p, again, sizeof(again)).encoded, n);
		assert_memory_equal(again, pdu, (size_t)n);
		if (k->kind == LI_PAYLOAD)
			continue; /* items with the times that they came with */
		if (is_iri) {
			const IRIPayload_t *x = p->payload.choice.iRIPayloadSequence.list.array[0];

			assert_true(
			    s.gtime ? x->timeStamp != NULL : x->microSecondTimeStamp != NULL);
			assert_int_equal(*x->timeStampQualifier, s.ev.ts_qualifier);
		} else {
			const CCPayload_t *x = p->payload.choice.cCPayloadSequence.list.array[0];

			assert_true(
			    s.gtime ? x->timeStamp != NULL : x->microSecondTimeStamp != NULL);
			assert_int_equal(*x->timeStampQualifier, s.ev.ts_qualifier);
		}
	}
	let_go();
}

/* ---- choices */

static void
access_choices(void **state)
{
	const IPIRIContents_t *i;

	(void)state;
	sample_init(&s, LI_ACCESS, HO_IRI, 0);
	s.access.network_id = OCTETS("a network access server of 34 oct.");
	s.access.pop_mac.n = 0;
	s.access.cpe_id = OCTETS("\xC3\xA4\xFF\xC3");
	s.access.ip4.n = 0;
	s.access.ip_version = 255;
	i = &iri()->choice.iPIRI.iPIRIContents;
	same(*i->targetNetworkID, OCTETS("a network access ser"));
	same(i->pOPIdentifier->choice.printableIDType, s.access.network_id);
	same(*i->targetCPEID, OCTETS("\xC3\xA4??"));
	assert_int_equal(i->iPVersion, 2);
	same(i->targetIPAddress->iP_value.choice.iPBinaryAddress, s.access.ip6);
	assert_int_equal(*i->targetIPAddress->iPv6PrefixLength, 64);
	assert_null(i->additionalIPAddress);
	assert_null(i->rawAAAData);
	let_go();
}

/* Larger than our module's bound: not checked against it, only decoded. */
static void
octets_of_64_bits(void **state)
{
	static const uint8_t most[] = {0, 255, 255, 255, 255, 255, 255, 255, 255};
	const IPIRIContents_t *i;
	int n;

	(void)state;
	sample_init(&s, LI_ACCESS, HO_IRI, 0);
	s.access.octets_in = UINT64_MAX;
	n = sample_encode(&s, pdu);
	assert_int_equal(
	    ber_decode(NULL, &asn_DEF_PS_PDU, (void **)&p, pdu, (size_t)n).code, RC_OK);
	i = &p->payload.choice.iRIPayloadSequence.list.array[0]
		 ->iRIContents.choice.iPIRI.iPIRIContents;
	same(*i->octetsReceived, ((struct octets){most, sizeof(most)}));
	let_go();
}

static void
parties(void **state)
{
	const MessagingIRI_t *m;
	const Messaging_Party_Information_t *x;

	(void)state;
	sample_init(&s, LI_MSG_IRI, HO_IRI, 0);
	s.message.party_n = 1;
	s.message.party[0].arm = 6; /* an IMSI of nine octets */
	s.message.party[0].identity = OCTETS("123456789");
	s.message.party[0].qualifier = 9;
	m = &iri()->choice.messagingIRI;
	x = m->party_information->list.array[0];
	assert_int_equal(x->party_qualifier, 0);
	assert_int_equal(x->party_identity.present, Messaging_Party_Identity_PR_alphanumeric);
	same(x->party_identity.choice.alphanumeric, OCTETS("123456789"));
	s.message.party[0].identity.n = 0;
	m = &iri()->choice.messagingIRI;
	x = m->party_information->list.array[0];
	assert_int_equal(x->party_identity.present, Messaging_Party_Identity_PR_alphanumeric);
	assert_int_equal(x->party_identity.choice.alphanumeric.size, 0);
	let_go();
}

static void
sequences(void **state)
{
	const MessagingCC_t *m;

	(void)state;
	sample_init(&s, LI_MSG_CC, HO_CC, 10);
	for (int i = 0; i < 4; i++) {
		s.message.in_sequence = i & 1;
		s.message.sequence_end = i & 2;
		through();
		m = &p->payload.choice.cCPayloadSequence.list.array[0]
			 ->cCContents.choice.messagingCC;
		assert_int_equal(m->sequence_number != NULL, i & 1);
		assert_int_equal(m->end_of_sequence != NULL, i == 3); /* DEFAULT FALSE */
	}
	let_go();
}

/* The number of the made CC-PDU has 16 bits; QFI has six. */
static void
narrow_numbers(void **state)
{
	static const uint8_t seq[] = {0x85, 0x03, 0x00, 0xFF, 0xFE, 0x86}, qfi[] = {0x82, 1, 63};
	int n;

	(void)state;
	sample_init(&s, LI_EPS_CC, HO_CC, 100);
	s.body[0] = 0x45;
	s.seq = 0x12FFFE;
	n = sample_encode(&s, pdu);
	assert_non_null(memmem(pdu, (size_t)n, seq, sizeof(seq)));
	sample_init(&s, LI_UPF, HO_CC, 1);
	s.upf.qfi = 63;
	n = sample_encode(&s, pdu);
	assert_memory_equal(pdu + n - sizeof(qfi), qfi, sizeof(qfi));
	s.upf.qfi = 64;
	n = sample_encode(&s, pdu);
	assert_int_equal(pdu[n - 1], s.body[0]);
}

/* What is not UTF-8: overlong forms, surrogates, beyond U+10FFFF, cut short. */
static void
texts(void **state)
{
	static const struct {
		struct octets in, out;
	} t[] = {
	    {OCTETS("a\xED\xA0\x80"), OCTETS("a???")},
	    {OCTETS("\xED\x9F\xBF"), OCTETS("\xED\x9F\xBF")},
	    {OCTETS("\xC1\xBF"), OCTETS("??")},
	    {OCTETS("\xE0\x9F\xBF"), OCTETS("???")},
	    {OCTETS("\xF0\x8F\xBF\xBF"), OCTETS("????")},
	    {OCTETS("\xF4\x8F\xBF\xBF"), OCTETS("\xF4\x8F\xBF\xBF")},
	    {OCTETS("\xF4\x90\x80\x80"), OCTETS("????")},
	    {OCTETS("\xF5\x80\x80\x80"), OCTETS("????")},
	    {OCTETS("\xE2\x82"), OCTETS("??")},
	    {OCTETS("0123456789012345678\xC3\xA4"), OCTETS("0123456789012345678")},
	    {OCTETS("01234567890123456789x"), OCTETS("01234567890123456789")},
	};

	(void)state;
	sample_init(&s, LI_ACCESS, HO_IRI, 0);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		s.access.network_id = t[i].in;
		same(*iri()->choice.iPIRI.iPIRIContents.targetNetworkID, t[i].out);
	}
	let_go();
}

static void
webmail_has_no_aaa(void **state)
{
	(void)state;
	sample_init(&s, LI_MAIL_IRI, HO_IRI, 0);
	s.mail.protocol = 4;
	assert_null(iri()->choice.emailIRI.aAAInformation);
	s.mail.protocol = 77;
	assert_int_equal(iri()->choice.emailIRI.protocol_ID, 255);
	let_go();
}

/* ---- what is refused */

static void
details_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sample_kinds_n; i++) {
		sample_init(&s, sample_kinds[i].kind, sample_kinds[i].class, 10);
		if (!s.ev.detail)
			continue;
		s.ev.detail = NULL;
		assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
	}
}

static void
details_out_of_range(void **state)
{
	(void)state;
	sample_init(&s, LI_UPF, HO_CC, 10);
	for (int arm = 0; arm < 256; arm++) {
		s.upf.arm = (uint8_t)arm;
		assert_int_equal(
		    sample_encode(&s, pdu) > 0, arm == 1 || arm == 2 || arm == 4 || arm == 6);
	}
	s.upf.arm = 2;
	for (int payload = 0; payload < 256; payload++) {
		s.upf.payload = (uint8_t)payload;
		assert_int_equal(sample_encode(&s, pdu) > 0, payload >= 1 && payload <= 3);
	}
	sample_init(&s, LI_SUMMARY, HO_IRI, 10);
	for (int t = 0; t < 256; t++) {
		s.summary.trigger = (uint8_t)t;
		assert_int_equal(sample_encode(&s, pdu) > 0, t >= 1 && t <= 10);
	}
	sample_init(&s, LI_MAIL_IRI, HO_IRI, 10);
	for (int e = 0; e < 256; e++) {
		s.mail.event = (uint8_t)e;
		assert_int_equal(sample_encode(&s, pdu) > 0, e >= 1 && e <= 9);
	}
}

/* Every (kind, class) pair: the table has what sample_kinds says, voice as CC, nothing else. */
static void
pairs(void **state)
{
	(void)state;
	for (int kind = 0; kind < LI_KIND_N + 3; kind++) {
		for (int class = 0; class < HO_CLASS_N + 1; class ++) {
			bool known = kind == LI_PAYLOAD && class < HO_JOURNAL;

			for (size_t i = 0; i < sample_kinds_n; i++)
				known |=
				    (int)sample_kinds[i].kind == kind &&
				    ((int)sample_kinds[i].class == class ||
					(class == HO_VOICE && sample_kinds[i].class == HO_CC) ||
					(class == HO_CC && sample_kinds[i].class == HO_VOICE));
			sample_init(&s, (enum li_kind)kind, (enum ho_class) class, 10);
			assert_int_equal(sample_encode(&s, pdu) == -ENOTSUP, !known);
		}
	}
}

/* What came encoded: one octet less, one more, and no octet at all. */
static void
encoded_bodies(void **state)
{
	static const enum li_kind kinds[] = {
	    LI_XIRI, LI_XCC, LI_EPS_IRI, LI_UMTS_IRI, LI_EPS_CC, LI_UMTS_CC};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum ho_class class = kinds[i] == LI_XCC || kinds[i] >= LI_EPS_CC ? HO_CC : HO_IRI;

		sample_init(&s, kinds[i], class, 40);
		assert_true(sample_encode(&s, pdu) > 0);
		for (size_t n = 0; n < s.ev.body.n; n++) {
			struct octets whole = s.ev.body;

			s.ev.body.n = n;
			assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
			s.ev.body = whole;
		}
		s.body[s.ev.body.n++] = 0;
		assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
	}
	sample_init(&s, LI_EPS_CC, HO_CC, 40);
	s.body[0] = 0x50; /* IP version 5 */
	assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
	s.body[0] = 0x45;
	assert_true(sample_encode(&s, pdu) > 0);
	sample_init(&s, LI_EPS_CC, HO_CC, 40);
	memcpy(s.body + s.ev.body.n, "\x83\0", 2); /* a member more than a CC-PDU has */
	s.body[1] = (uint8_t)(s.body[1] + 2);
	s.ev.body.n += 2;
	assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
	sample_init(&s, LI_UMTS_CC, HO_CC, 40);
	s.body[0] = 0x45; /* made for EPS only */
	assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
}

static void
too_much(void **state)
{
	static uint8_t text[HANDOVER_HEAD_MAX];

	(void)state;
	sample_init(&s, LI_UPF, HO_CC, 10);
	s.upf.arm = 6;
	s.upf.sdp = (struct octets){text, sizeof(text)};
	assert_int_equal(sample_encode(&s, pdu), -EMSGSIZE);
	sample_init(&s, LI_ACCESS, HO_IRI, 10);
	s.access.username = (struct octets){text, sizeof(text)};
	assert_int_equal(sample_encode(&s, pdu), -EMSGSIZE);
}

/* ---- readers of what came encoded */

static int
type_of(const char *octets, size_t n)
{
	return iri33108_type((struct octets){(const uint8_t *)octets, n});
}
#define TYPE(s) type_of(s, sizeof(s) - 1)

static void
types_of_33108(void **state)
{
	(void)state;
	assert_int_equal(TYPE("\xA1\x00"), IRI_BEGIN);
	assert_int_equal(TYPE("\xA2\x00"), IRI_END);
	assert_int_equal(TYPE("\xA3\x03\x81\x01x"), IRI_CONTINUE);
	assert_int_equal(TYPE("\xA4\x00"), IRI_REPORT);
	assert_int_equal(TYPE("\x30\x04\xA4\x00\xA4\x00"), IRI_REPORT);
	assert_int_equal(TYPE("\x30\x04\xA1\x00\xA3\x00"), IRI_BEGIN);
	assert_int_equal(TYPE("\x30\x04\xA3\x00\xA2\x00"), IRI_END);
	assert_int_equal(TYPE("\x30\x04\xA1\x00\xA2\x00"), IRI_REPORT);
	assert_int_equal(TYPE("\x30\x04\xA3\x00\xA4\x00"), IRI_CONTINUE);
	assert_int_equal(TYPE("\x30\x80\xA2\x00\x00\x00"), IRI_END);
	assert_int_equal(TYPE(""), -EBADMSG);
	assert_int_equal(TYPE("\x30\x00"), -EBADMSG);
	assert_int_equal(TYPE("\xA0\x00"), -EBADMSG);
	assert_int_equal(TYPE("\xA5\x00"), -EBADMSG);
	assert_int_equal(TYPE("\x81\x00"), -EBADMSG);
	assert_int_equal(TYPE("\xA1\x00\xA2\x00"), -EBADMSG);
	assert_int_equal(TYPE("\x30\x04\xA1\x00\xA0\x00"), -EBADMSG);
	assert_int_equal(TYPE("\xA1\x02\x81\x05"), -EBADMSG);
}

static void
xcc(void **state)
{
	static const uint8_t kinds[] = {1, 2, 3, 4, 5};
	uint8_t in[] = {0x30, 0x0E, 0x81, 5, 4, 0x13, 16, 9, 2, 0xA2, 5, 0xA6, 3, 0x81, 1, 'x'};
	struct xcc_view x;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds); i++) {
		in[8] = kinds[i];
		assert_int_equal(xcc_parse((struct octets){in, sizeof(in)}, &x),
		    kinds[i] == 2 || kinds[i] == 4 ? 0 : -EBADMSG);
	}
	in[8] = 2;
	assert_int_equal(xcc_parse((struct octets){in, sizeof(in)}, &x), 0);
	assert_int_equal(x.arm, 6);
	assert_int_equal(x.release, 16);
	assert_int_equal(x.version, 9);
	assert_ptr_equal(x.pdu.p, in + 9);
	assert_int_equal(x.pdu.n, 7);
	for (size_t n = 0; n < sizeof(in); n++)
		assert_int_equal(xcc_parse((struct octets){in, n}, &x), -EBADMSG);
	in[14] = 2; /* the innermost length */
	assert_int_equal(xcc_parse((struct octets){in, sizeof(in)}, &x), -EBADMSG);
}

static void
services(void **state)
{
	(void)state;
	assert_int_equal(xiri_service(1), SERVICE_ANY);
	assert_int_equal(xiri_service(6), SERVICE_DATA);
	assert_int_equal(xiri_service(12), SERVICE_MESSAGING);
	assert_int_equal(xiri_service(13), SERVICE_LALS);
	assert_int_equal(xiri_service(35), SERVICE_MESSAGING);
	assert_int_equal(xiri_service(36), SERVICE_PTT);
	assert_int_equal(xiri_service(53), SERVICE_PTT);
	assert_int_equal(xiri_service(54), SERVICE_ANY);
	assert_int_equal(xiri_service(105), SERVICE_VOICE);
	assert_int_equal(xiri_service(141), SERVICE_RCS | SERVICE_MESSAGING);
	assert_int_equal(xiri_service(180), SERVICE_DATA);
	assert_int_equal(xiri_service(190), SERVICE_ANY);
	assert_int_equal(xiri_service(0), SERVICE_ANY);
	assert_int_equal(xiri_service(UINT32_MAX), SERVICE_ANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nasty),
	    cmocka_unit_test(header_members),
	    cmocka_unit_test(items),
	    cmocka_unit_test(access_choices),
	    cmocka_unit_test(octets_of_64_bits),
	    cmocka_unit_test(parties),
	    cmocka_unit_test(sequences),
	    cmocka_unit_test(narrow_numbers),
	    cmocka_unit_test(texts),
	    cmocka_unit_test(webmail_has_no_aaa),
	    cmocka_unit_test(details_missing),
	    cmocka_unit_test(details_out_of_range),
	    cmocka_unit_test(pairs),
	    cmocka_unit_test(encoded_bodies),
	    cmocka_unit_test(too_much),
	    cmocka_unit_test(types_of_33108),
	    cmocka_unit_test(xcc),
	    cmocka_unit_test(services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
