/* SPDX-License-Identifier: Apache-2.0 */
/* X2/X3 listeners: sockets, caps, deadlines, identity of the NE, reload, status; see listener.h.
 * What the octets say is in x23_conn.c. */
#include "ingest/listener.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/tls.h"
#include "ingest/clif.h"
#include "ingest/x23_conn.h"
#include "spec/ts103221_2.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <ctype.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ACCEPT_BATCH 32 /* accepted per wake-up */
#define BACKLOG 512
#define PER_SOURCE 4	 /* one address may hold 1/PER_SOURCE of the pending handshakes */
#define RECHECK_TICKS 60 /* live certificates are checked each minute */
#define REST_S 2	 /* without octets for so long: buffers are given back */
#define SAN_LEN 512	 /* longer names are not looked up */

struct ne_row {
	struct listener_ne ne;
	char *name, *san;
};

static void *
must(void *p)
{
	if (!p)
		abort();
	return p;
}

static int64_t
mono_s(void)
{
	return clock_mono_ns() / CLOCK_NS_PER_S;
}

/* ---- who may connect */

static int
ne_cmp(const void *a, const void *b)
{
	const struct ne_row *x = a, *y = b;

	return strcasecmp(x->san, y->san);
}

static void
ne_clear(struct listener *l)
{
	for (size_t i = 0; i < l->ne_n; i++) {
		free(l->ne[i].name);
		free(l->ne[i].san);
	}
	free(l->ne);
	l->ne = NULL;
	l->ne_n = 0;
}

struct ne_wanted {
	const struct listener *l;
	const struct ne_row *found;
	char name[SAN_LEN]; /* by which FOUND was found */
};

/* A name that is registered is a URI when it has a scheme; a certificate must have it as one. */
static bool
ne_is_dns(const char *san)
{
	return strchr(san, ':') == NULL;
}

/* PATTERN has one '*', which stands for one or more characters of one label (DNS) or of one part
 * of the path (URI), not for a '*' itself: a certificate with a wildcard is none of one element. */
static bool
ne_in_group(const char *pattern, const char *name, bool dns)
{
	const char *star = strchr(pattern, '*');
	size_t front = star ? (size_t)(star - pattern) : 0, n = strlen(name), back;
	int (*differ)(const char *, const char *, size_t) = dns ? strncasecmp : strncmp;

	if (!star || ne_is_dns(pattern) != dns)
		return false;
	back = strlen(star + 1);
	return n > front + back && differ(name, pattern, front) == 0 &&
	       differ(name + n - back, star + 1, back) == 0 && strchr(name, '*') == NULL &&
	       memchr(name + front, dns ? '.' : '/', n - front - back) == NULL;
}

static const struct ne_row *
ne_group(const struct listener *l, const char *name, bool dns)
{
	for (size_t i = 0; i < l->ne_n; i++)
		if (l->ne[i].ne.group && ne_in_group(l->ne[i].san, name, dns))
			return &l->ne[i];
	return NULL;
}

/* FNV-1a; never 0.  Two instances with one hash would share their sequence contexts, which only
 * shows as gaps. */
static uint64_t
ne_instance(const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *name; name++)
		h = (h ^ (uint8_t)tolower((unsigned char)*name)) * UINT64_C(1099511628211);
	return h ? h : 1;
}

static bool
ne_by_san(const char *name, size_t n, bool dns, void *arg)
{
	struct ne_wanted *w = arg;
	char san[SAN_LEN];
	struct ne_row key = {.san = san};

	if (n >= sizeof(san) || w->l->ne_n == 0 || memchr(name, '\0', n) != NULL)
		return false;
	memcpy(san, name, n);
	san[n] = '\0';
	w->found = bsearch(&key, w->l->ne, w->l->ne_n, sizeof(key), ne_cmp);
	if (w->found && ((!dns && strcmp(w->found->san, san) != 0) || w->found->ne.group ||
			    ne_is_dns(w->found->san) != dns))
		w->found = NULL; /* URIs are exact */
	if (!w->found)
		w->found = ne_group(w->l, san, dns);
	if (w->found)
		memcpy(w->name, san, n + 1);
	return w->found != NULL;
}

/* The NE that CERT names, or NULL.  NAME (SAN_LEN octets): by which of its names. */
static const struct ne_row *
ne_find(const struct listener *l, X509 *cert, char *name)
{
	struct ne_wanted w = {.l = l};

	tls_san_each(cert, ne_by_san, &w);
	memcpy(name, w.name, SAN_LEN);
	return w.found;
}

