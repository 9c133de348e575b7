/* SPDX-License-Identifier: Apache-2.0 */
/* /healthz, /readyz, and metrics in the text format of Prometheus on loopback.  No identities, no
 * LIIDs, no warrants: totals, roles and links. */
#include "admin/rest_priv.h"

#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
rest_healthz(struct rest *r, struct evhttp_request *req, enum rest_method m)
{
	rest_reply_text(r, req, m, 200, "application/json", "{\"status\":\"ok\"}");
}

void
rest_readyz(struct rest *r, struct evhttp_request *req, enum rest_method m)
{
	json_t *checks = r->env.ready(r->env.arg), *j, *v;
	bool good = true;
	const char *key;

	json_object_foreach(checks, key, v) good = good && json_is_true(v);
	j = json_pack("{s:s, s:o}", "status", good ? "ready" : "not ready", "checks", checks);
	if (!good)
		rest_header(req, "Retry-After", "5");
	rest_reply_json(r, req, m, good ? 200 : 503, "application/json", j);
	json_decref(j);
}

/* ---- metrics */

struct rest_scrape {
	struct rest *rest;
	struct evhttp_request *req;
	struct evbuffer *out;
};

static void
metric_head(struct evbuffer *b, const char *name, const char *type, const char *help)
{
	evbuffer_add_printf(
	    b, "# HELP openmdf_%s %s\n# TYPE openmdf_%s %s\n", name, help, name, type);
}

static void
metric(struct evbuffer *b, const char *name, const char *type, const char *help, uint64_t n)
{
	metric_head(b, name, type, help);
	evbuffer_add_printf(b, "openmdf_%s %llu\n", name, (unsigned long long)n);
}

static void
metrics_rest(struct evbuffer *b, const struct rest *r)
{
	metric_head(b, "rest_requests_total", "counter", "Answered requests by class of status.");
	for (int i = 2; i < 6; i++)
		evbuffer_add_printf(b, "openmdf_rest_requests_total{class=\"%dxx\"} %llu\n", i,
		    (unsigned long long)r->stats.requests[i]);
	metric(b, "rest_connections", "gauge", "Connections that are open.", r->conns_n);
	metric(b, "rest_connections_total", "counter", "Connections taken.", r->stats.connections);
	metric(b, "rest_connections_over_total", "counter",
	    "Connections closed because too many were open.", r->stats.over);
	metric(b, "rest_handshakes_failed_total", "counter", "Failed TLS handshakes.",
	    r->stats.handshakes_failed);
	metric(b, "rest_deadlines_total", "counter",
	    "Connections closed because no whole request came in time.", r->stats.deadlines);
	metric(b, "rest_unauthorized_total", "counter", "Answers 401.", r->stats.logins_failed);
	metric(b, "rest_streams", "gauge", "Event streams that are open.", r->streams_n);
}

/* Sum of member KEY over the objects of LIST. */
static uint64_t
metric_sum(json_t *list, const char *key)
{
	uint64_t n = 0;
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) n += (uint64_t)json_integer_value(json_object_get(o, key));
	return n;
}

static void
metrics_warrants(struct evbuffer *b, json_t *status)
{
	static const struct {
		const char *key, *help;
	} sums[] = {{"received", "PDUs received for warrants."},
	    {"delivered", "PDUs that an agency confirmed."}, {"duplicate", "PDUs that came twice."},
	    {"out_of_scope", "PDUs outside a warrant."},
	    {"rejected", "PDUs that were not mediated."}, {"shed", "PDUs discarded by quota."},
	    {"lost", "PDUs lost by damage."}};
	json_t *w = json_object_get(status, "warrants");
	char name[64];

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		snprintf(name, sizeof(name), "pdus_%s_total", sums[i].key);
		metric(b, name, "counter", sums[i].help, metric_sum(w, sums[i].key));
	}
	metric(b, "pdus_waiting", "gauge", "PDUs in the spool.", metric_sum(w, "waiting"));
	metric(b, "warrants", "gauge", "Warrants that the data plane knows.", json_array_size(w));
}

