/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-verify cosign: a witness.  It signs a head only when it continues the last one that it has
 * signed of that log, so two parties who trust it have seen the same log.  C2SP tlog-cosignature,
 * cosignature/v1.  The state file holds that last head. */
#include "verify_log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int
cosign_fail(const char *what, const char *why)
{
	fprintf(stderr, "mdf-verify: %s: %s\n", what, why);
	return VERIFY_USAGE;
}

static EVP_PKEY *
cosign_key(const struct verify_cosign *c, struct note_key *k)
{
	FILE *f = c->sign == NULL ? NULL : fopen(c->sign, "re");
	EVP_PKEY *key = f == NULL ? NULL : PEM_read_PrivateKey(f, NULL, NULL, NULL);

	if (f != NULL)
		fclose(f);
	if (key != NULL && c->name != NULL && note_key_from(key, c->name, NOTE_COSIGN, k) == 0)
		return key;
	EVP_PKEY_free(key);
	fprintf(stderr, "mdf-verify: cosign needs --sign (Ed25519 private key, PEM) and --name\n");
	return NULL;
}

int
verify_cosign_vkey(const struct verify_cosign *c)
{
	char text[NOTE_KEY_MAX];
	struct note_key k;
	EVP_PKEY *key = cosign_key(c, &k);

	if (key == NULL)
		return VERIFY_USAGE;
	note_key_text(&k, text);
	printf("%s\n", text);
	note_key_fini(&k);
	EVP_PKEY_free(key);
	return VERIFY_OK;
}

/* The head of the last time; size 0: there was none. */
static int
cosign_last(const char *path, struct note_head *h)
{
	char text[NOTE_MAX];
	FILE *f = fopen(path, "re");
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof(text), f);
	bool missing = f == NULL && errno == ENOENT;

	memset(h, 0, sizeof(*h));
	if (f != NULL)
		fclose(f);
	return missing || (n > 0 && note_head_parse(text, n, h) == 0) ? 0 : -1;
}

static int
cosign_keep(const char *path, const struct note_head *h)
{
	char tmp[4096], text[512], root[64];
	int fd, n, r;

	note_base64(h->root, sizeof(h->root), root);
	n = snprintf(
	    text, sizeof(text), "%s\n%llu\n%s\n", h->origin, (unsigned long long)h->size, root);
	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write(fd, text, (size_t)n) == n && fsync(fd) == 0 ? 0 : -EIO;
	close(fd);
	return r == 0 && rename(tmp, path) < 0 ? -errno : r;
}

/* The head in PATH when it continues LAST; NULL, or what is wrong. */
static const char *
cosign_read(struct verify *v, const char *path, const struct note_head *last, struct note_head *h)
{
	struct note_head old = {0};
	const char *why;
	bool proof;

	if (verify_open(v, path) != 0 || !verify_line(v))
		return "it cannot be read";
	proof = strcmp(v->line, "openmdf-consistency 1") == 0;
	v->kept = !proof;
	why = proof ? verify_consistency(v, &old, h) : verify_note(v, h);
	if (why != NULL)
		return why;
	if (last->size > 0 && strcmp(last->origin, h->origin) != 0)
		return "the state is of another log";
	if (h->size < last->size)
		return "it is older than the head that was signed before";
	if (last->size == 0)
		return NULL;
	if (h->size == last->size)
		return memcmp(h->root, last->root, sizeof(h->root)) == 0
			   ? NULL
			   : "fork: another head of that size was signed before";
	if (!proof || old.size != last->size)
		return "a proof from the head that was signed before is needed: mdfctl audit "
		       "consistency";
	return memcmp(old.root, last->root, sizeof(old.root)) == 0
		   ? NULL
		   : "fork: the earlier head is not the one that was signed before";
}

int
verify_cosign(struct verify *v, const struct verify_cosign *c, const char *path)
{
	struct note_head last, h;
	char line[NOTE_LINE_MAX];
	struct note_key k;
	const char *why;
	EVP_PKEY *key;
	int r = VERIFY_OK;

	if (c->state == NULL || !v->has_key)
		return cosign_fail("cosign", "needs --state and --key");
	if (cosign_last(c->state, &last) < 0)
		return cosign_fail(c->state, "it holds no head");
	if ((key = cosign_key(c, &k)) == NULL)
		return VERIFY_USAGE;
	if ((why = cosign_read(v, path, &last, &h)) != NULL) {
		fprintf(stderr, "mdf-verify: %s: not signed: %s\n", path, why);
		r = VERIFY_BAD;
	} else if (cosign_keep(c->state, &h) < 0) {
		r = cosign_fail(c->state, "it cannot be written");
	} else if (note_sign(v->note, v->note_body, &k, key, (uint64_t)time(NULL), line) < 0) {
		r = cosign_fail(path, "it cannot be signed");
	} else {
		fputs(line, stdout);
	}
	note_key_fini(&k);
	EVP_PKEY_free(key);
	return r;
}
