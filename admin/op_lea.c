/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on agencies and their destinations. */
#include "admin/auth.h"
#include "admin/ops.h"
#include "admin/dests.h"
#include "admin/profile.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OP_DEST_ADDRESSES_MAX 8 /* as in mf/delivery/destination.h */
#define OP_DEST_PINS_MAX 4

json_t *
op_need_lea(struct op_call *c, const char *name)
{
	json_t *a = json_pack("{s:s}", "lea", name), *row;

	auth_scope(c, a);
	row = store_row(c->store, STMT_LEA_SHOW, a);
	json_decref(a);
	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "lea", name, "mdfctl lea list shows them",
		    "there is no agency '%s'", name);
	return row;
}

static int
op_lea_result(struct op_call *c)
{
	c->after = op_need_lea(c, op_text(c, "lea"));
	c->result = json_incref(c->after);
	return c->after == NULL ? -ENOENT : 0;
}

static int
op_lea_version(struct op_call *c)
{
	int64_t v = op_int(c, "ps_version", 43);

	if (v < 1 || v > 127)
		return fault_set(&c->fault, FAULT_USAGE, "ps_version", "", "43 is the newest one",
		    "ps_version is a number from 1 to 127");
	return 0;
}

/* gtime and ps_version count with the built-in profile only. */
static int
op_lea_own(struct op_call *c)
{
	const char *profile = json_string_value(json_object_get(c->after, "profile"));

	if (strcmp(profile, PROFILE_BUILTIN) == 0 ||
	    (json_object_get(c->args, "gtime") == NULL &&
		json_object_get(c->args, "ps_version") == NULL))
		return 0;
	return fault_set(&c->fault, FAULT_REFUSED, "profile", c->object,
	    "change the profile, or take --profile etsi",
	    "its profile '%s' tells time_form and ps_version", profile);
}

int
op_lea_add(struct op_call *c)
{
	int r;

	op_object(c, "lea %s", op_text(c, "lea"));
	if ((r = op_lea_version(c)) < 0 || (r = op_lea_set_profile(c, NULL)) < 0)
		return r;
	if ((r = store_run(c->store, STMT_LEA_ADD, c->args, &c->fault)) < 0) {
		if (c->fault.code == FAULT_CONFLICT)
			fault_set(&c->fault, FAULT_CONFLICT, "lea", op_text(c, "lea"),
			    "choose another name", "this agency is registered already");
		return r;
	}
	if ((r = op_lea_result(c)) < 0)
		return r;
	return op_lea_own(c);
}

int
op_lea_show(struct op_call *c)
{
	return op_lea_result(c);
}

int
op_lea_list(struct op_call *c)
{
	c->result = store_rows(c->store, STMT_LEA_LIST, c->args);
	return 0;
}

int
op_lea_set(struct op_call *c)
{
	int r;

	op_object(c, "lea %s", op_text(c, "lea"));
	if ((c->before = op_need_lea(c, op_text(c, "lea"))) == NULL)
		return -ENOENT;
	if ((r = op_lea_version(c)) < 0 || (r = op_lea_set_profile(c, c->before)) < 0 ||
	    (r = store_run(c->store, STMT_LEA_SET, c->args, &c->fault)) < 0 ||
	    (r = op_lea_result(c)) < 0)
		return r;
	return op_lea_own(c);
}

json_t *
op_need_destination(struct op_call *c, const char *name)
{
	json_t *a = json_pack("{s:s}", "destination", name), *row;

	auth_scope(c, a);
	row = store_row(c->store, STMT_DEST_SHOW, a);
	json_decref(a);
	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "destination", name,
		    "mdfctl destination list shows them", "there is no destination '%s'", name);
	return row;
}

