/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver's view of what came: restarts after cINReset, segments, links, one series per LIID,
 * byte counters; and integrity checks made by the daemon, good ones and all that can be wrong with
 * them. */
#include "handover/integrity.h"
#include "lemf_integrity.h"
#include "spec/ts102232_1.h"
#include "tests/unit/handover_sample.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 INT64_C(1767225600000000000)
#define PDUS_MAX 400

/* What the receiver stored. */
static struct {
	struct octets pdu[PDUS_MAX];
	size_t n;
} store;
static struct sample s;
static uint8_t scratch[SAMPLE_PDU_MAX];

static void
keep(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n);

	assert_non_null(copy);
	assert_true(store.n < PDUS_MAX);
	memcpy(copy, p, n);
	store.pdu[store.n++] = (struct octets){copy, n};
}

static void
drop(size_t i)
{
	free((void *)(uintptr_t)store.pdu[i].p);
	memmove(&store.pdu[i], &store.pdu[i + 1], (--store.n - i) * sizeof(store.pdu[0]));
}

static void
clean(void)
{
	while (store.n > 0)
		drop(store.n - 1);
}

static void
send_event(enum li_kind kind, enum ho_class class, uint32_t cin, uint32_t seq, uint32_t link)
{
	int n;

	sample_init(&s, kind, class, 60);
	s.cin = cin;
	s.seq = seq;
	s.ev.link_cin = link;
	s.body[40] = (uint8_t)seq;
	n = sample_encode(&s, scratch);
	assert_true(n > 0);
	keep(scratch, (size_t)n);
}

static void
send_tri(enum tri_kind kind, uint32_t cin, uint32_t seq)
{
	int n;

	sample_init(&s, LI_IP, HO_CC, 1);
	n = tri_encode(&s.w, cin, seq, kind, (struct octets){NULL, 0}, false,
	    T0 + (int64_t)store.n * 1000, scratch, sizeof(scratch));
	assert_true(n > 0);
	keep(scratch, (size_t)n);
}

static void
look(struct lemf_sessions *out, bool per_liid, const struct lemf_key *key)
{
	struct lemf_pdu p;

	memset(out, 0, sizeof(*out));
	out->per_liid = per_liid;
	lemf_pdu_init(&p);
	p.key = key;
	for (size_t i = 0; i < store.n; i++) {
		struct lemf_record rec = {.n = i, .conn = 1, .raw = store.pdu[i]};

		lemf_sessions_add(&rec, &p, lemf_pdu_decode(&p, rec.raw), out);
	}
	lemf_pdu_fini(&p);
	lemf_sessions_sort(out);
}

static void
test_restarts(void **state)
{
	struct lemf_sessions v;

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		send_event(LI_IP, HO_CC, 7, i, 0);
	send_tri(TRI_CIN_RESET, 7, 0);
	keep(store.pdu[5].p, store.pdu[5].n); /* the reset again: no second one */
	for (uint32_t i = 0; i < 3; i++)
		send_event(LI_RTP, HO_CC, 7, i, 0);
	keep(store.pdu[4].p, store.pdu[4].n); /* resent from before the restart */
	look(&v, false, NULL);
	assert_int_equal(v.n, 1);
	assert_int_equal(v.list[0].epoch_n, 1);
	assert_int_equal(v.list[0].series[LEMF_CC].record_n, 9);
	assert_int_equal(v.list[0].series[LEMF_CC].missing_n, 0);
	assert_int_equal(v.list[0].series[LEMF_CC].conflict_n, 0);
	assert_int_equal(v.list[0].series[LEMF_CC].duplicate_n, 1);
	lemf_sessions_fini(&v);
	drop(8); /* number 1 after the restart */
	look(&v, false, NULL);
	assert_int_equal(v.list[0].series[LEMF_CC].missing_n, 1);
	lemf_sessions_fini(&v);
	/* Without the reset the same numbers are conflicts. */
	drop(6);
	drop(5);
	look(&v, false, NULL);
	assert_int_equal(v.list[0].epoch_n, 0);
	assert_int_equal(v.list[0].series[LEMF_CC].conflict_n, 2);
	lemf_sessions_fini(&v);
	clean();
}

static void
test_segments(void **state)
{
	struct lemf_sessions v;

	(void)state;
	send_event(LI_MAIL_CC, HO_CC, 7, 0, 0);
	send_tri(TRI_FIRST_SEGMENT, 7, 1);
	send_event(LI_MAIL_CC, HO_CC, 7, 1, 0);
	send_event(LI_MAIL_CC, HO_CC, 7, 2, 0);
	send_event(LI_MAIL_CC, HO_CC, 7, 3, 0);
	send_tri(TRI_LAST_SEGMENT, 7, 3);
	send_event(LI_MAIL_CC, HO_CC, 7, 4, 0);
	look(&v, false, NULL);
	assert_int_equal(v.list[0].segment_n, 1);
	assert_int_equal(v.list[0].segment_bad_n, 0);
	assert_int_equal(v.entries[0].segment, 0);
	assert_int_equal(v.entries[1].segment, 2);
	assert_int_equal(v.entries[3].segment, 2);
	assert_int_equal(v.entries[4].segment, 0);
	lemf_sessions_fini(&v);
	drop(3);
	look(&v, false, NULL);
	assert_int_equal(v.list[0].segment_bad_n, 1);
	lemf_sessions_fini(&v);
	drop(4); /* the last flag */
	look(&v, false, NULL);
	assert_int_equal(v.list[0].segment_bad_n, 1);
	lemf_sessions_fini(&v);
	clean();
}

