/* SPDX-License-Identifier: Apache-2.0 */
/* See handover_check.h. */
#include "tests/unit/handover_check.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

#include "EpsCC-PDU.h"
#include "PS-PDU.h"
#include "TS33128CCPayload.h"
#include "UmtsCC-PDU.h"

#define same(a, b) (assert_int_equal((a).size, (b).n), assert_memory_equal((a).buf, (b).p, (b).n))
#define OCTETS(s) ((struct octets){(const uint8_t *)(s), sizeof(s) - 1})

static void
optional(const OCTET_STRING_t *got, struct octets want)
{
	if (want.n == 0) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	same(*got, want);
}

static void
number(const INTEGER_t *got, uint64_t want)
{
	uint64_t v = 0;

	assert_non_null(got);
	assert_true(got->size <= 9);
	for (int i = 0; i < got->size; i++)
		v = v << 8 | got->buf[i];
	assert_int_equal(v, want);
}

static void
gtime(const OCTET_STRING_t *got, int64_t t)
{
	char text[40];
	time_t sec = (time_t)(t / 1000000000);
	const struct tm *tm = gmtime(&sec);

	if (t == 0) {
		assert_null(got);
		return;
	}
	strftime(text, sizeof(text), "%Y%m%d%H%M%S", tm);
	snprintf(text + 14, sizeof(text) - 14, ".%06uZ", (unsigned)(t % 1000000000 / 1000));
	assert_non_null(got);
	same(*got, ((struct octets){(const uint8_t *)text, strlen(text)}));
}

static void
address(const IPAddress_t *a, struct octets want, long prefix, long assignment)
{
	if (want.n == 0) {
		assert_null(a);
		return;
	}
	assert_non_null(a);
	same(a->iP_value.choice.iPBinaryAddress, want);
	assert_int_equal(a->iP_type, want.n == 16);
	if (want.n == 16)
		assert_int_equal(*a->iPv6PrefixLength, prefix);
	else
		assert_null(a->iPv6PrefixLength);
	if (assignment)
		assert_int_equal(*a->iP_assignment, assignment);
	else
		assert_null(a->iP_assignment);
}

static void
oid(const RELATIVE_OID_t *got, uint8_t part, uint8_t version, uint8_t kind)
{
	const uint8_t want[] = {5, part, version, kind};

	same(*got, ((struct octets){want, sizeof(want)}));
}

static void
access_behind(const struct li_access *a, const IPIRIContents_t *i)
{
	gtime(i->expectedEndTime, a->expected_end_ns);
	optional(i->pOPPhoneNumber, a->callback);
	if (a->pop_mac.n == 6) {
		assert_int_equal(i->pOPIdentifier->present, IPIRIIDType_PR_macAddressType);
		same(i->pOPIdentifier->choice.macAddressType, a->pop_mac);
	} else {
		assert_null(i->pOPIdentifier);
	}
	address(i->pOPIPAddress, a->pop_ip, 128, 0);
	if (a->country)
		same(i->nationalIPIRIParameters->countryCode,
		    ((struct octets){(const uint8_t *)a->country, 2}));
	else
		assert_null(i->nationalIPIRIParameters);
	if (a->auth_type != 255)
		assert_int_equal(*i->authenticationType, a->auth_type);
	else
		assert_null(i->authenticationType);
	assert_null(i->otherTargetIdentifiers);
	optional(i->pOPPortID, a->port_id);
	if (a->framed_route_n == 0) {
		assert_null(i->framedRoutes);
		return;
	}
	assert_int_equal(i->framedRoutes->list.count, a->framed_route_n);
	for (uint8_t k = 0; k < a->framed_route_n; k++)
		same(i->framedRoutes->list.array[k]->choice.framedRoute, a->framed_route[k]);
}

