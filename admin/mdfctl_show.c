/* SPDX-License-Identifier: Apache-2.0 */
/* Results as tables for people, with libsmartcols. */
#include "admin/mdfctl.h"

#include <assert.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A value as one cell; new memory. */
static char *
show_cell(json_t *v)
{
	char *text = NULL, *buf;
	size_t n = 0, i;
	json_t *item;
	FILE *f;

	if (json_is_string(v))
		return strdup(json_string_value(v));
	if (!json_is_array(v)) {
		if (v == NULL || json_is_null(v))
			return strdup("-");
		if (json_is_boolean(v))
			return strdup(json_is_true(v) ? "yes" : "no");
		return json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	}
	f = open_memstream(&text, &n);
	assert(f != NULL);
	json_array_foreach(v, i, item)
	{
		buf = show_cell(item);
		fprintf(f, "%s%s", i > 0 ? "," : "", buf);
		free(buf);
	}
	fclose(f);
	return text;
}

static struct libscols_table *
show_table(void)
{
	struct libscols_table *t = scols_new_table();

	assert(t != NULL);
	/* never cut a value: a LIID that lost its end is a wrong LIID */
	scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER);
	return t;
}

static void
show_print(struct libscols_table *t)
{
	scols_print_table(t);
	scols_unref_table(t);
}

static void
show_set(struct libscols_line *l, size_t i, json_t *v)
{
	char *text = show_cell(v);

	scols_line_set_data(l, i, text);
	free(text);
}

static void
show_rows(const struct op_column *columns, json_t *rows)
{
	struct libscols_table *t;
	json_t *row, *first = json_array_get(rows, 0);
	size_t n, i;

	if (first == NULL) {
		printf("none\n");
		return;
	}
	t = show_table();
	for (n = 0; columns[n].key != NULL; n++)
		scols_table_new_column(t, columns[n].title, 0,
		    json_is_integer(json_object_get(first, columns[n].key)) ? SCOLS_FL_RIGHT : 0);
	json_array_foreach(rows, i, row)
	{
		struct libscols_line *l = scols_table_new_line(t, NULL);

		for (size_t k = 0; k < n; k++)
			show_set(l, k, json_object_get(row, columns[k].key));
	}
	show_print(t);
}

static void
show_object(json_t *obj)
{
	struct libscols_table *t = show_table();
	const char *key;
	json_t *v;

	scols_table_new_column(t, "NAME", 0, 0);
	scols_table_new_column(t, "VALUE", 0, 0);
	scols_table_enable_noheadings(t, 1);
	json_object_foreach(obj, key, v)
	{
		struct libscols_line *l = scols_table_new_line(t, NULL);

		scols_line_set_data(l, 0, key);
		show_set(l, 1, v);
	}
	show_print(t);
}

static void
show_json(json_t *result)
{
	json_dumpf(result, stdout, JSON_INDENT(2));
	putchar('\n');
}

/* A warrant, and below it what became of it so far. */
static void
show_warrant(json_t *w)
{
	static const struct op_column columns[] = {
	    {"time", "TIME"}, {"step", "STEP"}, {"by", "BY"}, {NULL, NULL}};
	json_t *copy = json_copy(w), *line = json_object_get(w, "timeline");

	json_object_del(copy, "timeline");
	show_object(copy);
	json_decref(copy);
	if (line == NULL)
		return;
	putchar('\n');
	show_rows(columns, line);
}

/* Losses of OF under the name of its session, behind ROWS. */
static void
show_losses_of(json_t *rows, json_t *losses, json_t *cin)
{
	json_t *l;
	size_t i;

	json_array_foreach(losses, i, l)
	{
		json_t *row = json_copy(l), *class = json_object_get(l, "class");

		json_object_set(row, "cin", cin);
		if (class != NULL)
			json_object_set_new(row, "code",
			    json_sprintf("%s (%s)", json_string_value(json_object_get(l, "code")),
				json_string_value(class)));
		json_array_append_new(rows, row);
	}
}

