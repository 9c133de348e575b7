/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed of a warrant: canonical, the same from the image and from the set in force, and
 * another text for each field that directs an interception. */
#include "config.h"

#include "session/task.h"
#include "session/task_doc.h"
#include "session_fixture.h"
#include "trust/canon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static struct fixture f;

static int
setup(void **state)
{
	struct taskset_warrant *w;

	(void)state;
	fixture_init(&f, 8);
	fixture_ne(&f, 3);
	fixture_ne(&f, 9);
	fixture_warrant(&f, 70, 1, 1);
	w = fixture_warrant(&f, 71, 1, 2);
	fixture_add_xid(&f, 5, 1);
	w->any_ne = 0;
	w->allow_n = 2;
	f.allow[0] = 9;
	f.allow[1] = 3;
	f.allow_n = 2;
	w->services = SERVICE_VOICE | SERVICE_DATA;
	w->country_n = 1;
	memcpy(w->country[0], "DE", 2);
	memcpy(w->delivery_cc, "DE", 2);
	w->from_ns = 1000;
	w->until_ns = 2000;
	w->neid_n = 2;
	memcpy(w->neid, "n\"", 2);
	w->rule_n = 2;
	f.rule_n = 3;
	for (int i = 0; i < 3; i++)
		f.rule[i] = (struct taskset_rule){.what = (uint8_t)(1 + i % 2),
		    .kind = TASKSET_RULE_SERVICE,
		    .services = SERVICE_VOICE};
	f.dest[0].pins_n = 2;
	memset(f.dest[0].pin, 0x77, 64);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fixture_fini(&f);
	return 0;
}

/* Text of warrant INDEX, from the image and from the set: they must be the same. */
static char *
text_of(uint32_t index, size_t *n)
{
	struct account_table *accounts = account_table_new();
	const char *why = "";
	struct task_set *set;
	char *a, *b;
	size_t len, bn;
	uint8_t *image = fixture_image(&f, &len);

	if (task_check(image, len, &why) < 0)
		fail_msg("%s", why);
	a = task_doc(image, len, index, n);
	assert_int_equal(task_build(image, len, accounts, &set, &why), 0);
	b = task_statement(set, index, &bn);
	assert_true((a == NULL) == (b == NULL));
	if (a != NULL)
		assert_string_equal(a, b);
	free(b);
	task_set_free(set);
	account_table_free(accounts);
	free(image);
	return a;
}

static void
test_canonical(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		size_t n;
		char *text = text_of(i, &n), *canonical;
		json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(j);
		assert_int_equal(json_object_size(j), 22);
		canonical = canon_json(j, NULL);
		assert_string_equal(text, canonical);
		assert_int_equal(n, strlen(text));
		json_decref(j);
		free(canonical);
		free(text);
	}
}

/* ---- each field */

static struct taskset_warrant *
w(void)
{
	return &f.warrant[1];
}

