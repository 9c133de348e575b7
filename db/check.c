/* SPDX-License-Identifier: Apache-2.0 */
/* Validators; see check.h. */
#include "db/check.h"

#include "base/clock.h"
#include "base/random.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
check_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
check_unhex(const char *text, size_t digits_n, uint8_t *out)
{
	for (size_t i = 0; i < digits_n; i += 2) {
		int h = check_digit(text[i]),
		    l = h < 0 || i + 1 >= digits_n ? -1 : check_digit(text[i + 1]);

		if (h < 0 || l < 0)
			return -EINVAL;
		out[i / 2] = (uint8_t)(h << 4 | l);
	}
	return 0;
}

char *
check_hex_text(const uint8_t *p, size_t n, char *buf)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		buf[2 * i] = digit[p[i] >> 4];
		buf[2 * i + 1] = digit[p[i] & 15];
	}
	buf[2 * n] = '\0';
	return buf;
}

/* Every character of TEXT is in '!'..'~' (LO ' ' allows spaces). */
static bool
check_printable(const char *text, char lo)
{
	for (; *text; text++)
		if (*text < lo || *text > '~')
			return false;
	return true;
}

const char *
check_liid(const char *text, uint8_t out[CHECK_LIID_MAX], size_t *out_n)
{
	size_t n = strlen(text);

	if (n == 0 || n > 2 * CHECK_LIID_MAX)
		return "a LIID has 1 to 25 characters, or 26 to 50 hexadecimal digits";
	if (n <= CHECK_LIID_MAX) {
		if (!check_printable(text, '!'))
			return "a LIID of 1 to 25 characters consists of printable ASCII without "
			       "spaces";
		memcpy(out, text, n);
		*out_n = n;
		return NULL;
	}
	if (n % 2 != 0)
		return "a LIID of more than 25 characters is hexadecimal and has an even number of "
		       "digits";
	if (strspn(text, "0123456789abcdef") != n || check_unhex(text, n, out) < 0)
		return "a LIID of more than 25 characters consists of lower-case hexadecimal "
		       "digits";
	*out_n = n / 2;
	return NULL;
}

const char *
check_uuid(const char *text, uint8_t out[16])
{
	static const uint8_t group[] = {8, 4, 4, 4, 12};
	const char *p = text;

	if (strlen(text) != 36)
		return "a UUID has 36 characters (8-4-4-4-12 hexadecimal digits)";
	for (size_t i = 0; i < 5; i++) {
		if (check_unhex(p, group[i], out) < 0)
			return "a UUID consists of hexadecimal digits in groups of 8-4-4-4-12";
		out += group[i] / 2;
		p += group[i];
		if (i < 4 && *p++ != '-')
			return "the groups of a UUID (8-4-4-4-12) are separated by '-'";
	}
	return NULL;
}

char *
check_uuid_text(const uint8_t u[16], char *buf)
{
	char hex[33];

	check_hex_text(u, 16, hex);
	snprintf(buf, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
	return buf;
}

char *
check_uuid_new(char *buf)
{
	uint8_t id[16];

	random_octets(id, sizeof(id));
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
	return check_uuid_text(id, buf);
}

const char *
check_country(const char *text)
{
	if (strlen(text) != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z')
		return "a country is two upper-case letters (ISO 3166-1)";
	return NULL;
}

const char *
check_operator(const char *text)
{
	size_t n = strlen(text);

	if (n < 1 || n > 16 || !check_printable(text, ' '))
		return "an identifier of operator or network element has 1 to 16 printable ASCII "
		       "characters";
	return NULL;
}

static bool
check_port(const char *text)
{
	char *end;
	long v;

	if (strspn(text, "0123456789") != strlen(text) || strlen(text) < 1 || strlen(text) > 5)
		return false;
	v = strtol(text, &end, 10);
	return v >= 1 && v <= 65535;
}

const char *
check_address(const char *text)
{
	char host[64];
	uint8_t ip[16];
	const char *colon = strrchr(text, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - text);
	bool six = text[0] == '[';

	if (colon == NULL || n < 2 || n >= sizeof(host) || (six && text[n - 1] != ']'))
		return "an address is numeric with a port: 192.0.2.1:5000 or [2001:db8::1]:5000";
	memcpy(host, text + six, n - 2 * six);
	host[n - 2 * six] = '\0';
	if (inet_pton(six ? AF_INET6 : AF_INET, host, ip) != 1)
		return "the address in front of the port is not a numeric IPv4 address or an IPv6 "
		       "address in brackets (names are not looked up)";
	if (!check_port(colon + 1))
		return "the port is a number from 1 to 65535";
	return NULL;
}

const char *
check_pin(const char *text, uint8_t out[CHECK_PIN_LEN])
{
	char hex[2 * CHECK_PIN_LEN];
	size_t n = 0;

	for (; *text; text++) {
		if (*text == ':')
			continue;
		if (n == sizeof(hex))
			return "a pin is the SHA-256 of SubjectPublicKeyInfo: 64 hexadecimal "
			       "digits; this has more";
		hex[n++] = *text;
	}
	if (n != sizeof(hex) || check_unhex(hex, n, out) < 0)
		return "a pin is the SHA-256 of SubjectPublicKeyInfo: 64 hexadecimal digits";
	return NULL;
}

const char *
check_name(const char *text)
{
	size_t n = strlen(text);

	if (n < 1 || n > 64)
		return "a name has 1 to 64 characters";
	if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") !=
		n ||
	    text[0] == '.')
		return "a name consists of A-Z a-z 0-9 . _ - and does not begin with a dot";
	return NULL;
}

const char *
check_san(const char *text)
{
	size_t n = strlen(text);

	if (n < 1 || n > 255 || !check_printable(text, '!'))
		return "a certificate name (DNS or URI) has 1 to 255 printable characters without "
		       "spaces";
	return NULL;
}

const char *
check_text_up_to(const char *text, size_t max)
{
	size_t n = strlen(text);

	if (n < 1 || n > max)
		return max == 256 ? "the text has 1 to 256 octets"
				  : "the text is empty or too long";
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return "the text must not contain control characters";
	return NULL;
}

const char *
check_text(const char *text)
{
	return check_text_up_to(text, 256);
}

const char *
check_time(const char *text, int64_t *ns)
{
	if (clock_parse(text, ns) < 0)
		return "a time is RFC 3339 with its zone: 2026-11-21T10:00:00Z or "
		       "2026-11-21T11:00:00+01:00";
	return NULL;
}
