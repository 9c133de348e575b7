/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on what is kept: retention, legal holds, destruction.  Nothing is destroyed by itself.
 */
#include "admin/life.h"
#include "admin/op_vault.h"
#include "admin/vault.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The argument "warrant", when it is there, as :row.  0, or -ENOENT and the fault. */
static int
op_keep_filter(struct op_call *c)
{
	json_t *w;

	if (op_text(c, "warrant") == NULL)
		return 0;
	if ((w = op_vault_warrant(c)) == NULL)
		return -ENOENT;
	json_object_set(c->args, "row", json_object_get(c->args, "id"));
	json_decref(w);
	return 0;
}

/* ---- retention */

int
op_retention_list(struct op_call *c)
{
	if (op_keep_filter(c) < 0)
		return -ENOENT;
	c->result = store_rows(c->store, STMT_KEEP_LIST, c->args);
	return 0;
}

int
op_vault_keep_days(struct op_call *c, int64_t warrant, int64_t days)
{
	json_t *a = json_pack("{s:I, s:o}", "id", (json_int_t)warrant, "days",
	    days > 0 ? json_integer(days) : json_null());
	int r = store_run(c->store, STMT_KEEP_DAYS, a, &c->fault);

	json_decref(a);
	return r;
}

/* Row of the retention list; new. */
static json_t *
op_keep_row(struct op_call *c)
{
	json_t *a = json_pack("{s:O, s:O}", "row", json_object_get(c->args, "id"), "now_ns",
		   json_object_get(c->args, "now_ns")),
	       *row = store_row(c->store, STMT_KEEP_LIST, a);

	json_decref(a);
	return row;
}

int
op_retention_set(struct op_call *c)
{
	int64_t days = op_int(c, "days", 0);
	json_t *w = op_vault_warrant(c);
	int r;

	if (w == NULL)
		return -ENOENT;
	c->before = json_pack(
	    "{s:O, s:O}", "days", json_object_get(w, "days"), "id", json_object_get(c->args, "id"));
	json_decref(w);
	if (days > 36500)
		return fault_set(&c->fault, FAULT_USAGE, "days", c->object, "",
		    "days are 1 to 36500; 0: those of its regime");
	r = op_vault_keep_days(c, op_int(c, "id", 0), days);
	c->after = json_pack("{s:o}", "days", days > 0 ? json_integer(days) : json_null());
	c->result = json_incref(c->after);
	return r;
}

int
op_retention_certificate(struct op_call *c)
{
	json_t *w = op_vault_warrant(c);

	if (w == NULL)
		return -ENOENT;
	if (!json_is_object(json_object_get(w, "certificate"))) {
		json_decref(w);
		return fault_set(&c->fault, FAULT_NOT_FOUND, "certificate", c->object, "",
		    "nothing of this warrant was destroyed");
	}
	c->result = json_pack("{s:O, s:O}", "certificate", json_object_get(w, "certificate"),
	    "destroyed", json_object_get(w, "shredded"));
	json_decref(w);
	return 0;
}

/* ---- legal holds */

int
op_hold_add(struct op_call *c)
{
	json_t *w = op_vault_warrant(c);
	int r;

	if (w == NULL)
		return -ENOENT;
	r = strcmp(json_string_value(json_object_get(w, "state")), "shredded") != 0
		? 0
		: fault_set(&c->fault, FAULT_CONFLICT, "state", c->object, "",
		      "there is nothing left to hold");
	json_decref(w);
	op_vault_id(c, "hold");
	if (r == 0)
		r = store_run(c->store, STMT_HOLD_ADD, c->args, &c->fault);
	c->result = json_pack("{s:O}", "hold", json_object_get(c->args, "hold"));
	return r;
}

/* The hold of the call among those of its warrant; new. */
static json_t *
op_hold_find(struct op_call *c)
{
	json_t *a = json_pack("{s:O, s:b}", "row", json_object_get(c->args, "id"), "all", 0),
	       *rows = store_rows(c->store, STMT_HOLD_LIST, a), *row, *found = NULL;
	size_t i;

	json_array_foreach(rows, i,
	    row) if (json_equal(json_object_get(row, "id"), json_object_get(c->args, "hold")))
	    found = json_incref(row);
	json_decref(rows);
	json_decref(a);
	if (found == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "hold", c->object,
		    "mdfctl hold list shows them", "the warrant has no such hold in force");
	return found;
}

int
op_hold_release(struct op_call *c)
{
	json_t *w = op_vault_warrant(c);
	int r;

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	if ((c->before = op_hold_find(c)) == NULL)
		return -ENOENT;
	json_object_set(
	    c->before, "id", json_object_get(c->args, "id")); /* what waits belongs to it */
	r = store_run(c->store, STMT_HOLD_RELEASE, c->args, &c->fault);
	c->result = json_pack("{s:O, s:b}", "hold", json_object_get(c->args, "hold"), "held", 0);
	c->after = json_incref(c->result);
	return r;
}

