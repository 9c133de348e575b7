/* SPDX-License-Identifier: Apache-2.0 */
/* HI1-Operation alarms-indicator (HI1NotificationOperations) in a PS-PDU.  Never encrypted, as TRI
 * PDUs are not: it carries no product. */
#include "handover/pspdu.h"
#include "spec/hi1.h"

#include <errno.h>

int
hi1_alarm_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq, struct octets text,
    int64_t now_ns, uint8_t *buf, size_t cap)
{
	static const uint8_t domain[] = {HI1_DOMAIN_OID};
	const struct pspdu_header h = {
	    .cin = cin, .seq = seq, .time_ns = now_ns, .ts_qualifier = TIME_QUALIFIER_MEDIATION};
	struct ber b;
	size_t mark, n;

	if (text.n < 1 || text.n > HI1_INFORMATION_MAX)
		return -EINVAL;
	ber_start(&b, buf, buf + cap, 0);
	ber_octets(&b, HI1_ALARM_LIID, w->liid, w->liid_n);
	ber_octets(&b, HI1_ALARM_INFORMATION, text.p, text.n);
	mark = ber_mark(&b);
	pspdu_utctime(&b, HI1_TIME_UTC, now_ns);
	ber_close(&b, HI1_ALARM_TIME, mark);
	ber_octets(&b, HI1_ALARM_DOMAIN, domain, sizeof(domain));
	ber_close(&b, HI1_ALARMS_INDICATOR, 0);
	ber_close(&b, PAYLOAD_HI1, 0);
	ber_close(&b, PSPDU_PAYLOAD, 0);
	pspdu_header(&b, w, &h);
	ber_close(&b, PSPDU_TAG, 0);
	if (b.full)
		return -ENOSPC;
	n = ber_mark(&b);
	memmove(buf, b.p, n);
	return (int)n;
}
