/* SPDX-License-Identifier: Apache-2.0 */
/* State records (SPOOL_REC_STATE): what recovery must know beside the PS-PDUs.  STATE_NAMES,
 * STATE_LINK and STATE_SESSION stand in the journal, the others in the queue of the PS-PDUs that
 * they speak of; they are numbered like every record and never handed over.  Host order; a struct
 * state_hdr, then what its kind says.  meta.warrant and meta.key name the session. */
#ifndef SESSION_STATE_H
#define SESSION_STATE_H

#include "session/flowsum.h"
#include "session/names.h"

enum state_kind {
	STATE_PDUS = 1,	  /* struct state_pdu[n]: further X2/X3 PDUs that the next PS-PDU record of
			     this queue holds; void without it */
	STATE_NAMES = 2,  /* struct name_row[n] bound or unbound */
	STATE_LINK = 3,	  /* struct state_link: joined with, or child of, another session */
	STATE_FLOW = 4,	  /* struct flowsum: one packet counted; meta has its X2/X3 number */
	STATE_RESET = 5,  /* numbers of the session and this class begin again (cINReset) */
	STATE_SESSION = 6 /* struct state_session: what else is known of the session now */
};

struct state_hdr {
	uint16_t kind, n;
	uint32_t pad;
};

struct state_pdu {
	uint64_t ctx, digest;
	uint32_t xseq;
	uint32_t flags; /* SPOOL_F_XSEQ ... */
};

struct state_session {
	uint32_t ne;	    /* row of the NE that sent for it now */
	uint8_t correlated; /* see struct session */
	uint8_t media;
	uint8_t pad[2];
};

struct state_link {
	uint32_t cin;	   /* of the other session */
	uint32_t joined;   /* 1: this session goes on in the other; 0: the other is its parent */
	uint8_t other[16]; /* key of the other session */
};

#endif
