/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_session.h. */
#include "lemf_session.h"

#include "base/crc32c.h"

#include <assert.h>
#include <stdlib.h>

void
lemf_sessions_fini(struct lemf_sessions *s)
{
	free(s->list);
	free(s->entries);
	free(s->hash);
	memset(s, 0, sizeof(*s));
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
session_of(struct lemf_sessions *s, const struct lemf_head *h)
{
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

static void
count_types(struct lemf_session *x, const struct lemf_pdu *pdu)
{
	struct lemf_item it;

	for (bool more = lemf_pdu_item(pdu, NULL, &it); more;
	     more = lemf_pdu_item(pdu, it.node, &it)) {
		uint64_t type = lemf_node_uint(lemf_tree_find(&pdu->tree, it.node, "iRIType"));

		x->iri_type_n[type < 5 ? type : 0]++;
	}
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

int
lemf_sessions_add(const struct lemf_record *rec, const struct lemf_pdu *pdu, int rc, void *arg)
{
	struct lemf_sessions *s = arg;
	struct lemf_entry *e;

	s->undecodable_n += rc != 0;
	s->tri_n += pdu->head.cls == LEMF_TRI;
	s->other_n += pdu->head.cls == LEMF_OTHER;
	if ((pdu->head.cls != LEMF_IRI && pdu->head.cls != LEMF_CC) || !pdu->head.has_seq)
		return 0;
	if (s->entry_n == s->entry_cap) {
		s->entry_cap = s->entry_cap ? s->entry_cap * 2 : 1024;
		s->entries = realloc(s->entries, s->entry_cap * sizeof(*s->entries));
		assert(s->entries);
	}
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
	if (e->cls == LEMF_IRI)
		count_types(&s->list[e->session], pdu);
	return 0;
}

static int
cmp_entry(const void *pa, const void *pb)
{
	const struct lemf_entry *a = pa, *b = pb;

	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	if (a->cls != b->cls)
		return a->cls < b->cls ? -1 : 1;
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return a->n < b->n ? -1 : a->n > b->n;
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
	free(order);
	free(rank);
	free(s->list);
	s->list = list;
	s->cap = s->n + 1;
	free(s->hash);
	s->hash = NULL;
}

static void
count_gap(uint32_t from, uint32_t to, void *arg)
{
	struct lemf_series *r = arg;

	r->gap_n++;
	r->missing_n += (uint64_t)to - from + 1;
}

void
lemf_sessions_sort(struct lemf_sessions *s)
{
	rank_sessions(s);
	if (s->entry_n)
		qsort(s->entries, s->entry_n, sizeof(*s->entries), cmp_entry);
	for (size_t i = 0, first = 0; i < s->entry_n; i++) {
		struct lemf_entry *e = &s->entries[i], *f = &s->entries[first];
		struct lemf_session *x = &s->list[e->session];

		if (x->entry_n++ == 0)
			x->first_entry = i;
		if (i == first || e->session != f->session || e->cls != f->cls ||
		    e->seq != f->seq) {
			first = i;
			continue;
		}
		if (e->crc == f->crc && octets_eq(e->raw, f->raw))
			x->series[e->cls].duplicate_n++;
		else
			x->series[e->cls].conflict_n++;
		x->series[e->cls].same_conn_n += e->conn == e[-1].conn;
	}
	for (size_t i = 0; i < s->n; i++) {
		lemf_sessions_gaps(
		    s, &s->list[i], LEMF_IRI, count_gap, &s->list[i].series[LEMF_IRI]);
		lemf_sessions_gaps(s, &s->list[i], LEMF_CC, count_gap, &s->list[i].series[LEMF_CC]);
	}
}

void
lemf_sessions_gaps(const struct lemf_sessions *s, const struct lemf_session *one,
    enum lemf_class cls, lemf_gap_cb *cb, void *arg)
{
	uint64_t want = 0;

	for (size_t i = 0; i < one->entry_n; i++) {
		const struct lemf_entry *e = &s->entries[one->first_entry + i];

		if (e->cls != cls)
			continue;
		if (e->seq > want)
			cb((uint32_t)want, e->seq - 1, arg);
		if (e->seq >= want)
			want = (uint64_t)e->seq + 1;
	}
}
