/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on targets and on the nets that many subscribers share. */
#include "admin/op_vault.h"
#include "admin/op_warrant.h"
#include "admin/rule.h"
#include "admin/vault.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
op_target_types(struct op_call *c)
{
	c->result = target_type_list();
	return 0;
}

/* Targets are part of what two persons sign: they change while the warrant is a draft. */
static int
op_target_draft(struct op_call *c, json_t *row)
{
	const char *state = json_string_value(json_object_get(row, "state"));

	if (strcmp(state, "draft") == 0)
		return 0;
	return fault_set(&c->fault, FAULT_CONFLICT, "state", c->object,
	    "a new target needs a new warrant", "it is %s; its targets change while it is a draft",
	    state);
}

/* An address that many share names nobody; with ports, or when the caller knows better, it does. */
static int
op_target_pool(struct op_call *c, const struct target_type *t, const char *form)
{
	json_t *rows, *row;
	bool shared = false;
	size_t i;

	if (op_text(c, "ports") != NULL)
		return 0;
	rows = store_rows(c->store, STMT_POOL_LIST, NULL);
	json_array_foreach(rows, i, row) shared =
	    shared ||
	    target_type_in_net(t, form, json_string_value(json_object_get(row, "net"))) == 1;
	json_decref(rows);
	if (!shared)
		return 0;
	if (json_is_true(json_object_get(c->args, "shared")) && op_text(c, "reason") != NULL) {
		c->detail = json_pack("{s:b}", "shared_pool_overridden", 1);
		return 0;
	}
	return fault_set(&c->fault, FAULT_REFUSED, "value", c->object,
	    "add --ports, or --shared with a --reason",
	    "the address lies in a net whose addresses many subscribers share (mdfctl pool list)");
}

/* RULE, in which PORTS may follow the net. */
static int
op_target_rule(struct op_call *c, const struct target_type *t, const char *form, char *rule)
{
	const char *ports = op_text(c, "ports");
	char net[RULE_TEXT_MAX];

	if (target_type_rule(t, form, net, sizeof(net)) < 0 ||
	    (ports != NULL && strncmp(net, "net:", 4) != 0))
		return fault_set(&c->fault, FAULT_REFUSED, "check", c->object,
		    "mdfctl target types tells which can be checked",
		    "the data plane has no check for %s%s", target_type_name(t),
		    ports != NULL ? " with ports" : "");
	if (ports == NULL)
		snprintf(rule, RULE_TEXT_MAX, "%s", net);
	else
		snprintf(rule, RULE_TEXT_MAX,
		    strchr(net + 4, ':') != NULL ? "net:[%.200s]:%.20s" : "net:%.200s:%.20s",
		    net + 4, ports);
	return 0;
}

/* The own check of the data plane, when it is wanted. */
static int
op_target_own_check(struct op_call *c, const struct target_type *t, const char *form)
{
	bool wanted =
	    json_is_true(json_object_get(c->args, "check")) || op_text(c, "ports") != NULL;
	char rule[RULE_TEXT_MAX];
	int r = 0;

	json_object_set_new(c->args, "own_check", json_boolean(wanted));
	if (wanted && (r = op_target_rule(c, t, form, rule)) == 0)
		r = op_warrant_rule_append(c, op_int(c, "id", 0), rule);
	OPENSSL_cleanse(rule, sizeof(rule));
	return r;
}

static int
op_target_store(struct op_call *c, const struct target_type *t, const char *form)
{
	json_t *inside;
	int r;

	if (store_int(c->store, STMT_TARGET_SAME, c->args, 0) != 0)
		return fault_set(&c->fault, FAULT_CONFLICT, "value", c->object, "",
		    "the warrant has this target already");
	if ((r = op_target_pool(c, t, form)) < 0 || (r = op_target_own_check(c, t, form)) < 0)
		return r;
	op_vault_id(c, "target");
	inside = json_pack("{s:O, s:s, s:O?}", "value", json_object_get(c->args, "value"), "form",
	    form, "ports", json_object_get(c->args, "ports"));
	r = op_vault_seal(c, "sealed", op_text(c, "target"), inside);
	json_decref(inside);
	if (r == 0)
		r = store_run(c->store, STMT_TARGET_ADD, c->args, &c->fault);
	if (r == 0)
		c->result = json_pack("{s:O, s:O, s:O, s:O}", "target",
		    json_object_get(c->args, "target"), "type", json_object_get(c->args, "type"),
		    "masked", json_object_get(c->args, "masked"), "own_check",
		    json_object_get(c->args, "own_check"));
	return r;
}

