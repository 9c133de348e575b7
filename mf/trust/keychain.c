/* SPDX-License-Identifier: Apache-2.0 */
/* See keychain.h. */
#include "trust/keychain.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct keychain {
	EVP_PKEY *root;
	char *mark;
	struct keylist *list;
	uint8_t taken[SHA256_DIGEST_LENGTH]; /* of the text that LIST is */
	unsigned seen;			     /* newest version; 0: none */
	char seen_hash[SIGN_ID_TEXT];
};

/* One line: version and hash. */
static void
keychain_mark_read(struct keychain *r)
{
	FILE *f = r->mark == NULL ? NULL : fopen(r->mark, "re");

	if (f == NULL)
		return;
	if (fscanf(f, "%u %64[0-9a-f]", &r->seen, r->seen_hash) != 2) {
		r->seen = 0;
		r->seen_hash[0] = '\0';
	}
	fclose(f);
}

/* It is kept in memory in any case. */
static void
keychain_mark_write(const struct keychain *r)
{
	char tmp[4200], line[100];
	int n = snprintf(line, sizeof(line), "%u %s\n", r->seen, r->seen_hash), fd;
	bool ok;

	if (r->mark == NULL || snprintf(tmp, sizeof(tmp), "%s.tmp", r->mark) >= (int)sizeof(tmp))
		return;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	ok = write(fd, line, (size_t)n) == n && fsync(fd) == 0;
	close(fd);
	if (!ok || rename(tmp, r->mark) < 0)
		unlink(tmp);
}

struct keychain *
keychain_new(EVP_PKEY *root, const char *mark)
{
	struct keychain *r = calloc(1, sizeof(*r));

	assert(r != NULL);
	r->root = root;
	r->mark = mark == NULL ? NULL : strdup(mark);
	keychain_mark_read(r);
	return r;
}

void
keychain_free(struct keychain *r)
{
	if (r == NULL)
		return;
	keylist_free(r->list);
	EVP_PKEY_free(r->root);
	free(r->mark);
	free(r);
}

const struct keylist *
keychain_list(const struct keychain *r)
{
	return r->list;
}

/* 0, or why LIST must not follow what was seen. */
static int
keychain_older(const struct keychain *r, const struct keylist *list, const char **why)
{
	*why = "it is older than one that was in force";
	if (keylist_version(list) < r->seen)
		return -ESTALE;
	*why = "it is another one of the same version as one that was in force";
	if (keylist_version(list) == r->seen && strcmp(keylist_hash(list), r->seen_hash) != 0)
		return -ESTALE;
	return 0;
}

int
keychain_take(struct keychain *r, const char *text, size_t n, const char **why)
{
	uint8_t md[SHA256_DIGEST_LENGTH];
	struct keylist *list = NULL;
	json_t *chain;
	size_t at;

	SHA256((const uint8_t *)text, n, md);
	if (r->list != NULL && memcmp(md, r->taken, sizeof(md)) == 0)
		return 0;
	*why = "the root key of the configuration is not there";
	chain = n == 0 ? json_array() : json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	if (r->root != NULL)
		list = keylist_load(r->root, chain, &at, why);
	json_decref(chain);
	if (list == NULL)
		return -EINVAL;
	if (keychain_older(r, list, why) < 0) {
		keylist_free(list);
		return -ESTALE;
	}
	keylist_free(r->list);
	r->list = list;
	memcpy(r->taken, md, sizeof(md));
	if (keylist_version(list) > r->seen) {
		r->seen = keylist_version(list);
		snprintf(r->seen_hash, sizeof(r->seen_hash), "%s", keylist_hash(list));
		keychain_mark_write(r);
	}
	return 1;
}
