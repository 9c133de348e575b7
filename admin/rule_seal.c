/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that tell a person, sealed; see rule.h. */
#include "admin/rule.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

bool
rule_personal(const struct taskset_rule *r)
{
	switch (r->kind) {
	case TASKSET_RULE_ID:
	case TASKSET_RULE_MAC:
		return true;
	case TASKSET_RULE_NET: /* what is left out is a net as a rule, and people must see it */
		return r->what == TASKSET_RULE_TARGET && r->family != 0;
	}
	return false;
}

/* The same rule of the same warrant has the same salt: a change that is made once for show and once
 * for good gives the same hash.  Only who has the agency's key can make it. */
static int
rule_salt(struct vault *v, int64_t lea, int64_t warrant, const char *text, uint8_t salt[RULE_SALT])
{
	char form[RULE_TEXT_MAX + 40];
	uint8_t md[32];
	int r;

	snprintf(form, sizeof(form), "salt %lld %s", (long long)warrant, text);
	r = vault_index(v, lea, form, md);
	memcpy(salt, md, RULE_SALT);
	OPENSSL_cleanse(form, sizeof(form));
	return r;
}

size_t
rule_seal(
    struct vault *v, int64_t lea, int64_t warrant, const char *text, uint8_t out[RULE_SEALED_MAX])
{
	uint8_t plain[RULE_SALT + RULE_TEXT_MAX];
	size_t n = strlen(text);
	int r;

	if (n >= RULE_TEXT_MAX || rule_salt(v, lea, warrant, text, plain) < 0)
		return 0;
	memcpy(plain + RULE_SALT, text, n);
	r = vault_seal(v, lea, warrant, RULE_LABEL, plain, RULE_SALT + n, out);
	OPENSSL_cleanse(plain, sizeof(plain));
	return r == 0 ? RULE_SALT + n + VAULT_OVER : 0;
}

int
rule_unseal(struct vault *v, int64_t lea, int64_t warrant, const uint8_t *sealed, size_t n,
    char text[RULE_TEXT_MAX], uint8_t salt[RULE_SALT])
{
	uint8_t plain[RULE_SALT + RULE_TEXT_MAX];
	int r;

	if (v == NULL)
		return -ENOKEY;
	if (n < RULE_SALT + VAULT_OVER || n >= RULE_SEALED_MAX)
		return -EBADMSG;
	r = vault_unseal(v, lea, warrant, RULE_LABEL, sealed, n, plain);
	n -= RULE_SALT + VAULT_OVER;
	if (r == 0) {
		memcpy(salt, plain, RULE_SALT);
		memcpy(text, plain + RULE_SALT, n);
		text[n] = '\0';
	}
	OPENSSL_cleanse(plain, sizeof(plain));
	return r;
}

void
rule_load_sealed(int what, struct vault *v, int64_t lea, int64_t warrant, const uint8_t *sealed,
    size_t n, struct taskset_rule *out)
{
	char text[RULE_TEXT_MAX], show[RULE_TEXT_MAX];
	uint8_t salt[RULE_SALT];

	if (rule_unseal(v, lea, warrant, sealed, n, text, salt) < 0 ||
	    rule_parse(what, text, out, show) != NULL) {
		*out = (struct taskset_rule){.what = (uint8_t)what, .kind = TASKSET_RULE_ID};
		return;
	}
	if (out->kind != TASKSET_RULE_NET || out->b_any)
		memcpy(out->b, salt, sizeof(out->b));
	OPENSSL_cleanse(text, sizeof(text));
	OPENSSL_cleanse(show, sizeof(show));
}

void
rule_masked(const struct taskset_rule *r, const char *text, char show[RULE_TEXT_MAX])
{
	const char *value = strchr(text, ':'), *end;

	if (value != NULL && r->kind == TASKSET_RULE_ID && (end = strchr(value + 1, ':')) != NULL)
		value = end;
	snprintf(show, RULE_TEXT_MAX, "%.*s:***", value == NULL ? 0 : (int)(value - text), text);
}
