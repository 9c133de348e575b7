/* SPDX-License-Identifier: Apache-2.0 */
/* SIP messages: what names their communication, and of which service it is.  See payload.h; the
 * course of the dialogs is in dialog.h. */
#include "session/payload.h"

#include "session/conference.h"
#include "session/mime.h"
#include "session/sdp.h"
#include "session/sip_value.h"
#include "spec/ts103221_2.h"

/* Replaces=... within the headers of a Refer-To URI, escaped (RFC 3261 19.1.2): the Call-ID in
 * front of it, unescaped into the scratch. */
static struct octets
sip_refer_call(struct payload *p, struct octets uri)
{
	static const char key[] = "replaces=";
	const size_t n = sizeof(key) - 1;
	struct octets out = {NULL, 0};
	uint8_t *to;

	while (uri.n > n && !((uri.p[0] == '?' || uri.p[0] == '&') &&
				sip_value_starts((struct octets){uri.p + 1, uri.n - 1}, key)))
		uri.p++, uri.n--;
	if (uri.n <= n + 1)
		return out;
	uri.p += n + 1;
	uri.n -= n + 1;
	if (uri.n > PAYLOAD_NAME_MAX)
		uri.n = PAYLOAD_NAME_MAX;
	to = payload_scratch(p, uri.n);
	if (to == NULL)
		return out;
	out = mime_unescape(uri, to);
	for (size_t i = 0; i < out.n; i++)
		if (out.p[i] == ';' || out.p[i] == '&')
			out.n = i;
	return out;
}

/* The host of URI, when it is an address: where the target was reached. */
static void
sip_link(struct payload *p, struct octets uri)
{
	uint8_t address[16];
	size_t n = uri.n > 0 ? sip_value_address(sip_value_host(uri), address) : 0;

	if (n > 0)
		payload_name(p, NAME_ADDRESS, NAME_LINK, (struct octets){address, n}, true);
}

/* "SIP/2.0/UDP 10.1.2.3:5060;received=..." */
static void
sip_link_via(struct payload *p, struct octets via)
{
	struct octets received;

	if (sip_value_param(via, "received", &received))
		sip_link(p, received);
	for (size_t i = 0; i < via.n; i++)
		if (via.p[i] == ' ' || via.p[i] == '\t') {
			sip_link(p, sip_value_trim((struct octets){via.p + i, via.n - i}));
			return;
		}
}

/* Addresses at the target's end.  One that is not the target's, such as a proxy's, is bound to no
 * access of the target, so it links nothing. */
static void
sip_links(const struct x23_pdu *pdu, struct octets sdp, struct payload *p)
{
	const struct sip_msg *m = &p->sip;
	bool from = pdu->direction != X23_DIR_TO_TARGET, to = pdu->direction != X23_DIR_FROM_TARGET;

	if (from) {
		payload_name(p, NAME_ADDRESS, NAME_LINK, pdu->src, false);
		sip_link(p, sip_value_uri(m->contact));
		sdp_links(p, sdp);
	}
	if (to) {
		payload_name(p, NAME_ADDRESS, NAME_LINK, pdu->dst, false);
		if (m->request)
			sip_link(p, m->uri);
	}
	if (m->request ? from : to)
		sip_link_via(p, m->via_last);
}

static void
sip_conference_name(struct payload *p, enum name_act act, struct octets uri)
{
	payload_name(p, NAME_CONFERENCE, act, sip_value_bare(uri), false);
}

/* A conference is its focus: all that reach it or come from it are one session.  RFC 4579 4. */
static void
sip_conference(struct payload *p)
{
	const struct sip_msg *m = &p->sip;

	if (m->conference.n > 0)
		sip_conference_name(p, NAME_BIND, m->conference);
	else if (m->focus)
		sip_conference_name(p, NAME_BIND, sip_value_uri(m->contact));
	if (!m->request || m->to_tag.n > 0)
		return;
	if (m->method == SIP_INVITE || m->method == SIP_SUBSCRIBE || m->method == SIP_REFER)
		sip_conference_name(p, NAME_SEEK, m->uri);
	if (m->refer_to.n > 0)
		sip_conference_name(p, NAME_SEEK, m->refer_to);
}