static bool
ne_pinned(const struct listener_ne *ne, X509 *cert)
{
	uint8_t spki[32];

	if (ne->pins_n == 0)
		return true;
	tls_spki(cert, spki);
	for (unsigned i = 0; i < ne->pins_n && i < 2; i++)
		if (memcmp(spki, ne->pin[i], sizeof(spki)) == 0)
			return true;
	return false;
}

/* Fill R with why the peer of X may not be NE, or return true. */
static bool
ne_welcome(const struct xconn *x, const struct ne_row *row, struct listener_refused *r)
{
	const struct conf_listener *conf = x->port->conf;
	SSL *ssl = tlsconn_ssl(x->tc);

	r->ne = row ? row->ne.id : 0;
	if (!row) {
		*r = (struct listener_refused){.why = REJECT_PEER_UNKNOWN,
		    .code = "NE-UNKNOWN",
		    .sentence = "no DNS name or URI of the certificate is that of a registered NE"};
	} else if (!row->ne.enabled) {
		r->why = REJECT_PEER_REVOKED;
		r->code = "NE-DISABLED";
		r->sentence = "the NE is switched off";
	} else if (!ne_pinned(&row->ne, tlsconn_peer(x->tc))) {
		r->why = REJECT_PEER_PIN;
		r->code = "NE-PIN";
		r->sentence = "the key of the certificate is not the one pinned for the NE";
	} else if (SSL_version(ssl) < TLS1_3_VERSION && !row->ne.tls12) {
		r->why = REJECT_PEER_TLS;
		r->code = "TLS-VERSION";
		r->sentence = "TLS 1.2 is not allowed for this NE";
	} else if (!((conf->x2 && row->ne.x2) || (conf->x3 && row->ne.x3))) {
		r->why = REJECT_INTERFACE;
		r->code = "NE-INTERFACE";
		r->sentence = "the NE is not registered for the interface of this listener";
	} else {
		return true;
	}
	return false;
}

static void
conn_adopt(struct xconn *x, const struct ne_row *row, const char *name)
{
	x->pub.ne = row->ne.id;
	x->pub.instance = row->ne.group ? ne_instance(name) : 0;
	snprintf(x->ne_name, sizeof(x->ne_name), "%s", row->ne.group ? name : row->name);
	x->x2 = x->port->conf->x2 && row->ne.x2;
	x->x3 = x->port->conf->x3 && row->ne.x3;
	x->time_p2_s = row->ne.time_p2_s ? row->ne.time_p2_s : X23_TIME_P2_S;
}

/* ---- connections */

static void
conn_refuse(struct xconn *x, struct listener_refused *r)
{
	r->listener = x->port->conf->name;
	r->peer = tlsconn_peer_addr(x->tc);
	x->port->refused++;
	x->l->cb.refused(r, x->l->arg);
	xconn_free(x);
}

static void
conn_up(struct xconn *x)
{
	struct listener_refused r = {0};
	char name[SAN_LEN];
	const struct ne_row *row = ne_find(x->l, tlsconn_peer(x->tc), name);

	if (!ne_welcome(x, row, &r)) {
		conn_refuse(x, &r);
		return;
	}
	conn_adopt(x, row, name);
	x->identified = true;
	x->l->pending_n--;
	x->pub.up_ns = x->last_ns = clock_wall_ns();
	x->last_s = mono_s();
	tls_chain_forget(tlsconn_ssl(x->tc));
	tlsconn_rest(x->tc); /* what the handshake needed is used for the next one */
	xconn_gate(x);
	listener_gate(x->l);
	x->l->cb.up(&x->pub, x->l->arg);
}

static enum reject_code
tls_reject(const char *code)
{
	if (strcmp(code, "TLS-CERT-REVOKED") == 0)
		return REJECT_PEER_REVOKED;
	if (strncmp(code, "TLS-CERT", 8) == 0 || strcmp(code, "TLS-NO-CERT") == 0 ||
	    strcmp(code, "TLS-CRL") == 0)
		return REJECT_PEER_CERT;
	return REJECT_PEER_TLS;
}

/* The peer is gone: what it left behind incomplete is a fault of its own. */
static void
conn_gone(struct xconn *x, enum reject_code why, const char *sentence)
{
	struct octets left = tlsconn_leftover(x->tc);

	if (left.n > 0)
		xconn_fault(x, REJECT_FRAMING, left, NULL);
	else
		xconn_close(x, why, sentence);
}

