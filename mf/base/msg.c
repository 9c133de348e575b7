/* SPDX-License-Identifier: Apache-2.0 */
/* Typed messages between roles; see msg.h. */
#include "base/msg.h"

#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MSG_QUEUE_MAX 4096

struct msg_out {
	TAILQ_ENTRY(msg_out) entry;
	uint32_t type;
	int fd;
	size_t len;
	uint8_t data[];
};

struct msg_chan {
	int fd;
	struct event *rd, *wr;
	msg_cb cb;
	void *arg;
	TAILQ_HEAD(, msg_out) out;
	size_t out_n;
	bool busy,
	    dead; /* busy: a callback runs; dead: it freed the channel, which ends after it */
};

/* What the system lacks for a moment, or a signal: nothing was lost, it can be done again. */
static bool
msg_for_now(int e)
{
	return e == EWOULDBLOCK || e == EINTR || e == ENOBUFS || e == ENOMEM || e == ETOOMANYREFS;
}

/* One descriptor is kept back for messages: a role whose descriptors are all in use by peers must
 * still hear what the others tell it. */
static int msg_spare = -1;

static void
msg_spare_keep(void)
{
	if (msg_spare < 0)
		msg_spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (msg_spare < 0) /* the sandbox knows no /dev/null */
		msg_spare = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
}

static void
msg_spare_use(void)
{
	if (msg_spare >= 0)
		close(msg_spare);
	msg_spare = -1;
}

/* Returns 0, -EAGAIN (socket full) or another negative errno. */
static int
msg_write(int sock, uint32_t type, const void *data, size_t len, int fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov[2] = {{&type, sizeof(type)}, {(void *)(uintptr_t)data, len}};
	struct msghdr mh = {.msg_iov = iov, .msg_iovlen = len ? 2 : 1};

	if (fd >= 0) {
		struct cmsghdr *cm;

		memset(&control, 0, sizeof(control));
		mh.msg_control = control.buf;
		mh.msg_controllen = sizeof(control.buf);
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &fd, sizeof(int));
	}
	if (sendmsg(sock, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		return 0;
	return msg_for_now(errno) ? -EAGAIN : -errno;
}

static void
msg_out_free(struct msg_out *o)
{
	if (o->fd >= 0)
		close(o->fd);
	free(o);
}

static void
msg_on_write(evutil_socket_t sock, short what, void *arg)
{
	struct msg_chan *c = arg;
	struct msg_out *o;

	(void)sock;
	(void)what;
	while ((o = TAILQ_FIRST(&c->out)) != NULL) {
		if (msg_write(c->fd, o->type, o->data, o->len, o->fd) == -EAGAIN)
			return;
		TAILQ_REMOVE(&c->out, o, entry); /* any other error: the reader sees the peer go */
		c->out_n--;
		msg_out_free(o);
	}
	event_del(c->wr);
}

/* The first descriptor that came with MH, or -1.  One is sent; others that a broken peer adds would
 * stay open. */
static int
msg_take_fd(struct msghdr *mh)
{
	int first = -1;

	for (struct cmsghdr *cm = CMSG_FIRSTHDR(mh); cm != NULL; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof(int) <= cm->cmsg_len; at += sizeof(int)) {
			int fd;

			memcpy(&fd, (uint8_t *)cm + at, sizeof(fd));
			if (first < 0)
				first = fd;
			else
				close(fd);
		}
	}
	return first;
}

/* One datagram.  Returns 1, 0 when nothing is there, -1 when the peer is gone. */
static int
msg_read(int sock, uint8_t *buf, size_t cap, size_t *len, int *fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = {buf, cap};
	struct msghdr mh = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof(control.buf)};
	ssize_t n;

	*fd = -1;
	n = recvmsg(sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return msg_for_now(errno) ? 0 : -1;
	if (mh.msg_flags & MSG_CTRUNC)
		log_err("MSG", "no descriptor left for what came with a message of another role");
	*fd = msg_take_fd(&mh);
	*len = (size_t)n;
	if (n >= (ssize_t)sizeof(uint32_t))
		return 1;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return -1;
}

static void
msg_chan_end(struct msg_chan *c)
{
	struct msg_out *o;

	while ((o = TAILQ_FIRST(&c->out)) != NULL) {
		TAILQ_REMOVE(&c->out, o, entry);
		msg_out_free(o);
	}
	event_free(c->rd);
	event_free(c->wr);
	close(c->fd);
	free(c);
}

