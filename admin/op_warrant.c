/* SPDX-License-Identifier: Apache-2.0 */
/* Entering warrants, and what people look at; their life is in op_life.c. */
#include "admin/auth.h"
#include "admin/life.h"
#include "admin/op_life.h"
#include "admin/op_person.h"
#include "admin/op_vault.h"
#include "admin/op_warrant.h"
#include "admin/profile.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OP_LOOKUPS_MAX 65536 /* names remembered during one import */

/* LIID[@LEA] of the call as row number. */
static int
op_warrant_by_liid(struct op_call *c)
{
	json_t *rows;
	size_t n;

	if (op_text(c, "by_liid") == NULL || json_object_get(c->args, "row") != NULL)
		return 0;
	rows = store_rows(c->store, STMT_WARRANT_BY_LIID, c->args);
	n = json_array_size(rows);
	if (n == 1)
		json_object_set(c->args, "row", json_object_get(json_array_get(rows, 0), "id"));
	json_decref(rows);
	if (n > 1)
		return fault_set(&c->fault, FAULT_CONFLICT, "warrant", op_text(c, "warrant"),
		    "write LIID@LEA, or its UUID", "several agencies have this LIID");
	return 0;
}

json_t *
op_need_warrant(struct op_call *c)
{
	json_t *row;

	if (op_warrant_by_liid(c) < 0)
		return NULL;
	row = store_row(c->store, STMT_WARRANT_SHOW, c->args);

	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "warrant", op_text(c, "warrant"),
		    "mdfctl warrant list shows them", "there is no such warrant");
	else if (c->object[0] == '\0') /* whose reading the audit log names */
		op_object(c, "warrant %s", json_string_value(json_object_get(row, "uuid")));
	return row;
}

int
op_filter_warrant(struct op_call *c)
{
	json_t *w;

	if (op_text(c, "warrant") == NULL)
		return 0;
	if ((w = op_need_warrant(c)) == NULL)
		return -ENOENT;
	json_object_set(c->args, "row", json_object_get(w, "id"));
	json_decref(w);
	return 0;
}

/* ---- warrant add */

/* Row of KIND ("lea", "hi2", "hi3", "ne") with the name NAME, borrowed from the memory of this
 * call: an import names the same few again and again. */
static json_t *
op_warrant_lookup(struct op_call *c, json_t *memory, const char *kind, const char *name)
{
	char key[80];
	json_t *row;

	snprintf(key, sizeof(key), "%c %s", kind[0], name);
	if ((row = json_object_get(memory, key)) != NULL)
		return row;
	row = kind[0] == 'l'   ? op_need_lea(c, name)
	      : kind[0] == 'n' ? op_need_ne(c, name)
			       : op_need_destination(c, name);
	if (row != NULL && json_object_size(memory) < OP_LOOKUPS_MAX)
		json_object_set(memory, key, row);
	json_decref(row); /* the memory holds it; full memory (never in practice) means not found */
	return json_object_get(memory, key);
}

int
op_warrant_destination(struct op_call *c, json_t *memory, const char *arg, const char *id_arg)
{
	const char *name = op_text(c, arg), *kind;
	json_t *row;

	if (name == NULL)
		return 0;
	if ((row = op_warrant_lookup(c, memory, arg, name)) == NULL)
		return -ENOENT;
	kind = json_string_value(json_object_get(row, "kind"));
	if (strcmp(json_string_value(json_object_get(row, "lea")), op_text(c, "lea")) != 0)
		return fault_set(&c->fault, FAULT_REFUSED, arg, name,
		    "name a destination of the warrant's own agency",
		    "destination '%s' belongs to another agency", name);
	if (strcmp(kind, "both") != 0 && strcmp(kind, arg) != 0)
		return fault_set(&c->fault, FAULT_REFUSED, arg, name,
		    "mdfctl destination show tells its kind", "destination '%s' takes %s only",
		    name, kind);
	json_object_set(c->args, id_arg, json_object_get(row, "id"));
	return 0;
}

json_t *
op_warrant_nes(struct op_call *c, json_t *memory)
{
	json_t *ids = json_array(), *item, *row;
	size_t i;

	json_array_foreach(json_object_get(c->args, "ne"), i, item)
	{
		if ((row = op_warrant_lookup(c, memory, "ne", json_string_value(item))) == NULL) {
			json_decref(ids);
			return NULL;
		}
		json_array_append(ids, json_object_get(row, "id"));
	}
	return ids;
}

int
op_warrant_own_nes(struct op_call *c, int64_t id)
{
	json_t *a = json_pack("{s:I}", "id", (json_int_t)id);
	bool foreign = store_int(c->store, STMT_LIFE_NES_FOREIGN, a, 0) != 0;

	json_decref(a);
	return !foreign ? 0
			: fault_set(&c->fault, FAULT_REFUSED, "ne", c->object,
			      "name network elements of the warrant's own tenant",
			      "a tenant's warrant is for the network elements of that tenant only");
}

