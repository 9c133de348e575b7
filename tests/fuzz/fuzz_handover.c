/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the mappers of mf/handover with any detail, and the readers of what came encoded.
 *
 * Input: kind, class, flags (1 GeneralizedTime, 2 link, 4 copy, 8 an item, 16 encrypted),
 * direction, IRI type; then the values of the detail, octets with a length of one octet in front;
 * the rest is the body. What is encoded must be one sound PS-PDU or item; where nothing in it came
 * encoded, asn1c decodes it and encodes it to the same octets. */
#include "handover/ber.h"
#include "handover/handover.h"

#include <assert.h>
#include <errno.h>

#include "PS-PDU.h"

#define PDU_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct octets in;
static uint8_t pdu[PDU_MAX], again[PDU_MAX];
static union {
	struct li_access access;
	struct li_summary summary;
	struct li_upf upf;
	struct li_mail mail;
	struct li_message message;
} detail;

static uint8_t
take8(void)
{
	if (in.n == 0)
		return 0;
	in.n--;
	return *in.p++;
}

static uint64_t
take64(void)
{
	uint64_t v = 0;

	for (uint8_t k = take8() % 9; k > 0; k--)
		v = v << 8 | take8();
	return v;
}

static struct octets
take(void)
{
	size_t n = take8();
	struct octets v = {in.p, n < in.n ? n : in.n};

	in.p += v.n;
	in.n -= v.n;
	return v;
}

static void
take_access(struct li_access *a)
{
	a->event = take8();
	a->access_type = take8();
	a->ip_version = take8();
	a->end_reason = take8();
	a->auth_type = take8();
	a->username = take();
	a->ip4 = take();
	a->ip6 = take();
	a->ip6_prefix_len = take8();
	a->assignment = take8();
	a->network_id = take();
	a->cpe_id = take();
	a->location = take();
	a->has_port = take8() & 1;
	a->port = (uint32_t)take64();
	a->port_id = take();
	a->pop_ip = take();
	a->pop_mac = take();
	a->callback = take();
	a->framed_route_n = take8();
	for (size_t i = 0; i < 4; i++)
		a->framed_route[i] = take();
	a->start_ns = (int64_t)take64();
	a->end_ns = (int64_t)take64();
	a->expected_end_ns = (int64_t)take64();
	a->has_octets = take8() & 1;
	a->octets_in = take64();
	a->octets_out = take64();
	a->country = take8() & 1 ? "NL" : NULL;
}

static void
take_mail(struct li_mail *m)
{
	m->event = take8();
	m->protocol = take8();
	m->status = take8();
	m->client = take();
	m->server = take();
	m->client_port = (uint16_t)take64();
	m->server_port = (uint16_t)take64();
	m->server_octets = take64() >> 1; /* asn1c holds it in a long */
	m->client_octets = take64() >> 1;
	m->sender = take();
	m->recipient_n = take8();
	for (size_t i = 0; i < LI_RECIPIENTS_MAX && in.n > 0; i++)
		m->recipient[i] = take();
	m->recipient_total = (uint32_t)take64();
	m->message_id = take();
	m->username = take();
	m->aaa_result = take8();
}

static void
take_message(struct li_message *m)
{
	m->category = take8();
	m->event = take8();
	m->status = take8();
	m->trigger = take8();
	m->system = take();
	m->party_n = take8();
	for (size_t i = 0; i < LI_RECIPIENTS_MAX && in.n > 0; i++) {
		m->party[i].qualifier = take8();
		m->party[i].arm = take8();
		m->party[i].copy = take8();
		m->party[i].identity = take();
	}
	m->event_id = (uint32_t)take64();
	m->subject = take();
	m->message_id = take();
	m->content_type = take();
	m->content_encoding = take();
	m->in_sequence = take8() & 1;
	m->sequence = (uint32_t)take64();
	m->sequence_end = take8() & 1;
}

static void
take_summary(struct li_summary *m)
{
	m->trigger = take8();
	m->indications = (uint16_t)take64();
	m->packets = take64() >> 1;
	m->octets = take64() >> 1;
	m->first_ns = (int64_t)take64();
	m->last_ns = (int64_t)take64();
}

static void
take_upf(struct li_upf *u)
{
	u->arm = take8();
	u->payload = take8();
	u->has_qfi = take8() & 1;
	u->qfi = take8();
	u->sdp = take();
}

static void
take_detail(struct li_event *ev)
{
	memset(&detail, 0, sizeof(detail));
	ev->detail = &detail;
	if (ev->kind == LI_ACCESS) {
		take_access(&detail.access);
	} else if (ev->kind == LI_SUMMARY) {
		take_summary(&detail.summary);
	} else if (ev->kind == LI_UPF) {
		take_upf(&detail.upf);
	} else if (ev->kind == LI_MAIL_IRI) {
		take_mail(&detail.mail);
	} else if (ev->kind == LI_MSG_IRI || ev->kind == LI_MSG_CC) {
		take_message(&detail.message);
	} else {
		ev->detail = NULL;
	}
}

