/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on documents: the order itself and what was written about it, sealed in parts. */
#include "admin/op_vault.h"

#include "admin/vault.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_MAX (32u * 1024 * 1024)

/* Base64 TEXT as octets (free), or NULL.  White space is not taken. */
static uint8_t *
op_document_octets(json_t *text, size_t *n)
{
	size_t len = json_string_length(text), pad = 0;
	const char *p = json_string_value(text);
	uint8_t *out;
	int got;

	if (len == 0 || len % 4 != 0 || len > 4 * (size_t)DOCUMENT_MAX)
		return NULL;
	pad = (size_t)(p[len - 1] == '=') + (size_t)(p[len - 2] == '=');
	out = malloc(len / 4 * 3 + 1);
	assert(out != NULL);
	got = EVP_DecodeBlock(out, (const uint8_t *)p, (int)len);
	if (got < 0 ||
	    strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") !=
		len - pad) {
		free(out);
		return NULL;
	}
	*n = (size_t)got - pad;
	return out;
}

static int
op_document_media(struct op_call *c)
{
	const char *p = op_text(c, "media"), *slash;

	if (p == NULL) {
		json_object_set_new(c->args, "media", json_string("application/octet-stream"));
		return 0;
	}
	slash = strchr(p, '/');
	if (slash != NULL && slash != p && slash[1] != '\0' && strlen(p) < 100 &&
	    strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.+-") ==
		strlen(p))
		return 0;
	return fault_set(&c->fault, FAULT_USAGE, "media", c->object, "",
	    "a media type is written as application/pdf");
}

/* Part POS of N octets, sealed. */
static int
op_document_put(struct op_call *c, int64_t pos, const uint8_t *octets, size_t n)
{
	size_t len = n + VAULT_OVER;
	uint8_t *sealed = malloc(len);
	char *hex = malloc(2 * len + 1), label[80];
	int r;

	assert(sealed != NULL && hex != NULL);
	snprintf(label, sizeof(label), "%s/%lld", op_text(c, "document"), (long long)pos);
	json_object_set_new(c->args, "pos", json_integer(pos));
	r = vault_seal(store_vault(c->store), op_int(c, "lea_id", 0), op_int(c, "id", 0), label,
	    octets, n, sealed);
	if (r < 0)
		r = fault_set(&c->fault, FAULT_REFUSED, "vault", c->object, "",
		    "the key of this warrant was destroyed");
	else
		json_object_set_new(
		    c->args, "sealed", json_string(check_hex_text(sealed, len, hex)));
	if (r == 0)
		r = store_run(c->store, STMT_DOCUMENT_PART_ADD, c->args, &c->fault);
	free(sealed);
	free(hex);
	return r;
}

/* All parts joined; new of *n octets, or NULL and the fault. */
static uint8_t *
op_document_get(struct op_call *c, const char *id, size_t *n)
{
	json_t *rows = store_rows(c->store, STMT_DOCUMENT_PARTS, c->args), *row;
	uint8_t *all = malloc(1), *in;
	char label[80];
	size_t i;
	int r = 0;

	*n = 0;
	json_array_foreach(rows, i, row)
	{
		json_t *hex = json_object_get(row, "sealed");
		size_t len = json_string_length(hex) / 2;

		if (r < 0 || len < VAULT_OVER)
			continue;
		in = malloc(len);
		all = realloc(all, *n + len);
		assert(in != NULL && all != NULL);
		snprintf(label, sizeof(label), "%s/%zu", id, i);
		r = check_unhex(json_string_value(hex), 2 * len, in);
		if (r == 0)
			r = vault_unseal(store_vault(c->store), op_int(c, "lea_id", 0),
			    op_int(c, "id", 0), label, in, len, all + *n);
		*n += len - VAULT_OVER;
		free(in);
	}
	json_decref(rows);
	if (r == 0)
		return all;
	fault_set(&c->fault, r == -ENOKEY ? FAULT_REFUSED : FAULT_INTERNAL, "document", c->object,
	    "", r == -ENOKEY ? "its key was destroyed" : "it was changed in the database");
	free(all);
	return NULL;
}

/* What is in place so far: octets, and with DONE the hash of all. */
static int
op_document_state(struct op_call *c, json_t *row, bool *complete)
{
	size_t n;
	uint8_t md[32], *all = op_document_get(c, op_text(c, "document"), &n);
	json_int_t want = json_integer_value(json_object_get(row, "octets"));
	char hex[65];

	if (all == NULL)
		return -EIO;
	EVP_Digest(all, n, md, NULL, EVP_sha256(), NULL);
	OPENSSL_cleanse(all, n);
	free(all);
	*complete = (json_int_t)n == want;
	if ((json_int_t)n > want ||
	    (*complete && strcmp(check_hex_text(md, sizeof(md), hex),
			      json_string_value(json_object_get(row, "sha256"))) != 0))
		return fault_set(&c->fault, FAULT_REFUSED, "sha256", c->object, "send it again",
		    "what came is not the document that was announced");
	return 0;
}

static int
op_document_result(struct op_call *c)
{
	json_t *row = op_vault_row(c, STMT_DOCUMENT_LIST, "document");
	bool complete = false;
	int r;

	if (row == NULL)
		return -ENOENT;
	if ((r = op_document_state(c, row, &complete)) == 0) {
		json_object_set_new(row, "complete", json_boolean(complete));
		c->after = json_incref(row);
		c->result = json_incref(row);
	}
	json_decref(row);
	return r;
}

