/* SPDX-License-Identifier: Apache-2.0 */
/* The task set: images good and bad, look-up, judging, speed of loading. */
#include "base/clock.h"
#include "base/msg.h"
#include "session/task.h"
#include "session_fixture.h"
#include "spec/ts103221_2.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define S CLOCK_NS_PER_S

static struct task_set *
load(struct fixture *f, struct account_table *accounts)
{
	const char *why = "";
	struct task_set *set = NULL;
	size_t len;
	uint8_t *image = fixture_image(f, &len);

	assert_int_equal(task_build(image, len, accounts, &set, &why), 0);
	free(image);
	return set;
}

static void
test_lookup(void **state)
{
	struct account_table *accounts = account_table_new();
	struct fixture f;
	struct task_set *set;
	const struct taskset_xid *run;
	uint8_t xid[16];
	size_t n;

	(void)state;
	fixture_init(&f, 16);
	fixture_ne(&f, 3);
	fixture_ne(&f, 9);
	fixture_warrant(&f, 100, 1, 7);
	fixture_warrant(&f, 101, 2, 7); /* fan-out */
	fixture_warrant(&f, 102, 1, 8);
	fixture_add_xid(&f, 9, 2); /* a second identity */
	set = load(&f, accounts);
	fixture_xid(7, xid);
	run = task_lookup(set, xid, &n);
	assert_int_equal(n, 2);
	assert_int_equal(task_warrant(set, run[0].warrant)->row.id, 100);
	assert_int_equal(task_warrant(set, run[1].warrant)->row.id, 101);
	fixture_xid(9, xid);
	run = task_lookup(set, xid, &n);
	assert_int_equal(n, 1);
	assert_int_equal(task_warrant(set, run[0].warrant)->row.id, 102);
	fixture_xid(10, xid);
	assert_null(task_lookup(set, xid, &n));
	assert_int_equal(task_ne_by_san(set, "NE9.Example", 11)->id, 9);
	assert_null(task_ne_by_san(set, "ne9.exampl", 10));
	assert_int_equal(task_ne_by_id(set, 3)->id, 3);
	assert_null(task_ne_by_id(set, 4));
	task_set_free(set);
	account_table_free(accounts);
	fixture_fini(&f);
}

/* Accounts survive the swap; the set does not. */
static void
test_swap(void **state)
{
	struct account_table *accounts = account_table_new();
	struct fixture f;
	struct task_set *a, *b;

	(void)state;
	fixture_init(&f, 4);
	fixture_warrant(&f, 100, 1, 7);
	a = load(&f, accounts);
	task_warrant(a, 0)->account->received = 42;
	b = load(&f, accounts);
	task_set_free(a);
	assert_int_equal(task_warrant(b, 0)->account->received, 42);
	task_set_free(b);
	account_table_free(accounts);
	fixture_fini(&f);
}

static enum reject_code
judge(struct fixture *f, uint32_t ne, uint16_t type, int64_t pdu_ns, int64_t now_ns)
{
	struct account_table *accounts = account_table_new();
	struct task_set *set = load(f, accounts);
	enum reject_code r =
	    task_judge(set, task_warrant(set, 0), ne, type, pdu_ns, now_ns, 10 * S);

	task_set_free(set);
	account_table_free(accounts);
	return r;
}

static void
test_window(void **state)
{
	struct taskset_warrant *w;
	struct fixture f;

	(void)state;
	fixture_init(&f, 4);
	w = fixture_warrant(&f, 100, 1, 7);
	w->from_ns = 1000 * S;
	w->until_ns = 2000 * S;
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, 999 * S, 1500 * S), REJECT_NOT_YET_VALID);
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, 1500 * S, 999 * S), REJECT_NOT_YET_VALID);
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, 1000 * S, 1000 * S), REJECT_NONE);
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, 2000 * S - 1, 2000 * S), REJECT_NONE);
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, 2000 * S, 1999 * S), REJECT_EXPIRED);
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, 1999 * S, 2010 * S - 1), REJECT_NONE);
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, 1999 * S, 2010 * S), REJECT_EXPIRED);
	fixture_fini(&f);
}

