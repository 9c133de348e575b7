/* SPDX-License-Identifier: Apache-2.0 */
/* Key lists and signatures: each rule is broken once. */
#include "config.h"

#include "trust_fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct someone root, ann, bob, cy, dee, ann2;

static int
setup(void **state)
{
	(void)state;
	root = someone_new("root", true);
	ann = someone_new("ann", false);
	ann2 = someone_new("ann", true);
	bob = someone_new("bob", true);
	cy = someone_new("cy", false);
	dee = someone_new("dee", false);
	return 0;
}

static int
teardown(void **state)
{
	struct someone *all[] = {&root, &ann, &ann2, &bob, &cy, &dee};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		EVP_PKEY_free(all[i]->key);
	return 0;
}

/* ann creates and keeps keys, bob approves and keeps keys, ann2 is ann's other key. */
static json_t *
first_keys(void)
{
	return json_pack("[o, o, o]", someone_entry(&ann, "create keys", "active"),
	    someone_entry(&bob, "approve keys", "active"),
	    someone_entry(&ann2, "create approve keys", "active"));
}

static struct keylist *
load(json_t *chain, const char **why)
{
	size_t at;
	struct keylist *k = keylist_load(root.key, chain, &at, why);

	json_decref(chain);
	return k;
}

static json_t *
first(char **text)
{
	json_t *e;

	*text = list_text(1, NULL, first_keys());
	e = list_sealed(*text, &root, NULL);
	return e;
}

static void
test_first(void **state)
{
	const char *why;
	char *text;
	json_t *e = first(&text);
	struct keylist *k = load(json_pack("[O]", e), &why);

	(void)state;
	assert_non_null(k);
	assert_int_equal(keylist_version(k), 1);
	assert_string_equal(keylist_text(k), text);
	assert_non_null(keylist_find(k, ann.id));
	assert_null(keylist_find(k, cy.id));
	keylist_free(k);
	json_decref(e);
	e = list_sealed(text, &ann, &bob); /* nobody signs himself in */
	assert_null(load(json_pack("[o]", e), &why));
	assert_string_equal(why, "the first list is not signed by the root key");
	free(text);
	assert_null(load(json_array(), &why));
	assert_string_equal(why, "there is no key list");
}

/* List 2 with KEYS (taken), signed by A and B behind a good list 1; NULL: it is taken. */
static const char *
second(
    json_t *keys, unsigned version, bool linked, const struct someone *a, const struct someone *b)
{
	const char *why = NULL;
	char *one, *two;
	json_t *e1 = first(&one), *e2;
	struct keylist *k, *k1 = load(json_pack("[O]", e1), &why);

	two = list_text(version, linked ? one : NULL, keys);
	e2 = list_sealed(two, a, b);
	k = load(json_pack("[o, O]", e1, e2), &why);
	assert_int_equal(keylist_next(k1, root.key, e2, &why), k != NULL ? 0 : -EINVAL);
	keylist_free(k1);
	json_decref(e2);
	free(one);
	free(two);
	if (k == NULL)
		return why;
	keylist_free(k);
	return NULL;
}

static json_t *
more_keys(const char *ann_state, const struct someone *more)
{
	json_t *keys = json_pack("[o, o, o]", someone_entry(&ann, "create keys", ann_state),
	    someone_entry(&bob, "approve keys", "active"),
	    someone_entry(&ann2, "create approve keys", "active"));

	if (more != NULL)
		json_array_append_new(keys, someone_entry(more, "create", "active"));
	return keys;
}

static void
test_next(void **state)
{
	json_t *keys;

	(void)state;
	assert_null(second(more_keys("active", &cy), 2, true, &ann, &bob));
	assert_null(second(more_keys("active", &cy), 2, true, &root, NULL));
	assert_null(second(more_keys("revoked", NULL), 2, true, &ann, &bob));
	assert_string_equal(second(more_keys("active", &cy), 3, true, &ann, &bob),
	    "its version is not the next one");
	assert_string_equal(second(more_keys("active", &cy), 1, true, &ann, &bob),
	    "its version is not the next one");
	assert_string_equal(second(more_keys("active", &cy), 2, false, &ann, &bob),
	    "it does not name the list before by its hash");
	assert_string_equal(second(more_keys("active", &cy), 2, true, &ann, NULL),
	    "it is signed neither by the root key nor by two persons");
	assert_string_equal(second(more_keys("active", &cy), 2, true, &ann, &ann2),
	    "both signatures are of one person");
	assert_string_equal(second(more_keys("active", &cy), 2, true, &ann, &cy),
	    "it is signed with a key that is not in the key list");
	keys = more_keys("active", NULL);
	json_array_remove(keys, 1);
	assert_string_equal(second(keys, 2, true, &ann, &bob),
	    "a key of the list before is missing: revoke it instead");
	keys = more_keys("active", NULL);
	json_object_set_new(json_array_get(keys, 0), "person", json_string("eve"));
	assert_string_equal(
	    second(keys, 2, true, &ann, &bob), "a key has another person than before");
}

