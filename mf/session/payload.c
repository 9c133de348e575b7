/* SPDX-License-Identifier: Apache-2.0 */
/* The table of payload formats; see payload.h. */
#include "session/payload.h"

#include "base/clock.h"
#include "spec/ts103221_2.h"

#include <string.h>

typedef enum reject_code (*payload_fn)(const struct x23_pdu *pdu, struct payload *out);

/* TS 103 221-2 table 5.4.1-1.  NULL: the format is permitted on this type, or may be, but nothing
 * maps it. */
static const struct {
	payload_fn x2, x3;
} payload_table[X23_FMT_N] = {
    [X23_FMT_TS102232_1] = {payload_pspdu, payload_pspdu},
    [X23_FMT_TS33128] = {payload_33128, NULL},
    [X23_FMT_IPV4] = {NULL, payload_ipv4},
    [X23_FMT_IPV6] = {NULL, payload_ipv6},
    [X23_FMT_RTP] = {NULL, payload_rtp},
    [X23_FMT_SIP] = {payload_sip, NULL},
    [X23_FMT_PS_PAYLOAD] = {payload_inner, payload_inner},
};

/* X2/X3 Payload Direction > TS 102 232-1 PayloadDirection (facts, A5). */
static const uint8_t payload_directions[] = {
    [X23_DIR_UNKNOWN] = 2,
    [X23_DIR_TO_TARGET] = 1,
    [X23_DIR_FROM_TARGET] = 0,
    [X23_DIR_COMBINED] = 3,
    [X23_DIR_NOT_APPLICABLE] = 4,
};

int64_t
payload_time(const struct x23_pdu *pdu, int64_t recv_ns)
{
	if ((pdu->present & (UINT32_C(1) << X23_ATTR_TIMESTAMP)) == 0)
		return recv_ns;
	return (int64_t)pdu->ts_s * CLOCK_NS_PER_S + pdu->ts_ns;
}

/* TAG | length of A | A | B: no two pairs give the same octets.  Too long: cut, like the names
 * themselves. */
void
payload_key_set(struct payload *p, char tag, struct octets a, struct octets b)
{
	size_t n = 0;

	if (a.n > 1024)
		a.n = 1024;
	if (b.n > PAYLOAD_KEY_MAX - 3 - a.n)
		b.n = PAYLOAD_KEY_MAX - 3 - a.n;
	p->key[n++] = (uint8_t)tag;
	p->key[n++] = (uint8_t)(a.n >> 8);
	p->key[n++] = (uint8_t)a.n;
	if (a.n > 0)
		memcpy(p->key + n, a.p, a.n);
	n += a.n;
	if (b.n > 0)
		memcpy(p->key + n, b.p, b.n);
	p->key_n = n + b.n;
}

/* Correlation ID when it is not zero; else what the payload named; else (NFID, IPID).  The XID is
 * added by the session table. */
static void
payload_key_choose(const struct x23_pdu *pdu, struct payload *out)
{
	uint8_t id[8];

	if (pdu->correlation != 0) {
		octets_put64(id, pdu->correlation);
		payload_key_set(
		    out, 'C', (struct octets){id, sizeof(id)}, (struct octets){NULL, 0});
	} else if (out->key_n == 0) {
		payload_key_set(out, 'P', pdu->nfid, pdu->ipid);
	}
	out->ev.key = (struct octets){out->key, out->key_n};
}

enum reject_code
payload_examine(const struct x23_pdu *pdu, int64_t recv_ns, struct payload *out)
{
	struct li_event *ev = &out->ev;
	bool timed = (pdu->present & (UINT32_C(1) << X23_ATTR_TIMESTAMP)) != 0;
	enum reject_code why;
	payload_fn fn;

	if (pdu->format >= X23_FMT_N || pdu->format == X23_FMT_RESERVED)
		return REJECT_FORMAT_UNKNOWN;
	fn = pdu->type == X23_TYPE_X2 ? payload_table[pdu->format].x2
				      : payload_table[pdu->format].x3;
	if (fn == NULL)
		return REJECT_FORMAT_NOT_MAPPED;
	if (pdu->direction == X23_DIR_RESERVED || pdu->direction >= sizeof(payload_directions))
		return REJECT_DIRECTION;
	memset(ev, 0, sizeof(*ev));
	out->key_n = 0;
	ev->pdu = pdu;
	ev->body = pdu->payload;
	why = fn(pdu, out);
	if (why != REJECT_NONE)
		return why;
	ev->direction = payload_directions[pdu->direction];
	ev->ts_qualifier = timed ? 1 : 2;
	ev->time_ns = payload_time(pdu, recv_ns);
	ev->recv_ns = recv_ns;
	payload_key_choose(pdu, out);
	return REJECT_NONE;
}

void
payload_step(struct payload *p, struct dialog *d)
{
	struct li_event *ev = &p->ev;

	if (ev->class != HO_IRI)
		return;
	if (ev->kind == LI_SIP)
		ev->iri_type = payload_sip_step(&p->sip, d);
	ev->begins = ev->iri_type == PAYLOAD_BEGIN;
	ev->ends = ev->iri_type == PAYLOAD_END;
}
