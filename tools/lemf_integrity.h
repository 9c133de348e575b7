/* SPDX-License-Identifier: Apache-2.0 */
/* Check the integrityCheck PDUs of what is stored (TS 102 232-1 clause 7.2.3): hashes again over
 * the octets received, each PDU covered exactly once, signatures with the operator's public key.
 * Copies from resends count once. */
#ifndef LEMF_INTEGRITY_H
#define LEMF_INTEGRITY_H

#include "lemf_session.h"

#include <openssl/types.h>

struct lemf_integrity {
	uint64_t hashes_ok, hashes_bad;
	uint64_t signatures_ok, bad, unchecked; /* of signatures; unchecked: no public key */
	uint64_t covered, uncovered, twice;	/* IRI and CC PDUs of a LIID that has checks */
	uint64_t missing;    /* numbers that checks include and nobody received */
	uint64_t unsigned_n; /* hash PDUs without a signature, where there are signatures */
	uint64_t order;	     /* checks whose numbers do not ascend */
	bool any;	     /* there was a check */
};

/* Called for each finding with one line of text (valid during the call). */
typedef void lemf_integrity_cb(const struct lemf_session *session, const char *text, void *arg);

/* Fill *out from S (sorted); KEY may be NULL.  Sets covered of the entries. */
void lemf_integrity_check(struct lemf_sessions *s, EVP_PKEY *key, struct lemf_integrity *out,
    lemf_integrity_cb *cb, void *arg);

/* Public key (PEM) of PATH; free with EVP_PKEY_free.  NULL: not there or not one. */
EVP_PKEY *lemf_integrity_key(const char *path);

#endif
