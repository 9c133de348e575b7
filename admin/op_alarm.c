/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of alarms: the list, and that somebody has seen one. */
#include "admin/ops.h"
#include "db/store.h"

#include <errno.h>

#define ALARM_LIST_LIMIT 1000 /* rows when no limit was given: the newest */

static void
alarm_flag(struct op_call *c, const char *arg)
{
	if (json_object_get(c->args, arg) == NULL)
		json_object_set_new(c->args, arg, json_false());
}

int
op_alarm_list(struct op_call *c)
{
	if (json_object_get(c->args, "limit") == NULL)
		json_object_set_new(c->args, "limit", json_integer(ALARM_LIST_LIMIT));
	alarm_flag(c, "all");
	alarm_flag(c, "newest");
	c->result = store_rows(c->store, STMT_ALARM_LIST, c->args);
	return 0;
}

int
op_alarm_ack(struct op_call *c)
{
	op_object(
	    c, "alarm %lld", (long long)json_integer_value(json_object_get(c->args, "alarm")));
	c->before = store_row(c->store, STMT_ALARM_GET, c->args);
	if (c->before == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "alarm", c->object,
		    "mdfctl alarm list --all yes shows them", "there is no such alarm");
	json_object_set_new(c->args, "by", json_string(c->actor.name));
	if (store_run(c->store, STMT_ALARM_ACK, c->args, &c->fault) < 0)
		return -EIO;
	c->after = store_row(c->store, STMT_ALARM_GET, c->args);
	c->result = json_incref(c->after);
	return 0;
}
