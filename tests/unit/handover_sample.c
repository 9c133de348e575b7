/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up events for the tests of mf/handover: addresses of documentation ranges, numbers that
 * nobody has. */
#include "tests/unit/handover_sample.h"
#include "spec/ts102232_1.h"
#include "spec/ts103221_2.h"
#include "spec/ts133128.h"

#include <assert.h>

static const uint8_t src4[] = {192, 0, 2, 1}, dst4[] = {198, 51, 100, 7};

#define OCTETS(s) ((struct octets){(const uint8_t *)(s), sizeof(s) - 1})

/* Attributes 17 and 18 as an NE writes them. */
static const uint8_t attributes[] = {0, X23_ATTR_MATCHED_TARGET, 0, 34, '<', 's', 'u', 'p', 'i',
    'i', 'm', 's', 'i', '>', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', '0', '0', '4',
    '<', '/', 's', 'u', 'p', 'i', 'i', 'm', 's', 'i', 0, X23_ATTR_OTHER_TARGET, 0, 14, 't', 'e',
    'l', ':', '+', '9', '9', '9', '0', '0', '0', '1', '1', '1'};

static size_t
put_len(uint8_t *out, size_t n)
{
	if (n < 128) {
		out[0] = (uint8_t)n;
		return 1;
	}
	if (n < 256) {
		out[0] = 0x81;
		out[1] = (uint8_t)n;
		return 2;
	}
	out[0] = 0x83;
	out[1] = (uint8_t)(n >> 16);
	out[2] = (uint8_t)(n >> 8);
	out[3] = (uint8_t)n;
	if (n >= 65536)
		return 4;
	out[0] = 0x82;
	memmove(out + 1, out + 2, 2);
	return 3;
}

static size_t
wrap(uint8_t *out, const uint8_t *id, size_t id_n, size_t content_n)
{
	uint8_t head[16];
	size_t n = id_n;

	memcpy(head, id, id_n);
	n += put_len(head + n, content_n);
	memmove(out + n, out, content_n);
	memcpy(out, head, n);
	return n + content_n;
}

size_t
sample_xiri(uint8_t *out, uint32_t arm, uint8_t release, uint8_t version, size_t n)
{
	uint8_t id[4] = {0xA0 | (uint8_t)arm};
	const uint8_t oid[] = {XIRI_OID, 5, 0x04, 0x13, release, version, TS133128_KIND_XIRI};
	size_t id_n = 1;

	if (arm > 30) {
		id[0] = 0xBF;
		if (arm > 127)
			id[id_n++] = 0x80 | (uint8_t)(arm >> 7);
		id[id_n++] = arm & 0x7F;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(i * 7 + arm);
	n = wrap(out, (const uint8_t[]){0x81}, 1, n);
	n = wrap(out, id, id_n, n);
	n = wrap(out, (const uint8_t[]){XIRI_EVENT}, 1, n);
	memmove(out + sizeof(oid), out, n);
	memcpy(out, oid, sizeof(oid));
	return wrap(out, (const uint8_t[]){XIRI_TAG}, 1, n + sizeof(oid));
}

static size_t
make_body(struct sample *s, enum li_kind kind, size_t n)
{
	static const uint8_t cc[] = {0x30, 0x0E, 0x80, 0x01, 0x00, 0xA2, 0x09, 0xA2, 0x07, 0x80,
	    0x01, 0x05, 0xA1, 0x02, 0x80, 0x00};

	if (kind == LI_XIRI)
		return sample_xiri(s->body, EVENT_SMF_ESTABLISHMENT, 18, 15, n);
	if (kind == LI_PAYLOAD) { /* as many CCPayloads as fit in N */
		size_t have = 0;

		do {
			memcpy(s->body + have, cc, sizeof(cc));
			have += sizeof(cc);
		} while (have + sizeof(cc) <= n);
		return wrap(s->body, (const uint8_t[]){PAYLOAD_CC_SEQUENCE}, 1, have);
	}
	for (size_t i = 0; i < n; i++)
		s->body[i] = (uint8_t)(i * 13 + 5);
	if (kind == LI_RTP && n > 1) {
		s->body[0] = 0x80;
		s->body[1] = 0x08;
	}
	return n;
}

void
sample_warrant(struct sample *s)
{
	int rc = handover_warrant_init(&s->w, s->liid, s->auth_cc, s->delivery_cc, s->op, s->neid,
	    TS102232_1_VERSION, s->gtime);

	assert(rc == 0);
	(void)rc;
}

void
sample_init(struct sample *s, enum li_kind kind, enum ho_class class, size_t body_n)
{
	memset(s, 0, offsetof(struct sample, body));
	assert(body_n <= 70000);
	s->liid = OCTETS("LIID-0001");
	s->op = OCTETS("OP1");
	s->neid = OCTETS("mdf-1");
	s->auth_cc = "NL";
	s->cin = 1000;
	s->seq = 7;
	sample_warrant(s);
	s->pdu.src = (struct octets){src4, 4};
	s->pdu.dst = (struct octets){dst4, 4};
	s->pdu.attributes = (struct octets){attributes, sizeof(attributes)};
	s->pdu.present = 1u << X23_ATTR_MATCHED_TARGET | 1u << X23_ATTR_OTHER_TARGET;
	s->ev = (struct li_event){.pdu = &s->pdu,
	    .kind = kind,
	    .class = class,
	    .iri_type = class == HO_IRI ? IRI_BEGIN : 0,
	    .direction = DIRECTION_FROM_TARGET,
	    .ts_qualifier = TIME_QUALIFIER_INTERCEPTION,
	    .time_ns = 1767225600123456789};
	s->ev.body = (struct octets){s->body, make_body(s, kind, body_n)};
}

int
sample_encode(const struct sample *s, uint8_t *out)
{
	struct ho_record rec;
	int rc = handover_encode(&s->w, s->cin, s->seq, &s->ev, &rec);

	if (rc < 0)
		return rc;
	memcpy(out, rec.head.p, rec.head.n);
	if (rec.body.n > 0)
		memcpy(out + rec.head.n, rec.body.p, rec.body.n);
	memcpy(out + rec.head.n + rec.body.n, rec.tail.p, rec.tail.n);
	return (int)(rec.head.n + rec.body.n + rec.tail.n);
}
