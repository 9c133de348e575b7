/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite; see store.h.  Pragmas are read back because SQLite ignores a misspelt one silently. */
#include "db/store.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/check.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmt[STMT_N];
	struct vault *vault;
	bool wipe; /* after the next commit */
};

/* What must hold while the database is open, and what PRAGMA name must answer. */
static const struct {
	const char *set, *name, *want;
} store_pragmas[] = {
    {"PRAGMA journal_mode=WAL", "journal_mode", "wal"},
    {"PRAGMA synchronous=FULL", "synchronous", "2"},
    {"PRAGMA foreign_keys=ON", "foreign_keys", "1"},
    {"PRAGMA trusted_schema=OFF", "trusted_schema", "0"},
    {"PRAGMA secure_delete=ON", "secure_delete", "1"},
    {"PRAGMA cell_size_check=ON", "cell_size_check", "1"},
    {"PRAGMA mmap_size=0", "mmap_size", "0"},
    {"PRAGMA temp_store=MEMORY", "temp_store", "2"},
    {"PRAGMA cache_size=-65536", "cache_size", "-65536"}, /* KiB: an import is one transaction */
    /* else INSERT OR REPLACE would delete audit rows without asking the trigger */
    {"PRAGMA recursive_triggers=ON", "recursive_triggers", "1"},
};

char *
store_pragma(struct store *s, const char *name, char *buf, size_t len)
{
	char sql[64];
	sqlite3_stmt *st;

	buf[0] = '\0';
	snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return buf;
	if (sqlite3_step(st) == SQLITE_ROW)
		snprintf(buf, len, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return buf;
}

static int
store_set_pragmas(struct store *s, struct fault *f)
{
	char got[64];

	for (size_t i = 0; i < sizeof(store_pragmas) / sizeof(store_pragmas[0]); i++) {
		sqlite3_exec(s->db, store_pragmas[i].set, NULL, NULL, NULL);
		store_pragma(s, store_pragmas[i].name, got, sizeof(got));
		if (strcmp(got, store_pragmas[i].want) != 0)
			return fault_set(f, FAULT_INTERNAL, "database", store_pragmas[i].name,
			    "use a local file system and the SQLite of the distribution",
			    "pragma %s is '%s' and must be '%s'", store_pragmas[i].name, got,
			    store_pragmas[i].want);
	}
	return 0;
}

static int
store_exec(struct store *s, const char *sql, const char *object, struct fault *f)
{
	char *err = NULL;
	int r = 0;

	if (sqlite3_exec(s->db, sql, NULL, NULL, &err) != SQLITE_OK)
		r = fault_set(f, FAULT_INTERNAL, "database", object, "", "%s",
		    err == NULL ? sqlite3_errmsg(s->db) : err);
	sqlite3_free(err);
	return r;
}

/* A version may put a table in place of another one (sqlite.org/lang_altertable.html, 7): foreign
 * keys are off while it works, and all of them are looked at before it counts. */
static int
store_upgrade_sql(struct store *s, int v, const char *object, struct fault *f)
{
	char set[64], got[64];
	int r;

	snprintf(set, sizeof(set), "PRAGMA user_version=%d", v + 1);
	if ((r = store_exec(s, store_sql[v + 1], object, f)) < 0 ||
	    (r = store_exec(s, set, object, f)) < 0)
		return r;
	if (store_pragma(s, "foreign_key_check", got, sizeof(got))[0] != '\0')
		return fault_set(f, FAULT_INTERNAL, "database", object, "restore a backup",
		    "a row of table '%s' names a row that is not there", got);
	return store_exec(s, "COMMIT", object, f);
}

/* Bring the schema from V to V + 1 in one transaction. */
static int
store_upgrade_one(struct store *s, int v, struct fault *f)
{
	char object[32];
	int r;

	snprintf(object, sizeof(object), "upgrade %04d", v + 1);
	if ((r = store_exec(s, "PRAGMA foreign_keys=OFF", object, f)) < 0 ||
	    (r = store_exec(s, "BEGIN IMMEDIATE", object, f)) < 0)
		return r;
	if ((r = store_upgrade_sql(s, v, object, f)) < 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_exec(s->db, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);
	return r;
}

static int
store_upgrade(struct store *s, struct fault *f)
{
	char got[64];
	int v = atoi(store_pragma(s, "user_version", got, sizeof(got)));
	int r = 0;

	if (v > store_version)
		return fault_set(f, FAULT_INTERNAL, "database", "user_version",
		    "install the newer version again, or restore a backup",
		    "the database has version %d, this program knows %d", v, store_version);
	for (; r == 0 && v < store_version; v++)
		r = store_upgrade_one(s, v, f);
	return r;
}

static int
store_prepare(struct store *s, struct fault *f)
{
	for (int i = 0; i < STMT_N; i++) {
		assert(store_statement[i] != NULL);
		if (sqlite3_prepare_v3(s->db, store_statement[i], -1, SQLITE_PREPARE_PERSISTENT,
			&s->stmt[i], NULL) != SQLITE_OK)
			return fault_set(f, FAULT_INTERNAL, "database", "statement", "",
			    "statement %d: %s", i, sqlite3_errmsg(s->db));
	}
	return 0;
}

/* The file is made here, so that nobody else can read it from its first octet on; WAL and shared
 * memory inherit the mode. */
static int
store_make_file(const char *path, struct fault *f)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;
	int r = 0;

	if (fd < 0)
		return fault_set(f, FAULT_INTERNAL, "database", path,
		    "check state_dir and its owner", "%s", strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    ((st.st_mode & 077) != 0 && fchmod(fd, 0600) < 0))
		r = fault_set(
		    f, FAULT_INTERNAL, "database", path, "chmod 0600", "others can read it");
	close(fd);
	return r;
}

static int
store_setup(struct store *s, struct fault *f)
{
	int r;

	sqlite3_busy_timeout(s->db, 5000);
	sqlite3_extended_result_codes(s->db, 1);
	if ((r = store_set_pragmas(s, f)) < 0 || (r = store_upgrade(s, f)) < 0 ||
	    (r = store_set_pragmas(s, f)) < 0)
		return r;
	if (sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
	    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL) != SQLITE_OK)
		return fault_set(
		    f, FAULT_INTERNAL, "database", "db_config", "", "DEFENSIVE was refused");
	if ((r = store_prepare(s, f)) < 0)
		return r;
	return store_check(s, !store_is_large(s), f);
}

