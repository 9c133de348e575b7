/* SPDX-License-Identifier: Apache-2.0 */
/* The key list in force in one process: what came last and was right.  A list older than one seen
 * before is refused, also after a restart when there is a file to remember it in: else a revoked
 * key would count again as soon as somebody took its revocation out of the database. */
#ifndef TRUST_KEYCHAIN_H
#define TRUST_KEYCHAIN_H

#include "trust/keylist.h"

struct keychain;

/* ROOT is taken (NULL: no list will ever be right).  MARK: file for the newest version seen, or
 * NULL; it is read now and written when a newer one comes.  Never NULL. */
struct keychain *keychain_new(EVP_PKEY *root, const char *mark);
void keychain_free(struct keychain *r);
/* A chain as text (JSON array of envelopes).  Returns 1: it is in force now; 0: it is the one in
 * force already; -EINVAL: it does not verify, -ESTALE: it is older than one seen before, with *why;
 * the list before stays in force. */
int keychain_take(struct keychain *r, const char *text, size_t n, const char **why);
/* The list in force, borrowed until the next take; NULL: none. */
const struct keylist *keychain_list(const struct keychain *r);

#endif
