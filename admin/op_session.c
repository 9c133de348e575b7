/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in and out, and fresh factors.  Each attempt is an audit row; an answer never tells which
 * part of it was wrong, nor whether the person exists. */
#include "admin/auth.h"
#include "admin/keyring.h"
#include "admin/login.h"
#include "admin/op_person.h"
#include "base/clock.h"
#include "base/random.h"
#include "db/check.h"
#include "db/store.h"
#include "trust/canon.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSION_LOGIN "openmdf.login.v1"

/* What the key of PERSON signs to log in: the challenge cannot be used for anything else. */
static char *
op_session_text(const char *person, const char *nonce)
{
	json_t *j =
	    json_pack("{s:s, s:s, s:s}", "nonce", nonce, "person", person, "type", SESSION_LOGIN);
	char *text = canon_json(j, NULL);

	json_decref(j);
	assert(text != NULL);
	return text;
}

int
op_session_challenge(struct op_call *c)
{
	const char *person = op_text(c, "person");
	char nonce[65], *text;

	if (c->x->login == NULL)
		return fault_set(
		    &c->fault, FAULT_REFUSED, "session", "", "", "nobody logs in here");
	login_challenge(c->x->login, nonce);
	c->result = json_pack("{s:s}", "nonce", nonce);
	if (person == NULL)
		return 0;
	text = op_session_text(person, nonce);
	json_object_set_new(c->result, "text", json_string(text));
	free(text);
	return 0;
}

static const char *
op_session_source(const struct op_call *c)
{
	return c->actor.source[0] != '\0' ? c->actor.source : c->actor.interface;
}

/* How somebody is logging in: lives until the call ends. */
struct session_try {
	struct op_call *c;
	json_t *person; /* row, or NULL: there is none */
	json_t *secret;
	char account[80]; /* what the delays count for */
	const char *method;
	bool step; /* a fresh factor for a session that is open */
};

static void
session_try_free(struct session_try *t)
{
	json_decref(t->person);
	json_decref(t->secret);
	free(t);
}

static int
session_wait(struct op_call *c, int seconds)
{
	return fault_set(&c->fault, FAULT_LOGIN, "session", "", "try again after that time",
	    "too many failed attempts: wait %d s", seconds);
}

/* The attempt failed.  What was tried is named only when it is a person's handle. */
static int
session_refuse(struct session_try *t)
{
	struct op_call *c = t->c;
	int wait;

	login_failed(c->x->login, t->account, op_session_source(c));
	wait = login_delay_s(c->x->login, t->account, op_session_source(c));
	if (c->x->alarm != NULL)
		c->x->alarm(c->x->arg, true, "LOGIN-FAILED", c->object,
		    "log-ins fail; mdfctl audit list --op session.open tells when and from where");
	return fault_set(&c->fault, FAULT_LOGIN, "session", "",
	    "check person, key, password and code",
	    "log-in refused; the next attempt is possible in %d s", wait);
}

static void
session_times(json_t *a)
{
	int64_t now = clock_now_ns();

	json_object_set_new(a, "now_ns", json_integer(now));
	json_object_set_new(a, "idle_ns", json_integer(now - AUTH_IDLE_NS));
	json_object_set_new(a, "end_ns", json_integer(now - AUTH_SESSION_NS));
}

/* A new token into A and the result; sessions of a connection have none. */
static void
session_token(struct op_call *c, json_t *a, const char *name)
{
	char token[LOGIN_TOKEN_TEXT], hash[65];

	if (c->become != NULL)
		return;
	login_token(token);
	login_hash_text(token, hash);
	json_object_set_new(a, "token", json_string(hash));
	json_object_set_new(c->result, name, json_string(token));
}

/* Everything of a log-in that is written, in one transaction. */
static int
session_write(struct session_try *t, json_t *a)
{
	struct op_call *c = t->c;
	int r = store_begin(c->store, &c->fault);

	if (r < 0)
		return r;
	if (!t->step) {
		r = store_run(c->store, STMT_SESSION_TRIM, a, &c->fault);
		if (r == 0)
			r = store_run(c->store, STMT_SESSION_END_SAME, a, &c->fault);
		if (r == 0)
			r = store_run(c->store, STMT_SESSION_ADD, a, &c->fault);
		if (r == 0)
			r = store_run(c->store, STMT_PERSON_LOGIN, a, &c->fault);
	} else {
		r = store_run(c->store, STMT_SESSION_STEP, a, &c->fault);
	}
	if (r == 0)
		r = ops_audit(c, "ok", &c->fault);
	if (r < 0) {
		store_rollback(c->store);
		return r;
	}
	return store_commit(c->store, &c->fault);
}

