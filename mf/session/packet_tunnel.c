/* SPDX-License-Identifier: Apache-2.0 */
/* Frames and tunnels: the way from a frame or packet to the innermost packet; see packet.h. */
#include "session/packet.h"

#include <errno.h>
#include <string.h>

#define FRAME_LEN 14
#define FRAME_TAGS_MAX 4
#define MPLS_LABELS_MAX 8
#define GTPU_LEN 8
#define GTPU_EXTENSIONS_MAX 8
#define GTPU_PDU_SESSION_CONTAINER 0x85
#define GTPU_G_PDU 255
#define VXLAN_PORT 4789
#define GTPU_PORT 2152

enum { /* EtherType */
	ETHER_IPV4 = 0x0800,
	ETHER_BRIDGING = 0x6558, /* transparent Ethernet bridging */
	ETHER_VLAN = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_MPLS = 0x8847,
	ETHER_MPLS_MULTICAST = 0x8848,
	ETHER_PPPOE_SESSION = 0x8864,
	ETHER_QINQ = 0x88a8,
	ETHER_QINQ_OLD = 0x9100,
};

enum { /* IP protocol numbers */
	PROTO_IPV4 = 4,
	PROTO_UDP = 17,
	PROTO_IPV6 = 41,
	PROTO_GRE = 47,
};

static const struct octets nothing = {NULL, 0};

/* OCTETS without the first N; nothing when there are not so many. */
static struct octets
packet_behind(struct octets o, size_t n)
{
	return o.n > n ? (struct octets){o.p + n, o.n - n} : nothing;
}

int
frame_parse(struct octets in, struct frame *out)
{
	size_t at = FRAME_LEN;

	memset(out, 0, sizeof(*out));
	if (in.n < FRAME_LEN)
		return -EBADMSG;
	out->dst = in.p;
	out->src = in.p + 6;
	out->type = octets_get16(in.p + 12);
	for (int i = 0; i < FRAME_TAGS_MAX; i++) {
		if (out->type != ETHER_VLAN && out->type != ETHER_QINQ &&
		    out->type != ETHER_QINQ_OLD)
			break;
		if (in.n - at < 4)
			break;
		out->vlan = octets_get16(in.p + at) & 0x0fff;
		out->type = octets_get16(in.p + at + 2);
		at += 4;
	}
	out->content = (struct octets){in.p + at, in.n - at};
	return 0;
}

/* RFC 2516: version and type, code, session, length; then the PPP protocol. */
static struct octets
frame_pppoe(struct octets o)
{
	uint16_t protocol;
	size_t n;

	if (o.n < 8 || o.p[0] != 0x11 || o.p[1] != 0)
		return nothing;
	n = octets_get16(o.p + 4);
	if (n > 2 && n + 6 < o.n)
		o.n = n + 6;
	protocol = octets_get16(o.p + 6);
	return protocol == 0x0021 || protocol == 0x0057 ? packet_behind(o, 8) : nothing;
}

/* RFC 3032: down to the label with the bottom bit; what follows is IP if its first digit says so.
 */
static struct octets
frame_mpls(struct octets o)
{
	for (int i = 0; i < MPLS_LABELS_MAX && o.n > 4; i++) {
		bool bottom = o.p[2] & 1;

		o = packet_behind(o, 4);
		if (bottom)
			return o.n > 0 && (o.p[0] >> 4 == 4 || o.p[0] >> 4 == 6) ? o : nothing;
	}
	return nothing;
}

/* IEEE 802.2 with SNAP, RFC 1042. */
static struct octets
frame_snap(struct octets o)
{
	static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0, 0, 0};
	uint16_t type;

	if (o.n < 8 || memcmp(o.p, snap, sizeof(snap)) != 0)
		return nothing;
	type = octets_get16(o.p + 6);
	return type == ETHER_IPV4 || type == ETHER_IPV6 ? packet_behind(o, 8) : nothing;
}

struct octets
frame_ip(const struct frame *f)
{
	switch (f->type) {
	case ETHER_IPV4:
	case ETHER_IPV6:
		return f->content;
	case ETHER_PPPOE_SESSION:
		return frame_pppoe(f->content);
	case ETHER_MPLS:
	case ETHER_MPLS_MULTICAST:
		return frame_mpls(f->content);
	}
	return f->type < 0x0600 ? frame_snap(f->content) : nothing;
}

/* One extension header at AT: length in units of 4 octets, content, type of the next.  Returns
 * where the next begins, 0 when it is not sound. */
