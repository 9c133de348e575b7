/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of key lists (mf/trust/keylist.h). */
#ifndef ADMIN_OP_KEY_H
#define ADMIN_OP_KEY_H

#include "admin/ops.h"

#define OP_KEY_REQUEST_TYPE "openmdf.key-request.v1"
#define OP_KEY_REQUESTS_OWN 3	 /* of one person */
#define OP_KEY_REQUESTS_MAX 1000 /* of all */
#define OP_KEY_REQUEST_KEEP_NS (INT64_C(30) * 86400 * 1000000000)

struct keylist_sig;

int op_key_list(struct op_call *c);
int op_key_show(struct op_call *c);
int op_key_chain(struct op_call *c);
int op_key_import(struct op_call *c);
int op_key_draft(struct op_call *c);
int op_key_submit(struct op_call *c);

/* op_key_request.c */
int op_key_request(struct op_call *c);
int op_key_requests(struct op_call *c);
int op_key_refuse(struct op_call *c);
/* What is in the list DOC now, or was asked for long ago, is no request any more.  0, or -EIO and
 * *f. */
int op_key_requests_trim(struct store *s, json_t *doc, struct fault *f);

/* The same for what was asked for long ago, from time to time. */
void op_key_requests_due(struct ops_ctx *x);

/* Both have signed (SIG: two) the list DOC of key.submit: it is the newest now.  0, or < 0 and the
 * fault. */
int op_key_approved(struct op_call *c, const char *doc, const struct keylist_sig *sig);

#endif
