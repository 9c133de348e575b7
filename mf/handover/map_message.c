/* SPDX-License-Identifier: Apache-2.0 */
/* Messages, and octets that nobody here reads > MessagingIRI and MessagingCC, TS 102 232-2
 * (EmailPDU version20).  party-information is a SET OF: its elements are written in ascending order
 * of their octets (X.690 11.6).  An identity that its arm cannot hold becomes alphanumeric; texts
 * are cut at TEXT_MAX octets. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_2.h"

#include <errno.h>

#define TEXT_MAX 512
#define PARTIES_LEN (LI_RECIPIENTS_MAX * (TEXT_MAX + 32))

/* Octets that an arm holds; max 0: the arm is not written from octets. */
static const struct {
	size_t min, max;
} arms[] = {
    [IDENTITY_MSISDN] = {1, 9},
    [IDENTITY_E164] = {1, 25},
    [IDENTITY_IMSI] = {3, 8},
    [IDENTITY_IMEI] = {8, 8},
    [IDENTITY_FAX] = {1, TEXT_MAX},
    [IDENTITY_TEL] = {1, TEXT_MAX},
    [IDENTITY_MODEM] = {1, TEXT_MAX},
    [IDENTITY_SIP] = {1, TEXT_MAX},
    [IDENTITY_SIPS] = {1, TEXT_MAX},
    [IDENTITY_NAI] = {1, TEXT_MAX},
};
#define ARMS_N (sizeof(arms) / sizeof(arms[0]))

static void
put_identity(struct ber *b, uint8_t arm, struct octets v)
{
	size_t mark = ber_mark(b);

	if (arm == IDENTITY_EMAIL) {
		pspdu_text(b, EMAIL_ADDRESS, v, EMAIL_ADDRESS_MAX);
		ber_close(b, BER_CONTEXT | BER_CONSTRUCTED | IDENTITY_EMAIL, mark);
	} else if (arm == IDENTITY_IP && (v.n == 4 || v.n == 16)) {
		pspdu_address(
		    b, BER_CONTEXT | BER_CONSTRUCTED | IDENTITY_IP, v, PSPDU_PREFIX_ALL, 0);
	} else if (arm < ARMS_N && v.n > 0 && v.n >= arms[arm].min && v.n <= arms[arm].max) {
		ber_octets(b, BER_CONTEXT | arm, v.p, v.n);
	} else if (v.n > 0) {
		pspdu_text(b, BER_CONTEXT | IDENTITY_ALPHANUMERIC, v, TEXT_MAX);
	} else {
		ber_head(b, BER_CONTEXT | IDENTITY_ALPHANUMERIC, 0);
	}
	ber_close(b, PARTY_IDENTITY, mark);
}

static struct octets
put_party(struct ber *b, const struct li_message *m, size_t i)
{
	uint8_t qualifier = m->party[i].qualifier;
	size_t mark = ber_mark(b);

	if (m->party[i].copy <= PARTY_COPY_LAST)
		ber_small(b, PARTY_COPY, m->party[i].copy);
	put_identity(b, m->party[i].arm, m->party[i].identity);
	ber_small(b, PARTY_QUALIFIER, qualifier <= PARTY_QUALIFIER_LAST ? qualifier : 0);
	ber_close(b, PARTY_TAG, mark);
	return (struct octets){b->p, ber_mark(b) - mark};
}

static bool
before(struct octets x, struct octets y)
{
	int rc = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return rc < 0 || (rc == 0 && x.n < y.n);
}

