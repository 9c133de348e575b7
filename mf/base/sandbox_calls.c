/* SPDX-License-Identifier: Apache-2.0 */
/* System calls of the sandbox; see sandbox.h.  The list of a role was written from what the role
 * and its libraries do, corrected by the calls that the kernel logged as refused over the flow
 * tests, and widened by the harmless neighbours that another libc or library version uses instead.
 * A call with arguments that are not allowed counts as one that is not on the list. */
#include "config.h"

#include "base/sandbox.h"

#include "base/log.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SANDBOX_N(a) (sizeof(a) / sizeof((a)[0]))
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* libc gives names to its memory */
#endif

static const char *gap;

const char *
sandbox_gap(void)
{
	return gap;
}

#ifndef WITH_SANITIZERS
/* Every role. */
static const char *const calls_all[] = {
    /* files below the folders that Landlock leaves */
    "read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64", "pwritev",
    "pwritev2", "lseek", "open", "openat", "close", "close_range", "stat", "lstat", "fstat",
    "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2", "getdents64",
    "readlink", "readlinkat", "getcwd", "dup", "dup2", "dup3", "fcntl", "flock", "fsync",
    "fdatasync", "sync_file_range", "syncfs", "fadvise64", "readahead", "truncate", "ftruncate",
    "fallocate", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat",
    "rmdir", "chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "utimensat", "umask",
    "memfd_create",
    /* waiting */
    "poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe", "pipe2", "timerfd_create",
    "timerfd_settime", "timerfd_gettime", "signalfd4", "nanosleep", "clock_nanosleep", "pause",
    /* sockets that are open */
    "recvfrom", "recvmsg", "recvmmsg", "sendto", "sendmsg", "sendmmsg", "shutdown", "getsockname",
    "getpeername", "getsockopt", "setsockopt",
    /* memory, threads, signals; the rest of these is in calls_args */
    "brk", "munmap", "mremap", "madvise", "mlock", "mlock2", "munlock", "msync", "mincore",
    "membarrier", "futex", "futex_waitv", "set_robust_list", "get_robust_list", "rseq",
    "set_tid_address", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "getcpu", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack",
    "restart_syscall", "exit", "exit_group",
    /* what it is and what time it is */
    "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getgroups",
    "getresuid", "getresgid", "getpgrp", "getpgid", "getsid", "getpriority", "uname", "sysinfo",
    "getrusage", "times", "getrlimit", "clock_gettime", "clock_getres", "gettimeofday", "time",
    "clock_adjtime", "adjtimex", /* how exact the clock is; setting it takes a capability */
    "getrandom"};
static const char *const calls_accept[] = {"accept", "accept4"};
static const char *const calls_connect[] = {"connect", "bind"}; /* bind: own address */
static const char *const calls_names[] = {"connect"};

/* What no part of the daemon needs, its start included. */
static const char *const calls_never[] = {"acct", "add_key", "bpf", "chroot", "clock_settime",
    "delete_module", "execveat", "finit_module", "fsmount", "fsopen", "init_module",
    "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp",
    "kexec_file_load", "kexec_load", "keyctl", "mknod", "mknodat", "modify_ldt", "mount",
    "mount_setattr", "move_mount", "name_to_handle_at", "open_by_handle_at", "open_tree",
    "perf_event_open", "personality", "pidfd_getfd", "pivot_root", "process_madvise",
    "process_vm_readv", "process_vm_writev", "ptrace", "quotactl", "reboot", "request_key",
    "setdomainname", "sethostname", "setns", "settimeofday", "swapoff", "swapon", "syslog",
    "umount2", "unshare", "uselib", "userfaultfd", "vhangup"};

static int
calls_add(scmp_filter_ctx f, uint32_t action, const char *const *name, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		int nr = seccomp_syscall_resolve_name(name[i]);

		if (nr != __NR_SCMP_ERROR && r == 0)
			r = seccomp_rule_add(f, action, nr, 0);
	}
	return r;
}

static int
calls_arg(scmp_filter_ctx f, uint32_t action, int nr, unsigned arg, uint64_t mask, uint64_t value)
{
	return seccomp_rule_add(f, action, nr, 1, SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, value));
}

