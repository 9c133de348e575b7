/* SPDX-License-Identifier: Apache-2.0 */
/* Long work; see work.h. */
#include "admin/work.h"

#include "admin/auth.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define WORK_TELL_NS CLOCK_NS_PER_S /* between two events of one work */
#define WORK_TIDY_S 600

enum work_state {
	WORK_RUNNING,
	WORK_DONE,
	WORK_FAILED,
	WORK_CANCELLED,
	WORK_INTERRUPTED
};

static const char *const work_states[] = {"running", "done", "failed", "cancelled", "interrupted"};
#define WORK_STATES_N (sizeof(work_states) / sizeof(work_states[0]))

/* Operations whose answers tell of no target: what came of them is stored.  Others are found again
 * without it. */
static const char *const work_stored[] = {
    "audit.verify", "check", "reconcile.run", "report.make", "schedule.run"};

struct work {
	TAILQ_ENTRY(work) entry;
	struct works *ws;
	const struct op *op;
	char id[37], object[96];
	int64_t person; /* whose it is; 0: in a laboratory without persons, by name */
	char name[64];
	enum work_state state;
	int64_t begun_ns, ended_ns, told_ns, done, total;
	json_t *result, *error;
	const char *withheld; /* why there is no result; NULL: it is there, or there is none */
	json_t *refused;      /* the answer that came at once, and was no */
	bool starting, cancel;
};

/* A call that is being worked on in slices, in the background or not. */
struct work_run {
	LIST_ENTRY(work_run) entry;
	struct op_call *c;
	int (*step)(struct op_call *c);
	void (*go)(struct op_call *c, int r);
	struct event *next;
};

struct works {
	struct event_base *base;
	struct ops_ctx *x;
	struct event *tidy;
	bool stopping;
	TAILQ_HEAD(, work) all; /* the newest first */
	LIST_HEAD(, work_run) runs;
};

static const struct timeval at_once;

/* ---- slices */

/* The end of a run: R as from its step. */
static void
work_run_end(struct work_run *run, int r)
{
	struct op_call *c = run->c;
	void (*go)(struct op_call *, int) = run->go;

	LIST_REMOVE(run, entry);
	event_free(run->next);
	free(run);
	go(c, r);
}

static void
work_on_next(evutil_socket_t fd, short what, void *arg)
{
	struct work_run *run = arg;
	int r = run->step(run->c);

	(void)fd;
	(void)what;
	if (r > 0)
		evtimer_add(run->next, &at_once);
	else
		work_run_end(run, r);
}

static int
work_stopping(struct op_call *c)
{
	return fault_set(&c->fault, FAULT_INTERNAL, c->op->name, c->object, "do it again",
	    "the daemon is being stopped");
}

/* ---- what is known of a work */

static const char *
work_state_name(const struct work *w)
{
	return work_states[w->state];
}

static json_t *
work_time(int64_t ns)
{
	char text[32];

	return ns == 0 ? json_null() : json_string(clock_format(ns, text));
}

static json_t *
work_json(const struct work *w)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:s?, s:o}", "work", w->id,
	    "op", w->op->name, "object", w->object, "state", work_state_name(w), "begun",
	    work_time(w->begun_ns), "ended", work_time(w->ended_ns), "done", (json_int_t)w->done,
	    "total", w->total < 0 ? json_null() : json_integer(w->total), "result",
	    w->result == NULL ? json_null() : json_deep_copy(w->result), "withheld", w->withheld,
	    "error", w->error == NULL ? json_null() : json_deep_copy(w->error));
}

/* Tell its person.  KEEP: also when they come back later. */
static void
work_tell(struct work *w, bool keep)
{
	struct ops_ctx *x = w->ws->x;
	json_t *e = json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "work", w->id, "op", w->op->name,
	    "object", w->object, "state", work_state_name(w), "done", (json_int_t)w->done, "total",
	    w->total < 0 ? json_null() : json_integer(w->total));

	w->told_ns = clock_mono_ns();
	if (x->event_to != NULL)
		x->event_to(x->arg, w->person, w->name, "work", keep, e);
	json_decref(e);
}

void
work_progress(struct op_call *c, int64_t done, int64_t total)
{
	struct work *w = c->bg;

	if (w == NULL || w->state != WORK_RUNNING)
		return;
	w->done = done;
	w->total = total;
	work_object(c);
	if (clock_mono_ns() - w->told_ns >= WORK_TELL_NS)
		work_tell(w, false);
}

void
work_object(struct op_call *c)
{
	if (c->bg != NULL)
		snprintf(c->bg->object, sizeof(c->bg->object), "%s", c->object);
}

static int
work_cancelled(struct op_call *c)
{
	return fault_set(&c->fault, FAULT_CANCELLED, c->op->name, c->object, "",
	    "who began it has cancelled it");
}

