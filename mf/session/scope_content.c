/* SPDX-License-Identifier: Apache-2.0 */
/* IRI without the content that it may carry: SIP bodies, text messages, encoded records with one of
 * those in them; see scope_bare_iri() in scope.h.  What cannot be understood is taken for content.
 */
#include "handover/handover.h"
#include "session/scope_priv.h"

#include <strings.h>

#define BER_DEPTH_MAX 24

/* Arms of XIRIEvent whose records hold the text of a message (TS 33.128). */
enum {
	EVENT_SMS_MESSAGE = 12,
	EVENT_SMS_REPORT = 56,
	EVENT_NEF_MSISDN_LESS_MO_SMS = 74,
	EVENT_SCEF_MSISDN_LESS_MO_SMS = 85,
	EVENT_RCS_MESSAGE = 141,
};

/* Arms of IRIContents (TS 102 232-1). */
enum {
	IRI_EMAIL = 1,
	IRI_IP = 2,
	IRI_IP_ONLY = 3,
	IRI_UMTS = 4,
	IRI_L2 = 6,
	IRI_L2_ONLY = 7,
	IRI_IPMM = 11,
	IRI_EPS = 15,
	IRI_33128 = 19,
	IRI_PACKET_REPORT = 20,
};

#define TAG_SMS_REPORT 14 /* sMS of EpsIRI-Parameters and UmtsIRI-Parameters */

/* ---- SIP */

/* The rest of M behind the line at its front. */
static struct octets
sip_line(struct octets m, struct octets *line)
{
	const uint8_t *end = m.n > 0 ? memchr(m.p, '\n', m.n) : NULL;

	*line = m;
	if (end == NULL)
		return (struct octets){NULL, 0};
	line->n = (size_t)(end - m.p);
	m = (struct octets){end + 1, m.n - line->n - 1};
	while (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return m;
}

static bool
sip_starts(struct octets s, const char *word, struct octets *rest)
{
	size_t n = strlen(word);

	if (s.n < n || strncasecmp((const char *)s.p, word, n) != 0)
		return false;
	*rest = (struct octets){s.p + n, s.n - n};
	return true;
}

static struct octets
sip_skip_space(struct octets s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct octets){s.p + 1, s.n - 1};
	return s;
}

/* LINE is a Content-Type; *sdp tells which. */
static bool
sip_content_type(struct octets line, bool *sdp)
{
	struct octets v;

	if (!sip_starts(line, "content-type", &v) && !sip_starts(line, "c", &v))
		return false;
	v = sip_skip_space(v);
	if (v.n == 0 || v.p[0] != ':')
		return false;
	v = sip_skip_space((struct octets){v.p + 1, v.n - 1});
	*sdp = sip_starts(v, "application/sdp", &v) &&
	       (v.n == 0 || v.p[0] == ';' || v.p[0] == ' ' || v.p[0] == '\t');
	return true;
}

/* Octets of M up to its body, or all when the body is SDP or there is none.  A second Content-Type
 * makes the body content. */
static size_t
sip_bare_n(struct octets m)
{
	struct octets rest = m, line;
	bool sdp = false, any = false, started = false;

	while (rest.n > 0) {
		bool this_sdp = false;

		rest = sip_line(rest, &line);
		if (line.n == 0 && started) /* the empty line behind the headers */
			return sdp || rest.n == 0 ? m.n : (size_t)(rest.p - m.p);
		started |= line.n > 0;
		if (line.n > 0 && sip_content_type(line, &this_sdp)) {
			sdp = this_sdp && !any;
			any = true;
		}
	}
	return m.n;
}

/* What stands behind the name of a line of SDP that holds a key: RFC 4568 crypto, RFC 4567
 * key-mgmt, RFC 8866 k=. */
static bool
sdp_key(struct octets line, struct octets *value)
{
	return sip_starts(line, "a=crypto:", value) || sip_starts(line, "a=key-mgmt:", value) ||
	       sip_starts(line, "k=", value);
}

/* Overwrite, in TEXT, the key of a line: of crypto what follows each "inline:", of the others
 * everything behind the first word. */
static void
sdp_hide(uint8_t *text, size_t n, bool crypto)
{
	size_t i = 0;
	bool hide = false;

	if (!crypto)
		while (i < n && text[i] != ' ' && text[i] != ':')
			i++;
	for (; i < n; i++) {
		if (crypto && n - i > 7 && memcmp(text + i, "inline:", 7) == 0) {
			i += 6;
			hide = true;
		} else if (crypto && memchr("| ;", text[i], 3) != NULL) {
			hide = false;
		} else if ((hide || !crypto) && text[i] != ' ') {
			text[i] = '*';
		}
	}
}

/* The message at the front of M that has no line with a key; shorter than M: there is one. */
static size_t
sip_keyless_n(struct octets m)
{
	struct octets rest = m, line, value;

	while (rest.n > 0) {
		struct octets before = rest;

		rest = sip_line(rest, &line);
		if (sdp_key(line, &value))
			return (size_t)(before.p - m.p);
	}
	return m.n;
}

void
scope_hide_keys(struct li_event *ev, uint8_t *room)
{
	struct octets rest = ev->body, line, value;
	size_t keyless = sip_keyless_n(ev->body);

	if (keyless == ev->body.n)
		return;
	ev->cut = true;
	if (ev->body.n > SCOPE_SIP_MAX) {
		ev->body.n = keyless;
		return;
	}
	memcpy(room, ev->body.p, ev->body.n);
	while (rest.n > 0) {
		rest = sip_line(rest, &line);
		if (sdp_key(line, &value))
			sdp_hide(room + (value.p - ev->body.p), value.n,
			    line.p[0] == 'a' && line.p[2] == 'c');
	}
	ev->body.p = room;
}

