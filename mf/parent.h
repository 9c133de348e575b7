/* SPDX-License-Identifier: Apache-2.0 */
/* The parent: starts, restarts and stops the roles, connects them, tells systemd.  No network
 * input, no keys, no content. */
#ifndef PARENT_H
#define PARENT_H

#include "base/conf.h"

/* Run until SIGTERM or SIGINT.  EXE is the path of this binary for the roles.  Returns the exit
 * code. */
int parent_run(struct conf *conf, const char *exe);

#endif
