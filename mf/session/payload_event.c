/* SPDX-License-Identifier: Apache-2.0 */
/* Events of mail and message systems; see payload_event.h. */
#include "session/payload_event.h"

#include "session/json_flat.h"
#include "session/mail.h"
#include "session/message.h"
#include "session/sip_value.h"
#include "spec/ts102232_2.h"

/* Words of "event" for "email" and "messaging"; an e-mail event that EmailIRI does not have becomes
 * a message event. */
static const struct {
	const char *word;
	uint8_t email;		 /* E-mail-Event; 0: none */
	uint8_t category, event; /* Messaging-Event-Category */
} event_words[] = {
    {"send", EMAIL_SEND, MESSAGE_MESSAGE, MESSAGE_DEPOSIT},
    {"receive", EMAIL_RECEIVE, MESSAGE_MESSAGE, MESSAGE_RETRIEVE},
    {"download", EMAIL_DOWNLOAD, MESSAGE_MESSAGE, MESSAGE_RETRIEVE},
    {"partial-download", EMAIL_PARTIAL_DOWNLOAD, MESSAGE_MESSAGE, MESSAGE_RETRIEVE},
    {"upload", EMAIL_UPLOAD, MESSAGE_MESSAGE, MESSAGE_DEPOSIT},
    {"logon-attempt", EMAIL_LOGON_ATTEMPT, MESSAGE_BOX, MESSAGE_LOGIN},
    {"logon", EMAIL_LOGON, MESSAGE_BOX, MESSAGE_LOGIN},
    {"logon-failure", EMAIL_LOGON_FAILURE, MESSAGE_BOX, MESSAGE_LOGIN},
    {"logoff", EMAIL_LOGOFF, MESSAGE_BOX, MESSAGE_LOGOUT},
    {"read", 0, MESSAGE_MESSAGE, MESSAGE_RETRIEVE},
    {"delete", 0, MESSAGE_MESSAGE, MESSAGE_DELETE},
    {"notify", 0, MESSAGE_NOTIFICATION, MESSAGE_N_GENERIC},
};
#define EVENT_WORDS_N (sizeof(event_words) / sizeof(event_words[0]))

/* The members that count; strings still with quotes and escapes. */
struct event_view {
	struct octets service, event, status, protocol, user, from, to, message_id, subject,
	    session;
	struct octets sent, received;
};

static const struct {
	const char *name;
	size_t at;
} event_members[] = {
    {"service", offsetof(struct event_view, service)},
    {"event", offsetof(struct event_view, event)},
    {"status", offsetof(struct event_view, status)},
    {"protocol", offsetof(struct event_view, protocol)},
    {"user", offsetof(struct event_view, user)},
    {"from", offsetof(struct event_view, from)},
    {"to", offsetof(struct event_view, to)},
    {"message_id", offsetof(struct event_view, message_id)},
    {"subject", offsetof(struct event_view, subject)},
    {"session", offsetof(struct event_view, session)},
    {"octets_sent", offsetof(struct event_view, sent)},
    {"octets_received", offsetof(struct event_view, received)},
};

static bool
event_view(struct octets body, struct event_view *v)
{
	struct octets name, value;
	struct json_flat j;

	memset(v, 0, sizeof(*v));
	if (!json_flat_begin(&j, body))
		return false;
	while (json_flat_next(&j, &name, &value))
		for (size_t i = 0; i < sizeof(event_members) / sizeof(event_members[0]); i++)
			if (sip_value_is(name, event_members[i].name))
				*(struct octets *)((char *)v + event_members[i].at) = value;
	return !j.failed;
}

/* The string VALUE, in the scratch. */
static struct octets
event_string(struct payload *p, struct octets value)
{
	uint8_t *to = value.n > 0 ? payload_scratch(p, value.n) : NULL;

	return to != NULL ? json_flat_string(value, to) : (struct octets){NULL, 0};
}

/* VALUE is the string WORD (which needs no escapes). */
static bool
event_is(struct octets value, const char *word)
{
	return value.n >= 2 && value.p[0] == '"' &&
	       sip_value_is((struct octets){value.p + 1, value.n - 2}, word);
}

