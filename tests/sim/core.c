/* SPDX-License-Identifier: Apache-2.0 */
/* Chance, time, tasks and processes of the simulation; see sim.h. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define STACK_LEN (1u << 20)

struct sim *sim;

/* ---- chance: xoroshiro128+, seeded by splitmix64 */

static uint64_t
splitmix(uint64_t *x)
{
	uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void
rng_init(struct sim_rng *r, uint64_t seed, uint64_t stream)
{
	uint64_t x = seed * UINT64_C(0x2545f4914f6cdd1d) + stream * UINT64_C(0xd1342543de82ef95);

	r->s[0] = splitmix(&x);
	r->s[1] = splitmix(&x) | 1;
}

uint64_t
rng_next(struct sim_rng *r)
{
	uint64_t a = r->s[0], b = r->s[1], v = a + b;

	b ^= a;
	r->s[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
	r->s[1] = (b << 37) | (b >> 27);
	return v;
}

uint64_t
rng_below(struct sim_rng *r, uint64_t n)
{
	return n > 1 ? (rng_next(r) >> 11) % n : 0;
}

bool
rng_once_in(struct sim_rng *r, uint64_t n)
{
	return n != 0 && rng_below(r, n) == 0;
}

int64_t
rng_time(struct sim_rng *r, int64_t from, int64_t to)
{
	int64_t span = to - from;
	unsigned cut = (unsigned)rng_below(r, 8);

	return from + (int64_t)rng_below(r, (uint64_t)(span >> cut) + 1);
}

/* ---- words */

void
sim_trace(const char *fmt, ...)
{
	char line[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (const char *p = line; *p; p++)
		sim->hash = (sim->hash ^ (uint8_t)*p) * UINT64_C(1099511628211);
	sim->hash = (sim->hash ^ (uint64_t)sim->now_ns) * UINT64_C(1099511628211);
	sim->events++;
	if (sim->trace)
		printf("%13.6f %-9s %s\n", (double)sim->now_ns / 1e9,
		    sim->task != NULL ? proc_name(sim->task->proc) : "-", line);
}

void
sim_fail(const char *fmt, ...)
{
	va_list ap;

	if (sim->failed)
		return;
	sim->failed = sim->over = true;
	va_start(ap, fmt);
	vsnprintf(sim->why, sizeof(sim->why), fmt, ap);
	va_end(ap);
	sim_trace("FAILED: %s", sim->why);
}

const char *
sim_break_name(enum sim_break b)
{
	static const char *const name[] = {"none", "fsync", "ack", "cursor", "lemf", "rot"};

	return b < BREAK_N ? name[b] : "?";
}

/* ---- what comes next: a heap by time, then by order of entry */

struct entry {
	int64_t t_ns;
	uint64_t order, n;
	sim_fn *fn;
	void *arg;
};

static struct entry *heap;
static size_t heap_n, heap_cap;
static uint64_t heap_order;

static bool
entry_before(const struct entry *a, const struct entry *b)
{
	return a->t_ns != b->t_ns ? a->t_ns < b->t_ns : a->order < b->order;
}

void
sim_at(int64_t t_ns, sim_fn *fn, void *arg, uint64_t n)
{
	struct entry e = {t_ns < sim->now_ns ? sim->now_ns : t_ns, heap_order++, n, fn, arg};
	size_t i = heap_n++;

	if (heap_n > heap_cap) {
		heap_cap = heap_cap * 2 + 256;
		heap = realloc(heap, heap_cap * sizeof(*heap));
		assert(heap != NULL);
	}
	for (; i > 0 && entry_before(&e, &heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = e;
}

void
sim_in(int64_t d_ns, sim_fn *fn, void *arg, uint64_t n)
{
	sim_at(sim->now_ns + d_ns, fn, arg, n);
}

static struct entry
heap_pop(void)
{
	struct entry top = heap[0], e = heap[--heap_n];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < heap_n) {
		if (k + 1 < heap_n && entry_before(&heap[k + 1], &heap[k]))
			k++;
		if (!entry_before(&heap[k], &e))
			break;
		heap[i] = heap[k];
		i = k;
	}
	heap[i] = e;
	return top;
}

void
sim_loop(int64_t until_ns)
{
	while (heap_n > 0 && !sim->over && heap[0].t_ns <= until_ns) {
		struct entry e = heap_pop();

		sim->now_ns = e.t_ns;
		e.fn(e.arg, e.n);
	}
}

/* ---- tasks */

static struct sim_task tasks[64];
static jmp_buf scheduler;
static ucontext_t boot_back;
static struct sim_task *booting;
static uint64_t task_gens;

void
sim_core_reset(void)
{
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
		tasks[i].proc = NULL;
	heap_n = 0;
	heap_order = 0;
	task_gens = 0;
}

static void
task_to_scheduler(void)
{
	struct sim_task *t = sim->task;

	t->err = errno;
	if (_setjmp(t->where) == 0)
		_longjmp(scheduler, 1);
	errno = sim->task->err;
}

static void __attribute__((noreturn)) task_leave(void)
{
	_longjmp(scheduler, 1);
}

static void
task_body(void)
{
	struct sim_task *t = booting;

	t->fn(t->arg);
	t->done = true;
	task_wake_on(t, true);
	task_leave();
}

static void
task_boot(struct sim_task *t)
{
	ucontext_t c;

	getcontext(&c);
	c.uc_stack.ss_sp = t->stack;
	c.uc_stack.ss_size = STACK_LEN;
	c.uc_link = NULL;
	makecontext(&c, task_body, 0);
	booting = t;
	swapcontext(&boot_back, &c);
}

static void
proc_clock(struct sim_proc *p, bool in)
{
	if (p->has_clock || !in)
		sim_clock_swap(p->clock, in);
	else
		sim_clock_swap(NULL, true);
	p->has_clock = true;
}

/* Run T until it gives way. */
static void
task_run(void *arg, uint64_t gen)
{
	struct sim_task *t = arg;
	struct sim_proc *p = t->proc;

	if (p == NULL || t->gen != gen || t->done)
		return;
	t->waking = false;
	t->gen = ++task_gens; /* other wake-ups are void */
	proc_clock(p, true);
	sim->task = t;
	if (_setjmp(scheduler) == 0) {
		if (t->fresh) {
			t->fresh = false;
			task_boot(t);
		}
		_longjmp(t->where, 1);
	}
	sim->task = NULL;
	if (p->up)
		proc_clock(p, false);
}

struct sim_task *
task_new(struct sim_proc *p, void *(*fn)(void *), void *arg)
{
	struct sim_task *t = tasks;

	while (t->proc != NULL) {
		t++;
		assert(t < tasks + sizeof(tasks) / sizeof(tasks[0]));
	}
	if (t->stack == NULL) {
		t->stack = mmap(NULL, STACK_LEN, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		assert(t->stack != MAP_FAILED);
	}
	t->proc = p;
	t->gen = ++task_gens;
	t->fn = fn;
	t->arg = arg;
	t->fresh = true;
	t->done = t->waking = false;
	t->wait_on = NULL;
	t->err = 0;
	t->next = p->first;
	p->first = t;
	task_wake(t);
	return t;
}

void
task_wake(struct sim_task *t)
{
	if (t->waking || t->done || t == sim->task)
		return;
	t->waking = true;
	sim_in((int64_t)rng_below(&sim->rng, 20 * SIM_US) + 1, task_run, t, t->gen);
}

void
task_wait(int64_t until_ns)
{
	struct sim_task *t = sim->task;

	t->waking = false;
	if (until_ns != INT64_MAX)
		sim_at(until_ns, task_run, t, t->gen);
	task_to_scheduler();
}

void
task_sleep(int64_t ns)
{
	task_wait(sim->now_ns + ns);
}

void
task_wake_on(const void *obj, bool all)
{
	for (struct sim_task *t = sim->task->proc->first; t != NULL; t = t->next)
		if (t->wait_on == obj && !t->done) {
			t->wait_on = NULL;
			task_wake(t);
			if (!all)
				return;
		}
}

/* ---- processes */

const char *
proc_name(const struct sim_proc *p)
{
	static const char *const name[PROC_N] = {"ingest", "deliver1", "deliver2", "admin"};

	return name[p->id];
}

void
proc_kill(struct sim_proc *p, const char *how)
{
	struct sim_task *t;

	if (!p->up)
		return;
	sim_trace("%s ends: %s", proc_name(p), how);
	p->up = p->ready = false;
	p->poller = NULL;
	while ((t = p->first) != NULL) {
		p->first = t->next;
		t->proc = NULL;
		t->gen = 0;
	}
	vfd_close_all(p);
	role_restart_later(p);
	if (sim->task != NULL && sim->task->proc == NULL)
		task_leave();
}

void
proc_call(const char *what)
{
	struct sim_proc *p;

	if (sim == NULL || sim->task == NULL)
		return;
	p = sim->task->proc;
	p->calls++;
	if (p->kill_at != 0 && p->calls >= p->kill_at && !p->hard) {
		p->kill_at = 0;
		sim->kills++;
		sim_trace("killed in %s", what);
		proc_kill(p, "killed");
	}
}
