/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_session.h. */
#include "lemf_series.h"

#include "base/crc32c.h"

#include <assert.h>
#include <stdlib.h>

void
lemf_sessions_fini(struct lemf_sessions *s)
{
	free(s->list);
	free(s->entries);
	free(s->marks);
	free(s->sealed);
	free(s->hash);
	memset(s, 0, sizeof(*s));
}

/* In the scope LIID all sessions of one are one. */
static struct lemf_head
scope(const struct lemf_sessions *s, const struct lemf_head *h)
{
	struct lemf_head key = *h;

	if (s->per_liid) {
		key.has_cin = false;
		key.cin = 0;
	}
	return key;
}

static size_t
slot_of(const struct lemf_sessions *s, const struct lemf_head *h)
{
	uint32_t key = crc32c(h->has_cin ? h->cin + 1 : 0, h->liid_text, strlen(h->liid_text));
	size_t i;

	for (i = key % s->hash_n; s->hash[i]; i = (i + 1) % s->hash_n) {
		const struct lemf_session *x = &s->list[s->hash[i] - 1];

		if (x->has_cin == h->has_cin && x->cin == h->cin && !strcmp(x->liid, h->liid_text))
			break;
	}
	return i;
}

static void
grow_hash(struct lemf_sessions *s)
{
	free(s->hash);
	s->hash_n = s->cap * 2 + 1;
	s->hash = calloc(s->hash_n, sizeof(*s->hash));
	assert(s->hash);
	for (size_t i = 0; i < s->n; i++) {
		struct lemf_head h = {.has_cin = s->list[i].has_cin, .cin = s->list[i].cin};

		memcpy(h.liid_text, s->list[i].liid, sizeof(h.liid_text));
		s->hash[slot_of(s, &h)] = (uint32_t)i + 1;
	}
}

static uint32_t
session_of(struct lemf_sessions *s, const struct lemf_head *head)
{
	struct lemf_head key = scope(s, head), *h = &key;
	struct lemf_session *x;
	size_t i;

	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->list = realloc(s->list, s->cap * sizeof(*s->list));
		assert(s->list);
		grow_hash(s);
	}
	i = slot_of(s, h);
	if (!s->hash[i]) {
		x = &s->list[s->n++];
		memset(x, 0, sizeof(*x));
		memcpy(x->liid, h->liid_text, sizeof(x->liid));
		x->has_cin = h->has_cin;
		x->cin = h->cin;
		x->first_us = x->last_us = LEMF_NO_TIME;
		s->hash[i] = (uint32_t)s->n;
	}
	return s->hash[i] - 1;
}

/* Items of a PDU that came for the first time or again. */
static void
count_items(struct lemf_session *x, const struct lemf_pdu *pdu)
{
	struct lemf_item it;

	for (bool more = lemf_pdu_item(pdu, NULL, &it); more;
	     more = lemf_pdu_item(pdu, it.node, &it)) {
		uint64_t type = lemf_node_uint(lemf_tree_find(&pdu->tree, it.node, "iRIType"));

		x->series[pdu->head.cls].payload_n++;
		if (pdu->head.cls == LEMF_IRI)
			x->iri_type_n[type < 5 ? type : 0]++;
		if (strcmp(it.kind, "iPIRIPacketReport") != 0)
			continue;
		x->header_n += !it.has_summary;
		x->summary_n += it.has_summary;
		x->flow_packet_n += it.packet_n;
		x->flow_octet_n += it.octet_n;
	}
}

/* cINExtension iri-to-iri: four octets with the CIN of the session that this one belongs to. */
static void
note_parent(struct lemf_session *x, const struct lemf_pdu *pdu)
{
	const struct lemf_node *n = lemf_tree_find(
	    &pdu->tree, NULL, "pSHeader.communicationIdentifier.cINExtension.iri-to-iri");

	if (!n || n->val.n != 4)
		return;
	x->has_parent = true;
	x->parent = octets_get32(n->val.p);
}

static int64_t
time_of(const struct lemf_pdu *pdu, const struct lemf_record *rec)
{
	struct lemf_item it;

	if (pdu->head.time_us != LEMF_NO_TIME)
		return pdu->head.time_us;
	if (lemf_pdu_item(pdu, NULL, &it) && it.time_us != LEMF_NO_TIME)
		return it.time_us;
	return rec->time_ns / 1000;
}

static void
count(struct lemf_session *x, const struct lemf_entry *e)
{
	struct lemf_series *r = &x->series[e->cls];

	if (r->record_n && r->last_conn == e->conn && e->seq < r->last_seq)
		r->order_n++;
	r->last_conn = e->conn;
	r->last_seq = e->seq;
	r->record_n++;
	r->octet_n += e->raw.n;
	if (x->first_us == LEMF_NO_TIME || e->time_us < x->first_us)
		x->first_us = e->time_us;
	if (e->time_us > x->last_us)
		x->last_us = e->time_us;
}

