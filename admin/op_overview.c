/* SPDX-License-Identifier: Apache-2.0 */
/* What matters now, on one page; no identities.  Each member is there for those who may see the
 * list that it sums up. */
#include "admin/approval.h"
#include "admin/auth.h"
#include "admin/links.h"
#include "admin/op_web.h"
#include "base/clock.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OVERVIEW_DAY_NS (INT64_C(86400) * CLOCK_NS_PER_S)
#define OVERVIEW_BUFFER_PERCENT 50.0
#define OVERVIEW_WARRANTS (OPW_ADMIN | OPW_APPROVER | OPW_LIAISON | OPW_AUDITOR)
#define OVERVIEW_WAITING (OPW_ANY & ~OPW_OPERATOR)
#define OVERVIEW_WHOLE (OPW_ANY & ~OPW_LIAISON)

static void
overview_add(json_t *out, const char *key, json_int_t n)
{
	json_object_set_new(
	    out, key, json_integer(json_integer_value(json_object_get(out, key)) + n));
}

/* ---- warrants */

static void
overview_warrants(struct op_call *c, json_t *out)
{
	static const char *const states[] = {"draft", "submitted", "approved", "active",
	    "suspended", "expired", "revoked", "closed", "shredded"};
	json_t *rows = store_rows(c->store, STMT_OVERVIEW_WARRANTS, c->args), *by = json_object(),
	       *row;
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		json_object_set_new(by, states[i], json_integer(0));
	json_array_foreach(rows, i, row) json_object_set(
	    by, json_string_value(json_object_get(row, "state")), json_object_get(row, "n"));
	json_object_set_new(out, "warrants", by);
	json_decref(rows);
}

/* LIIDs for those who may list warrants. */
static void
overview_expiring(struct op_call *c, json_t *out)
{
	json_t *rows = store_rows(c->store, STMT_OVERVIEW_EXPIRING, c->args),
	       *n = store_row(c->store, STMT_OVERVIEW_ENDING, c->args), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if ((c->actor.roles & OVERVIEW_WARRANTS) == 0)
			json_object_del(row, "liid");
		if (json_is_null(json_object_get(row, "provisional_until")))
			json_object_del(row, "provisional_until");
	}
	json_object_set_new(out, "expiring", rows);
	overview_add(out, "expiring_24h", json_integer_value(json_object_get(n, "day")));
	overview_add(out, "expiring_7d", json_integer_value(json_object_get(n, "week")));
	overview_add(
	    out, "provisional", store_int(c->store, STMT_OVERVIEW_PROVISIONAL, c->args, 0));
	json_decref(n);
}

static void
overview_waiting(struct op_call *c, json_t *out)
{
	json_t *n;

	json_object_set_new(c->args, "me", json_string(c->actor.name));
	json_object_set_new(c->args, "may", json_boolean(op_approval_may(c, "warrant.submit")));
	json_object_set_new(c->args, "may_person", json_boolean(op_approval_may(c, "person.add")));
	json_object_set_new(
	    c->args, "may_disclose", json_boolean(op_approval_may(c, "target.disclose")));
	json_object_set_new(out, "waiting", store_rows(c->store, STMT_OVERVIEW_WAITING, c->args));
	n = store_row(c->store, STMT_OVERVIEW_WAITING_N, c->args);
	overview_add(out, "waiting_n", json_integer_value(json_object_get(n, "n")));
	overview_add(out, "waiting_mine_n", json_integer_value(json_object_get(n, "may")));
	json_decref(n);
}

/* ---- links */

static json_t *
overview_buffer(struct op_call *c, json_t *parts, json_t *link)
{
	uint32_t lea = (uint32_t)json_integer_value(json_object_get(link, "lea_id"));
	json_t *percent = links_percent(c->x->links, parts, lea), *b = NULL;

	if (json_is_real(percent) && json_real_value(percent) > OVERVIEW_BUFFER_PERCENT)
		b = json_pack("{s:O, s:O, s:o}", "lea", json_object_get(link, "lea"), "percent",
		    percent, "time_to_full_s", links_full_s(c->x->links, parts, lea));
	json_decref(percent);
	return b;
}

static void
overview_links(struct op_call *c, json_t *parts, json_t *out)
{
	json_t *rows = store_rows(c->store, STMT_LINK_LIST, c->args), *down = json_array(),
	       *buffers = json_array(), *row, *live, *was = NULL, *b;
	json_int_t total = 0;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *state;

		live = op_link_live(op_link_answer(parts, json_object_get(row, "lea_id")), row);
		state = op_link_state(row, live);
		if (!json_equal(was, json_object_get(row, "lea_id")) &&
		    (b = overview_buffer(c, parts, row)) != NULL)
			json_array_append_new(buffers, b);
		was = json_object_get(row, "lea_id");
		if (strcmp(state, "disabled") == 0)
			continue;
		total++;
		if (strcmp(state, "up") != 0)
			json_array_append_new(
			    down, json_pack("{s:O, s:O, s:s, s:O?}", "destination",
				      json_object_get(row, "destination"), "lea",
				      json_object_get(row, "lea"), "state", state, "since",
				      json_object_get(live, "since")));
	}
	json_object_set_new(out, "links",
	    json_pack("{s:I, s:I}", "total", total, "down", (json_int_t)json_array_size(down)));
	json_object_set_new(out, "links_down", down);
	json_object_set_new(out, "buffers", buffers);
	json_decref(rows);
}

