/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on the life of a warrant; see life.h. */
#include "admin/op_life.h"

#include "admin/approval.h"
#include "admin/life.h"
#include "admin/op_warrant.h"
#include "admin/regime.h"
#include "base/clock.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t
op_life_ns(json_t *w, const char *key)
{
	const char *text = json_string_value(json_object_get(w, key));
	int64_t ns = 0;

	if (text != NULL)
		clock_parse(text, &ns);
	return ns;
}

static int64_t
op_life_id(struct op_call *c)
{
	return op_int(c, "id", 0);
}

/* Nothing goes on for a warrant that is over. */
static int
op_life_void(struct op_call *c, const char *why)
{
	return approval_void(c, op_life_id(c), why);
}

/* ---- submit */

static int
op_submit_held(struct op_call *c)
{
	return life_move(c, LIFE_DRAFT, LIFE_SUBMITTED);
}

/* Approved: it becomes active now, later by itself, or by a person. */
static int
op_submit_begin(struct op_call *c, json_t *regime)
{
	bool human = regime_flag(regime, "affirmative");
	int r;

	json_object_set_new(c->args, "human", json_boolean(human));
	if ((r = store_run(c->store, STMT_LIFE_HUMAN, c->args, &c->fault)) < 0 || human)
		return r;
	if (op_life_ns(c->before, "from_written") > op_int(c, "now_ns", 0) + LIFE_LEAD_NS)
		return 0;
	if ((r = life_clock(c, regime)) < 0)
		return r;
	return life_move(c, LIFE_APPROVED, LIFE_ACTIVE);
}

int
op_warrant_submit(struct op_call *c)
{
	enum life_state from;
	json_t *regime;
	int r = life_begin(c, "warrant.submit");

	if (r < 0 || (r = op_warrant_complete(c, c->before)) < 0 ||
	    (r = life_statement(c, true)) < 0 || (regime = regime_of(c, op_life_id(c))) == NULL)
		return r < 0 ? r : -ENOENT;
	from = life_state_of(c->before);
	if ((r = life_move(c, from, LIFE_APPROVED)) == 0)
		r = op_submit_begin(c, regime);
	json_decref(regime);
	c->on_held = op_submit_held;
	return r < 0 ? r : life_end(c);
}

/* ---- into force and out of it */

int
op_warrant_activate(struct op_call *c)
{
	json_t *regime;
	int r = life_begin(c, "warrant.activate");

	if (r < 0 || (r = op_warrant_complete(c, c->before)) < 0)
		return r;
	if ((regime = regime_of(c, op_life_id(c))) == NULL)
		return -ENOENT;
	if (strcmp(c->actor.interface, "system") == 0 && regime_flag(regime, "affirmative"))
		r = fault_set(&c->fault, FAULT_REFUSED, "regime", c->object,
		    "mdfctl warrant activate", "its regime wants a person to activate it");
	if (r == 0 && (r = life_clock(c, regime)) == 0)
		r = life_move(c, LIFE_APPROVED, LIFE_ACTIVE);
	json_decref(regime);
	return r < 0 ? r : life_end(c);
}

/* At once and unsigned: in a laboratory only. */
int
op_warrant_start(struct op_call *c)
{
	int r = life_begin(c, "warrant.start");

	if (r < 0)
		return r;
	if (!c->x->open)
		return fault_set(&c->fault, FAULT_REFUSED, "start", c->object,
		    "mdfctl warrant submit", "a warrant starts when two persons have signed it");
	if ((r = op_warrant_complete(c, c->before)) < 0 || (r = life_nes_name(c, c->before)) < 0 ||
	    (r = life_move(c, LIFE_DRAFT, LIFE_ACTIVE)) < 0)
		return r;
	return life_end(c);
}

int
op_warrant_suspend(struct op_call *c)
{
	int r = life_begin(c, "warrant.suspend");

	if (r < 0 || (r = life_move(c, LIFE_ACTIVE, LIFE_SUSPENDED)) < 0)
		return r;
	return life_end(c);
}

