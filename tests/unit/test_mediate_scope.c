/* SPDX-License-Identifier: Apache-2.0 */
/* Narrowed warrants through the mediator: what is not for the LEA does not reach the disk. */
#include "base/clock.h"
#include "mediate_rig.h"
#include "packet_build.h"
#include "spec/ts103221_2.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define RECS 64
#define SECRET "SECRETCONTENT"
#define SECRET_N (sizeof(SECRET) - 1)

static struct rig_rec recs[RECS];
static struct packet_build b;

struct bench {
	struct rig rig;
	struct fixture f;
	uint32_t seq;
};

static int
setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));

	rig_init(&t->rig);
	fixture_init(&t->f, 64);
	fixture_ne(&t->f, 1);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *t = *state;

	rig_fini(&t->rig);
	fixture_fini(&t->f);
	free(t);
	return 0;
}

static void
offer(struct bench *t, uint16_t type, uint16_t format, struct octets payload)
{
	struct fixture_pdu p = {.type = type,
	    .format = format,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = 1,
	    .correlation = 77,
	    .nfid = "nf",
	    .ipid = "ip",
	    .numbered = true,
	    .seq = t->seq++,
	    .payload = payload};

	assert_int_equal(rig_pdu(&t->rig, 1, &p), 0);
}

/* Occurrences of four octets of the content in all files below DIR. */
static size_t
found(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		char path[600];
		static uint8_t buf[1 << 22];
		size_t len;
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_type == DT_DIR) {
			n += found(path);
			continue;
		}
		f = fopen(path, "rb");
		assert_non_null(f);
		while ((len = fread(buf, 1, sizeof(buf), f)) > 0)
			n += memmem(buf, len, SECRET, 4) != NULL;
		fclose(f);
	}
	closedir(d);
	return n;
}

/* Everything that carries content, and in which tunnels. */
static void
offer_all(struct bench *t)
{
	static const char sip[] =
	    "MESSAGE sip:b@x SIP/2.0\r\nCall-ID: 1@x\r\nCSeq: 1 MESSAGE\r\nFrom: "
	    "<sip:a@x>;tag=1\r\n"
	    "To: <sip:b@x>\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n" SECRET;
	static const char rtp[] = "\x80\x08\0\1\0\0\0\1\0\0\0\1" SECRET;
	uint16_t format;

	for (unsigned layers = 0; layers < 5; layers++) {
		for (int i = 0; i < 10; i++) {
			packet_build_start(&b, SECRET, SECRET_N);
			packet_build_any_ip(&b);
			packet_build_tunnels(&b, layers);
			format = b.buf[b.at] >> 4 == 4 ? X23_FMT_IPV4 : X23_FMT_IPV6;
			offer(t, X23_TYPE_X3, format, packet_build_octets(&b));
			offer(t, X23_TYPE_X2, format, packet_build_octets(&b));
			if (i & 1) {
				packet_build_ether(&b, format == X23_FMT_IPV4 ? 0x0800 : 0x86dd);
				offer(t, X23_TYPE_X3, X23_FMT_ETHERNET, packet_build_octets(&b));
			} else {
				packet_build_gtpu(&b, 1, i);
				offer(t, X23_TYPE_X3, X23_FMT_GTPU, packet_build_octets(&b));
			}
		}
	}
	offer(t, X23_TYPE_X3, X23_FMT_RTP, (struct octets){(const uint8_t *)rtp, sizeof(rtp) - 1});
	offer(t, X23_TYPE_X3, X23_FMT_UNSTRUCTURED,
	    (struct octets){(const uint8_t *)SECRET, SECRET_N});
	offer(t, X23_TYPE_X3, X23_FMT_PROPRIETARY,
	    (struct octets){(const uint8_t *)SECRET, SECRET_N});
	offer(t, X23_TYPE_X2, X23_FMT_SIP, (struct octets){(const uint8_t *)sip, sizeof(sip) - 1});
}

static void
flush(struct bench *t)
{
	rig_commit(&t->rig);
	rig_checkpoint(&t->rig);
}

