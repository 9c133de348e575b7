/* SPDX-License-Identifier: Apache-2.0 */
/* Body of a request > arguments; problems; see rest_call.h.  REST is strict where mdfctl is kind: a
 * number is a number, a list is an array. */
#include "admin/rest_query.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- problems */

static const struct {
	const char *code;
	int status;
	const char *title;
} rest_codes[] = {
    {"USAGE", 400, "The request is malformed"},
    {"CURSOR-INVALID", 400, "The cursor is not valid"},
    {"LOGIN", 401, "Who calls is not known"},
    {"DENIED", 403, "Not for this person"},
    {"STEP-UP", 403, "A fresh factor is needed"},
    {"CROSS-SITE", 403, "The request came from another site"},
    {"AGENCY-DOOR", 403, "This address is for liaisons"},
    {"NOT-FOUND", 404, "It does not exist"},
    {"METHOD-NOT-ALLOWED", 405, "The path has no such method"},
    {"NOT-ACCEPTABLE", 406, "The answer is JSON"},
    {"CONFLICT", 409, "A name is taken or the state does not fit"},
    {"CANCELLED", 409, "It was cancelled"},
    {"INTERRUPTED", 409, "The daemon ended while it worked"},
    {"CHANGED", 412, "The object is another version"},
    {"BODY-TOO-LARGE", 413, "The body is too large"},
    {"MEDIA-TYPE", 415, "The type of the body is not taken"},
    {"REFUSED", 422, "A rule forbids it"},
    {"SIGNATURE", 422, "A signature is missing or wrong"},
    {"IF-MATCH-MISSING", 428, "If-Match is needed"},
    {"TOO-MANY", 429, "Too many at once"},
    {"INTERNAL", 500, "A fault of the program or the database"},
    {"AUDIT", 503, "The audit log cannot be written"},
};
#define REST_CODES_N (sizeof(rest_codes) / sizeof(rest_codes[0]))

int
rest_fault_status(const char *code)
{
	for (size_t i = 0; i < REST_CODES_N; i++)
		if (strcmp(rest_codes[i].code, code) == 0)
			return rest_codes[i].status;
	return 500;
}

static const char *
rest_code_title(const char *code)
{
	for (size_t i = 0; i < REST_CODES_N; i++)
		if (strcmp(rest_codes[i].code, code) == 0)
			return rest_codes[i].title;
	return "A fault";
}

