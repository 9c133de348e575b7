/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a PDU of any format for a warrant that has narrowed anything.  The first 16 octets
 * of the input choose; the rest is the payload, of which the first N are an attribute area. */
#include "session/scope.h"
#include "spec/ts103221_2.h"

#include <assert.h>

#define CHOICE_N 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

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
	size_t attributes_n = c[4] < rest.n ? c[4] : 0;

	memset(pdu, 0, sizeof(*pdu));
	pdu->type = c[0] & 1 ? X23_TYPE_X2 : X23_TYPE_X3;
	pdu->format = c[1] % (X23_FMT_N + 2);
	pdu->direction = 1 + c[2] % 5;
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
fuzz_warrant(const uint8_t *c, struct task_warrant *w, struct taskset_profile *prof,
    struct taskset_rule *rule)
{
	memset(w, 0, sizeof(*w));
	memset(prof, 0, sizeof(*prof));
	memset(rule, 0, sizeof(*rule));
	w->profile = prof;
	w->rules = rule;
	w->row.content = c[5] % 3;
	w->row.delivery = c[6] & 3;
	w->row.services = c[6] & 4 ? SERVICE_DATA : SERVICE_ANY;
	w->row.metadata = c[6] >> 3 & 1;
	w->row.rule_n = c[6] >> 4 & 1;
	prof->gtp = c[7] % 4;
	prof->ethernet = c[8] % 4;
	prof->ip = c[9] & 1;
	prof->opaque = 1;
	rule->what = 1 + (c[10] & 1);
	rule->kind = 1 + c[11] % 5;
	rule->family = c[12] % 3 == 0 ? 0 : c[12] % 3 == 1 ? 4 : 6;
	rule->a_len = rule->family == 4 ? c[13] % 33 : c[13] % 129;
	rule->b_any = c[12] >> 7;
	rule->services = SERVICE_DATA;
	rule->port_lo = c[14];
	rule->a[0] = 10;
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct payload payload;
	static struct scope_out out;
	static const struct taskset_ne ne = {.opaque = 1};
	const struct scope in = {.ne = &ne, .bound = fuzz_bound};
	struct taskset_profile prof;
	struct taskset_rule rule;
	struct task_warrant w;
	struct x23_pdu pdu;

	if (n < CHOICE_N)
		return 0;
	fuzz_pdu(data, (struct octets){data + CHOICE_N, n - CHOICE_N}, &pdu);
	fuzz_warrant(data, &w, &prof, &rule);
	if (payload_examine(&pdu, 1, &payload) != REJECT_NONE)
		return 0;
	if (scope_is_plain(&payload, &in, &w))
		assert(w.row.content == TASKSET_FULL && w.row.rule_n == 0);
	if (scope_apply(&payload, &in, &w, &out) == REJECT_NONE)
		fuzz_out(&w, &out);
	return 0;
}
