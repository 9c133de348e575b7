/* SPDX-License-Identifier: Apache-2.0 */
/* The task snapshot in its wire form: one flat, read-only image (memfd) that the admin role
 * builds and the ingest role maps. It replaces the one before it as a whole.  It holds no target
 * identity.  Both ends are the same binary; the header's layout number makes a mix-up an error.
 * Every offset and index is checked by task_load() before it is used.
 *
 * Image: header | ne[ne_n] | warrant[warrant_n] | xid[xid_n], sorted by (xid, warrant) |
 * allow[allow_n] | strings */
#ifndef SESSION_TASKSET_H
#define SESSION_TASKSET_H

#include <stdint.h>

#define TASKSET_MAGIC UINT32_C(0x4f4d5453) /* "OMTS" */
#define TASKSET_LAYOUT 1

struct taskset_hdr {
	uint32_t magic, layout;
	uint64_t version; /* grows by one with every change; shown in status */
	uint32_t ne_n, warrant_n, xid_n, allow_n, strings_n, pad;
};

/* A string: offset into the strings and length in octets; strings are not NUL-terminated. */
struct taskset_str {
	uint32_t off, len;
};

enum taskset_iface {
	TASKSET_X2 = 1,
	TASKSET_X3 = 2
};

struct taskset_ne {
	uint32_t id;
	uint8_t enabled;    /* 0: revoked or switched off; refuse and close */
	uint8_t interfaces; /* bits of taskset_iface */
	uint8_t tls12;	    /* 1: TLS 1.2 is allowed for this peer */
	uint8_t pins_n;	    /* 0..2 */
	uint32_t time_p2_s; /* idle limit, seconds */
	struct taskset_str name;
	struct taskset_str san; /* DNS name or URI that its certificate must carry */
	uint8_t pin[2][32];	/* SHA-256 of SubjectPublicKeyInfo */
};

enum taskset_delivery {
	TASKSET_IRI = 1,
	TASKSET_CC = 2
};

struct taskset_warrant {
	uint32_t id;	     /* database row, the handle in logs and counters */
	uint32_t lea;	     /* LEA row */
	uint8_t delivery;    /* bits of taskset_delivery */
	uint8_t suspended;   /* 1: count, reject, deliver nothing */
	uint8_t any_ne;	     /* 1: every enabled NE may send for it */
	uint8_t gtime;	     /* 1: GeneralizedTime instead of microSecondTimeStamp (LEA profile) */
	uint16_t ps_version; /* last arc of li-psDomainId (LEA profile), 43 */
	uint8_t liid_n;	     /* 1..25 octets */
	uint8_t liid[25];
	char auth_cc[2];		     /* authorizationCountryCode, or NULs */
	char delivery_cc[2];		     /* deliveryCountryCode, or NULs */
	uint8_t operator_n, operator_id[16]; /* operatorIdentifier, 1..16 octets */
	uint8_t neid_n, neid[16];	     /* networkElementIdentifier, 0..16 octets */
	int64_t from_ns, until_ns;	     /* window [from, until) */
	uint32_t dest_hi2, dest_hi3;	     /* destination rows; 0: none */
	uint32_t allow_off, allow_n;	     /* allowed NE ids in allow[] */
};

struct taskset_xid {
	uint8_t xid[16];
	uint32_t warrant; /* index into warrant[] */
	uint32_t pad;
};

#endif
