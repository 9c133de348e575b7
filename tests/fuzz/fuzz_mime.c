/* SPDX-License-Identifier: Apache-2.0 */
/* MIME payloads of all types that are read.
 *
 * Input: type (table below), flags (1 X3, 2 to the target, 4 base64, 8 quoted-printable, 16 and 32
 * a port of the server, 64 of the client), then the payload.  Whatever it is, it becomes an event:
 * nothing of it is lost but when there is nothing.
 */
#include "handover/handover.h"
#include "session/payload.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static struct payload payload;
static struct handover_warrant warrant;

#define TEXT(t) ((struct octets){(const uint8_t *)(t), sizeof(t) - 1})

static const char *const types[] = {
    "",
    "message/rfc822",
    "message/cpim",
    "application/vnd.3gpp.sms",
    "application/vnd.wap.mms-message",
    "application/vnd.openmdf.event+json",
    "multipart/mixed; boundary=b",
    "text/plain",
};

static void
check(const struct x23_pdu *pdu)
{
	const struct li_event *ev = &payload.ev;
	struct ho_record rec;

	assert(ev->kind >= LI_MAIL_IRI && ev->kind <= LI_MSG_CC && ev->detail != NULL);
	assert((ev->class == HO_IRI) == (pdu->type == X23_TYPE_X2));
	assert(ev->body.n == 0 || (ev->body.p >= pdu->payload.p &&
				      ev->body.p + ev->body.n <= pdu->payload.p + pdu->payload.n));
	for (size_t i = 0; i < payload.name_n; i++)
		assert(payload.name[i].a.n >= 1 && payload.name[i].a.n <= PAYLOAD_NAME_MAX);
	assert(handover_encode(&warrant, 7, 9, ev, &rec) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const uint16_t ports[] = {110, 25, 143, 80};
	struct x23_pdu pdu = {.minor = X23_MINOR, .format = X23_FMT_MIME};
	const char *type;
	uint8_t *exact;

	if (n < 2)
		return 0;
	if (warrant.front_n == 0)
		assert(handover_warrant_init(&warrant, TEXT("LIID"), "NL", "NL", TEXT("op"),
			   TEXT("ne"), 43, false) == 0);
	exact = malloc(n - 1);
	assert(exact != NULL);
	memcpy(exact, in + 2, n - 2);
	type = types[in[0] % (sizeof(types) / sizeof(types[0]))];
	pdu.type = in[1] & 1 ? X23_TYPE_X3 : X23_TYPE_X2;
	pdu.direction = in[1] & 2 ? X23_DIR_TO_TARGET : X23_DIR_FROM_TARGET;
	pdu.mime_type = (struct octets){(const uint8_t *)type, strlen(type)};
	if (in[1] & 12)
		pdu.mime_encoding = in[1] & 4 ? TEXT("base64") : TEXT("quoted-printable");
	pdu.src_port = in[1] & 64 ? 40000 : ports[in[1] >> 4 & 3];
	pdu.dst_port = in[1] & 64 ? ports[in[1] >> 4 & 3] : 40000;
	pdu.payload = (struct octets){exact, n - 2};
	if (payload_examine(&pdu, 1, &payload) == REJECT_NONE)
		check(&pdu);
	else
		assert(n == 2 && pdu.mime_type.n == 0);
	free(exact);
	return 0;
}
