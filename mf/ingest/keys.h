/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for what goes to the LEAs: <lea>.sign.pem (private key of the operator, P-256, P-384 or
 * Ed25519) signs integrity hashes; <lea>.enc.hex (48 or 64 hexadecimal digits) encrypts payloads.
 * Read from one folder, once per name, kept until keys_reload(). */
#ifndef INGEST_KEYS_H
#define INGEST_KEYS_H

#include "handover/handover.h"

#include <openssl/types.h>

struct keys;

/* DIR may be NULL: there are no keys.  Returns new. */
struct keys *keys_new(const char *dir);
void keys_free(struct keys *k);
/* The key that signs for LEA (borrowed); NULL, logged once: missing or not usable. */
EVP_PKEY *keys_sign(struct keys *k, struct octets lea);
/* The encryption for LEA (borrowed): TYPE 3 aES-192-CBC, 4 aES-256-CBC.  NULL: as above. */
struct handover_crypt *keys_crypt(struct keys *k, struct octets lea, uint8_t type);
/* Read the files again for who asks next; what was given out stays valid until keys_free(). */
void keys_reload(struct keys *k);

#endif