/* One list 1 that root signed, with MEMBER of its first key (or of the list) changed to VALUE. */
static const char *
broken(bool of_key, const char *member, json_t *value)
{
	json_t *keys = first_keys(), *j, *e;
	struct keylist *k;
	const char *why;
	char *text, *changed;

	text = list_text(1, NULL, keys);
	j = json_loads(text, 0, NULL);
	keys = json_object_get(j, "keys");
	if (value == NULL)
		json_object_del(of_key ? json_array_get(keys, 0) : j, member);
	else
		json_object_set_new(of_key ? json_array_get(keys, 0) : j, member, value);
	changed = canon_json(j, NULL);
	e = list_sealed(changed, &root, NULL);
	k = load(json_pack("[o]", e), &why);
	assert_null(k);
	json_decref(j);
	free(text);
	free(changed);
	return why;
}

static void
test_shape(void **state)
{
	const char *why;
	json_t *e, *keys;
	char *text;

	(void)state;
	assert_string_equal(broken(false, "type", json_string("x")), "it is no key list");
	assert_string_equal(broken(false, "prev", NULL), "it is no key list");
	assert_string_equal(broken(false, "more", json_true()), "it is no key list");
	assert_string_equal(broken(false, "version", json_integer(0)), "it is no key list");
	assert_string_equal(broken(false, "keys", json_array()), "it has no keys");
	assert_string_equal(
	    broken(true, "id", json_string(bob.id)), "the id of a key is not its hash");
	assert_string_equal(
	    broken(true, "spki", json_string("AAAA")), "a key is neither Ed25519 nor P-256");
	assert_string_equal(broken(true, "rights", json_pack("[s]", "all")),
	    "the rights of a key are not a list of create, approve, keys");
	assert_string_equal(broken(true, "rights", json_pack("[s, s]", "keys", "keys")),
	    "the rights of a key are not a list of create, approve, keys");
	assert_string_equal(broken(true, "person", json_string("")),
	    "the person of a key is not 1 to 63 characters A-Z a-z 0-9 . _ - @");
	assert_string_equal(broken(true, "state", json_string("new")),
	    "the state of a key is none of active, retired, revoked");
	assert_string_equal(
	    broken(true, "state", json_string("retired")), "a retired key has no time");
	assert_string_equal(broken(true, "retired_ns", json_string("5")),
	    "a key that is not retired has a time of that");
	assert_string_equal(broken(true, "more", json_true()),
	    "an entry has not the six members that it must have");
	keys = first_keys();
	json_array_append(keys, json_array_get(keys, 0));
	text = list_text(1, NULL, keys);
	e = list_sealed(text, &root, NULL);
	assert_null(load(json_pack("[o]", e), &why));
	assert_string_equal(why, "a key is in it twice");
	free(text);
	e = list_sealed("{ \"a\": 1}", &root, NULL);
	assert_null(load(json_pack("[o]", e), &why));
	assert_string_equal(why, "it is not canonical");
	e = list_sealed("no", &root, NULL);
	assert_null(load(json_pack("[o]", e), &why));
	assert_string_equal(why, "it is no JSON object");
}

static struct keylist_sig
sig_of(const struct someone *s, const char *doc)
{
	struct keylist_sig sig;

	memcpy(sig.key, s->id, sizeof(sig.key));
	assert_int_equal(sign_make(s->key, doc, strlen(doc), sig.sig), 0);
	return sig;
}

static const char *
check(const struct keylist *k, const struct someone *a, const struct someone *b, int64_t at)
{
	const char *doc = "{\"a\":1}", *why = NULL;
	struct keylist_sig sig[2] = {sig_of(a, doc), sig_of(b, doc)};

	return keylist_check(k, doc, strlen(doc), at, sig, &why) == 0 ? NULL : why;
}

