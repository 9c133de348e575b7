/* SPDX-License-Identifier: Apache-2.0 */
/* Flat JSON; see json_flat.h. */
#include "session/json_flat.h"

static struct octets
json_space(struct octets v)
{
	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t' || v.p[0] == '\r' || v.p[0] == '\n'))
		v.p++, v.n--;
	return v;
}

/* Length of the string in front, with its quotes; 0: it has no end. */
static size_t
json_string_len(struct octets v)
{
	for (size_t i = 1; i < v.n; i++) {
		if (v.p[i] == '\\')
			i++;
		else if (v.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* Length of the value in front, whatever it is; 0: it has no end. */
static size_t
json_value_len(struct octets v)
{
	size_t i = 0, depth = 0;

	while (i < v.n) {
		uint8_t c = v.p[i];

		if (c == '"') {
			size_t n = json_string_len((struct octets){v.p + i, v.n - i});

			if (n == 0)
				return 0;
			i += n;
			if (depth == 0)
				return i;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']' || c <= ' '))
			return i;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return i + 1;
		i++;
	}
	return depth == 0 ? i : 0;
}

bool
json_flat_begin(struct json_flat *j, struct octets text)
{
	j->in = json_space(text);
	j->failed = j->in.n == 0 || j->in.p[0] != '{';
	if (j->failed)
		return false;
	j->in.p++;
	j->in.n--;
	return true;
}

static bool
json_fail(struct json_flat *j)
{
	j->failed = true;
	return false;
}

static void
json_skip(struct json_flat *j, size_t n)
{
	j->in = json_space((struct octets){j->in.p + n, j->in.n - n});
}

bool
json_flat_next(struct json_flat *j, struct octets *name, struct octets *value)
{
	size_t n;

	json_skip(j, 0);
	if (j->failed || j->in.n == 0)
		return json_fail(j);
	if (j->in.p[0] == ',')
		json_skip(j, 1);
	if (j->in.n > 0 && j->in.p[0] == '}')
		return false;
	if (j->in.n == 0 || j->in.p[0] != '"' || (n = json_string_len(j->in)) == 0)
		return json_fail(j);
	*name = (struct octets){j->in.p + 1, n - 2};
	json_skip(j, n);
	if (j->in.n == 0 || j->in.p[0] != ':')
		return json_fail(j);
	json_skip(j, 1);
	n = json_value_len(j->in);
	if (n == 0)
		return json_fail(j);
	*value = (struct octets){j->in.p, n};
	json_skip(j, n);
	return true;
}

bool
json_flat_element(struct octets *array, struct octets *value)
{
	struct octets v = json_space(*array);
	size_t n;

	if (v.n > 0 && (v.p[0] == '[' || v.p[0] == ','))
		v = json_space((struct octets){v.p + 1, v.n - 1});
	n = v.n > 0 && v.p[0] != ']' ? json_value_len(v) : 0;
	if (n == 0)
		return false;
	*value = (struct octets){v.p, n};
	*array = (struct octets){v.p + n, v.n - n};
	return true;
}

static int
json_hex4(const uint8_t *p)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		uint8_t c = p[i];

		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static size_t
json_utf8(uint32_t c, uint8_t *out)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* The escape behind the backslash at V[0]: its octets to OUT, *USED of V taken.  At most 3 octets
 * for 6 that are taken, 4 for 12. */
static size_t
json_escape(struct octets v, uint8_t *out, size_t *used)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	int c, low;

	*used = 2;
	if (v.n >= 6 && v.p[1] == 'u' && (c = json_hex4(v.p + 2)) >= 0) {
		uint32_t code = (uint32_t)c;

		*used = 6;
		if (c >= 0xd800 && c < 0xe000) {
			bool pair = c < 0xdc00 && v.n >= 12 && v.p[6] == '\\' && v.p[7] == 'u' &&
				    (low = json_hex4(v.p + 8)) >= 0xdc00 && low < 0xe000;

			code = 0xfffd;
			if (pair) {
				*used = 12;
				code = 0x10000U + ((uint32_t)(c - 0xd800) << 10) +
				       (uint32_t)(low - 0xdc00);
			}
		}
		return json_utf8(code, out);
	}
	at = v.n >= 2 && v.p[1] != 0 ? strchr(from, v.p[1]) : NULL;
	if (v.n < 2)
		*used = v.n;
	out[0] = at != NULL ? (uint8_t)to[at - from] : '?';
	return 1;
}

struct octets
json_flat_string(struct octets v, uint8_t *out)
{
	size_t n = 0, i = 0;

	if (v.n < 2 || v.p[0] != '"')
		return (struct octets){out, 0};
	v.p++;
	v.n -= 2;
	while (i < v.n) {
		size_t used = 1;

		if (v.p[i] != '\\')
			out[n++] = v.p[i];
		else
			n += json_escape((struct octets){v.p + i, v.n - i}, out + n, &used);
		i += used;
	}
	return (struct octets){out, n};
}