/* Room for one more of SIZE octets in a list. */
static void *
grow(void *list, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	*cap = *cap ? *cap * 2 : 256;
	list = realloc(list, *cap * size);
	assert(list);
	return list;
}

static void
add_mark(struct lemf_sessions *s, const struct lemf_record *rec, const struct lemf_pdu *pdu)
{
	const struct lemf_node *tri =
	    lemf_tree_child(&pdu->tree, lemf_tree_find(&pdu->tree, NULL, "payload.tRIPayload"));
	uint32_t tag = tri ? tri->tlv.tag : UINT32_MAX;

	if (!pdu->head.has_seq || (tag != 0 && tag != 5 && tag != 6 && tag != 7))
		return;
	s->marks = grow(s->marks, s->mark_n, &s->mark_cap, sizeof(*s->marks));
	s->marks[s->mark_n] =
	    (struct lemf_mark){.tag = tag, .seq = pdu->head.seq, .n = rec->n, .raw = rec->raw};
	s->marks[s->mark_n++].session = session_of(s, &pdu->head);
	if (tag == 7) /* the numbers begin again: that is not against the order */
		for (unsigned i = 0; i < 2; i++)
			s->list[s->marks[s->mark_n - 1].session].series[i].last_conn = UINT64_MAX;
}

static void
add_sealed(struct lemf_sessions *s, const struct lemf_record *rec, const struct lemf_pdu *pdu)
{
	s->sealed = grow(s->sealed, s->sealed_n, &s->sealed_cap, sizeof(*s->sealed));
	s->sealed[s->sealed_n] = (struct lemf_sealed){
	    .counter = pdu->head.counter, .clear_len = pdu->tree.raw.n, .n = rec->n};
	s->sealed[s->sealed_n++].session = session_of(s, &pdu->head);
}

int
lemf_sessions_add(const struct lemf_record *rec, const struct lemf_pdu *pdu, int rc, void *arg)
{
	struct lemf_sessions *s = arg;
	struct lemf_entry *e;

	s->undecodable_n += rc != 0;
	s->tri_n += pdu->head.cls == LEMF_TRI;
	s->other_n += pdu->head.cls == LEMF_OTHER;
	if (pdu->head.cls == LEMF_TRI)
		add_mark(s, rec, pdu);
	if (pdu->head.encrypted)
		add_sealed(s, rec, pdu);
	if ((pdu->head.cls != LEMF_IRI && pdu->head.cls != LEMF_CC) || !pdu->head.has_seq)
		return 0;
	s->entries = grow(s->entries, s->entry_n, &s->entry_cap, sizeof(*s->entries));
	e = &s->entries[s->entry_n++];
	*e = (struct lemf_entry){.session = session_of(s, &pdu->head),
	    .cls = pdu->head.cls,
	    .seq = pdu->head.seq,
	    .crc = crc32c(0, rec->raw.p, rec->raw.n),
	    .conn = rec->conn,
	    .n = rec->n,
	    .time_us = time_of(pdu, rec),
	    .raw = rec->raw};
	count(&s->list[e->session], e);
	count_items(&s->list[e->session], pdu);
	note_parent(&s->list[e->session], pdu);
	return 0;
}

static int
cmp_rank(const void *pa, const void *pb, void *arg)
{
	const struct lemf_session *list = arg, *a = &list[*(const uint32_t *)pa],
				  *b = &list[*(const uint32_t *)pb];
	int c = strcmp(a->liid, b->liid);

	return c			  ? c
	       : a->has_cin != b->has_cin ? a->has_cin - b->has_cin
	       : a->cin < b->cin	  ? -1
					  : a->cin > b->cin;
}

/* Sessions in the order of LIID and CIN; the entries' indexes follow. */
static void
rank_sessions(struct lemf_sessions *s)
{
	uint32_t *order = calloc(s->n + 1, sizeof(*order)), *rank = calloc(s->n + 1, sizeof(*rank));
	struct lemf_session *list = calloc(s->n + 1, sizeof(*list));

	assert(order && rank && list);
	for (uint32_t i = 0; i < s->n; i++)
		order[i] = i;
	qsort_r(order, s->n, sizeof(*order), cmp_rank, s->list);
	for (uint32_t i = 0; i < s->n; i++) {
		list[i] = s->list[order[i]];
		rank[order[i]] = i;
	}
	for (size_t i = 0; i < s->entry_n; i++)
		s->entries[i].session = rank[s->entries[i].session];
	for (size_t i = 0; i < s->mark_n; i++)
		s->marks[i].session = rank[s->marks[i].session];
	for (size_t i = 0; i < s->sealed_n; i++)
		s->sealed[i].session = rank[s->sealed[i].session];
	free(order);
	free(rank);
	free(s->list);
	s->list = list;
	s->cap = s->n + 1;
	free(s->hash);
	s->hash = NULL;
}

void
lemf_sessions_sort(struct lemf_sessions *s)
{
	rank_sessions(s);
	lemf_series_sort(s);
}
