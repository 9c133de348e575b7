/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the audit log: list, check, heads, proofs, export.  The texts that leave are read
 * by mdf-verify; their format is docs/audit.md. */
#include "admin/audit_entry.h"
#include "admin/audit_tree.h"
#include "admin/auditlog.h"
#include "admin/auth.h"
#include "admin/op_log.h"
#include "admin/work.h"
#include "base/clock.h"
#include "db/check.h"
#include "trust/note.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUDIT_LIMIT 1000	    /* rows of a list when no limit was given */
#define AUDIT_PART_LEN (512 * 1024) /* octets of one part of an export */
#define AUDIT_CHECK_ROWS 50000	    /* of one call of audit.verify that somebody waits for */
#define AUDIT_SLICE_ROWS 500	    /* between two looks at the clock */

static uint64_t
audit_size(struct op_call *c)
{
	uint8_t leaf[MERKLE_LEN];
	uint64_t n;

	return audit_tree_last(c->store, &n, leaf) < 0 ? 0 : n;
}

static int
audit_no_row(struct op_call *c, uint64_t seq)
{
	return fault_set(&c->fault, FAULT_NOT_FOUND, "seq", c->object, "mdfctl audit list",
	    "the audit log has no row %llu", (unsigned long long)seq);
}

/* ---- list */

/* The first row that is not older than NS; rows are in order of time. */
static uint64_t
audit_seq_at(struct store *s, uint64_t n, int64_t ns)
{
	uint64_t low = 1, high = n + 1;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		sqlite3_stmt *st = store_stmt(s, STMT_AUDIT_TIME);

		sqlite3_bind_int64(st, 1, (int64_t)mid);
		if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int64(st, 1) < ns)
			low = mid + 1;
		else
			high = mid;
		sqlite3_reset(st);
	}
	return low;
}

/* The words of TEXT as an expression that asks for all of them. */
static json_t *
audit_match(const char *text)
{
	char out[1024];
	size_t n = 0;

	for (const char *p = text; *p != '\0' && n + 8 < sizeof(out);) {
		size_t len = 0;

		while ((unsigned char)p[len] >= 0x80 || (p[len] >= '0' && p[len] <= '9') ||
		       (p[len] >= 'a' && p[len] <= 'z') || (p[len] >= 'A' && p[len] <= 'Z'))
			len++;
		if (len > 0 && n + len + 4 < sizeof(out))
			n += (size_t)snprintf(out + n, sizeof(out) - n, "\"%.*s\" ", (int)len, p);
		p += len > 0 ? len : 1;
	}
	return n == 0 ? NULL : json_stringn(out, n);
}

/* The way in that has an index: pairs of statements, newest first and oldest first. */
static enum store_stmt
audit_list_way(struct op_call *c, bool oldest)
{
	const char *outcome = op_text(c, "outcome");

	if (json_object_get(c->args, "match") != NULL)
		return oldest ? STMT_AUDIT_TEXT_NEW : STMT_AUDIT_TEXT_OLD;
	if (op_text(c, "object") != NULL)
		return oldest ? STMT_AUDIT_OBJECT_NEW : STMT_AUDIT_OBJECT_OLD;
	if (outcome != NULL && strcmp(outcome, "ok") != 0)
		return oldest ? STMT_AUDIT_NOT_OK_NEW : STMT_AUDIT_NOT_OK_OLD;
	if (op_text(c, "actor") != NULL)
		return oldest ? STMT_AUDIT_ACTOR_NEW : STMT_AUDIT_ACTOR_OLD;
	if (op_text(c, "op") != NULL)
		return oldest ? STMT_AUDIT_OP_NEW : STMT_AUDIT_OP_OLD;
	return oldest ? STMT_AUDIT_LIST_NEW : STMT_AUDIT_LIST_OLD;
}

/* Who is neither auditor nor security officer sees his own rows; whoever has a scope, no numbers.
 */
static void
audit_own(struct op_call *c)
{
	const char *me = op_text(c, "scope_actor"), *asked = op_text(c, "actor");

	if (auth_scoped(&c->actor)) {
		json_object_del(c->args, "after");
		json_object_del(c->args, "before");
	}
	if (me == NULL || c->actor.lea != 0)
		return;
	json_object_set_new(
	    c->args, "actor", json_string(asked == NULL || strcmp(asked, me) == 0 ? me : ""));
}

