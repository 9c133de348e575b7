/* SPDX-License-Identifier: Apache-2.0 */
/* Packet header > IPIRIPacketReport, TS 102 232-3 (IPAccessPDU version20): one report per packet,
 * or a summary of a flow.  The header is moved; nothing of a payload gets here. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"
#include "spec/ts102232_3.h"

#include <errno.h>

static void
close_report(struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, size_t mark)
{
	static const uint8_t oid[] = {TS102232_3_PACKET_REPORT_OID};

	ber_close(b, REPORT_CONTENTS, mark);
	ber_octets(b, REPORT_OID, oid, sizeof(oid));
	ber_close(b, IRI_PACKET_REPORT, mark);
	pspdu_iri_close(b, c, ev, mark);
}

int
map_report_header(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	size_t mark = pspdu_iri_open(b, c, ev, IRI_PAYLOAD_DIRECTION);

	pspdu_body(b, rec, ev->body);
	ber_close(b, REPORT_HEADER_OCTETS, mark);
	ber_close(b, REPORT_HEADER, mark);
	close_report(b, c, ev, mark);
	return 0;
}

/* A BIT STRING with named bits: bit 0 is the first; zeros at the end are dropped (X.690 11.2.2). */
static void
put_indications(struct ber *b, uint16_t bits)
{
	uint8_t v[4] = {0};
	unsigned last = 0;

	for (unsigned i = 0; i < REPORT_INDICATIONS_N; i++) {
		if (bits & 1u << i) {
			v[1 + i / 8] |= (uint8_t)(0x80 >> i % 8);
			last = i + 1;
		}
	}
	v[0] = (uint8_t)((8 - last % 8) % 8);
	ber_octets(b, REPORT_INDICATIONS, v, 1 + (last + 7) / 8);
}

int
map_report_summary(
    struct ber *b, const struct pspdu_ctx *c, const struct li_event *ev, struct ho_record *rec)
{
	const struct li_summary *s = ev->detail;
	size_t mark, header;

	if (!s || s->trigger < 1 || s->trigger > REPORT_TRIGGER_LAST)
		return -EBADMSG;
	mark = pspdu_iri_open(b, c, ev, IRI_PAYLOAD_DIRECTION);
	if (s->last_ns)
		pspdu_gtime(b, REPORT_LAST, s->last_ns);
	if (s->first_ns)
		pspdu_gtime(b, REPORT_FIRST, s->first_ns);
	ber_uint64(b, REPORT_OCTETS, s->octets);
	ber_uint64(b, REPORT_PACKETS, s->packets);
	ber_small(b, REPORT_TRIGGER, s->trigger);
	put_indications(b, s->indications);
	header = ber_mark(b);
	pspdu_body(b, rec, ev->body);
	ber_close(b, REPORT_HEADER_OCTETS, header);
	ber_close(b, REPORT_SUMMARY, mark);
	close_report(b, c, ev, mark);
	return 0;
}
