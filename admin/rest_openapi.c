/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI document; see rest_openapi.h.  clang-format would break the literals. */
/* clang-format off */
#include "config.h"

#include "admin/rest_openapi.h"

#include "admin/rest_call.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What every operation shares. */
static const char openapi_components[] =
"{\"securitySchemes\":{"
  "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"__Host-openmdf\","
    "\"description\":\"From POST /session. A change needs the header X-OpenMDF: 1 besides.\"},"
  "\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"A session or API token.\"},"
  "\"certificate\":{\"type\":\"mutualTLS\",\"description\":\"The client certificate of a person.\"}},"
"\"parameters\":{"
  "\"Limit\":{\"name\":\"limit\",\"in\":\"query\",\"description\":\"Rows of one page.\","
    "\"schema\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":500,\"default\":100}},"
  "\"Cursor\":{\"name\":\"cursor\",\"in\":\"query\",\"description\":\"From the link to the next page; begins at the first row without.\","
    "\"schema\":{\"type\":\"string\",\"maxLength\":256}},"
  "\"IfMatch\":{\"name\":\"If-Match\",\"in\":\"header\",\"required\":true,\"description\":\"The ETag of the version that is changed, or *.\","
    "\"schema\":{\"type\":\"string\"}},"
  "\"IfNoneMatch\":{\"name\":\"If-None-Match\",\"in\":\"header\",\"description\":\"The ETag of the version that is known: 304 when it still holds.\","
    "\"schema\":{\"type\":\"string\"}},"
  "\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\","
    "\"description\":\"Repeating a request under the same key within a day repeats only its answer; another request under it is refused (422).\","
    "\"schema\":{\"type\":\"string\",\"pattern\":\"^\\\"?[A-Za-z0-9._-]{1,64}\\\"?$\"}},"
  "\"Prefer\":{\"name\":\"Prefer\",\"in\":\"header\",\"description\":\"respond-async: do it in the background; the answer is the work.\","
    "\"schema\":{\"type\":\"string\"}},"
  "\"RequestId\":{\"name\":\"X-Request-Id\",\"in\":\"header\",\"description\":\"Comes back in the answer; one is made when there is none.\","
    "\"schema\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9._-]{1,64}$\"}}},"
"\"headers\":{"
  "\"ETag\":{\"description\":\"Version of what is shown.\",\"schema\":{\"type\":\"string\"}},"
  "\"Location\":{\"description\":\"Where it is found.\",\"schema\":{\"type\":\"string\"}},"
  "\"Link\":{\"description\":\"The next page, rel=\\\"next\\\"; missing on the last one.\",\"schema\":{\"type\":\"string\"}},"
  "\"RequestId\":{\"description\":\"Name of this request.\",\"schema\":{\"type\":\"string\"}}},"
"\"schemas\":{"
  "\"Problem\":{\"type\":\"object\",\"description\":\"RFC 9457.\",\"required\":[\"type\",\"title\",\"status\",\"code\"],\"properties\":{"
    "\"type\":{\"type\":\"string\",\"pattern\":\"^urn:openmdf:problem:[a-z-]+$\"},"
    "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\",\"minimum\":400,\"maximum\":599},"
    "\"detail\":{\"type\":\"string\"},\"code\":{\"type\":\"string\",\"description\":\"The same word as in mdfctl and the log.\"},"
    "\"todo\":{\"type\":\"string\",\"description\":\"What to do.\"},\"object\":{\"type\":\"string\"},\"request\":{\"type\":\"string\"},"
    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"code\",\"detail\"],\"properties\":{"
      "\"pointer\":{\"type\":\"string\",\"description\":\"Into the body, RFC 6901.\"},\"parameter\":{\"type\":\"string\"},"
      "\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}}}}},"
  "\"Waiting\":{\"type\":\"object\",\"description\":\"It waits for a second person.\",\"required\":[\"approval\",\"state\"],\"properties\":{"
    "\"approval\":{\"type\":\"string\",\"format\":\"uuid\"},\"state\":{\"const\":\"waiting\"}}},"
  "\"Work\":{\"type\":\"object\",\"description\":\"It goes on in the background.\",\"required\":[\"work\",\"op\",\"state\",\"done\",\"total\"],\"properties\":{"
    "\"work\":{\"type\":\"string\",\"format\":\"uuid\"},\"op\":{\"type\":\"string\"},\"object\":{\"type\":\"string\"},"
    "\"state\":{\"enum\":[\"running\",\"done\",\"failed\",\"cancelled\",\"interrupted\"]},\"begun\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"ended\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},\"done\":{\"type\":\"integer\",\"minimum\":0},"
    "\"total\":{\"type\":[\"integer\",\"null\"]},\"result\":{\"description\":\"What the operation answers.\"},"
    "\"withheld\":{\"type\":[\"string\",\"null\"],\"description\":\"Why a result of an earlier run of the daemon was not kept: identities, size.\"},"
    "\"error\":{\"type\":[\"object\",\"null\"],\"description\":\"code, what, object, why, todo.\"}}},"
  "\"Health\":{\"type\":\"object\",\"required\":[\"status\"],\"properties\":{\"status\":{\"type\":\"string\"},"
    "\"checks\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"}}}}},"
