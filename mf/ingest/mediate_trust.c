/* SPDX-License-Identifier: Apache-2.0 */
/* Which warrants two persons signed as they are; see mediate_priv.h.  A warrant is checked at its
 * first PDU, or before in idle time, and the outcome stays with it as long as the task set; what
 * the signatures say is remembered beyond that, so that a new set of 100 000 warrants is checked at
 * the price of hashing it.  Against the database alone stand also the ratchet (ratchet.h) and the
 * key chain (trust/keychain.h). */
#include "ingest/mediate_priv.h"

#include "base/clock.h"
#include "base/log.h"
#include "session/task_doc.h"
#include "trust/keychain.h"
#include "trust/ratchet.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRUST_ALARMS_MAX 256

/* What a statement and its signatures are worth under the key list in force. */
struct trust_entry {
	uint8_t digest[16]; /* of text and signatures */
	uint8_t uuid[16];
	int64_t submitted_ns;
	const char *why; /* NULL: right */
	bool used;
};

struct mediate_trust {
	struct keychain *ring;
	struct ratchet *ratchet;
	struct trust_entry *entry;
	size_t entry_n, n; /* entry_n: a power of two */
	uint32_t next;	   /* warrant of the set that idle time looks at */
	uint32_t alarm[TRUST_ALARMS_MAX];
	size_t alarm_n;
	uint64_t checked, verified; /* warrants; pairs of signatures */
	mediate_unsigned_cb cb;
	void *arg;
};

struct mediate_trust *
mediate_trust_new(EVP_PKEY *root, const char *dir, mediate_unsigned_cb cb, void *arg)
{
	struct mediate_trust *t = calloc(1, sizeof(*t));
	char mark[4200], file[4200];

	assert(t != NULL);
	snprintf(mark, sizeof(mark), "%s/keylist", dir);
	snprintf(file, sizeof(file), "%s/warrants", dir);
	t->ring = keychain_new(root, mark);
	t->ratchet = ratchet_open(file);
	t->entry_n = 1024;
	t->entry = calloc(t->entry_n, sizeof(*t->entry));
	assert(t->entry != NULL);
	t->cb = cb;
	t->arg = arg;
	return t;
}

void
mediate_trust_free(struct mediate_trust *t)
{
	if (t == NULL)
		return;
	keychain_free(t->ring);
	ratchet_close(t->ratchet);
	free(t->entry);
	free(t);
}

/* ---- remembered */

static struct trust_entry *
trust_slot(struct mediate_trust *t, const uint8_t digest[16])
{
	uint64_t h;
	size_t i;

	memcpy(&h, digest, sizeof(h));
	i = (size_t)h & (t->entry_n - 1);
	while (t->entry[i].used && memcmp(t->entry[i].digest, digest, 16) != 0)
		i = (i + 1) & (t->entry_n - 1);
	return &t->entry[i];
}

static struct trust_entry *
trust_room(struct mediate_trust *t, const uint8_t digest[16])
{
	struct trust_entry *old = t->entry, *e;
	size_t old_n = t->entry_n;

	if (t->n * 2 >= t->entry_n) {
		t->entry_n *= 2;
		t->entry = calloc(t->entry_n, sizeof(*t->entry));
		assert(t->entry != NULL);
		for (size_t i = 0; i < old_n; i++)
			if (old[i].used)
				*trust_slot(t, old[i].digest) = old[i];
		free(old);
	}
	e = trust_slot(t, digest);
	t->n += !e->used;
	e->used = true;
	memcpy(e->digest, digest, sizeof(e->digest));
	return e;
}

static void
trust_forget(struct mediate_trust *t)
{
	memset(t->entry, 0, t->entry_n * sizeof(*t->entry));
	t->n = 0;
}

static void
trust_digest(struct octets doc, const struct taskset_sig sig[2], uint8_t out[16])
{
	uint8_t both[SHA256_DIGEST_LENGTH + 2 * sizeof(*sig)], md[SHA256_DIGEST_LENGTH];

	SHA256(doc.p, doc.n, both);
	memcpy(both + SHA256_DIGEST_LENGTH, sig, 2 * sizeof(*sig));
	SHA256(both, sizeof(both), md);
	memcpy(out, md, 16);
}

/* ---- one statement */

/* Order of the statement: which warrant, and when. */
static bool
trust_order(struct octets doc, struct trust_entry *e)
{
	json_t *j = json_loadb((const char *)doc.p, doc.n, JSON_REJECT_DUPLICATES, NULL),
	       *order = json_object_get(j, "order");
	bool ok = json_object_size(j) == 3 &&
		  ratchet_uuid(json_string_value(json_object_get(order, "uuid")), e->uuid) &&
		  keylist_ns(json_string_value(json_object_get(order, "submitted_ns")),
		      &e->submitted_ns) &&
		  e->submitted_ns > 0;

	json_decref(j);
	return ok;
}