/* ---- the rest */

static void
overview_alarms(struct op_call *c, json_t *out)
{
	static const char *const severities[] = {"critical", "major", "minor", "warning"};
	json_t *rows = store_rows(c->store, STMT_OVERVIEW_ALARMS, c->args), *by = json_object(),
	       *row;
	size_t i;

	for (i = 0; i < sizeof(severities) / sizeof(severities[0]); i++)
		json_object_set_new(by, severities[i], json_integer(0));
	json_array_foreach(rows, i, row)
	    overview_add(by, json_string_value(json_object_get(row, "severity")),
		json_integer_value(json_object_get(row, "n")));
	json_object_set_new(out, "alarms", by);
	json_decref(rows);
}

static void
overview_audit(struct op_call *c, json_t *out)
{
	json_t *last = store_row(c->store, STMT_AUDIT_LAST, NULL),
	       *head = store_row(c->store, STMT_AUDIT_HEAD_LAST, NULL), *audit, *verified;
	char when[32];

	verified = c->x->verified.time_ns == 0
		       ? json_null()
		       : json_pack("{s:s, s:b}", "time", clock_format(c->x->verified.time_ns, when),
			     "holds", c->x->verified.holds);
	audit = json_pack("{s:I, s:o, s:o, s:o}", "size",
	    (json_int_t)json_integer_value(json_object_get(last, "seq")), "head_size",
	    head == NULL ? json_null() : json_incref(json_object_get(head, "size")), "head_time",
	    head == NULL ? json_null() : json_incref(json_object_get(head, "time")), "verified",
	    verified);
	json_object_set_new(out, "audit", audit);
	json_decref(last);
	json_decref(head);
}

static void
overview_clock(json_t *out)
{
	struct clock_quality q;

	clock_quality(&q);
	json_object_set_new(out, "clock",
	    json_pack("{s:s, s:o}", "state",
		!q.known	 ? "unknown"
		: q.synchronised ? "synchronised"
				 : "unsynchronised",
		"error_ms",
		q.known ? json_real((double)(q.error_ns / 1000) / 1000.0) : json_null()));
}

/* "deliver lea-a": roles that do not run or do not answer. */
static void
overview_roles(json_t *parts, json_t *out)
{
	json_t *down = json_array(), *r;
	char text[96];
	size_t i;

	json_array_foreach(json_object_get(parts, "roles"), i, r)
	{
		const char *role = json_string_value(json_object_get(r, "role")),
			   *name = json_string_value(json_object_get(r, "name"));

		if (json_is_true(json_object_get(r, "ready")) &&
		    json_is_true(json_object_get(r, "answer")))
			continue;
		snprintf(text, sizeof(text), "%s%s%s", role,
		    name != NULL && name[0] != '\0' && strcmp(name, role) != 0 ? " " : "",
		    name != NULL && strcmp(name, role) != 0 ? name : "");
		json_array_append_new(down, json_string(text));
	}
	json_object_set_new(out, "roles_down", down);
}

static void
overview_done(json_t *parts, void *token)
{
	struct op_call *c = token;
	json_t *out = json_object();
	bool whole = !auth_scoped(&c->actor) && (c->actor.roles & OVERVIEW_WHOLE) != 0;
	int64_t now = op_int(c, "now_ns", 0);
	char when[32];

	json_object_set_new(c->args, "past_ns", json_integer(now - OVERVIEW_DAY_NS));
	json_object_set_new(c->args, "day_ns", json_integer(now + OVERVIEW_DAY_NS));
	json_object_set_new(c->args, "week_ns", json_integer(now + 7 * OVERVIEW_DAY_NS));
	json_object_set_new(out, "time", json_string(clock_format(clock_wall_ns(), when)));
	overview_warrants(c, out);
	overview_expiring(c, out);
	if ((c->actor.roles & OVERVIEW_WAITING) != 0)
		overview_waiting(c, out);
	overview_links(c, parts, out);
	overview_alarms(c, out);
	if (whole) {
		overview_add(out, "drift", store_int(c->store, STMT_OVERVIEW_DRIFT, c->args, 0));
		overview_clock(out);
		if (c->x->ready != NULL)
			json_object_set_new(out, "ready", c->x->ready(c->x->arg));
		overview_roles(parts, out);
	}
	if (whole && (c->actor.roles & (OPW_AUDITOR | OPW_SECURITY)) != 0)
		overview_audit(c, out);
	c->result = out;
	ops_finish(c, 0);
}

int
op_overview(struct op_call *c)
{
	if (c->x->links == NULL)
		return fault_set(&c->fault, FAULT_REFUSED, "overview", "", "",
		    "this process does not know the roles");
	links_get(c->x->links, false, overview_done, c);
	return OPS_LATER;
}
