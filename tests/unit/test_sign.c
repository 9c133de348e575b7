/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures, what a role remembers against its database, and statements of destinations. */
#include "config.h"

#include "trust_fixture.h"

#include "trust/dest_doc.h"
#include "trust/keychain.h"
#include "trust/ratchet.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/openmdf-sign-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	static const char *const name[] = {"key", "mark", "ratchet"};
	char path[100];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, name[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static const char *
in_dir(const char *name)
{
	static char path[100];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
test_both_kinds(void **state)
{
	static const char text[] = "{\"a\":1}";

	(void)state;
	for (int p256 = 0; p256 < 2; p256++) {
		struct someone s = someone_new("ann", p256), other = someone_new("bob", p256);
		uint8_t sig[SIGN_LEN], spki[SIGN_SPKI_MAX];
		size_t n = sign_spki(s.key, spki);
		EVP_PKEY *public = sign_spki_load(spki, n);

		assert_non_null(public);
		assert_null(sign_spki_load(spki, n - 1));
		spki[n] = 0;
		assert_null(sign_spki_load(spki, n + 1));
		for (int i = 0; i < 300; i++) { /* r or s with leading zeros come about once */
			assert_int_equal(sign_make(s.key, text, sizeof(text), sig), 0);
			assert_int_equal(sign_check(public, text, sizeof(text), sig), 0);
		}
		assert_int_equal(sign_check(other.key, text, sizeof(text), sig), -EBADMSG);
		assert_int_equal(sign_check(public, text, sizeof(text) - 1, sig), -EBADMSG);
		for (size_t i = 0; i < SIGN_LEN; i++) {
			sig[i] ^= 0x40;
			assert_int_equal(sign_check(public, text, sizeof(text), sig), -EBADMSG);
			sig[i] ^= 0x40;
		}
		assert_int_equal(sign_make(public, text, sizeof(text), sig), -EINVAL);
		EVP_PKEY_free(public);
		EVP_PKEY_free(s.key);
		EVP_PKEY_free(other.key);
	}
}

/* r, s: 0, the order, all ones: never right, never a crash. */
static void
test_edges(void **state)
{
	struct someone s = someone_new("ann", true);
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	uint8_t order[32], sig[SIGN_LEN];

	(void)state;
	assert_int_equal(BN_bn2binpad(EC_GROUP_get0_order(group), order, 32), 32);
	EC_GROUP_free(group);
	memset(sig, 0, sizeof(sig));
	assert_int_equal(sign_check(s.key, "x", 1, sig), -EBADMSG);
	memset(sig, 0xff, sizeof(sig));
	assert_int_equal(sign_check(s.key, "x", 1, sig), -EBADMSG);
	memcpy(sig, order, 32);
	memcpy(sig + 32, order, 32);
	assert_int_equal(sign_check(s.key, "x", 1, sig), -EBADMSG);
	assert_int_equal(sign_make(s.key, "x", 1, sig), 0);
	memset(sig + 32, 0, 32);
	assert_int_equal(sign_check(s.key, "x", 1, sig), -EBADMSG);
	EVP_PKEY_free(s.key);
}

static void
write_key(EVP_PKEY *key, mode_t mode)
{
	FILE *f = fopen(in_dir("key"), "w");

	assert_non_null(f);
	assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
	assert_int_equal(chmod(in_dir("key"), mode), 0);
}

static void
test_files(void **state)
{
	struct someone s = someone_new("ann", true);
	EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048), *key,
		 *p384 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp384r1");
	char id[SIGN_ID_TEXT];
	const char *why = "";

	(void)state;
	write_key(s.key, 0600);
	key = sign_key_load(in_dir("key"), NULL, &why);
	assert_non_null(key);
	sign_id(key, id);
	assert_string_equal(id, s.id);
	EVP_PKEY_free(key);
	write_key(s.key, 0640);
	assert_null(sign_key_load(in_dir("key"), NULL, &why));
	assert_string_equal(why, "others can read it: chmod 600");
	write_key(rsa, 0600);
	assert_null(sign_key_load(in_dir("key"), NULL, &why));
	assert_string_equal(why, "the key is neither Ed25519 nor P-256");
	write_key(p384, 0600);
	assert_null(sign_key_load(in_dir("key"), NULL, &why));
	assert_null(sign_key_load("/nowhere/key", NULL, &why));
	assert_null(sign_key_load("pkcs11:token=nobody;object=x", "/nowhere/pin", &why));
	EVP_PKEY_free(s.key);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(p384);
}

/* ---- key lists that came before */

static char *
chain(json_t *a, json_t *b, json_t *c)
{
	json_t *all = json_array();
	char *text;

	json_array_append(all, a);
	if (b != NULL)
		json_array_append(all, b);
	if (c != NULL)
		json_array_append(all, c);
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return text;
}

static int
take(struct keychain *k, char *text)
{
	const char *why;
	int r = keychain_take(k, text, strlen(text), &why);

	free(text);
	return r;
}

static void
test_keychain(void **state)
{
	struct someone root = someone_new("root", false), ann = someone_new("ann", false);
	char *one = list_text(1, NULL, json_pack("[o]", someone_entry(&ann, "create", "active")));
	char *two = list_text(2, one, json_pack("[o]", someone_entry(&ann, "create", "revoked")));
	char *fork = list_text(2, one, json_pack("[o]", someone_entry(&ann, "keys", "active")));
	json_t *e1 = list_sealed(one, &root, NULL), *e2 = list_sealed(two, &root, NULL),
	       *other = list_sealed(fork, &root, NULL), *bad = list_sealed(two, &ann, NULL);
	struct keychain *k;

	(void)state;
	for (int again = 0; again < 2; again++) {
		EVP_PKEY_up_ref(root.key);
		k = keychain_new(root.key, in_dir("mark"));
		assert_null(keychain_list(k));
		if (again == 0) {
			assert_int_equal(take(k, chain(e1, NULL, NULL)), 1);
			assert_int_equal(take(k, chain(e1, NULL, NULL)), 0);
			assert_int_equal(take(k, chain(e1, bad, NULL)), -EINVAL);
			assert_int_equal(keylist_version(keychain_list(k)), 1);
		} else {
			assert_int_equal(take(k, chain(e1, NULL, NULL)), -ESTALE);
			assert_null(keychain_list(k));
		}
		assert_int_equal(take(k, chain(e1, e2, NULL)), 1);
		assert_int_equal(take(k, chain(e1, NULL, NULL)), -ESTALE);
		assert_int_equal(take(k, chain(e1, other, NULL)), -ESTALE);
		assert_int_equal(take(k, strdup("")), -EINVAL);
		assert_int_equal(take(k, strdup("[]")), -EINVAL);
		assert_int_equal(keylist_version(keychain_list(k)), 2);
		keychain_free(k);
	}
	k = keychain_new(NULL, NULL);
	assert_int_equal(take(k, chain(e1, NULL, NULL)), -EINVAL);
	keychain_free(k);
	json_decref(e1);
	json_decref(e2);
	json_decref(other);
	json_decref(bad);
	free(one);
	free(two);
	free(fork);
	EVP_PKEY_free(root.key);
	EVP_PKEY_free(ann.key);
}

/* ---- what was stopped */

static const char *
seen(struct ratchet *t, uint32_t id, int64_t submitted, int64_t until, uint32_t suspended)
{
	struct ratchet_row row;

	memset(&row, 0, sizeof(row));
	memcpy(row.uuid + 8, &id, sizeof(id));
	row.submitted_ns = submitted;
	row.until_ns = until;
	row.suspended = suspended;
	return ratchet_check(t, &row);
}

static void
test_ratchet(void **state)
{
	struct ratchet *t = ratchet_open(in_dir("ratchet"));
	struct stat st;
	uint8_t uuid[16];
	FILE *f;

	(void)state;
	for (uint32_t i = 1; i <= 1000; i++) {
		assert_null(seen(t, i, 10, 100, 0));
		assert_null(seen(t, i, 10, 100, 0));
	}
	assert_null(seen(t, 1, 10, 50, 0));
	assert_non_null(seen(t, 1, 10, 51, 0));
	assert_non_null(seen(t, 1, 9, 50, 0));
	assert_null(seen(t, 1, 11, 200, 0)); /* a new approval */
	assert_null(seen(t, 2, 10, 100, 1));
	assert_non_null(seen(t, 2, 10, 100, 0));
	ratchet_close(t);
	f = fopen(in_dir("ratchet"), "a"); /* what a crash cut off */
	assert_int_equal(fwrite("garbage that is no row", 1, 22, f), 22);
	fclose(f);
	t = ratchet_open(in_dir("ratchet"));
	assert_non_null(seen(t, 1, 10, 50, 0));
	assert_null(seen(t, 1, 11, 200, 0));
	assert_non_null(seen(t, 2, 10, 100, 0));
	assert_null(seen(t, 2, 12, 100, 0));
	assert_non_null(seen(t, 1000, 10, 101, 0));
	ratchet_close(t);
	assert_int_equal(stat(in_dir("ratchet"), &st), 0);
	t = ratchet_open(in_dir("ratchet")); /* one row each; none is forgotten */
	assert_non_null(seen(t, 3, 10, 101, 0));
	ratchet_close(t);
	assert_int_equal(stat(in_dir("ratchet"), &st), 0);
	assert_int_equal(st.st_size, 1000 * sizeof(struct ratchet_row));
	assert_true(ratchet_uuid("00112233-4455-6677-8899-aabbccddeeff", uuid));
	assert_int_equal(uuid[15], 0xff);
	assert_false(ratchet_uuid("00112233-4455-6677-8899-aabbccddeef", uuid));
	assert_false(ratchet_uuid("00112233-4455-6677-8899-AABBCCDDEEFF", uuid));
	assert_false(ratchet_uuid(NULL, uuid));
}

/* ---- destinations */

static json_t *
destination(void)
{
	return json_loads(
	    "{\"id\": 7, \"did\": \"00112233-4455-6677-8899-aabbccddeeff\", \"name\": \"d\","
	    "\"hi2\": true, \"hi3\": false, \"addresses\": [\"192.0.2.1:1\", \"192.0.2.2:1\"],"
	    "\"transport\": \"tls\", \"tls12\": false, \"server_name\": \"x.example\", \"pins\":"
	    "[\"aa\"], \"level\": \"auto\", \"enabled\": true, \"barrier_ms\": 5}",
	    0, NULL);
}

static void
test_destination(void **state)
{
	static const struct {
		const char *member, *value; /* JSON; NULL: gone */
		bool same;
	} row[] = {{"id", "8", false}, {"did", "\"00112233-4455-6677-8899-aabbccddeefe\"", false},
	    {"name", "\"e\"", false}, {"hi2", "false", false}, {"hi3", "true", false},
	    {"addresses", "[\"192.0.2.2:1\", \"192.0.2.1:1\"]", false},
	    {"addresses", "[\"192.0.2.1:1\"]", false}, {"addresses", "[1]", false},
	    {"transport", "\"tcp\"", false}, {"transport", NULL, true}, {"tls12", "true", false},
	    {"tls12", "0", true}, {"tls12", "1", false}, {"server_name", NULL, false},
	    {"pins", "[]", false}, {"pins", "[\"ab\"]", false}, {"pins", NULL, false},
	    {"level", "\"c\"", false}, {"level", NULL, true}, {"barrier_ms", "6", true},
	    {"enabled", "false", true}};
	struct someone root = someone_new("root", false), ann = someone_new("ann", false),
		       bob = someone_new("bob", true);
	char *list = list_text(1, NULL,
		 json_pack("[o, o]", someone_entry(&ann, "create", "active"),
		     someone_entry(&bob, "approve", "active"))),
	     *text;
	json_t *all = json_pack("[o]", list_sealed(list, &root, NULL)),
	       *order = json_pack("{s:s}", "submitted_ns", "1234"), *d = destination(), *doc;
	const char *why = "";
	size_t at;
	int64_t ns = 0;
	struct keylist *k = keylist_load(root.key, all, &at, &why);

	(void)state;
	assert_int_equal(dest_doc_check(k, d, "lea", &ns, &why), -EBADMSG);
	assert_string_equal(why, "it has no statement");
	doc = dest_doc_statement(d, "lea", order);
	text = canon_json(doc, NULL);
	json_object_set_new(d, "statement",
	    json_pack("{s:s, s:[o, o]}", "doc", text, "sigs", someone_signs(&ann, text),
		someone_signs(&bob, text)));
	assert_int_equal(dest_doc_check(k, d, "lea", &ns, &why), 0);
	assert_int_equal(ns, 1234);
	assert_int_equal(dest_doc_check(k, d, "leb", &ns, &why), -EBADMSG);
	assert_int_equal(dest_doc_check(NULL, d, "lea", &ns, &why), -EBADMSG);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		json_t *other = json_copy(d);

		if (row[i].value == NULL)
			json_object_del(other, row[i].member);
		else
			json_object_set_new(
			    other, row[i].member, json_loads(row[i].value, JSON_DECODE_ANY, NULL));
		if ((dest_doc_check(k, other, "lea", &ns, &why) == 0) != row[i].same)
			fail_msg("%s %s", row[i].member, row[i].value);
		json_decref(other);
	}
	json_object_set_new(d, "statement",
	    json_pack("{s:s, s:[o, o]}", "doc", text, "sigs", someone_signs(&ann, text),
		someone_signs(&ann, text)));
	assert_int_equal(dest_doc_check(k, d, "lea", &ns, &why), -EBADMSG);
	keylist_free(k);
	json_decref(doc);
	json_decref(d);
	json_decref(order);
	json_decref(all);
	free(text);
	free(list);
	EVP_PKEY_free(root.key);
	EVP_PKEY_free(ann.key);
	EVP_PKEY_free(bob.key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_both_kinds),
	    cmocka_unit_test(test_edges),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_keychain),
	    cmocka_unit_test(test_ratchet),
	    cmocka_unit_test(test_destination),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
