/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a warrant for people. */
#include "admin/mdfctl.h"

#include <string.h>

static const char *
plan_text(json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text == NULL ? "-" : text;
}

static void
plan_list(const char *title, json_t *list)
{
	json_t *item;
	size_t i;

	if (json_array_size(list) > 0)
		printf("%s\n", title);
	json_array_foreach(list, i, item)
	{
		if (json_is_string(item))
			printf("  %s\n", json_string_value(item));
		else
			printf("  %s%s %s: %s\n",
			    json_is_true(json_object_get(item, "blocks")) ? "REFUSED " : "",
			    plan_text(item, "code"), plan_text(item, "object"),
			    plan_text(item, "text"));
	}
}

static void
plan_tasks(json_t *tasks)
{
	json_t *ne;
	size_t i;

	plan_list("Tasks (XID)", json_object_get(tasks, "xids"));
	printf("Network elements\n");
	json_array_foreach(json_object_get(tasks, "nes"), i, ne) printf("  %s  %s  country %s%s\n",
	    plan_text(ne, "ne"), plan_text(ne, "san"), plan_text(ne, "country"),
	    json_is_true(json_object_get(ne, "enabled")) ? "" : "  REVOKED");
}

static void
plan_destination(const char *kind, json_t *d)
{
	json_t *item;
	size_t i;

	if (!json_is_object(d))
		return;
	printf("%s: %s  %s", kind, plan_text(d, "name"), plan_text(d, "did"));
	json_array_foreach(json_object_get(d, "addresses"), i, item)
	    printf("  %s", json_string_value(item));
	json_array_foreach(json_object_get(d, "pins"), i, item)
	    printf("\n  pin %s", json_string_value(item));
	printf("%s\n", json_is_true(json_object_get(d, "enabled")) ? "" : "  DISABLED");
}

void
mdfctl_show_plan(json_t *plan)
{
	json_t *change = json_object_get(plan, "change"), *now = json_object_get(plan, "now"),
	       *when = json_object_get(change, "time"), *link;
	size_t i;

	printf("Warrant %s, LIID %s, agency %s: %s\n", plan_text(change, "warrant"),
	    plan_text(change, "liid"), plan_text(change, "lea"), plan_text(now, "state"));
	plan_tasks(json_object_get(change, "tasks"));
	plan_destination("HI2", json_object_get(change, "hi2"));
	plan_destination("HI3", json_object_get(change, "hi3"));
	printf("From  %s  = %s\nUntil %s  = %s  (%lld days)\n", plan_text(when, "from"),
	    plan_text(when, "from_utc"), plan_text(when, "until"), plan_text(when, "until_utc"),
	    (long long)json_integer_value(json_object_get(when, "days")));
	plan_list("Odd about these times", json_object_get(when, "warnings"));
	plan_list("Conflicts", json_object_get(change, "conflicts"));
	plan_list("Missing in the record", json_object_get(change, "missing"));
	json_array_foreach(json_object_get(now, "links"), i, link)
	    printf("Link %s: %s\n", plan_text(link, "destination"), plan_text(link, "state"));
	printf("Clock: %s\nRegime: %s\nPlan %s\n", plan_text(now, "clock"),
	    plan_text(json_object_get(change, "regime"), "name"), plan_text(plan, "sha256"));
}
