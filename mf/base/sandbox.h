/* SPDX-License-Identifier: Apache-2.0 */
/* Closing the doors behind a role that has opened what it needs: no new privileges, not dumpable,
 * no core, user switched, file system confined (Landlock), system calls narrowed to a list of
 * allowed ones (seccomp).  Each step that this kernel cannot do is logged (SANDBOX) and left out.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* What happens at a system call that is not on the list: sandbox.seccomp of the configuration. */
enum sandbox_mode {
	SANDBOX_KILL, /* the process ends with SIGSYS; the kernel logs the number of the call */
	SANDBOX_LOG,  /* the kernel logs it and it is done */
	SANDBOX_OFF   /* no filter */
};

/* Before anything else in each process: no core files, not dumpable, umask 0077, stack limit as is.
 */
void sandbox_process(void);

/* Of the parent, inherited by every role from its first instruction: the calls that no part of the
 * daemon needs at any time: mounting, tracing, kernel modules, setting the clock. */
void sandbox_parent(enum sandbox_mode mode);

/* Change to USER (and its group, no others) when running as root; NULL or not root: nothing.
 * Returns 0 or -errno after logging. */
int sandbox_user(const char *user);

/* Give PATH to USER when running as root; otherwise nothing.  Returns 0 or -1 after logging. */
int sandbox_chown(const char *path, const char *user);

struct sandbox_path {
	const char *path;
	bool write; /* create, write, rename and remove below it too */
};

/* What a role may do on the network once it runs; nothing of it: only what is open already. */
enum sandbox_may {
	SANDBOX_ACCEPT = 1,  /* take connections from sockets that listen already */
	SANDBOX_CONNECT = 2, /* make TCP connections */
	SANDBOX_NAMES = 4    /* ask local services for the names of users */
};

struct sandbox {
	const struct sandbox_path *path; /* those that do not exist, and NULL, are skipped */
	size_t path_n;
	unsigned may; /* enum sandbox_may */
	enum sandbox_mode mode;
};

/* Allow what S says, drop everything else, for this thread and those that it starts: so before the
 * first of them. */
void sandbox_enter(const struct sandbox *s);

/* What keeps seccomp from biting here, in words; NULL: nothing. */
const char *sandbox_gap(void);

/* For sandbox.c only. */
void sandbox_calls(unsigned may, enum sandbox_mode mode);

#endif
