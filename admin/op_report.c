/* SPDX-License-Identifier: Apache-2.0 */
/* Making, listing and reading reports.  Making one has two halves: prepare, in slices and from a
 * snapshot, and storing it, in the transaction of its audit row. */
#include "admin/op_report.h"

#include "admin/auditlog.h"
#include "admin/auth.h"
#include "admin/op_evidence.h"
#include "admin/op_log.h"
#include "admin/op_schedule.h"
#include "admin/report.h"
#include "admin/work.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_DUE_S 10		     /* the clock may jump, so the schedule is looked at so often */
#define REPORT_PART_LEN (384 * 1024) /* octets in one answer */
#define REPORT_PERIOD_NS (INT64_C(30) * 86400 * CLOCK_NS_PER_S) /* when none was given */

int
op_report_may(struct op_call *c, const struct report_kind *kind)
{
	if (c->actor.tenant != 0)
		return fault_set(&c->fault, FAULT_DENIED, "kind", kind->kind,
		    "ask a person without a tenant", "reports are about all tenants");
	if (c->x->open || (kind->who & c->actor.roles) != 0)
		return 0;
	return fault_set(&c->fault, FAULT_DENIED, "kind", kind->kind, "ask a person with that role",
	    "your roles do not include this report");
}

static json_t *
op_kind_roles(unsigned who)
{
	static const struct {
		unsigned bit;
		const char *name;
	} roles[] = {{OPW_ADMIN, "admin"}, {OPW_APPROVER, "approver"}, {OPW_LIAISON, "liaison"},
	    {OPW_OPERATOR, "operator"}, {OPW_AUDITOR, "auditor"}, {OPW_SECURITY, "security"}};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (who & roles[i].bit)
			json_array_append_new(list, json_string(roles[i].name));
	return list;
}

int
op_report_kinds(struct op_call *c)
{
	c->result = json_array();
	for (size_t i = 0; i < report_kinds_n; i++) {
		const struct report_kind *k = &report_kinds[i];

		if (auth_scoped(&c->actor) && (k->who & c->actor.roles) == 0)
			continue;
		json_array_append_new(
		    c->result, json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "kind", k->kind, "name",
				   k->name, "title", k->title, "law", k->law, "needs",
				   k->flags & REPORT_WARRANT  ? "warrant"
				   : k->flags & REPORT_REVIEW ? "review"
							      : "",
				   "roles", op_kind_roles(k->who)));
	}
	return 0;
}

/* ---- make */

/* Numbers of rows, which count for all agencies. */
static void
op_report_strip(struct op_call *c, json_t *row)
{
	if (!auth_scoped(&c->actor))
		return;
	json_object_del(row, "audit");
	json_object_del(row, "schedule");
	json_object_del(row, "row");
}

/* A liaison gets what is about the own agency. */
static int
op_make_own(struct op_call *c)
{
	json_t *mine, *name;

	if (c->actor.lea == 0 || op_text(c, "lea") != NULL)
		return 0;
	mine = store_rows(c->store, STMT_LEA_LIST, c->args);
	name = json_object_get(json_array_get(mine, 0), "name");
	if (name != NULL && json_array_size(mine) == 1)
		json_object_set(c->args, "lea", name);
	json_decref(mine);
	return op_text(c, "lea") != NULL
		   ? 0
		   : fault_set(&c->fault, FAULT_DENIED, "lea", "", "", "your agency is not known");
}

/* Objects that the report is about: the warrant, the agency, the review. */
static int
op_make_about(struct op_call *c, struct report_spec *s)
{
	json_t *row;

	if (op_text(c, "warrant") != NULL && (s->warrant = op_need_warrant(c)) == NULL)
		return -ENOENT;
	if (s->warrant != NULL && op_text(c, "lea") == NULL)
		json_object_set(c->args, "lea", json_object_get(s->warrant, "lea"));
	if (op_make_own(c) < 0)
		return -EACCES;
	if ((s->lea = op_text(c, "lea")) != NULL) {
		if ((row = op_need_lea(c, s->lea)) == NULL)
			return -ENOENT;
		json_decref(row);
	}
	if (op_text(c, "review") != NULL) {
		if ((row = store_row(c->store, STMT_REVIEW_SHOW, c->args)) == NULL)
			return fault_set(&c->fault, FAULT_NOT_FOUND, "review", op_text(c, "review"),
			    "mdfctl review list shows them", "there is no such review");
		json_object_set(s->args, "row", json_object_get(row, "row"));
		json_object_set(s->args, "review", json_object_get(row, "review"));
		s->from_ns = json_integer_value(json_object_get(row, "from_ns"));
		s->to_ns = json_integer_value(json_object_get(row, "to_ns"));
		json_decref(row);
	}
	return 0;
}