static void
check_access(const struct sample *s, const IPIRI_t *p)
{
	const struct li_access *a = &s->access;
	const IPIRIContents_t *i = &p->iPIRIContents;
	bool both = a->ip4.n && a->ip6.n;

	oid(&p->iPIRIObjId, 3, 20, 1);
	assert_int_equal(i->accessEventType, a->event);
	same(i->targetUsername, a->username);
	assert_int_equal(i->internetAccessType, a->access_type == 255 ? 0 : a->access_type);
	assert_int_equal(i->iPVersion, a->ip_version);
	address(i->targetIPAddress, a->ip4.n ? a->ip4 : a->ip6, a->ip6_prefix_len, a->assignment);
	address(i->additionalIPAddress, both ? a->ip6 : (struct octets){NULL, 0}, a->ip6_prefix_len,
	    a->assignment);
	optional(i->targetNetworkID, a->network_id);
	optional(i->targetCPEID, a->cpe_id);
	optional(i->targetLocation, a->location);
	if (a->has_port)
		assert_int_equal(*i->pOPPortNumber, a->port);
	else
		assert_null(i->pOPPortNumber);
	assert_null(i->callBackNumber);
	gtime(i->startTime, a->start_ns);
	gtime(i->endTime, a->end_ns);
	if (a->end_reason != 255)
		assert_int_equal(*i->endReason, a->end_reason);
	else
		assert_null(i->endReason);
	if (a->has_octets) {
		number(i->octetsReceived, a->octets_in);
		number(i->octetsTransmitted, a->octets_out);
	} else {
		assert_null(i->octetsReceived);
		assert_null(i->octetsTransmitted);
	}
	optional(i->rawAAAData, s->ev.body);
	access_behind(a, i);
}

static void
check_report(const struct sample *s, const IPIRIPacketReport_t *r)
{
	const PacketReportSummary_t *m = &r->report.choice.summary;
	uint16_t bits = 0;

	oid(&r->iPIRIPacketReportObjId, 3, 20, 4);
	if (s->ev.kind == LI_HEADER) {
		assert_int_equal(r->report.present, PacketReport_PR_header);
		same(r->report.choice.header.header, s->ev.body);
		return;
	}
	assert_int_equal(r->report.present, PacketReport_PR_summary);
	same(m->header, s->ev.body);
	for (int i = 0; i < m->indications.size * 8; i++)
		if (m->indications.buf[i / 8] & 0x80 >> i % 8)
			bits |= (uint16_t)(1u << i);
	assert_int_equal(bits, s->summary.indications & 0x1FFF);
	assert_int_equal(m->trigger, s->summary.trigger);
	assert_int_equal(*m->packetCount, s->summary.packets);
	assert_int_equal(*m->byteCount, s->summary.octets);
	gtime(m->firstTimestamp, s->summary.first_ns);
	gtime(m->lastTimestamp, s->summary.last_ns);
}

static void
check_aaa(const struct li_mail *m, const AAAInformation_t *a)
{
	if (m->username.n == 0 || m->protocol < 1 || m->protocol > 3) {
		assert_null(a);
		return;
	}
	switch (m->protocol) {
	case 1:
		assert_int_equal(a->present, AAAInformation_PR_aSMTPAAAInformation);
		same(a->choice.aSMTPAAAInformation.username, m->username);
		assert_int_equal(*a->choice.aSMTPAAAInformation.aAAResult, m->aaa_result);
		break;
	case 2:
		assert_int_equal(a->present, AAAInformation_PR_pOP3AAAInformation);
		same(a->choice.pOP3AAAInformation.username, m->username);
		assert_int_equal(*a->choice.pOP3AAAInformation.aAAResult, m->aaa_result);
		break;
	case 3:
		assert_int_equal(a->present, AAAInformation_PR_iMAPAAAInformation);
		same(a->choice.iMAPAAAInformation.username, m->username);
		assert_int_equal(*a->choice.iMAPAAAInformation.aAAResult, m->aaa_result);
		break;
	}
}

static void
check_mail(const struct sample *s, const EmailIRI_t *e)
{
	const struct li_mail *m = &s->mail;

	oid(&e->emailIRIObjId, 2, 20, 1);
	assert_int_equal(e->eventType, m->event);
	address(e->client_Address, m->client, 128, 0);
	address(e->server_Address, m->server, 128, 0);
	if (m->client_port)
		assert_int_equal(*e->client_Port, m->client_port);
	else
		assert_null(e->client_Port);
	if (m->server_port)
		assert_int_equal(*e->server_Port, m->server_port);
	else
		assert_null(e->server_Port);
	assert_int_equal(e->server_Octets_Sent, m->server_octets);
	assert_int_equal(e->client_Octets_Sent, m->client_octets);
	assert_int_equal(e->protocol_ID, m->protocol);
	optional(e->e_mail_Sender, m->sender);
	if (m->recipient_n)
		assert_int_equal(e->e_mail_Recipients->list.count, m->recipient_n);
	else
		assert_null(e->e_mail_Recipients);
	for (uint8_t i = 0; i < m->recipient_n; i++)
		same(*e->e_mail_Recipients->list.array[i], m->recipient[i]);
	assert_int_equal(e->status, m->status);
	if (m->recipient_total)
		assert_int_equal(*e->total_Recipient_Count, m->recipient_total);
	else
		assert_null(e->total_Recipient_Count);
	optional(e->message_ID, m->message_id);
	check_aaa(m, e->aAAInformation);
}

