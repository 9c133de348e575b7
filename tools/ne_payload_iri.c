/* SPDX-License-Identifier: Apache-2.0 */
/* Invented signalling: whole SIP dialogs (RFC 3261), and TS 33.128 xIRI in BER (clause 6.2.2
 * and 6.2.3 events, r18 version15). */
#include <stdio.h>
#include "spec/ts103221_2.h"
#include "tools/ne_ber.h"
#include "tools/ne_payload.h"

uint64_t
ne_payload_call(uint64_t seed, uint32_t stream, uint64_t call)
{
	uint64_t v =
	    ne_payload_mix(ne_payload_mix(seed ^ 0x43414c4cu) ^ (uint64_t)stream << 32 ^ call);

	return v ? v : 1;
}

size_t
ne_payload_target(uint16_t format, uint64_t seed, uint32_t stream, char *out, size_t room)
{
	unsigned imsi = (unsigned)(ne_payload_mix(seed ^ stream) % 1000000000u);

	if (format == X23_FMT_SIP || format == X23_FMT_RTP || format == X23_FMT_MSRP)
		return (size_t)snprintf(out, room, "<sipUri>sip:ne%u@a.invalid</sipUri>", stream);
	if (format == X23_FMT_RADIUS)
		return (size_t)snprintf(out, room, "<nai>ne%u@isp.invalid</nai>", stream);
	if (format == X23_FMT_DHCP)
		return (size_t)snprintf(out, room, "<macAddress>02:00:00:00:%02x:%02x</macAddress>",
		    stream >> 8 & 255, stream & 255);
	if (format == X23_FMT_MIME)
		return (size_t)snprintf(
		    out, room, "<emailAddress>ne%u@a.invalid</emailAddress>", stream);
	return (size_t)snprintf(out, room, "<imsi>001019%09u</imsi>", imsi);
}

/* ---- SIP */

static size_t
put_sdp(char *o, size_t room, uint32_t stream, bool answer)
{
	return (size_t)snprintf(o, room,
	    "v=0\r\no=- %u 1 IN IP4 192.0.2.%u\r\ns=-\r\nc=IN IP4 192.0.2.%u\r\nt=0 0\r\n"
	    "m=audio %u RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
	    stream, answer ? 2U : 1U, answer ? 2U : 1U, 10000 + stream % 25000 * 2);
}

static const struct {
	const char *method; /* NULL: a response */
	const char *status;
	const char *cseq;
	uint16_t dir;
	bool to_tag, sdp, answer;
} sip_steps[NE_SIP_STEPS] = {
    {"INVITE", NULL, "1 INVITE", X23_DIR_FROM_TARGET, false, true, false},
    {NULL, "180 Ringing", "1 INVITE", X23_DIR_TO_TARGET, true, false, true},
    {NULL, "200 OK", "1 INVITE", X23_DIR_TO_TARGET, true, true, true},
    {"ACK", NULL, "1 ACK", X23_DIR_FROM_TARGET, true, false, false},
    {"BYE", NULL, "2 BYE", X23_DIR_FROM_TARGET, true, false, false},
    {NULL, "200 OK", "2 BYE", X23_DIR_TO_TARGET, true, false, true},
};

static size_t
put_start(char *o, size_t room, unsigned step, uint32_t stream)
{
	if (sip_steps[step].method)
		return (size_t)snprintf(
		    o, room, "%s sip:b%u@b.invalid SIP/2.0\r\n", sip_steps[step].method, stream);
	return (size_t)snprintf(o, room, "SIP/2.0 %s\r\n", sip_steps[step].status);
}

size_t
ne_payload_sip(struct ne_payload_key key, uint8_t *out, uint16_t *dir)
{
	unsigned step = (unsigned)(key.k % NE_SIP_STEPS);
	uint64_t call = ne_payload_call(key.seed, key.stream, key.k / NE_SIP_STEPS);
	char sdp[512], *o = (char *)out;
	size_t room = 2048, n, sdp_len = 0;

	*dir = sip_steps[step].dir;
	if (sip_steps[step].sdp)
		sdp_len = put_sdp(sdp, sizeof(sdp), key.stream, sip_steps[step].answer);
	n = put_start(o, room, step, key.stream);
	n += (size_t)snprintf(o + n, room - n,
	    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%08x%u\r\nMax-Forwards: 70\r\n"
	    "From: <sip:ne%u@a.invalid>;tag=%08x\r\nTo: <sip:b%u@b.invalid>%s\r\nCall-ID: "
	    "%016llx@a.invalid\r\n"
	    "CSeq: %s\r\nContact: <sip:%s%u@192.0.2.%u>\r\n%sContent-Length: %zu\r\n\r\n",
	    (unsigned)call, step, key.stream, (unsigned)(call >> 32), key.stream,
	    sip_steps[step].to_tag ? ";tag=b" : "", (unsigned long long)call, sip_steps[step].cseq,
	    sip_steps[step].answer ? "b" : "ne", key.stream, sip_steps[step].answer ? 2 : 1,
	    sdp_len ? "Content-Type: application/sdp\r\n" : "", sdp_len);
	memcpy(o + n, sdp, sdp_len);
	return n + sdp_len;
}