/* The rows: a liaison's, those of persons of a tenant, or those of everybody else. */
static json_t *
audit_list_rows(struct op_call *c, bool oldest)
{
	if (!auth_scoped(&c->actor))
		return store_rows(c->store, audit_list_way(c, oldest), c->args);
	json_object_set_new(c->args, "me", json_string(c->actor.name));
	return store_rows(
	    c->store, c->actor.lea != 0 ? STMT_AUDIT_OF_LEA : STMT_AUDIT_OF_TENANT, c->args);
}

int
op_audit_list(struct op_call *c)
{
	json_t *after, *match;
	uint64_t n = audit_size(c), from = 1, to = n;

	audit_own(c);
	after = json_object_get(c->args, "after");
	if (op_int(c, "limit", AUDIT_LIMIT) > 100 * AUDIT_LIMIT ||
	    json_object_get(c->args, "limit") == NULL)
		json_object_set_new(c->args, "limit", json_integer(AUDIT_LIMIT));
	if (op_int(c, "since_ns", 0) > 0)
		from = audit_seq_at(c->store, n, op_int(c, "since_ns", 0));
	if (op_int(c, "until_ns", 0) > 0)
		to = audit_seq_at(c->store, n, op_int(c, "until_ns", 0)) - 1;
	if (after != NULL && (uint64_t)json_integer_value(after) >= from)
		from = (uint64_t)json_integer_value(after) + 1;
	if (op_int(c, "before", 0) > 0 && (uint64_t)op_int(c, "before", 0) <= to)
		to = (uint64_t)op_int(c, "before", 0) - 1;
	if (op_text(c, "text") != NULL) {
		if ((match = audit_match(op_text(c, "text"))) == NULL)
			return fault_set(
			    &c->fault, FAULT_USAGE, "text", "", "", "there is no word in it");
		json_object_set_new(c->args, "match", match);
		auditlog_index(c->x->log);
	}
	json_object_set_new(c->args, "from_seq", json_integer((json_int_t)from));
	json_object_set_new(c->args, "to_seq", json_integer((json_int_t)to));
	c->result = audit_list_rows(c, after != NULL);
	return 0;
}

/* ---- text */