static void
conn_event(struct tlsconn *tc, enum tlsconn_event ev, void *arg)
{
	struct xconn *x = arg;
	struct listener_refused r = {0};

	switch (ev) {
	case TLSCONN_UP:
		conn_up(x);
		break;
	case TLSCONN_CLOSED:
		conn_gone(x, REJECT_NONE, "closed by the NE");
		break;
	case TLSCONN_FAILED:
		r.code = tlsconn_error(tc, &r.sentence);
		r.why = tls_reject(r.code);
		if (x->identified)
			conn_gone(x, r.why, r.sentence);
		else
			conn_refuse(x, &r);
		break;
	}
}

static const struct tlsconn_cb conn_cb = {xconn_data, conn_event, xconn_sent};
static const struct tlsconn_cb clif_cb = {clif_data, conn_event, clif_sent};

static void
conn_new(struct lport *p, int fd)
{
	struct listener *l = p->l;
	struct xconn *x = must(calloc(1, sizeof(*x)));
	size_t left_max = (size_t)l->conf->header_max + l->conf->payload_max;

	x->l = l;
	x->port = p;
	x->begun_s = mono_s();
	if (p->conf->clif) {
		x->clif = clif_new();
		left_max = clif_left_max(l->conf);
	}
	x->tc = tlsconn_accept(l->loop, p->ctx, fd, left_max, x->clif ? &clif_cb : &conn_cb, x);
	x->pub.id = ++l->conn_id;
	x->pub.ne_name = x->ne_name;
	x->pub.listener = p->conf->name;
	x->pub.peer = tlsconn_peer_addr(x->tc);
	x->next = l->first;
	if (l->first)
		l->first->prev = x;
	l->first = x;
	l->conn_n++;
	l->pending_n++;
	p->accepted++;
}

/* ---- accepting */

void
listener_gate(struct listener *l)
{
	bool want = l->started && !l->stopped && !l->accept_backoff &&
		    l->pending_n < l->conf->handshakes_max;

	for (size_t i = 0; i < l->port_n; i++) {
		if (want)
			event_add(&l->port[i].ev, NULL);
		else
			event_del(&l->port[i].ev);
	}
}

/* Length of the address part of "192.0.2.1:40000". */
static size_t
host_len(const char *peer)
{
	const char *colon = strrchr(peer, ':');

	return colon ? (size_t)(colon - peer) : strlen(peer);
}

static unsigned
pending_from(const struct listener *l, const char *peer)
{
	size_t n = host_len(peer);
	unsigned count = 0;

	for (const struct xconn *x = l->first; x; x = x->next)
		if (!x->identified && host_len(x->pub.peer) == n &&
		    memcmp(x->pub.peer, peer, n) == 0)
			count++;
	return count;
}

static unsigned
per_source_max(const struct listener *l)
{
	return (l->conf->handshakes_max + PER_SOURCE - 1) / PER_SOURCE;
}

/* The newest connection is one too many. */
static bool
accept_over(struct listener *l, struct listener_refused *r)
{
	r->why = REJECT_PEER_TLS;
	if (l->conn_n > l->conf->connections_max) {
		r->code = "CONNECTIONS-MAX";
		r->sentence = "more connections than limits.connections_max";
		return true;
	}
	if (l->pending_n > per_source_max(l) &&
	    pending_from(l, l->first->pub.peer) > per_source_max(l)) {
		r->code = "HANDSHAKES-MAX";
		r->sentence = "too many handshakes under way from one address";
		return true;
	}
	return false;
}

static bool
accept_error(struct lport *p, int error)
{
	if (error == EINTR || error == ECONNABORTED || error == EPROTO)
		return true;
	if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
		if (!p->l->accept_told)
			log_err("X-ACCEPT",
			    "listener %s cannot accept: %s; trying each second, raise LimitNOFILE",
			    p->conf->name, strerror(error));
		p->l->accept_told = true;
		p->l->accept_backoff = true;
		listener_gate(p->l);
	}
	return false;
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct lport *p = arg;
	struct listener *l = p->l;
	int s;

	(void)what;
	for (int i = 0; i < ACCEPT_BATCH && l->pending_n < l->conf->handshakes_max; i++) {
		struct listener_refused r = {0};

		s = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (s < 0 && accept_error(p, errno))
			continue;
		if (s < 0)
			return;
		l->accept_told = false;
		conn_new(p, s);
		if (accept_over(l, &r))
			conn_refuse(l->first, &r);
	}
	listener_gate(l);
}

/* ---- each second */

