/* SPDX-License-Identifier: Apache-2.0 */
/* One HI2/HI3 connection from TCP connect to close: TLS and the peer's identity, option
 * negotiation, keep-alives, acknowledgement barriers and what they prove (delivery level).  Sends
 * octets it is given; keeps none; knows nothing of the spool or of reconnecting. TS 102 232-1
 * clauses 6.3.4 (keep-alive, TIME1..TIME3), 6.3.5 (options), 6.3.6 (PDU acknowledgement). */
#ifndef DELIVERY_HO_CONN_H
#define DELIVERY_HO_CONN_H

#include "delivery/dest_conf.h"

#include <openssl/ssl.h>

struct event_base;
struct tlsloop;
struct ho_conn;

#define HO_CONN_LOW_WATER                                                                          \
	(512u * 1024)			/* octets waiting in user space: above, no more is taken   \
					 */
#define HO_CONN_ANSWER_MAX (64u * 1024) /* octets of one PDU from the LEMF */

/* Sequence numbers of our TRI PDUs, one series per kind; they live longer than a connection. */
struct ho_conn_numbers {
	uint32_t keepalive, ack, option, test;
};

/* END counts octets of plaintext on this connection; acked(END) covers every record whose
 * ho_conn_send returned <= END. */
struct ho_conn_cb {
	void (*options)(void *arg);		    /* connected, negotiation begins */
	void (*up)(void *arg, enum ho_level level); /* data may be sent */
	void (*acked)(void *arg, uint64_t end);
	void (*room)(void *arg);	    /* more may be sent */
	void (*late)(void *arg, bool late); /* TIME2 passed without an answer; or it came */
	/* Once, from the loop (never inside a call of ours): the connection is over; free it.  CODE
	 * is stable, valid until the free. LEVEL-REFUSED: level A was demanded and declined. */
	void (*down)(void *arg, const char *code, const char *text);
};

/* Connect to address number AT of CONF (borrowed, as CTX and NUMBERS).  CTX NULL: plain TCP.
 * NO_OPTIONS: level auto goes straight to B. Returns new; failure comes as down(). */
struct ho_conn *ho_conn_open(struct event_base *base, struct tlsloop *loop, SSL_CTX *ctx,
    const struct dest_conf *conf, size_t at, bool no_options, struct ho_conn_numbers *numbers,
    const struct ho_conn_cb *cb, void *arg);
/* Legal in every callback but none is called afterwards. */
void ho_conn_free(struct ho_conn *c);

/* Look how much waits in front of the wire, and measure the link: before a turn of ho_conn_room and
 * ho_conn_send. */
void ho_conn_measure(struct ho_conn *c);
/* IDLE: all there is was sent, so that a low rate is not the link's. */
void ho_conn_idle(struct ho_conn *c, bool idle);
/* True when a record may be sent now. */
bool ho_conn_room(const struct ho_conn *c);
/* What was written stays in no buffer of ours when nothing waits to be written. */
void ho_conn_rest(struct ho_conn *c);
/* At level C nothing wakes us when TCP acknowledges: look now, which may call acked().  True when
 * the level is C. */
bool ho_conn_look(struct ho_conn *c);
/* Queue one PS-PDU.  Returns its end, or 0 when the connection takes no more (down() follows;
 * acked() may come before it). */
uint64_t ho_conn_send(struct ho_conn *c, struct octets pdu);
void ho_conn_flush(struct ho_conn *c);
/* No room, only because enough waits for a slow link: measure again after so many microseconds.
 * 0: there is room, or room() will be called. */
int64_t ho_conn_wait_us(const struct ho_conn *c);
/* Ask for an acknowledgement after LEN octets (at first conf.barrier_len). */
void ho_conn_barrier_len(struct ho_conn *c, uint32_t len);
/* Ask now for the acknowledgement of what was sent. */
void ho_conn_barrier(struct ho_conn *c);
/* TRI testPDU.  Returns 0 or -ENOTCONN. */
int ho_conn_test_pdu(struct ho_conn *c);
/* End the connection when the peer's certificate is no longer good by CTX. */
void ho_conn_recheck(struct ho_conn *c, SSL_CTX *ctx);

/* A TLS handshake is going on (TCP is there). */
bool ho_conn_handshaking(const struct ho_conn *c);
/* When the certificate of the peer ends, in BUF of 32 octets; NULL: there is none. */
const char *ho_conn_cert_until(const struct ho_conn *c, char *buf);
/* Round trip of the last answer, microseconds; 0: none yet. */
int64_t ho_conn_rtt_us(const struct ho_conn *c);
/* Octets per second that the link takes, as far as they were needed; *limit_len: octets that may
 * wait in front of it, UINT32_MAX: no limit. */
uint64_t ho_conn_rate(const struct ho_conn *c, uint32_t *limit_len);

#endif
