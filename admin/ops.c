/* SPDX-License-Identifier: Apache-2.0 */
/* Running an operation; see ops.h.  One transaction holds the change, its audit row and the answer
 * kept for its request id; a refused attempt leaves an audit row too. */
#include "admin/ops.h"

#include "admin/approval.h"
#include "admin/auditlog.h"
#include "admin/auth.h"
#include "admin/op_vault.h"
#include "admin/work.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/check.h"

#define OPS_REQUEST_KEEP_NS (INT64_C(86400) * CLOCK_NS_PER_S)

const char *
op_text(struct op_call *c, const char *arg)
{
	return json_string_value(json_object_get(c->args, arg));
}

int64_t
op_int(struct op_call *c, const char *arg, int64_t dflt)
{
	json_t *v = json_object_get(c->args, arg);

	return json_is_integer(v) ? json_integer_value(v) : dflt;
}

void
op_object(struct op_call *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->object, sizeof(c->object), fmt, ap);
	va_end(ap);
}

int
op_each(struct op_call *c, int stmt, int64_t id, json_t *list)
{
	json_t *item, *a = json_pack("{s:I}", "id", (json_int_t)id);
	size_t i;
	int r = 0;

	json_array_foreach(list, i, item)
	{
		json_object_set_new(a, "pos", json_integer((json_int_t)i));
		json_object_set(a, "item", item);
		if ((r = store_run(c->store, (enum store_stmt)stmt, a, &c->fault)) < 0)
			break;
	}
	json_decref(a);
	return r;
}

/* SHA-256 of J as JSON with sorted keys, in hexadecimal; null for NULL. */
static json_t *
ops_hash(json_t *j)
{
	uint8_t md[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];
	char *text;

	if (j == NULL)
		return json_null();
	text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	assert(text != NULL);
	SHA256((const uint8_t *)text, strlen(text), md);
	free(text);
	return json_string(check_hex_text(md, sizeof(md), hex));
}

/* The same for an object of the database: without what only depends on the time of looking. */
static json_t *
ops_hash_object(json_t *j)
{
	json_t *copy = json_copy(j), *hash;

	json_object_del(copy, "window");
	json_object_del(copy, "id"); /* persons of one agency do not see row numbers */
	json_object_del(copy, "lea_id");
	json_object_del(copy, "lea_profile"); /* a change of the agency, not of the warrant */
	hash = ops_hash(copy);
	json_decref(copy);
	return hash;
}

void
ops_etag(json_t *object, char out[65])
{
	json_t *hash = ops_hash_object(object);

	snprintf(out, 65, "%s", json_string_value(hash));
	json_decref(hash);
}

/* The caller knows another version of the object than the one that was changed. */
static int
ops_match(struct op_call *c)
{
	char etag[65];

	if (c->if_match == NULL)
		return 0;
	ops_etag(c->before, etag);
	return strcmp(etag, c->if_match) == 0
		   ? 0
		   : fault_set(&c->fault, FAULT_CHANGED, c->op->name, c->object,
			 "read it again and repeat the change", "it has changed since it was read");
}

/* The roles of a person as the audit row names them: "admin,liaison"; NULL: no person. */
static const char *
ops_role_words(const struct ops_actor *a, char *buf, size_t len)
{
	static const char *const names[] = {
	    "admin", "approver", "liaison", "operator", "auditor", "security"};
	size_t n = 0;

	if (a->person == 0)
		return NULL;
	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && n < len; i++)
		if ((a->roles >> i & 1) != 0)
			n += (size_t)snprintf(buf + n, len - n, "%s%s", n > 0 ? "," : "", names[i]);
	return buf;
}