/* Sessions, then what was lost, by session. */
static void
show_sessions(json_t *result)
{
	static const struct op_column columns[] = {{"cin", "CIN"}, {"open", "OPEN"}, {"iri", "IRI"},
	    {"cc", "CC"}, {"delivered", "DELIVERED"}, {"waiting", "WAITING AT MOST"},
	    {"since", "SINCE"}, {"last", "LAST"}, {NULL, NULL}};
	static const struct op_column losses[] = {{"cin", "SESSION"}, {"kind", "LOSS"},
	    {"code", "CODE"}, {"n", "PDUS"}, {"entries", "ENTRIES"}, {"first_time", "FROM"},
	    {"last_time", "UNTIL"}, {NULL, NULL}};
	json_t *lost = json_array(), *none = json_string("(none known)"), *s;
	size_t i;

	json_array_foreach(json_object_get(result, "sessions"), i, s)
	{
		json_t *sides = json_object_get(s, "sides"), *iri = json_object_get(sides, "iri"),
		       *cc = json_object_get(sides, "cc"), *since = json_object_get(iri, "since");

		json_object_set_new(s, "waiting",
		    json_integer(json_integer_value(json_object_get(iri, "waiting_most")) +
				 json_integer_value(json_object_get(cc, "waiting_most"))));
		json_object_set(
		    s, "since", json_is_string(since) ? since : json_object_get(cc, "since"));
		show_losses_of(lost, json_object_get(s, "losses"), json_object_get(s, "cin"));
	}
	show_losses_of(lost, json_object_get(result, "no_session"), none);
	show_rows(columns, json_object_get(result, "sessions"));
	if (json_is_true(json_object_get(result, "more")))
		printf("(the newest only; --limit shows more)\n");
	putchar('\n');
	show_rows(losses, lost);
	json_decref(lost);
	json_decref(none);
}

int
mdfctl_result_code(const struct op *op, json_t *args, json_t *result)
{
	const char *ask = json_string_value(json_object_get(args, "exit_code"));

	if ((op->flags & OP_TWO) && json_object_get(result, "approval") != NULL)
		return MDFCTL_WAITS;
	return ask != NULL && json_is_true(json_object_get(result, "changes")) ? MDFCTL_CHANGES
									       : MDFCTL_OK;
}

void
mdfctl_show(const struct op *op, json_t *result)
{
	if (strcmp(op->name, "status") == 0)
		mdfctl_show_status(result);
	else if (strcmp(op->name, "warrant.plan") == 0)
		mdfctl_show_plan(result);
	else if (strcmp(op->name, "warrant.show") == 0)
		show_warrant(result);
	else if (strcmp(op->name, "session.tree") == 0)
		mdfctl_show_tree(result);
	else if (strcmp(op->name, "completeness.sessions") == 0)
		show_sessions(result);
	else if (strcmp(op->name, "profile.schema") == 0)
		show_json(result);
	else if (json_is_array(result) && op->columns != NULL)
		show_rows(op->columns, result);
	else if (json_is_object(result))
		show_object(result);
	else
		printf("done\n");
}

/* ---- status */

#define SHOW(title, list, ...)                                                                     \
	do {                                                                                       \
		static const struct op_column cols_[] = {__VA_ARGS__, {NULL, NULL}};               \
                                                                                                   \
		printf("\n%s\n", title);                                                           \
		show_rows(cols_, list);                                                            \
	} while (0)

/* "1.5 MiB" */
static json_t *
show_octets(int64_t n)
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double v = (double)n;
	size_t u = 0;

	while (v >= 1024 && u < 4) {
		v /= 1024;
		u++;
	}
	return json_sprintf(u == 0 ? "%.0f %s" : "%.1f %s", v, unit[u]);
}

static json_t *
show_backlog(json_t *b, const char *what)
{
	json_t *v = json_object_get(b, what);

	if (strcmp(what, "octets") == 0)
		return show_octets(json_integer_value(v));
	if (strcmp(what, "age_s") == 0)
		return json_sprintf("%" PRId64 " s", (int64_t)json_integer_value(v));
	return json_integer(json_integer_value(v));
}

/* A link of an agency as one row of the table. */
static json_t *
show_link(json_t *lea, json_t *d)
{
	json_t *row = json_copy(d), *b = json_object_get(d, "backlog"),
	       *error = json_object_get(json_object_get(d, "error"), "text");

	json_object_set(row, "lea", json_object_get(lea, "name"));
	json_object_set(row, "profile", json_object_get(lea, "profile"));
	if (!json_is_string(json_object_get(row, "address")))
		json_object_set(row, "address", json_object_get(d, "addresses"));
	json_object_set_new(row, "records", show_backlog(b, "records"));
	json_object_set_new(row, "octets", show_backlog(b, "octets"));
	json_object_set_new(row, "age", show_backlog(b, "age_s"));
	if (error != NULL)
		json_object_set(row, "fault", error);
	return row;
}

