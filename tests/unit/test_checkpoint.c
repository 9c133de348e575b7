/* SPDX-License-Identifier: Apache-2.0 */
/* The state file, and recovery as a property: random traffic, state files at random moments,
 * crashes that cut queues at random places behind the last state file.  After each crash the NE
 * sends everything again; in the end every PDU stands exactly once in the queue of each warrant, no
 * number names two PDUs, and the books equal the queues. */
#include "base/clock.h"
#include "mediate_rig.h"
#include "session/checkpoint.h"
#include "spec/ts103221_2.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define STREAMS 6
#define PDUS 150 /* per stream, in the end */
#define CRASHES 12
#define WARRANTS 3
#define RECS 4096

static struct rig_rec recs[RECS];

static const struct {
	uint32_t id, lea;
} warrants[WARRANTS] = {{100, 1}, {101, 2}, {102, 2}};

struct world {
	struct rig rig;
	struct fixture f;
	uint32_t sent[STREAMS]; /* numbers 0..sent-1 were offered at least once */
	struct spool_pos saved[WARRANTS][ACCOUNT_CLASS_N]; /* by LEA */
};

static int
offer(struct world *w, uint32_t stream, uint32_t seq)
{
	uint8_t packet[120];
	struct fixture_pdu p = {.type = X23_TYPE_X3,
	    .format = stream & 1 ? X23_FMT_RTP : X23_FMT_IPV4,
	    .x = 7 + stream % 2,
	    .correlation = stream / 2 + 1,
	    .numbered = true,
	    .seq = seq,
	    .ts_s = 1000 + seq};

	p.payload =
	    (struct octets){packet, fixture_ipv4(packet, 60 + seq % 60, stream << 16 | seq)};
	if (stream & 1)
		packet[0] = 0x80;
	return rig_pdu(&w->rig, 1, &p);
}

static void
save_pos(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg)
{
	struct world *w = arg;

	if (class < ACCOUNT_CLASS_N)
		w->saved[lea][class] = spool_tail(q);
}

/* Lose what was written to one queue behind a random place, which is not before what the state file
 * speaks of. */
static void
cut(struct world *w, uint32_t lea, enum ho_class class)
{
	char dir[128], path[512];
	struct spool_pos from = w->saved[lea][class], tail = {0};
	size_t n = rig_read(&w->rig, lea, class, recs, RECS);
	struct dirent *e;
	uint64_t seg = 0;
	DIR *d;
	int fd;
	off_t at;

	(void)n;
	tail = spool_tail(spool_queue(w->rig.spool, lea, class));
	snprintf(dir, sizeof(dir), "%s/%u/%s", w->rig.spool_dir, lea, ho_class_name(class));
	rig_close(&w->rig);
	d = opendir(dir);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		uint64_t s = strtoull(e->d_name, NULL, 16);

		if (strstr(e->d_name, ".seg") != NULL && s > seg)
			seg = s;
	}
	closedir(d);
	if (seg != tail.seg || (from.seg == tail.seg && from.off >= tail.off))
		return;
	at = from.seg == seg ? from.off : 4096;
	at += random() % (tail.off - at + 1);
	snprintf(path, sizeof(path), "%s/%016llx.seg", dir, (unsigned long long)seg);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	{
		static const uint8_t zero[65536];
		struct stat st;

		assert_int_equal(fstat(fd, &st), 0);
		for (off_t o = at; o < st.st_size; o += (off_t)sizeof(zero))
			assert_true(
			    pwrite(fd, zero,
				(size_t)(st.st_size - o < 65536 ? st.st_size - o : 65536), o) > 0);
	}
	close(fd);
}

/* Numbers contiguous per (CIN, series), each PDU at most once; returns the records of WARRANT. */
static size_t
check_queue(struct world *w, uint32_t warrant, uint32_t lea, enum ho_class class)
{
	static struct {
		uint32_t cin, next;
	} series[64];
	size_t series_n = 0, n = rig_read(&w->rig, lea, class, recs, RECS), found = 0;

	assert_true(n <= RECS);
	for (size_t i = 0; i < n; i++) {
		size_t k;

		if (recs[i].meta.warrant != warrant)
			continue;
		found++;
		for (k = 0; k < series_n && series[k].cin != recs[i].meta.cin; k++)
			continue;
		if (k == series_n) {
			series[series_n].cin = recs[i].meta.cin;
			series[series_n++].next = 0;
		}
		assert_int_equal(recs[i].meta.seq, series[k].next++);
		for (size_t j = 0; j < i; j++)
			if (recs[j].meta.warrant == warrant &&
			    recs[j].meta.ctx == recs[i].meta.ctx &&
			    recs[j].meta.xseq == recs[i].meta.xseq)
				fail_msg("number %u of a context twice for warrant %u: records "
					 "%zu and %zu, flags %u",
				    recs[i].meta.xseq, warrant, j, i, recs[i].meta.flags);
	}
	return found;
}

static void
check(struct world *w)
{
	for (size_t i = 0; i < WARRANTS; i++) {
		struct account *a = rig_account(&w->rig, warrants[i].id);

		assert_int_equal(
		    check_queue(w, warrants[i].id, warrants[i].lea, HO_CC), a->spooled[HO_CC]);
		assert_int_equal(check_queue(w, warrants[i].id, warrants[i].lea, HO_VOICE),
		    a->spooled[HO_VOICE]);
		assert_true(account_balanced(a));
	}
}

