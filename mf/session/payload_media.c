/* SPDX-License-Identifier: Apache-2.0 */
/* IP packets, RTP packets and ready TS 102 232-1 payloads; see payload.h.  Only what shows that the
 * payload is what its format says. */
#include "session/payload.h"

#include "handover/handover.h"
#include "session/sdp.h"
#include "spec/ts103221_2.h"

#define IPV4_HEADER_MIN 20 /* RFC 791 */
#define IPV6_HEADER 40	   /* RFC 8200 */
#define RTP_HEADER_MIN 12  /* RFC 3550 5.1; RTCP has at least 8, with the same version bits */
#define RTCP_HEADER_MIN 8
#define RTP_DYNAMIC 96 /* payload types from here on mean what SDP says, RFC 3551 */

static enum reject_code
payload_ip(struct octets p, unsigned version, size_t min, struct payload *out)
{
	if (p.n < min || p.p[0] >> 4 != version)
		return REJECT_PAYLOAD;
	out->ev.kind = LI_IP;
	out->ev.class = HO_CC;
	out->ev.service = SERVICE_DATA;
	out->packet = p;
	return REJECT_NONE;
}

enum reject_code
payload_ipv4(const struct x23_pdu *pdu, struct payload *out)
{
	if (pdu->payload.n > 0 && (pdu->payload.p[0] & 0x0f) < 5)
		return REJECT_PAYLOAD;
	return payload_ip(pdu->payload, 4, IPV4_HEADER_MIN, out);
}

enum reject_code
payload_ipv6(const struct x23_pdu *pdu, struct payload *out)
{
	return payload_ip(pdu->payload, 6, IPV6_HEADER, out);
}

static bool
payload_is_rtcp(struct octets p)
{
	return p.n >= RTCP_HEADER_MIN && p.p[1] >= 192 && p.p[1] <= 223;
}

/* Payload types of video with a fixed number, RFC 3551 6: CelB, JPEG, nv, H261, MPV, MP2T, H263. */
static bool
payload_video_type(uint8_t pt)
{
	return pt == 25 || pt == 26 || pt == 28 || (pt >= 31 && pt <= 34);
}

uint16_t
payload_media_service(struct octets rtp, uint8_t media, uint32_t video_pt)
{
	uint8_t pt = rtp.n > 1 ? rtp.p[1] & 0x7f : 0;
	bool video = payload_video_type(pt);

	if (media == NAME_AUDIO || media == NAME_VIDEO)
		return media == NAME_VIDEO ? SERVICE_VIDEO : SERVICE_VOICE;
	if (media != 0 && payload_is_rtcp(rtp))
		return SERVICE_VOICE | SERVICE_VIDEO;
	if (media != 0 && pt >= RTP_DYNAMIC)
		video = (video_pt & UINT32_C(1) << (pt - RTP_DYNAMIC)) != 0;
	return video ? SERVICE_VIDEO : SERVICE_VOICE;
}

/* A stream without Correlation ID: its ends and when it began.  What follows is found by the ends,
 * as long as they mean it. */
static void
rtp_key(const struct x23_pdu *pdu, struct payload *out)
{
	uint8_t ends[2 * (16 + 2) + 8];
	size_t n = 0;

	if (pdu->src.n == 0 || pdu->dst.n == 0 || pdu->src.n > 16 || pdu->dst.n > 16 ||
	    pdu->src_port == 0 || pdu->dst_port == 0)
		return;
	memcpy(ends, pdu->src.p, pdu->src.n);
	octets_put16(ends + pdu->src.n, pdu->src_port);
	n = pdu->src.n + 2;
	memcpy(ends + n, pdu->dst.p, pdu->dst.n);
	octets_put16(ends + n + pdu->dst.n, pdu->dst_port);
	n += pdu->dst.n + 2;
	octets_put64(ends + n, (uint64_t)out->ev.time_ns);
	payload_key_set(out, NAME_MEDIA, (struct octets){ends, n + 8}, (struct octets){NULL, 0});
}

/* RTCP shares the port with RTP often enough (RFC 5761: second octet 192..223); it goes the same
 * way. */
enum reject_code
payload_rtp(const struct x23_pdu *pdu, struct payload *out)
{
	struct octets p = pdu->payload;
	bool rtcp = payload_is_rtcp(p);
	uint32_t video_pt = 0;
	uint8_t media = 0;

	if (p.n < (rtcp ? RTCP_HEADER_MIN : RTP_HEADER_MIN) || p.p[0] >> 6 != 2)
		return REJECT_PAYLOAD;
	out->ev.kind = LI_RTP;
	out->ev.class = HO_VOICE;
	if (pdu->sdp.n > 0)
		media = sdp_media_of(pdu, &video_pt);
	out->ev.service = payload_media_service(p, media, video_pt);
	if (pdu->correlation == 0)
		rtp_key(pdu, out);
	return REJECT_NONE;
}

/* IRI may only come over X2 and CC only over X3: the scope of a warrant is judged by the interface.
 */
static enum reject_code
payload_ready(const struct x23_pdu *pdu, bool iri, struct payload *out)
{
	if (iri != (pdu->type == X23_TYPE_X2))
		return REJECT_PAYLOAD;
	out->ev.kind = LI_PAYLOAD;
	out->ev.class = iri ? HO_IRI : HO_CC;
	out->ev.iri_type = iri ? PAYLOAD_REPORT : 0; /* the true one stands inside, untouched */
	return REJECT_NONE;
}

enum reject_code
payload_pspdu(const struct x23_pdu *pdu, struct payload *out)
{
	bool iri, has_cin;
	uint8_t cin_octets[4];
	uint32_t cin;

	if (handover_inner(pdu->payload, &out->ev.body, &iri, &has_cin, &cin) != 0)
		return REJECT_PAYLOAD;
	if (has_cin) {
		octets_put32(cin_octets, cin);
		payload_name(out, NAME_INNER, NAME_BIND,
		    (struct octets){cin_octets, sizeof(cin_octets)}, true);
	}
	return payload_ready(pdu, iri, out);
}

enum reject_code
payload_inner(const struct x23_pdu *pdu, struct payload *out)
{
	int kind = handover_payload_kind(pdu->payload);

	if (kind != 1 && kind != 2)
		return REJECT_PAYLOAD;
	return payload_ready(pdu, kind == 1, out);
}
