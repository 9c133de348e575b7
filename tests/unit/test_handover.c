/* SPDX-License-Identifier: Apache-2.0 */
/* handover_encode() for every kind over a grid of values: decoded with asn1c, every field compared,
 * and encoded again by asn1c to the same octets. */
#include "tests/unit/handover_check.h"
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_3.h"
#include "spec/ts102232_5.h"
#include "spec/ts103221_2.h"
#include "spec/ts133128.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

#include "PS-PDU.h"
#include "TS33128IRIPayload.h"

static struct sample s;
static uint8_t pdu[SAMPLE_PDU_MAX], again[SAMPLE_PDU_MAX];

static const uint32_t numbers[] = {0, 1, 127, 128, 255, 256, 0x80000000, 0xFFFFFFFF};
static const size_t lengths[] = {0, 1, 100, 127, 128, 255, 256, 1400, 65535, 70000};
static const int64_t times_ns[] = {0, 999999, 1767225600000000000, 1767225600999999999,
    2147483647999999000, 2147483648000000000, 4294967295000001000};
#define N(a) (sizeof(a) / sizeof((a)[0]))
#define same(a, b) (assert_int_equal((a).size, (b).n), assert_memory_equal((a).buf, (b).p, (b).n))

static void *
decode(asn_TYPE_descriptor_t *td, const uint8_t *p, size_t n)
{
	void *st = NULL;
	asn_dec_rval_t rv = ber_decode(NULL, td, &st, p, n);

	assert_int_equal(rv.code, RC_OK);
	assert_int_equal(rv.consumed, n);
	return st;
}

static void
encodes_to(asn_TYPE_descriptor_t *td, void *st, const uint8_t *p, size_t n)
{
	asn_enc_rval_t rv = der_encode_to_buffer(td, st, again, sizeof(again));

	assert_int_equal(rv.encoded, n);
	assert_memory_equal(again, p, n);
}

/* ---- what the decoded PDU must hold */

static void
check_time(const PSHeader_t *h)
{
	int64_t t = s.ev.time_ns;
	char text[32];
	time_t sec = (time_t)(t / 1000000000);
	const struct tm *tm = gmtime(&sec);

	assert_int_equal(*h->timeStampQualifier, s.ev.ts_qualifier);
	if (!s.gtime) {
		assert_null(h->timeStamp);
		assert_int_equal(h->microSecondTimeStamp->seconds, t / 1000000000);
		assert_int_equal(h->microSecondTimeStamp->microSeconds, t % 1000000000 / 1000);
		return;
	}
	assert_null(h->microSecondTimeStamp);

	strftime(text, sizeof(text), "%Y%m%d%H%M%S", tm);
	snprintf(text + 14, sizeof(text) - 14, ".%06uZ", (unsigned)(t % 1000000000 / 1000));
	assert_int_equal(h->timeStamp->size, strlen(text));
	assert_memory_equal(h->timeStamp->buf, text, strlen(text));
}

static void
check_id(const OCTET_STRING_t *got, struct octets want)
{
	if (want.n == 0) {
		assert_null(got);
		return;
	}
	if (want.n > 255)
		want.n = 255;
	same(*got, want);
}

static void
check_country(const PrintableString_t *got, const char *want)
{
	if (want)
		same(*got, ((struct octets){(const uint8_t *)want, 2}));
	else
		assert_null(got);
}

static void
check_header(const PSHeader_t *h)
{
	static const uint8_t oid[] = {TS102232_1_DOMAIN_OID, TS102232_1_VERSION};
	const CommunicationIdentifier_t *c = &h->communicationIdentifier;

	assert_int_equal(h->li_psDomainId.size, sizeof(oid));
	assert_memory_equal(h->li_psDomainId.buf, oid, sizeof(oid));
	same(h->lawfulInterceptionIdentifier, s.liid);
	check_country(h->authorizationCountryCode, s.auth_cc);
	same(c->networkIdentifier.operatorIdentifier, s.op);
	if (s.neid.n > 0)
		same(*c->networkIdentifier.networkElementIdentifier, s.neid);
	else
		assert_null(c->networkIdentifier.networkElementIdentifier);
	assert_int_equal(*c->communicationIdentityNumber, s.cin);
	check_country(c->deliveryCountryCode, s.delivery_cc);
	assert_int_equal(h->sequenceNumber, s.seq);
	assert_null(h->interceptionPointID);
	check_time(h);
	check_id(h->extendedInterceptionPointID, s.pdu.ipid);
	check_id(h->networkFunctionIdentifier, s.pdu.nfid);
}

