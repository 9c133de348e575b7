/* SPDX-License-Identifier: Apache-2.0 */
/* Samples of what the roles say; see links.h. */
#include "admin/links.h"

#include "admin/auth.h"
#include "admin/status.h"
#include "base/clock.h"
#include "db/store.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define LINKS_KEPT (LINKS_HISTORY_S / LINKS_STEP_S + LINKS_HISTORY_S / 50) /* timers are late */
#define LINKS_SHORT 64							   /* but of destinations */
#define LINKS_APART_NS (LINKS_STEP_S * CLOCK_NS_PER_S - CLOCK_NS_PER_S / 2)
#define LINKS_RATE_NS (65 * CLOCK_NS_PER_S)
#define LINKS_GAP_NS (INT64_C(90) * CLOCK_NS_PER_S) /* longer: nothing is known in between */
#define LINKS_GROWTH_NS (INT64_C(300) * CLOCK_NS_PER_S)
#define LINKS_WANTED_NS (INT64_C(60) * CLOCK_NS_PER_S)
#define LINKS_TOLD_MAX 100 /* links in one event */
#define LINKS_VALUES 3

struct links_sample {
	int64_t mono_ns, v[LINKS_VALUES];
};

struct links_series {
	LIST_ENTRY(links_series) entry;
	enum links_kind kind;
	uint32_t id;
	bool seen; /* in the newest answer */
	unsigned n, next, max;
	struct links_sample s[];
};

struct links_waiter {
	struct links *links;
	bool rows;
	void (*done)(json_t *parts, void *token);
	void *token;
};

struct links {
	struct links_env env;
	struct event *tick;
	json_t *parts[2];	     /* as last answered: brief, with warrants */
	int64_t parts_ns[2];	     /* monotonic; 0: never */
	int64_t asked_ns, wanted_ns; /* by the timer; by somebody */
	bool soon, asking;
	json_t *told; /* row as text > {"state", "waiting"}; NULL: nothing yet */
	int64_t told_ns;
	LIST_HEAD(, links_series) series;
};

/* ---- samples */

static struct links_series *
links_find(const struct links *l, enum links_kind kind, uint32_t id)
{
	struct links_series *s;

	LIST_FOREACH(s, &l->series, entry)
	if (s->kind == kind && s->id == id)
		return s;
	return NULL;
}

/* Sample number I, 0 the oldest. */
static const struct links_sample *
links_at(const struct links_series *s, unsigned i)
{
	return &s->s[(s->next + s->max - s->n + i) % s->max];
}

static void
links_put(struct links *l, enum links_kind kind, uint32_t id, const int64_t v[LINKS_VALUES])
{
	struct links_series *s = links_find(l, kind, id);
	unsigned max = kind == LINKS_DEST ? LINKS_KEPT : LINKS_SHORT;
	int64_t now = clock_mono_ns();

	if (s == NULL) {
		s = calloc(1, sizeof(*s) + max * sizeof(s->s[0]));
		assert(s != NULL);
		s->kind = kind;
		s->id = id;
		s->max = max;
		LIST_INSERT_HEAD(&l->series, s, entry);
	}
	s->seen = true;
	if (s->n > 0 && now - links_at(s, s->n - 1)->mono_ns < LINKS_APART_NS)
		return;
	s->s[s->next].mono_ns = now;
	memcpy(s->s[s->next].v, v, sizeof(s->s[0].v));
	s->next = (s->next + 1) % max;
	if (s->n < max)
		s->n++;
}

