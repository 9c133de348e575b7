/* SPDX-License-Identifier: Apache-2.0 */
/* The C library's calls on files, clocks and chance, as the roles see them: defined here, they take
 * the place of the library's, also for libevent.  Outside of a role (and for descriptors that are
 * not ours) they are the kernel's. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define BOOT_NS (1000 * SIM_S)		       /* of the monotonic clock */
#define EPOCH_NS (INT64_C(1700000000) * SIM_S) /* of the wall clock */
#define BOOT_ID "11111111-2222-3333-4444-555555555555\n"

static int
answer(int r)
{
	if (r >= 0)
		return r;
	errno = -r;
	return -1;
}

/* ---- descriptors */

static struct vfd vfds[SIM_FD_N];
static FILE *streams[SIM_FD_N];

bool
vfd_in_role(void)
{
	return sim != NULL && sim->task != NULL;
}

struct vfd *
vfd_get(int fd)
{
	if (fd < SIM_FD_MIN || fd >= SIM_FD_MIN + SIM_FD_N ||
	    vfds[fd - SIM_FD_MIN].kind == VFD_FREE)
		return NULL;
	return &vfds[fd - SIM_FD_MIN];
}

int
vfd_new(enum vfd_kind kind)
{
	for (int i = 0; i < SIM_FD_N; i++)
		if (vfds[i].kind == VFD_FREE) {
			memset(&vfds[i], 0, sizeof(vfds[i]));
			vfds[i].kind = kind;
			vfds[i].proc = sim->task != NULL ? sim->task->proc : NULL;
			return SIM_FD_MIN + i;
		}
	abort();
}

void
vfd_close_all(struct sim_proc *p)
{
	for (int i = 0; i < SIM_FD_N; i++)
		if (vfds[i].kind != VFD_FREE && vfds[i].proc == p)
			vfd_close(SIM_FD_MIN + i);
}

void
calls_reset(void)
{
	memset(vfds, 0, sizeof(vfds));
	memset(streams, 0, sizeof(streams));
}

/* ---- open and close */

static int
file_open(const char *path, int flags)
{
	bool dir;
	struct vinode *v;
	struct vfd *f;
	int fd;

	proc_call("open");
	v = disk_find(path, &dir);
	if (v == NULL && (flags & O_CREAT) == 0)
		return answer(-ENOENT);
	if (v == NULL && (v = disk_create(path, false)) == NULL)
		return answer(-ENOENT);
	if ((flags & O_DIRECTORY) && !dir)
		return answer(-ENOTDIR);
	if (flags & O_TRUNC)
		disk_truncate(v, 0);
	fd = vfd_new(VFD_FILE);
	f = vfd_get(fd);
	f->ino = v;
	f->write = (flags & O_ACCMODE) != O_RDONLY;
	snprintf(f->path, sizeof(f->path), "%s", path);
	disk_hold(v);
	return fd;
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	if (!vfd_in_role())
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	return file_open(path, flags);
}

int __open_2(const char *path, int flags);
int
__open_2(const char *path, int flags)
{
	return open(path, flags, 0);
}

int
close(int fd)
{
	if (vfd_get(fd) == NULL)
		return (int)syscall(SYS_close, fd);
	vfd_close(fd);
	return 0;
}

/* ---- reading and writing */

/* What a call writes at most: sometimes less than it was asked to.  0: interrupted. */
static size_t
write_some(size_t n)
{
	if (sim->calm)
		return n;
	if (rng_once_in(&sim->fault, sim->plan.eintr))
		return 0;
	if (n > 1 && rng_once_in(&sim->fault, sim->plan.short_write))
		return 1 + rng_below(&sim->fault, n - 1);
	return n;
}

static ssize_t
file_write(struct vfd *f, const void *buf, size_t n, off_t off, bool some)
{
	ssize_t r;

	if (some)
		n = write_some(n);
	if (n == 0) {
		errno = EINTR;
		return -1;
	}
	r = disk_write(f->ino, buf, n, off);
	if (r >= 0)
		return r;
	errno = (int)-r;
	return -1;
}

