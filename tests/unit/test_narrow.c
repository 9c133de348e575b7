/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on profiles, on what warrants and network elements are narrowed to, and on sessions.
 */
#include "ops_fixture.h"

#include "db/check.h"

#define P(more) "{'file': {'name': 'p1', 'version': '1'" more "}}"

static const char *
why(void)
{
	return json_string_value(json_object_get(json_object_get(fx.answer, "error"), "why"));
}

/* The rows of the audit log as one text. */
static char *
audit_text(void)
{
	assert_string_equal(call("audit.list", NULL), "OK");
	return json_dumps(result(), JSON_COMPACT);
}

static size_t
list_n(const char *key)
{
	return json_array_size(json_object_get(result(), key));
}

static void
test_profiles(void **state)
{
	char *audit;

	(void)state;
	fixture_fill();
	assert_string_equal(call("profile.import", P("")), "OK");
	assert_int_equal(fx.changed, OP_TASKS | OP_DESTS);
	assert_string_equal(result_text("sequence_scope"), "cin");
	assert_string_equal(call("profile.import", P("")), "OK"); /* the same again */
	assert_string_equal(call("profile.import", P(", 'hash_n': 5")), "CONFLICT");
	assert_string_equal(
	    call("profile.import", "{'file': {'name': 'p1', 'version': '2', 'time1_s': 7}, "
				   "'replace': true}"),
	    "OK");
	assert_string_equal(call("profile.import", P(", 'colour': 5")), "USAGE");
	assert_string_equal(call("profile.import", "{'file': 'text'}"), "USAGE");
	assert_string_equal(
	    call("profile.import", "{'file': {'name': 'etsi', 'version': '1'}}"), "OK");
	assert_string_equal(
	    call("profile.import", "{'file': {'name': 'etsi', 'version': '1', 'hash_n': 5}}"),
	    "REFUSED");
	assert_string_equal(call("profile.list", NULL), "OK");
	assert_int_equal(json_array_size(result()), 2);
	assert_string_equal(call("profile.show", "{'profile': 'etsi'}"), "OK");
	assert_string_equal(call("profile.show", "{'profile': 'p9'}"), "NOT-FOUND");
	assert_string_equal(call("profile.show", "{'profile': 'p1'}"), "OK");
	assert_string_equal(result_text("version"), "2");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'p9'}"), "NOT-FOUND");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'p1'}"), "OK");
	assert_string_equal(result_text("profile"), "p1");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'gtime': true}"), "REFUSED");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'country': 'NL'}"), "OK");
	assert_string_equal(result_text("profile"), "p1"); /* what is not named stays */
	assert_string_equal(
	    call("destination.add", "{'destination': 'd2', 'lea': 'lea-a', 'addresses': "
				    "'192.0.2.3:1'}"),
	    "OK");
	assert_int_equal(json_integer_value(json_object_get(result(), "time1_s")), 7);
	assert_int_equal(json_integer_value(json_object_get(result(), "time2_s")), 30);
	assert_string_equal(call("profile.remove", "{'profile': 'p1'}"), "CONFLICT");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'etsi'}"), "OK");
	assert_string_equal(result_text("profile"), "etsi");
	assert_string_equal(call("profile.remove", "{'profile': 'p1'}"), "OK");
	assert_string_equal(call("profile.remove", "{'profile': 'p1'}"), "NOT-FOUND");
	assert_string_equal(call("profile.remove", "{'profile': 'etsi'}"), "REFUSED");
	audit = audit_text();
	assert_non_null(strstr(audit, "\"object\":\"profile p1\""));
	free(audit);
}

/* What numbers depend on does not change under an active warrant; HI2 and HI3 as the profile says.
 */
static void
test_profile_rules(void **state)
{
	(void)state;
	fixture_fill();
	assert_string_equal(call("profile.import", P(", 'hi': 'separate'")), "OK");
	assert_string_equal(
	    call("profile.import",
		"{'file': {'name': 'p2', 'version': '1', 'sequence_scope': 'liid'}}"),
	    "OK");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'p1'}"), "OK");
	assert_string_equal(call("warrant.add", WARRANT("SAME")), "REFUSED");
	assert_non_null(strstr(why(), "separate"));
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'etsi'}"), "OK");
	assert_string_equal(call("warrant.add", WARRANT("SAME")), "OK");
	assert_string_equal(result_text("lea_profile"), "etsi");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'p2'}"), "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 'SAME'}"), "OK");
	assert_string_equal(result_text("lea_profile"), "p2");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'etsi'}"), "CONFLICT");
	assert_string_equal(
	    call("profile.import", "{'file': {'name': 'p2', 'version': '2'}, 'replace': true}"),
	    "CONFLICT");
	assert_string_equal(call("warrant.stop", "{'warrant': 'SAME'}"), "OK");
	assert_string_equal(call("lea.set", "{'lea': 'lea-a', 'profile': 'etsi'}"), "OK");
}

