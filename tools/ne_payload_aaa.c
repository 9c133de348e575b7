/* SPDX-License-Identifier: Apache-2.0 */
/* Invented access signalling: DHCP exchanges (RFC 2131, 2132) and RADIUS sessions (RFC 2865, 2866,
 * 2869, 3162).  The addresses are those of the stream's packets. */
#include "spec/ts103221_2.h"
#include "tools/ne_payload.h"
#include <stdio.h>

struct writer {
	uint8_t *o;
	size_t n;
};

/* ---- DHCP */

#define DHCP_MIN 300 /* RFC 951: a BOOTP message is never shorter */

enum dhcp_type {
	DHCP_DISCOVER = 1,
	DHCP_OFFER = 2,
	DHCP_REQUEST = 3,
	DHCP_ACK = 5,
	DHCP_RELEASE = 7
};

static const struct {
	uint8_t type;
	bool reply, bound; /* bound: the client uses its address (ciaddr) */
} dhcp_steps[NE_DHCP_STEPS] = {
    {DHCP_DISCOVER, false, false},
    {DHCP_OFFER, true, false},
    {DHCP_REQUEST, false, false},
    {DHCP_ACK, true, false},
    {DHCP_REQUEST, false, true},
    {DHCP_ACK, true, true},
    {DHCP_RELEASE, false, true},
};

static const uint8_t server[4] = {192, 0, 2, 67};

static void
near_address(uint32_t stream, uint8_t out[4])
{
	out[0] = 10;
	out[1] = (uint8_t)(stream >> 8);
	out[2] = (uint8_t)stream;
	out[3] = 1;
}

static void
near_mac(uint32_t stream, uint8_t out[6])
{
	memset(out, 0, 6);
	out[0] = 2;
	out[4] = (uint8_t)(stream >> 8);
	out[5] = (uint8_t)stream;
}

static void
put_option(struct writer *w, uint8_t code, const void *value, size_t n)
{
	w->o[w->n++] = code;
	w->o[w->n++] = (uint8_t)n;
	memcpy(w->o + w->n, value, n);
	w->n += n;
}

static void
put_reply_options(struct writer *w)
{
	static const uint8_t lease[4] = {0, 0, 0x0e, 0x10}, mask[4] = {255, 255, 255, 0},
			     router[4] = {10, 0, 0, 254}, dns[4] = {192, 0, 2, 53};

	put_option(w, 54, server, 4);
	put_option(w, 51, lease, 4);
	put_option(w, 1, mask, 4);
	put_option(w, 3, router, 4);
	put_option(w, 6, dns, 4);
}

static void
put_request_options(struct writer *w, unsigned step, uint32_t stream, const uint8_t address[4])
{
	static const uint8_t wanted[] = {1, 3, 6, 15, 51};
	char host[16];

	if (dhcp_steps[step].type == DHCP_REQUEST && !dhcp_steps[step].bound) {
		put_option(w, 50, address, 4);
		put_option(w, 54, server, 4);
	} else if (dhcp_steps[step].type == DHCP_RELEASE) {
		put_option(w, 54, server, 4);
	}
	put_option(w, 12, host, (size_t)snprintf(host, sizeof(host), "ne%u", stream));
	if (dhcp_steps[step].type != DHCP_RELEASE)
		put_option(w, 55, wanted, sizeof(wanted));
}

/* Client identifier (61) and relay agent information (82) with a circuit id. */
static void
put_identity(struct writer *w, const uint8_t mac[6], uint32_t stream)
{
	uint8_t id[7] = {1}, relay[16] = {1};
	int n;

	memcpy(id + 1, mac, 6);
	put_option(w, 61, id, sizeof(id));
	n = snprintf((char *)relay + 2, sizeof(relay) - 2, "port%u", stream % 10000);
	relay[1] = (uint8_t)n;
	put_option(w, 82, relay, (size_t)n + 2);
}

size_t
ne_payload_dhcp(struct ne_payload_key key, size_t size, uint8_t *out, uint16_t *dir)
{
	unsigned step = (unsigned)(key.k % NE_DHCP_STEPS);
	uint64_t lease = key.k / NE_DHCP_STEPS;
	uint8_t address[4], type = dhcp_steps[step].type;
	struct writer w = {out, 240};

	if (size < DHCP_MIN)
		size = DHCP_MIN;
	*dir = dhcp_steps[step].reply ? X23_DIR_TO_TARGET : X23_DIR_FROM_TARGET;
	near_address(key.stream, address);
	memset(out, 0, size);
	out[0] = dhcp_steps[step].reply ? 2 : 1;
	out[1] = 1;
	out[2] = 6;
	octets_put32(out + 4, (uint32_t)ne_payload_call(key.seed, key.stream,
				  lease * 3 + (step < 4	     ? 0
						  : step < 6 ? 1
							     : 2)));
	if (dhcp_steps[step].bound)
		memcpy(out + 12, address, 4);
	if (dhcp_steps[step].reply)
		memcpy(out + 16, address, 4);
	near_mac(key.stream, out + 28);
	memcpy(out + 236, "\x63\x82\x53\x63", 4);
	put_option(&w, 53, &type, 1);
	if (dhcp_steps[step].reply)
		put_reply_options(&w);
	else
		put_request_options(&w, step, key.stream, address);
	put_identity(&w, out + 28, key.stream);
	out[w.n] = 255;
	return size;
}

/* ---- RADIUS */

#define RADIUS_HEAD 20

