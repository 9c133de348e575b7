/* SPDX-License-Identifier: Apache-2.0 */
/* No memory: the process says so and ends; the parent starts the role again, which recovers from
 * disk as after any other death.  So no caller has to check, and no half-done work goes on.
 *
 * The linker turns the allocations of everything in mdfd to memory.c (--wrap, see Makefile.am).
 * Libraries: libevent, jansson and OpenSSL are given the same functions; SQLite, libxml2 and others
 * report it as their error. */
#ifndef MDF_MEMORY_H
#define MDF_MEMORY_H

/* First thing in main: before any library allocates. */
void memory_init(void);

#endif
