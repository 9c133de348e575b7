/* SPDX-License-Identifier: Apache-2.0 */
/* sim: many seeds, or one with its trace.
 *
 *   sim --seeds N [--from S] [--jobs J] [--break KIND]
 *   sim --seed S [--trace] [--break KIND]
 *   sim --list FILE        the seeds of a file, one a line
 *
 * Exit code: 0 all seeds passed, 1 one failed (its replay line is printed), 2 wrong usage. */
#include "tests/sim/sim.h"

#include "tests/sim/parties.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 16 /* seeds of one process: what a kill leaves behind is freed by its end */
#define MEND_NS (1800 * SIM_S) /* everything is delivered within this time after the last fault */

struct totals {
	uint64_t seeds, failed, kills, power_cuts, stops, fatals, resets, damages, ios, fulls;
	uint64_t offered, accepted, kept, twice, starts, events, damage_lost;
	double virtual_s;
	uint64_t hash;
};

/* What the workers and their parent share. */
struct shared {
	struct totals t;
	uint64_t seed; /* at work */
	uint64_t bad;  /* first one that failed, by number, and 1 */
	char why[512];
};

static struct sim one;

/* ---- the plan */

static int64_t
some(struct sim_rng *r, unsigned once_in, int64_t from, int64_t to)
{
	bool yes = rng_once_in(r, once_in);
	int64_t t = rng_time(r, from, to);

	return yes ? t : 0;
}

static void
plan_faults(struct sim_plan *p, struct sim_rng *r)
{
	p->kill_ns = some(r, 2, SIM_S, 10 * SIM_S);
	p->kill_call = rng_below(r, 2) ? 400 : 0;
	p->power_ns = some(r, 3, 2 * SIM_S, 15 * SIM_S);
	p->stop_ns = some(r, 6, 2 * SIM_S, 15 * SIM_S);
	p->link_ns = some(r, 3, SIM_S, 10 * SIM_S);
	p->lemf_ns = some(r, 2, SIM_S, 10 * SIM_S);
	p->full_ns = some(r, 12, 3 * SIM_S, 15 * SIM_S);
	p->eio_ns = some(r, 15, 3 * SIM_S, 15 * SIM_S);
	p->damage_ns = some(r, 8, 4 * SIM_S, 15 * SIM_S);
	p->short_write = (unsigned)(rng_once_in(r, 4) ? 20 : 0);
	p->eintr = (unsigned)(rng_once_in(r, 4) ? 20 : 0);
	p->loose_names = rng_below(r, 2);
	p->long_outage = rng_once_in(r, 300);
	p->damages = rng_below(r, 4) != 0 ? 1 : 1000;
	if (p->damage_ns != 0) /* one place at a time, and nothing that hides what it did */
		p->eio_ns = p->power_ns = 0;
}

static void
plan_make(struct sim_plan *p, struct sim_rng *r)
{
	static const char levels[] = "aabbbc??";

	memset(p, 0, sizeof(*p));
	p->leas = 1 + (unsigned)rng_below(r, SIM_LEAS);
	p->nes = 1 + (unsigned)rng_below(r, SIM_NES);
	p->streams = 2 + 2 * (unsigned)rng_below(r, 4);
	p->pdus = 20 + (unsigned)rng_time(r, 0, 600);
	p->feed_ns = rng_time(r, 3 * SIM_S, 30 * SIM_S);
	p->pause_ns = rng_time(r, SIM_MS, SIM_S);
	p->payload_max = (uint32_t)rng_time(r, 100, rng_once_in(r, 10) ? 12000 : 1500);
	p->segment_len = (uint32_t)(16 + 4 * rng_below(r, 13)) << 10;
	p->commit_us = (uint32_t)rng_time(r, 500, 5000);
	p->snapshot_s = 1 + (uint32_t)rng_below(r, 30);
	p->quota_len = rng_once_in(r, 12) ? 6 * p->segment_len + rng_below(r, 200000) : 0;
	p->segment_hash = rng_below(r, 2);
	p->barrier_ms = 100 + (uint32_t)rng_below(r, 1000);
	p->time1_ms = 1000 * (1 + (uint32_t)rng_below(r, 60));
	p->time2_ms = 1000 * (2 + (uint32_t)rng_below(r, 20));
	p->time3_ms = p->time2_ms * 2;
	p->level = levels[rng_below(r, sizeof(levels) - 1)];
	plan_faults(p, r);
	p->pending_max = UINT64_C(65536) << rng_below(r, 4);
	p->ask = rng_below(r, 2) ? 12 : 12 << rng_below(r, 6);
}

