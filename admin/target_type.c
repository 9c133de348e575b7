/* SPDX-License-Identifier: Apache-2.0 */
/* Types of targets; see target_type.h. */
#include "admin/target_type.h"

#include "admin/rule.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FORM(out, ...) snprintf(out, TARGET_FORM_MAX, __VA_ARGS__)
#define TARGET_PORTS_MAX 64

enum target_rule {
	RULE_NONE,
	RULE_ID,  /* id:FORM */
	RULE_NET, /* net:... */
	RULE_MAC
};

/* V to OUT: NULL or why not.  T tells more of the same kind. */
typedef const char *target_fn(const struct target_type *t, const char *v, char *out);

struct target_type {
	const char *name;
	target_fn *fn;
	const char *kind;  /* prefix of the normal form */
	unsigned min, max; /* digits, octets or numbers, as FN takes them */
	enum target_rule rule;
	const char *format;
};

/* ---- formats */

/* MIN to MAX digits, without a plus in front, spaces and the separators of RFC 3966. */
static const char *
target_digits(const struct target_type *t, const char *v, char *out)
{
	char d[32];
	size_t n = 0;

	for (const char *p = *v == '+' ? v + 1 : v; *p != '\0'; p++) {
		if (isdigit((unsigned char)*p) && n < sizeof(d) - 1)
			d[n++] = *p;
		else if (strchr("-.() ", *p) == NULL)
			return t->format;
	}
	d[n] = '\0';
	if (n < t->min || n > t->max)
		return t->format;
	/* the check digit and the software version say nothing about which device it is */
	FORM(out, "%s:%.*s", t->kind, strcmp(t->kind, "imei") == 0 ? 14 : 31, d);
	return NULL;
}

/* What the data plane knows a normal form of. */
static const char *
target_known(const struct target_type *t, const char *v, char *out)
{
	char text[TARGET_FORM_MAX];
	const char *at = strchr(v, '@');
	size_t n = strlen(v);

	if (n < t->min || n > t->max || strpbrk(v, " <>\"\t") != NULL)
		return t->format;
	if (strcmp(t->kind, "email") == 0 && (at == NULL || at == v || at[1] == '\0'))
		return t->format;
	snprintf(text, sizeof(text), "%s:%s", t->kind, v);
	n = target_form(text, strlen(text), out);
	if (n == 0 || n >= TARGET_FORM_MAX)
		return t->format;
	out[n] = '\0';
	return NULL;
}

