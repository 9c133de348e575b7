/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and sealing; see vault.h.  Nonces are random, 96 bits: NIST SP 800-38D clause 8.3 allows
 * 2^32 of them under one key, far more than a warrant has rows.  The key encryption key wraps only
 * agency keys, an agency key only warrant keys. */
#include "admin/vault.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VAULT_KEY 32
#define VAULT_WRAPPED (VAULT_KEY + VAULT_OVER)
#define VAULT_NONCE 12
#define VAULT_TAG 16
#define VAULT_LABEL_MAX 160
#define VAULT_CHECK "openmdf.vault.v1 key encryption k" /* 32 octets and NUL */

/* Lies whole in memory that is locked, not dumped and empty in a child. */
struct vault {
	struct store *store;
	uint64_t generation; /* of NEXT */
	bool pending;	     /* NEXT holds as soon as the database says so */
	uint8_t kek[VAULT_KEY], next[VAULT_KEY];
	uint8_t lea[VAULT_KEY], key[VAULT_KEY], sub[VAULT_KEY]; /* scratch */
	char next_file[4096];
};

/* ---- AES-256-GCM: nonce, ciphertext, tag */

static int
vault_encrypt(
    const uint8_t key[VAULT_KEY], const char *aad, const void *data, size_t n, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0, ok;

	assert(ctx != NULL && n < INT32_MAX);
	random_octets(out, VAULT_NONCE);
	ok = EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
	     EVP_EncryptUpdate(ctx, NULL, &len, (const uint8_t *)aad, (int)strlen(aad)) == 1 &&
	     EVP_EncryptUpdate(ctx, out + VAULT_NONCE, &len, data, (int)n) == 1 &&
	     EVP_EncryptFinal_ex(ctx, out + VAULT_NONCE + n, &len) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, VAULT_TAG, out + VAULT_NONCE + n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : -EIO;
}

/* N: octets of IN.  OUT is empty after an error. */
static int
vault_decrypt(
    const uint8_t key[VAULT_KEY], const char *aad, const uint8_t *in, size_t n, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t tag[VAULT_TAG];
	int len = 0, ok;

	if (n < VAULT_OVER || n > INT32_MAX)
		return -EBADMSG;
	n -= VAULT_OVER;
	memcpy(tag, in + VAULT_NONCE + n, sizeof(tag));
	ctx = EVP_CIPHER_CTX_new();
	assert(ctx != NULL);
	ok = EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, in) == 1 &&
	     EVP_DecryptUpdate(ctx, NULL, &len, (const uint8_t *)aad, (int)strlen(aad)) == 1 &&
	     EVP_DecryptUpdate(ctx, out, &len, in + VAULT_NONCE, (int)n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, VAULT_TAG, tag) == 1 &&
	     EVP_DecryptFinal_ex(ctx, out + n, &len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok)
		OPENSSL_cleanse(out, n);
	return ok ? 0 : -EBADMSG;
}

/* A key for one purpose (NIST SP 800-108, one block of HMAC-SHA-256). */
static void
vault_sub(const uint8_t key[VAULT_KEY], const char *purpose, uint8_t out[VAULT_KEY])
{
	unsigned n = VAULT_KEY;

	HMAC(EVP_sha256(), key, VAULT_KEY, (const uint8_t *)purpose, strlen(purpose), out, &n);
}

/* ---- the key encryption key */

static int
vault_fault(struct fault *f, const char *where, const char *why)
{
	return fault_set(f, FAULT_REFUSED, "vault", where,
	    "a file with 64 hexadecimal digits, mode 0600 (openssl rand -hex 32)", "%s", why);
}

/* FILE with 64 hexadecimal digits to KEY. */
static int
vault_read_key(const char *file, uint8_t key[VAULT_KEY], struct fault *f)
{
	char text[2 * VAULT_KEY + 3] = "";
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), r = 0;
	ssize_t n;

	if (fd < 0)
		return vault_fault(f, file, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
		close(fd);
		return vault_fault(f, file, "it is no file, or others can read it");
	}
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[strcspn(text, "\r\n")] = '\0';
	if (n < 2 * VAULT_KEY || strlen(text) != 2 * VAULT_KEY ||
	    check_unhex(text, 2 * VAULT_KEY, key) < 0)
		r = vault_fault(f, file, "it does not hold 64 hexadecimal digits");
	OPENSSL_cleanse(text, sizeof(text));
	return r;
}