static void
put_parties(struct ber *b, const struct li_message *m)
{
	static uint8_t buf[PARTIES_LEN];
	struct octets sorted[LI_RECIPIENTS_MAX];
	size_t mark = ber_mark(b), n = 0;
	struct ber one;

	ber_start(&one, buf, buf + sizeof(buf), 0);
	for (; n < m->party_n && n < LI_RECIPIENTS_MAX; n++) {
		struct octets party = put_party(&one, m, n);
		size_t at = n;

		for (; at > 0 && before(party, sorted[at - 1]); at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = party;
	}
	b->full |= one.full;
	if (n == 0)
		return;
	while (n-- > 0)
		ber_put(b, sorted[n].p, sorted[n].n);
	ber_close(b, MESSAGING_PARTIES, mark);
}

/* Last event of each category; the first is 1, of message-box 0. */
static const uint8_t last_event[MESSAGING_CATEGORY_LAST + 1] = {7, 31, 8, 1};

static void
put_category(struct ber *b, const struct li_message *m)
{
	size_t mark = ber_mark(b);

	if (m->category > MESSAGING_CATEGORY_LAST || m->event > last_event[m->category] ||
	    (m->event == 0 && m->category != 1))
		return;
	ber_small(b, (uint8_t)(MESSAGING_CATEGORY_ARM | m->category), m->event);
	ber_close(b, MESSAGING_CATEGORY, mark);
}

static void
put_properties(struct ber *b, const struct li_message *m)
{
	size_t mark = ber_mark(b);

	pspdu_text(b, MESSAGING_PROPERTY_SUBJECT, m->subject, TEXT_MAX);
	pspdu_octets(b, MESSAGING_PROPERTY_ID, m->message_id, TEXT_MAX);
	if (ber_mark(b) > mark)
		ber_close(b, MESSAGING_PROPERTIES, mark);
}

/* Of octets that nobody reads nothing is known. */
static const struct li_message *
message_of(const struct li_event *ev)
{
	static const struct li_message unknown = {.category = 255};

	return ev->kind == LI_OPAQUE ? &unknown : ev->detail;
}

int
map_iri_message(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_2_MESSAGING_IRI_OID};
	const struct li_message *m = message_of(ev);
	size_t mark;

	if (!m)
		return -EBADMSG;
	mark = pspdu_iri_open(b, c, ev, IRI_PAYLOAD_DIRECTION);
	pspdu_body(b, rec, ev->body);
	if (ev->body.n > 0)
		ber_close(b, MESSAGING_ORIGINAL, mark);
	ber_uint(b, MESSAGING_EVENT_ID, m->event_id);
	put_properties(b, m);
	ber_small(b, MESSAGING_TRIGGER, m->trigger <= MESSAGING_TRIGGER_LAST ? m->trigger : 0);
	put_parties(b, m);
	ber_small(b, MESSAGING_STATUS, m->status <= MESSAGING_STATUS_LAST ? m->status : 0);
	put_category(b, m);
	pspdu_octets(b, MESSAGING_SYSTEM, m->system, TEXT_MAX);
	ber_small(b, MESSAGING_SYSTEM_TYPE, MESSAGING_SYSTEM_UNIFIED);
	ber_octets(b, MESSAGING_OID, oid, sizeof(oid));
	ber_close(b, IRI_MESSAGING, mark);
	pspdu_iri_close(b, c, ev, mark);
	return 0;
}

/* MIME type and transfer encoding: of the message, of opaque octets what the attributes say. */
int
map_cc_message(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_2_MESSAGING_CC_OID}, boolean_true = 0xFF;
	static const char octet_stream[] = "application/octet-stream";
	bool opaque = ev->kind == LI_OPAQUE;
	const struct li_message *m = message_of(ev);
	struct octets type;
	size_t mark, content;

	if (!m)
		return -EBADMSG;
	type = opaque ? ev->pdu->mime_type : m->content_type;
	mark = pspdu_cc_open(b, c, ev);
	pspdu_octets(b, MESSAGING_CC_ENCODING,
	    opaque ? ev->pdu->mime_encoding : m->content_encoding, TEXT_MAX);
	content = ber_mark(b);
	pspdu_body(b, rec, ev->body);
	ber_close(b, MESSAGING_CC_CONTENT, content);
	if (type.n > 0)
		pspdu_octets(b, MESSAGING_CC_TYPE, type, TEXT_MAX);
	else
		ber_octets(b, MESSAGING_CC_TYPE, octet_stream, sizeof(octet_stream) - 1);
	if (m->in_sequence) {
		if (m->sequence_end) /* DEFAULT FALSE */
			ber_octets(b, MESSAGING_CC_END, &boolean_true, 1);
		ber_uint(b, MESSAGING_CC_SEQUENCE, m->sequence);
	}
	ber_uint(b, MESSAGING_CC_EVENT_ID, m->event_id);
	ber_octets(b, MESSAGING_CC_OID, oid, sizeof(oid));
	ber_close(b, CC_MESSAGING, mark);
	pspdu_cc_close(b, c, ev, mark);
	return 0;
}
