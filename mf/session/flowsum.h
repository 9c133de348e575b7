/* SPDX-License-Identifier: Apache-2.0 */
/* Summary reports: packets counted per (warrant, session, flow) until their report is due (TS 102
 * 232-3 PacketReportSummary).  Memory only; the mediator writes a state record for every counted
 * packet, so that recovery counts it again.  Bounded: FLOWSUM_MAX flows per table; the one idle
 * longest is reported when a new one needs its place (flowTimeout). */
#ifndef SESSION_FLOWSUM_H
#define SESSION_FLOWSUM_H

#include "flow.h"
#include "session/packet.h"

#define FLOWSUM_MAX 65536
#define FLOWSUM_HEADER_MAX 60 /* octets of header kept for the report */

/* One flow; this struct is also what state records and the state file hold (host order). */
struct flowsum {
	uint32_t warrant;
	uint8_t session[16]; /* key of the session */
	struct flow_key flow;
	uint8_t kind;	   /* 0 summary of a headers/summary warrant, 1 traffic left out by an
			      exclusion rule (one per session, flow zero) */
	uint8_t direction; /* PayloadDirection of the first packet */
	uint8_t header_n;
	uint8_t header[FLOWSUM_HEADER_MAX]; /* IP and transport header of the first packet, its
					       volatile fields zeroed: see indications */
	uint16_t indications; /* of li_summary */
	uint64_t packets, octets;
	int64_t first_ns, last_ns; /* time of the packets */
	int64_t begun_ns;	   /* clock when its report interval began */
};

struct flowsum_table;
struct flowsum_table *flowsum_new(void);
void flowsum_free(struct flowsum_table *t);

/* Make a flowsum of one packet: key, header, count 1.  PKT may be empty (version 0): only HEADER of
 * IN is kept.  Octets counted are those of the IP packet. */
void flowsum_of(uint32_t warrant, const uint8_t session[16], const struct packet *pkt,
    uint8_t kind, uint8_t direction, int64_t time_ns, int64_t now_ns, struct flowsum *out);

/* Add ONE (from flowsum_of(), a state record or the state file).  A flow that has to go for it is
 * given to CB with trigger 3 (flowTimeout). */
typedef void (*flowsum_cb)(const struct flowsum *f, uint8_t trigger, void *arg);
void flowsum_add(struct flowsum_table *t, const struct flowsum *one, flowsum_cb cb, void *arg);
/* Report flows whose interval of INTERVAL_NS (by warrant: CB2 tells it) has passed, and those of
 * IDLE_NS without a packet; they leave the table.  A state record of zero packets tells recovery
 * that it was reported: see flowsum_drop(). */
typedef int64_t (*flowsum_interval_fn)(uint32_t warrant, void *arg); /* ns; 0: report now */
void flowsum_tick(struct flowsum_table *t, int64_t now_ns, flowsum_interval_fn interval,
    flowsum_cb cb, void *arg);
/* Report all flows of a session (it ended; trigger 2 flowEnd) or of a warrant (SESSION NULL;
 * trigger 10 reportEnd). */
void flowsum_flush(struct flowsum_table *t, uint32_t warrant, const uint8_t *session,
    flowsum_cb cb, void *arg);
/* Forget a flow: its report stands in the spool (recovery). */
void flowsum_drop(struct flowsum_table *t, uint32_t warrant, const uint8_t session[16],
    const struct flow_key *flow, uint8_t kind);
void flowsum_each(struct flowsum_table *t, flowsum_cb cb, void *arg);
size_t flowsum_n(const struct flowsum_table *t);

#endif
