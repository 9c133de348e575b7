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

#endif
