/* SPDX-License-Identifier: Apache-2.0 */
/* Bursts of shedding; see shed.h. */
#include "ingest/shed.h"

#include "base/clock.h"
#include "ingest/notice.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define SHED_QUIET_NS (5 * CLOCK_NS_PER_S)

struct shed_lea {
	LIST_ENTRY(shed_lea) entry;
	uint32_t lea;
	uint32_t warrant, dest; /* of the warrant that a notice speaks for */
	struct handover_warrant ho;
	/* [1]: because of an outage */
	int64_t last_ns[2][ACCOUNT_CLASS_N]; /* last PDU shed; 0: no burst */
	uint64_t n[2][ACCOUNT_CLASS_N];
};

struct shed {
	struct spool *spool;
	struct session_table *sessions;
	shed_cb cb;
	void *arg;
	LIST_HEAD(, shed_lea) leas; /* few */
};

struct shed *
shed_new(struct spool *spool, struct session_table *sessions, shed_cb cb, void *arg)
{
	struct shed *s = calloc(1, sizeof(*s));

	assert(s != NULL);
	s->spool = spool;
	s->sessions = sessions;
	s->cb = cb;
	s->arg = arg;
	LIST_INIT(&s->leas);
	return s;
}

void
shed_free(struct shed *s)
{
	struct shed_lea *l;

	if (s == NULL)
		return;
	while ((l = LIST_FIRST(&s->leas)) != NULL) {
		LIST_REMOVE(l, entry);
		free(l);
	}
	free(s);
}

static struct shed_lea *
shed_lea(struct shed *s, uint32_t lea)
{
	struct shed_lea *l;

	LIST_FOREACH(l, &s->leas, entry)
	if (l->lea == lea)
		return l;
	l = calloc(1, sizeof(*l));
	assert(l != NULL);
	l->lea = lea;
	LIST_INSERT_HEAD(&s->leas, l, entry);
	return l;
}

static void
shed_notice(struct shed *s, const struct shed_lea *l, const char *text, bool error, int64_t now_ns)
{
	notice_send(
	    s->spool, s->sessions, l->lea, l->warrant, l->dest, &l->ho, text, error, now_ns);
}

void
shed_note(struct shed *s, struct task_warrant *w, enum ho_class class, bool outage, int64_t now_ns)
{
	struct shed_lea *l = shed_lea(s, w->row.lea);
	const char *what = class == HO_IRI ? "IRI" : "CC";
	char text[200];
	bool begins = l->last_ns[outage][class] == 0;

	l->last_ns[outage][class] = now_ns;
	l->n[outage][class]++;
	if (!begins)
		return;
	l->warrant = w->row.id;
	l->dest = w->row.dest_hi2 != 0 ? w->row.dest_hi2 : w->row.dest_hi3;
	l->ho = w->ho;
	if (outage)
		snprintf(text, sizeof(text),
		    "Link down too long: new %s of some orders is being discarded", what);
	else
		snprintf(text, sizeof(text),
		    "Delivery buffer full: %s product is being discarded until the backlog shrinks",
		    what);
	shed_notice(s, l, text, true, now_ns);
	s->cb(true, l->lea, class, outage, s->arg);
}

static void
shed_over(struct shed *s, struct shed_lea *l, enum ho_class class, bool outage, int64_t now_ns)
{
	char text[200];

	snprintf(text, sizeof(text), "%s: %llu %s PDUs were discarded",
	    outage ? "Link was down" : "Delivery buffer has room again",
	    (unsigned long long)l->n[outage][class], class == HO_IRI ? "IRI" : "CC");
	shed_notice(s, l, text, false, now_ns);
	l->last_ns[outage][class] = 0;
	l->n[outage][class] = 0;
	s->cb(false, l->lea, class, outage, s->arg);
}

void
shed_tick(struct shed *s, int64_t now_ns)
{
	struct shed_lea *l;

	LIST_FOREACH(l, &s->leas, entry)
	for (int outage = 0; outage < 2; outage++)
		for (int c = 0; c < ACCOUNT_CLASS_N; c++)
			if (l->last_ns[outage][c] != 0 &&
			    now_ns - l->last_ns[outage][c] >= SHED_QUIET_NS)
				shed_over(s, l, (enum ho_class)c, outage != 0, now_ns);
}
