/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the roles and rows of the database into one status; see status.h. */
#include "admin/status.h"

#include "base/clock.h"
#include "db/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A counter: a number, or an object or array of numbers, which are added. */
static int64_t
merge_sum(json_t *v)
{
	const char *key;
	json_t *i;
	int64_t n = 0;
	size_t at;

	if (json_is_integer(v))
		return json_integer_value(v);
	json_object_foreach(v, key, i) n += merge_sum(i);
	json_array_foreach(v, at, i) n += merge_sum(i);
	return n;
}

static int64_t
merge_get(json_t *obj, const char *key)
{
	return merge_sum(json_object_get(obj, key));
}

/* Row number of an element: member "id", or KEY. */
static int64_t
merge_row(json_t *obj, const char *key)
{
	json_t *v = json_object_get(obj, key);

	return json_integer_value(json_is_integer(v) ? v : json_object_get(obj, "id"));
}

/* The members of array LIST by their row number, as an object; borrowed values. */
static json_t *
merge_index(json_t *list, const char *key)
{
	json_t *index = json_object(), *i;
	char text[24];
	size_t at;

	json_array_foreach(list, at, i)
	{
		snprintf(text, sizeof(text), "%lld", (long long)merge_row(i, key));
		json_object_set(index, text, i);
	}
	return index;
}

static json_t *
merge_find(json_t *index, int64_t row)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)row);
	return json_object_get(index, text);
}

/* ---- network elements */

const char *
status_ne_state(json_t *ne, json_t *live, bool answered)
{
	json_t *c = json_object_get(live, "connections");
	int64_t n = json_is_array(c) ? (int64_t)json_array_size(c) : json_integer_value(c);

	if (json_is_false(json_object_get(ne, "enabled")))
		return "revoked";
	if (!answered)
		return "no answer";
	if (n > 0)
		return "connected";
	if (json_is_true(json_object_get(live, "lost")))
		return "lost";
	return merge_get(live, "pdus") > 0 ? "disconnected" : "never seen";
}

/* INTO gets the counts of one more element of its group; times are text of one form. */
static void
merge_ne_add(json_t *into, json_t *one)
{
	static const char *const sums[] = {"connections", "pdus", "octets", "faults"};
	const char *was, *is;

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		json_object_set_new(into, sums[i],
		    json_integer(merge_get(into, sums[i]) + merge_get(one, sums[i])));
	json_object_set_new(into, "elements",
	    json_integer(json_object_get(into, "elements") ? merge_get(into, "elements") + 1 : 2));
	was = json_string_value(json_object_get(into, "first"));
	is = json_string_value(json_object_get(one, "first"));
	if (is && (!was || strcmp(is, was) < 0))
		json_object_set(into, "first", json_object_get(one, "first"));
	was = json_string_value(json_object_get(into, "last"));
	is = json_string_value(json_object_get(one, "last"));
	if (is && (!was || strcmp(is, was) > 0))
		json_object_set(into, "last", json_object_get(one, "last"));
}

/* Network elements by row; the elements of a group, which share its row, are added up. */
json_t *
status_ne_index(json_t *list)
{
	json_t *index = json_object(), *i, *had;
	char text[24];
	size_t at;

	json_array_foreach(list, at, i)
	{
		snprintf(text, sizeof(text), "%lld", (long long)merge_row(i, "ne"));
		had = json_object_get(index, text);
		if (had)
			merge_ne_add(had, i);
		else
			json_object_set_new(index, text, json_deep_copy(i));
	}
	return index;
}

static json_t *
merge_nes(struct store *s, json_t *ingest)
{
	json_t *nes = store_rows(s, STMT_NE_LIST, NULL),
	       *index = status_ne_index(json_object_get(ingest, "network_elements")), *ne;
	size_t i;

	json_array_foreach(nes, i, ne)
	{
		json_t *live = merge_find(index, json_integer_value(json_object_get(ne, "id")));
		const char *state = status_ne_state(ne, live, ingest != NULL);

		json_object_update_missing(ne, live);
		json_object_set_new(ne, "state", json_string(state));
	}
	json_decref(index);
	return nes;
}

