/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for what goes to the LEAs; see keys.h. */
#include "ingest/keys.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define KEYS_NAME_MAX 128

struct keys_entry {
	LIST_ENTRY(keys_entry) entry;
	char name[KEYS_NAME_MAX]; /* file name */
	bool current;		  /* read since the last keys_reload() */
	EVP_PKEY *sign;
	struct handover_crypt *crypt;
};

struct keys {
	char *dir; /* NULL: none */
	LIST_HEAD(, keys_entry) entries;
};

struct keys *
keys_new(const char *dir)
{
	struct keys *k = calloc(1, sizeof(*k));

	assert(k != NULL);
	if (dir != NULL && dir[0] != '\0') {
		k->dir = strdup(dir);
		assert(k->dir != NULL);
	}
	LIST_INIT(&k->entries);
	return k;
}

void
keys_free(struct keys *k)
{
	struct keys_entry *e;

	if (k == NULL)
		return;
	while ((e = LIST_FIRST(&k->entries)) != NULL) {
		LIST_REMOVE(e, entry);
		EVP_PKEY_free(e->sign);
		if (e->crypt != NULL)
			handover_crypt_free(e->crypt);
		free(e);
	}
	free(k->dir);
	free(k);
}

void
keys_reload(struct keys *k)
{
	struct keys_entry *e;

	LIST_FOREACH(e, &k->entries, entry)
	e->current = false;
}

/* Open DIR/NAME; NULL after logging why. */
static FILE *
keys_file(const struct keys *k, const char *name)
{
	char path[PATH_MAX];
	FILE *f;

	if (k->dir == NULL) {
		log_err("HANDOVER-KEY", "%s is needed, but the configuration has no handover_keys",
		    name);
		return NULL;
	}
	if (snprintf(path, sizeof(path), "%s/%s", k->dir, name) >= (int)sizeof(path))
		return NULL;
	f = fopen(path, "re");
	if (f == NULL)
		log_err("HANDOVER-KEY", "%s: %s", path, strerror(errno));
	return f;
}

static int
keys_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
keys_read_crypt(const struct keys *k, struct keys_entry *e, uint8_t type)
{
	FILE *f = keys_file(k, e->name);
	uint8_t key[32];
	size_t n = 0;
	int a, b;

	if (f == NULL)
		return;
	while (n < sizeof(key) && (a = keys_digit(getc(f))) >= 0 && (b = keys_digit(getc(f))) >= 0)
		key[n++] = (uint8_t)(a << 4 | b);
	fclose(f);
	e->crypt = handover_crypt_new(type, (struct octets){key, n}, clock_wall_ns());
	OPENSSL_cleanse(key, sizeof(key));
	if (e->crypt == NULL)
		log_err("HANDOVER-KEY", "%s: not %s hexadecimal digits", e->name,
		    type == 3 ? "48" : "64");
}

static void
keys_read_sign(const struct keys *k, struct keys_entry *e)
{
	FILE *f = keys_file(k, e->name);

	if (f == NULL)
		return;
	e->sign = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	if (e->sign == NULL)
		log_err("HANDOVER-KEY", "%s: not a private key in PEM form", e->name);
}

/* The entry of LEA's file with SUFFIX; NULL: no such name can be.  *fresh: it is to be read. */
static struct keys_entry *
keys_entry(struct keys *k, struct octets lea, const char *suffix, bool *fresh)
{
	char name[KEYS_NAME_MAX];
	struct keys_entry *e;

	*fresh = false;
	if (k == NULL || lea.n == 0 || lea.n > 64 || memchr(lea.p, '/', lea.n) != NULL ||
	    lea.p[0] == '.')
		return NULL;
	snprintf(name, sizeof(name), "%.*s.%s", (int)lea.n, (const char *)lea.p, suffix);
	LIST_FOREACH(e, &k->entries, entry)
	if (e->current && strcmp(e->name, name) == 0)
		return e;
	e = calloc(1, sizeof(*e));
	assert(e != NULL);
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->current = true;
	LIST_INSERT_HEAD(&k->entries, e, entry);
	*fresh = true;
	return e;
}

EVP_PKEY *
keys_sign(struct keys *k, struct octets lea)
{
	bool fresh;
	struct keys_entry *e = keys_entry(k, lea, "sign.pem", &fresh);

	if (e == NULL)
		return NULL;
	if (fresh)
		keys_read_sign(k, e);
	return e->sign;
}

struct handover_crypt *
keys_crypt(struct keys *k, struct octets lea, uint8_t type)
{
	bool fresh;
	struct keys_entry *e = keys_entry(k, lea, "enc.hex", &fresh);

	if (e == NULL)
		return NULL;
	if (fresh)
		keys_read_crypt(k, e, type);
	return e->crypt;
}
