/* SPDX-License-Identifier: Apache-2.0 */
/* Journal entries become rows; see journal_in.h. */
#include "admin/journal_in.h"

#include "admin/auditlog.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"
#include "spool/journal.h"
#include "spool/spool_reader.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct journal_in {
	struct store *store;
	struct spool_reader *reader;
	struct spool_pos head, cursor;
	uint64_t released;
	struct auditlog *log;
	char *dir;
	void (*release)(void *arg, uint64_t seg);
	void *arg;
	journal_in_hook hook;
	void *hook_arg;
};

static void
journal_in_load(struct journal_in *j)
{
	json_t *row = store_row(j->store, STMT_CURSOR_GET, NULL);

	j->cursor.seg = (uint64_t)json_integer_value(json_object_get(row, "seg"));
	j->cursor.rec = (uint64_t)json_integer_value(json_object_get(row, "rec"));
	j->cursor.off = (uint32_t)json_integer_value(json_object_get(row, "off"));
	json_decref(row);
}

struct journal_in *
journal_in_open(
    struct store *s, const char *dir, void (*release)(void *arg, uint64_t seg), void *arg)
{
	struct journal_in *j = calloc(1, sizeof(*j));

	assert(j != NULL);
	*j = (struct journal_in){.store = s, .release = release, .arg = arg, .dir = strdup(dir)};
	journal_in_load(j);
	j->reader = spool_reader_open(dir, 0, HO_JOURNAL, &j->cursor);
	return j;
}

void
journal_in_audit_to(struct journal_in *j, struct auditlog *log)
{
	j->log = log;
}

void
journal_in_watch(struct journal_in *j, journal_in_hook hook, void *arg)
{
	j->hook = hook;
	j->hook_arg = arg;
}

void
journal_in_close(struct journal_in *j)
{
	if (j == NULL)
		return;
	spool_reader_close(j->reader);
	free(j->dir);
	free(j);
}

static bool
journal_in_behind(const struct spool_pos *a, const struct spool_pos *b)
{
	return a->seg != b->seg ? a->seg < b->seg : a->off < b->off;
}

void
journal_in_head(struct journal_in *j, const struct spool_pos *head)
{
	if (journal_in_behind(head, &j->cursor)) {
		/* the queue began anew (its directory was removed or restored): what it holds now
		 * was never seen */
		log_err("JOURNAL-REWIND", "the journal queue ends before the stored position: "
					  "reading it from its beginning");
		memset(&j->cursor, 0, sizeof(j->cursor));
		spool_reader_close(j->reader);
		j->reader = spool_reader_open(j->dir, 0, HO_JOURNAL, &j->cursor);
		j->released = 0;
	}
	j->head = *head;
}

uint64_t
journal_in_backlog(const struct journal_in *j)
{
	return j->head.rec > j->cursor.rec ? j->head.rec - j->cursor.rec : 0;
}

static int
journal_in_insert(struct store *s, const struct journal_entry *e, const char *text, size_t text_n)
{
	static const uint8_t none[32];
	sqlite3_stmt *st = store_stmt(s, STMT_JOURNAL_ADD);
	const int64_t ints[] = {(int64_t)e->time_ns, e->kind, e->code, e->ne, e->warrant, e->count};
	char correlation[20];
	int r;

	for (int i = 0; i < 6; i++)
		sqlite3_bind_int64(st, i + 1, ints[i]);
	if (memcmp(e->xid, none, sizeof(e->xid)) != 0)
		sqlite3_bind_blob(st, 7, e->xid, sizeof(e->xid), SQLITE_TRANSIENT);
	snprintf(correlation, sizeof(correlation), "%016llx", (unsigned long long)e->correlation);
	if (e->correlation != 0)
		sqlite3_bind_text(st, 8, correlation, -1, SQLITE_TRANSIENT);
	if (e->kind == JOURNAL_GAP || e->kind == JOURNAL_GAP_FILLED || e->kind == JOURNAL_NUMBERS ||
	    e->first != 0 || e->last != 0) {
		sqlite3_bind_int64(st, 9, e->first);
		sqlite3_bind_int64(st, 10, e->last);
	}
	if (e->pdu_len > 0) {
		sqlite3_bind_int(st, 11, e->pdu_type);
		sqlite3_bind_int(st, 12, e->format);
		sqlite3_bind_int64(st, 13, e->pdu_len);
	}
	if (memcmp(e->digest, none, sizeof(none)) != 0)
		sqlite3_bind_blob(st, 14, e->digest, sizeof(e->digest), SQLITE_TRANSIENT);
	if (text_n > 0)
		sqlite3_bind_text(st, 15, text, (int)text_n, SQLITE_TRANSIENT);
	sqlite3_bind_int64(st, 16, e->cin);
	r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
	sqlite3_reset(st);
	return r;
}

