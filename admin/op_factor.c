/* SPDX-License-Identifier: Apache-2.0 */
/* What a person proves who they are with: one-time passwords (RFC 6238). */
#include "admin/login.h"
#include "admin/op_person.h"
#include "admin/vault.h"
#include "base/clock.h"
#include "base/random.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <liboath/oath.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOTP_LEN 20
#define TOTP_STEP_S 30
#define TOTP_WINDOW 1 /* steps before and after now: clocks differ */

static void
totp_label(int64_t id, char *buf, size_t len)
{
	snprintf(buf, len, "person %lld totp", (long long)id);
}

bool
op_totp_check(struct op_call *c, json_t *person, json_t *secret, const char *code)
{
	const char *hex = json_string_value(json_object_get(secret, "totp"));
	int64_t id = json_integer_value(json_object_get(person, "id")),
		last = json_integer_value(json_object_get(secret, "totp_last"));
	uint8_t sealed[TOTP_LEN + VAULT_OVER], key[TOTP_LEN];
	char label[48];
	uint64_t step = 0;
	json_t *used;
	struct fault f = {0};
	int r;

	if (c->x->vault == NULL || hex == NULL || strlen(hex) != 2 * sizeof(sealed) ||
	    check_unhex(hex, strlen(hex), sealed) < 0)
		return false;
	totp_label(id, label, sizeof(label));
	if (vault_unseal(c->x->vault, 0, 0, label, sealed, sizeof(sealed), key) < 0)
		return false;
	r = oath_totp_validate3((const char *)key, sizeof(key),
	    (time_t)(clock_now_ns() / CLOCK_NS_PER_S), TOTP_STEP_S, 0, TOTP_WINDOW, NULL, &step,
	    code);
	OPENSSL_cleanse(key, sizeof(key));
	if (r < 0 || (int64_t)step <= last)
		return false;
	used = json_pack("{s:I, s:I}", "id", (json_int_t)id, "step", (json_int_t)step);
	r = store_run(c->store, STMT_PERSON_TOTP_USED, used, &f);
	json_decref(used);
	return r == 0;
}

json_t *
op_totp_new(struct op_call *c, int64_t id, const char *handle)
{
	uint8_t key[TOTP_LEN], sealed[TOTP_LEN + VAULT_OVER];
	char label[48], hex[2 * sizeof(sealed) + 1], *text = NULL;
	json_t *a, *uri = NULL;
	int r;

	if (c->x->vault == NULL) {
		fault_set(&c->fault, FAULT_REFUSED, "totp", c->object,
		    "set vault.key in the configuration", "there is no key that seals secrets");
		return NULL;
	}
	random_octets(key, sizeof(key));
	totp_label(id, label, sizeof(label));
	r = vault_seal(c->x->vault, 0, 0, label, key, sizeof(key), sealed);
	a = json_pack("{s:I, s:s}", "id", (json_int_t)id, "sealed",
	    check_hex_text(sealed, sizeof(sealed), hex));
	if (r < 0)
		fault_set(&c->fault, FAULT_INTERNAL, "totp", c->object, "see the log",
		    "the secret cannot be sealed");
	else if (store_run(c->store, STMT_PERSON_TOTP, a, &c->fault) == 0 &&
		 oath_base32_encode((const char *)key, sizeof(key), &text, NULL) == OATH_OK)
		uri = json_sprintf(
		    "otpauth://totp/"
		    "openmdf:%s?secret=%s&issuer=openmdf&algorithm=SHA1&digits=6&period=%d",
		    handle, text, TOTP_STEP_S);
	OPENSSL_cleanse(key, sizeof(key));
	if (text != NULL)
		OPENSSL_cleanse(text, strlen(text));
	free(text);
	json_decref(a);
	return uri;
}

int
op_person_totp(struct op_call *c)
{
	json_t *uri;

	op_object(c, "person %s", c->actor.name);
	if ((uri = op_totp_new(c, c->actor.person, c->actor.name)) == NULL)
		return -EPERM;
	c->result = json_pack("{s:o}", "totp", uri);
	return 0;
}

