/* SPDX-License-Identifier: Apache-2.0 */
/* Target identifiers of an xIRI: attributes 17 (matched) and 18 (other) of TS 103 221-2, which hold
 * one element of X1's targetIdentifier as XML, to targetIdentifiers of TS 33.128's IRIPayload with
 * their provenance.  Read leniently: names in any case, a prefix before a colon, bare SIP and tel
 * URIs, a bare "IMSI" with digits.  What has no arm in TargetIdentifier (suci, ports, labels) or
 * breaks the arm's limits is left out; the first TARGETS_MAX that map are written. */
#include "handover/pspdu.h"
#include "spec/ts103221_2.h"
#include "spec/ts133128.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <strings.h>

#define TARGETS_MAX 64
#define VALUE_MAX 512 /* octets of one identifier */

/* Text of an identifier in, octets of its arm out.  VALUE is NUL-terminated and has room for
 * VALUE_MAX. They return the number of octets, 0 when the text is not of this form. */
typedef size_t form_fn(char *value, size_t n);

struct arm {
	const char *name; /* element of X1 */
	uint8_t id;	  /* arm of TargetIdentifier */
	uint8_t inner;	  /* arm inside it, 0: none */
	form_fn *form;
};

struct found {
	const struct arm *arm;
	struct octets text;
	uint8_t provenance;
};

static size_t
digits(char *value, size_t n, size_t min, size_t max)
{
	if (n < min || n > max || strspn(value, "0123456789") != n)
		return 0;
	return n;
}

static size_t
form_imsi(char *value, size_t n)
{
	return digits(value, n, 6, 15);
}

/* 14 digits; the check digit, a function of them, has no place in the type. */
static size_t
form_imei(char *value, size_t n)
{
	return digits(value, n, 14, 15) ? 14 : 0;
}

static size_t
form_imeisv(char *value, size_t n)
{
	return digits(value, n, 16, 16);
}

static size_t
form_e164(char *value, size_t n)
{
	if (n > 0 && value[0] == '+')
		memmove(value, value + 1, n--);
	return digits(value, n, 1, 15);
}

static size_t
form_text(char *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < 0x20)
			return 0;
	return n;
}

static size_t
form_ipv4(char *value, size_t n)
{
	struct in_addr a;

	(void)n;
	if (inet_pton(AF_INET, value, &a) != 1)
		return 0;
	memcpy(value, &a, sizeof(a));
	return sizeof(a);
}