int
op_warrant_resume(struct op_call *c)
{
	int r = life_begin(c, "warrant.resume");

	if (r < 0 || (r = op_warrant_complete(c, c->before)) < 0 ||
	    (r = life_move(c, LIFE_SUSPENDED, LIFE_ACTIVE)) < 0 || (r = life_revise(c)) < 0 ||
	    (r = life_end(c)) < 0)
		return r;
	/* the data plane remembers the suspension: only a newer statement ends it */
	return life_statement(c, true);
}

/* One person, one action, whatever else waits. */
int
op_warrant_stop(struct op_call *c)
{
	int r = life_begin(c, "warrant.stop");

	if (r < 0 || (r = op_life_void(c, "the warrant was stopped")) < 0 ||
	    (r = life_move(c, life_state_of(c->before), LIFE_REVOKED)) < 0)
		return r;
	return life_end(c);
}

int
op_warrant_expire(struct op_call *c)
{
	int64_t now = op_int(c, "now_ns", 0), provisional;
	int r = life_begin(c, "warrant.expire");

	if (r < 0)
		return r;
	provisional = op_life_ns(c->before, "provisional_until");
	if (op_life_ns(c->before, "until_written") > now && (provisional == 0 || provisional > now))
		return fault_set(
		    &c->fault, FAULT_CONFLICT, "until", c->object, "", "its window is not over");
	if (op_text(c, "reason") == NULL)
		json_object_set_new(c->args, "reason",
		    json_string(op_life_ns(c->before, "until_written") <= now
				    ? "end of the window"
				    : "the paper of a provisional order did not come"));
	if ((r = op_life_void(c, "the warrant expired")) < 0 ||
	    (r = life_move(c, life_state_of(c->before), LIFE_EXPIRED)) < 0)
		return r;
	return life_end(c);
}

/* ---- changes of what is in force: a new revision */

int
op_warrant_extend(struct op_call *c)
{
	int r = life_begin(c, "warrant.extend");

	if (r < 0)
		return r;
	if (op_int(c, "until_ns", 0) <= op_life_ns(c->before, "until_written"))
		return fault_set(&c->fault, FAULT_USAGE, "until", c->object,
		    "mdfctl warrant set shortens it", "an extension ends later than %s",
		    json_string_value(json_object_get(c->before, "until_written")));
	if ((r = store_run(c->store, STMT_LIFE_EXTEND, c->args, &c->fault)) < 0 ||
	    (r = life_revise(c)) < 0 || (r = life_end(c)) < 0)
		return r;
	return life_statement(c, true);
}

int
op_warrant_confirm(struct op_call *c)
{
	int r = life_begin(c, "warrant.confirm");

	if (r < 0)
		return r;
	if (!json_is_string(json_object_get(c->before, "provisional_until")))
		return fault_set(&c->fault, FAULT_CONFLICT, "provisional", c->object, "",
		    "it is not provisional");
	if ((r = store_run(c->store, STMT_LIFE_CONFIRM, c->args, &c->fault)) < 0 ||
	    (r = life_revise(c)) < 0 || (r = life_end(c)) < 0)
		return r;
	return life_statement(c, true);
}

/* ---- the end */

const char *
life_waits(json_t *status, int64_t id)
{
	json_t *w, *role;
	size_t i;

	json_array_foreach(json_object_get(status, "roles"), i,
	    role) if (!json_is_true(json_object_get(role,
			  "answer"))) return "a role of the data plane does not tell its books";
	json_array_foreach(json_object_get(status, "warrants"), i, w)
	{
		if (json_integer_value(json_object_get(w, "id")) != id)
			continue;
		if (json_integer_value(json_object_get(w, "waiting")) > 0)
			return "records wait for delivery";
		if (json_is_false(json_object_get(w, "ok")))
			return "its books do not balance";
	}
	return NULL;
}

