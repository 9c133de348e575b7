/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf verify: every PDU against the modules, by the rules of a strict sender: minimal lengths
 * and integers, mandatory members, OIDs, ranges, and what the standards' text asks beyond the
 * syntax. */
#include "lemf_json.h"
#include "lemf_scan.h"
#include "lemf_value.h"

#include <inttypes.h>
#include <stdio.h>

struct verify {
	const struct lemf_opts *o;
	uint64_t pdu_n, bad_n, violation_n;
};

static void
rule(struct lemf_pdu *p, const struct lemf_node *n, const char *where, enum lemf_level level,
    const char *code, const char *what)
{
	struct lemf_path path = {NULL, where, 0};

	lemf_fault_add(&p->tree, &path, n ? n->tlv.at : 0, level, code, what);
}

static void
check_address(struct lemf_pdu *p, const struct lemf_node *a, const char *where)
{
	const struct lemf_node *bin = lemf_tree_find(&p->tree, a, "iP-value.iPBinaryAddress");
	uint64_t type = lemf_node_uint(lemf_tree_find(&p->tree, a, "iP-type"));

	if (!bin)
		return;
	if (bin->val.n != (type == 1 ? 16u : 4u))
		rule(p, bin, where, LEMF_ERROR, "IP-SIZE", "binary address does not fit iP-type");
	if (bin->val.n == 16 && !lemf_tree_find(&p->tree, a, "iPv6PrefixLength"))
		rule(p, a, where, LEMF_ERROR, "IP-PREFIX",
		    "binary IPv6 address without iPv6PrefixLength");
}

static void
check_item(struct lemf_pdu *p, const struct lemf_item *it)
{
	const struct lemf_tree *t = &p->tree;
	const struct lemf_node *mm = lemf_tree_find(t, it->node, "cCContents.iPMMCC");
	const struct lemf_node *sip =
	    lemf_tree_find(t, it->node, "iRIContents.iPMMIRI.iPMMIRIContents.sIPMessage");
	const struct lemf_node *ip =
	    lemf_tree_find(t, it->node, "iRIContents.iPIRI.iPIRIContents.targetIPAddress");

	if (it->time_us == LEMF_NO_TIME)
		rule(p, it->node, "payload", LEMF_ERROR, "NO-TIME",
		    "neither header nor payload has a time");
	if (mm && !lemf_tree_find(t, mm, "frameType"))
		rule(p, mm, "iPMMCC", LEMF_REMARK, "FRAME-TYPE",
		    "frameType is mandatory for new implementations");
	if (sip) {
		check_address(p, lemf_tree_find(t, sip, "iPSourceAddress"), "iPSourceAddress");
		check_address(
		    p, lemf_tree_find(t, sip, "iPDestinationAddress"), "iPDestinationAddress");
	}
	if (ip)
		check_address(p, ip, "targetIPAddress");
}

/* Beyond the syntax. */
static void
check_rules(struct lemf_pdu *p)
{
	const struct lemf_tree *t = &p->tree;
	const struct lemf_node *ps = lemf_tree_find(t, NULL, "pSHeader"), *arm;
	struct lemf_item it;

	if (!ps || (p->head.cls != LEMF_IRI && p->head.cls != LEMF_CC))
		return;
	if (!p->head.has_cin)
		rule(p, ps, "pSHeader", LEMF_ERROR, "NO-CIN",
		    "IRI and CC need a communicationIdentityNumber");
	if (p->head.time_us != LEMF_NO_TIME && !lemf_tree_find(t, ps, "timeStampQualifier"))
		rule(p, ps, "pSHeader", LEMF_REMARK, "NO-QUALIFIER",
		    "time without timeStampQualifier");
	arm = lemf_tree_child(t, lemf_tree_find(t, NULL, "payload"));
	if (!lemf_pdu_item(p, NULL, &it)) {
		rule(p, arm, "payload", LEMF_ERROR, "NO-PAYLOAD", "empty sequence of payloads");
		return;
	}
	do
		check_item(p, &it);
	while (lemf_pdu_item(p, it.node, &it));
}

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
		check_rules(pdu);
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
	return v.violation_n || damaged ? LEMF_EXIT_FAIL : v.pdu_n ? LEMF_EXIT_OK : LEMF_EXIT_NONE;
}
