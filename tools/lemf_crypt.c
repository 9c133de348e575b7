/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_crypt.h. */
#include "lemf_crypt.h"
#include "lemf_ber.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK 16
#define FRONT 16 /* room in front of the cleartext for two heads */

static int
nibble(int c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

int
lemf_crypt_key(struct lemf_key *key, const char *path)
{
	FILE *f = fopen(path, "rbe");
	size_t half = 0;
	int c;

	if (!f)
		return -errno;
	memset(key, 0, sizeof(*key));
	while ((c = getc(f)) != EOF) {
		if (isspace(c))
			continue;
		if (nibble(c) < 0 || half == 2 * sizeof(key->octets)) {
			half = 1;
			break;
		}
		key->octets[half / 2] = (uint8_t)(key->octets[half / 2] << 4 | nibble(c));
		half++;
	}
	fclose(f);
	key->n = half / 2;
	if (half == 48 || half == 64)
		return 0;
	OPENSSL_cleanse(key, sizeof(*key));
	return -EINVAL;
}

static const char *
decrypt(const struct lemf_key *key, const struct lemf_crypt_in *in, uint8_t *out)
{
	const EVP_CIPHER *cipher = in->type == 3   ? EVP_aes_192_cbc()
				   : in->type == 4 ? EVP_aes_256_cbc()
				   : in->type == 7 ? EVP_des_ede3_cbc()
						   : NULL;
	EVP_CIPHER_CTX *ctx;
	uint8_t iv[BLOCK];
	int n = 0, last = 0;
	bool ok;

	if (in->type == 1) {
		memcpy(out, in->data.p, in->data.n);
		return NULL;
	}
	if (!cipher)
		return "the encryption type is not supported";
	if ((size_t)EVP_CIPHER_get_key_length(cipher) != key->n)
		return "the key has another length than the encryption type needs";
	if (in->data.n == 0 || in->data.n > INT32_MAX ||
	    in->data.n % (size_t)EVP_CIPHER_get_block_size(cipher))
		return "the encrypted octets are no whole number of blocks";
	for (unsigned i = 0; i < 4; i++)
		octets_put32(iv + 4 * i, in->seq);
	ctx = EVP_CIPHER_CTX_new();
	assert(ctx);
	ok = EVP_DecryptInit_ex(ctx, cipher, NULL, key->octets, iv) == 1 &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	     EVP_DecryptUpdate(ctx, out, &n, in->data.p, (int)in->data.n) == 1 &&
	     EVP_DecryptFinal_ex(ctx, out + n, &last) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? NULL : "decryption failed";
}

/* EncryptedPayload at the front of CLEAR, then fewer zeros than a block. */
static const char *
split(struct octets clear, unsigned type, struct octets *payload, uint64_t *counter)
{
	static const char wrong[] = "not an EncryptedPayload: another key, or the IV is not the "
				    "sequence number";
	struct lemf_ber_error err;
	struct lemf_tlv seq, num, pay;

	if (lemf_ber_read(clear, 0, clear.n, &seq, &err) || seq.tag != 16 || seq.cls ||
	    lemf_ber_read(seq.val, 0, seq.val.n, &num, &err) || num.tag != 0 ||
	    num.cls != LEMF_BER_CONTEXT || num.val.n == 0 || num.val.n > 9 ||
	    lemf_ber_read(seq.val, num.total_len, seq.val.n, &pay, &err) || pay.tag != 1 ||
	    pay.cls != LEMF_BER_CONTEXT || !pay.constructed)
		return wrong;
	*counter = 0;
	for (size_t i = 0; i < num.val.n; i++)
		*counter = *counter << 8 | num.val.p[i];
	*payload = pay.val;
	if (clear.n - seq.total_len >= BLOCK && type != 1)
		return "more padding than a block";
	for (size_t i = seq.total_len; i < clear.n; i++)
		if (clear.p[i])
			return "padding that is not zero";
	return NULL;
}

static size_t
put_head(uint8_t *out, uint8_t tag, size_t n)
{
	unsigned octets = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;
	size_t k = 0;

	out[k++] = tag;
	if (n < 0x80) {
		out[k++] = (uint8_t)n;
		return k;
	}
	out[k++] = (uint8_t)(0x80 | octets);
	while (octets-- > 0)
		out[k++] = (uint8_t)(n >> 8 * octets);
	return k;
}

const char *
lemf_crypt_open(const struct lemf_key *key, const struct lemf_crypt_in *in, uint8_t **buf,
    struct octets *clear, uint64_t *counter)
{
	uint8_t *plain = malloc(in->data.n + BLOCK + 1), *out, head[8];
	struct octets payload;
	const char *why;
	size_t head_n, n;

	assert(plain);
	why = decrypt(key, in, plain);
	if (!why)
		why = split((struct octets){plain, in->data.n}, in->type, &payload, counter);
	if (why) {
		free(plain);
		return why;
	}
	head_n = put_head(head, 0xa2, payload.n);
	out = malloc(FRONT + in->header.n + head_n + payload.n);
	assert(out);
	n = put_head(out, 0x30, in->header.n + head_n + payload.n);
	memcpy(out + n, in->header.p, in->header.n);
	n += in->header.n;
	memcpy(out + n, head, head_n);
	n += head_n;
	memcpy(out + n, payload.p, payload.n);
	*clear = (struct octets){out, n + payload.n};
	*buf = out;
	free(plain);
	return NULL;
}
