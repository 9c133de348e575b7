/* SPDX-License-Identifier: Apache-2.0 */
/* The merged status: who is asked and in which order, who does not answer, and the books. */
#include "ops_fixture.h"

#include "admin/dests.h"
#include "admin/status.h"

#include <event2/event.h>

static struct asked {
	enum role_id role;
	uint32_t lea;
	uint64_t id;
} asked[8];
static size_t asked_n;
static json_t *got;

static void
ask(void *arg, enum role_id role, uint32_t lea, uint64_t id)
{
	(void)arg;
	asked[asked_n++] = (struct asked){role, lea, id};
}

static void
done(json_t *status, void *token)
{
	struct event_base *base = token;

	got = json_incref(status);
	event_base_loopbreak(base);
}

static json_t *
ingest_answer(void)
{
	return json_pack("{s:{s:[{s:s}]}, s:[{s:i, s:i, s:i}], s:[{s:i, s:i, s:i, s:i, s:i, "
			 "s:{s:i, s:i}, s:i}]}",
	    "x", "listeners", "name", "x", "network_elements", "id", 1, "connections", 2, "pdus",
	    10, "warrants", "warrant", 1, "received", 10, "spooled", 5, "duplicate", 1,
	    "out_of_scope", 1, "rejected", "EXPIRED", 1, "SUSPENDED", 1, "shed", 1);
}

static json_t *
deliver_answer(int records)
{
	return json_pack(
	    "{s:[{s:i, s:s, s:{s:{s:i, s:i, s:f}, s:{s:i, s:i, s:f}}}], s:[{s:i, s:i}]}",
	    "destinations", "id", 1, "state", "up", "classes", "iri", "backlog_records", 2,
	    "backlog_octets", 100, "age_s", 3.5, "cc", "backlog_records", 1, "backlog_octets", 50,
	    "age_s", 9.7, "warrants", "warrant", 1, "records", records);
}

static json_t *
books(int delivered)
{
	struct status_parts p = {.ingest = ingest_answer(),
	    .deliver = json_pack("{s:o}", "1", deliver_answer(delivered))};
	json_t *all, *w;

	all = status_merge(fx.x.store, &p);
	w = json_incref(json_array_get(json_object_get(all, "warrants"), 0));
	json_decref(all);
	json_decref(p.ingest);
	json_decref(p.deliver);
	return w;
}

static int64_t
num(json_t *obj, const char *key)
{
	return json_integer_value(json_object_get(obj, key));
}

static void
test_books(void **state)
{
	json_t *w;

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("L1")), "OK");
	w = books(3);
	assert_int_equal(num(w, "received"), 10);
	assert_int_equal(num(w, "delivered"), 3);
	assert_int_equal(num(w, "waiting"), 2);
	assert_int_equal(num(w, "rejected"), 2);
	assert_true(json_is_true(json_object_get(w, "ok")));
	json_decref(w);
	w = books(6); /* more than was spooled */
	assert_true(json_is_false(json_object_get(w, "ok")));
	json_decref(w);
}

static void
test_round(void **state)
{
	struct event_base *base = event_base_new();
	struct status_env env = {.base = base, .store = fx.x.store, .ask = ask};
	struct status *s = status_new(&env);
	json_t *lea, *d;

	(void)state;
	fixture_fill();
	asked_n = 0;
	status_peer_up(s, ROLE_INGEST, 0);
	status_peer_up(s, ROLE_DELIVER, 1);
	status_get(s, STATUS_WHOLE, done, base);
	assert_int_equal(asked_n, 1); /* deliver first */
	assert_int_equal(asked[0].role, ROLE_DELIVER);
	status_answer(s, ROLE_DELIVER, 1, asked[0].id + 7, json_object()); /* another question's */
	assert_int_equal(asked_n, 1);
	status_answer(s, ROLE_DELIVER, 1, asked[0].id, deliver_answer(3));
	assert_int_equal(asked_n, 2);
	assert_int_equal(asked[1].role, ROLE_INGEST);
	assert_null(got);
	status_answer(s, ROLE_INGEST, 0, asked[1].id, ingest_answer());
	assert_non_null(got);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(json_object_get(got, "nes"), 0), "state")),
	    "connected");
	lea = json_array_get(json_object_get(got, "leas"), 0);
	d = json_array_get(json_object_get(lea, "destinations"), 0);
	assert_string_equal(json_string_value(json_object_get(d, "state")), "up");
	assert_string_equal(json_string_value(json_object_get(d, "name")), "dest-a");
	assert_int_equal(num(json_object_get(got, "backlog"), "records"), 3);
	assert_int_equal(num(json_object_get(got, "backlog"), "age_s"), 9);
	lea = json_array_get(json_object_get(got, "leas"), 1);
	assert_string_equal(json_string_value(json_object_get(lea, "state")), "no answer");
	json_decref(got);
	got = NULL;
	/* a role that does not answer delays, and does not stop the rest */
	asked_n = 0;
	status_get(s, STATUS_WHOLE, done, base);
	status_peer_down(s, ROLE_DELIVER, 1);
	assert_int_equal(asked_n, 2);
	event_base_dispatch(base); /* the time runs out for ingest */
	assert_non_null(got);
	assert_true(json_is_null(json_object_get(got, "ingest")));
	json_decref(got);
	got = NULL;
	status_free(s);
	event_base_free(base);
}

static void
test_dests(void **state)
{
	json_t *list, *d;

	(void)state;
	fixture_fill();
	assert_string_equal(
	    call("destination.set", "{'destination': 'dest-b', 'options': {'barrier_ms': 40, "
				    "'time1_ms': 9}, 'server_name': 'lemf.b'}"),
	    "OK");
	list = dests_build(fx.x.store, 2);
	assert_int_equal(json_array_size(list), 1);
	d = json_array_get(list, 0);
	assert_int_equal(num(d, "id"), 2);
	assert_true(json_is_true(json_object_get(d, "hi2")));
	assert_true(json_is_false(json_object_get(d, "hi3")));
	assert_int_equal(num(d, "barrier_ms"), 40);
	assert_int_equal(num(json_object_get(d, "keepalive"), "time1_ms"), 9);
	assert_int_equal(num(json_object_get(d, "keepalive"), "time2_s"), 30);
	assert_string_equal(json_string_value(json_object_get(d, "server_name")), "lemf.b");
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(d, "filler"), "operator")),
	    "openmdf");
	json_decref(list);
	list = dests_build(fx.x.store, 77);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {T(test_books), T(test_round), T(test_dests)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
