/* SPDX-License-Identifier: Apache-2.0 */
/* Status of the ingest role as JSON: listeners, NEs, queues, the books of each warrant, sessions;
 * see ingest.h.  No target identity. */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "session/mapping.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define INGEST_SESSIONS_SHOWN 1000
#define INGEST_IDS_MAX 2000 /* warrants that are listed one by one */

static json_t *
ingest_num(uint64_t v)
{
	return json_integer((json_int_t)v);
}

/* RFC 3339, or null for "never". */
static json_t *
ingest_time(int64_t ns)
{
	char buf[32];

	return ns > 0 ? json_string(clock_format(ns, buf)) : json_null();
}

/* {"XID-UNKNOWN": 3, ...}, only what is not zero. */
static json_t *
ingest_codes(const uint64_t n[REJECT_CODE_N])
{
	json_t *o = json_object();

	for (int i = 1; i < REJECT_CODE_N; i++)
		if (n[i] > 0)
			json_object_set_new(
			    o, reject_code_name((enum reject_code)i), ingest_num(n[i]));
	return o;
}

static json_t *
ingest_status_nes(const struct ingest *g)
{
	json_t *a = json_array();
	const struct ingest_ne *n;

	LIST_FOREACH(n, &g->nes, entry)
	{
		json_array_append_new(a,
		    json_pack("{s:i, s:s, s:i, s:o, s:o, s:o, s:o, s:o}", "id", (int)n->id, "name",
			n->name, "connections", (int)n->connections, "pdus", ingest_num(n->pdus),
			"octets", ingest_num(n->octets), "faults", ingest_num(n->faults), "first",
			ingest_time(n->first_ns), "last", ingest_time(n->last_ns)));
	}
	return a;
}

static json_t *
ingest_pos(struct spool_pos p)
{
	return json_pack("{s:o, s:o, s:o}", "segment", ingest_num(p.seg), "record",
	    ingest_num(p.rec), "offset", ingest_num(p.off));
}

struct ingest_shown {
	struct ingest *g;
	json_t *out;
};

static void
ingest_status_queue(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg)
{
	struct ingest_shown *s = arg;

	json_array_append_new(
	    s->out, json_pack("{s:i, s:s, s:o, s:o, s:o, s:i}", "lea", (int)lea, "class",
			ho_class_name(class), "head", ingest_pos(spool_head(q)), "tail",
			ingest_pos(spool_tail(q)), "lea_octets",
			ingest_num(spool_lea_len(s->g->spool, lea)), "level",
			(int)spool_lea_level(s->g->spool, lea)));
}

static void
ingest_status_account(struct account *a, void *arg)
{
	json_t *spooled, *shed, *out;

	if (a->received == 0)
		return;
	spooled = json_object();
	shed = json_object();
	for (int c = 0; c < ACCOUNT_CLASS_N; c++) {
		json_object_set_new(
		    spooled, ho_class_name((enum ho_class)c), ingest_num(a->spooled[c]));
		json_object_set_new(shed, ho_class_name((enum ho_class)c), ingest_num(a->shed[c]));
	}
	json_array_append_new(arg,
	    json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:b}",
		"warrant", (int)a->warrant, "received", ingest_num(a->received), "spooled",
		ingest_num(account_spooled(a)), "spooled_by_class", spooled, "octets",
		ingest_num(a->spooled_len), "duplicate", ingest_num(a->duplicate), "out_of_scope",
		ingest_num(a->out_of_scope), "rejected", ingest_codes(a->rejected), "shed",
		ingest_num(account_shed(a)), "shed_by_class", shed, "sessions", (int)a->sessions,
		"first", ingest_time(a->first_ns), "last", ingest_time(a->last_ns), "balanced",
		(int)account_balanced(a)));
	out = json_array_get(arg, json_array_size(arg) - 1);
	json_object_set_new(out, "extra", ingest_num(a->extra));
	json_object_set_new(out, "summed", ingest_num(a->summed));
	json_object_set_new(out, "copies", ingest_num(a->copies));
	json_object_set_new(out, "last_iri", ingest_time(account_last(a, true)));
	json_object_set_new(out, "last_cc", ingest_time(account_last(a, false)));
}

