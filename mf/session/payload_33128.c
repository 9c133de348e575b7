/* SPDX-License-Identifier: Apache-2.0 */
/* TS 33.128 xIRI and xCC; see payload.h.  They are moved, never decoded beyond their frame. */
#include "session/payload.h"

#include "handover/handover.h"

enum reject_code
payload_33128(const struct x23_pdu *pdu, struct payload *out)
{
	struct xiri_view v;

	if (xiri_parse(pdu->payload, &v) != 0)
		return REJECT_PAYLOAD;
	out->ev.kind = LI_XIRI;
	out->ev.class = HO_IRI;
	out->ev.iri_type = xiri_iri_type(v.event_tag);
	out->ev.service = xiri_service(v.event_tag);
	return REJECT_NONE;
}

/* Arms of CCPDU. */
static const uint16_t xcc_services[] = {
    [0] = SERVICE_ANY,
    [1] = SERVICE_DATA,			  /* uPFCCPDU */
    [2] = SERVICE_DATA,			  /* extendedUPFCCPDU */
    [3] = SERVICE_MESSAGING,		  /* mMSCCPDU */
    [4] = SERVICE_DATA,			  /* nIDDCCPDU */
    [5] = SERVICE_PTT,			  /* pTCCCPDU */
    [6] = SERVICE_VOICE,		  /* iMSCCPDU */
    [7] = SERVICE_MESSAGING | SERVICE_RCS /* rCSCCPDU */
};

enum reject_code
payload_33128_cc(const struct x23_pdu *pdu, struct payload *out)
{
	struct xcc_view v;

	if (xcc_parse(pdu->payload, &v) != 0)
		return REJECT_PAYLOAD;
	out->ev.kind = LI_XCC;
	out->ev.service = v.arm < sizeof(xcc_services) / sizeof(xcc_services[0])
			      ? xcc_services[v.arm]
			      : SERVICE_ANY;
	if (v.release == 16 && v.arm == 4)
		out->ev.service = SERVICE_PTT; /* pTCCCPDU had that number then */
	out->ev.class =
	    (out->ev.service & (SERVICE_VOICE | SERVICE_PTT)) != 0 && out->ev.service != SERVICE_ANY
		? HO_VOICE
		: HO_CC;
	return REJECT_NONE;
}
