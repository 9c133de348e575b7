/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoder knows of LI-PS-PDU (TS 102 232-1 V3.38.1, version43) and of everything inside
 * it: the service modules of TS 102 232-2 to -6, TS33128Payloads (TS 33.128 r19 version3), the
 * modules of TS 33.108 and TS 101 671, HI1 and ILHI; as tables of members (lemf_type_*.c). */
#ifndef LEMF_SCHEMA_H
#define LEMF_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

enum lemf_kind {
	LEMF_SEQ,
	LEMF_SEQ_OF,
	LEMF_SET, /* as LEMF_SEQ, in any order */
	LEMF_SET_OF,
	LEMF_CHOICE,
	LEMF_INT,
	LEMF_SIGNED, /* min and max are int64_t */
	LEMF_ENUM,
	LEMF_OCTETS,
	LEMF_PRINTABLE,
	LEMF_NUMERIC,
	LEMF_UTF8,
	LEMF_IA5, /* also VisibleString */
	LEMF_OID,
	LEMF_RELOID,
	LEMF_NULL,
	LEMF_BOOL,
	LEMF_BITS,
	LEMF_TIME, /* GeneralizedTime */
	LEMF_UTC,  /* UTCTime */
	LEMF_ANY,  /* carried, not looked into */
	LEMF_HOLDS /* OCTET STRING with BER of ELEM inside */
};

/* Tags of members that are not context-specific. */
#define LEMF_UNIVERSAL(n) (UINT32_C(0x80000000) | (n))
#define LEMF_OPEN_TAG UINT32_C(0xffffffff) /* untagged CHOICE (the tag of an arm) or ANY */

struct lemf_name {
	uint32_t value;
	const char *name; /* NULL ends the table */
};

struct lemf_member {
	uint32_t tag;	  /* context-specific; or LEMF_UNIVERSAL, LEMF_OPEN_TAG */
	const char *name; /* NULL ends the table */
	const struct lemf_type *type;
	bool optional;
};

struct lemf_type {
	enum lemf_kind kind;
	const char *name;
	bool open;    /* has an extension marker, or its module implies one */
	uint64_t min; /* of the value (LEMF_INT), of the octets, bits, characters or elements */
	uint64_t max; /* 0: no limit */
	const struct lemf_member *members;
	const struct lemf_name *names;
	const struct lemf_type *elem;
	const char *oid;   /* pattern of the dotted form, '*' stands for anything */
	const char *known; /* the version that the tables describe, when others are common */
};

/* PS-PDU; EncryptedPayload, the cleartext of an EncryptionContainer. */
extern const struct lemf_type *const lemf_schema_ps_pdu, *const lemf_schema_encrypted;

/* Name of an arm of IRIEvent (TS 33.128 r19 version3), or NULL. */
const char *lemf_schema_event(uint32_t tag);
/* Name of VALUE in a table, or NULL. */
const char *lemf_schema_name(const struct lemf_name *names, uint64_t value);

#endif
