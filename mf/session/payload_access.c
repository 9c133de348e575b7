/* SPDX-License-Identifier: Apache-2.0 */
/* The course of an access session, and what DHCP and RADIUS share; see payload.h. */
/* clang-format off */
/*   says itself                nothing begun                          session begun
 *   accessAttempt              Report                                 Continue
 *   accessAccept               Begin                                  Continue, as interimUpdate (a renewal, Accounting Start)
 *   accessReject               Report                                 End
 *   accessFailed               Report                                 Continue
 *   interimUpdate              Begin, after an attempt as accessAccept, else as startOfInterceptionWithSessionActive
 *                                                                     Continue
 *   accessEnd, sessionExpired  End                                    End
 *   anything else              Report                                 Continue */
/* clang-format on */
#include "session/payload_access.h"

#include "spec/ts102232_3.h"
#include "spec/ts103221_2.h"

static void
access_phase(struct dialog *d, enum dialog_state phase)
{
	d->state = (uint8_t)((d->state & ~DIALOG_PHASE) | phase);
}

static uint8_t
access_first(uint8_t base, struct li_access *a, struct dialog *d)
{
	switch (base) {
	case ACCESS_ATTEMPT:
		access_phase(d, DIALOG_EARLY);
		return PAYLOAD_REPORT;
	case ACCESS_INTERIM_UPDATE:
		a->event = dialog_phase(d) == DIALOG_EARLY ? ACCESS_ACCEPT : ACCESS_START_ACTIVE;
		access_phase(d, DIALOG_CONFIRMED);
		return PAYLOAD_BEGIN;
	case ACCESS_ACCEPT:
		access_phase(d, DIALOG_CONFIRMED);
		return PAYLOAD_BEGIN;
	case ACCESS_END:
	case ACCESS_EXPIRED:
		access_phase(d, DIALOG_ENDED);
		return PAYLOAD_END;
	default:
		return PAYLOAD_REPORT;
	}
}

uint8_t
payload_access_step(uint8_t base, struct li_access *a, struct dialog *d)
{
	a->event = base;
	if (dialog_phase(d) != DIALOG_CONFIRMED)
		return access_first(base, a, d);
	switch (base) {
	case ACCESS_ACCEPT:
		a->event = ACCESS_INTERIM_UPDATE;
		return PAYLOAD_CONTINUE;
	case ACCESS_REJECT:
	case ACCESS_END:
	case ACCESS_EXPIRED:
		access_phase(d, DIALOG_ENDED);
		return PAYLOAD_END;
	default:
		return PAYLOAD_CONTINUE;
	}
}

struct li_access *
payload_access_clear(struct payload *p, uint8_t auth)
{
	struct li_access *a = &p->detail.access;

	memset(a, 0, sizeof(*a));
	a->event = ACCESS_UNKNOWN;
	a->end_reason = a->assignment = 255;
	a->auth_type = auth;
	a->ip_version = ACCESS_IPV4;
	return a;
}

void
payload_access_event(struct payload *p, struct li_event *ev, struct octets body, uint8_t base)
{
	struct dialog none = {.state = DIALOG_NONE};

	ev->kind = LI_ACCESS;
	ev->class = HO_IRI;
	ev->service = SERVICE_DATA;
	ev->body = body;
	ev->detail = &p->detail.access;
	ev->iri_type = payload_access_step(base, &p->detail.access, &none);
	ev->begins = ev->iri_type == PAYLOAD_BEGIN;
	ev->ends = ev->iri_type == PAYLOAD_END;
	p->detail.access.event = base;
	p->access_event = base;
}

enum reject_code
payload_access_thin(struct payload *p, uint8_t auth)
{
	const struct x23_pdu *pdu = p->ev.pdu;
	struct octets target = pdu->direction == X23_DIR_TO_TARGET ? pdu->dst : pdu->src;
	struct li_access *a = payload_access_clear(p, auth);

	if (target.n == 0)
		target = pdu->src.n > 0 ? pdu->src : pdu->dst;
	if (target.n == 4) {
		a->ip4 = target;
	} else if (target.n == 16) {
		a->ip6 = target;
		a->ip6_prefix_len = 128;
		a->ip_version = ACCESS_IPV6;
	} else {
		return REJECT_PAYLOAD; /* neither payload nor address: nothing to tell */
	}
	payload_name_address(p, NAME_ADDRESS, NAME_SEEK, target, 0);
	payload_access_event(p, &p->ev, pdu->payload, ACCESS_UNKNOWN);
	return REJECT_NONE;
}

/* Octets of the character at the front of IN; 0: not well-formed UTF-8 (RFC 3629), or a control
 * character. */
