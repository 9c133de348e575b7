/* SPDX-License-Identifier: Apache-2.0 */
/* Normal forms of target identifiers, and their hashes; see scope.h.  Attributes 17 and 18 of TS
 * 103 221-2 hold one element of X1's targetIdentifier as XML; read leniently: names in any case, a
 * prefix before a colon, bare SIP and tel URIs, a bare "IMSI" with digits. */
#include "session/scope.h"
#include "spec/ts103221_2.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <strings.h>

#define TEXT_MAX 512

/* Change VALUE (of TEXT_MAX) in place; false: not of this form. */
typedef bool form_fn(char *value);

static bool
form_text(char *value)
{
	return value[0] != '\0';
}

static bool
form_digits(char *value)
{
	if (value[0] == '+')
		memmove(value, value + 1, strlen(value));
	return value[0] != '\0' && value[strspn(value, "0123456789")] == '\0';
}

static bool
form_imei(char *value)
{
	size_t n = strlen(value);

	if (!form_digits(value) || n < 14 || n > 15)
		return false;
	value[14] = '\0'; /* the check digit is a function of the others */
	return true;
}

static bool
form_tel(char *value)
{
	char *out = value;

	for (const char *in = value; *in != '\0'; in++)
		if (strchr("-.() ", *in) == NULL)
			*out++ = *in;
	*out = '\0';
	return value[0] != '\0';
}

static bool
form_address(int family, char *value)
{
	uint8_t a[16];

	return inet_pton(family, value, a) == 1 && inet_ntop(family, a, value, TEXT_MAX) != NULL;
}

static bool
form_ipv4(char *value)
{
	return form_address(AF_INET, value);
}

static bool
form_ipv6(char *value)
{
	return form_address(AF_INET6, value);
}

static bool
form_mac(char *value)
{
	unsigned o[6];
	int n = 0;

	for (char *c = value; *c != '\0'; c++)
		if (*c == '-')
			*c = ':';
	if (sscanf(value, "%2x:%2x:%2x:%2x:%2x:%2x%n", &o[0], &o[1], &o[2], &o[3], &o[4], &o[5],
		&n) != 6 &&
	    sscanf(value, "%2x%2x%2x%2x%2x%2x%n", &o[0], &o[1], &o[2], &o[3], &o[4], &o[5], &n) !=
		6)
		return false;
	if (value[n] != '\0')
		return false;
	snprintf(
	    value, TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5]);
	return true;
}

static const struct {
	const char *element; /* of X1, lower case */
	const char *kind;    /* NULL: the value has its scheme in front */
	form_fn *form;
} forms[] = {
    {"imsi", "imsi", form_digits},
    {"supiimsi", "imsi", form_digits},
    {"imei", "imei", form_imei},
    {"peiimei", "imei", form_imei},
    {"peiimeicheckdigit", "imei", form_imei},
    {"peiimeisv", "imeisv", form_digits},
    {"e164number", "msisdn", form_digits},
    {"msisdn", "msisdn", form_digits},
    {"gpsimsisdn", "msisdn", form_digits},
    {"nai", "nai", form_text},
    {"supinai", "nai", form_text},
    {"gpsinai", "nai", form_text},
    {"impi", "impi", form_text},
    {"impu", NULL, form_text},
    {"sipuri", NULL, form_text},
    {"sip", "sip", form_text},
    {"sips", "sips", form_text},
    {"teluri", NULL, form_tel},
    {"tel", "tel", form_tel},
    {"emailaddress", "email", form_text},
    {"internationalizedemailaddress", "email", form_text},
    {"ipv4address", "ipv4", form_ipv4},
    {"ipv6address", "ipv6", form_ipv6},
    {"macaddress", "mac", form_mac},
};
#define FORMS_N (sizeof(forms) / sizeof(forms[0]))

