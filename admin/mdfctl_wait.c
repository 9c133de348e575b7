/* SPDX-License-Identifier: Apache-2.0 */
/* mdfctl wait: does the status hold what is waited for? */
#include "admin/mdfctl.h"

#include <string.h>

static bool
mdfctl_roles_ready(json_t *status)
{
	json_t *role, *tasks = json_object_get(status, "tasks");
	size_t i;

	json_array_foreach(json_object_get(status, "roles"), i,
	    role) if (!json_is_true(json_object_get(role, "ready")) ||
		      !json_is_true(json_object_get(role, "answer"))) return false;
	return i > 0 &&
	       json_equal(json_object_get(tasks, "version"), json_object_get(tasks, "in_force"));
}

static bool
mdfctl_connected(json_t *status)
{
	json_t *lea, *d;
	size_t i, k;

	json_array_foreach(json_object_get(status, "leas"), i, lea)
	    json_array_foreach(json_object_get(lea, "destinations"), k, d)
	{
		const char *state = json_string_value(json_object_get(d, "state"));

		if (!json_is_false(json_object_get(d, "enabled")) &&
		    (state == NULL || strcmp(state, "up") != 0))
			return false;
	}
	return true;
}

static bool
mdfctl_idle(json_t *status)
{
	json_t *w;
	size_t i;

	if (json_integer_value(json_object_get(json_object_get(status, "backlog"), "records")) !=
		0 ||
	    json_integer_value(json_object_get(json_object_get(status, "journal"), "backlog")) != 0)
		return false;
	json_array_foreach(json_object_get(status, "warrants"), i,
	    w) if (json_integer_value(json_object_get(w, "waiting")) != 0) return false;
	return true;
}

bool
mdfctl_holds(const char *what, json_t *status)
{
	if (!mdfctl_roles_ready(status))
		return false;
	if (strcmp(what, "connected") == 0)
		return mdfctl_connected(status);
	return strcmp(what, "idle") == 0 ? mdfctl_idle(status) : true;
}
