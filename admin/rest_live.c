/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events: GET /api/v1/events.  The last REST_EVENTS_KEPT are kept for those who come
 * back with Last-Event-ID; who comes back later, or after a restart, gets one event "reset" and
 * reads everything again.  Persons with a scope get no numbers, which count all events, so they
 * begin with "reset" each time.  A reader that does not take its events is cut off and comes back.
 */
#include "admin/rest_priv.h"

#include "admin/auth.h"
#include "base/tls.h"
#include "db/store.h"

#include <assert.h>
#include <event2/buffer.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
rest_stream_end(struct rest_stream *s)
{
	struct evhttp_connection *ec = evhttp_request_get_connection(s->req);

	if (ec != NULL)
		evhttp_connection_set_closecb(ec, NULL, NULL);
	LIST_REMOVE(s, entry);
	s->rest->streams_n--;
	evhttp_send_reply_end(s->req); /* frees it when its connection is gone */
	OPENSSL_cleanse(s->token, sizeof(s->token));
	free(s);
}

/* The connection goes; evhttp has taken the request off it, and it is ours to free. */
static void
rest_stream_gone(struct evhttp_connection *ec, void *arg)
{
	struct rest_stream *s = arg;

	(void)ec;
	LIST_REMOVE(s, entry);
	s->rest->streams_n--;
	if (evhttp_request_get_connection(s->req) == NULL)
		evhttp_request_free(s->req);
	OPENSSL_cleanse(s->token, sizeof(s->token));
	free(s);
}

/* False: it takes nothing and was cut off. */
static bool
rest_stream_put(struct rest_stream *s, const char *text)
{
	struct evhttp_connection *ec = evhttp_request_get_connection(s->req);
	struct evbuffer *b, *out;

	if (ec == NULL)
		return false;
	out = bufferevent_get_output(evhttp_connection_get_bufferevent(ec));
	if (evbuffer_get_length(out) + strlen(text) > REST_STREAM_QUEUE) {
		evhttp_connection_set_closecb(ec, NULL, NULL);
		LIST_REMOVE(s, entry);
		s->rest->streams_n--;
		OPENSSL_cleanse(s->token, sizeof(s->token));
		free(s);
		evhttp_connection_free(ec);
		return false;
	}
	b = evbuffer_new();
	assert(b != NULL);
	evbuffer_add(b, text, strlen(text));
	evhttp_send_reply_chunk(s->req, b);
	evbuffer_free(b);
	return true;
}

static bool
rest_stream_may(const struct rest_stream *s, const struct rest_event_kept *k)
{
	if (k->own)
		return s->person == k->person && (k->person != 0 || strcmp(s->name, k->name) == 0);
	if (!s->scoped)
		return true;
	return s->lea[0] != '\0' ? strcmp(s->lea, k->lea) == 0
				 : s->tenant != 0 && s->tenant == k->tenant;
}

static bool
rest_stream_send(struct rest_stream *s, const struct rest_event_kept *k)
{
	size_t len = strlen(k->text) + 128;
	char *text = malloc(len);
	bool there;

	assert(text != NULL);
	if (s->scoped || k->n == 0)
		snprintf(text, len, "event: %s\ndata: %s\n\n", k->type, k->text);
	else
		snprintf(text, len, "id: %s-%" PRIu64 "\nevent: %s\ndata: %s\n\n", s->rest->epoch,
		    k->n, k->type, k->text);
	there = rest_stream_put(s, text);
	free(text);
	return there;
}

static struct rest_event_kept *
rest_event_new(const char *type, json_t *data)
{
	struct rest_event_kept *k = calloc(1, sizeof(*k));

	assert(k != NULL);
	snprintf(k->type, sizeof(k->type), "%s", type);
	k->text = json_dumps(data, JSON_COMPACT | JSON_ENSURE_ASCII);
	assert(k->text != NULL);
	return k;
}

static void
rest_event_free(struct rest_event_kept *k)
{
	free(k->text);
	free(k);
}

