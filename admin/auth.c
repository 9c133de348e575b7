/* SPDX-License-Identifier: Apache-2.0 */
/* Persons and what they may; see auth.h. */
#include "admin/auth.h"

#include "admin/login.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned bit;
} auth_words[] = {
    {"admin", OPW_ADMIN},
    {"approver", OPW_APPROVER},
    {"liaison", OPW_LIAISON},
    {"operator", OPW_OPERATOR},
    {"auditor", OPW_AUDITOR},
    {"security", OPW_SECURITY},
};
#define AUTH_ROLES (sizeof(auth_words) / sizeof(auth_words[0]))

/* ---- roles */

unsigned
auth_roles(const char *words)
{
	unsigned roles = 0;

	while (*words != '\0') {
		size_t n = strcspn(words, ","), i = 0;

		while (i < AUTH_ROLES && (strlen(auth_words[i].name) != n ||
					     strncmp(auth_words[i].name, words, n) != 0))
			i++;
		if (i == AUTH_ROLES)
			return 0;
		roles |= auth_words[i].bit;
		words += n + (words[n] == ',');
	}
	return roles;
}

json_t *
auth_role_names(unsigned roles)
{
	json_t *list = json_array();

	for (size_t i = 0; i < AUTH_ROLES; i++)
		if (roles & auth_words[i].bit)
			json_array_append_new(list, json_string(auth_words[i].name));
	return list;
}

const char *
auth_roles_fault(unsigned roles)
{
	unsigned apart = roles & (OPW_ADMIN | OPW_APPROVER | OPW_AUDITOR | OPW_SECURITY);

	if (roles == 0 || (roles & ~(unsigned)OPW_ANY) != 0)
		return "roles are admin, approver, liaison, operator, auditor, security";
	if ((roles & OPW_LIAISON) && roles != OPW_LIAISON)
		return "a liaison has no other role";
	if ((apart & (apart - 1)) != 0)
		return "admin, approver, auditor and security exclude each other";
	return NULL;
}

/* ---- who calls */

static void
auth_nobody(struct ops_actor *a)
{
	a->person = 0;
	a->roles = OPW_LOGIN;
	a->lea = a->tenant = 0;
	a->stepped = a->read_only = false;
	a->session[0] = a->only[0] = '\0';
}

void
auth_actor_person(struct ops_actor *a, json_t *person)
{
	const char *state = json_string_value(json_object_get(person, "state"));

	auth_nobody(a);
	if (state == NULL || strcmp(state, "active") != 0)
		return;
	snprintf(
	    a->name, sizeof(a->name), "%s", json_string_value(json_object_get(person, "handle")));
	a->person = json_integer_value(json_object_get(person, "id"));
	a->roles |= (unsigned)json_integer_value(json_object_get(person, "roles"));
	a->lea = json_integer_value(json_object_get(person, "lea_id"));
	a->tenant = json_integer_value(json_object_get(person, "tenant_id"));
}

static void
auth_get(struct ops_ctx *x, struct ops_actor *a, json_t *key)
{
	json_t *row = store_row(x->store, STMT_PERSON_GET, key);

	if (row != NULL)
		auth_actor_person(a, row);
	else
		auth_nobody(a);
	json_decref(row);
	json_decref(key);
}

void
auth_actor_uid(struct ops_ctx *x, uint32_t uid, struct ops_actor *a)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	*a = (struct ops_actor){.uid = uid, .interface = "cli", .roles = OPW_LOGIN};
	if (getpwuid_r(uid, &pw, buf, sizeof(buf), &found) == 0 && found != NULL)
		snprintf(a->name, sizeof(a->name), "%s", pw.pw_name);
	else
		snprintf(a->name, sizeof(a->name), "uid %u", (unsigned)uid);
	if (x->open)
		a->roles |= OPW_ANY;
	else
		auth_get(x, a, json_pack("{s:I}", "uid", (json_int_t)uid));
}

void
auth_actor_cert(struct ops_ctx *x, const uint8_t pin[32], const char *source, struct ops_actor *a)
{
	*a = (struct ops_actor){
	    .uid = UINT32_MAX, .name = "unknown", .interface = "rest", .roles = OPW_LOGIN};
	snprintf(a->source, sizeof(a->source), "%s", source);
	check_hex_text(pin, 32, a->pin);
	auth_get(x, a, json_pack("{s:s}", "pin", a->pin));
}

/* The session of ROW goes on, or it is over and A is nobody. */
static void
auth_session_row(struct ops_ctx *x, struct ops_actor *a, json_t *row)
{
	int64_t now = clock_now_ns(), last = json_integer_value(json_object_get(row, "last_ns")),
		begin = json_integer_value(json_object_get(row, "created_ns")),
		stepped = json_integer_value(json_object_get(row, "stepped_ns"));
	const char *pin = json_string_value(json_object_get(row, "pin"));
	struct fault f = {0};

	json_object_set_new(row, "now_ns", json_integer(now));
	if (pin != NULL && strcmp(pin, a->pin) != 0) { /* a token that got into other hands */
		auth_nobody(a);
		return;
	}
	if (now - last >= AUTH_IDLE_NS || now - begin >= AUTH_SESSION_NS) {
		store_run(x->store, STMT_SESSION_END, row, &f);
		auth_nobody(a);
		return;
	}
	if (now - last >= AUTH_TOUCH_NS)
		store_run(x->store, STMT_SESSION_TOUCH, row, &f);
	auth_get(x, a, json_pack("{s:O}", "id", json_object_get(row, "id")));
	if (a->person == 0)
		return;
	snprintf(a->session, sizeof(a->session), "%s",
	    json_string_value(json_object_get(row, "session")));
	a->stepped = now - stepped < AUTH_STEP_NS;
}

