/* SPDX-License-Identifier: Apache-2.0 */
/* SIP messages of one session, one after another.
 *
 * Input: direction, then messages with an octet 0 between them.  The course of the dialogs has to
 * stay sound, also when all but the octet in the spool is lost before a message; names, body and
 * type have to be in order. */
#include "session/payload.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static struct payload payload;

static void
check(const struct payload *p, const struct octets in)
{
	assert(p->ev.kind == LI_SIP && p->ev.class == HO_IRI && p->ev.service != 0);
	assert(p->ev.body.p == in.p && p->ev.body.n == in.n);
	assert(p->name_n <= PAYLOAD_NAMES_MAX);
	for (size_t i = 0; i < p->name_n; i++)
		assert(p->name[i].a.n >= 1 && p->name[i].a.n <= PAYLOAD_NAME_MAX);
	assert(p->sip.body.n == 0 ||
	       (p->sip.body.p >= in.p && p->sip.body.p + p->sip.body.n <= in.p + in.n));
}

static void
check_dialog(const struct dialog *d, uint8_t type)
{
	assert(dialog_phase(d) < DIALOG_N && (d->open & d->up) == 0);
	assert(type >= PAYLOAD_BEGIN && type <= PAYLOAD_REPORT);
	assert(type != PAYLOAD_END || dialog_over(d));
	assert(type != PAYLOAD_BEGIN || (!dialog_over(d) && dialog_phase(d) != DIALOG_NONE));
	assert(dialog_read_state(d->state) == d->state);
}

/* Two sessions turn out to be one. */
static void
check_join(struct dialog to, const struct dialog *from)
{
	dialog_join(&to, from);
	assert(dialog_phase(&to) < DIALOG_N && (to.open & to.up) == 0);
	assert(dialog_read_state(to.state) == to.state);
}

static void
message(const uint8_t *p, size_t n, uint16_t direction, struct dialog *d, struct dialog *lossy)
{
	uint8_t *exact = malloc(n + 1); /* so that every octet too many is seen */
	struct x23_pdu pdu = {.minor = X23_MINOR,
	    .type = X23_TYPE_X2,
	    .format = X23_FMT_SIP,
	    .direction = direction,
	    .payload = {exact, n}};

	assert(exact != NULL);
	memcpy(exact, p, n);
	if (payload_examine(&pdu, 1, &payload) == REJECT_NONE) {
		struct dialog kept = {.state = lossy->state, .invite_cseq = lossy->invite_cseq};

		check(&payload, pdu.payload);
		payload_step(&payload, d);
		check_dialog(d, payload.ev.iri_type);
		*lossy = kept;
		payload_step(&payload, lossy);
		check_dialog(lossy, payload.ev.iri_type);
		check_join(*d, &kept);
		check_join(kept, d);
		assert(sip_method_name(payload.sip.method) != NULL);
	}
	free(exact);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct dialog d = {0}, lossy = {0};

	if (n == 0)
		return 0;
	for (size_t from = 1; from < n;) {
		const uint8_t *end = memchr(in + from, 0, n - from);
		size_t len = end != NULL ? (size_t)(end - in) - from : n - from;

		message(in + from, len, (uint16_t)(1 + in[0] % 5), &d, &lossy);
		from += len + 1;
	}
	return 0;
}
