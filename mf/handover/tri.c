/* SPDX-License-Identifier: Apache-2.0 */
/* TRI PDUs, TS 102 232-1 V3.38.1 clauses 6.3.4 to 6.3.6 and 7.2: written by hand, those of a LEMF
 * decoded by asn1c with a bounded stack after their length was checked.  No state: options and
 * barriers are the delivery's. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

#include "PS-PDU.h"

#include <errno.h>

#define DECODE_STACK_MAX                                                                           \
	(64 * 1024) /* octets; the deepest PS-PDU of our modules takes far less                    \
		     */
#define TRI_CONTEXT 0x80
#define TRI_CONSTRUCTED 0xA0

/* ---- encode */

static int
put_message(struct ber *b, struct octets text, bool error)
{
	if (text.n < 1 || text.n > TS102232_1_MESSAGE_MAX)
		return -EINVAL;
	ber_octets(b, TRI_MESSAGE_TEXT, text.p, text.n);
	ber_small(b, TRI_MESSAGE_PRIORITY, error ? MESSAGE_ERROR : MESSAGE_INFORMATIONAL);
	ber_close(b, TRI_CONSTRUCTED | TRI_OPERATOR_LEA_MESSAGE, 0);
	return 0;
}

static void
put_option(struct ber *b, uint8_t id, bool ack)
{
	size_t mark = ber_mark(b);

	if (ack)
		ber_head(b, TRI_OPTION_ACK, 0);
	ber_close(b, id, mark);
}

static int
put_tri(struct ber *b, enum tri_kind kind, struct octets text, bool error)
{
	switch (kind) {
	case TRI_PADDING_PDU:
		ber_octets(b, TRI_CONTEXT | TRI_PADDING_PDU, text.p, text.n);
		return 0;
	case TRI_OPERATOR_LEA_MESSAGE:
		return put_message(b, text, error);
	case TRI_OPTION_REQUEST:
		put_option(b, TRI_OPTIONS_FIRST, true);
		ber_close(b, TRI_CONSTRUCTED | TRI_OPTION_REQUEST, 0);
		return 0;
	case TRI_OPTION_RESPONSE:
		put_option(b, TRI_OPTIONS_SECOND, error);
		put_option(b, TRI_OPTIONS_FIRST, !error);
		ber_close(b, TRI_CONSTRUCTED | TRI_OPTION_RESPONSE, 0);
		return 0;
	case TRI_TEST_PDU:
	case TRI_KEEPALIVE:
	case TRI_KEEPALIVE_RESPONSE:
	case TRI_FIRST_SEGMENT:
	case TRI_LAST_SEGMENT:
	case TRI_CIN_RESET:
	case TRI_OPTION_COMPLETE:
	case TRI_PDU_ACK_REQUEST:
	case TRI_PDU_ACK_RESPONSE:
		ber_head(b, TRI_CONTEXT | (uint8_t)kind, 0);
		return 0;
	}
	return -EINVAL;
}

int
tri_encode(const struct handover_warrant *filler, uint32_t cin, uint32_t seq, enum tri_kind kind,
    struct octets text, bool error, int64_t now_ns, uint8_t *buf, size_t cap)
{
	const struct pspdu_header h = {
	    .cin = cin, .seq = seq, .time_ns = now_ns, .ts_qualifier = TIME_QUALIFIER_MEDIATION};
	struct ber b;
	size_t n;
	int rc;

	ber_start(&b, buf, buf + cap, 0);
	rc = put_tri(&b, kind, text, error);
	if (rc < 0)
		return rc;
	ber_close(&b, PAYLOAD_TRI, 0);
	ber_close(&b, PSPDU_PAYLOAD, 0);
	pspdu_header(&b, filler, &h);
	ber_close(&b, PSPDU_TAG, 0);
	if (b.full)
		return -ENOSPC;
	n = ber_mark(&b);
	memmove(buf, b.p, n);
	return (int)n;
}

/* ---- decode */

