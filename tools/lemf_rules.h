/* SPDX-License-Identifier: Apache-2.0 */
/* What the standards ask of a PS-PDU beyond its syntax: CIN of IRI and CC, a time, its qualifier,
 * frameType, forms of addresses (TS 102 232-1 clause 5.2, TS 102 232-5). */
#ifndef LEMF_RULES_H
#define LEMF_RULES_H

#include "lemf_pdu.h"

/* Add what P breaks to the faults of its tree.  P was decoded without a part that could not be
 * read. */
void lemf_rules_check(struct lemf_pdu *p);

#endif
