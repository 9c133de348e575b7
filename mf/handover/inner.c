/* SPDX-License-Identifier: Apache-2.0 */
/* What network elements send encoded: PS-PDUs and Payloads (X2/X3 formats 1 and 17) and
 * XIRIPayloads (format 2).  They are checked and taken apart, never decoded: their octets move on.
 * Lengths: any definite form; indefinite ones too, their end is found by a scan. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

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

/* ---- TS 33.128 */

static bool
oid_ok(struct octets oid)
{
	return oid.n == TS133128_OID_LEN && oid.p[0] == TS133128_ARC_0 &&
	       oid.p[1] == TS133128_ARC_1 && oid.p[2] < 0x80 && oid.p[3] < 0x80 &&
	       oid.p[4] == TS133128_KIND_XIRI;
}

int
xiri_split(struct octets in, struct xiri_view *out)
{
	struct octets members, rest;
	struct ber_tlv event, arm;

	if (one(in, XIRI_TAG, &members) < 0 || next(&members, XIRI_OID, &out->oid) < 0 ||
	    !oid_ok(out->oid) || ber_next(&members, &event) < 0 || event.id != XIRI_EVENT)
		return -EBADMSG;
	rest = event.content;
	if (ber_next(&rest, &arm) < 0 || rest.n > 0 ||
	    (arm.id & (BER_CLASS | BER_CONSTRUCTED)) != (BER_CONTEXT | BER_CONSTRUCTED))
		return -EBADMSG;
	out->event = event.all;
	out->event_tag = arm.number;
	out->release = out->oid.p[2];
	out->version = out->oid.p[3];
	return 0;
}

int
xiri_parse(struct octets in, struct xiri_view *out)
{
	int rc = xiri_split(in, out);

	if (rc == 0 && !ber_sound(in))
		rc = -EBADMSG;
	return rc;
}

uint8_t
xiri_iri_type(uint32_t event_tag)
{
	static const uint8_t types[] = {
	    [EVENT_SMF_ESTABLISHMENT] = IRI_BEGIN,
	    [EVENT_SMF_MODIFICATION] = IRI_CONTINUE,
	    [EVENT_SMF_RELEASE] = IRI_END,
	    [EVENT_SMF_START_ESTABLISHED] = IRI_BEGIN,
	    [EVENT_PTC_SESSION_INITIATION] = IRI_BEGIN,
	    [EVENT_PTC_SESSION_ABANDON] = IRI_END,
	    [EVENT_PTC_SESSION_START] = IRI_CONTINUE,
	    [EVENT_PTC_SESSION_END] = IRI_END,
	    [EVENT_PTC_START_OF_INTERCEPTION] = IRI_BEGIN,
	    [EVENT_SMF_MA_ESTABLISHMENT] = IRI_BEGIN,
	    [EVENT_SMF_MA_MODIFICATION] = IRI_CONTINUE,
	    [EVENT_SMF_MA_RELEASE] = IRI_END,
	    [EVENT_SMF_MA_START_ESTABLISHED] = IRI_BEGIN,
	    [EVENT_SMF_PDU_TO_MA_MODIFICATION] = IRI_CONTINUE,
	    [EVENT_NEF_ESTABLISHMENT] = IRI_BEGIN,
	    [EVENT_NEF_MODIFICATION] = IRI_CONTINUE,
	    [EVENT_NEF_RELEASE] = IRI_END,
	    [EVENT_NEF_START_ESTABLISHED] = IRI_BEGIN,
	    [EVENT_SCEF_ESTABLISHMENT] = IRI_BEGIN,
	    [EVENT_SCEF_UPDATE] = IRI_CONTINUE,
	    [EVENT_SCEF_RELEASE] = IRI_END,
	    [EVENT_SCEF_START_ESTABLISHED] = IRI_BEGIN,
	    [EVENT_RCS_SESSION_ESTABLISHMENT] = IRI_BEGIN,
	    [EVENT_RCS_SESSION_MODIFICATION] = IRI_CONTINUE,
	    [EVENT_RCS_SESSION_RELEASE] = IRI_END,
	    [EVENT_RCS_START_ESTABLISHED] = IRI_BEGIN,
	    [EVENT_IMS_DATA_CHANNEL_SETUP] = IRI_BEGIN,
	    [EVENT_IMS_DATA_CHANNEL_MODIFICATION] = IRI_CONTINUE,
	    [EVENT_IMS_DATA_CHANNEL_TERMINATION] = IRI_END,
	    [EVENT_EPS_PDN_ESTABLISHMENT] = IRI_BEGIN,
	    [EVENT_EPS_PDN_MODIFICATION] = IRI_CONTINUE,
	    [EVENT_EPS_PDN_RELEASE] = IRI_END,
	    [EVENT_EPS_START_ESTABLISHED] = IRI_BEGIN,
	    [EVENT_IMS_DATA_CHANNEL_START_ESTABLISHED] = IRI_BEGIN,
	};

	if (event_tag >= sizeof(types) || types[event_tag] == 0)
		return IRI_REPORT;
	return types[event_tag];
}