static void audit_line(struct audit_text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void
audit_line(struct audit_text *t, const char *fmt, ...)
{
	char buf[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	audit_text_add(t, buf, (size_t)n);
}

static json_t *
audit_text_json(struct audit_text *t)
{
	json_t *j = json_stringn(t->p == NULL ? "" : t->p, t->n);

	free(t->p);
	return j == NULL ? json_string("") : j;
}

/* The note of a head with the lines of its witnesses. */
static void
audit_note_text(struct store *s, json_int_t id, const char *note, struct audit_text *t)
{
	json_t *key = json_pack("{s:I}", "id", id),
	       *rows = store_rows(s, STMT_AUDIT_COSIGN_OF, key), *row;
	size_t i;

	audit_text_add(t, note, strlen(note));
	json_array_foreach(rows, i, row)
	{
		const char *line = json_string_value(json_object_get(row, "line"));

		audit_text_add(t, line, strlen(line));
	}
	json_decref(rows);
	json_decref(key);
}

static void
audit_head_text(struct store *s, json_t *row, struct audit_text *t)
{
	audit_line(t, "head\n");
	audit_note_text(s, json_integer_value(json_object_get(row, "id")),
	    json_string_value(json_object_get(row, "note")), t);
}

/* "tree LEVEL HASH" for the leaves [BEGIN, END). */
static int
audit_tree_text(struct store *s, uint64_t begin, uint64_t end, struct audit_text *t)
{
	uint8_t h[MERKLE_LEN];
	char hex[65];
	int r = 0;

	while (r == 0 && begin < end) {
		unsigned level = merkle_next(begin, end);

		r = audit_tree_read(s, level, begin >> level, h);
		if (r == 0)
			audit_line(t, "tree %u %s\n", level, check_hex_text(h, sizeof(h), hex));
		begin += UINT64_C(1) << level;
	}
	return r;
}

/* Signed heads of trees of FROM to TO rows, in order, of one origin: a log that was restored goes
 * on under another, and its key signs again what is left. */
struct audit_heads {
	json_t *rows;
	size_t at;
};

static struct audit_heads
audit_heads_between(struct store *s, const char *origin, uint64_t from, uint64_t to)
{
	struct audit_heads h = {.rows = json_array()};
	sqlite3_stmt *st = store_stmt(s, STMT_AUDIT_HEAD_BETWEEN);

	sqlite3_bind_int64(st, 1, (int64_t)from);
	sqlite3_bind_int64(st, 2, (int64_t)to);
	sqlite3_bind_text(st, 3, origin, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW)
		json_array_append_new(h.rows,
		    json_pack("{s:I, s:I, s:s}", "id", (json_int_t)sqlite3_column_int64(st, 0),
			"size", (json_int_t)sqlite3_column_int64(st, 1), "note",
			(const char *)sqlite3_column_text(st, 3)));
	sqlite3_reset(st);
	return h;
}

/* The next one when it is of a tree of SEQ rows. */
static json_t *
audit_heads_next(struct audit_heads *h, uint64_t seq)
{
	json_t *row = json_array_get(h->rows, h->at);

	if (row == NULL || (uint64_t)json_integer_value(json_object_get(row, "size")) != seq)
		return NULL;
	h->at++;
	return row;
}

/* Rows from FROM on, with the heads behind them, until TO or until the part is full; returns the
 * next row to write, or 0: they cannot be read. */
static uint64_t
audit_rows_text(
    struct store *s, const char *origin, uint64_t from, uint64_t to, struct audit_text *t)
{
	uint64_t last = to - from < 4000 ? to : from + 4000, next = from;
	struct audit_heads heads = audit_heads_between(s, origin, from, last);
	uint8_t prev[MERKLE_LEN] = {0};
	char hex[66];
	sqlite3_stmt *st;
	json_t *head;
	int r = SQLITE_ROW;

	if (from > 1)
		audit_tree_read(s, 0, from - 2, prev);
	st = store_stmt(s, STMT_AUDIT_ENTRIES);
	sqlite3_bind_int64(st, 1, (int64_t)from);
	sqlite3_bind_int64(st, 2, (int64_t)last);
	while (t->n < AUDIT_PART_LEN && (r = sqlite3_step(st)) == SQLITE_ROW) {
		const uint8_t *leaf = sqlite3_column_blob(st, AUDIT_MEMBERS);
		struct audit_entry e;

		audit_entry_read(st, prev, &e);
		check_hex_text(leaf, MERKLE_LEN, hex);
		hex[64] = ' ';
		audit_text_add(t, hex, 65);
		audit_entry_write(&e, t);
		audit_text_add(t, "\n", 1);
		memcpy(prev, leaf, sizeof(prev));
		next = (uint64_t)e.v[AUDIT_SEQ].i;
		while ((head = audit_heads_next(&heads, next)) != NULL)
			audit_head_text(s, head, t);
		next++;
	}
	sqlite3_reset(st);
	json_decref(heads.rows);
	if (r != SQLITE_ROW && r != SQLITE_DONE)
		return 0;
	return next > last && next <= to && next == from ? to + 1
							 : next; /* rows are missing: end */
}

/* What joins row TO with the first signed head that covers it. */
static void
audit_close_text(struct store *s, const char *origin, uint64_t to, struct audit_text *t)
{
	json_t *key = json_pack("{s:I, s:s}", "size", (json_int_t)to, "origin", origin),
	       *head = store_row(s, STMT_AUDIT_HEAD_COVER, key);
	uint64_t size = (uint64_t)json_integer_value(json_object_get(head, "size"));

	if (head != NULL && size > to && audit_tree_text(s, to, size, t) == 0)
		audit_head_text(s, head, t);
	audit_line(t, "end %llu\n", (unsigned long long)to);
	json_decref(head);
	json_decref(key);
}

static int
audit_export_text(
    struct op_call *c, uint64_t from, uint64_t to, bool begun, uint64_t *next, struct audit_text *t)
{
	if (!begun) {
		audit_line(t, "openmdf-audit 1\norigin %s\nkey %s\nfirst %llu\n",
		    auditlog_origin(c->x->log), auditlog_vkey(c->x->log), (unsigned long long)from);
		if (audit_tree_text(c->store, 0, from - 1, t) < 0)
			return fault_set(&c->fault, FAULT_INTERNAL, "audit", c->object,
			    "mdfctl audit verify", "the tree in front of row %llu cannot be read",
			    (unsigned long long)from);
	}
	*next = audit_rows_text(c->store, auditlog_origin(c->x->log), from, to, t);
	if (*next == 0)
		return fault_set(&c->fault, FAULT_INTERNAL, "audit", c->object, "mdfctl check",
		    "the rows from %llu on cannot be read", (unsigned long long)from);
	if (*next > to)
		audit_close_text(c->store, auditlog_origin(c->x->log), to, t);
	return 0;
}

/* Rows FROM to TO of the arguments; a new head covers them when it can be signed. */
static int
audit_range(struct op_call *c, uint64_t *from, uint64_t *to)
{
	struct fault f = {0};
	uint64_t n;

	if (auditlog_can_sign(c->x->log) && !json_is_true(json_object_get(c->args, "begun")))
		auditlog_sign(c->x->log, &f);
	n = audit_size(c);
	*from = (uint64_t)op_int(c, "from", 1);
	*to = (uint64_t)op_int(c, "to", (int64_t)n);
	op_object(c, "rows %llu-%llu", (unsigned long long)*from, (unsigned long long)*to);
	if (*from >= 1 && *from <= *to && *to <= n)
		return 0;
	return audit_no_row(c, *from < 1 || *from > n ? *from : *to);
}

int
op_audit_export(struct op_call *c)
{
	struct audit_text t = {0};
	uint64_t from, to, next;
	int r = audit_range(c, &from, &to);

	if (r < 0)
		return r;
	r = audit_export_text(
	    c, from, to, json_is_true(json_object_get(c->args, "begun")), &next, &t);
	if (r < 0) {
		free(t.p);
		return r;
	}
	c->result = json_pack("{s:o, s:I, s:o}", "text", audit_text_json(&t), "to", (json_int_t)to,
	    "next", next > to ? json_null() : json_integer((json_int_t)next));
	return 0;
}

int
op_audit_show(struct op_call *c)
{
	uint64_t seq = (uint64_t)op_int(c, "seq", 0);
	struct audit_text t = {0};
	char *entry;

	op_object(c, "row %llu", (unsigned long long)seq);
	c->result = store_row(c->store, STMT_AUDIT_SHOW, c->args);
	if (c->result == NULL)
		return audit_no_row(c, seq);
	audit_rows_text(c->store, "", seq, seq, &t);
	entry = t.p == NULL ? NULL : memchr(t.p, '\n', t.n);
	if (entry != NULL && entry - t.p > 65)
		json_object_set_new(
		    c->result, "entry", json_stringn(t.p + 65, (size_t)(entry - t.p) - 65));
	free(t.p);
	return 0;
}

/* ---- heads and proofs */

/* The head of the argument NAME (rows), else the newest after signing; NULL and the fault. */
static json_t *
audit_need_head(struct op_call *c, const char *name, bool exact)
{
	int64_t size = op_int(c, name, -1);
	json_t *key, *row;

	if (size < 0 && auditlog_can_sign(c->x->log) && auditlog_sign(c->x->log, &c->fault) < 0)
		return NULL;
	key = json_pack("{s:I}", "size", (json_int_t)size);
	row = size < 0
		  ? store_row(c->store, STMT_AUDIT_HEAD_LAST, NULL)
		  : store_row(c->store, exact ? STMT_AUDIT_HEAD_AT : STMT_AUDIT_HEAD_COVER, key);
	json_decref(key);
	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, name, "head", "mdfctl audit heads",
		    "there is no such signed head");
	return row;
}

int
op_audit_head(struct op_call *c)
{
	json_t *row = audit_need_head(c, "size", false);
	struct audit_text t = {0};

	if (row == NULL)
		return -ENOENT;
	audit_note_text(c->store, json_integer_value(json_object_get(row, "id")),
	    json_string_value(json_object_get(row, "note")), &t);
	json_object_set_new(row, "text", audit_text_json(&t));
	json_object_del(row, "note");
	json_object_set_new(row, "vkey", json_string(auditlog_vkey(c->x->log)));
	c->result = row;
	return 0;
}

int
op_audit_heads(struct op_call *c)
{
	if (json_object_get(c->args, "limit") == NULL)
		json_object_set_new(c->args, "limit", json_integer(AUDIT_LIMIT));
	c->result = store_rows(c->store, STMT_AUDIT_HEAD_LIST, c->args);
	return 0;
}

static json_t *
audit_path_json(uint8_t path[][MERKLE_LEN], size_t n)
{
	json_t *list = json_array();
	char hex[65];

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(check_hex_text(path[i], MERKLE_LEN, hex)));
	return list;
}

