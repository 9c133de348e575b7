/* SPDX-License-Identifier: Apache-2.0 */
/* What the audit log looks at and says when the daemon starts. */
#include "config.h"

#include "admin/auditlog_priv.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "db/check.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUDIT_READY_ROWS 8    /* the newest, checked whenever somebody asks whether all is ready */
#define AUDIT_START_ROWS 1000 /* the newest, checked at each start */

static void
audit_digest_text(EVP_MD_CTX *ctx, char out[65])
{
	uint8_t md[32];

	EVP_DigestFinal_ex(ctx, md, NULL);
	check_hex_text(md, sizeof(md), out);
}

static void
audit_binary(char out[65])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	FILE *f = fopen("/proc/self/exe", "re");
	uint8_t buf[65536];
	size_t n;

	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	while (f != NULL && (n = fread(buf, 1, sizeof(buf), f)) > 0)
		EVP_DigestUpdate(ctx, buf, n);
	audit_digest_text(ctx, out);
	if (f == NULL)
		snprintf(out, 65, "unknown");
	else
		fclose(f);
	EVP_MD_CTX_free(ctx);
}

/* Of the settings in force, as mdfd --dump-config prints them. */
static void
audit_configuration(const struct conf *conf, char out[65])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (f != NULL) {
		conf_dump(conf, f);
		fclose(f);
	}
	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	EVP_DigestUpdate(ctx, text, n);
	audit_digest_text(ctx, out);
	EVP_MD_CTX_free(ctx);
	free(text);
}

void
audit_start_facts(struct auditlog *l)
{
	audit_binary(l->binary);
	audit_configuration(l->env.conf, l->config);
}

/* ---- the newest rows */

/* The leaf of row SEQ; false: there is no such row. */
static bool
audit_leaf_of(struct store *s, uint64_t seq, uint8_t leaf[MERKLE_LEN])
{
	memset(leaf, 0, MERKLE_LEN);
	return seq == 0 || audit_tree_read(s, 0, seq - 1, leaf) == 0;
}

/* The first row from FROM to TO whose octets do not give its leaf; 0: none. */
static uint64_t
audit_rows_bad(struct auditlog *l, uint64_t from, uint64_t to)
{
	sqlite3_stmt *st = store_stmt(l->env.store, STMT_AUDIT_ENTRIES);
	uint8_t prev[MERKLE_LEN], leaf[MERKLE_LEN];
	uint64_t want = from, bad = 0;

	if (!audit_leaf_of(l->env.store, from - 1, prev))
		return from - 1;
	sqlite3_bind_int64(st, 1, (int64_t)from);
	sqlite3_bind_int64(st, 2, (int64_t)to);
	while (bad == 0 && sqlite3_step(st) == SQLITE_ROW) {
		struct audit_entry e;

		audit_entry_read(st, prev, &e);
		l->text.n = 0;
		audit_entry_write(&e, &l->text);
		merkle_leaf(l->text.p, l->text.n, leaf);
		if ((uint64_t)e.v[AUDIT_SEQ].i != want ||
		    sqlite3_column_bytes(st, AUDIT_MEMBERS) != MERKLE_LEN ||
		    memcmp(leaf, sqlite3_column_blob(st, AUDIT_MEMBERS), sizeof(leaf)) != 0)
			bad = want;
		memcpy(prev, leaf, sizeof(prev));
		want++;
	}
	sqlite3_reset(st);
	return bad == 0 && want != to + 1 ? want : bad;
}

static void audit_doubt(struct auditlog *l, enum audit_doubt doubt, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void
audit_doubt(struct auditlog *l, enum audit_doubt doubt, const char *fmt, ...)
{
	va_list ap;

	l->doubt = doubt;
	va_start(ap, fmt);
	vsnprintf(l->doubt_text, sizeof(l->doubt_text), fmt, ap);
	va_end(ap);
}

/* The newest head that the database itself holds. */
static void
audit_check_head(struct auditlog *l)
{
	json_t *row = store_row(l->env.store, STMT_AUDIT_HEAD_LAST, NULL);
	uint64_t size = (uint64_t)json_integer_value(json_object_get(row, "size"));
	const char *want = json_string_value(json_object_get(row, "root"));
	uint8_t root[MERKLE_LEN];
	char hex[65] = "";

	if (row != NULL && size > l->tree.n)
		audit_doubt(l, AUDIT_ROLLBACK,
		    "the newest head is of %llu rows, the database has %llu",
		    (unsigned long long)size, (unsigned long long)l->tree.n);
	else if (row != NULL &&
		 (merkle_root_at(audit_tree_read, l->env.store, size, root) < 0 || want == NULL ||
		     strcmp(check_hex_text(root, sizeof(root), hex), want) != 0))
		audit_doubt(l, AUDIT_FORK,
		    "the rows are not those of the newest signed head, of %llu rows",
		    (unsigned long long)size);
	json_decref(row);
}

void
audit_start_check(struct auditlog *l)
{
	uint64_t seq, from, bad;

	if (audit_tree_last(l->env.store, &seq, l->last) < 0 ||
	    audit_tree_load(l->env.store, seq, &l->tree) < 0) {
		l->tree.n = seq;
		audit_doubt(l, AUDIT_CHAIN, "the tree over %llu rows cannot be read",
		    (unsigned long long)seq);
		return;
	}
	from = seq > AUDIT_START_ROWS ? seq - AUDIT_START_ROWS + 1 : 1;
	if (seq > 0 && (bad = audit_rows_bad(l, from, seq)) != 0)
		audit_doubt(l, AUDIT_CHAIN,
		    "row %llu is not what was hashed when it was written (of %llu rows)",
		    (unsigned long long)bad, (unsigned long long)seq);
	else
		audit_check_head(l);
}

bool
auditlog_sound(struct auditlog *l)
{
	uint8_t leaf[MERKLE_LEN], root[MERKLE_LEN];
	uint64_t seq, size;
	const char *want;
	char hex[65];
	json_t *row;
	bool sound;

	if (l->doubt != AUDIT_SOUND || audit_tree_last(l->env.store, &seq, leaf) < 0)
		return false;
	if (seq == 0)
		return true;
	if (audit_rows_bad(l, seq > AUDIT_READY_ROWS ? seq - AUDIT_READY_ROWS + 1 : 1, seq) != 0)
		return false;
	row = store_row(l->env.store, STMT_AUDIT_HEAD_LAST, NULL);
	size = (uint64_t)json_integer_value(json_object_get(row, "size"));
	want = json_string_value(json_object_get(row, "root"));
	sound = row == NULL || (size <= seq && want != NULL &&
				   merkle_root_at(audit_tree_read, l->env.store, size, root) == 0 &&
				   strcmp(check_hex_text(root, sizeof(root), hex), want) == 0);
	json_decref(row);
	return sound;
}

/* ---- rows of a start */

static const char *
audit_doubt_code(enum audit_doubt d)
{
	switch (d) {
	case AUDIT_SOUND:
		break;
	case AUDIT_CHAIN:
		return "AUDIT-CHAIN";
	case AUDIT_FORK:
		return "AUDIT-FORK";
	case AUDIT_ROLLBACK:
		return "AUDIT-ROLLBACK";
	}
	return "";
}

/* The configuration of the start before this one, to OUT; "" when there was none. */
static void
audit_config_before(struct auditlog *l, char out[65])
{
	sqlite3_stmt *st = store_stmt(l->env.store, STMT_AUDIT_DETAIL_OF);
	json_t *detail = NULL;
	const char *text = NULL;

	sqlite3_bind_text(st, 1, "system.start", -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) == SQLITE_TEXT)
		detail = json_loads((const char *)sqlite3_column_text(st, 0), 0, NULL);
	sqlite3_reset(st);
	text = json_string_value(json_object_get(detail, "configuration"));
	snprintf(out, 65, "%s", text == NULL ? "" : text);
	json_decref(detail);
}

