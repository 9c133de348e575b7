/* SPDX-License-Identifier: Apache-2.0 */
/* Views on octets, and reads and writes of big-endian numbers (network byte order). No allocation,
 * no ownership. */
#ifndef BASE_OCTETS_H
#define BASE_OCTETS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed run of octets; p may be NULL only when n is 0. */
struct octets {
	const uint8_t *p;
	size_t n;
};

static inline uint16_t
octets_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
octets_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
octets_get64(const uint8_t *p)
{
	return (uint64_t)octets_get32(p) << 32 | octets_get32(p + 4);
}

static inline void
octets_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
octets_put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static inline void
octets_put64(uint8_t *p, uint64_t v)
{
	octets_put32(p, (uint32_t)(v >> 32));
	octets_put32(p + 4, (uint32_t)v);
}

static inline int
octets_eq(struct octets a, struct octets b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

#endif
