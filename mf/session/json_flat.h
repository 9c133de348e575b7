/* SPDX-License-Identifier: Apache-2.0 */
/* The members of one flat JSON object (RFC 8259), without allocation: strings, numbers, true,
 * false, null, and arrays of those; anything deeper is passed over.  For what comes from outside
 * and is small. */
#ifndef SESSION_JSON_FLAT_H
#define SESSION_JSON_FLAT_H

#include "base/octets.h"

#include <stdbool.h>

struct json_flat {
	struct octets in;
	bool failed; /* the text is not JSON */
};

/* Begin with the object TEXT.  False: it does not begin as one. */
bool json_flat_begin(struct json_flat *j, struct octets text);
/* The next member; NAME without quotes, VALUE as it stands in the text.  False: there is none, or
 * the text is not JSON. */
bool json_flat_next(struct json_flat *j, struct octets *name, struct octets *value);
/* Take the next element off the array *ARRAY (or the value itself, when it is no array). */
bool json_flat_element(struct octets *array, struct octets *value);
/* The string VALUE in UTF-8, written to OUT of at least VALUE.n octets; empty: it is no string. */
struct octets json_flat_string(struct octets value, uint8_t *out);

#endif
