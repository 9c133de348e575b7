/* SPDX-License-Identifier: Apache-2.0 */
/* The mediator over a real spool: what comes out, for whom, with which numbers; what does not, and
 * what the journal says of it. */
#include "base/clock.h"
#include "handover/handover.h"
#include "mediate_rig.h"
#include "spec/ts103221_2.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define RECS 64

static struct rig_rec recs[RECS];

struct bench {
	struct rig rig;
	struct fixture f;
	uint8_t packet[256];
};

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	rig_init(&b->rig);
	fixture_init(&b->f, 64);
	fixture_ne(&b->f, 1);
	fixture_ne(&b->f, 2);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	rig_fini(&b->rig);
	fixture_fini(&b->f);
	free(b);
	return 0;
}

/* An IPv4 packet as X3 for XID number X. */
static struct fixture_pdu
x3(struct bench *b, uint32_t x, uint32_t seq, uint32_t seed)
{
	return (struct fixture_pdu){.type = X23_TYPE_X3,
	    .format = X23_FMT_IPV4,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = x,
	    .correlation = 77,
	    .nfid = "nf",
	    .ipid = "ip",
	    .numbered = true,
	    .seq = seq,
	    .payload = {b->packet, fixture_ipv4(b->packet, 100, seed)}};
}

static struct fixture_pdu
sip(uint32_t x, uint32_t seq, const char *text)
{
	return (struct fixture_pdu){.type = X23_TYPE_X2,
	    .format = X23_FMT_SIP,
	    .x = x,
	    .numbered = true,
	    .seq = seq,
	    .payload = {(const uint8_t *)text, strlen(text)}};
}

#define MSG(start, cseq, to)                                                                       \
	start "\r\ni: a@b\r\nf: <sip:a@x>;tag=1\r\nt: <sip:b@x>" to "\r\nCSeq: " cseq "\r\n\r\n"

static bool
holds(const struct rig_rec *r, const uint8_t *p, size_t n)
{
	return memmem(r->octets, r->n, p, n) != NULL;
}

/* One PDU, two LEAs: each its own LIID, CIN, numbering. */
static void
test_fan_out(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p;
	uint32_t cin;

	fixture_warrant(&b->f, 100, 1, 7);
	fixture_warrant(&b->f, 101, 2, 7);
	rig_tasks(&b->rig, &b->f);
	for (uint32_t i = 0; i < 3; i++) {
		p = x3(b, 7, i, i);
		assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	}
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 3);
	cin = recs[0].meta.cin;
	for (uint32_t i = 0; i < 3; i++) {
		fixture_ipv4(b->packet, 100, i);
		assert_int_equal(recs[i].meta.seq, i);
		assert_int_equal(recs[i].meta.cin, cin);
		assert_int_equal(recs[i].meta.warrant, 100);
		assert_int_equal(recs[i].meta.dest, 2);
		assert_int_equal(recs[i].octets[0], 0x30);
		assert_true(holds(&recs[i], b->packet, 100));
		assert_true(holds(&recs[i], (const uint8_t *)"L-100", 5));
		assert_false(holds(&recs[i], (const uint8_t *)"L-101", 5));
	}
	assert_int_equal(rig_read(&b->rig, 2, HO_CC, recs, RECS), 3);
	assert_int_not_equal(recs[0].meta.cin, cin);
	assert_true(holds(&recs[0], (const uint8_t *)"L-101", 5));
	assert_true(account_balanced(rig_account(&b->rig, 100)));
	assert_int_equal(rig_account(&b->rig, 100)->spooled[HO_CC], 3);
}

