/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of mf/session and of the mediator: a builder of task set images, and X2/X3 PDUs
 * made octet by octet. */
#ifndef SESSION_FIXTURE_H
#define SESSION_FIXTURE_H

#include "flow.h"
#include "session/taskset.h"

#define FIXTURE_NE_MAX 8
#define FIXTURE_STRINGS 65536
#define FIXTURE_PROFILE_MAX 4
#define FIXTURE_RULE_MAX 16
#define FIXTURE_DEST_MAX 4

/* Image under construction; rows may be changed before fixture_image(). */
struct fixture {
	uint64_t version;
	struct taskset_ne ne[FIXTURE_NE_MAX];
	struct taskset_warrant *warrant;
	struct taskset_xid *xid;
	uint32_t *allow;
	struct taskset_profile
	    profile[FIXTURE_PROFILE_MAX]; /* [0]: plain ETSI, set by fixture_init() */
	struct taskset_rule rule[FIXTURE_RULE_MAX];
	struct taskset_dest dest[FIXTURE_DEST_MAX]; /* rows 1 and 2, set by fixture_init() */
	struct taskset_str keys;
	uint32_t ne_n, warrant_n, xid_n, allow_n, profile_n, rule_n, dest_n, strings_n, max;
	char strings[FIXTURE_STRINGS];
};

void fixture_init(struct fixture *f, uint32_t max);
void fixture_fini(struct fixture *f);
/* NE row ID named "ne-<id>" with SAN "ne<id>.example". */
struct taskset_ne *fixture_ne(struct fixture *f, uint32_t id);
/* Warrant row ID of LEA with LIID "L-<id>", IRI and CC, any NE, open window, destinations 1 and 2;
 * XID number X stands for it. */
struct taskset_warrant *fixture_warrant(struct fixture *f, uint32_t id, uint32_t lea, uint32_t x);
/* TEXT in the strings of the image. */
struct taskset_str fixture_str(struct fixture *f, const char *text);
/* One more XID for warrant index W. */
void fixture_add_xid(struct fixture *f, uint32_t x, uint32_t w);
void fixture_xid(uint32_t x, uint8_t xid[16]);
/* Sorted and flat; returns new (free). */
uint8_t *fixture_image(struct fixture *f, size_t *len);

/* What goes into a PDU; zero: left out. */
struct fixture_pdu {
	uint16_t type, format, direction;
	uint32_t x; /* number of the XID */
	uint64_t correlation;
	const char *nfid, *ipid;
	bool numbered;
	uint32_t seq;
	uint32_t ts_s, ts_ns;
	struct octets attributes; /* further ones, encoded */
	struct octets payload;
};

/* Octets to BUF (of CAP), decoded to *out (views into BUF). */
void fixture_pdu(const struct fixture_pdu *f, uint8_t *buf, size_t cap, struct x23_pdu *out);
/* A small IPv4 packet whose content is N and SEED; returns its length. */
size_t fixture_ipv4(uint8_t *buf, size_t n, uint32_t seed);

#endif
