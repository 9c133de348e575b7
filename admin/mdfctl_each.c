/* SPDX-License-Identifier: Apache-2.0 */
/* One operation for many objects: one log-in, and for each line of a file a call of its own, with a
 * statement and a signature of its own where two persons sign. */
#include "admin/mdfctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct each {
	const struct mdfctl_signer *signer;
	const struct op *op;
	json_t *args;
	bool json, quiet;
	size_t done, failed;
};

static void
each_print(const struct each *e, const char *word, json_t *answer)
{
	json_t *error = json_object_get(answer, "error"), *line;
	const char *code = json_string_value(json_object_get(error, "code")),
		   *why = json_string_value(json_object_get(error, "why"));

	if (e->json) {
		line = json_pack("{s:s, s:O}", e->op->args->name, word,
		    error != NULL ? "error" : "result",
		    error != NULL ? error : json_object_get(answer, "result"));
		json_dumpf(line, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(line);
	} else if (error == NULL && !e->quiet) {
		printf("%s: done\n", word);
	}
	if (error != NULL)
		fprintf(stderr, "mdfctl: %s: %s: %s\n", code == NULL ? "" : code, word,
		    why == NULL ? "" : why);
}

/* 0, or -1: the daemon does not answer any more. */
static int
each_one(struct each *e, const char *word)
{
	json_t *args = json_copy(e->args), *answer;

	if (json_object_set_new(args, e->op->args->name, json_string(word)) < 0) {
		fprintf(stderr, "mdfctl: a line is not UTF-8\n");
		e->failed++;
		json_decref(args);
		return 0;
	}
	answer = mdfctl_sign(e->signer, e->op, args);
	json_decref(args);
	if (answer == NULL)
		return -1;
	if (json_is_true(json_object_get(answer, "ok")))
		e->done++;
	else
		e->failed++;
	each_print(e, word, answer);
	json_decref(answer);
	return 0;
}

bool
mdfctl_each_fits(const struct op *op)
{
	return op->args->name != NULL && op->args->type != OP_SECRET && op->args->type != OP_FILE &&
	       op->args->type != OP_ITEMS && op->args->type != OP_DATA &&
	       op->args->type != OP_DIGEST && (op->flags & OP_CLIENT) == 0 &&
	       !mdfctl_report_has(op->name);
}

int
mdfctl_each(const struct mdfctl_signer *s, const struct op *op, json_t *args, const char *file,
    bool json, bool quiet)
{
	struct each e = {s, op, args, json, quiet, 0, 0};
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	char *line = NULL;
	size_t max = 0;
	ssize_t n;
	int r = 0;

	if (in == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", file, strerror(errno));
		return MDFCTL_USAGE;
	}
	while (r == 0 && (n = getline(&line, &max, in)) > 0) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		if (n > 0)
			r = each_one(&e, line);
	}
	free(line);
	if (in != stdin)
		fclose(in);
	if (!quiet || r < 0 || e.failed > 0)
		fprintf(stderr, "mdfctl: %s: %zu done, %zu not\n", op->name, e.done, e.failed);
	return r < 0 ? MDFCTL_NO_DAEMON : e.failed > 0 ? MDFCTL_FAILED : MDFCTL_OK;
}
