/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on persons and tenants. */
#include "admin/op_person.h"

#include "admin/auth.h"
#include "admin/keyring.h"
#include "admin/login.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERSON_INVITE_NS (INT64_C(7) * 86400 * CLOCK_NS_PER_S)

/* As people see a row of STMT_PERSON_GET. */
static void
op_person_words(json_t *row)
{
	unsigned roles = (unsigned)json_integer_value(json_object_get(row, "roles"));

	json_object_set_new(row, "roles", auth_role_names(roles));
	json_object_del(row, "id");
	json_object_del(row, "lea_id");
	json_object_del(row, "tenant_id");
}

static json_t *
op_person_row(struct op_call *c, const char *name)
{
	json_t *key = json_pack("{s:s}", "handle", name),
	       *row = store_row(c->store, STMT_PERSON_GET, key);
	bool other = c->actor.tenant != 0 &&
		     json_integer_value(json_object_get(row, "tenant_id")) != c->actor.tenant;

	json_decref(key);
	if (row != NULL && !other)
		return row;
	json_decref(row);
	fault_set(&c->fault, FAULT_NOT_FOUND, "person", name, "mdfctl person list shows them",
	    "there is no person '%s'", name);
	return NULL;
}

json_t *
op_need_person(struct op_call *c, const char *name)
{
	json_t *row = op_person_row(c, name);

	op_object(c, "person %s", name);
	if (row == NULL || strcmp(json_string_value(json_object_get(row, "state")), "gone") != 0)
		return row;
	json_decref(row);
	fault_set(&c->fault, FAULT_CONFLICT, "person", name, "add another one",
	    "this person has been removed");
	return NULL;
}

int
op_set_tenant(struct op_call *c)
{
	json_t *row;

	if (op_text(c, "tenant") == NULL) {
		if (c->actor.tenant != 0)
			json_object_set_new(c->args, "tenant_id", json_integer(c->actor.tenant));
		return 0;
	}
	auth_scope(c, c->args);
	if ((row = store_row(c->store, STMT_TENANT_GET, c->args)) == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "tenant", op_text(c, "tenant"),
		    "mdfctl tenant list shows them", "there is no tenant '%s'",
		    op_text(c, "tenant"));
	json_object_set(c->args, "tenant_id", json_object_get(row, "id"));
	json_decref(row);
	return 0;
}

/* The arguments roles, lea and tenant as :roles_n, :lea_id, :tenant_id. */
static int
op_person_args(struct op_call *c)
{
	json_t *words = json_object_get(c->args, "roles"), *word, *row;
	unsigned roles = 0;
	const char *why;
	size_t i;

	json_array_foreach(words, i, word)
	{
		unsigned bit = auth_roles(json_string_value(word));

		roles |= bit == 0 ? ~(unsigned)OPW_ANY : bit;
	}
	if (words != NULL && (why = auth_roles_fault(roles)) != NULL)
		return fault_set(&c->fault, FAULT_REFUSED, "roles", c->object,
		    "give each role to another person", "%s", why);
	if (words != NULL)
		json_object_set_new(c->args, "roles_n", json_integer(roles));
	if (op_text(c, "lea") != NULL) {
		if ((row = op_need_lea(c, op_text(c, "lea"))) == NULL)
			return -ENOENT;
		json_object_set(c->args, "lea_id", json_object_get(row, "id"));
		json_decref(row);
	}
	return op_set_tenant(c);
}

/* A liaison has an agency, others have none. */
static int
op_person_lea(struct op_call *c, unsigned roles, bool lea)
{
	if ((roles == OPW_LIAISON) == lea)
		return 0;
	return fault_set(&c->fault, FAULT_USAGE, "lea", c->object,
	    "give --lea to a liaison, and to nobody else",
	    roles == OPW_LIAISON ? "a liaison belongs to an agency"
				 : "only a liaison belongs to an agency");
}

static int
op_person_pin(struct op_call *c)
{
	json_t *pins = json_object_get(c->args, "pin");

	if (pins == NULL)
		return 0;
	if (json_array_size(pins) != 1)
		return fault_set(
		    &c->fault, FAULT_USAGE, "pin", c->object, "", "one pin is expected");
	return json_object_set(c->args, "pin", json_array_get(pins, 0));
}

