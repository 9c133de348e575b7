/* SPDX-License-Identifier: Apache-2.0 */
/* One request: what it asks for, who asks, its preconditions, the operation; see rest_priv.h. */
#include "admin/rest_openapi.h"

#include "base/random.h"
#include "admin/rest_priv.h"
#include "admin/rest_web.h"
#include "admin/work.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum rest_method
rest_method_of(struct evhttp_request *req)
{
	switch ((int)evhttp_request_get_command(req)) {
	case EVHTTP_REQ_GET:
		return REST_GET;
	case EVHTTP_REQ_POST:
		return REST_POST;
	case EVHTTP_REQ_PUT:
		return REST_PUT;
	case EVHTTP_REQ_PATCH:
		return REST_PATCH;
	case EVHTTP_REQ_DELETE:
		return REST_DELETE;
	case EVHTTP_REQ_HEAD:
		return REST_HEAD;
	case EVHTTP_REQ_OPTIONS:
		return REST_OPTIONS;
	default:
		return REST_OTHER;
	}
}

static const char *
rest_in(const struct rest_request *q, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(q->req), name);
}

static bool
rest_id_ok(const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	return n >= 1 && n <= REST_ID_MAX &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
		   n;
}

static void
rest_hex_text(const uint8_t *in, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", in[i]);
}

/* The caller's X-Request-Id, or one of ours. */
static void
rest_id(struct rest_request *q)
{
	const char *given = rest_in(q, "X-Request-Id");
	uint8_t random[12];

	if (rest_id_ok(given)) {
		snprintf(q->id, sizeof(q->id), "%s", given);
	} else {
		random_octets(random, sizeof(random));
		rest_hex_text(random, sizeof(random), q->id);
	}
	rest_header(q->req, "X-Request-Id", "%s", q->id);
}

/* ---- ends */

static void
rest_request_free(struct rest_request *q)
{
	if (q->rest != NULL)
		LIST_REMOVE(q, entry);
	rest_call_fini(&q->call);
	free(q);
}

static void
rest_refuse(struct rest_request *q, struct rest_problem *p)
{
	if (p->status == 401)
		q->rest->stats.logins_failed++;
	rest_reply_problem(q->rest, q->req, q->method, p, q->id);
	rest_request_free(q);
}

static void
rest_on_answer(json_t *answer, void *arg)
{
	struct rest_request *q = arg;

	if (q->req != NULL)
		rest_reply_answer(q, answer);
	rest_request_free(q);
}

/* ---- what a request has to say besides its arguments */

static int
rest_accepts(struct rest_request *q, const char *type, struct rest_problem *p)
{
	const char *accept = rest_in(q, "Accept");

	if (accept == NULL || strstr(accept, "*/*") != NULL || strstr(accept, type) != NULL ||
	    strstr(accept, "application/*") != NULL)
		return 0;
	return rest_problem_set(p, 406, "NOT-ACCEPTABLE", NULL, "", "the answer is %s", type);
}

/* "x" without its quotes; false: not one strong entity tag. */
static bool
rest_tag(const char *in, char out[72])
{
	size_t n = in == NULL ? 0 : strlen(in);

	if (n < 2 || n > 70 || in[0] != '"' || in[n - 1] != '"' ||
	    memchr(in + 1, '"', n - 2) != NULL)
		return false;
	snprintf(out, 72, "%.*s", (int)n - 2, in + 1);
	return true;
}

/* If-Match as the hash that the operation compares, "" for none. */
static int
rest_if_match(struct rest_request *q, char tag[72], struct rest_problem *p)
{
	const char *in = rest_in(q, "If-Match");
	bool change = (q->call.op->flags & OP_CHANGE) != 0;

	tag[0] = '\0';
	if (in == NULL)
		return !change || !(q->method & (REST_PATCH | REST_PUT | REST_DELETE)) ||
			       rest_op_show(q->call.op) == NULL
			   ? 0
			   : rest_problem_set(p, 428, "IF-MATCH-MISSING", NULL,
				 "read the object and send its ETag as If-Match",
				 "a change names the version that it changes");
	if (strcmp(in, "*") == 0 || !change)
		return 0;
	if (rest_tag(in, tag))
		return 0;
	return rest_problem_set(p, strncmp(in, "W/", 2) == 0 ? 412 : 400,
	    strncmp(in, "W/", 2) == 0 ? "CHANGED" : "USAGE", NULL, "",
	    "If-Match is one strong entity tag, or *");
}

