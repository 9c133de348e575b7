/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a warrant as a whole matrix: each operation in each state is done or refused as
 * written down here by hand, a refused one changes nothing and is audited; the steps that the
 * program takes itself; plans, regimes, and what was there before an upgrade. */
#include "ops_fixture.h"

#include "admin/life.h"

static const char *const states[] = {"draft", "submitted", "approved", "active", "suspended",
    "expired", "revoked", "closed", "shredded"};
#define STATE_N (sizeof(states) / sizeof(states[0]))

/* What becomes of it in each state; "-": refused with CONFLICT. */
static const struct {
	const char *op, *args, *to[STATE_N];
} matrix[] = {
    {"warrant.set", ", 'authority': 'Court'",
	{"draft", "draft", "approved", "active", "suspended", "-", "-", "-", "-"}},
    {"warrant.submit", "", {"active", "-", "-", "-", "-", "-", "-", "-", "-"}},
    {"warrant.activate", "", {"-", "-", "active", "-", "-", "-", "-", "-", "-"}},
    {"warrant.start", "", {"active", "-", "-", "-", "-", "-", "-", "-", "-"}},
    {"warrant.suspend", "", {"-", "-", "-", "suspended", "-", "-", "-", "-", "-"}},
    {"warrant.resume", "", {"-", "-", "-", "-", "active", "-", "-", "-", "-"}},
    {"warrant.stop", "",
	{"revoked", "revoked", "revoked", "revoked", "revoked", "-", "-", "-", "-"}},
    {"warrant.extend", ", 'until': '2210-01-01T00:00:00Z'",
	{"-", "-", "approved", "active", "suspended", "-", "-", "-", "-"}},
    {"warrant.confirm", "", {"-", "-", "approved", "active", "suspended", "-", "-", "-", "-"}},
    {"warrant.degrade", ", 'metadata': 'on'",
	{"draft", "submitted", "approved", "active", "suspended", "-", "-", "-", "-"}},
    {"warrant.close", "", {"-", "-", "-", "-", "-", "closed", "closed", "-", "-"}},
};
#define OP_N (sizeof(matrix) / sizeof(matrix[0]))

#define PLANNED(uuid, until)                                                                       \
	"INSERT INTO approval (uuid, op, object, given, args, type, doc, sha256, state, person, "  \
	"creator, submitted_ns, until_ns) VALUES (x'" uuid "', 'o', 'o', zeroblob(32), '{}', "     \
	"'t', 'd', zeroblob(32), 'planned', 0, 'alice', 0, " until ")"

/* By hand, as nobody else may. */
static void
raw(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fx.path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void
put(const char *state, const char *more)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "UPDATE warrant SET state = '%s', ended_ns = NULL, metadata = 0, until_ns = "
	    "7226582400000000000, until_written = '2199-01-01T00:00:00Z', provisional = "
	    "'2198-01-01T00:00:00Z', provisional_ns = 7195046400000000000%s WHERE id = 1",
	    state, more);
	raw(sql);
}

static size_t
rows(const char *op, const char *args)
{
	assert_string_equal(call(op, args), "OK");
	return json_array_size(result());
}

static void
one_cell(size_t o, size_t s)
{
	const char *want = matrix[o].to[s];
	char args[160], filter[160], what[96];
	size_t refused, steps;

	snprintf(args, sizeof(args), "{'warrant': '1', 'reason': 'test'%s}", matrix[o].args);
	snprintf(filter, sizeof(filter), "{'op': '%s', 'outcome': 'refused'}", matrix[o].op);
	snprintf(what, sizeof(what), "%s when %s", matrix[o].op, states[s]);
	put(states[s], "");
	refused = rows("audit.list", filter);
	steps = rows("warrant.history", "{'warrant': '1'}");
	if (strcmp(want, "-") == 0) {
		if (strcmp(call(matrix[o].op, args), "CONFLICT") != 0)
			fail_msg("%s: not refused with CONFLICT", what);
		if (rows("audit.list", filter) != refused + 1)
			fail_msg("%s: refused without a row in the audit log", what);
		assert_string_equal(
		    json_string_value(json_object_get(json_array_get(result(), refused), "code")),
		    "CONFLICT");
		assert_int_equal(rows("warrant.history", "{'warrant': '1'}"), steps);
		want = states[s];
	} else if (strcmp(call(matrix[o].op, args), "OK") != 0) {
		fail_msg("%s: refused: %s", what,
		    json_string_value(json_object_get(json_object_get(fx.answer, "error"), "why")));
	} else if (strcmp(matrix[o].op, "warrant.degrade") != 0 &&
		   rows("warrant.history", "{'warrant': '1'}") <= steps) {
		fail_msg("%s: not in the history", what);
	}
	assert_string_equal(call("warrant.show", "{'warrant': '1'}"), "OK");
	if (strcmp(result_text("state"), want) != 0)
		fail_msg("%s: became %s, not %s", what, result_text("state"), want);
}

