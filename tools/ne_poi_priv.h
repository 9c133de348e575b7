/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the point of interception only: its state, and what its parts offer each other. */
#ifndef TOOLS_NE_POI_PRIV_H
#define TOOLS_NE_POI_PRIV_H

#include "tools/ne_packet.h"
#include "tools/ne_poi.h"
#include "tools/ne_sip.h"

#define BUCKETS 4096
#define MEDIA_MAX 8		/* media lines of one SDP that are followed */
#define STREAM_MAX (256 * 1024) /* octets kept of one TCP direction */
#define TCP_SYN 0x02

enum target_kind {
	TARGET_IP,
	TARGET_MAC,
	TARGET_SIP,
	TARGET_NAI
};

struct target {
	enum target_kind kind;
	uint8_t ip_version;
	uint8_t addr[16]; /* IP or MAC */
	char *uri;	  /* or user name */
	char *fragment;	  /* attribute 17 */
	uint64_t corr;
	bool bound; /* nai: addr is the address that it has been given */
};

struct call {
	uint64_t id; /* hash of the Call-ID = Correlation ID */
	size_t target;
	uint8_t target_ip[16]; /* signalling address of the target, once known */
	uint16_t target_port;
	bool known_ip;
};

struct media {
	struct media *next;
	struct ne_media at;
	size_t call;
	bool of_target; /* the target receives here; else the other party does */
	bool side_known;
};

struct stream { /* one direction of a TCP connection that carries SIP or MSRP */
	struct stream *next;
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	uint32_t next_seq;
	uint8_t *buf;
	size_t n;
	bool matched; /* carried a message of a target */
	bool msrp;
};

#define REQUESTS 256

struct ne_poi {
	ne_poi_cb cb;
	void *arg;
	struct target *targets;
	size_t targets_n;
	struct call *calls;
	size_t calls_n;
	struct media *media[BUCKETS];
	struct stream *streams[BUCKETS];
	bool sip_wanted, ethernet;
	struct { /* RADIUS requests of targets, by identifier; the answer is found by them */
		bool open;
		uint8_t client[16], server[16];
		uint16_t port, server_port;
		size_t target;
	} requests[REQUESTS];
	struct ne_poi_stats stats;
};

/* Hand the PDU over with T's identifier; FLOW: and the addresses and ports of K. */
void ne_poi_emit(struct ne_poi *poi, const struct ne_packet *k, const struct target *t,
    struct ne_pdu *p, bool flow);

/* SIP, MSRP, RTP and RTCP of calls.  True when the packet was one of a target's. */
bool ne_poi_call(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns);
/* RADIUS, DHCP and GTP-U. */
bool ne_poi_aaa(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns);

#endif
