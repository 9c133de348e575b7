/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* One LEMF end point of an LEA: addresses with failover and back-off, one HI2/HI3 connection
 * (ho_conn), and per class a reader with a cursor (feed).  Sends what is durable, oldest first, IRI
 * before voice before CC; moves a cursor only for what the LEMF acknowledged at the level in use;
 * after a reconnect everything behind the cursor goes again, octet for octet.
 * TS 102 232-1 clause 6.3; delivery contract G4..G7.
 *
 * ROLE_MSG_DESTS (admin > deliver) is a memfd with this JSON: the whole list of ONE LEA, replacing
 * the former; a destination that did not change keeps its connection.  Members without "required"
 * may be left out; unknown members are ignored.
 *
 * [ {
 *   "id": 7,                    required: destination row, uint32 > 0; what spool_meta.dest names
 *   "did": "uuid",              for people
 *   "name": "lea-a hi2",        for logs, status and alarms
 *   "hi2": true, "hi3": false,  hi2 = iri; hi3 = voice and cc; both may be true (shared connection)
 *   "enabled": true,            default true; false: no connection, product waits in the spool
 *   "addresses": ["192.0.2.1:5000", "[2001:db8::1]:5000"],
 *                               required, 1..8, numeric, tried in this order
 *   "transport": "tls",         default "tls"; "tcp" = plain, only by this explicit word
 *   "tls12": false,             TLS 1.2 may be negotiated
 *   "server_name": "lemf.example",  SAN (DNS or URI) the LEMF's certificate must carry
 *   "pins": ["<64 hex>"],       0..4 SHA-256 of its SubjectPublicKeyInfo; any of them fits
 *   "level": "auto",            auto (a, else b) | a | b | c.  "a" asked and not granted: nothing
 *                               is delivered, the connection is closed, alarm LEVEL-REFUSED, asked
 *                               again after the back-off
 *   "keepalive": {"time1_s": 120, "time2_s": 30, "time3_s": 60},
 *                               TS 102 232-1 6.3.4; time1 0: no keep-alives in silence;
 *                               "time1_ms" etc. count instead when present (tests)
 *   "barrier_ms": 1000, "barrier_len": 262144,
 *                               levels a and b: ask for an acknowledgement after so much
 *   "backoff_min_ms": 500, "backoff_max_ms": 30000, "connect_ms": 10000,
 *   "filler": {"liid": "-", "operator": "openmdf", "neid": "", "auth_cc": "XX",
 *              "delivery_cc": "XX", "ps_version": 43}
 *                               PSHeader of keep-alives and other TRI PDUs
 * }, ... ]
 *
 * With trust.root the message is {"keys": "<chain of key lists as JSON text>", "destinations":
 * [...]}, and each destination carries its "statement" (trust/dest_doc.h): one that is not as it was
 * signed has no connection, what is for it waits in the spool, alarm DEST-UNSIGNED.
 *
 * A destination that is gone from the list: its cursor is dropped; records that still name it are
 * counted as "undeliverable" in the status (since the role began) and raise DEST-REMOVED.  They
 * hold their segment for DELIVER_ORPHAN_S only, so that a destination which becomes known a moment
 * after its first record loses nothing; but while no destination at all takes a class, nothing of
 * that class is released.  A new destination starts at the oldest record there is.
 *
 * Status of the role (ROLE_MSG_STATUS), one object:
 * { "role": "deliver", "lea": 3, "name": "...", "cursor": "ok|older|lost|new", "undeliverable": 0,
 *   "destinations": [ {
 *     "id", "did", "name", "enabled",
 *     "state": "disabled|idle|connecting|handshake|options|up|backoff|unsigned",
 *     "address": "127.0.0.1:5000", "level": "a|b|c" or null, "level_asked", "since": RFC 3339,
 *     "connects", "records_sent", "resent", "in_flight": {"records", "octets"},
 *     "window_octets": limit of in_flight, smaller for a LEMF that answers slowly,
 *     "link_octets_s": measured rate of the link, as far as it was needed; 0: not up,
 *     "ahead_octets": what may wait in front of the wire, by that rate; null: no limit,
 *     "acked": {"records", "octets"}, "lost", "keepalive_rtt_us", "tests", "tested": test PDUs that were sent and when the last was, "cert_until": of the peer or null,
 *     "error": {"code", "text", "at"} or null,
 *     "classes": { "iri": {"cursor", "head", "backlog_records", "backlog_octets", "age_s",
 *                  "lost"}, "voice": ..., "cc": ... } } ],
 *   "warrants": [ {"warrant", "records", "octets", "iri", "cc", "notices",
 *     "delay_ns", "delay_day"} ] }
 * cursor and head are record numbers.  backlog_records is exact for the only destination of a
 * class, else an upper bound (the queue is shared).  records = iri + cc; notices apart. */
