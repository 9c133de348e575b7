/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_rules.h. */
#include "lemf_rules.h"
#include "lemf_value.h"

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

void
lemf_rules_check(struct lemf_pdu *p)
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
