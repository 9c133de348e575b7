/* SPDX-License-Identifier: Apache-2.0 */
/* Headers only, summaries, metadata only: no content ever, in CC and in IRI. */
#include "scope_rig.h"
#include "session/flowsum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* Fallen back: CC as headers, IRI whole; the IRI-only warrant does not get more by it. */
static void
test_metadata_only(void **state)
{
	static const char sip[] =
	    "MESSAGE sip:a SIP/2.0\r\nContent-Type: text/plain\r\n\r\nSECRETCONTENT";

	(void)state;
	w.row.metadata = 1;
	ip_pdu();
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_HEADER);
	assert_int_equal(out.ev[0].body.n, 28);
	event(&p.ev, LI_SIP, HO_IRI, (struct octets){(const uint8_t *)sip, sizeof(sip) - 1});
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].body.n, sizeof(sip) - 1);
	w.row.delivery = TASKSET_IRI;
	ip_pdu();
	assert_int_equal(apply(), REJECT_OUT_OF_SCOPE);
}

static void
test_media_by_attributes(void **state)
{
	static const uint8_t src[] = {10, 0, 0, 1}, dst[] = {10, 0, 0, 2};

	(void)state;
	event(&p.ev, LI_RTP, HO_VOICE, (struct octets){(const uint8_t *)secret, SECRET_N});
	net(rules, TASKSET_RULE_TARGET, 2, 32);
	rules[0].port_lo = rules[0].port_hi = 4000;
	w.row.rule_n = 1;
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	pdu.src = (struct octets){src, 4};
	pdu.dst = (struct octets){dst, 4};
	pdu.src_port = 5000;
	pdu.dst_port = 4000;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_RTP);
	w.row.content = TASKSET_HEADERS;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_HEADER);
	assert_int_equal(out.ev[0].class, HO_IRI);
	assert_int_equal(out.ev[0].body.n, 28);
	assert_memory_equal(out.ev[0].body.p,
	    "\x45\0\0\x29\0\0\0\0\0\x11\0\0\x0a\0\0\x01\x0a\0\0\x02\x13\x88\x0f\xa0\0\x15\0\0", 28);
	w.row.content = TASKSET_SUMMARY;
	assert_int_equal(apply(), REJECT_NONE);
	assert_true(out.summarise);
	assert_int_equal(out.pkt.seen_n, 41);
	w.row.rule_n = 0;
	pdu.src = pdu.dst = (struct octets){NULL, 0};
	w.row.content = TASKSET_HEADERS; /* nothing to show */
	assert_int_equal(apply(), REJECT_OUT_OF_SCOPE);
}

static size_t
bare_sip(const char *text)
{
	event(&p.ev, LI_SIP, HO_IRI, (struct octets){(const uint8_t *)text, strlen(text)});
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.n, 1);
	return out.ev[0].body.n;
}

static void
test_sip_bodies(void **state)
{
	static const char head[] = "MESSAGE sip:a SIP/2.0\r\nCall-ID: c\r\n",
			  invite[] =
			      "INVITE sip:a SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0",
			  compact[] =
			      "\r\nINVITE sip:a SIP/2.0\r\nc : application/SDP;x=y\r\n\r\nv=0";
	char text[200];
	size_t n;

	(void)state;
	w.row.content = TASKSET_HEADERS;
	assert_int_equal(bare_sip(invite), strlen(invite));
	assert_int_equal(bare_sip(compact), strlen(compact));
	snprintf(text, sizeof(text), "%sContent-Type: text/plain\r\n\r\n%s", head, secret);
	n = bare_sip(text);
	assert_int_equal(n, strlen(text) - SECRET_N);
	snprintf(text, sizeof(text), "%s\r\n%s", head, secret); /* no type */
	assert_int_equal(bare_sip(text), strlen(text) - SECRET_N);
	snprintf(text, sizeof(text), "%sc:multipart/mixed;boundary=application/sdp\r\n\r\n%s", head,
	    secret);
	assert_int_equal(bare_sip(text), strlen(text) - SECRET_N);
	snprintf(
	    text, sizeof(text), "%sc: application/sdp\r\nc: text/plain\r\n\r\n%s", head, secret);
	assert_int_equal(bare_sip(text), strlen(text) - SECRET_N);
	snprintf(text, sizeof(text), "%sc: application/sdpx\r\n\r\n%s", head, secret);
	assert_int_equal(bare_sip(text), strlen(text) - SECRET_N);
	snprintf(text, sizeof(text), "%sc: text/plain\n\n%s", head, secret);
	assert_int_equal(bare_sip(text), strlen(text) - SECRET_N);
}

