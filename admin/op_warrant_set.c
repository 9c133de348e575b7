/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that change a warrant: what it is narrowed to, fall-back to metadata only by command;
 * and the rules of warrants and network elements in the database. */
#include "admin/approval.h"
#include "admin/life.h"
#include "admin/op_warrant.h"
#include "admin/regime.h"
#include "admin/rule.h"
#include "admin/zone.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rules */

/* Where there is a vault, a rule that tells a person stands in the database sealed. */
static int
op_rule_seal(struct op_call *c, json_t *row, const struct taskset_rule *r, const char *text)
{
	int64_t lea = op_int(c, "lea_id", 0), id = json_integer_value(json_object_get(row, "id"));
	uint8_t sealed[RULE_SEALED_MAX];
	char hex[2 * RULE_SEALED_MAX + 1], show[RULE_TEXT_MAX];
	size_t n = rule_seal(store_vault(c->store), lea, id, text, sealed);

	if (n == 0)
		return fault_set(&c->fault, FAULT_REFUSED, "rule", c->object,
		    "a new order needs a new warrant", "the key of this warrant was destroyed");
	rule_masked(r, text, show);
	json_object_set_new(row, "text", json_string(show));
	json_object_set_new(row, "hash", json_null());
	json_object_set_new(row, "sealed", json_string(check_hex_text(sealed, n, hex)));
	return 0;
}

static int
op_rule_row(struct op_call *c, json_t *row, int stmt, int what, const char *text)
{
	struct taskset_rule r;
	char show[RULE_TEXT_MAX], hex[33];
	const char *why = rule_parse(what, text, &r, show);
	bool seal = stmt == STMT_WARRANT_RULE_ADD && rule_personal(&r);
	int e;

	if (why != NULL)
		return fault_set(&c->fault, FAULT_USAGE, "rule", c->object, "", "%s", why);
	if (seal && store_vault(c->store) == NULL && !c->x->open)
		return fault_set(&c->fault, FAULT_REFUSED, "rule", c->object,
		    "set vault.key in the configuration",
		    "a rule that tells a person cannot be stored without a vault");
	json_object_set_new(row, "text", json_string(show));
	json_object_set_new(row, "hash",
	    r.kind == TASKSET_RULE_ID ? json_string(check_hex_text(r.a, sizeof(r.a), hex))
				      : json_null());
	json_object_set_new(row, "sealed", json_null());
	if (seal && store_vault(c->store) != NULL && (e = op_rule_seal(c, row, &r, text)) < 0)
		return e;
	return store_run(c->store, (enum store_stmt)stmt, row, &c->fault);
}

int
op_warrant_rule_append(struct op_call *c, int64_t id, const char *text)
{
	json_t *row = json_pack("{s:I, s:s}", "id", (json_int_t)id, "what", "target");
	int64_t pos = store_int(c->store, STMT_RULE_NEXT, row, 0);
	int r;

	if (pos >= RULE_LIST_MAX) {
		json_decref(row);
		return fault_set(&c->fault, FAULT_REFUSED, "rule", c->object, "",
		    "at most %d rules are possible", RULE_LIST_MAX);
	}
	json_object_set_new(row, "pos", json_integer(pos));
	r = op_rule_row(c, row, STMT_WARRANT_RULE_ADD, TASKSET_RULE_TARGET, text);
	json_decref(row);
	return r;
}

/* The rules of argument ARG in place of those of row ID. */
static int
op_rules(struct op_call *c, const char *arg, int64_t id, int clear, int add)
{
	json_t *list = json_object_get(c->args, arg), *item,
	       *row = json_pack("{s:I, s:s}", "id", (json_int_t)id, "what", arg);
	int what = strcmp(arg, "target") == 0 ? TASKSET_RULE_TARGET : TASKSET_RULE_EXCLUDE, r = 0;
	size_t i;

	if (json_array_size(list) > RULE_LIST_MAX)
		r = fault_set(&c->fault, FAULT_USAGE, arg, c->object, "join nets into larger ones",
		    "%s: at most %d rules are possible", arg, RULE_LIST_MAX);
	else if (list != NULL)
		r = store_run(c->store, (enum store_stmt)clear, row, &c->fault);
	json_array_foreach(list, i, item)
	{
		json_object_set_new(row, "pos", json_integer((json_int_t)i));
		if (r == 0)
			r = op_rule_row(c, row, add, what, json_string_value(item));
	}
	json_decref(row);
	return r;
}

