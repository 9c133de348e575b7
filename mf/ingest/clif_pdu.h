/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON object of the cloud interface > the octets of an X2/X3 PDU (TS 103 221-2 clause 5.2),
 * which then goes the way of every other.  Strict: an unknown field, a wrong type or a value that
 * would not fit is an error. Fields: docs/clif.md.  Pure but for the caller's buffer. */
#ifndef INGEST_CLIF_PDU_H
#define INGEST_CLIF_PDU_H

#include "base/octets.h"

#include <jansson.h>

/* Grows as needed; free(p) at the end. */
struct clif_buf {
	uint8_t *p;
	size_t n, cap;
};

/* Write the PDU of O to B (from its start).  Returns 0, or -EINVAL with a sentence in WHY that
 * names the field, never its value; B then holds the mandatory header as far as it was read (at
 * least 40 octets). */
int clif_pdu_encode(const json_t *o, struct clif_buf *b, char why[96]);
#define CLIF_WHY_LEN 96

#endif
