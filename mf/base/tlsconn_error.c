/* SPDX-License-Identifier: Apache-2.0 */
/* Turns OpenSSL's and the kernel's errors into our stable codes and a sentence; see
 * tlsconn_error.h.  Tables only. */
#include "base/tlsconn_error.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

struct error_row {
	int reason; /* SSL_R_..., X509_V_ERR_... or errno */
	const char *code, *sentence;
};

#define ROW_END                                                                                    \
	{                                                                                          \
		-1, NULL, NULL                                                                     \
	}

static const struct error_row error_cert[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "TLS-CERT-EXPIRED",
	"the peer's certificate (or its CA's) has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "TLS-CERT-EXPIRED",
	"the peer's certificate is not valid yet; compare the clocks"},
    {X509_V_ERR_CERT_REVOKED, "TLS-CERT-REVOKED", "the peer's certificate was revoked"},
    {X509_V_ERR_INVALID_PURPOSE, "TLS-CERT-PURPOSE",
	"the peer's certificate is not made for this use (extended key usage)"},
    {X509_V_ERR_UNABLE_TO_GET_CRL, "TLS-CRL", "the CRL file holds no CRL of the peer's issuer"},
    {X509_V_ERR_CRL_HAS_EXPIRED, "TLS-CRL",
	"our CRL of the peer's issuer is out of date; install a new one"},
    {X509_V_ERR_CRL_NOT_YET_VALID, "TLS-CRL", "our CRL of the peer's issuer is not valid yet"},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, "TLS-CRL", "the signature of our CRL is wrong"},
    {X509_V_ERR_EE_KEY_TOO_SMALL, "TLS-CERT-WEAK", "the peer's key is too short"},
    {X509_V_ERR_CA_KEY_TOO_SMALL, "TLS-CERT-WEAK", "the key of the peer's CA is too short"},
    {X509_V_ERR_CA_MD_TOO_WEAK, "TLS-CERT-WEAK", "the peer's chain is signed with a weak digest"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "TLS-CERT-CA",
	"the peer's certificate is not from a CA in our CA file"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "TLS-CERT-CA",
	"the peer's certificate is not from a CA in our CA file"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "TLS-CERT-CA", "the peer's CA is not in our CA file"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "TLS-CERT-CA",
	"the peer's certificate is self-signed and not in our CA file"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "TLS-CERT-CA",
	"the signature of the peer's certificate is wrong: another CA of the same name?"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "TLS-CERT-CA",
	"the peer's certificate is not from a CA in our CA file"},
    ROW_END};

static const struct error_row error_tls[] = {
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "TLS-NO-CERT", "the peer showed no certificate"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "TLS-VERSION", "the peer's TLS version is not allowed here"},
    {SSL_R_VERSION_TOO_LOW, "TLS-VERSION", "the peer's TLS version is not allowed here"},
    {SSL_R_WRONG_SSL_VERSION, "TLS-VERSION", "the peer's TLS version is not allowed here"},
    {SSL_R_WRONG_VERSION_NUMBER, "TLS-VERSION", "the peer's TLS version is not allowed here"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "TLS-VERSION", "the peer refused our TLS version"},
    {SSL_R_NO_SHARED_CIPHER, "TLS-CIPHER", "no cipher suite in common with the peer"},
    {SSL_R_NO_SUITABLE_KEY_SHARE, "TLS-CIPHER", "no key exchange group in common with the peer"},
    {SSL_R_NO_SHARED_GROUPS, "TLS-CIPHER", "no key exchange group in common with the peer"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "TLS-CIPHER",
	"no signature algorithm in common with the peer"},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, "TLS-CIPHER",
	"no signature algorithm in common with the peer"},
    {SSL_R_WRONG_SIGNATURE_TYPE, "TLS-CIPHER",
	"the peer signed with an algorithm not allowed here"},
    {SSL_R_WRONG_CURVE, "TLS-CIPHER", "the peer's key uses a curve not allowed here"},
    {SSL_R_HTTP_REQUEST, "TLS-PLAIN", "the peer speaks HTTP, not TLS"},
    {SSL_R_HTTPS_PROXY_REQUEST, "TLS-PLAIN", "the peer speaks HTTP, not TLS"},
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, "TCP-RESET", "the peer closed the connection too early"},
    {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "TLS-RECORD",
	"a TLS record was damaged on the way or forged"},
    ROW_END};

static const struct error_row error_tcp[] = {{ECONNREFUSED, "TCP-REFUSED", "nobody listens there"},
    {ECONNRESET, "TCP-RESET", "the peer reset the connection"},
    {EPIPE, "TCP-RESET", "the peer closed the connection"},
    {ETIMEDOUT, "TCP-TIMEOUT", "no answer from the peer"},
    {EHOSTUNREACH, "TCP-UNREACHABLE", "no route to the peer"},
    {ENETUNREACH, "TCP-UNREACHABLE", "no route to the peer"}, ROW_END};

static const struct error_row *
error_find(const struct error_row *row, int reason)
{
	for (; row->code; row++)
		if (row->reason == reason)
			return row;
	return NULL;
}

static const char *
error_cert_code(long result, char *text, size_t n)
{
	const struct error_row *row = error_find(error_cert, (int)result);

	if (row)
		snprintf(text, n, "%s", row->sentence);
	else
		snprintf(text, n, "the peer's certificate was refused: %s",
		    X509_verify_cert_error_string(result));
	return row ? row->code : "TLS-CERT";
}

const char *
tlsconn_error_tls(SSL *ssl, int first, char *text, size_t n)
{
	unsigned long e = ERR_peek_error();
	int reason = ERR_GET_REASON(e);
	const struct error_row *row = error_find(error_tls, reason);
	const char *why = ERR_reason_error_string(e);

	ERR_clear_error();
	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return error_cert_code(SSL_get_verify_result(ssl), text, n);
	/* The record layer reports anything that is no TLS record as a wrong version; handshake
	 * (22) and alert (21) are records. */
	if (first >= 0 && first != 0x16 && first != 0x15 && !SSL_is_init_finished(ssl)) {
		snprintf(text, n, "the peer does not speak TLS (its first octet is 0x%02x)",
		    (unsigned)first);
		return "TLS-PLAIN";
	}
	if (row) {
		snprintf(text, n, "%s", row->sentence);
		return row->code;
	}
	if (reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) {
		snprintf(text, n, "the peer refused us: TLS alert \"%s\"",
		    SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET));
		return "TLS-ALERT";
	}
	snprintf(text, n, "TLS failed: %s", why ? why : "no reason given");
	return "TLS-PROTOCOL";
}

const char *
tlsconn_error_tcp(int error, char *text, size_t n)
{
	const struct error_row *row = error_find(error_tcp, error);

	snprintf(text, n, "%s", row ? row->sentence : strerror(error));
	return row ? row->code : "TCP-ERROR";
}