static int
op_make_fits(struct op_call *c, const struct report_spec *s)
{
	const struct report_kind *k = s->kind;
	const char *lacks = k->flags & REPORT_WARRANT && s->warrant == NULL	       ? "warrant"
			    : k->flags & REPORT_REVIEW && op_text(c, "review") == NULL ? "review"
										       : NULL;
	const char *more =
	    !(k->flags & (REPORT_WARRANT | REPORT_NAMES)) && s->warrant != NULL	 ? "warrant"
	    : !(k->flags & REPORT_NAMES) && s->warrant == NULL && s->lea != NULL ? "lea"
										 : NULL;

	if (lacks != NULL)
		return fault_set(&c->fault, FAULT_USAGE, lacks, k->kind, "",
		    "this report is about one %s: name it with --%s", lacks, lacks);
	if (more != NULL)
		return fault_set(&c->fault, FAULT_USAGE, more, k->kind, "leave it out",
		    "this report cannot be narrowed to one %s", more);
	if (s->from_ns >= s->to_ns)
		return fault_set(&c->fault, FAULT_USAGE, "until", k->kind, "",
		    "the period ends before it begins");
	return 0;
}

/* What the arguments ask for.  S->warrant, S->args and *REGIME are new. */
static int
op_make_spec(struct op_call *c, struct report_spec *s, json_t **regime)
{
	const char *word = op_text(c, "kind");
	int r;

	s->args = json_object();
	if ((s->kind = report_kind_find(word)) == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "kind", word,
		    "mdfctl report kinds lists them", "there is no report '%s'", word);
	if ((r = op_report_may(c, s->kind)) < 0)
		return r;
	s->to_ns = op_int(c, "until_ns", op_int(c, "now_ns", 0));
	s->from_ns = op_int(c, "from_ns", s->to_ns - REPORT_PERIOD_NS);
	s->by = c->actor.name;
	s->log = c->x->log;
	*regime = store_row(c->store, STMT_REPORT_REGIME, NULL);
	s->status = c->status;
	s->id = op_text(c, "id");
	if ((r = op_make_about(c, s)) < 0)
		return r;
	s->regime = json_string_value(json_object_get(s->warrant, "regime"));
	if (s->regime == NULL)
		s->regime = json_string_value(json_object_get(*regime, "value"));
	return op_make_fits(c, s);
}

static void
op_work_free(void *work)
{
	report_free(work);
}

static int
op_make_begin(struct op_call *c)
{
	struct report_spec s = {0};
	json_t *regime = NULL;
	char id[37];
	int r;

	check_uuid_new(id);
	json_object_set_new(c->args, "id", json_string(id));
	op_object(c, "report %s", id);
	r = op_make_spec(c, &s, &regime);
	if (r == 0 && (c->work = report_begin(store_path(c->store), &s, &c->fault)) == NULL)
		r = -EIO;
	c->work_free = op_work_free;
	if (r == 0) {
		json_object_set_new(c->args, "kind", json_string(s.kind->kind));
		json_object_set_new(c->args, "from_ns", json_integer(s.from_ns));
		json_object_set_new(c->args, "to_ns", json_integer(s.to_ns));
		if (s.warrant != NULL)
			json_object_set(c->args, "row", json_object_get(s.warrant, "id"));
	}
	json_decref(s.warrant);
	json_decref(s.args);
	json_decref(regime);
	return r;
}

static int
op_make_store(struct op_call *c, const char *text, size_t n)
{
	json_object_set_new(c->args, "text", json_stringn_nocheck(text, n));
	json_object_set_new(c->args, "octets", json_integer((json_int_t)n));
	json_object_set_new(c->args, "by", json_string(c->actor.name));
	return store_run(c->store, STMT_REPORT_ADD, c->args, &c->fault);
}

