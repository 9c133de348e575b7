/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that does not fail; see memory.h. */
#include "config.h"

#include "memory.h"

#include "base/log.h"

#include <event2/event.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the linker makes of malloc and the others, there and here. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

/* _exit: what exit() would run allocates too. */
static void *
got(void *p, size_t n)
{
	if (p != NULL || n == 0)
		return p;
	log_err("MEMORY",
	    "no memory for %zu octets: the process ends, and starts again from what is on disk; "
	    "give the machine or the unit more",
	    n);
	_exit(1);
}

void *
__wrap_malloc(size_t n)
{
	return got(__real_malloc(n), n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return got(__real_calloc(n, size), n != 0 ? size : 0);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return got(__real_realloc(p, n), n);
}

void *
__wrap_aligned_alloc(size_t align, size_t n)
{
	return got(__real_aligned_alloc(align, n), n);
}

char *
__wrap_strdup(const char *s)
{
	return got(__real_strdup(s), strlen(s) + 1);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	return got(__real_strndup(s, n), n + 1);
}

static void *
crypto_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return malloc(n);
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

void
memory_init(void)
{
	event_set_mem_functions(malloc, realloc, free);
	json_set_alloc_funcs(malloc, free);
	CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);
}
