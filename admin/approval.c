/* SPDX-License-Identifier: Apache-2.0 */
/* The first person: what would hold, his signature, and waiting.  See approval.h; the second person
 * is in op_approval.c. */
#include "admin/approval.h"
#include "admin/keyring.h"
#include "admin/op_vault.h"

#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"
#include "trust/canon.h"
#include "trust/keylist.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- statements */

static json_t *
approval_hash_text(const char *text)
{
	uint8_t md[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];

	SHA256((const uint8_t *)text, strlen(text), md);
	return json_string(check_hex_text(md, sizeof(md), hex));
}

/* SHA-256 of J as sorted JSON (not canonical: it may hold reals of an old profile). */
static json_t *
approval_hash(json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	json_t *hash = approval_hash_text(text == NULL ? "" : text);

	free(text);
	return hash;
}

/* Of an object: without what depends on the time of looking, on the row, and on the door by which
 * the call came (the second person may come by another one). */
static json_t *
approval_object_hash(json_t *object)
{
	static const char *const passing[] = {"id", "created", "origin", "window", "lea_profile",
	    "statement", "active", "destinations"};
	json_t *copy, *hash;

	if (object == NULL)
		return json_string("");
	copy = json_copy(object);
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		json_object_del(copy, passing[i]);
	hash = approval_hash(copy);
	json_decref(copy);
	return hash;
}

/* The arguments of the table, as they are after the operation has filled in its own. */
static json_t *
approval_args(struct op_call *c)
{
	json_t *args = json_object(), *v;

	for (const struct op_arg *a = c->op->args; a->name != NULL; a++)
		if ((v = json_object_get(c->args, a->name)) != NULL && !json_is_null(v))
			json_object_set_new(args, a->name,
			    a->type == OP_BOOL && json_is_integer(v)
				? json_boolean(json_integer_value(v) != 0)
				: json_deep_copy(v));
	return args;
}

/* The same for the statement: rules may hold a target identity. */
static json_t *
approval_args_shown(struct op_call *c)
{
	json_t *args = approval_args(c), *v;

	for (const struct op_arg *a = c->op->args; a->name != NULL; a++)
		if ((a->type == OP_RULES || a->type == OP_TARGETS || a->type == OP_FILE) &&
		    (v = json_object_get(args, a->name)) != NULL)
			json_object_set_new(
			    args, a->name, op_vault_key_hash(c->store, approval_hash(v)));
	return args;
}

static char *
approval_change_doc(struct op_call *c)
{
	char when[24];
	json_t *doc;
	char *text;

	snprintf(when, sizeof(when), "%lld", (long long)c->submitted_ns);
	doc = json_pack("{s:o, s:o, s:o, s:s, s:s, s:s, s:s}", "after",
	    approval_object_hash(c->after), "args", approval_args_shown(c), "before",
	    approval_object_hash(c->before), "op", c->op->name, "object", c->object, "submitted_ns",
	    when, "type", APPROVAL_CHANGE_TYPE);
	text = canon_json(doc, NULL);
	json_decref(doc);
	return text;
}

int
approval_run(struct op_call *c, char **doc)
{
	int r = c->op->fn(c);

	*doc = NULL;
	if (r < 0 || c->alone)
		return r;
	*doc = c->doc != NULL ? canon_json(c->doc, NULL) : approval_change_doc(c);
	return *doc != NULL ? 0
			    : fault_set(&c->fault, FAULT_INTERNAL, c->op->name, c->object, "",
				  "the statement has no canonical form");
}

/* ---- keys */

struct keylist *
approval_keys(struct op_call *c)
{
	struct keylist *k = keyring_now(c->x);

	if (k == NULL)
		fault_set(&c->fault, FAULT_SIGNATURE, "keys", c->object,
		    "mdfctl key import brings the key list",
		    "there is no key list that the root key vouches for");
	return k;
}

int
approval_signature(struct op_call *c, json_t *signature, struct keylist_sig *out)
{
	const char *key = json_string_value(json_object_get(signature, "key")),
		   *sig = json_string_value(json_object_get(signature, "sig"));
	uint8_t octets[SIGN_LEN + 8];
	int n = -1;

	if (key != NULL && strlen(key) == SIGN_ID_TEXT - 1 && sig != NULL && strlen(sig) == 88)
		n = EVP_DecodeBlock(octets, (const uint8_t *)sig, 88);
	if (n != SIGN_LEN + 2)
		return fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
		    "mdfctl signs with --key FILE",
		    "a signature is {\"key\": its id, \"sig\": base64 of 64 octets}");
	snprintf(out->key, sizeof(out->key), "%s", key);
	memcpy(out->sig, octets, SIGN_LEN);
	return 0;
}