static void
audit_doubt_tell(struct auditlog *l)
{
	if (l->doubt == AUDIT_SOUND)
		return;
	auditlog_system(l, "audit.check", "audit", "error", l->doubt_text, NULL);
	if (l->env.alarm != NULL)
		l->env.alarm(l->env.arg, true, audit_doubt_code(l->doubt), "audit", l->doubt_text);
}

void
audit_start_rows(struct auditlog *l)
{
	char before[65];
	struct fault f = {0};
	json_t *old = store_row(l->env.store, STMT_AUDIT_BEFORE, NULL), *detail;
	struct audit_row row = {.actor = "system",
	    .interface = "system",
	    .op = "system.configuration",
	    .object = "configuration",
	    .outcome = "ok",
	    .uid = UINT32_MAX,
	    .before = before,
	    .after = l->config};

	audit_config_before(l, before);
	detail = json_pack("{s:s, s:s, s:s, s:s, s:s, s:O}", "binary", l->binary, "build",
	    PACKAGE_VERSION, "configuration", l->config, "origin", auditlog_origin(l), "vkey",
	    auditlog_vkey(l), "rows_before", json_object_get(old, "n"));
	auditlog_system(l, "system.start", "mdfd", "ok", NULL, detail);
	if (before[0] != '\0' && strcmp(before, l->config) != 0)
		auditlog_add(l, &row, NULL, &f);
	audit_doubt_tell(l);
	json_decref(detail);
	json_decref(old);
}

/* ---- all rows, behind the start */

/* The other logs of the database: that they can be read. */
static void
audit_scrub_logs(struct auditlog *l)
{
	struct fault f = {0};
	int r = store_scrub(l->env.store, &l->logs, AUDIT_SCRUB_ROWS, &f);

	if (r < 0) {
		log_err("STORE-DAMAGED", "%s: %s", f.object, f.why);
		l->logs_bad = true;
	}
	if (r != 0)
		return;
	if (l->logs_bad != l->logs_told && l->env.alarm != NULL) {
		l->logs_told = l->logs_bad;
		l->env.alarm(l->env.arg, l->logs_bad, "STORE-DAMAGED", "database",
		    l->logs_bad ? "a log of the database cannot be read" : "all of it is read");
	}
	l->logs_bad = false;
	l->logs = (struct store_scrub){0};
	l->scrubbed = 0;
	l->scrub_ns = clock_mono_ns() + AUDIT_SCRUB_S * CLOCK_NS_PER_S;
}

void
audit_scrub(struct auditlog *l)
{
	uint64_t to, bad;

	if (l->scrub_ns == 0)
		l->scrub_ns = clock_mono_ns() + AUDIT_SCRUB_WAIT_S * CLOCK_NS_PER_S;
	if (clock_mono_ns() < l->scrub_ns || l->doubt != AUDIT_SOUND || audit_sync(l) < 0)
		return;
	if (l->scrubbed >= l->tree.n) {
		audit_scrub_logs(l);
		return;
	}
	to =
	    l->tree.n - l->scrubbed > AUDIT_SCRUB_ROWS ? l->scrubbed + AUDIT_SCRUB_ROWS : l->tree.n;
	bad = audit_rows_bad(l, l->scrubbed + 1, to);
	l->scrubbed = to;
	if (bad == 0)
		return;
	audit_doubt(l, AUDIT_CHAIN,
	    "row %llu is not what was hashed when it was written (of %llu rows)",
	    (unsigned long long)bad, (unsigned long long)l->tree.n);
	audit_doubt_tell(l);
}