/* Does an active key of the list belong to HANDLE?  ID: that one, or NULL: any. */
static bool
op_person_has_key(struct op_call *c, const char *handle, const char *id)
{
	struct keylist *k = keyring_now(c->x);
	json_t *e = k == NULL || id == NULL ? NULL : keylist_find(k, id);
	const char *person = json_string_value(json_object_get(e, "person")),
		   *state = json_string_value(json_object_get(e, "state"));

	return person != NULL && state != NULL && strcmp(person, handle) == 0 &&
	       strcmp(state, "active") == 0;
}

static int
op_person_store(struct op_call *c, const char *state)
{
	int64_t roles;
	int r;

	if ((r = op_person_args(c)) < 0 || (r = op_person_pin(c)) < 0)
		return r;
	roles = op_int(c, "roles_n", 0);
	if ((r = op_person_lea(c, (unsigned)roles, op_text(c, "lea") != NULL)) < 0)
		return r;
	json_object_set_new(c->args, "state", json_string(state));
	if (op_text(c, "name") == NULL)
		json_object_set(c->args, "name", json_object_get(c->args, "handle"));
	if ((r = store_run(c->store, STMT_PERSON_ADD, c->args, &c->fault)) < 0) {
		if (c->fault.code == FAULT_CONFLICT)
			fault_set(&c->fault, FAULT_CONFLICT, "handle", op_text(c, "handle"),
			    "choose another one",
			    "handle, uid or pin is taken; a handle is never used again");
		return r;
	}
	if ((c->after = op_need_person(c, op_text(c, "handle"))) == NULL)
		return -ENOENT;
	op_person_words(c->after);
	c->result = json_incref(c->after);
	return 0;
}

int
op_person_enrol(struct op_call *c)
{
	const char *handle = op_text(c, "handle"), *id = op_text(c, "key_id");
	int wait, r;

	op_object(c, "person %s", handle);
	if (c->x->login == NULL || c->x->open)
		return fault_set(&c->fault, FAULT_REFUSED, "person", handle, "set trust.root",
		    "a laboratory without persons");
	if ((wait = login_delay_s(c->x->login, "enrol", c->actor.interface)) > 0)
		return fault_set(&c->fault, FAULT_LOGIN, "code", "", "try again after that time",
		    "too many failed attempts: wait %d s", wait);
	if ((r = login_enrol_check(c->x, op_text(c, "code"), &c->fault)) < 0) {
		login_failed(c->x->login, "enrol", c->actor.interface);
		return r;
	}
	if (!op_person_has_key(c, handle, id))
		return fault_set(&c->fault, FAULT_REFUSED, "key_id", handle,
		    "mdfctl key import brings the key list",
		    "the key list has no active key with this id for this person");
	if ((r = op_person_store(c, "active")) < 0)
		return r;
	login_enrol_quorum(c->x);
	return 0;
}

int
op_person_add(struct op_call *c)
{
	op_object(c, "person %s", op_text(c, "handle"));
	return op_person_store(c, "invited");
}

/* The row before the change as people see it, and its number as :id. */
static json_t *
op_person_before(struct op_call *c, const char *handle)
{
	json_t *row = op_need_person(c, handle);

	if (row == NULL)
		return NULL;
	json_object_set(c->args, "id", json_object_get(row, "id"));
	c->before = json_deep_copy(row);
	op_person_words(c->before);
	return row;
}

static int
op_person_done(struct op_call *c, const char *handle)
{
	if ((c->after = op_person_row(c, handle)) == NULL)
		return -ENOENT;
	op_person_words(c->after);
	c->result = json_incref(c->after);
	return 0;
}

