/* SPDX-License-Identifier: Apache-2.0 */
/* See report_rows.h. */
#include "admin/report_rows.h"

#include "admin/audit_tree.h"
#include "admin/auditlog.h"
#include "admin/auth.h"
#include "admin/complete.h"
#include "db/store.h"
#include "config.h"
#include "db/check.h"
#include "spool/journal.h"
#include "trust/note.h"

#include <stdlib.h>
#include <string.h>

/* ---- live counters */

static bool
rows_same(json_t *want, json_t *is)
{
	return want == NULL || json_is_null(want) || json_equal(want, is);
}

json_t *
report_rows_books(struct report_job *j)
{
	json_t *status = report_status(j), *args = report_args(j), *out, *w;
	size_t i;

	if (!json_is_object(json_object_get(status, "ingest")))
		return NULL; /* the data plane did not answer */
	out = json_array();
	json_array_foreach(json_object_get(status, "warrants"), i, w)
	{
		if (rows_same(json_object_get(args, "lea"), json_object_get(w, "lea")) &&
		    rows_same(json_object_get(args, "row"), json_object_get(w, "id")))
			json_array_append_new(out, json_copy(w));
	}
	return out;
}

static json_t *
rows_live_ne(json_t *status, json_t *name)
{
	json_t *ne;
	size_t i;

	json_array_foreach(json_object_get(status, "nes"), i, ne)
	{
		if (json_equal(json_object_get(ne, "name"), name))
			return ne;
	}
	return NULL;
}

json_t *
report_rows_elements(struct report_job *j)
{
	static const char *const keep[] = {"state", "first", "last", "pdus"};
	json_t *rows = store_rows(report_store(j), STMT_REPORT_NE_TASKS, report_args(j)), *row,
	       *live, *c;
	size_t i;

	if (!json_is_object(json_object_get(report_status(j), "ingest")))
		report_no_data(
		    j, "state and counters of the elements: the data plane did not answer");
	json_array_foreach(rows, i, row)
	{
		live = rows_live_ne(report_status(j), json_object_get(row, "ne"));
		for (size_t k = 0; k < sizeof(keep) / sizeof(keep[0]); k++)
			if (json_object_get(live, keep[k]) != NULL)
				json_object_set(row, keep[k], json_object_get(live, keep[k]));
		c = json_object_get(live, "connections");
		if (c != NULL)
			json_object_set_new(row, "connections",
			    json_is_array(c) ? json_integer((json_int_t)json_array_size(c))
					     : json_copy(c));
	}
	return rows;
}

json_t *
report_rows_review(struct report_job *j)
{
	json_t *row = store_row(report_store(j), STMT_REVIEW_SHOW, report_args(j));

	return row == NULL ? NULL : json_pack("[o]", row);
}

/* ---- heads */

static bool
rows_head_holds(struct report_job *j, json_t *head)
{
	const char *root = json_string_value(json_object_get(head, "root"));
	uint8_t is[MERKLE_LEN];
	char hex[65];

	return root != NULL &&
	       merkle_root_at(audit_tree_read, report_store(j),
		   (uint64_t)json_integer_value(json_object_get(head, "size")), is) == 0 &&
	       strcmp(check_hex_text(is, sizeof(is), hex), root) == 0;
}

static bool
rows_head_signed(struct report_job *j, json_t *head)
{
	const char *note = json_string_value(json_object_get(head, "note"));
	struct note_key key = {0};
	size_t body = 0, n = note == NULL ? 0 : note_parse(note, strlen(note), &body);
	bool good = n > 0 && note_key_parse(auditlog_vkey(report_log(j)), &key) == 0 &&
		    note_check(note, n, body, &key, NULL) == 0;

	note_key_fini(&key);
	return good;
}

json_t *
report_rows_consistency(struct report_job *j)
{
	json_t *heads = store_rows(report_store(j), STMT_REPORT_LAST_HEADS, NULL),
	       *last = json_array_get(heads, 0), *before = json_array_get(heads, 1);

	if (last == NULL) {
		json_decref(heads);
		return NULL; /* nothing was signed */
	}
	json_object_set_new(
	    last, "signature", json_string(rows_head_signed(j, last) ? "holds" : "does not hold"));
	json_object_set_new(last, "verifier", json_string("OpenMDF " PACKAGE_VERSION));
	json_object_set_new(last, "consistent",
	    json_string(!rows_head_holds(j, last)    ? "no: the newest head is not of these rows"
			: before == NULL	     ? "yes: it is the first one"
			: rows_head_holds(j, before) ? "yes"
						     : "no: the one before is not of these rows"));
	if (before != NULL) {
		json_object_set(last, "previous", json_object_get(before, "size"));
		json_object_set(last, "previous_time", json_object_get(before, "time"));
		json_object_set(last, "previous_root", json_object_get(before, "root"));
		json_array_remove(heads, 1);
	}
	return heads;
}

