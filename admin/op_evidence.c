/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of hash records, completeness, reconciliation and the clock. */
#include "admin/complete.h"
#include "admin/hash_in.h"
#include "admin/op_complete.h"
#include "admin/op_evidence.h"
#include "admin/op_log.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OP_EVIDENCE_LIMIT 1000

static void
evidence_limit(struct op_call *c)
{
	if (json_object_get(c->args, "limit") == NULL)
		json_object_set_new(c->args, "limit", json_integer(OP_EVIDENCE_LIMIT));
}

/* ---- hash records */

/* The row number is ours. */
static void
hash_strip(json_t *row)
{
	json_object_del(row, "id");
}

static void
hash_file_row(struct op_call *c, json_t *row)
{
	json_t *file = json_object_get(c->args, "file");
	static const char *const same[] = {"warrant", "first", "last", "cin"};

	json_object_set_new(row, "kind", json_string("file"));
	json_object_set(row, "value", json_object_get(file, "sha256"));
	json_object_set(row, "octets", json_object_get(file, "octets"));
	json_object_set(row, "name", json_object_get(file, "name"));
	json_object_set_new(row, "algorithm", json_string("sha-256"));
	json_object_set(row, "time_ns", json_object_get(c->args, "now_ns"));
	for (size_t i = 1; i < sizeof(same) / sizeof(same[0]); i++)
		json_object_set(row, same[i], json_object_get(c->args, same[i]));
}

int
op_hash_add(struct op_call *c)
{
	json_t *row = json_object(), *w;
	char uuid[37], handle[33];
	uint64_t seq;
	int r = 0;

	check_uuid_new(uuid);
	op_object(c, "hash %s", uuid);
	hash_file_row(c, row);
	json_object_set_new(row, "uuid", json_string(uuid));
	if (op_text(c, "warrant") != NULL) {
		if ((w = op_need_warrant(c)) == NULL) {
			json_decref(row);
			return -ENOENT;
		}
		json_object_set(row, "warrant", json_object_get(w, "id"));
		r = hash_handle(c->x, json_integer_value(json_object_get(w, "id")), handle);
		json_object_set_new(row, "handle", json_string(handle));
		json_decref(w);
		op_object(c, "hash %s", uuid);
	}
	if (r == 0)
		r = hash_leaf(c->x, "hash.file", c->object, "ok", NULL, hash_detail(row), &seq);
	json_object_set_new(row, "audit_seq", json_integer(r == 0 ? (json_int_t)seq : 0));
	if (r == 0)
		r = store_run(c->store, STMT_HASH_ADD, row, &c->fault);
	json_decref(row);
	if (r == 0) {
		row = json_pack("{s:s}", "hash", uuid);
		c->result = store_row(c->store, STMT_HASH_SHOW, row);
		hash_strip(c->result);
		json_decref(row);
	}
	return r;
}

int
op_hash_list(struct op_call *c)
{
	json_t *row;
	size_t i;

	if (op_filter_warrant(c) < 0)
		return -ENOENT;
	evidence_limit(c);
	c->result = store_rows(c->store, STMT_HASH_LIST, c->args);
	json_array_foreach(c->result, i, row) hash_strip(row);
	return 0;
}

int
op_hash_show(struct op_call *c)
{
	op_object(c, "hash %s", op_text(c, "hash"));
	c->result = store_row(c->store, STMT_HASH_SHOW, c->args);
	if (c->result == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "hash", c->object, "mdfctl hash list",
		    "there is no such hash record");
	hash_strip(c->result);
	return 0;
}

int
op_hash_verify(struct op_call *c)
{
	json_t *file = json_object_get(c->args, "file");

	op_object(c, "file %.64s", json_string_value(json_object_get(file, "name")));
	c->result = store_row(c->store, STMT_HASH_BY_VALUE, file);
	if (c->result == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "file", c->object, "",
		    "no hash record has its SHA-256: it was not recorded, or it has changed");
	hash_strip(c->result);
	return 0;
}

int
op_hash_proof(struct op_call *c)
{
	json_t *record;
	int r = op_hash_show(c);

	if (r < 0)
		return r;
	record = c->result;
	c->result = NULL;
	json_object_set(c->args, "seq", json_object_get(record, "audit_seq"));
	r = op_audit_proof(c);
	if (r == 0 && json_is_object(c->result))
		json_object_set(c->result, "record", record);
	json_decref(record);
	return r;
}

