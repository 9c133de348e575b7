/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_pdu.h. */
#include "lemf_pdu.h"
#include "lemf_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void
lemf_pdu_init(struct lemf_pdu *p)
{
	memset(p, 0, sizeof(*p));
	lemf_tree_init(&p->tree);
}

void
lemf_pdu_fini(struct lemf_pdu *p)
{
	lemf_tree_fini(&p->tree);
	free(p->clear);
}

char *
lemf_liid_format(struct octets liid, char *buf, size_t len)
{
	bool plain = liid.n > 0 && liid.n < len;
	size_t i, at;

	for (i = 0; plain && i < liid.n; i++)
		plain = liid.p[i] > 0x20 && liid.p[i] < 0x7f;
	if (plain) {
		memcpy(buf, liid.p, liid.n);
		buf[liid.n] = 0;
		return buf;
	}
	at = (size_t)snprintf(buf, len, "0x");
	for (i = 0; i < liid.n && at + 3 <= len; i++, at += 2)
		snprintf(buf + at, len - at, "%02x", liid.p[i]);
	return buf;
}

/* Time beside FROM: microSecondTimeStamp, else timeStamp. */
static int64_t
time_under(const struct lemf_tree *t, const struct lemf_node *from)
{
	const struct lemf_node *n = lemf_tree_find(t, from, "microSecondTimeStamp");
	int64_t us;
	uint64_t s;

	if (n) {
		s = lemf_node_uint(lemf_tree_find(t, n, "seconds"));
		if (s < INT64_MAX / 1000000 - 1)
			return (int64_t)(s * 1000000 +
					 lemf_node_uint(lemf_tree_find(t, n, "microSeconds")) %
					     1000000);
	}
	n = lemf_tree_find(t, from, "timeStamp");
	return n && lemf_time_us(n->val, &us) == 0 ? us : LEMF_NO_TIME;
}

static void
fill_class(struct lemf_head *h, const struct lemf_tree *t)
{
	const struct lemf_node *arm = lemf_tree_child(t, lemf_tree_find(t, NULL, "payload")), *tri;

	h->cls = LEMF_OTHER;
	h->kind = arm ? arm->name : "?";
	if (!arm || arm->name[0] == '?')
		return;
	if (arm->tlv.tag == 0) {
		h->cls = LEMF_IRI;
	} else if (arm->tlv.tag == 1) {
		h->cls = LEMF_CC;
	} else if (arm->tlv.tag == 2) {
		tri = lemf_tree_child(t, arm);
		h->cls = LEMF_TRI;
		h->kind = tri ? tri->name : "?";
		h->keepalive = tri && tri->type && tri->tlv.tag == 3;
		h->option_request = tri && tri->type && tri->tlv.tag == 9;
		h->ack_request = tri && tri->type && tri->tlv.tag == 12;
	}
}

static void
fill_head(struct lemf_pdu *p)
{
	const struct lemf_node *ps = lemf_tree_find(&p->tree, NULL, "pSHeader"), *n;
	struct lemf_head *h = &p->head;

	memset(h, 0, sizeof(*h));
	h->kind = "?";
	h->cls = LEMF_OTHER;
	h->time_us = LEMF_NO_TIME;
	if (!ps)
		return;
	if ((n = lemf_tree_find(&p->tree, ps, "lawfulInterceptionIdentifier")))
		h->liid = n->val;
	lemf_liid_format(h->liid, h->liid_text, sizeof(h->liid_text));
	if ((n = lemf_tree_find(
		 &p->tree, ps, "communicationIdentifier.communicationIdentityNumber")))
		h->cin = (uint32_t)lemf_node_uint(n), h->has_cin = true;
	if ((n = lemf_tree_find(&p->tree, ps, "sequenceNumber")))
		h->seq = (uint32_t)lemf_node_uint(n), h->has_seq = true;
	h->time_us = time_under(&p->tree, ps);
	fill_class(h, &p->tree);
}