/* ---- words */

/* Sum of a map {reason: n}, and its members as "REASON n" behind what LIST has. */
static json_t *
rows_sum(json_t *map, json_t *list)
{
	json_int_t sum = 0;
	const char *key;
	json_t *n;

	json_object_foreach(map, key, n)
	{
		sum += json_integer_value(n);
		json_array_append_new(
		    list, json_sprintf("%s %lld", key, (long long)json_integer_value(n)));
	}
	return json_integer(sum);
}

void
report_map_day(struct report_job *j, json_t *row)
{
	json_t *account = complete_account(row), *reasons = json_array();

	(void)j;
	json_object_set_new(
	    account, "rejected", rows_sum(json_object_get(account, "rejected"), reasons));
	json_object_set_new(account, "shed", rows_sum(json_object_get(account, "shed"), reasons));
	json_object_set_new(account, "reasons", reasons);
	json_object_update(row, account);
	json_decref(account);
}

void
report_map_journal(struct report_job *j, json_t *row)
{
	int kind = (int)json_integer_value(json_object_get(row, "kind")),
	    code = (int)json_integer_value(json_object_get(row, "code"));
	bool reason = kind == JOURNAL_REJECT || kind == JOURNAL_NE_LOST || kind == JOURNAL_SHED;

	(void)j;
	json_object_set_new(row, "kind", json_string(journal_kind_name((enum journal_kind)kind)));
	json_object_set_new(row, "code",
	    reason && code > 0 && code < REJECT_CODE_N
		? json_string(reject_code_name((enum reject_code)code))
		: json_null());
}

void
report_map_outside(struct report_job *j, json_t *row)
{
	report_map_journal(j, row);
	json_object_set_new(row, "handling", json_string("dropped, not stored, not delivered"));
}

void
report_map_act(struct report_job *j, json_t *row)
{
	const char *object = json_string_value(json_object_get(row, "object")), *hi2, *hi3;
	json_t *a, *w;

	if (object == NULL || strncmp(object, "warrant ", 8) != 0 || strlen(object) != 8 + 36)
		return;
	a = json_pack("{s:s}", "uuid", object + 8);
	w = store_row(report_store(j), STMT_REPORT_WARRANT_OF, a);
	json_decref(a);
	if (w == NULL)
		return;
	hi2 = json_string_value(json_object_get(w, "hi2"));
	hi3 = json_string_value(json_object_get(w, "hi3"));
	json_object_set_new(row, "deliver_to",
	    hi2 == NULL && hi3 == NULL ? json_null()
	    : hi2 == NULL || hi3 == NULL || strcmp(hi2, hi3) == 0
		? json_string(hi2 != NULL ? hi2 : hi3)
		: json_sprintf("%s, %s", hi2, hi3));
	json_object_update_missing(row, w);
	json_decref(w);
}

void
report_map_certificate(struct report_job *j, json_t *row)
{
	const char *text = json_string_value(json_object_get(row, "text"));
	uint8_t md[32];
	char hex[65];

	(void)j;
	if (text == NULL || EVP_Digest(text, strlen(text), md, NULL, EVP_sha256(), NULL) != 1)
		return;
	json_object_set_new(row, "certificate", json_string(check_hex_text(md, sizeof(md), hex)));
}

void
report_map_person(struct report_job *j, json_t *row)
{
	static const char *const factors[] = {"password", "totp", "certificate", "key"};
	unsigned roles = (unsigned)json_integer_value(json_object_get(row, "roles"));
	json_t *has = json_array();

	(void)j;
	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
		if (json_is_true(json_object_get(row, factors[i])))
			json_array_append_new(has, json_string(factors[i]));
	json_object_set_new(row, "factors", has);
	json_object_set_new(row, "conflict", json_boolean(auth_roles_fault(roles) != NULL));
	json_object_set_new(row, "roles", auth_role_names(roles));
}
