/* SPDX-License-Identifier: Apache-2.0 */
/* Journal entries: what the ingest and deliver roles must make durable although nothing is handed
 * over for it.  The admin role copies them into SQLite and then releases the segments.  An entry is
 * one struct journal_entry followed by TEXT (text_n octets, UTF-8). Never the content, never a
 * target identity. */
#ifndef SPOOL_JOURNAL_H
#define SPOOL_JOURNAL_H

#include <stdint.h>

enum journal_kind {
	JOURNAL_REJECT = 1,	/* a PDU that was not mediated; code says why */
	JOURNAL_GAP = 2,	/* missing X2/X3 sequence numbers first..last */
	JOURNAL_GAP_FILLED = 3, /* a number of an earlier gap came late */
	JOURNAL_DUPLICATE = 4,	/* duplicates dropped (count) */
	JOURNAL_REUSE = 5,	/* same number, other payload: kept */
	JOURNAL_RESTART = 6,	/* POI restart or wrap */
	JOURNAL_NE_UP = 7,
	JOURNAL_NE_LOST = 8,  /* idle for TIME_P2, closed, or a failed handshake (code) */
	JOURNAL_SHED = 9,     /* not spooled because of a quota (count) */
	JOURNAL_SESSION = 10, /* session closed for idleness, collision resolved, sessions joined */
	JOURNAL_COPY = 11,    /* copies of what another NE (first) sent, not delivered (count) */
	JOURNAL_TRIGGER = 12, /* an IRI opened (code 1) or its session closed (0) a rule for CC */
	JOURNAL_METADATA = 13, /* fall-back to metadata only began (code 1) or ended (0) */
	JOURNAL_HASH = 14,     /* a hash record (enum hashed_code): struct journal_hash stands in
				  place of the text */
	JOURNAL_NUMBERS = 15   /* what a gap, a late number or a used one (first..last, which have
				  an entry of kind 2, 3 or 5 of their own, once for the XID) is for
				  one warrant of the XID and its session (enum numbers_code) */
};

enum numbers_code {
	NUMBERS_MISSING = 1, /* count: numbers missing */
	NUMBERS_LATE = 2,    /* a missing one came after all */
	NUMBERS_USED = 3     /* one was used for another PDU: both were kept */
};

struct journal_entry {
	uint16_t kind;	  /* enum journal_kind */
	uint16_t code;	  /* enum reject_code when kind is JOURNAL_REJECT, NE_LOST or SHED */
	uint32_t ne;	  /* NE row, 0 unknown */
	uint32_t warrant; /* warrant row, 0 none */
	uint32_t count;	  /* PDUs concerned, >= 1 */
	uint64_t time_ns; /* wall clock */
	uint8_t xid[16];
	uint64_t correlation;
	uint32_t first, last; /* sequence numbers of a gap */
	uint16_t pdu_type, format;
	uint32_t pdu_len;     /* octets of the (first) PDU */
	uint8_t digest[32];   /* SHA-256 of the (first) PDU */
	uint16_t text_n, pad; /* octets of text behind: which field, what value (never content) */
	uint32_t cin; /* session of the warrant; 0: not known (also in entries of older versions) */
};

/* A hash record.  In the entry: warrant; count: PDUs covered; first, last: the lowest and the
 * highest of their numbers. */
enum hashed_code {
	HASHED_SEGMENT = 1,   /* a segment of the spool, which goes after it */
	HASHED_CHECK = 2,     /* an integrityCheck that is a hash */
	HASHED_SIGNATURE = 3, /* one that is a signature */
	HASHED_VOID = 4	      /* the check of that name was never sent: a crash lay between */
};
#define JOURNAL_HASH_MAX 144 /* octets of a value; an ECDSA P-384 signature has 104 */
struct journal_hash {
	uint32_t lea;
	uint32_t cin;
	uint32_t seq;				/* of a check: its number in its own series */
	uint8_t class, data_type, alg, value_n; /* enum ho_class; 1 iRI, 2 cC; hashAlgorithm or
						   signatureAlgorithm */
	uint64_t seg, first_rec, end_rec, len;	/* of a segment */
	uint8_t session[16];			/* of a check: key of the session */
	uint8_t value[JOURNAL_HASH_MAX];
};

/* One registry of reasons; the text form is the stable code in CLI, REST and log. */
enum reject_code {
	REJECT_NONE = 0,
	REJECT_XID_UNKNOWN = 1,
	REJECT_NOT_YET_VALID = 2,
	REJECT_EXPIRED = 3,
	REJECT_SUSPENDED = 4,
	REJECT_NE_NOT_ALLOWED = 5,
	REJECT_FORMAT_NOT_MAPPED = 6,
	REJECT_FORMAT_UNKNOWN = 7,
	REJECT_FORMAT_TYPE = 8, /* format not permitted on this PDU type */
	REJECT_TYPE_UNKNOWN = 9,
	REJECT_DIRECTION = 10,
	REJECT_ATTRIBUTE = 11,	  /* an attribute of wrong length or content */
	REJECT_PAYLOAD = 12,	  /* the payload is not what the format says */
	REJECT_OUT_OF_SCOPE = 13, /* IRI-only warrant and CC, or the other way about */
	REJECT_FRAMING = 14,	  /* the connection was closed: header or payload length, attribute
				     overrun, partial PDU at close */
	REJECT_VERSION = 15,	  /* other major version, connection closed */
	REJECT_INTERFACE = 16,	  /* X3 on an x2-only listener and the like, connection closed */
	REJECT_TOO_LARGE = 17,	  /* over the configured maximum, connection closed */
	REJECT_QUOTA = 18,	  /* LEA over quota: shed */
	REJECT_NO_DESTINATION = 19, /* the warrant has no destination for this class */
	REJECT_PEER_UNKNOWN = 20,   /* TLS: certificate names no registered NE */
	REJECT_PEER_PIN = 21,	    /* TLS: key differs from the pin */
	REJECT_PEER_CERT = 22,	    /* TLS: chain, validity, purpose */
	REJECT_PEER_REVOKED = 23,   /* TLS: CRL, or the NE was switched off */
	REJECT_PEER_TLS = 24,	    /* TLS: version, cipher, not TLS at all */
	REJECT_IDLE = 25,	    /* nothing for TIME_P2 */
	REJECT_SERVICE = 26,	    /* of a service that the warrant does not have */
	REJECT_EXCLUDED = 27,	    /* matched by an exclusion rule */
	REJECT_NOT_TARGET = 28,	    /* the warrant's own check of address or identifier failed */
	REJECT_COUNTRY = 29,	    /* the NE stands in a country that the warrant does not name */
	REJECT_UNSIGNED = 30,	    /* the warrant is not as two persons signed it */
	REJECT_OUTAGE = 31, /* the link is down for longer than the order lets product wait: shed */
	REJECT_CODE_N
};
/* "XID-UNKNOWN" ... (stable); never NULL. */
const char *reject_code_name(enum reject_code c);
/* One sentence: what it means and what to do. */
const char *reject_code_hint(enum reject_code c);
const char *journal_kind_name(enum journal_kind k);

#endif
