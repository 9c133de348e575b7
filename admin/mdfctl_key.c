/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of persons and the first key list: what is done without the daemon, best on a machine
 * without a network.  See mf/trust/keylist.h. */
#include "admin/mdfctl.h"

#include "trust/canon.h"
#include "trust/keylist.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
key_arg(json_t *args, const char *name)
{
	return json_string_value(json_object_get(args, name));
}

static int
key_wrong(const char *object, const char *why)
{
	fprintf(stderr, "mdfctl: %s: %s\n", object, why);
	return MDFCTL_FAILED;
}

/* {"id", "spki"}, and person and rights when they are named; new. */
static json_t *
key_entry(EVP_PKEY *key, const char *person, const char *rights)
{
	uint8_t spki[SIGN_SPKI_MAX];
	char id[SIGN_ID_TEXT], text[SIGN_SPKI_MAX * 2];
	json_t *entry, *list = json_array();
	char *copy = strdup(rights == NULL ? "" : rights), *at = copy, *word;

	sign_id(key, id);
	EVP_EncodeBlock((uint8_t *)text, spki, (int)sign_spki(key, spki));
	entry = json_pack("{s:s, s:s}", "id", id, "spki", text);
	while ((word = strsep(&at, ",")) != NULL)
		if (word[0] != '\0')
			json_array_append_new(list, json_string(word));
	if (person != NULL)
		json_object_set_new(entry, "person", json_string(person));
	if (rights != NULL)
		json_object_set(entry, "rights", list);
	json_decref(list);
	free(copy);
	return entry;
}

static int
key_print(json_t *j)
{
	json_dumpf(j, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(j);
	return fflush(stdout) == 0 ? MDFCTL_OK : MDFCTL_FAILED;
}

static int
key_new(json_t *args)
{
	const char *file = key_arg(args, "file"), *type = key_arg(args, "type");
	bool p256 = type != NULL && strcmp(type, "p256") == 0;
	EVP_PKEY *key;
	FILE *f;
	int fd, ok;

	if (type != NULL && !p256 && strcmp(type, "ed25519") != 0)
		return key_wrong("type", "ed25519 or p256");
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return key_wrong(file, strerror(errno));
	f = fdopen(fd, "w");
	key = p256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "prime256v1")
		   : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	ok = f != NULL && key != NULL &&
	     PEM_write_PKCS8PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1 && fflush(f) == 0 &&
	     fsync(fd) == 0;
	if (f != NULL)
		fclose(f);
	if (!ok) {
		EVP_PKEY_free(key);
		unlink(file);
		return key_wrong(file, "the key cannot be made or written");
	}
	ok = key_print(key_entry(key, NULL, NULL));
	EVP_PKEY_free(key);
	return ok;
}

static int
key_public(json_t *args, const char *pin_file)
{
	const char *file = key_arg(args, "file"), *pem = key_arg(args, "pem"), *why = "";
	EVP_PKEY *key = sign_key_load(file, pin_file, &why);
	int r;

	if (key == NULL)
		return key_wrong(file, why);
	if (pem != NULL && strcmp(pem, "yes") == 0)
		r = PEM_write_PUBKEY(stdout, key) == 1 ? MDFCTL_OK : MDFCTL_FAILED;
	else
		r = key_print(key_entry(key, key_arg(args, "handle"), key_arg(args, "rights")));
	EVP_PKEY_free(key);
	return r;
}

/* Entries of a key list in the order of their ids. */
static int
key_compare(const void *a, const void *b)
{
	json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;

	return strcmp(key_arg(x, "id") == NULL ? "" : key_arg(x, "id"),
	    key_arg(y, "id") == NULL ? "" : key_arg(y, "id"));
}

#define KEY_ENTRIES_MAX 256

static int
key_entries(const char *files, json_t *keys)
{
	json_t *row[KEY_ENTRIES_MAX];
	char *copy = strdup(files), *at = copy, *file;
	size_t n = 0;
	int r = MDFCTL_OK;

	while ((file = strsep(&at, ",")) != NULL && r == MDFCTL_OK) {
		json_t *e = n < KEY_ENTRIES_MAX ? json_load_file(file, 0, NULL) : NULL;

		if (!json_is_object(e)) {
			r = key_wrong(file, "it has no entry for a key list");
			json_decref(e);
			break;
		}
		json_object_set_new(e, "state", json_string("active"));
		json_object_set_new(e, "retired_ns", json_string(""));
		row[n++] = e;
	}
	qsort(row, n, sizeof(row[0]), key_compare);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(keys, row[i]);
	free(copy);
	return r;
}

static int
key_genesis(json_t *args, const char *pin_file)
{
	const char *where = key_arg(args, "root"), *files = key_arg(args, "entry"), *why = "";
	EVP_PKEY *root = sign_key_load(where, pin_file, &why);
	json_t *keys = json_array(), *doc;
	struct keylist_sig sig;
	char *text;
	int r;

	if (root == NULL)
		return key_wrong(where, why);
	r = key_entries(files, keys);
	doc = json_pack(
	    "{s:o, s:s, s:s, s:i}", "keys", keys, "prev", "", "type", KEYLIST_TYPE, "version", 1);
	text = canon_json(doc, NULL);
	if (r == MDFCTL_OK && (text == NULL || keylist_draft_check(NULL, text, &why) < 0))
		r = key_wrong("key list", text == NULL ? "it has no canonical form" : why);
	sign_id(root, sig.key);
	if (r == MDFCTL_OK && sign_make(root, text, strlen(text), sig.sig) < 0)
		r = key_wrong(where, "the key does not sign");
	if (r == MDFCTL_OK)
		r = key_print(
		    json_pack("{s:s, s:[o]}", "doc", text, "sigs", keylist_sig_write(&sig)));
	free(text);
	json_decref(doc);
	EVP_PKEY_free(root);
	return r;
}

bool
mdfctl_key_has(const char *op)
{
	return strcmp(op, "key.new") == 0 || strcmp(op, "key.public") == 0 ||
	       strcmp(op, "key.genesis") == 0;
}

int
mdfctl_key(const char *op, json_t *args, const char *pin_file)
{
	const char *needs = strcmp(op, "key.genesis") == 0 ? "root" : "file";

	if (key_arg(args, needs) == NULL ||
	    (strcmp(needs, "root") == 0 && key_arg(args, "entry") == NULL)) {
		fprintf(stderr, "mdfctl: something is missing; mdfctl help %s\n", op);
		return MDFCTL_USAGE;
	}
	return strcmp(op, "key.new") == 0      ? key_new(args)
	       : strcmp(op, "key.public") == 0 ? key_public(args, pin_file)
					       : key_genesis(args, pin_file);
}
