/* SPDX-License-Identifier: Apache-2.0 */
/* mdfctl: the command line of the control socket.  It knows the table of operations and nothing of
 * the database. */
#include "config.h"

#include "admin/mdfctl.h"

#include "admin/tables.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MDFCTL_SOCKET_DEFAULT RUNSTATEDIR "/openmdf/mdfctl.sock"
#define MDFCTL_ARGS_MAX 160
#define MDFCTL_PART_LEN                                                                            \
	(512u * 1024)	     /* octets of one part of an import; a line is at most 1 MiB           \
			      */
#define MDFCTL_TIMEOUT_S 600 /* a large import is one transaction */
#define MDFCTL_POLL_MS 100

enum {
	OPT_SOCKET = 1000,
	OPT_JSON,
	OPT_REQUEST,
	OPT_HELP,
	OPT_VERSION,
	OPT_MAN,
	OPT_COMPLETION,
	OPT_ROLES,
	OPT_OPENAPI,
	OPT_QUIET,
	OPT_PERSON,
	OPT_KEY,
	OPT_PIN_FILE,
	OPT_PASSWORD_FILE,
	OPT_TOTP_FILE,
	OPT_YES,
	OPT_EACH
};

const struct mdfctl_opt mdfctl_opts[] = {
    {"socket", "PATH", OPT_SOCKET,
	"Control socket. Default: the environment variable MDFCTL_SOCKET, "
	"else " MDFCTL_SOCKET_DEFAULT "."},
    {"json", NULL, OPT_JSON,
	"Print the result as JSON, for programs. An error is an object with the member error."},
    {"request", "ID", OPT_REQUEST,
	"Request id: a change that is repeated under the same id within a day is made once."},
    {"person", "HANDLE", OPT_PERSON,
	"Who calls. Default: the environment variable MDFCTL_PERSON, else the person of this "
	"user."},
    {"key", "FILE", OPT_KEY,
	"Private key of that person: PEM file or PKCS#11 URI. Default: the environment variable "
	"MDFCTL_KEY."},
    {"pin-file", "FILE", OPT_PIN_FILE, "File with the PIN of the PKCS#11 token."},
    {"password-file", "FILE", OPT_PASSWORD_FILE,
	"Without a key: file with the password. Default: asked for."},
    {"yes", NULL, OPT_YES, "Sign what is shown without being asked."},
    {"each", "FILE", OPT_EACH,
	"Once for each line of this file (-: standard input), which stands for the first word, "
	"with "
	"one log-in and a signature of its own for each. With --json an object in each line. Look "
	"at them before (warrant plan, approval show): --yes --quiet signs without showing."},
    {"totp-file", "FILE", OPT_TOTP_FILE,
	"Without a key: file with the one-time password. Default: asked for."},
    {"quiet", NULL, OPT_QUIET, "Print no result and no progress."},
    {"help", NULL, OPT_HELP, "Print help, of an operation when one is named."},
    {"version", NULL, OPT_VERSION, "Print the version."},
    {"man", NULL, OPT_MAN, "Print mdfctl(1) as roff."},
    {"completion", NULL, OPT_COMPLETION, "Print the completion for bash."},
    {"roles", NULL, OPT_ROLES, "Print who may do what, as a table in Markdown."},
    {"openapi", NULL, OPT_OPENAPI, "Print the OpenAPI document of REST."},
    {NULL, NULL, 0, NULL},
};

struct mdfctl {
	const char *socket, *request, *each;
	struct mdfctl_login login;
	bool json, quiet, help, yes;
	bool entered; /* of wait: logged in on this connection */
	bool bad;     /* an argument could not be read */
	const struct op *op;
	const char *object; /* named without a verb */
	json_t *args;
	FILE *in;
	int fd;
};

/* ---- arguments */

