/* SPDX-License-Identifier: Apache-2.0 */
/* Writes PDUs of every kind to standard output for the second codec, one a line: label,
 * hexadecimal. Not a test itself; tests/asn1ct/asn1ct.sh is. */
#include "tests/unit/handover_sample.h"
#include "tests/unit/hi_vectors.h"
#include "handover/integrity.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

#include <stdio.h>
#include <stdlib.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct sample s;
static uint8_t pdu[SAMPLE_PDU_MAX];

static void
print(const char *label, int n)
{
	if (n <= 0) {
		fprintf(stderr, "%s: cannot encode (%d)\n", label, n);
		exit(1);
	}
	printf("%s PS-PDU ", label);
	for (int i = 0; i < n; i++)
		printf("%02x", pdu[i]);
	putchar('\n');
}

static void
dump_events(size_t k)
{
	static const uint32_t numbers[] = {0, 127, 128, 255, 256, 0x80000000, 0xFFFFFFFF};
	static const size_t lengths[] = {0, 1, 100, 127, 128, 255, 256, 1400, 65535};
	static const int64_t times_ns[] = {0, 1767225600999999999, 2147483648000000000};
	static uint8_t id[255];

	memset(id, 'i', sizeof(id));
	for (size_t i = 0; i < N(numbers) * N(lengths); i++) {
		sample_init(
		    &s, sample_kinds[k].kind, sample_kinds[k].class, lengths[i % N(lengths)]);
		s.seq = numbers[i % N(numbers)];
		s.cin = numbers[i / N(lengths)];
		s.ev.time_ns = times_ns[i % N(times_ns)];
		s.ev.direction = i % 5;
		s.pdu.nfid = (struct octets){id, i % 3 * 127};
		s.pdu.ipid = (struct octets){id, i % 2 * 255};
		s.delivery_cc = i % 2 ? "BE" : NULL;
		s.auth_cc = i % 3 ? "NL" : NULL;
		s.neid.n = i % 6;
		s.gtime = i % 4 == 0;
		if (i % 5 == 0)
			s.pdu.src.n = 0;
		sample_warrant(&s);
		print(sample_kinds[k].label, sample_encode(&s, pdu));
	}
}

static void
dump_nasty(void)
{
	for (size_t i = 0; sample_nasty(&s, i); i++)
		print("nasty", sample_encode(&s, pdu));
}

/* All IRI kinds in one PDU, all CC kinds in another. */
static void
dump_mixed(void)
{
	static uint8_t items[SAMPLE_PDU_MAX];
	struct ho_record rec;

	for (int i = 0; i < 4; i++) {
		bool iri = i & 1;
		size_t n = 0;

		for (size_t k = 0; k < sample_kinds_n; k++) {
			int rc;

			if ((sample_kinds[k].class == HO_IRI) != iri)
				continue;
			sample_init(&s, sample_kinds[k].kind, sample_kinds[k].class, 90);
			s.gtime = i & 2;
			sample_warrant(&s);
			rc = handover_item(&s.w, s.cin, s.seq, &s.ev, items + n, sizeof(items) - n);
			n += rc > 0 ? (size_t)rc : 0;
		}
		if (handover_group(&s.w, s.cin, s.seq, iri, (struct octets){items, n}, &s.ev,
			s.ev.time_ns, &rec) < 0)
			exit(1);
		memcpy(pdu, rec.head.p, rec.head.n);
		memcpy(pdu + rec.head.n, rec.body.p, rec.body.n);
		memcpy(pdu + rec.head.n + rec.body.n, rec.tail.p, rec.tail.n);
		print("mixed", (int)(rec.head.n + rec.body.n + rec.tail.n));
	}
}

static void
dump_xiri_arms(void)
{
	static const uint32_t arms[] = {1, 30, 31, 127, 128, 189, 190};

	for (size_t i = 0; i < N(arms); i++) {
		sample_init(&s, LI_XIRI, HO_IRI, 0);
		s.ev.body.n = sample_xiri(s.body, arms[i], TS133128_RELEASE,
		    i % 2 ? TS133128_VERSION : TS133128_VERSION + 1, i * 50);
		print("xiri", sample_encode(&s, pdu));
	}
}

