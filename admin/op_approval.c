/* SPDX-License-Identifier: Apache-2.0 */
/* The second person: what waits, approve, reject, withdraw.  See approval.h. */
#include "admin/approval.h"
#include "admin/auth.h"
#include "admin/life.h"
#include "admin/op_vault.h"
#include "admin/op_key.h"
#include "admin/op_key.h"
#include "admin/op_life.h"
#include "admin/op_web.h"
#include "db/check.h"
#include "db/store.h"
#include "trust/keylist.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who is the second person, where it is not an approver. */
static const struct {
	const char *op;
	unsigned who;
} op_approvers[] = {
    {"target.disclose", OPW_AUDITOR},
};

static unsigned
op_approver(struct op_call *c, const char *op)
{
	if (strncmp(op, "person.", 7) == 0 && auth_regime(c, "de"))
		return OPW_SECURITY; /* rights are a matter of reviewers: section 16(2) TKUEV */
	for (size_t i = 0; i < sizeof(op_approvers) / sizeof(op_approvers[0]); i++)
		if (strcmp(op_approvers[i].op, op) == 0)
			return op_approvers[i].who;
	return OPW_APPROVER;
}

bool
op_approval_may(struct op_call *c, const char *op)
{
	return (c->actor.roles & op_approver(c, op)) != 0;
}

static const char *
op_approval_text(json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text == NULL ? "" : text;
}

static int64_t
op_approval_int(json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

/* The row of the call, which waits; new, or NULL and the fault. */
static json_t *
op_approval_need(struct op_call *c)
{
	json_t *row = store_row(c->store, STMT_APPROVAL_GET, c->args);
	const char *state = op_approval_text(row, "state");

	op_object(c, "approval %s", op_text(c, "approval"));
	if (row == NULL) {
		fault_set(&c->fault, FAULT_NOT_FOUND, "approval", c->object,
		    "mdfctl approval list shows them", "there is no such approval");
		return NULL;
	}
	if (strcmp(state, "waiting") == 0 &&
	    op_approval_int(row, "until_ns") >= op_int(c, "now_ns", 0))
		return row;
	fault_set(&c->fault, FAULT_CONFLICT, "approval", c->object,
	    "ask for it again, with a new signature", "it is %s",
	    strcmp(state, "waiting") == 0 ? "expired" : state);
	json_decref(row);
	return NULL;
}

/* The approval leaves the state "waiting"; a warrant that was submitted by it is a draft again
 * unless it was approved. */
static int
op_approval_end(struct op_call *c, json_t *row, const char *to, const char *reason)
{
	json_t *a = json_pack("{s:O, s:s, s:s, s:O, s:s?}", "id", json_object_get(row, "id"), "to",
	    to, "by", c->actor.name, "now_ns", json_object_get(c->args, "now_ns"), "reason",
	    reason);
	int r = store_run(c->store, STMT_APPROVAL_DECIDE, a, &c->fault);

	json_decref(a);
	if (r == 0 && strcmp(to, "approved") != 0 &&
	    strcmp(op_approval_text(row, "op"), "warrant.submit") == 0)
		r = life_unsubmit(c, op_approval_int(row, "warrant"));
	json_decref(c->result);
	c->result = json_pack("{s:s, s:s, s:O, s:O}", "approval", op_text(c, "approval"), "state",
	    to, "op", json_object_get(row, "op"), "object", json_object_get(row, "object"));
	return r;
}

/* ---- approve */

/* Signatures of ROW and of the call over its statement. */
static int
op_approval_signatures(struct op_call *c, json_t *row, struct keylist_sig sig[2])
{
	const char *doc = op_approval_text(row, "doc"), *person = NULL, *why = "";
	struct keylist *k;
	int r = approval_signature(c, c->signature, &sig[1]);

	if (r < 0)
		return r;
	snprintf(sig[0].key, sizeof(sig[0].key), "%s", op_approval_text(row, "key1"));
	if (check_unhex(op_approval_text(row, "sig1"), 2 * SIGN_LEN, sig[0].sig) < 0)
		return -EIO;
	if ((k = approval_keys(c)) == NULL)
		return -EPERM;
	r = keylist_check(k, doc, strlen(doc), op_approval_int(row, "submitted_ns"),
	    (const struct keylist_sig *)sig, &why);
	if (r == 0)
		r = keylist_check_one(k, doc, strlen(doc), KEYLIST_APPROVE, &sig[1], &person, &why);
	if (r == 0 && (person == NULL || strcmp(person, c->actor.name) != 0)) {
		why = "the key belongs to another person";
		r = -EBADMSG;
	}
	return r == 0 ? 0
		      : fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
			    "sign what mdfctl approval show prints, with your own key", "%s", why);
}

