/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox of each role bites: a child enters it and tries what an intruder would. */
#include "config.h"

#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define KILLED (-SIGSYS)
#define INGEST SANDBOX_ACCEPT
#define DELIVER SANDBOX_CONNECT
#define ADMIN (SANDBOX_ACCEPT | SANDBOX_NAMES)
#define ADMIN_SYSLOG (ADMIN | SANDBOX_CONNECT)
static const unsigned roles[] = {INGEST, DELIVER, ADMIN, ADMIN_SYSLOG};
#define ROLE_N (sizeof(roles) / sizeof(roles[0]))

static char dir[64];
static int listens = -1; /* opened before the sandbox closes */
static struct sockaddr_in there = {.sin_family = AF_INET};

/* An attempt: 0 or the errno. */
typedef int (*attempt)(void);

static int
result(long r)
{
	return r < 0 ? errno : 0;
}

static int
in_dir(const char *name, int flags)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags, 0600);
	return fd < 0 ? errno : (close(fd), 0);
}

/* Enter as a role with MAY and try.  Returns its result, or minus the signal. */
static int
try(unsigned may, enum sandbox_mode mode, attempt a)
{
	int st;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		char own[96], ro[96];
		struct sandbox_path path[] = {{own, true}, {ro, false}, {NULL, false}};

		snprintf(own, sizeof(own), "%s/own", dir);
		snprintf(ro, sizeof(ro), "%s/ro", dir);
		sandbox_process();
		sandbox_enter(
		    &(struct sandbox){.path = path, .path_n = 3, .may = may, .mode = mode});
		_exit(a());
	}
	assert_int_equal(waitpid(pid, &st, 0), pid);
	return WIFSIGNALED(st) ? -WTERMSIG(st) : WEXITSTATUS(st);
}

static void
each(const char *what, attempt a, const int want[ROLE_N])
{
	for (size_t i = 0; i < ROLE_N; i++) {
		int got = try(roles[i], SANDBOX_KILL, a);

		if (got != want[i])
			fail_msg("%s with rights %u: %d, want %d", what, roles[i], got, want[i]);
	}
}

static void
all(const char *what, attempt a, int want)
{
	each(what, a, (int[ROLE_N]){want, want, want, want});
}

/* ---- files */

static int
own_write(void)
{
	return in_dir("own/new", O_RDWR | O_CREAT);
}
static int
ro_read(void)
{
	return in_dir("ro/file", O_RDONLY);
}
static int
ro_write(void)
{
	return in_dir("ro/file", O_WRONLY);
}
static int
other_read(void)
{
	return in_dir("other/file", O_RDONLY);
}
static int
other_list(void)
{
	return in_dir("other", O_RDONLY | O_DIRECTORY);
}
static int
other_make(void)
{
	return in_dir("other/new", O_RDWR | O_CREAT);
}
static int
root_make(void)
{
	return in_dir("new", O_RDWR | O_CREAT);
}
static int
own_path_out(void)
{
	return in_dir("own/../other/file", O_RDONLY);
}
static int
own_link_out(void)
{
	return in_dir("own/way", O_RDONLY); /* a symbolic link to other/file */
}
static int
own_to_other(void)
{
	char a[96], b[96];

	snprintf(a, sizeof(a), "%s/own/file", dir);
	snprintf(b, sizeof(b), "%s/other/moved", dir);
	return result(rename(a, b));
}
static int
shadow(void)
{
	int fd = open("/etc/shadow", O_RDONLY);

	return fd < 0 ? errno : (close(fd), 0);
}
static int
passwd_write(void)
{
	int fd = open("/etc/passwd", O_WRONLY | O_APPEND);

	return fd < 0 ? errno : (close(fd), 0);
}
static int
own_memory(void)
{
	int fd = open("/proc/self/mem", O_RDWR);

	return fd < 0 ? errno : (close(fd), 0);
}
static int
of_parent(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)getppid());
	fd = open(path, O_RDONLY);
	return fd < 0 ? errno : (close(fd), 0);
}
static int
tmp_make(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

	return fd < 0 ? errno : (close(fd), 0);
}

static bool
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void
test_files(void **state)
{
	(void)state;
	if (!has_landlock()) {
		print_message("# no Landlock in this kernel\n");
		skip();
	}
	all("write in its own folder", own_write, 0);
	all("read where it may only read", ro_read, 0);
	all("write there", ro_write, EACCES);
	all("a file of another", other_read, EACCES);
	all("list the folder of another", other_list, EACCES);
	all("make a file there", other_make, EACCES);
	all("make a file above", root_make, EACCES);
	all("out by ..", own_path_out, EACCES);
	all("out by a symbolic link", own_link_out, EACCES);
	all("move a file out", own_to_other, EACCES);
	all("/etc/shadow", shadow, EACCES);
	all("/etc/passwd, to write", passwd_write, EACCES);
	all("its own memory as a file", own_memory, EACCES);
	all("the parent's environment", of_parent, EACCES);
	all("a file without a name in /tmp", tmp_make, EACCES);
}

