/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_decode.h.  Structure here, single values in lemf_value.c. */
#include "lemf_decode.h"
#include "lemf_value.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct lemf_blob {
	struct lemf_blob *next;
	uint8_t octets[];
};

static int decode(
    struct lemf_tree *t, const struct lemf_type *type, uint32_t node, struct lemf_path *path);

void
lemf_tree_init(struct lemf_tree *t)
{
	memset(t, 0, sizeof(*t));
}

static void
drop_blobs(struct lemf_tree *t)
{
	struct lemf_blob *b;

	while ((b = t->blobs)) {
		t->blobs = b->next;
		free(b);
	}
}

void
lemf_tree_fini(struct lemf_tree *t)
{
	drop_blobs(t);
	free(t->nodes);
	lemf_tree_init(t);
}

void
lemf_fault_add(struct lemf_tree *t, const struct lemf_path *path, size_t at, enum lemf_level level,
    const char *code, const char *what)
{
	struct lemf_fault *f;
	size_t n = 0;

	t->level_n[level]++;
	if (t->fault_n == LEMF_FAULTS_MAX)
		return;
	f = &t->faults[t->fault_n++];
	f->at = at;
	f->level = level;
	f->code = code;
	snprintf(f->what, sizeof(f->what), "%s", what);
	f->where[0] = 0;
	for (const struct lemf_path *p = path; p && n < sizeof(f->where); p = p->up) {
		char tail[sizeof(f->where)];

		snprintf(tail, sizeof(tail), "%s", f->where);
		n = (size_t)snprintf(
		    f->where, sizeof(f->where), "%s%s%.200s", p->name, tail[0] ? "." : "", tail);
	}
}

static uint32_t
add_node(struct lemf_tree *t, uint32_t parent, uint32_t prev, const char *name,
    const struct lemf_type *type, const struct lemf_tlv *tlv)
{
	uint32_t i = t->node_n;

	if (i == LEMF_NODES_MAX)
		return 0;
	if (i == t->node_cap) {
		t->node_cap = t->node_cap ? t->node_cap * 2 : 128;
		t->nodes = realloc(t->nodes, t->node_cap * sizeof(*t->nodes));
		assert(t->nodes);
	}
	t->nodes[i] = (struct lemf_node){.name = name, .type = type, .tlv = *tlv, .val = tlv->val};
	t->node_n++;
	if (prev)
		t->nodes[prev].next = i;
	else if (i > 0)
		t->nodes[parent].child = i;
	return i;
}

/* One element inside [at, end); remarks on its form.  A failure is reported as BROKEN. */
static int
read_tlv(
    struct lemf_tree *t, size_t at, size_t end, struct lemf_tlv *tlv, const struct lemf_path *path)
{
	struct lemf_ber_error err;

	if (lemf_ber_read(t->raw, at, end, tlv, &err)) {
		lemf_fault_add(t, path, err.at, LEMF_BROKEN, err.code, err.what);
		return -EBADMSG;
	}
	if (tlv->long_tag)
		lemf_fault_add(t, path, at, LEMF_ERROR, "BER-LONG-TAG",
		    "tag number in a longer form than it needs");
	if (tlv->long_len)
		lemf_fault_add(t, path, at, LEMF_REMARK, "BER-LONG-LEN",
		    "length in a longer form than it needs");
	if (tlv->indefinite)
		lemf_fault_add(t, path, at, LEMF_REMARK, "BER-INDEFINITE", "indefinite length");
	return 0;
}

static bool
is_constructed(enum lemf_kind kind)
{
	return kind == LEMF_SEQ || kind == LEMF_SEQ_OF || kind == LEMF_SET || kind == LEMF_SET_OF ||
	       kind == LEMF_CHOICE;
}

