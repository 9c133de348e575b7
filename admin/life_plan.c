/* SPDX-License-Identifier: Apache-2.0 */
/* What an order would change, in words that people sign: plan and statement.  See life.h.  "change"
 * holds only what the inventory and the record say, so that its hash is the same until one of them
 * changes; "now" is what else somebody wants to see before he signs. */
#include "admin/life.h"
#include "admin/op_warrant.h"
#include "admin/op_vault.h"
#include "admin/regime.h"
#include "admin/taskset_build.h"
#include "admin/zone.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"
#include "session/task_doc.h"
#include "trust/canon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIFE_NS_PER_DAY (INT64_C(86400) * CLOCK_NS_PER_S)

static const char *
life_text(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void
life_conflict(json_t *list, bool blocks, const char *code, const char *object, const char *text)
{
	json_array_append_new(
	    list, json_pack("{s:b, s:s, s:s, s:s}", "blocks", blocks, "code", code, "object",
		      object == NULL ? "" : object, "text", text));
}

/* ---- tasks and their network elements */

/* Is the country of NE one that the warrant allows?  Its list decides; without one, its
 * authorization country (an element abroad is not tasked by an order of this country unless the
 * agreement is in that list). */
static bool
life_ne_allowed(json_t *w, json_t *ne)
{
	json_t *country = json_object_get(ne, "country"), *list = json_object_get(w, "countries"),
	       *item;
	const char *auth = life_text(w, "auth_cc");
	size_t i;

	if (!json_is_string(country))
		return true;
	json_array_foreach(list, i, item) if (json_equal(item, country)) return true;
	if (json_array_size(list) > 0)
		return false;
	return auth == NULL || strcmp(auth, json_string_value(country)) == 0;
}

static bool
life_nes_open(struct op_call *c)
{
	return store_int(c->store, STMT_LIFE_NES_OPEN, c->args, 0) != 0;
}

static json_t *
life_nes(struct op_call *c, json_t *w, json_t *conflicts)
{
	json_t *rows = store_rows(c->store, STMT_LIFE_NES, c->args), *ne;
	size_t i, enabled = 0;

	json_array_foreach(rows, i, ne)
	{
		bool named = json_is_true(json_object_get(ne, "named")),
		     on = json_is_true(json_object_get(ne, "enabled"));

		enabled += on;
		if (named && !on)
			life_conflict(conflicts, true, "NE-REVOKED", life_text(ne, "ne"),
			    "this network element is revoked");
		if (!life_ne_allowed(w, ne))
			life_conflict(conflicts, named, "NE-COUNTRY", life_text(ne, "ne"),
			    "this network element stands in a country that the warrant does not "
			    "name");
	}
	if (enabled == 0)
		life_conflict(conflicts, life_nes_open(c), "NE-NONE", NULL,
		    "no network element can send for it");
	return rows;
}

/* A tenant's warrant that names no elements is for those that the tenant has now: the statement
 * names them, so that it can never be for those of another. */
int
life_nes_name(struct op_call *c, json_t *w)
{
	json_t *rows, *ne, *a;
	size_t i, n = 0;
	int r = 0;

	if (!life_nes_open(c))
		return 0;
	a = json_pack("{s:O}", "id", json_object_get(c->args, "id"));
	rows = store_rows(c->store, STMT_LIFE_NES, a);
	json_array_foreach(rows, i, ne)
	{
		if (r < 0 || !life_ne_allowed(w, ne))
			continue;
		json_object_set(a, "ne", json_object_get(ne, "ne"));
		r = store_run(c->store, STMT_LIFE_NE_NAME, a, &c->fault);
		n++;
	}
	json_decref(rows);
	json_decref(a);
	return r < 0 || n > 0
		   ? r
		   : fault_set(&c->fault, FAULT_REFUSED, "ne", c->object, "mdfctl ne add --tenant",
			 "its tenant has no network element that may send for it");
}

static json_t *
life_tasks(struct op_call *c, json_t *w, json_t *conflicts)
{
	json_t *rows = store_rows(c->store, STMT_LIFE_SAME_XID, c->args), *row;
	size_t i;

	json_array_foreach(rows, i, row) life_conflict(conflicts, false, "XID-SHARED",
	    life_text(row, "liid"), "this warrant of the same agency has an XID of it, too");
	json_decref(rows);
	return json_pack(
	    "{s:O, s:o}", "xids", json_object_get(w, "xids"), "nes", life_nes(c, w, conflicts));
}

/* ---- destinations */

static json_t *
life_destination(struct op_call *c, json_t *w, const char *kind, json_t *conflicts)
{
	static const char *const same[] = {"name", "did", "kind", "addresses", "transport", "tls12",
	    "server_name", "pins", "level", "enabled"};
	const char *name = life_text(w, kind);
	json_t *row, *d;

	if (name == NULL)
		return json_null();
	if ((row = op_need_destination(c, name)) == NULL)
		return json_null();
	d = json_object();
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		json_object_set(d, same[i], json_object_get(row, same[i]));
	if (!json_is_true(json_object_get(row, "enabled")))
		life_conflict(
		    conflicts, true, "DEST-DISABLED", name, "this destination is disabled");
	json_decref(row);
	return d;
}

/* ---- time */

static json_t *
life_time(json_t *w)
{
	const char *from = life_text(w, "from_written"), *until = life_text(w, "until_written"),
		   *zone = life_text(w, "zone");
	int64_t from_ns = 0, until_ns = 0;
	char utc1[32], utc2[32];
	json_t *t, *warnings = json_array();

	clock_parse(from, &from_ns);
	clock_parse(until, &until_ns);
	zone_check(zone, "from", from, from_ns, warnings);
	zone_check(zone, "until", until, until_ns, warnings);
	zone_check_change(zone, from_ns, until_ns, warnings);
	t = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:I, s:I, s:O?, s:o}", "from", from, "from_utc",
	    clock_format(from_ns, utc1), "until", until, "until_utc", clock_format(until_ns, utc2),
	    "zone", zone, "days", (json_int_t)((until_ns - from_ns) / LIFE_NS_PER_DAY), "seconds",
	    (json_int_t)((until_ns - from_ns) / CLOCK_NS_PER_S), "provisional_until",
	    json_object_get(w, "provisional_until"), "warnings", warnings);
	return t;
}

