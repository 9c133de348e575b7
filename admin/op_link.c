/* SPDX-License-Identifier: Apache-2.0 */
/* Links and network elements with what the roles say of them. */
#include "admin/auth.h"
#include "admin/links.h"
#include "admin/op_web.h"
#include "admin/status.h"
#include "base/clock.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static uint32_t
link_id(json_t *row, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(row, key));
}

static int
link_none(struct op_call *c)
{
	return fault_set(
	    &c->fault, FAULT_REFUSED, "links", c->object, "", "this process has no links");
}

json_t *
op_link_answer(json_t *parts, json_t *lea_id)
{
	char key[24];

	snprintf(key, sizeof(key), "%lld", (long long)json_integer_value(lea_id));
	return json_object_get(json_object_get(parts, "deliver"), key);
}

json_t *
op_link_live(json_t *answer, json_t *row)
{
	json_t *d;
	size_t i;

	json_array_foreach(json_object_get(answer, "destinations"), i, d)
	{
		if (json_equal(json_object_get(d, "id"), json_object_get(row, "id")))
			return d;
	}
	return NULL;
}

const char *
op_link_state(json_t *row, json_t *live)
{
	const char *state = json_string_value(json_object_get(live, "state"));

	if (json_is_false(json_object_get(row, "enabled")))
		return "disabled";
	return state != NULL ? state : "no answer";
}

/* {"code", "text", "since"} while the link is not up. */
static json_t *
link_fault(json_t *live, const char *state)
{
	json_t *e = json_object_get(live, "error");

	if (!json_is_object(e) || strcmp(state, "up") == 0 || strcmp(state, "disabled") == 0)
		return json_null();
	return json_pack("{s:O, s:O, s:O}", "code", json_object_get(e, "code"), "text",
	    json_object_get(e, "text"), "since", json_object_get(e, "at"));
}

static json_t *
link_or_null(json_t *v)
{
	return v == NULL ? json_null() : json_incref(v);
}

static json_t *
link_number(json_t *live, json_int_t n)
{
	return live == NULL ? json_null() : json_integer(n);
}

/* Turn ROW of the database into a row of link.list. */
static void
link_fill(const struct links *l, json_t *parts, json_t *row)
{
	json_t *answer = op_link_answer(parts, json_object_get(row, "lea_id")),
	       *live = op_link_live(answer, row), *acked = json_object_get(live, "acked");
	struct status_backlog b = status_backlog_of(live);
	uint32_t id = link_id(row, "id"), lea = link_id(row, "lea_id");
	const char *state = op_link_state(row, live);
	json_int_t rtt = json_integer_value(json_object_get(live, "keepalive_rtt_us"));

	json_object_set_new(row, "state", json_string(state));
	if (json_is_string(json_object_get(live, "level")))
		json_object_set(row, "level", json_object_get(live, "level"));
	json_object_set_new(row, "since", link_or_null(json_object_get(live, "since")));
	json_object_set_new(
	    row, "certificate_until", link_or_null(json_object_get(live, "cert_until")));
	json_object_set_new(row, "rtt_ms", rtt > 0 ? json_real((double)rtt / 1000.0) : json_null());
	json_object_set_new(row, "waiting", link_number(live, b.records));
	json_object_set_new(row, "octets", link_number(live, b.octets));
	json_object_set_new(row, "oldest_s", link_number(live, b.age_s));
	json_object_set_new(row, "quota_percent", links_percent(l, parts, lea));
	json_object_set_new(row, "time_to_full_s", links_full_s(l, parts, lea));
	json_object_set_new(row, "sent", link_or_null(json_object_get(live, "records_sent")));
	json_object_set_new(row, "acked", link_or_null(json_object_get(acked, "records")));
	json_object_set_new(row, "tests", link_or_null(json_object_get(live, "tests")));
	json_object_set_new(row, "tested", link_or_null(json_object_get(live, "tested")));
	json_object_set_new(row, "rate_pdus", links_rate(l, LINKS_DEST, id, 0));
	json_object_set_new(row, "rate_octets", links_rate(l, LINKS_DEST, id, 1));
	json_object_set_new(row, "fault", link_fault(live, state));
	json_object_del(row, "id");
	json_object_del(row, "lea_id");
}

static void
link_list_done(json_t *parts, void *token)
{
	struct op_call *c = token;
	json_t *row;
	size_t i;

	json_array_foreach(c->result, i, row) link_fill(c->x->links, parts, row);
	ops_finish(c, 0);
}

int
op_link_list(struct op_call *c)
{
	if (c->x->links == NULL)
		return link_none(c);
	c->result = store_rows(c->store, STMT_LINK_LIST, c->args);
	links_get(c->x->links, false, link_list_done, c);
	return OPS_LATER;
}

/* ---- history */

