/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the REST door: the server (rest.c), one request (rest_request.c), event streams
 * (rest_live.c), health and metrics (rest_health.c). */
#ifndef ADMIN_REST_PRIV_H
#define ADMIN_REST_PRIV_H

#include "admin/rest.h"
#include "admin/rest_page.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <openssl/ssl.h>
#include <sys/queue.h>

#define REST_ID_MAX 64

struct rest_stats {
	uint64_t requests[6]; /* by first digit of the status */
	uint64_t connections, over, handshakes_failed, deadlines, logins_failed;
};

/* One address: that of the administration, where certificates may be shown, or that of the
 * agencies, where they must be. */
enum {
	REST_MAIN,
	REST_AGENCY,
	REST_DOORS
};
struct rest_door {
	struct rest *rest;
	bool agency;
	const char *name; /* object of its alarms */
	const char *address;
	unsigned port;
	const struct conf_tls *tls;
	SSL_CTX *ctx;
	struct evhttp *http; /* NULL: there is no such door */
	struct evconnlistener *listener;
	struct event *again;
	unsigned conns_n;
	int64_t failed_ns; /* last failed handshake */
	bool alarmed;
};

/* One connection; lives as long as its SSL object. */
struct rest_conn {
	LIST_ENTRY(rest_conn) entry;
	struct rest_door *door; /* NULL: it is closed */
	struct bufferevent *bev;
	struct event *timer;
	bool placed; /* its address was looked at */
	bool shaken; /* the handshake is over */
	char source[64], alert[48];
};

/* One request that waits for its operation. */
struct rest_request {
	LIST_ENTRY(rest_request) entry;
	struct rest *rest;
	struct rest_door *door;
	struct evhttp_request *req; /* NULL: gone */
	struct rest_call call;
	struct rest_pages page;
	struct ops_actor actor;
	enum rest_method method;
	bool cookie, bearer;
	char id[REST_ID_MAX + 1];
	char none_match[72]; /* If-None-Match without quotes */
};

struct rest_event_kept {
	TAILQ_ENTRY(rest_event_kept) entry;
	uint64_t n;		/* 0: it is not kept */
	char type[16], lea[64]; /* lea "", tenant 0: only for those who see all */
	int64_t tenant;
	bool own; /* for PERSON alone; without persons for NAME */
	int64_t person;
	char name[64];
	char *text;
};

/* One who follows /events. */
struct rest_stream {
	LIST_ENTRY(rest_stream) entry;
	struct rest *rest;
	struct evhttp_request *req;
	char token[512]; /* of the session; "" : by certificate */
	uint8_t pin[32]; /* CERT: of its client certificate */
	bool cert, lab;
	int64_t person; /* who listens; 0: without persons, by name */
	char name[64];
	bool scoped;	/* only this agency or this tenant, and without numbers: they count all */
	char lea[64];	/* "" : none */
	int64_t tenant; /* 0: none */
};

struct rest {
	struct rest_env env;
	struct rest_door door[REST_DOORS];
	struct evhttp *metrics;
	struct event *beat;
	struct rest_web *web; /* NULL: no UI */
	LIST_HEAD(, rest_conn) conns;
	unsigned conns_n;
	LIST_HEAD(, rest_request) requests;
	LIST_HEAD(, rest_stream) streams;
	unsigned streams_n;
	TAILQ_HEAD(rest_kept, rest_event_kept) kept;
	unsigned kept_n;
	uint64_t event_n;
	char epoch[17]; /* of the numbers of events */
	struct rest_pages pages;
	struct rest_stats stats;
	char *openapi;
	bool stopping;
};

/* rest.c */
/* Somebody can come in. */
bool rest_is_open(const struct rest *r);
struct rest_conn *rest_conn_of(struct evhttp_request *req);
/* The peer's certificate, verified and not revoked since; new reference or NULL. */
X509 *rest_peer_cert(struct rest *r, struct evhttp_request *req);

/* rest_request.c: a whole request has come. */
void rest_on_request(struct evhttp_request *req, struct rest_door *d);

/* rest_actor.c: who calls. */
void rest_actor(struct rest_request *q);
/* At the door of the agencies: is it a liaison?  0, or -EINVAL, P, and a row in the audit log. */
int rest_agency(struct rest_request *q, struct rest_problem *p);
/* The same actor again, for a stream. */
bool rest_stream_actor(struct rest_stream *s, struct ops_actor *a);
/* Is this change asked for by our own pages or by a program, not by another site?  0 or -EINVAL. */
int rest_same_site(struct rest_request *q, struct rest_problem *p);
/* The value of cookie __Host-openmdf, or false. */
bool rest_cookie(const char *header, char *out, size_t cap);

/* rest_reply.c: answers.  They finish REQ. */
/* Against embedding, sniffing, and what a browser would keep or allow. */
void rest_headers(struct evhttp_request *req, const char *cache, const char *csp);
void rest_headers_always(struct evhttp_request *req);
void rest_reply_json(struct rest *r, struct evhttp_request *req, enum rest_method m, int status,
    const char *type, json_t *body);
void rest_reply_text(struct rest *r, struct evhttp_request *req, enum rest_method m, int status,
    const char *type, const char *text);
void rest_reply_empty(struct rest *r, struct evhttp_request *req, int status);
void rest_reply_problem(struct rest *r, struct evhttp_request *req, enum rest_method m,
    struct rest_problem *p, const char *id);
void rest_header(struct evhttp_request *req, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The answer of an operation. */
void rest_reply_answer(struct rest_request *q, json_t *answer);

/* The work that goes on in the background, or why it was refused. */
void rest_reply_work(struct rest_request *q, json_t *answer);

/* rest_live.c */
void rest_stream_open(struct rest_request *q);
void rest_streams_close(struct rest *r);
void rest_beat(struct rest *r);

/* rest_health.c */
void rest_healthz(struct rest *r, struct evhttp_request *req, enum rest_method m);
void rest_readyz(struct rest *r, struct evhttp_request *req, enum rest_method m);
int rest_metrics_open(struct rest *r);

#endif