enum radius_code {
	RADIUS_ACCESS_REQUEST = 1,
	RADIUS_ACCESS_ACCEPT = 2,
	RADIUS_ACCOUNTING_REQUEST = 4,
	RADIUS_ACCOUNTING_RESPONSE = 5
};

static const struct {
	uint8_t code;
	uint8_t status; /* Acct-Status-Type */
} radius_steps[NE_RADIUS_STEPS] = {
    {RADIUS_ACCESS_REQUEST, 0},
    {RADIUS_ACCESS_ACCEPT, 0},
    {RADIUS_ACCOUNTING_REQUEST, 1},
    {RADIUS_ACCOUNTING_RESPONSE, 0},
    {RADIUS_ACCOUNTING_REQUEST, 3},
    {RADIUS_ACCOUNTING_RESPONSE, 0},
    {RADIUS_ACCOUNTING_REQUEST, 2},
    {RADIUS_ACCOUNTING_RESPONSE, 0},
};

static void
put_avp(struct writer *w, uint8_t type, const void *value, size_t n)
{
	w->o[w->n++] = type;
	w->o[w->n++] = (uint8_t)(n + 2);
	memcpy(w->o + w->n, value, n);
	w->n += n;
}

static void
put_avp32(struct writer *w, uint8_t type, uint32_t v)
{
	uint8_t o[4];

	octets_put32(o, v);
	put_avp(w, type, o, 4);
}

static void
put_avp_text(struct writer *w, uint8_t type, const char *text)
{
	put_avp(w, type, text, strlen(text));
}

/* What the target was given: Framed-IP-Address, Framed-IPv6-Prefix 2001:db8:S::/64. */
static void
put_framed(struct writer *w, uint32_t stream)
{
	uint8_t address[4], prefix[10] = {0, 64, 0x20, 0x01, 0x0d, 0xb8};

	near_address(stream, address);
	put_avp(w, 8, address, 4);
	octets_put32(prefix + 6, stream);
	put_avp(w, 97, prefix, sizeof(prefix));
}

/* Who asks for whom: NAS, port, caller and user. */
static void
put_caller(struct writer *w, uint32_t stream)
{
	static const uint8_t nas[4] = {192, 0, 2, 12};
	uint8_t mac[6];
	char text[48];

	snprintf(text, sizeof(text), "ne%u@isp.invalid", stream);
	put_avp_text(w, 1, text);
	put_avp(w, 4, nas, 4);
	put_avp_text(w, 32, "bras-1");
	put_avp32(w, 5, stream);
	put_avp32(w, 61, 15); /* NAS-Port-Type: Ethernet */
	snprintf(text, sizeof(text), "eth 1/%u", stream);
	put_avp_text(w, 87, text);
	near_mac(stream, mac);
	snprintf(text, sizeof(text), "%02x-%02x-%02x-%02x-%02x-%02x", mac[0], mac[1], mac[2],
	    mac[3], mac[4], mac[5]);
	put_avp_text(w, 31, text);
	put_avp_text(w, 30, "isp");
}

static void
put_accounting(struct writer *w, uint8_t status, const char *session, uint32_t stream)
{
	uint32_t part = status == 1 ? 0 : status == 3 ? 1 : 2;

	put_avp32(w, 40, status);
	put_avp_text(w, 44, session);
	put_avp32(w, 45, 1); /* Acct-Authentic: RADIUS */
	put_framed(w, stream);
	put_avp32(w, 55, 1767225600 + part * 600); /* Event-Timestamp */
	if (status == 1)
		return;
	put_avp32(w, 46, part * 600);
	put_avp32(w, 42, part * 10000);
	put_avp32(w, 43, part * 90000);
	put_avp32(w, 52, 0);
	put_avp32(w, 53, part - 1);
	if (status == 2)
		put_avp32(w, 49, 1); /* Acct-Terminate-Cause: User-Request */
}

size_t
ne_payload_radius(struct ne_payload_key key, uint8_t *out, uint16_t *dir)
{
	unsigned step = (unsigned)(key.k % NE_RADIUS_STEPS);
	uint64_t session = key.k / NE_RADIUS_STEPS;
	struct writer w = {out, RADIUS_HEAD};
	uint8_t code = radius_steps[step].code;
	char id[32];

	*dir = step % 2 ? X23_DIR_TO_TARGET : X23_DIR_FROM_TARGET;
	snprintf(id, sizeof(id), "%010u-%llu", key.stream, (unsigned long long)session);
	out[0] = code;
	out[1] = (uint8_t)(key.k / 2 + key.stream * 4u); /* the answer repeats it */
	ne_payload_body(key, out + 4, 16);		 /* authenticator */
	if (code == RADIUS_ACCESS_REQUEST) {
		put_caller(&w, key.stream);
		put_avp(&w, 2, "0123456789abcdef", 16); /* User-Password, hidden */
		put_avp32(&w, 6, 2);			/* Service-Type: Framed */
		put_avp32(&w, 7, 1);			/* Framed-Protocol: PPP */
		put_avp_text(&w, 44, id);
	} else if (code == RADIUS_ACCESS_ACCEPT) {
		put_avp32(&w, 6, 2);
		put_framed(&w, key.stream);
		put_avp32(&w, 27, 86400); /* Session-Timeout */
		put_avp_text(&w, 25, id);
	} else if (code == RADIUS_ACCOUNTING_REQUEST) {
		put_caller(&w, key.stream);
		put_accounting(&w, radius_steps[step].status, id, key.stream);
	}
	octets_put16(out + 2, (uint16_t)w.n);
	return w.n;
}
