/* SPDX-License-Identifier: Apache-2.0 */
/* Between the parts of mdfctl: help and generated pages (mdfctl_help.c), output for people
 * (mdfctl_show.c). */
#ifndef ADMIN_MDFCTL_H
#define ADMIN_MDFCTL_H

#include "admin/ops.h"

#include <getopt.h>
#include <stdio.h>

enum mdfctl_exit {
	MDFCTL_OK = 0,
	MDFCTL_FAILED = 1, /* refused, or a fault of the daemon; of wait: the time is up */
	MDFCTL_USAGE = 2,
	MDFCTL_NO_DAEMON = 3, /* the daemon does not answer */
	MDFCTL_NOT_FOUND = 4,
	MDFCTL_CONFLICT = 5,
	MDFCTL_WAITS = 6,    /* a second person has to approve it */
	MDFCTL_CHANGES = 10, /* of a plan with --exit-code */
	MDFCTL_VERIFY = 8,   /* what was checked is not what it should be; nothing was signed */
};

/* Error code of mdfctl itself: the daemon wants something else signed than what was asked for. */
#define MDFCTL_MISMATCH "MISMATCH"

struct mdfctl_opt {
	const char *name, *arg; /* arg NULL: none */
	int value;
	const char *help;
};
extern const struct mdfctl_opt mdfctl_opts[]; /* ends with a NULL name */

bool mdfctl_is_object(const char *word);	 /* "warrant" of "warrant.add" */
void mdfctl_help(FILE *out, const char *object); /* OBJECT: only its operations; or NULL */
void mdfctl_help_op(FILE *out, const struct op *op);
void mdfctl_man(FILE *out);
void mdfctl_completion(FILE *out);
void mdfctl_roles(FILE *out);
void mdfctl_openapi(FILE *out);

/* mdfctl_args.c */
const struct op *mdfctl_op(const char *object, const char *verb);
/* The operation of an object that has only one ("mdfctl mapping"); or NULL. */
const struct op *mdfctl_only_op(char **argv, int at, int argc);
bool mdfctl_is_bool(const char *text);

/* Done, handed in, or of a plan that was asked: it would change something. */
int mdfctl_result_code(const struct op *op, json_t *args, json_t *result);
/* RESULT of OP as a table, borrowed. */
void mdfctl_show(const struct op *op, json_t *result);
void mdfctl_show_status(json_t *status);
void mdfctl_show_plan(json_t *plan);   /* mdfctl_plan.c */
void mdfctl_show_tree(json_t *result); /* mdfctl_tree.c */
/* WHAT ("ready", "connected", "idle") holds in STATUS (mdfctl_wait.c). */
bool mdfctl_holds(const char *what, json_t *status);

/* mdfctl_files.c */
/* The lines of FILE ("-": standard input) with commas between them: what names a target does not
 * have to stand on a command line, where other users see it.  Returns new, or NULL: said why. */
char *mdfctl_read_rules(const char *file);
/* A JSON array from FILE, or an electronic warrant (an object, see admin/hi1.h); new, or NULL: said
 * why. */
json_t *mdfctl_read_items(const char *file);
/* The argument A of type OP_FILE in ARGS: "@NAME" is a profile, for operation OP
 * "regime.import" a regime, that was installed with the program; anything else a file.  Its JSON
 * object goes in place of the name.  0, or -1: said why. */
int mdfctl_read_file(json_t *args, const struct op_arg *a, const char *op);

/* The argument A of type OP_DIGEST in ARGS: {"name", "octets", "sha256"} of that file goes in place
 * of its name.  0, or -1: said why. */
int mdfctl_read_digest(json_t *args, const struct op_arg *a);

/* mdfctl_login.c.  Who calls; PERSON NULL: the user of the socket. */
struct mdfctl_login {
	const char *person, *key, *pin_file, *password_file, *totp_file;
};
/* One operation: new reference to its answer, NULL: no daemon. */
typedef json_t *(*mdfctl_ask_fn)(void *arg, const char *op, json_t *args);
/* Log in on this connection.  The answer of session.open; NULL: said why. */
json_t *mdfctl_login(const struct mdfctl_login *l, mdfctl_ask_fn ask, void *arg);
/* The first line of FILE ("-": standard input), or asked for on the terminal (FILE NULL).  New, or
 * NULL: said why. */
