/* SPDX-License-Identifier: Apache-2.0 */
/* The task snapshot in its wire form: one flat, read-only image (memfd) that the admin role
 * builds and the ingest role maps. It replaces the one before it as a whole.  Of target identities
 * it holds addresses that a warrant checks packets against, and hashes of all others.  Both ends
 * are the same binary; the header's layout number makes a mix-up an error. Every offset and index
 * is checked by task_load() before it is used.
 *
 * Image: header | ne[ne_n] | warrant[warrant_n] | xid[xid_n], sorted by (xid, warrant) |
 * allow[allow_n] | profile[profile_n] | rule[rule_n] | dest[dest_n], sorted by id | strings */
#ifndef SESSION_TASKSET_H
#define SESSION_TASKSET_H

#include <stdint.h>

#define TASKSET_MAGIC UINT32_C(0x4f4d5453) /* "OMTS" */
#define TASKSET_LAYOUT 5

/* A string: offset into the strings and length in octets; strings are not NUL-terminated. */
struct taskset_str {
	uint32_t off, len;
};

struct taskset_hdr {
	uint32_t magic, layout;
	uint64_t version; /* grows by one with every change; shown in status */
	uint32_t ne_n, warrant_n, xid_n, allow_n, profile_n, rule_n, strings_n, dest_n;
	struct taskset_str keys; /* the chain of key lists: JSON array of envelopes, see
				    trust/keylist.h; empty: none */
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
	struct taskset_str san; /* DNS name or URI that its certificate must carry; of a group: a
				   pattern with one '*', which stands for one or more characters
				   without '.' (DNS) or '/' (URI) */
	uint8_t group;	 /* 1: many elements with certificates of that pattern; they come and go */
	uint8_t opaque;	 /* 1: format 4 and unknown formats are handed on as they are when the
			    LEA's profile takes them */
	uint8_t unwrap;	 /* 1: packets come in tunnels of the operator's own: the innermost one is
			    handed  over (GRE, VXLAN, IP in IP, GTP-U) */
	char country[2]; /* where it stands, or NULs */
	uint32_t rule_off, rule_n; /* exclusions of this NE in rule[] */
	uint8_t pin[2][32];	   /* SHA-256 of SubjectPublicKeyInfo */
};

enum taskset_delivery {
	TASKSET_IRI = 1,
	TASKSET_CC = 2
};

enum taskset_content {
	TASKSET_FULL = 0,
	TASKSET_HEADERS = 1, /* CC becomes packet header reports in HI2; no payload octet is kept */
	TASKSET_SUMMARY = 2  /* CC becomes summary reports per flow and interval */
};

#define TASKSET_COUNTRIES 8

/* A rule about packets or PDUs. */
enum taskset_rule_what {
	TASKSET_RULE_EXCLUDE = 1, /* what matches is left out, counted, announced */
	TASKSET_RULE_TARGET = 2	  /* when a warrant has such rules, one of them must match */
};
enum taskset_rule_kind {
	TASKSET_RULE_NET = 1,	  /* one end (B_LEN 0 and B_ANY) or both ends of the packet */
	TASKSET_RULE_MAC = 2,	  /* A[0..5] is source or destination of the frame */
	TASKSET_RULE_ID = 3,	  /* A: first 16 octets of SHA-256 of the normal form
				     "kind:value" of a target identifier (attribute 17 or 18), see
				     spec/target_form.h */
	TASKSET_RULE_SERVICE = 4, /* bits of SERVICES */
	TASKSET_RULE_BOUND = 5	  /* TARGET only: an address bound to the target's access session */
};
struct taskset_rule {
	uint8_t what, kind;
	uint8_t family;	      /* NET: 4 or 6; 0: any address, ports and protocol decide */
	uint8_t a_len, b_len; /* NET: prefix lengths in bits */
	uint8_t b_any;	      /* NET: 1: only A counts, for either end; 0: A at one end and B at
				 the other */
	uint8_t proto;	      /* NET: IP protocol; 0: any */
	uint8_t pad;
	uint16_t services;	   /* SERVICE: bits of enum li_service */
	uint16_t port_lo, port_hi; /* NET: of either end, with A's address when that is given; 0,0:
				      any */
	uint8_t a[16], b[16];
};

enum taskset_gtp {
	TASKSET_GTP_UNWRAP = 0,	  /* IPCC of the packet inside */
	TASKSET_GTP_UPF = 1,	  /* threeGPP33128DefinedCC uPFCCPDU: the GTP-U message */
	TASKSET_GTP_EXTENDED = 2, /* extendedUPFCCPDU: the packet, with QFI */
	TASKSET_GTP_EPS = 3	  /* ePSCC: a CC-PDU of TS 33.108 around the packet */
};
enum taskset_ethernet {
	TASKSET_ETHERNET_AUTO = 0, /* IPCC when the warrant's only service is data, else L2CC */
	TASKSET_ETHERNET_L2 = 1,
	TASKSET_ETHERNET_IP = 2, /* frames without IP: L2CC */
	TASKSET_ETHERNET_UPF = 3 /* uPFEthernetCC */
};
enum taskset_ip {
	TASKSET_IP_IPCC = 0,
	TASKSET_IP_UPF = 1 /* extendedUPFCCPDU, uPFIPCC */
};
enum taskset_copies {
	TASKSET_COPIES_DROP = 0, /* deliver one, count the others with their NEs */
	TASKSET_COPIES_MARK = 1, /* deliver all, later ones with interceptionPointID "COPY" */
	TASKSET_COPIES_PASS = 2
};
enum taskset_integrity {
	TASKSET_INTEGRITY_NONE = 0,
	TASKSET_INTEGRITY_HASH = 1,
	TASKSET_INTEGRITY_SIGNED = 2 /* hashes, and signatures over them */
};
enum taskset_encryption {
	TASKSET_ENCRYPTION_NONE = 0,
	TASKSET_ENCRYPTION_AES192_CBC = 3, /* encryptionType of the standard */
	TASKSET_ENCRYPTION_AES256_CBC = 4
};