/* Join the segments of a constructed string (X.690 8.7.3). */
static int
join_segments(struct lemf_tree *t, struct lemf_node *n, const struct lemf_path *path)
{
	struct lemf_blob *b = malloc(sizeof(*b) + n->tlv.val.n);
	size_t at = n->tlv.val_at, end = at + n->tlv.val.n, len = 0;
	struct lemf_tlv seg;

	assert(b);
	b->next = t->blobs;
	t->blobs = b;
	lemf_fault_add(t, path, n->tlv.at, LEMF_REMARK, "BER-SEGMENTED", "string sent in segments");
	for (; at < end; at += seg.total_len) {
		if (read_tlv(t, at, end, &seg, path))
			return -EBADMSG;
		if (seg.constructed) {
			lemf_fault_add(
			    t, path, at, LEMF_BROKEN, "BER-SEGMENT", "segment inside a segment");
			return -EBADMSG;
		}
		memcpy(b->octets + len, seg.val.p, seg.val.n);
		len += seg.val.n;
	}
	n->val = (struct octets){b->octets, len};
	return 0;
}

static int
check_form(
    struct lemf_tree *t, const struct lemf_type *type, uint32_t i, const struct lemf_path *path)
{
	struct lemf_node *n = &t->nodes[i];
	bool string = type->kind == LEMF_OCTETS || type->kind == LEMF_PRINTABLE ||
		      type->kind == LEMF_NUMERIC || type->kind == LEMF_UTF8 ||
		      type->kind == LEMF_IA5 || type->kind == LEMF_HOLDS;

	if (type->kind == LEMF_ANY || is_constructed(type->kind) == n->tlv.constructed)
		return 0;
	if (string)
		return join_segments(t, n, path);
	lemf_fault_add(t, path, n->tlv.at, LEMF_BROKEN, "BER-FORM",
	    n->tlv.constructed ? "constructed, must be primitive"
			       : "primitive, must be constructed");
	return -EBADMSG;
}

static const struct lemf_member *
member_by_tag(const struct lemf_type *type, const struct lemf_tlv *tlv)
{
	const uint32_t want = tlv->cls == LEMF_BER_CONTEXT     ? tlv->tag
			      : tlv->cls == LEMF_BER_UNIVERSAL ? LEMF_UNIVERSAL(tlv->tag)
							       : LEMF_OPEN_TAG;
	const struct lemf_member *m;

	for (m = type->members; m && m->name; m++)
		if (m->tag == LEMF_OPEN_TAG) {
			if (m->type->kind == LEMF_ANY || member_by_tag(m->type, tlv))
				return m;
		} else if (m->tag == want) {
			return m;
		}
	return NULL;
}

/* A member without a tag of its own: its node holds the whole element. */
static struct lemf_tlv
around(struct octets raw, const struct lemf_tlv *tlv)
{
	struct lemf_tlv t = *tlv;

	t.val_at = tlv->at;
	t.val = (struct octets){raw.p + tlv->at, tlv->total_len};
	t.constructed = true;
	return t;
}

static uint32_t
add_member(struct lemf_tree *t, uint32_t parent, uint32_t prev, const struct lemf_member *m,
    const struct lemf_tlv *tlv)
{
	struct lemf_tlv whole = *tlv;

	if (m && m->tag == LEMF_OPEN_TAG)
		whole = around(t->raw, tlv);
	return add_node(t, parent, prev, m ? m->name : "?", m ? m->type : NULL, &whole);
}

static int
too_many(struct lemf_tree *t, const struct lemf_path *path, size_t at)
{
	lemf_fault_add(t, path, at, LEMF_BROKEN, "TOO-MANY", "too many elements");
	return -EBADMSG;
}

#define MEMBERS_MAX 256 /* of one SEQUENCE */

struct seen {
	uint64_t bits[MEMBERS_MAX / 64];
	unsigned last;
};

static bool
was_seen(const struct seen *s, unsigned i)
{
	return s->bits[i / 64] >> i % 64 & 1;
}

