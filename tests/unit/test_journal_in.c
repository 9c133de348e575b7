/* SPDX-License-Identifier: Apache-2.0 */
/* Journal entries written by a real spool become rows, each exactly once, also over a restart of
 * the reader and a rewound queue. */
#include "ops_fixture.h"

#include "admin/journal_in.h"
#include "base/clock.h"
#include "base/crc32c.h"
#include "spool/journal.h"

#include <event2/event.h>
#include <ftw.h>

static char spool_dir[64];
static uint64_t released;
static struct event_base *base;

static void
on_spool(enum spool_event ev, uint32_t lea, void *arg)
{
	(void)lea;
	(void)arg;
	if (ev == SPOOL_EV_DURABLE)
		event_base_loopbreak(base);
}

static void
on_release(void *arg, uint64_t seg)
{
	(void)arg;
	released = seg;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
setup(void **state)
{
	snprintf(spool_dir, sizeof(spool_dir), "/tmp/test_journal.XXXXXX");
	assert_non_null(mkdtemp(spool_dir));
	base = event_base_new();
	released = 0;
	return fixture_setup(state);
}

static int
teardown(void **state)
{
	event_base_free(base);
	nftw(spool_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return fixture_teardown(state);
}

static struct spool *
open_spool(void)
{
	struct spool_conf conf = {.dir = spool_dir,
	    .segment_len = 64 * 1024,
	    .commit_len = 65536,
	    .commit_us = 1000,
	    .pending_max = 1 << 24};
	struct spool *s = spool_open(&conf, base, on_spool, NULL);

	assert_non_null(s);
	return s;
}

static struct journal_entry sample = {.kind = JOURNAL_REJECT, .code = REJECT_XID_UNKNOWN};

/* N entries, numbered in count from FIRST on; returns the durable head. */
static struct spool_pos
write_entries(uint32_t first, uint32_t n)
{
	struct spool *s = open_spool();
	struct spool_q *q = spool_queue(s, 0, HO_JOURNAL);
	struct spool_pos head;

	for (uint32_t i = 0; i < n; i++) {
		struct journal_entry e = {.kind = sample.kind,
		    .code = sample.code,
		    .warrant = sample.warrant,
		    .cin = sample.cin,
		    .count = first + i,
		    .time_ns = 1000,
		    .ne = 1,
		    .correlation = UINT64_MAX,
		    .pdu_len = 40,
		    .pdu_type = 1,
		    .text_n = 4};
		struct spool_meta m = {.kind = SPOOL_REC_JOURNAL, .recv_ns = 1000};
		uint8_t body[sizeof(e) + 4];
		struct ho_record rec = {.body = {body, sizeof(body)}};

		memcpy(body, &e, sizeof(e));
		memcpy(body + sizeof(e), "t\xff\nx", 4);
		while (!spool_room(s, sizeof(body))) {
			spool_turn(s);
			event_base_dispatch(base);
		}
		assert_int_equal(spool_append(q, &m, &rec, crc32c(0, body, sizeof(body)), NULL), 0);
	}
	spool_turn(s);
	while (spool_durable(s) < spool_barrier(s))
		event_base_dispatch(base);
	head = spool_head(q);
	spool_close(s);
	return head;
}

static int64_t
rows(int64_t *last)
{
	json_t *row;

	assert_string_equal(call("journal.list", "{'limit': 1000000}"), "OK");
	row = json_array_get(result(), json_array_size(result()) - 1);
	*last = json_integer_value(json_object_get(row, "n"));
	return (int64_t)json_array_size(result());
}

static void
drain(struct journal_in *j, const struct spool_pos *head)
{
	int r;

	journal_in_head(j, head);
	while ((r = journal_in_step(j)) > 0)
		;
	assert_int_equal(r, 0);
	assert_int_equal(journal_in_backlog(j), 0);
}

static void
test_exactly_once(void **state)
{
	struct spool_pos head = write_entries(1, 5000);
	struct journal_in *j = journal_in_open(fx.x.store, spool_dir, on_release, NULL);
	int64_t last;
	json_t *row;

	(void)state;
	journal_in_head(j, &head);
	assert_int_equal(journal_in_backlog(j), 5000);
	assert_int_equal(journal_in_step(j), 1);
	assert_int_equal(rows(&last), JOURNAL_IN_BATCH);
	assert_true(released > 0); /* the segment still needed */
	journal_in_close(j);	   /* as if killed between two batches */
	j = journal_in_open(fx.x.store, spool_dir, on_release, NULL);
	drain(j, &head);
	assert_int_equal(rows(&last), 5000);
	assert_int_equal(last, 5000);
	row = json_array_get(result(), 0);
	assert_string_equal(json_string_value(json_object_get(row, "code")), "XID-UNKNOWN");
	assert_string_equal(
	    json_string_value(json_object_get(row, "correlation")), "ffffffffffffffff");
	assert_string_equal(json_string_value(json_object_get(row, "note")),
	    "t??x"); /* octets of a peer, made harmless */
	assert_true(json_is_null(json_object_get(row, "xid")));
	head = write_entries(5001, 10);
	drain(j, &head);
	assert_int_equal(rows(&last), 5010);
	assert_int_equal(last, 5010);
	assert_string_equal(call("journal.list", "{'kind': 'gap'}"), "OK");
	assert_int_equal(json_array_size(result()), 0);
	journal_in_close(j);
}

/* Rows of journal_sum as "warrant cin kind code part n entries". */
static void
check_sum(int64_t warrant, int64_t cin, int64_t n, int64_t entries)
{
	json_t *a = json_pack("{s:I, s:I}", "row", (json_int_t)warrant, "cin", (json_int_t)cin),
	       *all = store_rows(fx.x.store, STMT_COMPLETE_LOSSES, a),
	       *row = json_array_get(all, 0);

	assert_int_equal(json_array_size(all), n > 0);
	assert_int_equal(json_integer_value(json_object_get(row, "n")), n);
	assert_int_equal(json_integer_value(json_object_get(row, "entries")), entries);
	json_decref(all);
	json_decref(a);
}

/* A session's entries are found by its CIN, and their sums stay when the oldest rows go. */
static void
test_sessions(void **state)
{
	struct journal_in *j;
	struct spool_pos head;

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("S")), "OK");
	assert_string_equal(
	    call("setting.set", "{'name': 'journal_rows_max', 'value': '1000'}"), "OK");
	sample = (struct journal_entry){.kind = JOURNAL_DUPLICATE, .warrant = 1, .cin = 77};
	write_entries(1, 3);
	sample.cin = 78;
	write_entries(10, 1);
	sample.cin = 0;
	head = write_entries(5, 1);
	j = journal_in_open(fx.x.store, spool_dir, on_release, NULL);
	drain(j, &head);
	check_sum(1, 77, 6, 3);
	check_sum(1, 78, 10, 1);
	check_sum(1, 0, 5, 1);
	assert_string_equal(call("journal.list", "{'warrant': 'S', 'cin': 77}"), "OK");
	assert_int_equal(json_array_size(result()), 3);
	assert_string_equal(call("journal.list", "{'warrant': 'S', 'cin': 77, 'limit': 1}"), "OK");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(result(), 0), "n")), 3);
	assert_string_equal(call("journal.list", "{'warrant': 'S', 'cin': 0}"), "OK");
	assert_int_equal(json_array_size(result()), 1);
	assert_string_equal(call("journal.list", "{'cin': 78}"), "OK");
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(result(), 0), "cin")), 78);
	sample = (struct journal_entry){.kind = JOURNAL_REJECT, .code = REJECT_XID_UNKNOWN};
	head = write_entries(1, 1500);
	drain(j, &head);
	assert_string_equal(call("journal.list", "{'warrant': 'S', 'cin': 77}"), "OK");
	assert_int_equal(json_array_size(result()), 0);
	check_sum(1, 77, 6, 3);
	journal_in_close(j);
}

