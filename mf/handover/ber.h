/* SPDX-License-Identifier: Apache-2.0 */
/* BER, X.690: a writer that goes from the back to the front (minimal definite lengths and minimal
 * integers in one pass) and a reader that never leaves its octets.  No I/O, no allocation.  It
 * knows no module; identifier octets are the caller's. */
#ifndef HANDOVER_BER_H
#define HANDOVER_BER_H

#include "base/octets.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- writer.  One-octet identifiers only (tag numbers up to 30).
 *
 * The writer counts octets from the end of the record, so that a length may span octets that are
 * not in this buffer: a body that is moved, not copied. */
struct ber {
	uint8_t *p; /* the octet written last */
	uint8_t *floor;
	uintptr_t origin; /* origin - p = octets from the end of the record */
	bool full;	  /* something did not fit: what was written is void */
};

/* Write into BUF..END, BEHIND octets in front of the record's end. */
static inline void
ber_start(struct ber *b, uint8_t *buf, uint8_t *end, size_t behind)
{
	b->p = end;
	b->floor = buf;
	b->origin = (uintptr_t)end + behind;
	b->full = false;
}

/* Octets between here and the record's end: pass it to ber_close() for the TLV that ends here. */
static inline size_t
ber_mark(const struct ber *b)
{
	return b->origin - (uintptr_t)b->p;
}

static inline bool
ber_room(struct ber *b, size_t n)
{
	if ((size_t)(b->p - b->floor) >= n)
		return true;
	b->full = true;
	return false;
}

/* memcpy for the short runs of a header: two moves that overlap, no call.  Nothing is read outside
 * SRC. */
static inline void
ber_copy(uint8_t *dst, const uint8_t *src, size_t n)
{
	if (n > 32) {
		memcpy(dst, src, n);
	} else if (n >= 16) {
		memcpy(dst, src, 16);
		memcpy(dst + n - 16, src + n - 16, 16);
	} else if (n >= 8) {
		memcpy(dst, src, 8);
		memcpy(dst + n - 8, src + n - 8, 8);
	} else if (n >= 4) {
		memcpy(dst, src, 4);
		memcpy(dst + n - 4, src + n - 4, 4);
	} else {
		for (size_t i = 0; i < n; i++)
			dst[i] = src[i];
	}
}

static inline void
ber_put(struct ber *b, const void *src, size_t n)
{
	if (!ber_room(b, n))
		return;
	b->p -= n;
	ber_copy(b->p, src, n);
}

/* Identifier ID and the length N, at most 2^32-1. */
static inline void
ber_head(struct ber *b, uint8_t id, size_t n)
{
	if (!ber_room(b, 6))
		return;
	if (n < 128) {
		*--b->p = (uint8_t)n;
	} else if (n < 65536) {
		*--b->p = (uint8_t)n;
		if (n >= 256)
			*--b->p = (uint8_t)(n >> 8);
		*--b->p = n < 256 ? 0x81 : 0x82;
	} else {
		uint8_t k = n < 1u << 24 ? 3 : 4;

		for (uint8_t i = 0; i < k; i++)
			*--b->p = (uint8_t)(n >> (8 * i));
		*--b->p = 0x80 | k;
	}
	*--b->p = id;
}

/* The TLV that ends at MARK begins here. */
static inline void
ber_close(struct ber *b, uint8_t id, size_t mark)
{
	ber_head(b, id, ber_mark(b) - mark);
}

static inline void
ber_octets(struct ber *b, uint8_t id, const void *src, size_t n)
{
	ber_put(b, src, n);
	ber_head(b, id, n);
}

/* A value of one octet: INTEGER or ENUMERATED below 128. */
static inline void
ber_small(struct ber *b, uint8_t id, uint8_t v)
{
	if (!ber_room(b, 3))
		return;
	b->p -= 3;
	b->p[0] = id;
	b->p[1] = 1;
	b->p[2] = v;
}

/* Octets of V as INTEGER. */
static inline uint8_t
ber_uint_len(uint64_t v)
{
	return v == 0 ? 1 : (uint8_t)((64 - (unsigned)__builtin_clzll(v)) / 8 + 1);
}

/* A non-negative INTEGER below 2^55, in as few octets as it needs. */
static inline void
ber_uint(struct ber *b, uint8_t id, uint64_t v)
{
	uint8_t k = ber_uint_len(v);

	if (!ber_room(b, 10))
		return;
	octets_put64(b->p - 8, v); /* what is more than K octets gets overwritten */
	b->p -= k;
	*--b->p = k;
	*--b->p = id;
}

/* The same for any 64-bit number. */
static inline void
ber_uint64(struct ber *b, uint8_t id, uint64_t v)
{
	size_t mark = ber_mark(b);

	do {
		if (!ber_room(b, 1))
			return;
		*--b->p = (uint8_t)v;
		v >>= 8;
	} while (v > 0);
	if (b->p[0] & 0x80)
		ber_put(b, "", 1);
	ber_close(b, id, mark);
}

/* ---- reader */

struct ber_tlv {
	uint8_t id;	 /* first identifier octet: class, constructed bit, number or 31 */
	uint32_t number; /* tag number, also of long identifiers */
	struct octets all, content;
};
#define BER_CONSTRUCTED 0x20
#define BER_CLASS 0xC0
#define BER_CONTEXT 0x80

/* Take one TLV from the front of IN.  Lengths: any definite form, or indefinite when constructed;
 * then all includes the end-of-contents octets and content does not.  Returns 0, -ENOENT (IN is
 * empty), -EAGAIN (IN ends inside the TLV) or -EBADMSG (cannot be BER).  IN is moved only on 0. */
int ber_next(struct octets *in, struct ber_tlv *out);

/* How many octets the TLV at the front of IN has, when the header is there and says so; 0:
 * indefinite length.  Returns 0, -EAGAIN or -EBADMSG. */
int ber_total(struct octets in, uint8_t *id, uint64_t *total);

/* IN holds nothing but whole TLVs, and so do all constructed ones inside, at most BER_DEPTH_MAX
 * deep. */
bool ber_sound(struct octets in);
#define BER_DEPTH_MAX 40

/* The value of an INTEGER content as 0..2^32-1; false when it is something else. */
bool ber_get_u32(struct octets content, uint32_t *out);

#endif