static void
test_links(void **state)
{
	struct lemf_sessions v;

	(void)state;
	send_event(LI_ACCESS, HO_IRI, 100, 0, 0);
	send_event(LI_SIP, HO_IRI, 101, 0, 100);
	send_event(LI_SUMMARY, HO_IRI, 100, 1, 0);
	send_event(LI_HEADER, HO_IRI, 100, 2, 0);
	look(&v, false, NULL);
	assert_int_equal(v.n, 2);
	assert_false(v.list[0].has_parent);
	assert_true(v.list[1].has_parent && v.list[1].parent == 100);
	assert_int_equal(v.list[0].summary_n, 1);
	assert_int_equal(v.list[0].header_n, 1);
	assert_int_equal(v.list[0].flow_packet_n, 1000);
	assert_int_equal(v.list[0].flow_octet_n, 1000000);
	lemf_sessions_fini(&v);
	clean();
}

static void
test_per_liid(void **state)
{
	struct lemf_sessions v;

	(void)state;
	for (uint32_t i = 0; i < 12; i++)
		if (i != 7)
			send_event(i % 3 ? LI_IP : LI_SIP, i % 3 ? HO_CC : HO_IRI, i % 4, i, 0);
	look(&v, true, NULL);
	assert_int_equal(v.n, 1);
	assert_int_equal(v.list[0].series[LEMF_IRI].missing_n, 1);
	assert_int_equal(v.list[0].series[LEMF_CC].missing_n, 0);
	lemf_sessions_fini(&v);
	clean();
}

static void
test_counters(void **state)
{
	struct lemf_key key = {.n = 32};
	struct handover_crypt *crypt =
	    handover_crypt_new(4, (struct octets){key.octets, key.n}, T0);
	struct lemf_sessions v;

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		int n;

		sample_init(&s, LI_IP, HO_CC, 60 + i);
		s.seq = i;
		s.w.crypt = crypt;
		n = sample_encode(&s, scratch);
		assert_true(n > 0);
		keep(scratch, (size_t)n);
	}
	keep(store.pdu[2].p, store.pdu[2].n);
	look(&v, false, &key);
	assert_int_equal(v.sealed_n, 7);
	assert_int_equal(v.counter_gap_n, 0);
	assert_int_equal(v.counter_bad_n, 0);
	assert_int_equal(v.list[0].series[LEMF_CC].record_n, 7);
	assert_int_equal(v.list[0].series[LEMF_CC].duplicate_n, 1);
	lemf_sessions_fini(&v);
	drop(4);
	look(&v, false, &key);
	assert_int_equal(v.counter_gap_n, 1);
	assert_int_equal(v.counter_bad_n, 0);
	lemf_sessions_fini(&v);
	handover_crypt_free(crypt);
	clean();
}

/* ---- integrity */

static uint32_t check_seq[2]; /* numbers of hashes and signatures */

static int
emit(const struct integrity_stream *id, const struct integrity_check *c, void *arg,
    struct integrity_emitted *out)
{
	struct octets pdu;

	(void)arg;
	sample_init(&s, LI_IP, HO_CC, 1);
	out->seq = check_seq[c->signature];
	assert_int_equal(
	    integrity_encode(&s.w, id->cin, check_seq[c->signature]++, c, T0, &pdu, &out->body), 0);
	keep(pdu.p, pdu.n);
	return 0;
}

/* 9 CC PDUs with a hash over each 3 and a signature over each 2 hashes, all closed at the end:
 * stored are 0 1 2 H0 3 4 5 H1 S0 6 7 8 H2 S1. */
static void
run(EVP_PKEY *key, uint8_t sign_alg, uint8_t hash_alg)
{
	struct integrity_conf conf = {.hash_alg = hash_alg,
	    .sign_alg = sign_alg,
	    .hash_n = 3,
	    .hash_ms = 1000000,
	    .sign_n = 2,
	    .sign_ms = 1000000,
	    .key = key};
	struct integrity_stream id = {.lea = 1, .warrant = 1, .cin = 7};
	struct integrity *i = integrity_new(emit, NULL, 0);

	check_seq[0] = check_seq[1] = 0;
	for (uint32_t seq = 0; seq < 9; seq++) {
		struct ho_record rec = {0};

		send_event(LI_IP, HO_CC, 7, seq, 0);
		rec.body = store.pdu[store.n - 1];
		integrity_add(i, &conf, &id, seq, &rec, T0);
	}
	assert_int_equal(integrity_close_all(i), 0);
	integrity_free(i);
	assert_int_equal(store.n, 9 + 3 + 2);
}

static char last_finding[200];

