/* SPDX-License-Identifier: Apache-2.0 */
/* A request of REST, up to the checked arguments of an operation; and cursors and problems.
 *
 * The input has four lines: method, path and query, Content-Type, and behind them the body; with
 * the method OP, the name of an operation and behind it arguments as the control socket takes them
 * (a warrant of an import has those of warrant.add).  What is refused has a status from 400 to 499
 * and a code; what is taken has an operation that knows every argument. */
#include "admin/rest_page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static void
check_problem(struct rest_problem *p)
{
	json_t *j = rest_problem_json(p, "id");
	char *text = json_dumps(j, JSON_COMPACT);

	assert(p->status >= 400 && p->status < 500 && p->code[0] != '\0');
	assert(text != NULL && json_is_string(json_object_get(j, "title")));
	free(text);
	json_decref(j);
	rest_problem_fini(p);
}

static void
check_args(struct rest_call *c)
{
	struct fault f = {0};
	const char *key;
	json_t *v, *checked;

	json_object_foreach(c->args, key, v)
	{
		const struct op_arg *a = op_arg_find(c->op, key, strlen(key));

		assert(a != NULL || rest_arg_shared(c->op, key));
		assert(!json_is_null(v) || (a != NULL && (a->flags & OP_CLEAR)));
	}
	if (rest_arg_shared(c->op, "plan")) { /* ops_call() takes them away */
		json_object_del(c->args, "plan");
		json_object_del(c->args, "signature");
	}
	checked = ops_check_args(c->op, c->args, &f);
	assert((checked == NULL) == (f.code != FAULT_NONE));
	json_decref(checked);
}

/* Arguments that no REST came before: any JSON object. */
static void
check_op(const char *name, const char *body, size_t n)
{
	const struct op *op = ops_find(name);
	json_t *args = op == NULL ? NULL : json_loadb(body, n, JSON_REJECT_DUPLICATES, NULL), *out;
	struct fault f = {0};

	if (json_is_object(args)) {
		out = ops_check_args(op, args, &f);
		assert((out == NULL) == (f.code != FAULT_NONE));
		for (const struct op_arg *a = op->args; out != NULL && a->name != NULL; a++)
			assert((a->flags & OP_REQUIRED) == 0 || json_object_get(out, a->name));
		json_decref(out);
	}
	json_decref(args);
}

static enum rest_method
method_of(const char *text)
{
	for (enum rest_method m = REST_GET; m < REST_OTHER; m <<= 1)
		if (strcmp(rest_method_name(m), text) == 0)
			return m;
	return REST_OTHER;
}

/* The next line of *P, ended with a NUL. */
static char *
line(char **p)
{
	char *at = *p, *end = strchr(at, '\n');

	*p = end == NULL ? at + strlen(at) : end + 1;
	if (end != NULL)
		*end = '\0';
	return at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct rest_pages pages;
	struct rest_pages page;
	struct rest_problem p = {0};
	struct rest_call c = {0};
	char *text = malloc(n + 1), *at = text, *method, *path, *query, *type;
	int r;

	assert(text != NULL);
	if (n > 0)
		memcpy(text, in, n);
	text[n] = '\0';
	method = line(&at);
	path = line(&at);
	type = line(&at);
	if (strcmp(method, "OP") == 0) {
		check_op(path, at, (size_t)(text + n - at));
		free(text);
		return 0;
	}
	if ((query = strchr(path, '?')) != NULL)
		*query++ = '\0';
	r = rest_call_route(&c, method_of(method), path, &p);
	if (r == 0 && c.op != NULL) {
		r = rest_call_args(
		    &c, query, type[0] == '\0' ? NULL : type, at, (size_t)(text + n - at), &p);
		page = pages;
		if (r == 0 && c.list)
			r = rest_page_begin(&page, &c, false, &p);
		if (r == 0)
			check_args(&c);
	}
	if (r < 0)
		check_problem(&p);
	rest_call_fini(&c);
	free(text);
	return 0;
}