"\"responses\":{\"Problem\":{\"description\":\"It was not done.\",\"headers\":{\"X-Request-Id\":{\"$ref\":\"#/components/headers/RequestId\"}},"
  "\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}}";

/* Paths that are no operation. */
static const char openapi_fixed[] =
"{\"/healthz\":{\"servers\":[{\"url\":\"/\"}],\"get\":{\"operationId\":\"healthz\",\"summary\":\"Does the server answer?\",\"tags\":[\"health\"],"
  "\"security\":[],\"responses\":{\"200\":{\"description\":\"Yes.\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Health\"}}}},"
  "\"4XX\":{\"$ref\":\"#/components/responses/Problem\"}}}},"
"\"/readyz\":{\"servers\":[{\"url\":\"/\"}],\"get\":{\"operationId\":\"readyz\",\"summary\":\"Can it do its work?\",\"tags\":[\"health\"],"
  "\"security\":[],\"responses\":{\"200\":{\"description\":\"Yes.\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Health\"}}}},"
  "\"503\":{\"description\":\"No; checks tells what is missing.\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Health\"}}}},"
  "\"4XX\":{\"$ref\":\"#/components/responses/Problem\"}}}},"
"\"/openapi.json\":{\"get\":{\"operationId\":\"openapi\",\"summary\":\"This document.\",\"tags\":[\"health\"],\"security\":[],\"responses\":{"
  "\"200\":{\"description\":\"The document.\",\"content\":{\"application/vnd.oai.openapi+json\":{\"schema\":{\"type\":\"object\"}}}},"
  "\"4XX\":{\"$ref\":\"#/components/responses/Problem\"}}}},"
"\"/events\":{\"get\":{\"operationId\":\"events\",\"summary\":\"What happens, as server-sent events: alarm, change, approval, audit, status, work; "
  "reset: what was missed is not known any more.\",\"tags\":[\"events\"],\"parameters\":[{\"name\":\"Last-Event-ID\",\"in\":\"header\","
  "\"description\":\"Go on behind this event.\",\"schema\":{\"type\":\"string\"}}],\"responses\":{\"200\":{\"description\":\"A stream without an end.\","
  "\"content\":{\"text/event-stream\":{\"schema\":{\"type\":\"string\"}}}},\"4XX\":{\"$ref\":\"#/components/responses/Problem\"}}}}}";

/* What an operation has besides its own arguments when two persons are needed. */
static const struct {
	const char *name, *schema;
} openapi_shared[] = {
	{ "plan", "{\"type\":\"boolean\",\"description\":\"Only show what would hold: doc is the text to sign.\"}" },
	{ "signature", "{\"type\":\"object\",\"description\":\"Signature over doc: key is the id of the key, sig base64 of 64 octets.\","
	    "\"required\":[\"key\",\"sig\"],\"properties\":{\"key\":{\"type\":\"string\"},\"sig\":{\"type\":\"string\"}}}" },
};

static json_t *
openapi_ref(const char *kind, const char *name)
{
	return json_pack("{s:s++}", "$ref", "#/components/", kind, name);
}

