/* SPDX-License-Identifier: Apache-2.0 */
/* Alarms that the roles send; see alarm_in.h. */
#include "admin/alarm_in.h"

#include "admin/alarm_severity.h"
#include "admin/auditlog.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"

#include <stdio.h>
#include <string.h>

static void
alarm_role(enum role_id role, uint32_t lea, char *buf, size_t len)
{
	if (lea == 0)
		snprintf(buf, len, "%s", role_name(role));
	else
		snprintf(buf, len, "%s:%u", role_name(role), (unsigned)lea);
}

/* A row when the alarm is new, or when it ends; not each time that it is said again. */
static void
alarm_audit(struct ops_ctx *x, json_t *args, bool raised)
{
	bool up = store_int(x->store, STMT_AUDIT_ALARM_UP, args, 0) > 0;

	if (x->log != NULL && up != raised)
		auditlog_alarm(x->log, raised, json_string_value(json_object_get(args, "code")),
		    json_string_value(json_object_get(args, "object")),
		    json_string_value(json_object_get(args, "severity")),
		    json_string_value(json_object_get(args, "text")));
}

static void
alarm_row(struct store *s, json_t *args, bool raised)
{
	struct fault f = {0};

	json_object_set_new(args, "now_ns", json_integer(clock_wall_ns()));
	if (store_run(s, raised ? STMT_ALARM_RAISE : STMT_ALARM_CLEAR, args, &f) < 0 ||
	    store_run(s, STMT_ALARM_TRIM, NULL, &f) < 0)
		log_err("ALARM-STORE", "an alarm cannot be stored: %s", f.why);
}

/* Those who follow /events hear of an alarm, an agency and a tenant as in alarm.list: of their own
 * links and elements. */
static void
alarm_event(struct ops_ctx *x, json_t *alarm, bool raised)
{
	json_t *whose = store_row(x->store, STMT_ALARM_CONCERNS, alarm), *e,
	       *object = json_object_get(whose, "object");

	e = json_pack("{s:O?, s:O?, s:O?, s:b}", "code", json_object_get(alarm, "code"), "object",
	    object != NULL ? object : json_object_get(alarm, "object"), "severity",
	    json_object_get(alarm, "severity"), "raised", raised);
	if (x->event != NULL)
		x->event(x->arg, "alarm", json_string_value(json_object_get(whose, "lea")),
		    json_integer_value(json_object_get(whose, "tenant")), e);
	json_decref(whose);
	json_decref(e);
}

void
alarm_in(struct ops_ctx *x, enum role_id peer, uint32_t lea, json_t *alarm)
{
	char who[32];
	const char *code = json_string_value(json_object_get(alarm, "code"));
	json_t *args;

	alarm_role(peer, lea, who, sizeof(who));
	args = json_pack("{s:s, s:O?, s:O?, s:O?, s:s}", "role", who, "code",
	    json_object_get(alarm, "code"), "object", json_object_get(alarm, "object"), "text",
	    json_object_get(alarm, "text"), "severity", alarm_severity(code == NULL ? "" : code));
	if (json_is_string(json_object_get(args, "code")) &&
	    json_is_string(json_object_get(args, "object"))) {
		bool raised = json_is_true(json_object_get(alarm, "raised"));

		alarm_audit(x, args, raised);
		alarm_row(x->store, args, raised);
		alarm_event(x, args, raised);
	}
	json_decref(args);
}

void
alarm_in_clear(struct ops_ctx *x, enum role_id peer, uint32_t lea)
{
	char who[32];
	json_t *args;

	alarm_role(peer, lea, who, sizeof(who));
	args = json_pack("{s:s}", "role", who);
	alarm_row(x->store, args, false);
	json_decref(args);
}

void
alarm_in_clear_all(struct store *s)
{
	json_t *args = json_object();

	alarm_row(s, args, false);
	json_decref(args);
}
