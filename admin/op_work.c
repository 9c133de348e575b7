/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on long work: the caller's own, see work.h. */
#include "admin/op_work.h"

#include "admin/work.h"

#include <errno.h>
#include <stdio.h>

static int
op_work_none(struct op_call *c)
{
	return fault_set(&c->fault, FAULT_NOT_FOUND, "work", c->object,
	    "mdfctl work list shows them; each is kept for a day",
	    "there is no such work of yours");
}

int
op_work_list(struct op_call *c)
{
	op_object(c, "work");
	c->result = works_list(c);
	return 0;
}

int
op_work_show(struct op_call *c)
{
	op_object(c, "work %s", op_text(c, "work"));
	c->result = works_show(c, op_text(c, "work"));
	return c->result != NULL ? 0 : op_work_none(c);
}

int
op_work_cancel(struct op_call *c)
{
	const char *id = op_text(c, "work");
	int r;

	op_object(c, "work %s", id);
	r = works_cancel(c, id);
	if (r == -EALREADY)
		return fault_set(&c->fault, FAULT_CONFLICT, "work", c->object,
		    "mdfctl work show tells its result", "it has ended");
	if (r < 0)
		return op_work_none(c);
	c->result = works_show(c, id);
	return 0;
}
