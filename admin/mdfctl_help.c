/* SPDX-License-Identifier: Apache-2.0 */
/* Help, man page and bash completion of mdfctl, made from the table of operations. */
#include "admin/mdfctl.h"

#include "admin/rest_openapi.h"

#include <string.h>

static const struct {
	int code;
	const char *text;
} mdfctl_codes[] = {
    {MDFCTL_OK, "Done."},
    {MDFCTL_FAILED, "Refused by a rule, or a fault of the daemon; nothing was changed. Of wait: "
		    "the time is up."},
    {MDFCTL_USAGE, "Wrong usage: unknown operation, or an argument that is missing or malformed."},
    {MDFCTL_NO_DAEMON, "The daemon does not answer. A change may or may not have been made: repeat "
		       "it under the same --request."},
    {MDFCTL_NOT_FOUND, "The object does not exist."},
    {MDFCTL_CONFLICT,
	"Name, LIID or request id is taken, or the state of the object does not allow it."},
    {MDFCTL_WAITS, "Signed and handed in; it waits for a second person (mdfctl approval list)."},
    {MDFCTL_CHANGES, "Of warrant plan --exit-code: it would change something."},
    {MDFCTL_VERIFY, "A check failed: a file is not what was made, or a statement not what was "
		    "asked for (nothing was signed)."},
};
#define MDFCTL_CODE_N (sizeof(mdfctl_codes) / sizeof(mdfctl_codes[0]))

/* "warrant.add" as "warrant add". */
static const char *
mdfctl_words(const struct op *op, char *buf, size_t len)
{
	char *dot;

	snprintf(buf, len, "%s", op->name);
	if ((dot = strchr(buf, '.')) != NULL)
		*dot = ' ';
	return buf;
}

/* "time_p2_s" as "time-p2-s"; for roff every dash gets a backslash. */
static void
mdfctl_put(FILE *out, const char *text, bool roff)
{
	for (; *text != '\0'; text++) {
		if (*text == '_' || *text == '-')
			fputs(roff ? "\\-" : "-", out);
		else
			fputc(*text, out);
	}
}

static void
mdfctl_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

static bool
mdfctl_of_object(const struct op *op, const char *object)
{
	size_t n = strlen(object);

	return strncmp(op->name, object, n) == 0 && op->name[n] == '.';
}

bool
mdfctl_is_object(const char *word)
{
	for (size_t i = 0; i < ops_n; i++)
		if (mdfctl_of_object(&ops_table[i], word))
			return true;
	return false;
}

void
mdfctl_help(FILE *out, const char *object)
{
	char words[64];

	fprintf(out,
	    "Usage: mdfctl [OPTION]... %s VERB [--ARGUMENT VALUE]...\nAdministration of mdfd over "
	    "its control socket.\n\nOperations:\n",
	    object == NULL ? "OBJECT" : object);
	for (size_t i = 0; i < ops_n; i++)
		if (object == NULL || mdfctl_of_object(&ops_table[i], object))
			fprintf(out, "  %-22s%s\n",
			    mdfctl_words(&ops_table[i], words, sizeof(words)), ops_table[i].help);
	if (object != NULL) {
		fprintf(
		    out, "\nmdfctl help %s VERB tells the arguments of an operation.\n", object);
		return;
	}
	fprintf(out, "\nOptions:\n");
	for (const struct mdfctl_opt *o = mdfctl_opts; o->name != NULL; o++)
		fprintf(out, "  --%s%s%-*s%s\n", o->name, o->arg == NULL ? "" : " ",
		    (int)(19 - strlen(o->name) - (o->arg != NULL)), o->arg == NULL ? "" : o->arg,
		    o->help);
	fprintf(
	    out, "\nmdfctl help OBJECT VERB tells the arguments of an operation.\n\nExit codes:\n");
	for (size_t i = 0; i < MDFCTL_CODE_N; i++)
		fprintf(out, "  %d  %s\n", mdfctl_codes[i].code, mdfctl_codes[i].text);
}

void
mdfctl_help_op(FILE *out, const struct op *op)
{
	char words[64];

	fprintf(out, "Usage: mdfctl %s", mdfctl_words(op, words, sizeof(words)));
	for (const struct op_arg *a = op->args; a->name != NULL; a++)
		if (a->flags & OP_REQUIRED) {
			fputs(" --", out);
			mdfctl_put(out, a->name, false);
			fprintf(out, "%s %s", a->type == OP_SECRET ? "-file" : "",
			    op_type_name(a->type));
		}
	fprintf(
	    out, "%s\n%s\n", op->args[0].name == NULL ? "" : " [--ARGUMENT VALUE]...", op->help);
	if (op->args[0].name != NULL)
		fprintf(out, "\nArguments (words without dashes fill them in this order):\n");
	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		fputs("  --", out);
		mdfctl_put(out, a->name, false);
		fprintf(out, "%s %s%s\n        %s\n", a->type == OP_SECRET ? "-file" : "",
		    a->choices != NULL ? a->choices : op_type_name(a->type),
		    a->flags & OP_REQUIRED ? "  (required)" : "", a->help);
	}
}