static void
tick_conn(struct xconn *x, int64_t now_s)
{
	struct listener_refused r = {.why = REJECT_PEER_TLS,
	    .code = "TLS-TIMEOUT",
	    .sentence = "no complete handshake in time"};

	if (!x->identified) {
		if (now_s - x->begun_s >= x->l->conf->handshake_s)
			conn_refuse(x, &r);
		return;
	}
	if (x->rest_s == 0 && now_s - x->last_s >= REST_S) {
		x->rest_s = now_s;
		xconn_rest(x);
	}
	if (x->clif && clif_over(x->clif))
		clif_sent(x->tc, x);
	else if (x->l->paused || x->stalled)
		x->last_s = now_s; /* it is we who do not read */
	else if (now_s - x->last_s >= x->time_p2_s && x->clif)
		conn_gone(x, REJECT_NONE, "no request for TIME_P2"); /* owes no keepalive */
	else if (now_s - x->last_s >= x->time_p2_s)
		xconn_close(x, REJECT_IDLE, reject_code_hint(REJECT_IDLE));
}

/* A live connection whose certificate or NE is not what it was. */
static void
recheck_conn(struct xconn *x)
{
	struct listener_refused r = {0};
	const struct ne_row *row;
	const char *why = NULL;
	char name[SAN_LEN];
	X509 *cert;

	if (!x->identified)
		return;
	cert = tlsconn_peer(x->tc);
	row = ne_find(x->l, cert, name);
	if (tls_cert_stale(x->port->ctx, cert, &why)) {
		xconn_close(x, REJECT_PEER_REVOKED, why);
	} else if (!ne_welcome(x, row, &r)) {
		xconn_close(x, REJECT_PEER_REVOKED, r.sentence);
	} else if (row->ne.id != x->pub.ne) {
		xconn_close(x, REJECT_PEER_REVOKED, "its certificate now names another NE");
	} else {
		conn_adopt(x, row, name);
	}
}

static void
recheck(struct listener *l)
{
	for (struct xconn *x = l->first, *next; x; x = next) {
		next = x->next;
		recheck_conn(x);
	}
}

/* When the CRL file was written; zero when there is none. */
static struct timespec
crl_mtime(const struct lport *p)
{
	struct stat st = {0};

	if (p->conf->tls.crl && stat(p->conf->tls.crl, &st) != 0)
		memset(&st, 0, sizeof(st));
	return st.st_mtim;
}

/* A context of the files as they are now; false: the old one stays. */
static bool
port_reload(struct lport *p)
{
	struct timespec mtime = crl_mtime(p);
	SSL_CTX *ctx = tls_ctx_new(&p->conf->tls, true, p->conf->tls12);

	p->crl_mtime = mtime; /* a file that cannot be used is tried again when it changes */
	if (!ctx) {
		log_err("TLS-FILE", "listener %s goes on with its old certificates", p->conf->name);
		return false;
	}
	SSL_CTX_free(p->ctx); /* live connections hold their own reference */
	p->ctx = ctx;
	return true;
}

/* Returns whether a CRL was read again. */
static bool
crl_watch(struct listener *l)
{
	bool changed = false;

	for (size_t i = 0; i < l->port_n; i++) {
		struct lport *p = &l->port[i];
		struct timespec now = crl_mtime(p);

		if (now.tv_sec == p->crl_mtime.tv_sec && now.tv_nsec == p->crl_mtime.tv_nsec)
			continue;
		log_notice("X-CRL", "the CRL of listener %s has changed", p->conf->name);
		changed |= port_reload(p);
	}
	return changed;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	int64_t now_s = mono_s();

	(void)fd;
	(void)what;
	for (struct xconn *x = l->first, *next; x; x = next) {
		next = x->next;
		tick_conn(x, now_s);
	}
	if (crl_watch(l) || ++l->ticks % RECHECK_TICKS == 0)
		recheck(l);
	if (l->accept_backoff) {
		l->accept_backoff = false;
		listener_gate(l);
	}
}

/* ---- sockets */

static socklen_t
bind_addr(const struct conf_listener *conf, struct sockaddr_storage *sa)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(conf->port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(conf->port)};

	memset(sa, 0, sizeof(*sa));
	if (inet_pton(AF_INET, conf->address, &in.sin_addr) == 1) {
		memcpy(sa, &in, sizeof(in));
		return sizeof(in);
	}
	if (inet_pton(AF_INET6, conf->address, &in6.sin6_addr) == 1) {
		memcpy(sa, &in6, sizeof(in6));
		return sizeof(in6);
	}
	errno = EINVAL;
	return 0;
}

static uint16_t
bound_port(int fd)
{
	struct sockaddr_storage sa = {0};
	struct sockaddr_in in;
	socklen_t len = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
		return 0;
	memcpy(&in, &sa, sizeof(in)); /* the port stands at the same place in sockaddr_in6 */
	return ntohs(in.sin_port);
}