int
op_warrant_rules(struct op_call *c, int64_t id)
{
	int r = op_rules(c, "exclude", id, STMT_WARRANT_RULE_CLEAR, STMT_WARRANT_RULE_ADD);

	return r < 0 ? r
		     : op_rules(c, "target", id, STMT_WARRANT_RULE_CLEAR, STMT_WARRANT_RULE_ADD);
}

int
op_ne_rules(struct op_call *c, int64_t id)
{
	return op_rules(c, "exclude", id, STMT_NE_RULE_CLEAR, STMT_NE_RULE_ADD);
}

/* List ARG as JSON text under TEXT (none when it is empty), and SET: it was given. */
static void
op_narrow_list(struct op_call *c, const char *arg, const char *text, const char *set)
{
	json_t *list = json_object_get(c->args, arg);
	char *dump;

	json_object_set_new(c->args, set, json_boolean(list != NULL));
	if (json_array_size(list) == 0)
		return;
	dump = json_dumps(list, JSON_COMPACT);
	json_object_set_new(c->args, text, json_string(dump));
	free(dump);
}

int
op_narrow_args(struct op_call *c)
{
	if (json_array_size(json_object_get(c->args, "countries")) > TASKSET_COUNTRIES)
		return fault_set(&c->fault, FAULT_USAGE, "countries", c->object, "",
		    "a warrant names at most %d countries", TASKSET_COUNTRIES);
	op_narrow_list(c, "services", "services_text", "services_set");
	op_narrow_list(c, "countries", "countries_text", "countries_set");
	return 0;
}

/* ---- warrant set */

/* Nothing holds of it yet: it can be edited by one person. */
static bool
op_is_draft(json_t *w)
{
	return (life_state_of(w) & (LIFE_DRAFT | LIFE_SUBMITTED)) != 0;
}

int
op_record_args(struct op_call *c)
{
	const char *zone = op_text(c, "zone"), *regime = op_text(c, "regime"),
		   *outage = regime_outage_wrong(op_text(c, "cc_outage"), op_text(c, "iri_outage"));
	json_t *known;

	if (zone != NULL && !zone_known(zone))
		return fault_set(&c->fault, FAULT_USAGE, "zone", c->object,
		    "for example Europe/Berlin", "the time zone '%.64s' is not known here", zone);
	if (outage != NULL)
		return fault_set(&c->fault, FAULT_USAGE, "outage", c->object,
		    "for example --cc-outage buffer:3600", "%s", outage);
	if (regime == NULL)
		return 0;
	known = regime_get(c, regime);
	json_decref(known);
	return known != NULL ? 0
			     : fault_set(&c->fault, FAULT_NOT_FOUND, "regime", regime,
				   "mdfctl regime import @NAME", "there is no regime '%s'", regime);
}

/* What becomes of product that cannot be delivered is part of what is signed: what the order does
 * not say is taken from its regime now, so that another regime of that name changes nothing. */
int
op_warrant_outage(struct op_call *c, int64_t id)
{
	static const char *const names[] = {"iri_outage", "cc_outage"};
	json_t *regime = regime_of(c, id), *a;
	bool other = c->before == NULL || json_object_get(c->args, "regime") != NULL;
	int r;

	if (regime == NULL)
		return -ENOENT;
	a = json_pack("{s:I}", "id", (json_int_t)id);
	for (size_t i = 0; i < 2; i++) {
		json_t *said = json_object_get(c->args, names[i]);

		if (said == NULL && !other)
			said = json_object_get(c->before, names[i]);
		json_object_set(
		    a, names[i], json_is_string(said) ? said : json_object_get(regime, names[i]));
	}
	r = store_run(c->store, STMT_WARRANT_OUTAGE, a, &c->fault);
	json_decref(a);
	json_decref(regime);
	return r;
}

