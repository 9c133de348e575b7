/* SPDX-License-Identifier: Apache-2.0 */
/* The C library's calls on sockets, epoll and threads, as the roles see them; see calls_file.c.  A
 * task gives way in epoll_wait, on a mutex, on a condition, and in pthread_join. */
#include "tests/sim/net.h"
#include "tests/sim/sim.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int
answer(int r)
{
	if (r >= 0)
		return r;
	errno = -r;
	return -1;
}

/* ---- epoll: one per role, with few descriptors */

#define WATCHED_N 64

struct watched {
	int fd;
	struct epoll_event ev;
};
static struct watched watched[PROC_N][WATCHED_N];
static size_t watched_n[PROC_N];

int
epoll_create1(int flags)
{
	int fd;

	if (!vfd_in_role())
		return (int)syscall(SYS_epoll_create1, flags);
	fd = vfd_new(VFD_EPOLL);
	watched_n[sim->task->proc->id] = 0;
	return fd;
}

int
epoll_ctl(int ep, int op, int fd, struct epoll_event *ev)
{
	struct watched *w;
	size_t *n, i = 0;

	if (vfd_get(ep) == NULL)
		return (int)syscall(SYS_epoll_ctl, ep, op, fd, ev);
	w = watched[vfd_get(ep)->proc->id];
	n = &watched_n[vfd_get(ep)->proc->id];
	while (i < *n && w[i].fd != fd)
		i++;
	if ((op == EPOLL_CTL_ADD) == (i < *n))
		return answer(op == EPOLL_CTL_ADD ? -EEXIST : -ENOENT);
	if (op == EPOLL_CTL_DEL) {
		w[i] = w[--*n];
		return 0;
	}
	assert(i < WATCHED_N);
	w[i] = (struct watched){fd, *ev};
	*n += op == EPOLL_CTL_ADD;
	return 0;
}

static void
watched_forget(const struct sim_proc *p, int fd)
{
	struct watched *w = watched[p->id];
	size_t *n = &watched_n[p->id];

	for (size_t i = 0; i < *n; i++)
		if (w[i].fd == fd) {
			w[i] = w[--*n];
			return;
		}
}

static uint32_t
vfd_ready(const struct vfd *f)
{
	switch (f->kind) {
	case VFD_EVENT:
		return f->count > 0 ? EPOLLIN : 0;
	case VFD_INBOX:
		return f->proc->inbox != NULL ? EPOLLIN : 0;
	case VFD_LISTEN:
		return net_acceptable(f->port) ? EPOLLIN : 0;
	case VFD_SOCK:
		return f->conn != NULL ? net_ready(f->conn) : 0;
	default:
		return 0;
	}
}

static int
epoll_look(const struct sim_proc *p, struct epoll_event *out, int max)
{
	const struct watched *w = watched[p->id];
	size_t n = watched_n[p->id], from = rng_below(&sim->rng, n);
	int got = 0;

	for (size_t k = 0; k < n && got < max; k++) {
		const struct watched *x = &w[(from + k) % n];
		const struct vfd *f = vfd_get(x->fd);
		uint32_t is = f != NULL ? vfd_ready(f) & (x->ev.events | EPOLLHUP | EPOLLERR) : 0;

		if (is == 0)
			continue;
		out[got].events = is;
		out[got++].data = x->ev.data;
	}
	return got;
}

int
epoll_wait(int ep, struct epoll_event *out, int max, int timeout_ms)
{
	int64_t until;
	int n;

	if (vfd_get(ep) == NULL)
		return (int)syscall(SYS_epoll_pwait, ep, out, max, timeout_ms, NULL, 8);
	until = timeout_ms < 0 ? INT64_MAX : sim->now_ns + timeout_ms * SIM_MS;
	n = epoll_look(sim->task->proc, out, max);
	if (n > 0 || timeout_ms == 0) {
		proc_call("epoll_wait");
		task_sleep((int64_t)rng_below(&sim->rng, 30 * SIM_US)); /* others run too */
		return n > 0 ? epoll_look(sim->task->proc, out, max) : 0;
	}
	sim->task->proc->poller = sim->task;
	task_wait(until);
	sim->task->proc->poller = NULL;
	proc_call("epoll_wait");
	return epoll_look(sim->task->proc, out, max);
}

void
vfd_changed(struct sim_proc *p)
{
	if (p != NULL && p->poller != NULL)
		task_wake(p->poller);
}

