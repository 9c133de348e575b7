/* SPDX-License-Identifier: Apache-2.0 */
/* What is stored, grouped by (LIID, CIN): for reports (gaps, duplicates, order, segments) and for
 * export (de-duplicated).  Numbers run per (LIID, CIN, IRI or CC), or per LIID; a cINReset lets
 * them begin again: a new epoch. */
#ifndef LEMF_SESSION_H
#define LEMF_SESSION_H

#include "lemf_scan.h"

struct lemf_entry {
	uint32_t session;    /* index */
	enum lemf_class cls; /* LEMF_IRI or LEMF_CC */
	uint32_t seq, crc;
	uint32_t epoch;	  /* number of restarts before it */
	uint32_t covered; /* hash PDUs that include it (lemf_integrity.c) */
	bool again;	  /* the number came before */
	uint64_t conn, n;
	int64_t time_us;
	uint32_t segment;  /* number of the first PDU of its segments plus one; 0: not a segment */
	struct octets raw; /* valid until the reader is closed */
};

/* TRI PDUs that say something of the series: integrityCheck, segment flags, cINReset. */
struct lemf_mark {
	uint32_t session;
	uint32_t tag; /* of TRIPayload: 0, 5, 6, 7 */
	uint32_t seq;
	uint64_t n;
	bool again; /* the same octets came before */
	struct octets raw;
};

/* A PDU that was decrypted. */
struct lemf_sealed {
	uint32_t session;
	uint64_t counter, clear_len, n;
};

/* One series of numbers. */
struct lemf_series {
	uint64_t record_n;  /* PDUs, duplicates included */
	uint64_t payload_n; /* payloads in them */
	uint64_t octet_n;
	uint64_t duplicate_n, conflict_n; /* same number again: same octets, other octets */
	uint64_t same_conn_n; /* duplicates on the connection that had the number already */
	uint64_t order_n;     /* a lower number after a higher one on the same connection */
	uint64_t missing_n, gap_n;
	uint64_t last_conn; /* while filling */
	uint32_t last_seq;
};

struct lemf_session {
	char liid[LEMF_LIID_TEXT];
	bool has_cin;
	uint32_t cin;
	struct lemf_series series[2]; /* LEMF_IRI, LEMF_CC */
	uint64_t iri_type_n[5];	      /* by IRIType 1..4; 0: none */
	bool has_parent;	      /* cINExtension iri-to-iri names it */
	uint32_t parent;
	uint64_t header_n, summary_n;	      /* packet reports */
	uint64_t flow_packet_n, flow_octet_n; /* said by the summaries */
	uint64_t segment_n, segment_bad_n;    /* runs of segments; not complete */
	uint32_t epoch_n;		      /* restarts */
	int64_t first_us, last_us;
	size_t first_entry, entry_n; /* after lemf_sessions_sort */
};

struct lemf_sessions {
	struct lemf_session *list;
	struct lemf_entry *entries;
	struct lemf_mark *marks;    /* after sort: by session, then in the order received */
	struct lemf_sealed *sealed; /* after sort: by LIID and counter */
	size_t n, cap, entry_n, entry_cap, mark_n, mark_cap, sealed_n, sealed_cap;
	bool per_liid;	/* set before the first call: one series of numbers per LIID */
	uint32_t *hash; /* index + 1 */
	size_t hash_n;
	uint64_t undecodable_n, other_n, tri_n;
	uint64_t counter_gap_n, counter_bad_n; /* byteCounter: octets missing; overlap or repeat */
};

void lemf_sessions_fini(struct lemf_sessions *s);
/* A lemf_scan_cb: ARG is the struct lemf_sessions, zeroed before the first call. */
int lemf_sessions_add(const struct lemf_record *rec, const struct lemf_pdu *pdu, int rc, void *arg);
/* Order sessions by LIID and CIN, entries by session, class and number; count gaps and duplicates.
 */
void lemf_sessions_sort(struct lemf_sessions *s);

/* First entry of SESSION with that class, epoch and number, or NULL (after sort). */
struct lemf_entry *lemf_sessions_find(const struct lemf_sessions *s,
    const struct lemf_session *session, enum lemf_class cls, uint32_t epoch, uint32_t seq);

/* Call CB for each run of missing numbers of one series (from 0).  With per_liid only LEMF_IRI has
 * gaps; they are those of both classes. */
typedef void lemf_gap_cb(uint32_t from, uint32_t to, void *arg);
void lemf_sessions_gaps(const struct lemf_sessions *s, const struct lemf_session *one,
    enum lemf_class cls, lemf_gap_cb *cb, void *arg);

#endif
