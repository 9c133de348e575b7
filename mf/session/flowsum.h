/* SPDX-License-Identifier: Apache-2.0 */
/* Summary reports: packets counted per (warrant, session, flow) until their report is due (TS 102
 * 232-3 PacketReportSummary).  Memory only; the mediator writes a state record for every counted
 * packet, so that recovery counts it again.  Bounded: FLOWSUM_MAX flows per table; the one idle
 * longest is reported when a new one needs its place (flowTimeout).  Only recovery goes beyond: it
 * reads the queues one after the other, and may know for a while more flows than there ever were at
 * once. */
#ifndef SESSION_FLOWSUM_H
#define SESSION_FLOWSUM_H

#include "flow.h"
#include "session/packet.h"

#ifndef FLOWSUM_MAX /* a fuzz target has a small table */
#define FLOWSUM_MAX 65536
#endif
#define FLOWSUM_HEADER_MAX 120 /* octets of header kept for the report: 60 of IP, 60 of TCP */
#define FLOWSUM_IDLE_NS INT64_C(30000000000) /* a flow without a packet for so long is over */

enum flowsum_kind {
	FLOWSUM_CONTENT = 0, /* of a warrant that has its CC as summaries */
	FLOWSUM_EXCLUDED =
	    1, /* traffic left out by an exclusion rule: one per session, flow zero */
};

enum flowsum_trigger { /* PacketReportTrigger, as far as flowsum gives it */
	FLOWSUM_FLOW_END = 2,
	FLOWSUM_FLOW_TIMEOUT = 3,
	FLOWSUM_TIMER_EXPIRATION = 4,
	FLOWSUM_REPORT_END = 10,
};

/* One flow; this struct is also what state records and the state file hold (host order, no hidden
 * padding). */
struct flowsum {
	uint32_t warrant;
	uint8_t session[16]; /* key of the session */
	struct flow_key flow;
	uint8_t kind; /* enum flowsum_kind */
	uint8_t
	    direction; /* PayloadDirection of the first packet; combined (3) when others differ */
	uint8_t header_n;
	uint8_t header[FLOWSUM_HEADER_MAX]; /* IP and transport header of the first packet, its
					       volatile fields zeroed: see indications */
	uint8_t pad;
	uint16_t indications; /* of li_summary */
	uint16_t pad2[3];
	uint64_t packets, octets;
	int64_t first_ns, last_ns; /* time of the packets */
	int64_t begun_ns;	   /* clock when its report interval began */
};

struct flowsum_table;
struct flowsum_table *flowsum_new(void);
void flowsum_free(struct flowsum_table *t);

/* Make a flowsum of one packet: key, header, count 1.  PKT may have version 0: then there is no
 * header and the flow is zero.  Octets counted: PKT->seen_n.  Of the header: IPv6
 * extension headers are removed, the fields that PacketReportIndications names are zeroed; what it
 * has no bit for (IP options, identification, hop limit, TCP options, SCTP checksum) stays as in
 * the first packet. */
void flowsum_of(uint32_t warrant, const uint8_t session[16], const struct packet *pkt,
    enum flowsum_kind kind, uint8_t direction, int64_t time_ns, int64_t now_ns,
    struct flowsum *out);

/* Takes a report of F (borrowed).  True: done, the flow leaves the table.  False: no room now; it
 * stays and the walk ends.  Must not change the table. */
typedef bool (*flowsum_cb)(const struct flowsum *f, uint8_t trigger, void *arg);

/* Make room for ONE when it is of a flow that is not there and the table is full: the flow that has
 * to go is given to CB with FLOWSUM_FLOW_TIMEOUT.  Returns 0 (flowsum_add() of ONE is then sure),
 * or -EAGAIN with nothing changed when CB refused. */
int flowsum_room(struct flowsum_table *t, const struct flowsum *one, flowsum_cb cb, void *arg);
/* Add ONE (from flowsum_of(), a state record or the state file; its begun_ns is "now" for the idle
 * time), with flowsum_room() before.  CB NULL, in recovery: the table grows instead.  Returns 0, or
 * -EAGAIN with nothing changed when CB refused. */
int flowsum_add(struct flowsum_table *t, const struct flowsum *one, flowsum_cb cb, void *arg);

/* Report flows whose interval has passed (TIMER_EXPIRATION), those of a warrant that is over
 * (REPORT_END) and those that are idle (FLOW_TIMEOUT); they leave the table.  INTERVAL tells how
 * long, by warrant, in ns; 0: report now; -1: the warrant is over.  About 0.3 ms with a full table.
 */
typedef int64_t (*flowsum_interval_fn)(uint32_t warrant, void *arg);
void flowsum_tick(struct flowsum_table *t, int64_t now_ns, flowsum_interval_fn interval,
    void *interval_arg, flowsum_cb cb, void *arg);
/* Report all flows of a session (it ended; FLOW_END) or of a warrant (SESSION NULL; REPORT_END). */
void flowsum_flush(
    struct flowsum_table *t, uint32_t warrant, const uint8_t *session, flowsum_cb cb, void *arg);
/* Forget a flow: its report stands in the spool (recovery). */
void flowsum_drop(struct flowsum_table *t, uint32_t warrant, const uint8_t session[16],
    const struct flow_key *flow, enum flowsum_kind kind);
/* All flows, oldest first, trigger 0; nothing leaves the table. */
typedef void (*flowsum_each_cb)(const struct flowsum *f, uint8_t trigger, void *arg);
void flowsum_each(const struct flowsum_table *t, flowsum_each_cb cb, void *arg);
size_t flowsum_n(const struct flowsum_table *t);

#endif
