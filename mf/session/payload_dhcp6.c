/* SPDX-License-Identifier: Apache-2.0 */
/* DHCPv6 messages, out of relay messages too; see payload_dhcp.c.  Names: 'D' the client's DUID. */
/* clang-format off */
/*   SOLICIT, ADVERTISE, REQUEST, CONFIRM, RENEW, REBIND   accessAttempt
 *   REPLY with an address or prefix that lives            accessAccept (a renewal becomes interimUpdate)
 *   REPLY with none, and a status that is no success      accessReject
 *   RELEASE, DECLINE                                      accessEnd
 *   anything else                                         unknown */
/* clang-format on */
#include "base/clock.h"
#include "session/payload_access.h"
#include "spec/dhcp.h"
#include "spec/ts102232_3.h"

#include <stdbool.h>

#define LEASES_MAX 8 /* addresses and prefixes of one message that get names */
#define DUID_MAX 130 /* RFC 8415 11.1: type and at most 128 octets */

struct dhcp6_lease {
	const uint8_t *address; /* 16 octets */
	uint8_t bits;		/* 128: an address */
	uint32_t valid_s;	/* 0: not valid (any more) */
};

struct dhcp6 {
	uint8_t type;
	struct octets transaction, client, server, interface, remote, subscriber;
	const uint8_t *fqdn; /* content of option 39 */
	size_t fqdn_n;
	bool failed; /* some status is no success */
	struct dhcp6_lease lease[LEASES_MAX];
	size_t lease_n;
	bool sound; /* some option was whole */
};

static void dhcp6_options(struct dhcp6 *d, struct octets in, unsigned depth);

static void
dhcp6_set(struct octets *to, struct octets v)
{
	if (to->n == 0)
		*to = v;
}

static void
dhcp6_lease(struct dhcp6 *d, const uint8_t *address, uint8_t bits, uint32_t valid_s)
{
	if (d->lease_n < LEASES_MAX && bits > 0 && bits <= 128)
		d->lease[d->lease_n++] = (struct dhcp6_lease){address, bits, valid_s};
}

/* Options that hold options: HEAD octets in front of them. */
static void
dhcp6_within(struct dhcp6 *d, struct octets v, size_t head, unsigned depth)
{
	if (v.n > head && depth < 3)
		dhcp6_options(d, (struct octets){v.p + head, v.n - head}, depth + 1);
}

static void
dhcp6_association(struct dhcp6 *d, uint16_t code, struct octets v, unsigned depth)
{
	switch (code) {
	case DHCP6_IA_NA:
	case DHCP6_IA_PD: /* IAID, T1, T2 */
		dhcp6_within(d, v, 12, depth);
		break;
	case DHCP6_IA_TA: /* IAID */
		dhcp6_within(d, v, 4, depth);
		break;
	case DHCP6_IA_ADDRESS: /* address, preferred and valid lifetime */
		if (v.n >= 24)
			dhcp6_lease(d, v.p, 128, octets_get32(v.p + 20));
		dhcp6_within(d, v, 24, depth);
		break;
	case DHCP6_IA_PREFIX: /* preferred and valid lifetime, length, prefix */
		if (v.n >= 25)
			dhcp6_lease(d, v.p + 9, v.p[8], octets_get32(v.p + 4));
		dhcp6_within(d, v, 25, depth);
		break;
	default:
		break;
	}
}

static void
dhcp6_option(struct dhcp6 *d, uint16_t code, struct octets v, unsigned depth)
{
	switch (code) {
	case DHCP6_CLIENT_ID:
		if (v.n >= 3 && v.n <= DUID_MAX)
			dhcp6_set(&d->client, v);
		break;
	case DHCP6_SERVER_ID:
		dhcp6_set(&d->server, v);
		break;
	case DHCP6_STATUS:
		d->failed |= v.n >= 2 && octets_get16(v.p) != 0;
		break;
	case DHCP6_INTERFACE_ID:
		dhcp6_set(&d->interface, v);
		break;
	case DHCP6_REMOTE_ID: /* RFC 4649 3: enterprise number in front */
		if (v.n > 4)
			dhcp6_set(&d->remote, (struct octets){v.p + 4, v.n - 4});
		break;
	case DHCP6_SUBSCRIBER_ID:
		dhcp6_set(&d->subscriber, v);
		break;
	case DHCP6_FQDN:
		if (d->fqdn == NULL && v.n > 1) {
			d->fqdn = v.p;
			d->fqdn_n = v.n;
		}
		break;
	default:
		dhcp6_association(d, code, v, depth);
		break;
	}
}