/* The statement as a row of its own, and as what holds for its warrant or destination. */
static int
op_approval_statement(
    struct op_call *c, struct op_call *one, json_t *row, const struct keylist_sig sig[2])
{
	char hex1[2 * SIGN_LEN + 1], hex2[2 * SIGN_LEN + 1], object[40];
	const char *type = op_approval_text(row, "type");
	bool own = one->doc != NULL;
	json_t *id = json_object_get(one->after != NULL ? one->after : one->before, "id"), *a;
	enum store_stmt link = strncmp(one->object, "warrant ", 8) == 0
				   ? STMT_STATEMENT_OF_WARRANT
				   : STMT_STATEMENT_OF_DESTINATION;
	int r;

	snprintf(object, sizeof(object), "%.*s %lld", (int)strcspn(one->object, " "), one->object,
	    (long long)json_integer_value(id));
	a = json_pack("{s:s, s:s, s:O, s:O, s:s, s:s, s:s, s:s, s:O, s:O?}", "type", type, "object",
	    own ? object : one->object, "doc", json_object_get(row, "doc"), "sha256",
	    json_object_get(row, "sha256"), "key1", sig[0].key, "sig1",
	    check_hex_text(sig[0].sig, SIGN_LEN, hex1), "key2", sig[1].key, "sig2",
	    check_hex_text(sig[1].sig, SIGN_LEN, hex2), "now_ns",
	    json_object_get(c->args, "now_ns"), "id", id);
	r = store_run(c->store, STMT_STATEMENT_ADD, a, &c->fault);
	json_object_set_new(a, "statement", json_integer(store_last_id(c->store)));
	if (r == 0 && own &&
	    (link == STMT_STATEMENT_OF_WARRANT || strncmp(one->object, "destination ", 12) == 0))
		r = store_run(c->store, link, a, &c->fault);
	json_decref(a);
	return r;
}

/* The operation itself, as a call of its own with its own audit row. */
static int
op_approval_run(
    struct op_call *c, struct op_call *one, json_t *row, const struct keylist_sig sig[2])
{
	char *doc = NULL;
	int r = approval_run(one, &doc);

	if (r == 0 && (doc == NULL || strcmp(doc, op_approval_text(row, "doc")) != 0))
		r = fault_set(&one->fault, FAULT_SIGNATURE, "statement", one->object,
		    "reject it; its creator asks again",
		    "what would hold is no longer what was signed: the object or the inventory has "
		    "changed since");
	free(doc);
	if (r == 0 && strcmp(one->op->name, "key.submit") == 0)
		r = op_key_approved(one, op_approval_text(row, "doc"), sig);
	if (r == 0 && (r = op_approval_statement(c, one, row, sig)) < 0)
		return r;
	json_decref(one->detail);
	one->detail = json_pack("{s:s, s:s, s:s, s:O}", "step", "approved", "approval",
	    op_text(c, "approval"), "creator", op_approval_text(row, "creator"), "statement",
	    json_object_get(row, "sha256"));
	if (r == 0)
		r = ops_audit(one, "ok", &one->fault);
	if (r < 0)
		c->fault = one->fault;
	return r;
}

static int
op_approval_do(struct op_call *c, json_t *row)
{
	struct op_call one = {.x = c->x, .store = c->store, .actor = c->actor, .second = true};
	struct keylist_sig sig[2];
	json_t *args;
	int r = op_approval_signatures(c, row, sig);

	if (r < 0)
		return r;
	one.op = ops_find(op_approval_text(row, "op"));
	one.status = c->status;
	one.submitted_ns = op_approval_int(row, "submitted_ns");
	one.creator = op_approval_text(row, "creator");
	one.approval = op_text(c, "approval");
	args = op_vault_take(c->store, json_object_get(row, "args"));
	if (one.op == NULL || (one.args = ops_check_args(one.op, args, &one.fault)) == NULL)
		r = fault_set(&c->fault, FAULT_CONFLICT, "approval", c->object,
		    "reject it; its creator asks again", "this program does not know it any more");
	if (r == 0) {
		json_object_set(one.args, "now_ns", json_object_get(c->args, "now_ns"));
		r = op_approval_run(c, &one, row, sig);
	}
	json_decref(args);
	if (r == 0)
		r = op_approval_end(c, row, "approved", op_text(c, "reason"));
	if (r == 0 && one.result != NULL) {
		json_decref(c->result);
		c->result = json_incref(one.result);
	}
	json_decref(one.args);
	json_decref(one.result);
	json_decref(one.before);
	json_decref(one.after);
	json_decref(one.doc);
	json_decref(one.plan);
	json_decref(one.detail);
	return r;
}

