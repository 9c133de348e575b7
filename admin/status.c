/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the roles for their status; see status.h.  One round at a time: callers that come
 * meanwhile share the next one. */
#include "admin/status.h"

#include "admin/admin.h"
#include "base/clock.h"
#include "base/msg.h"
#include "db/store.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

enum status_phase {
	STATUS_IDLE,
	STATUS_DELIVER,
	STATUS_INGEST
};

struct status_peer {
	LIST_ENTRY(status_peer) entry;
	enum role_id role;
	uint32_t lea;
	bool asked; /* and has not answered */
};

struct status_waiter {
	STAILQ_ENTRY(status_waiter) entry;
	enum status_kind kind;
	void (*done)(json_t *status, void *token);
	void *token;
};
STAILQ_HEAD(status_waiters, status_waiter);

struct status {
	struct status_env env;
	enum status_phase phase;
	uint64_t id;
	bool brief; /* nobody waits for more */
	struct event *timer;
	LIST_HEAD(, status_peer) peers;
	struct status_waiters now, next;
	struct status_parts parts;
};

static void status_begin(struct status *s);

static void
status_forget(struct status *s)
{
	json_decref(s->parts.ingest);
	json_decref(s->parts.deliver);
	s->parts.ingest = NULL;
	s->parts.deliver = json_object();
}

static void
status_end(struct status *s)
{
	struct status_waiters list = STAILQ_HEAD_INITIALIZER(list);
	struct status_waiter *w;
	json_t *all = NULL, *parts = NULL;

	STAILQ_FOREACH(w, &s->now, entry)
	{
		if (w->kind == STATUS_WHOLE && all == NULL)
			all = status_merge(s->env.store, &s->parts);
		else if (w->kind != STATUS_WHOLE && parts == NULL)
			parts = status_parts_json(&s->parts);
	}
	evtimer_del(s->timer);
	s->phase = STATUS_IDLE;
	STAILQ_CONCAT(&list, &s->now);
	status_forget(s);
	while ((w = STAILQ_FIRST(&list)) != NULL) {
		STAILQ_REMOVE_HEAD(&list, entry);
		w->done(w->kind == STATUS_WHOLE ? all : parts, w->token);
		free(w);
	}
	json_decref(all);
	json_decref(parts);
	if (s->phase == STATUS_IDLE && !STAILQ_EMPTY(&s->next)) {
		STAILQ_CONCAT(&s->now, &s->next);
		status_begin(s);
	}
}

static bool
status_waits(const struct status *s)
{
	const struct status_peer *p;

	LIST_FOREACH(p, &s->peers, entry)
	if (p->asked)
		return true;
	return false;
}

/* Ask every role of the kind of this phase; true when there is anything to wait for. */
static bool
status_ask(struct status *s, enum status_phase phase, enum role_id role)
{
	const struct timeval wait = {STATUS_WAIT_MS / 1000, (STATUS_WAIT_MS % 1000) * 1000};
	struct status_peer *p;

	s->phase = phase;
	s->id++;
	LIST_FOREACH(p, &s->peers, entry)
	{
		p->asked = p->role == role;
		if (p->asked)
			s->env.ask(s->env.arg, p->role, p->lea,
			    s->id | (s->brief ? ROLE_STATUS_BRIEF : 0));
	}
	evtimer_add(s->timer, &wait);
	return status_waits(s);
}

/* The phase is over: all have answered, or the time is up. */
static void
status_advance(struct status *s)
{
	if (s->phase == STATUS_DELIVER && status_ask(s, STATUS_INGEST, ROLE_INGEST))
		return;
	status_end(s);
}

static void
status_begin(struct status *s)
{
	struct status_waiter *w;

	s->brief = true;
	STAILQ_FOREACH(w, &s->now, entry) s->brief &= w->kind == STATUS_BRIEF;
	if (!status_ask(s, STATUS_DELIVER, ROLE_DELIVER))
		status_advance(s);
}

static void
status_on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	status_advance(arg);
}

