/* SPDX-License-Identifier: Apache-2.0 */
/* TS 33.108 content > ePSIRI, uMTSIRI, ePSCC, uMTSCC.  Records and CC-PDUs that came encoded are
 * moved: their own LIID, correlation number and times stay what the network element wrote.
 *
 * A plain IP packet gets a CC-PDU of Eps-HI3-PS: LIID and time of the PS-PDU, correlation number is
 * the CIN as eight octets, sequence-number the low 16 bits of the PS-PDU's number, ice-type pDN-GW
 * (the packet was taken from a user plane tunnel; the element is not known better). */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts133108.h"

#include <errno.h>

static int
map_iri(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec,
    uint8_t container)
{
	size_t mark;
	int rc = iri33108_split(ev->body);

	if (rc < 0)
		return rc;
	mark = pspdu_iri_open(b, c, ev, IRI_PAYLOAD_DIRECTION);
	pspdu_body(b, rec, ev->body);
	ber_close(b, IRI33108_CONTENT, mark);
	ber_close(b, container, mark);
	pspdu_iri_close(b, c, ev, mark);
	return 0;
}

int
map_iri_eps(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	return map_iri(b, c, ev, rec, IRI_EPS);
}

int
map_iri_umts(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	return map_iri(b, c, ev, rec, IRI_UMTS);
}

static bool
is_packet(struct octets body)
{
	return body.n > 0 && (body.p[0] >> 4 == 4 || body.p[0] >> 4 == 6);
}

static uint8_t
tpdu_direction(uint8_t direction)
{
	if (direction == DIRECTION_FROM_TARGET)
		return TPDU_FROM_TARGET;
	return direction == DIRECTION_TO_TARGET ? TPDU_TO_TARGET : TPDU_UNKNOWN;
}

/* CC-PDU in front of its payload, the packet. */
static void
put_cc_pdu(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, size_t mark)
{
	static const uint8_t oid[] = {TS133108_EPS_HI3_OID};
	uint8_t correlation[EPS_CORRELATION_LEN];
	size_t header, time;

	ber_close(b, CC33108_PAYLOAD, mark);
	header = ber_mark(b);
	ber_small(b, ULIC_ICE_TYPE, ICE_TYPE_PDN_GW);
	ber_small(b, ULIC_DIRECTION, tpdu_direction(ev->direction));
	ber_uint(b, ULIC_SEQUENCE, c->seq & 0xFFFF);
	time = ber_mark(b);
	pspdu_utctime(b, ULIC_UTC_TIME, ev->time_ns);
	ber_close(b, ULIC_TIME, time);
	octets_put64(correlation, c->cin);
	ber_octets(b, ULIC_CORRELATION, correlation, sizeof(correlation));
	ber_octets(b, ULIC_LIID, c->w->liid, c->w->liid_n);
	ber_octets(b, ULIC_DOMAIN, oid, sizeof(oid));
	ber_close(b, CC33108_HEADER, header);
	ber_close(b, CC33108_TAG, mark);
}

int
map_cc_eps(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	bool packet = is_packet(ev->body);
	size_t mark;

	if (!packet && !cc33108_split(ev->body))
		return -EBADMSG;
	mark = pspdu_cc_open(b, c, ev);
	pspdu_body(b, rec, ev->body);
	if (packet)
		put_cc_pdu(b, c, ev, mark);
	ber_close(b, CC_EPS, mark);
	pspdu_cc_close(b, c, ev, mark);
	return 0;
}

int
map_cc_umts(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	size_t mark;

	if (!cc33108_split(ev->body))
		return -EBADMSG;
	mark = pspdu_cc_open(b, c, ev);
	pspdu_body(b, rec, ev->body);
	ber_close(b, CC_UMTS, mark);
	pspdu_cc_close(b, c, ev, mark);
	return 0;
}
