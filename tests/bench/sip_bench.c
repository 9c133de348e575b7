/* SPDX-License-Identifier: Apache-2.0 */
/* Time from a PDU to the encoded PS-PDU for what is parsed here: SIP, MSRP, mail, messages; best of
 * several rounds; the body is not copied.  Never part of make check. */
#include "handover/handover.h"
#include "session/payload.h"
#include "spec/ts103221_2.h"

#include <stdio.h>
#include <time.h>

#define ROUNDS 9
#define LOOPS 40000

#define O(text) ((struct octets){(const uint8_t *)(text), sizeof(text) - 1})

static struct payload payload;
static struct handover_warrant warrant;

#define SDP                                                                                        \
	"v=0\r\no=- 2890844526 2890842807 IN IP6 2001:db8:1::17\r\ns=-\r\nc=IN IP6 "               \
	"2001:db8:1::17\r\nt=0 0\r\nm=audio 49170 RTP/AVP 97 98 0 8 101\r\na=rtpmap:97 "           \
	"AMR-WB/16000\r\na=fmtp:97 mode-change-capability=2; max-red=0\r\na=rtpmap:98 "            \
	"AMR/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=maxptime:240\r\na="      \
	"sendrecv\r\nm=video 51372 RTP/AVP 31\r\na=rtpmap:31 H261/90000\r\na=sendrecv\r\n"
#define INVITE                                                                                     \
	"INVITE tel:+12125552222 SIP/2.0\r\nVia: SIP/2.0/UDP "                                     \
	"scscf1.home1.invalid;branch=z9hG4bK344a65.1\r\nVia: SIP/2.0/UDP "                         \
	"pcscf1.visited1.invalid:7531;branch=z9hG4bK240f34.1\r\nVia: SIP/2.0/UDP "                 \
	"[2001:db8:1::17]:1357;comp=sigcomp;branch=z9hG4bKnashds7\r\nMax-Forwards: 68\r\n"         \
	"Record-Route: <sip:scscf1.home1.invalid;lr>, <sip:pcscf1.visited1.invalid;lr>\r\n"        \
	"P-Asserted-Identity: \"John Doe\" <sip:user1_public1@home1.invalid>\r\n"                  \
	"P-Charging-Vector: icid-value=\"AyretyU0dm+6O2IrT5tAFrbHLso=023551024\";"                 \
	"orig-ioi=home1.invalid\r\nP-Access-Network-Info: 3GPP-E-UTRAN-FDD; "                      \
	"utran-cell-id-3gpp=2340151D0FCE11\r\nPrivacy: none\r\nFrom: "                             \
	"<sip:user1_public1@home1.invalid>;tag=171828\r\nTo: <tel:+12125552222>\r\nCall-ID: "      \
	"cb03a0s09a2sdfglkj490333\r\nCSeq: 127 INVITE\r\nRequire: sec-agree\r\nSupported: "        \
	"precondition, 100rel, gruu\r\nAccept-Contact: "                                           \
	"*;+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"\r\nContact: "            \
	"<sip:user1_public1@[2001:db8:1::17]:1357;comp=sigcomp>\r\nAllow: INVITE, ACK, CANCEL, "   \
	"BYE, PRACK, UPDATE, REFER, MESSAGE\r\nContent-Type: application/sdp\r\n\r\n" SDP
#define BYE                                                                                        \
	"BYE sip:user1@[2001:db8:1::17]:1357 SIP/2.0\r\nVia: SIP/2.0/UDP "                         \
	"scscf1.home1.invalid;branch=z9hG4bK344a65.2\r\nFrom: <tel:+12125552222>;tag=4\r\nTo: "    \
	"<sip:user1_public1@home1.invalid>;tag=171828\r\nCall-ID: cb03a0s09a2sdfglkj490333\r\n"    \
	"CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
#define MSRP                                                                                       \
	"MSRP d93kswow SEND\r\nTo-Path: msrp://b.invalid:7654/jshA7weztas;tcp\r\nFrom-Path: "      \
	"msrp://a.invalid:7777/iau39soe2843z;tcp\r\nMessage-ID: 12339sdqwer\r\nByte-Range: "       \
	"1-16/16\r\nContent-Type: text/plain\r\n\r\nHi, I'm Alice!\r\n\r\n-------d93kswow$\r\n"
#define MAIL                                                                                       \
	"Received: from a.invalid by b.invalid\r\nFrom: \"A\" <a@a.invalid>\r\nTo: b@b.invalid, "  \
	"c@c.invalid\r\nSubject: s\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: "        \
	"<1@a.invalid>\r\nContent-Type: text/plain\r\n\r\nbody\r\n"
#define CPIM                                                                                       \
	"From: <sip:a@a.invalid>\r\nTo: <sip:b@b.invalid>\r\nimdn.Message-ID: 34jk\r\n\r\n"        \
	"Content-Type: text/plain\r\n\r\nhi"

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others may run beside */
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
bench(const char *what, uint16_t type, uint16_t format, const char *mime, struct octets body)
{
	struct x23_pdu pdu = {.minor = X23_MINOR,
	    .type = type,
	    .format = format,
	    .direction = X23_DIR_FROM_TARGET,
	    .mime_type = {(const uint8_t *)mime, strlen(mime)},
	    .nfid = O("nf1.core.example.org"),
	    .ipid = O("poi-1"),
	    .payload = body};
	double best = 1e18;

	for (int r = 0; r < ROUNDS; r++) {
		double start = now_ns(), took;

		for (uint32_t i = 0; i < LOOPS; i++) {
			struct dialog d = {0};
			struct ho_record rec;

			if (payload_examine(&pdu, INT64_C(1700000000000000000) + i, &payload) !=
			    REJECT_NONE)
				return;
			payload_step(&payload, &d);
			if (handover_encode(&warrant, 7, i, &payload.ev, &rec) < 0)
				return;
		}
		took = (now_ns() - start) / LOOPS;
		if (took < best)
			best = took;
	}
	printf("%-44s %7.1f ns  %7.2f M/s  %zu octets\n", what, best, 1000 / best, body.n);
}

int
main(void)
{
	if (handover_warrant_init(&warrant, O("LIID"), "NL", "NL", O("op"), O("ne"), 43, false) < 0)
		return 1;
	bench("SIP INVITE with SDP > IPMMIRI", X23_TYPE_X2, X23_FMT_SIP, "", O(INVITE));
	bench("SIP BYE > IPMMIRI", X23_TYPE_X2, X23_FMT_SIP, "", O(BYE));
	bench("MSRP > IPMMCC", X23_TYPE_X3, X23_FMT_MSRP, "", O(MSRP));
	bench("mail > emailIRI", X23_TYPE_X2, X23_FMT_MIME, "message/rfc822", O(MAIL));
	bench("CPIM > messagingIRI", X23_TYPE_X2, X23_FMT_MIME, "message/cpim", O(CPIM));
	return 0;
}