static uint8_t
event_status(const struct event_view *v, size_t word)
{
	if (event_is(v->status, "failed") || event_words[word].email == EMAIL_LOGON_FAILURE)
		return MESSAGE_FAILED;
	return event_is(v->status, "succeeded") ? MESSAGE_SUCCEEDED : MESSAGE_STATUS_UNKNOWN;
}

static uint8_t
event_protocol(struct octets value, uint8_t otherwise)
{
	static const char *const names[] = {
	    [EMAIL_SMTP] = "smtp",
	    [EMAIL_POP3] = "pop3",
	    [EMAIL_IMAP4] = "imap4",
	    [EMAIL_WEBMAIL] = "webmail",
	};

	for (uint8_t i = EMAIL_SMTP; i <= EMAIL_WEBMAIL; i++)
		if (event_is(value, names[i]))
			return i;
	return otherwise;
}

static void
event_mail(struct payload *p, const struct event_view *v, size_t word)
{
	struct li_mail *m = &p->detail.mail;
	struct octets list = v->to, one;
	uint8_t status = event_status(v, word);

	memset(m, 0, sizeof(*m));
	mail_ends(p->ev.pdu, m);
	m->client_octets = m->server_octets = 0;
	sip_value_number(v->sent, INT64_MAX, &m->client_octets);
	sip_value_number(v->received, INT64_MAX, &m->server_octets);
	m->protocol = event_protocol(v->protocol, m->protocol);
	m->event = event_words[word].email;
	m->status = status == MESSAGE_STATUS_UNKNOWN ? EMAIL_STATUS_UNKNOWN : status;
	m->sender = event_string(p, v->from);
	while (json_flat_element(&list, &one)) {
		m->recipient_total++;
		if (m->recipient_n < LI_RECIPIENTS_MAX)
			m->recipient[m->recipient_n++] = event_string(p, one);
	}
	m->message_id = event_string(p, v->message_id);
	m->username = event_string(p, v->user);
	m->aaa_result = m->status; /* the same numbers */
	if (m->event == EMAIL_LOGON && m->status == EMAIL_STATUS_UNKNOWN)
		m->aaa_result = AAA_SUCCEEDED;
	p->ev.kind = LI_MAIL_IRI;
	p->ev.detail = m;
	p->ev.service = SERVICE_EMAIL;
	payload_name(p, NAME_MESSAGE, NAME_BIND, m->message_id, false);
}

static void
event_message(struct payload *p, const struct event_view *v, size_t word, uint16_t service)
{
	struct li_message *m = &p->detail.message;
	struct octets list = v->to, one;

	memset(m, 0, sizeof(*m));
	m->category = event_words[word].category;
	m->event = event_words[word].event;
	m->status = event_status(v, word);
	message_party(p, MESSAGE_ASSOCIATED, MESSAGE_NO_COPY, event_string(p, v->user));
	message_party(p, MESSAGE_ORIGINATING, MESSAGE_NO_COPY, event_string(p, v->from));
	while (json_flat_element(&list, &one))
		message_party(p, MESSAGE_TERMINATING, MESSAGE_TO, event_string(p, one));
	m->subject = event_string(p, v->subject);
	m->message_id = event_string(p, v->message_id);
	m->event_id = sip_value_hash(
	    SIP_VALUE_HASH, m->message_id.n > 0 ? m->message_id : p->ev.pdu->payload);
	p->ev.kind = LI_MSG_IRI;
	p->ev.detail = m;
	p->ev.service = service;
	payload_name(p, NAME_CHAT, NAME_BIND, event_string(p, v->session), false);
	payload_name(p, NAME_MESSAGE, NAME_BIND, m->message_id, false);
}

bool
payload_event(struct payload *p, struct octets body)
{
	struct event_view v;
	size_t word = 0;
	bool mail;

	if (!event_view(body, &v))
		return false;
	while (word < EVENT_WORDS_N && !event_is(v.event, event_words[word].word))
		word++;
	mail = event_is(v.service, "email");
	if (word == EVENT_WORDS_N || (!mail && !event_is(v.service, "messaging")))
		return false;
	if (mail && event_words[word].email != 0)
		event_mail(p, &v, word);
	else
		event_message(p, &v, word, mail ? SERVICE_EMAIL : SERVICE_MESSAGING);
	return true;
}
