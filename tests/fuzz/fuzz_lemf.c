/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver: octets as PS-PDUs through decoder, rules, content, JSON-free views and the sessions
 * with their integrity checks.  Input: a key octet (1: try to open encrypted PDUs; 2: one series
 * per LIID; 4: what follows is content alone: a packet, RTP, GTP-U, SIP, SDP), then PS-PDUs one
 * after another; what cannot be split is one PDU. */
#include "lemf_files.h"
#include "lemf_integrity.h"
#include "lemf_packet.h"
#include "lemf_rules.h"
#include "lemf_tri.h"

#include <assert.h>
#include <stdlib.h>

#define PDUS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static void
check_inside(struct octets part, struct octets whole)
{
	assert(part.n == 0 || whole.p == NULL ||
	       (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void
look_at_content(struct octets in)
{
	char a[200], b[200];
	struct lemf_media_end media;
	struct octets inner;
	struct lemf_rtp rtp;
	struct lemf_ip ip;

	if (lemf_packet_ip(in, &ip)) {
		check_inside(ip.l4, in);
		check_inside(ip.data, in);
		lemf_packet_tuple(&ip, a, sizeof(a));
	}
	if (lemf_packet_rtp(in, &rtp))
		check_inside(rtp.media, in);
	if (lemf_packet_gtpu(in, &inner))
		check_inside(inner, in);
	lemf_packet_sip(in, a, sizeof(a), b, sizeof(b));
	lemf_packet_sdp(in, &media);
}

static void
look_at(const struct lemf_item *it)
{
	assert(it->kind && lemf_body_name(it->body));
	look_at_content(it->content);
	lemf_files_ending(it->message.type);
}

static void
look_in(struct lemf_pdu *p)
{
	const struct lemf_tree *t = &p->tree;
	struct lemf_item it;
	char oid[80];
	uint8_t *answer;
	size_t len;

	for (uint32_t i = 0; i < t->node_n; i++) {
		const struct lemf_node *k = &t->nodes[i];

		assert(k->name && k->tlv.val_at + k->tlv.val.n <= t->raw.n);
		lemf_node_uint(k);
		lemf_node_int(k);
		lemf_node_oid(k, oid, sizeof(oid));
	}
	for (bool more = lemf_pdu_item(p, NULL, &it); more; more = lemf_pdu_item(p, it.node, &it))
		look_at(&it);
	if (lemf_tri_wanted(p) != LEMF_TRI_NONE &&
	    (answer = lemf_tri_encode(p, lemf_tri_wanted(p), 7, true, &len)))
		free(answer);
	lemf_rules_check(p);
	for (unsigned i = 0; i < t->fault_n; i++)
		assert(t->faults[i].what[0] && strcmp(lemf_level_name(t->faults[i].level), "?"));
}

static void
on_finding(const struct lemf_session *x, const char *text, void *arg)
{
	(void)arg;
	assert(x && text[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const struct lemf_key key = {.n = 24};
	struct lemf_sessions s = {0};
	struct lemf_integrity sum;
	struct lemf_pdu p;
	size_t at = 1, len;

	if (n < 2)
		return 0;
	if (in[0] & 4) {
		look_at_content((struct octets){in + 1, n - 1});
		return 0;
	}
	s.per_liid = in[0] & 2;
	lemf_pdu_init(&p);
	p.key = in[0] & 1 ? &key : NULL;
	for (uint64_t i = 0; at < n && i < PDUS_MAX; i++, at += len) {
		struct octets rest = {in + at, n - at};
		struct lemf_record rec = {.n = i, .conn = 1};
		struct lemf_ber_error err;

		if (lemf_ber_split(rest, &len, &err) || len > rest.n || len == 0)
			len = rest.n;
		rec.raw = (struct octets){rest.p, len};
		lemf_sessions_add(&rec, &p, lemf_pdu_decode(&p, rec.raw), &s);
		look_in(&p);
	}
	lemf_sessions_sort(&s);
	lemf_integrity_check(&s, NULL, &sum, on_finding, NULL);
	lemf_sessions_fini(&s);
	lemf_pdu_fini(&p);
	return 0;
}
