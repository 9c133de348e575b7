/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of the simulation and its judge.
 * 1 What a network element holds an acknowledgement for is kept by the LEMF of every warrant that
 * it is for, once, octet for octet; or counted as lost to damage, or as shed. 2 Nothing arrives
 * that was not offered, or for another warrant. 3 The same number comes again only on another
 * connection, only when it had not been acknowledged for long, and with the same octets; the same
 * PDU never comes under another number. 4 Numbers of a series are contiguous, and on each
 * connection in order behind all that is kept. 5 Within a series the PDUs of a stream come in the
 * order in which they were offered, unless one was shed and taken when it was sent again. */
#include "tests/sim/parties.h"

#include "base/octets.h"
#include "flow.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_MAX 64
#define CONNS_MAX 1024		 /* at work at the same time, by number */
#define LONG_AGO_NS (90 * SIM_S) /* a cursor is stored well within this time */

struct offer {
	unsigned stream, warrants;
	uint32_t index; /* in its stream */
	bool iri, accepted;
	uint64_t digest;
	size_t n;
	int64_t at_ns;
	uint8_t *payload;
	/* by warrant */
	struct series *series[WARRANTS_MAX];
	uint32_t seq[WARRANTS_MAX];
};

enum state {
	NOT_SEEN,
	ARRIVED,
	KEPT,
	FORGOTTEN
};

struct number {
	enum state state;
	uint64_t conn, digest;
	uint32_t offer;
	int64_t kept_ns;
};

struct series {
	unsigned lea, warrant, dest;
	uint32_t cin;
	bool iri;
	struct number *no;
	uint32_t no_n, no_cap;
	uint32_t last[16]; /* index of the last PDU per stream, and 1 */
};

struct arrival {
	struct series *s;
	uint32_t seq;
};

struct conn {
	struct arrival *a;
	size_t n, cap, kept;
	uint32_t next[SERIES_MAX]; /* number that is to come on it; 0: none came yet */
};

static struct offer *offers;
static uint32_t offers_n, offers_cap;
static struct series series[SERIES_MAX];
static unsigned series_n;
static struct conn conns[CONNS_MAX];
static uint32_t stream_n[16];
static uint64_t n_accepted, n_kept, n_wanted, n_twice, n_shed, n_holes;

static uint64_t
digest_of(const uint8_t *p, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; n >= 8; p += 8, n -= 8) {
		uint64_t v;

		memcpy(&v, p, 8);
		h = (h ^ v) * UINT64_C(0x9fb21c651e98df25);
		h ^= h >> 29;
	}
	for (; n > 0; p++, n--)
		h = (h ^ *p) * UINT64_C(1099511628211);
	return h;
}

/* ---- offered, accepted */

uint32_t
oracle_offer(unsigned stream, bool iri, unsigned warrants)
{
	if (offers_n == offers_cap) {
		offers_cap = offers_cap * 2 + 256;
		offers = realloc(offers, offers_cap * sizeof(*offers));
		assert(offers != NULL);
	}
	memset(&offers[offers_n], 0, sizeof(offers[0]));
	offers[offers_n].stream = stream;
	offers[offers_n].index = stream_n[stream]++;
	offers[offers_n].iri = iri;
	offers[offers_n].warrants = warrants;
	offers[offers_n].at_ns = sim->now_ns;
	return offers_n++;
}

void
oracle_payload(uint32_t id, const uint8_t *payload, size_t n)
{
	offers[id].payload = malloc(n);
	assert(offers[id].payload != NULL);
	memcpy(offers[id].payload, payload, n);
	offers[id].n = n;
}

void
oracle_accepted(uint32_t id)
{
	if (offers[id].accepted)
		return;
	offers[id].accepted = true;
	n_accepted++;
	n_wanted += (unsigned)__builtin_popcount(offers[id].warrants);
}

void
oracle_shed(uint64_t n)
{
	n_shed += n;
}

/* ---- what stands in a PS-PDU */

struct pspdu {
	struct octets liid, payload;
	uint32_t cin, seq;
	unsigned choice; /* 0 IRI, 1 CC, 2 TRI, 3 HI1 */
};

