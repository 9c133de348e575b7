/* SPDX-License-Identifier: Apache-2.0 */
/* Notices of each cause and what one agency sees of them; each difference that reconciliation
 * finds; the account of a day that ends. */
#include "ops_fixture.h"

#include "admin/complete.h"
#include "admin/notices.h"
#include "admin/reconcile.h"
#include "base/clock.h"

#include <sqlite3.h>
#include <stdarg.h>

#define S CLOCK_NS_PER_S

static struct notices *notices;
static struct role_msg_notice sent[64];
static size_t sent_n;
static int64_t now_ns;

static void __attribute__((format(printf, 1, 2))) sql(const char *fmt, ...)
{
	char text[600];
	sqlite3 *db;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_int_equal(sqlite3_open(fx.path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static json_t *__attribute__((format(printf, 1, 2))) json(const char *fmt, ...)
{
	char text[900];
	json_t *j;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	j = json_loads(text, 0, NULL);
	if (j == NULL)
		fail_msg("%s", text);
	return j;
}

static void
send_one(void *arg, const struct role_msg_notice *m)
{
	(void)arg;
	assert_true(sent_n < sizeof(sent) / sizeof(sent[0]));
	sent[sent_n++] = *m;
}

static void
warrant(const char *liid, char lea, const char *xid)
{
	char text[400];

	snprintf(text, sizeof(text),
	    "{'liid': '%s', 'lea': 'lea-%c', 'delivery': '%s', " WINDOW
	    ", 'hi2': 'dest-%c'%s, 'xid': '%s'}",
	    liid, lea, lea == 'a' ? "both" : "iri", lea, lea == 'a' ? ", 'hi3': 'dest-a'" : "",
	    xid);
	assert_string_equal(call("warrant.add", text), "OK");
	snprintf(text, sizeof(text), "{'warrant': '%s@lea-%c'}", liid, lea);
	assert_string_equal(call("warrant.start", text), "OK");
}

/* Agencies 1 (lea-a) and 2 (lea-b) with warrants 1 and 2. */
static int
setup(void **state)
{
	fixture_setup(state);
	fixture_fill();
	warrant("A-1", 'a', XID1);
	warrant("B-1", 'b', XID2);
	now_ns = clock_wall_ns();
	sql("UPDATE setting SET value = 10 WHERE name = 'notice_after_s'");
	notices = notices_new(&fx.x, send_one, NULL);
	sent_n = 0;
	return 0;
}

static int
teardown(void **state)
{
	notices_free(notices);
	return fixture_teardown(state);
}

static void
ticks(int n)
{
	for (int i = 0; i < n; i++, now_ns += S)
		notices_tick(notices, now_ns, true);
}

static void
alarm_raise(const char *code, const char *object, const char *role)
{
	sql("INSERT INTO alarm (code, object, severity, text, role, raised_ns) VALUES ('%s', '%s', "
	    "'error', 'x', '%s', %lld)",
	    code, object, role, (long long)now_ns);
}

static void
alarm_clear(const char *code)
{
	sql("UPDATE alarm SET cleared_ns = %lld WHERE code = '%s'", (long long)now_ns, code);
}

/* A gap of ne1 (row 1) under the XID of warrant WARRANT. */
static void
gap(int warrant_row)
{
	sql("INSERT INTO journal (time_ns, kind, code, ne, warrant, n, xid, first, last) SELECT "
	    "%lld, 2, 0, 1, 0, 3, xid, 1, 3 FROM warrant_xid WHERE warrant = %d",
	    (long long)now_ns, warrant_row);
}

/* What was sent since the last call: "1" or "2" for each agency that got BEGIN of CAUSE or its end.
 */
static const char *
told(const char *word, const char *cause)
{
	static char who[65];
	char key[32];
	size_t n = 0;

	snprintf(key, sizeof(key), "cause %s:", cause);
	for (size_t i = 0; i < sent_n; i++) {
		assert_true(sent[i].lea == sent[i].warrant); /* never of another's warrant */
		assert_true(sent[i].tri == 1 && sent[i].hi1 == 0);
		assert_null(strstr(sent[i].text, "ne1"));
		if (strncmp(sent[i].text, word, strlen(word)) == 0 &&
		    strstr(sent[i].text, key) != NULL)
			who[n++] = (char)('0' + sent[i].lea);
		notices_done(notices, &(struct role_msg_notice_done){.id = sent[i].id}, now_ns);
	}
	who[n] = '\0';
	sent_n = 0;
	return who;
}

static void
test_causes(void **state)
{
	static const struct {
		const char *code, *object, *role, *cause, *who;
		bool at_once;
	} rows[] = {{"LINK-DOWN", "lea-a/dest-a", "deliver:1", "link", "1", false},
	    {"NE-LOST", "ne1", "ingest", "ne", "12", false},
	    {"SPOOL-SHED", "lea 2 cc", "ingest", "overflow", "2", true},
	    {"INGEST-DOWN", "ingest", "parent", "ingest", "12", false},
	    {"CLOCK-JUMP", "clock", "ingest", "clock", "12", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		alarm_raise(rows[i].code, rows[i].object, rows[i].role);
		ticks(3);
		assert_string_equal(
		    told("FAULT", rows[i].cause), rows[i].at_once ? rows[i].who : "");
		ticks(12);
		assert_string_equal(
		    told("FAULT", rows[i].cause), rows[i].at_once ? "" : rows[i].who);
		alarm_clear(rows[i].code);
		ticks(6);
		assert_string_equal(told("RESTORED", rows[i].cause), rows[i].who);
		ticks(40);
		assert_int_equal(sent_n, 0);
	}
}

/* Shorter than notice_after_s: nobody is told. */
static void
test_short(void **state)
{
	(void)state;
	alarm_raise("NE-LOST", "ne1", "ingest");
	ticks(5);
	alarm_clear("NE-LOST");
	ticks(40);
	assert_int_equal(sent_n, 0);
	assert_string_equal(call("notice.list", NULL), "OK");
	assert_int_equal(json_array_size(result()), 0);
}

/* An element that the warrant does not allow is none of its agency's business. */
static void
test_other_ne(void **state)
{
	(void)state;
	assert_string_equal(call("ne.add", "{'ne': 'ne2', 'san': 'ne2.example'}"), "OK");
	sql("INSERT INTO warrant_ne (warrant, ne) VALUES (1, 2)");
	alarm_raise("NE-LOST", "ne1", "ingest");
	ticks(15);
	assert_string_equal(told("FAULT", "ne"), "2");
}

static void
test_gap(void **state)
{
	(void)state;
	gap(1);
	alarm_raise("X-GAP", "ne1", "ingest");
	ticks(3);
	assert_string_equal(told("FAULT", "gap"), "1");
	ticks(20);
	gap(2);
	ticks(33); /* every alarm is looked at */
	assert_string_equal(told("FAULT", "gap"), "2");
	ticks(15); /* the alarm still stands, for the other */
	assert_string_equal(told("RESTORED", "gap"), "1");
	ticks(60);
	assert_string_equal(told("RESTORED", "gap"), "2");
	alarm_clear("X-GAP");
	ticks(60);
	assert_int_equal(sent_n, 0);
}

/* ---- one agency and another */

/* All that a liaison of agency 1 is told by OP. */
static char *
liaison(const char *op, json_t *args)
{
	static const struct ops_actor lia = {
	    .uid = 1001, .name = "lia", .interface = "cli", .roles = OPW_LIAISON, .lea = 1};

	ops_call(&fx.x, &lia, &(struct ops_request){.op = op, .args = args}, fixture_answer, NULL);
	json_decref(args);
	return json_dumps(fx.answer, JSON_SORT_KEYS);
}

static void
test_isolation(void **state)
{
	char *before, *after, uuid[37], other[37];

	(void)state;
	assert_string_equal(call("setting.set", "{'name': 'notice_after_s', 'value': 0}"), "OK");
	alarm_raise("NE-LOST", "ne1", "ingest");
	gap(1);
	alarm_raise("X-GAP", "ne1", "ingest");
	alarm_raise("LINK-DOWN", "lea-a/dest-a", "deliver:1");
	ticks(3);
	assert_string_equal(told("FAULT", "gap"), "1");
	free(liaison("notice.list", json_object()));
	assert_int_equal(json_array_size(result()), 3);
	snprintf(uuid, sizeof(uuid), "%s",
	    json_string_value(json_object_get(json_array_get(result(), 0), "uuid")));
	assert_string_equal(
	    call("notice.list", "{'lea': 'lea-b'}"), "OK"); /* the lost element concerns both */
	assert_int_equal(json_array_size(result()), 1);
	snprintf(other, sizeof(other), "%s",
	    json_string_value(json_object_get(json_array_get(result(), 0), "uuid")));
	fx.x.open = true;
	before = liaison("notice.list", json_object());
	assert_null(strstr(before, "ne1"));
	assert_null(strstr(before, "B-1"));
	assert_null(strstr(before, "\"id\""));
	assert_non_null(strstr(before, "dest-a")); /* its own */

	alarm_raise("LINK-DOWN", "lea-b/dest-b", "deliver:2");
	alarm_raise("SPOOL-SHED", "lea 2 cc", "ingest");
	gap(2);
	ticks(34);
	assert_string_equal(told("FAULT", "gap"), "2");
	assert_string_equal(call("notice.note", NULL), "USAGE");
	after = liaison("notice.list", json_object());
	assert_string_equal(before, after);
	free(before);
	before = liaison("notice.show", json_pack("{s:s}", "notice", other));
	after[0] = '\0';
	free(after);
	after = liaison("notice.show", json_pack("{s:s}", "notice", XID1)); /* there is none such */
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(fx.answer, "error"), "code")),
	    "NOT-FOUND");
	assert_int_equal(strlen(before), strlen(after));
	free(before);
	free(after);

	sql("UPDATE fault_notice SET note = 'our own words', acked_by = 'oscar'");
	before = liaison("notice.show", json_pack("{s:s}", "notice", uuid));
	assert_null(strstr(before, "our own words"));
	assert_null(strstr(before, "oscar"));
	assert_null(strstr(before, "ne1"));
	free(before);
}

/* ---- reconciliation */

/* The codes of what STATUS differs in, in order, with a space before each. */
static const char *
differs(struct reconcile *r, json_t *status)
{
	static char codes[400];
	json_t *found = reconcile_look(r, fx.x.store, status, now_ns), *one;
	size_t i, n = 0;

	codes[0] = '\0';
	json_array_foreach(found, i, one)
	{
		const char *code = json_string_value(json_object_get(one, "code"));

		n += (size_t)snprintf(
		    codes + n, sizeof(codes) - n, " %s", code + strlen("RECONCILE-"));
	}
	assert_int_equal(reconcile_apply(&fx.x, found, now_ns), 0);
	json_decref(found);
	json_decref(status);
	assert_string_equal(call("reconcile.list", NULL), "OK");
	assert_int_equal(json_array_size(result()), i);
	return codes;
}

/* Both warrants served, nothing else. */
static json_t *
quiet(void)
{
	return json("{'tasks': {'version': 3}, 'ingest': {'tasks': {'version': 3, 'ids': [1, 2], "
		    "'warrants': 2}, 'totals': {'rejected': {'XID-UNKNOWN': 0}}, 'warrants': []}, "
		    "'deliver': []}");
}

static json_t *
quiet_but(const char *path, json_t *v)
{
	json_t *s = quiet();

	json_object_set_new(
	    strcmp(path, "deliver") == 0 ? s : json_object_get(s, "ingest"), path, v);
	return s;
}

static void
test_reconcile_tasks(void **state)
{
	struct reconcile r = {0};

	(void)state;
	assert_string_equal(differs(&r, quiet()), "");
	assert_string_equal(
	    differs(&r, quiet_but("tasks", json("{'version': 3, 'ids': [1]}"))), " TASK-MISSING");
	assert_string_equal(differs(&r, quiet_but("tasks", json("{'version': 3, 'ids': [1,2,9]}"))),
	    " TASK-UNKNOWN");
	sql("UPDATE warrant SET state = 'draft' WHERE id = 2");
	assert_string_equal(differs(&r, quiet()), " TASK-UNKNOWN");
	sql("UPDATE warrant SET state = 'active' WHERE id = 2");
	assert_string_equal(
	    differs(&r, quiet_but("tasks", json("{'version': 3, 'warrants': 1}"))), " TASKS");
	assert_string_equal(
	    differs(&r, quiet_but("tasks", json("{'version': 2, 'ids': [1]}"))), "");
	assert_string_equal(
	    differs(&r, quiet_but("tasks", json("{'version': 2, 'ids': [1]}"))), " TASKS");
	assert_string_equal(differs(&r, quiet()), "");
}

static void
test_reconcile_seen(void **state)
{
	const char *const one = "{'rejected': {'XID-UNKNOWN': 5}}";
	struct reconcile r = {0};

	(void)state;
	assert_string_equal(differs(&r, quiet()), "");
	assert_string_equal(differs(&r, quiet_but("totals", json("%s", one))), " XID-UNKNOWN");
	assert_string_equal(differs(&r, quiet_but("totals", json("%s", one))), "");
	assert_string_equal(
	    differs(&r,
		quiet_but("deliver", json("[{'lea': 1, 'warrants': [{'warrant': 1, 'records': 4}], "
					  "'destinations': [{'id': 1}]}]"))),
	    "");
	assert_string_equal(
	    differs(&r,
		quiet_but("deliver", json("[{'lea': 1, 'warrants': [{'warrant': 2, 'records': 4}], "
					  "'destinations': []}]"))),
	    " PRODUCT"); /* of the other agency */
	assert_string_equal(
	    differs(&r, quiet_but("deliver",
			    json("[{'lea': 1, 'warrants': [{'warrant': 77, 'records': 4}], "
				 "'destinations': []}]"))),
	    " PRODUCT");
	assert_string_equal(
	    differs(&r, quiet_but("deliver",
			    json("[{'lea': 1, 'warrants': [], 'destinations': [{'id': 2}]}]"))),
	    " LINK");
	assert_string_equal(differs(&r, quiet()), "");
}

static json_t *
live(int64_t first_s, int64_t last_s, int iri, int cc)
{
	char first[32], last[32];

	clock_format(now_ns - first_s * S, first);
	clock_format(now_ns - last_s * S, last);
	return quiet_but("warrants",
	    json("[{'warrant': 1, 'first': '%s', 'last': '%s', 'spooled_by_class': {'iri': %d, "
		 "'voice': 0, 'cc': %d}, 'summed': 0, 'out_of_scope': 0}, {'warrant': 2, 'first': "
		 "'%s', 'last': '%s', 'spooled_by_class': {'iri': 1, 'voice': 1, 'cc': 0}}]",
		first, last, iri, cc, first, last));
}

static void
test_reconcile_silent(void **state)
{
	struct reconcile r = {0};

	(void)state;
	assert_string_equal(differs(&r, quiet()), ""); /* 0: not watched */
	sql("UPDATE setting SET value = 3600 WHERE name = 'silent_after_s'");
	assert_string_equal(differs(&r, quiet()), " SILENT SILENT");
	assert_string_equal(differs(&r, live(9000, 60, 5, 5)), "");
	assert_string_equal(differs(&r, live(9000, 60, 5, 0)), " NO-CC");
	assert_string_equal(differs(&r, live(600, 60, 5, 0)), ""); /* it may still come */
	assert_string_equal(differs(&r, live(9000, 4000, 5, 5)), " SILENT SILENT");
	sql("UPDATE warrant SET delivery = 'iri' WHERE id = 1");
	assert_string_equal(differs(&r, live(9000, 60, 5, 0)), "");
}

/* ---- accounts of days */

static json_t *
counters(int received, int delivered, int waiting, int shed)
{
	return json("{'ingest': {}, 'leas': [{'name': 'lea-a', 'state': 'ok'}], 'deliver': [], "
		    "'warrants': [{'id': 1, 'lea': 'lea-a', 'received': %d, 'delivered': %d, "
		    "'waiting': %d, 'detail': {'rejected': {}, 'shed_by_class': {'cc': %d}}}]}",
	    received, delivered, waiting, shed);
}

static int delay_ms; /* the longest of that day, as deliver says */

static void
look(const char *when, int received, int delivered, int waiting, int shed)
{
	json_t *s = counters(received, delivered, waiting, shed);
	int64_t at_ns;

	assert_int_equal(clock_parse(when, &at_ns), 0);
	if (delay_ms > 0)
		json_object_set_new(s, "deliver",
		    json("[{'lea': 1, 'warrants': [{'warrant': 1, 'delay_ns': %lld, 'delay_day': "
			 "%lld}]}]",
			delay_ms * 1000000LL, (long long)(at_ns / (86400 * S))));
	assert_int_equal(complete_take(&fx.x, s, at_ns), 0);
	assert_true(complete_close(&fx.x, at_ns) >= 0);
	json_decref(s);
}

static void
day_is(const char *day, int received, int delivered, int waiting, int shed, bool closed)
{
	json_t *a;
	char args[64];

	snprintf(args, sizeof(args), "{'day': '%s'}", day);
	assert_string_equal(call("completeness.list", args), "OK");
	assert_int_equal(json_array_size(result()), 1);
	a = json_array_get(result(), 0);
	assert_int_equal(json_integer_value(json_object_get(a, "received")), received);
	assert_int_equal(json_integer_value(json_object_get(a, "delivered")), delivered);
	assert_int_equal(json_integer_value(json_object_get(a, "waiting")), waiting);
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(a, "shed"), "cc")), shed);
	assert_true(json_is_true(json_object_get(a, "balanced")));
	assert_int_equal(json_is_string(json_object_get(a, "sha256")), closed);
	assert_int_equal(json_integer_value(json_object_get(a, "audit_seq")) > 0, closed);
}

