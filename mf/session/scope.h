/* SPDX-License-Identifier: Apache-2.0 */
/* What a warrant has narrowed, and what its LEA's profile wants instead of what came: from the
 * events of one PDU to the events that go out for one warrant.  Enforced before the spool: what is
 * not for the warrant is never encoded.  Pure: keeps nothing.
 *
 * In this order, for each event of the PDU:
 *   1. IRI or CC.  A warrant with content headers or summary has its CC as IRI: IRI alone is
 *enough.
 *   2. Service.  An event without any bit is of no service in particular.
 *   3. Target rules.  For CC and packet headers at least one must match: addresses and ports of the
 *	outer or inner packet or of attributes 10 to 16, MACs of the frame, identifiers of
 *	attributes 17 and 18, an address bound to the access session, the client of a DHCP message
 *	by its MAC.  For other IRI only what it carries counts: identifiers, address or MAC of an
 *	access; IRI without is taken, as signalling comes from addresses of the network, but not
 *	what was found in a frame.
 *   4. Exclusion rules of warrant and NE: for CC and packet headers.
 *   5. Content.  Headers (also: fallen back to metadata only): CC becomes LI_HEADER, the headers of
 *	the packet outermost within GTP-U, Ethernet and encoded CC; without an IP packet (RTP, MSRP,
 *containers) an IP and UDP or TCP header composed from attributes 10 to 16, checksums zero, length
 *as seen; without those REJECT_OUT_OF_SCOPE.  IRI stays without what it carries of content: SIP
 *bodies that are not SDP, original messages and subjects are left out, encoded IRI that carries a
 *	message is REJECT_OUT_OF_SCOPE.  Summary: the same, and CC is only counted.
 *   6. The form that the profile wants: GTP-U, Ethernet, IP, opaque. */
#ifndef SESSION_SCOPE_H
#define SESSION_SCOPE_H

#include "session/packet.h"
#include "session/payload.h"
#include "session/task.h"

#define SCOPE_EVENTS_MAX PAYLOAD_EVENTS_MAX
#define SCOPE_SIP_MAX 8192  /* a longer SIP message with a key in it is cut in front of the key */
#define SCOPE_HEADER_MAX 60 /* octets of a composed header: IPv6 and TCP */

/* What is known about a PDU besides itself. */
struct scope {
	const struct task_set *tasks;
	const struct taskset_ne *ne; /* that sent it; NULL: no rules, takes nothing opaque */
	/* Is ADDRESS (4 or 16 octets) bound to an access session of W now?  NULL: never */
	bool (*bound)(const struct task_warrant *w, struct octets address, void *arg);
	void *arg;
};

/* Borrows from the payload; valid as long as that and until the next scope_apply() into it. */
struct scope_out {
	struct li_event ev[SCOPE_EVENTS_MAX]; /* in the order in which they are handed over */
	size_t n;
	bool summarise; /* no event for the CC: count PKT into the flow table (flowsum.h) */
	bool excluded;	/* CC was left out by an exclusion rule: count PKT as excluded traffic */
	enum reject_code left_out; /* why an event of the PDU was left out; REJECT_NONE: none was */
	struct packet pkt; /* outermost packet (within GTP-U and Ethernet of the interface), or the
			      composed header; set when it was looked at, and with summarise or
			      excluded; version 0: none */
	struct packet inner;	   /* innermost one, for rules */
	struct li_upf upf;	   /* details that were made here */
	struct li_message message; /* a copy without subject */
	uint8_t header[SCOPE_HEADER_MAX];
	uint8_t sip[SCOPE_SIP_MAX]; /* a message whose keys were overwritten */
};

/* Judge and shape P (as payload_examine() left it) for W under its profile.  Returns REJECT_NONE
 * when out->n >= 1 or out->summarise; else why the first event was left out: REJECT_OUT_OF_SCOPE,
 * _SERVICE, _NOT_TARGET, _EXCLUDED, _FORMAT_UNKNOWN (opaque, and NE or profile do not agree). */
enum reject_code scope_apply(const struct payload *p, const struct scope *in,
    const struct task_warrant *w, struct scope_out *out);

/* True when scope_apply() would only hand over P->ev unchanged: nothing narrowed, nothing to shape.
 * A few compares; the hot path asks first. */
bool scope_is_plain(const struct payload *p, const struct scope *in, const struct task_warrant *w);

/* Does RULE (NET, MAC or SERVICE) match?  PKT may have version 0.  MAC: 6 octets or NULL.  SERVICE:
 * bits; 0: none in particular, which no rule matches; so SERVICE_ANY. */
bool scope_rule_match(const struct taskset_rule *rule, const struct packet *pkt,
    const uint8_t *src_mac, const uint8_t *dst_mac, uint16_t service);

/* Hashes of the normal forms (spec/target_form.h) of the identifiers in attributes 17 and 18, as
 * rules of kind ID hold them; at most MAX, returns how many. */
#define SCOPE_IDS_MAX 32
size_t scope_ids(const struct x23_pdu *pdu, uint8_t (*out)[16], size_t max);

/* The warrant has no CC: a text message in EV, an IRI, loses its text (TS 102 232-5 has the arm
 * iRIOnlySIPMessage for that).  Records that came encoded stay: what an element may send for an
 * IRI-only task is its standard's affair. */
void scope_cut_message(struct li_event *ev, struct li_message *message);
/* EV, a SIP message, is for one who may not have content: the keys that its SDP gives for the media
 * are overwritten in a copy, in ROOM (SCOPE_SIP_MAX octets). */
void scope_hide_keys(struct li_event *ev, uint8_t *room);
/* IRI for one who may not have content.  Takes from EV what can be taken (SIP body, original
 * message, subject; MESSAGE has room for a copy of a detail); false: it carries content that cannot
 * be taken out. */
bool scope_bare_iri(struct li_event *ev, struct li_message *message);

#endif