static int64_t
links_int(json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void
links_put_dests(struct links *l, json_t *answer)
{
	json_t *d;
	size_t i;

	json_array_foreach(json_object_get(answer, "destinations"), i, d)
	{
		json_t *acked = json_object_get(d, "acked");
		const int64_t v[] = {links_int(acked, "records"), links_int(acked, "octets"),
		    status_backlog_of(d).records};

		links_put(l, LINKS_DEST, (uint32_t)links_int(d, "id"), v);
	}
}

static void
links_put_ingest(struct links *l, json_t *ingest)
{
	json_t *nes = status_ne_index(json_object_get(ingest, "network_elements")), *j;
	const char *key;
	size_t i;

	json_object_foreach(nes, key, j)
	{
		const int64_t v[LINKS_VALUES] = {links_int(j, "pdus")};

		links_put(l, LINKS_NE, (uint32_t)strtoul(key, NULL, 10), v);
	}
	json_decref(nes);
	json_array_foreach(json_object_get(ingest, "queues"), i, j)
	{
		const int64_t v[LINKS_VALUES] = {links_int(j, "lea_octets")};

		links_put(l, LINKS_LEA, (uint32_t)links_int(j, "lea"), v);
	}
}

/* Those that no role names any more, and whose last sample is old. */
static void
links_forget(struct links *l)
{
	struct links_series *s, *next;
	int64_t now = clock_mono_ns();

	for (s = LIST_FIRST(&l->series); s != NULL; s = next) {
		next = LIST_NEXT(s, entry);
		if (!s->seen &&
		    now - links_at(s, s->n - 1)->mono_ns > LINKS_HISTORY_S * CLOCK_NS_PER_S) {
			LIST_REMOVE(s, entry);
			free(s);
			continue;
		}
		s->seen = false;
	}
}

/* ---- what is told */

/* Has link D changed since it was told?  *STATE: its state, and not only its backlog. */
static bool
links_changed(struct links *l, json_t *d, bool *state)
{
	json_t *now = json_pack("{s:O?, s:I}", "state", json_object_get(d, "state"), "waiting",
		   (json_int_t)status_backlog_of(d).records),
	       *was;
	char key[24];
	bool changed;

	snprintf(key, sizeof(key), "%lld", (long long)links_int(d, "id"));
	was = json_object_get(l->told, key);
	changed = !json_equal(was, now);
	*state = was == NULL ||
		 !json_equal(json_object_get(was, "state"), json_object_get(now, "state"));
	json_object_set_new(l->told, key, now);
	return changed;
}

/* Those of one agency; what changed goes to ALL too.  A state is kept for those who come back, a
 * backlog is not. */
static void
links_tell_lea(struct links *l, json_t *answer, json_t *all, bool first)
{
	const char *lea = json_string_value(json_object_get(answer, "name"));
	json_t *own = json_array(), *d, *e, *one;
	bool state, any = false;
	size_t i;

	json_array_foreach(json_object_get(answer, "destinations"), i, d)
	{
		if (!links_changed(l, d, &state) || lea == NULL)
			continue;
		any |= state;
		one = json_pack("{s:O?, s:s, s:O?, s:I}", "destination", json_object_get(d, "name"),
		    "lea", lea, "state", json_object_get(d, "state"), "waiting",
		    (json_int_t)status_backlog_of(d).records);
		if (json_array_size(own) < LINKS_TOLD_MAX)
			json_array_append(own, one);
		if (!state && json_array_size(all) < LINKS_TOLD_MAX)
			json_array_append(all, one);
		json_decref(one);
	}
	e = json_pack("{s:O}", "links", own);
	if (json_array_size(own) > 0 && !first) {
		if (any && l->env.x->event != NULL)
			l->env.x->event(l->env.x->arg, "status", lea, 0, e);
		else
			l->env.hint(l->env.arg, lea, e);
	}
	json_decref(e);
	json_decref(own);
}

static void
links_tell(struct links *l, json_t *parts)
{
	json_t *all = json_array(), *answer, *e;
	bool first = l->told == NULL;
	int64_t now = clock_mono_ns();
	const char *lea;

	if (first)
		l->told = json_object();
	if (first || now - l->told_ns >= LINKS_FRESH_NS) {
		json_object_foreach(json_object_get(parts, "deliver"), lea, answer)
		    links_tell_lea(l, answer, all, first);
		l->told_ns = now;
	}
	if (json_array_size(all) > 0 && !first) {
		e = json_pack("{s:O}", "links", all);
		l->env.hint(l->env.arg, NULL, e);
		json_decref(e);
	}
	json_decref(all);
}

/* ---- asking */

static void
links_take(struct links *l, json_t *parts, bool rows)
{
	json_t *answer;
	const char *lea;

	if (json_object_get(parts, "deliver") == NULL)
		return; /* admin ends */
	for (int k = 0; k <= (rows ? 1 : 0); k++) {
		json_decref(l->parts[k]);
		l->parts[k] = json_incref(parts);
		l->parts_ns[k] = clock_mono_ns();
	}
	json_object_foreach(json_object_get(parts, "deliver"), lea, answer)
	    links_put_dests(l, answer);
	links_put_ingest(l, json_object_get(parts, "ingest"));
	links_forget(l);
	links_tell(l, parts);
}

static void
links_on_parts(json_t *parts, void *token)
{
	struct links_waiter *w = token;

	links_take(w->links, parts, w->rows);
	if (w->done != NULL)
		w->done(parts, w->token);
	else
		w->links->asking = false;
	free(w);
}

static void
links_ask(struct links *l, bool rows, void (*done)(json_t *parts, void *token), void *token)
{
	struct links_waiter *w = malloc(sizeof(*w));

	assert(w != NULL);
	*w = (struct links_waiter){l, rows, done, token};
	l->env.ask(l->env.arg, rows, links_on_parts, w);
}

void
links_get(struct links *l, bool rows, void (*done)(json_t *parts, void *token), void *token)
{
	int64_t now = clock_mono_ns();

	l->wanted_ns = now;
	if (l->parts[rows] != NULL && now - l->parts_ns[rows] < LINKS_FRESH_NS)
		done(l->parts[rows], token);
	else
		links_ask(l, rows, done, token);
}

void
links_soon(struct links *l)
{
	if (l != NULL)
		l->soon = true;
}

/* Does anybody look? */
static bool
links_watched(struct links *l, int64_t now)
{
	int64_t wall = clock_now_ns();
	json_t *a;
	bool any;

	if (l->env.streams(l->env.arg) > 0 ||
	    (l->wanted_ns != 0 && now - l->wanted_ns < LINKS_WANTED_NS))
		return true;
	a = json_pack("{s:I, s:I}", "idle_ns", (json_int_t)(wall - AUTH_IDLE_NS), "end_ns",
	    (json_int_t)(wall - AUTH_SESSION_NS));
	any = store_int(l->env.x->store, STMT_SESSION_ANY, a, 0) != 0;
	json_decref(a);
	return any;
}

static void
links_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct links *l = arg;
	int64_t now = clock_mono_ns(), since = now - l->asked_ns;

	(void)fd;
	(void)what;
	if (l->asking || since < LINKS_FRESH_NS)
		return;
	if (!l->soon && since < LINKS_IDLE_S * CLOCK_NS_PER_S &&
	    (since < LINKS_APART_NS || !links_watched(l, now)))
		return;
	l->soon = false;
	l->asking = true;
	l->asked_ns = now;
	links_ask(l, false, NULL, NULL);
}