static void
check_ipcc(const CCContents_t *c)
{
	static const uint8_t oid[] = {TS102232_3_IPCC_OID};

	assert_int_equal(c->present, CCContents_PR_iPCC);
	assert_memory_equal(c->choice.iPCC.iPCCObjId.buf, oid, sizeof(oid));
	assert_int_equal(c->choice.iPCC.iPCCContents.present, IPCCContents_PR_iPPackets);
	same(c->choice.iPCC.iPCCContents.choice.iPPackets, s.ev.body);
}

static void
check_ipmmcc(const CCContents_t *c)
{
	static const uint8_t oid[] = {TS102232_5_IPMMCC_OID};
	const IPMMCC_t *m = &c->choice.iPMMCC;

	assert_int_equal(c->present, CCContents_PR_iPMMCC);
	assert_memory_equal(m->iPMMCCObjId.buf, oid, sizeof(oid));
	same(m->mMCCContents, s.ev.body);
	assert_int_equal(*m->frameType, FRAME_RTP);
	assert_int_equal(*m->mMCCprotocol, MMCC_RTP);
	if (s.ev.body.n >= 12)
		same(*m->streamIdentifier, ((struct octets){s.ev.body.p + 8, 4}));
	else
		assert_null(m->streamIdentifier);
}

static void
check_address(const IPAddress_t *a, struct octets want, struct octets other)
{
	static const uint8_t zero[16];
	const OCTET_STRING_t *v = &a->iP_value.choice.iPBinaryAddress;

	assert_int_equal(a->iP_value.present, IP_value_PR_iPBinaryAddress);
	if (want.n == 0) {
		want = (struct octets){zero, other.n == 16 ? 16 : 4};
		assert_int_equal(*a->iP_assignment, ADDRESS_ASSIGNMENT_NOT_KNOWN);
	} else {
		assert_null(a->iP_assignment);
	}
	same(*v, want);
	assert_int_equal(a->iP_type, want.n == 16 ? ADDRESS_IPV6 : ADDRESS_IPV4);
	if (want.n == 16)
		assert_int_equal(*a->iPv6PrefixLength, 128);
	else
		assert_null(a->iPv6PrefixLength);
}

static void
check_sip(const IRIPayload_t *i)
{
	static const uint8_t oid[] = {TS102232_5_IPMMIRI_OID};
	const IPMMIRI_t *m = &i->iRIContents.choice.iPMMIRI;
	const IPMMSIPMessage_t *sip = &m->iPMMIRIContents.choice.sIPMessage;

	assert_int_equal(i->iRIContents.present, IRIContents_PR_iPMMIRI);
	assert_int_equal(*i->payloadDirection, s.ev.direction);
	assert_memory_equal(m->iPMMIRIObjId.buf, oid, sizeof(oid));
	assert_int_equal(m->iPMMIRIContents.present, IPMMIRIContents_PR_sIPMessage);
	same(sip->sIPContent, s.ev.body);
	check_address(&sip->iPSourceAddress, s.pdu.src, s.pdu.dst);
	check_address(&sip->iPDestinationAddress, s.pdu.dst, s.pdu.src);
}

