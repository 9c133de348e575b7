/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about packets and PDUs; see scope.h. */
#include "session/scope_priv.h"
#include "spec/ts103221_2.h"

/* What a rule says of an event.  UNKNOWN: there is nothing to compare with. */
enum verdict {
	NO,
	YES,
	UNKNOWN
};

static bool
scope_prefix_eq(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits & 7;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

/* ADDRESS is in the prefix; family 0 holds every address. */
static bool
scope_in_net(uint8_t family, const uint8_t *net, uint8_t len, struct octets address)
{
	return family == 0 || (len <= address.n * 8 && scope_prefix_eq(net, address.p, len));
}

static bool
scope_port_ok(const struct taskset_rule *r, uint16_t port)
{
	uint16_t hi = r->port_hi < r->port_lo ? r->port_lo : r->port_hi;

	return (r->port_lo == 0 && hi == 0) || (port >= r->port_lo && port <= hi);
}

/* A at the end X, B at the end Y. */
static bool
scope_net_ends(const struct taskset_rule *r, struct octets x, uint16_t x_port, struct octets y)
{
	return scope_in_net(r->family, r->a, r->a_len, x) && scope_port_ok(r, x_port) &&
	       (r->b_any || scope_in_net(r->family, r->b, r->b_len, y));
}

static bool
scope_net_match(const struct taskset_rule *r, const struct packet *p)
{
	if (p->version == 0 || (r->family != 0 && r->family != p->version) ||
	    (r->proto != 0 && r->proto != p->proto))
		return false;
	if ((r->port_lo != 0 || r->port_hi != 0) && !p->has_ports)
		return false;
	return scope_net_ends(r, p->src, p->src_port, p->dst) ||
	       scope_net_ends(r, p->dst, p->dst_port, p->src);
}

bool
scope_rule_match(const struct taskset_rule *r, const struct packet *pkt, const uint8_t *src_mac,
    const uint8_t *dst_mac, uint16_t service)
{
	switch (r->kind) {
	case TASKSET_RULE_NET:
		return scope_net_match(r, pkt);
	case TASKSET_RULE_MAC:
		return (src_mac != NULL && memcmp(src_mac, r->a, 6) == 0) ||
		       (dst_mac != NULL && memcmp(dst_mac, r->a, 6) == 0);
	case TASKSET_RULE_SERVICE:
		return service != SERVICE_ANY && (service & r->services) != 0;
	}
	return false;
}

static bool
scope_bound(const struct scope_at *at, const struct packet *p)
{
	return p->version != 0 && at->in->bound != NULL &&
	       (at->in->bound(at->w, p->src, at->in->arg) ||
		   at->in->bound(at->w, p->dst, at->in->arg));
}

static enum verdict
scope_id_verdict(struct scope_at *at, const struct taskset_rule *r)
{
	if (!at->hashed) {
		at->id_n = scope_ids(at->p->ev.pdu, at->id, SCOPE_IDS_MAX);
		at->hashed = true;
	}
	if (at->id_n == 0)
		return UNKNOWN;
	for (size_t i = 0; i < at->id_n; i++)
		if (memcmp(at->id[i], r->a, 16) == 0)
			return YES;
	return NO;
}

/* The MAC of the client that a DHCP message speaks of, as its name has it: 'd', length, octets. */
static const uint8_t *
scope_client(const struct scope_at *at)
{
	for (size_t i = 0; i < at->p->name_n; i++) {
		struct octets a = at->p->name[i].a;

		if (at->p->name[i].kind == NAME_ACCESS && a.n >= 8 && a.p[0] == 'd' && a.p[1] == 6)
			return a.p + 2;
	}
	return NULL;
}

static bool
scope_is_client(const struct scope_at *at, const struct taskset_rule *r)
{
	const uint8_t *mac = scope_client(at);

	return r->kind == TASKSET_RULE_MAC && mac != NULL && memcmp(mac, r->a, 6) == 0;
}

/* What R says by the packet; only for CC, packet headers, and IRI in a frame. */
static enum verdict
scope_packet_verdict(struct scope_at *at, const struct taskset_rule *r, uint16_t service)
{
	const struct scope_out *o = at->out;

	scope_look(at);
	if (r->kind == TASKSET_RULE_BOUND)
		return scope_bound(at, &o->pkt) || scope_bound(at, &o->inner) ? YES : NO;
	return scope_rule_match(r, &o->pkt, at->src_mac, at->dst_mac, service) ||
		       scope_rule_match(r, &o->inner, NULL, NULL, service) || scope_is_client(at, r)
		   ? YES
		   : NO;
}

/* What R says by the addresses that access IRI binds.  A prefix counts as far as both go. */
static enum verdict
scope_name_verdict(const struct scope_at *at, const struct taskset_rule *r)
{
	enum verdict v = UNKNOWN;

	for (size_t i = 0; i < at->p->name_n; i++) {
		struct octets a = at->p->name[i].a;
		unsigned bits = r->a_len;

		if (at->p->name[i].kind != NAME_ADDRESS || (a.n != 4 && a.n != 16 && a.n != 17))
			continue;
		v = v == UNKNOWN ? NO : v;
		if (r->family != 0 && r->family != (a.n == 4 ? 4 : 6))
			continue;
		if (a.n == 17 && a.p[16] < bits)
			bits = a.p[16];
		if (r->family == 0 || (bits <= a.n * 8 && scope_prefix_eq(r->a, a.p, bits)))
			return YES;
	}
	return v;
}

static bool
scope_is_packet(const struct li_event *ev)
{
	return ev->class != HO_IRI || ev->kind == LI_HEADER;
}

/* Who says that it is the target's: for IRI the element that sends it, unless it was found in a
 * frame, as content is. */
static bool
scope_is_seen(const struct scope_at *at, const struct li_event *ev)
{
	return scope_is_packet(ev) || (ev->kind == LI_ACCESS && at->frame.n > 0);
}

static enum verdict
scope_target_verdict(struct scope_at *at, const struct taskset_rule *r, const struct li_event *ev)
{
	if (r->kind == TASKSET_RULE_ID)
		return scope_id_verdict(at, r);
	if (scope_is_packet(ev))
		return scope_packet_verdict(at, r, ev->service);
	if (r->kind == TASKSET_RULE_NET && ev->kind == LI_ACCESS)
		return scope_name_verdict(at, r);
	if (r->kind == TASKSET_RULE_MAC && at->frame.n > 0)
		return scope_packet_verdict(at, r, ev->service);
	if (r->kind == TASKSET_RULE_MAC && scope_client(at) != NULL)
		return scope_is_client(at, r) ? YES : NO;
	return UNKNOWN;
}

bool
scope_is_target(struct scope_at *at, const struct li_event *ev)
{
	bool any = false, unknown = false;

	for (uint32_t i = 0; i < at->w->row.rule_n; i++) {
		const struct taskset_rule *r = &at->w->rules[i];
		enum verdict v;

		if (r->what != TASKSET_RULE_TARGET)
			continue;
		any = true;
		v = scope_target_verdict(at, r, ev);
		if (v == YES)
			return true;
		unknown |= v == UNKNOWN;
	}
	return !any || (unknown && !scope_is_seen(at, ev));
}

static bool
scope_excluded_by(
    struct scope_at *at, const struct li_event *ev, const struct taskset_rule *rules, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct taskset_rule *r = &rules[i];

		if (r->what != TASKSET_RULE_EXCLUDE || r->kind == TASKSET_RULE_BOUND)
			continue;
		if (r->kind == TASKSET_RULE_ID ? scope_id_verdict(at, r) == YES
					       : scope_packet_verdict(at, r, ev->service) == YES)
			return true;
	}
	return false;
}

bool
scope_is_excluded(struct scope_at *at, const struct li_event *ev)
{
	const struct taskset_ne *ne = at->in->ne;

	if (!scope_is_packet(ev))
		return false;
	if (scope_excluded_by(at, ev, at->w->rules, at->w->row.rule_n))
		return true;
	return ne != NULL && ne->rule_n > 0 &&
	       scope_excluded_by(at, ev, task_ne_rules(at->in->tasks, ne), ne->rule_n);
}