static void
show_links(json_t *status)
{
	json_t *rows = json_array(), *lea, *d;
	size_t i, k;

	json_array_foreach(json_object_get(status, "leas"), i, lea)
	    json_array_foreach(json_object_get(lea, "destinations"), k, d)
		json_array_append_new(rows, show_link(lea, d));
	SHOW("Handover links", rows, {"lea", "LEA"}, {"profile", "PROFILE"},
	    {"name", "DESTINATION"}, {"kind", "KIND"}, {"address", "ADDRESS"}, {"state", "STATE"},
	    {"level", "LEVEL"}, {"records", "BACKLOG"}, {"octets", "OCTETS"}, {"age", "AGE"},
	    {"fault", "LAST FAULT"});
	json_decref(rows);
}

static void
show_books(json_t *status)
{
	json_t *rows = json_array(), *w, *row;
	size_t i;

	json_array_foreach(json_object_get(status, "warrants"), i, w)
	{
		row = json_copy(w);
		json_object_set_new(row, "ok",
		    json_string(json_is_true(json_object_get(w, "ok")) ? "ok" : "MISMATCH"));
		if (json_is_true(json_object_get(w, "metadata")))
			json_object_set_new(row, "content", json_string("metadata"));
		json_array_append_new(rows, row);
	}
	SHOW("Warrants: received = delivered + waiting + duplicate + out of scope + rejected + "
	     "shed + lost",
	    rows, {"liid", "LIID"}, {"lea", "LEA"}, {"state", "STATE"}, {"content", "CONTENT"},
	    {"received", "RECEIVED"}, {"delivered", "DELIVERED"}, {"waiting", "WAITING"},
	    {"duplicate", "DUPLICATE"}, {"out_of_scope", "OUT OF SCOPE"}, {"rejected", "REJECTED"},
	    {"shed", "SHED"}, {"lost", "LOST"}, {"ok", "BOOKS"});
	json_decref(rows);
}

void
mdfctl_show_status(json_t *status)
{
	json_t *b = json_object_get(status, "backlog"), *tasks = json_object_get(status, "tasks"),
	       *octets = show_backlog(b, "octets");

	printf("%s  tasks: version %" PRId64 ", in force %" PRId64 "  backlog: %" PRId64
	       " records, %s, oldest %" PRId64 " s\n",
	    json_string_value(json_object_get(status, "time")),
	    (int64_t)json_integer_value(json_object_get(tasks, "version")),
	    (int64_t)json_integer_value(json_object_get(tasks, "in_force")),
	    (int64_t)json_integer_value(json_object_get(b, "records")), json_string_value(octets),
	    (int64_t)json_integer_value(json_object_get(b, "age_s")));
	json_decref(octets);
	SHOW("Roles", json_object_get(status, "roles"), {"role", "ROLE"}, {"name", "LEA"},
	    {"pid", "PID"}, {"ready", "READY"}, {"answer", "ANSWERS"}, {"restarts", "RESTARTS"},
	    {"since", "SINCE"});
	SHOW("X2/X3 listeners", json_object_get(status, "listeners"), {"name", "LISTENER"},
	    {"address", "ADDRESS"}, {"port", "PORT"}, {"x2", "X2"}, {"x3", "X3"},
	    {"connections", "CONNECTIONS"}, {"accepted", "ACCEPTED"}, {"refused", "REFUSED"});
	SHOW("Network elements", json_object_get(status, "nes"), {"name", "NE"}, {"state", "STATE"},
	    {"connections", "CONNECTIONS"}, {"pdus", "PDUS"}, {"last", "LAST SEEN"});
	show_links(status);
	show_books(status);
	SHOW("Alarms", json_object_get(status, "alarms"), {"raised", "SINCE"},
	    {"severity", "SEVERITY"}, {"code", "CODE"}, {"object", "OBJECT"}, {"text", "TEXT"});
}
