/* SPDX-License-Identifier: Apache-2.0 */
/* States, steps and their history; see life.h. */
#include "admin/life.h"

#include "admin/approval.h"
#include "admin/op_warrant.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	enum life_state state;
	const char *name;
} life_states[] = {
    {LIFE_DRAFT, "draft"},
    {LIFE_SUBMITTED, "submitted"},
    {LIFE_APPROVED, "approved"},
    {LIFE_ACTIVE, "active"},
    {LIFE_SUSPENDED, "suspended"},
    {LIFE_EXPIRED, "expired"},
    {LIFE_REVOKED, "revoked"},
    {LIFE_CLOSED, "closed"},
    {LIFE_SHREDDED, "shredded"},
};
#define LIFE_STATE_N (sizeof(life_states) / sizeof(life_states[0]))

#define LIFE_SIGNED 1u /* another statement: what was submitted before is void */
#define LIFE_REASON 2u /* somebody has to say why, where persons are known */

/* Every step, and where it is possible. */
static const struct {
	const char *op, *verb;
	unsigned from, flags;
} life_steps[] = {
    {"warrant.set", "a change", LIFE_DRAFT | LIFE_SUBMITTED | LIFE_LIVE, 0},
    {"warrant.submit", "submit", LIFE_DRAFT, 0},
    {"warrant.activate", "activate", LIFE_APPROVED, LIFE_REASON},
    {"warrant.start", "start", LIFE_DRAFT, 0},
    {"warrant.suspend", "suspend", LIFE_ACTIVE, LIFE_REASON},
    {"warrant.resume", "resume", LIFE_SUSPENDED, LIFE_REASON},
    {"warrant.stop", "stop", LIFE_DRAFT | LIFE_SUBMITTED | LIFE_LIVE, LIFE_REASON},
    {"warrant.extend", "extend", LIFE_LIVE, LIFE_REASON},
    {"warrant.confirm", "confirm", LIFE_LIVE, LIFE_REASON},
    {"warrant.degrade", "degrade", LIFE_DRAFT | LIFE_SUBMITTED | LIFE_LIVE, 0},
    {"warrant.expire", "expire", LIFE_LIVE, 0},
    {"warrant.close", "close", LIFE_EXPIRED | LIFE_REVOKED, 0},
    {"warrant.shred", "shred", LIFE_CLOSED, LIFE_REASON},
};
#define LIFE_STEP_N (sizeof(life_steps) / sizeof(life_steps[0]))

const char *
life_state_name(enum life_state s)
{
	for (size_t i = 0; i < LIFE_STATE_N; i++)
		if (life_states[i].state == s)
			return life_states[i].name;
	return "?";
}

enum life_state
life_state_of(json_t *warrant)
{
	const char *state = json_string_value(json_object_get(warrant, "state"));

	for (size_t i = 0; state != NULL && i < LIFE_STATE_N; i++)
		if (strcmp(life_states[i].name, state) == 0)
			return life_states[i].state;
	return 0;
}

static size_t
life_step(const char *op)
{
	size_t i = 0;

	while (i < LIFE_STEP_N && strcmp(life_steps[i].op, op) != 0)
		i++;
	return i;
}

unsigned
life_from(const char *op)
{
	size_t i = life_step(op);

	return i < LIFE_STEP_N ? life_steps[i].from : 0;
}

/* "draft, active or suspended" */
static void
life_states_text(unsigned set, char *buf, size_t len)
{
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < LIFE_STATE_N && n < len; i++) {
		if (!(set & life_states[i].state))
			continue;
		set &= ~(unsigned)life_states[i].state;
		n += (size_t)snprintf(buf + n, len - n, "%s%s",
		    n == 0     ? ""
		    : set == 0 ? " or "
			       : ", ",
		    life_states[i].name);
	}
}

int
life_begin(struct op_call *c, const char *op)
{
	size_t i = life_step(op);
	enum life_state state;
	char from[128];
	unsigned may;

	assert(i < LIFE_STEP_N);
	op_object(c, "warrant %s", op_text(c, "warrant"));
	if (c->before == NULL && (c->before = op_need_warrant(c)) == NULL)
		return -ENOENT;
	op_object(c, "warrant %s", json_string_value(json_object_get(c->before, "uuid")));
	json_object_set(c->args, "id", json_object_get(c->before, "id"));
	state = life_state_of(c->before);
	may = life_steps[i].from;
	if (c->second && strcmp(op, "warrant.submit") == 0)
		may = LIFE_SUBMITTED;
	life_states_text(may, from, sizeof(from));
	if (!(state & may))
		return fault_set(&c->fault, FAULT_CONFLICT, "state", c->object,
		    "mdfctl warrant show tells its state", "it is %s; %s is possible when it is %s",
		    life_state_name(state), life_steps[i].verb, from);
	if ((life_steps[i].flags & LIFE_REASON) && !c->x->open && op_text(c, "reason") == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "reason", c->object, "say --reason TEXT",
		    "a reason is needed; it goes into history and audit log");
	return 0;
}

static int
life_step_add(struct op_call *c, json_t *id, const char *from, const char *to)
{
	json_t *h = json_pack("{s:O, s:O, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?}", "id", id,
	    "now_ns", json_object_get(c->args, "now_ns"), "op", c->op->name, "from", from, "to", to,
	    "actor", c->creator != NULL ? c->creator : c->actor.name, "approver",
	    c->creator != NULL ? c->actor.name : NULL, "reason", op_text(c, "reason"), "approval",
	    c->approval);
	int r = store_run(c->store, STMT_LIFE_HISTORY_ADD, h, &c->fault);

	json_decref(h);
	return r;
}

static int
life_history(struct op_call *c, enum life_state from, enum life_state to)
{
	return life_step_add(
	    c, json_object_get(c->args, "id"), life_state_name(from), life_state_name(to));
}

int
life_enter(struct op_call *c, int64_t warrant, const char *state)
{
	json_t *id = json_integer(warrant);
	int r = life_step_add(c, id, "", state);

	json_decref(id);
	return r;
}

int
life_move(struct op_call *c, enum life_state from, enum life_state to)
{
	json_t *a = json_pack("{s:O, s:O, s:s}", "id", json_object_get(c->args, "id"), "now_ns",
	    json_object_get(c->args, "now_ns"), "state", life_state_name(to));
	int r = store_run(c->store, STMT_LIFE_MOVE, a, &c->fault);

	json_decref(a);
	return r < 0 ? r : life_history(c, from, to);
}

int
life_revise(struct op_call *c)
{
	enum life_state state = life_state_of(c->before);
	int r = store_run(c->store, STMT_LIFE_REVISE, c->args, &c->fault);

	return r < 0 ? r : life_history(c, state, state);
}

int
life_end(struct op_call *c)
{
	if (c->after != NULL)
		json_decref(c->after);
	if ((c->after = op_need_warrant(c)) == NULL)
		return -ENOENT;
	json_decref(c->result);
	c->result = json_incref(c->after);
	return 0;
}

int
life_unsubmit(struct op_call *c, int64_t warrant)
{
	json_t *kept = json_incref(json_object_get(c->args, "id")),
	       *a = json_pack("{s:I}", "id", (json_int_t)warrant);
	int r = 0;

	json_object_set_new(c->args, "id", json_integer(warrant));
	if (store_int(c->store, STMT_LIFE_IS_SUBMITTED, a, 0) != 0)
		r = life_move(c, LIFE_SUBMITTED, LIFE_DRAFT);
	if (kept != NULL)
		json_object_set(c->args, "id", kept);
	json_decref(kept);
	json_decref(a);
	return r;
}
