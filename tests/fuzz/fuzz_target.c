/* SPDX-License-Identifier: Apache-2.0 */
/* Target identifiers as network elements write them (attributes 17, 18), and rules of warrants.
 *
 * A normal form is "kind:value", is its own normal form, and stays within its limit; a rule that is
 * taken is shown so that it can be read back to the same rule. */
#include "admin/rule.h"
#include "spec/target_form.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static void
check_form(const uint8_t *in, size_t n)
{
	char form[TARGET_FORM_MAX], again[TARGET_FORM_MAX];
	size_t len = target_form(in, n, form);

	if (len == 0)
		return;
	assert(len < TARGET_FORM_MAX);
	assert(memchr(form, ':', len) != NULL && form[0] != ':');
	assert(!isupper((unsigned char)form[0]));
	len = target_form(form, len, again);
	assert(len == 0 || memchr(again, ':', len) != NULL);
}

static void
check_rule(int what, const char *text)
{
	struct taskset_rule r, again;
	char show[RULE_TEXT_MAX];

	if (rule_parse(what, text, &r, show) != NULL)
		return;
	assert(strlen(show) < RULE_TEXT_MAX);
	assert(r.kind >= TASKSET_RULE_NET && r.kind <= TASKSET_RULE_BOUND && r.what == what);
	assert(r.a_len <= 128 && r.b_len <= 128 && r.port_lo <= r.port_hi);
	assert(rule_load(what, show, r.kind == TASKSET_RULE_ID ? r.a : NULL, &again) == 0);
	assert(memcmp(&r, &again, sizeof(r)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	char *text = malloc(n + 1);

	assert(text != NULL);
	if (n > 0)
		memcpy(text, in, n);
	text[n] = '\0';
	check_form(in, n);
	check_rule(TASKSET_RULE_EXCLUDE, text);
	check_rule(TASKSET_RULE_TARGET, text);
	free(text);
	return 0;
}
