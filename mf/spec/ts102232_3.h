/* SPDX-License-Identifier: Apache-2.0 */
/* TS 102 232-3 (IP access; IPAccessPDU version20): values.  No functions. */
#ifndef SPEC_TS102232_3_H
#define SPEC_TS102232_3_H

/* Relative to 0.4.0.2.2: content octets of the object identifiers that are sent. */
#define TS102232_3_IPIRI_OID 0x05, 0x03, 0x14, 0x01
#define TS102232_3_IPCC_OID 0x05, 0x03, 0x14, 0x02
#define TS102232_3_PACKET_REPORT_OID 0x05, 0x03, 0x14, 0x04

enum ts102232_3_ipcc_tag { /* IPCC and IPCCContents */
	IPCC_OID = 0x80,
	IPCC_CONTENTS = 0xA1,
	IPCC_PACKETS = 0x80
};

#endif
