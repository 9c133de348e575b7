/* SPDX-License-Identifier: Apache-2.0 */
/* X2/X3 listeners: accept, TLS identity of the NE, framing, keepalives behind the durability
 * barrier, caps and deadlines. TS 103 221-2 V1.10.1 clauses 5.1, 5.2, 6.2.  Knows no warrant, no
 * session, no spool: the owner's callbacks do. */
#ifndef INGEST_LISTENER_H
#define INGEST_LISTENER_H

#include "base/conf.h"
#include "flow.h"
#include "spool/journal.h"

#include <jansson.h>

struct event_base;
struct listener;

/* A network element that may connect.  The listener copies what it is given. */
struct listener_ne {
	uint32_t id;
	bool group; /* SAN is a pattern: many elements, each with a certificate of its own */
	bool enabled;
	bool x2, x3;	    /* interfaces it may speak */
	bool tls12;	    /* TLS 1.2 is allowed for it */
	uint8_t pins_n;	    /* 0..2 */
	uint8_t pin[2][32]; /* SHA-256 of SubjectPublicKeyInfo */
	uint32_t time_p2_s; /* idle limit; 0: X23_TIME_P2_S */
	const char *name;   /* NUL-terminated */
	const char *san;    /* DNS name or URI, NUL-terminated */
};

/* An identified connection, as the owner sees it; all fields are the listener's except OWNER. */
struct x23_conn {
	uint64_t id;	       /* never reused in this process */
	uint32_t ne;	       /* NE row */
	const char *ne_name;   /* valid during the call; of a group: the name in its certificate */
	uint64_t instance;     /* of a group: a hash of that name; else 0 */
	const char *listener;  /* name of the listener */
	const char *peer;      /* "192.0.2.1:40000" */
	int64_t recv_ns;       /* wall clock of the read that brought the PDU at hand */
	int64_t up_ns;	       /* wall clock of the handshake's end */
	uint64_t pdus, octets; /* PDUs and their octets handed to the owner (keepalives: no) */
	uint64_t rejects;      /* of these: not decodable, and framing faults */
	uint64_t keepalives, acks;
	void *owner; /* the owner's, NULL at first */
};

/* A connection that never became an x23_conn. */
struct listener_refused {
	const char *listener, *peer;
	uint32_t ne; /* when the certificate named one (pin, switched off, TLS version), else 0 */
	enum reject_code why; /* REJECT_PEER_... */
	const char *code;     /* stable: TLS-CERT-EXPIRED ... */
	const char *sentence;
};

struct listener_cb {
	/* One X2 or X3 PDU, a view into the receive buffer, valid during the call.  ERROR 0, or
	 * -EINVAL with WHY: framed, but not usable (PDU is filled as far as it could be read,
	 * pdu->raw always).  Returns 0: taken; -EAGAIN: no room, offer it again: the listener has
	 * then paused every connection, as with listener_pause(true), and goes on at
	 * listener_pause(false). */
	int (*pdu)(struct x23_conn *c, const struct x23_pdu *pdu, int error, enum reject_code why,
	    void *arg);
	/* Number of the batch that everything handed over so far belongs to (spool_barrier). */
	uint64_t (*barrier)(void *arg);
	/* After the PDUs of one read: the place for spool_turn().  May be NULL. */
	void (*turn)(void *arg);
	/* Connection identified. */
	void (*up)(struct x23_conn *c, void *arg);
	/* RAW is why the connection is about to be closed: REJECT_FRAMING (also a partial PDU left
	 * when the peer closed), REJECT_VERSION, REJECT_TOO_LARGE, REJECT_INTERFACE.  RAW: octets
	 * of it that were received; PDU: decoded (REJECT_INTERFACE), else NULL. */
	void (*fault)(struct x23_conn *c, enum reject_code why, struct octets raw,
	    const struct x23_pdu *pdu, void *arg);
	/* Connection gone; C is freed after the call.  WHY: REJECT_NONE (closed in order, or our
	 * stop), REJECT_IDLE, REJECT_PEER_REVOKED, the code of the fault, REJECT_PEER_TLS (reset).
	 * ALONE: no other connection of this NE is up. */
	void (*down)(
	    struct x23_conn *c, enum reject_code why, const char *sentence, bool alone, void *arg);
	/* Failed handshake, unknown or unwelcome peer. */
	void (*refused)(const struct listener_refused *r, void *arg);
};

/* Open contexts and bind the sockets of CONF (borrowed, must stay).  Returns new, or NULL after
 * logging what is wrong.  CB is copied. */
struct listener *listener_new(
    struct event_base *base, const struct conf *conf, const struct listener_cb *cb, void *arg);
/* Closes everything; no callback is made. */
void listener_free(struct listener *l);

/* listener_durable() and listener_pause() are legal inside callbacks; the other orders are not. */
/* The NEs, as a whole, replacing those before (taskset change).  Live connections whose NE is gone,
 * switched off, lost its pin, its SAN or the interface are closed with REJECT_PEER_REVOKED. */
void listener_nes(struct listener *l, const struct listener_ne *ne, size_t ne_n);
/* Begin to accept.  Idempotent; meant for when the first task set is in force. */
void listener_start(struct listener *l);
/* Stop accepting and reading; PDUs that were received completely are handed over (unless the owner
 * says -EAGAIN).  Then commit the spool, listener_durable() sends the acknowledgements that became
 * due, listener_free(). */
void listener_stop(struct listener *l);

/* Everything up to batch DURABLE is on disk: answer the keepalives that waited for it. */
void listener_durable(struct listener *l, uint64_t durable);
/* Back-pressure: no connection is read while paused.  Accepting goes on. */
void listener_pause(struct listener *l, bool paused);
/* Read certificates and CRLs again, for new connections and the check of live ones.  A CRL file
 * that changes is also found within a minute.  Returns 0, or -EINVAL when one listener kept its old
 * files. */
int listener_reload(struct listener *l);

/* {"paused":false,"listeners":[...],"connections":[...],"refused":n}; returns new. */
json_t *listener_status(struct listener *l);
/* Port that listener I of the configuration is bound to (port 0 asks the kernel). */
uint16_t listener_port(const struct listener *l, size_t i);

#endif
