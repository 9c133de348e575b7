/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on profiles, and which one an agency has. */
#include "admin/ops.h"
#include "admin/profile.h"
#include "admin/tables.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *
op_profile_row(struct op_call *c, const char *name)
{
	json_t *a = json_pack("{s:s}", "profile", name),
	       *row = store_row(c->store, STMT_PROFILE_SHOW, a);

	json_decref(a);
	return row;
}

static json_t *
op_profile_need(struct op_call *c, const char *name)
{
	json_t *row = op_profile_row(c, name);

	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "profile", name,
		    "mdfctl profile list shows them; mdfctl profile import stores one",
		    "there is no profile '%s'", name);
	return row;
}

json_t *
op_lea_profile(struct op_call *c, json_t *lea)
{
	json_t *row = store_row(c->store, STMT_LEA_PROFILE, lea), *full;

	full = profile_full(json_object_get(row, "text"));
	json_decref(row);
	return full;
}

/* The profile of argument "file" without what does not count, as text for the database with its
 * hash: under :text and $sha256. */
static void
op_profile_canon(struct op_call *c, json_t *p)
{
	json_t *copy = json_copy(p);
	uint8_t md[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1], *text;

	json_object_del(copy, "$schema");
	text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
	SHA256((const uint8_t *)text, strlen(text), md);
	json_object_set_new(c->args, "text", json_string(text));
	json_object_set_new(c->args, "sha256", json_string(check_hex_text(md, sizeof(md), hex)));
	json_object_set(c->args, "name", json_object_get(p, "name"));
	json_object_set(c->args, "version", json_object_get(p, "version"));
	json_object_set_new(
	    c->args, "origin", json_sprintf("%s (%s)", c->actor.name, c->actor.interface));
	free(text);
	json_decref(copy);
}

/* What depends on how numbers were given until now must not change under a warrant. */
static int
op_profile_numbers(struct op_call *c, json_t *old, json_t *new, int busy, json_t *of)
{
	if (profile_number(old, "sequence_scope") == profile_number(new, "sequence_scope") ||
	    store_int(c->store, (enum store_stmt)busy, of, 0) == 0)
		return 0;
	return fault_set(&c->fault, FAULT_CONFLICT, "sequence_scope", c->object,
	    "stop the warrants first",
	    "its sequence_scope differs and warrants are active: a number would name two PDUs");
}

/* May the stored profile BEFORE become P? */
static int
op_profile_replace(struct op_call *c, json_t *before, json_t *p)
{
	if (!json_is_true(json_object_get(c->args, "replace")))
		return fault_set(&c->fault, FAULT_CONFLICT, "profile", c->object,
		    "say --replace yes, or give it another name",
		    "another profile is stored under this name");
	return op_profile_numbers(c, json_object_get(before, "text"), p, STMT_PROFILE_BUSY, before);
}

static json_t *
op_profile_view(json_t *row)
{
	return tables_profile(row, json_object_get(row, "text"));
}

/* The built-in profile as a row. */
static json_t *
op_profile_builtin(void)
{
	return json_pack("{s:s, s:s, s:s, s:{s:s}}", "name", PROFILE_BUILTIN, "version", "built-in",
	    "origin", "built-in", "text", "about", "every field has its default");
}

static int
op_profile_import_builtin(struct op_call *c, json_t *p)
{
	json_t *full = profile_full(p), *own = profile_full(NULL);
	int same = json_equal(full, own);

	json_decref(full);
	json_decref(own);
	if (!same)
		return fault_set(&c->fault, FAULT_REFUSED, "name", c->object, "choose another name",
		    "the profile '%s' is built in", PROFILE_BUILTIN);
	c->result = op_profile_builtin();
	return 0;
}

int
op_profile_import(struct op_call *c)
{
	json_t *p = json_object_get(c->args, "file"), *row;
	int r = profile_check(p, &c->fault);
	const char *name = json_string_value(json_object_get(p, "name"));

	if (r < 0)
		return r;
	op_object(c, "profile %s", name);
	if (strcmp(name, PROFILE_BUILTIN) == 0)
		return op_profile_import_builtin(c, p);
	op_profile_canon(c, p);
	c->before = op_profile_row(c, name);
	if (c->before != NULL &&
	    !json_equal(json_object_get(c->before, "sha256"), json_object_get(c->args, "sha256")) &&
	    (r = op_profile_replace(c, c->before, p)) < 0)
		return r;
	if ((c->before == NULL || !json_equal(json_object_get(c->before, "sha256"),
				      json_object_get(c->args, "sha256"))) &&
	    (r = store_run(c->store, STMT_PROFILE_ADD, c->args, &c->fault)) < 0)
		return r;
	if ((row = op_profile_need(c, name)) == NULL)
		return -ENOENT;
	c->after = row;
	c->result = op_profile_view(row);
	return 0;
}

int
op_profile_show(struct op_call *c)
{
	const char *name = op_text(c, "profile");
	json_t *row =
	    strcmp(name, PROFILE_BUILTIN) == 0 ? op_profile_builtin() : op_profile_need(c, name);

	if (row == NULL)
		return -ENOENT;
	c->result = op_profile_view(row);
	json_decref(row);
	return 0;
}

int
op_profile_list(struct op_call *c)
{
	json_t *first = json_pack("{s:s, s:s, s:s}", "name", PROFILE_BUILTIN, "version", "built-in",
	    "origin", "built-in");

	c->result = store_rows(c->store, STMT_PROFILE_LIST, NULL);
	json_array_insert_new(c->result, 0, first);
	return 0;
}

int
op_table(struct op_call *c)
{
	c->result = tables_result(c->op->name, c->args, &c->fault);
	return c->result == NULL ? -EINVAL : 0;
}

int
op_profile_remove(struct op_call *c)
{
	json_t *row;
	int r;

	op_object(c, "profile %s", op_text(c, "profile"));
	if (strcmp(op_text(c, "profile"), PROFILE_BUILTIN) == 0)
		return fault_set(&c->fault, FAULT_REFUSED, "profile", c->object, "",
		    "the profile '%s' is built in", PROFILE_BUILTIN);
	if ((row = op_profile_need(c, op_text(c, "profile"))) == NULL)
		return -ENOENT;
	c->before = op_profile_view(row); /* as it is shown, so that its version is the same */
	if (store_int(c->store, STMT_PROFILE_USED, row, 0) > 0)
		r = fault_set(&c->fault, FAULT_CONFLICT, "profile", c->object,
		    "give them another one: mdfctl lea set", "agencies have this profile");
	else
		r = store_run(c->store, STMT_PROFILE_REMOVE, row, &c->fault);
	json_decref(row);
	return r;
}

int
op_lea_set_profile(struct op_call *c, json_t *lea)
{
	const char *name = op_text(c, "profile");
	json_t *row = NULL, *old;
	int r = 0;

	if (name == NULL)
		return 0;
	if (strcmp(name, PROFILE_BUILTIN) != 0 && (row = op_profile_need(c, name)) == NULL)
		return -ENOENT;
	if (row != NULL)
		json_object_set(c->args, "profile_id", json_object_get(row, "id"));
	if (lea != NULL) {
		old = op_lea_profile(c, lea);
		r = op_profile_numbers(c, old, json_object_get(row, "text"), STMT_LEA_BUSY, lea);
		json_decref(old);
	}
	json_decref(row);
	return r;
}
