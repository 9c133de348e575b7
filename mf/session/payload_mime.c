/* SPDX-License-Identifier: Apache-2.0 */
/* MIME messages: e-mail, short messages, multimedia messages, chat; see payload.h.  The type comes
 * from attribute 19, else from MIME headers in front of the payload.  On X2 they give the IRI, on
 * X3 the content; the same event number ties both together.  What is of no known type, or not what
 * its type says, goes out as a message whose parties are not known. */
#include "session/payload.h"

#include "session/mail.h"
#include "session/message.h"
#include "session/mime.h"
#include "session/payload_event.h"
#include "session/sip_value.h"
#include "spec/ts103221_2.h"

#define MIME_DECODED_MAX 4096 /* octets of an encoded body that are looked at */

/* Where a MIME payload stands: TYPE and ENCODING of ENTITY, which is the payload without the
 * headers that told them; HEAD: all headers in front of it. */
struct mime_view {
	struct octets type, encoding, entity, plain;
	struct message_head head;
};

/* ENTITY without its transfer encoding, as far as the scratch goes. */
static struct octets
mime_plain(struct payload *p, struct octets entity, struct octets encoding)
{
	size_t n = entity.n < MIME_DECODED_MAX ? entity.n : MIME_DECODED_MAX;
	uint8_t *to;

	encoding = sip_value_trim(encoding);
	if (!sip_value_is(encoding, "base64") && !sip_value_is(encoding, "quoted-printable"))
		return entity;
	to = payload_scratch(p, n);
	return to != NULL ? mime_decode(entity, encoding, to, n) : entity;
}

static void
mime_look(struct payload *p, const struct x23_pdu *pdu, struct mime_view *v)
{
	v->type = sip_value_trim(pdu->mime_type);
	v->encoding = pdu->mime_encoding;
	v->entity = pdu->payload;
	v->plain = mime_plain(p, v->entity, v->encoding);
	if (v->type.n == 0) {
		struct octets rest = v->plain;

		message_head(&rest, &v->head);
		v->type = v->head.type;
		if (v->plain.p == v->entity.p && v->type.n > 0) {
			v->entity = rest;
			v->encoding = v->head.encoding;
			v->plain = mime_plain(p, rest, v->encoding);
		}
	} else {
		struct octets rest = v->plain;

		message_head(&rest, &v->head);
	}
}

static bool
mime_is(const struct mime_view *v, const char *type)
{
	return sip_value_is(mime_type(v->type), type);
}

/* A mail has its own headers: sender, and recipient or date.  When the attribute says what the
 * payload is, a text may look like that by chance: then a date and a recipient. */
static bool
mime_is_mail(const struct mime_view *v, bool told)
{
	const struct message_head *h = &v->head;
	bool recipient = h->to.n > 0 || h->cc.n > 0 || h->bcc.n > 0;

	if (mime_is(v, "message/rfc822"))
		return true;
	if (mime_is(v, "message/cpim"))
		return false;
	if (told && !sip_value_starts(v->type, "text/") && !sip_value_starts(v->type, "multipart/"))
		return false;
	return h->from.n > 0 && (told ? recipient && h->date.n > 0 : recipient || h->date.n > 0);
}

/* One number for the IRI and the CC of a message: of its ID, else of the octets that both have. */
static uint32_t
mime_event_id(struct octets id, struct octets payload)
{
	return sip_value_hash(SIP_VALUE_HASH, id.n > 0 ? id : payload);
}

static void
mime_mail(struct payload *p, struct mime_view *v)
{
	/* message/rfc822 within MIME headers: those of the message itself count */
	if (mime_is(v, "message/rfc822")) {
		struct octets rest = v->plain;
		struct message_head inner;

		message_head(&rest, &inner);
		if (inner.from.n > 0 || inner.to.n > 0)
			v->head = inner;
	}
	mail_read(p, &v->head);
	p->ev.kind = p->ev.class == HO_IRI ? LI_MAIL_IRI : LI_MAIL_CC;
	p->ev.detail = &p->detail.mail;
	p->ev.service = SERVICE_EMAIL;
	payload_name(p, NAME_MESSAGE, NAME_BIND, p->detail.mail.message_id, false);
}

/* The readers by type; a multipart has one of them as a part. */
static const struct {
	const char *type;
	bool (*read)(struct payload *p, struct octets body);
	uint16_t service;
} mime_readers[] = {
    {"message/cpim", message_cpim, SERVICE_MESSAGING | SERVICE_RCS},
    {"application/vnd.3gpp.sms", message_sms, SERVICE_MESSAGING},
    {"application/vnd.wap.mms-message", message_mms, SERVICE_MESSAGING},
};

static void
mime_message_read(struct payload *p, const struct mime_view *v)
{
	for (size_t i = 0; i < sizeof(mime_readers) / sizeof(mime_readers[0]); i++) {
		struct octets part;

		if (!mime_find(v->plain, v->type, mime_readers[i].type, &part))
			continue;
		if (mime_readers[i].read(p, part))
			p->ev.service = mime_readers[i].service;
		return;
	}
	message_head_read(p, &v->head);
}

static void
mime_message(struct payload *p, const struct mime_view *v)
{
	struct li_message *m = &p->detail.message;
	uint16_t direction = p->ev.pdu->direction;

	memset(m, 0, sizeof(*m));
	m->category = MESSAGE_MESSAGE;
	m->event = direction == X23_DIR_TO_TARGET ? MESSAGE_RETRIEVE : MESSAGE_DEPOSIT;
	if (direction != X23_DIR_TO_TARGET && direction != X23_DIR_FROM_TARGET)
		m->category = MESSAGE_NO_CATEGORY;
	p->ev.service = SERVICE_MESSAGING;
	mime_message_read(p, v);
	m->content_type = v->type;
	m->content_encoding = v->encoding;
	m->event_id = mime_event_id(m->message_id, p->ev.pdu->payload);
	payload_name(p, NAME_MESSAGE, NAME_BIND, m->message_id, false);
	p->ev.detail = m;
	p->ev.kind = p->ev.class == HO_IRI ? LI_MSG_IRI : LI_MSG_CC;
	if (p->ev.class == HO_CC)
		p->ev.body = v->entity;
}

enum reject_code
payload_mime(const struct x23_pdu *pdu, struct payload *out)
{
	struct mime_view v;

	if (pdu->payload.n == 0 && pdu->mime_type.n == 0)
		return REJECT_PAYLOAD;
	mime_look(out, pdu, &v);
	out->ev.class = pdu->type == X23_TYPE_X2 ? HO_IRI : HO_CC;
	out->ev.iri_type = pdu->type == X23_TYPE_X2 ? PAYLOAD_REPORT : 0;
	if (pdu->type == X23_TYPE_X2 && mime_is(&v, PAYLOAD_EVENT_TYPE) &&
	    payload_event(out, v.plain))
		return REJECT_NONE;
	if (mime_is_mail(&v, pdu->mime_type.n > 0))
		mime_mail(out, &v);
	else
		mime_message(out, &v);
	return REJECT_NONE;
}
