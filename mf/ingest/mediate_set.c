/* SPDX-License-Identifier: Apache-2.0 */
/* A new task set: what waited under the old one is finished, what the profiles of the new one
 * demand (keys, integrity, encryption) is made ready.  See mediate_priv.h. */
#include "ingest/mediate_priv.h"

#include "base/clock.h"

#include "base/log.h"

#include <assert.h>
#include <stdlib.h>

/* A key that is missing is no reason to send in clear or unsigned: the warrant stands still. */
static void
mediate_key_missing(struct mediate *m, struct task_warrant *w, const char *what)
{
	if (!w->keyless && !w->row.suspended)
		log_err(
		    "HANDOVER-KEY", "warrant %u: %s: it is treated as suspended", w->row.id, what);
	w->keyless = true;
	m->cb(MEDIATE_KEY, 0, w->row.lea, HO_JOURNAL, m->arg);
}

static void
mediate_iconf(struct mediate *m, struct task_set *set, struct task_warrant *w)
{
	const struct taskset_profile *p = w->profile;
	struct integrity_conf *c = &m->iconf[w->row.profile];

	c->hash_alg = p->hash_alg != 0 ? p->hash_alg : 2;
	c->hash_n = p->hash_n;
	c->hash_ms = p->hash_ms;
	c->sign_n = p->sign_n;
	c->sign_ms = p->sign_ms;
	if (p->integrity != TASKSET_INTEGRITY_SIGNED)
		return;
	c->sign_alg = p->sign_alg != 0 ? p->sign_alg : 2;
	if (c->key == NULL)
		c->key = keys_sign(m->conf.keys, task_string(set, p->lea_name));
	if (c->key == NULL)
		mediate_key_missing(m, w, "there is no key to sign its integrity hashes");
	else if (integrity_conf_check(c) < 0)
		mediate_key_missing(m, w,
		    "its integrity hashes cannot be signed: the key is not of the kind that "
		    "sign_alg "
		    "of the profile names");
}

/* What the profiles demand of each warrant of a new set. */
static void
mediate_prepare_set(struct mediate *m, struct task_set *set)
{
	size_t nes = task_ne_n(set);
	bool many = nes > 1 || (nes == 1 && task_ne_at(set, 0)->group);

	free(m->iconf);
	m->iconf = calloc(task_profile_n(set) + 1, sizeof(*m->iconf));
	assert(m->iconf != NULL);
	for (uint32_t i = 0; i < task_warrant_n(set); i++) {
		struct task_warrant *w = task_warrant(set, i);
		const struct taskset_profile *p = w->profile;

		w->keyless = false;
		w->metadata_rule = mediate_metadata(m, w);
		w->several = w->row.any_ne ? many : w->row.allow_n > 1 || many;
		if (p->integrity != TASKSET_INTEGRITY_NONE)
			mediate_iconf(m, set, w);
		if (p->encryption == TASKSET_ENCRYPTION_NONE)
			continue;
		w->ho.crypt =
		    keys_crypt(m->conf.keys, task_string(set, p->lea_name), p->encryption);
		if (w->ho.crypt == NULL)
			mediate_key_missing(m, w, "there is no key to encrypt its payloads");
	}
}

static const struct integrity_conf *
mediate_iconf_of(uint32_t warrant, void *arg)
{
	struct mediate *m = arg;
	const struct task_warrant *w = task_warrant_by_id(m->tasks, warrant);

	if (w == NULL || w->profile->integrity == TASKSET_INTEGRITY_NONE)
		return NULL;
	return &m->iconf[w->row.profile];
}

void
mediate_tasks(struct mediate *m, struct task_set *s)
{
	mediate_trust_set(m, s);
	if (m->tasks != NULL) {
		mediate_groups(m, NULL);
		mediate_flows_leave(m, s);
		integrity_close_all(m->integrity);
		mediate_fallback_change(m, s);
	}
	task_set_free(m->tasks);
	m->tasks = s;
	m->scope = (struct scope){.tasks = s, .bound = mediate_bound, .arg = m};
	mediate_prepare_set(m, s);
	outage_set(m->outage, s, clock_mono_ns());
	integrity_reconf(m->integrity, mediate_iconf_of, m);
}

void
mediate_link(struct mediate *m, uint32_t lea, uint32_t dest, int64_t down_ns)
{
	outage_link(m->outage, lea, dest, down_ns);
	if (m->tasks != NULL)
		outage_tick(m->outage, m->tasks, clock_mono_ns());
}

void
mediate_rekey(struct mediate *m)
{
	if (m->tasks == NULL)
		return;
	mediate_groups(m, NULL);
	integrity_close_all(m->integrity);
	mediate_prepare_set(m, m->tasks);
	integrity_reconf(m->integrity, mediate_iconf_of, m);
}
