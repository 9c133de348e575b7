/* SPDX-License-Identifier: Apache-2.0 */
/* Packets for tests, made from the inside out: every call puts one more header in front.  Random
 * nests of tunnels too. */
#ifndef PACKET_BUILD_H
#define PACKET_BUILD_H

#include "base/octets.h"

#include <stdbool.h>

#define PACKET_BUILD_MAX 4096
struct packet_build {
	uint8_t buf[PACKET_BUILD_MAX];
	size_t at; /* of the first octet; the end is the end of buf */
};

struct octets packet_build_octets(const struct packet_build *b);
void packet_build_start(struct packet_build *b, const void *content, size_t n);
uint8_t *packet_build_front(struct packet_build *b, size_t n); /* N zeroed octets in front */

/* Addresses 10.0.0.SRC > 10.0.0.DST, 2001:db8::SRC > 2001:db8::DST */
void packet_build_ip4(struct packet_build *b, uint8_t proto, uint8_t src, uint8_t dst);
void packet_build_ip6(struct packet_build *b, uint8_t proto, uint8_t src, uint8_t dst);
void packet_build_udp(struct packet_build *b, uint16_t src, uint16_t dst);
void packet_build_tcp(struct packet_build *b, uint16_t src, uint16_t dst, unsigned options_n);
void packet_build_ether(struct packet_build *b, uint16_t type);
/* Behind the addresses and the tag type of a frame that is still to come. */
void packet_build_vlan(struct packet_build *b, uint16_t vlan, uint16_t type);
void packet_build_gre(struct packet_build *b, uint16_t type, bool checksum, bool key, bool seq);
void packet_build_vxlan(struct packet_build *b);
/* QFI < 0: no PDU Session Container. */
void packet_build_gtpu(struct packet_build *b, uint32_t teid, int qfi);
void packet_build_pppoe(struct packet_build *b, uint16_t protocol);

uint32_t packet_build_random(uint32_t n); /* 0 .. N - 1, of a fixed sequence */
/* A transport header and an IP header around what is there. */
void packet_build_any_ip(struct packet_build *b);
/* LAYERS tunnels of random kinds around the IP packet that is there; an IP packet again. */
void packet_build_tunnels(struct packet_build *b, unsigned layers);

#endif
