/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_series.h and lemf_session.h. */
#include "lemf_series.h"

#include <assert.h>
#include <stdlib.h>

#define TAG_FIRST_SEGMENT 5
#define TAG_LAST_SEGMENT 6
#define TAG_CIN_RESET 7

static unsigned
series_of(const struct lemf_sessions *s, const struct lemf_entry *e)
{
	return s->per_liid ? LEMF_IRI : e->cls;
}

/* ---- orders */

#define CMP(a, b)                                                                                  \
	if ((a) != (b))                                                                            \
	return (a) < (b) ? -1 : 1

static int
by_arrival(const void *pa, const void *pb, void *arg)
{
	const struct lemf_entry *a = pa, *b = pb;

	CMP(a->session, b->session);
	CMP(series_of(arg, a), series_of(arg, b));
	CMP(a->n, b->n);
	return 0;
}

static int
by_number(const void *pa, const void *pb, void *arg)
{
	const struct lemf_entry *a = pa, *b = pb;

	CMP(a->session, b->session);
	CMP(series_of(arg, a), series_of(arg, b));
	CMP(a->epoch, b->epoch);
	CMP(a->seq, b->seq);
	CMP(a->n, b->n);
	return 0;
}

static int
by_octets(const void *pa, const void *pb)
{
	const struct lemf_entry *a = *(const struct lemf_entry *const *)pa,
				*b = *(const struct lemf_entry *const *)pb;

	CMP(a->seq, b->seq);
	CMP(a->crc, b->crc);
	CMP(a->n, b->n);
	return 0;
}

static int
mark_order(const void *pa, const void *pb)
{
	const struct lemf_mark *a = pa, *b = pb;

	CMP(a->session, b->session);
	CMP(a->n, b->n);
	return 0;
}

/* ---- restarts after cINReset */

struct range {
	struct lemf_entry *e; /* of one series, in the order received */
	size_t n;
	const struct lemf_mark *mark; /* of the session */
	size_t mark_n;
};

/* For each entry the first one with the same octets (itself when it is that). */
static struct lemf_entry **
first_copies(const struct range *r)
{
	struct lemf_entry **sorted = calloc(r->n + 1, sizeof(*sorted)),
			  **first = calloc(r->n + 1, sizeof(*first));

	assert(sorted && first);
	for (size_t i = 0; i < r->n; i++)
		sorted[i] = &r->e[i];
	qsort(sorted, r->n, sizeof(*sorted), by_octets);
	for (size_t i = 0, lead = 0; i < r->n; i++) {
		if (sorted[i]->seq != sorted[lead]->seq || sorted[i]->crc != sorted[lead]->crc ||
		    !octets_eq(sorted[i]->raw, sorted[lead]->raw))
			lead = i;
		first[sorted[i] - r->e] = sorted[lead];
	}
	free(sorted);
	return first;
}

/* A reset lets the numbers of both classes begin again, whichever connection it came on: the next
 * number that is not above the highest one begins an epoch, unless it is a copy. */
static uint32_t
assign_epochs(const struct range *r)
{
	struct lemf_entry **first = first_copies(r);
	uint32_t epoch = 0;
	bool pending = false;
	int64_t top = -1;
	size_t m = 0;

	for (size_t i = 0; i < r->n; i++) {
		struct lemf_entry *e = &r->e[i];

		for (; m < r->mark_n && r->mark[m].n < e->n; m++)
			pending = pending || (r->mark[m].tag == TAG_CIN_RESET && !r->mark[m].again);
		if (first[i] != e) {
			e->epoch = first[i]->epoch;
			continue;
		}
		if (pending && top >= 0 && e->seq <= top) {
			epoch++;
			top = -1;
		}
		pending = pending && top >= 0;
		e->epoch = epoch;
		top = e->seq > top ? e->seq : top;
	}
	free(first);
	return epoch;
}

