/* SPDX-License-Identifier: Apache-2.0 */
/* TS 103 221-2 V1.10.1 (X2/X3): values with their clauses.  No functions. */
#ifndef SPEC_TS103221_2_H
#define SPEC_TS103221_2_H

#define X23_MAJOR                                                                                  \
	0 /* 5.2.1: version field 0.6 in V1.10.1; other minors are accepted, other majors refused  \
	   */
#define X23_MINOR 6
#define X23_HEADER_MIN 40    /* 5.2: mandatory header, octets */
#define X23_KEEPALIVE_LEN 48 /* 6.2.4: header and one Sequence Number attribute */
#define X23_TIME_P1_S 60     /* 6.2.4: a keepalive at least this often */
#define X23_TIME_P2_S 180    /* 6.2.4: no valid acknowledgement in this time: disconnect */

/* Offsets in the mandatory header, 5.2. */
#define X23_OFF_VERSION 0
#define X23_OFF_TYPE 2
#define X23_OFF_HEADER_LEN 4
#define X23_OFF_PAYLOAD_LEN 8
#define X23_OFF_FORMAT 12
#define X23_OFF_DIRECTION 14
#define X23_OFF_XID 16
#define X23_OFF_CORRELATION 32

enum x23_type { /* 5.2.2 */
	X23_TYPE_X2 = 1,
	X23_TYPE_X3 = 2,
	X23_TYPE_KEEPALIVE = 3,
	X23_TYPE_KEEPALIVE_ACK = 4
};

enum x23_format { /* 5.4.1 */
	X23_FMT_RESERVED = 0,
	X23_FMT_TS102232_1 = 1,
	X23_FMT_TS33128 = 2,
	X23_FMT_TS33108 = 3,
	X23_FMT_PROPRIETARY = 4,
	X23_FMT_IPV4 = 5,
	X23_FMT_IPV6 = 6,
	X23_FMT_ETHERNET = 7,
	X23_FMT_RTP = 8,
	X23_FMT_SIP = 9,
	X23_FMT_DHCP = 10,
	X23_FMT_RADIUS = 11,
	X23_FMT_GTPU = 12,
	X23_FMT_MSRP = 13,
	X23_FMT_EPS_IRI = 14,
	X23_FMT_MIME = 15,
	X23_FMT_UNSTRUCTURED = 16,
	X23_FMT_PS_PAYLOAD = 17
};
#define X23_FMT_N 18

enum x23_direction { /* 5.2.6 */
	X23_DIR_RESERVED = 0,
	X23_DIR_UNKNOWN = 1,
	X23_DIR_TO_TARGET = 2,
	X23_DIR_FROM_TARGET = 3,
	X23_DIR_COMBINED = 4,
	X23_DIR_NOT_APPLICABLE = 5
};

enum x23_attribute { /* 5.3.1 */
	X23_ATTR_TS102232_1 = 1,
	X23_ATTR_TS33128 = 2,
	X23_ATTR_TS33108 = 3,
	X23_ATTR_PROPRIETARY = 4,
	X23_ATTR_DID = 5,
	X23_ATTR_NFID = 6,
	X23_ATTR_IPID = 7,
	X23_ATTR_SEQ = 8,
	X23_ATTR_TIMESTAMP = 9,
	X23_ATTR_SRC_IPV4 = 10,
	X23_ATTR_DST_IPV4 = 11,
	X23_ATTR_SRC_IPV6 = 12,
	X23_ATTR_DST_IPV6 = 13,
	X23_ATTR_SRC_PORT = 14,
	X23_ATTR_DST_PORT = 15,
	X23_ATTR_IP_PROTO = 16,
	X23_ATTR_MATCHED_TARGET = 17,
	X23_ATTR_OTHER_TARGET = 18,
	X23_ATTR_MIME_TYPE = 19,
	X23_ATTR_MIME_ENCODING = 20,
	X23_ATTR_AXRI = 21,
	X23_ATTR_SDP = 22
};
#define X23_ATTR_N 22

#endif
