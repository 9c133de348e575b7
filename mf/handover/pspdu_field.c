/* SPDX-License-Identifier: Apache-2.0 */
/* Fields that several mappers write: times (TS 102 232-1 clause 5.2.6), texts, addresses. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

#include <assert.h>

#define NS_PER_S 1000000000

/* Two digits. */
static uint8_t *
two(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)('0' + v / 10);
	p[1] = (uint8_t)('0' + v % 10);
	return p + 2;
}

/* YYYYMMDDhhmmss.  The days count from 1 March of year 0, so that the leap day is the last. */
static uint8_t *
date(uint8_t *p, uint64_t s)
{
	uint32_t day = (uint32_t)(s / 86400) + 719468, sec = (uint32_t)(s % 86400);
	uint32_t era = day / 146097, doe = day % 146097;
	uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	uint32_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);

	p = two(p, year / 100);
	p = two(p, year % 100);
	p = two(p, month);
	p = two(p, doy - (153 * mp + 2) / 5 + 1);
	p = two(p, sec / 3600);
	p = two(p, sec / 60 % 60);
	return two(p, sec % 60);
}

static uint64_t
seconds(int64_t time_ns)
{
	return time_ns > 0 ? (uint64_t)time_ns / NS_PER_S : 0;
}

static uint32_t
micros(int64_t time_ns)
{
	return time_ns > 0 ? (uint32_t)((uint64_t)time_ns % NS_PER_S / 1000) : 0;
}

void
pspdu_gtime(struct ber *b, uint8_t id, int64_t time_ns)
{
	uint8_t text[22], *p = date(text, seconds(time_ns));
	uint32_t us = micros(time_ns);

	*p++ = '.';
	p = two(p, us / 10000);
	p = two(p, us / 100 % 100);
	p = two(p, us % 100);
	*p++ = 'Z';
	assert(p == text + sizeof(text));
	ber_octets(b, id, text, sizeof(text));
}

void
pspdu_utctime(struct ber *b, uint8_t id, int64_t time_ns)
{
	uint8_t text[15], *p = date(text, seconds(time_ns));

	*p = 'Z';
	ber_octets(b, id, text + 2, sizeof(text) - 2);
}

/* Octets of the UTF-8 character at P (RFC 3629), 0: none. */
static size_t
utf8_n(const uint8_t *p, size_t n)
{
	size_t k = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;

	if (k == 0 || k > n || p[0] > 0xF4)
		return 0;
	for (size_t i = 1; i < k; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
	    (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
		return 0;
	return k;
}

/* Plain ASCII, as most texts are. */
static bool
ascii(struct octets v)
{
	uint64_t w, seen = 0;
	size_t i = 0;

	for (; i + sizeof(w) <= v.n; i += sizeof(w)) {
		memcpy(&w, v.p + i, sizeof(w));
		seen |= w;
	}
	for (; i < v.n; i++)
		seen |= v.p[i];
	return !(seen & UINT64_C(0x8080808080808080));
}

void
pspdu_text(struct ber *b, uint8_t id, struct octets text, size_t max)
{
	size_t n = 0;
	uint8_t *p;

	if (text.n == 0)
		return;
	if (text.n <= max && ascii(text)) {
		ber_octets(b, id, text.p, text.n);
		return;
	}
	while (n < text.n) {
		size_t k = utf8_n(text.p + n, text.n - n);

		k += k == 0;
		if (n + k > max)
			break;
		n += k;
	}
	if (n == 0)
		return;
	ber_put(b, text.p, n);
	if (b->full)
		return;
	p = b->p;
	for (size_t i = 0, k; i < n; i += k + (k == 0)) {
		k = utf8_n(p + i, n - i);
		if (k == 0)
			p[i] = '?';
	}
	ber_head(b, id, n);
}

void
pspdu_octets(struct ber *b, uint8_t id, struct octets v, size_t max)
{
	if (v.n > 0)
		ber_octets(b, id, v.p, v.n > max ? max : v.n);
}

void
pspdu_address(struct ber *b, uint8_t id, struct octets a, uint8_t prefix_len, uint8_t assignment)
{
	size_t mark = ber_mark(b), value;

	if (a.n != 4 && a.n != 16)
		return;
	if (a.n == 16)
		ber_uint(b, ADDRESS_V6_PREFIX,
		    prefix_len >= 1 && prefix_len <= PSPDU_PREFIX_ALL ? prefix_len
								      : PSPDU_PREFIX_ALL);
	if (assignment >= ADDRESS_ASSIGNMENT_STATIC && assignment <= ADDRESS_ASSIGNMENT_NOT_KNOWN)
		ber_small(b, ADDRESS_ASSIGNMENT, assignment);
	value = ber_mark(b);
	ber_octets(b, ADDRESS_BINARY, a.p, a.n);
	ber_close(b, ADDRESS_VALUE, value);
	ber_small(b, ADDRESS_TYPE, a.n == 16 ? ADDRESS_IPV6 : ADDRESS_IPV4);
	ber_close(b, id, mark);
}
