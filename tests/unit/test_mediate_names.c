/* SPDX-License-Identifier: Apache-2.0 */
/* Names, links, joins and triggers through the mediator, each also over a crash after which nothing
 * is there but the spool: no state file is ever written here unless a test says so. */
#include "base/clock.h"
#include "mediate_rig.h"
#include "spec/radius.h"
#include "spec/ts102232_1.h"
#include "spec/ts103221_2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define RECS 32

static struct rig_rec recs[RECS];

struct bench {
	struct rig rig;
	struct fixture f;
	uint32_t seq[5];
};

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	rig_init(&b->rig);
	fixture_init(&b->f, 64);
	for (uint32_t ne = 1; ne < 5; ne++)
		fixture_ne(&b->f, ne);
	fixture_warrant(&b->f, 100, 1, 7);
	rig_tasks(&b->rig, &b->f);
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

static void
crash(struct bench *b)
{
	int64_t now_ns = b->rig.now_ns;

	rig_commit(&b->rig);
	rig_close(&b->rig);
	rig_open(&b->rig);
	b->rig.now_ns = now_ns;
	rig_tasks(&b->rig, &b->f);
	mediate_restarted(b->rig.mediate);
}

/* ---- what the elements send */

static uint8_t attributes[256];
static size_t attributes_n;

static void
attribute(uint16_t type, const void *v, size_t n)
{
	octets_put16(attributes + attributes_n, type);
	octets_put16(attributes + attributes_n + 2, (uint16_t)n);
	memcpy(attributes + attributes_n + 4, v, n);
	attributes_n += 4 + n;
}

static void
attribute_axri(uint32_t x, uint64_t correlation)
{
	uint8_t v[24];

	fixture_xid(x, v);
	octets_put64(v + 16, correlation);
	attribute(X23_ATTR_AXRI, v, sizeof(v));
}

static void
send(struct bench *b, uint32_t ne, uint16_t type, uint16_t format, uint64_t correlation,
    struct octets payload)
{
	struct fixture_pdu p = {.type = type,
	    .format = format,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = 7,
	    .correlation = correlation,
	    .nfid = "ne",
	    .numbered = true,
	    .seq = b->seq[ne]++,
	    .attributes = {attributes, attributes_n},
	    .payload = payload};

	assert_int_equal(rig_pdu(&b->rig, ne, &p), 0);
	attributes_n = 0;
}

/* PORT 0: without SDP. */
static void
sip(struct bench *b, uint32_t ne, uint64_t correlation, const char *line, const char *cseq,
    const char *call, unsigned port)
{
	char text[1024], sdp[256] = "";
	int n;

	if (port != 0)
		snprintf(sdp, sizeof(sdp),
		    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
		    "m=audio %u RTP/AVP 0\r\n",
		    port);
	n = snprintf(text, sizeof(text),
	    "%s\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s\r\nFrom: <sip:a@a.invalid>;tag=1\r\n"
	    "To: <sip:b@b.invalid>%s\r\nCall-ID: %s\r\nCSeq: %s\r\n%sContent-Length: %zu\r\n\r\n%s",
	    line, call, strncmp(line, "INVITE", 6) == 0 ? "" : ";tag=2", call, cseq,
	    port != 0 ? "Content-Type: application/sdp\r\n" : "", strlen(sdp), sdp);
	send(b, ne, X23_TYPE_X2, X23_FMT_SIP, correlation,
	    (struct octets){(const uint8_t *)text, (size_t)n});
}

static void
invite(struct bench *b, uint32_t ne, uint64_t correlation, const char *call, unsigned port)
{
	sip(b, ne, correlation, "INVITE sip:b@b.invalid SIP/2.0", "1 INVITE", call, port);
}

static void
answer(struct bench *b, uint32_t ne, uint64_t correlation, const char *call)
{
	sip(b, ne, correlation, "SIP/2.0 200 OK", "1 INVITE", call, 0);
}

static void
hang_up(struct bench *b, uint32_t ne, uint64_t correlation, const char *call)
{
	sip(b, ne, correlation, "BYE sip:b@b.invalid SIP/2.0", "2 BYE", call, 0);
	sip(b, ne, correlation, "SIP/2.0 200 OK", "2 BYE", call, 0);
}

