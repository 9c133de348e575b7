/* SPDX-License-Identifier: Apache-2.0 */
/* Frame > IP > UDP/TCP.  Every length is checked against what was captured. */
#include <errno.h>
#include "tools/ne_packet.h"

#define ETH_IPV4 0x0800
#define ETH_IPV6 0x86dd
#define IPPROTO_N_TCP 6
#define IPPROTO_N_UDP 17

/* Skip VLAN tags from the EtherType at OFF; returns the offset of the network layer, or 0. */
static size_t
skip_vlan(struct octets f, size_t off, uint16_t *type)
{
	while (off + 2 <= f.n) {
		*type = octets_get16(f.p + off);
		if (*type != 0x8100 && *type != 0x88a8 && *type != 0x9100)
			return off + 2;
		off += 4;
	}
	return 0;
}

static int
link_ethernet(struct octets f, struct ne_packet *k, size_t *off)
{
	uint16_t type = 0;

	if (f.n < 14)
		return -EBADMSG;
	k->frame = f;
	k->dmac = f.p;
	k->smac = f.p + 6;
	*off = skip_vlan(f, 12, &type);
	if (*off == 0)
		return -EBADMSG;
	return type == ETH_IPV4 || type == ETH_IPV6 ? 0 : -ENOTSUP;
}

/* Linux cooked: only one address is there, the sender's. */
static int
link_cooked(struct octets f, struct ne_packet *k, size_t *off, bool v2)
{
	size_t head = v2 ? 20 : 16, at = v2 ? 0 : 14;
	uint16_t type, alen;

	if (f.n < head)
		return -EBADMSG;
	alen = v2 ? f.p[11] : octets_get16(f.p + 4);
	if (alen == 6)
		k->smac = v2 ? f.p + 12 : f.p + 6;
	type = octets_get16(f.p + at);
	*off = head;
	if (type == 0x8100 || type == 0x88a8) {
		*off = skip_vlan(f, head + 2, &type);
		if (*off == 0)
			return -EBADMSG;
	}
	return type == ETH_IPV4 || type == ETH_IPV6 ? 0 : -ENOTSUP;
}

static int
link_skip(int link, struct octets f, struct ne_packet *k, size_t *off)
{
	switch (link) {
	case NE_LINK_ETHERNET:
		return link_ethernet(f, k, off);
	case NE_LINK_SLL:
	case NE_LINK_SLL2:
		return link_cooked(f, k, off, link == NE_LINK_SLL2);
	case NE_LINK_NULL:
	case NE_LINK_LOOP:
		*off = 4; /* address family in the writer's byte order: the IP version nibble
			     decides */
		return f.n > 4 ? 0 : -EBADMSG;
	case NE_LINK_RAW:
	case NE_LINK_RAW_BSD:
	case NE_LINK_RAW_OPENBSD:
	case NE_LINK_IPV4:
	case NE_LINK_IPV6:
		*off = 0;
		return 0;
	default:
		return -ENOTSUP;
	}
}

static int
parse_ports(struct octets t, struct ne_packet *k)
{
	size_t head = 8, len;

	if (k->fragment || (k->proto != IPPROTO_N_TCP && k->proto != IPPROTO_N_UDP))
		return 0;
	if (t.n < (k->proto == IPPROTO_N_TCP ? 20u : 8u))
		return -EBADMSG;
	k->sport = octets_get16(t.p);
	k->dport = octets_get16(t.p + 2);
	k->has_ports = true;
	len = t.n;
	if (k->proto == IPPROTO_N_TCP) {
		head = (size_t)(t.p[12] >> 4) * 4;
		k->tcp_seq = octets_get32(t.p + 4);
		k->tcp_flags = t.p[13];
	} else if (octets_get16(t.p + 4) >= 8 && octets_get16(t.p + 4) < len) {
		len = octets_get16(t.p + 4);
	}
	if (head < 8 || head > len)
		return -EBADMSG;
	k->l4 = (struct octets){t.p + head, len - head};
	return 0;
}

static int
parse_ipv4(struct octets f, struct ne_packet *k)
{
	size_t ihl, len;

	if (f.n < 20)
		return -EBADMSG;
	ihl = (size_t)(f.p[0] & 15) * 4;
	len = octets_get16(f.p + 2);
	if (len == 0)
		len = f.n; /* segmentation offload on the capturing host */
	if (ihl < 20 || len < ihl || len > f.n)
		return -EBADMSG;
	k->ip = (struct octets){f.p, len};
	memcpy(k->src, f.p + 12, 4);
	memcpy(k->dst, f.p + 16, 4);
	k->proto = f.p[9];
	k->fragment = (octets_get16(f.p + 6) & 0x3fff) != 0;
	return parse_ports((struct octets){f.p + ihl, len - ihl}, k);
}

/* Walk the extension headers from OFF to the upper layer; returns its offset, or 0 when cut. */
static size_t
skip_ext6(struct octets ip, struct ne_packet *k)
{
	size_t off = 40, len;

	for (;;) {
		if (k->proto != 0 && k->proto != 43 && k->proto != 44 && k->proto != 51 &&
		    k->proto != 60)
			return off;
		if (off + 8 > ip.n)
			return 0;
		len = ((size_t)ip.p[off + 1] + 1) * 8;
		if (k->proto == 44) {
			len = 8;
			k->fragment = (octets_get16(ip.p + off + 2) & 0xfff9) != 0;
		} else if (k->proto == 51) {
			len = ((size_t)ip.p[off + 1] + 2) * 4;
		}
		k->proto = ip.p[off];
		off += len;
		if (off > ip.n)
			return 0;
		if (k->fragment)
			return off;
	}
}

static int
parse_ipv6(struct octets f, struct ne_packet *k)
{
	size_t len, off;

	if (f.n < 40)
		return -EBADMSG;
	len = 40 + (size_t)octets_get16(f.p + 4);
	if (len > f.n)
		return -EBADMSG;
	k->ip = (struct octets){f.p, len};
	memcpy(k->src, f.p + 8, 16);
	memcpy(k->dst, f.p + 24, 16);
	k->proto = f.p[6];
	off = skip_ext6(k->ip, k);
	if (off == 0)
		return -EBADMSG;
	return parse_ports((struct octets){f.p + off, len - off}, k);
}

int
ne_packet_parse(int link, struct octets frame, struct ne_packet *out)
{
	struct octets ip;
	size_t off = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = link_skip(link, frame, out, &off);
	if (rc)
		return rc;
	if (off >= frame.n)
		return -EBADMSG;
	ip = (struct octets){frame.p + off, frame.n - off};
	out->ip_version = ip.p[0] >> 4;
	if (out->ip_version == 4)
		return parse_ipv4(ip, out);
	return out->ip_version == 6 ? parse_ipv6(ip, out) : -ENOTSUP;
}
