/* SPDX-License-Identifier: Apache-2.0 */
/* RTP packet and MSRP message > IPMMCC, TS 102 232-5 (IPMultimediaPDU version17): RTP: frameType
 * rtpFrame, mMCCprotocol rTP. streamIdentifier is the packet's SSRC (RFC 3550 5.1 and 6.4: the
 * sender's for RTCP): the same in all packets of a stream, whichever NE saw it, and checkable
 * against the packet itself. It is left out when the packet has no version 2 header.  MSRP:
 * frameType msrpFrame, mMCCprotocol mSRP; the path of a message stands in its text. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_5.h"

struct octets
pspdu_ssrc(struct octets packet)
{
	size_t at;

	if (packet.n < 8 || packet.p[0] >> 6 != 2)
		return (struct octets){NULL, 0};
	at = packet.p[1] >= 192 && packet.p[1] <= 223 ? 4 : 8; /* RFC 5761: RTCP packet types */
	if (packet.n < at + 4)
		return (struct octets){NULL, 0};
	return (struct octets){packet.p + at, 4};
}

static void
put(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec,
    size_t mark)
{
	static const uint8_t oid[] = {TS102232_5_IPMMCC_OID};
	size_t contents = ber_mark(b);

	pspdu_body(b, rec, ev->body);
	ber_close(b, IPMMCC_CONTENTS, contents);
	ber_octets(b, IPMMCC_OID, oid, sizeof(oid));
	ber_close(b, CC_IPMMCC, mark);
	pspdu_cc_close(b, c, ev, mark);
}

int
map_cc_ipmm(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	struct octets ssrc = pspdu_ssrc(ev->body);
	size_t mark = pspdu_cc_open(b, c, ev);

	ber_small(b, IPMMCC_PROTOCOL, MMCC_RTP);
	if (ssrc.n > 0)
		ber_octets(b, IPMMCC_STREAM, ssrc.p, ssrc.n);
	ber_small(b, IPMMCC_FRAME_TYPE, FRAME_RTP);
	put(b, c, ev, rec, mark);
	return 0;
}

int
map_cc_msrp(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	size_t mark = pspdu_cc_open(b, c, ev);

	ber_small(b, IPMMCC_PROTOCOL, MMCC_MSRP);
	ber_small(b, IPMMCC_FRAME_TYPE, FRAME_MSRP);
	put(b, c, ev, rec, mark);
	return 0;
}
