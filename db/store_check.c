/* SPDX-License-Identifier: Apache-2.0 */
/* Is the database file sound?  Looking at all of it takes minutes when the logs are long, and the
 * daemon must be back sooner than that (network elements drop their tasks).  So before the start
 * counts what decides about interception is looked at; the logs are read in slices behind it. */
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define STORE_SMALL_LEN (INT64_C(8) << 20)   /* up to this size one part is everything */
#define STORE_WHOLE_LEN (INT64_C(256) << 20) /* up to this size everything is looked at */

/* Tables that only grow and that nothing is decided by.  Rows of the audit log itself are checked
 * by their hashes (admin/audit_start.c). */
#define STORE_LOGS                                                                                 \
	"'audit', 'audit_before', 'audit_word_data', 'audit_word_idx', 'journal', 'hash_record', " \
	"'document_part', 'report'"

#define STORE_TABLES                                                                               \
	"sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT IN (" STORE_LOGS ")"

/* PART: rows of one slice are so many times fewer, because each is large. */
static const struct {
	const char *name, *sql;
	int part;
} store_scrubs[] = {{"journal", "SELECT id, * FROM journal WHERE id > ?1 LIMIT ?2", 1},
    {"hash_record", "SELECT id, * FROM hash_record WHERE id > ?1 LIMIT ?2", 1},
    {"audit_before", "SELECT seq, * FROM audit_before WHERE seq > ?1 LIMIT ?2", 1},
    {"audit_word_data", "SELECT id, * FROM audit_word_data WHERE id > ?1 LIMIT ?2", 10},
    {"report", "SELECT id, * FROM report WHERE id > ?1 LIMIT ?2", 500},
    {"document_part", "SELECT id, * FROM document_part WHERE id > ?1 LIMIT ?2", 100},
    {"audit", "SELECT seq, * FROM audit WHERE seq > ?1 LIMIT ?2", 1}};
#define STORE_WALKS_N (sizeof(store_scrubs) / sizeof(store_scrubs[0]))
#define STORE_SCRUBS_N (STORE_WALKS_N - 1) /* without the audit log */
#define STORE_PER_LOG 100		   /* parts that a log counts as */

static sqlite3 *
store_db(struct store *s)
{
	return sqlite3_db_handle(store_stmt(s, STMT_BEGIN));
}

static int
store_damaged(const char *object, const char *why, struct fault *f)
{
	return fault_set(f, FAULT_INTERNAL, "database", object,
	    "restore the latest backup; keep the damaged file for analysis", "%s", why);
}

/* 0 when the first column of what ST gives is "ok". */
static int
store_check_says(sqlite3_stmt *st, const char *object, struct fault *f)
{
	const char *text =
	    sqlite3_step(st) == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
	int r = 0;

	if (text == NULL || strcmp(text, "ok") != 0)
		r = store_damaged(
		    object, text == NULL ? sqlite3_errmsg(sqlite3_db_handle(st)) : text, f);
	sqlite3_reset(st);
	return r;
}

static int
store_check_tables(struct store *s, struct fault *f)
{
	sqlite3_stmt *names = NULL, *st = NULL;
	int r = 0, step;

	if (sqlite3_prepare_v2(store_db(s), "SELECT name FROM " STORE_TABLES, -1, &names, NULL) !=
		SQLITE_OK ||
	    sqlite3_prepare_v2(store_db(s), "SELECT quick_check FROM pragma_quick_check(?1)", -1,
		&st, NULL) != SQLITE_OK)
		r = store_damaged("quick_check", sqlite3_errmsg(store_db(s)), f);
	while (r == 0 && (step = sqlite3_step(names)) != SQLITE_DONE) {
		const char *name = (const char *)sqlite3_column_text(names, 0);

		if (step != SQLITE_ROW) {
			r = store_damaged("quick_check", sqlite3_errmsg(store_db(s)), f);
			break;
		}
		sqlite3_bind_text(st, 1, name, -1, SQLITE_TRANSIENT);
		r = store_check_says(st, name, f);
	}
	sqlite3_finalize(names);
	sqlite3_finalize(st);
	return r;
}

bool
store_is_large(struct store *s)
{
	struct stat st;

	return stat(store_path(s), &st) == 0 && st.st_size > STORE_WHOLE_LEN;
}

