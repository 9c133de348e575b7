/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of the table of operations; see rest_call.h.  A word of a path goes before a
 * parameter, so /profiles/fields is not the profile "fields". */
#include "admin/rest_query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum rest_method m;
} rest_methods[] = {{"GET", REST_GET}, {"POST", REST_POST}, {"PUT", REST_PUT},
    {"PATCH", REST_PATCH}, {"DELETE", REST_DELETE}, {"HEAD", REST_HEAD}, {"OPTIONS", REST_OPTIONS}};
#define REST_METHODS_N (sizeof(rest_methods) / sizeof(rest_methods[0]))

const char *
rest_method_name(enum rest_method m)
{
	for (size_t i = 0; i < REST_METHODS_N; i++)
		if (rest_methods[i].m == m)
			return rest_methods[i].name;
	return "OTHER";
}

unsigned
rest_op_method(const struct op *op)
{
	for (size_t i = 0; op->method != NULL && op->path != NULL && i < REST_METHODS_N; i++)
		if (strcmp(rest_methods[i].name, op->method) == 0)
			return rest_methods[i].m;
	return 0;
}

bool
rest_op_has_body(const struct op *op)
{
	return (rest_op_method(op) & (REST_POST | REST_PUT | REST_PATCH)) != 0;
}

bool
rest_op_is_list(const struct op *op)
{
	return rest_op_method(op) == REST_GET && op->columns != NULL;
}

bool
rest_op_pages(const struct op *op)
{
	return rest_op_is_list(op) && op_arg_find(op, "after", 5) != NULL;
}

bool
rest_op_large(const struct op *op)
{
	for (const struct op_arg *a = op->args; a->name != NULL; a++)
		if (a->type == OP_ITEMS || a->type == OP_FILE || a->type == OP_DATA)
			return true;
	return false;
}

bool
rest_arg_in_path(const struct op *op, const struct op_arg *arg)
{
	char param[80];

	snprintf(param, sizeof(param), "{%s}", arg->name);
	return op->path != NULL && strstr(op->path, param) != NULL;
}

bool
rest_arg_hidden(const struct op *op, const struct op_arg *arg)
{
	if (rest_op_is_list(op))
		return strcmp(arg->name, "after") == 0 || strcmp(arg->name, "limit") == 0 ||
		       strncmp(arg->name, "behind", 6) == 0;
	return strcmp(arg->name, "more") == 0 && op_arg_find(op, "items", 5) != NULL;
}

bool
rest_arg_shared(const struct op *op, const char *name)
{
	return (op->flags & OP_TWO) != 0 &&
	       (strcmp(name, "plan") == 0 || strcmp(name, "signature") == 0) &&
	       op_arg_find(op, name, strlen(name)) == NULL;
}

/* PATH is that of POST plus one parameter. */
static bool
rest_path_below(const char *path, const char *post)
{
	size_t n = strlen(post);

	return path != NULL && strncmp(path, post, n) == 0 && path[n] == '/' &&
	       path[n + 1] == '{' && strchr(path + n + 1, '/') == NULL;
}

const struct op *
rest_op_created(const struct op *op)
{
	if (rest_op_method(op) != REST_POST || (op->flags & OP_CHANGE) == 0)
		return NULL;
	for (size_t i = 0; i < ops_n; i++)
		if (rest_op_method(&ops_table[i]) == REST_GET &&
		    rest_path_below(ops_table[i].path, op->path))
			return &ops_table[i];
	return NULL;
}

const struct op *
rest_op_show(const struct op *op)
{
	for (size_t i = 0; i < ops_n; i++)
		if (rest_op_method(&ops_table[i]) == REST_GET &&
		    strcmp(ops_table[i].path, op->path) == 0)
			return &ops_table[i];
	return NULL;
}

/* ---- matching */

struct rest_segment {
	const char *at;
	size_t n;
};

/* Split PATH at '/'.  Returns the number of segments, 0 when it has none, too many, or an empty
 * one. */
static size_t
rest_split(const char *path, struct rest_segment s[REST_SEGMENTS_MAX])
{
	size_t n = 0;

	while (*path == '/') {
		if (n == REST_SEGMENTS_MAX)
			return 0;
		s[n].at = path + 1;
		s[n].n = strcspn(path + 1, "/");
		if (s[n].n == 0)
			return 0;
		path = s[n].at + s[n].n;
		n++;
	}
	return n;
}

/* How well the path of OP fits: -1 not at all, else the number of words that agree. */
static int
rest_fit(const struct op *op, const struct rest_segment *s, size_t n)
{
	struct rest_segment t[REST_SEGMENTS_MAX];
	int words = 0;

	if (rest_op_method(op) == 0 || rest_split(op->path, t) != n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (t[i].at[0] == '{')
			continue;
		if (t[i].n != s[i].n || memcmp(t[i].at, s[i].at, t[i].n) != 0)
			return -1;
		words++;
	}
	return words;
}

static int
rest_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decoding as text; NULL: malformed, a NUL, or not UTF-8. */
static json_t *
rest_decode(const char *in, size_t n, bool plus)
{
	char *out = malloc(n + 1);
	size_t len = 0;
	json_t *text;
	bool bad = out == NULL;

	for (size_t i = 0; !bad && i < n; i++) {
		int c = (unsigned char)in[i];

		if (c == '+' && plus)
			c = ' ';
		if (c == '%') {
			int hi = i + 2 < n ? rest_hex(in[i + 1]) : -1,
			    lo = i + 2 < n ? rest_hex(in[i + 2]) : -1;

			bad = hi < 0 || lo < 0;
			c = bad ? 0 : hi * 16 + lo;
			i += 2;
		}
		bad = bad || c == 0;
		out[len++] = (char)c;
	}
	text = bad ? NULL : json_stringn(out, len);
	free(out);
	return text;
}