static void
test_messages(void **state)
{
	static struct li_message m;
	const struct li_message *shown;

	(void)state;
	w.row.content = TASKSET_SUMMARY;
	m.subject = (struct octets){(const uint8_t *)secret, SECRET_N};
	m.event_id = 5;
	event(&p.ev, LI_MSG_IRI, HO_IRI, m.subject);
	p.ev.detail = &m;
	assert_int_equal(apply(), REJECT_NONE);
	shown = out.ev[0].detail;
	assert_int_equal(out.ev[0].body.n, 0);
	assert_int_equal(shown->subject.n, 0);
	assert_int_equal(shown->event_id, 5);
	assert_int_equal(m.subject.n, SECRET_N); /* others get it whole */
}

/* TLV around what stands at the front of BUF (of 512); returns its new length. */
static size_t
wrap(uint8_t *buf, size_t n, uint8_t id)
{
	size_t head = n < 128 ? 2 : 3;

	memmove(buf + head, buf, n);
	buf[0] = id;
	buf[1] = n < 128 ? (uint8_t)n : 0x81;
	if (head == 3)
		buf[2] = (uint8_t)n;
	return n + head;
}

/* XIRIPayload whose event is arm TAG around the N octets in BUF. */
static enum reject_code
xiri(uint8_t *buf, size_t n, uint8_t tag)
{
	n = wrap(buf, n, tag);
	if (tag > 30) {
		memmove(buf + 1, buf, n++);
		buf[0] = 0xbf;
	} else {
		buf[0] = 0xa0 | tag;
	}
	n = wrap(buf, n, 0xa2);
	n = wrap(buf, n, 0x30);
	event(&p.ev, LI_XIRI, HO_IRI, (struct octets){buf, n});
	return apply();
}

static size_t
put(uint8_t *buf, const char *text)
{
	memcpy(buf, text, strlen(text));
	return strlen(text);
}

static void
test_encoded_iri(void **state)
{
	uint8_t buf[512];
	size_t n;

	(void)state;
	w.row.content = TASKSET_HEADERS;
	n = wrap(buf, wrap(buf, put(buf, secret), 0x81), 0xa9); /* sMSTPDUData, sMSTPDU */
	assert_int_equal(xiri(buf, n, 12), REJECT_OUT_OF_SCOPE);
	n = wrap(buf, wrap(buf, put(buf, "x"), 0x82), 0xa9); /* truncated */
	assert_int_equal(xiri(buf, n, 12), REJECT_NONE);
	n = wrap(buf, wrap(buf, put(buf, secret), 0x81), 0xa2);
	assert_int_equal(xiri(buf, n, 56), REJECT_OUT_OF_SCOPE);
	n = wrap(buf, put(buf, "x"), 0x81);
	assert_int_equal(xiri(buf, n, 6), REJECT_NONE);
	n = put(buf, "MESSAGE sip:a SIP/2.0\r\nCSeq: 1 MESSAGE\r\n\r\nSECRETCONTENT");
	n = wrap(buf, wrap(buf, n, 0x83), 0xa1); /* a SIP message in an IMSMessage */
	assert_int_equal(xiri(buf, n, 105), REJECT_OUT_OF_SCOPE);
	n = put(buf, "INVITE sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\nc: application/sdp\r\n\r\nv=0");
	n = wrap(buf, wrap(buf, n, 0x83), 0xa1);
	assert_int_equal(xiri(buf, n, 105), REJECT_NONE);
	w.row.content = TASKSET_FULL;
	n = wrap(buf, wrap(buf, put(buf, secret), 0x81), 0xa9);
	assert_int_equal(xiri(buf, n, 12), REJECT_NONE);
	w.row.content = TASKSET_HEADERS;
	event(&p.ev, LI_XIRI, HO_IRI, (struct octets){(const uint8_t *)secret, SECRET_N});
	assert_int_equal(apply(), REJECT_OUT_OF_SCOPE);
}

static void
encoded_cc(enum li_kind kind, uint8_t *buf, size_t n, bool packet)
{
	event(&p.ev, kind, HO_CC, (struct octets){buf, n});
	p.packet.n = 0;
	assert_int_equal(apply(), packet ? REJECT_NONE : REJECT_OUT_OF_SCOPE);
	if (!packet)
		return;
	assert_int_equal(out.ev[0].kind, LI_HEADER);
	assert_int_equal(out.ev[0].body.n, 28);
	assert_int_equal(out.ev[0].body.p[0], 0x45);
}