int
op_person_set(struct op_call *c)
{
	const char *handle = op_text(c, "handle");
	json_t *row = op_person_before(c, handle);
	int64_t roles;
	bool lea;
	int r;

	if (row == NULL)
		return -ENOENT;
	r = op_person_args(c);
	roles = op_int(c, "roles_n", json_integer_value(json_object_get(row, "roles")));
	lea = op_text(c, "lea") != NULL ||
	      (roles == OPW_LIAISON && json_is_integer(json_object_get(row, "lea_id")));
	json_decref(row);
	if (r < 0 || (r = op_person_pin(c)) < 0 ||
	    (r = op_person_lea(c, (unsigned)roles, lea)) < 0 ||
	    (r = store_run(c->store, STMT_PERSON_SET, c->args, &c->fault)) < 0)
		return r;
	login_enrol_quorum(c->x);
	return op_person_done(c, handle);
}

/* STMT on the person that is named; STATE (may be NULL) as :state. */
static int
op_person_change(struct op_call *c, enum store_stmt stmt, const char *state)
{
	const char *handle = op_text(c, "handle");
	json_t *row = op_person_before(c, handle);
	int r;

	if (row == NULL)
		return -ENOENT;
	json_decref(row);
	if (state != NULL)
		json_object_set_new(c->args, "state", json_string(state));
	if ((r = store_run(c->store, stmt, c->args, &c->fault)) < 0)
		return r;
	return op_person_done(c, handle);
}

int
op_person_remove(struct op_call *c)
{
	return op_person_change(c, STMT_PERSON_GONE, NULL);
}

int
op_person_lock(struct op_call *c)
{
	return op_person_change(c, STMT_PERSON_STATE, "locked");
}

int
op_person_unlock(struct op_call *c)
{
	return op_person_change(c, STMT_PERSON_STATE, "active");
}

int
op_person_reset(struct op_call *c)
{
	return op_person_change(c, STMT_PERSON_RESET, NULL);
}

int
op_person_list(struct op_call *c)
{
	json_t *row;
	size_t i;

	if (json_object_get(c->args, "all") == NULL)
		json_object_set_new(c->args, "all", json_false());
	c->result = store_rows(c->store, STMT_PERSON_LIST, c->args);
	json_array_foreach(c->result, i, row) op_person_words(row);
	return 0;
}

int
op_person_show(struct op_call *c)
{
	json_t *row = op_person_row(c, op_text(c, "handle"));

	if (row == NULL)
		return -ENOENT;
	op_person_words(row);
	c->result = row;
	return 0;
}

/* A one-time code for somebody who has no password yet. */
int
op_person_invite(struct op_call *c)
{
	json_t *row = op_person_before(c, op_text(c, "handle"));
	int64_t until = clock_now_ns() + PERSON_INVITE_NS;
	const char *state;
	char code[32], hash[65], when[32];
	int r;

	if (row == NULL)
		return -ENOENT;
	state = json_string_value(json_object_get(row, "state"));
	if (json_is_true(json_object_get(row, "password")) || strcmp(state, "locked") == 0)
		r = fault_set(&c->fault, FAULT_REFUSED, "person", c->object,
		    "mdfctl person reset, which two persons do",
		    "this person is locked or has a password already");
	else {
		login_code(code);
		login_hash_text(code, hash);
		json_object_set_new(c->args, "code_hash", json_string(hash));
		json_object_set_new(c->args, "until_ns", json_integer(until));
		r = store_run(c->store, STMT_PERSON_INVITE, c->args, &c->fault);
		c->after = json_incref(c->before);
		c->result = json_pack("{s:s, s:s, s:s}", "person", op_text(c, "handle"), "code",
		    code, "until", clock_format(until, when));
	}
	json_decref(row);
	return r;
}

int
op_tenant_add(struct op_call *c)
{
	int r;

	op_object(c, "tenant %s", op_text(c, "tenant"));
	if ((r = store_run(c->store, STMT_TENANT_ADD, c->args, &c->fault)) < 0) {
		if (c->fault.code == FAULT_CONFLICT)
			fault_set(&c->fault, FAULT_CONFLICT, "tenant", op_text(c, "tenant"),
			    "choose another name", "this tenant is there already");
		return r;
	}
	c->after = store_row(c->store, STMT_TENANT_GET, c->args);
	json_object_del(c->after, "id");
	c->result = json_incref(c->after);
	return 0;
}

int
op_tenant_list(struct op_call *c)
{
	c->result = store_rows(c->store, STMT_TENANT_LIST, c->args);
	return 0;
}