int
ops_audit(struct op_call *c, const char *outcome, struct fault *f)
{
	char roles[80];
	struct fault own = {0};
	json_t *before = ops_hash_object(c->before), *after = ops_hash_object(c->after);
	const struct audit_row row = {.actor = c->actor.name,
	    .interface = c->actor.interface,
	    .role = ops_role_words(&c->actor, roles, sizeof(roles)),
	    .session = c->actor.session,
	    .source = c->actor.source,
	    .op = c->op->name,
	    .object = c->object,
	    .outcome = outcome,
	    .code = c->fault.code != FAULT_NONE ? fault_code_name(c->fault.code) : NULL,
	    .reason = c->fault.code != FAULT_NONE ? c->fault.why : op_text(c, "reason"),
	    .request = c->request,
	    .before = json_string_value(before),
	    .after = json_string_value(after),
	    .uid = c->actor.uid,
	    .detail = c->detail};
	int r = -EIO;

	if (c->x->log != NULL)
		r = auditlog_add(c->x->log, &row, NULL, f == NULL ? &own : f);
	else
		fault_set(f == NULL ? &own : f, FAULT_AUDIT, "audit", c->op->name, "see the log",
		    "there is no audit log");
	json_decref(before);
	json_decref(after);
	return r;
}

static json_t *
ops_error(const struct fault *f)
{
	return json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code",
	    fault_code_name(f->code), "what", f->what, "object", f->object, "why", f->why, "todo",
	    f->todo);
}

static void
ops_free(struct op_call *c)
{
	json_decref(c->args);
	json_decref(c->result);
	json_decref(c->before);
	json_decref(c->after);
	json_decref(c->doc);
	json_decref(c->plan);
	json_decref(c->detail);
	json_decref(c->signature);
	json_decref(c->status);
	json_decref(c->hash);
	if (c->work != NULL)
		c->work_free(c->work);
	free(c->request);
	free(c->if_match);
	free(c);
}

static void
ops_answer(struct op_call *c, json_t *answer)
{
	/* a message of SQLite may be in a language of its own, but a NULL answer would be a hang */
	if (answer == NULL)
		answer = json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code",
		    "INTERNAL", "what", "", "object", "", "why", "the answer is not valid text",
		    "todo", "");
	c->cb(answer, c->cb_arg);
	json_decref(answer);
	ops_free(c);
}

static json_t *
ops_result(struct op_call *c)
{
	return json_pack("{s:b, s:o}", "ok", 1, "result",
	    c->result != NULL ? auth_strip(c, c->result) : json_null());
}

/* What names this request besides its id: another operation under the same id is a mistake. */
static json_t *
ops_request_hash(struct store *s, const char *name, json_t *args)
{
	json_t *both = json_pack("[s, O?]", name, args),
	       *hash = op_vault_key_hash(s, ops_hash(both));

	json_decref(both);
	return hash;
}

/* Whose request ids these are: of a person, else of a user. */
static json_int_t
ops_request_owner(const struct op_call *c)
{
	return c->actor.person != 0 ? -(json_int_t)c->actor.person : (json_int_t)c->actor.uid;
}

/* A request id is for what may be kept: no secrets, neither given nor answered. */
static bool
ops_request_kept(const struct op *op)
{
	for (const struct op_arg *a = op->args; a->name != NULL; a++)
		if (a->type == OP_SECRET)
			return false;
	return (op->flags & OP_CHANGE) && !(op->flags & OP_ONCE);
}

/* The first answer to a known request id, or NULL with or without a fault. */
static json_t *
ops_request_known(struct op_call *c, json_t *hash)
{
	json_t *key = json_pack("{s:s}", "request", c->request),
	       *row = store_row(c->store, STMT_REQUEST_GET, key);
	json_t *answer = NULL;

	if (row != NULL &&
	    json_integer_value(json_object_get(row, "uid")) == ops_request_owner(c) &&
	    json_equal(json_object_get(row, "hash"), hash))
		answer = json_incref(json_object_get(row, "answer"));
	else if (row != NULL)
		fault_set(&c->fault, FAULT_CONFLICT, "request", c->request, "use a new request id",
		    "this request id was used for something else");
	json_decref(row);
	json_decref(key);
	return answer;
}