static uint8_t
kind_of(TRIPayload_PR present)
{
	switch (present) {
	case TRIPayload_PR_testPDU:
		return TRI_TEST_PDU;
	case TRIPayload_PR_paddingPDU:
		return TRI_PADDING_PDU;
	case TRIPayload_PR_keep_alive:
		return TRI_KEEPALIVE;
	case TRIPayload_PR_keep_aliveResponse:
		return TRI_KEEPALIVE_RESPONSE;
	case TRIPayload_PR_firstSegmentFlag:
		return TRI_FIRST_SEGMENT;
	case TRIPayload_PR_lastSegmentFlag:
		return TRI_LAST_SEGMENT;
	case TRIPayload_PR_cINReset:
		return TRI_CIN_RESET;
	case TRIPayload_PR_operatorLeaMessage:
		return TRI_OPERATOR_LEA_MESSAGE;
	case TRIPayload_PR_optionRequest:
		return TRI_OPTION_REQUEST;
	case TRIPayload_PR_optionResponse:
		return TRI_OPTION_RESPONSE;
	case TRIPayload_PR_optionComplete:
		return TRI_OPTION_COMPLETE;
	case TRIPayload_PR_pDUAcknowledgementRequest:
		return TRI_PDU_ACK_REQUEST;
	case TRIPayload_PR_pDUAcknowledgementResponse:
		return TRI_PDU_ACK_RESPONSE;
	case TRIPayload_PR_NOTHING:
	case TRIPayload_PR_integrityCheck: /* integrity_decode() reads those */
		break;
	}
	return 0;
}

static bool
ack_accepted(const TRIPayload_t *t)
{
	const OptionResponse_t *r = &t->choice.optionResponse;

	if (t->present != TRIPayload_PR_optionResponse)
		return false;
	for (int i = 0; i < r->acceptedOptions.list.count; i++)
		if (r->acceptedOptions.list.array[i]->present == Option_PR_pDUAcknowledgement)
			return true;
	return false;
}

static int
view_of(const PS_PDU_t *pdu, struct tri_pdu *out)
{
	const TRIPayload_t *t = &pdu->payload.choice.tRIPayload;

	if (pdu->pSHeader.sequenceNumber > UINT32_MAX)
		return -EBADMSG;
	*out = (struct tri_pdu){.seq = (uint32_t)pdu->pSHeader.sequenceNumber};
	if (pdu->payload.present != Payload_PR_tRIPayload)
		return 0;
	out->kind = kind_of(t->present);
	out->accepts_ack = ack_accepted(t);
	return 0;
}

static int
decode(struct octets in, struct tri_pdu *out)
{
	asn_codec_ctx_t ctx = {.max_stack_size = DECODE_STACK_MAX};
	PS_PDU_t *pdu = NULL;
	asn_dec_rval_t rv = ber_decode(&ctx, &asn_DEF_PS_PDU, (void **)&pdu, in.p, in.n);
	int rc = -EBADMSG;

	if (rv.code == RC_OK && rv.consumed == in.n)
		rc = view_of(pdu, out);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, pdu);
	return rc;
}

/* Length of the PS-PDU at the front of IN, before anything of it is decoded. */
static int
frame(struct octets in, size_t max, size_t *n)
{
	struct octets rest = in;
	struct ber_tlv t;
	uint64_t total;
	uint8_t id;
	int rc;

	if (in.n > 0 && in.p[0] != PSPDU_TAG)
		return -EBADMSG;
	rc = ber_total(in, &id, &total);
	if (rc < 0)
		return rc;
	if (total > max)
		return -EMSGSIZE;
	rc = ber_next(&rest, &t);
	if (rc == -EAGAIN && total == 0 && in.n >= max)
		return -EMSGSIZE;
	if (rc < 0)
		return rc;
	*n = t.all.n;
	return *n > max ? -EMSGSIZE : 0;
}

int
tri_decode(struct octets in, size_t max, struct tri_pdu *out)
{
	size_t n = 0;
	int rc = frame(in, max, &n);

	if (rc < 0)
		return rc;
	rc = decode((struct octets){in.p, n}, out);
	return rc < 0 ? rc : (int)n;
}
