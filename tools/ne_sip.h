/* SPDX-License-Identifier: Apache-2.0 */
/* As much of SIP (RFC 3261) and SDP (RFC 8866) as a point of interception needs: whose message,
 * which call, which media ports. */
#ifndef TOOLS_NE_SIP_H
#define TOOLS_NE_SIP_H

#include <stdbool.h>
#include "base/octets.h"

/* Where a target URI was seen in a message. */
#define NE_SIP_FROM 1u	/* From, or P-Asserted/Preferred-Identity of a request */
#define NE_SIP_TO 2u	/* To or Request-URI */
#define NE_SIP_OTHER 4u /* Contact, identity headers of a response */

struct ne_media {
	uint8_t ip_version; /* 4 or 6 */
	uint8_t ip[16];
	uint16_t port; /* RTP, or MSRP over TCP */
	bool msrp;
};

/* Does T begin like a SIP message? */
bool ne_sip_is(struct octets t);
/* Octets of the first message in T by Content-Length.  Returns 0 and *len, -EAGAIN (need more),
 * -EBADMSG (not SIP). */
int ne_sip_frame(struct octets t, size_t *len);
/* The same for MSRP (RFC 4975): up to the end-line of its transaction. */
int ne_sip_frame_msrp(struct octets t, size_t *len);
bool ne_sip_is_request(struct octets msg);
/* Value of the first header of that name or compact form, white space cut; empty when not there. */
struct octets ne_sip_header(struct octets msg, const char *name, char compact);
/* Where URI ("sip:user@host", compared without port, parameters and case of the host) stands:
 * NE_SIP_ bits, 0 nowhere. */
unsigned ne_sip_match(struct octets msg, const char *uri);
/* Media of the SDP in the message, at most MAX.  Returns how many. */
size_t ne_sip_media(struct octets msg, struct ne_media *out, size_t max);

#endif
