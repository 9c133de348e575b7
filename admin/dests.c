/* SPDX-License-Identifier: Apache-2.0 */
/* Destination rows as ROLE_MSG_DESTS; see dests.h. */
#include "admin/dests.h"

#include "admin/profile.h"
#include "db/check.h"
#include "db/store.h"
#include "trust/dest_doc.h"

#include <stdio.h>
#include <string.h>

static void
dests_timers(json_t *d, json_t *row)
{
	json_t *keepalive = json_pack("{s:O, s:O, s:O}", "time1_s", json_object_get(row, "time1_s"),
	    "time2_s", json_object_get(row, "time2_s"), "time3_s", json_object_get(row, "time3_s"));
	const char *key;
	json_t *v;

	json_object_foreach(json_object_get(row, "options"), key, v)
	    json_object_set(strncmp(key, "time", 4) == 0 ? keepalive : d, key, v);
	json_object_set_new(d, "keepalive", keepalive);
}

static json_t *
dests_filler(json_t *row, json_t *operator_id)
{
	json_t *country = json_object_get(row, "country"), *f = json_object();

	json_object_set_new(f, "liid", json_string("-"));
	json_object_set(f, "operator", operator_id);
	if (json_is_string(country)) {
		json_object_set(f, "auth_cc", country);
		json_object_set(f, "delivery_cc", country);
	}
	if (json_is_object(json_object_get(row, "profile")))
		json_object_set_new(f, "ps_version",
		    json_integer(profile_number(json_object_get(row, "profile"), "ps_version")));
	else
		json_object_set(f, "ps_version", json_object_get(row, "ps_version"));
	return f;
}

static json_t *
dests_sig(json_t *row, const char *key_name, const char *sig_name)
{
	const char *key = json_string_value(json_object_get(row, key_name)),
		   *hex = json_string_value(json_object_get(row, sig_name));
	struct keylist_sig s;

	if (key == NULL || strlen(key) >= sizeof(s.key) || hex == NULL ||
	    strlen(hex) != 2 * sizeof(s.sig) || check_unhex(hex, 2 * sizeof(s.sig), s.sig) < 0)
		return json_null();
	snprintf(s.key, sizeof(s.key), "%s", key);
	return keylist_sig_write(&s);
}

/* What two persons signed of it, if they did. */
static void
dests_statement(json_t *d, json_t *row)
{
	json_t *doc = json_object_get(row, "doc");

	if (json_is_string(doc))
		json_object_set_new(d, "statement",
		    json_pack("{s:O, s:[o, o]}", "doc", doc, "sigs", dests_sig(row, "key1", "sig1"),
			dests_sig(row, "key2", "sig2")));
}

static json_t *
dests_one(json_t *row, json_t *operator_id)
{
	static const char *const same[] = {
	    "id", "did", "name", "enabled", "addresses", "transport", "tls12", "pins", "level"};
	const char *kind = json_string_value(json_object_get(row, "kind"));
	json_t *d = json_object(), *server = json_object_get(row, "server_name");

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		json_object_set(d, same[i], json_object_get(row, same[i]));
	json_object_set_new(d, "hi2", json_boolean(strcmp(kind, "hi3") != 0));
	json_object_set_new(d, "hi3", json_boolean(strcmp(kind, "hi2") != 0));
	if (json_is_string(server))
		json_object_set(d, "server_name", server);
	dests_timers(d, row);
	dests_statement(d, row);
	json_object_set_new(d, "filler", dests_filler(row, operator_id));
	return d;
}

json_t *
dests_build(struct store *s, uint32_t lea)
{
	json_t *a = json_pack("{s:I, s:s}", "lea_id", (json_int_t)lea, "name", "operator_id");
	json_t *rows = store_rows(s, STMT_DEST_OF_LEA, a),
	       *setting = store_row(s, STMT_SETTING_GET, a), *list = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	    json_array_append_new(list, dests_one(row, json_object_get(setting, "value")));
	json_decref(a);
	json_decref(rows);
	json_decref(setting);
	return list;
}

json_t *
dests_message(struct store *s, uint32_t lea)
{
	json_t *row = store_row(s, STMT_KEY_LIST_TEXT, NULL),
	       *m = json_pack("{s:o, s:o?}", "destinations", dests_build(s, lea), "keys",
		   json_incref(json_object_get(row, "chain")));

	json_decref(row);
	return m;
}

json_t *
dests_doc(json_t *shown, int64_t submitted_ns)
{
	const char *lea = json_string_value(json_object_get(shown, "lea"));
	json_t *d = dests_one(shown, NULL), *order, *doc;
	char when[24];

	snprintf(when, sizeof(when), "%lld", (long long)submitted_ns);
	order = json_pack("{s:s}", "submitted_ns", when);
	doc = dest_doc_statement(d, lea, order);
	json_decref(d);
	json_decref(order);
	return doc;
}