/* ---- agencies and their links */

static json_t *
merge_backlog_json(const struct status_backlog *b)
{
	return json_pack("{s:I, s:I, s:I}", "records", (json_int_t)b->records, "octets",
	    (json_int_t)b->octets, "age_s", (json_int_t)b->age_s);
}

static void
merge_backlog_add(struct status_backlog *sum, const struct status_backlog *b)
{
	sum->records += b->records;
	sum->octets += b->octets;
	if (b->age_s > sum->age_s)
		sum->age_s = b->age_s;
}

struct status_backlog
status_backlog_of(json_t *link)
{
	struct status_backlog sum = {0};
	const char *key;
	json_t *class;

	json_object_foreach(json_object_get(link, "classes"), key, class)
	{
		struct status_backlog b = {merge_get(class, "backlog_records"),
		    merge_get(class, "backlog_octets"),
		    (int64_t)json_number_value(json_object_get(class, "age_s"))};

		merge_backlog_add(&sum, &b);
	}
	return sum;
}

static json_t *
merge_destination(json_t *row, json_t *live, struct status_backlog *sum)
{
	struct status_backlog b = status_backlog_of(live);
	json_t *d = live == NULL ? json_object() : json_copy(live);
	static const char *const keep[] = {
	    "id", "did", "name", "kind", "addresses", "transport", "enabled"};

	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		json_object_set(d, keep[i], json_object_get(row, keep[i]));
	if (live == NULL)
		json_object_set_new(d, "state", json_string("no answer"));
	json_object_set_new(d, "backlog", merge_backlog_json(&b));
	merge_backlog_add(sum, &b);
	return d;
}

static json_t *
merge_lea(struct store *s, json_t *row, json_t *answer, struct status_backlog *total)
{
	json_t *args = json_pack("{s:O}", "lea_id", json_object_get(row, "id")),
	       *rows = store_rows(s, STMT_DEST_OF_LEA, args);
	json_t *index = merge_index(json_object_get(answer, "destinations"), "id"),
	       *list = json_array(), *d;
	struct status_backlog sum = {0};
	size_t i;

	json_array_foreach(rows, i, d) json_array_append_new(
	    list, merge_destination(
		      d, merge_find(index, json_integer_value(json_object_get(d, "id"))), &sum));
	merge_backlog_add(total, &sum);
	json_decref(args);
	json_decref(rows);
	json_decref(index);
	return json_pack("{s:O, s:O, s:O, s:s, s:o, s:o}", "id", json_object_get(row, "id"), "name",
	    json_object_get(row, "name"), "profile", json_object_get(row, "profile"), "state",
	    answer == NULL ? "no answer" : "ok", "backlog", merge_backlog_json(&sum),
	    "destinations", list);
}

static json_t *
merge_leas(struct store *s, const struct status_parts *p, struct status_backlog *total)
{
	json_t *rows = store_rows(s, STMT_LEA_LIST, NULL), *leas = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_t *answer =
		    merge_find(p->deliver, json_integer_value(json_object_get(row, "id")));

		json_array_append_new(leas, merge_lea(s, row, answer, total));
	}
	json_decref(rows);
	return leas;
}

/* ---- warrants */

/* Delivered records by warrant row, over all deliver roles. */
static json_t *
merge_delivered(json_t *deliver)
{
	json_t *sum = json_object(), *answer, *w;
	const char *lea;
	char key[24];
	size_t i;

	json_object_foreach(deliver, lea, answer)
	{
		json_array_foreach(json_object_get(answer, "warrants"), i, w)
		{
			int64_t row = merge_row(w, "warrant");

			snprintf(key, sizeof(key), "%lld", (long long)row);
			json_object_set_new(sum, key,
			    json_integer(json_integer_value(json_object_get(sum, key)) +
					 merge_get(w, "records")));
		}
	}
	return sum;
}

/* One line of the books: received + extra = delivered + waiting + summed + duplicate + copies + out
 * of scope + rejected + shed + lost (none here yet, see merge_lost()); see session/account.h. */
