/* SPDX-License-Identifier: Apache-2.0 */
/* What one payload format tells about its PDU: kind, class, session key, octets that move, IRI
 * type.  One table: (PDU type, format) > handler. Not decided here: whether a warrant may have it
 * (task.h), which CIN it gets (session.h). */
#ifndef SESSION_PAYLOAD_H
#define SESSION_PAYLOAD_H

#include "flow.h"
#include "session/dialog.h"
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

/* Names of a communication besides its session key: how PDUs of several NEs, with several
 * correlation IDs, find the same session.  A name is bound within one warrant. */
enum name_kind {
	NAME_CORRELATION = 'C', /* Correlation ID, 8 octets; with the XID */
	NAME_POINT = 'P',	/* NFID and IPID: when nothing else names it; with the XID */
	NAME_INNER = 'I',	/* CIN of a PS-PDU that came encoded; with the XID */
	NAME_CALL = 'S',	/* SIP Call-ID */
	NAME_ICID = 'V',	/* icid-value of P-Charging-Vector */
	NAME_CONFERENCE = 'F',	/* URI of the conference focus */
	NAME_MEDIA = 'M',  /* address (4 or 16 octets) and port (2) where media goes; until close */
	NAME_ACCESS = 'A', /* access session: RADIUS Acct-Session-Id and NAS, DHCP client */
	NAME_ADDRESS = 'a', /* address (4 or 16) of the target within an access, or prefix: 16
			       octets with the rest zero, then its length in bits (17); until
			       close */
	NAME_CHAT = 'R',    /* MSRP session, RCS conversation or contribution */
	NAME_MESSAGE = 'm'  /* Message-ID of an e-mail or message */
};
enum name_act {
	NAME_BIND = 1,	 /* seek; then bind to the session of this event */
	NAME_SEEK = 2,	 /* only seek: a hit is the session of this event */
	NAME_LINK = 3,	 /* a hit is the parent of the session of this event (its access) */
	NAME_UNBIND = 4, /* after this event the name means nothing any more */
	NAME_MOVE = 5 /* bind to the session of this event, whoever had it before (a new lease) */
};
/* What SDP says of the media that come to a NAME_MEDIA. */
enum name_media {
	NAME_AUDIO = 1, /* and whatever else is no video */
	NAME_VIDEO = 2	/* with NAME_AUDIO: both come to one port, payload types tell them apart */
};
struct li_name {
	uint8_t kind;	   /* enum name_kind */
	uint8_t act;	   /* enum name_act */
	uint8_t media;	   /* NAME_MEDIA: bits of enum name_media; 0: not known */
	uint32_t video_pt; /* bit i: RTP payload type 96 + i is video; with both bits of media */
	struct octets a;   /* 1..255 octets, in the PDU or in the scratch of the payload */
};
#define PAYLOAD_NAMES_MAX 24
#define PAYLOAD_NAME_MAX 255 /* octets of a name; what is longer is cut */
#define PAYLOAD_EVENTS_MAX 2
#define PAYLOAD_SCRATCH 8192

struct payload {
	struct li_event ev; /* the event at hand; after payload_examine(): the first */
	struct li_event more[PAYLOAD_EVENTS_MAX - 1]; /* further events of the same PDU, e.g. the
							 IRI of a DHCP message in a frame */
	size_t more_n;
	struct sip_msg sip; /* ev.kind LI_SIP */
	union {		    /* what detail points at */
		struct li_access access;
		struct li_mail mail;
		struct li_message message;
		struct li_upf upf;
	} detail;
	struct octets
	    frame; /* the Ethernet frame, when ev.body is not that (profile may want it) */
	struct octets
	    packet;	   /* the IP packet inside, unwrapped of GTP-U and Ethernet; empty: none */
	struct octets gtp; /* the GTP-U message around it; empty: none */
	uint8_t key[PAYLOAD_KEY_MAX];
	size_t key_n;
	struct li_name name[PAYLOAD_NAMES_MAX];
	size_t name_n;
	uint8_t
	    access_event; /* event of detail.access before payload_step() looked at the session */
	size_t scratch_n;
	uint8_t scratch[PAYLOAD_SCRATCH]; /* for composed names and texts */
};

/* Add a name; what does not fit any more is left out.  COPY: take the octets into the scratch. */
void payload_name(
    struct payload *p, enum name_kind kind, enum name_act act, struct octets a, bool copy);
/* A media name or, with PORT 0 and NAME_ADDRESS, an address name.  ADDRESS: 4 or 16 octets. */
void payload_name_address(struct payload *p, enum name_kind kind, enum name_act act,
    struct octets address, uint16_t port);
/* N octets of the scratch; NULL when it is full. */
uint8_t *payload_scratch(struct payload *p, size_t n);

/* Examine PDU (borrowed, so is what *out points at).  RECV_NS: when it was read.  Fills out->ev,
 * except iri_type, begins and ends of SIP events and of CC, which depend on the session:
 * payload_step().  Returns REJECT_NONE, or why it cannot be handed over (_FORMAT_NOT_MAPPED,
 * _FORMAT_UNKNOWN, _FORMAT_TYPE, _DIRECTION, _PAYLOAD). */
enum reject_code payload_examine(const struct x23_pdu *pdu, int64_t recv_ns, struct payload *out);

/* Put EV, an event of P or a copy of one, into the course of one session: sets iri_type, begins and
 * ends, and moves *D.  Of LI_ACCESS it also sets the event in P's detail, for handover_encode()
 * that follows.  Once per session and event. */
void payload_step_event(struct payload *p, struct li_event *ev, struct dialog *d);
/* The same for P's first event. */
void payload_step(struct payload *p, struct dialog *d);

/* Add the names that a packet or a media PDU has by its addresses: NAME_MEDIA (RTP binds, other UDP
 * only seeks) and NAME_ADDRESS of the target's end, as far as the direction tells it, else of both
 * ends (a packet seeks its access session, RTP links to it).  Not done by payload_examine(): they
 * are needed only when the session key is not known yet. */
void payload_names_media(struct payload *p);

/* Service of the RTP or RTCP packet RTP that came to a port of MEDIA (bits of enum name_media) and
 * VIDEO_PT: SERVICE_VOICE, _VIDEO, or for the control of both, both.  MEDIA 0: not known; then what
 * RFC 3551 calls video is video, and all else voice. */
uint16_t payload_media_service(struct octets rtp, uint8_t media, uint32_t video_pt);

/* The time of a PDU, ns: attribute 9, else RECV_NS. */
int64_t payload_time(const struct x23_pdu *pdu, int64_t recv_ns);

/* Handlers of formats: check pdu->payload, fill ev.kind, class, body, iri_type, service
 * (SERVICE_ANY at first), detail, and add names.  REJECT_NONE or why not.  Chosen by
 * mapping_table.h. */
enum reject_code payload_reserved(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_forbidden(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_opaque(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_header(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_ipv4(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_ipv6(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_ethernet(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_gtpu(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_unstructured(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_dhcp(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_radius(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_33108_iri(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_33108_cc(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_rtp(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_sip(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_33128(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_33128_cc(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_msrp(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_mime(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_pspdu(const struct x23_pdu *pdu, struct payload *out);
enum reject_code payload_inner(const struct x23_pdu *pdu, struct payload *out);

/* The access part: sets a->event from BASE, what the message itself says.  Returns the IRI type. */
uint8_t payload_access_step(uint8_t base, struct li_access *a, struct dialog *d);

/* Session keys: a tag octet, then what names the communication. */
void payload_key_set(struct payload *p, char tag, struct octets a, struct octets b);

#endif
