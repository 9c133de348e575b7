/* SPDX-License-Identifier: Apache-2.0 */
/* As much of a SIP message as mediation needs: start line and the headers that name its
 * communication. RFC 3261 clauses 7 and 25; compact header forms 7.3.3.  Views only; nothing is
 * changed or unfolded. Not a validator: what is not looked at may be wrong, and a message may be
 * cut anywhere behind its start line. */
#ifndef SESSION_SIP_H
#define SESSION_SIP_H

#include "base/octets.h"

#include <stdbool.h>

#define SIP_HEADER_MAX 65536 /* octets of start line and headers that are looked at */

enum sip_method {
	SIP_OTHER = 0,
	SIP_INVITE,
	SIP_ACK,
	SIP_BYE,
	SIP_CANCEL,
	SIP_PRACK,
	SIP_UPDATE,
	SIP_INFO,
	SIP_REGISTER,
	SIP_MESSAGE,
	SIP_OPTIONS,
	SIP_SUBSCRIBE,
	SIP_NOTIFY,
	SIP_PUBLISH,
	SIP_REFER
};
const char *sip_method_name(enum sip_method m); /* "INVITE" ...; "other" */

#define SIP_VIA_MAX 8 /* that are looked at */

struct sip_msg {
	bool request;
	uint16_t status;	/* 100..699 for a response, else 0 */
	enum sip_method method; /* of the request line; for a response that of CSeq */
	uint32_t cseq;		/* 0 when there is none */
	struct octets uri;	/* of the request line */
	struct octets call_id;	/* empty when there is none */
	struct octets from, to; /* whole values */
	struct octets from_tag, to_tag;
	uint16_t via[SIP_VIA_MAX]; /* hashes of sent-by and branch, topmost first */
	uint8_t via_n;
	struct octets via_last;	      /* the lowest: of who sent the request */
	struct octets contact;	      /* the first value */
	bool focus;		      /* Contact has isfocus, RFC 4579 */
	struct octets icid;	      /* icid-value of P-Charging-Vector, RFC 7315 */
	struct octets replaces, join; /* RFC 3891, 3911: Call-ID of the other dialog */
	struct octets refer_to;
	struct octets event;	     /* package, without parameters */
	bool no_resource;	     /* Subscription-State: terminated;reason=noresource */
	bool messaging, speech, ptt; /* services that feature tags or P-Asserted-Service name */
	uint16_t
	    service; /* bits of enum li_service that features and SDP tell; set by payload_sip() */
	struct octets content_type;
	bool has_length;
	uint64_t length;	  /* Content-Length */
	struct octets body;	  /* what there is of it, not longer than Content-Length says */
	struct octets conference; /* NOTIFY of a conference: its URI; set by conference_read() */
	bool conference_over;
};

/* Parse the SIP message IN (borrowed; *out holds views into it).  Empty lines in front are skipped
 * (RFC 3261 7.5). Returns 0, or -EBADMSG when the start line is not one of SIP/2.0. */
int sip_parse(struct octets in, struct sip_msg *out);

#endif
