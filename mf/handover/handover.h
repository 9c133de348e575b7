/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of handover PDUs (PS-PDU, TS 102 232-1 V3.38.1) on the hot path: hand-written, back to
 * front, minimal definite-length BER.  Functions over octets: no I/O, no allocation; what they
 * remember (repeat.c) changes nothing of what they return. */
#ifndef HANDOVER_HANDOVER_H
#define HANDOVER_HANDOVER_H

#include "flow.h"

/* Octets; no head and no tail is longer.  NFID and IPID longer than 255 octets are cut to 255. */
#define HANDOVER_HEAD_MAX 70000

/* The fixed octets of a warrant's PSHeader, made once when the task is loaded.  TS 102 232-1 5.2.
 */
struct handover_warrant {
	uint8_t front[64]; /* li-psDomainId, LIID, authorizationCountryCode: encoded, in order */
	uint8_t front_n;
	uint8_t network[40]; /* networkIdentifier [0]: encoded */
	uint8_t network_n;
	uint8_t country[4]; /* deliveryCountryCode [2]: encoded, or empty */
	uint8_t country_n;
	uint8_t gtime;		  /* 1: timeStamp (GeneralizedTime), 0: microSecondTimeStamp */
	uint8_t liid_n, liid[25]; /* for CC-PDUs of TS 33.108 */
	uint8_t operator_n, operator_id[16];
	struct handover_crypt *crypt; /* encrypts every Payload but TRI; NULL: clear.  Borrowed */
	uint64_t made;		      /* by handover_warrant_init(): no two have the same number */
};

/* Octets for FRONT etc.  LIID 1..25 octets, OPERATOR 1..16, NEID 0..16, country codes two letters
 * or NULL.  PS_VERSION is the last arc of li-psDomainId (43).  Returns 0 or -EINVAL. */
int handover_warrant_init(struct handover_warrant *w, struct octets liid, const char *auth_cc,
    const char *delivery_cc, struct octets operator_id, struct octets neid, unsigned ps_version,
    bool gtime);

/* Encode EV for one warrant as PS-PDU number SEQ of (LIID, CIN, class).  *rec points into a static
 * scratch (head, tail) and into EV (body: the event's, or a part of it).  iri_type, direction and
 * ts_qualifier of EV are values of spec/ts102232_1.h; the member is left out for any other. Returns
 * 0, -ENOTSUP (no mapper knows (kind, class), or the xIRI's event has no place in HI2), -EBADMSG
 * (the body is not what its kind says) or -EMSGSIZE. */
int handover_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, struct ho_record *rec);

/* Aggregation, clause 6.2.3.  handover_item() encodes one IRIPayload or CCPayload of EV (an
 * LI_PAYLOAD: all of its items, with the times they have), whole, with a time of its own, into BUF:
 * its length, -ENOSPC, or an error as of handover_encode().  CIN and SEQ go into the CC-PDU that an
 * LI_EPS_CC packet gets, nowhere else.  handover_group() puts ITEMS (borrowed;
 * one after another, all IRI or all CC) under the header of number SEQ with qualifier
 * timeOfAggregation; EV, one of theirs, gives NFID and IPID. */
int handover_item(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, uint8_t *buf, size_t cap);
int handover_group(const struct handover_warrant *w, uint32_t cin, uint32_t seq, bool iri,
    struct octets items, const struct li_event *ev, int64_t now_ns, struct ho_record *rec);

/* Payload encryption, EncryptionContainer and EncryptedPayload, made by handover_encode() and
 * handover_group() for a warrant with crypt set; TRI PDUs stay clear.  KEY: 24 octets (TYPE 3,
 * aES-192-CBC) or 32 (4, aES-256-CBC).  encryptedPayloadType is set from the kind of event.  IV:
 * the sequence number four times; padding: zeros.  The byte counter starts at START_NS / 10^9 << 32
 * and grows by what each PDU would have in clear; one object counts for all warrants that share it.
 * Returns new, or NULL for a wrong key. */
struct handover_crypt *handover_crypt_new(uint8_t type, struct octets key, int64_t start_ns);
void handover_crypt_free(struct handover_crypt *c);

/* TRI PDUs, TS 102 232-1 clauses 6.3.4 to 6.3.6 and 7.2; encoded whole into BUF.  They return the
 * length, or -ENOSPC (CAP must be 16 octets more than the PDU, which is written from the back). */
