/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of targets, bindings, documents, retention; what other operations ask of them. */
#ifndef ADMIN_OP_VAULT_H
#define ADMIN_OP_VAULT_H

#include "admin/ops.h"
#include "admin/target_type.h"

/* What is inside of the sealed columns, canonical enough to be read again by jansson:
 *   target   {"value": as written, "form": normal form}
 *   binding  {"value", "form", "reference": of the source}
 *   document parts: octets; name: text */

/* What a person who signs an order of warrant row WARRANT has to see of its targets, bindings and
 * documents, and what the statement holds of them: {"targets": [{"type", "masked", "sha256"}],
 * "documents": [{"role", "sha256"}], "unbound": number of targets without a binding now}.  The
 * hashes are over sealed values, so they tell nobody anything and change with every change.  New.
 */
json_t *op_vault_order(struct op_call *c, int64_t warrant);
/* What may hold an identity and has to lie in the database for a while (arguments that wait for a
 * second person): text that op_vault_take() makes JSON of again; without a vault it is that JSON.
 * New (free).  A hash (64 hexadecimal digits) that stands for such content is replaced by one that
 * cannot be found by trying. */
char *op_vault_put(struct store *s, const json_t *j);
json_t *op_vault_take(struct store *s, json_t *kept);
json_t *op_vault_key_hash(struct store *s, json_t *hash);
/* Days that records of the warrant are kept behind its end; DAYS 0: the setting again. */
int op_vault_keep_days(struct op_call *c, int64_t warrant, int64_t days);

/* Tell (by an alarm) how many warrants are past their retention and not held. */
void op_vault_due(struct ops_ctx *x);

/* A call that names a decoy warrant raises an alarm, whatever comes of it. */
void op_vault_canary(struct op_call *c);

/* ---- for the op_vault_*.c files */

/* The warrant of the call within the caller's scope, as STMT_VAULT_WARRANT; fills :id, :lea_id and
 * :origin.  New, or NULL and the fault.  It refuses without a vault. */
json_t *op_vault_warrant(struct op_call *c);
/* Random id as argument NAME. */
void op_vault_id(struct op_call *c, const char *name);
/* Seal the object J (or, when it is text, its octets) as :COLUMN of the row with id ID. */
int op_vault_seal(struct op_call *c, const char *column, const char *id, json_t *j);
/* The other way, of the hexadecimal SEALED; new, or NULL and the fault. */
json_t *op_vault_open(struct op_call *c, const char *id, json_t *sealed);
/* Arguments type and value: :type, :masked, :idx; FORM the normal form. */
const struct target_type *op_vault_value(struct op_call *c, char form[TARGET_FORM_MAX]);
/* May the caller see identities of the warrant ROW?  docs/roles.md.  0 or the fault. */
int op_vault_may_see(struct op_call *c, json_t *row);
/* UUID argument NAME with the row of STMT that it names (:id is the warrant). */
json_t *op_vault_row(struct op_call *c, int stmt, const char *name);

int op_vault_show(struct op_call *c);
int op_vault_rekey(struct op_call *c);
int op_target_types(struct op_call *c);
int op_target_add(struct op_call *c);
int op_target_check(struct op_call *c);
int op_target_remove(struct op_call *c);
int op_target_list(struct op_call *c);
int op_target_find(struct op_call *c);
int op_target_reveal(struct op_call *c);
int op_pool_add(struct op_call *c);
int op_pool_remove(struct op_call *c);
int op_pool_list(struct op_call *c);
int op_binding_add(struct op_call *c);
int op_binding_end(struct op_call *c);
int op_binding_list(struct op_call *c);
int op_binding_confirm(struct op_call *c);
int op_document_add(struct op_call *c);
int op_document_part(struct op_call *c);
int op_document_list(struct op_call *c);
int op_document_export(struct op_call *c);
int op_hold_add(struct op_call *c);
int op_hold_release(struct op_call *c);
int op_hold_list(struct op_call *c);
int op_retention_list(struct op_call *c);
int op_retention_set(struct op_call *c);
int op_retention_certificate(struct op_call *c);
int op_warrant_canary(struct op_call *c);
int op_warrant_shred(struct op_call *c);

#endif