/* The words of the operation, taken out of ARGV; global options may stand before them. */
static int
mdfctl_words(struct mdfctl *m, int argc, char **argv)
{
	int at = 1, n = 0;

	for (; at < argc && argv[at][0] == '-'; at++)
		for (const struct mdfctl_opt *o = mdfctl_opts; o->name != NULL; o++)
			if (o->arg != NULL && strncmp(argv[at], "--", 2) == 0 &&
			    strcmp(argv[at] + 2, o->name) == 0) {
				at++;
				break;
			}
	if (at < argc && strcmp(argv[at], "help") == 0) {
		m->help = true;
		memmove(argv + at, argv + at + 1, (size_t)(argc - at) * sizeof(*argv));
		argc--;
	}
	if (at < argc && (m->op = mdfctl_op(argv[at], NULL)) != NULL)
		n = 1;
	else if (at + 1 < argc && (m->op = mdfctl_op(argv[at], argv[at + 1])) != NULL)
		n = 2;
	else if (at < argc && (at + 1 == argc || argv[at + 1][0] == '-') && !m->help &&
		 (m->op = mdfctl_only_op(argv, at, argc)) != NULL)
		n = 1;
	else if (at < argc && mdfctl_is_object(argv[at]) &&
		 (at + 1 == argc || strcmp(argv[at + 1], "--help") == 0)) {
		m->object = argv[at];
		n = 1;
	} else if (at < argc) {
		fprintf(stderr,
		    "mdfctl: there is no operation '%s%s%s'; mdfctl --help lists them\n", argv[at],
		    at + 1 < argc ? " " : "", at + 1 < argc ? argv[at + 1] : "");
		return -1;
	}
	memmove(argv + at, argv + at + n, (size_t)(argc - at - n + 1) * sizeof(*argv));
	return argc - n;
}

/* OPTION is one of an argument of OP, so not the global one of that name. */
static bool
mdfctl_is_arg(const struct op *op, const char *option)
{
	const char *file = strstr(option, "-file");
	const struct op_arg *a =
	    op == NULL || file == NULL ? NULL : op_arg_find(op, option, (size_t)(file - option));

	return (op != NULL && op_arg_find(op, option, strlen(option)) != NULL) ||
	       (a != NULL && a->type == OP_SECRET);
}

/* Two spellings of each argument (time-p2-s, time_p2_s), and --name for the first one. */
static size_t
mdfctl_arg_options(const struct op *op, struct option *o, char dashed[][32])
{
	size_t n = 0, i = 0;

	for (; op != NULL && op->args[i].name != NULL; i++) {
		const struct op_arg *a = &op->args[i];
		int has = a->type == OP_BOOL ? optional_argument : required_argument;

		assert(n + 4 < MDFCTL_ARGS_MAX && strlen(a->name) < 26);
		if (a->type == OP_SECRET) { /* only ever the name of a file */
			sprintf(dashed[i], "%s-file", a->name);
			o[n++] = (struct option){dashed[i], has, NULL, (int)i};
			continue;
		}
		o[n++] = (struct option){a->name, has, NULL, (int)i};
		if (strchr(a->name, '_') == NULL)
			continue;
		for (size_t k = 0; k <= strlen(a->name); k++)
			dashed[i][k] = a->name[k] == '_' ? '-' : a->name[k];
		o[n++] = (struct option){dashed[i], has, NULL, (int)i};
	}
	if (i > 0 && op_arg_find(op, "name", 4) == NULL && op->args[0].type != OP_SECRET)
		o[n++] = (struct option){"name", required_argument, NULL, 0};
	return n;
}

static const struct {
	int opt;
	void (*print)(FILE *out);
} mdfctl_documents[] = {{OPT_MAN, mdfctl_man}, {OPT_ROLES, mdfctl_roles},
    {OPT_COMPLETION, mdfctl_completion}, {OPT_OPENAPI, mdfctl_openapi}};