/* No memory that can be run; threads, no processes; signals to itself; few ioctl and prctl. */
static int
calls_args(scmp_filter_ctx f)
{
	static const unsigned long controls[] = {FIONREAD, FIONBIO, TCGETS, TIOCGWINSZ, SIOCOUTQ};
	static const int names[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA, PR_GET_DUMPABLE};
	uint64_t pid = (uint64_t)getpid();
	int r = 0;

	r |= calls_arg(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	r |= calls_arg(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	r |= calls_arg(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD);
	r |= seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0); /* then clone */
	r |= calls_arg(f, SCMP_ACT_ALLOW, SCMP_SYS(kill), 0, UINT32_MAX, pid);
	r |= calls_arg(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0, UINT32_MAX, pid);
	r |= calls_arg(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, UINT64_MAX, 0);
	for (size_t i = 0; i < SANDBOX_N(controls); i++)
		r |= calls_arg(
		    f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, UINT32_MAX, (uint64_t)controls[i]);
	for (size_t i = 0; i < SANDBOX_N(names); i++)
		r |= calls_arg(
		    f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0, UINT32_MAX, (uint64_t)names[i]);
	return r;
}

static int
calls_tcp(scmp_filter_ctx f, int family)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family, 0),
	    SCMP_A1(SCMP_CMP_MASKED_EQ, ~(uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK), SOCK_STREAM));
}

/* Modules that know the names of users are foreign code, which may ask for more than is given: it
 * is refused instead of killed, so that it falls back to the next source. */
static int
calls_refuse(scmp_filter_ctx f, unsigned may)
{
	int r = calls_arg(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 2, PROT_EXEC, PROT_EXEC);

	return r | seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
		       SCMP_A0(SCMP_CMP_GT, may & SANDBOX_CONNECT ? AF_INET6 : AF_UNIX, 0));
}

static int
calls_role(scmp_filter_ctx f, unsigned may)
{
	int r = calls_add(f, SCMP_ACT_ALLOW, calls_all, SANDBOX_N(calls_all)) | calls_args(f);

	if (may & SANDBOX_ACCEPT)
		r |= calls_add(f, SCMP_ACT_ALLOW, calls_accept, SANDBOX_N(calls_accept));
	if (may & SANDBOX_CONNECT) {
		r |= calls_add(f, SCMP_ACT_ALLOW, calls_connect, SANDBOX_N(calls_connect));
		r |= calls_tcp(f, AF_INET) | calls_tcp(f, AF_INET6);
	}
	if (may & SANDBOX_NAMES) {
		if (!(may & SANDBOX_CONNECT))
			r |= calls_add(f, SCMP_ACT_ALLOW, calls_names, SANDBOX_N(calls_names));
		r |= calls_arg(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 0, UINT32_MAX, AF_UNIX);
		r |= calls_refuse(f, may);
	}
	return r;
}

/* PARENT: forbids a few; else allows what MAY says. */
static void
calls_load(bool parent, unsigned may, enum sandbox_mode mode)
{
	uint32_t action = mode == SANDBOX_KILL ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_LOG;
	scmp_filter_ctx f = seccomp_init(parent ? SCMP_ACT_ALLOW : action);
	int r = f == NULL ? -ENOMEM : 0;

	if (r == 0)
		r = parent ? calls_add(f, action, calls_never, SANDBOX_N(calls_never))
			   : calls_role(f, may);
	if (r == 0) {
		seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, action);
		seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
		seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
		r = seccomp_load(f);
	}
	if (r != 0) {
		gap = "no seccomp filter: this kernel does not take it";
		log_warn("SANDBOX", "seccomp: %s", strerror(-r));
	} else if (mode == SANDBOX_LOG) {
		gap = "seccomp only logs: sandbox.seccomp is not kill";
	}
	if (f != NULL)
		seccomp_release(f);
}
#endif

void
sandbox_parent(enum sandbox_mode mode)
{
#ifndef WITH_SANITIZERS
	if (mode != SANDBOX_OFF)
		calls_load(true, 0, mode);
#else
	(void)mode;
#endif
}

void
sandbox_calls(unsigned may, enum sandbox_mode mode)
{
#ifndef WITH_SANITIZERS
	if (mode == SANDBOX_OFF)
		gap = "no seccomp filter: sandbox.seccomp is off";
	else
		calls_load(false, may, mode);
#else
	(void)may;
	(void)mode;
#endif
}
