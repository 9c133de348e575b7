/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by rest_route.c and rest_args.c. */
#ifndef ADMIN_REST_QUERY_H
#define ADMIN_REST_QUERY_H

#include "admin/rest_call.h"

/* The parameters of QUERY (NULL: none) as arguments; limit and cursor of a list.  As
 * rest_call_args(). */
int rest_call_query(struct rest_call *c, const char *query, struct rest_problem *p);

#endif
