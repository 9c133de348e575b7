/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_tri.h.  Written back to front into one buffer: minimal lengths in one pass. */
#include "lemf_tri.h"

#include <assert.h>
#include <stdlib.h>

struct back {
	uint8_t *p; /* buffer of cap octets, filled from its end */
	size_t cap, at;
};

static void
put(struct back *b, const void *p, size_t n)
{
	assert(b->at >= n);
	b->at -= n;
	memcpy(b->p + b->at, p, n);
}

/* Close an element whose contents reach from here to END (offset from the end of the buffer). */
static void
wrap(struct back *b, uint8_t tag, size_t end)
{
	size_t n = b->cap - b->at - end;
	uint8_t head[6];
	size_t k = 0;

	head[k++] = tag;
	if (n >= 0x80) {
		unsigned octets = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;

		head[k++] = (uint8_t)(0x80 | octets);
		while (octets-- > 0)
			head[k++] = (uint8_t)(n >> 8 * octets);
	} else {
		head[k++] = (uint8_t)n;
	}
	put(b, head, k);
}

static size_t
mark(const struct back *b)
{
	return b->cap - b->at;
}

static void
put_seq(struct back *b, uint32_t seq)
{
	size_t end = mark(b);
	uint8_t raw[5] = {
	    0, (uint8_t)(seq >> 24), (uint8_t)(seq >> 16), (uint8_t)(seq >> 8), (uint8_t)seq};
	unsigned skip = 0;

	while (skip < 4 && raw[skip] == 0 && raw[skip + 1] < 0x80)
		skip++;
	put(b, raw + skip, sizeof(raw) - skip);
	wrap(b, 0x84, end);
}

static void
put_options(struct back *b, const struct lemf_pdu *req, bool accept)
{
	const struct lemf_tree *t = &req->tree;
	const struct lemf_node *opts =
	    lemf_tree_find(t, NULL, "payload.tRIPayload.optionRequest.requestedOptions");
	size_t end = mark(b), part;

	part = mark(b);
	for (const struct lemf_node *o = lemf_tree_child(t, opts); o; o = lemf_tree_next(t, o))
		if (!accept || !o->type)
			put(b, t->raw.p + o->tlv.at, o->tlv.total_len);
	wrap(b, 0xa1, part);
	part = mark(b);
	for (const struct lemf_node *o = lemf_tree_child(t, opts); o; o = lemf_tree_next(t, o))
		if (accept && o->type)
			put(b, t->raw.p + o->tlv.at, o->tlv.total_len);
	wrap(b, 0xa0, part);
	wrap(b, 0xaa, end);
}

static bool
put_header(struct back *b, const struct lemf_pdu *req, uint32_t seq)
{
	const struct lemf_node *kids[32], *ps = lemf_tree_find(&req->tree, NULL, "pSHeader");
	size_t n = 0, end = mark(b);

	for (const struct lemf_node *k = lemf_tree_child(&req->tree, ps); k;
	     k = lemf_tree_next(&req->tree, k)) {
		if (n == sizeof(kids) / sizeof(kids[0]))
			return false;
		kids[n++] = k;
	}
	while (n-- > 0) {
		if (kids[n]->type && kids[n]->tlv.tag == 4)
			put_seq(b, seq);
		else
			put(b, req->tree.raw.p + kids[n]->tlv.at, kids[n]->tlv.total_len);
	}
	wrap(b, 0xa1, end);
	return ps != NULL;
}

enum lemf_tri_answer
lemf_tri_wanted(const struct lemf_pdu *req)
{
	return req->head.keepalive	  ? LEMF_TRI_KEEPALIVE_RESPONSE
	       : req->head.option_request ? LEMF_TRI_OPTION_RESPONSE
	       : req->head.ack_request	  ? LEMF_TRI_ACK_RESPONSE
					  : LEMF_TRI_NONE;
}

uint8_t *
lemf_tri_encode(
    const struct lemf_pdu *req, enum lemf_tri_answer what, uint32_t seq, bool accept, size_t *len)
{
	struct back b = {.cap = req->tree.raw.n + 64};
	size_t inner;

	b.p = malloc(b.cap);
	assert(b.p);
	b.at = b.cap;
	inner = mark(&b);
	if (what == LEMF_TRI_OPTION_RESPONSE)
		put_options(&b, req, accept);
	else
		wrap(&b, what == LEMF_TRI_ACK_RESPONSE ? 0x8d : 0x84, inner);
	wrap(&b, 0xa2, inner);
	wrap(&b, 0xa2, inner);
	if (!put_header(&b, req, seq)) {
		free(b.p);
		return NULL;
	}
	wrap(&b, 0x30, 0);
	*len = b.cap - b.at;
	memmove(b.p, b.p + b.at, *len);
	return b.p;
}

const char *
lemf_tri_answer_name(enum lemf_tri_answer what)
{
	switch (what) {
	case LEMF_TRI_NONE:
		return "none";
	case LEMF_TRI_KEEPALIVE_RESPONSE:
		return "keep-aliveResponse";
	case LEMF_TRI_OPTION_RESPONSE:
		return "optionResponse";
	case LEMF_TRI_ACK_RESPONSE:
		return "pDUAcknowledgementResponse";
	}
	return "?";
}
