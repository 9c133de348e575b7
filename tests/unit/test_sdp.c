/* SPDX-License-Identifier: Apache-2.0 */
/* SDP: where media go. */
#include "session/sdp.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct payload payload;

/* The names of SDP as text: "M 10.0.0.1:4000" and so on, in order. */
static void
names(const char *sdp, const char *want)
{
	char got[2048] = "", *at = got;

	payload.name_n = payload.scratch_n = 0;
	sdp_names(&payload, (struct octets){(const uint8_t *)sdp, strlen(sdp)}, NAME_BIND);
	for (size_t i = 0; i < payload.name_n; i++) {
		const struct octets a = payload.name[i].a;
		char ip[64];

		assert_int_equal(payload.name[i].act, NAME_BIND);
		if (payload.name[i].kind != NAME_MEDIA) {
			at += sprintf(
			    at, "%c %.*s\n", payload.name[i].kind, (int)a.n, (const char *)a.p);
			continue;
		}
		assert_true(a.n == 6 || a.n == 18);
		inet_ntop(a.n == 6 ? AF_INET : AF_INET6, a.p, ip, sizeof(ip));
		at += sprintf(
		    at, "%c %s %u\n", payload.name[i].kind, ip, octets_get16(a.p + a.n - 2));
	}
	assert_string_equal(got, want);
}

static void
test_media(void **state)
{
	(void)state;
	names("v=0\r\no=- 1 1 IN IP4 9.9.9.9\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP "
	      "0\r\n",
	    "M 10.0.0.1 4000\nM 10.0.0.1 4001\n");
	/* an address of its own, and a stream without one */
	names("c=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 0\nc=IN IP6 2001:db8::1\nm=video 5000 "
	      "RTP/AVP 99\n",
	    "M 2001:db8::1 4000\nM 2001:db8::1 4001\nM 10.0.0.1 5000\nM 10.0.0.1 5001\n");
	names("c=IN IP4 224.1.1.1/127/2\nm=audio 4000/2 RTP/AVP 0\n",
	    "M 224.1.1.1 4000\nM 224.1.1.1 4001\nM 224.1.1.1 4002\nM 224.1.1.1 4003\n");
	/* refused, held, no address, none at all */
	names("c=IN IP4 10.0.0.1\nm=audio 0 RTP/AVP 0\nm=video 6000 RTP/AVP 0\nc=IN IP4 0.0.0.0\n",
	    "");
	names("c=IN IP4 host.example\nm=audio 4000 RTP/AVP 0\n", "");
	names("m=audio 4000 RTP/AVP 0\n", "");
	names("c=IN IP6 ::\nm=audio 4000 RTP/AVP 0\n", "");
	names("", "");
	names("v=0", "");
}

static void
test_rtcp(void **state)
{
	(void)state;
	names("c=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 0\na=rtcp:53020\n",
	    "M 10.0.0.1 4000\nM 10.0.0.1 53020\n");
	names("c=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 0\na=rtcp:53020 IN IP4 10.0.0.2\n",
	    "M 10.0.0.1 4000\nM 10.0.0.2 53020\n");
	names("c=IN IP4 10.0.0.1\nm=audio 4000 RTP/SAVPF 0\na=rtcp:4000\na=rtcp-mux\n",
	    "M 10.0.0.1 4000\n");
	names("c=IN IP4 10.0.0.1\nm=audio 65535 RTP/AVP 0\n", "M 10.0.0.1 65535\n");
	names("c=IN IP4 10.0.0.1\nm=audio 65536 RTP/AVP 0\nm=audio x RTP/AVP 0\nm=audio\nm=\n", "");
	names("c=IN IP4 10.0.0.1\nm=image 4000 udptl t38\n", "M 10.0.0.1 4000\n");
}

