/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf receive: listeners, TLS set-up, signals, limits of a run, summary.  Connections are
 * lemf_conn.c. */
#include "lemf_conn.h"
#include "lemf_control.h"

#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <inttypes.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct slot {
	struct run *run;
	const char *kind;
};

struct run {
	struct lemf_rx rx;
	const struct lemf_opts *o;
	struct evconnlistener *listeners[LEMF_LISTEN_MAX];
	struct slot slots[LEMF_LISTEN_MAX];
	struct event *term, *intr, *idle;
	struct lemf_control *control;
};

static void
format_addr(const struct sockaddr *sa, char *buf, size_t len)
{
	char text[INET6_ADDRSTRLEN] = "?";

	if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *a = (const void *)sa;

		inet_ntop(AF_INET6, &a->sin6_addr, text, sizeof(text));
		snprintf(buf, len, "[%s]:%u", text, ntohs(a->sin6_port));
	} else {
		const struct sockaddr_in *a = (const void *)sa;

		inet_ntop(AF_INET, &a->sin_addr, text, sizeof(text));
		snprintf(buf, len, "%s:%u", text, ntohs(a->sin_port));
	}
}

static void
on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int len, void *arg)
{
	struct slot *slot = arg;
	char peer[64];

	(void)l, (void)len;
	format_addr(sa, peer, sizeof(peer));
	lemf_conn_accept(&slot->run->rx, fd, slot->kind, peer);
}

/* Numeric ADDR, IPv6 in brackets. */
static int
set_addr(char *addr, uint16_t port, struct sockaddr_storage *ss, int *len)
{
	struct sockaddr_in *v4 = (void *)ss;
	struct sockaddr_in6 *v6 = (void *)ss;
	size_t n = strlen(addr);

	if (n > 2 && addr[0] == '[' && addr[n - 1] == ']') {
		addr[n - 1] = 0;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		*len = sizeof(*v6);
		return inet_pton(AF_INET6, addr + 1, &v6->sin6_addr) == 1 ? 0 : -EINVAL;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	*len = sizeof(*v4);
	return inet_pton(AF_INET, addr, &v4->sin_addr) == 1 ? 0 : -EINVAL;
}

/* "ADDR:PORT[,KIND]"; an IPv6 address stands in brackets. */
static int
parse_listen(const char *text, struct sockaddr_storage *ss, int *len, const char **kind)
{
	char addr[128], *colon, *end;
	long port;
	const char *comma = strchr(text, ',');
	size_t n = comma ? (size_t)(comma - text) : strlen(text);

	*kind = "both";
	if (comma) {
		*kind = !strcmp(comma + 1, "hi2")   ? "hi2"
			: !strcmp(comma + 1, "hi3") ? "hi3"
						    : "both";
		if (strcmp(*kind, comma + 1) != 0)
			return -EINVAL;
	}
	if (n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, n);
	addr[n] = 0;
	colon = strrchr(addr, ':');
	if (!colon)
		return -EINVAL;
	*colon = 0;
	port = strtol(colon + 1, &end, 10);
	if (end == colon + 1 || *end || port < 0 || port > 65535)
		return -EINVAL;
	return set_addr(addr, (uint16_t)port, ss, len);
}

static int
listen_all(struct run *run)
{
	FILE *ports = run->o->port_file ? fopen(run->o->port_file, "we") : NULL;

	if (run->o->port_file && !ports) {
		log_err("LEMF-PORT-FILE", "%s: %s", run->o->port_file, strerror(errno));
		return -1;
	}
	for (unsigned i = 0; i < run->o->listen_n; i++) {
		struct sockaddr_storage ss = {0};
		socklen_t got = sizeof(ss);
		char text[64];
		int len;

		run->slots[i].run = run;
		if (parse_listen(run->o->listen[i], &ss, &len, &run->slots[i].kind)) {
			log_err(
			    "LEMF-LISTEN", "%s: want ADDR:PORT[,hi2|hi3|both]", run->o->listen[i]);
			goto fail;
		}
		run->listeners[i] = evconnlistener_new_bind(run->rx.base, on_accept, &run->slots[i],
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, 1024,
		    (struct sockaddr *)&ss, len);
		if (!run->listeners[i]) {
			log_err("LEMF-LISTEN", "%s: %s", run->o->listen[i], strerror(errno));
			goto fail;
		}
		getsockname(evconnlistener_get_fd(run->listeners[i]), (struct sockaddr *)&ss, &got);
		format_addr((struct sockaddr *)&ss, text, sizeof(text));
		printf("listening %s %s\n", text, run->slots[i].kind);
		if (ports)
			fprintf(ports, "%s %s\n", text, run->slots[i].kind);
	}
	fflush(stdout);
	return ports && fclose(ports) ? -1 : 0;
fail:
	if (ports)
		fclose(ports);
	return -1;
}

static SSL_CTX *
make_ctx(const struct lemf_opts *o)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	const char *what = "certificate";

	assert(ctx);
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(ctx, o->tls12 ? TLS1_2_VERSION : 0);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	if (SSL_CTX_use_certificate_chain_file(ctx, o->cert) == 1) {
		what = "key";
		if (SSL_CTX_use_PrivateKey_file(ctx, o->key, SSL_FILETYPE_PEM) == 1) {
			what = "CA";
			if (SSL_CTX_load_verify_locations(ctx, o->ca, NULL) == 1) {
				SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(o->ca));
				return ctx;
			}
		}
	}
	log_err("LEMF-TLS-SETUP", "the %s cannot be used: %s", what,
	    ERR_reason_error_string(ERR_peek_last_error()));
	SSL_CTX_free(ctx);
	return NULL;
}

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct run *run = arg;

	(void)sig, (void)what;
	event_base_loopexit(run->rx.base, NULL);
}