static int
ops_request_keep(struct op_call *c)
{
	json_t *answer = ops_result(c);
	char *text = json_dumps(answer, JSON_COMPACT);
	int64_t now = clock_now_ns();
	json_t *a = json_pack("{s:s, s:I, s:O, s:s, s:I, s:I}", "request", c->request, "uid",
	    ops_request_owner(c), "hash", c->hash, "answer", text, "time_ns", (json_int_t)now,
	    "before_ns", (json_int_t)(now - OPS_REQUEST_KEEP_NS));
	int r = store_run(c->store, STMT_REQUEST_TRIM, a, &c->fault);

	if (r == 0)
		r = store_run(c->store, STMT_REQUEST_ADD, a, &c->fault);
	json_decref(a);
	json_decref(answer);
	free(text);
	return r;
}

/* A draft is in no task set, so what is entered or edited needs no new one: with many warrants that
 * is most of the cost of a change. */
static bool
ops_is_draft(json_t *warrant)
{
	const char *state = json_string_value(json_object_get(warrant, "state"));

	return warrant == NULL ||
	       (state != NULL && (strcmp(state, "draft") == 0 || strcmp(state, "submitted") == 0));
}

/* What has to be told to the other roles. */
static unsigned
ops_tells(const struct op_call *c)
{
	unsigned flags = c->op->flags & (OP_TASKS | OP_DESTS);

	if (c->held)
		return 0;
	if (strncmp(c->object, "warrant ", 8) == 0 && c->after != NULL && ops_is_draft(c->before) &&
	    ops_is_draft(c->after))
		flags &= ~OP_TASKS;
	return flags;
}

/* Everything between BEGIN and COMMIT. */
static int
ops_change_inner(struct op_call *c)
{
	bool two = (c->op->flags & OP_TWO) && (!c->x->open || c->dry);
	int r = two ? approval_hold(c) : c->op->fn(c);

	assert(r <= 0); /* a change never answers later */
	if (r == 0)
		r = ops_match(c);
	if (r == 0)
		r = ops_audit(c, "ok", &c->fault);
	if (r == 0 && (ops_tells(c) & OP_TASKS) != 0)
		r = store_run(c->store, STMT_VERSION_BUMP, NULL, &c->fault);
	if (r == 0 && c->request != NULL)
		r = ops_request_keep(c);
	return r;
}

static int
ops_change_once(struct op_call *c)
{
	int r = store_begin(c->store, &c->fault);

	if (r < 0)
		return r;
	r = ops_change_inner(c);
	if (r < 0)
		store_rollback(c->store);
	else
		r = store_commit(c->store, &c->fault);
	if (r == 0)
		c->changed = ops_tells(c);
	return r;
}

/* What the first attempt left in C. */
static void
ops_again(struct op_call *c)
{
	json_t **left[] = {&c->result, &c->before, &c->after, &c->doc, &c->plan, &c->detail};

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		json_decref(*left[i]);
		*left[i] = NULL;
	}
	c->fault = (struct fault){0};
}

static int
ops_no_space(struct op_call *c)
{
	return fault_set(&c->fault, FAULT_AUDIT, c->op->name, c->object, "make space in state_dir",
	    "the disk is full: the audit log takes no changes but those that stop");
}

/* Without space for audit rows nothing starts or widens, but everything can be stopped. */
static int
ops_change(struct op_call *c)
{
	bool stop = (c->op->flags & OP_STOP) != 0;
	int r;

	if (auditlog_full(c->x->log) && !stop)
		return ops_no_space(c);
	r = ops_change_once(c);
	if (r == 0 || !auditlog_release(c->x->log))
		return r;
	ops_again(c);
	return stop ? ops_change_once(c) : ops_no_space(c);
}

