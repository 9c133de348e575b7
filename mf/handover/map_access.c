/* SPDX-License-Identifier: Apache-2.0 */
/* Internet access events > IPIRI, TS 102 232-3 (IPAccessPDU version20).  The AAA message is moved
 * into rawAAAData.  targetIPAddress is the IPv4 address when there is one; then an IPv6 address is
 * the additionalIPAddress.  The called station goes into pOPPhoneNumber; a network identifier that
 * targetNetworkID cuts stands in full in pOPIdentifier, when no MAC needs that place. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_3.h"

#include <errno.h>

static void
put_routes(struct ber *b, const struct li_access *a)
{
	const uint8_t max = sizeof(a->framed_route) / sizeof(a->framed_route[0]);
	size_t mark = ber_mark(b);

	for (uint8_t i = a->framed_route_n < max ? a->framed_route_n : max; i-- > 0;)
		pspdu_octets(b, ROUTE_FRAMED, a->framed_route[i], SIZE_MAX);
	if (ber_mark(b) > mark)
		ber_close(b, IPIRI_ROUTES, mark);
}

static void
put_pop_id(struct ber *b, const struct li_access *a)
{
	size_t mark = ber_mark(b);

	if (a->pop_mac.n == 6)
		ber_octets(b, POP_ID_MAC, a->pop_mac.p, 6);
	else if (a->network_id.n > IPIRI_NETWORK_ID_MAX)
		pspdu_text(b, POP_ID_PRINTABLE, a->network_id, POP_ID_PRINTABLE_MAX);
	if (ber_mark(b) > mark)
		ber_close(b, IPIRI_POP_ID, mark);
}

static void
put_time(struct ber *b, uint8_t id, int64_t time_ns)
{
	if (time_ns)
		pspdu_gtime(b, id, time_ns);
}

static void
put_enum(struct ber *b, uint8_t id, uint8_t v, uint8_t last)
{
	if (v <= last)
		ber_small(b, id, v);
}

static bool
has_both(const struct li_access *a)
{
	return a->ip4.n == 4 && a->ip6.n == 16;
}

/* Members behind rawAAAData. */
static void
put_behind(struct ber *b, const struct li_access *a)
{
	size_t mark;

	put_routes(b, a);
	pspdu_octets(b, IPIRI_PORT_ID, a->port_id, SIZE_MAX);
	put_enum(b, IPIRI_AUTHENTICATION, a->auth_type, IPIRI_AUTHENTICATION_LAST);
	if (has_both(a))
		pspdu_address(
		    b, IPIRI_ADDITIONAL_ADDRESS, a->ip6, a->ip6_prefix_len, a->assignment);
	if (a->country && a->country[0]) {
		mark = ber_mark(b);
		ber_octets(b, NATIONAL_COUNTRY, a->country, 2);
		ber_close(b, IPIRI_NATIONAL, mark);
	}
	pspdu_address(b, IPIRI_POP_ADDRESS, a->pop_ip, PSPDU_PREFIX_ALL, 0);
	put_pop_id(b, a);
	pspdu_text(b, IPIRI_POP_NUMBER, a->callback, IPIRI_POP_NUMBER_MAX);
	put_time(b, IPIRI_EXPECTED_END, a->expected_end_ns);
}

static uint8_t
version_of(const struct li_access *a)
{
	if (a->ip_version >= IPIRI_V4 && a->ip_version <= IPIRI_V4_AND_V6)
		return a->ip_version;
	if (has_both(a))
		return IPIRI_V4_AND_V6;
	return a->ip6.n == 16 ? IPIRI_V6 : IPIRI_V4;
}

/* Members in front of rawAAAData. */
static void
put_front(struct ber *b, const struct li_access *a)
{
	if (a->has_octets) {
		ber_uint64(b, IPIRI_TRANSMITTED, a->octets_out);
		ber_uint64(b, IPIRI_RECEIVED, a->octets_in);
	}
	put_enum(b, IPIRI_END_REASON, a->end_reason, IPIRI_END_REASON_LAST);
	put_time(b, IPIRI_END, a->end_ns);
	put_time(b, IPIRI_START, a->start_ns);
	if (a->has_port)
		ber_uint(b, IPIRI_PORT, a->port);
	pspdu_text(b, IPIRI_LOCATION, a->location, IPIRI_LOCATION_MAX);
	pspdu_text(b, IPIRI_CPE_ID, a->cpe_id, IPIRI_CPE_ID_MAX);
	pspdu_text(b, IPIRI_NETWORK_ID, a->network_id, IPIRI_NETWORK_ID_MAX);
	pspdu_address(
	    b, IPIRI_ADDRESS, a->ip4.n == 4 ? a->ip4 : a->ip6, a->ip6_prefix_len, a->assignment);
	ber_small(b, IPIRI_VERSION, version_of(a));
	ber_small(
	    b, IPIRI_ACCESS_TYPE, a->access_type <= IPIRI_ACCESS_TYPE_LAST ? a->access_type : 0);
	ber_octets(b, IPIRI_USERNAME, a->username.p, a->username.n);
	ber_small(b, IPIRI_EVENT, a->event <= IPIRI_EVENT_LAST ? a->event : IPIRI_EVENT_UNKNOWN);
}

int
map_access(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_3_IPIRI_OID};
	const struct li_access *a = ev->detail;
	size_t mark, raw;

	if (!a)
		return -EBADMSG;
	mark = pspdu_iri_open(b, c, ev, IRI_PAYLOAD_DIRECTION);
	put_behind(b, a);
	raw = ber_mark(b);
	pspdu_body(b, rec, ev->body);
	if (ev->body.n > 0)
		ber_close(b, IPIRI_RAW, raw);
	put_front(b, a);
	ber_close(b, IPIRI_CONTENTS, mark);
	ber_octets(b, IPIRI_OID, oid, sizeof(oid));
	ber_close(b, IRI_IPIRI, mark);
	pspdu_iri_close(b, c, ev, mark);
	return 0;
}
