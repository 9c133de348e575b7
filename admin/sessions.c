/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for sessions; see sessions.h. */
#include "admin/sessions.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/queue.h>

struct sessions_req {
	TAILQ_ENTRY(sessions_req) entry;
	struct sessions *of;
	uint64_t id;
	struct event *timer;
	sessions_cb done;
	void *token;
};

struct sessions {
	struct event_base *base;
	void (*ask)(void *arg, const struct role_msg_sessions *m);
	void *arg;
	uint64_t last;
	size_t n;
	TAILQ_HEAD(, sessions_req) reqs;
};

struct sessions *
sessions_new(
    struct event_base *base, void (*ask)(void *arg, const struct role_msg_sessions *m), void *arg)
{
	struct sessions *s = calloc(1, sizeof(*s));

	assert(s != NULL);
	s->base = base;
	s->ask = ask;
	s->arg = arg;
	TAILQ_INIT(&s->reqs);
	return s;
}

static void
sessions_end(struct sessions_req *q, json_t *list)
{
	sessions_cb done = q->done;
	void *token = q->token;

	TAILQ_REMOVE(&q->of->reqs, q, entry);
	q->of->n--;
	event_free(q->timer);
	free(q);
	done(list, token);
}

void
sessions_lost(struct sessions *s)
{
	while (!TAILQ_EMPTY(&s->reqs))
		sessions_end(TAILQ_FIRST(&s->reqs), NULL);
}

void
sessions_free(struct sessions *s)
{
	if (s == NULL)
		return;
	sessions_lost(s);
	free(s);
}

static void
sessions_on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	sessions_end(arg, NULL);
}

int
sessions_get(struct sessions *s, uint32_t warrant, uint32_t limit, sessions_cb done, void *token)
{
	const struct timeval wait = {SESSIONS_WAIT_MS / 1000, (SESSIONS_WAIT_MS % 1000) * 1000};
	struct role_msg_sessions m = {.warrant = warrant, .limit = limit};
	struct sessions_req *q;

	if (s->n >= SESSIONS_MAX)
		return -EBUSY;
	q = calloc(1, sizeof(*q));
	assert(q != NULL);
	*q = (struct sessions_req){.of = s, .id = ++s->last, .done = done, .token = token};
	q->timer = evtimer_new(s->base, sessions_on_timer, q);
	assert(q->timer != NULL);
	evtimer_add(q->timer, &wait);
	TAILQ_INSERT_TAIL(&s->reqs, q, entry);
	s->n++;
	m.id = q->id;
	s->ask(s->arg, &m);
	return 0;
}

void
sessions_answer(struct sessions *s, uint64_t id, json_t *list)
{
	struct sessions_req *q;

	TAILQ_FOREACH(q, &s->reqs, entry)
	{
		if (q->id == id) {
			sessions_end(q, list);
			return;
		}
	}
}
