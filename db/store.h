/* SPDX-License-Identifier: Apache-2.0 */
/* The database of the admin role (its only writer): open, upgrade, prepared statements, rows as
 * JSON.  The schema is db/schema.sql and db/upgrade/; every statement is in db/statements.c.  Knows
 * nothing of operations and roles. */
#ifndef DB_STORE_H
#define DB_STORE_H

#include "db/fault.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct store;

/* SQL of version i in store_sql[i]; store_version is the newest.  Generated. */
extern const char *const store_sql[];
extern const int store_version;

enum store_stmt {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_SETTING_GET,
	STMT_SETTING_SET,
	STMT_SETTING_LIST,
	STMT_VERSION_BUMP,
	STMT_HIGHEST_NS,
	STMT_LEA_ADD,
	STMT_LEA_SET,
	STMT_LEA_SHOW,
	STMT_LEA_BUSY,
	STMT_LEA_PROFILE,
	STMT_LEA_LIST,
	STMT_PROFILE_ADD,
	STMT_PROFILE_SHOW,
	STMT_PROFILE_LIST,
	STMT_PROFILE_USED,
	STMT_PROFILE_BUSY,
	STMT_PROFILE_REMOVE,
	STMT_DEST_ADD,
	STMT_DEST_SET,
	STMT_DEST_REMOVE,
	STMT_DEST_USED,
	STMT_DEST_SHOW,
	STMT_DEST_LIST,
	STMT_DEST_OF_LEA,
	STMT_DEST_ADDRESS_ADD,
	STMT_DEST_ADDRESS_CLEAR,
	STMT_DEST_ADDRESS_SHARED,
	STMT_DEST_PIN_ADD,
	STMT_DEST_PIN_CLEAR,
	STMT_NE_ADD,
	STMT_NE_SET,
	STMT_NE_SHOW,
	STMT_NE_LIST,
	STMT_NE_PIN_ADD,
	STMT_NE_PIN_CLEAR,
	STMT_NE_RULE_ADD,
	STMT_NE_RULE_CLEAR,
	STMT_WARRANT_ADD,
	STMT_WARRANT_SET,
	STMT_WARRANT_EMPTY,
	STMT_WARRANT_METADATA,
	STMT_WARRANT_RULE_ADD,
	STMT_WARRANT_RULE_CLEAR,
	STMT_WARRANT_EVENT_ADD,
	STMT_WARRANT_EVENTS,
	STMT_WARRANT_BY_LIID,
	STMT_WARRANT_SHOW,
	STMT_WARRANT_LIST,
	STMT_WARRANT_LIST_UNTIL,
	STMT_WARRANT_PLACE,
	STMT_WARRANT_NAMES,
	STMT_WARRANT_NAME,
	STMT_WARRANT_MANY,
	STMT_XID_ADD,
	STMT_XID_LIST,
	STMT_XID_OF_WARRANT,
	STMT_XID_CLEAR,
	STMT_WARRANT_NE_ADD,
	STMT_WARRANT_NE_CLEAR,
	STMT_JOURNAL_ADD,
	STMT_JOURNAL_LIST,
	STMT_JOURNAL_NEXT,
	STMT_JOURNAL_TRIM,
	STMT_CURSOR_GET,
	STMT_CURSOR_SET,
	STMT_ALARM_ACK,
	STMT_ALARM_GET,
	STMT_ALARM_RAISE,
	STMT_ALARM_CLEAR,
	STMT_ALARM_LIST,
	STMT_ALARM_TRIM,
	STMT_REQUEST_GET,
	STMT_REQUEST_ADD,
	STMT_REQUEST_TRIM,
	STMT_QUICK_CHECK,
	STMT_TASK_NE,
	STMT_TASK_PROFILE,
	STMT_TASK_WARRANT,
	STMT_TASK_RULE,
	STMT_TASK_NE_RULE,
	STMT_TASK_XID,
	STMT_TASK_ALLOW,
#define X(id, sql) STMT_##id,
#include "db/stmts.h"
#undef X
	STMT_N
};
extern const char *const store_statement[STMT_N];

/* Open or make the database at PATH (mode 0600), set and read back every pragma, upgrade it, check
 * it.  Returns new, or NULL and *f. */
