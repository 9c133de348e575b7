/* SPDX-License-Identifier: Apache-2.0 */
/* kill -9 of a process that appends: everything it reported as durable is there, in the same place,
 * and the next one goes on behind it. */
#include "spool_fixture.h"

#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 25
#define TURN_RECORDS 40

static uint32_t random_state = 1;

static uint32_t
random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

/* Append for ever; each durable head goes to the pipe as one atomic write.  Old segments are
 * recycled under way. */
static void __attribute__((noreturn)) child(struct fixture *f, int out)
{
	struct spool_pos head, told = {0};
	uint32_t seq;

	fixture_open(f);
	seq = (uint32_t)spool_tail(f->q).rec;
	random_state = seq + 1;
	for (;;) {
		uint32_t n = random_below(TURN_RECORDS);

		while (n-- > 0 && spool_room(f->s, 4000))
			fixture_append(f->q, seq++, random_below(3000));
		spool_turn(f->s);
		event_base_loop(f->base, EVLOOP_NONBLOCK);
		head = spool_head(f->q);
		if (head.rec == told.rec)
			continue;
		if (write(out, &head, sizeof(head)) != (ssize_t)sizeof(head))
			_exit(1);
		told = head;
		spool_release(f->q, head.seg - 8);
	}
}

/* Let a child run for a while, kill it, return the last head it told. */
static struct spool_pos
run_and_kill(struct fixture *f, unsigned ms)
{
	struct spool_pos head = {0}, next;
	struct pollfd pfd = {.events = POLLIN};
	int fd[2];
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fd[0]);
		child(f, fd[1]);
	}
	close(fd[1]);
	pfd.fd = fd[0];
	assert_int_equal(poll(&pfd, 1, 20000), 1); /* it has begun */
	for (unsigned i = 0; i < ms; i++) {
		while (poll(&pfd, 1, 0) == 1 && read(fd[0], &next, sizeof(next)) == sizeof(next))
			head = next;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	while (read(fd[0], &next, sizeof(next)) == (ssize_t)sizeof(next))
		head = next;
	close(fd[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return head;
}

struct replay {
	uint64_t n, next;
};

static void
on_replay(const struct spool_pos *at, const struct spool_meta *m, struct octets o, void *arg)
{
	struct replay *r = arg;

	assert_true(fixture_good(m, o));
	assert_int_equal(m->seq, at->rec);
	assert_true(r->n == 0 || at->rec == r->next);
	r->next = at->rec + 1;
	r->n++;
}

static void
killed(void **state)
{
	struct fixture *f = *state;
	struct spool_pos head, from = {0};
	struct fixture_read r;
	struct replay all;

	for (unsigned round = 0; round < ROUNDS; round++) {
		head = run_and_kill(f, 1 + round * 3);
		r = fixture_read(f, NULL,
		    &head); /* as the reader of another process would, before any recovery */
		assert_int_equal(r.wrong + r.gaps, 0);
		assert_true(r.good > 0);
		assert_memory_equal(&r.end, &head, sizeof(head));
		fixture_open(f);
		assert_true(spool_tail(f->q).rec >= head.rec);
		all = (struct replay){0};
		spool_replay(f->q, &from, on_replay, &all);
		assert_int_equal(all.next, spool_tail(f->q).rec);
		fixture_close(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(killed, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
