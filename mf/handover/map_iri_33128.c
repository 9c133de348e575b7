/* SPDX-License-Identifier: Apache-2.0 */
/* TS 33.128 XIRIPayload > IRIPayload in threeGPP33128DefinedIRI.  The event TLV is moved octet for
 * octet, never encoded anew: releases run in parallel and none is a superset of another.
 *
 * iRIPayloadOID names the release and version of the xIRI, because that is what the event's octets
 * follow; when they are not the ones of spec/ts133128.h, mediatedFromIndicator repeats the xIRI's
 * OID. sessionDirection: for an xIRI the direction says who started the procedure (TS 33.128
 * table 5.3.2-1). Arms that exist only in XIRIEvent: iPIRIPacketReport goes where TS 102 232-1 has
 * its place, IRIContents [20]; n9HRPDUSessionInfo and s8HRBearerInfo are not handed over
 * (-ENOTSUP). */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

#include <errno.h>

static void
put_mediated_from(struct ber *b, const struct xiri_view *x)
{
	size_t mark = ber_mark(b);

	if (x->release == TS133128_RELEASE && x->version == TS133128_VERSION)
		return;
	ber_octets(b, MEDIATED_FROM_XIRI_OID, x->oid.p, x->oid.n);
	ber_close(b, IRI33128_MEDIATED_FROM, mark);
}

/* The report's members move; only the tag around them differs. */
static int
map_packet_report(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev,
    struct octets event, struct ho_record *rec, size_t contents)
{
	struct ber_tlv wrap, arm;

	if (ber_next(&event, &wrap) < 0 || ber_next(&wrap.content, &arm) < 0)
		return -EBADMSG;
	pspdu_body(b, rec, arm.content);
	ber_close(b, IRI_PACKET_REPORT, contents);
	pspdu_iri_close(b, c, ev, contents);
	return 0;
}

int
map_iri_33128(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	uint8_t oid[TS133128_OID_LEN];
	struct xiri_view x;
	size_t contents;
	int rc = xiri_split(ev->body, &x);

	if (rc < 0)
		return rc;
	if (x.event_tag == EVENT_N9HR_SESSION_INFO || x.event_tag == EVENT_S8HR_BEARER_INFO ||
	    x.event_tag == EVENT_CELL_SITE_REPORT)
		return -ENOTSUP;
	contents = pspdu_iri_open(b, c, ev, IRI_SESSION_DIRECTION);
	if (x.event_tag == EVENT_PACKET_REPORT)
		return map_packet_report(b, c, ev, x.event, rec, contents);
	put_mediated_from(b, &x);
	target_id_write(b, ev->pdu);
	pspdu_body(b, rec, x.event);
	memcpy(oid, x.oid.p, sizeof(oid));
	oid[TS133128_OID_LEN - 1] = TS133128_KIND_IRI;
	ber_octets(b, XIRI_OID, oid, sizeof(oid));
	ber_close(b, XIRI_TAG, contents);
	ber_close(b, IRI_TS33128, contents);
	pspdu_iri_close(b, c, ev, contents);
	return 0;
}