void
vfd_close(int fd)
{
	struct vfd *f = vfd_get(fd);
	enum vfd_kind kind = f->kind;

	watched_forget(f->proc, fd);
	f->kind = VFD_FREE;
	if (kind == VFD_SOCK && f->conn != NULL)
		net_role_closed(f->conn);
	if (kind == VFD_LISTEN)
		net_listen_closed(f->port);
	if (f->ino != NULL)
		disk_put(f->ino);
}

int
eventfd(unsigned count, int flags)
{
	int fd;

	if (!vfd_in_role())
		return (int)syscall(SYS_eventfd2, count, flags);
	fd = vfd_new(VFD_EVENT);
	vfd_get(fd)->count = count;
	return fd;
}

/* libevent's own pipe for signals; nobody sends any. */
int
pipe2(int fd[2], int flags)
{
	if (!vfd_in_role())
		return (int)syscall(SYS_pipe2, fd, flags);
	fd[0] = vfd_new(VFD_DEAD);
	fd[1] = vfd_new(VFD_DEAD);
	return 0;
}

int
timerfd_create(int clock, int flags)
{
	(void)clock;
	(void)flags;
	return answer(-EINVAL); /* epoll_wait has the time out */
}

int
fcntl(int fd, int op, ...)
{
	va_list ap;
	long arg;

	va_start(ap, op);
	arg = va_arg(ap, long);
	va_end(ap);
	if (vfd_get(fd) == NULL)
		return (int)syscall(SYS_fcntl, fd, op, arg);
	if (op == F_GET_SEALS)
		return F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	return op == F_GETFL ? O_NONBLOCK : 0;
}

int
memfd_create(const char *name, unsigned flags)
{
	int fd;

	if (!vfd_in_role())
		return (int)syscall(SYS_memfd_create, name, flags);
	fd = vfd_new(VFD_MEM);
	vfd_get(fd)->ino = disk_loose_file();
	return fd;
}

void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	struct vfd *f = fd >= 0 ? vfd_get(fd) : NULL;
	void *p;

	if (f == NULL)
		return (void *)syscall(SYS_mmap, at, n, prot, flags, fd, off);
	p = (void *)syscall(
	    SYS_mmap, NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p != MAP_FAILED)
		disk_read(f->ino, p, n, off);
	return p;
}

/* ---- sockets */

int
socket(int domain, int type, int protocol)
{
	if (!vfd_in_role())
		return (int)syscall(SYS_socket, domain, type, protocol);
	proc_call("socket");
	return vfd_new(VFD_SOCK);
}

static uint16_t
port_of(const struct sockaddr *sa)
{
	struct sockaddr_in in;

	memcpy(&in, sa, sizeof(in));
	return ntohs(in.sin_port);
}

int
bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return (int)syscall(SYS_bind, fd, sa, len);
	f->port = port_of(sa);
	return 0;
}

int
listen(int fd, int backlog)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return (int)syscall(SYS_listen, fd, backlog);
	f->kind = VFD_LISTEN;
	net_listen(f->port, f->proc);
	return 0;
}

int
connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return (int)syscall(SYS_connect, fd, sa, len);
	proc_call("connect");
	f->conn = net_connect(f->proc, port_of(sa));
	return answer(-EINPROGRESS);
}

int
accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
	struct vfd *f = vfd_get(fd);
	struct vconn *c;

	if (f == NULL)
		return (int)syscall(SYS_accept4, fd, sa, len, flags);
	proc_call("accept");
	c = net_take(f->port);
	if (c == NULL)
		return answer(-EAGAIN);
	fd = vfd_new(VFD_SOCK);
	vfd_get(fd)->conn = c;
	return fd;
}

ssize_t
recv(int fd, void *buf, size_t n, int flags)
{
	struct vfd *f = vfd_get(fd);
	ssize_t r;

	if (f == NULL)
		return syscall(SYS_recvfrom, fd, buf, n, flags, NULL, NULL);
	proc_call("recv");
	r = f->conn != NULL ? net_recv(f->conn, buf, n) : -ENOTCONN;
	if (r >= 0)
		return r;
	errno = (int)-r;
	return -1;
}

ssize_t __recv_chk(int fd, void *buf, size_t n, size_t cap, int flags);
ssize_t
__recv_chk(int fd, void *buf, size_t n, size_t cap, int flags)
{
	assert(n <= cap);
	return recv(fd, buf, n, flags);
}

ssize_t
send(int fd, const void *buf, size_t n, int flags)
{
	struct vfd *f = vfd_get(fd);
	ssize_t r;

	if (f == NULL)
		return syscall(SYS_sendto, fd, buf, n, flags, NULL, 0);
	proc_call("send");
	r = f->conn != NULL ? net_role_send(f->conn, buf, n) : -ENOTCONN;
	if (r >= 0)
		return r;
	errno = (int)-r;
	return -1;
}

