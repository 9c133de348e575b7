/* SPDX-License-Identifier: Apache-2.0 */
/* Notices to an LEA; see notice.h. */
#include "ingest/notice.h"

#include "base/crc32c.h"
#include "handover/handover.h"

#include <string.h>

/* Append the PDU in BUF, number numbers->next[SESSION_IRI] of the notices to LEA. */
static bool
notice_append(struct spool_q *q, struct session *numbers, uint32_t warrant, uint32_t dest,
    struct octets pdu, int64_t now_ns)
{
	struct spool_meta meta = {.warrant = warrant,
	    .dest = dest,
	    .recv_ns = (uint64_t)now_ns,
	    .kind = SPOOL_REC_NOTICE,
	    .cin = numbers->cin,
	    .seq = numbers->next[SESSION_IRI]};
	struct ho_record rec = {.body = pdu};

	if (spool_append(q, &meta, &rec, crc32c(0, pdu.p, pdu.n), NULL) < 0)
		return false;
	numbers->next[SESSION_IRI]++;
	return true;
}

bool
notice_send(struct spool *spool, struct session_table *sessions, uint32_t lea, uint32_t warrant,
    uint32_t dest, const struct handover_warrant *ho, const char *text, bool error, int64_t now_ns)
{
	struct spool_q *q = dest != 0 ? spool_queue(spool, lea, HO_IRI) : NULL;
	struct session *numbers = session_notices(sessions, lea);
	uint8_t buf[1024];
	int n;

	if (q == NULL)
		return false;
	n = tri_encode(ho, numbers->cin, numbers->next[SESSION_IRI], TRI_OPERATOR_LEA_MESSAGE,
	    (struct octets){(const uint8_t *)text, strlen(text)}, error, now_ns, buf, sizeof(buf));
	return n > 0 &&
	       notice_append(q, numbers, warrant, dest, (struct octets){buf, (size_t)n}, now_ns);
}

static uint32_t
notice_dest(const struct task_warrant *w)
{
	return w->row.dest_hi2 != 0 ? w->row.dest_hi2 : w->row.dest_hi3;
}

bool
notice_warrant(struct spool *spool, struct session_table *sessions, const struct task_warrant *w,
    const char *text, bool error, int64_t now_ns)
{
	return notice_send(
	    spool, sessions, w->row.lea, w->row.id, notice_dest(w), &w->ho, text, error, now_ns);
}

bool
notice_hi1(struct spool *spool, struct session_table *sessions, const struct task_warrant *w,
    const char *text, int64_t now_ns)
{
	uint32_t dest = notice_dest(w);
	struct spool_q *q = dest != 0 ? spool_queue(spool, w->row.lea, HO_IRI) : NULL;
	struct session *numbers = session_notices(sessions, w->row.lea);
	uint8_t buf[1024];
	int n;

	if (q == NULL)
		return false;
	n = hi1_alarm_encode(&w->ho, numbers->cin, numbers->next[SESSION_IRI],
	    (struct octets){(const uint8_t *)text, strlen(text)}, now_ns, buf, sizeof(buf));
	return n > 0 &&
	       notice_append(q, numbers, w->row.id, dest, (struct octets){buf, (size_t)n}, now_ns);
}
