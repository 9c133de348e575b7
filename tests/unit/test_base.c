/* SPDX-License-Identifier: Apache-2.0 */
/* base: clock, messages, configuration. */
#include "base/clock.h"
#include "base/conf.h"
#include "base/msg.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
clock_text(void **state)
{
	char buf[32];
	int64_t ns;

	(void)state;
	assert_int_equal(clock_parse("1970-01-01T00:00:00Z", &ns), 0);
	assert_true(ns == 0);
	assert_int_equal(clock_parse("2026-11-21T10:00:00.250+01:30", &ns), 0);
	assert_true(ns == INT64_C(1795249800250000000));
	assert_string_equal(clock_format(ns, buf), "2026-11-21T08:30:00Z");
	assert_int_equal(clock_parse("2026-02-31T10:00:00Z", &ns), -EINVAL);
	assert_int_equal(clock_parse("2026-02-28", &ns), -EINVAL);
	assert_int_equal(clock_parse("2026-02-28T10:00:00", &ns), -EINVAL);
	assert_int_equal(clock_parse("2026-02-28T10:00:00.Z", &ns), -EINVAL);
	assert_int_equal(clock_parse("2026-02-28T10:00:00+1:00", &ns), -EINVAL);
	assert_int_equal(clock_parse("", &ns), -EINVAL);
}

static void
clock_never_goes_back(void **state)
{
	int64_t future = clock_wall_ns() + 3600 * CLOCK_NS_PER_S;

	(void)state;
	clock_warrant_seed(future);
	assert_true(clock_warrant_ns() == future);
	clock_warrant_seed(0);
	assert_true(clock_warrant_ns() == future);
}

/* What the kernel says is given on as text, and a limit is only met by a synchronised clock. */
static void
clock_quality_said(void **state)
{
	struct clock_quality q = {.known = true};
	char buf[48];

	(void)state;
	assert_string_equal(clock_quality_text(&q, buf, sizeof(buf)), "unsynchronised");
	q.synchronised = true;
	q.error_ns = 12345678;
	assert_string_equal(clock_quality_text(&q, buf, sizeof(buf)), "synchronised, error 12 ms");
	assert_string_equal(
	    clock_quality_text(&(struct clock_quality){0}, buf, sizeof(buf)), "unknown");
	clock_quality(&q);
	assert_true(clock_within(0));
	assert_int_equal(clock_within(INT64_MAX), q.synchronised);
	assert_true(!q.known || q.error_ns > 0);
}

struct got {
	struct event_base *base;
	unsigned n;
	size_t bytes;
	int fd;
	bool gone, free_at_first;
};

static void
got_msg(struct msg_chan *c, const struct msg *m, void *arg)
{
	struct got *g = arg;

	if (m == NULL) {
		g->gone = true;
		event_base_loopbreak(g->base);
		return;
	}
	assert_int_equal(m->type, 100 + g->n);
	g->n++;
	g->bytes += m->len;
	if (m->fd >= 0)
		g->fd = m->fd;
	if (g->free_at_first) {
		msg_chan_free(c);
		event_base_loopbreak(g->base);
	}
}

/* More than the socket holds at once, in order, with a descriptor on the last, then the peer goes.
 */
static void
msg_many(void **state)
{
	struct got g = {.base = event_base_new(), .fd = -1};
	struct msg_chan *a, *b;
	uint8_t body[4096] = {7};
	void *data;
	size_t len;
	int sv[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, sv), 0);
	a = msg_chan_new(g.base, sv[0], got_msg, &g);
	b = msg_chan_new(g.base, sv[1], got_msg, &g);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(msg_send(a, 100 + i, body, sizeof(body),
				     i == 999 ? msg_memfd("t", "hello", 5) : -1),
		    0);
	assert_int_equal(msg_send(a, 1, body, MSG_MAX + 1, -1), -EMSGSIZE);
	while (g.n < 1000)
		event_base_loop(g.base, EVLOOP_ONCE);
	assert_true(g.bytes == 1000 * sizeof(body));
	assert_int_equal(msg_memfd_read(g.fd, 4, &data, &len), -EMSGSIZE);
	msg_chan_free(a);
	event_base_dispatch(g.base);
	assert_true(g.gone);
	msg_chan_free(b);
	event_base_free(g.base);
}

static void
msg_memfd_content(void **state)
{
	void *data;
	size_t len;
	int fd = msg_memfd("t", "hello", 5);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), -1); /* sealed */
	assert_int_equal(msg_memfd_read(fd, 100, &data, &len), 0);
	assert_int_equal(len, 5);
	assert_string_equal(data, "hello");
	free(data);
}

/* A datagram of N octets with two descriptors of /dev/null, as no role sends it. */
static void
send_two(int sock, size_t n)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(2 * sizeof(int))];
	} control = {0};
	uint32_t type = 100;
	struct iovec iov = {&type, n};
	struct msghdr mh = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof(control.buf)};
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), two[2] = {fd, fd};

	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(two));
	memcpy(CMSG_DATA(cm), two, sizeof(two));
	assert_int_equal(sendmsg(sock, &mh, 0), n);
	close(fd);
}

