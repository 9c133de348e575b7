/* SPDX-License-Identifier: Apache-2.0 */
/* RADIUS messages (X2 format 11, and inside frames): access events with what the attributes tell;
 * see payload.h.  The message itself moves whole as rawAAAData, hidden passwords included, as they
 * are hidden on the wire; the agency has no secret to open them with.
 *
 * A reply says little of what it answers.  Names tie the two: 'r' client and identifier (the
 * element's name when the addresses are not known), 'i' Acct-Session-Id at its NAS, 't' the line
 * (calling station, port or user) at its NAS until its session has an Acct-Session-Id, 'u' the
 * user.  The newest request owns 'r' and 'u'.
 */
/* clang-format off */
/*   Access-Request, -Challenge                accessAttempt
 *   Access-Accept, Accounting Start           accessAccept (payload_access.c: Begin once)
 *   Access-Reject                             accessReject
 *   Interim-Update, CoA-, Disconnect-Request  interimUpdate: the end itself comes as Accounting Stop
 *   Stop                                      accessEnd, sessionExpired when its time was over
 *   Failed                                    accessFailed
 *   anything else                             unknown */
/* clang-format on */
#include "base/clock.h"
#include "session/payload_access.h"
#include "spec/radius.h"
#include "spec/ts102232_3.h"

#include <stddef.h>

enum radius_kind {
	R_SKIP = 0,
	R_TEXT, /* struct octets */
	R_U32,
	R_IP4,	  /* struct octets of 4 */
	R_IP6,	  /* of 16 */
	R_ID,	  /* of 8: interface identifier */
	R_PREFIX, /* struct octets: reserved, length, prefix */
	R_ROUTE,
	R_VENDOR
};

enum radius_number {
	N_PORT,
	N_PORT_TYPE,
	N_STATUS,
	N_DELAY,
	N_IN,
	N_OUT,
	N_IN_GIGA,
	N_OUT_GIGA,
	N_TIME,
	N_CAUSE,
	N_EVENT_TIME,
	N_TIMEOUT,
	RADIUS_NUMBERS
};

/* Views into the message; of a repeated attribute the first. */
struct radius {
	uint8_t code, identifier;
	struct octets user, nas4, nas6, nas_id, calling, called, session_id, port_id, ip4, ip6,
	    interface, prefix, delegated, circuit, remote;
	struct octets route[4];
	uint8_t route_n;
	uint32_t has; /* bit (1 << n) for the n-th number below */
	uint32_t number[RADIUS_NUMBERS];
};

#define TO(field) offsetof(struct radius, field)
#define NUMBER(n) (offsetof(struct radius, number) + sizeof(uint32_t) * (n))

static const struct {
	uint16_t kind, off;
} radius_table[256] = {
    [RADIUS_USER_NAME] = {R_TEXT, TO(user)},
    [RADIUS_NAS_IP_ADDRESS] = {R_IP4, TO(nas4)},
    [RADIUS_NAS_PORT] = {R_U32, NUMBER(N_PORT)},
    [RADIUS_FRAMED_IP_ADDRESS] = {R_IP4, TO(ip4)},
    [RADIUS_FRAMED_ROUTE] = {R_ROUTE, 0},
    [RADIUS_VENDOR_SPECIFIC] = {R_VENDOR, 0},
    [RADIUS_SESSION_TIMEOUT] = {R_U32, NUMBER(N_TIMEOUT)},
    [RADIUS_CALLED_STATION_ID] = {R_TEXT, TO(called)},
    [RADIUS_CALLING_STATION_ID] = {R_TEXT, TO(calling)},
    [RADIUS_NAS_IDENTIFIER] = {R_TEXT, TO(nas_id)},
    [RADIUS_ACCT_STATUS_TYPE] = {R_U32, NUMBER(N_STATUS)},
    [RADIUS_ACCT_DELAY_TIME] = {R_U32, NUMBER(N_DELAY)},
    [RADIUS_ACCT_INPUT_OCTETS] = {R_U32, NUMBER(N_IN)},
    [RADIUS_ACCT_OUTPUT_OCTETS] = {R_U32, NUMBER(N_OUT)},
    [RADIUS_ACCT_SESSION_ID] = {R_TEXT, TO(session_id)},
    [RADIUS_ACCT_SESSION_TIME] = {R_U32, NUMBER(N_TIME)},
    [RADIUS_ACCT_TERMINATE_CAUSE] = {R_U32, NUMBER(N_CAUSE)},
    [RADIUS_ACCT_INPUT_GIGAWORDS] = {R_U32, NUMBER(N_IN_GIGA)},
    [RADIUS_ACCT_OUTPUT_GIGAWORDS] = {R_U32, NUMBER(N_OUT_GIGA)},
    [RADIUS_EVENT_TIMESTAMP] = {R_U32, NUMBER(N_EVENT_TIME)},
    [RADIUS_NAS_PORT_TYPE] = {R_U32, NUMBER(N_PORT_TYPE)},
    [RADIUS_NAS_PORT_ID] = {R_TEXT, TO(port_id)},
    [RADIUS_NAS_IPV6_ADDRESS] = {R_IP6, TO(nas6)},
    [RADIUS_FRAMED_INTERFACE_ID] = {R_ID, TO(interface)},
    [RADIUS_FRAMED_IPV6_PREFIX] = {R_PREFIX, TO(prefix)},
    [RADIUS_DELEGATED_IPV6_PREFIX] = {R_PREFIX, TO(delegated)},
    [RADIUS_FRAMED_IPV6_ADDRESS] = {R_IP6, TO(ip6)},
};

