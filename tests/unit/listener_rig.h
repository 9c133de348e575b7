/* SPDX-License-Identifier: Apache-2.0 */
/* A played owner and played NEs around a real listener, over mutual TLS on loopback; for
 * test_listener.c and test_listener_peers.c. */
#ifndef TESTS_LISTENER_RIG_H
#define TESTS_LISTENER_RIG_H

#include "ingest/listener.h"
#include "base/tls.h"
#include "base/tlsconn.h"
#include "ingest/x23_conn.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"
#include "tests/unit/testcert.h"

#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define DAY 86400L
#define BOTH 0 /* listeners of the configuration */
#define X2_ONLY 1

/* What the owner saw. */
struct rig_owner {
	unsigned pdus, errors, ups, downs, faults, refused, turns;
	unsigned room; /* PDUs taken before -EAGAIN */
	uint32_t last_seq;
	bool in_order;
	bool resume_inside; /* room comes back while the owner still says no */
	enum reject_code why, down_why, fault_why, refused_why;
	size_t fault_len, fault_type;
	char refused_code[32], ne_name[32];
	uint32_t ne, refused_ne;
	bool alone;
	uint64_t barrier;
};
extern struct rig_owner own;
extern const struct listener_cb rig_owner_cb;

/* A played NE. */
struct ne {
	struct tlsconn *c;
	bool up, over;
	unsigned acks;
	uint32_t ack[2048];
	uint8_t *send;			/* written when up */
	size_t send_n, send_cap, slice; /* octets per TLS record; 0: at once */
	bool leave;			/* close after that */
};

extern char *dir;
extern struct testcert *ca, *server_cert, *ne1_cert, *ne2_cert, *alien_cert;
extern char crl_none[256], crl_ne1[256], crl_live[256];
extern struct event_base *base;
extern struct tlsloop *loop;
extern struct conf conf;
extern struct listener *l;
extern struct listener_ne table[2];
extern struct ne a, b;

void rig_put(struct ne *n, const void *p, size_t len);
void rig_put_pdu(struct ne *n, uint16_t type, uint16_t format, uint32_t seq, uint32_t payload_len);
void rig_put_keepalive(struct ne *n, uint32_t seq);
void rig_dial(struct ne *n, const struct testcert *who, size_t listener, int version);
void rig_say(struct ne *n);
void rig_hang_up(struct ne *n);
void rig_turn_until(struct timeval t, bool *done);
void rig_settle(void);
void rig_copy_file(const char *from, const char *to);
void rig_start(void);
int rig_setup(void **state);
int rig_teardown(void **state);
int rig_make_certs(void **state);
int rig_drop_certs(void **state);

/* Turn the loop until COND, at most about 10 s. */
#define UNTIL(cond)                                                                                \
	do {                                                                                       \
		for (int i_ = 0; !(cond) && i_ < 1000; i_++) {                                     \
			bool d_ = false;                                                           \
			while (!(cond) && !d_)                                                     \
				rig_turn_until((struct timeval){0, 10000}, &d_);                   \
		}                                                                                  \
		if (!(cond))                                                                       \
			fail_msg("did not happen in time: " #cond);                                \
	} while (0)

#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif
