/* SPDX-License-Identifier: Apache-2.0 */
/* What a warrant has narrowed: delivery, services, target check, exclusions, headers only,
 * summaries, and the forms of the profile. */
#include "scope_rig.h"
#include "session_fixture.h"
#include "spec/ts103221_2.h"

#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

static void
test_plain(void **state)
{
	(void)state;
	ip_pdu();
	assert_true(scope_is_plain(&p, &in, &w));
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.ev[0].kind, LI_IP);
	assert_ptr_equal(out.ev[0].body.p, p.ev.body.p);
	assert_false(out.summarise);
	assert_false(out.excluded);
	assert_int_equal(out.left_out, REJECT_NONE);
}

static void
test_plain_is_only_plain(void **state)
{
	(void)state;
	ip_pdu();
#define NOT_PLAIN(set, unset)                                                                      \
	do {                                                                                       \
		set;                                                                               \
		assert_false(scope_is_plain(&p, &in, &w));                                         \
		unset;                                                                             \
		assert_true(scope_is_plain(&p, &in, &w));                                          \
	} while (0)
	NOT_PLAIN(w.row.content = TASKSET_HEADERS, w.row.content = 0);
	NOT_PLAIN(w.row.metadata = 1, w.row.metadata = 0);
	NOT_PLAIN(w.metadata_rule = true, w.metadata_rule = false);
	NOT_PLAIN(w.row.rule_n = 1, w.row.rule_n = 0);
	NOT_PLAIN(ne.rule_n = 1, ne.rule_n = 0);
	NOT_PLAIN(p.more_n = 1, p.more_n = 0);
	NOT_PLAIN(p.gtp.n = 1, p.gtp.n = 0);
	NOT_PLAIN(p.frame.n = 1, p.frame.n = 0);
	NOT_PLAIN(profile.ip = TASKSET_IP_UPF, profile.ip = 0);
	NOT_PLAIN(w.row.delivery = TASKSET_IRI, w.row.delivery = 3);
	p.ev.service = SERVICE_DATA;
	NOT_PLAIN(w.row.services = SERVICE_VOICE, w.row.services = SERVICE_DATA);
	NOT_PLAIN(p.ev.kind = LI_OPAQUE, p.ev.kind = LI_IP);
	NOT_PLAIN(p.ev.kind = LI_L2, p.ev.kind = LI_IP);
}

static void
test_iri_or_cc(void **state)
{
	(void)state;
	frame_pdu(); /* with a DHCP message in it, say */
	event(&p.more[0], LI_ACCESS, HO_IRI, p.packet);
	p.more_n = 1;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.n, 2);
	w.row.delivery = TASKSET_IRI;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.ev[0].kind, LI_ACCESS);
	assert_int_equal(out.left_out, REJECT_OUT_OF_SCOPE);
	w.row.delivery = TASKSET_CC;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.ev[0].kind, LI_L2);
	p.more_n = 0;
	w.row.delivery = TASKSET_IRI;
	assert_int_equal(apply(), REJECT_OUT_OF_SCOPE);
	w.row.content = TASKSET_HEADERS; /* packet headers are IRI */
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_HEADER);
}

static void
test_services(void **state)
{
	(void)state;
	ip_pdu();
	p.ev.service = SERVICE_DATA;
	w.row.services = SERVICE_VOICE | SERVICE_MESSAGING;
	assert_int_equal(apply(), REJECT_SERVICE);
	w.row.services |= SERVICE_DATA;
	assert_int_equal(apply(), REJECT_NONE);
	w.row.services = SERVICE_VOICE;
	p.ev.service = SERVICE_ANY;
	assert_int_equal(apply(), REJECT_NONE);
}

