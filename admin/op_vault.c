/* SPDX-License-Identifier: Apache-2.0 */
/* What the operations on sealed things share; the vault itself; decoys. */
#include "admin/op_vault.h"

#include "admin/vault.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
op_vault_need(struct op_call *c)
{
	if (store_vault(c->store) != NULL)
		return 0;
	return fault_set(&c->fault, FAULT_REFUSED, "vault", "",
	    "set vault.key in the configuration",
	    "there is no vault, so nothing that tells a person can be stored or read");
}

/* The number of the warrant that the call names, as :row or :uuid. */
static int
op_vault_named(struct op_call *c)
{
	json_t *rows;

	if (op_text(c, "by_liid") == NULL || json_object_get(c->args, "row") != NULL)
		return 0;
	rows = store_rows(c->store, STMT_VAULT_BY_LIID, c->args);
	if (json_array_size(rows) == 1)
		json_object_set(c->args, "row", json_object_get(json_array_get(rows, 0), "id"));
	json_decref(rows);
	return 0;
}

json_t *
op_vault_warrant(struct op_call *c)
{
	json_t *row;

	op_object(c, "warrant %s", op_text(c, "warrant"));
	if (op_vault_need(c) < 0)
		return NULL;
	op_vault_named(c);
	row = store_row(c->store, STMT_VAULT_WARRANT, c->args);
	if (row == NULL) {
		fault_set(&c->fault, FAULT_NOT_FOUND, "warrant", op_text(c, "warrant"),
		    "mdfctl warrant list shows them", "there is no such warrant");
		return NULL;
	}
	op_object(c, "warrant %s", json_string_value(json_object_get(row, "uuid")));
	json_object_set(c->args, "id", json_object_get(row, "id"));
	json_object_set(c->args, "lea_id", json_object_get(row, "lea_id"));
	json_object_set_new(c->args, "origin", json_string(c->actor.name));
	return row;
}

void
op_vault_id(struct op_call *c, const char *name)
{
	char text[37];

	json_object_set_new(c->args, name, json_string(check_uuid_new(text)));
}

static int
op_vault_fault(struct op_call *c, int r)
{
	if (r == -ENOKEY)
		return fault_set(&c->fault, FAULT_REFUSED, "vault", c->object, "",
		    "its key was destroyed: what was sealed can never be read again");
	return fault_set(&c->fault, FAULT_INTERNAL, "vault", c->object,
	    "compare the database with its backup",
	    "what is sealed was changed, or belongs to another row");
}

int
op_vault_seal(struct op_call *c, const char *column, const char *id, json_t *j)
{
	char *text = json_is_string(j) ? strdup(json_string_value(j)) : json_dumps(j, JSON_COMPACT);
	size_t n = text == NULL ? 0 : strlen(text);
	uint8_t *sealed = malloc(n + VAULT_OVER);
	char *hex = malloc(2 * (n + VAULT_OVER) + 1);
	int r;

	assert(text != NULL && sealed != NULL && hex != NULL);
	r = vault_seal(
	    store_vault(c->store), op_int(c, "lea_id", 0), op_int(c, "id", 0), id, text, n, sealed);
	if (r == 0)
		json_object_set_new(
		    c->args, column, json_string(check_hex_text(sealed, n + VAULT_OVER, hex)));
	else
		r = op_vault_fault(c, r);
	OPENSSL_cleanse(text, n);
	free(text);
	free(sealed);
	free(hex);
	return r;
}

json_t *
op_vault_open(struct op_call *c, const char *id, json_t *sealed)
{
	size_t n = json_string_length(sealed) / 2;
	uint8_t *in = malloc(n + 1), *out = malloc(n + 1);
	json_t *j = NULL;
	int r = -ENOKEY;

	if (n > VAULT_OVER && check_unhex(json_string_value(sealed), 2 * n, in) == 0)
		r = vault_unseal(store_vault(c->store), op_int(c, "lea_id", 0), op_int(c, "id", 0),
		    id, in, n, out);
	if (r == 0) {
		n -= VAULT_OVER;
		j = json_loadb((char *)out, n, JSON_DECODE_ANY, NULL);
		if (j == NULL)
			j = json_stringn((char *)out, n);
		OPENSSL_cleanse(out, n);
	}
	if (j == NULL)
		op_vault_fault(c, r < 0 ? r : -EBADMSG);
	free(in);
	free(out);
	return j;
}

const struct target_type *
op_vault_value(struct op_call *c, char form[TARGET_FORM_MAX])
{
	const struct target_type *t = target_type_find(op_text(c, "type"));
	char mask[TARGET_MASK_MAX], hex[65];
	uint8_t idx[32];
	const char *why;

	if (t == NULL) {
		fault_set(&c->fault, FAULT_USAGE, "type", c->object,
		    "mdfctl target types lists them", "there is no such type of target");
		return NULL;
	}
	if ((why = target_type_form(t, op_text(c, "value"), form)) != NULL) {
		fault_set(&c->fault, FAULT_USAGE, "value", c->object,
		    "mdfctl target types tells the formats", "%s is %s", target_type_name(t), why);
		return NULL;
	}
	if (vault_index(store_vault(c->store), op_int(c, "lea_id", 0), form, idx) < 0) {
		op_vault_fault(c, -EBADMSG);
		return NULL;
	}
	target_type_mask(t, form, mask);
	json_object_set_new(c->args, "type", json_string(target_type_name(t)));
	json_object_set_new(c->args, "masked", json_string(mask));
	json_object_set_new(c->args, "idx", json_string(check_hex_text(idx, sizeof(idx), hex)));
	return t;
}

