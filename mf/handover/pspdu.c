/* SPDX-License-Identifier: Apache-2.0 */
/* PS-PDU and PSHeader, TS 102 232-1 V3.38.1 clause 5.2, and the table of mappers.  Written back to
 * front: tail, body (not copied), head. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>

#define ID_MAX 255	    /* octets of NFID and IPID that are handed on */
#define BODY_MAX (1u << 28) /* octets; far more than an X2/X3 PDU may have */
#define NS_PER_S 1000000000

static uint8_t head_scratch[1024];
static uint8_t tail_scratch[HANDOVER_HEAD_MAX];

static pspdu_map_fn *const maps[LI_PAYLOAD + 1][HO_CLASS_N] = {
    [LI_IP] = {[HO_CC] = map_cc_ip, [HO_VOICE] = map_cc_ip},
    [LI_SIP] = {[HO_IRI] = map_iri_ipmm},
    [LI_RTP] = {[HO_CC] = map_cc_ipmm, [HO_VOICE] = map_cc_ipmm},
    [LI_XIRI] = {[HO_IRI] = map_iri_33128},
    [LI_PAYLOAD] = {[HO_IRI] = map_payload, [HO_CC] = map_payload, [HO_VOICE] = map_payload},
};

static pspdu_map_fn *
map_of(const struct li_event *ev)
{
	if ((unsigned)ev->kind > LI_PAYLOAD || (unsigned)ev->class >= HO_CLASS_N)
		return NULL;
	return maps[ev->kind][ev->class];
}

/* Two letters; what follows them is not looked at (no NUL is needed). */
static bool
country_ok(const char *cc)
{
	return !cc || (isalpha((unsigned char)cc[0]) && isalpha((unsigned char)cc[1]));
}

int
handover_warrant_init(struct handover_warrant *w, struct octets liid, const char *auth_cc,
    const char *delivery_cc, struct octets operator_id, struct octets neid, unsigned ps_version,
    bool gtime)
{
	uint8_t oid[] = {TS102232_1_DOMAIN_OID, (uint8_t)ps_version};
	uint8_t buf[sizeof(w->front)];
	struct ber b;

	if (liid.n < 1 || liid.n > TS102232_1_LIID_MAX || operator_id.n < 1 ||
	    operator_id.n > TS102232_1_OPERATOR_MAX || neid.n > TS102232_1_NEID_MAX ||
	    ps_version < 1 || ps_version > 127 || !country_ok(auth_cc) || !country_ok(delivery_cc))
		return -EINVAL;
	memset(w, 0, sizeof(*w));
	w->gtime = gtime;

	ber_start(&b, buf, buf + sizeof(buf), 0);
	if (auth_cc)
		ber_octets(&b, PSHEADER_AUTH_COUNTRY, auth_cc, 2);
	ber_octets(&b, PSHEADER_LIID, liid.p, liid.n);
	ber_octets(&b, PSHEADER_DOMAIN, oid, sizeof(oid));
	assert(!b.full);
	w->front_n = (uint8_t)ber_mark(&b);
	memcpy(w->front, b.p, w->front_n);

	ber_start(&b, buf, buf + sizeof(buf), 0);
	if (neid.n > 0)
		ber_octets(&b, NETWORK_ELEMENT, neid.p, neid.n);
	ber_octets(&b, NETWORK_OPERATOR, operator_id.p, operator_id.n);
	ber_close(&b, COMMUNICATION_NETWORK, 0);
	assert(!b.full && ber_mark(&b) <= sizeof(w->network));
	w->network_n = (uint8_t)ber_mark(&b);
	memcpy(w->network, b.p, w->network_n);

	if (delivery_cc) {
		w->country_n = 4;
		memcpy(w->country, (uint8_t[]){COMMUNICATION_COUNTRY, 2}, 2);
		memcpy(w->country + 2, delivery_cc, 2);
	}
	return 0;
}

/* ---- time, 5.2.6 */

static uint8_t *
decimal(uint8_t *p, unsigned digits, uint32_t v)
{
	for (unsigned i = digits; i-- > 0; v /= 10)
		p[i] = (uint8_t)('0' + v % 10);
	return p + digits;
}

