/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of the admin role: the control socket and the HTTP server, each over a real socket; the
 * operations behind them are played.  Every line has an answer of one line; what reaches an
 * operation has a name and arguments that are an object.
 *
 * Input: an octet (1: HTTP, else the control socket; 2: the operation fails; 4: it answers later;
 * 8: in pieces; 16 and 32: how it fails), then what the client sends. */
#include "admin/auth.h"
#include "admin/ctl.h"
#include "admin/auditlog.h"
#include "admin/rest_priv.h"
#include "admin/work.h"
#include "base/log.h"
#include "fuzz_util.h"

#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#define TURNS_MAX 64
#define LATER_MAX 64

static struct event_base *base;
static struct ctl *ctl;
static struct evhttp *http;
static struct rest rest;
static struct works {
	int none;
} works;
static struct ops_ctx ops = {.works = &works};
static char path[2][100];
static bool fails, later;
static const char *fails_code;
static struct {
	ops_answer_cb done;
	void *arg;
} waiting[LATER_MAX];
static size_t waiting_n;

/* ---- the operations */

static void
answer(ops_answer_cb done, void *arg)
{
	json_t *a =
	    fails ? json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code",
			fails_code, "what", "x", "object", "y", "why", "z", "todo", "w")
		  : json_pack("{s:b, s:{s:i, s:[i, i]}}", "ok", 1, "result", "a", 1, "b", 2, 3);

	assert(a != NULL);
	done(a, arg);
	json_decref(a);
}

void
ops_call(struct ops_ctx *x, const struct ops_actor *actor, const struct ops_request *r,
    ops_answer_cb done, void *arg)
{
	(void)x;
	assert(actor != NULL && r->op != NULL && (r->args == NULL || json_is_object(r->args)));
	if (later && waiting_n < LATER_MAX) {
		waiting[waiting_n].done = done;
		waiting[waiting_n++].arg = arg;
		return;
	}
	answer(done, arg);
}

/* Long operations go on in the background when the client prefers that. */
json_t *
works_run(struct ops_ctx *x, const struct ops_actor *actor, const struct ops_request *r)
{
	assert(x->works != NULL && actor != NULL && r->op != NULL && json_is_object(r->args));
	return fails ? json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code",
			   fails_code, "what", "x", "object", "y", "why", "z", "todo", "w")
		     : json_pack("{s:b, s:{s:s}}", "ok", 1, "result", "work",
			   "00000000-0000-4000-8000-000000000000");
}

void
ops_etag(json_t *object, char out[65])
{
	assert(json_is_object(object));
	memset(out, '0', 64);
	out[64] = '\0';
}

static void
answer_waiting(void)
{
	size_t n = waiting_n;

	waiting_n = 0;
	for (size_t i = 0; i < n; i++)
		answer(waiting[i].done, waiting[i].arg);
}

/* ---- who calls */

void
auth_actor_uid(struct ops_ctx *x, uint32_t uid, struct ops_actor *a)
{
	(void)x;
	(void)uid;
	memset(a, 0, sizeof(*a));
	a->roles = OPW_ANY;
}

void
auth_actor_again(struct ops_ctx *x, struct ops_actor *a)
{
	(void)x;
	assert(a->roles == OPW_ANY);
}

void
auth_actor_end(struct ops_ctx *x, struct ops_actor *a)
{
	(void)x;
	(void)a;
}

static void
session_of(const char *token, struct ops_actor *a)
{
	if (strcmp(token, "nobody") != 0)
		a->roles = OPW_ANY;
	snprintf(a->name, sizeof(a->name), "%.60s", token);
}

void
auth_actor_session(struct ops_ctx *x, const char *token, const char *source, struct ops_actor *a)
{
	(void)x;
	(void)source;
	session_of(token, a);
}

void
auth_actor_cert(struct ops_ctx *x, const uint8_t pin[32], const char *source, struct ops_actor *a)
{
	(void)x;
	(void)pin;
	(void)source;
	(void)a;
}

/* ---- the rest of the HTTP door */

int
auditlog_add(struct auditlog *l, const struct audit_row *row, uint64_t *seq, struct fault *f)
{
	(void)l;
	(void)row;
	(void)seq;
	(void)f;
	return 0;
}

struct rest_conn *
rest_conn_of(struct evhttp_request *req)
{
	(void)req;
	return NULL;
}

