/* SPDX-License-Identifier: Apache-2.0 */
/* Making a report, section by section, row by row; see report.h. */
#include "admin/report.h"

#include "admin/auditlog.h"
#include "base/clock.h"
#include "config.h"
#include "db/check.h"
#include "db/store.h"
#include "trust/canon.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REPORT_MARK "\"sections\":[]" /* where the sections go; cannot stand inside a string */
#define REPORT_SIGNATURE_LEN 256
#define REPORT_LOOK 64 /* rows between two looks at the clock */

struct report_job {
	struct store *store; /* reader with an open snapshot */
	const struct report_kind *kind;
	const struct auditlog *log;
	json_t *head, *args, *status, *no_data;
	size_t section;
	bool begun;	  /* a section stands already */
	sqlite3_stmt *st; /* of the section in work */
	bool comma;
	uint64_t rows; /* written */
	FILE *body;
	char *body_text;
	size_t body_n;
	char *text;
	size_t text_n;
	char sha256[65];
	bool done;
};

const struct report_kind *
report_kind_find(const char *word)
{
	for (size_t i = 0; i < report_kinds_n; i++)
		if (strcasecmp(report_kinds[i].kind, word) == 0 ||
		    strcasecmp(report_kinds[i].name, word) == 0)
			return &report_kinds[i];
	return NULL;
}

struct store *
report_store(struct report_job *j)
{
	return j->store;
}

json_t *
report_args(struct report_job *j)
{
	return j->args;
}

json_t *
report_status(struct report_job *j)
{
	return j->status;
}

const struct auditlog *
report_log(struct report_job *j)
{
	return j->log;
}

void
report_no_data(struct report_job *j, const char *what)
{
	json_array_append_new(j->no_data, json_string(what));
}

/* ---- begin */

static json_t *
report_text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *
report_head(const struct report_spec *s)
{
	char from[32], to[32], made[32];
	json_t *w = json_object_get(s->warrant, "uuid");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}",
	    "type", REPORT_TYPE, "id", s->id, "kind", s->kind->kind, "name", s->kind->name, "title",
	    s->kind->title, "law", s->kind->law, "by", s->by, "made",
	    clock_format(clock_wall_ns(), made), "from", clock_format(s->from_ns, from), "to",
	    clock_format(s->to_ns, to), "program", "OpenMDF " PACKAGE_VERSION, "lea",
	    report_text_or_null(s->lea), "regime", report_text_or_null(s->regime), "warrant",
	    w == NULL ? json_null() : json_incref(w));
}

static json_t *
report_make_args(const struct report_spec *s)
{
	json_t *a = s->args == NULL ? json_object() : json_copy(s->args), *w = s->warrant;

	json_object_set_new(a, "from_ns", json_integer(s->from_ns));
	json_object_set_new(a, "to_ns", json_integer(s->to_ns));
	json_object_set_new(a, "now_ns", json_integer(clock_now_ns()));
	json_object_set_new(a, "lea", report_text_or_null(s->lea));
	if (w == NULL)
		return a;
	json_object_set(a, "row", json_object_get(w, "id"));
	json_object_set_new(
	    a, "object", json_sprintf("warrant %s", json_string_value(json_object_get(w, "uuid"))));
	return a;
}

struct report_job *
report_begin(const char *path, const struct report_spec *s, struct fault *f)
{
	struct store *reader = store_open_reader(path, f);
	struct report_job *j;

	if (reader == NULL)
		return NULL;
	j = calloc(1, sizeof(*j));
	assert(j != NULL);
	j->store = reader;
	j->kind = s->kind;
	j->log = s->log;
	j->head = report_head(s);
	j->args = report_make_args(s);
	j->status = s->status == NULL ? NULL : json_incref(s->status);
	j->no_data = json_array();
	j->body = open_memstream(&j->body_text, &j->body_n);
	assert(j->head != NULL && j->body != NULL);
	if (s->kind->lacks != NULL)
		report_no_data(j, s->kind->lacks);
	return j;
}

void
report_free(struct report_job *j)
{
	if (j == NULL)
		return;
	store_close(j->store);
	if (j->body != NULL)
		fclose(j->body);
	free(j->body_text);
	free(j->text);
	json_decref(j->head);
	json_decref(j->args);
	json_decref(j->status);
	json_decref(j->no_data);
	free(j);
}

/* ---- sections.  Members in the order of canonical JSON: columns, form, key, note, rows, title. */

static void
report_put(struct report_job *j, json_t *v)
{
	char *text = canon_json(v, NULL);

	assert(text != NULL);
	fputs(text, j->body);
	free(text);
}

static void
report_put_text(struct report_job *j, const char *key, const char *text)
{
	json_t *v = json_string(text == NULL ? "" : text);

	fprintf(j->body, "\"%s\":", key);
	report_put(j, v);
	json_decref(v);
}

static void
report_section_open(struct report_job *j, const struct report_section *s)
{
	fputs(j->begun ? ",{\"columns\":[" : "{\"columns\":[", j->body);
	for (const struct op_column *c = s->columns; c->key != NULL; c++) {
		json_t *v = json_pack("{s:s, s:s}", "key", c->key, "title", c->title);

		fputs(c == s->columns ? "" : ",", j->body);
		report_put(j, v);
		json_decref(v);
	}
	fprintf(j->body, "],\"form\":%s,", s->form & REPORT_FORM ? "true" : "false");
	report_put_text(j, "key", s->key);
	fputc(',', j->body);
	report_put_text(j, "note", s->note);
	fputs(",\"rows\":[", j->body);
	j->comma = false;
	j->begun = true;
}

static void
report_section_close(struct report_job *j, const struct report_section *s)
{
	fputs("],", j->body);
	report_put_text(j, "title", s->title);
	fputc('}', j->body);
	j->section++;
	j->st = NULL;
}

