/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes that are given as they are: of any type, repeated, unknown.  TS 103 221-2 clause 5.3.
 */
#ifndef TOOLS_NE_ATTR_H
#define TOOLS_NE_ATTR_H

#include "base/octets.h"

struct ne_attr {
	uint16_t type;
	struct octets value; /* owned by the list, at most 65535 octets */
};

struct ne_attrs {
	struct ne_attr *list;
	size_t n;
};

/* All return 0 or -EINVAL.  The value is copied. */
int ne_attr_add(struct ne_attrs *a, uint16_t type, struct octets value);
int ne_attr_text(struct ne_attrs *a, uint16_t type, const char *text);
/* "TYPE:HEX", or "TYPE=TEXT". */
int ne_attr_any(struct ne_attrs *a, const char *spec);
/* "XID[,CORRELATION[,SEQUENCE]]": AXRI, clause 5.3.22; the Correlation ID is hex. */
int ne_attr_axri(struct ne_attrs *a, const char *spec);
void ne_attr_free(struct ne_attrs *a);

/* "0011...": 32 hex digits, hyphens ignored.  Returns 0 or -EINVAL. */
int ne_attr_uuid(const char *text, uint8_t out[16]);
/* Hex digits, white space and colons ignored.  Returns octets written, or -EINVAL. */
long ne_attr_hex(const char *text, uint8_t *out, size_t room);

#endif