static json_t *
openapi_roles(unsigned who)
{
	static const char *const names[] = {"admin", "approver", "liaison", "operator", "auditor", "security"};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (who & (1u << i))
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *
openapi_parameter(const struct op_arg *a, bool path)
{
	json_t *p = json_pack("{s:s, s:s, s:s, s:o}", "name", a->name, "in", path ? "path" : "query", "description", a->help, "schema",
	    rest_schema_arg(a, true));

	if (path || (a->flags & OP_REQUIRED))
		json_object_set_new(p, "required", json_true());
	if (!path) {
		const char *type = json_string_value(json_object_get(json_object_get(p, "schema"), "type"));

		if (type != NULL && strcmp(type, "array") == 0) {
			json_object_set_new(p, "style", json_string("form"));
			json_object_set_new(p, "explode", json_false());
		}
	}
	return p;
}

static json_t *
openapi_parameters(const struct op *op)
{
	json_t *list = json_array();

	for (const struct op_arg *a = op->args; a->name != NULL; a++)
		if (rest_arg_in_path(op, a))
			json_array_append_new(list, openapi_parameter(a, true));
		else if (!rest_op_has_body(op) && !rest_arg_hidden(op, a))
			json_array_append_new(list, openapi_parameter(a, false));
	for (size_t i = 0; i < 2 && !rest_op_has_body(op); i++)
		if (rest_arg_shared(op, openapi_shared[i].name))
			json_array_append_new(list, json_pack("{s:s, s:s, s:{s:s}}", "name", openapi_shared[i].name, "in", "query", "schema", "type",
			    i == 0 ? "boolean" : "string"));
	if (rest_op_is_list(op)) {
		json_array_append_new(list, openapi_ref("parameters/", "Limit"));
		json_array_append_new(list, openapi_ref("parameters/", "Cursor"));
	}
	if (rest_op_method(op) == REST_GET)
		json_array_append_new(list, openapi_ref("parameters/", "IfNoneMatch"));
	if ((rest_op_method(op) & (REST_PATCH | REST_PUT | REST_DELETE)) && (op->flags & OP_CHANGE) && rest_op_show(op) != NULL)
		json_array_append_new(list, openapi_ref("parameters/", "IfMatch"));
	if (op->flags & OP_CHANGE)
		json_array_append_new(list, openapi_ref("parameters/", "IdempotencyKey"));
	if ((op->flags & OP_LONG) && rest_op_method(op) == REST_POST)
		json_array_append_new(list, openapi_ref("parameters/", "Prefer"));
	json_array_append_new(list, openapi_ref("parameters/", "RequestId"));
	return list;
}

static json_t *
openapi_body(const struct op *op)
{
	json_t *properties = json_object(), *required = json_array(), *schema;
	bool needed;

	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		if (rest_arg_in_path(op, a) || rest_arg_hidden(op, a))
			continue;
		json_object_set_new(properties, a->name,
		    rest_arg_nulls(op, a) ? rest_schema_or_null(rest_schema_arg(a, false)) : rest_schema_arg(a, false));
		if (a->flags & OP_REQUIRED)
			json_array_append_new(required, json_string(a->name));
	}
	for (size_t i = 0; i < 2; i++)
		if (rest_arg_shared(op, openapi_shared[i].name))
			json_object_set_new(properties, openapi_shared[i].name, json_loads(openapi_shared[i].schema, 0, NULL));
	needed = json_array_size(required) > 0;
	schema = json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0, "properties", properties);
	if (needed)
		json_object_set(schema, "required", required);
	json_decref(required);
	return json_pack("{s:b, s:{s:{s:o}}}", "required", needed, "content",
	    rest_op_method(op) == REST_PATCH ? "application/merge-patch+json" : "application/json", "schema", schema);
}

static json_t *
openapi_answer(const char *text, json_t *schema)
{
	json_t *r = json_pack("{s:s, s:{s:o, s:o}, s:{s:{s:o}}}", "description", text, "headers", "ETag", openapi_ref("headers/", "ETag"),
	    "X-Request-Id", openapi_ref("headers/", "RequestId"), "content", "application/json", "schema", schema);

	return r;
}