static int64_t
op_row_int(json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

/* Two agencies must not share an end point: each would see the other's product.  A laboratory may.
 */
static int
op_destination_shared(struct op_call *c, int64_t lea)
{
	json_t *item, *a = json_pack("{s:I}", "lea_id", (json_int_t)lea), *row = NULL;
	size_t i;
	int r = 0;

	json_array_foreach(json_object_get(c->args, "addresses"), i, item)
	{
		json_object_set(a, "item", item);
		if (!c->x->lab && r == 0 &&
		    (row = store_row(c->store, STMT_DEST_ADDRESS_SHARED, a)) != NULL) {
			r = fault_set(&c->fault, FAULT_REFUSED, "addresses",
			    json_string_value(item), "give each agency its own address",
			    "another agency has this address");
			json_decref(row);
		}
	}
	json_decref(a);
	return r;
}

static int
op_destination_limits(struct op_call *c)
{
	const char *transport = op_text(c, "transport");

	if (json_array_size(json_object_get(c->args, "addresses")) > OP_DEST_ADDRESSES_MAX)
		return fault_set(&c->fault, FAULT_USAGE, "addresses", "", "",
		    "a destination has at most %d addresses", OP_DEST_ADDRESSES_MAX);
	if (json_array_size(json_object_get(c->args, "pins")) > OP_DEST_PINS_MAX)
		return fault_set(&c->fault, FAULT_USAGE, "pins", "", "",
		    "a destination has at most %d pins", OP_DEST_PINS_MAX);
	if (transport != NULL && strcmp(transport, "tcp") == 0 && !c->x->lab)
		return fault_set(&c->fault, FAULT_REFUSED, "transport", "",
		    "use tls; a test bed sets 'lab = true' in mdfd.conf",
		    "handover without encryption is allowed in a laboratory only");
	if (op_int(c, "time1_s", 0) > 86400 || op_int(c, "time2_s", 1) < 1 ||
	    op_int(c, "time2_s", 1) > 86400 || op_int(c, "time3_s", 1) < 1 ||
	    op_int(c, "time3_s", 1) > 86400)
		return fault_set(&c->fault, FAULT_USAGE, "time1_s", "", "",
		    "the timers are 1 to 86400 seconds (time1_s may be 0: no keep-alives)");
	return 0;
}

/* The object of --options as text for the database; unknown members are refused. */
static int
op_destination_options(struct op_call *c)
{
	static const char *const known[] = {"barrier_ms", "barrier_len", "backoff_min_ms",
	    "backoff_max_ms", "connect_ms", "time1_ms", "time2_ms", "time3_ms"};
	json_t *options = json_object_get(c->args, "options"), *v;
	const char *key;
	char *text;

	json_object_foreach(options, key, v)
	{
		size_t i = 0;

		while (i < sizeof(known) / sizeof(known[0]) && strcmp(known[i], key) != 0)
			i++;
		if (i == sizeof(known) / sizeof(known[0]) || !json_is_integer(v) ||
		    json_integer_value(v) < 0 || json_integer_value(v) > UINT32_MAX)
			return fault_set(&c->fault, FAULT_USAGE, "options", key,
			    "mdfctl help destination add lists them",
			    "'%.64s' is not an option with a number", key);
	}
	if (options == NULL)
		return 0;
	text = json_dumps(options, JSON_COMPACT);
	json_object_set_new(c->args, "options", json_string(text));
	free(text);
	return 0;
}

static int
op_destination_lists(struct op_call *c, int64_t id)
{
	json_t *addresses = json_object_get(c->args, "addresses"),
	       *pins = json_object_get(c->args, "pins");
	json_t *a = json_pack("{s:I}", "id", (json_int_t)id);
	int r = 0;

	if (addresses != NULL)
		r = store_run(c->store, STMT_DEST_ADDRESS_CLEAR, a, &c->fault);
	if (r == 0)
		r = op_each(c, STMT_DEST_ADDRESS_ADD, id, addresses);
	if (r == 0 && pins != NULL)
		r = store_run(c->store, STMT_DEST_PIN_CLEAR, a, &c->fault);
	if (r == 0)
		r = op_each(c, STMT_DEST_PIN_ADD, id, pins);
	json_decref(a);
	return r;
}

static int
op_destination_result(struct op_call *c)
{
	c->after = op_need_destination(c, op_text(c, "destination"));
	c->result = json_incref(c->after);
	return c->after == NULL ? -ENOENT : 0;
}

static void
op_default_text(struct op_call *c, const char *arg, const char *text)
{
	if (json_object_get(c->args, arg) == NULL)
		json_object_set_new(c->args, arg, json_string(text));
}

static void
op_default_int(struct op_call *c, const char *arg, int64_t n)
{
	if (json_object_get(c->args, arg) == NULL)
		json_object_set_new(c->args, arg, json_integer(n));
}

static void
op_destination_defaults(struct op_call *c, json_t *profile)
{
	char text[37];

	op_default_text(c, "did", check_uuid_new(text));
	op_default_text(c, "kind", "both");
	op_default_text(c, "transport", "tls");
	op_default_text(c, "level", "auto");
	op_default_text(c, "options", "{}");
	if (json_object_get(c->args, "tls12") == NULL)
		json_object_set_new(c->args, "tls12", json_false());
	op_default_int(c, "time1_s", profile_number(profile, "time1_s"));
	op_default_int(c, "time2_s", profile_number(profile, "time2_s"));
	op_default_int(c, "time3_s", profile_number(profile, "time3_s"));
}

/* The row number is in what two persons sign.  It comes from the DID, so that several destinations
 * can wait for their approval at the same time. */
static void
op_destination_row(struct op_call *c)
{
	uint8_t did[16];

	if (c->x->open || check_uuid(op_text(c, "did"), did) != NULL)
		return;
	json_object_set_new(c->args, "dest_row",
	    json_integer(
		1 + ((json_int_t)(did[0] & 0x3f) << 24 | did[1] << 16 | did[2] << 8 | did[3])));
}

/* What two persons sign of it: the deliver role compares it with what it is told. */
static int
op_destination_signed(struct op_call *c)
{
	int r = op_destination_result(c);

	if (r == 0 && (c->doc = dests_doc(c->after, c->submitted_ns)) == NULL)
		r = fault_set(
		    &c->fault, FAULT_INTERNAL, "destination", c->object, "", "it has no statement");
	return r;
}

/* Switching it off, and nothing else, needs one person. */
static bool
op_destination_off(struct op_call *c)
{
	for (const struct op_arg *a = c->op->args; a->name != NULL; a++)
		if (strcmp(a->name, "destination") != 0 && strcmp(a->name, "enabled") != 0 &&
		    strcmp(a->name, "reason") != 0 && json_object_get(c->args, a->name) != NULL)
			return false;
	return json_is_false(json_object_get(c->args, "enabled"));
}

int
op_destination_add(struct op_call *c)
{
	json_t *lea, *profile;
	int r;

	op_object(c, "destination %s", op_text(c, "destination"));
	if ((lea = op_need_lea(c, op_text(c, "lea"))) == NULL)
		return -ENOENT;
	json_object_set(c->args, "lea_id", json_object_get(lea, "id"));
	profile = op_lea_profile(c, lea);
	op_destination_defaults(c, profile);
	op_destination_row(c);
	json_decref(profile);
	json_decref(lea);
	if ((r = op_destination_limits(c)) < 0 || (r = op_destination_options(c)) < 0 ||
	    (r = op_destination_shared(c, op_int(c, "lea_id", 0))) < 0)
		return r;
	if ((r = store_run(c->store, STMT_DEST_ADD, c->args, &c->fault)) < 0) {
		if (c->fault.code == FAULT_CONFLICT)
			fault_set(&c->fault, FAULT_CONFLICT, "destination",
			    op_text(c, "destination"), "choose another name",
			    "this destination or this DID is registered already");
		return r;
	}
	if ((r = op_destination_lists(c, store_last_id(c->store))) < 0)
		return r;
	return op_destination_signed(c);
}

int
op_destination_show(struct op_call *c)
{
	return op_destination_result(c);
}

int
op_destination_list(struct op_call *c)
{
	c->result = store_rows(c->store, STMT_DEST_LIST, c->args);
	return 0;
}

/* The destination of the call as c->before, and its row as :id. */
static int
op_destination_find(struct op_call *c)
{
	op_object(c, "destination %s", op_text(c, "destination"));
	if ((c->before = op_need_destination(c, op_text(c, "destination"))) == NULL)
		return -ENOENT;
	json_object_set(c->args, "id", json_object_get(c->before, "id"));
	return 0;
}

int
op_destination_set(struct op_call *c)
{
	int r = op_destination_find(c);

	if (r < 0 || (r = op_destination_limits(c)) < 0 || (r = op_destination_options(c)) < 0 ||
	    (r = op_destination_shared(c, op_row_int(c->before, "lea_id"))) < 0 ||
	    (r = store_run(c->store, STMT_DEST_SET, c->args, &c->fault)) < 0 ||
	    (r = op_destination_lists(c, op_int(c, "id", 0))) < 0)
		return r;
	c->alone = op_destination_off(c);
	return c->alone ? op_destination_result(c) : op_destination_signed(c);
}

/* Records that may still wait for destination ID; -1: its deliver role does not say. */
static int64_t
op_destination_waiting(json_t *status, int64_t id)
{
	json_t *leas = json_object_get(status, "leas"), *lea, *d;
	size_t i, k;

	json_array_foreach(leas, i, lea)
	{
		json_array_foreach(json_object_get(lea, "destinations"), k, d)
		{
			json_t *n = json_object_get(json_object_get(d, "backlog"), "records");

			if (json_integer_value(json_object_get(d, "id")) == id && n != NULL)
				return json_integer_value(n);
		}
	}
	return -1;
}

int
op_destination_remove(struct op_call *c)
{
	int r = op_destination_find(c);
	int64_t waiting;

	if (r < 0)
		return r;
	if (store_int(c->store, STMT_DEST_USED, c->args, 0) > 0)
		return fault_set(&c->fault, FAULT_CONFLICT, "destination", c->object,
		    "stop the warrants first", "warrants still deliver to it");
	waiting = c->status == NULL ? 0 : op_destination_waiting(c->status, op_int(c, "id", 0));
	if (waiting != 0 && !json_is_true(json_object_get(c->args, "discard")))
		return fault_set(&c->fault, FAULT_CONFLICT, "destination", c->object,
		    "let it take them, or say --discard yes: they are lost then",
		    waiting < 0 ? "its deliver role does not say what waits for it"
				: "up to %lld records wait for it",
		    (long long)waiting);
	return store_run(c->store, STMT_DEST_REMOVE, c->args, &c->fault);
}

int
op_destination_test(struct op_call *c)
{
	int r;

	if (c->actor.tenant != 0)
		return fault_set(&c->fault, FAULT_DENIED, "destination", "",
		    "ask those who run the system", "an agency's link is not a tenant's own");
	if ((r = op_destination_find(c)) < 0)
		return r;
	r = c->x->test_pdu == NULL
		? -ENOTCONN
		: c->x->test_pdu(c->x->arg, (uint32_t)op_row_int(c->before, "lea_id"),
		      (uint32_t)op_int(c, "id", 0));
	if (r < 0)
		return fault_set(&c->fault, FAULT_REFUSED, "destination", c->object,
		    "mdfctl status shows the roles",
		    "the deliver role of this agency does not run");
	/* The deliver role sends it when the link is up; what became of it is not known here. */
	c->result =
	    json_pack("{s:s, s:s}", "destination", op_text(c, "destination"), "test", "requested");
	return 0;
}