int
op_warrant_fits(struct op_call *c, json_t *w)
{
	json_t *hi2 = json_object_get(w, "hi2"), *hi3 = json_object_get(w, "hi3"), *lea, *profile;
	bool wrong;

	if (!json_is_string(hi2) || !json_is_string(hi3) ||
	    strcmp(json_string_value(json_object_get(w, "lea_profile")), PROFILE_BUILTIN) == 0)
		return 0;
	if ((lea = op_need_lea(c, json_string_value(json_object_get(w, "lea")))) == NULL)
		return -ENOENT;
	profile = op_lea_profile(c, lea);
	wrong = profile_is(profile, "hi", json_equal(hi2, hi3) ? "separate" : "shared");
	json_decref(profile);
	json_decref(lea);
	return !wrong
		   ? 0
		   : fault_set(&c->fault, FAULT_REFUSED, "hi3", c->object,
			 "mdfctl profile show tells what the agency wants",
			 "the profile of the agency wants HI2 and HI3 %s",
			 json_equal(hi2, hi3) ? "at separate destinations" : "at one destination");
}

int
op_warrant_complete(struct op_call *c, json_t *w)
{
	const char *delivery = json_string_value(json_object_get(w, "delivery"));
	int64_t until_ns = 0;

	if (json_array_size(json_object_get(w, "xids")) == 0)
		return fault_set(&c->fault, FAULT_REFUSED, "xid", c->object,
		    "enter the warrant with --xid", "a warrant without XID cannot be active");
	if (strcmp(delivery, "cc") != 0 && !json_is_string(json_object_get(w, "hi2")))
		return fault_set(&c->fault, FAULT_REFUSED, "hi2", c->object,
		    "enter the warrant with --hi2", "IRI needs a destination");
	if (strcmp(delivery, "iri") != 0 && !json_is_string(json_object_get(w, "hi3")))
		return fault_set(&c->fault, FAULT_REFUSED, "hi3", c->object,
		    "enter the warrant with --hi3", "CC needs a destination");
	if (strcmp(json_string_value(json_object_get(w, "content")), "full") != 0 &&
	    !json_is_string(json_object_get(w, "hi2")))
		return fault_set(&c->fault, FAULT_REFUSED, "hi2", c->object,
		    "enter the warrant with --hi2",
		    "packet header reports and summaries go to HI2, which needs a destination");
	if (clock_parse(json_string_value(json_object_get(w, "until_written")), &until_ns) < 0 ||
	    until_ns <= clock_now_ns())
		return fault_set(&c->fault, FAULT_REFUSED, "until", c->object,
		    "a new order needs a new warrant", "its window is over");
	return 0;
}

static void
op_warrant_id(struct op_call *c)
{
	char text[37];

	if (op_text(c, "id") == NULL) {
		json_object_set_new(c->args, "id", json_string(check_uuid_new(text)));
	}
	json_object_set(c->args, "uuid", json_object_get(c->args, "id"));
	op_object(c, "warrant %s", op_text(c, "id"));
}

/* The rows of one warrant; c->args as checked. */
static int
op_warrant_insert(struct op_call *c, json_t *memory)
{
	json_t *lea = op_warrant_lookup(c, memory, "lea", op_text(c, "lea")), *nes;
	int r;

	if (lea == NULL)
		return -ENOENT;
	json_object_set(c->args, "lea_id", json_object_get(lea, "id"));
	if (op_int(c, "from_ns", 0) >= op_int(c, "until_ns", 0))
		return fault_set(&c->fault, FAULT_USAGE, "until", c->object, "",
		    "the window ends before it begins");
	if ((r = op_set_tenant(c)) < 0 ||
	    (r = op_warrant_destination(c, memory, "hi2", "hi2_id")) < 0 ||
	    (r = op_warrant_destination(c, memory, "hi3", "hi3_id")) < 0 ||
	    (r = op_narrow_args(c)) < 0)
		return r;
	if ((nes = op_warrant_nes(c, memory)) == NULL)
		return -ENOENT;
	json_object_set_new(c->args, "state",
	    json_string(json_is_true(json_object_get(c->args, "start")) ? "active" : "draft"));
	if ((r = op_record_args(c)) < 0) {
		json_decref(nes);
		return r;
	}
	if ((r = store_run(c->store, STMT_WARRANT_ADD, c->args, &c->fault)) < 0 &&
	    c->fault.code == FAULT_CONFLICT)
		fault_set(&c->fault, FAULT_CONFLICT, "liid", c->object,
		    "a LIID is never used twice at one agency, also not after the end of the "
		    "warrant",
		    "this LIID (or this id) is in use already");
	if (r == 0) {
		int64_t id = store_last_id(c->store);

		if ((r = op_each(c, STMT_XID_ADD, id, json_object_get(c->args, "xid"))) == 0)
			r = op_each(c, STMT_WARRANT_NE_ADD, id, nes);
		if (r < 0 && c->fault.code == FAULT_CONFLICT)
			fault_set(&c->fault, FAULT_CONFLICT, "xid", c->object, "",
			    "an XID or a network element is named twice");
		if (r == 0)
			r = op_warrant_own_nes(c, id);
		if (r == 0 && (r = op_warrant_rules(c, id)) == 0)
			r = op_warrant_outage(c, id);
		if (r == 0)
			r = life_enter(c, id, op_text(c, "state"));
	}
	json_decref(nes);
	return r;
}