static void
check_targets(const TS33128IRIPayload_t *p)
{
	const IRITargetIdentifier_t *first, *second;

	assert_int_equal(p->targetIdentifiers->list.count, 2);
	first = p->targetIdentifiers->list.array[0];
	second = p->targetIdentifiers->list.array[1];
	assert_int_equal(*first->provenance, PROVENANCE_MATCHED_ON);
	assert_int_equal(first->identifier.present, TS33128TargetIdentifier_PR_sUPI);
	same(first->identifier.choice.sUPI.choice.iMSI,
	    ((struct octets){(const uint8_t *)"00101000000004", 14}));
	assert_int_equal(*second->provenance, PROVENANCE_OTHER);
	assert_int_equal(second->identifier.present, TS33128TargetIdentifier_PR_iMPU);
	same(second->identifier.choice.iMPU.choice.tELURI,
	    ((struct octets){(const uint8_t *)"tel:+999000111", 14}));
}

static void
check_xiri(const IRIPayload_t *i)
{
	const OCTET_STRING_t *in = &i->iRIContents.choice.threeGPP33128DefinedIRI;
	TS33128IRIPayload_t *p;
	struct xiri_view x;
	size_t head;

	assert_int_equal(i->iRIContents.present, IRIContents_PR_threeGPP33128DefinedIRI);
	assert_int_equal(*i->sessionDirection, s.ev.direction);
	assert_int_equal(xiri_parse(s.ev.body, &x), 0);
	p = decode(&asn_DEF_TS33128IRIPayload, in->buf, (size_t)in->size);
	encodes_to(&asn_DEF_TS33128IRIPayload, p, in->buf, (size_t)in->size);
	assert_int_equal(p->iRIPayloadOID.size, 5);
	assert_memory_equal(p->iRIPayloadOID.buf, x.oid.p, 4);
	assert_int_equal(p->iRIPayloadOID.buf[4], TS133128_KIND_IRI);
	head = x.event.n - (size_t)p->event.size; /* the event [2] around it */
	assert_memory_equal(p->event.buf, x.event.p + head, x.event.n - head);
	same(p->mediatedFromIndicator->choice.xIRIRelativeOID, x.oid);
	check_targets(p);
	ASN_STRUCT_FREE(asn_DEF_TS33128IRIPayload, p);
}

static void
check_iri(const IRIPayload_t *i)
{
	assert_int_equal(*i->iRIType, s.ev.iri_type);
	if (s.ev.kind == LI_SIP)
		check_sip(i);
	else if (s.ev.kind == LI_XIRI)
		check_xiri(i);
	else
		handover_check_iri(&s, i);
}

static void
check_cc(const CCPayload_t *c)
{
	assert_int_equal(*c->payloadDirection, s.ev.direction);
	if (s.ev.kind == LI_IP)
		check_ipcc(&c->cCContents);
	else if (s.ev.kind == LI_RTP)
		check_ipmmcc(&c->cCContents);
	else
		handover_check_cc(&s, c);
}

static void
check_payload(const Payload_t *p)
{
	if (s.ev.kind == LI_PAYLOAD)
		return;
	if (s.ev.class == HO_IRI) {
		assert_int_equal(p->present, Payload_PR_iRIPayloadSequence);
		assert_int_equal(p->choice.iRIPayloadSequence.list.count, 1);
		check_iri(p->choice.iRIPayloadSequence.list.array[0]);
	} else {
		assert_int_equal(p->present, Payload_PR_cCPayloadSequence);
		assert_int_equal(p->choice.cCPayloadSequence.list.count, 1);
		check_cc(p->choice.cCPayloadSequence.list.array[0]);
	}
}

