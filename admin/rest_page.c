/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and cursors; see rest_page.h.  A cursor is base64url of nonce, ciphertext and tag
 * (AES-256-GCM; the name of the operation is authenticated with it). */
#include "admin/rest_page.h"

#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_NONCE 12
#define PAGE_TAG 16
#define PAGE_TEXT_MAX 96
#define PAGE_MEMORY_MAX 100000 /* rows of a list that has no row numbers */

void
rest_pages_init(struct rest_pages *g)
{
	memset(g, 0, sizeof(*g));
	random_octets(g->key, sizeof(g->key));
}

/* ---- sealing */

static void
page_base64url(const uint8_t *in, size_t n, char *out)
{
	size_t len = (size_t)EVP_EncodeBlock((unsigned char *)out, in, (int)n);

	while (len > 0 && out[len - 1] == '=')
		out[--len] = '\0';
	for (size_t i = 0; i < len; i++)
		out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
}

/* Octets of IN, or -1. */
static int
page_unbase64url(const char *in, uint8_t *out, size_t cap)
{
	char text[REST_CURSOR_MAX + 4];
	size_t len = strlen(in), pad = (4 - len % 4) % 4;

	if (len > REST_CURSOR_MAX || pad == 3 || (len + pad) / 4 * 3 > cap)
		return -1;
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(in[i] == '-' ? '+' : in[i] == '_' ? '/' : in[i]);
	memset(text + len, '=', pad);
	return EVP_DecodeBlock(out, (const unsigned char *)text, (int)(len + pad)) < 0
		   ? -1
		   : (int)((len + pad) / 4 * 3 - pad);
}

static EVP_CIPHER_CTX *
page_cipher(const struct rest_pages *g, const char *op, const uint8_t *nonce, int enc)
{
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	int n;

	assert(x != NULL);
	if (EVP_CipherInit_ex(x, EVP_aes_256_gcm(), NULL, g->key, nonce, enc) != 1 ||
	    EVP_CipherUpdate(x, NULL, &n, (const uint8_t *)op, (int)strlen(op)) != 1)
		abort();
	return x;
}

static void
page_seal(const struct rest_pages *g, const char *op, const char *text, char out[])
{
	uint8_t buf[PAGE_NONCE + PAGE_TEXT_MAX + PAGE_TAG];
	size_t len = strlen(text);
	EVP_CIPHER_CTX *x;
	int n;

	assert(len <= PAGE_TEXT_MAX);
	random_octets(buf, PAGE_NONCE);
	x = page_cipher(g, op, buf, 1);
	if (EVP_CipherUpdate(x, buf + PAGE_NONCE, &n, (const uint8_t *)text, (int)len) != 1 ||
	    EVP_CipherFinal_ex(x, buf + PAGE_NONCE + n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_GET_TAG, PAGE_TAG, buf + PAGE_NONCE + len) != 1)
		abort();
	EVP_CIPHER_CTX_free(x);
	page_base64url(buf, PAGE_NONCE + len + PAGE_TAG, out);
}

static bool
page_open(const struct rest_pages *g, const char *op, const char *in, char text[PAGE_TEXT_MAX + 1])
{
	uint8_t buf[REST_CURSOR_MAX];
	int len = page_unbase64url(in, buf, sizeof(buf)), n;
	EVP_CIPHER_CTX *x;
	bool good;

	if (len < PAGE_NONCE + PAGE_TAG || len > PAGE_NONCE + PAGE_TEXT_MAX + PAGE_TAG)
		return false;
	len -= PAGE_NONCE + PAGE_TAG;
	x = page_cipher(g, op, buf, 0);
	good =
	    EVP_CipherUpdate(x, (uint8_t *)text, &n, buf + PAGE_NONCE, len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_SET_TAG, PAGE_TAG, buf + PAGE_NONCE + len) == 1 &&
	    EVP_CipherFinal_ex(x, (uint8_t *)text + n, &n) == 1;
	EVP_CIPHER_CTX_free(x);
	text[good ? len : 0] = '\0';
	return good;
}

/* ---- pages */

/* What a row is, whatever changes in it. */
static void
page_row_name(json_t *row, char out[17])
{
	static const char *const keys[] = {"uuid", "id", "seq", "xid", "warrant", "cin", "name",
	    "handle", "approval", "field", "format", "type", "version", "key", "code", "object",
	    "time", "op", "destination", "view"};
	json_t *list = json_array();
	uint8_t md[SHA256_DIGEST_LENGTH];
	char *text;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *v = json_object_get(row, keys[i]);

		json_array_append(list, v == NULL ? json_null() : v);
	}
	text = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
	assert(text != NULL);
	SHA256((const uint8_t *)text, strlen(text), md);
	free(text);
	json_decref(list);
	for (size_t i = 0; i < 8; i++)
		snprintf(out + 2 * i, 3, "%02x", md[i]);
}

static json_t *
page_row_number(json_t *row)
{
	json_t *n = json_object_get(row, "seq");

	return json_is_integer(n) ? n : json_object_get(row, "id");
}

static int
page_no_cursor(struct rest_problem *p)
{
	return rest_problem_set(p, 400, "CURSOR-INVALID", "cursor", "begin again without a cursor",
	    "this is no cursor of this list");
}

/* Lists that read on behind a row that is named: the arguments, and the members of the row that go
 * there.  In a cursor they are text: no number that counts others. */
static const struct page_key {
	const char *arg[2], *member[2];
} page_keys[] = {
    {{"behind", "behind_until"}, {"uuid", "until"}},
    {{"behind", "behind_warrant"}, {"xid", "warrant"}},
};

