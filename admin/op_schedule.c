/* SPDX-License-Identifier: Apache-2.0 */
/* Reports at fixed times.  A run that was missed while the daemon was down is made up once: one
 * report from where the last one ended to the last time that was due. */
#include "admin/op_report.h"

#include "admin/op_schedule.h"
#include "admin/report.h"
#include "base/clock.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SCHEDULE_DAY_S INT64_C(86400)
#define SCHEDULE_BACK_S (INT64_C(190) * SCHEDULE_DAY_S) /* further than two quarters */

/* Days to the next day on which EVERY is due, from a day of local time; at least one. */
static int64_t
schedule_days(const char *every, const struct tm *t)
{
	struct tm m = {.tm_year = t->tm_year, .tm_mon = t->tm_mon, .tm_mday = 1};
	struct tm now = {.tm_year = t->tm_year, .tm_mon = t->tm_mon, .tm_mday = t->tm_mday};

	if (strcmp(every, "daily") == 0)
		return 1;
	if (strcmp(every, "weekly") == 0) /* Mondays */
		return t->tm_wday == 0 ? 1 : 8 - t->tm_wday;
	m.tm_mon += strcmp(every, "monthly") == 0 ? 1 : 3 - m.tm_mon % 3;
	return (timegm(&m) - timegm(&now)) / SCHEDULE_DAY_S;
}

/* Is the day of T one on which EVERY is due? */
static bool
schedule_day(const char *every, const struct tm *t)
{
	if (strcmp(every, "daily") == 0)
		return true;
	if (strcmp(every, "weekly") == 0)
		return t->tm_wday == 1;
	return t->tm_mday == 1 && (strcmp(every, "monthly") == 0 || t->tm_mon % 3 == 0);
}

int64_t
schedule_next(const char *every, int at_min, int zone_min, int64_t after_ns)
{
	int64_t local = after_ns / CLOCK_NS_PER_S + zone_min * 60,
		day = local - local % SCHEDULE_DAY_S;
	time_t when = (time_t)day;
	struct tm t;

	gmtime_r(&when, &t);
	if (!schedule_day(every, &t) || day + at_min * 60 <= local)
		day += schedule_days(every, &t) * SCHEDULE_DAY_S;
	return (day + at_min * 60 - zone_min * 60) * CLOCK_NS_PER_S;
}

int64_t
schedule_last(const char *every, int at_min, int zone_min, int64_t until_ns)
{
	int64_t at = until_ns - SCHEDULE_BACK_S * CLOCK_NS_PER_S, last = 0;

	while ((at = schedule_next(every, at_min, zone_min, at)) <= until_ns)
		last = at;
	return last;
}

/* "HH:MM" in minutes; "+HH:MM", "-HH:MM" or "Z" likewise.  -1 or INT_MIN are not times. */
static int
schedule_minutes(const char *text)
{
	unsigned h, m;
	int n = 0;

	if (text == NULL || sscanf(text, "%2u:%2u%n", &h, &m, &n) != 2 || text[n] != '\0' ||
	    n != 5 || h > 23 || m > 59)
		return -1;
	return (int)(h * 60 + m);
}

static int
schedule_args(struct op_call *c, int *at, int *zone)
{
	const char *text = op_text(c, "zone");
	int z = 0;

	if ((*at = schedule_minutes(op_text(c, "at"))) < 0)
		return fault_set(
		    &c->fault, FAULT_USAGE, "at", "", "write 06:00", "a time HH:MM is expected");
	if (text != NULL && strcmp(text, "Z") != 0 &&
	    ((text[0] != '+' && text[0] != '-') || (z = schedule_minutes(text + 1)) < 0))
		return fault_set(&c->fault, FAULT_USAGE, "zone", "", "write +01:00 or Z",
		    "a distance from UTC is expected");
	*zone = text != NULL && text[0] == '-' ? -z : z;
	return 0;
}

