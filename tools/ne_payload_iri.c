/* SPDX-License-Identifier: Apache-2.0 */
/* Invented signalling: whole SIP dialogs (RFC 3261), and TS 33.128 xIRI in BER (clause 6.2.2
 * and 6.2.3 events, r18 version15). */
#include <stdio.h>
#include "spec/ts103221_2.h"
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

	if (format == X23_FMT_SIP || format == X23_FMT_RTP)
		return (size_t)snprintf(out, room, "<sipUri>sip:ne%u@a.invalid</sipUri>", stream);
	return (size_t)snprintf(out, room, "<imsi>001019%09u</imsi>", imsi);
}

/* ---- SIP */

static size_t
put_sdp(char *o, size_t room, uint32_t stream, bool answer)
{
	return (size_t)snprintf(o, room,
	    "v=0\r\no=- %u 1 IN IP4 192.0.2.%u\r\ns=-\r\nc=IN IP4 192.0.2.%u\r\nt=0 0\r\n"
	    "m=audio %u RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
	    stream, answer ? 2 : 1, answer ? 2 : 1, 10000 + stream % 25000 * 2);
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

/* ---- BER, written from the end to the front so that lengths are known */

struct ber {
	uint8_t buf[512];
	size_t at; /* first octet written */
};

static void
ber_octets(struct ber *b, const void *p, size_t n)
{
	b->at -= n;
	memcpy(b->buf + b->at, p, n);
}

/* Tag (below 31) and length in front of everything since END. */
static void
ber_head(struct ber *b, uint8_t tag, size_t end)
{
	size_t n = end - b->at;
	uint8_t h[4] = {tag, 0x82, (uint8_t)(n >> 8), (uint8_t)n};
	uint8_t small[2] = {tag, (uint8_t)n}, middle[3] = {tag, 0x81, (uint8_t)n};

	if (n < 128)
		ber_octets(b, small, 2);
	else if (n < 256)
		ber_octets(b, middle, 3);
	else
		ber_octets(b, h, 4);
}

static void
ber_prim(struct ber *b, uint8_t tag, const void *p, size_t n)
{
	size_t end = b->at;

	ber_octets(b, p, n);
	ber_head(b, tag, end);
}

/* A CHOICE is tagged explicitly: [OUTER] { [INNER] text }. */
static void
ber_choice(struct ber *b, uint8_t outer, uint8_t inner, const char *text)
{
	size_t end = b->at;

	ber_prim(b, inner, text, strlen(text));
	ber_head(b, outer, end);
}

static void
ber_int(struct ber *b, uint8_t tag, uint8_t v)
{
	ber_prim(b, tag, &v, 1);
}

struct subject {
	char imsi[16], imei[15], msisdn[16];
	uint32_t stream;
};

/* sUPI, pEI, gPSI with the context tags of the event. */
static void
put_subject(struct ber *b, const struct subject *s, uint8_t supi, uint8_t pei, uint8_t gpsi)
{
	ber_choice(b, gpsi, 0x81, s->msisdn);
	ber_choice(b, pei, 0x81, s->imei);
	ber_choice(b, supi, 0x81, s->imsi);
}

/* AMFRegistration [1]: registrationType, registrationResult, subject, 5G-GUTI. */
static void
put_registration(struct ber *b, const struct subject *s)
{
	size_t end = b->at;
	uint8_t tmsi[5] = {0};

	octets_put32(tmsi + 1, s->stream);
	ber_prim(b, 0x86, tmsi, 5);
	ber_int(b, 0x85, 1);
	ber_int(b, 0x84, 1);
	ber_int(b, 0x83, 1);
	ber_prim(b, 0x82, "01", 2);
	ber_prim(b, 0x81, "001", 3);
	ber_head(b, 0xa8, end);
	put_subject(b, s, 0xa4, 0xa6, 0xa7);
	ber_int(b, 0x82, 1);
	ber_int(b, 0x81, 1);
	ber_head(b, 0xa1, end);
}

/* SMFPDUSessionEstablishment [6]: subject, session id, tunnel, type, slice, DNN, request and access
 * type. */
static void
put_establishment(struct ber *b, const struct subject *s)
{
	static const uint8_t gnb[4] = {192, 0, 2, 40};
	size_t end = b->at, mid;
	uint8_t teid[4];

	octets_put32(teid, s->stream + 1);
	ber_int(b, 0x90, 1);
	ber_int(b, 0x8f, 1);
	ber_prim(b, 0x8c, "internet", 8);
	ber_int(b, 0x87, 1);
	mid = b->at;
	ber_prim(b, 0x82, gnb, 4);
	ber_prim(b, 0x81, teid, 4);
	ber_head(b, 0xa6, mid);
	ber_int(b, 0x85, 5);
	put_subject(b, s, 0xa1, 0xa3, 0xa4);
	ber_head(b, 0xa6, end);
}

size_t
ne_payload_xiri(struct ne_payload_key key, uint8_t *out)
{
	static const uint8_t oid[] = {4, 19, 18, 15, 1};
	struct ber b = {.at = sizeof(b.buf)};
	struct subject s = {.stream = key.stream};
	unsigned v = (unsigned)(ne_payload_mix(key.seed ^ key.stream) % 1000000000u);
	size_t n;

	snprintf(s.imsi, sizeof(s.imsi), "001019%09u", v);
	snprintf(s.imei, sizeof(s.imei), "35000%09u", v);
	snprintf(s.msisdn, sizeof(s.msisdn), "999%09u", v);
	if (key.k % 2 == 0)
		put_registration(&b, &s);
	else
		put_establishment(&b, &s);
	ber_head(&b, 0xa2, sizeof(b.buf));
	ber_prim(&b, 0x81, oid, sizeof(oid));
	ber_head(&b, 0x30, sizeof(b.buf));
	n = sizeof(b.buf) - b.at;
	memcpy(out, b.buf + b.at, n);
	return n;
}
