/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what recovery finds in a queue, as integrity checks and PDUs of one stream, and what
 * is made of the rest.  An input is a run of (length, 2 octets; PS-PDU). */
#include "handover/integrity.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint32_t number;

static int
fuzz_emit(const struct integrity_stream *s, const struct integrity_check *c, void *arg,
    struct integrity_emitted *out)
{
	struct handover_warrant *w = arg;
	struct integrity_view v;
	struct octets pdu;
	size_t numbers = 0;
	uint32_t seq;
	int rc = integrity_encode(w, s->cin, number, c, 1, &pdu, &out->body);

	assert(rc == 0);
	rc = integrity_parse(pdu, &v);
	assert(rc == 0 && v.signature == c->signature && v.body.n == out->body.n);
	while (integrity_number(&v.numbers, &seq))
		assert(seq == c->seq[numbers++]);
	assert(numbers == c->seq_n);
	out->seq = number++;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct integrity_conf conf = {
	    .hash_alg = 2, .hash_n = 4, .hash_ms = 1000, .sign_n = 4, .sign_ms = 1000};
	struct integrity_stream s = {.lea = 1, .warrant = 1, .cin = 1};
	struct handover_warrant w;
	struct integrity *i = integrity_new(fuzz_emit, &w, 2);
	size_t left;
	int rc = handover_warrant_init(&w, (struct octets){(const uint8_t *)"L", 1}, NULL, NULL,
	    (struct octets){(const uint8_t *)"O", 1}, (struct octets){NULL, 0}, 43, false);

	assert(rc == 0);
	for (uint32_t seq = 0; n >= 2; seq++) {
		size_t len = octets_get16(data);

		data += 2;
		n -= 2;
		if (len > n)
			len = n;
		s.cin = 1 + seq % 3;
		(void)integrity_replay(i, &conf, &s, seq, (struct octets){data, len}, 0);
		data += len;
		n -= len;
	}
	left = integrity_close_all(i);
	assert(left == 0 && integrity_open_n(i) == 0);
	integrity_free(i);
	return 0;
}