static void
mdfctl_man_op(FILE *out, const struct op *op)
{
	char words[64];

	fprintf(out, ".SS %s\n", mdfctl_words(op, words, sizeof(words)));
	mdfctl_text(out, op->help);
	fputc('\n', out);
	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		fputs(".TP\n.BI \\-\\-", out);
		mdfctl_put(out, a->name, true);
		fputs(a->type == OP_SECRET ? "\\-file" : "", out);
		fputs(" \" ", out);
		mdfctl_text(out, a->choices != NULL ? a->choices : op_type_name(a->type));
		fprintf(out, "\"\n%s", a->flags & OP_REQUIRED ? "Required: " : "");
		mdfctl_text(out, a->help);
		fputs(".\n", out);
	}
}

void
mdfctl_man(FILE *out)
{
	fprintf(out, ".\\\" made by mdfctl \\-\\-man from the table of operations\n.TH MDFCTL "
		     "1\n.SH NAME\nmdfctl \\- administration of the mediation "
		     "function mdfd\n.SH SYNOPSIS\n.B mdfctl\n[\\fIOPTION\\fR]... \\fIOBJECT "
		     "VERB\\fR [\\fB\\-\\-\\fIargument value\\fR]...\n"
		     ".SH DESCRIPTION\nEach call is one operation of the running daemon. A change "
		     "that was reported as done is on disk together with its\n"
		     "row in the audit log; a change that was refused has changed nothing, and has "
		     "its row too. The data plane knows a change\n"
		     "within a second. Results are tables for people, or JSON with "
		     "\\fB\\-\\-json\\fR. Times are RFC 3339, in UTC on output.\n"
		     "Lists take commas, or the argument several times. \\fB\\-\\-name\\fR means "
		     "the first argument of an operation.\n.SH OPTIONS\n");
	for (const struct mdfctl_opt *o = mdfctl_opts; o->name != NULL; o++) {
		fprintf(out, ".TP\n.BI \\-\\-%s \" %s\"\n", o->name, o->arg == NULL ? "" : o->arg);
		mdfctl_text(out, o->help);
		fputc('\n', out);
	}
	fprintf(out, ".SH OPERATIONS\n");
	for (size_t i = 0; i < ops_n; i++)
		mdfctl_man_op(out, &ops_table[i]);
	fprintf(out, ".SH STATUS\nFor each warrant \\fBmdfctl status\\fR shows the books: received "
		     "= delivered + waiting + duplicate + out of scope + rejected "
		     "+ shed + lost (damaged on disk).\nThe last column is \\(lqok\\(rq when they "
		     "balance and "
		     "\\(lqMISMATCH\\(rq when not.\n.SH EXIT STATUS\n");
	for (size_t i = 0; i < MDFCTL_CODE_N; i++) {
		fprintf(out, ".TP\n.B %d\n", mdfctl_codes[i].code);
		mdfctl_text(out, mdfctl_codes[i].text);
		fputc('\n', out);
	}
	fprintf(out, ".SH ENVIRONMENT\n.TP\n.B MDFCTL_SOCKET\nPath of the control socket.\n.TP\n.B "
		     "MDFCTL_PERSON\nHandle of the person who calls.\n.TP\n"
		     ".B MDFCTL_KEY\nPrivate key of that person.\n.SH SEE ALSO\n.BR mdfd (8),\n.BR "
		     "mdfd.conf (5)\n");
}

/* Who may do what, as docs/roles.md shows it. */
void
mdfctl_roles(FILE *out)
{
	static const struct {
		unsigned flag;
		const char *text;
	} notes[] = {{OP_TWO, "a second person approves"}, {OP_STEPUP, "fresh factor"},
	    {OP_SCOPED, "persons of one agency or tenant: only their own"},
	    {OP_OWN, "about the caller alone"}, {OP_READ, "reading is audited"}};

	fprintf(out,
	    "| Operation | LI admin | Approver | Liaison | Operator | Auditor | Security | "
	    "Notes |\n|--|--|--|--|--|--|--|--|\n");
	for (size_t i = 0; i < ops_n; i++) {
		const struct op *op = &ops_table[i];
		const char *comma = "";

		if (op->flags & OP_CLIENT)
			continue;
		fprintf(out, "| `%s` |", op->name);
		for (unsigned bit = OPW_ADMIN; bit <= OPW_SECURITY; bit <<= 1) {
			bool scope = bit == OPW_LIAISON && !(op->flags & (OP_SCOPED | OP_OWN));

			fprintf(out, " %s |", (op->who & bit) != 0 && !scope ? "yes" : "-");
		}
		fputc(' ', out);
		if (op->who & OPW_LOGIN)
			fprintf(out, "%s", "without log-in");
		comma = op->who & OPW_LOGIN ? ", " : "";
		for (size_t k = 0; k < sizeof(notes) / sizeof(notes[0]); k++)
			if (op->flags & notes[k].flag) {
				fprintf(out, "%s%s", comma, notes[k].text);
				comma = ", ";
			}
		fprintf(out, " |\n");
	}
}

