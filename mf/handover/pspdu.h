/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mf/handover only: what a mapper gets and how it writes.  One mapper per (kind, class); a
 * new one is a file map_*.c, a line here and a line in the table of pspdu.c. */
#ifndef HANDOVER_PSPDU_H
#define HANDOVER_PSPDU_H

#include "handover/ber.h"
#include "handover/handover.h"
#include "spec/ts102232_1.h"

/* What a mapper may look at besides the event. */
struct pspdu_ctx {
	const struct handover_warrant *w;
	uint32_t cin, seq;
	bool item; /* write one IRIPayload or CCPayload with a time of its own (aggregation), not
		      the Payload around it */
};

/* Write the Payload of a PS-PDU (content of payload [2]), or the item alone, from the back to the
 * front: pspdu_iri_open() or pspdu_cc_open(), what stands behind the body, then pspdu_body(), what
 * stands in front of it, pspdu_iri_close() or pspdu_cc_close().  Returns 0, -EBADMSG (the body or
 * the detail is not what its kind says) or -ENOTSUP (nothing to map it to). */
typedef int pspdu_map_fn(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec);

pspdu_map_fn map_access;	 /* TS 102 232-3 IPIRI */
pspdu_map_fn map_cc_ip;		 /* TS 102 232-3 IPCC */
pspdu_map_fn map_report_header;	 /* TS 102 232-3 IPIRIPacketReport, header */
pspdu_map_fn map_report_summary; /* the same, summary */
pspdu_map_fn map_cc_l2;		 /* TS 102 232-4 L2CC */
pspdu_map_fn map_cc_ipmm;	 /* TS 102 232-5 IPMMCC, RTP */
pspdu_map_fn map_cc_msrp;	 /* TS 102 232-5 IPMMCC, MSRP */
pspdu_map_fn map_iri_ipmm;	 /* TS 102 232-5 IPMMIRI */
pspdu_map_fn map_iri_33128;	 /* threeGPP33128DefinedIRI */
pspdu_map_fn map_cc_upf;	 /* threeGPP33128DefinedCC around a packet, frame or PDU */
pspdu_map_fn map_cc_33128;	 /* threeGPP33128DefinedCC of a CCPayload that came encoded */
pspdu_map_fn map_iri_eps;	 /* ePSIRI */
pspdu_map_fn map_iri_umts;	 /* uMTSIRI */
pspdu_map_fn map_cc_eps;	 /* ePSCC */
pspdu_map_fn map_cc_umts;	 /* uMTSCC */
pspdu_map_fn map_iri_mail;	 /* TS 102 232-2 EmailIRI */
pspdu_map_fn map_cc_mail;	 /* TS 102 232-2 EmailCC */
pspdu_map_fn map_iri_message;	 /* TS 102 232-2 MessagingIRI */
pspdu_map_fn map_cc_message;	 /* TS 102 232-2 MessagingCC */
pspdu_map_fn map_payload;	 /* a Payload that came encoded */

/* Everything written so far stands behind BODY; what follows stands in front of it.  Called once
 * by each mapper, also for an empty body. */
extern uint8_t pspdu_head_scratch[HANDOVER_HEAD_MAX];
static inline void
pspdu_body(struct ber *b, struct ho_record *rec, struct octets body)
{
	bool full = b->full;

	rec->tail = (struct octets){b->p, ber_mark(b)};
	rec->body = body;
	ber_start(
	    b, pspdu_head_scratch, pspdu_head_scratch + HANDOVER_HEAD_MAX, rec->tail.n + body.n);
	b->full = full;
}

/* Look up and run the mapper of EV: *rec is the Payload (or, with c->item, the IRIPayload or
 * CCPayload alone with its own time) in three runs, *B goes on in front of it.  Returns as
 * handover_encode(). */
int pspdu_map(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec);

/* The values of a PSHeader beside the warrant's. */
struct pspdu_header {
	uint32_t cin, seq;
	int64_t time_ns;
	uint8_t ts_qualifier;
	struct octets ipid, nfid; /* empty: the member is left out; longer than 255 octets: cut */
	uint32_t link_cin;	  /* cINExtension, iri-to-iri; 0: left out */
	bool copy;		  /* interceptionPointID "COPY" */
};
/* Where values end in the header written last. */
struct pspdu_ends {
	const uint8_t *nfid, *ipid, *time, *seq;
};

/* Streams of equal PDUs (repeat.c).  pspdu_may_repeat(): is EV of a kind that is remembered?  Then
 * pspdu_repeat() fills *rec as handover_encode() would, or says false: then it was done the long
 * way, and pspdu_repeat_keep() is told. */
bool pspdu_may_repeat(const struct handover_warrant *w, const struct li_event *ev);
bool pspdu_repeat(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, struct ho_record *rec);
void pspdu_repeat_keep(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, const struct pspdu_ends *ends, const struct ho_record *rec);
/* SSRC of an RTP or RTCP packet, in place; empty: it has none. */
struct octets pspdu_ssrc(struct octets packet);

