/* SPDX-License-Identifier: Apache-2.0 */
/* What a decoded IRIPayload or CCPayload must hold for a sample: every member compared with the
 * values it was made of.  Written against asn1c's structs, not against mf/handover. */
#ifndef HANDOVER_CHECK_H
#define HANDOVER_CHECK_H

#include "tests/unit/handover_sample.h"

struct IRIPayload;
struct CCPayload;

/* The kinds beyond IP, SIP, RTP, xIRI and Payload.  Fail the running test when something differs.
 */
void handover_check_iri(const struct sample *s, const struct IRIPayload *i);
void handover_check_cc(const struct sample *s, const struct CCPayload *c);

#endif
