/* SPDX-License-Identifier: Apache-2.0 */
/* What one payload format tells about its PDU: kind, class, session key, octets that move, IRI
 * type.  One table: (PDU type, format) > handler. Not decided here: whether a warrant may have it
 * (task.h), which CIN it gets (session.h). */
#ifndef SESSION_PAYLOAD_H
#define SESSION_PAYLOAD_H

#include "flow.h"
#include "session/sip.h"
#include "spool/journal.h"

#define PAYLOAD_KEY_MAX                                                                            \
	1100 /* octets of a session key: tag, two names of at most 255 or a Call-ID of at most     \
		1024 */

/* IRIType, TS 102 232-1 */
enum payload_iri {
	PAYLOAD_BEGIN = 1,
	PAYLOAD_END = 2,
	PAYLOAD_CONTINUE = 3,
	PAYLOAD_REPORT = 4
};

enum dialog_state {
	DIALOG_NONE = 0,      /* nothing of a dialog was seen */
	DIALOG_EARLY = 1,     /* initial INVITE, no final answer yet */
	DIALOG_CONFIRMED = 2, /* answered, or seen in the middle */
	DIALOG_BYE = 3,	      /* BYE seen, its answer not */
	DIALOG_ENDED = 4,
	DIALOG_N = 5
};

/* How far the communication of one session has come; zeroed at first. */
struct dialog {
	uint8_t state;	      /* enum dialog_state */
	uint32_t invite_cseq; /* of the initial INVITE; 0: not known */
};

struct payload {
	struct li_event ev;
	struct sip_msg sip; /* ev.kind LI_SIP */
	uint8_t key[PAYLOAD_KEY_MAX];
	size_t key_n;
};

/* Examine PDU (borrowed, so is what *out points at).  RECV_NS: when it was read.  Fills out->ev,
 * except iri_type, begins and ends of SIP events and of CC, which depend on the session:
 * payload_step().  Returns REJECT_NONE, or why it cannot be handed over (_FORMAT_NOT_MAPPED,
 * _FORMAT_UNKNOWN, _FORMAT_TYPE, _DIRECTION, _PAYLOAD). */
enum reject_code payload_examine(const struct x23_pdu *pdu, int64_t recv_ns, struct payload *out);

/* Put P's event into the course of one session: sets iri_type, begins and ends, and moves *D.  Once
 * per session and event. */
void payload_step(struct payload *p, struct dialog *d);

/* The time of a PDU, ns: attribute 9, else RECV_NS. */
int64_t payload_time(const struct x23_pdu *pdu, int64_t recv_ns);

/* Handlers of formats: check pdu->payload, fill ev.kind, class, body, iri_type.  REJECT_NONE or
 * REJECT_PAYLOAD. */
enum reject_code payload_ipv4(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_ipv6(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_rtp(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_sip(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_33128(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_pspdu(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_inner(const struct x23_pdu *pdu, struct payload *out);

/* The SIP part of payload_step(). */
uint8_t payload_sip_step(const struct sip_msg *m, struct dialog *d);

/* Session keys: a tag octet, then what names the communication. */
void payload_key_set(struct payload *p, char tag, struct octets a, struct octets b);

#endif
