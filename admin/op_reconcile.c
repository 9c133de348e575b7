/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the reconciliation.  The look is done in slices before the transaction of the
 * operation; so are the rows when there are very many. */
#include "admin/op_evidence.h"
#include "admin/reconcile.h"
#include "admin/work.h"
#include "db/store.h"

#include <errno.h>

#define OP_RECONCILE_LIMIT 1000

static void
op_reconcile_free(void *job)
{
	reconcile_free(job);
}

/* Another look is waited for: theirs are the same rows. */
static int
op_reconcile_step(struct op_call *c)
{
	int64_t done, total;
	int r;

	if (c->work == NULL && (c->work = reconcile_begin(c->x->reconcile, c->x, c->status,
				    op_int(c, "now_ns", 0))) == NULL)
		return 1;
	c->work_free = op_reconcile_free;
	r = reconcile_step(c->work, WORK_SLICE_MS);
	reconcile_progress(c->work, &done, &total);
	work_progress(c, done, total);
	return r;
}

void
op_reconcile_prepare(struct op_call *c, void (*go)(struct op_call *c, int r))
{
	op_object(c, "reconciliation");
	if (c->status == NULL || c->x->reconcile == NULL)
		go(c, 0);
	else
		work_slices(c, op_reconcile_step, go);
}

int
op_reconcile_list(struct op_call *c)
{
	if (json_object_get(c->args, "limit") == NULL)
		json_object_set_new(c->args, "limit", json_integer(OP_RECONCILE_LIMIT));
	if (json_object_get(c->args, "all") == NULL)
		json_object_set_new(c->args, "all", json_false());
	c->result = store_rows(c->store, STMT_RECONCILE_LIST, c->args);
	return 0;
}

int
op_reconcile_run(struct op_call *c)
{
	struct reconcile none = {0};
	json_t *found;
	int r;

	op_object(c, "reconciliation");
	if (c->status == NULL)
		return fault_set(
		    &c->fault, FAULT_REFUSED, "status", "", "", "this process has no status");
	if (c->work != NULL) {
		r = reconcile_end(c->work);
		return r < 0 ? r : op_reconcile_list(c);
	}
	found = reconcile_look(c->x->reconcile != NULL ? c->x->reconcile : &none, c->store,
	    c->status, op_int(c, "now_ns", 0));
	r = reconcile_apply(c->x, found, op_int(c, "now_ns", 0));
	json_decref(found);
	return r < 0 ? r : op_reconcile_list(c);
}