static void
metric_label(struct evbuffer *b, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		if (*text == '"' || *text == '\\')
			evbuffer_add_printf(b, "\\%c", *text);
		else if (*text == '\n')
			evbuffer_add_printf(b, "\\n");
		else
			evbuffer_add(b, text, 1);
}

static void
metrics_links(struct evbuffer *b, json_t *status)
{
	json_t *leas = json_object_get(status, "leas"), *lea, *d;
	size_t i, k;

	metric_head(b, "link_up", "gauge", "1: the link to this destination is up.");
	json_array_foreach(leas, i, lea)
	{
		json_array_foreach(json_object_get(lea, "destinations"), k, d)
		{
			const char *state = json_string_value(json_object_get(d, "state"));

			evbuffer_add_printf(b, "openmdf_link_up{lea=\"");
			metric_label(b, json_string_value(json_object_get(lea, "name")));
			evbuffer_add_printf(b, "\",destination=\"");
			metric_label(b, json_string_value(json_object_get(d, "name")));
			evbuffer_add_printf(
			    b, "\"} %d\n", state != NULL && strcmp(state, "up") == 0);
		}
	}
}

static void
metrics_roles(struct evbuffer *b, json_t *status)
{
	json_t *roles = json_object_get(status, "roles"), *o;
	uint64_t ready = 0;
	size_t i;

	json_array_foreach(roles, i, o) ready += json_is_true(json_object_get(o, "ready"));
	metric(b, "roles", "gauge", "Processes that should run.", json_array_size(roles));
	metric(b, "roles_ready", "gauge", "Processes that run.", ready);
	metric(b, "role_restarts_total", "counter", "Processes started again.",
	    metric_sum(roles, "restarts"));
	roles = json_object_get(status, "alarms");
	ready = 0;
	json_array_foreach(roles, i, o) ready += !json_is_string(json_object_get(o, "cleared"));
	metric(b, "alarms", "gauge", "Alarms that are up.", ready);
}

static void
metrics_done(json_t *status, void *token)
{
	struct rest_scrape *s = token;

	if (!s->rest->stopping) {
		metrics_warrants(s->out, status);
		metrics_links(s->out, status);
		metrics_roles(s->out, status);
		rest_header(s->req, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
		evhttp_send_reply(s->req, 200, "OK", s->out);
	}
	evbuffer_free(s->out);
	free(s);
}

static void
metrics_on_request(struct evhttp_request *req, void *arg)
{
	struct rest *r = arg;
	const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(req));
	struct rest_scrape *s;

	if (path == NULL || strcmp(path, "/metrics") != 0 ||
	    evhttp_request_get_command(req) != EVHTTP_REQ_GET) {
		evhttp_send_reply(req, 404, "Not Found", NULL);
		return;
	}
	s = calloc(1, sizeof(*s));
	assert(s != NULL);
	*s = (struct rest_scrape){.rest = r, .req = req, .out = evbuffer_new()};
	assert(s->out != NULL);
	metrics_rest(s->out, r);
	if (r->env.ops->status == NULL || r->env.ops->status(r->env.ops->arg, metrics_done, s) < 0)
		metrics_done(NULL, s);
}

int
rest_metrics_open(struct rest *r)
{
	r->metrics = evhttp_new(r->env.base);
	assert(r->metrics != NULL);
	evhttp_set_gencb(r->metrics, metrics_on_request, r);
	evhttp_set_allowed_methods(r->metrics, EVHTTP_REQ_GET);
	evhttp_set_max_headers_size(r->metrics, 4096);
	evhttp_set_max_body_size(r->metrics, 0);
	evhttp_set_timeout(r->metrics, 10);
	if (evhttp_bind_socket(
		r->metrics, "127.0.0.1", (ev_uint16_t)r->env.conf->rest_metrics_port) == 0)
		return 0;
	log_err("REST-LISTEN", "127.0.0.1 port %u: %s", (unsigned)r->env.conf->rest_metrics_port,
	    strerror(errno));
	return -1;
}
