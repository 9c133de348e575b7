/* SPDX-License-Identifier: Apache-2.0 */
/* sample_nasty(): see handover_sample.h. */
#include "tests/unit/handover_sample.h"
#include "spec/ts102232_1.h"

#define OCTETS(s) ((struct octets){(const uint8_t *)(s), sizeof(s) - 1})
#define LONG_N 60000

/* Neither UTF-8 nor short; characters of two octets across every limit. */
static struct octets
broken(size_t n)
{
	static uint8_t text[LONG_N];

	memset(text, 0xFF, sizeof(text));
	text[0] = 0xED; /* a surrogate */
	text[1] = 0xA0;
	text[2] = 0x80;
	return (struct octets){text, n};
}

static struct octets
umlauts(size_t n)
{
	static uint8_t text[LONG_N];

	text[0] = 'x';
	for (size_t i = 1; i + 1 < sizeof(text); i += 2) {
		text[i] = 0xC3;
		text[i + 1] = 0xA4;
	}
	return (struct octets){text, n};
}

static void
access_case(struct sample *s, size_t i)
{
	struct li_access *a = &s->access;
	struct octets none = {NULL, 0};

	sample_init(s, LI_ACCESS, HO_IRI, i % 2 ? 0 : 40);
	a->ip4 = i & 1 ? a->ip4 : none;
	a->ip6 = i & 2 ? a->ip6 : none;
	a->ip6_prefix_len = (uint8_t)(i * 37);
	a->ip_version = 255;
	a->assignment = (uint8_t)(i % 6);
	a->username = i % 3 ? broken(i * 2500) : none;
	a->network_id = umlauts(i * 17);
	a->pop_mac = none;
	a->cpe_id = i & 4 ? broken(i * 20) : umlauts(i * 20);
	a->location = umlauts(63 + i % 4);
	a->callback = broken(i);
	a->port_id = broken(i & 8 ? 300 : 0);
	a->pop_ip.n = i % 7;
	a->event = (uint8_t)(i * 11);
	a->access_type = (uint8_t)(i * 13);
	a->end_reason = (uint8_t)(i * 17);
	a->auth_type = (uint8_t)(i * 19);
	a->country = i & 1 ? "" : NULL;
	a->framed_route_n = (uint8_t)(i % 9); /* more than there are */
	a->has_octets = i % 2;
	a->octets_in = i % 4 == 1 ? 0 : 0x7FFFFFFFFFFFFFFF;
	a->octets_out = (uint64_t)1 << i * 2;
	a->has_port = i % 3;
	a->port = 0;
	a->start_ns = i % 3 ? 1 : 0;
	a->end_ns = -1;
	a->expected_end_ns = INT64_MAX;
}

static void
mail_case(struct sample *s, size_t i)
{
	struct li_mail *m = &s->mail;

	sample_init(s, LI_MAIL_IRI, HO_IRI, 0);
	m->event = (uint8_t)(1 + i % 9);
	m->protocol = (uint8_t)i;
	m->status = (uint8_t)i;
	m->client.n = i % 5;
	m->server.n = i % 17;
	m->client_port = (uint16_t)(i % 2 * 65535);
	m->server_octets = i % 2 ? 0 : 0x7FFFFFFFFFFFFFFF;
	m->sender = i & 1 ? broken(i * 40) : umlauts(i * 40);
	m->recipient_n = i % 4 == 0 ? 255 : (uint8_t)i;
	for (size_t k = 0; k < LI_RECIPIENTS_MAX; k++)
		m->recipient[k] = k & 1 ? broken(k * 9) : umlauts(k * 9);
	m->recipient_total = i & 1 ? UINT32_MAX : 0;
	m->message_id = broken(i * 10);
	m->username = i & 2 ? umlauts(100) : m->username;
	m->aaa_result = (uint8_t)(i % 5);
}

