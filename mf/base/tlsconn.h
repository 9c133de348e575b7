/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS (or plain TCP) connection on libevent, with OpenSSL over memory BIOs of ours: one large
 * recv per wake-up into a scratch shared by the loop, one send per batch.  Server and client.  See
 * facts: about a fifth of the cost of bufferevent_openssl. */
#ifndef BASE_TLSCONN_H
#define BASE_TLSCONN_H

#include "base/octets.h"

#include <openssl/ssl.h>
#include <stdbool.h>

struct event_base;
struct tlsconn;
struct tlsloop; /* shared scratch of one event loop */

#define TLSCONN_RECV (128 * 1024)  /* octets of ciphertext per wake-up */
#define TLSCONN_PLAIN (512 * 1024) /* shared plaintext scratch */

enum tlsconn_event {
	TLSCONN_UP, /* TCP and TLS are established; the peer's certificate was verified against the
		       CA and CRL */
	TLSCONN_CLOSED, /* the peer closed in order (close_notify or FIN) */
	TLSCONN_FAILED	/* handshake, TLS or TCP failure: tlsconn_error() */
};

struct tlsconn_cb {
	/* DATA: plaintext, first what this connection left over, then what is new.  Returns octets
	 * consumed; the rest is kept for the next call. Return -1 after deciding to close (the
	 * callback has called tlsconn_free or will not be called again). */
	ssize_t (*data)(struct tlsconn *c, struct octets data, void *arg);
	void (*event)(struct tlsconn *c, enum tlsconn_event ev, void *arg);
	/* All that was written has been taken by the kernel: more may be written.  Called from the
	 * loop after each tlsconn_flush that had something to send, never from inside it.  May be
	 * NULL. */
	void (*drained)(struct tlsconn *c, void *arg);
};

struct tlsloop *tlsloop_new(struct event_base *base, unsigned moderation_us);
void tlsloop_free(struct tlsloop *l);

/* Serve an accepted socket FD (taken).  CTX NULL: plain TCP.  Keeps at most LEFTOVER_MAX octets of
 * unconsumed data (more: TLSCONN_FAILED). */
struct tlsconn *tlsconn_accept(struct tlsloop *l, SSL_CTX *ctx, int fd, size_t leftover_max,
    const struct tlsconn_cb *cb, void *arg);
/* Start a connection to a numeric address.  Returns NULL with errno when no socket can be had. */
struct tlsconn *tlsconn_connect(struct tlsloop *l, SSL_CTX *ctx, const char *address, uint16_t port,
    size_t leftover_max, const struct tlsconn_cb *cb, void *arg);
/* Legal inside every callback; nothing is called afterwards.  Sends close_notify when the
 * connection is up. */
void tlsconn_free(struct tlsconn *c);

/* Queue plaintext; it is encrypted in records of up to 16 KiB.  tlsconn_flush sends.  Returns 0 or
 * -EPIPE. */
int tlsconn_write(struct tlsconn *c, const void *data, size_t n);
void tlsconn_flush(struct tlsconn *c);
/* tlsconn_write is legal from TLSCONN_UP on; -EPIPE before, and after the peer stopped taking data
 * (what it sent before is still read). */
/* Octets (ciphertext) that wait in user space. */
size_t tlsconn_pending(const struct tlsconn *c);
/* Octets that the peer's TCP has not acknowledged (SIOCOUTQ) plus what waits here; plaintext
 * written so far: tlsconn_written(). */
size_t tlsconn_unacked(const struct tlsconn *c);
uint64_t tlsconn_written(const struct tlsconn *c); /* plaintext octets given to tlsconn_write */
/* Shortest round trip that the kernel measured on this connection, microseconds; 0: not known. */
uint32_t tlsconn_rtt_us(const struct tlsconn *c);
/* Octets (ciphertext) that the peer's TCP has acknowledged, given what tlsconn_unacked() said. */
uint64_t tlsconn_acked(const struct tlsconn *c, size_t unacked);
/* Plaintext octets whose TLS records the peer's TCP has acknowledged completely. */
uint64_t tlsconn_tcp_acked(struct tlsconn *c);

/* Stop and resume reading (back-pressure). */
void tlsconn_pause(struct tlsconn *c, bool paused);
/* The connection rests: buffers that hold nothing are given back until it is used again.  Legal
 * inside callbacks. */
void tlsconn_rest(struct tlsconn *c);
/* What DATA left unconsumed; valid until the next turn of the loop.  While paused a close by the
 * peer is not told: first the data, then the event. */
struct octets tlsconn_leftover(const struct tlsconn *c);

SSL *tlsconn_ssl(struct tlsconn *c);			/* NULL for plain TCP */
X509 *tlsconn_peer(struct tlsconn *c);			/* borrowed; NULL when plain */
const char *tlsconn_peer_addr(const struct tlsconn *c); /* "127.0.0.1:40000" */
/* After TLSCONN_FAILED: stable code (TLS-VERSION, TLS-NO-CERT, TLS-CERT-EXPIRED, TLS-CERT-REVOKED,
 * TLS-CERT-CA, TLS-CERT-PURPOSE, TLS-CIPHER, TLS-ALERT, TLS-PLAIN, TCP-REFUSED, TCP-RESET,
 * TCP-TIMEOUT, ...) and a sentence. */
const char *tlsconn_error(const struct tlsconn *c, const char **sentence);

#endif
