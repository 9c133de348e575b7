/* SPDX-License-Identifier: Apache-2.0 */
/* E-mail > EmailIRI and EmailCC, TS 102 232-2 (EmailPDU version20).  AAAInformation has arms for
 * SMTP, POP3 and IMAP only: a user name of another protocol is not handed over there. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_2.h"

#include <errno.h>

static void
put_aaa(struct ber *b, const struct li_mail *m)
{
	size_t mark = ber_mark(b);
	uint8_t arm, result = AAA_RESULT;

	if (m->username.n == 0)
		return;
	switch (m->protocol) {
	case EMAIL_SMTP:
		arm = AAA_SMTP;
		result = AAA_SMTP_RESULT;
		break;
	case EMAIL_POP3:
		arm = AAA_POP3;
		break;
	case EMAIL_IMAP4:
		arm = AAA_IMAP;
		break;
	default:
		return;
	}
	if (m->aaa_result >= AAA_RESULT_UNKNOWN && m->aaa_result <= AAA_SUCCEEDED)
		ber_small(b, result, m->aaa_result);
	pspdu_text(b, AAA_USERNAME, m->username, AAA_USERNAME_MAX);
	ber_close(b, arm, mark);
	ber_close(b, EMAIL_AAA, mark);
}

static void
put_recipients(struct ber *b, const struct li_mail *m)
{
	size_t mark = ber_mark(b);

	for (uint8_t i = m->recipient_n < LI_RECIPIENTS_MAX ? m->recipient_n : LI_RECIPIENTS_MAX;
	     i-- > 0;)
		pspdu_text(b, EMAIL_ADDRESS, m->recipient[i], EMAIL_ADDRESS_MAX);
	if (ber_mark(b) > mark)
		ber_close(b, EMAIL_RECIPIENTS, mark);
}

static void
put_ends(struct ber *b, const struct li_mail *m)
{
	ber_uint64(b, EMAIL_CLIENT_OCTETS, m->client_octets);
	ber_uint64(b, EMAIL_SERVER_OCTETS, m->server_octets);
	if (m->server_port)
		ber_uint(b, EMAIL_SERVER_PORT, m->server_port);
	if (m->client_port)
		ber_uint(b, EMAIL_CLIENT_PORT, m->client_port);
	pspdu_address(b, EMAIL_SERVER_ADDRESS, m->server, PSPDU_PREFIX_ALL, 0);
	pspdu_address(b, EMAIL_CLIENT_ADDRESS, m->client, PSPDU_PREFIX_ALL, 0);
}

static bool
within(uint8_t v, uint8_t first, uint8_t last)
{
	return v >= first && v <= last;
}

int
map_iri_mail(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_2_EMAIL_IRI_OID};
	const struct li_mail *m = ev->detail;
	size_t mark;

	if (!m || !within(m->event, EMAIL_SEND, EMAIL_UPLOAD))
		return -EBADMSG;
	mark = pspdu_iri_open(b, c, ev, IRI_PAYLOAD_DIRECTION);
	put_aaa(b, m);
	pspdu_octets(b, EMAIL_MESSAGE_ID, m->message_id, SIZE_MAX);
	if (m->recipient_total)
		ber_uint(b, EMAIL_RECIPIENT_COUNT, m->recipient_total);
	ber_small(b, EMAIL_STATUS,
	    within(m->status, EMAIL_STATUS_UNKNOWN, EMAIL_SUCCEEDED) ? m->status
								     : EMAIL_STATUS_UNKNOWN);
	put_recipients(b, m);
	pspdu_text(b, EMAIL_SENDER, m->sender, EMAIL_ADDRESS_MAX);
	ber_uint(b, EMAIL_PROTOCOL,
	    within(m->protocol, EMAIL_SMTP, EMAIL_WEBMAIL) ? m->protocol
							   : EMAIL_PROTOCOL_UNDEFINED);
	put_ends(b, m);
	ber_small(b, EMAIL_EVENT, m->event);
	ber_octets(b, EMAIL_OID, oid, sizeof(oid));
	pspdu_body(b, rec, (struct octets){NULL, 0});
	ber_close(b, IRI_EMAIL, mark);
	pspdu_iri_close(b, c, ev, mark);
	return 0;
}

int
map_cc_mail(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_2_EMAIL_CC_OID};
	size_t mark = pspdu_cc_open(b, c, ev);

	pspdu_body(b, rec, ev->body);
	ber_close(b, EMAIL_CC_CONTENT, mark);
	ber_small(b, EMAIL_CC_FORMAT, EMAIL_FORMAT_APPLICATION);
	ber_octets(b, EMAIL_CC_OID, oid, sizeof(oid));
	ber_close(b, CC_EMAIL, mark);
	pspdu_cc_close(b, c, ev, mark);
	return 0;
}