/* X3 before X2, another NE, another interface: the same correlation is the same CIN. */
static void
test_one_session(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu cc, iri = sip(7, 0, MSG("INVITE sip:b@x SIP/2.0", "1 INVITE", ""));
	uint32_t cin;

	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	cc = x3(b, 7, 0, 1);
	assert_int_equal(rig_pdu(&b->rig, 1, &cc), 0);
	iri.correlation = 77;
	assert_int_equal(rig_pdu(&b->rig, 2, &iri), 0);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 1);
	cin = recs[0].meta.cin;
	assert_int_equal(recs[0].meta.seq, 0);
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 1);
	assert_int_equal(recs[0].meta.cin, cin);
	assert_int_equal(recs[0].meta.seq, 0);
	assert_int_equal(recs[0].meta.iri_type, 1);
	assert_int_equal(session_n(b->rig.sessions), 1);
}

static void
test_call(void **state)
{
	static const uint8_t types[] = {1, 3, 3, 3, 3, 2};
	struct bench *b = *state;
	const char *call[] = {MSG("INVITE sip:b@x SIP/2.0", "1 INVITE", ""),
	    MSG("SIP/2.0 180 Ringing", "1 INVITE", ";tag=2"),
	    MSG("SIP/2.0 200 OK", "1 INVITE", ";tag=2"),
	    MSG("ACK sip:b@x SIP/2.0", "1 ACK", ";tag=2"),
	    MSG("BYE sip:b@x SIP/2.0", "2 BYE", ";tag=2"),
	    MSG("SIP/2.0 200 OK", "2 BYE", ";tag=2")};

	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	for (uint32_t i = 0; i < 6; i++) {
		struct fixture_pdu p = sip(7, i, call[i]);

		assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	}
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 6);
	for (uint32_t i = 0; i < 6; i++) {
		assert_int_equal(recs[i].meta.iri_type, types[i]);
		assert_int_equal(recs[i].meta.seq, i);
		assert_true(holds(&recs[i], (const uint8_t *)call[i], strlen(call[i])));
	}
	assert_true(recs[0].meta.flags & SPOOL_F_BEGIN);
	assert_true(recs[5].meta.flags & SPOOL_F_END);
	assert_int_equal(session_open_n(b->rig.sessions), 0);
}

/* A warrant for messages only gets a chat session whole, its BYE too, and nothing of a call. */
static void
test_chat_only(void **state)
{
	static const char sdp[] = "INVITE sip:b@x SIP/2.0\r\ni: a@b\r\nt: <sip:b@x>\r\nCSeq: 1 "
				  "INVITE\r\nc: application/sdp\r\n\r\nm=message 7 TCP/MSRP *\r\n";
	struct bench *b = *state;
	const char *chat[] = {sdp, MSG("SIP/2.0 200 OK", "1 INVITE", ";tag=2"),
	    MSG("BYE sip:b@x SIP/2.0", "2 BYE", ";tag=2"), MSG("SIP/2.0 200 OK", "2 BYE", ";tag=2"),
	    MSG("INVITE sip:b@x SIP/2.0", "3 INVITE", "")};

	fixture_warrant(&b->f, 100, 1, 7)->services = SERVICE_MESSAGING;
	fixture_warrant(&b->f, 101, 2, 7)->services = SERVICE_VOICE;
	rig_tasks(&b->rig, &b->f);
	for (uint32_t i = 0; i < 5; i++) {
		struct fixture_pdu p = sip(7, i, chat[i]);

		assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	}
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 4);
	assert_int_equal(recs[3].meta.iri_type, PAYLOAD_END);
	/* one for voice gets nothing of it, also not what tells nothing; only the new call */
	assert_int_equal(rig_read(&b->rig, 2, HO_IRI, recs, RECS), 1);
	assert_int_equal(rig_account(&b->rig, 101)->rejected[REJECT_SERVICE], 4);
}

