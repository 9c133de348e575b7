/* SPDX-License-Identifier: Apache-2.0 */
/* Files that an operation takes as octets, in parts that fit into a line. */
#include "admin/mdfctl.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA_MAX (32u * 1024 * 1024)
#define DATA_PART (384u * 1024) /* octets of one part; a multiple of three */

/* FILE ("-": standard input) whole; new of *N octets, or NULL: said why. */
static uint8_t *
data_read(const char *file, size_t *n)
{
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	uint8_t *p = malloc(DATA_MAX + 1);

	assert(p != NULL);
	*n = in == NULL ? 0 : fread(p, 1, DATA_MAX + 1, in);
	if (in != NULL && !ferror(in) && *n > 0 && *n <= DATA_MAX) {
		if (in != stdin)
			fclose(in);
		return p;
	}
	fprintf(stderr, "mdfctl: %s: %s\n", file,
	    *n > DATA_MAX	       ? "it has more than 32 MiB"
	    : in == NULL || ferror(in) ? strerror(errno)
				       : "it is empty");
	if (in != NULL && in != stdin)
		fclose(in);
	free(p);
	return NULL;
}

static json_t *
data_text(const uint8_t *p, size_t n)
{
	char *text = malloc(n / 3 * 4 + 8);
	json_t *j;

	assert(text != NULL);
	EVP_EncodeBlock((uint8_t *)text, p, (int)n);
	j = json_string(text);
	free(text);
	return j;
}

static void
data_announce(json_t *args, const uint8_t *p, size_t n)
{
	uint8_t md[32];
	char hex[65];

	EVP_Digest(p, n, md, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof(md); i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
	json_object_set_new(args, "octets", json_integer((json_int_t)n));
	if (json_object_get(args, "sha256") == NULL)
		json_object_set_new(args, "sha256", json_string(hex));
}

/* The parts behind the first, by operation "document.part". */
static json_t *
data_rest(const struct mdfctl_asker *a, json_t *args, json_t *answer, const uint8_t *p, size_t n)
{
	json_t *rest = json_pack("{s:O, s:O}", "warrant", json_object_get(args, "warrant"),
	    "document", json_object_get(json_object_get(answer, "result"), "id"));

	for (size_t at = DATA_PART; rest != NULL && at < n; at += DATA_PART) {
		if (!json_is_true(json_object_get(answer, "ok")))
			break;
		json_object_set_new(
		    rest, "file", data_text(p + at, n - at < DATA_PART ? n - at : DATA_PART));
		json_decref(answer);
		if ((answer = a->ask(a->arg, "document.part", rest)) == NULL)
			break;
	}
	json_decref(rest);
	return answer;
}

bool
mdfctl_has_data(const struct op *op)
{
	for (const struct op_arg *a = op->args; a->name != NULL; a++)
		if (a->type == OP_DATA)
			return true;
	return false;
}

int
mdfctl_data(const struct mdfctl_asker *a, const char *op, json_t *args, json_t **answer)
{
	const char *file = json_string_value(json_object_get(args, "file"));
	uint8_t *p;
	size_t n;

	*answer = NULL;
	if (file == NULL) {
		fprintf(stderr, "mdfctl: --file FILE is needed\n");
		return -1;
	}
	if ((p = data_read(file, &n)) == NULL)
		return -1;
	data_announce(args, p, n);
	json_object_set_new(args, "file", data_text(p, n < DATA_PART ? n : DATA_PART));
	*answer = a->ask(a->arg, op, args);
	if (n > DATA_PART && *answer != NULL && json_is_true(json_object_get(*answer, "ok")))
		*answer = data_rest(a, args, *answer, p, n);
	free(p);
	return 0;
}