static void
warrant_one(void)
{
	fixture_fill();
	assert_string_equal(
	    call("regime.import", "{'file': {'name': 'any', 'version': '1', 'provisional_hours': "
				  "876001}}"),
	    "USAGE"); /* more than a century */
	assert_string_equal(
	    call("regime.import", "{'file': {'name': 'any', 'version': '1', 'provisional_hours': "
				  "876000}}"),
	    "OK");
	assert_string_equal(call("warrant.add", WARRANT("LIFE")), "OK");
	assert_string_equal(call("warrant.set", "{'warrant': '1', 'regime': 'any'}"), "OK");
}

static void
test_matrix(void **state)
{
	(void)state;
	warrant_one();
	for (size_t o = 0; o < OP_N; o++)
		for (size_t s = 0; s < STATE_N; s++)
			one_cell(o, s);
}

/* The table of the code and the one above are the same. */
static void
test_table(void **state)
{
	(void)state;
	for (size_t o = 0; o < OP_N; o++)
		for (size_t s = 0; s < STATE_N; s++)
			assert_int_equal((life_from(matrix[o].op) & (1u << s)) != 0,
			    strcmp(matrix[o].to[s], "-") != 0);
	for (size_t s = 0; s < STATE_N; s++)
		assert_string_equal(life_state_name((enum life_state)(1u << s)), states[s]);
}

static void
turn(const char *state, const char *more, unsigned done, const char *becomes)
{
	put(state, more);
	assert_int_equal(life_turn(&fx.x), done);
	assert_string_equal(call("warrant.show", "{'warrant': '1'}"), "OK");
	assert_string_equal(result_text("state"), becomes);
}

static void
test_turn(void **state)
{
	static const char over[] = ", until_ns = from_ns + 1, until_written = "
				   "'2026-01-01T00:00:00.000000001Z'";
	static const char paper[] = ", provisional = '2026-01-02T00:00:00Z', provisional_ns = "
				    "from_ns + 86400000000000";

	(void)state;
	warrant_one();
	turn("approved", "", 1, "active");
	turn("approved", ", human = 1", 0, "approved");
	turn("active", ", human = 0", 0, "active");
	turn("approved", over, 1, "expired");
	turn("active", over, 1, "expired");
	turn("suspended", over, 1, "expired");
	turn("draft", over, 0, "draft");
	turn("submitted", over, 0, "submitted");
	turn("revoked", over, 0, "revoked");
	turn("active", paper, 1, "expired");
	assert_string_equal(result_text("ended"), "2026-01-02T00:00:00Z");
	assert_string_equal(call("audit.list", "{'op': 'warrant.expire'}"), "OK");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(result(), 0), "actor")), "system");
}

static size_t
planned(void)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int n;

	assert_int_equal(sqlite3_open(fx.path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM approval", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return (size_t)n;
}

/* A plan that nobody signed in time goes, with its arguments; one that may still be signed stays.
 */
static void
test_forget(void **state)
{
	(void)state;
	warrant_one();
	for (int i = 0; i < 2; i++)
		raw(i == 0 ? PLANNED("00112233445566778899aabbccddeeff", "1")
			   : PLANNED("ffeeddccbbaa99887766554433221100", "7226582400000000000"));
	assert_int_equal(planned(), 2);
	assert_int_equal(life_turn(&fx.x), 0);
	assert_int_equal(planned(), 1);
	raw("UPDATE approval SET until_ns = 1");
	life_turn(&fx.x);
	assert_int_equal(planned(), 0);
}

static const char *
step_at(size_t i, const char *key)
{
	const char *text = json_string_value(
	    json_object_get(json_array_get(json_object_get(result(), "timeline"), i), key));

	return text == NULL ? "" : text;
}

static void
test_timeline(void **state)
{
	static const char *const steps[] = {
	    "entered", "active", "suspended", "resumed", "ended (revoked)"};

	(void)state;
	warrant_one();
	assert_string_equal(call("warrant.start", "{'warrant': '1'}"), "OK");
	assert_string_equal(call("warrant.suspend", "{'warrant': '1'}"), "OK");
	assert_string_equal(call("warrant.resume", "{'warrant': '1'}"), "OK");
	assert_string_equal(call("warrant.stop", "{'warrant': '1'}"), "OK");
	assert_string_equal(call("warrant.show", "{'warrant': '1'}"), "OK");
	assert_null(json_object_get(result(), "timeline"));
	assert_string_equal(call("warrant.show", "{'warrant': '1', 'timeline': true}"), "OK");
	assert_int_equal(json_array_size(json_object_get(result(), "timeline")), 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(step_at(i, "step"), steps[i]);
		assert_string_equal(step_at(i, "by"), "tester");
	}
	raw("DELETE FROM warrant_history"); /* as of a warrant that is older than its history */
	assert_string_equal(call("warrant.show", "{'warrant': '1', 'timeline': true}"), "OK");
	assert_string_equal(step_at(0, "step"), "entered");
	assert_string_equal(step_at(0, "by"), "");
	assert_string_equal(step_at(0, "time"), result_text("created"));
	assert_true(json_is_null(
	    json_object_get(json_array_get(json_object_get(result(), "timeline"), 0), "by")));
}

static bool
conflict(const char *code)
{
	json_t *c;
	size_t i;

	assert_string_equal(call("warrant.plan", "{'warrant': '1'}"), "OK");
	json_array_foreach(json_object_get(json_object_get(result(), "change"), "conflicts"), i,
	    c) if (strcmp(json_string_value(json_object_get(c, "code")), code) == 0) return true;
	return false;
}

static size_t
warnings(void)
{
	json_t *change;

	assert_string_equal(call("warrant.plan", "{'warrant': '1'}"), "OK");
	change = json_object_get(result(), "change");
	return json_array_size(json_object_get(json_object_get(change, "time"), "warnings"));
}

static void
test_plan(void **state)
{
	(void)state;
	warrant_one();
	assert_false(conflict("NE-REVOKED"));
	assert_string_equal(call("warrant.set", "{'warrant': '1', 'ne': 'ne1'}"), "OK");
	assert_string_equal(call("ne.revoke", "{'ne': 'ne1'}"), "OK");
	assert_true(conflict("NE-REVOKED"));
	assert_true(conflict("NE-NONE"));
	assert_string_equal(call("warrant.submit", "{'warrant': '1'}"), "OK"); /* not strict here */
	put("draft", "");
	assert_string_equal(call("warrant.submit", "{'warrant': '1', 'plan': true}"), "REFUSED");
	assert_string_equal(call("ne.enable", "{'ne': 'ne1'}"), "OK");
	assert_string_equal(call("ne.set", "{'ne': 'ne1', 'country': 'FR'}"), "OK");
	assert_string_equal(call("warrant.set", "{'warrant': '1', 'countries': 'DE'}"), "OK");
	assert_true(conflict("NE-COUNTRY"));
	assert_string_equal(call("warrant.set", "{'warrant': '1', 'countries': 'DE,FR'}"), "OK");
	assert_false(conflict("NE-COUNTRY"));
	assert_string_equal(
	    call("destination.set", "{'destination': 'dest-a', 'enabled': 'no'}"), "OK");
	assert_true(conflict("DEST-DISABLED"));
	assert_false(conflict("XID-SHARED"));
	assert_string_equal(call("warrant.add", WARRANT("OTHER")), "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 'OTHER'}"), "OK");
	assert_true(conflict("XID-SHARED"));
}

