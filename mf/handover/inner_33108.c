/* SPDX-License-Identifier: Apache-2.0 */
/* TS 33.108 content as network elements send it (X2/X3 formats 3 and 14): IRI records and CC-PDUs,
 * checked by their outermost tags and moved. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts133108.h"

#include <errno.h>

/* The records of BODY: bit (1 << IRIType) for each that occurs; 0: something else is in there. */
static unsigned
records(struct octets body)
{
	unsigned seen = 0;
	struct ber_tlv t;

	while (body.n > 0) {
		if (ber_next(&body, &t) < 0 || t.id < IRI33108_BEGIN || t.id > IRI33108_REPORT)
			return 0;
		seen |= 1u << (t.id & 7);
	}
	return seen;
}

int
iri33108_split(struct octets body)
{
	const unsigned begin = 1u << IRI_BEGIN, end = 1u << IRI_END;
	struct octets rest = body;
	struct ber_tlv t;
	unsigned seen;

	if (ber_next(&rest, &t) < 0 || rest.n > 0)
		return -EBADMSG;
	seen = records(t.id == IRI33108_SEQUENCE ? t.content : body);
	if (seen == 0)
		return -EBADMSG;
	if ((seen & (seen - 1)) == 0)
		return __builtin_ctz(seen);
	switch (seen & (begin | end)) {
	case 0:
		return IRI_CONTINUE;
	case 1u << IRI_BEGIN:
		return IRI_BEGIN;
	case 1u << IRI_END:
		return IRI_END;
	}
	return IRI_REPORT;
}

int
iri33108_type(struct octets body)
{
	return ber_sound(body) ? iri33108_split(body) : -EBADMSG;
}

bool
cc33108_split(struct octets body)
{
	struct ber_tlv t;
	struct octets members;

	if (ber_next(&body, &t) < 0 || t.id != CC33108_TAG || body.n > 0)
		return false;
	members = t.content;
	return ber_next(&members, &t) == 0 && t.id == CC33108_HEADER &&
	       ber_next(&members, &t) == 0 && t.id == CC33108_PAYLOAD && members.n == 0;
}

bool
cc33108_sound(struct octets body)
{
	return ber_sound(body) && cc33108_split(body);
}