/* Encode S, decode it, compare, encode it with asn1c. */
static void
round_trip(void)
{
	int n = sample_encode(&s, pdu);
	PS_PDU_t *p;

	assert_true(n > 0);
	p = decode(&asn_DEF_PS_PDU, pdu, (size_t)n);
	check_header(&p->pSHeader);
	encodes_to(&asn_DEF_PS_PDU, p, pdu, (size_t)n);
	check_payload(&p->payload);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

/* ---- the grid */

static void
numbers_and_times(void **state)
{
	(void)state;
	for (size_t k = 0; k < sample_kinds_n; k++) {
		sample_init(&s, sample_kinds[k].kind, sample_kinds[k].class, 100);
		for (size_t i = 0; i < N(numbers) * N(numbers) * N(times_ns) * 2; i++) {
			s.seq = numbers[i % 8];
			s.cin = numbers[i / 8 % 8];
			s.ev.time_ns = times_ns[i / 64 % N(times_ns)];
			s.gtime = i / 64 / N(times_ns);
			s.w.gtime = s.gtime;
			round_trip();
		}
	}
}

static void
bodies(void **state)
{
	(void)state;
	for (size_t k = 0; k < sample_kinds_n; k++) {
		for (size_t i = 0; i < N(lengths); i++) {
			sample_init(&s, sample_kinds[k].kind, sample_kinds[k].class, lengths[i]);
			round_trip();
		}
	}
}

static void
every_body_length_to_600(void **state)
{
	(void)state;
	for (size_t k = 0; k < sample_kinds_n; k++) {
		for (size_t n = 0; n <= 600; n++) {
			sample_init(&s, sample_kinds[k].kind, sample_kinds[k].class, n);
			if (s.ev.kind == LI_EPS_CC && n % 2 && n > 1) {
				s.body[0] = n % 4 == 1 ? 0x45 : 0x60; /* a packet */
				s.ev.body.n = n;
			}
			round_trip();
		}
	}
}

static void
warrants(void **state)
{
	static const uint8_t text[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	(void)state;
	sample_init(&s, LI_IP, HO_CC, 100);
	for (size_t n = 1; n <= 25; n++) {
		s.liid = (struct octets){text, n};
		s.op = (struct octets){text, n % 16 + 1};
		s.neid = (struct octets){text, n % 17};
		s.auth_cc = n & 1 ? "DE" : NULL;
		s.delivery_cc = n & 2 ? "FR" : NULL;
		sample_warrant(&s);
		round_trip();
	}
}

static void
points(void **state)
{
	static const size_t n[] = {0, 1, 127, 128, 255, 300};
	static uint8_t text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t k = 0; k < sample_kinds_n; k++) {
		sample_init(&s, sample_kinds[k].kind, sample_kinds[k].class, 100);
		for (size_t i = 0; i < N(n) * N(n); i++) {
			s.pdu.nfid = (struct octets){text, n[i % N(n)]};
			s.pdu.ipid = (struct octets){text, n[i / N(n)]};
			round_trip();
		}
	}
}

static void
directions_and_types(void **state)
{
	(void)state;
	for (size_t k = 0; k < sample_kinds_n; k++) {
		if (sample_kinds[k].kind == LI_PAYLOAD)
			continue;
		sample_init(&s, sample_kinds[k].kind, sample_kinds[k].class, 20);
		for (uint8_t d = DIRECTION_FROM_TARGET; d <= DIRECTION_NOT_APPLICABLE; d++) {
			s.ev.direction = d;
			s.ev.iri_type = s.ev.class == HO_IRI ? d % 4 + 1 : 0;
			s.ev.ts_qualifier = d % 3;
			round_trip();
		}
	}
}

static void
sip_addresses(void **state)
{
	static const uint8_t v6[16] = {0x20, 1, 0x0d, 0xb8, [15] = 9}, v4[4] = {192, 0, 2, 200};
	const struct octets a[] = {{NULL, 0}, {v4, 4}, {v6, 16}};

	(void)state;
	sample_init(&s, LI_SIP, HO_IRI, 700);
	for (size_t i = 0; i < 9; i++) {
		s.pdu.src = a[i % 3];
		s.pdu.dst = a[i / 3];
		round_trip();
	}
}

static void
rtcp_stream(void **state)
{
	PS_PDU_t *p;
	int n;

	(void)state;
	sample_init(&s, LI_RTP, HO_VOICE, 40);
	s.body[1] = 200;
	n = sample_encode(&s, pdu);
	p = decode(&asn_DEF_PS_PDU, pdu, (size_t)n);
	same(*p->payload.choice.cCPayloadSequence.list.array[0]
		  ->cCContents.choice.iPMMCC.streamIdentifier,
	    ((struct octets){s.body + 4, 4}));
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

/* ---- streams: what is remembered of the PDU before changes no octet */

#define STREAM_PDUS 20000

/* One thing about the stream changes. */
static void
stream_step(struct sample *t, const struct handover_warrant *w, uint32_t r)
{
	static const size_t len[] = {7, 12, 13, 100, 200, 1400, 70000};
	static const uint32_t seq[] = {0, 120, 250, 32760, 0x7ffffff0, 0xfffffff0};
	static const struct octets name[] = {
	    {NULL, 0}, {(const uint8_t *)"upf-1", 5}, {(const uint8_t *)"upf-2", 5}};
	uint32_t pick = r / 16;

	switch (r % 16) {
	case 0:
		t->w = w[pick % 4];
		break;
	case 1:
		t->ev.kind = pick & 1 ? LI_IP : LI_RTP;
		break;
	case 2:
		t->ev.body.n = len[pick % N(len)];
		break;
	case 3:
		t->seq = seq[pick % N(seq)];
		break;
	case 4:
		t->pdu.nfid = name[pick % N(name)];
		break;
	case 5:
		t->pdu.ipid = name[pick % N(name)];
		break;
	case 6:
		t->ev.direction = (uint8_t)(pick % 6);
		break;
	case 7:
		t->ev.ts_qualifier = (uint8_t)(pick % 4);
		break;
	case 8:
		t->cin = pick % 97 * 0x1f35;
		break;
	case 9:
		t->body[8] = (uint8_t)(pick & 1); /* SSRC */
		break;
	case 10:
		t->body[1] = pick & 1 ? 200 : 8; /* RTCP, RTP */
		break;
	case 11:
		t->ev.time_ns = times_ns[pick % N(times_ns)];
		break;
	case 12:
		t->ev.copy = pick % 4 == 0;
		break;
	case 13:
		t->ev.class = pick & 1 ? HO_CC : HO_VOICE;
		break;
	case 14:
		t->ev.time_ns += pick % 200000000;
		break;
	}
}

static void
stream_same(const struct sample *t, size_t *repeated)
{
	static struct sample once;
	struct ho_record rec;
	int n = sample_encode(t, pdu), rc;

	memcpy(&once, t, offsetof(struct sample, body));
	once.w.made = 0; /* nothing is remembered for it */
	once.ev.pdu = &once.pdu;
	assert_int_equal(sample_encode(&once, again), n);
	assert_memory_equal(pdu, again, (size_t)n);
	rc = handover_encode(&t->w, t->cin, t->seq, &t->ev, &rec);
	assert_int_equal(rc, 0);
	*repeated +=
	    rec.head.p < pspdu_head_scratch || rec.head.p >= pspdu_head_scratch + HANDOVER_HEAD_MAX;
}

static void
streams(void **state)
{
	struct handover_warrant w[4];
	size_t repeated = 0;
	uint32_t r = 1;

	(void)state;
	sample_init(&s, LI_RTP, HO_VOICE, 70000);
	for (size_t i = 0; i < N(w); i++) {
		s.gtime = i == 3;
		s.liid.n = 9 - (i == 2);
		sample_warrant(&s);
		w[i] = s.w;
	}
	for (size_t i = 0; i < STREAM_PDUS; i++) {
		r = r * 1664525 + 1013904223;
		if (r >> 30 == 0)
			stream_step(&s, w, r >> 8);
		s.seq++;
		s.ev.time_ns += i & 1 ? 1020000000 : -1000000000; /* out of order */
		stream_same(&s, &repeated);
	}
	assert_true(repeated > STREAM_PDUS / 5);
	assert_true(repeated < STREAM_PDUS);
}

static void
xiri_arms(void **state)
{
	static const uint32_t moved[] = {1, 30, 31, 105, 127, 128, 189, 190};
	static const uint32_t kept[] = {
	    EVENT_CELL_SITE_REPORT, EVENT_N9HR_SESSION_INFO, EVENT_S8HR_BEARER_INFO};

	(void)state;
	sample_init(&s, LI_XIRI, HO_IRI, 0);
	for (size_t i = 0; i < N(moved); i++) {
		s.ev.body.n = sample_xiri(s.body, moved[i], 18, 15, 50);
		round_trip();
	}
	for (size_t i = 0; i < N(kept); i++) {
		s.ev.body.n = sample_xiri(s.body, kept[i], 18, 15, 50);
		assert_int_equal(sample_encode(&s, pdu), -ENOTSUP);
	}
}

/* Our own release needs no mediatedFromIndicator; no attribute, no targetIdentifiers. */
static void
xiri_bare(void **state)
{
	const OCTET_STRING_t *in;
	TS33128IRIPayload_t *x;
	PS_PDU_t *p;
	int n;

	(void)state;
	sample_init(&s, LI_XIRI, HO_IRI, 0);
	s.ev.body.n = sample_xiri(s.body, 6, TS133128_RELEASE, TS133128_VERSION, 10);
	s.pdu.attributes.n = 0;
	n = sample_encode(&s, pdu);
	p = decode(&asn_DEF_PS_PDU, pdu, (size_t)n);
	in = &p->payload.choice.iRIPayloadSequence.list.array[0]
		  ->iRIContents.choice.threeGPP33128DefinedIRI;
	x = decode(&asn_DEF_TS33128IRIPayload, in->buf, (size_t)in->size);
	assert_null(x->mediatedFromIndicator);
	assert_null(x->targetIdentifiers);
	ASN_STRUCT_FREE(asn_DEF_TS33128IRIPayload, x);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

/* iPIRIPacketReport [161] of an xIRI becomes IRIContents [20], its members unchanged. */
static void
packet_report(void **state)
{
	static const uint8_t xiri[] = {0x30, 0x1A, 0x81, 0x05, 0x04, 0x13, 0x12, 0x0F, 0x01, 0xA2,
	    0x11, 0xBF, 0x81, 0x21, 0x0D, 0x80, 0x04, 0x05, 0x03, 0x14, 0x04, 0xA1, 0x05, 0xA1,
	    0x03, 0x81, 0x01, 0x45};
	const IRIContents_t *c;
	PS_PDU_t *p;
	int n;

	(void)state;
	sample_init(&s, LI_XIRI, HO_IRI, 0);
	s.ev.body = (struct octets){xiri, sizeof(xiri)};
	n = sample_encode(&s, pdu);
	p = decode(&asn_DEF_PS_PDU, pdu, (size_t)n);
	encodes_to(&asn_DEF_PS_PDU, p, pdu, (size_t)n);
	c = &p->payload.choice.iRIPayloadSequence.list.array[0]->iRIContents;
	assert_int_equal(c->present, IRIContents_PR_iPIRIPacketReport);
	same(c->choice.iPIRIPacketReport.report.choice.header.header,
	    ((struct octets){(const uint8_t *)"E", 1}));
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

/* ---- target identifiers, one attribute each: XML in, arm out */

static size_t
one_target(const char *xml, TS33128IRIPayload_t **x)
{
	static uint8_t attribute[1024];
	const OCTET_STRING_t *in;
	size_t len = strlen(xml);
	PS_PDU_t *p;
	int n;

	sample_init(&s, LI_XIRI, HO_IRI, 1);
	octets_put16(attribute, X23_ATTR_MATCHED_TARGET);
	octets_put16(attribute + 2, (uint16_t)len);
	memcpy(attribute + 4, xml, len);
	s.pdu.attributes = (struct octets){attribute, len + 4};
	n = sample_encode(&s, pdu);
	assert_true(n > 0);
	p = decode(&asn_DEF_PS_PDU, pdu, (size_t)n);
	in = &p->payload.choice.iRIPayloadSequence.list.array[0]
		  ->iRIContents.choice.threeGPP33128DefinedIRI;
	*x = decode(&asn_DEF_TS33128IRIPayload, in->buf, (size_t)in->size);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	return (*x)->targetIdentifiers ? (size_t)(*x)->targetIdentifiers->list.count : 0;
}

static void
targets(void **state)
{
	static const struct {
		const char *xml;
		TS33128TargetIdentifier_PR arm;
		uint8_t value[24]; /* last octets of the encoded identifier */
		size_t n;
	} t[] = {
	    {"<imsi>001010000000001</imsi>", TS33128TargetIdentifier_PR_iMSI, "001010000000001",
		15},
	    {"IMSI001010000000001", TS33128TargetIdentifier_PR_iMSI, "001010000000001", 15},
	    {"<supinai>a@b.example</supinai>", TS33128TargetIdentifier_PR_sUPI, "a@b.example", 11},
	    {"<peiImeiCheckDigit>350000000000017</peiImeiCheckDigit>",
		TS33128TargetIdentifier_PR_pEI, "35000000000001", 14},
	    {"<peiImeisv>3500000000000101</peiImeisv>", TS33128TargetIdentifier_PR_pEI,
		"3500000000000101", 16},
	    {"<gpsiMsisdn>99900011122</gpsiMsisdn>", TS33128TargetIdentifier_PR_gPSI, "99900011122",
		11},
	    {"<E164Number>+99900011122</E164Number>", TS33128TargetIdentifier_PR_e164Number,
		"99900011122", 11},
	    {"<c:impu xmlns:c=\"u\">sip:a@b;x=1&amp;y</c:impu>", TS33128TargetIdentifier_PR_iMPU,
		"sip:a@b;x=1&y", 13},
	    {"sip:bob@b.example", TS33128TargetIdentifier_PR_iMPU, "sip:bob@b.example", 17},
	    {"<impi>a@b</impi>", TS33128TargetIdentifier_PR_iMPI, "a@b", 3},
	    {"<ipv4Address>192.0.2.9</ipv4Address>", TS33128TargetIdentifier_PR_iPv4Address,
		{192, 0, 2, 9}, 4},
	    {"<ipv6Address>2001:db8::1</ipv6Address>", TS33128TargetIdentifier_PR_iPv6Address,
		{0x20, 1, 0x0d, 0xb8, [15] = 1}, 16},
	    {"<macAddress>00:53:00:aB:cd:Ef</macAddress>",
		TS33128TargetIdentifier_PR_ethernetAddress, {0, 0x53, 0, 0xab, 0xcd, 0xef}, 6},
	};
	uint8_t out[64];

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		TS33128IRIPayload_t *x;
		const TS33128TargetIdentifier_t *id;
		asn_enc_rval_t rv;

		assert_int_equal(one_target(t[i].xml, &x), 1);
		id = &x->targetIdentifiers->list.array[0]->identifier;
		assert_int_equal(id->present, t[i].arm);
		rv = der_encode_to_buffer(
		    &asn_DEF_TS33128TargetIdentifier, (void *)(uintptr_t)id, out, sizeof(out));
		assert_true(rv.encoded > (ssize_t)t[i].n);
		assert_int_equal(out[(size_t)rv.encoded - t[i].n - 1], t[i].n);
		assert_memory_equal(out + rv.encoded - t[i].n, t[i].value, t[i].n);
		ASN_STRUCT_FREE(asn_DEF_TS33128IRIPayload, x);
	}
}

static void
targets_without_arm(void **state)
{
	static const char *const t[] = {"", "<", "<imsi", "<imsi>", "<imsi></imsi>",
	    "<imsi>12</imsi>", "<imsi>00101000000000x</imsi>", "<suci>x</suci>", "a label",
	    "<tcpPort>80</tcpPort>", "<ipv4Address>300.1.1.1</ipv4Address>",
	    "<macAddress>00:53:00</macAddress>", "<nai>a\nb</nai>", "<impu>mailto:x</impu>", "<>",
	    "</imsi>"};

	(void)state;
	for (size_t i = 0; i < N(t); i++) {
		TS33128IRIPayload_t *x;

		assert_int_equal(one_target(t[i], &x), 0);
		ASN_STRUCT_FREE(asn_DEF_TS33128IRIPayload, x);
	}
}

/* ---- what is refused */

static void
unmapped(void **state)
{
	(void)state;
	sample_init(&s, LI_IP, HO_IRI, 10);
	assert_int_equal(sample_encode(&s, pdu), -ENOTSUP);
	sample_init(&s, LI_SIP, HO_CC, 10);
	assert_int_equal(sample_encode(&s, pdu), -ENOTSUP);
	s.ev.kind = (enum li_kind)99;
	assert_int_equal(sample_encode(&s, pdu), -ENOTSUP);
	sample_init(&s, LI_XIRI, HO_IRI, 10);
	s.body[0] = 0x31;
	assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
	sample_init(&s, LI_PAYLOAD, HO_IRI, 10);
	s.ev.body.n = 0;
	assert_int_equal(sample_encode(&s, pdu), -EBADMSG);
}

/* A value that is none of its ENUMERATED's is left out. */
static void
values_without_name(void **state)
{
	PS_PDU_t *p;
	int n;

	(void)state;
	sample_init(&s, LI_SIP, HO_IRI, 20);
	s.ev.iri_type = 0;
	s.ev.direction = 5;
	s.ev.ts_qualifier = 4;
	n = sample_encode(&s, pdu);
	p = decode(&asn_DEF_PS_PDU, pdu, (size_t)n);
	assert_null(p->pSHeader.timeStampQualifier);
	assert_null(p->payload.choice.iRIPayloadSequence.list.array[0]->iRIType);
	assert_null(p->payload.choice.iRIPayloadSequence.list.array[0]->payloadDirection);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

static int
warrant(size_t liid_n, const char *a, const char *d, size_t op_n, size_t neid_n, unsigned version)
{
	static const uint8_t text[32] = "12345678901234567890123456789012";
	struct handover_warrant w;

	return handover_warrant_init(&w, (struct octets){text, liid_n}, a, d,
	    (struct octets){text, op_n}, (struct octets){text, neid_n}, version, false);
}

static void
warrant_limits(void **state)
{
	(void)state;
	assert_int_equal(warrant(25, "NL", "NL", 16, 16, 43), 0);
	assert_int_equal(warrant(1, NULL, NULL, 1, 0, 43), 0);
	assert_int_equal(warrant(0, NULL, NULL, 1, 0, 43), -EINVAL);
	assert_int_equal(warrant(26, NULL, NULL, 1, 0, 43), -EINVAL);
	assert_int_equal(warrant(1, "N", NULL, 1, 0, 43), -EINVAL);
	assert_int_equal(warrant(1, NULL, "N1", 1, 0, 43), -EINVAL);
	assert_int_equal(warrant(1, NULL, "", 1, 0, 43), -EINVAL);
	assert_int_equal(warrant(1, NULL, NULL, 0, 0, 43), -EINVAL);
	assert_int_equal(warrant(1, NULL, NULL, 17, 0, 43), -EINVAL);
	assert_int_equal(warrant(1, NULL, NULL, 1, 17, 43), -EINVAL);
	assert_int_equal(warrant(1, NULL, NULL, 1, 0, 128), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_and_times),
	    cmocka_unit_test(bodies),
	    cmocka_unit_test(every_body_length_to_600),
	    cmocka_unit_test(warrants),
	    cmocka_unit_test(points),
	    cmocka_unit_test(directions_and_types),
	    cmocka_unit_test(sip_addresses),
	    cmocka_unit_test(rtcp_stream),
	    cmocka_unit_test(streams),
	    cmocka_unit_test(xiri_arms),
	    cmocka_unit_test(xiri_bare),
	    cmocka_unit_test(packet_report),
	    cmocka_unit_test(targets),
	    cmocka_unit_test(targets_without_arm),
	    cmocka_unit_test(unmapped),
	    cmocka_unit_test(values_without_name),
	    cmocka_unit_test(warrant_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
