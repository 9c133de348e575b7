/* SPDX-License-Identifier: Apache-2.0 */
/* Invented payloads of every X2/X3 format, each a pure function of (seed, stream, k), so that a
 * receiver can check them.
 *
 * Body (what stands inside the protocol headers): "NE01", stream (4 octets), k (8 octets), filling,
 * CRC-32C (4 octets) of all octets of the body before it; numbers in network byte order.  The
 * filling is splitmix64 from seed ^ stream << 32 ^ k, each value in network byte order.  A body
 * under 20 octets is filling only. */
#ifndef TOOLS_NE_PAYLOAD_H
#define TOOLS_NE_PAYLOAD_H

#include <stdbool.h>
#include "base/octets.h"

#define NE_BODY_MIN 20
#define NE_PAYLOAD_MAX (16 * 1024 * 1024) /* octets */
#define NE_SIP_STEPS 6			  /* INVITE, 180, 200, ACK, BYE, 200 */

struct ne_payload_key {
	uint64_t seed;
	uint32_t stream;
	uint64_t k; /* how many-th PDU of its stream, from 0 */
};

uint64_t ne_payload_mix(uint64_t x); /* splitmix64 step: a number for a number */
void ne_payload_body(struct ne_payload_key key, uint8_t *out, size_t n);
/* Is BODY whole?  Returns 0 and what it names, or -EBADMSG. */
int ne_payload_check(struct octets body, uint32_t *stream, uint64_t *k);
/* Shortest payload of a format. */
size_t ne_payload_min(uint16_t format);
/* About SIZE octets (exact, but for sip and xIRI, whose text decides) of FORMAT to OUT, which has
 * room for SIZE + 2048 octets; *dir gets the direction.  Returns the octets written. */
size_t ne_payload_build(
    uint16_t format, struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir);

size_t ne_payload_sip(struct ne_payload_key key, uint8_t *out, uint16_t *dir);
size_t ne_payload_xiri(struct ne_payload_key key, uint8_t *out);
/* Call (SIP dialog) of a stream; the Call-ID is its 16 hex digits. */
uint64_t ne_payload_call(uint64_t seed, uint32_t stream, uint64_t call);
/* The target's URI and IMSI of a stream, as attribute 17. */
size_t ne_payload_target(uint16_t format, uint64_t seed, uint32_t stream, char *out, size_t room);

#endif
