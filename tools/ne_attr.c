/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes given as they are. */
#include "config.h"
#include "tools/ne_attr.h"
#include "spec/ts103221_2.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int
ne_attr_add(struct ne_attrs *a, uint16_t type, struct octets value)
{
	uint8_t *copy;

	if (value.n > UINT16_MAX)
		return -EINVAL;
	copy = malloc(value.n + 1);
	a->list = realloc(a->list, (a->n + 1) * sizeof(*a->list));
	assert(copy && a->list);
	if (value.n)
		memcpy(copy, value.p, value.n);
	a->list[a->n++] = (struct ne_attr){type, {copy, value.n}};
	return 0;
}

int
ne_attr_text(struct ne_attrs *a, uint16_t type, const char *text)
{
	return ne_attr_add(a, type, (struct octets){(const uint8_t *)text, strlen(text)});
}

static int
digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c | 32) : NULL;

	return p ? (int)(p - digits) : -1;
}

long
ne_attr_hex(const char *text, uint8_t *out, size_t room)
{
	size_t n = 0;
	int hi, lo;

	for (; *text; text++) {
		if (strchr(" \t\r\n:", *text))
			continue;
		hi = digit(*text++);
		lo = digit(*text);
		if (hi < 0 || lo < 0 || n == room)
			return -EINVAL;
		out[n++] = (uint8_t)(hi << 4 | lo);
	}
	return (long)n;
}

int
ne_attr_any(struct ne_attrs *a, const char *spec)
{
	char *end;
	unsigned long type = strtoul(spec, &end, 10);
	uint8_t *v;
	long n;
	int rc = -EINVAL;

	if (end == spec || type > UINT16_MAX || (*end != ':' && *end != '='))
		return -EINVAL;
	if (*end == '=')
		return ne_attr_text(a, (uint16_t)type, end + 1);
	v = malloc(strlen(end));
	assert(v);
	n = ne_attr_hex(end + 1, v, strlen(end));
	if (n >= 0)
		rc = ne_attr_add(a, (uint16_t)type, (struct octets){v, (size_t)n});
	free(v);
	return rc;
}

int
ne_attr_uuid(const char *text, uint8_t out[16])
{
	char pair[3] = {0};
	size_t n = 0;

	while (*text) {
		if (*text == '-') {
			text++;
			continue;
		}
		if (n == 16 || !strchr("0123456789abcdefABCDEF", text[0]) || !text[1] ||
		    !strchr("0123456789abcdefABCDEF", text[1]))
			return -EINVAL;
		memcpy(pair, text, 2);
		out[n++] = (uint8_t)strtoul(pair, NULL, 16);
		text += 2;
	}
	return n == 16 ? 0 : -EINVAL;
}

int
ne_attr_axri(struct ne_attrs *a, const char *spec)
{
	char *copy = strdup(spec), *save = NULL, *part, *end;
	uint8_t v[28] = {0};
	unsigned long seq;
	size_t n = 24;
	int rc = -EINVAL;

	part = strtok_r(copy, ",", &save);
	if (part)
		rc = ne_attr_uuid(part, v);
	part = rc ? NULL : strtok_r(NULL, ",", &save);
	if (part)
		rc = ne_attr_hex(part, v + 16, 8) == 8 ? 0 : -EINVAL;
	part = rc ? NULL : strtok_r(NULL, ",", &save);
	if (part) {
		seq = strtoul(part, &end, 10);
		rc = *end || seq > UINT32_MAX ? -EINVAL : 0;
		octets_put32(v + 24, (uint32_t)seq);
		n = 28;
	}
	free(copy);
	return rc ? rc : ne_attr_add(a, X23_ATTR_AXRI, (struct octets){v, n});
}

void
ne_attr_free(struct ne_attrs *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		free((void *)(uintptr_t)a->list[i].value.p);
	free(a->list);
	a->list = NULL;
	a->n = 0;
}