/* ---- what depends on the moment */

static json_t *
life_now(struct op_call *c, json_t *w)
{
	struct clock_quality q;
	char text[64];
	json_t *now = json_object(), *links = json_array(), *lea, *d;
	size_t i, k;

	clock_quality(&q);
	json_object_set_new(now, "clock", json_string(clock_quality_text(&q, text, sizeof(text))));
	json_object_set(now, "state", json_object_get(w, "state"));
	json_object_set(now, "window", json_object_get(w, "window"));
	json_array_foreach(json_object_get(c->status, "leas"), i, lea)
	    json_array_foreach(json_object_get(lea, "destinations"), k, d)
	{
		json_t *name = json_object_get(d, "name");

		if (json_equal(name, json_object_get(w, "hi2")) ||
		    json_equal(name, json_object_get(w, "hi3")))
			json_array_append_new(links, json_pack("{s:O, s:O?}", "destination", name,
							 "state", json_object_get(d, "state")));
	}
	json_object_set_new(now, "links", links);
	return now;
}

json_t *
life_plan(struct op_call *c, json_t *w, json_t *regime)
{
	json_t *conflicts = json_array(), *change, *plan;
	const char *wrong = regime_refuses(regime, w);
	uint8_t md[32];
	char hex[65];

	change = json_pack("{s:O, s:O, s:O, s:o, s:o, s:o}", "warrant", json_object_get(w, "uuid"),
	    "liid", json_object_get(w, "liid"), "lea", json_object_get(w, "lea"), "tasks",
	    life_tasks(c, w, conflicts), "hi2", life_destination(c, w, "hi2", conflicts), "hi3",
	    life_destination(c, w, "hi3", conflicts));
	if (wrong != NULL)
		life_conflict(conflicts, true, "REGIME", life_text(regime, "name"), wrong);
	json_object_set_new(change, "time", life_time(w));
	json_object_set_new(change, "conflicts", conflicts);
	json_object_set_new(change, "missing", regime_missing(regime, w));
	json_object_set_new(change, "regime",
	    json_pack("{s:O, s:O, s:O?, s:O}", "name", json_object_get(regime, "name"), "version",
		json_object_get(regime, "version"), "sha256", json_object_get(regime, "sha256"),
		"affirmative", json_object_get(regime, "affirmative")));
	plan = json_pack("{s:o, s:o}", "change", change, "now", life_now(c, w));
	if (canon_sha256(change, md) == 0)
		json_object_set_new(
		    plan, "sha256", json_string(check_hex_text(md, sizeof(md), hex)));
	return plan;
}

