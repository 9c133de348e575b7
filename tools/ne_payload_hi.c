/* SPDX-License-Identifier: Apache-2.0 */
/* Invented payloads that come encoded for handover: TS 102 232-1 PS-PDU and Payload, TS 33.128
 * CCPayload, TS 33.108 CC-PDU and EpsIRIContent, in BER. */
#include "spec/ts103221_2.h"
#include "tools/ne_ber.h"
#include "tools/ne_payload.h"
#include <assert.h>

#define INNER_TIME 1767225600 /* 2026-01-01 00:00:00 UTC: a payload is a function of its key */

static bool
from_target(struct ne_payload_key key)
{
	return key.k % 2 == 0;
}

/* An IPv4 packet of at most SIZE octets in OUT (room: NE_BER_ROOM / 2). */
static size_t
packet(struct ne_payload_key key, size_t size, uint8_t *out)
{
	size_t least = ne_payload_min(X23_FMT_IPV4);

	size = size < NE_BER_ROOM / 2 ? size : NE_BER_ROOM / 2;
	return ne_payload_ip(4, key, from_target(key), size < least ? least : size, out);
}

/* cCPayloadSequence [1]: one IPCC with a packet. */
static void
put_cc(struct ne_ber *b, struct ne_payload_key key, size_t size)
{
	static const uint8_t oid[] = {5, 3, 20, 2};
	uint8_t ip[NE_BER_ROOM / 2];
	size_t end = b->at, n = packet(key, size, ip);

	ne_ber_prim(b, NE_PRIM(0), ip, n);
	ne_ber_head(b, NE_CONS(1), end); /* iPCCContents: iPPackets */
	ne_ber_prim(b, NE_PRIM(0), oid, sizeof(oid));
	ne_ber_head(b, NE_CONS(2), end); /* iPCC */
	ne_ber_head(b, NE_CONS(2), end); /* cCContents */
	ne_ber_int(b, NE_PRIM(0), from_target(key) ? 0 : 1);
	ne_ber_head(b, NE_SEQUENCE, end);
	ne_ber_head(b, NE_CONS(1), end);
}

/* iRIPayloadSequence [0]: one IPMMIRI with a SIP message. */
static void
put_iri(struct ne_ber *b, struct ne_payload_key key)
{
	static const uint8_t oid[] = {5, 5, 17, 1};
	static const uint8_t types[NE_SIP_STEPS] = {1, 3, 3, 3, 3, 2};
	static const uint8_t here[4] = {192, 0, 2, 1}, there[4] = {192, 0, 2, 2};
	uint8_t sip[2048];
	uint16_t dir;
	size_t end = b->at, n = ne_payload_sip(key, sip, &dir), mid;

	ne_ber_prim(b, NE_PRIM(2), sip, n);
	for (int i = 1; i >= 0; i--) { /* iPDestinationAddress, iPSourceAddress */
		mid = b->at;
		ne_ber_prim(b, NE_PRIM(1), i ? there : here, 4);
		ne_ber_head(b, NE_CONS(2), mid);
		ne_ber_int(b, NE_PRIM(1), 0);
		ne_ber_head(b, NE_CONS(i), mid);
	}
	ne_ber_head(b, NE_CONS(1), end); /* sIPMessage */
	ne_ber_head(b, NE_CONS(1), end); /* iPMMIRIContents */
	ne_ber_prim(b, NE_PRIM(0), oid, sizeof(oid));
	ne_ber_head(b, NE_CONS(11), end);
	ne_ber_head(b, NE_CONS(2), end);
	ne_ber_int(b, NE_PRIM(0), types[key.k % NE_SIP_STEPS]);
	ne_ber_head(b, NE_SEQUENCE, end);
	ne_ber_head(b, NE_CONS(0), end);
}

static void
put_payload(struct ne_ber *b, struct ne_payload_key key, size_t size, uint16_t *dir)
{
	ne_ber_init(b);
	*dir = from_target(key) ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	if (key.type == X23_TYPE_X3)
		put_cc(b, key, size);
	else
		put_iri(b, key);
}

size_t
ne_payload_inner(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir)
{
	struct ne_ber b;

	put_payload(&b, key, size, dir);
	return ne_ber_take(&b, out);
}

/* communicationIdentifier [3]: operator "ne", CIN of the stream. */
static void
put_cid(struct ne_ber *b, uint32_t stream)
{
	size_t end = b->at, mid;

	ne_ber_int(b, NE_PRIM(1), stream);
	mid = b->at;
	ne_ber_text(b, NE_PRIM(0), "ne");
	ne_ber_head(b, NE_CONS(0), mid);
	ne_ber_head(b, NE_CONS(3), end);
}

size_t
ne_payload_pspdu(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir)
{
	static const uint8_t oid[] = {4, 0, 2, 2, 5, 1, 43};
	struct ne_ber b;
	size_t end, mid;

	put_payload(&b, key, size, dir);
	end = sizeof(b.buf);
	ne_ber_head(&b, NE_CONS(2), end);
	mid = b.at;
	ne_ber_int(&b, NE_PRIM(1), 0);
	ne_ber_int(&b, NE_PRIM(0), INNER_TIME);
	ne_ber_head(&b, NE_CONS(7), mid);
	ne_ber_int(&b, NE_PRIM(4), key.k & UINT32_MAX);
	put_cid(&b, key.stream);
	ne_ber_text(&b, NE_PRIM(1), "INNER-1");
	ne_ber_prim(&b, NE_PRIM(0), oid, sizeof(oid));
	ne_ber_head(&b, NE_CONS(1), mid);
	ne_ber_head(&b, NE_SEQUENCE, end);
	return ne_ber_take(&b, out);
}