/* ---- completeness */

static int
complete_check_day(struct op_call *c)
{
	const char *day = op_text(c, "day");
	char text[32];
	int64_t ns;

	if (day == NULL)
		return 0;
	snprintf(text, sizeof(text), "%.10sT00:00:00Z", day);
	if (strlen(day) == 10 && clock_parse(text, &ns) == 0)
		return 0;
	return fault_set(&c->fault, FAULT_USAGE, "day", day, "", "a day is written 2026-11-21");
}

/* Gaps of the network elements and what was shed, within the account. */
static void
complete_gaps(struct op_call *c, json_t *account, json_t *row)
{
	static const char *const classes[] = {"iri", "voice", "cc"};
	json_t *a = json_pack("{s:O, s:O, s:O}", "row", json_object_get(row, "warrant"), "from_ns",
		   json_object_get(row, "from_ns"), "to_ns", json_object_get(row, "to_ns")),
	       *gaps = store_rows(c->store, STMT_COMPLETE_GAPS, a),
	       *shed = store_rows(c->store, STMT_COMPLETE_SHED, a), *g;
	size_t i;

	json_array_foreach(gaps, i, g)
	{
		bool filled = json_integer_value(json_object_get(g, "kind")) != 2;

		json_object_set_new(g, "kind", json_string(filled ? "filled" : "missing"));
	}
	json_array_foreach(shed, i, g)
	{
		int64_t n = json_integer_value(json_object_get(g, "class_n"));

		json_object_set_new(
		    g, "class", json_string(n >= 0 && n < 3 ? classes[n] : "other"));
		json_object_del(g, "class_n");
	}
	json_object_set_new(account, "source_gaps", gaps);
	json_object_set_new(account, "handover_gaps", shed);
	json_decref(a);
}

static json_t *
complete_show_row(struct op_call *c, json_t *row)
{
	json_t *account = complete_account(row);

	complete_gaps(c, account, row);
	json_object_set(account, "sha256", json_object_get(row, "sha256"));
	json_object_set(account, "audit_seq", json_object_get(row, "audit_seq"));
	return account;
}

/* Counters of this moment for the day that is not closed, added or in place of what was kept. */
static void
complete_live(struct op_call *c, json_t *rows, json_t *w)
{
	int64_t id = json_integer_value(json_object_get(w, "id")), now = op_int(c, "now_ns", 0);
	json_t *s, *live = NULL, *last, *row = json_array_get(rows, json_array_size(rows) - 1);
	char day[11];
	size_t i;

	json_array_foreach(json_object_get(c->status, "warrants"), i,
	    s) if (json_integer_value(json_object_get(s, "id")) == id) live = s;
	if (live == NULL || json_integer_value(json_object_get(live, "received")) == 0 ||
	    !complete_answered(c->status, json_string_value(json_object_get(w, "lea"))))
		return;
	complete_day(now, day);
	s = complete_sent(c->status, now);
	last = complete_counters(live, s);
	json_decref(s);
	if (row != NULL && strcmp(json_string_value(json_object_get(row, "day")), day) == 0) {
		complete_keep_delay(last, json_object_get(row, "last"));
		json_object_set(row, "last", last);
		json_object_set_new(row, "to_ns", json_integer(now));
	} else {
		s = json_pack("{s:I, s:O, s:O, s:s, s:I, s:I, s:o, s:O, s:n, s:n}", "warrant",
		    (json_int_t)id, "uuid", json_object_get(w, "uuid"), "lea",
		    json_object_get(w, "lea"), "day", day, "from_ns",
		    (json_int_t)(row != NULL ? json_integer_value(json_object_get(row, "to_ns"))
					     : complete_midnight(now)),
		    "to_ns", (json_int_t)now, "base",
		    row != NULL ? json_incref(json_object_get(row, "last")) : complete_zero(),
		    "last", last, "sha256", "audit_seq");
		json_array_append_new(rows, s);
	}
	json_decref(last);
}

