/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_pdu.h. */
#include "lemf_pdu.h"

#include <errno.h>
#include <stdio.h>

void
lemf_pdu_init(struct lemf_pdu *p)
{
	memset(p, 0, sizeof(*p));
	lemf_tree_init(&p->tree);
}

void
lemf_pdu_fini(struct lemf_pdu *p)
{
	lemf_tree_fini(&p->tree);
}

char *
lemf_liid_format(struct octets liid, char *buf, size_t len)
{
	bool plain = liid.n > 0 && liid.n < len;
	size_t i, at;

	for (i = 0; plain && i < liid.n; i++)
		plain = liid.p[i] > 0x20 && liid.p[i] < 0x7f;
	if (plain) {
		memcpy(buf, liid.p, liid.n);
		buf[liid.n] = 0;
		return buf;
	}
	at = (size_t)snprintf(buf, len, "0x");
	for (i = 0; i < liid.n && at + 3 <= len; i++, at += 2)
		snprintf(buf + at, len - at, "%02x", liid.p[i]);
	return buf;
}

/* Time beside FROM: microSecondTimeStamp, else timeStamp. */
static int64_t
time_under(const struct lemf_tree *t, const struct lemf_node *from)
{
	const struct lemf_node *n = lemf_tree_find(t, from, "microSecondTimeStamp");
	int64_t us;
	uint64_t s;

	if (n) {
		s = lemf_node_uint(lemf_tree_find(t, n, "seconds"));
		if (s < INT64_MAX / 1000000 - 1)
			return (int64_t)(s * 1000000 +
					 lemf_node_uint(lemf_tree_find(t, n, "microSeconds")) %
					     1000000);
	}
	n = lemf_tree_find(t, from, "timeStamp");
	return n && lemf_time_us(n->val, &us) == 0 ? us : LEMF_NO_TIME;
}

static void
fill_class(struct lemf_head *h, const struct lemf_tree *t)
{
	const struct lemf_node *arm = lemf_tree_child(t, lemf_tree_find(t, NULL, "payload")), *tri;

	h->cls = LEMF_OTHER;
	h->kind = arm ? arm->name : "?";
	if (!arm || arm->name[0] == '?')
		return;
	if (arm->tlv.tag == 0) {
		h->cls = LEMF_IRI;
	} else if (arm->tlv.tag == 1) {
		h->cls = LEMF_CC;
	} else if (arm->tlv.tag == 2) {
		tri = lemf_tree_child(t, arm);
		h->cls = LEMF_TRI;
		h->kind = tri ? tri->name : "?";
		h->keepalive = tri && tri->type && tri->tlv.tag == 3;
		h->option_request = tri && tri->type && tri->tlv.tag == 9;
		h->ack_request = tri && tri->type && tri->tlv.tag == 12;
	}
}

int
lemf_pdu_decode(struct lemf_pdu *p, struct octets raw)
{
	int rc = lemf_tree_decode(&p->tree, lemf_schema_ps_pdu, raw);
	const struct lemf_node *ps = lemf_tree_find(&p->tree, NULL, "pSHeader"), *n;
	struct lemf_head *h = &p->head;

	memset(h, 0, sizeof(*h));
	h->kind = "?";
	h->cls = LEMF_OTHER;
	h->time_us = LEMF_NO_TIME;
	if (!ps)
		return rc ? rc : -EBADMSG;
	if ((n = lemf_tree_find(&p->tree, ps, "lawfulInterceptionIdentifier")))
		h->liid = n->val;
	lemf_liid_format(h->liid, h->liid_text, sizeof(h->liid_text));
	if ((n = lemf_tree_find(
		 &p->tree, ps, "communicationIdentifier.communicationIdentityNumber")))
		h->cin = (uint32_t)lemf_node_uint(n), h->has_cin = true;
	if ((n = lemf_tree_find(&p->tree, ps, "sequenceNumber")))
		h->seq = (uint32_t)lemf_node_uint(n), h->has_seq = true;
	h->time_us = time_under(&p->tree, ps);
	fill_class(h, &p->tree);
	return rc;
}

static void
set_body(struct lemf_item *it, const struct lemf_node *n, enum lemf_body body)
{
	if (!n)
		return;
	it->content = n->val;
	it->body = body;
}

static void
fill_ipmm_cc(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	static const enum lemf_body by_frame[] = {LEMF_BODY_IP, LEMF_BODY_UDP, LEMF_BODY_RTP,
	    LEMF_BODY_AUDIO, LEMF_BODY_TCP, LEMF_BODY_RTP, LEMF_BODY_OTHER, LEMF_BODY_OTHER};
	const struct lemf_node *frame = lemf_tree_find(t, s, "frameType"),
			       *stream = lemf_tree_find(t, s, "streamIdentifier");
	uint64_t f = lemf_node_uint(frame);

	set_body(it, lemf_tree_find(t, s, "mMCCContents"),
	    frame && f < 8 ? by_frame[f] : LEMF_BODY_OTHER);
	if (stream)
		it->stream = stream->val;
}

static struct octets
address(const struct lemf_tree *t, const struct lemf_node *from, const char *name)
{
	const struct lemf_node *n =
	    lemf_tree_child(t, lemf_tree_find(t, lemf_tree_find(t, from, name), "iP-value"));

	return n ? n->val : (struct octets){NULL, 0};
}