/* RTP from or to 10.0.0.1:PORT, of the peer 10.0.0.9. */
static struct fixture_pdu
rtp(uint32_t seq, uint16_t port, bool to, uint8_t pt)
{
	static uint8_t at[32], media[20];
	static const uint8_t ends[] = {0, 10, 0, 4, 10, 0, 0, 9, 0, 11, 0, 4, 10, 0, 0, 1, 0, 14, 0,
	    2, 0x75, 0x30, 0, 15, 0, 2, 0, 0};

	memcpy(at, ends, sizeof(ends));
	octets_put16(at + 26, port);
	if (!to) {
		at[7] = 1;
		at[15] = 9;
		octets_put16(at + 20, port);
		octets_put16(at + 26, 30000);
	}
	memset(media, (int)seq, sizeof(media));
	media[0] = 0x80;
	media[1] = pt;
	return (struct fixture_pdu){.type = X23_TYPE_X3,
	    .format = X23_FMT_RTP,
	    .direction = to ? X23_DIR_TO_TARGET : X23_DIR_FROM_TARGET,
	    .x = 7,
	    .correlation = pt == 96 ? 1 : 2,
	    .numbered = true,
	    .seq = seq,
	    .attributes = {at, sizeof(ends)},
	    .payload = {media, sizeof(media)}};
}

#define CONFERENCE                                                                                 \
	"INVITE sip:b@x SIP/2.0\r\ni: a@b\r\nf: <sip:a@x>;tag=1\r\nt: <sip:b@x>\r\nCSeq: 1 "       \
	"INVITE\r\nc: application/sdp\r\n\r\nv=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP "    \
	"96\r\nm=video 5000 RTP/AVP 97\r\n"

/* Video is for those who may have it: the SDP of the signalling tells which it is. */
static void
test_video(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p = sip(7, 0, CONFERENCE);
	static const struct {
		uint16_t port;
		bool to;
		uint8_t pt;
	} media[] = {{4000, true, 96}, {5000, true, 97}, {5001, true, 200}, {5000, false, 97},
	    {4000, false, 96}};

	fixture_warrant(&b->f, 100, 1, 7)->services = SERVICE_VOICE;
	fixture_warrant(&b->f, 101, 2, 7)->services = SERVICE_VOICE | SERVICE_VIDEO;
	fixture_warrant(&b->f, 102, 3, 7);
	rig_tasks(&b->rig, &b->f);
	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	for (uint32_t i = 0; i < 5; i++) {
		p = rtp(i, media[i].port, media[i].to, media[i].pt);
		assert_int_equal(rig_pdu(&b->rig, 2, &p), 0);
	}
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 1);
	assert_int_equal(rig_read(&b->rig, 1, HO_VOICE, recs, RECS), 2);
	assert_int_equal(rig_account(&b->rig, 100)->rejected[REJECT_SERVICE], 3);
	assert_int_equal(rig_read(&b->rig, 2, HO_VOICE, recs, RECS), 5);
	assert_int_equal(rig_read(&b->rig, 3, HO_VOICE, recs, RECS), 5);
	assert_true(account_balanced(rig_account(&b->rig, 100)));
}

/* A PDU may serve further XIDs, within reason: what goes beyond is said. */
static void
test_further_xids(void **state)
{
	struct bench *b = *state;
	static uint8_t at[66 * 28];
	struct fixture_pdu p = rtp(0, 5000, true, 96);

	fixture_warrant(&b->f, 100, 1, 7);
	fixture_warrant(&b->f, 101, 1, 8);
	rig_tasks(&b->rig, &b->f);
	for (uint32_t i = 0; i < 66; i++) {
		octets_put16(at + i * 28, 21);
		octets_put16(at + i * 28 + 2, 24);
		fixture_xid(i == 63 ? 8 : 1000 + i, at + i * 28 + 4);
	}
	p.attributes = (struct octets){at, sizeof(at)};
	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	assert_int_equal(rig_account(&b->rig, 100)->received, 1);
	assert_int_equal(rig_account(&b->rig, 101)->received, 1); /* number 64 */
	assert_int_equal(mediate_totals(b->rig.mediate)->rejected[REJECT_XID_UNKNOWN], 63);
	assert_int_equal(mediate_totals(b->rig.mediate)->rejected[REJECT_ATTRIBUTE], 1);
}

