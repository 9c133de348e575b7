/* SPDX-License-Identifier: Apache-2.0 */
/* Approved against done; see reconcile.h. */
#include "admin/reconcile.h"

#include "admin/hash_in.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECONCILE_STALE 2  /* looks */
#define RECONCILE_WALK 200 /* row numbers of warrants at a time */
#define RECONCILE_ROWS 64  /* differences of one transaction */

/* A look, or what it found, in work. */
struct rec_job {
	struct reconcile *r;
	struct ops_ctx *x;
	struct store *view, *own; /* OWN: to be closed */
	json_t *status, *args;
	int64_t now_ns;
	/* what is compared: warrants in force up to LAST, then what each deliver role says */
	json_t *found, *silents; /* SILENTS come behind the others */
	json_t *there, *live;	 /* what ingest serves, its books: by row number */
	bool walk, listed;
	int64_t after, last, active, silent_ns;
	size_t answer, product;
	bool looked;
	/* what is stored */
	json_t *now, *open; /* FOUND by name; the rows that stand */
	size_t added, cleared;
};

static const char *
rec_text(json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t == NULL ? "" : t;
}

static int64_t
rec_int(json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void __attribute__((format(printf, 4, 5)))
rec_add(json_t *found, const char *code, const char *object, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_array_append_new(
	    found, json_pack("{s:s, s:s, s:s}", "code", code, "object", object, "text", text));
}

/* Members of LIST (objects, by KEY) or LIST itself (integers) as an object by number; borrowed
 * values. */
static json_t *
rec_index(json_t *list, const char *key)
{
	json_t *index = json_object(), *v;
	char name[24];
	size_t i;

	json_array_foreach(list, i, v)
	{
		snprintf(name, sizeof(name), "%lld",
		    (long long)json_integer_value(key != NULL ? json_object_get(v, key) : v));
		json_object_set(index, name, v);
	}
	return index;
}

static json_t *
rec_find(json_t *index, int64_t id)
{
	char name[24];

	snprintf(name, sizeof(name), "%lld", (long long)id);
	return json_object_get(index, name);
}

static json_t *
rec_warrant(struct rec_job *j, int64_t id)
{
	json_object_set_new(j->args, "row", json_integer(id));
	return store_row(j->view, STMT_RECONCILE_WARRANT, j->args);
}

static bool
rec_draft(json_t *w)
{
	return strcmp(rec_text(w, "state"), "draft") == 0;
}

/* ---- tasks */

static void
rec_missing(json_t *found, json_t *w)
{
	char object[96];

	snprintf(object, sizeof(object), "warrant %s", rec_text(w, "uuid"));
	rec_add(found, "RECONCILE-TASK-MISSING", object,
	    "it is active in the database, and the data plane does not serve it");
}

/* What ingest lists, and nobody has started. */
static void
rec_unstarted(struct rec_job *j, json_t *ids)
{
	char object[96];
	json_t *id, *w;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		w = rec_warrant(j, json_integer_value(id));
		if (w == NULL || rec_draft(w)) {
			snprintf(object, sizeof(object), "warrant row %lld",
			    (long long)json_integer_value(id));
			rec_add(j->found, "RECONCILE-TASK-UNKNOWN", object,
			    w == NULL ? "the data plane serves it, and there is no such warrant"
				      : "the data plane serves it, and it was never started");
		}
		json_decref(w);
	}
}

/* Which set is in force; then the warrants have to be looked at. */
static void
rec_tasks(struct rec_job *j, json_t *live)
{
	json_t *tasks = json_object_get(j->status, "tasks"), *ids = json_object_get(live, "ids");

	if (rec_int(tasks, "version") != rec_int(live, "version")) {
		if (++j->r->stale >= RECONCILE_STALE)
			rec_add(j->found, "RECONCILE-TASKS", "tasks",
			    "the data plane works with version %lld, the newest is %lld",
			    (long long)rec_int(live, "version"),
			    (long long)rec_int(tasks, "version"));
		return;
	}
	j->r->stale = 0;
	j->walk = true;
	j->listed = json_is_array(ids);
	if (j->listed)
		j->there = rec_index(ids, NULL);
}

/* All warrants were looked at. */
static void
rec_tasks_end(struct rec_job *j)
{
	json_t *live = json_object_get(json_object_get(j->status, "ingest"), "tasks");

	if (j->listed)
		rec_unstarted(j, json_object_get(live, "ids"));
	else if (j->walk && j->active > rec_int(live, "warrants"))
		rec_add(j->found, "RECONCILE-TASKS", "tasks",
		    "%lld warrants are active, the data plane serves %lld", (long long)j->active,
		    (long long)rec_int(live, "warrants"));
}