static void
test_retention(void **state)
{
	struct spool_pos head = write_entries(1, 3000);
	struct journal_in *j;
	int64_t last;

	(void)state;
	assert_string_equal(
	    call("setting.set", "{'name': 'journal_rows_max', 'value': '1000'}"), "OK");
	j = journal_in_open(fx.x.store, spool_dir, on_release, NULL);
	drain(j, &head);
	assert_int_equal(rows(&last), 1000); /* the newest */
	assert_int_equal(last, 3000);
	journal_in_close(j);
}

static void
test_rewound(void **state)
{
	struct spool_pos head = write_entries(1, 100);
	struct journal_in *j = journal_in_open(fx.x.store, spool_dir, on_release, NULL);
	int64_t last;

	(void)state;
	drain(j, &head);
	nftw(spool_dir, remove_one, 16,
	    FTW_DEPTH | FTW_PHYS); /* the spool was lost, the database not */
	head = write_entries(1000, 50);
	drain(j, &head);
	assert_int_equal(rows(&last), 150);
	assert_int_equal(last, 1049);
	journal_in_close(j);
}

/* A trigger or fall-back of the data plane is audited like a command, and an event of its warrant.
 */
static void
test_audited(void **state)
{
	struct journal_in *j;
	struct spool_pos head;
	json_t *row;

	(void)state;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("W")), "OK");
	sample = (struct journal_entry){.kind = JOURNAL_METADATA, .code = 1, .warrant = 1};
	head = write_entries(1, 2);
	sample = (struct journal_entry){.kind = JOURNAL_REJECT, .code = REJECT_XID_UNKNOWN};
	j = journal_in_open(fx.x.store, spool_dir, on_release, NULL);
	journal_in_audit_to(j, fx.x.log);
	drain(j, &head);
	journal_in_close(j);
	assert_string_equal(call("audit.list", "{'op': 'warrant.metadata'}"), "OK");
	assert_int_equal(json_array_size(result()), 2);
	row = json_array_get(result(), 0);
	assert_string_equal(json_string_value(json_object_get(row, "actor")), "mdfd");
	assert_string_equal(json_string_value(json_object_get(row, "interface")), "ingest");
	assert_string_equal(json_string_value(json_object_get(row, "boot_id")), "boot");
	assert_string_equal(
	    json_string_value(json_object_get(row, "reason")), "metadata-begin: t??x");
	assert_memory_equal(json_string_value(json_object_get(row, "object")), "warrant ", 8);
	assert_string_equal(call("warrant.events", "{'warrant': 'W'}"), "OK");
	assert_int_equal(json_array_size(result()), 2);
	assert_string_equal(call("journal.list", "{'kind': 'metadata'}"), "OK");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(result(), 0), "code")), "BEGIN");
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_exactly_once), T(test_sessions),
	    T(test_retention), T(test_rewound), T(test_audited)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
