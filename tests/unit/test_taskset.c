/* SPDX-License-Identifier: Apache-2.0 */
/* The taskset image that the admin role builds, judged by the code that will load it. */
#include "config.h"

#include "ops_fixture.h"

#include "admin/taskset_build.h"
#include "base/clock.h"
#include "flow.h"
#include "session/task.h"

static struct task_set *
build(uint64_t *version)
{
	struct account_table *accounts = account_table_new();
	struct task_set *set = NULL;
	const char *why = "";
	size_t len;
	void *image;

	assert_int_equal(taskset_build(fx.x.store, clock_warrant_ns(), &image, &len, version), 0);
	if (task_check(image, len, &why) < 0)
		fail_msg("%s", why);
	assert_int_equal(task_build(image, len, accounts, &set, &why), 0);
	free(image);
	account_table_free(
	    accounts); /* only the accounts of warrants point there, and are not used here */
	return set;
}

static void
test_empty(void **state)
{
	uint64_t version;
	struct task_set *s = build(&version);

	(void)state;
	assert_int_equal(version, 1);
	assert_int_equal(task_ne_n(s), 0);
	assert_int_equal(task_warrant_n(s), 0);
	task_set_free(s);
}

static void
test_content(void **state)
{
	uint8_t xid[16];
	uint64_t version;
	struct task_set *s;
	const struct taskset_ne *ne;
	const struct taskset_xid *x;
	size_t n;

	(void)state;
	fixture_fill();
	assert_string_equal(
	    call("ne.set",
		"{'ne': 'ne1', 'interfaces': 'x3', 'tls12': true, 'pins': "
		"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaa,bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'}"),
	    "OK");
	assert_string_equal(call("warrant.add", WARRANT("DRAFT")), "OK"); /* stays out */
	assert_string_equal(
	    call("warrant.add",
		"{'liid': '00ff000000000000000000000a', 'lea': 'lea-b', 'delivery': 'iri', " WINDOW
		", 'xid': '" XID2 "," XID1
		"', 'hi2': 'dest-b', 'ne': 'ne1', 'start': true, 'auth_cc': 'DE', 'ne_id': 'nn'}"),
	    "OK");
	assert_string_equal(call("warrant.add", WARRANT("SECOND")), "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 3}"), "OK");
	assert_string_equal(call("warrant.suspend", "{'warrant': 3}"), "OK");
	s = build(&version);
	assert_int_equal(task_ne_n(s), 1);
	ne = task_ne_by_san(s, "ne1.example", 11);
	assert_non_null(ne);
	assert_int_equal(ne->interfaces, TASKSET_X3);
	assert_int_equal(ne->pins_n, 2);
	assert_int_equal(ne->pin[1][31], 0xbb);
	assert_int_equal(ne->tls12, 1);
	assert_int_equal(ne->time_p2_s, 180);
	assert_int_equal(task_warrant_n(s), 2);
	memset(xid, 0x11, sizeof(xid));
	xid[6] = 0x41;
	xid[8] = 0x81;
	x = task_lookup(s, xid, &n);
	assert_int_equal(n, 2);
	const struct taskset_warrant *w = &task_warrant(s, x[0].warrant)->row;
	assert_int_equal(w->id, 2);
	assert_int_equal(w->liid_n, 13);
	assert_int_equal(w->liid[1], 0xff);
	assert_int_equal(w->delivery, TASKSET_IRI);
	assert_int_equal(w->any_ne, 0);
	assert_int_equal(w->allow_n, 1);
	assert_memory_equal(w->auth_cc, "DE", 2);
	assert_int_equal(w->delivery_cc[0], 0);
	assert_memory_equal(w->operator_id, "openmdf", 7);
	assert_int_equal(w->operator_n, 7);
	assert_int_equal(w->neid_n, 2);
	assert_int_equal(w->dest_hi2, 2);
	assert_int_equal(w->dest_hi3, 0);
	assert_int_equal(w->suspended, 0);
	w = &task_warrant(s, x[1].warrant)->row;
	assert_int_equal(w->id, 3);
	assert_int_equal(w->suspended, 1);
	assert_int_equal(w->any_ne, 1);
	assert_int_equal(w->delivery, TASKSET_IRI | TASKSET_CC);
	task_set_free(s);
}