static json_t *
merge_warrant(json_t *row, json_t *live, int64_t delivered)
{
	int64_t received = merge_get(live, "received"), spooled = merge_get(live, "spooled"),
		duplicate = merge_get(live, "duplicate");
	int64_t scope = merge_get(live, "out_of_scope"), rejected = merge_get(live, "rejected"),
		shed = merge_get(live, "shed");
	int64_t extra = merge_get(live, "extra"), summed = merge_get(live, "summed"),
		copies = merge_get(live, "copies");
	int64_t waiting = spooled - delivered;
	bool ok = waiting >= 0 && received + extra == delivered + waiting + summed + duplicate +
							  copies + scope + rejected + shed;
	json_t *w = json_copy(row);
	const struct {
		const char *key;
		int64_t n;
	} counts[] = {{"received", received}, {"delivered", delivered},
	    {"waiting", waiting < 0 ? 0 : waiting}, {"duplicate", duplicate},
	    {"out_of_scope", scope}, {"rejected", rejected}, {"shed", shed}, {"lost", 0},
	    {"extra", extra}, {"summed", summed}, {"copies", copies}};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_object_set_new(w, counts[i].key, json_integer(counts[i].n));
	json_object_set_new(w, "ok", json_boolean(ok));
	if (live != NULL)
		json_object_set(w, "detail", live);
	return w;
}

static int
merge_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The warrants that something came of or went out for, in the order of the list of all: with many
 * warrants these are few. */
static json_t *
merge_busy(struct store *s, json_t *index, json_t *sent)
{
	size_t max = json_object_size(index) + json_object_size(sent), n = 0;
	int64_t *ids = calloc(max + 1, sizeof(*ids));
	json_t *rows = json_array(), *a = json_object(), *v, *row;
	const char *key;

	assert(ids != NULL);
	json_object_foreach(index, key, v) if (merge_get(v, "received") > 0) ids[n++] =
	    strtoll(key, NULL, 10);
	json_object_foreach(sent, key, v) if (merge_sum(v) > 0) ids[n++] = strtoll(key, NULL, 10);
	qsort(ids, n, sizeof(*ids), merge_compare);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && ids[i] == ids[i - 1])
			continue;
		json_object_set_new(a, "row", json_integer(ids[i]));
		if ((row = store_row(s, STMT_WARRANT_NAME, a)) != NULL)
			json_array_append_new(rows, row);
	}
	json_decref(a);
	free(ids);
	return rows;
}

static json_t *
merge_warrants(struct store *s, const struct status_parts *p)
{
	json_t *index = merge_index(json_object_get(p->ingest, "warrants"), "warrant"),
	       *sent = merge_delivered(p->deliver), *out = json_array(),
	       *max = json_pack("{s:i}", "max", STATUS_WARRANTS_ALL), *rows, *row;
	size_t i;

	rows = store_int(s, STMT_WARRANT_MANY, max, 0) != 0
		   ? merge_busy(s, index, sent)
		   : store_rows(s, STMT_WARRANT_NAMES, NULL);
	json_array_foreach(rows, i, row)
	{
		int64_t id = json_integer_value(json_object_get(row, "id"));

		json_array_append_new(out,
		    merge_warrant(row, merge_find(index, id), merge_sum(merge_find(sent, id))));
	}
	json_decref(max);
	json_decref(rows);
	json_decref(index);
	json_decref(sent);
	return out;
}

/* Records that are damaged on disk cannot say whose they were.  When an agency has nothing waiting
 * in its queues and its warrants still wait for exactly as many as were found damaged, those are
 * lost. */
