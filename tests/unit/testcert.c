/* SPDX-License-Identifier: Apache-2.0 */
/* Throwaway certificates for tests; see testcert.h. */
#include "tests/unit/testcert.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
need(bool ok)
{
	if (!ok)
		abort();
}

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	need(e && X509_add_ext(cert, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static void
write_pem(struct testcert *t, const char *dir, const char *name)
{
	FILE *f;

	snprintf(t->cert_file, sizeof(t->cert_file), "%s/%s.crt", dir, name);
	snprintf(t->key_file, sizeof(t->key_file), "%s/%s.key", dir, name);
	f = fopen(t->cert_file, "w");
	need(f && PEM_write_X509(f, t->cert) == 1 && fclose(f) == 0);
	f = fopen(t->key_file, "w");
	need(
	    f && PEM_write_PrivateKey(f, t->key, NULL, NULL, 0, NULL, NULL) == 1 && fclose(f) == 0);
}

struct testcert *
testcert_new(const char *dir, const char *name, const struct testcert *ca, const char *san,
    const char *eku, long from_s, long until_s, unsigned bits)
{
	static long serial = 1000;
	struct testcert *t = calloc(1, sizeof(*t));
	X509_NAME *subject;

	need(t != NULL);
	t->key = bits ? EVP_RSA_gen(bits) : EVP_EC_gen("P-256");
	t->cert = X509_new();
	need(t->key && t->cert);
	subject = X509_get_subject_name(t->cert);
	X509_NAME_add_entry_by_txt(
	    subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_version(t->cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(t->cert), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(t->cert), from_s);
	X509_gmtime_adj(X509_getm_notAfter(t->cert), until_s);
	X509_set_pubkey(t->cert, t->key);
	X509_set_issuer_name(t->cert, ca ? X509_get_subject_name(ca->cert) : subject);
	extend(t->cert, ca ? ca->cert : t->cert, NID_basic_constraints,
	    ca ? "CA:FALSE" : "critical,CA:TRUE");
	extend(t->cert, ca ? ca->cert : t->cert, NID_key_usage,
	    ca ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
	extend(t->cert, ca ? ca->cert : t->cert, NID_subject_key_identifier, "hash");
	if (san)
		extend(t->cert, t->cert, NID_subject_alt_name, san);
	if (eku)
		extend(t->cert, t->cert, NID_ext_key_usage, eku);
	need(X509_sign(t->cert, ca ? ca->key : t->key, EVP_sha256()) > 0);
	write_pem(t, dir, name);
	return t;
}

void
testcert_free(struct testcert *t)
{
	if (!t)
		return;
	EVP_PKEY_free(t->key);
	X509_free(t->cert);
	free(t);
}

void
testcert_crl(const char *dir, const char *name, const struct testcert *ca,
    const struct testcert *revoked, char file[256])
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, -60), *next = X509_gmtime_adj(NULL, 86400);
	FILE *f;

	X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert));
	X509_CRL_set1_lastUpdate(crl, now);
	X509_CRL_set1_nextUpdate(crl, next);
	if (revoked) {
		X509_REVOKED *r = X509_REVOKED_new();

		X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(revoked->cert));
		X509_REVOKED_set_revocationDate(r, now);
		X509_CRL_add0_revoked(crl, r);
	}
	need(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0);
	snprintf(file, 256, "%s/%s.crl", dir, name);
	f = fopen(file, "w");
	need(f && PEM_write_X509_CRL(f, crl) == 1 && fclose(f) == 0);
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	X509_CRL_free(crl);
}

char *
testcert_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = malloc(200);

	need(dir != NULL);
	snprintf(dir, 200, "%.150s/omdf-test-XXXXXX", tmp ? tmp : "/tmp");
	need(mkdtemp(dir) != NULL);
	return dir;
}

void
testcert_rmdir(char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[600];

	while (d && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
	free(dir);
}
