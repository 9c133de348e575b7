/* SPDX-License-Identifier: Apache-2.0 */
/* Operations through the dispatcher: arguments, states, rules, audit, request ids, and what
 * survives kill -9. */
#include "ops_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static int64_t
task_version(void)
{
	json_t *a = json_pack("{s:s}", "name", "task_version");
	int64_t v = store_int(fx.x.store, STMT_SETTING_GET, a, 0);

	json_decref(a);
	return v;
}

static size_t
audit_rows(const char *args)
{
	assert_string_equal(call("audit.list", args), "OK");
	return json_array_size(result());
}

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ops_n; i++) {
		assert_non_null(ops_table[i].help);
		assert_ptr_equal(ops_find(ops_table[i].name), &ops_table[i]);
		assert_true(ops_table[i].fn != NULL || (ops_table[i].flags & OP_CLIENT));
		for (const struct op_arg *a = ops_table[i].args; a->name != NULL; a++) {
			assert_non_null(a->help);
			assert_true((a->type == OP_CHOICE) == (a->choices != NULL));
			assert_ptr_equal(op_arg_find(&ops_table[i], a->name, strlen(a->name)), a);
		}
	}
	assert_string_equal(call("no.such", NULL), "USAGE");
	assert_string_equal(call("wait", NULL), "USAGE");
}

static void
test_ne(void **state)
{
	(void)state;
	assert_string_equal(call("ne.add", "{'ne': 'ne1', 'san': 'ne1.example', 'pins': ['"
					   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
					   "aaaaaaaaa'], 'interfaces': 'x2', 'tls12': 'yes'}"),
	    "OK");
	assert_int_equal(fx.changed, OP_TASKS);
	assert_string_equal(result_text("interfaces"), "x2");
	assert_true(json_is_true(json_object_get(result(), "tls12")));
	assert_int_equal(json_array_size(json_object_get(result(), "pins")), 1);
	assert_string_equal(call("ne.add", "{'ne': 'ne1', 'san': 'other.example'}"), "CONFLICT");
	assert_string_equal(call("ne.add", "{'ne': 'ne2', 'san': 'ne1.example'}"), "CONFLICT");
	assert_string_equal(call("ne.add", "{'ne': 'ne2', 'san': 'NE1.Example'}"), "CONFLICT");
	assert_string_equal(call("ne.add", "{'ne': 'ne2'}"), "USAGE");
	assert_string_equal(call("ne.add", "{'ne': 'ne2', 'san': 'x', 'colour': 'red'}"), "USAGE");
	assert_string_equal(call("ne.add", "{'ne': 'ne2', 'san': 'x', 'time_p2_s': '0'}"), "USAGE");
	assert_string_equal(call("ne.set", "{'ne': 'ne1', 'time_p2_s': 20}"), "OK");
	assert_int_equal(json_integer_value(json_object_get(result(), "time_p2_s")), 20);
	assert_string_equal(result_text("interfaces"), "x2");
	assert_string_equal(call("ne.revoke", "{'ne': 'ne1'}"), "OK");
	assert_true(json_is_false(json_object_get(result(), "enabled")));
	assert_string_equal(call("ne.enable", "{'ne': 'ne1'}"), "OK");
	assert_string_equal(call("ne.show", "{'ne': 'ne9'}"), "NOT-FOUND");
	assert_string_equal(call("ne.revoke", "{'ne': 'ne9'}"), "NOT-FOUND");
	assert_string_equal(call("ne.list", NULL), "OK");
	assert_int_equal(json_array_size(result()), 1);
}