/* Write pSHeader [1]. */
void pspdu_header(struct ber *b, const struct handover_warrant *w, const struct pspdu_header *h);

/* The steps of handover_encode() after pspdu_map(): pspdu_start() begins one around a BODY that is
 * there already; pspdu_finish() encrypts when W says so and writes payload [2], the header and the
 * PS-PDU around it.  Errors as of handover_encode(). */
void pspdu_start(struct ber *b, struct ho_record *rec, struct octets body);
int pspdu_finish(struct ber *b, const struct handover_warrant *w, const struct pspdu_header *h,
    const struct li_event *ev, struct ho_record *rec);

/* What pspdu.c knows of an encryption; the rest is in crypt.c, which alone needs a crypto library.
 * seal() encrypts the Payload that lies in the three runs of CLEAR, of a PS-PDU that would have
 * CLEAR_N octets; *cipher is valid until the next call.  Returns 0 or -EIO. */
struct handover_crypt {
	uint8_t type; /* encryptionType */
	int (*seal)(struct handover_crypt *c, uint32_t seq, uint64_t clear_n,
	    const struct ho_record *clear, struct octets *cipher);
};
/* encryptedPayloadType: the part of TS 102 232 that describes the Payload of EV. */
uint8_t pspdu_part(const struct li_event *ev);

/* Write a PayloadDirection.  Values that its ENUMERATED does not have are left out, here and below:
 * all these members are optional. */
static inline void
pspdu_direction(struct ber *b, uint8_t id, uint8_t direction)
{
	if (direction <= DIRECTION_NOT_APPLICABLE)
		ber_small(b, id, direction);
}

/* Begin (at the back) one IRIPayload or CCPayload: what stands behind its contents.  IRI: the
 * direction goes into member DIRECTION_ID.  Return the mark of the contents. */
size_t pspdu_iri_open(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, uint8_t direction_id);
void pspdu_item_time(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev);
static inline size_t
pspdu_cc_open(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev)
{
	if (c->item)
		pspdu_item_time(b, c, ev);
	return ber_mark(b);
}
/* Write what stands in front of the contents that end at MARK, and of the sequence around the item.
 */
void pspdu_iri_close(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, size_t mark);
void pspdu_item_gtime(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev);
static inline void
pspdu_cc_close(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, size_t mark)
{
	ber_close(b, ITEM_CONTENTS, mark);
	if (c->item)
		pspdu_item_gtime(b, c, ev);
	pspdu_direction(b, CC_DIRECTION, ev->direction);
	ber_close(b, ITEM_TAG, 0);
	if (!c->item)
		ber_close(b, PAYLOAD_CC_SEQUENCE, 0);
}

/* ---- fields that several mappers write (pspdu_field.c) */

/* GeneralizedTime YYYYMMDDhhmmss.uuuuuuZ; UTCTime YYMMDDhhmmssZ.  TIME_NS below 0 counts as 0. */
void pspdu_gtime(struct ber *b, uint8_t id, int64_t time_ns);
void pspdu_utctime(struct ber *b, uint8_t id, int64_t time_ns);
/* MicroSecondTimeStamp. */
static inline void
pspdu_micro_time(struct ber *b, uint8_t id, int64_t time_ns)
{
	uint64_t t = time_ns > 0 ? (uint64_t)time_ns : 0, s = t / 1000000000;
	size_t mark = ber_mark(b);

	ber_uint(b, MICRO_TIME_US, (uint32_t)(t - s * 1000000000) / 1000);
	ber_uint(b, MICRO_TIME_SECONDS, s);
	ber_close(b, id, mark);
}
/* A UTF8String of at most MAX octets, cut between characters; an octet that is not UTF-8 becomes
 * '?'.  Nothing for empty TEXT. */
void pspdu_text(struct ber *b, uint8_t id, struct octets text, size_t max);
/* An OCTET STRING of at most MAX octets.  Nothing for empty V. */
void pspdu_octets(struct ber *b, uint8_t id, struct octets v, size_t max);
/* An IPAddress of TS 102 232-1 with 4 or 16 octets; nothing for any other length.  PREFIX_LEN: of
 * an IPv6 address, bits.  ASSIGNMENT outside 1..3: left out. */
void pspdu_address(
    struct ber *b, uint8_t id, struct octets a, uint8_t prefix_len, uint8_t assignment);
/* Prefix length of an IPv6 address; the member is mandatory with a binary IPv6 value. */
#define PSPDU_PREFIX_ALL 128

/* Write targetIdentifiers [3] of a TS 33.128 IRIPayload from the attributes 17 and 18 of PDU, in
 * the order they came; nothing when none of them maps. */
void target_id_write(struct ber *b, const struct x23_pdu *pdu);

/* xiri_parse() without the walk through the event: for octets that were checked before. */
int xiri_split(struct octets in, struct xiri_view *out);
/* The same of xcc_parse(), iri33108_type() and cc33108_sound(). */
int xcc_split(struct octets in, struct xcc_view *out);
int iri33108_split(struct octets body);
bool cc33108_split(struct octets body);

#endif