static void
note_member(struct lemf_tree *t, const struct lemf_type *type, struct seen *s, unsigned i,
    size_t at, struct lemf_path *p)
{
	if (was_seen(s, i))
		lemf_fault_add(t, p, at, LEMF_ERROR, "TWICE", "member appears twice");
	else if (i < s->last && type->kind == LEMF_SEQ)
		lemf_fault_add(t, p, at, LEMF_ERROR, "ORDER", "member out of order");
	s->bits[i / 64] |= UINT64_C(1) << i % 64;
	s->last = i > s->last ? i : s->last;
}

static void
report_missing(struct lemf_tree *t, const struct lemf_type *type, const struct seen *seen,
    size_t at, struct lemf_path *path)
{
	for (unsigned i = 0; type->members[i].name; i++) {
		struct lemf_path p = {path, type->members[i].name, path->depth + 1};

		if (!type->members[i].optional && !was_seen(seen, i))
			lemf_fault_add(
			    t, &p, at, LEMF_ERROR, "MISSING", "mandatory member is absent");
	}
}

/* The part of the sequence at NODE that follows another version of its module than the tables: all
 * of it by its OID, or the event that was moved from an xIRI of another version (TS 33.128
 * mediatedFromIndicator).  NULL: none. */
static const struct lemf_node *
other_version(const struct lemf_tree *t, uint32_t node)
{
	const struct lemf_node *self = &t->nodes[node], *first = lemf_tree_child(t, self), *from;
	char text[64];

	if (!first || !first->type || !first->type->known)
		return NULL;
	if (strcmp(lemf_node_oid(first, text, sizeof(text)), first->type->known) != 0)
		return self;
	from = lemf_tree_find(t, self, "mediatedFromIndicator.xIRIRelativeOID");
	if (!from || !strcmp(lemf_node_oid(from, text, sizeof(text)), "4.19.19.3.1"))
		return NULL;
	return lemf_tree_find(t, self, "event");
}

/* Is this what BER itself forbids, whatever the module says? */
static bool
is_form(const struct lemf_fault *f)
{
	return (strncmp(f->code, "BER-", 4) == 0 && strcmp(f->code, "BER-FORM") != 0) ||
	       !strcmp(f->code, "INT-LONG") || !strcmp(f->code, "OID");
}

/* Of what another version says only the BER can be judged: forget the other faults inside PART
 * since number FROM.  Returns 0, or -EBADMSG when a broken part remains. */
static int
forget_faults(struct lemf_tree *t, unsigned from, const struct lemf_node *part)
{
	size_t begin = part->tlv.at, end = begin + part->tlv.total_len;
	unsigned keep = from;
	int rc = 0;

	for (unsigned i = from; i < t->fault_n; i++) {
		const struct lemf_fault *f = &t->faults[i];

		if (f->at >= begin && f->at <= end && !is_form(f)) {
			t->level_n[f->level]--;
			continue;
		}
		rc = f->level == LEMF_BROKEN ? -EBADMSG : rc;
		t->faults[keep++] = *f;
	}
	t->fault_n = keep;
	return rc;
}

static int
decode_seq(struct lemf_tree *t, const struct lemf_type *type, uint32_t node, struct lemf_path *path)
{
	const size_t start = t->nodes[node].tlv.val_at, end = start + t->nodes[node].tlv.val.n;
	const unsigned faults = t->fault_n;
	const struct lemf_node *other;
	struct seen seen = {{0}, 0};
	uint32_t prev = 0;
	struct lemf_tlv tlv;
	int rc = 0;

	for (size_t at = start; at < end; at += tlv.total_len) {
		const struct lemf_member *m;
		struct lemf_path p = {path, "?", path->depth + 1};

		if (read_tlv(t, at, end, &tlv, path))
			return -EBADMSG;
		m = member_by_tag(type, &tlv);
		if ((prev = add_member(t, node, prev, m, &tlv)) == 0)
			return too_many(t, path, at);
		if (!m) {
			lemf_fault_add(t, path, at, type->open ? LEMF_REMARK : LEMF_ERROR,
			    "UNKNOWN", "unknown member");
			continue;
		}
		p.name = m->name;
		note_member(t, type, &seen, (unsigned)(m - type->members), at, &p);
		if (decode(t, m->type, prev, &p))
			rc = -EBADMSG;
	}
	report_missing(t, type, &seen, end, path);
	other = other_version(t, node);
	return other ? forget_faults(t, faults, other) : rc;
}