ssize_t
read(int fd, void *buf, size_t n)
{
	struct vfd *f = vfd_get(fd);
	ssize_t r;

	if (f == NULL)
		return syscall(SYS_read, fd, buf, n);
	if (f->kind == VFD_EVENT && n >= 8) {
		if (f->count == 0)
			return answer(-EAGAIN);
		memcpy(buf, &f->count, 8);
		f->count = 0;
		return 8;
	}
	if (f->kind != VFD_FILE && f->kind != VFD_MEM)
		return answer(-EINVAL);
	proc_call("read");
	r = disk_read(f->ino, buf, n, f->off);
	f->off += r;
	return r;
}

ssize_t
write(int fd, const void *buf, size_t n)
{
	struct vfd *f = vfd_get(fd);
	uint64_t one;
	ssize_t r;

	if (f == NULL)
		return syscall(SYS_write, fd, buf, n);
	if (f->kind == VFD_EVENT && n == 8) {
		memcpy(&one, buf, 8);
		f->count += one;
		vfd_changed(f->proc);
		return 8;
	}
	if (f->kind != VFD_FILE && f->kind != VFD_MEM)
		return answer(-EINVAL);
	proc_call("write");
	r = file_write(f, buf, n, f->off, f->kind == VFD_FILE);
	f->off += r > 0 ? r : 0;
	return r;
}

ssize_t
pread(int fd, void *buf, size_t n, off_t off)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return syscall(SYS_pread64, fd, buf, n, off);
	proc_call("pread");
	return disk_read(f->ino, buf, n, off);
}

/* What the calls become where the compiler knows the length of the buffer. */
ssize_t __read_chk(int fd, void *buf, size_t n, size_t cap);
ssize_t __pread_chk(int fd, void *buf, size_t n, off_t off, size_t cap);

ssize_t
__read_chk(int fd, void *buf, size_t n, size_t cap)
{
	assert(n <= cap);
	return read(fd, buf, n);
}

ssize_t
__pread_chk(int fd, void *buf, size_t n, off_t off, size_t cap)
{
	assert(n <= cap);
	return pread(fd, buf, n, off);
}

ssize_t
pwrite(int fd, const void *buf, size_t n, off_t off)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return syscall(SYS_pwrite64, fd, buf, n, off);
	proc_call("pwrite");
	return file_write(f, buf, n, off, true);
}

ssize_t
pwritev(int fd, const struct iovec *iov, int n, off_t off)
{
	struct vfd *f = vfd_get(fd);
	ssize_t done = 0;

	if (f == NULL)
		return syscall(SYS_pwritev, fd, iov, n, off, 0);
	proc_call("pwritev");
	for (int i = 0; i < n; i++) {
		ssize_t r = file_write(f, iov[i].iov_base, iov[i].iov_len, off + done, true);

		if (r < 0)
			return done > 0 ? done : r;
		done += r;
		if ((size_t)r < iov[i].iov_len)
			break;
	}
	return done;
}

off_t
lseek(int fd, off_t off, int whence)
{
	struct vfd *f = vfd_get(fd);
	off_t r;

	if (f == NULL)
		return syscall(SYS_lseek, fd, off, whence);
	switch (whence) {
	case SEEK_HOLE:
	case SEEK_DATA:
		r = disk_seek(f->ino, off, whence == SEEK_HOLE);
		if (r < 0) {
			errno = (int)-r;
			return -1;
		}
		return r;
	case SEEK_SET:
		return f->off = off;
	case SEEK_CUR:
		return f->off += off;
	default:
		return f->off = disk_size(f->ino) + off;
	}
}

/* ---- durable */

static int
file_sync(int fd, const char *what, bool names)
{
	struct vfd *f = vfd_get(fd);

	proc_call(what);
	if (!sim->calm && rng_once_in(&sim->fault, sim->plan.eintr * 4))
		return answer(-EINTR);
	return answer(disk_sync(f->ino, f->path, names));
}

int
fdatasync(int fd)
{
	int r;

	if (vfd_get(fd) == NULL)
		return (int)syscall(SYS_fdatasync, fd);
	r = file_sync(fd, "fdatasync", false);
	proc_call("fdatasync done");
	return r;
}

