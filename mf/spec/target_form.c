/* SPDX-License-Identifier: Apache-2.0 */
/* Normal form of a target identifier; see target_form.h. */
#include "spec/target_form.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define KIND_MAX 32
#define VALUE_MAX 512

/* Value in its normal form, in place; returns its octets or 0. */
typedef size_t form_fn(char *v, size_t n);

static size_t
form_lower(char *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (char)tolower((unsigned char)v[i]);
	return n;
}

/* Digits, without a plus in front and the visual separators of RFC 3966; ends at a parameter. */
static size_t
form_digits(char *v, size_t n, size_t min, size_t max)
{
	size_t out = 0;

	for (size_t i = 0; i < n && v[i] != ';'; i++) {
		if (v[i] >= '0' && v[i] <= '9')
			v[out++] = v[i];
		else if (!(i == 0 && v[i] == '+') && memchr("-.()", v[i], 4) == NULL)
			return 0;
	}
	return out >= min && out <= max ? out : 0;
}

static size_t
form_imsi(char *v, size_t n)
{
	return form_digits(v, n, 6, 15);
}

/* The check digit and the software version say nothing about which device it is. */
static size_t
form_imei(char *v, size_t n)
{
	return form_digits(v, n, 14, 16) == 0 ? 0 : 14;
}

static size_t
form_msisdn(char *v, size_t n)
{
	return form_digits(v, n, 1, 15);
}

static size_t
form_mac(char *v, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (isxdigit((unsigned char)v[i]))
			v[out++] = (char)tolower((unsigned char)v[i]);
		else if (v[i] != ':' && v[i] != '-')
			return 0;
	}
	return out == 12 ? out : 0;
}

/* user@host: the host has no case, the user part has; parameters and headers behind it are no part
 * of an identity. */
static size_t
form_user_host(char *v, size_t n)
{
	char *at = memchr(v, '@', n);
	size_t begin = at == NULL ? 0 : (size_t)(at - v) + 1, i = begin;

	for (; i < n && v[i] != ';' && v[i] != '?' && v[i] != '>'; i++)
		v[i] = (char)tolower((unsigned char)v[i]);
	return i > begin ? i : 0;
}

static const struct form_kind {
	const char *name, *to;
	form_fn *fn;
} form_kinds[] = {
    {"imsi", "imsi", form_imsi},
    {"supiimsi", "imsi", form_imsi},
    {"imei", "imei", form_imei},
    {"imeisv", "imei", form_imei},
    {"peiimei", "imei", form_imei},
    {"peiimeicheckdigit", "imei", form_imei},
    {"peiimeisv", "imei", form_imei},
    {"msisdn", "msisdn", form_msisdn},
    {"gpsimsisdn", "msisdn", form_msisdn},
    {"e164number", "msisdn", form_msisdn},
    {"tel", "msisdn", form_msisdn},
    {"sip", "sip", form_user_host},
    {"sips", "sip", form_user_host},
    {"nai", "nai", form_user_host},
    {"impi", "nai", form_user_host},
    {"supinai", "nai", form_user_host},
    {"gpsinai", "nai", form_user_host},
    {"email", "email", form_lower},
    {"mailto", "email", form_lower},
    {"emailaddress", "email", form_lower},
    {"internationalizedemailaddress", "email", form_lower},
    {"mac", "mac", form_mac},
    {"macaddress", "mac", form_mac},
};

static const struct form_kind *
form_kind(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(form_kinds) / sizeof(form_kinds[0]); i++)
		if (strlen(form_kinds[i].name) == n &&
		    strncasecmp(form_kinds[i].name, name, n) == 0)
			return &form_kinds[i];
	return NULL;
}

struct form_text {
	const char *p;
	size_t n;
};

static size_t
form_until(struct form_text t, char c)
{
	const char *at = t.n > 0 ? memchr(t.p, c, t.n) : NULL;

	return at == NULL ? t.n : (size_t)(at - t.p);
}

static struct form_text
form_skip(struct form_text t, size_t n)
{
	return (struct form_text){t.p + n, t.n - n};
}

static struct form_text
form_trim(struct form_text t)
{
	while (t.n > 0 && isspace((unsigned char)t.p[0]))
		t = form_skip(t, 1);
	while (t.n > 0 && isspace((unsigned char)t.p[t.n - 1]))
		t.n--;
	return t;
}

/* "<p:imsi a='b'>262...</p:imsi>" into name and value. */
static bool
form_element(struct form_text t, struct form_text *name, struct form_text *value)
{
	struct form_text in = form_skip(t, 1);
	size_t end = form_until(in, '>'), colon;

	if (end == in.n)
		return false;
	*value = form_skip(in, end + 1);
	value->n = form_until(*value, '<');
	*value = form_trim(*value);
	in.n = end;
	in.n = form_until(in, ' ');
	colon = form_until(in, ':');
	*name = colon < in.n ? form_skip(in, colon + 1) : in;
	return true;
}

/* "kind:value"; "imsi262..." is seen in the field. */
static bool
form_pair(struct form_text t, struct form_text *name, struct form_text *value)
{
	size_t colon = form_until(t, ':');

	if (colon == t.n && t.n > 4 && strncasecmp(t.p, "imsi", 4) == 0)
		colon = 3; /* the value begins behind the name */
	else if (colon == t.n)
		return false;
	*name = (struct form_text){t.p, colon == 3 && t.p[3] != ':' ? 4 : colon};
	*value = form_trim(form_skip(t, colon + 1));
	return true;
}

/* sipUri, telUri, impu and uri carry a scheme of their own. */
static bool
form_is_uri(struct form_text name)
{
	static const char *const uris[] = {"sipuri", "teluri", "impu", "uri"};

	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
		if (strlen(uris[i]) == name.n && strncasecmp(uris[i], name.p, name.n) == 0)
			return true;
	return false;
}

static size_t
form_write(struct form_text name, struct form_text value, char *out)
{
	const struct form_kind *k = form_kind(name.p, name.n);
	size_t kind_n = k == NULL ? name.n : strlen(k->to), n;

	if (kind_n == 0 || kind_n > KIND_MAX || value.n == 0 || value.n > VALUE_MAX)
		return 0;
	memcpy(out, k == NULL ? name.p : k->to, kind_n);
	form_lower(out, kind_n);
	for (size_t i = 0; i < kind_n; i++)
		if (!isalnum((unsigned char)out[i]) && out[i] != '-' && out[i] != '_')
			return 0;
	out[kind_n] = ':';
	memcpy(out + kind_n + 1, value.p, value.n);
	n = k == NULL ? value.n : k->fn(out + kind_n + 1, value.n);
	return n == 0 ? 0 : kind_n + 1 + n;
}

size_t
target_form(const void *text, size_t n, char out[TARGET_FORM_MAX])
{
	struct form_text t = form_trim((struct form_text){text, n}), name, value;

	if (t.n == 0 ||
	    !(t.p[0] == '<' ? form_element(t, &name, &value) : form_pair(t, &name, &value)))
		return 0;
	if (form_is_uri(name) && !form_pair(value, &name, &value))
		return 0;
	return form_write(name, value, out);
}