static void
test_destination(void **state)
{
	(void)state;
	fixture_fill();
	assert_string_equal(call("destination.show", "{'destination': 'dest-a'}"), "OK");
	assert_int_equal(json_array_size(json_object_get(result(), "addresses")), 2);
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(result(), "addresses"), 0)),
	    "192.0.2.1:5000");
	assert_string_equal(
	    call("destination.add",
		"{'destination': 'x', 'lea': 'lea-b', 'addresses': '192.0.2.1:5000'}"),
	    "REFUSED"); /* of lea-a */
	assert_string_equal(
	    call("destination.add", "{'destination': 'x', 'lea': 'lea-b', 'addresses': "
				    "'192.0.2.8:5000', 'transport': 'tcp'}"),
	    "REFUSED");
	fx.x.lab = true;
	assert_string_equal(
	    call("destination.add", "{'destination': 'x', 'lea': 'lea-b', 'addresses': "
				    "'192.0.2.1:5000', 'transport': 'tcp',"
				    " 'options': {'barrier_ms': 50}}"),
	    "OK");
	assert_string_equal(
	    call("destination.set", "{'destination': 'x', 'options': {'colour': 1}}"), "USAGE");
	assert_string_equal(
	    call("destination.set", "{'destination': 'x', 'level': 'c', 'addresses': "
				    "['192.0.2.7:1'], 'enabled': 'no'}"),
	    "OK");
	assert_string_equal(result_text("level"), "c");
	assert_true(json_is_false(json_object_get(result(), "enabled")));
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(result(), "options"), "barrier_ms")),
	    50);
	assert_int_equal(fx.changed, OP_DESTS);
	assert_string_equal(
	    call("destination.test", "{'destination': 'x'}"), "REFUSED"); /* no deliver role here */
	assert_string_equal(call("warrant.add", WARRANT("L1")), "OK");
	assert_string_equal(call("destination.remove", "{'destination': 'dest-a'}"), "CONFLICT");
	assert_string_equal(call("destination.remove", "{'destination': 'x'}"), "OK");
	assert_string_equal(call("destination.show", "{'destination': 'x'}"), "NOT-FOUND");
	assert_string_equal(
	    call("destination.add",
		"{'destination': 'x', 'lea': 'lea-b', 'addresses': '192.0.2.1:5001'}"),
	    "OK"); /* the name is free */
}

static void
test_warrant_states(void **state)
{
	int64_t before;
	char one[96];

	(void)state;
	fixture_fill();
	before = task_version();
	fx.changed = 0;
	assert_string_equal(call("warrant.add", WARRANT("LIID-1")), "OK");
	assert_true(task_version() == before); /* nobody has to be told of a draft */
	assert_int_equal(fx.changed, 0);
	assert_string_equal(result_text("state"), "draft");
	assert_string_equal(result_text("window"), "open");
	assert_string_equal(result_text("until"), "2198-12-31T23:00:00Z");
	assert_string_equal(result_text("until_written"), "2199-01-01T00:00:00+01:00");
	snprintf(one, sizeof(one), "{'warrant': '%s'}", result_text("uuid"));
	assert_string_equal(call("warrant.suspend", one), "CONFLICT");
	assert_string_equal(call("warrant.start", one), "OK");
	assert_true(task_version() == before + 1);
	assert_true((fx.changed & OP_TASKS) != 0);
	assert_string_equal(call("warrant.start", one), "CONFLICT");
	assert_string_equal(call("warrant.suspend", one), "OK");
	assert_string_equal(call("warrant.resume", "{'warrant': 1}"), "OK"); /* row number */
	assert_string_equal(result_text("state"), "active");
	assert_string_equal(call("warrant.stop", one), "OK");
	assert_string_equal(result_text("state"), "revoked");
	assert_string_equal(result_text("window"), "over");
	assert_string_equal(call("warrant.stop", one), "CONFLICT");
	assert_string_equal(call("warrant.start", one), "CONFLICT");
	assert_string_equal(call("warrant.show", "{'warrant': '" XID2 "'}"), "NOT-FOUND");
	assert_string_equal(call("warrant.show", "{'warrant': 'nonsense'}"), "NOT-FOUND");
	assert_string_equal(
	    call("warrant.show", "{'warrant': 'twenty-six or more octets are no LIID'}"), "USAGE");
	assert_string_equal(call("warrant.list", "{'state': 'revoked'}"), "OK");
	assert_int_equal(json_array_size(result()), 1);
	assert_string_equal(call("xid.list", one), "OK");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(result(), 0), "xid")), XID1);
}

