/* SPDX-License-Identifier: Apache-2.0 */
/* What the listeners report: PDUs, NEs that come and go, faults; see ingest.h. */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/log.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INGEST_QUIET_NS (60 * CLOCK_NS_PER_S)	    /* an alarm about events clears after this */
#define INGEST_GONE_NS (24 * 3600 * CLOCK_NS_PER_S) /* an element of a group is shown so long */
#define REFUSED_MAX 20 /* failed handshakes of one second that are listed one by one */

struct ingest_ne *
ingest_ne(struct ingest *g, uint32_t id, uint64_t instance, const char *name)
{
	struct ingest_ne *n;

	LIST_FOREACH(n, &g->nes, entry)
	if (n->id == id && n->instance == instance)
		break;
	if (n == NULL) {
		n = calloc(1, sizeof(*n));
		assert(n != NULL);
		n->id = id;
		n->instance = instance;
		LIST_INSERT_HEAD(&g->nes, n, entry);
	}
	if (name != NULL)
		snprintf(n->name, sizeof(n->name), "%s", name);
	return n;
}

void
ingest_nes_free(struct ingest *g)
{
	struct ingest_ne *n;

	while ((n = LIST_FIRST(&g->nes)) != NULL) {
		LIST_REMOVE(n, entry);
		free(n);
	}
}

static int
ingest_on_pdu(
    struct x23_conn *c, const struct x23_pdu *pdu, int error, enum reject_code why, void *arg)
{
	struct ingest *g = arg;
	struct ingest_conn *ic = c->owner;
	int r;

	if (error != 0 && why == REJECT_NONE)
		why = REJECT_ATTRIBUTE;
	if (g->paused) /* one of several connections: they stop together */
		return -EAGAIN;
	r = mediate_pdu(
	    g->mediate, &ic->src, pdu, c->recv_ns, error != 0 ? why : REJECT_NONE, &ic->done);
	if (r < 0) {
		g->paused = true;
		g->pauses++;
		spool_turn(g->spool);
		return r;
	}
	ic->ne->pdus++;
	ic->ne->octets += pdu->raw.n;
	ic->ne->faults += error != 0;
	if (ic->ne->first_ns == 0)
		ic->ne->first_ns = c->recv_ns;
	ic->ne->last_ns = c->recv_ns;
	return 0;
}

/* Everything that is owed for what came before must stand in the batch that the keepalive waits
 * for. */
static uint64_t
ingest_on_barrier(void *arg)
{
	struct ingest *g = arg;

	mediate_turn(g->mediate);
	anomaly_flush(g->anomalies, clock_wall_ns());
	return spool_barrier(g->spool);
}

static void
ingest_on_turn(void *arg)
{
	struct ingest *g = arg;

	mediate_turn(g->mediate);
	spool_turn(g->spool);
}

static void
ingest_ne_entry(
    struct ingest *g, enum journal_kind kind, uint32_t ne, enum reject_code why, const char *text)
{
	struct anomaly a = {.kind = kind, .code = (uint16_t)why, .ne = ne, .text = text};

	anomaly_write(g->anomalies, &a, clock_wall_ns());
	spool_turn(g->spool);
}

static void
ingest_on_up(struct x23_conn *c, void *arg)
{
	struct ingest *g = arg;
	struct ingest_conn *ic = calloc(1, sizeof(*ic));
	char text[200];

	assert(ic != NULL);
	ic->src = (struct mediate_src){c->ne, c->instance};
	ic->ne = ingest_ne(g, c->ne, c->instance, c->ne_name);
	ic->ne->connections++;
	c->owner = ic;
	if (ic->ne->connections > 1)
		return;
	snprintf(text, sizeof(text), "%s%s%s on %s", c->instance != 0 ? c->ne_name : "",
	    c->instance != 0 ? " at " : "", c->peer, c->listener);
	ingest_ne_entry(g, JOURNAL_NE_UP, c->ne, REJECT_NONE, text);
	role_alarm(g->role, false, "NE-LOST", ic->ne->name, "connected again");
	ic->ne->lost_ns = 0;
}

static void
ingest_on_fault(struct x23_conn *c, enum reject_code why, struct octets raw,
    const struct x23_pdu *pdu, void *arg)
{
	struct ingest *g = arg;
	struct ingest_conn *ic = c->owner;
	struct anomaly a = {
	    .kind = JOURNAL_REJECT, .code = (uint16_t)why, .ne = c->ne, .pdu = pdu, .raw = raw};

	ic->ne->faults++;
	anomaly_write(g->anomalies, &a, clock_wall_ns());
	spool_turn(g->spool);
	log_warn("X-FAULT", "%s: connection from %s closed: %s", c->ne_name, c->peer,
	    reject_code_name(why));
}

/* An element of a group: that it goes is nothing unusual, and it may never come back. */
static void
ingest_element_down(
    struct ingest *g, const struct x23_conn *c, enum reject_code why, const char *sentence)
{
	struct ingest_conn *ic = c->owner;
	char text[300];

	if (sentence == NULL)
		sentence = why == REJECT_NONE ? "it closed its last connection" : "connection lost";
	snprintf(text, sizeof(text), "%s: %s", c->ne_name, sentence);
	ingest_ne_entry(g, JOURNAL_NE_LOST, c->ne, why, text);
	if (why == REJECT_NONE)
		return;
	ic->ne->lost_ns = clock_wall_ns();
	role_alarm(g->role, true, "NE-LOST", ic->ne->name, "%s: %s; cleared in a minute",
	    reject_code_name(why), sentence);
}

static void
ingest_on_down(
    struct x23_conn *c, enum reject_code why, const char *sentence, bool alone, void *arg)
{
	struct ingest *g = arg;
	struct ingest_conn *ic = c->owner;

