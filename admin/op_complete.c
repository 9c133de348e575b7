/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts per session; see op_complete.h. */
#include "admin/op_complete.h"

#include "admin/op_log.h"
#include "admin/session_tree.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"
#include "flow.h"
#include "spool/journal.h"

#include <errno.h>
#include <string.h>

static int64_t
complete_int(json_t *of, const char *key)
{
	return json_integer_value(json_object_get(of, key));
}

static json_t *
complete_by_id(json_t *list, int64_t id)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) if (complete_int(o, "id") == id) return o;
	return NULL;
}

/* ---- delivered */

/* How far one side of a session has come. */
struct complete_side {
	const char *state; /* "none", "all", "waiting", "unknown" */
	int64_t most;	   /* that wait at most */
	double age_s;	   /* of the oldest that waits there; 0: not known */
};

/* The destination that is farthest behind, of those that may have a part of it. */
static json_t *
complete_behind(json_t *lea, int64_t dest, const char *class)
{
	json_t *d, *q, *found = NULL;
	size_t i;

	json_array_foreach(json_object_get(lea, "destinations"), i, d)
	{
		q = json_object_get(json_object_get(d, "classes"), class);
		if ((dest != 0 && complete_int(d, "id") != dest) ||
		    (dest == 0 && complete_int(d, "id") != 0 && q == NULL))
			continue;
		if (q == NULL)
			return NULL; /* it does not answer */
		if (found == NULL || complete_int(q, "cursor") < complete_int(found, "cursor"))
			found = q;
	}
	return found;
}

static struct complete_side
complete_side(json_t *lea, json_t *warrant, json_t *spool, int64_t issued)
{
	struct complete_side out = {.state = issued == 0 ? "none" : "unknown"};
	int64_t rec = complete_int(spool, "rec"), ahead;
	json_t *q;

	if (!json_is_object(spool))
		return out;
	out.state = "unknown";
	q = complete_behind(
	    lea, complete_int(spool, "dest"), json_string_value(json_object_get(spool, "class")));
	if (q == NULL)
		return out;
	ahead = rec - complete_int(q, "cursor");
	if (ahead <= 0) {
		if (complete_int(q, "lost") == 0 ||
		    (complete_int(warrant, "waiting") == 0 && complete_int(warrant, "lost") == 0))
			out.state = "all";
		return out;
	}
	out.most = issued > 0 && issued < ahead ? issued : ahead;
	if (json_is_true(json_object_get(spool, "most")))
		return out;
	out.state = "waiting";
	out.age_s = json_real_value(json_object_get(q, "age_s"));
	return out;
}

static json_t *
complete_side_json(const struct complete_side *side, json_t *s, int64_t now_ns)
{
	int64_t since_ns = now_ns - (int64_t)(side->age_s * (double)CLOCK_NS_PER_S);
	char text[32];

	if (since_ns < complete_int(s, "first_ns"))
		since_ns = complete_int(s, "first_ns");
	return json_pack("{s:s, s:I, s:o}", "delivered", side->state, "waiting_most",
	    (json_int_t)side->most, "since",
	    side->age_s > 0 ? json_string(clock_format(since_ns, text)) : json_null());
}

static json_t *
complete_live_warrant(struct op_call *c, int64_t warrant)
{
	return complete_by_id(json_object_get(c->status, "warrants"), warrant);
}

/* Both sides in one word. */
static const char *
complete_word(const struct complete_side *iri, const struct complete_side *cc)
{
	static const char *const order[] = {"waiting", "unknown", "all"};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (strcmp(iri->state, order[i]) == 0 || strcmp(cc->state, order[i]) == 0)
			return order[i];
	return "none";
}

static void
complete_delivered(struct op_call *c, int64_t warrant, json_t *s, json_t *out)
{
	json_t *spool = json_object_get(s, "spool"), *w = complete_live_warrant(c, warrant),
	       *lea =
		   complete_by_id(json_object_get(c->status, "leas"), complete_int(spool, "lea"));
	struct complete_side iri = complete_side(
				 lea, w, json_object_get(spool, "iri"), complete_int(s, "iri")),
			     cc = complete_side(
				 lea, w, json_object_get(spool, "cc"), complete_int(s, "cc"));
	int64_t now_ns = op_int(c, "now_ns", 0);

	json_object_set_new(out, "delivered", json_string(complete_word(&iri, &cc)));
	json_object_set_new(out, "sides",
	    json_pack("{s:o, s:o}", "iri", complete_side_json(&iri, s, now_ns), "cc",
		complete_side_json(&cc, s, now_ns)));
}

/* ---- lost */