static void
test_warrant_rules(void **state)
{
	int64_t before;

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("L1")), "OK");
	before = task_version();
	assert_string_equal(call("warrant.add", WARRANT("L1")), "CONFLICT"); /* LIID */
	assert_string_equal(call("warrant.add", WARRANT("with space")), "USAGE");
	assert_string_equal(call("warrant.add", WARRANT("00ff000000000000000000000A")), "USAGE");
	assert_string_equal(
	    call("warrant.add", "{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'iri', " WINDOW
				", 'xid': '00000000-0000-0000-0000-000000000000'}"),
	    "USAGE");
	assert_string_equal(
	    call("warrant.add", "{'liid': 'L2', 'lea': 'lea-x', 'delivery': 'iri', " WINDOW "}"),
	    "NOT-FOUND");
	assert_string_equal(
	    call("warrant.add", "{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'all', " WINDOW "}"),
	    "USAGE");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'iri', " WINDOW ", 'hi2': 'dest-b'}"),
	    "REFUSED");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'L2', 'lea': 'lea-b', 'delivery': 'cc', " WINDOW ", 'hi3': 'dest-b'}"),
	    "REFUSED");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'iri', " WINDOW ", 'ne': 'ne9'}"),
	    "NOT-FOUND");
	assert_string_equal(
	    call("warrant.add",
		"{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'iri', " WINDOW ", 'start': true}"),
	    "REFUSED");
	assert_string_equal(
	    call("warrant.add", "{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'iri', " WINDOW
				", 'xid': '" XID1 "," XID1 "'}"),
	    "CONFLICT");
	assert_string_equal(call("warrant.add", "{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'iri', "
						"'from': '2027-01-01T00:00:00Z', 'until':"
						" '2026-01-01T00:00:00Z'}"),
	    "USAGE");
	assert_string_equal(call("warrant.add", "{'liid': 'L2', 'lea': 'lea-a', 'delivery': 'iri', "
						"'from': '2020-01-01T00:00:00Z', 'until':"
						" '2021-01-01T00:00:00Z', 'xid': '" XID1
						"', 'hi2': 'dest-a', 'start': true}"),
	    "REFUSED");
	assert_true(task_version() == before); /* nothing was changed */
	assert_string_equal(call("warrant.list", NULL), "OK");
	assert_int_equal(json_array_size(result()), 1);
	assert_string_equal(
	    call("warrant.add", "{'liid': 'L2', 'lea': 'lea-b', 'delivery': 'iri', " WINDOW
				", 'xid': '" XID1 "," XID2 "', 'hi2': 'dest-b',"
				" 'ne': 'ne1', 'start': true, 'operator_id': 'op', 'ne_id': 'n', "
				"'auth_cc': 'DE', 'delivery_cc': 'FR'}"),
	    "OK");
	assert_string_equal(result_text("state"), "active");
	assert_int_equal(json_array_size(json_object_get(result(), "xids")), 2);
	assert_string_equal(call("xid.list", "{'xid': '" XID1 "'}"), "OK");
	assert_int_equal(json_array_size(result()), 2); /* fan-out */
}

static void
test_audit(void **state)
{
	json_t *row;

	(void)state;
	fixture_fill();
	assert_int_equal(audit_rows("{'op': 'lea.add'}"), 2);
	assert_string_equal(call("lea.add", "{'lea': 'lea-a'}"), "CONFLICT");
	assert_int_equal(audit_rows("{'outcome': 'refused'}"), 1);
	row = json_array_get(result(), 0);
	assert_string_equal(json_string_value(json_object_get(row, "actor")), "tester");
	assert_int_equal(json_integer_value(json_object_get(row, "uid")), 1000);
	assert_string_equal(json_string_value(json_object_get(row, "code")), "CONFLICT");
	assert_string_equal(json_string_value(json_object_get(row, "object")), "lea lea-a");
	assert_string_equal(call("ne.revoke", "{'ne': 'ne1', 'reason': 'stolen key'}"), "OK");
	assert_int_equal(audit_rows("{'op': 'ne.revoke'}"), 1);
	row = json_array_get(result(), 0);
	assert_string_equal(json_string_value(json_object_get(row, "reason")), "stolen key");
	assert_int_equal(json_string_length(json_object_get(row, "before_hash")), 64);
	assert_int_equal(json_string_length(json_object_get(row, "after_hash")), 64);
	assert_string_not_equal(json_string_value(json_object_get(row, "before_hash")),
	    json_string_value(json_object_get(row, "after_hash")));
	assert_int_equal(audit_rows("{'op': 'ne.list'}"), 0);
}

/* The hash of an object after one change is its hash before the next. */
static void
test_audit_chain(void **state)
{
	json_t *rows;

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("L1")), "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 1}"), "OK");
	assert_string_equal(call("warrant.stop", "{'warrant': 1}"), "OK");
	assert_string_equal(call("audit.list", "{'op': 'warrant.start'}"), "OK");
	rows = json_incref(result());
	assert_string_equal(call("audit.list", "{'op': 'warrant.stop'}"), "OK");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(rows, 0), "after_hash")),
	    json_string_value(json_object_get(json_array_get(result(), 0), "before_hash")));
	json_decref(rows);
}

static void
test_request_id(void **state)
{
	int64_t version;

	(void)state;
	assert_string_equal(call_request("lea.add", "{'lea': 'lea-a'}", "r1"), "OK");
	version = task_version();
	assert_string_equal(
	    call_request("lea.add", "{'lea': 'lea-a'}", "r1"), "OK"); /* the first answer again */
	assert_string_equal(result_text("name"), "lea-a");
	assert_true(task_version() == version);
	assert_string_equal(call_request("lea.add", "{'lea': 'lea-b'}", "r1"), "CONFLICT");
	assert_string_equal(call_request("lea.add", "{'lea': 'lea-a'}", "r2"), "CONFLICT");
	assert_string_equal(call_request("lea.add", "{'lea': 'lea-b'}", "bad id"), "USAGE");
	assert_int_equal(audit_rows("{'op': 'lea.add', 'outcome': 'ok'}"), 1);
}

