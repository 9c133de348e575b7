/* SPDX-License-Identifier: Apache-2.0 */
/* DHCP messages (X2 format 10, and inside frames): access events with what the options tell; see
 * payload.h and payload_dhcp6.c.  A message is DHCP when its magic cookie is there, else it is
 * taken as DHCPv6.  The names: 'd' the client's hardware address, whichever server or relay it
 * talks to. */
/* clang-format off */
/*   DISCOVER, OFFER, REQUEST   accessAttempt
 *   ACK of a lease             accessAccept (payload_access.c: a renewal becomes interimUpdate)
 *   NAK                        accessReject
 *   DECLINE, RELEASE           accessEnd
 *   INFORM, ACK of it, others  unknown
 *   BOOTP without a type       accessAttempt, accessAccept */
/* clang-format on */
#include "base/clock.h"
#include "session/payload_access.h"
#include "spec/dhcp.h"
#include "spec/ts102232_3.h"

#include <stdbool.h>

/* Views into the message; of a repeated option the first. */
struct dhcp {
	uint8_t op, type; /* type 0: BOOTP */
	struct octets hardware, host, server, requested, client_id, circuit, remote, subscriber;
	struct octets ciaddr, yiaddr; /* empty when zero */
	struct octets transaction;    /* 4 */
	uint32_t relay;		      /* giaddr; 0: none */
	bool has_lease;
	uint32_t lease_s;
	uint8_t overload;
};

static void
dhcp_set(struct octets *to, struct octets v)
{
	if (to->n == 0)
		*to = v;
}

static void
dhcp_relay(struct dhcp *d, struct octets v)
{
	for (size_t at = 0; v.n - at >= 2 && v.p[at + 1] <= v.n - at - 2; at += 2u + v.p[at + 1]) {
		struct octets sub = {v.p + at + 2, v.p[at + 1]};

		switch (v.p[at]) {
		case DHCP_RELAY_CIRCUIT_ID:
			dhcp_set(&d->circuit, sub);
			break;
		case DHCP_RELAY_REMOTE_ID:
			dhcp_set(&d->remote, sub);
			break;
		case DHCP_RELAY_SUBSCRIBER_ID:
			dhcp_set(&d->subscriber, sub);
			break;
		default:
			break;
		}
	}
}

static void
dhcp_option(struct dhcp *d, uint8_t code, struct octets v)
{
	switch (code) {
	case DHCP_HOST_NAME:
		dhcp_set(&d->host, v);
		break;
	case DHCP_FQDN: /* RFC 4702 2: flags, 2 octets, name; E: not as text */
		if (v.n > 3 && (v.p[0] & 4) == 0)
			dhcp_set(&d->host, (struct octets){v.p + 3, v.n - 3});
		break;
	case DHCP_REQUESTED_ADDRESS:
		if (v.n == 4)
			dhcp_set(&d->requested, v);
		break;
	case DHCP_LEASE_TIME:
		if (v.n == 4 && !d->has_lease) {
			d->has_lease = true;
			d->lease_s = octets_get32(v.p);
		}
		break;
	case DHCP_OVERLOAD:
		if (v.n == 1)
			d->overload |= v.p[0];
		break;
	case DHCP_MESSAGE_TYPE:
		if (v.n == 1 && d->type == 0)
			d->type = v.p[0];
		break;
	case DHCP_SERVER_ID:
		if (v.n == 4)
			dhcp_set(&d->server, v);
		break;
	case DHCP_CLIENT_ID:
		dhcp_set(&d->client_id, v);
		break;
	case DHCP_RELAY_AGENT:
		dhcp_relay(d, v);
		break;
	default:
		break;
	}
}

/* A broken option ends the area. */
static void
dhcp_options(struct dhcp *d, const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (at < n && p[at] != DHCP_END) {
		if (p[at] == DHCP_PAD) {
			at++;
			continue;
		}
		if (n - at < 2 || p[at + 1] > n - at - 2)
			return;
		dhcp_option(d, p[at], (struct octets){p + at + 2, p[at + 1]});
		at += 2u + p[at + 1];
	}
}

static struct octets
dhcp_address(const uint8_t *p)
{
	return (struct octets){p, octets_get32(p) == 0 ? 0 : 4};
}

static bool
dhcp_parse(struct octets in, struct dhcp *d)
{
	uint8_t hlen;

	memset(d, 0, sizeof(*d));
	if (in.n < DHCP_OFF_OPTIONS || octets_get32(in.p + DHCP_OFF_COOKIE) != DHCP_COOKIE)
		return false;
	d->op = in.p[DHCP_OFF_OP];
	if (d->op != DHCP_BOOTREQUEST && d->op != DHCP_BOOTREPLY)
		return false;
	hlen = in.p[DHCP_OFF_HLEN];
	d->hardware = (struct octets){
	    in.p + DHCP_OFF_CHADDR, hlen < DHCP_CHADDR_MAX ? hlen : DHCP_CHADDR_MAX};
	d->transaction = (struct octets){in.p + DHCP_OFF_XID, 4};
	d->relay = octets_get32(in.p + DHCP_OFF_GIADDR);
	d->ciaddr = dhcp_address(in.p + DHCP_OFF_CIADDR);
	d->yiaddr = dhcp_address(in.p + DHCP_OFF_YIADDR);
	dhcp_options(d, in.p + DHCP_OFF_OPTIONS, in.n - DHCP_OFF_OPTIONS);
	if (d->overload & 1)
		dhcp_options(d, in.p + DHCP_OFF_FILE, DHCP_OFF_COOKIE - DHCP_OFF_FILE);
	if (d->overload & 2)
		dhcp_options(d, in.p + DHCP_OFF_SNAME, DHCP_OFF_FILE - DHCP_OFF_SNAME);
	if (d->hardware.n == 0)
		d->hardware = d->client_id; /* RFC 4390: InfiniBand has no room for its address */
	return true;
}