static void
ingest_status_session(struct session *s, void *arg)
{
	json_t *out = arg;

	if (s->warrant == 0 || json_array_size(out) >= INGEST_SESSIONS_SHOWN)
		return;
	json_array_append_new(
	    out, json_pack("{s:i, s:i, s:o, s:o, s:o, s:b, s:o, s:o}", "warrant", (int)s->warrant,
		     "lea", (int)s->lea, "cin", ingest_num(s->cin), "iri", ingest_num(s->next[0]),
		     "cc", ingest_num(s->next[1]), "open", (int)s->open, "first",
		     ingest_time(s->first_ns), "last", ingest_time(s->last_ns)));
}

static json_t *
ingest_status_totals(const struct ingest *g)
{
	const struct mediate_totals *t = mediate_totals(g->mediate);

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "received", ingest_num(t->received),
	    "processed", ingest_num(t->processed), "records", ingest_num(t->records), "duplicates",
	    ingest_num(t->duplicates), "gaps", ingest_num(t->gaps), "missing",
	    ingest_num(t->missing), "rejected", ingest_codes(t->rejected));
}

static json_t *
ingest_status_trust(const struct ingest *g)
{
	struct mediate_trust_state t;

	mediate_trust_status(g->mediate, &t);
	return json_pack("{s:b, s:i, s:o, s:o, s:o, s:o, s:o}", "enforced", (int)t.enforced,
	    "key_list", (int)t.key_list, "signed", ingest_num(t.n[TASK_SIGNED]), "unsigned",
	    ingest_num(t.n[TASK_UNSIGNED]), "unchecked", ingest_num(t.n[TASK_UNCHECKED]), "checked",
	    ingest_num(t.checked), "verified", ingest_num(t.verified));
}

/* Are the warrants of the books signed as they are? */
static void
ingest_status_signed(const struct ingest *g, json_t *books)
{
	static const char *const word[] = {"unchecked", "yes", "no"};
	struct task_set *set = mediate_task_set(g->mediate);
	json_t *b;
	size_t i;

	json_array_foreach(books, i, b)
	{
		uint32_t id = (uint32_t)json_integer_value(json_object_get(b, "warrant"));
		const struct task_warrant *w = set == NULL ? NULL : task_warrant_by_id(set, id);

		if (w != NULL)
			json_object_set_new(b, "signed", json_string(word[w->trust % 3]));
	}
}

static json_t *
ingest_status_tasks(const struct ingest *g)
{
	struct task_set *set = mediate_task_set(g->mediate);
	json_t *out, *ids;

	if (set == NULL)
		return json_null();
	out = json_pack("{s:o, s:o, s:o, s:o}", "version", ingest_num(task_version(set)),
	    "warrants", ingest_num(task_warrant_n(set)), "network_elements",
	    ingest_num(task_ne_n(set)), "trust", ingest_status_trust(g));
	if (task_warrant_n(set) > INGEST_IDS_MAX)
		return out;
	ids = json_array();
	for (size_t i = 0; i < task_warrant_n(set); i++)
		json_array_append_new(ids, ingest_num(task_warrant(set, (uint32_t)i)->row.id));
	json_object_set_new(out, "ids", ids);
	return out;
}

/* ---- the sessions of one warrant */

struct ingest_tree {
	struct ingest *g;
	uint32_t warrant;
	json_t *names; /* by the session's key in hexadecimal: {"call": 1, ...} */
	struct session **s;
	size_t n, max;
};

