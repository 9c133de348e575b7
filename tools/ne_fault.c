/* SPDX-License-Identifier: Apache-2.0 */
/* Broken PDUs: each function changes one thing of a good one. */
#include <string.h>
#include "base/octets.h"
#include "spec/ts103221_2.h"
#include "tools/ne_fault.h"

static const char *const names[NE_BAD_N] = {"header-short", "header-huge", "payload-huge",
    "attr-overrun", "attr-length", "version-major", "type-unknown", "format-unknown", "format-type",
    "direction", "no-attributes", "garbage-payload", "partial"};

int
ne_fault_bad(const char *name)
{
	int i;

	for (i = 0; i < NE_BAD_N; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
ne_fault_bad_name(enum ne_bad kind)
{
	return names[kind];
}

/* Give the last attribute of the header a length that passes its end. */
static void
overrun(uint8_t *p)
{
	size_t end = octets_get32(p + X23_OFF_HEADER_LEN), off = X23_HEADER_MIN, last = 0;

	while (off + 4 <= end) {
		last = off;
		off += 4 + (size_t)octets_get16(p + off + 2);
	}
	if (last)
		octets_put16(p + last + 2, (uint16_t)(end - last));
}

/* Sequence Number of 3 octets; the octet left over is taken out of the header. */
static size_t
short_number(uint8_t *p, size_t len)
{
	size_t end = octets_get32(p + X23_OFF_HEADER_LEN), off = X23_HEADER_MIN;

	while (off + 8 <= end && octets_get16(p + off) != X23_ATTR_SEQ)
		off += 4 + (size_t)octets_get16(p + off + 2);
	if (off + 8 > end)
		return len;
	octets_put16(p + off + 2, 3);
	memmove(p + off + 7, p + off + 8, len - off - 8);
	octets_put32(p + X23_OFF_HEADER_LEN, (uint32_t)end - 1);
	return len - 1;
}

static size_t
no_attributes(uint8_t *p, size_t len)
{
	size_t end = octets_get32(p + X23_OFF_HEADER_LEN);

	memmove(p + X23_HEADER_MIN, p + end, len - end);
	octets_put32(p + X23_OFF_HEADER_LEN, X23_HEADER_MIN);
	return len - (end - X23_HEADER_MIN);
}

static size_t
break_attributes(enum ne_bad kind, uint8_t *p, size_t len)
{
	if (kind == NE_BAD_ATTR_OVERRUN)
		overrun(p);
	else if (kind == NE_BAD_ATTR_LENGTH)
		return short_number(p, len);
	else if (kind == NE_BAD_NO_ATTRIBUTES)
		return no_attributes(p, len);
	return len;
}

size_t
ne_fault_break(enum ne_bad kind, uint8_t *p, size_t len)
{
	size_t hl = octets_get32(p + X23_OFF_HEADER_LEN);

	switch (kind) {
	case NE_BAD_HEADER_SHORT:
		octets_put32(p + X23_OFF_HEADER_LEN, X23_HEADER_MIN - 1);
		break;
	case NE_BAD_HEADER_HUGE:
		octets_put32(p + X23_OFF_HEADER_LEN, UINT32_MAX);
		break;
	case NE_BAD_PAYLOAD_HUGE:
		octets_put32(p + X23_OFF_PAYLOAD_LEN, UINT32_MAX);
		break;
	case NE_BAD_ATTR_OVERRUN:
	case NE_BAD_ATTR_LENGTH:
	case NE_BAD_NO_ATTRIBUTES:
		return break_attributes(kind, p, len);
	case NE_BAD_VERSION_MAJOR:
		p[0] = 1;
		break;
	case NE_BAD_TYPE_UNKNOWN:
		octets_put16(p + X23_OFF_TYPE, 99);
		break;
	case NE_BAD_FORMAT_UNKNOWN:
		octets_put16(p + X23_OFF_FORMAT, 99);
		break;
	case NE_BAD_FORMAT_TYPE: /* RTP never on X2, SIP never on X3 */
		octets_put16(p + X23_OFF_FORMAT,
		    octets_get16(p + X23_OFF_TYPE) == X23_TYPE_X2 ? X23_FMT_RTP : X23_FMT_SIP);
		break;
	case NE_BAD_DIRECTION:
		octets_put16(p + X23_OFF_DIRECTION, 0);
		break;
	case NE_BAD_GARBAGE_PAYLOAD:
		memset(p + hl, 0xff, len - hl);
		break;
	case NE_BAD_PARTIAL:
		return len / 2;
	case NE_BAD_N:
		break;
	}
	return len;
}
