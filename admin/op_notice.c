/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of notices of faults.  An answer names a notice by its UUID and never by a row: an
 * agency must not see how many others get. */
#include "admin/auth.h"
#include "admin/notices.h"
#include "admin/op_evidence.h"
#include "db/store.h"

#include <errno.h>
#include <string.h>

#define OP_NOTICE_LIMIT 1000

static json_t *
notice_need(struct op_call *c)
{
	json_t *row;

	op_object(c, "notice %s", op_text(c, "notice"));
	row = store_row(c->store, STMT_NOTICE_SHOW, c->args);
	if (row == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "notice", c->object, "mdfctl notice list",
		    "there is no such notice");
	return row;
}

/* For people: without rows, and "handed" true when nothing of it waits any more.  A person with a
 * scope gets neither the name of what failed, which belongs to the network and serves others too,
 * nor what our people noted. */
static void
notice_shape(const struct op_call *c, json_t *row)
{
	bool waits = json_integer_value(json_object_get(row, "waiting")) > 0;

	if (auth_scoped(&c->actor)) {
		if (strcmp(json_string_value(json_object_get(row, "cause")), "link") != 0)
			json_object_del(row, "object");
		json_object_del(row, "note");
		json_object_del(row, "acked_by");
	}
	json_object_del(row, "id");
	json_object_del(row, "lea_id");
	json_object_del(row, "begin_ns");
	json_object_del(row, "waiting");
	json_object_set_new(row, "handed", json_boolean(!waits));
}

int
op_notice_list(struct op_call *c)
{
	json_t *row;
	size_t i;

	if (json_object_get(c->args, "limit") == NULL)
		json_object_set_new(c->args, "limit", json_integer(OP_NOTICE_LIMIT));
	c->result = store_rows(c->store, STMT_NOTICE_LIST, c->args);
	json_array_foreach(c->result, i, row) notice_shape(c, row);
	return 0;
}

int
op_notice_show(struct op_call *c)
{
	c->result = notice_need(c);
	if (c->result == NULL)
		return -ENOENT;
	notice_shape(c, c->result);
	return 0;
}

static int
notice_result(struct op_call *c, json_t *before)
{
	notice_shape(c, before);
	c->before = before;
	c->result = store_row(c->store, STMT_NOTICE_SHOW, c->args);
	notice_shape(c, c->result);
	c->after = json_incref(c->result);
	return 0;
}

int
op_notice_note(struct op_call *c)
{
	json_t *row = notice_need(c);
	int r;

	if (row == NULL)
		return -ENOENT;
	json_object_set(c->args, "id", json_object_get(row, "id"));
	r = store_run(c->store, STMT_NOTICE_EXPECT, c->args, &c->fault);
	if (r == 0 && op_text(c, "expected") != NULL) {
		if (!json_is_null(json_object_get(row, "restored")))
			r = fault_set(&c->fault, FAULT_CONFLICT, "notice", c->object, "",
			    "this fault is over already");
		else
			r = notices_update(c, row);
	}
	if (r < 0) {
		json_decref(row);
		return r;
	}
	return notice_result(c, row);
}

int
op_notice_ack(struct op_call *c)
{
	json_t *row = notice_need(c);
	int r;

	if (row == NULL)
		return -ENOENT;
	json_object_set(c->args, "id", json_object_get(row, "id"));
	json_object_set_new(c->args, "by", json_string(c->actor.name));
	r = store_run(c->store, STMT_NOTICE_ACK, c->args, &c->fault);
	if (r < 0) {
		json_decref(row);
		return r;
	}
	return notice_result(c, row);
}
