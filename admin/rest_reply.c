/* SPDX-License-Identifier: Apache-2.0 */
/* Answers over HTTP: headers that every answer has, problems, results; see rest_priv.h. */
#include "admin/rest_priv.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REST_EXACT INT64_C(9007199254740991) /* 2^53 - 1: beyond it a number becomes text */
#define REST_RETRY_S 5
#define REST_PERMISSIONS                                                                           \
	"accelerometer=(), autoplay=(), camera=(), clipboard-read=(), "                            \
	"clipboard-write=(), display-capture=(), encrypted-media=(), fullscreen=(), "              \
	"geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), "                \
	"magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "             \
	"publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), "     \
	"serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()"

void
rest_header(struct evhttp_request *req, const char *name, const char *fmt, ...)
{
	struct evkeyvalq *h = evhttp_request_get_output_headers(req);
	char value[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	evhttp_remove_header(h, name);
	evhttp_add_header(h, name, value); /* refuses line breaks */
}

void
rest_headers(struct evhttp_request *req, const char *cache, const char *csp)
{
	rest_header(req, "Cache-Control", "%s", cache);
	rest_header(req, "Content-Security-Policy", "%s", csp);
	rest_header(req, "X-Content-Type-Options", "nosniff");
	rest_header(req, "Referrer-Policy", "no-referrer");
	rest_header(req, "Cross-Origin-Opener-Policy", "same-origin");
	rest_header(req, "Cross-Origin-Resource-Policy", "same-origin");
	rest_header(req, "Permissions-Policy", "%s", REST_PERMISSIONS);
	rest_header(req, "Strict-Transport-Security", "max-age=63072000");
}

void
rest_headers_always(struct evhttp_request *req)
{
	rest_headers(req, "no-store", "default-src 'none'; frame-ancestors 'none'");
}

static void
rest_send(struct rest *r, struct evhttp_request *req, int status, struct evbuffer *body)
{
	rest_headers_always(req);
	if (status >= 100 && status < 600)
		r->stats.requests[status / 100]++;
	evhttp_send_reply(req, status, rest_status_text(status), body);
}

void
rest_reply_empty(struct rest *r, struct evhttp_request *req, int status)
{
	rest_send(r, req, status, NULL);
}

void
rest_reply_text(struct rest *r, struct evhttp_request *req, enum rest_method m, int status,
    const char *type, const char *text)
{
	struct evbuffer *b = evbuffer_new();
	size_t len = strlen(text);

	assert(b != NULL);
	rest_header(req, "Content-Type", "%s", type);
	if (m == REST_HEAD)
		rest_header(req, "Content-Length", "%zu", len);
	else
		evbuffer_add(b, text, len);
	rest_send(r, req, status, b);
	evbuffer_free(b);
}

/* Numbers that a reader in another language may not hold exactly. */
static json_t *
rest_exact(json_t *j)
{
	const char *key;
	json_t *v, *out;
	char text[24];
	size_t i;

	if (json_is_integer(j)) {
		json_int_t n = json_integer_value(j);

		if (n <= REST_EXACT && n >= -REST_EXACT)
			return json_incref(j);
		snprintf(text, sizeof(text), "%lld", (long long)n);
		return json_string(text);
	}
	if (json_is_array(j)) {
		out = json_array();
		json_array_foreach(j, i, v) json_array_append_new(out, rest_exact(v));
		return out;
	}
	if (!json_is_object(j))
		return json_incref(j);
	out = json_object();
	json_object_foreach(j, key, v) json_object_set_new(out, key, rest_exact(v));
	return out;
}

void
rest_reply_json(struct rest *r, struct evhttp_request *req, enum rest_method m, int status,
    const char *type, json_t *body)
{
	json_t *exact = rest_exact(body);
	char *text = json_dumps(exact, JSON_COMPACT | JSON_ENCODE_ANY);

	assert(text != NULL);
	rest_reply_text(r, req, m, status, type, text);
	free(text);
	json_decref(exact);
}

void
rest_reply_problem(struct rest *r, struct evhttp_request *req, enum rest_method m,
    struct rest_problem *p, const char *id)
{
	json_t *j = rest_problem_json(p, id);

	if (p->status == 401)
		rest_header(req, "WWW-Authenticate", "Bearer realm=\"openmdf\"");
	if (p->status == 503 || p->status == 429)
		rest_header(req, "Retry-After", "%d", REST_RETRY_S);
	rest_reply_json(r, req, m, p->status, "application/problem+json", j);
	json_decref(j);
	rest_problem_fini(p);
}

/* ---- the answer of an operation */

static const char *
rest_text(json_t *result, const char *key)
{
	return json_string_value(json_object_get(result, key));
}

/* Where the new object is: the path of the GET with its parameter taken from the result. */
static bool
rest_location(struct rest_request *q, json_t *result)
{
	const struct op *show = rest_op_created(q->call.op);
	char param[64], id[24];
	const char *name, *open = show == NULL ? NULL : strchr(show->path, '{');
	char *encoded;

	if (open == NULL || !json_is_object(result))
		return false;
	snprintf(param, sizeof(param), "%.*s", (int)strcspn(open + 1, "}"), open + 1);
	name = rest_text(result, param);
	name = name != NULL ? name : rest_text(result, "uuid");
	name = name != NULL ? name : rest_text(result, "name");
	name = name != NULL ? name : rest_text(result, "handle");
	if (name == NULL && json_is_integer(json_object_get(result, "id"))) {
		snprintf(id, sizeof(id), "%lld",
		    (long long)json_integer_value(json_object_get(result, "id")));
		name = id;
	}
	if (name == NULL)
		return false;
	encoded = evhttp_uriencode(name, -1, 0);
	assert(encoded != NULL);
	rest_header(
	    q->req, "Location", REST_BASE "%.*s%s", (int)(open - show->path), show->path, encoded);
	free(encoded);
	return true;
}

/* The session that was opened or ended, as cookie; a browser's script never sees the token. */
static void
rest_session_cookie(struct rest_request *q, json_t *result)
{
	const char *token = rest_text(result, "token");

	if ((strcmp(q->call.op->name, "session.open") == 0 ||
		strcmp(q->call.op->name, "session.step-up") == 0) &&
	    token != NULL) {
		rest_header(q->req, "Set-Cookie",
		    "__Host-openmdf=%s; Path=/; Secure; HttpOnly; SameSite=Strict", token);
		json_object_del(result, "token");
	} else if (strcmp(q->call.op->name, "session.close") == 0) {
		rest_header(q->req, "Set-Cookie",
		    "__Host-openmdf=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
	}
}

static void
rest_reply_list(struct rest_request *q, json_t *rows)
{
	char next[REST_CURSOR_MAX + 1], etag[65];
	struct rest_problem p = {0};
	json_t *page = rest_page_cut(&q->page, &q->call, rows, next, &p);
	const char *uri = evhttp_request_get_uri(q->req);

	if (page == NULL) {
		rest_reply_problem(q->rest, q->req, q->method, &p, q->id);
		return;
	}
	if (next[0] != '\0') {
		struct evkeyvalq params;
		struct evkeyval *kv;
		char link[3072];
		size_t n = (size_t)snprintf(link, sizeof(link), "<%.*s?limit=%u&cursor=%s",
		    (int)strcspn(uri, "?"), uri, q->call.limit, next);

		TAILQ_INIT(&params);
		if (strchr(uri, '?') != NULL)
			evhttp_parse_query_str(strchr(uri, '?') + 1, &params);
		TAILQ_FOREACH(kv, &params, next)
		{
			char *v = evhttp_uriencode(kv->value, -1, 0);

			if (strcmp(kv->key, "limit") != 0 && strcmp(kv->key, "cursor") != 0 &&
			    n < sizeof(link))
				n += (size_t)snprintf(
				    link + n, sizeof(link) - n, "&%s=%s", kv->key, v);
			free(v);
		}
		evhttp_clear_headers(&params);
		if (n + 16 < sizeof(link)) {
			snprintf(link + n, sizeof(link) - n, ">; rel=\"next\"");
			evhttp_add_header(evhttp_request_get_output_headers(q->req), "Link", link);
		}
	}
	ops_etag(page, etag);
	rest_header(q->req, "ETag", "\"%s\"", etag);
	if (strcmp(etag, q->none_match) == 0)
		rest_reply_empty(q->rest, q->req, 304);
	else
		rest_reply_json(q->rest, q->req, q->method, 200, "application/json", page);
	json_decref(page);
}

static void
rest_reply_result(struct rest_request *q, json_t *result)
{
	const struct op *op = q->call.op;
	const char *approval = rest_text(result, "approval"), *state = rest_text(result, "state");
	char etag[65];
	int status = 200;

	rest_session_cookie(q, result);
	if ((op->flags & OP_TWO) && approval != NULL && state != NULL &&
	    strcmp(state, "waiting") == 0) {
		rest_header(q->req, "Location", REST_BASE "/approvals/%s", approval);
		rest_reply_json(q->rest, q->req, q->method, 202, "application/json", result);
		return;
	}
	if (json_is_null(result) || result == NULL) {
		rest_reply_empty(q->rest, q->req, 204);
		return;
	}
	if (rest_location(q, result))
		status = 201;
	if ((rest_op_method(op) != REST_POST || status == 201) &&
	    !json_is_true(json_object_get(q->call.args, "plan"))) {
		ops_etag(result, etag);
		rest_header(q->req, "ETag", "\"%s\"", etag);
		if (rest_op_method(op) == REST_GET && strcmp(etag, q->none_match) == 0) {
			rest_reply_empty(q->rest, q->req, 304);
			return;
		}
	}
	rest_reply_json(q->rest, q->req, q->method, status, "application/json", result);
}

void
rest_reply_work(struct rest_request *q, json_t *answer)
{
	json_t *work = json_object_get(answer, "result");

	if (!json_is_true(json_object_get(answer, "ok"))) {
		rest_reply_answer(q, answer);
		return;
	}
	rest_header(q->req, "Location", REST_BASE "/works/%s", rest_text(work, "work"));
	rest_header(q->req, "Preference-Applied", "respond-async");
	rest_reply_json(q->rest, q->req, q->method, 202, "application/json", work);
}

void
rest_reply_answer(struct rest_request *q, json_t *answer)
{
	struct rest_problem p = {0};
	json_t *result = json_object_get(answer, "result");

	if (!json_is_true(json_object_get(answer, "ok"))) {
		rest_problem_error(&p, json_object_get(answer, "error"), q->call.body);
		if (p.status == 401)
			q->rest->stats.logins_failed++;
		rest_reply_problem(q->rest, q->req, q->method, &p, q->id);
	} else if (q->call.list && json_is_array(result)) {
		rest_reply_list(q, result);
	} else {
		rest_reply_result(q, result);
	}
}