int
op_schedule_add(struct op_call *c)
{
	const struct report_kind *k = report_kind_find(op_text(c, "kind"));
	json_t *lea = NULL;
	int at = 0, zone = 0, r;

	if (k == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "kind", op_text(c, "kind"),
		    "mdfctl report kinds lists them", "there is no such report");
	if ((r = op_report_may(c, k)) < 0 || (r = schedule_args(c, &at, &zone)) < 0)
		return r;
	if (k->flags & (REPORT_WARRANT | REPORT_REVIEW))
		return fault_set(&c->fault, FAULT_USAGE, "kind", k->kind, "make it by hand",
		    "this report is about one object and not about a period");
	if (op_text(c, "lea") != NULL && !(k->flags & REPORT_NAMES))
		return fault_set(&c->fault, FAULT_USAGE, "lea", k->kind, "leave it out",
		    "this report cannot be narrowed to one agency");
	if (op_text(c, "lea") != NULL && (lea = op_need_lea(c, op_text(c, "lea"))) == NULL)
		return -ENOENT;
	json_object_set_new(
	    c->args, "lea_id", lea == NULL ? json_null() : json_incref(json_object_get(lea, "id")));
	json_decref(lea);
	json_object_set_new(c->args, "kind", json_string(k->kind));
	json_object_set_new(c->args, "zone_min", json_integer(zone));
	json_object_set_new(c->args, "by", json_string(c->actor.name));
	json_object_set_new(c->args, "next_ns",
	    json_integer(schedule_next(op_text(c, "every"), at, zone, op_int(c, "now_ns", 0))));
	if ((r = store_run(c->store, STMT_SCHEDULE_ADD, c->args, &c->fault)) < 0)
		return r;
	json_object_set_new(c->args, "schedule", json_integer(store_last_id(c->store)));
	op_object(c, "schedule %lld", (long long)store_last_id(c->store));
	c->after = store_row(c->store, STMT_SCHEDULE_SHOW, c->args);
	c->result = json_incref(c->after);
	return 0;
}

int
op_schedule_list(struct op_call *c)
{
	json_t *row;
	size_t i;

	c->result = store_rows(c->store, STMT_SCHEDULE_LIST, NULL);
	json_array_foreach(c->result, i, row)
	{
		int z = (int)json_integer_value(json_object_get(row, "zone_min"));

		json_object_set_new(row, "zone",
		    json_sprintf("%c%02d:%02d", z < 0 ? '-' : '+', abs(z) / 60, abs(z) % 60));
	}
	return 0;
}

static int
schedule_find(struct op_call *c, json_t **row)
{
	op_object(c, "schedule %lld", (long long)op_int(c, "schedule", 0));
	*row = store_row(c->store, STMT_SCHEDULE_SHOW, c->args);
	return *row != NULL ? 0
			    : fault_set(&c->fault, FAULT_NOT_FOUND, "schedule", c->object,
				  "mdfctl schedule list shows them", "there is no such schedule");
}

int
op_schedule_remove(struct op_call *c)
{
	int r = schedule_find(c, &c->before);

	return r < 0 ? r : store_run(c->store, STMT_SCHEDULE_REMOVE, c->args, &c->fault);
}

int
op_schedule_period(struct op_call *c)
{
	json_t *row;
	const char *every;
	int64_t now = op_int(c, "now_ns", 0), last, to;
	int at, zone, r = schedule_find(c, &row);

	if (r < 0)
		return r;
	every = json_string_value(json_object_get(row, "every"));
	at = schedule_minutes(json_string_value(json_object_get(row, "at")));
	zone = (int)json_integer_value(json_object_get(row, "zone_min"));
	last = json_integer_value(json_object_get(row, "last_ns"));
	to = schedule_last(every, at, zone, now);
	if (last == 0)
		last = schedule_last(every, at, zone, to - 1);
	json_object_set(c->args, "kind", json_object_get(row, "kind"));
	if (json_is_string(json_object_get(row, "lea")))
		json_object_set(c->args, "lea", json_object_get(row, "lea"));
	json_object_set_new(c->args, "from_ns", json_integer(last));
	json_object_set_new(c->args, "until_ns", json_integer(to));
	json_object_set_new(c->args, "next_ns", json_integer(schedule_next(every, at, zone, now)));
	json_object_set(c->args, "schedule_id", json_object_get(c->args, "schedule"));
	json_decref(row);
	return last < to ? 0
			 : fault_set(&c->fault, FAULT_CONFLICT, "schedule", c->object, "",
			       "its period was reported already");
}

int
op_schedule_run(struct op_call *c)
{
	int r;

	if (c->work == NULL && (r = op_schedule_period(c)) < 0)
		return r;
	if ((r = op_report_make(c)) < 0)
		return r;
	return store_run(c->store, STMT_SCHEDULE_DONE, c->args, &c->fault);
}
