/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that show what the other roles say: status, sessions. */
#include "admin/auth.h"
#include "admin/ops.h"
#include "admin/session_tree.h"
#include "db/store.h"

#include <errno.h>

static void
op_status_done(json_t *status, void *token)
{
	struct op_call *c = token;

	c->result = auth_status(c, status);
	ops_finish(c, 0);
}

int
op_status(struct op_call *c)
{
	if (c->x->status == NULL || c->x->status(c->x->arg, op_status_done, c) < 0)
		return fault_set(
		    &c->fault, FAULT_REFUSED, "status", "", "", "this process has no status");
	return OPS_LATER;
}

static void
op_session_done(json_t *status, void *token)
{
	struct op_call *c = token;
	json_t *all = json_object_get(json_object_get(status, "ingest"), "sessions"), *s;
	int64_t row = op_int(c, "row", 0), limit = op_int(c, "limit", INT64_MAX);
	size_t i;

	if (json_is_object(all))
		all = json_object_get(all, "list");
	c->result = json_array();
	json_array_foreach(all, i,
	    s) if ((row == 0 || json_integer_value(json_object_get(s, "warrant")) == row) &&
		   (int64_t)json_array_size(c->result) < limit) json_array_append(c->result, s);
	ops_finish(c, 0);
}

int
op_session_list(struct op_call *c)
{
	if (op_filter_warrant(c) < 0)
		return -ENOENT;
	if (c->x->status == NULL || c->x->status(c->x->arg, op_session_done, c) < 0)
		return fault_set(
		    &c->fault, FAULT_REFUSED, "status", "", "", "this process has no status");
	return OPS_LATER;
}

/* ---- session tree */

static void
op_session_tree_done(json_t *list, void *token)
{
	struct op_call *c = token;

	if (list == NULL) {
		ops_finish(
		    c, fault_set(&c->fault, FAULT_REFUSED, "sessions", c->object,
			   "mdfctl status shows the roles", "the ingest role does not answer"));
		return;
	}
	json_object_set_new(c->result, "sessions", session_tree(list));
	ops_finish(c, 0);
}

int
op_session_tree(struct op_call *c)
{
	static const char *const keep[] = {"uuid", "liid", "lea", "state", "lea_profile"};
	json_t *w = op_need_warrant(c);
	uint32_t row;

	if (w == NULL)
		return -ENOENT;
	row = (uint32_t)json_integer_value(json_object_get(w, "id"));
	c->result = json_object();
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		json_object_set(c->result, keep[i], json_object_get(w, keep[i]));
	json_decref(w);
	if (c->x->sessions == NULL ||
	    c->x->sessions(
		c->x->arg, row, (uint32_t)op_int(c, "limit", 0), op_session_tree_done, c) < 0)
		return fault_set(&c->fault, FAULT_REFUSED, "sessions", c->object,
		    "mdfctl status shows the roles", "the ingest role does not run");
	return OPS_LATER;
}