/* An API token: what its person may, and less. */
static void
auth_token_row(struct ops_ctx *x, struct ops_actor *a, json_t *row)
{
	if (clock_now_ns() >= json_integer_value(json_object_get(row, "until_ns")))
		return;
	auth_get(x, a, json_pack("{s:O}", "id", json_object_get(row, "id")));
	snprintf(a->only, sizeof(a->only), "%s", json_string_value(json_object_get(row, "ops")));
	snprintf(
	    a->session, sizeof(a->session), "%s", json_string_value(json_object_get(row, "token")));
	a->read_only = json_integer_value(json_object_get(row, "read_only")) != 0;
}

void
auth_actor_session(struct ops_ctx *x, const char *token, const char *source, struct ops_actor *a)
{
	char hash[65], pin[65];
	json_t *key, *row;

	snprintf(pin, sizeof(pin), "%s", a->pin);
	*a = (struct ops_actor){
	    .uid = UINT32_MAX, .name = "unknown", .interface = "rest", .roles = OPW_LOGIN};
	snprintf(a->pin, sizeof(a->pin), "%s", pin);
	snprintf(a->source, sizeof(a->source), "%s", source);
	if (token[0] == '\0')
		return;
	login_hash_text(token, hash);
	key = json_pack("{s:s}", "token", hash);
	if ((row = store_row(x->store, STMT_SESSION_GET, key)) != NULL)
		auth_session_row(x, a, row);
	else if ((row = store_row(x->store, STMT_TOKEN_GET, key)) != NULL)
		auth_token_row(x, a, row);
	json_decref(row);
	json_decref(key);
}

void
auth_actor_again(struct ops_ctx *x, struct ops_actor *a)
{
	json_t *key, *row;

	if (x->open || a->person == 0)
		return;
	if (a->session[0] == '\0') {
		auth_get(x, a, json_pack("{s:I}", "id", (json_int_t)a->person));
		return;
	}
	key = json_pack("{s:s}", "session", a->session);
	row = store_row(x->store, STMT_SESSION_GET, key);
	if (row != NULL)
		auth_session_row(x, a, row);
	else
		auth_nobody(a);
	json_decref(row);
	json_decref(key);
}

void
auth_actor_end(struct ops_ctx *x, struct ops_actor *a)
{
	json_t *key = json_pack("{s:s}", "session", a->session);
	struct fault f = {0};

	if (a->session[0] != '\0')
		store_run(x->store, STMT_SESSION_END, key, &f);
	json_decref(key);
	auth_nobody(a);
}

/* ---- may they */

/* NAME is one of the words of LIST. */
static bool
auth_in_list(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list != '\0') {
		size_t n = strcspn(list, ",");

		if (n == len && strncmp(list, name, n) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

static int
auth_denied(struct op_call *c, const char *why)
{
	return fault_set(&c->fault, FAULT_DENIED, c->op->name, "",
	    "ask a person who may: mdfctl help --man tells who", "%s", why);
}

bool
auth_regime(const struct op_call *c, const char *name)
{
	json_t *key = json_pack("{s:s}", "name", "regime"),
	       *row = store_row(c->store, STMT_SETTING_GET, key);
	const char *value = json_string_value(json_object_get(row, "value"));
	bool is = value != NULL && strcmp(value, name) == 0;

	json_decref(row);
	json_decref(key);
	return is;
}

/* Who implements orders has no access to the records of it: section 16(2) TKUEV, number 1. */
static bool
auth_no_records(const struct op_call *c)
{
	return strncmp(c->op->name, "audit.", 6) == 0 &&
	       (c->actor.roles & (OPW_ADMIN | OPW_APPROVER)) != 0 && auth_regime(c, "de");
}

int
auth_check(struct op_call *c)
{
	const struct ops_actor *a = &c->actor;

	if (c->x->open)
		return 0;
	if ((c->op->who & a->roles) == 0 && a->person == 0)
		return fault_set(&c->fault, FAULT_LOGIN, c->op->name, "",
		    "log in: mdfctl --person HANDLE --key FILE",
		    "who calls is not known, or the session is over");
	if ((c->op->who & a->roles) == 0 || auth_no_records(c))
		return auth_denied(c, "your roles do not include this operation");
	if ((a->lea != 0 || a->tenant != 0) && !(c->op->flags & (OP_SCOPED | OP_OWN)))
		return auth_denied(
		    c, "this operation is not for persons of one agency or one tenant");
	if ((a->read_only && (c->op->flags & OP_CHANGE)) ||
	    (a->only[0] != '\0' && !auth_in_list(a->only, c->op->name)))
		return auth_denied(c, "the token is not for this operation");
	if ((c->op->flags & OP_STEPUP) && a->no_login)
		return fault_set(&c->fault, FAULT_STEP_UP, c->op->name, "",
		    "log in at the provider's own address, or ask its staff",
		    "this address takes no fresh factor: it knows persons by certificate alone");
	if ((c->op->flags & OP_STEPUP) && !a->stepped)
		return fault_set(&c->fault, FAULT_STEP_UP, c->op->name, "",
		    "mdfctl session step-up, or log in with the key",
		    "a fresh factor is needed: the last one is older than 5 minutes");
	return 0;
}