/* NAS-Port-Type (RFC 2865 5.41 and the registry) > InternetAccessType; what is not here is
 * undefined. */
static const uint8_t access_types[] = {
    [0] = ACCESS_TYPE_DIAL_UP,	      /* Async */
    [1] = ACCESS_TYPE_DIAL_UP,	      /* Sync */
    [2] = ACCESS_TYPE_DIAL_UP,	      /* ISDN Sync */
    [3] = ACCESS_TYPE_DIAL_UP,	      /* ISDN Async V.120 */
    [4] = ACCESS_TYPE_DIAL_UP,	      /* ISDN Async V.110 */
    [6] = ACCESS_TYPE_WIRELESS_OTHER, /* PIAFS */
    [9] = ACCESS_TYPE_DIAL_UP,	      /* X.75 */
    [11] = ACCESS_TYPE_XDSL,	      /* SDSL */
    [12] = ACCESS_TYPE_XDSL,	      /* ADSL-CAP */
    [13] = ACCESS_TYPE_XDSL,	      /* ADSL-DMT */
    [14] = ACCESS_TYPE_XDSL,	      /* IDSL */
    [15] = ACCESS_TYPE_LAN,	      /* Ethernet */
    [16] = ACCESS_TYPE_XDSL,	      /* xDSL */
    [17] = ACCESS_TYPE_CABLE,
    [18] = ACCESS_TYPE_WIRELESS_OTHER,
    [19] = ACCESS_TYPE_WIRELESS_LAN,   /* IEEE 802.11 */
    [20] = ACCESS_TYPE_LAN,	       /* Token Ring */
    [21] = ACCESS_TYPE_LAN,	       /* FDDI */
    [22] = ACCESS_TYPE_WIRELESS_OTHER, /* CDMA2000 */
    [23] = ACCESS_TYPE_WIRELESS_OTHER, /* UMTS */
    [24] = ACCESS_TYPE_WIRELESS_OTHER, /* 1X-EV */
    [25] = ACCESS_TYPE_WIRELESS_LAN,   /* IAPP */
    [26] = ACCESS_TYPE_FTTX,	       /* FTTP */
    [27] = ACCESS_TYPE_WIMAX,	       /* IEEE 802.16 */
    [28] = ACCESS_TYPE_WIRELESS_OTHER, /* IEEE 802.20 */
    [29] = ACCESS_TYPE_WIRELESS_OTHER, /* IEEE 802.22 */
    [30] = ACCESS_TYPE_XDSL,	       /* PPPoA */
    [31] = ACCESS_TYPE_XDSL,	       /* PPPoEoA */
    [32] = ACCESS_TYPE_LAN,	       /* PPPoEoE */
    [33] = ACCESS_TYPE_LAN,	       /* PPPoEoVLAN */
    [34] = ACCESS_TYPE_LAN,	       /* PPPoEoQinQ */
    [35] = ACCESS_TYPE_FTTX,	       /* xPON */
    [36] = ACCESS_TYPE_WIRELESS_OTHER, /* XGP */
    [37] = ACCESS_TYPE_WIMAX,
    [38] = ACCESS_TYPE_WIMAX,
    [39] = ACCESS_TYPE_WIMAX,
    [40] = ACCESS_TYPE_WIMAX,
};

