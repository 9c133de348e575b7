/* SPDX-License-Identifier: Apache-2.0 */
/* SIP message > IPMMIRI, TS 102 232-5 (IPMultimediaPDU version17): sIPMessage, the text as it came.
 *
 * SIPMessage needs both addresses.  originalIPMMMessage is no way out when the NE did not send
 * them: it stands for a packet from its IP header on, which a bare SIP text is not.  An address
 * that is not known is therefore written as the unspecified address (0.0.0.0 or ::, in the family
 * of the other one) with iP-assignment notKnown, which is written for no other address.
 * payloadDirection of the IRIPayload tells the way of this message. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_5.h"

#define V4_LEN 4
#define V6_LEN 16
#define V6_PREFIX 128 /* one address; mandatory with a binary IPv6 value */

static bool
address_known(struct octets a)
{
	return a.n == V4_LEN || a.n == V6_LEN;
}

static void
put_address(struct ber *b, uint8_t id, struct octets a, struct octets other)
{
	static const uint8_t unspecified[V6_LEN];
	size_t mark = ber_mark(b), value;
	bool known = address_known(a);

	if (!known)
		a = (struct octets){unspecified, other.n == V6_LEN ? V6_LEN : V4_LEN};
	if (a.n == V6_LEN)
		ber_uint(b, ADDRESS_V6_PREFIX, V6_PREFIX);
	if (!known)
		ber_small(b, ADDRESS_ASSIGNMENT, ADDRESS_ASSIGNMENT_NOT_KNOWN);
	value = ber_mark(b);
	ber_octets(b, ADDRESS_BINARY, a.p, a.n);
	ber_close(b, ADDRESS_VALUE, value);
	ber_small(b, ADDRESS_TYPE, a.n == V6_LEN ? ADDRESS_IPV6 : ADDRESS_IPV4);
	ber_close(b, id, mark);
}

int
map_iri_ipmm(struct ber *b, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_5_IPMMIRI_OID};
	const struct x23_pdu *pdu = ev->pdu;
	size_t contents;

	pspdu_direction(b, IRI_PAYLOAD_DIRECTION, ev->direction);
	contents = ber_mark(b);
	pspdu_body(b, rec, ev->body);
	ber_close(b, SIP_MESSAGE_CONTENT, contents);
	put_address(b, SIP_MESSAGE_DESTINATION, pdu->dst, pdu->src);
	put_address(b, SIP_MESSAGE_SOURCE, pdu->src, pdu->dst);
	ber_close(b, IPMMIRI_SIP_MESSAGE, contents);
	ber_close(b, IPMMIRI_CONTENTS, contents);
	ber_octets(b, IPMMIRI_OID, oid, sizeof(oid));
	ber_close(b, IRI_IPMMIRI, contents);
	pspdu_iri_close(b, ev->iri_type, contents, 0);
	return 0;
}