struct status *
status_new(const struct status_env *env)
{
	struct status *s = calloc(1, sizeof(*s));

	assert(s != NULL);
	s->env = *env;
	LIST_INIT(&s->peers);
	STAILQ_INIT(&s->now);
	STAILQ_INIT(&s->next);
	status_forget(s);
	s->timer = evtimer_new(env->base, status_on_timer, s);
	assert(s->timer != NULL);
	return s;
}

static void
status_drop(struct status_waiters *list)
{
	struct status_waiter *w;
	json_t *none = json_object();

	while ((w = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, entry);
		w->done(none, w->token);
		free(w);
	}
	json_decref(none);
}

void
status_free(struct status *s)
{
	struct status_peer *p;

	if (s == NULL)
		return;
	status_drop(&s->now);
	status_drop(&s->next);
	while ((p = LIST_FIRST(&s->peers)) != NULL) {
		LIST_REMOVE(p, entry);
		free(p);
	}
	event_free(s->timer);
	status_forget(s);
	json_decref(s->parts.deliver);
	json_decref(s->parts.roles);
	free(s);
}

static struct status_peer *
status_peer(struct status *s, enum role_id role, uint32_t lea)
{
	struct status_peer *p;

	LIST_FOREACH(p, &s->peers, entry)
	if (p->role == role && p->lea == lea)
		return p;
	return NULL;
}

void
status_peer_up(struct status *s, enum role_id role, uint32_t lea)
{
	struct status_peer *p = status_peer(s, role, lea);

	if (p == NULL) {
		p = calloc(1, sizeof(*p));
		assert(p != NULL);
		p->role = role;
		p->lea = lea;
		LIST_INSERT_HEAD(&s->peers, p, entry);
	}
	p->asked = false;
}

bool
status_has_peer(struct status *s, enum role_id role, uint32_t lea)
{
	return status_peer(s, role, lea) != NULL;
}

static void
status_answered(struct status *s, struct status_peer *p)
{
	bool waited = p->asked;

	p->asked = false;
	if (waited && s->phase != STATUS_IDLE && !status_waits(s))
		status_advance(s);
}

void
status_peer_down(struct status *s, enum role_id role, uint32_t lea)
{
	struct status_peer *p = status_peer(s, role, lea);

	if (p == NULL)
		return;
	status_answered(s, p);
	if ((p = status_peer(s, role, lea)) == NULL)
		return;
	LIST_REMOVE(p, entry);
	free(p);
}

void
status_answer(struct status *s, enum role_id role, uint32_t lea, uint64_t id, json_t *answer)
{
	struct status_peer *p = status_peer(s, role, lea);
	char key[16];

	if (p == NULL || !p->asked || (id & ~ROLE_STATUS_BRIEF) != s->id ||
	    !json_is_object(answer)) {
		json_decref(answer); /* too late, or not an answer */
		return;
	}
	if (role == ROLE_INGEST) {
		json_decref(s->parts.ingest);
		s->parts.ingest = answer;
	} else {
		snprintf(key, sizeof(key), "%u", (unsigned)lea);
		json_object_set_new(s->parts.deliver, key, answer);
	}
	status_answered(s, p);
}

void
status_roles(struct status *s, json_t *roles)
{
	json_decref(s->parts.roles);
	s->parts.roles = roles;
}

void
status_in_force(struct status *s, uint64_t task_version)
{
	s->parts.in_force = task_version;
}

void
status_journal(struct status *s, uint64_t backlog)
{
	s->parts.journal_backlog = backlog;
}

void
status_get(
    struct status *s, enum status_kind kind, void (*done)(json_t *status, void *token), void *token)
{
	struct status_waiter *w = calloc(1, sizeof(*w));

	assert(w != NULL);
	w->kind = kind;
	w->done = done;
	w->token = token;
	STAILQ_INSERT_TAIL(s->phase == STATUS_IDLE ? &s->now : &s->next, w, entry);
	if (s->phase == STATUS_IDLE)
		status_begin(s);
}

json_t *
status_read(int fd)
{
	void *data;
	size_t len;
	json_t *j;

	if (fd < 0 || msg_memfd_read(fd, ADMIN_STATUS_MAX, &data, &len) < 0)
		return NULL;
	j = json_loadb(data, len, 0, NULL);
	free(data);
	return j;
}
