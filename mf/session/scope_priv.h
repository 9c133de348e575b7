/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of scope: the PDU at hand and one warrant. */
#ifndef SESSION_SCOPE_PRIV_H
#define SESSION_SCOPE_PRIV_H

#include "session/scope.h"

struct scope_at {
	const struct payload *p;
	const struct scope *in;
	const struct task_warrant *w;
	struct scope_out *out;
	struct octets frame; /* Ethernet frame; empty: none */
	struct octets ip;    /* IP packet; empty: none */
	bool looked;	     /* out->pkt, out->inner and the MACs are set */
	bool shown;	     /* out->pkt may be shown as a packet header */
	const uint8_t *src_mac, *dst_mac;
	bool hashed;
	uint8_t id[SCOPE_IDS_MAX][16];
	size_t id_n;
};

/* Look at the packet, or compose one from the PDU's attributes. */
void scope_look(struct scope_at *at);

/* Target rules of the warrant: may EV pass? */
bool scope_is_target(struct scope_at *at, const struct li_event *ev);
/* Exclusion rules of warrant and NE: is EV, CC or a packet header, left out? */
bool scope_is_excluded(struct scope_at *at, const struct li_event *ev);

/* The IP packet in an encoded CC event; empty: none, or more than one. */
struct octets scope_inner(const struct li_event *ev);

/* One TLV of BER, definite lengths only. */
struct scope_tlv {
	uint32_t tag;
	bool constructed;
	struct octets content;
};
/* Take the next TLV off *IN, which is not within *T.  False: there is none, or not a sound one. */
bool scope_tlv_next(struct octets *in, struct scope_tlv *t);
/* The first member with TAG of the run IN. */
bool scope_tlv_find(struct octets in, uint32_t tag, struct scope_tlv *t);

#endif