static bool
store_is_disk(int code)
{
	switch (code & 0xff) {
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_FULL:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return true;
	default:
		return false;
	}
}

/* What the disk does to SQLite, with file and errno where it tells them.  Not faults of statements:
 * those have their own answers. */
static void
store_on_log(void *arg, int code, const char *text)
{
	(void)arg;
	if (store_is_disk(code))
		log_err("DB-DISK", "%s", text);
}

struct store *
store_open(const char *path, struct fault *f)
{
	struct store *s;

	sqlite3_config(SQLITE_CONFIG_LOG, store_on_log, NULL); /* before the first use only */
	if (store_make_file(path, f) < 0)
		return NULL;
	s = calloc(1, sizeof(*s));
	assert(s != NULL);
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		fault_set(f, FAULT_INTERNAL, "database", path, "", "%s", sqlite3_errmsg(s->db));
		store_close(s);
		return NULL;
	}
	if (store_setup(s, f) < 0) {
		store_close(s);
		return NULL;
	}
	return s;
}

struct store *
store_open_reader(const char *path, struct fault *f)
{
	struct store *s = calloc(1, sizeof(*s));

	assert(s != NULL);
	/* query_only and not SQLITE_OPEN_READONLY: a reader of a WAL database writes its shared
	 * memory */
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
		SQLITE_OK &&
	    sqlite3_busy_timeout(s->db, 5000) == SQLITE_OK &&
	    sqlite3_exec(s->db,
		"PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA mmap_size=0;"
		" PRAGMA temp_store=MEMORY; BEGIN; SELECT count(*) FROM setting",
		NULL, NULL, NULL) == SQLITE_OK)
		return s;
	fault_set(f, FAULT_INTERNAL, "database", path, "", "%s", sqlite3_errmsg(s->db));
	store_close(s);
	return NULL;
}

