/* SPDX-License-Identifier: Apache-2.0 */
/* Write pcapng (IETF draft-ietf-opsawg-pcapng): one section, two interfaces (raw IP, Ethernet),
 * packets with comments, microseconds. */
#ifndef LEMF_PCAPNG_H
#define LEMF_PCAPNG_H

#include "base/octets.h"

#include <stdbool.h>
#include <stdio.h>

enum lemf_pcapng_link {
	LEMF_PCAPNG_RAW,     /* interface 0: LINKTYPE_RAW, IPv4 or IPv6 by the first octet */
	LEMF_PCAPNG_ETHERNET /* interface 1 */
};

enum lemf_pcapng_dir {
	LEMF_PCAPNG_UNKNOWN,
	LEMF_PCAPNG_INBOUND, /* to the target */
	LEMF_PCAPNG_OUTBOUND /* from the target */
};

/* Each returns 0 or -errno. */
int lemf_pcapng_begin(FILE *f, const char *comment);
int lemf_pcapng_packet(FILE *f, enum lemf_pcapng_link link, enum lemf_pcapng_dir dir,
    int64_t time_us, struct octets packet, const char *comment);

/* Make an IPv4 or IPv6 packet around a transport payload: UDP (proto 17 with ports, checksum
 * computed) when WITH_UDP, else DATA is the whole transport part.  SRC and DST are both 4 or both
 * 16 octets.  Returns the length in OUT (of at least DATA.n + 48 octets), 0 when it does not fit.
 */
struct lemf_pcapng_ends {
	uint8_t src[16], dst[16];
	bool v6;
	uint16_t sport, dport;
};
size_t lemf_pcapng_wrap(uint8_t *out, const struct lemf_pcapng_ends *ends, uint8_t proto,
    bool with_udp, struct octets data);

#endif
