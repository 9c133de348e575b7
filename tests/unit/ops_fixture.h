/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the admin role: a database in a temporary directory, and operations called as a
 * client would. */
#ifndef TESTS_OPS_FIXTURE_H
#define TESTS_OPS_FIXTURE_H

#include "admin/auditlog.h"
#include "admin/ops.h"
#include "db/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char dir[64], path[96];
	struct ops_ctx x;
	unsigned changed; /* flags of the last ctx.changed */
	json_t *answer;
};

static struct fixture fx;

static inline void
fixture_changed(void *arg, unsigned flags)
{
	(void)arg;
	fx.changed = flags;
}

static inline void
fixture_answer(json_t *answer, void *arg)
{
	(void)arg;
	json_decref(fx.answer);
	fx.answer = json_incref(answer);
}

/* The database and the audit log in it; again after fixture_close(). */
static inline void
fixture_open(void)
{
	struct fault f = {0};

	fx.x.store = store_open(fx.path, &f);
	if (fx.x.store == NULL)
		fail_msg("%s: %s", f.object, f.why);
	fx.x.log =
	    auditlog_open(&(struct auditlog_env){.store = fx.x.store, .boot_id = fx.x.boot_id}, &f);
	assert_non_null(fx.x.log);
}

static inline void
fixture_close(void)
{
	auditlog_close(fx.x.log);
	store_close(fx.x.store);
	fx.x.log = NULL;
	fx.x.store = NULL;
}

static inline int
fixture_setup(void **state)
{

	(void)state;
	memset(&fx, 0, sizeof(fx));
	snprintf(fx.dir, sizeof(fx.dir), "/tmp/test_ops.XXXXXX");
	assert_non_null(mkdtemp(fx.dir));
	snprintf(fx.path, sizeof(fx.path), "%s/openmdf.db", fx.dir);
	fx.x = (struct ops_ctx){.open = true, .boot_id = "boot", .changed = fixture_changed};
	fixture_open();
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char file[128];

	(void)state;
	json_decref(fx.answer);
	fixture_close();
	for (size_t i = 0; i < 3; i++) {
		snprintf(file, sizeof(file), "%s%s", fx.path, tails[i]);
		unlink(file);
	}
	return rmdir(fx.dir);
}

/* Call OP with ARGS (JSON text with ' for ", or NULL); "OK" or the code of the error.  The answer
 * stays in fx.answer. */
static inline const char *
call_request(const char *op, const char *text, const char *request)
{
	static const struct ops_actor actor = {
	    .uid = 1000, .name = "tester", .interface = "cli", .roles = OPW_ANY};
	char *copy = strdup(text == NULL ? "{}" : text);
	json_t *args;

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	args = json_loads(copy, 0, NULL);
	assert_non_null(args);
	ops_call(&fx.x, &actor, &(struct ops_request){.op = op, .args = args, .id = request},
	    fixture_answer, NULL);
	json_decref(args);
	free(copy);
	if (json_is_true(json_object_get(fx.answer, "ok")))
		return "OK";
	return json_string_value(json_object_get(json_object_get(fx.answer, "error"), "code"));
}

static inline const char *
call(const char *op, const char *text)
{
	return call_request(op, text, NULL);
}

static inline json_t *
result(void)
{
	return json_object_get(fx.answer, "result");
}

static inline const char *
result_text(const char *key)
{
	return json_string_value(json_object_get(result(), key));
}

/* Two agencies with a destination each, one network element. */
static inline void
fixture_fill(void)
{
	assert_string_equal(call("lea.add", "{'lea': 'lea-a', 'country': 'DE'}"), "OK");
	assert_string_equal(call("lea.add", "{'lea': 'lea-b'}"), "OK");
	assert_string_equal(
	    call("destination.add", "{'destination': 'dest-a', 'lea': 'lea-a', 'addresses': "
				    "'192.0.2.1:5000,192.0.2.2:5000'}"),
	    "OK");
	assert_string_equal(
	    call("destination.add", "{'destination': 'dest-b', 'lea': 'lea-b', 'addresses': "
				    "'192.0.2.9:5000', 'kind': 'hi2'}"),
	    "OK");
	assert_string_equal(call("ne.add", "{'ne': 'ne1', 'san': 'ne1.example'}"), "OK");
}

#define XID1 "11111111-1111-4111-8111-111111111111"
#define XID2 "22222222-2222-4222-8222-222222222222"
#define WINDOW "'from': '2026-01-01T00:00:00Z', 'until': '2199-01-01T00:00:00+01:00'"
#define WARRANT(liid)                                                                              \
	"{'liid': '" liid "', 'lea': 'lea-a', 'delivery': 'both', " WINDOW                         \
	", 'hi2': 'dest-a', 'hi3': 'dest-a', 'xid': '" XID1 "'}"

#endif