static void
ingest_hex_key(const uint8_t key[16], char out[33])
{
	for (int i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", key[i]);
}

static const char *
ingest_name_kind(uint8_t kind)
{
	switch ((enum name_kind)kind) {
	case NAME_CORRELATION:
		return "correlation";
	case NAME_POINT:
		return "point";
	case NAME_INNER:
		return "inner";
	case NAME_CALL:
		return "call";
	case NAME_ICID:
		return "icid";
	case NAME_CONFERENCE:
		return "conference";
	case NAME_MEDIA:
		return "media";
	case NAME_ACCESS:
		return "access";
	case NAME_ADDRESS:
		return "address";
	case NAME_CHAT:
		return "chat";
	case NAME_MESSAGE:
		return "message";
	}
	return "other";
}

static void
ingest_count_name(const struct name_row *row, void *arg)
{
	struct ingest_tree *t = arg;
	const char *kind = ingest_name_kind(row->kind);
	char key[33];
	json_t *of;

	if (row->warrant != t->warrant)
		return;
	ingest_hex_key(row->session, key);
	of = json_object_get(t->names, key);
	if (of == NULL) {
		of = json_object();
		json_object_set_new(t->names, key, of);
	}
	json_object_set_new(
	    of, kind, json_integer(json_integer_value(json_object_get(of, kind)) + 1));
}

static json_t *
ingest_session_nes(const struct ingest *g, const struct session *s)
{
	json_t *out = json_array();

	for (int i = 0; i < SESSION_NES_MAX && s->ne[i] != 0; i++) {
		const struct taskset_ne *ne = task_ne_by_id(mediate_task_set(g->mediate), s->ne[i]);
		struct octets name;

		if (ne == NULL) {
			json_array_append_new(out, json_sprintf("#%u", s->ne[i]));
			continue;
		}
		name = task_string(mediate_task_set(g->mediate), ne->name);
		json_array_append_new(out, json_stringn((const char *)name.p, name.n));
	}
	return out;
}

/* What its records were made of: standard and kind of each payload format that came. */
static json_t *
ingest_session_formats(const struct session *s)
{
	json_t *out = json_array();
	uint32_t left = s->formats;
	size_t n;
	const struct mapping_row *rows = mapping_rows(&n);

	for (size_t i = 0; i < n; i++) /* a format has a row for X2 and one for X3 */
		if (rows[i].format < 31 && (left >> rows[i].format & 1)) {
			json_array_append_new(out, json_string(rows[i].format_name));
			left &= ~(UINT32_C(1) << rows[i].format);
		}
	return out;
}

static void
ingest_tree_add(struct session *s, void *arg)
{
	struct ingest_tree *t = arg;

	if (s->warrant != t->warrant)
		return;
	if (t->n == t->max) {
		t->max = t->max ? t->max * 2 : 64;
		t->s = realloc(t->s, t->max * sizeof(*t->s));
		assert(t->s != NULL);
	}
	t->s[t->n++] = s;
}

static int
ingest_tree_newest(const void *a, const void *b)
{
	const struct session *x = *(struct session *const *)a, *y = *(struct session *const *)b;

	return x->last_ns < y->last_ns ? 1 : x->last_ns > y->last_ns ? -1 : 0;
}

/* A call was answered and nothing of its content has come: perhaps it goes another way. */
static bool
ingest_no_content(const struct ingest_tree *t, const struct session *s)
{
	const struct task_warrant *w =
	    task_warrant_by_id(mediate_task_set(t->g->mediate), s->warrant);
	enum dialog_state phase = dialog_phase(&s->dialog);

	return w != NULL && (w->row.delivery & TASKSET_CC) != 0 && w->row.content == TASKSET_FULL &&
	       (s->formats >> X23_FMT_SIP & 1) != 0 && s->cc_class == 0 && s->joined == NULL &&
	       (phase == DIALOG_CONFIRMED || phase == DIALOG_BYE || phase == DIALOG_ENDED);
}

/* Where its last record of CLASS lies, for the question whether all of it is delivered: records of
 * the queue up to it, the destination (0: perhaps several); "most": it lies before that. */
static json_t *
ingest_tree_spool(const struct session *s, enum ho_class class)
{
	unsigned i = session_series(class);
	bool several = s->dest[i] == SESSION_DEST_ANY;

	if (s->rec[i] == 0)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:b}", "class", ho_class_name(class), "rec",
	    (json_int_t)(s->rec[i] < INT64_MAX ? s->rec[i] : INT64_MAX), "dest",
	    (json_int_t)(several ? 0 : s->dest[i]), "most", (int)s->rec_most[i]);
}

