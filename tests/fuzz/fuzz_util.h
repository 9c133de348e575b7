/* SPDX-License-Identifier: Apache-2.0 */
/* What fuzz targets share: an input taken apart into numbers and runs, and a folder in memory for
 * what is read as a file. */
#ifndef FUZZ_UTIL_H
#define FUZZ_UTIL_H

#include "base/octets.h"

#include <assert.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

/* Less memory of what was freed: twice as fast.  Nobody calls it without ASan. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=4:malloc_context_size=6";
}

/* ---- input; behind its end come zeros */

struct fuzz_in {
	const uint8_t *p;
	size_t n;
};

static inline uint64_t
fuzz_number(struct fuzz_in *in, unsigned octets)
{
	uint64_t v = 0;

	for (; octets > 0; octets--) {
		v = v << 8 | (in->n > 0 ? *in->p : 0);
		if (in->n > 0) {
			in->p++;
			in->n--;
		}
	}
	return v;
}

static inline uint8_t
fuzz_u8(struct fuzz_in *in)
{
	return (uint8_t)fuzz_number(in, 1);
}

static inline uint16_t
fuzz_u16(struct fuzz_in *in)
{
	return (uint16_t)fuzz_number(in, 2);
}

/* The next N octets, or those that are left. */
static inline struct octets
fuzz_take(struct fuzz_in *in, size_t n)
{
	struct octets o = {in->p, n < in->n ? n : in->n};

	in->p += o.n;
	in->n -= o.n;
	return o;
}

/* A run behind its length of two octets. */
static inline struct octets
fuzz_run(struct fuzz_in *in)
{
	return fuzz_take(in, fuzz_u16(in));
}

/* O as text, new (free). */
static inline char *
fuzz_text(struct octets o)
{
	char *t = malloc(o.n + 1);

	assert(t != NULL);
	if (o.n > 0)
		memcpy(t, o.p, o.n);
	t[o.n] = '\0';
	return t;
}

/* ---- files */

static char fuzz_folder[64];

static void
fuzz_folder_end(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s", fuzz_folder);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", fuzz_folder);
}

/* A folder of this process, in memory where there is one; removed at the end. */
static inline const char *
fuzz_dir(void)
{
	if (fuzz_folder[0] == '\0') {
		snprintf(fuzz_folder, sizeof(fuzz_folder), "%s/openmdf-fuzz-XXXXXX",
		    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		if (mkdtemp(fuzz_folder) == NULL)
			abort();
		atexit(fuzz_folder_end);
	}
	return fuzz_folder;
}

static inline void
fuzz_write(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t w;

	if (fd < 0)
		abort();
	w = n > 0 ? write(fd, p, n) : 0;
	close(fd);
	if (w != (ssize_t)n)
		abort();
}

/* What the code under test prints goes nowhere; the caller restores what is returned. */
struct fuzz_quiet {
	FILE *out, *err;
};

static inline struct fuzz_quiet
fuzz_quiet(void)
{
	static FILE *nowhere;
	struct fuzz_quiet q = {stdout, stderr};

	if (nowhere == NULL)
		nowhere = fopen("/dev/null", "w");
	assert(nowhere != NULL);
	stdout = stderr = nowhere;
	return q;
}

static inline void
fuzz_loud(struct fuzz_quiet q)
{
	stdout = q.out;
	stderr = q.err;
}

#endif
