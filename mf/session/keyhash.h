/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4 with 128 bits of result: a fast keyed hash for names of sessions.  Not a MAC for
 * anything that leaves the machine. */
#ifndef SESSION_KEYHASH_H
#define SESSION_KEYHASH_H

#include <stddef.h>
#include <stdint.h>

/* KEY: 16 octets. */
void keyhash128(const uint8_t *key, const uint8_t *in, size_t n, uint8_t out[16]);

#endif