static void
test_candidates(void **state)
{
	(void)state;
	names(
	    "c=IN IP4 10.0.0.1\nm=audio 4000 UDP/TLS/RTP/SAVPF 0\na=rtcp:4000\n"
	    "a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host\n"
	    "a=candidate:2 1 UDP 1694498815 2001:db8::9 45664 typ srflx raddr 1.1.1.1 rport 8998\n"
	    "a=candidate:3 1 UDP 1 host.local 9 typ host\na=candidate:\n",
	    "M 10.0.0.1 4000\nM 10.0.1.1 8998\nM 2001:db8::9 45664\n");
}

static void
is(struct octets o, const char *want)
{
	assert_int_equal(o.n, strlen(want));
	assert_memory_equal(o.p, want, o.n);
}

#define O(text) ((struct octets){(const uint8_t *)(text), sizeof(text) - 1})

static void
test_msrp(void **state)
{
	(void)state;
	names("c=IN IP4 10.0.0.1\nm=message 7654 TCP/MSRP *\na=path:msrp://relay:1/abc;tcp "
	      "msrps://u@h.example:7654/jshA7weztas;tcp\n",
	    "M 10.0.0.1 7654\nR abc\nR jshA7weztas\n");
	names("m=message 0 TCP/MSRP *\na=path:msrp://h:1/abc;tcp\n", "");
	is(sdp_msrp_session(O("MSRP://h:1/ab-c+d;tcp")), "ab-c+d");
	is(sdp_msrp_session(O("msrp://h:1;tcp")), "h:1");
	is(sdp_msrp_session(O("http://h/abc")), "");
	is(sdp_msrp_session(O("")), "");
}

static void
test_services(void **state)
{
	(void)state;
	assert_int_equal(sdp_service(O("v=0\n")), 0);
	assert_int_equal(sdp_service(O("m=audio 1 RTP/AVP 0\n")), SERVICE_VOICE);
	assert_int_equal(
	    sdp_service(O("m=message 1 TCP/MSRP *\n")), SERVICE_MESSAGING | SERVICE_RCS);
	assert_int_equal(sdp_service(O("m=message 1 TCP/MSRP *\nm=video 0 RTP/AVP 1")),
	    SERVICE_MESSAGING | SERVICE_RCS | SERVICE_VOICE | SERVICE_VIDEO);
	assert_int_equal(sdp_service(O("m=video 5 RTP/AVP 99\n")), SERVICE_VOICE | SERVICE_VIDEO);
}

/* What SDP says of each port: media of name I, and of which payload type in a bundle. */
static void
says(size_t i, uint8_t media, uint32_t video_pt)
{
	assert_true(i < payload.name_n);
	assert_int_equal(payload.name[i].media, media);
	assert_int_equal(payload.name[i].video_pt, video_pt);
}

static void
test_video(void **state)
{
	static const char apart[] = "c=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 0 96\nm=video 5000 "
				    "RTP/AVP 34 97 127\n";
	static const char bundle[] = "a=group:BUNDLE 1 2\nc=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP "
				     "96\na=rtcp:4000\nm=video 4000 RTP/AVP 97\na=rtcp:4000\n";
	const uint8_t address[] = {10, 0, 0, 1};
	struct x23_pdu pdu = {.dst = {address, 4}};
	uint32_t video_pt;

	(void)state;
	payload.name_n = payload.scratch_n = 0;
	sdp_names(&payload, O(apart), NAME_BIND);
	assert_int_equal(payload.name_n, 4);
	says(0, NAME_AUDIO, 0);
	says(1, NAME_AUDIO, 0);
	says(2, NAME_VIDEO, 1u << 1 | 1u << 31);
	says(3, NAME_VIDEO, 1u << 1 | 1u << 31); /* its control */
	payload.name_n = payload.scratch_n = 0;
	sdp_names(&payload, O(bundle), NAME_BIND);
	assert_int_equal(payload.name_n, 2);
	says(0, NAME_AUDIO | NAME_VIDEO, 1u << 1);
	says(1, NAME_AUDIO | NAME_VIDEO, 1u << 1);
	/* SDP that came with the media */
	pdu.sdp = O(apart);
	pdu.dst_port = 5001;
	assert_int_equal(sdp_media_of(&pdu, &video_pt), NAME_VIDEO);
	pdu.dst_port = 4000;
	assert_int_equal(sdp_media_of(&pdu, &video_pt), NAME_AUDIO);
	pdu.dst_port = 9; /* of neither */
	assert_int_equal(sdp_media_of(&pdu, &video_pt), NAME_AUDIO | NAME_VIDEO);
	assert_int_equal(video_pt, 1u << 1 | 1u << 31);
	pdu.sdp = O("v=0\n");
	assert_int_equal(sdp_media_of(&pdu, &video_pt), 0);
}

