/* SPDX-License-Identifier: Apache-2.0 */
/* A look into the content: IP 5-tuple, RTP header, SIP start line and Call-ID.  Never trusts a
 * length; says only what is there. */
#ifndef LEMF_PACKET_H
#define LEMF_PACKET_H

#include "base/octets.h"

#include <stdbool.h>

struct lemf_ip {
	int version; /* 4 or 6 */
	uint8_t src[16], dst[16];
	uint8_t proto;
	bool has_ports;
	uint16_t sport, dport;
	struct octets l4;   /* transport header and after it */
	struct octets data; /* after the UDP or TCP header */
};

struct lemf_rtp {
	uint8_t payload_type;
	bool marker;
	uint16_t seq;
	uint32_t timestamp, ssrc;
	struct octets media;
};

/* Each returns false when IN is not that. */
bool lemf_packet_ip(struct octets in, struct lemf_ip *ip);
bool lemf_packet_rtp(struct octets in, struct lemf_rtp *rtp);
/* GTP-U G-PDU: the packet inside (extension headers skipped). */
bool lemf_packet_gtpu(struct octets in, struct octets *inner);
/* "192.0.2.1:5060 > 192.0.2.2:5060 udp" into BUF; returns BUF. */
char *lemf_packet_tuple(const struct lemf_ip *ip, char *buf, size_t len);
/* First line and Call-ID of a SIP message, control characters replaced.  Returns false when there
 * is no line. */
bool lemf_packet_sip(
    struct octets in, char *line, size_t line_len, char *call_id, size_t call_id_len);

/* Where the audio of a SIP message's SDP is to be sent: connection address and port of the first
 * "m=audio".  Returns false without one. */
struct lemf_media_end {
	bool v6;
	uint8_t addr[16];
	uint16_t port;
};
bool lemf_packet_sdp(struct octets in, struct lemf_media_end *end);

#endif
