/* SPDX-License-Identifier: Apache-2.0 */
/* Sandbox of a role; see sandbox.h. */
#include "config.h"

#include "base/sandbox.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
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

/* What no role needs once it runs.  A deny list: the allow list per role belongs to a profile that
 * is measured first. */
static void
sandbox_seccomp(bool net)
{
#ifndef WITH_SANITIZERS
	static const char *const never[] = {"execve", "execveat", "fork", "vfork", "ptrace",
	    "process_vm_readv", "process_vm_writev", "mount", "umount2", "pivot_root", "chroot",
	    "kexec_load", "init_module", "finit_module", "delete_module", "bpf", "perf_event_open",
	    "keyctl", "add_key", "request_key", "unshare", "setns", "userfaultfd", "io_uring_setup",
	    "open_by_handle_at", "swapon", "swapoff", "reboot", "settimeofday", "clock_settime",
	    "adjtimex"};
	static const char *const net_calls[] = {"socket", "connect", "bind", "listen"};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);

	if (f == NULL)
		return;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		int nr = seccomp_syscall_resolve_name(never[i]);

		if (nr != __NR_SCMP_ERROR)
			seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), nr, 0);
	}
	for (size_t i = 0; !net && i < sizeof(net_calls) / sizeof(net_calls[0]); i++)
		seccomp_rule_add(
		    f, SCMP_ACT_ERRNO(EPERM), seccomp_syscall_resolve_name(net_calls[i]), 0);
	if (seccomp_load(f) < 0)
		log_notice("SANDBOX", "no seccomp filter on this system");
	seccomp_release(f);
#else
	(void)net;
#endif
}

void
sandbox_enter(const struct sandbox_path *paths, size_t n, bool net)
{
	sandbox_landlock(paths, n);
	sandbox_seccomp(net);
}
