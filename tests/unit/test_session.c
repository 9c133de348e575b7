/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and CINs: the same communication, the same CIN; collisions; closing, reopening,
 * restoring; the keyed hash. */
#include "base/clock.h"
#include "session/keyhash.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint8_t secret[SESSION_SECRET_LEN] = {9, 8, 7};
static const uint8_t xid[16] = {1, 2, 3};
static const struct octets liid = {(const uint8_t *)"L-1", 3};

static struct octets
corr(const char *text)
{
	return (struct octets){(const uint8_t *)text, strlen(text)};
}

static struct session *
make(struct session_table *t, uint32_t warrant, uint32_t lea, const char *text)
{
	uint8_t key[16];

	session_key(t, xid, corr(text), key);
	return session_new(t, warrant, lea, key, liid, xid, corr(text), CLOCK_NS_PER_S);
}

/* The published first vector of SipHash-2-4-128: key 00..0f, no input. */
static void
test_keyhash(void **state)
{
	static const uint8_t want[16] = {0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6,
	    0x72, 0x14, 0xc7, 0x55, 0x02, 0x93};
	uint8_t key[16], out[16], other[16];

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		key[i] = i;
	keyhash128(key, NULL, 0, out);
	assert_memory_equal(out, want, 16);
	keyhash128(key, key, 15, out);
	keyhash128(key, key, 16, other);
	assert_memory_not_equal(out, other, 16);
}

/* Two tables (mediators) of one deployment agree; another secret, LIID or XID does not. */
static void
test_cin(void **state)
{
	static const uint8_t other_secret[SESSION_SECRET_LEN] = {1};
	struct session_table *a = session_table_new(secret), *b = session_table_new(secret),
			     *c = session_table_new(other_secret);
	uint32_t cin = make(a, 100, 1, "call")->cin;

	(void)state;
	assert_int_not_equal(cin, 0);
	assert_true(cin <= INT32_MAX);
	make(b, 200, 7, "else");
	assert_int_equal(make(b, 200, 7, "call")->cin, cin); /* other rows, same communication */
	assert_int_not_equal(make(c, 100, 1, "call")->cin, cin);
	assert_int_not_equal(make(a, 100, 1, "call2")->cin, cin);
	session_table_free(a);
	session_table_free(b);
	session_table_free(c);
}

/* Two warrants of one LEA with the same LIID and XID: never one CIN for two series. */
static void
test_collision(void **state)
{
	struct session_table *t = session_table_new(secret);
	struct session *a = make(t, 100, 1, "call"), *b = make(t, 101, 1, "call"),
		       *c = make(t, 102, 2, "call");

	(void)state;
	assert_int_equal(a->tries, 0);
	assert_int_equal(b->tries, 1);
	assert_int_not_equal(a->cin, b->cin);
	assert_int_equal(c->cin, a->cin); /* another LEA */
	session_table_free(t);
}

static void
test_many(void **state)
{
	struct session_table *t = session_table_new(secret);
	char text[32];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		snprintf(text, sizeof(text), "call %d", i);
		make(t, 100, 1, text)->next[1] = (uint32_t)i;
	}
	assert_int_equal(session_n(t), 50000);
	for (int i = 0; i < 50000; i++) {
		uint8_t key[16];

		snprintf(text, sizeof(text), "call %d", i);
		session_key(t, xid, corr(text), key);
		assert_int_equal(session_find(t, 100, key)->next[1], i);
		assert_null(session_find(t, 101, key));
	}
	session_table_free(t);
}

static void
on_idle(struct session *s, void *arg)
{
	assert_false(s->open);
	(*(int *)arg)++;
}