static void
plan_show(const struct sim_plan *p)
{
	printf(
	    "plan: %u leas, %u nes, %u streams, %u PDUs of up to %u octets in %.1f s, segments of "
	    "%u, level %c, barrier %u ms, snapshot %u s, quota %" PRIu64 ", pending %" PRIu64
	    ", asks 1/%u%s%s%s\n",
	    p->leas, p->nes, p->streams, p->pdus, p->payload_max, (double)p->feed_ns / 1e9,
	    p->segment_len, p->level, p->barrier_ms, p->snapshot_s, p->quota_len, p->pending_max,
	    p->ask, p->segment_hash ? ", segment hashes" : "",
	    p->loose_names ? ", loose names" : "", p->long_outage ? ", long outage" : "");
	printf(
	    "faults each: kill %.1f (calls %u) power %.1f stop %.1f link %.1f lemf %.1f full %.1f "
	    "EIO %.1f damage %.1f s; short write 1/%u, EINTR 1/%u\n",
	    (double)p->kill_ns / 1e9, p->kill_call, (double)p->power_ns / 1e9,
	    (double)p->stop_ns / 1e9, (double)p->link_ns / 1e9, (double)p->lemf_ns / 1e9,
	    (double)p->full_ns / 1e9, (double)p->eio_ns / 1e9, (double)p->damage_ns / 1e9,
	    p->short_write, p->eintr);
}

/* ---- faults */

enum fault {
	FAULT_KILL,
	FAULT_POWER,
	FAULT_STOP,
	FAULT_LINK,
	FAULT_LEMF,
	FAULT_FULL,
	FAULT_EIO,
	FAULT_DAMAGE,
	FAULT_N
};

static enum proc_id
some_role(void)
{
	uint64_t n = rng_below(&sim->fault, 2 + sim->plan.leas);

	return n < 2 ? PROC_INGEST : PROC_DELIVER + (enum proc_id)(n - 2);
}

static void
fault_kill(void)
{
	struct sim_proc *p = &sim->proc[some_role()];

	if (!p->up)
		return;
	if (sim->plan.kill_call != 0) {
		p->kill_at = p->calls + 1 + rng_below(&sim->fault, sim->plan.kill_call);
		return;
	}
	sim->kills++;
	proc_kill(p, "killed");
}

static void
fault_power(void)
{
	sim_trace("POWER CUT");
	sim->power_cuts++;
	for (int i = PROC_INGEST; i < PROC_ADMIN; i++) {
		sim->proc[i].kill_at = 0;
		proc_kill(&sim->proc[i], "without power");
	}
	disk_power_cut();
}

static void
fault_full_over(void *arg, uint64_t n)
{
	(void)arg;
	(void)n;
	sim_trace("there is space on the disk again");
	disk_full(false);
}

static void
fault_stop(void)
{
	enum proc_id id = some_role();

	if (!sim->proc[id].ready)
		return;
	sim_trace("%s is told to stop", proc_name(&sim->proc[id]));
	sim->stops++;
	role_stop_orderly(id);
}

static void
fault_do(enum fault f)
{
	switch (f) {
	case FAULT_KILL:
		fault_kill();
		break;
	case FAULT_POWER:
		fault_power();
		break;
	case FAULT_STOP:
		fault_stop();
		break;
	case FAULT_LINK:
		sim->resets += net_reset_any();
		break;
	case FAULT_LEMF:
		lemf_fault();
		break;
	case FAULT_FULL:
		sim_trace("the disk is full");
		sim->fulls++;
		disk_full(true);
		sim_in(rng_time(&sim->fault, 100 * SIM_MS, 20 * SIM_S), fault_full_over, NULL, 0);
		break;
	case FAULT_EIO:
		disk_fail_next_sync();
		break;
	case FAULT_DAMAGE:
		if (sim->broken == BREAK_ROT)
			disk_rot_hidden();
		else if (sim->damages < sim->plan.damages)
			disk_damage();
		break;
	case FAULT_N:
		break;
	}
}

static int64_t
fault_every(enum fault f)
{
	const struct sim_plan *p = &sim->plan;
	const int64_t every[FAULT_N] = {p->kill_ns, p->power_ns, p->stop_ns, p->link_ns, p->lemf_ns,
	    p->full_ns, p->eio_ns, p->damage_ns};

	return every[f];
}

static void
on_fault(void *arg, uint64_t f)
{
	(void)arg;
	if (sim->calm)
		return;
	if (sim->now_ns > SIM_S / 2)
		fault_do((enum fault)f);
	sim_in(rng_time(&sim->fault, SIM_MS, 2 * fault_every((enum fault)f)), on_fault, NULL, f);
}

