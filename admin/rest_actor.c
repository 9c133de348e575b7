/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls over REST; see rest_priv.h.  What persons and sessions are is known in admin/auth.c. */
#include "admin/rest_priv.h"

#include "admin/auditlog.h"
#include "admin/auth.h"
#include "base/tls.h"
#include "db/check.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define REST_COOKIE "__Host-openmdf="
#define REST_TOKEN_MAX 511

bool
rest_cookie(const char *header, char *out, size_t cap)
{
	const char *p = header;

	while (p != NULL && *p != '\0') {
		size_t n;

		p += strspn(p, "; ");
		n = strcspn(p, ";");
		if (n > sizeof(REST_COOKIE) - 1 &&
		    memcmp(p, REST_COOKIE, sizeof(REST_COOKIE) - 1) == 0 &&
		    n - (sizeof(REST_COOKIE) - 1) < cap) {
			n -= sizeof(REST_COOKIE) - 1;
			memcpy(out, p + sizeof(REST_COOKIE) - 1, n);
			out[n] = '\0';
			return true;
		}
		p += n;
	}
	return false;
}

static bool
rest_bearer(const char *header, char *out, size_t cap)
{
	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
		return false;
	header += 7 + strspn(header + 7, " ");
	if (strlen(header) >= cap)
		return false;
	snprintf(out, cap, "%s", header);
	return true;
}

/* The common name of a laboratory's certificate, as far as it is a handle. */
static void
rest_lab_actor(X509 *cert, struct ops_actor *a)
{
	char name[64] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof(name));
	for (char *p = name; *p != '\0'; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') &&
		    !(*p >= '0' && *p <= '9') && *p != '-' && *p != '.')
			*p = '_';
	a->roles = OPW_ANY | OPW_LOGIN;
	snprintf(a->name, sizeof(a->name), "%s", name[0] == '\0' ? "laboratory" : name);
}

static void
rest_nobody(struct ops_actor *a, const char *source)
{
	*a = (struct ops_actor){.uid = UINT32_MAX, .interface = "rest", .roles = OPW_LOGIN};
	snprintf(a->name, sizeof(a->name), "nobody");
	snprintf(a->source, sizeof(a->source), "%s", source);
}

void
rest_actor(struct rest_request *q)
{
	struct ops_ctx *x = q->rest->env.ops;
	struct evkeyvalq *h = evhttp_request_get_input_headers(q->req);
	const struct rest_conn *c = rest_conn_of(q->req);
	const char *source = c == NULL ? "" : c->source;
	char token[REST_TOKEN_MAX + 1];
	X509 *cert = rest_peer_cert(q->rest, q->req);
	uint8_t pin[32];

	rest_nobody(&q->actor, source);
	if (cert != NULL) {
		tls_spki(cert, pin);
		check_hex_text(pin, sizeof(pin), q->actor.pin);
	}
	if (q->door->agency) { /* tokens mean nothing here, and nobody is let in for a laboratory */
		if (cert != NULL && !x->open)
			auth_actor_cert(x, pin, source, &q->actor);
		X509_free(cert);
		q->actor.interface = "rest";
		q->actor.uid = UINT32_MAX;
		q->actor.no_login = true;
		return;
	}
	q->bearer = rest_bearer(evhttp_find_header(h, "Authorization"), token, sizeof(token));
	q->cookie =
	    !q->bearer && rest_cookie(evhttp_find_header(h, "Cookie"), token, sizeof(token));
	if (q->bearer || q->cookie) {
		if (!x->open)
			auth_actor_session(x, token, source, &q->actor);
		OPENSSL_cleanse(token, sizeof(token));
	} else if (cert != NULL && x->open) {
		rest_lab_actor(cert, &q->actor);
	} else if (cert != NULL) {
		auth_actor_cert(x, pin, source, &q->actor);
	}
	X509_free(cert);
	q->actor.interface = "rest";
	q->actor.uid = UINT32_MAX;
}

static void
rest_agency_refused(const struct rest_request *q)
{
	const struct audit_row row = {.actor = q->actor.name,
	    .interface = "rest",
	    .source = q->actor.source,
	    .op = "rest.agency",
	    .object = "agency",
	    .outcome = "refused",
	    .code = "AGENCY-DOOR",
	    .reason = "not a liaison",
	    .uid = UINT32_MAX};
	struct auditlog *log = q->rest->env.ops->log;
	struct fault f = {0};

	if (log != NULL)
		auditlog_add(log, &row, NULL, &f);
}

int
rest_agency(struct rest_request *q, struct rest_problem *p)
{
	rest_actor(q);
	if (q->actor.person != 0 && (q->actor.roles & OPW_LIAISON))
		return 0;
	rest_agency_refused(q);
	return rest_problem_set(p, 403, "AGENCY-DOOR", NULL,
	    "a security officer enters the public key of the certificate as the person's pin",
	    "only a liaison is let in here, by a certificate of that person");
}

bool
rest_stream_actor(struct rest_stream *s, struct ops_actor *a)
{
	struct ops_ctx *x = s->rest->env.ops;
	const struct rest_conn *c = rest_conn_of(s->req);
	bool agency = c != NULL && c->door != NULL && c->door->agency;
	X509 *cert = s->cert ? rest_peer_cert(s->rest, s->req) : NULL;

	rest_nobody(a, "");
	if (s->cert && cert == NULL) /* revoked meanwhile */
		return false;
	X509_free(cert);
	if (s->lab)
		a->roles = OPW_ANY;
	else if (s->cert && s->token[0] == '\0')
		auth_actor_cert(x, s->pin, "", a);
	else if (s->cert)
		check_hex_text(s->pin, sizeof(s->pin), a->pin);
	if (!s->lab && s->token[0] != '\0')
		auth_actor_session(x, s->token, "", a);
	return (a->roles & (agency ? OPW_LIAISON : OPW_ANY)) != 0;
}

/* Fetch metadata and Origin, as far as the browser sends them; a program sends neither.  Another
 * site of a person who is known may not even read: it would not see the answer, but the audit log
 * would say that the person asked.  For a change with a cookie the header that only our own pages
 * can set is needed besides. */
int
rest_same_site(struct rest_request *q, struct rest_problem *p)
{
	struct evkeyvalq *h = evhttp_request_get_input_headers(q->req);
	const char *site = evhttp_find_header(h, "Sec-Fetch-Site"),
		   *origin = evhttp_find_header(h, "Origin"), *host = evhttp_find_header(h, "Host"),
		   *own = evhttp_find_header(h, "X-OpenMDF");

	bool reads = q->method & (REST_GET | REST_HEAD | REST_OPTIONS);

	if (q->bearer || (reads && (q->actor.roles & OPW_ANY) == 0))
		return 0;
	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return rest_problem_set(
		    p, 403, "CROSS-SITE", NULL, "", "another site sent this request");
	if (reads)
		return 0;
	if (origin != NULL && (strncmp(origin, "https://", 8) != 0 || host == NULL ||
				  strcasecmp(origin + 8, host) != 0))
		return rest_problem_set(
		    p, 403, "CROSS-SITE", NULL, "", "the origin of this request is another one");
	if (q->cookie && (own == NULL || strcmp(own, "1") != 0))
		return rest_problem_set(p, 403, "CROSS-SITE", NULL, "send X-OpenMDF: 1",
		    "a change with a cookie needs the header X-OpenMDF");
	return 0;
}
