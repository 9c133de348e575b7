/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C, reflected polynomial 0x82F63B78.  Numbers here are polynomials over GF(2) modulo it,
 * with bit 31 as x^0. The fast path needs SSE4.2 (crc32) and PCLMULQDQ; everything else takes eight
 * tables. */
#include "base/crc32c.h"

#include <stdbool.h>
#include <string.h>

#define POLY UINT32_C(0x82F63B78)
#define X0 (UINT32_C(1) << 31)
#define ORDER INT64_C(0x7FFFFFFF) /* x^ORDER == 1 */

#define LANE_WORDS_MAX 128 /* longest lane, in words of 8 octets */
#define LANES_MIN_LEN 192  /* below this one stream is as fast */

/* Operators of the last lengths: payloads of one stream have few lengths.  A power of two. */
#define OP_CACHE_N 64

struct op {
	size_t len;
	uint32_t k;
};

static uint32_t table[8][256];
static uint32_t lane_k[LANE_WORDS_MAX + 1][2]; /* [w]: x^(64w - 33), x^(128w - 33) */
static uint32_t pow2[64];		       /* pow2[i]: x^(2^i) */
static bool have_hw;
static _Thread_local struct op op_cache[OP_CACHE_N];

static uint32_t
mul(uint32_t a, uint32_t b)
{
	uint32_t p = 0;

	for (uint32_t m = X0; m != 0; m >>= 1) {
		p ^= (a & m) ? b : 0;
		b = (b >> 1) ^ ((b & 1) ? POLY : 0);
	}
	return p;
}

/* x^n; negative powers exist because x has an order. */
static uint32_t
power(int64_t n)
{
	uint32_t p = X0;

	n %= ORDER;
	if (n < 0)
		n += ORDER;
	for (unsigned i = 0; n != 0; i++, n >>= 1)
		if (n & 1)
			p = mul(p, pow2[i]);
	return p;
}

static void
fill_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = (c >> 1) ^ ((c & 1) ? POLY : 0);
		table[0][i] = c;
	}
	for (int t = 1; t < 8; t++)
		for (uint32_t i = 0; i < 256; i++)
			table[t][i] = (table[t - 1][i] >> 8) ^ table[0][table[t - 1][i] & 255];
	pow2[0] = X0 >> 1;
	for (int i = 1; i < 64; i++)
		pow2[i] = mul(pow2[i - 1], pow2[i - 1]);
	for (int w = 1; w <= LANE_WORDS_MAX; w++) {
		lane_k[w][0] = power(64 * w - 33);
		lane_k[w][1] = power(128 * w - 33);
	}
}

__attribute__((constructor)) static void
init(void)
{
	fill_tables();
#if defined(__x86_64__)
	__builtin_cpu_init();
	have_hw = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
#endif
}

static inline uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static uint32_t
crc_table(uint32_t crc, const uint8_t *p, size_t n)
{
	uint32_t c = ~crc;

	for (; n >= 8; p += 8, n -= 8) {
		c ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		     (uint32_t)p[3] << 24;
		c = table[7][c & 255] ^ table[6][c >> 8 & 255] ^ table[5][c >> 16 & 255] ^
		    table[4][c >> 24] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^
		    table[0][p[7]];
	}
	for (; n > 0; p++, n--)
		c = (c >> 8) ^ table[0][(c ^ *p) & 255];
	return ~c;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define HW __attribute__((target("sse4.2,pclmul")))

/* a times k, not yet reduced; crc32 over it multiplies by x^33, so k is a power less 33. */
HW static inline uint64_t
mul_wide(uint32_t a, uint32_t k)
{
	__m128i x = _mm_cvtsi32_si128((int)a);
	__m128i y = _mm_cvtsi32_si128((int)k);

	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(x, y, 0));
}

/* Three streams side by side hide the three cycles of the instruction. */
HW static uint32_t
crc_lanes(uint32_t crc, const uint8_t *p, size_t words)
{
	const uint8_t *q = p + words * 8, *r = q + words * 8;
	uint64_t a = crc, b = 0, c = 0, wide;

	for (size_t i = 0; i < words; i++, p += 8, q += 8, r += 8) {
		a = _mm_crc32_u64(a, load64(p));
		b = _mm_crc32_u64(b, load64(q));
		c = _mm_crc32_u64(c, load64(r));
	}
	wide = mul_wide((uint32_t)a, lane_k[words][1]) ^ mul_wide((uint32_t)b, lane_k[words][0]);
	return (uint32_t)(_mm_crc32_u64(0, wide) ^ c);
}

/* The last N < 8 octets: each step waits for the one before, so they are few. */
HW static inline uint32_t
crc_rest(uint32_t c, const uint8_t *p, size_t n)
{
	uint32_t w;
	uint16_t h;

	if (n & 4) {
		memcpy(&w, p, 4);
		c = _mm_crc32_u32(c, w);
		p += 4;
	}
	if (n & 2) {
		memcpy(&h, p, 2);
		c = _mm_crc32_u16(c, h);
		p += 2;
	}
	return n & 1 ? _mm_crc32_u8(c, *p) : c;
}

HW static uint32_t
crc_hw(uint32_t crc, const uint8_t *p, size_t n)
{
	uint64_t c = ~crc;

	while (n >= LANES_MIN_LEN) {
		size_t words = n / 24 < LANE_WORDS_MAX ? n / 24 : LANE_WORDS_MAX;

		c = crc_lanes((uint32_t)c, p, words);
		p += words * 24;
		n -= words * 24;
	}
	for (; n >= 8; p += 8, n -= 8)
		c = _mm_crc32_u64(c, load64(p));
	return ~crc_rest((uint32_t)c, p, n);
}

HW static uint32_t
shift_hw(uint32_t crc, uint32_t k)
{
	return (uint32_t)_mm_crc32_u64(0, mul_wide(crc, k));
}
#else
static uint32_t
crc_hw(uint32_t crc, const uint8_t *p, size_t n)
{
	return crc_table(crc, p, n);
}

static uint32_t
shift_hw(uint32_t crc, uint32_t k)
{
	return mul(crc, k);
}
#endif

uint32_t
crc32c(uint32_t crc, const void *p, size_t n)
{
	return have_hw ? crc_hw(crc, p, n) : crc_table(crc, p, n);
}

uint32_t
crc32c_portable(uint32_t crc, const void *p, size_t n)
{
	return crc_table(crc, p, n);
}

static uint32_t
op_make(size_t len)
{
	int64_t bits = (int64_t)(len % (size_t)ORDER) * 8;

	return power(have_hw ? bits - 33 : bits);
}

uint32_t
crc32c_combine(uint32_t crc_a, uint32_t crc_b, size_t len_b)
{
	struct op *o = &op_cache[(len_b ^ len_b >> 6) & (OP_CACHE_N - 1)];

	if (len_b == 0)
		return crc_a;
	if (o->len != len_b) {
		o->k = op_make(len_b);
		o->len = len_b;
	}
	return (have_hw ? shift_hw(crc_a, o->k) : mul(crc_a, o->k)) ^ crc_b;
}

uint32_t
crc32c_combine_portable(uint32_t crc_a, uint32_t crc_b, size_t len_b)
{
	return mul(crc_a, power((int64_t)(len_b % (size_t)ORDER) * 8)) ^ crc_b;
}
