/* SPDX-License-Identifier: Apache-2.0 */
/* mdfctl: reports in files.  The master is fetched in parts; CSV and PDF are made here, so that the
 * daemon has no part in it. */
#include "admin/mdfctl.h"
#include "admin/report.h"
#include "trust/note.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_FILE_MAX (1024L * 1024 * 1024)

static const char *
report_arg(json_t *args, const char *name, const char *dflt)
{
	const char *v = json_string_value(json_object_get(args, name));

	return v == NULL ? dflt : v;
}

/* OUTPUT, with the mode of what only its owner reads; standard output when there is none. */
static FILE *
report_open(const char *output)
{
	int fd;

	if (output == NULL)
		return stdout;
	fd = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static int
report_write_form(json_t *master, const char *text, const char *format, FILE *out, const char **why)
{
	char sha256[65];

	*why = "not a report";
	if (report_hash(master, sha256) < 0)
		return -EINVAL;
	if (strcmp(format, "pdf") == 0)
		return report_pdf(master, sha256, out, why);
	if (strcmp(format, "csv") == 0)
		report_csv(master, sha256, out);
	else
		fputs(text, out);
	return 0;
}

/* MASTER text to where the arguments say. */
static int
report_write(json_t *args, const char *text)
{
	const char *output = report_arg(args, "output", NULL), *why = NULL,
		   *format = report_arg(args, "format", "json");
	json_t *master = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	FILE *out;
	int r;

	if (output == NULL && strcmp(format, "pdf") == 0 && isatty(STDOUT_FILENO)) {
		fprintf(stderr, "mdfctl: a PDF is not for a terminal; name a file with --output\n");
		json_decref(master);
		return MDFCTL_USAGE;
	}
	out = report_open(output);
	if (out == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", output, strerror(errno));
		json_decref(master);
		return MDFCTL_FAILED;
	}
	r = report_write_form(master, text, format, out, &why);
	json_decref(master);
	if (r == 0 && (fflush(out) != 0 || ferror(out))) {
		r = -EIO;
		why = strerror(errno);
	}
	if (out != stdout)
		fclose(out);
	if (r < 0)
		fprintf(
		    stderr, "mdfctl: %s: %s\n", output == NULL ? "standard output" : output, why);
	return r < 0 ? MDFCTL_FAILED : MDFCTL_OK;
}

/* The whole text of report ID; new, or NULL with the answer that says why in *error (NULL: errno).
 */
static char *
report_fetch(const struct mdfctl_asker *a, const char *id, json_t **error)
{
	char *text = NULL;
	size_t n = 0;
	int64_t octets = -1;
	FILE *f = open_memstream(&text, &n);

	assert(f != NULL);
	*error = NULL;
	while (octets < 0 || (int64_t)ftell(f) < octets) {
		json_t *args =
			   json_pack("{s:s, s:I}", "report", id, "offset", (json_int_t)ftell(f)),
		       *answer = a->ask(a->arg, "report.get", args),
		       *part = json_object_get(json_object_get(answer, "result"), "text");

		json_decref(args);
		if (part == NULL || json_string_length(part) == 0) {
			*error = answer;
			fclose(f);
			free(text);
			return NULL;
		}
		octets = json_integer_value(
		    json_object_get(json_object_get(answer, "result"), "octets"));
		fwrite(json_string_value(part), 1, json_string_length(part), f);
		json_decref(answer);
		if (!a->quiet && isatty(STDERR_FILENO))
			fprintf(stderr, "\r%ld of %lld octets%s", ftell(f), (long long)octets,
			    (int64_t)ftell(f) < octets ? "" : "\n");
	}
	fclose(f);
	return text;
}

static char *
report_read_file(const char *file)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "re"), *out;
	char *text = NULL, buf[65536];
	size_t n, len = 0;

	if (f == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", file, strerror(errno));
		return NULL;
	}
	out = open_memstream(&text, &len);
	assert(out != NULL);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && ftell(out) < REPORT_FILE_MAX)
		fwrite(buf, 1, n, out);
	fclose(out);
	if (f != stdin)
		fclose(f);
	return text;
}

/* ---- verify */

/* What the daemon says of the report of MASTER; new or NULL. */
static json_t *
report_known(const struct mdfctl_asker *a, json_t *master)
{
	json_t *args = json_pack("{s:s}", "report",
		   report_arg(master, "id", "00000000-0000-0000-0000-000000000000")),
	       *answer = a->ask(a->arg, "report.show", args), *result;

	result = json_incref(json_object_get(answer, "result"));
	json_decref(args);
	json_decref(answer);
	return result;
}