static const struct page_key *
page_key_of(const struct op *op)
{
	for (size_t i = 0; i < sizeof(page_keys) / sizeof(page_keys[0]); i++)
		if (op_arg_find(op, page_keys[i].arg[1], strlen(page_keys[i].arg[1])) != NULL &&
		    op_arg_find(op, "limit", 5) != NULL)
			return &page_keys[i];
	return NULL;
}

static int
page_begin_keyed(struct rest_pages *g, struct rest_call *c, struct rest_problem *p)
{
	char text[PAGE_TEXT_MAX + 1] = "", word[2][37] = {"", ""};

	if (c->cursor[0] != '\0' && (!page_open(g, c->op->name, c->cursor, text) ||
					sscanf(text, "k:%36[0-9a-f-]:%36s", word[0], word[1]) != 2))
		return page_no_cursor(p);
	for (int i = 0; i < 2 && word[0][0] != '\0'; i++)
		json_object_set_new(c->args, g->keyed->arg[i], json_string(word[i]));
	json_object_set_new(c->args, "limit", json_integer((json_int_t)c->limit + 1));
	return 0;
}

/* An argument of the query, which is text, or a number. */
static uint64_t
page_number(json_t *v)
{
	return json_is_string(v) ? strtoull(json_string_value(v), NULL, 10)
				 : (uint64_t)json_integer_value(v);
}

int
rest_page_begin(struct rest_pages *g, struct rest_call *c, bool scoped, struct rest_problem *p)
{
	char text[PAGE_TEXT_MAX + 1] = "";
	bool limit = op_arg_find(c->op, "limit", 5) != NULL;

	if ((g->keyed = page_key_of(c->op)) != NULL)
		return page_begin_keyed(g, c, p);
	g->native = rest_op_pages(c->op) && limit && !scoped;
	g->back = g->native && json_object_get(c->args, "before") != NULL;
	g->index = 0;
	g->after = g->back ? page_number(json_object_get(c->args, "before")) : 0;
	g->last[0] = '\0';
	if (c->cursor[0] != '\0' &&
	    (!page_open(g, c->op->name, c->cursor, text) ||
		(g->native ? sscanf(text, "n:%" SCNu64, &g->after) != 1
			   : sscanf(text, "m:%zu:%16[0-9a-f]", &g->index, g->last) != 2)))
		return page_no_cursor(p);
	if (g->native)
		json_object_set_new(
		    c->args, g->back ? "before" : "after", json_integer((json_int_t)g->after));
	if (limit)
		json_object_set_new(c->args, "limit",
		    json_integer(g->native ? (json_int_t)c->limit + 1 : PAGE_MEMORY_MAX));
	return 0;
}

/* Where the page begins in ROWS: behind the row that the cursor names; -1: it is gone. */
static ssize_t
page_find(const struct rest_pages *g, json_t *rows)
{
	char name[17];
	json_t *row;
	size_t i;

	if (g->last[0] == '\0')
		return 0;
	row = g->index > 0 ? json_array_get(rows, g->index - 1) : NULL;
	if (row != NULL) {
		page_row_name(row, name);
		if (strcmp(name, g->last) == 0)
			return (ssize_t)g->index;
	}
	json_array_foreach(rows, i, row)
	{
		page_row_name(row, name);
		if (strcmp(name, g->last) == 0)
			return (ssize_t)i + 1;
	}
	return -1;
}

/* The same for rows that were read from the newest on: ROWS are the oldest first, one too many
 * when there is another page. */
static json_t *
page_cut_back(const struct rest_pages *g, const struct rest_call *c, json_t *rows, char next[])
{
	size_t n = json_array_size(rows), first = n > c->limit ? n - c->limit : 0;
	char text[PAGE_TEXT_MAX + 1];
	json_t *page = json_array();

	for (size_t i = n; i > first; i--)
		json_array_append(page, json_array_get(rows, i - 1));
	if (first == 0)
		return page;
	snprintf(text, sizeof(text), "n:%lld",
	    (long long)json_integer_value(page_row_number(json_array_get(rows, first))));
	page_seal(g, c->op->name, text, next);
	return page;
}

json_t *
rest_page_cut(const struct rest_pages *g, const struct rest_call *c, json_t *rows,
    char next[REST_CURSOR_MAX + 1], struct rest_problem *p)
{
	ssize_t begin = g->native || g->keyed != NULL ? 0 : page_find(g, rows);
	size_t n = json_array_size(rows), end;
	char text[PAGE_TEXT_MAX + 1], name[17];
	json_t *page = json_array(), *row;

	next[0] = '\0';
	if (g->back) {
		json_decref(page);
		return page_cut_back(g, c, rows, next);
	}
	if (begin < 0) {
		json_decref(page);
		rest_problem_set(p, 400, "CURSOR-INVALID", "cursor", "begin again without a cursor",
		    "the row that it names is not in the list any more");
		return NULL;
	}
	end = (size_t)begin + c->limit < n ? (size_t)begin + c->limit : n;
	for (size_t i = (size_t)begin; i < end; i++)
		json_array_append(page, json_array_get(rows, i));
	row = end < n && end > 0 ? json_array_get(rows, end - 1) : NULL;
	if (row == NULL)
		return page;
	page_row_name(row, name);
	if (g->keyed != NULL)
		snprintf(text, sizeof(text), "k:%s:%s",
		    json_string_value(json_object_get(row, g->keyed->member[0])),
		    json_string_value(json_object_get(row, g->keyed->member[1])));
	else if (g->native)
		snprintf(text, sizeof(text), "n:%lld",
		    (long long)json_integer_value(page_row_number(row)));
	else
		snprintf(text, sizeof(text), "m:%zu:%s", end, name);
	page_seal(g, c->op->name, text, next);
	return page;
}