static void
rest_event_keep(struct rest *r, struct rest_event_kept *k)
{
	k->n = ++r->event_n;
	TAILQ_INSERT_TAIL(&r->kept, k, entry);
	if (++r->kept_n > REST_EVENTS_KEPT) {
		struct rest_event_kept *old = TAILQ_FIRST(&r->kept);

		TAILQ_REMOVE(&r->kept, old, entry);
		r->kept_n--;
		rest_event_free(old);
	}
}

static void
rest_event_send(struct rest *r, const struct rest_event_kept *k)
{
	struct rest_stream *s, *next;

	for (s = LIST_FIRST(&r->streams); s != NULL; s = next) {
		next = LIST_NEXT(s, entry);
		if (rest_stream_may(s, k))
			rest_stream_send(s, k);
	}
}

void
rest_event(struct rest *r, const char *type, const char *lea, int64_t tenant, json_t *data)
{
	struct rest_event_kept *k;

	if (r == NULL || !rest_is_open(r) || r->stopping)
		return;
	k = rest_event_new(type, data);
	snprintf(k->lea, sizeof(k->lea), "%s", lea == NULL ? "" : lea);
	k->tenant = tenant;
	rest_event_keep(r, k);
	rest_event_send(r, k);
}

void
rest_event_to(
    struct rest *r, int64_t person, const char *name, const char *type, bool keep, json_t *data)
{
	struct rest_event_kept *k;

	if (r == NULL || !rest_is_open(r) || r->stopping)
		return;
	k = rest_event_new(type, data);
	k->own = true;
	k->person = person;
	snprintf(k->name, sizeof(k->name), "%s", name);
	if (keep)
		rest_event_keep(r, k);
	rest_event_send(r, k);
	if (!keep)
		rest_event_free(k);
}

void
rest_hint(struct rest *r, const char *type, const char *lea, json_t *data)
{
	struct rest_stream *s, *next;
	char *json, *text;
	size_t len;

	if (rest_streams(r) == 0)
		return;
	json = json_dumps(data, JSON_COMPACT | JSON_ENSURE_ASCII);
	assert(json != NULL);
	len = strlen(json) + strlen(type) + 32;
	text = malloc(len);
	assert(text != NULL);
	snprintf(text, len, "event: %s\ndata: %s\n\n", type, json);
	for (s = LIST_FIRST(&r->streams); s != NULL; s = next) {
		next = LIST_NEXT(s, entry);
		if (lea == NULL ? !s->scoped : s->lea[0] != '\0' && strcmp(s->lea, lea) == 0)
			rest_stream_put(s, text);
	}
	free(text);
	free(json);
}

unsigned
rest_streams(const struct rest *r)
{
	return r == NULL || !rest_is_open(r) || r->stopping ? 0 : r->streams_n;
}

/* What came since ID; "reset" when that is not known any more. */
static void
rest_stream_resume(struct rest_stream *s, const char *id)
{
	struct rest *r = s->rest;
	size_t len = strlen(r->epoch);
	struct rest_event_kept *k = TAILQ_FIRST(&r->kept);
	uint64_t n = 0, first = k == NULL ? r->event_n + 1 : k->n;
	char reset[128];

	if (strncmp(id, r->epoch, len) != 0 || id[len] != '-' ||
	    sscanf(id + len + 1, "%" SCNu64, &n) != 1 || n + 1 < first || n > r->event_n) {
		snprintf(reset, sizeof(reset), "id: %s-%" PRIu64 "\nevent: reset\ndata: {}\n\n",
		    r->epoch, r->event_n);
		rest_stream_put(s, reset);
		return;
	}
	for (; k != NULL; k = TAILQ_NEXT(k, entry))
		if (k->n > n && rest_stream_may(s, k) && !rest_stream_send(s, k))
			return;
}

