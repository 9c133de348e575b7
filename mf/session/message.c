/* SPDX-License-Identifier: Apache-2.0 */
/* Parties and header fields of messages; see message.h. */
#include "session/message.h"

#include "session/mime.h"
#include "session/sip_value.h"
#include "spec/ts102232_2.h"

/* A telephone number, as far as one writes it: +49 (30) 123-4; at least one digit. */
static bool
message_is_number(struct octets v)
{
	bool digit = false;

	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];

		if (c >= '0' && c <= '9')
			digit = true;
		else if (c == 0 || strchr("+-. ()", c) == NULL)
			return false;
	}
	return digit;
}

/* "tel:" and the digits of V, in the scratch; V when that is full. */
static struct octets
message_tel(struct payload *p, struct octets v)
{
	uint8_t *to = payload_scratch(p, v.n + 4);
	size_t n = 4;

	if (to == NULL)
		return v;
	memcpy(to, "tel:", 4);
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '+' || (v.p[i] >= '0' && v.p[i] <= '9'))
			to[n++] = v.p[i];
	return (struct octets){to, n};
}

/* "+491701234567/TYPE=PLMN": without the type. */
static struct octets
message_no_type(struct octets v)
{
	for (size_t i = 0; i + 6 <= v.n; i++)
		if (sip_value_starts((struct octets){v.p + i, v.n - i}, "/TYPE="))
			v.n = i;
	return v;
}

void
message_party(struct payload *p, enum message_party q, enum message_copy c, struct octets address)
{
	struct li_message *m = &p->detail.message;
	struct octets v = message_no_type(sip_value_uri(address));
	uint8_t arm = IDENTITY_ALPHANUMERIC;

	if (v.n == 0 || m->party_n == LI_RECIPIENTS_MAX)
		return;
	if (sip_value_starts(v, "mailto:"))
		v.p += 7, v.n -= 7;
	if (sip_value_starts(v, "sip:")) {
		arm = IDENTITY_SIP;
	} else if (sip_value_starts(v, "sips:")) {
		arm = IDENTITY_SIPS;
	} else if (sip_value_starts(v, "tel:")) {
		arm = IDENTITY_TEL;
	} else if (message_is_number(v)) {
		arm = IDENTITY_TEL;
		v = message_tel(p, v);
	} else if (memchr(v.p, '@', v.n) != NULL) {
		arm = IDENTITY_EMAIL;
	}
	m->party[m->party_n].qualifier = (uint8_t)q;
	m->party[m->party_n].copy = (uint8_t)c;
	m->party[m->party_n].arm = arm;
	m->party[m->party_n++].identity = v;
}

static const struct {
	const char *name;
	size_t at; /* in struct message_head */
} message_fields[] = {
    {"content-type", offsetof(struct message_head, type)},
    {"content-transfer-encoding", offsetof(struct message_head, encoding)},
    {"from", offsetof(struct message_head, from)},
    {"to", offsetof(struct message_head, to)},
    {"cc", offsetof(struct message_head, cc)},
    {"bcc", offsetof(struct message_head, bcc)},
    {"date", offsetof(struct message_head, date)},
    {"datetime", offsetof(struct message_head, date)},
    {"subject", offsetof(struct message_head, subject)},
    {"message-id", offsetof(struct message_head, message_id)},
    {"imdn.message-id", offsetof(struct message_head, message_id)},
    {"conversation-id", offsetof(struct message_head, chat)},
    {"contribution-id", offsetof(struct message_head, chat)},
};

bool
message_head(struct octets *entity, struct message_head *h)
{
	struct octets name, value;

	memset(h, 0, sizeof(*h));
	while (mime_header(entity, &name, &value)) {
		h->any = true;
		for (size_t i = 0; i < sizeof(message_fields) / sizeof(message_fields[0]); i++) {
			struct octets *to = (struct octets *)((char *)h + message_fields[i].at);

			if (to->n == 0 && sip_value_is(name, message_fields[i].name))
				*to = value;
		}
	}
	return h->any;
}

static void
message_list(struct payload *p, enum message_party q, enum message_copy c, struct octets list)
{
	struct octets one;

	while (sip_value_next(&list, &one))
		message_party(p, q, c, one);
}

void
message_head_read(struct payload *p, const struct message_head *h)
{
	struct li_message *m = &p->detail.message;

	message_list(p, MESSAGE_ORIGINATING, MESSAGE_NO_COPY, h->from);
	message_list(p, MESSAGE_TERMINATING, MESSAGE_TO, h->to);
	message_list(p, MESSAGE_TERMINATING, MESSAGE_CC, h->cc);
	message_list(p, MESSAGE_TERMINATING, MESSAGE_BCC, h->bcc);
	if (h->subject.n > 0)
		m->subject = h->subject;
	if (h->message_id.n > 0)
		m->message_id = sip_value_uri(h->message_id);
	payload_name(p, NAME_CHAT, NAME_BIND, h->chat, false);
}

/* The headers of the message, then those of its content. */
bool
message_cpim(struct payload *p, struct octets body)
{
	struct message_head h, content;

	if (!message_head(&body, &h) || (h.from.n == 0 && h.to.n == 0))
		return false;
	message_head_read(p, &h);
	if (message_head(&body, &content) &&
	    sip_value_is(mime_type(content.type), "message/imdn+xml")) {
		p->detail.message.category = MESSAGE_NOTIFICATION;
		p->detail.message.event = MESSAGE_N_GENERIC;
	}
	return true;
}
