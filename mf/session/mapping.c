/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the mapping table; see mapping.h. */
#include "session/mapping.h"

#include "session/mapping_table.h"
#include "spec/ts103221_2.h"

#define NAME_RESERVED "reserved"
#define NAME_TS102232_1 "TS 102 232-1 PS-PDU"
#define NAME_TS33128 "TS 33.128"
#define NAME_TS33108 "TS 33.108"
#define NAME_PROPRIETARY "proprietary"
#define NAME_IPV4 "IPv4 packet"
#define NAME_IPV6 "IPv6 packet"
#define NAME_ETHERNET "Ethernet frame"
#define NAME_RTP "RTP packet"
#define NAME_SIP "SIP message"
#define NAME_DHCP "DHCP message"
#define NAME_RADIUS "RADIUS packet"
#define NAME_GTPU "GTP-U message"
#define NAME_MSRP "MSRP message"
#define NAME_EPS_IRI "TS 33.108 EpsIRIContent"
#define NAME_MIME "MIME message"
#define NAME_UNSTRUCTURED "unstructured PDU"
#define NAME_PS_PAYLOAD "TS 102 232-1 Payload"

#define ROW(type, format, handler, container, clause, condition, note)                             \
	{X23_TYPE_##type, X23_FMT_##format, container[0] != '-', #type, NAME_##format, #handler,   \
	    container, clause, condition, note},

static const struct mapping_row mapping_table[] = {MAPPING_TABLE(ROW)};

const struct mapping_row *
mapping_rows(size_t *n)
{
	*n = sizeof(mapping_table) / sizeof(mapping_table[0]);
	return mapping_table;
}