/* TS 33.128 CCPayload: a whole GTP-U message, or a packet with its QFI in turn. */
size_t
ne_payload_xcc(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir)
{
	static const uint8_t oid[] = {4, 19, 18, 15, 2};
	uint8_t in[NE_BER_ROOM / 2 + 64];
	struct ne_ber b;
	size_t n, end;

	ne_ber_init(&b);
	end = b.at;
	size = size < NE_BER_ROOM / 2 ? size : NE_BER_ROOM / 2;
	if (key.k / 2 % 2) {
		n = ne_payload_build(X23_FMT_GTPU, key, size, in, dir);
		ne_ber_prim(&b, NE_PRIM(1), in, n); /* uPFCCPDU */
	} else {
		n = ne_payload_build(X23_FMT_IPV4, key, size, in, dir);
		ne_ber_int(&b, NE_PRIM(2), key.stream % 9 + 1);
		size = b.at;
		ne_ber_prim(&b, NE_PRIM(1), in, n); /* uPFIPCC */
		ne_ber_head(&b, NE_CONS(1), size);
		ne_ber_head(&b, NE_CONS(2), end); /* extendedUPFCCPDU */
	}
	ne_ber_head(&b, NE_CONS(2), end);
	ne_ber_prim(&b, NE_PRIM(1), oid, sizeof(oid));
	ne_ber_head(&b, NE_SEQUENCE, end);
	return ne_ber_take(&b, out);
}

/* EPSCorrelationNumber: 8 octets of the stream's dialogue. */
static void
put_eps_correlation(struct ne_ber *b, unsigned tag, struct ne_payload_key key)
{
	uint8_t v[8];

	octets_put64(v, ne_payload_call(key.seed, key.stream, 0));
	ne_ber_prim(b, NE_PRIM(tag), v, 8);
}

size_t
ne_payload_eps_cc(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir)
{
	static const uint8_t oid[] = {4, 0, 2, 2, 4, 9, 12, 0};
	uint8_t ip[NE_BER_ROOM / 2];
	struct ne_ber b;
	size_t n = packet(key, size, ip), end, mid;

	*dir = from_target(key) ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	ne_ber_init(&b);
	end = b.at;
	ne_ber_prim(&b, NE_PRIM(2), ip, n);
	mid = b.at;
	ne_ber_int(&b, NE_PRIM(8), 4); /* PDN gateway */
	ne_ber_int(&b, NE_PRIM(6), from_target(key) ? 1 : 2);
	ne_ber_int(&b, NE_PRIM(5), key.k & UINT16_MAX);
	put_eps_correlation(&b, 3, key);
	ne_ber_text(&b, NE_PRIM(2), "INNER-1");
	ne_ber_prim(&b, NE_PRIM(0), oid, sizeof(oid));
	ne_ber_head(&b, NE_CONS(1), mid);
	ne_ber_head(&b, NE_SEQUENCE, end);
	return ne_ber_take(&b, out);
}

/* partyInformation [9]: the target, by IMEI, IMSI and MSISDN. */
static void
put_party(struct ne_ber *b, struct ne_payload_key key)
{
	static const uint8_t imei[8] = {0x53, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf0};
	uint8_t imsi[8] = {0x00, 0x01, 0x91}, msisdn[7] = {0x91, 0x99, 0x09};
	size_t end = b->at;
	uint32_t v = key.stream % 100000000u;

	for (int i = 3; i < 7; i++, v /= 100) {
		imsi[i] = msisdn[i] = (uint8_t)(v % 10 << 4 | v / 10 % 10);
	}
	imsi[7] = 0xf0;
	ne_ber_prim(b, NE_PRIM(6), msisdn, sizeof(msisdn));
	ne_ber_prim(b, NE_PRIM(3), imsi, sizeof(imsi));
	ne_ber_prim(b, NE_PRIM(1), imei, sizeof(imei));
	ne_ber_head(b, NE_CONS(1), end); /* partyIdentity */
	ne_ber_int(b, NE_PRIM(0), 3);	 /* gPRSorEPS-Target */
	ne_ber_head(b, NE_SEQUENCE, end);
	ne_ber_head(b, NE_CONS(9), end);
}

size_t
ne_payload_eps_iri(struct ne_payload_key key, uint8_t *out, uint16_t *dir)
{
	static const uint8_t oid[] = {4, 0, 2, 2, 4, 8, 15, 5};
	static const struct {
		uint8_t record, event; /* arm of EpsIRIContent; EPSEvent: bearer activation,
					  modification, deactivation */
	} steps[NE_EPS_STEPS] = {{1, 18}, {3, 20}, {2, 21}};
	unsigned step = (unsigned)(key.k % NE_EPS_STEPS);
	struct ne_ber b;
	size_t end, mid;

	*dir = X23_DIR_FROM_TARGET;
	ne_ber_init(&b);
	end = b.at;
	ne_ber_int(&b, NE_PRIM(20), steps[step].event);
	put_eps_correlation(&b, 18, key);
	put_party(&b, key);
	ne_ber_int(&b, NE_PRIM(4), 1); /* initiator: the target */
	mid = b.at;
	ne_ber_text(&b, NE_PRIM(1), "260101000000Z"); /* utcTime */
	ne_ber_head(&b, NE_CONS(3), mid);
	ne_ber_text(&b, NE_PRIM(1), "INNER-1");
	ne_ber_prim(&b, NE_PRIM(0), oid, sizeof(oid));
	ne_ber_head(&b, NE_CONS(steps[step].record), end);
	return ne_ber_take(&b, out);
}