static json_t *
ingest_tree_session(const struct ingest_tree *t, struct session *s)
{
	static const char *const states[8] = {
	    "", "early", "confirmed", "bye", "ended", "failed", "", ""};
	char key[33];
	json_t *names, *j;

	ingest_hex_key(s->key, key);
	names = json_object_get(t->names, key);
	j = json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "cin",
	    ingest_num(s->cin), "open", (int)s->open, "first_ns", ingest_num((uint64_t)s->first_ns),
	    "last_ns", ingest_num((uint64_t)s->last_ns), "iri", ingest_num(s->next[SESSION_IRI]),
	    "cc", ingest_num(s->next[SESSION_CC]), "state", states[dialog_phase(&s->dialog)],
	    "parent", ingest_num(s->parent != NULL ? session_follow(s->parent)->cin : 0), "joined",
	    ingest_num(s->joined != NULL ? session_follow(s)->cin : 0), "names",
	    names != NULL ? json_incref(names) : json_object(), "nes", ingest_session_nes(t->g, s),
	    "formats", ingest_session_formats(s));
	assert(j != NULL);
	json_object_set_new(j, "no_content", json_boolean(ingest_no_content(t, s)));
	json_object_set_new(j, "spool",
	    json_pack("{s:I, s:o, s:o}", "lea", (json_int_t)s->lea, "iri",
		ingest_tree_spool(s, HO_IRI), "cc",
		ingest_tree_spool(s, s->cc_class != 0 ? (enum ho_class)s->cc_class : HO_CC)));
	return j;
}

void
ingest_sessions(struct ingest *g, const struct role_msg_sessions *req)
{
	struct ingest_tree t = {.g = g, .warrant = req->warrant, .names = json_object()};
	json_t *out = json_array();

	if (mediate_task_set(g->mediate) != NULL) {
		names_each(g->names, ingest_count_name, &t);
		session_each(g->sessions, ingest_tree_add, &t);
	}
	if (t.n > 0)
		qsort(t.s, t.n, sizeof(*t.s), ingest_tree_newest);
	for (size_t i = 0; i < t.n && (req->limit == 0 || i < req->limit); i++)
		json_array_append_new(out, ingest_tree_session(&t, t.s[i]));
	role_send_json(g->role, ROLE_ADMIN, 0, ROLE_MSG_SESSIONS, &req->id, sizeof(req->id), out);
	json_decref(t.names);
	free(t.s);
}

json_t *
ingest_status(struct role *r, bool brief)
{
	struct ingest *g = r->state;
	struct ingest_shown queues = {g, json_array()};
	json_t *warrants = json_array(), *sessions = json_array(), *out;

	spool_each(g->spool, ingest_status_queue, &queues);
	if (!brief) {
		account_each(g->accounts, ingest_status_account, warrants);
		ingest_status_signed(g, warrants);
		session_each(g->sessions, ingest_status_session, sessions);
	}
	out = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "role", "ingest", "tasks",
	    ingest_status_tasks(g), "x", listener_status(g->listener), "network_elements",
	    ingest_status_nes(g), "queues", queues.out, "warrants", warrants, "totals",
	    ingest_status_totals(g), "refused", ingest_codes(g->refused), "sessions", sessions);
	assert(out != NULL);
	json_object_set_new(out, "sessions_known", ingest_num(session_n(g->sessions)));
	json_object_set_new(out, "sessions_open", ingest_num(session_open_n(g->sessions)));
	json_object_set_new(out, "sequence_contexts", ingest_num(seqctx_count(g->seqctx)));
	json_object_set_new(out, "sequence_octets", ingest_num(seqctx_octets(g->seqctx)));
	json_object_set_new(out, "paused", json_boolean(g->paused));
	json_object_set_new(out, "pauses", ingest_num(g->pauses));
	json_object_set_new(out, "spool_full", json_boolean(spool_full(g->spool)));
	json_object_set_new(out, "durable", ingest_num(spool_durable(g->spool)));
	json_object_set_new(out, "state_saved", ingest_time(g->saved_ns));
	json_object_set_new(out, "replayed", ingest_num(g->replayed));
	json_object_set_new(out, "integrity_uncovered",
	    ingest_num(integrity_uncovered_n(mediate_integrity(g->mediate))));
	return out;
}