static void
test_liid(void **state)
{
	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("L-1")), "OK");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'L-1', 'lea': 'lea-b', 'delivery': 'iri', " WINDOW ", 'hi2': 'dest-b'}"),
	    "OK");
	assert_string_equal(call("warrant.show", "{'warrant': 'L-1'}"), "CONFLICT");
	assert_string_equal(call("warrant.show", "{'warrant': 'L-1@lea-b'}"), "OK");
	assert_string_equal(result_text("lea"), "lea-b");
	assert_string_equal(call("warrant.start", "{'warrant': 'L-1@lea-a'}"), "OK");
	assert_string_equal(result_text("lea"), "lea-a");
	assert_string_equal(call("warrant.show", "{'warrant': 'L-1@lea-c'}"), "NOT-FOUND");
	assert_string_equal(call("warrant.show", "{'warrant': 'L-2'}"), "NOT-FOUND");
	assert_string_equal(call("xid.list", "{'warrant': 'L-1@lea-a'}"), "OK");
	assert_int_equal(json_array_size(result()), 1);
}

static void
test_set(void **state)
{
	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("S")), "OK");
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'from': '2026-02-01T00:00:00Z', 'xid': '" XID2
				"', 'ne': 'ne1', 'services': 'voice', 'countries': 'DE,NL', "
				"'trigger': true, 'content': 'headers', 'exclude': 'udp:443'}"),
	    "OK");
	assert_int_equal(fx.changed, OP_TASKS);
	assert_string_equal(result_text("from_written"), "2026-02-01T00:00:00Z");
	assert_string_equal(result_text("content"), "headers");
	assert_int_equal(list_n("services") + list_n("countries") + list_n("exclude"), 4);
	assert_int_equal(list_n("xids") + list_n("nes"), 2);
	assert_string_equal(call("warrant.start", "{'warrant': 'S'}"), "OK");
	assert_string_equal(call("warrant.set", "{'warrant': 'S', 'xid': '" XID1 "'}"), "REFUSED");
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'from': '2026-01-01T00:00:00Z'}"), "REFUSED");
	assert_string_equal(call("warrant.set", "{'warrant': 'S', 'auth_cc': 'DE'}"), "REFUSED");
	assert_string_equal(call("warrant.set", "{'warrant': 'S', 'liid': 'T'}"), "USAGE");
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'until': '2026-01-01T00:00:00Z'}"), "USAGE");
	assert_string_equal(call("warrant.set", "{'warrant': 'S', 'hi2': 'dest-b'}"), "REFUSED");
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'services': 'all', 'countries': 'any', "
				"'exclude': 'none', 'content': 'full', 'reason': 'new order'}"),
	    "OK");
	assert_true(json_is_null(json_object_get(result(), "services")));
	assert_true(json_is_null(json_object_get(result(), "countries")));
	assert_int_equal(list_n("exclude"), 0);
	assert_true(json_is_true(json_object_get(result(), "trigger")));
	assert_string_equal(call("warrant.stop", "{'warrant': 'S'}"), "OK");
	assert_string_equal(call("warrant.set", "{'warrant': 'S', 'trigger': 'no'}"), "CONFLICT");
}

static void
test_limits(void **state)
{
	char many[2048] = "{'warrant': 'S', 'exclude': 'udp:1";

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("S")), "OK");
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'countries': 'AA,BB,CC,DD,EE,FF,GG,HH,II'}"),
	    "USAGE");
	assert_string_equal(call("warrant.set", "{'warrant': 'S', 'services': 'vision'}"), "USAGE");
	assert_string_equal(call("warrant.set", "{'warrant': 'S', 'services': ''}"), "USAGE");
	for (int i = 0; i < 64; i++)
		strcat(many, ",udp:1");
	strcat(many, "'}");
	assert_string_equal(call("warrant.set", many), "USAGE");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'H', 'lea': 'lea-a', 'delivery': 'cc', " WINDOW
		", 'hi3': 'dest-a', 'xid': '" XID1 "', 'content': 'headers', 'start': true}"),
	    "REFUSED"); /* header reports go to HI2 */
}