/* Ranges of the numbers of CODE; ARGS has row and cin. */
static json_t *
complete_ranges(struct op_call *c, json_t *args, int64_t code)
{
	json_t *a = json_copy(args), *rows;

	json_object_set_new(a, "code", json_integer(code));
	json_object_set_new(a, "limit", json_integer(OP_COMPLETE_RANGES));
	rows = store_rows(c->store, STMT_COMPLETE_RANGES, a);
	json_decref(a);
	return rows;
}

static void
complete_loss_words(json_t *row)
{
	static const char *const classes[] = {"iri", "voice", "cc"};
	int kind = (int)complete_int(row, "kind"), code = (int)complete_int(row, "code");
	int64_t part = complete_int(row, "part");
	const char *word = op_journal_code(kind, code);

	json_object_del(row, "part");
	if (kind == JOURNAL_SHED)
		json_object_set_new(
		    row, "class", json_string(part >= 0 && part < 3 ? classes[part] : "other"));
	json_object_set_new(row, "kind", json_string(journal_kind_name((enum journal_kind)kind)));
	json_object_set_new(row, "code", word != NULL ? json_string(word) : json_null());
}

/* What was lost of session CIN, 0: of no session known; less than 0: all of the warrant. */
static json_t *
complete_losses(struct op_call *c, int64_t warrant, int64_t cin)
{
	json_t *a = json_pack("{s:I, s:I}", "row", (json_int_t)warrant, "cin", (json_int_t)cin),
	       *rows = store_rows(
		   c->store, cin < 0 ? STMT_COMPLETE_LOSSES_ALL : STMT_COMPLETE_LOSSES, a),
	       *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (cin > 0 && complete_int(row, "kind") == JOURNAL_NUMBERS)
			json_object_set_new(
			    row, "ranges", complete_ranges(c, a, complete_int(row, "code")));
		complete_loss_words(row);
	}
	json_decref(a);
	return rows;
}

/* ---- the answer */

json_t *
op_complete_session(struct op_call *c, int64_t warrant, json_t *s)
{
	static const char *const keep[] = {
	    "cin", "open", "state", "joined", "parent", "formats", "iri", "cc"};
	json_t *out = json_object();

	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		json_object_set(out, keep[i], json_object_get(s, keep[i]));
	json_object_set_new(out, "first", session_tree_time(s, "first_ns"));
	json_object_set_new(out, "last", session_tree_time(s, "last_ns"));
	complete_delivered(c, warrant, s, out);
	json_object_set_new(out, "losses", complete_losses(c, warrant, complete_int(s, "cin")));
	return out;
}

static void
complete_sessions_done(json_t *list, void *token)
{
	struct op_call *c = token;
	int64_t row = op_int(c, "row", 0), only = op_int(c, "session", -1);
	size_t limit = (size_t)op_int(c, "limit", OP_COMPLETE_SESSIONS), i;
	json_t *sessions = json_array(), *s;

	if (list == NULL) {
		json_decref(sessions);
		ops_finish(
		    c, fault_set(&c->fault, FAULT_REFUSED, "sessions", c->object,
			   "mdfctl status shows the roles", "the ingest role does not answer"));
		return;
	}
	json_array_foreach(list, i, s)
	{
		if (only >= 0 && complete_int(s, "cin") != only)
			continue;
		if (only < 0 && json_array_size(sessions) >= limit)
			break;
		json_array_append_new(sessions, op_complete_session(c, row, s));
	}
	json_object_set_new(
	    c->result, "more", json_boolean(only < 0 && json_array_size(list) > limit));
	json_object_set_new(c->result, "sessions", sessions);
	json_object_set_new(c->result, "no_session", complete_losses(c, row, 0));
	json_object_set_new(c->result, "total", complete_losses(c, row, -1));
	ops_finish(c, 0);
}

int
op_completeness_sessions(struct op_call *c)
{
	json_t *w = op_need_warrant(c);
	int64_t limit = op_int(c, "limit", OP_COMPLETE_SESSIONS);
	uint32_t row, ask;

	if (w == NULL)
		return -ENOENT;
	if (limit > OP_COMPLETE_SESSIONS_MAX)
		limit = OP_COMPLETE_SESSIONS_MAX;
	row = (uint32_t)complete_int(w, "id");
	json_object_set(c->args, "row", json_object_get(w, "id"));
	json_object_set_new(c->args, "limit", json_integer(limit));
	c->result = json_pack("{s:O, s:O, s:I}", "warrant", json_object_get(w, "uuid"), "lea",
	    json_object_get(w, "lea"), "limit", (json_int_t)limit);
	json_decref(w);
	ask = json_object_get(c->args, "session") != NULL ? 0 : (uint32_t)limit + 1;
	if (c->x->sessions == NULL ||
	    c->x->sessions(c->x->arg, row, ask, complete_sessions_done, c) < 0)
		return fault_set(&c->fault, FAULT_REFUSED, "sessions", c->object,
		    "mdfctl status shows the roles", "the ingest role does not run");
	return OPS_LATER;
}
