/* SPDX-License-Identifier: Apache-2.0 */
/* Key lists: what counts, the next one, and one that comes signed from outside.  A list vouches for
 * itself (mf/trust/keylist.h), so importing one needs no role; the data plane checks the chain
 * again for itself. */
#include "admin/op_key.h"

#include "admin/approval.h"
#include "admin/keyring.h"
#include "db/store.h"
#include "trust/canon.h"
#include "trust/keylist.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The newest list as JSON; new, or NULL and the fault. */
static json_t *
op_key_now(struct op_call *c)
{
	struct keylist *k = approval_keys(c);

	return k == NULL ? NULL : json_loads(keylist_text(k), 0, NULL);
}

int
op_key_list(struct op_call *c)
{
	json_t *doc = op_key_now(c), *entry;
	size_t i;

	op_object(c, "keys");
	if (doc == NULL)
		return -EPERM;
	c->result = json_deep_copy(json_object_get(doc, "keys"));
	json_array_foreach(c->result, i, entry)
	{
		json_object_set(entry, "list", json_object_get(doc, "version"));
		json_object_del(entry, "spki");
	}
	json_decref(doc);
	return 0;
}

int
op_key_show(struct op_call *c)
{
	struct keylist *k = approval_keys(c);
	json_t *entry = k == NULL ? NULL : keylist_find(k, op_text(c, "key"));

	op_object(c, "key %.64s", op_text(c, "key"));
	if (k == NULL)
		return -EPERM;
	if (entry == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "key", c->object,
		    "mdfctl key list shows them", "there is no such key in the key list");
	c->result = json_deep_copy(entry);
	json_object_set_new(c->result, "list", json_integer(keylist_version(k)));
	return 0;
}

int
op_key_chain(struct op_call *c)
{
	json_t *rows = store_rows(c->store, STMT_KEYS_CHAIN, NULL), *row;
	size_t i;

	op_object(c, "keys");
	c->result = json_array();
	json_array_foreach(rows, i, row)
	    json_array_append(c->result, json_object_get(row, "envelope"));
	json_decref(rows);
	return 0;
}

/* ---- a list that is there */

/* What stands in its place, if anything, did not verify: else it would be the newest one. */
static int
op_key_store(struct op_call *c, unsigned version, json_t *envelope)
{
	char *text = json_dumps(envelope, JSON_COMPACT | JSON_SORT_KEYS);
	json_t *doc, *a = json_pack("{s:i, s:s, s:O}", "version", (int)version, "envelope", text,
			 "now_ns", json_object_get(c->args, "now_ns"));
	int r = store_run(c->store, STMT_KEY_LIST_CUT, a, &c->fault);

	if (r == 0)
		r = store_run(c->store, STMT_KEY_LIST_ADD, a, &c->fault);
	doc = json_loads(json_string_value(json_object_get(envelope, "doc")), 0, NULL);
	if (r == 0)
		r = op_key_requests_trim(c->store, doc, &c->fault);
	json_decref(doc);
	json_decref(a);
	free(text);
	return r;
}

int
op_key_import(struct op_call *c)
{
	json_t *envelope = json_object_get(c->args, "file"), *doc;
	const char *text = json_string_value(json_object_get(envelope, "doc")), *why = "";
	struct keylist *k = keyring_now(c->x);
	unsigned version = k == NULL ? 1 : keylist_version(k) + 1;
	int r;

	op_object(c, "key list %u", version);
	if (c->x->root == NULL)
		return fault_set(&c->fault, FAULT_REFUSED, "key", c->object,
		    "set trust.root in mdfd.conf", "there is no root key to check it against");
	doc = k == NULL ? NULL : json_loads(keylist_text(k), 0, NULL);
	c->before = doc;
	if (keylist_next(k, c->x->root, envelope, &why) < 0)
		return fault_set(&c->fault, FAULT_SIGNATURE, "file", c->object,
		    "import the lists in their order, as they were signed", "%s", why);
	if ((r = op_key_store(c, version, envelope)) < 0)
		return r;
	c->after = json_loads(text, 0, NULL);
	c->result = json_pack("{s:i, s:i}", "list", (int)version, "keys",
	    (int)json_array_size(json_object_get(c->after, "keys")));
	c->detail = json_incref(c->result);
	return 0;
}

/* ---- the next one */

static json_t *
op_key_entry(json_t *keys, const char *id)
{
	json_t *e;
	size_t i;

	json_array_foreach(
	    keys, i, e) if (strcmp(json_string_value(json_object_get(e, "id")), id) == 0) return e;
	return NULL;
}

/* The keys that argument ARG names are STATE from now on. */
static int
op_key_change(struct op_call *c, json_t *keys, const char *arg, const char *state)
{
	json_t *id, *entry;
	char when[24] = "";
	size_t i;

	if (strcmp(state, "retired") == 0)
		snprintf(when, sizeof(when), "%lld", (long long)c->submitted_ns);
	json_array_foreach(json_object_get(c->args, arg), i, id)
	{
		entry = op_key_entry(keys, json_string_value(id));
		if (entry == NULL)
			return fault_set(&c->fault, FAULT_NOT_FOUND, arg, json_string_value(id),
			    "mdfctl key list shows them", "there is no such key in the key list");
		json_object_set_new(entry, "state", json_string(state));
		json_object_set_new(entry, "retired_ns", json_string(when));
	}
	return 0;
}

