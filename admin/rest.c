/* SPDX-License-Identifier: Apache-2.0 */
/* The server behind the REST door: listener, TLS, connections and their limits; see rest.h.
 * libevent's evhttp reads and writes HTTP/1.1; what it lacks is here: a cap of connections in all
 * and per source, and one deadline for handshake and request together, so that a client that sends
 * an octet per second does not hold its place. */
#include "admin/rest_priv.h"
#include "admin/rest_web.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/tls.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REST_ALL_METHODS UINT16_MAX /* also those that only get a 405 */
#define REST_BACKLOG 64
#define REST_QUIET_NS (INT64_C(60) * CLOCK_NS_PER_S) /* without a failure the alarm is over */

static int rest_ex = -1; /* index of struct rest_conn in an SSL */

/* ---- connections */

static void
rest_conn_end(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	struct rest_conn *c = ptr;
	struct rest_door *d;

	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	if (c == NULL)
		return;
	if ((d = c->door) != NULL) {
		const char *why = c->alert[0] != '\0' ? c->alert : "the peer went away";

		event_free(c->timer);
		LIST_REMOVE(c, entry);
		d->rest->conns_n--;
		d->conns_n--;
		if (c->placed && !c->shaken && !d->rest->stopping) {
			d->rest->stats.handshakes_failed++;
			d->failed_ns = clock_mono_ns();
			if (!d->alarmed)
				d->rest->env.alarm(
				    d->rest->env.arg, true, "REST-TLS", d->name, why);
			d->alarmed = true;
			log_info("REST-TLS", "%s: handshake failed: %s", c->source, why);
		}
	}
	free(c);
}

static void
rest_conn_cut(struct rest_conn *c)
{
	evutil_socket_t fd = bufferevent_getfd(c->bev);

	if (fd >= 0)
		shutdown(fd, SHUT_RDWR); /* evhttp sees the end and frees it */
}

static unsigned
rest_conn_neighbours(const struct rest_conn *c)
{
	size_t len = strcspn(c->source, " ");
	const struct rest_conn *o;
	unsigned n = 0;

	LIST_FOREACH(o, &c->door->rest->conns, entry)
	n += o->placed && o->door == c->door && strncmp(o->source, c->source, len + 1) == 0;
	return n;
}

/* The first turn after accept: now the socket is known.  False: no place. */
static bool
rest_conn_place(struct rest_conn *c)
{
	struct sockaddr_storage ss = {0};
	socklen_t len = sizeof(ss);
	int one = 1;
	char address[INET6_ADDRSTRLEN] = "?";
	unsigned port = 0;

	if (getpeername(bufferevent_getfd(c->bev), (struct sockaddr *)&ss, &len) == 0 &&
	    ss.ss_family == AF_INET6) {
		const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)(const void *)&ss;

		inet_ntop(AF_INET6, &a->sin6_addr, address, sizeof(address));
		port = ntohs(a->sin6_port);
	} else if (ss.ss_family == AF_INET) {
		const struct sockaddr_in *a = (const struct sockaddr_in *)(const void *)&ss;

		inet_ntop(AF_INET, &a->sin_addr, address, sizeof(address));
		port = ntohs(a->sin_port);
	}
	snprintf(c->source, sizeof(c->source), "%s %u", address, port);
	if (c->door->conns_n > REST_CONNECTIONS_MAX || rest_conn_neighbours(c) >= REST_SOURCE_MAX)
		return false;
	setsockopt(bufferevent_getfd(c->bev), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->placed = true;
	return true;
}

static void
rest_conn_deadline(struct rest_conn *c)
{
	static const struct timeval whole = {REST_REQUEST_S, 0};

	evtimer_add(c->timer, &whole);
}

static void
rest_conn_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct rest_conn *c = arg;

	(void)fd;
	(void)what;
	if (c->placed) {
		c->door->rest->stats.deadlines++;
		rest_conn_cut(c);
	} else if (rest_conn_place(c)) {
		rest_conn_deadline(c);
	} else {
		c->door->rest->stats.over++;
		rest_conn_cut(c);
	}
}

/* What TLS says on the way: the end of the handshake, and the alert that we sent or got. */
static void
rest_conn_info(const SSL *ssl, int where, int ret)
{
	struct rest_conn *c = SSL_get_ex_data(ssl, rest_ex);

	if (c == NULL)
		return;
	if (where & SSL_CB_HANDSHAKE_DONE)
		c->shaken = true;
	if ((where & SSL_CB_ALERT) && !c->shaken)
		snprintf(c->alert, sizeof(c->alert), "alert: %s", SSL_alert_desc_string_long(ret));
}