/* The two properties that are written. */
static void
check_properties(const struct li_message *m, const MessagingIRI_t *i)
{
	int n = (m->message_id.n > 0) + (m->subject.n > 0);

	if (n == 0) {
		assert_null(i->properties);
		return;
	}
	assert_int_equal(i->properties->list.count, n);
	if (m->subject.n > 0)
		same(i->properties->list.array[n - 1]->choice.subject, m->subject);
	if (m->message_id.n > 0)
		same(i->properties->list.array[0]->choice.message_identifier, m->message_id);
}

/* Parties are a SET OF: their order says nothing, so only those of the base case are looked for. */
static void
check_parties(const struct li_message *m, const MessagingIRI_t *i)
{
	if (m->party_n == 0) {
		assert_null(i->party_information);
		return;
	}
	assert_int_equal(i->party_information->list.count, m->party_n);
	for (uint8_t k = 0; k < m->party_n; k++) {
		bool seen = false;

		for (int j = 0; j < i->party_information->list.count; j++) {
			const Messaging_Party_Information_t *p =
			    i->party_information->list.array[j];

			if (p->party_qualifier == m->party[k].qualifier &&
			    (int)p->party_identity.present == m->party[k].arm + 1 &&
			    (p->copy_qualifier ? *p->copy_qualifier : 255) == m->party[k].copy)
				seen = true;
		}
		assert_true(seen);
	}
}

static void
check_message(const struct sample *s, const MessagingIRI_t *i)
{
	const struct li_message *m = &s->message;

	oid(&i->messaging_iri_obj_id, 2, 20, 3);
	assert_int_equal(i->system_type, 1);
	optional(i->original_message, s->ev.body);
	if (s->ev.kind == LI_OPAQUE) {
		assert_int_equal(i->status, 0);
		assert_int_equal(i->trigger, 0);
		assert_null(i->category);
		assert_null(i->party_information);
		assert_null(i->properties);
		assert_null(i->system_identifier);
		return;
	}
	optional(i->system_identifier, m->system);
	assert_int_equal(i->category->present, Messaging_Event_Category_PR_message_notification);
	assert_int_equal(i->category->choice.message_notification, m->event);
	assert_int_equal(i->status, m->status);
	assert_int_equal(i->trigger, m->trigger);
	assert_int_equal(*i->event_identifier, m->event_id);
	check_parties(m, i);
	check_properties(m, i);
}

/* Record [1] with the octets of the sample. */
static void
check_record(const struct sample *s, const OpaqueSequence_t *record)
{
	size_t n = 0;

	for (int i = 0; i < record->list.count; i++)
		n += (size_t)record->list.array[i]->size;
	assert_memory_equal(record->list.array[record->list.count - 1]->buf + 0,
	    s->ev.body.p + s->ev.body.n - (size_t)record->list.array[record->list.count - 1]->size,
	    (size_t)record->list.array[record->list.count - 1]->size);
	assert_true(n < s->ev.body.n);
}

void
handover_check_iri(const struct sample *s, const struct IRIPayload *i)
{
	const IRIContents_t *c = &i->iRIContents;

	assert_int_equal(*i->payloadDirection, s->ev.direction);
	switch (c->present) {
	case IRIContents_PR_iPIRI:
		assert_int_equal(s->ev.kind, LI_ACCESS);
		check_access(s, &c->choice.iPIRI);
		break;
	case IRIContents_PR_iPIRIPacketReport:
		assert_true(s->ev.kind == LI_HEADER || s->ev.kind == LI_SUMMARY);
		check_report(s, &c->choice.iPIRIPacketReport);
		break;
	case IRIContents_PR_ePSIRI:
		assert_int_equal(s->ev.kind, LI_EPS_IRI);
		assert_int_equal(
		    c->choice.ePSIRI.choice.epsIRIsContent.choice.epsiRIContent.present,
		    EpsIRIContent_PR_iRI_Begin_record);
		check_record(s, &c->choice.ePSIRI.choice.epsIRIsContent.choice.epsiRIContent.choice
				     .iRI_Begin_record);
		break;
	case IRIContents_PR_uMTSIRI:
		assert_int_equal(s->ev.kind, LI_UMTS_IRI);
		assert_int_equal(
		    c->choice.uMTSIRI.choice.umtsIRIsContent.choice.umtsiRIContent.present,
		    UmtsIRIContent_PR_iRI_Begin_record);
		check_record(s, &c->choice.uMTSIRI.choice.umtsIRIsContent.choice.umtsiRIContent
				     .choice.iRI_Begin_record);
		break;
	case IRIContents_PR_emailIRI:
		assert_int_equal(s->ev.kind, LI_MAIL_IRI);
		check_mail(s, &c->choice.emailIRI);
		break;
	case IRIContents_PR_messagingIRI:
		assert_true(s->ev.kind == LI_MSG_IRI || s->ev.kind == LI_OPAQUE);
		check_message(s, &c->choice.messagingIRI);
		break;
	default:
		fail_msg("contents %d", (int)c->present);
	}
}