static json_t *
vault_hex(const uint8_t *p, size_t n)
{
	char text[2 * VAULT_WRAPPED + 1];

	assert(n <= VAULT_WRAPPED);
	return json_string(check_hex_text(p, n, text));
}

static bool
vault_unhex(json_t *v, uint8_t out[VAULT_WRAPPED])
{
	return json_string_length(v) == 2 * VAULT_WRAPPED &&
	       check_unhex(json_string_value(v), 2 * VAULT_WRAPPED, out) == 0;
}

/* What tells KEK again, as argument of VAULT_INIT and VAULT_SET. */
static json_t *
vault_check_row(const uint8_t kek[VAULT_KEY])
{
	uint8_t sealed[VAULT_WRAPPED];

	assert(vault_encrypt(kek, "check", VAULT_CHECK, VAULT_KEY, sealed) == 0);
	return json_pack("{s:o, s:I}", "kek_check", vault_hex(sealed, sizeof(sealed)), "now_ns",
	    (json_int_t)clock_wall_ns());
}

static int
vault_known(struct vault *v, const char *where, struct fault *f)
{
	json_t *row = store_row(v->store, STMT_VAULT_SHOW, NULL), *args;
	uint8_t sealed[VAULT_WRAPPED], plain[VAULT_KEY];
	int r;

	if (row == NULL) {
		args = vault_check_row(v->kek);
		r = store_run(v->store, STMT_VAULT_INIT, args, f);
		json_decref(args);
		return r;
	}
	r = vault_unhex(json_object_get(row, "kek_check"), sealed) &&
		    vault_decrypt(v->kek, "check", sealed, sizeof(sealed), plain) == 0
		? 0
		: fault_set(f, FAULT_REFUSED, "vault", where,
		      "give the key that this database was made with, or the newest one",
		      "it is not the key that seals this database");
	json_decref(row);
	return r;
}

/* Has the change of key been committed? */
static void
vault_sync(struct vault *v)
{
	json_t *row;

	if (!v->pending)
		return;
	row = store_row(v->store, STMT_VAULT_SHOW, NULL);
	if ((uint64_t)json_integer_value(json_object_get(row, "generation")) == v->generation)
		memcpy(v->kek, v->next, sizeof(v->kek));
	OPENSSL_cleanse(v->next, sizeof(v->next));
	v->pending = false;
	json_decref(row);
}

struct vault *
vault_open(struct store *keep_in, const char *where, const char *pin_file, struct fault *f)
{
	size_t n = sizeof(struct vault);
	struct vault *v;

	(void)pin_file;
	if (strncmp(where, "pkcs11:", 7) == 0) {
		vault_fault(f, "pkcs11", "a token cannot hold the key encryption key yet");
		return NULL;
	}
	v = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert(v != MAP_FAILED);
	if (mlock(v, n) < 0)
		log_warn("VAULT-MEMORY", "keys may be swapped out: %s", strerror(errno));
	madvise(v, n, MADV_DONTDUMP);
	madvise(v, n, MADV_WIPEONFORK);
	v->store = keep_in;
	if (vault_read_key(where, v->kek, f) < 0 || vault_known(v, where, f) < 0) {
		vault_close(v);
		return NULL;
	}
	store_set_vault(keep_in, v);
	store_wipe(keep_in);
	return v;
}

void
vault_close(struct vault *v)
{
	if (v == NULL)
		return;
	store_set_vault(v->store, NULL);
	OPENSSL_cleanse(v, sizeof(*v));
	munmap(v, sizeof(*v));
}

void
vault_next(struct vault *v, const char *file)
{
	snprintf(v->next_file, sizeof(v->next_file), "%s", file);
}

/* ---- keys of agencies and warrants */

