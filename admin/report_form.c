/* SPDX-License-Identifier: Apache-2.0 */
/* A report as CSV, and what the other forms share with it; see report.h. */
#include "admin/report.h"

#include "db/check.h"
#include "trust/canon.h"
#include "trust/note.h"
#include "trust/sign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *
report_cell(json_t *v, char *buf, size_t len)
{
	buf[0] = '\0';
	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_boolean(v))
		return json_is_true(v) ? "yes" : "no";
	if (json_is_integer(v))
		snprintf(buf, len, "%lld", (long long)json_integer_value(v));
	return buf;
}

int
report_hash(json_t *master, char sha256[65])
{
	const char *type = json_string_value(json_object_get(master, "type"));
	uint8_t md[32];

	if (type == NULL || strcmp(type, REPORT_TYPE) != 0 || canon_sha256(master, md) < 0)
		return -EINVAL;
	check_hex_text(md, sizeof(md), sha256);
	return 0;
}

int
report_signed(json_t *master, EVP_PKEY *key)
{
	json_t *s = json_object_get(master, "signature"), *bare;
	const char *by = json_string_value(json_object_get(s, "key")),
		   *sig = json_string_value(json_object_get(s, "sig"));
	uint8_t raw[SIGN_LEN];
	char id[SIGN_ID_TEXT], *text;
	size_t n;
	int r;

	if (by == NULL || sig == NULL)
		return -ENOENT;
	sign_id(key, id);
	if (strcmp(id, by) != 0)
		return -EKEYREJECTED;
	if (note_unbase64(sig, strlen(sig), raw, sizeof(raw)) != SIGN_LEN)
		return -EBADMSG;
	bare = json_copy(master);
	json_object_del(bare, "signature");
	text = canon_json(bare, &n);
	json_decref(bare);
	r = text == NULL ? -EBADMSG : sign_check(key, text, n, raw);
	free(text);
	return r;
}

/* RFC 4180, and never a formula: spreadsheets take = + - @, tab and return for the beginning of
 * one.  A plain number may begin with '-'. */
static void
csv_cell(FILE *out, json_t *v, bool first)
{
	char buf[32];
	const char *text = report_cell(v, buf, sizeof(buf));
	bool formula =
	    text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL && !json_is_integer(v);

	if (!first)
		fputc(',', out);
	if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	if (formula)
		fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void
csv_pair(FILE *out, const char *name, json_t *v)
{
	json_t *n = json_string(name);

	csv_cell(out, n, true);
	csv_cell(out, v, false);
	fputs("\r\n", out);
	json_decref(n);
}

static void
csv_section(FILE *out, json_t *s)
{
	json_t *columns = json_object_get(s, "columns"), *row, *c;
	size_t i, k;

	fputs("\r\n", out);
	csv_pair(out, "section", json_object_get(s, "title"));
	json_array_foreach(columns, k, c) csv_cell(out, json_object_get(c, "title"), k == 0);
	fputs("\r\n", out);
	json_array_foreach(json_object_get(s, "rows"), i, row)
	{
		json_array_foreach(columns, k, c) csv_cell(out,
		    json_object_get(row, json_string_value(json_object_get(c, "key"))), k == 0);
		fputs("\r\n", out);
	}
}

void
report_csv(json_t *master, const char *sha256, FILE *out)
{
	static const char *const head[] = {"kind", "title", "law", "regime", "from", "to", "lea",
	    "warrant", "made", "by", "program", "id"};
	json_t *hash = json_string(sha256), *s;
	size_t i;

	for (i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		csv_pair(out, head[i], json_object_get(master, head[i]));
	json_array_foreach(json_object_get(master, "no_data"), i, s) csv_pair(out, "no_data", s);
	csv_pair(out, "sha256", hash);
	json_decref(hash);
	json_array_foreach(json_object_get(master, "sections"), i, s) csv_section(out, s);
}
