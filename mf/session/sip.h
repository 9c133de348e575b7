/* SPDX-License-Identifier: Apache-2.0 */
/* As much of a SIP message as mediation needs: start line, Call-ID, CSeq, tags.  RFC 3261 clauses 7
 * and 25; compact header forms 7.3.3. Views only; nothing is changed or unfolded.  Not a validator:
 * what is not looked at may be wrong. */
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

struct sip_msg {
	bool request;
	uint16_t status;	/* 100..699 for a response, else 0 */
	enum sip_method method; /* of the request line; for a response that of CSeq */
	uint32_t cseq;		/* 0 when there is none */
	struct octets call_id;	/* empty when there is none */
	bool from_tag, to_tag;
};

/* Parse the SIP message IN (borrowed; *out holds views into it).  Empty lines in front are skipped
 * (RFC 3261 7.5). Returns 0, or -EBADMSG when the start line is not one of SIP/2.0. */
int sip_parse(struct octets in, struct sip_msg *out);

#endif
