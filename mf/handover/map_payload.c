/* SPDX-License-Identifier: Apache-2.0 */
/* A Payload of TS 102 232-1 that came encoded (X2/X3 formats 1 and 17): moved unchanged under a
 * header of ours.  handover_inner() or handover_payload_kind() has checked it.  As an item of an
 * aggregated PDU: its items, with the times they have. */
#include "handover/pspdu.h"

#include <errno.h>

int
map_payload(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	struct octets body = ev->body;
	struct ber_tlv t;

	if (body.n == 0)
		return -EBADMSG;
	if (c->item) {
		if (ber_next(&body, &t) < 0 || body.n > 0)
			return -EBADMSG;
		body = t.content;
	}
	pspdu_body(b, rec, body);
	return 0;
}