/* ---- passwords: the work is done in a thread, so the operation ends later and writes its own
 * audit row */

struct factor_try {
	struct op_call *c;
	int64_t id;
	char handle[64];
	bool totp; /* make a new one-time password too */
};

static void
factor_end(struct factor_try *t, int r)
{
	struct op_call *c = t->c;

	free(t);
	if (r < 0)
		op_audit_refused(c);
	ops_finish(c, r);
}

static int
factor_write(struct factor_try *t, const char *encoded)
{
	struct op_call *c = t->c;
	json_t *a = json_pack("{s:I, s:s}", "id", (json_int_t)t->id, "encoded", encoded),
	       *uri = NULL;
	int r = store_run(c->store, STMT_PERSON_PASSWORD, a, &c->fault);

	json_decref(a);
	if (r == 0 && t->totp) {
		uri = op_totp_new(c, t->id, t->handle);
		r = uri == NULL ? -EPERM : 0;
	}
	if (r == 0)
		r = ops_audit(c, "ok", &c->fault);
	c->result = json_pack("{s:s, s:o*}", "person", t->handle, "totp", uri);
	return r;
}

static void
factor_on_hash(void *arg, bool ok, const char *encoded)
{
	struct factor_try *t = arg;
	struct op_call *c = t->c;
	int r;

	if (!ok)
		r = fault_set(&c->fault, FAULT_INTERNAL, "password", c->object, "try again",
		    "the password cannot be hashed");
	else if ((r = store_begin(c->store, &c->fault)) == 0) {
		r = factor_write(t, encoded);
		if (r < 0)
			store_rollback(c->store);
		else
			r = store_commit(c->store, &c->fault);
	}
	factor_end(t, r);
}

static int
factor_password(struct op_call *c, int64_t id, const char *handle, bool totp)
{
	const char *password = op_text(c, "password"),
		   *why = login_password_fault(password, handle);
	struct factor_try *t;

	if (why != NULL)
		return fault_set(&c->fault, FAULT_REFUSED, "password", c->object,
		    "choose another one", "%s", why);
	t = calloc(1, sizeof(*t));
	assert(t != NULL);
	*t = (struct factor_try){.c = c, .id = id, .totp = totp};
	snprintf(t->handle, sizeof(t->handle), "%s", handle);
	if (login_hash(c->x->login, password, factor_on_hash, t) == 0)
		return OPS_LATER;
	free(t);
	return fault_set(&c->fault, FAULT_REFUSED, "password", c->object, "try again in a second",
	    "too many log-ins at once");
}

/* Is the argument "code" the invitation of this person, and still good? */
static bool
factor_invited(struct op_call *c, json_t *person)
{
	json_t *secret = person == NULL ? NULL : store_row(c->store, STMT_PERSON_SECRET, person);
	const char *want = json_string_value(json_object_get(secret, "invite"));
	char hash[65];
	bool good;

	login_hash_text(op_text(c, "code"), hash);
	good = want != NULL && strlen(want) == 64 && CRYPTO_memcmp(want, hash, 64) == 0 &&
	       clock_now_ns() < json_integer_value(json_object_get(secret, "invite_ns"));
	json_decref(secret);
	return good;
}

static int
factor_accept(struct op_call *c, json_t *person)
{
	const char *source = c->actor.source[0] != '\0' ? c->actor.source : c->actor.interface;
	int wait = login_delay_s(c->x->login, op_text(c, "handle"), source);

	if (wait > 0)
		return fault_set(&c->fault, FAULT_LOGIN, "code", "", "try again after that time",
		    "too many failed attempts: wait %d s", wait);
	if (!factor_invited(c, person)) {
		login_failed(c->x->login, op_text(c, "handle"), source);
		return fault_set(&c->fault, FAULT_LOGIN, "code", "",
		    "ask a security officer: mdfctl person invite",
		    "this is not a code for this person, or it is over");
	}
	return factor_password(
	    c, json_integer_value(json_object_get(person, "id")), op_text(c, "handle"), true);
}

