/* SPDX-License-Identifier: Apache-2.0 */
/* The list of warrants: filters, two orders, pages, and what is live of each row. */
#include "admin/auth.h"
#include "admin/links.h"
#include "admin/op_warrant.h"
#include "admin/op_web.h"
#include "admin/status.h"
#include "base/clock.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_HOURS_MAX 876000 /* a hundred years */
#define LIST_LIVE_MAX 500     /* warrants of one question for what is live */

/* ---- which rows */

/* TEXT as a pattern for LIKE: any part, with '!' before what means something there. */
static void
list_like(struct op_call *c)
{
	const char *text = op_text(c, "text");
	size_t n = 0, len = text == NULL ? 0 : strlen(text);
	char *like;

	if (text == NULL)
		return;
	like = malloc(2 * len + 3);
	assert(like != NULL);
	like[n++] = '%';
	for (size_t i = 0; i < len; i++) {
		if (strchr("%_!", text[i]) != NULL)
			like[n++] = '!';
		like[n++] = text[i];
	}
	like[n++] = '%';
	json_object_set_new(c->args, "like", json_stringn(like, n));
	free(like);
}

/* Behind which row the page begins: "after" is a row number, or for persons with a scope how many
 * rows are left out; "behind" the last row of the page before, by its UUID.  It stands where it
 * stood then, also when its end has changed since ("behind_until"). */
static int
list_place(struct op_call *c, bool by_until)
{
	int64_t at_ns = -1, then_ns = op_int(c, "behind_until_ns", -1), id = 0;
	json_t *row;

	if (op_text(c, "behind") != NULL) {
		if ((row = store_row(c->store, STMT_WARRANT_PLACE, c->args)) == NULL)
			return fault_set(&c->fault, FAULT_NOT_FOUND, "behind", "",
			    "begin again without it", "there is no such warrant");
		at_ns = json_integer_value(json_object_get(row, "until_ns"));
		id = json_integer_value(json_object_get(row, "id"));
		json_decref(row);
		if (then_ns >= 0 && then_ns / CLOCK_NS_PER_S != at_ns / CLOCK_NS_PER_S)
			at_ns = then_ns;
	} else if (op_text(c, "after") != NULL || json_object_get(c->args, "after") != NULL) {
		if (auth_scoped(&c->actor)) {
			json_object_set(c->args, "scope_after", json_object_get(c->args, "after"));
		} else if (by_until) {
			return fault_set(&c->fault, FAULT_USAGE, "after", "", "say behind",
			    "row numbers tell no place in this order");
		} else {
			id = op_int(c, "after", 0);
		}
	}
	json_object_set_new(c->args, "after", json_integer(id));
	json_object_set_new(c->args, "after_ns", json_integer(at_ns));
	return 0;
}

/* ---- what is live of them */

struct list_live {
	int64_t row, delivered;
	json_t *w, *books; /* row of the list; what ingest says of it; borrowed */
};

static int
list_compare(const void *a, const void *b)
{
	const struct list_live *x = a, *y = b;

	return x->row < y->row ? -1 : x->row > y->row;
}

static struct list_live *
list_find(struct list_live *l, size_t n, json_t *row)
{
	struct list_live key = {.row = json_integer_value(row)};

	return bsearch(&key, l, n, sizeof(*l), list_compare);
}

/* Look the rows of the page up in what the roles say of all. */
static void
list_look(struct list_live *l, size_t n, json_t *parts)
{
	json_t *answer, *w;
	struct list_live *one;
	const char *lea;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(parts, "ingest"), "warrants"), i, w)
	{
		if ((one = list_find(l, n, json_object_get(w, "warrant"))) != NULL)
			one->books = w;
	}
	json_object_foreach(json_object_get(parts, "deliver"), lea, answer)
	{
		json_array_foreach(json_object_get(answer, "warrants"), i, w)
		{
			if ((one = list_find(l, n, json_object_get(w, "warrant"))) != NULL)
				one->delivered += json_integer_value(json_object_get(w, "records"));
		}
	}
}

/* Connected elements by name; all of them when NES is empty. */
static json_int_t
list_nes_ok(json_t *up, json_t *nes)
{
	json_int_t n = 0;
	json_t *name;
	size_t i;

	if (json_array_size(nes) == 0)
		return (json_int_t)json_object_size(up);
	json_array_foreach(nes, i, name) n += json_object_get(up, json_string_value(name)) != NULL;
	return n;
}

