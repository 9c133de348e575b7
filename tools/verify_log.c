/* SPDX-License-Identifier: Apache-2.0 */
/* See mdf-verify.c.  Reads from front to back once; a log of any length needs the same memory. */
#include "verify_log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define VERIFY_DASH "\xe2\x80\x94 "

static void verify_bad(struct verify *v, uint64_t row, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void
verify_bad(struct verify *v, uint64_t row, const char *fmt, ...)
{
	va_list ap;

	v->bad = row;
	va_start(ap, fmt);
	vsnprintf(v->why, sizeof(v->why), fmt, ap);
	va_end(ap);
	for (char *p = v->why; *p != '\0'; p++) /* it may quote the file: no escapes, no JSON */
		if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
			*p = '?';
}

/* ---- lines */

int
verify_open(struct verify *v, const char *path)
{
	v->path = path;
	v->in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	v->line_number = 0;
	v->kept = v->cut = false;
	if (v->in != NULL)
		return 0;
	fprintf(stderr, "mdf-verify: %s: %s\n", path, strerror(errno));
	return VERIFY_USAGE;
}

/* A line that does not end is none: the file was cut. */
bool
verify_line(struct verify *v)
{
	ssize_t n;

	if (v->kept) {
		v->kept = false;
		return true;
	}
	n = getline(&v->line, &v->line_max, v->in);
	if (n <= 0 || v->line[n - 1] != '\n') {
		v->cut = n > 0;
		return false;
	}
	v->line[n - 1] = '\0';
	v->line_n = (size_t)n - 1;
	v->line_number++;
	return true;
}

/* Nothing stands behind what was read: else somebody could take it for verified. */
static bool
verify_over(struct verify *v)
{
	return !verify_line(v) && !v->cut;
}

static bool
verify_is(const struct verify *v, const char *word)
{
	return strncmp(v->line, word, strlen(word)) == 0;
}

static int
verify_hex(const char *text, uint8_t out[MERKLE_LEN])
{
	static const int8_t digit[256] = {
	    ['0'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ['a'] = 11, 12, 13, 14, 15, 16}; /* plus one: 0
										       is none */
	int bad = 0;

	for (size_t i = 0; i < MERKLE_LEN; i++) {
		int high = digit[(uint8_t)text[2 * i]], low = digit[(uint8_t)text[2 * i + 1]];

		bad |= high == 0 || low == 0;
		out[i] = (uint8_t)((high - 1) * 16 + low - 1);
	}
	return bad ? -1 : 0;
}

/* Digits without leading zeros; false: not a number of that kind. */
static bool
verify_number(const char *p, const char *end, uint64_t *out)
{
	*out = 0;
	if (p == end || end - p > 18 || (*p == '0' && end - p > 1))
		return false;
	for (; p < end; p++) {
		if (*p < '0' || *p > '9')
			return false;
		*out = *out * 10 + (uint64_t)(*p - '0');
	}
	return true;
}

/* ---- heads */

const char *
verify_note(struct verify *v, struct note_head *h)
{
	bool signature = false, blank = false;

	v->note_n = 0;
	while (verify_line(v)) {
		bool dash = blank && verify_is(v, VERIFY_DASH);

		if (signature && !dash) {
			v->kept = true;
			break;
		}
		if (v->note_n + v->line_n + 1 > sizeof(v->note))
			return "the head is too long";
		memcpy(v->note + v->note_n, v->line, v->line_n);
		v->note_n += v->line_n;
		v->note[v->note_n++] = '\n';
		signature = dash;
		blank = blank || v->line_n == 0;
	}
	if (note_parse(v->note, v->note_n, &v->note_body) != v->note_n || v->note_n == 0 ||
	    note_head_parse(v->note, v->note_body, h) < 0)
		return "the head cannot be read";
	if (v->key.key == NULL)
		return "the key of the log is not known: use --key";
	if (strcmp(h->origin, v->key.name) != 0)
		return "the head is of another log";
	switch (note_check(v->note, v->note_n, v->note_body, &v->key, NULL)) {
	case 0:
		return NULL;
	case -ENOENT:
		return "the head is not signed by the key of the log";
	default:
		return "the signature of the head is wrong";
	}
}

static int
verify_by_size(const void *a, const void *b)
{
	const struct verify_head *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

/* Heads from elsewhere.  One that is wrongly signed says something about that place. */
static int
verify_heads_read(struct verify *v, const char *path)
{
	struct note_head h;
	size_t max = v->outside_n;

	if (verify_open(v, path) != 0)
		return VERIFY_USAGE;
	while (verify_line(v)) {
		const char *why;

		v->kept = true;
		if ((why = verify_note(v, &h)) != NULL) {
			verify_bad(v, 0, "%.80s: %s", path, why);
			break;
		}
		if (v->outside_n == max) {
			max = max * 2 + 64;
			v->heads = realloc(v->heads, max * sizeof(*v->heads));
			if (v->heads == NULL)
				abort();
		}
		v->heads[v->outside_n].size = h.size;
		memcpy(v->heads[v->outside_n++].root, h.root, MERKLE_LEN);
	}
	if (v->in != stdin)
		fclose(v->in);
	v->in = NULL;
	if (v->outside_n > 0)
		qsort(v->heads, v->outside_n, sizeof(*v->heads), verify_by_size);
	return v->why[0] != '\0' ? VERIFY_BAD : VERIFY_OK;
}

/* Those of the tree as it is now. */
static void
verify_outside(struct verify *v)
{
	uint8_t root[MERKLE_LEN];

	while (v->outside_at < v->outside_n && v->heads[v->outside_at].size < v->tree.n)
		v->outside_at++; /* of a place that the file does not show */
	if (v->outside_at == v->outside_n || v->heads[v->outside_at].size != v->tree.n)
		return;
	merkle_root(&v->tree, root);
	for (; v->outside_at < v->outside_n && v->heads[v->outside_at].size == v->tree.n;
	     v->outside_at++)
		if (memcmp(v->heads[v->outside_at].root, root, sizeof(root)) != 0) {
			verify_bad(v, v->good + 1,
			    "fork: another head of %llu rows was signed; the rows up to %llu are "
			    "the same",
			    (unsigned long long)v->tree.n, (unsigned long long)v->good);
			return;
		}
	v->good = v->tree.n;
}

/* A head in the file: of the tree as it is now. */
static void
verify_head(struct verify *v)
{
	struct note_head h;
	uint8_t root[MERKLE_LEN];
	const char *why = verify_note(v, &h);

	if (why != NULL) {
		verify_bad(v, v->good + 1, "%s", why);
		return;
	}
	merkle_root(&v->tree, root);
	if (h.size > v->tree.n)
		verify_bad(v, v->next, "the row is missing: a head of %llu rows stands here",
		    (unsigned long long)h.size);
	else if (h.size < v->tree.n || memcmp(h.root, root, sizeof(root)) != 0)
		verify_bad(v, v->good + 1, "rows from here to %llu are not those that were signed",
		    (unsigned long long)v->tree.n);
	else
		v->good = v->tree.n;
	v->heads_n++;
}

/* ---- rows */

/* Behind the string that begins at P, or END. */
static const char *
verify_string_end(const char *p, const char *end)
{
	const char *q = p + 1;

	while ((q = memchr(q, '"', (size_t)(end - q))) != NULL) {
		const char *b = q;

		while (b[-1] == '\\' && b - 1 > p)
			b--;
		q++;
		if ((q - 1 - b) % 2 == 0)
			return q;
	}
	return end;
}

/* The value of the member NAME (with quotes and colon) of a JSON object, not of one inside it; P
 * stands at its brace (DEPTH 0) or between two of its members (DEPTH 1). */
static const char *
verify_member(const char *p, const char *end, int depth, const char *name, size_t n)
{
	while (p < end) {
		if (*p == '"') {
			if (depth == 1 && (size_t)(end - p) > n && memcmp(p, name, n) == 0)
				return p + n;
			p = verify_string_end(p, end);
			continue;
		}
		depth += *p == '{' || *p == '[';
		depth -= *p == '}' || *p == ']';
		p++;
	}
	return NULL;
}

/* Did this row make the report that was named?  "detail" stands before "op": members are in order.
 */
static bool
verify_makes(const struct verify *v, const char *json, const char *end)
{
	const char *d = verify_member(json, end, 0, "\"detail\":{", 10),
		   *h = d == NULL ? NULL : verify_member(d, end, 1, "\"sha256\":\"", 10),
		   *op = d == NULL ? NULL : verify_member(json, end, 0, "\"op\":\"", 6);

	if (h == NULL || op == NULL || end - h < 65 || memcmp(h, v->report_sha256, 64) != 0)
		return false;
	return strncmp(op, "report.make\"", 12) == 0 || strncmp(op, "schedule.run\"", 13) == 0;
}

static void
verify_row(struct verify *v)
{
	const char *json = v->line + 2 * MERKLE_LEN + 1, *end = v->line + v->line_n, *p, *q;
	uint8_t leaf[MERKLE_LEN], want[MERKLE_LEN], prev[MERKLE_LEN];
	uint64_t seq = 0;

	if (v->line_n < 2 * MERKLE_LEN + 3 || verify_hex(v->line, want) < 0 || json[-1] != ' ') {
		verify_bad(v, v->next, "line %llu is no row", (unsigned long long)v->line_number);
		return;
	}
	merkle_leaf(json, (size_t)(end - json), leaf);
	/* "prev" stands before "seq": members are in order */
	p = verify_member(json, end, 0, "\"prev\":\"", 8);
	q = p == NULL || end - p < 2 * MERKLE_LEN ? NULL : p + 2 * MERKLE_LEN + 1;
	q = q == NULL ? NULL : verify_member(q, end, 1, "\"seq\":", 6);
	if (memcmp(leaf, want, sizeof(leaf)) != 0)
		verify_bad(v, v->next, "the row is not what was hashed");
	else if (q == NULL || verify_hex(p, prev) < 0 ||
		 !verify_number(q, q + strspn(q, "0123456789"), &seq))
		verify_bad(v, v->next, "the row has no number or no hash of the row before");
	else if (seq != v->next)
		verify_bad(v, v->next, "row %llu stands in its place", (unsigned long long)seq);
	else if (v->has_prev && memcmp(prev, v->prev, sizeof(prev)) != 0)
		verify_bad(v, v->next, "it does not continue the row before");
	if (v->why[0] != '\0')
		return;
	merkle_add(&v->tree, leaf);
	memcpy(v->prev, leaf, sizeof(leaf));
	v->has_prev = true;
	v->next++;
	if (v->report != NULL && verify_makes(v, json, end))
		v->report_found = true;
	if (v->show)
		printf("%s\n", json);
}

/* "tree LEVEL HASH" in front of the first row or behind the last. */
static void
verify_subtree(struct verify *v)
{
	char *end;
	unsigned long level = strtoul(v->line + 5, &end, 10);
	uint8_t hash[MERKLE_LEN];

	v->closing = v->next > v->first;
	if (v->line_n != (size_t)(end - v->line) + 1 + 2 * MERKLE_LEN || *end != ' ' ||
	    verify_hex(end + 1, hash) < 0 || level > 62 ||
	    merkle_add_tree(&v->tree, (unsigned)level, hash) < 0)
		verify_bad(
		    v, v->next, "line %llu is no subtree", (unsigned long long)v->line_number);
}

/* ---- an export */

/* "key KEY": the one that was given, if any. */
static const char *
verify_front_key(struct verify *v)
{
	struct note_key own;
	char text[NOTE_KEY_MAX];

	if (!verify_line(v) || !verify_is(v, "key "))
		return "no key";
	if (!v->has_key && note_key_parse(v->line + 4, &own) == 0)
		v->key = own;
	if (v->key.key != NULL)
		note_key_text(&v->key, text);
	if (v->key.key == NULL || strcmp(text, v->line + 4) != 0)
		verify_bad(v, 0, "the file is of another key");
	return NULL;
}

static const char *
verify_log_front(struct verify *v)
{
	char origin[NOTE_NAME_MAX];
	const char *why;

	if (!verify_line(v) || !verify_is(v, "origin "))
		return "no origin";
	snprintf(origin, sizeof(origin), "%.127s", v->line + 7);
	if ((why = verify_front_key(v)) != NULL)
		return why;
	if (v->why[0] == '\0' && strcmp(origin, v->key.name) != 0)
		verify_bad(v, 0, "the file is of another log");
	if (!verify_line(v) || !verify_is(v, "first ") ||
	    !verify_number(v->line + 6, v->line + v->line_n, &v->first) || v->first == 0)
		return "no first row";
	v->next = v->first;
	v->has_prev = v->first == 1;
	return NULL;
}

/* Line by line; true: the end was reached. */
static bool
verify_log_lines(struct verify *v)
{
	uint64_t last;

	while (v->why[0] == '\0' && verify_line(v)) {
		if (verify_is(v, "end ")) {
			if (!verify_number(v->line + 4, v->line + v->line_n, &last) ||
			    last + 1 != v->next)
				verify_bad(v, v->next,
				    "the row is missing: the file says that it "
				    "ends at row %.20s",
				    v->line + 4);
			else if (!verify_over(v))
				verify_bad(v, v->next, "something stands behind the end");
			return true;
		}
		if (verify_is(v, "tree "))
			verify_subtree(v);
		else if (strcmp(v->line, "head") == 0)
			verify_head(v);
		else if (v->closing || v->tree.n != v->next - 1)
			verify_bad(v, v->next, "line %llu is out of place",
			    (unsigned long long)v->line_number);
		else
			verify_row(v);
		if (v->why[0] == '\0')
			verify_outside(v);
	}
	return false;
}

static void
verify_log_end(struct verify *v, bool ended)
{
	uint64_t newest = v->outside_n > 0 ? v->heads[v->outside_n - 1].size : 0;

	if (v->why[0] != '\0')
		return;
	if (!ended)
		verify_bad(v, v->next, "the file is cut off here");
	else if (newest > v->tree.n)
		verify_bad(v, v->tree.n + 1,
		    "cut off: a head of %llu rows was signed, the log ends before",
		    (unsigned long long)newest);
	else if (v->good + 1 < v->next)
		verify_bad(v, v->good + 1, "from here on no signed head covers the rows");
	for (size_t i = 0; v->why[0] == '\0' && i < v->witness_n; i++)
		if (note_check(v->note, v->note_n, v->note_body, &v->witness[i], NULL) != 0)
			verify_bad(v, 0,
			    "the last head carries no right signature of the witness %s",
			    v->witness[i].name);
}

static int
verify_log(struct verify *v)
{
	const char *why = verify_log_front(v);
	FILE *in = v->in;

	if (why != NULL) {
		fprintf(stderr, "mdf-verify: %s: not an export: %s\n", v->path, why);
		return VERIFY_USAGE;
	}
	for (size_t i = 0; i < v->heads_files_n; i++) {
		const char *path = v->path;
		int r = verify_heads_read(v, v->heads_files[i]);

		v->in = in;
		v->path = path;
		if (r != VERIFY_OK)
			return r;
	}
	verify_log_end(v, verify_log_lines(v));
	return v->why[0] == '\0' ? VERIFY_OK : VERIFY_BAD;
}

/* ---- two heads */

const char *
verify_consistency(struct verify *v, struct note_head *old, struct note_head *new)
{
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN];
	const char *why;
	size_t n = 0;

	if ((why = verify_front_key(v)) != NULL)
		return why;
	if (v->why[0] != '\0')
		return v->why;
	if (!verify_line(v) || strcmp(v->line, "head") != 0)
		return "no earlier head";
	if ((why = verify_note(v, old)) != NULL)
		return why;
	while (verify_line(v) && verify_is(v, "node ")) {
		if (n == MERKLE_PATH_MAX || v->line_n != 5 + 2 * MERKLE_LEN ||
		    verify_hex(v->line + 5, path[n++]) < 0)
			return "a node cannot be read";
	}
	if (strcmp(v->line, "head") != 0)
		return "no later head";
	if ((why = verify_note(v, new)) != NULL)
		return why;
	if (!verify_over(v))
		return "something stands behind the later head";
	return merkle_consistency_check(old->size, old->root, new->size, new->root, path, n) == 0
		   ? NULL
		   : "the later log does not continue the earlier one";
}

/* ---- what came of it */

static void
verify_print_json(const struct verify *v, int r)
{
	printf(
	    "{\"ok\":%s,\"first\":%llu,\"last\":%llu,\"heads\":%llu,\"size\":%llu,\"key_given\":%s",
	    r == VERIFY_OK ? "true" : "false", (unsigned long long)v->first,
	    (unsigned long long)(v->next == 0 ? 0 : v->next - 1), (unsigned long long)v->heads_n,
	    (unsigned long long)v->tree.n, v->has_key ? "true" : "false");
	if (v->bad != 0)
		printf(",\"first_bad\":%llu", (unsigned long long)v->bad);
	printf(",\"why\":\"%s\"}\n", v->why); /* verify_bad(): needs no escape */
}

static void
verify_print(const struct verify *v, int r, const char *what)
{
	if (v->json) {
		verify_print_json(v, r);
		return;
	}
	if (r == VERIFY_OK)
		printf("ok: %s%s\n", what,
		    v->has_key ? "" : " (the key was the one that the file names; give --key)");
	else if (v->bad != 0)
		printf("BAD: row %llu: %s\n", (unsigned long long)v->bad, v->why);
	else
		printf("BAD: %s\n", v->why);
}

static int
verify_notes(struct verify *v, char *what, size_t max)
{
	struct note_head h = {0};
	const char *why = NULL;
	uint64_t n = 0;

	v->kept = true;
	while (why == NULL && verify_line(v)) {
		v->kept = true;
		why = verify_note(v, &h);
		n += why == NULL;
	}
	v->heads_n = n;
	v->tree.n = h.size;
	if (why == NULL && n == 0)
		why = "no head";
	if (why != NULL)
		verify_bad(v, 0, "head %llu: %s", (unsigned long long)n + 1, why);
	for (size_t i = 0; why == NULL && i < v->witness_n; i++)
		if (note_check(v->note, v->note_n, v->note_body, &v->witness[i], NULL) != 0)
			verify_bad(
			    v, 0, "no right signature of the witness %s", v->witness[i].name);
	snprintf(what, max, "%llu signed heads, the last of %llu rows", (unsigned long long)n,
	    (unsigned long long)h.size);
	return v->why[0] == '\0' ? VERIFY_OK : VERIFY_BAD;
}

static int
verify_report(struct verify *v, char *what, size_t max)
{
	const char *why =
	    v->report_found ? verify_report_signature(v) : "no row of the file made this report";

	if (why != NULL) {
		verify_bad(v, 0, "%s", why);
		return VERIFY_BAD;
	}
	snprintf(what, max, "row of the log and signature of the report with SHA-256 %s",
	    v->report_sha256);
	return VERIFY_OK;
}

int
verify_file(struct verify *v, const char *path)
{
	struct note_head old, new;
	const char *why;
	char what[200] = "";
	int r = verify_open(v, path);

	if (r != 0)
		return r;
	if (!verify_line(v)) {
		fprintf(stderr, "mdf-verify: %s: empty\n", path);
		return VERIFY_USAGE;
	}
	if (strcmp(v->line, "openmdf-audit 1") == 0) {
		r = verify_log(v);
		snprintf(what, sizeof(what), "rows %llu to %llu under %llu signed heads of %s",
		    (unsigned long long)v->first, (unsigned long long)v->next - 1,
		    (unsigned long long)v->heads_n, v->key.name);
	} else if (strcmp(v->line, "openmdf-consistency 1") == 0) {
		if ((why = verify_consistency(v, &old, &new)) != NULL && why != v->why)
			verify_bad(v, 0, "%s", why);
		else if (why == NULL)
			snprintf(what, sizeof(what), "the log of %llu rows continues that of %llu",
			    (unsigned long long)new.size, (unsigned long long)old.size);
		r = why == NULL ? VERIFY_OK : VERIFY_BAD;
	} else {
		r = verify_notes(v, what, sizeof(what));
	}
	if (r == VERIFY_OK && v->report != NULL)
		r = verify_report(v, what, sizeof(what));
	if (r != VERIFY_USAGE)
		verify_print(v, r, what);
	return r;
}

void
verify_end(struct verify *v)
{
	if (v->in != NULL && v->in != stdin)
		fclose(v->in);
	note_key_fini(&v->key);
	for (size_t i = 0; i < v->witness_n; i++)
		note_key_fini(&v->witness[i]);
	free(v->heads);
	free(v->line);
}