char *mdfctl_secret(const char *what, const char *file);

/* Reports in files (mdfctl_report.c).  ASK: an operation of the daemon; a new answer, or NULL with
 * errno. */
struct mdfctl_asker {
	json_t *(*ask)(void *arg, const char *op, json_t *args);
	void *arg;
	bool quiet;
};
/* mdfctl_audit.c: ANSWER (taken) of an operation of the audit log with its further parts; text goes
 * to the file of ARGS, or to standard output unless JSON.  New; NULL (as ANSWER may be) with
 * errno. */
json_t *mdfctl_audit(
    const struct mdfctl_asker *a, const char *op, json_t *args, bool json, json_t *answer);
bool mdfctl_audit_bad(const char *op, json_t *answer); /* audit.verify found something */
/* Electronic warrants (mdfctl_hi1.c): a message from TEXT of FILE, and the items of warrant.import
 * that it makes (args: lea).  New, or NULL: said why. */
json_t *mdfctl_hi1_message(const char *file, const char *text, size_t n);
json_t *mdfctl_hi1_items(const struct mdfctl_asker *a, json_t *args, json_t *message);

bool mdfctl_report_has(const char *op);
bool mdfctl_report_wanted(json_t *args); /* they name a form or a file */
/* Exit code; MDFCTL_NO_DAEMON with the answer in *error (new), or NULL there and errno. */
int mdfctl_report(const struct mdfctl_asker *a, const char *op, json_t *args, json_t **error);
int mdfctl_report_write(const struct mdfctl_asker *a, const char *id, json_t *args, json_t **error);
/* A file as octets, for an operation with an argument "file" of type OP_DATA (mdfctl_data.c).
 * *ANSWER is new, or NULL with errno.  0, or -1: said why. */
bool mdfctl_has_data(const struct op *op);
int mdfctl_data(const struct mdfctl_asker *a, const char *op, json_t *args, json_t **answer);

/* {"key", "sig"} over TEXT with the key of L; NULL: said why. */
json_t *mdfctl_sign_text(const struct mdfctl_login *l, const char *text);

/* mdfctl_sign.c.  An operation that two persons do (or approval.approve): its plan is asked for,
 * checked and shown, the person says yes, and the signature goes with it.  Any other operation,
 * and a person without a key, is only asked.  The answer as of mdfctl_ask_fn. */
struct mdfctl_signer {
	const struct mdfctl_login *login;
	mdfctl_ask_fn ask;
	void *arg;
	bool yes;   /* do not ask */
	bool quiet; /* with yes: do not show, either */
};
json_t *mdfctl_sign(const struct mdfctl_signer *s, const struct op *op, json_t *args);

/* mdfctl_compare.c.  Is DOC, the statement of a warrant, what OP (NULL: not asked) with ARGS means,
 * and PLAN its plan?  false: WHY says what is not.  OPEN, an array, gets text for each argument
 * that could not be compared.  All is borrowed. */
#define MDFCTL_WHY_MAX 160
bool mdfctl_compare(const struct op *op, json_t *args, json_t *plan, json_t *doc, json_t *open,
    char why[MDFCTL_WHY_MAX]);

/* mdfctl_each.c.  OP once for each line of FILE ("-": standard input), which is its first argument,
 * on one connection.  JSON: an object in each line.  The exit code. */
bool mdfctl_each_fits(const struct op *op); /* its first argument may come from a line */
int mdfctl_each(const struct mdfctl_signer *s, const struct op *op, json_t *args, const char *file,
    bool json, bool quiet);

/* mdfctl_key.c.  Keys and the first key list, without the daemon.  The exit code. */
bool mdfctl_key_has(const char *op);
int mdfctl_key(const char *op, json_t *args, const char *pin_file);

#endif
