/* SPDX-License-Identifier: Apache-2.0 */
/* Regimes; see regime.h. */
#include "admin/regime.h"

#include "admin/op_life.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGIME_NS_PER_HOUR (INT64_C(3600) * CLOCK_NS_PER_S)

/* Members, what they may be, and those of the built-in regime. */
static const struct {
	const char *name;
	char type; /* w: words of a record, l: list of text, t: text, b: boolean, n: number, o:
		      object */
	const char *words;
	const char *text;
	int64_t number;
} regime_members[] = {
    {"required", 'w', NULL, NULL, 0},
    {"legal_types", 'l', NULL, NULL, 0},
    {"iri_outage", 't', "retain|drop", "retain", 0},
    {"cc_outage", 't', "drop|buffer:", "buffer:3600", 0},
    {"retention", 't', NULL, "standard", 0},
    {"retention_days", 'n', NULL, NULL, 1826},
    {"affirmative", 'b', NULL, NULL, 0},
    {"provisional_hours", 'n', NULL, NULL, 0},
    {"review_percent", 'n', NULL, NULL, 0},
    {"review_days", 'n', NULL, NULL, 0},
    {"clock_max_ms", 'n', NULL, NULL, 0},
    {"sla_minutes", 'n', NULL, NULL, 0},
    {"sla_urgent_minutes", 'n', NULL, NULL, 0},
    {"certainty", 'o', NULL, NULL, 0},
};
#define REGIME_MEMBER_N (sizeof(regime_members) / sizeof(regime_members[0]))

/* What a regime may require of the record. */
static const char *const regime_fields[] = {"reference", "authority", "jurisdiction", "signer_name",
    "signer_title", "officer", "legal_basis", "legal_type", "case_type", "zone", "served",
    "received", "received_via", "review", "reviewer", "iri_outage", "cc_outage", "retention",
    "responsible", "auth_cc", "delivery_cc"};

/* The largest number of a member: a time is at most a century, so that it is always a time in ns.
 */
static int64_t
regime_most(const char *name)
{
	const char *unit = strrchr(name, '_');

	return strcmp(unit, "_days") == 0 ? 36500 : strcmp(unit, "_hours") == 0 ? 876000 : 10000000;
}

static bool
regime_is_field(const char *text)
{
	for (size_t i = 0; text != NULL && i < sizeof(regime_fields) / sizeof(regime_fields[0]);
	     i++)
		if (strcmp(regime_fields[i], text) == 0)
			return true;
	return false;
}

/* TEXT is one of WORDS ("a|b:"; one that ends in ':' is followed by a number). */
static bool
regime_is_word(const char *words, const char *text)
{
	for (const char *p = words; *p != '\0'; p += strcspn(p, "|"), p += *p == '|') {
		size_t n = strcspn(p, "|");

		if (p[n - 1] != ':' && strlen(text) == n && strncmp(text, p, n) == 0)
			return true;
		if (p[n - 1] == ':' && strncmp(text, p, n) == 0 && text[n] >= '1' &&
		    text[n] <= '9' && strlen(text + n) <= 9 &&
		    strspn(text + n, "0123456789") == strlen(text + n))
			return true;
	}
	return false;
}

static bool
regime_list_fits(json_t *v, bool fields)
{
	json_t *item;
	size_t i;

	if (!json_is_array(v) || json_array_size(v) > 64)
		return false;
	json_array_foreach(
	    v, i, item) if (!json_is_string(item) || check_text(json_string_value(item)) != NULL ||
			    (fields && !regime_is_field(json_string_value(item)))) return false;
	return true;
}

static bool
regime_fits(size_t i, json_t *v)
{
	const char *text = json_string_value(v);

	switch (regime_members[i].type) {
	case 'w':
	case 'l':
		return regime_list_fits(v, regime_members[i].type == 'w');
	case 't':
		return text != NULL && check_text(text) == NULL &&
		       (regime_members[i].words == NULL ||
			   regime_is_word(regime_members[i].words, text));
	case 'b':
		return json_is_boolean(v);
	case 'n':
		return json_is_integer(v) && json_integer_value(v) >= 0 &&
		       json_integer_value(v) <= regime_most(regime_members[i].name);
	default:
		return json_is_object(v);
	}
}

const char *
regime_outage_wrong(const char *cc, const char *iri)
{
	if (cc != NULL && !regime_is_word("drop|buffer:", cc))
		return "cc_outage is drop or buffer:SECONDS";
	if (iri != NULL && !regime_is_word("retain|drop", iri))
		return "iri_outage is retain or drop";
	return NULL;
}

const char *
regime_wrong(json_t *j, char *buf, size_t len)
{
	const char *key, *name = json_string_value(json_object_get(j, "name")),
			 *version = json_string_value(json_object_get(j, "version"));
	json_t *v;

	if (name == NULL || check_name(name) != NULL)
		return "member 'name': a name is expected";
	if (version == NULL || check_text(version) != NULL)
		return "member 'version': text is expected";
	json_object_foreach(j, key, v)
	{
		size_t i = 0;

		if (strcmp(key, "name") == 0 || strcmp(key, "version") == 0 ||
		    strcmp(key, "about") == 0 || strcmp(key, "$schema") == 0)
			continue;
		while (i < REGIME_MEMBER_N && strcmp(regime_members[i].name, key) != 0)
			i++;
		if (i < REGIME_MEMBER_N && regime_fits(i, v))
			continue;
		snprintf(buf, len, "member '%.32s': %s", key,
		    i < REGIME_MEMBER_N ? "a value of another kind is expected"
					: "a regime has no such member");
		return buf;
	}
	return NULL;
}