static void
fill_ipmm_iri(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	const struct lemf_node *arm = lemf_tree_child(t, lemf_tree_find(t, s, "iPMMIRIContents"));

	if (!arm)
		return;
	it->event = arm->name;
	it->event_tag = arm->tlv.tag;
	switch (arm->tlv.tag) {
	case 0:
	case 5:
		set_body(it, arm, LEMF_BODY_IP);
		return;
	case 1:
	case 6:
		set_body(it, lemf_tree_find(t, arm, "sIPContent"), LEMF_BODY_SIP);
		it->src = address(t, arm, "iPSourceAddress");
		it->dst = address(t, arm, "iPDestinationAddress");
		return;
	case 7:
		set_body(it, arm, LEMF_BODY_RTP);
		return;
	default:
		set_body(it, arm, LEMF_BODY_OTHER);
	}
}

static void
fill_33128_cc(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	const struct lemf_node *arm = lemf_tree_child(t, lemf_tree_find(t, s, "CCPayload.pDU"));

	if (!arm)
		return;
	it->event = arm->name;
	it->event_tag = arm->tlv.tag;
	if (arm->tlv.tag == 2) {
		const struct lemf_node *in = lemf_tree_child(t, lemf_tree_find(t, arm, "payload"));

		set_body(it, in,
		    in && in->tlv.tag == 1   ? LEMF_BODY_IP
		    : in && in->tlv.tag == 2 ? LEMF_BODY_ETHERNET
					     : LEMF_BODY_OTHER);
	} else {
		set_body(it, arm->tlv.tag == 6 ? lemf_tree_find(t, arm, "payload") : arm,
		    arm->tlv.tag == 1 ? LEMF_BODY_GTPU : LEMF_BODY_OTHER);
	}
}

static void
fill_service(struct lemf_item *it, const struct lemf_tree *t, const struct lemf_node *s)
{
	const struct lemf_node *first = lemf_tree_child(t, s), *n;

	it->kind = s->name;
	if (s->type && s->type->kind == LEMF_HOLDS)
		first = lemf_tree_child(t, first);
	if (first && first->type && first->type->kind == LEMF_RELOID)
		lemf_node_oid(first, it->oid, sizeof(it->oid));
	if (!strcmp(it->kind, "iPCC")) {
		set_body(it, lemf_tree_find(t, s, "iPCCContents.iPPackets"), LEMF_BODY_IP);
		set_body(it, lemf_tree_find(t, s, "iPCCContents.iPTruncatedPacket.truncatedPacket"),
		    LEMF_BODY_IP);
	} else if (!strcmp(it->kind, "iPMMCC")) {
		fill_ipmm_cc(it, t, s);
	} else if (!strcmp(it->kind, "iPMMIRI")) {
		fill_ipmm_iri(it, t, s);
	} else if (!strcmp(it->kind, "threeGPP33128DefinedCC")) {
		fill_33128_cc(it, t, s);
	} else if (!strcmp(it->kind, "threeGPP33128DefinedIRI")) {
		n = lemf_tree_child(t, lemf_tree_find(t, s, "IRIPayload.event"));
		it->event = n ? n->name : NULL;
		it->event_tag = n ? n->tlv.tag : 0;
		set_body(it, n, LEMF_BODY_OTHER);
	} else if (!strcmp(it->kind, "iPIRI")) {
		n = lemf_tree_find(t, s, "iPIRIContents.accessEventType");
		it->event = n ? lemf_schema_name(n->type->names, lemf_node_uint(n)) : NULL;
		it->event_tag = (uint32_t)lemf_node_uint(n);
	} else {
		set_body(it, s, LEMF_BODY_OTHER);
	}
}

static const char *
enum_text(const struct lemf_tree *t, const struct lemf_node *from, const char *name)
{
	const struct lemf_node *n = lemf_tree_find(t, from, name);

	return n ? lemf_schema_name(n->type->names, lemf_node_uint(n)) : NULL;
}

bool
lemf_pdu_item(const struct lemf_pdu *p, const struct lemf_node *after, struct lemf_item *it)
{
	const struct lemf_tree *t = &p->tree;
	const struct lemf_node *n, *s;

	memset(it, 0, sizeof(*it));
	if (p->head.cls != LEMF_IRI && p->head.cls != LEMF_CC)
		return false;
	n = after ? lemf_tree_next(t, after)
		  : lemf_tree_child(t, lemf_tree_child(t, lemf_tree_find(t, NULL, "payload")));
	if (!n)
		return false;
	it->node = n;
	it->kind = "?";
	it->time_us = time_under(t, n);
	if (it->time_us == LEMF_NO_TIME)
		it->time_us = p->head.time_us;
	it->direction = enum_text(t, n, "payloadDirection");
	if (!it->direction)
		it->direction = enum_text(t, n, "sessionDirection");
	it->iri_type = enum_text(t, n, "iRIType");
	s = lemf_tree_child(
	    t, lemf_tree_find(t, n, p->head.cls == LEMF_CC ? "cCContents" : "iRIContents"));
	if (s)
		fill_service(it, t, s);
	return true;
}

const char *
lemf_class_name(enum lemf_class cls)
{
	switch (cls) {
	case LEMF_IRI:
		return "iri";
	case LEMF_CC:
		return "cc";
	case LEMF_TRI:
		return "tri";
	case LEMF_OTHER:
		return "other";
	}
	return "?";
}

const char *
lemf_body_name(enum lemf_body body)
{
	switch (body) {
	case LEMF_BODY_NONE:
		return "none";
	case LEMF_BODY_IP:
		return "ip";
	case LEMF_BODY_SIP:
		return "sip";
	case LEMF_BODY_RTP:
		return "rtp";
	case LEMF_BODY_UDP:
		return "udp";
	case LEMF_BODY_TCP:
		return "tcp";
	case LEMF_BODY_AUDIO:
		return "audio";
	case LEMF_BODY_ETHERNET:
		return "ethernet";
	case LEMF_BODY_GTPU:
		return "gtpu";
	case LEMF_BODY_OTHER:
		return "other";
	}
	return "?";
}