/* Refusals are recorded whatever was asked for, so that trying doors leaves a trace. */
static bool
ops_audited(const struct op_call *c, int r)
{
	enum fault_code f = c->fault.code;

	if (r < 0)
		return (c->op->flags & (OP_CHANGE | OP_READ)) != 0 || f == FAULT_DENIED ||
		       f == FAULT_LOGIN || f == FAULT_STEP_UP;
	return (c->op->flags & OP_READ) != 0 && (c->op->flags & OP_CHANGE) == 0;
}

/* The agency and the tenant that the object of C concerns; new, or NULL: nobody's alone. */
static json_t *
ops_concerns(struct op_call *c)
{
	const char *name = strchr(c->object, ' ');
	json_t *a, *row;
	uint8_t id[16];

	if (name++ == NULL)
		return NULL;
	a = json_pack("{s:s, s:s}", "object", c->object, "name", name);
	if (strlen(name) == 36 && check_uuid(name, id) == NULL)
		json_object_set_new(a, "uuid", json_string(name));
	row = store_row(c->store, STMT_EVENT_CONCERNS, a);
	json_decref(a);
	return row;
}

/* A change is told to those who follow /events: the operation and its object, and to an agency or a
 * tenant only what concerns itself. */
static void
ops_event(struct op_call *c)
{
	const char *type =
	    c->held || strncmp(c->op->name, "approval.", 9) == 0 ? "approval" : "change";
	json_t *e, *whose;

	if (c->x->event == NULL || (c->op->flags & OP_CHANGE) == 0 || c->dry)
		return;
	e = json_pack("{s:s, s:s}", "op", c->op->name, "object", c->object);
	whose = ops_concerns(c);
	if (e != NULL)
		c->x->event(c->x->arg, type, json_string_value(json_object_get(whose, "lea")),
		    json_integer_value(json_object_get(whose, "tenant")), e);
	json_decref(whose);
	json_decref(e);
}

void
ops_finish(struct op_call *c, int r)
{
	if (r < 0 && c->fault.code == FAULT_NONE)
		fault_set(&c->fault, FAULT_INTERNAL, c->op->name, c->object, "see the log", "%s",
		    strerror(-r));
	if (r < 0 && c->fault.object[0] == '\0')
		snprintf(c->fault.object, sizeof(c->fault.object), "%s", c->object);
	if (r < 0 && ops_audited(c, r))
		ops_audit(c,
		    c->fault.code == FAULT_INTERNAL || c->fault.code == FAULT_AUDIT ? "error"
										    : "refused",
		    NULL);
	else if (r >= 0 && ops_audited(c, r)) /* who reads leaves a row, or reads nothing */
		r = ops_audit(c, "ok", &c->fault);
	op_vault_canary(c);
	work_object(c);
	if (c->changed != 0 && c->x->changed != NULL)
		c->x->changed(c->x->arg, c->changed);
	if (r == 0)
		ops_event(c);
	ops_answer(c, r < 0 ? ops_error(&c->fault) : ops_result(c));
}

/* Everything is there that it needs. */
static void
ops_act(struct op_call *c, int prepared)
{
	int r = prepared < 0 ? prepared : work_gate(c);

	if (r == 0)
		r = c->op->flags & OP_CHANGE ? ops_change(c) : c->op->fn(c);
	if (r != OPS_LATER)
		ops_finish(c, r);
}

/* Arguments are checked, and the status is there when it is needed. */
static void
ops_go(struct op_call *c)
{
	if ((c->op->flags & OP_SLICED) && c->x->prepare != NULL)
		c->x->prepare(c, ops_act);
	else
		ops_act(c, 0);
}

static void
ops_on_status(json_t *status, void *token)
{
	struct op_call *c = token;

	c->status = json_incref(status);
	ops_go(c);
}

/* The arguments that every operation with OP_TWO has besides its own: plan and signature.  Returns
 * those that are left, new. */
