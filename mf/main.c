/* SPDX-License-Identifier: Apache-2.0 */
/* mdfd: arguments and role dispatch. */
#include "config.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "memory.h"
#include "parent.h"
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct main_args {
	const char *config, *role;
	uint32_t lea;
	bool check, dump;
};

struct main_opt {
	struct option o;
	const char *arg, *help; /* help NULL: internal */
};

static const struct main_opt main_opts[] = {
    {{"config", required_argument, NULL, 'c'}, "FILE",
	"Configuration file. Default: " SYSCONFDIR "/openmdf/mdfd.conf."},
    {{"check-config", no_argument, NULL, 'k'}, NULL,
	"Read and check the configuration, then exit: 0 accepted, 1 not."},
    {{"dump-config", no_argument, NULL, 'd'}, NULL,
	"Print the settings in force, defaults included, then exit."},
    {{"man", no_argument, NULL, 'm'}, NULL, "Print mdfd(8) as roff."},
    {{"man-conf", no_argument, NULL, 'M'}, NULL, "Print mdfd.conf(5) as roff."},
    {{"version", no_argument, NULL, 'V'}, NULL, "Print the version."},
    {{"help", no_argument, NULL, 'h'}, NULL, "Print this help."},
    {{"role", required_argument, NULL, 'r'}, "NAME", NULL},
    {{"lea", required_argument, NULL, 'l'}, "N", NULL},
};
#define MAIN_OPT_N (sizeof(main_opts) / sizeof(main_opts[0]))

static void
main_help(FILE *out)
{
	fprintf(out, "Usage: mdfd [OPTION]...\n"
		     "Mediation and delivery function: X2/X3 in, HI2/HI3 out. Runs in the "
		     "foreground; SIGTERM stops it, SIGHUP reads\n"
		     "certificates and CRLs again. Administration: mdfctl(1).\n\n");
	for (size_t i = 0; i < MAIN_OPT_N; i++)
		if (main_opts[i].help != NULL)
			fprintf(out, "  --%s%s%-*s%s\n", main_opts[i].o.name,
			    main_opts[i].arg ? " " : "",
			    (int)(22 - strlen(main_opts[i].o.name) - (main_opts[i].arg ? 1 : 0)),
			    main_opts[i].arg ? main_opts[i].arg : "", main_opts[i].help);
	fprintf(out, "\nExit codes: 0 stopped by a signal, 1 cannot run (the reason is on standard "
		     "error), 2 wrong usage.\n");
}

static void
main_man(FILE *out)
{
	fprintf(out, ".TH MDFD 8\n.SH NAME\nmdfd \\- lawful interception mediation and delivery "
		     "function\n.SH SYNOPSIS\n.B mdfd\n[\\fIOPTION\\fR]...\n"
		     ".SH DESCRIPTION\nTakes X2 and X3 (ETSI TS 103 221-2) from network elements "
		     "over mutual TLS, correlates them into sessions, maps them to\n"
		     "HI2 and HI3 (ETSI TS 102 232) and delivers them to the facilities of each "
		     "agency. One process per role: parent, admin, ingest and\n"
		     "one deliver process per agency. What a network element got an "
		     "acknowledgement for is on disk until an agency's facility confirmed it.\n"
		     ".SH OPTIONS\n");
	for (size_t i = 0; i < MAIN_OPT_N; i++)
		if (main_opts[i].help != NULL)
			fprintf(out, ".TP\n.B \\-\\-%s%s%s\n%s\n", main_opts[i].o.name,
			    main_opts[i].arg ? " " : "", main_opts[i].arg ? main_opts[i].arg : "",
			    main_opts[i].help);
	fprintf(out, ".SH SIGNALS\nSIGTERM, SIGINT: stop in order, within 20 seconds. SIGHUP: "
		     "certificates and CRLs are read again.\n"
		     ".SH EXIT STATUS\n0 stopped by a signal, 1 cannot run, 2 wrong usage.\n"
		     ".SH SEE ALSO\n.BR mdfctl (1),\n.BR mdfd.conf (5),\n.BR mdf-ne (1),\n.BR "
		     "mdf-lemf (1)\n");
}