/* SIP in the fixture's event; delivered to one without content. */
static void
keys(const char *sip, const char *want, bool cut)
{
	event(&p.ev, LI_SIP, HO_IRI, (struct octets){(const uint8_t *)sip, strlen(sip)});
	p.more_n = 0;
	w.row.delivery = TASKSET_IRI;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].body.n, strlen(want));
	assert_memory_equal(out.ev[0].body.p, want, strlen(want));
	assert_int_equal(out.ev[0].cut, cut);
	w.row.delivery = TASKSET_IRI | TASKSET_CC;
	assert_int_equal(apply(), REJECT_NONE);
	assert_ptr_equal(out.ev[0].body.p, sip);
	assert_int_equal(out.ev[0].body.n, strlen(sip));
}

#define SIP_SDP                                                                                    \
	"INVITE sip:b@x SIP/2.0\r\nCall-ID: 1\r\nk: timer\r\nContent-Type: "                       \
	"application/sdp\r\n\r\nv=0\r\n"

static void
test_keys(void **state)
{
	static char want[SCOPE_SIP_MAX + 64], sip[sizeof(want) + 64];

	(void)state;
	keys(SIP_SDP "m=audio 4 RTP/AVP 0\r\n", SIP_SDP "m=audio 4 RTP/AVP 0\r\n", false);
	keys(SIP_SDP
	    "a=crypto:1 AES inline:d0Rm+/=|2^20|1:32;inline:QUJD KDR=1\r\na=x:inline:y\r\n",
	    SIP_SDP "a=crypto:1 AES inline:*******|2^20|1:32;inline:**** KDR=1\r\na=x:inline:y\r\n",
	    true);
	keys(SIP_SDP "a=key-mgmt:mikey AQAF\r\nk=base64:QUJD\r\nk=prompt\r\n",
	    SIP_SDP "a=key-mgmt:mikey ****\r\nk=base64*****\r\nk=prompt\r\n", true);
	keys(SIP_SDP "a=crypto:1 AES inline:QUJD", SIP_SDP "a=crypto:1 AES inline:****", true);
	/* too long for a copy: cut in front of the key */
	snprintf(want, sizeof(want), "%s%0*d\r\n", SIP_SDP, SCOPE_SIP_MAX - 60, 1);
	snprintf(sip, sizeof(sip), "%sa=crypto:1 AES inline:QUJD\r\n", want);
	keys(sip, want, true);
}

static void
test_target_net(void **state)
{
	(void)state;
	ip_pdu();
	w.row.rule_n = 1;
	net(rules, TASKSET_RULE_TARGET, 9, 32);
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	net(rules, TASKSET_RULE_TARGET, 2, 32);
	assert_int_equal(apply(), REJECT_NONE);
	rules[0].family = 6;
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	net(rules, TASKSET_RULE_TARGET, 9, 32);
	net(rules + 1, TASKSET_RULE_TARGET, 3, 31); /* 10.0.0.2/31 */
	w.row.rule_n = 2;
	assert_int_equal(apply(), REJECT_NONE);
	packet_build_gre(&b, 0x0800, false, true, false); /* the inner packet counts too */
	packet_build_ip6(&b, 47, 1, 2);
	event(&p.ev, LI_IP, HO_CC, packet_build_octets(&b));
	p.packet = p.ev.body;
	assert_int_equal(apply(), REJECT_NONE);
}

static void
test_net_ports_and_pairs(void **state)
{
	struct taskset_rule *r = rules;
	struct packet pkt;

	(void)state;
	ip_pdu();
	assert_int_equal(packet_parse(p.packet, &pkt), 0);
	net(r, TASKSET_RULE_EXCLUDE, 2, 32);
	r->port_lo = r->port_hi = 53;
	assert_true(scope_rule_match(r, &pkt, NULL, NULL, 0));
	r->port_lo = r->port_hi = 1000; /* the port of the other end */
	assert_false(scope_rule_match(r, &pkt, NULL, NULL, 0));
	r->family = 0; /* any address */
	assert_true(scope_rule_match(r, &pkt, NULL, NULL, 0));
	r->proto = 6;
	assert_false(scope_rule_match(r, &pkt, NULL, NULL, 0));
	r->proto = 17;
	r->port_lo = 900;
	r->port_hi = 1100;
	assert_true(scope_rule_match(r, &pkt, NULL, NULL, 0));
	pkt.has_ports = false; /* a later fragment */
	assert_false(scope_rule_match(r, &pkt, NULL, NULL, 0));
	net(r, TASKSET_RULE_EXCLUDE, 1, 32);
	r->b_any = 0;
	memcpy(r->b, "\x0a\0\0\x02", 4);
	r->b_len = 32;
	assert_true(scope_rule_match(r, &pkt, NULL, NULL, 0));
	r->b[3] = 1; /* both ends 10.0.0.1 */
	assert_false(scope_rule_match(r, &pkt, NULL, NULL, 0));
	pkt.version = 0;
	r->b_len = 0;
	assert_false(scope_rule_match(r, &pkt, NULL, NULL, 0));
}