/* The packet within CC that came encoded. */
static void
test_encoded_cc(void **state)
{
	uint8_t buf[512];
	struct octets ip, gtp;
	size_t n;

	(void)state;
	w.row.content = TASKSET_HEADERS;
	gtp_pdu();
	gtp = p.gtp;
	ip = p.packet;
	p.gtp.n = 0;
#define PUT(o) (memcpy(buf, (o).p, (o).n), (o).n)
	n = wrap(buf, wrap(buf, PUT(gtp), 0x81), 0xa2); /* uPFCCPDU */
	encoded_cc(LI_XCC, buf, wrap(buf, n, 0x30), true);
	n = wrap(buf, wrap(buf, wrap(buf, PUT(ip), 0x81), 0xa1), 0xa2); /* extendedUPFCCPDU */
	encoded_cc(LI_XCC, buf, wrap(buf, wrap(buf, n, 0xa2), 0x30), true);
	n = wrap(buf, wrap(buf, PUT(ip), 0x84), 0xa2); /* nIDDCCPDU */
	encoded_cc(LI_XCC, buf, wrap(buf, n, 0x30), false);
	n = wrap(buf, wrap(buf, PUT(ip), 0x82), 0x30); /* CC-PDU */
	encoded_cc(LI_EPS_CC, buf, n, true);
	encoded_cc(LI_UMTS_CC, buf, n, true);
	n = wrap(buf, wrap(buf, wrap(buf, PUT(ip), 0x80), 0xa1), 0xa2); /* iPCC */
	n = wrap(buf, wrap(buf, wrap(buf, n, 0xa2), 0x30), 0xa1);
	encoded_cc(LI_PAYLOAD, buf, n, true);
	encoded_cc(LI_PAYLOAD, buf, n - 1, false);
}

/* iRIPayloadSequence with one member whose contents are arm ID. */
static enum reject_code
ready(uint8_t *buf, size_t n, uint8_t id)
{
	n = wrap(buf, n, id);
	n = wrap(buf, n, 0xa2);
	n = wrap(buf, n, 0x30);
	n = wrap(buf, n, 0xa0);
	event(&p.ev, LI_PAYLOAD, HO_IRI, (struct octets){buf, n});
	return apply();
}

static void
test_ready_iri(void **state)
{
	uint8_t buf[512];

	(void)state;
	w.row.content = TASKSET_HEADERS;
	assert_int_equal(ready(buf, wrap(buf, put(buf, secret), 0x80), 0xae), REJECT_OUT_OF_SCOPE);
	assert_int_equal(ready(buf, wrap(buf, put(buf, "x"), 0x80), 0xa2), REJECT_NONE);
	assert_int_equal(
	    ready(buf,
		wrap(buf, put(buf, "MESSAGE sip:a SIP/2.0\r\nCSeq: 1 MESSAGE\r\n\r\nX"), 0x82),
		0xab),
	    REJECT_OUT_OF_SCOPE);
	assert_int_equal(
	    ready(buf,
		wrap(buf, put(buf, "OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n"), 0x82),
		0xab),
	    REJECT_NONE);
	w.row.delivery = TASKSET_CC | TASKSET_IRI;
	p.ev.class = HO_CC; /* encoded CC has no header to show */
	assert_int_equal(apply(), REJECT_OUT_OF_SCOPE);
}

static void
any_pdu(void)
{
	setup(NULL);
	packet_build_start(&b, secret, SECRET_N);
	packet_build_any_ip(&b);
	packet_build_tunnels(&b, packet_build_random(4));
	event(&p.ev, LI_IP, HO_CC, packet_build_octets(&b));
	p.packet = p.ev.body;
	switch (packet_build_random(3)) {
	case 0:
		packet_build_ether(&b, p.packet.p[0] >> 4 == 4 ? 0x0800 : 0x86dd);
		event(&p.ev, LI_L2, HO_CC, packet_build_octets(&b));
		break;
	case 1:
		packet_build_gtpu(&b, 1, (int)packet_build_random(64) - 1);
		p.gtp = packet_build_octets(&b);
		break;
	}
	/* spoil a little, but not the content */
	for (uint32_t i = packet_build_random(4); i > 0; i--) {
		size_t n = packet_build_octets(&b).n - SECRET_N;

		b.buf[b.at + packet_build_random((uint32_t)n)] = (uint8_t)packet_build_random(256);
	}
	profile.gtp = (uint8_t)packet_build_random(4);
	profile.ethernet = (uint8_t)packet_build_random(4);
	profile.ip = (uint8_t)packet_build_random(2);
}

