/* SPDX-License-Identifier: Apache-2.0 */
/* A point of interception over a capture: which packets belong to the targets, as what X2 or X3
 * PDU.  Not an access network: no reassembly of fragments, TCP only as far as SIP and MSRP need it.
 */
#ifndef TOOLS_NE_POI_H
#define TOOLS_NE_POI_H

#include <stdint.h>
#include "tools/ne_pdu.h"

struct ne_poi;

struct ne_poi_stats {
	uint64_t packets_n, not_ip_n, broken_n, other_n; /* other: not of a target */
	uint64_t sip_n, rtp_n, rtcp_n, ip_n, calls_n, tcp_lost_n;
	uint64_t msrp_n, radius_n, dhcp_n, gtpu_n;
};

/* One PDU is ready: type, format, direction, correlation, time, addresses, target fragment and
 * payload are set; the rest is the caller's.  Views are valid until the callback returns. */
typedef void (*ne_poi_cb)(const struct ne_pdu *pdu, void *arg);

/* ETHERNET: packets of targets as the frames that they came in. */
struct ne_poi *ne_poi_new(bool ethernet, ne_poi_cb cb, void *arg);
void ne_poi_free(struct ne_poi *poi);
/* "ip:ADDR", "mac:aa:bb:...", "nai:USER", "sip:USER@HOST", "tel:NUMBER".  Returns 0 or -EINVAL. */
int ne_poi_target(struct ne_poi *poi, const char *text);
/* One frame in order of capture.  LINK is enum ne_link. */
void ne_poi_frame(struct ne_poi *poi, int link, struct octets frame, int64_t ts_ns);
const struct ne_poi_stats *ne_poi_stats(const struct ne_poi *poi);

/* 64-bit digest that makes a Correlation ID of a name; never 0. */
uint64_t ne_poi_hash(struct octets name);

#endif
