/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of AAA messages share; private to payload_*.c. */
#ifndef SESSION_PAYLOAD_ACCESS_H
#define SESSION_PAYLOAD_ACCESS_H

#include "session/payload.h"

/* Where a message came from and went to, as far as it is known. */
struct access_ends {
	struct octets src, dst; /* 4 or 16 octets, or empty */
	uint16_t src_port, dst_port;
};

/* Read the message IN into p->detail.access, *ev (kind, class, body, iri_type, detail) and names of
 * P, whose ev.pdu and ev.time_ns are set.  REJECT_NONE or REJECT_PAYLOAD (nothing was changed but
 * the detail). */
enum reject_code payload_access_dhcp(
    struct payload *p, struct li_event *ev, struct octets in, const struct access_ends *ends);
enum reject_code payload_access_dhcp6(
    struct payload *p, struct li_event *ev, struct octets in, const struct access_ends *ends);
enum reject_code payload_access_radius(
    struct payload *p, struct li_event *ev, struct octets in, const struct access_ends *ends);

/* Everything left out; AUTH: AuthenticationType. */
struct li_access *payload_access_clear(struct payload *p, uint8_t auth);
/* Make *EV the event of P's detail, which says BASE of itself. */
void payload_access_event(struct payload *p, struct li_event *ev, struct octets body, uint8_t base);
/* A PDU without payload: the target's address as the attributes tell it, event unknown. */
enum reject_code payload_access_thin(struct payload *p, uint8_t auth);

/* IN as UTF-8 text of at most MAX octets: as it is when it is text, else as hexadecimal digits. */
struct octets payload_text(struct payload *p, struct octets in, size_t max);
/* "00:11:22:..." of at most 16 octets, then a space and TAIL when that is not empty. */
struct octets payload_hardware_text(struct payload *p, struct octets address, struct octets tail);
/* NAME_ACCESS: TAG, then A and B, each behind its length.  Longer than a name may be: cut. */
void payload_access_name(
    struct payload *p, enum name_act act, char tag, struct octets a, struct octets b);
/* The access is over: its names, bound so far, mean nothing after this event. */
void payload_access_unbind(struct payload *p);
/* NAME_ADDRESS of a prefix of 16 octets. */
void payload_name_prefix(
    struct payload *p, enum name_act act, const uint8_t prefix[16], uint8_t bits);

#endif