static void
on_calm(void *arg, uint64_t n)
{
	(void)arg;
	(void)n;
	sim_trace("no more faults");
	sim->calm = true;
	disk_full(false);
	lemf_calm();
	for (int i = 0; i < PROC_N; i++)
		sim->proc[i].kill_at = 0;
}

static void
on_look(void *arg, uint64_t n)
{
	(void)arg;
	(void)n;
	if (sim->calm && ne_done() && oracle_complete())
		sim->over = true;
	else
		sim_in(SIM_S, on_look, NULL, 0);
}

/* ---- one seed */

static void
seed_reset(uint64_t seed, enum sim_break broken, bool trace)
{
	struct sim_rng r;

	memset(&one, 0, sizeof(one));
	sim = &one;
	sim->seed = seed;
	sim->broken = broken;
	sim->trace = trace;
	sim->hash = UINT64_C(14695981039346656037);
	rng_init(&r, seed, 0);
	rng_init(&sim->rng, seed, 1);
	rng_init(&sim->fault, seed, 2);
	rng_init(&sim->content, seed, 3);
	plan_make(&sim->plan, &r);
	if (broken == BREAK_FSYNC || broken == BREAK_ACK)
		sim->plan.power_ns = sim->plan.damage_ns == 0 ? 3 * SIM_S : 0;
	if (broken == BREAK_ROT)
		sim->plan.damage_ns = SIM_S;
	if (broken == BREAK_CURSOR) { /* with segments that are released meanwhile */
		sim->plan.pdus = 600;
		sim->plan.segment_len = 16384;
		sim->plan.kill_ns = 2 * SIM_S;
		sim->plan.feed_ns = 30 * SIM_S;
	}
	for (int i = 0; i < PROC_N; i++)
		sim->proc[i].id = (enum proc_id)i;
	sim->proc[PROC_ADMIN].hard = true;
	sim_core_reset();
	calls_reset();
	net_reset();
	disk_reset();
	role_layer_reset();
	oracle_reset();
	ne_reset();
	lemf_reset();
}

static void
seed_run(uint64_t seed, enum sim_break broken, bool trace)
{
	seed_reset(seed, broken, trace);
	if (trace)
		plan_show(&sim->plan);
	role_start(PROC_ADMIN);
	role_start(PROC_INGEST);
	for (unsigned i = 0; i < sim->plan.leas; i++)
		role_start(PROC_DELIVER + (enum proc_id)i);
	ne_start();
	for (int f = 0; f < FAULT_N; f++)
		if (fault_every((enum fault)f) != 0)
			sim_in(0, on_fault, NULL, (uint64_t)f);
	sim_at(sim->plan.feed_ns, on_calm, NULL, 0);
	sim_in(SIM_S, on_look, NULL, 0);
	sim_loop(sim->plan.feed_ns + MEND_NS);
	oracle_end();
	if (!sim->over)
		sim_fail("not everything was accepted %.0f s after the last fault",
		    (double)MEND_NS / 1e9);
}

static void
seed_count(struct totals *t)
{
	uint64_t offered, accepted, kept, twice;

	oracle_figures(&offered, &accepted, &kept, &twice);
	t->seeds++;
	t->failed += sim->failed;
	t->kills += sim->kills;
	t->power_cuts += sim->power_cuts;
	t->stops += sim->stops;
	t->fatals += sim->fatals;
	t->resets += sim->resets;
	t->damages += sim->damages;
	t->ios += sim->ios;
	t->fulls += sim->fulls;
	t->offered += offered;
	t->accepted += accepted;
	t->kept += kept;
	t->twice += twice;
	t->events += sim->events;
	t->damage_lost += sim->damages > 0 ? role_lost() : 0;
	for (int i = 0; i < PROC_ADMIN; i++)
		t->starts += sim->proc[i].starts;
	t->virtual_s += (double)sim->now_ns / 1e9;
	t->hash ^= sim->hash * (2 * sim->seed + 1);
}

/* ---- many seeds */

struct args {
	uint64_t from, seeds, seed;
	unsigned jobs;
	bool one, trace, quiet, tap;
	enum sim_break broken;
	const char *list;
};