/* A service whose number does not fit in eight bits, and what is of no service in particular. */
static void
test_video_alone(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p = rtp(0, 5000, true, 34); /* H.263, RFC 3551 */

	fixture_warrant(&b->f, 100, 1, 7)->services = SERVICE_VOICE;
	fixture_warrant(&b->f, 101, 2, 7)->services = SERVICE_VIDEO;
	rig_tasks(&b->rig, &b->f);
	assert_int_equal(rig_pdu(&b->rig, 2, &p), 0);
	assert_int_equal(rig_account(&b->rig, 100)->rejected[REJECT_SERVICE], 1);
	assert_int_equal(rig_read(&b->rig, 2, HO_VOICE, recs, RECS), 1);
	p = sip(7, 0,
	    "REGISTER sip:x SIP/2.0\r\ni: r@b\r\nf: <sip:a@x>;tag=1\r\nt: <sip:a@x>\r\nCSeq: 1 "
	    "REGISTER\r\n\r\n");
	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	assert_int_equal(rig_read(&b->rig, 1, HO_IRI, recs, RECS), 1);
	assert_int_equal(rig_read(&b->rig, 2, HO_IRI, recs, RECS), 1);
}

/* The port of the video becomes one for audio: then what comes there is audio. */
static void
test_video_ends(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p = sip(7, 0, CONFERENCE);

	fixture_warrant(&b->f, 100, 1, 7)->services = SERVICE_VOICE;
	rig_tasks(&b->rig, &b->f);
	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	p = rtp(0, 5000, true, 97);
	assert_int_equal(rig_pdu(&b->rig, 2, &p), 0);
	p = sip(7, 1,
	    "INVITE sip:b@x SIP/2.0\r\ni: a@b\r\nf: <sip:a@x>;tag=1\r\nt: <sip:b@x>;tag=2\r\nCSeq: "
	    "2 "
	    "INVITE\r\nc: application/sdp\r\n\r\nv=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 5000 RTP/AVP "
	    "97\r\n");
	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	p = rtp(1, 5000, true, 97);
	assert_int_equal(rig_pdu(&b->rig, 2, &p), 0);
	assert_int_equal(rig_account(&b->rig, 100)->rejected[REJECT_SERVICE], 1);
	assert_int_equal(rig_read(&b->rig, 1, HO_VOICE, recs, RECS), 1);
}

static void
expect_reject(struct bench *b, const struct fixture_pdu *p, uint32_t warrant, enum reject_code why)
{
	struct journal_entry e = {0};
	size_t before = rig_journal(&b->rig, JOURNAL_REJECT, NULL);

	assert_int_equal(rig_pdu(&b->rig, 1, p), 0);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_REJECT, &e), before + 1);
	assert_int_equal(e.code, why);
	assert_int_equal(e.warrant, warrant);
	assert_int_equal(e.ne, 1);
	assert_int_equal(e.count, 1);
	assert_int_equal(e.format, p->format);
	assert_int_not_equal(e.digest[0] | e.digest[1] | e.digest[2], 0);
	if (warrant != 0) {
		assert_int_equal(rig_account(&b->rig, warrant)->rejected[why], 1);
		assert_true(account_balanced(rig_account(&b->rig, warrant)));
	}
}

