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

enum ts102232_3_access_event { /* AccessEventType */
	ACCESS_ATTEMPT = 0,
	ACCESS_ACCEPT = 1,
	ACCESS_REJECT = 2,
	ACCESS_FAILED = 3,
	ACCESS_INTERIM_UPDATE = 6,
	ACCESS_START_ACTIVE = 7, /* startOfInterceptionWithSessionActive */
	ACCESS_END = 8,
	ACCESS_UNKNOWN = 10,
	ACCESS_EXPIRED = 13 /* sessionExpired */
};

enum ts102232_3_access_type { /* InternetAccessType */
	ACCESS_TYPE_UNDEFINED = 0,
	ACCESS_TYPE_DIAL_UP = 1,
	ACCESS_TYPE_XDSL = 2,
	ACCESS_TYPE_CABLE = 3,
	ACCESS_TYPE_LAN = 4,
	ACCESS_TYPE_WIRELESS_LAN = 5,
	ACCESS_TYPE_FTTX = 6,
	ACCESS_TYPE_WIMAX = 7,
	ACCESS_TYPE_SATELLITE = 8,
	ACCESS_TYPE_WIRELESS_OTHER = 9
};

enum ts102232_3_end_reason { /* EndReason */
	END_UNDEFINED = 0,
	END_REGULAR_LOGOFF = 1,
	END_CONNECTION_LOSS = 2,
	END_CONNECTION_TIMEOUT = 3,
	END_LEASE_EXPIRED = 4
};

#define ACCESS_AUTH_RADIUS 2 /* AuthenticationType */
#define ACCESS_AUTH_DHCP 3
#define ACCESS_IPV4 1 /* IPVersion */
#define ACCESS_IPV6 2
#define ACCESS_IPV4_AND_6 3
#define ACCESS_ASSIGNMENT_STATIC 1 /* iP-assignment */
#define ACCESS_ASSIGNMENT_DYNAMIC 2

#endif