/* Acct-Terminate-Cause (RFC 2866 5.10) > EndReason; what is not here is undefined. */
static const uint8_t end_reasons[] = {
    [1] = END_REGULAR_LOGOFF,	  /* User Request */
    [2] = END_CONNECTION_LOSS,	  /* Lost Carrier */
    [3] = END_CONNECTION_LOSS,	  /* Lost Service */
    [4] = END_CONNECTION_TIMEOUT, /* Idle Timeout */
    [5] = END_CONNECTION_TIMEOUT, /* Session Timeout */
    [8] = END_CONNECTION_LOSS,	  /* Port Error */
    [9] = END_CONNECTION_LOSS,	  /* NAS Error */
    [11] = END_CONNECTION_LOSS,	  /* NAS Reboot */
    [15] = END_CONNECTION_LOSS,	  /* Service Unavailable */
    [18] = END_REGULAR_LOGOFF,	  /* Host Request */
};
#define CAUSE_SESSION_TIMEOUT 5

static bool
radius_has(const struct radius *r, enum radius_number n)
{
	return (r->has & UINT32_C(1) << n) != 0;
}

static uint32_t
radius_number(const struct radius *r, enum radius_number n)
{
	return r->number[n];
}

static void
radius_view(struct radius *r, size_t off, struct octets v)
{
	struct octets *to = (struct octets *)(void *)((char *)r + off);

	if (to->n == 0)
		*to = v;
}

static void
radius_vendor(struct radius *r, struct octets v)
{
	if (v.n < 4 || octets_get32(v.p) != RADIUS_VENDOR_DSL)
		return;
	for (size_t at = 4; v.n - at >= 2 && v.p[at + 1] >= 2 && v.p[at + 1] <= v.n - at;
	     at += v.p[at + 1]) {
		struct octets sub = {v.p + at + 2, v.p[at + 1] - 2u};

		if (v.p[at] == RADIUS_DSL_CIRCUIT_ID)
			radius_view(r, TO(circuit), sub);
		else if (v.p[at] == RADIUS_DSL_REMOTE_ID)
			radius_view(r, TO(remote), sub);
	}
}

static void
radius_attribute(struct radius *r, uint8_t type, struct octets v)
{
	size_t off = radius_table[type].off;
	unsigned n;

	switch ((enum radius_kind)radius_table[type].kind) {
	case R_SKIP:
		break;
	case R_TEXT:
		radius_view(r, off, v);
		break;
	case R_U32:
		n = (unsigned)((off - offsetof(struct radius, number)) / sizeof(uint32_t));
		if (v.n == 4 && !radius_has(r, (enum radius_number)n)) {
			r->number[n] = octets_get32(v.p);
			r->has |= UINT32_C(1) << n;
		}
		break;
	case R_IP4:
		if (v.n == 4)
			radius_view(r, off, v);
		break;
	case R_IP6:
		if (v.n == 16)
			radius_view(r, off, v);
		break;
	case R_ID:
		if (v.n == 8)
			radius_view(r, off, v);
		break;
	case R_PREFIX: /* no more octets than 16, no fewer than the length says */
		if (v.n >= 2 && v.n <= 18 && v.p[1] <= 128 && (v.p[1] + 7u) / 8 <= v.n - 2)
			radius_view(r, off, v);
		break;
	case R_ROUTE:
		if (r->route_n < 4 && v.n > 0)
			r->route[r->route_n++] = v;
		break;
	case R_VENDOR:
		radius_vendor(r, v);
		break;
	}
}