static void
sip_names(struct payload *p)
{
	const struct sip_msg *m = &p->sip;

	payload_name(p, NAME_CALL, NAME_BIND, m->call_id, false);
	payload_name(p, NAME_CALL, NAME_BIND, m->replaces, false);
	payload_name(p, NAME_CALL, NAME_BIND, m->join, false);
	if (m->refer_to.n > 0)
		payload_name(p, NAME_CALL, NAME_SEEK, sip_refer_call(p, m->refer_to), false);
	sip_conference(p);
	payload_name(p, NAME_ICID, NAME_BIND, m->icid, false);
}

/* What the message itself tells. */
static uint16_t
sip_told(const struct sip_msg *m, struct octets sdp, struct octets attribute)
{
	uint16_t bits = 0;

	if (m->ptt)
		bits |= SERVICE_PTT;
	if (sdp.n > 0 || attribute.n > 0)
		return bits | sdp_service(sdp) | sdp_service(attribute);
	if (m->messaging)
		bits |= SERVICE_MESSAGING | SERVICE_RCS;
	if (m->speech && !m->messaging)
		bits |= SERVICE_VOICE;
	return bits;
}

/* Of a subscription or its notification: by its event package.  An answer names none: it goes with
 * the calls until its session tells more (dialog_service()). */
static uint16_t
sip_event_service(const struct sip_msg *m)
{
	if (m->conference.n > 0 || sip_value_is(m->event, "conference"))
		return SERVICE_VOICE | SERVICE_VIDEO;
	if (sip_value_is(m->event, "vq-rtcpxr") || sip_value_is(m->event, "dialog") ||
	    sip_value_is(m->event, "refer"))
		return SERVICE_VOICE;
	if (sip_value_is(m->event, "message-summary"))
		return SERVICE_MESSAGING | SERVICE_VOICE;
	return m->request ? SERVICE_ANY : SERVICE_VOICE;
}

static uint16_t
sip_service(const struct sip_msg *m)
{
	switch (m->method) {
	case SIP_INVITE:
	case SIP_ACK:
	case SIP_BYE:
	case SIP_CANCEL:
	case SIP_PRACK:
	case SIP_UPDATE:
	case SIP_INFO:
	case SIP_REFER:
		return m->service != 0 ? m->service : SERVICE_VOICE;
	case SIP_MESSAGE:
		return SERVICE_MESSAGING | (m->messaging ? SERVICE_RCS : 0);
	case SIP_NOTIFY:
	case SIP_SUBSCRIBE:
	case SIP_PUBLISH:
		return sip_event_service(m);
	case SIP_OTHER:
	case SIP_REGISTER:
	case SIP_OPTIONS:
		break;
	}
	return SERVICE_ANY;
}

enum reject_code
payload_sip(const struct x23_pdu *pdu, struct payload *out)
{
	struct octets sdp = {NULL, 0};

	if (sip_parse(pdu->payload, &out->sip) < 0)
		return REJECT_PAYLOAD;
	conference_read(&out->sip);
	mime_find(out->sip.body, out->sip.content_type, "application/sdp", &sdp);
	out->sip.service = sip_told(&out->sip, sdp, pdu->sdp);
	out->ev.kind = LI_SIP;
	out->ev.class = HO_IRI;
	out->ev.service = sip_service(&out->sip);
	if (out->sip.call_id.n > 0)
		payload_key_set(out, NAME_CALL, out->sip.call_id, (struct octets){NULL, 0});
	sip_names(out);
	sdp_names(out, sdp, NAME_BIND);
	sdp_names(out, pdu->sdp, NAME_BIND);
	sip_links(pdu, sdp, out);
	return REJECT_NONE;
}
