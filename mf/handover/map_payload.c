/* SPDX-License-Identifier: Apache-2.0 */
/* A Payload of TS 102 232-1 that came encoded (X2/X3 formats 1 and 17): moved unchanged under a
 * header of ours.  handover_inner() or handover_payload_kind() has checked it. */
#include "handover/pspdu.h"

#include <errno.h>

int
map_payload(struct ber *b, const struct li_event *ev, struct ho_record *rec)
{
	if (ev->body.n == 0)
		return -EBADMSG;
	pspdu_body(b, rec, ev->body);
	return 0;
}
