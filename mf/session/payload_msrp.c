/* SPDX-License-Identifier: Apache-2.0 */
/* MSRP messages, RFC 4975; see payload.h.  They move as they came, framing included. */
#include "session/payload.h"

#include "session/msrp.h"
#include "session/sdp.h"
#include "session/sip_value.h"

#define MSRP_PATH_MAX 4 /* URIs of a path that are named */

/* The sessions of a path: relays stand in front, the end point comes last. */
static void
msrp_names(struct payload *p, struct octets path)
{
	for (int i = 0; i < MSRP_PATH_MAX && path.n > 0; i++) {
		struct octets uri = {path.p, 0}, id;

		while (uri.n < path.n && path.p[uri.n] != ' ')
			uri.n++;
		path.p += uri.n;
		path.n -= uri.n;
		path = sip_value_trim(path);
		id = sdp_msrp_session(uri);
		payload_name(p, NAME_CHAT, NAME_BIND, id, false);
	}
}

enum reject_code
payload_msrp(const struct x23_pdu *pdu, struct payload *out)
{
	struct octets rest = pdu->payload;
	bool first = true;

	while (rest.n > 0) { /* several may stand in one segment */
		struct msrp_msg m;
		long n = msrp_parse(rest, &m);

		if (n <= 0)
			return REJECT_PAYLOAD;
		rest.p += n;
		rest.n -= (size_t)n;
		if (first) {
			msrp_names(out, m.to_path);
			msrp_names(out, m.from_path);
		}
		first = false;
	}
	if (first)
		return REJECT_PAYLOAD;
	payload_name_address(out, NAME_MEDIA, NAME_SEEK, pdu->dst, pdu->dst_port);
	payload_name_address(out, NAME_MEDIA, NAME_SEEK, pdu->src, pdu->src_port);
	sdp_names(out, pdu->sdp, NAME_BIND);
	out->ev.kind = LI_MSRP;
	out->ev.class = HO_CC;
	out->ev.service = SERVICE_MESSAGING | SERVICE_RCS;
	return REJECT_NONE;
}