static const char *
target_ascii_mail(const struct target_type *t, const char *v, char *out)
{
	for (const char *p = v; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			return t->format;
	return target_known(t, v, out);
}

/* A URI with one of the schemes that T->kind lists ("sip,sips,tel"). */
static const char *
target_uri(const struct target_type *t, const char *v, char *out)
{
	const char *colon = strchr(v, ':'), *p = t->kind;
	size_t n, len;

	if (colon == NULL || strlen(v) > t->max || strpbrk(v, " <>\"\t") != NULL)
		return t->format;
	n = (size_t)(colon - v);
	for (; *p != '\0'; p += len + (p[len] == ',')) {
		len = strcspn(p, ",");
		if (len != n || strncasecmp(p, v, n) != 0)
			continue;
		n = target_form(v, strlen(v), out);
		if (n == 0 || n >= TARGET_FORM_MAX || colon[1] == '\0')
			return t->format;
		out[n] = '\0';
		return NULL;
	}
	return t->format;
}

static const char *
target_text(const struct target_type *t, const char *v, char *out)
{
	size_t n = strlen(v);

	for (const char *p = v; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return t->format;
	if (n < t->min || n > t->max || v[0] == ' ' || v[n - 1] == ' ')
		return t->format;
	FORM(out, "%s:%s", t->kind, v);
	return NULL;
}

/* Octets in hexadecimal, colons and dashes allowed; MIN to MAX octets. */
static const char *
target_hex(const struct target_type *t, const char *v, char *out)
{
	char d[TARGET_VALUE_MAX + 1];
	size_t n = 0;

	for (; *v != '\0' && n < sizeof(d) - 1; v++) {
		if (isxdigit((unsigned char)*v))
			d[n++] = (char)tolower((unsigned char)*v);
		else if (*v != ':' && *v != '-')
			return t->format;
	}
	d[n] = '\0';
	if (*v != '\0' || n % 2 != 0 || n / 2 < t->min || n / 2 > t->max)
		return t->format;
	FORM(out, "%s:%s", t->kind, d);
	return NULL;
}

/* "type=value" of a RADIUS attribute: number, and octets in hexadecimal. */
static const char *
target_radius(const struct target_type *t, const char *v, char *out)
{
	struct target_type value = {.kind = "", .min = 1, .max = 253, .format = t->format};
	size_t n = strspn(v, "0123456789");
	char hex[TARGET_FORM_MAX];
	const char *why;

	if (n < 1 || n > 3 || v[n] != '=' || atoi(v) > 255)
		return t->format;
	if ((why = target_hex(&value, v + n + 1, hex)) != NULL)
		return why;
	FORM(out, "radius:%d=%.520s", atoi(v), hex + 1);
	return NULL;
}

static const char *
target_address(const struct target_type *t, const char *v, char *out)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t a[16], zero[16] = {0};
	int family = t->max == 32 ? AF_INET : AF_INET6;

	if (inet_pton(family, v, a) != 1 || memcmp(a, zero, t->max / 8) == 0)
		return t->format;
	FORM(out, "ip:%s/%u", inet_ntop(family, a, text, sizeof(text)), t->max);
	return NULL;
}

/* A net; one that holds every address is no target. */
static const char *
target_cidr(const struct target_type *t, const char *v, char *out)
{
	struct taskset_rule r;
	char text[80], show[RULE_TEXT_MAX], a[INET6_ADDRSTRLEN];
	const char *why;

	if (strchr(v, '/') == NULL ||
	    strspn(v, t->max == 32 ? "0123456789./" : "0123456789abcdefABCDEF.:/") != strlen(v) ||
	    strlen(v) > 60)
		return t->format;
	snprintf(text, sizeof(text), t->max == 32 ? "net:%s" : "net:[%s]", v);
	if ((why = rule_parse(TASKSET_RULE_TARGET, text, &r, show)) != NULL)
		return why;
	if (r.family != (t->max == 32 ? 4 : 6) || r.a_len == 0)
		return t->format;
	FORM(out, "ip:%s/%u", inet_ntop(t->max == 32 ? AF_INET : AF_INET6, r.a, a, sizeof(a)),
	    (unsigned)r.a_len);
	return NULL;
}

/* A number from MIN to MAX; *P moves behind it; -1: none. */
static long
target_number(const char **p, long min, long max)
{
	size_t n = strspn(*p, "0123456789");
	long v = n < 1 || n > 10 ? -1 : strtol(*p, NULL, 10);

	*p += n;
	return v < min || v > max ? -1 : v;
}

static const char *
target_count(const struct target_type *t, const char *v, char *out)
{
	long n = target_number(&v, (long)t->min, (long)t->max);

	if (n < 0 || *v != '\0')
		return t->format;
	FORM(out, "%s:%ld", t->kind, n);
	return NULL;
}

static const char *
target_range(const struct target_type *t, const char *v, char *out)
{
	long lo = target_number(&v, (long)t->min, (long)t->max), hi;

	if (lo < 0 || *v++ != '-' || (hi = target_number(&v, lo, (long)t->max)) < 0 || *v != '\0')
		return t->format;
	FORM(out, "%s:%ld-%ld", t->kind, lo, hi);
	return NULL;
}

static int
target_long_cmp(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return x < y ? -1 : x > y;
}

static const char *
target_ports(const struct target_type *t, const char *v, char *out)
{
	long port[TARGET_PORTS_MAX];
	size_t n = 0, at;

	for (;; v++) {
		if (n == TARGET_PORTS_MAX ||
		    (port[n++] = target_number(&v, (long)t->min, (long)t->max)) < 0)
			return t->format;
		if (*v != ',')
			break;
	}
	if (*v != '\0')
		return t->format;
	qsort(port, n, sizeof(port[0]), target_long_cmp);
	at = (size_t)FORM(out, "%s:", t->kind);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && port[i] == port[i - 1])
			return t->format;
		at += (size_t)snprintf(
		    out + at, TARGET_FORM_MAX - at, "%s%ld", i > 0 ? "," : "", port[i]);
	}
	return NULL;
}

/* One word of T->kind's list behind its first ("role,Originating,..."). */
static const char *
target_word(const struct target_type *t, const char *v, char *out)
{
	const char *p = strchr(t->kind, ',');
	size_t n;

	for (; p != NULL && *p == ','; p += n) {
		n = strcspn(++p, ",");
		if (n != strlen(v) || strncasecmp(p, v, n) != 0)
			continue;
		FORM(out, "%.*s:%.*s", (int)strcspn(t->kind, ","), t->kind, (int)n, p);
		return NULL;
	}
	return t->format;
}