/* Did the person who calls sign DOC, with a key that may create? */
static int
approval_check_first(struct op_call *c, const char *doc, struct keylist_sig *sig)
{
	const char *person = NULL, *why = "";
	struct keylist *k;
	int r = approval_signature(c, c->signature, sig);

	if (r < 0)
		return r;
	if ((k = approval_keys(c)) == NULL)
		return -EPERM;
	r = keylist_check_one(k, doc, strlen(doc), KEYLIST_CREATE, sig, &person, &why);
	if (r < 0)
		r = fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
		    "ask for the plan again and sign what it says", "%s", why);
	else if (person == NULL || strcmp(person, c->actor.name) != 0)
		r = fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
		    "sign with your own key", "the key belongs to another person");
	return r;
}

/* ---- rows */

/* SHA-256 of the operation and what was given: how the second call finds the plan of the first. */
static json_t *
approval_given(struct op_call *c)
{
	json_t *both = json_pack("[s, o]", c->op->name, json_copy(c->args)), *hash;

	json_object_del(json_array_get(both, 1), "now_ns"); /* another one at each call */
	hash = op_vault_key_hash(c->store, approval_hash(both));
	json_decref(both);
	return hash;
}

static json_t *
approval_uuid(void)
{
	char text[37];

	return json_string(check_uuid_new(text));
}

/* The row of the object when it is one that statements belong to. */
static void
approval_row(struct op_call *c, json_t *row)
{
	json_t *id = json_object_get(c->before != NULL ? c->before : c->after, "id");

	if (strncmp(c->object, "warrant ", 8) == 0)
		json_object_set(row, "warrant", id);
	else if (c->before != NULL && strncmp(c->object, "destination ", 12) == 0)
		json_object_set(row, "destination", id);
}

static void
approval_set_text(json_t *row, const char *key, json_t *j)
{
	char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT);

	if (text != NULL)
		json_object_set_new(row, key, json_string(text));
	free(text);
}

static const char *
approval_type(struct op_call *c)
{
	const char *type = json_string_value(json_object_get(c->doc, "type"));

	return type == NULL ? APPROVAL_CHANGE_TYPE : type;
}

/* What is not planned by its operation: the object before and after, as the hashes of the statement
 * have it. */
static void
approval_change_plan(struct op_call *c)
{
	if (c->plan == NULL && (c->before != NULL || c->after != NULL))
		c->plan = json_pack("{s:O?, s:O?}", "before", c->before, "after", c->after);
}

/* Remember the plan; what the same person had planned for the same is over. */
static int
approval_plan(struct op_call *c, json_t *given, const char *doc)
{
	int64_t until = c->submitted_ns + APPROVAL_PLAN_NS;
	char when[32], *kept;
	json_t *args = approval_args(c),
	       *row = json_pack("{s:o, s:O, s:s, s:s, s:s, s:s, s:o, s:I, s:s, s:I, s:I}", "uuid",
		   approval_uuid(), "given", given, "op", c->op->name, "object", c->object, "type",
		   approval_type(c), "doc", doc, "sha256", approval_hash_text(doc), "person",
		   (json_int_t)c->actor.person, "creator", c->actor.name, "submitted_ns",
		   (json_int_t)c->submitted_ns, "until_ns", (json_int_t)until);
	int r;

	approval_change_plan(c);
	kept = op_vault_put(c->store, args); /* they may hold an identity */
	json_object_set_new(row, "args", json_string(kept));
	free(kept);
	approval_set_text(row, "plan", c->plan);
	if ((r = store_run(c->store, STMT_APPROVAL_FORGET, row, &c->fault)) == 0 && !c->x->open)
		r = store_run(c->store, STMT_APPROVAL_ADD, row, &c->fault);
	json_decref(c->result);
	c->result = json_pack("{s:O?, s:s, s:O, s:s}", "plan", c->plan, "doc", doc, "sha256",
	    json_object_get(row, "sha256"), "until", clock_format(until, when));
	json_decref(c->detail);
	c->detail =
	    json_pack("{s:s, s:O}", "step", "plan", "statement", json_object_get(row, "sha256"));
	json_decref(args);
	json_decref(row);
	return r;
}

/* ---- the first call: what would hold */

/* C->op in a savepoint.  What it changed is undone; its objects and *DOC stay. */
static int
approval_dry(struct op_call *c, char **doc)
{
	struct fault f = {0};
	int r = store_run(c->store, STMT_APPROVAL_SAVE, NULL, &c->fault);

	*doc = NULL;
	if (r < 0)
		return r;
	r = approval_run(c, doc);
	if ((!c->alone || c->dry) && store_run(c->store, STMT_APPROVAL_UNDO, NULL, &f) < 0 &&
	    r == 0) {
		c->fault = f;
		r = -EIO;
	}
	if (store_run(c->store, STMT_APPROVAL_RELEASE, NULL, &f) < 0 && r == 0) {
		c->fault = f;
		r = -EIO;
	}
	return r;
}

/* Nothing has changed, whatever the operation said. */
static void
approval_held(struct op_call *c)
{
	c->held = true;
	json_decref(c->after);
	c->after = json_incref(c->before);
}

