/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that show what was recorded: journal, audit; settings; the check of the
 * database. */
#include "admin/op_log.h"
#include "admin/ops.h"
#include "admin/regime.h"
#include "admin/work.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"
#include "spool/journal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OP_LOG_LIMIT 1000 /* rows when no limit was given: the newest */
#define OP_KIND_N 32
#define OP_CHECK_ROWS 500 /* of one part of a log */

static void
op_log_limit(struct op_call *c)
{
	if (json_object_get(c->args, "limit") == NULL)
		json_object_set_new(c->args, "limit", json_integer(OP_LOG_LIMIT));
}

static const char *
op_kind_name(int n)
{
	return journal_kind_name((enum journal_kind)n);
}

static const char *
op_code_name(int n)
{
	return reject_code_name((enum reject_code)n);
}

/* Text of --kind or --code, as the number in the rows; case does not matter. */
static int
op_journal_word(struct op_call *c, const char *arg, const char *to, const char *(*name)(int), int n)
{
	const char *text = op_text(c, arg);

	if (text == NULL)
		return 0;
	for (int i = 1; i < n; i++)
		if (strcasecmp(name(i), text) == 0) {
			json_object_set_new(c->args, to, json_integer(i));
			return 0;
		}
	return fault_set(&c->fault, FAULT_USAGE, arg, text, "take a word that the list shows",
	    "'%s' is not known", text);
}

/* The code of a kind that has two of its own. */
const char *
op_journal_code(int kind, int code)
{
	if (kind == JOURNAL_TRIGGER)
		return code == 1 ? "OPEN" : "CLOSED";
	if (kind == JOURNAL_METADATA)
		return code == 1 ? "BEGIN" : "END";
	if (kind == JOURNAL_NUMBERS)
		return code == NUMBERS_MISSING ? "MISSING" : code == NUMBERS_LATE ? "LATE" : "USED";
	return code > 0 && code < REJECT_CODE_N ? op_code_name(code) : NULL;
}

static void
op_journal_words(json_t *row)
{
	int kind = (int)json_integer_value(json_object_get(row, "kind")),
	    code = (int)json_integer_value(json_object_get(row, "code"));
	char range[32] = "";

	json_object_set_new(row, "kind", json_string(op_kind_name(kind)));
	json_object_set_new(row, "code",
	    op_journal_code(kind, code) != NULL ? json_string(op_journal_code(kind, code))
						: json_null());
	if (kind == JOURNAL_SHED) { /* there "first" is the class, for recovery; shed PDUs have no
				       number of ours */
		json_object_set_new(row, "first", json_null());
		json_object_set_new(row, "last", json_null());
	}
	if (json_is_integer(json_object_get(row, "first")))
		snprintf(range, sizeof(range), "%lld-%lld",
		    (long long)json_integer_value(json_object_get(row, "first")),
		    (long long)json_integer_value(json_object_get(row, "last")));
	json_object_set_new(row, "range", range[0] == '\0' ? json_null() : json_string(range));
}

/* Sessions have an index of their own. */
static enum store_stmt
op_journal_stmt(struct op_call *c)
{
	if (json_object_get(c->args, "after") != NULL)
		return STMT_JOURNAL_NEXT;
	return op_int(c, "cin", 0) != 0 && json_object_get(c->args, "row") != NULL
		   ? STMT_JOURNAL_OF_SESSION
		   : STMT_JOURNAL_LIST;
}

int
op_journal_list(struct op_call *c)
{
	json_t *row;
	size_t i;
	int r;

	if (op_filter_warrant(c) < 0)
		return -ENOENT;
	if ((r = op_journal_word(c, "kind", "kind_n", op_kind_name, OP_KIND_N)) < 0 ||
	    (r = op_journal_word(c, "code", "code_n", op_code_name, REJECT_CODE_N)) < 0)
		return r;
	op_log_limit(c);
	c->result = store_rows(c->store, op_journal_stmt(c), c->args);
	json_array_foreach(c->result, i, row) op_journal_words(row);
	return 0;
}

