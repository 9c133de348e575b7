/* SPDX-License-Identifier: Apache-2.0 */
/* JSON schemas of arguments and results; see rest_openapi.h.  A member has the same meaning
 * wherever it stands, so its schema is found by its name; one that is not listed may be anything.
 */
#include "admin/rest_call.h"
#include "admin/rest_openapi.h"

#include <assert.h>
#include <string.h>

#define TEXT "{\"type\":[\"string\",\"null\"]}"
#define COUNT "{\"type\":[\"integer\",\"null\"],\"minimum\":0}"
#define FLAG "{\"type\":[\"boolean\",\"null\"]}"
#define TIME "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}"
#define UUID "{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"}"
#define DIGEST "{\"type\":[\"string\",\"null\"],\"pattern\":\"^[0-9a-f]{64}$\"}"
#define TEXTS "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"string\"}}"
#define OBJECT "{\"type\":[\"object\",\"null\"]}"

static const struct {
	const char *name, *schema;
} rest_members[] = {
    {"active", COUNT},
    {"actor", TEXT},
    {"addresses", TEXTS},
    {"after_hash", DIGEST},
    {"approval", UUID},
    {"asked", TIME},
    {"before_hash", DIGEST},
    {"begun", TIME},
    {"cin", COUNT},
    {"code", TEXT},
    {"container", TEXT},
    {"content", TEXT},
    {"country", TEXT},
    {"countries", TEXTS},
    {"created", TIME},
    {"cleared", TIME},
    {"delivery", TEXT},
    {"destinations", COUNT},
    {"did", UUID},
    {"enabled", FLAG},
    {"ended", TIME},
    {"exclude", TEXTS},
    {"from", TIME},
    {"group", FLAG},
    {"gtime", FLAG},
    {"handle", TEXT},
    {"help", TEXT},
    {"hi2", TEXT},
    {"hi3", TEXT},
    {"interface", TEXT},
    {"interfaces", TEXT},
    {"kind", TEXT},
    {"lea", TEXT},
    {"leas", COUNT},
    {"level", TEXT},
    {"liid", TEXT},
    {"metadata", FLAG},
    {"name", TEXT},
    {"nes", TEXTS},
    {"note", TEXT},
    {"object", TEXT},
    {"op", TEXT},
    {"opaque", FLAG},
    {"options", OBJECT},
    {"origin", TEXT},
    {"outcome", TEXT},
    {"pins", TEXTS},
    {"ps_version", COUNT},
    {"raised", TIME},
    {"reason", TEXT},
    {"role", TEXT},
    {"san", TEXT},
    {"seq", COUNT},
    {"services", TEXTS},
    {"severity", TEXT},
    {"sha256", DIGEST},
    {"state", TEXT},
    {"target", TEXTS},
    {"text", TEXT},
    {"time", TIME},
    {"time_p2_s", COUNT},
    {"tls12", FLAG},
    {"transport", TEXT},
    {"trigger", FLAG},
    {"until", TIME},
    {"unwrap", FLAG},
    {"uuid", UUID},
    {"window", TEXT},
    {"work", UUID},
    {"xid", UUID},
    {"xids", TEXTS},
};

static json_t *
schema_member(const char *name)
{
	for (size_t i = 0; i < sizeof(rest_members) / sizeof(rest_members[0]); i++)
		if (strcmp(rest_members[i].name, name) == 0) {
			json_t *j = json_loads(rest_members[i].schema, 0, NULL);

			assert(j != NULL);
			return j;
		}
	return json_object();
}

static json_t *
schema_choice(const char *choices)
{
	json_t *list = json_array();

	while (choices != NULL) {
		size_t n = strcspn(choices, "|");

		json_array_append_new(list, json_stringn(choices, n));
		choices = choices[n] == '|' ? choices + n + 1 : NULL;
	}
	return json_pack("{s:s, s:o}", "type", "string", "enum", list);
}

static json_t *
schema_list(const char *pattern)
{
	json_t *item = json_pack("{s:s}", "type", "string");

	if (pattern != NULL)
		json_object_set_new(item, "pattern", json_string(pattern));
	return json_pack("{s:s, s:o, s:i, s:i}", "type", "array", "items", item, "minItems", 1,
	    "maxItems", 1024);
}

