/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of SIP header values; see sip_value.h. */
#include "session/sip_value.h"

#include <arpa/inet.h>

static bool
sip_value_is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct octets
sip_value_trim(struct octets v)
{
	while (v.n > 0 && sip_value_is_space(v.p[0]))
		v.p++, v.n--;
	while (v.n > 0 && sip_value_is_space(v.p[v.n - 1]))
		v.n--;
	return v;
}

bool
sip_value_has(struct octets v, const char *text)
{
	size_t n = strlen(text);

	for (; v.n >= n; v.p++, v.n--)
		if (((v.p[0] ^ (uint8_t)text[0]) & 0xdf) == 0 && sip_value_starts(v, text))
			return true;
	return false;
}

/* The first STOP outside of quotes and <>; V.n when there is none. */
static size_t
sip_value_find(struct octets v, uint8_t stop)
{
	static const bool marks[256] = {['"'] = true, ['\\'] = true, ['<'] = true, ['>'] = true};
	bool quoted = false, angle = false;

	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];

		if (c == stop && !quoted && !angle)
			return i;
		if (!marks[c])
			continue;
		if (c == '\\')
			i += quoted;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted)
			angle = c == '<';
	}
	return v.n;
}

static struct octets
sip_value_cut(struct octets *v, uint8_t stop)
{
	size_t n = sip_value_find(*v, stop);
	struct octets out = {v->p, n};

	if (v->n == 0)
		return out;
	if (n < v->n)
		n++;
	v->p += n;
	v->n -= n;
	return sip_value_trim(out);
}

bool
sip_value_next(struct octets *list, struct octets *value)
{
	while (list->n > 0) {
		*value = sip_value_cut(list, ',');
		if (value->n > 0)
			return true;
	}
	return false;
}

bool
sip_value_param(struct octets value, const char *name, struct octets *out)
{
	sip_value_cut(&value, ';');
	while (value.n > 0) {
		struct octets v = sip_value_cut(&value, ';'), key = sip_value_cut(&v, '=');

		if (!sip_value_is(key, name))
			continue;
		v = sip_value_trim(v);
		if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
			v.p++, v.n -= 2;
		if (out != NULL)
			*out = v;
		return true;
	}
	return false;
}

struct octets
sip_value_uri(struct octets value)
{
	bool quoted = false;

	value = sip_value_trim(value);
	for (size_t i = 0; i < value.n; i++) {
		if (quoted && value.p[i] == '\\') {
			i++;
		} else if (value.p[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && value.p[i] == '<') {
			struct octets uri = {value.p + i + 1, value.n - i - 1};
			const uint8_t *end = memchr(uri.p, '>', uri.n);

			if (end != NULL)
				uri.n = (size_t)(end - uri.p);
			return sip_value_trim(uri);
		}
	}
	return sip_value_cut(&value, ';');
}

/* The part of URI behind the scheme and the user, up to port, parameters or headers. */
static struct octets
sip_value_hostpart(struct octets uri)
{
	const uint8_t *at = NULL;
	size_t i = 0;

	if (sip_value_starts(uri, "sip:"))
		uri.p += 4, uri.n -= 4;
	else if (sip_value_starts(uri, "sips:"))
		uri.p += 5, uri.n -= 5;
	at = uri.n > 0 ? memchr(uri.p, '@', uri.n) : NULL;
	if (at != NULL) {
		uri.n -= (size_t)(at + 1 - uri.p);
		uri.p = at + 1;
	}
	if (uri.n > 0 && uri.p[0] == '[') {
		const uint8_t *end = memchr(uri.p, ']', uri.n);

		if (end != NULL)
			uri.n = (size_t)(end + 1 - uri.p);
		return uri;
	}
	while (i < uri.n && strchr(":;?>/, \t\r\n", uri.p[i]) == NULL)
		i++;
	uri.n = i;
	return uri;
}

struct octets
sip_value_host(struct octets uri)
{
	struct octets h = sip_value_hostpart(uri);

	if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
		h.p++, h.n -= 2;
	return h;
}

struct octets
sip_value_bare(struct octets uri)
{
	struct octets h;

	if (sip_value_starts(uri, "tel:"))
		return sip_value_cut(&uri, ';');
	h = sip_value_hostpart(uri);
	if (h.n > 0)
		uri.n = (size_t)(h.p + h.n - uri.p);
	return uri;
}

size_t
sip_value_address(struct octets text, uint8_t out[16])
{
	static const uint8_t zero[16] = {0};
	char z[48];
	size_t n = 0;

	if (text.n < 2 || text.n >= sizeof(z))
		return 0;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET, z, out) == 1)
		n = 4;
	else if (inet_pton(AF_INET6, z, out) == 1)
		n = 16;
	return n > 0 && memcmp(out, zero, n) == 0 ? 0 : n;
}

bool
sip_value_number(struct octets v, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++) {
		n = n * 10 + (uint64_t)(v.p[i] - '0');
		if (n > max)
			return false;
	}
	*out = n;
	return i > 0;
}

uint32_t
sip_value_hash(uint32_t h, struct octets v)
{
	for (size_t i = 0; i < v.n; i++)
		h = (h ^ v.p[i]) * UINT32_C(16777619);
	return h;
}
