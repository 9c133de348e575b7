/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts by our one profile, and questions about certificates; see tls.h.  No input or output
 * but the PEM files. */
#include "base/tls.h"
#include "base/clock.h"
#include "base/log.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <strings.h>
#include <time.h>

#define TLS_SUITES_13 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define TLS_CIPHERS_12 "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK:!SRP"
#define TLS_GROUPS "X25519:P-256:P-384"
#define TLS_SIGALGS                                                                                \
	"ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:"            \
	"RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"
#define TLS_LEVEL                                                                                  \
	2 /* OpenSSL security level: RSA >= 2048; groups and signature lists give EC >= 256 */
#define TLS_DEPTH 5 /* CA certificates in a chain */

/* Never ask a terminal for a pass phrase. */
static int
tls_no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return -1;
}

/* The first error is the nearest to the cause. */
static bool
tls_file_fault(const char *what, const char *file)
{
	unsigned long e = ERR_peek_error();
	const char *why =
	    ERR_SYSTEM_ERROR(e) ? strerror(ERR_GET_REASON(e)) : ERR_reason_error_string(e);

	log_err("TLS-FILE",
	    "%s %s cannot be used: %s; check that the file exists, is PEM and fits the others",
	    what, file ? file : "(not set)", why ? why : "no reason given");
	ERR_clear_error();
	return false;
}

static bool
tls_load_crl(SSL_CTX *ctx, const char *file)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	if (!lookup || X509_load_crl_file(lookup, file, X509_FILETYPE_PEM) < 1)
		return tls_file_fault("CRL", file);
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
	return true;
}

static bool
tls_load_own(SSL_CTX *ctx, const struct conf_tls *f)
{
	if (!f->cert || SSL_CTX_use_certificate_chain_file(ctx, f->cert) != 1)
		return tls_file_fault("certificate", f->cert);
	if (!f->key || SSL_CTX_use_PrivateKey_file(ctx, f->key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return tls_file_fault("key", f->key);
	return true;
}

static bool
tls_load(SSL_CTX *ctx, const struct conf_tls *f, bool server)
{
	if (!f->ca || SSL_CTX_load_verify_file(ctx, f->ca) != 1)
		return tls_file_fault("CA file", f->ca);
	if (server) {
		STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(f->ca);

		if (!names)
			return tls_file_fault("CA file", f->ca);
		SSL_CTX_set_client_CA_list(ctx, names);
	}
	return f->crl == NULL || f->crl[0] == '\0' || tls_load_crl(ctx, f->crl);
}

static bool
tls_profile(SSL_CTX *ctx, bool tls12)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
				     SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_security_level(ctx, TLS_LEVEL);
	SSL_CTX_set_default_passwd_cb(ctx, tls_no_passphrase);
	return SSL_CTX_set_num_tickets(ctx, 0) == 1 && SSL_CTX_set_max_early_data(ctx, 0) == 1 &&
	       SSL_CTX_set_recv_max_early_data(ctx, 0) == 1 &&
	       SSL_CTX_set_min_proto_version(ctx, tls12 ? TLS1_2_VERSION : TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_ciphersuites(ctx, TLS_SUITES_13) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, TLS_CIPHERS_12) == 1 &&
	       SSL_CTX_set1_groups_list(ctx, TLS_GROUPS) == 1 &&
	       SSL_CTX_set1_sigalgs_list(ctx, TLS_SIGALGS) == 1;
}

SSL_CTX *
tls_ctx_new(const struct conf_tls *files, bool server, bool tls12)
{
	SSL_CTX *ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());

	ERR_clear_error();
	if (!ctx || !tls_profile(ctx, tls12)) {
		log_err("TLS-FILE", "OpenSSL does not offer our TLS profile; is a restrictive "
				    "openssl.cnf in force?");
		goto bad;
	}
	if (!tls_load_own(ctx, files) || !tls_load(ctx, files, server))
		goto bad;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_verify_depth(ctx, TLS_DEPTH);
	if (SSL_CTX_set_purpose(ctx, server ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER) !=
	    1)
		goto bad;
	return ctx;
bad:
	SSL_CTX_free(ctx);
	return NULL;
}

SSL_CTX *
tls_ctx_new_door(const struct conf_tls *files)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	ERR_clear_error();
	if (ctx != NULL && tls_profile(ctx, false) && tls_load_own(ctx, files)) {
		if (files->ca == NULL || files->ca[0] == '\0')
			return ctx;
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_verify_depth(ctx, TLS_DEPTH);
		if (tls_load(ctx, files, true) &&
		    SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_CLIENT) == 1)
			return ctx;
	}
	SSL_CTX_free(ctx);
	return NULL;
}

void
tls_spki(X509 *cert, uint8_t out[32])
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

	memset(out, 0, 32);
	if (n > 0 && EVP_Digest(der, (size_t)n, out, NULL, EVP_sha256(), NULL) != 1)
		abort();
	OPENSSL_free(der);
}

bool
tls_san_each(X509 *cert, tls_san_cb cb, void *arg)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		const ASN1_IA5STRING *s;
		size_t n;

		if (g->type != GEN_DNS && g->type != GEN_URI)
			continue;
		s = g->type == GEN_DNS ? g->d.dNSName : g->d.uniformResourceIdentifier;
		n = (size_t)ASN1_STRING_length(s);
		if (n > 0 && memchr(ASN1_STRING_get0_data(s), 0, n) == NULL)
			found =
			    cb((const char *)ASN1_STRING_get0_data(s), n, g->type == GEN_DNS, arg);
	}
	GENERAL_NAMES_free(names);
	return found;
}

void
tls_chain_forget(SSL *ssl)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);

	while (sk_X509_num(chain) > 0)
		X509_free(sk_X509_pop(chain));
}

struct tls_wanted {
	const char *name;
	size_t n;
};

static bool
tls_san_is(const char *name, size_t n, bool dns, void *arg)
{
	const struct tls_wanted *w = arg;

	if (n != w->n)
		return false;
	return dns ? strncasecmp(name, w->name, n) == 0 : memcmp(name, w->name, n) == 0;
}

bool
tls_san_has(X509 *cert, const char *name, size_t n)
{
	struct tls_wanted w = {name, n};

	return n > 0 && tls_san_each(cert, tls_san_is, &w);
}

static bool
tls_revoked(SSL_CTX *ctx, X509 *cert)
{
	STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));

	for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
		X509_CRL *crl = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(objects, i));
		X509_REVOKED *entry = NULL;

		if (!crl ||
		    X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(cert)) != 0)
			continue;
		if (X509_CRL_get0_by_cert(crl, &entry, cert) == 1)
			return true;
	}
	return false;
}

int64_t
tls_cert_until_ns(X509 *cert)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
		return 0;
	return (int64_t)timegm(&tm) * CLOCK_NS_PER_S;
}

bool
tls_cert_stale(SSL_CTX *ctx, X509 *cert, const char **why)
{
	*why = NULL;
	if (X509_cmp_current_time(X509_get0_notAfter(cert)) <= 0)
		*why = "its certificate has expired";
	else if (tls_revoked(ctx, cert))
		*why = "its certificate was revoked";
	return *why != NULL;
}
