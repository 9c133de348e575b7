/* SPDX-License-Identifier: Apache-2.0 */
/* Broken PDUs made from a good one.  Each kind is one thing that an MDF must survive (facts: A9 of
 * the interface notes). */
#ifndef TOOLS_NE_FAULT_H
#define TOOLS_NE_FAULT_H

#include <stddef.h>
#include <stdint.h>

enum ne_bad {
	NE_BAD_HEADER_SHORT,   /* Header Length 39 */
	NE_BAD_HEADER_HUGE,    /* Header Length 0xFFFFFFFF */
	NE_BAD_PAYLOAD_HUGE,   /* Payload Length 0xFFFFFFFF */
	NE_BAD_ATTR_OVERRUN,   /* last attribute longer than the header */
	NE_BAD_ATTR_LENGTH,    /* Sequence Number of 3 octets, framing whole */
	NE_BAD_VERSION_MAJOR,  /* 1.0 */
	NE_BAD_TYPE_UNKNOWN,   /* PDU type 99 */
	NE_BAD_FORMAT_UNKNOWN, /* format 99 */
	NE_BAD_FORMAT_TYPE,    /* a format that the type does not allow */
	NE_BAD_DIRECTION,      /* direction 0 */
	NE_BAD_NO_ATTRIBUTES,
	NE_BAD_GARBAGE_PAYLOAD, /* the payload is not what the format says */
	NE_BAD_PARTIAL,		/* half a PDU, then close */
	NE_BAD_N
};

/* Kind by name, or -1. */
int ne_fault_bad(const char *name);
const char *ne_fault_bad_name(enum ne_bad kind);
/* Break the encoded PDU in P (LEN octets) in place; returns its new length, never more. */
size_t ne_fault_break(enum ne_bad kind, uint8_t *p, size_t len);

#endif
