/* SPDX-License-Identifier: Apache-2.0 */
/* TS 102 232-5 (IP multimedia; IPMultimediaPDU version17): values.  No functions. */
#ifndef SPEC_TS102232_5_H
#define SPEC_TS102232_5_H

/* Relative to 0.4.0.2.2: content octets of the object identifiers that are sent. */
#define TS102232_5_IPMMIRI_OID 0x05, 0x05, 0x11, 0x01
#define TS102232_5_IPMMCC_OID 0x05, 0x05, 0x11, 0x02

enum ts102232_5_ipmmcc_tag { /* IPMMCC */
	IPMMCC_OID = 0x80,
	IPMMCC_CONTENTS = 0x81,
	IPMMCC_FRAME_TYPE = 0x82,
	IPMMCC_STREAM = 0x83,
	IPMMCC_PROTOCOL = 0x84
};

enum ts102232_5_frame_type {
	FRAME_IP = 0,
	FRAME_UDP = 1,
	FRAME_RTP = 2,
	FRAME_AUDIO = 3,
	FRAME_TCP = 4,
	FRAME_ARTIFICIAL_RTP = 5,
	FRAME_UDPTL = 6,
	FRAME_MSRP = 7
};

enum ts102232_5_protocol {
	MMCC_RTP = 0,
	MMCC_MSRP = 1,
	MMCC_UDPTL = 2
};

enum ts102232_5_ipmmiri_tag { /* IPMMIRI, its contents and SIPMessage */
	IPMMIRI_OID = 0x80,
	IPMMIRI_CONTENTS = 0xA1,
	IPMMIRI_SIP_MESSAGE = 0xA1,
	IPMMIRI_IRI_ONLY_SIP = 0xA6,
	SIP_MESSAGE_SOURCE = 0xA0,
	SIP_MESSAGE_DESTINATION = 0xA1,
	SIP_MESSAGE_CONTENT = 0x82
};

#endif
