/* SPDX-License-Identifier: Apache-2.0 */
/* Approved against done; see reconcile.h. */
#include "admin/reconcile.h"

#include "admin/hash_in.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECONCILE_STALE 2 /* looks */

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

static bool
rec_active(json_t *w, int64_t now_ns)
{
	return strcmp(rec_text(w, "state"), "active") == 0 && rec_int(w, "until_ns") > now_ns &&
	       json_is_null(json_object_get(w, "ended_ns"));
}

/* ---- tasks */

static void
rec_tasks_listed(json_t *found, json_t *warrants, json_t *index, json_t *ids, int64_t now_ns)
{
	json_t *there = rec_index(ids, NULL), *w, *id;
	char object[96];
	size_t i;

	json_array_foreach(warrants, i, w)
	{
		if (!rec_active(w, now_ns) || rec_find(there, rec_int(w, "id")) != NULL)
			continue;
		snprintf(object, sizeof(object), "warrant %s", rec_text(w, "uuid"));
		rec_add(found, "RECONCILE-TASK-MISSING", object,
		    "it is active in the database, and the data plane does not serve it");
	}
	json_array_foreach(ids, i, id)
	{
		w = rec_find(index, json_integer_value(id));
		if (w != NULL && strcmp(rec_text(w, "state"), "draft") != 0)
			continue;
		snprintf(
		    object, sizeof(object), "warrant row %lld", (long long)json_integer_value(id));
		rec_add(found, "RECONCILE-TASK-UNKNOWN", object,
		    w == NULL ? "the data plane serves it, and there is no such warrant"
			      : "the data plane serves it, and it was never started");
	}
	json_decref(there);
}

static void
rec_tasks(struct reconcile *r, json_t *found, json_t *warrants, json_t *index, json_t *status,
    int64_t now_ns)
{
	json_t *tasks = json_object_get(status, "tasks"),
	       *live = json_object_get(json_object_get(status, "ingest"), "tasks"),
	       *ids = json_object_get(live, "ids"), *w;
	int64_t active = 0;
	size_t i;

	if (rec_int(tasks, "version") != rec_int(live, "version")) {
		if (++r->stale >= RECONCILE_STALE)
			rec_add(found, "RECONCILE-TASKS", "tasks",
			    "the data plane works with version %lld, the newest is %lld",
			    (long long)rec_int(live, "version"),
			    (long long)rec_int(tasks, "version"));
		return;
	}
	r->stale = 0;
	if (json_is_array(ids)) {
		rec_tasks_listed(found, warrants, index, ids, now_ns);
		return;
	}
	json_array_foreach(warrants, i, w) active += rec_active(w, now_ns);
	if (active > rec_int(live, "warrants"))
		rec_add(found, "RECONCILE-TASKS", "tasks",
		    "%lld warrants are active, the data plane serves %lld", (long long)active,
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

static void
rec_silents(json_t *found, struct store *view, json_t *warrants, json_t *status, int64_t now_ns)
{
	int64_t after_ns = rec_setting(view, "silent_after_s") * CLOCK_NS_PER_S;
	json_t *index, *w;
	size_t i;

	if (after_ns == 0)
		return;
	index =
	    rec_index(json_object_get(json_object_get(status, "ingest"), "warrants"), "warrant");
	json_array_foreach(
	    warrants, i, w) if (rec_active(w, now_ns) && rec_int(w, "from_ns") <= now_ns)
	    rec_silent(found, w, rec_find(index, rec_int(w, "id")), after_ns, now_ns);
	json_decref(index);
}

/* ---- what went out */

static void
rec_product(json_t *found, json_t *index, json_t *answer)
{
	json_t *p, *w;
	char object[96];
	size_t i;

	json_array_foreach(json_object_get(answer, "warrants"), i, p)
	{
		w = rec_find(index, rec_int(p, "warrant"));
		if (w != NULL && rec_int(w, "lea_id") == rec_int(answer, "lea") &&
		    strcmp(rec_text(w, "state"), "draft") != 0)
			continue;
		snprintf(object, sizeof(object), "agency %lld, warrant row %lld",
		    (long long)rec_int(answer, "lea"), (long long)rec_int(p, "warrant"));
		rec_add(found, "RECONCILE-PRODUCT", object,
		    "%lld records went to this agency, and %s", (long long)rec_int(p, "records"),
		    w == NULL ? "there is no such warrant" : "the warrant is not one of its own");
	}
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

static json_t *
rec_compare(struct reconcile *r, struct store *view, json_t *status, int64_t now_ns)
{
	json_t *found = json_array(), *warrants = store_rows(view, STMT_RECONCILE_WARRANTS, NULL),
	       *index = rec_index(warrants, "id"), *d;
	size_t i;

	if (json_is_object(json_object_get(status, "ingest"))) {
		rec_tasks(r, found, warrants, index, status, now_ns);
		rec_unknown(r, found, status);
		rec_silents(found, view, warrants, status, now_ns);
	}
	json_array_foreach(json_object_get(status, "deliver"), i, d)
	{
		rec_product(found, index, d);
		rec_links(found, view, d);
	}
	json_decref(index);
	json_decref(warrants);
	return found;
}

json_t *
reconcile_look(struct reconcile *r, struct store *store, json_t *status, int64_t now_ns)
{
	struct fault f = {0};
	struct store *view = store_open_reader(store_path(store), &f);
	json_t *found;

	if (view == NULL)
		log_err("DB-VIEW", "the database cannot be opened a second time: %s", f.why);
	found = rec_compare(r, view != NULL ? view : store, status, now_ns);
	store_close(view);
	return found;
}

/* ---- rows */

static json_t *
rec_same(json_t *list, json_t *one)
{
	json_t *v;
	size_t i;

	json_array_foreach(
	    list, i, v) if (json_equal(json_object_get(v, "code"), json_object_get(one, "code")) &&
			    json_equal(json_object_get(v, "object"),
				json_object_get(one, "object"))) return v;
	return NULL;
}

static int
rec_row(struct ops_ctx *x, enum store_stmt stmt, json_t *one, int64_t now_ns)
{
	json_t *a = json_copy(one);
	struct fault f = {0};
	uint64_t seq;
	int r;

	json_object_set_new(a, "now_ns", json_integer(now_ns));
	r = store_run(x->store, stmt, a, &f);
	if (r == 0)
		r = hash_leaf(x, "reconcile", rec_text(one, "object"),
		    stmt == STMT_RECONCILE_ADD ? "error" : "ok",
		    stmt == STMT_RECONCILE_ADD ? rec_text(one, "text") : "the difference is gone",
		    json_pack("{s:O}", "code", json_object_get(one, "code")), &seq);
	json_decref(a);
	return r;
}

int
reconcile_apply(struct ops_ctx *x, json_t *found, int64_t now_ns)
{
	json_t *open = store_rows(x->store, STMT_RECONCILE_OPEN, NULL), *one;
	size_t i;
	int r = 0;

	json_array_foreach(found, i, one) if (r == 0 && rec_same(open, one) == NULL) r =
	    rec_row(x, STMT_RECONCILE_ADD, one, now_ns);
	json_array_foreach(open, i, one) if (r == 0 && rec_same(found, one) == NULL) r =
	    rec_row(x, STMT_RECONCILE_CLEAR, one, now_ns);
	json_decref(open);
	return r < 0 ? -EIO : 0;
}
