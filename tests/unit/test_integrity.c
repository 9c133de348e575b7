/* SPDX-License-Identifier: Apache-2.0 */
/* Integrity checks: what a receiver would verify, with its own reading of the PDUs (asn1c) and its
 * own hashes; the limits of runs; exactly-once coverage across crashes at random places. */
#include "handover/integrity.h"
#include "spec/ts102232_1.h"

#include <openssl/evp.h>
#include <openssl/ec.h>

#include <assert.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "PS-PDU.h"

#define T0 INT64_C(1767225600000000000)
#define MS INT64_C(1000000)
#define STREAMS 6
#define LOG_MAX 20000

/* The spool: one log stands for all queues, each in its order. */
struct entry {
	unsigned stream;
	uint32_t seq;
	bool check, signature;
	uint8_t *pdu;
	size_t n;
};

static struct rig {
	struct integrity *i;
	struct handover_warrant w;
	struct integrity_conf conf;
	struct entry log[LOG_MAX];
	size_t log_n, checkpoint;
	uint32_t next[STREAMS][3]; /* PDUs, hashes, signatures */
	bool no_room, gone;
	unsigned refused;
	int64_t now;
	unsigned rnd;
} * r;

static struct integrity_stream
stream_id(unsigned n)
{
	struct integrity_stream s = {
	    .lea = 1, .warrant = 1 + n % 2, .cin = 100 + n, .iri = n % 3 == 0, .class = n % 3};

	memset(s.session, (int)(n / 2), sizeof(s.session));
	return s;
}

static unsigned
dice(unsigned n)
{
	r->rnd = r->rnd * 1103515245u + 12345u;
	return (r->rnd >> 8) % n;
}

static void
keep(struct entry e, struct octets pdu)
{
	assert_true(r->log_n < LOG_MAX);
	e.pdu = malloc(pdu.n);
	assert_non_null(e.pdu);
	memcpy(e.pdu, pdu.p, pdu.n);
	e.n = pdu.n;
	r->log[r->log_n++] = e;
}

static int
emit(const struct integrity_stream *s, const struct integrity_check *c, void *arg,
    struct integrity_emitted *out)
{
	unsigned n = s->cin - 100;
	struct integrity_stream want = stream_id(n);
	struct octets pdu;

	assert_ptr_equal(arg, r);
	assert_memory_equal(s, &want, sizeof(want));
	assert_int_equal(c->data_type, s->iri ? DATA_IRI : DATA_CC);
	if (r->gone)
		return -ENOENT;
	if (r->no_room) {
		r->refused++;
		return -EAGAIN;
	}
	out->seq = r->next[n][c->signature ? 2 : 1]++;
	assert_int_equal(integrity_encode(&r->w, s->cin, out->seq, c, r->now, &pdu, &out->body), 0);
	keep((struct entry){n, out->seq, true, c->signature, NULL, 0}, pdu);
	return 0;
}

/* ---- the stream of PDUs */

static void
add(unsigned n)
{
	static uint8_t buf[300];
	struct integrity_stream s = stream_id(n);
	uint32_t seq = r->next[n][0]++;
	size_t len = 1 + dice(250);
	struct ho_record rec;

	for (size_t k = 0; k < len; k++)
		buf[k] = (uint8_t)dice(256);
	rec.head = (struct octets){buf, len / 3};
	rec.body = (struct octets){buf + len / 3, len / 2 - len / 3};
	rec.tail = (struct octets){buf + len / 2, len - len / 2};
	keep((struct entry){n, seq, false, false, NULL, 0}, (struct octets){buf, len});
	integrity_add(r->i, &r->conf, &s, seq, &rec, r->now);
}

static void
begin(size_t max)
{
	integrity_free(r->i);
	r->i = integrity_new(emit, r, max);
}

static EVP_PKEY *
key_new(uint8_t sign_alg, const char *curve)
{
	EVP_PKEY *k = sign_alg == SIGN_EDDSA ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
		      : sign_alg	     ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve)
					     : NULL;

	assert_true(!sign_alg || k);
	return k;
}

