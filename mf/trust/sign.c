/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 and ECDSA P-256; see sign.h. */
#include "trust/sign.h"

#include "trust/sign_pkcs11.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool
sign_is_p256(const EVP_PKEY *key)
{
	char group[32] = "";

	EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
	return EVP_PKEY_is_a(key, "EC") && strcmp(group, "prime256v1") == 0;
}

/* KEY when it is of a kind that we take; else it is freed. */
static EVP_PKEY *
sign_kind(EVP_PKEY *key)
{
	if (key == NULL || EVP_PKEY_is_a(key, "ED25519") || sign_is_p256(key))
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static int
sign_no_password(char *buf, int size, int rw, void *arg)
{
	(void)buf;
	(void)size;
	(void)rw;
	(void)arg;
	return -1;
}

EVP_PKEY *
sign_key_load(const char *where, const char *pin_file, const char **why)
{
	EVP_PKEY *key = NULL;
	struct stat st;
	FILE *f;

	if (strncmp(where, "pkcs11:", 7) == 0) {
		key = sign_pkcs11_load(where, pin_file, why);
		if (key != NULL && (key = sign_kind(key)) == NULL)
			*why = "the key is neither Ed25519 nor P-256";
		return key;
	}
	if ((f = fopen(where, "re")) == NULL) {
		*why = strerror(errno);
		return NULL;
	}
	if (fstat(fileno(f), &st) < 0 || (st.st_mode & 077) != 0)
		*why = "others can read it: chmod 600";
	else if ((key = PEM_read_PrivateKey(f, NULL, sign_no_password, NULL)) == NULL)
		*why = "it is no PEM file with a private key without passphrase";
	else if ((key = sign_kind(key)) == NULL)
		*why = "the key is neither Ed25519 nor P-256";
	fclose(f);
	return key;
}

EVP_PKEY *
sign_spki_load(const uint8_t *spki, size_t n)
{
	const uint8_t *p = spki;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)n);

	if (key != NULL && p != spki + n) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return sign_kind(key);
}

EVP_PKEY *
sign_public_load(const char *path, const char **why)
{
	EVP_PKEY *key = NULL;
	X509 *cert;
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		*why = strerror(errno);
		return NULL;
	}
	if ((key = PEM_read_PUBKEY(f, NULL, sign_no_password, NULL)) == NULL) {
		rewind(f);
		if ((cert = PEM_read_X509(f, NULL, sign_no_password, NULL)) != NULL)
			key = X509_get_pubkey(cert);
		X509_free(cert);
	}
	fclose(f);
	if (key == NULL)
		*why = "it is no PEM file with a public key or a certificate";
	else if ((key = sign_kind(key)) == NULL)
		*why = "the key is neither Ed25519 nor P-256";
	return key;
}

size_t
sign_spki(const EVP_PKEY *key, uint8_t out[SIGN_SPKI_MAX])
{
	uint8_t *der = NULL;
	int n = i2d_PUBKEY(key, &der);

	if (n > 0 && n <= SIGN_SPKI_MAX)
		memcpy(out, der, (size_t)n);
	OPENSSL_free(der);
	return n > 0 && n <= SIGN_SPKI_MAX ? (size_t)n : 0;
}

void
sign_id(const EVP_PKEY *key, char out[SIGN_ID_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t spki[SIGN_SPKI_MAX], md[SHA256_DIGEST_LENGTH];

	SHA256(spki, sign_spki(key, spki), md);
	for (size_t i = 0; i < sizeof(md); i++) {
		out[2 * i] = hex[md[i] >> 4];
		out[2 * i + 1] = hex[md[i] & 15];
	}
	out[2 * sizeof(md)] = '\0';
}

/* ---- ECDSA between DER and r | s */

static int
sign_from_der(const uint8_t *der, size_t n, uint8_t out[SIGN_LEN])
{
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)n);
	int r = s != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(s), out, 32) == 32 &&
			BN_bn2binpad(ECDSA_SIG_get0_s(s), out + 32, 32) == 32
		    ? 0
		    : -EINVAL;

	ECDSA_SIG_free(s);
	return r;
}

/* Returns the octets in *DER (OPENSSL_free), or -1. */
static int
sign_to_der(const uint8_t sig[SIGN_LEN], uint8_t **der)
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(sig, 32, NULL), *t = BN_bin2bn(sig + 32, 32, NULL);
	int n = -1;

	if (s != NULL && r != NULL && t != NULL && ECDSA_SIG_set0(s, r, t) == 1) {
		n = i2d_ECDSA_SIG(s, der);
	} else {
		BN_free(r);
		BN_free(t);
	}
	ECDSA_SIG_free(s);
	return n;
}

int
sign_make(EVP_PKEY *key, const void *data, size_t n, uint8_t out[SIGN_LEN])
{
	bool ec = EVP_PKEY_is_a(key, "EC");
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[128];
	size_t len = sizeof(der);
	int r = -EINVAL;

	if (ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, ec ? EVP_sha256() : NULL, NULL, key) == 1 &&
	    EVP_DigestSign(ctx, der, &len, data, n) == 1) {
		if (ec)
			r = sign_from_der(der, len, out);
		else if (len == SIGN_LEN)
			r = (memcpy(out, der, SIGN_LEN), 0);
	}
	EVP_MD_CTX_free(ctx);
	return r;
}

int
sign_check(EVP_PKEY *key, const void *data, size_t n, const uint8_t sig[SIGN_LEN])
{
	bool ec = EVP_PKEY_is_a(key, "EC");
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	const uint8_t *p = sig;
	int len = SIGN_LEN, r = -EBADMSG;

	if (ec) {
		len = sign_to_der(sig, &der);
		p = der;
	}
	if (ctx != NULL && len > 0 &&
	    EVP_DigestVerifyInit(ctx, NULL, ec ? EVP_sha256() : NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, p, (size_t)len, data, n) == 1)
		r = 0;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	return r;
}