struct links *
links_new(const struct links_env *env)
{
	struct links *l = calloc(1, sizeof(*l));

	assert(l != NULL);
	l->env = *env;
	LIST_INIT(&l->series);
	l->tick = event_new(env->base, -1, EV_PERSIST, links_on_tick, l);
	assert(l->tick != NULL);
	event_add(l->tick, &(struct timeval){1, 0});
	return l;
}

void
links_free(struct links *l)
{
	struct links_series *s;

	if (l == NULL)
		return;
	event_free(l->tick);
	while ((s = LIST_FIRST(&l->series)) != NULL) {
		LIST_REMOVE(s, entry);
		free(s);
	}
	json_decref(l->parts[0]);
	json_decref(l->parts[1]);
	json_decref(l->told);
	free(l);
}

/* ---- what comes of the samples */

/* What number AT grew by since the first sample within PERIOD_NS, and how long that is; a counter
 * that began again counts from there.  False: not known. */
static bool
links_growth(const struct links_series *s, unsigned at, int64_t period_ns, bool counter,
    int64_t *grew, int64_t *ns)
{
	const struct links_sample *last = s == NULL || s->n < 2 ? NULL : links_at(s, s->n - 1);
	unsigned i;

	if (last == NULL || clock_mono_ns() - last->mono_ns > LINKS_GAP_NS)
		return false;
	*grew = 0;
	for (i = s->n - 1; i > 0 && last->mono_ns - links_at(s, i - 1)->mono_ns <= period_ns; i--) {
		int64_t one = links_at(s, i)->v[at] - links_at(s, i - 1)->v[at];

		*grew += counter && one < 0 ? 0 : one;
	}
	*ns = last->mono_ns - links_at(s, i)->mono_ns;
	return *ns > 0;
}

json_t *
links_rate(const struct links *l, enum links_kind kind, uint32_t id, unsigned at)
{
	int64_t grew, ns;

	if (!links_growth(links_find(l, kind, id), at, LINKS_RATE_NS, true, &grew, &ns))
		return json_null();
	return json_real((double)(int64_t)((double)grew * 1e11 / (double)ns) / 100.0);
}