/* One person is enough for it: nothing to sign. */
static int
approval_alone(struct op_call *c)
{
	if (!c->dry)
		return 0;
	approval_held(c);
	json_decref(c->result);
	c->result = json_pack("{s:O?, s:b}", "plan", c->plan, "alone", 1);
	return 0;
}

static int
approval_show(struct op_call *c, json_t *given)
{
	char *doc;
	int r = approval_dry(c, &doc);

	if (r == 0 && c->alone)
		r = approval_alone(c);
	else if (r == 0 && !c->dry)
		r = fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
		    "mdfctl signs with --key FILE; programs ask with plan first",
		    "it needs your signature, and a second person");
	else if (r == 0 && (r = approval_plan(c, given, doc)) == 0)
		approval_held(c);
	free(doc);
	return r;
}

/* ---- the second call: signed, it waits */

/* Take the arguments, time and id of what was planned. */
static int
approval_take_plan(struct op_call *c, json_t *plan)
{
	json_t *args = op_vault_take(c->store, json_object_get(plan, "args")), *shaped;

	shaped = ops_check_args(c->op, args, &c->fault);
	json_decref(args);
	if (shaped == NULL)
		return -EINVAL;
	json_object_set(shaped, "now_ns", json_object_get(c->args, "now_ns"));
	json_object_update_missing(shaped, c->args); /* what the caller may see */
	json_decref(c->args);
	c->args = shaped;
	c->submitted_ns = json_integer_value(json_object_get(plan, "submitted_ns"));
	return 0;
}

static int
approval_wait(struct op_call *c, json_t *plan, const struct keylist_sig *sig)
{
	int64_t until = op_int(c, "now_ns", 0) + APPROVAL_WAIT_NS;
	json_t *id = json_object_get(plan, "uuid"), *sha = json_object_get(plan, "sha256"), *row;
	char hex[2 * SIGN_LEN + 1], when[32];
	int r;

	row = json_pack("{s:O, s:s, s:s, s:I}", "uuid", id, "key1", sig->key, "sig1",
	    check_hex_text(sig->sig, sizeof(sig->sig), hex), "until_ns", (json_int_t)until);
	approval_row(c, row);
	r = store_run(c->store, STMT_APPROVAL_WAIT, row, &c->fault);
	json_decref(row);
	json_decref(c->result);
	c->result = json_pack("{s:O, s:s, s:s, s:s, s:O, s:s}", "approval", id, "state", "waiting",
	    "op", c->op->name, "object", c->object, "sha256", sha, "until",
	    clock_format(until, when));
	json_decref(c->detail);
	c->detail =
	    json_pack("{s:s, s:O, s:O}", "step", "submitted", "approval", id, "statement", sha);
	if (r == 0 && c->on_held != NULL)
		r = c->on_held(c);
	if (r == 0)
		approval_held(c);
	return r;
}

static int
approval_signed(struct op_call *c, json_t *plan)
{
	const char *planned = json_string_value(json_object_get(plan, "doc"));
	struct keylist_sig sig;
	char *doc = NULL;
	int r = approval_take_plan(c, plan);

	if (r == 0)
		r = approval_dry(c, &doc);
	if (r == 0 && (c->alone || strcmp(doc, planned) != 0))
		r = fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
		    "ask for the plan again and sign that", "what was planned has changed since");
	if (r == 0 && (r = approval_check_first(c, planned, &sig)) == 0)
		r = approval_wait(c, plan, &sig);
	free(doc);
	return r;
}

int
approval_hold(struct op_call *c)
{
	json_t *given = approval_given(c), *key, *plan = NULL;
	int r;

	c->submitted_ns = op_int(c, "now_ns", 0);
	key = json_pack("{s:O, s:s, s:I}", "given", given, "creator", c->actor.name, "now_ns",
	    (json_int_t)c->submitted_ns);
	if (c->signature != NULL && !c->dry && !c->x->open)
		plan = store_row(c->store, STMT_APPROVAL_PLANNED, key);
	if (plan != NULL)
		r = approval_signed(c, plan);
	else if (c->signature != NULL && !c->dry)
		r = fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->op->name,
		    "ask for the plan first (plan = yes) and sign what it says",
		    "nothing of this kind was planned by you within half an hour");
	else
		r = approval_show(c, given);
	json_decref(plan);
	json_decref(key);
	json_decref(given);
	return r;
}

int
approval_void(struct op_call *c, int64_t warrant, const char *why)
{
	json_t *a = json_pack("{s:I, s:O, s:s, s:s}", "warrant", (json_int_t)warrant, "now_ns",
	    json_object_get(c->args, "now_ns"), "by", c->actor.name, "reason", why);
	int r = store_run(c->store, STMT_APPROVAL_VOID, a, &c->fault);

	json_decref(a);
	return r;
}
