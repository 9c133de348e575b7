/* SPDX-License-Identifier: Apache-2.0 */
/* Faults inside real programs, at a chosen call (LD_PRELOAD).  The contract is in shim.py.
 *
 * The control file is mapped by the constructor, before any sandbox; rules in it are read again
 * when their generation changes.  Without a rule for a call the way is: one load, one compare, the
 * real function.  Nothing here allocates or takes a lock of libc. */
#include "config.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define CTL_LEN 65536
#define RULE_N 16
#define TEXT_LEN 256
#define IOV_MOST 64

struct ctl {
	_Atomic uint32_t gen; /* odd while it is written */
	uint32_t rules_n;
	uint8_t pad[56];
	struct {
		_Atomic uint64_t matched, struck;
	} count[RULE_N];
	uint8_t pad2[4096 - 64 - 16 * RULE_N];
	char text[RULE_N][TEXT_LEN];
	char last[RULE_N][TEXT_LEN]; /* what was struck last: role, call, path, caller */
};
_Static_assert(sizeof(struct ctl) <= CTL_LEN, "the control file");

enum call {
	C_MALLOC,
	C_OPEN,
	C_READ,
	C_PREAD,
	C_WRITE,
	C_PWRITE,
	C_FALLOCATE,
	C_FDATASYNC,
	C_SYNCRANGE,
	C_RENAME,
	C_FTRUNCATE,
	C_UNLINK,
	C_MKDIR,
	C_ACCEPT,
	C_SOCKET,
	C_SOCKETPAIR,
	C_BIND,
	C_LISTEN,
	C_CONNECT,
	C_SEND,
	C_RECV,
	C_GETRANDOM,
	C_MMAP,
	C_MEMFD,
	C_EVENTFD,
	C_THREAD,
	C_FORK,
	C_N
};

static const char *const call_name[C_N] = {"malloc", "open", "read", "pread", "write", "pwrite",
    "fallocate", "fdatasync", "syncrange", "rename", "ftruncate", "unlink", "mkdir", "accept",
    "socket", "socketpair", "bind", "listen", "connect", "send", "recv", "getrandom", "mmap",
    "memfd", "eventfd", "thread", "fork"};

enum act {
	GO,
	FAIL,
	SHORT,
	SKIP,
	KILL,
	KILL_AFTER,
	STOP,
	DELAY
};

struct rule {
	uint32_t calls;
	enum act act;
	int err;
	uint64_t k, n;
	uint32_t ms;
	char path[TEXT_LEN];
	bool any_path;
};

struct set {
	_Atomic uint32_t gen;
	uint32_t calls; /* for which there is a rule */
	struct rule rule[RULE_N];
};

static struct ctl *ctl;
static struct set sets[4]; /* used in turn, so that a reader keeps what it reads */
static _Atomic(struct set *) current = &sets[0];
static unsigned next_set = 1;
static atomic_flag busy = ATOMIC_FLAG_INIT;
static char role[96] = "?";
/* a call from within the shim itself; of the kind that needs no allocation */
static __thread int inside __attribute__((tls_model("initial-exec")));

/* ---- small things that libc would allocate or lock for */

