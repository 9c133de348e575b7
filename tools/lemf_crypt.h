/* SPDX-License-Identifier: Apache-2.0 */
/* Open an EncryptionContainer (TS 102 232-1 clause 7.3): CBC with the sequence number four times as
 * IV, zeros as padding, an EncryptedPayload {byteCounter, payload} inside. */
#ifndef LEMF_CRYPT_H
#define LEMF_CRYPT_H

#include "base/octets.h"

struct lemf_key {
	uint8_t octets[32];
	size_t n; /* 24 (192 bit) or 32 (256 bit) */
};

struct lemf_crypt_in {
	unsigned type; /* encryptionType: 1 none, 3 aES-192-CBC, 4 aES-256-CBC, 7 threedes-cbc */
	uint32_t seq;
	struct octets header; /* the whole pSHeader element */
	struct octets data;   /* encryptedPayload */
};

/* Key from the hexadecimal text in file PATH.  Returns 0 or -errno (-EINVAL: not 24 or 32 octets).
 */
int lemf_crypt_key(struct lemf_key *key, const char *path);

/* Decrypt and put together the PS-PDU that would have been sent without encryption: *clear, in the
 * new buffer *buf (free it).  Returns NULL, or why not (static text). */
const char *lemf_crypt_open(const struct lemf_key *key, const struct lemf_crypt_in *in,
    uint8_t **buf, struct octets *clear, uint64_t *counter);

#endif
