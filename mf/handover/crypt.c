/* SPDX-License-Identifier: Apache-2.0 */
/* Payload encryption, TS 102 232-1 EncryptionContainer: an EncryptedPayload (byte counter and
 * Payload), padded with zeros to the block, AES-CBC, IV the sequence number four times.  The frame
 * around the result is written by pspdu.c.
 *
 * The IV repeats for PDUs of other series with the same number; the byte counter, which stands in
 * the first block, does not. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define BLOCK 16
#define FRONT_MAX 32 /* octets of EncryptedPayload in front of the Payload */
#define NS_PER_S 1000000000

struct crypt {
	struct handover_crypt base; /* first */
	uint64_t counter;
	EVP_CIPHER_CTX *ctx;
};

/* One buffer for all: cleartext, and the cipher text in its place. */
static uint8_t *scratch;
static size_t scratch_n;

static void
grow(size_t n)
{
	if (n <= scratch_n)
		return;
	free(scratch);
	scratch = malloc(n);
	assert(scratch != NULL);
	scratch_n = n;
}

static uint8_t *
append(uint8_t *p, struct octets o)
{
	if (o.n > 0)
		memcpy(p, o.p, o.n);
	return p + o.n;
}

/* INTEGER 0..2^64-1, minimal. */
static void
put_counter(struct ber *b, uint64_t counter)
{
	uint8_t v[9] = {0};
	size_t skip = 0;

	octets_put64(v + 1, counter);
	while (skip < 8 && v[skip] == 0 && v[skip + 1] < 0x80)
		skip++;
	ber_octets(b, ENCRYPTED_COUNTER, v + skip, sizeof(v) - skip);
}

/* The EncryptedPayload with its padding in the scratch; returns its length. */
static size_t
clear_text(uint64_t counter, const struct ho_record *payload)
{
	size_t n = payload->head.n + payload->body.n + payload->tail.n, pad;
	uint8_t front[FRONT_MAX], *p;
	struct ber b;

	ber_start(&b, front, front + sizeof(front), n);
	ber_close(&b, ENCRYPTED_PAYLOAD, 0);
	put_counter(&b, counter);
	ber_close(&b, ENCRYPTED_TAG, 0);
	assert(!b.full);
	n = ber_mark(&b);
	pad = (BLOCK - n % BLOCK) % BLOCK;
	grow(n + pad);
	p = append(scratch, (struct octets){b.p, (size_t)(front + sizeof(front) - b.p)});
	p = append(p, payload->head);
	p = append(p, payload->body);
	p = append(p, payload->tail);
	memset(p, 0, pad);
	return n + pad;
}

static int
seal(struct handover_crypt *base, uint32_t seq, uint64_t clear_n, const struct ho_record *payload,
    struct octets *cipher)
{
	struct crypt *c = (struct crypt *)base;
	uint8_t iv[BLOCK];
	size_t n = clear_text(c->counter, payload);
	int out_n = 0;

	for (size_t i = 0; i < BLOCK; i += sizeof(seq))
		octets_put32(iv + i, seq);
	if (n > INT_MAX || EVP_EncryptInit_ex(c->ctx, NULL, NULL, NULL, iv) != 1 ||
	    EVP_EncryptUpdate(c->ctx, scratch, &out_n, scratch, (int)n) != 1 ||
	    (size_t)out_n != n) {
		OPENSSL_cleanse(scratch, n);
		return -EIO;
	}
	c->counter += clear_n;
	*cipher = (struct octets){scratch, n};
	return 0;
}

static const EVP_CIPHER *
cipher_of(uint8_t type)
{
	switch (type) {
	case ENCRYPTION_AES192_CBC:
		return EVP_aes_192_cbc();
	case ENCRYPTION_AES256_CBC:
		return EVP_aes_256_cbc();
	}
	return NULL;
}

struct handover_crypt *
handover_crypt_new(uint8_t type, struct octets key, int64_t start_ns)
{
	const EVP_CIPHER *cipher = cipher_of(type);
	struct crypt *c;

	if (!cipher || key.n != (size_t)EVP_CIPHER_get_key_length(cipher))
		return NULL;
	c = calloc(1, sizeof(*c));
	assert(c != NULL);
	c->base = (struct handover_crypt){type, seal};
	c->counter = (uint64_t)(start_ns > 0 ? start_ns / NS_PER_S : 0) << 32;
	c->ctx = EVP_CIPHER_CTX_new();
	assert(c->ctx != NULL);
	if (EVP_EncryptInit_ex(c->ctx, cipher, NULL, key.p, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(c->ctx, 0) != 1) {
		handover_crypt_free(&c->base);
		return NULL;
	}
	return &c->base;
}

void
handover_crypt_free(struct handover_crypt *base)
{
	struct crypt *c = (struct crypt *)base;

	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->ctx); /* wipes the key */
	free(c);
}