static json_t *
ops_take_two(struct op_call *c, json_t *args)
{
	json_t *rest = args == NULL ? json_object() : json_copy(args),
	       *plan = json_object_get(args, "plan"),
	       *signature = json_object_get(args, "signature");
	const char *text = json_string_value(plan);

	if (!(c->op->flags & OP_TWO))
		return rest;
	if (op_arg_find(c->op, "plan", 4) == NULL) {
		c->dry = json_is_true(plan) ||
			 (text != NULL && (strcmp(text, "yes") == 0 || strcmp(text, "true") == 0));
		json_object_del(rest, "plan");
	}
	if (json_is_string(signature))
		c->signature =
		    json_loads(json_string_value(signature), JSON_REJECT_DUPLICATES, NULL);
	else
		c->signature = json_is_object(signature) ? json_incref(signature) : NULL;
	json_object_del(rest, "signature");
	if (c->dry) { /* what is only shown may be asked for again under the same id */
		free(c->request);
		c->request = NULL;
	}
	return rest;
}

static void
ops_run_args(struct op_call *c, json_t *args)
{
	json_t *known;
	int r;

	c->hash = c->request == NULL ? NULL : ops_request_hash(c->store, c->op->name, args);
	known = c->hash == NULL ? NULL : ops_request_known(c, c->hash);
	r = c->fault.code == FAULT_NONE ? 0 : -EEXIST;
	if (known != NULL) {
		ops_answer(c, known);
		return;
	}
	if (r == 0 && (c->args = ops_check_args(c->op, args, &c->fault)) == NULL)
		r = -EINVAL;
	if (r < 0) {
		ops_finish(c, r);
		return;
	}
	json_object_set_new(c->args, "now_ns", json_integer(clock_now_ns()));
	auth_scope(c, c->args);
	if (auth_scoped(&c->actor)) /* row numbers count for all agencies and tenants */
		json_object_del(c->args, "row");
	if (!(c->op->flags & OP_STATUS) || c->x->status == NULL ||
	    c->x->status(c->x->arg, ops_on_status, c) < 0)
		ops_go(c);
}

static void
ops_run(struct op_call *c, json_t *args)
{
	int r = auth_check(c);
	json_t *own;

	if (r < 0) {
		ops_finish(c, r);
		return;
	}
	own = ops_take_two(c, args);
	ops_run_args(c, own);
	json_decref(own);
}

void
ops_call(struct ops_ctx *x, const struct ops_actor *actor, const struct ops_request *r,
    ops_answer_cb cb, void *arg)
{
	const struct op *op = ops_find(r->op);
	struct fault f = {0};
	json_t *answer;

	if (op == NULL || op->fn == NULL || (r->id != NULL && check_name(r->id) != NULL)) {
		fault_set(&f, FAULT_USAGE, "op", "", "mdfctl help lists the operations",
		    op == NULL || op->fn == NULL
			? "there is no operation '%.64s'"
			: "%.64s: a request id has 1 to 64 characters A-Z a-z 0-9 . _ -",
		    r->op);
		answer = ops_error(&f);
		cb(answer, arg);
		json_decref(answer);
		return;
	}
	ops_call_op(x, op, actor, r, cb, arg);
}

void
ops_call_op(struct ops_ctx *x, const struct op *op, const struct ops_actor *actor,
    const struct ops_request *r, ops_answer_cb cb, void *arg)
{
	struct op_call *c = calloc(1, sizeof(*c));

	assert(c != NULL);
	*c = (struct op_call){.x = x,
	    .store = x->store,
	    .op = op,
	    .actor = *actor,
	    .cb = cb,
	    .cb_arg = arg,
	    .become = r->become,
	    .bg = r->bg};
	c->request = r->id != NULL && ops_request_kept(op) ? strdup(r->id) : NULL;
	c->if_match = r->if_match != NULL ? strdup(r->if_match) : NULL;
	ops_run(c, r->args);
}
