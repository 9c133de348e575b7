/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf report: per LIID and CIN what came, what is missing, what came twice. */
#include "lemf_integrity.h"
#include "lemf_json.h"
#include "lemf_session.h"

#include <openssl/evp.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "records",
	    (json_int_t)r->record_n, "payloads", (json_int_t)r->payload_n, "octets",
	    (json_int_t)r->octet_n, "duplicates", (json_int_t)r->duplicate_n, "conflicts",
	    (json_int_t)r->conflict_n, "duplicates_same_connection", (json_int_t)r->same_conn_n,
	    "order_violations", (json_int_t)r->order_n, "missing", (json_int_t)r->missing_n, "gaps",
	    gaps);
}

static json_t *
json_session(const struct lemf_sessions *s, const struct lemf_session *x)
{
	json_t *v = json_pack("{s:s}", "liid", x->liid);

	json_object_set_new(v, "cin", x->has_cin ? json_integer(x->cin) : json_null());
	json_object_set_new(v, "parent", x->has_parent ? json_integer(x->parent) : json_null());
	json_object_set_new(v, "restarts", json_integer(x->epoch_n));
	json_object_set_new(v, "segments",
	    json_pack("{s:I,s:I}", "runs", (json_int_t)x->segment_n, "incomplete",
		(json_int_t)x->segment_bad_n));
	json_object_set_new(v, "reports",
	    json_pack("{s:I,s:I,s:I,s:I}", "headers", (json_int_t)x->header_n, "summaries",
		(json_int_t)x->summary_n, "packets", (json_int_t)x->flow_packet_n, "octets",
		(json_int_t)x->flow_octet_n));
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
	uint64_t iri, cc, missing, duplicates, conflicts, order, segments_bad;
};

/* What the integrity checks gave, and the findings (all in JSON, the first lines as text). */
struct checks {
	struct lemf_integrity sum;
	json_t *findings;
};

#define FINDINGS_MAX 1000

static void
on_finding(const struct lemf_session *x, const char *text, void *arg)
{
	json_t *list = arg;
	char cin[16] = "-";

	if (x->has_cin)
		snprintf(cin, sizeof(cin), "%" PRIu32, x->cin);
	if (json_array_size(list) < FINDINGS_MAX)
		json_array_append_new(list, json_sprintf("LIID %s CIN %s %s", x->liid, cin, text));
}

static json_t *
json_checks(const struct checks *c)
{
	const struct lemf_integrity *i = &c->sum;

	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:O}", "hashes_ok",
	    (json_int_t)i->hashes_ok, "hashes_bad", (json_int_t)i->hashes_bad, "covered",
	    (json_int_t)i->covered, "uncovered", (json_int_t)i->uncovered, "twice",
	    (json_int_t)i->twice, "missing", (json_int_t)i->missing, "order", (json_int_t)i->order,
	    "signatures_ok", (json_int_t)i->signatures_ok, "bad", (json_int_t)i->bad,
	    "signatures_unchecked", (json_int_t)i->unchecked, "unsigned", (json_int_t)i->unsigned_n,
	    "findings", c->findings);
}

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
	for (size_t i = 0; i < s->n; i++)
		t.segments_bad += s->list[i].segment_bad_n;
	return t;
}