	ic->ne->connections--;
	if (alone && c->instance != 0) {
		ingest_element_down(g, c, why, sentence);
	} else if (alone && why != REJECT_NONE) {
		ingest_ne_entry(g, JOURNAL_NE_LOST, c->ne, why, sentence);
		role_alarm(g->role, true, "NE-LOST", ic->ne->name, "%s: %s", reject_code_name(why),
		    sentence != NULL ? sentence : "connection lost");
	}
	free(ic);
	c->owner = NULL;
}

/* What a flood had too much of, as one entry of the journal. */
static void
ingest_refused_more(struct ingest *g)
{
	char text[100];

	if (g->refused_more == 0)
		return;
	snprintf(text, sizeof(text), "%u more failed handshakes within a second", g->refused_more);
	g->refused_more = 0;
	ingest_ne_entry(g, JOURNAL_NE_LOST, 0, REJECT_PEER_TLS, text);
}

/* Counters have every failed handshake; a flood must fill neither log nor journal.  False: one too
 * many. */
static bool
ingest_refused_room(struct ingest *g, int64_t now_ns)
{
	int64_t now_s = now_ns / CLOCK_NS_PER_S;

	if (now_s != g->refused_s) {
		ingest_refused_more(g);
		g->refused_s = now_s;
		g->refused_n = 0;
	}
	if (++g->refused_n <= REFUSED_MAX)
		return true;
	g->refused_more++;
	return false;
}

static void
ingest_on_refused(const struct listener_refused *r, void *arg)
{
	struct ingest *g = arg;
	const char *why = r->sentence != NULL ? r->sentence : r->code;
	int64_t now_ns = clock_wall_ns();
	bool first = g->refused_ns == 0; /* logged by its alarm */
	char text[300];

	g->refused[r->why < REJECT_CODE_N ? r->why : REJECT_PEER_TLS]++;
	g->refused_ns = now_ns;
	if (!ingest_refused_room(g, now_ns))
		return;
	if (!first)
		log_warn("X-TLS-PEER", "%s from %s on %s: %s", reject_code_name(r->why), r->peer,
		    r->listener, why);
	snprintf(text, sizeof(text), "%s: %s", r->peer, why);
	ingest_ne_entry(g, JOURNAL_NE_LOST, r->ne, r->why, text);
	role_alarm(g->role, true, "X-TLS-PEER", "listeners", "%s from %s on %s: %s",
	    reject_code_name(r->why), r->peer, r->listener, why);
}

const struct listener_cb ingest_listener_cb = {
    .pdu = ingest_on_pdu,
    .barrier = ingest_on_barrier,
    .turn = ingest_on_turn,
    .up = ingest_on_up,
    .fault = ingest_on_fault,
    .down = ingest_on_down,
    .refused = ingest_on_refused,
};

/* False: it is gone for so long that it is not shown any more. */
static bool
ingest_element_tick(struct ingest *g, struct ingest_ne *n, int64_t now_ns)
{
	if (n->lost_ns != 0 && now_ns - n->lost_ns > INGEST_QUIET_NS) {
		n->lost_ns = 0;
		role_alarm(
		    g->role, false, "NE-LOST", n->name, "an element of a group may stay away");
	}
	return n->instance == 0 || n->connections > 0 || n->lost_ns != 0 || n->gap_ns != 0 ||
	       n->last_ns == 0 || now_ns - n->last_ns < INGEST_GONE_NS;
}

void
ingest_x_tick(struct ingest *g, int64_t now_ns)
{
	struct ingest_ne *n, *next;

	if (now_ns / CLOCK_NS_PER_S != g->refused_s)
		ingest_refused_more(g);
	if (g->refused_ns != 0 && now_ns - g->refused_ns > INGEST_QUIET_NS) {
		g->refused_ns = 0;
		role_alarm(
		    g->role, false, "X-TLS-PEER", "listeners", "no failed handshake for a minute");
	}
	for (n = LIST_FIRST(&g->nes); n != NULL; n = next) {
		next = LIST_NEXT(n, entry);
		if (n->gap_ns != 0 && now_ns - n->gap_ns > INGEST_QUIET_NS) {
			n->gap_ns = 0;
			role_alarm(g->role, false, "X-GAP", n->name, "no gap for a minute");
		}
		if (ingest_element_tick(g, n, now_ns))
			continue;
		LIST_REMOVE(n, entry);
		free(n);
	}
}

static char *
ingest_strdup(struct octets o)
{
	char *s = strndup((const char *)o.p, o.n);

	assert(s != NULL);
	return s;
}

void
ingest_nes(struct ingest *g)
{
	const struct task_set *set = mediate_task_set(g->mediate);
	size_t n = task_ne_n(set);
	struct listener_ne *ne = calloc(n + 1, sizeof(*ne));

	assert(ne != NULL);
	for (size_t i = 0; i < n; i++) {
		const struct taskset_ne *t = task_ne_at(set, i);

		ne[i].id = t->id;
		ne[i].group = t->group;
		ne[i].enabled = t->enabled;
		ne[i].x2 = t->interfaces & TASKSET_X2;
		ne[i].x3 = t->interfaces & TASKSET_X3;
		ne[i].tls12 = t->tls12;
		ne[i].pins_n = t->pins_n;
		memcpy(ne[i].pin, t->pin, sizeof(ne[i].pin));
		ne[i].time_p2_s = t->time_p2_s;
		ne[i].name = ingest_strdup(task_string(set, t->name));
		ne[i].san = ingest_strdup(task_string(set, t->san));
	}
	listener_nes(g->listener, ne, n);
	for (size_t i = 0; i < n; i++) {
		free((void *)(uintptr_t)ne[i].name);
		free((void *)(uintptr_t)ne[i].san);
	}
	free(ne);
}
