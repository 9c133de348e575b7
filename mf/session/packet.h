/* SPDX-License-Identifier: Apache-2.0 */
/* Reading packets: Ethernet, IPv4, IPv6, UDP, TCP, and tunnels on the way to the inner packet.
 * Pure functions over octets that may be anything: a length is never believed, a fault ends the
 * walk with what was understood so far.  RFC 791, 8200, 768, 9293, 2784, 2890, 7348; IEEE 802.3,
 * 802.1Q; TS 29.281. */
#ifndef SESSION_PACKET_H
#define SESSION_PACKET_H

#include "base/octets.h"

#include <stdbool.h>
#include <stdint.h>

/* One IP packet; views into its octets. */
struct packet {
	uint8_t version;      /* 4 or 6; 0: not an IP packet */
	uint8_t proto;	      /* of the upper layer, behind IPv6 extension headers */
	bool fragment;	      /* not the first fragment: there are no ports */
	struct octets ip;     /* the packet, cut to its total length */
	struct octets src, dst; /* 4 or 16 octets */
	uint16_t src_port, dst_port; /* TCP, UDP, SCTP, DCCP, UDP-Lite; else 0 */
	bool has_ports;
	size_t header_n;      /* octets of IP and transport header: what headers-only may show */
	struct octets content; /* behind them */
};

/* 0, or -EBADMSG when the IP header itself is not sound.  A cut packet (shorter than its total
 * length) is taken as far as it goes. */
int packet_parse(struct octets in, struct packet *out);

/* One Ethernet frame (802.1Q and 802.1ad tags skipped). */
struct frame {
	const uint8_t *dst, *src; /* 6 octets */
	uint16_t type;		  /* EtherType behind the tags; below 0x0600: 802.3 length */
	uint16_t vlan;		  /* of the innermost tag; 0: none */
	struct octets content;	  /* behind the EtherType */
};
int frame_parse(struct octets in, struct frame *out);

/* A GTP-U message, TS 29.281.  -EBADMSG when it is none. */
struct gtpu {
	uint8_t type;	      /* 255: G-PDU */
	uint32_t teid;
	bool has_qfi;
	uint8_t qfi;	      /* of the PDU Session Container, TS 38.415 */
	struct octets inner;  /* T-PDU */
};
int gtpu_parse(struct octets in, struct gtpu *out);

/* Go through IP-in-IP, GRE (IP and transparent Ethernet), VXLAN (UDP 4789), GTP-U (UDP 2152),
 * PPPoE session frames and Ethernet down to the innermost IP packet, at most 6 layers.  *out is
 * P itself when there is no tunnel.  Returns the number of layers taken off. */
unsigned packet_innermost(const struct packet *p, struct packet *out);

/* Key of a flow, the same in both directions when BOTH: 2 addresses, ports, protocol. */
struct flow_key {
	uint8_t a[16], b[16];
	uint16_t a_port, b_port;
	uint8_t proto, version;
	uint8_t pad[2];
};
void packet_flow(const struct packet *p, bool both, struct flow_key *out);

/* A hash of what is the same in every copy of an IP packet on its way: TTL, hop limit, DSCP, ECN
 * and header checksum are left out.  SEED: 8 secret octets.  Into 16 octets.  OTHER octets than an
 * IP packet: hashed whole. */
void packet_copy_hash(struct octets in, uint64_t seed, uint8_t out[16]);

#endif
