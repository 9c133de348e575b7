/* SPDX-License-Identifier: Apache-2.0 */
/* mdfctl: answers of the audit log that come in parts, and texts that go into files. */
#include "admin/mdfctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file of the arguments, for its owner only; standard output when there is none. */
static FILE *
audit_out(const char *file)
{
	int fd;

	if (file == NULL)
		return stdout;
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

/* Of RESULT into WHOLE: what was checked so far. */
static void
audit_join(json_t *whole, json_t *result)
{
	json_t *heads = json_object_get(whole, "heads"), *from = json_object_get(whole, "from");
	json_int_t n =
	    json_integer_value(heads) + json_integer_value(json_object_get(result, "heads"));

	json_incref(from);
	json_object_update(whole, result);
	if (heads != NULL)
		json_object_set_new(whole, "heads", json_integer(n));
	json_object_set_new(whole, "from", from);
}

static json_t *
audit_next(const struct mdfctl_asker *a, const char *op, json_t *args, json_t *whole)
{
	if (strcmp(op, "audit.export") == 0)
		json_object_set_new(args, "begun", json_string("yes"));
	json_object_set_new(args, "from",
	    json_sprintf("%lld", (long long)json_integer_value(json_object_get(whole, "next"))));
	json_object_set_new(args, "to",
	    json_sprintf("%lld", (long long)json_integer_value(json_object_get(whole, "to"))));
	return a->ask(a->arg, op, args);
}

/* Write the text of RESULT to OUT and take it away. */
static bool
audit_write(json_t *result, FILE *out)
{
	json_t *text = json_object_get(result, "text");
	bool ok = text == NULL || fwrite(json_string_value(text), 1, json_string_length(text),
				      out) == json_string_length(text);

	json_object_del(result, "text");
	return ok;
}

json_t *
mdfctl_audit(const struct mdfctl_asker *a, const char *op, json_t *args, bool json, json_t *answer)
{
	const char *file = json_string_value(json_object_get(args, "file"));
	json_t *whole = json_object_get(answer, "result"), *part;
	bool text = json_object_get(whole, "text") != NULL, ok = true;
	FILE *out = NULL;

	if ((strncmp(op, "audit.", 6) != 0 && strcmp(op, "report.proof") != 0) ||
	    !json_is_object(whole) || (text && json && file == NULL))
		return answer;
	if (text && (out = audit_out(file)) == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", file, strerror(errno));
		json_decref(answer);
		exit(MDFCTL_FAILED);
	}
	if (out != NULL)
		ok = audit_write(whole, out);
	while (ok && json_is_integer(json_object_get(whole, "next"))) {
		part = audit_next(a, op, args, whole);
		if (part == NULL || !json_is_true(json_object_get(part, "ok"))) {
			json_decref(answer);
			answer = part;
			break;
		}
		if (out != NULL)
			ok = audit_write(json_object_get(part, "result"), out);
		audit_join(whole, json_object_get(part, "result"));
		json_decref(part);
	}
	if (out != NULL && (fflush(out) != 0 || !ok ||
			       (out != stdout && (fsync(fileno(out)) < 0 || fclose(out) != 0)))) {
		fprintf(
		    stderr, "mdfctl: %s: %s\n", file == NULL ? "output" : file, strerror(errno));
		exit(MDFCTL_FAILED);
	}
	if (out == stdout && answer != NULL && json_is_true(json_object_get(answer, "ok")))
		json_object_clear(whole);
	return answer;
}

bool
mdfctl_audit_bad(const char *op, json_t *answer)
{
	return strcmp(op, "audit.verify") == 0 &&
	       json_is_false(json_object_get(json_object_get(answer, "result"), "holds"));
}
