/* SPDX-License-Identifier: Apache-2.0 */
/* Of which service the PDU at hand is, for warrants that have narrowed something: what it tells
 * itself, what its session tells, and what signalling told before of a call or a port.  See
 * mediate_priv.h and dialog.h. */
#include "ingest/mediate_priv.h"

#include <string.h>

/* What SDP said of the port; NULL: nothing.  Also of a call that is over: its last packets come
 * after its end. */
static const struct name_row *
service_port(struct mediate *m, uint32_t warrant, struct octets address, uint16_t port)
{
	uint8_t a[18], name[16];
	const struct name_row *row;

	if ((address.n != 4 && address.n != 16) || port == 0)
		return NULL;
	memcpy(a, address.p, address.n);
	octets_put16(a + address.n, port);
	names_hash(m->conf.names, NAME_MEDIA, NULL, (struct octets){a, address.n + 2}, name);
	row = names_find(m->conf.names, warrant, NAME_MEDIA, name);
	return row != NULL && row->media != 0 ? row : NULL;
}

/* Add what signalling told of the call (TELLS, 0: nothing) to what it told before; returns all of
 * it.  Kept also of a call that a warrant was refused and that thus has no session.  In memory
 * only, the last calls. */
static uint16_t
service_told(struct mediate *m, uint16_t tells)
{
	struct mediate_told *t;
	struct octets call = m->payload.sip.call_id;
	uint8_t name[16];

	if (call.n > PAYLOAD_NAME_MAX)
		call.n = PAYLOAD_NAME_MAX;
	names_hash(m->conf.names, NAME_CALL, NULL, call, name);
	t = &m->told[octets_get32(name) & (MEDIATE_TOLD - 1)];
	if (memcmp(t->call, name, sizeof(t->call)) == 0)
		return t->service |= tells;
	if (tells == 0)
		return 0;
	memcpy(t->call, name, sizeof(t->call));
	return t->service = tells;
}

/* What the message tells itself; 0: nothing. */
static uint16_t
service_tells(const struct payload *p)
{
	const struct sip_msg *sip = &p->sip;
	bool subscription =
	    sip->method == SIP_SUBSCRIBE || sip->method == SIP_NOTIFY || sip->method == SIP_PUBLISH;

	if (sip->service != 0)
		return sip->service;
	return sip->request && subscription && p->ev.service != SERVICE_ANY ? p->ev.service : 0;
}

static uint16_t
service_of_sip(struct mediate *m, struct mediate_now *now, const struct task_warrant *w)
{
	uint16_t service = m->payload.ev.service;
	uint16_t told = service_told(m, service_tells(&m->payload));
	const struct session *s = mediate_seek(m, now, w, NULL);
	struct dialog d = {.service = told};

	if (s == NULL && told == 0)
		return service;
	return dialog_service(&m->payload.sip, s != NULL ? &s->dialog : &d, service);
}

uint16_t
mediate_service_of(struct mediate *m, struct mediate_now *now, const struct task_warrant *w)
{
	const struct x23_pdu *pdu = now->pdu;
	uint16_t service = m->payload.ev.service;
	const struct name_row *row;

	if (m->payload.ev.kind == LI_SIP)
		return service_of_sip(m, now, w);
	if (pdu->sdp.n > 0 && service == SERVICE_VIDEO)
		return service;
	row = service_port(m, w->row.id, pdu->dst, pdu->dst_port);
	if (row == NULL)
		row = service_port(m, w->row.id, pdu->src, pdu->src_port);
	return row != NULL ? payload_media_service(pdu->payload, row->media, row->video_pt)
			   : service;
}