static int
session_begin(struct session_try *t)
{
	struct op_call *c = t->c;
	struct ops_actor was = c->actor;
	uint8_t bits[8];
	char id[17];
	json_t *a;
	int r;

	random_octets(bits, sizeof(bits));
	check_hex_text(bits, sizeof(bits), id);
	json_object_set_new(t->person, "state", json_string("active"));
	auth_actor_person(&c->actor, t->person);
	snprintf(c->actor.session, sizeof(c->actor.session), "%s", id);
	c->actor.stepped = true;
	c->result = json_pack("{s:s, s:s, s:o, s:s, s:i, s:i}", "session", id, "person",
	    c->actor.name, "roles", auth_role_names(c->actor.roles), "method", t->method, "idle_s",
	    (int)(AUTH_IDLE_NS / CLOCK_NS_PER_S), "ends_s",
	    (int)(AUTH_SESSION_NS / CLOCK_NS_PER_S));
	a = json_pack("{s:s, s:I, s:s, s:s, s:s, s:s?}", "session", id, "id",
	    (json_int_t)c->actor.person, "interface", c->actor.interface, "method", t->method,
	    "source", op_session_source(c), "pin", c->actor.pin[0] != '\0' ? c->actor.pin : NULL);
	session_times(a);
	session_token(c, a, "token");
	c->detail = json_pack("{s:s, s:s}", "session", id, "method", t->method);
	r = session_write(t, a);
	json_decref(a);
	if (r < 0)
		c->actor = was;
	else if (c->become != NULL)
		*c->become = c->actor;
	return r;
}

static int
session_step(struct session_try *t)
{
	struct op_call *c = t->c;
	json_t *a = json_pack("{s:s}", "session", c->actor.session);
	int r;

	c->result = json_pack(
	    "{s:s, s:i}", "method", t->method, "fresh_s", (int)(AUTH_STEP_NS / CLOCK_NS_PER_S));
	session_times(a);
	session_token(c, a, "token");
	c->detail = json_pack("{s:s}", "method", t->method);
	r = session_write(t, a);
	json_decref(a);
	if (r == 0 && c->become != NULL)
		c->become->stepped = true;
	return r;
}

/* All factors are right. */
static int
session_good(struct session_try *t)
{
	struct op_call *c = t->c;

	login_succeeded(c->x->login, t->account, op_session_source(c));
	if (c->x->alarm != NULL)
		c->x->alarm(c->x->arg, false, "LOGIN-FAILED", c->object, "logged in");
	return t->step ? session_step(t) : session_begin(t);
}

/* ops_finish() writes the row of what looks like somebody trying doors. */
void
op_audit_refused(struct op_call *c)
{
	enum fault_code f = c->fault.code;

	if (f != FAULT_LOGIN && f != FAULT_DENIED && f != FAULT_STEP_UP)
		ops_audit(c, f == FAULT_INTERNAL ? "error" : "refused", NULL);
}

/* What this operation ends with.  It is no OP_CHANGE (a password takes its time), so a refused
 * attempt writes its own audit row. */
static void
session_end(struct session_try *t, int r)
{
	struct op_call *c = t->c;

	if (r < 0)
		op_audit_refused(c);
	session_try_free(t);
	ops_finish(c, r);
}

static void
session_on_password(void *arg, bool ok, const char *encoded)
{
	struct session_try *t = arg;
	const char *code = op_text(t->c, "totp");
	int r;

	(void)encoded;
	/* a password alone logs nobody in; for a fresh factor one is enough */
	if (ok && !t->step && (code == NULL || !op_totp_check(t->c, t->person, t->secret, code)))
		ok = false;
	r = ok ? session_good(t) : session_refuse(t);
	session_end(t, r);
}

static int
session_by_password(struct session_try *t)
{
	const char *encoded = json_string_value(json_object_get(t->secret, "password"));

	t->method = "password";
	if (login_verify(
		t->c->x->login, op_text(t->c, "password"), encoded, session_on_password, t) == 0)
		return OPS_LATER;
	return fault_set(&t->c->fault, FAULT_LOGIN, "session", "", "try again in a second",
	    "too many log-ins at once");
}

