/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf report: per LIID and CIN what came, what is missing, what came twice. */
#include "lemf_json.h"
#include "lemf_session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static void
json_gap(uint32_t from, uint32_t to, void *arg)
{
	json_array_append_new(arg, json_pack("[I,I]", (json_int_t)from, (json_int_t)to));
}

static json_t *
json_series(const struct lemf_sessions *s, const struct lemf_session *x, enum lemf_class cls)
{
	const struct lemf_series *r = &x->series[cls];
	json_t *gaps = json_array();

	lemf_sessions_gaps(s, x, cls, json_gap, gaps);
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "records", (json_int_t)r->record_n,
	    "octets", (json_int_t)r->octet_n, "duplicates", (json_int_t)r->duplicate_n, "conflicts",
	    (json_int_t)r->conflict_n, "duplicates_same_connection", (json_int_t)r->same_conn_n,
	    "order_violations", (json_int_t)r->order_n, "missing", (json_int_t)r->missing_n, "gaps",
	    gaps);
}

static json_t *
json_session(const struct lemf_sessions *s, const struct lemf_session *x)
{
	json_t *v = json_pack("{s:s}", "liid", x->liid);

	json_object_set_new(v, "cin", x->has_cin ? json_integer(x->cin) : json_null());
	json_object_set_new(v, "first", lemf_json_time(x->first_us));
	json_object_set_new(v, "last", lemf_json_time(x->last_us));
	json_object_set_new(v, "iri", json_series(s, x, LEMF_IRI));
	json_object_set_new(v, "cc", json_series(s, x, LEMF_CC));
	json_object_set_new(v, "iri_types",
	    json_pack("{s:I,s:I,s:I,s:I,s:I}", "begin", (json_int_t)x->iri_type_n[1], "end",
		(json_int_t)x->iri_type_n[2], "continue", (json_int_t)x->iri_type_n[3], "report",
		(json_int_t)x->iri_type_n[4], "none", (json_int_t)x->iri_type_n[0]));
	json_object_set_new(v, "cc_without_iri",
	    json_boolean(x->series[LEMF_CC].record_n && !x->series[LEMF_IRI].record_n));
	return v;
}

struct totals {
	uint64_t iri, cc, missing, duplicates, conflicts, order;
};

static struct totals
add_up(const struct lemf_sessions *s)
{
	struct totals t = {0};

	for (size_t i = 0; i < s->n; i++)
		for (unsigned k = 0; k < 2; k++) {
			const struct lemf_series *r = &s->list[i].series[k];

			*(k == LEMF_IRI ? &t.iri : &t.cc) += r->record_n;
			t.missing += r->missing_n;
			t.duplicates += r->duplicate_n;
			t.conflicts += r->conflict_n;
			t.order += r->order_n;
		}
	return t;
}

static void
print_json(const struct lemf_sessions *s, unsigned damaged)
{
	struct totals t = add_up(s);
	json_t *list = json_array(), *v;

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(list, json_session(s, &s->list[i]));
	v = json_pack("{s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b}", "session", list,
	    "sessions", (json_int_t)s->n, "iri", (json_int_t)t.iri, "cc", (json_int_t)t.cc, "tri",
	    (json_int_t)s->tri_n, "other", (json_int_t)s->other_n, "missing", (json_int_t)t.missing,
	    "duplicates", (json_int_t)t.duplicates, "conflicts", (json_int_t)t.conflicts,
	    "order_violations", (json_int_t)t.order, "undecodable", (json_int_t)s->undecodable_n,
	    "damaged", damaged != 0);
	json_dumpf(v, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(v);
}

struct gap_print {
	const struct lemf_session *x;
	const char *cls;
};

static void
print_gap(uint32_t from, uint32_t to, void *arg)
{
	const struct gap_print *g = arg;

	printf("  missing: LIID %s CIN %" PRIu32 " %s %" PRIu32 "-%" PRIu32 " (%" PRIu64 ")\n",
	    g->x->liid, g->x->cin, g->cls, from, to, (uint64_t)to - from + 1);
}

static void
print_session(const struct lemf_sessions *s, const struct lemf_session *x)
{
	const struct lemf_series *iri = &x->series[LEMF_IRI], *cc = &x->series[LEMF_CC];
	char first[40], last[40], cin[16] = "-", types[64];

	if (x->has_cin)
		snprintf(cin, sizeof(cin), "%" PRIu32, x->cin);
	snprintf(types, sizeof(types), "%" PRIu64 "/%" PRIu64 "/%" PRIu64 "/%" PRIu64,
	    x->iri_type_n[1], x->iri_type_n[3], x->iri_type_n[2], x->iri_type_n[4]);
	printf("%-25s %10s %7" PRIu64 " %-13s %8" PRIu64 " %11" PRIu64 " %7" PRIu64 " %5" PRIu64
	       " %5" PRIu64 " %5" PRIu64 "  %-27s %-27s%s\n",
	    x->liid, cin, iri->record_n, types, cc->record_n, iri->octet_n + cc->octet_n,
	    iri->missing_n + cc->missing_n, iri->duplicate_n + cc->duplicate_n,
	    iri->conflict_n + cc->conflict_n, iri->order_n + cc->order_n,
	    lemf_scan_time(x->first_us, first), lemf_scan_time(x->last_us, last),
	    cc->record_n && !iri->record_n ? " CC without IRI" : "");
	lemf_sessions_gaps(s, x, LEMF_IRI, print_gap, &(struct gap_print){x, "IRI"});
	lemf_sessions_gaps(s, x, LEMF_CC, print_gap, &(struct gap_print){x, "CC"});
}

static void
print_text(const struct lemf_sessions *s)
{
	struct totals t = add_up(s);

	printf("%-25s %10s %7s %-13s %8s %11s %7s %5s %5s %5s  %-27s %-27s\n", "LIID", "CIN", "IRI",
	    "B/C/E/R", "CC", "OCTETS", "MISSING", "DUP", "CONFL", "ORDER", "FIRST", "LAST");
	for (size_t i = 0; i < s->n; i++)
		print_session(s, &s->list[i]);
	printf("%zu sessions, %" PRIu64 " IRI, %" PRIu64 " CC, %" PRIu64 " TRI, %" PRIu64
	       " other; missing %" PRIu64 ", duplicates %" PRIu64 " identical and %" PRIu64
	       " conflicting, order violations %" PRIu64 ", undecodable %" PRIu64 "\n",
	    s->n, t.iri, t.cc, s->tri_n, s->other_n, t.missing, t.duplicates, t.conflicts, t.order,
	    s->undecodable_n);
}

int
lemf_report_run(const struct lemf_opts *o)
{
	struct lemf_sessions s = {0};
	struct lemf_reader *r = lemf_reader_open(o->dir);
	struct totals t;
	unsigned damaged;
	int rc = LEMF_EXIT_OK;

	if (!r) {
		fprintf(stderr, "mdf-lemf: %s: %s\n", o->dir, strerror(errno));
		return LEMF_EXIT_NONE;
	}
	lemf_scan_reader(r, o, lemf_sessions_add, &s, &damaged);
	lemf_sessions_sort(&s);
	t = add_up(&s);
	if (o->json)
		print_json(&s, damaged);
	else
		print_text(&s);
	if (o->strict && (t.missing || t.conflicts || t.order || s.undecodable_n || damaged))
		rc = LEMF_EXIT_FAIL;
	lemf_sessions_fini(&s);
	lemf_reader_close(r);
	return rc;
}
