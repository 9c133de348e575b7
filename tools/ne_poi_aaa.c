/* SPDX-License-Identifier: Apache-2.0 */
/* Access of a target: RADIUS (format 11), DHCP (10) and GTP-U (12), by their ports. */
#include "spec/ts103221_2.h"
#include "tools/ne_poi_priv.h"

#define PORT_DHCP_SERVER 67
#define PORT_DHCP_CLIENT 68
#define PORT_RADIUS_ACCESS 1812
#define PORT_RADIUS_ACCOUNTING 1813
#define PORT_GTPU 2152

#define RADIUS_HEAD 20
#define DHCP_HEAD 240

static void
emit(struct ne_poi *poi, const struct ne_packet *k, const struct target *t, uint16_t format,
    uint16_t dir, int64_t ts_ns)
{
	struct ne_pdu p;

	ne_pdu_init(&p);
	p.type = format == X23_FMT_GTPU ? X23_TYPE_X3 : X23_TYPE_X2;
	p.format = format;
	p.dir = dir;
	p.corr = t->corr;
	p.ts_ns = ts_ns;
	p.payload = k->l4;
	ne_poi_emit(poi, k, t, &p, true);
}

/* ---- RADIUS */

/* Value of the first attribute of TYPE; empty when there is none. */
static struct octets
radius_attribute(struct octets m, uint8_t type)
{
	size_t at = RADIUS_HEAD;

	while (at + 2 <= m.n && m.p[at + 1] >= 2 && at + m.p[at + 1] <= m.n) {
		if (m.p[at] == type)
			return (struct octets){m.p + at + 2, m.p[at + 1] - 2u};
		at += m.p[at + 1];
	}
	return (struct octets){NULL, 0};
}

/* The user whose request this is, or whose request it answers; targets_n when nobody's. */
static size_t
radius_target(struct ne_poi *poi, const struct ne_packet *k, bool request)
{
	struct octets user = radius_attribute(k->l4, 1);
	uint8_t id = k->l4.p[1];
	size_t i;

	if (!request)
		return poi->requests[id].open && poi->requests[id].port == k->dport &&
			       poi->requests[id].server_port == k->sport &&
			       !memcmp(poi->requests[id].client, k->dst, 16) &&
			       !memcmp(poi->requests[id].server, k->src, 16)
			   ? poi->requests[id].target
			   : poi->targets_n;
	for (i = 0; i < poi->targets_n; i++)
		if (poi->targets[i].kind == TARGET_NAI && user.n > 0 &&
		    user.n == strlen(poi->targets[i].uri) &&
		    memcmp(user.p, poi->targets[i].uri, user.n) == 0)
			break;
	poi->requests[id].open = i < poi->targets_n;
	poi->requests[id].target = i;
	poi->requests[id].port = k->sport;
	poi->requests[id].server_port = k->dport;
	memcpy(poi->requests[id].client, k->src, 16);
	memcpy(poi->requests[id].server, k->dst, 16);
	return i;
}

/* The address is the target's from the acceptance or start to the stop. */
static void
radius_bind(struct target *t, struct octets m)
{
	struct octets address = radius_attribute(m, 8), status = radius_attribute(m, 40);

	if (status.n == 4 && octets_get32(status.p) == 2)
		t->bound = false;
	else if (address.n == 4) {
		memset(t->addr, 0, sizeof(t->addr));
		memcpy(t->addr, address.p, 4);
		t->ip_version = 4;
		t->bound = true;
	}
}

static bool
radius_packet(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	bool request = k->dport == PORT_RADIUS_ACCESS || k->dport == PORT_RADIUS_ACCOUNTING;
	size_t i;

	if (k->l4.n < RADIUS_HEAD)
		return false;
	i = radius_target(poi, k, request);
	if (i == poi->targets_n)
		return false;
	radius_bind(&poi->targets[i], k->l4);
	poi->stats.radius_n++;
	emit(poi, k, &poi->targets[i], X23_FMT_RADIUS,
	    request ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET, ts_ns);
	return true;
}

/* ---- DHCP */

static bool
dhcp_is_of(const struct target *t, struct octets m)
{
	if (t->kind == TARGET_MAC)
		return m.p[1] == 1 && m.p[2] == 6 && memcmp(m.p + 28, t->addr, 6) == 0;
	return t->kind == TARGET_IP && t->ip_version == 4 &&
	       (memcmp(m.p + 12, t->addr, 4) == 0 || memcmp(m.p + 16, t->addr, 4) == 0);
}

static bool
dhcp_packet(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	size_t i;

	if (poi->ethernet && k->frame.n) /* it goes in its frame */
		return false;
	if (k->l4.n < DHCP_HEAD || memcmp(k->l4.p + 236, "\x63\x82\x53\x63", 4))
		return false;
	for (i = 0; i < poi->targets_n && !dhcp_is_of(&poi->targets[i], k->l4); i++)
		;
	if (i == poi->targets_n)
		return false;
	poi->stats.dhcp_n++;
	emit(poi, k, &poi->targets[i], X23_FMT_DHCP,
	    k->l4.p[0] == 1 ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET, ts_ns);
	return true;
}

/* ---- GTP-U */

/* The T-PDU of a G-PDU; empty when there is none. */
static struct octets
gtpu_inner(struct octets m)
{
	size_t at = 8;
	uint8_t next;

	if (m.n < 8 || m.p[0] >> 4 != 3 || m.p[1] != 255)
		return (struct octets){NULL, 0};
	if (m.p[0] & 7) {
		at = 12;
		next = m.n >= 12 && m.p[0] & 4 ? m.p[11] : 0;
		while (next && at < m.n && m.p[at] && at + m.p[at] * 4u <= m.n) {
			at += m.p[at] * 4u;
			next = m.p[at - 1];
		}
	}
	return at < m.n ? (struct octets){m.p + at, m.n - at} : (struct octets){NULL, 0};
}

static bool
gtpu_packet(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	struct octets inner = gtpu_inner(k->l4);
	struct ne_packet in;
	bool from, to;
	size_t i;

	if (!inner.n || ne_packet_parse(NE_LINK_RAW, inner, &in))
		return false;
	for (i = 0; i < poi->targets_n; i++) {
		const struct target *t = &poi->targets[i];

		if ((t->kind != TARGET_IP && !t->bound) || t->ip_version != in.ip_version)
			continue;
		from = memcmp(t->addr, in.src, 16) == 0;
		to = memcmp(t->addr, in.dst, 16) == 0;
		if (!from && !to)
			continue;
		poi->stats.gtpu_n++;
		emit(poi, k, t, X23_FMT_GTPU,
		    from && to ? X23_DIR_COMBINED
		    : from     ? X23_DIR_FROM_TARGET
			       : X23_DIR_TO_TARGET,
		    ts_ns);
		return true;
	}
	return false;
}

static bool
either(const struct ne_packet *k, uint16_t a, uint16_t b)
{
	return k->sport == a || k->dport == a || k->sport == b || k->dport == b;
}

bool
ne_poi_aaa(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	if (k->proto != 17)
		return false;
	if (either(k, PORT_RADIUS_ACCESS, PORT_RADIUS_ACCOUNTING))
		return radius_packet(poi, k, ts_ns);
	if (either(k, PORT_DHCP_SERVER, PORT_DHCP_CLIENT))
		return dhcp_packet(poi, k, ts_ns);
	return k->sport == PORT_GTPU || k->dport == PORT_GTPU ? gtpu_packet(poi, k, ts_ns) : false;
}