/* ---- xIRI */

/* A CHOICE is tagged explicitly: [OUTER] { [INNER] text }. */
static void
put_choice(struct ne_ber *b, unsigned outer, unsigned inner, const char *text)
{
	size_t end = b->at;

	ne_ber_text(b, NE_PRIM(inner), text);
	ne_ber_head(b, NE_CONS(outer), end);
}

struct subject {
	char imsi[16], imei[15], msisdn[16];
	uint32_t stream;
};

/* sUPI, pEI, gPSI with the context tags of the event. */
static void
put_subject(struct ne_ber *b, const struct subject *s, unsigned supi, unsigned pei, unsigned gpsi)
{
	put_choice(b, gpsi, 1, s->msisdn);
	put_choice(b, pei, 1, s->imei);
	put_choice(b, supi, 1, s->imsi);
}

/* 5G-GUTI: PLMN, AMF region, set and pointer, TMSI. */
static void
put_guti(struct ne_ber *b, unsigned tag, const struct subject *s)
{
	size_t end = b->at;

	ne_ber_int(b, NE_PRIM(6), 0xc0000000u | s->stream);
	ne_ber_int(b, NE_PRIM(5), 1);
	ne_ber_int(b, NE_PRIM(4), 1);
	ne_ber_int(b, NE_PRIM(3), 1);
	ne_ber_text(b, NE_PRIM(2), "01");
	ne_ber_text(b, NE_PRIM(1), "001");
	ne_ber_head(b, NE_CONS(tag), end);
}

/* AMFRegistration [1]. */
static void
put_registration(struct ne_ber *b, const struct subject *s)
{
	put_guti(b, 8, s);
	put_subject(b, s, 4, 6, 7);
	ne_ber_int(b, NE_PRIM(2), 1);
	ne_ber_int(b, NE_PRIM(1), 1);
}

/* AMFDeregistration [2]: by the UE, 3GPP access. */
static void
put_deregistration(struct ne_ber *b, const struct subject *s)
{
	put_guti(b, 7, s);
	put_subject(b, s, 3, 5, 6);
	ne_ber_int(b, NE_PRIM(2), 1);
	ne_ber_int(b, NE_PRIM(1), 2);
}

/* { PLMN, what stands behind it } as [TAG]. */
static void
put_plmn(struct ne_ber *b, unsigned tag, size_t end)
{
	size_t plmn = b->at;

	ne_ber_text(b, NE_PRIM(2), "01");
	ne_ber_text(b, NE_PRIM(1), "001");
	ne_ber_head(b, NE_CONS(1), plmn);
	ne_ber_head(b, NE_CONS(tag), end);
}

/* Location: tracking area and cell of NR. */
static void
put_location(struct ne_ber *b, unsigned tag, const struct subject *s)
{
	static const uint8_t tac[3] = {0, 0, 1};
	uint8_t nci[6] = {4}; /* BIT STRING of 36 bits */
	size_t end = b->at, tai;

	octets_put32(nci + 1, s->stream);
	ne_ber_prim(b, NE_PRIM(2), nci, 6);
	put_plmn(b, 2, end); /* nCGI */
	tai = b->at;
	ne_ber_prim(b, NE_PRIM(2), tac, 3);
	put_plmn(b, 1, tai);
	ne_ber_head(b, NE_CONS(2), end); /* nRLocation */
	ne_ber_head(b, NE_CONS(1), end); /* userLocation */
	ne_ber_head(b, NE_CONS(1), end); /* locationInfo */
	ne_ber_head(b, NE_CONS(tag), end);
}

/* AMFLocationUpdate [3]. */
static void
put_location_update(struct ne_ber *b, const struct subject *s)
{
	put_location(b, 6, s);
	put_guti(b, 5, s);
	put_subject(b, s, 1, 3, 4);
}

/* UE address: the one that the packets of this stream have. */
static void
put_endpoint(struct ne_ber *b, const struct subject *s)
{
	uint8_t address[4] = {10, (uint8_t)(s->stream >> 8), (uint8_t)s->stream, 1};

	ne_ber_prim(b, NE_PRIM(1), address, 4);
}