int
store_check(struct store *s, bool whole, struct fault *f)
{
	return whole ? store_check_says(store_stmt(s, STMT_QUICK_CHECK), "quick_check", f)
		     : store_check_tables(s, f);
}

/* What is in the rows of ST; their number, or -EIO. */
static int
store_scrub_rows(sqlite3_stmt *st, int64_t *last)
{
	int step, n = 0;

	while ((step = sqlite3_step(st)) == SQLITE_ROW) {
		*last = sqlite3_column_int64(st, 0);
		for (int i = 1; i < sqlite3_column_count(st); i++)
			sqlite3_column_blob(st, i); /* its overflow pages, too */
		n++;
	}
	return step == SQLITE_DONE ? n : -EIO;
}

static int
store_scrub_some(struct store *s, struct store_scrub *at, int rows, struct fault *f)
{
	sqlite3_stmt *st = NULL;
	const char *name;
	int n = -EIO;

	name = store_scrubs[at->table].name;
	rows = rows / store_scrubs[at->table].part + 1;
	if (sqlite3_prepare_v2(store_db(s), store_scrubs[at->table].sql, -1, &st, NULL) ==
	    SQLITE_OK) {
		sqlite3_bind_int64(st, 1, at->row);
		sqlite3_bind_int(st, 2, rows);
		n = store_scrub_rows(st, &at->row);
	}
	if (n < 0)
		store_damaged(name, sqlite3_errmsg(store_db(s)), f);
	sqlite3_finalize(st);
	if (n < rows)
		*at = (struct store_scrub){.table = at->table + 1};
	return n < 0 ? n : 1;
}

int
store_scrub(struct store *s, struct store_scrub *at, int rows, struct fault *f)
{
	return at->table >= STORE_SCRUBS_N ? 0 : store_scrub_some(s, at, rows, f);
}

/* ---- all of it in parts */

/* The number that SQL gives with ?1 = N, or 0. */
static int64_t
store_number(struct store *s, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = 0;

	if (sqlite3_prepare_v2(store_db(s), sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* The AT-th table that is no log. */
static int
store_check_table(struct store *s, int at, struct fault *f)
{
	sqlite3_stmt *st = NULL;
	int r;

	if (sqlite3_prepare_v2(store_db(s),
		"SELECT c.quick_check, t.name FROM (SELECT name FROM " STORE_TABLES
		" ORDER BY rootpage LIMIT 1 OFFSET ?1) t, pragma_quick_check(t.name) c",
		-1, &st, NULL) != SQLITE_OK)
		return store_damaged("quick_check", sqlite3_errmsg(store_db(s)), f);
	sqlite3_bind_int(st, 1, at);
	r = store_check_says(st, "quick_check", f);
	sqlite3_finalize(st);
	return r;
}

static int
store_check_begin(struct store *s, struct store_walk *at, struct fault *f)
{
	struct stat st;

	if (stat(store_path(s), &st) == 0 && st.st_size <= STORE_SMALL_LEN) {
		at->total = at->done = 1;
		return store_check(s, true, f);
	}
	at->tables = (int)store_number(s, "SELECT count(*) FROM " STORE_TABLES);
	at->total = at->tables + (int)STORE_WALKS_N * STORE_PER_LOG;
	return 1;
}

/* Of the log in work, which may be in other units than rows. */
static int
store_log_done(struct store *s, const struct store_scrub *at)
{
	char sql[96];
	int64_t all;

	if (at->table >= STORE_WALKS_N)
		return 0;
	snprintf(sql, sizeof(sql), "SELECT max(rowid) FROM %s", store_scrubs[at->table].name);
	all = store_number(s, sql);
	if (all <= 0 || at->row <= 0)
		return 0;
	return at->row >= all ? STORE_PER_LOG
			      : (int)((double)at->row / (double)all * STORE_PER_LOG);
}

int
store_check_some(struct store *s, struct store_walk *at, int rows, struct fault *f)
{
	int r;

	if (at->total == 0)
		return store_check_begin(s, at, f);
	if (at->table < at->tables) {
		r = store_check_table(s, at->table++, f);
		at->done = at->table;
		return r < 0 ? r : 1;
	}
	r = at->logs.table >= STORE_WALKS_N ? 0 : store_scrub_some(s, &at->logs, rows, f);
	at->done = at->tables + (int)at->logs.table * STORE_PER_LOG + store_log_done(s, &at->logs);
	return r;
}