static void
print_json(const struct lemf_sessions *s, const struct checks *checks, unsigned damaged)
{
	struct totals t = add_up(s);
	json_t *list = json_array(), *v;

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(list, json_session(s, &s->list[i]));
	v = json_pack("{s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:o,s:{s:I,s:I,s:I}}",
	    "session", list, "sessions", (json_int_t)s->n, "iri", (json_int_t)t.iri, "cc",
	    (json_int_t)t.cc, "tri", (json_int_t)s->tri_n, "other", (json_int_t)s->other_n,
	    "missing", (json_int_t)t.missing, "duplicates", (json_int_t)t.duplicates, "conflicts",
	    (json_int_t)t.conflicts, "order_violations", (json_int_t)t.order, "undecodable",
	    (json_int_t)s->undecodable_n, "damaged", damaged != 0, "integrity", json_checks(checks),
	    "encrypted", "opened", (json_int_t)s->sealed_n, "counter_gaps",
	    (json_int_t)s->counter_gap_n, "counter_bad", (json_int_t)s->counter_bad_n);
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

static int
cmp_cin(const void *pa, const void *pb)
{
	const struct lemf_session *a = pa, *b = pb;
	int c = strcmp(a->liid, b->liid);

	return c			  ? c
	       : a->has_cin != b->has_cin ? a->has_cin - b->has_cin
					  : (a->cin > b->cin) - (a->cin < b->cin);
}

/* The session that X says it belongs to, or NULL.  The list is in the order of LIID and CIN. */
static const struct lemf_session *
parent_of(const struct lemf_sessions *s, const struct lemf_session *x)
{
	struct lemf_session key = {.has_cin = true, .cin = x->parent};
	const struct lemf_session *p;

	if (!x->has_parent)
		return NULL;
	memcpy(key.liid, x->liid, sizeof(key.liid));
	p = bsearch(&key, s->list, s->n, sizeof(*s->list), cmp_cin);
	return p == x ? NULL : p;
}

/* X and, indented, the sessions of its LIID that name it as theirs. */
static void
print_branch(const struct lemf_sessions *s, const struct lemf_session *x, unsigned depth)
{
	printf("  %*sLIID %s CIN %" PRIu32 " (%" PRIu64 " IRI, %" PRIu64 " CC)\n", (int)depth * 2,
	    "", x->liid, x->cin, x->series[LEMF_IRI].record_n, x->series[LEMF_CC].record_n);
	for (size_t i = 0; depth < 8 && i < s->n; i++)
		if (s->list[i].has_parent && parent_of(s, &s->list[i]) == x)
			print_branch(s, &s->list[i], depth + 1);
}

/* Sessions that belong together by cINExtension, from their roots. */
static void
print_links(const struct lemf_sessions *s)
{
	bool *root = calloc(s->n + 1, sizeof(*root));

	for (size_t i = 0; root && i < s->n; i++) {
		const struct lemf_session *x = &s->list[i], *p = parent_of(s, x);

		if (p && !parent_of(s, p))
			root[p - s->list] = true;
		else if (x->has_parent && !p)
			printf("link: LIID %s CIN %" PRIu32 " belongs to CIN %" PRIu32
			       ", which was not received\n",
			    x->liid, x->cin, x->parent);
	}
	for (size_t i = 0; root && i < s->n; i++)
		if (root[i]) {
			printf("linked sessions:\n");
			print_branch(s, &s->list[i], 0);
		}
	free(root);
}

static void
print_extras(const struct lemf_session *x)
{
	if (x->epoch_n)
		printf("  restarts (cINReset): LIID %s CIN %" PRIu32 " %" PRIu32 "\n", x->liid,
		    x->cin, x->epoch_n);
	if (x->segment_n)
		printf("  segments: LIID %s CIN %" PRIu32 " %" PRIu64 " runs, %" PRIu64
		       " incomplete\n",
		    x->liid, x->cin, x->segment_n, x->segment_bad_n);
	if (x->header_n || x->summary_n)
		printf("  packet reports: LIID %s CIN %" PRIu32 " %" PRIu64 " headers, %" PRIu64
		       " summaries (%" PRIu64 " packets, %" PRIu64 " octets)\n",
		    x->liid, x->cin, x->header_n, x->summary_n, x->flow_packet_n, x->flow_octet_n);
}

static void
print_checks(const struct checks *c)
{
	const struct lemf_integrity *i = &c->sum;
	size_t k;
	json_t *one;

	if (!i->any)
		return;
	json_array_foreach(c->findings, k, one) printf("  integrity: %s\n", json_string_value(one));
	printf("integrity: hashes %" PRIu64 " ok, %" PRIu64 " bad; PDUs %" PRIu64
	       " covered, %" PRIu64 " uncovered, %" PRIu64 " twice, %" PRIu64
	       " missing; signatures %" PRIu64 " ok, %" PRIu64 " bad, %" PRIu64
	       " not checked; %" PRIu64 " hashes unsigned\n",
	    i->hashes_ok, i->hashes_bad, i->covered, i->uncovered, i->twice, i->missing,
	    i->signatures_ok, i->bad, i->unchecked, i->unsigned_n);
}

static void
print_text(const struct lemf_sessions *s, const struct checks *checks)
{
	struct totals t = add_up(s);

	printf("%-25s %10s %7s %-13s %8s %11s %7s %5s %5s %5s  %-27s %-27s\n", "LIID", "CIN", "IRI",
	    "B/C/E/R", "CC", "OCTETS", "MISSING", "DUP", "CONFL", "ORDER", "FIRST", "LAST");
	for (size_t i = 0; i < s->n; i++)
		print_session(s, &s->list[i]);
	for (size_t i = 0; i < s->n; i++)
		print_extras(&s->list[i]);
	print_links(s);
	print_checks(checks);
	if (s->sealed_n)
		printf("encrypted: %zu PDUs opened, byte counter with %" PRIu64 " gaps, %" PRIu64
		       " overlaps\n",
		    s->sealed_n, s->counter_gap_n, s->counter_bad_n);
	printf("%zu sessions, %" PRIu64 " IRI, %" PRIu64 " CC, %" PRIu64 " TRI, %" PRIu64
	       " other; missing %" PRIu64 ", duplicates %" PRIu64 " identical and %" PRIu64
	       " conflicting, order violations %" PRIu64 ", undecodable %" PRIu64 "\n",
	    s->n, t.iri, t.cc, s->tri_n, s->other_n, t.missing, t.duplicates, t.conflicts, t.order,
	    s->undecodable_n);
}

static bool
integrity_bad(const struct lemf_integrity *i)
{
	return i->hashes_bad || i->bad || i->uncovered || i->twice || i->missing || i->order;
}

/* Load what the options name.  Returns 0 or an exit code after a message. */
static int
prepare(const struct lemf_opts *o, EVP_PKEY **key, bool *per_liid)
{
	*key = NULL;
	*per_liid = o->scope && !strcmp(o->scope, "liid");
	if (o->scope && !*per_liid && strcmp(o->scope, "cin") != 0) {
		fprintf(
		    stderr, "mdf-lemf report: --scope: \"%s\" is neither cin nor liid\n", o->scope);
		return LEMF_EXIT_USAGE;
	}
	if (o->public_key && !(*key = lemf_integrity_key(o->public_key))) {
		fprintf(stderr, "mdf-lemf: %s: no public key in PEM there\n", o->public_key);
		return LEMF_EXIT_USAGE;
	}
	return 0;
}

int
lemf_report_run(const struct lemf_opts *o)
{
	struct lemf_sessions s = {0};
	struct checks checks = {.findings = json_array()};
	struct lemf_reader *r;
	struct totals t;
	EVP_PKEY *key;
	unsigned damaged;
	int rc = prepare(o, &key, &s.per_liid);

	if (rc) {
		json_decref(checks.findings);
		return rc;
	}
	if (!(r = lemf_reader_open(o->dir))) {
		fprintf(stderr, "mdf-lemf: %s: %s\n", o->dir, strerror(errno));
		EVP_PKEY_free(key);
		json_decref(checks.findings);
		return LEMF_EXIT_NONE;
	}
	lemf_scan_reader(r, o, lemf_sessions_add, &s, &damaged);
	lemf_sessions_sort(&s);
	lemf_integrity_check(&s, key, &checks.sum, on_finding, checks.findings);
	t = add_up(&s);
	if (o->json)
		print_json(&s, &checks, damaged);
	else
		print_text(&s, &checks);
	if (o->strict &&
	    (t.missing || t.conflicts || t.order || t.segments_bad || s.undecodable_n || damaged ||
		s.counter_bad_n || integrity_bad(&checks.sum)))
		rc = LEMF_EXIT_FAIL;
	lemf_sessions_fini(&s);
	lemf_reader_close(r);
	EVP_PKEY_free(key);
	json_decref(checks.findings);
	return rc;
}