static void
trust_hex(const uint8_t p[32], char out[SIGN_ID_TEXT])
{
	for (size_t i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static const struct trust_entry *
trust_statement(struct mediate_trust *t, struct octets doc, const struct taskset_sig sig[2])
{
	struct keylist_sig s[2];
	struct trust_entry *e;
	uint8_t digest[16];

	trust_digest(doc, sig, digest);
	e = trust_slot(t, digest);
	if (e->used)
		return e;
	e = trust_room(t, digest);
	if (!trust_order(doc, e)) {
		e->why = "the order in its statement has no uuid and submitted_ns";
		return e;
	}
	for (size_t i = 0; i < 2; i++) {
		trust_hex(sig[i].key, s[i].key);
		memcpy(s[i].sig, sig[i].sig, sizeof(s[i].sig));
	}
	t->verified++;
	if (keylist_check(keychain_list(t->ring), (const char *)doc.p, doc.n, e->submitted_ns, s,
		&e->why) == 0)
		e->why = NULL;
	return e;
}

/* NULL: it is right; else why not. */
static const char *
trust_judge(struct mediate_trust *t, struct task_set *set, struct task_warrant *w)
{
	uint32_t index = (uint32_t)(w - task_warrant(set, 0));
	struct octets doc = task_string(set, w->row.doc);
	const struct trust_entry *e;
	struct ratchet_row row;
	char *task;
	size_t n;
	int same;

	if (doc.n == 0)
		return "it has no statement";
	if (keychain_list(t->ring) == NULL)
		return "there is no key list";
	task = task_statement(set, index, &n);
	same = task != NULL && task_doc_matches((const char *)doc.p, doc.n, task, n);
	free(task);
	if (!same)
		return "it is not as it was signed";
	e = trust_statement(t, doc, w->row.sig);
	if (e->why != NULL)
		return e->why;
	memset(&row, 0, sizeof(row));
	memcpy(row.uuid, e->uuid, sizeof(row.uuid));
	row.submitted_ns = e->submitted_ns;
	row.until_ns = w->row.until_ns;
	row.suspended = w->row.suspended;
	return ratchet_check(t->ratchet, &row);
}

/* ---- alarms */

static size_t
trust_alarm_find(const struct mediate_trust *t, uint32_t id)
{
	size_t i = 0;

	while (i < t->alarm_n && t->alarm[i] != id)
		i++;
	return i;
}

static void
trust_alarm(struct mediate_trust *t, uint32_t id, const char *why)
{
	size_t i = trust_alarm_find(t, id);

	if (why != NULL && i == t->alarm_n && t->alarm_n < TRUST_ALARMS_MAX) {
		t->alarm[t->alarm_n++] = id;
		t->cb(t->arg, id, why);
	} else if (why == NULL && i < t->alarm_n) {
		t->alarm[i] = t->alarm[--t->alarm_n];
		t->cb(t->arg, id, NULL);
	}
}

bool
mediate_vouch(struct mediate *m, struct task_set *set, struct task_warrant *w)
{
	const char *why;

	if (w->trust != TASK_UNCHECKED)
		return w->trust == TASK_SIGNED;
	m->trust->checked++;
	why = trust_judge(m->trust, set, w);
	w->trust = why == NULL ? TASK_SIGNED : TASK_UNSIGNED;
	trust_alarm(m->trust, w->row.id, why);
	return why == NULL;
}

/* ---- sets and idle time */

void
mediate_trust_set(struct mediate *m, struct task_set *set)
{
	struct mediate_trust *t = m->trust;
	struct octets keys;
	const char *why;
	int r;

	for (uint32_t i = 0; i < task_warrant_n(set); i++)
		task_warrant(set, i)->trust = t == NULL ? TASK_SIGNED : TASK_UNCHECKED;
	if (t == NULL)
		return;
	keys = task_keys(set);
	r = keychain_take(t->ring, (const char *)keys.p, keys.n, &why);
	if (r > 0)
		trust_forget(t);
	t->cb(t->arg, 0, r < 0 ? why : NULL);
	if (t->n > 4 * task_warrant_n(set) + 4096)
		trust_forget(t); /* mostly of former sets */
	for (size_t i = t->alarm_n; i > 0; i--)
		if (task_warrant_by_id(set, t->alarm[i - 1]) == NULL)
			trust_alarm(t, t->alarm[i - 1], NULL);
	t->next = 0;
}

bool
mediate_trust_turn(struct mediate *m, int64_t for_ns)
{
	struct mediate_trust *t = m->trust;
	int64_t until = clock_mono_ns() + for_ns;

	if (t == NULL || m->tasks == NULL)
		return false;
	while (t->next < task_warrant_n(m->tasks)) {
		struct task_warrant *w = task_warrant(m->tasks, t->next++);

		if (w->trust == TASK_UNCHECKED && !mediate_vouch(m, m->tasks, w))
			continue;
		if (clock_mono_ns() > until)
			return true;
	}
	ratchet_sync(t->ratchet);
	return false;
}

void
mediate_trust_status(const struct mediate *m, struct mediate_trust_state *out)
{
	const struct mediate_trust *t = m->trust;

	memset(out, 0, sizeof(*out));
	for (uint32_t i = 0; m->tasks != NULL && i < task_warrant_n(m->tasks); i++)
		out->n[task_warrant(m->tasks, i)->trust % 3]++;
	if (t == NULL)
		return;
	out->enforced = true;
	out->key_list =
	    keychain_list(t->ring) != NULL ? keylist_version(keychain_list(t->ring)) : 0;
	out->checked = t->checked;
	out->verified = t->verified;
}