static void
message_case(struct sample *s, size_t i)
{
	struct li_message *m = &s->message;

	sample_init(s, i % 2 ? LI_MSG_IRI : LI_MSG_CC, i % 2 ? HO_IRI : HO_CC, i % 4 ? 10 : 0);
	m->category = (uint8_t)(i / 2 % 5);
	m->event = (uint8_t)(i / 3);
	m->status = (uint8_t)(i / 2);
	m->trigger = (uint8_t)(i / 2);
	m->system = i % 3 ? broken(i * 30) : (struct octets){NULL, 0};
	m->party_n = (uint8_t)(i * 9);
	for (size_t k = 0; k < LI_RECIPIENTS_MAX; k++) {
		m->party[k].arm = (uint8_t)(k % 16);
		m->party[k].qualifier = (uint8_t)(k % 6);
		m->party[k].copy = (uint8_t)(k % 3 ? k : 255);
		m->party[k].identity = k & 1 ? broken(k * i % 700) : umlauts(k * k % 19);
	}
	m->event_id = (uint32_t)(i << 28);
	m->subject = i & 4 ? umlauts(600) : broken(i % 3);
	m->message_id = broken(i & 8 ? 900 : 0);
	m->content_type = broken(i & 4 ? 900 : 0);
	m->content_encoding.n = i % 5;
	m->in_sequence = i & 4;
	m->sequence_end = i & 8;
}

static void
upf_case(struct sample *s, size_t i)
{
	static const uint8_t arms[] = {1, 2, 4, 6};

	sample_init(s, LI_UPF, HO_CC, i);
	s->upf.arm = arms[i % 4];
	s->upf.payload = (uint8_t)(1 + i / 4 % 3);
	s->upf.has_qfi = i % 8 < 6;
	s->upf.qfi = (uint8_t)(i % 3 ? 63 : 64);
	s->upf.sdp = broken(i < 8 ? 0 : i * 2000);
}

static void
summary_case(struct sample *s, size_t i)
{
	sample_init(s, LI_SUMMARY, HO_IRI, i);
	s->summary.indications = (uint16_t)(i < 16 ? 1u << i : i < 20 ? 0 : 0xFFFF);
	s->summary.trigger = (uint8_t)(1 + i % 10);
	s->summary.packets = i % 3 ? (uint64_t)1 << i : 0;
	s->summary.octets = i % 2 ? 0x7FFFFFFFFFFFFFFF : 0;
	s->summary.first_ns = i % 4 ? s->summary.first_ns : 0;
	s->summary.last_ns = i % 4 ? s->summary.last_ns : 0;
}

/* Header members, on every kind. */
static void
header_case(struct sample *s, size_t i)
{
	const struct sample_kind *k = &sample_kinds[i % sample_kinds_n];

	sample_init(s, k->kind, k->class, 30);
	s->ev.link_cin = i & 1 ? UINT32_MAX : 1;
	s->ev.copy = i & 2;
	s->gtime = i & 4;
	s->delivery_cc = i & 8 ? "FR" : NULL;
	s->ev.iri_type = k->class == HO_IRI && i & 1 ? IRI_END : 0;
	s->ev.direction = (uint8_t)(i % 7);
	s->pdu.mime_type = i & 16 ? OCTETS("text/plain") : (struct octets){NULL, 0};
	s->pdu.mime_encoding = i & 8 ? OCTETS("base64") : (struct octets){NULL, 0};
	s->ev.body.n =
	    i > 40 && !(k->kind == LI_PAYLOAD || s->body[0] == 0x30 || s->body[0] == 0xA1)
		? 0
		: s->ev.body.n;
	sample_warrant(s);
}

bool
sample_nasty(struct sample *s, size_t i)
{
	static const struct {
		void (*make)(struct sample *s, size_t i);
		size_t n;
	} cases[] = {{access_case, 24}, {mail_case, 24}, {message_case, 40}, {upf_case, 24},
	    {summary_case, 24}, {header_case, 88}};

	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		if (i < cases[k].n) {
			cases[k].make(s, i);
			return true;
		}
		i -= cases[k].n;
	}
	return false;
}
