/* SPDX-License-Identifier: Apache-2.0 */
/* The header that stands for a flow in its summary report: TS 102 232-3 PacketReportSummary, header
 * and indications; see flowsum.h. */
#include "session/flowsum.h"

#include <string.h>

enum { /* bits of PacketReportIndications */
	ZEROED_IPV4_TOTAL_LENGTH = 1 << 0,
	ZEROED_IPV4_FLAGS = 1 << 1,
	ZEROED_IPV4_TIME_TO_LIVE = 1 << 2,
	ZEROED_IPV4_HEADER_CHECKSUM = 1 << 3,
	ZEROED_IPV6_PAYLOAD_LENGTH = 1 << 4,
	REMOVED_IPV6_EXTENSION_HEADERS = 1 << 5,
	ZEROED_TCP_SEQUENCE_NUMBER = 1 << 6,
	ZEROED_TCP_ACKNOWLEDGEMENT_NUMBER = 1 << 7,
	ZEROED_TCP_FLAGS = 1 << 8,
	ZEROED_TCP_WINDOW_SIZE = 1 << 9,
	ZEROED_TCP_CHECKSUM = 1 << 10,
	ZEROED_UDP_LENGTH = 1 << 11,
	ZEROED_UDP_CHECKSUM = 1 << 12,
};

#define PROTO_TCP 6
#define PROTO_UDP 17
#define IPV6_LEN 40

static size_t
flowsum_ipv4(const struct packet *p, struct flowsum *out)
{
	uint8_t *h = out->header;

	memcpy(h, p->ip.p, p->ip_header_n);
	octets_put16(h + 2, 0);
	h[6] &= 0x1f; /* the three flags; the fragment offset has no bit */
	h[8] = 0;
	octets_put16(h + 10, 0);
	out->indications |= ZEROED_IPV4_TOTAL_LENGTH | ZEROED_IPV4_FLAGS |
			    ZEROED_IPV4_TIME_TO_LIVE | ZEROED_IPV4_HEADER_CHECKSUM;
	return p->ip_header_n;
}

static size_t
flowsum_ipv6(const struct packet *p, struct flowsum *out)
{
	uint8_t *h = out->header;

	memcpy(h, p->ip.p, IPV6_LEN);
	octets_put16(h + 4, 0);
	out->indications |= ZEROED_IPV6_PAYLOAD_LENGTH;
	if (p->ip_header_n > IPV6_LEN) {
		h[6] = p->proto;
		out->indications |= REMOVED_IPV6_EXTENSION_HEADERS;
	}
	return IPV6_LEN;
}

static void
flowsum_transport(uint8_t proto, uint8_t *h, struct flowsum *out)
{
	if (proto == PROTO_TCP) {
		memset(h + 4, 0, 8); /* both numbers */
		h[12] &= 0xf0;
		h[13] = 0;
		memset(h + 14, 0, 4);
		out->indications |= ZEROED_TCP_SEQUENCE_NUMBER | ZEROED_TCP_ACKNOWLEDGEMENT_NUMBER |
				    ZEROED_TCP_FLAGS | ZEROED_TCP_WINDOW_SIZE | ZEROED_TCP_CHECKSUM;
	} else if (proto == PROTO_UDP) {
		memset(h + 4, 0, 4);
		out->indications |= ZEROED_UDP_LENGTH | ZEROED_UDP_CHECKSUM;
	}
}

static void
flowsum_header(const struct packet *p, struct flowsum *out)
{
	size_t n = p->version == 4 ? flowsum_ipv4(p, out) : flowsum_ipv6(p, out);
	size_t transport = p->header_n - p->ip_header_n;

	if (transport > 0 && n + transport <= sizeof(out->header)) {
		memcpy(out->header + n, p->ip.p + p->ip_header_n, transport);
		flowsum_transport(p->proto, out->header + n, out);
		n += transport;
	}
	out->header_n = (uint8_t)n;
}

void
flowsum_of(uint32_t warrant, const uint8_t session[16], const struct packet *pkt,
    enum flowsum_kind kind, uint8_t direction, int64_t time_ns, int64_t now_ns, struct flowsum *out)
{
	memset(out, 0, sizeof(*out));
	out->warrant = warrant;
	memcpy(out->session, session, sizeof(out->session));
	out->kind = (uint8_t)kind;
	out->direction = direction;
	out->packets = 1;
	out->octets = pkt->seen_n;
	out->first_ns = out->last_ns = time_ns;
	out->begun_ns = now_ns;
	if (pkt->version == 0)
		return;
	if (kind == FLOWSUM_CONTENT)
		packet_flow(pkt, false, &out->flow);
	flowsum_header(pkt, out);
}
