/* SPDX-License-Identifier: Apache-2.0 */
/* TS 33.128 as network elements send it (X2/X3 format 2): XIRIPayload and CCPayload.  Checked and
 * taken apart, never decoded: event and CC move octet for octet. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts133128.h"

#include <errno.h>

/* 4.19.release.version.kind, relative to 0.4.0.2.2. */
static bool
oid_ok(struct octets oid)
{
	return oid.n == TS133128_OID_LEN && oid.p[0] == TS133128_ARC_0 &&
	       oid.p[1] == TS133128_ARC_1 && oid.p[2] < 0x80 && oid.p[3] < 0x80;
}

/* SEQUENCE { RELATIVE-OID [1], CHOICE [2] }: *choice the whole member [2], *arm its one arm. */
static int
split(struct octets in, struct octets *oid, struct octets *choice, struct ber_tlv *arm)
{
	struct ber_tlv t;
	struct octets members, rest;

	if (ber_next(&in, &t) < 0 || t.id != XIRI_TAG || in.n > 0)
		return -EBADMSG;
	members = t.content;
	if (ber_next(&members, &t) < 0 || t.id != XIRI_OID || !oid_ok(t.content))
		return -EBADMSG;
	*oid = t.content;
	if (ber_next(&members, &t) < 0 || t.id != XIRI_EVENT)
		return -EBADMSG;
	*choice = t.all;
	rest = t.content;
	if (ber_next(&rest, arm) < 0 || rest.n > 0 || (arm->id & BER_CLASS) != BER_CONTEXT)
		return -EBADMSG;
	return 0;
}

int
xiri_split(struct octets in, struct xiri_view *out)
{
	struct ber_tlv arm;

	if (split(in, &out->oid, &out->event, &arm) < 0 || out->oid.p[4] != TS133128_KIND_XIRI ||
	    !(arm.id & BER_CONSTRUCTED))
		return -EBADMSG;
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

int
xcc_split(struct octets in, struct xcc_view *out)
{
	struct ber_tlv arm;

	if (split(in, &out->oid, &out->pdu, &arm) < 0 ||
	    (out->oid.p[4] != TS133128_KIND_XCC && out->oid.p[4] != TS133128_KIND_CC))
		return -EBADMSG;
	out->arm = arm.number;
	out->release = out->oid.p[2];
	out->version = out->oid.p[3];
	return 0;
}

int
xcc_parse(struct octets in, struct xcc_view *out)
{
	int rc = xcc_split(in, out);

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

uint16_t
xiri_service(uint32_t event_tag)
{
	static const struct {
		uint8_t first, last; /* arms of XIRIEvent */
		uint16_t service;
	} ranges[] = {
	    {6, 10, SERVICE_DATA},				/* SMF */
	    {12, 12, SERVICE_MESSAGING},			/* SMS */
	    {13, 13, SERVICE_LALS}, {14, 15, SERVICE_DATA},	/* packet reports */
	    {17, 35, SERVICE_MESSAGING},			/* MMS */
	    {36, 53, SERVICE_PTT}, {56, 56, SERVICE_MESSAGING}, /* SMS report */
	    {57, 61, SERVICE_DATA},				/* SMF, multi-access */
	    {64, 69, SERVICE_DATA},				/* SMF, NEF PDU sessions */
	    {70, 73, SERVICE_DATA | SERVICE_MESSAGING},		/* NEF device triggers */
	    {74, 74, SERVICE_MESSAGING},			/* SMS without MSISDN */
	    {76, 80, SERVICE_DATA},				/* SCEF PDN connections */
	    {81, 84, SERVICE_DATA | SERVICE_MESSAGING},		/* SCEF device triggers */
	    {85, 85, SERVICE_MESSAGING},
	    {100, 101, SERVICE_DATA | SERVICE_VOICE}, /* home-routed roaming */
	    {103, 107, SERVICE_VOICE},		      /* STIR/SHAKEN, IMS */
	    {115, 123, SERVICE_DATA},		      /* edge enabler server */
	    {125, 131, SERVICE_DATA},		      /* 5G media streaming */
	    {135, 138, SERVICE_DATA},		      /* sessions with QoS */
	    {140, 145, SERVICE_RCS | SERVICE_MESSAGING},
	    {157, 158, SERVICE_RCS | SERVICE_MESSAGING},
	    {161, 161, SERVICE_DATA},	   /* packet report */
	    {162, 164, SERVICE_VOICE},	   /* IMS data channel */
	    {165, 166, SERVICE_MESSAGING}, /* MMS and e-mail */
	    {167, 170, SERVICE_DATA},	   /* 5G VN groups */
	    {176, 180, SERVICE_DATA},	   /* EPS PDN connections */
	    {181, 181, SERVICE_VOICE},	   /* IMS data channel */
	    {182, 183, SERVICE_DATA},	   /* SMF, ProSe remote UE */
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (event_tag >= ranges[i].first && event_tag <= ranges[i].last)
			return ranges[i].service;
	return SERVICE_ANY;
}
