/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of MIME entities; see mime.h. */
#include "session/mime.h"

#include "session/sip_value.h"

#define MIME_DEPTH 3

/* Length of the line in front, with its end. */
static size_t
mime_line(struct octets in)
{
	const uint8_t *nl = in.n > 0 ? memchr(in.p, '\n', in.n) : NULL;

	return nl != NULL ? (size_t)(nl - in.p) + 1 : in.n;
}

static struct octets
mime_skip(struct octets in, size_t n)
{
	return (struct octets){in.p + n, in.n - n};
}

static bool
mime_is_empty(struct octets line)
{
	return line.n > 0 &&
	       (line.p[0] == '\n' || (line.n >= 2 && line.p[0] == '\r' && line.p[1] == '\n'));
}

bool
mime_header(struct octets *in, struct octets *name, struct octets *value)
{
	size_t n = mime_line(*in), colon = 0;

	if (mime_is_empty(*in)) {
		*in = mime_skip(*in, n);
		return false;
	}
	while (colon < n && in->p[colon] > ' ' && in->p[colon] < 127 && in->p[colon] != ':')
		colon++;
	*name = (struct octets){in->p, colon};
	while (colon < n && (in->p[colon] == ' ' || in->p[colon] == '\t'))
		colon++;
	if (name->n == 0 || colon >= n || in->p[colon] != ':')
		return false;
	while (n < in->n && (in->p[n] == ' ' || in->p[n] == '\t'))
		n += mime_line(mime_skip(*in, n));
	*value = sip_value_trim((struct octets){in->p + colon + 1, n - colon - 1});
	*in = mime_skip(*in, n);
	return true;
}

struct octets
mime_type(struct octets v)
{
	const uint8_t *end = v.n > 0 ? memchr(v.p, ';', v.n) : NULL;

	if (end != NULL)
		v.n = (size_t)(end - v.p);
	return sip_value_trim(v);
}

/* LINE is "--boundary" (1) or "--boundary--" (2); else 0. */
static int
mime_delimiter(struct octets line, struct octets boundary)
{
	if (line.n < boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-' ||
	    memcmp(line.p + 2, boundary.p, boundary.n) != 0)
		return 0;
	line = sip_value_trim(mime_skip(line, boundary.n + 2));
	if (line.n == 0)
		return 1;
	return line.n == 2 && memcmp(line.p, "--", 2) == 0 ? 2 : 0;
}

bool
mime_part(struct octets *body, struct octets boundary, struct octets *part)
{
	const uint8_t *from = NULL;

	while (boundary.n > 0 && body->n > 0) {
		size_t n = mime_line(*body);
		int what = mime_delimiter((struct octets){body->p, n}, boundary);

		if (from != NULL && what != 0) {
			*part = (struct octets){from, (size_t)(body->p - from)};
			return true; /* the delimiter stays: it begins the next one */
		}
		*body = mime_skip(*body, n);
		if (what == 1)
			from = body->p;
		else if (what == 2)
			break;
	}
	if (from == NULL || body->p == from)
		return false;
	*part = (struct octets){from, (size_t)(body->p - from)};
	return true;
}

static bool
mime_find_in(struct octets entity, struct octets content_type, const char *want, unsigned depth,
    struct octets *body)
{
	struct octets boundary, part;

	if (sip_value_is(mime_type(content_type), want)) {
		*body = entity;
		return true;
	}
	if (depth == MIME_DEPTH || !sip_value_starts(content_type, "multipart/") ||
	    !sip_value_param(content_type, "boundary", &boundary))
		return false;
	while (mime_part(&entity, boundary, &part)) {
		struct octets name, value, type = {NULL, 0};

		while (mime_header(&part, &name, &value))
			if (sip_value_is(name, "content-type"))
				type = value;
		if (mime_find_in(part, type, want, depth + 1, body))
			return true;
	}
	return false;
}

bool
mime_find(struct octets entity, struct octets content_type, const char *want, struct octets *body)
{
	return mime_find_in(entity, content_type, want, 0, body);
}

static int
mime_base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t
mime_base64(struct octets in, uint8_t *out, size_t cap)
{
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < in.n && n < cap; i++) {
		int d = mime_base64_digit(in.p[i]);

		if (d < 0) {
			if (strchr(" \t\r\n", in.p[i]) != NULL && in.p[i] != 0)
				continue;
			break;
		}
		acc = acc << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (uint8_t)(acc >> bits);
		}
	}
	return n;
}

static int
mime_hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t
mime_quoted(struct octets in, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n && n < cap; i++) {
		int hi, lo;

		if (in.p[i] != '=' || in.n - i < 3) {
			out[n++] = in.p[i];
			continue;
		}
		hi = mime_hex(in.p[i + 1]);
		lo = mime_hex(in.p[i + 2]);
		if (hi >= 0 && lo >= 0)
			out[n++] = (uint8_t)(hi << 4 | lo);
		else if (in.p[i + 1] != '\r' && in.p[i + 1] != '\n')
			break;
		i += in.p[i + 1] == '\n' ? 1 : 2; /* a soft line break */
	}
	return n;
}

struct octets
mime_unescape(struct octets in, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		int hi = -1, lo = -1;

		if (in.p[i] == '%' && in.n - i >= 3) {
			hi = mime_hex(in.p[i + 1]);
			lo = mime_hex(in.p[i + 2]);
		}
		if (hi >= 0 && lo >= 0) {
			out[n++] = (uint8_t)(hi << 4 | lo);
			i += 2;
		} else {
			out[n++] = in.p[i];
		}
	}
	return (struct octets){out, n};
}

struct octets
mime_decode(struct octets in, struct octets encoding, uint8_t *out, size_t cap)
{
	encoding = sip_value_trim(encoding);
	if (sip_value_is(encoding, "base64"))
		return (struct octets){out, mime_base64(in, out, cap)};
	if (sip_value_is(encoding, "quoted-printable"))
		return (struct octets){out, mime_quoted(in, out, cap)};
	return in;
}
