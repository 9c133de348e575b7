/* SPDX-License-Identifier: Apache-2.0 */
/* Between the operations that enter warrants (op_warrant.c) and those that change them
 * (op_warrant_set.c). */
#ifndef ADMIN_OP_WARRANT_H
#define ADMIN_OP_WARRANT_H

#include "admin/ops.h"

/* The destination that argument ARG ("hi2", "hi3") names, checked against the agency "lea", as
 * :ID_ARG.  MEMORY: object that remembers rows during one call. */
int op_warrant_destination(struct op_call *c, json_t *memory, const char *arg, const char *id_arg);
/* Members of the argument "ne" as row numbers; new, or NULL and the fault set. */
json_t *op_warrant_nes(struct op_call *c, json_t *memory);
/* A tenant's warrant, row ID, names elements of that tenant only.  0, or < 0 and the fault. */
int op_warrant_own_nes(struct op_call *c, int64_t id);
/* What a warrant must have in any state, and what an active one must.  W: as shown. */
int op_warrant_fits(struct op_call *c, json_t *w);
int op_warrant_complete(struct op_call *c, json_t *w);

/* Members of the record of the order that need more than their type. */
int op_record_args(struct op_call *c);
/* cc_outage and iri_outage of warrant row ID: as the call says, else as its regime does. */
int op_warrant_outage(struct op_call *c, int64_t id);
/* Services and countries as text for the database; limits of the lists. */
int op_narrow_args(struct op_call *c);
/* The rules of the arguments "exclude" and "target", in place of the former ones, when given. */
int op_warrant_rules(struct op_call *c, int64_t id);
/* One target rule more, behind the others; :lea_id is the agency. */
int op_warrant_rule_append(struct op_call *c, int64_t id, const char *text);
int op_ne_rules(struct op_call *c, int64_t id);

#endif
