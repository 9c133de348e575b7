/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the listeners: the state that listener.c (accepting, identity, life) and x23_conn.c
 * (octets of one connection) share.  Nobody else includes this. */
#ifndef INGEST_X23_CONN_H
#define INGEST_X23_CONN_H

#include "base/tlsconn.h"
#include "ingest/listener.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <time.h>

#define XCONN_ACKS                                                                                 \
	256 /* keepalives that may wait for the disk; with more the connection is not read */

struct clif;
struct ne_row;
struct xconn;

/* One listening socket. */
struct lport {
	struct listener *l;
	const struct conf_listener *conf;
	SSL_CTX *ctx;
	struct timespec crl_mtime; /* of the CRL file that CTX was made with */
	int fd;
	uint16_t port;
	struct event ev;
	uint64_t accepted, refused;
};

struct listener {
	struct event_base *base;
	const struct conf *conf;
	struct listener_cb cb;
	void *arg;
	struct tlsloop *loop;
	struct lport port[CONF_LISTENERS_MAX];
	size_t port_n;
	struct xconn *first;	  /* all connections, newest first */
	size_t conn_n, pending_n; /* pending: handshake under way */
	struct ne_row *ne;	  /* sorted by SAN */
	size_t ne_n;
	struct event tick;
	unsigned ticks;
	uint64_t conn_id, durable;
	uint64_t resumes; /* calls of listener_pause(false) */
	bool started, stopped, paused;
	bool accept_backoff; /* no descriptors or memory: until the next tick */
	bool accept_told;    /* and that was logged */
};

/* A keepalive that waits for batch BARRIER. */
struct xack {
	uint64_t barrier;
	uint32_t seq;
	uint8_t minor;
};

struct xconn {
	struct x23_conn pub;
	struct listener *l;
	struct lport *port;
	struct tlsconn *tc;
	struct xconn *prev, *next;
	bool identified;
	struct clif *clif; /* of a listener for the cloud interface, else NULL */
	bool stalled;	   /* XCONN_ACKS keepalives wait, or the answer to a request */
	bool quiet;	   /* the last octets were a keepalive alone */
	bool x2, x3;	   /* PDU types it may send: those of the listener and of the NE */
	uint32_t time_p2_s;
	int64_t begun_s, last_s; /* monotonic: accepted, last PDU */
	int64_t rest_s;		 /* monotonic: buffers were given back; 0: used since */
	int64_t last_ns;	 /* wall clock: last octets */
	char ne_name[128];
	struct xack *ack; /* ring of XCONN_ACKS, or NULL while none waits */
	unsigned ack_at, ack_n;
};

/* Octets of an identified connection: tlsconn's DATA callback, ARG is the xconn. */
ssize_t xconn_data(struct tlsconn *tc, struct octets data, void *arg);
/* tlsconn's DRAINED callback: acknowledgements that waited for the NE to read go on. */
void xconn_sent(struct tlsconn *tc, void *arg);
/* Hand over the complete PDUs that wait because of a pause, if the owner takes them. */
void xconn_drain(struct xconn *x);
/* Answer the keepalives that became durable. */
void xconn_durable(struct xconn *x);
/* Hand one PDU to the owner, with its counters: 0, or -EAGAIN (paused now; not when room came back
 * at once). */
int xconn_offer(struct xconn *x, const struct x23_pdu *p, int error, enum reject_code why);
/* Nothing is under way: give back what only a busy connection needs. */
void xconn_rest(struct xconn *x);
/* Read or not, by what the listener and the connection say. */
void xconn_gate(struct xconn *x);
/* Tell the owner, close and free X. */
void xconn_close(struct xconn *x, enum reject_code why, const char *sentence);
/* A framing fault: told, counted; X is closed and freed. */
void xconn_fault(
    struct xconn *x, enum reject_code why, struct octets raw, const struct x23_pdu *pdu);
/* Close and free X without a word to the owner. */
void xconn_free(struct xconn *x);
/* The pending handshakes or connections became fewer: accept again. */
void listener_gate(struct listener *l);

#endif