/* ---- what came */

static void
rec_unknown(struct reconcile *r, json_t *found, json_t *status)
{
	json_t *totals = json_object_get(json_object_get(status, "ingest"), "totals");
	int64_t n = rec_int(json_object_get(totals, "rejected"), "XID-UNKNOWN");

	if (n > r->unknown || (!r->seen && n > 0))
		rec_add(found, "RECONCILE-XID-UNKNOWN", "xid",
		    "PDUs came under an XID that no warrant has: mdfctl journal list --code "
		    "XID-UNKNOWN");
	r->unknown = n;
	r->seen = true;
}

static int64_t
rec_setting(struct store *view, const char *name)
{
	json_t *a = json_pack("{s:s}", "name", name);
	int64_t n = store_int(view, STMT_SETTING_GET, a, 0);

	json_decref(a);
	return n;
}

static int64_t
rec_time(json_t *o, const char *key)
{
	int64_t ns;

	return clock_parse(rec_text(o, key), &ns) == 0 ? ns : 0;
}

static void
rec_silent(json_t *found, json_t *w, json_t *live, int64_t after_ns, int64_t now_ns)
{
	json_t *by = json_object_get(live, "spooled_by_class");
	int64_t last = rec_time(live, "last"), first = rec_time(live, "first"),
		from = rec_int(w, "from_ns");
	char object[96];

	snprintf(object, sizeof(object), "warrant %s", rec_text(w, "uuid"));
	if ((last > from ? last : from) + after_ns < now_ns)
		rec_add(found, "RECONCILE-SILENT", object,
		    "it is active, and no PDU came for it for a long time: look whether its task "
		    "stands on the network elements");
	else if (first > 0 && first + after_ns < now_ns && rec_int(by, "iri") > 0 &&
		 rec_int(by, "voice") + rec_int(by, "cc") + rec_int(live, "summed") +
			 rec_int(live, "out_of_scope") ==
		     0 &&
		 strcmp(rec_text(w, "delivery"), "both") == 0)
		rec_add(found, "RECONCILE-NO-CC", object,
		    "its IRI comes, content is ordered, and none came");
}

/* The next warrants in force. */
static void
rec_walk(struct rec_job *j)
{
	int64_t to = j->after + RECONCILE_WALK;
	json_t *rows, *w;
	size_t i;

	json_object_set_new(j->args, "after", json_integer(j->after));
	json_object_set_new(j->args, "to", json_integer(to));
	j->after = to;
	if (!j->listed && j->silent_ns == 0) {
		j->active += store_int(j->view, STMT_RECONCILE_ACTIVE_N, j->args, 0);
		return;
	}
	rows = store_rows(j->view, STMT_RECONCILE_ACTIVE, j->args);
	j->active += (int64_t)json_array_size(rows);
	json_array_foreach(rows, i, w)
	{
		if (j->listed && rec_find(j->there, rec_int(w, "id")) == NULL)
			rec_missing(j->found, w);
		if (j->silent_ns != 0 && rec_int(w, "from_ns") <= j->now_ns)
			rec_silent(j->silents, w, rec_find(j->live, rec_int(w, "id")), j->silent_ns,
			    j->now_ns);
	}
	json_decref(rows);
}

/* ---- what went out */

static void
rec_product(struct rec_job *j, json_t *answer, json_t *p)
{
	json_t *w = rec_warrant(j, rec_int(p, "warrant"));
	char object[96];

	if (w == NULL || rec_int(w, "lea_id") != rec_int(answer, "lea") || rec_draft(w)) {
		snprintf(object, sizeof(object), "agency %lld, warrant row %lld",
		    (long long)rec_int(answer, "lea"), (long long)rec_int(p, "warrant"));
		rec_add(j->found, "RECONCILE-PRODUCT", object,
		    "%lld records went to this agency, and %s", (long long)rec_int(p, "records"),
		    w == NULL ? "there is no such warrant" : "the warrant is not one of its own");
	}
	json_decref(w);
}

