/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that need neither database nor roles: mdfctl answers them itself (also without a
 * daemon), and the daemon answers them the same way. */
#ifndef ADMIN_TABLES_H
#define ADMIN_TABLES_H

#include "db/fault.h"

#include <jansson.h>
#include <stdbool.h>

/* OP is one of them. */
bool tables_has(const char *op);
/* The result of OP (new), or NULL and *f.  ARGS: as checked, borrowed. */
json_t *tables_result(const char *op, json_t *args, struct fault *f);
/* A profile as people see it: META (name, version, ...; borrowed), "about" and every field of TEXT.
 */
json_t *tables_profile(json_t *meta, json_t *text);

#endif