static void
checkpoint(struct world *w)
{
	rig_checkpoint(&w->rig);
	spool_each(w->rig.spool, save_pos, w);
}

/* Send again what was sent; LEFT_OUT in 4 not. */
static void
again(struct world *w, long left_out)
{
	for (uint32_t s = 0; s < STREAMS; s++)
		for (uint32_t n = 0; n < w->sent[s]; n++) {
			if (random() % 4 >= left_out)
				assert_int_equal(offer(w, s, n), 0);
			if (random() % 1000 == 0)
				checkpoint(w);
		}
}

static void
crash(struct world *w)
{
	cut(w, 1 + (uint32_t)random() % 2, random() % 2 ? HO_CC : HO_VOICE);
	rig_open(&w->rig);
	rig_tasks(&w->rig, &w->f);
	check(w);
	again(w, random() % 3); /* all, or only some before the next crash */
	check(w);
}

static void
start(struct world *w)
{
	memset(w, 0, sizeof(*w));
	rig_init(&w->rig);
	fixture_init(&w->f, 8);
	fixture_ne(&w->f, 1);
	fixture_warrant(&w->f, 100, 1, 7); /* x 7: streams 0 2 4, all three */
	fixture_warrant(&w->f, 101, 2, 7);
	fixture_warrant(&w->f, 102, 2, 8);
	fixture_add_xid(&w->f, 8, 0); /* x 8: streams 1 3 5 */
	rig_tasks(&w->rig, &w->f);
}

static void
test_crashes(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	(void)state;
	srandom(20261121);
	start(w);
	for (int c = 0; c < CRASHES; c++) {
		for (int i = 0; i < STREAMS * PDUS / CRASHES; i++) {
			uint32_t s = (uint32_t)random() % STREAMS;

			if (w->sent[s] < PDUS)
				assert_int_equal(offer(w, s, w->sent[s]++), 0);
			if (random() % 60 == 0)
				checkpoint(w);
		}
		crash(w);
	}
	for (uint32_t s = 0; s < STREAMS; s++)
		while (w->sent[s] < PDUS)
			assert_int_equal(offer(w, s, w->sent[s]++), 0);
	again(w, 0);
	check(w);
	assert_int_equal(rig_account(&w->rig, 100)->spooled[HO_CC], 3 * PDUS);
	assert_int_equal(rig_account(&w->rig, 100)->spooled[HO_VOICE], 3 * PDUS);
	assert_int_equal(rig_account(&w->rig, 101)->spooled[HO_CC], 3 * PDUS);
	assert_int_equal(rig_account(&w->rig, 102)->spooled[HO_VOICE], 3 * PDUS);
	rig_fini(&w->rig);
	fixture_fini(&w->f);
	free(w);
}

/* What the state file gives back is what went in, also alone (its queues being empty). */
static void
test_round_trip(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct session *a, before;
	uint8_t key[16], xid[16];
	int64_t high_ns;
	struct checkpoint_sink sink;
	uint8_t secret[SESSION_SECRET_LEN] = {1, 2, 3};
	struct stat st;
	char path[128];

	(void)state;
	start(w);
	for (uint32_t n = 0; n < 10; n++)
		offer(w, 0, n);
	fixture_xid(7, xid);
	session_key(w->rig.sessions, xid,
	    (struct octets){(const uint8_t *)"C\0\10\0\0\0\0\0\0\0\1", 11}, key);
	a = session_find(w->rig.sessions, 100, key);
	assert_non_null(a);
	a->dialog.state = DIALOG_BYE;
	a->dialog.invite_cseq = 99;
	before = *a;
	checkpoint(w);
	sink = (struct checkpoint_sink){
	    .sessions = session_table_new(secret), .accounts = account_table_new()};
	assert_int_equal(checkpoint_read(w->rig.state, &sink, &high_ns), 0);
	assert_int_equal(high_ns, w->rig.now_ns);
	a = session_find(sink.sessions, 100, key);
	assert_non_null(a);
	assert_int_equal(a->cin, before.cin);
	assert_int_equal(a->next[1], 10);
	assert_int_equal(a->dialog.state, DIALOG_BYE);
	assert_int_equal(a->dialog.invite_cseq, 99);
	assert_true(a->open);
	assert_int_equal(account_get(sink.accounts, 100)->spooled[HO_CC], 10);
	/* a changed octet, a cut: refused as a whole */
	snprintf(path, sizeof(path), "%s", w->rig.state);
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at += 37) {
		int fd = open(path, O_RDWR);
		uint8_t c;

		assert_int_equal(pread(fd, &c, 1, at), 1);
		c ^= 0x10;
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
		assert_int_equal(checkpoint_read(path, &sink, &high_ns), -EBADMSG);
		c ^= 0x10;
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
		close(fd);
	}
	assert_int_equal(checkpoint_read(path, &sink, &high_ns), 0);
	assert_int_equal(truncate(path, st.st_size - 5), 0);
	assert_int_equal(checkpoint_read(path, &sink, &high_ns), -EBADMSG);
	assert_int_equal(truncate(path, 3), 0);
	assert_int_equal(checkpoint_read(path, &sink, &high_ns), -EBADMSG);
	unlink(path);
	assert_int_equal(checkpoint_read(path, &sink, &high_ns), -ENOENT);
	session_table_free(sink.sessions);
	account_table_free(sink.accounts);
	rig_fini(&w->rig);
	fixture_fini(&w->f);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_crashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
