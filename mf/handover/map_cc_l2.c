/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet frame > L2CC, TS 102 232-4 (L2AccessPDU version10): ethernet, the frame as it came. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_4.h"

int
map_cc_l2(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_4_L2CC_OID};
	size_t mark = pspdu_cc_open(b, c, ev);

	pspdu_body(b, rec, ev->body);
	ber_close(b, L2CC_ETHERNET, mark);
	ber_close(b, L2CC_CONTENTS, mark);
	ber_octets(b, L2CC_OID, oid, sizeof(oid));
	ber_close(b, CC_L2, mark);
	pspdu_cc_close(b, c, ev, mark);
	return 0;
}