/* Idempotency-Key as a request id: keys of different persons never meet.  "" for none. */
static int
rest_idempotency(struct rest_request *q, char id[65], struct rest_problem *p)
{
	const char *in = rest_in(q, "Idempotency-Key");
	uint8_t md[SHA256_DIGEST_LENGTH];
	char key[72], text[160];

	id[0] = '\0';
	if (in == NULL || (q->call.op->flags & OP_CHANGE) == 0)
		return 0;
	if (!rest_tag(in, key))
		snprintf(key, sizeof(key), "%.71s", in);
	if (!rest_id_ok(key))
		return rest_problem_set(p, 400, "USAGE", NULL, "",
		    "Idempotency-Key: 1 to 64 characters A-Z a-z 0-9 . _ -");
	snprintf(text, sizeof(text), "%s\n%s", q->actor.name, key);
	SHA256((const uint8_t *)text, strlen(text), md);
	rest_hex_text(md, sizeof(md), id);
	return 0;
}

/* Nobody gets past here without being known, but for logging in.  With persons the operation
 * refuses, so that it stands in the audit log; here only what would not. */
static int
rest_known(struct rest_request *q, unsigned who, struct rest_problem *p)
{
	if ((q->actor.roles & OPW_ANY) != 0 || (who & OPW_LOGIN) != 0)
		return 0;
	return rest_problem_set(p, 401, "LOGIN", NULL,
	    "log in with POST " REST_BASE "/session, or bring a client certificate",
	    "who calls is not known, or the session is over");
}

static int
rest_arguments(struct rest_request *q, struct rest_problem *p)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(q->req);
	struct evbuffer *in = evhttp_request_get_input_buffer(q->req);
	size_t len = evbuffer_get_length(in);
	const char *body = len == 0 ? "" : (const char *)evbuffer_pullup(in, -1);

	return rest_call_args(
	    &q->call, evhttp_uri_get_query(uri), rest_in(q, "Content-Type"), body, len, p);
}

/* What the request says besides who asks.  0, or -EINVAL and P. */
static int
rest_prepare(struct rest_request *q, char tag[72], char id[65], struct rest_problem *p)
{
	bool scoped = q->actor.lea != 0 || q->actor.tenant != 0;
	int r;

	if ((r = rest_same_site(q, p)) < 0 || (r = rest_arguments(q, p)) < 0 ||
	    (r = rest_if_match(q, tag, p)) < 0 || (r = rest_idempotency(q, id, p)) < 0 ||
	    !q->call.list)
		return r;
	q->page = q->rest->pages;
	return rest_page_begin(&q->page, &q->call, scoped, p);
}

/* "Prefer: respond-async" (RFC 7240), among others maybe. */
static bool
rest_async(const struct rest_request *q)
{
	static const char word[] = "respond-async";
	const char *p = rest_in(q, "Prefer");

	if (q->method != REST_POST || !(q->call.op->flags & OP_LONG) ||
	    q->rest->env.ops->works == NULL)
		return false;
	while (p != NULL && *p != '\0') {
		p += strspn(p, ", \t");
		if (strncasecmp(p, word, sizeof(word) - 1) == 0 &&
		    strchr(",; \t", p[sizeof(word) - 1]) != NULL)
			return true;
		p += strcspn(p, ",");
	}
	return false;
}

static void
rest_run_async(struct rest_request *q, const struct ops_request *r)
{
	json_t *answer = works_run(q->rest->env.ops, &q->actor, r);

	rest_reply_work(q, answer);
	json_decref(answer);
	rest_request_free(q);
}

static void
rest_run(struct rest_request *q)
{
	struct rest_problem p = {0};
	char tag[72] = "", id[65] = "";
	struct ops_request r = {.op = q->call.op->name};
	bool known = rest_known(q, q->call.op->who, &p) == 0;

	/* with persons an unknown caller is refused by the operation, which writes it down */
	if (known ? rest_prepare(q, tag, id, &p) < 0 : q->rest->env.ops->open) {
		rest_refuse(q, &p);
		return;
	}
	rest_problem_fini(&p);
	if (known) {
		r.args = q->call.args;
		r.id = id[0] != '\0' ? id : NULL;
		r.if_match = tag[0] != '\0' ? tag : NULL;
	}
	if (rest_in(q, "If-None-Match") != NULL)
		rest_tag(rest_in(q, "If-None-Match"), q->none_match);
	if (known && rest_async(q)) {
		rest_run_async(q, &r);
		return;
	}
	ops_call(q->rest->env.ops, &q->actor, &r, rest_on_answer, q);
}

/* ---- where it leads */

