/* SPDX-License-Identifier: Apache-2.0 */
/* Open-addressing table of counters, at most half full. */
#include <assert.h>
#include <stdlib.h>
#include "tools/ne_payload.h"
#include "tools/ne_seq.h"

struct slot {
	struct ne_seq_key key; /* type 0: free */
	uint32_t next;
};

struct ne_seq {
	struct slot *slots;
	size_t room, used; /* room: a power of 2 */
	uint32_t first;
};

struct ne_seq *
ne_seq_new(uint32_t first)
{
	struct ne_seq *s = calloc(1, sizeof(*s));

	assert(s);
	s->first = first;
	s->room = 1024;
	s->slots = calloc(s->room, sizeof(*s->slots));
	assert(s->slots);
	return s;
}

void
ne_seq_free(struct ne_seq *s)
{
	if (!s)
		return;
	free(s->slots);
	free(s);
}

static struct slot *
find(const struct ne_seq *s, const struct ne_seq_key *k)
{
	uint64_t h =
	    ne_payload_mix(k->corr ^ (uint64_t)k->xid << 32 ^ (uint64_t)k->ne << 16 ^ k->type);
	size_t i = h & (s->room - 1);

	for (;; i = (i + 1) & (s->room - 1)) {
		const struct ne_seq_key *o = &s->slots[i].key;

		if (o->type == 0 || (o->corr == k->corr && o->xid == k->xid && o->ne == k->ne &&
					o->type == k->type))
			return &s->slots[i];
	}
}

static void
grow(struct ne_seq *s)
{
	struct slot *old = s->slots;
	size_t n = s->room, i;

	s->room *= 2;
	s->slots = calloc(s->room, sizeof(*s->slots));
	assert(s->slots);
	for (i = 0; i < n; i++)
		if (old[i].key.type)
			*find(s, &old[i].key) = old[i];
	free(old);
}

uint32_t
ne_seq_next(struct ne_seq *s, struct ne_seq_key key, uint32_t skip)
{
	struct slot *slot;
	uint32_t v;

	assert(key.type);
	if (s->used * 2 >= s->room)
		grow(s);
	slot = find(s, &key);
	if (slot->key.type == 0) {
		s->used++;
		slot->key = key;
		slot->next = s->first;
	}
	v = slot->next + skip;
	slot->next = v + 1;
	return v;
}
