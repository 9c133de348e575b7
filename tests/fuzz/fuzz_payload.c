/* SPDX-License-Identifier: Apache-2.0 */
/* Every payload format through examination, naming, stepping and encoding.
 *
 * Input: format, flags (1 X3, 2 Correlation ID and time, 4 IPv4 and 8 IPv6 addresses, 16 ports and
 * protocol, 32 NFID and IPID, 64 MIME type, 128 SDP), direction and 7 times the state of the
 * session so far, with SDP its length in two octets and it, then the payload.  Format 19 stands for
 * one that is not known.  A PDU is refused with a reason, or its events have all that the stages
 * behind need, and what is encoded is a sound PS-PDU. */
#include "handover/handover.h"
#include "session/payload.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define HEAD 3

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static struct payload payload;
static struct handover_warrant warrant;

#define TEXT(t) ((struct octets){(const uint8_t *)(t), sizeof(t) - 1})

static void
attributes(struct x23_pdu *p, uint8_t flags)
{
	const uint32_t ports = UINT32_C(1) << X23_ATTR_SRC_PORT | UINT32_C(1) << X23_ATTR_DST_PORT |
			       UINT32_C(1) << X23_ATTR_IP_PROTO;

	if (flags & 2) {
		p->correlation = 42;
		p->present |= UINT32_C(1) << X23_ATTR_TIMESTAMP;
	}
	if (flags & 4) {
		p->src = TEXT("\xc0\0\2\1");
		p->dst = TEXT("\xc6\x33\x64\1");
	}
	if (flags & 8) {
		p->src = TEXT("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1");
		p->dst = TEXT("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2");
	}
	if (flags & 16) {
		p->present |= ports;
		p->src_port = 5060;
		p->dst_port = 5062;
		p->ip_proto = 17;
	}
	if (flags & 32) {
		p->nfid = TEXT("nf");
		p->ipid = TEXT("ip");
	}
	if (flags & 64)
		p->mime_type = TEXT("message/rfc822");
}

static void
check_names(const struct payload *p)
{
	assert(p->name_n <= PAYLOAD_NAMES_MAX && p->scratch_n <= sizeof(p->scratch));
	for (size_t i = 0; i < p->name_n; i++) {
		assert(p->name[i].kind != 0 && p->name[i].act >= NAME_BIND);
		assert(p->name[i].a.n >= 1 && p->name[i].a.n <= PAYLOAD_NAME_MAX);
	}
}

/* The encoded PDU in one piece is a PS-PDU with IRI or CC, as its class says. */
static void
check_record(const struct li_event *ev, const struct ho_record *rec)
{
	size_t n = rec->head.n + rec->body.n + rec->tail.n;
	uint8_t *all = malloc(n);
	struct octets inner;
	bool iri, has_cin;
	uint32_t cin;

	assert(all != NULL);
	memcpy(all, rec->head.p, rec->head.n);
	if (rec->body.n > 0)
		memcpy(all + rec->head.n, rec->body.p, rec->body.n);
	if (rec->tail.n > 0)
		memcpy(all + rec->head.n + rec->body.n, rec->tail.p, rec->tail.n);
	assert(handover_inner((struct octets){all, n}, &inner, &iri, &has_cin, &cin) == 0);
	assert(iri == (ev->class == HO_IRI) && has_cin && cin == 7);
	free(all);
}

static void
check_event(struct li_event *ev, struct dialog *d)
{
	struct ho_record rec;
	int r;

	assert(ev->kind > 0 && ev->kind < LI_KIND_N && ev->class < HO_JOURNAL);
	assert(ev->service != 0 && ev->pdu != NULL && ev->key.n > 0);
	assert(ev->key.n <= PAYLOAD_KEY_MAX);
	payload_step_event(&payload, ev, d);
	assert(ev->class == HO_IRI ? ev->iri_type >= PAYLOAD_BEGIN && ev->iri_type <= PAYLOAD_REPORT
				   : ev->iri_type == 0);
	assert(dialog_phase(d) < DIALOG_N);
	r = handover_encode(&warrant, 7, 9, ev, &rec);
	assert(r == 0 || r == -ENOTSUP || r == -EBADMSG || r == -EMSGSIZE);
	if (r == 0)
		check_record(ev, &rec);
}

static void
check_refused(enum reject_code why)
{
	assert(why > REJECT_NONE && why < REJECT_CODE_N);
}

/* The SDP of the media, in front of the payload. */
static void
take_sdp(struct x23_pdu *p)
{
	struct octets in = p->payload;
	size_t n;

	if (in.n < 2)
		return;
	n = octets_get16(in.p);
	in = (struct octets){in.p + 2, in.n - 2};
	n = n < in.n ? n : in.n;
	p->sdp = (struct octets){in.p, n};
	p->payload = (struct octets){in.p + n, in.n - n};
	p->present |= UINT32_C(1) << X23_ATTR_SDP;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct x23_pdu pdu = {.minor = X23_MINOR, .ts_s = 1700000000};
	struct dialog d = {0};
	enum reject_code why;

	if (n < HEAD)
		return 0;
	d.state = dialog_read_state(in[2] / 7);
	if (warrant.front_n == 0)
		assert(handover_warrant_init(&warrant, TEXT("LIID"), "NL", "NL", TEXT("op"),
			   TEXT("ne"), 43, false) == 0);
	pdu.format = in[0] % 20 == 19 ? 0xfffe : in[0] % 20;
	pdu.type = in[1] & 1 ? X23_TYPE_X3 : X23_TYPE_X2;
	pdu.direction = in[2] % 7;
	pdu.payload = (struct octets){in + HEAD, n - HEAD};
	pdu.raw = (struct octets){in, n};
	attributes(&pdu, in[1]);
	if (in[1] & 128)
		take_sdp(&pdu);
	why = payload_examine(&pdu, INT64_C(1700000001000000000), &payload);
	if (why != REJECT_NONE) {
		check_refused(why);
		return 0;
	}
	check_names(&payload);
	payload_names_media(&payload);
	check_names(&payload);
	check_event(&payload.ev, &d);
	assert(payload.more_n < PAYLOAD_EVENTS_MAX);
	for (size_t i = 0; i < payload.more_n; i++)
		check_event(&payload.more[i], &d);
	return 0;
}
