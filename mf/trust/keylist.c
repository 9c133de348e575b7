/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of key lists; see keylist.h. */
#include "trust/keylist.h"

#include "trust/canon.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum keylist_state {
	KEYLIST_ACTIVE,
	KEYLIST_RETIRED,
	KEYLIST_REVOKED
};

struct keylist_key {
	char id[SIGN_ID_TEXT];
	EVP_PKEY *key;
	const char *person; /* of the entry */
	unsigned rights;
	enum keylist_state state;
	int64_t retired_ns;
	json_t *entry; /* of DOC */
};

struct keylist {
	json_t *doc; /* the newest list */
	char *text;  /* its octets */
	char hash[SIGN_ID_TEXT];
	unsigned version;
	struct keylist_key *key;
	size_t key_n;
};

#define WRONG(...) (*why = (__VA_ARGS__), -EINVAL)

void
keylist_free(struct keylist *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->key_n; i++)
		EVP_PKEY_free(k->key[i].key);
	free(k->key);
	free(k->text);
	json_decref(k->doc);
	free(k);
}

unsigned
keylist_version(const struct keylist *k)
{
	return k->version;
}

const char *
keylist_text(const struct keylist *k)
{
	return k->text;
}

const char *
keylist_hash(const struct keylist *k)
{
	return k->hash;
}

static const struct keylist_key *
keylist_key(const struct keylist *k, const char *id)
{
	for (size_t i = 0; i < k->key_n; i++)
		if (strcmp(k->key[i].id, id) == 0)
			return &k->key[i];
	return NULL;
}

json_t *
keylist_find(const struct keylist *k, const char *id)
{
	const struct keylist_key *key = keylist_key(k, id);

	return key != NULL ? key->entry : NULL;
}

/* ---- text to octets */

/* Base64 of exactly one form; returns the octets, or -1. */
static int
keylist_base64(const char *text, uint8_t *out, size_t max)
{
	uint8_t buf[256];
	char back[400];
	size_t n = text == NULL ? 0 : strlen(text), len;

	if (n == 0 || n % 4 != 0 || n / 4 * 3 > sizeof(buf) ||
	    EVP_DecodeBlock(buf, (const uint8_t *)text, (int)n) < 0)
		return -1;
	len = n / 4 * 3 - (text[n - 1] == '=') - (text[n - 2] == '=');
	EVP_EncodeBlock((uint8_t *)back, buf, (int)len);
	if (len > max || strcmp(back, text) != 0)
		return -1;
	memcpy(out, buf, len);
	return (int)len;
}

int
keylist_sig_read(json_t *j, struct keylist_sig *out)
{
	const char *key = json_string_value(json_object_get(j, "key"));

	if (key == NULL || strlen(key) != SIGN_ID_TEXT - 1 ||
	    strspn(key, "0123456789abcdef") != SIGN_ID_TEXT - 1 ||
	    keylist_base64(json_string_value(json_object_get(j, "sig")), out->sig, SIGN_LEN) !=
		SIGN_LEN)
		return -EINVAL;
	memcpy(out->key, key, SIGN_ID_TEXT);
	return 0;
}

json_t *
keylist_sig_write(const struct keylist_sig *s)
{
	char text[SIGN_LEN * 4 / 3 + 8];

	EVP_EncodeBlock((uint8_t *)text, s->sig, SIGN_LEN);
	return json_pack("{s:s, s:s}", "key", s->key, "sig", text);
}

static void
keylist_sha256(const char *text, char out[SIGN_ID_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t md[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)text, strlen(text), md);
	for (size_t i = 0; i < sizeof(md); i++) {
		out[2 * i] = hex[md[i] >> 4];
		out[2 * i + 1] = hex[md[i] & 15];
	}
	out[2 * sizeof(md)] = '\0';
}

bool
keylist_ns(const char *text, int64_t *ns)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n == 0 || n > 19 || strspn(text, "0123456789") != n || (n > 1 && text[0] == '0'))
		return false;
	errno = 0;
	*ns = strtoll(text, NULL, 10);
	return errno == 0;
}