/* An identity that a rule names is not in the database, not in an error, not in the audit log. */
static void
test_identity(void **state)
{
	char *audit, cmd[256];

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("S")), "OK");
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'target': 'id:imsi:26201123456789012345'}"),
	    "USAGE");
	assert_null(strstr(why(), "2620112345"));
	assert_non_null(strstr(why(), "rule 1"));
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'target': 'id:imsi:262011234567890'}"), "OK");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(result(), "target"), 0)),
	    "id:imsi:2***(15)");
	assert_string_equal(
	    call("warrant.set", "{'warrant': 'S', 'target': 'id:nai:\\u00e9va@example'}"), "OK");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(result(), "target"), 0)),
	    "id:nai:****(12)");
	audit = audit_text();
	assert_null(strstr(audit, "2620112345"));
	free(audit);
	snprintf(cmd, sizeof(cmd), "! grep -aq 2620112345 %s/*", fx.dir);
	assert_int_equal(system(cmd), 0);
}

static void
test_degrade(void **state)
{
	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("S")), "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 'S'}"), "OK");
	assert_string_equal(
	    call("warrant.degrade", "{'warrant': 'S', 'metadata': 'metadata', 'reason': 'short "
				    "link'}"),
	    "OK");
	assert_true(json_is_true(json_object_get(result(), "metadata")));
	assert_int_equal(fx.changed, OP_TASKS);
	assert_string_equal(call("warrant.degrade", "{'warrant': 'S', 'metadata': 'on'}"), "OK");
	assert_string_equal(call("warrant.degrade", "{'warrant': 'S', 'metadata': 'off'}"), "OK");
	assert_true(json_is_false(json_object_get(result(), "metadata")));
	assert_string_equal(call("warrant.events", "{'warrant': 'S'}"), "OK");
	assert_int_equal(json_array_size(result()), 2);
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(result(), 0), "text")), "short link");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'I', 'lea': 'lea-a', 'delivery': 'iri', " WINDOW ", 'hi2': 'dest-a'}"),
	    "OK");
	assert_string_equal(
	    call("warrant.degrade", "{'warrant': 'I', 'metadata': 'on'}"), "REFUSED");
}

static void
test_groups(void **state)
{
	static const char *const bad[] = {"upf.example", "upf-*-*.example", "*", "upf*", "*."};
	char args[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(args, sizeof(args), "{'ne': 'g', 'san': '%s', 'group': true}", bad[i]);
		assert_string_not_equal(call("ne.add", args), "OK");
	}
	assert_string_equal(call("ne.add", "{'ne': 'g', 'san': '*.example'}"), "USAGE");
	assert_string_equal(
	    call("ne.add", "{'ne': 'g', 'san': 'upf-*.example', 'group': true, 'country': 'DE', "
			   "'exclude': ['service:voice', 'net:10.0.0.0/8']}"),
	    "OK");
	assert_true(json_is_true(json_object_get(result(), "group")));
	assert_int_equal(list_n("exclude"), 2);
	assert_string_equal(call("ne.set", "{'ne': 'g', 'group': false}"), "USAGE");
	assert_string_equal(
	    call("ne.set", "{'ne': 'g', 'group': false, 'san': 'upf-1.example'}"), "OK");
	assert_string_equal(result_text("country"), "DE");
	assert_string_equal(call("ne.set", "{'ne': 'g', 'exclude': 'none'}"), "OK");
	assert_int_equal(list_n("exclude"), 0);
	assert_string_equal(call("ne.set", "{'ne': 'g', 'exclude': 'bound'}"), "USAGE");
}

static uint32_t asked;

static int
give_sessions(void *arg, uint32_t warrant, uint32_t limit, void (*done)(json_t *list, void *token),
    void *token)
{
	json_t *list = json_pack("[{s:i}, {s:i, s:i}]", "cin", 7, "cin", 8, "parent", 7);

	(void)arg;
	(void)limit;
	asked = warrant;
	done(warrant == 1 ? list : NULL, token);
	json_decref(list);
	return 0;
}

static void
test_session_tree(void **state)
{
	json_t *top;

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("S")), "OK");
	assert_string_equal(call("warrant.add", WARRANT("T")), "OK");
	assert_string_equal(call("session.tree", "{'warrant': 'S'}"), "REFUSED");
	fx.x.sessions = give_sessions;
	assert_string_equal(call("session.tree", "{'warrant': 'U'}"), "NOT-FOUND");
	assert_string_equal(call("session.tree", "{'warrant': 'T'}"), "REFUSED"); /* no answer */
	assert_string_equal(call("session.tree", "{'warrant': 'S'}"), "OK");
	assert_int_equal(asked, 1);
	assert_string_equal(result_text("liid"), "S");
	assert_int_equal(list_n("sessions"), 1);
	top = json_array_get(json_object_get(result(), "sessions"), 0);
	assert_int_equal(json_array_size(json_object_get(top, "children")), 1);
	assert_string_equal(call("mapping.list", NULL), "OK");
	assert_true(json_array_size(result()) > 30);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {T(test_profiles), T(test_profile_rules), T(test_liid),
	    T(test_set), T(test_limits), T(test_identity), T(test_degrade), T(test_groups),
	    T(test_session_tree)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