static void
test_statement(void **state)
{
	const char *why, *person, *doc = "{\"a\":1}";
	char *text = list_text(1, NULL,
	    json_pack("[o, o, o, o, o]", someone_entry(&ann, "create keys", "active"),
		someone_entry(&bob, "approve keys", "active"),
		someone_entry(&ann2, "create approve keys", "active"),
		someone_entry(&cy, "create approve", "retired 1000"),
		someone_entry(&dee, "create approve", "revoked")));
	struct keylist *k = load(json_pack("[o]", list_sealed(text, &root, NULL)), &why);
	struct keylist_sig sig[2] = {sig_of(&ann, doc), sig_of(&bob, doc)};

	(void)state;
	assert_non_null(k);
	assert_null(check(k, &ann, &bob, 1));
	assert_string_equal(check(k, &bob, &ann, 1), "its key may not create");
	assert_string_equal(check(k, &ann, &ann, 1), "its key may not approve");
	assert_string_equal(check(k, &ann, &ann2, 1), "both signatures are of one person");
	assert_string_equal(check(k, &ann2, &ann2, 1), "both signatures are of one person");
	assert_null(check(k, &cy, &bob, 999));
	assert_string_equal(
	    check(k, &cy, &bob, 1000), "it is signed with a key that was retired before");
	assert_string_equal(check(k, &ann, &dee, 1), "it is signed with a revoked key");
	assert_string_equal(
	    check(k, &root, &bob, 1), "it is signed with a key that is not in the key list");
	sig[1].sig[5] ^= 1;
	assert_int_equal(keylist_check(k, doc, strlen(doc), 1, sig, &why), -EBADMSG);
	assert_string_equal(why, "a signature does not fit the text");
	sig[1].sig[5] ^= 1;
	assert_int_equal(keylist_check(k, "{\"a\":2}", strlen(doc), 1, sig, &why), -EBADMSG);
	assert_int_equal(
	    keylist_check_one(k, doc, strlen(doc), KEYLIST_CREATE, &sig[0], &person, &why), 0);
	assert_string_equal(person, "ann");
	sig[0] = sig_of(&cy, doc); /* counts for what is old, makes nothing new */
	assert_int_equal(
	    keylist_check_one(k, doc, strlen(doc), KEYLIST_CREATE, &sig[0], &person, &why),
	    -EBADMSG);
	keylist_free(k);
	free(text);
}

static void
test_history(void **state)
{
	static const struct {
		const char *before, *after, *why;
	} row[] = {{"revoked", "active", "a revoked key came back"},
	    {"revoked", "retired 5", "a revoked key came back"},
	    {"retired 5", "active", "a retired key came back"},
	    {"retired 5", "retired 6", "the time of a retired key was changed"},
	    {"retired 5", "revoked", NULL}, {"active", "retired 5", NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const char *why = NULL;
		char *one = list_text(1, NULL, more_keys(row[i].before, NULL));
		char *two = list_text(2, one, more_keys(row[i].after, NULL));
		struct keylist *k = load(json_pack("[o, o]", list_sealed(one, &root, NULL),
					     list_sealed(two, &root, NULL)),
		    &why);

		if (row[i].why == NULL)
			assert_non_null(k);
		else
			assert_string_equal(why, row[i].why);
		keylist_free(k);
		free(one);
		free(two);
	}
}

static void
test_wire(void **state)
{
	struct keylist_sig s = sig_of(&bob, "x"), back;
	json_t *j = keylist_sig_write(&s);
	int64_t ns;

	(void)state;
	assert_int_equal(keylist_sig_read(j, &back), 0);
	assert_memory_equal(&s, &back, sizeof(s));
	json_object_set_new(j, "key", json_string("AB"));
	assert_int_equal(keylist_sig_read(j, &back), -EINVAL);
	json_object_set_new(j, "key", json_string(bob.id));
	json_object_set_new(j, "sig", json_string("AAAA"));
	assert_int_equal(keylist_sig_read(j, &back), -EINVAL);
	json_decref(j);
	assert_true(keylist_ns("0", &ns) && ns == 0);
	assert_true(keylist_ns("9223372036854775807", &ns) && ns == INT64_MAX);
	assert_false(keylist_ns("01", &ns));
	assert_false(keylist_ns("-1", &ns));
	assert_false(keylist_ns("", &ns));
	assert_false(keylist_ns("9223372036854775808", &ns));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first),
	    cmocka_unit_test(test_next),
	    cmocka_unit_test(test_shape),
	    cmocka_unit_test(test_statement),
	    cmocka_unit_test(test_history),
	    cmocka_unit_test(test_wire),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
