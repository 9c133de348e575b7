/* SPDX-License-Identifier: Apache-2.0 */
/* Notices to an LEA; see notice.h. */
#include "ingest/notice.h"

#include "base/crc32c.h"
#include "handover/handover.h"

#include <string.h>

bool
notice_send(struct spool *spool, struct session_table *sessions, uint32_t lea, uint32_t warrant,
    uint32_t dest, const struct handover_warrant *ho, const char *text, bool error, int64_t now_ns)
{
	struct spool_q *q = dest != 0 ? spool_queue(spool, lea, HO_IRI) : NULL;
	struct spool_meta meta = {.warrant = warrant, .dest = dest, .recv_ns = (uint64_t)now_ns};
	struct session *numbers = session_notices(sessions, lea);
	struct ho_record rec = {0};
	uint8_t buf[1024];
	int n;

	if (q == NULL)
		return false;
	n = tri_encode(ho, numbers->cin, numbers->next[SESSION_IRI], TRI_OPERATOR_LEA_MESSAGE,
	    (struct octets){(const uint8_t *)text, strlen(text)}, error, now_ns, buf, sizeof(buf));
	if (n <= 0)
		return false;
	meta.kind = SPOOL_REC_NOTICE;
	meta.cin = numbers->cin;
	meta.seq = numbers->next[SESSION_IRI];
	rec.body = (struct octets){buf, (size_t)n};
	if (spool_append(q, &meta, &rec, crc32c(0, buf, (size_t)n), NULL) < 0)
		return false;
	numbers->next[SESSION_IRI]++;
	return true;
}

bool
notice_warrant(struct spool *spool, struct session_table *sessions, const struct task_warrant *w,
    const char *text, bool error, int64_t now_ns)
{
	return notice_send(spool, sessions, w->row.lea, w->row.id,
	    w->row.dest_hi2 != 0 ? w->row.dest_hi2 : w->row.dest_hi3, &w->ho, text, error, now_ns);
}