static void
vault_aad(char *aad, size_t len, const char *kind, int64_t owner, json_t *key_id)
{
	snprintf(aad, len, "key|%s|%lld|%s", kind, (long long)owner, json_string_value(key_id));
}

/* Key of (KIND, OWNER) to OUT, unwrapped by BY; made when there is none and MAKE. */
static int
vault_key(struct vault *v, const char *kind, int64_t owner, int64_t lea,
    const uint8_t by[VAULT_KEY], bool make, uint8_t out[VAULT_KEY])
{
	static const uint8_t none[VAULT_WRAPPED];
	json_t *a = json_pack("{s:s, s:I, s:I, s:I}", "kind", kind, "owner", (json_int_t)owner,
		   "lea", (json_int_t)lea, "now_ns", (json_int_t)clock_wall_ns()),
	       *row = store_row(v->store, STMT_VAULT_KEY_GET, a);
	uint8_t wrapped[VAULT_WRAPPED];
	char aad[128], text[37];
	struct fault f;
	int r = -ENOKEY;

	if (row == NULL && make) {
		json_object_set_new(a, "key_id", json_string(check_uuid_new(text)));
		vault_aad(aad, sizeof(aad), kind, owner, json_object_get(a, "key_id"));
		r = RAND_priv_bytes(out, VAULT_KEY) == 1 ? 0 : -EIO;
		if (r == 0)
			r = vault_encrypt(by, aad, out, VAULT_KEY, wrapped);
		json_object_set_new(a, "wrapped", vault_hex(wrapped, sizeof(wrapped)));
		if (r == 0)
			r = store_run(v->store, STMT_VAULT_KEY_ADD, a, &f);
	} else if (row != NULL && vault_unhex(json_object_get(row, "wrapped"), wrapped) &&
		   memcmp(wrapped, none, sizeof(none)) != 0) {
		vault_aad(aad, sizeof(aad), kind, owner, json_object_get(row, "key_id"));
		r = json_integer_value(json_object_get(row, "lea")) == lea
			? vault_decrypt(by, aad, wrapped, sizeof(wrapped), out)
			: -EBADMSG;
	}
	json_decref(row);
	json_decref(a);
	return r;
}

/* v->sub: the key for what LEA and WARRANT say. */
static int
vault_data_key(struct vault *v, int64_t lea, int64_t warrant, bool make)
{
	int r;

	vault_sync(v);
	if ((r = vault_key(v, "lea", lea, 0, v->kek, make, v->lea)) < 0)
		return r;
	vault_sub(v->lea, warrant == 0 ? "seal" : "wrap", v->sub);
	if (warrant == 0)
		return 0;
	if ((r = vault_key(v, "warrant", warrant, lea, v->sub, make, v->key)) < 0)
		return r;
	vault_sub(v->key, "seal", v->sub);
	return 0;
}

static void
vault_forget(struct vault *v)
{
	OPENSSL_cleanse(v->lea, sizeof(v->lea));
	OPENSSL_cleanse(v->key, sizeof(v->key));
	OPENSSL_cleanse(v->sub, sizeof(v->sub));
}

static void
vault_label(char *aad, int64_t lea, int64_t warrant, const char *label)
{
	int n = snprintf(
	    aad, VAULT_LABEL_MAX, "data|%lld|%lld|%s", (long long)lea, (long long)warrant, label);

	assert(n > 0 && n < VAULT_LABEL_MAX);
}

int
vault_seal(struct vault *v, int64_t lea, int64_t warrant, const char *label, const void *data,
    size_t n, uint8_t *out)
{
	char aad[VAULT_LABEL_MAX];
	int r = vault_data_key(v, lea, warrant, true);

	vault_label(aad, lea, warrant, label);
	if (r == 0)
		r = vault_encrypt(v->sub, aad, data, n, out);
	vault_forget(v);
	return r;
}

int
vault_unseal(struct vault *v, int64_t lea, int64_t warrant, const char *label,
    const uint8_t *sealed, size_t n, uint8_t *out)
{
	char aad[VAULT_LABEL_MAX];
	int r = vault_data_key(v, lea, warrant, false);

	vault_label(aad, lea, warrant, label);
	if (r == 0)
		r = vault_decrypt(v->sub, aad, sealed, n, out);
	vault_forget(v);
	return r;
}

