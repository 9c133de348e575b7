/* SPDX-License-Identifier: Apache-2.0 */
/* What an IRIPayload or CCPayload carries: which octets are its content and what they are.  See
 * lemf_pdu.h.  Content that the module does not name exactly (AAA data, media of TS 33.128) is told
 * by its first octets. */
#include "lemf_packet.h"
#include "lemf_pdu.h"

#include <stdio.h>

/* Where the content stands under the service structure; the first row of a kind that is there
 * counts.  LEMF_BODY_NONE: look at the octets. */
struct place {
	const char *kind, *path;
	enum lemf_body body;
	const char *len_path; /* original length of a cut packet */
};

static const struct place places[] = {
    {"iPCC", "iPCCContents.iPPackets", LEMF_BODY_IP, NULL},
    {"iPCC", "iPCCContents.iPTruncatedPacket.truncatedPacket", LEMF_BODY_IP,
	"iPCCContents.iPTruncatedPacket.originalLength"},
    {"iPIRI", "iPIRIContents.rawAAAData", LEMF_BODY_NONE, NULL},
    {"l2IRI", "l2IRIContents.rawAAAData", LEMF_BODY_NONE, NULL},
    {"iPIRIPacketReport", "report.header.header", LEMF_BODY_IP, NULL},
    {"iPIRIPacketReport", "report.summary.header", LEMF_BODY_IP, NULL},
    {"iPMMIRI", "iPMMIRIContents.originalIPMMMessage", LEMF_BODY_IP, NULL},
    {"iPMMIRI", "iPMMIRIContents.sIPMessage.sIPContent", LEMF_BODY_SIP, NULL},
    {"iPMMIRI", "iPMMIRIContents.iRIOnlyOriginalIPMMMessage", LEMF_BODY_IP, NULL},
    {"iPMMIRI", "iPMMIRIContents.iRIOnlySIPMessage.sIPContent", LEMF_BODY_SIP, NULL},
    {"iPMMIRI", "iPMMIRIContents.iRIOnlyRTPPacket", LEMF_BODY_RTP, NULL},
    {"iPMMIRI", "iPMMIRIContents.xCAPMessage", LEMF_BODY_OTHER, NULL},
    {"l2CC", "l2CCContents.ethernet", LEMF_BODY_ETHERNET, NULL},
    {"l2CC", "l2CCContents.pPP", LEMF_BODY_PPP, NULL},
    {"l2CC", "l2CCContents.l2TP", LEMF_BODY_L2TP, NULL},
    {"l2CC", "l2CCContents.l2F", LEMF_BODY_L2TP, NULL},
    {"l2CC", "l2CCContents.truncatedEthernet.truncatedDatagram", LEMF_BODY_ETHERNET,
	"l2CCContents.truncatedEthernet.originalLength"},
    {"l2CC", "l2CCContents.truncatedPPP.truncatedDatagram", LEMF_BODY_PPP,
	"l2CCContents.truncatedPPP.originalLength"},
    {"l2CC", "l2CCContents.truncatedL2TP.truncatedDatagram", LEMF_BODY_L2TP, NULL},
    {"messagingCC", "content", LEMF_BODY_MESSAGE, NULL},
    {"messagingIRI", "original-message", LEMF_BODY_MESSAGE, NULL},
    {"uMTSCC", "UmtsCC-PDU.payload", LEMF_BODY_IP, NULL},
    {"ePSCC", "EpsCC-PDU.payload", LEMF_BODY_IP, NULL},
    {"uMTSCC-CC-PDU", "payload", LEMF_BODY_IP, NULL},
    {"ePSCC-CC-PDU", "payload", LEMF_BODY_IP, NULL},
    {"voipCC-CC-PDU", "payload", LEMF_BODY_NONE, NULL},
    {"confCC-CC-PDU", "payload", LEMF_BODY_NONE, NULL},
    {"cSvoice-CC-PDU", "payload", LEMF_BODY_NONE, NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.uPFCCPDU", LEMF_BODY_GTPU, NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.extendedUPFCCPDU.payload.uPFIPCC", LEMF_BODY_IP,
	NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.extendedUPFCCPDU.payload.uPFEthernetCC",
	LEMF_BODY_ETHERNET, NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.extendedUPFCCPDU.payload.uPFUnstructuredCC",
	LEMF_BODY_OTHER, NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.mMSCCPDU.mMSContent", LEMF_BODY_MESSAGE, NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.nIDDCCPDU", LEMF_BODY_OTHER, NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.pTCCCPDU", LEMF_BODY_NONE, NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.iMSCCPDU.payload", LEMF_BODY_NONE, NULL},
    {"threeGPP33128DefinedCC",
	"CCPayload.pDU.rCSCCPDU.encapsulatedRCSPayload.mIME.encapsulatedMIMEEntity",
	LEMF_BODY_MESSAGE, NULL},
    {"threeGPP33128DefinedCC",
	"CCPayload.pDU.rCSCCPDU.encapsulatedRCSPayload.mSRP.encapsulatedMSRP", LEMF_BODY_MSRP,
	NULL},
    {"threeGPP33128DefinedCC", "CCPayload.pDU.rCSCCPDU.encapsulatedRCSPayload.sIP.sIPContent",
	LEMF_BODY_SIP, NULL},
    {"threeGPP33128DefinedIRI",
	"IRIPayload.event.iMSMessage.payload.encapsulatedSIPMessage.sIPContent", LEMF_BODY_SIP,
	NULL},
    {"ePSIRI", "iRI-EPS-Parameters.sIPMessage", LEMF_BODY_SIP, NULL},
    {"uMTSIRI", "iRI-Parameters.sIPMessage", LEMF_BODY_SIP, NULL},
};