static void
link_history_done(json_t *parts, void *token)
{
	struct op_call *c = token;
	json_t *history = links_history(c->x->links, (uint32_t)op_int(c, "id", 0),
	    (unsigned)op_int(c, "seconds", LINKS_HISTORY_S), clock_wall_ns());

	(void)parts;
	json_object_set(history, "destination", json_object_get(c->args, "destination"));
	c->result = history;
	ops_finish(c, 0);
}

int
op_link_history(struct op_call *c)
{
	int64_t seconds = op_int(c, "seconds", LINKS_HISTORY_S);
	const char *name = op_text(c, "destination");
	json_t *row;

	op_object(c, "destination %s", name);
	if (c->x->links == NULL)
		return link_none(c);
	if (seconds < LINKS_STEP_S || seconds > LINKS_HISTORY_S)
		return fault_set(&c->fault, FAULT_USAGE, "seconds", c->object, "5 to 3600",
		    "what a link carried is kept for an hour, in steps of 5 s");
	if (c->actor.tenant != 0) /* it carries what is of others, too */
		return fault_set(&c->fault, FAULT_NOT_FOUND, "destination", name,
		    "mdfctl link list shows them", "there is no link '%s'", name);
	if ((row = op_need_destination(c, name)) == NULL)
		return -ENOENT;
	json_object_set(c->args, "id", json_object_get(row, "id"));
	json_object_set(c->args, "destination", json_object_get(row, "name"));
	json_decref(row);
	links_get(c->x->links, false, link_history_done, c);
	return OPS_LATER;
}

/* ---- network elements */

/* The first end of a certificate with which element NE is connected now; new. */
static json_t *
ne_certificate(json_t *ingest, json_t *ne)
{
	json_t *conns = json_object_get(json_object_get(ingest, "x"), "connections"), *x,
	       *first = NULL;
	size_t i;

	json_array_foreach(conns, i, x)
	{
		json_t *until = json_object_get(x, "cert_until");
		const char *text = json_string_value(until);

		if (json_equal(json_object_get(x, "ne"), json_object_get(ne, "id")) &&
		    text != NULL && text[0] != '\0' &&
		    (first == NULL || strcmp(text, json_string_value(first)) < 0))
			first = until;
	}
	return link_or_null(first);
}

/* Warrants in force by the row of the element that they name; 0: of those that name none. */
static int64_t
ne_tasks(json_t *tasks, json_int_t ne)
{
	json_t *t;
	size_t i;

	json_array_foreach(tasks, i, t)
	{
		if (json_integer_value(json_object_get(t, "ne")) == ne)
			return json_integer_value(json_object_get(t, "n"));
	}
	return 0;
}

static void
ne_fill(const struct links *l, json_t *ingest, json_t *index, json_t *tasks, json_t *ne)
{
	json_int_t id = json_integer_value(json_object_get(ne, "id"));
	char key[24];
	json_t *live;

	snprintf(key, sizeof(key), "%lld", (long long)id);
	live = json_object_get(index, key);
	json_object_set_new(
	    ne, "state", json_string(status_ne_state(ne, live, json_is_object(ingest))));
	json_object_set_new(ne, "connections",
	    link_number(json_is_object(ingest) ? ingest : NULL,
		json_integer_value(json_object_get(live, "connections"))));
	json_object_set_new(ne, "pdus",
	    link_number(json_is_object(ingest) ? ingest : NULL,
		json_integer_value(json_object_get(live, "pdus"))));
	json_object_set_new(ne, "rate_pdus", links_rate(l, LINKS_NE, (uint32_t)id, 0));
	json_object_set_new(ne, "last", link_or_null(json_object_get(live, "last")));
	json_object_set_new(ne, "tasks_expected",
	    json_integer(json_is_true(json_object_get(ne, "enabled"))
			     ? ne_tasks(tasks, id) + ne_tasks(tasks, 0)
			     : 0));
	json_object_set_new(ne, "tasks_found", json_null()); /* elements are not asked */
	json_object_set_new(ne, "drift", json_null());
	json_object_set_new(ne, "certificate_until", ne_certificate(ingest, ne));
}

static void
ne_live_done(json_t *parts, void *token)
{
	struct op_call *c = token;
	json_t *ingest = json_object_get(parts, "ingest"),
	       *index = status_ne_index(json_object_get(ingest, "network_elements")),
	       *tasks = store_rows(c->store, STMT_NE_TASKS, c->args), *ne;
	size_t i;

	json_array_foreach(c->result, i, ne) ne_fill(c->x->links, ingest, index, tasks, ne);
	json_decref(index);
	json_decref(tasks);
	ops_finish(c, 0);
}

int
op_ne_live(struct op_call *c)
{
	if (c->x->links == NULL)
		return link_none(c);
	links_get(c->x->links, false, ne_live_done, c);
	return OPS_LATER;
}
