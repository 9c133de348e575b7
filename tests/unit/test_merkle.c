/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle tree and signed notes: published vectors, every pair of sizes up to 70, and what must be
 * refused. */
#include "trust/merkle.h"
#include "trust/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define N 70

static uint8_t leaves[N][MERKLE_LEN], roots[N + 1][MERKLE_LEN];

static const char *
hex(const uint8_t *p)
{
	static char text[65];

	for (int i = 0; i < 32; i++)
		snprintf(text + (ptrdiff_t)2 * i, 3, "%02x", p[i]);
	return text;
}

/* The subtree by its definition. */
static int
reader(void *arg, unsigned level, uint64_t index, uint8_t out[MERKLE_LEN])
{
	uint8_t right[MERKLE_LEN];

	(void)arg;
	if (level == 0) {
		assert_true(index < N);
		memcpy(out, leaves[index], MERKLE_LEN);
		return 0;
	}
	reader(NULL, level - 1, 2 * index, out);
	reader(NULL, level - 1, 2 * index + 1, right);
	merkle_node(out, right, out);
	return 0;
}

static int
setup(void **state)
{
	struct merkle m = {0};

	(void)state;
	merkle_root(&m, roots[0]);
	for (unsigned i = 0; i < N; i++) {
		merkle_leaf(&i, sizeof(i), leaves[i]);
		merkle_add(&m, leaves[i]);
		merkle_root(&m, roots[i + 1]);
	}
	return 0;
}