int
op_hold_list(struct op_call *c)
{
	if (op_keep_filter(c) < 0)
		return -ENOENT;
	if (json_object_get(c->args, "all") == NULL)
		json_object_set_new(c->args, "all", json_false());
	c->result = store_rows(c->store, STMT_HOLD_LIST, c->args);
	return 0;
}

/* ---- destruction */

/* SHA-256 over the hashes that are kept of it, in their order; *n: how many. */
static void
op_shred_evidence(struct op_call *c, char hex[65], size_t *n)
{
	json_t *rows = store_rows(c->store, STMT_KEEP_EVIDENCE, c->args), *row;
	uint8_t *all, md[SHA256_DIGEST_LENGTH];
	size_t i;

	*n = json_array_size(rows);
	all = calloc(*n + 1, 32);
	json_array_foreach(rows, i, row)
	{
		json_t *hash = json_object_get(row, "hash");

		if (json_string_length(hash) == 64)
			check_unhex(json_string_value(hash), 64, all + 32 * i);
	}
	SHA256(all, 32 * *n, md);
	check_hex_text(md, sizeof(md), hex);
	free(all);
	json_decref(rows);
}

static int
op_shred_may(struct op_call *c)
{
	json_t *row = op_keep_row(c);
	const char *due = json_string_value(json_object_get(row, "due"));
	int64_t due_ns = INT64_MAX;
	int r = 0;

	if (due != NULL)
		clock_parse(due, &due_ns);
	if (store_int(c->store, STMT_HOLD_COUNT, c->args, 1) != 0)
		r = fault_set(&c->fault, FAULT_REFUSED, "hold", c->object,
		    "two persons can release it", "a legal hold keeps it");
	else if (op_text(c, "order") == NULL && due_ns > op_int(c, "now_ns", 0))
		r = fault_set(&c->fault, FAULT_REFUSED, "retention", c->object,
		    "name the --order that demands it sooner", "it is to be kept until %s",
		    due == NULL ? "its end" : due);
	json_decref(row);
	return r;
}

/* What was sealed, and what was made of it. */
static int
op_shred_rows(struct op_call *c)
{
	static const enum store_stmt steps[] = {STMT_TARGET_SHRED, STMT_BINDING_SHRED,
	    STMT_DOCUMENT_SHRED, STMT_DOCUMENT_SHRED_NAME, STMT_RULE_SHRED};
	int r = vault_shred(store_vault(c->store), op_int(c, "id", 0));

	if (r == -ENOENT) /* nothing was ever sealed */
		r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		r = store_run(c->store, steps[i], c->args, &c->fault);
	return r;
}

static json_t *
op_shred_certificate(struct op_call *c)
{
	char key[37], hex[65];
	size_t n;

	vault_key_id(store_vault(c->store), op_int(c, "id", 0), key);
	op_shred_evidence(c, hex, &n);
	return json_pack("{s:s, s:O, s:s, s:s, s:s, s:I, s:O?, s:O?}", "type",
	    "openmdf.destruction.v1", "warrant", json_object_get(c->before, "uuid"), "key", key,
	    "cipher", "aes-256-gcm", "evidence_sha256", hex, "evidence_hashes", (json_int_t)n,
	    "order", json_object_get(c->args, "order"), "reason",
	    json_object_get(c->args, "reason"));
}

static int
op_shred_done(struct op_call *c, json_t *certificate)
{
	char *text = json_dumps(certificate, JSON_COMPACT | JSON_SORT_KEYS);
	int r;

	json_object_set_new(c->args, "certificate", json_string(text));
	free(text);
	r = store_run(c->store, STMT_KEEP_SHRED, c->args, &c->fault);
	if (r == 0)
		r = life_move(c, LIFE_CLOSED, LIFE_SHREDDED);
	if (r == 0)
		r = life_end(c);
	return r;
}

int
op_warrant_shred(struct op_call *c)
{
	json_t *w, *certificate;
	int r;

	if ((w = op_vault_warrant(c)) == NULL)
		return -ENOENT;
	json_decref(w);
	if ((r = life_begin(c, "warrant.shred")) < 0 || (r = op_shred_may(c)) < 0)
		return r;
	certificate = op_shred_certificate(c);
	if ((r = op_shred_rows(c)) == 0)
		r = op_shred_done(c, certificate);
	json_decref(c->result);
	c->result = json_incref(certificate);
	c->detail = certificate;
	return r;
}

void
op_vault_due(struct ops_ctx *x)
{
	json_t *a = json_pack("{s:I}", "now_ns", (json_int_t)clock_now_ns());
	int64_t n = store_int(x->store, STMT_KEEP_DUE, a, 0);
	char text[120];

	snprintf(text, sizeof(text),
	    "%lld warrants are past their retention; mdfctl retention list --due shows them",
	    (long long)n);
	if (x->alarm != NULL)
		x->alarm(x->arg, n > 0, "RETENTION-DUE", "retention", text);
	json_decref(a);
}
