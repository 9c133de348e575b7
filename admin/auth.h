/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls, and may they?  Persons, their factors and sessions; the one authorisation function of
 * the control socket, REST and the web.  reliability.md 6.2, 6.7. */
#ifndef ADMIN_AUTH_H
#define ADMIN_AUTH_H

#include "admin/ops.h"

struct conf;

/* The actor behind a user of the control socket.  With ops_ctx.open: everybody, all roles.
 * Without a person for that uid: no roles but OPW_LOGIN. */
void auth_actor_uid(struct ops_ctx *x, uint32_t uid, struct ops_actor *a);
/* The person whose certificate has this public key (SHA-256 of SubjectPublicKeyInfo). */
void auth_actor_cert(
    struct ops_ctx *x, const uint8_t pin[32], const char *source, struct ops_actor *a);
/* The person of a session token ("" or unknown: no roles but OPW_LOGIN). */
void auth_actor_session(
    struct ops_ctx *x, const char *token, const char *source, struct ops_actor *a);

/* May C->actor run C->op?  0, or -EACCES and the fault (FAULT_LOGIN, FAULT_DENIED, FAULT_STEP_UP).
 * Puts scope_lea and scope_tenant into C->args when the actor has a scope. */
int auth_check(struct op_call *c);
/* "admin,approver" to bits and back; 0 for a word that is none. */
unsigned auth_roles(const char *words);
json_t *auth_role_names(unsigned roles);

#endif
