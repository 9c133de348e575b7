/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP/1.1 request, RFC 9110 and RFC 9112, as strict as they allow: CRLF only, no
 * folded lines, one Content-Length, no Transfer-Encoding.  Pure: octets in, struct out. */
#ifndef INGEST_CLIF_HTTP_H
#define INGEST_CLIF_HTTP_H

#include "base/octets.h"

#include <stdbool.h>

#define CLIF_HEAD_MAX 16384 /* octets of request line and fields */

struct clif_head {
	struct octets method, target;
	struct octets type; /* Content-Type without parameters; empty: none */
	uint64_t length;    /* of the body */
	bool has_length, chunked;
	bool expects; /* Expect: 100-continue */
	bool close;   /* Connection: close */
};

/* Parse the head at the front of IN; *used: its octets, with the empty line.  Views into IN.
 * Returns 0, -EAGAIN (not complete), -EBADMSG (not HTTP/1.1), -EMSGSIZE (over CLIF_HEAD_MAX), or
 * -EPROTONOSUPPORT (another version of HTTP). */
int clif_head_parse(struct octets in, struct clif_head *out, size_t *used);

/* V is the text Z, without regard to case. */
bool clif_is(struct octets v, const char *z);

#endif