static int
session_by_key(struct session_try *t)
{
	const char *nonce = op_text(t->c, "nonce");
	struct fault f = {0};
	char *text;
	int r;

	t->method = "key";
	if (nonce == NULL || !login_challenge_take(t->c->x->login, nonce) || t->person == NULL)
		return session_refuse(t);
	text = op_session_text(json_string_value(json_object_get(t->person, "handle")), nonce);
	r = keyring_check_person(t->c->x, json_string_value(json_object_get(t->person, "handle")),
	    json_object_get(t->c->args, "signature"), text, &f);
	free(text);
	return r == 0 ? session_good(t) : session_refuse(t);
}

static int
session_by_code(struct session_try *t)
{
	t->method = "password";
	return t->person != NULL && op_totp_check(t->c, t->person, t->secret, op_text(t->c, "totp"))
		   ? session_good(t)
		   : session_refuse(t);
}

static int
session_factor(struct session_try *t)
{
	if (json_object_get(t->c->args, "signature") != NULL)
		return session_by_key(t);
	if (op_text(t->c, "password") != NULL)
		return session_by_password(t);
	if (t->step && op_text(t->c, "totp") != NULL)
		return session_by_code(t);
	return fault_set(&t->c->fault, FAULT_USAGE, "signature", "",
	    "mdfctl --person HANDLE --key FILE",
	    "a signature of the challenge is needed, or password and code");
}

/* KEY finds the person.  Those who may not log in are nobody. */
static int
session_try(struct op_call *c, json_t *key, const char *account, bool step)
{
	struct session_try *t = calloc(1, sizeof(*t));
	const char *state;
	int r;

	assert(t != NULL);
	t->c = c;
	t->step = step;
	t->method = "";
	t->person = store_row(c->store, STMT_PERSON_GET, key);
	state = json_string_value(json_object_get(t->person, "state"));
	op_object(c, "person %s",
	    t->person == NULL ? "unknown"
			      : json_string_value(json_object_get(t->person, "handle")));
	if (state != NULL && (strcmp(state, "locked") == 0 || strcmp(state, "gone") == 0)) {
		json_decref(t->person);
		t->person = NULL;
	}
	if (t->person != NULL)
		t->secret = store_row(c->store, STMT_PERSON_SECRET, t->person);
	snprintf(t->account, sizeof(t->account), "%s", account);
	r = login_delay_s(c->x->login, t->account, op_session_source(c));
	r = r > 0 ? session_wait(c, r) : session_factor(t);
	json_decref(key);
	if (r == OPS_LATER)
		return r;
	if (r < 0)
		op_audit_refused(c);
	session_try_free(t);
	return r;
}

int
op_session_open(struct op_call *c)
{
	if (c->x->login == NULL || c->x->open)
		return fault_set(
		    &c->fault, FAULT_REFUSED, "session", "", "", "nobody logs in here");
	return session_try(
	    c, json_pack("{s:s}", "handle", op_text(c, "person")), op_text(c, "person"), false);
}

int
op_session_step_up(struct op_call *c)
{
	if (c->actor.session[0] == '\0' || c->x->login == NULL || c->actor.only[0] != '\0')
		return fault_set(&c->fault, FAULT_REFUSED, "session", "",
		    "mdfctl --person HANDLE --key FILE", "there is no session: log in");
	return session_try(
	    c, json_pack("{s:I}", "id", (json_int_t)c->actor.person), c->actor.name, true);
}

int
op_session_close(struct op_call *c)
{
	op_object(c, "session %s", c->actor.session);
	ops_audit(c, "ok", NULL);
	auth_actor_end(c->x, c->become != NULL ? c->become : &c->actor);
	return 0;
}

int
op_session_show(struct op_call *c)
{
	c->result = json_pack("{s:s, s:s, s:s, s:o, s:b, s:b}", "person", c->actor.name,
	    "interface", c->actor.interface, "session", c->actor.session, "roles",
	    auth_role_names(c->actor.roles), "stepped", c->actor.stepped, "log_in",
	    !c->actor.no_login);
	return 0;
}

int
op_session_users(struct op_call *c)
{
	session_times(c->args);
	c->result = store_rows(c->store, STMT_SESSION_LIST, c->args);
	return 0;
}

int
op_health(struct op_call *c)
{
	json_t *roles = json_object_get(c->status, "roles"), *row;
	bool ready = false;
	size_t i;

	json_array_foreach(roles, i, row)
	{
		const char *name = json_string_value(json_object_get(row, "role"));

		if (name != NULL && strcmp(name, "ingest") == 0)
			ready = json_is_true(json_object_get(row, "ready"));
	}
	c->result = json_pack("{s:b}", "ready", ready);
	return 0;
}
