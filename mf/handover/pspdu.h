/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mf/handover only: what a mapper gets and how it writes.  One mapper per (kind, class); a
 * new one is a file map_*.c, a line here and a line in the table of pspdu.c. */
#ifndef HANDOVER_PSPDU_H
#define HANDOVER_PSPDU_H

#include "handover/ber.h"
#include "handover/handover.h"

/* Write the Payload of a PS-PDU (content of payload [2]) from the back to the front: first what
 * stands behind the body, then pspdu_body(), then what stands in front of it. Returns 0, -EBADMSG
 * (the body is not what its kind says) or -ENOTSUP (nothing to map it to). */
typedef int pspdu_map_fn(struct ber *b, const struct li_event *ev, struct ho_record *rec);

pspdu_map_fn map_cc_ip;	    /* TS 102 232-3 IPCC */
pspdu_map_fn map_cc_ipmm;   /* TS 102 232-5 IPMMCC */
pspdu_map_fn map_iri_ipmm;  /* TS 102 232-5 IPMMIRI */
pspdu_map_fn map_iri_33128; /* threeGPP33128DefinedIRI */
pspdu_map_fn map_payload;   /* a Payload that came encoded */

/* Everything written so far stands behind BODY; what follows stands in front of it. */
void pspdu_body(struct ber *b, struct ho_record *rec, struct octets body);

/* The values of a PSHeader beside the warrant's. */
struct pspdu_header {
	uint32_t cin, seq;
	int64_t time_ns;
	uint8_t ts_qualifier;
	struct octets ipid, nfid; /* empty: the member is left out; longer than 255 octets: cut */
};
/* Write pSHeader [1]. */
void pspdu_header(struct ber *b, const struct handover_warrant *w, const struct pspdu_header *h);

/* Write a time: GeneralizedTime under GTIME_ID when that is not 0, else MicroSecondTimeStamp under
 * MICRO_ID. */
void pspdu_time(struct ber *b, uint8_t gtime_id, uint8_t micro_id, int64_t time_ns);

/* The steps of handover_encode().  pspdu_payload() finds the mapper of EV and lets it write the
 * Payload; pspdu_start() begins one around a BODY that is there already; pspdu_finish() encrypts
 * when W says so and writes payload [2], the header and the PS-PDU around it.  Errors as of
 * handover_encode(). */
int pspdu_payload(struct ber *b, const struct li_event *ev, struct ho_record *rec);
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
void pspdu_direction(struct ber *b, uint8_t id, uint8_t direction);

/* Write what stands in front of the contents of the one IRIPayload or CCPayload, and of the
 * sequence around it; the marks say where the contents and the item end. */
void pspdu_iri_close(struct ber *b, uint8_t iri_type, size_t contents_mark, size_t item_mark);
void pspdu_cc_close(struct ber *b, uint8_t direction, size_t contents_mark, size_t item_mark);

/* Write targetIdentifiers [3] of a TS 33.128 IRIPayload from the attributes 17 and 18 of PDU, in
 * the order they came; nothing when none of them maps. */
void target_id_write(struct ber *b, const struct x23_pdu *pdu);

/* xiri_parse() without the walk through the event: for octets that were checked before. */
int xiri_split(struct octets in, struct xiri_view *out);

#endif