static void
test_midnight(void **state)
{
	(void)state;
	delay_ms = 700;
	look("2026-11-21T10:00:00Z", 100, 90, 10, 0);
	delay_ms = 30; /* deliver began again */
	look("2026-11-21T23:59:30Z", 200, 150, 45, 5);
	day_is("2026-11-21", 200, 150, 45, 5, false);
	delay_ms = 900;				       /* of the new day */
	look("2026-11-22T00:00:01Z", 210, 170, 35, 5); /* so soon: still of the day before */
	day_is("2026-11-21", 210, 170, 35, 5, true);
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(result(), 0), "max_delay_ms")), 700);
	delay_ms = 0;
	look("2026-11-22T09:00:00Z", 300, 295, 0, 5);
	day_is("2026-11-22", 90, 125, 0, 0, false);
	day_is("2026-11-21", 210, 170, 35, 5, true);  /* closed for good */
	look("2026-11-24T03:00:00Z", 310, 305, 0, 5); /* nobody looked for two days */
	day_is("2026-11-22", 90, 125, 0, 0, true);
	day_is("2026-11-24", 10, 10, 0, 0, false);
	look("2026-11-25T00:00:00Z", 310, 305, 0, 5);
	day_is("2026-11-24", 10, 10, 0, 0, true);
	look("2026-11-26T10:00:00Z", 310, 305, 0, 5); /* nothing happened */
	assert_string_equal(call("completeness.list", "{'day': '2026-11-26'}"), "OK");
	assert_int_equal(json_array_size(result()), 0);
	assert_string_equal(call("audit.list", "{'op': 'completeness'}"), "OK");
	assert_int_equal(json_array_size(result()), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_causes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_short, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_other_ne, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_gap, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_isolation, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_reconcile_tasks, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_reconcile_seen, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_reconcile_silent, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_midnight, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
