/* SPDX-License-Identifier: Apache-2.0 */
/* Electronic warrants: what is taken becomes the right arguments, in XML and in JSON alike; what is
 * not known, hostile or incomplete is refused, each for its own reason. */
#include "admin/hi1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char why[HI1_WHY_MAX];

static char *
vector(const char *name, size_t *n)
{
	const char *top = getenv("top_srcdir");
	char path[512], *text = NULL, buf[8192];
	FILE *f, *out;
	size_t got;

	snprintf(path, sizeof(path), "%s/tests/vectors/ts103120/%s", top == NULL ? "." : top, name);
	if ((f = fopen(path, "re")) == NULL)
		fail_msg("%s", path);
	out = open_memstream(&text, n);
	while ((got = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(buf, 1, got, out);
	fclose(out);
	fclose(f);
	return text;
}

static json_t *
read_text(const char *text, size_t n)
{
	json_t *json = NULL, *tree, *out;

	if (text[0] == '{')
		json = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	tree = text[0] == '{' ? hi1_json(json, why) : hi1_xml(text, n, why);
	out = tree == NULL ? NULL : hi1_read(tree, why);
	json_decref(tree);
	json_decref(json);
	return out;
}

static json_t *
read_vector(const char *name)
{
	size_t n;
	char *text = vector(name, &n);
	json_t *out = read_text(text, n);

	free(text);
	return out;
}

static const char *
field(json_t *message, size_t item, const char *key)
{
	json_t *w =
	    json_object_get(json_array_get(json_object_get(message, "items"), item), "warrant");

	return json_string_value(json_object_get(w, key));
}

static const char *
target(json_t *message, size_t item, const char *key)
{
	json_t *w = json_object_get(
		   json_array_get(json_object_get(message, "items"), item), "warrant"),
	       *list = json_object_get(w, "targets");

	assert_null(json_object_get(w, "target")); /* no own check unless it is asked for */
	assert_int_equal(json_array_size(list), 1);
	return json_string_value(json_object_get(json_array_get(list, 0), key));
}

static void
test_good(void **state)
{
	json_t *m = read_vector("good-one.xml"), *j = read_vector("good-one.json"), *notes;

	(void)state;
	if (m == NULL || j == NULL)
		fail_msg("%s", why);
	assert_string_equal(field(m, 0, "liid"), "E-LIID-1");
	assert_string_equal(field(m, 0, "id"), "2b36a78b-b628-416d-bd22-404e68a0cd36");
	assert_string_equal(field(m, 0, "reference"), "W-2026-0815");
	assert_string_equal(field(m, 0, "delivery"), "both");
	assert_string_equal(field(m, 0, "from"), "2026-11-01T00:00:00+01:00");
	assert_string_equal(target(m, 0, "type"), "e164Number");
	assert_string_equal(target(m, 0, "value"), "31612345678");
	assert_string_equal(field(m, 0, "priority"), "urgent");
	assert_string_equal(field(m, 0, "signer_name"), "M. Rechter");
	assert_string_equal(field(m, 0, "signer_title"), "judge");
	assert_string_equal(field(m, 0, "legal_basis"), "NL LegalType: Article126m");
	assert_null(field(m, 0, "start"));
	notes = json_object_get(json_array_get(json_object_get(m, "items"), 0), "notes");
	assert_int_equal(json_array_size(notes), 2); /* operator, document */
	/* sha256 of "order" */
	assert_non_null(strstr(
	    json_string_value(json_array_get(notes, 1)), "3eeb7e96e59ce40f9cb1a089daba079f"));
	if (!json_equal(m, j))
		fail_msg("JSON: %s", json_dumps(j, 0));
	json_decref(m);
	json_decref(j);
}

static void
test_more(void **state)
{
	json_t *m = read_vector("good-two.xml"), *item;

	(void)state;
	assert_non_null(m);
	assert_int_equal(json_array_size(json_object_get(m, "items")), 2);
	assert_string_equal(field(m, 0, "until"), "2199-02-01T00:00:00+01:00");
	assert_string_equal(field(m, 1, "until"), "2027-01-01T00:00:00Z"); /* its own, inside */
	assert_string_equal(field(m, 1, "delivery"), "iri");
	assert_string_equal(target(m, 1, "type"), "sipUri");
	assert_string_equal(target(m, 1, "value"), "sip:alice@tele.example");
	json_decref(m);
	m = read_vector("good-split.xml");
	assert_non_null(m);
	item = json_array_get(json_object_get(m, "items"), 0);
	assert_int_equal(json_array_size(json_object_get(item, "hi2")), 1);
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(item, "hi2"), 0)), "192.0.2.1");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(item, "hi3"), 0)), "2001:db8::1");
	json_decref(m);
}