/* What an LEA wants: one row of the profile table, see admin/profile.h for fields and defaults. */
struct taskset_profile {
	uint32_t id;
	uint32_t lea;		   /* LEA row: the keys of this LEA are used */
	uint16_t ps_version;	   /* last arc of li-psDomainId, 43 */
	uint8_t gtime;		   /* GeneralizedTime instead of microSecondTimeStamp */
	uint8_t scope_liid;	   /* sequence numbers per LIID instead of (LIID, CIN, IRI|CC) */
	uint8_t restart_reset;	   /* cINReset and numbers from 0 after a restart */
	uint8_t gtp, ethernet, ip; /* enum taskset_gtp ... */
	uint8_t opaque;		   /* takes opaque IRI and CC */
	uint8_t copies;		   /* enum taskset_copies */
	uint8_t integrity, hash_alg, sign_alg; /* hashAlgorithm 2..4, signatureAlgorithm 2, 3 */
	uint8_t encryption;		       /* enum taskset_encryption */
	uint8_t fallback;		       /* consents to metadata only by rule */
	uint8_t pad;
	uint32_t copies_ms;	  /* window, 5000 */
	uint32_t aggregate_n;	  /* at most so many payloads per PS-PDU; 1: no aggregation */
	uint32_t aggregate_len;	  /* octets */
	uint32_t segment_len;	  /* CC contents longer than this are cut; 0: never */
	uint32_t hash_n, hash_ms; /* an integrity hash after so many PDUs or so long */
	uint32_t sign_n, sign_ms; /* a signature after so many hashes or so long */
	uint32_t summary_s;	  /* interval of summary reports, 60 */
	uint32_t fallback_kib;	  /* CC backlog that starts the fall-back */
	struct taskset_str name;
	struct taskset_str lea_name; /* file names of its keys begin with it */
};

/* A destination that warrants name, as far as they are signed for it. */
struct taskset_dest {
	uint32_t id; /* database row, as in spool records */
	uint32_t pins_n;
	uint8_t did[16];
	uint8_t pin[4][32]; /* SHA-256 of SubjectPublicKeyInfo */
};

/* How long what cannot be delivered is kept. */
#define TASKSET_OUTAGE_KEEP 0	       /* as long as there is room */
#define TASKSET_OUTAGE_DROP UINT32_MAX /* technical buffering only: TASKSET_OUTAGE_DROP_S */
#define TASKSET_OUTAGE_DROP_S 10

struct taskset_sig {
	uint8_t key[32]; /* id of the key */
	uint8_t sig[64];
};

struct taskset_warrant {
	uint32_t id;	   /* database row, the handle in logs and counters */
	uint32_t lea;	   /* LEA row */
	uint8_t delivery;  /* bits of taskset_delivery */
	uint8_t suspended; /* 1: count, reject, deliver nothing */
	uint8_t any_ne;	   /* 1: every enabled NE may send for it */
	uint8_t content;   /* enum taskset_content */
	uint16_t services; /* bits of enum li_service; SERVICE_ANY: all */
	uint8_t metadata;  /* 1: fallen back to metadata only by command */
	uint8_t trigger;   /* 1: media named in its IRI opens its CC of NEs that are not allowed
			      otherwise */
	uint8_t country_n; /* 0: NEs of any country */
	char country[TASKSET_COUNTRIES][2];
	uint32_t profile;	   /* index in profile[] */
	uint32_t rule_off, rule_n; /* in rule[] */
	uint8_t liid_n;		   /* 1..25 octets */
	uint8_t liid[25];
	char auth_cc[2];		     /* authorizationCountryCode, or NULs */
	char delivery_cc[2];		     /* deliveryCountryCode, or NULs */
	uint8_t operator_n, operator_id[16]; /* operatorIdentifier, 1..16 octets */
	uint8_t neid_n, neid[16];	     /* networkElementIdentifier, 0..16 octets */
	int64_t from_ns, until_ns;	     /* window [from, until) */
	int64_t order_until_ns; /* end as it was ordered, when it was ended before; 0: UNTIL_NS */
	uint32_t dest_hi2, dest_hi3; /* destination rows; 0: none */
	uint32_t allow_off, allow_n; /* allowed NE ids in allow[] */
	uint32_t cc_outage_s;	     /* new CC is not kept when its link has been down for longer:
					seconds, TASKSET_OUTAGE_DROP or TASKSET_OUTAGE_KEEP */
	uint32_t iri_outage_s;	     /* IRI: TASKSET_OUTAGE_DROP or TASKSET_OUTAGE_KEEP */
	struct taskset_str doc;	     /* statement, see task_doc.h; empty: unsigned */
	struct taskset_sig sig[2];   /* of its creator and its approver */
};

struct taskset_xid {
	uint8_t xid[16];
	uint32_t warrant; /* index into warrant[] */
	uint32_t pad;
};

#endif
