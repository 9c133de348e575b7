/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of an operation: known, complete, of the right type, and in one shape whatever they
 * came as (mdfctl sends text, programs may send JSON types).  ops.h says what each type is. */
#include "admin/ops.h"
#include "admin/rule.h"
#include "db/check.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPS_LIST_MAX 1024 /* members of one list */
#define OPS_SECRET_MAX 256
#define OPS_QUERY_MAX 500 /* characters */
#define OPS_UINT_MAX INT64_C(4294967295)

struct ops_in {
	const struct op_arg *arg;
	json_t *out;
	struct fault *f;
};

static int
ops_bad(struct ops_in *in, const char *value, const char *why)
{
	return fault_set(in->f, FAULT_USAGE, in->arg->name, "", in->arg->help, "%s: '%.64s': %s",
	    in->arg->name, value, why);
}

static int
ops_put_text(struct ops_in *in, const char *text, const char *why)
{
	if (why != NULL)
		return ops_bad(in, text, why);
	json_object_set_new(in->out, in->arg->name, json_string(text));
	return 0;
}

static int
ops_put_bool(struct ops_in *in, json_t *v)
{
	static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {
									 "no", "false", "off", "0"};
	const char *text = json_string_value(v);

	if (json_is_boolean(v)) {
		json_object_set(in->out, in->arg->name, v);
		return 0;
	}
	for (size_t i = 0; text != NULL && i < 4; i++)
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			json_object_set_new(
			    in->out, in->arg->name, json_boolean(strcmp(text, yes[i]) == 0));
			return 0;
		}
	return ops_bad(in, text == NULL ? "" : text, "yes or no is expected");
}

static int
ops_put_uint(struct ops_in *in, json_t *v)
{
	const char *text = json_string_value(v);
	int64_t n = -1;

	if (json_is_integer(v))
		n = json_integer_value(v);
	else if (text != NULL && text[0] != '\0' && strlen(text) <= 10 &&
		 strspn(text, "0123456789") == strlen(text))
		n = strtoll(text, NULL, 10);
	if (n < 0 || n > OPS_UINT_MAX)
		return ops_bad(
		    in, text == NULL ? "" : text, "a number from 0 to 4294967295 is expected");
	json_object_set_new(in->out, in->arg->name, json_integer(n));
	return 0;
}

static int
ops_put_choice(struct ops_in *in, const char *text)
{
	const char *p = in->arg->choices;
	char why[160];

	while (p != NULL) {
		size_t n = strcspn(p, "|");

		if (strlen(text) == n && strncmp(p, text, n) == 0)
			return ops_put_text(in, text, NULL);
		p = p[n] == '|' ? p + n + 1 : NULL;
	}
	snprintf(why, sizeof(why), "one of %s is expected", in->arg->choices);
	return ops_bad(in, text, why);
}

/* LIID[@LEA]: as members by_liid (hexadecimal) and by_lea. */
static int
ops_put_warrant_liid(struct ops_in *in, const char *text)
{
	uint8_t octets[CHECK_LIID_MAX];
	char liid[160], hex[2 * CHECK_LIID_MAX + 1], *at;
	size_t n;

	if ((size_t)snprintf(liid, sizeof(liid), "%s", text) >= sizeof(liid))
		return ops_bad(in, text, "a warrant is its UUID, its row number, or LIID[@LEA]");
	at = strrchr(liid, '@');
	if (at != NULL && check_name(at + 1) == NULL)
		*at++ = '\0';
	else
		at = NULL;
	if (check_liid(liid, octets, &n) != NULL)
		return ops_bad(in, text, "a warrant is its UUID, its row number, or LIID[@LEA]");
	json_object_set_new(in->out, "by_liid", json_string(check_hex_text(octets, n, hex)));
	if (at != NULL)
		json_object_set_new(in->out, "by_lea", json_string(at));
	return ops_put_text(in, text, NULL);
}

static int
ops_put_warrant(struct ops_in *in, const char *text)
{
	uint8_t uuid[16];

	if (text[0] != '\0' && strlen(text) <= 9 && strspn(text, "0123456789") == strlen(text)) {
		json_object_set_new(in->out, "row", json_integer(strtoll(text, NULL, 10)));
		return ops_put_text(in, text, NULL);
	}
	if (check_uuid(text, uuid) != NULL)
		return ops_put_warrant_liid(in, text);
	json_object_set_new(in->out, "uuid", json_string(text));
	return ops_put_text(in, text, NULL);
}

static int
ops_put_liid(struct ops_in *in, const char *text)
{
	uint8_t octets[CHECK_LIID_MAX];
	char hex[2 * CHECK_LIID_MAX + 1];
	size_t n;
	const char *why = check_liid(text, octets, &n);

	if (why == NULL)
		json_object_set_new(
		    in->out, "liid_hex", json_string(check_hex_text(octets, n, hex)));
	return ops_put_text(in, text, why);
}

