/* SPDX-License-Identifier: Apache-2.0 */
/* The cloud interface (CLIF): applications post interception product as JSON over HTTPS, where a
 * network element would speak X2/X3.  Same listeners, certificates, registered elements and limits;
 * each JSON object becomes an X2/X3 PDU and goes the same way.  The answer to a request is given
 * when everything it brought is durable, as a keepalive's acknowledgement is.  Formats and codes:
 * docs/clif.md. */
#ifndef INGEST_CLIF_H
#define INGEST_CLIF_H

#include "ingest/x23_conn.h"

struct clif;

/* State of one connection of a listener with protocol "clif"; clif_free(NULL) is legal. */
struct clif *clif_new(void);
void clif_free(struct clif *c);
/* Octets of a request that may have to be kept. */
size_t clif_left_max(const struct conf *conf);

/* What xconn_data(), xconn_sent(), xconn_durable() and xconn_drain() are for X2/X3. */
ssize_t clif_data(struct tlsconn *tc, struct octets data, void *arg);
void clif_sent(struct tlsconn *tc, void *arg);
void clif_durable(struct xconn *x);
void clif_drain(struct xconn *x);
/* The last answer was given: the connection is to be closed. */
bool clif_over(const struct clif *c);

#endif