static void
test_scope(void **state)
{
	struct taskset_warrant *w;
	struct fixture f;

	(void)state;
	fixture_init(&f, 4);
	w = fixture_warrant(&f, 100, 1, 7);
	w->delivery = TASKSET_IRI;
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, S, S), REJECT_NONE);
	assert_int_equal(judge(&f, 1, X23_TYPE_X3, S, S), REJECT_OUT_OF_SCOPE);
	assert_int_equal(judge(&f, 1, TASK_TYPE_ANY, S, S), REJECT_NONE);
	w->content = TASKSET_HEADERS; /* packet headers are IRI */
	assert_int_equal(judge(&f, 1, X23_TYPE_X3, S, S), REJECT_NONE);
	w->delivery = TASKSET_CC;
	assert_int_equal(judge(&f, 1, X23_TYPE_X2, S, S), REJECT_OUT_OF_SCOPE);
	w->suspended = 1;
	assert_int_equal(judge(&f, 1, X23_TYPE_X3, S, S), REJECT_SUSPENDED);
	w->any_ne = 0;
	w->allow_n = 1;
	f.allow[0] = 5;
	f.allow_n = 1;
	assert_int_equal(judge(&f, 1, X23_TYPE_X3, S, S), REJECT_NE_NOT_ALLOWED);
	w->suspended = 0;
	assert_int_equal(judge(&f, 5, X23_TYPE_X3, S, S), REJECT_NONE);
	fixture_fini(&f);
}

static int
check(struct fixture *f)
{
	const char *why = "";
	size_t len;
	uint8_t *image = fixture_image(f, &len);
	int r = task_check(image, len, &why);

	free(image);
	return r;
}

static void
test_bad_rows(void **state)
{
	struct taskset_warrant *w;
	struct fixture f;

	(void)state;
	fixture_init(&f, 8);
	fixture_ne(&f, 1);
	w = fixture_warrant(&f, 100, 1, 7);
	fixture_warrant(&f, 101, 1, 8);
	assert_int_equal(check(&f), 0);
#define BAD(field, value)                                                                          \
	do {                                                                                       \
		__typeof__(field) keep = (field);                                                  \
		(field) = (value);                                                                 \
		assert_int_equal(check(&f), -EINVAL);                                              \
		(field) = keep;                                                                    \
		assert_int_equal(check(&f), 0);                                                    \
	} while (0)
	BAD(w->id, 0);
	BAD(w->id, 101); /* twice */
	BAD(w->lea, 0);
	BAD(w->liid_n, 0);
	BAD(w->liid_n, 26);
	BAD(w->operator_n, 0);
	BAD(w->operator_n, 17);
	BAD(w->neid_n, 17);
	BAD(w->delivery, 4);
	BAD(w->allow_n, 1);
	BAD(w->allow_off, 1);
	BAD(w->allow_off, UINT32_MAX);
	BAD(f.ne[0].pins_n, 3);
	BAD(f.ne[0].id, 0);
	BAD(f.ne[0].san.len, 0);
	BAD(f.ne[0].san.len, 1000);
	BAD(f.ne[0].name.off, UINT32_MAX);
	BAD(f.xid[0].warrant, 2);
	fixture_fini(&f);
}

static void
test_bad_order(void **state)
{
	struct taskset_hdr h;
	struct taskset_xid x[2];
	const char *why = "";
	struct fixture f;
	size_t len, at;
	uint8_t *image;

	(void)state;
	fixture_init(&f, 8);
	fixture_warrant(&f, 100, 1, 7);
	fixture_warrant(&f, 101, 1, 8);
	image = fixture_image(&f, &len);
	at = sizeof(h) + 2 * sizeof(struct taskset_warrant);
	memcpy(x, image + at, sizeof(x));
	memcpy(image + at, &x[1], sizeof(x[0]));
	memcpy(image + at + sizeof(x[0]), &x[0], sizeof(x[0]));
	assert_int_equal(task_check(image, len, &why), -EINVAL);
	memcpy(image + at, &x[0], sizeof(x[0])); /* equal */
	assert_int_equal(task_check(image, len, &why), -EINVAL);
	memcpy(image + at, x, sizeof(x));
	assert_int_equal(task_check(image, len, &why), 0);
	assert_int_equal(task_check(image, len - 1, &why), -EINVAL);
	memcpy(&h, image, sizeof(h));
	h.xid_n = UINT32_MAX;
	memcpy(image, &h, sizeof(h));
	assert_int_equal(task_check(image, len, &why), -EINVAL);
	free(image);
	fixture_fini(&f);
}

