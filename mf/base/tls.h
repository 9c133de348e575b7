/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts by our one profile: TLS 1.3 (1.2 when allowed) with AES-GCM and ChaCha20-Poly1305,
 * X25519/P-256/P-384, mutual always, no tickets, no cache, no 0-RTT, no renegotiation, no
 * compression; RSA >= 2048 and EC >= 256; CRLs checked when there is a file. */
#ifndef BASE_TLS_H
#define BASE_TLS_H

#include "base/conf.h"

#include <openssl/ssl.h>

/* A context from PEM files.  SERVER: demand a client certificate (EKU clientAuth); client: verify
 * the server (EKU serverAuth). TLS12: offer TLS 1.2 too.  Returns new (SSL_CTX_free), or NULL after
 * logging file and reason under TLS-FILE. */
SSL_CTX *tls_ctx_new(const struct conf_tls *files, bool server, bool tls12);

/* For the administration: a server of TLS 1.3 whose clients may show a certificate or not.  One
 * that they show has to verify; without FILES->ca none does, and none is asked for. */
SSL_CTX *tls_ctx_new_door(const struct conf_tls *files);

/* SHA-256 of the certificate's SubjectPublicKeyInfo. */
void tls_spki(X509 *cert, uint8_t out[32]);
/* True when CERT carries NAME as SAN DNS name (case-insensitive, no wildcards) or SAN URI (exact).
 */
bool tls_san_has(X509 *cert, const char *name, size_t n);
/* Each SAN DNS name and URI of CERT (names with a NUL inside are left out) until CB returns true;
 * returns whether it did. */
typedef bool (*tls_san_cb)(const char *name, size_t n, bool dns, void *arg);
bool tls_san_each(X509 *cert, tls_san_cb cb, void *arg);
/* After the handshake: forget the certificates that the peer sent beside its own. */
void tls_chain_forget(SSL *ssl);
/* When CERT ends; 0: it does not say. */
int64_t tls_cert_until_ns(X509 *cert);
/* True when CERT is expired now, or listed in the CRL of the context it was verified with (for live
 * connections). */
bool tls_cert_stale(SSL_CTX *ctx, X509 *cert, const char **why);

#endif
