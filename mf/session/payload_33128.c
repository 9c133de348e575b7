/* SPDX-License-Identifier: Apache-2.0 */
/* TS 33.128 xIRI; see payload.h.  The event is moved, never decoded beyond its frame. */
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
	return REJECT_NONE;
}

enum reject_code
payload_33128_cc(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}