const char *
rest_status_text(int status)
{
	static const struct {
		int status;
		const char *text;
	} texts[] = {{200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
	    {304, "Not Modified"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
	    {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"},
	    {409, "Conflict"}, {412, "Precondition Failed"}, {413, "Content Too Large"},
	    {415, "Unsupported Media Type"}, {422, "Unprocessable Content"},
	    {428, "Precondition Required"}, {429, "Too Many Requests"},
	    {500, "Internal Server Error"}, {503, "Service Unavailable"}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].status == status)
			return texts[i].text;
	return "Unknown"; /* GCOVR_EXCL_LINE: the table has all that are answered */
}

static void
rest_problem_point(struct rest_problem *p, const char *code, const char *pointer)
{
	if (p->errors == NULL)
		p->errors = json_array();
	json_array_append_new(
	    p->errors, json_pack("{s:s, s:s, s:s}", pointer[0] == '/' ? "pointer" : "parameter",
			   pointer, "code", code, "detail", p->detail));
}

int
rest_problem_set(struct rest_problem *p, int status, const char *code, const char *pointer,
    const char *todo, const char *fmt, ...)
{
	va_list ap;

	p->status = status;
	snprintf(p->code, sizeof(p->code), "%s", code);
	snprintf(p->todo, sizeof(p->todo), "%s", todo);
	va_start(ap, fmt);
	vsnprintf(p->detail, sizeof(p->detail), fmt, ap);
	va_end(ap);
	if (pointer != NULL)
		rest_problem_point(p, code, pointer);
	return -EINVAL;
}

void
rest_problem_fini(struct rest_problem *p)
{
	json_decref(p->errors);
	p->errors = NULL;
}

static const char *
rest_member(json_t *j, const char *key)
{
	const char *text = json_string_value(json_object_get(j, key));

	return text == NULL ? "" : text;
}

void
rest_problem_error(struct rest_problem *p, json_t *error, bool body)
{
	const char *code = rest_member(error, "code"), *what = rest_member(error, "what");
	bool request = strcmp(code, "CONFLICT") == 0 && strcmp(what, "request") == 0;
	char pointer[112];

	p->status = request ? 422 : rest_fault_status(code);
	snprintf(p->code, sizeof(p->code), "%s", code);
	snprintf(p->detail, sizeof(p->detail), "%s", rest_member(error, "why"));
	snprintf(p->todo, sizeof(p->todo), "%s", rest_member(error, "todo"));
	snprintf(p->object, sizeof(p->object), "%s", rest_member(error, "object"));
	snprintf(pointer, sizeof(pointer), "%s%s", body ? "/" : "", what);
	if (strcmp(code, "USAGE") == 0 && what[0] != '\0')
		rest_problem_point(p, code, pointer);
}

json_t *
rest_problem_json(const struct rest_problem *p, const char *id)
{
	char type[64] = "urn:openmdf:problem:";
	json_t *j;

	for (size_t i = 0, n = strlen(type); p->code[i] != '\0' && n + 1 < sizeof(type); i++, n++)
		type[n] =
		    (char)(p->code[i] >= 'A' && p->code[i] <= 'Z' ? p->code[i] + 32 : p->code[i]);
	j = json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", type, "title", rest_code_title(p->code),
	    "status", p->status, "detail", p->detail, "code", p->code);
	if (j == NULL) /* a message that is no UTF-8 */
		j = json_pack("{s:s, s:s, s:i, s:s}", "type", type, "title",
		    rest_code_title(p->code), "status", p->status, "code", p->code);
	if (p->todo[0] != '\0')
		json_object_set_new(j, "todo", json_string(p->todo));
	if (p->object[0] != '\0')
		json_object_set_new(j, "object", json_string(p->object));
	if (p->errors != NULL)
		json_object_set(j, "errors", p->errors);
	if (id != NULL && id[0] != '\0')
		json_object_set_new(j, "request", json_string(id));
	return j;
}

/* ---- body */

/* Deeper than REST_DEPTH_MAX?  Looked at before the parser, which recurses. */
static bool
rest_deep(const char *s, size_t n)
{
	int depth = 0;
	bool text = false;

	for (size_t i = 0; i < n; i++) {
		if (text) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				text = false;
		} else if (s[i] == '"') {
			text = true;
		} else if (s[i] == '{' || s[i] == '[') {
			if (++depth > REST_DEPTH_MAX)
				return true;
		} else if (s[i] == '}' || s[i] == ']') {
			depth--;
		}
	}
	return false;
}

static bool
rest_type_is(const char *type, const char *want)
{
	size_t n = strlen(want);

	if (type == NULL || strncasecmp(type, want, n) != 0)
		return false;
	type += n;
	while (*type == ' ')
		type++;
	return *type == '\0' || *type == ';';
}

/* The JSON type that an argument has here; NULL: it fits. */
static const char *
rest_type_wrong(const struct op_arg *arg, json_t *v)
{
	if (op_type_is_list(arg->type))
		return json_is_array(v) ? NULL : "an array is expected";
	switch ((int)arg->type) {
	case OP_BOOL:
		return json_is_boolean(v) ? NULL : "true or false is expected";
	case OP_UINT:
		return json_is_integer(v) ? NULL : "a whole number is expected";
	case OP_ITEMS:
		return json_is_array(v) ? NULL : "an array is expected";
	case OP_FILE:
	case OP_OBJECT:
	case OP_DIGEST:
		return json_is_object(v) ? NULL : "an object is expected";
	default:
		return json_is_string(v) ? NULL : "text is expected";
	}
}

bool
rest_arg_nulls(const struct op *op, const struct op_arg *a)
{
	bool narrows = a->type == OP_SERVICES || a->type == OP_COUNTRIES || a->type == OP_RULES ||
		       a->type == OP_TARGETS;

	return rest_op_method(op) == REST_PATCH && (narrows || op_arg_clears(op, a));
}

/* What a null of a merge patch (RFC 7396) means: of a list that narrows the word for "not
 * narrowed", else that it is emptied. */