int
op_person_accept(struct op_call *c)
{
	json_t *key = json_pack("{s:s}", "handle", op_text(c, "handle")), *person;
	int r;

	if (c->x->login == NULL) {
		json_decref(key);
		return fault_set(&c->fault, FAULT_REFUSED, "person", "", "", "nobody logs in here");
	}
	person = store_row(c->store, STMT_PERSON_GET, key);
	op_object(c, "person %s", person == NULL ? "unknown" : op_text(c, "handle"));
	r = factor_accept(c, person);
	json_decref(key);
	json_decref(person);
	if (r < 0)
		op_audit_refused(c);
	return r;
}

int
op_person_password(struct op_call *c)
{
	int r;

	op_object(c, "person %s", c->actor.name);
	r = factor_password(c, c->actor.person, c->actor.name, false);
	if (r < 0)
		op_audit_refused(c);
	return r;
}

/* ---- API tokens */

#define TOKEN_DAYS_MAX 366

int
op_token_add(struct op_call *c)
{
	int64_t days = op_int(c, "days", 30), until;
	char token[LOGIN_TOKEN_TEXT], hash[65], id[17], ops[256] = "", when[32];
	json_t *list = json_object_get(c->args, "ops"), *one;
	size_t i, n = 0;
	int r;

	if (days < 1 || days > TOKEN_DAYS_MAX)
		return fault_set(
		    &c->fault, FAULT_USAGE, "days", "", "", "1 to 366 days are expected");
	until = clock_now_ns() + days * 86400 * CLOCK_NS_PER_S;
	json_array_foreach(list, i, one)
	{
		if (ops_find(json_string_value(one)) == NULL)
			return fault_set(&c->fault, FAULT_NOT_FOUND, "ops", json_string_value(one),
			    "mdfctl help lists them", "there is no operation '%s'",
			    json_string_value(one));
		n += (size_t)snprintf(
		    ops + n, sizeof(ops) - n, "%s%s", i > 0 ? "," : "", json_string_value(one));
		if (n >= sizeof(ops))
			return fault_set(&c->fault, FAULT_USAGE, "ops", "", "make two tokens",
			    "too many operations for one token");
	}
	login_token(token);
	login_hash_text(token, hash);
	snprintf(id, sizeof(id), "%.16s", hash);
	op_object(c, "token %s", id);
	json_object_set_new(c->args, "token_id", json_string(id));
	json_object_set_new(c->args, "token", json_string(hash));
	json_object_set_new(c->args, "id", json_integer(c->actor.person));
	json_object_set_new(c->args, "ops", json_string(ops));
	json_object_set_new(c->args, "until_ns", json_integer(until));
	if (json_object_get(c->args, "read_only") == NULL)
		json_object_set_new(c->args, "read_only", json_true());
	r = store_run(c->store, STMT_TOKEN_ADD, c->args, &c->fault);
	c->result = json_pack(
	    "{s:s, s:s, s:s}", "id", id, "token", token, "until", clock_format(until, when));
	return r;
}

int
op_token_list(struct op_call *c)
{
	json_object_set_new(c->args, "id", json_integer(c->actor.person));
	c->result = store_rows(c->store, STMT_TOKEN_LIST, c->args);
	return 0;
}

int
op_token_remove(struct op_call *c)
{
	json_t *row;

	op_object(c, "token %s", op_text(c, "token"));
	json_object_set_new(c->args, "id", json_integer(c->actor.person));
	row = store_row(c->store, STMT_TOKEN_REMOVE, c->args);
	json_decref(row);
	return row != NULL ? 0
			   : fault_set(&c->fault, FAULT_NOT_FOUND, "token", op_text(c, "token"),
				 "mdfctl token list shows them", "you have no such token");
}
