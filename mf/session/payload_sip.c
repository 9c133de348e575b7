/* SPDX-License-Identifier: Apache-2.0 */
/* SIP messages: Call-ID as session key, IRI type from the course of the dialog.  See payload.h; TS
 * 102 232-5 leaves the types to the dialog. */
/* clang-format off */
/*   initial INVITE                                       Begin    > early (after the end only with a higher CSeq)
 *   first thing seen of a running dialog                 Begin    > as far as it has come
 *   its retransmission, answers, ACK, PRACK, ... CANCEL  Continue
 *   final error to the initial INVITE                    End      (not 401, 407, 422, 494: the caller tries again)
 *   BYE                                                  Continue > bye
 *   final answer to BYE (not 401, 407)                   End
 *   anything outside a dialog, or after its end          Report */
/* clang-format on */
#include "session/payload.h"

enum reject_code
payload_sip(const struct x23_pdu *pdu, struct payload *out)
{
	if (sip_parse(pdu->payload, &out->sip) < 0)
		return REJECT_PAYLOAD;
	out->ev.kind = LI_SIP;
	out->ev.class = HO_IRI;
	if (out->sip.call_id.n > 0)
		payload_key_set(out, 'S', out->sip.call_id, (struct octets){NULL, 0});
	return REJECT_NONE;
}

static bool
sip_running(const struct dialog *d)
{
	return d->state == DIALOG_EARLY || d->state == DIALOG_CONFIRMED || d->state == DIALOG_BYE;
}

/* Errors that the caller answers with the same call again: authentication (401, 407, 494), a longer
 * interval (422). */
static bool
sip_try_again(uint16_t status)
{
	return status == 401 || status == 407 || status == 422 || status == 494;
}

/* Of a dialog (RFC 3261 12, 3262, 3311, 6086), as opposed to REGISTER and the like. */
static bool
sip_of_dialog(enum sip_method m)
{
	return m == SIP_INVITE || m == SIP_ACK || m == SIP_BYE || m == SIP_CANCEL ||
	       m == SIP_PRACK || m == SIP_UPDATE || m == SIP_INFO;
}

static uint8_t
sip_step_invite(const struct sip_msg *m, struct dialog *d)
{
	if (m->to_tag ||
	    sip_running(d)) { /* re-INVITE, retransmission, another leg of the same correlation */
		if (!m->to_tag && d->state == DIALOG_EARLY && m->cseq > d->invite_cseq)
			d->invite_cseq = m->cseq; /* tried again after 401 or 407 */
		if (sip_running(d))
			return PAYLOAD_CONTINUE;
		if (d->state == DIALOG_ENDED)
			return PAYLOAD_REPORT;
		d->state = DIALOG_CONFIRMED;
		return PAYLOAD_BEGIN;
	}
	if (d->state == DIALOG_ENDED && m->cseq <= d->invite_cseq)
		return PAYLOAD_REPORT; /* a retransmission that is late */
	d->state = DIALOG_EARLY;
	d->invite_cseq = m->cseq;
	return PAYLOAD_BEGIN;
}

/* First thing seen of a dialog: where does it stand? */
static uint8_t
sip_step_first(const struct sip_msg *m, struct dialog *d)
{
	if (!sip_of_dialog(m->method) || m->status >= 300)
		return PAYLOAD_REPORT;
	if (!m->request && m->method == SIP_INVITE) {
		d->state = m->status < 200 ? DIALOG_EARLY : DIALOG_CONFIRMED;
		d->invite_cseq = m->cseq;
		return PAYLOAD_BEGIN;
	}
	if (m->request && m->method == SIP_CANCEL) {
		d->state = DIALOG_EARLY;
		d->invite_cseq = m->cseq; /* of the INVITE that it cancels, RFC 3261 9.1 */
		return PAYLOAD_BEGIN;
	}
	if (!m->request || !m->to_tag)
		return PAYLOAD_REPORT;
	d->state = m->method == SIP_BYE ? DIALOG_BYE : DIALOG_CONFIRMED;
	return PAYLOAD_BEGIN;
}

static uint8_t
sip_step_response(const struct sip_msg *m, struct dialog *d)
{
	if (m->method == SIP_INVITE && d->state == DIALOG_EARLY &&
	    (d->invite_cseq == 0 || m->cseq == d->invite_cseq)) {
		if (m->status >= 300 && !sip_try_again(m->status)) {
			d->state = DIALOG_ENDED;
			return PAYLOAD_END;
		}
		if (m->status >= 200 && m->status < 300)
			d->state = DIALOG_CONFIRMED;
	}
	if (m->method == SIP_BYE && m->status >= 200 && m->status != 401 && m->status != 407) {
		d->state = DIALOG_ENDED;
		return PAYLOAD_END;
	}
	return PAYLOAD_CONTINUE;
}

uint8_t
payload_sip_step(const struct sip_msg *m, struct dialog *d)
{
	if (m->method == SIP_REGISTER || m->method == SIP_PUBLISH)
		return PAYLOAD_REPORT;
	if (m->request && m->method == SIP_INVITE)
		return sip_step_invite(m, d);
	if (d->state == DIALOG_ENDED)
		return PAYLOAD_REPORT;
	if (d->state == DIALOG_NONE)
		return sip_step_first(m, d);
	if (!m->request)
		return sip_step_response(m, d);
	if (m->method == SIP_BYE)
		d->state = DIALOG_BYE;
	return PAYLOAD_CONTINUE;
}
