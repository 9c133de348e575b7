/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor file: what is stored comes back; torn at every octet it gives the older state, never
 * an invented one. */
#include "base/octets.h"
#include "delivery/cursor.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], path[128];

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_cursor.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/7/cursor", dir);
	return 0;
}

static int
teardown(void **state)
{
	char sub[96];

	(void)state;
	unlink(path);
	snprintf(sub, sizeof(sub), "%s/7", dir);
	rmdir(sub);
	return rmdir(dir);
}

static struct cursor *
open_cursor(enum cursor_found want)
{
	enum cursor_found found;
	struct cursor *c = cursor_open(path, 7, &found);

	assert_non_null(c);
	assert_int_equal(found, want);
	return c;
}

/* State number N, different in every number. */
static void
set_state(struct cursor *c, uint32_t n)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct cursor_pos *e = cursor_at(c, 10 + i, (enum ho_class)i, NULL);

		e->pos.seg = n + i;
		e->pos.rec = n * 1000 + i;
		e->pos.off = n * 8 + i;
		e->lost = n;
		cursor_touch(c);
	}
	cursor_count(c, 40, HO_IRI, SPOOL_REC_HO, n);
	cursor_count(c, 41, HO_CC, SPOOL_REC_HO, n);
	cursor_count(c, 41, HO_CC, SPOOL_REC_NOTICE, n);
}

/* The state is whole: which number is it?  0: empty. */
static uint32_t
which_state(struct cursor *c)
{
	uint32_t n = 0;

	if (cursor_each(c, 0) == NULL) {
		assert_null(cursor_warrant_each(c, 0));
		return 0;
	}
	n = (uint32_t)cursor_at(c, 10, HO_IRI, NULL)->pos.seg;
	for (uint32_t i = 0; i < 3; i++) {
		struct cursor_pos *e = cursor_at(c, 10 + i, (enum ho_class)i, NULL);

		assert_int_equal(e->pos.seg, n + i);
		assert_int_equal(e->pos.rec, n * 1000 + i);
		assert_int_equal(e->pos.off, n * 8 + i);
		assert_int_equal(e->lost, n);
	}
	assert_int_equal(cursor_warrant_each(c, 0)->iri, n);
	assert_int_equal(cursor_warrant_each(c, 0)->octets, n * (n + 1) / 2);
	assert_int_equal(cursor_warrant_each(c, 1)->cc, n);
	assert_int_equal(cursor_warrant_each(c, 1)->notices, n);
	assert_int_equal(cursor_warrant_each(c, 1)->octets, n * (n + 1));
	return n;
}

static void
store_states(uint32_t upto)
{
	struct cursor *c = open_cursor(CURSOR_NEW);

	for (uint32_t n = 1; n <= upto; n++) {
		set_state(c, n);
		assert_true(cursor_dirty(c));
		assert_int_equal(cursor_store(c), 0);
		assert_false(cursor_dirty(c));
	}
	cursor_close(c);
}

static void
stored_state_comes_back(void **state)
{
	struct cursor *c;

	(void)state;
	for (uint32_t n = 1; n < 5; n++) {
		unlink(path);
		store_states(n);
		c = open_cursor(CURSOR_OK);
		assert_int_equal(which_state(c), n);
		cursor_drop(c, 11, HO_VOICE);
		assert_true(cursor_dirty(c));
		assert_int_equal(cursor_store(c), 0);
		cursor_close(c);
		c = open_cursor(CURSOR_OK);
		assert_non_null(cursor_each(c, 1));
		assert_null(cursor_each(c, 2));
		cursor_close(c);
	}
}

static size_t
read_file(uint8_t **out)
{
	int fd = open(path, O_RDONLY);
	struct stat st;

	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	*out = malloc((size_t)st.st_size);
	assert_int_equal(read(fd, *out, (size_t)st.st_size), st.st_size);
	close(fd);
	return (size_t)st.st_size;
}

static void
write_file(const uint8_t *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), n);
	close(fd);
}

/* Slots of generations 3 (slot 1) and 4 (slot 0): octets of one slot. */
#define SLOT_LEN (40 + 3 * 40 + 2 * 40)