static void
rec_links(json_t *found, struct store *view, json_t *answer)
{
	json_t *a = json_pack("{s:O}", "lea_id", json_object_get(answer, "lea")),
	       *rows = store_rows(view, STMT_DEST_OF_LEA, a), *index = rec_index(rows, "id"), *d;
	char object[96];
	size_t i;

	json_array_foreach(json_object_get(answer, "destinations"), i, d)
	{
		if (rec_find(index, rec_int(d, "id")) != NULL)
			continue;
		snprintf(
		    object, sizeof(object), "destination row %lld", (long long)rec_int(d, "id"));
		rec_add(found, "RECONCILE-LINK", object,
		    "a deliver role serves it, and it is not registered for that agency");
	}
	json_decref(index);
	json_decref(rows);
	json_decref(a);
}

/* The next product of the deliver roles; false: that was all. */
static bool
rec_went_out(struct rec_job *j)
{
	json_t *answer = json_array_get(json_object_get(j->status, "deliver"), j->answer), *p;

	if (answer == NULL)
		return false;
	p = json_array_get(json_object_get(answer, "warrants"), j->product++);
	if (p != NULL) {
		rec_product(j, answer, p);
		return true;
	}
	rec_links(j->found, j->view, answer);
	j->answer++;
	j->product = 0;
	return true;
}

/* ---- a look */

static void
rec_look_begin(struct rec_job *j)
{
	json_t *ingest = json_object_get(j->status, "ingest");

	if (!json_is_object(ingest))
		return;
	j->silent_ns = rec_setting(j->view, "silent_after_s") * CLOCK_NS_PER_S;
	rec_tasks(j, json_object_get(ingest, "tasks"));
	if (j->silent_ns != 0)
		j->live = rec_index(json_object_get(ingest, "warrants"), "warrant");
	if (j->walk || j->silent_ns != 0)
		j->last = store_int(j->view, STMT_RECONCILE_LAST, NULL, 0);
}

static struct rec_job *
rec_new(struct reconcile *r, struct store *store, json_t *status, int64_t now_ns)
{
	struct rec_job *j = calloc(1, sizeof(*j));
	struct fault f = {0};

	assert(j != NULL);
	j->r = r;
	j->own = store_open_reader(store_path(store), &f);
	if (j->own == NULL)
		log_err("DB-VIEW", "the database cannot be opened a second time: %s", f.why);
	j->view = j->own != NULL ? j->own : store;
	j->status = json_incref(status);
	j->now_ns = now_ns;
	j->args = json_pack("{s:I}", "now_ns", (json_int_t)now_ns);
	j->found = json_array();
	j->silents = json_array();
	rec_look_begin(j);
	return j;
}

/* A part of the comparison; false: that was all. */
static bool
rec_look_some(struct rec_job *j)
{
	if (j->after < j->last) {
		rec_walk(j);
		return true;
	}
	if (j->answer == 0 && j->product == 0 &&
	    json_is_object(json_object_get(j->status, "ingest"))) {
		rec_tasks_end(j);
		rec_unknown(j->r, j->found, j->status);
		json_array_extend(j->found, j->silents);
		json_array_clear(j->silents);
	}
	for (int i = 0; i < RECONCILE_ROWS; i++)
		if (!rec_went_out(j))
			return false;
	return true;
}

json_t *
reconcile_look(struct reconcile *r, struct store *store, json_t *status, int64_t now_ns)
{
	struct rec_job *j = rec_new(r, store, status, now_ns);
	json_t *found;

	while (rec_look_some(j))
		;
	found = json_incref(j->found);
	reconcile_free(j);
	return found;
}

/* ---- rows */

/* What a difference is, among all. */
static const char *
rec_name(json_t *one, char name[160])
{
	snprintf(name, 160, "%s %s", rec_text(one, "code"), rec_text(one, "object"));
	return name;
}

/* LIST by name; new. */
static json_t *
rec_names(json_t *list)
{
	json_t *names = json_object(), *v;
	char name[160];
	size_t i;

	json_array_foreach(list, i, v) json_object_set(names, rec_name(v, name), v);
	return names;
}

static int
rec_row(struct ops_ctx *x, enum store_stmt stmt, json_t *one, int64_t now_ns)
{
	json_t *a = json_copy(one);
	bool add = stmt == STMT_RECONCILE_ADD;
	struct fault f = {0};
	uint64_t seq;
	int r = 0;

	json_object_set_new(a, "now_ns", json_integer(now_ns));
	if ((store_int(x->store, STMT_RECONCILE_STANDS, one, 0) == 0) == add) {
		r = store_run(x->store, stmt, a, &f);
		if (r == 0)
			r = hash_leaf(x, "reconcile", rec_text(one, "object"), add ? "error" : "ok",
			    add ? rec_text(one, "text") : "the difference is gone",
			    json_pack("{s:O}", "code", json_object_get(one, "code")), &seq);
	}
	json_decref(a);
	return r;
}