static int
mdfctl_global(struct mdfctl *m, int opt)
{
	switch (opt) {
	case OPT_SOCKET:
		m->socket = optarg;
		return 0;
	case OPT_JSON:
		m->json = true;
		return 0;
	case OPT_REQUEST:
		m->request = optarg;
		return 0;
	case OPT_QUIET:
		m->quiet = true;
		return 0;
	case OPT_PERSON:
		m->login.person = optarg;
		return 0;
	case OPT_KEY:
		m->login.key = optarg;
		return 0;
	case OPT_PIN_FILE:
		m->login.pin_file = optarg;
		return 0;
	case OPT_PASSWORD_FILE:
		m->login.password_file = optarg;
		return 0;
	case OPT_YES:
		m->yes = true;
		return 0;
	case OPT_EACH:
		m->each = optarg;
		return 0;
	case OPT_TOTP_FILE:
		m->login.totp_file = optarg;
		return 0;
	case OPT_HELP:
		m->help = true;
		return 0;
	case OPT_VERSION:
		printf("mdfctl %s\n", PACKAGE_VERSION);
		exit(MDFCTL_OK);
	}
	for (size_t i = 0; i < sizeof(mdfctl_documents) / sizeof(mdfctl_documents[0]); i++)
		if (mdfctl_documents[i].opt == opt) {
			mdfctl_documents[i].print(stdout);
			exit(MDFCTL_OK);
		}
	return -1;
}

/* A list that is given twice grows. */
static void
mdfctl_set(struct mdfctl *m, const struct op_arg *a, const char *value)
{
	const char *old = json_string_value(json_object_get(m->args, a->name));
	bool list = op_type_is_list(a->type);
	char *lines = NULL;

	if (value[0] == '@' && (a->type == OP_RULES || a->type == OP_TARGETS))
		value = lines = mdfctl_read_rules(value + 1);
	if (value == NULL) {
		m->bad = true;
		return;
	}
	if (value[0] == '\0' && op_arg_clears(m->op, a))
		json_object_set_new(m->args, a->name, json_null());
	else if (old != NULL && list)
		json_object_set_new(m->args, a->name, json_sprintf("%s,%s", old, value));
	else if (json_object_set_new(m->args, a->name, json_string(value)) < 0)
		fprintf(stderr, "mdfctl: %s: the value is not UTF-8\n", a->name);
	free(lines);
}

static int
mdfctl_word_args(struct mdfctl *m, int argc, char **argv)
{
	const struct op_arg *a = m->op == NULL ? NULL : m->op->args;

	if (m->each != NULL && (a == NULL || !mdfctl_each_fits(m->op) || tables_has(m->op->name) ||
				   m->request != NULL)) {
		fprintf(stderr, "mdfctl: --each is not for this operation, nor with --request\n");
		return -1;
	}
	a += m->each != NULL;
	for (; optind < argc; optind++) {
		while (a != NULL && a->name != NULL &&
		       (a->type == OP_SECRET || json_object_get(m->args, a->name) != NULL))
			a++;
		if (a == NULL || a->name == NULL) {
			fprintf(stderr, "mdfctl: one word too many: '%s'\n", argv[optind]);
			return -1;
		}
		mdfctl_set(m, a, argv[optind]);
	}
	return 0;
}

static int
mdfctl_parse(struct mdfctl *m, int argc, char **argv)
{
	struct option o[MDFCTL_ARGS_MAX + 16] = {{0}};
	char dashed[MDFCTL_ARGS_MAX][32];
	size_t n;
	int opt;

	if ((argc = mdfctl_words(m, argc, argv)) < 0)
		return -1;
	n = mdfctl_arg_options(m->op, o, dashed);
	for (const struct mdfctl_opt *g = mdfctl_opts; g->name != NULL; g++)
		if (!mdfctl_is_arg(m->op, g->name))
			o[n++] = (struct option){g->name,
			    g->arg != NULL ? required_argument : no_argument, NULL, g->value};
	while ((opt = getopt_long(argc, argv, "h", o, NULL)) != -1) {
		if (opt == 'h')
			m->help = true;
		else if (opt == '?' || (opt >= OPT_SOCKET && mdfctl_global(m, opt) < 0))
			return -1;
		else if (opt >= OPT_SOCKET)
			continue;
		else if (optarg == NULL && optind < argc && mdfctl_is_bool(argv[optind]))
			mdfctl_set(m, &m->op->args[opt], argv[optind++]);
		else
			mdfctl_set(m, &m->op->args[opt], optarg == NULL ? "yes" : optarg);
	}
	if (!m->help && mdfctl_word_args(m, argc, argv) < 0)
		return -1;
	return m->bad ? -1 : 0;
}

