/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of X2/X3 PDUs.  TS 103 221-2 V1.10.1 clauses 5.2 and 5.3.  Pure: octets in, struct
 * x23_pdu out. */
#ifndef INGEST_X23_PDU_H
#define INGEST_X23_PDU_H

#include "flow.h"
#include "spool/journal.h"

/* Decode one X2/X3 PDU from the front of IN.
 *   in           octets received so far, borrowed; less or more than one PDU
 *   header_max   refuse a larger Header Length; payload_max: a larger Payload Length
 *   *out         views into IN, valid as long as IN
 *   *used        octets consumed, >= 40 on success and with -EINVAL
 * Returns 0;
 *   -EAGAIN   need more;
 *   -EBADMSG  framing: Header Length < 40, attribute past the header end: close the peer;
 *   -ENOTSUP  other major version: close;
 *   -EMSGSIZE over header_max or payload_max: close;
 *   -EINVAL   framed well, but one thing is wrong: *why says what (REJECT_ATTRIBUTE,
 * REJECT_TYPE_UNKNOWN, REJECT_FORMAT_TYPE, ...); *out is filled as far as it could be read (header
 * fields always). */
int x23_pdu_decode(struct octets in, uint32_t header_max, uint32_t payload_max, struct x23_pdu *out,
    size_t *used, enum reject_code *why);

/* Iterate the attribute area: *off starts at 0.  Returns 1 with type and value, 0 at the end. */
int x23_attr_next(struct octets attributes, size_t *off, uint16_t *type, struct octets *value);

/* A keepalive acknowledgement (clause 6.2.4): 48 octets to OUT, with the keepalive's minor version
 * and number. */
void x23_keepalive_ack(uint8_t minor, uint32_t seq, uint8_t out[48]);

const char *x23_type_name(uint16_t type);
const char *x23_format_name(uint16_t format);

#endif
