/* SPDX-License-Identifier: Apache-2.0 */
/* The key list of the database as the admin role uses it: checked against the root, kept until a
 * newer version is there.  The data plane checks for itself (mf/trust/keylist.h). */
#ifndef ADMIN_KEYRING_H
#define ADMIN_KEYRING_H

#include "admin/ops.h"
#include "trust/keylist.h"

/* What counts now, borrowed until the next call; NULL: there is no list yet, or the chain does not
 * verify (then the last good one of this run stays), or no root is configured. */
struct keylist *keyring_now(struct ops_ctx *x);
void keyring_free(struct ops_ctx *x);

/* Is the envelope {"key": "<id>", "sig": "<base64>"} J a signature of TEXT by an active key of
 * PERSON? 0, or -EPERM and FAULT_SIGNATURE. */
int keyring_check_person(
    struct ops_ctx *x, const char *person, json_t *j, const char *text, struct fault *f);

#endif