/* Where the event is named: the value of an enumeration, or the name of the arm under PATH. */
static const struct {
	const char *kind, *path;
	bool arm;
} events[] = {
    {"iPIRI", "iPIRIContents.accessEventType", false},
    {"l2IRI", "l2IRIContents.accessEventType", false},
    {"emailIRI", "eventType", false},
    {"messagingIRI", "category", true},
    {"iPMMIRI", "iPMMIRIContents", true},
    {"iPIRIPacketReport", "report", true},
    {"l2CC", "l2CCContents", true},
    {"emailCC", "email-Format", false},
    {"iPMMCC", "frameType", false},
    {"pstnIsdnIRI", "pstnIsdnIRIContents", true},
    {"threeGPP33128DefinedCC", "CCPayload.pDU", true},
    {"threeGPP33128DefinedIRI", "IRIPayload.event", true},
    {"ePSIRI", "iRI-EPS-Parameters.ePSevent", false},
    {"uMTSIRI", "iRI-Parameters.gPRSevent", false},
};

/* Code, length, and attributes that fill the message. */
static bool
is_radius(struct octets in)
{
	size_t at = 20;

	if (in.n < at || in.p[0] < 1 || in.p[0] > 45 || octets_get16(in.p + 2) != in.n)
		return false;
	while (at + 2 <= in.n && in.p[at + 1] >= 2)
		at += in.p[at + 1];
	return at == in.n;
}

enum lemf_body
lemf_item_guess(struct octets in)
{
	static const uint8_t dhcp[4] = {0x63, 0x82, 0x53, 0x63};
	struct lemf_rtp rtp;
	struct lemf_ip ip;

	if (in.n >= 20 && in.p[0] >> 4 == 4 && octets_get16(in.p + 2) == in.n &&
	    lemf_packet_ip(in, &ip))
		return LEMF_BODY_IP;
	if (in.n >= 40 && in.p[0] >> 4 == 6 && octets_get16(in.p + 4) + 40u == in.n &&
	    lemf_packet_ip(in, &ip))
		return LEMF_BODY_IP;
	if (in.n >= 240 && in.p[0] >= 1 && in.p[0] <= 2 && memcmp(in.p + 236, dhcp, 4) == 0)
		return LEMF_BODY_DHCP;
	if (is_radius(in)) /* before Diameter: with identifier 0 it begins as that does */
		return LEMF_BODY_RADIUS;
	if (in.n >= 20 && in.p[0] == 1 && (octets_get32(in.p) & 0xffffff) == in.n)
		return LEMF_BODY_DIAMETER;
	if (in.n > 5 && memcmp(in.p, "MSRP ", 5) == 0)
		return LEMF_BODY_MSRP;
	if (lemf_packet_rtp(in, &rtp))
		return LEMF_BODY_RTP;
	return LEMF_BODY_OTHER;
}

