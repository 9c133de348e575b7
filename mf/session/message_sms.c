/* SPDX-License-Identifier: Apache-2.0 */
/* Short messages: the addresses of RPDU and TPDU; see message.h. */
#include "session/message.h"

#include "session/sip_value.h"
#include "spec/ts102232_2.h"

#define SMS_DIGITS_MAX 20 /* TS 23.040 9.1.2.5 */
#define SMS_TON_MASK 0x70
#define SMS_TON_ALPHANUMERIC 0x50

/* Which PDU, TS 23.040 9.2.3.1; the same number means another one the other way. */
enum sms_mti {
	SMS_DELIVER = 0,
	SMS_SUBMIT = 1,
	SMS_STATUS = 2 /* or COMMAND */
};

/* RP-Message-Type, TS 24.011 8.2.2: the lowest bit is set towards the mobile. */
enum sms_rp {
	SMS_RP_DATA = 0,
	SMS_RP_ACK = 2,
	SMS_RP_ERROR = 4,
	SMS_RP_SMMA = 6
};

/* Take a field with its length in front off *IN. */
static bool
sms_field(struct octets *in, struct octets *field)
{
	if (in->n == 0 || in->n < (size_t)in->p[0] + 1)
		return false;
	*field = (struct octets){in->p + 1, in->p[0]};
	in->p += field->n + 1;
	in->n -= field->n + 1;
	return true;
}

/* GSM 7-bit, packed: the letters that an address has are those of ASCII; all others become '?'. */
static size_t
sms_unpack(struct octets in, size_t letters, uint8_t *out)
{
	size_t n = 0;

	for (; n < letters && (n * 7 + 6) / 8 < in.n; n++) {
		size_t bit = n * 7, i = bit / 8;
		unsigned v = in.p[i];
		uint8_t c;

		if (i + 1 < in.n)
			v |= (unsigned)in.p[i + 1] << 8;
		c = (uint8_t)(v >> bit % 8 & 0x7f);
		if (c == 0)
			c = '@';
		else if (c == 0x11)
			c = '_';
		else if (c < ' ' || c == '$' || c == '@' || (c >= '[' && c <= '`') || c >= '{')
			c = '?';
		out[n] = c;
	}
	return n;
}

/* The address field in front of TPDU: number of digits, type, digits.  As MSISDN it goes as it is,
 * type and TBCD digits; what is longer becomes text. */
static bool
sms_address(struct payload *p, enum message_party q, struct octets tpdu)
{
	static const uint8_t digits[16] = "0123456789*#abc";
	struct li_message *m = &p->detail.message;
	size_t n, octets;
	struct octets v;
	uint8_t *text;

	if (tpdu.n < 2 || tpdu.p[0] > SMS_DIGITS_MAX || m->party_n == LI_RECIPIENTS_MAX)
		return false;
	n = tpdu.p[0];
	octets = (n + 1) / 2;
	if (tpdu.n < 2 + octets)
		return false;
	v = (struct octets){tpdu.p + 1, 1 + octets};
	m->party[m->party_n].qualifier = (uint8_t)q;
	m->party[m->party_n].copy = MESSAGE_NO_COPY;
	m->party[m->party_n].arm = IDENTITY_MSISDN;
	text = payload_scratch(p, SMS_DIGITS_MAX + 4);
	if (text != NULL && (tpdu.p[1] & SMS_TON_MASK) == SMS_TON_ALPHANUMERIC) {
		m->party[m->party_n].arm = IDENTITY_ALPHANUMERIC;
		v = (struct octets){
		    text, sms_unpack((struct octets){tpdu.p + 2, octets}, n * 4 / 7, text)};
	} else if (text != NULL && v.n > 9) {
		m->party[m->party_n].arm = IDENTITY_ALPHANUMERIC;
		for (size_t i = 0; i < n; i++)
			text[i] = digits[tpdu.p[2 + i / 2] >> (i % 2 * 4) & 15];
		v = (struct octets){text, n};
	}
	if (n > 0 && v.n > 0)
		m->party[m->party_n++].identity = v;
	return true;
}

/* TO_SC: 1 from the mobile, 0 to it, -1 not known. */
static bool
sms_tpdu(struct payload *p, struct octets in, int to_sc)
{
	struct li_message *m = &p->detail.message;
	uint8_t mti;

	if (in.n < 2)
		return false;
	mti = in.p[0] & 3;
	if (mti == SMS_SUBMIT && to_sc != 0) {
		m->category = MESSAGE_MESSAGE;
		m->event = MESSAGE_DEPOSIT;
		return sms_address(p, MESSAGE_TERMINATING, (struct octets){in.p + 2, in.n - 2});
	}
	if (mti == SMS_DELIVER && to_sc <= 0) {
		m->category = MESSAGE_MESSAGE;
		m->event = MESSAGE_RETRIEVE;
		return sms_address(p, MESSAGE_ORIGINATING, (struct octets){in.p + 1, in.n - 1});
	}
	m->category = MESSAGE_NOTIFICATION;
	m->event = MESSAGE_N_SMS;
	if (mti == SMS_STATUS && to_sc <= 0)
		return sms_address(p, MESSAGE_TERMINATING, (struct octets){in.p + 2, in.n - 2});
	if (mti == SMS_STATUS && in.n > 5)
		return sms_address(p, MESSAGE_TERMINATING, (struct octets){in.p + 5, in.n - 5});
	return mti != 3;
}

/* RP-DATA: reference, originator, destination, user data: all lengths must fit exactly.  RP-ACK and
 * RP-ERROR say what became of the one before. */
static bool
sms_rpdu(struct payload *p, struct octets in)
{
	struct octets from, to, tpdu;
	uint8_t type;

	if (in.n < 2 || in.p[0] > SMS_RP_SMMA)
		return false;
	type = in.p[0] & 6;
	in.p += 2;
	in.n -= 2;
	if (type == SMS_RP_DATA) {
		bool mobile = (in.p[-2] & 1) == 0;

		return sms_field(&in, &from) && sms_field(&in, &to) && sms_field(&in, &tpdu) &&
		       in.n == 0 && (mobile ? from.n == 0 : to.n == 0) && sms_tpdu(p, tpdu, mobile);
	}
	if (type == SMS_RP_ERROR ? !sms_field(&in, &from) || from.n == 0 || from.n > 2 : false)
		return false;
	if (in.n > 0 && (in.p[0] != 0x41 || in.n < 2 || in.p[1] != in.n - 2))
		return false;
	p->detail.message.category = MESSAGE_NOTIFICATION;
	p->detail.message.event = MESSAGE_N_SMS;
	if (type != SMS_RP_SMMA)
		p->detail.message.status =
		    type == SMS_RP_ERROR ? MESSAGE_FAILED : MESSAGE_SUCCEEDED;
	return true;
}

bool
message_sms(struct payload *p, struct octets body)
{
	const struct li_message before = p->detail.message;
	int to_sc = p->ev.direction == 0 ? 1 : p->ev.direction == 1 ? 0 : -1;

	if (sms_rpdu(p, body))
		return true;
	p->detail.message = before;
	if (sms_tpdu(p, body, to_sc))
		return true;
	p->detail.message = before;
	return false;
}