static void
merge_lost(json_t *lea, json_t *warrants)
{
	json_t *name = json_object_get(lea, "name"), *d, *w;
	int64_t lost = 0, waiting = 0;
	size_t i;

	json_array_foreach(json_object_get(lea, "destinations"), i, d) lost += merge_get(d, "lost");
	json_array_foreach(warrants, i, w) if (json_equal(json_object_get(w, "lea"), name))
	    waiting += merge_get(w, "waiting");
	if (lost == 0 || waiting != lost ||
	    merge_get(json_object_get(lea, "backlog"), "records") != 0)
		return;
	json_array_foreach(warrants, i, w)
	{
		if (!json_equal(json_object_get(w, "lea"), name))
			continue;
		json_object_set_new(w, "lost", json_integer(merge_get(w, "waiting")));
		json_object_set_new(w, "waiting", json_integer(0));
	}
}

/* ---- the rest */

static json_t *
merge_roles(const struct status_parts *p)
{
	json_t *roles = json_is_array(p->roles) ? json_deep_copy(p->roles) : json_array(), *r,
	       *since;
	char when[32];
	size_t i;

	json_array_foreach(roles, i, r)
	{
		const char *name = json_string_value(json_object_get(r, "role"));
		bool answer = true;

		if (name != NULL && strcmp(name, "ingest") == 0)
			answer = p->ingest != NULL;
		else if (name != NULL && strcmp(name, "deliver") == 0)
			answer = merge_find(p->deliver,
				     json_integer_value(json_object_get(r, "lea"))) != NULL;
		json_object_set_new(r, "answer", json_boolean(answer));
		if ((since = json_object_get(r, "since_ns")) != NULL)
			json_object_set_new(
			    r, "since", json_string(clock_format(json_integer_value(since), when)));
	}
	return roles;
}

static json_t *
merge_alarms(struct store *s)
{
	json_t *a = json_pack("{s:b, s:i}", "all", 0, "limit", 1000),
	       *rows = store_rows(s, STMT_ALARM_LIST, a);

	json_decref(a);
	return rows;
}

static json_t *
merge_values(json_t *obj)
{
	json_t *list = json_array(), *v;
	const char *key;

	json_object_foreach(obj, key, v) json_array_append(list, v);
	return list;
}

static json_t *
merge_tasks(struct store *s, const struct status_parts *p)
{
	json_t *a = json_pack("{s:s}", "name", "task_version");
	json_t *t = json_pack("{s:I, s:I}", "version",
	    (json_int_t)store_int(s, STMT_SETTING_GET, a, 0), "in_force", (json_int_t)p->in_force);

	json_decref(a);
	return t;
}

json_t *
status_parts_json(const struct status_parts *p)
{
	return json_pack("{s:o, s:o, s:o}", "ingest",
	    p->ingest == NULL ? json_null() : json_incref(p->ingest), "deliver",
	    json_copy(p->deliver), "roles", merge_roles(p));
}

json_t *
status_merge(struct store *s, const struct status_parts *p)
{
	struct status_backlog total = {0};
	json_t *all = json_object(),
	       *listeners = json_object_get(json_object_get(p->ingest, "x"), "listeners");
	char now[32];
	json_t *lea;
	size_t i;

	json_object_set_new(all, "time", json_string(clock_format(clock_wall_ns(), now)));
	json_object_set_new(all, "tasks", merge_tasks(s, p));
	json_object_set_new(all, "roles", merge_roles(p));
	json_object_set_new(
	    all, "listeners", listeners == NULL ? json_array() : json_incref(listeners));
	json_object_set_new(all, "nes", merge_nes(s, p->ingest));
	json_object_set_new(all, "leas", merge_leas(s, p, &total));
	json_object_set_new(all, "backlog", merge_backlog_json(&total));
	json_object_set_new(all, "warrants", merge_warrants(s, p));
	json_array_foreach(json_object_get(all, "leas"), i, lea)
	    merge_lost(lea, json_object_get(all, "warrants"));
	json_object_set_new(all, "alarms", merge_alarms(s));
	json_object_set_new(
	    all, "journal", json_pack("{s:I}", "backlog", (json_int_t)p->journal_backlog));
	json_object_set_new(
	    all, "ingest", p->ingest == NULL ? json_null() : json_incref(p->ingest));
	json_object_set_new(all, "deliver", merge_values(p->deliver));
	return all;
}
