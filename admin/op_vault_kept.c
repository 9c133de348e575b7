/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments that may hold an identity and wait in the database for a second person. */
#include "admin/op_vault.h"

#include "admin/vault.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_LABEL "kept arguments"

/* N octets of TEXT sealed, as a JSON string of hexadecimal digits; new. */
static char *
kept_seal(struct vault *v, const char *text, size_t n)
{
	size_t len = n + VAULT_OVER;
	uint8_t *sealed = malloc(len);
	char *out = malloc(2 * len + 3);

	assert(sealed != NULL && out != NULL);
	if (vault_seal(v, 0, 0, KEPT_LABEL, text, n, sealed) < 0)
		len = 0; /* it cannot be read again, which refuses the approval */
	out[0] = '"';
	check_hex_text(sealed, len, out + 1);
	out[2 * len + 1] = '"';
	out[2 * len + 2] = '\0';
	free(sealed);
	return out;
}

char *
op_vault_put(struct store *s, const json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT), *out;

	if (text == NULL || store_vault(s) == NULL)
		return text;
	out = kept_seal(store_vault(s), text, strlen(text));
	OPENSSL_cleanse(text, strlen(text));
	free(text);
	return out;
}

json_t *
op_vault_take(struct store *s, json_t *kept)
{
	size_t n = json_string_length(kept) / 2;
	uint8_t *in, *out;
	json_t *j = NULL;

	if (!json_is_string(kept))
		return json_incref(kept);
	in = malloc(n + 1);
	out = malloc(n + 1);
	assert(in != NULL && out != NULL);
	if (n > VAULT_OVER && store_vault(s) != NULL &&
	    check_unhex(json_string_value(kept), 2 * n, in) == 0 &&
	    vault_unseal(store_vault(s), 0, 0, KEPT_LABEL, in, n, out) == 0) {
		j = json_loadb((char *)out, n - VAULT_OVER, 0, NULL);
		OPENSSL_cleanse(out, n);
	}
	free(in);
	free(out);
	return j;
}

json_t *
op_vault_key_hash(struct store *s, json_t *hash)
{
	uint8_t md[32];
	char hex[65];

	if (store_vault(s) == NULL || !json_is_string(hash) ||
	    vault_index(store_vault(s), 0, json_string_value(hash), md) < 0)
		return hash;
	json_decref(hash);
	return json_string(check_hex_text(md, sizeof(md), hex));
}