/* The verbs of OBJECT (the part of names before the dot), or all objects when NULL. */
static void
mdfctl_completion_words(FILE *out, const char *object)
{
	const char *last = "";
	size_t last_n = 0;

	for (size_t i = 0; i < ops_n; i++) {
		const char *name = ops_table[i].name;
		size_t n = strcspn(name, ".");

		if (object == NULL && !(n == last_n && strncmp(name, last, n) == 0))
			fprintf(out, " %.*s", (int)n, name);
		else if (object != NULL && name[n] == '.' && strlen(object) == n &&
			 strncmp(name, object, n) == 0)
			fprintf(out, " %s", name + n + 1);
		last = name;
		last_n = n;
	}
}

static void
mdfctl_completion_op(FILE *out, const struct op *op)
{
	char words[64];

	fprintf(out, "\t'%s') words='", mdfctl_words(op, words, sizeof(words)));
	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		fputs("--", out);
		mdfctl_put(out, a->name, false);
		fputs(a->type == OP_SECRET ? "-file " : " ", out);
	}
	fprintf(out, "' ;;\n");
}

static void
mdfctl_completion_choices(FILE *out, const struct op *op)
{
	char words[64];

	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		if (a->choices == NULL && a->type != OP_BOOL)
			continue;
		fprintf(out, "\t'%s --", mdfctl_words(op, words, sizeof(words)));
		mdfctl_put(out, a->name, false);
		fputs("') words='", out);
		for (const char *p = a->type == OP_BOOL ? "yes|no" : a->choices; *p != '\0'; p++)
			fputc(*p == '|' ? ' ' : *p, out);
		fputs("' ;;\n", out);
	}
}

void
mdfctl_completion(FILE *out)
{
	const char *last = "";

	fprintf(out,
	    "# bash completion of mdfctl, made by mdfctl --completion\n_mdfctl() "
	    "{\n\tlocal cur=\"${COMP_WORDS[COMP_CWORD]}\" "
	    "prev=\"${COMP_WORDS[COMP_CWORD-1]}\" op='' words='' i\n\tfor ((i = 1; i < "
	    "COMP_CWORD; i++)); do\n\t\tcase \"${COMP_WORDS[i]}\" in\n"
	    "\t\t--socket|--request|--person|--key|--*-file) ((i++)) ;;\n\t\t-*) [ -n \"$op\" ] && "
	    "break "
	    ";;\n\t\thelp) ;;\n\t\t*) op=\"${op:+$op }${COMP_WORDS[i]}\" ;;\n"
	    "\t\tesac\n\tdone\n\tcase \"$prev\" in\n\t--socket|--key|--items|--file|--*-file) "
	    "COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n\tesac\n"
	    "\tcase \"$op $prev\" in\n");
	for (size_t i = 0; i < ops_n; i++)
		mdfctl_completion_choices(out, &ops_table[i]);
	fprintf(out, "\tesac\n\t[ -n \"$words\" ] && { COMPREPLY=($(compgen -W \"$words\" -- "
		     "\"$cur\")); return; }\n\tcase \"$op\" in\n\t'') words='help");
	mdfctl_completion_words(out, NULL);
	for (const struct mdfctl_opt *o = mdfctl_opts; o->name != NULL; o++)
		fprintf(out, " --%s", o->name);
	fprintf(out, "' ;;\n");
	for (size_t i = 0; i < ops_n; i++) {
		char object[32];
		size_t n = strcspn(ops_table[i].name, ".");

		if (ops_table[i].name[n] == '.' && (strncmp(last, ops_table[i].name, n + 1) != 0)) {
			snprintf(object, sizeof(object), "%.*s", (int)n, ops_table[i].name);
			fprintf(out, "\t'%s') words='", object);
			mdfctl_completion_words(out, object);
			fprintf(out, "' ;;\n");
			last = ops_table[i].name;
		}
		mdfctl_completion_op(out, &ops_table[i]);
	}
	fprintf(out, "\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -F "
		     "_mdfctl mdfctl\n");
}

void
mdfctl_openapi(FILE *out)
{
	json_t *doc = rest_openapi_document();

	json_dumpf(doc, out, JSON_INDENT(1));
	fprintf(out, "\n");
	json_decref(doc);
}