/* YYYYMMDDhhmmss.uuuuuuZ.  The days count from 1 March of year 0, so that the leap day is the last.
 */
static void
put_gtime(struct ber *b, uint8_t id, uint64_t s, uint32_t us)
{
	uint32_t day = (uint32_t)(s / 86400) + 719468, sec = (uint32_t)(s % 86400);
	uint32_t era = day / 146097, doe = day % 146097;
	uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	uint32_t month = mp < 10 ? mp + 3 : mp - 9;
	uint8_t text[22], *p = text;

	p = decimal(p, 4, yoe + era * 400 + (month <= 2));
	p = decimal(p, 2, month);
	p = decimal(p, 2, doy - (153 * mp + 2) / 5 + 1);
	p = decimal(p, 2, sec / 3600);
	p = decimal(p, 2, sec / 60 % 60);
	p = decimal(p, 2, sec % 60);
	*p++ = '.';
	p = decimal(p, 6, us);
	*p++ = 'Z';
	assert(p == text + sizeof(text));
	ber_octets(b, id, text, sizeof(text));
}

static void
put_micro_time(struct ber *b, uint8_t id, uint64_t s, uint32_t us)
{
	size_t mark = ber_mark(b);

	ber_uint(b, MICRO_TIME_US, us);
	ber_uint(b, MICRO_TIME_SECONDS, s);
	ber_close(b, id, mark);
}

void
pspdu_time(struct ber *b, uint8_t gtime_id, uint8_t micro_id, int64_t time_ns)
{
	uint64_t t = time_ns > 0 ? (uint64_t)time_ns : 0;
	uint32_t us = (uint32_t)(t % NS_PER_S / 1000);

	if (gtime_id)
		put_gtime(b, gtime_id, t / NS_PER_S, us);
	else
		put_micro_time(b, micro_id, t / NS_PER_S, us);
}

static void
put_id(struct ber *b, uint8_t id, struct octets v)
{
	if (v.n > 0)
		ber_octets(b, id, v.p, v.n > ID_MAX ? ID_MAX : v.n);
}

static void
put_communication(struct ber *b, const struct handover_warrant *w, uint32_t cin)
{
	size_t mark = ber_mark(b);

	if (w->country_n)
		ber_put(b, w->country, sizeof(w->country));
	ber_uint(b, COMMUNICATION_CIN, cin);
	ber_put(b, w->network, w->network_n);
	ber_close(b, PSHEADER_COMMUNICATION, mark);
}

void
pspdu_header(struct ber *b, const struct handover_warrant *w, const struct pspdu_header *h)
{
	size_t mark = ber_mark(b);

	put_id(b, PSHEADER_NETWORK_FUNCTION, h->nfid);
	put_id(b, PSHEADER_EXTENDED_POINT, h->ipid);
	if (h->ts_qualifier <= TIME_QUALIFIER_AGGREGATION)
		ber_small(b, PSHEADER_TIME_QUALIFIER, h->ts_qualifier);
	pspdu_time(b, w->gtime ? PSHEADER_TIME : 0, PSHEADER_MICRO_TIME, h->time_ns);
	ber_uint(b, PSHEADER_SEQUENCE, h->seq);
	put_communication(b, w, h->cin);
	ber_put(b, w->front, w->front_n);
	ber_close(b, PSPDU_HEADER, mark);
}

/* ---- what the mappers share */

void
pspdu_body(struct ber *b, struct ho_record *rec, struct octets body)
{
	bool full = b->full;

	rec->tail = (struct octets){b->p, ber_mark(b)};
	rec->body = body;
	ber_start(b, head_scratch, head_scratch + sizeof(head_scratch), rec->tail.n + body.n);
	b->full = full;
}

void
pspdu_direction(struct ber *b, uint8_t id, uint8_t direction)
{
	if (direction <= DIRECTION_NOT_APPLICABLE)
		ber_small(b, id, direction);
}