/* Octets in the buffer of LEA, or -1. */
static int64_t
links_used(json_t *parts, uint32_t lea)
{
	json_t *q;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(parts, "ingest"), "queues"), i, q)
	{
		if (links_int(q, "lea") == (int64_t)lea)
			return links_int(q, "lea_octets");
	}
	return json_is_object(json_object_get(parts, "ingest")) ? 0 : -1;
}

json_t *
links_percent(const struct links *l, json_t *parts, uint32_t lea)
{
	int64_t used = links_used(parts, lea);

	if (used < 0 || l->env.quota_len == 0)
		return json_null();
	return json_real(
	    (double)(int64_t)((double)used * 1000.0 / (double)l->env.quota_len) / 10.0);
}

/* Does anything wait for a link of LEA?  If not, what is used becomes free. */
static bool
links_waits(json_t *parts, uint32_t lea)
{
	char key[24];
	json_t *d;
	size_t i;
	bool any = false;

	snprintf(key, sizeof(key), "%u", lea);
	json_array_foreach(json_object_get(json_object_get(json_object_get(parts, "deliver"), key),
			       "destinations"),
	    i, d) any |= status_backlog_of(d).records > 0;
	return any;
}

/* The last change of the first number of S was a rise: it fills, and does not drain after an
 * outage. */
static bool
links_rises(const struct links_series *s)
{
	for (unsigned i = s == NULL || s->n == 0 ? 0 : s->n - 1; i > 0; i--) {
		int64_t now = links_at(s, i)->v[0], was = links_at(s, i - 1)->v[0];

		if (now != was)
			return now > was;
	}
	return false;
}

json_t *
links_full_s(const struct links *l, json_t *parts, uint32_t lea)
{
	const struct links_series *s = links_find(l, LINKS_LEA, lea);
	int64_t used = links_used(parts, lea), grew, ns;
	double left;

	if (used < 0 || l->env.quota_len == 0 || !links_waits(parts, lea) || !links_rises(s) ||
	    !links_growth(s, 0, LINKS_GROWTH_NS, false, &grew, &ns) || grew <= 0)
		return json_null();
	left = (double)l->env.quota_len - (double)used;
	return json_integer(left <= 0 ? 0 : (json_int_t)(left / ((double)grew * 1e9 / (double)ns)));
}

/* The growth between samples A and B, over the steps from that of A (without it) to that of B. */
static void
links_spread(json_t *list, int64_t begin, int64_t a, int64_t b, int64_t grew)
{
	int64_t n = b > a ? b - a : 1, done = 0;

	for (int64_t k = 1; k <= n; k++) {
		int64_t step = (b > a ? a + k : b) - begin, part = grew * k / n - done;
		json_t *was;

		done += part;
		if (step < 0 || (was = json_array_get(list, (size_t)step)) == NULL)
			continue;
		json_array_set_new(
		    list, (size_t)step, json_integer(json_integer_value(was) + part));
	}
}

static json_t *
links_nulls(unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_null());
	return list;
}

json_t *
links_history(const struct links *l, uint32_t id, unsigned seconds, int64_t wall_ns)
{
	const struct links_series *s = links_find(l, LINKS_DEST, id);
	int64_t step_ns = LINKS_STEP_S * CLOCK_NS_PER_S, shift = wall_ns - clock_mono_ns();
	unsigned n = (seconds + LINKS_STEP_S - 1) / LINKS_STEP_S;
	int64_t begin = wall_ns / step_ns - (int64_t)n + 1;
	json_t *list[LINKS_VALUES] = {links_nulls(n), links_nulls(n), links_nulls(n)};
	char from[32];

	for (unsigned i = 0; s != NULL && i < s->n; i++) {
		const struct links_sample *b = links_at(s, i), *a = i > 0 ? links_at(s, i - 1) : b;
		int64_t at = (b->mono_ns + shift) / step_ns, was = (a->mono_ns + shift) / step_ns;

		if (at >= begin)
			json_array_set_new(
			    list[2], (size_t)(at - begin), json_integer((json_int_t)b->v[2]));
		if (a == b || b->mono_ns - a->mono_ns > LINKS_GAP_NS)
			continue;
		for (unsigned k = 0; k < 2; k++)
			links_spread(list[k], begin, was, at,
			    b->v[k] < a->v[k] ? b->v[k] : b->v[k] - a->v[k]);
	}
	return json_pack("{s:i, s:s, s:o, s:o, s:o}", "step_s", LINKS_STEP_S, "from",
	    clock_format(begin * step_ns, from), "pdus", list[0], "octets", list[1], "waiting",
	    list[2]);
}
