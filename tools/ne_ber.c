/* SPDX-License-Identifier: Apache-2.0 */
/* BER from the end to the front. */
#include "tools/ne_ber.h"
#include <assert.h>

void
ne_ber_octets(struct ne_ber *b, const void *p, size_t n)
{
	assert(n <= b->at);
	b->at -= n;
	if (n)
		memcpy(b->buf + b->at, p, n);
}

static void
put_length(struct ne_ber *b, size_t n)
{
	uint8_t v[3] = {0x82, (uint8_t)(n >> 8), (uint8_t)n};

	if (n < 128)
		ne_ber_octets(b, v + 2, 1);
	else if (n < 256)
		ne_ber_octets(b, (uint8_t[]){0x81, (uint8_t)n}, 2);
	else
		ne_ber_octets(b, v, 3);
}

void
ne_ber_head(struct ne_ber *b, unsigned tag, size_t end)
{
	uint8_t class = (uint8_t)(tag >> 12);
	unsigned n = tag & 0xfff;

	put_length(b, end - b->at);
	if (n < 31) { /* a SEQUENCE too: its number 16 stands in the identifier octet */
		class |= (uint8_t)n;
		ne_ber_octets(b, &class, 1);
		return;
	}
	class |= 31;
	if (n < 128)
		ne_ber_octets(b, (uint8_t[]){class, (uint8_t)n}, 2);
	else
		ne_ber_octets(
		    b, (uint8_t[]){class, (uint8_t)(0x80 | n >> 7), (uint8_t)(n & 127)}, 3);
}

void
ne_ber_prim(struct ne_ber *b, unsigned tag, const void *p, size_t n)
{
	size_t end = b->at;

	ne_ber_octets(b, p, n);
	ne_ber_head(b, tag, end);
}

void
ne_ber_text(struct ne_ber *b, unsigned tag, const char *text)
{
	ne_ber_prim(b, tag, text, strlen(text));
}

void
ne_ber_int(struct ne_ber *b, unsigned tag, uint64_t v)
{
	uint8_t o[9] = {0};
	size_t skip = 0;

	octets_put64(o + 1, v);
	while (skip < 8 && o[skip] == 0 && o[skip + 1] < 128)
		skip++;
	ne_ber_prim(b, tag, o + skip, 9 - skip);
}

size_t
ne_ber_take(const struct ne_ber *b, uint8_t *out)
{
	memcpy(out, b->buf + b->at, sizeof(b->buf) - b->at);
	return sizeof(b->buf) - b->at;
}