static int
rest_path_args(struct rest_call *c, const struct rest_segment *s, size_t n, struct rest_problem *p)
{
	struct rest_segment t[REST_SEGMENTS_MAX];
	char name[64];

	rest_split(c->op->path, t);
	for (size_t i = 0; i < n; i++) {
		json_t *text;

		if (t[i].at[0] != '{' || t[i].n < 3)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)t[i].n - 2, t[i].at + 1);
		text = rest_decode(s[i].at, s[i].n, false);
		if (text == NULL)
			return rest_problem_set(p, 400, "USAGE", name, "",
			    "%s: the path is not percent-encoded UTF-8 text", name);
		json_object_set_new(c->args, name, text);
	}
	return 0;
}

int
rest_call_route(struct rest_call *c, enum rest_method m, const char *path, struct rest_problem *p)
{
	struct rest_segment s[REST_SEGMENTS_MAX];
	enum rest_method want = m == REST_HEAD ? REST_GET : m;
	size_t n = 0;
	int best = -1;

	c->args = json_object();
	if (strncmp(path, REST_BASE "/", sizeof(REST_BASE)) == 0)
		n = rest_split(path + sizeof(REST_BASE) - 1, s);
	for (size_t i = 0; n > 0 && i < ops_n; i++) {
		int fit = rest_fit(&ops_table[i], s, n);

		if (fit < best || fit < 0)
			continue;
		if (fit > best) { /* a nearer path: what was found before is another resource */
			best = fit;
			c->allow = REST_OPTIONS;
			c->op = NULL;
		}
		c->allow |= rest_op_method(&ops_table[i]);
		if (rest_op_method(&ops_table[i]) == want && c->op == NULL)
			c->op = &ops_table[i];
	}
	if (best < 0)
		return rest_problem_set(p, 404, "NOT-FOUND", NULL,
		    "GET " REST_BASE "/openapi.json lists the paths", "there is no such path");
	if (c->allow & REST_GET)
		c->allow |= REST_HEAD;
	if (m == REST_OPTIONS)
		return 0;
	if (c->op == NULL)
		return rest_problem_set(p, 405, "METHOD-NOT-ALLOWED", NULL,
		    "the header Allow lists the methods", "this path has no such method");
	return rest_path_args(c, s, n, p);
}

void
rest_call_fini(struct rest_call *c)
{
	json_decref(c->args);
	c->args = NULL;
}

/* ---- query; here because it decodes like a path */

static int
rest_query_page(struct rest_call *c, const char *name, const char *value, struct rest_problem *p)
{
	char *end;
	unsigned long n;

	if (strcmp(name, "cursor") == 0) {
		if (value[0] == '\0' || strlen(value) > REST_CURSOR_MAX)
			return rest_problem_set(p, 400, "CURSOR-INVALID", "cursor",
			    "begin again without a cursor", "this is no cursor of this list");
		snprintf(c->cursor, sizeof(c->cursor), "%s", value);
		return 0;
	}
	n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || n < 1 || n > REST_PAGE_MAX)
		return rest_problem_set(p, 400, "USAGE", "limit", "",
		    "limit: a number from 1 to %d is expected", REST_PAGE_MAX);
	c->limit = (unsigned)n;
	return 0;
}

static int
rest_query_one(struct rest_call *c, const char *name, json_t *value, struct rest_problem *p)
{
	const struct op_arg *arg = op_arg_find(c->op, name, strlen(name));
	bool shared = rest_arg_shared(c->op, name) && !rest_op_has_body(c->op);

	if (c->list && (strcmp(name, "limit") == 0 || strcmp(name, "cursor") == 0))
		return rest_query_page(c, name, json_string_value(value), p);
	if (!shared && (arg == NULL || strcmp(arg->name, name) != 0 || rest_op_has_body(c->op) ||
			   rest_arg_in_path(c->op, arg) || rest_arg_hidden(c->op, arg)))
		return rest_problem_set(p, 400, "USAGE", name, "see " REST_BASE "/openapi.json",
		    "this request has no query parameter '%.64s'", name);
	if (json_object_get(c->args, name) != NULL)
		return rest_problem_set(p, 400, "USAGE", name,
		    "members of a list are separated by commas", "'%.64s' comes twice", name);
	json_object_set(c->args, name, value);
	return 0;
}

int
rest_call_query(struct rest_call *c, const char *query, struct rest_problem *p)
{
	int r = 0;

	while (r == 0 && query != NULL && *query != '\0') {
		size_t n = strcspn(query, "&"), eq = 0;
		json_t *name, *value;

		while (eq < n && query[eq] != '=')
			eq++;
		name = rest_decode(query, eq, true);
		value = eq < n ? rest_decode(query + eq + 1, n - eq - 1, true) : json_string("");
		if (name == NULL || value == NULL)
			r = rest_problem_set(p, 400, "USAGE", NULL, "",
			    "the query is not percent-encoded UTF-8 text");
		else
			r = rest_query_one(c, json_string_value(name), value, p);
		json_decref(name);
		json_decref(value);
		query += n + (query[n] == '&');
	}
	return r;
}