/* KEY is the text of a verifier key or a file that holds it. */
static int
report_key(const char *key, struct note_key *k)
{
	char line[NOTE_KEY_MAX + 2] = "";
	FILE *f;

	if (note_key_parse(key, k) == 0)
		return 0;
	f = fopen(key, "re");
	if (f != NULL && fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	if (f != NULL)
		fclose(f);
	return note_key_parse(line, k);
}

/* NULL, or what is wrong with the signature. */
static const char *
report_signature_fault(json_t *master, const char *key)
{
	struct note_key k = {0};
	const char *why = NULL;

	if (report_key(key, &k) < 0)
		return "neither a verifier key nor a file with one was named";
	switch (report_signed(master, k.key)) {
	case 0:
		break;
	case -ENOENT:
		why = "it is not signed";
		break;
	case -EKEYREJECTED:
		why = "it is signed by another key";
		break;
	default:
		why = "changed: its signature is wrong";
	}
	note_key_fini(&k);
	return why;
}

/* NULL, or what is wrong with MASTER, whose SHA-256 is SHA256; *BY: it was signed. */
static const char *
report_fault(
    const struct mdfctl_asker *a, json_t *args, json_t *master, const char *sha256, bool *by)
{
	const char *want = report_arg(args, "sha256", NULL), *key = report_arg(args, "key", NULL),
		   *why = NULL;
	json_t *known = NULL;

	if (want == NULL && key == NULL) {
		known = report_known(a, master);
		want = report_arg(known, "sha256", NULL);
		key = report_arg(known, "vkey", NULL);
		if (want == NULL)
			why = "the daemon does not know this report, or does not answer; name the "
			      "hash with --sha256 or the key with --key";
	}
	if (why == NULL && want != NULL && strcasecmp(want, sha256) != 0)
		why = "changed: it has another SHA-256";
	*by = key != NULL && key[0] != '\0';
	if (why == NULL && *by)
		why = report_signature_fault(master, key);
	json_decref(known);
	return why;
}

static int
report_verify(const struct mdfctl_asker *a, json_t *args, const char *text)
{
	const char *file = report_arg(args, "file", ""), *why;
	json_t *master = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	char sha256[65] = "";
	bool by = false;

	why = report_hash(master, sha256) < 0 ? "this is no report in canonical form"
					      : report_fault(a, args, master, sha256, &by);
	if (why != NULL)
		fprintf(stderr, "mdfctl: %s: %s%s%s\n", file, why,
		    sha256[0] == '\0' ? "" : "; SHA-256 ", sha256);
	else if (!a->quiet)
		printf("%s %s: unchanged%s, SHA-256 %s\n", report_arg(master, "kind", "?"),
		    report_arg(master, "id", "?"), by ? ", signature holds" : "", sha256);
	json_decref(master);
	return why == NULL ? MDFCTL_OK : MDFCTL_VERIFY;
}

/* ---- the operations */

bool
mdfctl_report_has(const char *op)
{
	return strcmp(op, "report.get") == 0 || strcmp(op, "report.render") == 0 ||
	       strcmp(op, "report.verify") == 0;
}

bool
mdfctl_report_wanted(json_t *args)
{
	return json_object_get(args, "format") != NULL || json_object_get(args, "output") != NULL;
}

int
mdfctl_report_write(const struct mdfctl_asker *a, const char *id, json_t *args, json_t **error)
{
	char *text = report_fetch(a, id, error);
	int r = text == NULL ? MDFCTL_NO_DAEMON : report_write(args, text);

	free(text);
	return r;
}

int
mdfctl_report(const struct mdfctl_asker *a, const char *op, json_t *args, json_t **error)
{
	const char *file = report_arg(args, "file", NULL);
	char *text;
	int r;

	*error = NULL;
	if (strcmp(op, "report.get") == 0)
		return mdfctl_report_write(a, report_arg(args, "report", ""), args, error);
	if (file == NULL) {
		fprintf(stderr, "mdfctl: name the file\n");
		return MDFCTL_USAGE;
	}
	if ((text = report_read_file(file)) == NULL)
		return MDFCTL_USAGE;
	r = strcmp(op, "report.render") == 0 ? report_write(args, text)
					     : report_verify(a, args, text);
	free(text);
	return r;
}