static void
on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd, (void)what;
	if (run->rx.last_rx_ns &&
	    clock_mono_ns() - run->rx.last_rx_ns >= run->o->exit_idle_s * CLOCK_NS_PER_S)
		event_base_loopexit(run->rx.base, NULL);
}

static int
start(struct run *run)
{
	const struct lemf_opts *o = run->o;
	struct timeval often = {0, 100000};
	const char *why;

	if (!o->sink) {
		run->rx.store = lemf_store_open(o->dir, o->fsync, &why);
		if (!run->rx.store) {
			log_err("LEMF-STORE", "%s: %s (%s)", o->dir, why, strerror(errno));
			return -1;
		}
		run->rx.next_conn = lemf_store_next_conn(run->rx.store);
	}
	if (!o->tcp && !(run->rx.ctx = make_ctx(o)))
		return -1;
	if (o->control && !(run->control = lemf_control_new(&run->rx, o->control))) {
		log_err("LEMF-CONTROL", "%s: %s", o->control, strerror(errno));
		return -1;
	}
	run->term = evsignal_new(run->rx.base, SIGTERM, on_signal, run);
	run->intr = evsignal_new(run->rx.base, SIGINT, on_signal, run);
	run->idle = event_new(run->rx.base, -1, EV_PERSIST, on_idle, run);
	assert(run->term && run->intr && run->idle);
	event_add(run->term, NULL);
	event_add(run->intr, NULL);
	if (o->exit_idle_s >= 0)
		event_add(run->idle, &often);
	return listen_all(run);
}

static void
stop(struct run *run)
{
	for (unsigned i = 0; i < LEMF_LISTEN_MAX; i++)
		if (run->listeners[i])
			evconnlistener_free(run->listeners[i]);
	lemf_conn_close_all(&run->rx);
	lemf_control_free(run->control);
	if (run->rx.store && lemf_store_commit(run->rx.store))
		run->rx.exit_code = LEMF_EXIT_FAIL;
	lemf_store_close(run->rx.store);
	lemf_pdu_fini(&run->rx.pdu);
	SSL_CTX_free(run->rx.ctx);
	if (run->term)
		event_free(run->term);
	if (run->intr)
		event_free(run->intr);
	if (run->idle)
		event_free(run->idle);
	event_base_free(run->rx.base);
}

int
lemf_receive_run(const struct lemf_opts *o)
{
	struct run run = {
	    .o = o, .rx = {.manners = o->manners, .exit_after = o->exit_after, .next_conn = 1}};

	log_init("mdf-lemf", o->quiet ? LOG_L_WARN : LOG_L_INFO);
	if (o->listen_n == 0 || (!o->tcp && !(o->cert && o->key && o->ca))) {
		fprintf(stderr, "mdf-lemf receive: %s (see mdf-lemf receive --help)\n",
		    o->listen_n == 0 ? "--listen is missing"
				     : "give --cert, --key and --ca, or --tcp");
		return LEMF_EXIT_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	run.rx.base = event_base_new();
	assert(run.rx.base);
	lemf_pdu_init(&run.rx.pdu);
	if (start(&run))
		run.rx.exit_code = LEMF_EXIT_FAIL;
	else
		event_base_dispatch(run.rx.base);
	printf("received %" PRIu64 " PDUs (iri %" PRIu64 ", cc %" PRIu64 ", tri %" PRIu64
	       ", other %" PRIu64 "), %" PRIu64 " octets, %" PRIu64 " connections, %" PRIu64
	       " answers, %" PRIu64 " broken streams\n",
	    run.rx.pdu_n, run.rx.class_n[LEMF_IRI], run.rx.class_n[LEMF_CC],
	    run.rx.class_n[LEMF_TRI], run.rx.class_n[LEMF_OTHER], run.rx.octet_n, run.rx.conn_n,
	    run.rx.answer_n, run.rx.bad_n);
	stop(&run);
	return run.rx.exit_code;
}
