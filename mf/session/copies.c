/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of one packet from several NEs; see copies.h.  Entries lie in a ring by age; slots of an
 * open-addressing table point at them and hold enough of the hash to be moved without a look at the
 * entry. */
#include "session/copies.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS (COPIES_MAX * 2) /* a power of two */

/* One cache line. */
struct copies_entry {
	uint8_t hash[16];
	int64_t first_ns;
	uint32_t warrant;
	uint32_t ne[COPIES_NE_MAX]; /* 0: free; [0]: whose PDU was taken first */
	uint8_t
	    sent[COPIES_NE_MAX]; /* PDUs of it; stops at 255, where nothing is a copy any more */
	uint8_t taken;
};
static_assert(sizeof(struct copies_entry) == 64, "a cache line");

struct copies_slot {
	uint32_t tag;	/* of the hash; its low bits are the home */
	uint32_t entry; /* + 1; 0: free */
};

struct copies {
	struct copies_entry *entry; /* COPIES_MAX */
	struct copies_slot *slot;   /* SLOTS */
	uint32_t next; /* place of the next entry; when FULL, the oldest stands there */
	bool full;
};

struct copies *
copies_new(void)
{
	struct copies *c = calloc(1, sizeof(*c));

	assert(c != NULL);
	c->entry = aligned_alloc(64, COPIES_MAX * sizeof(*c->entry)); /* pages come with use */
	c->slot = calloc(SLOTS, sizeof(*c->slot));
	assert(c->entry != NULL && c->slot != NULL);
	return c;
}

void
copies_free(struct copies *c)
{
	if (c == NULL)
		return;
	free(c->entry);
	free(c->slot);
	free(c);
}

size_t
copies_n(const struct copies *c)
{
	return c->full ? COPIES_MAX : c->next;
}

static uint32_t
copies_tag(uint32_t warrant, const uint8_t hash[16])
{
	uint64_t h;

	memcpy(&h, hash, sizeof(h));
	h = (h ^ warrant * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(h >> 32);
}

/* Slot of (WARRANT, HASH), or the free one where it would stand. */
static uint32_t
copies_slot(const struct copies *c, uint32_t tag, uint32_t warrant, const uint8_t hash[16])
{
	uint32_t k = tag & (SLOTS - 1);

	for (; c->slot[k].entry != 0; k = (k + 1) & (SLOTS - 1)) {
		const struct copies_entry *e;

		if (c->slot[k].tag != tag)
			continue;
		e = &c->entry[c->slot[k].entry - 1];
		if (e->warrant == warrant && memcmp(e->hash, hash, 16) == 0)
			break;
	}
	return k;
}

/* Free slot K; those behind that would not be found any more move up. */
static void
copies_vacate(struct copies *c, uint32_t k)
{
	for (uint32_t i = (k + 1) & (SLOTS - 1); c->slot[i].entry != 0; i = (i + 1) & (SLOTS - 1)) {
		uint32_t home = c->slot[i].tag & (SLOTS - 1);

		if (((i - home) & (SLOTS - 1)) < ((i - k) & (SLOTS - 1)))
			continue;
		c->slot[k] = c->slot[i];
		k = i;
	}
	c->slot[k].entry = 0;
}

/* Place of NE in E; that of a free one; or -1. */
static int
copies_ne(const struct copies_entry *e, uint32_t ne)
{
	for (int i = 0; i < COPIES_NE_MAX; i++)
		if (e->ne[i] == ne || e->ne[i] == 0)
			return i;
	return -1;
}

static bool
copies_over(const struct copies_entry *e, int64_t now_ns, int64_t window_ns)
{
	return now_ns - e->first_ns > window_ns;
}

bool
copies_check(struct copies *c, uint32_t warrant, const uint8_t hash[16], uint32_t ne,
    int64_t now_ns, int64_t window_ns, uint32_t *first_ne)
{
	uint32_t k = copies_slot(c, copies_tag(warrant, hash), warrant, hash);
	const struct copies_entry *e;
	int i;

	*first_ne = 0;
	if (c->slot[k].entry == 0)
		return false;
	e = &c->entry[c->slot[k].entry - 1];
	if (copies_over(e, now_ns, window_ns))
		return false;
	*first_ne = e->ne[0];
	i = copies_ne(e, ne);
	if (i < 0)
		return true;
	return (e->ne[i] == ne ? e->sent[i] : 0) < e->taken;
}

/* The oldest goes when there is no room. */
static struct copies_entry *
copies_place(struct copies *c)
{
	struct copies_entry *e = &c->entry[c->next];

	if (c->full)
		copies_vacate(
		    c, copies_slot(c, copies_tag(e->warrant, e->hash), e->warrant, e->hash));
	c->next++;
	if (c->next == COPIES_MAX) {
		c->next = 0;
		c->full = true;
	}
	return e;
}

static void
copies_start(
    struct copies_entry *e, uint32_t warrant, const uint8_t hash[16], uint32_t ne, int64_t now_ns)
{
	memset(e, 0, sizeof(*e));
	memcpy(e->hash, hash, sizeof(e->hash));
	e->warrant = warrant;
	e->first_ns = now_ns;
	e->ne[0] = ne;
	e->sent[0] = e->taken = 1;
}

static void
copies_count(struct copies_entry *e, uint32_t ne, bool taken)
{
	int i = copies_ne(e, ne);

	if (i >= 0) {
		e->ne[i] = ne;
		e->sent[i] += e->sent[i] < UINT8_MAX;
	}
	if (taken)
		e->taken += e->taken < UINT8_MAX;
}

void
copies_note(struct copies *c, uint32_t warrant, const uint8_t hash[16], uint32_t ne, int64_t now_ns,
    int64_t window_ns, bool taken)
{
	uint32_t tag = copies_tag(warrant, hash), k = copies_slot(c, tag, warrant, hash);
	struct copies_entry *e;

	if (c->slot[k].entry != 0) {
		e = &c->entry[c->slot[k].entry - 1];
		if (!copies_over(e, now_ns, window_ns))
			copies_count(e, ne, taken);
		else if (taken)
			copies_start(e, warrant, hash, ne, now_ns);
		return;
	}
	if (!taken)
		return;
	e = copies_place(c);
	copies_start(e, warrant, hash, ne, now_ns);
	k = copies_slot(c, tag, warrant, hash); /* a slot may have moved up */
	c->slot[k] = (struct copies_slot){tag, (uint32_t)(e - c->entry) + 1};
}
