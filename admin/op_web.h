/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of what people look at first: overview, links, lists with what is live, saved filters.
 */
#ifndef ADMIN_OP_WEB_H
#define ADMIN_OP_WEB_H

#include "admin/ops.h"

int op_overview(struct op_call *c);
int op_link_list(struct op_call *c);
int op_link_history(struct op_call *c);
/* The rows of ne.list in C->result get what is live, and OPS_LATER. */
int op_ne_live(struct op_call *c);
/* What is live of warrants that are named; those that the caller may not see are left out. */
int op_warrant_live(struct op_call *c);
int op_view_save(struct op_call *c);
int op_view_list(struct op_call *c);
int op_view_remove(struct op_call *c);

/* What the caller may see of the roles: the answer of LEA row LEA, borrowed; NULL: none. */
json_t *op_link_answer(json_t *parts, json_t *lea_id);
/* State of link ROW (of LINK_LIST), of which its deliver role says LIVE. */
const char *op_link_state(json_t *row, json_t *live);
/* The member of LIST whose "id" is that of ROW, borrowed. */
json_t *op_link_live(json_t *answer, json_t *row);

/* May the caller approve what operation OP asks for, but for what he asked for himself? */
bool op_approval_may(struct op_call *c, const char *op);

#endif
