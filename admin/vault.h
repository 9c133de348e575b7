/* SPDX-License-Identifier: Apache-2.0 */
/* What must not stand readable in the database: target identities, documents, secrets of persons.
 * Key encryption key (file vault.key or PKCS#11) > key of each LEA > key of each warrant >
 * AES-256-GCM.  Destroying the key of a warrant (shred) ends all that was sealed under it. */
#ifndef ADMIN_VAULT_H
#define ADMIN_VAULT_H

#include "db/fault.h"

#include <stddef.h>
#include <stdint.h>

struct store;
struct vault;

#define VAULT_OVER 28 /* octets that sealing adds: nonce and tag */

/* WHERE: file of 64 hexadecimal digits, mode without group and others, or a PKCS#11 URI.  New, or
 * NULL and *f.  KEEP_IN: the database that holds the wrapped keys. */
/* The store knows its vault from then on (store_vault). */
struct vault *vault_open(
    struct store *keep_in, const char *where, const char *pin_file, struct fault *f);
void vault_close(struct vault *v);

/* Seal N octets under the key of warrant row WARRANT of LEA row LEA (made when there is none yet).
 * LABEL is bound to it: what it is, and of which row.  OUT: N + VAULT_OVER.  Returns 0 or < 0. */
int vault_seal(struct vault *v, int64_t lea, int64_t warrant, const char *label, const void *data,
    size_t n, uint8_t *out);
/* The other way; OUT: N - VAULT_OVER octets.  -ENOKEY: shredded, -EBADMSG: changed. */
int vault_unseal(struct vault *v, int64_t lea, int64_t warrant, const char *label,
    const uint8_t *sealed, size_t n, uint8_t *out);
/* The same for secrets that belong to no warrant (WARRANT 0, LEA 0). */

/* HMAC-SHA-256 of a normal form under the LEA's index key: finds equal targets at one LEA only. */
int vault_index(struct vault *v, int64_t lea, const char *form, uint8_t out[32]);
/* Destroy the key of a warrant, in the open transaction; the file holds no copy of it any more when
 * that is committed (db/store.h, store_wipe_later).  0, -ENOENT: nothing was sealed. */
int vault_shred(struct vault *v, int64_t warrant);
/* Public name of the key of a warrant, for certificates.  0, -ENOENT. */
int vault_key_id(struct vault *v, int64_t warrant, char out[37]);

/* Where vault_rekey() finds a new key encryption key. */
void vault_next(struct vault *v, const char *file);
/* Wrap the agency keys by the key in that file, in the open transaction.  The new key holds when it
 * is committed: from then on the old one opens nothing. */
int vault_rekey(struct vault *v, struct fault *f);

#endif