/* The TLV at the front of *in. */
static bool
tlv(struct octets *in, unsigned *tag, struct octets *v)
{
	size_t len, head = 2;

	if (in->n < 2 || (in->p[0] & 0x1f) == 0x1f)
		return false;
	*tag = in->p[0];
	len = in->p[1];
	if (len >= 0x80) {
		size_t more = len & 0x7f;

		head += more;
		if (more > 4 || in->n < head)
			return false;
		len = 0;
		for (size_t i = 0; i < more; i++)
			len = len << 8 | in->p[2 + i];
	}
	if (in->n - head < len)
		return false;
	*v = (struct octets){in->p + head, len};
	in->p += head + len;
	in->n -= head + len;
	return true;
}

static uint32_t
number_of(struct octets v)
{
	uint32_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		n = n << 8 | v.p[i];
	return n;
}

static bool
read_header(struct octets h, struct pspdu *out)
{
	struct octets v, in;
	unsigned tag;

	while (h.n > 0) {
		if (!tlv(&h, &tag, &v))
			return false;
		if (tag == 0x81)
			out->liid = v;
		else if (tag == 0x84)
			out->seq = number_of(v);
		for (in = v; tag == 0xa3 && in.n > 0;) {
			unsigned t;

			if (!tlv(&in, &t, &v))
				return false;
			if (t == 0x81)
				out->cin = number_of(v);
		}
	}
	return out->liid.n > 0;
}

static bool
read_pspdu(const uint8_t *p, size_t n, struct pspdu *out)
{
	struct octets in = {p, n}, all, v;
	unsigned tag;

	memset(out, 0, sizeof(*out));
	if (!tlv(&in, &tag, &all) || tag != 0x30 || !tlv(&all, &tag, &v) || tag != 0xa1 ||
	    !read_header(v, out) || !tlv(&all, &tag, &v) || tag != 0xa2 ||
	    !tlv(&v, &tag, &out->payload))
		return false;
	out->choice = tag & 0x1f;
	return true;
}

/* ---- arrived */

static struct series *
series_of(unsigned lea, unsigned dest, const struct pspdu *x)
{
	unsigned warrant = 0;
	struct series *s;

	for (size_t i = 2; i < x->liid.n; i++)
		warrant = warrant * 10 + (unsigned)(x->liid.p[i] - '0');
	warrant -= WARRANT_ID;
	if (warrant >= WARRANTS_MAX || ne_warrant_lea(warrant) != lea) {
		sim_fail("lea %u got something of warrant %u", lea, warrant);
		return NULL;
	}
	for (s = series; s < series + series_n; s++)
		if (s->warrant == warrant && s->cin == x->cin && s->iri == (x->choice == 0))
			return s;
	assert(series_n < SERIES_MAX);
	*s = (struct series){
	    .lea = lea, .warrant = warrant, .dest = dest, .cin = x->cin, .iri = x->choice == 0};
	series_n++;
	return s;
}

static struct number *
series_no(struct series *s, uint32_t seq)
{
	if (seq >= s->no_cap) {
		uint32_t cap = seq * 2 + 64;

		s->no = realloc(s->no, cap * sizeof(*s->no));
		assert(s->no != NULL);
		memset(s->no + s->no_cap, 0, (cap - s->no_cap) * sizeof(*s->no));
		s->no_cap = cap;
	}
	if (seq >= s->no_n)
		s->no_n = seq + 1;
	return &s->no[seq];
}

/* The PDU whose content X holds, or UINT32_MAX. */
static uint32_t
offer_of(const struct pspdu *x)
{
	const uint8_t *at = memmem(x->payload.p, x->payload.n, "SIM!", 4);
	char hex[9] = "";
	uint32_t id;

	if (at == NULL || (size_t)(x->payload.p + x->payload.n - at) < ORACLE_MARK_LEN)
		return UINT32_MAX;
	memcpy(hex, at + 4, 8);
	id = (uint32_t)strtoul(hex, NULL, 16);
	if (id >= offers_n ||
	    memmem(x->payload.p, x->payload.n, offers[id].payload, offers[id].n) == NULL)
		return UINT32_MAX;
	return id;
}