static void *
decode(asn_TYPE_descriptor_t *td, const OCTET_STRING_t *in)
{
	void *st = NULL;
	asn_dec_rval_t rv = ber_decode(NULL, td, &st, in->buf, (size_t)in->size);

	assert_int_equal(rv.code, RC_OK);
	assert_int_equal(rv.consumed, in->size);
	return st;
}

static void
encodes_to(asn_TYPE_descriptor_t *td, void *st, const OCTET_STRING_t *want)
{
	static uint8_t again[SAMPLE_PDU_MAX];
	asn_enc_rval_t rv = der_encode_to_buffer(td, st, again, sizeof(again));

	assert_int_equal(rv.encoded, want->size);
	assert_memory_equal(again, want->buf, (size_t)want->size);
}

static void
check_extended(const struct sample *s, const ExtendedUPFCCPDU_t *e)
{
	const UPFCCPDUPayload_t *p = &e->payload;

	assert_int_equal(p->present, s->upf.payload);
	same(p->choice.uPFIPCC, s->ev.body); /* all three arms are octet strings */
	if (s->upf.has_qfi)
		assert_int_equal(*e->qFI, s->upf.qfi);
	else
		assert_null(e->qFI);
}

static void
check_cc33128(const struct sample *s, const OCTET_STRING_t *in)
{
	TS33128CCPayload_t *p = decode(&asn_DEF_TS33128CCPayload, in);
	const uint8_t ours[] = {4, 19, TS133128_RELEASE, TS133128_VERSION, TS133128_KIND_CC};
	const uint8_t theirs[] = {4, 19, 18, 15, TS133128_KIND_CC};

	encodes_to(&asn_DEF_TS33128CCPayload, p, in);
	assert_int_equal(p->cCPayloadOID.size, 5);
	assert_memory_equal(p->cCPayloadOID.buf, s->ev.kind == LI_XCC ? theirs : ours, 5);
	switch (s->ev.kind == LI_XCC ? CCPDU_ARM_UPF : s->upf.arm) {
	case CCPDU_ARM_UPF:
		assert_int_equal(p->pDU.present, CCPDU_PR_uPFCCPDU);
		if (s->ev.kind == LI_UPF)
			same(p->pDU.choice.uPFCCPDU, s->ev.body);
		else
			assert_memory_equal(p->pDU.choice.uPFCCPDU.buf,
			    s->ev.body.p + s->ev.body.n - (size_t)p->pDU.choice.uPFCCPDU.size,
			    (size_t)p->pDU.choice.uPFCCPDU.size);
		break;
	case CCPDU_ARM_EXTENDED:
		assert_int_equal(p->pDU.present, CCPDU_PR_extendedUPFCCPDU);
		check_extended(s, &p->pDU.choice.extendedUPFCCPDU);
		break;
	case CCPDU_ARM_NIDD:
		assert_int_equal(p->pDU.present, CCPDU_PR_nIDDCCPDU);
		same(p->pDU.choice.nIDDCCPDU, s->ev.body);
		break;
	case CCPDU_ARM_IMS:
		assert_int_equal(p->pDU.present, CCPDU_PR_iMSCCPDU);
		same(p->pDU.choice.iMSCCPDU.payload, s->ev.body);
		optional(p->pDU.choice.iMSCCPDU.sDPInfo, s->upf.sdp);
		break;
	}
	ASN_STRUCT_FREE(asn_DEF_TS33128CCPayload, p);
}