int
op_setting_list(struct op_call *c)
{
	c->result = store_rows(c->store, STMT_SETTING_LIST, NULL);
	return 0;
}

static void
op_setting_range(const char *name, long *lo, long *hi)
{
	static const struct {
		const char *name;
		long lo, hi;
	} ranges[] = {{"hash_keep_days", 1, 36500}, {"evidence_every_s", 1, 60},
	    {"notice_after_s", 0, 86400}, {"silent_after_s", 0, 31536000},
	    {"clock_error_max_ms", 0, 86400000}};

	*lo = 1000;
	*hi = 1000000000;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (strcmp(ranges[i].name, name) == 0) {
			*lo = ranges[i].lo;
			*hi = ranges[i].hi;
		}
}

int
op_setting_show(struct op_call *c)
{
	op_object(c, "setting %s", op_text(c, "name"));
	c->result = store_row(c->store, STMT_SETTING_GET, c->args);
	return c->result != NULL
		   ? 0
		   : fault_set(&c->fault, FAULT_NOT_FOUND, "name", c->object,
			 "mdfctl setting list shows them", "there is no such setting");
}

int
op_setting_set(struct op_call *c)
{
	const char *name = op_text(c, "name"), *value = op_text(c, "value"), *why;
	json_t *regime;
	char *end;
	long n, lo, hi;

	op_object(c, "setting %s", name);
	c->before = store_row(c->store, STMT_SETTING_GET, c->args);
	if (strcmp(name, "operator_id") == 0) {
		if ((why = check_operator(value)) != NULL)
			return fault_set(&c->fault, FAULT_USAGE, "value", c->object, "", "%s", why);
	} else if (strcmp(name, "regime") == 0) {
		if ((regime = regime_get(c, value)) == NULL)
			return fault_set(&c->fault, FAULT_NOT_FOUND, "value", c->object,
			    "mdfctl regime import @NAME", "there is no regime '%s'", value);
		json_decref(regime);
	} else {
		op_setting_range(name, &lo, &hi);
		n = strtol(value, &end, 10);
		if (*value == '\0' || *end != '\0' || n < lo || n > hi)
			return fault_set(&c->fault, FAULT_USAGE, "value", c->object, "",
			    "a number from %ld to %ld is expected", lo, hi);
		json_object_set_new(c->args, "value", json_integer(n));
	}
	if (store_run(c->store, STMT_SETTING_SET, c->args, &c->fault) < 0)
		return -EIO;
	c->after = store_row(c->store, STMT_SETTING_GET, c->args);
	c->result =
	    json_pack("{s:s, s:O}", "name", name, "value", json_object_get(c->args, "value"));
	return 0;
}

/* The file is sound: what the database says of itself. */
static void
op_check_end(struct op_call *c)
{
	static const char *const names[] = {"journal_mode", "synchronous", "foreign_keys",
	    "trusted_schema", "secure_delete", "user_version"};
	char buf[64];

	c->result = json_pack("{s:s}", "quick_check", "ok");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set_new(c->result, names[i],
		    json_string(store_pragma(c->store, names[i], buf, sizeof(buf))));
}

static int
op_check_step(struct op_call *c)
{
	struct store_walk *at = c->work;
	int64_t end = clock_mono_ns() + WORK_SLICE_MS * INT64_C(1000000);
	int r = 1;

	while (r > 0 && clock_mono_ns() < end)
		r = store_check_some(c->store, at, OP_CHECK_ROWS, &c->fault);
	work_progress(c, at->done, at->total);
	if (r == 0)
		op_check_end(c);
	return r;
}

int
op_check(struct op_call *c)
{
	c->work = calloc(1, sizeof(struct store_walk));
	assert(c->work != NULL);
	c->work_free = free;
	work_slices(c, op_check_step, ops_finish);
	return OPS_LATER;
}
