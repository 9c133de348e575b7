/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: each kind from a database filled by operations; slices and the whole give the same text;
 * forms; the times of the schedule. */
#include "ops_fixture.h"

#include "admin/op_schedule.h"
#include "admin/report.h"
#include "base/clock.h"

static int64_t
at(const char *text)
{
	int64_t ns;

	assert_int_equal(clock_parse(text, &ns), 0);
	return ns;
}

static void
next_is(const char *every, int at_min, int zone, const char *after, const char *want)
{
	char got[32];

	assert_string_equal(clock_format(schedule_next(every, at_min, zone, at(after)), got), want);
}

static void
test_schedule(void **state)
{
	char got[32];

	(void)state;
	next_is("daily", 360, 0, "2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z");
	next_is("daily", 360, 0, "2026-11-21T06:00:00Z", "2026-11-22T06:00:00Z");
	next_is("daily", 0, 330, "2026-11-21T12:00:00Z", "2026-11-21T18:30:00Z");
	next_is("daily", 0, -330, "2026-11-21T05:00:00Z", "2026-11-21T05:30:00Z");
	next_is("weekly", 0, 0, "2026-11-21T00:00:00Z", "2026-11-23T00:00:00Z"); /* a Saturday */
	next_is("weekly", 0, 0, "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z");
	next_is("weekly", 60, 0, "2026-11-22T23:59:59Z", "2026-11-23T01:00:00Z");
	next_is("monthly", 0, 60, "2026-12-31T22:59:59Z", "2026-12-31T23:00:00Z");
	next_is("monthly", 0, 0, "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"); /* leap year */
	next_is("quarterly", 0, 0, "2026-11-21T00:00:00Z", "2027-01-01T00:00:00Z");
	next_is("quarterly", 0, 0, "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z");
	assert_string_equal(
	    clock_format(schedule_last("quarterly", 0, 0, at("2026-11-21T00:00:00Z")), got),
	    "2026-10-01T00:00:00Z");
	assert_string_equal(
	    clock_format(schedule_last("daily", 360, 0, at("2026-11-21T06:00:00Z")), got),
	    "2026-11-21T06:00:00Z");
}

static void
fill(void)
{
	char text[512];

	fixture_fill();
	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof(text),
		    "{'liid': 'L-%03d', 'lea': 'lea-a', 'delivery': 'both', " WINDOW
		    ", 'hi2': 'dest-a', 'hi3': 'dest-a', 'reference': '+R %d'}",
		    i, i);
		assert_string_equal(call("warrant.add", text), "OK");
	}
}

/* The master of KIND, made in slices of MS; new. */
static char *
make(const char *kind, unsigned ms, unsigned *slices, char sha256[65])
{
	struct report_spec s = {.kind = report_kind_find(kind),
	    .from_ns = 0,
	    .to_ns = at("2199-01-01T00:00:00Z"),
	    .id = XID1,
	    .by = "tester"};
	struct fault f = {0};
	struct report_job *j;
	char *copy;
	size_t n;
	int r;

	assert_non_null(s.kind);
	j = report_begin(fx.path, &s, &f);
	if (j == NULL)
		fail_msg("%s: %s", kind, f.why);
	*slices = 0;
	while ((r = report_step(j, ms, &f)) > 0)
		++*slices;
	if (r < 0)
		fail_msg("%s: %s", kind, f.why);
	copy = strdup(report_text(j, &n, sha256));
	assert_int_equal(strlen(copy), n);
	report_free(j);
	return copy;
}

static void
test_kinds(void **state)
{
	char sha256[65], again[65];
	unsigned slices;

	(void)state;
	fill();
	for (size_t i = 0; i < report_kinds_n; i++) {
		char *text = make(report_kinds[i].kind, 1000, &slices, sha256);
		json_t *master = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(master);
		/* canonical: its hash is that of the text as it is */
		assert_int_equal(report_hash(master, again), 0);
		assert_string_equal(again, sha256);
		json_decref(master);
		free(text);
	}
	assert_null(report_kind_find("R99"));
	assert_ptr_equal(report_kind_find("r2"), report_kind_find("register"));
}

static size_t
rows(json_t *master, size_t section)
{
	return json_array_size(
	    json_object_get(json_array_get(json_object_get(master, "sections"), section), "rows"));
}

