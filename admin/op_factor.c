/* SPDX-License-Identifier: Apache-2.0 */
/* What a person proves who they are with: one-time passwords (RFC 6238). */
#include "admin/login.h"
#include "admin/op_person.h"
#include "admin/vault.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <liboath/oath.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOTP_LEN 20
#define TOTP_STEP_S 30
#define TOTP_WINDOW 1 /* steps before and after now: clocks differ */

static void
totp_label(int64_t id, char *buf, size_t len)
{
	snprintf(buf, len, "person %lld totp", (long long)id);
}

bool
op_totp_check(struct op_call *c, json_t *person, json_t *secret, const char *code)
{
	const char *hex = json_string_value(json_object_get(secret, "totp"));
	int64_t id = json_integer_value(json_object_get(person, "id")),
		last = json_integer_value(json_object_get(secret, "totp_last"));
	uint8_t sealed[TOTP_LEN + VAULT_OVER], key[TOTP_LEN];
	char label[48];
	uint64_t step = 0;
	json_t *used;
	struct fault f = {0};
	int r;

	if (c->x->vault == NULL || hex == NULL || strlen(hex) != 2 * sizeof(sealed) ||
	    check_unhex(hex, strlen(hex), sealed) < 0)
		return false;
	totp_label(id, label, sizeof(label));
	if (vault_unseal(c->x->vault, 0, 0, label, sealed, sizeof(sealed), key) < 0)
		return false;
	r = oath_totp_validate3((const char *)key, sizeof(key),
	    (time_t)(clock_warrant_ns() / CLOCK_NS_PER_S), TOTP_STEP_S, 0, TOTP_WINDOW, NULL, &step,
	    code);
	OPENSSL_cleanse(key, sizeof(key));
	if (r < 0 || (int64_t)step <= last)
		return false;
	used = json_pack("{s:I, s:I}", "id", (json_int_t)id, "step", (json_int_t)step);
	r = store_run(c->store, STMT_PERSON_TOTP_USED, used, &f);
	json_decref(used);
	return r == 0;
}