/* Returns -1 to go on, else an exit code. */
static int
main_parse(int argc, char **argv, struct main_args *a)
{
	struct option longs[MAIN_OPT_N + 1] = {0};
	int c;

	for (size_t i = 0; i < MAIN_OPT_N; i++)
		longs[i] = main_opts[i].o;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (c) {
		case 'c':
			a->config = optarg;
			break;
		case 'k':
			a->check = true;
			break;
		case 'd':
			a->dump = true;
			break;
		case 'r':
			a->role = optarg;
			break;
		case 'l':
			a->lea = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'm':
			main_man(stdout);
			return 0;
		case 'M':
			conf_man(stdout);
			return 0;
		case 'V':
			printf("mdfd (OpenMDF) %s\n", VERSION);
			return 0;
		case 'h':
			main_help(stdout);
			return 0;
		default:
			fprintf(stderr, "mdfd: see mdfd --help\n");
			return 2;
		}
	if (optind < argc) {
		fprintf(stderr, "mdfd: '%s' is not understood; see mdfd --help\n", argv[optind]);
		return 2;
	}
	return -1;
}

static int
main_role(const struct main_args *a, struct conf *conf)
{
	static const struct role_ops *const ops[] = {&ingest_ops, &deliver_ops, &admin_ops};
	const char *name = getenv("MDFD_LEA_NAME");
	char label[96];

	if (name == NULL)
		name = "";
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(a->role, role_name(ops[i]->id)) != 0)
			continue;
		snprintf(label, sizeof(label), "%s%s%s", a->role, *name ? " " : "", name);
		log_init(label, (enum log_level)conf->log_level);
		return role_run(ops[i], conf, 3, a->lea, name);
	}
	fprintf(stderr, "mdfd: no role '%s'\n", a->role);
	return 2;
}

/* The state folders, owned by the roles' user. */
static int
main_dirs(const struct conf *conf)
{
	static const char *const subs[] = {"", "/spool", "/state"};
	char path[4096];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", conf->state_dir, subs[i]);
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			log_err("STATE-DIR", "%s: %s; make it, or change state_dir in %s", path,
			    strerror(errno), conf->path);
			return -1;
		}
		if (sandbox_chown(path, conf->user) < 0)
			return -1;
	}
	if (mkdir(conf->run_dir, 0755) < 0 && errno != EEXIST) {
		log_err("RUN-DIR", "%s: %s; make it, or change run_dir in %s", conf->run_dir,
		    strerror(errno), conf->path);
		return -1;
	}
	return sandbox_chown(conf->run_dir, conf->user);
}

#define MAIN_LOCK_S 20	/* roles whose parent was killed end within this time */
#define MAIN_LOCK_FD 10 /* above those that a role is given */

/* One daemon for a state folder.  The lock goes to the roles with its descriptor, which stays open
 * over their exec: a parent that was killed leaves roles that still write to the spool for a
 * moment, and a daemon that began beside them would count and write over what they do. */
static int
main_lock(const struct conf *conf)
{
	const struct timespec pause = {0, 20000000};
	int64_t until = clock_mono_ns() + MAIN_LOCK_S * CLOCK_NS_PER_S;
	char path[4096];
	int fd, lock;

	snprintf(path, sizeof(path), "%s/lock", conf->state_dir);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	lock = fd < 0 ? -1 : fcntl(fd, F_DUPFD, MAIN_LOCK_FD);
	if (lock < 0) {
		log_err("STATE-DIR", "%s: %s", path, strerror(errno));
		return -1;
	}
	close(fd);
	for (bool told = false; flock(lock, LOCK_EX | LOCK_NB) < 0; told = true) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || clock_mono_ns() > until) {
			log_err("STATE-LOCKED",
			    "%s: %s: another mdfd, or roles of one, use this folder", path,
			    strerror(errno));
			return -1;
		}
		if (!told)
			log_notice(
			    "STATE-LOCKED", "%s: waiting for roles of another mdfd to end", path);
		nanosleep(&pause, NULL);
	}
	return 0;
}

static const char *
main_exe(char *buf, size_t cap)
{
	ssize_t n = readlink("/proc/self/exe", buf, cap - 1);

	if (n < 0)
		return NULL;
	buf[n] = '\0';
	return buf;
}

int
main(int argc, char **argv)
{
	struct main_args a = {.config = SYSCONFDIR "/openmdf/mdfd.conf"};
	struct conf *conf;
	char exe[4096];
	int r;

	memory_init();
	r = main_parse(argc, argv, &a);
	if (r >= 0)
		return r;
	sandbox_process();
	conf = conf_load(a.config, stderr);
	if (conf == NULL)
		return 1;
	if (a.dump)
		conf_dump(conf, stdout);
	if (a.dump || a.check) {
		conf_free(conf);
		return 0;
	}
	if (a.role != NULL) {
		r = main_role(&a, conf);
	} else {
		log_init("parent", (enum log_level)conf->log_level);
		sandbox_parent(conf->sandbox);
		r = main_dirs(conf) < 0 || main_lock(conf) < 0 || main_exe(exe, sizeof(exe)) == NULL
			? 1
			: parent_run(conf, exe);
	}
	conf_free(conf);
	return r;
}