void
pspdu_iri_close(struct ber *b, uint8_t iri_type, size_t contents_mark, size_t item_mark)
{
	ber_close(b, IRI_CONTENTS, contents_mark);
	if (iri_type >= IRI_BEGIN && iri_type <= IRI_REPORT)
		ber_small(b, IRI_TYPE, iri_type);
	ber_close(b, ITEM_TAG, item_mark);
	ber_close(b, PAYLOAD_IRI_SEQUENCE, item_mark);
}

void
pspdu_cc_close(struct ber *b, uint8_t direction, size_t contents_mark, size_t item_mark)
{
	ber_close(b, CC_CONTENTS, contents_mark);
	pspdu_direction(b, CC_DIRECTION, direction);
	ber_close(b, ITEM_TAG, item_mark);
	ber_close(b, PAYLOAD_CC_SEQUENCE, item_mark);
}

int
pspdu_payload(struct ber *b, const struct li_event *ev, struct ho_record *rec)
{
	pspdu_map_fn *map = map_of(ev);

	if (!map)
		return -ENOTSUP;
	if (ev->body.n > BODY_MAX)
		return -EMSGSIZE;
	ber_start(b, tail_scratch, tail_scratch + sizeof(tail_scratch), 0);
	return map(b, ev, rec);
}

void
pspdu_start(struct ber *b, struct ho_record *rec, struct octets body)
{
	ber_start(b, tail_scratch, tail_scratch + sizeof(tail_scratch), 0);
	pspdu_body(b, rec, body);
}

static struct octets
head_of(const struct ber *b)
{
	return (struct octets){b->p, (size_t)(head_scratch + sizeof(head_scratch) - b->p)};
}

static void
put_rest(struct ber *b, const struct handover_warrant *w, const struct pspdu_header *h)
{
	ber_close(b, PSPDU_PAYLOAD, 0);
	pspdu_header(b, w, h);
	ber_close(b, PSPDU_TAG, 0);
}

/* The Payload that B holds the front of becomes an EncryptionContainer. */
static int
put_encrypted(struct ber *b, const struct handover_warrant *w, const struct pspdu_header *h,
    const struct li_event *ev, struct ho_record *rec)
{
	struct handover_crypt *c = w->crypt;
	struct ber clear = *b;
	struct octets cipher;
	uint8_t part;
	size_t mark;
	int rc;

	rec->head = head_of(b);
	put_rest(&clear, w, h); /* in front of what is to be encrypted: only to be measured */
	if (clear.full)
		return -EMSGSIZE;
	part = pspdu_part(ev);
	rc = c->seal(c, h->seq, ber_mark(&clear), rec, &cipher);
	if (rc < 0)
		return rc;
	ber_start(b, tail_scratch, tail_scratch + sizeof(tail_scratch), 0);
	ber_small(b, ENCRYPTION_PAYLOAD_TYPE, part);
	mark = ber_mark(b);
	pspdu_body(b, rec, cipher);
	ber_close(b, ENCRYPTION_PAYLOAD, mark);
	ber_small(b, ENCRYPTION_TYPE, c->type);
	ber_close(b, PAYLOAD_ENCRYPTION, 0);
	return 0;
}

int
pspdu_finish(struct ber *b, const struct handover_warrant *w, const struct pspdu_header *h,
    const struct li_event *ev, struct ho_record *rec)
{
	int rc = w->crypt && !b->full ? put_encrypted(b, w, h, ev, rec) : 0;

	if (rc < 0)
		return rc;
	put_rest(b, w, h);
	if (b->full)
		return -EMSGSIZE;
	rec->head = head_of(b);
	return 0;
}

int
handover_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, struct ho_record *rec)
{
	const struct pspdu_header h = {.cin = cin,
	    .seq = seq,
	    .time_ns = ev->time_ns,
	    .ts_qualifier = ev->ts_qualifier,
	    .ipid = ev->pdu->ipid,
	    .nfid = ev->pdu->nfid};
	struct ber b;
	int rc = pspdu_payload(&b, ev, rec);

	return rc < 0 ? rc : pspdu_finish(&b, w, &h, ev, rec);
}