static size_t
form_ipv6(char *value, size_t n)
{
	struct in6_addr a;

	(void)n;
	if (inet_pton(AF_INET6, value, &a) != 1)
		return 0;
	memcpy(value, &a, sizeof(a));
	return sizeof(a);
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* WANT octets in hexadecimal, with colons or dashes between them or not. */
static size_t
hex(char *value, size_t n, size_t want)
{
	size_t out = 0;

	for (size_t i = 0; i < n;) {
		int hi, lo;

		if (out > 0 && (value[i] == ':' || value[i] == '-'))
			i++;
		if (n - i < 2 || out == want)
			return 0;
		hi = nibble(value[i]);
		lo = nibble(value[i + 1]);
		if (hi < 0 || lo < 0)
			return 0;
		value[out++] = (char)(hi << 4 | lo);
		i += 2;
	}
	return out == want ? out : 0;
}

static size_t
form_mac(char *value, size_t n)
{
	return hex(value, n, 6);
}

static size_t
form_eui64(char *value, size_t n)
{
	return hex(value, n, 8);
}

static const struct arm arms[] = {
    {"imsi", TARGET_IMSI, 0, form_imsi},
    {"supiimsi", TARGET_SUPI, SUPI_IMSI, form_imsi},
    {"supinai", TARGET_SUPI, SUPI_NAI, form_text},
    {"imei", TARGET_IMEI, 0, form_imei},
    {"peiImei", TARGET_PEI, PEI_IMEI, form_imei},
    {"peiImeiCheckDigit", TARGET_PEI, PEI_IMEI, form_imei},
    {"peiImeisv", TARGET_PEI, PEI_IMEISV, form_imeisv},
    {"eui64", TARGET_PEI, PEI_EUI64, form_eui64},
    {"gpsiMsisdn", TARGET_GPSI, GPSI_MSISDN, form_e164},
    {"gpsiNai", TARGET_GPSI, GPSI_NAI, form_text},
    {"msisdn", TARGET_MSISDN, 0, form_e164},
    {"nai", TARGET_NAI, 0, form_text},
    {"ipv4Address", TARGET_IPV4, 0, form_ipv4},
    {"ipv6Address", TARGET_IPV6, 0, form_ipv6},
    {"macAddress", TARGET_ETHERNET, 0, form_mac},
    {"sipUri", TARGET_IMPU, IMPU_SIP_URI, form_text},
    {"telUri", TARGET_IMPU, IMPU_TEL_URI, form_text},
    {"impi", TARGET_IMPI, 0, form_text},
    {"e164Number", TARGET_E164, 0, form_e164},
    {"emailAddress", TARGET_EMAIL, 0, form_text},
    {"internationalizedEmailAddress", TARGET_EMAIL, 0, form_text},
};
#define ARMS_N (sizeof(arms) / sizeof(arms[0]))

static bool
starts(struct octets s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && strncasecmp((const char *)s.p, prefix, n) == 0;
}

static const struct arm *
arm_by_name(struct octets name)
{
	for (size_t i = 0; i < ARMS_N; i++)
		if (strlen(arms[i].name) == name.n && starts(name, arms[i].name))
			return &arms[i];
	return NULL;
}

static const struct arm *
arm_by_name_z(const char *name)
{
	return arm_by_name((struct octets){(const uint8_t *)name, strlen(name)});
}

/* An IMPU is a SIP or a tel URI; so is a bare value. */
static const struct arm *
arm_of_uri(struct octets text)
{
	if (starts(text, "sip:") || starts(text, "sips:"))
		return arm_by_name_z("sipUri");
	return starts(text, "tel:") ? arm_by_name_z("telUri") : NULL;
}

static struct octets
skip(struct octets s, size_t n)
{
	return (struct octets){s.p + n, s.n - n};
}

static size_t
until(struct octets s, uint8_t c)
{
	const uint8_t *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

/* <[prefix:]name[ attributes]>text</...> */
static bool
parse_element(struct octets v, struct found *out)
{
	struct octets name = skip(v, 1);
	size_t n = until(name, '>');

	if (n == name.n)
		return false;
	out->text = skip(name, n + 1);
	out->text.n = until(out->text, '<');
	name.n = n;
	name.n = until(name, ' ');
	n = until(name, ':');
	if (n < name.n)
		name = skip(name, n + 1);
	out->arm = name.n == 4 && starts(name, "impu") ? arm_of_uri(out->text) : arm_by_name(name);
	return out->arm;
}

static bool
parse_value(struct octets v, struct found *out)
{
	while (v.n > 0 && isspace(v.p[0]))
		v = skip(v, 1);
	while (v.n > 0 && isspace(v.p[v.n - 1]))
		v.n--;
	if (v.n > 0 && v.p[0] == '<')
		return parse_element(v, out);
	out->text = v;
	out->arm = arm_of_uri(v);
	if (!out->arm && starts(v, "imsi")) {
		out->text = skip(v, 4);
		out->arm = arm_by_name_z("imsi");
	}
	return out->arm;
}

static size_t
collect(struct octets attributes, struct found *found)
{
	size_t n = 0;

	while (attributes.n >= 4 && n < TARGETS_MAX) {
		uint16_t type = octets_get16(attributes.p), len = octets_get16(attributes.p + 2);

		attributes = skip(attributes, 4);
		if (len > attributes.n)
			break;
		if ((type == X23_ATTR_MATCHED_TARGET || type == X23_ATTR_OTHER_TARGET) &&
		    parse_value((struct octets){attributes.p, len}, &found[n]))
			found[n++].provenance = type == X23_ATTR_MATCHED_TARGET
						    ? PROVENANCE_MATCHED_ON
						    : PROVENANCE_OTHER;
		attributes = skip(attributes, len);
	}
	return n;
}

/* Copy TEXT with XML's five entities resolved; 0 when it does not fit. */
static size_t
copy_text(struct octets text, char *out)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {
	    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	size_t n = 0;

	if (text.n > VALUE_MAX)
		return 0;
	while (text.n > 0) {
		size_t used = 1;

		out[n] = (char)text.p[0];
		for (size_t i = 0; out[n] == '&' && used == 1 && i < 5; i++) {
			if (starts(text, entities[i].name)) {
				used = strlen(entities[i].name);
				out[n] = entities[i].c;
				break;
			}
		}
		n++;
		text = skip(text, used);
	}
	out[n] = 0;
	return n;
}

static void
put_target(struct ber *b, const struct found *f)
{
	char value[VALUE_MAX + 1];
	size_t n = copy_text(f->text, value), mark = ber_mark(b), identifier;

	n = n > 0 ? f->arm->form(value, n) : 0;
	if (n == 0)
		return;
	ber_small(b, TARGET_PROVENANCE, f->provenance);
	identifier = ber_mark(b);
	ber_octets(b, f->arm->inner ? f->arm->inner : f->arm->id, value, n);
	if (f->arm->inner)
		ber_close(b, f->arm->id, identifier);
	ber_close(b, TARGET_IDENTIFIER, identifier);
	ber_close(b, TARGET_ITEM, mark);
}

void
target_id_write(struct ber *b, const struct x23_pdu *pdu)
{
	const uint32_t bits = 1u << X23_ATTR_MATCHED_TARGET | 1u << X23_ATTR_OTHER_TARGET;
	struct found found[TARGETS_MAX];
	size_t mark = ber_mark(b), n;

	if (!(pdu->present & bits))
		return;
	n = collect(pdu->attributes, found);
	while (n-- > 0)
		put_target(b, &found[n]);
	if (ber_mark(b) > mark)
		ber_close(b, IRI33128_TARGETS, mark);
}