struct store *store_open(const char *path, struct fault *f);
void store_close(struct store *s);
/* Is the file sound?  WHOLE: all of it; else without the tables that are logs, which are for
 * store_scrub() and for the hashes of the audit log.  0, or -EIO and *f.  store_open() looks at the
 * whole of a file that is not large. */
int store_check(struct store *s, bool whole, struct fault *f);
bool store_is_large(struct store *s);
/* Read the next ROWS rows of those tables.  AT: zeros before the first call.  Returns 1 (more), 0
 * (all were read), or -EIO and *f: damaged; it goes on with the next table. */
struct store_scrub {
	unsigned table;
	int64_t row;
};
int store_scrub(struct store *s, struct store_scrub *at, int rows, struct fault *f);
/* All of the file in parts: tables, then ROWS rows of the logs at a time.  AT: zeros before the
 * first call.  Returns 1 (more), 0 (all is sound) or -EIO and *f. */
struct store_walk {
	int done, total; /* parts */
	int table, tables;
	struct store_scrub logs;
};
int store_check_some(struct store *s, struct store_walk *at, int rows, struct fault *f);
/* A second connection to the database at PATH that only reads, with a snapshot that it keeps until
 * it is closed.  Statements are prepared when they are first used.  New, or NULL and *f. */
struct store *store_open_reader(const char *path, struct fault *f);
/* Path of the database file. */
const char *store_path(struct store *s);

/* Parameters are bound by name from the JSON object ARGS (borrowed, may be NULL): ":x" is member x
 * (text, integer, boolean as 0/1, missing or null as NULL); "$x" is member x written in hexadecimal
 * or as UUID, bound as octets. A result column "x" becomes member x of a row: integer, text or
 * null, octets as UUID (16 of them) or hexadecimal.  The last character of its name may give it
 * another shape: "x?" boolean, "x@" ns as RFC 3339, "x[]" JSON text. */

/* Run a statement that gives no rows.  Returns 0; -EEXIST (unique or foreign key, FAULT_CONFLICT);
 * -EIO (FAULT_INTERNAL). */
int store_run(struct store *s, enum store_stmt id, json_t *args, struct fault *f);
/* First row, a new reference; NULL when there is none. */
json_t *store_row(struct store *s, enum store_stmt id, json_t *args);
/* N octets from OFFSET on of COLUMN in row ROW of TABLE, without reading what is before.  0 or
 * -EIO.
 */
int store_read(struct store *s, const char *table, const char *column, int64_t row, int64_t offset,
    void *buf, size_t n);
/* Row by row: the statement with its parameters, and each row.  store_next() returns 1 and a new
 * reference in *row, 0 at the end, or -EIO and *f.  No other use of the same statement in between.
 */
sqlite3_stmt *store_query(struct store *s, enum store_stmt id, json_t *args);
int store_next(struct store *s, sqlite3_stmt *st, json_t **row, struct fault *f);
/* All rows, a new reference to an array. */
json_t *store_rows(struct store *s, enum store_stmt id, json_t *args);
/* First column of the first row as integer, or DFLT. */
int64_t store_int(struct store *s, enum store_stmt id, json_t *args, int64_t dflt);
int64_t store_last_id(struct store *s);

/* For loops that need speed: the statement, reset and with no parameters; step it, then reset it.
 */
sqlite3_stmt *store_stmt(struct store *s, enum store_stmt id);

/* What unseals rows of this database (admin/vault.h), borrowed; NULL: none is open. */
struct vault;
void store_set_vault(struct store *s, struct vault *v);
struct vault *store_vault(const struct store *s);

/* Leave no former content in the files: the write-ahead log is moved into the database and cut to
 * nothing.  later: after the next commit.  Deleted content is overwritten anyway (secure_delete).
 * Returns 0 or -EBUSY (then it is tried again after each commit). */
int store_wipe(struct store *s);
void store_wipe_later(struct store *s);

/* One transaction.  begin: 0 or -EIO (FAULT_INTERNAL).  commit: on an error it has been rolled
 * back. */
int store_begin(struct store *s, struct fault *f);
int store_commit(struct store *s, struct fault *f);
void store_rollback(struct store *s);

/* PRAGMA NAME as text in BUF; returns BUF, "" when there is no such pragma. */
char *store_pragma(struct store *s, const char *name, char *buf, size_t len);

#endif
