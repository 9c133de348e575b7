/* SPDX-License-Identifier: Apache-2.0 */
/* What signatures cost: a task set of 100 000 signed warrants is loaded, checked in idle time, and
 * loaded and checked again as after a change.  Times are CPU times.
 * Usage: trust_bench [WARRANTS] */
#include "base/clock.h"
#include "ingest/mediate_priv.h"
#include "session/task_doc.h"
#include "session_fixture.h"
#include "trust_fixture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static struct fixture f;

/* The statement of warrant I, signed by two; the text goes behind the fixture's strings. */
struct docs {
	char *p;
	size_t n, max;
};

static struct taskset_str
docs_add(struct docs *d, const char *text, size_t n)
{
	struct taskset_str s = {FIXTURE_STRINGS + (uint32_t)d->n, (uint32_t)n};

	if (d->n + n > d->max) {
		d->max = (d->n + n) * 2;
		d->p = realloc(d->p, d->max);
		assert(d->p != NULL);
	}
	memcpy(d->p + d->n, text, n);
	d->n += n;
	return s;
}

static void
sign_one(const struct someone *s, const char *text, size_t n, struct taskset_sig *out)
{
	for (size_t i = 0; i < 32; i++) {
		unsigned v = 0;

		assert(sscanf(s->id + 2 * i, "%2x", &v) == 1);
		out->key[i] = (uint8_t)v;
	}
	assert(sign_make(s->key, text, n, out->sig) == 0);
}

/* The image of the fixture with DOCS behind its strings. */
static uint8_t *
image_of(const struct docs *d, size_t *len)
{
	uint32_t was = f.strings_n;
	uint8_t *image, *all;
	struct taskset_hdr h;

	f.strings_n = FIXTURE_STRINGS;
	image = fixture_image(&f, len);
	f.strings_n = was;
	all = realloc(image, *len + d->n);
	assert(all != NULL);
	memcpy(all + *len, d->p, d->n);
	*len += d->n;
	memcpy(&h, all, sizeof(h));
	h.strings_n += (uint32_t)d->n;
	memcpy(all, &h, sizeof(h));
	return all;
}

static void
sign_all(struct docs *d, uint32_t n, const struct someone *ann, const struct someone *bob)
{
	struct account_table *accounts = account_table_new();
	size_t len, task_n;
	uint8_t *image = fixture_image(&f, &len);
	struct task_set *set;
	const char *why = "";
	char *text;

	assert(task_build(image, len, accounts, &set, &why) == 0);
	for (uint32_t i = 0; i < n; i++) {
		char *task = task_statement(set, i, &task_n);
		int doc_n = asprintf(&text,
		    "{\"order\":{\"submitted_ns\":\"1\",\"uuid\":"
		    "\"00000000-0000-4000-8000-%012x\"},\"task\":%s,\"type\":\"%s\"}",
		    i, task, TASK_DOC_TYPE);

		assert(doc_n > 0);
		sign_one(ann, text, (size_t)doc_n, &f.warrant[i].sig[0]);
		sign_one(bob, text, (size_t)doc_n, &f.warrant[i].sig[1]);
		f.warrant[i].doc = docs_add(d, text, (size_t)doc_n);
		free(text);
		free(task);
	}
	task_set_free(set);
	account_table_free(accounts);
	free(image);
}

/* Time of this process, so that others do not count. */
static int64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * CLOCK_NS_PER_S + t.tv_nsec;
}

static double
ms_since(int64_t ns)
{
	return (double)(cpu_ns() - ns) / 1e6;
}

static void
on_unsigned(void *arg, uint32_t warrant, const char *why)
{
	if (why != NULL)
		printf("warrant %u: %s\n", warrant, why);
	(void)arg;
}

static void
round_of(struct mediate *m, struct account_table *accounts, const uint8_t *image, size_t len,
    const char *what)
{
	int64_t t = cpu_ns();
	struct mediate_trust_state s;
	struct task_set *set;
	const char *why = "";
	double load, take;

	assert(task_build(image, len, accounts, &set, &why) == 0);
	load = ms_since(t);
	t = cpu_ns();
	mediate_trust_set(m, set);
	task_set_free(m->tasks);
	m->tasks = set;
	take = ms_since(t);
	t = cpu_ns();
	while (mediate_trust_turn(m, INT64_C(1000000000)))
		;
	mediate_trust_status(m, &s);
	printf(
	    "%s: load %.0f ms, in force after %.1f ms more; all checked in %.0f ms of idle time: "
	    "%llu signed, %llu not, %llu pairs of signatures verified so far\n",
	    what, load, take, ms_since(t), (unsigned long long)s.n[TASK_SIGNED],
	    (unsigned long long)s.n[TASK_UNSIGNED], (unsigned long long)s.verified);
}

int
main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? (uint32_t)atoi(argv[1]) : 100000;
	struct someone root = someone_new("root", false), ann = someone_new("ann", false),
		       bob = someone_new("bob", true);
	struct account_table *accounts = account_table_new();
	struct docs docs = {0};
	struct rusage use;
	struct mediate *m = calloc(1, sizeof(*m));
	json_t *chain;
	char *list, *text;
	uint8_t *image;
	size_t len;

	assert(m != NULL);
	fixture_init(&f, n + 8);
	fixture_ne(&f, 1);
	for (uint32_t i = 0; i < n; i++)
		fixture_warrant(&f, i + 1, 1, i + 1);
	list = list_text(1, NULL,
	    json_pack("[o, o]", someone_entry(&ann, "create", "active"),
		someone_entry(&bob, "approve", "active")));
	chain = json_pack("[o]", list_sealed(list, &root, NULL));
	text = json_dumps(chain, JSON_COMPACT);
	sign_all(&docs, n, &ann, &bob);
	image = image_of(&docs, &len);
	printf("%u warrants: image without key list %.1f MB, of it statements %.1f MB\n", n,
	    (double)len / 1e6, (double)docs.n / 1e6);
	free(image);
	f.keys = docs_add(&docs, text, strlen(text));
	image = image_of(&docs, &len);
	m->trust = mediate_trust_new(root.key, "/nowhere", on_unsigned, NULL);
	round_of(m, accounts, image, len, "first set");
	round_of(m, accounts, image, len, "the same again");
	getrusage(RUSAGE_SELF, &use);
	printf("largest resident size %.0f MB\n", (double)use.ru_maxrss / 1024);
	mediate_trust_free(m->trust);
	task_set_free(m->tasks);
	account_table_free(accounts);
	free(m);
	free(image);
	free(docs.p);
	free(list);
	free(text);
	json_decref(chain);
	fixture_fini(&f);
	return 0;
}
