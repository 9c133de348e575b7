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

uint8_t pspdu_head_scratch[HANDOVER_HEAD_MAX];
static uint8_t tail_scratch[HANDOVER_HEAD_MAX];
static struct pspdu_ends ends;

/* A row for CC: voice differs from other CC in its queue only. */
#define CC(map)                                                                                    \
	{                                                                                          \
		[HO_CC] = map, [HO_VOICE] = map                                                    \
	}

static pspdu_map_fn *const maps[LI_KIND_N][HO_CLASS_N] = {
    [LI_IP] = CC(map_cc_ip),
    [LI_SIP] = {[HO_IRI] = map_iri_ipmm},
    [LI_RTP] = CC(map_cc_ipmm),
    [LI_XIRI] = {[HO_IRI] = map_iri_33128},
    [LI_PAYLOAD] = {[HO_IRI] = map_payload, [HO_CC] = map_payload, [HO_VOICE] = map_payload},
    [LI_ACCESS] = {[HO_IRI] = map_access},
    [LI_HEADER] = {[HO_IRI] = map_report_header},
    [LI_SUMMARY] = {[HO_IRI] = map_report_summary},
    [LI_L2] = CC(map_cc_l2),
    [LI_MSRP] = CC(map_cc_msrp),
    [LI_UPF] = CC(map_cc_upf),
    [LI_XCC] = CC(map_cc_33128),
    [LI_EPS_IRI] = {[HO_IRI] = map_iri_eps},
    [LI_UMTS_IRI] = {[HO_IRI] = map_iri_umts},
    [LI_EPS_CC] = CC(map_cc_eps),
    [LI_UMTS_CC] = CC(map_cc_umts),
    [LI_MAIL_IRI] = {[HO_IRI] = map_iri_mail},
    [LI_MAIL_CC] = CC(map_cc_mail),
    [LI_MSG_IRI] = {[HO_IRI] = map_iri_message},
    [LI_MSG_CC] = CC(map_cc_message),
    [LI_OPAQUE] =
	{[HO_IRI] = map_iri_message, [HO_CC] = map_cc_message, [HO_VOICE] = map_cc_message},
};

