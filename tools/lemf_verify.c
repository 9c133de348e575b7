/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf verify: every PDU against the modules, by the rules of a strict sender: minimal lengths
 * and integers, mandatory members, OIDs, ranges, and what the standards' text asks beyond the
 * syntax. */
#include "lemf_json.h"
#include "lemf_rules.h"
#include "lemf_scan.h"

#include <inttypes.h>
#include <stdio.h>

struct verify {
	const struct lemf_opts *o;
	uint64_t pdu_n, bad_n, violation_n;
};

static bool
counts(const struct verify *v, const struct lemf_fault *f)
{
	return !v->o->ber || f->level != LEMF_REMARK;
}

static void
print_fault(const struct verify *v, const struct lemf_record *rec, const struct lemf_pdu *pdu,
    const struct lemf_fault *f)
{
	json_t *j;

	if (!v->o->json) {
		printf("#%" PRIu64 " LIID %s CIN %" PRIu32 " %s seq %" PRIu32
		       ": octet %zu: %s %s: %s (%s)\n",
		    rec->n, pdu->head.liid_text, pdu->head.cin, lemf_class_name(pdu->head.cls),
		    pdu->head.seq, f->at, lemf_level_name(f->level), f->code, f->what, f->where);
		return;
	}
	j = json_pack("{s:I,s:s,s:I,s:s,s:I,s:I,s:s,s:s,s:s,s:s}", "n", (json_int_t)rec->n, "liid",
	    pdu->head.liid_text, "cin", (json_int_t)pdu->head.cin, "class",
	    lemf_class_name(pdu->head.cls), "seq", (json_int_t)pdu->head.seq, "at",
	    (json_int_t)f->at, "level", lemf_level_name(f->level), "code", f->code, "where",
	    f->where, "what", f->what);
	json_dumpf(j, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(j);
}

static int
on_record(const struct lemf_record *rec, const struct lemf_pdu *decoded, int rc, void *arg)
{
	struct lemf_pdu *pdu = (struct lemf_pdu *)(uintptr_t)
	    decoded; /* ours while we are called: violations are added to it */
	struct verify *v = arg;
	uint64_t before = v->violation_n;

	if (rc == 0)
		lemf_rules_check(pdu);
	v->pdu_n++;
	for (unsigned i = 0; i < pdu->tree.fault_n; i++)
		if (counts(v, &pdu->tree.faults[i])) {
			v->violation_n++;
			print_fault(v, rec, pdu, &pdu->tree.faults[i]);
		}
	v->bad_n += v->violation_n != before;
	return ferror(stdout);
}

int
lemf_verify_run(const struct lemf_opts *o)
{
	struct verify v = {.o = o};
	unsigned damaged = 0;
	int rc = lemf_scan(o, on_record, &v, &damaged);

	if (rc)
		return rc;
	if (!o->json)
		printf("%" PRIu64 " PDUs, %" PRIu64 " with violations, %" PRIu64 " violations%s\n",
		    v.pdu_n, v.bad_n, v.violation_n, damaged ? "; the store is damaged" : "");
	return v.violation_n || damaged ? LEMF_EXIT_FAIL : LEMF_EXIT_OK;
}