static void
test_target_mac(void **state)
{
	(void)state;
	frame_pdu();
	w.row.rule_n = 1;
	rules[0] = (struct taskset_rule){.what = TASKSET_RULE_TARGET, .kind = TASKSET_RULE_MAC};
	memcpy(rules[0].a, "\x02\0\0\0\0\x02", 6);
	assert_int_equal(apply(), REJECT_NONE);
	rules[0].a[5] = 3;
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	ip_pdu();
	assert_int_equal(apply(), REJECT_NOT_TARGET);
}

static bool
is_bound(const struct task_warrant *warrant, struct octets address, void *arg)
{
	assert_ptr_equal(warrant, &w);
	return address.n == 4 && address.p[3] == *(uint8_t *)arg;
}

static void
test_target_bound(void **state)
{
	uint8_t last = 2;

	(void)state;
	ip_pdu();
	w.row.rule_n = 1;
	rules[0] = (struct taskset_rule){.what = TASKSET_RULE_TARGET, .kind = TASKSET_RULE_BOUND};
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	in.bound = is_bound;
	in.arg = &last;
	assert_int_equal(apply(), REJECT_NONE);
	last = 7;
	assert_int_equal(apply(), REJECT_NOT_TARGET);
}

static void
id_rule(struct taskset_rule *r, const char *normal)
{
	uint8_t digest[32];

	SHA256((const uint8_t *)normal, strlen(normal), digest);
	memset(r, 0, sizeof(*r));
	r->what = TASKSET_RULE_TARGET;
	r->kind = TASKSET_RULE_ID;
	memcpy(r->a, digest, 16);
}

static bool
id_matches(const char *value, const char *normal)
{
	static uint8_t tlv[600];
	struct taskset_rule r;
	uint8_t id[SCOPE_IDS_MAX][16];
	size_t n = strlen(value);

	octets_put16(tlv, X23_ATTR_MATCHED_TARGET);
	octets_put16(tlv + 2, (uint16_t)n);
	memcpy(tlv + 4, value, n);
	pdu.attributes = (struct octets){tlv, n + 4};
	id_rule(&r, normal);
	n = scope_ids(&pdu, id, SCOPE_IDS_MAX);
	while (n-- > 0)
		if (memcmp(id[n], r.a, 16) == 0)
			return true;
	return false;
}

static void
test_identifiers(void **state)
{
	(void)state;
	assert_true(id_matches("<imsi>262011234567890</imsi>", "imsi:262011234567890"));
	assert_true(id_matches(
	    "<x1:SUPIIMSI a='b'> 262011234567890\n</x1:SUPIIMSI>", "imsi:262011234567890"));
	assert_true(id_matches("<e164Number>+4930123</e164Number>", "msisdn:4930123"));
	assert_true(id_matches("tel:+49-30-123", "msisdn:4930123"));
	assert_true(id_matches("<sipUri>sip:alice@Example.com</sipUri>", "sip:alice@example.com"));
	assert_true(id_matches("<macAddress>02-AA-bb-00-00-01</macAddress>", "mac:02aabb000001"));
	assert_false(id_matches("<imsi>262011234567890</imsi>", "imsi:262011234567891"));
	assert_false(id_matches("", "imsi:"));
	assert_false(id_matches("<imsi", "imsi:"));
	assert_false(id_matches("<imsi></imsi>", "imsi:"));
}

