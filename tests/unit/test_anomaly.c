/* SPDX-License-Identifier: Apache-2.0 */
/* What the journal says of sessions: each loss with the CIN that it is of, counted together only
 * within a session, and within bounds. */
#include "mediate_rig.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#define NS INT64_C(1000000000)

struct bench {
	struct rig rig;
	struct fixture f;
	uint8_t packet[2048];
};

static int
bench_new(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	rig_init(&b->rig);
	fixture_init(&b->f, 64);
	fixture_ne(&b->f, 1);
	*state = b;
	return 0;
}

static int
bench_free(void **state)
{
	struct bench *b = *state;

	rig_fini(&b->rig);
	fixture_fini(&b->f);
	free(b);
	return 0;
}

struct tally {
	uint64_t entries, n, sessions, none; /* none: counted under no session */
	uint32_t cin;			     /* of these only, when not 0 */
};

/* Journal entries of KIND and CODE (0: any), on disk now. */
static struct tally
tally(struct bench *b, enum journal_kind kind, uint16_t code, uint32_t cin)
{
	struct spool_reader *rd;
	struct spool_pos from = {0}, head;
	struct spool_rec rec;
	struct journal_entry e;
	struct tally t = {.cin = cin};

	rig_commit(&b->rig);
	head = spool_head(spool_queue(b->rig.spool, 0, HO_JOURNAL));
	rd = spool_reader_open(b->rig.spool_dir, 0, HO_JOURNAL, &from);
	while (spool_reader_next(rd, &head, &rec) == 1) {
		if (rec.meta.kind != SPOOL_REC_JOURNAL)
			continue;
		memcpy(&e, rec.octets.p, sizeof(e));
		if (e.kind != kind || (code != 0 && e.code != code) || (cin != 0 && e.cin != cin))
			continue;
		t.entries++;
		t.n += e.count;
		t.sessions += e.cin != 0;
		t.none += e.cin == 0 ? e.count : 0;
	}
	spool_reader_close(rd);
	return t;
}

static void
write_one(struct bench *b, enum journal_kind kind, uint32_t cin, bool single)
{
	struct anomaly a = {
	    .kind = kind, .ne = 1, .warrant = 100, .cin = cin, .count_only = !single};

	anomaly_write(b->rig.anomalies, &a, b->rig.now_ns);
}

/* Equal ones of one session are one entry; two sessions are two. */
static void
test_apart(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 30; i++)
		write_one(b, JOURNAL_DUPLICATE, 1 + (uint32_t)i % 3, false);
	assert_int_equal(tally(b, JOURNAL_DUPLICATE, 0, 0).entries, 3);
	assert_int_equal(tally(b, JOURNAL_DUPLICATE, 0, 2).n, 10);
	assert_int_equal(tally(b, JOURNAL_DUPLICATE, 0, 0).none, 0);
}

/* A flood over many sessions is no flood of the journal: a bounded number of sessions is told in a
 * second, and nothing is left out of the sums. */
static void
test_bound(void **state)
{
	struct bench *b = *state;
	struct tally t;

	b->rig.now_ns = b->rig.now_ns / NS * NS;
	for (uint32_t i = 0; i < 100000; i++)
		write_one(b, JOURNAL_SHED, 1 + i % 10000, false);
	t = tally(b, JOURNAL_SHED, 0, 0);
	assert_int_equal(t.n, 100000);
	assert_int_equal(t.sessions, ANOMALY_SESSIONS);
	assert_in_range(t.entries, ANOMALY_SESSIONS + 1, ANOMALY_SESSIONS + 3);
	assert_int_equal(t.none, 100000 - ANOMALY_SESSIONS * 10);
	b->rig.now_ns += NS; /* the next second has its own */
	write_one(b, JOURNAL_SHED, 9999, false);
	assert_int_equal(tally(b, JOURNAL_SHED, 0, 0).sessions, ANOMALY_SESSIONS + 1);
}

/* What a gap is for many warrants does not use up the entries of the gaps themselves. */
static void
test_gaps_keep_their_own(void **state)
{
	struct bench *b = *state;

	b->rig.now_ns = b->rig.now_ns / NS * NS;
	for (uint32_t i = 0; i < 3 * ANOMALY_SINGLE; i++)
		write_one(b, JOURNAL_NUMBERS, 1 + i % 7, true);
	for (uint32_t i = 0; i < 100; i++)
		write_one(b, JOURNAL_GAP, 0, true);
	assert_int_equal(tally(b, JOURNAL_GAP, 0, 0).entries, 100);
	assert_int_equal(tally(b, JOURNAL_NUMBERS, 0, 0).n, 3 * ANOMALY_SINGLE);
	assert_in_range(
	    tally(b, JOURNAL_NUMBERS, 0, 0).entries, ANOMALY_SINGLE, ANOMALY_SINGLE + 7);
}

static struct fixture_pdu
x3(struct bench *b, uint64_t correlation, uint32_t seq, uint32_t seed)
{
	return (struct fixture_pdu){.type = X23_TYPE_X3,
	    .format = X23_FMT_IPV4,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = 7,
	    .correlation = correlation,
	    .numbered = true,
	    .seq = seq,
	    .payload = {b->packet, fixture_ipv4(b->packet, 100, seed)}};
}

static uint32_t
cin_of_last(struct bench *b, uint32_t lea)
{
	static struct rig_rec recs[64];
	size_t n = rig_read(&b->rig, lea, HO_CC, recs, 64);

	assert_in_range(n, 1, 64);
	return recs[n - 1].meta.cin;
}

