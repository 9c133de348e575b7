/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-verify: checks what the audit log of OpenMDF exported, without the daemon, its database or
 * its configuration.  Needs libcrypto and nothing else.  The formats are docs/audit.md. */
#include "verify_log.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPT_KEY = 1,
	OPT_HEADS,
	OPT_WITNESS,
	OPT_REPORT,
	OPT_SHOW,
	OPT_JSON,
	OPT_STATE,
	OPT_SIGN,
	OPT_NAME,
	OPT_VKEY,
	OPT_MAN,
	OPT_HELP
};

static const struct {
	const char *name, *arg;
	int value;
	const char *help;
} verify_opts[] = {
    {"key", "KEY", OPT_KEY,
	"verifier key of the log, or a file with it; known from elsewhere, not from the file that "
	"is "
	"checked"},
    {"heads", "FILE", OPT_HEADS,
	"signed heads that were kept elsewhere (second place, witness, reports): rows that were "
	"cut "
	"off and another history are found; may be repeated"},
    {"witness", "KEY", OPT_WITNESS,
	"verifier key of a witness: the last head must carry its signature; may be repeated"},
    {"report", "FILE", OPT_REPORT,
	"a report as JSON: the log signed it, and a row of the file that is checked made it"},
    {"show", NULL, OPT_SHOW, "print the rows that were checked"},
    {"json", NULL, OPT_JSON, "print the finding as JSON"},
    {"state", "FILE", OPT_STATE, "of cosign: remembers the last head of each log"},
    {"sign", "FILE", OPT_SIGN, "of cosign: Ed25519 private key of the witness, PEM"},
    {"name", "NAME", OPT_NAME, "of cosign: name of the witness"},
    {"vkey", NULL, OPT_VKEY, "of cosign: print the verifier key of the witness and end"},
    {"man", NULL, OPT_MAN, "print this page for man"},
    {"help", NULL, OPT_HELP, "print this text"},
    {NULL, NULL, 0, NULL},
};

static const char verify_what[] =
    "Checks an export of the audit log (mdfctl audit export, audit proof), the consistency of two "
    "heads (mdfctl audit consistency) or signed heads (mdfctl audit head, the second place); the "
    "first line of FILE tells which. The first row that does not hold is named. cosign acts as a "
    "witness: it remembers the last head of a log, checks that FILE continues it, and prints its "
    "signature line for mdfctl audit cosign.";
static const char verify_exit[] =
    "0: all holds. 1: something does not hold. 2: wrong use, or FILE cannot be read.";

static void
verify_help(FILE *out)
{
	fprintf(out,
	    "usage: mdf-verify [--key KEY] [OPTION...] FILE\n"
	    "       mdf-verify cosign --state FILE --sign FILE --name NAME --key KEY "
	    "FILE\n\n%s\n\n",
	    verify_what);
	for (size_t i = 0; verify_opts[i].name != NULL; i++)
		fprintf(out, "  --%s%s%s\n      %s\n", verify_opts[i].name,
		    verify_opts[i].arg != NULL ? " " : "",
		    verify_opts[i].arg != NULL ? verify_opts[i].arg : "", verify_opts[i].help);
	fprintf(out, "\nExit codes: %s\n", verify_exit);
}

static void
verify_man(FILE *out)
{
	fprintf(out,
	    ".TH MDF-VERIFY 1 \"\" OpenMDF\n.SH NAME\nmdf-verify \\- offline verifier of the audit "
	    "log\n.SH SYNOPSIS\n.B mdf-verify\n[\\-\\-key KEY] [OPTION...] FILE\n.br\n.B "
	    "mdf-verify "
	    "cosign\n\\-\\-state FILE \\-\\-sign FILE \\-\\-name NAME \\-\\-key KEY FILE\n"
	    ".SH DESCRIPTION\n%s\n.SH OPTIONS\n",
	    verify_what);
	for (size_t i = 0; verify_opts[i].name != NULL; i++)
		fprintf(out, ".TP\n.B \\-\\-%s%s%s\n%s\n", verify_opts[i].name,
		    verify_opts[i].arg != NULL ? " " : "",
		    verify_opts[i].arg != NULL ? verify_opts[i].arg : "", verify_opts[i].help);
	fprintf(out, ".SH EXIT STATUS\n%s\n.SH SEE ALSO\nmdfctl(1), mdfd(8)\n", verify_exit);
}