static size_t
utf8_next(const uint8_t *p, size_t n)
{
	uint8_t c = p[0];
	size_t k;

	if (c < 0x80)
		return c >= 0x20 && c != 0x7f;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	k = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (k > n)
		return 0;
	for (size_t i = 1; i < k; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xf0 && p[1] < 0x90) ||
	    (c == 0xed && p[1] >= 0xa0) || (c == 0xf4 && p[1] >= 0x90) ||
	    (c == 0xc2 && p[1] < 0xa0))
		return 0;
	return k;
}

static struct octets
text_hex(struct payload *p, struct octets in, size_t max)
{
	static const char digit[] = "0123456789abcdef";
	size_t n = in.n < max / 2 ? in.n : max / 2;
	uint8_t *to = payload_scratch(p, 2 * n);

	if (to == NULL)
		return (struct octets){NULL, 0};
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = (uint8_t)digit[in.p[i] >> 4];
		to[2 * i + 1] = (uint8_t)digit[in.p[i] & 15];
	}
	return (struct octets){to, 2 * n};
}

struct octets
payload_text(struct payload *p, struct octets in, size_t max)
{
	size_t at = 0, end = 0;

	while (at < in.n) {
		size_t k = utf8_next(in.p + at, in.n - at);

		if (k == 0)
			return text_hex(p, in, max);
		at += k;
		if (at <= max)
			end = at;
	}
	return (struct octets){in.p, end};
}

struct octets
payload_hardware_text(struct payload *p, struct octets address, struct octets tail)
{
	static const char digit[] = "0123456789abcdef";
	size_t k = address.n < 16 ? address.n : 16, n = k > 0 ? 3 * k - 1 : 0;
	uint8_t *to;

	if (k == 0)
		return tail;
	to = payload_scratch(p, n + (tail.n > 0 ? 1 + tail.n : 0));
	if (to == NULL)
		return tail;
	for (size_t i = 0; i < k; i++) {
		to[3 * i] = (uint8_t)digit[address.p[i] >> 4];
		to[3 * i + 1] = (uint8_t)digit[address.p[i] & 15];
		if (i + 1 < k)
			to[3 * i + 2] = ':';
	}
	if (tail.n > 0) {
		to[n++] = ' ';
		memcpy(to + n, tail.p, tail.n);
		n += tail.n;
	}
	return (struct octets){to, n};
}

static size_t
name_part(uint8_t *to, size_t room, struct octets part)
{
	size_t k = part.n < room - 1 ? part.n : room - 1;

	to[0] = (uint8_t)part.n;
	if (k > 0)
		memcpy(to + 1, part.p, k);
	return k + 1;
}

void
payload_access_name(
    struct payload *p, enum name_act act, char tag, struct octets a, struct octets b)
{
	size_t want = 3 + a.n + b.n, n = 1;
	uint8_t *to;

	if (want > PAYLOAD_NAME_MAX)
		want = PAYLOAD_NAME_MAX;
	to = payload_scratch(p, want);
	if (to == NULL)
		return;
	to[0] = (uint8_t)tag;
	n += name_part(to + n, want - n, a);
	if (n < want)
		n += name_part(to + n, want - n, b);
	payload_name(p, NAME_ACCESS, act, (struct octets){to, n}, false);
}

void
payload_access_unbind(struct payload *p)
{
	for (size_t i = 0, n = p->name_n; i < n; i++)
		if (p->name[i].kind == NAME_ACCESS && p->name[i].act == NAME_BIND)
			payload_name(p, NAME_ACCESS, NAME_UNBIND, p->name[i].a, false);
}

void
payload_name_prefix(struct payload *p, enum name_act act, const uint8_t prefix[16], uint8_t bits)
{
	uint8_t name[17];

	if (bits >= 128) {
		payload_name(p, NAME_ADDRESS, act, (struct octets){prefix, 16}, true);
		return;
	}
	memset(name, 0, sizeof(name));
	memcpy(name, prefix, bits / 8);
	if (bits % 8)
		name[bits / 8] = (uint8_t)(prefix[bits / 8] & (0xff00 >> (bits % 8)));
	/* looked for at 48, 52, 56, 60 and 64 bits: one between is the 2, 4 or 8 that are in it */
	name[16] = bits > 48 && bits < 64 ? (uint8_t)((bits + 3) / 4 * 4) : bits;
	for (unsigned i = 0; i < 1U << (name[16] - bits); i++) {
		unsigned at = name[16] / 8 - (name[16] % 8 == 0), shift = name[16] % 8 ? 4 : 0;

		payload_name(p, NAME_ADDRESS, act, (struct octets){name, sizeof(name)}, true);
		if (name[16] != bits)
			name[at] = (uint8_t)(name[at] + (1U << shift));
	}
}