/* False: no RADIUS header.  A broken attribute ends the list. */
static bool
radius_parse(struct octets in, struct radius *r)
{
	size_t n, at;

	memset(r, 0, sizeof(*r));
	if (in.n < RADIUS_HEADER)
		return false;
	n = octets_get16(in.p + 2);
	if (n < RADIUS_HEADER || n > in.n || in.p[0] == 0)
		return false;
	r->code = in.p[0];
	r->identifier = in.p[1];
	for (at = RADIUS_HEADER; n - at >= 2; at += in.p[at + 1]) {
		uint8_t len = in.p[at + 1];

		if (len < 2 || len > n - at)
			break;
		radius_attribute(r, in.p[at], (struct octets){in.p + at + 2, len - 2u});
	}
	return true;
}

static uint8_t
radius_accounting(const struct radius *r)
{
	if (!radius_has(r, N_STATUS))
		return ACCESS_UNKNOWN;
	switch (radius_number(r, N_STATUS)) {
	case RADIUS_ACCT_START:
		return ACCESS_ACCEPT;
	case RADIUS_ACCT_STOP:
		return radius_number(r, N_CAUSE) == CAUSE_SESSION_TIMEOUT ? ACCESS_EXPIRED
									  : ACCESS_END;
	case RADIUS_ACCT_INTERIM:
		return ACCESS_INTERIM_UPDATE;
	case RADIUS_ACCT_FAILED:
		return ACCESS_FAILED;
	default:
		return ACCESS_UNKNOWN;
	}
}

static uint8_t
radius_event(const struct radius *r)
{
	switch (r->code) {
	case RADIUS_ACCESS_REQUEST:
	case RADIUS_ACCESS_CHALLENGE:
		return ACCESS_ATTEMPT;
	case RADIUS_ACCESS_ACCEPT:
		return ACCESS_ACCEPT;
	case RADIUS_ACCESS_REJECT:
		return ACCESS_REJECT;
	case RADIUS_ACCOUNTING_REQUEST:
		return radius_accounting(r);
	case RADIUS_DISCONNECT_REQUEST:
	case RADIUS_COA_REQUEST:
		return ACCESS_INTERIM_UPDATE;
	default:
		return ACCESS_UNKNOWN;
	}
}

static bool
radius_is_request(const struct radius *r)
{
	return r->code == RADIUS_ACCESS_REQUEST || r->code == RADIUS_ACCOUNTING_REQUEST ||
	       r->code == RADIUS_STATUS_SERVER || r->code == RADIUS_DISCONNECT_REQUEST ||
	       r->code == RADIUS_COA_REQUEST;
}

/* 16 octets of a prefix attribute, the rest zero; NULL when there is no room. */
static uint8_t *
radius_prefix(struct payload *p, struct octets v)
{
	uint8_t *to = payload_scratch(p, 16);

	if (to != NULL) {
		memset(to, 0, 16);
		if (v.n > 2)
			memcpy(to, v.p + 2, v.n - 2);
	}
	return to;
}

/* The one address or prefix of IPv6 for which there is a place: the address, else the prefix, with
 * the interface identifier an address too, else the delegated prefix. */
static void
radius_ip6(struct payload *p, const struct radius *r, struct li_access *a)
{
	struct octets v = r->prefix.n > 0 ? r->prefix : r->delegated;
	uint8_t *to;

	if (r->ip6.n == 16) {
		a->ip6 = r->ip6;
		a->ip6_prefix_len = 128;
		return;
	}
	if (v.n == 0 || v.p[1] == 0 || (to = radius_prefix(p, v)) == NULL)
		return;
	a->ip6 = (struct octets){to, 16};
	a->ip6_prefix_len = v.p[1];
	if (r->prefix.n > 0 && r->interface.n == 8 && v.p[1] <= 64) {
		memcpy(to + 8, r->interface.p, 8);
		a->ip6_prefix_len = 128;
	}
}

static void
radius_addresses(struct payload *p, const struct radius *r, struct li_access *a)
{
	uint32_t ip4 = r->ip4.n == 4 ? octets_get32(r->ip4.p) : 0;

	if (ip4 != 0 && ip4 != RADIUS_ADDRESS_USER && ip4 != RADIUS_ADDRESS_NAS)
		a->ip4 = r->ip4;
	radius_ip6(p, r, a);
	a->ip_version = a->ip6.n == 0	? ACCESS_IPV4
			: a->ip4.n == 0 ? ACCESS_IPV6
					: ACCESS_IPV4_AND_6;
	a->framed_route_n = r->route_n;
	memcpy(a->framed_route, r->route, sizeof(a->framed_route));
}

