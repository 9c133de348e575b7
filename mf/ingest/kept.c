/* SPDX-License-Identifier: Apache-2.0 */
/* Which warrants have which PDU; see kept.h. */
#include "ingest/kept.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#define KEPT_SLOTS_MIN 1024

struct kept {
	uint64_t *slot; /* open addressing, a power of two, at most half full; 0: free */
	size_t slot_n, n;
};

static uint64_t
kept_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

static uint64_t
kept_name(uint64_t ctx, uint32_t seq, uint64_t digest, uint32_t warrant)
{
	uint64_t h = kept_mix(kept_mix(ctx, digest), (uint64_t)seq << 32 | warrant);

	return h != 0 ? h : 1;
}

static void
kept_put(struct kept *k, uint64_t name)
{
	size_t i = (size_t)name & (k->slot_n - 1);

	while (k->slot[i] != 0 && k->slot[i] != name)
		i = (i + 1) & (k->slot_n - 1);
	k->n += k->slot[i] == 0;
	k->slot[i] = name;
}

static void
kept_grow(struct kept *k)
{
	uint64_t *old = k->slot;
	size_t old_n = k->slot_n;

	k->slot_n = old_n ? old_n * 2 : KEPT_SLOTS_MIN;
	k->slot = calloc(k->slot_n, sizeof(*k->slot));
	assert(k->slot != NULL);
	k->n = 0;
	for (size_t i = 0; i < old_n; i++)
		if (old[i] != 0)
			kept_put(k, old[i]);
	free(old);
}

struct kept *
kept_new(void)
{
	struct kept *k = calloc(1, sizeof(*k));

	assert(k != NULL);
	kept_grow(k);
	return k;
}

void
kept_free(struct kept *k)
{
	if (k == NULL)
		return;
	free(k->slot);
	free(k);
}

void
kept_restore(struct kept *k, uint64_t name)
{
	if ((k->n + 1) * 2 > k->slot_n)
		kept_grow(k);
	if (name != 0)
		kept_put(k, name);
}

void
kept_add(struct kept *k, uint64_t ctx, uint32_t seq, uint64_t digest, uint32_t warrant)
{
	kept_restore(k, kept_name(ctx, seq, digest, warrant));
}

void
kept_each(const struct kept *k, void (*cb)(uint64_t name, void *arg), void *arg)
{
	for (size_t i = 0; i < k->slot_n; i++)
		if (k->slot[i] != 0)
			cb(k->slot[i], arg);
}

bool
kept_has(const struct kept *k, uint64_t ctx, uint32_t seq, uint64_t digest, uint32_t warrant)
{
	uint64_t name = kept_name(ctx, seq, digest, warrant);
	size_t i = (size_t)name & (k->slot_n - 1);

	while (k->slot[i] != 0 && k->slot[i] != name)
		i = (i + 1) & (k->slot_n - 1);
	return k->slot[i] == name;
}
