/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file.  What is refused has a sentence; what is taken is written so that it is
 * read back to the same.  Input: the file; a line of one octet 1 begins a second file in its .d. */
#include "base/conf.h"
#include "fuzz_util.h"

#include <errno.h>

static char path[128], second[160];

static void
begin(void)
{
	char folder[150];

	if (path[0] != '\0')
		return;
	snprintf(path, sizeof(path), "%s/mdfd.conf", fuzz_dir());
	snprintf(folder, sizeof(folder), "%s.d", path);
	snprintf(second, sizeof(second), "%s/1.conf", folder);
	if (mkdir(folder, 0700) < 0)
		abort();
}

/* What conf_dump() writes, new. */
static char *
dump(const struct conf *c)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert(f != NULL);
	conf_dump(c, f);
	fclose(f);
	return text;
}

static struct conf *
load(char *why, size_t max)
{
	struct fuzz_quiet q = fuzz_quiet();
	FILE *f = fmemopen(why, max, "w");
	struct conf *c;

	assert(f != NULL);
	c = conf_load(path, f);
	fclose(f);
	fuzz_loud(q);
	return c;
}

/* Texts that the file's own syntax writes otherwise than conf_dump() does. */
static bool
plain(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p == '\\' || *p == '$' || (unsigned char)*p > '~')
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	char *text = fuzz_text((struct octets){in, n}), *split = strstr(text, "\n\1\n"), *a, *b;
	static char why[4096];
	struct conf *c, *again;

	begin();
	unlink(second);
	if (split != NULL) {
		*split = '\0';
		fuzz_write(second, split + 3, strlen(split + 3));
	}
	fuzz_write(path, text, strlen(text));
	why[0] = '\0';
	c = load(why, sizeof(why));
	assert(c != NULL || why[0] != '\0');
	if (c != NULL) {
		assert(c->listener_n <= CONF_LISTENERS_MAX && c->control_uids_n <= 16);
		a = dump(c);
		unlink(second);
		fuzz_write(path, a, strlen(a));
		if (plain(text) && plain(a)) {
			again = load(why, sizeof(why));
			assert(again != NULL);
			b = dump(again);
			assert(strcmp(a, b) == 0);
			conf_free(again);
			free(b);
		}
		free(a);
	}
	conf_free(c);
	free(text);
	return 0;
}
