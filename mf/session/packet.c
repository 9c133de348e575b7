/* SPDX-License-Identifier: Apache-2.0 */
/* IP packets and their headers; see packet.h.  Tunnels are in packet_tunnel.c. */
#include "session/packet.h"

#include <errno.h>
#include <string.h>

#define IPV4_MIN 20
#define IPV6_LEN 40
#define EXTENSIONS_MAX 12 /* IPv6 extension headers that are followed */

enum { /* IP protocol numbers */
	PROTO_HOP_BY_HOP = 0,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_DCCP = 33,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_DEST_OPTIONS = 60,
	PROTO_SCTP = 132,
	PROTO_MOBILITY = 135,
	PROTO_UDPLITE = 136,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
};

/* Octets of the whole transport header at the front of P; 0: not known, not whole, or not sound. */
static size_t
packet_transport_n(uint8_t proto, struct octets p)
{
	size_t n = 0, min = 0;

	switch (proto) {
	case PROTO_UDP:
	case PROTO_UDPLITE:
		n = min = 8;
		break;
	case PROTO_SCTP: /* the common header; chunks carry content */
		n = min = 12;
		break;
	case PROTO_TCP:
		min = 20;
		n = p.n >= min ? (size_t)(p.p[12] >> 4) * 4 : 0;
		break;
	case PROTO_DCCP: /* the generic header; options and request data stay out */
		min = 12;
		n = p.n >= min && (p.p[8] & 1) ? 16 : min;
		break;
	}
	return n >= min && n <= p.n ? n : 0;
}

static bool
packet_has_ports(uint8_t proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_UDPLITE ||
	       proto == PROTO_SCTP || proto == PROTO_DCCP;
}

/* What follows the IP header, whose length is set. */
static void
packet_upper(struct packet *p)
{
	struct octets rest = {p->ip.p + p->ip_header_n, p->ip.n - p->ip_header_n};

	p->seen_n = p->ip.n;
	p->header_n = p->ip_header_n;
	if (!p->fragment) {
		if (packet_has_ports(p->proto) && rest.n >= 4) {
			p->has_ports = true;
			p->src_port = octets_get16(rest.p);
			p->dst_port = octets_get16(rest.p + 2);
		}
		p->header_n += packet_transport_n(p->proto, rest);
	}
	p->content = (struct octets){p->ip.p + p->header_n, p->ip.n - p->header_n};
}

static int
packet_ipv4(struct octets in, struct packet *out)
{
	size_t header, total;

	if (in.n < IPV4_MIN)
		return -EBADMSG;
	header = (size_t)(in.p[0] & 0x0f) * 4;
	total = octets_get16(in.p + 2);
	if (total == 0 || total > in.n)
		total = in.n;
	if (header < IPV4_MIN || header > total)
		return -EBADMSG;
	out->version = 4;
	out->ip = (struct octets){in.p, total};
	out->src = (struct octets){in.p + 12, 4};
	out->dst = (struct octets){in.p + 16, 4};
	out->proto = in.p[9];
	out->fragment = (octets_get16(in.p + 6) & 0x1fff) != 0;
	out->ip_header_n = header;
	return 0;
}

static bool
packet_is_extension(uint8_t proto)
{
	switch (proto) {
	case PROTO_HOP_BY_HOP:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_AH:
	case PROTO_DEST_OPTIONS:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return true;
	}
	return false;
}

/* Follow the chain of extension headers.  One that is cut ends the header in front of it, with its
 * own number as protocol. */
static void
packet_extensions(struct packet *p)
{
	for (int i = 0; i < EXTENSIONS_MAX && packet_is_extension(p->proto); i++) {
		const uint8_t *h = p->ip.p + p->ip_header_n;
		size_t room = p->ip.n - p->ip_header_n, n;

		if (room < 8)
			return;
		if (p->proto == PROTO_FRAGMENT)
			n = 8;
		else if (p->proto == PROTO_AH)
			n = ((size_t)h[1] + 2) * 4;
		else
			n = ((size_t)h[1] + 1) * 8;
		if (n > room)
			return;
		p->ip_header_n += n;
		if (p->proto == PROTO_FRAGMENT && (octets_get16(h + 2) & 0xfff8) != 0)
			p->fragment = true;
		p->proto = h[0];
		if (p->fragment)
			return; /* what follows is content */
	}
}

static int
packet_ipv6(struct octets in, struct packet *out)
{
	size_t total;

	if (in.n < IPV6_LEN)
		return -EBADMSG;
	total = octets_get16(in.p + 4);
	total = total == 0 || total > in.n - IPV6_LEN ? in.n : total + IPV6_LEN;
	out->version = 6;
	out->ip = (struct octets){in.p, total};
	out->src = (struct octets){in.p + 8, 16};
	out->dst = (struct octets){in.p + 24, 16};
	out->proto = in.p[6];
	out->ip_header_n = IPV6_LEN;
	packet_extensions(out);
	return 0;
}

int
packet_parse(struct octets in, struct packet *out)
{
	int r = -EBADMSG;

	memset(out, 0, sizeof(*out));
	if (in.n == 0)
		return r;
	if (in.p[0] >> 4 == 4)
		r = packet_ipv4(in, out);
	else if (in.p[0] >> 4 == 6)
		r = packet_ipv6(in, out);
	if (r == 0)
		packet_upper(out);
	return r;
}

static int
packet_end_cmp(const uint8_t *a, uint16_t a_port, const uint8_t *b, uint16_t b_port)
{
	int r = memcmp(a, b, 16);

	return r != 0 ? r : (int)a_port - (int)b_port;
}

void
packet_flow(const struct packet *p, bool both, struct flow_key *out)
{
	uint8_t t[16];
	uint16_t port;

	memset(out, 0, sizeof(*out));
	if (p->version == 0)
		return;
	memcpy(out->a, p->src.p, p->src.n);
	memcpy(out->b, p->dst.p, p->dst.n);
	out->a_port = p->src_port;
	out->b_port = p->dst_port;
	out->proto = p->proto;
	out->version = p->version;
	if (!both || packet_end_cmp(out->a, out->a_port, out->b, out->b_port) <= 0)
		return;
	memcpy(t, out->a, sizeof(t));
	memcpy(out->a, out->b, sizeof(t));
	memcpy(out->b, t, sizeof(t));
	port = out->a_port;
	out->a_port = out->b_port;
	out->b_port = port;
}