/* The eight leaves of the tests of Certificate Transparency (RFC 6962). */
static void
test_vectors(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *root;
	} v[] = {
	    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	    {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
	    {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
	    {" !", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
	    {"01", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
	    {"@ABC", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	    {"PQRSTUVW", 8, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	    {"`abcdefghijklmno", 16,
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	struct merkle m = {0};
	uint8_t h[MERKLE_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		merkle_leaf(v[i].text, v[i].n, h);
		merkle_add(&m, h);
		merkle_root(&m, h);
		assert_string_equal(hex(h), v[i].root);
	}
}

static void
test_inclusion(void **state)
{
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], root[MERKLE_LEN];
	size_t n;

	(void)state;
	for (uint64_t size = 1; size <= N; size++) {
		assert_int_equal(merkle_root_at(reader, NULL, size, root), 0);
		assert_memory_equal(root, roots[size], MERKLE_LEN);
		for (uint64_t i = 0; i < size; i++) {
			assert_int_equal(merkle_inclusion(reader, NULL, i, size, path, &n), 0);
			assert_int_equal(
			    merkle_inclusion_check(leaves[i], i, size, path, n, root), 0);
			assert_int_equal(
			    merkle_inclusion_check(leaves[i], i + 1, size, path, n, root),
			    -EBADMSG);
			assert_int_equal(
			    merkle_inclusion_check(leaves[(i + 1) % N], i, size, path, n, root),
			    -EBADMSG);
			if (n > 0)
				assert_int_equal(
				    merkle_inclusion_check(leaves[i], i, size, path, n - 1, root),
				    -EBADMSG);
		}
		assert_int_equal(merkle_inclusion(reader, NULL, size, size, path, &n), -EINVAL);
	}
}

static void
test_consistency(void **state)
{
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], bad[MERKLE_LEN];
	size_t n;

	(void)state;
	for (uint64_t new = 1; new <= N; new ++)
		for (uint64_t old = 1; old <= new; old++) {
			assert_int_equal(merkle_consistency(reader, NULL, old, new, path, &n), 0);
			assert_int_equal(
			    merkle_consistency_check(old, roots[old], new, roots[new], path, n), 0);
			memcpy(bad, roots[old], sizeof(bad));
			bad[5] ^= 1;
			assert_int_equal(
			    merkle_consistency_check(old, bad, new, roots[new], path, n), -EBADMSG);
			assert_int_equal(
			    merkle_consistency_check(old, roots[old], new, bad, path, n), -EBADMSG);
			for (size_t i = 0; i < n; i++) {
				path[i][0] ^= 1;
				assert_int_equal(merkle_consistency_check(
						     old, roots[old], new, roots[new], path, n),
				    -EBADMSG);
				path[i][0] ^= 1;
			}
		}
	assert_int_equal(merkle_consistency(reader, NULL, 0, 5, path, &n), -EINVAL);
	assert_int_equal(merkle_consistency(reader, NULL, 6, 5, path, &n), -EINVAL);
}

/* [BEGIN, END) in complete subtrees, added to the tree before it, gives the tree after it. */
static void
test_cover(void **state)
{
	uint8_t h[MERKLE_LEN];

	(void)state;
	for (uint64_t begin = 0; begin < N; begin++)
		for (uint64_t end = begin; end <= N; end++) {
			struct merkle m = {0};

			for (uint64_t i = 0; i < begin; i++)
				merkle_add(&m, leaves[i]);
			while (m.n < end) {
				unsigned level = merkle_next(m.n, end);

				reader(NULL, level, m.n >> level, h);
				assert_int_equal(merkle_add_tree(&m, level, h), 0);
			}
			merkle_root(&m, h);
			assert_memory_equal(h, roots[end], MERKLE_LEN);
		}
	struct merkle m = {0};

	merkle_add(&m, leaves[0]);
	assert_int_equal(merkle_add_tree(&m, 1, leaves[0]), -EINVAL);
	assert_int_equal(merkle_add_tree(&m, 63, leaves[0]), -EINVAL);
}

/* The example of Go's package golang.org/x/mod/sumdb/note. */
static void
test_note_vector(void **state)
{
	static const char
	    key[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
	    text[] = "If you think cryptography is the answer to your problem,\n"
		     "then you don't know what your problem is.\n"
		     "\n"
		     "\xe2\x80\x94 PeterNeumann "
		     "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
		     "otpRZb6KE6RyyBwJnAM=\n";
	char copy[sizeof(text)], again[NOTE_KEY_MAX];
	size_t body, n = sizeof(text) - 1;
	struct note_key k;

	(void)state;
	assert_int_equal(note_key_parse(key, &k), 0);
	note_key_text(&k, again);
	assert_memory_equal(again, key, strlen(again));
	assert_int_equal(note_parse(text, n, &body), n);
	assert_int_equal(note_check(text, n, body, &k, NULL), 0);
	for (size_t i = 0; i < n; i++) { /* no single octet can be another */
		memcpy(copy, text, n);
		copy[i] ^= 1;
		assert_true(
		    note_parse(copy, n, &body) != n || note_check(copy, n, body, &k, NULL) != 0);
	}
	note_key_fini(&k);
}

static void
test_checkpoint(void **state)
{
	EVP_PKEY *own = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"),
		 *other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	char note[NOTE_MAX] = "log.example\n7\n", vkey[NOTE_KEY_MAX], line[NOTE_LINE_MAX];
	struct note_key k, w, parsed;
	struct note_head h;
	size_t n = strlen(note), body;
	uint64_t when = 0;
	int len;

	(void)state;
	assert_int_equal(note_key_from(own, "log.example", NOTE_LOG, &k), 0);
	assert_int_equal(note_key_from(other, "w.example", NOTE_COSIGN, &w), 0);
	assert_int_equal(note_key_from(own, "log example", NOTE_LOG, &parsed), -EINVAL);
	n += (size_t)note_base64(roots[7], MERKLE_LEN, note + n);
	n += (size_t)sprintf(note + n, "\nclock=synchronised\n");
	body = n;
	assert_int_equal(note_head_parse(note, body, &h), 0);
	assert_int_equal(h.size, 7);
	assert_string_equal(h.origin, "log.example");
	assert_memory_equal(h.root, roots[7], MERKLE_LEN);
	note[n++] = '\n';
	len = note_sign(note, body, &k, own, 0, note + n);
	assert_true(len > 0);
	n += (size_t)len;
	len = note_sign(note, body, &w, other, 1700000000, line);
	memcpy(note + n, line, (size_t)len);
	n += (size_t)len;
	size_t got;
	assert_int_equal(note_parse(note, n, &got), n);
	assert_int_equal(got, body);
	assert_int_equal(note_check(note, n, body, &k, NULL), 0);
	assert_int_equal(note_check(note, n, body, &w, &when), 0);
	assert_int_equal(when, 1700000000);
	note_key_text(&w, vkey);
	assert_int_equal(note_key_parse(vkey, &parsed), 0);
	assert_int_equal(note_check(note, n, body, &parsed, NULL), 0);
	note_key_fini(&parsed);
	note[2] ^= 1;
	assert_int_equal(note_check(note, n, body, &k, NULL), -EBADMSG);
	assert_int_equal(note_check(note, n, body, &w, NULL), -EBADMSG);
	note_key_fini(&k);
	note_key_fini(&w);
	EVP_PKEY_free(own);
	EVP_PKEY_free(other);
	assert_int_equal(note_head_parse("a\n07\n\n", 6, &h), -EINVAL);
	assert_int_equal(note_key_parse("a+00000000+AAAA", &k), -EINVAL);
	assert_int_equal(note_key_parse("", &k), -EINVAL);
}

static void
test_base64(void **state)
{
	char text[64];
	uint8_t in[24], out[24];

	(void)state;
	for (size_t n = 0; n < sizeof(in); n++) {
		in[n] = (uint8_t)(n * 37 + 5);
		int len = note_base64(in, n, text);

		assert_int_equal(note_unbase64(text, (size_t)len, out, sizeof(out)), n);
		assert_memory_equal(in, out, n);
	}
	assert_int_equal(note_unbase64("QQ=", 3, out, sizeof(out)), -1);
	assert_int_equal(
	    note_unbase64("QR==", 4, out, sizeof(out)), -1); /* bits that mean nothing */
	assert_int_equal(note_unbase64("Q?==", 4, out, sizeof(out)), -1);
	assert_int_equal(note_unbase64("====", 4, out, sizeof(out)), -1);
	assert_int_equal(note_unbase64("AAAA", 4, out, 2), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_inclusion),
	    cmocka_unit_test(test_consistency),
	    cmocka_unit_test(test_cover),
	    cmocka_unit_test(test_note_vector),
	    cmocka_unit_test(test_checkpoint),
	    cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