/* What a warrant and a network element are narrowed to, and the profile of an agency. */
static void
test_narrowed(void **state)
{
	static const char profile[] =
	    "{'file': {'name': 'p1', 'version': '1', 'sequence_scope': 'liid', 'time_form': "
	    "'generalized', 'hash_alg': 'sha-512', 'sign_alg': 'eddsa', 'encryption': "
	    "'aes-256-cbc', 'aggregate_n': 7, 'duplicates': 'mark', 'ps_version': 35}}";
	const struct taskset_rule *rules;
	const struct taskset_profile *p;
	const struct taskset_warrant *w;
	const struct taskset_ne *ne;
	uint64_t version;
	struct task_set *s;

	(void)state;
	fixture_fill();
	assert_string_equal(call("profile.import", profile), "OK");
	assert_string_equal(call("lea.set", "{'lea': 'lea-b', 'profile': 'p1'}"), "OK");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'gtime': true}"), "OK");
	assert_string_equal(
	    call("ne.add", "{'ne': 'grp', 'san': 'upf-*.core.example', 'group': true, 'opaque': "
			   "true, 'unwrap': true, 'country': 'NL', 'exclude': 'udp:443'}"),
	    "OK");
	assert_string_equal(call("warrant.add", WARRANT("PLAIN")), "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 1}"), "OK");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'N', 'lea': 'lea-b', 'delivery': 'iri', " WINDOW ", 'hi2': 'dest-b', "
		"'xid': '" XID2 "', 'start': true, 'content': 'summary', 'services': "
		"'voice,email', 'countries': ['DE', 'NL'], 'trigger': 'yes', 'exclude': "
		"'net:10.0.0.0/8<->10.0.0.0/8,service:email,net:[2001:db8::/32]:80-90', 'target': "
		"['ip:192.0.2.10', 'id:sip:Alice@EXAMPLE', 'bound']}"),
	    "OK");
	s = build(&version);
	w = &task_warrant(s, 0)->row;
	assert_int_equal(w->content, TASKSET_FULL);
	assert_int_equal(w->services, SERVICE_ANY);
	assert_int_equal(w->country_n + w->rule_n + w->trigger + w->metadata, 0);
	p = task_warrant(s, 0)->profile;
	assert_int_equal(p->lea, 1);
	assert_int_equal(p->gtime, 1);
	assert_int_equal(p->ps_version, 43);
	assert_int_equal(p->copies_ms, 5000);
	assert_int_equal(p->aggregate_n, 1);
	assert_memory_equal(task_string(s, p->name).p, "etsi", 4);
	assert_memory_equal(task_string(s, p->lea_name).p, "lea-a", 5);
	w = &task_warrant(s, 1)->row;
	assert_int_equal(w->content, TASKSET_SUMMARY);
	assert_int_equal(w->services, SERVICE_VOICE | SERVICE_EMAIL);
	assert_int_equal(w->country_n, 2);
	assert_memory_equal(w->country, "DENL", 4);
	assert_int_equal(w->trigger, 1);
	assert_int_equal(w->rule_n, 6);
	rules = task_warrant(s, 1)->rules;
	assert_int_equal(rules[0].what, TASKSET_RULE_EXCLUDE);
	assert_int_equal(rules[0].b_any, 0);
	assert_int_equal(rules[0].b_len, 8);
	assert_int_equal(rules[1].services, SERVICE_EMAIL);
	assert_int_equal(rules[2].family, 6);
	assert_int_equal(rules[2].port_hi, 90);
	assert_int_equal(rules[3].what, TASKSET_RULE_TARGET);
	assert_int_equal(rules[3].a_len, 32);
	assert_int_equal(rules[4].kind, TASKSET_RULE_ID);
	assert_int_equal(rules[5].kind, TASKSET_RULE_BOUND);
	p = task_warrant(s, 1)->profile;
	assert_int_equal(p->id, 1);
	assert_int_equal(p->lea, 2);
	assert_int_equal(p->scope_liid, 1);
	assert_int_equal(p->gtime, 1);
	assert_int_equal(p->ps_version, 35);
	assert_int_equal(p->hash_alg, 4);
	assert_int_equal(p->sign_alg, 3);
	assert_int_equal(p->encryption, TASKSET_ENCRYPTION_AES256_CBC);
	assert_int_equal(p->copies, TASKSET_COPIES_MARK);
	assert_int_equal(p->aggregate_n, 7);
	ne = task_ne_by_id(s, 2);
	assert_int_equal(ne->group, 1);
	assert_int_equal(ne->opaque, 1);
	assert_int_equal(ne->unwrap, 1);
	assert_memory_equal(ne->country, "NL", 2);
	assert_int_equal(ne->rule_n, 1);
	assert_int_equal(task_ne_rules(s, ne)[0].port_lo, 443);
	assert_int_equal(task_ne_rules(s, ne)[0].proto, 17);
	assert_int_equal(task_ne_by_id(s, 1)->rule_n, 0);
	task_set_free(s);
	assert_string_equal(call("warrant.set", "{'warrant': 'N', 'exclude': 'none'}"), "OK");
	s = build(&version);
	assert_int_equal(task_warrant(s, 1)->row.rule_n, 3);
	task_set_free(s);
}

