/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI 3.1 document of REST, made from the table of operations: served, printed by
 * `mdfctl --openapi`, and shipped. */
#ifndef ADMIN_REST_OPENAPI_H
#define ADMIN_REST_OPENAPI_H

#include "admin/ops.h"

/* New reference. */
json_t *rest_openapi_document(void);
/* Schema of an argument, as it stands in a body or (QUERY) in a query; new reference. */
json_t *rest_schema_arg(const struct op_arg *a, bool query);
json_t *rest_schema_or_null(json_t *schema); /* SCHEMA, which may be null as well */
/* Schema of what OP answers when it is done; new reference. */
json_t *rest_schema_result(const struct op *op);
/* The members of the result of operation OP (of one row, when it is a list), as far as they are
 * written down; new reference or NULL. */
json_t *rest_result_members(const char *op);

#endif