/* A broken option ends the area. */
static void
dhcp6_options(struct dhcp6 *d, struct octets in, unsigned depth)
{
	size_t at = 0;

	while (in.n - at >= 4) {
		uint16_t n = octets_get16(in.p + at + 2);

		if (n > in.n - at - 4)
			return;
		d->sound = true;
		dhcp6_option(d, octets_get16(in.p + at), (struct octets){in.p + at + 4, n}, depth);
		at += 4u + n;
	}
}

/* The relayed message among the options of a relay message; what the relay says of the line goes
 * into D. */
static struct octets
dhcp6_relayed(struct dhcp6 *d, struct octets in)
{
	struct octets inner = {NULL, 0};
	size_t at = DHCP6_RELAY_HEADER;

	while (in.n - at >= 4) {
		uint16_t code = octets_get16(in.p + at), n = octets_get16(in.p + at + 2);
		struct octets v = {in.p + at + 4, n};

		if (n > in.n - at - 4)
			break;
		if (code == DHCP6_RELAY_MESSAGE)
			dhcp6_set(&inner, v);
		else
			dhcp6_option(d, code, v, 3);
		at += 4u + n;
	}
	return inner;
}

/* False: no DHCPv6 message.  The relay nearest to the client is the innermost: it is read last, so
 * what it says of the line replaces what was there. */
static bool
dhcp6_parse(struct octets in, struct dhcp6 *d)
{
	memset(d, 0, sizeof(*d));
	for (unsigned hop = 0; in.n >= DHCP6_RELAY_HEADER && hop <= DHCP6_RELAYS_MAX; hop++) {
		if (in.p[0] != DHCP6_RELAY_FORW && in.p[0] != DHCP6_RELAY_REPL)
			break;
		d->interface = d->remote = d->subscriber = (struct octets){NULL, 0};
		in = dhcp6_relayed(d, in);
	}
	if (in.n < DHCP6_HEADER || in.p[0] < DHCP6_SOLICIT || in.p[0] > DHCP6_INFORMATION)
		return false;
	d->type = in.p[0];
	d->transaction = (struct octets){in.p + 1, 3};
	dhcp6_options(d, (struct octets){in.p + DHCP6_HEADER, in.n - DHCP6_HEADER}, 0);
	/* only an information request may come without the name of one side, RFC 8415 18.2.6 */
	return d->client.n > 0 || d->server.n > 0 || (d->sound && d->type == DHCP6_INFORMATION);
}

static const struct dhcp6_lease *
dhcp6_live(const struct dhcp6 *d)
{
	for (size_t i = 0; i < d->lease_n; i++)
		if (d->lease[i].valid_s > 0)
			return &d->lease[i];
	return NULL;
}

static uint8_t
dhcp6_event(const struct dhcp6 *d)
{
	switch (d->type) {
	case DHCP6_SOLICIT:
	case DHCP6_ADVERTISE:
	case DHCP6_REQUEST:
	case DHCP6_CONFIRM:
	case DHCP6_RENEW:
	case DHCP6_REBIND:
		return ACCESS_ATTEMPT;
	case DHCP6_REPLY:
		if (dhcp6_live(d) != NULL)
			return ACCESS_ACCEPT;
		return d->failed ? ACCESS_REJECT : ACCESS_UNKNOWN;
	case DHCP6_RELEASE:
	case DHCP6_DECLINE:
		return ACCESS_END;
	default:
		return ACCESS_UNKNOWN;
	}
}