/* '*' and '?'. */
static bool
glob(const char *p, const char *s)
{
	const char *star = NULL, *back = NULL;

	for (; *s;) {
		if (*p == '*') {
			star = p++;
			back = s;
		} else if (*p == '?' || *p == *s) {
			p++;
			s++;
		} else if (star) {
			p = star + 1;
			s = ++back;
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return *p == '\0';
}

static char *
put(char *at, const char *end, const char *s)
{
	while (*s && at < end)
		*at++ = *s++;
	*at = '\0';
	return at;
}

static char *
put_hex(char *at, const char *end, uint64_t v)
{
	char digit[17];
	int n = 16;

	digit[16] = '\0';
	do {
		digit[--n] = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	return put(at, end, digit + n);
}

static uint64_t
number(const char *s)
{
	uint64_t v = 0;

	while (*s >= '0' && *s <= '9')
		v = v * 10 + (uint64_t)(*s++ - '0');
	return v;
}

/* ---- rules */

static const struct {
	const char *name;
	int err;
} errs[] = {{"EPERM", EPERM}, {"ENOENT", ENOENT}, {"EINTR", EINTR}, {"EIO", EIO}, {"EBADF", EBADF},
    {"EAGAIN", EAGAIN}, {"ENOMEM", ENOMEM}, {"EACCES", EACCES}, {"EBUSY", EBUSY},
    {"EEXIST", EEXIST}, {"EXDEV", EXDEV}, {"EINVAL", EINVAL}, {"ENFILE", ENFILE},
    {"EMFILE", EMFILE}, {"EFBIG", EFBIG}, {"ENOSPC", ENOSPC}, {"EROFS", EROFS}, {"EPIPE", EPIPE},
    {"ENOSYS", ENOSYS}, {"ENOBUFS", ENOBUFS}, {"ECONNABORTED", ECONNABORTED},
    {"ECONNRESET", ECONNRESET}, {"ECONNREFUSED", ECONNREFUSED}, {"ETIMEDOUT", ETIMEDOUT},
    {"EHOSTUNREACH", EHOSTUNREACH}, {"ENETUNREACH", ENETUNREACH}, {"EADDRINUSE", EADDRINUSE},
    {"EADDRNOTAVAIL", EADDRNOTAVAIL}, {"EDQUOT", EDQUOT}, {"ESTALE", ESTALE}};

static void
rule_do(struct rule *r, const char *v)
{
	static const struct {
		const char *name;
		enum act act;
	} acts[] = {{"short", SHORT}, {"skip", SKIP}, {"kill", KILL}, {"kill-after", KILL_AFTER},
	    {"stop", STOP}};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(v, acts[i].name))
			r->act = acts[i].act;
	for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++)
		if (!strcmp(v, errs[i].name)) {
			r->act = FAIL;
			r->err = errs[i].err;
		}
	if (!strncmp(v, "delay:", 6)) {
		r->act = DELAY;
		r->ms = (uint32_t)number(v + 6);
	}
}

/* Names joined by "+". */
static uint32_t
rule_calls(const char *v)
{
	uint32_t calls = 0;

	while (*v) {
		size_t n = strcspn(v, "+");

		for (int i = 0; i < C_N; i++)
			if (strlen(call_name[i]) == n && !memcmp(v, call_name[i], n))
				calls |= 1u << i;
		if (n == 6 && !memcmp(v, "pwrite", 6)) /* however it is written */
			calls |= 1u << C_WRITE;
		if (n == 5 && !memcmp(v, "pread", 5))
			calls |= 1u << C_READ;
		v += n + (v[n] == '+');
	}
	return calls;
}

static bool
rule_path(struct rule *r, const char *v)
{
	put(r->path, r->path + TEXT_LEN - 1, v);
	return !strcmp(v, "*");
}

static void
rule_read(struct rule *r, const char *text)
{
	char buf[TEXT_LEN], *at = buf;
	const char *who = "*";

	memcpy(buf, text, TEXT_LEN - 1);
	buf[TEXT_LEN - 1] = '\0';
	memset(r, 0, sizeof(*r));
	r->k = r->n = 1;
	r->any_path = true;
	while (*at) {
		char *end = at + strcspn(at, ","), *v = at + strcspn(at, "=");
		bool last = *end == '\0';

		*end = '\0';
		if (v < end)
			*v++ = '\0';
		if (!strcmp(at, "role"))
			who = v;
		else if (!strcmp(at, "call"))
			r->calls = rule_calls(v);
		else if (!strcmp(at, "path"))
			r->any_path = rule_path(r, v);
		else if (!strcmp(at, "k"))
			r->k = number(v);
		else if (!strcmp(at, "n"))
			r->n = !strcmp(v, "all") ? UINT64_MAX / 2 : number(v);
		else if (!strcmp(at, "do"))
			rule_do(r, v);
		at = last ? end : end + 1;
	}
	if (!glob(who, role))
		r->calls = 0;
}

/* The rules of generation GEN; NULL when that cannot be had now. */
static struct set *
set_read(uint32_t gen)
{
	struct set *s;

	if ((gen & 1) || atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
		return NULL;
	s = &sets[next_set++ % 4];
	s->calls = 0;
	for (unsigned i = 0; i < RULE_N; i++) {
		rule_read(&s->rule[i], ctl->text[i]);
		s->calls |= s->rule[i].calls;
	}
	atomic_store(&s->gen, gen);
	if (atomic_load(&ctl->gen) == gen)
		atomic_store(&current, s);
	else
		s = NULL;
	atomic_flag_clear_explicit(&busy, memory_order_release);
	return s;
}

/* The set to go by when it has a rule for C; else NULL. */
static inline struct set *
set_for(enum call c)
{
	struct set *s;
	uint32_t gen;

	if (ctl == NULL || inside)
		return NULL;
	gen = atomic_load_explicit(&ctl->gen, memory_order_acquire);
	if (gen == 0)
		return NULL;
	s = atomic_load_explicit(&current, memory_order_acquire);
	if (atomic_load_explicit(&s->gen, memory_order_relaxed) != gen) {
		s = set_read(gen);
		if (s == NULL)
			return NULL;
	}
	return (s->calls >> c) & 1 ? s : NULL;
}

/* ---- the decision */

static bool
fd_is_unix(int fd)
{
	int domain = 0;
	socklen_t n = sizeof(domain);

	return syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 &&
	       domain == AF_UNIX;
}

/* Path of FD as the kernel names it now (a renamed file has its new one); sockets are "socket:",
 * those within the machine "unix:". */
static const char *
fd_path(int fd, char *buf, size_t cap)
{
	int nr = fd;
	char name[40] = "/proc/self/fd/", *at = name + strlen(name), digits[12];
	int n = 11;
	long len;

	digits[11] = '\0';
	do
		digits[--n] = (char)('0' + fd % 10);
	while ((fd /= 10) > 0);
	strcpy(at, digits + n);
	len = syscall(SYS_readlinkat, AT_FDCWD, name, buf, cap - 1);
	if (len < 0)
		return "?";
	buf[len] = '\0';
	if (strncmp(buf, "socket:", 7))
		return buf;
	return fd_is_unix(nr) ? "unix:" : "socket:";
}

struct hit {
	enum act act;
	int err;
};

static void
note(unsigned i, enum call c, const char *path, void *from)
{
	char *at = ctl->last[i], *end = at + TEXT_LEN - 1;
	Dl_info where;

	at = put(put(put(at, end, role), end, " "), end, call_name[c]);
	if (path != NULL)
		at = put(put(at, end, " "), end, path);
	if (dladdr(from, &where) != 0 && where.dli_fname != NULL) {
		const char *slash = strrchr(where.dli_fname, '/');

		at = put(put(at, end, " "), end, slash ? slash + 1 : where.dli_fname);
		at = put_hex(put(at, end, "+0x"), end,
		    (uint64_t)((const char *)from - (const char *)where.dli_fbase));
	}
}

static void
end_self(int sig)
{
	syscall(SYS_kill, syscall(SYS_getpid), sig);
}

static struct hit __attribute__((noinline))
strike(struct set *s, enum call c, int fd, const char *path, void *from)
{
	struct hit h = {GO, 0};
	uint32_t gen = atomic_load(&s->gen);
	char buf[512];

	inside++;
	for (unsigned i = 0; i < RULE_N; i++) {
		const struct rule *r = &s->rule[i];
		uint64_t n;

		if (!((r->calls >> c) & 1))
			continue;
		if (!r->any_path && path == NULL && fd >= 0)
			path = fd_path(fd, buf, sizeof(buf));
		if (!r->any_path && (path == NULL || !glob(r->path, path)))
			continue;
		if (atomic_load(&ctl->gen) != gen)
			break;
		n = atomic_fetch_add(&ctl->count[i].matched, 1) + 1;
		if (n < r->k || n - r->k >= r->n || h.act != GO)
			continue;
		if (path == NULL && fd >= 0)
			path = fd_path(fd, buf, sizeof(buf));
		note(i, c, path, from);
		atomic_fetch_add(&ctl->count[i].struck, 1);
		h = (struct hit){r->act, r->err};
		if (r->act == KILL || r->act == STOP)
			end_self(r->act == KILL ? SIGKILL : SIGSTOP);
		if (r->act == DELAY) {
			struct timespec t = {r->ms / 1000, (long)(r->ms % 1000) * 1000000L};

			syscall(SYS_nanosleep, &t, NULL);
		}
	}
	inside--;
	return h;
}

static void __attribute__((constructor(101))) begin(void)
{
	static char args[4096];
	const char *path = getenv("OPENMDF_SHIM"), *name = getenv("MDFD_LEA_NAME"), *exe,
		   *who = NULL;
	long fd, n;
	void *p;

	if (path == NULL)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : syscall(SYS_read, fd, args, sizeof(args) - 1);
	syscall(SYS_close, fd);
	if (n <= 0)
		return;
	exe = strrchr(args, '/') ? strrchr(args, '/') + 1 : args;
	for (char *a = args; a < args + n; a += strlen(a) + 1)
		if (!strcmp(a, "--role"))
			who = a + 7;
	put(role, role + sizeof(role) - 1, who ? who : strcmp(exe, "mdfd") ? exe : "parent");
	if (who && !strcmp(who, "deliver") && name) {
		size_t len = strlen(role);

		put(put(role + len, role + sizeof(role) - 1, ":"), role + sizeof(role) - 1, name);
	}
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	p = (void *)syscall(SYS_mmap, NULL, CTL_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	syscall(SYS_close, fd);
	if (p != MAP_FAILED)
		ctl = p;
}

/* ---- the calls */

#define HERE __builtin_return_address(0)
#define ERRNO(value) (errno = h_.err, value)
#define NO_CUT
#define HALF(n)                                                                                    \
	if (h_.act == SHORT && (n) > 1)                                                            \
	(n) /= 2

/* RET NAME PARAMS is a call of kind C at FD or PATH; FAILED: what it returns when it fails, SKIPPED
 * when it only says that it was done; CUT: makes it short.  The symbol is set by hand, so that it
 * need not agree with the headers' declaration (variadic, or with attributes). */
#define CALL(ret, name, params, args, c, fd, path, failed, skipped, cut)                           \
	ret shim_##name params __asm__(#name);                                                     \
	ret shim_##name params                                                                     \
	{                                                                                          \
		static ret(*real) params;                                                          \
		struct set *s_ = set_for(c);                                                       \
		struct hit h_ = {GO, 0};                                                           \
		ret r_;                                                                            \
                                                                                                   \
		if (real == NULL) {                                                                \
			void *p_ = dlsym(RTLD_NEXT, #name);                                        \
                                                                                                   \
			memcpy(&real, &p_, sizeof(p_));                                            \
		}                                                                                  \
		if (s_ == NULL)                                                                    \
			return real args;                                                          \
		h_ = strike(s_, c, fd, path, HERE);                                                \
		if (h_.act == FAIL)                                                                \
			return failed;                                                             \
		if (h_.act == SKIP)                                                                \
			return skipped;                                                            \
		cut;                                                                               \
		r_ = real args;                                                                    \
		if (h_.act == KILL_AFTER)                                                          \
			end_self(SIGKILL);                                                         \
		return r_;                                                                         \
	}
/* the usual kind */
#define PLAIN(name, params, args, c, fd, path)                                                     \
	CALL(int, name, params, args, c, fd, path, ERRNO(-1), 0, NO_CUT)
#define BUFFER(name, params, args, c)                                                              \
	CALL(ssize_t, name, params, args, c, fd, NULL, ERRNO(-1), (ssize_t)n, HALF(n))

/* An iovec cut to half of its octets. */
struct cut {
	struct iovec v[IOV_MOST];
	int n;
};

static void
cut_iov(struct cut *c, const struct iovec **v, int *n)
{
	size_t all = 0, left;

	for (int i = 0; i < *n; i++)
		all += (*v)[i].iov_len;
	left = all > 1 ? all / 2 : all;
	for (c->n = 0; c->n < *n && c->n < IOV_MOST && left > 0; c->n++) {
		c->v[c->n] = (*v)[c->n];
		if (c->v[c->n].iov_len > left)
			c->v[c->n].iov_len = left;
		left -= c->v[c->n].iov_len;
	}
	*v = c->v;
	*n = c->n;
}

static ssize_t
iov_sum(const struct iovec *v, int n)
{
	size_t all = 0;

	for (int i = 0; i < n; i++)
		all += v[i].iov_len;
	return (ssize_t)all;
}

#define VECTOR(name, params, args, c)                                                              \
	CALL(ssize_t, name, params, args, c, fd, NULL, ERRNO(-1), iov_sum(v, n), struct cut k_;    \
	     if (h_.act == SHORT) cut_iov(&k_, &v, &n))

/* open and its family: the mode is there only sometimes, but has its register always */
CALL(int, open, (const char *path, int flags, mode_t mode), (path, flags, mode), C_OPEN, -1, path,
    ERRNO(-1), -1, NO_CUT)
CALL(int, open64, (const char *path, int flags, mode_t mode), (path, flags, mode), C_OPEN, -1, path,
    ERRNO(-1), -1, NO_CUT)
CALL(int, openat, (int at, const char *path, int flags, mode_t mode), (at, path, flags, mode),
    C_OPEN, -1, path, ERRNO(-1), -1, NO_CUT)
CALL(int, openat64, (int at, const char *path, int flags, mode_t mode), (at, path, flags, mode),
    C_OPEN, -1, path, ERRNO(-1), -1, NO_CUT)
PLAIN(__open_2, (const char *path, int flags), (path, flags), C_OPEN, -1, path)
PLAIN(__open64_2, (const char *path, int flags), (path, flags), C_OPEN, -1, path)
PLAIN(__openat_2, (int at, const char *path, int flags), (at, path, flags), C_OPEN, -1, path)
PLAIN(__openat64_2, (int at, const char *path, int flags), (at, path, flags), C_OPEN, -1, path)
PLAIN(creat, (const char *path, mode_t mode), (path, mode), C_OPEN, -1, path)
CALL(FILE *, fopen, (const char *path, const char *mode), (path, mode), C_OPEN, -1, path,
    ERRNO(NULL), NULL, NO_CUT)
CALL(FILE *, fopen64, (const char *path, const char *mode), (path, mode), C_OPEN, -1, path,
    ERRNO(NULL), NULL, NO_CUT)
CALL(DIR *, opendir, (const char *path), (path), C_OPEN, -1, path, ERRNO(NULL), NULL, NO_CUT)

BUFFER(read, (int fd, void *p, size_t n), (fd, p, n), C_READ)
BUFFER(__read_chk, (int fd, void *p, size_t n, size_t room), (fd, p, n, room), C_READ)
BUFFER(pread, (int fd, void *p, size_t n, off_t at), (fd, p, n, at), C_PREAD)
BUFFER(pread64, (int fd, void *p, size_t n, off64_t at), (fd, p, n, at), C_PREAD)
BUFFER(
    __pread_chk, (int fd, void *p, size_t n, off_t at, size_t room), (fd, p, n, at, room), C_PREAD)
BUFFER(__pread64_chk, (int fd, void *p, size_t n, off64_t at, size_t room), (fd, p, n, at, room),
    C_PREAD)
VECTOR(readv, (int fd, const struct iovec *v, int n), (fd, v, n), C_READ)
VECTOR(preadv, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at), C_PREAD)
VECTOR(preadv64, (int fd, const struct iovec *v, int n, off64_t at), (fd, v, n, at), C_PREAD)
BUFFER(write, (int fd, const void *p, size_t n), (fd, p, n), C_WRITE)
BUFFER(pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at), C_PWRITE)
BUFFER(pwrite64, (int fd, const void *p, size_t n, off64_t at), (fd, p, n, at), C_PWRITE)
VECTOR(writev, (int fd, const struct iovec *v, int n), (fd, v, n), C_WRITE)
VECTOR(pwritev, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at), C_PWRITE)
VECTOR(pwritev64, (int fd, const struct iovec *v, int n, off64_t at), (fd, v, n, at), C_PWRITE)
VECTOR(pwritev2, (int fd, const struct iovec *v, int n, off_t at, int flags), (fd, v, n, at, flags),
    C_PWRITE)
VECTOR(pwritev64v2, (int fd, const struct iovec *v, int n, off64_t at, int flags),
    (fd, v, n, at, flags), C_PWRITE)

PLAIN(fallocate, (int fd, int mode, off_t at, off_t n), (fd, mode, at, n), C_FALLOCATE, fd, NULL)
PLAIN(fallocate64, (int fd, int mode, off64_t at, off64_t n), (fd, mode, at, n), C_FALLOCATE, fd,
    NULL)
CALL(int, posix_fallocate, (int fd, off_t at, off_t n), (fd, at, n), C_FALLOCATE, fd, NULL, h_.err,
    0, NO_CUT)
CALL(int, posix_fallocate64, (int fd, off64_t at, off64_t n), (fd, at, n), C_FALLOCATE, fd, NULL,
    h_.err, 0, NO_CUT)
PLAIN(fdatasync, (int fd), (fd), C_FDATASYNC, fd, NULL)
PLAIN(fsync, (int fd), (fd), C_FDATASYNC, fd, NULL)
PLAIN(syncfs, (int fd), (fd), C_FDATASYNC, fd, NULL)
PLAIN(sync_file_range, (int fd, off64_t at, off64_t n, unsigned flags), (fd, at, n, flags),
    C_SYNCRANGE, fd, NULL)
PLAIN(rename, (const char *from, const char *path), (from, path), C_RENAME, -1, path)
PLAIN(renameat, (int a, const char *from, int b, const char *path), (a, from, b, path), C_RENAME,
    -1, path)
PLAIN(renameat2, (int a, const char *from, int b, const char *path, unsigned flags),
    (a, from, b, path, flags), C_RENAME, -1, path)
PLAIN(ftruncate, (int fd, off_t n), (fd, n), C_FTRUNCATE, fd, NULL)
PLAIN(ftruncate64, (int fd, off64_t n), (fd, n), C_FTRUNCATE, fd, NULL)
PLAIN(unlink, (const char *path), (path), C_UNLINK, -1, path)
PLAIN(unlinkat, (int at, const char *path, int flags), (at, path, flags), C_UNLINK, -1, path)
PLAIN(mkdir, (const char *path, mode_t mode), (path, mode), C_MKDIR, -1, path)

PLAIN(accept, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n), C_ACCEPT, fd, NULL)
PLAIN(accept4, (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags), C_ACCEPT,
    fd, NULL)
