/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of key lists (mf/trust/keylist.h). */
#ifndef ADMIN_OP_KEY_H
#define ADMIN_OP_KEY_H

#include "admin/ops.h"

struct keylist_sig;

int op_key_list(struct op_call *c);
int op_key_show(struct op_call *c);
int op_key_chain(struct op_call *c);
int op_key_import(struct op_call *c);
int op_key_draft(struct op_call *c);
int op_key_submit(struct op_call *c);

/* Both have signed (SIG: two) the list DOC of key.submit: it is the newest now.  0, or < 0 and the
 * fault. */
int op_key_approved(struct op_call *c, const char *doc, const struct keylist_sig *sig);

#endif
