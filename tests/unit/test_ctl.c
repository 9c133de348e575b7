/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket's imports in parts, with a limit of 64 octets; the operations behind it are
 * played. */
#include "admin/auth.h"
#include "admin/ctl.h"

#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static unsigned calls;
static size_t parts; /* of the import that came last; 0: it came as a whole */

void
ops_call(struct ops_ctx *x, const struct ops_actor *actor, const struct ops_request *r,
    ops_answer_cb done, void *arg)
{
	json_t *a = json_pack("{s:b}", "ok", 1);

	(void)x;
	(void)actor;
	calls++;
	parts = json_array_size(json_object_get(r->args, "items"));
	done(a, arg);
	json_decref(a);
}

void
auth_actor_uid(struct ops_ctx *x, uint32_t uid, struct ops_actor *a)
{
	(void)x;
	(void)uid;
	memset(a, 0, sizeof(*a));
}

void
auth_actor_again(struct ops_ctx *x, struct ops_actor *a)
{
	(void)x;
	(void)a;
}

void
auth_actor_end(struct ops_ctx *x, struct ops_actor *a)
{
	(void)x;
	(void)a;
}

/* A part of an import, the last one unless MORE; is the answer "ok"? */
static bool
say(struct event_base *base, int fd, bool more, const char *items)
{
	char buf[512];
	json_t *j;
	ssize_t n;
	bool ok;

	n = snprintf(buf, sizeof(buf),
	    "{\"op\": \"warrant.import\", \"args\": {\"more\": %s, \"items\": \"%s\"}}\n",
	    more ? "true" : "false", items);
	assert_int_equal(send(fd, buf, (size_t)n, MSG_NOSIGNAL), n);
	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) <= 0)
		event_base_loop(base, EVLOOP_ONCE);
	assert_int_equal(buf[n - 1], '\n');
	j = json_loadb(buf, (size_t)n, 0, NULL);
	assert_non_null(j);
	ok = json_is_true(json_object_get(j, "ok"));
	assert_int_equal(ok, strstr(buf, "the import is too large") == NULL);
	json_decref(j);
	return ok;
}

/* Parts are put together; of an import that is too large nothing is taken, the last part neither;
 * the next import is a new one. */
static void
import_in_parts(void **state)
{
	static const char *const many = "0123456789012345678901234567890123456789";
	struct event_base *base = event_base_new();
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	char dir[] = "/tmp/mdf-ctl-XXXXXX";
	unsigned uid = geteuid();
	struct ctl *ctl;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/ctl", dir);
	ctl = ctl_open(base, sa.sun_path, &uid, 1, NULL);
	assert_non_null(ctl);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);

	assert_true(say(base, fd, true, "a"));
	assert_true(say(base, fd, false, "b"));
	assert_int_equal(calls, 1);
	assert_int_equal(parts, 2);

	assert_true(say(base, fd, true, many));
	assert_false(say(base, fd, true, many));
	assert_false(say(base, fd, true, "c"));
	assert_false(say(base, fd, false, "d"));
	assert_int_equal(calls, 1);

	assert_true(say(base, fd, true, many));
	assert_false(say(base, fd, false, many)); /* the last part is the one too much */
	assert_int_equal(calls, 1);
	assert_true(say(base, fd, false, "e"));
	assert_int_equal(calls, 2);
	assert_int_equal(parts, 0);

	close(fd);
	ctl_close(ctl);
	rmdir(dir);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(import_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