/* ---- one list */

static bool
keylist_person_ok(const char *p)
{
	size_t n = p == NULL ? 0 : strlen(p);

	if (n < 1 || n > 63)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)p[i]) && strchr("._-@", p[i]) == NULL)
			return false;
	return true;
}

static int
keylist_rights(json_t *list, unsigned *rights)
{
	static const char *const word[] = {"create", "approve", "keys"};
	json_t *item;
	size_t i;

	*rights = 0;
	if (!json_is_array(list))
		return -EINVAL;
	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);
		unsigned k = 0;

		while (k < 3 && (text == NULL || strcmp(text, word[k]) != 0))
			k++;
		if (k == 3 || (*rights & 1u << k) != 0)
			return -EINVAL;
		*rights |= 1u << k;
	}
	return 0;
}

static int
keylist_state(json_t *entry, struct keylist_key *k, const char **why)
{
	const char *state = json_string_value(json_object_get(entry, "state")),
		   *retired = json_string_value(json_object_get(entry, "retired_ns"));

	if (state == NULL || retired == NULL)
		return WRONG("a key has no state");
	if (strcmp(state, "retired") == 0) {
		k->state = KEYLIST_RETIRED;
		return keylist_ns(retired, &k->retired_ns) ? 0 : WRONG("a retired key has no time");
	}
	if (retired[0] != '\0')
		return WRONG("a key that is not retired has a time of that");
	k->state = strcmp(state, "active") == 0 ? KEYLIST_ACTIVE : KEYLIST_REVOKED;
	return k->state == KEYLIST_ACTIVE || strcmp(state, "revoked") == 0
		   ? 0
		   : WRONG("the state of a key is none of active, retired, revoked");
}

static int
keylist_entry(json_t *entry, struct keylist_key *k, const char **why)
{
	const char *id = json_string_value(json_object_get(entry, "id"));
	char own[SIGN_ID_TEXT];
	uint8_t spki[SIGN_SPKI_MAX];
	int n =
	    keylist_base64(json_string_value(json_object_get(entry, "spki")), spki, sizeof(spki));

	k->entry = entry;
	k->person = json_string_value(json_object_get(entry, "person"));
	if (json_object_size(entry) != 6)
		return WRONG("an entry has not the six members that it must have");
	if (id == NULL || n < 0 || (k->key = sign_spki_load(spki, (size_t)n)) == NULL)
		return WRONG("a key is neither Ed25519 nor P-256");
	sign_id(k->key, own);
	if (strcmp(own, id) != 0)
		return WRONG("the id of a key is not its hash");
	memcpy(k->id, own, sizeof(own));
	if (!keylist_person_ok(k->person))
		return WRONG("the person of a key is not 1 to 63 characters A-Z a-z 0-9 . _ - @");
	if (keylist_rights(json_object_get(entry, "rights"), &k->rights) < 0)
		return WRONG("the rights of a key are not a list of create, approve, keys");
	return keylist_state(entry, k, why);
}

static int
keylist_entries(struct keylist *k, const char **why)
{
	json_t *list = json_object_get(k->doc, "keys"), *entry;
	size_t i;
	int r;

	if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > 4096)
		return WRONG("it has no keys");
	k->key = calloc(json_array_size(list), sizeof(*k->key));
	assert(k->key != NULL);
	json_array_foreach(list, i, entry)
	{
		k->key_n = i + 1;
		if ((r = keylist_entry(entry, &k->key[i], why)) < 0)
			return r;
		if (keylist_key(k, k->key[i].id) != &k->key[i])
			return WRONG("a key is in it twice");
	}
	return 0;
}