static struct bufferevent *
rest_on_accept(struct event_base *base, void *arg)
{
	static const struct timeval at_once = {0, 0};
	struct rest_door *d = arg;
	struct rest_conn *c = calloc(1, sizeof(*c));
	SSL *ssl = SSL_new(d->ctx);

	assert(c != NULL && ssl != NULL);
	c->door = d;
	c->timer = evtimer_new(base, rest_conn_on_timer, c);
	assert(c->timer != NULL);
	SSL_set_ex_data(ssl, rest_ex, c);
	LIST_INSERT_HEAD(&d->rest->conns, c, entry);
	d->rest->conns_n++;
	d->conns_n++;
	d->rest->stats.connections++;
	c->bev = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	assert(c->bev != NULL);
	bufferevent_openssl_set_allow_dirty_shutdown(c->bev, 1);
	evtimer_add(c->timer, &at_once);
	return c->bev;
}

struct rest_conn *
rest_conn_of(struct evhttp_request *req)
{
	struct evhttp_connection *ec = evhttp_request_get_connection(req);
	SSL *ssl =
	    ec == NULL ? NULL : bufferevent_openssl_get_ssl(evhttp_connection_get_bufferevent(ec));

	return ssl == NULL ? NULL : SSL_get_ex_data(ssl, rest_ex);
}

X509 *
rest_peer_cert(struct rest *r, struct evhttp_request *req)
{
	struct evhttp_connection *ec = evhttp_request_get_connection(req);
	SSL *ssl =
	    ec == NULL ? NULL : bufferevent_openssl_get_ssl(evhttp_connection_get_bufferevent(ec));
	X509 *cert = ssl == NULL ? NULL : SSL_get1_peer_certificate(ssl);
	const struct rest_conn *c = ssl == NULL ? NULL : SSL_get_ex_data(ssl, rest_ex);
	const char *why;

	(void)r;
	if (cert == NULL)
		return NULL;
	if (c != NULL && c->door != NULL && SSL_get_verify_result(ssl) == X509_V_OK &&
	    !tls_cert_stale(c->door->ctx, cert, &why))
		return cert;
	X509_free(cert);
	return NULL;
}

/* The answer is out: the clock of the next request runs. */
static void
rest_on_complete(struct evhttp_request *req, void *arg)
{
	struct rest_conn *c = rest_conn_of(req);

	(void)arg;
	if (c != NULL && c->door != NULL)
		rest_conn_deadline(c);
}

static void
rest_on_whole(struct evhttp_request *req, void *arg)
{
	struct rest_conn *c = rest_conn_of(req);

	if (c != NULL)
		evtimer_del(c->timer);
	evhttp_request_set_on_complete_cb(req, rest_on_complete, NULL);
	rest_on_request(req, arg);
}

/* ---- listening */

static SSL_CTX *
rest_tls(const struct rest_door *d)
{
	SSL_CTX *ctx = d->agency ? tls_ctx_new(d->tls, true, false) : tls_ctx_new_door(d->tls);

	if (ctx != NULL)
		SSL_CTX_set_info_callback(ctx, rest_conn_info);
	return ctx;
}

static int
rest_bind(const char *address, unsigned port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	bool v6 = strchr(address, ':') != NULL;
	const struct sockaddr *sa = v6 ? (const struct sockaddr *)(const void *)&six
				       : (const struct sockaddr *)(const void *)&four;
	int one = 1, fd, e;

	if (inet_pton(v6 ? AF_INET6 : AF_INET, address,
		v6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr) != 1)
		return -EINVAL;
	fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, sa, v6 ? sizeof(six) : sizeof(four)) == 0 && listen(fd, REST_BACKLOG) == 0)
		return fd;
	e = -errno;
	close(fd);
	return e;
}

static void
rest_on_again(evutil_socket_t fd, short what, void *arg)
{
	struct rest_door *d = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(d->listener);
}

/* No descriptor left: without a pause this would spin. */
static void
rest_on_accept_error(struct evconnlistener *l, void *arg)
{
	static const struct timeval pause = {0, 200000};
	struct rest_door *d = arg;

	log_warn("REST-ACCEPT", "a connection cannot be taken: %s", strerror(errno));
	evconnlistener_disable(l);
	evtimer_add(d->again, &pause);
}

static int
rest_listen(struct rest_door *d)
{
	struct event_base *base = d->rest->env.base;
	int fd = rest_bind(d->address, d->port);

	if (fd < 0) {
		log_err("REST-LISTEN", "%s port %u: %s", d->address, d->port, strerror(-fd));
		return -1;
	}
	d->listener = evconnlistener_new(base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd); /* 0: it listens already */
	d->http = evhttp_new(base);
	d->again = evtimer_new(base, rest_on_again, d);
	assert(d->listener != NULL && d->http != NULL && d->again != NULL);
	evhttp_set_bevcb(d->http, rest_on_accept, d);
	evhttp_set_gencb(d->http, rest_on_whole, d);
	evhttp_set_allowed_methods(d->http, REST_ALL_METHODS);
	evhttp_set_max_headers_size(d->http, REST_HEADERS_MAX);
	evhttp_set_max_body_size(d->http, REST_IMPORT_MAX + 1);
	evhttp_set_timeout(d->http, REST_REQUEST_S);
	evhttp_set_default_content_type(d->http, NULL);
	evhttp_bind_listener(d->http, d->listener);
	evconnlistener_set_error_cb(d->listener, rest_on_accept_error);
	log_notice("REST-OPEN", "%s: %s port %u", d->name, d->address, d->port);
	return 0;
}

