/* SPDX-License-Identifier: Apache-2.0 */
/* One PDU and one warrant for the tests of scope, set back by setup(): full content, all services,
 * no rules, plain profile. */
#ifndef SCOPE_RIG_H
#define SCOPE_RIG_H

#include "packet_build.h"
#include "session/scope.h"

#define SECRET_N 13
extern struct packet_build b;
extern struct payload p;
extern struct x23_pdu pdu;
extern struct task_warrant w;
extern struct taskset_profile profile;
extern struct taskset_rule rules[4];
extern struct taskset_ne ne;
extern struct scope in;
extern struct scope_out out;
extern const char secret[SECRET_N + 1]; /* the content of packets */

int setup(void **state);
void event(struct li_event *ev, enum li_kind kind, enum ho_class class, struct octets body);
/* UDP 1000 > 53 of 10.0.0.1 > 10.0.0.2: as IP PDU, in a frame from 02:..:02 to 02:..:01, in GTP-U
 * with QFI 9. */
void ip_pdu(void);
void frame_pdu(void);
void gtp_pdu(void);
enum reject_code apply(void); /* scope_apply() of all these */
/* A rule about 10.0.0.LAST/LEN. */
void net(struct taskset_rule *r, uint8_t what, uint8_t last, uint8_t len);

#endif
