/* SPDX-License-Identifier: Apache-2.0 */
/* integrityCheck PDUs, TS 102 232-1 clause 7.2.3: hashes over runs of complete PS-PDUs of one (LIID,
 * CIN, IRI or CC), in the order in which they are appended, and signatures over the hash PDUs.
 * Covers each PDU exactly once: the mediator adds every record that it appends, recovery adds those
 * that it replays and drops those that an integrity record behind them covers; a checkpoint comes
 * after integrity_close_all().  Knows no spool and no session: EMIT does. */
#ifndef HANDOVER_INTEGRITY_H
#define HANDOVER_INTEGRITY_H

#include "handover/handover.h"

#include <openssl/types.h>

struct integrity;

/* Parameters of one LEA profile; borrowed until the stream is closed. */
struct integrity_conf {
	uint8_t hash_alg;	  /* hashAlgorithm 2 SHA-256, 3 SHA-384, 4 SHA-512 */
	uint8_t sign_alg;	  /* signatureAlgorithm 2 eCDSA, 3 edDSA; 0: hashes only */
	uint32_t hash_n, hash_ms; /* limits of a hash run */
	uint32_t sign_n, sign_ms; /* limits of a run of hash PDUs */
	EVP_PKEY *key;		  /* P-256/P-384 or Ed25519; NULL when sign_alg is 0 */
};

/* What a stream of PDUs is. */
struct integrity_stream {
	uint32_t lea, warrant;
	uint8_t session[16]; /* key of the session */
	uint32_t cin;
	bool iri;
	uint8_t class; /* enum ho_class: the queue that its checks go to */
};

/* Hand over one check PDU: take the next number of the series (SIGNATURE or hash) of the stream,
 * encode it with integrity_encode() and append it.  Returns 0; anything else (no room) leaves the
 * run open: it is emitted again at the next tick. */
struct integrity_check {
	bool signature;
	uint8_t data_type; /* 1 iRI, 2 cC */
	uint8_t alg;	   /* hashAlgorithm or signatureAlgorithm */
	const uint32_t *seq; /* includedSequenceNumbers */
	size_t seq_n;
	struct octets value;
};
typedef int (*integrity_emit_cb)(
    const struct integrity_stream *s, const struct integrity_check *c, void *arg,
    struct octets *body); /* out: DER of the IntegrityCheck value, for the signature run; valid
			     until the next call */

struct integrity *integrity_new(integrity_emit_cb emit, void *arg);
void integrity_free(struct integrity *i);

/* One PS-PDU with number SEQ, its octets in three runs, was appended.  May emit. */
void integrity_add(struct integrity *i, const struct integrity_conf *conf,
    const struct integrity_stream *s, uint32_t seq, const struct ho_record *rec, int64_t now_ns);
/* Emit what is due by time. */
void integrity_tick(struct integrity *i, int64_t now_ns);
/* Emit everything open: before a checkpoint, at the end of a session (session_key, warrant), at
 * stop.  Returns the number of runs that could not be emitted. */
size_t integrity_close_all(struct integrity *i);
void integrity_close(struct integrity *i, uint32_t warrant, const uint8_t session[16]);

/* Recovery: a PS-PDU or a check PDU that stands in the spool, in the order of its queue.  A check
 * that does not cover exactly what is open is said by -EBADMSG (and what it names is dropped from
 * the run). */
int integrity_replay(struct integrity *i, const struct integrity_conf *conf,
    const struct integrity_stream *s, uint32_t seq, struct octets pdu, int64_t now_ns);

/* The whole check PDU as number SEQ of its series; *body: the IntegrityCheck value.  Valid until the
 * next call.  Returns 0 or -EMSGSIZE. */
int integrity_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct integrity_check *c, int64_t now_ns, struct octets *pdu, struct octets *body);

#endif
