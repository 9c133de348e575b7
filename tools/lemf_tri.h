/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of a receiver: keep-aliveResponse, optionResponse, pDUAcknowledgementResponse (TS 102
 * 232-1 clauses 6.3.4 to 6.3.6). */
#ifndef LEMF_TRI_H
#define LEMF_TRI_H

#include "lemf_pdu.h"

enum lemf_tri_answer {
	LEMF_TRI_NONE,
	LEMF_TRI_KEEPALIVE_RESPONSE,
	LEMF_TRI_OPTION_RESPONSE,
	LEMF_TRI_ACK_RESPONSE
};

/* What REQUEST asks for. */
enum lemf_tri_answer lemf_tri_wanted(const struct lemf_pdu *request);

/* Encode the answer with the header of REQUEST (octet for octet, but with sequence number SEQ).
 * ACCEPT: options are accepted. Returns a new buffer of *len octets (free it), or NULL when REQUEST
 * has no readable header. */
uint8_t *lemf_tri_encode(const struct lemf_pdu *request, enum lemf_tri_answer what, uint32_t seq,
    bool accept, size_t *len);

const char *lemf_tri_answer_name(enum lemf_tri_answer what);

#endif
