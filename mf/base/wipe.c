/* SPDX-License-Identifier: Apache-2.0 */
/* Memory is cleared when it is given back: of warrants and what they bring nothing stays behind in
 * free memory, whichever library held it.  In the daemon only, in place of free() and realloc() of
 * the C library; malloc() is not touched.  Cheap, since what is hot keeps its buffers. */
#include "config.h"

#include <stdlib.h>

#if defined(__GLIBC__) && !defined(WITH_SANITIZERS)
#include <dlfcn.h>
#include <malloc.h>
#include <stdbool.h>
#include <string.h>

#define WIPE_MAPPED (1024 * 1024) /* from here on a block is a mapping, which the kernel clears */

static void (*libc_free)(void *);
static void *(*libc_realloc)(void *, size_t);

/* In the first free(), before there are threads.  What looking up gives back meanwhile is kept. */
static bool
wipe_begin(void)
{
	static volatile bool under_way; /* dlsym() may call free(), whatever the compiler thinks */

	if (under_way)
		return false;
	under_way = true;
	mallopt(M_MMAP_THRESHOLD, WIPE_MAPPED);
	*(void **)&libc_realloc = dlsym(RTLD_NEXT, "realloc");
	*(void **)&libc_free = dlsym(RTLD_NEXT, "free");
	under_way = false;
	return libc_free != NULL && libc_realloc != NULL;
}

void
free(void *p)
{
	size_t n;

	if (p == NULL || (libc_free == NULL && !wipe_begin()))
		return;
	n = malloc_usable_size(p);
	if (n < WIPE_MAPPED)
		explicit_bzero(p, n);
	libc_free(p);
}

/* As that of the C library, but a block that moves is cleared where it was. */
void *
realloc(void *p, size_t n)
{
	size_t have = p != NULL ? malloc_usable_size(p) : 0;
	void *to;

	if (p == NULL)
		return malloc(n);
	if (n == 0) {
		free(p);
		return NULL;
	}
	if (n <= have && n > have / 2)
		return p;
	if (have >= WIPE_MAPPED && (libc_realloc != NULL || wipe_begin()))
		return libc_realloc(p, n);
	to = malloc(n);
	if (to == NULL)
		return NULL;
	memcpy(to, p, n < have ? n : have);
	free(p);
	return to;
}
#endif