/* Arguments of C that are to be emptied, in ",NAME,NAME," for the database; new, NULL: none. */
static json_t *
op_warrant_emptied(struct op_call *c)
{
	json_t *names = json_array();
	char text[1024] = ",";

	for (const struct op_arg *a = c->op->args; a->name != NULL; a++) {
		size_t n = strlen(text);

		if (!json_is_null(json_object_get(c->args, a->name)))
			continue;
		json_array_append_new(names, json_string(a->name));
		snprintf(text + n, sizeof(text) - n, "%s,", a->name);
	}
	if (json_array_size(names) == 0) {
		json_decref(names);
		return NULL;
	}
	json_object_set_new(c->args, "emptied", json_string(text));
	return names;
}

/* The audit row names what was emptied. */
static int
op_warrant_empty(struct op_call *c)
{
	json_t *names = op_warrant_emptied(c);

	if (names == NULL)
		return 0;
	c->detail = json_pack("{s:o}", "emptied", names);
	return store_run(c->store, STMT_WARRANT_EMPTY, c->args, &c->fault);
}

/* What the handover header and the numbers of an interception depend on stays as it began.  Where
 * it is delivered may change: each record names its destination, so what waits for the former one
 * stays with it, and numbers go on at the new one. */
static int
op_warrant_may_set(struct op_call *c)
{
	static const char *const draft[] = {
	    "from", "xid", "auth_cc", "delivery_cc", "operator_id", "ne_id"};
	bool edit = op_is_draft(c->before);

	for (const struct op_arg *a = c->op->args; !edit && a->name != NULL; a++)
		if (json_is_null(json_object_get(c->args, a->name)))
			return fault_set(&c->fault, FAULT_REFUSED, a->name, c->object,
			    "give it another value", "%s can be emptied while it is a draft only",
			    a->name);
	for (size_t i = 0; i < 6 && !edit; i++)
		if (json_object_get(c->args, draft[i]) != NULL)
			return fault_set(&c->fault, FAULT_REFUSED, draft[i], c->object,
			    "stop it and enter a new warrant",
			    "%s can be changed while it is a draft only", draft[i]);
	return 0;
}

/* Lists that have rows of their own, in place of the former ones when given. */
static int
op_warrant_set_lists(struct op_call *c, json_t *memory)
{
	int64_t id = op_int(c, "id", 0);
	json_t *nes = NULL;
	int r = op_warrant_rules(c, id);

	if (r == 0 && json_object_get(c->args, "ne") != NULL) {
		if ((nes = op_warrant_nes(c, memory)) == NULL)
			return -ENOENT;
		r = store_run(c->store, STMT_WARRANT_NE_CLEAR, c->args, &c->fault);
		if (r == 0)
			r = op_each(c, STMT_WARRANT_NE_ADD, id, nes);
		if (r == 0)
			r = op_warrant_own_nes(c, id);
	}
	if (r == 0 && json_object_get(c->args, "xid") != NULL) {
		r = store_run(c->store, STMT_XID_CLEAR, c->args, &c->fault);
		if (r == 0)
			r = op_each(c, STMT_XID_ADD, id, json_object_get(c->args, "xid"));
	}
	json_decref(nes);
	return r;
}

static int
op_warrant_window(struct op_call *c)
{
	int64_t from_ns = 0, until_ns = 0;

	clock_parse(json_string_value(json_object_get(c->before, "from_written")), &from_ns);
	clock_parse(json_string_value(json_object_get(c->before, "until_written")), &until_ns);
	if (op_int(c, "from_ns", from_ns) >= op_int(c, "until_ns", until_ns))
		return fault_set(&c->fault, FAULT_USAGE, "until", c->object, "",
		    "the window ends before it begins");
	return 0;
}

/* Another regime, or a policy that is taken away: what its regime says counts. */
static bool
op_outage_set(struct op_call *c)
{
	return json_object_get(c->args, "regime") != NULL ||
	       json_is_null(json_object_get(c->args, "cc_outage")) ||
	       json_is_null(json_object_get(c->args, "iri_outage"));
}