/* No cut and no changed octet makes task_build() read past the image (the sanitizers see it). */
static void
test_mutations(void **state)
{
	struct account_table *accounts = account_table_new();
	const char *why = "";
	struct fixture f;
	size_t len;
	uint8_t *image, *copy;

	(void)state;
	fixture_init(&f, 8);
	fixture_ne(&f, 1);
	fixture_warrant(&f, 100, 1, 7);
	fixture_warrant(&f, 101, 1, 8);
	image = fixture_image(&f, &len);
	srandom(1);
	for (int i = 0; i < 4000; i++) {
		size_t n = i < (int)len ? (size_t)i : len;
		struct task_set *set = NULL;

		copy = malloc(n + 1);
		memcpy(copy, image, n);
		if (n == len)
			copy[(size_t)random() % n] ^= (uint8_t)(1 << random() % 8);
		if (task_build(copy, n, accounts, &set, &why) == 0)
			task_set_free(set);
		free(copy);
	}
	free(image);
	account_table_free(accounts);
	fixture_fini(&f);
}

static void
test_memfd(void **state)
{
	struct account_table *accounts = account_table_new();
	struct task_set *set = NULL;
	const char *why = "";
	struct fixture f;
	size_t len;
	uint8_t *image;
	char path[] = "/tmp/test_task.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	unlink(path);
	fixture_init(&f, 4);
	fixture_warrant(&f, 100, 1, 7);
	image = fixture_image(&f, &len);
	assert_int_equal(task_load(msg_memfd("tasks", image, len), accounts, &set, &why), 0);
	assert_int_equal(task_version(set), 1);
	task_set_free(set);
	assert_int_equal(write(fd, image, len), (ssize_t)len);
	assert_int_equal(
	    task_load(fd, accounts, &set, &why), -EPERM); /* not sealed: could change under us */
	assert_int_equal(task_load(-1, accounts, &set, &why), -EBADF);
	free(image);
	account_table_free(accounts);
	fixture_fini(&f);
}

#define MANY 100000

static void
test_many(void **state)
{
	struct account_table *accounts = account_table_new();
	struct task_set *set = NULL;
	const char *why = "";
	struct fixture f;
	uint8_t *image, xid[16];
	size_t len, n;
	int64_t begun;

	(void)state;
	fixture_init(&f, MANY);
	for (uint32_t i = 0; i < MANY; i++)
		fixture_warrant(&f, i + 1, i % 10 + 1, i);
	image = fixture_image(&f, &len);
	begun = clock_mono_ns();
	assert_int_equal(task_load(msg_memfd("tasks", image, len), accounts, &set, &why), 0);
	print_message("# %d tasks loaded in %lld ms\n", MANY,
	    (long long)((clock_mono_ns() - begun) / 1000000));
	for (uint32_t i = 0; i < MANY; i++) {
		const struct taskset_xid *run;

		fixture_xid(i, xid);
		run = task_lookup(set, xid, &n);
		assert_int_equal(n, 1);
		assert_int_equal(task_warrant(set, run->warrant)->row.id, i + 1);
	}
	task_set_free(set);
	free(image);
	account_table_free(accounts);
	fixture_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lookup),
	    cmocka_unit_test(test_swap),
	    cmocka_unit_test(test_window),
	    cmocka_unit_test(test_scope),
	    cmocka_unit_test(test_bad_rows),
	    cmocka_unit_test(test_bad_order),
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_memfd),
	    cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