static int
op_warrant_one(struct op_call *c, json_t *memory)
{
	int r;

	op_warrant_id(c);
	if (json_is_true(json_object_get(c->args, "start")) && !c->x->open)
		return fault_set(&c->fault, FAULT_REFUSED, "start", c->object,
		    "mdfctl warrant submit", "a warrant starts when two persons have signed it");
	if ((r = op_warrant_insert(c, memory)) < 0)
		return r;
	if ((c->after = op_need_warrant(c)) == NULL)
		return -ENOENT;
	if ((r = op_warrant_fits(c, c->after)) < 0)
		return r;
	if (!json_is_true(json_object_get(c->args, "start")))
		return 0;
	json_object_set(c->args, "id", json_object_get(c->after, "id"));
	if ((r = op_warrant_complete(c, c->after)) == 0)
		r = life_nes_name(c, c->after);
	return r;
}

int
op_warrant_add(struct op_call *c)
{
	json_t *memory = json_object();
	int r = op_warrant_one(c, memory);

	json_decref(memory);
	c->result = json_incref(c->after);
	return r;
}

/* ---- warrant import */

/* One target of a warrant of an import, as a call of target.add (whoever may import may do that,
 * too): sealed in the vault, with an audit row of its own.  What it is shown as goes to SHOWN. */
static int
op_import_target(struct op_call *c, struct op_call *w, json_t *target, json_t *shown)
{
	struct op_call one = {
	    .x = c->x, .store = c->store, .op = ops_find("target.add"), .actor = c->actor};
	json_t *args = json_is_object(target) ? json_copy(target) : NULL;
	int r = -EINVAL;

	if (args == NULL) {
		fault_set(&w->fault, FAULT_USAGE, "targets", "", "", "not an object");
		return r;
	}
	json_object_set(args, "warrant", json_object_get(w->args, "uuid"));
	if (json_object_get(args, "check") == NULL)
		json_object_set_new(
		    args, "check", json_boolean(json_is_true(json_object_get(c->args, "check"))));
	one.args = ops_check_args(one.op, args, &one.fault);
	if (one.args != NULL) {
		json_object_set(one.args, "now_ns", json_object_get(c->args, "now_ns"));
		auth_scope(&one, one.args);
		r = op_target_add(&one);
	}
	if (r == 0) {
		json_object_del(one.result, "target"); /* a plan is undone: that id will not be */
		json_array_append(shown, one.result);
		if (c->result == NULL)
			r = ops_audit(&one, "ok", &one.fault);
	}
	if (r < 0)
		w->fault = one.fault;
	json_decref(args);
	json_decref(one.args);
	json_decref(one.result);
	json_decref(one.detail);
	return r;
}

/* TARGETS of the warrant that W has entered. */
static int
op_import_targets(struct op_call *c, struct op_call *w, json_t *targets)
{
	json_t *shown, *target;
	size_t i;
	int r = 0;

	if (targets == NULL)
		return 0;
	if (!json_is_array(targets))
		return fault_set(
		    &w->fault, FAULT_USAGE, "targets", "", "", "a JSON array is expected");
	shown = json_array();
	json_array_foreach(targets, i, target) if (r == 0) r =
	    op_import_target(c, w, target, shown);
	if (r == 0)
		json_object_set(w->after, "targets", shown);
	json_decref(shown);
	return r;
}

/* One warrant of an import, as a call of its own: own object, own audit row. */
static int
op_import_item(struct op_call *c, const struct op *add, json_t *item, json_t *memory, size_t n)
{
	struct op_call one = {.x = c->x, .store = c->store, .op = c->op, .actor = c->actor};
	json_t *bare = json_is_object(item) ? json_copy(item) : NULL;
	int r = -EINVAL;

	json_object_del(bare, "targets");
	one.args = bare != NULL ? ops_check_args(add, bare, &one.fault) : NULL;
	if (!json_is_object(item))
		fault_set(&one.fault, FAULT_USAGE, "items", "", "", "not an object");
	if (one.args != NULL) {
		json_object_set_new(one.args, "now_ns", json_integer(op_int(c, "now_ns", 0)));
		auth_scope(&one, one.args);
		r = op_warrant_one(&one, memory);
	}
	if (r == 0 && c->result == NULL)
		r = ops_audit(&one, "ok", &one.fault);
	if (r == 0)
		r = op_import_targets(c, &one, json_object_get(item, "targets"));
	if (r == 0 && c->result != NULL)
		json_array_append(c->result, one.after);
	if (r < 0) {
		c->fault = one.fault;
		snprintf(c->fault.object, sizeof(c->fault.object), "item %zu", n);
	}
	json_decref(bare);
	json_decref(one.args);
	json_decref(one.after);
	return r;
}