enum tri_kind { /* tags of TRIPayload */
	TRI_TEST_PDU = 1,
	TRI_PADDING_PDU = 2,
	TRI_KEEPALIVE = 3,
	TRI_KEEPALIVE_RESPONSE = 4,
	TRI_FIRST_SEGMENT =
	    5, /* firstSegmentFlag, lastSegmentFlag: number of the CC PDU concerned */
	TRI_LAST_SEGMENT = 6,
	TRI_CIN_RESET = 7,
	TRI_OPERATOR_LEA_MESSAGE = 8,
	TRI_OPTION_REQUEST = 9,
	TRI_OPTION_RESPONSE = 10,
	TRI_OPTION_COMPLETE = 11,
	TRI_PDU_ACK_REQUEST = 12,
	TRI_PDU_ACK_RESPONSE = 13
};
/* LIID, operator and NE id come from FILLER (made with handover_warrant_init).  NOW_NS goes into
 * the time stamp.  TEXT is used by TRI_OPERATOR_LEA_MESSAGE (1..255 octets, else -EINVAL; ERROR:
 * priority error, else informational) and TRI_PADDING_PDU.  optionRequest asks for
 * pDUAcknowledgement; optionResponse accepts it, or declines it when ERROR. */
int tri_encode(const struct handover_warrant *filler, uint32_t cin, uint32_t seq,
    enum tri_kind kind, struct octets text, bool error, int64_t now_ns, uint8_t *buf, size_t cap);

/* HI1-Operation alarms-indicator of the warrant W, encoded whole into BUF: TEXT (1..256 octets,
 * else -EINVAL) as alarm-information, the LIID of W, NOW_NS.  Returns the length, or -ENOSPC as
 * above. */
int hi1_alarm_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    struct octets text, int64_t now_ns, uint8_t *buf, size_t cap);

/* What a LEMF sent back.  Any definite or indefinite length form, unknown members skipped. */
struct tri_pdu {
	uint8_t kind; /* enum tri_kind, 0: no TRI PDU */
	uint32_t seq;
	bool accepts_ack; /* optionResponse: pDUAcknowledgement stands in acceptedOptions */
};
/* Decode one PS-PDU from the front of IN (asn1c, bounded stack).  MAX bounds its length.  Returns
 * octets used > 0, -EAGAIN (need more), -EBADMSG (not a PS-PDU: close), -EMSGSIZE. */
int tri_decode(struct octets in, size_t max, struct tri_pdu *out);

/* Take a received PS-PDU (X2/X3 format 1) apart: *payload is the TLV run inside payload [2],
 * *is_iri says which; *cin the inner CIN when *has_cin.  Returns 0, -EBADMSG or -ENOTSUP (neither
 * IRI nor CC).  For format 17 (Payload alone) handover_payload_kind tells IRI (1), CC (2), other
 * (0) or -EBADMSG.  Both check every length, down to the innermost TLV; indefinite lengths are
 * accepted and move as they are. */
int handover_inner(
    struct octets pspdu, struct octets *payload, bool *is_iri, bool *has_cin, uint32_t *cin);
int handover_payload_kind(struct octets payload);

/* TS 33.128 XIRIPayload: check it and find its parts.  -EBADMSG when it is not one. */
struct xiri_view {
	struct octets oid;   /* content of xIRIPayloadOID [1] */
	struct octets event; /* the whole event [2] TLV, moved octet for octet */
	uint32_t event_tag;  /* arm of XIRIEvent */
	uint8_t release, version;
};
int xiri_parse(struct octets in, struct xiri_view *out);
/* IRIType of an event arm: events of a session begin, continue or end; all others, registrations
 * too, are Report (4). */
uint8_t xiri_iri_type(uint32_t event_tag);
/* Services (bits of enum li_service) that an event arm belongs to; SERVICE_ANY: to none in
 * particular, such as registrations and location updates. */
uint16_t xiri_service(uint32_t event_tag);

/* TS 33.128 CCPayload, or what an NE sends as xCC (cCPayloadOID ends in 4 or 2): check it and find
 * its parts.  -EBADMSG when it is not one. */
struct xcc_view {
	struct octets oid; /* content of cCPayloadOID [1] */
	struct octets pdu; /* the whole pDU [2] TLV, moved octet for octet */
	uint32_t arm;	   /* of CCPDU: 1 uPFCCPDU .. 7 rCSCCPDU */
	uint8_t release, version;
};
int xcc_parse(struct octets in, struct xcc_view *out);

/* IRIType 1..4 of TS 33.108 content: one record (EpsIRIContent, UmtsIRIContent) or a SEQUENCE OF
 * records.  Records of one type: that type; else Begin or End when only one of the two occurs,
 * Report when both do, Continue when neither does.  -EBADMSG when BODY is no such content. */
int iri33108_type(struct octets body);
/* Is BODY one CC-PDU (uLIC-header [1], payload [2]) and nothing more? */
bool cc33108_sound(struct octets body);

#endif