/* ---- programs, processes, memory */

static int
exec_it(void)
{
	char *none[] = {NULL};

	return result(execve("/bin/true", none, none));
}
static int
exec_memory(void)
{
	int fd = memfd_create("x", 0);
	char *none[] = {NULL};

	return result(fexecve(fd, none, none));
}
static int
fork_it(void)
{
	return result(fork());
}
static int
vfork_it(void)
{
	return result(syscall(SYS_vfork));
}
static int
trace(void)
{
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int
read_process(void)
{
	return result(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}
static int
signal_parent(void)
{
	return result(kill(getppid(), 0));
}
static int
signal_group(void)
{
	return result(kill(0, 0));
}
static int
signal_self(void)
{
	return result(kill(getpid(), 0));
}
static int
map_code(void)
{
	void *p = mmap(
	    NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}
static int
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 99 : result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}
static int
map_data(void)
{
	void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : result(mprotect(p, 4096, PROT_READ));
}
static void *
thread_nothing(void *arg)
{
	return arg;
}
static void *
thread_forks(void *arg)
{
	(void)fork();
	return arg;
}
static int
thread_ok(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, thread_nothing, NULL) != 0 || pthread_join(t, NULL) != 0;
}
static int
thread_bad(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, thread_forks, NULL) != 0 || pthread_join(t, NULL) != 0;
}

static void
test_processes(void **state)
{
	(void)state;
	all("run a program", exec_it, KILLED);
	all("run a program in memory", exec_memory, KILLED);
	all("fork", fork_it, KILLED);
	all("vfork", vfork_it, KILLED);
	all("ptrace", trace, KILLED);
	all("read another process", read_process, KILLED);
	all("signal another process", signal_parent, KILLED);
	all("signal its process group", signal_group, KILLED);
	all("signal itself", signal_self, 0);
	each("map code", map_code, (int[ROLE_N]){KILLED, KILLED, EPERM, EPERM});
	all("make memory code", make_code, KILLED);
	all("map data", map_data, 0);
	all("a thread", thread_ok, 0);
	all("a thread that forks", thread_bad, KILLED);
}

/* ---- network */

static int
open_socket(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	return fd < 0 ? errno : (close(fd), 0);
}
static int
tcp4(void)
{
	return open_socket(AF_INET, SOCK_STREAM);
}
static int
tcp6(void)
{
	int e = open_socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK);

	return e == EAFNOSUPPORT && tcp4() == 0 ? 0 : e; /* a machine without IPv6 */
}
static int
udp(void)
{
	return open_socket(AF_INET, SOCK_DGRAM);
}
static int
local(void)
{
	return open_socket(AF_UNIX, SOCK_STREAM);
}
static int
netlink_it(void)
{
	return open_socket(AF_NETLINK, SOCK_RAW);
}
static int
packets(void)
{
	return open_socket(AF_PACKET, SOCK_RAW);
}
static int
connect_it(void)
{
	return result(connect(listens, (struct sockaddr *)&there, sizeof(there))) == EISCONN
		   ? 0
		   : errno;
}
static int
accept_it(void)
{
	int e = result(accept4(listens, NULL, NULL, SOCK_CLOEXEC));

	return e == EAGAIN ? 0 : e;
}
static int
listen_it(void)
{
	return result(listen(listens, 1));
}
static int
wait_it(void)
{
	char c;
	int sv = recv(listens, &c, 1, MSG_DONTWAIT) < 0 ? errno : 0;

	return sv == ENOTCONN ? 0 : sv;
}

static void
test_network(void **state)
{
	(void)state;
	each("TCP socket", tcp4, (int[ROLE_N]){KILLED, 0, EAFNOSUPPORT, 0});
	each("TCP socket, IPv6", tcp6, (int[ROLE_N]){KILLED, 0, EAFNOSUPPORT, 0});
	each("UDP socket", udp, (int[ROLE_N]){KILLED, KILLED, EAFNOSUPPORT, KILLED});
	each("local socket", local, (int[ROLE_N]){KILLED, KILLED, 0, 0});
	each("AF_NETLINK", netlink_it, (int[ROLE_N]){KILLED, KILLED, EAFNOSUPPORT, EAFNOSUPPORT});
	each("AF_PACKET", packets, (int[ROLE_N]){KILLED, KILLED, EAFNOSUPPORT, EAFNOSUPPORT});
	each("connect", connect_it, (int[ROLE_N]){KILLED, 0, 0, 0});
	each("accept", accept_it, (int[ROLE_N]){0, KILLED, 0, 0});
	all("listen", listen_it, KILLED);
	all("receive", wait_it, 0);
}

/* ---- the kernel */