/* What the account of a session is made of. */
static int
journal_in_sum(struct store *s, const struct journal_entry *e)
{
	const bool shed = e->kind == JOURNAL_SHED,
		   counts = shed || e->kind == JOURNAL_REJECT || e->kind == JOURNAL_DUPLICATE ||
			    e->kind == JOURNAL_COPY || e->kind == JOURNAL_NUMBERS;
	const int64_t ints[] = {e->warrant, e->cin, e->kind, e->code, shed ? e->first : 0, e->count,
	    (int64_t)e->time_ns};
	sqlite3_stmt *st;
	int r;

	if (!counts || e->warrant == 0)
		return 0;
	st = store_stmt(s, STMT_JOURNAL_SUM_ADD);
	for (int i = 0; i < 7; i++)
		sqlite3_bind_int64(st, i + 1, ints[i]);
	r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
	sqlite3_reset(st);
	return r;
}

/* Text from a journal entry as valid ASCII: it may quote octets of a peer, and goes into JSON. */
static size_t
journal_in_text(const uint8_t *p, size_t n, char *out, size_t max)
{
	if (n > max)
		n = max;
	for (size_t i = 0; i < n; i++)
		out[i] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '?';
	return n;
}

static const char *
journal_in_event(const struct journal_entry *e)
{
	if (e->kind == JOURNAL_TRIGGER)
		return e->code == 1 ? "trigger-open" : "trigger-close";
	return e->code == 1 ? "metadata-begin" : "metadata-end";
}

/* "warrant 6d1c..." of the audit log. */
static json_t *
journal_in_object(struct store *s, uint32_t warrant)
{
	json_t *a = json_pack("{s:I}", "row", (json_int_t)warrant),
	       *w = store_row(s, STMT_WARRANT_SHOW, a);
	const char *uuid = json_string_value(json_object_get(w, "uuid"));
	json_t *object = uuid == NULL ? json_sprintf("warrant row %u", (unsigned)warrant)
				      : json_sprintf("warrant %s", uuid);

	json_decref(w);
	json_decref(a);
	return object;
}

/* What the data plane did to the scope of a warrant by rule is audited like a command. */
static int
journal_in_audit(
    struct journal_in *j, const struct journal_entry *e, const char *text, size_t text_n)
{
	const char *event = journal_in_event(e);
	struct fault f;
	json_t *object = journal_in_object(j->store, e->warrant),
	       *reason = json_sprintf("%s%s%.*s", event, text_n > 0 ? ": " : "", (int)text_n, text);
	const struct audit_row row = {.actor = "mdfd",
	    .interface = "ingest",
	    .op = e->kind == JOURNAL_TRIGGER ? "warrant.trigger" : "warrant.metadata",
	    .object = json_string_value(object),
	    .outcome = "ok",
	    .reason = json_string_value(reason),
	    .uid = UINT32_MAX};
	json_t *v = json_pack("{s:I, s:I, s:s, s:s, s:o}", "id", (json_int_t)e->warrant, "time_ns",
	    (json_int_t)e->time_ns, "event", event, "origin", "mdfd", "text",
	    text_n > 0 ? json_stringn(text, text_n) : json_null());
	int r = j->log == NULL ? -EIO : auditlog_add(j->log, &row, NULL, &f);