/* Certificates, address, and the files of the UI.  A door without an address stays shut. */
static int
rest_open_doors(struct rest *r)
{
	const struct conf *conf = r->env.conf;

	r->door[REST_MAIN] = (struct rest_door){.name = "rest",
	    .address = conf->rest_address,
	    .port = conf->rest_port,
	    .tls = &conf->rest_tls};
	r->door[REST_AGENCY] = (struct rest_door){.name = "agency",
	    .agency = true,
	    .address = conf->agency_address,
	    .port = conf->agency_port,
	    .tls = &conf->agency_tls};
	if ((conf->rest_address != NULL || conf->agency_address != NULL) &&
	    rest_web_load(conf->rest_web, &r->web) < 0)
		return -1;
	for (struct rest_door *d = r->door; d < r->door + REST_DOORS; d++) {
		d->rest = r;
		if (d->address != NULL && ((d->ctx = rest_tls(d)) == NULL || rest_listen(d) < 0))
			return -1;
	}
	return 0;
}

bool
rest_is_open(const struct rest *r)
{
	return r->door[REST_MAIN].http != NULL || r->door[REST_AGENCY].http != NULL;
}

static void
rest_on_beat(evutil_socket_t fd, short what, void *arg)
{
	struct rest *r = arg;

	(void)fd;
	(void)what;
	rest_beat(r);
	for (struct rest_door *d = r->door; d < r->door + REST_DOORS; d++)
		if (d->alarmed && clock_mono_ns() - d->failed_ns > REST_QUIET_NS) {
			d->alarmed = false;
			r->env.alarm(
			    r->env.arg, false, "REST-TLS", d->name, "no failed handshake lately");
		}
}

struct rest *
rest_open(const struct rest_env *env)
{
	static const struct timeval beat = {REST_HEARTBEAT_S, 0};
	struct rest *r = calloc(1, sizeof(*r));

	assert(r != NULL);
	r->env = *env;
	LIST_INIT(&r->conns);
	LIST_INIT(&r->requests);
	LIST_INIT(&r->streams);
	TAILQ_INIT(&r->kept);
	rest_pages_init(&r->pages);
	snprintf(r->epoch, sizeof(r->epoch), "%llx", (unsigned long long)clock_wall_ns());
	if (rest_ex < 0)
		rest_ex = SSL_get_ex_new_index(0, NULL, NULL, NULL, rest_conn_end);
	r->beat = event_new(env->base, -1, EV_PERSIST, rest_on_beat, r);
	assert(rest_ex >= 0 && r->beat != NULL);
	event_add(r->beat, &beat);
	if (rest_open_doors(r) < 0 ||
	    (env->conf->rest_metrics_port != 0 && rest_metrics_open(r) < 0)) {
		rest_close(r);
		return NULL;
	}
	return r;
}

void
rest_reload(struct rest *r)
{
	for (size_t i = 0; r != NULL && i < REST_DOORS; i++) {
		struct rest_door *d = &r->door[i];
		SSL_CTX *ctx = d->http == NULL ? NULL : rest_tls(d);

		if (d->http == NULL)
			continue;
		r->env.alarm(r->env.arg, ctx == NULL, "TLS-RELOAD", d->name,
		    "the certificate files of REST cannot be used; the former ones stay");
		if (ctx == NULL)
			continue;
		SSL_CTX_free(d->ctx); /* connections keep theirs */
		d->ctx = ctx;
		log_notice("TLS-LOADED", "%s", d->name);
	}
}

void
rest_close(struct rest *r)
{
	struct rest_event_kept *k;
	struct rest_request *q;
	struct rest_conn *c;

	if (r == NULL)
		return;
	r->stopping = true;
	rest_streams_close(r);
	while ((q = LIST_FIRST(&r->requests)) != NULL) { /* their operations still answer */
		LIST_REMOVE(q, entry);
		q->req = NULL;
		q->rest = NULL;
	}
	for (struct rest_door *d = r->door; d < r->door + REST_DOORS; d++)
		if (d->http != NULL)
			evhttp_free(d->http);
	if (r->metrics != NULL)
		evhttp_free(r->metrics);
	while ((c = LIST_FIRST(&r->conns)) != NULL) { /* freed with their SSL, maybe later */
		LIST_REMOVE(c, entry);
		event_free(c->timer);
		c->door = NULL;
	}
	while ((k = TAILQ_FIRST(&r->kept)) != NULL) {
		TAILQ_REMOVE(&r->kept, k, entry);
		free(k->text);
		free(k);
	}
	for (struct rest_door *d = r->door; d < r->door + REST_DOORS; d++) {
		if (d->again != NULL)
			event_free(d->again);
		SSL_CTX_free(d->ctx);
	}
	event_free(r->beat);
	rest_web_free(r->web);
	free(r->openapi);
	free(r);
}