static int
mount_it(void)
{
	return result(syscall(SYS_mount, "none", dir, "tmpfs", 0, NULL));
}
static int
unshare_it(void)
{
	return result(unshare(CLONE_NEWUSER));
}
static int
bpf_it(void)
{
	return result(syscall(SYS_bpf, 0, NULL, 0));
}
static int
uring(void)
{
	return result(syscall(SYS_io_uring_setup, 0, NULL));
}
static int
keyring(void)
{
	return result(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}
static int
set_clock(void)
{
	struct timespec t = {-1, -1};

	return result(syscall(SYS_clock_settime, CLOCK_REALTIME, &t));
}
static int
set_user(void)
{
	return result(syscall(SYS_setuid, getuid()));
}
static int
dump_again(void)
{
	return result(prctl(PR_SET_DUMPABLE, 1));
}
static int
core_again(void)
{
	struct rlimit l = {0, 0};

	return result(setrlimit(RLIMIT_CORE, &l));
}
static int
limits(void)
{
	struct rlimit l;

	return result(getrlimit(RLIMIT_NOFILE, &l));
}
static int
type_for_user(void)
{
	return result(ioctl(0, TIOCSTI, "x"));
}
static int
symlink_it(void)
{
	return result(symlink("/etc/shadow", "x"));
}
static int
old_abi(void)
{
#ifdef __x86_64__
	long r = 20; /* getpid of i386 */

	__asm__ volatile("int $0x80" : "+a"(r) : : "memory");
#else
	raise(SIGSYS);
#endif
	return 0;
}

static void
test_kernel(void **state)
{
	int got;

	(void)state;
	all("mount", mount_it, KILLED);
	all("unshare", unshare_it, KILLED);
	all("bpf", bpf_it, KILLED);
	all("io_uring", uring, KILLED);
	all("keyctl", keyring, KILLED);
	all("set the clock", set_clock, KILLED);
	all("setuid", set_user, KILLED);
	all("dumpable", dump_again, KILLED);
	all("core files", core_again, KILLED);
	all("limits, read", limits, 0);
	all("type into a terminal", type_for_user, KILLED);
	all("symlink", symlink_it, KILLED);
	got = try(INGEST, SANDBOX_KILL, old_abi);
	assert_true(got == KILLED || got == -SIGSEGV); /* a kernel without the i386 calls */
}

/* ---- what a site may choose */

static int
named_gap(void)
{
	return sandbox_gap() != NULL ? 0 : 1;
}

static void
test_modes(void **state)
{
	(void)state;
	assert_int_equal(try(INGEST, SANDBOX_LOG, local), 0);
	assert_int_equal(try(INGEST, SANDBOX_OFF, local), 0);
	assert_int_equal(try(INGEST, SANDBOX_KILL, named_gap), 1);
	assert_int_equal(try(INGEST, SANDBOX_LOG, named_gap), 0);
	assert_int_equal(try(INGEST, SANDBOX_OFF, named_gap), 0);
}

/* The parent's filter, which everything inherits: programs can be started, the rest is closed. */
static int
as_parent(attempt a)
{
	int st;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		sandbox_process();
		sandbox_parent(SANDBOX_KILL);
		_exit(a());
	}
	assert_int_equal(waitpid(pid, &st, 0), pid);
	return WIFSIGNALED(st) ? -WTERMSIG(st) : WEXITSTATUS(st);
}

static void
test_parent(void **state)
{
	(void)state;
	assert_int_equal(as_parent(exec_it), 0);
	assert_int_equal(as_parent(tcp4), 0);
	assert_int_equal(as_parent(trace), KILLED);
	assert_int_equal(as_parent(read_process), KILLED);
	assert_int_equal(as_parent(mount_it), KILLED);
	assert_int_equal(as_parent(unshare_it), KILLED);
	assert_int_equal(as_parent(bpf_it), KILLED);
	assert_int_equal(as_parent(set_clock), KILLED);
}

/* ---- */

static void
make(const char *name, bool folder)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (folder)
		assert_int_equal(mkdir(path, 0700), 0);
	else
		close(open(path, O_WRONLY | O_CREAT, 0600));
}

static int
setup(void **state)
{
	socklen_t n = sizeof(there);

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/openmdf-sandbox-XXXXXX");
	assert_non_null(mkdtemp(dir));
	make("own", true);
	make("ro", true);
	make("other", true);
	make("own/file", false);
	make("ro/file", false);
	make("other/file", false);
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(symlink("../other/file", "own/way"), 0);
	there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listens = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listens, (struct sockaddr *)&there, sizeof(there)), 0);
	assert_int_equal(listen(listens, 4), 0);
	return getsockname(listens, (struct sockaddr *)&there, &n);
}

static int
teardown(void **state)
{
	static const char *const made[] = {"own/way", "own/new", "own/file", "ro/file",
	    "other/file", "other/new", "other/moved", "new", "own", "ro", "other"};

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		remove(made[i]);
	return chdir("/") != 0 || rmdir(dir) != 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_processes),
	    cmocka_unit_test(test_network),
	    cmocka_unit_test(test_kernel),
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_parent),
	};

#ifdef WITH_SANITIZERS
	printf("1..0 # SKIP built with sanitizers: no seccomp\n");
	(void)tests;
	(void)setup;
	(void)teardown;
	return 0;
#else
	return cmocka_run_group_tests(tests, setup, teardown);
#endif
}