static pspdu_map_fn *
map_of(const struct li_event *ev)
{
	if ((unsigned)ev->kind >= LI_KIND_N || (unsigned)ev->class >= HO_CLASS_N)
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
	static uint64_t made;
	uint8_t oid[] = {TS102232_1_DOMAIN_OID, (uint8_t)ps_version};
	uint8_t buf[sizeof(w->front)];
	struct ber b;

	if (liid.n < 1 || liid.n > TS102232_1_LIID_MAX || operator_id.n < 1 ||
	    operator_id.n > TS102232_1_OPERATOR_MAX || neid.n > TS102232_1_NEID_MAX ||
	    ps_version < 1 || ps_version > 127 || !country_ok(auth_cc) || !country_ok(delivery_cc))
		return -EINVAL;
	memset(w, 0, sizeof(*w));
	w->made = ++made;
	w->gtime = gtime;
	w->liid_n = (uint8_t)liid.n;
	memcpy(w->liid, liid.p, liid.n);
	w->operator_n = (uint8_t)operator_id.n;
	memcpy(w->operator_id, operator_id.p, operator_id.n);

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

static void
put_id(struct ber *b, uint8_t id, struct octets v)
{
	if (v.n > 0)
		ber_octets(b, id, v.p, v.n > ID_MAX ? ID_MAX : v.n);
}

static void
put_communication(struct ber *b, const struct handover_warrant *w, uint32_t cin, uint32_t link_cin)
{
	size_t mark = ber_mark(b);

	if (link_cin) {
		uint8_t link[4];

		octets_put32(link, link_cin);
		ber_octets(b, CORRELATION_IRI_TO_IRI, link, sizeof(link));
		ber_close(b, COMMUNICATION_CIN_EXTENSION, mark);
	}
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

	ends.nfid = b->p;
	put_id(b, PSHEADER_NETWORK_FUNCTION, h->nfid);
	ends.ipid = b->p;
	put_id(b, PSHEADER_EXTENDED_POINT, h->ipid);
	if (h->ts_qualifier <= TIME_QUALIFIER_AGGREGATION)
		ber_small(b, PSHEADER_TIME_QUALIFIER, h->ts_qualifier);
	ends.time = b->p;
	if (!w->gtime)
		pspdu_micro_time(b, PSHEADER_MICRO_TIME, h->time_ns);
	if (h->copy)
		ber_octets(b, PSHEADER_POINT, "COPY", 4);
	if (w->gtime)
		pspdu_gtime(b, PSHEADER_TIME, h->time_ns);
	ends.seq = b->p;
	ber_uint(b, PSHEADER_SEQUENCE, h->seq);
	put_communication(b, w, h->cin, h->link_cin);
	ber_put(b, w->front, w->front_n);
	ber_close(b, PSPDU_HEADER, mark);
}

/* ---- what the mappers share */

/* The time of an item stands in front of its contents or behind, as its type wants. */
void
pspdu_item_time(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev)
{
	if (ev->ts_qualifier <= TIME_QUALIFIER_AGGREGATION)
		ber_small(b, ITEM_TIME_QUALIFIER, ev->ts_qualifier);
	if (!c->w->gtime)
		pspdu_micro_time(b, ITEM_MICRO_TIME, ev->time_ns);
}

size_t
pspdu_iri_open(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, uint8_t direction_id)
{
	pspdu_direction(b, direction_id, ev->direction);
	if (c->item)
		pspdu_item_time(b, c, ev);
	return ber_mark(b);
}

void
pspdu_item_gtime(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev)
{
	if (c->w->gtime)
		pspdu_gtime(b, ITEM_TIME, ev->time_ns);
}

void
pspdu_iri_close(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, size_t mark)
{
	ber_close(b, ITEM_CONTENTS, mark);
	if (c->item)
		pspdu_item_gtime(b, c, ev);
	if (ev->iri_type >= IRI_BEGIN && ev->iri_type <= IRI_REPORT)
		ber_small(b, IRI_TYPE, ev->iri_type);
	ber_close(b, ITEM_TAG, 0);
	if (!c->item)
		ber_close(b, PAYLOAD_IRI_SEQUENCE, 0);
}

static struct octets
head_of(const struct ber *b)
{
	return (struct octets){b->p, (size_t)(pspdu_head_scratch + HANDOVER_HEAD_MAX - b->p)};
}

int
pspdu_map(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	pspdu_map_fn *map = map_of(ev);
	int rc;

	if (!map)
		return -ENOTSUP;
	if (ev->body.n > BODY_MAX)
		return -EMSGSIZE;
	ber_start(b, tail_scratch, tail_scratch + sizeof(tail_scratch), 0);
	rc = map(b, c, ev, rec);
	if (rc < 0)
		return rc;
	rec->head = head_of(b);
	return b->full ? -EMSGSIZE : 0;
}

void
pspdu_start(struct ber *b, struct ho_record *rec, struct octets body)
{
	ber_start(b, tail_scratch, tail_scratch + sizeof(tail_scratch), 0);
	pspdu_body(b, rec, body);
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

static int
encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq, const struct li_event *ev,
    struct ho_record *rec)
{
	const struct pspdu_header h = {.cin = cin,
	    .seq = seq,
	    .time_ns = ev->time_ns,
	    .ts_qualifier = ev->ts_qualifier,
	    .ipid = ev->pdu->ipid,
	    .nfid = ev->pdu->nfid,
	    .link_cin = ev->class == HO_IRI ? ev->link_cin : 0,
	    .copy = ev->copy};
	const struct pspdu_ctx c = {.w = w, .cin = cin, .seq = seq};
	struct ber b;
	int rc = pspdu_map(&b, &c, ev, rec);

	return rc < 0 ? rc : pspdu_finish(&b, w, &h, ev, rec);
}

int
handover_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, struct ho_record *rec)
{
	bool may = pspdu_may_repeat(w, ev);
	int rc;

	if (may && pspdu_repeat(w, cin, seq, ev, rec))
		return 0;
	rc = encode(w, cin, seq, ev, rec);
	if (may && rc == 0)
		pspdu_repeat_keep(w, cin, seq, ev, &ends, rec);
	return rc;
}