static double
real_s(void)
{
	struct timespec t;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
chunk_run(struct shared *sh, const struct args *a, uint64_t from, uint64_t n)
{
	for (uint64_t s = from; s < from + n; s++) {
		sh->seed = s;
		seed_run(s, a->broken, false);
		seed_count(&sh->t);
		if (sim->failed && (sh->bad == 0 || s + 1 < sh->bad)) {
			sh->bad = s + 1;
			memcpy(sh->why, sim->why, sizeof(sh->why));
		}
	}
	_exit(0);
}

static void
chunk_over(struct shared *sh, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	sh->t.seeds++;
	sh->t.failed++;
	if (sh->bad != 0 && sh->bad < sh->seed + 1)
		return;
	sh->bad = sh->seed + 1;
	if (WIFSIGNALED(status))
		snprintf(
		    sh->why, sizeof(sh->why), "the program died of signal %d", WTERMSIG(status));
	else
		snprintf(
		    sh->why, sizeof(sh->why), "the program ended with %d", WEXITSTATUS(status));
}

static void
totals_add(struct totals *t, const struct totals *x)
{
	t->seeds += x->seeds;
	t->failed += x->failed;
	t->kills += x->kills;
	t->power_cuts += x->power_cuts;
	t->stops += x->stops;
	t->fatals += x->fatals;
	t->resets += x->resets;
	t->damages += x->damages;
	t->ios += x->ios;
	t->fulls += x->fulls;
	t->offered += x->offered;
	t->accepted += x->accepted;
	t->kept += x->kept;
	t->twice += x->twice;
	t->starts += x->starts;
	t->events += x->events;
	t->damage_lost += x->damage_lost;
	t->virtual_s += x->virtual_s;
	t->hash ^= x->hash;
}

static void
figures(const char *lead, const struct totals *t, double s)
{
	printf("%s%" PRIu64 " seeds in %.1f s (%.0f a second), %.0f s simulated (x %.0f)\n", lead,
	    t->seeds, s, (double)t->seeds / s, t->virtual_s, t->virtual_s / s);
	printf("%skills %" PRIu64 ", power cuts %" PRIu64 ", stops %" PRIu64 ", EIO %" PRIu64
	       ", full %" PRIu64 ", resets %" PRIu64 ", damages %" PRIu64 " (%" PRIu64
	       " records counted as lost), role starts %" PRIu64 "\n",
	    lead, t->kills, t->power_cuts, t->stops, t->ios, t->fulls, t->resets, t->damages,
	    t->damage_lost, t->starts);
	printf("%soffered %" PRIu64 ", accepted %" PRIu64 ", delivered %" PRIu64
	       ", sent again %" PRIu64 "; hash %016" PRIx64 "\n",
	    lead, t->offered, t->accepted, t->kept, t->twice, t->hash);
}

static void
say_bad(const char *lead, const struct shared *sh, const struct args *a)
{
	printf("%sseed %" PRIu64 ": %s\n", lead, sh->bad - 1, sh->why);
	printf("%sreplay: tests/sim/sim --seed %" PRIu64 " --trace%s%s\n", lead, sh->bad - 1,
	    a->broken != BREAK_NONE ? " --break " : "",
	    a->broken != BREAK_NONE ? sim_break_name(a->broken) : "");
}

/* Runs seeds FROM.. on JOBS processes, a chunk each at a time; stops at the first failure. */
static uint64_t
seeds_run(const struct args *a, struct totals *t, struct shared *first)
{
	struct shared *sh = mmap(
	    NULL, a->jobs * sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid[64] = {0};
	uint64_t next = a->from, end = a->from + a->seeds;
	unsigned busy = 0;

	memset(sh, 0, a->jobs * sizeof(*sh));
	while (next < end || busy > 0) {
		int status;
		pid_t done;

		for (unsigned j = 0; j < a->jobs && next < end; j++) {
			uint64_t n = end - next < CHUNK ? end - next : CHUNK;

			if (pid[j] != 0)
				continue;
			fflush(stdout);
			pid[j] = fork();
			if (pid[j] == 0)
				chunk_run(&sh[j], a, next, n);
			next += n;
			busy++;
		}
		done = wait(&status);
		for (unsigned j = 0; j < a->jobs; j++) {
			if (pid[j] != done)
				continue;
			pid[j] = 0;
			busy--;
			chunk_over(&sh[j], status);
			if (sh[j].bad != 0)
				end = next;
		}
	}
	for (unsigned j = 0; j < a->jobs; j++) {
		totals_add(t, &sh[j].t);
		if (sh[j].bad != 0 && (first->bad == 0 || sh[j].bad < first->bad))
			*first = sh[j];
	}
	munmap(sh, a->jobs * sizeof(*sh));
	return first->bad;
}

static int
many(const struct args *a, const char *lead)
{
	struct totals t = {0};
	struct shared first = {0};
	double began = real_s();

	seeds_run(a, &t, &first);
	figures(lead, &t, real_s() - began);
	if (first.bad == 0)
		return 0;
	say_bad(lead, &first, a);
	return 1;
}

static int
replay(const struct args *a)
{
	struct totals t = {0};
	double began = real_s();

	printf("seed %" PRIu64 "\n", a->seed);
	fflush(stdout);
	seed_run(a->seed, a->broken, a->trace);
	seed_count(&t);
	figures("", &t, real_s() - began);
	printf("%s\n", sim->failed ? sim->why : "passed");
	return sim->failed;
}

/* ---- the short form: TAP */

static int
tap_result(unsigned no, bool ok, const char *what)
{
	printf("%sok %u - %s\n", ok ? "" : "not ", no, what);
	return !ok;
}

static bool
same_twice(struct args *a)
{
	struct totals t[2] = {{0}};
	struct shared first = {0};

	a->from = 7;
	a->seeds = 40;
	for (int i = 0; i < 2; i++) {
		a->jobs = 1 + (unsigned)i;
		seeds_run(a, &t[i], &first);
	}
	printf("# hashes %016" PRIx64 " and %016" PRIx64 "\n", t[0].hash, t[1].hash);
	return t[0].hash == t[1].hash && t[0].seeds == 40;
}

static bool
bites(struct args *a, enum sim_break b)
{
	struct totals t = {0};
	struct shared first = {0};
	bool caught;

	a->broken = b;
	a->from = 1;
	a->seeds = 400;
	a->jobs = 2;
	caught = seeds_run(a, &t, &first) != 0;
	if (caught)
		printf("# %s: seed %" PRIu64 ": %s\n", sim_break_name(b), first.bad - 1, first.why);
	a->broken = BREAK_NONE;
	return caught;
}

static bool
regressions(struct args *a)
{
	FILE *f = fopen(a->list, "r");
	char line[200];
	bool ok = f != NULL;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		a->from = strtoull(line, NULL, 10);
		a->seeds = a->jobs = 1;
		ok = many(a, "# ") == 0 && ok;
	}
	if (f != NULL)
		fclose(f);
	return ok;
}

static int
tap(struct args *a)
{
	int failed = 0;
	unsigned no = 0;
	char what[80];

	printf("1..%d\n", 3 + BREAK_N - 1);
	failed += tap_result(++no, regressions(a), "seeds that once failed pass");
	a->from = 1;
	a->jobs = 2;
	failed += (a->seeds = 300, tap_result(++no, many(a, "# ") == 0, "300 seeds pass"));
	failed += tap_result(++no, same_twice(a), "the same seed is the same run");
	for (int b = 1; b < BREAK_N; b++) {
		snprintf(what, sizeof(what), "the oracle sees what is wrong: %s",
		    sim_break_name((enum sim_break)b));
		failed += tap_result(++no, bites(a, (enum sim_break)b), what);
	}
	return failed != 0;
}

static int
usage(void)
{
	fprintf(stderr, "usage: sim [--seeds N] [--from S] [--jobs J] [--seed S] [--trace] "
			"[--break fsync|ack|cursor|lemf|rot] [--tap FILE]\n");
	return 2;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"seeds", required_argument, NULL, 'n'},
	    {"from", required_argument, NULL, 'f'}, {"jobs", required_argument, NULL, 'j'},
	    {"seed", required_argument, NULL, 's'}, {"trace", no_argument, NULL, 't'},
	    {"break", required_argument, NULL, 'b'}, {"tap", required_argument, NULL, 'l'},
	    {NULL, 0, NULL, 0}};
	struct args a = {.from = 1, .seeds = 1000, .jobs = 2};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (c) {
		case 'n':
			a.seeds = strtoull(optarg, NULL, 10);
			break;
		case 'f':
			a.from = strtoull(optarg, NULL, 10);
			break;
		case 'j':
			a.jobs = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 's':
			a.seed = strtoull(optarg, NULL, 10);
			a.one = true;
			break;
		case 't':
			a.trace = true;
			break;
		case 'b':
			while (a.broken < BREAK_N && strcmp(sim_break_name(a.broken), optarg) != 0)
				a.broken++;
			break;
		case 'l':
			a.list = optarg;
			a.tap = true;
			break;
		default:
			return usage();
		}
	if (optind < argc || a.jobs < 1 || a.jobs > 64 || a.broken == BREAK_N)
		return usage();
	json_object_seed(1);
	mallopt(
	    M_MMAP_THRESHOLD, 64 << 10); /* large tables, hardly used: not to be cleared by hand */
	return a.tap ? tap(&a) : a.one ? replay(&a) : many(&a, "");
}
