/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded PS-PDUs as lines. */
#include "tests/unit/vector_text.h"
#include "lemf_rules.h"

#include <ctype.h>
#include <stdlib.h>

#define ROW 32 /* octets of a line of hex */

static void
indent(FILE *out, unsigned depth)
{
	fprintf(out, "%*s", (int)depth * 2, "");
}

/* Lines of printable text ended by CR LF or LF, or one line. */
static bool
is_text(struct octets o)
{
	size_t i;

	for (i = 0; i < o.n; i++)
		if (!isprint(o.p[i]) && o.p[i] != '\r' && o.p[i] != '\n' && o.p[i] != '\t')
			return false;
	return o.n > 0;
}

static void
put_text(FILE *out, struct octets o, unsigned depth)
{
	bool lines = memchr(o.p, '\n', o.n) != NULL;
	size_t i;

	if (lines)
		fprintf(out, " %zu octets", o.n);
	for (i = 0; i < o.n; i++) {
		if (i == 0 || o.p[i - 1] == '\n') {
			if (lines) {
				putc('\n', out);
				indent(out, depth);
			} else {
				putc(' ', out);
			}
			putc('"', out);
		}
		if (o.p[i] == '\r' || o.p[i] == '\n' || o.p[i] == '\t')
			fprintf(out, "\\%c", o.p[i] == '\r' ? 'r' : o.p[i] == '\n' ? 'n' : 't');
		else
			fprintf(out, "%s%c", o.p[i] == '"' || o.p[i] == '\\' ? "\\" : "", o.p[i]);
		if (i + 1 == o.n || o.p[i] == '\n')
			putc('"', out);
	}
	putc('\n', out);
}

static void
put_octets(FILE *out, struct octets o, unsigned depth)
{
	size_t i;

	if (is_text(o)) {
		put_text(out, o, depth);
		return;
	}
	if (o.n > ROW)
		fprintf(out, " %zu octets", o.n);
	for (i = 0; i < o.n; i++) {
		if (i % ROW == 0 && o.n > ROW) {
			putc('\n', out);
			indent(out, depth);
		} else if (i == 0) {
			putc(' ', out);
		}
		fprintf(out, "%02x", o.p[i]);
	}
	fputs(o.n ? "\n" : " empty\n", out);
}

static void
put_bits(FILE *out, const struct lemf_node *n, unsigned depth)
{
	size_t i;

	if (!n->type->names) {
		put_octets(out, n->val, depth);
		return;
	}
	for (i = 0; n->val.n && i < (n->val.n - 1) * 8; i++) {
		const char *name = lemf_schema_name(n->type->names, i);

		if (n->val.p[1 + i / 8] & 0x80 >> i % 8)
			fprintf(out, " %s", name ? name : "?");
	}
	putc('\n', out);
}

static void
put_value(FILE *out, const struct lemf_node *n, unsigned depth)
{
	const char *name;
	char oid[160];

	switch (n->type->kind) {
	case LEMF_INT:
		fprintf(out, " %llu\n", (unsigned long long)lemf_node_uint(n));
		return;
	case LEMF_SIGNED:
		fprintf(out, " %lld\n", (long long)lemf_node_int(n));
		return;
	case LEMF_ENUM:
		name = lemf_schema_name(n->type->names, lemf_node_uint(n));
		fprintf(
		    out, " %s (%llu)\n", name ? name : "?", (unsigned long long)lemf_node_uint(n));
		return;
	case LEMF_BOOL:
		fprintf(out, " %s\n", lemf_node_uint(n) ? "true" : "false");
		return;
	case LEMF_NULL:
		putc('\n', out);
		return;
	case LEMF_OID:
	case LEMF_RELOID:
		fprintf(out, " %s\n", lemf_node_oid(n, oid, sizeof(oid)));
		return;
	case LEMF_BITS:
		put_bits(out, n, depth);
		return;
	default:
		put_octets(out, n->val, depth);
	}
}

static void
put_node(FILE *out, const struct lemf_tree *t, const struct lemf_node *n, unsigned depth)
{
	const struct lemf_node *k = lemf_tree_child(t, n);

	indent(out, depth);
	if (!n->type) {
		fprintf(out, "unknown [%u]", n->tlv.tag);
		put_octets(out, n->tlv.val, depth + 1);
		return;
	}
	fputs(n->name, out);
	if (k) {
		putc('\n', out);
		for (; k; k = lemf_tree_next(t, k))
			put_node(out, t, k, depth + 1);
	} else if (n->type->kind <= LEMF_CHOICE) {
		fputs(" empty\n", out);
	} else {
		put_value(out, n, depth + 1);
	}
}

int
vector_text(FILE *out, struct octets pdu)
{
	struct lemf_pdu p;
	unsigned i;

	lemf_pdu_init(&p);
	if (lemf_pdu_decode(&p, pdu) == 0)
		lemf_rules_check(&p);
	put_node(out, &p.tree, &p.tree.nodes[0], 0);
	for (i = 0; i < p.tree.fault_n; i++)
		fprintf(out, "%s %s in %s: %s\n", lemf_level_name(p.tree.faults[i].level),
		    p.tree.faults[i].code, p.tree.faults[i].where, p.tree.faults[i].what);
	i = p.tree.level_n[LEMF_ERROR] || p.tree.level_n[LEMF_BROKEN] ? 2 : p.tree.fault_n > 0;
	lemf_pdu_fini(&p);
	return (int)i;
}