static void
set_body(struct lemf_item *it, const struct lemf_node *n, enum lemf_body body)
{
	if (!n)
		return;
	it->content = n->val;
	it->body = body == LEMF_BODY_NONE ? lemf_item_guess(n->val) : body;
}

static void
find_content(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *p = &places[i];
		const struct lemf_node *n;

		if (strcmp(p->kind, it->kind) != 0 || !(n = lemf_tree_find(t, s, p->path)))
			continue;
		set_body(it, n, p->body);
		if (p->len_path)
			it->orig_len = lemf_node_uint(lemf_tree_find(t, s, p->len_path));
		return;
	}
}

static void
find_event(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	const struct lemf_node *n;

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (strcmp(events[i].kind, it->kind) != 0 ||
		    !(n = lemf_tree_find(t, s, events[i].path)))
			continue;
		if (events[i].arm && !(n = lemf_tree_child(t, n)))
			return;
		it->event =
		    events[i].arm ? n->name : lemf_schema_name(n->type->names, lemf_node_uint(n));
		it->event_tag = events[i].arm ? n->tlv.tag : (uint32_t)lemf_node_uint(n);
		return;
	}
}

static struct octets
address(const struct lemf_tree *t, const struct lemf_node *from, const char *name)
{
	const struct lemf_node *a = lemf_tree_find(t, from, name),
			       *n = lemf_tree_child(t, lemf_tree_find(t, a, "iP-value"));

	if (a && !n) /* the CHOICE of TS 33.128 */
		n = lemf_tree_child(t, a);
	return n ? n->val : (struct octets){NULL, 0};
}

static void
find_addresses(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	static const char *const under[] = {"iPMMIRIContents.sIPMessage",
	    "iPMMIRIContents.iRIOnlySIPMessage",
	    "IRIPayload.event.iMSMessage.payload.encapsulatedSIPMessage",
	    "CCPayload.pDU.rCSCCPDU.encapsulatedRCSPayload.sIP"};

	for (size_t i = 0; i < sizeof(under) / sizeof(under[0]) && !it->src.n; i++) {
		const struct lemf_node *m = lemf_tree_find(t, s, under[i]);

		if (!m)
			continue;
		it->src = address(t, m, "iPSourceAddress");
		it->dst = address(t, m, "iPDestinationAddress");
	}
}

static struct octets
octets_at(const struct lemf_tree *t, const struct lemf_node *from, const char *path)
{
	const struct lemf_node *n = lemf_tree_find(t, from, path);

	return n ? n->val : (struct octets){NULL, 0};
}

/* IPMMCC, alone or in a MessagingMMCC. */
static void
fill_media(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	static const enum lemf_body by_frame[] = {LEMF_BODY_IP, LEMF_BODY_UDP, LEMF_BODY_RTP,
	    LEMF_BODY_AUDIO, LEMF_BODY_TCP, LEMF_BODY_RTP, LEMF_BODY_UDPTL, LEMF_BODY_MSRP};
	const struct lemf_node *frame = lemf_tree_find(t, s, "frameType");
	uint64_t f = lemf_node_uint(frame);

	set_body(it, lemf_tree_find(t, s, "mMCCContents"),
	    frame && f < 8 ? by_frame[f] : LEMF_BODY_OTHER);
	it->stream = octets_at(t, s, "streamIdentifier");
}