/* A stopped warrant stays with its shortened window, so that a late PDU is judged by its own time.
 */
static void
test_stop(void **state)
{
	uint64_t version;
	struct task_set *s;
	int64_t before = clock_warrant_ns();

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("STOP")), "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 1}"), "OK");
	assert_string_equal(call("warrant.stop", "{'warrant': 1}"), "OK");
	s = build(&version);
	assert_int_equal(task_warrant_n(s), 1);
	assert_true(task_warrant(s, 0)->row.until_ns >= before &&
		    task_warrant(s, 0)->row.until_ns <= clock_warrant_ns());
	task_set_free(s);
}

#ifdef WITH_SANITIZERS
#define MANY 10000
#else
#define MANY 100000
#endif

static json_t *
many_items(void)
{
	json_t *items = json_array();

	for (int i = 0; i < MANY; i++)
		json_array_append_new(items,
		    json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b}", "liid",
			json_sprintf("LIID-%d", i), "lea", "lea-a", "delivery", "both", "from",
			"2026-01-01T00:00:00Z", "until", "2199-01-01T00:00:00Z", "hi2", "dest-a",
			"hi3", "dest-a", "xid",
			json_sprintf("%08x-0000-4000-8000-000000000000", (unsigned)i * 2654435761u),
			"start", 1));
	return items;
}

static void
test_many(void **state)
{
	static const struct ops_actor actor = {
	    .uid = 0, .name = "root", .interface = "cli", .roles = OPW_ANY};
	json_t *args;
	uint64_t version;
	struct task_set *s;
	int64_t t0, t1, t2;
	size_t len;
	void *image;

	(void)state;
	fixture_fill();
	args = json_pack("{s:o}", "items", many_items());
	t0 = clock_mono_ns();
	ops_call(&fx.x, &actor, &(struct ops_request){.op = "warrant.import", .args = args},
	    fixture_answer, NULL);
	t1 = clock_mono_ns();
	json_decref(args);
	assert_true(json_is_true(json_object_get(fx.answer, "ok")));
	assert_int_equal(taskset_build(fx.x.store, clock_warrant_ns(), &image, &len, &version), 0);
	t2 = clock_mono_ns();
	free(image);
	print_message("# %d warrants: import %.2f s, image of %zu octets %.3f s\n", MANY,
	    (double)(t1 - t0) / 1e9, len, (double)(t2 - t1) / 1e9);
	s = build(&version);
	assert_int_equal(task_warrant_n(s), MANY);
	task_set_free(s);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_empty), T(test_content), T(test_narrowed), T(test_stop), T(test_many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
