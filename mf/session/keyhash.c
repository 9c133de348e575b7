/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4-128 (Aumasson, Bernstein); see keyhash.h. */
#include "session/keyhash.h"

#include <endian.h>
#include <string.h>

struct keyhash {
	uint64_t a, b, c, d;
};

static uint64_t
keyhash_rotl(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

/* Little-endian. */
static uint64_t
keyhash_get(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static uint64_t
keyhash_tail(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static void
keyhash_put(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void
keyhash_rounds(struct keyhash *h, int n)
{
	while (n-- > 0) {
		h->a += h->b;
		h->c += h->d;
		h->b = keyhash_rotl(h->b, 13) ^ h->a;
		h->d = keyhash_rotl(h->d, 16) ^ h->c;
		h->a = keyhash_rotl(h->a, 32) + h->d;
		h->c += h->b;
		h->d = keyhash_rotl(h->d, 21) ^ h->a;
		h->b = keyhash_rotl(h->b, 17) ^ h->c;
		h->c = keyhash_rotl(h->c, 32);
	}
}

static void
keyhash_word(struct keyhash *h, uint64_t m)
{
	h->d ^= m;
	keyhash_rounds(h, 2);
	h->a ^= m;
}

void
keyhash128(const uint8_t *key, const uint8_t *in, size_t n, uint8_t out[16])
{
	uint64_t k0 = keyhash_get(key), k1 = keyhash_get(key + 8);
	struct keyhash h = {k0 ^ UINT64_C(0x736f6d6570736575),
	    k1 ^ UINT64_C(0x646f72616e646f6d) ^ 0xee, k0 ^ UINT64_C(0x6c7967656e657261),
	    k1 ^ UINT64_C(0x7465646279746573)};
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		keyhash_word(&h, keyhash_get(in + i));
	keyhash_word(&h, keyhash_tail(in + i, n - i) | (uint64_t)n << 56);
	h.c ^= 0xee;
	keyhash_rounds(&h, 4);
	keyhash_put(out, h.a ^ h.b ^ h.c ^ h.d);
	h.b ^= 0xdd;
	keyhash_rounds(&h, 4);
	keyhash_put(out + 8, h.a ^ h.b ^ h.c ^ h.d);
}
