/* SPDX-License-Identifier: Apache-2.0 */
/* TS 102 232-1 V3.38.1 (handover: PS-PDU, LI-PS-PDU version43): values with their clauses.  No
 * functions. */
#ifndef SPEC_TS102232_1_H
#define SPEC_TS102232_1_H

/* li-psDomainId is 0.4.0.2.2.5.1.43; the last arc is the version of the module. */
#define TS102232_1_VERSION 43
#define TS102232_1_DOMAIN_OID 0x04, 0x00, 0x02, 0x02, 0x05, 0x01 /* without the last arc */

#define TS102232_1_LIID_MAX 25	   /* 5.2.2 */
#define TS102232_1_OPERATOR_MAX 16 /* 5.2.4 */
#define TS102232_1_NEID_MAX 16	   /* 5.2.4 */
#define TS102232_1_MESSAGE_MAX 255 /* OperatorLeaMessage.message */

/* Identifier octets.  BER: context class 0x80, constructed 0x20. */
enum ts102232_1_pspdu_tag { /* PS-PDU */
	PSPDU_TAG = 0x30,
	PSPDU_HEADER = 0xA1,
	PSPDU_PAYLOAD = 0xA2
};

enum ts102232_1_header_tag { /* PSHeader, 5.2 */
	PSHEADER_DOMAIN = 0x80,
	PSHEADER_LIID = 0x81,
	PSHEADER_AUTH_COUNTRY = 0x82,
	PSHEADER_COMMUNICATION = 0xA3,
	PSHEADER_SEQUENCE = 0x84,
	PSHEADER_TIME = 0x85,
	PSHEADER_POINT = 0x86,
	PSHEADER_MICRO_TIME = 0xA7,
	PSHEADER_TIME_QUALIFIER = 0x88,
	PSHEADER_EXTENDED_POINT = 0x89,
	PSHEADER_NETWORK_FUNCTION = 0x8A
};

enum ts102232_1_communication_tag { /* CommunicationIdentifier, 5.2.4 */
	COMMUNICATION_NETWORK = 0xA0,
	COMMUNICATION_CIN = 0x81,
	COMMUNICATION_COUNTRY = 0x82,
	COMMUNICATION_CIN_EXTENSION = 0xA3,
	CORRELATION_IRI_TO_IRI = 0x81 /* CorrelationValues.iri-to-iri */
};

enum ts102232_1_network_tag {
	NETWORK_OPERATOR = 0x80,
	NETWORK_ELEMENT = 0x81
};

enum ts102232_1_micro_time_tag {
	MICRO_TIME_SECONDS = 0x80,
	MICRO_TIME_US = 0x81
};

enum ts102232_1_payload_tag { /* Payload, 5.3 */
	PAYLOAD_IRI_SEQUENCE = 0xA0,
	PAYLOAD_CC_SEQUENCE = 0xA1,
	PAYLOAD_TRI = 0xA2,
	PAYLOAD_HI1 = 0xA3,
	PAYLOAD_ENCRYPTION = 0xA4
};

enum ts102232_1_encryption_tag { /* EncryptionContainer, EncryptedPayload */
	ENCRYPTION_TYPE = 0x80,
	ENCRYPTION_PAYLOAD = 0x81,
	ENCRYPTION_PAYLOAD_TYPE = 0x82,
	ENCRYPTED_TAG = 0x30,
	ENCRYPTED_COUNTER = 0x80,
	ENCRYPTED_PAYLOAD = 0xA1
};

enum ts102232_1_encryption_type {
	ENCRYPTION_AES192_CBC = 3,
	ENCRYPTION_AES256_CBC = 4
};

enum ts102232_1_encrypted_part { /* encryptedPayloadType */
	ENCRYPTED_UNKNOWN = 1,
	ENCRYPTED_PART2 = 2, /* messaging */
	ENCRYPTED_PART3 = 3, /* internet access */
	ENCRYPTED_PART4 = 4, /* layer 2 */
	ENCRYPTED_PART5 = 5, /* IP multimedia */
	ENCRYPTED_PART6 = 6, /* PSTN and ISDN */
	ENCRYPTED_PART7 = 7, /* mobile: TS 33.108, TS 33.128 */
	ENCRYPTED_PART1 = 8
};