static json_t *
regime_default(size_t i)
{
	switch (regime_members[i].type) {
	case 'w':
	case 'l':
		return json_array();
	case 't':
		return json_string(regime_members[i].text);
	case 'b':
		return json_boolean(regime_members[i].number != 0);
	case 'n':
		return json_integer(regime_members[i].number);
	default:
		return json_object();
	}
}

json_t *
regime_get(struct op_call *c, const char *name)
{
	json_t *key = json_pack("{s:s}", "regime", name),
	       *row = store_row(c->store, STMT_REGIME_GET, key), *r = NULL;

	json_decref(key);
	if (row != NULL)
		r = json_incref(json_object_get(row, "text"));
	else if (strcmp(name, REGIME_BUILTIN) == 0)
		r = json_pack("{s:s, s:s}", "name", REGIME_BUILTIN, "version", "built in");
	if (row != NULL)
		json_object_set(r, "sha256", json_object_get(row, "sha256"));
	for (size_t i = 0; r != NULL && i < REGIME_MEMBER_N; i++)
		if (json_object_get(r, regime_members[i].name) == NULL)
			json_object_set_new(r, regime_members[i].name, regime_default(i));
	json_decref(row);
	return r;
}

json_t *
regime_of(struct op_call *c, int64_t id)
{
	json_t *key = json_pack("{s:I}", "id", (json_int_t)id),
	       *row = store_row(c->store, STMT_REGIME_OF, key), *r;
	const char *name = json_string_value(json_object_get(row, "regime"));

	r = regime_get(c, name == NULL ? REGIME_BUILTIN : name);
	if (r == NULL)
		fault_set(&c->fault, FAULT_NOT_FOUND, "regime", c->object,
		    "mdfctl regime import @NAME", "there is no regime '%s'", name);
	json_decref(row);
	json_decref(key);
	return r;
}

bool
regime_flag(json_t *regime, const char *key)
{
	return json_is_true(json_object_get(regime, key));
}

int64_t
regime_number(json_t *regime, const char *key)
{
	return json_integer_value(json_object_get(regime, key));
}

json_t *
regime_missing(json_t *regime, json_t *w)
{
	json_t *list = json_array(), *field;
	size_t i;

	json_array_foreach(json_object_get(regime, "required"), i,
	    field) if (!json_is_string(json_object_get(w, json_string_value(field))))
	    json_array_append(list, field);
	return list;
}

static int64_t
regime_ns(json_t *w, const char *key)
{
	const char *text = json_string_value(json_object_get(w, key));
	int64_t ns = 0;

	if (text != NULL)
		clock_parse(text, &ns);
	return ns;
}

const char *
regime_refuses(json_t *regime, json_t *w)
{
	json_t *types = json_object_get(regime, "legal_types"),
	       *type = json_object_get(w, "legal_type"), *t;
	int64_t provisional = regime_ns(w, "provisional_until"), hours;
	size_t i;
	bool known = json_array_size(types) == 0 || !json_is_string(type);

	json_array_foreach(types, i, t) known = known || json_equal(t, type);
	if (!known)
		return "legal_type is none that its regime knows";
	if (provisional == 0)
		return NULL;
	if ((hours = regime_number(regime, "provisional_hours")) == 0)
		return "its regime does not allow provisional orders";
	if (provisional - regime_ns(w, "from_written") > hours * REGIME_NS_PER_HOUR)
		return "it is provisional for longer than its regime allows";
	return NULL;
}

/* ---- operations */

int
op_regime_list(struct op_call *c)
{
	json_t *row;
	size_t i;
	bool own = false;

	c->result = store_rows(c->store, STMT_REGIME_LIST, NULL);
	json_array_foreach(c->result, i, row) own =
	    own || strcmp(json_string_value(json_object_get(row, "name")), REGIME_BUILTIN) == 0;
	if (!own)
		json_array_insert_new(c->result, 0,
		    json_pack("{s:s, s:s, s:s}", "name", REGIME_BUILTIN, "version", "built in",
			"origin", "program"));
	return 0;
}

int
op_regime_show(struct op_call *c)
{
	c->result = regime_get(c, op_text(c, "regime"));
	return c->result != NULL
		   ? 0
		   : fault_set(&c->fault, FAULT_NOT_FOUND, "regime", op_text(c, "regime"),
			 "mdfctl regime list shows them", "there is no such regime");
}

int
op_regime_import(struct op_call *c)
{
	json_t *file = json_object_get(c->args, "file");
	char buf[96], hex[2 * SHA256_DIGEST_LENGTH + 1], origin[96];
	uint8_t md[SHA256_DIGEST_LENGTH];
	const char *wrong = regime_wrong(file, buf, sizeof(buf)), *name;
	char *text;
	int r;

	if (wrong != NULL)
		return fault_set(&c->fault, FAULT_USAGE, "file", "",
		    "packaging/regimes/ has examples", "%s", wrong);
	name = json_string_value(json_object_get(file, "name"));
	op_object(c, "regime %s", name);
	c->before = regime_get(c, name);
	text = json_dumps(file, JSON_COMPACT | JSON_SORT_KEYS);
	SHA256((const uint8_t *)text, strlen(text), md);
	snprintf(origin, sizeof(origin), "%s %s", c->actor.name, c->actor.interface);
	json_object_set(c->args, "name", json_object_get(file, "name"));
	json_object_set(c->args, "version", json_object_get(file, "version"));
	json_object_set_new(c->args, "text", json_string(text));
	json_object_set_new(c->args, "sha256", json_string(check_hex_text(md, sizeof(md), hex)));
	json_object_set_new(c->args, "origin", json_string(origin));
	free(text);
	if ((r = store_run(c->store, STMT_REGIME_ADD, c->args, &c->fault)) < 0)
		return r;
	c->after = regime_get(c, name);
	c->result = json_incref(c->after);
	return 0;
}
