/* SPDX-License-Identifier: Apache-2.0 */
/* From the events of a PDU to those of one warrant; see scope.h. */
#include "session/scope_priv.h"
#include "spec/ts103221_2.h"

#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_NONE 255 /* reserved: not known */
#define UPF_BARE 1     /* arms of li_upf and of its payload */
#define UPF_EXTENDED 2
#define UPF_IP 1
#define UPF_ETHERNET 2
#define UPF_UNSTRUCTURED 3
#define QFI_MAX 63

static bool
scope_has_attribute(const struct x23_pdu *pdu, unsigned type)
{
	return (pdu->present & (UINT32_C(1) << type)) != 0;
}

/* ---- the packet of the PDU */

/* Protocol of the media or message, as far as attributes or format tell it. */
static uint8_t
scope_proto(const struct payload *p)
{
	if (scope_has_attribute(p->ev.pdu, X23_ATTR_IP_PROTO))
		return p->ev.pdu->ip_proto;
	if (p->ev.kind == LI_RTP)
		return PROTO_UDP;
	return p->ev.kind == LI_MSRP ? PROTO_TCP : PROTO_NONE;
}

/* One address that is not there is all zeros; both of one family. */
static size_t
scope_compose_addresses(const struct x23_pdu *pdu, uint8_t *h)
{
	size_t n = pdu->src.n > 0 ? pdu->src.n : pdu->dst.n, at;

	if ((n != 4 && n != 16) || (pdu->src.n != 0 && pdu->src.n != n) ||
	    (pdu->dst.n != 0 && pdu->dst.n != n))
		return 0;
	at = n == 4 ? 12 : 8;
	if (pdu->src.n > 0)
		memcpy(h + at, pdu->src.p, n);
	if (pdu->dst.n > 0)
		memcpy(h + at + n, pdu->dst.p, n);
	return at + 2 * n;
}

/* An IP header and one of UDP or TCP from attributes 10 to 16 into H of SCOPE_HEADER_MAX; content
 * of CONTENT_N octets is counted, checksums stay zero.  Returns its length, 0 without addresses. */
static size_t
scope_compose(const struct payload *p, size_t content_n, uint8_t *h)
{
	const struct x23_pdu *pdu = p->ev.pdu;
	uint8_t proto = scope_proto(p);
	size_t ip_n, transport_n, total;

	memset(h, 0, SCOPE_HEADER_MAX);
	ip_n = scope_compose_addresses(pdu, h);
	if (ip_n == 0)
		return 0;
	transport_n = proto == PROTO_UDP ? 8 : proto == PROTO_TCP ? 20 : 0;
	total = transport_n + content_n + (ip_n == 20 ? 20 : 0);
	if (total > UINT16_MAX)
		total = UINT16_MAX;
	h[0] = ip_n == 20 ? 0x45 : 0x60;
	h[ip_n == 20 ? 9 : 6] = proto;
	octets_put16(h + (ip_n == 20 ? 2 : 4), (uint16_t)total);
	if (transport_n == 0)
		return ip_n;
	octets_put16(h + ip_n, pdu->src_port);
	octets_put16(h + ip_n + 2, pdu->dst_port);
	if (proto == PROTO_UDP)
		octets_put16(h + ip_n + 4, (uint16_t)(total - (ip_n == 20 ? 20 : 0)));
	else
		h[ip_n + 12] = 0x50; /* five words */
	return ip_n + transport_n;
}

static void
scope_look_composed(struct scope_at *at)
{
	struct scope_out *o = at->out;
	size_t content_n = at->p->ev.body.n, n = scope_compose(at->p, content_n, o->header);

	if (n == 0 || packet_parse((struct octets){o->header, n}, &o->pkt) < 0) {
		o->pkt.seen_n = content_n;
		return;
	}
	o->pkt.seen_n = n + content_n;
	at->shown = scope_proto(at->p) != PROTO_NONE;
}

void
scope_look(struct scope_at *at)
{
	struct scope_out *o = at->out;
	struct frame f;

	if (at->looked)
		return;
	at->looked = true;
	if (at->frame.n > 0 && frame_parse(at->frame, &f) == 0) {
		at->src_mac = f.src;
		at->dst_mac = f.dst;
	}
	if (at->ip.n == 0)
		at->ip = scope_inner(&at->p->ev);
	if (at->ip.n > 0 && packet_parse(at->ip, &o->pkt) == 0) {
		at->shown = true;
		packet_innermost(&o->pkt, &o->inner);
		return;
	}
	scope_look_composed(at);
	o->inner = o->pkt;
}

/* ---- less than the content */

/* What the warrant gets of the content now. */
static enum taskset_content
scope_content(const struct task_warrant *w)
{
	if (w->row.content == TASKSET_FULL && (w->row.metadata || w->metadata_rule))
		return TASKSET_HEADERS;
	return (enum taskset_content)w->row.content;
}