static void
test_import(void **state)
{
	(void)state;
	fixture_fill();
	assert_string_equal(
	    call("warrant.import", "{'items': [" WARRANT("I1") ", " WARRANT("I2") "]}"), "OK");
	assert_int_equal(json_integer_value(json_object_get(result(), "imported")), 2);
	assert_int_equal(audit_rows("{'op': 'warrant.import'}"), 3);
	assert_string_equal(
	    call("warrant.import", "{'items': [" WARRANT("I3") ", " WARRANT("I1") "]}"),
	    "CONFLICT");
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(fx.answer, "error"), "object")),
	    "item 2");
	assert_string_equal(call("warrant.import", "{'items': [" WARRANT("I3") ", 7]}"), "USAGE");
	assert_string_equal(call("warrant.import", "{'items': ['[1']}"), "USAGE");
	assert_string_equal(call("warrant.list", NULL), "OK");
	assert_int_equal(json_array_size(result()), 2); /* all or none */
}

static void
test_settings_and_check(void **state)
{
	(void)state;
	assert_string_equal(call("setting.set", "{'name': 'operator_id', 'value': 'my-op'}"), "OK");
	assert_string_equal(
	    call("setting.set", "{'name': 'operator_id', 'value': 'much too long a name'}"),
	    "USAGE");
	assert_string_equal(
	    call("setting.set", "{'name': 'journal_rows_max', 'value': '5000'}"), "OK");
	assert_string_equal(
	    call("setting.set", "{'name': 'journal_rows_max', 'value': 'all'}"), "USAGE");
	assert_string_equal(call("setting.set", "{'name': 'task_version', 'value': '1'}"), "USAGE");
	assert_string_equal(call("check", NULL), "OK");
	assert_string_equal(result_text("quick_check"), "ok");
	assert_string_equal(call("journal.list", "{'kind': 'no such kind'}"), "USAGE");
	assert_string_equal(call("journal.list", "{'limit': 5}"), "OK");
	assert_string_equal(call("alarm.list", NULL), "OK");
	assert_string_equal(call("status", NULL), "REFUSED"); /* no roles in this process */
}

/* ---- kill -9 of a process that adds agencies as fast as it can */

static void
crash_child(int fd, int round)
{
	char args[64];
	int n = 0;

	for (;;) {
		snprintf(args, sizeof(args), "{'lea': 'r%d-%d'}", round, n);
		if (strcmp(call("lea.add", args), "OK") != 0 ||
		    write(fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
			_exit(1);
		n++;
	}
}

static int
crash_round(int round)
{
	int p[2], n, last = -1, status;
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	fixture_close(); /* a connection must not be carried over fork */
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		fixture_open();
		crash_child(p[1], round);
	}
	close(p[1]);
	for (int k = 0; k < 3 + round * 5; k++)
		if (read(p[0], &n, sizeof(n)) == (ssize_t)sizeof(n))
			last = n;
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(p[0], &n, sizeof(n)) == (ssize_t)sizeof(n))
		last = n;
	close(p[0]);
	fixture_open(); /* quick_check is part of it */
	return last;
}

static void
test_kill(void **state)
{
	char args[64];

	(void)state;
	for (int round = 0; round < 6; round++) {
		int last = crash_round(round);

		assert_true(last >= 0);
		for (int n = 0; n <= last;
		     n++) { /* what was answered is there, with its audit row */
			snprintf(args, sizeof(args), "{'lea': 'r%d-%d'}", round, n);
			assert_string_equal(call("lea.show", args), "OK");
			snprintf(args, sizeof(args), "{'object': 'lea r%d-%d'}", round, n);
			assert_int_equal(audit_rows(args), 1);
		}
		/* and no row without the other */
		assert_string_equal(call("lea.list", NULL), "OK");
		size_t leas = json_array_size(result());
		assert_int_equal(audit_rows("{'op': 'lea.add', 'limit': 100000}"), leas);
	}
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {T(test_table), T(test_ne), T(test_destination),
	    T(test_warrant_states), T(test_warrant_rules), T(test_audit), T(test_audit_chain),
	    T(test_request_id), T(test_import), T(test_settings_and_check), T(test_kill)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
