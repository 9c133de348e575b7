/* SPDX-License-Identifier: Apache-2.0 */
/* MSRP messages: input is the payload. */
#include "session/msrp.h"
#include "session/payload.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static struct payload payload;

static void
within(struct octets o, const uint8_t *p, size_t n)
{
	assert(o.n == 0 || (o.p >= p && o.p + o.n <= p + n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct x23_pdu pdu = {.minor = X23_MINOR,
	    .type = X23_TYPE_X3,
	    .format = X23_FMT_MSRP,
	    .direction = X23_DIR_TO_TARGET,
	    .payload = {in, n}};
	struct msrp_msg m;
	long r = msrp_parse(pdu.payload, &m);

	assert(r < 0 || (r > 0 && (size_t)r <= n));
	if (r > 0) {
		within(m.body, in, n);
		within(m.to_path, in, n);
		within(m.from_path, in, n);
	}
	if (payload_examine(&pdu, 1, &payload) == REJECT_NONE) {
		assert(r > 0 && payload.ev.kind == LI_MSRP && payload.ev.body.n == n);
		for (size_t i = 0; i < payload.name_n; i++)
			assert(payload.name[i].a.n >= 1 && payload.name[i].a.n <= PAYLOAD_NAME_MAX);
	}
	return 0;
}
