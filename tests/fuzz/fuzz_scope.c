/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a PDU of any format for a warrant that has narrowed anything.
 *
 * Input: 16 octets that choose PDU, warrant, profile and element, two rules of 8 octets, then the
 * attribute area (as long as octet 4 says), and the payload. */
#include "session/scope.h"
#include "spec/ts103221_2.h"

#include <assert.h>

#define CHOICE_N 16
#define RULE_N 8
#define RULES 2
#define HEAD_N (CHOICE_N + RULES * RULE_N)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const mime_types[] = {
    "",
    "message/rfc822",
    "message/cpim",
    "application/vnd.3gpp.sms",
    "application/vnd.wap.mms-message",
    "application/vnd.openmdf.event+json",
    "multipart/mixed; boundary=b",
    "text/plain",
};

static bool
fuzz_bound(const struct task_warrant *w, struct octets address, void *arg)
{
	(void)w;
	(void)arg;
	return address.n > 0 && address.p[address.n - 1] & 1;
}

static void
fuzz_pdu(const uint8_t *c, struct octets rest, struct x23_pdu *pdu)
{
	static const uint8_t address[16] = {10, 0, 0, 1};
	const char *type = mime_types[c[0] >> 1 & 7];
	size_t attributes_n = c[4] < rest.n ? c[4] : 0;

	memset(pdu, 0, sizeof(*pdu));
	pdu->type = c[0] & 1 ? X23_TYPE_X2 : X23_TYPE_X3;
	pdu->format = c[1] % (X23_FMT_N + 2);
	pdu->direction = 1 + c[2] % 5;
	pdu->mime_type = (struct octets){(const uint8_t *)type, strlen(type)};
	pdu->attributes = (struct octets){rest.p, attributes_n};
	pdu->payload = (struct octets){rest.p + attributes_n, rest.n - attributes_n};
	if (c[3] & 1)
		pdu->src = (struct octets){address, c[3] & 2 ? 4 : 16};
	if (c[3] & 4)
		pdu->dst = (struct octets){address, c[3] & 8 ? 4 : 16};
	if (c[3] & 16)
		pdu->present |= UINT32_C(1) << X23_ATTR_IP_PROTO;
	pdu->ip_proto = c[15];
	pdu->dst_port = 2152;
}

static void
fuzz_rule(const uint8_t *c, const struct x23_pdu *pdu, struct taskset_rule *r)
{
	static const uint8_t sent_to[6] = {2, 2, 2, 2, 2, 2};
	uint8_t ids[SCOPE_IDS_MAX][16];

	r->what = 1 + (c[0] & 1);
	r->kind = 1 + (c[0] >> 1) % 6; /* one more than there are */
	r->family = c[1] % 3 == 0 ? 0 : c[1] % 3 == 1 ? 4 : 6;
	r->b_any = c[1] >> 7;
	r->a_len = r->family == 4 ? c[2] % 33 : c[2] % 129;
	r->b_len = r->family == 4 ? c[3] % 33 : c[3] % 129;
	r->proto = c[4];
	r->services = (uint16_t)(1 << c[5] % 10);
	r->port_lo = c[6];
	r->port_hi = c[7];
	r->a[0] = r->b[0] = 10;
	r->a[3] = r->b[3] = c[1] & 0x40 ? 1 : 0;
	if (r->kind == TASKSET_RULE_MAC && c[1] & 0x40)
		memcpy(r->a, sent_to, sizeof(sent_to));
	if (r->kind == TASKSET_RULE_ID && c[1] & 0x40 && scope_ids(pdu, ids, SCOPE_IDS_MAX) > 0)
		memcpy(r->a, ids[0], sizeof(ids[0]));
}

static void
fuzz_warrant(
    const uint8_t *c, struct task_warrant *w, struct taskset_profile *prof, struct taskset_ne *ne)
{
	memset(w, 0, sizeof(*w));
	memset(prof, 0, sizeof(*prof));
	memset(ne, 0, sizeof(*ne));
	w->profile = prof;
	w->row.content = c[5] % 3;
	w->row.delivery = c[6] & 3;
	w->row.services = c[6] & 4 ? SERVICE_DATA : SERVICE_ANY;
	w->row.metadata = c[6] >> 3 & 1;
	w->row.rule_n = c[6] >> 4 & 3;
	w->row.rule_n = w->row.rule_n < RULES ? w->row.rule_n : RULES;
	prof->gtp = c[7] % 4;
	prof->ethernet = c[8] % 4;
	prof->ip = c[9] & 1;
	prof->opaque = c[9] >> 1 & 1;
	ne->opaque = c[10] & 1;
	ne->unwrap = c[10] >> 1 & 1;
}

/* What goes out can be read to its end, and is no CC for one who gets no content. */
static void
fuzz_out(const struct task_warrant *w, const struct scope_out *out)
{
	unsigned odd = 0;

	assert(out->n <= SCOPE_EVENTS_MAX && (out->n > 0 || out->summarise));
	for (size_t i = 0; i < out->n; i++) {
		const struct li_event *ev = &out->ev[i];

		for (size_t k = 0; k < ev->body.n; k++)
			odd += ev->body.p[k] & 1;
		assert(w->row.content == TASKSET_FULL || ev->class == HO_IRI);
		assert(w->row.services == SERVICE_ANY || ev->service == 0 ||
		       (ev->service & w->row.services));
		assert(odd <= UINT32_MAX / 2);
	}
}

/* What needs no shaping is what went in. */
static void
fuzz_plain(const struct payload *p, const struct scope *in, const struct task_warrant *w,
    const struct scope_out *out, enum reject_code why)
{
	if (!scope_is_plain(p, in, w))
		return;
	assert(w->row.content == TASKSET_FULL && w->row.rule_n == 0);
	assert(why == REJECT_NONE && out->n == 1 && !out->summarise);
	assert(out->ev[0].kind == p->ev.kind && out->ev[0].body.p == p->ev.body.p &&
	       out->ev[0].body.n == p->ev.body.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct payload payload;
	static struct scope_out out;
	struct taskset_ne ne;
	const struct scope in = {.ne = &ne, .bound = fuzz_bound};
	struct taskset_profile prof;
	struct taskset_rule rules[RULES] = {0};
	struct task_warrant w;
	struct x23_pdu pdu;
	enum reject_code why;

	if (n < HEAD_N)
		return 0;
	fuzz_pdu(data, (struct octets){data + HEAD_N, n - HEAD_N}, &pdu);
	fuzz_warrant(data, &w, &prof, &ne);
	for (size_t i = 0; i < RULES; i++)
		fuzz_rule(data + CHOICE_N + i * RULE_N, &pdu, &rules[i]);
	w.rules = rules;
	if (payload_examine(&pdu, 1, &payload) != REJECT_NONE)
		return 0;
	why = scope_apply(&payload, &in, &w, &out);
	assert(why != REJECT_NONE || out.n > 0 || out.summarise);
	if (why == REJECT_NONE)
		fuzz_out(&w, &out);
	fuzz_plain(&payload, &in, &w, &out, why);
	return 0;
}