/* Two warrants share the XID, two communications have gaps: each warrant's session gets its own,
 * the totals count once. */
static void
test_numbers(void **state)
{
	struct bench *b = *state;
	uint64_t before;
	struct fixture_pdu p;
	uint32_t one, two, other;

	fixture_warrant(&b->f, 100, 1, 7);
	fixture_warrant(&b->f, 101, 2, 7);
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 77, 0, 0);
	rig_pdu(&b->rig, 1, &p);
	one = cin_of_last(b, 1);
	other = cin_of_last(b, 2);
	p = x3(b, 78, 3, 1); /* begins with a gap: its session is made by this PDU */
	rig_pdu(&b->rig, 1, &p);
	two = cin_of_last(b, 1);
	assert_int_not_equal(one, two);
	before = mediate_totals(b->rig.mediate)->missing;
	p = x3(b, 77, 5, 5); /* 1..4 missing */
	rig_pdu(&b->rig, 1, &p);
	p = x3(b, 77, 2, 2); /* late */
	rig_pdu(&b->rig, 1, &p);
	p = x3(b, 77, 5, 55); /* used again */
	rig_pdu(&b->rig, 1, &p);
	p = x3(b, 78, 3, 1);
	rig_pdu(&b->rig, 1, &p);
	assert_int_equal(mediate_totals(b->rig.mediate)->missing - before, 4);
	assert_int_equal(tally(b, JOURNAL_GAP, 0, 0).sessions, 0); /* of the XID, once */
	assert_int_equal(tally(b, JOURNAL_NUMBERS, NUMBERS_MISSING, one).n, 4);
	assert_int_equal(tally(b, JOURNAL_NUMBERS, NUMBERS_MISSING, other).n, 4);
	assert_int_equal(tally(b, JOURNAL_NUMBERS, NUMBERS_LATE, one).n, 1);
	assert_int_equal(tally(b, JOURNAL_NUMBERS, NUMBERS_USED, one).n, 1);
	assert_int_equal(tally(b, JOURNAL_NUMBERS, 0, 0).none, 0);
	assert_int_equal(tally(b, JOURNAL_DUPLICATE, 0, two).n, 1);
	assert_int_equal(rig_account(&b->rig, 100)->duplicate, 1);
	rig_close(&b->rig);
	rig_open(&b->rig); /* the entries per warrant count nothing */
	assert_int_equal(rig_account(&b->rig, 100)->duplicate, 1);
	assert_int_equal(rig_account(&b->rig, 100)->received, 6);
	assert_true(account_balanced(rig_account(&b->rig, 100)));
}

/* A payload that cannot be read: its header names the session.  What is after the window too. */
static void
test_refused(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p;
	uint32_t cin;

	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 77, 0, 0);
	rig_pdu(&b->rig, 1, &p);
	cin = cin_of_last(b, 1);
	p = x3(b, 77, 1, 1);
	p.payload.n = 3;
	rig_pdu(&b->rig, 1, &p);
	p = x3(b, 99, 0, 1); /* of no session */
	p.payload.n = 3;
	rig_pdu(&b->rig, 1, &p);
	assert_int_equal(tally(b, JOURNAL_REJECT, REJECT_PAYLOAD, 0).n, 2);
	assert_int_equal(tally(b, JOURNAL_REJECT, REJECT_PAYLOAD, cin).n, 1);
	assert_int_equal(tally(b, JOURNAL_REJECT, REJECT_PAYLOAD, 0).none, 1);
	b->f.warrant[0].suspended = true;
	b->f.version++;
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 77, 2, 2);
	rig_pdu(&b->rig, 1, &p);
	assert_int_equal(tally(b, JOURNAL_REJECT, REJECT_SUSPENDED, cin).n, 1);
}

/* Where the last record of a session lies is known again after a restart, with and without a state
 * file. */
static void
test_positions(void **state)
{
	static struct rig_rec recs[8];
	struct bench *b = *state;
	struct fixture_pdu p;
	struct session *s;
	uint64_t rec;

	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	for (uint32_t i = 0; i < 4; i++) {
		p = x3(b, i < 3 ? 77 : 78, i % 3, i);
		rig_pdu(&b->rig, 1, &p);
	}
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, 8), 4);
	s = session_find(b->rig.sessions, 100, recs[0].meta.key);
	rec = s->rec[SESSION_CC];
	assert_in_range(rec, 3, session_find(b->rig.sessions, 100, recs[3].meta.key)->rec[1] - 1);
	assert_int_equal(s->rec[SESSION_IRI], 0);
	for (int turn = 0; turn < 2; turn++) {
		if (turn == 1)
			rig_checkpoint(&b->rig);
		rig_close(&b->rig);
		rig_open(&b->rig);
		s = session_find(b->rig.sessions, 100, recs[0].meta.key);
		assert_int_equal(s->rec[SESSION_CC], rec);
		assert_int_equal(s->dest[SESSION_CC], 2);
		assert_false(s->rec_most[SESSION_CC]);
		assert_int_equal(s->rec[SESSION_IRI], 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_apart, bench_new, bench_free),
	    cmocka_unit_test_setup_teardown(test_bound, bench_new, bench_free),
	    cmocka_unit_test_setup_teardown(test_gaps_keep_their_own, bench_new, bench_free),
	    cmocka_unit_test_setup_teardown(test_numbers, bench_new, bench_free),
	    cmocka_unit_test_setup_teardown(test_refused, bench_new, bench_free),
	    cmocka_unit_test_setup_teardown(test_positions, bench_new, bench_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
