/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of persons, sessions, tenants. */
#ifndef ADMIN_OP_PERSON_H
#define ADMIN_OP_PERSON_H

#include "admin/ops.h"

int op_health(struct op_call *c);
int op_session_challenge(struct op_call *c);
int op_session_open(struct op_call *c);
int op_session_step_up(struct op_call *c);
int op_session_close(struct op_call *c);
int op_session_show(struct op_call *c);
int op_session_users(struct op_call *c);
int op_person_enrol(struct op_call *c);
int op_person_add(struct op_call *c);
int op_person_set(struct op_call *c);
int op_person_remove(struct op_call *c);
int op_person_lock(struct op_call *c);
int op_person_unlock(struct op_call *c);
int op_person_list(struct op_call *c);
int op_person_show(struct op_call *c);
int op_person_invite(struct op_call *c);
int op_person_reset(struct op_call *c);
int op_person_accept(struct op_call *c);
int op_person_password(struct op_call *c);
int op_person_totp(struct op_call *c);
int op_token_add(struct op_call *c);
int op_token_list(struct op_call *c);
int op_token_remove(struct op_call *c);
int op_tenant_add(struct op_call *c);
int op_tenant_list(struct op_call *c);

/* The tenant of a new object as :tenant_id: the caller's own, else the argument "tenant" (when the
 * operation has one).  0, or -ENOENT and the fault. */
int op_set_tenant(struct op_call *c);
/* The audit row of a refusal by an operation that ends later and is no OP_CHANGE. */
void op_audit_refused(struct op_call *c);
/* The person of handle NAME that the caller may see; new reference, or NULL and the fault. */
json_t *op_need_person(struct op_call *c, const char *name);
/* Factors of a person (rows of STMT_PERSON_GET, STMT_PERSON_SECRET).  Is CODE the one-time password
 * of now, and not used before?  Marks it used. */
bool op_totp_check(struct op_call *c, json_t *person, json_t *secret, const char *code);
/* A new secret for the person of row ID, sealed and stored; the otpauth URI of it, new reference,
 * or NULL and the fault. */
json_t *op_totp_new(struct op_call *c, int64_t id, const char *handle);

#endif