enum ts102232_1_item_tag { /* CCPayload and IRIPayload */
	ITEM_TAG = 0x30,
	ITEM_TIME = 0x81,
	ITEM_CONTENTS = 0xA2,
	ITEM_MICRO_TIME = 0xA3,
	ITEM_TIME_QUALIFIER = 0x84,
	CC_DIRECTION = 0x80,
	CC_CONTENTS = 0xA2,
	IRI_CONTENTS = 0xA2,
	IRI_TYPE = 0x80,
	IRI_SESSION_DIRECTION = 0x85,
	IRI_PAYLOAD_DIRECTION = 0x86
};

enum ts102232_1_contents_tag { /* arms of CCContents and IRIContents */
	CC_EMAIL = 0xA1,
	CC_IPCC = 0xA2,
	CC_UMTS = 0x84,
	CC_L2 = 0xA6,
	CC_IPMMCC = 0xAC,
	CC_MESSAGING = 0xAE,
	CC_EPS = 0x8F,
	CC_TS33128 = 0x97,
	IRI_EMAIL = 0xA1,
	IRI_IPIRI = 0xA2,
	IRI_UMTS = 0xA4,
	IRI_IPMMIRI = 0xAB,
	IRI_MESSAGING = 0xAE,
	IRI_EPS = 0xAF,
	IRI_TS33128 = 0x93,
	IRI_PACKET_REPORT = 0xB4
};

enum ts102232_1_address_tag { /* IPAddress */
	ADDRESS_TYPE = 0x81,
	ADDRESS_VALUE = 0xA2,
	ADDRESS_BINARY = 0x81, /* IP-value.iPBinaryAddress */
	ADDRESS_ASSIGNMENT = 0x83,
	ADDRESS_V6_PREFIX = 0x84
};

enum ts102232_1_address_type {
	ADDRESS_IPV4 = 0,
	ADDRESS_IPV6 = 1
};
enum ts102232_1_address_assignment {
	ADDRESS_ASSIGNMENT_STATIC = 1,
	ADDRESS_ASSIGNMENT_DYNAMIC = 2,
	ADDRESS_ASSIGNMENT_NOT_KNOWN = 3
};

enum ts102232_1_tri_tag { /* inside the arms of TRIPayload */
	TRI_MESSAGE_PRIORITY = 0x80,
	TRI_MESSAGE_TEXT = 0x81,
	TRI_OPTIONS_FIRST = 0xA0,  /* requestedOptions, acceptedOptions */
	TRI_OPTIONS_SECOND = 0xA1, /* declinedOptions */
	TRI_OPTION_ACK = 0x80	   /* Option.pDUAcknowledgement */
};

enum ts102232_1_integrity_tag { /* IntegrityCheck, 7.2.3 */
	INTEGRITY_TAG = 0xA0,	/* arm of TRIPayload */
	INTEGRITY_NUMBERS = 0xA0,
	INTEGRITY_CHECK_TYPE = 0x81,
	INTEGRITY_DATA_TYPE = 0x82,
	INTEGRITY_VALUE = 0x83,
	INTEGRITY_HASH_ALG = 0x84,
	INTEGRITY_SIGN_ALG = 0x85,
	INTEGRITY_NUMBER = 0x02 /* universal INTEGER */
};

enum ts102232_1_integrity { /* checkType, dataType, hashAlgorithm, signatureAlgorithm */
	CHECK_HASH = 1,
	CHECK_SIGNATURE = 2,
	DATA_IRI = 1,
	DATA_CC = 2,
	HASH_SHA256 = 2,
	HASH_SHA384 = 3,
	HASH_SHA512 = 4,
	SIGN_ECDSA = 2,
	SIGN_EDDSA = 3
};

enum ts102232_1_time_qualifier { /* 5.2.11 */
	TIME_QUALIFIER_UNKNOWN = 0,
	TIME_QUALIFIER_INTERCEPTION = 1,
	TIME_QUALIFIER_MEDIATION = 2,
	TIME_QUALIFIER_AGGREGATION = 3
};

enum ts102232_1_direction { /* PayloadDirection */
	DIRECTION_FROM_TARGET = 0,
	DIRECTION_TO_TARGET = 1,
	DIRECTION_INDETERMINATE = 2,
	DIRECTION_COMBINED = 3,
	DIRECTION_NOT_APPLICABLE = 4
};

enum ts102232_1_iri_type { /* IRIType, 5.2.10 */
	IRI_BEGIN = 1,
	IRI_END = 2,
	IRI_CONTINUE = 3,
	IRI_REPORT = 4
};

enum ts102232_1_message_priority {
	MESSAGE_ERROR = 1,
	MESSAGE_INFORMATIONAL = 2
};

#endif