/* That the search finds what is there. */
static void
test_full_content(void **state)
{
	struct bench *t = *state;

	fixture_warrant(&t->f, 100, 1, 1);
	rig_tasks(&t->rig, &t->f);
	offer_all(t);
	flush(t);
	assert_true(found(t->rig.dir) > 0);
	assert_true(rig_read(&t->rig, 1, HO_CC, recs, RECS) > 100);
}

static void
test_headers_only(void **state)
{
	struct bench *t = *state;
	const struct account *a;

	fixture_warrant(&t->f, 100, 1, 1)->content = TASKSET_HEADERS;
	rig_tasks(&t->rig, &t->f);
	offer_all(t);
	flush(t);
	assert_int_equal(found(t->rig.dir), 0);
	assert_int_equal(rig_read(&t->rig, 1, HO_CC, recs, RECS), 0);
	assert_int_equal(rig_read(&t->rig, 1, HO_VOICE, recs, RECS), 0);
	assert_int_equal(rig_read(&t->rig, 1, HO_IRI, recs, RECS), 151); /* and the SIP message */
	a = rig_account(&t->rig, 100);
	assert_true(account_balanced(a));
}

static void
test_summary(void **state)
{
	struct bench *t = *state;

	fixture_warrant(&t->f, 100, 1, 1)->content = TASKSET_SUMMARY;
	rig_tasks(&t->rig, &t->f);
	offer_all(t);
	flush(t);
	assert_int_equal(found(t->rig.dir), 0);
	assert_int_equal(rig_read(&t->rig, 1, HO_CC, recs, RECS), 0);
	assert_true(flowsum_n(t->rig.flows) > 0);
	assert_true(account_balanced(rig_account(&t->rig, 100)));
}

static void
test_metadata_only(void **state)
{
	struct bench *t = *state;

	fixture_warrant(&t->f, 100, 1, 1)->metadata = 1;
	rig_tasks(&t->rig, &t->f);
	packet_build_start(&b, SECRET, SECRET_N);
	packet_build_any_ip(&b);
	offer(t, X23_TYPE_X3, b.buf[b.at] >> 4 == 4 ? X23_FMT_IPV4 : X23_FMT_IPV6,
	    packet_build_octets(&b));
	flush(t);
	assert_int_equal(found(t->rig.dir), 0);
	assert_int_equal(rig_read(&t->rig, 1, HO_CC, recs, RECS), 0);
	assert_true(rig_read(&t->rig, 1, HO_IRI, recs, RECS) >= 1);
}

/* A DHCP message in a frame is IRI, the frame is not. */
static void
test_iri_of_frames(void **state)
{
	struct bench *t = *state;
	uint8_t *dhcp;

	fixture_warrant(&t->f, 100, 1, 1)->delivery = TASKSET_IRI;
	rig_tasks(&t->rig, &t->f);
	packet_build_start(&b, "\x63\x82\x53\x63\x35\x01\x01\xff", 8); /* DHCPDISCOVER */
	dhcp = packet_build_front(&b, 236);
	memcpy(dhcp, "\1\1\6\0abcd", 8);
	memcpy(dhcp + 28, "\2\0\0\0\0\2", 6);
	packet_build_udp(&b, 68, 67);
	packet_build_ip4(&b, 17, 0, 255);
	packet_build_ether(&b, 0x0800);
	offer(t, X23_TYPE_X3, X23_FMT_ETHERNET, packet_build_octets(&b));
	packet_build_start(&b, SECRET, SECRET_N);
	packet_build_ip4(&b, 1, 1, 2);
	packet_build_ether(&b, 0x0800);
	offer(t, X23_TYPE_X3, X23_FMT_ETHERNET, packet_build_octets(&b));
	flush(t);
	assert_int_equal(rig_read(&t->rig, 1, HO_IRI, recs, RECS), 1);
	assert_int_equal(rig_read(&t->rig, 1, HO_CC, recs, RECS), 0);
	assert_int_equal(rig_account(&t->rig, 100)->out_of_scope, 1);
	assert_true(account_balanced(rig_account(&t->rig, 100)));
	assert_int_equal(found(t->rig.dir), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_full_content, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_headers_only, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_summary, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_metadata_only, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_iri_of_frames, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
