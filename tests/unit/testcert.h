/* SPDX-License-Identifier: Apache-2.0 */
/* Throwaway certificates for tests: EC P-256, written as PEM files into a folder of the test. */
#ifndef TESTS_UNIT_TESTCERT_H
#define TESTS_UNIT_TESTCERT_H

#include "base/conf.h"

#include <openssl/x509.h>

struct testcert {
	EVP_PKEY *key;
	X509 *cert;
	char cert_file[256], key_file[256];
};

/* NAME.crt and NAME.key in DIR.  CA NULL: a self-signed CA.  SAN: X.509v3 notation
 * ("DNS:ne1.example,URI:urn:ne:1") or NULL; EKU: "clientAuth", "serverAuth" or NULL; valid from
 * FROM_S to UNTIL_S seconds from now; BITS: 0 EC P-256, else RSA.  Aborts on failure. */
struct testcert *testcert_new(const char *dir, const char *name, const struct testcert *ca,
    const char *san, const char *eku, long from_s, long until_s, unsigned bits);
void testcert_free(struct testcert *t);
/* DIR/NAME.crl of CA that revokes REVOKED (or nobody when NULL); its path to FILE. */
void testcert_crl(const char *dir, const char *name, const struct testcert *ca,
    const struct testcert *revoked, char file[256]);
/* A new folder under $TMPDIR or /tmp, and its removal with everything in it. */
char *testcert_dir(void);
void testcert_rmdir(char *dir);

#endif
