/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 or IPv6 packet > IPCC, TS 102 232-3 (IPAccessPDU version20): iPPackets, the packet as it
 * came. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_3.h"

int
map_cc_ip(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_3_IPCC_OID};
	size_t mark = pspdu_cc_open(b, c, ev);

	pspdu_body(b, rec, ev->body);
	ber_close(b, IPCC_PACKETS, mark);
	ber_close(b, IPCC_CONTENTS, mark);
	ber_octets(b, IPCC_OID, oid, sizeof(oid));
	ber_close(b, CC_IPCC, mark);
	pspdu_cc_close(b, c, ev, mark);
	return 0;
}