static json_t *
schema_type(const struct op_arg *a)
{
	switch (a->type) {
	case OP_NAME:
		return json_pack(
		    "{s:s, s:s}", "type", "string", "pattern", "^[A-Za-z0-9._-]{1,64}$");
	case OP_UUID:
		return json_pack("{s:s, s:s}", "type", "string", "format", "uuid");
	case OP_COUNTRY:
		return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[A-Za-z]{2}$");
	case OP_OPERATOR:
		return json_pack(
		    "{s:s, s:i, s:i}", "type", "string", "minLength", 1, "maxLength", 16);
	case OP_SECRET:
		return json_pack("{s:s, s:s, s:i, s:i}", "type", "string", "format", "password",
		    "minLength", 1, "maxLength", 256);
	case OP_QUERY:
		return json_pack("{s:s, s:i}", "type", "string", "maxLength", 500);
	case OP_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case OP_UINT:
		return json_pack("{s:s, s:i, s:I}", "type", "integer", "minimum", 0, "maximum",
		    (json_int_t)4294967295);
	case OP_TIME:
		return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
	case OP_CHOICE:
		return schema_choice(a->choices);
	case OP_XIDS:
	case OP_ADDRESSES:
	case OP_PINS:
	case OP_SERVICES:
	case OP_RULES:
	case OP_TARGETS:
		return schema_list(NULL);
	case OP_NAMES:
		return schema_list("^[A-Za-z0-9._-]{1,64}$");
	case OP_COUNTRIES:
		return schema_list("^([A-Za-z]{2}|any)$");
	case OP_FILE:
	case OP_OBJECT:
		return json_pack("{s:s}", "type", "object");
	case OP_DIGEST:
		return json_pack("{s:s, s:[s, s, s], s:b, s:{s:{s:s, s:i, s:i}, s:{s:s, s:i}, "
				 "s:{s:s, s:s}}}",
		    "type", "object", "required", "name", "octets", "sha256",
		    "additionalProperties", 0, "properties", "name", "type", "string", "minLength",
		    1, "maxLength", 255, "octets", "type", "integer", "minimum", 0, "sha256",
		    "type", "string", "pattern", "^[0-9a-f]{64}$");
	case OP_ITEMS:
		return json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "object");
	default:
		return json_pack("{s:s, s:i}", "type", "string", "minLength", 1);
	}
}

json_t *
rest_schema_arg(const struct op_arg *a, bool query)
{
	json_t *j = schema_type(a);

	assert(j != NULL);
	if (a->flags & OP_EMPTY)
		json_object_del(j, "minItems");
	if (!query)
		json_object_set_new(j, "description", json_string(a->help));
	return j;
}

json_t *
rest_schema_or_null(json_t *schema)
{
	json_t *list = json_object_get(schema, "enum");

	json_object_set_new(
	    schema, "type", json_pack("[O, s]", json_object_get(schema, "type"), "null"));
	if (list != NULL)
		json_array_append_new(list, json_null());
	return schema;
}

/* ---- results */

/* The list whose rows are objects like that of PATH: "/nes" for "/nes/{ne}". */
static const struct op *
schema_list_of(const char *path)
{
	const char *slash = strchr(path + 1, '/');
	size_t n = slash == NULL ? strlen(path) : (size_t)(slash - path);

	for (size_t i = 0; i < ops_n; i++)
		if (rest_op_is_list(&ops_table[i]) && strlen(ops_table[i].path) == n &&
		    strncmp(ops_table[i].path, path, n) == 0)
			return &ops_table[i];
	return NULL;
}

/* An object with these columns; more members may come in a later version. */
static json_t *
schema_row(const struct op_column *columns)
{
	json_t *properties = json_object();

	for (; columns != NULL && columns->key != NULL; columns++)
		json_object_set_new(properties, columns->key, schema_member(columns->key));
	return json_pack("{s:s, s:o}", "type", "object", "properties", properties);
}

/* What OP answers, as far as it is written down: a whole object for reading, and the same members,
 * any of which may be missing, for a change that answers like it. */
static json_t *
schema_known(const struct op *op, const struct op *list, bool one)
{
	json_t *row = rest_result_members(op->name);

	if (row == NULL && one && list != NULL && (row = rest_result_members(list->name)) != NULL)
		json_object_del(row, "required");
	return row;
}

json_t *
rest_schema_result(const struct op *op)
{
	const char *below = strchr(op->path + 1, '/');
	const struct op *list = schema_list_of(op->path);
	bool one = rest_op_created(op) != NULL ||
		   (below != NULL && below[1] == '{' && strchr(below + 1, '/') == NULL);

	json_t *known = schema_known(op, list, one);

	if (rest_op_is_list(op))
		return json_pack("{s:s, s:o}", "type", "array", "items",
		    known != NULL ? known : schema_row(op->columns));
	if (known != NULL)
		return known;
	if (one && list != NULL)
		return schema_row(list->columns);
	if (rest_op_method(op) == REST_GET)
		return json_pack("{s:[s, s]}", "type", "object", "array");
	return json_pack("{s:[s, s, s]}", "type", "object", "array", "null");
}