static void
msg_on_read(evutil_socket_t sock, short what, void *arg)
{
	struct msg_chan *c = arg;
	uint8_t buf[MSG_MAX + sizeof(uint32_t)];

	(void)what;
	c->busy = true;
	msg_spare_use();
	for (int i = 0; i < 64 && !c->dead; i++) {
		struct msg m;
		size_t len;
		int r = msg_read(sock, buf, sizeof(buf), &len, &m.fd);

		if (r == 0)
			break;
		if (r < 0) {
			event_del(c->rd);
			c->cb(c, NULL, c->arg);
			break;
		}
		memcpy(&m.type, buf, sizeof(m.type));
		m.len = len - sizeof(m.type);
		m.data = buf + sizeof(m.type);
		c->cb(c, &m, c->arg);
	}
	msg_spare_keep();
	c->busy = false;
	if (c->dead)
		msg_chan_end(c);
}

struct msg_chan *
msg_chan_new(struct event_base *base, int fd, msg_cb cb, void *arg)
{
	struct msg_chan *c = calloc(1, sizeof(*c));

	assert(c != NULL);
	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	c->fd = fd;
	c->cb = cb;
	c->arg = arg;
	msg_spare_keep();
	TAILQ_INIT(&c->out);
	c->rd = event_new(base, fd, EV_READ | EV_PERSIST, msg_on_read, c);
	c->wr = event_new(base, fd, EV_WRITE | EV_PERSIST, msg_on_write, c);
	assert(c->rd != NULL && c->wr != NULL);
	event_add(c->rd, NULL);
	return c;
}

void
msg_chan_free(struct msg_chan *c)
{
	if (c == NULL)
		return;
	if (c->busy)
		c->dead = true;
	else
		msg_chan_end(c);
}

static int
msg_queue(struct msg_chan *c, uint32_t type, const void *data, size_t len, int fd)
{
	struct msg_out *o;

	if (c->out_n >= MSG_QUEUE_MAX) {
		if (fd >= 0)
			close(fd);
		return -ENOBUFS;
	}
	o = malloc(sizeof(*o) + len);
	assert(o != NULL);
	o->type = type;
	o->fd = fd;
	o->len = len;
	if (len > 0)
		memcpy(o->data, data, len);
	TAILQ_INSERT_TAIL(&c->out, o, entry);
	c->out_n++;
	event_add(c->wr, NULL);
	return 0;
}

int
msg_send(struct msg_chan *c, uint32_t type, const void *data, size_t len, int fd)
{
	int r = c == NULL	       ? -EPIPE
		: len > MSG_MAX	       ? -EMSGSIZE
		: TAILQ_EMPTY(&c->out) ? msg_write(c->fd, type, data, len, fd)
				       : -EAGAIN;

	if (r == -EAGAIN)
		return msg_queue(c, type, data, len, fd);
	if (fd >= 0)
		close(fd);
	msg_spare_keep();
	return r;
}

int
msg_memfd(const char *name, const void *data, size_t len)
{
	const uint8_t *p = data;
	int fd;

	msg_spare_use(); /* it is free again when the message is sent */
	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int e = errno;

			close(fd);
			return -e;
		}
		p += n;
		len -= (size_t)n;
	}
	fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	return fd;
}

int
msg_memfd_read(int fd, size_t max, void **data, size_t *len)
{
	struct stat st;
	uint8_t *buf;
	size_t n = 0;

	if (fd < 0)
		return -EBADF;
	if (fstat(fd, &st) < 0 || st.st_size < 0 || (uint64_t)st.st_size > max) {
		close(fd);
		return -EMSGSIZE;
	}
	buf = malloc((size_t)st.st_size + 1);
	assert(buf != NULL);
	while (n < (size_t)st.st_size) {
		ssize_t r = pread(fd, buf + n, (size_t)st.st_size - n, (off_t)n);

		if (r < 0 && errno == EINTR)
			continue; /* no signal comes while seeds are played: GCOVR_EXCL_LINE */
		if (r <= 0)
			break;
		n += (size_t)r;
	}
	close(fd);
	if (n != (size_t)st.st_size) {
		free(buf);
		return -EIO;
	}
	buf[n] = 0;
	*data = buf;
	*len = n;
	return 0;
}