/* Put the payload of an EncryptionContainer in its place and decode again. */
static int
open_container(struct lemf_pdu *p, const struct lemf_node *box)
{
	const struct lemf_node *ps = lemf_tree_find(&p->tree, NULL, "pSHeader");
	struct lemf_crypt_in in = {
	    .type = (unsigned)lemf_node_uint(lemf_tree_find(&p->tree, box, "encryptionType")),
	    .seq = p->head.seq,
	    .header = {p->tree.raw.p + ps->tlv.at, ps->tlv.total_len},
	};
	const struct lemf_node *data = lemf_tree_find(&p->tree, box, "encryptedPayload");
	struct lemf_path path = {NULL, "encryptionContainer", 0};
	struct lemf_fault *before = NULL;
	unsigned before_n = p->tree.fault_n;
	struct octets clear;
	uint64_t counter;
	const char *why;
	uint8_t *octets;
	int rc;

	if (!data)
		return -EBADMSG;
	in.data = data->val;
	if ((why = lemf_crypt_open(p->key, &in, &octets, &clear, &counter))) {
		lemf_fault_add(&p->tree, &path, data->tlv.at, LEMF_ERROR, "DECRYPT", why);
		return -EBADMSG;
	}
	if (before_n && (before = malloc(before_n * sizeof(*before))))
		memcpy(before, p->tree.faults, before_n * sizeof(*before));
	rc = lemf_tree_decode(&p->tree, lemf_schema_ps_pdu, clear);
	free(p->clear); /* LIID of the first decoding pointed into RAW, not into it */
	p->clear = octets;
	fill_head(p);
	p->head.encrypted = true;
	p->head.counter = counter;
	for (unsigned i = 0; before && i < before_n; i++)
		lemf_fault_add(
		    &p->tree, &path, before[i].at, before[i].level, before[i].code, before[i].what);
	free(before);
	return rc;
}

int
lemf_pdu_decode(struct lemf_pdu *p, struct octets raw)
{
	int rc = lemf_tree_decode(&p->tree, lemf_schema_ps_pdu, raw);
	const struct lemf_node *box;

	fill_head(p);
	if (!lemf_tree_find(&p->tree, NULL, "pSHeader"))
		return rc ? rc : -EBADMSG;
	box = lemf_tree_find(&p->tree, NULL, "payload.encryptionContainer");
	return rc == 0 && box && p->key ? open_container(p, box) : rc;
}

static const char *
enum_text(const struct lemf_tree *t, const struct lemf_node *from, const char *name)
{
	const struct lemf_node *n = lemf_tree_find(t, from, name);

	return n ? lemf_schema_name(n->type->names, lemf_node_uint(n)) : NULL;
}

bool
lemf_pdu_item(const struct lemf_pdu *p, const struct lemf_node *after, struct lemf_item *it)
{
	const struct lemf_tree *t = &p->tree;
	const struct lemf_node *n, *s;

	memset(it, 0, sizeof(*it));
	if (p->head.cls != LEMF_IRI && p->head.cls != LEMF_CC)
		return false;
	n = after ? lemf_tree_next(t, after)
		  : lemf_tree_child(t, lemf_tree_child(t, lemf_tree_find(t, NULL, "payload")));
	if (!n)
		return false;
	it->node = n;
	it->kind = "?";
	it->time_us = time_under(t, n);
	if (it->time_us == LEMF_NO_TIME)
		it->time_us = p->head.time_us;
	it->direction = enum_text(t, n, "payloadDirection");
	if (!it->direction)
		it->direction = enum_text(t, n, "sessionDirection");
	it->iri_type = enum_text(t, n, "iRIType");
	s = lemf_tree_child(
	    t, lemf_tree_find(t, n, p->head.cls == LEMF_CC ? "cCContents" : "iRIContents"));
	if (s)
		lemf_item_fill(it, t, s);
	return true;
}

const char *
lemf_class_name(enum lemf_class cls)
{
	switch (cls) {
	case LEMF_IRI:
		return "iri";
	case LEMF_CC:
		return "cc";
	case LEMF_TRI:
		return "tri";
	case LEMF_OTHER:
		return "other";
	}
	return "?";
}