static int
ops_put_time(struct ops_in *in, const char *text)
{
	char name[64];
	int64_t ns;
	const char *why = check_time(text, &ns);

	if (why == NULL) {
		snprintf(name, sizeof(name), "%s_ns", in->arg->name);
		json_object_set_new(in->out, name, json_integer(ns));
	}
	return ops_put_text(in, text, why);
}

static int
ops_put_object(struct ops_in *in, json_t *v)
{
	json_error_t e;
	json_t *j = json_is_string(v) ? json_loads(json_string_value(v), JSON_REJECT_DUPLICATES, &e)
				      : json_incref(v);

	if (!json_is_object(j)) {
		json_decref(j);
		return ops_bad(
		    in, json_is_string(v) ? json_string_value(v) : "", "a JSON object is expected");
	}
	json_object_set_new(in->out, in->arg->name, j);
	return 0;
}

/* What is known of a file: nothing of its content. */
static int
ops_put_digest(struct ops_in *in, json_t *v)
{
	uint8_t hash[32];
	const char *name, *sha256;
	json_int_t octets;

	if (json_unpack(
		v, "{s:s, s:I, s:s!}", "name", &name, "octets", &octets, "sha256", &sha256) < 0 ||
	    octets < 0 || name[0] == '\0' || strlen(name) > 255 || strchr(name, '/') != NULL ||
	    strlen(sha256) != 64 || check_unhex(sha256, 64, hash) < 0)
		return ops_bad(in, "", "name, octets and SHA-256 of a file are expected");
	json_object_set(in->out, in->arg->name, v);
	return 0;
}

/* The nil UUID stands for "no XID" in keepalives (TS 103 221-2 clause 6.2.4). */
static const char *
ops_check_xid(const char *text, uint8_t xid[16])
{
	static const uint8_t nil[16];
	const char *why = check_uuid(text, xid);

	return why == NULL && memcmp(xid, nil, sizeof(nil)) == 0 ? "the nil UUID is no XID" : why;
}

static const char *
ops_check_item(enum op_type t, const char *text)
{
	uint8_t octets[CHECK_PIN_LEN];
	struct taskset_rule rule;
	char show[RULE_TEXT_MAX];

	switch ((int)t) {
	case OP_ADDRESSES:
		return check_address(text);
	case OP_PINS:
		return check_pin(text, octets);
	case OP_XIDS:
		return ops_check_xid(text, octets);
	case OP_SERVICES:
		return rule_service(text) != 0 ? NULL
					       : "a service is voice, video, messaging, data, l2, "
						 "ptt, lals, rcs or email";
	case OP_COUNTRIES:
		return check_country(text);
	case OP_RULES:
		return rule_parse(TASKSET_RULE_EXCLUDE, text, &rule, show);
	case OP_TARGETS:
		return rule_parse(TASKSET_RULE_TARGET, text, &rule, show);
	default:
		return check_name(text);
	}
}

/* The word that stands for "not narrowed": an empty list. */
static const char *
ops_list_none(enum op_type t)
{
	switch ((int)t) {
	case OP_SERVICES:
		return "all";
	case OP_COUNTRIES:
		return "any";
	case OP_RULES:
	case OP_TARGETS:
		return "none";
	default:
		return NULL;
	}
}

/* Text with commas becomes an array of its parts; an array stays. */
static json_t *
ops_split(json_t *v)
{
	const char *p = json_string_value(v);
	json_t *list;

	if (p == NULL)
		return json_is_array(v) ? json_incref(v) : json_array();
	list = json_array();
	while (*p != '\0') {
		size_t n = strcspn(p, ",");

		json_array_append_new(list, json_stringn(p, n));
		p += n + (p[n] == ',');
	}
	return list;
}

/* A rule may hold a target identity: it is named by its place. */
static int
ops_bad_item(struct ops_in *in, size_t i, const char *text, const char *why)
{
	if (in->arg->type != OP_RULES && in->arg->type != OP_TARGETS)
		return ops_bad(in, text, why);
	return fault_set(in->f, FAULT_USAGE, in->arg->name, "", in->arg->help, "%s: rule %zu: %s",
	    in->arg->name, i + 1, why);
}

static int
ops_put_list(struct ops_in *in, json_t *v)
{
	json_t *list = ops_split(v), *item;
	const char *none = ops_list_none(in->arg->type),
		   *only = json_string_value(json_array_get(list, 0));
	size_t i;
	int r = 0;

	if (none != NULL && json_array_size(list) == 1 && only != NULL && strcmp(only, none) == 0)
		json_array_clear(list);
	else if ((json_array_size(list) == 0 && !(in->arg->flags & OP_EMPTY) &&
		     (none == NULL || !json_is_array(v))) ||
		 json_array_size(list) > OPS_LIST_MAX)
		r = ops_bad(in, json_is_string(v) ? json_string_value(v) : "",
		    "a list of 1 to 1024 members is expected");
	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);
		const char *why =
		    text == NULL ? "text is expected" : ops_check_item(in->arg->type, text);

		if (r == 0 && why != NULL)
			r = ops_bad_item(in, i, text == NULL ? "" : text, why);
	}
	if (r == 0)
		json_object_set(in->out, in->arg->name, list);
	json_decref(list);
	return r;
}