static void
torn_write_gives_older_state(void **state)
{
	uint8_t *before, *after, *torn;
	size_t n;
	struct cursor *c;

	(void)state;
	store_states(4);
	n = read_file(&before);
	unlink(path);
	store_states(5); /* overwrites generation 3 */
	assert_int_equal(read_file(&after), n);
	torn = malloc(n);
	for (size_t k = 0; k <= SLOT_LEN; k++) {
		uint8_t *slot = torn + CURSOR_STRIPE;

		memcpy(torn, before, n);
		memcpy(slot, after + CURSOR_STRIPE, k);
		write_file(torn, n);
		c = open_cursor(memcmp(torn, after, n) == 0    ? CURSOR_OK
				: memcmp(torn, before, n) == 0 ? CURSOR_OK
							       : CURSOR_OLDER);
		assert_int_equal(which_state(c), memcmp(torn, after, n) == 0 ? 5 : 4);
		cursor_close(c);
	}
	free(before);
	free(after);
	free(torn);
}

static void
each_octet_damaged(void **state)
{
	uint8_t *good;
	size_t n;

	(void)state;
	store_states(4);
	n = read_file(&good);
	for (size_t slot = 0; slot < 2; slot++)
		for (size_t k = 0; k < SLOT_LEN; k++) {
			struct cursor *c;

			good[slot * CURSOR_STRIPE + k] ^= 0x41;
			write_file(good, n);
			good[slot * CURSOR_STRIPE + k] ^= 0x41;
			c = open_cursor(CURSOR_OLDER);
			assert_int_equal(which_state(c), slot == 0 ? 3 : 4);
			/* goes on from there, over the damaged slot */
			set_state(c, 9);
			assert_int_equal(cursor_store(c), 0);
			cursor_close(c);
			c = open_cursor(CURSOR_OK);
			assert_int_equal(cursor_at(c, 10, HO_IRI, NULL)->pos.seg, 9);
			cursor_close(c);
		}
	free(good);
}

static void
cut_off_file(void **state)
{
	uint8_t *good;
	size_t n;

	(void)state;
	store_states(4);
	n = read_file(&good);
	assert_int_equal(n, CURSOR_STRIPE + SLOT_LEN);
	for (size_t k = 1; k < n; k += k < SLOT_LEN + 2 || k > CURSOR_STRIPE - 3 ? 1 : 997) {
		struct cursor *c;

		write_file(good, k);
		c = open_cursor(k < SLOT_LEN ? CURSOR_LOST : CURSOR_OLDER);
		assert_int_equal(which_state(c), k < SLOT_LEN ? 0 : 4);
		cursor_close(c);
	}
	free(good);
}

static void
other_lea_and_version_are_refused(void **state)
{
	enum cursor_found found;
	struct cursor *c;
	uint8_t *good;
	size_t n;

	(void)state;
	store_states(2);
	c = cursor_open(path, 8, &found);
	assert_int_equal(found, CURSOR_LOST);
	cursor_close(c);
	n = read_file(&good);
	good[11] = good[CURSOR_STRIPE + 11] = 99;
	write_file(good, n);
	free(good);
	cursor_close(open_cursor(CURSOR_LOST));
}

static void
many_warrants_span_stripes(void **state)
{
	struct cursor *c = open_cursor(CURSOR_NEW);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (uint32_t w = 1; w <= 5000; w++)
			cursor_count(c, w * 64, HO_CC, SPOOL_REC_HO, w);
		assert_int_equal(cursor_store(c), 0);
	}
	cursor_close(c);
	c = open_cursor(CURSOR_OK);
	for (uint32_t w = 0; w < 5000; w++) {
		assert_int_equal(cursor_warrant_each(c, w)->warrant, (w + 1) * 64);
		assert_int_equal(cursor_warrant_each(c, w)->cc, 3);
		assert_int_equal(cursor_warrant_each(c, w)->octets, (w + 1) * 3);
	}
	assert_null(cursor_warrant_each(c, 5000));
	cursor_close(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(stored_state_comes_back, setup, teardown),
	    cmocka_unit_test_setup_teardown(torn_write_gives_older_state, setup, teardown),
	    cmocka_unit_test_setup_teardown(each_octet_damaged, setup, teardown),
	    cmocka_unit_test_setup_teardown(cut_off_file, setup, teardown),
	    cmocka_unit_test_setup_teardown(other_lea_and_version_are_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(many_warrants_span_stripes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