static json_t *
rest_null(const struct op_arg *arg)
{
	switch ((int)arg->type) {
	case OP_SERVICES:
		return json_pack("[s]", "all");
	case OP_COUNTRIES:
		return json_pack("[s]", "any");
	case OP_RULES:
	case OP_TARGETS:
		return json_pack("[s]", "none");
	default:
		return json_null();
	}
}

static int
rest_member_put(struct rest_call *c, const char *key, json_t *v, struct rest_problem *p)
{
	const struct op_arg *arg = op_arg_find(c->op, key, strlen(key));
	const char *why;
	char pointer[80];

	snprintf(pointer, sizeof(pointer), "/%.64s", key);
	if (rest_arg_shared(c->op, key)) {
		bool plan = strcmp(key, "plan") == 0;

		if (plan ? !json_is_boolean(v) : !json_is_object(v))
			return rest_problem_set(p, 400, "USAGE", pointer, "", "%s: %s is expected",
			    key, plan ? "true or false" : "an object");
		json_object_set(c->args, key, v);
		return 0;
	}
	if (arg == NULL || strcmp(arg->name, key) != 0 || rest_arg_in_path(c->op, arg) ||
	    rest_arg_hidden(c->op, arg))
		return rest_problem_set(p, 400, "USAGE", pointer, "see " REST_BASE "/openapi.json",
		    "the member '%.64s' is not known here", key);
	if (json_is_null(v)) {
		if (!rest_arg_nulls(c->op, arg))
			return rest_problem_set(p, 400, "USAGE", pointer,
			    "leave it out, or give it a value", "%s: %s", arg->name,
			    rest_op_method(c->op) == REST_PATCH ? "it can be replaced, not emptied"
								: "null has no meaning here");
		json_object_set_new(c->args, arg->name, rest_null(arg));
		return 0;
	}
	if ((why = rest_type_wrong(arg, v)) != NULL)
		return rest_problem_set(
		    p, 400, "USAGE", pointer, arg->help, "%s: %s", arg->name, why);
	json_object_set(c->args, arg->name, v);
	return 0;
}

static int
rest_body_args(struct rest_call *c, const char *body, size_t len, struct rest_problem *p)
{
	json_error_t e;
	json_t *j, *v;
	const char *key;
	int r = 0;

	if (rest_deep(body, len))
		return rest_problem_set(p, 400, "USAGE", NULL, "",
		    "more than %d objects and arrays within one another", REST_DEPTH_MAX);
	j = json_loadb(body, len, JSON_REJECT_DUPLICATES, &e);
	if (!json_is_object(j)) { /* the text of the parser may quote the body: not repeated */
		bool other = j != NULL;

		json_decref(j);
		if (other)
			return rest_problem_set(
			    p, 400, "USAGE", NULL, "", "the body is not a JSON object");
		return rest_problem_set(p, 400, "USAGE", NULL, "",
		    "the body is not JSON: line %d, column %d", e.line, e.column);
	}
	json_object_foreach(j, key, v) if (r == 0) r = rest_member_put(c, key, v, p);
	json_decref(j);
	return r;
}

static int
rest_body(
    struct rest_call *c, const char *type, const char *body, size_t len, struct rest_problem *p)
{
	const char *want = rest_op_method(c->op) == REST_PATCH ? "application/merge-patch+json"
							       : "application/json";
	size_t max = rest_op_large(c->op) ? REST_IMPORT_MAX : REST_BODY_MAX;

	if (len > max)
		return rest_problem_set(p, 413, "BODY-TOO-LARGE", NULL, "send it in parts",
		    "the body may have %zu octets", max);
	if (!rest_op_has_body(c->op))
		return len == 0 ? 0
				: rest_problem_set(p, 400, "USAGE", NULL,
				      "arguments go into the query", "this request has no body");
	c->body = true;
	if (len == 0)
		return 0;
	if (!rest_type_is(type, want))
		return rest_problem_set(
		    p, 415, "MEDIA-TYPE", NULL, "", "the body has to be %s", want);
	return rest_body_args(c, body, len, p);
}

int
rest_call_args(struct rest_call *c, const char *query, const char *type, const char *body,
    size_t len, struct rest_problem *p)
{
	int r;

	c->list = rest_op_is_list(c->op);
	c->limit = REST_PAGE_DEFAULT;
	if ((r = rest_call_query(c, query, p)) < 0)
		return r;
	return rest_body(c, type, body, len, p);
}