/* "context;type;algorithm;digest": HashedIdentifier of TS 103 221-1. */
static const char *
target_hashed(const struct target_type *t, const char *v, char *out)
{
	static const struct {
		const char *name;
		unsigned octets;
	} known[] = {{"sha-256", 32}, {"sha-512", 64}, {"sha3-512", 64}};
	struct target_type digest = {.kind = "", .format = t->format};
	char context[65], type[65], algorithm[17], hex[TARGET_FORM_MAX];
	int at = 0;

	if (sscanf(v, "%64[^;];%64[^;];%16[^;];%n", context, type, algorithm, &at) != 3 ||
	    at == 0 || target_type_find(type) == NULL)
		return t->format;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(algorithm, known[i].name) != 0)
			continue;
		digest.min = digest.max = known[i].octets;
		if (target_hex(&digest, v + at, hex) != NULL)
			return t->format;
		FORM(out, "hashed:%s;%s;%s;%.128s", context,
		    target_type_name(target_type_find(type)), known[i].name, hex + 1);
		return NULL;
	}
	return t->format;
}

/* ---- the table */

#define N_DIGITS(n) "a number of " n " digits"

/* clang-format off */
static const struct target_type target_types[] = {
    {"e164Number", target_digits, "msisdn", 1, 15, RULE_ID, N_DIGITS("1 to 15") " with its country code"},
    {"imsi", target_digits, "imsi", 6, 15, RULE_ID, N_DIGITS("6 to 15")},
    {"imei", target_digits, "imei", 14, 14, RULE_ID, N_DIGITS("14")},
    {"macAddress", target_hex, "mac", 6, 6, RULE_MAC, "six octets in hexadecimal, as 02:00:5e:10:00:01"},
    {"ipv4Address", target_address, "ip", 0, 32, RULE_NET, "an IPv4 address"},
    {"ipv6Address", target_address, "ip", 0, 128, RULE_NET, "an IPv6 address"},
    {"ipv4Cidr", target_cidr, "ip", 1, 32, RULE_NET, "an IPv4 net as 192.0.2.0/28, no bits behind the prefix"},
    {"ipv6Cidr", target_cidr, "ip", 1, 128, RULE_NET, "an IPv6 net as 2001:db8::/56, no bits behind the prefix"},
    {"tcpPort", target_count, "tcp", 2, 65535, RULE_NONE, "a port from 2 to 65535 (the schema leaves 1 out)"},
    {"tcpPortRange", target_range, "tcp", 2, 65535, RULE_NONE, "two ports as 8000-8010, from 2 to 65535"},
    {"tcpPortList", target_ports, "tcp", 2, 65535, RULE_NONE, "different ports with commas, from 2 to 65535"},
    {"udpPort", target_count, "udp", 0, 65535, RULE_NONE, "a port from 0 to 65535"},
    {"udpPortRange", target_range, "udp", 0, 65535, RULE_NONE, "two ports as 8000-8010, from 0 to 65535"},
    {"udpPortList", target_ports, "udp", 0, 65535, RULE_NONE, "different ports with commas, from 0 to 65535"},
    {"emailAddress", target_ascii_mail, "email", 3, 255, RULE_ID, "local@domain in ASCII, at most 255 octets"},
    {"internationalizedEmailAddress", target_known, "email", 3, 255, RULE_ID, "local@domain, at most 255 octets"},
    {"sipUri", target_uri, "sip,sips", 1, 255, RULE_ID, "sip: or sips: and an address"},
    {"telUri", target_uri, "tel", 1, 255, RULE_ID, "tel: and a number"},
    {"h323Uri", target_uri, "h323", 1, 255, RULE_ID, "h323: and an address"},
    {"impu", target_uri, "sip,sips,tel", 1, 255, RULE_ID, "sip:, sips: or tel: and an address"},
    {"impi", target_known, "nai", 1, 255, RULE_ID, "user@realm, at most 255 octets"},
    {"nai", target_known, "nai", 1, 255, RULE_ID, "user@realm, at most 255 octets"},
    {"radiusAttribute", target_radius, "radius", 1, 253, RULE_NONE, "number of the attribute and its octets in hexadecimal, as 31=616263"},
    {"gtpuTunnelId", target_count, "gtpu", 0, 4294967295u, RULE_NONE, "a number from 0 to 4294967295"},
    {"gtpcTunnelId", target_count, "gtpc", 0, 4294967295u, RULE_NONE, "a number from 0 to 4294967295"},
    {"callPartyRole", target_word, "role,Originating,Terminating,Forwarded-To", 0, 0, RULE_NONE, "Originating, Terminating or Forwarded-To"},
    {"nonLocalIdentifier", target_word, "local,Local,NonLocal", 0, 0, RULE_NONE, "Local or NonLocal"},
    {"supiimsi", target_digits, "imsi", 6, 15, RULE_ID, N_DIGITS("6 to 15")},
    {"supinai", target_known, "nai", 1, 255, RULE_ID, "user@realm, at most 255 octets"},
    {"suci", target_hex, "suci", 1, 250, RULE_NONE, "octets in hexadecimal"},
    {"peiImei", target_digits, "imei", 14, 14, RULE_ID, N_DIGITS("14")},
    {"peiImeiCheckDigit", target_digits, "imei", 15, 15, RULE_ID, N_DIGITS("15")},
    {"peiImeisv", target_digits, "imei", 16, 16, RULE_ID, N_DIGITS("16")},
    {"gpsiMsisdn", target_digits, "msisdn", 1, 15, RULE_ID, N_DIGITS("1 to 15") " with its country code"},
    {"gpsiNai", target_known, "nai", 1, 255, RULE_ID, "user@realm, at most 255 octets"},
    {"eui64", target_hex, "eui64", 8, 8, RULE_NONE, "eight octets in hexadecimal"},
    {"serviceAccessIdentifier", target_text, "access", 1, 255, RULE_NONE, "text of the operator, at most 255 octets"},
    {"hashedIdentifier", target_hashed, "hashed", 0, 0, RULE_NONE, "context;type;sha-256, sha-512 or sha3-512;digest in hexadecimal"},
    {"targetIdentifierExtension", target_text, "extension", 1, 255, RULE_NONE, "text, at most 255 octets"},
    {"vrf", target_text, "vrf", 1, 255, RULE_NONE, "name of a routing instance, at most 255 octets"},
    {"account", target_text, "account", 1, 255, RULE_NONE, "account or subscriber of the operator, at most 255 octets"},
    {"iccid", target_digits, "iccid", 19, 20, RULE_NONE, N_DIGITS("19 or 20")},
};
/* clang-format on */
#define TARGET_TYPES_N (sizeof(target_types) / sizeof(target_types[0]))

