/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up events and PDUs for the tests and benches of mf/handover.  Everything is static storage
 * of the caller's struct; nothing is freed. */
#ifndef HANDOVER_SAMPLE_H
#define HANDOVER_SAMPLE_H

#include "handover/handover.h"

#define SAMPLE_BODY_MAX 70200
#define SAMPLE_PDU_MAX 160000

struct sample {
	struct x23_pdu pdu;
	struct li_event ev;
	struct handover_warrant w;
	uint32_t cin, seq;
	/* what W was made of */
	struct octets liid, op, neid;
	const char *auth_cc, *delivery_cc;
	bool gtime;
	/* what ev.detail points at, every member set */
	struct li_access access;
	struct li_summary summary;
	struct li_upf upf;
	struct li_mail mail;
	struct li_message message;
	uint8_t body[SAMPLE_BODY_MAX];
};

/* Every (kind, class) that has a mapper, voice left out where other CC is the same. */
struct sample_kind {
	const char *label;
	enum li_kind kind;
	enum ho_class class;
};
extern const struct sample_kind sample_kinds[];
extern const size_t sample_kinds_n;

/* A base case of KIND and CLASS with a body of BODY_N octets (of an encoded one: in its innermost
 * member). */
void sample_init(struct sample *s, enum li_kind kind, enum ho_class class, size_t body_n);
/* Case I of the values at the edges: absent, empty, largest, too long, not what their types hold.
 * False: there is none. */
bool sample_nasty(struct sample *s, size_t i);
/* Make W anew from the fields of S. */
void sample_warrant(struct sample *s);
/* Encode S and join head, body and tail in OUT (SAMPLE_PDU_MAX octets); returns the length or
 * -errno. */
int sample_encode(const struct sample *s, uint8_t *out);
/* An XIRIPayload with event ARM that holds one member [1] of N octets; returns its length. */
size_t sample_xiri(uint8_t *out, uint32_t arm, uint8_t release, uint8_t version, size_t n);

#endif