static bool
came_encoded(const struct li_event *ev)
{
	return ev->kind == LI_XIRI || ev->kind == LI_PAYLOAD || ev->kind == LI_EPS_IRI ||
	       ev->kind == LI_UMTS_IRI;
}

static void
check_pdu(const struct li_event *ev, const struct ho_record *rec, bool encrypted)
{
	size_t n = rec->head.n + rec->body.n + rec->tail.n;
	struct octets whole = {pdu, n}, payload;
	PS_PDU_t *p = NULL;
	bool is_iri, has_cin;
	uint32_t cin;

	assert(n <= sizeof(pdu));
	memcpy(pdu, rec->head.p, rec->head.n);
	if (rec->body.n > 0)
		memcpy(pdu + rec->head.n, rec->body.p, rec->body.n);
	memcpy(pdu + rec->head.n + rec->body.n, rec->tail.p, rec->tail.n);
	if (came_encoded(ev) && !encrypted)
		return; /* as sound as what came; the session stage checks that */
	if (!encrypted) {
		assert(handover_inner(whole, &payload, &is_iri, &has_cin, &cin) == 0);
		assert(is_iri == (ev->class == HO_IRI) && has_cin && cin == 77);
	}
#ifdef FUZZ_FAST
	if ((n * UINT32_C(2654435761) >> 16) % 32 != 0)
		return; /* asn1c takes nearly all the time: some lengths only */
#endif
	assert(ber_decode(NULL, &asn_DEF_PS_PDU, (void **)&p, pdu, n).code == RC_OK);
	assert(
	    der_encode_to_buffer(&asn_DEF_PS_PDU, p, again, sizeof(again)).encoded == (ssize_t)n);
	assert(memcmp(again, pdu, n) == 0);
	ASN_STRUCT_FREE(asn_DEF_PS_PDU, p);
}

static void
read_encoded(struct octets body)
{
	struct xiri_view xiri;
	struct xcc_view xcc;
	struct octets payload;
	bool is_iri, has_cin;
	uint32_t cin;
	int type = iri33108_type(body);
	uint64_t total;
	uint8_t id;

	assert(type == -EBADMSG || (type >= 1 && type <= 4));
	if (ber_total(body, &id, &total) == 0)
		assert(id == body.p[0] && (total == 0 || total >= 2));
	if (xiri_parse(body, &xiri) == 0)
		(void)(xiri_iri_type(xiri.event_tag) + xiri_service(xiri.event_tag));
	if (xcc_parse(body, &xcc) == 0)
		assert(xcc.pdu.p > body.p && xcc.pdu.p + xcc.pdu.n == body.p + body.n);
	if (handover_inner(body, &payload, &is_iri, &has_cin, &cin) == 0)
		assert(handover_payload_kind(payload) == (is_iri ? 1 : 2));
}

/* Two of it under one header. */
static void
group(const struct handover_warrant *w, const struct li_event *ev)
{
	static uint8_t items[2 * PDU_MAX];
	struct ho_record rec;
	int n = handover_item(w, 77, 9, ev, items, PDU_MAX);
	bool iri = ev->class == HO_IRI;

	if (n <= 0)
		return;
	memcpy(items + n, items, (size_t)n);
	assert(handover_group(w, 77, 9, iri, (struct octets){items, (size_t)n}, ev, 1, &rec) == 0);
	if (handover_group(w, 77, 9, iri, (struct octets){items, 2 * (size_t)n}, ev, 1, &rec) == 0)
		check_pdu(ev, &rec, w->crypt != NULL);
}

static struct handover_crypt *
encryption(void)
{
	static const uint8_t key[32];
	static struct handover_crypt *c;

	if (c == NULL)
		c = handover_crypt_new(4, (struct octets){key, sizeof(key)}, 1);
	assert(c != NULL);
	return c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct octets name = {(const uint8_t *)"fuzz", 4};
	struct handover_warrant w;
	struct x23_pdu x = {.nfid = name};
	struct li_event ev = {.pdu = &x, .time_ns = 1767225600123456789, .ts_qualifier = 1};
	struct ho_record rec;
	uint8_t flags;

	in = (struct octets){data, n};
	ev.kind = (enum li_kind)(take8() % (LI_KIND_N + 1));
	ev.class = (enum ho_class)(take8() % (HO_CLASS_N + 1));
	flags = take8();
	ev.direction = take8();
	ev.iri_type = take8();
	ev.link_cin = flags & 2 ? 5 : 0;
	ev.copy = flags & 4;
	assert(handover_warrant_init(&w, name, "NL", NULL, name, name, 43, flags & 1) == 0);
	if (flags & 16)
		w.crypt = encryption();
	take_detail(&ev);
	ev.body = in;
	read_encoded(ev.body);
	if (handover_encode(&w, 77, 9, &ev, &rec) == 0)
		check_pdu(&ev, &rec, w.crypt != NULL);
	if (flags & 8)
		group(&w, &ev);
	return 0;
}
