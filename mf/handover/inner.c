/* SPDX-License-Identifier: Apache-2.0 */
/* What network elements send encoded: PS-PDUs and Payloads (X2/X3 formats 1 and 17).
 * They are checked and taken apart, never decoded: their octets move on.
 * Lengths: any definite form; indefinite ones too, their end is found by a scan. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

#include <errno.h>

/* Exactly one TLV with identifier ID. */
static int
one(struct octets in, uint8_t id, struct octets *content)
{
	struct ber_tlv t;

	if (ber_next(&in, &t) < 0 || t.id != id || in.n > 0)
		return -EBADMSG;
	*content = t.content;
	return 0;
}

/* The next TLV of *IN must have identifier ID. */
static int
next(struct octets *in, uint8_t id, struct octets *content)
{
	struct ber_tlv t;

	if (ber_next(in, &t) < 0 || t.id != id)
		return -EBADMSG;
	*content = t.content;
	return 0;
}

/* The first member with identifier ID; 0, -ENOENT or -EBADMSG. */
static int
find(struct octets in, uint8_t id, struct octets *content)
{
	struct ber_tlv t;
	int rc;

	while ((rc = ber_next(&in, &t)) == 0) {
		if (t.id == id) {
			*content = t.content;
			return 0;
		}
	}
	return rc == -ENOENT ? -ENOENT : -EBADMSG;
}

static bool
items_ok(struct octets in)
{
	struct ber_tlv t;
	int rc;

	if (in.n == 0)
		return false;
	while ((rc = ber_next(&in, &t)) == 0)
		if (t.id != ITEM_TAG)
			return false;
	return rc == -ENOENT;
}

int
handover_payload_kind(struct octets payload)
{
	struct octets rest = payload;
	struct ber_tlv t;

	if (ber_next(&rest, &t) < 0 || rest.n > 0 || !ber_sound(payload))
		return -EBADMSG;
	if ((t.id & (BER_CLASS | BER_CONSTRUCTED)) != (BER_CONTEXT | BER_CONSTRUCTED))
		return -EBADMSG;
	if (t.id != PAYLOAD_IRI_SEQUENCE && t.id != PAYLOAD_CC_SEQUENCE)
		return 0;
	if (!items_ok(t.content))
		return -EBADMSG;
	return t.id == PAYLOAD_IRI_SEQUENCE ? 1 : 2;
}

static int
inner_cin(struct octets header, bool *has_cin, uint32_t *cin)
{
	struct octets communication, v;
	int rc;

	*has_cin = false;
	*cin = 0;
	if (find(header, PSHEADER_COMMUNICATION, &communication) < 0)
		return -EBADMSG;
	rc = find(communication, COMMUNICATION_CIN, &v);
	if (rc == -ENOENT)
		return 0;
	if (rc < 0 || !ber_get_u32(v, cin))
		return -EBADMSG;
	*has_cin = true;
	return 0;
}

int
handover_inner(
    struct octets pspdu, struct octets *payload, bool *is_iri, bool *has_cin, uint32_t *cin)
{
	struct octets members, header;
	int kind;

	if (one(pspdu, PSPDU_TAG, &members) < 0 || next(&members, PSPDU_HEADER, &header) < 0 ||
	    one(members, PSPDU_PAYLOAD, payload) < 0 || !ber_sound(header) ||
	    inner_cin(header, has_cin, cin) < 0)
		return -EBADMSG;
	kind = handover_payload_kind(*payload);
	if (kind <= 0)
		return kind < 0 ? kind : -ENOTSUP;
	*is_iri = kind == 1;
	return 0;
}