int
op_report_make(struct op_call *c)
{
	char sha256[65];
	const char *text;
	size_t n;
	int r;

	if (c->work == NULL) { /* nobody prepared it: a test, or a process without a loop */
		if ((r = op_make_begin(c)) < 0)
			return r;
		while ((r = report_step(c->work, 1000, &c->fault)) > 0)
			;
		if (r < 0)
			return r;
	}
	text = report_text(c->work, &n, sha256);
	json_object_set_new(c->args, "sha256", json_string(sha256));
	if ((r = op_make_store(c, text, n)) < 0)
		return r;
	json_object_del(c->args, "text");
	c->detail =
	    json_pack("{s:O, s:s}", "kind", json_object_get(c->args, "kind"), "sha256", sha256);
	json_object_set(c->args, "report", json_object_get(c->args, "id"));
	c->result = store_row(c->store, STMT_REPORT_SHOW, c->args);
	c->after = json_deep_copy(c->result);
	op_report_strip(c, c->result);
	return c->result == NULL ? -EIO : 0;
}

/* ---- what was made */

static int
op_report_find(struct op_call *c, json_t **row)
{
	const struct report_kind *k;

	op_object(c, "report %s", op_text(c, "report"));
	*row = store_row(c->store, STMT_REPORT_SHOW, c->args);
	k = *row == NULL ? NULL
			 : report_kind_find(json_string_value(json_object_get(*row, "kind")));
	if (k != NULL && op_report_may(c, k) == 0)
		return 0;
	json_decref(*row);
	*row = NULL;
	if (c->fault.code != FAULT_NONE)
		return -EACCES;
	return fault_set(&c->fault, FAULT_NOT_FOUND, "report", op_text(c, "report"),
	    "mdfctl report list shows them", "there is no such report");
}

int
op_report_show(struct op_call *c)
{
	int r = op_report_find(c, &c->result);

	if (r == 0) {
		json_object_set_new(c->result, "vkey", json_string(auditlog_vkey(c->x->log)));
		op_report_strip(c, c->result);
	}
	return r;
}

/* The row that made it, with what joins it to a signed head. */
int
op_report_proof(struct op_call *c)
{
	json_t *row;
	int r = op_report_find(c, &row);

	if (r < 0)
		return r;
	json_object_set(c->args, "seq", json_object_get(row, "audit"));
	r = op_audit_proof(c);
	if (r == 0)
		json_object_set_new(c->result, "record",
		    json_pack("{s:O, s:O, s:O}", "report", json_object_get(row, "report"), "kind",
			json_object_get(row, "kind"), "sha256", json_object_get(row, "sha256")));
	json_decref(row);
	return r;
}

int
op_report_list(struct op_call *c)
{
	const char *word = op_text(c, "kind");
	const struct report_kind *k = word == NULL ? NULL : report_kind_find(word), *of;
	json_t *rows, *row;
	size_t i;

	if (word != NULL && k == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "kind", word,
		    "mdfctl report kinds lists them", "there is no report '%s'", word);
	if (k != NULL)
		json_object_set_new(c->args, "kind", json_string(k->kind));
	rows = store_rows(c->store, STMT_REPORT_LIST, c->args);
	c->result = json_array();
	json_array_foreach(rows, i, row)
	{
		of = report_kind_find(json_string_value(json_object_get(row, "kind")));
		if (auth_scoped(&c->actor) &&
		    (of == NULL || c->actor.tenant != 0 || (of->who & c->actor.roles) == 0))
			continue;
		op_report_strip(c, row);
		json_array_append(c->result, row);
	}
	json_decref(rows);
	return 0;
}

