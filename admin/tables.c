/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of profiles, their schema, the mapping table; see tables.h. */
#include "admin/tables.h"

#include "admin/profile.h"
#include "session/mapping.h"

#include <string.h>

json_t *
tables_profile(json_t *meta, json_t *text)
{
	static const char *const keep[] = {"name", "version", "sha256", "origin", "created"};
	json_t *v = json_object(), *full = profile_full(text);

	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (json_object_get(meta, keep[i]) != NULL)
			json_object_set(v, keep[i], json_object_get(meta, keep[i]));
	if (json_object_get(text, "about") != NULL)
		json_object_set(v, "about", json_object_get(text, "about"));
	json_object_update(v, full);
	json_decref(full);
	return v;
}

static json_t *
tables_mapping(void)
{
	size_t n;
	const struct mapping_row *m = mapping_rows(&n);
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows,
		    json_pack("{s:i, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:s}", "format",
			(int)m[i].format, "format_name", m[i].format_name, "type", m[i].type_name,
			"permitted", m[i].permitted, "handler",
			m[i].handler == NULL ? "-" : m[i].handler, "container", m[i].container,
			"clause", m[i].clause, "condition", m[i].condition, "note", m[i].note));
	return rows;
}

static json_t *
tables_check(json_t *args, struct fault *f)
{
	json_t *p = json_object_get(args, "file");

	return profile_check(p, f) < 0 ? NULL : tables_profile(p, p);
}

static const char *const tables_names[] = {
    "profile.fields", "profile.schema", "profile.check", "mapping.list"};

bool
tables_has(const char *op)
{
	for (size_t i = 0; i < sizeof(tables_names) / sizeof(tables_names[0]); i++)
		if (strcmp(op, tables_names[i]) == 0)
			return true;
	return false;
}

json_t *
tables_result(const char *op, json_t *args, struct fault *f)
{
	if (strcmp(op, "profile.fields") == 0)
		return profile_list_fields();
	if (strcmp(op, "profile.schema") == 0)
		return profile_schema();
	if (strcmp(op, "profile.check") == 0)
		return tables_check(args, f);
	return tables_mapping();
}
