/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregated events through the mediator: items that are much longer than their bodies. */
#include "mediate_rig.h"
#include "spec/ts102232_1.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define TARGETS 30
#define VALUE_LEN 500

/* TARGETS attributes with long network access identifiers. */
static struct octets
many_targets(void)
{
	static uint8_t buf[TARGETS * (VALUE_LEN + 16)];
	uint8_t *p = buf;

	for (int i = 0; i < TARGETS; i++) {
		int n = sprintf((char *)p + 4, "<nai>%0*d</nai>", VALUE_LEN, i);

		octets_put16(p, X23_ATTR_OTHER_TARGET);
		octets_put16(p + 2, (uint16_t)n);
		p += 4 + n;
	}
	return (struct octets){buf, (size_t)(p - buf)};
}

static void
items_longer_than_their_bodies(void **state)
{
	static const uint8_t xiri[] = {0x30, 0x0E, 0x81, 0x05, 0x04, 0x13, 0x12, 0x0F, 0x01, 0xA2,
	    0x05, 0xA1, 0x03, 0x81, 0x01, 0x05}; /* a registration: Report */
	static struct rig_rec recs[4];
	static struct rig rig;
	struct fixture f;

	(void)state;
	rig_init(&rig);
	fixture_init(&f, 8);
	fixture_ne(&f, 1);
	fixture_warrant(&f, 1, 1, 1);
	f.profile[0].aggregate_n = 3;
	rig_tasks(&rig, &f);
	for (uint32_t i = 0; i < 3; i++) {
		struct fixture_pdu p = {.type = X23_TYPE_X2,
		    .format = X23_FMT_TS33128,
		    .direction = X23_DIR_FROM_TARGET,
		    .x = 1,
		    .correlation = 5,
		    .numbered = true,
		    .seq = i,
		    .attributes = many_targets(),
		    .payload = {xiri, sizeof(xiri)}};

		assert_int_equal(rig_pdu(&rig, 1, &p), 0);
	}
	rig_commit(&rig);
	assert_int_equal(rig_read(&rig, 1, HO_IRI, recs, 4), 1);
	assert_true(recs[0].n > 3 * TARGETS * VALUE_LEN);
	assert_int_equal(recs[0].octets[0], PSPDU_TAG);
	rig_fini(&rig);
	fixture_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(items_longer_than_their_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
