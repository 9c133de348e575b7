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

/* Each IPAddress of LI-PS-PDU or HI2Operations, wherever it stands. */
static void
check_addresses(struct lemf_pdu *p)
{
	for (uint32_t i = 0; i < p->tree.node_n; i++) {
		const struct lemf_node *n = &p->tree.nodes[i];

		if (n->type && n->type->kind == LEMF_SEQ && !strcmp(n->type->name, "IPAddress"))
			check_address(p, n, n->name);
	}
}

/* content-type is a MIME type. */
static void
check_message(struct lemf_pdu *p, const struct lemf_item *it)
{
	struct octets type = it->message.type;

	if (!strcmp(it->kind, "messagingCC") && type.n && !memchr(type.p, '/', type.n))
		rule(p, it->node, "messagingCC", LEMF_ERROR, "MSG-TYPE",
		    "content-type is not a MIME type");
}

/* A cut packet is not longer than the original; a report's header holds no more than headers. */
static void
check_cut(struct lemf_pdu *p, const struct lemf_item *it)
{
	if (it->orig_len && it->orig_len < it->content.n)
		rule(p, it->node, it->kind, LEMF_ERROR, "CUT-LENGTH",
		    "original length is below that of the part sent");
}

static void
check_item(struct lemf_pdu *p, const struct lemf_item *it)
{
	const struct lemf_tree *t = &p->tree;
	const struct lemf_node *mm = lemf_tree_find(t, it->node, "cCContents.iPMMCC");

	if (it->time_us == LEMF_NO_TIME)
		rule(p, it->node, "payload", LEMF_ERROR, "NO-TIME",
		    "neither header nor payload has a time");
	if (mm && !lemf_tree_find(t, mm, "frameType"))
		rule(p, mm, "iPMMCC", LEMF_REMARK, "FRAME-TYPE",
		    "frameType is mandatory for new implementations");
	check_message(p, it);
	check_cut(p, it);
}

/* IntegrityCheck: dataType is mandatory since version 5, hashAlgorithm goes with hashes,
 * signatureAlgorithm with signatures, and the value has the length of its algorithm. */
static void
check_integrity(struct lemf_pdu *p, const struct lemf_node *i)
{
	static const size_t len[] = {0, 20, 32, 48, 64};
	const struct lemf_tree *t = &p->tree;
	const struct lemf_node *value = lemf_tree_find(t, i, "checkValue"),
			       *hash = lemf_tree_find(t, i, "hashAlgorithm"),
			       *sign = lemf_tree_find(t, i, "signatureAlgorithm");
	uint64_t type = lemf_node_uint(lemf_tree_find(t, i, "checkType")),
		 alg = lemf_node_uint(hash);

	if (!lemf_tree_find(t, i, "dataType"))
		rule(p, i, "integrityCheck", LEMF_ERROR, "DATA-TYPE", "dataType is absent");
	if ((type == 1 && sign) || (type == 2 && hash))
		rule(p, i, "integrityCheck", LEMF_ERROR, "CHECK-ALGORITHM",
		    "the algorithm is not one of this type of check");
	if (type == 1 && value && alg >= 1 && alg <= 4 && value->val.n != len[alg])
		rule(p, value, "integrityCheck", LEMF_ERROR, "CHECK-LENGTH",
		    "checkValue has another length than its hash algorithm gives");
	if (!lemf_tree_child(t, lemf_tree_find(t, i, "includedSequenceNumbers")))
		rule(p, i, "integrityCheck", LEMF_ERROR, "CHECK-EMPTY", "no number is included");
}

void
lemf_rules_check(struct lemf_pdu *p)
{
	const struct lemf_tree *t = &p->tree;
	const struct lemf_node *ps = lemf_tree_find(t, NULL, "pSHeader"), *arm;
	struct lemf_item it;

	if (!ps)
		return;
	check_addresses(p);
	if ((arm = lemf_tree_find(t, NULL, "payload.tRIPayload.integrityCheck")))
		check_integrity(p, arm);
	if (p->head.cls != LEMF_IRI && p->head.cls != LEMF_CC)
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