static bool
sip_has_content(struct octets m)
{
	struct sip_msg sip;

	return m.n >= 12 && sip_parse(m, &sip) == 0 && sip_bare_n(m) < m.n;
}

/* ---- encoded records */

/* A leaf below the run IN is a SIP message with content, or IN cannot be read. */
static bool
ber_has_content(struct octets in, unsigned depth)
{
	struct scope_tlv t;

	if (depth == BER_DEPTH_MAX)
		return true;
	while (in.n > 0) {
		if (!scope_tlv_next(&in, &t))
			return true;
		if (t.constructed ? ber_has_content(t.content, depth + 1)
				  : sip_has_content(t.content))
			return true;
	}
	return false;
}

/* sMSTPDUData [TAG] of RECORD is a whole TPDU: sMSTPDU [1] or threeGPP2SMSTPDU [4].  The other arms
 * have their text taken out or marked. */
static bool
sms_has_content(struct octets record, uint32_t tag)
{
	struct octets choice;
	struct scope_tlv t;

	if (!scope_tlv_find(record, tag, &t))
		return false;
	choice = t.content;
	return !scope_tlv_next(&choice, &t) || t.tag == 1 || t.tag == 4;
}

/* XIRIPayload or IRIPayload of TS 33.128: event [2], an EXPLICIT choice. */
static bool
ts33128_has_content(struct octets payload)
{
	struct octets choice;
	struct scope_tlv t;

	/* the SEQUENCE around the members, and its event */
	if (!scope_tlv_next(&payload, &t) || !scope_tlv_find(t.content, 2, &t))
		return true;
	choice = t.content;
	if (!scope_tlv_next(&choice, &t))
		return true;
	switch (t.tag) {
	case EVENT_SMS_MESSAGE:
		return sms_has_content(t.content, 9);
	case EVENT_SMS_REPORT:
		return sms_has_content(t.content, 2);
	case EVENT_NEF_MSISDN_LESS_MO_SMS:
	case EVENT_SCEF_MSISDN_LESS_MO_SMS:
	case EVENT_RCS_MESSAGE:
		return true;
	}
	return t.constructed && ber_has_content(t.content, 0);
}

/* A short message report stands in the upper four levels of IN. */
static bool
ts33108_has_content(struct octets in, unsigned depth)
{
	struct scope_tlv t;

	while (in.n > 0) {
		if (!scope_tlv_next(&in, &t) ||
		    (t.tag == TAG_SMS_REPORT && t.constructed && depth > 0))
			return true;
		if (t.constructed && depth < 3 && ts33108_has_content(t.content, depth + 1))
			return true;
	}
	return false;
}

/* IRIContents of one IRIPayload. */
static bool
iri_has_content(const struct scope_tlv *arm)
{
	switch (arm->tag) {
	case IRI_EMAIL:
	case IRI_IP:
	case IRI_IP_ONLY:
	case IRI_L2:
	case IRI_L2_ONLY:
	case IRI_PACKET_REPORT:
		return false;
	case IRI_IPMM:
		return ber_has_content(arm->content, 0);
	case IRI_UMTS:
	case IRI_EPS:
		return ts33108_has_content(arm->content, 0);
	case IRI_33128:
		return ts33128_has_content(arm->content);
	}
	return true;
}

/* Payload of TS 102 232-1: iRIPayloadSequence, each member with iRIContents [2]. */
static bool
payload_has_content(struct octets payload)
{
	struct scope_tlv t, item;
	struct octets items, choice;

	if (!scope_tlv_next(&payload, &t))
		return true;
	for (items = t.content; items.n > 0;) {
		if (!scope_tlv_next(&items, &item) || !scope_tlv_find(item.content, 2, &t))
			return true;
		choice = t.content;
		if (!scope_tlv_next(&choice, &t) || iri_has_content(&t))
			return true;
	}
	return false;
}

static void
scope_bare_message(struct li_event *ev, struct li_message *message)
{
	ev->body = (struct octets){NULL, 0};
	if (ev->detail == NULL)
		return;
	*message = *(const struct li_message *)ev->detail;
	message->subject = (struct octets){NULL, 0};
	ev->detail = message;
}

void
scope_cut_message(struct li_event *ev, struct li_message *message)
{
	size_t n = ev->body.n;

	if (ev->kind == LI_MSG_IRI)
		scope_bare_message(ev, message);
	else if (ev->kind == LI_SIP && n > 8 && memcmp(ev->body.p, "MESSAGE ", 8) == 0)
		ev->body.n = sip_bare_n(ev->body);
	ev->cut = ev->body.n < n;
}

bool
scope_bare_iri(struct li_event *ev, struct li_message *message)
{
	struct packet pkt;

	switch (ev->kind) {
	case LI_SIP:
		ev->cut = sip_bare_n(ev->body) < ev->body.n;
		ev->body.n = sip_bare_n(ev->body);
		return true;
	case LI_MSG_IRI:
		scope_bare_message(ev, message);
		return true;
	case LI_HEADER:
		if (packet_parse(ev->body, &pkt) < 0)
			return false;
		ev->body.n = pkt.header_n;
		return true;
	case LI_XIRI:
		return !ts33128_has_content(ev->body);
	case LI_EPS_IRI:
	case LI_UMTS_IRI:
		return !ts33108_has_content(ev->body, 0);
	case LI_PAYLOAD:
		return !payload_has_content(ev->body);
	case LI_ACCESS:
	case LI_SUMMARY:
	case LI_MAIL_IRI:
		return true;
	default:
		return false;
	}
}
