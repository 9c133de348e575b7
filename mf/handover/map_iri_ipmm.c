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

static void
put_end(struct ber *b, uint8_t id, struct octets a, struct octets other)
{
	static const uint8_t unspecified[V6_LEN];
	bool known = a.n == V4_LEN || a.n == V6_LEN;

	if (!known)
		a = (struct octets){unspecified, other.n == V6_LEN ? V6_LEN : V4_LEN};
	pspdu_address(b, id, a, PSPDU_PREFIX_ALL, known ? 0 : ADDRESS_ASSIGNMENT_NOT_KNOWN);
}

int
map_iri_ipmm(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_5_IPMMIRI_OID};
	const struct x23_pdu *pdu = ev->pdu;
	size_t mark = pspdu_iri_open(b, c, ev, IRI_PAYLOAD_DIRECTION);

	pspdu_body(b, rec, ev->body);
	ber_close(b, SIP_MESSAGE_CONTENT, mark);
	put_end(b, SIP_MESSAGE_DESTINATION, pdu->dst, pdu->src);
	put_end(b, SIP_MESSAGE_SOURCE, pdu->src, pdu->dst);
	ber_close(b, ev->cut ? IPMMIRI_IRI_ONLY_SIP : IPMMIRI_SIP_MESSAGE, mark);
	ber_close(b, IPMMIRI_CONTENTS, mark);
	ber_octets(b, IPMMIRI_OID, oid, sizeof(oid));
	ber_close(b, IRI_IPMMIRI, mark);
	pspdu_iri_close(b, c, ev, mark);
	return 0;
}
