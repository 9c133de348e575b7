/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the audit log; see auditlog.h.  What must not happen here: a change without its row.  So
 * the row is written in the transaction of the change, and a row that cannot be written undoes it.
 */
#include "admin/auditlog_priv.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "db/check.h"
#include "trust/canon.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define AUDIT_INDEX_ROWS 2000		   /* of one turn of the loop */
#define AUDIT_SPACE_MIN (INT64_C(2) << 20) /* less is "no space": a row and the WAL need some */

static bool
audit_in_transaction(struct auditlog *l)
{
	return !sqlite3_get_autocommit(
	    sqlite3_db_handle(store_stmt(l->env.store, STMT_AUDIT_LAST)));
}

/* ---- space that is kept back */

static void
audit_reserve_path(const struct auditlog *l, char path[4096])
{
	snprintf(path, 4096, "%s/audit.reserve", l->env.conf->state_dir);
}

static int64_t
audit_free_space(const struct auditlog *l)
{
	struct statvfs v;

	return statvfs(l->env.conf->state_dir, &v) < 0 ? INT64_MAX
						       : (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}

/* Take LEN octets; less on a small disk, none on a tiny one. */
static void
audit_reserve_take(struct auditlog *l)
{
	int64_t len = audit_free_space(l) / 16;
	char path[4096];
	struct stat st;
	int fd;

	audit_reserve_path(l, path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	l->reserve_len = 0;
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		len = st.st_size; /* from the last run */
	len = len > AUDIT_RESERVE_LEN ? AUDIT_RESERVE_LEN : len & ~INT64_C(4095);
	if (fd >= 0 && len >= (INT64_C(1) << 20) && posix_fallocate(fd, 0, len) == 0)
		l->reserve_len = len;
	else
		log_notice("AUDIT-RESERVE", "no space can be kept back for the audit log");
	if (fd >= 0)
		close(fd);
}

bool
auditlog_release(struct auditlog *l)
{
	char path[4096];

	if (l == NULL || l->env.conf == NULL || l->full || l->reserve_len == 0 ||
	    audit_free_space(l) > AUDIT_SPACE_MIN)
		return false;
	audit_reserve_path(l, path);
	if (truncate(path, 0) < 0)
		return false;
	l->full = true;
	l->reserve_len = 0;
	log_err("AUDIT-FULL", "the disk is full: the reserve of the audit log is in use, only what "
			      "ends or narrows an "
			      "interception is still done");
	return true;
}

static void
audit_reserve_again(struct auditlog *l)
{
	if (!l->full || audit_free_space(l) < 4 * AUDIT_SPACE_MIN)
		return;
	audit_reserve_take(l);
	l->full = false; /* with or without a reserve: there is space */
}

bool
auditlog_full(struct auditlog *l)
{
	if (l != NULL)
		audit_reserve_again(l);
	return l != NULL && l->full;
}

/* ---- rows */

/* The tree as the database has it: a transaction may have been rolled back since. */
int
audit_sync(struct auditlog *l)
{
	uint8_t leaf[MERKLE_LEN];
	uint64_t seq;
	int r = audit_tree_last(l->env.store, &seq, leaf);

	if (r < 0 || (seq == l->tree.n && memcmp(leaf, l->last, sizeof(leaf)) == 0))
		return r;
	memcpy(l->last, leaf, sizeof(leaf));
	return audit_tree_load(l->env.store, seq, &l->tree);
}

static void
audit_clock(struct audit_entry *e)
{
	struct clock_quality q;

	clock_quality(&q);
	audit_entry_text(e, AUDIT_CLOCK,
	    !q.known	     ? "unknown"
	    : q.synchronised ? "synchronised"
			     : "unsynchronised");
	if (q.known)
		audit_entry_int(e, AUDIT_CLOCK_NS, q.error_ns);
	audit_entry_int(e, AUDIT_TIME_NS, clock_now_ns());
}

static void
audit_fill(struct auditlog *l, const struct audit_row *row, const char *detail,
    uint8_t hashes[2][32], struct audit_entry *e)
{
	const char *const texts[AUDIT_MEMBERS] = {[AUDIT_ACTOR] = row->actor,
	    [AUDIT_BOOT] = l->boot_id,
	    [AUDIT_CODE] = row->code,
	    [AUDIT_DETAIL] = detail,
	    [AUDIT_INTERFACE] = row->interface,
	    [AUDIT_OBJECT] = row->object,
	    [AUDIT_OP] = row->op,
	    [AUDIT_OUTCOME] = row->outcome,
	    [AUDIT_REASON] = row->reason,
	    [AUDIT_REQUEST] = row->request,
	    [AUDIT_ROLE] = row->role,
	    [AUDIT_SESSION] = row->session,
	    [AUDIT_SOURCE] = row->source};

	memset(e, 0, sizeof(*e));
	for (int m = 0; m < AUDIT_MEMBERS; m++)
		audit_entry_text(e, (enum audit_member)m,
		    texts[m] != NULL && texts[m][0] == '\0' && m != AUDIT_OBJECT ? NULL : texts[m]);
	audit_clock(e);
	audit_entry_int(e, AUDIT_SEQ, (int64_t)l->tree.n + 1);
	audit_entry_hash(e, AUDIT_PREV, l->last);
	if (row->uid != UINT32_MAX)
		audit_entry_int(e, AUDIT_UID, row->uid);
	if (row->before != NULL && check_unhex(row->before, 64, hashes[0]) == 0)
		audit_entry_hash(e, AUDIT_BEFORE, hashes[0]);
	if (row->after != NULL && check_unhex(row->after, 64, hashes[1]) == 0)
		audit_entry_hash(e, AUDIT_AFTER, hashes[1]);
}

static int
audit_insert(struct auditlog *l, const struct audit_entry *e)
{
	sqlite3_stmt *st;
	uint8_t leaf[MERKLE_LEN];
	int r;

	l->text.n = 0;
	audit_entry_write(e, &l->text);
	merkle_leaf(l->text.p, l->text.n, leaf);
	st = store_stmt(l->env.store, STMT_AUDIT_ADD);
	audit_entry_bind(e, st);
	sqlite3_bind_blob(st, AUDIT_MEMBERS + 1, leaf, sizeof(leaf), SQLITE_STATIC);
	r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
	sqlite3_reset(st);
	if (r < 0 || (r = audit_tree_store(l->env.store, &l->tree, leaf)) < 0)
		return r;
	merkle_add(&l->tree, leaf);
	memcpy(l->last, leaf, sizeof(leaf));
	return 0;
}

static int
audit_add_inner(struct auditlog *l, const struct audit_row *row, const char *detail)
{
	struct audit_entry e;
	uint8_t hashes[2][32];

	if (audit_sync(l) < 0)
		return -EIO;
	audit_fill(l, row, detail, hashes, &e);
	return audit_insert(l, &e);
}

/* In a transaction of its own, when there is none. */
static int
audit_add_once(struct auditlog *l, const struct audit_row *row, const char *detail, struct fault *f)
{
	sqlite3 *db = sqlite3_db_handle(store_stmt(l->env.store, STMT_AUDIT_LAST));
	bool own = !audit_in_transaction(l);
	int r;

	if (own && store_begin(l->env.store, f) < 0)
		return -EIO;
	r = audit_add_inner(l, row, detail);
	if (r < 0)
		fault_set(f, FAULT_AUDIT, "audit", row->op,
		    "see the log and the free space of state_dir",
		    "the audit row cannot be written, so nothing is changed: %s",
		    sqlite3_errmsg(db));
	if (own && r < 0)
		store_rollback(l->env.store);
	else if (own)
		r = store_commit(l->env.store, f);
	return r;
}

int
auditlog_add(struct auditlog *l, const struct audit_row *row, uint64_t *seq, struct fault *f)
{
	char *detail = row->detail == NULL ? NULL : canon_json(row->detail, NULL);
	struct timeval at_once = {0, 0};
	bool own = !audit_in_transaction(l);
	int r;

	if (row->detail != NULL && detail == NULL)
		return fault_set(f, FAULT_AUDIT, "audit", row->op, "",
		    "the detail of the row has no canonical form");
	r = audit_add_once(l, row, detail, f);
	if (r < 0 && own && auditlog_release(l))
		r = audit_add_once(l, row, detail, f);
	free(detail);
	if (r < 0)
		f->code = FAULT_AUDIT;
	if (r < 0)
		log_err("AUDIT-WRITE", "%s: %s", row->op, f->why);
	if (r == 0 && seq != NULL)
		*seq = l->tree.n;
	l->failing = r < 0;
	if (l->tick != NULL && (l->tree.n - l->headed >= AUDIT_HEAD_ROWS || r < 0))
		evtimer_add(l->tick, &at_once);
	return r < 0 ? -EIO : 0;
}

int
auditlog_system(struct auditlog *l, const char *op, const char *object, const char *outcome,
    const char *reason, json_t *detail)
{
	struct fault f = {0};
	const struct audit_row row = {.actor = "system",
	    .interface = "system",
	    .op = op,
	    .object = object,
	    .outcome = outcome,
	    .reason = reason,
	    .uid = UINT32_MAX,
	    .detail = detail};

	return auditlog_add(l, &row, NULL, &f);
}

void
auditlog_alarm(struct auditlog *l, bool raised, const char *code, const char *object,
    const char *severity, const char *text)
{
	json_t *detail = json_pack("{s:s, s:s?}", "code", code, "severity", severity);

	auditlog_system(l, raised ? "alarm.raised" : "alarm.cleared", object, "ok", text, detail);
	json_decref(detail);
}

/* ---- words of the search: not with each row, which would double what a change writes */

/* What the search knows a row by. */
static int
audit_words(struct auditlog *l, const struct audit_entry *e)
{
	static const enum audit_member in[] = {AUDIT_ACTOR, AUDIT_OP, AUDIT_OBJECT, AUDIT_CODE,
	    AUDIT_REASON, AUDIT_DETAIL, AUDIT_SOURCE, AUDIT_SESSION};
	sqlite3_stmt *st = store_stmt(l->env.store, STMT_AUDIT_WORDS);
	int r;

	l->words.n = 0;
	for (size_t i = 0; i < sizeof(in) / sizeof(in[0]); i++)
		if (e->v[in[i]].set) {
			audit_text_add(&l->words, e->v[in[i]].p, e->v[in[i]].n);
			audit_text_add(&l->words, " ", 1);
		}
	sqlite3_bind_int64(st, 1, e->v[AUDIT_SEQ].i);
	sqlite3_bind_text(st, 2, l->words.p, (int)l->words.n, SQLITE_STATIC);
	r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
	sqlite3_reset(st);
	return r;
}

/* Up to MAX rows behind row DONE; returns the last, or -EIO. */
static int64_t
audit_index_rows(struct auditlog *l, int64_t done, int64_t max)
{
	sqlite3_stmt *st = store_stmt(l->env.store, STMT_AUDIT_ENTRIES), *set;
	struct audit_entry e;
	int r = 0;

	sqlite3_bind_int64(st, 1, done + 1);
	sqlite3_bind_int64(st, 2, done + max);
	while (r == 0 && sqlite3_step(st) == SQLITE_ROW) {
		audit_entry_read(st, l->last, &e);
		r = audit_words(l, &e);
		done = e.v[AUDIT_SEQ].i;
	}
	sqlite3_reset(st);
	set = store_stmt(l->env.store, STMT_AUDIT_WORDS_SET);
	sqlite3_bind_int64(set, 1, done);
	if (r == 0 && sqlite3_step(set) != SQLITE_DONE)
		r = -EIO;
	sqlite3_reset(set);
	return r < 0 ? r : done;
}

/* One transaction; false: nothing is left, or it cannot be written now. */
static bool
audit_index_step(struct auditlog *l)
{
	int64_t done = store_int(l->env.store, STMT_AUDIT_WORDS_GET, NULL, 0);
	struct fault f = {0};

	if (l->full || audit_in_transaction(l) || audit_sync(l) < 0 ||
	    (uint64_t)done >= l->tree.n || store_begin(l->env.store, &f) < 0)
		return false;
	if (audit_index_rows(l, done, AUDIT_INDEX_ROWS) < 0) {
		store_rollback(l->env.store);
		return false;
	}
	return store_commit(l->env.store, &f) == 0;
}

void
auditlog_index(struct auditlog *l)
{
	while (l != NULL && audit_index_step(l))
		;
}

/* ---- the turn of the loop */

static void
audit_tell(struct auditlog *l, bool raised, bool *told, const char *code, const char *text)
{
	if (raised == *told || l->env.alarm == NULL)
		return;
	*told = raised; /* first: the alarm makes a row of its own */
	l->env.alarm(l->env.arg, raised, code, "audit", text);
}

static void
audit_on_tick(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval again = {AUDIT_TICK_S, 0};
	struct auditlog *l = arg;

	(void)fd;
	(void)what;
	evtimer_add(l->tick, &again);
	audit_reserve_again(l);
	audit_tell(l, l->failing, &l->failing_told, "AUDIT-WRITE",
	    "the audit log cannot be written: changes are refused, delivery goes on");
	audit_tell(l, l->full, &l->full_told, "AUDIT-FULL",
	    "no space for the audit log: only what ends or narrows an interception is still done");
	audit_head_due(l, false);
	audit_index_step(l);
	audit_scrub(l);
	if (l->syslog != NULL)
		audit_syslog_tick(l->syslog);
}

/* ---- open and close */

struct auditlog *
auditlog_open(const struct auditlog_env *env, struct fault *f)
{
	struct auditlog *l = calloc(1, sizeof(*l));
	int r = 0;

	assert(l != NULL);
	l->env = *env;
	l->second = -1;
	snprintf(l->boot_id, sizeof(l->boot_id), "%s", env->boot_id);
	if (env->base != NULL)
		l->tick = evtimer_new(env->base, audit_on_tick, l);
	if (env->conf != NULL) {
		audit_start_facts(l);
		audit_reserve_take(l);
		r = audit_head_open(l, f);
	}
	if (r == 0 && env->conf != NULL && env->conf->log_syslog != NULL && env->base != NULL &&
	    (l->syslog = audit_syslog_open(l, f)) == NULL)
		r = -EINVAL;
	if (r == 0)
		return l;
	auditlog_close(l);
	return NULL;
}

void
auditlog_start(struct auditlog *l)
{
	static const struct timeval soon = {0, 100000};

	audit_start_check(l);
	audit_head_compare(l);
	l->started = true;
	audit_start_rows(l);
	if (l->tick != NULL)
		evtimer_add(l->tick, &soon);
}

void
auditlog_close(struct auditlog *l)
{
	if (l == NULL)
		return;
	if (l->started) {
		auditlog_system(l, "system.stop", "mdfd", "ok", NULL, NULL);
		audit_head_due(l, true);
		if (l->syslog != NULL)
			audit_syslog_tick(l->syslog);
	}
	audit_syslog_close(l->syslog);
	audit_head_close(l);
	if (l->tick != NULL)
		event_free(l->tick);
	free(l->text.p);
	free(l->words.p);
	free(l);
}
