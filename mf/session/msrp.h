/* SPDX-License-Identifier: Apache-2.0 */
/* One MSRP message or chunk, RFC 4975 7 and 9: start line, headers, body, end line.  Views only. */
#ifndef SESSION_MSRP_H
#define SESSION_MSRP_H

#include "base/octets.h"

#include <stdbool.h>

struct msrp_msg {
	bool request;
	uint16_t status;      /* of a response, else 0 */
	struct octets method; /* of a request */
	struct octets transaction;
	struct octets to_path, from_path; /* lists of URIs */
	struct octets message_id, content_type, body;
	bool ranged;	/* Byte-Range is there */
	uint64_t first; /* 1.. */
	uint64_t last;	/* UINT64_MAX: '*' */
	uint64_t total; /* UINT64_MAX: '*' */
	uint8_t flag;	/* '$' complete, '+' continued, '#' aborted */
};

/* Parse the message in front of IN (borrowed).  Returns its length, or -EBADMSG: start line, paths,
 * transaction ID or end line are not as they have to be, or the Byte-Range contradicts the body. */
long msrp_parse(struct octets in, struct msrp_msg *out);

#endif