static uint16_t
service(uint8_t pt, uint8_t media, uint32_t video_pt)
{
	const uint8_t rtp[12] = {0x80, pt};

	return payload_media_service((struct octets){rtp, sizeof(rtp)}, media, video_pt);
}

static void
test_media_service(void **state)
{
	(void)state;
	assert_int_equal(service(0, 0, 0), SERVICE_VOICE);
	assert_int_equal(service(34, 0, 0), SERVICE_VIDEO);
	assert_int_equal(service(0x80 | 34, 0, 0), SERVICE_VIDEO); /* marked */
	assert_int_equal(service(97, 0, 0), SERVICE_VOICE);	   /* nothing calls it video */
	assert_int_equal(service(34, NAME_AUDIO, 0), SERVICE_VOICE);
	assert_int_equal(service(97, NAME_VIDEO, 0), SERVICE_VIDEO);
	assert_int_equal(service(200, NAME_VIDEO, 0), SERVICE_VIDEO);
	assert_int_equal(service(97, NAME_AUDIO | NAME_VIDEO, 2), SERVICE_VIDEO);
	assert_int_equal(service(0x80 | 96, NAME_AUDIO | NAME_VIDEO, 2), SERVICE_VOICE);
	assert_int_equal(service(31, NAME_AUDIO | NAME_VIDEO, 0), SERVICE_VIDEO);
	assert_int_equal(service(200, NAME_AUDIO | NAME_VIDEO, 2), SERVICE_VOICE | SERVICE_VIDEO);
}

static void
test_links(void **state)
{
	(void)state;
	payload.name_n = payload.scratch_n = 0;
	sdp_links(&payload, O("c=IN IP4 10.0.0.1\nm=audio 4 RTP/AVP 0\nm=video 6 RTP/AVP 0\nm=x 1 "
			      "y\nc=IN IP4 10.0.0.2"));
	assert_int_equal(payload.name_n, 2);
	assert_int_equal(payload.name[1].act, NAME_LINK);
	assert_int_equal(payload.name[1].kind, NAME_ADDRESS);
	assert_memory_equal(payload.name[1].a.p, "\x0a\0\0\x02", 4);
}

static void
test_mutations(void **state)
{
	static const char text[] =
	    "v=0\r\nc=IN IP4 10.0.0.1/1\r\nm=audio 4/3 RTP/AVP 0\r\na=rtcp:5 IN IP4 "
	    "1.1.1.1\r\nm=message 7 "
	    "TCP/MSRP *\na=path:msrp://h/a;t msrp://b/c;d\na=candidate:1 1 UDP 2 1.1.1.1 3 typ\n";

	(void)state;
	srandom(3);
	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)random() % sizeof(text);
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, text, n);
		for (int k = random() % 4; n > 0 && k > 0; k--)
			copy[(size_t)random() % n] = (uint8_t) "\r\n \t:=/;am0\0"[random() % 12];
		payload.name_n = payload.scratch_n = 0;
		sdp_names(&payload, (struct octets){copy, n}, NAME_BIND);
		sdp_links(&payload, (struct octets){copy, n});
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_media),
	    cmocka_unit_test(test_rtcp),
	    cmocka_unit_test(test_candidates),
	    cmocka_unit_test(test_msrp),
	    cmocka_unit_test(test_services),
	    cmocka_unit_test(test_video),
	    cmocka_unit_test(test_media_service),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
