/* SPDX-License-Identifier: Apache-2.0 */
/* Reading packets: Ethernet, IPv4, IPv6, UDP, TCP, and tunnels on the way to the inner packet.
 * Pure functions over octets that may be anything: a length is never believed, a fault ends the
 * walk with what was understood so far.  RFC 791, 8200, 768, 9293, 4960, 4340, 3828, 4302, 2784,
 * 2890, 7348, 2516, 3032; IEEE 802.3, 802.1Q; TS 29.281, TS 38.415. */
#ifndef SESSION_PACKET_H
#define SESSION_PACKET_H

#include "base/octets.h"

#include <stdbool.h>
#include <stdint.h>

/* One IP packet; views into its octets. */
struct packet {
	uint8_t version; /* 4 or 6; 0: not an IP packet */
	uint8_t proto;	 /* of the upper layer, behind IPv6 extension headers */
	bool fragment;	 /* not the first fragment: there are no ports */
	bool has_ports;
	struct octets ip;	     /* the packet, cut to its total length */
	struct octets src, dst;	     /* 4 or 16 octets */
	uint16_t src_port, dst_port; /* TCP, UDP, SCTP, DCCP, UDP-Lite; else 0 */
	size_t ip_header_n;	     /* octets of the IP header with options or extension headers */
	size_t header_n; /* octets of IP and transport header: what headers-only may show.  Without
			    a whole, known transport header (fragments, ICMP, tunnels, ESP): those
			    of the IP header.  Never an octet of what the packet carries; of a
			    tunnel only the outer headers. */
	struct octets content; /* behind them */
	size_t seen_n;	       /* octets that count as this packet in summaries; that of IP */
};

/* 0, or -EBADMSG when the IP header itself is not sound (*out: version 0).  A cut packet (shorter
 * than its total length) is taken as far as it goes; total length 0 (segmentation offload) means
 * all of IN.  An IPv6 extension header that is cut ends the header before it. */
int packet_parse(struct octets in, struct packet *out);

/* One Ethernet frame (802.1Q, 802.1ad and 0x9100 tags skipped). */
struct frame {
	const uint8_t *dst, *src; /* 6 octets */
	uint16_t type;		  /* EtherType behind the tags; below 0x0600: 802.3 length */
	uint16_t vlan;		  /* of the innermost tag; 0: none */
	struct octets content;	  /* behind the EtherType */
};
int frame_parse(struct octets in, struct frame *out);
/* The IP packet in a frame, also within 802.2 SNAP, a PPPoE session or MPLS labels.  Empty: none.
 */
struct octets frame_ip(const struct frame *f);

/* A GTP-U message, TS 29.281.  -EBADMSG when it is none. */
struct gtpu {
	uint8_t type; /* 255: G-PDU */
	bool has_qfi;
	uint8_t qfi; /* of the PDU Session Container, TS 38.415 */
	uint32_t teid;
	struct octets inner; /* T-PDU; empty unless a G-PDU */
};
int gtpu_parse(struct octets in, struct gtpu *out);

/* Go through IP-in-IP (4, 41), GRE (IP, transparent Ethernet), VXLAN (UDP 4789), GTP-U (UDP 2152)
 * and the frames within them down to the innermost IP packet, at most PACKET_LAYERS_MAX layers.
 * *out is P itself when there is no tunnel.  Returns the number of IP headers taken off. */
#define PACKET_LAYERS_MAX 6
unsigned packet_innermost(const struct packet *p, struct packet *out);

/* Key of a flow, the same in both directions when BOTH: 2 addresses, ports, protocol. */
struct flow_key {
	uint8_t a[16], b[16];
	uint16_t a_port, b_port;
	uint8_t proto, version;
	uint8_t pad[2];
};
void packet_flow(const struct packet *p, bool both, struct flow_key *out);

/* A hash of what is the same in every copy of a packet on its way, into 16 octets; SEED is a
 * secret. IP (IN is an IP packet): that of its innermost packet, so that a copy within a tunnel is
 * the same as one without; TTL, hop limit, DSCP, ECN and IPv4 header checksum are left out.
 * Otherwise all octets.  XXH3: fast, not proof against one who knows SEED. */
void packet_copy_hash(struct octets in, bool ip, uint64_t seed, uint8_t out[16]);

#endif
