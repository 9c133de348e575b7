/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket; see ctl.h. */
#include "admin/ctl.h"

#include "admin/auth.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct ctl_client {
	LIST_ENTRY(ctl_client) entry;
	struct ctl *ctl;
	struct bufferevent *bev; /* NULL: gone, waiting for an answer to end */
	struct ops_actor actor;
	json_t *staged; /* parts of an import, each as text */
	size_t staged_len;
	bool too_large; /* parts are refused up to the last one */
	bool busy;	/* an operation runs: the next line waits */
	bool eof;	/* the client sends no more; answers still go out */
};

struct ctl {
	struct evconnlistener *listener;
	struct event *again; /* to accept, after an error */
	struct event_base *base;
	struct ops_ctx *ops;
	unsigned uids[18], uids_n;
	unsigned clients_n;
	LIST_HEAD(, ctl_client) clients;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static void ctl_next(struct ctl_client *c);

static void
ctl_client_free(struct ctl_client *c)
{
	if (c->bev != NULL)
		bufferevent_free(c->bev);
	c->bev = NULL;
	json_decref(c->staged);
	c->staged = NULL;
	if (c->busy)
		return; /* ctl_answer() comes back here */
	auth_actor_end(c->ctl->ops, &c->actor);
	LIST_REMOVE(c, entry);
	c->ctl->clients_n--;
	free(c);
}

static void
ctl_write(struct ctl_client *c, json_t *answer)
{
	char *text = json_dumps(answer, JSON_COMPACT);

	assert(text != NULL);
	if (c->bev != NULL) {
		bufferevent_write(c->bev, text, strlen(text));
		bufferevent_write(c->bev, "\n", 1);
	}
	free(text);
}

static void
ctl_answer(json_t *answer, void *arg)
{
	struct ctl_client *c = arg;

	c->busy = false;
	ctl_write(c, answer);
	if (c->bev == NULL)
		ctl_client_free(c);
}

static void
ctl_refuse(struct ctl_client *c, const char *why, const char *todo)
{
	json_t *a = json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code",
	    "USAGE", "what", "request", "object", "", "why", why, "todo", todo);

	ctl_write(c, a);
	json_decref(a);
}

/* A part of an import: kept as text, which takes a tenth of the memory.  True when more parts
 * follow. */
static bool
ctl_stage(struct ctl_client *c, json_t *args)
{
	bool more = json_is_true(json_object_get(args, "more"));
	json_t *items = json_object_get(args, "items"), *answer;
	char *text;

	if (c->too_large) {
		c->too_large = more;
		ctl_refuse(c, "the import is too large", "split the file");
		return true;
	}
	if (c->staged == NULL && !more)
		return false;
	if (c->staged == NULL)
		c->staged = json_array();
	text = json_dumps(items == NULL ? json_null() : items, JSON_COMPACT | JSON_ENCODE_ANY);
	c->staged_len += strlen(text);
	json_array_append_new(c->staged, json_string(text));
	free(text);
	if (c->staged_len > CTL_STAGED_MAX) {
		c->too_large = more;
		ctl_refuse(c, "the import is too large", "split the file");
		json_decref(c->staged);
		c->staged = NULL;
		c->staged_len = 0;
		return true;
	}
	if (!more) {
		json_object_set_new(args, "items", c->staged);
		c->staged = NULL;
		c->staged_len = 0;
		return false;
	}
	answer = json_pack(
	    "{s:b, s:{s:I}}", "ok", 1, "result", "staged", (json_int_t)json_array_size(c->staged));
	ctl_write(c, answer);
	json_decref(answer);
	return true;
}

static void
ctl_line(struct ctl_client *c, const char *line, size_t len)
{
	json_error_t e;
	json_t *j = json_loadb(line, len, JSON_REJECT_DUPLICATES, &e),
	       *args = json_object_get(j, "args");
	const char *op = json_string_value(json_object_get(j, "op")),
		   *request = json_string_value(json_object_get(j, "request")),
		   *if_match = json_string_value(json_object_get(j, "if_match"));

	if (op == NULL || (args != NULL && !json_is_object(args))) {
		ctl_refuse(c, "a line is a JSON object with op and args", "use mdfctl");
	} else if (strcmp(op, "warrant.import") != 0 || !ctl_stage(c, args)) {
		c->busy = true;
		auth_actor_again(c->ctl->ops, &c->actor);
		ops_call(c->ctl->ops, &c->actor,
		    &(struct ops_request){.op = op,
			.args = args,
			.id = request,
			.if_match = if_match,
			.become = &c->actor},
		    ctl_answer, c);
	}
	json_decref(j);
}

/* Handle lines while there are any and none is being worked on. */
static void
ctl_next(struct ctl_client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	size_t len;
	char *line;

	while (!c->busy && (line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF)) != NULL) {
		ctl_line(c, line, len);
		free(line);
	}
	if (!c->busy && evbuffer_get_length(in) >= CTL_LINE_MAX) {
		ctl_refuse(
		    c, "the line is longer than 1 MiB", "send an import in parts, as mdfctl does");
		evbuffer_drain(in, evbuffer_get_length(in));
		bufferevent_disable(c->bev, EV_READ);
		c->eof = true;
	}
}

