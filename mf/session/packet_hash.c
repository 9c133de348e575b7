/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes by which copies of a packet are known; see packet.h. */
#include "session/packet.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* The IP header without what routers change on the way. */
static size_t
packet_hash_header(const struct packet *p, uint8_t out[60])
{
	size_t n = p->version == 4 ? (size_t)(p->ip.p[0] & 0x0f) * 4 : 40;

	memcpy(out, p->ip.p, n);
	if (p->version == 4) {
		out[1] = 0;	       /* DSCP, ECN */
		out[8] = 0;	       /* time to live */
		out[10] = out[11] = 0; /* checksum */
	} else {
		out[0] &= 0xf0;
		out[1] &= 0x0f; /* traffic class */
		out[7] = 0;	/* hop limit */
	}
	return n;
}

void
packet_copy_hash(struct octets in, bool ip, uint64_t seed, uint8_t out[16])
{
	XXH128_hash_t a = {0, 0}, b;
	struct packet p, inner;
	uint8_t header[60];

	if (ip && packet_parse(in, &p) == 0) {
		size_t n;

		packet_innermost(&p, &inner);
		n = packet_hash_header(&inner, header);
		a = XXH3_128bits_withSeed(header, n, seed);
		in = (struct octets){inner.ip.p + n, inner.ip.n - n};
	}
	/* the header's hash also seeds the rest's: both halves count for both results */
	b = XXH3_128bits_withSeed(in.p, in.n, seed ^ a.low64);
	octets_put64(out, a.high64 ^ b.high64);
	octets_put64(out + 8, a.low64 ^ b.low64);
}
