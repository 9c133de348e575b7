/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_control.h. */
#include "lemf_control.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_LEN 512

struct client {
	struct client *next, **link;
	struct lemf_rx *rx;
	struct bufferevent *bev;
};

struct lemf_control {
	struct lemf_rx *rx;
	struct evconnlistener *listener;
	struct client *clients;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static void
client_free(struct client *cl)
{
	*cl->link = cl->next;
	if (cl->next)
		cl->next->link = cl->link;
	bufferevent_free(cl->bev);
	free(cl);
}

static void
status(struct lemf_rx *rx, struct evbuffer *out)
{
	evbuffer_add_printf(out,
	    "{\"pdus\":%" PRIu64 ",\"iri\":%" PRIu64 ",\"cc\":%" PRIu64 ",\"tri\":%" PRIu64
	    ",\"other\":%" PRIu64 ",\"octets\":%" PRIu64 ",\"connections\":%" PRIu64
	    ",\"open\":%" PRIu64 ",\"answers\":%" PRIu64 ",\"broken\":%" PRIu64 "}\n",
	    rx->pdu_n, rx->class_n[LEMF_IRI], rx->class_n[LEMF_CC], rx->class_n[LEMF_TRI],
	    rx->class_n[LEMF_OTHER], rx->octet_n, rx->conn_n, rx->open_n, rx->answer_n, rx->bad_n);
}

static void
obey(struct lemf_rx *rx, char *line, struct evbuffer *out)
{
	char *value = strchr(line, ' ');

	if (!strcmp(line, "status")) {
		status(rx, out);
	} else if (!strcmp(line, "close")) {
		lemf_conn_close_all(rx);
		evbuffer_add_printf(out, "ok\n");
	} else if (value) {
		*value++ = 0;
		if (lemf_opts_manner(&rx->manners, line, value)) {
			evbuffer_add_printf(out, "error no such setting or value\n");
			return;
		}
		lemf_conn_resume_all(rx);
		evbuffer_add_printf(out, "ok\n");
	} else {
		evbuffer_add_printf(out, "error want NAME VALUE, close or status\n");
	}
}

static void
on_line(struct bufferevent *bev, void *arg)
{
	struct client *cl = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line;

	while ((line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF))) {
		obey(cl->rx, line, bufferevent_get_output(bev));
		free(line);
	}
	if (evbuffer_get_length(in) > LINE_MAX_LEN)
		client_free(cl);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev, (void)what;
	client_free(arg);
}

static void
on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int len, void *arg)
{
	struct lemf_control *c = arg;
	struct client *cl = calloc(1, sizeof(*cl));

	(void)l, (void)sa, (void)len;
	assert(cl);
	cl->rx = c->rx;
	cl->bev = bufferevent_socket_new(c->rx->base, fd, BEV_OPT_CLOSE_ON_FREE);
	assert(cl->bev);
	cl->next = c->clients;
	cl->link = &c->clients;
	if (cl->next)
		cl->next->link = &cl->next;
	c->clients = cl;
	bufferevent_setcb(cl->bev, on_line, NULL, on_event, cl);
	bufferevent_enable(cl->bev, EV_READ | EV_WRITE);
}

struct lemf_control *
lemf_control_new(struct lemf_rx *rx, const char *path)
{
	struct lemf_control *c;
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	mode_t mask;

	if (strlen(path) >= sizeof(un.sun_path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	strcpy(un.sun_path, path);
	unlink(path);
	c = calloc(1, sizeof(*c));
	assert(c);
	c->rx = rx;
	strcpy(c->path, path);
	mask = umask(0077);
	c->listener = evconnlistener_new_bind(rx->base, on_accept, c,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 8, (struct sockaddr *)&un, sizeof(un));
	umask(mask);
	if (!c->listener) {
		free(c);
		return NULL;
	}
	return c;
}

void
lemf_control_free(struct lemf_control *c)
{
	if (!c)
		return;
	while (c->clients)
		client_free(c->clients);
	evconnlistener_free(c->listener);
	unlink(c->path);
	free(c);
}