static void
ctl_on_read(struct bufferevent *bev, void *arg)
{
	struct ctl_client *c = arg;

	(void)bev;
	if (!c->busy)
		ctl_next(c);
}

/* The output is empty: the next line, or the end. */
static void
ctl_on_write(struct bufferevent *bev, void *arg)
{
	struct ctl_client *c = arg;

	if (!c->busy)
		ctl_next(c);
	if (c->eof && !c->busy && evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		ctl_client_free(c);
}

static void
ctl_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct ctl_client *c = arg;

	if ((what & BEV_EVENT_ERROR) != 0 ||
	    (!c->busy && evbuffer_get_length(bufferevent_get_output(bev)) == 0)) {
		ctl_client_free(c);
		return;
	}
	c->eof = true; /* the answer in work, or on its way, is still written */
	bufferevent_disable(bev, EV_READ);
}

static bool
ctl_allowed(const struct ctl *c, uid_t uid)
{
	if (uid == 0 || uid == geteuid())
		return true;
	for (unsigned i = 0; i < c->uids_n; i++)
		if (c->uids[i] == uid)
			return true;
	return false;
}

static void
ctl_on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int len, void *arg)
{
	struct ctl *ctl = arg;
	struct ucred cred = {0};
	socklen_t n = sizeof(cred);
	struct ctl_client *c;

	(void)l;
	(void)sa;
	(void)len;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0 || !ctl_allowed(ctl, cred.uid) ||
	    ctl->clients_n >= CTL_CLIENTS_MAX) {
		log_warn("CTL-REFUSED", "control connection of uid %u refused: %s",
		    (unsigned)cred.uid,
		    ctl->clients_n >= CTL_CLIENTS_MAX ? "too many clients" : "not in control_uids");
		close(fd);
		return;
	}
	c = calloc(1, sizeof(*c));
	assert(c != NULL);
	c->ctl = ctl;
	auth_actor_uid(ctl->ops, cred.uid, &c->actor);
	c->bev =
	    bufferevent_socket_new(ctl->base, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	assert(c->bev != NULL);
	LIST_INSERT_HEAD(&ctl->clients, c, entry);
	ctl->clients_n++;
	bufferevent_setwatermark(c->bev, EV_READ, 0, CTL_LINE_MAX);
	bufferevent_setcb(c->bev, ctl_on_read, ctl_on_write, ctl_on_event, c);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

static void
ctl_on_again(evutil_socket_t fd, short what, void *arg)
{
	struct ctl *c = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(c->listener);
}

/* No descriptor left: without a pause this would spin. */
static void
ctl_on_accept_error(struct evconnlistener *l, void *arg)
{
	static const struct timeval pause = {0, 200000};
	struct ctl *c = arg;

	log_warn("CTL-ACCEPT", "a control connection cannot be taken: %s", strerror(errno));
	evconnlistener_disable(l);
	evtimer_add(c->again, &pause);
}

/* A socket that nobody listens on any more is in the way; a live one belongs to another mdfd. */
static int
ctl_bind(const char *path)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), e;
	mode_t mask;

	if (fd < 0)
		return -errno;
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 || errno == EAGAIN) {
		close(fd);
		return -EADDRINUSE;
	}
	unlink(path);
	mask = umask(0117);
	e = bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(fd, 16) < 0 ? -errno : 0;
	umask(mask);
	if (e == 0)
		return fd;
	close(fd);
	return e;
}

struct ctl *
ctl_open(struct event_base *base, const char *path, const unsigned *uids, unsigned uids_n,
    struct ops_ctx *ops)
{
	struct ctl *c;
	int fd;

	if (strlen(path) >= sizeof(c->path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	if ((fd = ctl_bind(path)) < 0) {
		errno = -fd;
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	assert(c != NULL);
	LIST_INIT(&c->clients);
	c->base = base;
	c->ops = ops;
	c->uids_n = uids_n < 16 ? uids_n : 16;
	memcpy(c->uids, uids, c->uids_n * sizeof(*uids));
	snprintf(c->path, sizeof(c->path), "%s", path);
	/* 0: it listens already */
	c->listener = evconnlistener_new(base, ctl_on_accept, c, LEV_OPT_CLOSE_ON_FREE, 0, fd);
	c->again = evtimer_new(base, ctl_on_again, c);
	assert(c->listener != NULL && c->again != NULL);
	evconnlistener_set_error_cb(c->listener, ctl_on_accept_error);
	return c;
}

void
ctl_close(struct ctl *c)
{
	struct ctl_client *i;

	if (c == NULL)
		return;
	event_free(c->again);
	evconnlistener_free(c->listener);
	while ((i = LIST_FIRST(&c->clients)) != NULL) {
		i->busy = false;
		ctl_client_free(i);
	}
	unlink(c->path);
	free(c);
}