static void
c_lea_name(void)
{
	f.strings[f.profile[0].lea_name.off] ^= 1;
}
static void
c_profile_name(void)
{
	f.strings[f.profile[0].name.off] ^= 1;
}
static void
c_delivery(void)
{
	w()->delivery = TASKSET_IRI;
}
static void
c_any_ne(void)
{
	w()->any_ne = 1;
}
static void
c_ne(void)
{
	w()->allow_n = 1;
}
static void
c_ne_name(void)
{
	f.strings[f.ne[0].name.off] ^= 1;
}
static void
c_content(void)
{
	w()->content = TASKSET_SUMMARY;
}
static void
c_services(void)
{
	w()->services |= SERVICE_EMAIL;
}
static void
c_services_any(void)
{
	w()->services = SERVICE_ANY;
}
static void
c_services_unknown(void)
{
	w()->services |= 1u << 14;
}
static void
c_trigger(void)
{
	w()->trigger = 1;
}
static void
c_country(void)
{
	w()->country[0][1] = 'K';
}
static void
c_countries(void)
{
	w()->country_n = 0;
}
static void
c_cc_drop(void)
{
	w()->cc_outage_s = TASKSET_OUTAGE_DROP;
}
static void
c_cc_longer(void)
{
	w()->cc_outage_s = 86400;
}
static void
c_iri_drop(void)
{
	w()->iri_outage_s = TASKSET_OUTAGE_DROP;
}
static void
c_exclude(void)
{
	f.rule[0].services = SERVICE_DATA;
}
static void
c_target(void)
{
	f.rule[1].services = SERVICE_DATA;
}
static void
c_rule_gone(void)
{
	w()->rule_n = 1;
}
static void
c_rule_what(void)
{
	f.rule[1].what = TASKSET_RULE_EXCLUDE;
}
static void
c_liid(void)
{
	w()->liid[0] ^= 1;
}
static void
c_liid_n(void)
{
	w()->liid_n--;
}
static void
c_auth_cc(void)
{
	w()->auth_cc[0] = 'Y';
}
static void
c_delivery_cc(void)
{
	w()->delivery_cc[0] = '\0';
}
static void
c_operator(void)
{
	w()->operator_id[0] ^= 1;
}
static void
c_ne_id(void)
{
	w()->neid_n = 1;
}
static void
c_from(void)
{
	w()->from_ns--;
}
static void
c_until(void)
{
	w()->until_ns++;
}
static void
c_order_until(void)
{
	w()->order_until_ns = 3000;
}
static void
c_hi2(void)
{
	w()->dest_hi2 = 2;
}
static void
c_hi3(void)
{
	w()->dest_hi3 = 0;
}
static void
c_did(void)
{
	f.dest[0].did[15] ^= 1;
}
static void
c_pin(void)
{
	f.dest[0].pin[1][31] ^= 1;
}
static void
c_pins(void)
{
	f.dest[0].pins_n = 1;
}
static void
c_row(void)
{
	f.dest[1].id = w()->dest_hi3 = 4;
}
static void
c_xid(void)
{
	f.xid[1].xid[0] ^= 1;
}
static void
c_xid_more(void)
{
	fixture_add_xid(&f, 6, 1);
}
static void
c_xid_gone(void)
{
	f.xid[1].warrant = 0;
}

static void
test_fields(void **state)
{
	static void (*const change[])(void) = {c_lea_name, c_profile_name, c_delivery, c_any_ne,
	    c_ne, c_ne_name, c_content, c_services, c_services_any, c_services_unknown, c_trigger,
	    c_country, c_countries, c_cc_drop, c_cc_longer, c_iri_drop, c_exclude, c_target,
	    c_rule_gone, c_rule_what, c_liid, c_liid_n, c_auth_cc, c_delivery_cc, c_operator,
	    c_ne_id, c_from, c_until, c_order_until, c_hi2, c_hi3, c_did, c_pin, c_pins, c_row,
	    c_xid, c_xid_more, c_xid_gone};
	size_t n;
	char *before = text_of(1, &n);

	(void)state;
	for (size_t i = 0; i < sizeof(change) / sizeof(change[0]); i++) {
		char *after;

		fixture_fini(&f);
		setup(NULL);
		change[i]();
		after = text_of(1, &n);
		assert_non_null(after);
		if (strcmp(before, after) == 0)
			fail_msg("change %zu is not in the text", i);
		free(after);
	}
	free(before);
}

/* What only narrows for a while leaves the text as it was signed. */
static void
test_narrows(void **state)
{
	size_t n;
	char *before = text_of(1, &n), *after;

	(void)state;
	w()->suspended = w()->metadata = 1;
	w()->order_until_ns = w()->until_ns;
	w()->until_ns = 1500;
	after = text_of(1, &n);
	assert_string_equal(before, after);
	free(before);
	free(after);
	w()->dest_hi2 = 99;
	assert_null(text_of(1, &n)); /* not there: nothing that could be signed */
}

static int
matches(const char *doc)
{
	return task_doc_matches(doc, strlen(doc), "{\"a\":1}", 7);
}

static void
test_matches(void **state)
{
	(void)state;
	assert_true(matches("{\"order\":{},\"task\":{\"a\":1},\"type\":\"openmdf.warrant.v1\"}"));
	assert_true(
	    matches("{\"order\":{\"x\":2},\"task\":{\"a\":1},\"type\":\"openmdf.warrant.v1\"}"));
	assert_false(matches("{\"order\":{},\"task\":{\"a\":2},\"type\":\"openmdf.warrant.v1\"}"));
	assert_false(matches("{\"order\":{},\"task\":{\"a\":1},\"type\":\"openmdf.warrant.v2\"}"));
	assert_false(matches("{\"order\":{},\"mask\":{\"a\":1},\"type\":\"openmdf.warrant.v1\"}"));
	assert_false(matches("{\"task\":{\"a\":1},\"type\":\"openmdf.warrant.v1\"}"));
	assert_false(matches(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_canonical, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_fields, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_narrows, setup, teardown),
	    cmocka_unit_test(test_matches),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
