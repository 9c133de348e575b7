/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on bindings: which address, account or device was the target's, from when to when, and
 * who says so.  Bindings are evidence: they end, they are not removed. */
#include "admin/op_vault.h"

#include "admin/vault.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"
#include "trust/canon.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256 of the record of the source: given, or of the reference as it is written here. */
static int
op_binding_hash(struct op_call *c)
{
	json_t *list = json_object_get(c->args, "record_sha256"), *text;
	uint8_t md[32];
	char hex[65];

	if (json_array_size(list) > 1)
		return fault_set(
		    &c->fault, FAULT_USAGE, "record_sha256", c->object, "", "one hash is expected");
	if (json_array_size(list) == 1) {
		json_object_set(c->args, "hash", json_array_get(list, 0));
		return 0;
	}
	text = json_pack("{s:O, s:O}", "source", json_object_get(c->args, "source"), "reference",
	    json_object_get(c->args, "reference"));
	canon_sha256(text, md);
	json_decref(text);
	json_object_set_new(c->args, "hash", json_string(check_hex_text(md, sizeof(md), hex)));
	return 0;
}

static int
op_binding_times(struct op_call *c)
{
	int64_t from = op_int(c, "from_ns", op_int(c, "now_ns", 0));

	json_object_set_new(c->args, "from_ns", json_integer(from));
	if (op_text(c, "until") != NULL && op_int(c, "until_ns", 0) <= from)
		return fault_set(&c->fault, FAULT_USAGE, "until", c->object, "",
		    "the binding ends before it begins");
	return 0;
}

static int
op_binding_store(struct op_call *c)
{
	char form[TARGET_FORM_MAX];
	json_t *inside;
	int r;

	if (op_vault_value(c, form) == NULL)
		return -EINVAL;
	op_vault_id(c, "binding");
	inside = json_pack("{s:O, s:s, s:O}", "value", json_object_get(c->args, "value"), "form",
	    form, "reference", json_object_get(c->args, "reference"));
	OPENSSL_cleanse(form, sizeof(form));
	r = op_vault_seal(c, "sealed", op_text(c, "binding"), inside);
	json_decref(inside);
	if (r == 0)
		r = store_run(c->store, STMT_BINDING_ADD, c->args, &c->fault);
	if (r == 0)
		c->result = json_pack("{s:O, s:O, s:O, s:O}", "binding",
		    json_object_get(c->args, "binding"), "type", json_object_get(c->args, "type"),
		    "masked", json_object_get(c->args, "masked"), "hash",
		    json_object_get(c->args, "hash"));
	return r;
}

int
op_binding_add(struct op_call *c)
{
	json_t *w = op_vault_warrant(c), *target;
	int r;

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	if ((target = op_vault_row(c, STMT_TARGET_SEALED, "target")) == NULL)
		return -ENOENT;
	json_decref(target);
	if ((r = op_binding_times(c)) < 0 || (r = op_binding_hash(c)) < 0)
		return r;
	return op_binding_store(c);
}

int
op_binding_end(struct op_call *c)
{
	json_t *w = op_vault_warrant(c), *row, *after;
	int r = 0;

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	if ((row = op_vault_row(c, STMT_BINDING_LIST, "binding")) == NULL)
		return -ENOENT;
	if (op_text(c, "at") == NULL)
		json_object_set(c->args, "at_ns", json_object_get(c->args, "now_ns"));
	json_object_del(row, "sealed");
	c->before = row;
	r = store_run(c->store, STMT_BINDING_END, c->args, &c->fault);
	after = store_row(c->store, STMT_BINDING_LIST, c->args);
	json_object_del(after, "sealed");
	c->after = after;
	if (r == 0 && json_equal(c->before, c->after))
		r = fault_set(&c->fault, FAULT_CONFLICT, "at", c->object, "",
		    "it ended before that time, or begins behind it");
	c->result = json_incref(c->after);
	return r;
}

int
op_binding_list(struct op_call *c)
{
	json_t *w = op_vault_warrant(c), *row;
	size_t i;

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	c->result = store_rows(c->store, STMT_BINDING_LIST, c->args);
	json_array_foreach(c->result, i, row) json_object_del(row, "sealed");
	return 0;
}

/* A row of the list with what is inside. */
static int
op_binding_show(struct op_call *c, json_t *row)
{
	json_t *inside = op_vault_open(
	    c, json_string_value(json_object_get(row, "id")), json_object_get(row, "sealed"));

	if (inside == NULL)
		return -EIO;
	json_object_del(row, "sealed");
	json_object_set(row, "value", json_object_get(inside, "value"));
	json_object_set(row, "reference", json_object_get(inside, "reference"));
	json_decref(inside);
	return 0;
}

/* The confirmation that a court gets: each binding with its source and hash, and a hash of the
 * list. */
int
op_binding_confirm(struct op_call *c)
{
	json_t *w = op_vault_warrant(c), *rows, *row;
	uint8_t md[32];
	char hex[65] = "", when[32];
	size_t i;
	int r;

	if (w == NULL)
		return -ENOENT;
	r = c->x->open || (c->actor.roles & (OPW_ADMIN | OPW_LIAISON)) ? 0 : op_vault_may_see(c, w);
	rows = store_rows(c->store, STMT_BINDING_LIST, c->args);
	json_array_foreach(rows, i, row) if (r == 0) r = op_binding_show(c, row);
	if (r == 0 && canon_sha256(rows, md) == 0)
		check_hex_text(md, sizeof(md), hex);
	if (r == 0)
		c->result = json_pack("{s:O, s:s, s:O, s:s}", "warrant", json_object_get(w, "uuid"),
		    "at", clock_format(op_int(c, "now_ns", 0), when), "bindings", rows, "sha256",
		    hex);
	c->detail =
	    json_pack("{s:I, s:s}", "bindings", (json_int_t)json_array_size(rows), "sha256", hex);
	json_decref(rows);
	json_decref(w);
	return r;
}