static void
radius_place(struct payload *p, const struct radius *r, struct li_access *a)
{
	uint32_t type = radius_has(r, N_PORT_TYPE) ? radius_number(r, N_PORT_TYPE) : UINT32_MAX;

	a->access_type = type < sizeof(access_types) ? access_types[type] : ACCESS_TYPE_UNDEFINED;
	a->username = r->user;
	a->network_id = payload_text(p, r->nas_id, 128);
	a->cpe_id = payload_text(p, r->calling, 128);
	a->callback = payload_text(p, r->called, 20);
	a->location = payload_text(p, r->remote, 64);
	a->has_port = radius_has(r, N_PORT);
	a->port = radius_number(r, N_PORT);
	a->port_id = r->port_id.n > 0 ? r->port_id : r->circuit;
	a->pop_ip = r->nas4.n > 0 ? r->nas4 : r->nas6;
}

/* When it happened: Event-Timestamp, else the time of the PDU less Acct-Delay-Time. */
static int64_t
radius_time(const struct payload *p, const struct radius *r)
{
	if (radius_has(r, N_EVENT_TIME))
		return (int64_t)radius_number(r, N_EVENT_TIME) * CLOCK_NS_PER_S;
	return p->ev.time_ns - (int64_t)radius_number(r, N_DELAY) * CLOCK_NS_PER_S;
}

/* Input is what the port received, so what the target sent (RFC 2866 5.3). */
static void
radius_account(const struct payload *p, const struct radius *r, uint8_t base, struct li_access *a)
{
	int64_t t = radius_time(p, r);
	uint32_t cause = radius_has(r, N_CAUSE) ? radius_number(r, N_CAUSE) : 0;

	a->has_octets = radius_has(r, N_IN) || radius_has(r, N_OUT);
	a->octets_out = (uint64_t)radius_number(r, N_IN_GIGA) << 32 | radius_number(r, N_IN);
	a->octets_in = (uint64_t)radius_number(r, N_OUT_GIGA) << 32 | radius_number(r, N_OUT);
	if (base == ACCESS_ACCEPT) {
		a->start_ns = t;
		if (radius_has(r, N_TIMEOUT))
			a->expected_end_ns =
			    t + (int64_t)radius_number(r, N_TIMEOUT) * CLOCK_NS_PER_S;
	} else if (radius_has(r, N_TIME)) {
		a->start_ns = t - (int64_t)radius_number(r, N_TIME) * CLOCK_NS_PER_S;
	}
	if (base != ACCESS_END && base != ACCESS_EXPIRED)
		return;
	a->end_ns = t;
	a->end_reason = cause < sizeof(end_reasons) ? end_reasons[cause] : END_UNDEFINED;
}

static void
radius_name_reply(struct payload *p, const struct radius *r, const struct access_ends *ends)
{
	bool request = radius_is_request(r);
	struct octets client = request ? ends->src : ends->dst;
	uint8_t id[3] = {r->identifier};

	if (client.n > 0)
		octets_put16(id + 1, request ? ends->src_port : ends->dst_port);
	else
		client = p->ev.pdu->nfid;
	payload_access_name(
	    p, request ? NAME_MOVE : NAME_SEEK, 'r', client, (struct octets){id, sizeof(id)});
}

static void
radius_name_address(struct payload *p, enum name_act act, const struct radius *r)
{
	const struct octets prefix[] = {r->prefix, r->delegated};

	payload_name_address(p, NAME_ADDRESS, act, p->detail.access.ip4, 0);
	payload_name_address(p, NAME_ADDRESS, act, r->ip6, 0);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *to;

		if (prefix[i].n < 2 || prefix[i].p[1] == 0)
			continue;
		to = radius_prefix(p, prefix[i]);
		if (to != NULL)
			payload_name_prefix(p, act, to, prefix[i].p[1]);
	}
}