/* ---- talking to the daemon */

static int
mdfctl_connect(struct mdfctl *m)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	const struct timeval limit = {MDFCTL_TIMEOUT_S, 0};

	if (strlen(m->socket) >= sizeof(sa.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(sa.sun_path, m->socket);
	m->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (m->fd < 0 || connect(m->fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -1;
	setsockopt(m->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	m->in = fdopen(m->fd, "r");
	return m->in == NULL ? -1 : 0;
}

static void
mdfctl_close(struct mdfctl *m)
{
	if (m->in != NULL)
		fclose(m->in);
	else if (m->fd >= 0)
		close(m->fd);
	m->in = NULL;
	m->fd = -1;
}

static int
mdfctl_send(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = send(fd, p, n, MSG_NOSIGNAL);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* One operation; a new reference to the answer, or NULL with errno. */
static json_t *
mdfctl_ask(struct mdfctl *m, const char *op, json_t *args)
{
	json_t *q = json_pack("{s:s, s:O, s:s*}", "op", op, "args", args, "request", m->request),
	       *answer;
	char *text = json_dumps(q, JSON_COMPACT), *line = NULL;
	size_t max = 0;
	ssize_t n;

	json_decref(q);
	assert(text != NULL);
	n = mdfctl_send(m->fd, text, strlen(text)) < 0 || mdfctl_send(m->fd, "\n", 1) < 0
		? -1
		: getline(&line, &max, m->in);
	free(text);
	answer = n > 0 ? json_loadb(line, (size_t)n, 0, NULL) : NULL;
	free(line);
	if (answer == NULL && n >= 0)
		errno = EPROTO;
	else if (answer == NULL && errno == 0)
		errno =
		    ECONNRESET; /* closed: this user may not use the socket, or the daemon ended */
	return answer;
}

static int
mdfctl_unreachable(const struct mdfctl *m)
{
	const char *why = errno == 0 ? "closed the connection" : strerror(errno);

	if (m->json)
		printf("{\"error\": {\"code\": \"NO-DAEMON\", \"why\": \"%s\"}}\n", why);
	fprintf(stderr,
	    "mdfctl: %s: %s; is mdfd running, and may you use its control socket (control_uids)?\n",
	    m->socket, why);
	return MDFCTL_NO_DAEMON;
}

static int
mdfctl_code(const char *code)
{
	if (code == NULL)
		return MDFCTL_FAILED;
	if (strcmp(code, "USAGE") == 0)
		return MDFCTL_USAGE;
	if (strcmp(code, "NOT-FOUND") == 0)
		return MDFCTL_NOT_FOUND;
	if (strcmp(code, MDFCTL_MISMATCH) == 0)
		return MDFCTL_VERIFY;
	return strcmp(code, "CONFLICT") == 0 ? MDFCTL_CONFLICT : MDFCTL_FAILED;
}

static const char *
mdfctl_error_text(json_t *error, const char *key)
{
	const char *text = json_string_value(json_object_get(error, key));

	return text == NULL ? "" : text;
}

static int
mdfctl_error(const struct mdfctl *m, json_t *error)
{
	const char *object = mdfctl_error_text(error, "object"),
		   *todo = mdfctl_error_text(error, "todo");

	if (m->json) {
		json_t *e = json_pack("{s:O}", "error", error);

		json_dumpf(e, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(e);
	}
	fprintf(stderr, "mdfctl: %s: %s%s%s%s%s%s\n", mdfctl_error_text(error, "code"), object,
	    object[0] != '\0' ? ": " : "", mdfctl_error_text(error, "why"),
	    todo[0] != '\0' ? " (" : "", todo, todo[0] != '\0' ? ")" : "");
	return mdfctl_code(json_string_value(json_object_get(error, "code")));
}

static json_t *
mdfctl_ask_cb(void *arg, const char *op, json_t *args)
{
	return mdfctl_ask(arg, op, args);
}

/* Log in when a person is named.  0; else the exit code, and said why. */
static int
mdfctl_enter(struct mdfctl *m)
{
	json_t *answer;
	int r;

	if (m->login.person == NULL || m->login.person[0] == '\0')
		return MDFCTL_OK;
	answer = mdfctl_login(&m->login, mdfctl_ask_cb, m);
	if (answer == NULL)
		return MDFCTL_FAILED;
	r = json_is_true(json_object_get(answer, "ok"))
		? MDFCTL_OK
		: mdfctl_error(m, json_object_get(answer, "error"));
	json_decref(answer);
	return r;
}

static int
mdfctl_open(struct mdfctl *m)
{
	return mdfctl_connect(m) < 0 ? mdfctl_unreachable(m) : mdfctl_enter(m);
}

static int
mdfctl_result(const struct mdfctl *m, json_t *answer)
{
	json_t *result = json_object_get(answer, "result");

	if (!json_is_true(json_object_get(answer, "ok")))
		return mdfctl_error(m, json_object_get(answer, "error"));
	if (m->json) {
		json_dumpf(result, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
		putchar('\n');
	} else if (!m->quiet) {
		mdfctl_show(m->op, result);
	}
	return mdfctl_result_code(m->op, m->args, result);
}

/* ---- operations of the client's own */

/* A file with a JSON array, in parts that fit into a line; the daemon stores all with the last one.
 */
static json_t *
mdfctl_import(struct mdfctl *m, json_t *items)
{
	json_t *part = json_array(), *answer = NULL, *item;
	size_t i, len = 0, n = json_array_size(items);

	json_array_foreach(items, i, item)
	{
		char *text = json_dumps(item, JSON_COMPACT | JSON_ENCODE_ANY);

		len += strlen(text) + 1;
		free(text);
		json_array_append(part, item);
		if (len < MDFCTL_PART_LEN && i + 1 < n)
			continue;
		json_decref(answer);
		json_object_set(m->args, "items", part);
		json_object_set_new(m->args, "more", json_boolean(i + 1 < n));
		if (!m->quiet && !m->json && isatty(STDERR_FILENO))
			fprintf(stderr, "\r%zu of %zu %s", i + 1, n,
			    i + 1 < n ? "sent" : "sent, being stored\n");
		answer = mdfctl_ask(m, m->op->name, m->args);
		if (answer == NULL || !json_is_true(json_object_get(answer, "ok")))
			break;
		json_array_clear(part);
		len = 0;
	}
	if (n == 0) {
		json_object_set(m->args, "items", part);
		answer = mdfctl_ask(m, m->op->name, m->args);
	}
	json_decref(part);
	return answer;
}

/* Arguments of type OP_SECRET: the name of the file becomes its first line; one that is needed and
 * not given is asked for. */
static int
mdfctl_read_secret(struct mdfctl *m, const struct op_arg *a)
{
	const char *file = json_string_value(json_object_get(m->args, a->name));
	char *text;

	if (file == NULL && !(a->flags & OP_REQUIRED))
		return 0;
	if ((text = mdfctl_secret(a->name, file)) == NULL)
		return -1;
	json_object_set_new(m->args, a->name, json_string(text));
	free(text);
	return 0;
}

static double
mdfctl_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One look: MDFCTL_OK when WHAT holds. */
static int
mdfctl_wait_look(struct mdfctl *m, const char *what)
{
	json_t *answer, *none;
	int r;

	errno = 0;
	if (m->in == NULL && mdfctl_connect(m) < 0) {
		mdfctl_close(m);
		return MDFCTL_NO_DAEMON;
	}
	if (!m->entered && (r = mdfctl_enter(m)) != MDFCTL_OK)
		return r;
	m->entered = true;
	none = json_object();
	answer = mdfctl_ask(m, "status", none);
	json_decref(none);
	if (answer == NULL)
		mdfctl_close(m);
	m->entered = answer != NULL;
	r = answer == NULL					    ? MDFCTL_NO_DAEMON
	    : mdfctl_holds(what, json_object_get(answer, "result")) ? MDFCTL_OK
								    : MDFCTL_FAILED;
	json_decref(answer);
	return r;
}

static int
mdfctl_wait(struct mdfctl *m)
{
	const char *what = json_string_value(json_object_get(m->args, "for")),
		   *limit = json_string_value(json_object_get(m->args, "timeout"));
	double end = mdfctl_now() + (limit == NULL ? 30 : atof(limit));
	const struct timespec pause = {0, MDFCTL_POLL_MS * 1000000L};
	int r;

	if (what == NULL || (strcmp(what, "idle") != 0 && strcmp(what, "connected") != 0 &&
				strcmp(what, "ready") != 0)) {
		fprintf(stderr, "mdfctl: wait --for idle, connected or ready\n");
		return MDFCTL_USAGE;
	}
	while ((r = mdfctl_wait_look(m, what)) != MDFCTL_OK && mdfctl_now() < end)
		nanosleep(&pause, NULL);
	if (r == MDFCTL_NO_DAEMON)
		return mdfctl_unreachable(m);
	if (r != MDFCTL_OK && !m->quiet)
		fprintf(stderr, "mdfctl: not %s in time; mdfctl status tells why\n", what);
	return r;
}

/* What needs no daemon, as its answer would be. */
static json_t *
mdfctl_table(struct mdfctl *m)
{
	struct fault f = {0};
	json_t *result = tables_result(m->op->name, m->args, &f);

	if (result != NULL)
		return json_pack("{s:b, s:o}", "ok", 1, "result", result);
	return json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code",
	    fault_code_name(f.code), "what", f.what, "object", f.object, "why", f.why, "todo",
	    f.todo);
}

/* ---- reports */

static json_t *
mdfctl_ask_later(void *arg, const char *op, json_t *args)
{
	struct mdfctl *m = arg;

	return m->in == NULL ? NULL : mdfctl_ask(m, op, args);
}

/* An electronic warrant as the items that it makes; takes MESSAGE.  NULL: said why. */
static json_t *
mdfctl_electronic(struct mdfctl *m, json_t *message)
{
	const struct mdfctl_asker a = {mdfctl_ask_later, m, m->quiet || m->json};
	json_t *items = mdfctl_hi1_items(&a, m->args, message);

	json_decref(message);
	return items;
}

static int
mdfctl_report_end(struct mdfctl *m, int r, json_t *error)
{
	if (r == MDFCTL_NO_DAEMON)
		r = error == NULL ? mdfctl_unreachable(m)
				  : mdfctl_error(m, json_object_get(error, "error"));
	json_decref(error);
	return r;
}

static int
mdfctl_run_report(struct mdfctl *m)
{
	const struct mdfctl_asker a = {mdfctl_ask_later, m, m->quiet};
	bool get = strcmp(m->op->name, "report.get") == 0;
	json_t *error;
	int r;

	if (get || (strcmp(m->op->name, "report.verify") == 0 &&
		       json_object_get(m->args, "sha256") == NULL &&
		       json_object_get(m->args, "key") == NULL)) {
		errno = 0;
		if ((r = mdfctl_open(m)) != MDFCTL_OK)
			return r;
	}
	r = mdfctl_report(&a, m->op->name, m->args, &error);
	return mdfctl_report_end(m, r, error);
}

/* report make --output: what was made is written too. */
static int
mdfctl_made(struct mdfctl *m, json_t *answer)
{
	const struct mdfctl_asker a = {mdfctl_ask_later, m, m->quiet};
	const char *id =
	    json_string_value(json_object_get(json_object_get(answer, "result"), "report"));
	json_t *error = NULL;
	int r;

	if (id == NULL || strcmp(m->op->name, "report.make") != 0 || !mdfctl_report_wanted(m->args))
		return mdfctl_result(m, answer);
	r = mdfctl_report_write(&a, id, m->args, &error);
	return mdfctl_report_end(m, r, error);
}

static int
mdfctl_run(struct mdfctl *m)
{
	const struct mdfctl_asker asker = {mdfctl_ask_later, m, m->quiet};
	const struct mdfctl_signer signer = {&m->login, mdfctl_ask_cb, m, m->yes, m->quiet};
	const char *file = json_string_value(json_object_get(m->args, "items"));
	json_t *items = NULL, *answer;
	int r;

	if (mdfctl_report_has(m->op->name))
		return mdfctl_run_report(m);
	if (m->op->flags & OP_CLIENT)
		return mdfctl_key_has(m->op->name)
			   ? mdfctl_key(m->op->name, m->args, m->login.pin_file)
			   : mdfctl_wait(m);
	for (const struct op_arg *a = m->op->args; a->name != NULL; a++)
		if ((a->type == OP_DIGEST && mdfctl_read_digest(m->args, a) < 0) ||
		    (a->type == OP_FILE && mdfctl_read_file(m->args, a, m->op->name) < 0) ||
		    (a->type == OP_SECRET && mdfctl_read_secret(m, a) < 0))
			return MDFCTL_USAGE;
	if (file != NULL && (items = mdfctl_read_items(file)) == NULL)
		return MDFCTL_USAGE;
	if (strcmp(m->op->name, "warrant.show") == 0 && !m->json && !m->quiet &&
	    json_object_get(m->args, "timeline") == NULL)
		json_object_set_new(m->args, "timeline", json_true());
	errno = 0;
	if (!tables_has(m->op->name) && (r = mdfctl_open(m)) != MDFCTL_OK) {
		json_decref(items);
		return r;
	}
	if (m->each != NULL)
		return mdfctl_each(&signer, m->op, m->args, m->each, m->json, m->quiet);
	if (json_is_object(items) && (items = mdfctl_electronic(m, items)) == NULL)
		return MDFCTL_FAILED;
	errno = 0;
	if (mdfctl_has_data(m->op)) {
		if (mdfctl_data(&asker, m->op->name, m->args, &answer) < 0)
			return MDFCTL_USAGE;
	} else {
		answer = tables_has(m->op->name) ? mdfctl_table(m)
			 : items != NULL	 ? mdfctl_import(m, items)
						 : mdfctl_sign(&signer, m->op, m->args);
	}
	answer = mdfctl_audit(&asker, m->op->name, m->args, m->json, answer);
	r = answer == NULL ? mdfctl_unreachable(m) : mdfctl_made(m, answer);
	r = r == MDFCTL_OK && mdfctl_audit_bad(m->op->name, answer) ? MDFCTL_VERIFY : r;
	json_decref(answer);
	json_decref(items);
	return r;
}

int
main(int argc, char **argv)
{
	struct mdfctl m = {.socket = getenv("MDFCTL_SOCKET"),
	    .login = {.person = getenv("MDFCTL_PERSON"), .key = getenv("MDFCTL_KEY")},
	    .args = json_object(),
	    .fd = -1};
	int r;

	if (m.socket == NULL || m.socket[0] == '\0')
		m.socket = MDFCTL_SOCKET_DEFAULT;
	if (mdfctl_parse(&m, argc, argv) < 0) {
		r = MDFCTL_USAGE;
	} else if (m.op == NULL || m.help) {
		FILE *out = m.help ? stdout : stderr;

		if (m.op != NULL)
			mdfctl_help_op(out, m.op);
		else
			mdfctl_help(out, m.object);
		r = m.help ? MDFCTL_OK : MDFCTL_USAGE;
	} else {
		r = mdfctl_run(&m);
	}
	mdfctl_close(&m);
	json_decref(m.args);
	return r;
}