/* Damage and a restart of ingest behind it: what the damaged records told (numbers in use, PDUs
 * that were taken) is not known to it any more. */
static bool
forgot(void)
{
	return sim->damages > 0 && sim->proc[PROC_INGEST].starts > 1;
}

static void
judge_new(struct series *s, uint32_t seq, uint32_t id)
{
	struct offer *o = &offers[id];

	if (!(o->warrants & (1u << s->warrant)) || o->iri != s->iri) {
		sim_fail("PDU %u arrived for a warrant that it is not for", id);
	} else if (o->series[s->warrant] != NULL && !forgot() &&
		   (o->series[s->warrant] != s || o->seq[s->warrant] != seq)) {
		sim_fail("PDU %u arrived as number %u of cin %u and as number %u of cin %u", id,
		    o->seq[s->warrant], o->series[s->warrant]->cin, seq, s->cin);
	} else if (s->last[o->stream] > o->index + 1 && !forgot() &&
		   alarm_count("SPOOL-SHED") == 0) {
		sim_fail("PDU %u of stream %u arrived behind a later one", id, o->stream);
	} else {
		o->series[s->warrant] = s;
		o->seq[s->warrant] = seq;
		s->last[o->stream] = o->index + 1;
	}
}

static void
judge_again(const struct series *s, uint32_t seq, const struct number *no, uint64_t digest)
{
	n_twice++;
	if (no->digest != digest && !forgot())
		sim_fail("number %u of cin %u came again with other octets", seq, s->cin);
	else if (no->state == KEPT && sim->now_ns - no->kept_ns > LONG_AGO_NS &&
		 sim->plan.eio_ns == 0 && sim->plan.damage_ns == 0 && sim->plan.full_ns == 0)
		sim_fail("number %u of cin %u came again %.0f s after it was acknowledged", seq,
		    s->cin, (double)(sim->now_ns - no->kept_ns) / 1e9);
}

/* On a connection a series begins with the first number that is not kept, or before, and goes on
 * one by one. */
static void
judge_order(struct series *s, uint32_t seq, uint64_t conn)
{
	uint32_t *next = &conns[conn % CONNS_MAX].next[s - series], from = seq;

	if (*next > seq && !forgot())
		sim_fail("number %u of cin %u came twice on one connection", seq, s->cin);
	while (from > *next && (*next != 0 || s->no[from - 1].state != KEPT))
		from--;
	if (from < seq && sim->damages == 0 && sim->plan.quota_len == 0)
		sim_fail("number %u of cin %u (%s, warrant %u) came, %u is missing", seq, s->cin,
		    s->iri ? "iri" : "cc", s->warrant, from);
	n_holes += seq - from;
	*next = seq + 1;
}

static void
conn_note(uint64_t id, struct series *s, uint32_t seq)
{
	struct conn *c = &conns[id % CONNS_MAX];

	if (c->n == c->cap) {
		c->cap = c->cap * 2 + 64;
		c->a = realloc(c->a, c->cap * sizeof(*c->a));
		assert(c->a != NULL);
	}
	c->a[c->n++] = (struct arrival){s, seq};
}

void
oracle_arrived(unsigned lea, unsigned dest, uint64_t conn, const uint8_t *p, size_t n)
{
	uint64_t digest = digest_of(p, n);
	struct series *s;
	struct number *no;
	struct pspdu x;
	uint32_t id;

	sim->hash ^= digest;
	if (!read_pspdu(p, n, &x)) {
		sim_fail("what arrived is not a PS-PDU");
		return;
	}
	if (x.choice > 1)
		return; /* a notice of ours */
	id = offer_of(&x);
	if (id == UINT32_MAX) {
		sim_fail("number %u of cin %u was never offered like this", x.seq, x.cin);
		return;
	}
	s = series_of(lea, dest, &x);
	if (s == NULL)
		return;
	no = series_no(s, x.seq);
	if (no->state == NOT_SEEN)
		judge_new(s, x.seq, id);
	else
		judge_again(s, x.seq, no, digest);
	judge_order(s, x.seq, conn);
	if (no->state != KEPT)
		no->state = ARRIVED;
	no->conn = conn;
	no->digest = digest;
	no->offer = id;
	conn_note(conn, s, x.seq);
}