static struct lemf_mark *
marks_of(const struct lemf_sessions *s, uint32_t session, size_t *n)
{
	size_t lo = 0, hi = s->mark_n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->marks[mid].session < session)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < s->mark_n && s->marks[lo + *n].session == session; ++*n)
		;
	return s->marks ? s->marks + lo : NULL;
}

static bool
has_reset(const struct lemf_mark *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].tag == TAG_CIN_RESET)
			return true;
	return false;
}

static void
find_epochs(struct lemf_sessions *s)
{
	for (size_t i = 0, n; i < s->entry_n; i += n) {
		struct range r = {.e = &s->entries[i]};
		struct lemf_session *x = &s->list[r.e->session];
		uint32_t epochs;

		for (n = 1; i + n < s->entry_n && r.e[n].session == r.e->session &&
			    series_of(s, &r.e[n]) == series_of(s, r.e);
		     n++)
			;
		r.n = n;
		r.mark = marks_of(s, r.e->session, &r.mark_n);
		if (!has_reset(r.mark, r.mark_n))
			continue;
		epochs = assign_epochs(&r);
		x->epoch_n = epochs > x->epoch_n ? epochs : x->epoch_n;
	}
}

/* ---- marks */

static void
sort_marks(struct lemf_sessions *s)
{
	if (s->mark_n)
		qsort(s->marks, s->mark_n, sizeof(*s->marks), mark_order);
	for (size_t i = 0; i < s->mark_n; i++)
		for (size_t k = i; k-- > 0 && s->marks[k].session == s->marks[i].session &&
				   i - k < 4096 && !s->marks[i].again;)
			s->marks[i].again = s->marks[k].tag == s->marks[i].tag &&
					    s->marks[k].seq == s->marks[i].seq &&
					    octets_eq(s->marks[k].raw, s->marks[i].raw);
}

/* Entries with the numbers FROM..TO of one run; returns how many different ones are there. */
static uint64_t
join_segments(struct lemf_sessions *s, const struct lemf_session *x, uint32_t from, uint32_t to)
{
	uint64_t n = 0;

	for (size_t i = 0; i < x->entry_n; i++) {
		struct lemf_entry *e = &s->entries[x->first_entry + i];

		if (e->cls != LEMF_CC || e->seq < from || e->seq > to || e->segment)
			continue;
		e->segment = from + 1;
		n += !e->again;
	}
	return n;
}

/* The lastSegmentFlag that closes FIRST: the lowest number from there on. */
static const struct lemf_mark *
last_segment(const struct lemf_mark *m, size_t n, const struct lemf_mark *first)
{
	const struct lemf_mark *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (m[i].tag == TAG_LAST_SEGMENT && !m[i].again && m[i].seq >= first->seq &&
		    (!best || m[i].seq < best->seq))
			best = &m[i];
	return best;
}

static void
find_segments(struct lemf_sessions *s)
{
	for (size_t i = 0, n; i < s->mark_n; i += n) {
		const struct lemf_mark *m = marks_of(s, s->marks[i].session, &n), *last;
		struct lemf_session *x = &s->list[m->session];
		uint64_t first_n = 0, last_n = 0;

		for (size_t k = 0; k < n; k++) {
			last_n += m[k].tag == TAG_LAST_SEGMENT && !m[k].again;
			if (m[k].tag != TAG_FIRST_SEGMENT || m[k].again)
				continue;
			first_n++;
			last = last_segment(m, n, &m[k]);
			x->segment_n++;
			if (!last || join_segments(s, x, m[k].seq, last->seq) !=
					 (uint64_t)last->seq - m[k].seq + 1)
				x->segment_bad_n++;
		}
		x->segment_bad_n += last_n > first_n ? last_n - first_n : 0;
	}
}

/* ---- byte counters of encrypted PDUs */

