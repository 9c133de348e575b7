/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target without a fuzzer: plays the seeds of its corpus, and what is easily made of them
 * (every shorter length, some changed octets).  TAP.  The program replay_<area> plays
 * $top_srcdir/tests/fuzz/corpus/<area>/; files named on the command line are played instead, as
 * they are: to look at a crash. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 65536
#define PREFIX_MAX 512 /* of few seeds; of many, fewer of each */
#define CHANGES 500
#define SEEDS_FEW 50

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

/* N octets of IN in memory of just that size, so that a sanitizer sees every step outside. */
static void
play(const uint8_t *in, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, in, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

/* One in SHARE of what is made of a seed. */
static void
play_changed(const uint8_t *in, size_t n, size_t share)
{
	static uint8_t copy[INPUT_MAX];

	srandom((unsigned)n);
	for (size_t k = (size_t)random() % share; k < n && k < PREFIX_MAX; k += share)
		play(in, k);
	for (size_t i = 0; n > 0 && i < CHANGES / share; i++) {
		memcpy(copy, in, n);
		for (long k = 1 + random() % 4; k > 0; k--)
			copy[(size_t)random() % n] = (uint8_t)random();
		play(copy, n);
	}
}

static int
play_file(const char *path, size_t share)
{
	static uint8_t in[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	n = fread(in, 1, sizeof(in), f);
	fclose(f);
	play(in, n);
	if (share > 0)
		play_changed(in, n, share);
	return 0;
}

static int
play_corpus(const char *area)
{
	const char *top = getenv("top_srcdir");
	char folder[4096], path[8192];
	struct dirent *e;
	size_t seeds = 0, share;
	int n = 0;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".", area);
	d = opendir(folder);
	while (d != NULL && readdir(d) != NULL)
		seeds++;
	if (d != NULL)
		rewinddir(d);
	share = 1 + seeds / SEEDS_FEW;
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (play_file(path, share) == 0)
			printf("ok %d - %s\n", ++n, e->d_name);
		fflush(stdout);
	}
	if (d != NULL)
		closedir(d);
	printf("1..%d\n", n);
	if (n == 0)
		fprintf(stderr, "%s: no seeds\n", folder);
	return n > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *area = strrchr(argv[0], '_');
	int bad = 0;

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			bad |= play_file(argv[i], 0);
		return bad != 0;
	}
	return play_corpus(area != NULL ? area + 1 : "none");
}
