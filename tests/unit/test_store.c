/* SPDX-License-Identifier: Apache-2.0 */
/* The database: made, upgraded, checked, pragmas, append-only audit; and the validators of what
 * goes into it. */
#include "db/check.h"
#include "admin/auditlog_priv.h"
#include "db/store.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], path[96];

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test_store.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/openmdf.db", dir);
	return 0;
}

static int
teardown(void **state)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char file[128];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(file, sizeof(file), "%s%s", path, tails[i]);
		unlink(file);
	}
	return rmdir(dir);
}

static sqlite3 *
raw_open(void)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static int
raw(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void
raw_once(const char *sql)
{
	sqlite3 *db = raw_open();

	assert_int_equal(raw(db, sql), SQLITE_OK);
	sqlite3_close(db);
}

static void
test_new(void **state)
{
	struct fault f = {0};
	struct store *s = store_open(path, &f);
	struct stat st;
	char wal[128], got[64], version[16];

	(void)state;
	assert_non_null(s);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(version, sizeof(version), "%d", store_version);
	assert_string_equal(store_pragma(s, "user_version", got, sizeof(got)), version);
	assert_string_equal(store_pragma(s, "journal_mode", got, sizeof(got)), "wal");
	assert_string_equal(store_pragma(s, "synchronous", got, sizeof(got)), "2");
	assert_string_equal(store_pragma(s, "foreign_keys", got, sizeof(got)), "1");
	assert_string_equal(store_pragma(s, "secure_delete", got, sizeof(got)), "1");
	assert_string_equal(store_pragma(s, "no_such_pragma", got, sizeof(got)), "");
	store_close(s);
}

static void
test_others_cannot_read(void **state)
{
	struct fault f = {0};
	struct stat st;

	(void)state;
	close(open(path, O_CREAT | O_RDWR, 0644));
	store_close(store_open(path, &f));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* The whole schema as text, to compare two ways to it. */
static char *
schema_text(void)
{
	sqlite3 *db = raw_open();
	sqlite3_stmt *st;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT name, sql FROM sqlite_schema ORDER BY name",
			     -1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		fprintf(f, "%s: %s\n", sqlite3_column_text(st, 0), sqlite3_column_text(st, 1));
	sqlite3_finalize(st);
	sqlite3_close(db);
	fclose(f);
	return text;
}

/* A database of version V with a row in each table that later versions extend. */
static void
old_database(int v)
{
	char set[32];

	for (int i = 1; i <= v; i++)
		raw_once(store_sql[i]);
	snprintf(set, sizeof(set), "PRAGMA user_version=%d", v);
	raw_once(set);
	raw_once(
	    "INSERT INTO lea (name, created_ns) VALUES ('old-one', 7);"
	    "INSERT INTO ne (name, san, x2, x3, tls12, enabled, time_p2_s, created_ns) VALUES"
	    " ('old-ne', 'ne.example', 1, 1, 0, 1, 180, 7);"
	    "INSERT INTO warrant (uuid, lea, liid, liid_octets, delivery, from_ns, until_ns,"
	    " from_written, until_written, state, created_ns) VALUES (zeroblob(16), 1, 'L', x'4c',"
	    " 'iri', 1, 2, 'a', 'b', 'active', 7)");
}

static const char *
member(json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

/* What was there before narrowing and profiles came is not narrowed and has the built-in profile.
 */
static void
check_upgraded(struct store *s)
{
	json_t *a = json_pack("{s:s, s:s, s:i}", "lea", "old-one", "ne", "old-ne", "row", 1), *row;

	row = store_row(s, STMT_LEA_SHOW, a);
	assert_string_equal(member(row, "created"), "1970-01-01T00:00:00Z");
	assert_string_equal(member(row, "profile"), "etsi");
	json_decref(row);
	row = store_row(s, STMT_NE_SHOW, a);
	assert_true(json_is_false(json_object_get(row, "group")));
	assert_true(json_is_false(json_object_get(row, "opaque")));
	json_decref(row);
	row = store_row(s, STMT_WARRANT_SHOW, a);
	assert_string_equal(member(row, "content"), "full");
	assert_true(json_is_null(json_object_get(row, "services")));
	assert_true(json_is_false(json_object_get(row, "trigger")));
	assert_int_equal(json_array_size(json_object_get(row, "exclude")), 0);
	json_decref(row);
	json_decref(a);
}

static void
test_upgrade(void **state)
{
	struct fault f = {0};
	struct store *s;
	char *fresh, *upgraded, got[16];

	(void)state;
	s = store_open(path, &f);
	assert_non_null(s);
	store_close(s);
	fresh = schema_text();
	assert_true(store_version >= 3);
	for (int v = 1; v < store_version; v++) {
		assert_int_equal(unlink(path), 0);
		old_database(v);
		s = store_open(path, &f);
		if (s == NULL)
			fail_msg("from version %d: %s: %s", v, f.object, f.why);
		assert_int_equal(
		    atoi(store_pragma(s, "user_version", got, sizeof(got))), store_version);
		check_upgraded(s);
		store_close(s);
		upgraded = schema_text();
		assert_string_equal(fresh, upgraded);
		free(upgraded);
	}
	free(fresh);
}

/* An upgrade that fails leaves the version before it. */
static void
test_upgrade_fails_whole(void **state)
{
	struct fault f = {0};
	sqlite3 *db;
	sqlite3_stmt *st;

	(void)state;
	raw_once(store_sql[1]);
	raw_once("PRAGMA user_version=1; CREATE TABLE request_time (in_the_way INTEGER)");
	assert_null(store_open(path, &f));
	assert_int_equal(f.code, FAULT_INTERNAL);
	assert_string_equal(f.object, "upgrade 0002");
	db = raw_open();
	assert_int_equal(
	    sqlite3_prepare_v2(
		db, "SELECT count(*) FROM sqlite_schema WHERE name = 'request'", -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(st, 0), 0);
	sqlite3_finalize(st);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(st, 0), 1);
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static void
test_newer_is_refused(void **state)
{
	struct fault f = {0};

	(void)state;
	store_close(store_open(path, &f));
	raw_once("PRAGMA user_version=9999");
	assert_null(store_open(path, &f));
	assert_non_null(strstr(f.why, "9999"));
}

static void
test_damage_is_found(void **state)
{
	struct fault f = {0};
	struct stat st;
	uint8_t junk[4096];
	int fd;

	(void)state;
	store_close(store_open(path, &f));
	raw_once("PRAGMA wal_checkpoint(TRUNCATE)");
	assert_int_equal(stat(path, &st), 0);
	memset(junk, 0xa5, sizeof(junk));
	fd = open(path, O_RDWR);
	for (off_t at = 8192; at + 4096 <= st.st_size; at += 8192)
		assert_int_equal(pwrite(fd, junk, sizeof(junk), at), (ssize_t)sizeof(junk));
	close(fd);
	assert_null(store_open(path, &f));
	assert_int_equal(f.code, FAULT_INTERNAL);
}

static void
test_audit_is_append_only(void **state)
{
	struct fault f = {0};
	struct store *s = store_open(path, &f);
	struct auditlog *log =
	    auditlog_open(&(struct auditlog_env){.store = s, .boot_id = "b"}, &f);
	sqlite3 *db;

	(void)state;
	assert_int_equal(auditlog_system(log, "lea.add", "lea x", "ok", NULL, NULL), 0);
	assert_true(store_int(s, STMT_HIGHEST_NS, NULL, 0) > 5);
	auditlog_close(log);
	db = raw_open();
	raw(db, "PRAGMA recursive_triggers=ON");
	assert_int_not_equal(raw(db, "UPDATE audit SET actor = 'nobody'"), SQLITE_OK);
	assert_int_not_equal(raw(db, "DELETE FROM audit"), SQLITE_OK);
	assert_int_not_equal(
	    raw(db, "INSERT OR REPLACE INTO audit SELECT * FROM audit"), SQLITE_OK);
	sqlite3_close(db);
	store_close(s);
}

static void
test_constraints(void **state)
{
	struct fault f = {0};
	struct store *s = store_open(path, &f);
	json_t *a = json_pack("{s:s, s:I}", "lea", "a", "now_ns", (json_int_t)1),
	       *bad = json_pack("{s:i, s:i, s:s}", "id", 77, "pos", 0, "item", "x");

	(void)state;
	assert_int_equal(store_run(s, STMT_LEA_ADD, a, &f), 0);
	assert_int_equal(store_run(s, STMT_LEA_ADD, a, &f), -EEXIST);
	assert_int_equal(f.code, FAULT_CONFLICT);
	assert_int_equal(store_run(s, STMT_DEST_ADDRESS_ADD, bad, &f),
	    -EEXIST); /* no such destination: foreign key */
	assert_int_equal(store_begin(s, &f), 0);
	assert_int_equal(store_begin(s, &f), -EIO);
	store_rollback(s);
	json_decref(a);
	json_decref(bad);
	store_close(s);
}

static void
test_liid(void **state)
{
	uint8_t o[CHECK_LIID_MAX];
	size_t n;

	(void)state;
	assert_null(check_liid("A", o, &n));
	assert_int_equal(n, 1);
	assert_null(check_liid("!234567890123456789012~45", o, &n));
	assert_int_equal(n, 25);
	assert_memory_equal(o, "!234567890123456789012~45", 25);
	assert_null(check_liid("00ff000000000000000000000a", o, &n)); /* 26 digits */
	assert_int_equal(n, 13);
	assert_int_equal(o[1], 0xff);
	assert_null(
	    check_liid("000102030405060708090a0b0c0d0e0f101112131415161718", o, &n)); /* 50 */
	assert_int_equal(n, 25);
	assert_int_equal(o[24], 0x18);
	assert_non_null(check_liid("", o, &n));
	assert_non_null(check_liid("with space", o, &n));
	assert_non_null(check_liid("tab\t", o, &n));
	assert_non_null(check_liid("\xc3\xa4", o, &n));
	assert_non_null(check_liid("000102030405060708090a0b0c0", o, &n)); /* 27 */
	assert_non_null(check_liid("00010203040506070809 a0b0c", o, &n));  /* not hexadecimal */
	assert_non_null(check_liid("00FF000000000000000000000A", o, &n));  /* upper case */
	assert_non_null(
	    check_liid("000102030405060708090a0b0c0d0e0f10111213141516171819", o, &n)); /* 52 */
}

static void
test_uuid_and_pin(void **state)
{
	uint8_t u[16], pin[CHECK_PIN_LEN];
	char text[37], long_pin[80];

	(void)state;
	assert_null(check_uuid("00112233-4455-6677-8899-AABBCCDDEEFF", u));
	assert_int_equal(u[15], 0xff);
	assert_string_equal(check_uuid_text(u, text), "00112233-4455-6677-8899-aabbccddeeff");
	assert_non_null(check_uuid("00112233-4455-6677-8899-aabbccddeef", u));
	assert_non_null(check_uuid("00112233x4455-6677-8899-aabbccddeeff", u));
	assert_non_null(check_uuid("0011223g-4455-6677-8899-aabbccddeeff", u));
	memset(long_pin, 'a', sizeof(long_pin));
	long_pin[64] = '\0';
	assert_null(check_pin(long_pin, pin));
	assert_int_equal(pin[31], 0xaa);
	long_pin[63] = '\0';
	assert_non_null(check_pin(long_pin, pin));
	memset(long_pin, 'a', 65);
	long_pin[65] = '\0';
	assert_non_null(check_pin(long_pin, pin));
	long_pin[64] = '\0';
	long_pin[5] = 'z';
	assert_non_null(check_pin(long_pin, pin));
}

static void
test_address(void **state)
{
	(void)state;
	assert_null(check_address("192.0.2.1:5000"));
	assert_null(check_address("[2001:db8::1]:1"));
	assert_non_null(check_address("192.0.2.1"));
	assert_non_null(check_address("192.0.2.1:0"));
	assert_non_null(check_address("192.0.2.1:65536"));
	assert_non_null(check_address("192.0.2.1:+5"));
	assert_non_null(check_address("192.0.2.256:5000"));
	assert_non_null(check_address("lemf.example:5000"));
	assert_non_null(check_address("2001:db8::1:5000"));
	assert_non_null(check_address("[2001:db8::1:5000"));
	assert_non_null(check_address("[]:5000"));
	assert_non_null(check_address(":5000"));
	assert_non_null(check_address(""));
}

static void
test_words(void **state)
{
	char text[300];
	int64_t ns;

	(void)state;
	assert_null(check_country("DE"));
	assert_non_null(check_country("de"));
	assert_non_null(check_country("DEU"));
	assert_null(check_name("lea-a_1.x"));
	assert_non_null(check_name(".."));
	assert_non_null(check_name("a/b"));
	assert_non_null(check_name(""));
	memset(text, 'a', sizeof(text));
	text[64] = '\0';
	assert_null(check_name(text));
	text[64] = 'a';
	text[65] = '\0';
	assert_non_null(check_name(text));
	assert_null(check_operator("0123456789abcdef"));
	assert_non_null(check_operator("0123456789abcdef0"));
	assert_non_null(check_operator(""));
	assert_null(check_san("ne1.example"));
	assert_non_null(check_san("ne 1"));
	assert_null(check_text("Az 12/26 \xc3\xa4"));
	assert_non_null(check_text("a\nb"));
	assert_null(check_time("2026-11-21T11:00:00.5+01:00", &ns));
	assert_true(ns == INT64_C(1795255200500000000));
	assert_non_null(check_time("2026-11-21T11:00:00", &ns));
	assert_non_null(check_time("2026-02-30T11:00:00Z", &ns));
	assert_non_null(check_time("tomorrow", &ns));
}

/* Overwrite the first page of TABLE. */
static void
damage(const char *table)
{
	sqlite3 *db = raw_open();
	uint8_t junk[512];
	sqlite3_stmt *st;
	long at;
	int fd;

	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT (rootpage - 1) * (SELECT page_size FROM pragma_page_size) FROM "
		"sqlite_schema WHERE name = ?1",
		-1, &st, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	at = (long)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	assert_true(at > 0);
	memset(junk, 0xa5, sizeof(junk));
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
	close(fd);
}

/* How often reading the logs finds damage. */
static int
scrub(struct store *s, struct fault *f)
{
	struct store_scrub at = {0};
	int r, bad = 0;

	while ((r = store_scrub(s, &at, 2, f)) != 0)
		bad += r < 0;
	return bad;
}

/* A large database starts without a look at its logs; what decides is looked at. */
static void
test_large(void **state)
{
	struct fault f = {0};
	struct store *s = store_open(path, &f);

	(void)state;
	assert_non_null(s);
	assert_int_equal(store_check(s, false, &f), 0);
	assert_int_equal(scrub(s, &f), 0);
	store_close(s);
	damage("journal");
	s = store_open_reader(path, &f); /* does not look */
	assert_non_null(s);
	assert_int_equal(store_check(s, true, &f), -EIO);
	assert_int_equal(store_check(s, false, &f), 0);
	assert_int_equal(scrub(s, &f), 1);
	assert_string_equal(f.object, "journal");
	store_close(s);
	damage("warrant");
	s = store_open_reader(path, &f);
	assert_non_null(s);
	assert_int_equal(store_check(s, false, &f), -EIO);
	assert_string_equal(f.object, "warrant");
	store_close(s);
}

/* A row that is changed behind the back of the daemon is found while it runs. */
static void
test_audit_scrub(void **state)
{
	struct fault f = {0};
	struct store *s = store_open(path, &f);
	struct auditlog *l = auditlog_open(&(struct auditlog_env){.store = s, .boot_id = "b"}, &f);
	sqlite3 *db;

	(void)state;
	assert_non_null(l);
	for (int i = 0; i < 5; i++)
		assert_int_equal(
		    auditlog_system(l, "system.test", "x", "ok", "as it was", NULL), 0);
	l->scrub_ns = 1; /* it is time */
	audit_scrub(l);
	assert_int_equal(l->doubt, AUDIT_SOUND);
	assert_true(l->scrubbed == 5);
	for (int i = 0; i < 20 && l->scrub_ns == 1; i++)
		audit_scrub(l); /* the other logs */
	assert_true(l->scrub_ns > 1 && l->scrubbed == 0);
	db = raw_open();
	assert_int_equal(raw(db, "DROP TRIGGER audit_row_no_update"), SQLITE_OK);
	assert_int_equal(
	    raw(db, "UPDATE audit SET reason = 'as it was not' WHERE seq = 3"), SQLITE_OK);
	sqlite3_close(db);
	l->scrub_ns = 1;
	audit_scrub(l);
	assert_int_equal(l->doubt, AUDIT_CHAIN);
	assert_non_null(strstr(l->doubt_text, "row 3 "));
	auditlog_close(l);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_new, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_others_cannot_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_upgrade, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_upgrade_fails_whole, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_newer_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_damage_is_found, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_audit_is_append_only, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_large, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_audit_scrub, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_constraints, setup, teardown),
	    cmocka_unit_test(test_liid),
	    cmocka_unit_test(test_uuid_and_pin),
	    cmocka_unit_test(test_address),
	    cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
