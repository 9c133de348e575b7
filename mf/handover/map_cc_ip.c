/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 or IPv6 packet > IPCC, TS 102 232-3 (IPAccessPDU version20): iPPackets, the packet as it
 * came. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_3.h"

int
map_cc_ip(struct ber *b, const struct li_event *ev, struct ho_record *rec)
{
	static const uint8_t oid[] = {TS102232_3_IPCC_OID};

	pspdu_body(b, rec, ev->body);
	ber_close(b, IPCC_PACKETS, 0);
	ber_close(b, IPCC_CONTENTS, 0);
	ber_octets(b, IPCC_OID, oid, sizeof(oid));
	ber_close(b, CC_IPCC, 0);
	pspdu_cc_close(b, ev->direction, 0, 0);
	return 0;
}