/* KEY is the text of a verifier key or a file that holds it. */
static int
verify_key(const char *key, struct note_key *k)
{
	char line[NOTE_KEY_MAX + 2] = "";
	FILE *f;

	if (note_key_parse(key, k) == 0)
		return 0;
	f = fopen(key, "re");
	if (f == NULL || fgets(line, sizeof(line), f) == NULL || note_key_parse(line, k) < 0) {
		fprintf(stderr, "mdf-verify: %.200s: neither a verifier key nor a file with one\n",
		    key);
		if (f != NULL)
			fclose(f);
		return -1;
	}
	fclose(f);
	return 0;
}

static int
verify_option(int opt, struct verify *v, struct verify_cosign *c)
{
	switch (opt) {
	case OPT_KEY:
		v->has_key = true;
		return verify_key(optarg, &v->key);
	case OPT_HEADS:
		if (v->heads_files_n == VERIFY_FILES_MAX)
			return -1;
		v->heads_files[v->heads_files_n++] = optarg;
		return 0;
	case OPT_WITNESS:
		if (v->witness_n == VERIFY_FILES_MAX)
			return -1;
		return verify_key(optarg, &v->witness[v->witness_n++]);
	case OPT_REPORT:
		v->report = optarg;
		return verify_report_read(v);
	case OPT_SHOW:
		v->show = true;
		return 0;
	case OPT_JSON:
		v->json = true;
		return 0;
	case OPT_STATE:
		c->state = optarg;
		return 0;
	case OPT_SIGN:
		c->sign = optarg;
		return 0;
	case OPT_NAME:
		c->name = optarg;
		return 0;
	case OPT_VKEY:
		c->vkey = true;
		return 0;
	default:
		return -1;
	}
}

/* 0: go on; 1: help was printed; -1: wrong use. */
static int
verify_parse(int argc, char **argv, struct verify *v, struct verify_cosign *c)
{
	struct option longs[sizeof(verify_opts) / sizeof(verify_opts[0])] = {0};
	int opt;

	for (size_t i = 0; verify_opts[i].name != NULL; i++)
		longs[i] = (struct option){verify_opts[i].name,
		    verify_opts[i].arg != NULL ? required_argument : no_argument, NULL,
		    verify_opts[i].value};
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == OPT_HELP || opt == OPT_MAN) {
			(opt == OPT_HELP ? verify_help : verify_man)(stdout);
			return 1;
		}
		if (verify_option(opt, v, c) < 0)
			return -1;
	}
	return 0;
}

static int
verify_files(struct verify *v, struct verify_cosign *c, bool cosign, int n, char **files)
{
	if (cosign && c->vkey)
		return verify_cosign_vkey(c);
	if (n != 1)
		return VERIFY_USAGE;
	return cosign ? verify_cosign(v, c, files[0]) : verify_file(v, files[0]);
}

int
main(int argc, char **argv)
{
	static struct verify v; /* large */
	struct verify_cosign c = {0};
	bool cosign = argc > 1 && strcmp(argv[1], "cosign") == 0;
	int r = verify_parse(argc - cosign, argv + cosign, &v, &c);

	if (r > 0)
		return 0;
	r = r < 0 ? VERIFY_USAGE
		  : verify_files(&v, &c, cosign, argc - cosign - optind, argv + cosign + optind);
	if (r == VERIFY_USAGE)
		fprintf(stderr, "mdf-verify: see mdf-verify --help\n");
	verify_end(&v);
	return r;
}