static void
test_idle(void **state)
{
	struct session_table *t = session_table_new(secret);
	struct session *a = make(t, 100, 1, "a"), *b = make(t, 100, 1, "b");
	int n = 0;

	(void)state;
	a->next[0] = 7;
	a->dialog.state = DIALOG_CONFIRMED;
	session_touch(t, b, 100 * CLOCK_NS_PER_S);
	assert_int_equal(session_idle(t, 50 * CLOCK_NS_PER_S, on_idle, &n), 1);
	assert_int_equal(n, 1);
	assert_false(a->open);
	assert_true(b->open);
	assert_int_equal(session_open_n(t), 1);
	assert_int_equal(a->dialog.state, DIALOG_NONE);
	assert_int_equal(a->next[0], 7); /* numbers stay */
	assert_true(session_touch(t, a, 200 * CLOCK_NS_PER_S));
	assert_false(session_touch(t, a, 201 * CLOCK_NS_PER_S));
	assert_int_equal(session_open_n(t), 2);
	assert_int_equal(session_idle(t, 150 * CLOCK_NS_PER_S, NULL, NULL), 1);
	assert_false(b->open);
	session_table_free(t);
}

static void
test_replay(void **state)
{
	struct session_table *t = session_table_new(secret);
	uint8_t key[16] = {1}, other[16] = {2};
	struct session *s;

	(void)state;
	s = session_replay(t, 1, SESSION_CC, 100, key, 4711, 5, 10);
	assert_int_equal(s->next[1], 6);
	assert_int_equal(s->next[0], 0);
	session_replay(t, 1, SESSION_CC, 100, key, 4711, 3, 9); /* older: the higher number stays */
	session_replay(t, 1, SESSION_CC, 100, key, 4711, 6, 11);
	session_replay(t, 1, SESSION_IRI, 100, key, 4711, 0, 12);
	assert_int_equal(s->next[1], 7);
	assert_int_equal(s->next[0], 1);
	assert_null(
	    session_replay(t, 1, SESSION_CC, 100, other, 4711, 0, 13)); /* the CIN is taken */
	assert_null(
	    session_replay(t, 1, SESSION_CC, 100, key, 4712, 0, 13)); /* the session has another */
	assert_non_null(session_replay(t, 2, SESSION_CC, 200, other, 4711, 0, 13));
	assert_int_equal(session_notices(t, 1)->next[0], 0);
	session_notices(t, 1)->next[0] = 3;
	assert_int_equal(session_notices(t, 1)->next[0], 3);
	assert_int_equal(session_notices(t, 2)->next[0], 0);
	session_table_free(t);
}

/* What is known of the records of a session: where the last one lies, and for whom. */
static void
test_spooled(void **state)
{
	struct session s = {.cin = 1};

	(void)state;
	session_spooled(&s, HO_IRI, 0, 1, false);
	session_spooled(&s, HO_IRI, 7, 1, false);
	assert_int_equal(s.rec[SESSION_IRI], 8);
	assert_int_equal(s.dest[SESSION_IRI], 1);
	session_spool_before(&s, HO_IRI, 100); /* it is known better */
	assert_int_equal(s.rec[SESSION_IRI], 8);
	assert_false(s.rec_most[SESSION_IRI]);
	session_spool_before(&s, HO_VOICE, 100);
	assert_int_equal(s.rec[SESSION_CC], 100);
	assert_int_equal(s.dest[SESSION_CC], SESSION_DEST_ANY);
	assert_true(s.rec_most[SESSION_CC]);
	session_spooled(&s, HO_VOICE, 200, 2, false); /* older ones may be for another */
	assert_int_equal(s.rec[SESSION_CC], 201);
	assert_int_equal(s.dest[SESSION_CC], SESSION_DEST_ANY);
	assert_false(s.rec_most[SESSION_CC]);
	session_spooled(&s, HO_IRI, 9, 3, false); /* the warrant got another destination */
	assert_int_equal(s.dest[SESSION_IRI], SESSION_DEST_ANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keyhash),
	    cmocka_unit_test(test_cin),
	    cmocka_unit_test(test_collision),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_idle),
	    cmocka_unit_test(test_replay),
	    cmocka_unit_test(test_spooled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
