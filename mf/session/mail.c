/* SPDX-License-Identifier: Apache-2.0 */
/* E-mail; see mail.h. */
#include "session/mail.h"

#include "session/sip_value.h"
#include "spec/ts102232_2.h"
#include "spec/ts103221_2.h"

/* Well-known ports of servers. */
static uint8_t
mail_protocol(uint16_t port)
{
	switch (port) {
	case 25:
	case 465:
	case 587:
		return EMAIL_SMTP;
	case 110:
	case 995:
		return EMAIL_POP3;
	case 143:
	case 993:
		return EMAIL_IMAP4;
	case 80:
	case 443:
		return EMAIL_WEBMAIL;
	default:
		return EMAIL_PROTOCOL_UNDEFINED;
	}
}

/* The end with the well-known port is the server; without one the end that is addressed by the
 * target, or that addresses it. */
void
mail_ends(const struct x23_pdu *pdu, struct li_mail *m)
{
	uint8_t src = mail_protocol(pdu->src_port), dst = mail_protocol(pdu->dst_port);
	bool from_server = src != EMAIL_PROTOCOL_UNDEFINED && dst == EMAIL_PROTOCOL_UNDEFINED;

	if (src == EMAIL_PROTOCOL_UNDEFINED && dst == EMAIL_PROTOCOL_UNDEFINED)
		from_server = pdu->direction == X23_DIR_TO_TARGET;
	m->protocol = from_server ? src : dst;
	m->client = from_server ? pdu->dst : pdu->src;
	m->client_port = from_server ? pdu->dst_port : pdu->src_port;
	m->server = from_server ? pdu->src : pdu->dst;
	m->server_port = from_server ? pdu->src_port : pdu->dst_port;
	if (from_server)
		m->server_octets = pdu->payload.n;
	else
		m->client_octets = pdu->payload.n;
}

/* From a server that the target asks (POP3, IMAP) it downloads; there it uploads as well. */
static uint8_t
mail_event(uint16_t direction, uint8_t protocol)
{
	if (direction == X23_DIR_FROM_TARGET)
		return protocol == EMAIL_IMAP4 ? EMAIL_UPLOAD : EMAIL_SEND;
	if (protocol == EMAIL_POP3 || protocol == EMAIL_IMAP4)
		return EMAIL_DOWNLOAD;
	return direction == X23_DIR_TO_TARGET ? EMAIL_RECEIVE : EMAIL_SEND;
}

/* The address of "Name <a@b>", "a@b (Name)" or "Group: a@b". */
static struct octets
mail_address(struct octets v)
{
	const uint8_t *colon, *comment;

	if (v.n == 0 || memchr(v.p, '<', v.n) != NULL)
		return sip_value_uri(v);
	colon = memchr(v.p, ':', v.n);
	if (colon != NULL) {
		v.n -= (size_t)(colon + 1 - v.p);
		v.p = colon + 1;
	}
	v = sip_value_uri(v);
	comment = v.n > 0 ? memchr(v.p, '(', v.n) : NULL;
	if (comment != NULL && comment > v.p)
		v.n = (size_t)(comment - v.p);
	return sip_value_trim(v);
}

static void
mail_recipients(struct li_mail *m, struct octets list)
{
	struct octets one;

	while (sip_value_next(&list, &one)) {
		one = mail_address(one);
		if (one.n == 0)
			continue;
		m->recipient_total++;
		if (m->recipient_n < LI_RECIPIENTS_MAX)
			m->recipient[m->recipient_n++] = one;
	}
}

void
mail_read(struct payload *p, const struct message_head *h)
{
	struct li_mail *m = &p->detail.mail;
	struct octets from = h->from, one;

	memset(m, 0, sizeof(*m));
	mail_ends(p->ev.pdu, m);
	m->event = mail_event(p->ev.pdu->direction, m->protocol);
	m->status = EMAIL_STATUS_UNKNOWN;
	if (sip_value_next(&from, &one))
		m->sender = mail_address(one);
	mail_recipients(m, h->to);
	mail_recipients(m, h->cc);
	mail_recipients(m, h->bcc);
	m->message_id = sip_value_uri(h->message_id);
}
