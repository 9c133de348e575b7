/* SPDX-License-Identifier: Apache-2.0 */
/* The IP packet within CC that came encoded; see scope_priv.h.  Not a decoder: it follows the few
 * tags on the way to the packet. */
#include "session/scope_priv.h"

static const struct octets nothing = {NULL, 0};

bool
scope_tlv_next(struct octets *in, struct scope_tlv *t)
{
	size_t at = 1, n, octets;

	if (in->n < 2)
		return false;
	t->constructed = in->p[0] & 0x20;
	t->tag = in->p[0] & 0x1f;
	if (t->tag == 0x1f) {
		t->tag = 0;
		do {
			if (at == in->n || at > 4)
				return false; /* GCOVR_EXCL_LINE: ber_sound() came first */
			t->tag = t->tag << 7 | (in->p[at] & 0x7f);
		} while (in->p[at++] & 0x80);
	}
	if (at == in->n)
		return false; /* GCOVR_EXCL_LINE: the same */
	n = in->p[at++];
	if (n >= 0x80) {
		octets = n & 0x7f;
		if (octets == 0 || octets > 4 || octets > in->n - at)
			return false;
		for (n = 0; octets > 0; octets--)
			n = n << 8 | in->p[at++];
	}
	if (n > in->n - at)
		return false;
	t->content = (struct octets){in->p + at, n};
	*in = (struct octets){in->p + at + n, in->n - at - n};
	return true;
}

bool
scope_tlv_find(struct octets in, uint32_t tag, struct scope_tlv *t)
{
	while (scope_tlv_next(&in, t))
		if (t->tag == tag)
			return true;
	return false;
}

/* IN when it begins like an IP packet. */
static struct octets
scope_if_ip(struct octets in)
{
	return in.n > 0 && (in.p[0] >> 4 == 4 || in.p[0] >> 4 == 6) ? in : nothing;
}

/* CCPayload of TS 33.128: pDU [2], uPFCCPDU [1] (a GTP-U message) or extendedUPFCCPDU [2] with
 * uPFIPCC or uPFEthernetCC. */
static struct octets
scope_inner_33128(struct octets in)
{
	struct scope_tlv t;
	struct octets choice;
	struct frame f;
	struct gtpu g;

	if (!scope_tlv_next(&in, &t) || !scope_tlv_find(t.content, 2, &t))
		return nothing;
	choice = t.content;
	if (!scope_tlv_next(&choice, &t))
		return nothing;
	if (t.tag == 1)
		return scope_if_ip(gtpu_parse(t.content, &g) == 0 ? g.inner : t.content);
	if (t.tag != 2 || !scope_tlv_find(t.content, 1, &t))
		return nothing;
	choice = t.content;
	if (!scope_tlv_next(&choice, &t))
		return nothing;
	if (t.tag == 2 && frame_parse(t.content, &f) == 0)
		return frame_ip(&f);
	return t.tag == 1 ? scope_if_ip(t.content) : nothing;
}

/* CC-PDU of TS 33.108: payload [2]. */
static struct octets
scope_inner_33108(struct octets in)
{
	struct scope_tlv t;

	if (!scope_tlv_next(&in, &t) || !scope_tlv_find(t.content, 2, &t))
		return nothing;
	return scope_if_ip(t.content);
}

/* Payload of TS 102 232-1: one CCPayload with cCContents [2], iPCC [2], iPCCContents [1], iPPackets
 * [0]. Several would need a header each. */
static struct octets
scope_inner_payload(struct octets in)
{
	struct scope_tlv t, item;
	struct octets items, choice;

	if (!scope_tlv_next(&in, &t))
		return nothing;
	items = t.content;
	if (!scope_tlv_next(&items, &item) || items.n > 0 || !scope_tlv_find(item.content, 2, &t))
		return nothing;
	choice = t.content;
	if (!scope_tlv_next(&choice, &t) || t.tag != 2 || !scope_tlv_find(t.content, 1, &t))
		return nothing;
	choice = t.content;
	return scope_tlv_next(&choice, &t) && t.tag == 0 ? scope_if_ip(t.content) : nothing;
}

struct octets
scope_inner(const struct li_event *ev)
{
	if (ev->class == HO_IRI)
		return nothing;
	switch (ev->kind) {
	case LI_XCC:
		return scope_inner_33128(ev->body);
	case LI_EPS_CC:
	case LI_UMTS_CC:
		return scope_inner_33108(ev->body);
	case LI_PAYLOAD:
		return scope_inner_payload(ev->body);
	default:
		return nothing;
	}
}
