/* SPDX-License-Identifier: Apache-2.0 */
/* The books of each warrant; see account.h. */
#include "session/account.h"

#include <assert.h>
#include <stdlib.h>

#define ACCOUNT_SLOTS_MIN 64

/* An account and what a checkpoint does not hold. */
struct account_kept {
	struct account a; /* first */
	int64_t iri_ns, cc_ns;
};

struct account_table {
	struct account **slot; /* open addressing, a power of two */
	size_t slot_n, n;
};

static size_t
account_slot(const struct account_table *t, uint32_t warrant)
{
	size_t i = (warrant * UINT32_C(2654435761)) & (t->slot_n - 1);

	while (t->slot[i] != NULL && t->slot[i]->warrant != warrant)
		i = (i + 1) & (t->slot_n - 1);
	return i;
}

static void
account_grow(struct account_table *t)
{
	struct account **old = t->slot;
	size_t old_n = t->slot_n;

	t->slot_n = old_n ? old_n * 2 : ACCOUNT_SLOTS_MIN;
	t->slot = calloc(t->slot_n, sizeof(*t->slot));
	assert(t->slot != NULL);
	for (size_t i = 0; i < old_n; i++)
		if (old[i] != NULL)
			t->slot[account_slot(t, old[i]->warrant)] = old[i];
	free(old);
}

struct account_table *
account_table_new(void)
{
	struct account_table *t = calloc(1, sizeof(*t));

	assert(t != NULL);
	account_grow(t);
	return t;
}

void
account_table_free(struct account_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->slot_n; i++)
		free(t->slot[i]);
	free(t->slot);
	free(t);
}

struct account *
account_get(struct account_table *t, uint32_t warrant)
{
	size_t i = account_slot(t, warrant);

	if (t->slot[i] != NULL)
		return t->slot[i];
	if ((t->n + 1) * 2 > t->slot_n) {
		account_grow(t);
		i = account_slot(t, warrant);
	}
	t->slot[i] = calloc(1, sizeof(struct account_kept));
	assert(t->slot[i] != NULL);
	t->slot[i]->warrant = warrant;
	t->n++;
	return t->slot[i];
}

void
account_each(struct account_table *t, account_cb cb, void *arg)
{
	for (size_t i = 0; i < t->slot_n; i++)
		if (t->slot[i] != NULL)
			cb(t->slot[i], arg);
}

size_t
account_n(const struct account_table *t)
{
	return t->n;
}

void
account_received(struct account *a, int64_t time_ns)
{
	a->received++;
	if (a->first_ns == 0)
		a->first_ns = time_ns;
	a->last_ns = time_ns;
}

void
account_record(struct account *a, unsigned class, int64_t time_ns)
{
	struct account_kept *k = (struct account_kept *)a;

	*(class == 0 ? &k->iri_ns : &k->cc_ns) = time_ns;
}

int64_t
account_last(const struct account *a, bool iri)
{
	const struct account_kept *k = (const struct account_kept *)a;

	return iri ? k->iri_ns : k->cc_ns;
}

static uint64_t
account_sum(const uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum;
}

uint64_t
account_spooled(const struct account *a)
{
	return account_sum(a->spooled, ACCOUNT_CLASS_N);
}

uint64_t
account_rejected(const struct account *a)
{
	return account_sum(a->rejected, REJECT_CODE_N);
}

uint64_t
account_shed(const struct account *a)
{
	return account_sum(a->shed, ACCOUNT_CLASS_N);
}

bool
account_balanced(const struct account *a)
{
	return a->received + a->extra == account_spooled(a) + a->summed + a->duplicate + a->copies +
					     a->out_of_scope + account_rejected(a) +
					     account_shed(a);
}
