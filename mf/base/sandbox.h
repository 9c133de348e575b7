/* SPDX-License-Identifier: Apache-2.0 */
/* Closing the doors behind a role that has opened what it needs: no new privileges, not dumpable,
 * no core, user switched, file system confined (Landlock), system calls narrowed (seccomp).  Each
 * step that this kernel cannot do is logged (SANDBOX) and left out. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* Before anything else in each process: no core files, not dumpable, umask 0077, stack limit as is.
 */
void sandbox_process(void);

/* Change to USER (and its group, no others) when running as root; NULL or not root: nothing.
 * Returns 0 or -errno after logging. */
int sandbox_user(const char *user);

/* Give PATH to USER when running as root; otherwise nothing.  Returns 0 or -1 after logging. */
int sandbox_chown(const char *path, const char *user);

struct sandbox_path {
	const char *path;
	bool write; /* create, write, rename and remove below it too */
};

/* Allow the paths, drop every other file access; NET: sockets may be made (deliver connects, ingest
 * listens before and accepts after). PATHS that do not exist are skipped. */
void sandbox_enter(const struct sandbox_path *paths, size_t n, bool net);

#endif
