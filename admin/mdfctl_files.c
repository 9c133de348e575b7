/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of mdfctl that are the names of files. */
#include "config.h"

#include "admin/hi1.h"
#include "admin/mdfctl.h"

#include <openssl/evp.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX (1L << 30)

char *
mdfctl_read_rules(const char *file)
{
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re"), *out;
	char *line = NULL, *text = NULL;
	size_t max = 0, n = 0;

	if (in == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", file, strerror(errno));
		return NULL;
	}
	out = open_memstream(&text, &n);
	assert(out != NULL);
	while (getline(&line, &max, in) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			fprintf(out, "%s%s", ftell(out) > 0 ? "," : "", line);
	}
	fclose(out);
	free(line);
	if (in != stdin)
		fclose(in);
	return text;
}

/* All of FILE ("-": standard input), at most FILES_MAX octets; new, or NULL. */
static char *
files_read(const char *file, size_t *n)
{
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re"), *out;
	char buf[65536], *text = NULL;
	size_t got;

	if (in == NULL)
		return NULL;
	out = open_memstream(&text, n);
	assert(out != NULL);
	while ((got = fread(buf, 1, sizeof(buf), in)) > 0 && ftell(out) < FILES_MAX)
		fwrite(buf, 1, got, out);
	fclose(out);
	if (in != stdin)
		fclose(in);
	return text;
}

json_t *
mdfctl_read_items(const char *file)
{
	json_error_t e;
	size_t n = 0;
	char *text = files_read(file, &n);
	json_t *items;

	if (text == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", file, strerror(errno));
		return NULL;
	}
	if (hi1_is(text, n)) {
		items = mdfctl_hi1_message(file, text, n);
		free(text);
		return items;
	}
	items = json_loadb(text, n, JSON_REJECT_DUPLICATES, &e);
	free(text);
	if (!json_is_array(items)) {
		fprintf(stderr, "mdfctl: %s: line %d: %s\n", file, items == NULL ? e.line : 1,
		    items == NULL ? e.text : "a JSON array is expected");
		json_decref(items);
		return NULL;
	}
	return items;
}

int
mdfctl_read_file(json_t *args, const struct op_arg *a, const char *op)
{
	const char *file = json_string_value(json_object_get(args, a->name));
	char path[512];
	json_error_t e;
	json_t *j;

	if (file == NULL)
		return 0;
	snprintf(path, sizeof(path), "%s", file);
	if (file[0] == '@')
		snprintf(path, sizeof(path), "%s/%ss/%s.json", PKGDATADIR,
		    strncmp(op, "regime", 6) == 0 ? "regime" : "profile", file + 1);
	j = strcmp(path, "-") == 0 ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &e)
				   : json_load_file(path, JSON_REJECT_DUPLICATES, &e);
	if (!json_is_object(j)) {
		fprintf(stderr, "mdfctl: %s: line %d: %s\n", path, j == NULL ? e.line : 1,
		    j == NULL ? e.text : "a JSON object is expected");
		json_decref(j);
		return -1;
	}
	json_object_set_new(args, a->name, j);
	return 0;
}

/* Hexadecimal SHA-256 of F and its octets.  0 or -1. */
static int
mdfctl_digest(FILE *f, char hex[65], int64_t *octets)
{
	static uint8_t buf[65536];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t hash[32];
	unsigned n = sizeof(hash);
	size_t got;
	int r = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 ? 0 : -1;

	*octets = 0;
	while (r == 0 && (got = fread(buf, 1, sizeof(buf), f)) > 0) {
		*octets += (int64_t)got;
		r = EVP_DigestUpdate(md, buf, got) == 1 ? 0 : -1;
	}
	if (r == 0)
		r = !ferror(f) && EVP_DigestFinal_ex(md, hash, &n) == 1 ? 0 : -1;
	EVP_MD_CTX_free(md);
	for (size_t i = 0; r == 0 && i < sizeof(hash); i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return r;
}

int
mdfctl_read_digest(json_t *args, const struct op_arg *a)
{
	const char *file = json_string_value(json_object_get(args, a->name)), *slash;
	char hex[65];
	int64_t octets;
	FILE *f;
	int r;

	if (file == NULL)
		return 0;
	f = fopen(file, "re");
	if (f == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", file, strerror(errno));
		return -1;
	}
	r = mdfctl_digest(f, hex, &octets);
	fclose(f);
	if (r < 0) {
		fprintf(stderr, "mdfctl: %s: cannot be read: %s\n", file, strerror(errno));
		return -1;
	}
	slash = strrchr(file, '/');
	json_object_set_new(args, a->name,
	    json_pack("{s:s, s:I, s:s}", "name", slash == NULL ? file : slash + 1, "octets",
		(json_int_t)octets, "sha256", hex));
	return 0;
}