static void
on_finding(const struct lemf_session *session, const char *text, void *arg)
{
	(void)session;
	(void)arg;
	snprintf(last_finding, sizeof(last_finding), "%s", text);
}

static struct lemf_integrity
verify(EVP_PKEY *key)
{
	struct lemf_integrity got;
	struct lemf_sessions v;

	last_finding[0] = 0;
	look(&v, false, NULL);
	lemf_integrity_check(&v, key, &got, on_finding, NULL);
	lemf_sessions_fini(&v);
	return got;
}

static void
alter(size_t i, size_t from_end)
{
	((uint8_t *)(uintptr_t)store.pdu[i].p)[store.pdu[i].n - from_end] ^= 0x10;
}

static void
test_integrity(void **state)
{
	EVP_PKEY *keys[3] = {
	    EVP_EC_gen("P-256"), EVP_EC_gen("P-384"), EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
	struct lemf_integrity got;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		EVP_PKEY *key = keys[i];

		run(key, i == 2 ? SIGN_EDDSA : SIGN_ECDSA, (uint8_t)(HASH_SHA256 + i));
		got = verify(key);
		assert_string_equal(last_finding, "");
		assert_int_equal(got.hashes_ok, 3);
		assert_int_equal(got.hashes_bad, 0);
		assert_int_equal(got.covered, 9);
		assert_int_equal(got.uncovered, 0);
		assert_int_equal(got.signatures_ok, 2);
		assert_int_equal(got.bad, 0);
		got = verify(NULL);
		assert_int_equal(got.unchecked, 2);
		got = verify(keys[(i + 1) % 3]);
		assert_int_equal(got.signatures_ok, 0);
		assert_int_equal(got.bad, 2);
		clean();
	}
	for (unsigned i = 0; i < 3; i++)
		EVP_PKEY_free(keys[i]);
}

static void
test_integrity_faults(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct lemf_integrity got;

	(void)state;
	/* Everything resent after a reconnect, checks too: nothing changes. */
	run(key, SIGN_ECDSA, HASH_SHA256);
	for (size_t i = 0, n = store.n; i < n; i++)
		keep(store.pdu[i].p, store.pdu[i].n);
	got = verify(key);
	assert_string_equal(last_finding, "");
	assert_int_equal(got.hashes_ok, 3);
	assert_int_equal(got.covered, 9);
	assert_int_equal(got.signatures_ok, 2);
	clean();
	/* PDU 4 did not come. */
	run(key, SIGN_ECDSA, HASH_SHA256);
	drop(5);
	got = verify(key);
	assert_int_equal(got.hashes_ok, 2);
	assert_int_equal(got.hashes_bad, 1);
	assert_int_equal(got.missing, 1);
	assert_int_equal(got.covered, 8);
	assert_int_equal(got.signatures_ok, 2);
	assert_non_null(strstr(last_finding, "not received: 4"));
	clean();
	/* One octet of PDU 4 is another. */
	run(key, SIGN_ECDSA, HASH_SHA256);
	alter(5, 1);
	got = verify(key);
	assert_int_equal(got.hashes_bad, 1);
	assert_int_equal(got.missing, 0);
	assert_non_null(strstr(last_finding, "hash 1: does not fit"));
	clean();
	/* Hash 1 did not come: three PDUs uncovered, a signature without its hash. */
	run(key, SIGN_ECDSA, HASH_SHA256);
	drop(7);
	got = verify(key);
	assert_int_equal(got.hashes_ok, 2);
	assert_int_equal(got.uncovered, 3);
	assert_int_equal(got.signatures_ok, 1);
	assert_int_equal(got.bad, 1);
	clean();
	/* The last octets of a hash are others: hash and signature are bad. */
	run(key, SIGN_ECDSA, HASH_SHA256);
	alter(7, 6);
	got = verify(key);
	assert_int_equal(got.hashes_bad, 1);
	assert_int_equal(got.signatures_ok, 1);
	assert_int_equal(got.bad, 1);
	clean();
	/* A signature that is not one; a hash without a signature. */
	run(key, SIGN_ECDSA, HASH_SHA256);
	alter(8, 10);
	drop(13);
	got = verify(key);
	assert_int_equal(got.signatures_ok, 0);
	assert_int_equal(got.bad, 1);
	assert_int_equal(got.unsigned_n, 1);
	clean();
	/* Two hashes over the same PDUs: covered twice. */
	run(key, SIGN_ECDSA, HASH_SHA256);
	keep(store.pdu[3].p, store.pdu[3].n);
	*(char *)memmem(store.pdu[store.n - 1].p, store.pdu[store.n - 1].n, "OP1", 3) = 'Q';
	got = verify(key);
	assert_int_equal(got.hashes_ok, 4);
	assert_int_equal(got.twice, 3);
	clean();
	EVP_PKEY_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_restarts),
	    cmocka_unit_test(test_segments), cmocka_unit_test(test_links),
	    cmocka_unit_test(test_per_liid), cmocka_unit_test(test_counters),
	    cmocka_unit_test(test_integrity), cmocka_unit_test(test_integrity_faults)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
