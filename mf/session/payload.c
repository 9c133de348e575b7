/* SPDX-License-Identifier: Apache-2.0 */
/* The table of payload formats; see payload.h. */
#include "session/payload.h"

#include "base/clock.h"
#include "session/mapping_table.h"
#include "spec/ts103221_2.h"

#include <string.h>

typedef enum reject_code (*payload_fn)(const struct x23_pdu *pdu, struct payload *out);

#define ROW(type, format, handler, container, clause, condition, note)                             \
	[X23_FMT_##format][X23_TYPE_##type - X23_TYPE_X2] = payload_##handler,

static const payload_fn payload_table[X23_FMT_N][2] = {MAPPING_TABLE(ROW)};

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

uint8_t *
payload_scratch(struct payload *p, size_t n)
{
	uint8_t *at = p->scratch + p->scratch_n;

	if (n > sizeof(p->scratch) - p->scratch_n)
		return NULL;
	p->scratch_n += n;
	return at;
}

void
payload_name(struct payload *p, enum name_kind kind, enum name_act act, struct octets a, bool copy)
{
	if (a.n == 0 || p->name_n == PAYLOAD_NAMES_MAX)
		return;
	if (a.n > PAYLOAD_NAME_MAX)
		a.n = PAYLOAD_NAME_MAX;
	if (copy) {
		uint8_t *to = payload_scratch(p, a.n);

		if (to == NULL)
			return;
		memcpy(to, a.p, a.n);
		a.p = to;
	}
	p->name[p->name_n++] = (struct li_name){.kind = (uint8_t)kind, .act = (uint8_t)act, .a = a};
}

void
payload_name_address(
    struct payload *p, enum name_kind kind, enum name_act act, struct octets address, uint16_t port)
{
	uint8_t *to;

	if (address.n != 4 && address.n != 16)
		return;
	if (kind == NAME_ADDRESS) {
		payload_name(p, kind, act, address, false);
		return;
	}
	to = payload_scratch(p, address.n + 2);
	if (to == NULL)
		return;
	memcpy(to, address.p, address.n);
	octets_put16(to + address.n, port);
	payload_name(p, kind, act, (struct octets){to, address.n + 2}, false);
}

/* The Correlation ID is the first name of a PDU. */
static void
payload_name_correlation(const struct x23_pdu *pdu, struct payload *out)
{
	out->scratch_n = 8;
	octets_put64(out->scratch, pdu->correlation);
	out->name[0] =
	    (struct li_name){.kind = NAME_CORRELATION, .act = NAME_BIND, .a = {out->scratch, 8}};
	out->name_n = 1;
}

static const struct li_name *
payload_first_bind(const struct payload *p)
{
	for (size_t i = 0; i < p->name_n; i++)
		if (p->name[i].act == NAME_BIND)
			return &p->name[i];
	return NULL;
}

/* Correlation ID when it is not zero; else what the handler set; else the first name that is bound;
 * else (NFID, IPID).  The XID is added by the session table. */
static void
payload_key_choose(const struct x23_pdu *pdu, struct payload *out)
{
	const struct octets none = {NULL, 0};
	const struct li_name *first;

	if (pdu->correlation != 0)
		payload_key_set(out, NAME_CORRELATION, out->name[0].a, none);
	else if (out->key_n == 0 && (first = payload_first_bind(out)) != NULL)
		payload_key_set(out, (char)first->kind, first->a, none);
	else if (out->key_n == 0)
		payload_key_set(out, NAME_POINT, pdu->nfid, pdu->ipid);
	out->ev.key = (struct octets){out->key, out->key_n};
}

/* What is not set by every handler.  Detail, key, names and scratch are large and stay as they are.
 */
static void
payload_clear(struct payload *out)
{
	static const struct octets none;

	memset(&out->ev, 0, sizeof(out->ev));
	out->ev.service = SERVICE_ANY;
	out->more_n = 0;
	out->frame = out->packet = out->gtp = none;
	out->key_n = out->name_n = out->scratch_n = 0;
}

/* The events that came of the same PDU share its time, direction and key. */
static void
payload_more_finish(struct payload *out)
{
	for (size_t i = 0; i < out->more_n; i++) {
		struct li_event *m = &out->more[i];

		m->pdu = out->ev.pdu;
		m->direction = out->ev.direction;
		m->ts_qualifier = out->ev.ts_qualifier;
		m->time_ns = out->ev.time_ns;
		m->recv_ns = out->ev.recv_ns;
		m->key = out->ev.key;
	}
}

enum reject_code
payload_examine(const struct x23_pdu *pdu, int64_t recv_ns, struct payload *out)
{
	struct li_event *ev = &out->ev;
	bool timed = (pdu->present & (UINT32_C(1) << X23_ATTR_TIMESTAMP)) != 0;
	enum reject_code why;
	payload_fn fn;

	if (pdu->type != X23_TYPE_X2 && pdu->type != X23_TYPE_X3)
		return REJECT_TYPE_UNKNOWN;
	if (pdu->direction == X23_DIR_RESERVED || pdu->direction >= sizeof(payload_directions))
		return REJECT_DIRECTION;
	fn = pdu->format < X23_FMT_N ? payload_table[pdu->format][pdu->type - X23_TYPE_X2]
				     : payload_opaque;
	payload_clear(out);
	ev->pdu = pdu;
	ev->body = pdu->payload;
	ev->direction = payload_directions[pdu->direction];
	ev->ts_qualifier = timed ? 1 : 2;
	ev->time_ns = payload_time(pdu, recv_ns);
	ev->recv_ns = recv_ns;
	if (pdu->correlation != 0)
		payload_name_correlation(pdu, out);
	why = fn(pdu, out);
	if (why != REJECT_NONE)
		return why;
	payload_key_choose(pdu, out);
	payload_more_finish(out);
	return REJECT_NONE;
}

void
payload_step_event(struct payload *p, struct li_event *ev, struct dialog *d)
{
	if (ev->class != HO_IRI)
		return;
	if (ev->kind == LI_SIP)
		ev->iri_type = dialog_step(&p->sip, d);
	else if (ev->kind == LI_ACCESS)
		ev->iri_type = payload_access_step(p->access_event, &p->detail.access, d);
	ev->begins = ev->iri_type == PAYLOAD_BEGIN;
	ev->ends = ev->iri_type == PAYLOAD_END;
}

void
payload_step(struct payload *p, struct dialog *d)
{
	payload_step_event(p, &p->ev, d);
}

enum reject_code
payload_reserved(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_TYPE;
}

enum reject_code
payload_forbidden(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_TYPE;
}

/* Proprietary, or of a format that came after this version.  Whether it may go out is decided by
 * the element's row and the profile (scope.h). */
enum reject_code
payload_opaque(const struct x23_pdu *pdu, struct payload *out)
{
	bool iri = pdu->type == X23_TYPE_X2;

	if (pdu->payload.n == 0)
		return pdu->format < X23_FMT_N ? REJECT_PAYLOAD : REJECT_FORMAT_UNKNOWN;
	out->ev.kind = LI_OPAQUE;
	out->ev.class = iri ? HO_IRI : HO_CC;
	out->ev.iri_type = iri ? PAYLOAD_REPORT : 0;
	return REJECT_NONE;
}
