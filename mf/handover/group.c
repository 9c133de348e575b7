/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregation, TS 102 232-1 clause 6.2.3: several IRIPayloads or CCPayloads under one header.  Each
 * item has a time and qualifier of its own; the header tells when they were put together. When a
 * group begins and ends is the mediator's. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

#include <errno.h>

int
handover_item(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, uint8_t *buf, size_t cap)
{
	const struct pspdu_ctx c = {.w = w, .cin = cin, .seq = seq, .item = true};
	struct ho_record rec;
	struct ber b;
	size_t n;
	int rc = pspdu_map(&b, &c, ev, &rec);

	if (rc < 0)
		return rc;
	n = rec.head.n + rec.body.n + rec.tail.n;
	if (n > cap || n > INT32_MAX)
		return -ENOSPC;
	memcpy(buf, rec.head.p, rec.head.n);
	if (rec.body.n > 0)
		memcpy(buf + rec.head.n, rec.body.p, rec.body.n);
	memcpy(buf + rec.head.n + rec.body.n, rec.tail.p, rec.tail.n);
	return (int)n;
}

int
handover_group(const struct handover_warrant *w, uint32_t cin, uint32_t seq, bool iri,
    struct octets items, const struct li_event *ev, int64_t now_ns, struct ho_record *rec)
{
	const struct pspdu_header h = {.cin = cin,
	    .seq = seq,
	    .time_ns = now_ns,
	    .ts_qualifier = TIME_QUALIFIER_AGGREGATION,
	    .ipid = ev->pdu->ipid,
	    .nfid = ev->pdu->nfid,
	    .link_cin = iri ? ev->link_cin : 0};
	struct ber b;

	if (items.n == 0)
		return -EBADMSG;
	pspdu_start(&b, rec, items);
	ber_close(&b, iri ? PAYLOAD_IRI_SEQUENCE : PAYLOAD_CC_SEQUENCE, 0);
	return pspdu_finish(&b, w, &h, ev, rec);
}
