/* SPDX-License-Identifier: Apache-2.0 */
/* Timers of the evidence; see watch.h. */
#include "admin/watch.h"

#include "admin/complete.h"
#include "admin/hash_in.h"
#include "admin/notices.h"
#include "admin/reconcile.h"
#include "admin/work.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WATCH_READY_NS (10 * CLOCK_NS_PER_S) /* until then roles still say which alarms stand */
#define WATCH_INGEST_NS (2 * CLOCK_NS_PER_S) /* a restart takes less */
#define WATCH_EVERY_S 60
#define WATCH_DAY_NS (INT64_C(86400) * CLOCK_NS_PER_S)

struct watch {
	struct role *role;
	struct ops_ctx *x;
	struct notices *notices;
	struct reconcile reconcile;
	struct rec_job *job;	   /* the look at the differences that is under way */
	json_t *raised;		   /* those that have an alarm */
	struct complete_take take; /* the look at the accounts, which comes before; STATUS: it is
				      under way */
	struct event *tick, *slice;
	int64_t began_ns, looked_ns; /* monotonic */
	int64_t ingest_ns;	     /* monotonic, since when ingest is away; 0: it is there */
	int64_t day;		     /* of the last look */
	bool asked;		     /* for a status that has not come */
};

static void
watch_send(void *arg, const struct role_msg_notice *m)
{
	struct watch *w = arg;

	role_send(w->role, ROLE_INGEST, 0, ROLE_MSG_NOTICE, m, sizeof(*m), -1);
}

static int64_t
watch_setting(struct watch *w, const char *name, int64_t dflt)
{
	json_t *a = json_pack("{s:s}", "name", name);
	int64_t n = store_int(w->x->store, STMT_SETTING_GET, a, dflt);

	json_decref(a);
	return n;
}

/* ---- each minute */

/* One alarm per difference that stands, none for those that are gone, whoever has found that. */
static void
watch_alarms(struct watch *w)
{
	json_t *open = store_rows(w->x->store, STMT_RECONCILE_OPEN, NULL), *ids = json_object(),
	       *one;
	char id[24];
	size_t i;

	json_array_foreach(open, i, one)
	{
		snprintf(id, sizeof(id), "%lld",
		    (long long)json_integer_value(json_object_get(one, "id")));
		json_object_set(ids, id, one);
	}
	json_array_foreach(w->raised, i, one)
	{
		snprintf(id, sizeof(id), "%lld",
		    (long long)json_integer_value(json_object_get(one, "id")));
		if (json_object_get(ids, id) == NULL)
			role_alarm(w->role, false, json_string_value(json_object_get(one, "code")),
			    json_string_value(json_object_get(one, "object")),
			    "the difference is gone");
	}
	json_decref(w->raised);
	w->raised = json_array();
	for (i = 0; i < RECONCILE_ALARMS_MAX && (one = json_array_get(open, i)) != NULL; i++) {
		role_alarm(w->role, true, json_string_value(json_object_get(one, "code")),
		    json_string_value(json_object_get(one, "object")), "%s",
		    json_string_value(json_object_get(one, "text")));
		json_array_append(w->raised, one);
	}
	json_decref(ids);
	json_decref(open);
}

/* The last rows, or R of what was before. */
static void
watch_differences_end(struct watch *w, int r)
{
	struct fault f = {0};

	if (r == 0)
		r = store_begin(w->x->store, &f);
	if (r == 0) {
		r = reconcile_end(w->job);
		if (r < 0)
			store_rollback(w->x->store);
		else
			r = store_commit(w->x->store, &f);
	}
	reconcile_free(w->job);
	w->job = NULL;
	role_alarm(w->role, r < 0, "EVIDENCE-STORE", "reconciliation",
	    "completeness and reconciliation cannot be stored: look at the disk");
	if (r == 0)
		watch_alarms(w);
}

static void
watch_clock(struct watch *w)
{
	int64_t max_ms = watch_setting(w, "clock_error_max_ms", 0);
	struct clock_quality q;
	char text[64];

	clock_quality(&q);
	role_alarm(w->role, !clock_within(max_ms * 1000000), "CLOCK-UNSYNC", "clock",
	    "the kernel says: %s; look at the time service",
	    clock_quality_text(&q, text, sizeof(text)));
}

/* The accounts are taken and closed, or R < 0; then the differences.  A look of a person that is
 * under way does for this one, too. */