/* The arm of a CHOICE: TLV is the element with the arm's own tag, PARENT the node of the CHOICE. */
static int
decode_arm(struct lemf_tree *t, const struct lemf_type *type, uint32_t parent, uint32_t prev,
    const struct lemf_tlv *tlv, struct lemf_path *path, uint32_t *made)
{
	const struct lemf_member *m = member_by_tag(type, tlv);
	struct lemf_path p = {path, m ? m->name : "?", path->depth + 1};

	if ((*made = add_member(t, parent, prev, m, tlv)) == 0)
		return too_many(t, path, tlv->at);
	if (!m)
		lemf_fault_add(t, path, tlv->at, type->open ? LEMF_REMARK : LEMF_ERROR,
		    "UNKNOWN-ARM", "unknown alternative");
	return m ? decode(t, m->type, *made, &p) : 0;
}

static int
decode_choice(
    struct lemf_tree *t, const struct lemf_type *type, uint32_t node, struct lemf_path *path)
{
	size_t at = t->nodes[node].tlv.val_at, end = at + t->nodes[node].tlv.val.n;
	struct lemf_tlv tlv;
	uint32_t made;

	if (at == end)
		return lemf_fault_add(t, path, at, LEMF_BROKEN, "EMPTY-CHOICE", "no alternative"),
		       -EBADMSG;
	if (read_tlv(t, at, end, &tlv, path))
		return -EBADMSG;
	if (at + tlv.total_len != end)
		lemf_fault_add(t, path, at + tlv.total_len, LEMF_ERROR, "TRAILING",
		    "octets after the alternative");
	return decode_arm(t, type, node, 0, &tlv, path, &made);
}

static int
decode_seq_of(
    struct lemf_tree *t, const struct lemf_type *type, uint32_t node, struct lemf_path *path)
{
	const size_t start = t->nodes[node].tlv.val_at, end = start + t->nodes[node].tlv.val.n;
	const struct lemf_type *el = type->elem;
	const uint32_t want = lemf_value_tag(el->kind);
	uint32_t prev = 0;
	uint64_t n = 0;
	struct lemf_tlv tlv;
	int rc = 0;

	for (size_t at = start; at < end; at += tlv.total_len, n++) {
		struct lemf_path p = {path, el->name, path->depth + 1};

		if (read_tlv(t, at, end, &tlv, path))
			return -EBADMSG;
		if (el->kind == LEMF_CHOICE) {
			if (decode_arm(t, el, node, prev, &tlv, path, &prev))
				rc = -EBADMSG;
			if (prev == 0)
				return rc;
			continue;
		}
		if (want != UINT32_MAX && (tlv.cls != LEMF_BER_UNIVERSAL || tlv.tag != want))
			return lemf_fault_add(t, path, at, LEMF_BROKEN, "ELEMENT-TAG",
				   "element with a wrong tag"),
			       -EBADMSG;
		prev = add_node(t, node, prev, el->name, el, &tlv);
		if (prev == 0)
			return too_many(t, path, at);
		if (decode(t, el, prev, &p))
			rc = -EBADMSG;
	}
	if (n < type->min || (type->max && n > type->max))
		lemf_fault_add(
		    t, path, start, LEMF_ERROR, "SIZE", "count of elements out of range");
	return rc;
}

/* An OCTET STRING with BER of a known type inside. */
static int
decode_holds(
    struct lemf_tree *t, const struct lemf_type *type, uint32_t node, struct lemf_path *path)
{
	struct lemf_node *n = &t->nodes[node];
	struct lemf_path p = {path, type->elem->name, path->depth + 1};
	size_t end = n->tlv.val_at + n->tlv.val.n;
	struct lemf_tlv tlv;
	uint32_t inner;

