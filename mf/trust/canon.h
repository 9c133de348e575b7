/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON (RFC 8785): the octets that are hashed and signed.  Object members in the order of
 * their UTF-16 code units, no spaces, shortest escapes.  Reals are refused, and integers beyond
 * 2^53 - 1: write those as strings. */
#ifndef TRUST_CANON_H
#define TRUST_CANON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* J as canonical text, NUL-terminated, new (free); *LEN (may be NULL): its octets.  NULL: it holds
 * something that has no canonical form here. */
char *canon_json(const json_t *j, size_t *len);
/* SHA-256 of it.  Returns 0 or -EINVAL. */
int canon_sha256(const json_t *j, uint8_t out[32]);

/* N octets of UTF-8 as a JSON string with its quotes, to OUT of at least 6 * N + 2 octets; returns
 * the octets written. */
size_t canon_string(const char *text, size_t n, char *out);

#endif