X509 *
rest_peer_cert(struct rest *r, struct evhttp_request *req)
{
	(void)r;
	(void)req;
	return NULL;
}

void
rest_healthz(struct rest *r, struct evhttp_request *req, enum rest_method m)
{
	rest_reply_text(r, req, m, 200, "text/plain", "ok");
}

void
rest_readyz(struct rest *r, struct evhttp_request *req, enum rest_method m)
{
	rest_reply_text(r, req, m, 200, "text/plain", "ok");
}

void
rest_stream_open(struct rest_request *q)
{
	rest_reply_empty(q->rest, q->req, 204);
	LIST_REMOVE(q, entry);
	rest_call_fini(&q->call);
	free(q);
}

/* ---- the client */

static int
listen_at(const char *at)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", at);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(fd, 16) < 0)
		abort();
	return fd;
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	static struct rest_door door = {.rest = &rest, .name = "rest"};

	(void)arg;
	rest_on_request(req, &door);
}

static void
begin(void)
{
	static const unsigned uid = 12345;

	if (base != NULL)
		return;
	log_init("fuzz", (enum log_level)0);
	signal(SIGPIPE, SIG_IGN); /* as roles do */
	base = event_base_new();
	snprintf(path[0], sizeof(path[0]), "%s/ctl", fuzz_dir());
	snprintf(path[1], sizeof(path[1]), "%s/http", fuzz_dir());
	ctl = ctl_open(base, path[0], &uid, 1, &ops);
	assert(ctl != NULL);
	rest.env = (struct rest_env){.base = base, .ops = &ops};
	LIST_INIT(&rest.requests);
	http = evhttp_new(base);
	assert(http != NULL && evhttp_accept_socket(http, listen_at(path[1])) == 0);
	evhttp_set_gencb(http, on_request, NULL);
	evhttp_set_allowed_methods(http, 0xffff);
	evhttp_set_max_headers_size(http, 16384);
	evhttp_set_max_body_size(http, 65536);
	evhttp_set_default_content_type(http, NULL);
}

static int
dial(const char *at)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", at);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		abort();
	return fd;
}

static void
turn(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
	if (waiting_n > 0) {
		answer_waiting();
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
}

/* Everything that came back, new text. */
static char *
talk(int fd, const uint8_t *in, size_t n, bool pieces)
{
	char *back = malloc(1 << 20);
	size_t got = 0, idle = 0;

	assert(back != NULL);
	turn(); /* accepted */
	for (int i = 0; i < TURNS_MAX && idle < 3; i++) {
		size_t len = pieces && i < TURNS_MAX / 2 && n > 1 ? n / 2 : n;
		ssize_t w = n > 0 ? send(fd, in, len, MSG_NOSIGNAL) : 0, r;

		if (n > 0 && w > 0) {
			in += w;
			n -= (size_t)w;
			if (n == 0)
				shutdown(fd, SHUT_WR);
		}
		turn();
		r = recv(fd, back + got, (1 << 20) - 1 - got, 0);
		got += r > 0 ? (size_t)r : 0;
		idle = r > 0 || w > 0 ? 0 : idle + 1;
		if (r == 0)
			break;
	}
	back[got] = '\0';
	return back;
}

static void
check_lines(const char *back)
{
	const char *nl;
	json_t *j;

	for (; (nl = strchr(back, '\n')) != NULL; back = nl + 1) {
		j = json_loadb(back, (size_t)(nl - back), 0, NULL);
		assert(j != NULL && json_is_boolean(json_object_get(j, "ok")));
		json_decref(j);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const char *const codes[] = {"NOT-FOUND", "USAGE", "NEW-CODE", "CONFLICT"};
	uint8_t options = n > 0 ? in[0] : 0;
	char *back;
	int fd;

	begin();
	if (n < 2)
		return 0;
	fails = options & 2;
	fails_code = codes[options >> 4 & 3];
	later = options & 4;
	fd = dial(path[options & 1]);
	back = talk(fd, in + 1, n - 1, options & 8);
	if (options & 1)
		assert(back[0] == '\0' || strncmp(back, "HTTP/", 5) == 0);
	else
		check_lines(back);
	close(fd);
	later = false;
	turn();
	turn();
	assert(LIST_EMPTY(&rest.requests) && waiting_n == 0);
	free(back);
	return 0;
}