static void
conf(uint8_t hash_alg, uint8_t sign_alg, const char *curve)
{
	EVP_PKEY_free(r->conf.key);
	r->conf = (struct integrity_conf){.hash_alg = hash_alg,
	    .sign_alg = sign_alg,
	    .hash_n = 10,
	    .hash_ms = 1000,
	    .sign_n = 3,
	    .sign_ms = 5000,
	    .key = key_new(sign_alg, curve)};
	assert_int_equal(integrity_conf_check(&r->conf), 0);
}

static int
setup(void **state)
{
	(void)state;
	r = calloc(1, sizeof(*r));
	assert_non_null(r);
	r->now = T0;
	r->rnd = 4711;
	assert_int_equal(
	    handover_warrant_init(&r->w, (struct octets){(const uint8_t *)"L-1", 3}, "NL", NULL,
		(struct octets){(const uint8_t *)"OP", 2}, (struct octets){NULL, 0}, 43, false),
	    0);
	conf(HASH_SHA256, 0, NULL);
	begin(0);
	return 0;
}

static void
log_cut(size_t n)
{
	while (r->log_n > n)
		free(r->log[--r->log_n].pdu);
}

static int
teardown(void **state)
{
	(void)state;
	integrity_free(r->i);
	EVP_PKEY_free(r->conf.key);
	log_cut(0);
	free(r);
	return 0;
}

/* ---- what a receiver verifies */

static PS_PDU_t *
decode(const struct entry *e)
{
	static uint8_t again[200000];
	PS_PDU_t *p = NULL;
	asn_dec_rval_t rv = ber_decode(NULL, &asn_DEF_PS_PDU, (void **)&p, e->pdu, e->n);
	asn_enc_rval_t er;

	assert_int_equal(rv.code, RC_OK);
	assert_int_equal(rv.consumed, e->n);
	er = der_encode_to_buffer(&asn_DEF_PS_PDU, p, again, sizeof(again));
	assert_int_equal(er.encoded, e->n);
	assert_memory_equal(again, e->pdu, e->n);
	assert_int_equal(p->payload.present, Payload_PR_tRIPayload);
	assert_int_equal(p->payload.choice.tRIPayload.present, TRIPayload_PR_integrityCheck);
	assert_int_equal(p->pSHeader.sequenceNumber, e->seq);
	return p;
}

/* Entry number SEQ of KIND of stream N before END; covers it. */
static const struct entry *
covered(unsigned n, uint32_t seq, bool check, size_t end, unsigned char *cover)
{
	for (size_t k = 0; k < end; k++) {
		const struct entry *e = &r->log[k];

		if (e->stream == n && e->seq == seq && e->check == check && !e->signature) {
			cover[k]++;
			return e;
		}
	}
	fail_msg("a check names a PDU that is not in front of it");
	return NULL;
}

/* The IntegrityCheck TLV: the PDU ends with it. */
static struct octets
body_of(const struct entry *e, const IntegrityCheck_t *c)
{
	static uint8_t buf[200000];
	asn_enc_rval_t er =
	    der_encode_to_buffer(&asn_DEF_IntegrityCheck, (void *)(uintptr_t)c, buf, sizeof(buf));
	size_t n = (size_t)er.encoded;

	/* the same but for the tag, which is [0] instead of SEQUENCE */
	assert_true(er.encoded > 0 && n < e->n);
	assert_int_equal(e->pdu[e->n - n], 0xA0);
	assert_memory_equal(e->pdu + e->n - n + 1, buf + 1, n - 1);
	return (struct octets){e->pdu + e->n - n, n};
}

static const EVP_MD *
md_of(long alg)
{
	return alg == HashAlgorithm_sHA_256   ? EVP_sha256()
	       : alg == HashAlgorithm_sHA_384 ? EVP_sha384()
					      : EVP_sha512();
}

