/* SPDX-License-Identifier: Apache-2.0 */
/* Names that packets and media have by their addresses; see payload.h.  Looked up only when the
 * session key of a PDU is not known yet.
 *
 * Media over UDP binds its ends, so that content that comes before its signalling is found by it.
 * Other UDP only seeks: an address that a whole network talks to, of a name server for example,
 * must never make one session of two. */
#include "session/packet.h"
#include "session/payload_access.h"
#include "spec/ts103221_2.h"

#include <stdbool.h>

#define PROTO_UDP 17
#define RTP_HEADER 12
#define PORT_USER 1024 /* below: well-known services, RFC 6335 */

/* Lengths of prefixes that networks delegate (RFC 6177) and assign (RFC 4862), longest first. */
static const uint8_t prefix_bits[] = {64, 60, 56, 52, 48};

static void
names_of_end(struct payload *p, enum name_act act, struct octets address)
{
	payload_name_address(p, NAME_ADDRESS, act, address, 0);
	if (address.n != 16)
		return;
	for (size_t i = 0; i < sizeof(prefix_bits); i++)
		payload_name_prefix(p, act, address.p, prefix_bits[i]);
}

/* The target is where it comes from, or where it goes; when that is not known, it is either. */
static void
names_of_target(struct payload *p, enum name_act act, struct octets src, struct octets dst)
{
	uint16_t direction = p->ev.pdu->direction;

	if (direction != X23_DIR_TO_TARGET)
		names_of_end(p, act, src);
	if (direction != X23_DIR_FROM_TARGET)
		names_of_end(p, act, dst);
}

/* RTP and RTCP over ports that a user may have: version 2, a header that is whole, payload types of
 * RFC 3551 and 5761. */
static bool
looks_like_rtp(const struct packet *k)
{
	struct octets c = k->content;

	return k->src_port >= PORT_USER && k->dst_port >= PORT_USER && c.n >= RTP_HEADER &&
	       c.p[0] >> 6 == 2 && ((c.p[1] & 0x7f) < 35 || (c.p[1] & 0x7f) >= 64);
}

static void
names_of_packet(struct payload *p)
{
	struct octets in = p->packet;
	struct packet outer, k;
	enum name_act media;

	if (in.n == 0 && p->ev.kind == LI_HEADER) /* composed of attributes */
		in = p->ev.body;
	if (in.n == 0 || packet_parse(in, &outer) != 0)
		return;
	packet_innermost(&outer, &k);
	if (k.proto == PROTO_UDP && k.has_ports) {
		media = looks_like_rtp(&k) ? NAME_BIND : NAME_SEEK;
		payload_name_address(p, NAME_MEDIA, media, k.dst, k.dst_port);
		payload_name_address(p, NAME_MEDIA, media, k.src, k.src_port);
	}
	names_of_target(p, NAME_SEEK, k.src, k.dst);
}

void
payload_names_media(struct payload *p)
{
	const struct x23_pdu *pdu = p->ev.pdu;

	if (p->ev.kind == LI_RTP || p->ev.kind == LI_MSRP) {
		if (pdu->dst_port != 0)
			payload_name_address(p, NAME_MEDIA, NAME_BIND, pdu->dst, pdu->dst_port);
		if (pdu->src_port != 0)
			payload_name_address(p, NAME_MEDIA, NAME_BIND, pdu->src, pdu->src_port);
		names_of_target(p, NAME_LINK, pdu->src, pdu->dst);
		return;
	}
	names_of_packet(p);
}