const char *
store_path(struct store *s)
{
	return sqlite3_db_filename(s->db, "main");
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < STMT_N; i++)
		sqlite3_finalize(s->stmt[i]);
	sqlite3_close(s->db);
	free(s);
}

sqlite3_stmt *
store_stmt(struct store *s, enum store_stmt id)
{
	if (s->stmt[id] == NULL) /* a reader; what does not prepare here did not at start either */
		sqlite3_prepare_v3(
		    s->db, store_statement[id], -1, SQLITE_PREPARE_PERSISTENT, &s->stmt[id], NULL);
	sqlite3_reset(s->stmt[id]);
	sqlite3_clear_bindings(s->stmt[id]);
	return s->stmt[id];
}

/* Hexadecimal or UUID text as octets; anything else was refused by a validator before. */
static void
store_bind_octets(sqlite3_stmt *st, int i, const char *text)
{
	size_t len = strlen(text), n = 0;
	uint8_t *octets = malloc(len / 2 + 1);
	char *hex = malloc(len + 1);

	assert(octets != NULL && hex != NULL);
	for (; *text != '\0'; text++)
		if (*text != '-' && *text != ':')
			hex[n++] = *text;
	if (n > 0 && check_unhex(hex, n, octets) == 0)
		sqlite3_bind_blob(st, i, octets, (int)(n / 2), SQLITE_TRANSIENT);
	free(octets);
	free(hex);
}

static void
store_bind_value(sqlite3_stmt *st, int i, json_t *v, bool octets)
{
	if (json_is_string(v) && octets)
		store_bind_octets(st, i, json_string_value(v));
	else if (json_is_string(v))
		sqlite3_bind_text(
		    st, i, json_string_value(v), (int)json_string_length(v), SQLITE_TRANSIENT);
	else if (json_is_integer(v))
		sqlite3_bind_int64(st, i, json_integer_value(v));
	else if (json_is_boolean(v))
		sqlite3_bind_int(st, i, json_is_true(v));
}

static sqlite3_stmt *
store_bind(struct store *s, enum store_stmt id, json_t *args)
{
	sqlite3_stmt *st = store_stmt(s, id);
	int n = sqlite3_bind_parameter_count(st);

	for (int i = 1; i <= n; i++) {
		const char *name = sqlite3_bind_parameter_name(st, i);

		store_bind_value(st, i, json_object_get(args, name + 1), name[0] == '$');
	}
	return st;
}

static int
store_fault(struct store *s, struct fault *f)
{
	int e = sqlite3_extended_errcode(s->db);
	bool taken = e == SQLITE_CONSTRAINT_UNIQUE || e == SQLITE_CONSTRAINT_PRIMARYKEY ||
		     e == SQLITE_CONSTRAINT_FOREIGNKEY;

	if (store_is_disk(e)) /* SQLite itself says nothing of a commit that fails */
		log_err("DB-DISK", "%s", sqlite3_errmsg(s->db));
	return fault_set(f, taken ? FAULT_CONFLICT : FAULT_INTERNAL, "database", "",
	    taken ? "list the objects and choose another value"
		  : "see the log and the free space of state_dir",
	    "%s", sqlite3_errmsg(s->db));
}

int
store_run(struct store *s, enum store_stmt id, json_t *args, struct fault *f)
{
	sqlite3_stmt *st = store_bind(s, id, args);
	int r = sqlite3_step(st);

	if (r != SQLITE_DONE && r != SQLITE_ROW) {
		r = store_fault(s, f);
		sqlite3_reset(st);
		return r;
	}
	sqlite3_reset(st);
	return 0;
}

static json_t *
store_octets_json(sqlite3_stmt *st, int i)
{
	const uint8_t *p = sqlite3_column_blob(st, i);
	int n = sqlite3_column_bytes(st, i);
	char uuid[37], *text;
	json_t *j;

	if (n == 16)
		return json_string(check_uuid_text(p, uuid));
	text = malloc(2 * (size_t)n + 1);
	assert(text != NULL);
	j = json_string(check_hex_text(p, (size_t)n, text));
	free(text);
	return j;
}