/* Who listens, so that it can be asked again whether it still may. */
static void
rest_stream_who(struct rest_stream *s, struct rest_request *q)
{
	struct evkeyvalq *h = evhttp_request_get_input_headers(q->req);
	const char *auth = evhttp_find_header(h, "Authorization");
	json_t *leas, *lea;
	X509 *cert;
	size_t i;

	s->lab = q->rest->env.ops->open;
	if (q->bearer && auth != NULL)
		snprintf(s->token, sizeof(s->token), "%s", auth + 7 + strspn(auth + 7, " "));
	else if (q->cookie)
		rest_cookie(evhttp_find_header(h, "Cookie"), s->token, sizeof(s->token));
	if ((cert = rest_peer_cert(q->rest, q->req)) != NULL) {
		s->cert = true;
		tls_spki(cert, s->pin);
		X509_free(cert);
	}
	s->scoped = auth_scoped(&q->actor);
	s->tenant = q->actor.tenant;
	s->person = q->actor.person;
	snprintf(s->name, sizeof(s->name), "%s", q->actor.name);
	if (q->actor.lea == 0)
		return;
	leas = store_rows(q->rest->env.ops->store, STMT_LEA_LIST, NULL);
	json_array_foreach(
	    leas, i, lea) if (json_integer_value(json_object_get(lea, "id")) == q->actor.lea)
	    snprintf(s->lea, sizeof(s->lea), "%s", json_string_value(json_object_get(lea, "name")));
	json_decref(leas);
}

/* Those of one door, so that one cannot take the places of the other. */
static unsigned
rest_streams_of(const struct rest_door *d)
{
	const struct rest_stream *s;
	unsigned n = 0;

	LIST_FOREACH(s, &d->rest->streams, entry)
	{
		const struct rest_conn *c = rest_conn_of(s->req);

		n += c == NULL || c->door == d;
	}
	return n;
}

void
rest_stream_open(struct rest_request *q)
{
	struct rest *r = q->rest;
	struct evhttp_request *req = q->req;
	const char *last =
	    evhttp_find_header(evhttp_request_get_input_headers(req), "Last-Event-ID");
	struct rest_stream *s;
	struct rest_problem p = {0};

	if (rest_streams_of(q->door) >= REST_STREAMS_MAX) {
		rest_problem_set(&p, 429, "TOO-MANY", NULL, "close another one",
		    "%d event streams are open", REST_STREAMS_MAX);
		rest_reply_problem(r, req, q->method, &p, q->id);
		goto out;
	}
	rest_header(req, "Content-Type", "text/event-stream");
	rest_headers_always(req);
	if (q->method == REST_HEAD) {
		rest_reply_empty(r, req, 200);
		goto out;
	}
	s = calloc(1, sizeof(*s));
	assert(s != NULL);
	s->rest = r;
	s->req = req;
	rest_stream_who(s, q);
	LIST_INSERT_HEAD(&r->streams, s, entry);
	r->streams_n++;
	r->stats.requests[2]++;
	evhttp_connection_set_closecb(evhttp_request_get_connection(req), rest_stream_gone, s);
	evhttp_send_reply_start(req, 200, "OK");
	if (!rest_stream_put(s, "retry: 2000\n\n"))
		goto out;
	if (s->scoped)
		rest_stream_put(s, "event: reset\ndata: {}\n\n");
	else if (last != NULL)
		rest_stream_resume(s, last);
out:
	LIST_REMOVE(q, entry);
	rest_call_fini(&q->call);
	free(q);
}

/* A sign of life, and for those who may no longer listen the end. */
void
rest_beat(struct rest *r)
{
	struct rest_stream *s, *next;
	struct ops_actor a;

	for (s = LIST_FIRST(&r->streams); s != NULL; s = next) {
		next = LIST_NEXT(s, entry);
		if (!rest_stream_actor(s, &a))
			rest_stream_end(s);
		else
			rest_stream_put(s, ": alive\n\n");
	}
}

void
rest_streams_close(struct rest *r)
{
	struct rest_stream *s;

	while ((s = LIST_FIRST(&r->streams)) != NULL)
		rest_stream_end(s);
}
