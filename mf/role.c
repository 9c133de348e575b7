/* SPDX-License-Identifier: Apache-2.0 */
/* The frame that every role runs in; see role.h. */
#include "role.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/sandbox.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

struct role_peer {
	LIST_ENTRY(role_peer) entry;
	struct role *role;
	enum role_id id;
	uint32_t lea;
	struct msg_chan *chan;
};

struct role_alarm_row {
	LIST_ENTRY(role_alarm_row) entry;
	char code[48], object[96], text[400];
	bool raised;
	int64_t since_ns;
};

struct role_rt {
	struct msg_chan *parent;
	LIST_HEAD(, role_peer) peers;
	LIST_HEAD(, role_alarm_row) alarms;
	int exit_code;
	bool stopping;
};

const char *
role_name(enum role_id r)
{
	switch (r) {
	case ROLE_PARENT:
		return "parent";
	case ROLE_INGEST:
		return "ingest";
	case ROLE_ADMIN:
		return "admin";
	case ROLE_DELIVER:
		return "deliver";
	}
	return "?";
}

static struct role_peer *
role_find(struct role *r, enum role_id id, uint32_t lea)
{
	struct role_peer *p;

	LIST_FOREACH(p, &r->rt->peers, entry)
	if (p->id == id && p->lea == lea)
		return p;
	return NULL;
}

void
role_send(struct role *r, enum role_id peer, uint32_t lea, uint32_t type, const void *data,
    size_t len, int fd)
{
	struct role_peer *p = role_find(r, peer, lea);

	msg_send(p != NULL ? p->chan : NULL, type, data, len, fd);
}

void
role_send_json(struct role *r, enum role_id peer, uint32_t lea, uint32_t type, const void *data,
    size_t len, json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);
	int fd;

	assert(text != NULL);
	fd = msg_memfd("openmdf", text, strlen(text));
	free(text);
	if (fd >= 0)
		role_send(r, peer, lea, type, data, len, fd);
	else
		log_err("MEMFD", "cannot make a memfd for %s: %s", role_name(peer), strerror(-fd));
}

void
role_send_parent(struct role *r, uint32_t type, const void *data, size_t len)
{
	msg_send(r->rt->parent, type, data, len, -1);
}

static void
role_alarm_send(struct role *r, const struct role_alarm_row *a)
{
	json_t *j;

	if (r->ops->id != ROLE_ADMIN && role_find(r, ROLE_ADMIN, 0) == NULL)
		return;
	j = json_pack("{s:s, s:s, s:s, s:b, s:I, s:s, s:i}", "code", a->code, "object", a->object,
	    "text", a->text, "raised", a->raised, "since_ns", (json_int_t)a->since_ns, "role",
	    role_name(r->ops->id), "lea", (int)r->lea);
	assert(j != NULL);
	if (r->ops->id == ROLE_ADMIN) {
		char *text = json_dumps(j, JSON_COMPACT);
		struct msg m = {.type = ROLE_MSG_ALARM,
		    .len = 0,
		    .data = "",
		    .fd = msg_memfd("alarm", text, strlen(text))};

		free(text);
		if (m.fd >= 0)
			r->ops->message(r, ROLE_ADMIN, 0, &m);
	} else {
		role_send_json(r, ROLE_ADMIN, 0, ROLE_MSG_ALARM, NULL, 0, j);
	}
	json_decref(j);
}

static struct role_alarm_row *
role_alarm_row(struct role *r, const char *code, const char *object, bool make)
{
	struct role_alarm_row *a;

	LIST_FOREACH(a, &r->rt->alarms, entry)
	if (strcmp(a->code, code) == 0 && strcmp(a->object, object) == 0)
		return a;
	if (!make)
		return NULL;
	a = calloc(1, sizeof(*a));
	assert(a != NULL);
	snprintf(a->code, sizeof(a->code), "%s", code);
	snprintf(a->object, sizeof(a->object), "%s", object);
	LIST_INSERT_HEAD(&r->rt->alarms, a, entry);
	return a;
}

void
role_alarm(struct role *r, bool raised, const char *code, const char *object, const char *fmt, ...)
{
	struct role_alarm_row *a = role_alarm_row(r, code, object, raised);
	va_list ap;

	if (a == NULL || a->raised == raised)
		return;
	a->raised = raised;
	a->since_ns = clock_wall_ns();
	va_start(ap, fmt);
	vsnprintf(a->text, sizeof(a->text), fmt, ap);
	va_end(ap);
	if (raised)
		log_warn(code, "%s: %s", object, a->text);
	else
		log_notice(code, "%s: cleared: %s", object, a->text);
	role_alarm_send(r, a);
	if (!raised) {
		LIST_REMOVE(a, entry);
		free(a);
	}
}

static void
role_answer_status(struct role *r, enum role_id peer, uint32_t lea, const struct msg *m)
{
	uint64_t id = 0;
	json_t *j;

	memcpy(&id, m->data, m->len < sizeof(id) ? m->len : sizeof(id));
	j = r->ops->status != NULL ? r->ops->status(r, (id & ROLE_STATUS_BRIEF) != 0)
				   : json_object();
	role_send_json(r, peer, lea, ROLE_MSG_STATUS, m->data, m->len, j);
	json_decref(j);
}

