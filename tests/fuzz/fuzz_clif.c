/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a request of the cloud interface, head and body, up to the PDUs it makes.  What is
 * no head is read as a body. */
#include "ingest/clif_http.h"
#include "ingest/clif_json.h"
#include "ingest/clif_pdu.h"
#include "ingest/x23_pdu.h"

#include <assert.h>
#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
fuzz_value(struct octets text)
{
	static struct clif_buf buf;
	char why[CLIF_WHY_LEN] = "";
	json_t *o = json_loadb((const char *)text.p, text.n,
	    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &(json_error_t){0});
	struct x23_pdu pdu;
	enum reject_code code;
	size_t used;
	int rc;

	if (!o)
		return;
	rc = clif_pdu_encode(o, &buf, why);
	json_decref(o);
	assert(buf.n >= 40 && (rc == 0) == (why[0] == '\0'));
	if (rc < 0)
		return;
	rc = x23_pdu_decode((struct octets){buf.p, buf.n}, 1 << 20, 1 << 20, &pdu, &used, &code);
	assert(rc == 0 || rc == -EINVAL);
	assert(used == buf.n && code != REJECT_ATTRIBUTE);
}

static void
fuzz_body(struct octets body, bool many)
{
	struct clif_reader r;
	struct octets value;

	clif_reader_init(&r, body, many);
	while (clif_reader_next(&r, &value) > 0)
		fuzz_value(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct octets in = {data, n};
	struct clif_head h;
	size_t used = 0;

	if (clif_head_parse(in, &h, &used) == 0) {
		assert(used >= 4 && used <= n && used <= CLIF_HEAD_MAX);
		in = (struct octets){data + used, n - used};
	}
	fuzz_body(in, false);
	fuzz_body(in, true);
	return 0;
}