static void
verify_hash(size_t at, const IntegrityCheck_t *c, unsigned char *cover)
{
	EVP_MD_CTX *x = EVP_MD_CTX_new();
	uint8_t value[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	assert_non_null(c->hashAlgorithm);
	assert_null(c->signatureAlgorithm);
	assert_int_equal(EVP_DigestInit_ex(x, md_of(*c->hashAlgorithm), NULL), 1);
	for (int k = 0; k < c->includedSequenceNumbers.list.count; k++) {
		const struct entry *e = covered(r->log[at].stream,
		    (uint32_t)*c->includedSequenceNumbers.list.array[k], false, at, cover);

		assert_int_equal(EVP_DigestUpdate(x, e->pdu, e->n), 1);
	}
	assert_int_equal(EVP_DigestFinal_ex(x, value, &n), 1);
	EVP_MD_CTX_free(x);
	assert_int_equal(c->checkValue.size, n);
	assert_memory_equal(c->checkValue.buf, value, n);
}

static void
verify_signature(size_t at, const IntegrityCheck_t *c, unsigned char *cover)
{
	uint8_t *all = malloc(LOG_MAX * 100);
	size_t n = 0;
	EVP_MD_CTX *x = EVP_MD_CTX_new();
	const EVP_MD *md = NULL;

	assert_null(c->hashAlgorithm);
	assert_non_null(c->signatureAlgorithm);
	assert_int_equal(*c->signatureAlgorithm, r->conf.sign_alg);
	for (int k = 0; k < c->includedSequenceNumbers.list.count; k++) {
		const struct entry *e = covered(r->log[at].stream,
		    (uint32_t)*c->includedSequenceNumbers.list.array[k], true, at, cover);
		PS_PDU_t *p = decode(e);
		struct octets b = body_of(e, &p->payload.choice.tRIPayload.choice.integrityCheck);

		memcpy(all + n, b.p, b.n);
		n += b.n;
		ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	}
	if (r->conf.sign_alg == SIGN_ECDSA)
		md = EVP_PKEY_bits(r->conf.key) == 384 ? EVP_sha384() : EVP_sha256();
	assert_int_equal(EVP_DigestVerifyInit(x, NULL, md, NULL, r->conf.key), 1);
	assert_int_equal(
	    EVP_DigestVerify(x, c->checkValue.buf, (size_t)c->checkValue.size, all, n), 1);
	EVP_MD_CTX_free(x);
	free(all);
}

/* Every hash and signature of the log holds; each PDU is covered once, each hash PDU too when
 * there are signatures.  Returns the number of checks. */
static size_t
verify(void)
{
	unsigned char *cover = calloc(r->log_n + 1, 1);
	size_t checks = 0;

	for (size_t k = 0; k < r->log_n; k++) {
		struct entry *e = &r->log[k];
		const IntegrityCheck_t *c;
		PS_PDU_t *p;

		if (!e->check)
			continue;
		checks++;
		p = decode(e);
		c = &p->payload.choice.tRIPayload.choice.integrityCheck;
		assert_int_equal(c->checkType == CheckType_signature, e->signature);
		assert_int_equal(
		    *c->dataType, stream_id(e->stream).iri ? DataType_iRI : DataType_cC);
		if (e->signature)
			verify_signature(k, c, cover);
		else
			verify_hash(k, c, cover);
		ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
	}
	for (size_t k = 0; k < r->log_n; k++)
		if (!r->log[k].signature && (!r->log[k].check || r->conf.sign_alg))
			assert_int_equal(cover[k], 1);
	free(cover);
	return checks;
}

/* ---- limits */

static void
by_count(void **state)
{
	(void)state;
	for (int k = 0; k < 9; k++)
		add(0);
	assert_int_equal(r->log_n, 9);
	add(0);
	assert_int_equal(r->log_n, 11);
	assert_true(r->log[10].check);
	assert_int_equal(integrity_open_n(r->i), 0);
	assert_int_equal(verify(), 1);
}

static void
by_time(void **state)
{
	(void)state;
	add(0);
	r->now += 500 * MS;
	add(1);
	integrity_tick(r->i, T0 + 999 * MS);
	assert_int_equal(r->log_n, 2);
	integrity_tick(r->i, T0 + 1000 * MS);
	assert_int_equal(r->log_n, 3);
	assert_int_equal(r->log[2].stream, 0);
	integrity_tick(r->i, T0 - 1); /* the clock was set back */
	assert_int_equal(r->log_n, 4);
	assert_int_equal(verify(), 2);
}

static void
signatures(void **state)
{
	static const struct {
		uint8_t hash, sign;
		const char *curve;
	} alg[] = {{2, SIGN_ECDSA, "P-256"}, {3, SIGN_ECDSA, "P-384"}, {4, SIGN_EDDSA, NULL}};

	(void)state;
	for (size_t a = 0; a < 3; a++) {
		size_t before;

		log_cut(0);
		memset(r->next, 0, sizeof(r->next));
		conf(alg[a].hash, alg[a].sign, alg[a].curve);
		for (int k = 0; k < 30; k++)
			add(1);
		assert_int_equal(r->log_n, 34);
		assert_true(r->log[33].signature);
		for (int k = 0; k < 10; k++)
			add(1);
		assert_int_equal(r->log_n, 45);
		integrity_tick(r->i, r->now + 4999 * MS);
		assert_int_equal(r->log_n, 45);
		integrity_tick(r->i, r->now + 5000 * MS);
		assert_int_equal(r->log_n, 46);
		before = r->log_n;
		add(1);
		assert_int_equal(integrity_close_all(r->i), 0);
		assert_int_equal(r->log_n, before + 3);
		assert_int_equal(verify(), 8);
	}
}

static void
session_end(void **state)
{
	struct integrity_stream s = stream_id(2);

	(void)state;
	conf(HASH_SHA256, SIGN_EDDSA, NULL);
	for (unsigned n = 0; n < STREAMS; n++)
		add(n);
	r->no_room = true;
	integrity_close(r->i, s.warrant, s.session);
	assert_int_equal(r->log_n, STREAMS);
	assert_true(r->refused > 0);
	r->no_room = false;
	integrity_tick(r->i, r->now);
	assert_int_equal(r->log_n, STREAMS + 2); /* the hash and the signature of this stream */
	assert_int_equal(r->log[STREAMS].stream, 2);
	assert_int_equal(integrity_close_all(r->i), 0);
	assert_int_equal(verify(), 2 * STREAMS);
}

static void
no_room(void **state)
{
	(void)state;
	r->no_room = true;
	for (int k = 0; k < 25; k++)
		add(0);
	assert_int_equal(r->log_n, 25);
	assert_int_equal(integrity_close_all(r->i), 1);
	r->no_room = false;
	integrity_tick(r->i, r->now);
	assert_int_equal(r->log_n, 26);
	assert_int_equal(verify(), 1);
}

/* Nobody is there to be told: dropped and counted, not tried for ever. */
static void
session_gone(void **state)
{
	(void)state;
	conf(HASH_SHA256, SIGN_EDDSA, NULL);
	for (int k = 0; k < 13; k++)
		add(0); /* one hash PDU, three PDUs behind it */
	r->gone = true;
	assert_int_equal(integrity_close_all(r->i), 0);
	assert_int_equal(integrity_open_n(r->i), 0);
	assert_int_equal(integrity_uncovered_n(r->i), 4);
}

/* Keys and profiles that become known after recovery, or change. */
static const struct integrity_conf *
conf_of(uint32_t warrant, void *arg)
{
	(void)arg;
	return warrant == 1 ? &r->conf : NULL;
}

static void
conf_later(void **state)
{
	struct integrity_stream s = stream_id(0), other = stream_id(1);
	struct integrity_conf early = {.hash_alg = HASH_SHA256,
	    .sign_alg = SIGN_ECDSA,
	    .hash_n = UINT32_MAX,
	    .hash_ms = UINT32_MAX,
	    .sign_n = UINT32_MAX,
	    .sign_ms = UINT32_MAX};

	(void)state;
	conf(HASH_SHA256, SIGN_EDDSA, NULL);
	for (int k = 0; k < 13; k++)
		add(0);
	begin(0);
	for (size_t k = 0; k < r->log_n; k++)
		assert_int_equal(integrity_replay(r->i, &early, &s, r->log[k].seq,
				     (struct octets){r->log[k].pdu, r->log[k].n}, r->now),
		    0);
	integrity_replay(
	    r->i, &early, &other, 0, (struct octets){r->log[0].pdu, r->log[0].n}, r->now);
	integrity_reconf(r->i, conf_of, NULL);
	assert_int_equal(integrity_uncovered_n(r->i), 1);
	assert_int_equal(integrity_close_all(r->i), 0);
	assert_int_equal(verify(), 3);
}

/* More streams than there is memory for: runs end early, nothing is left out. */
static void
bounded(void **state)
{
	(void)state;
	begin(2);
	for (int k = 0; k < 200; k++) {
		add(dice(STREAMS));
		assert_true(integrity_open_n(r->i) <= 2);
	}
	assert_int_equal(integrity_close_all(r->i), 0);
	assert_true(verify() > 50);
}

static void
other_algorithms(void **state)
{
	EVP_PKEY *k1;

	(void)state;
	add(0);
	r->conf.hash_alg = HASH_SHA512;
	add(0);
	assert_int_equal(r->log_n, 3);
	assert_true(
	    !r->log[1].check && r->log[2].check); /* never behind a PDU that it leaves out */
	k1 = r->conf.key = key_new(SIGN_ECDSA, "P-256");
	r->conf.sign_alg = SIGN_EDDSA; /* not of that kind: hashes only */
	assert_int_equal(integrity_conf_check(&r->conf), -EINVAL);
	add(0);
	EVP_PKEY_free(k1);
	r->conf.key = NULL;
	r->conf.sign_alg = 0;
	assert_int_equal(integrity_close_all(r->i), 0);
	verify();
}

/* ---- parse */

static void
parse(void **state)
{
	struct integrity_view v;
	struct octets o;
	uint32_t seq;

	(void)state;
	for (int k = 0; k < 10; k++)
		add(3);
	o = (struct octets){r->log[10].pdu, r->log[10].n};
	assert_int_equal(integrity_parse(o, &v), 0);
	assert_false(v.signature);
	assert_int_equal(v.alg, HASH_SHA256);
	assert_int_equal(v.value.n, 32);
	for (uint32_t k = 0; k < 10; k++) {
		assert_true(integrity_number(&v.numbers, &seq));
		assert_int_equal(seq, k);
	}
	assert_false(integrity_number(&v.numbers, &seq));
	for (size_t k = 0; k < o.n; k++) {
		uint8_t *p = malloc(k + 1);

		memcpy(p, o.p, k);
		assert_true(integrity_parse((struct octets){p, k}, &v) < 0);
		free(p);
	}
	for (int k = 0; k < 20000; k++) {
		uint8_t *p = malloc(o.n);

		memcpy(p, o.p, o.n);
		for (unsigned m = 1 + dice(4); m > 0; m--)
			p[dice((unsigned)o.n)] = (uint8_t)dice(256);
		if (integrity_parse((struct octets){p, o.n}, &v) == 0)
			while (integrity_number(&v.numbers, &seq))
				;
		free(p);
	}
}

static void
largest_numbers(void **state)
{
	static uint32_t seq[16384];
	struct integrity_check c = {
	    .data_type = DATA_CC, .alg = HASH_SHA256, .seq = seq, .seq_n = 16384};
	struct octets pdu, body;
	struct entry e = {.seq = UINT32_MAX};

	(void)state;
	memset(seq, 0xFF, sizeof(seq));
	assert_int_equal(
	    integrity_encode(&r->w, UINT32_MAX, UINT32_MAX, &c, INT64_MAX, &pdu, &body), 0);
	e.pdu = (uint8_t *)(uintptr_t)pdu.p;
	e.n = pdu.n;
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, decode(&e));
}