/* TEXT as a list; signatures are not looked at.  New, or NULL. */
static struct keylist *
keylist_parse(const char *text, const char **why)
{
	struct keylist *k = calloc(1, sizeof(*k));
	json_t *version;
	char *canonical;
	const char *type;
	bool same;

	assert(k != NULL);
	*why = "it is no JSON object";
	k->doc = text == NULL ? NULL : json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(k->doc))
		goto wrong;
	canonical = canon_json(k->doc, NULL);
	same = canonical != NULL && strcmp(canonical, text) == 0;
	free(canonical);
	type = json_string_value(json_object_get(k->doc, "type"));
	version = json_object_get(k->doc, "version");
	*why = "it is not canonical";
	if (!same)
		goto wrong;
	*why = "it is no key list";
	if (json_object_size(k->doc) != 4 || type == NULL || strcmp(type, KEYLIST_TYPE) != 0 ||
	    json_string_value(json_object_get(k->doc, "prev")) == NULL ||
	    json_integer_value(version) < 1 || json_integer_value(version) > 1000000)
		goto wrong;
	k->version = (unsigned)json_integer_value(version);
	if (keylist_entries(k, why) < 0)
		goto wrong;
	k->text = strdup(text);
	assert(k->text != NULL);
	keylist_sha256(text, k->hash);
	return k;
wrong:
	keylist_free(k);
	return NULL;
}

/* ---- one list after another */

/* A key belongs to one person for ever, and does not come back. */
static int
keylist_follows(const struct keylist *before, const struct keylist *k, const char **why)
{
	for (size_t i = 0; i < before->key_n; i++) {
		const struct keylist_key *old = &before->key[i], *now = keylist_key(k, old->id);

		if (now == NULL)
			return WRONG("a key of the list before is missing: revoke it instead");
		if (strcmp(now->person, old->person) != 0)
			return WRONG("a key has another person than before");
		if (old->state == KEYLIST_REVOKED && now->state != KEYLIST_REVOKED)
			return WRONG("a revoked key came back");
		if (old->state == KEYLIST_RETIRED && now->state == KEYLIST_ACTIVE)
			return WRONG("a retired key came back");
		if (old->state == KEYLIST_RETIRED && now->state == KEYLIST_RETIRED &&
		    old->retired_ns != now->retired_ns)
			return WRONG("the time of a retired key was changed");
	}
	return 0;
}

static bool
keylist_by_root(EVP_PKEY *root, json_t *sigs, const char *text)
{
	char id[SIGN_ID_TEXT];
	struct keylist_sig sig;
	json_t *item;
	size_t i;

	sign_id(root, id);
	json_array_foreach(
	    sigs, i, item) if (keylist_sig_read(item, &sig) == 0 && strcmp(sig.key, id) == 0 &&
			       sign_check(root, text, strlen(text), sig.sig) == 0) return true;
	return false;
}

static int
keylist_by_two(const struct keylist *before, json_t *sigs, const char *text, const char **why)
{
	const char *person[2];
	struct keylist_sig sig;

	if (json_array_size(sigs) != 2)
		return WRONG("it is signed neither by the root key nor by two persons");
	for (size_t i = 0; i < 2; i++)
		if (keylist_sig_read(json_array_get(sigs, i), &sig) < 0)
			return WRONG("a signature cannot be read");
		else if (keylist_check_one(
			     before, text, strlen(text), KEYLIST_KEYS, &sig, &person[i], why) < 0)
			return -EINVAL;
	return strcmp(person[0], person[1]) != 0 ? 0 : WRONG("both signatures are of one person");
}

/* ENVELOPE as the list after BEFORE (NULL: the first).  New, or NULL. */
static struct keylist *
keylist_step(const struct keylist *before, EVP_PKEY *root, json_t *envelope, const char **why)
{
	const char *text = json_string_value(json_object_get(envelope, "doc"));
	json_t *sigs = json_object_get(envelope, "sigs");
	struct keylist *k = keylist_parse(text, why);
	const char *prev;
	bool ok = false;

	if (k == NULL)
		return NULL;
	prev = json_string_value(json_object_get(k->doc, "prev"));
	if (k->version != (before == NULL ? 1 : before->version + 1))
		*why = "its version is not the next one";
	else if (strcmp(prev, before == NULL ? "" : before->hash) != 0)
		*why = "it does not name the list before by its hash";
	else if (before != NULL && keylist_follows(before, k, why) < 0)
		;
	else if (root != NULL && keylist_by_root(root, sigs, text))
		ok = true;
	else if (before == NULL)
		*why = "the first list is not signed by the root key";
	else
		ok = keylist_by_two(before, sigs, text, why) == 0;
	if (ok)
		return k;
	keylist_free(k);
	return NULL;
}