PLAIN(
    socket, (int domain, int type, int protocol), (domain, type, protocol), C_SOCKET, -1, "socket:")
PLAIN(socketpair, (int domain, int type, int protocol, int *sv), (domain, type, protocol, sv),
    C_SOCKETPAIR, -1, "socket:")
PLAIN(bind, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n), C_BIND, fd, NULL)
PLAIN(listen, (int fd, int n), (fd, n), C_LISTEN, fd, NULL)
PLAIN(connect, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n), C_CONNECT, fd, NULL)
BUFFER(send, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags), C_SEND)
BUFFER(sendto,
    (int fd, const void *p, size_t n, int flags, const struct sockaddr *a, socklen_t a_n),
    (fd, p, n, flags, a, a_n), C_SEND)
CALL(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags), C_SEND, fd,
    NULL, ERRNO(-1), iov_sum(m->msg_iov, (int)m->msg_iovlen), NO_CUT)
BUFFER(recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags), C_RECV)
BUFFER(__recv_chk, (int fd, void *p, size_t n, size_t room, int flags), (fd, p, n, room, flags),
    C_RECV)
BUFFER(recvfrom, (int fd, void *p, size_t n, int flags, struct sockaddr *a, socklen_t *a_n),
    (fd, p, n, flags, a, a_n), C_RECV)