/* CC, or a packet header that came as IRI, for one who gets no content. */
static enum reject_code
scope_to_header(struct scope_at *at, enum taskset_content content, struct li_event *ev)
{
	struct scope_out *o = at->out;

	scope_look(at);
	if (content == TASKSET_SUMMARY) {
		if (ev->kind == LI_HEADER && o->pkt.version == 4 && o->pkt.ip.n >= 20)
			o->pkt.seen_n = octets_get16(o->pkt.ip.p + 2);
		else if (ev->kind == LI_HEADER && o->pkt.version == 6)
			o->pkt.seen_n = octets_get16(o->pkt.ip.p + 4) + (size_t)40;
		o->summarise = true;
		return REJECT_NONE;
	}
	if (!at->shown)
		return REJECT_OUT_OF_SCOPE;
	ev->kind = LI_HEADER;
	ev->class = HO_IRI;
	ev->iri_type = PAYLOAD_REPORT;
	ev->begins = ev->ends = false;
	ev->detail = NULL;
	ev->body = (struct octets){o->pkt.ip.p, o->pkt.header_n};
	return REJECT_NONE;
}

/* ---- forms */

static void
scope_to_upf(
    struct scope_at *at, struct li_event *ev, uint8_t arm, uint8_t payload, struct octets body)
{
	struct li_upf *upf = &at->out->upf;
	struct gtpu g;

	memset(upf, 0, sizeof(*upf));
	upf->arm = arm;
	upf->payload = payload;
	if (at->p->gtp.n > 0 && gtpu_parse(at->p->gtp, &g) == 0) {
		upf->has_qfi = g.has_qfi;
		upf->qfi = g.qfi & QFI_MAX;
	}
	ev->kind = LI_UPF;
	ev->body = body;
	ev->detail = upf;
}

static void
scope_to(struct li_event *ev, enum li_kind kind, struct octets body)
{
	ev->kind = kind;
	ev->body = body;
	ev->detail = NULL;
}

static void
scope_form_frame(struct scope_at *at, struct li_event *ev)
{
	uint8_t form = at->w->profile->ethernet;

	if (form == TASKSET_ETHERNET_AUTO)
		form =
		    at->w->row.services == SERVICE_DATA ? TASKSET_ETHERNET_IP : TASKSET_ETHERNET_L2;
	if (form == TASKSET_ETHERNET_UPF)
		scope_to_upf(at, ev, UPF_EXTENDED, UPF_ETHERNET, at->frame);
	else if (form == TASKSET_ETHERNET_IP && at->ip.n > 0)
		scope_to(ev, LI_IP, at->ip);
	else
		scope_to(ev, LI_L2, at->frame);
}

/* A G-PDU without a packet or a frame in it. */
static void
scope_form_unstructured(struct scope_at *at, struct li_event *ev)
{
	struct gtpu g;

	if (gtpu_parse(at->p->gtp, &g) == 0 && g.inner.n > 0)
		scope_to_upf(at, ev, UPF_EXTENDED, UPF_UNSTRUCTURED, g.inner);
}

static void
scope_form_gtp(struct scope_at *at, struct li_event *ev)
{
	uint8_t form = at->w->profile->gtp;

	if (at->frame.n == 0 && at->ip.n == 0)
		scope_form_unstructured(at, ev);
	else if (at->ip.n == 0 && form == TASKSET_GTP_EXTENDED)
		scope_to_upf(at, ev, UPF_EXTENDED, UPF_ETHERNET, at->frame);
	else if (at->frame.n > 0)
		scope_form_frame(at, ev);
	else if (form == TASKSET_GTP_UPF)
		scope_to_upf(at, ev, UPF_BARE, 0, at->p->gtp);
	else if (form == TASKSET_GTP_EXTENDED)
		scope_to_upf(at, ev, UPF_EXTENDED, UPF_IP, at->ip);
	else
		scope_to(ev, form == TASKSET_GTP_EPS ? LI_EPS_CC : LI_IP, at->ip);
}

/* The innermost packet, when the element sends packets in tunnels of the operator's own. */
static struct octets
scope_unwrap(const struct scope_at *at, struct octets ip)
{
	struct packet pkt, inner;

	if (at->in->ne == NULL || !at->in->ne->unwrap || packet_parse(ip, &pkt) < 0 ||
	    packet_innermost(&pkt, &inner) == 0)
		return ip;
	return inner.ip;
}

static enum reject_code
scope_form(struct scope_at *at, struct li_event *ev)
{
	bool packet =
	    ev->kind == LI_IP || ev->kind == LI_L2 || ev->kind == LI_UPF || ev->kind == LI_EPS_CC;

	if (ev->kind == LI_OPAQUE)
		return at->w->profile->opaque && at->in->ne != NULL && at->in->ne->opaque
			   ? REJECT_NONE
			   : REJECT_FORMAT_UNKNOWN;
	if (ev->class == HO_IRI || !packet)
		return REJECT_NONE;
	if (at->p->gtp.n > 0)
		scope_form_gtp(at, ev);
	else if (at->frame.n > 0)
		scope_form_frame(at, ev);
	else if (ev->kind == LI_IP)
		ev->body = scope_unwrap(at, ev->body);
	if (ev->kind == LI_IP && at->p->gtp.n == 0 && at->frame.n == 0 &&
	    at->w->profile->ip == TASKSET_IP_UPF)
		scope_to_upf(at, ev, UPF_EXTENDED, UPF_IP, ev->body);
	return REJECT_NONE;
}

