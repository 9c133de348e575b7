/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of trust: persons with keys, key lists and statements made by hand. */
#ifndef TRUST_FIXTURE_H
#define TRUST_FIXTURE_H

#include "trust/canon.h"
#include "trust/keylist.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct someone {
	EVP_PKEY *key;
	char id[SIGN_ID_TEXT];
	const char *person;
};

static inline struct someone
someone_new(const char *person, bool p256)
{
	struct someone s = {.person = person};

	s.key = p256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "prime256v1")
		     : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert(s.key != NULL);
	sign_id(s.key, s.id);
	return s;
}

/* {"key","sig"} over TEXT; new. */
static inline json_t *
someone_signs(const struct someone *s, const char *text)
{
	struct keylist_sig sig;

	memcpy(sig.key, s->id, sizeof(sig.key));
	assert(sign_make(s->key, text, strlen(text), sig.sig) == 0);
	return keylist_sig_write(&sig);
}

/* RIGHTS: "create approve keys"; STATE: "active", "revoked", or "retired <ns>". */
static inline json_t *
someone_entry(const struct someone *s, const char *rights, const char *state)
{
	static const char *const word[] = {"approve", "create", "keys"};
	uint8_t spki[SIGN_SPKI_MAX];
	char text[200];
	json_t *list = json_array();
	bool retired = strncmp(state, "retired ", 8) == 0;

	for (size_t i = 0; i < 3; i++)
		if (strstr(rights, word[i]) != NULL)
			json_array_append_new(list, json_string(word[i]));
	EVP_EncodeBlock((uint8_t *)text, spki, (int)sign_spki(s->key, spki));
	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:s}", "id", s->id, "person", s->person,
	    "retired_ns", retired ? state + 8 : "", "rights", list, "spki", text, "state",
	    retired ? "retired" : state);
}

/* Text of list VERSION behind PREV (text of the list before, NULL: none); KEYS is taken. */
static inline char *
list_text(unsigned version, const char *prev, json_t *keys)
{
	uint8_t md[32];
	char hex[65] = "";
	json_t *before = prev == NULL ? NULL : json_loads(prev, 0, NULL), *j;
	char *text;

	if (before != NULL && canon_sha256(before, md) == 0)
		for (size_t i = 0; i < 32; i++)
			snprintf(hex + 2 * i, 3, "%02x", md[i]);
	j = json_pack("{s:o, s:s, s:s, s:i}", "keys", keys, "prev", hex, "type", "openmdf.keys.v1",
	    "version", (int)version);
	text = canon_json(j, NULL);
	assert(text != NULL);
	json_decref(j);
	json_decref(before);
	return text;
}

/* {"doc","sigs"}; B may be NULL. */
static inline json_t *
list_sealed(const char *text, const struct someone *a, const struct someone *b)
{
	json_t *sigs = json_array();

	json_array_append_new(sigs, someone_signs(a, text));
	if (b != NULL)
		json_array_append_new(sigs, someone_signs(b, text));
	return json_pack("{s:s, s:o}", "doc", text, "sigs", sigs);
}

#endif
