/* SPDX-License-Identifier: Apache-2.0 */
/* Whose signature counts: the chain of key lists.  A list is canonical JSON,
 *
 *   {"keys":[{"id":"<64 hex>","person":"<handle>","retired_ns":"<ns or empty>",
 *             "rights":["approve","create","keys"],"spki":"<base64>","state":"active"}, ...],
 *    "prev":"<SHA-256 of the list before, or empty>","type":"openmdf.keys.v1","version":1}
 *
 * in an envelope {"doc": "<that text>", "sigs": [{"key":"<id>","sig":"<base64>"}, ...]}.
 * Version 1 is signed by the root key of the configuration file (trust.root); each later one by two
 * active keys of different persons of the list before, both with the right "keys", or by the root.
 * So the database alone cannot add a key.
 *   state active   signs and counts
 *         retired  what it signed before RETIRED_NS (member "submitted_ns" of the statement) counts
 *         revoked  counts for nothing */
#ifndef TRUST_KEYLIST_H
#define TRUST_KEYLIST_H

#include "trust/sign.h"

#include <jansson.h>
#include <stdbool.h>

#define KEYLIST_TYPE "openmdf.keys.v1"

struct keylist;

enum keylist_right {
	KEYLIST_CREATE = 1,  /* first signature of a statement */
	KEYLIST_APPROVE = 2, /* second signature */
	KEYLIST_KEYS = 4     /* signs key lists */
};

/* Check a chain of envelopes (array, version 1 first) against ROOT (borrowed).  New, or NULL with
 * *why (static text) and *AT the index of the envelope. */
struct keylist *keylist_load(EVP_PKEY *root, json_t *chain, size_t *at, const char **why);
void keylist_free(struct keylist *k);
unsigned keylist_version(const struct keylist *k);
/* The newest list: its text, and the SHA-256 of that as 64 hexadecimal digits; valid as long as K.
 */
const char *keylist_text(const struct keylist *k);
const char *keylist_hash(const struct keylist *k);
/* Would ENVELOPE be the next one?  0, or -EINVAL with *why. */
int keylist_next(const struct keylist *k, EVP_PKEY *root, json_t *envelope, const char **why);
/* Could TEXT be the next one (K NULL: the first), once it is signed?  0, or -EINVAL with *why. */
int keylist_draft_check(const struct keylist *k, const char *text, const char **why);
/* The entry of key ID as in the list, borrowed; NULL: none. */
json_t *keylist_find(const struct keylist *k, const char *id);

/* A statement: text and two signatures (created, approved).  Both must be right, by keys of
 * different persons of the list, the first with the right CREATE, the second with APPROVE;
 * SUBMITTED_NS is what the statement says of itself.  Returns 0, or -EBADMSG with *why. */
struct keylist_sig {
	char key[SIGN_ID_TEXT];
	uint8_t sig[SIGN_LEN];
};
/* {"key", "sig"} as on the wire to *out: 0 or -EINVAL; and back, new. */
int keylist_sig_read(json_t *j, struct keylist_sig *out);
json_t *keylist_sig_write(const struct keylist_sig *s);
/* Decimal ns without leading zeros, up to INT64_MAX. */
bool keylist_ns(const char *text, int64_t *ns);
int keylist_check(const struct keylist *k, const char *doc, size_t n, int64_t submitted_ns,
    const struct keylist_sig sig[2], const char **why);
/* One signature, by a key that has RIGHT and is active now. */
int keylist_check_one(const struct keylist *k, const char *doc, size_t n, enum keylist_right right,
    const struct keylist_sig *sig, const char **person, const char **why);

#endif