static void
complete_session_done(json_t *list, void *token)
{
	struct op_call *c = token;
	json_t *s, *found = NULL;
	size_t i;

	json_array_foreach(list, i, s) if (json_integer_value(json_object_get(s, "cin")) ==
					   op_int(c, "session", -1)) found = s;
	if (found == NULL) {
		ops_finish(c, fault_set(&c->fault, FAULT_NOT_FOUND, "session", c->object,
				  "mdfctl session list", "the data plane knows no such CIN"));
		return;
	}
	json_object_set_new(
	    c->result, "session", op_complete_session(c, op_int(c, "row", 0), found));
	ops_finish(c, 0);
}

static json_t *
complete_total(json_t *rows)
{
	json_t *first = json_array_get(rows, 0),
	       *last = json_array_get(rows, json_array_size(rows) - 1), *all, *total, *row;
	size_t i;

	if (first == NULL)
		return json_object();
	all = json_copy(last);
	json_object_set(all, "base", json_object_get(first, "base"));
	json_object_set(all, "from_ns", json_object_get(first, "from_ns"));
	json_object_set_new(all, "day", json_string("all"));
	json_object_set_new(all, "last", json_copy(json_object_get(last, "last")));
	json_array_foreach(rows, i, row)
	    complete_keep_delay(json_object_get(all, "last"), json_object_get(row, "last"));
	total = complete_account(all);
	json_decref(all);
	return total;
}

int
op_completeness_show(struct op_call *c)
{
	json_t *w = op_need_warrant(c), *rows, *row, *days = json_array();
	const char *day = op_text(c, "day");
	uint32_t id;
	size_t i;

	if (w == NULL || complete_check_day(c) < 0) {
		json_decref(w);
		json_decref(days);
		return w == NULL ? -ENOENT : -EINVAL;
	}
	id = (uint32_t)json_integer_value(json_object_get(w, "id"));
	json_object_set(c->args, "row", json_object_get(w, "id"));
	json_object_del(c->args, "day");
	rows = store_rows(c->store, STMT_COMPLETE_SHOW, c->args);
	complete_live(c, rows, w);
	json_array_foreach(rows, i,
	    row) if (day == NULL || strcmp(json_string_value(json_object_get(row, "day")), day) ==
					0) json_array_append_new(days, complete_show_row(c, row));
	c->result = json_pack("{s:O, s:O, s:o, s:o}", "warrant", json_object_get(w, "uuid"), "lea",
	    json_object_get(w, "lea"), "days", days, "total", complete_total(rows));
	json_decref(rows);
	json_decref(w);
	if (json_object_get(c->args, "session") == NULL)
		return 0;
	if (c->x->sessions == NULL ||
	    c->x->sessions(c->x->arg, id, 0, complete_session_done, c) < 0)
		return fault_set(&c->fault, FAULT_REFUSED, "sessions", c->object,
		    "mdfctl status shows the roles", "the ingest role does not run");
	return OPS_LATER;
}

int
op_completeness_list(struct op_call *c)
{
	json_t *rows, *row, *account;
	size_t i;

	if (complete_check_day(c) < 0)
		return -EINVAL;
	evidence_limit(c);
	rows = store_rows(c->store, STMT_COMPLETE_LIST, c->args);
	c->result = json_array();
	json_array_foreach(rows, i, row)
	{
		account = complete_account(row);
		json_object_set(account, "sha256", json_object_get(row, "sha256"));
		json_object_set(account, "audit_seq", json_object_get(row, "audit_seq"));
		json_array_append_new(c->result, account);
	}
	json_decref(rows);
	return 0;
}

/* ---- clock */

int
op_clock_show(struct op_call *c)
{
	struct clock_quality q;
	char text[64], now[32];

	clock_quality(&q);
	c->result =
	    json_pack("{s:s, s:s, s:b, s:b, s:f, s:f}", "time", clock_format(clock_wall_ns(), now),
		"quality", clock_quality_text(&q, text, sizeof(text)), "known", q.known,
		"synchronised", q.synchronised, "error_s", (double)q.error_ns / 1e9, "offset_s",
		(double)q.offset_ns / 1e9);
	return 0;
}

int
op_clock_confirm(struct op_call *c)
{
	char now[32];

	op_object(c, "clock");
	if (c->x->clock == NULL)
		return fault_set(
		    &c->fault, FAULT_REFUSED, "clock", "", "", "this process has no data plane");
	c->x->clock(c->x->arg);
	c->result = json_pack("{s:s}", "time", clock_format(clock_wall_ns(), now));
	return 0;
}
