/* SPDX-License-Identifier: Apache-2.0 */
/* BER for invented payloads, written from the end to the front so that lengths are known (X.690,
 * definite, minimal).  Not the product's encoder: shares no code with mf/handover. */
#ifndef TOOLS_NE_BER_H
#define TOOLS_NE_BER_H

#include "base/octets.h"

#define NE_BER_ROOM 2048

struct ne_ber {
	uint8_t buf[NE_BER_ROOM];
	size_t at; /* first octet written */
};

/* Tags: identifier octet << 12 | number.  Context tag N, primitive and constructed, N under 4096.
 */
#define NE_PRIM(n) (0x80u << 12 | (unsigned)(n))
#define NE_CONS(n) (0xa0u << 12 | (unsigned)(n))
#define NE_SEQUENCE (0x30u << 12)

static inline void
ne_ber_init(struct ne_ber *b)
{
	b->at = sizeof(b->buf);
}

void ne_ber_octets(struct ne_ber *b, const void *p, size_t n);
/* Tag and length in front of everything since END (an earlier b->at). */
void ne_ber_head(struct ne_ber *b, unsigned tag, size_t end);
void ne_ber_prim(struct ne_ber *b, unsigned tag, const void *p, size_t n);
void ne_ber_text(struct ne_ber *b, unsigned tag, const char *text);
/* INTEGER or ENUMERATED. */
void ne_ber_int(struct ne_ber *b, unsigned tag, uint64_t v);
/* Copy what was written to OUT; returns its length. */
size_t ne_ber_take(const struct ne_ber *b, uint8_t *out);

#endif