static int
by_counter(const void *pa, const void *pb, void *arg)
{
	const struct lemf_sealed *a = pa, *b = pb;
	const struct lemf_session *list = arg;
	int c = strcmp(list[a->session].liid, list[b->session].liid);

	if (c)
		return c;
	CMP(a->counter, b->counter);
	CMP(a->n, b->n);
	return 0;
}

/* The counter grows by the size that each PDU has in the clear.  Its upper half is the time of a
 * start: a jump there is no loss. */
static void
check_counters(struct lemf_sessions *s)
{
	if (s->sealed_n)
		qsort_r(s->sealed, s->sealed_n, sizeof(*s->sealed), by_counter, s->list);
	for (size_t i = 1; i < s->sealed_n; i++) {
		const struct lemf_sealed *a = &s->sealed[i - 1], *b = &s->sealed[i];

		if (strcmp(s->list[a->session].liid, s->list[b->session].liid) != 0 ||
		    (a->counter == b->counter && a->clear_len == b->clear_len &&
			a->session == b->session))
			continue; /* another LIID, or a copy */
		if (b->counter < a->counter + a->clear_len)
			s->counter_bad_n++;
		else if (b->counter > a->counter + a->clear_len &&
			 b->counter >> 32 == a->counter >> 32)
			s->counter_gap_n++;
	}
}

/* ---- numbers */

static void
count_copies(struct lemf_sessions *s)
{
	for (size_t i = 0, first = 0; i < s->entry_n; i++) {
		struct lemf_entry *e = &s->entries[i], *f = &s->entries[first];
		struct lemf_session *x = &s->list[e->session];

		if (x->entry_n++ == 0)
			x->first_entry = i;
		if (i == first || e->session != f->session || series_of(s, e) != series_of(s, f) ||
		    e->epoch != f->epoch || e->seq != f->seq) {
			first = i;
			continue;
		}
		e->again = true;
		if (e->crc == f->crc && octets_eq(e->raw, f->raw))
			x->series[e->cls].duplicate_n++;
		else
			x->series[e->cls].conflict_n++;
		x->series[e->cls].same_conn_n += e->conn == e[-1].conn;
	}
}

static void
count_gap(uint32_t from, uint32_t to, void *arg)
{
	struct lemf_series *r = arg;

	r->gap_n++;
	r->missing_n += (uint64_t)to - from + 1;
}

void
lemf_series_sort(struct lemf_sessions *s)
{
	sort_marks(s);
	if (s->entry_n && s->mark_n) {
		qsort_r(s->entries, s->entry_n, sizeof(*s->entries), by_arrival, s);
		find_epochs(s);
	}
	if (s->entry_n)
		qsort_r(s->entries, s->entry_n, sizeof(*s->entries), by_number, s);
	count_copies(s);
	find_segments(s);
	check_counters(s);
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
	uint32_t epoch = 0;

	for (size_t i = 0; i < one->entry_n; i++) {
		const struct lemf_entry *e = &s->entries[one->first_entry + i];

		if (series_of(s, e) != cls)
			continue;
		if (e->epoch != epoch)
			want = 0;
		epoch = e->epoch;
		if (e->seq > want)
			cb((uint32_t)want, e->seq - 1, arg);
		if (e->seq >= want)
			want = (uint64_t)e->seq + 1;
	}
}

struct lemf_entry *
lemf_sessions_find(const struct lemf_sessions *s, const struct lemf_session *x, enum lemf_class cls,
    uint32_t epoch, uint32_t seq)
{
	struct lemf_entry want = {.session = (uint32_t)(x - s->list),
			      .cls = cls,
			      .epoch = epoch,
			      .seq = seq},
			  *e = x->entry_n ? s->entries + x->first_entry : NULL;
	size_t lo = 0, hi = x->entry_n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (by_number(&e[mid], &want, (void *)(uintptr_t)s) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == x->entry_n || series_of(s, &e[lo]) != series_of(s, &want) ||
	    e[lo].epoch != epoch || e[lo].seq != seq)
		return NULL;
	return &e[lo];
}