static unsigned
open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* What a peer sends too many of is closed, also when its datagram is too short to be a message. */
static void
msg_strange_descriptors(void **state)
{
	struct got g = {.base = event_base_new(), .fd = -1};
	struct msg_chan *c;
	unsigned before;
	int sv[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, sv), 0);
	c = msg_chan_new(g.base, sv[1], got_msg, &g);
	before = open_fds();
	send_two(sv[0], 4);
	event_base_loop(g.base, EVLOOP_ONCE);
	assert_int_equal(g.n, 1);
	assert_true(g.fd >= 0);
	close(g.fd);
	assert_int_equal(open_fds(), before);
	send_two(sv[0], 3);
	event_base_loop(g.base, EVLOOP_ONCE);
	assert_true(g.gone);
	assert_int_equal(open_fds(), before);
	msg_chan_free(c);
	close(sv[0]);
	event_base_free(g.base);
}

static void
msg_free_inside(void **state)
{
	struct got g = {.base = event_base_new(), .fd = -1, .free_at_first = true};
	struct msg_chan *a;
	int sv[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, sv), 0);
	a = msg_chan_new(g.base, sv[0], got_msg, &g);
	msg_chan_new(g.base, sv[1], got_msg, &g);
	msg_send(a, 100, NULL, 0, -1);
	msg_send(a, 101, NULL, 0, -1);
	event_base_dispatch(g.base);
	assert_int_equal(g.n, 1);
	msg_chan_free(a);
	event_base_free(g.base);
}

/* Load TEXT; the message lands in err (256 octets). */
static struct conf *
conf_of(const char *text, char *err)
{
	char path[] = "/tmp/test_base_XXXXXX";
	int fd = mkstemp(path);
	FILE *e = fmemopen(err, 512, "w");
	struct conf *c;

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	err[0] = '\0';
	c = conf_load(path, e);
	fclose(e);
	unlink(path);
	return c;
}

#define CONF_LISTENER                                                                              \
	"listener \"x\" { address = \"127.0.0.1\"\n port = \"1234\"\n cert = \"c\"\n key = "       \
	"\"k\"\n ca = \"a\"\n x3 = false }\n"

static void
conf_good(void **state)
{
	char err[512], dump[8192] = "";
	FILE *out = fmemopen(dump, sizeof(dump), "w");
	struct conf *c = conf_of("state_dir = \"/s\"\ncontrol_uids = {1, 2}\n" CONF_LISTENER
				 "spool { segment_len = \"128M\" }\ntrust { root = \"r\" }\n",
			err),
		    *again;

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->state_dir, "/s");
	assert_int_equal(c->listener_n, 1);
	assert_int_equal(c->listener[0].port, 1234);
	assert_true(c->listener[0].x2 && !c->listener[0].x3);
	assert_true(c->segment_len == 128u << 20);
	assert_int_equal(c->commit_len, 1 << 20);
	assert_int_equal(c->control_uids_n, 2);
	conf_dump(c, out);
	fclose(out);
	again = conf_of(dump, err); /* what is dumped is accepted, and is the same */
	assert_non_null(again);
	assert_true(again->segment_len == c->segment_len && again->listener[0].port == 1234 &&
		    !again->listener[0].x3);
	conf_free(again);
	conf_free(c);
}

static void
conf_bad(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
	    {"state_dri = \"/s\"\n", ":1: no such option 'state_dri'"},
	    {"spool { segment_len = \"12Q\" }\n", "spool.segment_len: '12Q' is not a number"},
	    {"spool { segment_len = \"2M\" }\n", "raise it or lower the limits"},
	    {"limits { handshake_s = \"-1\" }\n", "limits.handshake_s"},
	    {"listener \"x\" { address = \"localhost\" }\n", "'localhost' is not a numeric"},
	    {"listener \"x\" { address = \"::1\"\n port = \"70000\" }\n", "listener.port"},
	    {"listener \"x\" { address = \"::1\" }\n", "mutual TLS is never optional"},
	    {"state_dir = \"/s\"\n", "trust.root is needed"},
	    {"trust { root = \"r\"\nunsigned = true }\n", "exclude each other"},
	};
	char err[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(conf_of(bad[i].text, err));
		if (strstr(err, bad[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", err, bad[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clock_text),
	    cmocka_unit_test(clock_quality_said),
	    cmocka_unit_test(clock_never_goes_back),
	    cmocka_unit_test(msg_many),
	    cmocka_unit_test(msg_memfd_content),
	    cmocka_unit_test(msg_strange_descriptors),
	    cmocka_unit_test(msg_free_inside),
	    cmocka_unit_test(conf_good),
	    cmocka_unit_test(conf_bad),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