static bool
leaks(struct octets o)
{
	return o.n >= 4 && memmem(o.p, o.n, secret, 4) != NULL;
}

/* Spoiled packets: what goes out is what the packet calls its header.  A spoiled length moves the
 * border between header and content, as it does for everybody on the way. */
static void
test_no_content_ever(void **state)
{
	unsigned shown = 0, counted = 0;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		struct flowsum f;

		any_pdu();
		w.row.content = (uint8_t)packet_build_random(3);
		if (w.row.content == TASKSET_FULL)
			w.metadata_rule = true;
		assert_false(scope_is_plain(&p, &in, &w));
		if (apply() != REJECT_NONE)
			continue;
		for (size_t i = 0; i < out.n; i++) {
			assert_int_equal(out.ev[i].kind, LI_HEADER);
			assert_int_equal(out.ev[i].class, HO_IRI);
			assert_true(out.ev[i].body.n == out.pkt.header_n);
			assert_true(out.pkt.content.p >= out.ev[i].body.p + out.ev[i].body.n);
			shown++;
		}
		if (out.summarise) {
			flowsum_of(1, (const uint8_t *)"0123456789abcdef", &out.pkt,
			    FLOWSUM_CONTENT, 0, 0, 0, &f);
			counted++;
		}
	}
	assert_true(shown > 10000);
	assert_true(counted > 10000);
}

/* The same with sound packets: no four octets of the content anywhere. */
static void
test_no_content_of_sound_packets(void **state)
{
	(void)state;
	for (int round = 0; round < 60000; round++) {
		struct flowsum f;

		setup(NULL);
		packet_build_start(&b, secret, SECRET_N);
		packet_build_any_ip(&b);
		packet_build_tunnels(&b, packet_build_random(PACKET_LAYERS_MAX + 3));
		event(&p.ev, LI_IP, HO_CC, packet_build_octets(&b));
		if (packet_build_random(4) == 0) { /* cut by the NE */
			p.ev.body.n -= packet_build_random(SECRET_N);
		}
		p.packet = p.ev.body;
		w.row.content = round & 1 ? TASKSET_HEADERS : TASKSET_SUMMARY;
		assert_int_equal(apply(), REJECT_NONE);
		for (size_t i = 0; i < out.n; i++)
			assert_false(leaks(out.ev[i].body));
		flowsum_of(
		    1, (const uint8_t *)"0123456789abcdef", &out.pkt, FLOWSUM_CONTENT, 0, 0, 0, &f);
		assert_null(memmem(&f, sizeof(f), secret, 4));
		assert_int_equal(out.n, round & 1 ? 1 : 0);
		assert_true(out.summarise == !(round & 1));
	}
}

static void
test_packet_headers_over_x2(void **state)
{
	(void)state;
	ip_pdu();
	event(&p.ev, LI_HEADER, HO_IRI, p.packet); /* more than a header */
	w.row.content = TASKSET_HEADERS;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].body.n, 28);
	w.row.content = TASKSET_SUMMARY;
	p.ev.body.n = 28;
	p.packet = p.ev.body;
	assert_int_equal(apply(), REJECT_NONE);
	assert_true(out.summarise);
	assert_int_equal(out.pkt.seen_n, 41); /* as its header tells */
	net(rules, TASKSET_RULE_EXCLUDE, 2, 32);
	w.row.rule_n = 1;
	assert_int_equal(apply(), REJECT_EXCLUDED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_metadata_only, setup),
	    cmocka_unit_test_setup(test_media_by_attributes, setup),
	    cmocka_unit_test_setup(test_sip_bodies, setup),
	    cmocka_unit_test_setup(test_messages, setup),
	    cmocka_unit_test_setup(test_encoded_iri, setup),
	    cmocka_unit_test_setup(test_encoded_cc, setup),
	    cmocka_unit_test_setup(test_ready_iri, setup),
	    cmocka_unit_test_setup(test_no_content_ever, setup),
	    cmocka_unit_test_setup(test_no_content_of_sound_packets, setup),
	    cmocka_unit_test_setup(test_packet_headers_over_x2, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
