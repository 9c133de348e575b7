/* SPDX-License-Identifier: Apache-2.0 */
/* What another role that has gone mad may send: datagrams of any length with any descriptors.  Each
 * message is told once, in order and as it was sent; behind it no descriptor stays open; the end is
 * told once.  What comes as a descriptor is read as a memfd.
 *
 * Input: steps: an octet (1: read now; 2 and 4: descriptors that come along, up to three; 8: the
 * length is near the limit; 16: who reads it gives up), an octet for the kind of each descriptor, a
 * run of octets. */
#include "base/log.h"
#include "base/msg.h"
#include "fuzz_util.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define STEPS_MAX 64
#define WAIT_MAX 8 /* datagrams that wait at most */
#define FD_MAX 3
#define MEMFD_MAX 512
#define FDS 48

static struct event_base *base;
static struct {
	struct octets o;
	bool fd, ends;
	uint8_t kind; /* of its first descriptor */
} sent[STEPS_MAX];
static size_t sent_n, got_n;
static bool gone, must_go, ended;

enum {
	KIND_MEMFD,
	KIND_LARGE,
	KIND_EMPTY,
	KIND_NULL,
	KIND_SOCKET,
	KIND_PIPE,
	KIND_UNREADABLE,
	KIND_N
};

static unsigned
open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < FDS; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int
make_fd(unsigned kind)
{
	static const uint8_t data[MEMFD_MAX + 1] = {1, 2, 3};
	char path[32];
	int two[2], fd;

	switch (kind) {
	case KIND_MEMFD:
		fd = msg_memfd("fuzz", data, 3);
		break;
	case KIND_LARGE:
		fd = msg_memfd("fuzz", data, sizeof(data));
		break;
	case KIND_EMPTY:
		fd = msg_memfd("fuzz", data, 0);
		break;
	case KIND_NULL:
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		break;
	case KIND_SOCKET:
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		break;
	case KIND_UNREADABLE:
		two[0] = memfd_create("fuzz", MFD_CLOEXEC);
		if (write(two[0], data, 3) != 3)
			abort();
		snprintf(path, sizeof(path), "/proc/self/fd/%d", two[0]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		close(two[0]);
		break;
	default:
		if (pipe2(two, O_CLOEXEC) < 0)
			abort();
		close(two[1]);
		fd = two[0];
		break;
	}
	assert(fd >= 0);
	return fd;
}

static void
send_one(int sock, struct octets o, unsigned fds, uint8_t kinds)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(FD_MAX * sizeof(int))];
	} control = {0};
	struct iovec iov = {(void *)(uintptr_t)o.p, o.n};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *cm;
	int fd[FD_MAX];

	for (unsigned i = 0; i < fds; i++)
		fd[i] = make_fd((kinds + i) % KIND_N);
	if (fds > 0) {
		mh.msg_control = control.buf;
		mh.msg_controllen = CMSG_SPACE(fds * sizeof(int));
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(fds * sizeof(int));
		memcpy(CMSG_DATA(cm), fd, fds * sizeof(int));
	}
	if (sendmsg(sock, &mh, MSG_NOSIGNAL) != (ssize_t)o.n)
		abort();
	for (unsigned i = 0; i < fds; i++)
		close(fd[i]);
}

static void
take_fd(int fd, uint8_t kind)
{
	static const uint8_t data[] = {1, 2, 3};
	void *p = NULL;
	size_t n = 0;
	int rc = msg_memfd_read(fd, MEMFD_MAX, &p, &n);

	assert((rc == 0) == (kind != KIND_LARGE && kind != KIND_UNREADABLE));
	if (rc < 0)
		return;
	assert(n == (kind == KIND_MEMFD ? 3u : 0u) && ((char *)p)[n] == '\0');
	assert(memcmp(p, data, n) == 0);
	free(p);
}

static void
on_msg(struct msg_chan *c, const struct msg *m, void *arg)
{
	struct octets o;
	size_t n;

	(void)arg;
	assert(!gone && !ended);
	if (m == NULL) {
		gone = true;
		return;
	}
	assert(got_n < sent_n);
	o = sent[got_n].o;
	n = o.n > MSG_MAX + sizeof(m->type) ? MSG_MAX + sizeof(m->type) : o.n;
	assert(n == m->len + sizeof(m->type) && memcmp(o.p, &m->type, sizeof(m->type)) == 0);
	assert(memcmp(o.p + sizeof(m->type), m->data, m->len) == 0);
	assert((m->fd >= 0) == sent[got_n].fd);
	if (m->fd >= 0)
		take_fd(m->fd, sent[got_n].kind);
	else
		assert(msg_memfd_read(m->fd, MEMFD_MAX, NULL, NULL) == -EBADF);
	ended = sent[got_n++].ends;
	if (ended)
		msg_chan_free(c);
}

/* False: the other side has hung up. */
static bool
step(struct fuzz_in *f, int sock)
{
	static uint8_t large[STEPS_MAX][MSG_MAX + 64];
	uint8_t options = fuzz_u8(f), kinds = fuzz_u8(f);
	struct octets o = fuzz_take(f, fuzz_u8(f));
	unsigned fds = options >> 1 & 3;

	if (options & 8) {
		memcpy(large[sent_n], o.p, o.n);
		o = (struct octets){large[sent_n], MSG_MAX - 16 + (o.n & 63)};
	}
	must_go = o.n < sizeof(uint32_t);
	send_one(sock, o, fds, kinds);
	sent[sent_n].o = o;
	sent[sent_n].fd = fds > 0;
	sent[sent_n].kind = kinds % KIND_N;
	sent[sent_n].ends = options & 16;
	sent_n += !must_go;
	if ((options & 1) || must_go || sent_n - got_n >= WAIT_MAX)
		event_base_loop(base, EVLOOP_NONBLOCK);
	return !must_go && !ended;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct fuzz_in f = {in, n};
	struct msg_chan *c;
	unsigned before;
	int sv[2];

	if (base == NULL) {
		log_init("fuzz", (enum log_level)0);
		signal(SIGPIPE, SIG_IGN); /* as roles do */
		base = event_base_new();
		close(msg_memfd("fuzz", "", 0));
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		abort();
	sent_n = got_n = 0;
	gone = must_go = ended = false;
	c = msg_chan_new(base, sv[1], on_msg, NULL);
	before = open_fds();
	for (int i = 0; i < STEPS_MAX && f.n > 0; i++)
		if (!step(&f, sv[0]))
			break;
	event_base_loop(base, EVLOOP_NONBLOCK);
	assert(ended || (got_n == sent_n && gone == must_go));
	close(sv[0]);
	event_base_loop(base, EVLOOP_NONBLOCK);
	assert(gone != ended && open_fds() == before - 1 - ended);
	if (!ended)
		msg_chan_free(c);
	return 0;
}