/* The first name of the domain name, as text with dots; empty when it is not sound. */
static struct octets
dhcp6_host(struct payload *p, const struct dhcp6 *d)
{
	uint8_t *to = d->fqdn_n > 2 ? payload_scratch(p, d->fqdn_n - 1) : NULL;
	size_t n = 0, at = 1; /* behind the flags, RFC 4704 4.1 */

	if (to == NULL)
		return (struct octets){NULL, 0};
	while (
	    at < d->fqdn_n && d->fqdn[at] > 0 && d->fqdn[at] < 64 && d->fqdn[at] < d->fqdn_n - at) {
		if (n > 0)
			to[n++] = '.';
		memcpy(to + n, d->fqdn + at + 1, d->fqdn[at]);
		n += d->fqdn[at];
		at += 1u + d->fqdn[at];
	}
	return payload_text(p, (struct octets){to, n}, 64);
}

/* The hardware address in a DUID, else the DUID. */
static struct octets
dhcp6_hardware(struct octets duid)
{
	uint16_t type = duid.n >= 3 ? octets_get16(duid.p) : 0;

	if (type == DUID_LLT && duid.n > 8)
		return (struct octets){duid.p + 8, duid.n - 8};
	if (type == DUID_LL && duid.n > 4)
		return (struct octets){duid.p + 4, duid.n - 4};
	return duid;
}

static void
dhcp6_fill(struct payload *p, const struct dhcp6 *d, uint8_t base, struct li_access *a)
{
	const struct dhcp6_lease *l = dhcp6_live(d);
	int64_t t = p->ev.time_ns;

	if (l == NULL && d->lease_n > 0 && base == ACCESS_END)
		l = &d->lease[0]; /* a client releases with lifetime 0 */
	a->ip_version = ACCESS_IPV6;
	a->assignment = ACCESS_ASSIGNMENT_DYNAMIC;
	if (l != NULL && (base == ACCESS_ACCEPT || base == ACCESS_END)) {
		a->ip6 = (struct octets){l->address, 16};
		a->ip6_prefix_len = l->bits;
	}
	a->cpe_id = payload_hardware_text(p, dhcp6_hardware(d->client), dhcp6_host(p, d));
	a->port_id = d->interface;
	a->location = payload_text(p, d->remote, 64);
	a->username = d->subscriber;
	if (base == ACCESS_ACCEPT) {
		a->start_ns = t;
		if (l->valid_s != DHCP_LEASE_INFINITE)
			a->expected_end_ns = t + (int64_t)l->valid_s * CLOCK_NS_PER_S;
	} else if (base == ACCESS_END) {
		a->end_ns = t;
		a->end_reason = d->type == DHCP6_RELEASE ? END_REGULAR_LOGOFF : END_UNDEFINED;
	}
}

/* A REPLY may take leases back with lifetime 0. */
static void
dhcp6_names(struct payload *p, const struct dhcp6 *d, uint8_t base)
{
	if (d->client.n > 0) { /* see payload_dhcp.c */
		payload_access_name(p, NAME_BIND, 'D', d->client, p->ev.pdu->nfid);
		payload_access_name(p, NAME_BIND, 'X', d->client, d->transaction);
	}
	if (base == ACCESS_END)
		payload_access_unbind(p);
	for (size_t i = 0; i < d->lease_n; i++) {
		const struct dhcp6_lease *l = &d->lease[i];
		bool gone = base == ACCESS_END || (d->type == DHCP6_REPLY && l->valid_s == 0);

		if (d->type != DHCP6_REPLY && base != ACCESS_END)
			continue; /* only wished for or offered */
		payload_name_prefix(p, gone ? NAME_UNBIND : NAME_MOVE, l->address, l->bits);
	}
}

enum reject_code
payload_access_dhcp6(
    struct payload *p, struct li_event *ev, struct octets in, const struct access_ends *ends)
{
	struct li_access *a;
	struct dhcp6 d;
	uint8_t base;

	(void)ends;
	if (!dhcp6_parse(in, &d))
		return REJECT_PAYLOAD;
	a = payload_access_clear(p, ACCESS_AUTH_DHCP);
	base = dhcp6_event(&d);
	dhcp6_fill(p, &d, base, a);
	dhcp6_names(p, &d, base);
	if (d.client.n > 0) /* see payload_dhcp.c */
		payload_key_set(p, NAME_ACCESS, d.client, d.transaction);
	payload_access_event(p, ev, in, base);
	return REJECT_NONE;
}
