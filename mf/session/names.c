/* SPDX-License-Identifier: Apache-2.0 */
/* Names of sessions; see names.h.  One open-addressing table over (warrant, kind, name); removal
 * leaves a mark, which the next growth or shrink sweeps away. */
#include "session/names.h"

#include "session/keyhash.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_SLOTS_MIN 256
#define NAMES_KINDS 128

enum names_slot {
	NAMES_FREE = 0,
	NAMES_USED = 1,
	NAMES_GONE = 2
};

struct names_entry {
	struct name_row row;
	uint32_t state; /* enum names_slot */
};

struct names {
	uint8_t secret[SESSION_SECRET_LEN];
	struct names_entry *slot; /* slot_n, a power of two */
	size_t slot_n, used, n;	  /* used: with the marks */
	size_t of_kind[NAMES_KINDS];
};

static struct names_entry *
names_slots_new(size_t n)
{
	struct names_entry *e = calloc(n, sizeof(*e));

	assert(e != NULL);
	return e;
}

struct names *
names_new(const uint8_t secret[SESSION_SECRET_LEN])
{
	struct names *n = calloc(1, sizeof(*n));

	assert(n != NULL);
	memcpy(n->secret, secret, sizeof(n->secret));
	n->slot_n = NAMES_SLOTS_MIN;
	n->slot = names_slots_new(n->slot_n);
	return n;
}

void
names_free(struct names *n)
{
	if (n == NULL)
		return;
	OPENSSL_cleanse(n->secret, sizeof(n->secret));
	free(n->slot);
	free(n);
}

static bool
names_with_xid(uint8_t kind)
{
	return kind == NAME_CORRELATION || kind == NAME_POINT || kind == NAME_INNER;
}

void
names_hash(
    const struct names *n, uint8_t kind, const uint8_t xid[16], struct octets a, uint8_t out[16])
{
	uint8_t in[1 + 16 + PAYLOAD_KEY_MAX];

	assert(a.n <= PAYLOAD_KEY_MAX);
	in[0] = kind;
	if (names_with_xid(kind))
		memcpy(in + 1, xid, 16);
	else
		memset(in + 1, 0, 16);
	if (a.n > 0)
		memcpy(in + 17, a.p, a.n);
	keyhash128(n->secret, in, 17 + a.n, out);
}

/* The slot of a name, or the free one where it belongs. */
static struct names_entry *
names_slot(const struct names *n, uint32_t warrant, uint8_t kind, const uint8_t name[16])
{
	size_t i =
	    (size_t)(octets_get64(name) ^ warrant * UINT64_C(0x9e3779b97f4a7c15)) & (n->slot_n - 1);
	struct names_entry *gone = NULL;

	for (; n->slot[i].state != NAMES_FREE; i = (i + 1) & (n->slot_n - 1)) {
		struct names_entry *e = &n->slot[i];

		if (e->state == NAMES_GONE) {
			gone = gone != NULL ? gone : e;
			continue;
		}
		if (e->row.warrant == warrant && e->row.kind == kind &&
		    memcmp(e->row.name, name, 16) == 0)
			return e;
	}
	return gone != NULL ? gone : &n->slot[i];
}

static void
names_resize(struct names *n)
{
	struct names_entry *old = n->slot;
	size_t old_n = n->slot_n;

	while (n->slot_n < n->n * 4)
		n->slot_n *= 2;
	n->slot = names_slots_new(n->slot_n);
	n->used = n->n;
	for (size_t i = 0; i < old_n; i++)
		if (old[i].state == NAMES_USED)
			*names_slot(n, old[i].row.warrant, old[i].row.kind, old[i].row.name) =
			    old[i];
	free(old);
}

const struct name_row *
names_find(const struct names *n, uint32_t warrant, uint8_t kind, const uint8_t name[16])
{
	const struct names_entry *e;

	if (n->of_kind[kind & (NAMES_KINDS - 1)] == 0)
		return NULL;
	e = names_slot(n, warrant, kind, name);
	return e->state == NAMES_USED ? &e->row : NULL;
}

void
names_bind(struct names *n, const struct name_row *row)
{
	struct names_entry *e;

	if ((n->used + 1) * 2 > n->slot_n)
		names_resize(n);
	e = names_slot(n, row->warrant, row->kind, row->name);
	if (e->state != NAMES_USED) {
		n->used += e->state == NAMES_FREE;
		n->n++;
		n->of_kind[row->kind & (NAMES_KINDS - 1)]++;
	}
	e->row = *row;
	e->row.bound = 1;
	e->state = NAMES_USED;
}

static void
names_remove(struct names *n, struct names_entry *e)
{
	e->state = NAMES_GONE;
	n->n--;
	n->of_kind[e->row.kind & (NAMES_KINDS - 1)]--;
}

void
names_unbind(struct names *n, uint32_t warrant, uint8_t kind, const uint8_t name[16])
{
	struct names_entry *e = names_slot(n, warrant, kind, name);

	if (e->state == NAMES_USED)
		names_remove(n, e);
}

void
names_sweep(struct names *n, names_keep_cb keep, void *arg)
{
	for (size_t i = 0; i < n->slot_n; i++)
		if (n->slot[i].state == NAMES_USED && !keep(&n->slot[i].row, arg))
			names_remove(n, &n->slot[i]);
}

void
names_each(const struct names *n, names_cb cb, void *arg)
{
	for (size_t i = 0; i < n->slot_n; i++)
		if (n->slot[i].state == NAMES_USED)
			cb(&n->slot[i].row, arg);
}

bool
names_any(const struct names *n, uint8_t kind)
{
	return n->of_kind[kind & (NAMES_KINDS - 1)] > 0;
}

size_t
names_n(const struct names *n)
{
	return n->n;
}
