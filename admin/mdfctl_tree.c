/* SPDX-License-Identifier: Apache-2.0 */
/* The sessions of a warrant as a tree for people, with libsmartcols. */
#include "admin/mdfctl.h"

#include <assert.h>
#include <libsmartcols.h>
#include <stdlib.h>

enum tree_column {
	TREE_SESSION,
	TREE_STATE,
	TREE_FIRST,
	TREE_LAST,
	TREE_IRI,
	TREE_CC,
	TREE_NAMES,
	TREE_NES,
	TREE_N
};

static const struct {
	const char *title;
	int flags;
} tree_columns[TREE_N] = {
    [TREE_SESSION] = {"SESSION (CIN)", SCOLS_FL_TREE},
    [TREE_STATE] = {"STATE", 0},
    [TREE_FIRST] = {"FIRST", 0},
    [TREE_LAST] = {"LAST", 0},
    [TREE_IRI] = {"IRI", SCOLS_FL_RIGHT},
    [TREE_CC] = {"CC", SCOLS_FL_RIGHT},
    [TREE_NAMES] = {"NAMES", 0},
    [TREE_NES] = {"NETWORK ELEMENTS", 0},
};

/* "call 1, media 2" */
static char *
tree_names(json_t *names)
{
	char *text = NULL;
	const char *key;
	size_t n = 0;
	json_t *v;
	FILE *f = open_memstream(&text, &n);

	assert(f != NULL);
	json_object_foreach(names, key, v) fprintf(
	    f, "%s%s %lld", ftell(f) > 0 ? ", " : "", key, (long long)json_integer_value(v));
	fclose(f);
	return text;
}

static char *
tree_nes(json_t *nes)
{
	char *text = NULL;
	size_t n = 0, i;
	json_t *v;
	FILE *f = open_memstream(&text, &n);

	assert(f != NULL);
	json_array_foreach(nes, i, v) fprintf(
	    f, "%s%s", i > 0 ? ", " : "", json_string_value(v) ? json_string_value(v) : "?");
	fclose(f);
	return text;
}

static const char *
tree_text(json_t *s, const char *key)
{
	const char *text = json_string_value(json_object_get(s, key));

	return text == NULL ? "-" : text;
}

static void
tree_number(struct libscols_line *l, size_t col, json_t *s, const char *key)
{
	char text[24];

	snprintf(
	    text, sizeof(text), "%lld", (long long)json_integer_value(json_object_get(s, key)));
	scols_line_set_data(l, col, text);
}

static void
tree_fill(struct libscols_line *l, json_t *s, const char *mark)
{
	char cin[48], state[64];
	char *names = tree_names(json_object_get(s, "names")),
	     *nes = tree_nes(json_object_get(s, "nes"));

	snprintf(cin, sizeof(cin), "%s%lld", mark,
	    (long long)json_integer_value(json_object_get(s, "cin")));
	snprintf(state, sizeof(state), "%s%s%s%s",
	    json_is_true(json_object_get(s, "open")) ? "open" : "closed",
	    json_is_string(json_object_get(s, "state")) ? ", " : "",
	    json_is_string(json_object_get(s, "state")) ? tree_text(s, "state") : "",
	    json_is_true(json_object_get(s, "no_content")) ? ", no content" : "");
	scols_line_set_data(l, TREE_SESSION, cin);
	scols_line_set_data(l, TREE_STATE, state);
	scols_line_set_data(l, TREE_FIRST, tree_text(s, "first"));
	scols_line_set_data(l, TREE_LAST, tree_text(s, "last"));
	tree_number(l, TREE_IRI, s, "iri");
	tree_number(l, TREE_CC, s, "cc");
	scols_line_set_data(l, TREE_NAMES, names);
	scols_line_set_data(l, TREE_NES, nes);
	free(names);
	free(nes);
}

static void
tree_add(struct libscols_table *t, struct libscols_line *above, json_t *list, const char *mark)
{
	json_t *s;
	size_t i;

	json_array_foreach(list, i, s)
	{
		struct libscols_line *l = scols_table_new_line(t, above);

		tree_fill(l, s, mark);
		tree_add(t, l, json_object_get(s, "merged"), "merged ");
		tree_add(t, l, json_object_get(s, "children"), "");
	}
}

void
mdfctl_show_tree(json_t *result)
{
	json_t *list = json_object_get(result, "sessions");
	struct libscols_table *t;

	printf("%s  LIID %s at %s (profile %s), %s\n", tree_text(result, "uuid"),
	    tree_text(result, "liid"), tree_text(result, "lea"), tree_text(result, "lea_profile"),
	    tree_text(result, "state"));
	if (json_array_size(list) == 0) {
		printf("no sessions\n");
		return;
	}
	t = scols_new_table();
	assert(t != NULL);
	scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER);
	for (size_t i = 0; i < TREE_N; i++)
		scols_table_new_column(t, tree_columns[i].title, 0, tree_columns[i].flags);
	tree_add(t, NULL, list, "");
	scols_print_table(t);
	scols_unref_table(t);
}
