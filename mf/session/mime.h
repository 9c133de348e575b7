/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of MIME entities: header fields (RFC 5322 2.2), parts of a multipart (RFC 2046 5.1),
 * transfer encodings (RFC 2045 6).  Views only, but for decoded octets.  Tolerant: what cannot be
 * read is left out, nothing is a fault. */
#ifndef SESSION_MIME_H
#define SESSION_MIME_H

#include "base/octets.h"

#include <stdbool.h>

/* Take the next header field off *IN, with its continuation lines; NAME without ':', VALUE trimmed.
 * False: the headers are over; *IN then begins behind the empty line, or where no header field is.
 */
bool mime_header(struct octets *in, struct octets *name, struct octets *value);

/* "text/plain" of "text/plain; charset=x". */
struct octets mime_type(struct octets content_type);

/* The next part of a multipart body with the BOUNDARY of its content type; headers included. False:
 * none left.  A last part that is cut counts. */
bool mime_part(struct octets *body, struct octets boundary, struct octets *part);

/* The first part of ENTITY (of CONTENT_TYPE) that has type WANT, or ENTITY itself; looks into
 * multiparts, three deep.  Its body without headers.  False: there is none. */
bool mime_find(
    struct octets entity, struct octets content_type, const char *want, struct octets *body);

/* Decode base64 or quoted-printable, as ENCODING says, into OUT; stops when CAP is full or at the
 * first octet that is no part of it.  Any other encoding: returns IN itself. */
struct octets mime_decode(struct octets in, struct octets encoding, uint8_t *out, size_t cap);

/* Undo %XX (RFC 3986 2.1) into OUT of at least IN.n octets. */
struct octets mime_unescape(struct octets in, uint8_t *out);

#endif
