/* SPDX-License-Identifier: Apache-2.0 */
/* The structs that are handed from stage to stage: x23_pdu (ingest) > li_event (session) >
 * ho_record (handover) > spool. All pointers are borrowed views into the stage before; nothing here
 * is freed.  Numbers from standards are named in mf/spec/. */
#ifndef FLOW_H
#define FLOW_H

#include "base/octets.h"

#include <stdbool.h>
#include <stdint.h>

/* One decoded X2/X3 PDU.  TS 103 221-2 V1.10.1 clauses 5.2, 5.3.  Views into the receive buffer. */
struct x23_pdu {
	uint8_t major, minor;
	uint16_t type;	    /* enum x23_type */
	uint16_t format;    /* enum x23_format, or a number not known to us */
	uint16_t direction; /* enum x23_direction */
	uint8_t xid[16];
	uint64_t correlation; /* 0: the POI does not correlate */
	uint32_t present; /* bit (1 << attribute type) for types 1..22 that occur at least once */
	/* single-instance attributes: the first of its kind counts (5.3.1) */
	struct octets did, nfid, ipid;
	uint32_t seq;		/* attribute 8, when present */
	uint32_t ts_s, ts_ns;	/* attribute 9, when present */
	struct octets src, dst; /* attributes 10/11 (4 octets) or 12/13 (16) */
	uint16_t src_port, dst_port;
	uint8_t ip_proto;
	struct octets mime_type, mime_encoding, sdp;
	struct octets attributes; /* the whole TLV area, for repeatable and unknown attributes */
	struct octets payload;
	struct octets raw; /* header and payload */
};

/* Classes of handover product; a spool queue each, delivered in this order (IRI first). */
enum ho_class {
	HO_IRI = 0,
	HO_VOICE = 1,
	HO_CC = 2,
	HO_JOURNAL = 3 /* not handed over: rejects, gaps, anomalies, read by the admin role */
};
#define HO_CLASS_N 4

const char *ho_class_name(enum ho_class c); /* "iri" "voice" "cc" "journal" */

/* What the octets of an event are; chooses the mapper. */
enum li_kind {
	LI_IP = 1,   /* IPv4 or IPv6 packet > IPCC, TS 102 232-3 */
	LI_SIP = 2,  /* SIP message > IPMMIRI, TS 102 232-5 */
	LI_RTP = 3,  /* RTP packet > IPMMCC, TS 102 232-5 */
	LI_XIRI = 4, /* TS 33.128 XIRIPayload > threeGPP33128DefinedIRI */
	LI_PAYLOAD =
	    5 /* encoded TS 102 232-1 Payload (content of PS-PDU payload [2]) moved unchanged */
};

/* One thing to hand over for one XID, the same for all its warrants. */
struct li_event {
	const struct x23_pdu *pdu;
	enum li_kind kind;
	enum ho_class class;
	uint8_t iri_type;     /* TS 102 232-1 IRIType 1 Begin .. 4 Report; 0 for CC */
	uint8_t direction;    /* TS 102 232-1 PayloadDirection */
	uint8_t ts_qualifier; /* 1 time of interception (attribute 9), 2 time of mediation */
	int64_t time_ns;      /* wall time that goes into the PSHeader */
	int64_t recv_ns;      /* when the PDU was read */
	struct octets
	    key; /* session key, unhashed: what names the communication within (XID, ...) */
	struct octets body; /* octets that move: packet, SIP message, XIRIPayload, Payload */
	bool begins, ends;  /* the session opens or closes with this event */
};

/* The encoded PS-PDU in three runs: head (BER in front), body (moved, borrowed from the event),
 * tail (BER behind).  Head and tail point into the encoder's scratch and are valid until its next
 * call. */
struct ho_record {
	struct octets head, body, tail;
};

#endif