void
work_slices(struct op_call *c, int (*step)(struct op_call *c), void (*go)(struct op_call *c, int r))
{
	struct works *ws = c->x->works;
	struct work_run *run;
	int r;

	if (ws != NULL && (ws->stopping || (c->bg != NULL && c->bg->cancel))) {
		go(c, ws->stopping ? work_stopping(c) : work_cancelled(c));
		return;
	}
	if (ws == NULL) {
		while ((r = step(c)) > 0)
			;
		go(c, r);
		return;
	}
	run = calloc(1, sizeof(*run));
	assert(run != NULL);
	*run = (struct work_run){.c = c, .step = step, .go = go};
	run->next = evtimer_new(ws->base, work_on_next, run);
	assert(run->next != NULL);
	LIST_INSERT_HEAD(&ws->runs, run, entry);
	evtimer_add(run->next, &at_once);
}

/* It may have waited long: rights are looked at again. */
int
work_gate(struct op_call *c)
{
	struct ops_actor now = {0};
	json_t *key, *row;

	if (c->bg == NULL)
		return 0;
	if (c->bg->cancel)
		return work_cancelled(c);
	if (c->x->open || c->actor.person == 0)
		return 0;
	key = json_pack("{s:I}", "id", (json_int_t)c->actor.person);
	row = store_row(c->store, STMT_PERSON_GET, key);
	auth_actor_person(&now, row);
	json_decref(row);
	json_decref(key);
	return (c->op->who & now.roles & (OPW_ANY | OPW_SYSTEM)) != 0
		   ? 0
		   : fault_set(&c->fault, FAULT_DENIED, c->op->name, "",
			 "ask a person who may: mdfctl help --man tells who",
			 "your roles no longer include this operation");
}

/* ---- what is stored of it */

static bool
work_is_stored(const struct work *w)
{
	for (size_t i = 0; i < sizeof(work_stored) / sizeof(work_stored[0]); i++)
		if (strcmp(work_stored[i], w->op->name) == 0)
			return true;
	return false;
}

/* The result as text, or NULL and *WHY; new. */
static char *
work_result_text(const struct work *w, const char **why)
{
	char *text;

	*why = w->withheld;
	if (w->result == NULL)
		return NULL;
	if (!work_is_stored(w)) {
		*why = "identities";
		return NULL;
	}
	text = json_dumps(w->result, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text != NULL && strlen(text) <= WORK_RESULT_MAX)
		return text;
	free(text);
	*why = "size";
	return NULL;
}

/* An error names the object, and may name more: of other operations the code alone is stored. */
static char *
work_error_text(const struct work *w)
{
	json_t *e = w->error == NULL	? NULL
		    : work_is_stored(w) ? json_incref(w->error)
					: json_pack("{s:O, s:s, s:s, s:s, s:s}", "code",
					      json_object_get(w->error, "code"), "what",
					      w->op->name, "object", "", "why", "", "todo", "");
	char *text = e == NULL ? NULL : json_dumps(e, JSON_COMPACT);

	json_decref(e);
	return text;
}

static json_t *
work_ns(int64_t ns)
{
	return ns == 0 ? json_null() : json_integer(ns);
}

static void
work_put(struct work *w)
{
	const char *why;
	char *result = work_result_text(w, &why), *error = work_error_text(w);
	json_t *a =
	    json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:I, s:o, s:I, s:o, s:s?, s:s?, s:s?}",
		"work", w->id, "person", (json_int_t)w->person, "name", w->name, "op", w->op->name,
		"object", work_is_stored(w) ? w->object : "", "state", work_state_name(w),
		"begun_ns", (json_int_t)w->begun_ns, "ended_ns", work_ns(w->ended_ns), "done",
		(json_int_t)w->done, "total", w->total < 0 ? json_null() : json_integer(w->total),
		"result", result, "withheld", why, "error", error);
	struct fault f = {0};

	if (store_run(w->ws->x->store, STMT_WORK_PUT, a, &f) < 0)
		log_warn("WORK-STORE", "%s: %s", w->op->name, f.why);
	json_decref(a);
	free(result);
	free(error);
}

static json_t *
work_broken(const struct work *w)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "code", fault_code_name(FAULT_INTERRUPTED),
	    "what", w->op->name, "object", w->object, "why",
	    "the admin role ended while it was under way", "todo", "start it again");
}

static enum work_state
work_state_of(json_t *row)
{
	const char *name = json_string_value(json_object_get(row, "state"));
	size_t i = 0;

	while (i + 1 < WORK_STATES_N && strcmp(work_states[i], name) != 0)
		i++;
	return (enum work_state)i;
}

