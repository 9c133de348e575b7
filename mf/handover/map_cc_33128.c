/* SPDX-License-Identifier: Apache-2.0 */
/* CC of TS 33.128 > CCPayload in threeGPP33128DefinedCC: made around a packet, frame or PDU, or
 * moved when it came encoded.  A moved one keeps release and version in its OID, because its octets
 * follow them; only the last arc becomes that of a CCPayload. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

#include <errno.h>

static void
close_payload(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, uint8_t release,
    uint8_t version, size_t mark)
{
	const uint8_t oid[TS133128_OID_LEN] = {
	    TS133128_ARC_0, TS133128_ARC_1, release, version, TS133128_KIND_CC};

	ber_octets(b, CC33128_OID, oid, sizeof(oid));
	ber_close(b, CC33128_TAG, mark);
	ber_close(b, CC_TS33128, mark);
	pspdu_cc_close(b, c, ev, mark);
}

int
map_cc_33128(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	struct xcc_view x;
	size_t mark;
	int rc = xcc_split(ev->body, &x);

	if (rc < 0)
		return rc;
	mark = pspdu_cc_open(b, c, ev);
	pspdu_body(b, rec, x.pdu);
	close_payload(b, c, ev, x.release, x.version, mark);
	return 0;
}

/* ExtendedUPFCCPDU. */
static void
put_extended(
    struct ber *b, const struct li_upf *u, const struct li_event *ev, struct ho_record *rec)
{
	size_t mark = ber_mark(b), payload;

	if (u->has_qfi && u->qfi <= QFI_MAX)
		ber_small(b, EXTENDED_QFI, u->qfi);
	payload = ber_mark(b);
	pspdu_body(b, rec, ev->body);
	ber_close(b, EXTENDED_ARM | u->payload, payload);
	ber_close(b, EXTENDED_PAYLOAD, payload);
	ber_close(b, CCPDU_EXTENDED, mark);
}

/* IMSCCPDU. */
static void
put_ims(struct ber *b, const struct li_upf *u, const struct li_event *ev, struct ho_record *rec)
{
	size_t mark = ber_mark(b), payload;

	pspdu_octets(b, IMSCC_SDP, u->sdp, SIZE_MAX);
	payload = ber_mark(b);
	pspdu_body(b, rec, ev->body);
	ber_close(b, IMSCC_PAYLOAD, payload);
	ber_close(b, CCPDU_IMS, mark);
}

static int
put_arm(struct ber *b, const struct li_upf *u, const struct li_event *ev, struct ho_record *rec)
{
	size_t mark = ber_mark(b);

	switch (u->arm) {
	case CCPDU_ARM_UPF:
	case CCPDU_ARM_NIDD:
		pspdu_body(b, rec, ev->body);
		ber_close(b, u->arm == CCPDU_ARM_UPF ? CCPDU_UPF : CCPDU_NIDD, mark);
		return 0;
	case CCPDU_ARM_EXTENDED:
		if (u->payload < 1 || u->payload > 3)
			return -EBADMSG;
		put_extended(b, u, ev, rec);
		return 0;
	case CCPDU_ARM_IMS:
		put_ims(b, u, ev, rec);
		return 0;
	}
	return -EBADMSG;
}

int
map_cc_upf(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	const struct li_upf *u = ev->detail;
	size_t mark;
	int rc;

	if (!u)
		return -EBADMSG;
	mark = pspdu_cc_open(b, c, ev);
	rc = put_arm(b, u, ev, rec);
	if (rc < 0)
		return rc;
	ber_close(b, CC33128_PDU, mark);
	close_payload(b, c, ev, TS133128_RELEASE, TS133128_VERSION, mark);
	return 0;
}
