/* SPDX-License-Identifier: Apache-2.0 */
/* Saved filters: a person's own, and nobody else's. */
#include "admin/op_web.h"
#include "db/store.h"

#include <errno.h>

#define OP_VIEWS_MAX 50

static void
op_view_owner(struct op_call *c)
{
	json_object_set_new(c->args, "owner", json_string(c->actor.name));
	if (op_text(c, "view") != NULL)
		op_object(c, "view %s", op_text(c, "view"));
}

int
op_view_save(struct op_call *c)
{
	int r;

	op_view_owner(c);
	c->before = store_row(c->store, STMT_VIEW_GET, c->args);
	if (c->before == NULL && store_int(c->store, STMT_VIEW_COUNT, c->args, 0) >= OP_VIEWS_MAX)
		return fault_set(&c->fault, FAULT_REFUSED, "view", c->object, "remove another one",
		    "a person has at most %d saved filters", OP_VIEWS_MAX);
	if ((r = store_run(c->store, STMT_VIEW_SAVE, c->args, &c->fault)) < 0)
		return r;
	c->after = store_row(c->store, STMT_VIEW_GET, c->args);
	c->result = json_incref(c->after);
	return c->after == NULL ? -EIO : 0;
}

int
op_view_list(struct op_call *c)
{
	op_view_owner(c);
	c->result = store_rows(c->store, STMT_VIEW_LIST, c->args);
	return 0;
}

int
op_view_remove(struct op_call *c)
{
	op_view_owner(c);
	if ((c->before = store_row(c->store, STMT_VIEW_GET, c->args)) == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "view", c->object,
		    "mdfctl view list shows yours", "there is no such saved filter of yours");
	return store_run(c->store, STMT_VIEW_REMOVE, c->args, &c->fault);
}