/* STMT for what is in LIST from *AT on and not in j->now, at most *N; 0 or -EIO. */
static int
rec_rows(struct rec_job *j, enum store_stmt stmt, json_t *list, size_t *at, size_t *n)
{
	char name[160];
	json_t *one;
	int r = 0;

	while (r == 0 && *n > 0 && (one = json_array_get(list, *at)) != NULL) {
		++*at;
		if (json_object_get(j->now, rec_name(one, name)) != NULL)
			continue;
		r = rec_row(j->x, stmt, one, j->now_ns);
		--*n;
	}
	return r < 0 ? -EIO : 0;
}

/* The rows of at most N differences; 1 (more), 0 or -EIO. */
static int
rec_apply_some(struct rec_job *j, size_t n)
{
	int r;

	if (j->open == NULL) {
		j->open = store_rows(j->x->store, STMT_RECONCILE_OPEN, NULL);
		j->now = rec_names(j->open);
	}
	r = rec_rows(j, STMT_RECONCILE_ADD, j->found, &j->added, &n);
	if (r == 0 && j->cleared == 0 && n > 0) {
		json_decref(j->now);
		j->now = rec_names(j->found);
	}
	if (r == 0)
		r = rec_rows(j, STMT_RECONCILE_CLEAR, j->open, &j->cleared, &n);
	return r < 0 ? r : n == 0;
}

int
reconcile_apply(struct ops_ctx *x, json_t *found, int64_t now_ns)
{
	struct rec_job j = {.x = x, .found = found, .now_ns = now_ns};
	int r;

	while ((r = rec_apply_some(&j, RECONCILE_ROWS)) > 0)
		;
	json_decref(j.open);
	json_decref(j.now);
	return r;
}

/* ---- in slices */

struct rec_job *
reconcile_begin(struct reconcile *r, struct ops_ctx *x, json_t *status, int64_t now_ns)
{
	struct rec_job *j;

	if (r->busy != NULL)
		return NULL;
	j = rec_new(r, x->store, status, now_ns);
	j->x = x;
	r->busy = j;
	return j;
}

void
reconcile_progress(const struct rec_job *j, int64_t *done, int64_t *total)
{
	int64_t rows = (int64_t)json_array_size(j->found);

	*total = 2 + j->last + rows;
	*done = 1 + (j->after < j->last ? j->after : j->last) + (j->looked ? (int64_t)j->added : 0);
}

/* Is there more than one transaction of rows left? */
static bool
rec_many(const struct rec_job *j)
{
	return json_array_size(j->found) - j->added +
		   (j->open == NULL ? 0 : json_array_size(j->open) - j->cleared) >
	       RECONCILE_ROWS;
}

static int
rec_store_some(struct rec_job *j)
{
	struct fault f = {0};
	int r;

	if (store_begin(j->x->store, &f) < 0)
		return -EIO;
	r = rec_apply_some(j, RECONCILE_ROWS);
	if (r < 0)
		store_rollback(j->x->store);
	else if (store_commit(j->x->store, &f) < 0)
		r = -EIO;
	return r;
}

int
reconcile_step(struct rec_job *j, unsigned ms)
{
	int64_t end = clock_mono_ns() + (int64_t)ms * 1000000;
	int r = 1;

	while (!j->looked && clock_mono_ns() < end)
		j->looked = !rec_look_some(j);
	if (!j->looked)
		return 1;
	store_close(j->own);
	j->own = NULL;
	while (r > 0 && rec_many(j) && clock_mono_ns() < end)
		r = rec_store_some(j);
	return r < 0 ? r : r > 0 && rec_many(j);
}

int
reconcile_end(struct rec_job *j)
{
	int r;

	while ((r = rec_apply_some(j, RECONCILE_ROWS)) > 0)
		;
	return r;
}

void
reconcile_free(struct rec_job *j)
{
	if (j->r->busy == j)
		j->r->busy = NULL;
	store_close(j->own);
	json_decref(j->status);
	json_decref(j->args);
	json_decref(j->found);
	json_decref(j->silents);
	json_decref(j->there);
	json_decref(j->live);
	json_decref(j->now);
	json_decref(j->open);
	free(j);
}
