/* SPDX-License-Identifier: Apache-2.0 */
/* What grows with the number of tasks and of sessions, by itself; CPU times, as JSON.
 *   scale_bench tasks N       load a task set of N warrants, look its XIDs up in random order
 *   scale_bench sessions N    write and read the state file of N closed sessions, in folder DIR
 */
#include "base/clock.h"
#include "session/checkpoint.h"
#include "session/task.h"
#include "session_fixture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOOKUPS 1000000u /* in a pass */
#define PASSES 9

static double
cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double
rss_mib(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL || fscanf(f, "%*u %lu", &pages) != 1)
		pages = 0;
	if (f != NULL)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int
tasks(uint32_t n)
{
	static struct fixture f;
	struct account_table *accounts = account_table_new();
	struct task_set *set = NULL;
	const char *why = "";
	uint8_t *image, (*xid)[16] = malloc((size_t)n * 16);
	uint64_t seed = 1, hits = 0;
	double load, t, took[PASSES];
	size_t len, k;
	int rc;

	assert(xid != NULL);
	fixture_init(&f, n);
	fixture_ne(&f, 1);
	for (uint32_t i = 0; i < n; i++)
		fixture_warrant(&f, i + 1, 1, i + 1);
	for (uint32_t i = 0; i < n; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		fixture_xid((uint32_t)((seed >> 33) % n) + 1, xid[i]);
	}
	image = fixture_image(&f, &len);
	t = cpu_s();
	rc = task_build(image, len, accounts, &set, &why);
	load = cpu_s() - t;
	if (rc != 0) {
		fprintf(stderr, "scale_bench: %s\n", why);
		return 1;
	}
	for (int pass = 0; pass < PASSES; pass++) {
		t = cpu_s();
		for (uint32_t i = 0; i < LOOKUPS; i++)
			hits += task_lookup(set, xid[i % n], &k) != NULL;
		took[pass] = (cpu_s() - t) * 1e9 / LOOKUPS;
	}
	qsort(took, PASSES, sizeof(took[0]), by_size);
	printf(
	    "{\"tasks\": %u, \"load_s\": %.3f, \"lookup_ns\": %.1f}\n", n, load, took[PASSES / 2]);
	return hits == (uint64_t)LOOKUPS * PASSES ? 0 : 1;
}

static int
sessions(uint32_t n, const char *dir)
{
	static const uint8_t secret[SESSION_SECRET_LEN] = {1};
	struct session_table *t = session_table_new(secret);
	struct account_table *accounts = account_table_new();
	struct checkpoint_sink sink = {.accounts = accounts};
	struct checkpoint *c = checkpoint_new(1);
	char file[4096];
	double began, wrote, rss;
	int64_t high, wall;
	int rc;

	snprintf(file, sizeof(file), "%s/sessions.bench", dir);
	for (uint32_t i = 0; i < n; i++) {
		struct session s = {.warrant = i % 1000 + 1, .lea = i % 8 + 1, .cin = i / 8 + 1};

		octets_put32(s.key, i * UINT32_C(2654435761));
		octets_put32(s.key + 4, i * UINT32_C(2246822519));
		octets_put32(s.key + 12, i);
		s.next[0] = s.next[1] = i;
		session_restore(t, &s);
	}
	rss = rss_mib();
	began = cpu_s();
	checkpoint_add_sessions(c, t);
	rc = checkpoint_write(c, file);
	wrote = cpu_s() - began;
	checkpoint_free(c);
	session_table_free(t);
	if (rc != 0) {
		fprintf(stderr, "scale_bench: %s: %s\n", file, strerror(-rc));
		return 1;
	}
	sink.sessions = session_table_new(secret);
	wall = clock_mono_ns();
	began = cpu_s();
	rc = checkpoint_read(file, &sink, &high);
	printf("{\"sessions\": %u, \"write_cpu_s\": %.2f, \"read_cpu_s\": %.2f, \"read_s\": %.2f, "
	       "\"rss_mib\": %.0f}\n",
	    n, wrote, cpu_s() - began, (double)(clock_mono_ns() - wall) / 1e9, rss);
	unlink(file);
	return rc == 0 && session_n(sink.sessions) == n ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "tasks") == 0)
		return tasks((uint32_t)atol(argv[2]));
	if (argc == 4 && strcmp(argv[1], "sessions") == 0)
		return sessions((uint32_t)atol(argv[2]), argv[3]);
	fprintf(stderr, "usage: scale_bench tasks N | sessions N DIR\n");
	return 2;
}