static void
role_peer_gone(struct role_peer *p)
{
	struct role *r = p->role;
	enum role_id id = p->id;
	uint32_t lea = p->lea;

	LIST_REMOVE(p, entry);
	msg_chan_free(p->chan);
	free(p);
	if (r->ops->peer_down != NULL && !r->rt->stopping)
		r->ops->peer_down(r, id, lea);
}

static void
role_on_peer(struct msg_chan *c, const struct msg *m, void *arg)
{
	struct role_peer *p = arg;

	(void)c;
	if (m == NULL)
		role_peer_gone(p);
	else if (m->type == ROLE_MSG_STATUS_REQ)
		role_answer_status(p->role, p->id, p->lea, m);
	else
		p->role->ops->message(p->role, p->id, p->lea, m);
}

static void
role_peer_new(struct role *r, const struct role_msg_peer *mp, int fd)
{
	struct role_peer *p = role_find(r, mp->role, mp->lea);
	struct role_alarm_row *a;

	if (p != NULL)
		role_peer_gone(p);
	p = calloc(1, sizeof(*p));
	assert(p != NULL);
	p->role = r;
	p->id = mp->role;
	p->lea = mp->lea;
	p->chan = msg_chan_new(r->base, fd, role_on_peer, p);
	LIST_INSERT_HEAD(&r->rt->peers, p, entry);
	if (p->id == ROLE_ADMIN)
		LIST_FOREACH(a, &r->rt->alarms, entry)
	role_alarm_send(r, a);
	if (r->ops->peer_up != NULL)
		r->ops->peer_up(r, p->id, p->lea);
}

void
role_exit(struct role *r, int code)
{
	r->rt->exit_code = code;
	r->rt->stopping = true;
	event_base_loopbreak(r->base);
}

static void
role_on_parent(struct msg_chan *c, const struct msg *m, void *arg)
{
	struct role *r = arg;
	struct role_msg_peer mp;

	(void)c;
	if (m == NULL) {
		log_err("PARENT-GONE", "the parent process is gone: ending");
		role_exit(r, 0);
		return;
	}
	switch (m->type) {
	case ROLE_MSG_PEER:
		if (m->len == sizeof(mp) && m->fd >= 0) {
			memcpy(&mp, m->data, sizeof(mp));
			role_peer_new(r, &mp, m->fd);
		}
		break;
	case ROLE_MSG_STOP:
		role_exit(r, 0);
		break;
	case ROLE_MSG_RELOAD:
		if (r->ops->reload != NULL)
			r->ops->reload(r);
		break;
	default:
		r->ops->message(r, ROLE_PARENT, 0, m);
	}
}

static void
role_free(struct role *r)
{
	struct role_peer *p;
	struct role_alarm_row *a;

	while ((p = LIST_FIRST(&r->rt->peers)) != NULL)
		role_peer_gone(p);
	while ((a = LIST_FIRST(&r->rt->alarms)) != NULL) {
		LIST_REMOVE(a, entry);
		free(a);
	}
	msg_chan_free(r->rt->parent);
	event_base_free(r->base);
}

/* Timers below a millisecond are kept (read moderation): epoll's own timeout counts milliseconds.
 */
static struct event_base *
role_base_new(void)
{
	struct event_config *c = event_config_new();
	struct event_base *base;

	assert(c != NULL);
	event_config_set_flag(c, EVENT_BASE_FLAG_PRECISE_TIMER);
	base = event_base_new_with_config(c);
	event_config_free(c);
	return base;
}

static void
role_tell_gap(struct role *r)
{
	char who[96];

	if (sandbox_gap() == NULL)
		return;
	snprintf(
	    who, sizeof(who), "%s%s%s", role_name(r->ops->id), r->lea != 0 ? " " : "", r->lea_name);
	role_alarm(r, true, "SANDBOX-WEAK", who, "%s", sandbox_gap());
}

int
role_run(const struct role_ops *ops, struct conf *conf, int fd, uint32_t lea, const char *lea_name)
{
	struct role_rt rt = {0};
	struct role r = {.ops = ops, .conf = conf, .lea = lea, .rt = &rt};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* the parent decides */
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	LIST_INIT(&rt.peers);
	LIST_INIT(&rt.alarms);
	snprintf(r.lea_name, sizeof(r.lea_name), "%s", lea_name);
	r.base = role_base_new();
	assert(r.base != NULL);
	rt.parent = msg_chan_new(r.base, fd, role_on_parent, &r);
	if (ops->start(&r) < 0) {
		role_free(&r);
		return 1;
	}
	role_tell_gap(&r);
	role_send_parent(&r, ROLE_MSG_READY, NULL, 0);
	event_base_dispatch(r.base);
	rt.stopping = true;
	if (ops->stop != NULL)
		ops->stop(&r);
	role_free(&r);
	return rt.exit_code;
}
