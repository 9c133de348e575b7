/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of SIP header values: lists, parameters, addresses and URIs (RFC 3261 clauses 7.3.1, 19.1,
 * 25.1).  Quoted strings and <> are respected; folded lines count as space.  Views only. */
#ifndef SESSION_SIP_VALUE_H
#define SESSION_SIP_VALUE_H

#include "base/octets.h"

#include <stdbool.h>
#include <strings.h>

struct octets sip_value_trim(struct octets v);

/* V begins with TEXT, but for case.  In line: TEXT is mostly known to the compiler, and most values
 * differ in the first letter. */
static inline bool
sip_value_starts(struct octets v, const char *text)
{
	size_t n = strlen(text);

	if (v.n < n || n == 0)
		return n == 0;
	return ((v.p[0] ^ (uint8_t)text[0]) & 0xdf) == 0 &&
	       strncasecmp((const char *)v.p, text, n) == 0;
}

/* V is TEXT, but for case. */
static inline bool
sip_value_is(struct octets v, const char *text)
{
	return v.n == strlen(text) && sip_value_starts(v, text);
}

bool sip_value_has(struct octets v, const char *text); /* contains TEXT (not empty), but for case */

/* Cut the first of a comma-separated list off *LIST; empty values are skipped.  False: none left.
 */
bool sip_value_next(struct octets *list, struct octets *value);

/* Header parameter NAME of one value; parameters within <> belong to the URI.  True when it is
 * there; *out (may be NULL) is its value without quotes, empty for a flag. */
bool sip_value_param(struct octets value, const char *name, struct octets *out);

/* The URI of a name-addr or addr-spec, without <>, header parameters and display name. */
struct octets sip_value_uri(struct octets value);

/* Scheme, user and host of a URI, without port, parameters and headers: "sip:bob@example.org".  A
 * tel URI: up to its first parameter. */
struct octets sip_value_bare(struct octets uri);
struct octets sip_value_host(struct octets uri); /* also of a Via sent-by; without [] and port */

/* An address literal: 4 or 16 octets into OUT; 0: it is none, or the unspecified address. */
size_t sip_value_address(struct octets text, uint8_t out[16]);

/* A decimal number at the front of V; false: none, or more than MAX. */
bool sip_value_number(struct octets v, uint64_t max, uint64_t *out);

/* 32-bit FNV-1a, to be continued from H; start with SIP_VALUE_HASH. */
#define SIP_VALUE_HASH UINT32_C(2166136261)
uint32_t sip_value_hash(uint32_t h, struct octets v);

#endif
