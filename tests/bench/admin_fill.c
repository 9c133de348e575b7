/* SPDX-License-Identifier: Apache-2.0 */
/* A large database for measuring, from that of a daemon that is stopped.  Rows of the audit log go
 * through auditlog_add(), in large transactions.  Warrants are entered by warrant.import; then each
 * gets the statement that the data plane will look for, signed with the keys of two persons.
 *
 * admin_fill DATABASE rows N
 * admin_fill DATABASE warrants N LEA DESTINATION CREATOR.key APPROVER.key */
#include "admin/auditlog.h"
#include "admin/ops.h"
#include "admin/taskset_build.h"
#include "base/clock.h"
#include "db/store.h"
#include "session/task_doc.h"
#include "trust/sign.h"

#include <assert.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILL_ROWS 20000 /* in one transaction */
#define FILL_IMPORT 500 /* warrants of one operation */

static struct store *store;
static struct auditlog *audit;

static void
fill_die(const char *what, const struct fault *f)
{
	fprintf(stderr, "admin_fill: %s: %s: %s\n", what, f->object, f->why);
	exit(1);
}

/* ---- audit rows */

static void
fill_row(uint64_t i)
{
	static const char *const ops[] = {"warrant.show", "warrant.set", "warrant.stop"};
	uint8_t md[SHA256_DIGEST_LENGTH];
	char object[64], actor[16], reason[48], hex[65], session[16];
	uint64_t one = i % 100000;
	struct fault f = {0};
	struct audit_row row = {.actor = actor,
	    .interface = "rest",
	    .role = "admin",
	    .session = session,
	    .source = "192.0.2.7:40000",
	    .op = ops[i % 3],
	    .object = object,
	    .outcome = i % 1000 == 0 ? "refused" : "ok",
	    .code = i % 1000 == 0 ? "DENIED" : NULL,
	    .reason = reason,
	    .after = hex,
	    .uid = 1000};

	SHA256((const uint8_t *)&i, sizeof(i), md);
	for (size_t k = 0; k < sizeof(md); k++)
		snprintf(hex + 2 * k, 3, "%02x", md[k]);
	snprintf(object, sizeof(object), "warrant 00000000-0000-4000-8000-%012llx",
	    (unsigned long long)one);
	snprintf(actor, sizeof(actor), "person%llu", (unsigned long long)(i % 40));
	snprintf(reason, sizeof(reason), "number %llu of the bench", (unsigned long long)i);
	snprintf(session, sizeof(session), "s%llu", (unsigned long long)(i % 1000));
	if (auditlog_add(audit, &row, NULL, &f) < 0)
		fill_die("audit row", &f);
}

static void
fill_rows(uint64_t n)
{
	uint64_t i = (uint64_t)store_int(store, STMT_AUDIT_LAST, NULL, 0);
	struct fault f = {0};

	while (i < n) {
		if (store_begin(store, &f) < 0)
			fill_die("begin", &f);
		for (unsigned k = 0; k < FILL_ROWS && i < n; k++)
			fill_row(++i);
		if (store_commit(store, &f) < 0)
			fill_die("commit", &f);
	}
	auditlog_index(audit);
}

/* ---- warrants */

static void
fill_answer(json_t *answer, void *arg)
{
	(void)arg;
	if (!json_is_true(json_object_get(answer, "ok"))) {
		json_dumpf(answer, stderr, 0);
		exit(1);
	}
}

static void
fill_import(struct ops_ctx *x, unsigned from, unsigned n, const char *lea, const char *hi)
{
	static const struct ops_actor actor = {
	    .uid = 1000, .name = "bench", .interface = "cli", .roles = OPW_ANY};
	json_t *items = json_array(), *args;

	for (unsigned i = from; i < from + n; i++) {
		char xid[40], liid[24];

		snprintf(xid, sizeof(xid), "00000000-0000-4000-8001-%012x", i);
		snprintf(liid, sizeof(liid), "BENCH-%u", i);
		json_array_append_new(items,
		    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "liid", liid, "lea",
			lea, "hi2", hi, "hi3", hi, "xid", xid, "from", "2026-01-01T00:00:00Z",
			"until", "2036-01-01T00:00:00Z", "delivery", "both", "reference", liid));
	}
	args = json_pack("{s:o}", "items", items);
	ops_call(x, &actor, &(struct ops_request){.op = "warrant.import", .args = args},
	    fill_answer, NULL);
	json_decref(args);
}

static void
fill_signature(EVP_PKEY *key, const char *doc, char id[SIGN_ID_TEXT], uint8_t sig[SIGN_LEN])
{
	sign_id(key, id);
	if (sign_make(key, doc, strlen(doc), sig) < 0)
		exit(1);
}

static void
fill_step(sqlite3_stmt *st)
{
	if (sqlite3_step(st) != SQLITE_DONE) {
		fprintf(stderr, "admin_fill: %s\n", sqlite3_errmsg(sqlite3_db_handle(st)));
		exit(1);
	}
	sqlite3_reset(st);
}