static size_t
gtpu_extension(struct octets in, size_t at, uint8_t type, struct gtpu *out)
{
	size_t n;

	if (at >= in.n)
		return 0;
	n = (size_t)in.p[at] * 4;
	if (n == 0 || n > in.n - at)
		return 0;
	if (type == GTPU_PDU_SESSION_CONTAINER) {
		out->has_qfi = true;
		out->qfi = in.p[at + 2] & 0x3f;
	}
	return at + n;
}

/* Behind the optional fields and all extension headers; 0 when they are not sound. */
static size_t
gtpu_header_n(struct octets in, struct gtpu *out)
{
	size_t at = GTPU_LEN;
	uint8_t next;

	if ((in.p[0] & 0x07) == 0)
		return at;
	if (in.n < at + 4)
		return 0;
	next = in.p[0] & 0x04 ? in.p[at + 3] : 0;
	at += 4;
	for (int i = 0; next != 0; i++) {
		size_t behind = gtpu_extension(in, at, next, out);

		if (behind == 0 || i == GTPU_EXTENSIONS_MAX)
			return 0;
		next = in.p[behind - 1];
		at = behind;
	}
	return at;
}

int
gtpu_parse(struct octets in, struct gtpu *out)
{
	size_t n, at;

	memset(out, 0, sizeof(*out));
	if (in.n < GTPU_LEN || in.p[0] >> 4 != 3) /* version 1, protocol type GTP */
		return -EBADMSG;
	out->type = in.p[1];
	out->teid = octets_get32(in.p + 4);
	n = (size_t)octets_get16(in.p + 2) + GTPU_LEN;
	if (n < in.n)
		in.n = n;
	at = gtpu_header_n(in, out);
	if (at == 0)
		return -EBADMSG;
	if (out->type == GTPU_G_PDU)
		out->inner = packet_behind(in, at);
	return 0;
}

static struct octets
packet_of_frame(struct octets in)
{
	struct frame f;

	return frame_parse(in, &f) == 0 ? frame_ip(&f) : nothing;
}

/* RFC 2784, 2890; the fields of RFC 1701 that RFC 2784 takes away are not followed. */
static struct octets
packet_of_gre(struct octets in)
{
	size_t n = 4;
	uint16_t type;

	if (in.n < 4 || (in.p[0] & 0x4c) != 0 || (in.p[1] & 0x07) != 0)
		return nothing;
	n += in.p[0] & 0x80 ? 4 : 0; /* checksum */
	n += in.p[0] & 0x20 ? 4 : 0; /* key */
	n += in.p[0] & 0x10 ? 4 : 0; /* sequence number */
	type = octets_get16(in.p + 2);
	if (type == ETHER_IPV4 || type == ETHER_IPV6)
		return packet_behind(in, n);
	return type == ETHER_BRIDGING ? packet_of_frame(packet_behind(in, n)) : nothing;
}

static struct octets
packet_of_udp(const struct packet *p)
{
	struct gtpu g;

	if (p->dst_port == VXLAN_PORT && p->content.n > 8 && (p->content.p[0] & 0x08))
		return packet_of_frame(packet_behind(p->content, 8));
	if ((p->dst_port != GTPU_PORT && p->src_port != GTPU_PORT) ||
	    gtpu_parse(p->content, &g) < 0 || g.inner.n == 0)
		return nothing;
	if (g.inner.p[0] >> 4 == 4 || g.inner.p[0] >> 4 == 6)
		return g.inner;
	return packet_of_frame(g.inner);
}

/* What P carries as a tunnel; empty: nothing. */
static struct octets
packet_within(const struct packet *p)
{
	if (p->fragment)
		return nothing;
	switch (p->proto) {
	case PROTO_IPV4:
	case PROTO_IPV6:
		return p->content;
	case PROTO_GRE:
		return packet_of_gre(p->content);
	case PROTO_UDP:
		return p->header_n > p->ip_header_n ? packet_of_udp(p) : nothing;
	}
	return nothing;
}

unsigned
packet_innermost(const struct packet *p, struct packet *out)
{
	unsigned layers = 0;
	struct packet next;

	*out = *p;
	while (layers < PACKET_LAYERS_MAX && out->version != 0) {
		struct octets in = packet_within(out);

		if (in.n == 0 || packet_parse(in, &next) < 0)
			break;
		*out = next;
		layers++;
	}
	return layers;
}
