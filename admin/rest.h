/* SPDX-License-Identifier: Apache-2.0 */
/* The REST door: the table of operations over HTTPS below /api/v1, server-sent events, health, and
 * metrics on loopback.  TLS 1.3 only, on an address of its own.  Who calls: a session (cookie or
 * bearer token) or a client certificate.  In a laboratory without persons (ops_ctx.open) whoever
 * has a client certificate of rest.ca may do all, as on the control socket; without one only
 * health, the document and logging in are there.
 * A second address, for the agencies, demands a client certificate and lets only liaisons in.  At
 * both are the files of the web UI. */
#ifndef ADMIN_REST_H
#define ADMIN_REST_H

#include "admin/ops.h"
#include "base/conf.h"

struct event_base;
struct rest;

#define REST_CONNECTIONS_MAX 256 /* at once, at each address */
#define REST_SOURCE_MAX 64	 /* of one source address */
#define REST_HEADERS_MAX 16384	 /* octets */
#define REST_REQUEST_S 30	 /* from the connection, or the answer before, to a whole request */
#define REST_STREAMS_MAX 32	 /* event streams at once, at each address */
#define REST_STREAM_QUEUE (256u << 10) /* octets that may wait for one of them */
#define REST_EVENTS_KEPT 1000	       /* for those who come back */
#define REST_HEARTBEAT_S 15

struct rest_env {
	struct event_base *base;
	const struct conf *conf;
	struct ops_ctx *ops;
	void *arg;
	/* Raise or clear an alarm. */
	void (*alarm)(
	    void *arg, bool raised, const char *code, const char *object, const char *text);
	/* What /readyz says: object of name > bool; new reference. */
	json_t *(*ready)(void *arg);
};

/* Bind and read the certificates and the UI, before the sandbox closes.  No address and no
 * metrics_port: a door that does nothing.  Returns new, or NULL after logging. */
struct rest *rest_open(const struct rest_env *env);
void rest_close(struct rest *r);
/* Read certificates and CRL again; the old ones stay when the new ones cannot be used. */
void rest_reload(struct rest *r);
/* Tell those who follow /events.  TYPE: "alarm", "change", "approval", "audit", "status", "work".
 * LEA: name of the only agency that may hear of it besides those who see all, TENANT: row of the
 * only tenant; NULL and 0: only those who see all.  DATA: object without any identity, borrowed.  R
 * may be NULL. */
void rest_event(struct rest *r, const char *type, const char *lea, int64_t tenant, json_t *data);
/* Tell the streams of one person alone, whatever their scope; PERSON 0: in a laboratory without
 * persons, by NAME.  KEEP: also when they come back later. */
void rest_event_to(
    struct rest *r, int64_t person, const char *name, const char *type, bool keep, json_t *data);
/* The same to those who listen now, without keeping it for those who come back: LEA those of that
 * agency alone, NULL those who see all. */
void rest_hint(struct rest *r, const char *type, const char *lea, json_t *data);
/* Event streams that are open. */
unsigned rest_streams(const struct rest *r);

#endif
