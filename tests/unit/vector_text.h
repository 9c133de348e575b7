/* SPDX-License-Identifier: Apache-2.0 */
/* A PS-PDU as text, decoded by the receiver's tables (tools/lemf_*), which share no code with the
 * encoder: a line per member, names and values, indented.  What the decoder finds wrong stands
 * behind it. */
#ifndef VECTOR_TEXT_H
#define VECTOR_TEXT_H

#include "base/octets.h"

#include <stdio.h>

/* Returns 0 when nothing was wrong, 1 after remarks (legal, not minimal), 2 after errors. */
int vector_text(FILE *out, struct octets pdu);

#endif