/* From 10.0.0.1 PORT to 192.0.2.9 5000. */
static void
rtp(struct bench *b, uint32_t ne, uint64_t correlation, uint16_t port)
{
	uint8_t packet[32] = {0x80}, value[2];

	packet[3] = (uint8_t)b->seq[ne];
	attribute(X23_ATTR_SRC_IPV4, "\x0a\0\0\1", 4);
	attribute(X23_ATTR_DST_IPV4, "\xc0\0\2\x09", 4);
	octets_put16(value, port);
	attribute(X23_ATTR_SRC_PORT, value, 2);
	octets_put16(value, 5000);
	attribute(X23_ATTR_DST_PORT, value, 2);
	send(b, ne, X23_TYPE_X3, X23_FMT_RTP, correlation, (struct octets){packet, sizeof(packet)});
}

static void
packet(struct bench *b, uint32_t ne, const char *address)
{
	uint8_t octets[128];
	size_t n = fixture_ipv4(octets, 64, b->seq[ne]);

	memcpy(octets + 12, address, 4);
	send(b, ne, X23_TYPE_X3, X23_FMT_IPV4, 0, (struct octets){octets, n});
}

static void
accounting(struct bench *b, uint32_t ne, uint8_t status, const char *id, const char *address)
{
	uint8_t m[128] = {RADIUS_ACCOUNTING_REQUEST, 9};
	size_t n = RADIUS_HEADER;

	memcpy(m + n, (uint8_t[]){RADIUS_ACCT_STATUS_TYPE, 6, 0, 0, 0, status}, 6);
	memcpy(m + n + 6, (uint8_t[]){RADIUS_NAS_IP_ADDRESS, 6, 10, 1, 1, 1}, 6);
	memcpy(m + n + 12, (uint8_t[]){RADIUS_USER_NAME, 3, 'u'}, 3);
	memcpy(m + n + 15, (uint8_t[]){RADIUS_ACCT_SESSION_ID, 4}, 2);
	memcpy(m + n + 17, id, 2);
	memcpy(m + n + 19, (uint8_t[]){RADIUS_FRAMED_IP_ADDRESS, 6}, 2);
	memcpy(m + n + 21, address, 4);
	n += 25;
	octets_put16(m + 2, (uint16_t)n);
	send(b, ne, X23_TYPE_X2, X23_FMT_RADIUS, 0, (struct octets){m, n});
}

/* ---- what came out */

/* CINs of a class, in order; there must be N records. */
static void
cins(struct bench *b, enum ho_class class, size_t n, uint32_t *out)
{
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, class, recs, RECS), n);
	for (size_t i = 0; i < n; i++)
		out[i] = recs[i].meta.cin;
}

struct wanted {
	uint32_t cin;
	struct session *s;
};

static void
on_session(struct session *s, void *arg)
{
	struct wanted *w = arg;

	if (s->cin == w->cin)
		w->s = s;
}

static struct session *
session_of(struct bench *b, uint32_t cin)
{
	struct wanted w = {cin, NULL};

	session_each(b->rig.sessions, on_session, &w);
	assert_non_null(w.s);
	return w.s;
}

#define A1 "\xc0\0\2\x0a"
#define A2 "\xc0\0\2\x0b"

/* An address that was released means nothing after a crash either; only its session gives it up. */
static void
test_released(void **state)
{
	struct bench *b = *state;
	uint32_t iri[8], cc[8];
	size_t n;

	packet(b, 2, A1);
	accounting(b, 1, RADIUS_ACCT_START, "S1", A1);
	crash(b);
	packet(b, 2, A1);
	packet(b, 2, A2);
	n = names_n(b->rig.names);
	accounting(b, 1, RADIUS_ACCT_STOP, "S1", A1);
	assert_true(names_n(b->rig.names) < n);
	n = names_n(b->rig.names);
	crash(b);
	assert_int_equal(names_n(b->rig.names), n);
	packet(b, 2, A1);
	accounting(b, 1, RADIUS_ACCT_START, "S2", A1);
	accounting(b, 1, RADIUS_ACCT_STOP, "S1", A1); /* again: not its address any more */
	crash(b);
	packet(b, 2, A1);
	cins(b, HO_IRI, 4, iri);
	cins(b, HO_CC, 5, cc);
	assert_int_equal(iri[1], iri[0]);
	assert_int_equal(cc[0], iri[0]);
	assert_int_equal(cc[1], iri[0]);
	assert_int_not_equal(cc[2], iri[0]);
	assert_int_equal(cc[3], cc[2]);
	assert_int_not_equal(iri[2], iri[0]);
	assert_int_equal(cc[4], iri[2]);
}