struct keylist *
keylist_load(EVP_PKEY *root, json_t *chain, size_t *at, const char **why)
{
	struct keylist *k = NULL, *next;
	json_t *envelope;
	size_t i;

	*at = 0;
	*why = "there is no key list";
	json_array_foreach(chain, i, envelope)
	{
		*at = i;
		next = keylist_step(k, root, envelope, why);
		keylist_free(k);
		k = next;
		if (k == NULL)
			break;
	}
	return k;
}

int
keylist_next(const struct keylist *k, EVP_PKEY *root, json_t *envelope, const char **why)
{
	struct keylist *next = keylist_step(k, root, envelope, why);

	keylist_free(next);
	return next != NULL ? 0 : -EINVAL;
}

int
keylist_draft_check(const struct keylist *k, const char *text, const char **why)
{
	struct keylist *next = keylist_parse(text, why);
	int r = next == NULL ? -EINVAL : 0;

	if (r == 0 && next->version != (k == NULL ? 1 : k->version + 1))
		r = WRONG("its version is not the next one");
	if (r == 0 && strcmp(json_string_value(json_object_get(next->doc, "prev")),
			  k == NULL ? "" : k->hash) != 0)
		r = WRONG("it does not name the list before by its hash");
	if (r == 0 && k != NULL)
		r = keylist_follows(k, next, why);
	keylist_free(next);
	return r;
}

/* ---- what was signed with them */

static const char *const keylist_no_right[] = {[KEYLIST_CREATE] = "its key may not create",
    [KEYLIST_APPROVE] = "its key may not approve",
    [KEYLIST_KEYS] = "its key may not sign key lists"};

static int
keylist_sig_check(const struct keylist *k, const char *doc, size_t n, enum keylist_right right,
    const struct keylist_sig *sig, int64_t submitted_ns, const char **person, const char **why)
{
	const struct keylist_key *key = keylist_key(k, sig->key);

	*why = "it is signed with a key that is not in the key list";
	if (key == NULL)
		return -EBADMSG;
	*why = "it is signed with a revoked key";
	if (key->state == KEYLIST_REVOKED)
		return -EBADMSG;
	*why = "it is signed with a key that was retired before";
	if (key->state == KEYLIST_RETIRED && submitted_ns >= key->retired_ns)
		return -EBADMSG;
	*why = keylist_no_right[right];
	if ((key->rights & right) == 0)
		return -EBADMSG;
	*why = "a signature does not fit the text";
	if (sign_check(key->key, doc, n, sig->sig) < 0)
		return -EBADMSG;
	*person = key->person;
	return 0;
}

int
keylist_check(const struct keylist *k, const char *doc, size_t n, int64_t submitted_ns,
    const struct keylist_sig sig[2], const char **why)
{
	const char *first, *second;

	if (keylist_sig_check(k, doc, n, KEYLIST_CREATE, &sig[0], submitted_ns, &first, why) < 0 ||
	    keylist_sig_check(k, doc, n, KEYLIST_APPROVE, &sig[1], submitted_ns, &second, why) < 0)
		return -EBADMSG;
	*why = "both signatures are of one person";
	return strcmp(first, second) != 0 ? 0 : -EBADMSG;
}

int
keylist_check_one(const struct keylist *k, const char *doc, size_t n, enum keylist_right right,
    const struct keylist_sig *sig, const char **person, const char **why)
{
	return keylist_sig_check(k, doc, n, right, sig, INT64_MAX, person, why);
}