/* A work of an earlier run; ROW is borrowed. */
static void
work_found(struct works *ws, json_t *row)
{
	const struct op *op = ops_find(json_string_value(json_object_get(row, "op")));
	json_t *total = json_object_get(row, "total"), *v;
	const char *why = json_string_value(json_object_get(row, "withheld"));
	struct work *w;

	if (op == NULL)
		return; /* of another version */
	w = calloc(1, sizeof(*w));
	assert(w != NULL);
	w->ws = ws;
	w->op = op;
	snprintf(w->id, sizeof(w->id), "%s", json_string_value(json_object_get(row, "work")));
	snprintf(w->name, sizeof(w->name), "%s", json_string_value(json_object_get(row, "name")));
	snprintf(
	    w->object, sizeof(w->object), "%s", json_string_value(json_object_get(row, "object")));
	w->person = json_integer_value(json_object_get(row, "person"));
	w->state = work_state_of(row);
	w->begun_ns = json_integer_value(json_object_get(row, "begun_ns"));
	w->ended_ns = json_integer_value(json_object_get(row, "ended_ns"));
	w->done = json_integer_value(json_object_get(row, "done"));
	w->total = json_is_integer(total) ? json_integer_value(total) : -1;
	w->withheld = why == NULL ? NULL : strcmp(why, "size") == 0 ? "size" : "identities";
	if (!json_is_null(v = json_object_get(row, "result")))
		w->result = json_incref(v);
	if (!json_is_null(v = json_object_get(row, "error")))
		w->error = json_incref(v);
	else if (w->state == WORK_INTERRUPTED)
		w->error = work_broken(w);
	TAILQ_INSERT_TAIL(&ws->all, w, entry);
}

/* What earlier runs left; what was under way then has no end of its own. */
static void
works_read(struct works *ws)
{
	int64_t now = clock_now_ns();
	json_t *a = json_pack("{s:I, s:I, s:i}", "now_ns", (json_int_t)now, "before_ns",
	    (json_int_t)(now - WORK_KEEP_NS), "max", WORK_STORED_MAX);
	struct fault f = {0};
	json_t *rows, *row;
	size_t i;

	if (store_run(ws->x->store, STMT_WORK_BROKEN, a, &f) < 0 ||
	    store_run(ws->x->store, STMT_WORK_OLD, a, &f) < 0)
		log_warn("WORK-STORE", "what was under way: %s", f.why);
	rows = store_rows(ws->x->store, STMT_WORK_ALL, a);
	json_array_foreach(rows, i, row) work_found(ws, row);
	json_decref(rows);
	json_decref(a);
}

/* ---- begin and end */

static void
work_free(struct work *w)
{
	TAILQ_REMOVE(&w->ws->all, w, entry);
	json_decref(w->result);
	json_decref(w->error);
	json_decref(w->refused);
	free(w);
}

static bool
work_owned(const struct work *w, const struct ops_actor *a)
{
	return w->person == a->person && (w->person != 0 || strcmp(w->name, a->name) == 0);
}

/* It goes, here and in the database. */
static void
work_forget(struct work *w)
{
	json_t *a = json_pack("{s:s}", "work", w->id);
	struct fault f = {0};

	if (store_run(w->ws->x->store, STMT_WORK_DROP, a, &f) < 0)
		log_warn("WORK-STORE", "%s", f.why);
	json_decref(a);
	work_free(w);
}

/* What ended a day ago goes, and of A (may be NULL) all but the newest. */
static void
works_tidy(struct works *ws, const struct ops_actor *a)
{
	int64_t old = clock_now_ns() - WORK_KEEP_NS;
	struct work *w, *next;
	unsigned n = 0;

	for (w = TAILQ_FIRST(&ws->all); w != NULL; w = next) {
		next = TAILQ_NEXT(w, entry);
		n += a != NULL && work_owned(w, a);
		if (w->state != WORK_RUNNING &&
		    (w->ended_ns < old || (a != NULL && work_owned(w, a) && n > WORK_KEPT_MAX)))
			work_forget(w);
	}
}

static void
works_on_tidy(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	works_tidy(arg, NULL);
}

static void
work_on_answer(json_t *answer, void *arg)
{
	struct work *w = arg;
	json_t *error = json_object_get(answer, "error");
	const char *code = json_string_value(json_object_get(error, "code"));

	w->ended_ns = clock_now_ns();
	if (json_is_true(json_object_get(answer, "ok"))) {
		w->state = WORK_DONE;
		w->result = json_deep_copy(json_object_get(answer, "result"));
		w->total = w->total > 0 ? w->total : w->done > 0 ? w->done : 1;
		w->done = w->total;
	} else if (w->starting) {
		w->refused = json_incref(answer);
		return;
	} else if (w->ws->stopping) {
		w->state = WORK_INTERRUPTED;
		w->error = work_broken(w);
	} else {
		w->state = code != NULL && strcmp(code, fault_code_name(FAULT_CANCELLED)) == 0
			       ? WORK_CANCELLED
			       : WORK_FAILED;
		w->error = json_deep_copy(error);
	}
	if (!w->starting)
		work_put(w);
	work_tell(w, true);
}