int
op_approval_approve(struct op_call *c)
{
	json_t *row = op_approval_need(c), *signature = json_object_get(c->args, "signature");
	int r;

	if (row == NULL)
		return c->fault.code == FAULT_NOT_FOUND ? -ENOENT : -EEXIST;
	if (c->signature == NULL)
		c->signature = json_incref(signature);
	if (strcmp(op_approval_text(row, "creator"), c->actor.name) == 0)
		r = fault_set(&c->fault, FAULT_DENIED, "approval", c->object,
		    "another person approves it", "nobody approves what he asked for himself");
	else if (!(c->actor.roles & op_approver(c, op_approval_text(row, "op"))))
		r = fault_set(&c->fault, FAULT_DENIED, "approval", c->object,
		    "ask a person with that role", "your roles do not include this approval");
	else
		r = op_approval_do(c, row);
	json_decref(row);
	return r;
}

/* ---- the other ends */

int
op_approval_reject(struct op_call *c)
{
	json_t *row = op_approval_need(c);
	int r;

	if (row == NULL)
		return c->fault.code == FAULT_NOT_FOUND ? -ENOENT : -EEXIST;
	if (strcmp(op_approval_text(row, "creator"), c->actor.name) == 0)
		r = fault_set(&c->fault, FAULT_DENIED, "approval", c->object,
		    "mdfctl approval withdraw", "it is your own");
	else if (!(c->actor.roles & op_approver(c, op_approval_text(row, "op"))))
		r = fault_set(&c->fault, FAULT_DENIED, "approval", c->object,
		    "ask a person with that role", "your roles do not include this approval");
	else
		r = op_approval_end(c, row, "rejected", op_text(c, "reason"));
	json_decref(row);
	return r;
}

int
op_approval_withdraw(struct op_call *c)
{
	json_t *row = op_approval_need(c);
	int r;

	if (row == NULL)
		return c->fault.code == FAULT_NOT_FOUND ? -ENOENT : -EEXIST;
	if (strcmp(op_approval_text(row, "creator"), c->actor.name) != 0)
		r = fault_set(&c->fault, FAULT_DENIED, "approval", c->object,
		    "an approver rejects it", "only who asked for it takes it back");
	else
		r = op_approval_end(c, row, "withdrawn", op_text(c, "reason"));
	json_decref(row);
	return r;
}

/* By the timer of the program: the second person did not come. */
int
op_approval_expire(struct op_call *c)
{
	json_t *row = store_row(c->store, STMT_APPROVAL_GET, c->args);
	int r;

	op_object(c, "approval %s", op_text(c, "approval"));
	if (row == NULL)
		return -ENOENT;
	r = op_approval_end(c, row, "expired", NULL);
	json_decref(row);
	return r;
}

/* ROW says whether the caller can approve it. */
static void
op_approval_for_me(struct op_call *c, json_t *row)
{
	bool waits = strcmp(op_approval_text(row, "state"), "waiting") == 0,
	     own = strcmp(op_approval_text(row, "creator"), c->actor.name) == 0;

	json_object_set_new(row, "for_me",
	    json_boolean(waits && !own && op_approval_may(c, op_approval_text(row, "op"))));
}

int
op_approval_list(struct op_call *c)
{
	json_t *row;
	size_t i;

	if (op_filter_warrant(c) < 0)
		return -ENOENT;
	json_object_set(c->args, "warrant_row", json_object_get(c->args, "row"));
	json_object_set_new(c->args, "me", json_string(c->actor.name));
	c->result = store_rows(c->store, STMT_APPROVAL_LIST, c->args);
	json_array_foreach(c->result, i, row) op_approval_for_me(c, row);
	return 0;
}

int
op_approval_show(struct op_call *c)
{
	op_object(c, "approval %s", op_text(c, "approval"));
	c->result = store_row(c->store, STMT_APPROVAL_SHOW, c->args);
	if (c->result == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "approval", c->object,
		    "mdfctl approval list shows them", "there is no such approval");
	op_approval_for_me(c, c->result);
	return 0;
}
