/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of X2/X3 PDUs for the network element simulator.  TS 103 221-2 V1.10.1 clauses 5.2
 * and 5.3. Not the product's decoder: shares no code with mf/ingest, so that each can find the
 * other's faults. */
#ifndef TOOLS_NE_PDU_H
#define TOOLS_NE_PDU_H

#include <stdbool.h>
#include "base/octets.h"
#include "tools/ne_attr.h"

/* What one PDU says.  Everything is borrowed.  Attributes are written in the order of their
 * numbers. */
struct ne_pdu {
	uint8_t minor;	    /* Version 0.minor */
	uint16_t type;	    /* enum x23_type */
	uint16_t format;    /* enum x23_format */
	uint16_t dir;	    /* enum x23_direction */
	const uint8_t *xid; /* 16 octets */
	uint64_t corr;
	struct octets did, nfid, ipid; /* empty: left out */
	uint32_t seq;
	bool no_seq;	    /* leave the Sequence Number out */
	int64_t ts_ns;	    /* 0: left out */
	uint8_t ip_version; /* 4, 6; 0: no addresses */
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	bool has_ports;
	int proto;	      /* -1: left out */
	struct octets target; /* attribute 17, an XML fragment; empty: left out */
	struct octets mime;   /* attribute 19 */
	const struct ne_attr
	    *extra; /* further attributes, each behind the ones above of its type */
	size_t extra_n;
	struct octets payload;
};

/* Where the encoder put what a pre-built PDU changes from one sending to the next; 0: not there. */
struct ne_marks {
	size_t seq_off; /* 4 octets */
	size_t ts_off;	/* 8 octets */
	size_t payload_off;
};

/* All unset: version 0.6, no optional attribute but the Sequence Number. */
void ne_pdu_init(struct ne_pdu *p);
/* Octets that ne_pdu_encode will write. */
size_t ne_pdu_len(const struct ne_pdu *p);
/* To OUT with room for ne_pdu_len(p) octets; MARKS may be NULL.  Returns the octets written. */
size_t ne_pdu_encode(const struct ne_pdu *p, uint8_t *out, struct ne_marks *marks);
/* Patch the time of a pre-built PDU. */
void ne_pdu_put_ts(uint8_t *p, int64_t ts_ns);
/* Keepalive, clause 6.2.4: 48 octets. */
void ne_pdu_keepalive(uint8_t minor, uint32_t seq, uint8_t out[48]);

#endif