	if (n->tlv.constructed)
		return 0; /* segmented: the joined octets are not part of RAW; kept, not looked into
			   */
	if (read_tlv(t, n->tlv.val_at, end, &tlv, path))
		return -EBADMSG;
	if (tlv.cls != LEMF_BER_UNIVERSAL || tlv.tag != lemf_value_tag(type->elem->kind))
		return lemf_fault_add(t, path, tlv.at, LEMF_BROKEN, "ELEMENT-TAG",
			   "contents with a wrong tag"),
		       -EBADMSG;
	if (tlv.at + tlv.total_len != end)
		lemf_fault_add(t, path, tlv.at + tlv.total_len, LEMF_ERROR, "TRAILING",
		    "octets after the contained value");
	inner = add_node(t, node, 0, type->elem->name, type->elem, &tlv);
	return inner ? decode(t, type->elem, inner, &p) : -EBADMSG;
}

static int
decode(struct lemf_tree *t, const struct lemf_type *type, uint32_t node, struct lemf_path *path)
{
	int rc = check_form(t, type, node, path);

	if (rc)
		return rc;
	if (path->depth > LEMF_BER_DEPTH)
		return lemf_fault_add(t, path, t->nodes[node].tlv.at, LEMF_BROKEN, "BER-DEEP",
			   "nested too deeply"),
		       -EBADMSG;
	switch (type->kind) {
	case LEMF_SEQ:
	case LEMF_SET:
		return decode_seq(t, type, node, path);
	case LEMF_SEQ_OF:
	case LEMF_SET_OF:
		return decode_seq_of(t, type, node, path);
	case LEMF_CHOICE:
		return decode_choice(t, type, node, path);
	case LEMF_HOLDS:
		return decode_holds(t, type, node, path);
	default:
		lemf_value_check(t, type, &t->nodes[node], path);
		return 0;
	}
}

int
lemf_tree_decode(struct lemf_tree *t, const struct lemf_type *root, struct octets raw)
{
	struct lemf_path path = {NULL, root->name, 0};
	struct lemf_tlv tlv;

	drop_blobs(t);
	t->raw = raw;
	t->node_n = t->fault_n = 0;
	memset(t->level_n, 0, sizeof(t->level_n));
	if (read_tlv(t, 0, raw.n, &tlv, &path))
		return -EBADMSG;
	if (tlv.cls != LEMF_BER_UNIVERSAL || tlv.tag != 16) {
		lemf_fault_add(
		    t, &path, 0, LEMF_BROKEN, "PSPDU-TAG", "does not begin with a SEQUENCE");
		return -EBADMSG;
	}
	if (tlv.total_len != raw.n)
		lemf_fault_add(
		    t, &path, tlv.total_len, LEMF_ERROR, "TRAILING", "octets after the PDU");
	add_node(t, 0, 0, root->name, root, &tlv);
	return decode(t, root, 0, &path);
}

const struct lemf_node *
lemf_tree_child(const struct lemf_tree *t, const struct lemf_node *n)
{
	return n && n->child ? &t->nodes[n->child] : NULL;
}

const struct lemf_node *
lemf_tree_next(const struct lemf_tree *t, const struct lemf_node *n)
{
	return n && n->next ? &t->nodes[n->next] : NULL;
}

const struct lemf_node *
lemf_tree_find(const struct lemf_tree *t, const struct lemf_node *from, const char *path)
{
	const struct lemf_node *n = from ? from : (t->node_n ? t->nodes : NULL);
	size_t len;

	while (n && *path) {
		len = strcspn(path, ".");
		for (n = lemf_tree_child(t, n); n; n = lemf_tree_next(t, n))
			if (strncmp(n->name, path, len) == 0 && n->name[len] == 0)
				break;
		path += len + (path[len] == '.');
	}
	return n;
}