int
op_audit_proof(struct op_call *c)
{
	uint64_t seq = (uint64_t)op_int(c, "seq", 0), size, next;
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN];
	struct audit_text t = {0};
	json_t *key, *head;
	size_t n;
	int r = -EINVAL;

	op_object(c, "row %llu", (unsigned long long)seq);
	if (seq < 1 || seq > audit_size(c))
		return audit_no_row(c, seq);
	if (auditlog_can_sign(c->x->log) && auditlog_sign(c->x->log, &c->fault) < 0)
		return -EIO;
	key =
	    json_pack("{s:I, s:s}", "size", (json_int_t)seq, "origin", auditlog_origin(c->x->log));
	head = store_row(c->store, STMT_AUDIT_HEAD_COVER, key);
	size = (uint64_t)json_integer_value(json_object_get(head, "size"));
	if (head != NULL)
		r = merkle_inclusion(audit_tree_read, c->store, seq - 1, size, path, &n);
	if (r == 0)
		r = audit_export_text(c, seq, seq, false, &next, &t);
	if (r < 0)
		r = fault_set(&c->fault, FAULT_NOT_FOUND, "seq", c->object, "mdfctl audit verify",
		    head == NULL ? "no signed head covers that row" : "the tree cannot be read");
	else
		c->result = json_pack("{s:I, s:I, s:O, s:o, s:o}", "seq", (json_int_t)seq, "size",
		    (json_int_t)size, "root", json_object_get(head, "root"), "path",
		    audit_path_json(path, n), "text", audit_text_json(&t));
	json_decref(head);
	json_decref(key);
	return r < 0 ? r : 0;
}