int
fsync(int fd)
{
	return vfd_get(fd) != NULL ? file_sync(fd, "fsync", true) : (int)syscall(SYS_fsync, fd);
}

int
syncfs(int fd)
{
	if (vfd_get(fd) == NULL)
		return (int)syscall(SYS_syncfs, fd);
	proc_call("syncfs");
	return disk_sync_all();
}

int
sync_file_range(int fd, off64_t off, off64_t n, unsigned flags)
{
	return vfd_get(fd) != NULL ? 0 : (int)syscall(SYS_sync_file_range, fd, off, n, flags);
}

int
ftruncate(int fd, off_t len)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return (int)syscall(SYS_ftruncate, fd, len);
	proc_call("ftruncate");
	return answer(disk_truncate(f->ino, len));
}

int
fallocate(int fd, int mode, off_t off, off_t len)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return (int)syscall(SYS_fallocate, fd, mode, off, len);
	proc_call("fallocate");
	return answer(disk_allocate(f->ino, off + len));
}

/* ---- names */

int
mkdir(const char *path, mode_t mode)
{
	if (!vfd_in_role())
		return (int)syscall(SYS_mkdir, path, mode);
	proc_call("mkdir");
	return answer(disk_mkdir(path));
}

int
rename(const char *from, const char *to)
{
	if (!vfd_in_role())
		return (int)syscall(SYS_rename, from, to);
	proc_call("rename");
	return answer(disk_rename(from, to));
}

int
unlink(const char *path)
{
	if (!vfd_in_role())
		return (int)syscall(SYS_unlink, path);
	proc_call("unlink");
	return answer(disk_unlink(path));
}

static void
stat_fill(const struct vinode *v, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_mode = disk_is_dir(v) ? S_IFDIR | 0700 : S_IFREG | 0600;
	st->st_size = disk_size(v);
	st->st_blocks = disk_alloc(v) / 512;
}

static int
stat_path(const char *path, struct stat *st)
{
	struct vinode *v = disk_find(path, NULL);

	if (v == NULL)
		return answer(-ENOENT);
	stat_fill(v, st);
	return 0;
}

int
stat(const char *path, struct stat *st)
{
	if (!vfd_in_role())
		return (int)syscall(SYS_newfstatat, AT_FDCWD, path, st, 0);
	return stat_path(path, st);
}

int
fstat(int fd, struct stat *st)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return (int)syscall(SYS_fstat, fd, st);
	if (f->ino == NULL)
		return answer(-EBADF);
	stat_fill(f->ino, st);
	return 0;
}

int
fstatat(int fd, const char *name, struct stat *st, int flags)
{
	struct vfd *f = vfd_get(fd);
	char path[520];

	if (f == NULL)
		return (int)syscall(SYS_newfstatat, fd, name, st, flags);
	snprintf(path, sizeof(path), "%s/%s", f->path, name);
	return stat_path(path, st);
}

int
statvfs(const char *path, struct statvfs *v)
{
	assert(vfd_in_role());
	(void)path;
	memset(v, 0, sizeof(*v));
	v->f_frsize = v->f_bsize = 4096;
	v->f_bavail = v->f_bfree = disk_free_len() / 4096;
	return 0;
}

/* ---- directories: the names as they were when it was opened */

struct vdir {
	int fd;
	size_t n, at;
	struct dirent e[256];
};

