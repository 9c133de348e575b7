/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, tunnelled packets and packet headers; see payload.h.  The events are those of a LEA
 * without wishes; scope.c changes them by warrant and profile. */
#include "session/packet.h"
#include "session/payload_access.h"
#include "spec/dhcp.h"
#include "spec/radius.h"
#include "spec/ts103221_2.h"

#include <stdbool.h>

#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_UNKNOWN 255 /* reserved: the attributes do not tell */
#define PORT_GTPU 2152
#define GTPU_G_PDU 255
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_HEADER 8
#define TCP_HEADER 20

/* ---- Ethernet */

static bool
port_is(const struct packet *k, uint16_t a, uint16_t b)
{
	return k->src_port == a || k->dst_port == a || k->src_port == b || k->dst_port == b;
}

/* An AAA message in a packet of the target is an event of its own, beside the frame. */
static void
ethernet_access(struct payload *out, const struct packet *k)
{
	const struct access_ends ends = {k->src, k->dst, k->src_port, k->dst_port};
	enum reject_code why = REJECT_PAYLOAD;

	if (k->proto != PROTO_UDP || !k->has_ports)
		return;
	if (port_is(k, DHCP_PORT_SERVER, DHCP_PORT_CLIENT) ||
	    port_is(k, DHCP6_PORT_SERVER, DHCP6_PORT_CLIENT))
		why = payload_access_dhcp(out, &out->more[0], k->content, &ends);
	else if (port_is(k, RADIUS_PORT_AUTH, RADIUS_PORT_ACCT) ||
		 port_is(k, RADIUS_PORT_COA, RADIUS_PORT_COA))
		why = payload_access_radius(out, &out->more[0], k->content, &ends);
	out->more_n = why == REJECT_NONE;
}

/* The frames of one element stay together whatever is in them: their key is not the name of the AAA
 * message in one of them. */
enum reject_code
payload_ethernet(const struct x23_pdu *pdu, struct payload *out)
{
	struct packet k;
	struct frame f;

	if (frame_parse(pdu->payload, &f) != 0)
		return REJECT_PAYLOAD;
	out->ev.kind = LI_L2;
	out->ev.class = HO_CC;
	out->ev.service = SERVICE_L2 | SERVICE_DATA;
	out->frame = pdu->payload;
	out->packet = frame_ip(&f);
	if (out->packet.n == 0 || packet_parse(out->packet, &k) != 0)
		return REJECT_NONE;
	memset(&out->more[0], 0, sizeof(out->more[0]));
	ethernet_access(out, &k);
	if (out->more_n > 0)
		payload_key_set(out, NAME_POINT, pdu->nfid, pdu->ipid);
	return REJECT_NONE;
}

/* ---- GTP-U */

/* Some elements send the outer packet around the GTP-U message too. */
static struct octets
gtpu_message(struct octets in)
{
	struct packet k;

	if (in.n > 0 && (in.p[0] >> 4 == 4 || in.p[0] >> 4 == 6) && packet_parse(in, &k) == 0 &&
	    k.proto == PROTO_UDP && k.has_ports &&
	    (k.dst_port == PORT_GTPU || k.src_port == PORT_GTPU))
		return k.content;
	return in;
}

static void
gtpu_detail(struct payload *out, const struct gtpu *g, uint8_t arm)
{
	struct li_upf *u = &out->detail.upf;

	memset(u, 0, sizeof(*u));
	u->arm = arm;
	u->payload = 1;
	u->has_qfi = g->has_qfi;
	u->qfi = g->qfi;
}