static void
test_rejects(void **state)
{
	struct bench *b = *state;
	struct taskset_warrant *w;
	struct fixture_pdu p;

	w = fixture_warrant(&b->f, 100, 1, 1);
	w->from_ns = INT64_MAX - 1;
	fixture_warrant(&b->f, 101, 1, 2)->until_ns = 1;
	fixture_warrant(&b->f, 102, 1, 3)->suspended = 1;
	fixture_warrant(&b->f, 103, 1, 4)->any_ne = 0;
	fixture_warrant(&b->f, 104, 1, 5)->dest_hi3 = 0;
	fixture_warrant(&b->f, 105, 1, 6);
	fixture_warrant(&b->f, 106, 1, 7);
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 99, 0, 0);
	expect_reject(b, &p, 0, REJECT_XID_UNKNOWN);
	p = x3(b, 1, 0, 0);
	expect_reject(b, &p, 100, REJECT_NOT_YET_VALID);
	p = x3(b, 2, 0, 0);
	expect_reject(b, &p, 101, REJECT_EXPIRED);
	p = x3(b, 3, 0, 0);
	expect_reject(b, &p, 102, REJECT_SUSPENDED);
	p = x3(b, 4, 0, 0);
	expect_reject(b, &p, 103, REJECT_NE_NOT_ALLOWED);
	p = x3(b, 5, 0, 0);
	expect_reject(b, &p, 104, REJECT_NO_DESTINATION);
	p = x3(b, 6, 0, 0);
	p.format = X23_FMT_SIP; /* the decoder would have said so already */
	expect_reject(b, &p, 105, REJECT_FORMAT_TYPE);
	p = x3(b, 7, 0, 0);
	p.format = X23_FMT_IPV6; /* what is inside is IPv4 */
	expect_reject(b, &p, 106, REJECT_PAYLOAD);
	assert_int_equal(session_n(b->rig.sessions), 0);
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 0);
}

/* One XID, four warrants: each judged on its own; out of scope is counted and nowhere written. */
static void
test_judged_apart(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p;
	size_t journal;

	fixture_warrant(&b->f, 100, 1, 7);
	fixture_warrant(&b->f, 101, 2, 7)->delivery = TASKSET_IRI;
	fixture_warrant(&b->f, 102, 3, 7)->until_ns = 1;
	fixture_warrant(&b->f, 103, 4, 7);
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 7, 0, 0);
	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 1);
	assert_int_equal(rig_read(&b->rig, 2, HO_CC, recs, RECS), 0);
	assert_int_equal(rig_read(&b->rig, 3, HO_CC, recs, RECS), 0);
	assert_int_equal(rig_read(&b->rig, 4, HO_CC, recs, RECS), 1);
	assert_int_equal(rig_account(&b->rig, 101)->out_of_scope, 1);
	assert_int_equal(rig_account(&b->rig, 102)->rejected[REJECT_EXPIRED], 1);
	journal = rig_journal(&b->rig, JOURNAL_REJECT, NULL);
	assert_int_equal(journal, 1); /* of 102 only */
	for (uint32_t w = 100; w < 104; w++)
		assert_true(account_balanced(rig_account(&b->rig, w)));
}

static void
test_sequence(void **state)
{
	struct bench *b = *state;
	struct journal_entry e;
	struct fixture_pdu p;

	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 7, 0, 0);
	rig_pdu(&b->rig, 1, &p);
	rig_pdu(&b->rig, 1, &p); /* duplicate */
	p = x3(b, 7, 5, 5);
	rig_pdu(&b->rig, 1, &p); /* 1..4 missing */
	p = x3(b, 7, 2, 2);
	rig_pdu(&b->rig, 1, &p); /* late */
	p = x3(b, 7, 5, 55);
	rig_pdu(&b->rig, 1, &p); /* reuse: kept and flagged */
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(recs[i].meta.seq, i);
	assert_true(recs[3].meta.flags & SPOOL_F_REUSE);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_GAP, &e), 1);
	assert_int_equal(e.first, 1);
	assert_int_equal(e.last, 4);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_GAP_FILLED, &e), 1);
	assert_int_equal(e.first, 2);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_REUSE, NULL), 1);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_DUPLICATE, &e), 1);
	assert_int_equal(e.warrant, 100);
	assert_int_equal(rig_account(&b->rig, 100)->duplicate, 1);
	assert_int_equal(b->rig.gaps, 1);
	assert_true(account_balanced(rig_account(&b->rig, 100)));
}

