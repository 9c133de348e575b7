/* SPDX-License-Identifier: Apache-2.0 */
/* Persons and what they may; see auth.h. */
#include "admin/auth.h"

#include "db/store.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

void
auth_actor_uid(struct ops_ctx *x, uint32_t uid, struct ops_actor *a)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	*a = (struct ops_actor){.uid = uid, .interface = "cli", .roles = x->open ? OPW_ANY : 0};
	a->roles |= OPW_LOGIN;
	if (getpwuid_r(uid, &pw, buf, sizeof(buf), &found) == 0 && found != NULL)
		snprintf(a->name, sizeof(a->name), "%s", pw.pw_name);
	else
		snprintf(a->name, sizeof(a->name), "uid %u", (unsigned)uid);
}

int
auth_check(struct op_call *c)
{
	if (c->x->open || (c->op->who & c->actor.roles) != 0)
		return 0;
	return fault_set(&c->fault, FAULT_DENIED, c->op->name, "", "ask a person with that role",
	    "your roles do not include this operation");
}
