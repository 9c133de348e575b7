/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on network elements. */
#include "admin/auth.h"
#include "admin/op_person.h"
#include "admin/op_warrant.h"
#include "admin/op_web.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

json_t *
op_need_ne(struct op_call *c, const char *name)
{
	json_t *a = json_pack("{s:s}", "ne", name), *row;

	auth_scope(c, a);
	row = store_row(c->store, STMT_NE_SHOW, a);
	json_decref(a);
	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "ne", name, "mdfctl ne list shows them",
		    "there is no network element '%s'", name);
	return row;
}

static int64_t
op_ne_id(json_t *row)
{
	return json_integer_value(json_object_get(row, "id"));
}

/* At most two pins, stored in place of the former ones. */
static int
op_ne_pins(struct op_call *c, int64_t id)
{
	json_t *pins = json_object_get(c->args, "pins"), *a;
	int r;

	if (pins == NULL)
		return 0;
	if (json_array_size(pins) > 2)
		return fault_set(&c->fault, FAULT_USAGE, "pins", "", "keep the old and the new key",
		    "a network element has at most two pins");
	a = json_pack("{s:I}", "id", (json_int_t)id);
	r = store_run(c->store, STMT_NE_PIN_CLEAR, a, &c->fault);
	json_decref(a);
	return r < 0 ? r : op_each(c, STMT_NE_PIN_ADD, id, pins);
}

static int
op_ne_result(struct op_call *c)
{
	c->after = op_need_ne(c, op_text(c, "ne"));
	c->result = json_incref(c->after);
	return c->after == NULL ? -ENOENT : 0;
}

static int
op_ne_period(struct op_call *c)
{
	int64_t s = op_int(c, "time_p2_s", 180);

	if (s < 1 || s > 86400)
		return fault_set(&c->fault, FAULT_USAGE, "time_p2_s", "", "180 is usual",
		    "time_p2_s is 1 to 86400 seconds");
	return 0;
}

/* One '*' in the certificate name of a group, none in that of an element.  A group's pattern keeps
 * a fixed part behind it that belongs to the operator: "*" alone would let in every certificate. */
static int
op_ne_san(struct op_call *c, const char *san, json_t *group)
{
	const char *star = strchr(san, '*');
	bool one = star != NULL && strchr(star + 1, '*') == NULL;

	if (!json_is_true(group))
		return star == NULL ? 0
				    : fault_set(&c->fault, FAULT_USAGE, "san", c->object,
					  "say --group yes for many elements",
					  "a certificate name with '*' is the pattern of a group");
	if (!one)
		return fault_set(&c->fault, FAULT_USAGE, "san", c->object,
		    "for example upf-*.core.example", "the pattern of a group has exactly one '*'");
	if (strlen(san) < 4 || strcmp(star, "*") == 0)
		return fault_set(&c->fault, FAULT_REFUSED, "san", c->object,
		    "for example upf-*.core.example",
		    "behind the '*' the name must end in a part of your own");
	return 0;
}

/* The name or the certificate name is taken: say which. */
static int
op_ne_taken(struct op_call *c, int r)
{
	if (r < 0 && c->fault.code == FAULT_CONFLICT)
		fault_set(&c->fault, FAULT_CONFLICT, "ne", op_text(c, "ne"),
		    "mdfctl ne list shows them",
		    "this name or this certificate name is registered already");
	return r;
}

int
op_ne_add(struct op_call *c)
{
	int64_t id;
	int r;

	op_object(c, "ne %s", op_text(c, "ne"));
	if ((r = op_ne_period(c)) < 0 || (r = op_set_tenant(c)) < 0 ||
	    (r = op_ne_san(c, op_text(c, "san"), json_object_get(c->args, "group"))) < 0)
		return r;
	if (op_text(c, "interfaces") == NULL)
		json_object_set_new(c->args, "interfaces", json_string("both"));
	if (json_object_get(c->args, "tls12") == NULL)
		json_object_set_new(c->args, "tls12", json_false());
	json_object_set_new(c->args, "time_p2_s", json_integer(op_int(c, "time_p2_s", 180)));
	if ((r = op_ne_taken(c, store_run(c->store, STMT_NE_ADD, c->args, &c->fault))) < 0)
		return r;
	id = store_last_id(c->store);
	if ((r = op_ne_pins(c, id)) < 0 || (r = op_ne_rules(c, id)) < 0)
		return r;
	return op_ne_result(c);
}

int
op_ne_show(struct op_call *c)
{
	return op_ne_result(c);
}

int
op_ne_list(struct op_call *c)
{
	c->result = store_rows(c->store, STMT_NE_LIST, c->args);
	return json_is_true(json_object_get(c->args, "live")) ? op_ne_live(c) : 0;
}

int
op_ne_set(struct op_call *c)
{
	int r;

	op_object(c, "ne %s", op_text(c, "ne"));
	if ((c->before = op_need_ne(c, op_text(c, "ne"))) == NULL)
		return -ENOENT;
	if ((r = op_ne_period(c)) < 0 ||
	    (r = op_ne_taken(c, store_run(c->store, STMT_NE_SET, c->args, &c->fault))) < 0 ||
	    (r = op_ne_pins(c, op_ne_id(c->before))) < 0 ||
	    (r = op_ne_rules(c, op_ne_id(c->before))) < 0 || (r = op_ne_result(c)) < 0)
		return r;
	return op_ne_san(c, json_string_value(json_object_get(c->after, "san")),
	    json_object_get(c->after, "group"));
}

int
op_ne_revoke(struct op_call *c)
{
	json_object_set_new(c->args, "enabled", json_false());
	return op_ne_set(c);
}

int
op_ne_enable(struct op_call *c)
{
	json_object_set_new(c->args, "enabled", json_true());
	return op_ne_set(c);
}
