/* SPDX-License-Identifier: Apache-2.0 */
/* Sandbox of a role; see sandbox.h. */
#include "config.h"

#include "base/sandbox.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

void
sandbox_process(void)
{
	struct rlimit none = {0, 0};

	umask(0077);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int
sandbox_user(const char *user)
{
	struct passwd *pw;

	if (user == NULL || geteuid() != 0)
		return 0;
	pw = getpwnam(user);
	if (pw == NULL) {
		log_err("SANDBOX",
		    "user %s does not exist: create it or change 'user' in the configuration",
		    user);
		return -ENOENT;
	}
	if (setgroups(1, &pw->pw_gid) < 0 || setgid(pw->pw_gid) < 0 || setuid(pw->pw_uid) < 0) {
		log_err("SANDBOX", "cannot change to user %s: %s", user, strerror(errno));
		return -errno;
	}
	prctl(PR_SET_DUMPABLE, 0); /* setuid sets it again */
	return 0;
}

int
sandbox_chown(const char *path, const char *user)
{
	struct passwd *pw;

	if (user == NULL || geteuid() != 0)
		return 0;
	pw = getpwnam(user);
	if (pw == NULL || chown(path, pw->pw_uid, pw->pw_gid) < 0) {
		log_err("SANDBOX", "cannot give %s to user %s: %s", path, user,
		    pw ? strerror(errno) : "no such user");
		return -1;
	}
	return 0;
}

#ifdef HAVE_LINUX_LANDLOCK_H
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13) /* ABI 2: rename between folders */
#endif
#define SANDBOX_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define SANDBOX_WRITE                                                                              \
	(SANDBOX_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |            \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                         \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK)
#define SANDBOX_HANDLED                                                                            \
	(SANDBOX_WRITE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |               \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                         \
	    LANDLOCK_ACCESS_FS_MAKE_SYM)

static void
sandbox_allow(int ruleset, uint64_t handled, const struct sandbox_path *p)
{
	struct landlock_path_beneath_attr attr = {
	    .allowed_access =
		p->write ? SANDBOX_WRITE | (handled & LANDLOCK_ACCESS_FS_REFER) : SANDBOX_READ};
	struct stat st;

	attr.parent_fd = open(p->path, O_PATH | O_CLOEXEC);
	if (attr.parent_fd < 0)
		return;
	if (fstat(attr.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		attr.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) < 0)
		log_warn("SANDBOX", "Landlock rule: %s", strerror(errno));
	close(attr.parent_fd);
}

static void
sandbox_landlock(const struct sandbox_path *paths, size_t n)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = SANDBOX_HANDLED};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int fd;

	if (abi >= 2)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd < 0) {
		log_notice("SANDBOX",
		    "no Landlock in this kernel: file access is limited by permissions only");
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (paths[i].path != NULL)
			sandbox_allow(fd, attr.handled_access_fs, &paths[i]);
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		log_warn("SANDBOX", "Landlock: %s", strerror(errno));
	close(fd);
}
#else
static void
sandbox_landlock(const struct sandbox_path *paths, size_t n)
{
	(void)paths;
	(void)n;
	log_notice("SANDBOX", "built without Landlock");
}
#endif

/* Landlock holds for this thread and those that it starts. */
static void
sandbox_alone(void)
{
#ifndef WITH_SANITIZERS
	DIR *d = opendir("/proc/self/task");
	const struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	if (d != NULL)
		closedir(d);
	if (n > 1)
		log_warn(
		    "SANDBOX", "%d threads run already: their file access is not confined", n - 1);
#endif
}

void
sandbox_enter(const struct sandbox *s)
{
	sandbox_alone();
	sandbox_landlock(s->path, s->path_n);
	sandbox_calls(s->may, s->mode);
}
