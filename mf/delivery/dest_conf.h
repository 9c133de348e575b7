/* SPDX-License-Identifier: Apache-2.0 */
/* One destination as the admin role describes it (ROLE_MSG_DESTS); the JSON shape is in
 * destination.h.  Parsing only: no I/O. */
#ifndef DELIVERY_DEST_CONF_H
#define DELIVERY_DEST_CONF_H

#include "handover/handover.h"

#include <jansson.h>

#define DEST_ADDRESSES_MAX 8
#define DEST_PINS_MAX 4

enum ho_level {
	HO_LEVEL_AUTO = 0, /* ask for A, else B */
	HO_LEVEL_A = 1,	   /* PDU acknowledgement, TS 102 232-1 6.3.6 */
	HO_LEVEL_B = 2,	   /* keep-alive barrier, 6.3.4 */
	HO_LEVEL_C = 3	   /* acknowledged by the peer's TCP */
};
const char *ho_level_name(enum ho_level l); /* "auto" "a" "b" "c" */

struct dest_address {
	char host[48]; /* numeric */
	uint16_t port;
};

struct dest_conf {
	uint32_t id;
	char did[40], name[64];
	bool hi2, hi3, enabled;
	bool refused; /* set by the role: it is not as it was signed */
	bool tls, tls12;
	struct dest_address address[DEST_ADDRESSES_MAX];
	size_t address_n;
	char server_name[256]; /* SAN the LEMF's certificate must carry; empty: any of the CA */
	uint8_t pin[DEST_PINS_MAX][32];
	size_t pin_n;
	enum ho_level level;
	uint32_t time1_ms, time2_ms, time3_ms; /* TIME1 0: no keep-alives in silence */
	uint32_t barrier_ms, barrier_len;
	uint32_t backoff_min_ms, backoff_max_ms;
	uint32_t connect_ms; /* limit of TCP connect and TLS handshake together */
	struct handover_warrant filler;
};

/* Fill *c from J.  Returns 0, or -EINVAL with the reason in WHY (at least 160 octets). */
int dest_conf_parse(const json_t *j, struct dest_conf *c, char *why, size_t why_len);
/* True when a connection made with A need not be closed for B (all but name and DID are the same).
 */
bool dest_conf_same_link(const struct dest_conf *a, const struct dest_conf *b);

#endif