/* Attribute 21 with the own XID: both Correlation IDs are one, from then on and after a crash. */
static void
test_joined(void **state)
{
	static const uint8_t types[] = {IRI_BEGIN, IRI_CONTINUE, IRI_BEGIN, IRI_CONTINUE,
	    IRI_CONTINUE, IRI_CONTINUE, IRI_CONTINUE, IRI_CONTINUE, IRI_END};
	struct bench *b = *state;
	uint32_t iri[9], cc[2];

	invite(b, 1, 0xa, "one", 4000);
	answer(b, 1, 0xa, "one");
	invite(b, 2, 0xb, "two", 4002);
	answer(b, 2, 0xb, "two");
	attribute_axri(7, 0xa);
	sip(b, 2, 0xb, "ACK sip:b@b.invalid SIP/2.0", "1 ACK", "two", 0);
	crash(b); /* two dialogs are up, not three */
	rtp(b, 3, 0xb, 4002);
	hang_up(b, 2, 0xb, "two");
	hang_up(b, 1, 0xa, "one");
	cins(b, HO_IRI, 9, iri);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(recs[i].meta.iri_type, types[i]);
	assert_int_not_equal(iri[2], iri[0]);
	assert_int_equal(iri[3], iri[2]);
	for (size_t i = 4; i < 9; i++)
		assert_int_equal(iri[i], iri[0]);
	cins(b, HO_VOICE, 1, cc);
	assert_int_equal(cc[0], iri[0]);
	assert_ptr_equal(session_of(b, iri[2])->joined, session_of(b, iri[0]));
	assert_int_equal(rig_journal(&b->rig, JOURNAL_SESSION, NULL), 1);
}

static bool
none(const struct name_row *row, void *arg)
{
	(void)row;
	(void)arg;
	return false;
}

/* CC may say it too, and it may be said of a session that is closed long since. */
static void
test_joined_by_content(void **state)
{
	struct bench *b = *state;
	uint32_t iri[2], cc[4];

	invite(b, 1, 0xa, "one", 0);
	rtp(b, 2, 0xb, 4000);
	b->rig.now_ns += 5 * 3600 * CLOCK_NS_PER_S;
	mediate_tick(b->rig.mediate, b->rig.now_ns);
	assert_int_equal(names_n(b->rig.names), 0);
	crash(b);
	names_sweep(b->rig.names, none, NULL);
	attribute_axri(7, 0xa);
	rtp(b, 2, 0xb, 4000);
	crash(b);
	rtp(b, 2, 0xb, 4000);
	cins(b, HO_IRI, 1, iri);
	cins(b, HO_VOICE, 3, cc);
	assert_int_not_equal(cc[0], iri[0]);
	assert_int_equal(cc[1], iri[0]);
	assert_int_equal(cc[2], iri[0]);
}

/* Two Correlation IDs of one element at the same media stay two, what others send there is of the
 * call that named it last. */
static void
test_told_apart(void **state)
{
	struct bench *b = *state;
	uint32_t cc[8];

	rtp(b, 1, 0xa, 4000);
	crash(b);
	rtp(b, 1, 0xb, 4000);
	rtp(b, 1, 0xa, 4000);
	rtp(b, 2, 0xc, 4000);
	crash(b);
	rtp(b, 2, 0xc, 4000);
	rtp(b, 2, 0xd, 4000); /* the other direction with its own Correlation ID */
	cins(b, HO_VOICE, 6, cc);
	assert_int_not_equal(cc[1], cc[0]);
	assert_int_equal(cc[2], cc[0]);
	assert_int_equal(cc[3], cc[1]);
	assert_int_equal(cc[4], cc[1]);
	assert_int_equal(cc[5], cc[1]);
}

/* Two calls stay two when one takes the port of the other, also where numbers are per LIID. */
static void
test_two_calls(void **state)
{
	struct bench *b = *state;
	uint32_t iri[3];

	b->f.profile[0].scope_liid = 1;
	rig_tasks(&b->rig, &b->f);
	invite(b, 1, 0, "one", 4000);
	invite(b, 2, 0, "two", 0);
	crash(b);
	sip(b, 2, 0, "UPDATE sip:b@b.invalid SIP/2.0", "2 UPDATE", "two", 4000);
	cins(b, HO_IRI, 3, iri);
	assert_int_not_equal(iri[1], iri[0]);
	assert_int_equal(iri[2], iri[1]);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_SESSION, NULL), 0);
}

/* A stream that is known writes nothing about itself again. */
static void
test_quiet(void **state)
{
	struct bench *b = *state;
	struct spool_pos before, after;
	struct spool_q *journal;

	invite(b, 1, 0xa, "one", 4000);
	rtp(b, 2, 0xb, 4000);
	rtp(b, 3, 0, 4000);
	rig_commit(&b->rig);
	journal = spool_queue(b->rig.spool, 0, HO_JOURNAL);
	before = spool_tail(journal);
	for (int i = 0; i < 5; i++) {
		rtp(b, 2, 0xb, 4000);
		rtp(b, 3, 0, 4000);
	}
	rig_commit(&b->rig);
	after = spool_tail(journal);
	assert_int_equal(after.off, before.off);
	assert_int_equal(after.seg, before.seg);
}