int
shutdown(int fd, int how)
{
	struct vfd *f = vfd_get(fd);

	if (f == NULL)
		return (int)syscall(SYS_shutdown, fd, how);
	return 0; /* close follows at once */
}

int
getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len)
{
	struct vfd *f = vfd_get(fd);
	int error = 0;

	if (f == NULL)
		return (int)syscall(SYS_getsockopt, fd, level, name, value, len);
	if (level == SOL_SOCKET && name == SO_ERROR)
		error = f->conn != NULL ? net_error(f->conn) : 0;
	memset(value, 0, *len);
	if (*len >= sizeof(error))
		memcpy(value, &error, sizeof(error));
	return 0;
}

int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return vfd_get(fd) != NULL ? 0 : (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}

static int
address(uint16_t port, struct sockaddr *restrict sa, socklen_t *restrict len)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memcpy(sa, &in, *len < sizeof(in) ? *len : sizeof(in));
	return 0;
}

int
getsockname(int fd, struct sockaddr *restrict sa, socklen_t *restrict len)
{
	struct vfd *f = vfd_get(fd);

	return f != NULL ? address(f->port, sa, len) : (int)syscall(SYS_getsockname, fd, sa, len);
}

int
getpeername(int fd, struct sockaddr *restrict sa, socklen_t *restrict len)
{
	struct vfd *f = vfd_get(fd);

	return f != NULL ? address(40000, sa, len) : (int)syscall(SYS_getpeername, fd, sa, len);
}

int
ioctl(int fd, unsigned long op, ...)
{
	struct vfd *f = vfd_get(fd);
	va_list ap;
	void *arg;

	va_start(ap, op);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (f == NULL)
		return (int)syscall(SYS_ioctl, fd, op, arg);
	if (op != SIOCOUTQ || f->conn == NULL)
		return answer(-EINVAL);
	*(int *)arg = (int)net_unacked(f->conn);
	return 0;
}

/* ---- threads: the first word of the object is all that is used of it */

int
pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
	(void)attr;
	memset(m, 0, sizeof(*m));
	return 0;
}

int
pthread_mutex_destroy(pthread_mutex_t *m)
{
	(void)m;
	return 0;
}

int
pthread_mutex_lock(pthread_mutex_t *m)
{
	if (!vfd_in_role())
		return 0;
	while (*(int *)m != 0) {
		sim->task->wait_on = m;
		task_wait(INT64_MAX);
	}
	*(int *)m = 1;
	return 0;
}

int
pthread_mutex_unlock(pthread_mutex_t *m)
{
	*(int *)m = 0;
	if (vfd_in_role())
		task_wake_on(m, true);
	return 0;
}

int
pthread_cond_init(pthread_cond_t *restrict c, const pthread_condattr_t *restrict attr)
{
	(void)attr;
	memset(c, 0, sizeof(*c));
	return 0;
}

int
pthread_cond_destroy(pthread_cond_t *c)
{
	(void)c;
	return 0;
}

static void
cond_wait(pthread_cond_t *c, pthread_mutex_t *m, int64_t until_ns)
{
	sim->task->wait_on = c;
	pthread_mutex_unlock(m);
	task_wait(until_ns);
	sim->task->wait_on = NULL;
	pthread_mutex_lock(m);
}

int
pthread_cond_timedwait(
    pthread_cond_t *restrict c, pthread_mutex_t *restrict m, const struct timespec *restrict until)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	cond_wait(c, m,
	    sim->now_ns + (until->tv_sec - now.tv_sec) * SIM_S + (until->tv_nsec - now.tv_nsec));
	return 0;
}

int
pthread_cond_wait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m)
{
	cond_wait(c, m, INT64_MAX);
	return 0;
}

int
pthread_cond_signal(pthread_cond_t *c)
{
	task_wake_on(c, false);
	return 0;
}

int
pthread_cond_broadcast(pthread_cond_t *c)
{
	task_wake_on(c, true);
	return 0;
}

int
pthread_create(pthread_t *restrict t, const pthread_attr_t *restrict attr, void *(*fn)(void *),
    void *restrict arg)
{
	(void)attr;
	assert(vfd_in_role());
	*t = (pthread_t)task_new(sim->task->proc, fn, arg);
	return 0;
}

int
pthread_join(pthread_t t, void **value)
{
	struct sim_task *task = (struct sim_task *)t;

	(void)value;
	while (!task->done) {
		sim->task->wait_on = task;
		task_wait(INT64_MAX);
	}
	return 0;
}
