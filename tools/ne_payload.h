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
/* A stream goes through one dialogue after another; PDUs of one: */
#define NE_SIP_STEPS 6 /* INVITE, 180, 200, ACK, BYE, 200 */
#define NE_XIRI_STEPS                                                                              \
	7 /* registration, PDU session, location, SMS, modification, release, deregistration */
#define NE_DHCP_STEPS 7	  /* DISCOVER, OFFER, REQUEST, ACK, renewal and its ACK, RELEASE */
#define NE_RADIUS_STEPS 8 /* access, accounting start, interim, stop, each with its answer */
#define NE_MSRP_STEPS 5	  /* message, 200, two chunks of an answer, 200 */
#define NE_EPS_STEPS 3	  /* begin, continue, end */
#define NE_MIME_STEPS 4	  /* mail, SMS, CPIM, mail with an attachment */

struct ne_payload_key {
	uint64_t seed;
	uint32_t stream;
	uint64_t k;    /* how many-th PDU of its stream, from 0 */
	uint16_t type; /* enum x23_type; of formats that both have */
};

uint64_t ne_payload_mix(uint64_t x); /* splitmix64 step: a number for a number */
void ne_payload_body(struct ne_payload_key key, uint8_t *out, size_t n);
/* Is BODY whole?  Returns 0 and what it names, or -EBADMSG. */
int ne_payload_check(struct octets body, uint32_t *stream, uint64_t *k);
/* Shortest payload of a format. */
size_t ne_payload_min(uint16_t format);
/* PDUs of one dialogue of a format, 1 when it has none. */
unsigned ne_payload_steps(uint16_t format);
/* About SIZE octets (exact where the size is free: packets, media, opaque ones) of FORMAT to OUT,
 * which has room for SIZE + 4096 octets; *dir gets the direction.  Returns the octets written. */
size_t ne_payload_build(
    uint16_t format, struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir);
/* Value of attribute 19 of a MIME payload. */
const char *ne_payload_mime_type(struct ne_payload_key key);

/* One IPv4 (VERSION 4) or IPv6 UDP packet of SIZE octets around a body. */
size_t ne_payload_ip(
    uint8_t version, struct ne_payload_key key, bool from, size_t size, uint8_t *out);

size_t ne_payload_sip(struct ne_payload_key key, uint8_t *out, uint16_t *dir);
size_t ne_payload_xiri(struct ne_payload_key key, uint8_t *out, uint16_t *dir);
/* What comes encoded for handover already: PS-PDU, its Payload, TS 33.128 CCPayload, TS 33.108
 * CC-PDU and EpsIRIContent. */
size_t ne_payload_pspdu(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir);
size_t ne_payload_inner(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir);
size_t ne_payload_xcc(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir);
size_t ne_payload_eps_cc(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir);
size_t ne_payload_eps_iri(struct ne_payload_key key, uint8_t *out, uint16_t *dir);

size_t ne_payload_dhcp(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir);
size_t ne_payload_radius(struct ne_payload_key key, uint8_t *out, uint16_t *dir);
size_t ne_payload_msrp(struct ne_payload_key key, uint8_t *out, uint16_t *dir);
size_t ne_payload_mime(struct ne_payload_key key, uint8_t *out, uint16_t *dir);

/* Call (SIP dialog) or other dialogue of a stream; the Call-ID is its 16 hex digits. */
uint64_t ne_payload_call(uint64_t seed, uint32_t stream, uint64_t call);
/* The target of a stream, as attribute 17. */
size_t ne_payload_target(uint16_t format, uint64_t seed, uint32_t stream, char *out, size_t room);

#endif
