/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of the receiver: TCP or TLS, PS-PDUs out of the stream, answers back, misbehaviour
 * on request. */
#ifndef LEMF_CONN_H
#define LEMF_CONN_H

#include "lemf_opts.h"
#include "lemf_store.h"

#include <openssl/ssl.h>

struct event_base;
struct lemf_conn;

/* State of a run, shared by its connections. */
struct lemf_rx {
	struct event_base *base;
	struct lemf_manners manners;
	struct lemf_store *store; /* NULL: sink */
	SSL_CTX *ctx;		  /* NULL: plain TCP */
	struct lemf_conn *conns;
	struct lemf_pdu pdu;
	uint64_t next_conn, conn_n, open_n, octet_n, pdu_n, class_n[4], answer_n, bad_n;
	long exit_after;
	int64_t last_rx_ns;
	int exit_code;
};

/* Takes FD.  KIND is the listener's ("hi2", "hi3", "both"), PEER "address:port" (both copied or
 * static). */
void lemf_conn_accept(struct lemf_rx *rx, int fd, const char *kind, const char *peer);
void lemf_conn_close_all(struct lemf_rx *rx);
/* The manners changed: reading may go on. */
void lemf_conn_resume_all(struct lemf_rx *rx);

#endif
