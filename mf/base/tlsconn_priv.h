/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a connection, shared by tlsconn.c (reading, life) and tlsconn_out.c (writing).  Nobody
 * else includes this. */
#ifndef BASE_TLSCONN_PRIV_H
#define BASE_TLSCONN_PRIV_H

#include "base/tlsconn.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <stdlib.h>

#define TLSCONN_RECORD 16384 /* RFC 8446 5.1: plaintext of one TLS record */

struct tlsloop {
	struct event_base *base;
	struct timeval moderation; /* zero: off */
	BIO_METHOD *bio;
	uint8_t *ct; /* ciphertext scratch; [ct_off, ct_n) belongs to CT_OF */
	size_t ct_off, ct_n;
	const struct tlsconn *ct_of;
	uint8_t *plain; /* plaintext scratch */
	/* what a receive leaves in both is wiped when none follows for a while */
	struct event wipe;
	bool used;
	size_t used_max;
};

enum conn_state {
	CONN_CONNECTING,
	CONN_HANDSHAKE,
	CONN_UP,
	CONN_ENDED /* the peer closed or something failed: nothing is read or written any more */
};

/* After so much ciphertext the peer has so much plaintext. */
struct conn_mark {
	uint64_t cipher, plain;
};

struct tlsconn {
	struct tlsloop *l;
	struct tlsconn_cb cb;
	void *arg;
	SSL *ssl;
	int fd;
	enum conn_state state;
	unsigned busy; /* handlers of this connection on the stack */
	bool freed, paused;
	bool mute; /* the DATA callback returned -1: nothing is told any more */
	bool tell_up, tell_drained;
	bool ending; /* END is to be told after the data */
	enum tlsconn_event end;
	bool out_broken; /* the peer takes nothing any more; what it sent before is still read */
	int first;	 /* first octet received, -1 */
	struct event ev_r, ev_w, ev_moderate, ev_later;
	uint8_t *left; /* plaintext that DATA did not consume */
	size_t left_n, left_cap, left_max;
	uint8_t *out; /* [out_off, out_off + out_n) waits for the kernel */
	size_t out_off, out_n, out_cap;
	uint64_t cipher, plain, plain_acked; /* written so far */
	struct conn_mark *mark;		     /* ring of mark_cap (a power of two) */
	size_t mark_at, mark_n, mark_cap;
	const char *code;
	char sentence[256];
	char addr[INET6_ADDRSTRLEN + 10];
};

static inline void *
tlsconn_must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Queue ciphertext (or plain TCP octets). */
void tlsconn_append(struct tlsconn *c, const void *p, size_t n);
/* One send of what waits. */
void tlsconn_send(struct tlsconn *c);
/* Give back the output buffer when it is empty, and the marks when all is acknowledged. */
void tlsconn_out_rest(struct tlsconn *c);
/* Have conn_on_later run in the next turn of the loop. */
void tlsconn_later(struct tlsconn *c);

#endif