/* The object of "add": {"person", "rights", "spki"}, as mdfctl key public makes it. */
static int
op_key_add(struct op_call *c, json_t *keys)
{
	json_t *add = json_object_get(c->args, "add"), *entry;
	const char *spki = json_string_value(json_object_get(add, "spki"));
	uint8_t octets[256];
	char id[SIGN_ID_TEXT];
	EVP_PKEY *key = NULL;
	size_t n = spki == NULL ? 0 : strlen(spki), pad = 0;

	if (add == NULL)
		return 0;
	while (pad < 2 && pad < n && spki[n - 1 - pad] == '=')
		pad++;
	if (n > 0 && n <= 300 && EVP_DecodeBlock(octets, (const uint8_t *)spki, (int)n) > 0)
		key = sign_spki_load(octets, n / 4 * 3 - pad);
	if (key == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "add", "",
		    "mdfctl key public makes the file", "there is no public key in it");
	sign_id(key, id);
	EVP_PKEY_free(key);
	if (op_key_entry(keys, id) != NULL)
		return fault_set(
		    &c->fault, FAULT_CONFLICT, "add", id, "", "it is in the key list already");
	entry = json_pack("{s:s, s:s, s:O?, s:O?, s:s, s:s}", "id", id, "retired_ns", "", "person",
	    json_object_get(add, "person"), "rights", json_object_get(add, "rights"), "spki", spki,
	    "state", "active");
	return entry != NULL ? json_array_append_new(keys, entry) : -EINVAL;
}

/* The key list after what the arguments ask for; new, or NULL and the fault. */
static json_t *
op_key_next(struct op_call *c)
{
	struct keylist *k = approval_keys(c);
	json_t *doc = k == NULL ? NULL : json_loads(keylist_text(k), 0, NULL),
	       *keys = json_object_get(doc, "keys");
	const char *why = "";
	char *text;
	int r;

	if (doc == NULL)
		return NULL;
	if (c->submitted_ns == 0)
		c->submitted_ns = op_int(c, "now_ns", 0);
	op_object(c, "key list %u", keylist_version(k) + 1);
	json_object_set_new(doc, "version", json_integer(keylist_version(k) + 1));
	json_object_set_new(doc, "prev", json_string(keylist_hash(k)));
	if ((r = op_key_add(c, keys)) == 0 &&
	    (r = op_key_change(c, keys, "retire", "retired")) == 0)
		r = op_key_change(c, keys, "revoke", "revoked");
	text = r < 0 ? NULL : canon_json(doc, NULL);
	if (r == 0 && (text == NULL || keylist_draft_check(k, text, &why) < 0))
		r = fault_set(&c->fault, FAULT_USAGE, "keys", c->object, "", "%s",
		    text == NULL ? "it has no canonical form" : why);
	free(text);
	if (r == 0)
		return doc;
	json_decref(doc);
	return NULL;
}

/* What is served now and would not be any more. */
static json_t *
op_key_voids(struct op_call *c)
{
	json_t *all = json_array(), *id, *rows;
	size_t i;

	json_array_foreach(json_object_get(c->args, "revoke"), i, id)
	{
		json_t *a = json_pack("{s:O}", "key", id);

		rows = store_rows(c->store, STMT_KEY_SIGNED, a);
		json_array_extend(all, rows);
		json_decref(rows);
		json_decref(a);
	}
	return all;
}

static json_t *
op_key_plan(struct op_call *c, json_t *doc)
{
	json_t *add = json_object_get(c->args, "add");

	return json_pack("{s:O, s:O?, s:O?, s:O?, s:o}", "list", json_object_get(doc, "version"),
	    "adds", json_object_get(add, "person"), "retires", json_object_get(c->args, "retire"),
	    "revokes", json_object_get(c->args, "revoke"), "voids", op_key_voids(c));
}

int
op_key_draft(struct op_call *c)
{
	json_t *doc = op_key_next(c);
	char *text = doc == NULL ? NULL : canon_json(doc, NULL);

	if (doc == NULL)
		return -EINVAL;
	c->result = json_pack("{s:s, s:o}", "doc", text, "plan", op_key_plan(c, doc));
	json_decref(doc);
	free(text);
	return 0;
}

int
op_key_submit(struct op_call *c)
{
	json_t *doc;

	if (c->x->open)
		return fault_set(&c->fault, FAULT_REFUSED, "key", "", "set trust.root in mdfd.conf",
		    "a laboratory with trust.unsigned has no key list");
	if ((doc = op_key_next(c)) == NULL)
		return -EINVAL;
	c->doc = doc;
	c->plan = op_key_plan(c, doc);
	c->before = op_key_now(c);
	c->after = json_incref(doc);
	c->result = json_pack("{s:O}", "list", json_object_get(doc, "version"));
	c->detail = json_incref(c->result);
	return 0;
}

int
op_key_approved(struct op_call *c, const char *doc, const struct keylist_sig *sig)
{
	struct keylist *k = keyring_now(c->x);
	json_t *envelope = json_pack("{s:s, s:[o, o]}", "doc", doc, "sigs",
	    keylist_sig_write(&sig[0]), keylist_sig_write(&sig[1]));
	const char *why = "";
	int r;

	if (keylist_next(k, c->x->root, envelope, &why) < 0)
		r = fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
		    "both persons need a key with the right \"keys\"", "%s", why);
	else
		r = op_key_store(c, k == NULL ? 1 : keylist_version(k) + 1, envelope);
	json_decref(envelope);
	return r;
}
