/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls, and may they?  Persons, their factors and sessions; the one authorisation function of
 * the control socket, REST and the web. */
#ifndef ADMIN_AUTH_H
#define ADMIN_AUTH_H

#include "admin/ops.h"

#define AUTH_IDLE_NS (INT64_C(15) * 60 * 1000000000)	 /* a session ends without calls */
#define AUTH_SESSION_NS (INT64_C(8) * 3600 * 1000000000) /* and in any case */
#define AUTH_STEP_NS (INT64_C(5) * 60 * 1000000000)	 /* a factor is fresh */
#define AUTH_TOUCH_NS                                                                              \
	(INT64_C(30) * 1000000000) /* the last call is written down at most so often */

/* The actor behind a user of the control socket.  With ops_ctx.open: everybody, all roles.
 * Without a person for that uid: no roles but OPW_LOGIN. */
void auth_actor_uid(struct ops_ctx *x, uint32_t uid, struct ops_actor *a);
/* The person whose certificate has this public key (SHA-256 of SubjectPublicKeyInfo). */
void auth_actor_cert(
    struct ops_ctx *x, const uint8_t pin[32], const char *source, struct ops_actor *a);
/* The person of a session token ("" or unknown: no roles but OPW_LOGIN).  A->pin says the
 * client certificate of the connection and stays; a session that began with one is nobody's without
 * it. */
void auth_actor_session(
    struct ops_ctx *x, const char *token, const char *source, struct ops_actor *a);

/* The same actor as it is now, before each further call of a connection: persons are locked, lose
 * roles, and sessions end.  What is no longer good loses its roles. */
void auth_actor_again(struct ops_ctx *x, struct ops_actor *a);
/* Its session ends with its connection. */
void auth_actor_end(struct ops_ctx *x, struct ops_actor *a);
/* Fill A's person from a row of STMT_PERSON_GET (borrowed). */
void auth_actor_person(struct ops_actor *a, json_t *person);

/* May C->actor run C->op?  0, or -EACCES and the fault (FAULT_LOGIN, FAULT_DENIED, FAULT_STEP_UP).
 * The answer does not depend on the arguments. */
int auth_check(struct op_call *c);

/* Is NAME the regime of the installation (setting "regime")? */
bool auth_regime(const struct op_call *c, const char *name);

/* ---- auth_scope.c: persons of one agency or one tenant */
bool auth_scoped(const struct ops_actor *a);
/* Put scope_lea and scope_tenant into ARGS when the actor of C has a scope, and scope_actor (his
 * name) unless he may read the audit rows of others; for op_call.args, and for arguments that an
 * operation makes for a statement. */
void auth_scope(const struct op_call *c, json_t *args);
/* RESULT as the actor of C may see it: without row numbers when he has a scope.  New reference. */
json_t *auth_strip(const struct op_call *c, json_t *result);
/* The same of the merged status, which also loses all that is not of his agency or tenant; without
 * LIIDs for an operator.  New reference. */
json_t *auth_status(struct op_call *c, json_t *status);

/* Is ROLES a set that one person may have?  NULL, or why not (static text).  LI admin, approver,
 * auditor, security officer and liaison exclude each other, and a liaison is nothing else. */
const char *auth_roles_fault(unsigned roles);
/* "admin,approver" to bits and back; 0 for a word that is none. */
unsigned auth_roles(const char *words);
json_t *auth_role_names(unsigned roles);

#endif