/* Octets of TEXT up to MAX that end with a whole character. */
static size_t
op_part_len(const uint8_t *text, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && (text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static json_t *
op_part(struct op_call *c, int64_t row, int64_t octets, int64_t offset)
{
	size_t n = (size_t)(octets - offset);
	uint8_t *buf = malloc(REPORT_PART_LEN + 4);
	json_t *text = NULL;

	n = n < REPORT_PART_LEN + 4 ? n : REPORT_PART_LEN + 4;
	if (buf != NULL && store_read(c->store, "report", "text", row, offset, buf, n) == 0)
		text = json_stringn((const char *)buf, op_part_len(buf, n, REPORT_PART_LEN));
	free(buf);
	return text;
}

int
op_report_get(struct op_call *c)
{
	int64_t offset = op_int(c, "offset", 0), octets;
	json_t *row, *text;

	if (op_report_find(c, &row) < 0)
		return -ENOENT;
	octets = json_integer_value(json_object_get(row, "octets"));
	text = offset < 0 || offset > octets
		   ? NULL
		   : op_part(c, json_integer_value(json_object_get(row, "row")), octets, offset);
	if (text == NULL) {
		json_decref(row);
		return fault_set(&c->fault, FAULT_USAGE, "offset", c->object, "begin with 0",
		    "this is no place between two characters of the report");
	}
	op_report_strip(c, row);
	c->result = row;
	json_object_set_new(row, "offset", json_integer(offset));
	json_object_set_new(row, "text", text);
	return 0;
}

/* ---- in slices */

struct reports {
	struct event_base *base;
	struct ops_ctx *x;
	struct event *due;
	bool busy; /* a scheduled one is being made */
};

static int
reports_step(struct op_call *c)
{
	int r = report_step(c->work, WORK_SLICE_MS, &c->fault);

	work_progress(c, (int64_t)report_rows(c->work), -1);
	return r;
}

static void
reports_prepare(struct op_call *c, void (*go)(struct op_call *c, int r))
{
	int r = c->op->fn == op_schedule_run ? op_schedule_period(c) : 0;

	if (c->op->fn == op_reconcile_run) {
		op_reconcile_prepare(c, go);
		return;
	}
	if (r < 0 || (r = op_make_begin(c)) < 0) {
		go(c, r);
		return;
	}
	work_slices(c, reports_step, go);
}

/* ---- schedule: the operation schedule.run makes what is due; the timer calls it */

static void
reports_arm(struct reports *rs)
{
	int64_t next = store_int(rs->x->store, STMT_SCHEDULE_NEXT, NULL, 0),
		wait = (next - clock_now_ns()) / CLOCK_NS_PER_S + 1;
	struct timeval tv = {.tv_sec = REPORT_DUE_S};

	if (next != 0 && wait < REPORT_DUE_S)
		tv.tv_sec = wait < 1 ? 1 : wait;
	evtimer_add(rs->due, &tv);
}

static void
reports_on_made(json_t *answer, void *arg)
{
	struct reports *rs = arg;

	(void)answer;
	rs->busy = false;
	reports_arm(rs);
}

static void
reports_on_due(evutil_socket_t fd, short what, void *arg)
{
	static const struct ops_actor actor = {.uid = UINT32_MAX,
	    .name = "system",
	    .interface = "system",
	    .roles = OPW_ANY | OPW_SYSTEM};
	struct reports *rs = arg;
	json_t *a = json_pack("{s:I}", "now_ns", (json_int_t)clock_now_ns()),
	       *due = store_row(rs->x->store, STMT_SCHEDULE_DUE, a), *args;

	(void)fd;
	(void)what;
	json_decref(a);
	if (due == NULL || rs->busy) {
		json_decref(due);
		reports_arm(rs);
		return;
	}
	rs->busy = true;
	args = json_pack("{s:O}", "schedule", json_object_get(due, "schedule"));
	ops_call(rs->x, &actor, &(struct ops_request){.op = "schedule.run", .args = args},
	    reports_on_made, rs);
	json_decref(args);
	json_decref(due);
}

struct reports *
reports_open(struct event_base *base, struct ops_ctx *x)
{
	struct reports *rs = calloc(1, sizeof(*rs));

	assert(rs != NULL);
	rs->base = base;
	rs->x = x;
	rs->due = evtimer_new(base, reports_on_due, rs);
	assert(rs->due != NULL);
	x->reports = rs;
	x->prepare = reports_prepare;
	reports_arm(rs);
	return rs;
}

void
reports_close(struct reports *rs)
{
	if (rs == NULL)
		return;
	rs->x->prepare = NULL;
	event_free(rs->due);
	free(rs);
}