/* The last packets of a call are of it, the next call at the port is not. */
static void
test_port_again(void **state)
{
	struct bench *b = *state;
	uint32_t iri[8], cc[8];

	invite(b, 1, 0, "one", 4000);
	rtp(b, 2, 0, 4000);
	answer(b, 1, 0, "one");
	hang_up(b, 1, 0, "one");
	crash(b);
	rtp(b, 2, 0, 4000);
	invite(b, 1, 0, "two", 4000);
	rtp(b, 2, 0, 4000);
	answer(b, 1, 0, "two");
	hang_up(b, 1, 0, "two");
	b->rig.now_ns += 60 * CLOCK_NS_PER_S;
	rtp(b, 2, 0, 4000); /* of nobody that is known */
	rtp(b, 2, 0, 4000);
	cins(b, HO_IRI, 8, iri);
	cins(b, HO_VOICE, 5, cc);
	assert_int_equal(cc[0], iri[0]);
	assert_int_equal(cc[1], iri[0]);
	assert_int_not_equal(iri[4], iri[0]);
	assert_int_equal(cc[2], iri[4]);
	assert_int_not_equal(cc[3], iri[0]);
	assert_int_not_equal(cc[3], iri[4]);
	assert_int_equal(cc[4], cc[3]);
}

/* The access of a call, known again after a crash. */
static void
test_parent(void **state)
{
	struct bench *b = *state;
	uint32_t iri[4];

	accounting(b, 1, RADIUS_ACCT_START, "S1", "\x0a\0\0\1");
	invite(b, 2, 0xa, "one", 4000);
	crash(b);
	answer(b, 2, 0xa, "one");
	cins(b, HO_IRI, 3, iri);
	assert_int_not_equal(iri[1], iri[0]);
	assert_ptr_equal(session_of(b, iri[1])->parent, session_of(b, iri[0]));
	assert_int_equal(session_link(session_of(b, iri[1])), iri[0]);
}

static void
allow_one(struct bench *b)
{
	struct taskset_warrant *w = &b->f.warrant[0];

	w->any_ne = 0;
	w->allow_off = b->f.allow_n;
	w->allow_n = 1;
	w->trigger = 1;
	b->f.allow[b->f.allow_n++] = 1;
	rig_tasks(&b->rig, &b->f);
}

/* The rule for CC of other elements: open as long as its session, also over crashes. */
static void
test_trigger(void **state)
{
	struct bench *b = *state;
	struct journal_entry e;

	allow_one(b);
	rtp(b, 2, 0, 4000);
	rtp(b, 1, 0, 4000); /* of the element that is allowed: it opens nothing */
	rtp(b, 2, 0, 4000);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_TRIGGER, NULL), 0);
	invite(b, 1, 0, "one", 4000);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_TRIGGER, &e), 1);
	assert_int_equal(e.code, 1);
	crash(b);
	rtp(b, 2, 0, 4000);
	rtp(b, 2, 0, 4008);
	answer(b, 1, 0, "one");
	hang_up(b, 1, 0, "one");
	assert_int_equal(rig_journal(&b->rig, JOURNAL_TRIGGER, &e), 2);
	assert_int_equal(e.code, 0);
	crash(b);
	assert_int_equal(rig_journal(&b->rig, JOURNAL_TRIGGER, &e), 2);
	rtp(b, 2, 0, 4000);
	rig_commit(&b->rig);
	assert_int_equal(rig_read(&b->rig, 1, HO_VOICE, recs, RECS), 2);
	assert_int_equal(rig_account(&b->rig, 100)->rejected[REJECT_NE_NOT_ALLOWED], 4);
}

/* What is known of a session beside its records is there again without a state file. */
static void
test_elements(void **state)
{
	struct bench *b = *state;
	struct session *s;
	uint32_t cc[2];

	rtp(b, 3, 0xa, 4000);
	rtp(b, 2, 0xa, 4000);
	crash(b);
	cins(b, HO_VOICE, 2, cc);
	s = session_of(b, cc[0]);
	assert_int_equal(s->ne[0], 3);
	assert_int_equal(s->ne[1], 2);
	assert_true(s->correlated);
	assert_false(s->signalled);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_released, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_joined, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_joined_by_content, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_told_apart, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_two_calls, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_quiet, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_port_again, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_parent, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_trigger, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_elements, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
