/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted LEMF inside the test process: listens on loopback (plain TCP), keeps every PDU it gets
 * octet for octet, answers or misbehaves as told.  Single loop, shared with what is tested. */
#ifndef TESTS_FAKE_LEMF_H
#define TESTS_FAKE_LEMF_H

#include "base/octets.h"

#include <event2/event.h>
#include <stdbool.h>

struct fake_lemf;

struct fake_pdu {
	uint8_t *p;
	size_t n;
	unsigned conn; /* 1 for the first connection */
	unsigned kind; /* enum tri_kind, 0: data */
	uint32_t seq;  /* of TRI PDUs */
};

enum fake_options {
	FAKE_OPTIONS_DECLINE,
	FAKE_OPTIONS_ACCEPT,
	FAKE_OPTIONS_SILENT,
	FAKE_OPTIONS_HANG_UP
};

enum fake_answer {
	FAKE_ANSWER,
	FAKE_SILENT,
	FAKE_WRONG_NUMBER,
	FAKE_TWICE,
	FAKE_GARBAGE
};

struct fake_script {
	enum fake_options options;
	enum fake_answer answer; /* to keep-alives and acknowledgement requests */
	unsigned answers_max;	 /* good answers, then ANSWER counts; 0: ANSWER from the start */
	unsigned close_after;	 /* close the connection at this many data PDUs; 0: never */
	unsigned slow_len;	 /* read at most so many octets each 10 ms; 0: all there are */
	bool deaf;		 /* never read */
};

struct fake_lemf *fake_lemf_new(struct event_base *base, const struct fake_script *s);
void fake_lemf_free(struct fake_lemf *f);
uint16_t fake_lemf_port(const struct fake_lemf *f);
/* The script for the connections from now on and those there are. */
void fake_lemf_script(struct fake_lemf *f, const struct fake_script *s);
void fake_lemf_listen(struct fake_lemf *f, bool on);
void fake_lemf_drop(struct fake_lemf *f); /* close the connection there is */
unsigned fake_lemf_conns(const struct fake_lemf *f);
const struct fake_pdu *fake_lemf_pdu(
    const struct fake_lemf *f, size_t i); /* NULL behind the last */
/* PDUs of KIND on connection CONN (0: any). */
size_t fake_lemf_count(const struct fake_lemf *f, unsigned kind, unsigned conn);
/* I-th data PDU of connection CONN. */
const struct fake_pdu *fake_lemf_data(const struct fake_lemf *f, unsigned conn, size_t i);

/* Run BASE until *FLAG or TIME_MS have passed; returns *FLAG. */
typedef bool fake_until_cb(void *arg);
bool fake_run(struct event_base *base, fake_until_cb *until, void *arg, unsigned time_ms);

#endif