int
op_target_add(struct op_call *c)
{
	json_t *row = op_vault_warrant(c);
	const struct target_type *t;
	char form[TARGET_FORM_MAX];
	int r;

	if (row == NULL)
		return -ENOENT;
	if ((r = op_target_draft(c, row)) == 0) {
		t = op_vault_value(c, form);
		r = t == NULL ? -EINVAL : op_target_store(c, t, form);
		OPENSSL_cleanse(form, sizeof(form));
	}
	json_decref(row);
	return r;
}

int
op_target_check(struct op_call *c)
{
	const struct target_type *t = target_type_find(op_text(c, "type"));
	char form[TARGET_FORM_MAX], mask[TARGET_MASK_MAX], rule[RULE_TEXT_MAX];
	const char *why;

	if (t == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "type", "",
		    "mdfctl target types lists them", "there is no such type of target");
	if ((why = target_type_form(t, op_text(c, "value"), form)) != NULL)
		return fault_set(&c->fault, FAULT_USAGE, "value", "",
		    "mdfctl target types tells the formats", "%s is %s", target_type_name(t), why);
	target_type_mask(t, form, mask);
	/* who asks has typed it: the form that would be stored goes back for comparing */
	c->result = json_pack("{s:s, s:s, s:s, s:b}", "type", target_type_name(t), "form", form,
	    "masked", mask, "own_check", target_type_rule(t, form, rule, sizeof(rule)) == 0);
	OPENSSL_cleanse(form, sizeof(form));
	OPENSSL_cleanse(rule, sizeof(rule));
	return 0;
}

/* The rule that was made from a target goes with it: the one that says the same. */
static int
op_target_rule_remove(struct op_call *c, json_t *inside)
{
	const struct target_type *t = target_type_find(op_text(c, "type"));
	json_t *rows, *row;
	char rule[RULE_TEXT_MAX], text[RULE_TEXT_MAX];
	uint8_t sealed[RULE_SEALED_MAX], salt[RULE_SALT];
	size_t i;
	int r = 0;

	json_object_set(c->args, "ports", json_object_get(inside, "ports"));
	if (t == NULL ||
	    op_target_rule(c, t, json_string_value(json_object_get(inside, "form")), rule) < 0)
		return -EIO;
	rows = store_rows(c->store, STMT_RULE_SEALED, c->args);
	json_array_foreach(rows, i, row)
	{
		json_t *hex = json_object_get(row, "sealed");
		size_t n = json_string_length(hex) / 2;

		if (r < 0 || n == 0 || n > sizeof(sealed) ||
		    check_unhex(json_string_value(hex), 2 * n, sealed) < 0 ||
		    rule_unseal(store_vault(c->store), op_int(c, "lea_id", 0), op_int(c, "id", 0),
			sealed, n, text, salt) < 0 ||
		    strcmp(text, rule) != 0)
			continue;
		json_object_set(c->args, "pos", json_object_get(row, "pos"));
		r = store_run(c->store, STMT_RULE_DELETE, c->args, &c->fault);
	}
	json_decref(rows);
	OPENSSL_cleanse(rule, sizeof(rule));
	OPENSSL_cleanse(text, sizeof(text));
	return r;
}

static int
op_target_remove_row(struct op_call *c)
{
	json_t *row = op_vault_row(c, STMT_TARGET_SEALED, "target"), *inside;
	int r = 0;

	if (row == NULL)
		return -ENOENT;
	if (store_int(c->store, STMT_BINDING_OF_TARGET, c->args, 0) != 0) {
		json_decref(row);
		return fault_set(&c->fault, FAULT_CONFLICT, "target", c->object,
		    "enter a new warrant", "there are bindings of it, which are evidence");
	}
	json_object_set(c->args, "type", json_object_get(row, "type"));
	if (json_is_true(json_object_get(row, "own_check"))) {
		inside = op_vault_open(c, op_text(c, "target"), json_object_get(row, "sealed"));
		r = inside == NULL ? -EIO : op_target_rule_remove(c, inside);
		json_decref(inside);
	}
	json_decref(row);
	return r < 0 ? r : store_run(c->store, STMT_TARGET_REMOVE, c->args, &c->fault);
}