uint64_t
oracle_mark(uint64_t conn)
{
	return conns[conn % CONNS_MAX].n;
}

void
oracle_answered(uint64_t conn, uint64_t mark)
{
	struct conn *c = &conns[conn % CONNS_MAX];

	for (; c->kept < mark; c->kept++) {
		struct number *no = &c->a[c->kept].s->no[c->a[c->kept].seq];

		if (no->state != KEPT) {
			n_kept++;
			no->kept_ns = sim->now_ns;
		}
		no->state = KEPT;
	}
}

void
oracle_closed(uint64_t conn)
{
	struct conn *c = &conns[conn % CONNS_MAX];

	for (size_t i = c->kept; i < c->n; i++) {
		struct number *no = &c->a[i].s->no[c->a[i].seq];

		if (no->state == ARRIVED && no->conn == conn)
			no->state = FORGOTTEN;
	}
	free(c->a);
	memset(c, 0, sizeof(*c));
}

void
oracle_forget(void)
{
	for (unsigned i = 0; i < series_n; i++)
		if (series[i].no_n > 2 && series[i].no[series[i].no_n - 1].state == KEPT) {
			series[i].no[series[i].no_n - 1].state = FORGOTTEN;
			return;
		}
}

/* ---- the end */

static bool
offer_kept(const struct offer *o, unsigned w)
{
	return o->series[w] != NULL && o->series[w]->no[o->seq[w]].state == KEPT;
}

static uint64_t
missing(uint32_t *first)
{
	uint64_t n = 0;

	for (uint32_t i = offers_n; i-- > 0;)
		for (unsigned w = 0; w < WARRANTS_MAX; w++)
			if ((offers[i].warrants & (1u << w)) && offers[i].accepted &&
			    !offer_kept(&offers[i], w)) {
				*first = i;
				n++;
			}
	return n;
}

/* May so many be missing?  Damage in what was written last cannot be told from a torn tail, which
 * is cut and not counted (mf/spool/FORMAT). */
static bool
explained(uint64_t n)
{
	if (sim->damages > 0 && alarm_count("SPOOL-TORN") > 0)
		return true;
	if (sim->damages > 1 && role_lost() > 0)
		return true; /* both headers of a segment: it is not known how many */
	return n <= n_shed + (sim->damages > 0 ? role_lost() : 0);
}

bool
oracle_complete(void)
{
	uint32_t first;

	return explained(missing(&first));
}

void
oracle_end(void)
{
	uint32_t first = 0;
	uint64_t n = missing(&first);

	if (!explained(n))
		sim_fail("%llu accepted PDUs were not delivered (%llu shed, %llu counted as lost); "
			 "the first is PDU %u of stream %u, offered at %.3f s",
		    (unsigned long long)n, (unsigned long long)n_shed,
		    (unsigned long long)role_lost(), first, offers[first].stream,
		    (double)offers[first].at_ns / 1e9);
	if (sim->damages == 0 && role_lost() > 0)
		sim_fail("%llu records were counted as lost, and nothing was damaged",
		    (unsigned long long)role_lost());
}

void
oracle_figures(uint64_t *offered, uint64_t *accepted, uint64_t *delivered, uint64_t *twice)
{
	*offered = offers_n;
	*accepted = n_accepted;
	*delivered = n_kept;
	*twice = n_twice;
}

void
oracle_reset(void)
{
	for (uint32_t i = 0; i < offers_n; i++)
		free(offers[i].payload);
	offers_n = 0;
	for (unsigned i = 0; i < series_n; i++)
		free(series[i].no);
	memset(series, 0, sizeof(series));
	series_n = 0;
	for (int i = 0; i < CONNS_MAX; i++)
		free(conns[i].a);
	memset(conns, 0, sizeof(conns));
	memset(stream_n, 0, sizeof(stream_n));
	n_accepted = n_kept = n_wanted = n_twice = n_shed = n_holes = 0;
}