/* Octets and hash as announced, or of this part when it is all. */
static int
op_document_announced(struct op_call *c, const uint8_t *octets, size_t n)
{
	json_t *list = json_object_get(c->args, "sha256");
	uint8_t md[32];
	char hex[65];

	if (json_object_get(c->args, "octets") == NULL)
		json_object_set_new(c->args, "octets", json_integer((json_int_t)n));
	if (op_int(c, "octets", 0) > DOCUMENT_MAX || op_int(c, "octets", 0) < (int64_t)n)
		return fault_set(&c->fault, FAULT_USAGE, "octets", c->object, "",
		    "a document has at most 32 MiB, and not less than its first part");
	if (list == NULL && op_int(c, "octets", 0) != (int64_t)n)
		return fault_set(&c->fault, FAULT_USAGE, "sha256", c->object, "",
		    "a document in parts needs its hash");
	EVP_Digest(octets, n, md, NULL, EVP_sha256(), NULL);
	if (list == NULL)
		json_object_set_new(
		    c->args, "sha256", json_string(check_hex_text(md, sizeof(md), hex)));
	else
		json_object_set_new(c->args, "sha256", json_incref(json_array_get(list, 0)));
	return 0;
}

static int
op_document_begin(struct op_call *c, const uint8_t *octets, size_t n)
{
	json_t *name = json_object_get(c->args, "title");
	int r;

	if ((r = op_document_media(c)) < 0 || (r = op_document_announced(c, octets, n)) < 0)
		return r;
	op_vault_id(c, "document");
	if (name != NULL && (r = op_vault_seal(c, "name", op_text(c, "document"), name)) < 0)
		return r;
	if ((r = store_run(c->store, STMT_DOCUMENT_ADD, c->args, &c->fault)) < 0)
		return r;
	return op_document_put(c, 0, octets, n);
}

int
op_document_add(struct op_call *c)
{
	json_t *w = op_vault_warrant(c);
	uint8_t *octets;
	size_t n = 0;
	int r;

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	if ((octets = op_document_octets(json_object_get(c->args, "file"), &n)) == NULL)
		return fault_set(
		    &c->fault, FAULT_USAGE, "file", c->object, "", "octets in base64 are expected");
	r = op_document_begin(c, octets, n);
	OPENSSL_cleanse(octets, n);
	free(octets);
	return r < 0 ? r : op_document_result(c);
}

int
op_document_part(struct op_call *c)
{
	json_t *w = op_vault_warrant(c), *row;
	uint8_t *octets;
	bool complete;
	size_t n = 0;
	int r;

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	if ((row = op_vault_row(c, STMT_DOCUMENT_LIST, "document")) == NULL)
		return -ENOENT;
	r = op_document_state(c, row, &complete);
	json_decref(row);
	if (r < 0)
		return r;
	if (complete)
		return fault_set(
		    &c->fault, FAULT_CONFLICT, "document", c->object, "", "it is complete");
	if ((octets = op_document_octets(json_object_get(c->args, "file"), &n)) == NULL)
		return fault_set(
		    &c->fault, FAULT_USAGE, "file", c->object, "", "octets in base64 are expected");
	r = op_document_put(c, store_int(c->store, STMT_DOCUMENT_NEXT, c->args, 0), octets, n);
	OPENSSL_cleanse(octets, n);
	free(octets);
	return r < 0 ? r : op_document_result(c);
}

int
op_document_list(struct op_call *c)
{
	json_t *w = op_vault_warrant(c);

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	c->result = store_rows(c->store, STMT_DOCUMENT_LIST, c->args);
	return 0;
}

/* ROW with its title and octets. */
static int
op_document_open(struct op_call *c, json_t *row)
{
	const char *id = op_text(c, "document");
	json_t *sealed = store_row(c->store, STMT_DOCUMENT_NAME, c->args), *title;
	uint8_t *octets;
	size_t n;
	char *text;

	if (json_is_string(json_object_get(sealed, "name"))) {
		title = op_vault_open(c, id, json_object_get(sealed, "name"));
		json_object_set_new(row, "title", title == NULL ? json_null() : title);
	}
	json_decref(sealed);
	if (c->fault.code != FAULT_NONE || (octets = op_document_get(c, id, &n)) == NULL)
		return -EIO;
	text = malloc(n / 3 * 4 + 8);
	assert(text != NULL);
	EVP_EncodeBlock((uint8_t *)text, octets, (int)n);
	json_object_set_new(row, "file", json_string(text));
	OPENSSL_cleanse(octets, n);
	OPENSSL_cleanse(text, strlen(text));
	free(octets);
	free(text);
	return 0;
}

int
op_document_export(struct op_call *c)
{
	json_t *w = op_vault_warrant(c), *row;
	bool complete = false;
	int r;

	if (w == NULL)
		return -ENOENT;
	json_decref(w);
	if ((row = op_vault_row(c, STMT_DOCUMENT_LIST, "document")) == NULL)
		return -ENOENT;
	r = op_document_state(c, row, &complete);
	if (r == 0 && !complete)
		r = fault_set(&c->fault, FAULT_CONFLICT, "document", c->object, "send it again",
		    "parts of it are missing");
	if (r == 0)
		r = op_document_open(c, row);
	c->detail = json_pack("{s:O, s:O}", "document", json_object_get(c->args, "document"),
	    "sha256", json_object_get(row, "sha256"));
	if (r == 0)
		c->result = row;
	else
		json_decref(row);
	return r;
}
