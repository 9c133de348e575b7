/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that persons made elsewhere, in a browser for instance, and ask to have in the key list.
 * Whoever asks shows that the key is theirs by a signature; who they are, the log-in says.  What is
 * asked for counts for nothing: a security officer compares the id with the person and hands the
 * entry to key.submit, for two persons. */
#include "admin/op_key.h"

#include "admin/keyring.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/store.h"
#include "trust/canon.h"
#include "trust/keylist.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The key in SPKI, base64 of exactly one form; new or NULL. */
static EVP_PKEY *
request_key(const char *spki)
{
	uint8_t octets[256], own[SIGN_SPKI_MAX];
	char back[2 * SIGN_SPKI_MAX];
	size_t n = strlen(spki), pad = 0, len;
	EVP_PKEY *key;

	while (pad < 2 && pad < n && spki[n - 1 - pad] == '=')
		pad++;
	if (n == 0 || n % 4 != 0 || n > 300 ||
	    EVP_DecodeBlock(octets, (const uint8_t *)spki, (int)n) < 0 ||
	    (key = sign_spki_load(octets, n / 4 * 3 - pad)) == NULL)
		return NULL;
	len = sign_spki(key, own);
	EVP_EncodeBlock((uint8_t *)back, own, (int)len);
	if (len > 0 && strcmp(back, spki) == 0)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

/* The rights of the arguments in the order of a key list; new, or NULL and the fault. */
static json_t *
request_rights(struct op_call *c)
{
	static const char *const words[] = {"approve", "create", "keys"};
	json_t *asked = json_object_get(c->args, "rights"), *out = json_array(), *one;
	size_t i, k, n;

	json_array_foreach(asked, i, one)
	{
		for (k = 0; k < 3 && strcmp(json_string_value(one), words[k]) != 0; k++)
			;
		if (k == 3) {
			fault_set(&c->fault, FAULT_USAGE, "rights", json_string_value(one), "",
			    "a right is create, approve or keys");
			json_decref(out);
			return NULL;
		}
	}
	for (k = 0; k < 3; k++) {
		n = 0;
		json_array_foreach(asked, i, one) n +=
		    strcmp(json_string_value(one), words[k]) == 0;
		if (n > 0)
			json_array_append_new(out, json_string(words[k]));
	}
	return out;
}

/* Is "text" what has to be signed, and "signature" that of KEY over it? */
static int
request_proof(struct op_call *c, EVP_PKEY *key, const char *id, json_t *rights)
{
	json_t *doc = json_pack("{s:s, s:O, s:s, s:s}", "person", c->actor.name, "rights", rights,
	    "spki", op_text(c, "spki"), "type", OP_KEY_REQUEST_TYPE);
	char *text = canon_json(doc, NULL);
	struct keylist_sig sig;
	int r = 0;

	if (text == NULL || strcmp(text, op_text(c, "text")) != 0)
		r = fault_set(&c->fault, FAULT_SIGNATURE, "text", c->object,
		    "sign the canonical text with your own handle, the rights in order, the key "
		    "and "
		    "the type",
		    "the text is not that of this request");
	else if (keylist_sig_read(json_object_get(c->args, "signature"), &sig) < 0 ||
		 strcmp(sig.key, id) != 0 || sign_check(key, text, strlen(text), sig.sig) < 0)
		r = fault_set(&c->fault, FAULT_SIGNATURE, "signature", c->object,
		    "sign the text with the key that is asked for",
		    "it is no right signature of the text by that key");
	free(text);
	json_decref(doc);
	return r;
}

/* Is there room for one more, and is it new? */
static int
request_room(struct op_call *c, const char *id)
{
	struct keylist *k = keyring_now(c->x);
	json_t *own = json_pack("{s:I}", "person_id", (json_int_t)c->actor.person),
	       *one = json_pack("{s:s, s:i}", "key", id, "old_ns", 0),
	       *there = store_row(c->store, STMT_KEY_REQUEST_LIST, one);
	int r = 0;

	if (k != NULL && keylist_find(k, id) != NULL)
		r = fault_set(&c->fault, FAULT_CONFLICT, "spki", c->object,
		    "mdfctl key show tells its state", "it is in the key list already");
	else if (there != NULL)
		r = fault_set(&c->fault, FAULT_CONFLICT, "spki", c->object,
		    "mdfctl key requests shows it", "this key was asked for already");
	else if (store_int(c->store, STMT_KEY_REQUEST_COUNT, own, 0) >= OP_KEY_REQUESTS_OWN)
		r = fault_set(&c->fault, FAULT_REFUSED, "spki", c->object,
		    "remove one: mdfctl key refuse", "%d keys of yours are asked for",
		    OP_KEY_REQUESTS_OWN);
	else if (store_int(c->store, STMT_KEY_REQUEST_COUNT, NULL, 0) >= OP_KEY_REQUESTS_MAX)
		r = fault_set(&c->fault, FAULT_REFUSED, "spki", c->object,
		    "a security officer has to look at them: mdfctl key requests",
		    "%d keys are asked for", OP_KEY_REQUESTS_MAX);
	json_decref(there);
	json_decref(one);
	json_decref(own);
	return r;
}

int
op_key_requests_trim(struct store *s, json_t *doc, struct fault *f)
{
	char *text = doc == NULL ? NULL : json_dumps(doc, JSON_COMPACT);
	json_t *a = json_pack("{s:I, s:s?}", "old_ns",
	    (json_int_t)(clock_now_ns() - OP_KEY_REQUEST_KEEP_NS), "doc", text);
	int r = store_run(s, STMT_KEY_REQUEST_OLD, a, f);

	if (r == 0 && text != NULL)
		r = store_run(s, STMT_KEY_REQUEST_IN_LIST, a, f);
	json_decref(a);
	free(text);
	return r;
}

void
op_key_requests_due(struct ops_ctx *x)
{
	struct fault f = {0};

	if (op_key_requests_trim(x->store, NULL, &f) < 0)
		log_warn("KEY-REQUESTS", "%s", f.why);
}

static json_t *
request_row(struct op_call *c, const char *id)
{
	json_t *a = json_pack("{s:s, s:i}", "key", id, "old_ns", 0),
	       *row = store_row(c->store, STMT_KEY_REQUEST_LIST, a);

	json_decref(a);
	return row;
}

/* Everything is right: the row. */
static int
request_add(struct op_call *c, const char *id, json_t *rights)
{
	char *text = json_dumps(rights, JSON_COMPACT);
	int r;

	json_object_set_new(c->args, "key", json_string(id));
	json_object_set_new(c->args, "person_id", json_integer(c->actor.person));
	json_object_set_new(c->args, "rights_text", json_string(text));
	free(text);
	if ((r = store_run(c->store, STMT_KEY_REQUEST_ADD, c->args, &c->fault)) < 0)
		return r;
	c->after = request_row(c, id);
	c->result = json_deep_copy(c->after);
	c->detail =
	    json_pack("{s:s, s:s, s:O}", "key", id, "person", c->actor.name, "rights", rights);
	return c->result == NULL ? -EIO : 0;
}

int
op_key_request(struct op_call *c)
{
	EVP_PKEY *key = request_key(op_text(c, "spki"));
	char id[SIGN_ID_TEXT];
	json_t *rights;
	int r;

	op_object(c, "key request");
	if (key == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "spki", c->object,
		    "export the public key as SubjectPublicKeyInfo",
		    "it is no public key: base64 of Ed25519 or P-256 is expected");
	sign_id(key, id);
	op_object(c, "key request %s", id);
	if (c->actor.person == 0)
		r = fault_set(&c->fault, FAULT_REFUSED, "key", c->object,
		    "set trust.root in mdfd.conf", "a laboratory without persons has no key list");
	else if ((r = op_key_requests_trim(c->store, NULL, &c->fault)) == 0) {
		rights = request_rights(c);
		r = rights == NULL ? -EINVAL : request_proof(c, key, id, rights);
		if (r == 0 && (r = request_room(c, id)) == 0)
			r = request_add(c, id, rights);
		json_decref(rights);
	}
	EVP_PKEY_free(key);
	return r;
}

/* Sees what others asked for: WHO of the system as a whole. */
static bool
request_sees(const struct op_call *c, unsigned who)
{
	return c->x->open ||
	       ((c->actor.roles & who) != 0 && c->actor.lea == 0 && c->actor.tenant == 0);
}

int
op_key_requests(struct op_call *c)
{
	op_object(c, "key requests");
	json_object_del(c->args, "key");
	json_object_set_new(c->args, "person_id",
	    request_sees(c, OPW_SECURITY | OPW_APPROVER) ? json_null()
							 : json_integer(c->actor.person));
	json_object_set_new(
	    c->args, "old_ns", json_integer(op_int(c, "now_ns", 0) - OP_KEY_REQUEST_KEEP_NS));
	c->result = store_rows(c->store, STMT_KEY_REQUEST_LIST, c->args);
	return 0;
}

int
op_key_refuse(struct op_call *c)
{
	const char *id = op_text(c, "key"), *person;

	op_object(c, "key request %s", id);
	c->before = request_row(c, id);
	person = json_string_value(json_object_get(c->before, "person"));
	if (person == NULL ||
	    (strcmp(person, c->actor.name) != 0 && !request_sees(c, OPW_SECURITY))) {
		json_decref(c->before);
		c->before = NULL;
		return fault_set(&c->fault, FAULT_NOT_FOUND, "key", c->object,
		    "mdfctl key requests shows them", "no such key is asked for by you");
	}
	c->detail = json_pack("{s:s, s:s}", "key", id, "person", person);
	return store_run(c->store, STMT_KEY_REQUEST_REMOVE, c->args, &c->fault);
}