/* Elements that are connected, as far as the caller may see them. */
static json_t *
list_nes_up(struct op_call *c, json_t *parts)
{
	json_t *ingest = json_object_get(parts, "ingest"),
	       *index = status_ne_index(json_object_get(ingest, "network_elements")),
	       *rows = store_rows(c->store, STMT_NE_LIST, c->args), *up = json_object(), *ne;
	char key[24];
	size_t i;

	json_array_foreach(rows, i, ne)
	{
		snprintf(key, sizeof(key), "%lld",
		    (long long)json_integer_value(json_object_get(ne, "id")));
		if (strcmp(status_ne_state(ne, json_object_get(index, key), json_is_object(ingest)),
			"connected") == 0)
			json_object_set_new(
			    up, json_string_value(json_object_get(ne, "name")), json_true());
	}
	json_decref(index);
	json_decref(rows);
	return up;
}

static void
list_fill(const struct list_live *l, json_t *up, bool known)
{
	json_int_t spooled = json_integer_value(json_object_get(l->books, "spooled")),
		   waiting = spooled - l->delivered;
	json_t *iri = json_object_get(l->books, "last_iri"),
	       *cc = json_object_get(l->books, "last_cc");

	json_object_set_new(l->w, "received",
	    known ? json_integer(json_integer_value(json_object_get(l->books, "received")))
		  : json_null());
	json_object_set_new(l->w, "delivered", known ? json_integer(l->delivered) : json_null());
	json_object_set_new(
	    l->w, "waiting", known ? json_integer(waiting < 0 ? 0 : waiting) : json_null());
	json_object_set_new(l->w, "last_iri", iri == NULL ? json_null() : json_incref(iri));
	json_object_set_new(l->w, "last_cc", cc == NULL ? json_null() : json_incref(cc));
	if (up != NULL) /* the network is no matter of an agency */
		json_object_set_new(
		    l->w, "nes_ok", json_integer(list_nes_ok(up, json_object_get(l->w, "nes"))));
}

/* Only what is live of row W. */
static void
list_keep(json_t *w)
{
	static const char *const names[] = {
	    "uuid", "received", "delivered", "waiting", "last_iri", "last_cc", "nes_ok"};
	json_t *old = json_copy(w), *v;

	json_object_clear(w);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((v = json_object_get(old, names[i])) != NULL)
			json_object_set(w, names[i], v);
	json_decref(old);
}

static void
list_live_done(json_t *parts, void *token)
{
	struct op_call *c = token;
	size_t n = json_array_size(c->result), i;
	struct list_live *l = calloc(n + 1, sizeof(*l));
	json_t *up = c->actor.lea != 0 ? NULL : list_nes_up(c, parts), *w;
	bool known = json_is_object(json_object_get(parts, "ingest"));

	assert(l != NULL);
	json_array_foreach(c->result, i, w)
	{
		l[i].row = json_integer_value(json_object_get(w, "id"));
		l[i].w = w;
	}
	qsort(l, n, sizeof(*l), list_compare);
	list_look(l, n, parts);
	for (i = 0; i < n; i++) {
		list_fill(&l[i], up, known);
		if (json_object_get(c->args, "warrants") != NULL)
			list_keep(l[i].w);
	}
	json_decref(up);
	free(l);
	ops_finish(c, 0);
}

/* Ask the roles, and finish the call with what they say of C->result. */
static int
list_ask(struct op_call *c)
{
	if (c->x->links == NULL)
		return fault_set(&c->fault, FAULT_REFUSED, "live", "", "leave it out",
		    "this process does not know the roles");
	links_get(c->x->links, true, list_live_done, c);
	return OPS_LATER;
}

int
op_warrant_live(struct op_call *c)
{
	json_t *list = json_object_get(c->args, "warrants"), *uuid, *row;
	size_t i;

	if (json_array_size(list) > LIST_LIVE_MAX)
		return fault_set(&c->fault, FAULT_USAGE, "warrants", "", "ask in parts",
		    "at most %d warrants at once", LIST_LIVE_MAX);
	c->result = json_array();
	json_array_foreach(list, i, uuid)
	{
		json_object_set(c->args, "uuid", uuid);
		if ((row = store_row(c->store, STMT_WARRANT_SHOW, c->args)) != NULL)
			json_array_append_new(c->result, row);
	}
	return list_ask(c);
}

int
op_warrant_list(struct op_call *c)
{
	const char *sort = op_text(c, "sort");
	bool by_until = sort != NULL && strcmp(sort, "until") == 0;
	int64_t hours = op_int(c, "ends", -1);
	int r = list_place(c, by_until);

	if (r < 0)
		return r;
	if (hours > LIST_HOURS_MAX)
		return fault_set(&c->fault, FAULT_USAGE, "ends", "", "hours from now",
		    "no warrant ends so late");
	if (hours >= 0)
		json_object_set_new(c->args, "ends_ns",
		    json_integer(op_int(c, "now_ns", 0) + hours * 3600 * CLOCK_NS_PER_S));
	list_like(c);
	c->result =
	    store_rows(c->store, by_until ? STMT_WARRANT_LIST_UNTIL : STMT_WARRANT_LIST, c->args);
	if (!json_is_true(json_object_get(c->args, "live")))
		return 0;
	return list_ask(c);
}