int
life_plan_refuses(struct op_call *c, json_t *plan)
{
	json_t *change = json_object_get(plan, "change"), *missing, *item;
	char list[160];
	size_t i, n = 0;

	json_array_foreach(json_object_get(change, "conflicts"), i,
	    item) if (json_is_true(json_object_get(item, "blocks"))) return fault_set(&c->fault,
	    FAULT_REFUSED, life_text(item, "code"), c->object,
	    "mdfctl warrant plan shows everything", "%s%s%s", life_text(item, "object"),
	    *life_text(item, "object") != '\0' ? ": " : "", life_text(item, "text"));
	missing = json_object_get(change, "missing");
	if (json_array_size(missing) == 0)
		return 0;
	list[0] = '\0';
	json_array_foreach(missing, i, item) if (n < sizeof(list)) n += (size_t)snprintf(
	    list + n, sizeof(list) - n, "%s%s", i > 0 ? ", " : "", json_string_value(item));
	return fault_set(&c->fault, FAULT_REFUSED, "missing", c->object,
	    "mdfctl warrant set enters them", "its regime wants: %s", list);
}

int
life_clock(struct op_call *c, json_t *regime)
{
	int64_t limit = regime_number(regime, "clock_max_ms");

	if (limit == 0 || clock_within(limit * 1000000))
		return 0;
	return fault_set(&c->fault, FAULT_REFUSED, "clock", c->object,
	    "let a time service correct the clock",
	    "the clock is not known to be right within %lld ms, as the regime wants",
	    (long long)limit);
}

/* ---- the statement */

/* What people decide by. */
static json_t *
life_order(struct op_call *c, json_t *w, json_t *plan)
{
	static const char *const same[] = {"uuid", "revision", "reference", "authority",
	    "jurisdiction", "signer_name", "signer_title", "officer", "legal_basis", "legal_type",
	    "case_type", "priority", "from_written", "until_written", "zone", "provisional_until",
	    "iri_outage", "cc_outage", "retention", "responsible", "review", "reviewer"};
	json_t *order = json_object(),
	       *sealed = op_vault_order(c, json_integer_value(json_object_get(w, "id")));
	char when[24];

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!json_is_null(json_object_get(w, same[i])))
			json_object_set(order, same[i], json_object_get(w, same[i]));
	snprintf(when, sizeof(when), "%lld", (long long)c->submitted_ns);
	json_object_set_new(order, "submitted_ns", json_string(when));
	json_object_set_new(order, "op", json_string(c->op->name));
	json_object_set(order, "plan", json_object_get(plan, "sha256"));
	json_object_set(order, "targets", json_object_get(sealed, "targets"));
	json_object_set(order, "documents", json_object_get(sealed, "documents"));
	json_object_set(plan, "sealed", sealed); /* with the number of targets that nothing binds */
	json_decref(sealed);
	json_object_set(order, "regime",
	    json_object_get(json_object_get(json_object_get(plan, "change"), "regime"), "name"));
	return order;
}

static json_t *
life_task(struct op_call *c, json_t *w)
{
	json_t *task = NULL;
	size_t len, n;
	void *image;
	char *text;

	if (taskset_build_one(
		c->store, json_integer_value(json_object_get(w, "id")), &image, &len) < 0)
		return NULL;
	if ((text = task_doc(image, len, 0, &n)) != NULL)
		task = json_loadb(text, n, 0, NULL);
	free(text);
	free(image);
	return task;
}

int
life_statement(struct op_call *c, bool strict)
{
	json_t *w = c->after != NULL ? c->after : c->before, *regime, *task;
	int r = 0;

	if (c->x->open && !c->dry)
		return life_nes_name(c, w);
	if ((regime = regime_of(c, json_integer_value(json_object_get(w, "id")))) == NULL)
		return -ENOENT;
	json_decref(c->plan);
	c->plan = life_plan(c, w, regime);
	json_decref(regime);
	if (strict && (r = life_plan_refuses(c, c->plan)) < 0)
		return r;
	if ((r = life_nes_name(c, w)) < 0)
		return r;
	if ((task = life_task(c, w)) == NULL)
		return fault_set(&c->fault, FAULT_INTERNAL, "task", c->object, "see the log",
		    "the task of this warrant cannot be made");
	json_decref(c->doc);
	c->doc = json_pack("{s:o, s:o, s:s}", "order", life_order(c, w, c->plan), "task", task,
	    "type", TASK_DOC_TYPE);
	return 0;
}
