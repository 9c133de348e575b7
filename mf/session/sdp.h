/* SPDX-License-Identifier: Apache-2.0 */
/* Where the media of an SDP description go, RFC 8866: connection address and port of each m= line,
 * its RTCP port (RFC 3605), ICE candidates (RFC 8839), the MSRP path (RFC 4975 8.1).  Not a
 * validator; the description may be cut anywhere.  Views only. */
#ifndef SESSION_SDP_H
#define SESSION_SDP_H

#include "session/payload.h"

struct sdp_media {
	struct octets media;   /* "audio", "message" */
	struct octets proto;   /* "RTP/AVP", "TCP/MSRP" */
	struct octets formats; /* "0 8 96" */
	bool is_video;
	uint8_t address[16];
	uint8_t address_n; /* 4 or 16; 0: none that counts (held, a domain name, absent) */
	uint16_t port;	   /* 0: the stream is refused, or there is no port */
	uint16_t ports;	   /* pairs of RTP and RTCP ports, 1 or more */
	uint8_t rtcp[16];
	uint8_t rtcp_n;	     /* as address_n; the same address unless a=rtcp names one */
	uint16_t rtcp_port;  /* 0: none, or the same as port */
	struct octets path;  /* a=path */
	bool candidates;     /* there are ICE candidates */
	struct octets lines; /* the whole section behind its m= line */
};

/* The media section behind *REST, which is the whole description at first; SESSION keeps what
 * stands before the first.  False: none left. */
struct sdp_iter {
	struct octets rest;
	uint8_t address[16]; /* c= of the session */
	uint8_t address_n;
	bool bundle; /* all media may come to the ports of any, RFC 8843 */
};
void sdp_begin(struct sdp_iter *i, struct octets sdp);
bool sdp_next(struct sdp_iter *i, struct sdp_media *out);

/* Add the names of SDP to P: NAME_MEDIA for each address and port that media come to, NAME_CHAT for
 * the sessions of an MSRP path. */
void sdp_names(struct payload *p, struct octets sdp, enum name_act act);
/* Add NAME_LINK of NAME_ADDRESS for the addresses that the media of the target come to. */
void sdp_links(struct payload *p, struct octets sdp);
/* Bits of enum li_service that the media tell; 0: there are none. */
uint16_t sdp_service(struct octets sdp);

/* What SDP, which came with the media of PDU, says of them: bits of enum name_media; 0: nothing.
 * Payload types of *video_pt as in struct li_name. */
uint8_t sdp_media_of(const struct x23_pdu *pdu, uint32_t *video_pt);

/* The session-id of an MSRP URI, RFC 4975 9: what names a chat wherever it passes.  A URI without
 * one: its authority.  Empty: not an MSRP URI. */
struct octets sdp_msrp_session(struct octets uri);

#endif