/* Slices of 0 ms look at the clock every 64 rows; a warrant that comes in between is not in it. */
static void
test_slices(void **state)
{
	struct report_spec s = {.kind = report_kind_find("R2"),
	    .to_ns = at("2199-01-01T00:00:00Z"),
	    .id = XID1,
	    .by = "tester"};
	struct fault f = {0};
	struct report_job *j;
	unsigned slices = 1;
	char sha256[65];
	json_t *master;
	size_t n;
	int r;

	(void)state;
	fill();
	assert_non_null(j = report_begin(fx.path, &s, &f));
	assert_int_equal(report_step(j, 0, &f), 1);
	assert_string_equal(call("warrant.add", WARRANT("LATER")), "OK");
	while ((r = report_step(j, 0, &f)) > 0)
		slices++;
	assert_int_equal(r, 0);
	assert_true(slices >= 5);
	master = json_loads(report_text(j, &n, sha256), 0, NULL);
	assert_int_equal(rows(master, 0), 300);
	json_decref(master);
	report_free(j);
	assert_string_equal(call("warrant.show", "{'warrant': 'LATER@lea-a'}"), "OK");
}

static void
test_csv(void **state)
{
	json_t *m =
	    json_pack("{s:s, s:[], s:[{s:s, s:b, s:[{s:s, s:s}, {s:s, s:s}], s:[{s:s, s:i}, {s:s, "
		      "s:n}, {s:s, s:b}]}]}",
		"type", REPORT_TYPE, "no_data", "sections", "title", "T", "form", 0, "columns",
		"key", "a", "title", "A", "key", "b", "title", "=B", "rows", "a", "@x,\"y\"", "b",
		-5, "a", "line\nbreak", "b", "a", "-1+1", "b", 1);
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	assert_non_null(m);
	report_csv(m, "00", out);
	fclose(out);
	assert_non_null(strstr(text, "sha256,00\r\n\r\nsection,T\r\nA,\"'=B\"\r\n"));
	assert_non_null(strstr(text, "\"'@x,\"\"y\"\"\",-5\r\n"));
	assert_non_null(strstr(text, "\"line\nbreak\",\r\n"));
	assert_non_null(strstr(text, "\"'-1+1\",yes\r\n"));
	free(text);
	json_decref(m);
}

/* Without the fonts a PDF is made all the same; what Helvetica does not have is written as a code.
 */
static void
test_fonts(void **state)
{
	const char *there = report_fonts, *why = "";
	json_t *m = json_pack("{s:s, s:s, s:[], s:[{s:s, s:s, s:b, s:[{s:s, s:s}], s:[{s:s}]}]}",
	    "type", REPORT_TYPE, "title", "T", "no_data", "sections", "title", "S", "note", "N",
	    "form", 0, "columns", "key", "a", "title", "A", "rows", "a",
	    "\xd0\x96 \xe6\xbc\xa2 \xd7\x90 \xf0\x9f\x9a\x80 caf\xc3\xa9");
	char *text = NULL;
	size_t n;
	FILE *out;

	(void)state;
	assert_non_null(m);
	report_fonts = "/nonexistent/";
	out = open_memstream(&text, &n);
	assert_int_equal(report_pdf(m, "00", out, &why), 0);
	fclose(out);
	report_fonts = there;
	assert_non_null(memmem(text, n, "/Helvetica", 10));
	assert_null(memmem(text, n, "DejaVu", 6));
	free(text);
	json_decref(m);
}

/* Made, stored, audited: the hash in the audit row is that of the text. */
static void
test_make(void **state)
{
	const char *sha;
	char *detail;

	(void)state;
	fill();
	assert_string_equal(call("report.make", "{'kind': 'R2'}"), "OK");
	assert_non_null(sha = result_text("sha256"));
	detail = strdup(sha);
	assert_string_equal(call("report.make", "{'kind': 'R2', 'from': '2030-01-01T00:00:00Z'}"),
	    "USAGE"); /* ends before it begins */
	assert_string_equal(call("report.make", "{'kind': 'R1'}"), "USAGE");
	assert_string_equal(call("report.make", "{'kind': 'R1', 'warrant': 'L-000@lea-a'}"), "OK");
	assert_string_equal(call("report.list", "{'kind': 'register'}"), "OK");
	assert_int_equal(json_array_size(result()), 1);
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(result(), 0), "sha256")), detail);
	assert_string_equal(call("review.open", "{'from': '2030-01-01T00:00:00Z', 'until': "
						"'2031-01-01T00:00:00Z'}"),
	    "USAGE"); /* in the future */
	free(detail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_schedule),
	    cmocka_unit_test_setup_teardown(test_kinds, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_slices, fixture_setup, fixture_teardown),
	    cmocka_unit_test(test_csv),
	    cmocka_unit_test(test_fonts),
	    cmocka_unit_test_setup_teardown(test_make, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