/* clang-format on */
#ifndef DELIVERY_DESTINATION_H
#define DELIVERY_DESTINATION_H

#include "delivery/cursor.h"
#include "delivery/dest_conf.h"
#include "spool/spool_reader.h"

#include <openssl/ssl.h>

struct event_base;
struct tlsloop;
struct destination;

#define DEST_CLASS_N 3		      /* iri, voice, cc */
#define DEST_IN_FLIGHT_LEN (8u << 20) /* octets sent and not acknowledged */
#define DEST_WINDOW_MIN (16u << 10)   /* what a very slow LEMF gets of it */
#define DEST_IN_FLIGHT_N 32768u	      /* records sent and not acknowledged; power of two */

enum dest_state {
	DEST_DISABLED = 0,
	DEST_IDLE, /* known, not started */
	DEST_CONNECTING,
	DEST_HANDSHAKE,
	DEST_OPTIONS, /* negotiating PDU acknowledgement */
	DEST_UP,
	DEST_BACKOFF, /* waiting before the next round of addresses */
	DEST_UNSIGNED /* not as two persons signed it: no connection */
};
const char *dest_state_name(enum dest_state s);

/* What a destination needs from its role; one for all destinations, outlives them. */
struct dest_env {
	struct event_base *base;
	struct tlsloop *loop;
	struct cursor *cursor;
	const char *spool_dir; /* <state_dir>/spool */
	uint32_t lea;
	uint64_t segment_len; /* for the estimate of backlog octets */
	SSL_CTX *ctx[2];      /* [0] TLS 1.3 only, [1] TLS 1.2 too; NULL: no credentials */
	/* Alarm about destination NAME. */
	void (*alarm)(void *arg, bool raised, const char *code, const char *name, const char *text);
	/* Some cursor moved, or counts grew: the file has to be stored. */
	void (*moved)(void *arg);
	/* The record AT names destination ID: is that another known one?  (AT->rec, CLASS)
	 * lets the role count each record once. */
	void (*other)(void *arg, uint32_t id, enum ho_class class, const struct spool_pos *at);
	void *arg;
};

/* Copy C; begins to connect at once when enabled.  Returns new. */
struct destination *destination_new(struct dest_env *env, const struct dest_conf *c);
/* Closes the connection; the cursor stays in the cursor table. */
void destination_free(struct destination *d);
/* The same, and its cursors are dropped and its alarms cleared. */
void destination_remove(struct destination *d);
/* New description for the same id; the connection is kept when it may be. */
void destination_update(struct destination *d, const struct dest_conf *c);
const struct dest_conf *destination_conf(const struct destination *d);
enum dest_state destination_state(const struct destination *d);

/* The durable end of a queue grew. */
void destination_head(struct destination *d, enum ho_class class, const struct spool_pos *head);
bool destination_takes(const struct destination *d, enum ho_class class);
/* First record of CLASS that is not acknowledged. */
struct spool_pos destination_cursor(const struct destination *d, enum ho_class class);
/* Records of CLASS behind the cursor that were not handed over (upper bound when the queue is
 * shared). */
uint64_t destination_backlog(const struct destination *d, enum ho_class class);
/* Octets of CLASS that were not given to the connection yet (roughly, and an upper bound when the
 * queue is shared). */
uint64_t destination_unsent_len(const struct destination *d, enum ho_class class);

/* Has its link come or gone since this was asked (AGAIN: whatever was told)?  *DOWN_NS:
 * clock_mono_ns() since when nothing is delivered; 0: it is up. */
bool destination_link(struct destination *d, bool again, int64_t *down_ns);
/* Send a TRI testPDU.  Returns 0 or -ENOTCONN. */
int destination_test_pdu(struct destination *d);
/* Check the peer's certificate again (after a reload, and once a minute): a stale one ends the
 * connection. */
void destination_recheck(struct destination *d);
/* Once in a while: what was sent leaves the memory when nothing waits. */
void destination_rest(struct destination *d);
/* Once in a while: LINK-SLOW. */
void destination_watch(struct destination *d);
/* No new data from now on; ask for the acknowledgement of what is in flight.  True when nothing is.
 */
bool destination_quiesce(struct destination *d);
bool destination_quiet(const struct destination *d);
/* New reference. */
json_t *destination_status(const struct destination *d);

#endif
