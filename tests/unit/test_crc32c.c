/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C: published vectors (RFC 3720 B.4), instruction against tables, combine against the whole.
 */
#include "base/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BUF_LEN 70000

static uint8_t buf[BUF_LEN];

static int
fill(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < BUF_LEN; i++) {
		x = x * 1664525 + 1013904223;
		buf[i] = (uint8_t)(x >> 24);
	}
	return 0;
}

static void
vectors(void **state)
{
	uint8_t v[32];

	(void)state;
	assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283);
	assert_int_equal(crc32c(0, "", 0), 0);
	memset(v, 0, sizeof(v));
	assert_int_equal(crc32c(0, v, sizeof(v)), 0x8A9136AA);
	memset(v, 0xFF, sizeof(v));
	assert_int_equal(crc32c(0, v, sizeof(v)), 0x62A8AB43);
	for (size_t i = 0; i < sizeof(v); i++)
		v[i] = (uint8_t)i;
	assert_int_equal(crc32c(0, v, sizeof(v)), 0x46DD794E);
	assert_int_equal(crc32c_portable(0, v, sizeof(v)), 0x46DD794E);
}

static void
instruction_equals_tables(void **state)
{
	(void)state;
	for (size_t n = 0; n < 5000; n += n < 600 ? 1 : 37)
		for (size_t at = 0; at < 9; at += 3)
			assert_int_equal(crc32c(7, buf + at, n), crc32c_portable(7, buf + at, n));
	assert_int_equal(crc32c(0, buf, BUF_LEN), crc32c_portable(0, buf, BUF_LEN));
}

static void
continued(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 3000; cut += 7) {
		uint32_t c = crc32c(crc32c(0, buf, cut), buf + cut, 3000 - cut);

		assert_int_equal(c, crc32c(0, buf, 3000));
	}
}

static void
combine_one(size_t a, size_t b)
{
	uint32_t whole = crc32c(0, buf, a + b);
	uint32_t ca = crc32c(0, buf, a), cb = crc32c(0, buf + a, b);

	assert_int_equal(crc32c_combine(ca, cb, b), whole);
	assert_int_equal(crc32c_combine(ca, cb, b), whole); /* from the cache */
	assert_int_equal(crc32c_combine_portable(ca, cb, b), whole);
}

static void
combined(void **state)
{
	(void)state;
	for (size_t b = 0; b < 2000; b += b < 100 ? 1 : 13)
		for (size_t a = 0; a < 300; a += 59)
			combine_one(a, b);
	combine_one(1, BUF_LEN - 1);
	combine_one(4096, 65536);
}

/* Lengths that do not fit in memory: shifting by n in two steps is shifting by the sum. */
static void
combined_long(void **state)
{
	const size_t far = (size_t)3 << 33, near = 12345;
	uint32_t c = 0xDEADBEEF;

	(void)state;
	assert_int_equal(
	    crc32c_combine(crc32c_combine(c, 0, far), 0, near), crc32c_combine(c, 0, far + near));
	assert_int_equal(crc32c_combine(c, 0, far), crc32c_combine_portable(c, 0, far));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors),
	    cmocka_unit_test(instruction_equals_tables),
	    cmocka_unit_test(continued),
	    cmocka_unit_test(combined),
	    cmocka_unit_test(combined_long),
	};

	return cmocka_run_group_tests(tests, fill, NULL);
}
