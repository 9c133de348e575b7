/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of persons and signatures over canonical text.  Ed25519 (64 octets), or ECDSA P-256 with
 * SHA-256 in the form that browsers make: r and s, 32 octets each (IEEE P1363). */
#ifndef TRUST_SIGN_H
#define TRUST_SIGN_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#define SIGN_LEN 64
#define SIGN_ID_TEXT 65 /* SHA-256 of the SubjectPublicKeyInfo, hexadecimal, with its NUL */
#define SIGN_SPKI_MAX 128

/* A private key from WHERE: a PEM file (no passphrase, mode without group and others), or a PKCS#11
 * URI ("pkcs11:token=...;object=...", RFC 7512; PIN_FILE: file with its PIN, or NULL).  New
 * (EVP_PKEY_free), or NULL with *why. */
EVP_PKEY *sign_key_load(const char *where, const char *pin_file, const char **why);
/* A public key from SubjectPublicKeyInfo octets; NULL: not a key of these kinds. */
EVP_PKEY *sign_spki_load(const uint8_t *spki, size_t n);
/* A PEM file with a public key or a certificate. */
EVP_PKEY *sign_public_load(const char *path, const char **why);
/* SubjectPublicKeyInfo of KEY; returns its octets, 0 when they do not fit. */
size_t sign_spki(const EVP_PKEY *key, uint8_t out[SIGN_SPKI_MAX]);
/* Its id: SHA-256 of that, as text. */
void sign_id(const EVP_PKEY *key, char out[SIGN_ID_TEXT]);

/* Returns 0, or -EINVAL (wrong kind of key, refused by the token). */
int sign_make(EVP_PKEY *key, const void *data, size_t n, uint8_t out[SIGN_LEN]);
/* Returns 0, or -EBADMSG. */
int sign_check(EVP_PKEY *key, const void *data, size_t n, const uint8_t sig[SIGN_LEN]);

#endif