static unsigned
works_running(const struct works *ws)
{
	const struct work *w;
	unsigned n = 0;

	TAILQ_FOREACH(w, &ws->all, entry)
	n += w->state == WORK_RUNNING;
	return n;
}

static json_t *
works_refuse(const char *op, const char *why, const char *todo)
{
	return json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code",
	    fault_code_name(FAULT_TOO_MANY), "what", op, "object", "", "why", why, "todo", todo);
}

json_t *
works_run(struct ops_ctx *x, const struct ops_actor *actor, const struct ops_request *r)
{
	struct works *ws = x->works;
	struct ops_request own = *r;
	json_t *answer;
	struct work *w;

	if (works_running(ws) >= WORK_RUNNING_MAX)
		return works_refuse(
		    r->op, "4 long operations run already", "wait for one of them, or cancel one");
	w = calloc(1, sizeof(*w));
	assert(w != NULL);
	w->ws = ws;
	w->op = ops_find(r->op);
	w->person = actor->person;
	snprintf(w->name, sizeof(w->name), "%s", actor->name);
	check_uuid_new(w->id);
	w->begun_ns = clock_now_ns();
	w->total = -1;
	w->starting = true;
	TAILQ_INSERT_HEAD(&ws->all, w, entry);
	own.bg = w;
	ops_call(x, actor, &own, work_on_answer, w);
	w->starting = false;
	if (w->refused != NULL) {
		answer = json_incref(w->refused);
		work_free(w);
		return answer;
	}
	work_put(w);
	if (w->state == WORK_RUNNING)
		work_tell(w, true);
	works_tidy(ws, actor);
	return json_pack("{s:b, s:o}", "ok", 1, "result", work_json(w));
}

/* ---- asking for it */

/* Who lost the role does not see what came of it either. */
static bool
work_seen(const struct work *w, const struct op_call *c)
{
	return work_owned(w, &c->actor) &&
	       (c->x->open || (w->op->who & c->actor.roles & OPW_ANY) != 0);
}

static struct work *
works_find(struct op_call *c, const char *id)
{
	struct work *w;

	if (c->x->works == NULL)
		return NULL;
	works_tidy(c->x->works, &c->actor);
	TAILQ_FOREACH(w, &c->x->works->all, entry)
	if (strcasecmp(w->id, id) == 0 && work_seen(w, c))
		return w;
	return NULL;
}

json_t *
works_list(struct op_call *c)
{
	json_t *list = json_array();
	struct work *w;

	if (c->x->works == NULL)
		return list;
	works_tidy(c->x->works, &c->actor);
	TAILQ_FOREACH(w, &c->x->works->all, entry)
	if (work_seen(w, c))
		json_array_append_new(list, work_json(w));
	return list;
}

json_t *
works_show(struct op_call *c, const char *id)
{
	struct work *w = works_find(c, id);

	return w == NULL ? NULL : work_json(w);
}

int
works_cancel(struct op_call *c, const char *id)
{
	struct work *w = works_find(c, id);
	struct work_run *run;

	if (w == NULL)
		return -ENOENT;
	if (w->state != WORK_RUNNING)
		return -EALREADY;
	w->cancel = true;
	LIST_FOREACH(run, &w->ws->runs, entry)
	if (run->c->bg == w) { /* it stands between two slices */
		work_run_end(run, work_cancelled(run->c));
		break;
	}
	return 0;
}

/* ---- all of it */

struct works *
works_open(struct event_base *base, struct ops_ctx *x)
{
	struct works *ws = calloc(1, sizeof(*ws));

	assert(ws != NULL);
	ws->base = base;
	ws->x = x;
	TAILQ_INIT(&ws->all);
	LIST_INIT(&ws->runs);
	ws->tidy = event_new(base, -1, EV_PERSIST, works_on_tidy, ws);
	assert(ws->tidy != NULL);
	event_add(ws->tidy, &(struct timeval){WORK_TIDY_S, 0});
	x->works = ws;
	works_read(ws);
	return ws;
}

void
works_stop(struct works *ws)
{
	struct work_run *run;

	if (ws == NULL)
		return;
	ws->stopping = true;
	while ((run = LIST_FIRST(&ws->runs)) != NULL)
		work_run_end(run, work_stopping(run->c));
}

void
works_close(struct works *ws)
{
	struct work *w;

	if (ws == NULL)
		return;
	ws->x->works = NULL;
	while ((w = TAILQ_FIRST(&ws->all)) != NULL)
		work_free(w);
	event_free(ws->tidy);
	free(ws);
}