static void
fill_pstn(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	static const enum lemf_body by_frame[] = {
	    LEMF_BODY_IP, LEMF_BODY_UDP, LEMF_BODY_NONE, LEMF_BODY_AUDIO, LEMF_BODY_RTP};
	const struct lemf_node *frame = lemf_tree_find(t, s, "supplementaryInfo.frameType");
	uint64_t f = lemf_node_uint(frame);

	set_body(it, lemf_tree_find(t, s, "pstnIsdnCCContents"),
	    frame && f < 5 ? by_frame[f] : LEMF_BODY_NONE);
}

static void
fill_message(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	static const char mms[] = "application/vnd.wap.mms-message";
	struct lemf_message *m = &it->message;
	const struct lemf_node *n;

	m->type = octets_at(t, s, "content-type");
	if (!m->type.n)
		m->type = octets_at(
		    t, s, "CCPayload.pDU.rCSCCPDU.encapsulatedRCSPayload.mIME.contentType");
	if (!m->type.n && !strcmp(it->kind, "threeGPP33128DefinedCC") &&
	    lemf_tree_find(t, s, "CCPayload.pDU.mMSCCPDU"))
		m->type = (struct octets){(const uint8_t *)mms, sizeof(mms) - 1};
	if ((n = lemf_tree_find(t, s, "event-identifier")))
		m->has_event = true, m->event = (uint32_t)lemf_node_uint(n);
	if ((n = lemf_tree_find(t, s, "content-identifier")))
		m->has_content = true, m->content = (uint32_t)lemf_node_uint(n);
	if ((n = lemf_tree_find(t, s, "sequence-number")))
		m->has_seq = true, m->seq = (uint32_t)lemf_node_uint(n);
	m->last = lemf_node_uint(lemf_tree_find(t, s, "end-of-sequence")) != 0;
}

/* Packet reports: the packet that the header was cut from, and counts. */
static void
fill_report(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	const struct lemf_node *sum = lemf_tree_find(t, s, "report.summary"), *n;
	struct octets h = it->content;
	struct lemf_ip ip;

	/* length 0: a jumbo packet, or a header made of a flow's addresses alone */
	if (!sum && lemf_packet_ip(h, &ip) && octets_get16(h.p + (ip.version == 4 ? 2 : 4)))
		it->orig_len =
		    ip.version == 4 ? octets_get16(h.p + 2) : octets_get16(h.p + 4) + 40u;
	if (!sum)
		return;
	it->has_summary = true;
	it->packet_n = lemf_node_uint(lemf_tree_find(t, sum, "packetCount"));
	it->octet_n = lemf_node_uint(lemf_tree_find(t, sum, "byteCount"));
	n = lemf_tree_find(t, sum, "trigger");
	it->trigger = n ? lemf_schema_name(n->type->names, lemf_node_uint(n)) : NULL;
}

/* TS 33.108: direction of the CC header, type of the IRI record. */
static void
fill_33108(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	static const char *const types[] = {"iRI-Begin", "iRI-End", "iRI-Continue", "iRI-Report"};
	const struct lemf_node *first = lemf_tree_child(t, s), *dir, *rec;

	if (first && (first->name[0] == 'E' || first->name[0] == 'U'))
		s = first; /* the CC-PDU in ePSCC, uMTSCC */
	dir = lemf_tree_find(t, s, "uLIC-header.t-PDU-direction");
	if (dir && !it->direction)
		it->direction = lemf_node_uint(dir) == 1   ? "fromTarget"
				: lemf_node_uint(dir) == 2 ? "toTarget"
							   : "indeterminate";
	/* epsIRIsContent { epsiRIContent { iRI-Begin-record {...} } } */
	rec = first && strstr(first->name, "IRIsContent")
		  ? lemf_tree_child(t, lemf_tree_child(t, first))
		  : NULL;
	if (!rec || strstr(lemf_tree_child(t, first)->name, "Sequence") || rec->tlv.tag < 1 ||
	    rec->tlv.tag > 4)
		return;
	if (!it->iri_type)
		it->iri_type = types[rec->tlv.tag - 1];
	dir = lemf_tree_find(t, rec, "ePSevent");
	if (!dir)
		dir = lemf_tree_find(t, rec, "gPRSevent");
	if (dir) {
		it->event = lemf_schema_name(dir->type->names, lemf_node_uint(dir));
		it->event_tag = (uint32_t)lemf_node_uint(dir);
	}
	set_body(it, lemf_tree_find(t, rec, "sIPMessage"), LEMF_BODY_SIP);
}