static json_t *
openapi_responses(const struct op *op)
{
	json_t *all = json_object(), *done = openapi_answer("Done.", rest_schema_result(op)), *a;
	bool made = rest_op_created(op) != NULL;

	if (rest_op_is_list(op))
		json_object_set_new(json_object_get(done, "headers"), "Link", openapi_ref("headers/", "Link"));
	if (made) {
		a = json_deep_copy(done);
		json_object_set_new(a, "description", json_string("Made."));
		json_object_set_new(json_object_get(a, "headers"), "Location", openapi_ref("headers/", "Location"));
		json_object_set_new(all, "201", a);
	}
	json_object_set_new(all, "200", done);
	if (op->flags & OP_TWO) {
		a = openapi_answer("It waits for a second person.", openapi_ref("schemas/", "Waiting"));
		json_object_set_new(json_object_get(a, "headers"), "Location", openapi_ref("headers/", "Location"));
		json_object_set_new(all, "202", a);
	}
	if ((op->flags & OP_LONG) && rest_op_method(op) == REST_POST) {
		a = openapi_answer("It goes on in the background.", openapi_ref("schemas/", "Work"));
		json_object_set_new(json_object_get(a, "headers"), "Location", openapi_ref("headers/", "Location"));
		json_object_set_new(all, "202", a);
	}
	if (rest_op_method(op) == REST_GET)
		json_object_set_new(all, "304", json_pack("{s:s}", "description", "It is still the version that is known."));
	else
		json_object_set_new(all, "204", json_pack("{s:s}", "description", "Done; there is nothing to show."));
	json_object_set_new(all, "4XX", openapi_ref("responses/", "Problem"));
	json_object_set_new(all, "5XX", openapi_ref("responses/", "Problem"));
	return all;
}

static json_t *
openapi_operation(const struct op *op)
{
	json_t *o = json_pack("{s:s, s:s, s:[s%], s:o, s:o}", "operationId", op->name, "summary", op->help, "tags", op->name,
	    strcspn(op->name, "."), "parameters", openapi_parameters(op), "responses", openapi_responses(op));

	assert(o != NULL);
	if (rest_op_has_body(op))
		json_object_set_new(o, "requestBody", openapi_body(op));
	if (op->who & OPW_LOGIN)
		json_object_set_new(o, "security", json_array());
	json_object_set_new(o, "x-openmdf-roles", openapi_roles(op->who));
	if (op->flags & OP_TWO)
		json_object_set_new(o, "x-openmdf-two-persons", json_true());
	if (op->flags & OP_STEPUP)
		json_object_set_new(o, "x-openmdf-step-up", json_true());
	return o;
}

static void
openapi_add(json_t *paths, const struct op *op)
{
	json_t *item = json_object_get(paths, op->path);
	char method[16];
	size_t i = 0;

	if (rest_op_method(op) == 0)
		return;
	for (; i < sizeof(method) - 1 && op->method[i] != '\0'; i++)
		method[i] = (char)tolower((unsigned char)op->method[i]);
	method[i] = '\0';
	if (item == NULL) {
		item = json_object();
		json_object_set_new(paths, op->path, item);
	}
	if (json_object_get(item, method) == NULL) /* the first one is served */
		json_object_set_new(item, method, openapi_operation(op));
}

static json_t *
openapi_tags(void)
{
	json_t *list = json_array(), *seen = json_object();
	char tag[32];

	for (size_t i = 0; i < ops_n; i++) {
		snprintf(tag, sizeof(tag), "%.*s", (int)strcspn(ops_table[i].name, "."), ops_table[i].name);
		if (rest_op_method(&ops_table[i]) == 0 || json_object_get(seen, tag) != NULL)
			continue;
		json_object_set_new(seen, tag, json_true());
		json_array_append_new(list, json_pack("{s:s}", "name", tag));
	}
	json_array_append_new(list, json_pack("{s:s}", "name", "events"));
	json_array_append_new(list, json_pack("{s:s}", "name", "health"));
	json_decref(seen);
	return list;
}

json_t *
rest_openapi_document(void)
{
	json_t *paths = json_loads(openapi_fixed, 0, NULL), *components = json_loads(openapi_components, 0, NULL), *doc;

	assert(paths != NULL && components != NULL);
	for (size_t i = 0; i < ops_n; i++)
		openapi_add(paths, &ops_table[i]);
	doc = json_pack("{s:s, s:{s:s, s:s, s:s, s:{s:s, s:s}}, s:[{s:s}], s:o, s:[{s:[]}, {s:[]}, {s:[]}], s:o, s:o}",
	    "openapi", "3.1.0", "info", "title", "OpenMDF", "version", VERSION, "description",
	    "Administration of a lawful interception mediation and delivery function. The same operations as mdfctl(1): one table makes both. "
	    "A request that is not HTTP, or has headers of more than 16 KiB, gets a bare 400 or 413.", "license", "name", "Apache-2.0", "identifier",
	    "Apache-2.0", "servers", "url", REST_BASE, "tags", openapi_tags(), "security", "session", "token", "certificate", "paths", paths,
	    "components", components);
	assert(doc != NULL);
	return doc;
}
