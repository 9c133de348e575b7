/* SPDX-License-Identifier: Apache-2.0 */
/* TS 33.108 content (formats 3 and 14): IRI records over X2, CC-PDUs over X3.  EPS or UMTS is told
 * by the domain identifier, which is the first member of a record and of a ULIC header.  Octets
 * move; see payload.h. */
#include "handover/handover.h"
#include "session/payload.h"
#include "spec/ts102232_1.h"
#include "spec/ts103221_2.h"
#include "spec/ts133108.h"

#include <stdbool.h>

#define DOMAIN_LEVELS 3 /* [SEQUENCE OF] record > domain; CC-PDU > header > domain */
#define TAG_CONSTRUCTED 0x20

/* Step into the TLV at the front of *IN: its identifier; *in becomes its content, cut to what is
 * there; *whole when its length is definite and leaves nothing behind it.  0: no TLV. */
static uint8_t
tlv_enter(struct octets *in, bool *whole)
{
	size_t n, k = 0, head = 2;
	uint8_t id;

	if (in->n < 2)
		return 0;
	id = in->p[0];
	n = in->p[1];
	*whole = n != 0x80;
	if (n > 0x80) {
		k = n - 0x80;
		if (k > 4 || in->n < 2 + k)
			return 0;
		n = 0;
		for (size_t i = 0; i < k; i++)
			n = n << 8 | in->p[2 + i];
		head += k;
	}
	if (!*whole)
		n = in->n - head;
	if (n > in->n - head)
		return 0;
	*whole = *whole && n == in->n - head;
	*in = (struct octets){in->p + head, n};
	return id;
}

/* Content of the first [0] on the way down the first members; empty: none. */
static struct octets
domain_of(struct octets in)
{
	bool whole;

	for (unsigned i = 0; i < DOMAIN_LEVELS; i++) {
		uint8_t id = tlv_enter(&in, &whole);

		if (id == ULIC_DOMAIN)
			return in;
		if ((id & TAG_CONSTRUCTED) == 0)
			break;
	}
	return (struct octets){NULL, 0};
}

/* The module: the arc behind 0.4.0.2.2.4 (threeGPP lawful interception); 0: another tree. */
static uint8_t
domain_module(struct octets domain)
{
	static const uint8_t tree[] = {TS133108_TREE};

	if (domain.n <= sizeof(tree) || memcmp(domain.p, tree, sizeof(tree)) != 0)
		return 0;
	return domain.p[sizeof(tree)];
}

enum reject_code
payload_33108_iri(const struct x23_pdu *pdu, struct payload *out)
{
	int type = iri33108_type(pdu->payload);
	uint8_t module = type > 0 ? domain_module(domain_of(pdu->payload)) : 0;

	if (module == 0)
		return REJECT_PAYLOAD;
	if (pdu->format == X23_FMT_EPS_IRI && module != TS133108_EPS_HI2)
		return REJECT_PAYLOAD;
	if (module != TS133108_EPS_HI2 && module != TS133108_UMTS_HI2)
		return REJECT_FORMAT_NOT_MAPPED; /* circuit switched, conferences, ...: other
						    containers */
	out->ev.kind = module == TS133108_EPS_HI2 ? LI_EPS_IRI : LI_UMTS_IRI;
	out->ev.class = HO_IRI;
	out->ev.iri_type = (uint8_t)type;
	return REJECT_NONE;
}

enum reject_code
payload_33108_cc(const struct x23_pdu *pdu, struct payload *out)
{
	bool sound = cc33108_sound(pdu->payload);
	uint8_t module = sound ? domain_module(domain_of(pdu->payload)) : 0;

	if (module == 0)
		return REJECT_PAYLOAD;
	if (module != TS133108_EPS_HI3 && module != TS133108_UMTS_HI3)
		return REJECT_FORMAT_NOT_MAPPED;
	out->ev.kind = module == TS133108_EPS_HI3 ? LI_EPS_CC : LI_UMTS_CC;
	out->ev.class = HO_CC;
	out->ev.service = SERVICE_DATA;
	return REJECT_NONE;
}