/* Warrant ROW as two persons would have signed it, and in force. */
static void
fill_sign(
    int64_t row, const char *uuid, EVP_PKEY *const key[2], sqlite3_stmt *add, sqlite3_stmt *set)
{
	uint8_t sig[2][SIGN_LEN], md[SHA256_DIGEST_LENGTH];
	char id[2][SIGN_ID_TEXT], *doc, *task;
	int64_t now = clock_warrant_ns();
	size_t len, task_n;
	void *image;

	if (taskset_build_one(store, row, &image, &len) < 0 ||
	    (task = task_doc(image, len, 0, &task_n)) == NULL ||
	    asprintf(&doc,
		"{\"order\":{\"submitted_ns\":\"%lld\",\"uuid\":\"%s\"},\"task\":%s,\"type\":"
		"\"%s\"}",
		(long long)now, uuid, task, TASK_DOC_TYPE) < 0)
		exit(1);
	for (int i = 0; i < 2; i++)
		fill_signature(key[i], doc, id[i], sig[i]);
	SHA256((const uint8_t *)doc, strlen(doc), md);
	sqlite3_bind_int64(add, 1, now);
	sqlite3_bind_text(add, 2, doc, -1, SQLITE_STATIC);
	sqlite3_bind_blob(add, 3, md, sizeof(md), SQLITE_STATIC);
	sqlite3_bind_text(add, 4, id[0], -1, SQLITE_STATIC);
	sqlite3_bind_blob(add, 5, sig[0], SIGN_LEN, SQLITE_STATIC);
	sqlite3_bind_text(add, 6, id[1], -1, SQLITE_STATIC);
	sqlite3_bind_blob(add, 7, sig[1], SIGN_LEN, SQLITE_STATIC);
	sqlite3_bind_int64(add, 8, row);
	fill_step(add);
	sqlite3_bind_int64(set, 1, store_last_id(store));
	sqlite3_bind_int64(set, 2, now);
	sqlite3_bind_int64(set, 3, row);
	fill_step(set);
	free(image);
	free(task);
	free(doc);
}

/* Those that were just imported: drafts with our LIIDs. */
static void
fill_sign_all(EVP_PKEY *const key[2])
{
	sqlite3 *db = sqlite3_db_handle(store_stmt(store, STMT_AUDIT_LAST));
	sqlite3_stmt *st, *add, *set;
	struct fault f = {0};
	char uuid[37];

	if (sqlite3_prepare_v2(db,
		"SELECT id, lower(hex(uuid)) FROM warrant WHERE state = 'draft' AND "
		"liid LIKE 'BENCH-%'",
		-1, &st, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"INSERT INTO statement (type, object, doc, sha256, key1, sig1, key2, sig2, "
		"created_ns) VALUES ('" TASK_DOC_TYPE
		"', 'warrant ' || ?8, ?2, ?3, ?4, ?5, ?6, ?7, "
		"?1)",
		-1, &add, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"UPDATE warrant SET statement = ?1, active_ns = ?2, state = 'active' WHERE id = ?3",
		-1, &set, NULL) != SQLITE_OK)
		exit(1);
	if (store_begin(store, &f) < 0)
		fill_die("begin", &f);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *h = (const char *)sqlite3_column_text(st, 1);

		snprintf(uuid, sizeof(uuid), "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16,
		    h + 20);
		fill_sign(sqlite3_column_int64(st, 0), uuid, key, add, set);
	}
	sqlite3_finalize(st);
	sqlite3_finalize(add);
	sqlite3_finalize(set);
	if (store_run(store, STMT_VERSION_BUMP, NULL, &f) < 0 || store_commit(store, &f) < 0)
		fill_die("commit", &f);
}

static void
fill_warrants(unsigned n, const char *lea, const char *hi, char *const files[2])
{
	struct ops_ctx x = {.store = store, .log = audit, .open = true, .boot_id = "bench"};
	const char *why = "";
	EVP_PKEY *key[2];

	for (int i = 0; i < 2; i++)
		if ((key[i] = sign_key_load(files[i], NULL, &why)) == NULL) {
			fprintf(stderr, "admin_fill: %s: %s\n", files[i], why);
			exit(1);
		}
	for (unsigned i = 0; i < n; i += FILL_IMPORT)
		fill_import(&x, i, n - i < FILL_IMPORT ? n - i : FILL_IMPORT, lea, hi);
	fill_sign_all(key);
	for (int i = 0; i < 2; i++)
		EVP_PKEY_free(key[i]);
}

int
main(int argc, char **argv)
{
	struct fault f = {0};

	if (argc < 4 || (strcmp(argv[2], "warrants") == 0) != (argc == 8)) {
		fprintf(stderr, "usage: admin_fill DATABASE rows N | DATABASE warrants N LEA "
				"DESTINATION CREATOR.key APPROVER.key\n");
		return 2;
	}
	if ((store = store_open(argv[1], &f)) == NULL)
		fill_die("open", &f);
	audit = auditlog_open(&(struct auditlog_env){.store = store, .boot_id = "bench"}, &f);
	if (audit == NULL)
		fill_die("audit", &f);
	if (argc == 8)
		fill_warrants((unsigned)strtoul(argv[3], NULL, 10), argv[4], argv[5], argv + 6);
	else
		fill_rows(strtoull(argv[3], NULL, 10));
	auditlog_close(audit);
	store_close(store);
	return 0;
}