CALL(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags), C_RECV, fd, NULL,
    ERRNO(-1), 0, NO_CUT)

CALL(ssize_t, getrandom, (void *p, size_t n, unsigned flags), (p, n, flags), C_GETRANDOM, -1, NULL,
    ERRNO(-1), (ssize_t)n, HALF(n))
PLAIN(getentropy, (void *p, size_t n), (p, n), C_GETRANDOM, -1, NULL)
CALL(void *, mmap, (void *p, size_t n, int prot, int flags, int fd, off_t at),
    (p, n, prot, flags, fd, at), C_MMAP, fd, NULL, ERRNO(MAP_FAILED), MAP_FAILED, NO_CUT)
CALL(void *, mmap64, (void *p, size_t n, int prot, int flags, int fd, off64_t at),
    (p, n, prot, flags, fd, at), C_MMAP, fd, NULL, ERRNO(MAP_FAILED), MAP_FAILED, NO_CUT)
PLAIN(memfd_create, (const char *path, unsigned flags), (path, flags), C_MEMFD, -1, path)
PLAIN(eventfd, (unsigned n, int flags), (n, flags), C_EVENTFD, -1, NULL)
CALL(int, pthread_create, (pthread_t * t, const pthread_attr_t *a, void *(*run)(void *), void *arg),
    (t, a, run, arg), C_THREAD, -1, NULL, h_.err, EAGAIN, NO_CUT)
