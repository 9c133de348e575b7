/* SPDX-License-Identifier: Apache-2.0 */
/* integrityCheck PDUs, TS 102 232-1 clause 7.2.3: hashes over runs of complete PS-PDUs of one
 * (LIID, CIN, IRI or CC), in the order in which they are appended, and signatures over the hash
 * PDUs.
 *
 * Each PDU is covered exactly once: the mediator adds every record that it appends; a check stands
 * behind what it covers, in the same queue, so a crash keeps both or only what is covered; recovery
 * replays what lies behind the checkpoint in the order of each queue, and what no check behind it
 * covers is open again.  A checkpoint may only be taken right after integrity_close_all() returned
 * 0: what lies before it is not read again.
 *
 * Knows no spool and no session: EMIT does.  All functions belong to one thread. */
#ifndef HANDOVER_INTEGRITY_H
#define HANDOVER_INTEGRITY_H

#include "handover/handover.h"

#include <openssl/types.h>

struct integrity;

/* Parameters of one LEA profile; copied, the key is referenced.  A limit of 0 counts as 1. */
struct integrity_conf {
	uint8_t hash_alg;	  /* hashAlgorithm 2 SHA-256, 3 SHA-384, 4 SHA-512 */
	uint8_t sign_alg;	  /* signatureAlgorithm 2 eCDSA, 3 edDSA; 0: hashes only */
	uint32_t hash_n, hash_ms; /* limits of a hash run */
	uint32_t sign_n, sign_ms; /* limits of a run of hash PDUs */
	EVP_PKEY *key;		  /* P-256/P-384 or Ed25519; NULL when sign_alg is 0 */
};
/* 0, or -EINVAL: no such algorithm, or no key of that kind.  Then integrity_add() and
 * integrity_replay() make SHA-256 of a wrong hash algorithm, and no signatures. */
int integrity_conf_check(const struct integrity_conf *conf);

/* What a stream of PDUs is. */
struct integrity_stream {
	uint32_t lea, warrant;
	uint8_t session[16]; /* key of the session */
	uint32_t cin;
	bool iri;
	uint8_t class; /* enum ho_class: the queue that its checks go to */
};

struct integrity_check {
	bool signature;
	uint8_t data_type;   /* 1 iRI, 2 cC */
	uint8_t alg;	     /* hashAlgorithm or signatureAlgorithm */
	const uint32_t *seq; /* includedSequenceNumbers */
	size_t seq_n;
	struct octets value;
};

/* Hand over one check PDU: take the next number of the series (signature or hash) of the stream,
 * encode it with integrity_encode() and append it.  Fill *out.  Returns 0; -ENOENT: nobody can be
 * told any more (session or warrant is gone), the runs of the stream are dropped and counted;
 * anything else (no room) leaves the run open: it is emitted again, grown, at the next tick.  Must
 * not call back into integrity: checks are not added. */
struct integrity_emitted {
	uint32_t seq;	    /* number of the PDU in its series */
	struct octets body; /* as of integrity_encode(); valid until the callback's next call */
};
typedef int (*integrity_emit_cb)(const struct integrity_stream *s, const struct integrity_check *c,
    void *arg, struct integrity_emitted *out);

/* Memory is bounded by STREAMS_MAX open runs (0: 65536): with more, the least recently used ones
 * are emitted early. */
struct integrity *integrity_new(integrity_emit_cb emit, void *arg, size_t streams_max);
/* Open runs are lost: call integrity_close_all() before. */
void integrity_free(struct integrity *i);

/* One PS-PDU with number SEQ, its octets in three runs, was appended.  May emit. */
void integrity_add(struct integrity *i, const struct integrity_conf *conf,
    const struct integrity_stream *s, uint32_t seq, const struct ho_record *rec, int64_t now_ns);
/* Emit what is due by time. */
void integrity_tick(struct integrity *i, int64_t now_ns);
/* Emit everything open: before a checkpoint, at stop.  Returns the number of streams that could not
 * be emitted whole; they stay open. */
size_t integrity_close_all(struct integrity *i);
/* Emit what is open of a session that has ended; what finds no room is tried again at each tick. */
void integrity_close(struct integrity *i, uint32_t warrant, const uint8_t session[16]);
/* Streams with something open. */
size_t integrity_open_n(const struct integrity *i);

/* PDUs and hash PDUs whose runs were dropped: covered by nothing. */
uint64_t integrity_uncovered_n(const struct integrity *i);

/* Parameters from now on: CONF gives those of a warrant; NULL: it has no integrity checks any more,
 * what is open is dropped.  After recovery, when the profiles become known, and when they change.
 */
typedef const struct integrity_conf *(*integrity_conf_fn)(uint32_t warrant, void *arg);
void integrity_reconf(struct integrity *i, integrity_conf_fn conf, void *arg);

/* Recovery: a PS-PDU or a check PDU (told apart here) that stands in the spool, in the order of its
 * queue; nothing is emitted.  CONF may have a sign_alg and no key: then hash PDUs wait for it.
 * Returns 0, or -EBADMSG when a check does not name exactly what is open (records in front of it
 * are damaged or gone): the run is then dropped as a whole, because something in the spool claims
 * to cover it. */
int integrity_replay(struct integrity *i, const struct integrity_conf *conf,
    const struct integrity_stream *s, uint32_t seq, struct octets pdu, int64_t now_ns);

/* The whole check PDU as number SEQ of its series; *body: its integrityCheck TLV, which is what a
 * signature covers.  Both are valid until the next call.  Returns 0 or -EMSGSIZE. */
int integrity_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct integrity_check *c, int64_t now_ns, struct octets *pdu, struct octets *body);

/* Take a check PDU apart.  Returns 0, -ENOENT (a PS-PDU of another kind) or -EBADMSG.  Views into
 * PDU. */
struct integrity_view {
	bool signature;
	uint8_t data_type, alg;
	struct octets numbers; /* INTEGERs, for integrity_number() */
	struct octets value;
	struct octets body; /* the whole integrityCheck TLV */
};
int integrity_parse(struct octets pdu, struct integrity_view *out);
/* Take the next included number: true, or false at the end (all of NUMBERS is sound). */
bool integrity_number(struct octets *numbers, uint32_t *out);

#endif