DIR *
opendir(const char *path)
{
	struct vdir *d;
	struct vinode *v;
	const char *name;
	int fd;

	assert(vfd_in_role());
	fd = file_open(path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return NULL;
	d = calloc(1, sizeof(*d));
	assert(d != NULL);
	d->fd = fd;
	for (; d->n < 256 && (name = disk_entry(path, d->n, &v)) != NULL; d->n++) {
		snprintf(d->e[d->n].d_name, sizeof(d->e[0].d_name), "%s", name);
		d->e[d->n].d_type = disk_is_dir(v) ? DT_DIR : DT_REG;
	}
	assert(d->n < 256);
	return (DIR *)d;
}

struct dirent *
readdir(DIR *dir)
{
	struct vdir *d = (struct vdir *)dir;

	return d->at < d->n ? &d->e[d->at++] : NULL;
}

int
closedir(DIR *dir)
{
	struct vdir *d = (struct vdir *)dir;

	vfd_close(d->fd);
	free(d);
	return 0;
}

int
dirfd(DIR *dir)
{
	return ((struct vdir *)dir)->fd;
}

int
scandir(const char *path, struct dirent ***list, int (*filter)(const struct dirent *),
    int (*cmp)(const struct dirent **, const struct dirent **))
{
	DIR *d = opendir(path);
	struct dirent **l = calloc(256, sizeof(*l)), *e;
	int n = 0;

	assert(l != NULL);
	if (d == NULL) {
		free(l);
		return -1;
	}
	while ((e = readdir(d)) != NULL)
		if (filter == NULL || filter(e)) {
			l[n] = malloc(sizeof(*e));
			assert(l[n] != NULL);
			memcpy(l[n++], e, sizeof(*e));
		}
	closedir(d);
	for (int i = 1; i < n && cmp != NULL; i++)
		for (int k = i; k > 0 && cmp((const struct dirent **)&l[k - 1],
					     (const struct dirent **)&l[k]) > 0;
		     k--) {
			e = l[k];
			l[k] = l[k - 1];
			l[k - 1] = e;
		}
	*list = l;
	return n;
}

/* ---- streams */

static ssize_t
stream_read(void *cookie, char *buf, size_t n)
{
	return read((int)(intptr_t)cookie, buf, n);
}

static ssize_t
stream_write(void *cookie, const char *buf, size_t n)
{
	ssize_t r = write((int)(intptr_t)cookie, buf, n);

	return r < 0 ? 0 : r;
}

static int
stream_close(void *cookie)
{
	return close((int)(intptr_t)cookie);
}

FILE *
fopen(const char *path, const char *mode)
{
	static const cookie_io_functions_t io = {
	    .read = stream_read, .write = stream_write, .close = stream_close};
	bool w = mode[0] == 'w';
	FILE *f;
	int fd;

	if (!vfd_in_role()) {
		fd = (int)syscall(
		    SYS_openat, AT_FDCWD, path, w ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0666);
		return fd < 0 ? NULL : fdopen(fd, w ? "w" : "r");
	}
	if (strcmp(path, "/proc/sys/kernel/random/boot_id") == 0) {
		static char id[] = BOOT_ID;

		snprintf(id, sizeof(id), "%08u%s", sim->power_cuts, &BOOT_ID[8]);
		return fmemopen(id, strlen(id), "r");
	}
	fd = file_open(path, w ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY);
	if (fd < 0)
		return NULL;
	f = fopencookie((void *)(intptr_t)fd, w ? "w" : "r", io);
	assert(f != NULL);
	streams[fd - SIM_FD_MIN] = f;
	return f;
}

int
fileno(FILE *f)
{
	for (int i = 0; i < SIM_FD_N; i++)
		if (streams[i] == f && vfds[i].kind == VFD_FILE)
			return SIM_FD_MIN + i;
	return fileno_unlocked(f);
}

/* ---- time and chance */

int
clock_gettime(clockid_t id, struct timespec *t)
{
	int64_t ns;

	if (sim == NULL)
		return (int)syscall(SYS_clock_gettime, id, t);
	ns = sim->now_ns + (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE
				   ? EPOCH_NS + sim->wall_ns
				   : BOOT_NS);
	t->tv_sec = ns / SIM_S;
	t->tv_nsec = ns % SIM_S;
	return 0;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	t->tv_sec = ts.tv_sec;
	t->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

ssize_t
getrandom(void *buf, size_t n, unsigned flags)
{
	uint8_t *p = buf;

	if (!vfd_in_role())
		return syscall(SYS_getrandom, buf, n, flags);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)rng_next(&sim->rng);
	return (ssize_t)n;
}

int
RAND_bytes(unsigned char *buf, int n)
{
	for (int i = 0; i < n; i++)
		buf[i] = (uint8_t)(rng_next(&sim->rng) >> 8);
	return 1;
}

long
random(void)
{
	return (long)(rng_next(&sim->rng) >> 33);
}

void
srandom(unsigned seed)
{
	(void)seed;
}