int
vault_index(struct vault *v, int64_t lea, const char *form, uint8_t out[32])
{
	unsigned n = 32;
	int r;

	vault_sync(v);
	r = vault_key(v, "lea", lea, 0, v->kek, true, v->lea);
	if (r == 0) {
		vault_sub(v->lea, "index", v->sub);
		HMAC(EVP_sha256(), v->sub, VAULT_KEY, (const uint8_t *)form, strlen(form), out, &n);
	}
	vault_forget(v);
	return r;
}

int
vault_shred(struct vault *v, int64_t warrant)
{
	static const uint8_t none[VAULT_WRAPPED];
	json_t *a = json_pack("{s:s, s:I}", "kind", "warrant", "owner", (json_int_t)warrant),
	       *row = store_row(v->store, STMT_VAULT_KEY_GET, a);
	struct fault f;
	int r = row == NULL ? -ENOENT : 0;

	if (row != NULL) {
		json_object_set_new(row, "wrapped", vault_hex(none, sizeof(none)));
		r = store_run(v->store, STMT_VAULT_KEY_SET, row, &f);
		store_wipe_later(v->store);
	}
	json_decref(row);
	json_decref(a);
	return r;
}

int
vault_key_id(struct vault *v, int64_t warrant, char out[37])
{
	json_t *a = json_pack("{s:s, s:I}", "kind", "warrant", "owner", (json_int_t)warrant),
	       *row = store_row(v->store, STMT_VAULT_KEY_GET, a);
	int r = row == NULL ? -ENOENT : 0;

	snprintf(
	    out, 37, "%s", row == NULL ? "" : json_string_value(json_object_get(row, "key_id")));
	json_decref(row);
	json_decref(a);
	return r;
}

/* ---- a new key encryption key */

/* Row of an agency key: from the old to the new key. */
static int
vault_rewrap(struct vault *v, json_t *row, struct fault *f)
{
	uint8_t wrapped[VAULT_WRAPPED];
	char aad[128];
	int r;

	vault_aad(aad, sizeof(aad), "lea", json_integer_value(json_object_get(row, "owner")),
	    json_object_get(row, "key_id"));
	if (!vault_unhex(json_object_get(row, "wrapped"), wrapped) ||
	    vault_decrypt(v->kek, aad, wrapped, sizeof(wrapped), v->lea) < 0 ||
	    vault_encrypt(v->next, aad, v->lea, VAULT_KEY, wrapped) < 0)
		return fault_set(f, FAULT_INTERNAL, "vault", "agency key", "restore a backup",
		    "a wrapped key cannot be read");
	json_object_set_new(row, "wrapped", vault_hex(wrapped, sizeof(wrapped)));
	r = store_run(v->store, STMT_VAULT_KEY_SET, row, f);
	vault_forget(v);
	return r;
}

int
vault_rekey(struct vault *v, struct fault *f)
{
	json_t *rows, *row, *args;
	size_t i;
	int r;

	vault_sync(v);
	if ((r = vault_read_key(v->next_file, v->next, f)) < 0)
		return r;
	if (CRYPTO_memcmp(v->kek, v->next, VAULT_KEY) == 0)
		return fault_set(f, FAULT_CONFLICT, "vault", v->next_file, "make another one",
		    "it is the key that is in use");
	rows = store_rows(v->store, STMT_VAULT_KEY_LIST, NULL);
	json_array_foreach(rows, i, row) if (r == 0) r = vault_rewrap(v, row, f);
	json_decref(rows);
	args = vault_check_row(v->next);
	if (r == 0)
		r = store_run(v->store, STMT_VAULT_SET, args, f);
	json_decref(args);
	row = store_row(v->store, STMT_VAULT_SHOW, NULL);
	v->generation = (uint64_t)json_integer_value(json_object_get(row, "generation"));
	v->pending = true;
	json_decref(row);
	store_wipe_later(v->store);
	return r;
}