static int
bind_listen(const struct conf_listener *conf)
{
	struct sockaddr_storage sa;
	socklen_t len = bind_addr(conf, &sa);
	int on = 1, fd, error;

	if (len == 0)
		return -1;
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (sa.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool
port_open(struct listener *l, const struct conf_listener *conf)
{
	struct lport *p = &l->port[l->port_n];

	p->l = l;
	p->conf = conf;
	p->crl_mtime = crl_mtime(p);
	p->ctx = tls_ctx_new(&conf->tls, true, conf->tls12);
	if (!p->ctx)
		return false;
	p->fd = bind_listen(conf);
	if (p->fd < 0) {
		log_err("X-LISTEN",
		    "listener %s cannot listen on %s port %u: %s; check address and port",
		    conf->name, conf->address, conf->port, strerror(errno));
		SSL_CTX_free(p->ctx);
		return false;
	}
	p->port = bound_port(p->fd);
	event_assign(&p->ev, l->base, p->fd, EV_READ | EV_PERSIST, on_accept, p);
	log_info("X-LISTEN", "listener %s on %s port %u (%s%s%s)", conf->name, conf->address,
	    p->port, conf->clif ? "CLIF " : "", conf->x2 ? "X2" : "", conf->x3 ? "X3" : "");
	l->port_n++;
	return true;
}

struct listener *
listener_new(
    struct event_base *base, const struct conf *conf, const struct listener_cb *cb, void *arg)
{
	struct listener *l = must(calloc(1, sizeof(*l)));
	static const struct timeval second = {1, 0};

	l->base = base;
	l->conf = conf;
	l->cb = *cb;
	l->arg = arg;
	l->loop = tlsloop_new(base, conf->read_moderation_us);
	event_assign(&l->tick, base, -1, EV_PERSIST, on_tick, l);
	event_add(&l->tick, &second);
	for (size_t i = 0; i < conf->listener_n; i++) {
		if (!port_open(l, &conf->listener[i])) {
			listener_free(l);
			return NULL;
		}
	}
	return l;
}

void
listener_free(struct listener *l)
{
	if (!l)
		return;
	l->stopped = true;
	while (l->first)
		xconn_free(l->first);
	for (size_t i = 0; i < l->port_n; i++) {
		event_del(&l->port[i].ev);
		SSL_CTX_free(l->port[i].ctx);
		if (l->port[i].fd >= 0)
			close(l->port[i].fd);
	}
	event_del(&l->tick);
	ne_clear(l);
	tlsloop_free(l->loop);
	free(l);
}

/* ---- orders of the owner */

void
listener_nes(struct listener *l, const struct listener_ne *ne, size_t ne_n)
{
	ne_clear(l);
	l->ne = must(calloc(ne_n + 1, sizeof(*l->ne)));
	l->ne_n = ne_n;
	for (size_t i = 0; i < ne_n; i++) {
		l->ne[i] =
		    (struct ne_row){ne[i], must(strdup(ne[i].name)), must(strdup(ne[i].san))};
		l->ne[i].ne.name = l->ne[i].name;
		l->ne[i].ne.san = l->ne[i].san;
	}
	if (ne_n > 0)
		qsort(l->ne, ne_n, sizeof(*l->ne), ne_cmp);
	recheck(l);
}

void
listener_start(struct listener *l)
{
	l->started = true;
	listener_gate(l);
}

void
listener_stop(struct listener *l)
{
	if (l->stopped)
		return;
	l->stopped = true;
	listener_gate(l);
	for (size_t i = 0; i < l->port_n; i++) {
		event_del(&l->port[i].ev);
		close(l->port[i].fd);
		l->port[i].fd = -1;
	}
	for (struct xconn *x = l->first, *next; x; x = next) {
		next = x->next;
		if (!x->identified) {
			xconn_free(x);
			continue;
		}
		xconn_gate(x);
		xconn_drain(x);
	}
}

void
listener_durable(struct listener *l, uint64_t durable)
{
	if (durable <= l->durable)
		return;
	l->durable = durable;
	for (struct xconn *x = l->first; x; x = x->next)
		xconn_durable(x);
}

void
listener_pause(struct listener *l, bool paused)
{
	l->resumes += !paused;
	if (l->paused == paused)
		return;
	l->paused = paused;
	for (struct xconn *x = l->first; x; x = x->next)
		xconn_gate(x);
}

int
listener_reload(struct listener *l)
{
	int result = 0;

	for (size_t i = 0; i < l->port_n; i++)
		if (!port_reload(&l->port[i]))
			result = -EINVAL;
	recheck(l);
	return result;
}

uint16_t
listener_port(const struct listener *l, size_t i)
{
	assert(i < l->port_n);
	return l->port[i].port;
}