/* ---- one event */

static bool
scope_delivers(const struct taskset_warrant *r, const struct li_event *ev)
{
	if (ev->class == HO_IRI)
		return (r->delivery & TASKSET_IRI) != 0;
	return (r->delivery & TASKSET_CC) != 0 || (r->content != TASKSET_FULL && r->delivery != 0);
}

static bool
scope_serves(const struct taskset_warrant *r, const struct li_event *ev)
{
	return r->services == SERVICE_ANY || ev->service == 0 || (ev->service & r->services) != 0;
}

/* Shape EV, a copy.  REJECT_NONE with out->summarise set: nothing of it goes out. */
static enum reject_code
scope_event(struct scope_at *at, struct li_event *ev)
{
	const struct taskset_warrant *r = &at->w->row;
	enum taskset_content content = scope_content(at->w);

	if (!scope_delivers(r, ev))
		return REJECT_OUT_OF_SCOPE;
	if (!scope_serves(r, ev))
		return REJECT_SERVICE;
	if (r->rule_n > 0 && !scope_is_target(at, ev))
		return REJECT_NOT_TARGET;
	if (scope_is_excluded(at, ev)) {
		at->out->excluded = true;
		return REJECT_EXCLUDED;
	}
	if (content == TASKSET_FULL && ev->class == HO_IRI && (r->delivery & TASKSET_CC) == 0)
		scope_cut_message(ev, &at->out->message);
	if (ev->kind == LI_SIP && (r->content != TASKSET_FULL || (r->delivery & TASKSET_CC) == 0))
		scope_hide_keys(ev, at->out->sip);
	if (content == TASKSET_FULL || (ev->class == HO_IRI && r->content == TASKSET_FULL))
		return scope_form(at, ev); /* fallen back to metadata: IRI stays whole */
	if (ev->class != HO_IRI || (ev->kind == LI_HEADER && content == TASKSET_SUMMARY))
		return scope_to_header(at, content, ev);
	return scope_bare_iri(ev, &at->out->message) ? REJECT_NONE : REJECT_OUT_OF_SCOPE;
}

/* The packet in a frame, without the padding behind it; empty: there is no sound one. */
static struct octets
scope_ip_of_frame(const struct scope_at *at)
{
	struct octets ip = at->ip;
	struct packet pkt;
	struct frame f;

	if (ip.n == 0 && frame_parse(at->frame, &f) == 0)
		ip = frame_ip(&f);
	packet_parse(ip, &pkt);
	return pkt.ip;
}

static void
scope_begin(struct scope_at *at)
{
	const struct payload *p = at->p;

	at->out->n = 0;
	at->out->summarise = at->out->excluded = false;
	at->out->left_out = REJECT_NONE;
	at->out->pkt = at->out->inner = (struct packet){0};
	at->looked = at->shown = at->hashed = false;
	at->src_mac = at->dst_mac = NULL;
	at->frame = p->frame.n == 0 && p->ev.kind == LI_L2 ? p->ev.body : p->frame;
	at->ip = p->packet;
	if (at->ip.n == 0 && (p->ev.kind == LI_IP || p->ev.kind == LI_HEADER))
		at->ip = p->ev.body;
	if (at->frame.n > 0)
		at->ip = scope_ip_of_frame(at);
}

enum reject_code
scope_apply(const struct payload *p, const struct scope *in, const struct task_warrant *w,
    struct scope_out *out)
{
	struct scope_at at;

	at.p = p;
	at.in = in;
	at.w = w;
	at.out = out;
	scope_begin(&at);
	for (size_t i = 0; i <= p->more_n; i++) {
		struct li_event *ev = &out->ev[out->n];
		bool before = out->summarise;
		enum reject_code why;

		*ev = i == 0 ? p->ev : p->more[i - 1];
		why = scope_event(&at, ev);
		if (why == REJECT_NONE && out->summarise == before)
			out->n++;
		else if (why != REJECT_NONE && out->left_out == REJECT_NONE)
			out->left_out = why;
	}
	return out->n > 0 || out->summarise ? REJECT_NONE : out->left_out;
}

bool
scope_is_plain(const struct payload *p, const struct scope *in, const struct task_warrant *w)
{
	const struct taskset_warrant *r = &w->row;
	const struct li_event *ev = &p->ev;

	if (r->content != TASKSET_FULL || r->metadata || w->metadata_rule || r->rule_n > 0 ||
	    (in->ne != NULL && in->ne->rule_n > 0))
		return false;
	if (p->more_n > 0 || p->gtp.n > 0 || p->frame.n > 0 || !scope_delivers(r, ev) ||
	    !scope_serves(r, ev))
		return false;
	if (ev->kind == LI_IP)
		return w->profile->ip == TASKSET_IP_IPCC && (in->ne == NULL || !in->ne->unwrap);
	if ((r->delivery & TASKSET_CC) == 0 && (ev->kind == LI_SIP || ev->kind == LI_MSG_IRI))
		return false;
	return ev->kind != LI_L2 && ev->kind != LI_OPAQUE;
}