/* A number that was rejected is no gap, and is taken when it is sent again. */
static void
test_rejected_number(void **state)
{
	struct bench *b = *state;
	struct taskset_warrant *w = fixture_warrant(&b->f, 100, 1, 7);
	struct fixture_pdu p;

	rig_tasks(&b->rig, &b->f);
	p = x3(b, 7, 0, 0);
	rig_pdu(&b->rig, 1, &p);
	w->suspended = 1;
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 7, 1, 1);
	rig_pdu(&b->rig, 1, &p);
	w->suspended = 0;
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 7, 2, 2);
	rig_pdu(&b->rig, 1, &p);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_GAP, NULL), 0);
	p = x3(b, 7, 1, 1);
	rig_pdu(&b->rig, 1, &p);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 3);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_REUSE, NULL), 0);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_GAP_FILLED, NULL), 0);
	assert_int_equal(recs[2].meta.flags & SPOOL_F_REUSE, 0);
	rig_pdu(&b->rig, 1, &p); /* now it is kept */
	assert_int_equal(rig_account(&b->rig, 100)->duplicate, 1);
	assert_true(account_balanced(rig_account(&b->rig, 100)));
}

/* Floods of faults are counted together, none is forgotten. */
static void
test_reject_flood(void **state)
{
	static struct rig_rec many[2 * ANOMALY_SINGLE];
	struct bench *b = *state;
	struct fixture_pdu p;
	uint64_t sum = 0;
	size_t n;

	rig_tasks(&b->rig, &b->f);
	for (uint32_t i = 0; i < 3 * ANOMALY_SINGLE; i++) {
		p = x3(b, i & 1 ? 98 : 99, i, i);
		b->rig.now_ns = 5 * CLOCK_NS_PER_S; /* within one second */
		assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	}
	n = rig_read(&b->rig, 0, HO_JOURNAL, many, 2 * ANOMALY_SINGLE);
	assert_int_equal(n, ANOMALY_SINGLE + 2);
	for (size_t i = 0; i < n; i++) {
		struct journal_entry e;

		memcpy(&e, many[i].octets, sizeof(e));
		sum += e.count;
	}
	assert_int_equal(sum, 3 * ANOMALY_SINGLE);
}

/* IRI and CC shed together are counted apart, also after a death without a state file. */
static void
shed_by_class_survives(struct bench *b, struct account *a)
{
	struct fixture_pdu p;
	uint64_t shed[HO_CC + 1];

	for (uint32_t i = 0; i < 400; i++) {
		static uint8_t big[3000];

		p = sip(7, 1 + i, MSG("OPTIONS sip:b@x SIP/2.0", "1 OPTIONS", ""));
		assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
		p = x3(b, 7, 200 + i, i);
		p.payload = (struct octets){big, fixture_ipv4(big, sizeof(big), i)};
		assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	}
	shed[HO_IRI] = a->shed[HO_IRI];
	shed[HO_CC] = a->shed[HO_CC];
	assert_true(shed[HO_IRI] > 0 && shed[HO_CC] > 0);
	rig_commit(&b->rig);
	rig_close(&b->rig);
	rig_open(&b->rig);
	a = rig_account(&b->rig, 100);
	assert_int_equal(a->shed[HO_IRI], shed[HO_IRI]);
	assert_int_equal(a->shed[HO_CC], shed[HO_CC]);
}

