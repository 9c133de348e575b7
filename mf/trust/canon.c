/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8785; see canon.h. */
#include "trust/canon.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CANON_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1, RFC 8785 clause 3.2.2.3 */

struct canon {
	char *p;
	size_t n, max;
};

size_t
canon_string(const char *text, size_t n, char *out)
{
	static const char hex[] = "0123456789abcdef", shortest[] = "btn?fr";
	char *o = out;

	*o++ = '"';
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\') {
			*o++ = '\\';
			*o++ = (char)c;
		} else if (c >= 8 && c <= 13 && c != 11) {
			*o++ = '\\';
			*o++ = shortest[c - 8];
		} else if (c < 0x20) {
			memcpy(o, "\\u00", 4);
			o[4] = hex[c >> 4];
			o[5] = hex[c & 15];
			o += 6;
		} else {
			*o++ = (char)c;
		}
	}
	*o++ = '"';
	return (size_t)(o - out);
}

static char *
canon_room(struct canon *b, size_t n)
{
	if (b->n + n > b->max) {
		b->max = (b->n + n) * 2 + 256;
		b->p = realloc(b->p, b->max);
		assert(b->p != NULL);
	}
	return b->p + b->n;
}

static void
canon_add(struct canon *b, const char *text, size_t n)
{
	memcpy(canon_room(b, n), text, n);
	b->n += n;
}

static void
canon_text(struct canon *b, const char *text, size_t n)
{
	b->n += canon_string(text, n, canon_room(b, 6 * n + 2));
}

/* The next code point of valid UTF-8; 0 at the end. */
static unsigned
canon_point(const unsigned char **p)
{
	unsigned c = *(*p), n = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

	if (c == 0)
		return 0;
	c &= n == 0 ? 0x7f : 0x3fu >> n;
	for ((*p)++; n > 0; n--)
		c = c << 6 | (*(*p)++ & 0x3f);
	return c;
}

/* Order of UTF-16 code units: a point beyond the basic plane begins with a surrogate, so it comes
 * before U+E000. */
static int
canon_compare(const void *a, const void *b)
{
	const unsigned char *x = *(const unsigned char *const *)a,
			    *y = *(const unsigned char *const *)b;
	unsigned cx, cy;

	do {
		cx = canon_point(&x);
		cy = canon_point(&y);
	} while (cx == cy && cx != 0);
	if ((cx > 0xffff) != (cy > 0xffff)) {
		cx = cx > 0xffff ? 0xd800 : cx;
		cy = cy > 0xffff ? 0xd800 : cy;
	}
	return (cx > cy) - (cx < cy);
}

static int canon_value(struct canon *b, const json_t *j);

static int
canon_object(struct canon *b, json_t *j)
{
	size_t n = json_object_size(j), i = 0;
	const char **keys = calloc(n + 1, sizeof(*keys));
	const char *key;
	json_t *v;
	int r = 0;

	assert(keys != NULL);
	json_object_foreach(j, key, v) keys[i++] = key;
	qsort(keys, n, sizeof(*keys), canon_compare);
	canon_add(b, "{", 1);
	for (i = 0; i < n && r == 0; i++) {
		if (i > 0)
			canon_add(b, ",", 1);
		canon_text(b, keys[i], strlen(keys[i]));
		canon_add(b, ":", 1);
		r = canon_value(b, json_object_get(j, keys[i]));
	}
	canon_add(b, "}", 1);
	free(keys);
	return r;
}

static int
canon_array(struct canon *b, const json_t *j)
{
	int r = 0;

	canon_add(b, "[", 1);
	for (size_t i = 0; i < json_array_size(j) && r == 0; i++) {
		if (i > 0)
			canon_add(b, ",", 1);
		r = canon_value(b, json_array_get(j, i));
	}
	canon_add(b, "]", 1);
	return r;
}

static int
canon_integer(struct canon *b, json_int_t v)
{
	char text[32];

	if (v > CANON_INT_MAX || v < -CANON_INT_MAX)
		return -EINVAL;
	canon_add(b, text, (size_t)snprintf(text, sizeof(text), "%lld", (long long)v));
	return 0;
}

static int
canon_value(struct canon *b, const json_t *j)
{
	switch (j == NULL ? JSON_REAL : json_typeof(j)) {
	case JSON_OBJECT:
		return canon_object(
		    b, (json_t *)(uintptr_t)j); /* looking at it needs it writable */
	case JSON_ARRAY:
		return canon_array(b, j);
	case JSON_STRING:
		canon_text(b, json_string_value(j), json_string_length(j));
		return 0;
	case JSON_INTEGER:
		return canon_integer(b, json_integer_value(j));
	case JSON_TRUE:
		canon_add(b, "true", 4);
		return 0;
	case JSON_FALSE:
		canon_add(b, "false", 5);
		return 0;
	case JSON_NULL:
		canon_add(b, "null", 4);
		return 0;
	case JSON_REAL:
		break;
	}
	return -EINVAL;
}

char *
canon_json(const json_t *j, size_t *len)
{
	struct canon b = {0};

	if (canon_value(&b, j) < 0) {
		free(b.p);
		return NULL;
	}
	if (len != NULL)
		*len = b.n;
	canon_add(&b, "", 1);
	return b.p;
}

int
canon_sha256(const json_t *j, uint8_t out[32])
{
	size_t n;
	char *text = canon_json(j, &n);

	if (text == NULL)
		return -EINVAL;
	SHA256((const uint8_t *)text, n, out);
	free(text);
	return 0;
}