int
op_warrant_close(struct op_call *c)
{
	const char *why;
	int r = life_begin(c, "warrant.close");

	if (r < 0)
		return r;
	if (c->status != NULL && (why = life_waits(c->status, op_life_id(c))) != NULL)
		return fault_set(&c->fault, FAULT_CONFLICT, "books", c->object,
		    "mdfctl status shows them", "%s", why);
	if ((r = life_move(c, life_state_of(c->before), LIFE_CLOSED)) < 0)
		return r;
	return life_end(c);
}

/* ---- what people look at */

int
op_warrant_history(struct op_call *c)
{
	if (op_filter_warrant(c) < 0)
		return -ENOENT;
	c->result = store_rows(c->store, STMT_LIFE_HISTORY, c->args);
	return 0;
}

/* What a row of the history is on a timeline; NULL: nothing of its own. */
static const char *
op_timeline_step(json_t *row)
{
	const char *from = json_string_value(json_object_get(row, "state_from")),
		   *to = json_string_value(json_object_get(row, "state_to")),
		   *op = json_string_value(json_object_get(row, "op"));

	if (*from == '\0')
		return "entered";
	if (strcmp(from, to) == 0)
		return strcmp(op, "warrant.extend") == 0    ? "extended"
		       : strcmp(op, "warrant.confirm") == 0 ? "confirmed"
							    : NULL;
	if (strcmp(to, "draft") == 0)
		return "returned";
	if (strcmp(to, "expired") == 0)
		return "ended (expired)";
	if (strcmp(to, "revoked") == 0)
		return "ended (revoked)";
	return strcmp(from, "suspended") == 0 && strcmp(to, "active") == 0 ? "resumed" : to;
}

static void
op_timeline_add(json_t *line, json_t *time, const char *step, json_t *row)
{
	const char *actor = json_string_value(json_object_get(row, "actor")),
		   *approver = json_string_value(json_object_get(row, "approver"));

	json_array_append_new(
	    line, json_pack("{s:O, s:s, s:o}", "time", time, "step", step, "by",
		      actor == NULL	 ? json_null()
		      : approver == NULL ? json_string(actor)
					 : json_sprintf("%s, %s", actor, approver)));
}

void
op_warrant_timeline(struct op_call *c, json_t *w)
{
	json_t *line, *a, *rows, *row;
	const char *step;
	size_t i;

	if (!(c->actor.roles & (OPW_ADMIN | OPW_APPROVER | OPW_AUDITOR)))
		return;
	line = json_array();
	a = json_pack("{s:O}", "row", json_object_get(w, "id"));
	rows = store_rows(c->store, STMT_LIFE_HISTORY, a);
	row = json_array_get(rows, 0);
	if (row == NULL ||
	    json_string_length(json_object_get(row, "state_from")) > 0) /* an old one */
		op_timeline_add(line, json_object_get(w, "created"), "entered", NULL);
	json_array_foreach(rows, i, row) if ((step = op_timeline_step(row)) != NULL)
	    op_timeline_add(line, json_object_get(row, "time"), step, row);
	json_decref(rows);
	json_decref(a);
	json_object_set_new(w, "timeline", line);
}

/* What submitting it would do; nothing is refused, everything is said. */
int
op_warrant_plan(struct op_call *c)
{
	json_t *w = op_need_warrant(c), *regime = NULL;
	bool change;

	if (w == NULL)
		return -ENOENT;
	json_object_set(c->args, "id", json_object_get(w, "id"));
	change = (life_state_of(w) & (LIFE_DRAFT | LIFE_SUBMITTED)) != 0;
	if ((regime = regime_of(c, op_life_id(c))) != NULL)
		c->result = life_plan(c, w, regime);
	json_object_set_new(c->result, "changes", json_boolean(change));
	json_decref(regime);
	json_decref(w);
	return c->result == NULL ? -ENOENT : 0;
}