/* What names the line and its session; both are numbered by the NAS. */
static void
radius_name_line(struct payload *p, const struct radius *r, uint8_t base)
{
	struct octets nas = r->nas4.n > 0 ? r->nas4 : r->nas6.n > 0 ? r->nas6 : r->nas_id;
	struct octets line = r->calling.n > 0 ? r->calling : r->port_id;
	uint8_t port[4];

	if (r->session_id.n > 0)
		payload_access_name(
		    p, NAME_BIND, 'i', nas.n > 0 ? nas : p->ev.pdu->nfid, r->session_id);
	if (line.n == 0 && radius_has(r, N_PORT)) {
		octets_put32(port, radius_number(r, N_PORT));
		line = (struct octets){port, sizeof(port)};
	}
	if (line.n == 0)
		line = r->user;
	if (nas.n == 0 || line.n == 0)
		return;
	/* an attempt belongs to its line until it has a session of its own: the next one of the
	 * line, or of the user, is another one */
	payload_access_name(p, r->session_id.n > 0 ? NAME_SEEK : NAME_BIND, 't', nas, line);
	if (r->session_id.n > 0 &&
	    (base == ACCESS_ACCEPT || base == ACCESS_END || base == ACCESS_EXPIRED))
		payload_access_name(p, NAME_UNBIND, 't', nas, line);
}

/* The user alone is a last resort: a user may have several accesses at the same time. */
static void
radius_name_user(struct payload *p, const struct radius *r, const struct access_ends *ends)
{
	const struct octets none = {NULL, 0};
	bool change = r->code == RADIUS_COA_REQUEST || r->code == RADIUS_DISCONNECT_REQUEST;

	if (r->user.n == 0)
		return;
	if (radius_is_request(r) && !change)
		payload_access_name(p, NAME_MOVE, 'u', r->user, none);
	else if (r->session_id.n == 0 && (change || ends->dst.n == 0))
		payload_access_name(p, NAME_SEEK, 'u', r->user, none);
}

static void
radius_names(
    struct payload *p, const struct radius *r, const struct access_ends *ends, uint8_t base)
{
	bool end = base == ACCESS_END || base == ACCESS_EXPIRED;

	radius_name_reply(p, r, ends);
	radius_name_line(p, r, base);
	if (r->code == RADIUS_COA_REQUEST || r->code == RADIUS_DISCONNECT_REQUEST)
		radius_name_address(p, NAME_SEEK, r);
	radius_name_user(p, r, ends);
	if (end) {
		payload_access_unbind(p);
		radius_name_address(p, NAME_UNBIND, r);
	} else if (base == ACCESS_ACCEPT || base == ACCESS_INTERIM_UPDATE) {
		radius_name_address(p, NAME_MOVE, r);
	}
}

/* A line has one session after another: the next one must not find the last one by its key.  So the
 * key of a request without Acct-Session-Id is its authenticator, which is never used again (RFC
 * 2865 3); what is still open is found by the names. */
static void
radius_key(struct payload *p, const struct radius *r, struct octets in)
{
	if (radius_is_request(r) && r->session_id.n == 0)
		payload_key_set(p, NAME_ACCESS, (struct octets){in.p + 4, 16}, r->user);
}

enum reject_code
payload_access_radius(
    struct payload *p, struct li_event *ev, struct octets in, const struct access_ends *ends)
{
	struct li_access *a;
	struct radius r;
	uint8_t base;

	if (!radius_parse(in, &r))
		return REJECT_PAYLOAD;
	a = payload_access_clear(p, ACCESS_AUTH_RADIUS);
	base = radius_event(&r);
	radius_place(p, &r, a);
	radius_addresses(p, &r, a);
	radius_account(p, &r, base, a);
	radius_names(p, &r, ends, base);
	radius_key(p, &r, in);
	payload_access_event(p, ev, in, base);
	return REJECT_NONE;
}

enum reject_code
payload_radius(const struct x23_pdu *pdu, struct payload *out)
{
	const struct access_ends ends = {pdu->src, pdu->dst, pdu->src_port, pdu->dst_port};

	if (pdu->payload.n == 0)
		return payload_access_thin(out, ACCESS_AUTH_RADIUS);
	return payload_access_radius(out, &out->ev, pdu->payload, &ends);
}
