/* SPDX-License-Identifier: Apache-2.0 */
/* The key list in the admin role; see keyring.h. */
#include "admin/keyring.h"

#include "base/log.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct keyring {
	struct keylist *list;
	int64_t version; /* newest row that was looked at, good or not */
};

/* Every row is checked again from the root on: a row that does not follow leaves the last good list
 * of this run in force. */
static void
keyring_load(struct ops_ctx *x, int64_t version)
{
	json_t *chain = store_rows(x->store, STMT_KEYS_CHAIN, NULL), *list = json_array(), *row;
	struct keylist *k;
	const char *why = "";
	size_t i, at = 0;

	json_array_foreach(chain, i, row) json_array_append(list, json_object_get(row, "envelope"));
	k = keylist_load(x->root, list, &at, &why);
	x->keyring->version = version;
	if (k != NULL) {
		keylist_free(x->keyring->list);
		x->keyring->list = k;
	} else {
		log_err(
		    "KEY-LIST", "key list %zu in the database does not verify: %s", at + 1, why);
	}
	if (x->alarm != NULL)
		x->alarm(x->arg, k == NULL, "KEY-LIST", "admin",
		    "a key list in the database does not verify");
	json_decref(list);
	json_decref(chain);
}

struct keylist *
keyring_now(struct ops_ctx *x)
{
	int64_t version;

	if (x->root == NULL)
		return NULL;
	if (x->keyring == NULL) {
		x->keyring = calloc(1, sizeof(*x->keyring));
		assert(x->keyring != NULL);
	}
	version = store_int(x->store, STMT_KEYS_NEWEST, NULL, 0);
	if (version != x->keyring->version)
		keyring_load(x, version);
	return x->keyring->list;
}

void
keyring_free(struct ops_ctx *x)
{
	if (x->keyring != NULL)
		keylist_free(x->keyring->list);
	free(x->keyring);
	x->keyring = NULL;
}

/* Octets of base64 text; 0 when it is none or does not fit. */
static size_t
keyring_base64(const char *text, uint8_t *out, size_t max)
{
	uint8_t buf[256];
	size_t n = text == NULL ? 0 : strlen(text), pad = 0;
	int got;

	if (n == 0 || n % 4 != 0 || n / 4 * 3 > sizeof(buf))
		return 0;
	while (pad < 2 && text[n - 1 - pad] == '=')
		pad++;
	got = EVP_DecodeBlock(buf, (const uint8_t *)text, (int)n);
	if (got < 0 || (size_t)got - pad > max)
		return 0;
	memcpy(out, buf, (size_t)got - pad);
	return (size_t)got - pad;
}

static int
keyring_check_entry(json_t *entry, const uint8_t sig[SIGN_LEN], const char *text)
{
	uint8_t spki[SIGN_SPKI_MAX];
	size_t n =
	    keyring_base64(json_string_value(json_object_get(entry, "spki")), spki, sizeof(spki));
	EVP_PKEY *key = n == 0 ? NULL : sign_spki_load(spki, n);
	int r = key == NULL ? -EBADMSG : sign_check(key, text, strlen(text), sig);

	EVP_PKEY_free(key);
	return r;
}

int
keyring_check_person(
    struct ops_ctx *x, const char *person, json_t *j, const char *text, struct fault *f)
{
	struct keylist *k = keyring_now(x);
	const char *id = json_string_value(json_object_get(j, "key"));
	json_t *entry = k == NULL || id == NULL ? NULL : keylist_find(k, id);
	const char *owner = json_string_value(json_object_get(entry, "person")),
		   *state = json_string_value(json_object_get(entry, "state"));
	uint8_t sig[SIGN_LEN];

	if (owner != NULL && state != NULL && strcmp(owner, person) == 0 &&
	    strcmp(state, "active") == 0 &&
	    keyring_base64(json_string_value(json_object_get(j, "sig")), sig, sizeof(sig)) ==
		SIGN_LEN &&
	    keyring_check_entry(entry, sig, text) == 0)
		return 0;
	return fault_set(f, FAULT_SIGNATURE, "signature", "",
	    "mdfctl key list shows whose keys count",
	    "the signature is not one of an active key of this person");
}