	if (r == 0)
		r = store_run(j->store, STMT_WARRANT_EVENT_ADD, v, &f);
	json_decref(object);
	json_decref(reason);
	json_decref(v);
	return r < 0 ? -EIO : 0;
}

static int
journal_in_record(struct journal_in *j, const struct spool_rec *rec)
{
	struct journal_entry e;
	char text[512];
	size_t n;

	if (rec->meta.kind != SPOOL_REC_JOURNAL)
		return 0; /* state of the ingest role */
	if (rec->octets.n < sizeof(e)) {
		log_err(
		    "JOURNAL-SHORT", "a journal entry of %zu octets was skipped", rec->octets.n);
		return 0;
	}
	memcpy(&e, rec->octets.p, sizeof(e));
	n = rec->octets.n - sizeof(e);
	if (j->hook != NULL &&
	    j->hook(j->hook_arg, &e, (struct octets){rec->octets.p + sizeof(e), n}) < 0)
		return -EIO;
	if (e.kind == JOURNAL_HASH)
		return 0;
	n = journal_in_text(
	    rec->octets.p + sizeof(e), n < e.text_n ? n : e.text_n, text, sizeof(text));
	if ((e.kind == JOURNAL_TRIGGER || e.kind == JOURNAL_METADATA) &&
	    journal_in_audit(j, &e, text, n) < 0)
		return -EIO;
	if (journal_in_sum(j->store, &e) < 0)
		return -EIO;
	return journal_in_insert(j->store, &e, text, n);
}

/* Up to one batch of rows; *at is the position behind the last. */
static int
journal_in_batch(struct journal_in *j, struct spool_pos *at)
{
	struct spool_rec rec;
	int r = 1;

	for (int n = 0; n < JOURNAL_IN_BATCH; n++) {
		r = spool_reader_next(j->reader, &j->head, &rec);
		if (r == 0)
			return 0;
		if (r < 0 && r != -EBADMSG)
			return r;
		if (r < 0)
			log_err("JOURNAL-DAMAGED", "%llu journal entries are lost",
			    (unsigned long long)(rec.next.rec - rec.pos.rec));
		else if ((r = journal_in_record(j, &rec)) < 0)
			return r;
		*at = rec.next;
	}
	return 1;
}

static int
journal_in_save(struct journal_in *j, const struct spool_pos *at)
{
	sqlite3_stmt *st = store_stmt(j->store, STMT_CURSOR_SET);
	struct fault f;
	int r;

	sqlite3_bind_int64(st, 1, (int64_t)at->seg);
	sqlite3_bind_int64(st, 2, (int64_t)at->rec);
	sqlite3_bind_int64(st, 3, at->off);
	r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
	sqlite3_reset(st);
	return r < 0 ? r : store_run(j->store, STMT_JOURNAL_TRIM, NULL, &f);
}

int
journal_in_step(struct journal_in *j)
{
	struct spool_pos at = j->cursor;
	struct fault f = {0};
	int more, r;

	if (!journal_in_behind(&j->cursor, &j->head))
		return 0;
	if (store_begin(j->store, &f) < 0)
		return -EIO;
	more = journal_in_batch(j, &at);
	r = more < 0 ? more : journal_in_save(j, &at);
	if (r < 0)
		store_rollback(j->store);
	else
		r = store_commit(j->store, &f);
	if (r < 0) {
		log_err("JOURNAL-STORE", "journal entries cannot be stored: %s",
		    f.why[0] != '\0' ? f.why : strerror(-r));
		spool_reader_seek(j->reader, &j->cursor);
		return -EIO;
	}
	j->cursor = at;
	if (at.seg != j->released) {
		j->released = at.seg;
		j->release(j->arg, at.seg);
	}
	return more;
}

void
journal_in_release_again(struct journal_in *j)
{
	if (j->cursor.seg != 0)
		j->release(j->arg, j->cursor.seg);
}
