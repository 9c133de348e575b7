/* SPDX-License-Identifier: Apache-2.0 */
/* Between the parts of mdfctl: help and generated pages (mdfctl_help.c), output for people
 * (mdfctl_show.c). */
#ifndef ADMIN_MDFCTL_H
#define ADMIN_MDFCTL_H

#include "admin/ops.h"

#include <getopt.h>
#include <stdio.h>

enum mdfctl_exit {
	MDFCTL_OK = 0,
	MDFCTL_FAILED = 1, /* refused, or a fault of the daemon; of wait: the time is up */
	MDFCTL_USAGE = 2,
	MDFCTL_NO_DAEMON = 3, /* the daemon does not answer */
	MDFCTL_NOT_FOUND = 4,
	MDFCTL_CONFLICT = 5
};

struct mdfctl_opt {
	const char *name, *arg; /* arg NULL: none */
	int value;
	const char *help;
};
extern const struct mdfctl_opt mdfctl_opts[]; /* ends with a NULL name */

bool mdfctl_is_object(const char *word);	 /* "warrant" of "warrant.add" */
void mdfctl_help(FILE *out, const char *object); /* OBJECT: only its operations; or NULL */
void mdfctl_help_op(FILE *out, const struct op *op);
void mdfctl_man(FILE *out);
void mdfctl_completion(FILE *out);

/* RESULT of OP as a table, borrowed. */
void mdfctl_show(const struct op *op, json_t *result);
void mdfctl_show_status(json_t *status);
void mdfctl_show_tree(json_t *result); /* mdfctl_tree.c */

#endif