/* Never part of a message. */
static int
ops_put_secret(struct ops_in *in, const char *text)
{
	if (text[0] == '\0' || strlen(text) > OPS_SECRET_MAX)
		return fault_set(in->f, FAULT_USAGE, in->arg->name, "", in->arg->help,
		    "%s: 1 to 256 octets are expected", in->arg->name);
	json_object_set_new(in->out, in->arg->name, json_string(text));
	return 0;
}

/* What somebody looked for is no part of a message either. */
static int
ops_put_query(struct ops_in *in, const char *text)
{
	size_t n = 0;
	bool control = false;

	for (const char *p = text; *p != '\0'; p++) {
		n += ((unsigned char)*p & 0xc0) != 0x80;
		control |= (unsigned char)*p < 0x20 || *p == 0x7f;
	}
	if (control || n > OPS_QUERY_MAX)
		return fault_set(in->f, FAULT_USAGE, in->arg->name, "", in->arg->help,
		    "%s: at most %d characters without line breaks and other control characters",
		    in->arg->name, OPS_QUERY_MAX);
	json_object_set_new(in->out, in->arg->name, json_string(text));
	return 0;
}

static int
ops_put_string(struct ops_in *in, const char *text)
{
	uint8_t octets[16];

	switch ((int)in->arg->type) {
	case OP_NAME:
		return ops_put_text(in, text, check_name(text));
	case OP_UUID:
		return ops_put_text(in, text, check_uuid(text, octets));
	case OP_WARRANT:
		return ops_put_warrant(in, text);
	case OP_LIID:
		return ops_put_liid(in, text);
	case OP_COUNTRY:
		return ops_put_text(in, text, check_country(text));
	case OP_OPERATOR:
		return ops_put_text(in, text, check_operator(text));
	case OP_SAN:
		return ops_put_text(in, text, check_san(text));
	case OP_TIME:
		return ops_put_time(in, text);
	case OP_CHOICE:
		return ops_put_choice(in, text);
	case OP_DATA:
		return ops_put_text(in, text, NULL);
	case OP_SECRET:
		return ops_put_secret(in, text);
	case OP_QUERY:
		return ops_put_query(in, text);
	default:
		return ops_put_text(in, text,
		    in->arg->flags & OP_WIDE ? check_text_up_to(text, 4096) : check_text(text));
	}
}

static int
ops_put(struct ops_in *in, json_t *v)
{
	char number[24];

	switch ((int)in->arg->type) {
	case OP_BOOL:
		return ops_put_bool(in, v);
	case OP_UINT:
		return ops_put_uint(in, v);
	case OP_DIGEST:
		return ops_put_digest(in, v);
	case OP_OBJECT:
	case OP_FILE:
		return ops_put_object(in, v);
	case OP_ITEMS:
		if (!json_is_array(v))
			return ops_bad(in, "", "a JSON array is expected");
		json_object_set(in->out, in->arg->name, v);
		return 0;
	}
	if (op_type_is_list(in->arg->type))
		return ops_put_list(in, v);
	if (json_is_integer(v) && (in->arg->type == OP_WARRANT || in->arg->type == OP_TEXT)) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
		return ops_put_string(in, number);
	}
	if (!json_is_string(v) || strlen(json_string_value(v)) != json_string_length(v))
		return ops_bad(in, "", "text is expected");
	return ops_put_string(in, json_string_value(v));
}

json_t *
ops_check_args(const struct op *op, json_t *item, struct fault *f)
{
	struct ops_in in = {.out = json_object(), .f = f};
	const char *key;
	json_t *v;
	int r = 0;

	json_object_foreach(item, key, v)
	{
		in.arg = op_arg_find(op, key, strlen(key));
		if (in.arg == NULL)
			r = fault_set(f, FAULT_USAGE, key, "", "mdfctl help lists the arguments",
			    "%s has no argument '%.64s'", op->name, key);
		else if (!json_is_null(v))
			r = ops_put(&in, v);
		else if (op_arg_clears(op, in.arg))
			json_object_set(in.out, in.arg->name, v);
		if (r < 0)
			break;
	}
	for (const struct op_arg *a = op->args; r == 0 && a->name != NULL; a++)
		if ((a->flags & OP_REQUIRED) && json_object_get(in.out, a->name) == NULL)
			r = fault_set(f, FAULT_USAGE, a->name, "", a->help,
			    "%s needs the argument '%s'", op->name, a->name);
	if (r == 0)
		return in.out;
	json_decref(in.out);
	return NULL;
}