const struct target_type *
target_type_find(const char *name)
{
	for (size_t i = 0; i < TARGET_TYPES_N; i++)
		if (strcasecmp(target_types[i].name, name) == 0)
			return &target_types[i];
	return NULL;
}

const char *
target_type_name(const struct target_type *t)
{
	return t->name;
}

const char *
target_type_form(const struct target_type *t, const char *value, char form[TARGET_FORM_MAX])
{
	size_t n = strlen(value);

	if (n == 0 || n > TARGET_VALUE_MAX)
		return t->format;
	return t->fn(t, value, form);
}

/* Numbers of so many digits that two of them tell nobody. */
static bool
target_is_number(const struct target_type *t)
{
	return t->fn == target_digits;
}

void
target_type_mask(const struct target_type *t, const char *form, char out[TARGET_MASK_MAX])
{
	const char *value = strchr(form, ':') + 1;
	size_t n = strlen(value);

	snprintf(
	    out, TARGET_MASK_MAX, "***%s", target_is_number(t) && n >= 10 ? value + n - 2 : "");
}

int
target_type_rule(const struct target_type *t, const char *form, char *rule, size_t len)
{
	const char *value = strchr(form, ':') + 1;
	int n = -1;

	switch (t->rule) {
	case RULE_NONE:
		return -ENOTSUP;
	case RULE_ID: /* a comma divides rules */
		n = strchr(form, ',') != NULL ? -1 : snprintf(rule, len, "id:%s", form);
		break;
	case RULE_NET:
		n = snprintf(rule, len, "net:%s", value);
		break;
	case RULE_MAC:
		n = snprintf(rule, len, "mac:%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", value, value + 2,
		    value + 4, value + 6, value + 8, value + 10);
		break;
	}
	return n > 0 && (size_t)n < len ? 0 : -ENOTSUP;
}

json_t *
target_type_list(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < TARGET_TYPES_N; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:b}", "type", target_types[i].name, "format",
			      target_types[i].format, "masked",
			      target_is_number(&target_types[i]) ? "***12" : "***", "own_check",
			      target_types[i].rule != RULE_NONE));
	return list;
}

int
target_type_in_net(const struct target_type *t, const char *form, const char *net)
{
	struct taskset_rule a, b;
	char text[96], show[RULE_TEXT_MAX];
	unsigned bits;

	snprintf(text, sizeof(text), strchr(net, ':') != NULL ? "net:[%.60s]" : "net:%.60s", net);
	if (strchr(net, '/') == NULL || rule_parse(TASKSET_RULE_TARGET, text, &b, show) != NULL ||
	    b.proto != 0 || b.port_lo != 0 || !b.b_any)
		return -EINVAL;
	if (t == NULL || t->rule != RULE_NET)
		return 0;
	snprintf(text, sizeof(text), strchr(form + 3, ':') != NULL ? "net:[%.60s]" : "net:%.60s",
	    form + 3);
	if (rule_parse(TASKSET_RULE_TARGET, text, &a, show) != NULL || a.family != b.family)
		return 0;
	bits = a.a_len < b.a_len ? a.a_len : b.a_len;
	for (unsigned i = 0; i < bits; i++)
		if ((a.a[i / 8] ^ b.a[i / 8]) & (0x80u >> i % 8))
			return 0;
	return 1;
}
