/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up events for the tests of mf/handover: addresses of documentation ranges, numbers that
 * nobody has. */
#include "tests/unit/handover_sample.h"
#include "spec/ts102232_1.h"
#include "spec/ts103221_2.h"
#include "spec/ts133108.h"
#include "spec/ts133128.h"

#include <assert.h>

const struct sample_kind sample_kinds[] = {
    {"ipcc", LI_IP, HO_CC},
    {"ipmmiri", LI_SIP, HO_IRI},
    {"ipmmcc", LI_RTP, HO_VOICE},
    {"xiri", LI_XIRI, HO_IRI},
    {"payload", LI_PAYLOAD, HO_CC},
    {"ipiri", LI_ACCESS, HO_IRI},
    {"header", LI_HEADER, HO_IRI},
    {"summary", LI_SUMMARY, HO_IRI},
    {"l2cc", LI_L2, HO_CC},
    {"msrp", LI_MSRP, HO_CC},
    {"upf", LI_UPF, HO_CC},
    {"xcc", LI_XCC, HO_CC},
    {"epsiri", LI_EPS_IRI, HO_IRI},
    {"umtsiri", LI_UMTS_IRI, HO_IRI},
    {"epscc", LI_EPS_CC, HO_CC},
    {"umtscc", LI_UMTS_CC, HO_CC},
    {"emailiri", LI_MAIL_IRI, HO_IRI},
    {"emailcc", LI_MAIL_CC, HO_CC},
    {"messagingiri", LI_MSG_IRI, HO_IRI},
    {"messagingcc", LI_MSG_CC, HO_CC},
    {"opaqueiri", LI_OPAQUE, HO_IRI},
    {"opaquecc", LI_OPAQUE, HO_CC},
};
const size_t sample_kinds_n = sizeof(sample_kinds) / sizeof(sample_kinds[0]);

static const uint8_t src4[] = {192, 0, 2, 1}, dst4[] = {198, 51, 100, 7};

static const uint8_t mac[] = {0x00, 0x53, 0x00, 0x01, 0x02, 0x03};
static const uint8_t net6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 1};

#define OCTETS(s) ((struct octets){(const uint8_t *)(s), sizeof(s) - 1})

/* Attributes 17 and 18 as an NE writes them. */
static const uint8_t attributes[] = {0, X23_ATTR_MATCHED_TARGET, 0, 34, '<', 's', 'u', 'p', 'i',
    'i', 'm', 's', 'i', '>', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', '0', '0', '4',
    '<', '/', 's', 'u', 'p', 'i', 'i', 'm', 's', 'i', 0, X23_ATTR_OTHER_TARGET, 0, 14, 't', 'e',
    'l', ':', '+', '9', '9', '9', '0', '0', '0', '1', '1', '1'};

static size_t
put_len(uint8_t *out, size_t n)
{
	if (n < 128) {
		out[0] = (uint8_t)n;
		return 1;
	}
	if (n < 256) {
		out[0] = 0x81;
		out[1] = (uint8_t)n;
		return 2;
	}
	out[0] = 0x83;
	out[1] = (uint8_t)(n >> 16);
	out[2] = (uint8_t)(n >> 8);
	out[3] = (uint8_t)n;
	if (n >= 65536)
		return 4;
	out[0] = 0x82;
	memmove(out + 1, out + 2, 2);
	return 3;
}

static size_t
wrap(uint8_t *out, const uint8_t *id, size_t id_n, size_t content_n)
{
	uint8_t head[16];
	size_t n = id_n;

	memcpy(head, id, id_n);
	n += put_len(head + n, content_n);
	memmove(out + n, out, content_n);
	memcpy(out, head, n);
	return n + content_n;
}

