/* SPDX-License-Identifier: Apache-2.0 */
/* Links that are down, and warrants whose limit is passed; see outage.h. */
#include "ingest/outage.h"

#include "base/clock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct outage_link {
	uint32_t lea, dest;
	int64_t down_ns;
};

struct outage {
	struct outage_link *link; /* those that are down, by destination row */
	size_t n, max;
	bool marked; /* a warrant is, or may be */
};

struct outage *
outage_new(void)
{
	struct outage *o = calloc(1, sizeof(*o));

	assert(o != NULL);
	return o;
}

void
outage_free(struct outage *o)
{
	if (o == NULL)
		return;
	free(o->link);
	free(o);
}

/* Where DEST is, or belongs. */
static size_t
outage_at(const struct outage *o, uint32_t dest)
{
	size_t from = 0, to = o->n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (o->link[mid].dest < dest)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

void
outage_link(struct outage *o, uint32_t lea, uint32_t dest, int64_t down_ns)
{
	size_t i = outage_at(o, dest);
	bool known = i < o->n && o->link[i].dest == dest;

	if (known && o->link[i].lea != lea)
		return; /* not its own */
	if (known && down_ns == 0) {
		memmove(&o->link[i], &o->link[i + 1], (--o->n - i) * sizeof(*o->link));
		return;
	}
	if (known || down_ns == 0)
		return; /* a role that began again: the outage did not */
	if (o->n == o->max) {
		o->max = o->max * 2 + 8;
		o->link = realloc(o->link, o->max * sizeof(*o->link));
		assert(o->link != NULL);
	}
	memmove(&o->link[i + 1], &o->link[i], (o->n++ - i) * sizeof(*o->link));
	o->link[i] = (struct outage_link){lea, dest, down_ns};
}

/* Has DEST been down for longer than S allows? */
static bool
outage_passed(const struct outage *o, uint32_t dest, uint32_t s, int64_t mono_ns)
{
	size_t i;

	if (s == TASKSET_OUTAGE_KEEP || dest == 0)
		return false;
	if (s == TASKSET_OUTAGE_DROP)
		s = TASKSET_OUTAGE_DROP_S;
	i = outage_at(o, dest);
	return i < o->n && o->link[i].dest == dest &&
	       mono_ns - o->link[i].down_ns >= (int64_t)s * CLOCK_NS_PER_S;
}

void
outage_tick(struct outage *o, struct task_set *set, int64_t mono_ns)
{
	if (o->n == 0 && !o->marked)
		return;
	o->marked = false;
	for (uint32_t i = 0; i < task_warrant_n(set); i++) {
		struct task_warrant *w = task_warrant(set, i);
		const struct taskset_warrant *r = &w->row;

		w->outage = 0;
		if (outage_passed(o, r->dest_hi2, r->iri_outage_s, mono_ns))
			w->outage |= OUTAGE_IRI;
		if (outage_passed(o, r->dest_hi3, r->cc_outage_s, mono_ns))
			w->outage |= OUTAGE_CC;
		o->marked |= w->outage != 0;
	}
}

void
outage_set(struct outage *o, struct task_set *set, int64_t mono_ns)
{
	o->marked = false;
	outage_tick(o, set, mono_ns);
}