static void
rest_openapi(struct rest_request *q)
{
	if (q->rest->openapi == NULL) {
		json_t *doc = rest_openapi_document();

		q->rest->openapi = json_dumps(doc, JSON_COMPACT);
		json_decref(doc);
		assert(q->rest->openapi != NULL);
	}
	rest_reply_text(
	    q->rest, q->req, q->method, 200, "application/vnd.oai.openapi+json", q->rest->openapi);
	rest_request_free(q);
}

static void
rest_allow(struct rest_request *q)
{
	char allow[80] = "";
	size_t n = 0;

	for (unsigned m = 1; m <= REST_OPTIONS; m <<= 1)
		if (q->call.allow & m)
			n += (size_t)snprintf(allow + n, sizeof(allow) - n, "%s%s",
			    n > 0 ? ", " : "", rest_method_name(m));
	rest_header(q->req, "Allow", "%s", allow);
}

/* What can only be read is asked for otherwise.  True: answered. */
static bool
rest_not_get(struct rest_request *q)
{
	struct rest_problem p = {0};

	q->call.allow = REST_GET | REST_HEAD | REST_OPTIONS;
	if (q->method & (REST_GET | REST_HEAD))
		return false;
	rest_allow(q);
	if (q->method == REST_OPTIONS) {
		rest_reply_empty(q->rest, q->req, 204);
		rest_request_free(q);
		return true;
	}
	rest_problem_set(&p, 405, "METHOD-NOT-ALLOWED", NULL, "the header Allow lists the methods",
	    "this path has no such method");
	rest_refuse(q, &p);
	return true;
}

/* The paths that are no operation.  True: answered. */
static bool
rest_fixed(struct rest_request *q, const char *path)
{
	static const char *const paths[] = {
	    "/healthz", "/readyz", REST_BASE "/openapi.json", REST_BASE "/events"};
	struct rest_problem p = {0};
	size_t i = 0;

	while (i < 4 && strcmp(path, paths[i]) != 0)
		i++;
	if (i == 4)
		return false;
	if (rest_not_get(q))
		return true;
	if (i == 2) {
		rest_openapi(q);
	} else if (i == 3) {
		rest_actor(q);
		if (rest_known(q, OPW_NOBODY, &p) < 0 || rest_same_site(q, &p) < 0 ||
		    rest_accepts(q, "text/event-stream", &p) < 0)
			rest_refuse(q, &p);
		else
			rest_stream_open(q);
	} else {
		(i == 0 ? rest_healthz : rest_readyz)(q->rest, q->req, q->method);
		rest_request_free(q);
	}
	return true;
}

/* A file of the UI: needs no log-in.  True: answered. */
static bool
rest_file(struct rest_request *q, const char *path)
{
	const struct rest_web_file *f = rest_web_find(q->rest->web, path);

	if (f == NULL)
		return false;
	if (rest_not_get(q))
		return true;
	rest_web_reply(q->rest, q->req, q->method, f);
	rest_request_free(q);
	return true;
}

/* At the door of the agencies nobody can try passwords, or begin a session for elsewhere. */
static int
rest_no_login(struct rest_request *q, struct rest_problem *p)
{
	if ((q->call.op->who & OPW_LOGIN) == 0 || (q->method & (REST_GET | REST_HEAD)))
		return 0;
	return rest_problem_set(p, 403, "AGENCY-DOOR", NULL, "",
	    "nobody logs in here: the client certificate says who calls");
}

void
rest_on_request(struct evhttp_request *req, struct rest_door *d)
{
	struct rest *r = d->rest;
	struct rest_request *q = calloc(1, sizeof(*q));
	const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(req));
	struct rest_problem p = {0};

	assert(q != NULL);
	q->rest = r;
	q->door = d;
	q->req = req;
	q->method = rest_method_of(req);
	LIST_INSERT_HEAD(&r->requests, q, entry);
	rest_id(q);
	if (path == NULL)
		path = "";
	if (rest_file(q, path))
		return;
	if (d->agency && strcmp(path, "/healthz") != 0 && rest_agency(q, &p) < 0) {
		rest_refuse(q, &p);
		return;
	}
	if (rest_fixed(q, path))
		return;
	if (rest_call_route(&q->call, q->method, path, &p) < 0) {
		if (p.status == 405)
			rest_allow(q);
		rest_refuse(q, &p);
	} else if (q->method == REST_OPTIONS) {
		rest_allow(q);
		rest_reply_empty(r, req, 204);
		rest_request_free(q);
	} else if (rest_accepts(q, "application/json", &p) < 0 ||
		   (d->agency && rest_no_login(q, &p) < 0)) {
		rest_refuse(q, &p);
	} else {
		rest_actor(q);
		rest_run(q);
	}
}
