/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoder knows of LI-PS-PDU (TS 102 232-1 V3.38.1, version43), IPAccessPDU 20 (TS 102
 * 232-3), IPMultimediaPDU 17 (TS 102 232-5) and the outer structures of TS33128Payloads (TS 33.128
 * r19), as tables of members.  Implicit tags; a tag on a CHOICE is explicit. */
#ifndef LEMF_SCHEMA_H
#define LEMF_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

enum lemf_kind {
	LEMF_SEQ,
	LEMF_SEQ_OF,
	LEMF_CHOICE,
	LEMF_INT,
	LEMF_ENUM,
	LEMF_OCTETS,
	LEMF_PRINTABLE,
	LEMF_NUMERIC,
	LEMF_UTF8,
	LEMF_OID,
	LEMF_RELOID,
	LEMF_NULL,
	LEMF_BOOL,
	LEMF_BITS,
	LEMF_TIME,  /* GeneralizedTime */
	LEMF_ANY,   /* carried, not looked into */
	LEMF_HOLDS, /* OCTET STRING with BER of ELEM inside */
	LEMF_EVENT  /* open CHOICE whose arms are only named (lemf_schema_event) */
};

struct lemf_name {
	uint32_t value;
	const char *name; /* NULL ends the table */
};

struct lemf_member {
	uint32_t tag;	  /* context-specific */
	const char *name; /* NULL ends the table */
	const struct lemf_type *type;
	bool optional;
};

struct lemf_type {
	enum lemf_kind kind;
	const char *name;
	bool open;    /* has an extension marker, or its module implies one */
	uint64_t min; /* of the value (LEMF_INT) or of the octets */
	uint64_t max; /* 0: no limit */
	const struct lemf_member *members;
	const struct lemf_name *names;
	const struct lemf_type *elem;
	const char *oid; /* pattern of the dotted form, '*' stands for anything */
};

extern const struct lemf_type lemf_schema_ps_pdu;

/* Name of an arm of IRIEvent (TS 33.128 r19 version3), or NULL. */
const char *lemf_schema_event(uint32_t tag);
/* Name of VALUE in a table, or NULL. */
const char *lemf_schema_name(const struct lemf_name *names, uint64_t value);

#endif