/* Copy TEXT in lower case with XML's five entities resolved; false when it does not fit. */
static bool
scope_id_text(struct octets text, char *out)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {
	    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	size_t n = 0;

	while (text.n > 0 && n < TEXT_MAX - 1) {
		size_t used = 1;

		out[n] = (char)tolower(text.p[0]);
		for (size_t i = 0; text.p[0] == '&' && used == 1 && i < 5; i++) {
			size_t len = strlen(entities[i].name);

			if (text.n >= len &&
			    strncasecmp((const char *)text.p, entities[i].name, len) == 0) {
				used = len;
				out[n] = entities[i].c;
			}
		}
		n++;
		text = (struct octets){text.p + used, text.n - used};
	}
	out[n] = '\0';
	return text.n == 0 && strlen(out) == n;
}

static struct octets
scope_id_trim(struct octets v)
{
	while (v.n > 0 && isspace(v.p[0]))
		v = (struct octets){v.p + 1, v.n - 1};
	while (v.n > 0 && isspace(v.p[v.n - 1]))
		v.n--;
	return v;
}

static size_t
scope_id_until(struct octets v, uint8_t c)
{
	const uint8_t *at = v.n > 0 ? memchr(v.p, c, v.n) : NULL;

	return at != NULL ? (size_t)(at - v.p) : v.n;
}

/* <[prefix:]name[ attributes]>text</...>, or name:text, or "IMSI" and digits. */
static bool
scope_id_split(struct octets v, struct octets *name, struct octets *text)
{
	size_t n;

	v = scope_id_trim(v);
	if (v.n > 4 && strncasecmp((const char *)v.p, "imsi", 4) == 0 && isdigit(v.p[4])) {
		*name = (struct octets){v.p, 4};
		*text = (struct octets){v.p + 4, v.n - 4};
		return true;
	}
	if (v.n > 0 && v.p[0] == '<') {
		*name = (struct octets){v.p + 1, v.n - 1};
		n = scope_id_until(*name, '>');
		if (n == name->n)
			return false;
		*text = (struct octets){name->p + n + 1, name->n - n - 1};
		text->n = scope_id_until(*text, '<');
		*text = scope_id_trim(*text);
		name->n = n;
		name->n = scope_id_until(*name, ' ');
		n = scope_id_until(*name, ':');
		if (n < name->n)
			*name = (struct octets){name->p + n + 1, name->n - n - 1};
		return true;
	}
	n = scope_id_until(v, ':');
	if (n == v.n)
		return false;
	*name = (struct octets){v.p, n};
	*text = (struct octets){v.p + n + 1, v.n - n - 1};
	return true;
}

static void
scope_id_hash(const char *kind, const char *value, uint8_t out[16])
{
	char text[2 * TEXT_MAX + 2];
	uint8_t digest[SHA256_DIGEST_LENGTH];
	int n = snprintf(text, sizeof(text), "%s%s%s", kind ? kind : "", kind ? ":" : "", value);

	SHA256((const uint8_t *)text, (size_t)n, digest);
	memcpy(out, digest, 16);
}

/* The forms of one attribute value: at most two. */
static size_t
scope_id_one(struct octets v, uint8_t (*out)[16])
{
	char element[TEXT_MAX], value[TEXT_MAX];
	struct octets name, text;

	if (!scope_id_split(v, &name, &text) || !scope_id_text(name, element) ||
	    !scope_id_text(text, value) || value[0] == '\0')
		return 0;
	scope_id_hash(element, value, out[0]);
	for (size_t i = 0; i < FORMS_N; i++) {
		if (strcmp(forms[i].element, element) != 0)
			continue;
		if (!forms[i].form(value))
			return 1;
		scope_id_hash(forms[i].kind, value, out[1]);
		return 2;
	}
	return 1;
}

size_t
scope_ids(const struct x23_pdu *pdu, uint8_t (*out)[16], size_t max)
{
	struct octets rest = pdu->attributes;
	size_t n = 0;

	while (rest.n >= 4 && n + 2 <= max) {
		uint16_t type = octets_get16(rest.p);
		size_t len = octets_get16(rest.p + 2);

		if (len > rest.n - 4)
			break;
		if (type == X23_ATTR_MATCHED_TARGET || type == X23_ATTR_OTHER_TARGET)
			n += scope_id_one((struct octets){rest.p + 4, len}, out + n);
		rest = (struct octets){rest.p + 4 + len, rest.n - 4 - len};
	}
	return n;
}