size_t
sample_xiri(uint8_t *out, uint32_t arm, uint8_t release, uint8_t version, size_t n)
{
	uint8_t id[4] = {0xA0 | (uint8_t)arm};
	const uint8_t oid[] = {XIRI_OID, 5, 0x04, 0x13, release, version, TS133128_KIND_XIRI};
	size_t id_n = 1;

	if (arm > 30) {
		id[0] = 0xBF;
		if (arm > 127)
			id[id_n++] = 0x80 | (uint8_t)(arm >> 7);
		id[id_n++] = arm & 0x7F;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(i * 7 + arm);
	n = wrap(out, (const uint8_t[]){0x81}, 1, n);
	n = wrap(out, id, id_n, n);
	n = wrap(out, (const uint8_t[]){XIRI_EVENT}, 1, n);
	memmove(out + sizeof(oid), out, n);
	memcpy(out, oid, sizeof(oid));
	return wrap(out, (const uint8_t[]){XIRI_TAG}, 1, n + sizeof(oid));
}

static void
fill(uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(i * 13 + 5);
}

/* As many CCPayloads as fit in N. */
static size_t
make_payload(uint8_t *out, size_t n)
{
	static const uint8_t cc[] = {0x30, 0x0E, 0x80, 0x01, 0x00, 0xA2, 0x09, 0xA2, 0x07, 0x80,
	    0x01, 0x05, 0xA1, 0x02, 0x80, 0x00};
	size_t have = 0;

	do {
		memcpy(out + have, cc, sizeof(cc));
		have += sizeof(cc);
	} while (have + sizeof(cc) <= n);
	return wrap(out, (const uint8_t[]){PAYLOAD_CC_SEQUENCE}, 1, have);
}

/* PREFIX, then N octets under identifier ID, all inside OUTER. */
static size_t
make_around(
    uint8_t *out, const uint8_t *prefix, size_t prefix_n, uint8_t id, size_t n, uint8_t outer)
{
	fill(out, n);
	n = wrap(out, &id, 1, n);
	memmove(out + prefix_n, out, n);
	for (size_t i = 0; i < prefix_n; i++)
		out[i] = prefix[i];
	return wrap(out, &outer, 1, n + prefix_n);
}

static size_t
make_xcc(uint8_t *out, size_t n)
{
	static const uint8_t oid[] = {XIRI_OID, 5, 0x04, 0x13, 18, 15, TS133128_KIND_XCC};

	n = make_around(out, NULL, 0, CCPDU_UPF, n, CC33128_PDU);
	memmove(out + sizeof(oid), out, n);
	memcpy(out, oid, sizeof(oid));
	return wrap(out, (const uint8_t[]){CC33128_TAG}, 1, n + sizeof(oid));
}

static size_t
make_body(struct sample *s, enum li_kind kind, size_t n)
{
	/* hi2epsDomainId; ULIC-header of Eps-HI3-PS and of Umts-HI3-PS */
	static const uint8_t record[] = {0x80, 8, 4, 0, 2, 2, 4, 8, 15, 5};
	static const uint8_t eps[] = {0xA1, 0x1A, 0x80, 8, 4, 0, 2, 2, 4, 9, 12, 0, 0x83, 8, 0, 0,
	    0, 0, 0, 0, 0, 1, 0x85, 1, 7, 0x86, 1, 3};
	static const uint8_t umts[] = {0xA1, 0x1D, 0x80, 8, 4, 0, 2, 2, 4, 2, 7, 0, 0x81, 1, 8,
	    0x83, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0x85, 1, 7, 0x86, 1, 3};

	switch (kind) {
	case LI_XIRI:
		return sample_xiri(s->body, EVENT_SMF_ESTABLISHMENT, 18, 15, n);
	case LI_PAYLOAD:
		return make_payload(s->body, n);
	case LI_XCC:
		return make_xcc(s->body, n);
	case LI_EPS_IRI:
	case LI_UMTS_IRI:
		return make_around(s->body, record, sizeof(record), 0x81, n, IRI33108_BEGIN);
	case LI_EPS_CC:
		return make_around(s->body, eps, sizeof(eps), CC33108_PAYLOAD, n, CC33108_TAG);
	case LI_UMTS_CC:
		return make_around(s->body, umts, sizeof(umts), CC33108_PAYLOAD, n, CC33108_TAG);
	default:
		fill(s->body, n);
	}
	if (kind == LI_RTP && n > 1) {
		s->body[0] = 0x80;
		s->body[1] = 0x08;
	}
	return n;
}

static void
make_access(struct li_access *a)
{
	*a = (struct li_access){.event = 6,
	    .access_type = 5,
	    .ip_version = 3,
	    .end_reason = 4,
	    .auth_type = 2,
	    .username = OCTETS("user@example.org"),
	    .ip4 = {src4, 4},
	    .ip6 = {net6, 16},
	    .ip6_prefix_len = 64,
	    .assignment = 2,
	    .network_id = OCTETS("nas-1"),
	    .cpe_id = OCTETS("00-53-00-01-02-03"),
	    .location = OCTETS("line 4"),
	    .has_port = true,
	    .port = 0xFFFFFFFF,
	    .port_id = OCTETS("ge-0/0/1"),
	    .pop_ip = {dst4, 4},
	    .pop_mac = {mac, 6},
	    .callback = OCTETS("999000222"),
	    .framed_route = {OCTETS("192.0.2.0/24"), OCTETS("198.51.100.0/24")},
	    .framed_route_n = 2,
	    .start_ns = 1767225600000000000,
	    .end_ns = 1767229200000001000,
	    .expected_end_ns = 1767232800999999000,
	    .has_octets = true,
	    .octets_in = 0x7FFFFFFFFFFFFFFF,
	    .octets_out = 128,
	    .country = "NL"};
}

static void
make_mail(struct li_mail *m)
{
	*m = (struct li_mail){.event = 1,
	    .protocol = 1,
	    .status = 3,
	    .client = {src4, 4},
	    .server = {net6, 16},
	    .client_port = 50000,
	    .server_port = 25,
	    .server_octets = 300,
	    .client_octets = 0x1FFFFFFFF,
	    .sender = OCTETS("a@example.org"),
	    .recipient = {OCTETS("b@example.org"), OCTETS("c@example.org")},
	    .recipient_n = 2,
	    .recipient_total = 2,
	    .message_id = OCTETS("<1@example.org>"),
	    .username = OCTETS("a"),
	    .aaa_result = 3};
}

static void
make_message(struct li_message *m)
{
	*m = (struct li_message){.category = 2,
	    .event = 1,
	    .status = 3,
	    .trigger = 1,
	    .system = OCTETS("smsc.example.org"),
	    .party = {{1, 11, 255, OCTETS("sip:a@example.org")}, {2, 0, 1, {mac, 6}},
		{2, 2, 3, OCTETS("c@example.org")}},
	    .party_n = 3,
	    .event_id = 0xFFFFFFFF,
	    .subject = OCTETS("subject"),
	    .message_id = OCTETS("id-1"),
	    .content_type = OCTETS("message/cpim"),
	    .content_encoding = OCTETS("8bit"),
	    .in_sequence = true,
	    .sequence = 200,
	    .sequence_end = true};
}

/* The detail of KIND, NULL: it has none. */
static const void *
make_detail(struct sample *s, enum li_kind kind)
{
	make_access(&s->access);
	make_mail(&s->mail);
	make_message(&s->message);
	s->summary = (struct li_summary){.trigger = 4,
	    .indications = 0x1105,
	    .packets = 1000,
	    .octets = 1000000,
	    .first_ns = 1767225600123456000,
	    .last_ns = 1767225660000000000};
	s->upf = (struct li_upf){2, 1, true, 9, OCTETS("v=0")};
	switch (kind) {
	case LI_ACCESS:
		return &s->access;
	case LI_SUMMARY:
		return &s->summary;
	case LI_UPF:
		return &s->upf;
	case LI_MAIL_IRI:
		return &s->mail;
	case LI_MSG_IRI:
	case LI_MSG_CC:
		return &s->message;
	default:
		return NULL;
	}
}

void
sample_warrant(struct sample *s)
{
	int rc = handover_warrant_init(&s->w, s->liid, s->auth_cc, s->delivery_cc, s->op, s->neid,
	    TS102232_1_VERSION, s->gtime);

	assert(rc == 0);
	(void)rc;
}

void
sample_init(struct sample *s, enum li_kind kind, enum ho_class class, size_t body_n)
{
	memset(s, 0, offsetof(struct sample, body));
	assert(body_n <= 70000);
	s->liid = OCTETS("LIID-0001");
	s->op = OCTETS("OP1");
	s->neid = OCTETS("mdf-1");
	s->auth_cc = "NL";
	s->cin = 1000;
	s->seq = 7;
	sample_warrant(s);
	s->pdu.src = (struct octets){src4, 4};
	s->pdu.dst = (struct octets){dst4, 4};
	s->pdu.attributes = (struct octets){attributes, sizeof(attributes)};
	s->pdu.present = 1u << X23_ATTR_MATCHED_TARGET | 1u << X23_ATTR_OTHER_TARGET;
	s->ev = (struct li_event){.pdu = &s->pdu,
	    .kind = kind,
	    .class = class,
	    .iri_type = class == HO_IRI ? IRI_BEGIN : 0,
	    .direction = DIRECTION_FROM_TARGET,
	    .ts_qualifier = TIME_QUALIFIER_INTERCEPTION,
	    .time_ns = 1767225600123456789};
	s->ev.detail = make_detail(s, kind);
	s->ev.body = (struct octets){s->body, make_body(s, kind, body_n)};
}

int
sample_encode(const struct sample *s, uint8_t *out)
{
	struct ho_record rec;
	int rc = handover_encode(&s->w, s->cin, s->seq, &s->ev, &rec);

	if (rc < 0)
		return rc;
	memcpy(out, rec.head.p, rec.head.n);
	if (rec.body.n > 0)
		memcpy(out + rec.head.n, rec.body.p, rec.body.n);
	memcpy(out + rec.head.n + rec.body.n, rec.tail.p, rec.tail.n);
	return (int)(rec.head.n + rec.body.n + rec.tail.n);
}