static void
test_target_identifier(void **state)
{
	(void)state;
	id_matches("<imsi>262011234567890</imsi>", "");
	id_rule(rules, "imsi:262011234567890");
	w.row.rule_n = 1;
	ip_pdu();
	assert_int_equal(apply(), REJECT_NONE);
	event(&p.ev, LI_XIRI, HO_IRI, (struct octets){NULL, 0});
	assert_int_equal(apply(), REJECT_NONE);
	rules[0].a[0] ^= 1;
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	pdu.attributes.n = 0; /* IRI that names nobody stays, CC does not */
	assert_int_equal(apply(), REJECT_NONE);
	ip_pdu();
	assert_int_equal(apply(), REJECT_NOT_TARGET);
}

/* Signalling comes from addresses of the network; access IRI tells the target's. */
static void
test_target_of_iri(void **state)
{
	static const uint8_t address[] = {10, 0, 0, 2},
			     prefix[17] = {0x20, 1, 0xd, 0xb8, [16] = 64};

	(void)state;
	net(rules, TASKSET_RULE_TARGET, 9, 32);
	w.row.rule_n = 1;
	event(&p.ev, LI_SIP, HO_IRI, (struct octets){NULL, 0});
	assert_int_equal(apply(), REJECT_NONE);
	event(&p.ev, LI_ACCESS, HO_IRI, (struct octets){NULL, 0});
	assert_int_equal(apply(), REJECT_NONE);
	p.name[0] = (struct li_name){.kind = NAME_ADDRESS, .act = NAME_MOVE, .a = {address, 4}};
	p.name_n = 1;
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	net(rules, TASKSET_RULE_TARGET, 2, 32);
	assert_int_equal(apply(), REJECT_NONE);
	p.name[0].a = (struct octets){prefix, 17};
	assert_int_equal(apply(), REJECT_NOT_TARGET);
	rules[0].family = 6; /* an address within the prefix */
	rules[0].a_len = 128;
	memcpy(rules[0].a, prefix, 8);
	rules[0].a[15] = 77;
	assert_int_equal(apply(), REJECT_NONE);
}

static void
test_exclusions(void **state)
{
	(void)state;
	ip_pdu();
	net(rules, TASKSET_RULE_EXCLUDE, 2, 32);
	w.row.rule_n = 1;
	assert_int_equal(apply(), REJECT_EXCLUDED);
	assert_true(out.excluded);
	assert_int_equal(out.pkt.version, 4);
	net(rules, TASKSET_RULE_EXCLUDE, 3, 32);
	assert_int_equal(apply(), REJECT_NONE);
	rules[0] = (struct taskset_rule){
	    .what = TASKSET_RULE_EXCLUDE, .kind = TASKSET_RULE_SERVICE, .services = SERVICE_DATA};
	assert_int_equal(apply(), REJECT_NONE); /* of no service in particular */
	p.ev.service = SERVICE_DATA;
	assert_int_equal(apply(), REJECT_EXCLUDED);
	event(&p.ev, LI_SIP, HO_IRI, (struct octets){NULL, 0}); /* IRI is never left out */
	p.ev.service = SERVICE_DATA;
	assert_int_equal(apply(), REJECT_NONE);
}

static void
test_exclusions_of_ne(void **state)
{
	struct account_table *accounts = account_table_new();
	struct task_set *set;
	struct fixture f;
	struct taskset_ne *row;
	const char *why;
	uint8_t *image;
	size_t len;

	(void)state;
	fixture_init(&f, 4);
	row = fixture_ne(&f, 7);
	fixture_warrant(&f, 1, 1, 1);
	net(&f.rule[0], TASKSET_RULE_EXCLUDE, 9, 32);
	net(&f.rule[1], TASKSET_RULE_EXCLUDE, 1, 32);
	f.rule_n = 2;
	row->rule_off = 1;
	row->rule_n = 1;
	image = fixture_image(&f, &len);
	assert_int_equal(task_build(image, len, accounts, &set, &why), 0);
	ip_pdu();
	in.tasks = set;
	in.ne = task_ne_by_id(set, 7);
	assert_int_equal(apply(), REJECT_EXCLUDED);
	task_set_free(set);
	account_table_free(accounts);
	free(image);
	fixture_fini(&f);
}