static void
audit_consistency_text(struct op_call *c, json_t *old, json_t *new, json_t *path)
{
	struct audit_text t = {0};
	json_t *hash;
	size_t i;

	audit_line(&t, "openmdf-consistency 1\nkey %s\n", auditlog_vkey(c->x->log));
	audit_head_text(c->store, old, &t);
	json_array_foreach(path, i, hash) audit_line(&t, "node %s\n", json_string_value(hash));
	audit_head_text(c->store, new, &t);
	c->result = json_pack("{s:O, s:O, s:O, s:o}", "old", json_object_get(old, "size"), "new",
	    json_object_get(new, "size"), "path", path, "text", audit_text_json(&t));
}

int
op_audit_consistency(struct op_call *c)
{
	json_t *old = audit_need_head(c, "old", true), *path,
	       *new = old == NULL ? NULL : audit_need_head(c, "new", true);
	uint8_t nodes[MERKLE_PATH_MAX][MERKLE_LEN];
	size_t n = 0;
	int r = -ENOENT;

	if (new != NULL) {
		r = merkle_consistency(audit_tree_read, c->store,
		    (uint64_t)json_integer_value(json_object_get(old, "size")),
		    (uint64_t)json_integer_value(json_object_get(new, "size")), nodes, &n);
		if (r < 0)
			fault_set(&c->fault, FAULT_USAGE, "new", "head", "",
			    "the later head is not later");
		else {
			path = audit_path_json(nodes, n);
			audit_consistency_text(c, old, new, path);
			json_decref(path);
		}
	}
	json_decref(old);
	json_decref(new);
	return r;
}