/* Every bad-* is refused; the reason names the element and never the identity. */
static void
test_bad(void **state)
{
	static const struct {
		const char *name, *why;
	} some[] = {{"bad-xxe.xml", "document type"}, {"bad-laughs.xml", "document type"},
	    {"bad-namespace.xml", "unknown namespace"}, {"bad-service.xml", "ServiceType"},
	    {"bad-subtype.xml", "TargetIdentifierSubtype"},
	    {"bad-policy.xml", "ListOfTrafficPolicyReferences"},
	    {"bad-national.xml", "NationalLITaskingParameters"},
	    {"bad-two-values.xml", "FormatName"}, {"bad-two-known-values.xml", "several narrow"},
	    {"bad-owner.xml", "FormatOwner"}, {"bad-no-zone.xml", "zone"},
	    {"bad-no-reference.xml", "Reference"}, {"bad-no-auth.xml", "without its authorisation"},
	    {"bad-no-end.xml", "begin and end"}, {"bad-beyond.xml", "beyond its authorisation"},
	    {"bad-update.xml", "UPDATE"}, {"bad-twice.xml", "twice"}, {"bad-repeated.xml", "twice"},
	    {"bad-type.xml", "only"}, {"bad-attribute.xml", "attribute"},
	    {"bad-status.xml", "state"}, {"bad-flag.xml", "flag"}, {"bad-delivery.xml", "delivery"},
	    {"bad-encryption.xml", "EncryptionDetails"}, {"bad-cut.xml", "well-formed"},
	    {"bad-instruction.xml", "instruction"}, {"bad-root.xml", "HI1Message"},
	    {"bad-deep.xml", "deeply"}, {"bad-text.xml", "text between"},
	    {"bad-core-namespace.xml", "unknown namespace"},
	    {"bad-namespace.json", "unknown namespace"}, {"bad-service.json", "ServiceType"},
	    {"bad-list.json", "list"}};

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		json_t *m = read_vector(some[i].name);

		if (m != NULL || strstr(why, some[i].why) == NULL)
			fail_msg("%s: %s", some[i].name, m == NULL ? why : "taken");
		assert_null(strstr(why, "31612345678"));
		assert_null(strstr(why, "E-LIID-1"));
	}
}

/* Each element of a good message left out, cut or doubled: never a crash, and a task that is taken
 * still has its window and destination. */
static void
test_mutations(void **state)
{
	size_t n, taken = 0, refused = 0;
	char *text = vector("good-one.xml", &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		char was = text[i];
		json_t *m;

		text[i] = was == '<' ? '>' : was == '>' ? 'x' : (char)(was ^ 1);
		m = read_text(text, n);
		if (m != NULL) {
			taken++;
			assert_non_null(field(m, 0, "from"));
			assert_non_null(field(m, 0, "until"));
			assert_non_null(target(m, 0, "value"));
			assert_null(field(m, 0, "start"));
		} else {
			refused++;
			assert_int_not_equal(why[0], '\0');
		}
		json_decref(m);
		text[i] = was;
	}
	assert_true(taken > 0 && refused > taken);
	free(text);
}

static void
test_limits(void **state)
{
	char *big = malloc(HI1_LEN_MAX + 2);
	static const char utf16[] = {(char)0xff, (char)0xfe, '<', 0, 'x', 0, '/', 0, '>', 0};

	(void)state;
	assert_non_null(big);
	memset(big, ' ', HI1_LEN_MAX + 1);
	assert_null(hi1_xml(big, HI1_LEN_MAX + 1, why));
	assert_non_null(strstr(why, "too large"));
	free(big);
	assert_null(hi1_xml(utf16, sizeof(utf16), why));
	assert_non_null(strstr(why, "UTF-8"));
	assert_int_equal(hi1_is("[{}]", 4), 0);
	assert_int_equal(hi1_is(" \n<a/>", 6), 1);
	assert_int_equal(hi1_is("", 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_more),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