static void
test_opaque(void **state)
{
	(void)state;
	event(&p.ev, LI_OPAQUE, HO_CC, (struct octets){(const uint8_t *)secret, SECRET_N});
	assert_int_equal(apply(), REJECT_FORMAT_UNKNOWN);
	profile.opaque = 1;
	assert_int_equal(apply(), REJECT_FORMAT_UNKNOWN);
	ne.opaque = 1;
	assert_int_equal(apply(), REJECT_NONE);
	w.row.content = TASKSET_HEADERS;
	assert_int_equal(apply(), REJECT_OUT_OF_SCOPE);
	p.ev.class = HO_IRI;
	assert_int_equal(apply(), REJECT_OUT_OF_SCOPE);
}

/* An element whose packets come in tunnels of the operator's own. */
static void
test_unwrap(void **state)
{
	struct octets inner;

	(void)state;
	ip_pdu();
	inner = p.packet;
	packet_build_gre(&b, 0x0800, false, true, false);
	packet_build_ip6(&b, 47, 1, 2);
	event(&p.ev, LI_IP, HO_CC, packet_build_octets(&b));
	p.packet = p.ev.body;
	assert_int_equal(apply(), REJECT_NONE);
	assert_true(out.ev[0].body.n > inner.n);
	ne.unwrap = 1;
	assert_false(scope_is_plain(&p, &in, &w));
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].body.n, inner.n);
	assert_memory_equal(out.ev[0].body.p, inner.p, inner.n);
	profile.ip = TASKSET_IP_UPF;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_UPF);
	assert_int_equal(out.ev[0].body.n, inner.n);
}

static void
test_forms_of_gtp(void **state)
{
	const struct li_upf *upf;

	(void)state;
	gtp_pdu();
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_IP);
	assert_int_equal(out.ev[0].body.n, p.packet.n);
	profile.gtp = TASKSET_GTP_UPF;
	assert_int_equal(apply(), REJECT_NONE);
	upf = out.ev[0].detail;
	assert_int_equal(out.ev[0].kind, LI_UPF);
	assert_int_equal(upf->arm, 1);
	assert_int_equal(out.ev[0].body.n, p.gtp.n);
	profile.gtp = TASKSET_GTP_EXTENDED;
	assert_int_equal(apply(), REJECT_NONE);
	upf = out.ev[0].detail;
	assert_int_equal(upf->arm, 2);
	assert_int_equal(upf->payload, 1);
	assert_true(upf->has_qfi);
	assert_int_equal(upf->qfi, 9);
	assert_int_equal(out.ev[0].body.n, p.packet.n);
	profile.gtp = TASKSET_GTP_EPS;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_EPS_CC);
	assert_int_equal(out.ev[0].body.p[0], 0x45);
}

static void
test_gtp_without_packet(void **state)
{
	const struct li_upf *upf;

	(void)state;
	packet_build_start(&b, secret, SECRET_N);
	packet_build_gtpu(&b, 5, 63);
	p.gtp = packet_build_octets(&b);
	event(&p.ev, LI_UPF, HO_CC, p.gtp);
	for (profile.gtp = 0; profile.gtp <= TASKSET_GTP_EPS; profile.gtp++) {
		assert_int_equal(apply(), REJECT_NONE);
		upf = out.ev[0].detail;
		assert_int_equal(upf->arm, 2);
		assert_int_equal(upf->payload, 3);
		assert_int_equal(upf->qfi, 63);
		assert_int_equal(out.ev[0].body.n, SECRET_N);
	}
}

