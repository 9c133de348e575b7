/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: packets, frames, GTP-U messages, tunnels, headers for summaries, copy hashes. */
#include "session/flowsum.h"
#include "session/packet.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
fuzz_sound(const struct packet *p, struct octets in)
{
	assert(p->ip.p >= in.p && p->ip.p + p->ip.n <= in.p + in.n);
	assert(p->ip_header_n <= p->header_n && p->header_n <= p->ip.n);
	assert(p->content.p == p->ip.p + p->header_n);
	assert(p->header_n + p->content.n == p->ip.n);
}

static void
fuzz_ip(struct octets in)
{
	static const uint8_t session[16];
	struct packet p, inner;
	struct flow_key key;
	struct flowsum f;
	uint8_t a[16], b[16];

	packet_copy_hash(in, true, 1, a);
	packet_copy_hash(in, true, 1, b);
	assert(memcmp(a, b, sizeof(a)) == 0);
	if (packet_parse(in, &p) < 0) {
		flowsum_of(1, session, &p, FLOWSUM_EXCLUDED, 0, 0, 0, &f);
		assert(f.header_n == 0);
		return;
	}
	fuzz_sound(&p, in);
	assert(packet_innermost(&p, &inner) <= PACKET_LAYERS_MAX);
	fuzz_sound(&inner, p.ip);
	packet_flow(&p, true, &key);
	flowsum_of(1, session, &p, FLOWSUM_CONTENT, 0, 0, 0, &f);
	assert(f.header_n <= FLOWSUM_HEADER_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct octets in = {data, n};
	struct frame f;
	struct gtpu g;

	fuzz_ip(in);
	if (frame_parse(in, &f) == 0)
		fuzz_ip(frame_ip(&f));
	if (gtpu_parse(in, &g) == 0)
		fuzz_ip(g.inner);
	return 0;
}
