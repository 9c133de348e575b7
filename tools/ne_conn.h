/* SPDX-License-Identifier: Apache-2.0 */
/* One TLS connection of a network element: X2/X3 octets out of its queue, keepalives,
 * acknowledgements, reconnection. The socket never blocks; octets are encrypted into memory and
 * sent 64 KB at a time. */
#ifndef TOOLS_NE_CONN_H
#define TOOLS_NE_CONN_H

#include <openssl/ssl.h>
#include <sys/socket.h>
#include "tools/ne_ledger.h"
#include "tools/ne_opt.h"
#include "tools/ne_queue.h"

enum ne_state {
	NE_WAIT,
	NE_CONNECTING,
	NE_HANDSHAKE,
	NE_UP,
	NE_CLOSING,
	NE_DONE,
	NE_FAILED
};
enum ne_why {
	NE_WHY_NONE,
	NE_WHY_CONNECT,
	NE_WHY_REFUSED,
	NE_WHY_GIVEN_UP
};

#define NE_KA_MAX 64		/* keepalives in flight */
#define NE_OUT_ROOM (96 * 1024) /* octets encrypted ahead */

struct ne_stats {
	uint64_t sent_n, sent_octets, resent_n, acked_n, lost_n, connects_n, reconnects_n,
	    keepalives_n, acks_n, stray_acks_n;
};

struct ne_conn {
	unsigned index;
	size_t ne;
	const struct ne_conf *conf;
	struct ne_ledger *ledger;
	SSL_CTX *ctx; /* borrowed */
	struct sockaddr_storage addr;
	socklen_t addr_len;
	struct ne_queue q;
	enum ne_state state;
	enum ne_why why;
	bool ever_up, ever_acked, source_ended;
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	int fd;
	uint8_t *obuf;
	size_t o_at, o_n;
	uint8_t rx[64];
	size_t rx_n;
	struct { /* keepalives not yet acknowledged, oldest first */
		uint32_t seq;
		uint64_t covers, n; /* entries before, highest n before */
		int64_t at_ns;
	} ka[NE_KA_MAX];
	size_t ka_n;
	uint32_t ka_seq;
	bool ka_wanted;
	uint64_t ka_covers; /* entries before the last keepalive */
	int64_t ka_at_ns, progress_ns, retry_at_ns, backoff_ns, down_ns, stall_until_ns, slow_at_ns,
	    close_by_ns, up_at_ns;
	uint64_t acked;	    /* entries acknowledged: absolute number */
	uint64_t last_n;    /* n of the last entry sent */
	uint64_t conn_sent; /* entries sent on this connection */
	char last_loss[96]; /* why the last connection was lost; empty: none was */
	struct ne_stats stats;
};

/* Addresses and TLS set-up are the caller's; CTX is borrowed. */
void ne_conn_init(struct ne_conn *c, unsigned index, const struct ne_conf *conf,
    struct ne_ledger *ledger, SSL_CTX *ctx);
void ne_conn_fini(struct ne_conn *c);
/* TLS context of one NE, or NULL with a line on standard error. */
SSL_CTX *ne_conn_ctx(const struct ne_conf *conf, const struct ne_id *ne);
/* May PDUs be added now? */
bool ne_conn_room(const struct ne_conn *c);
/* Timers, then as much sending as the socket takes.  Returns when it wants to be called again at
 * the latest (monotonic ns). */
int64_t ne_conn_run(struct ne_conn *c, int64_t now_ns);
/* The socket is readable or writable (or failed). */
void ne_conn_ready(struct ne_conn *c, int64_t now_ns, short revents);
/* poll(2) events wanted; 0: none. */
short ne_conn_events(const struct ne_conn *c);
/* Nothing more will happen. */
static inline bool
ne_conn_ended(const struct ne_conn *c)
{
	return c->state == NE_DONE || c->state == NE_FAILED;
}

#endif