/* SMFPDUSessionEstablishment [6]: session 5, IPv4, initial request. */
static void
put_establishment(struct ne_ber *b, const struct subject *s)
{
	static const uint8_t gnb[4] = {192, 0, 2, 40};
	size_t mid;

	ne_ber_int(b, NE_PRIM(16), 1);
	ne_ber_int(b, NE_PRIM(15), 1);
	ne_ber_text(b, NE_PRIM(12), "internet");
	mid = b->at;
	put_endpoint(b, s);
	ne_ber_head(b, NE_CONS(9), mid);
	ne_ber_int(b, NE_PRIM(7), 1);
	mid = b->at;
	ne_ber_prim(b, NE_PRIM(2), gnb, 4);
	ne_ber_int(b, NE_PRIM(1), (uint64_t)s->stream + 1);
	ne_ber_head(b, NE_CONS(6), mid);
	ne_ber_int(b, NE_PRIM(5), 5);
	put_subject(b, s, 1, 3, 4);
}

/* SMFPDUSessionModification [7]. */
static void
put_modification(struct ne_ber *b, const struct subject *s)
{
	ne_ber_int(b, NE_PRIM(11), 5);
	ne_ber_int(b, NE_PRIM(9), 1);
	ne_ber_int(b, NE_PRIM(8), 5);
	put_subject(b, s, 1, 3, 4);
}

/* SMFPDUSessionRelease [8], with volumes. */
static void
put_release(struct ne_ber *b, const struct subject *s)
{
	ne_ber_int(b, NE_PRIM(8), 123456);
	ne_ber_int(b, NE_PRIM(7), 6543);
	ne_ber_int(b, NE_PRIM(4), 5);
	put_subject(b, s, 1, 2, 3);
}

/* SMSMessage [12]: from the target, SMS-SUBMIT "hello" to +999000000. */
static void
put_sms(struct ne_ber *b, const struct subject *s)
{
	static const uint8_t tpdu[] = {0x01, 0x07, 0x09, 0x91, 0x99, 0x09, 0x00, 0x00, 0xf0, 0x00,
	    0x00, 0x05, 0xe8, 0x32, 0x9b, 0xfd, 0x06};
	static const uint8_t address[] = {0x91, 0x99, 0x09, 0x00, 0x00, 0xf0};
	size_t mid = b->at;

	ne_ber_prim(b, NE_PRIM(1), tpdu, sizeof(tpdu));
	ne_ber_head(b, NE_CONS(9), mid);
	ne_ber_int(b, NE_PRIM(4), 1);
	ne_ber_int(b, NE_PRIM(3), 1);
	mid = b->at;
	ne_ber_prim(b, NE_PRIM(4), address, sizeof(address));
	ne_ber_head(b, NE_CONS(2), mid);
	mid = b->at;
	put_subject(b, s, 1, 2, 3);
	ne_ber_head(b, NE_CONS(1), mid);
}

static const struct {
	unsigned arm; /* of XIRIEvent */
	uint16_t dir; /* who started it */
	void (*put)(struct ne_ber *b, const struct subject *s);
} xiri_steps[NE_XIRI_STEPS] = {
    {1, X23_DIR_FROM_TARGET, put_registration},
    {6, X23_DIR_FROM_TARGET, put_establishment},
    {3, X23_DIR_FROM_TARGET, put_location_update},
    {12, X23_DIR_FROM_TARGET, put_sms},
    {7, X23_DIR_TO_TARGET, put_modification},
    {8, X23_DIR_FROM_TARGET, put_release},
    {2, X23_DIR_FROM_TARGET, put_deregistration},
};

size_t
ne_payload_xiri(struct ne_payload_key key, uint8_t *out, uint16_t *dir)
{
	static const uint8_t oid[] = {4, 19, 18, 15, 1};
	unsigned step = (unsigned)(key.k % NE_XIRI_STEPS);
	struct ne_ber b;
	struct subject s = {.stream = key.stream};
	unsigned v = (unsigned)(ne_payload_mix(key.seed ^ key.stream) % 1000000000u);
	size_t end;

	ne_ber_init(&b);
	end = b.at;
	*dir = xiri_steps[step].dir;
	snprintf(s.imsi, sizeof(s.imsi), "001019%09u", v);
	snprintf(s.imei, sizeof(s.imei), "35000%09u", v);
	snprintf(s.msisdn, sizeof(s.msisdn), "999%09u", v);
	xiri_steps[step].put(&b, &s);
	ne_ber_head(&b, NE_CONS(xiri_steps[step].arm), end);
	ne_ber_head(&b, NE_CONS(2), end);
	ne_ber_prim(&b, NE_PRIM(1), oid, sizeof(oid));
	ne_ber_head(&b, NE_SEQUENCE, end);
	return ne_ber_take(&b, out);
}