json_t *
op_vault_row(struct op_call *c, int stmt, const char *name)
{
	json_t *row = store_row(c->store, (enum store_stmt)stmt, c->args);

	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, name, c->object, "list what the warrant has",
		    "the warrant has no such %s", name);
	return row;
}

/* An LI admin sees what he writes himself until it is submitted; an approver what waits for
 * approval; a liaison what is of her agency (the scope has seen to that). */
int
op_vault_may_see(struct op_call *c, json_t *row)
{
	const char *state = json_string_value(json_object_get(row, "state"));
	bool draft = strcmp(state, "draft") == 0, own;

	own = store_int(c->store, STMT_TARGET_FOREIGN, c->args, 0) == 0;
	if (c->x->open || (c->actor.roles & OPW_LIAISON) ||
	    ((c->actor.roles & OPW_ADMIN) && draft && own) ||
	    ((c->actor.roles & OPW_APPROVER) && strcmp(state, "submitted") == 0))
		return 0;
	return fault_set(&c->fault, FAULT_DENIED, "target", c->object,
	    "an LI admin sees own drafts, an approver what waits for approval",
	    "an identity is shown only where the work needs it");
}

/* ---- for other operations */

/* SHA-256 of the octets that SEALED (hexadecimal) tells, as text; new. */
static json_t *
op_vault_hash(json_t *sealed)
{
	size_t n = json_string_length(sealed) / 2;
	uint8_t *octets = malloc(n + 1), md[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];

	if (n > 0)
		check_unhex(json_string_value(sealed), 2 * n, octets);
	SHA256(octets, n, md);
	free(octets);
	return json_string(check_hex_text(md, sizeof(md), hex));
}

json_t *
op_vault_order(struct op_call *c, int64_t warrant)
{
	json_t *a = json_pack(
		   "{s:I, s:I}", "id", (json_int_t)warrant, "now_ns", op_int(c, "now_ns", 0)),
	       *order = json_object(), *rows, *row, *list = json_array();
	size_t i;

	rows = store_rows(c->store, STMT_TARGET_SEALED, a);
	json_array_foreach(rows, i, row) json_array_append_new(
	    list, json_pack("{s:O, s:O, s:o}", "type", json_object_get(row, "type"), "masked",
		      json_object_get(row, "masked"), "sha256",
		      op_vault_hash(json_object_get(row, "sealed"))));
	json_decref(rows);
	json_object_set_new(order, "targets", list);
	list = json_array();
	rows = store_rows(c->store, STMT_DOCUMENT_LIST, a);
	json_array_foreach(rows, i, row)
	{
		const char *role = json_string_value(json_object_get(row, "role"));

		if (strcmp(role, "order") == 0 || strcmp(role, "extension") == 0)
			json_array_append_new(list, json_pack("{s:s, s:O}", "role", role, "sha256",
							json_object_get(row, "sha256")));
	}
	json_decref(rows);
	json_object_set_new(order, "documents", list);
	json_object_set_new(
	    order, "unbound", json_integer(store_int(c->store, STMT_BINDING_MISSING, a, 0)));
	json_decref(a);
	return order;
}

/* ---- the vault itself */

int
op_vault_show(struct op_call *c)
{
	json_t *row = store_row(c->store, STMT_VAULT_SHOW, NULL);

	c->result = store_row(c->store, STMT_VAULT_COUNT, NULL);
	json_object_set_new(c->result, "open", json_boolean(store_vault(c->store) != NULL));
	json_object_set(c->result, "generation", json_object_get(row, "generation"));
	json_object_set(c->result, "created", json_object_get(row, "created"));
	json_decref(row);
	return 0;
}

int
op_vault_rekey(struct op_call *c)
{
	int r;

	op_object(c, "vault");
	if ((r = op_vault_need(c)) < 0)
		return r;
	op_vault_show(c);
	c->before = c->result;
	c->result = NULL;
	if ((r = vault_rekey(store_vault(c->store), &c->fault)) < 0)
		return r;
	op_vault_show(c);
	c->after = json_incref(c->result);
	return 0;
}

/* ---- decoys */

void
op_vault_canary(struct op_call *c)
{
	json_t *a, *row;

	if (c->args == NULL || op_text(c, "warrant") == NULL ||
	    strcmp(c->op->name, "warrant.canary") == 0 || strcmp(c->actor.interface, "system") == 0)
		return;
	op_vault_named(c);
	a = json_pack("{s:O?, s:O?}", "row", json_object_get(c->args, "row"), "uuid",
	    json_object_get(c->args, "uuid"));
	row = store_row(c->store, STMT_VAULT_WARRANT, a);
	if (json_is_true(json_object_get(row, "canary")) && c->x->alarm != NULL) {
		char text[200];

		snprintf(text, sizeof(text), "%s called %s on a decoy warrant; see the audit log",
		    c->actor.name, c->op->name);
		c->x->alarm(c->x->arg, true, "CANARY-READ", "decoy", text);
	}
	json_decref(row);
	json_decref(a);
}

int
op_warrant_canary(struct op_call *c)
{
	json_t *row = op_vault_warrant(c);
	int r;

	if (row == NULL)
		return -ENOENT;
	json_decref(row);
	json_object_set_new(
	    c->args, "canary", json_boolean(json_is_true(json_object_get(c->args, "decoy"))));
	r = store_run(c->store, STMT_KEEP_CANARY, c->args, &c->fault);
	c->result = json_pack("{s:O}", "decoy", json_object_get(c->args, "canary"));
	return r;
}