/* The members of a list of text with commas between them; new. */
static json_t *
report_join(json_t *list)
{
	char *text = NULL;
	size_t i, n = 0;
	json_t *item, *out;
	FILE *f = open_memstream(&text, &n);

	assert(f != NULL);
	json_array_foreach(list, i, item)
	{
		char buf[32];

		fprintf(f, "%s%s", i > 0 ? ", " : "", report_cell(item, buf, sizeof(buf)));
	}
	fclose(f);
	out = json_string(text);
	free(text);
	return out;
}

/* A cell: text, whole number, boolean or null.  Integers beyond 2^53 - 1 have no canonical form:
 * they become text. */
static json_t *
report_value(json_t *v)
{
	if (json_is_array(v))
		return report_join(v);
	if (json_is_real(v))
		return json_sprintf("%.3f", json_real_value(v));
	if (json_is_integer(v) && (json_integer_value(v) > INT64_C(9007199254740991) ||
				      json_integer_value(v) < -INT64_C(9007199254740991)))
		return json_sprintf("%lld", (long long)json_integer_value(v));
	return v == NULL ? json_null() : json_incref(v);
}

/* Only the columns: what else a source gives (row numbers, counters of others) stays out. */
static void
report_put_row(struct report_job *j, const struct report_section *s, json_t *row)
{
	json_t *out = json_object();

	if (s->map != NULL)
		s->map(j, row);
	for (const struct op_column *c = s->columns; c->key != NULL; c++)
		json_object_set_new(out, c->key, report_value(json_object_get(row, c->key)));
	fputs(j->comma ? "," : "", j->body);
	j->comma = true;
	j->rows++;
	report_put(j, out);
	json_decref(out);
}

static void
report_rows_of_fn(struct report_job *j, const struct report_section *s)
{
	json_t *rows = s->fn(j), *row;
	size_t i;

	if (rows == NULL)
		report_no_data(j, s->title);
	json_array_foreach(rows, i, row) report_put_row(j, s, row);
	json_decref(rows);
}

/* ---- end */

static void
report_sha256(const char *text, size_t n, char out[65])
{
	uint8_t md[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)text, n, md);
	check_hex_text(md, sizeof(md), out);
}

/* The member "signature" follows "sections", which end at AT. */
static void
report_sign(struct report_job *j, size_t at)
{
	char key[65], sig[89], member[REPORT_SIGNATURE_LEN];
	int n;

	if (auditlog_sign_text(j->log, j->text, j->text_n, key, sig) < 0)
		return;
	n = snprintf(
	    member, sizeof(member), ",\"signature\":{\"key\":\"%s\",\"sig\":\"%s\"}", key, sig);
	memmove(j->text + at + n, j->text + at, j->text_n - at + 1);
	memcpy(j->text + at, member, (size_t)n);
	j->text_n += (size_t)n;
}

static int
report_end(struct report_job *j, struct fault *f)
{
	char *head, *at;
	size_t n;

	fclose(j->body);
	j->body = NULL;
	json_object_set(j->head, "no_data", j->no_data);
	json_object_set_new(j->head, "sections", json_array());
	head = canon_json(j->head, &n);
	at = head == NULL ? NULL : strstr(head, REPORT_MARK);
	if (at == NULL) {
		free(head);
		return fault_set(f, FAULT_INTERNAL, "report", "", "", "the head has no text form");
	}
	at += strlen(REPORT_MARK) - 1;
	j->text_n = n + j->body_n;
	j->text = malloc(j->text_n + REPORT_SIGNATURE_LEN + 1);
	assert(j->text != NULL);
	memcpy(j->text, head, (size_t)(at - head));
	memcpy(j->text + (at - head), j->body_text, j->body_n);
	memcpy(j->text + (at - head) + j->body_n, at, n - (size_t)(at - head) + 1);
	report_sign(j, (size_t)(at - head) + j->body_n + 1);
	free(head);
	free(j->body_text);
	j->body_text = NULL;
	report_sha256(j->text, j->text_n, j->sha256);
	j->done = true;
	return 0;
}

/* Some rows of the section in work. */
static int
report_some(struct report_job *j, const struct report_section *s, struct fault *f)
{
	json_t *row;
	int r = 1;

	if (j->st == NULL) {
		report_section_open(j, s);
		if (s->stmt < 0) {
			report_rows_of_fn(j, s);
			report_section_close(j, s);
			return 0;
		}
		j->st = store_query(j->store, (enum store_stmt)s->stmt, j->args);
	}
	for (unsigned i = 0; i < REPORT_LOOK; i++) {
		r = store_next(j->store, j->st, &row, f);
		if (r <= 0)
			break;
		report_put_row(j, s, row);
		json_decref(row);
	}
	if (r == 0)
		report_section_close(j, s);
	return r < 0 ? r : 0;
}

int
report_step(struct report_job *j, unsigned ms, struct fault *f)
{
	int64_t end = clock_mono_ns() + (int64_t)ms * 1000000;
	const struct report_section *s;
	int r;

	while (!j->done) {
		s = &j->kind->sections[j->section];
		if (s->key == NULL)
			return report_end(j, f);
		if ((s->form & REPORT_WHOLE) && !json_is_null(json_object_get(j->args, "lea"))) {
			j->section++;
			continue;
		}
		if ((r = report_some(j, s, f)) < 0)
			return r;
		if (clock_mono_ns() >= end)
			return 1;
	}
	return 0;
}

uint64_t
report_rows(const struct report_job *j)
{
	return j->rows;
}

const char *
report_text(const struct report_job *j, size_t *n, char sha256[65])
{
	*n = j->text_n;
	memcpy(sha256, j->sha256, sizeof(j->sha256));
	return j->text;
}