static int
op_warrant_set_rows(struct op_call *c, json_t *memory)
{
	int r;

	if ((r = op_warrant_may_set(c)) < 0 || (r = op_warrant_window(c)) < 0 ||
	    (r = op_narrow_args(c)) < 0 || (r = op_record_args(c)) < 0)
		return r;
	json_object_set(c->args, "lea", json_object_get(c->before, "lea"));
	json_object_set_new(
	    c->args, "lea_id", json_integer(store_int(c->store, STMT_WARRANT_LEA, c->args, 0)));
	if ((r = op_warrant_destination(c, memory, "hi2", "hi2_id")) < 0 ||
	    (r = op_warrant_destination(c, memory, "hi3", "hi3_id")) < 0 ||
	    (r = store_run(c->store, STMT_WARRANT_SET, c->args, &c->fault)) < 0 ||
	    (r = op_warrant_empty(c)) < 0 ||
	    (op_outage_set(c) && (r = op_warrant_outage(c, op_int(c, "id", 0))) < 0))
		return r;
	return op_warrant_set_lists(c, memory);
}

/* An edit: what was submitted is a draft again, and its signature void.  Of what is in force: a new
 * revision with a statement of its own. */
static int
op_warrant_set_result(struct op_call *c)
{
	bool draft = op_is_draft(c->before);
	int64_t id = op_int(c, "id", 0);
	int r;

	if (draft && ((r = approval_void(c, id, "the warrant was edited")) < 0 ||
			 (r = life_unsubmit(c, id)) < 0))
		return r;
	if ((r = life_revise(c)) < 0 || (r = life_end(c)) < 0 ||
	    (r = op_warrant_fits(c, c->after)) < 0)
		return r;
	c->alone = draft;
	if (draft)
		return 0;
	return (r = op_warrant_complete(c, c->after)) < 0 ? r : life_statement(c, true);
}

int
op_warrant_set(struct op_call *c)
{
	json_t *memory;
	int r;

	if ((r = life_begin(c, "warrant.set")) < 0)
		return r;
	memory = json_object();
	r = op_warrant_set_rows(c, memory);
	json_decref(memory);
	return r < 0 ? r : op_warrant_set_result(c);
}

/* ---- fall-back to metadata only by command */

static int
op_degrade_event(struct op_call *c, bool on)
{
	json_t *e =
	    json_pack("{s:O, s:O, s:s, s:s, s:s?}", "id", json_object_get(c->args, "id"), "time_ns",
		json_object_get(c->args, "now_ns"), "event", on ? "metadata-begin" : "metadata-end",
		"origin", c->actor.name, "text", op_text(c, "reason"));
	int r = store_run(c->store, STMT_WARRANT_EVENT_ADD, e, &c->fault);

	json_decref(e);
	return r;
}

int
op_warrant_degrade(struct op_call *c)
{
	const char *word = op_text(c, "metadata"), *delivery;
	bool on = strcmp(word, "on") == 0 || strcmp(word, "metadata") == 0;
	int r = life_begin(c, "warrant.degrade");

	if (r < 0)
		return r;
	delivery = json_string_value(json_object_get(c->before, "delivery"));
	if (on && strcmp(delivery, "iri") == 0)
		return fault_set(&c->fault, FAULT_REFUSED, "delivery", c->object, "",
		    "it delivers no content that could be left out");
	if (on && !json_is_string(json_object_get(c->before, "hi2")))
		return fault_set(&c->fault, FAULT_REFUSED, "hi2", c->object,
		    "name a destination with warrant set --hi2",
		    "packet header reports go to HI2, and it has no destination of IRI");
	json_object_set_new(c->args, "on", json_boolean(on));
	if (on != json_is_true(json_object_get(c->before, "metadata")) &&
	    (r = op_degrade_event(c, on)) < 0)
		return r;
	if ((r = store_run(c->store, STMT_WARRANT_METADATA, c->args, &c->fault)) < 0)
		return r;
	if ((c->after = op_need_warrant(c)) == NULL)
		return -ENOENT;
	c->result = json_incref(c->after);
	return 0;
}

int
op_warrant_events(struct op_call *c)
{
	if (op_filter_warrant(c) < 0)
		return -ENOENT;
	c->result = store_rows(c->store, STMT_WARRANT_EVENTS, c->args);
	return 0;
}