/* Quota used up: CC is shed, counted and announced; nothing is numbered for it. */
static void
test_quota(void **state)
{
	struct bench *b = *state;
	struct account *a = rig_account(&b->rig, 100);
	struct fixture_pdu p;
	static uint8_t big[3000];
	struct tri_pdu tri;
	size_t n;

	rig_close(&b->rig);
	b->rig.conf.quota_len = 256 * 1024;
	rig_open(&b->rig);
	a = rig_account(&b->rig, 100);
	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	/* the IRI queue exists before the quota is used up */
	p = sip(7, 0, MSG("OPTIONS sip:b@x SIP/2.0", "1 OPTIONS", ""));
	rig_pdu(&b->rig, 1, &p);
	for (uint32_t i = 0; i < 200; i++) {
		p = x3(b, 7, i, i);
		p.payload = (struct octets){big, fixture_ipv4(big, sizeof(big), i)};
		assert_int_equal(rig_pdu(&b->rig, 1, &p), 0);
	}
	assert_true(a->shed[HO_CC] > 0);
	n = a->shed[HO_CC];
	assert_int_equal(rig_pdu(&b->rig, 1, &p), 0); /* the last one again */
	assert_int_equal(a->shed[HO_CC], n + 1);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_REUSE, NULL), 0);
	assert_int_equal(b->rig.sheds, 1);
	assert_true(account_balanced(a));
	n = rig_read(&b->rig, 1, HO_CC, recs, RECS);
	assert_int_equal(n, a->spooled[HO_CC]);
	assert_int_equal(n + a->shed[HO_CC], 201);
	for (size_t i = 0; i < n && i < RECS; i++)
		assert_int_equal(recs[i].meta.seq, i);
	n = rig_read(&b->rig, 1, HO_IRI, recs, RECS);
	assert_int_equal(n, 2);
	assert_int_equal(recs[1].meta.kind, SPOOL_REC_NOTICE);
	assert_true(tri_decode((struct octets){recs[1].octets, recs[1].n}, 1 << 20, &tri) > 0);
	assert_int_equal(tri.kind, TRI_OPERATOR_LEA_MESSAGE);
	assert_true(rig_journal(&b->rig, JOURNAL_SHED, NULL) >= 1);
	shed_by_class_survives(b, a);
}

/* No room: nothing happens, and the same PDU is taken later, once. */
static void
test_no_room(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p;
	unsigned again = 0, taken = 0;

	rig_close(&b->rig);
	b->rig.conf.pending_max = 16 * 1024;
	b->rig.conf.commit_us = 1000000;
	rig_open(&b->rig);
	fixture_warrant(&b->f, 100, 1, 7);
	fixture_warrant(&b->f, 101, 2, 7);
	rig_tasks(&b->rig, &b->f);
	for (uint32_t i = 0; i < 200;) {
		p = x3(b, 7, i, i);
		if (rig_pdu(&b->rig, 1, &p) == 0) {
			i++;
			taken++;
		} else {
			again++;
			rig_commit(&b->rig);
		}
	}
	assert_true(again > 0);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), taken);
	assert_int_equal(rig_read(&b->rig, 2, HO_CC, recs, RECS), taken);
	assert_int_equal(mediate_totals(b->rig.mediate)->received, taken);
}

static void
test_idle(void **state)
{
	struct bench *b = *state;
	struct fixture_pdu p;

	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
	p = x3(b, 7, 0, 0);
	rig_pdu(&b->rig, 1, &p);
	mediate_tick(b->rig.mediate, b->rig.now_ns + 3599 * CLOCK_NS_PER_S);
	assert_int_equal(session_open_n(b->rig.sessions), 1);
	mediate_tick(b->rig.mediate, b->rig.now_ns + 3601 * CLOCK_NS_PER_S);
	assert_int_equal(session_open_n(b->rig.sessions), 0);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_SESSION, NULL), 1);
	p = x3(b, 7, 1, 1);
	rig_pdu(&b->rig, 1, &p);
	assert_int_equal(rig_read(&b->rig, 1, HO_CC, recs, RECS), 2);
	assert_int_equal(recs[1].meta.seq, 1);
	assert_int_equal(recs[1].meta.cin, recs[0].meta.cin);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(test_fan_out),
	    T(test_one_session),
	    T(test_call),
	    T(test_chat_only),
	    T(test_further_xids),
	    T(test_video),
	    T(test_video_alone),
	    T(test_video_ends),
	    T(test_rejects),
	    T(test_judged_apart),
	    T(test_sequence),
	    T(test_rejected_number),
	    T(test_reject_flood),
	    T(test_quota),
	    T(test_no_room),
	    T(test_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
