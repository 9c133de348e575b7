/* SPDX-License-Identifier: Apache-2.0 */
/* What an order says about product that cannot be delivered (cc_outage, iri_outage; TKUeV clause
 * 10): new product is shed once the link that takes it has been down for longer than the order lets
 * it wait, until the link is up.  What was spooled before waits on.  The deliver roles tell which
 * links are down; while one of them does not run, what it told last counts. */
#ifndef INGEST_OUTAGE_H
#define INGEST_OUTAGE_H

#include "session/task.h"

enum outage_bit {
	OUTAGE_IRI = 1,
	OUTAGE_CC = 2
};

struct outage;

struct outage *outage_new(void);
void outage_free(struct outage *o);

/* Destination DEST of LEA takes nothing since DOWN_NS (clock_mono_ns()); 0: its link is up. */
void outage_link(struct outage *o, uint32_t lea, uint32_t dest, int64_t down_ns);
/* Mark the warrants of SET whose limit is passed: once a second and after outage_link(); costs
 * nothing while all links are up. */
void outage_tick(struct outage *o, struct task_set *set, int64_t mono_ns);
/* The same for a SET that is new: nothing is marked in it. */
void outage_set(struct outage *o, struct task_set *set, int64_t mono_ns);

/* Is new product of CLASS shed for W? */
static inline bool
outage_sheds(const struct task_warrant *w, enum ho_class class)
{
	return w->outage != 0 && (w->outage & (class == HO_IRI ? OUTAGE_IRI : OUTAGE_CC)) != 0;
}

#endif