CALL(pid_t, fork, (void), (), C_FORK, -1, NULL, ERRNO(-1), -1, NO_CUT)

/* Sanitizers have an allocator of their own. */
#ifndef WITH_SANITIZERS
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

/* Whether this allocation fails. */
static inline bool
no_memory(void *from)
{
	struct set *s = set_for(C_MALLOC);
	struct hit h;

	if (s == NULL)
		return false;
	h = strike(s, C_MALLOC, -1, NULL, from);
	if (h.act == FAIL)
		errno = h.err;
	return h.act == FAIL;
}

void *
malloc(size_t n)
{
	return no_memory(HERE) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return no_memory(HERE) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return no_memory(HERE) ? NULL : __libc_realloc(p, n);
}

/* Of the C library, but the caller counts. */
char *
strndup(const char *text, size_t max)
{
	size_t n = strnlen(text, max);
	char *p = no_memory(HERE) ? NULL : __libc_malloc(n + 1);

	if (p == NULL)
		return NULL;
	p[n] = '\0';
	return memcpy(p, text, n);
}

char *
strdup(const char *text)
{
	size_t n = strlen(text) + 1;
	char *p = no_memory(HERE) ? NULL : __libc_malloc(n);

	return p == NULL ? NULL : memcpy(p, text, n);
}

void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return no_memory(HERE) ? NULL : __libc_realloc(p, all);
}

void *
aligned_alloc(size_t align, size_t n)
{
	return no_memory(HERE) ? NULL : __libc_memalign(align, n);
}

int
posix_memalign(void **p, size_t align, size_t n)
{
	if (align % sizeof(void *) != 0 || (align & (align - 1)) != 0 || align == 0)
		return EINVAL;
	if (no_memory(HERE))
		return ENOMEM;
	*p = __libc_memalign(align, n);
	return *p ? 0 : ENOMEM;
}
#endif