/* An array of warrants, or the text of one (a part of a long import). */
static int
op_import_items(struct op_call *c, json_t *items, json_t *memory, size_t *n)
{
	const struct op *add = ops_find("warrant.add");
	json_t *item, *part;
	json_error_t e;
	size_t i;
	int r = 0;

	json_array_foreach(items, i, item)
	{
		if (!json_is_string(item)) {
			r = op_import_item(c, add, item, memory, ++*n);
		} else if (!json_is_array(part = json_loads(json_string_value(item),
					      JSON_REJECT_DUPLICATES, &e))) {
			r = fault_set(&c->fault, FAULT_USAGE, "items", "", "",
			    "part %zu is not a JSON array: %s", i, e.text);
			json_decref(part);
		} else {
			r = op_import_items(c, part, memory, n);
			json_decref(part);
		}
		if (r < 0)
			break;
	}
	return r;
}

/* Everything is done and undone again; what it would have been is the result. */
static int
op_import_plan(struct op_call *c)
{
	json_t *memory = json_object();
	struct fault f = {0};
	size_t n = 0;
	int r = store_run(c->store, STMT_IMPORT_SAVE, NULL, &c->fault);

	if (r == 0) {
		c->result = json_array();
		r = op_import_items(c, json_object_get(c->args, "items"), memory, &n);
		if (store_run(c->store, STMT_IMPORT_UNDO, NULL, &f) < 0 ||
		    store_run(c->store, STMT_IMPORT_RELEASE, NULL, &f) < 0) {
			c->fault = f;
			r = -EIO;
		}
	}
	json_decref(memory);
	op_object(c, "plan of an import of %zu warrants", n);
	return r;
}

int
op_warrant_import(struct op_call *c)
{
	json_t *memory;
	size_t n = 0;
	int r;

	if (json_is_true(json_object_get(c->args, "plan")))
		return op_import_plan(c);
	memory = json_object();
	r = op_import_items(c, json_object_get(c->args, "items"), memory, &n);
	json_decref(memory);
	op_object(c, "import of %zu warrants", n);
	c->result = json_pack("{s:I}", "imported", (json_int_t)n);
	return r;
}

/* ---- the rest */

int
op_warrant_show(struct op_call *c)
{
	if ((c->result = op_need_warrant(c)) == NULL)
		return -ENOENT;
	if (json_is_true(json_object_get(c->args, "timeline")))
		op_warrant_timeline(c, c->result);
	return 0;
}

/* Between which XIDs, and behind which row: "from", "from_row", "to". */
static int
op_xid_place(struct op_call *c)
{
	const char *xid = op_text(c, "xid"), *behind = op_text(c, "behind"),
		   *from = xid != NULL ? xid : "00000000-0000-0000-0000-000000000000";
	json_t *a, *row = NULL;
	json_int_t id = 0;

	if (behind != NULL && strcasecmp(behind, from) >= 0) {
		from = behind;
		id = INT64_MAX;
		if (op_text(c, "behind_warrant") != NULL) {
			a = json_copy(c->args);
			json_object_set(a, "behind", json_object_get(a, "behind_warrant"));
			row = store_row(c->store, STMT_WARRANT_PLACE, a);
			json_decref(a);
			if (row == NULL)
				return fault_set(&c->fault, FAULT_NOT_FOUND, "behind_warrant", "",
				    "begin again without it", "there is no such warrant");
			id = json_integer_value(json_object_get(row, "id"));
			json_decref(row);
		}
	}
	json_object_set_new(c->args, "from", json_string(from));
	json_object_set_new(c->args, "from_row", json_integer(id));
	json_object_set_new(
	    c->args, "to", json_string(xid != NULL ? xid : "ffffffff-ffff-ffff-ffff-ffffffffffff"));
	return 0;
}

int
op_xid_list(struct op_call *c)
{
	if (op_filter_warrant(c) < 0 || op_xid_place(c) < 0)
		return -ENOENT;
	c->result = store_rows(c->store,
	    json_object_get(c->args, "row") != NULL ? STMT_XID_OF_WARRANT : STMT_XID_LIST, c->args);
	return 0;
}