static void
watch_taken(struct watch *w, int r)
{
	int64_t now_ns = w->take.now_ns;
	json_t *status = json_incref(w->take.status);

	complete_take_end(&w->take);
	role_alarm(w->role, r < 0, "EVIDENCE-STORE", "completeness",
	    "completeness and reconciliation cannot be stored: look at the disk");
	w->job = reconcile_begin(&w->reconcile, w->x, status, now_ns);
	json_decref(status);
}

/* The next few ms; true: there is more. */
static bool
watch_some(struct watch *w)
{
	int r;

	if (w->take.status != NULL) {
		r = complete_take_step(&w->take, WORK_SLICE_MS);
		if (r == 0) /* all are taken; days that are over are closed, some at a time */
			r = complete_close(w->x, w->take.now_ns);
		if (r <= 0)
			watch_taken(w, r);
		return w->take.status != NULL || w->job != NULL;
	}
	if ((r = reconcile_step(w->job, WORK_SLICE_MS)) <= 0)
		watch_differences_end(w, r);
	return w->job != NULL;
}

static void
watch_on_slice(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval at_once;
	struct watch *w = arg;

	(void)fd;
	(void)what;
	if (watch_some(w))
		evtimer_add(w->slice, &at_once);
}

static void
watch_on_status(json_t *status, void *token)
{
	struct watch *w = token;
	int64_t now_ns = clock_wall_ns();
	struct fault f = {0};
	json_t *a;

	w->asked = false;
	if (json_object_get(status, "time") == NULL)
		return; /* admin ends */
	if (w->take.status == NULL && w->job == NULL) {
		complete_take_begin(&w->take, w->x, status, now_ns);
		watch_on_slice(-1, 0, w);
	}
	watch_clock(w);
	a = json_pack("{s:I}", "now_ns", (json_int_t)now_ns);
	store_run(w->x->store, STMT_HASH_TRIM, a, &f);
	json_decref(a);
}

/* ---- each second */

static bool
watch_due(struct watch *w, int64_t now_ns)
{
	int64_t every = watch_setting(w, "evidence_every_s", WATCH_EVERY_S), mono = clock_mono_ns(),
		day = now_ns / WATCH_DAY_NS;
	bool due = mono - w->looked_ns >= every * CLOCK_NS_PER_S || (day != w->day && w->day != 0);

	if (due) {
		w->looked_ns = mono;
		w->day = day;
	}
	return due;
}

static void
watch_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	int64_t now_ns = clock_wall_ns(), mono = clock_mono_ns();

	(void)fd;
	(void)what;
	role_alarm(w->role, w->ingest_ns != 0 && mono - w->ingest_ns > WATCH_INGEST_NS,
	    "INGEST-DOWN", "ingest",
	    "the ingest role does not run: nothing is taken from network "
	    "elements");
	notices_tick(w->notices, now_ns, mono - w->began_ns > WATCH_READY_NS);
	if (!w->asked && w->take.status == NULL && w->job == NULL && watch_due(w, now_ns)) {
		w->asked = true;
		w->x->status(w->x->arg, watch_on_status, w);
	}
}

/* ---- what others tell */

int
watch_journal(void *arg, const struct journal_entry *e, struct octets more)
{
	struct watch *w = arg;

	return e->kind == JOURNAL_HASH ? hash_in(w->x, e, more) : 0;
}

void
watch_ingest(struct watch *w, bool up)
{
	w->ingest_ns = up ? 0 : clock_mono_ns();
	if (up)
		notices_again(w->notices);
}

void
watch_notice_done(struct watch *w, const struct msg *m)
{
	struct role_msg_notice_done done;

	if (m->len != sizeof(done))
		return;
	memcpy(&done, m->data, sizeof(done));
	notices_done(w->notices, &done, clock_wall_ns());
}

/* ---- start and end */

struct watch *
watch_new(struct role *role, struct ops_ctx *x)
{
	const struct timeval second = {1, 0};
	struct watch *w = calloc(1, sizeof(*w));

	assert(w != NULL);
	*w = (struct watch){.role = role, .x = x};
	x->reconcile = &w->reconcile;
	w->notices = notices_new(x, watch_send, w);
	w->began_ns = w->looked_ns = clock_mono_ns();
	w->tick = event_new(role->base, -1, EV_PERSIST, watch_on_tick, w);
	assert(w->tick != NULL);
	w->slice = evtimer_new(role->base, watch_on_slice, w);
	assert(w->slice != NULL);
	event_add(w->tick, &second);
	return w;
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	w->x->reconcile = NULL;
	event_free(w->tick);
	event_free(w->slice);
	if (w->job != NULL)
		reconcile_free(w->job);
	complete_take_end(&w->take);
	json_decref(w->raised);
	notices_free(w->notices);
	free(w);
}
