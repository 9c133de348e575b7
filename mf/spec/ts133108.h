/* SPDX-License-Identifier: Apache-2.0 */
/* TS 133 108 (3GPP TS 33.108): what stands around its records and CC-PDUs.  No functions. */
#ifndef SPEC_TS133108_H
#define SPEC_TS133108_H

/* hi3DomainId of Eps-HI3-PS, B.10: 0.4.0.2.2.4.9.12.0. */
#define TS133108_EPS_HI3_OID 0x04, 0x00, 0x02, 0x02, 0x04, 0x09, 0x0C, 0x00

/* Domain identifiers: 0.4.0.2.2.4, then the module. */
#define TS133108_TREE 0x04, 0x00, 0x02, 0x02, 0x04
enum ts133108_module {
	TS133108_UMTS_HI2 = 1,
	TS133108_UMTS_HI3 = 2,
	TS133108_EPS_HI2 = 8,
	TS133108_EPS_HI3 = 9
};

enum ts133108_iri_tag {		  /* EpsIRIContent and UmtsIRIContent, B.9 and B.3 */
	IRI33108_SEQUENCE = 0x30, /* records in a sequence */
	IRI33108_BEGIN = 0xA1,
	IRI33108_END = 0xA2,
	IRI33108_CONTINUE = 0xA3,
	IRI33108_REPORT = 0xA4
};

enum ts133108_container_tag {	/* EPSIRI and UMTSIRI of TS 102 232-1 */
	IRI33108_CONTENT = 0xA1 /* epsIRIsContent, umtsIRIsContent */
};

enum ts133108_cc_tag { /* CC-PDU and ULIC-header, B.10 and B.4 */
	CC33108_TAG = 0x30,
	CC33108_HEADER = 0xA1,
	CC33108_PAYLOAD = 0x82,
	ULIC_DOMAIN = 0x80,
	ULIC_LIID = 0x82,
	ULIC_CORRELATION = 0x83,
	ULIC_TIME = 0xA4,
	ULIC_UTC_TIME = 0x81, /* TimeStamp.utcTime */
	ULIC_SEQUENCE = 0x85,
	ULIC_DIRECTION = 0x86,
	ULIC_ICE_TYPE = 0x88
};

enum ts133108_direction { /* TPDU-direction */
	TPDU_FROM_TARGET = 1,
	TPDU_TO_TARGET = 2,
	TPDU_UNKNOWN = 3
};
#define ICE_TYPE_PDN_GW 4

#define EPS_CORRELATION_LEN 8 /* octets of EPSCorrelationNumber, 8 to 20 */

#endif