/* Does LINE hold a right signature of K over the note of ROW? */
static int
audit_cosign_check(json_t *row, const char *line, const struct note_key *k, uint64_t *time_s)
{
	const char *text = json_string_value(json_object_get(row, "note"));
	char note[NOTE_MAX];
	size_t body;
	int n = snprintf(note, sizeof(note), "%s%s\n", text, line);

	if (n >= (int)sizeof(note) || k->kind != NOTE_COSIGN ||
	    note_parse(note, (size_t)n, &body) != (size_t)n)
		return -EBADMSG;
	return note_check(note, (size_t)n, body, k, time_s);
}

int
op_audit_cosign(struct op_call *c)
{
	json_t *head = audit_need_head(c, "size", true);
	const char *line = op_text(c, "line");
	struct note_key k = {0};
	uint64_t time_s = 0;
	int r;

	op_object(c, "head %lld", (long long)op_int(c, "size", 0));
	if (head == NULL)
		return -ENOENT;
	if (note_key_parse(op_text(c, "key"), &k) < 0 || strchr(line, '\n') != NULL ||
	    audit_cosign_check(head, line, &k, &time_s) < 0) {
		r = fault_set(&c->fault, FAULT_SIGNATURE, "line", c->object,
		    "take the line that mdf-verify cosign printed for this head",
		    "it is no right signature of that witness over this head");
	} else {
		json_t *a = json_pack("{s:O, s:s, s:I, s:s, s:o}", "id",
		    json_object_get(head, "id"), "name", k.name, "time_s", (json_int_t)time_s,
		    "vkey", op_text(c, "key"), "line", json_sprintf("%s\n", line));

		r = store_run(c->store, STMT_AUDIT_COSIGN_ADD, a, &c->fault);
		c->result = json_pack(
		    "{s:O, s:s}", "size", json_object_get(head, "size"), "witness", k.name);
		c->detail = json_pack("{s:s}", "witness", k.name);
		json_decref(a);
	}
	note_key_fini(&k);
	json_decref(head);
	return r;
}

/* ---- check */

struct audit_check {
	struct op_call *c;
	struct merkle tree;
	struct audit_text text;
	struct audit_heads heads;
	uint8_t prev[MERKLE_LEN];
	uint64_t from, to, end, bad, heads_n;
	const char *why;
};

static void
audit_check_row(struct audit_check *k, sqlite3_stmt *st)
{
	uint64_t want = k->tree.n + 1;
	uint8_t leaf[MERKLE_LEN], root[MERKLE_LEN];
	struct audit_entry e;
	json_t *head;

	audit_entry_read(st, k->prev, &e);
	k->text.n = 0;
	audit_entry_write(&e, &k->text);
	merkle_leaf(k->text.p, k->text.n, leaf);
	if ((uint64_t)e.v[AUDIT_SEQ].i != want)
		k->why = "the row is missing";
	else if (sqlite3_column_bytes(st, AUDIT_MEMBERS) != MERKLE_LEN ||
		 memcmp(leaf, sqlite3_column_blob(st, AUDIT_MEMBERS), sizeof(leaf)) != 0)
		k->why = "the row is not what was hashed when it was written";
	merkle_add(&k->tree, leaf);
	memcpy(k->prev, leaf, sizeof(leaf));
	while (k->why == NULL && (head = audit_heads_next(&k->heads, want)) != NULL) {
		struct note_head h;
		const char *note = json_string_value(json_object_get(head, "note"));
		struct note_key key;
		size_t body, n = note_parse(note, strlen(note), &body);
		bool known = note_key_parse(auditlog_vkey(k->c->x->log), &key) == 0;

		merkle_root(&k->tree, root);
		if (n == 0 || note_head_parse(note, body, &h) < 0 || h.size != want ||
		    memcmp(h.root, root, sizeof(root)) != 0)
			k->why = "the rows up to here are not those that were signed";
		else if (known && note_check(note, n, body, &key, NULL) == -EBADMSG)
			k->why = "the signature of the head is wrong";
		note_key_fini(&key);
		k->heads_n++;
	}
	k->bad = k->why != NULL ? want : 0;
}

