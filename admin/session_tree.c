/* SPDX-License-Identifier: Apache-2.0 */
/* A list of sessions as a tree; see session_tree.h. */
#include "admin/session_tree.h"

#include "base/clock.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

static int64_t
tree_int(json_t *s, const char *key)
{
	return json_integer_value(json_object_get(s, key));
}

json_t *
session_tree_time(json_t *s, const char *key)
{
	int64_t ns = tree_int(s, key);
	char text[32];

	return ns == 0 ? json_null() : json_string(clock_format(ns, text));
}

/* One session as it is shown, without those below it. */
static json_t *
tree_node(json_t *s)
{
	json_t *n = json_deep_copy(s);

	json_object_set_new(n, "first", session_tree_time(s, "first_ns"));
	json_object_set_new(n, "last", session_tree_time(s, "last_ns"));
	json_object_del(n, "first_ns");
	json_object_del(n, "last_ns");
	json_object_del(n, "spool");
	json_object_set_new(n, "children", json_array());
	json_object_set_new(n, "merged", json_array());
	return n;
}

/* Index of the session with CIN; -1: none. */
static int64_t
tree_find(json_t *list, int64_t cin)
{
	json_t *s;
	size_t i;

	json_array_foreach(list, i, s) if (tree_int(s, "cin") == cin) return (int64_t)i;
	return -1;
}

/* What session I hangs on: the one that it was merged into, else its parent; -1: the top. */
static int64_t
tree_above(json_t *list, size_t i)
{
	json_t *s = json_array_get(list, i);
	int64_t cin = tree_int(s, "joined") != 0 ? tree_int(s, "joined") : tree_int(s, "parent"),
		at = cin == 0 ? -1 : tree_find(list, cin);

	return at == (int64_t)i ? -1 : at;
}

/* Upwards from I one comes back to I. */
static int
tree_in_ring(const int64_t *above, size_t n, size_t i)
{
	int64_t at = above[i];

	for (size_t steps = 0; at >= 0 && steps < n; steps++) {
		if (at == (int64_t)i)
			return 1;
		at = above[at];
	}
	return 0;
}

json_t *
session_tree(json_t *list)
{
	size_t n = json_array_size(list);
	int64_t *above = calloc(n + 1, sizeof(*above));
	json_t *nodes = json_array(), *top = json_array();

	assert(above != NULL);
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(nodes, tree_node(json_array_get(list, i)));
		above[i] = tree_above(list, i);
	}
	for (size_t i = 0; i < n; i++)
		if (tree_in_ring(above, n, i))
			above[i] = -1; /* the ring opens here */
	for (size_t i = 0; i < n; i++) {
		json_t *node = json_array_get(nodes, i),
		       *into = above[i] < 0 ? NULL : json_array_get(nodes, (size_t)above[i]);
		int joined = tree_int(json_array_get(list, i), "joined") != 0;

		json_array_append(
		    into == NULL ? top : json_object_get(into, joined ? "merged" : "children"),
		    node);
	}
	json_decref(nodes);
	free(above);
	return top;
}