static void
dump_tri(void)
{
	static const enum tri_kind tri[] = {TRI_TEST_PDU, TRI_PADDING_PDU, TRI_KEEPALIVE,
	    TRI_KEEPALIVE_RESPONSE, TRI_FIRST_SEGMENT, TRI_LAST_SEGMENT, TRI_CIN_RESET,
	    TRI_OPERATOR_LEA_MESSAGE, TRI_OPTION_REQUEST, TRI_OPTION_RESPONSE, TRI_OPTION_COMPLETE,
	    TRI_PDU_ACK_REQUEST, TRI_PDU_ACK_RESPONSE};
	struct octets text = {(const uint8_t *)"overload", 8};

	sample_init(&s, LI_IP, HO_CC, 0);
	for (size_t i = 0; i < N(tri) * 2; i++)
		print("tri", tri_encode(&s.w, 0, (uint32_t)i * 100, tri[i / 2], text, i % 2,
				 1767225600123456789, pdu, sizeof(pdu)));
}

static void
dump_hi1(void)
{
	static uint8_t text[256];
	static const int64_t times_ns[] = {0, 1767225600123456789, 2147483648000000000};

	memset(text, 'f', sizeof(text));
	for (size_t i = 0; i < 12; i++) {
		sample_init(&s, LI_IP, HO_CC, 0);
		s.gtime = i % 2;
		sample_warrant(&s);
		print("hi1",
		    hi1_alarm_encode(&s.w, (uint32_t)i, (uint32_t)i * UINT32_C(400000000),
			(struct octets){text, i * 23 + 1}, times_ns[i % 3], pdu, sizeof(pdu)));
	}
}

static void
dump_checks(void)
{
	static uint32_t seq[1000];
	static const uint8_t value[64];
	struct octets out, body;

	sample_init(&s, LI_IP, HO_CC, 0);
	for (size_t i = 0; i < N(seq); i++)
		seq[i] = (uint32_t)i * UINT32_C(4294967);
	for (size_t i = 0; i < 12; i++) {
		struct integrity_check c = {.signature = i % 2,
		    .data_type = 1 + i / 2 % 2,
		    .alg = 2 + i / 2 % (i % 2 ? 2 : 3),
		    .seq = seq,
		    .seq_n = i * 90,
		    .value = {value, i % 2 ? 64 : 32 + i / 2 % 3 * 16}};

		if (integrity_encode(
			&s.w, (uint32_t)i, seq[i * 80], &c, 1767225600123456789, &out, &body) < 0)
			exit(1);
		memcpy(pdu, out.p, out.n);
		print("check", (int)out.n);
	}
}

static int
join(const struct ho_record *r)
{
	memcpy(pdu, r->head.p, r->head.n);
	memcpy(pdu + r->head.n, r->body.p, r->body.n);
	memcpy(pdu + r->head.n + r->body.n, r->tail.p, r->tail.n);
	return (int)(r->head.n + r->body.n + r->tail.n);
}

/* Every kind three times under one header, and encrypted alone. */
static void
dump_groups(size_t k, struct handover_crypt *crypt)
{
	static uint8_t items[SAMPLE_PDU_MAX];
	struct ho_record r;
	size_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		int rc;

		sample_init(&s, sample_kinds[k].kind, sample_kinds[k].class, 100 * i + 1);
		s.gtime = k % 2;
		sample_warrant(&s);
		rc = handover_item(&s.w, 1, 2, &s.ev, items + n, sizeof(items) - n);
		if (rc <= 0)
			exit(1);
		n += (size_t)rc;
	}
	if (handover_group(&s.w, 1, (uint32_t)k, s.ev.class == HO_IRI, (struct octets){items, n},
		&s.ev, 1767225600123456789, &r) < 0)
		exit(1);
	print("group", join(&r));
	s.w.crypt = crypt;
	print("encrypted", sample_encode(&s, pdu));
}

int
main(void)
{
	static const uint8_t key[32];
	struct handover_crypt *crypt =
	    handover_crypt_new(ENCRYPTION_AES256_CBC, (struct octets){key, 32}, 0);

	for (size_t k = 0; k < sample_kinds_n; k++)
		dump_events(k);
	for (size_t k = 0; k < sample_kinds_n; k++)
		dump_groups(k, crypt);
	handover_crypt_free(crypt);
	dump_checks();
	dump_nasty();
	dump_mixed();
	dump_xiri_arms();
	dump_tri();
	dump_hi1();
	for (size_t i = 0; i < N(hi_vectors); i++)
		printf("vectors %s %s\n", hi_vectors[i].type, hi_vectors[i].hex);
	return 0;
}