/* The rows up to TO. */
static void
audit_check_rows(struct audit_check *k, uint64_t to)
{
	struct store *s = k->c->store;
	sqlite3_stmt *st;

	k->heads = audit_heads_between(s, auditlog_origin(k->c->x->log), k->tree.n + 1, to);
	st = store_stmt(s, STMT_AUDIT_ENTRIES);
	sqlite3_bind_int64(st, 1, (int64_t)k->tree.n + 1);
	sqlite3_bind_int64(st, 2, (int64_t)to);
	while (k->bad == 0 && sqlite3_step(st) == SQLITE_ROW)
		audit_check_row(k, st);
	sqlite3_reset(st);
	json_decref(k->heads.rows);
	k->heads = (struct audit_heads){0};
	if (k->bad == 0 && k->tree.n < to) {
		k->bad = k->tree.n + 1;
		k->why = "the row is missing";
	}
}

/* Remember when the whole log was looked at, range by range, and what came of it. */
static void
audit_verified(struct ops_ctx *x, const struct audit_check *k)
{
	bool goes_on = k->from == 1 || k->from == x->verified.next;

	x->verified.next = goes_on && k->bad == 0 ? k->to + 1 : 0;
	if (k->bad == 0 && !(goes_on && k->to == k->end))
		return;
	x->verified.time_ns = clock_wall_ns();
	x->verified.holds = k->bad == 0;
}

/* All rows were looked at. */
static void
audit_check_end(struct audit_check *k)
{
	uint8_t root[MERKLE_LEN], stored[MERKLE_LEN];

	merkle_root(&k->tree, root);
	if (k->bad == 0 && (merkle_root_at(audit_tree_read, k->c->store, k->to, stored) < 0 ||
			       memcmp(root, stored, sizeof(root)) != 0)) {
		k->bad = k->to;
		k->why = "the stored tree is not that of the rows";
	}
	k->c->result = json_pack("{s:b, s:I, s:I, s:I, s:o, s:o, s:o}", "holds", k->bad == 0,
	    "from", (json_int_t)k->from, "to", (json_int_t)k->end, "heads", (json_int_t)k->heads_n,
	    "first_bad", k->bad == 0 ? json_null() : json_integer((json_int_t)k->bad), "why",
	    k->why == NULL ? json_null() : json_string(k->why), "next",
	    k->bad != 0 || k->to == k->end ? json_null() : json_integer((json_int_t)k->to + 1));
	audit_verified(k->c->x, k);
}

static int
audit_check_step(struct op_call *c)
{
	struct audit_check *k = c->work;
	int64_t end = clock_mono_ns() + WORK_SLICE_MS * INT64_C(1000000);

	while (k->bad == 0 && k->tree.n < k->to && clock_mono_ns() < end)
		audit_check_rows(
		    k, k->to - k->tree.n < AUDIT_SLICE_ROWS ? k->to : k->tree.n + AUDIT_SLICE_ROWS);
	work_progress(c, (int64_t)(k->tree.n + 1 - k->from), (int64_t)(k->to + 1 - k->from));
	if (k->bad == 0 && k->tree.n < k->to)
		return 1;
	audit_check_end(k);
	return 0;
}

static void
audit_check_free(void *work)
{
	struct audit_check *k = work;

	free(k->text.p);
	free(k);
}

int
op_audit_verify(struct op_call *c)
{
	struct audit_check *k;
	uint64_t from, end;
	int r = audit_range(c, &from, &end);

	if (r < 0)
		return r;
	k = calloc(1, sizeof(*k));
	assert(k != NULL);
	*k = (struct audit_check){.c = c, .from = from, .to = end, .end = end};
	c->work = k;
	c->work_free = audit_check_free;
	if (c->bg == NULL && end - from >= AUDIT_CHECK_ROWS)
		k->to = from + AUDIT_CHECK_ROWS - 1;
	if (audit_tree_load(c->store, from - 1, &k->tree) < 0 ||
	    (from > 1 && audit_tree_read(c->store, 0, from - 2, k->prev) < 0)) {
		k->bad = from - 1;
		k->why = "the tree in front of the range cannot be read";
		k->tree.n = from - 1;
	}
	work_slices(c, audit_check_step, ops_finish);
	return OPS_LATER;
}