enum reject_code
payload_gtpu(const struct x23_pdu *pdu, struct payload *out)
{
	struct octets message = gtpu_message(pdu->payload);
	struct packet k;
	struct gtpu g;

	if (gtpu_parse(message, &g) != 0)
		return REJECT_PAYLOAD;
	out->gtp = message;
	out->ev.class = HO_CC;
	out->ev.service = SERVICE_DATA;
	if (g.type == GTPU_G_PDU && packet_parse(g.inner, &k) == 0) {
		gtpu_detail(out, &g, 2);
		out->ev.kind = LI_IP;
		out->ev.body = g.inner;
		out->packet = g.inner;
		return REJECT_NONE;
	}
	gtpu_detail(out, &g, 1);
	out->ev.kind = LI_UPF;
	out->ev.body = message;
	out->ev.detail = &out->detail.upf;
	return REJECT_NONE;
}

enum reject_code
payload_unstructured(const struct x23_pdu *pdu, struct payload *out)
{
	struct li_upf *u = &out->detail.upf;

	if (pdu->payload.n == 0)
		return REJECT_PAYLOAD;
	memset(u, 0, sizeof(*u));
	u->arm = 2;
	u->payload = 3;
	out->ev.kind = LI_UPF;
	out->ev.class = HO_CC;
	out->ev.service = SERVICE_DATA;
	out->ev.detail = u;
	return REJECT_NONE;
}

/* ---- packets over X2: only their headers are IRI */

/* Ports behind an IP header that was composed; the rest of a UDP or TCP header zero. */
static size_t
header_ports(const struct x23_pdu *pdu, uint8_t *to)
{
	const uint32_t ports = UINT32_C(1) << X23_ATTR_SRC_PORT | UINT32_C(1) << X23_ATTR_DST_PORT;
	size_t n = pdu->ip_proto == PROTO_TCP ? TCP_HEADER : UDP_HEADER;

	if ((pdu->present & ports) == 0 ||
	    (pdu->ip_proto != PROTO_TCP && pdu->ip_proto != PROTO_UDP))
		return 0;
	memset(to, 0, n);
	octets_put16(to, pdu->src_port);
	octets_put16(to + 2, pdu->dst_port);
	if (n == TCP_HEADER)
		to[12] = 5 << 4; /* data offset in words: it frames the header */
	return n;
}

/* A header of attributes 10 to 16.  What they do not tell is zero: length, TTL, checksum. */
static enum reject_code
header_compose(const struct x23_pdu *pdu, struct payload *out)
{
	bool v6 = pdu->format == X23_FMT_IPV6;
	size_t address_n = v6 ? 16 : 4, n = v6 ? IPV6_HEADER : IPV4_HEADER;
	bool proto = (pdu->present & UINT32_C(1) << X23_ATTR_IP_PROTO) != 0;
	uint8_t *h;

	if (pdu->src.n != address_n || pdu->dst.n != address_n)
		return REJECT_PAYLOAD;
	h = payload_scratch(out, n + TCP_HEADER);
	if (h == NULL)
		return REJECT_PAYLOAD;
	memset(h, 0, n);
	h[0] = v6 ? 6 << 4 : 4 << 4 | IPV4_HEADER / 4;
	h[v6 ? 6 : 9] = proto ? pdu->ip_proto : PROTO_UNKNOWN;
	memcpy(h + n - 2 * address_n, pdu->src.p, address_n);
	memcpy(h + n - address_n, pdu->dst.p, address_n);
	n += header_ports(pdu, h + n);
	out->ev.body = (struct octets){h, n};
	return REJECT_NONE;
}

enum reject_code
payload_header(const struct x23_pdu *pdu, struct payload *out)
{
	unsigned version = pdu->format == X23_FMT_IPV6 ? 6 : 4;
	struct packet k;

	out->ev.kind = LI_HEADER;
	out->ev.class = HO_IRI;
	out->ev.iri_type = PAYLOAD_REPORT;
	out->ev.service = SERVICE_DATA;
	if (pdu->payload.n == 0)
		return header_compose(pdu, out);
	if (packet_parse(pdu->payload, &k) != 0 || k.version != version)
		return REJECT_PAYLOAD;
	out->packet = k.ip;
	out->ev.body = (struct octets){pdu->payload.p, k.header_n};
	return REJECT_NONE;
}
