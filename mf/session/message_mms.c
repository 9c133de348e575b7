/* SPDX-License-Identifier: Apache-2.0 */
/* Multimedia messages: WSP-encoded headers of an MMS PDU; see message.h.  Numbers: OMA MMS
 * encapsulation 1.3, table 12 and clause 7.3, from memory; text and lengths: WAP-230-WSP 8.4.  They
 * are written down in docs/standards.md. */
#include "session/message.h"

enum mms_field { /* X-Mms field names, with the bit of a short integer */
	MMS_BCC = 0x81,
	MMS_CC = 0x82,
	MMS_CONTENT_TYPE = 0x84, /* the last header */
	MMS_FROM = 0x89,
	MMS_MESSAGE_ID = 0x8b,
	MMS_MESSAGE_TYPE = 0x8c, /* the first */
	MMS_RESPONSE_STATUS = 0x92,
	MMS_STATUS = 0x95,
	MMS_SUBJECT = 0x96,
	MMS_TO = 0x97
};
enum mms_type {
	MMS_SEND_REQ = 0x80,
	MMS_SEND_CONF = 0x81,
	MMS_NOTIFICATION_IND = 0x82,
	MMS_RETRIEVE_CONF = 0x84
};
#define MMS_FROM_PRESENT 0x80 /* Address-present-token */
#define MMS_OK 0x80
#define MMS_QUOTE 31 /* a value length follows as uintvar */

/* A length of 7 bits per octet, at most 5 octets. */
static bool
mms_uintvar(struct octets *in, size_t *out)
{
	*out = 0;
	for (int i = 0; i < 5 && in->n > 0; i++) {
		uint8_t c = *in->p++;

		in->n--;
		*out = *out << 7 | (c & 0x7f);
		if ((c & 0x80) == 0)
			return true;
	}
	return false;
}

/* Take the value of a header off *IN: a short integer (one octet), a text to its NUL, or octets
 * with a length in front (which are not part of it). */
static bool
mms_value(struct octets *in, struct octets *value, bool *sized)
{
	size_t n;

	if (in->n == 0)
		return false;
	*sized = in->p[0] <= MMS_QUOTE;
	if (*sized) {
		n = *in->p++;
		in->n--;
		if (n == MMS_QUOTE && !mms_uintvar(in, &n))
			return false;
	} else if (in->p[0] >= 0x80) {
		n = 1;
	} else {
		const uint8_t *nul = memchr(in->p, 0, in->n);

		if (nul == NULL)
			return false;
		n = (size_t)(nul - in->p) + 1;
	}
	if (n > in->n)
		return false;
	*value = (struct octets){in->p, n};
	in->p += n;
	in->n -= n;
	return true;
}

/* Text without NUL and quote; of an encoded string what stands behind its charset. */
static struct octets
mms_text(struct octets v, bool sized)
{
	if (sized && v.n > 0) { /* charset: short integer, or length and number */
		size_t skip = (size_t)v.p[0] + 1;

		if (v.p[0] >= 0x80)
			skip = 1;
		else if (v.p[0] >= MMS_QUOTE)
			skip = 0; /* a text after all */
		if (skip > v.n)
			skip = v.n;
		v.p += skip;
		v.n -= skip;
	}
	if (v.n > 0 && (v.p[0] == 0x7f || v.p[0] == '"'))
		v.p++, v.n--;
	while (v.n > 0 && v.p[v.n - 1] == 0)
		v.n--;
	return v;
}

static void
mms_type(struct li_message *m, uint8_t type)
{
	m->category = MESSAGE_NOTIFICATION;
	m->event = MESSAGE_N_MMS;
	if (type == MMS_SEND_REQ || type == MMS_RETRIEVE_CONF) {
		m->category = MESSAGE_MESSAGE;
		m->event = type == MMS_SEND_REQ ? MESSAGE_DEPOSIT : MESSAGE_RETRIEVE;
	}
}

static void
mms_header(struct payload *p, uint8_t field, struct octets v, bool sized)
{
	struct li_message *m = &p->detail.message;

	switch (field) {
	case MMS_MESSAGE_TYPE:
		mms_type(m, v.p[0]);
		break;
	case MMS_FROM:
		if (sized && v.n > 1 && v.p[0] == MMS_FROM_PRESENT) {
			struct octets in = {v.p + 1, v.n - 1};

			if (mms_value(&in, &v, &sized))
				message_party(
				    p, MESSAGE_ORIGINATING, MESSAGE_NO_COPY, mms_text(v, sized));
		}
		break;
	case MMS_TO:
		message_party(p, MESSAGE_TERMINATING, MESSAGE_TO, mms_text(v, sized));
		break;
	case MMS_CC:
		message_party(p, MESSAGE_TERMINATING, MESSAGE_CC, mms_text(v, sized));
		break;
	case MMS_BCC:
		message_party(p, MESSAGE_TERMINATING, MESSAGE_BCC, mms_text(v, sized));
		break;
	case MMS_MESSAGE_ID:
		m->message_id = mms_text(v, sized);
		break;
	case MMS_SUBJECT:
		m->subject = mms_text(v, sized);
		break;
	case MMS_RESPONSE_STATUS:
		m->status = v.p[0] == MMS_OK ? MESSAGE_SUCCEEDED : MESSAGE_FAILED;
		break;
	default:
		break;
	}
}

bool
message_mms(struct payload *p, struct octets body)
{
	if (body.n < 2 || body.p[0] != MMS_MESSAGE_TYPE || body.p[1] < 0x80)
		return false;
	while (body.n > 1 && body.p[0] >= 0x80 && body.p[0] != MMS_CONTENT_TYPE) {
		uint8_t field = *body.p++;
		struct octets value;
		bool sized;

		body.n--;
		if (!mms_value(&body, &value, &sized))
			break;
		if (value.n > 0)
			mms_header(p, field, value, sized);
	}
	return true;
}
