/* SPDX-License-Identifier: Apache-2.0 */
/* Turns OpenSSL's and the kernel's errors into our stable codes and a sentence.  Only tlsconn.c
 * includes this. */
#ifndef BASE_TLSCONN_ERROR_H
#define BASE_TLSCONN_ERROR_H

#include <openssl/ssl.h>

/* Code of the TLS failure at hand (OpenSSL's error queue, which is cleared); FIRST is the first
 * octet the peer sent, -1 when none.  The sentence is written to TEXT of N octets. */
const char *tlsconn_error_tls(SSL *ssl, int first, char *text, size_t n);
/* Code of an errno of connect, recv or send. */
const char *tlsconn_error_tcp(int error, char *text, size_t n);

#endif