/* ---- crashes */

static int
replay(void)
{
	int bad = 0;

	memset(r->next, 0, sizeof(r->next));
	for (size_t k = 0; k < r->log_n; k++) {
		const struct entry *e = &r->log[k];
		struct integrity_stream s = stream_id(e->stream);

		r->next[e->stream][e->check ? 1 + e->signature : 0] = e->seq + 1;
		if (k >= r->checkpoint)
			bad += integrity_replay(r->i, &r->conf, &s, e->seq,
				   (struct octets){e->pdu, e->n}, r->now) != 0;
	}
	return bad;
}

static void
life(void)
{
	for (unsigned k = 20 + dice(200); k > 0; k--) {
		r->no_room = dice(10) == 0;
		if (dice(30) == 0)
			r->conf.hash_alg = (uint8_t)(HASH_SHA256 + dice(3));
		add(dice(STREAMS));
		r->now += dice(300) * MS;
		if (dice(5) == 0)
			integrity_tick(r->i, r->now);
		if (dice(20) == 0) {
			struct integrity_stream s = stream_id(dice(STREAMS));

			integrity_close(r->i, s.warrant, s.session);
		}
		if (dice(60) == 0 && integrity_close_all(r->i) == 0)
			r->checkpoint = r->log_n;
	}
}