void
lemf_item_fill(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	const struct lemf_node *first = lemf_tree_child(t, s), *n;

	it->kind = s->name;
	if (s->type && s->type->kind == LEMF_HOLDS)
		first = lemf_tree_child(t, first);
	if (first && first->type && first->type->kind == LEMF_RELOID)
		lemf_node_oid(first, it->oid, sizeof(it->oid));
	find_event(it, t, s);
	find_content(it, t, s);
	find_addresses(it, t, s);
	fill_33108(it, t, s);
	if (!strcmp(it->kind, "iPMMCC"))
		fill_media(it, t, s);
	else if (!strcmp(it->kind, "messagingMMCC"))
		fill_media(it, t, lemf_tree_find(t, s, "content"));
	else if (!strcmp(it->kind, "pstnIsdnCC"))
		fill_pstn(it, t, s);
	else if (!strcmp(it->kind, "emailCC"))
		set_body(it, lemf_tree_find(t, s, "content"),
		    lemf_node_uint(lemf_tree_find(t, s, "email-Format")) == 1 ? LEMF_BODY_IP
									      : LEMF_BODY_MAIL);
	else if (!strcmp(it->kind, "iPIRIPacketReport"))
		fill_report(it, t, s);
	n = lemf_tree_find(t, s, "iPIRIContents.authenticationType");
	if (it->body == LEMF_BODY_OTHER && lemf_node_uint(n) == 3)
		it->body = LEMF_BODY_DHCP6;
	if (it->body == LEMF_BODY_MESSAGE || !strncmp(it->kind, "messaging", 9))
		fill_message(it, t, s);
	/* What is not looked into is shown by its octets. */
	n = !strcmp(it->kind, "threeGPP33128DefinedIRI")
		? lemf_tree_child(t, lemf_tree_find(t, s, "IRIPayload.event"))
	    : (!s->type || s->type->kind == LEMF_ANY) ? s
						      : NULL;
	if (it->body == LEMF_BODY_NONE)
		set_body(it, n, LEMF_BODY_OTHER);
}

const char *
lemf_body_name(enum lemf_body body)
{
	static const char *const names[] = {[LEMF_BODY_NONE] = "none",
	    [LEMF_BODY_IP] = "ip",
	    [LEMF_BODY_SIP] = "sip",
	    [LEMF_BODY_RTP] = "rtp",
	    [LEMF_BODY_UDP] = "udp",
	    [LEMF_BODY_TCP] = "tcp",
	    [LEMF_BODY_AUDIO] = "audio",
	    [LEMF_BODY_ETHERNET] = "ethernet",
	    [LEMF_BODY_GTPU] = "gtpu",
	    [LEMF_BODY_PPP] = "ppp",
	    [LEMF_BODY_L2TP] = "l2tp",
	    [LEMF_BODY_RADIUS] = "radius",
	    [LEMF_BODY_DHCP] = "dhcp",
	    [LEMF_BODY_DHCP6] = "dhcpv6",
	    [LEMF_BODY_DIAMETER] = "diameter",
	    [LEMF_BODY_MSRP] = "msrp",
	    [LEMF_BODY_UDPTL] = "udptl",
	    [LEMF_BODY_MAIL] = "mail",
	    [LEMF_BODY_MESSAGE] = "message",
	    [LEMF_BODY_OTHER] = "other"};

	return names[body];
}
