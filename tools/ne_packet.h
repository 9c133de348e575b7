/* SPDX-License-Identifier: Apache-2.0 */
/* One captured frame taken apart: link layer, IP, UDP/TCP.  Pure; views into the frame.  No
 * reassembly of fragments. */
#ifndef TOOLS_NE_PACKET_H
#define TOOLS_NE_PACKET_H

#include <stdbool.h>
#include "base/octets.h"

/* Link types as written in a capture file (not libpcap's DLT numbers of this host). */
enum ne_link {
	NE_LINK_NULL = 0,
	NE_LINK_ETHERNET = 1,
	NE_LINK_RAW_BSD = 12,
	NE_LINK_RAW_OPENBSD = 14,
	NE_LINK_RAW = 101,
	NE_LINK_LOOP = 108,
	NE_LINK_SLL = 113,
	NE_LINK_IPV4 = 228,
	NE_LINK_IPV6 = 229,
	NE_LINK_SLL2 = 276
};

struct ne_packet {
	const uint8_t *smac, *dmac; /* 6 octets each, or NULL */
	struct octets frame;	    /* Ethernet frame, empty when the capture has none */
	struct octets ip;	    /* the whole IP packet, link padding cut */
	uint8_t ip_version;	    /* 4 or 6 */
	uint8_t src[16], dst[16];   /* IPv4 in the first 4 */
	uint8_t proto;		    /* last header: 6 TCP, 17 UDP, ... */
	bool fragment;		    /* any fragment: no ports, no l4 payload */
	bool has_ports;
	uint16_t sport, dport;
	uint32_t tcp_seq;
	uint8_t tcp_flags;
	struct octets l4; /* UDP or TCP payload */
};

/* Returns 0; -ENOTSUP not IP or unknown link type; -EBADMSG cut or inconsistent. */
int ne_packet_parse(int link, struct octets frame, struct ne_packet *out);

#endif