/* A kill takes away what was not durable: any number of records at the end, none in front of a
 * checkpoint. */
static void
crashes(uint8_t sign_alg)
{
	log_cut(0);
	r->checkpoint = 0;
	conf(HASH_SHA256, sign_alg, "P-256");
	for (int round = 0; round < 40; round++) {
		life();
		log_cut(r->log_n - dice((unsigned)(r->log_n - r->checkpoint) / 2 + 1));
		begin(dice(3) == 0 ? 3 : 0);
		assert_int_equal(replay(), 0);
	}
	r->no_room = false;
	assert_int_equal(integrity_close_all(r->i), 0);
	assert_true(verify() > 100);
}

static void
kill_anywhere(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 3; seed++) {
		r->rnd = seed;
		crashes(0);
		crashes(SIGN_EDDSA);
		crashes(SIGN_ECDSA);
	}
}

/* A record in front of its check is damaged: told, and covered by nothing else. */
static void
damage(void **state)
{
	size_t n;

	(void)state;
	for (int k = 0; k < 10; k++)
		add(0);
	add(0);
	free(r->log[4].pdu);
	r->log_n--;
	memmove(&r->log[4], &r->log[5], (r->log_n - 4) * sizeof(r->log[0]));
	begin(0);
	assert_int_equal(replay(), 1);
	n = r->log_n;
	assert_int_equal(integrity_close_all(r->i), 0);
	assert_int_equal(r->log_n, n + 1);
	assert_int_equal(r->log[n].check, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(by_count, setup, teardown),
	    cmocka_unit_test_setup_teardown(by_time, setup, teardown),
	    cmocka_unit_test_setup_teardown(signatures, setup, teardown),
	    cmocka_unit_test_setup_teardown(session_end, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_room, setup, teardown),
	    cmocka_unit_test_setup_teardown(session_gone, setup, teardown),
	    cmocka_unit_test_setup_teardown(conf_later, setup, teardown),
	    cmocka_unit_test_setup_teardown(bounded, setup, teardown),
	    cmocka_unit_test_setup_teardown(other_algorithms, setup, teardown),
	    cmocka_unit_test_setup_teardown(parse, setup, teardown),
	    cmocka_unit_test_setup_teardown(largest_numbers, setup, teardown),
	    cmocka_unit_test_setup_teardown(kill_anywhere, setup, teardown),
	    cmocka_unit_test_setup_teardown(damage, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