static void
test_forms_of_ethernet(void **state)
{
	const struct li_upf *upf;

	(void)state;
	frame_pdu();
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_L2);
	w.row.services = SERVICE_DATA;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_IP);
	assert_int_equal(out.ev[0].body.p[0], 0x45);
	profile.ethernet = TASKSET_ETHERNET_L2;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_L2);
	profile.ethernet = TASKSET_ETHERNET_UPF;
	assert_int_equal(apply(), REJECT_NONE);
	upf = out.ev[0].detail;
	assert_int_equal(upf->payload, 2);
	assert_int_equal(out.ev[0].body.n, p.ev.body.n);
	packet_build_start(&b, "\0\0\0\0", 4); /* padding of the frame is no part of the packet */
	uint8_t *h = packet_build_front(&b, 20);
	h[0] = 0x45;
	h[3] = 20;
	packet_build_ether(&b, 0x0800);
	event(&p.ev, LI_L2, HO_CC, packet_build_octets(&b));
	profile.ethernet = TASKSET_ETHERNET_IP;
	p.packet = (struct octets){h, 24};
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_IP);
	assert_int_equal(out.ev[0].body.n, 20);
	h[0] = 0x44; /* not a packet */
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_L2);
	packet_build_start(&b, secret, SECRET_N); /* ARP: there is no packet */
	packet_build_ether(&b, 0x0806);
	event(&p.ev, LI_L2, HO_CC, packet_build_octets(&b));
	p.packet.n = 0;
	assert_int_equal(apply(), REJECT_NONE);
	assert_int_equal(out.ev[0].kind, LI_L2);
}

static void
test_form_of_ip(void **state)
{
	const struct li_upf *upf;

	(void)state;
	ip_pdu();
	profile.ip = TASKSET_IP_UPF;
	assert_int_equal(apply(), REJECT_NONE);
	upf = out.ev[0].detail;
	assert_int_equal(out.ev[0].kind, LI_UPF);
	assert_int_equal(upf->arm, 2);
	assert_int_equal(upf->payload, 1);
	assert_false(upf->has_qfi);
}

/* A few ns are expected; the limit only finds what is out of all proportion. */
static void
test_speed_of_plain(void **state)
{
	struct timespec a, z;
	const unsigned n = 2000000;
	unsigned yes = 0;
	double ns;

	(void)state;
	ip_pdu();
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (unsigned i = 0; i < n; i++) {
		p.ev.iri_type = (uint8_t)i;
		yes += scope_is_plain(&p, &in, &w);
	}
	clock_gettime(CLOCK_MONOTONIC, &z);
	ns = ((double)(z.tv_sec - a.tv_sec) * 1e9 + (double)(z.tv_nsec - a.tv_nsec)) / n;
	print_message("# plain: %.1f ns\n", ns);
	assert_int_equal(yes, n);
	assert_true(ns < 500);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_plain, setup),
	    cmocka_unit_test_setup(test_plain_is_only_plain, setup),
	    cmocka_unit_test_setup(test_iri_or_cc, setup),
	    cmocka_unit_test_setup(test_services, setup),
	    cmocka_unit_test_setup(test_keys, setup),
	    cmocka_unit_test_setup(test_target_net, setup),
	    cmocka_unit_test_setup(test_net_ports_and_pairs, setup),
	    cmocka_unit_test_setup(test_target_mac, setup),
	    cmocka_unit_test_setup(test_target_bound, setup),
	    cmocka_unit_test_setup(test_identifiers, setup),
	    cmocka_unit_test_setup(test_target_identifier, setup),
	    cmocka_unit_test_setup(test_target_of_iri, setup),
	    cmocka_unit_test_setup(test_exclusions, setup),
	    cmocka_unit_test_setup(test_exclusions_of_ne, setup),
	    cmocka_unit_test_setup(test_opaque, setup),
	    cmocka_unit_test_setup(test_unwrap, setup),
	    cmocka_unit_test_setup(test_forms_of_gtp, setup),
	    cmocka_unit_test_setup(test_gtp_without_packet, setup),
	    cmocka_unit_test_setup(test_forms_of_ethernet, setup),
	    cmocka_unit_test_setup(test_form_of_ip, setup),
	    cmocka_unit_test_setup(test_speed_of_plain, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