int
op_target_remove(struct op_call *c)
{
	json_t *row = op_vault_warrant(c);
	int r;

	if (row == NULL)
		return -ENOENT;
	if ((r = op_target_draft(c, row)) == 0)
		r = op_target_remove_row(c);
	json_decref(row);
	return r;
}

int
op_target_list(struct op_call *c)
{
	json_t *row = op_vault_warrant(c);

	if (row == NULL)
		return -ENOENT;
	c->result = store_rows(c->store, STMT_TARGET_LIST, c->args);
	json_decref(row);
	return 0;
}

int
op_target_find(struct op_call *c)
{
	char form[TARGET_FORM_MAX];
	json_t *lea;

	op_object(c, "targets");
	if (store_vault(c->store) == NULL)
		return fault_set(&c->fault, FAULT_REFUSED, "vault", "",
		    "set vault.key in the configuration", "there is no vault");
	if ((lea = op_need_lea(c, op_text(c, "lea"))) == NULL)
		return -ENOENT;
	json_object_set(c->args, "lea_id", json_object_get(lea, "id"));
	json_decref(lea);
	/* of another agency: the same answer whether it is there */
	if (c->actor.lea != 0 && c->actor.lea != op_int(c, "lea_id", 0))
		return fault_set(&c->fault, FAULT_NOT_FOUND, "lea", op_text(c, "lea"),
		    "mdfctl lea list shows them", "there is no agency '%s'", op_text(c, "lea"));
	if (op_vault_value(c, form) == NULL)
		return -EINVAL;
	OPENSSL_cleanse(form, sizeof(form));
	c->result = store_rows(c->store, STMT_TARGET_FIND, c->args);
	c->detail = json_pack("{s:s, s:s, s:I}", "lea", op_text(c, "lea"), "type",
	    op_text(c, "type"), "found", (json_int_t)json_array_size(c->result));
	return 0;
}

/* ROW of STMT_TARGET_SEALED with what is inside. */
static int
op_target_show(struct op_call *c, json_t *row)
{
	const char *id = json_string_value(json_object_get(row, "id"));
	json_t *inside = op_vault_open(c, id, json_object_get(row, "sealed"));

	if (inside == NULL)
		return -EIO;
	json_array_append_new(c->result,
	    json_pack("{s:s, s:O, s:O, s:O, s:O?}", "target", id, "type",
		json_object_get(row, "type"), "value", json_object_get(inside, "value"), "form",
		json_object_get(inside, "form"), "ports", json_object_get(inside, "ports")));
	json_decref(inside);
	return 0;
}

int
op_target_reveal(struct op_call *c)
{
	json_t *w = op_vault_warrant(c), *rows, *row;
	size_t i;
	int r = 0;

	if (w == NULL)
		return -ENOENT;
	/* an auditor comes here with a second one only (OP_TWO of target.disclose) */
	if (!(c->op->flags & OP_TWO))
		r = op_vault_may_see(c, w);
	json_decref(w);
	if (r < 0)
		return r;
	rows = store_rows(c->store, STMT_TARGET_SEALED, c->args);
	c->result = json_array();
	json_array_foreach(rows, i, row) if (r == 0) r = op_target_show(c, row);
	if (r == 0 && json_array_size(rows) == 0)
		r = fault_set(&c->fault, FAULT_NOT_FOUND, "target", c->object,
		    "mdfctl target list shows them", "the warrant has no such target");
	c->detail = json_pack("{s:I}", "targets", (json_int_t)json_array_size(rows));
	json_decref(rows);
	return r;
}

/* ---- nets that many share */

int
op_pool_add(struct op_call *c)
{
	if (target_type_in_net(NULL, "", op_text(c, "net")) < 0)
		return fault_set(&c->fault, FAULT_USAGE, "net", "", "",
		    "a net is written as 192.0.2.0/24 or 2001:db8::/32");
	op_object(c, "pool %s", op_text(c, "net"));
	return store_run(c->store, STMT_POOL_ADD, c->args, &c->fault);
}

int
op_pool_remove(struct op_call *c)
{
	op_object(c, "pool %s", op_text(c, "net"));
	return store_run(c->store, STMT_POOL_REMOVE, c->args, &c->fault);
}

int
op_pool_list(struct op_call *c)
{
	c->result = store_rows(c->store, STMT_POOL_LIST, NULL);
	return 0;
}
