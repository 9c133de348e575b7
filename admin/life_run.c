/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that nobody commands: begin and end of windows, provisional orders whose paper did not
 * come, approvals that nobody gave, closing what is done.  Each is an operation of its own with its
 * row in the audit log, by "system"; see life.h. */
#include "admin/life.h"
#include "admin/op_life.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define LIFE_ARGS                                                                                  \
	(const struct op_arg[])                                                                    \
	{                                                                                          \
		{"warrant", OP_WARRANT, OP_REQUIRED, NULL, "the warrant"},                         \
		    {"reason", OP_TEXT, 0, NULL, "why"},                                           \
		{                                                                                  \
			NULL, OP_TEXT, 0, NULL, NULL                                               \
		}                                                                                  \
	}

static const struct op life_expire = {"warrant.expire", NULL, NULL, OPW_ADMIN, OP_CHANGE | OP_TASKS,
    "End of a window.", LIFE_ARGS, NULL, op_warrant_expire};
static const struct op life_activate = {"warrant.activate", NULL, NULL, OPW_ADMIN,
    OP_CHANGE | OP_TASKS, "Begin of a window.", LIFE_ARGS, NULL, op_warrant_activate};
static const struct op life_closing = {"warrant.close", NULL, NULL, OPW_ADMIN, OP_CHANGE,
    "All is delivered.", LIFE_ARGS, NULL, op_warrant_close};
static const struct op life_approval = {"approval.expire", NULL, NULL, OPW_ADMIN, OP_CHANGE,
    "Nobody approved it.",
    (const struct op_arg[]){
	{"approval", OP_UUID, OP_REQUIRED, NULL, "the approval"}, {NULL, OP_TEXT, 0, NULL, NULL}},
    NULL, op_approval_expire};

struct life {
	struct event *timer;
	struct ops_ctx *x;
	int64_t close_ns; /* when closing was tried last */
	bool asked;	  /* the status is on its way */
};

#define LIFE_CLOSE_EVERY_NS (INT64_C(60) * CLOCK_NS_PER_S)

static void
life_answer(json_t *answer, void *arg)
{
	unsigned *done = arg;

	if (json_is_true(json_object_get(answer, "ok")) && done != NULL)
		++*done;
}

/* OP with ARGS. */
static void
life_call(struct ops_ctx *x, const struct op *op, json_t *args, const char *reason, unsigned *done)
{
	const struct ops_actor actor = {
	    .uid = UINT32_MAX, .name = "system", .interface = "system", .roles = OPW_ADMIN};

	if (reason != NULL)
		json_object_set_new(args, "reason", json_string(reason));
	ops_call_op(
	    x, op, &actor, &(struct ops_request){.op = op->name, .args = args}, life_answer, done);
}

/* OP for each row of STMT; the rows have its first argument. */
static void
life_each(struct ops_ctx *x, int stmt, const struct op *op, json_t *bounds, const char *reason,
    unsigned *done)
{
	json_t *rows = store_rows(x->store, (enum store_stmt)stmt, bounds), *row;
	size_t i;

	json_array_foreach(rows, i, row) life_call(x, op, row, reason, done);
	json_decref(rows);
}

/* What was planned and never signed is forgotten, with its arguments. */
static void
life_forget(struct ops_ctx *x, json_t *bounds)
{
	struct fault f = {0};

	if (store_int(x->store, STMT_APPROVAL_STALE, bounds, 0) != 0 &&
	    store_run(x->store, STMT_APPROVAL_DROP, bounds, &f) < 0)
		log_warn("PLAN-STORE", "plans that nobody signed stay for now: %s", f.why);
}

unsigned
life_turn(struct ops_ctx *x)
{
	int64_t now = clock_warrant_ns();
	json_t *bounds = json_pack(
	    "{s:I, s:I}", "now_ns", (json_int_t)now, "lead_ns", (json_int_t)(now + LIFE_LEAD_NS));
	unsigned done = 0;

	life_each(x, STMT_LIFE_DUE_END, &life_expire, bounds, NULL, &done);
	life_each(x, STMT_APPROVAL_OLD, &life_approval, bounds, NULL, &done);
	life_forget(x, bounds);
	life_each(x, STMT_LIFE_DUE_BEGIN, &life_activate, bounds, "begin of the window", &done);
	json_decref(bounds);
	return done;
}

/* Those that are over, and of which the books say that they are done. */
static void
life_on_books(json_t *status, void *token)
{
	struct life *l = token;
	json_t *bounds =
		   json_pack("{s:I}", "grace_ns", (json_int_t)(clock_warrant_ns() - LIFE_GRACE_NS)),
	       *rows = store_rows(l->x->store, STMT_LIFE_DUE_CLOSE, bounds), *row;
	size_t i;

	l->asked = false;
	json_array_foreach(rows, i, row)
	{
		int64_t id = json_integer_value(json_object_get(row, "id"));

		json_object_del(row, "id");
		if (life_waits(status, id) == NULL)
			life_call(l->x, &life_closing, row, "everything was delivered", NULL);
	}
	json_decref(rows);
	json_decref(bounds);
}

/* Closing asks the data plane for its books: not each second. */
static void
life_close_some(struct life *l)
{
	json_t *bounds =
	    json_pack("{s:I}", "grace_ns", (json_int_t)(clock_warrant_ns() - LIFE_GRACE_NS));
	bool due = store_int(l->x->store, STMT_LIFE_CLOSE_N, bounds, 0) > 0;

	json_decref(bounds);
	if (due && !l->asked && l->x->status != NULL)
		l->asked = l->x->status(l->x->arg, life_on_books, l) == 0;
}

static void
life_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct life *l = arg;
	int64_t now = clock_mono_ns();

	(void)fd;
	(void)what;
	life_turn(l->x);
	if (now - l->close_ns >= LIFE_CLOSE_EVERY_NS) {
		l->close_ns = now;
		life_close_some(l);
	}
}

struct life *
life_open(struct event_base *base, struct ops_ctx *x)
{
	static const struct timeval second = {1, 0};
	struct life *l = calloc(1, sizeof(*l));

	assert(l != NULL);
	l->x = x;
	l->timer = event_new(base, -1, EV_PERSIST, life_on_timer, l);
	assert(l->timer != NULL);
	event_add(l->timer, &second);
	return l;
}

void
life_close(struct life *l)
{
	if (l == NULL)
		return;
	event_free(l->timer);
	free(l);
}