static json_t *
store_column_json(sqlite3_stmt *st, int i, char shape)
{
	char when[32];
	json_t *j;

	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		if (shape == '?')
			return json_boolean(sqlite3_column_int(st, i));
		if (shape == '@')
			return json_string(clock_format(sqlite3_column_int64(st, i), when));
		return json_integer(sqlite3_column_int64(st, i));
	case SQLITE_TEXT:
		j = shape == ']' ? json_loads((const char *)sqlite3_column_text(st, i),
				       JSON_DECODE_ANY, NULL)
				 : json_string((const char *)sqlite3_column_text(st, i));
		return j == NULL ? json_null() : j;
	case SQLITE_BLOB:
		return store_octets_json(st, i);
	default:
		return json_null();
	}
}

static json_t *
store_row_json(sqlite3_stmt *st)
{
	json_t *row = json_object();
	int n = sqlite3_column_count(st);

	for (int i = 0; i < n; i++) {
		const char *name = sqlite3_column_name(st, i);
		size_t len = strcspn(name, "?@[");
		char key[64];

		assert(len < sizeof(key));
		memcpy(key, name, len);
		key[len] = '\0';
		json_object_set_new(row, key, store_column_json(st, i, name[strlen(name) - 1]));
	}
	return row;
}

json_t *
store_row(struct store *s, enum store_stmt id, json_t *args)
{
	sqlite3_stmt *st = store_bind(s, id, args);
	json_t *row = NULL;

	if (sqlite3_step(st) == SQLITE_ROW)
		row = store_row_json(st);
	sqlite3_reset(st);
	return row;
}

int
store_read(struct store *s, const char *table, const char *column, int64_t row, int64_t offset,
    void *buf, size_t n)
{
	sqlite3_blob *b = NULL;
	int r = sqlite3_blob_open(s->db, "main", table, column, row, 0, &b);

	if (r == SQLITE_OK)
		r = sqlite3_blob_read(b, buf, (int)n, (int)offset);
	sqlite3_blob_close(b);
	return r == SQLITE_OK ? 0 : -EIO;
}

sqlite3_stmt *
store_query(struct store *s, enum store_stmt id, json_t *args)
{
	return store_bind(s, id, args);
}

int
store_next(struct store *s, sqlite3_stmt *st, json_t **row, struct fault *f)
{
	int r = sqlite3_step(st);

	*row = NULL;
	if (r == SQLITE_ROW) {
		*row = store_row_json(st);
		return 1;
	}
	r = r == SQLITE_DONE ? 0 : store_fault(s, f);
	sqlite3_reset(st);
	return r;
}

json_t *
store_rows(struct store *s, enum store_stmt id, json_t *args)
{
	sqlite3_stmt *st = store_bind(s, id, args);
	json_t *rows = json_array();

	while (sqlite3_step(st) == SQLITE_ROW)
		json_array_append_new(rows, store_row_json(st));
	sqlite3_reset(st);
	return rows;
}

int64_t
store_int(struct store *s, enum store_stmt id, json_t *args, int64_t dflt)
{
	sqlite3_stmt *st = store_bind(s, id, args);

	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) == SQLITE_INTEGER)
		dflt = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return dflt;
}

int64_t
store_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

int
store_begin(struct store *s, struct fault *f)
{
	return store_run(s, STMT_BEGIN, NULL, f);
}

int
store_commit(struct store *s, struct fault *f)
{
	int r = store_run(s, STMT_COMMIT, NULL, f);

	if (r < 0)
		store_rollback(s);
	else if (s->wipe)
		store_wipe(s);
	return r;
}

void
store_set_vault(struct store *s, struct vault *v)
{
	s->vault = v;
}

struct vault *
store_vault(const struct store *s)
{
	return s->vault;
}

int
store_wipe(struct store *s)
{
	s->wipe = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
		  SQLITE_OK;
	return s->wipe ? -EBUSY : 0;
}

void
store_wipe_later(struct store *s)
{
	s->wipe = true;
}

void
store_rollback(struct store *s)
{
	struct fault f;

	if (!sqlite3_get_autocommit(s->db))
		store_run(s, STMT_ROLLBACK, NULL, &f);
}