/* A CC-PDU that came encoded, or one that was made around a packet. */
static void
check_eps(const struct sample *s, const OCTET_STRING_t *in)
{
	static const long directions[] = {1, 2, 3, 3, 3};
	const uint8_t correlation[8] = {0, 0, 0, 0, (uint8_t)(s->cin >> 24),
	    (uint8_t)(s->cin >> 16), (uint8_t)(s->cin >> 8), (uint8_t)s->cin};
	EpsCC_PDU_t *p = decode(&asn_DEF_EpsCC_PDU, in);
	const EpsULIC_header_t *h = &p->uLIC_header;

	encodes_to(&asn_DEF_EpsCC_PDU, p, in);
	if (s->ev.body.p[0] == 0x30) {
		same(*in, s->ev.body);
	} else {
		char text[24];
		time_t sec = (time_t)(s->ev.time_ns / 1000000000);

		strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", gmtime(&sec));
		same(p->payload, s->ev.body);
		same(*h->lIID, s->liid);
		same(h->correlation_Number, ((struct octets){correlation, 8}));
		assert_int_equal(h->timeStamp->present, HI2TimeStamp_PR_utcTime);
		same(h->timeStamp->choice.utcTime,
		    ((struct octets){(const uint8_t *)text + 2, strlen(text) - 2}));
		assert_int_equal(h->sequence_number, s->seq & 0xFFFF);
		assert_int_equal(h->t_PDU_direction, directions[s->ev.direction]);
		assert_int_equal(*h->ice_type, 4);
	}
	ASN_STRUCT_FREE(asn_DEF_EpsCC_PDU, p);
}

static void
check_messaging_cc(const struct sample *s, const MessagingCC_t *m)
{
	bool opaque = s->ev.kind == LI_OPAQUE;
	struct octets type = opaque ? s->pdu.mime_type : s->message.content_type;
	bool end = !opaque && s->message.in_sequence && s->message.sequence_end;

	oid(&m->messaging_cc_obj_id, 2, 20, 4);
	same(m->content, s->ev.body);
	if (type.n == 0)
		type = OCTETS("application/octet-stream");
	same(m->content_type, type);
	optional(m->content_transfer_encoding,
	    opaque ? s->pdu.mime_encoding : s->message.content_encoding);
	assert_int_equal(m->event_identifier, opaque ? 0 : s->message.event_id);
	assert_int_equal(m->end_of_sequence && *m->end_of_sequence, end);
	if (!opaque && s->message.in_sequence)
		assert_int_equal(*m->sequence_number, s->message.sequence);
	else
		assert_null(m->sequence_number);
}

void
handover_check_cc(const struct sample *s, const struct CCPayload *c)
{
	const CCContents_t *p = &c->cCContents;

	switch (p->present) {
	case CCContents_PR_l2CC:
		assert_int_equal(s->ev.kind, LI_L2);
		oid(&p->choice.l2CC.l2CCObjId, 4, 10, 2);
		assert_int_equal(p->choice.l2CC.l2CCContents.present, L2CCContents_PR_ethernet);
		same(p->choice.l2CC.l2CCContents.choice.ethernet, s->ev.body);
		break;
	case CCContents_PR_iPMMCC:
		assert_int_equal(s->ev.kind, LI_MSRP);
		oid(&p->choice.iPMMCC.iPMMCCObjId, 5, 17, 2);
		same(p->choice.iPMMCC.mMCCContents, s->ev.body);
		assert_int_equal(*p->choice.iPMMCC.frameType, 7);
		assert_int_equal(*p->choice.iPMMCC.mMCCprotocol, 1);
		break;
	case CCContents_PR_threeGPP33128DefinedCC:
		assert_true(s->ev.kind == LI_UPF || s->ev.kind == LI_XCC);
		check_cc33128(s, &p->choice.threeGPP33128DefinedCC);
		break;
	case CCContents_PR_ePSCC:
		assert_int_equal(s->ev.kind, LI_EPS_CC);
		check_eps(s, &p->choice.ePSCC);
		break;
	case CCContents_PR_uMTSCC: {
		UmtsCC_PDU_t *u = decode(&asn_DEF_UmtsCC_PDU, &p->choice.uMTSCC);

		assert_int_equal(s->ev.kind, LI_UMTS_CC);
		same(p->choice.uMTSCC, s->ev.body);
		ASN_STRUCT_FREE(asn_DEF_UmtsCC_PDU, u);
		break;
	}
	case CCContents_PR_emailCC:
		assert_int_equal(s->ev.kind, LI_MAIL_CC);
		oid(&p->choice.emailCC.emailCCObjId, 2, 20, 2);
		assert_int_equal(p->choice.emailCC.email_Format, 2);
		same(p->choice.emailCC.content, s->ev.body);
		break;
	case CCContents_PR_messagingCC:
		assert_true(s->ev.kind == LI_MSG_CC || s->ev.kind == LI_OPAQUE);
		check_messaging_cc(s, &p->choice.messagingCC);
		break;
	default:
		fail_msg("contents %d", (int)p->present);
	}
}
