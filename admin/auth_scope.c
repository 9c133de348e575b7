/* SPDX-License-Identifier: Apache-2.0 */
/* What persons of one agency or one tenant see of an answer: nothing that another agency or tenant
 * could have changed.  Rows are chosen by the statements (:scope_lea, :scope_tenant); here go row
 * numbers, which count for all, and what the roles say of the whole. */
#include "admin/auth.h"

#include "db/store.h"

#include <string.h>

void
auth_scope(const struct op_call *c, json_t *args)
{
	json_object_del(args, "scope_lea");
	json_object_del(args, "scope_tenant");
	json_object_del(args, "scope_actor");
	if (c->actor.lea != 0)
		json_object_set_new(args, "scope_lea", json_integer(c->actor.lea));
	if (c->actor.tenant != 0)
		json_object_set_new(args, "scope_tenant", json_integer(c->actor.tenant));
	if (!c->x->open && (c->actor.roles & (OPW_AUDITOR | OPW_SECURITY)) == 0)
		json_object_set_new(args, "scope_actor", json_string(c->actor.name));
}

bool
auth_scoped(const struct ops_actor *a)
{
	return a->lea != 0 || a->tenant != 0;
}

/* Without the members of J that are called one of NAMES; only numbers when NUMBERS. */
static void
auth_without(json_t *j, const char *const *names, size_t n, bool numbers)
{
	json_t *v;
	size_t i;
	const char *key;
	void *next;

	if (json_is_array(j)) {
		json_array_foreach(j, i, v) auth_without(v, names, n, numbers);
		return;
	}
	json_object_foreach_safe(j, next, key, v)
	{
		for (i = 0; i < n && strcmp(key, names[i]) != 0; i++)
			;
		if (i < n && (!numbers || json_is_integer(v)))
			json_object_del(j, key);
		else
			auth_without(v, names, n, numbers);
	}
}

json_t *
auth_strip(const struct op_call *c, json_t *result)
{
	static const char *const rows[] = {"id", "row", "lea_id", "tenant_id", "ne_id",
	    "warrant_id", "warrant", "destination", "seq", "uid", "statement"};
	json_t *copy;

	if (!auth_scoped(&c->actor) || (c->op->flags & OP_OWN))
		return json_incref(result);
	copy = json_deep_copy(result);
	auth_without(copy, rows, sizeof(rows) / sizeof(rows[0]), true);
	return copy;
}

/* ---- status */

/* Members of ROWS whose KEY is the KEY of one of WANT. */
static json_t *
auth_choose(json_t *rows, const char *key, json_t *want, const char *want_key)
{
	json_t *out = json_array(), *row, *w;
	size_t i, k;

	json_array_foreach(rows, i, row)
	{
		json_array_foreach(want, k, w)
		{
			if (json_equal(json_object_get(row, key), json_object_get(w, want_key))) {
				json_array_append(out, row);
				break;
			}
		}
	}
	return out;
}

/* Warrants that nothing came for are left out: whether the status has them depends on how many
 * there are of all. */
static json_t *
auth_busy(json_t *warrants)
{
	json_t *out = json_array(), *w;
	size_t i;

	json_array_foreach(warrants, i, w)
	{
		if (json_integer_value(json_object_get(w, "received")) > 0 ||
		    json_integer_value(json_object_get(w, "delivered")) > 0)
			json_array_append(out, w);
	}
	json_decref(warrants);
	return out;
}

json_t *
auth_status(struct op_call *c, json_t *status)
{
	static const char *const liid[] = {"liid"};
	json_t *a = json_pack("{s:b, s:i}", "all", 0, "limit", 1000), *out, *want, *mine;

	auth_scope(c, a);
	if (!auth_scoped(&c->actor)) {
		out = json_incref(status);
		if ((c->actor.roles & OPW_ANY) == OPW_OPERATOR) {
			json_decref(out);
			out = json_deep_copy(status);
			auth_without(out, liid, 1, false);
		}
		json_decref(a);
		return out;
	}
	out = json_pack("{s:O?, s:o}", "time", json_object_get(status, "time"), "alarms",
	    store_rows(c->store, STMT_ALARM_LIST, a));
	if (c->actor.lea != 0) {
		want = store_rows(c->store, STMT_LEA_LIST, a);
		json_object_set_new(out, "leas",
		    auth_choose(json_object_get(status, "leas"), "name", want, "name"));
		mine = auth_choose(json_object_get(status, "warrants"), "lea", want, "name");
	} else {
		want = store_rows(c->store, STMT_NE_LIST, a);
		json_object_set_new(
		    out, "nes", auth_choose(json_object_get(status, "nes"), "name", want, "name"));
		json_decref(want);
		want = store_rows(c->store, STMT_SCOPE_WARRANTS, a);
		mine = auth_choose(json_object_get(status, "warrants"), "uuid", want, "uuid");
	}
	json_object_set_new(out, "warrants", auth_busy(mine));
	json_decref(want);
	json_decref(a);
	return out;
}
