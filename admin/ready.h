/* SPDX-License-Identifier: Apache-2.0 */
/* Can this system do its work?  What /readyz answers. */
#ifndef ADMIN_READY_H
#define ADMIN_READY_H

#include <jansson.h>
#include <stdbool.h>

struct conf;
struct ops_ctx;

/* Object of name > true or false: database (a change can be written, and there is space for it),
 * audit (the audit log takes rows), chain (its newest rows and its newest signed head fit), clock
 * (synchronised; a laboratory does not ask), roles (ROLES: the data plane runs).  New reference. */
json_t *ready_checks(struct ops_ctx *x, const struct conf *conf, bool roles);

#endif