static uint8_t
dhcp_event(const struct dhcp *d)
{
	switch (d->type) {
	case 0:
		return d->op == DHCP_BOOTREQUEST ? ACCESS_ATTEMPT : ACCESS_ACCEPT;
	case DHCP_DISCOVER:
	case DHCP_OFFER:
	case DHCP_REQUEST:
		return ACCESS_ATTEMPT;
	case DHCP_ACK: /* without yiaddr it answers an INFORM, RFC 2131 4.3.5 */
		return d->yiaddr.n > 0 ? ACCESS_ACCEPT : ACCESS_UNKNOWN;
	case DHCP_NAK:
		return ACCESS_REJECT;
	case DHCP_DECLINE:
	case DHCP_RELEASE:
		return ACCESS_END;
	default:
		return ACCESS_UNKNOWN;
	}
}

/* The address that the message is about: assigned, in use, or declined.  One that is only wished
 * for is nobody's. */
static struct octets
dhcp_target(const struct dhcp *d)
{
	if (d->yiaddr.n > 0)
		return d->yiaddr;
	if (d->ciaddr.n > 0)
		return d->ciaddr;
	return d->type == DHCP_DECLINE ? d->requested : d->yiaddr;
}

static void
dhcp_times(const struct payload *p, const struct dhcp *d, uint8_t base, struct li_access *a)
{
	int64_t t = p->ev.time_ns;

	if (base == ACCESS_ACCEPT) {
		a->start_ns = t;
		if (d->has_lease && d->lease_s != DHCP_LEASE_INFINITE)
			a->expected_end_ns = t + (int64_t)d->lease_s * CLOCK_NS_PER_S;
	} else if (base == ACCESS_END) {
		a->end_ns = t;
		a->end_reason = d->type == DHCP_RELEASE ? END_REGULAR_LOGOFF : END_UNDEFINED;
	}
}

/* A device may be in several networks at the same time: its access is where its messages were seen,
 * and the relay in front of it.  What another element sees of it is tied by the transaction. */
static struct octets
dhcp_place(struct payload *p, const struct dhcp *d)
{
	struct octets nfid = p->ev.pdu->nfid;
	uint8_t *to = payload_scratch(p, nfid.n + 4);

	if (to == NULL)
		return nfid;
	if (nfid.n > 0)
		memcpy(to, nfid.p, nfid.n);
	octets_put32(to + nfid.n, d->relay);
	return (struct octets){to, nfid.n + 4};
}

static void
dhcp_names(struct payload *p, const struct dhcp *d, uint8_t base, struct octets target)
{
	enum name_act act = base == ACCESS_ACCEPT ? NAME_MOVE
			    : base == ACCESS_END  ? NAME_UNBIND
						  : NAME_SEEK;

	if (d->hardware.n > 0) {
		payload_access_name(p, NAME_BIND, 'd', d->hardware, dhcp_place(p, d));
		if (octets_get32(d->transaction.p) != 0)
			payload_access_name(p, NAME_BIND, 'x', d->hardware, d->transaction);
	}
	if (base == ACCESS_END) {
		payload_access_unbind(p);
		payload_name_address(p, NAME_ADDRESS, NAME_SEEK, target, 0);
	}
	if (d->type != DHCP_OFFER) /* offered to several, taken from one */
		payload_name_address(p, NAME_ADDRESS, act, target, 0);
}

static void
dhcp_fill(struct payload *p, const struct dhcp *d, uint8_t base, struct li_access *a)
{
	a->ip4 = dhcp_target(d);
	a->assignment = d->type == 0 ? ACCESS_ASSIGNMENT_STATIC : ACCESS_ASSIGNMENT_DYNAMIC;
	a->cpe_id = payload_hardware_text(p, d->hardware, payload_text(p, d->host, 64));
	a->port_id = d->circuit;
	a->location = payload_text(p, d->remote, 64);
	a->username = d->subscriber;
	a->pop_ip = d->server;
	dhcp_times(p, d, base, a);
}

enum reject_code
payload_access_dhcp(
    struct payload *p, struct li_event *ev, struct octets in, const struct access_ends *ends)
{
	struct li_access *a;
	struct dhcp d;
	uint8_t base;

	if (!dhcp_parse(in, &d))
		return payload_access_dhcp6(p, ev, in, ends);
	a = payload_access_clear(p, ACCESS_AUTH_DHCP);
	base = dhcp_event(&d);
	dhcp_fill(p, &d, base, a);
	dhcp_names(p, &d, base, a->ip4);
	/* with the transaction: the next session of the client must not find the last one by its
	 * key; what is still open is found by the name */
	payload_key_set(p, NAME_ACCESS, d.hardware, d.transaction);
	payload_access_event(p, ev, in, base);
	return REJECT_NONE;
}

enum reject_code
payload_dhcp(const struct x23_pdu *pdu, struct payload *out)
{
	const struct access_ends ends = {pdu->src, pdu->dst, pdu->src_port, pdu->dst_port};

	if (pdu->payload.n == 0)
		return payload_access_thin(out, ACCESS_AUTH_DHCP);
	return payload_access_dhcp(out, &out->ev, pdu->payload, &ends);
}