static void
test_zone(void **state)
{
	(void)state;
	warrant_one();
	assert_string_equal(
	    call("warrant.set", "{'warrant': '1', 'zone': 'Nowhere/Land'}"), "USAGE");
	assert_string_equal(
	    call("warrant.set",
		"{'warrant': '1', 'zone': 'Europe/Berlin', 'from': "
		"'2027-01-10T00:00:00+01:00', 'until': '2027-02-10T00:00:00+01:00'}"),
	    "OK");
	assert_int_equal(warnings(), 0);
	assert_string_equal(
	    call("warrant.set", "{'warrant': '1', 'until': '2027-07-10T00:00:00+01:00'}"), "OK");
	assert_int_equal(warnings(), 2); /* the offset is not that of summer; the clock changes */
	assert_string_equal(
	    call("warrant.set", "{'warrant': '1', 'until': '2027-07-10T00:00:00+02:00'}"), "OK");
	assert_int_equal(warnings(), 1);
}

static void
test_regime(void **state)
{
	static const char *const bad[] = {"{'version': '1'}", "{'name': 'x', 'version': 1}",
	    "{'name': 'x', 'version': '1', 'colour': 'red'}",
	    "{'name': 'x', 'version': '1', 'required': ['colour']}",
	    "{'name': 'x', 'version': '1', 'cc_outage': 'buffer'}",
	    "{'name': 'x', 'version': '1', 'cc_outage': 'buffer:1x'}",
	    "{'name': 'x', 'version': '1', 'affirmative': 1}",
	    "{'name': 'x', 'version': '1', 'sla_minutes': -1}"};
	char args[256];

	(void)state;
	warrant_one();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(args, sizeof(args), "{'file': %s}", bad[i]);
		if (strcmp(call("regime.import", args), "USAGE") != 0)
			fail_msg("taken: %s", bad[i]);
	}
	assert_string_equal(call("warrant.set", "{'warrant': '1', 'regime': 'none'}"), "NOT-FOUND");
	assert_string_equal(
	    call("setting.set", "{'name': 'regime', 'value': 'none'}"), "NOT-FOUND");
	assert_string_equal(call("setting.set", "{'name': 'regime', 'value': 'any'}"), "OK");
	assert_string_equal(call("regime.show", "{'regime': 'etsi'}"), "OK");
	assert_string_equal(result_text("iri_outage"), "retain");
	assert_int_equal(rows("regime.list", NULL), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_matrix, fixture_setup, fixture_teardown),
	    cmocka_unit_test(test_table),
	    cmocka_unit_test_setup_teardown(test_turn, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_forget, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_timeline, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_plan, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_zone, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_regime, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
