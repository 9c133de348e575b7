/* SPDX-License-Identifier: Apache-2.0 */
/* One PDU and one warrant for the tests of scope; see scope_rig.h. */
#include "scope_rig.h"

struct packet_build b;
struct payload p;
struct x23_pdu pdu;
struct task_warrant w;
struct taskset_profile profile;
struct taskset_rule rules[4];
struct taskset_ne ne;
struct scope in;
struct scope_out out;
const char secret[SECRET_N + 1] = "SECRETCONTENT";

int
setup(void **state)
{
	(void)state;
	memset(&p, 0, sizeof(p));
	memset(&pdu, 0, sizeof(pdu));
	memset(&w, 0, sizeof(w));
	memset(&profile, 0, sizeof(profile));
	memset(rules, 0, sizeof(rules));
	memset(&ne, 0, sizeof(ne));
	memset(&in, 0, sizeof(in));
	w.row.delivery = TASKSET_IRI | TASKSET_CC;
	w.row.services = SERVICE_ANY;
	w.profile = &profile;
	w.rules = rules;
	in.ne = &ne;
	p.ev.pdu = &pdu;
	return 0;
}

void
event(struct li_event *ev, enum li_kind kind, enum ho_class class, struct octets body)
{
	memset(ev, 0, sizeof(*ev));
	ev->pdu = &pdu;
	ev->kind = kind;
	ev->class = class;
	ev->body = body;
	ev->service = SERVICE_ANY;
	ev->iri_type = class == HO_IRI ? PAYLOAD_REPORT : 0;
}

/* UDP 1000 > 53 of 10.0.0.1 > 10.0.0.2, as IP PDU. */
void
ip_pdu(void)
{
	packet_build_start(&b, secret, SECRET_N);
	packet_build_udp(&b, 1000, 53);
	packet_build_ip4(&b, 17, 1, 2);
	event(&p.ev, LI_IP, HO_CC, packet_build_octets(&b));
	p.packet = p.ev.body;
}

/* The same in a frame from 02:..:02 to 02:..:01. */
void
frame_pdu(void)
{
	ip_pdu();
	packet_build_ether(&b, 0x0800);
	event(&p.ev, LI_L2, HO_CC, packet_build_octets(&b));
}

void
gtp_pdu(void)
{
	ip_pdu();
	packet_build_gtpu(&b, 5, 9);
	p.gtp = packet_build_octets(&b);
}

enum reject_code
apply(void)
{
	memset(&out, 0xa5, sizeof(out)); /* it must set what it returns */
	return scope_apply(&p, &in, &w, &out);
}

void
net(struct taskset_rule *r, uint8_t what, uint8_t last, uint8_t len)
{
	memset(r, 0, sizeof(*r));
	*r = (struct taskset_rule){
	    .what = what, .kind = TASKSET_RULE_NET, .family = 4, .a_len = len, .b_any = 1};
	memcpy(r->a, "\x0a\0\0", 3);
	r->a[3] = last;
}
