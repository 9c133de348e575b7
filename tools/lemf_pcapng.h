/* SPDX-License-Identifier: Apache-2.0 */
/* Write pcapng (IETF draft-ietf-opsawg-pcapng): one section, three interfaces (raw IP,
 * Ethernet, PPP), packets with comments, microseconds. */
#ifndef LEMF_PCAPNG_H
#define LEMF_PCAPNG_H

#include "base/octets.h"

#include <stdbool.h>
#include <stdio.h>

enum lemf_pcapng_link {
	LEMF_PCAPNG_RAW,      /* interface 0: LINKTYPE_RAW, IPv4 or IPv6 by the first octet */
	LEMF_PCAPNG_ETHERNET, /* interface 1 */
	LEMF_PCAPNG_PPP	      /* interface 2 */
};

enum lemf_pcapng_dir {
	LEMF_PCAPNG_UNKNOWN,
	LEMF_PCAPNG_INBOUND, /* to the target */
	LEMF_PCAPNG_OUTBOUND /* from the target */
};

/* Each returns 0 or -errno.  ORIG_LEN: length before the packet was cut, 0 when it was not. */
int lemf_pcapng_begin(FILE *f, const char *comment);
int lemf_pcapng_packet(FILE *f, enum lemf_pcapng_link link, enum lemf_pcapng_dir dir,
    int64_t time_us, struct octets packet, uint64_t orig_len, const char *comment);

enum lemf_pcapng_l4 {
	LEMF_PCAPNG_L4_HERE_UDP, /* the data begins with the UDP header */
	LEMF_PCAPNG_L4_HERE_TCP, /* ... with the TCP header */
	LEMF_PCAPNG_L4_UDP,	 /* make a UDP header with checksum */
	LEMF_PCAPNG_L4_TCP	 /* make a TCP header with checksum */
};

struct lemf_pcapng_ends {
	uint8_t src[16], dst[16];
	bool v6;
	uint16_t sport, dport;
	uint32_t seq, ack; /* TCP */
};

/* Make an IPv4 or IPv6 packet around a transport payload.  Source and destination are both 4 or
 * both 16 octets.  Returns the length in OUT (of at least DATA.n + 60 octets), 0 when it does not
 * fit. */
size_t lemf_pcapng_wrap(
    uint8_t *out, const struct lemf_pcapng_ends *ends, enum lemf_pcapng_l4 l4, struct octets data);

#endif
